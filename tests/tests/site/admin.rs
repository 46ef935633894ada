//! The editor in the browser, as a build publishes it, and the form of files that it and `fmt` keep.

use std::fs;

use shopfront_tests::shop::check_same;
use shopfront_tests::{Shop, run};

const ON: &str = "admin: {backend: gitlab, repo: quay/shop, branch: main, app_id: abc}\n";

fn published() -> Shop {
    let mut shop = Shop::small();
    let settings = shop.read("shop.yaml");
    shop.change("shop.yaml", &(settings + ON));
    shop.build();
    shop
}

fn config(shop: &Shop) -> serde_json::Value {
    serde_json::from_str(&shop.page("admin/config.json")).expect("it is JSON")
}

fn collection<'c>(config: &'c serde_json::Value, name: &str) -> &'c serde_json::Value {
    let all = config["collections"].as_array().expect("a list");
    all.iter().find(|collection| collection["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn field<'c>(fields: &'c serde_json::Value, name: &str) -> &'c serde_json::Value {
    let all = fields.as_array().expect("a list");
    all.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("no {name} in {fields}"))
}

#[test]
fn it_is_there_where_a_host_is_named_and_nowhere_else() {
    let mut shop = Shop::small();
    shop.build().check_no_file("admin");
    let without = shop.site();
    let settings = shop.read("shop.yaml");
    shop.change("shop.yaml", &format!("{settings}{ON}"));
    shop.build();
    assert_eq!(shop.rendered(), [""; 0], "no page shows anything of it");
    let mut with = shop.site();
    let own: Vec<String> = with.keys().filter(|path| path.starts_with("admin/")).cloned().collect();
    assert_eq!(
        own,
        [
            "admin/admin.css",
            "admin/config.json",
            "admin/decap-cms.LICENSE.txt",
            "admin/decap-cms.js",
            "admin/index.html",
            "admin/pairs.js",
            "admin/start.js"
        ]
    );
    // Neither the sitemap nor the search nor anything else tells of it; only the headers are others.
    with.retain(|path, _| !path.starts_with("admin/") && path != "_headers");
    check_same(&with, &without.into_iter().filter(|(path, _)| path != "_headers").collect());
    check_same(&shop.site(), &shop.clean_build());
    shop.change("shop.yaml", &settings);
    shop.build().check_no_file("admin");
}

#[test]
fn it_has_a_policy_of_its_own_and_all_else_the_strict_one() {
    let shop = published();
    let headers = shop.page("_headers");
    let mut rules: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    let mut at = "";
    for line in headers.lines() {
        match line.strip_prefix("  ") {
            Some(header) => rules.entry(at).or_default().push(header),
            None => at = line,
        }
    }
    let policies = |path: &str| -> Vec<&str> {
        let holds = |rule: &str| rule.strip_suffix('*').map_or(rule == path, |start| path.starts_with(start));
        let matching = rules.iter().filter(|(rule, _)| holds(rule)).flat_map(|(_, headers)| headers);
        matching.filter(|header| header.starts_with("Content-Security-Policy:")).copied().collect()
    };
    for path in
        ["/", "/about/", "/products/harbour-mug/", "/journal/", "/journal/first/", "/cart/", "/checkout/", "/tags/ceramic/", "/404.html"]
    {
        let found = policies(path);
        assert!(
            matches!(found[..], [one] if one.contains("default-src 'self'") && !one.contains("unsafe")),
            "{path}: {found:?}\n{headers}"
        );
    }
    for path in ["/admin/", "/admin/index.html", "/admin/decap-cms.js"] {
        let found = policies(path);
        assert!(
            matches!(found[..], [one] if one.contains("'unsafe-eval'") && one.contains("connect-src 'self' blob: https://gitlab.com;")),
            "{path}: {found:?}"
        );
    }
    shop.check_file("admin/index.html", "<meta name=\"robots\" content=\"noindex\">").check_without("admin/index.html", "http");
}

