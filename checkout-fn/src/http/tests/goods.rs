//! Goods that are more than one thing at one price: bundles, backorders, additions, prices for many and for a time, limits,
//! and places whose taxes and ways of sending differ.

use catalog::area::Area;
use catalog::bundle::VariantRecord;
use catalog::product::{FieldKind, Limits, LineField, QuantityPrice};
use catalog::shipping::{Method, Rate, Zone};

use super::*;
use crate::testing::{eur, set};

fn change(contents: &mut Contents, sku: &str, change: impl FnOnce(&mut VariantRecord)) {
    change(contents.variants.iter_mut().find(|record| record.sku.as_str() == sku).expect("a variant"));
}

fn notices(quote: &Value) -> Vec<String> {
    let of_each = |notice: &Value| format!("{} {}", notice["code"].as_str().unwrap_or(""), notice["reason"].as_str().unwrap_or(""));
    quote["notices"].as_array().expect("notices").iter().map(|notice| of_each(notice).trim().to_owned()).collect()
}

#[tokio::test]
async fn a_bundle_takes_its_components_from_stock() {
    let shop = TestShop::with(|contents| contents.variants.push(set()));
    assert_eq!(shop.get("/api/stock?sku=SET").await.json()["stock"], json!({ "SET": { "available": 2, "backorder": false, "low": 5 } }));
    let placed = shop.post("/api/checkout", &order_of(&json!([{ "sku": "SET", "quantity": 2 }]), 12_490)).await.expect(201);
    assert_eq!((shop.stock("MUG").await, shop.stock("SET").await), ((1, 4, 0), (-1, 0, 0)));
    assert_eq!(shop.get("/api/stock?sku=SET").await.json()["stock"]["SET"]["available"], 0);
    shop.pay(&placed).await;
    assert_eq!(shop.stock("MUG").await, (1, 0, 4));
    let none_left = shop.post("/api/checkout", &order_of(&json!([{ "sku": "SET", "quantity": 1 }]), 6490)).await;
    none_left.refused(409, "out_of_stock");
    assert_eq!((none_left.text("sku"), none_left.text("title")), ("SET".to_owned(), "Fine set is sold out".to_owned()));
}

#[tokio::test]
async fn a_bundle_without_one_of_its_components_is_not_sold() {
    let gone: [fn(&mut Contents); 2] = [
        |contents| change(contents, "BOWL", |bowl| bowl.discontinued = true),
        |contents| contents.variants.retain(|record| record.sku.as_str() != "BOWL"),
    ];
    for gone in gone {
        let shop = TestShop::with(|contents| {
            contents.variants.push(set());
            gone(contents);
        });
        let quote = shop.post("/api/quote", &json!({ "lines": [{ "sku": "SET", "quantity": 1 }] })).await.expect(200).json();
        assert_eq!((notices(&quote), &quote["lines"][0]["available"]), (vec!["out_of_stock none".to_owned()], &json!(false)));
        shop.post("/api/checkout", &order_of(&json!([{ "sku": "SET", "quantity": 1 }]), 6490)).await.refused(409, "out_of_stock");
        assert_eq!(shop.get("/api/stock?sku=SET").await.json()["stock"]["SET"]["available"], 0);
    }
}

#[tokio::test]
async fn bundles_do_not_get_around_the_size_of_an_order() {
    let shop = TestShop::with(|contents| {
        let sku = |i: u32| catalog::id::Sku::parse(&format!("P{i}")).expect("a sku");
        let components = (0..61).map(|i| catalog::product::Component { sku: sku(i), quantity: 1 }).collect();
        contents.variants.push(VariantRecord { components, ..testing::variant("HUGE", "huge", 100) });
        contents.variants.extend((0..61).map(|i| VariantRecord { stock: Some(9), ..testing::variant(&format!("P{i}"), "part", 100) }));
    });
    let lines = json!([{ "sku": "HUGE", "quantity": 1 }]);
    shop.post("/api/checkout", &order_of(&lines, 590)).await.refused(422, "cart_too_large");
    shop.post("/api/quote", &json!({ "lines": lines })).await.refused(422, "cart_too_large");
}

