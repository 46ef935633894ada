//! A shop in two languages: addresses, what is translated and what is not, the switch, search engines, the checkout's texts.

use shopfront_tests::fixture::PICTURE;
use shopfront_tests::shop::files;
use shopfront_tests::{Server, Shop};

const SETTINGS: &str = "name: {en: Quay, de: Kai}
base_url: https://quay.example/shop
languages: [en, de]
description: {en: Things from the sea., de: Dinge vom Meer.}
menus:
  main:
    - {title: {en: About us, de: Über uns}, page: about}
    - {page: journal}
tax: {classes: {standard: {DE: 19%, '*': 0%}}}
";

const MUG: &str = "title: Mug
price: 12.50
weight: 300 g
tags: [gift]
images: [{file: mug.png, alt: A mug}]
options: {Size: [Small, Large]}
specifications: {Material: Stoneware, Made in: Portugal}
description: |
  A mug. See [about](/about/) and [the list](/list.txt).
";

const TASSE: &str = "title: Tasse
slug: tasse
tags: [Geschenk]
options: {Size: {title: Größe, values: {Small: Klein, Large: Groß}}}
specifications: {Made in: {title: Aus, value: Portugal}}
description: |
  Eine Tasse. Siehe [über uns](/about/), [alle](/tags/gift/), [die Liste](/list.txt) und [auf Deutsch](about.de.md).

  Schwer.
price: 12.50
";

fn shop() -> Shop {
    let shop = Shop::new(&[
        ("shop.yaml", SETTINGS),
        ("static/list.txt", "list"),
        ("products/_index.md", "---\ntitle: Everything\n---\n"),
        ("products/_index.de.md", "---\ntitle: Alles\naliases: [/alles/]\n---\n"),
        ("products/cups/mug.yaml", MUG),
        ("products/cups/mug.de.yaml", TASSE.replace("about.de.md", "../../content/about.de.md").as_str()),
        ("products/cups/pot.yaml", "title: Pot\nprice: 30\nweight: 900 g\ndescription: A pot.\naliases: [/teapot/]\n"),
        ("content/_index.md", "---\ntitle: Welcome\n---\n\nHello.\n"),
        ("content/_index.de.md", "---\ntitle: Willkommen\n---\n\nGuten Tag.\n"),
        ("content/about.md", "---\ntitle: About\n---\n\nWe. [Home](/). [Auf Deutsch](/de/ueber-uns/)\n"),
        ("content/about.de.md", "---\ntitle: Über uns\nslug: ueber-uns\n---\n\nWir.\n"),
        ("content/journal/_index.md", "---\ntitle: Journal\nsort: date\nfeed: true\n---\n"),
        ("content/journal/one.md", "---\ntitle: One\ndate: 2026-05-01\n---\n\nFirst.\n"),
        ("content/journal/one.de.md", "---\ntitle: Eins\n---\n"),
    ]);
    shop.change_bytes("products/cups/mug.png", PICTURE);
    shop
}

fn check_against_clean(shop: &Shop) {
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");
}

#[test]
fn every_page_is_there_in_every_language() {
    let mut shop = shop();
    shop.build();
    assert_eq!(shop.said(), "");
    let pages: Vec<String> = shop.site().into_keys().filter(|path| path.ends_with(".html") && path.starts_with("de/")).collect();
    let wanted = [
        "de/404.html",
        "de/cart/index.html",
        "de/categories/cups/index.html",
        "de/checkout/index.html",
        "de/index.html",
        "de/journal/index.html",
        "de/journal/one/index.html",
        "de/products/index.html",
        "de/products/pot/index.html",
        "de/products/tasse/index.html",
        "de/search/index.html",
        "de/tags/geschenk/index.html",
        "de/tags/index.html",
        "de/ueber-uns/index.html",
    ];
    assert_eq!(pages, wanted);
}

