//! Exports of other systems, from the file to the built shop, against facts that others counted in them.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::product::{Choice, Stock, Variant};
use generator::cache::{Memory, PictureCache};
use generator::site::{Site, SiteProduct};
use generator::{Options, Silent, Target};
use serde_json::Value;
use shopfront_tests::shop::{NOW, files};
use shopfront_tests::{Shop, run, test_data};

/// What the starter shop has of its own.
const STARTER: [&str; 2] = ["harbour-mug", "small-cup"];

struct Imported {
    folder: tempfile::TempDir,
    facts: Value,
    command: [String; 3],
}

/// `init`, then the import; `None` where the data of others is not there.
fn import(system: &str, csv: &str, facts: &str) -> Option<Imported> {
    let (csv, facts) = (test_data(&format!("catalogues/{csv}"))?, test_data(&format!("catalogues/{facts}"))?);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let name = folder.path().join("shop");
    run(folder.path(), &["init", name.to_str().expect("a name in UTF-8")]).code(0);
    let facts = serde_json::from_slice(&std::fs::read(facts).expect("the facts can be read")).expect("the facts are JSON");
    let command = ["import".to_owned(), system.to_owned(), csv.to_str().expect("a name in UTF-8").to_owned()];
    Some(Imported { folder, facts, command })
}

impl Imported {
    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("shop")
    }

    fn run(&self) -> shopfront_tests::Said {
        run(&self.root(), &self.command.each_ref().map(String::as_str))
    }
}

/// The shop as the generator understands it.
fn load(root: &Path) -> std::sync::Arc<Site> {
    let options = Options { root: root.to_owned(), drafts: true, future: true, now: NOW, ..Options::default() };
    let pictures = PictureCache::new(root.join(".shopfront/cache/pictures"));
    let outcome = generator::build(&options, &mut Memory::default(), &pictures, Target::Check, &Silent).expect("the environment works");
    assert!(!outcome.has_errors(), "{:?}", outcome.diagnostics);
    std::sync::Arc::clone(&outcome.edition.expect("a shop without errors has an edition").site)
}

/// `24.9` → 2490, by text, as prices are read.
fn cents(amount: &Value) -> Option<i64> {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{rest:0<2}").parse().ok()
}

fn agrees(product: &SiteProduct, fact: &Value) {
    let handle = product.id();
    assert_eq!(product.product.title, fact["title"]["en"].as_str().expect("a title"), "{handle}");
    let names: Vec<&str> = product.product.options.iter().map(|option| option.name.as_str()).collect();
    assert_eq!(serde_json::json!(names), fact["options"], "{handle}");
    assert_eq!(product.pictures.len(), fact["images"].as_array().map_or(0, Vec::len), "{handle}");
    let variants = fact["variants"].as_array().expect("variants");
    assert_eq!(product.product.variants.len(), variants.len(), "{handle}");
    for (variant, fact) in product.product.variants.iter().zip(variants) {
        variant_agrees(handle, variant, fact);
    }
}

fn variant_agrees(handle: &str, variant: &Variant, fact: &Value) {
    let sku = variant.sku.as_str();
    match fact["sku"].as_str() {
        Some(wanted) => assert_eq!(sku, wanted),
        None => assert!(sku == handle || sku.starts_with(&format!("{handle}-")), "{handle}: {sku}"),
    }
    assert_eq!(variant.pricing.prices.values().copied().next(), cents(&fact["prices"]["USD"]), "{sku}");
    assert_eq!(variant.pricing.compare_at.values().copied().next(), cents(&fact["compare_at"]["USD"]), "{sku}");
    let stock = match variant.stock {
        Stock::Counted(seed) => Value::from(seed),
        _ => Value::Null,
    };
    assert_eq!(stock, fact["stock"], "{sku}");
    let choices: Vec<Option<&str>> = variant
        .choices
        .iter()
        .map(|choice| match choice {
            Choice::Is(value) => Some(value.as_str()),
            Choice::Any => None,
        })
        .collect();
    assert_eq!(serde_json::json!(choices), fact["options"], "{sku}");
}

