//! Themes as stories: what one builds on, what a shop sets of it, and new ones.

use std::fs;

use shopfront_tests::shop::check_same;
use shopfront_tests::{Server, Shop, run};

/// A small shop in two languages under a theme `mine`, which builds on the default one.
fn shop() -> Shop {
    let shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]\n", "languages: [en, de]\ntheme: mine\n");
    shop.change("themes/mine/theme.yaml", "title: Mine\nextends: default\n");
    shop
}

/// The next build gives what a build from nothing gives.
#[track_caller]
fn rebuild(shop: &mut Shop) {
    shop.build();
    check_same(&shop.site(), &shop.clean_build());
}

/// The text of the only published file whose name begins and ends so.
#[track_caller]
fn asset(shop: &Shop, begins: &str, ends: &str) -> String {
    let site = shop.site();
    let found: Vec<_> = site.iter().filter(|(path, _)| path.starts_with(&format!("assets/{begins}")) && path.ends_with(ends)).collect();
    assert_eq!(found.len(), 1, "{:?}", found.iter().map(|(path, _)| path).collect::<Vec<_>>());
    String::from_utf8_lossy(found[0].1).into_owned()
}

#[test]
fn a_theme_that_says_nothing_of_its_own_shows_what_it_builds_on() {
    let mut mine = shop();
    mine.build();
    let mut other = Shop::small();
    other.edit("shop.yaml", "languages: [en]\n", "languages: [en, de]\n");
    other.build();
    check_same(&mine.site(), &other.site());
}

#[test]
fn a_file_takes_the_place_of_the_one_with_the_same_path() {
    let mut shop = shop();
    rebuild(&mut shop);
    let pages = shop.outcome.summary.pages;
    shop.check_without("about/index.html", "data-mine");

    // A template, a component, a text, a style sheet: each comes into effect, and goes out of it, in the running program.
    shop.change(
        "themes/mine/templates/page.html",
        "{% extends \"base.html\" %}\n{% block main %}<p data-mine>{{ article.title }}</p>{% endblock %}\n",
    );
    rebuild(&mut shop);
    shop.check_file("about/index.html", "data-mine").check_file("about/index.html", "class=\"footer\"");
    shop.check_without("journal/first/index.html", "data-mine");

    shop.change(
        "themes/mine/templates/components/footer.html",
        "{% component footer(site, theme) %}<footer data-mine>{{ site.name }}</footer>{% endcomponent footer %}\n",
    );
    rebuild(&mut shop);
    assert_eq!(shop.outcome.rendered.len(), pages);
    shop.check_file("journal/first/index.html", "<footer data-mine>").check_without("journal/first/index.html", "class=\"footer\"");

    shop.change("themes/mine/i18n/en.yaml", "cart.title: Basket\n");
    rebuild(&mut shop);
    // German has its own word for it in the parent, which is nearer than an English one.
    shop.check_file("index.html", ">Basket<").check_without("de/index.html", ">Basket<").check_file("de/index.html", ">Warenkorb<");

    shop.change("themes/mine/assets/css/custom.css", "body { outline: 7px solid red }\n");
    rebuild(&mut shop);
    assert!(asset(&shop, "css/main.", ".css").contains("outline:7px solid red"));

    for path in ["templates/page.html", "templates/components/footer.html", "i18n/en.yaml", "assets/css/custom.css"] {
        shop.remove(&format!("themes/mine/{path}"));
    }
    rebuild(&mut shop);
    shop.check_file("about/index.html", "class=\"footer\"").check_file("index.html", ">Cart<");
}

#[test]
fn a_template_extends_the_one_whose_place_it_takes() {
    let mut shop = shop();
    shop.change(
        "themes/mine/templates/base.html",
        "{% extends \"default/base.html\" %}\n{% block title %}Mine: {{ super() }}{% endblock %}\n",
    );
    shop.change(
        "themes/mine/templates/404.html",
        "{% extends \"default/404.html\" %}\n{% block main %}{{ super() }}<p data-mine>{{ t(key=\"lost.hint\") }}</p>{% endblock %}\n",
    );
    shop.change("themes/mine/i18n/en.yaml", "lost.hint: Begin anew.\n");
    rebuild(&mut shop);
    // Pages of the parent have the frame of the child.
    shop.check_file("about/index.html", "<title>Mine: About").check_file("404.html", "<p data-mine>Begin anew.</p>");
    shop.check_file("404.html", "class=\"unstuck\"").check_file("de/404.html", "<p data-mine>Begin anew.</p>");
}