#[test]
fn a_translated_page_speaks_its_language() {
    let mut shop = shop();
    shop.build();
    let page = shop.page("de/products/tasse/index.html");
    for said in [
        "<html lang=\"de\"",
        "<h1>Tasse</h1>",
        "Eine Tasse.",
        "href=\"/shop/de/ueber-uns/\"",
        "href=\"/shop/list.txt\"",
        "<legend><bdi>Größe</bdi></legend>",
        "value=\"Small\"",
        "<bdi>Klein</bdi>",
        "<th scope=\"row\"><bdi>Aus</bdi></th><td><bdi>Portugal</bdi></td>",
        "<th scope=\"row\"><bdi>Material</bdi></th><td><bdi>Stoneware</bdi></td>",
        "href=\"/shop/de/tags/geschenk/\"",
        "rel=\"canonical\" href=\"https://quay.example/shop/de/products/tasse/\"",
        "hreflang=\"en\" href=\"https://quay.example/shop/products/mug/\"",
        "hreflang=\"de\" href=\"https://quay.example/shop/de/products/tasse/\"",
        "href=\"/shop/products/mug/\" hreflang=\"en\"><bdi lang=\"en\">English</bdi></a>",
    ] {
        assert!(page.contains(said), "`{said}` is missing in:\n{page}");
    }
    let original = shop.page("products/mug/index.html");
    for said in [
        "<h1>Mug</h1>",
        "<legend><bdi>Size</bdi></legend>",
        "href=\"/shop/de/products/tasse/\" hreflang=\"de\"><bdi lang=\"de\">Deutsch</bdi></a>",
        "href=\"/shop/tags/gift/\"",
    ] {
        assert!(original.contains(said), "`{said}` is missing in:\n{original}");
    }
    // An address that begins with a language leads there; others stay in the language of the reader.
    shop.check_file("about/index.html", "<a href=\"/shop/de/ueber-uns/\">Auf Deutsch</a>")
        .check_file("about/index.html", "href=\"/shop/\">Home");
    shop.check_file("de/index.html", "<title>Willkommen – Kai</title>").check_file("de/index.html", "Dinge vom Meer.");
    shop.check_file("de/index.html", "href=\"/shop/de/ueber-uns/\">Über uns</a>");
}

#[test]
fn what_has_no_translation_is_shown_in_the_language_of_the_original() {
    let mut shop = shop();
    shop.build();
    let page = shop.page("de/products/pot/index.html");
    for said in [
        "<html lang=\"de\"",
        "<h1 lang=\"en\">Pot</h1>",
        "<div class=\"prose\" lang=\"en\"><p>A pot.</p>",
        "rel=\"canonical\" href=\"https://quay.example/shop/products/pot/\"",
    ] {
        assert!(page.contains(said), "`{said}` is missing in:\n{page}");
    }
    assert!(!page.contains("hreflang=\"de\""), "search engines are told of a German page:\n{page}");
    // A list in German shows both, each in its language.
    let list = shop.page("de/products/index.html");
    assert!(
        list.contains("<h1>Alles</h1>")
            && list.contains(">Tasse</a>")
            && list.contains("lang=\"en\"><a href=\"/shop/de/products/pot/\">Pot</a>"),
        "{list}"
    );
    // The text that an overlay leaves out is the original's.
    let post = shop.page("de/journal/one/index.html");
    assert!(post.contains("<h1>Eins</h1>") && post.contains("<div class=\"prose\" lang=\"en\"><p>First.</p>"), "{post}");
}

#[test]
fn search_engines_are_told_what_is_translated() {
    let mut shop = shop();
    shop.build();
    let map = shop.page("sitemap.xml");
    let entry = |address: &str| {
        map.lines().find(|line| line.contains(&format!("<loc>https://quay.example/shop{address}</loc>"))).map(str::to_owned)
    };
    let both = "<xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://quay.example/shop/products/mug/\"/>\
                <xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://quay.example/shop/de/products/tasse/\"/>";
    assert!(entry("/products/mug/").expect("listed").contains(both));
    assert!(entry("/de/products/tasse/").expect("listed").contains(both));
    assert!(!entry("/products/pot/").expect("listed").contains("hreflang"));
    assert_eq!(entry("/de/products/pot/"), None);
    assert!(shop.page("robots.txt").contains("Disallow: /shop/de/cart/"));
    assert!(shop.page("de/journal/feed.xml").contains("https://quay.example/shop/de/journal/one/"));
    let former = shop.page("_redirects");
    assert!(former.contains("/shop/teapot/ /shop/products/pot/ 301") && former.contains("/shop/alles/ /shop/de/products/ 301"), "{former}");
}

