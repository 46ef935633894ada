//! The search's files: what is found, what is not, what an edit changes. `tests/js/search.test.js` searches in the site of the
//! first story, which lies in `tests/fixtures/search/site`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use shopfront_tests::Shop;
use shopfront_tests::fixture::PICTURE;
use shopfront_tests::shop::{check_same, files};

const SETTINGS: &str = "name: Quay
base_url: https://quay.example/shop
languages: [en, de]
currencies: [EUR, USD]
tax: {classes: {standard: {'*': 19%}}}
";

fn product(title: &str, rest: &str, description: &str) -> String {
    format!("title: {title}\nprice: {{EUR: 12.50, USD: 14}}\nweight: 300 g\n{rest}description: |\n  {description}\n")
}

fn shop() -> Shop {
    let shop = Shop::new(&[
        ("shop.yaml", SETTINGS),
        ("products/kitchen/_index.md", "---\ntitle: Kitchen\n---\n\nFor cooks.\n"),
        ("products/kitchen/_index.de.md", "---\ntitle: Küche\n---\n"),
        ("products/kitchen/mugs/_index.md", "---\ntitle: Mugs\ndescription: To drink from.\n---\n"),
        ("collections/harbour.yaml", "title: Harbour\nproducts: [tide-mug, jug]\n"),
        ("content/_index.md", "---\ntitle: Welcome\n---\n\nHarbourmaster.\n"),
        ("content/about.md", "---\ntitle: About us\n---\n\nWe throw stoneware by hand.\n"),
        ("content/secret.md", "---\ntitle: Wholesale prices\nsearch: false\n---\n\nFor dealers.\n"),
        ("content/draft.md", "---\ntitle: Unfinished thoughts\ndraft: true\n---\n"),
        ("content/journal/_index.md", "---\ntitle: Journal\n---\n"),
        (
            "content/journal/glaze.md",
            "---\ntitle: How a glaze is made\ndate: 2026-05-01\ntags: [craft]\nsummary: Ash, clay and water.\n---\n\nThe kiln.\n",
        ),
    ]);
    let sizes = "options: {Size: [Small, Large], Colour: [Blue, Sea green]}\n";
    let mug = product(
        "Tide mug",
        &format!("brand: Quay Pottery\ntags: [gift]\nimages: [{{file: mug.png, alt: A mug}}]\n{sizes}"),
        "A *blue-glazed* mug.",
    );
    shop.change("products/kitchen/mugs/tide-mug.yaml", &mug);
    shop.change("products/kitchen/mugs/tide-mug.de.yaml", "title: Gezeitentasse\ndescription: |\n  Eine blaue Tasse für große Gefühle.\n");
    shop.change(
        "products/kitchen/mugs/foam-mug.yaml",
        &product("Foam mug", "sku: QP-0042-X\n", "White as foam. Not for the **dishwasher**."),
    );
    shop.change("products/kitchen/jug.yaml", &product("Jug", "specifications: {Material: Stoneware}\n", "Holds a litre."));
    shop.change("products/kitchen/kasemesser.yaml", &product("Käsemesser", "", "A knife for cheese."));
    shop.change("products/kitchen/hidden.yaml", &product("Prototype", "draft: true\n", "Nobody sees it."));
    shop.change("products/paper/lantern.yaml", &product("Paper lantern", "tags: [gift]\n", "Lights a table. 漢字検索."));
    shop.change_bytes("products/kitchen/mugs/mug.png", PICTURE);
    shop
}