#[tokio::test]
async fn what_comes_later_is_sold_now() {
    let shop = TestShop::with(|contents| {
        change(contents, "MUG", |mug| mug.backorder = 3);
        change(contents, "LAST", |last| last.stock = Some(0));
        contents.variants.push(set());
    });
    let stock = async |query: &str| shop.get(&format!("/api/stock?{query}")).await.json();
    assert_eq!(stock("sku=MUG").await["stock"]["MUG"], json!({ "available": 5, "backorder": true, "low": 5 }));
    shop.post("/api/checkout", &mugs(7)).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (-2, 7, 0));
    let told = stock("sku=MUG&sku=SET&product=mug").await;
    assert_eq!(told["stock"]["MUG"], json!({ "available": 0, "backorder": true, "low": 5 }));
    assert_eq!((&told["stock"]["SET"], &told["products"]["mug"]), (&json!({ "available": 0, "backorder": false, "low": 5 }), &json!("in")));
    let more = shop.post("/api/checkout", &mugs(2)).await;
    more.refused(409, "out_of_stock");
    assert_eq!(more.text("title"), "only 1 of Fine mug left");
    shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert_eq!(stock("sku=MUG").await["stock"]["MUG"], json!({ "available": 0, "backorder": false, "low": 5 }));
    assert_eq!(stock("product=mug").await["products"]["mug"], "out");
    let quote = shop.post("/api/quote", &json!({ "lines": [{ "sku": "MUG", "quantity": 1 }] })).await.json();
    assert_eq!(quote["notices"][0]["message"], "Fine mug is sold out");
}

#[tokio::test]
async fn few_is_what_the_product_or_the_shop_says() {
    let shop = TestShop::with(|contents| {
        contents.terms.low_stock = 6;
        contents.products.push(catalog::bundle::ProductRecord {
            product: catalog::id::ProductId::parse("tile").expect("an id"),
            skus: vec![catalog::id::Sku::parse("TILE").expect("a sku")],
        });
        let tile = testing::variant("TILE", "tile", 100);
        contents.variants.push(VariantRecord { stock: Some(40), low_stock: Some(50), ..tile });
    });
    assert_eq!(shop.get("/api/stock?product=mug&product=tile").await.json()["products"], json!({ "mug": "low", "tile": "low" }));
}

#[tokio::test]
async fn a_line_is_engraved() {
    let shop = TestShop::with(|contents| {
        let field = |name: &str, kind, is_required, price| LineField {
            name: name.into(),
            title: format!("Your {name}"),
            kind,
            is_required,
            prices: eur(price),
        };
        let fields = vec![field("engraving", FieldKind::Text { max_chars: 12 }, true, 500), field("date", FieldKind::Date, false, 0)];
        change(contents, "MUG", |mug| mug.fields = fields);
    });
    let line = |engraving: &str| json!([{ "sku": "MUG", "quantity": 1, "fields": { "engraving": engraving, "date": "2026-12-24" } }]);
    let placed = shop.post("/api/checkout", &order_of(&line("Mira"), 2990)).await.expect(201);
    let ordered = &shop.get(&format!("/api/orders/{}", placed.text("token"))).await.json()["quote"]["lines"][0];
    assert_eq!((&ordered["options"][0], &ordered["unit_price"]), (&json!(["Your engraving", "Mira"]), &json!(2500)));
    shop.post("/api/checkout", &order_of(&line("More than that"), 2990)).await.refused(422, "invalid_field");
    shop.post("/api/checkout", &mugs(1)).await.refused(422, "missing_field");
    // The same without JavaScript.
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1"), ("field.engraving", "Tom & Mira"), ("field.date", "")]).await;
    assert!(page.expect(200).body.contains("Your engraving: Tom &amp; Mira"));
    shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1"), ("field.engraving", "")]).await.expect(422);
}

#[tokio::test]
async fn many_are_cheaper() {
    let tiers = || vec![QuantityPrice { from: 3, prices: eur(1800) }];
    let shop = TestShop::with(|contents| change(contents, "MUG", |mug| mug.pricing.quantity_prices = tiers()));
    shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 2 }]), 4490)).await.expect(201);
    let dearer = shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 3 }]), 6490)).await;
    dearer.refused(409, "price_changed");
    assert_eq!(dearer.json()["quote"]["lines"][0]["unit_price"], 1800);
    shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 3 }]), 5890)).await.expect(201);
}