#[test]
fn its_configuration_says_what_the_readers_declare() {
    let mut shop = published();
    shop.change(
        "content/journal/_schema.yaml",
        "fields:\n  serves: {title: Serves, type: number, min: 1, help: How many.}\n  kind: {type: choice, choices: [sweet, savoury]}\n",
    );
    shop.change("discounts.yaml", "welcome: {title: Welcome, code: WELCOME10, percent: 10%}\n");
    shop.build();
    let config = config(&shop);
    assert_eq!(
        config["backend"],
        serde_json::json!({"name": "gitlab", "repo": "quay/shop", "branch": "main", "app_id": "abc", "auth_type": "pkce"})
    );
    let products = collection(&config, "products");
    assert_eq!((products["folder"].as_str(), products["extension"].as_str()), (Some("products"), Some("yaml")));
    let price = field(&products["fields"], "price");
    assert_eq!((price["widget"].as_str(), price["pattern"][0].as_str()), (Some("string"), Some("^[0-9]+(\\.[0-9]{1,2})?$")));
    assert!(price["hint"].as_str().is_some_and(|hint| hint.starts_with("24.90")), "{price}");
    assert_eq!(field(&products["fields"], "title").get("required"), None);
    assert_eq!(field(&products["fields"], "specifications")["widget"], "shop-pairs");
    assert_eq!(field(&products["fields"], "options")["values"], "list");
    let variants = field(&products["fields"], "variants");
    assert_eq!(
        field(&variants["fields"], "stock"),
        &serde_json::json!({
            "widget": "number", "value_type": "int", "min": 0, "max": 10_000_000, "name": "stock", "label": "Stock", "required": false,
            "hint": "How many there are at first."
        })
    );
    assert_eq!(field(&field(&products["fields"], "images")["fields"], "file")["widget"], "image");
    let journal = collection(&config, "pages-journal");
    let names: Vec<&str> = journal["fields"].as_array().expect("a list").iter().filter_map(|field| field["name"].as_str()).collect();
    assert_eq!(&names[..5], ["title", "body", "serves", "kind", "description"]);
    assert!(!names.contains(&"cascade"), "{names:?}");
    assert_eq!(
        field(&journal["fields"], "serves"),
        &serde_json::json!({
            "widget": "number", "value_type": "float", "name": "serves", "label": "Serves", "required": false, "hint": "How many.", "min": 1.0
        })
    );
    assert_eq!(field(&journal["fields"], "kind")["options"], serde_json::json!(["sweet", "savoury"]));
    let settings = collection(&config, "settings");
    let discounts = field(&settings["files"], "discounts");
    assert_eq!(field(&field(&discounts["fields"], "welcome")["fields"], "percent")["widget"], "string");
    check_same(&shop.site(), &shop.clean_build());
}

#[test]
fn several_languages_and_currencies_have_fields_for_each() {
    let mut shop = published();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.build();
    let config = config(&shop);
    let german = collection(&config, "products-de");
    assert_eq!((german["extension"].as_str(), german["create"].as_bool()), (Some("de.yaml"), Some(false)));
    let names: Vec<&str> = german["fields"].as_array().expect("a list").iter().filter_map(|field| field["name"].as_str()).collect();
    assert!(names.contains(&"title") && names.contains(&"alt") && !names.contains(&"price"), "{names:?}");
    let name = field(&field(&collection(&config, "settings")["files"], "shop")["fields"], "name");
    assert_eq!((name["widget"].as_str(), &name["languages"]), (Some("shop-words"), &serde_json::json!(["en", "de"])));
}

#[test]
fn fmt_writes_and_checks() {
    let shop = Shop::small();
    let mug = "products/kitchen/mugs/harbour-mug.yaml";
    run(shop.root(), &["fmt"]).code(0).says("formatted");
    run(shop.root(), &["fmt", "--check"]).code(0).says("0 to format");
    shop.change("products/kitchen/new.yaml", "price:   9.00 # net\ntitle: No\n");
    let said = run(shop.root(), &["fmt", "--check", "products"]).code(1).says("1 to format");
    assert_eq!(said.out, "products/kitchen/new.yaml\n");
    assert_eq!(shop.read("products/kitchen/new.yaml"), "price:   9.00 # net\ntitle: No\n");
    run(shop.root(), &["fmt", "content"]).code(0).says("0 formatted");
    run(shop.root(), &["fmt", "products/kitchen/new.yaml"]).code(0).says("1 file, 1 formatted");
    assert_eq!(shop.read("products/kitchen/new.yaml"), "title: \"No\"\nprice: \"9.00\" # net\n");
    shop.change(mug, "title: [\n");
    run(shop.root(), &["fmt"]).code(1).says("harbour-mug.yaml:1:8").says("E002");
    assert_eq!(shop.read(mug), "title: [\n");
    run(shop.root(), &["fmt", "static"]).code(2);
    run(shop.root(), &["fmt", "/"]).code(2).says("not in the shop's folder");
}

