//! What is sold, from the editor's files to pages and to the bundle: sales, bundles, discounts, and the catalogue's export.

use std::fs;

use catalog::bundle::{Delivery, MANIFEST, Manifest, VariantRecord, find_variant};
use shopfront_tests::shop::{check_same, files};
use shopfront_tests::{Shop, run};

/// 2026-06-01, the small shop's day, in seconds since 1970.
const JUNE: i64 = 1_780_272_000;
const DAY: i64 = 86_400;

#[track_caller]
fn record(shop: &Shop, sku: &str) -> VariantRecord {
    let bundle = files(&shop.path(".shopfront/bundle"));
    let manifest = Manifest::decode(&bundle[MANIFEST]).expect("a manifest");
    let shard = &bundle[manifest.shard_of_sku(sku).expect("a shard")];
    find_variant(shard, sku).expect("readable").expect("the SKU is sold")
}

#[track_caller]
fn check_clean(shop: &Shop) {
    let (site, bundle) = shop.clean_build_and_bundle();
    check_same(&shop.site(), &site);
    check_same(&files(&shop.path(".shopfront/bundle")), &bundle);
}

const TEAPOT: &str = "products/kitchen/mugs/teapot.yaml";
const TEAPOT_PAGE: &str = "products/teapot/index.html";

#[test]
fn a_sale_begins_and_ends_by_itself() {
    let mut shop = Shop::small();
    shop.edit(TEAPOT, "price: 48.00", "price: 48.00\nsale: {price: 39.00, from: 2026-06-03, until: 2026-06-05}");
    shop.build();
    assert_eq!(shop.outcome.next_change, Some(JUNE + 2 * DAY));
    shop.check_file(TEAPOT_PAGE, "\"price\":\"48.00\"").check_without(TEAPOT_PAGE, "priceValidUntil");
    // The page knows what comes, so that it can switch without being built again.
    shop.check_file(TEAPOT_PAGE, &format!("{{\"until\":{},\"minor\":4800,", JUNE + 2 * DAY));
    shop.check_file(TEAPOT_PAGE, &format!("{{\"until\":{},\"minor\":3900,\"text\":\"€39.00\",\"compare\":\"€48.00\"", JUNE + 5 * DAY));
    assert_eq!(record(&shop, "TEAPOT").pricing.sale.expect("a sale").window.until, Some(JUNE + 5 * DAY), "the last day belongs to it");

    shop.options.now = JUNE + 2 * DAY;
    shop.build();
    assert_eq!(shop.outcome.next_change, Some(JUNE + 5 * DAY));
    shop.check_file(TEAPOT_PAGE, "\"price\":\"39.00\"").check_file(TEAPOT_PAGE, "\"priceValidUntil\":\"2026-06-05\"");
    assert!(shop.rendered().contains(&"products/teapot/") && shop.rendered().contains(&"products/"), "{:?}", shop.rendered());
    check_clean(&shop);

    shop.options.now = JUNE + 5 * DAY;
    shop.build();
    shop.check_file(TEAPOT_PAGE, "\"price\":\"48.00\"");
    check_clean(&shop);
    shop.options.now = JUNE + 6 * DAY;
    shop.build();
    assert_eq!(shop.rendered(), Vec::<&str>::new(), "nothing changes any more");
}

#[test]
fn a_list_by_rule_goes_by_the_price_of_the_day() {
    let mut shop = Shop::small();
    shop.change("collections/cheap.yaml", "title: Cheap\nrule: kind = physical and price < 40\n");
    shop.edit(TEAPOT, "price: 48.00", "price: 48.00\nsale: {price: 39.00, from: 2026-06-03}");
    shop.build().check_without("collections/cheap/index.html", "Teapot");
    shop.options.now = JUNE + 3 * DAY;
    shop.build().check_file("collections/cheap/index.html", "Teapot");
    check_clean(&shop);
}

#[test]
fn a_bundle_is_what_its_parts_are() {
    let mut shop = Shop::small();
    shop.change(
        "products/gifts/breakfast.yaml",
        "title: Breakfast\nkind: bundle\nprice: 80.00\nsku: BREAKFAST\ncomponents: [{sku: TEAPOT}, {sku: CUP, quantity: 2}, {sku: PACK}]\n",
    );
    shop.build();
    let breakfast = record(&shop, "BREAKFAST");
    assert_eq!(
        (breakfast.delivery, breakfast.weight_g, breakfast.files.len(), breakfast.stock),
        (Delivery::Physical, 900 + 2 * 200, 1, None)
    );
    let parts: Vec<_> = breakfast.components.iter().map(|part| (part.sku.as_str(), part.quantity)).collect();
    assert_eq!(parts, [("TEAPOT", 1), ("CUP", 2), ("PACK", 1)]);
    shop.check_file("products/breakfast/index.html", "Small cup");
    // The bundle weighs what its parts weigh, also when nothing but a part is edited.
    shop.edit("products/kitchen/mugs/small-cup.yaml", "weight: 200 g", "weight: 250 g").edit(
        "products/kitchen/mugs/small-cup.yaml",
        "Small cup",
        "Tiny cup",
    );
    shop.build();
    assert_eq!(record(&shop, "BREAKFAST").weight_g, 900 + 2 * 250);
    shop.check_file("products/breakfast/index.html", "Tiny cup");
    check_clean(&shop);
    shop.remove("products/kitchen/mugs/small-cup.yaml");
    shop.edit("products/gifts/tea-set.yaml", "members: [teapot, small-cup]", "members: [teapot]");
    shop.change("collections/none.yaml", "title: None\nproducts: [teapot]\n");
    shop.build_with_mistakes();
    assert!(shop.said().contains("error[E124]: unknown SKU `CUP`"), "{}", shop.said());
}

