//! Data for templates, and pages that a section makes of it.

use std::path::Path;

use shopfront_tests::shop::{check_same, files};
use shopfront_tests::{Shop, fixture, run};

const STOCKISTS: &str = "Name,town,zip,updated,Notes,order
\"Quay, the shop\",Kiel,07545,2026-04-01,\"Open *daily*, see [terms](../terms.md).\",2
Ferry House,Lübeck,23552,,,1
";

/// The small shop with the theme `tiny`, whose pages and sections tell what they were given.
fn shop() -> Shop {
    let shop = Shop::small();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny")) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.edit("shop.yaml", "languages: [en]", "languages: [en]\ntheme: tiny");
    let page = "{% extends \"base.html\" %}{% block main %}<h1>{{ article.title }}</h1> in {{ article.fields.town | default(value=\"\") }} \
                {{ article.fields.zip | default(value=\"\") }} {{ article.body | safe }}{% endblock %}";
    shop.change("themes/tiny/templates/page.html", page);
    let section = "{% extends \"base.html\" %}{% block main %}{% for page in section.pages %}[{{ page.title }}]{% endfor %}\
                   {% if section.title == \"Stockists\" %}{% for row in data(name=\"stockists\") %}({{ row.Name }}: {{ row.zip }}, \
                   {{ row.order + 1 }}){% endfor %}{% endif %}{% endblock %}";
    shop.change("themes/tiny/templates/section.html", section);
    shop.change("data/stockists.csv", STOCKISTS);
    let keys = "pages_from:\n  data: stockists\n  keys: {title: Name, text: Notes}\nsort: order\n";
    shop.change("content/stockists/_index.md", &format!("---\ntitle: Stockists\n{keys}---\n\nWhere we are sold.\n"));
    shop
}

#[test]
fn each_row_is_a_page() {
    let mut shop = shop();
    shop.edit("content/about.md", "---\n\n", "---\n\n[Kiel](stockists/quay-the-shop.md) and [all](/stockists/).\n");
    shop.build();
    shop.check_file(
        "stockists/quay-the-shop/index.html",
        "<h1>Quay, the shop</h1> in Kiel 07545 <p>Open <em>daily</em>, see <a href=\"/terms/\">",
    );
    shop.check_file("stockists/index.html", "[Ferry House][Quay, the shop](Quay, the shop: 07545, 3)(Ferry House: 23552, 2)");
    shop.check_file("sitemap.xml", "/stockists/ferry-house/").check_file("about/index.html", "href=\"/stockists/quay-the-shop/\"");
    shop.edit("data/stockists.csv", "Ferry House,Lübeck", "Ferry House,Travemünde");
    shop.build();
    let mut rendered: Vec<_> = shop.outcome.rendered.iter().map(|(path, _)| path.as_str()).collect();
    rendered.sort_unstable();
    assert_eq!(rendered, ["stockists/ferry-house/index.html", "stockists/index.html"]);
    check_same(&shop.clean_build(), &shop.site());
    shop.edit("data/stockists.csv", "Ferry House,", "Boat House,");
    shop.build();
    assert!(!shop.path("public/stockists/ferry-house/index.html").exists());
    check_same(&shop.clean_build(), &shop.site());
}

#[test]
fn a_schema_and_translations_hold_for_rows_too() {
    let mut shop = shop();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.change(
        "content/stockists/_schema.yaml",
        "fields:\n  zip: {type: text, required: true}\n  town: {type: choice, choices: [Kiel, Lübeck]}\n",
    );
    shop.change("content/stockists/ferry-house.de.md", "---\ntitle: Fährhaus\n---\n\nAm *Hafen*.\n");
    shop.build();
    shop.check_file("de/stockists/ferry-house/index.html", "<h1>Fährhaus</h1> in Lübeck 23552 <p>Am <em>Hafen</em>.");
    let report = run(shop.root(), &["translations", "--all"]).code(0);
    report.says("content/stockists/ferry-house.de.md").says("content/stockists/quay-the-shop.de.md");
    shop.edit("data/stockists.csv", "Lübeck,23552", "Bremen,");
    shop.build_with_mistakes();
    assert!(shop.said().contains("data/stockists.csv:3:13") && shop.said().contains("Ferry House,Bremen"), "{}", shop.said());
}

