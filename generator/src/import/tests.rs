//! Whole imports: others' exports against counted facts, and a small export for each peculiarity.

use std::path::PathBuf;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn options<'a>() -> ImportOptions<'a> {
    ImportOptions::new(Currency::parse("USD").expect("a currency"))
}

/// All files and the report of an import, one below the other.
fn show(import: &Import) -> String {
    let files = import.files.iter().map(|(path, text)| format!("=== {path}\n{text}"));
    files.chain([format!("=== report\n{}", import.report)]).collect()
}

#[track_caller]
fn shop(csv: &str) -> Import {
    shopify(csv.as_bytes(), &options()).expect("an export")
}

#[track_caller]
fn woo(csv: &str) -> Import {
    woocommerce(csv.as_bytes(), &options()).expect("an export")
}

#[track_caller]
fn reasons(import: &Import) -> String {
    let lines = import.report.not_carried.iter().map(|n| format!("{} {}: {} -> {}\n", n.row, n.column, n.value, n.reason));
    lines.collect()
}

// ---- Shopify

const SHOPIFY: &str = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Position,Image Alt Text,Variant Image,SEO Title\n";

#[test]
fn shopify_rows_of_one_product() {
    let import = shop(&format!(
        "\u{feff}{SHOPIFY}{}",
        "mug,Harbour mug,\"<p>Hand-thrown.</p>\n<ul><li>5 * 3</li></ul>\",Quay,Kitchen & Table,\"gift, new\",true,Size,250 ml,Colour,NO,,380,shopify,0,24.9,29,https://a.example/2.jpg,2,,https://a.example/1.jpg,Mugs\n\
         mug,,,,,,,,350 ml,,NO,MUG-350,460,shopify,4,28,,https://a.example/1.jpg,1,A mug: blue,,\n\
         mug,,,,,,,,,,,,,,,,,https://a.example/3.jpg,3,,,\n\
         cup,Cup,,,,,false,Title,Default Title,,,007,0,shopify,3,5.00,,,,,,"
    ));
    assert_snapshot!(show(&import), @"");
}

#[test]
fn shopify_keeps_the_shop_whole() {
    let import = shop(&format!(
        "{SHOPIFY}{}",
        "a,A,,,,,true,Size,S,Size,M,DUP,,shopify,-2,10,10,,,,,\r\n\
         a,,,,,,true,,S,,M,DUP,,shopify,2,11,,,,,,\r\n\
         a,,,,,,true,,L,,any,DUP,,shopify,2,12,,,,,,\r\n\
         a,,,,,,true,,XL,,M,N O/1,,shopify,2,,,,,,,\r\n\
         A,Other,,,,,true,Title,Default Title,,,,,,5,cheap,,pic.jpg,1,,,\r\n"
    ));
    assert_snapshot!(show(&import), @"");
}

#[test]
fn shopify_gift_cards_policies_and_unknown_columns() {
    let import = shop(
        "Handle,Title,Variant Price,Gift Card,Status,Variant Inventory Policy,Variant Requires Shipping,Variant Taxable,Google Shopping / MPN,Google Shopping / MPN,Cost per item\n\
         gift,Gift card,10,true,active,deny,false,false,x,,3\n\
         lesson,Lesson,10,false,active,continue,false,true,y,z,\n\
         old,Old,10,false,archived,deny,true,true,,,\n",
    );
    assert_snapshot!(show(&import), @"");
}

#[test]
fn shopify_newer_titles_and_separators() {
    let import = shop("Title;URL handle;Product category;Price;Option1 name;Option1 value;Inventory quantity;Inventory tracker\nÉclair;éclair;Food > Sweets;12,50;Title;Default Title;3;shopify\n");
    assert_snapshot!(show(&import), @"");
}

