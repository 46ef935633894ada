//! Texts as the settings and the language of the page have them.

use shopfront_tests::Shop;

const SETTINGS: &str = "name: Quay
base_url: https://quay.example/shop
languages: [en, de]
tax: {classes: {standard: {'*': 19%}}}
";

fn shop() -> Shop {
    let shop = Shop::small();
    shop.change("shop.yaml", SETTINGS);
    shop.change(
        "content/about.md",
        "---\ntitle: About\n---\n\n\"One\" [out](https://other.example/) [own](https://quay.example/) <b>two</b>.\n\n> [!NOTE]\n> Three.\n",
    );
    shop.change("content/about.de.md", "---\ntitle: Über uns\n---\n\n\"Eins\".\n\n> [!NOTE]\n> Drei.\n");
    shop
}

fn check_against_clean(shop: &Shop) {
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");
}

#[test]
fn quotes_and_alerts_speak_the_language_of_the_page() {
    let mut shop = shop();
    shop.change("products/cup.yaml", "title: Cup\nprice: 3\ndescription: A \"good\" cup.\n");
    shop.build();
    shop.check_file("about/index.html", "“One”").check_file("about/index.html", ">Note</p>");
    shop.check_file("de/about/index.html", "„Eins“").check_file("de/about/index.html", ">Hinweis</p>");
    // What is not translated keeps the marks of its own language.
    shop.check_file("de/products/cup/index.html", "A “good” cup.");
    // The first language decides for all that are shown in it.
    shop.change("shop.yaml", &SETTINGS.replace("[en, de]", "[fr]"));
    shop.remove("content/about.de.md");
    shop.build();
    shop.check_file("about/index.html", "«\u{202f}One\u{202f}»");
    check_against_clean(&shop);
}

#[test]
fn links_to_other_sites_follow_the_policy() {
    let mut shop = shop();
    shop.build();
    shop.check_file("about/index.html", "<a href=\"https://other.example/\">out</a>");
    shop.change("shop.yaml", &format!("{SETTINGS}content: {{external_links: {{rel: [nofollow], new_window: true}}}}\n"));
    shop.build();
    shop.check_file("about/index.html", "<a href=\"https://other.example/\" rel=\"nofollow noopener\" target=\"_blank\">out</a>");
    shop.check_file("about/index.html", "<a href=\"https://quay.example/\">own</a>");
    check_against_clean(&shop);
}

#[test]
fn raw_html_is_published_as_the_settings_say() {
    let mut shop = shop();
    shop.change("content/raw.md", "---\ntitle: Raw\n---\n\n<div class=\"box\" hidden>\n\nOne **two**</div></div>\n\n<a href=about.md>three</a> <a href=/nowhere/>four</a>\n");
    let with = |rule: &str| {
        format!(
            "{SETTINGS}checks: {{broken-links: warning, broken-anchors: warning, missing-pictures: warning}}\ncontent: {{html: {rule}}}\n"
        )
    };
    shop.change("shop.yaml", &with("clean"));
    shop.build();
    shop.check_file("raw/index.html", "<div class=\"box\">\n\n<p>One <strong>two</strong></p></div>");
    shop.check_file("raw/index.html", "<a href=\"/shop/about/\">three</a>");
    assert!(shop.codes().contains(&"W211") && shop.codes().contains(&"E206"), "{}", shop.said());
    shop.change("shop.yaml", &with("trusted"));
    shop.build();
    shop.check_file("raw/index.html", "<div class=\"box\" hidden>").check_file("raw/index.html", "</div></div>");
    shop.change("shop.yaml", &with("none"));
    shop.build();
    shop.check_file("raw/index.html", "<p>&lt;div class=\"box\" hidden&gt;</p>");
    check_against_clean(&shop);
}

#[test]
fn formulas_are_for_pages_that_ask_for_them() {
    let mut shop = shop();
    shop.change("content/about.md", "---\ntitle: About\nmath: true\n---\n\nThe area is $\\pi r^2$.\n");
    shop.change("content/price.md", "---\ntitle: Price\n---\n\nFrom $5 to $6.\n");
    shop.build();
    shop.check_file("about/index.html", "<math>").check_file("price/index.html", "From $5 to $6.");
}
