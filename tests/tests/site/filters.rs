//! The files that lists are filtered with: what they say, what an edit changes, what is switched off. `tests/js/filters.test.js`
//! filters in the site of the first story, which lies in `tests/fixtures/filters/site`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shopfront_tests::Shop;
use shopfront_tests::shop::{check_same, files};

const SETTINGS: &str = "name: Quay
base_url: https://quay.example/shop
languages: [en, de]
currencies: [EUR, USD]
lists: {per_page: 3}
attributes:
  height: {title: {en: Height, de: Höhe}, type: number, unit: cm}
  dishwasher: {title: Dishwasher, type: boolean}
  glaze: {title: Glaze}
taxonomies: {makers: {title: Makers}}
tax: {classes: {standard: {'*': 19%}}}
";

/// A product that was added on so many days of May.
fn product(title: &str, day: u32, rest: &str) -> String {
    let has_price = rest.starts_with("price:") || rest.contains("\nprice:") || rest.contains("kind: group");
    let price = if has_price { "" } else { "price: {EUR: 12.50, USD: 14}\n" };
    format!("title: {title}\ndate: 2026-05-{day:02}\nweight: 300 g\n{price}{rest}")
}

fn shop() -> Shop {
    let shop = Shop::new(&[
        ("shop.yaml", SETTINGS),
        ("products/kitchen/_index.md", "---\ntitle: Kitchen\n---\n"),
        ("collections/harbour.yaml", "title: Harbour\nproducts: [jug, tide-mug, plate]\n"),
        ("content/_index.md", "---\ntitle: Welcome\n---\n"),
    ]);
    let sizes = "options: {Size: [Small, Large], Colour: [Blue, Sea green]}\nswatches: {Colour: {Blue: '#1b6b72'}}\n";
    let variants = "variants:
  - {options: {Size: Small, Colour: Blue}, stock: 3}
  - {options: {Size: Small, Colour: Sea green}, stock: 0}
  - {options: {Size: Large, Colour: any}, price: {EUR: 18, USD: 20}}
";
    let mug = format!(
        "brand: Quay Pottery\ntags: [gift]\ntaxonomies: {{makers: [Mira Lund]}}\nattributes: {{height: 9.5 cm, dishwasher: true, glaze: Matt}}\n{sizes}{variants}"
    );
    for (path, text) in [
        ("kitchen/mugs/tide-mug", product("Tide mug", 1, &mug)),
        (
            "kitchen/mugs/foam-mug",
            product(
                "Ñandú mug",
                2,
                "options: {Size: [XS, Small]}\nsale: {price: {EUR: 10, USD: 11}, until: 2026-06-30}\nattributes: {height: 8 cm}\n",
            ),
        ),
        (
            "kitchen/jug",
            product("Jug", 3, "brand: Quay Pottery\nprice: {EUR: 40, USD: 44}\nstock: 0\nattributes: {height: 22 cm, glaze: Glossy}\n"),
        ),
        (
            "kitchen/plate",
            product(
                "Plate",
                4,
                "brand: Foundry\ntags: [gift, sale]\noptions: {Colour: [Blue]}\nattributes: {dishwasher: false, glaze: Matt}\n",
            ),
        ),
        ("paper/lantern", product("Paper lantern", 5, "tags: [gift]\nprice: {EUR: 5, USD: 6}\nstock: 0\nbackorder: 2\n")),
        ("paper/soon", product("Kite", 6, "available_from: 2026-07-01\n")),
        (
            "set",
            product("Table set", 7, "kind: bundle\nsku: SET\ncomponents: [{sku: JUG}, {sku: plate-blue}]\n").replace("weight: 300 g\n", ""),
        ),
        ("family", "title: Family\nkind: group\ndate: 2026-05-08\nmembers: [jug, plate]\n".to_owned()),
    ] {
        shop.change(&format!("products/{path}.yaml"), &text);
    }
    shop.edit("products/kitchen/jug.yaml", "stock: 0\n", "stock: 0\nsku: JUG\n");
    shop.change("products/kitchen/plate.de.yaml", "title: Teller\nslug: teller\noptions: {Colour: {title: Farbe, values: {Blue: Blau}}}\n");
    shop
}