#[test]
fn a_hundred_variants_at_most() {
    let rows: String = (0..120).map(|n| format!("mug,{},Size,{n},1\n", if n == 0 { "Mug" } else { "" })).collect();
    let import = shop(&format!("Handle,Title,Option1 Name,Option1 Value,Variant Price\n{rows}"));
    assert_eq!((import.report.variants, import.report.not_carried.len(), import.report.made_skus), (100, 20, 100));
}

// ---- WooCommerce

const WOO: &str = "ID,Type,SKU,Name,Published,Visibility in catalog,Is featured?,Short description,Description,Regular price,Sale price,Date sale price ends,In stock?,Stock,Sold individually?,Weight (oz),Categories,Images,Parent,Grouped products,External URL,Button text,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)\n";

#[test]
fn woocommerce_variations() {
    let import = woo(&format!(
        "{WOO}{}",
        "7,variable,,Tee,1,visible,1,Soft.,\"One\\nline.\\n\\nTwo *stars*.\",,,,1,,0,.2,\"Clothing, Clothing > T-Shirts, Sale\",https://a.example/t.jpg,,,,,Color,\"Blue, Red\",Size,\"S, M\"\n\
         8,variation,,Tee - Red,1,visible,0,,,20,15,,1,4,1,.3,,https://a.example/r.jpg,id:7,,,,Color,red,Size,\n\
         9,variation,T-B,Tee - Blue,1,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Blue,Size,S\n\
         10,variation,T-R,Tee - Red,1,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Red,Size,M\n\
         11,variation,T-X,Tee - Red,0,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Red,Size,M\n\
         12,variation,T-O,Orphan,1,visible,0,,,20,,,0,,0,,,,nobody,,,,Color,Red,,\n"
    ));
    assert_snapshot!(show(&import), @"");
}

#[test]
fn woocommerce_kinds() {
    let import = woo(&format!(
        "{WOO}{}",
        "1,\"simple, virtual\",SERVICE,Lesson,1,hidden,1,,,20,15,2020-01-01,0,,1,,Lessons,,,,,,Level,Beginner,,\n\
         2,grouped,,Set,1,visible,0,,,,,,1,,0,,,,,\"SERVICE, id:3, gone\",,,,,,\n\
         3,external,EXT,Flag,1,visible,1,,,,,,1,,0,,,,,,https://b.example/,Buy it: here,,,,\n\
         4,simple,,服装,-1,visible,0,,,3,,,1,,0,,服装,,,,,,,,,\n\
         5,subscription,SUB,Box,1,visible,0,,,3,,,1,,0,,,,,,,,,,,\n\
         6,grouped,EMPTY,Empty,1,visible,0,,,,,,1,,0,,,,,SUB,,,,,,\n"
    ));
    assert_snapshot!(show(&import), @"");
}

#[test]
fn more_than_three_options_join() {
    let mut csv = String::from("Type,SKU,Name,Regular price,Parent");
    for n in 1..=4 {
        csv.push_str(&format!(",Attribute {n} name,Attribute {n} value(s)"));
    }
    csv.push_str("\nvariable,F,Frame,,,Size,\"S, M\",Wood,Oak,Glass,\"Clear, Matt\",Hook,\"Yes, No\"\n");
    csv.push_str("variation,F1,,5,F,Size,S,Wood,Oak,Glass,Clear,Hook,Yes\n");
    csv.push_str("variation,F2,,5,F,Size,S,Wood,Oak,Glass,Matt,Hook,\n");
    csv.push_str("variation,F3,,6,F,Size,M,Wood,Oak,Glass,,Hook,\n");
    assert_snapshot!(show(&woo(&csv)), @"");
}

#[test]
fn tax_classes_that_the_shop_has() {
    let csv = "Type,SKU,Name,Regular price,Tax status,Tax class\nsimple,A,A,1,taxable,reduced-rate\nsimple,B,B,1,none,zero-rate\n";
    let options = ImportOptions { tax_classes: &["standard", "reduced"], category_root: "imported", ..options() };
    let import = woocommerce(csv.as_bytes(), &options).expect("an export");
    assert!(import.files["products/imported/a.yaml"].contains("tax_class: reduced\n"));
    assert!(!import.files["products/imported/b.yaml"].contains("tax_class"));
    assert_snapshot!(reasons(&import), @"");
}