#[test]
fn a_change_of_a_translation_renders_what_shows_it() {
    let mut shop = shop();
    shop.build();
    shop.edit("products/cups/mug.de.yaml", "Schwer.", "Schwer und blau.");
    shop.build();
    assert_eq!(shop.rendered(), ["de/products/tasse/"]);
    check_against_clean(&shop);
    shop.edit("content/about.de.md", "Wir.", "Wir alle.");
    shop.build();
    assert_eq!(shop.rendered(), ["de/ueber-uns/"]);
    check_against_clean(&shop);
    // A translation that comes has its page, and is told to search engines from the original's.
    shop.change("products/cups/pot.de.yaml", "title: Kanne\ndescription: Eine Kanne.\n");
    shop.build();
    let rendered = shop.rendered().join(" ");
    assert!(rendered.contains("de/products/pot/") && rendered.contains(" products/pot/"), "{rendered}");
    shop.check_file("products/pot/index.html", "hreflang=\"de\"");
    check_against_clean(&shop);
    shop.remove("products/cups/pot.de.yaml");
    shop.build();
    check_against_clean(&shop);
    // A draft is not shown; another price is a mistake.
    shop.edit("products/cups/mug.de.yaml", "title: Tasse", "draft: true\ntitle: Tasse");
    shop.build();
    shop.check_file("de/products/mug/index.html", "<h1 lang=\"en\">Mug</h1>");
    check_against_clean(&shop);
    shop.edit("products/cups/mug.de.yaml", "price: 12.50", "price: 13");
    shop.build();
    shop.edit("products/cups/mug.de.yaml", "draft: true\n", "");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`price` is not what the original says"), "{}", shop.said());
}

#[test]
fn a_page_cannot_lie_where_a_language_begins() {
    let mut shop = shop();
    shop.change("content/de/x.md", "---\ntitle: X\n---\n\nX.\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("belongs to the shop itself"), "{}", shop.said());
}

#[test]
fn the_checkout_knows_what_things_are_called_in_every_language() {
    let mut shop = shop();
    shop.build();
    let bundle = files(&shop.path(".shopfront/bundle"));
    let shard = bundle.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).find(|text| text.contains("mug-small"));
    let shard = shard.expect("the mug is in a shard");
    let words = "\"words\":{\"de\":{\"title\":\"Tasse\",\"options\":[[\"Größe\",\"Klein\"]],\"url\":\"/shop/de/products/tasse/\"}}";
    assert!(shard.contains(words), "{shard}");
    assert!(bundle.keys().any(|name| name.starts_with("shell-de.")));
}

#[test]
fn what_is_not_there_is_said_in_the_language_of_the_address() {
    let shop = shop();
    let server = Server::start(shop.root(), &[]);
    for (path, said) in [("/nothing/", "Page not found"), ("/de/nothing/at/all/", "Seite nicht gefunden")] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(said), "{path}: {}", answer.text());
    }
}

#[test]
fn links_lead_where_they_say() {
    let mut shop = shop();
    shop.change(
        "content/help.md",
        "---\ntitle: Help\n---\n\n[Team](/about/#team), [gifts](/tags/gift/), [feed](/journal/feed.xml), [mug](/products/mug/)\n",
    );
    shop.edit("content/about.md", "We.", "We.\n\n## Team\n\nUs.");
    shop.build();
    // The heading has another name in German, where nobody can mend the English text.
    assert_eq!(shop.said(), "");
    let page = shop.page("de/help/index.html");
    for link in [
        "href=\"/shop/de/ueber-uns/\">Team",
        "href=\"/shop/tags/gift/\">gifts",
        "href=\"/shop/de/journal/feed.xml\">feed",
        "href=\"/shop/de/products/tasse/\">mug",
    ] {
        assert!(page.contains(link), "`{link}` is missing in:\n{page}");
    }
    shop.edit("content/about.de.md", "Wir.", "Wir. [Team](/about/#team)");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`/de/ueber-uns/` has no such heading"), "{}", shop.said());
}

