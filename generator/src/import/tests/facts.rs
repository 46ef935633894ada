//! Exports made by others, against facts that others counted in them.

use std::path::PathBuf;

use serde_json::Value;

use super::*;

#[expect(clippy::disallowed_methods, reason = "tests read what they compare with")]
fn shared(name: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = root.join("catalogues").join(name);
    let found = std::fs::read(&path).ok();
    if found.is_none() {
        println!("skipped: there is no {}; set SHOPFRONT_TEST_DATA", path.display());
    }
    found
}

/// Compares an import with the neutral description of the same export.
fn agrees(import: &Import, facts: &Value) {
    let counted = &facts["facts"];
    let number = |name: &str| usize::try_from(counted[name].as_u64().expect(name)).expect(name);
    assert_eq!(import.report.products, number("products"));
    assert_eq!(import.report.variants, number("variants"));
    assert_eq!(import.report.images, number("images"));
    assert_eq!(import.report.made_skus, number("variants_without_sku"));
    let files: BTreeMap<&str, Value> = import
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("products/") && !path.ends_with("_index.md"))
        .map(|(path, text)| (&path[path.rfind('/').expect("a folder") + 1..path.len() - 5], serde_saphyr::from_str(text).expect(path)))
        .collect();
    assert_eq!(files.values().filter(|file| file.get("draft").is_none()).count(), number("published"));
    let mut skus = std::collections::BTreeSet::new();
    for product in facts["products"].as_array().expect("products") {
        let handle = product["handle"].as_str().expect("a handle");
        let file = &files[handle];
        assert_eq!(file["title"], product["title"]["en"], "{handle}");
        assert_eq!(file["description"].as_str().map(str::trim), product["body"]["en"].as_str().map(str::trim), "{handle}");
        assert_eq!(file.get("summary"), product.get("summary").and_then(|s| s.get("en")), "{handle}");
        let urls = |list: &Value, key: &str| list.as_array().map_or(Vec::new(), |l| l.iter().map(|i| i[key].clone()).collect());
        assert_eq!(urls(&file["images"], "url"), urls(&product["images"], "src"), "{handle}");
        assert_eq!(urls(&file["tags"], "").len(), product["tags"].as_array().map_or(0, Vec::len), "{handle}");
        let names: Vec<String> = file["options"].as_object().map_or(Vec::new(), |o| o.keys().cloned().collect());
        assert_eq!(serde_json::json!(names), product["options"], "{handle}");
        let variants = product["variants"].as_array().expect("variants");
        let written: Vec<Value> = match file["variants"].as_array() {
            Some(list) => list.clone(),
            None if file.get("price").is_some() => vec![file.clone()],
            None => Vec::new(),
        };
        assert_eq!(written.len(), variants.len(), "{handle}");
        for (own, expected) in written.iter().zip(variants) {
            let value = |key: &str| own.get(key).or_else(|| file.get(key)).unwrap_or(&Value::Null);
            // What another shop sells has no SKU here; its id is made from it.
            let sku = own["sku"].as_str().unwrap_or(handle);
            assert!(skus.insert(sku.to_owned()), "{sku} is used twice");
            assert_eq!(sku, expected["sku"].as_str().unwrap_or(sku));
            let cents = |amount: &Value| {
                let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
                (text != "null").then(|| (text.parse::<f64>().expect("an amount") * 100.0).round())
            };
            assert_eq!(cents(value("price")), cents(&expected["prices"]["USD"]), "{sku}");
            assert_eq!(cents(value("compare_at")), cents(&expected["compare_at"]["USD"]), "{sku}");
            assert_eq!(value("stock"), &expected["stock"], "{sku}");
            for (name, choice) in names.iter().zip(expected["options"].as_array().expect("options")) {
                assert_eq!(own["options"][name.as_str()].as_str(), Some(choice.as_str().unwrap_or("any")), "{sku}");
            }
            if !names.is_empty() {
                assert_eq!(own.get("image").unwrap_or(&Value::Null), &expected["image"], "{sku}");
            }
        }
    }
    assert_eq!(files.len(), number("products"));
}

#[test]
fn shopify_export_of_others() {
    let (Some(csv), Some(facts)) = (shared("shopify-apparel.csv"), shared("shopify-apparel.json")) else { return };
    let import = shopify(&csv, &options()).expect("an export");
    agrees(&import, &serde_json::from_slice(&facts).expect("JSON"));
    assert_eq!(import, shopify(&csv, &options()).expect("an export"), "the same twice");
    assert!(import.files.keys().all(|path| path.starts_with("products/catalogue/")));
    assert!(import.files["products/catalogue/classic-varsity-top.yaml"].contains("sku: classic-varsity-top-small"));
    println!("{}", show(&import));
}

#[test]
fn woocommerce_export_of_others() {
    let (Some(csv), Some(facts)) = (shared("woocommerce-sample_products.csv"), shared("woocommerce-sample.json")) else { return };
    let import = woocommerce(&csv, &options()).expect("an export");
    agrees(&import, &serde_json::from_slice(&facts).expect("JSON"));
    assert_eq!(import, woocommerce(&csv, &options()).expect("an export"), "the same twice");
    let file = |path: &str| import.files[path].as_str();
    assert!(file("products/clothing/hoodies/woo-hoodie.yaml").contains("Logo: \"No\""));
    assert!(file("products/clothing/tshirts/woo-vneck-tee.yaml").contains("Size: any"));
    assert!(file("products/clothing/tshirts/woo-tshirt-logo.yaml").contains("sku: Woo-tshirt-logo\n"));
    assert!(file("products/clothing/accessories/woo-beanie.yaml").contains("weight: 0.2 lb\n"));
    assert!(file("products/music/woo-album.yaml").contains("kind: digital\n"));
    assert!(file("products/decor/wp-pennant.yaml").contains("kind: external\n"));
    assert!(
        file("products/clothing/logo-collection.yaml").contains("members:\n  - woo-hoodie-with-logo\n  - woo-tshirt\n  - woo-beanie\n")
    );
    assert_eq!(import.report.categories, 6);
    println!("{}", show(&import));
}