#[test]
fn themes_build_on_each_other_in_a_chain() {
    let mut shop = shop();
    shop.edit("themes/mine/theme.yaml", "extends: default", "extends: middle");
    shop.change("themes/middle/theme.yaml", "title: Middle\nextends: default\nsettings:\n  notice: {title: Notice, default: Of the middle}\n  other: {title: Other, type: number, default: 2}\n");
    shop.edit("themes/mine/theme.yaml", "title: Mine\n", "title: Mine\nsettings:\n  notice: {title: Notice, default: Of mine}\n");
    shop.change("themes/middle/i18n/en.yaml", "cart.title: Trolley\ncatalogue.all: All of it\n");
    shop.change("themes/mine/i18n/en.yaml", "cart.title: Basket\n");
    shop.change(
        "themes/middle/templates/base.html",
        "{% extends \"default/base.html\" %}\n{% block title %}Middle {{ super() }}{% endblock %}\n",
    );
    shop.change("themes/mine/templates/base.html", "{% extends \"middle/base.html\" %}\n{% block title %}{{ theme.settings.notice }} {{ theme.settings.other }} {{ super() }}{% endblock %}\n");
    rebuild(&mut shop);
    shop.check_file("about/index.html", "<title>Of mine 2 Middle About");
    shop.check_file("index.html", ">Basket<").check_file("404.html", "All of it");
    // One that is nobody's any more is not looked at.
    shop.edit("themes/mine/theme.yaml", "extends: middle", "extends: default").remove("themes/mine/templates/base.html");
    shop.change("themes/middle/templates/base.html", "{% this is nothing");
    rebuild(&mut shop);
    shop.check_file("about/index.html", "<title>About");
}

#[test]
fn what_is_set_of_a_theme_is_checked_and_shown() {
    let mut shop = shop();
    shop.change(
        "themes/mine/theme.yaml",
        "title: Mine\nextends: default\nsettings:\n  \
           notice: {title: Notice, type: text}\n  \
           about: {title: About, type: page}\n  \
           lines: {title: Lines, type: list, of: map, fields: {says: {type: text, required: true}, since: {type: date}}}\n  \
           deep_blue: {title: Blue, type: colour, default: '#113355'}\n",
    );
    shop.change(
        "themes/mine/templates/page.html",
        "{% extends \"base.html\" %}\n{% block main %}<p>{{ theme.name }}: {{ theme.settings.notice or \"no notice\" }}</p>\n\
         {% if theme.settings.about %}<p>{{ theme.settings.about.title }} at {{ theme.settings.about.url }}</p>{% endif %}\n\
         {% for line in theme.settings.lines or [] %}<p>{{ line.says }}{% if line.since %} since {{ line.since.text }}{% endif %}</p>{% endfor %}\n\
         {% endblock %}\n",
    );
    rebuild(&mut shop);
    shop.check_file("about/index.html", "<p>mine: no notice</p>");
    assert!(asset(&shop, "accents.", ".css").starts_with(":root{--theme-deep-blue:#113355}"));
    shop.edit(
        "shop.yaml",
        "theme: mine\n",
        "theme:\n  name: mine\n  settings:\n    notice: {en: Closed in May, de: Im Mai zu}\n    about: about\n    columns: 2\n    \
           footer: 'Made **by hand**, see [about us](/about/).'\n    accent: '#125660'\n    \
           lines:\n      - {says: {en: First, de: Zuerst}, since: 2026-05-01}\n      - says: Second\n",
    );
    rebuild(&mut shop);
    shop.check_file("about/index.html", "<p>mine: Closed in May</p>").check_file("about/index.html", "<p>About us at /about/</p>");
    shop.check_file("about/index.html", "<p>First since 1 May 2026</p><p>Second</p>");
    shop.check_file("de/about/index.html", "<p>mine: Im Mai zu</p>").check_file("de/about/index.html", "Zuerst since 1. Mai 2026");
    shop.check_file("products/index.html", "cards--2")
        .check_file("products/index.html", "Made <strong>by hand</strong>, see <a href=\"/about/\">");
    let colours = asset(&shop, "accents.", ".css");
    assert!(colours.starts_with(":root{--theme-accent:#125660;--theme-deep-blue:#113355}"), "{colours}");
    // A page's title is on all pages then.
    shop.edit("content/about.md", "title: About us", "title: About all of us");
    rebuild(&mut shop);
    shop.check_file("terms/index.html", "<p>About all of us at /about/</p>");
    // Strict: what is not declared is a mistake, at its place.
    shop.edit("themes/mine/templates/page.html", "{{ theme.name }}", "{{ theme.settings.notise }}");
    shop.build_with_mistakes();
    assert!(shop.said().contains("themes/mine/templates/page.html:2:"), "{}", shop.said());
    assert!(shop.said().contains("notise"), "{}", shop.said());
}

