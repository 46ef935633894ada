//! The content model: what sections hand down, when pages come and go, where they stand, and what a section's schema declares.

use std::path::Path;

use shopfront_tests::Shop;
use shopfront_tests::shop::{NOW, check_same, files};

const DAY: i64 = 24 * 60 * 60;

/// The small shop with the theme `tiny`, whose page says what it was given.
fn shop_that_tells(template: &str, sources: &[(&str, &str)]) -> Shop {
    let shop = Shop::small();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny")) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.edit("shop.yaml", "languages: [en]", "languages: [en]\ntheme: tiny");
    shop.change("themes/tiny/templates/page.html", template);
    for (path, text) in sources {
        shop.change(path, text);
    }
    shop
}

#[test]
fn pages_come_and_go_at_their_times() {
    let mut shop = Shop::small();
    shop.change("content/offer.md", "---\ntitle: Summer offer\ndate: 2026-05-31\nexpires: 2026-06-02\n---\n\nCheap.\n");
    shop.edit("products/kitchen/mugs/teapot.yaml", "price:", "expires: 2026-06-01T12:00:00Z\nprice:");
    shop.build();
    assert!(shop.path("public/offer/index.html").exists());
    assert_eq!(shop.outcome.next_change, Some(NOW + DAY / 2), "the teapot goes at noon");
    shop.options.now = NOW + DAY / 2;
    shop.build();
    assert!(!shop.path("public/products/teapot/index.html").exists());
    assert_eq!(shop.outcome.next_change, Some(NOW + 2 * DAY), "the last day belongs to the offer");
    shop.options.now = NOW + 2 * DAY;
    shop.build();
    assert!(!shop.path("public/offer/index.html").exists());
    check_same(&shop.clean_build(), &shop.site());
    shop.options.future = true;
    shop.build();
    assert!(shop.path("public/offer/index.html").exists(), "what is over is shown with what is to come");
}

#[test]
fn a_page_stands_where_its_path_says() {
    let mut shop = Shop::small();
    shop.change("content/offers/summer.md", "---\ntitle: Summer\npath: deals/hot\n---\n\n[Terms](../terms.md)\n");
    shop.edit("content/about.md", "---\n\n", "---\n\n[Summer](offers/summer.md) and [again](/deals/hot/).\n");
    shop.build();
    shop.check_file("deals/hot/index.html", "href=\"/terms/\"").check_file("about/index.html", "href=\"/deals/hot/\"");
    shop.edit("content/offers/summer.md", "deals/hot", "about");
    shop.build_with_mistakes();
    assert!(shop.said().contains("both have the address `/about/`"), "{}", shop.said());
}

#[test]
fn sections_hand_down_what_their_pages_do_not_say() {
    let template = "{% extends \"base.html\" %}{% block main %}by {{ article.author }}, toc {{ article.toc | length }}, \
                    tags{% for tag in article.tags %} {{ tag.title }}{% endfor %}{% endblock %}";
    let mut shop = shop_that_tells(
        template,
        &[
            ("content/guides/_index.md", "---\ntitle: Guides\ncascade: {author: The house, toc: true, tags: [guide]}\n---\n"),
            ("content/guides/glaze/_index.md", "---\ntitle: Glazes\ncascade: {author: Mira}\n---\n"),
            ("content/guides/wheel.md", "---\ntitle: The wheel\n---\n\n## One\n\nText.\n"),
            ("content/guides/glaze/ash.md", "---\ntitle: Ash\ntags: [ash]\ntoc: false\n---\n\n## One\n\nText.\n"),
        ],
    );
    shop.build();
    shop.check_file("guides/wheel/index.html", "by The house, toc 1, tags guide");
    shop.check_file("guides/glaze/ash/index.html", "by Mira, toc 0, tags ash");
    shop.check_file("tags/guide/index.html", "The wheel");
    shop.edit("content/guides/glaze/_index.md", "author: Mira", "author: Rui, draft: true");
    shop.build();
    assert!(!shop.path("public/guides/glaze/ash/index.html").exists());
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("content/guides/_index.md", "The house", "All of us");
    shop.build();
    shop.check_file("guides/wheel/index.html", "by All of us");
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("content/guides/wheel.md", "title: The wheel", "title: The wheel\ncascade: {toc: true}");
    shop.build_with_mistakes();
    assert!(shop.said().contains("`cascade` belongs to a section"), "{}", shop.said());
}

