//! Pictures as pages show them: parts around a focus, other parts on narrow screens, what they look like from afar, SVG.

use shopfront_tests::Shop;
use shopfront_tests::fixture::PICTURE;
use shopfront_tests::shop::check_same;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 60\" onload=\"alert(1)\"><script>alert(1)</script>\
                   <path d=\"M0 0h90v60H0z\"/></svg>";

fn shop(text: &str) -> Shop {
    let shop = Shop::small();
    shop.change("content/about.md", &format!("---\ntitle: About us\n---\n\n{text}\n"));
    shop.change_bytes("content/kiln.jpg", PICTURE);
    shop
}

/// The copies that a page names, without those of other pictures.
fn copies(html: &str, stem: &str) -> Vec<String> {
    let start = format!("/img/{stem}.");
    let names = html.split(&start).skip(1).map(|rest| rest.split(['"', ' ', ',']).next().unwrap_or_default());
    let mut names: Vec<String> = names.map(|name| format!("img/{stem}.{name}")).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn size(shop: &Shop, copy: &str) -> (u32, u32) {
    let bytes = std::fs::read(shop.path(&format!("public/{copy}"))).expect("the copy is published");
    let picture = imaging::probe(&bytes).expect("a picture");
    (picture.width, picture.height)
}

#[test]
fn a_text_shows_a_part_around_a_focus() {
    let mut shop = shop("![A kiln](kiln.jpg#ratio=2:1&focus=top)");
    shop.build();
    let first = copies(&shop.page("about/index.html"), "kiln");
    for copy in &first {
        let (width, height) = size(&shop, copy);
        assert!(width.abs_diff(height * 2) <= 1, "{copy}: {width} x {height}");
    }
    shop.edit("content/about.md", "focus=top", "focus=50%25,100%25");
    shop.build();
    let second = copies(&shop.page("about/index.html"), "kiln");
    assert!(!first.is_empty() && first.len() == second.len() && first.iter().all(|copy| !second.contains(copy)), "{first:?} {second:?}");
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("content/about.md", "#ratio=2:1&focus=50%25,100%25", "");
    shop.build();
    let whole = copies(&shop.page("about/index.html"), "kiln");
    let (width, height) = size(&shop, &whole[0]);
    assert_ne!(width, height * 2);
}

#[test]
fn the_focus_of_a_picture_goes_with_it() {
    let mut shop = shop("Text.");
    shop.change("themes/own/theme.yaml", "extends: default\n")
        .change(
            "themes/own/templates/components/card.html",
            "{% component card(card, level: integer = 2, sizes: string = \"\", eager: bool = false) -%}\n{% if card.picture and card.picture.file %}\
             {% set square = image(file=card.picture.file, widths=[90], ratio=\"1:1\", focus=card.picture.focus) %}\
             <p>{{ card.picture.focus }}</p><img src=\"{{ square.src }}\" alt=\"\">\
             {% endif %}\n{%- endcomponent card %}\n",
        )
        .edit("shop.yaml", "name: Quay", "theme: own\nname: Quay");
    shop.build();
    assert!(shop.page("products/index.html").contains("<p>50% 50%</p>"));
    let square = |shop: &Shop| copies(&shop.page("products/index.html"), "harbour-mug").into_iter().find(|copy| copy.ends_with("-90.webp"));
    let middle = square(&shop).expect("it is shown");
    assert_eq!(size(&shop, &middle), (90, 90));
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "file: harbour-mug.jpg", "file: harbour-mug.jpg, focus: 30% top");
    shop.build();
    assert!(shop.page("products/index.html").contains("<p>30% 0%</p>"));
    assert_ne!(square(&shop).expect("it is shown"), middle);
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("themes/own/templates/components/card.html", "1:1", "1x1");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`ratio` of `image` is not a ratio of width to height: `1x1`"), "{}", shop.said());
}