#[test]
fn the_mail_of_a_theme_builds_on_the_parents_too() {
    let mut shop = shop();
    let mail = |shop: &Shop| -> String {
        let files = shop.clean_build_and_bundle().1;
        files.into_iter().filter(|(path, _)| path.contains("mail")).map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned()).collect()
    };
    rebuild(&mut shop);
    let before = mail(&shop);
    assert!(before.contains("confirmation.html") && !before.contains("Greetings from mine"), "{before}");
    shop.change("themes/mine/mail/sent.txt", "{% extends \"default/sent.txt\" %}\n");
    shop.change("themes/mine/mail/refunded.txt", "Greetings from mine.\n{{ order.number }}\n{{ refund.amount }}\n");
    rebuild(&mut shop);
    let after = mail(&shop);
    assert!(after.contains("Greetings from mine") && after.contains("default/sent.txt") && after.contains("confirmation.html"), "{after}");
    shop.change("themes/mine/mail/refunded.txt", "{{ order.nmber }}\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("themes/mine/mail/refunded.txt:1:"), "{}", shop.said());
}

#[test]
fn the_preview_sees_a_file_that_takes_anothers_place() {
    let shop = shop();
    let server = Server::start(shop.root(), &[]);
    assert!(server.get("/about/").text().contains("class=\"footer\""));
    shop.change(
        "themes/mine/templates/components/footer.html",
        "{% component footer(site, theme) %}<footer data-mine></footer>{% endcomponent footer %}\n",
    );
    server.wait_for("/about/", |answer| answer.text().contains("<footer data-mine>"));
    // A mistake is told at its place, also one that a template of the parent meets.
    shop.change(
        "themes/mine/templates/components/footer.html",
        "{% component footer(site) %}<footer data-mine></footer>{% endcomponent footer %}\n",
    );
    server.wait_for("/_shopfront/mistakes", |answer| answer.text().contains("themes/default/templates/base.html"));
    shop.remove("themes/mine/templates/components/footer.html");
    server.wait_for("/about/", |answer| answer.text().contains("class=\"footer\""));
    server.wait_for("/_shopfront/mistakes", |answer| answer.body.is_empty());
}

#[test]
fn new_themes_build_at_once() {
    let mut shop = Shop::small();
    let said = run(shop.root(), &["new", "theme", "linen"]).code(0).says("theme: linen");
    drop(said);
    run(shop.root(), &["new", "theme", "bare-one", "--bare"]).code(0).says("themes/bare-one/templates/product.html");
    run(shop.root(), &["new", "theme", "paper", "--extends", "plain"]).code(0);
    run(shop.root(), &["new", "theme", "rice", "--extends", "paper"]).code(0);
    run(shop.root(), &["new", "theme", "linen"]).code(2).says("is there already");
    run(shop.root(), &["new", "theme", "wool", "--extends", "nothing"]).code(2).says("there is no theme `nothing`");
    run(shop.root(), &["new", "theme", "Wool Two"]).code(2).says("small letters");
    shop.edit("shop.yaml", "languages: [en]\n", "languages: [en]\ntheme: default\n");
    let mut before = "default";
    for theme in ["linen", "bare-one", "paper", "rice"] {
        shop.edit("shop.yaml", &format!("theme: {before}\n"), &format!("theme: {theme}\n"));
        before = theme;
        rebuild(&mut shop);
        assert_eq!(shop.said(), "", "{theme}");
        shop.check_file("404.html", if theme == "bare-one" { "There is no page" } else { "Or begin at the home page." });
    }
}