const RECIPES: &[(&str, &str)] = &[
    (
        "content/recipes/_schema.yaml",
        "fields:\n\
         \x20 serves: {title: {en: Serves, de: Portionen}, type: number, required: true, min: 1, max: 50}\n\
         \x20 effort: {type: choice, choices: [easy, hard]}\n\
         \x20 vegan: {type: boolean}\n\
         \x20 tested: {type: date}\n\
         \x20 note: {type: markdown}\n\
         \x20 plate: {type: product}\n\
         \x20 before: {type: page}\n\
         \x20 tools: {type: list, max: 3}\n\
         \x20 steps: {type: list, fields: {text: {required: true}, minutes: {type: number}}}\n",
    ),
    ("content/recipes/_index.md", "---\ntitle: Recipes\ncascade: {effort: easy}\n---\n"),
    (
        "content/recipes/bread.md",
        "---\ntitle: Bread\nserves: 4.5\nvegan: true\ntested: 2026-04-02\nnote: Warm, *not* hot. [Terms](/terms/)\nplate: teapot\nbefore: about\n\
         tools: [007, a bowl]\nsteps:\n  - {text: Knead, minutes: 10}\n  - {text: Wait}\n---\n\nBake it.\n",
    ),
    ("content/recipes/soup.md", "---\ntitle: Soup\nserves: 2\neffort: hard\n---\n\nStir it.\n"),
];

const RECIPE: &str = "{% extends \"base.html\" %}{% block main %}{% if article.fields %}serves={{ article.fields.serves }} effort={{ article.fields.effort }} \
    {% if article.fields.vegan %}vegan{% endif %} {% if article.fields.tested %}{{ article.fields.tested.iso }}{% endif %} \
    {% if article.fields.note %}{{ article.fields.note | safe }}{% endif %} \
    {% if article.fields.plate %}{% set plate = card(id=article.fields.plate) %}{{ plate.url }}{% endif %} \
    {% if article.fields.before %}{{ article.fields.before.title }}{% endif %} \
    {% if article.fields.tools %}{{ article.fields.tools | join(sep=\"+\") }}{% endif %} \
    {% if article.fields.steps %}{% for step in article.fields.steps %}({{ step.text }}{% if step.minutes %} {{ step.minutes }}{% endif %}){% endfor %}{% endif %}{% endif %}\
    {% endblock %}";

#[test]
fn pages_say_what_their_section_declares() {
    let mut shop = shop_that_tells(RECIPE, RECIPES);
    shop.build();
    let bread = shop.page("recipes/bread/index.html");
    for words in [
        "serves=4.5",
        "effort=easy",
        "vegan",
        "2026-04-02",
        "<em>not</em> hot",
        "href=\"/terms/\"",
        "/products/teapot/",
        "About",
        "007+a bowl",
        "(Knead 10)(Wait)",
    ] {
        assert!(bread.contains(words), "`{words}` is missing in {bread}");
    }
    shop.check_file("recipes/soup/index.html", "serves=2 effort=hard");
    // What a value refers to, and what the schema declares, renders the page again.
    shop.edit("content/about.md", "title: About", "title: About us");
    shop.build();
    shop.check_file("recipes/bread/index.html", "About us");
    shop.edit("content/recipes/_schema.yaml", "{type: boolean}", "{type: choice, choices: ['true']}");
    shop.build();
    check_same(&shop.clean_build(), &shop.site());
}

#[test]
fn what_does_not_fit_a_schema_is_told_at_its_place() {
    let mut shop = shop_that_tells(RECIPE, RECIPES);
    shop.change(
        "content/recipes/soup.md",
        "---\ntitle: Soup\nserves: many\neffort: eazy\nvegen: true\nplate: teapod\nbefore: abuot\ntools: [a, b, c, d]\nsteps: [{minutes: 3}]\n---\n\nStir.\n",
    );
    shop.change("content/recipes/tea.md", "---\ntitle: Tea\n---\n\nPour.\n");
    shop.change("content/plain.md", "---\ntitle: Plain\nserves: 3\ndescripton: x\n---\n\nWords.\n");
    shop.build_with_mistakes();
    let said = shop.said();
    for words in [
        "`serves` is not a number\n --> content/recipes/soup.md:3:9",
        "did you mean `easy`?",
        "unknown key `vegen`\n --> content/recipes/soup.md:5:1",
        "did you mean `vegan`?",
        "a product with a similar name exists: `teapot`",
        "a page with a similar name exists: `about`",
        "`tools` is more than 3 entries",
        "the key `text` is missing",
        "the key `serves` is missing\n --> content/recipes/tea.md:2:8",
        "unknown key `serves`\n --> content/plain.md:3:1",
        "did you mean `description`?",
    ] {
        assert!(said.contains(words), "`{words}` is missing in\n{said}");
    }
}

#[test]
fn pages_of_a_section_by_hand_lead_to_each_other() {
    let template = "{% extends \"base.html\" %}{% block main %}{% if article.previous %}after {{ article.previous.title }}{% endif %}\
                    {% if article.next %} before {{ article.next.title }}{% endif %}{% endblock %}";
    let page = |title: &str, order: u8| format!("---\ntitle: {title}\norder: {order}\n---\n\nWords.\n");
    let (one, two, three) = (page("One", 1), page("Two", 2), page("Three", 3));
    let mut shop = shop_that_tells(
        template,
        &[
            ("content/book/_index.md", "---\ntitle: Book\n---\n"),
            ("content/book/x.md", &one),
            ("content/book/b.md", &two),
            ("content/book/a.md", &three),
        ],
    );
    shop.build();
    shop.check_file("book/b/index.html", "after One before Three");
    assert!(!shop.page("about/index.html").contains("before"), "pages beside the home page have no order");
}

