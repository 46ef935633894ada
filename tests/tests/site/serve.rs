//! The preview: what it shows is what `build` writes, plus one script tag; mistakes lie over the last good site.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::cache::Memory;
use generator::edition::{Edition, Proof};
use generator::{Options, Silent};
use shopfront_tests::http;
use shopfront_tests::shop::check_same;
use shopfront_tests::{Server, Shop, run};

/// What the preview adds to every page.
const TAG: &str = generator::preview::SCRIPT_TAG;

/// Where a web server shows a file.
fn address(file: &str) -> String {
    format!("/{}", file.strip_suffix("index.html").unwrap_or(file))
}

#[test]
fn the_preview_is_the_build_plus_one_script_tag() {
    let shop = Shop::small();
    let server = Server::start(shop.root(), &[]);
    run(shop.root(), &["build", "--base-url", &server.address()]).code(0);
    let site = shop.site();
    let mut served = BTreeMap::new();
    for path in site.keys() {
        let answer = server.get(&address(path));
        assert_eq!(answer.status, if path == "404.html" { 404 } else { 200 }, "{path}");
        let body = if path.ends_with(".html") {
            let text = answer.text();
            assert_eq!(text.matches(TAG).count(), 1, "{path}");
            text.replace(TAG, "").into_bytes()
        } else {
            answer.body
        };
        served.insert(path.clone(), body);
    }
    check_same(&served, &site);
}

#[test]
fn the_preview_sends_the_headers_of_the_site_and_answers_this_machine_only() {
    let shop = Shop::small();
    let server = Server::start(shop.root(), &[]);
    run(shop.root(), &["build", "--base-url", &server.address()]).code(0);
    let page = server.get("/about/");
    let mut told = 0;
    for line in shop.page("_headers").lines().skip(1).take_while(|line| line.starts_with("  ")) {
        let (name, value) = line.trim().split_once(": ").expect("a header");
        assert_eq!(page.header(&name.to_ascii_lowercase()), value);
        told += 1;
    }
    assert!(told >= 4);
    assert_eq!(server.get("/about").header("location"), "/about/");
    assert_eq!(server.get("/nothing/").status, 404);
    assert_eq!(server.get("/../shop.yaml").status, 404);
    assert_eq!(server.get("/%2e%2e/shop.yaml").status, 404);
    let foreign = http::send("127.0.0.1:1", "GET", "/", &[], b"");
    assert!(foreign.is_err());
    for header in [("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1")] {
        assert_eq!(http::get(&server.host, "/", &[header]).expect("an answer").status, 403);
    }
    assert_eq!(http::send(&server.host, "PUT", "/about/", &[], b"").expect("an answer").status, 405);
    assert!(!shop.path("public/_shopfront").exists());
}

#[test]
fn mistakes_lie_over_the_last_good_site_until_they_are_mended() {
    let shop = Shop::small();
    let server = Server::start(shop.root(), &[]);
    assert_eq!(server.get("/_shopfront/mistakes").text(), "");

    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "cheap");
    let told = server.wait_for("/_shopfront/mistakes", |answer| !answer.body.is_empty()).text();
    assert!(told.contains("E021") && told.contains("small-cup.yaml") && told.contains("price: cheap"), "{told}");
    assert!(server.get("/products/small-cup/").text().contains("€12.00"));

    shop.edit("products/kitchen/mugs/small-cup.yaml", "cheap", "13.50");
    server.wait_for("/products/small-cup/", |answer| answer.text().contains("€13.50"));
    assert_eq!(server.get("/_shopfront/mistakes").text(), "");
    assert!(server.said().contains("error[E021]"), "{}", server.said());

    shop.change("content/new.md", "---\ntitle: New\n---\n\nA new page.\n");
    server.wait_for("/new/", |answer| answer.status == 200);
    shop.remove("content/new.md");
    server.wait_for("/new/", |answer| answer.status == 404);
    assert!(!shop.path("public").exists(), "the preview writes no site");
}

#[test]
fn links_that_lead_to_nothing_lie_over_a_site_that_is_whole() {
    let shop = Shop::small();
    let menu = "  - {title: Journal, page: journal}\n";
    let bad = format!("{menu}    - {{title: Bad, url: 'https://quay.example/nowhere/'}}\n");
    shop.edit("shop.yaml", menu, &bad);
    let server = Server::start(shop.root(), &[]);
    let told = |words: &'static str| server.wait_for("/_shopfront/mistakes", move |answer| answer.text().contains(words));
    let mistakes = told("E270").text();
    assert!(mistakes.contains("shop.yaml") && mistakes.contains("https://quay.example/nowhere/"), "{mistakes}");
    assert!(server.get("/about/").text().contains(">Bad</a>"), "the page is there");
    shop.edit("shop.yaml", "/nowhere/", "/about/");
    server.wait_for("/_shopfront/mistakes", |answer| answer.text().is_empty());
    // In a text's HTML, and an anchor.
    shop.change("content/about.md", "---\ntitle: About us\n---\n\n<a href=\"https://quay.example/terms/#no\">Terms</a>\n");
    let mistakes = told("#no").text();
    assert!(mistakes.contains("content/about.md"), "{mistakes}");
}

