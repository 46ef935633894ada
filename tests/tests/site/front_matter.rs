//! What front matter says and nobody reads, what sections hand down, and what belongs to texts under declared keys.

use std::path::Path;

use shopfront_tests::Shop;
use shopfront_tests::shop::{check_same, files};

fn check_said(shop: &Shop, words: &[&str]) {
    let said = shop.said();
    for words in words {
        assert!(said.contains(words), "`{words}` is missing in\n{said}");
    }
}

#[test]
fn keys_that_nobody_knows_are_told_wherever_they_stand() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.edit("content/journal/_index.md", "paginate: 2", "paginte: 2");
    shop.edit("content/_index.md", "title: Quay", "title: Quay\ndescripton: x\ncascade: {autor: Mira}");
    shop.edit("content/journal/draft.md", "draft: true", "draft: true\nauthr: Mira");
    shop.edit("content/journal/future.md", "date:", "tagz: [a]\ndate:");
    shop.change("content/journal/_index.de.md", "---\ntitle: Tagebuch\nsumary: Neues\n---\n");
    shop.build_with_mistakes();
    check_said(
        &shop,
        &[
            "unknown key `paginte`\n --> content/journal/_index.md:5:1",
            "did you mean `paginate`?",
            "unknown key `descripton`\n --> content/_index.md:3:1",
            "unknown key `autor`\n --> content/_index.md:4:11",
            "did you mean `author`?",
            "unknown key `authr`\n --> content/journal/draft.md:5:1",
            "unknown key `tagz`\n --> content/journal/future.md:3:1",
            "unknown key `sumary`\n --> content/journal/_index.de.md:3:1",
        ],
    );
}

#[test]
fn a_draft_is_held_against_the_schema_of_its_section() {
    let mut shop = Shop::small();
    shop.change("content/journal/_schema.yaml", "fields: {mood: {type: choice, choices: [calm, wild]}}\n");
    shop.edit("content/journal/draft.md", "draft: true", "draft: true\nmood: clam\ntaxonomies: {makers: [Rui]}");
    shop.build_with_mistakes();
    check_said(&shop, &["`mood` is none of `calm`, `wild`", "unknown taxonomy `makers`"]);
}

#[test]
fn keys_of_pages_mean_nothing_in_a_section() {
    let mut shop = Shop::small();
    shop.edit("content/journal/_index.md", "sort: date", "sort: date\ntags: [kiln]\ntoc: true");
    shop.edit("content/about.md", "\n---\n", "\nslug: us\npath: about/us\n---\n");
    shop.edit("content/_index.md", "title: Quay", "title: Quay\npath: welcome");
    shop.edit("content/terms.md", "Be kind.", "[k](/tags/kiln/)");
    shop.build_with_mistakes();
    check_said(
        &shop,
        &[
            "`tags` belongs to pages, and this is a section\n --> content/journal/_index.md:5:1",
            "`toc` belongs to pages",
            "`slug` means nothing beside `path`, which is the whole address\n --> content/about.md",
            "`path` means nothing here: the home page is at `/`",
            "the link `/tags/kiln/` leads to nothing",
        ],
    );
}

#[test]
fn no_tags_are_tags_too() {
    let mut shop = Shop::small();
    shop.edit("content/journal/_index.md", "sort: date", "sort: date\ncascade: {tags: [news]}");
    shop.edit("content/journal/third.md", "date:", "tags: []\ndate:");
    shop.edit("content/journal/second.md", "tags: [news]\n", "");
    shop.build();
    shop.check_file("tags/news/index.html", "The second firing").check_without("tags/news/index.html", "The third firing");
    shop.check_without("tags/news/index.html", "The first firing");
}

#[test]
fn a_list_of_lists_is_told_and_read_no_further() {
    let mut shop = Shop::small();
    shop.change("content/journal/_schema.yaml", "fields: {steps: {type: list, of: list}}\n");
    shop.edit("content/journal/first.md", "date:", "steps: [one, [two]]\ndate:");
    shop.build_with_mistakes();
    check_said(&shop, &["`steps` is a list of lists"]);
}

/// The small shop whose pages show their fields.
fn with_fields(schema: &str) -> Shop {
    let shop = Shop::small();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny")) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.edit("shop.yaml", "languages: [en]", "languages: [en]\ntheme: tiny");
    let template = "{% extends \"base.html\" %}{% block main %}{% if article.fields %}{% if article.fields.note %}{{ article.fields.note | safe }}{% endif %}\
                    {% if article.fields.cover %}{{ article.fields.cover.alt }}{% endif %}{% endif %}{% endblock %}";
    shop.change("themes/tiny/templates/page.html", template);
    shop.change("content/recipes/_schema.yaml", schema);
    shop.change("content/recipes/_index.md", "---\ntitle: Recipes\n---\n");
    shop
}

#[test]
fn files_that_a_declared_text_links_to_are_published() {
    let mut shop = with_fields("fields: {note: {type: markdown, max: 40}}\n");
    shop.change("content/recipes/prices.pdf", "%PDF");
    shop.change("content/recipes/soup.md", "---\ntitle: Soup\nnote: 'See [prices](prices.pdf).'\n---\n\nStir.\n");
    shop.build();
    shop.check_file("recipes/soup/index.html", "href=\"/recipes/prices.pdf\"");
    assert!(shop.path("public/recipes/prices.pdf").exists());
    shop.check();
    assert!(!shop.said().contains("prices.pdf"), "{}", shop.said());
    shop.edit("content/recipes/soup.md", "title: Soup", "title: Soup\ndraft: true");
    shop.check();
    assert!(!shop.said().contains("nothing shows this file"), "a draft uses it:\n{}", shop.said());
    shop.edit("content/recipes/soup.md", "See [", "Before you begin to cook, see [");
    shop.build_with_mistakes();
    check_said(&shop, &["`note` is more than 40 characters"]);
}