// ---- Files that are no exports

#[test]
fn wrong_files_are_refused_with_advice() {
    let show = |result: Result<Import, ImportError>| {
        let error = result.expect_err("no export");
        format!("{error}\n  = help: {}\n", error.help)
    };
    let o = options();
    let mut all = String::new();
    all.push_str(&show(shopify(WOO.as_bytes(), &o)));
    all.push_str(&show(woocommerce(SHOPIFY.as_bytes(), &o)));
    all.push_str(&show(shopify(b"name,colour\nx,y\n", &o)));
    all.push_str(&show(shopify(SHOPIFY.as_bytes(), &o)));
    all.push_str(&show(shopify(b"", &o)));
    all.push_str(&show(shopify(b"PK\x03\x04rest", &o)));
    all.push_str(&show(shopify(b"\xff\xfeH\0a\0", &o)));
    all.push_str(&show(shopify(b"Handle,Title\nx,caf\xe9\n", &o)));
    all.push_str(&show(shopify(b"Handle,Title,Variant Price\na,A,1\nb,\"B,2\nc,C,3\n", &o)));
    assert_snapshot!(all, @"");
}

#[test]
fn edited_files_are_in_conflict() {
    assert_eq!(merge_plan(None, "a\n"), Action::Create);
    assert_eq!(merge_plan(Some("a\nb\n"), "a\nb\n"), Action::Same);
    assert_eq!(merge_plan(Some("a\r\nb\r\n"), "a\nb\n"), Action::Same);
    assert_eq!(merge_plan(Some("a\n"), "b\n"), Action::Conflict);
}

// ---- Others' exports and their counted facts

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
        .filter(|(path, _)| path.ends_with(".yaml") && path.starts_with("products/"))
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
            let sku = own["sku"].as_str().expect("a SKU");
            assert!(skus.insert(sku.to_owned()), "{sku} is used twice");
            if let Some(expected) = expected["sku"].as_str() {
                assert_eq!(sku, expected);
            }
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
    assert!(file("products/clothing/logo-collection.yaml").contains("members:\n  - woo-hoodie-with-logo\n  - woo-tshirt\n  - woo-beanie\n"));
    assert_eq!(import.report.categories, 6);
    println!("{}", show(&import));
}

// ---- Anything at all

fn check_any(import: &Import) {
    for (path, text) in import.files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        serde_saphyr::from_str::<Value>(text).unwrap_or_else(|e| panic!("{path}: {e}\n{text}"));
    }
    let _ = import.report.to_string();
    plan_downloads(import);
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = shopify(&bytes, &options());
        let _ = woocommerce(&bytes, &options());
    }

    #[test]
    fn any_shopify_cells_make_files_that_read(cells in proptest::collection::vec("[ -~]{0,6}|any|Size|1|\\PC{0,4}", 0..110)) {
        let mut csv = csv::Writer::from_writer(SHOPIFY.as_bytes().to_vec());
        for row in cells.chunks_exact(22) {
            csv.write_record(row).expect("memory");
        }
        if let Ok(import) = shopify(&csv.into_inner().expect("memory"), &options()) {
            check_any(&import);
        }
    }

    #[test]
    fn any_woocommerce_cells_make_files_that_read(
        cells in proptest::collection::vec("variable|variation|simple|grouped|A|A, B|1|2|\\PC{0,5}|https://a.example/[a-z,]{1,3}", 0..140)
    ) {
        let mut csv = csv::Writer::from_writer(WOO.as_bytes().to_vec());
        for row in cells.chunks_exact(26) {
            csv.write_record(row).expect("memory");
        }
        if let Ok(import) = woocommerce(&csv.into_inner().expect("memory"), &options()) {
            check_any(&import);
        }
    }
}