#[test]
fn a_map_of_maps_names_its_pages() {
    let mut shop = shop();
    shop.change(
        "data/events/2026.yaml",
        "fair:\n  title: Fair\n  date: 2026-05-01\n  text: |\n    Come, [all](/nowhere/).\nopen-day: {title: Open day}\n",
    );
    shop.change("content/events/_index.md", "---\ntitle: Events\npages_from: {data: events/2026}\n---\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("data/events/2026.yaml:5:17"), "{}", shop.said());
    shop.edit("data/events/2026.yaml", "[all](/nowhere/)", "all");
    shop.build();
    shop.check_file("events/fair/index.html", "<h1>Fair</h1>").check_file("events/open-day/index.html", "<h1>Open day</h1>");
}

#[test]
fn rows_of_a_spreadsheet_have_tags_and_pictures() {
    let mut shop = shop();
    shop.change_bytes("content/stockists/ferry.jpg", fixture::PICTURE);
    shop.change(
        "data/stockists.csv",
        "title,tags,image,image_alt,draft,aliases,slug\nFerry House,\"ceramic, harbour\",ferry.jpg,A ferry,FALSE,/old-ferry/; /older-ferry/,\n\
         Hidden,ceramic,,,TRUE,,\n5\" Nails,,,,,,nails\n",
    );
    shop.change("content/stockists/_index.md", "---\ntitle: Stockists\npages_from: {data: stockists}\n---\n");
    shop.edit(
        "themes/tiny/templates/page.html",
        "<h1>{{ article.title }}</h1>",
        "<h1>{{ article.title }}</h1>{% if article.picture %}{{ article.picture.file }} {{ article.picture.alt }}{% endif %}",
    );
    shop.edit(
        "themes/tiny/templates/section.html",
        "{% for row in data(name=\"stockists\") %}({{ row.Name }}: {{ row.zip }}, {{ row.order + 1 }}){% endfor %}",
        "",
    );
    shop.build();
    shop.check_file("stockists/ferry-house/index.html", "content/stockists/ferry.jpg A ferry")
        .check_file("stockists/nails/index.html", "5&quot; Nails");
    shop.check_file("tags/harbour/index.html", "Ferry House").check_no_file("stockists/hidden/index.html");
    assert!(shop.page("_redirects").contains("/older-ferry/"), "{}", shop.page("_redirects"));
    shop.edit("data/stockists.csv", "ferry.jpg", "fery.jpg");
    shop.build_with_mistakes();
    assert!(shop.said().contains("data/stockists.csv:2:32"), "{}", shop.said());
}

#[test]
fn cells_stay_the_texts_that_they_are() {
    let mut shop = shop();
    shop.change("data/events.csv", "title,tags,outdoors\nTRUE,\"7\"\"€, b\",TRUE\n");
    shop.change("content/events/_index.md", "---\ntitle: Events\npages_from: {data: events}\n---\n");
    shop.change("content/events/_schema.yaml", "fields: {outdoors: {type: boolean}}\n");
    shop.build();
    // A word with a quote in it is written otherwise than it reads.
    shop.check_file("events/true/index.html", "<h1>TRUE</h1>").check_file("tags/7/index.html", "TRUE");
    shop.edit("data/events.csv", "TRUE\n", "perhaps\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("data/events.csv:2:16"), "{}", shop.said());
}

#[test]
fn a_row_without_a_usable_key_is_called_by_its_title() {
    let mut shop = shop();
    shop.change("data/events.yaml", "'': {title: Fair}\n");
    shop.change("content/events/_index.md", "---\ntitle: Events\npages_from: {data: events}\n---\n");
    shop.build();
    shop.check_file("events/fair/index.html", "<h1>Fair</h1>");
}