#[test]
fn every_file_that_a_page_shows_is_there() {
    let mut shop = shop();
    shop.build();
    let site = shop.site();
    let mut seen = 0;
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        for address in html.split(['"', ' ', ',', '#']).filter_map(|word| word.strip_prefix("https://quay.example").or(Some(word))) {
            let Some(file) = address.strip_prefix("/shop/").filter(|file| file.contains("img/") || file.contains("assets/")) else {
                continue;
            };
            assert!(site.contains_key(file), "`{path}` shows `{file}`, which is not there");
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} were looked at");
}

#[test]
fn addresses_of_languages_do_not_meet() {
    let mut shop = shop();
    // A page's address in German has nothing to do with a file at the root.
    shop.change("static/ueber-uns/index.html", "<p>old</p>");
    shop.build();
    assert_eq!(shop.said(), "");
    shop.change("static/de/index.html", "<p>clash</p>");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`static/de/index.html` would be written where `content/_index.md` is shown: `/de/`"), "{}", shop.said());
    shop.remove("static/de/index.html");
    shop.build();
    shop.change("content/journal/one.de.md", "---\ntitle: Eins\nslug: zwei\n---\n")
        .change("content/journal/two.md", "---\ntitle: Two\ndate: 2026-05-02\n---\n");
    shop.change("content/journal/two.de.md", "---\ntitle: Zwei\nslug: zwei\n---\n");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("both have the address `/de/journal/zwei/`") && said.contains("--> content/journal/two.de.md:3:7"), "{said}");
}

#[test]
fn one_mistake_of_an_original_is_told_once() {
    let mut shop = shop();
    shop.edit("products/cups/mug.yaml", "price: 12.50", "compare_at: 20");
    shop.build_with_mistakes();
    assert_eq!(shop.said().matches("error[").count(), 2, "{}", shop.said());
    assert!(shop.said().contains("--> products/cups/mug.yaml:"), "{}", shop.said());
    let mut shop = self::shop();
    shop.edit("products/cups/mug.yaml", "options: {Size: [Small, Large]}", "options: {Size: [Small, Small]}");
    shop.build_with_mistakes();
    assert_eq!(shop.said().matches("error[").count(), 1, "{}", shop.said());
}

#[test]
fn a_translation_of_a_translation_is_a_wrong_name() {
    let mut shop = shop();
    shop.change("content/about.de.de.md", "---\ntitle: X\n---\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("content/about.de.de.md"), "{}", shop.said());
}

#[test]
fn each_text_says_its_own_language() {
    let mut shop = shop();
    shop.edit("products/cups/pot.yaml", "title: Pot", "title: Pot\nsummary: An English line.");
    shop.change("products/cups/pot.de.yaml", "title: Kanne\n");
    shop.build();
    let page = shop.page("de/products/pot/index.html");
    for said in ["<h1>Kanne</h1>", "<p class=\"lead\" lang=\"en\">An English line.", "<div class=\"prose\" lang=\"en\"><p>A pot."] {
        assert!(page.contains(said), "`{said}` is missing in:\n{page}");
    }
    // Without title and text a page is not a German one.
    shop.change("products/cups/pot.de.yaml", "brand: Kai\n");
    shop.build();
    let page = shop.page("de/products/pot/index.html");
    assert!(page.contains("rel=\"canonical\" href=\"https://quay.example/shop/products/pot/\""), "{page}");
    assert!(!shop.page("sitemap.xml").contains("/de/products/pot/"));
    // The first language may become another.
    shop.edit("shop.yaml", "languages: [en, de]", "languages: [fr, de]");
    shop.edit("shop.yaml", "name: {en: Quay, de: Kai}", "name: Quay").edit(
        "shop.yaml",
        "description: {en: Things from the sea., de: Dinge vom Meer.}\n",
        "",
    );
    shop.edit("shop.yaml", "title: {en: About us, de: Über uns}", "title: About us").edit("content/about.md", "/de/ueber-uns/", "/de/");
    shop.build();
    assert!(shop.said().contains("the theme `default` has no texts in `fr`"), "{}", shop.said());
    shop.check_file("de/products/pot/index.html", "<h1 lang=\"fr\">Pot").check_file("de/index.html", ">français</bdi></a>");
    check_against_clean(&shop);
}