#[test]
fn discounts_mark_the_goods_that_they_are_for_and_change_no_page() {
    let mut shop = Shop::small();
    shop.build();
    assert_eq!(record(&shop, "CUP").groups, Vec::<String>::new());
    shop.change(
        "discounts.yaml",
        "gifts: {title: Gifts, code: GIFTS, percent: 10%, only: {tags: [Ceramic], categories: [kitchen, gifts]}}\n",
    );
    shop.build();
    assert_eq!(shop.rendered(), Vec::<&str>::new());
    assert_eq!(record(&shop, "CUP").groups, ["category:kitchen", "tag:ceramic"]);
    assert_eq!(record(&shop, "WRAP").groups, ["category:gifts"]);
    assert_eq!(record(&shop, "MUG-350").groups, ["category:gifts", "category:kitchen", "tag:ceramic"], "in both categories");
    assert_eq!(record(&shop, "PACK").groups, Vec::<String>::new());
    check_clean(&shop);
    shop.remove("discounts.yaml");
    shop.build();
    assert_eq!(record(&shop, "CUP").groups, Vec::<String>::new());
    check_clean(&shop);
}

#[test]
fn what_the_buyer_adds_is_named_in_the_language_of_the_cart() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.edit(
        TEAPOT,
        "price: 48.00",
        "price: 48.00\nfields:\n  lid: {title: Lid, type: choice, choices: [wood, clay], price: 2.00}\n  name: {title: Name, max: 12}",
    );
    shop.change("products/kitchen/mugs/teapot.de.yaml", "title: Kanne\nfields:\n  lid: {title: Deckel, values: {wood: Holz}}\n");
    shop.build();
    let teapot = record(&shop, "TEAPOT");
    assert_eq!(teapot.field_in("de", 0, "wood"), ("Deckel", "Holz"));
    assert_eq!(teapot.field_in("de", 0, "clay"), ("Deckel", "clay"));
    assert_eq!((teapot.field_in("de", 1, "Mira"), teapot.field_in("en", 0, "wood")), (("Name", "Mira"), ("Lid", "wood")));
    shop.edit("products/kitchen/mugs/teapot.de.yaml", "lid:", "lit:");
    shop.build_with_mistakes();
    assert!(shop.said().contains("the original has no field `lit`"), "{}", shop.said());
}

#[test]
fn the_catalogue_is_listed_shown_exported_and_imported_again() {
    let shop = Shop::small();
    let list = run(shop.root(), &["catalog", "list"]).code(0);
    assert_eq!(list.out.lines().count(), 1 + 9, "{}", list.out);
    list.says("MUG-250-BLUE  harbour-mug   250 ml / Blue  24.90 EUR  12").says("MUG-350       harbour-mug   350 ml / any   28.00 EUR  4");
    run(shop.root(), &["catalog", "show", "teapot"]).code(0).says("Teapot (teapot, physical)").says("stock: 50, weight: 900 g");
    run(shop.root(), &["catalog", "show", "TEAPOTT"]).code(2).says("did you mean `TEAPOT`?");
    let csv = run(shop.root(), &["catalog", "list", "--format", "csv"]).code(0);
    assert!(csv.out.starts_with("sku,product,title,kind,options,price EUR,compare_at EUR,"), "{}", csv.out);

    let exported = run(shop.root(), &["catalog", "export"]).code(0);
    let rows = |shop: &Shop| run(shop.root(), &["catalog", "list", "--format", "json"]).code(0).out;
    let other = Shop::small();
    let products: Vec<String> = files(&other.path("products")).into_keys().filter(|path| path.ends_with(".yaml")).collect();
    for path in &products {
        fs::remove_file(other.path("products").join(path)).expect("the file is there");
    }
    other.change("catalog.json", &exported.out);
    let file = other.path("catalog.json").display().to_string();
    run(other.root(), &["import", "catalog", &file]).code(0).says("8 files written");
    assert_eq!(rows(&shop), rows(&other));
    assert_eq!(run(other.root(), &["catalog", "export"]).code(0).out, exported.out);
    let mut both = [shop, other].map(|mut shop| {
        shop.build();
        files(&shop.path(".shopfront/bundle"))
    });
    let [first, second] = &mut both;
    check_same(first, second);
    let shop = Shop::small();
    let file = shop.path("shop.yaml").display().to_string();
    run(shop.root(), &["import", "catalog", &file]).code(1).says("this is not JSON");
}