/// Imports, compares, imports again, builds.
fn story(imported: &Imported) {
    let said = imported.run().code(0);
    let site = load(&imported.root());
    let counted = |name: &str| usize::try_from(imported.facts["facts"][name].as_u64().expect(name)).expect(name);
    let products: BTreeMap<&str, &SiteProduct> =
        site.products.iter().map(|(id, product)| (&**id, &**product)).filter(|(id, _)| !STARTER.contains(id)).collect();
    assert_eq!(products.len(), counted("products"));
    let variants: usize = products.values().map(|product| product.product.variants.len()).sum();
    assert_eq!(variants, counted("variants"));
    for fact in imported.facts["products"].as_array().expect("products") {
        agrees(products[fact["handle"].as_str().expect("a handle")], fact);
    }
    for words in ["products", "pictures", "not carried over:"] {
        assert!(said.out.contains(words), "{}", said.out);
    }

    let before = times(&imported.root());
    imported.run().code(0).says("0 files written");
    assert_eq!(times(&imported.root()), before, "a second run changes nothing");

    run(&imported.root(), &["check"]).code(0).says(&format!("{} pictures are addresses that were not fetched", counted("images")));
    run(&imported.root(), &["build"]).code(0);
    for id in products.keys() {
        let page =
            std::fs::read_to_string(imported.root().join(format!("public/products/{id}/index.html"))).expect("every product has a page");
        assert!(page.contains("placeholder"), "{id}: a picture that was not fetched has the theme's placeholder");
        assert!(!page.contains("<img src=\"https://"), "{id}: nothing is loaded from elsewhere");
    }
}

fn times(root: &Path) -> BTreeMap<String, std::time::SystemTime> {
    let modified = |path: &str| std::fs::metadata(root.join(path)).and_then(|file| file.modified()).expect("files have times");
    files(root).into_keys().filter(|path| !path.starts_with('.')).map(|path| (path.clone(), modified(&path))).collect()
}

#[test]
fn a_shop_of_shopify_comes_over() {
    let Some(imported) = import("shopify", "shopify-apparel.csv", "shopify-apparel.json") else { return };
    story(&imported);
}

#[test]
fn a_shop_of_woocommerce_comes_over() {
    let Some(imported) = import("woocommerce", "woocommerce-sample_products.csv", "woocommerce-sample.json") else { return };
    story(&imported);
}

#[test]
fn a_file_changed_by_hand_is_left_alone() {
    let Some(imported) = import("shopify", "shopify-apparel.csv", "shopify-apparel.json") else { return };
    imported.run().code(0);
    let path = imported.root().join("products/catalogue/ocean-blue-shirt.yaml");
    let text = std::fs::read_to_string(&path).expect("the product is there").replace("Ocean Blue Shirt", "A blue shirt");
    std::fs::write(&path, &text).expect("the file can be written");
    imported.run().code(0).says("1 left alone").says("products/catalogue/ocean-blue-shirt.yaml");
    assert_eq!(std::fs::read_to_string(&path).expect("the product is there"), text);
    let force: Vec<&str> = imported.command.iter().map(String::as_str).chain(["--force"]).collect();
    run(&imported.root(), &force).code(0).says("1 files written");
    assert!(std::fs::read_to_string(&path).expect("the product is there").contains("Ocean Blue Shirt"));
}

#[test]
fn what_is_no_export_is_told() {
    let shop = shopfront_tests::Shop::small();
    shop.change("list.csv", "a,b,c\n1,2,3\n");
    run(shop.root(), &["import", "shopify", shop.path("list.csv").to_str().expect("a name in UTF-8")]).code(1).says("= help:");
    run(shop.root(), &["import", "woocommerce", "nowhere.csv"]).code(2).says("cannot read `nowhere.csv`");
}

#[test]
fn a_file_in_another_encoding_is_somebodys_work() {
    let shop = Shop::small();
    shop.change("old/_posts/2020-01-01-hello.md", "---\ntitle: Hello\n---\nText.\n");
    let theirs = b"---\ntitle: Gr\xfc\xdfe\n---\n";
    shop.change_bytes("content/journal/hello.md", theirs);
    let old = shop.path("old");
    let import = |more: &[&str]| run(shop.root(), &[&["import", "jekyll", old.to_str().expect("a name in UTF-8")], more].concat());
    import(&[]).code(0).says("`content/journal/hello.md` was changed").says("1 left alone");
    assert_eq!(std::fs::read(shop.path("content/journal/hello.md")).expect("it is there"), theirs);
    import(&["--force"]).code(0);
    assert!(shop.read("content/journal/hello.md").contains("title: Hello"));
}