/// The plain theme takes scripts, texts and mail of the default theme, and no template: it is whole without the default theme's.
#[test]
fn the_plain_theme_is_whole() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]\n", "languages: [en, de]\ntheme: plain\n");
    rebuild(&mut shop);
    let with_templates = shop.site();
    let theme = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default");
    for (path, bytes) in shopfront_tests::shop::files(theme.as_ref()) {
        if !path.starts_with("templates/") {
            shop.change_bytes(&format!("themes/default/{path}"), &bytes);
        }
    }
    rebuild(&mut shop);
    assert_eq!(shop.said(), "");
    check_same(&shop.site(), &with_templates);
    // Scripts run where something is bought, and nowhere else.
    let site = shop.site();
    let with_scripts = |path: &&String| String::from_utf8_lossy(&site[*path]).contains("<script type=\"module\"");
    let pages: Vec<&String> = site.keys().filter(|path| path.ends_with(".html")).filter(with_scripts).collect();
    assert!(pages.iter().all(|path| path.contains("products/") || path.contains("cart/") || path.contains("checkout/")), "{pages:?}");
    assert!(pages.len() > 6, "{pages:?}");
    let sheet = asset(&shop, "css/plain.", ".css");
    assert!(sheet.len() < 9_000, "{} bytes", sheet.len());
}

#[test]
fn a_folder_takes_the_place_of_a_compiled_theme() {
    let mut shop = shop();
    rebuild(&mut shop);
    let theme = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default");
    for (path, bytes) in shopfront_tests::shop::files(theme.as_ref()) {
        shop.change_bytes(&format!("themes/default/{path}"), &bytes);
    }
    let lost = "themes/default/templates/404.html";
    shop.change(lost, &shop.read(lost).replace("class=\"lost\"", "class=\"lost\" data-own"));
    rebuild(&mut shop);
    shop.check_file("404.html", "data-own");
    fs::remove_dir_all(shop.path("themes/default")).expect("the folder is there");
    rebuild(&mut shop);
    shop.check_without("404.html", "data-own");
}

#[test]
fn schemas_know_the_keys_that_a_shop_declares_itself() {
    let shop = shop();
    shop.change("content/journal/_schema.yaml", "fields: {place: {title: Place, type: text, required: true}}\n");
    run(shop.root(), &["schema"]).code(0).says(".shopfront/schemas/pages/journal.schema.json");
    let schema = |name: &str| -> serde_json::Value {
        serde_json::from_str(&shop.read(&format!(".shopfront/schemas/{name}.schema.json"))).expect("a schema is JSON")
    };
    assert_eq!(schema("pages/journal")["properties"]["place"]["description"], "Place");
    assert_eq!(schema("page")["properties"].get("place"), None);
    let settings = schema("shop")["definitions"]["ThemeChoice"]["properties"]["settings"].clone();
    assert_eq!(settings["properties"]["columns"]["enum"][0], "2");
    assert_eq!(settings["additionalProperties"], false);
}

#[test]
fn any_page_shows_the_first_pages_of_a_section() {
    let mut shop = shop();
    shop.change(
        "themes/mine/templates/page.html",
        "{% extends \"base.html\" %}{% block main %}{% for post in pages(section=\"journal\", limit=2) %}[{{ post.title }}]{% endfor %}\
         {% for page in pages(section=\"\") %}({{ page.title }}){% endfor %}{% endblock %}",
    );
    rebuild(&mut shop);
    shop.check_file("about/index.html", "[The third firing][The second firing](").check_file("about/index.html", "(Terms");
    shop.edit("content/journal/second.md", "title: The second firing", "title: The second fire");
    rebuild(&mut shop);
    shop.check_file("about/index.html", "[The third firing][The second fire](");
    shop.change("content/journal/fourth.md", "---\ntitle: The fourth\ndate: 2026-04-23\n---\n\nNew.\n");
    rebuild(&mut shop);
    shop.check_file("about/index.html", "[The fourth][The third firing](");
    // A product elsewhere has its line, whoever wrote it.
    shop.change("products/kitchen/bowl.yaml", "title: Bowl\nprice: 9.00\ndescription: A bowl of clay.\n");
    shop.edit(
        "themes/mine/templates/page.html",
        "{% block main %}",
        "{% block main %}{% set bowl = product(id=\"bowl\") %}<{{ bowl.summary }}>",
    );
    rebuild(&mut shop);
    shop.check_file("about/index.html", "<A bowl of clay.>");
    assert_eq!(shop.page("products/bowl/index.html").matches(">A bowl of clay.<").count(), 1);
    shop.edit("themes/mine/templates/page.html", "section=\"journal\"", "section=\"jurnal\"");
    shop.build_with_mistakes();
    assert!(shop.said().contains("there is no section `jurnal`; did you mean `journal`?"), "{}", shop.said());
}