#[test]
fn narrow_screens_get_another_part_or_another_picture() {
    let mut shop = shop(
        "::: figure src=\"kiln.jpg\" alt=\"A kiln\" wide ratio=\"3:1\" narrow_ratio=\"1:2\" focus=\"bottom\" :::\n\n\
         ::: figure src=\"kiln.jpg\" alt=\"A kiln\" narrow=\"tall.jpg\" :::",
    );
    shop.change_bytes("content/tall.jpg", PICTURE);
    shop.build();
    let html = shop.page("about/index.html");
    assert_eq!(html.matches("<source media=\"not all and (min-width: 48rem)\" type=\"image/webp\"").count(), 2, "{html}");
    let ratios: Vec<(u32, u32)> = copies(&html, "kiln").iter().map(|copy| size(&shop, copy)).collect();
    assert!(ratios.iter().any(|(width, height)| width.abs_diff(height * 3) <= 3), "{ratios:?}");
    assert!(ratios.iter().any(|(width, height)| height.abs_diff(width * 2) <= 2), "{ratios:?}");
    assert!(!copies(&html, "tall").is_empty());
    assert!(!html.contains(" style="));
    shop.edit("content/about.md", "tall.jpg", "tal.jpg");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`tall.jpg`"), "{}", shop.said());
}

#[test]
fn from_afar_a_picture_lies_behind_itself() {
    let mut shop = shop("::: figure src=\"kiln.jpg\" alt=\"A kiln\" wide :::");
    shop.build();
    let html = shop.page("about/index.html");
    let blur = html.split("src=\"data:image/webp;base64,").nth(1).and_then(|rest| rest.split('"').next()).expect("a blur");
    assert!(blur.len() <= 300, "{} bytes", blur.len());
    let product = shop.page("products/harbour-mug/index.html");
    assert_eq!(product.matches("src=\"data:image/webp").count(), 1, "of the first picture alone");
    shop.edit("content/about.md", "About us", "About");
    shop.build();
    assert!(shop.page("about/index.html").contains(blur), "the same picture looks the same");
    check_same(&shop.clean_build(), &shop.site());
}

#[test]
fn an_svg_is_a_picture_like_others() {
    let mut shop = shop("![A plan](plan.svg)");
    shop.change("content/plan.svg", SVG).change("products/kitchen/mugs/plan.svg", SVG);
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "file: harbour-mug.jpg", "file: plan.svg");
    shop.build();
    let html = shop.page("about/index.html");
    let copy = &copies(&html, "plan")[0];
    assert!(
        copy.ends_with("-90.svg") && html.contains(&format!("<img src=\"/{copy}\" width=\"90\" height=\"60\" alt=\"A plan\"")),
        "{html}"
    );
    let published = shop.page(copy);
    assert!(published.contains("<path") && !published.contains("alert"), "{published}");
    let product = shop.page("products/harbour-mug/index.html");
    let preview = product.split("property=\"og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a preview");
    assert!(preview.ends_with("-1200.png"), "{preview}");
    let names = copies(&product, "plan");
    let png = names.iter().find(|name| name.ends_with(".png")).expect("drawn");
    assert_eq!(size(&shop, png), (1200, 800));
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("content/plan.svg", "<path", "<text>Kiln</text><path");
    shop.build_with_mistakes();
    assert!(shop.said().contains("with its text turned into paths"), "{}", shop.said());
}

#[cfg(feature = "avif")]
#[test]
fn pictures_are_avif_too_where_the_shop_asks_for_it() {
    // Raw HTML has the whole text cleaned.
    let mut shop = shop("<div>x</div>\n\n![A kiln](kiln.jpg)");
    shop.change("products/kitchen/cup.yaml", "title: Cup\nprice: 20.00\nimages: [{file: cup.jpg, alt: A cup}]\n")
        .change_bytes("products/kitchen/cup.jpg", PICTURE);
    shop.build();
    let before = shop.page("about/index.html");
    assert!(before.contains(".webp") && !before.contains(".avif"), "{before}");
    let settings = shop.read("shop.yaml");
    shop.change("shop.yaml", &format!("{settings}avif: true\n"));
    shop.build();
    for (page, stem) in [("about/index.html", "kiln"), ("products/cup/index.html", "cup")] {
        let html = shop.page(page);
        let sources = html.matches("<source type=\"image/avif\" srcset=\"/img/").count();
        assert!(sources > 0, "{html}");
        let shown = copies(&html, stem);
        let (avif, others): (Vec<_>, Vec<_>) = shown.iter().partition(|copy| copy.ends_with(".avif"));
        assert!(!avif.is_empty() && others.iter().any(|copy| copy.ends_with(".webp")), "{shown:?}");
        for copy in avif {
            let bytes = std::fs::read(shop.path(&format!("public/{copy}"))).expect("the copy is published");
            assert_eq!(&bytes[4..12], b"ftypavif", "{copy}");
            assert!(bytes.len() > 100, "{copy}");
        }
    }
    check_same(&shop.clean_build(), &shop.site());
}