fn filter_files(site: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let is_filter = |path: &str| path.starts_with("assets/filters/") || path.ends_with("filters.json");
    site.iter().filter(|(path, _)| is_filter(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

fn list(shop: &Shop, path: &str) -> Value {
    serde_json::from_str(&shop.page(path)).expect("a list is JSON")
}

/// The keys of a list's filters, each with the keys of its choices.
fn groups(list: &Value) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().expect("a key is a text").to_owned();
    let values = |group: &Value| group["values"].as_array().into_iter().flatten().map(|value| text(&value["key"])).collect();
    list["groups"].as_array().expect("groups are a list").iter().map(|group| (text(&group["key"]), values(group))).collect()
}

#[test]
fn the_files_that_the_script_is_tested_with() {
    let mut shop = shop();
    let made = filter_files(&shop.build().site());
    assert_eq!(shop.said(), "");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/filters/site");
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
fn a_list_says_what_its_products_are() {
    let mut shop = shop();
    shop.build();
    let all = list(&shop, "products/filters.json");
    let expected = [
        ("available", vec![]),
        ("price", vec![]),
        ("colour", vec!["blue", "sea-green"]),
        ("size", vec!["xs", "small", "large"]),
        ("brand", vec!["quay-pottery", "foundry"]),
        ("height", vec![]),
        ("dishwasher", vec![]),
        ("glaze", vec!["matt", "glossy"]),
        ("tags", vec!["gift", "sale"]),
    ];
    let expected: Vec<_> = expected.map(|(key, values)| (key.to_owned(), values.into_iter().map(str::to_owned).collect::<Vec<_>>())).into();
    assert_eq!(groups(&all), expected, "one maker alone leaves nothing to choose");
    // The newest first: family, set, kite, lantern, plate, jug, ñandú, tide.
    assert_eq!(all["products"], 8);
    let shapes = all["shapes"].as_array().expect("shapes");
    let shape = |product: usize| &shapes[usize::try_from(all["shape"][product].as_u64().expect("a number")).expect("small")];
    assert_eq!(shape(7), &json!([[0, 1], [1, 1], [[0, 1], 2]]), "`any` stands for all values of the product");
    assert_eq!(shape(6), &json!([[-1, 0], [-1, 1]]));
    assert_eq!(all["prices"]["EUR"], json!([null, 1250, 1250, 500, 1250, 4000, 1000, [1250, 0, 550]]));
    assert_eq!(all["later"], json!([[6, [1_782_864_000, null], {"EUR": [1000, 1250], "USD": [1100, 1400]}]]));
    // A set lacks its jug, a kite is still to come, a lantern may be ordered, and one of the tide mug's variants is sold out.
    assert_eq!(all["gone"], json!([[1, 0], [1, 0], [3, 0], [2, 1]]));
    assert_eq!(all["names"], json!([0, 6, 2, 4, 5, 1, 3, 7]));
    assert_eq!(all.get("newest"), None);
    let group = |key: &str| all["groups"].as_array().expect("groups").iter().find(|group| group["key"] == key).expect("a group").clone();
    assert_eq!(group("height"), json!({"key": "height", "kind": "number", "has": [[5, 1, 1]], "numbers": [22.0, 8.0, 9.5]}));
    assert_eq!(group("dishwasher"), json!({"key": "dishwasher", "kind": "flag", "has": [[7]]}));
    assert_eq!(group("tags")["has"], json!([[3, 1, 3], [4]]));
    assert_eq!(group("colour")["values"][0], json!({"key": "blue", "title": "Blue", "swatch": "swatch-1b6b72"}));

    let german = list(&shop, "de/products/filters.json");
    let colour = &german["groups"][2]["values"];
    assert_eq!(colour[0]["title"], "Blau");
    assert_eq!(colour[1], json!({"key": "sea-green", "title": "Sea green", "lang": "en"}), "what nobody has translated");
    // By hand, not the newest first.
    assert_eq!(list(&shop, "collections/harbour/filters.json")["newest"], json!([1, 2, 0]));
    shop.check_no_file("makers/mira-lund/filters.json");
}

#[test]
fn the_page_shows_what_can_be_chosen_and_the_cards_are_those_of_the_page() {
    let mut shop = shop();
    shop.build();
    let page = shop.page("products/index.html");
    for words in [
        "data-index=\"/shop/products/filters.json\" data-url=\"/shop/products/\"",
        "data-group=\"available\" data-kind=\"flag\" data-title=\"Available now\"",
        "name=\"colour\" value=\"blue\"",
        "<span data-word>Sea green</span> <span class=\"check__count\" data-n>1</span>",
        "<legend>Height (cm)</legend>",
        "js/product-list.",
    ] {
        assert!(page.replace("/assets/js/", "js/").contains(words), "{words}\n{page}");
    }
    shop.check_file("de/products/index.html", "<legend>Farbe</legend>").check_file("de/products/index.html", "<legend>Höhe (cm)</legend>");
    let all = list(&shop, "products/filters.json");
    let (path, hashes) = (all["cards"]["path"].as_str().expect("a path"), all["cards"]["hashes"].as_str().expect("hashes"));
    let mut cards = Vec::new();
    for hash in hashes.as_bytes().chunks(10).map(|hash| std::str::from_utf8(hash).expect("hexadecimal")) {
        let file = format!("{}cards.{hash}.json", path.trim_start_matches("/shop/"));
        cards.extend(serde_json::from_str::<Vec<String>>(&shop.page(&file)).expect("cards are texts"));
    }
    assert_eq!(cards.len(), 8);
    let pages: String = ["products/", "products/page/2/", "products/page/3/"].map(|page| shop.page(&format!("{page}index.html"))).concat();
    let same = cards.iter().filter(|card| pages.contains(&format!("<li>{card}</li>"))).count();
    // Two pictures of each page are fetched first, and none of these products has one.
    assert_eq!(same, 8, "{}", cards[0]);
}

#[test]
fn an_edit_changes_the_files_that_it_concerns() {
    let mut shop = shop();
    let before = shop.build().site();
    let changed = |shop: &Shop| -> Vec<String> {
        let after = filter_files(&shop.site());
        let names = after.keys().filter(|path| before.get(*path) != after.get(*path));
        let mut names: Vec<String> = names.map(|path| path.split('.').next().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    };
    shop.edit("products/kitchen/jug.yaml", "EUR: 40", "EUR: 41");
    shop.reload().build();
    // The card is another one, so its file is, and so are the lists that name it: those of all products in that file.
    let after = shop.site();
    let is_gone = |path: &&String| path.starts_with("assets/filters/") && !after.contains_key(*path);
    let gone: Vec<&str> = before.keys().filter(is_gone).filter_map(|path| path.split('.').nth(1)).collect();
    assert_eq!(gone.len(), 2, "one file of cards in each language");
    let names_one = |bytes: &[u8]| gone.iter().any(|hash| String::from_utf8_lossy(bytes).contains(hash));
    let lists = before.iter().filter(|(path, bytes)| path.ends_with("filters.json") && names_one(bytes));
    let lists = lists.map(|(path, _)| path.trim_end_matches(".json").to_owned());
    let mut expected: Vec<String> = lists.chain(["assets/filters/de-cards", "assets/filters/en-cards"].map(str::to_owned)).collect();
    expected.sort();
    assert!(expected.len() > 8, "{expected:?}");
    assert_eq!(changed(&shop), expected);
    assert_eq!(shop.site(), shop.clean_build(), "the incremental build is the clean one");

    // What a filter does not show: the cards are made again, and are the same.
    shop.edit("products/kitchen/jug.yaml", "EUR: 41", "EUR: 40").edit("products/kitchen/jug.yaml", "weight: 300 g", "weight: 400 g");
    shop.build();
    assert_eq!(changed(&shop), Vec::<String>::new());

    // Stock is what a bundle's filter looks at, too; its card does not say it.
    shop.edit("products/kitchen/jug.yaml", "stock: 0", "stock: 4");
    shop.build();
    assert!(changed(&shop).iter().all(|path| path.ends_with("filters")), "{:?}", changed(&shop));
    assert_eq!(list(&shop, "products/filters.json")["gone"], json!([[2, 0], [5, 1]]));
    assert_eq!(shop.site(), shop.clean_build());

    shop.change("products/kitchen/new.yaml", &product("New", 9, ""));
    shop.build();
    assert_eq!(shop.site(), shop.clean_build());
    shop.remove("products/kitchen/new.yaml");
    shop.build();
    assert_eq!(shop.site(), shop.clean_build());
    shop.build();
    assert_eq!(shop.written(), (0, 0));
}

#[test]
fn pages_follow_what_their_products_are() {
    let mut shop = shop();
    shop.build();
    shop.check_without("products/page/3/index.html", "Rust");
    // Neither the card on the third page nor anything else of it is another, but the list has a choice more.
    shop.edit("products/kitchen/plate.yaml", "Colour: [Blue]", "Colour: [Blue, Rust]");
    shop.build();
    shop.check_file("products/page/3/index.html", "value=\"rust\"");
    shop.edit("products/kitchen/jug.yaml", "glaze: Glossy", "glaze: Ash");
    shop.build();
    shop.check_file("products/page/3/index.html", "value=\"ash\"").check_without("products/page/3/index.html", "value=\"glossy\"");
    assert_eq!(shop.site(), shop.clean_build());
}

#[test]
fn lists_are_filtered_by_what_is_written() {
    let mut shop = shop();
    shop.edit("shop.yaml", "{per_page: 3}", "{per_page: 3, filters: [Size, price, tags]}");
    shop.build();
    let keys = |shop: &Shop, path: &str| groups(&list(shop, path)).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(&shop, "products/filters.json"), ["size", "price", "tags"]);
    // The nearest category that says something decides, and a collection for itself.
    shop.edit("products/kitchen/_index.md", "title: Kitchen", "title: Kitchen\nfilters: [brand, Size]");
    shop.edit("collections/harbour.yaml", "title: Harbour", "title: Harbour\nfilters: false");
    shop.build();
    assert_eq!(keys(&shop, "categories/kitchen/filters.json"), ["brand", "size"]);
    assert_eq!(keys(&shop, "categories/kitchen/mugs/filters.json"), ["size"]);
    shop.check_no_file("collections/harbour/filters.json").check_without("collections/harbour/index.html", "product-list");
    assert_eq!(shop.site(), shop.clean_build());

    shop.edit("shop.yaml", "filters: [Size, price, tags]", "filters: false");
    shop.build();
    assert_eq!(keys(&shop, "categories/kitchen/filters.json"), ["brand", "size"]);
    shop.check_no_file("products/filters.json").check_file("products/index.html", "list-sort");
    shop.edit("products/kitchen/_index.md", "\nfilters: [brand, Size]", "");
    shop.build();
    assert_eq!(filter_files(&shop.site()), BTreeMap::new());
    assert_eq!(shop.site(), shop.clean_build());
}

#[test]
fn a_theme_shows_filters_or_does_not() {
    let mut shop = shop();
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny");
    for (path, bytes) in files(&theme) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.change("shop.yaml", &format!("{SETTINGS}theme: tiny\n"));
    shop.build();
    assert_eq!((filter_files(&shop.site()), shop.said()), (BTreeMap::new(), String::new()));

    shop.change("themes/tiny/templates/filtered.html", "<b>{{ card.title }}</b>\n");
    shop.build();
    let cards: String = filter_files(&shop.site())
        .iter()
        .filter(|(path, _)| path.contains("-cards"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes))
        .collect();
    assert!(cards.contains("\"<b>Tide mug</b>\""), "{cards}");
    assert_eq!(shop.site(), shop.clean_build());

    shop.change("themes/tiny/templates/filtered.html", "<b>{{ card.titel }}</b>\n");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("themes/tiny/templates/filtered.html:1:") && said.contains("seen while the card of the product"), "{said}");
    shop.check();
    assert_eq!(shop.codes(), ["E400"]);
}

#[test]
fn choices_that_an_address_could_not_tell_apart_are_two() {
    let mut shop = shop();
    shop.change("shop.yaml", &SETTINGS.replace("taxonomies: {", "taxonomies: {price: {title: Prices}, "));
    let sized = |title: &str, size: &str, price: &str| {
        product(title, 1, &format!("options: {{Size: [{size}, 3 l]}}\nbrand: {title}\ntaxonomies: {{price: [{price}]}}\n"))
    };
    shop.change("products/kitchen/pan.yaml", &sized("C++", "1.5 l", "low"));
    shop.change("products/kitchen/pot.yaml", &sized("C", "15 l", "high"));
    shop.change("products/kitchen/tub.yaml", &sized("c", "15 L", "high"));
    shop.build();
    let all = list(&shop, "products/filters.json");
    let groups = groups(&all);
    let values =
        |key: &str| groups.iter().find(|(known, _)| known.starts_with(key)).unwrap_or_else(|| panic!("no {key} in {groups:?}")).1.clone();
    let sizes = values("size");
    assert_eq!(sizes.iter().filter(|value| value.contains("15-l")).count(), 2, "{sizes:?}");
    let brands = values("brand");
    assert_eq!(brands.iter().filter(|value| *value == "c" || value.starts_with("c-")).count(), 2, "{brands:?}");
    let keys: Vec<&str> = groups.iter().map(|(key, _)| key.as_str()).collect();
    assert!(keys.iter().any(|key| key.starts_with("taxonomy-price")), "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.starts_with("price")).count(), 1, "{keys:?}");
    check_same(&shop.clean_build(), &shop.site());
}

#[test]
fn lists_of_the_same_many_products_share_their_order_by_name() {
    let mut shop = Shop::new(&[("shop.yaml", SETTINGS)]);
    for number in 0..1_001 {
        let size = if number % 2 == 0 { "Small" } else { "Large" };
        let text = product(&format!("Mug {number}"), 1, &format!("tags: [gift]\noptions: {{Size: [{size}, Wide]}}\n"));
        shop.change(&format!("products/mugs/mug-{number}.yaml"), &text);
    }
    // All products, the one category and the one tag.
    shop.build();
    let site = filter_files(&shop.site());
    let names: Vec<&String> = site.keys().filter(|path| path.contains("en-names.")).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    for path in ["products/filters.json", "categories/mugs/filters.json", "tags/gift/filters.json"] {
        let hash = list(&shop, path)["names"].as_str().expect("it lies apart").to_owned();
        assert!(names[0].contains(&hash), "{path}");
    }
    let written = shop.outcome.written.expect("it was built");
    assert_eq!((written.unchanged, written.pruned), (0, 0));
    assert_eq!(shop.build().outcome.written.expect("it was built").written, 0);
}
