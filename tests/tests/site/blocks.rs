//! Blocks of texts: what the theme makes of them, what they ask, and when their pages are made anew.

use shopfront_tests::Shop;
use shopfront_tests::shop::check_same;

fn shop(text: &str) -> Shop {
    let shop = Shop::small();
    shop.change("content/about.md", &format!("---\ntitle: About us\n---\n\n{text}\n\n## Where\n\nHere, [where](#where).\n"));
    shop
}

#[test]
fn every_block_of_the_theme_is_shown() {
    let mut shop = shop(
        "::: toc title=\"On this page\" :::\n\n::: note kind=\"tip\" title=\"Mind\"\nIt is *thin*, see [terms](terms.md).\n:::\n\n\
         ::: figure src=\"kiln.jpg\" alt=\"A kiln\" wide\nOur **kiln**\n:::\n\n\
         ::: gallery columns=2 caption=\"Two\"\n![One](kiln.jpg)\n\n![Two](kiln.jpg)\n:::\n\n\
         ::: video src=\"film.mp4\" title=\"Throwing\" poster=\"kiln.jpg\" :::\n\n\
         ::: video href=\"https://video.example/1\" title=\"Firing\" :::\n\n\
         ::: product product=\"harbour-mug\" :::\n\n::: products collection=\"sea\" limit=1 :::\n\n::: products products=\"teapot, harbour-mug\" :::\n\n\
         ::: buy product=\"teapot\" :::\n\n::: accordion title=\"How long?\" open\n::: note\nInner\n:::\n:::\n\n\
         ::: table data=\"sizes\" columns=\"Size, Height\" caption=\"Sizes\" :::",
    );
    let picture = std::fs::read(shop.path("products/kitchen/mugs/harbour-mug.jpg")).expect("a picture");
    shop.change_bytes("content/kiln.jpg", &picture)
        .change("content/film.mp4", "film")
        .change("data/sizes.csv", "Size,Height,x\nS,9,1\nL,12,2\n");
    shop.build();
    let html = shop.page("about/index.html");
    for part in [
        "<nav class=\"toc\" aria-label=\"On this page\">",
        "<li><a href=\"#where\">Where</a></li>",
        "<aside class=\"alert alert--tip\" aria-label=\"Mind\"><p class=\"alert__label\">Mind</p>\n<p>It is <em>thin</em>, see <a href=\"/terms/\">",
        "<figure class=\"figure figure--wide\">",
        "<figcaption><p>Our <strong>kiln</strong></p></figcaption>",
        "<figure class=\"pictures pictures--2\">",
        "src=\"/film.mp4\"",
        "href=\"https://video.example/1\" rel=\"noopener noreferrer\"",
        "<form id=\"buy-",
        "<details class=\"accordion\" open>",
        "<aside class=\"alert alert--note\">\n<p>Inner</p>",
        "<th scope=\"col\">Height</th></tr>",
        "<td>L</td><td>12</td>",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    assert_eq!(html.matches("class=\"card\"").count() + html.matches("class=\"card ").count(), 4, "{html}");
    assert!(!html.contains(['\u{fdd0}', '\u{fdd1}', '\u{fdd2}']) && !html.contains(":::"));
    assert_eq!(shop.page("film.mp4"), "film");
}

#[test]
fn a_page_follows_what_its_blocks_show() {
    let mut shop = shop("::: product product=\"teapot\" :::\n\n::: table data=\"sizes\" :::");
    shop.change("data/sizes.csv", "Size\nS\n");
    shop.build();
    shop.edit("products/kitchen/mugs/teapot.yaml", "title:", "title: Big");
    shop.build();
    assert!(shop.page("about/index.html").contains(">Big "), "the card is the new one");
    check_same(&shop.clean_build(), &shop.site());
    shop.change("data/sizes.csv", "Size\nL\n");
    shop.build();
    let rendered: Vec<_> = shop.outcome.rendered.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(rendered, ["about/index.html"]);
    check_same(&shop.clean_build(), &shop.site());
    // A block in an original is the same in every language, and told once where it is wrong.
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]").edit("content/about.md", "\"teapot\"", "\"teapoy\"");
    shop.build_with_mistakes();
    assert_eq!(shop.codes(), ["E203"], "{}", shop.said());
}

#[test]
fn blocks_are_texts_to_feeds_and_to_raw_html() {
    let mut shop = Shop::small();
    shop.change("content/journal/block.md", "---\ntitle: Block\ndate: 2026-05-20\n---\n\n<b class=\"x\">Bold</b>\n\n::: note title=\"Mind\"\nThin <i onclick=a>glaze</i>.\n:::\n");
    shop.build();
    shop.check_file("journal/block/index.html", "<p class=\"alert__label\">Mind</p>\n<p>Thin <i>glaze</i>.</p>");
    let feed = shop.page("journal/feed.xml");
    assert!(feed.contains("Thin &lt;i") && !feed.contains("alert__label") && !feed.contains('\u{fdd0}'), "{feed}");
}