#[test]
fn what_a_section_hands_down_lies_beside_it() {
    let mut shop = with_fields("fields: {note: {type: markdown}, cover: {type: picture}}\n");
    let picture = std::fs::read(shop.path("products/kitchen/mugs/harbour-mug.jpg")).expect("the picture is there");
    shop.change_bytes("content/recipes/default.jpg", &picture);
    shop.edit(
        "content/recipes/_index.md",
        "title: Recipes",
        "title: Recipes\ncascade:\n  cover: {file: default.jpg, alt: A bowl}\n  note: 'As [written](soup/index.md).'",
    );
    shop.change("content/recipes/soup/index.md", "---\ntitle: Soup\n---\n\nStir.\n");
    shop.change("content/recipes/bread/index.md", "---\ntitle: Bread\n---\n\nBake.\n");
    shop.build();
    shop.check_file("recipes/soup/index.html", "A bowl").check_file("recipes/bread/index.html", "href=\"/recipes/soup/\"");
    shop.check();
    assert!(!shop.said().contains("default.jpg"), "{}", shop.said());
    shop.edit("content/recipes/_index.md", "default.jpg", "defalt.jpg");
    shop.edit("content/recipes/_index.md", "soup/index.md", "soap/index.md");
    shop.build_with_mistakes();
    check_said(&shop, &["a file with a similar name is there: `default.jpg`"]);
    for words in ["`defalt.jpg` does not exist", "the link `soap/index.md` leads to nothing"] {
        assert_eq!(shop.said().matches(words).count(), 1, "told once for both pages:\n{}", shop.said());
    }
}

#[test]
fn a_section_is_shown_whatever_its_date() {
    let mut shop = Shop::small();
    shop.edit("content/journal/_index.md", "sort: date", "sort: date\ndate: 2099-01-01");
    shop.edit("content/terms.md", "Be kind.", "See the [journal](journal/_index.md).");
    shop.build();
    assert_eq!(shop.said(), "");
    assert!(shop.path("public/journal/feed.xml").exists());
    assert!(shop.outcome.next_change.is_some_and(|change| change < 4_000_000_000), "{:?}", shop.outcome.next_change);
}

#[test]
fn feeds_of_terms_hold_posts_alone() {
    let mut shop = Shop::small();
    shop.edit("content/about.md", "description:", "tags: [clay, news]\ndescription:");
    shop.build();
    assert!(!shop.path("public/tags/clay/feed.xml").exists());
    shop.check_without("tags/clay/index.html", "clay/feed.xml").check_file("tags/clay/index.html", "About us");
    shop.check_file("tags/news/feed.xml", "The second firing").check_without("tags/news/feed.xml", "About us");
    shop.edit("content/terms.md", "Be kind.", "[Feed](/tags/clay/feed.xml)");
    shop.build_with_mistakes();
    check_said(&shop, &["the link `/tags/clay/feed.xml` leads to nothing"]);
    shop.edit("content/about.md", "tags:", "date: 2026-05-01\ntags:");
    shop.build();
    shop.check_file("tags/clay/index.html", "clay/feed.xml").check_file("tags/clay/feed.xml", "About us");
    check_same(&shop.clean_build(), &shop.site());
}

#[test]
fn a_link_to_what_is_not_shown_says_why() {
    let mut shop = Shop::small();
    shop.change("content/sale.md", "---\ntitle: Sale\nexpires: 2026-05-01\n---\n\nOver.\n");
    shop.edit("content/terms.md", "Be kind.", "[a](sale.md) [b](journal/future.md) [c](journal/draft.md)");
    shop.build();
    check_said(&shop, &["its time is over", "its date has not come", "a draft"]);
}

#[test]
fn feeds_are_xml_whatever_a_text_holds() {
    let mut shop = Shop::small();
    shop.edit("content/journal/first.md", "title: The first firing", "title: \"The first\\afiring\"");
    shop.edit("content/journal/first.md", "went in.", "went\u{c} in.");
    shop.build();
    let feed = shop.page("journal/feed.xml");
    assert!(feed.contains("The firstfiring") && feed.contains("went in."), "{feed}");
    assert!(!feed.contains(|c: char| c.is_control() && !c.is_whitespace() || c == '\u{c}'), "{feed}");
}

#[test]
fn values_of_unlike_kinds_stand_kind_by_kind() {
    let mut shop = Shop::small();
    shop.change("content/rec/_index.md", "---\ntitle: Recipes\nsort: time\npaginate: 1000\n---\n");
    shop.change("content/rec/_schema.yaml", "fields: {time: {type: number}}\n");
    shop.change("content/rec/quick/_schema.yaml", "fields: {time: {type: text}}\n");
    for number in 0..120 {
        // Titles whose order is neither that of the numbers nor that of the texts.
        let (folder, time) = if number % 3 == 0 { ("quick/", format!("{}", 997 * number % 120)) } else { ("", format!("{number}")) };
        let title = 61 * number % 120;
        shop.change(&format!("content/rec/{folder}p{number}.md"), &format!("---\ntitle: R{title:03}\ntime: '{time}'\n---\n"));
    }
    shop.build();
    check_same(&shop.clean_build(), &shop.site());
}