#[test]
fn products_and_pages_are_listed_by_words_of_any_taxonomy() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "lists:", "taxonomies: {makers: {title: Makers, sort: count, paginate: 1}, rooms: {}}\nlists:");
    shop.edit("products/kitchen/mugs/teapot.yaml", "price:", "taxonomies: {makers: [Mira Lund], rooms: [Kitchen]}\nprice:");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "price:", "taxonomies: {makers: [Rui]}\nprice:");
    for (name, makers) in [("one", "Mira Lund"), ("two", "mira lund"), ("three", "Rui, Ana")] {
        shop.change(
            &format!("content/guides/{name}.md"),
            &format!("---\ntitle: Guide {name}\ntaxonomies: {{makers: [{makers}]}}\n---\n\nWords.\n"),
        );
    }
    shop.build();
    let makers = shop.page("makers/index.html");
    let places: Vec<usize> =
        ["mira-lund", "rui", "ana"].iter().map(|slug| makers.find(&format!("/makers/{slug}/")).expect("all are listed")).collect();
    assert!(places.is_sorted(), "the most frequent come first: {places:?}");
    assert!(makers.contains(">Mira Lund</a><span>3</span>"), "{makers}");
    shop.check_file("makers/mira-lund/index.html", "/products/teapot/").check_file("makers/mira-lund/index.html", "Guide");
    shop.check_file("makers/mira-lund/page/2/index.html", "Guide").check_without("makers/mira-lund/page/2/index.html", "/products/teapot/");
    shop.check_file("rooms/index.html", "Rooms").check_file("products/teapot/index.html", "href=\"/makers/mira-lund/\"");
    shop.check_file("guides/one/index.html", "href=\"/makers/mira-lund/\"").check_file("tags/index.html", "/tags/ceramic/");
    assert!(shop.page("sitemap.xml").contains("https://quay.example/makers/ana/"));
    shop.edit("content/guides/three.md", "Rui, Ana", "Ana");
    shop.build();
    check_same(&shop.clean_build(), &shop.site());
    // A name that is nowhere declared, one that is taken, and one of the shop's own.
    shop.edit("content/guides/one.md", "makers:", "maker:");
    shop.edit("shop.yaml", "rooms: {}", "journal: {}");
    shop.edit("products/kitchen/mugs/teapot.yaml", "rooms:", "journal:");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("unknown taxonomy `maker`") && said.contains("a taxonomy with a similar name exists: `makers`"), "{said}");
    assert!(said.contains("`content/journal/_index.md` has the address `/journal/`"), "{said}");
}

#[test]
fn a_section_is_ordered_by_a_key_of_its_pages() {
    let page = |title: &str, more: &str| format!("---\ntitle: {title}\n{more}---\n\nWords.\n");
    let mut shop = Shop::small();
    for (file, text) in [
        (
            "content/walks/_schema.yaml",
            "fields: {length: {type: number}, grade: {type: choice, choices: [easy, hard]}, map: {type: picture}}\n".to_owned(),
        ),
        ("content/walks/_index.md", page("Walks", "sort: length\n")),
        ("content/walks/a.md", page("Avenue", "length: 10\ngrade: hard\n")),
        ("content/walks/b.md", page("Brook", "")),
        ("content/walks/c.md", page("Cliff", "length: 9.5\ngrade: easy\n")),
        ("content/walks/d.md", page("Dune", "length: 12\ngrade: easy\n")),
    ] {
        shop.change(file, &text);
    }
    let order = |shop: &Shop| {
        let list = shop.page("walks/index.html");
        let mut titles = ["Avenue", "Brook", "Cliff", "Dune"];
        titles.sort_by_key(|title| list.find(&format!(">{title}<")).unwrap_or_else(|| panic!("no {title} in\n{list}")));
        titles.map(|title| &title[..1]).concat()
    };
    shop.build();
    assert_eq!((shop.said().as_str(), order(&shop).as_str()), ("", "CADB"));
    let orders = [
        ("sort: length\nreverse: true", "DACB"),
        ("sort: grade", "CDAB"),
        ("sort: grade\nreverse: true", "ACDB"),
        ("reverse: true", "DCBA"),
    ];
    for (says, wanted) in orders {
        shop.change("content/walks/_index.md", &page("Walks", &format!("{says}\n")));
        shop.build();
        assert_eq!(order(&shop), wanted, "{says}");
        check_same(&shop.site(), &shop.clean_build());
    }
    for (says, told) in [("sort: lenght", "did you mean `length`?"), ("sort: map", "pages cannot be ordered by `map`")] {
        shop.change("content/walks/_index.md", &page("Walks", &format!("{says}\n")));
        shop.build_with_mistakes();
        assert!(shop.said().contains(told), "{}", shop.said());
    }
}