/// Drafts a shop and makes all its pages: how many were rendered, where none has a mistake.
fn prove(options: &Options, memory: &mut Memory) -> (Arc<Edition>, Option<usize>) {
    let sources = generator::read(options, memory, &Silent).expect("the shop is read");
    let edition = generator::draft(options, memory, sources, &Silent).expect("a draft").edition.expect("an edition");
    let rendered = match edition.prove(memory, &Silent, &|| false) {
        Proof::Proven(rendered) => Some(rendered.len()),
        Proof::Mistaken(_) => None,
        Proof::Stopped => unreachable!("nobody stops it"),
    };
    (edition, rendered)
}

#[test]
fn what_was_seen_beside_a_mistake_is_not_taken_for_what_is_there() {
    let shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]\n", "languages: [en]\ntheme: mine\n");
    shop.change("themes/mine/theme.yaml", "title: Mine\nextends: default\n");
    let options = shop.options.clone();
    let mut memory = Memory::default();
    let mut look = || match prove(&options, &mut memory) {
        (edition, Some(_)) => generator::broken_links(&edition, &memory).into_iter().map(|told| told.message).collect(),
        (_, None) => vec!["mistaken".to_owned()],
    };
    assert_eq!(look(), Vec::<String>::new());
    // A link to a page that is there, while another page cannot be made.
    let about = shop.read("content/about.md");
    shop.change("themes/mine/templates/post.html", "{{ nothing.at.all }}").change("content/new.md", "---\ntitle: New\n---\n\nNew.\n");
    shop.change("content/about.md", &format!("{about}\n<a href=\"/new/\">New</a>\n"));
    assert_eq!(look(), ["mistaken"]);
    // All as it was.
    shop.remove("themes/mine/templates/post.html").remove("content/new.md").change("content/about.md", &about);
    assert_eq!(look(), Vec::<String>::new());
}

#[test]
fn what_is_as_it_was_before_a_mistake_is_not_made_again() {
    let shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]\n", "languages: [en]\ntheme: mine\n");
    shop.change("themes/mine/theme.yaml", "title: Mine\nextends: default\n");
    let options = shop.options.clone();
    let mut memory = Memory::default();
    let mut rendered = || prove(&options, &mut memory).1;
    assert!(rendered().is_some_and(|pages| pages > 5));
    // Product pages would be others, and pages cannot be made.
    shop.change("themes/mine/templates/page.html", "{{ nothing.at.all }}");
    let product = shop.read("products/kitchen/mugs/small-cup.yaml");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "13.00");
    assert_eq!(rendered(), None);
    shop.remove("themes/mine/templates/page.html").change("products/kitchen/mugs/small-cup.yaml", &product);
    assert_eq!(rendered(), Some(0));
}

#[test]
fn a_shop_that_is_broken_from_the_start_says_so() {
    let shop = Shop::small();
    let settings = shop.read("shop.yaml");
    shop.change("shop.yaml", "name: [Quay\n");
    let server = Server::start(shop.root(), &[]);
    let first = server.get("/");
    assert_eq!(first.status, 503);
    assert!(first.text().contains(TAG), "{}", first.text());
    assert!(server.get("/_shopfront/mistakes").text().contains("shop.yaml"));
    shop.change("shop.yaml", &settings);
    server.wait_for("/", |answer| answer.status == 200 && answer.text().contains("Quay"));
    assert_eq!(server.get("/_shopfront/mistakes").text(), "");
}

#[test]
fn a_port_in_use_is_named() {
    let shop = Shop::small();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    run(shop.root(), &["serve", "--port", &port]).code(2).says(&format!("port {port} is in use")).says("--port 0");
}

#[test]
fn the_editor_mends_a_shop_that_cannot_be_shown_and_brings_no_new_mistake() {
    let shop = Shop::small();
    let cup = "products/kitchen/mugs/small-cup.yaml";
    shop.edit(cup, "12.00", "cheap");
    let server = Server::start(shop.root(), &[]);
    let ask = |action: &str, params: serde_json::Value| {
        http::post_json(&server.host, "/admin/api", &[], &serde_json::json!({"action": action, "params": params})).expect("an answer")
    };
    let change = |path: &str, from: &str, to: &str| {
        let opened = ask("getEntry", serde_json::json!({"path": path})).json();
        let raw = opened["data"].as_str().expect("a text").replace(from, to);
        ask("persistEntry", serde_json::json!({"dataFiles": [{"path": path, "raw": raw}], "assets": []}))
    };
    let config = server.get("/admin/config.json");
    assert_eq!((config.status, &config.json()["backend"]["name"]), (200, &serde_json::json!("proxy")));
    assert_eq!(change("content/about.md", "title: ", "title: All ").status, 200);
    assert_eq!(change(cup, "cheap", "\"13.50\"").status, 200);
    server.wait_for("/products/small-cup/", |answer| answer.text().contains("€13.50"));
    assert_eq!(server.get("/_shopfront/mistakes").text(), "");
    let had = shop.read("content/about.md");
    let refused = change("content/about.md", "\n---\n", "\n---\n\n[There](/nowhere/)\n");
    let said = refused.json()["error"].to_string();
    assert!(refused.status == 422 && said.contains("content/about.md:") && said.contains("error[E206]"), "{said}");
    assert_eq!(shop.read("content/about.md"), had);
    // What is tried is not shown, and keeps nothing else from being shown.
    shop.edit(cup, "13.50", "14.50");
    server.wait_for("/products/small-cup/", |answer| answer.text().contains("€14.50"));
    shop.edit("content/about.md", "title: All ", "title: Once ");
    server.wait_for("/about/", |answer| answer.text().contains("Once "));
    assert_eq!(server.get("/_shopfront/mistakes").text(), "");
}