#[tokio::test]
async fn a_quantity_that_is_not_sold() {
    let limits = Limits { min: Some(4), max: Some(12), step: Some(4) };
    let shop = TestShop::with(|contents| change(contents, "BOWL", |bowl| bowl.limits = limits));
    let bowls = |quantity: u32| json!([{ "sku": "BOWL", "quantity": quantity }]);
    for (quantity, reason) in [(1, "min"), (6, "step"), (16, "max")] {
        let quote = shop.post("/api/quote", &json!({ "lines": bowls(quantity) })).await.expect(200).json();
        assert_eq!(notices(&quote), [format!("invalid_quantity {reason}")]);
        assert_eq!(quote["lines"][0]["available"], false);
        let refused = shop.post("/api/checkout", &order_of(&bowls(quantity), i64::from(quantity) * 3000 + 490)).await;
        refused.refused(422, "invalid_quantity");
        assert_eq!((refused.text("sku").as_str(), refused.json()["quote"]["lines"][0]["sku"].as_str()), ("BOWL", Some("BOWL")));
    }
    shop.post("/api/checkout", &order_of(&bowls(8), 24_490)).await.expect(201);
}

#[tokio::test]
async fn taxes_differ_by_region_and_postcode() {
    let area = |text: &str| Area::parse(text).expect("an area");
    let shop = TestShop::with(|contents| {
        let rates = vec![(area("ES"), 2100), (area("ES 35*"), 0), (area("US-CA"), 725)];
        contents.terms.tax.classes.insert("standard".into(), rates);
        contents.terms.tax.markets = vec![(area("US"), false)];
        contents.terms.shipping.zones[0].areas.extend([area("ES"), area("US")]);
    });
    let lines = json!([{ "sku": "BOWL", "quantity": 1 }]);
    let order = |country: &str, region: &str, postcode: &str, total: i64| {
        let mut body = order_of(&lines, total);
        for (name, value) in [("country", country), ("region", region), ("postcode", postcode)] {
            body["ship_to"][name] = value.into();
        }
        body
    };
    for (body, taxes) in [
        (order("ES", "", "28001", 3490), json!([{ "rate_bp": 2100, "tax": 606 }])),
        (order("ES", "", "35 001", 3490), json!([])),
        (order("US", "CA", "90210", 3744), json!([{ "rate_bp": 725, "tax": 254 }])),
        (order("US", "OR", "97035", 3490), json!([])),
    ] {
        let placed = shop.post("/api/checkout", &body).await.expect(201);
        assert_eq!(placed.json()["quote"]["taxes"], taxes, "{body}");
        let page = shop.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body;
        let said = [("2100", "<dt>Tax included, 21%</dt>"), ("725", "<dt>Tax, 7.25%</dt>")];
        for (rate, said) in said {
            assert_eq!(page.contains(said), taxes.to_string().contains(rate), "{page}");
        }
        shop.cancel(&placed).await;
    }
    // Of goods that are not sent, the page asks where the shopper is.
    let page = shop.form("/api/confirm", &[("sku", "PACK"), ("country", "US"), ("region", "CA")]).await.expect(200).body;
    assert!(page.contains("name=\"region\" value=\"CA\"") && page.contains("<dt>Tax, 7.25%</dt>"), "{page}");
}

#[tokio::test]
async fn goods_are_picked_up() {
    let shop = TestShop::with(|contents| {
        let collect = Method {
            code: "collect".into(),
            title: "Collect".into(),
            note: Some("Dock 3, on weekdays".into()),
            days: None,
            is_pickup: true,
            rate: Rate::Flat(eur(0)),
            free_over: None,
        };
        let zone = Zone { name: "Home".into(), areas: vec![Area::parse("DE 10*").expect("an area")], methods: vec![collect] };
        contents.terms.shipping.zones.push(zone);
        change(contents, "MUG", |mug| mug.sending.surcharge = eur(700));
    });
    let body = with(&order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 2000), "shipping", json!("collect"));
    let quote = shop.post("/api/checkout", &body).await.expect(201).json()["quote"].clone();
    assert_eq!((&quote["shipping"], &quote["shipping_methods"][0]["note"]), (&json!(0), &json!("Dock 3, on weekdays")));
    let elsewhere = json!({ "lines": [{ "sku": "MUG", "quantity": 1 }], "country": "DE", "postcode": "20095", "shipping": "collect" });
    let quote = shop.post("/api/quote", &elsewhere).await.expect(200).json();
    assert_eq!((notices(&quote), &quote["shipping"]), (vec!["shipping_unavailable".to_owned()], &json!(1190)));
}

#[tokio::test]
async fn a_pre_order_says_when_it_is_sent() {
    let shop = TestShop::with(|contents| change(contents, "MUG", |mug| mug.available_from = Some(1_782_000_000)));
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert_eq!(placed.json()["quote"]["lines"][0]["ships_from"], 1_782_000_000);
    let page = shop.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body;
    assert!(page.contains("Ships from 21 June 2026"), "{page}");
}