fn search_files(site: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let is_searched = |path: &str| path.starts_with("assets/search/") || path.ends_with("search/index.json");
    site.iter().filter(|(path, _)| is_searched(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

/// All words of a language, whatever file they lie in.
fn words(site: &BTreeMap<String, Vec<u8>>, language: &str) -> BTreeSet<String> {
    let of_language = site.iter().filter(|(path, _)| path.starts_with(&format!("assets/search/{language}-words-")));
    let lines =
        of_language.flat_map(|(_, bytes)| String::from_utf8_lossy(bytes).lines().map(|line| line[1..].to_owned()).collect::<Vec<_>>());
    lines.collect()
}

#[test]
fn the_files_that_the_script_is_tested_with() {
    let mut shop = shop();
    let made = search_files(&shop.build().site());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/search/site");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let _ = fs::remove_dir_all(&folder);
        for (path, bytes) in &made {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("files lie in folders")).expect("the folder can be made");
            fs::write(path, bytes).expect("the file can be written");
        }
    }
    check_same(&made, &files(&folder));
}

#[test]
fn what_is_shown_is_found_and_what_is_hidden_is_not() {
    let mut shop = shop();
    let site = shop.build().site();
    assert_eq!(shop.said(), "");
    let english = words(&site, "en");
    for word in [
        "tide",
        "mug",
        "glazed",
        "pottery",
        "green",
        "0042",
        "dishwasher",
        "stoneware",
        "kasemesser",
        "kitchen",
        "harbour",
        "glaze",
        "kiln",
        "ash",
        "漢字",
    ] {
        assert!(english.contains(word), "{word}");
    }
    // A draft, a page that is left out, and the home page, which everybody finds.
    for word in ["prototype", "unfinished", "wholesale", "dealers", "harbourmaster", "strong", "em"] {
        assert!(!english.contains(word), "{word}");
    }
    let german = words(&site, "de");
    for word in ["gezeitentasse", "grosse", "gefuhle", "kuche", "foam"] {
        assert!(german.contains(word), "{word}");
    }
    assert!(!german.contains("glazed"), "what is translated is found in its own words");
    let hits: String = site.iter().filter(|(path, _)| path.contains("-hits-")).map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    assert!(hits.contains(r#""url":"/shop/de/products/foam-mug/","lang":"en""#), "{hits}");
    assert!(hits.contains(r#""picture":"/shop/img/mug."#) && hits.contains(r#""USD":[{"until":null,"minor":1400"#), "{hits}");
}

#[test]
fn an_edit_changes_the_files_that_it_concerns() {
    let mut shop = shop();
    let before = search_files(&shop.build().site());
    let changed = |after: &BTreeMap<String, Vec<u8>>| {
        let names = after.keys().filter(|path| before.get(*path) != after.get(*path));
        names.map(|path| path.split('.').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    shop.edit("products/kitchen/jug.yaml", "EUR: 12.50", "EUR: 13");
    shop.reload().build();
    let after = search_files(&shop.site());
    assert_eq!(changed(&after), ["assets/search/de-hits-0", "assets/search/en-hits-0", "de/search/index", "search/index"]);
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");

    shop.edit("products/kitchen/jug.yaml", "EUR: 13", "EUR: 12.50").edit("products/kitchen/jug.yaml", "litre", "pint");
    shop.build();
    let after = search_files(&shop.site());
    assert!(words(&shop.site(), "en").contains("pint") && !words(&shop.site(), "en").contains("litre"));
    assert!(!changed(&after).iter().any(|path| path.contains("hits") || path.contains("ends")), "{:?}", changed(&after));
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");

    shop.edit("products/kitchen/jug.yaml", "pint", "litre");
    shop.build();
    check_same(&search_files(&shop.site()), &before);
    shop.build();
    assert_eq!(shop.written(), (0, 0));
}

#[test]
fn a_shop_may_have_no_search() {
    let mut shop = shop();
    shop.change("shop.yaml", &format!("{SETTINGS}search: false\n"));
    shop.build();
    assert_eq!(search_files(&shop.site()), BTreeMap::new());
    shop.check_no_file("search/index.html").check_without("index.html", "/search/");
    shop.change("shop.yaml", SETTINGS);
    shop.build();
    shop.check_file("index.html", "href=\"/shop/search/\"").check_file("de/search/index.html", "data-index=\"/shop/de/search/index.json\"");
    shop.check_file("search/index.html", "noindex")
        .check_without("sitemap.xml", "/search/")
        .check_file("search/index.html", ">Kitchen</a>");
}

#[test]
fn a_theme_without_the_page_is_told() {
    let mut shop = shop();
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny");
    for (path, bytes) in files(&theme).into_iter().filter(|(path, _)| path != "templates/search.html") {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.change("shop.yaml", &format!("{SETTINGS}theme: tiny\n"));
    shop.build_with_mistakes();
    assert!(shop.said().contains("the theme has no template `search.html`"), "{}", shop.said());
    shop.change("shop.yaml", &format!("{SETTINGS}theme: tiny\nsearch: false\n"));
    shop.build();
}
