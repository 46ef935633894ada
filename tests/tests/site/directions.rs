//! A shop in a language that is written from right to left: what its pages say of directions, and texts in its plural forms.

use std::path::Path;

use shopfront_tests::Shop;
use shopfront_tests::shop::files;

const SETTINGS: &str = "name: Quay
base_url: https://quay.example
languages: [en, ar, de]
menus: {main: [{title: {en: About, ar: من نحن}, page: about}]}
tax: {classes: {standard: {DE: 19%, '*': 0%}}}
icon: {file: static/icon.svg}
attributes: {height: {title: Height, type: number, unit: cm}}
";

const POT: &str = "title: Pot
price: 1299.5
weight: 900 g
attributes: {height: 9.5}
description: A pot, made (mostly) by hand.
";

fn shop() -> Shop {
    let mut shop = Shop::new(&[
        ("shop.yaml", SETTINGS),
        ("static/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"/></svg>"),
        ("products/cups/pot.yaml", POT),
        ("products/cups/mug.yaml", "title: Mug\nprice: 12.50\nweight: 300 g\n"),
        ("products/cups/mug.ar.yaml", "title: كوب\ndescription: كوب من الفخّار.\n"),
        ("content/about.md", "---\ntitle: About\n---\n\nWe.\n"),
    ]);
    shop.build();
    shop
}

fn has(shop: &Shop, path: &str, wanted: &[&str]) {
    let page = shop.page(path);
    for said in wanted {
        assert!(page.contains(said), "`{said}` is missing in:\n{page}");
    }
}

#[test]
fn a_page_says_in_which_direction_it_is_written() {
    let shop = shop();
    has(&shop, "index.html", &["<html lang=\"en\" dir=\"ltr\"", "hreflang=\"ar\"><bdi lang=\"ar\" dir=\"rtl\">العربية</bdi></a>"]);
    has(&shop, "de/index.html", &["<html lang=\"de\" dir=\"ltr\"", "hreflang=\"en\"><bdi lang=\"en\">English</bdi></a>"]);
    has(&shop, "ar/index.html", &["<html lang=\"ar\" dir=\"rtl\"", "hreflang=\"en\"><bdi lang=\"en\" dir=\"ltr\">English</bdi></a>"]);
    has(&shop, "ar/products/mug/index.html", &["<h1>كوب</h1>", "<div class=\"prose\"><p>كوب من الفخّار.</p>"]);
    has(&shop, "ar/site.webmanifest", &["\"lang\":\"ar\",\"dir\":\"rtl\""]);
    assert!(!shop.page("site.webmanifest").contains("dir"));
}

#[test]
fn what_has_no_translation_has_its_own_direction() {
    let shop = shop();
    let words =
        ["<h1 lang=\"en\" dir=\"ltr\">Pot</h1>", "<div class=\"prose\" lang=\"en\" dir=\"ltr\"><p>A pot, made (mostly) by hand.</p>"];
    has(&shop, "ar/products/pot/index.html", &words);
    has(&shop, "ar/products/index.html", &["<h2 class=\"card__title\" lang=\"en\" dir=\"ltr\"><a href=\"/ar/products/pot/\">Pot</a>"]);
    // German runs as English does, so the language alone is told.
    has(&shop, "de/products/pot/index.html", &["<h1 lang=\"en\">Pot</h1>"]);
}

#[test]
fn numbers_are_written_and_counted_as_in_the_language() {
    let mut shop = shop();
    has(&shop, "ar/index.html", &["شاهد القطعتين"]);
    has(&shop, "de/index.html", &["Alle 2 Dinge ansehen"]);
    has(&shop, "de/products/pot/index.html", &["<bdi>9,5\u{a0}cm</bdi>", "1.299,50\u{a0}€"]);
    has(&shop, "products/pot/index.html", &["<bdi>9.5\u{a0}cm</bdi>", "€1,299.50"]);
    // Scripts get the forms, and choose as the pages do.
    has(&shop, "ar/index.html", &["\"cart.count\":{\"zero\":\"السلة فارغة\",\"one\":\"قطعة واحدة في السلة\""]);
    shop.change("products/cups/cup.yaml", "title: Cup\nprice: 8\nweight: 200 g\n");
    shop.build();
    has(&shop, "ar/index.html", &["شاهد القطع كلها، وهي 3"]);
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");
}

#[test]
fn a_warning_of_the_theme_is_told_by_every_build() {
    let mut shop = shop();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/default")) {
        shop.change_bytes(&format!("themes/mine/{path}"), &bytes);
    }
    shop.edit("shop.yaml", "name: Quay\n", "name: Quay\ntheme: mine\n");
    shop.edit("themes/mine/i18n/en.yaml", "home.all: {one:", "home.all: {few: never, one:");
    for _ in 0..2 {
        shop.build();
        assert_eq!(shop.codes(), ["W250"], "{}", shop.said());
        shop.change("content/about.md", "---\ntitle: About us\n---\n\nWe.\n");
    }
    shop.edit("themes/mine/i18n/en.yaml", "home.all: {few: never, one:", "home.all: {only:");
    shop.try_build();
    let told: Vec<&str> = shop.codes().into_iter().filter(|code| code.starts_with('E')).collect();
    assert_eq!(told, ["E251"], "{}", shop.said());
}