#[test]
fn what_the_program_writes_is_in_its_own_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    run(folder.path(), &["init", shop.to_str().expect("a name in UTF-8")]).code(0);
    run(&shop, &["fmt", "--check"]).code(0).says("0 to format");
    for what in [
        &["new", "product", "cups/2024"][..],
        &["new", "product", "bowls/deep-bowl"],
        &["new", "page", "no"],
        &["new", "post", "journal/on-firing"],
        &["new", "discounts"],
        &["new", "theme", "linen"],
        &["new", "theme", "whole", "--bare"],
    ] {
        run(&shop, what).code(0);
        run(&shop, &["fmt", "--check"]).code(0).says("0 to format");
    }
}

#[test]
fn the_sample_shop_is_in_the_house_s_form() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    run(&sample, &["fmt", "--check"]).code(0).says("0 to format");
}

#[test]
fn the_editor_begins_with_what_has_entries_and_leads_to_pages() {
    let mut shop = published();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.build();
    let config = config(&shop);
    let first = &config["collections"][0];
    let folder = shop.root().join(first["folder"].as_str().expect("a folder"));
    let ending = format!(".{}", first["extension"].as_str().expect("an ending"));
    let names = fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert!(names.into_iter().any(|name| name.ends_with(&ending)), "{}", first["name"]);
    for (name, address) in [
        ("products", "products/{{filename}}/"),
        ("categories", "categories/{{dirname}}/"),
        ("collections", "collections/{{slug}}/"),
        ("pages", "{{slug}}/"),
        ("pages-journal", "journal/{{slug}}/"),
        ("products-de", "de/products/"),
        ("categories-de", "de/categories/{{dirname}}/"),
        ("collections-de", "de/collections/{{slug}}/"),
        ("pages-de", "de/{{slug}}/"),
        ("pages-journal-de", "de/journal/{{slug}}/"),
    ] {
        assert_eq!(collection(&config, name)["preview_path"], address, "{name}");
    }
}

#[test]
fn fmt_leaves_json_and_csv_alone() {
    let shop = Shop::small();
    let json = "{\n  \"a\": {\"lng\": -8.6110, \"big\": 1e3}\n}\n";
    let files =
        [("data/shops.json", json), ("data/quays.csv", "\"Name\",\"City\"\n\"Quay\",\"Porto\"\n"), ("data/map.csv", "a: b\nc: 007\n")];
    for (path, text) in files {
        shop.change(path, text);
    }
    shop.change("data/hours.yaml", "quay:   007\n");
    run(shop.root(), &["fmt"]).code(0);
    assert_eq!(shop.read("data/hours.yaml"), "quay: \"007\"\n");
    for (path, text) in files {
        assert_eq!(shop.read(path), text);
    }
    run(shop.root(), &["fmt", "--check"]).code(0).says("0 to format");
}

#[cfg(unix)]
#[test]
fn fmt_writes_where_a_link_leads() {
    let shop = Shop::small();
    let shared = tempfile::tempdir().expect("a folder");
    let file = shared.path().join("shared.yaml");
    fs::write(&file, "price:  \"9.00\"\ntitle: Shared\n").expect("a file");
    let link = shop.root().join("products/kitchen/linked.yaml");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    run(shop.root(), &["fmt", "products/kitchen"]).code(0).says("formatted");
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "title: Shared\nprice: \"9.00\"\n");
}

#[test]
fn a_formatted_shop_builds_the_same_site() {
    let mut shop = Shop::small();
    let before = shop.build().site();
    run(shop.root(), &["fmt"]).code(0);
    shop.build();
    check_same(&before, &shop.site());
}
