//! Prices: what was seen is what is charged, to the last unit of any currency, whatever a client sends.

use catalog::bundle::VariantRecord;
use catalog::currency::Currency;
use catalog::discount::{Benefit, Discount, Reduction};
use catalog::product::{Amounts, Limits, Pricing, Sale, Window};
use catalog::shipping::Rate;

use super::super::paypal::PayPalShop;
use super::super::stripe::StripeShop;
use super::*;
use crate::doubles::paypal::Call;
use crate::testing::{discount, eur, variant};

on_every_store! {
    case_15_the_cart_edited_in_another_tab_during_payment,
    case_16_the_client_edits_a_price_or_an_option,
    case_17_a_negative_or_fractional_quantity,
    case_18_a_maximum_quantity_holds,
    case_19_a_stale_price_kept_in_an_old_cart,
    case_20_a_zero_decimal_currency_is_charged_once,
    case_21_ugx_and_isk_are_not_charged_a_hundredth,
    case_27_parts_sum_to_what_paypal_is_asked_for,
    case_28_rounding_for_each_line_and_not_for_each_unit,
}

async fn case_15_the_cart_edited_in_another_tab_during_payment(on: StoreKind) {
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let session = at.session();
    // While its payment page is open, the cart becomes another, an order of its own, and the mug gets dearer.
    let edited = at.shop.post("/api/checkout", &mugs(3)).await.expect(201);
    at.shop.bundle.replace(testing::bundle(|contents| contents.variants[0].pricing.prices = eur(9999)));
    at.shop.post("/api/quote", &json!({ "lines": [{ "sku": "MUG", "quantity": 2 }] })).await.expect(200);
    at.stripe.pay(&session).expect("paid");
    at.deliver_all().await;
    let seen = at.shop.seen(&placed).await;
    assert_eq!(
        (&seen["payment"], &seen["quote"]["due"], &seen["quote"]["lines"][0]["quantity"]),
        (&json!("paid"), &json!(2490), &json!(1))
    );
    assert_eq!((at.holds(), at.shop.payment(&edited).await.as_str(), at.shop.stock("MUG").await), (2490, "awaiting_payment", (1, 3, 1)));
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    assert_eq!((at.holds(), &at.shop.seen(&edited).await["quote"]["due"]), (2490 + 6490, &json!(6490)));
}

async fn is_untouched(shop: &TestShop) {
    assert!(shop.checkout.shop.store.newest(1).await.expect("orders").is_empty(), "no order was written");
    assert!(shop.checkout.shop.store.all_counts().await.expect("counts").is_empty(), "no stock was touched");
}

async fn case_16_the_client_edits_a_price_or_an_option(on: StoreKind) {
    let at = StripeShop::on(on, |_| {}).await;
    for (name, value) in [("unit_price", json!(1)), ("price", json!(1)), ("total", json!(1)), ("discount", json!(1999))] {
        let mut body = mugs(1);
        body["lines"][0][name] = value.clone();
        at.shop.post("/api/checkout", &body).await.refused(422, "unknown_field");
        at.shop.post("/api/checkout", &with(&mugs(1), name, value)).await.refused(422, "unknown_field");
    }
    for total in [0, 1, 2489, -2490] {
        let cheap = at.shop.post("/api/checkout", &with(&mugs(1), "expected_total", json!(total))).await;
        cheap.refused(409, "price_changed");
        assert_eq!(cheap.json()["quote"]["due"], 2490);
    }
    let print = |fields: Value| order_of(&json!([{ "sku": "PRINT", "quantity": 1, "fields": fields }]), 1990);
    at.shop.post("/api/checkout", &print(json!({ "Frame": "Gold" }))).await.refused(422, "invalid_field");
    at.shop.post("/api/checkout", &print(json!({ "Frame": "Oak", "Size": "Large" }))).await.refused(422, "invalid_field");
    at.shop.post("/api/checkout", &print(json!({}))).await.refused(422, "missing_field");
    // Without JavaScript the total is a hidden field.
    let key = key();
    let form = [
        ("sku", "MUG"),
        ("expected_total", "1"),
        ("idempotency_key", &key),
        ("address", "yes"),
        ("email", "mira@example.com"),
        ("name", "Mira"),
        ("line1", "1"),
        ("city", "Bonn"),
        ("country", "DE"),
    ];
    let page = at.shop.form("/api/checkout", &form).await.expect(409).body;
    assert!(page.contains("24.90"), "{page}");
    is_untouched(&at.shop).await;
    assert!(at.stripe.ids("checkout.session").is_empty());
}

async fn case_17_a_negative_or_fractional_quantity(on: StoreKind) {
    let shop = TestShop::on(on, |_| {}).await;
    for quantity in [json!(-1), json!(0), json!(0.5), json!(1.5), json!(-0.5), json!(1e12), json!(u64::MAX)] {
        let lines = json!([{ "sku": "MUG", "quantity": 2 }, { "sku": "BOWL", "quantity": quantity }]);
        shop.post("/api/checkout", &order_of(&lines, 1490)).await.refused(422, "invalid_quantity");
        shop.post("/api/quote", &json!({ "lines": lines })).await.refused(422, "invalid_quantity");
    }
    // Not even of the same article, where the sum would be a quantity.
    let sum = json!([{ "sku": "MUG", "quantity": 3 }, { "sku": "MUG", "quantity": -2 }]);
    shop.post("/api/checkout", &order_of(&sum, 2490)).await.refused(422, "invalid_quantity");
    for quantity in ["-1", "0", "1.5", "1e1", "two"] {
        let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", quantity)]).await;
        assert!(page.status.is_client_error() && !page.body.contains("Place the order"), "{quantity}: {}", page.body);
    }
    is_untouched(&shop).await;
}

async fn case_18_a_maximum_quantity_holds(on: StoreKind) {
    let limits = Limits { max: Some(3), ..Limits::default() };
    let shop = TestShop::on(on, |contents| contents.variants.push(VariantRecord { limits, ..variant("FEW", "few", 1000) })).await;
    let few = |quantities: &[u32]| -> Value { quantities.iter().map(|quantity| json!({ "sku": "FEW", "quantity": quantity })).collect() };
    for quantities in [&[4][..], &[2, 2], &[1, 1, 1, 1]] {
        let quantity: u32 = quantities.iter().sum();
        shop.post("/api/checkout", &order_of(&few(quantities), i64::from(quantity) * 1000 + 490)).await.refused(422, "invalid_quantity");
    }
    let quote = shop.post("/api/quote", &json!({ "lines": few(&[4]) })).await.expect(200).json();
    assert_eq!((&quote["notices"][0]["code"], &quote["notices"][0]["reason"]), (&json!("invalid_quantity"), &json!("max")));
    // The shop's own, where the article has none.
    for quantities in [&[21][..], &[11, 10]] {
        let lines: Value = quantities.iter().map(|quantity| json!({ "sku": "BOWL", "quantity": quantity })).collect();
        shop.post("/api/checkout", &order_of(&lines, 21 * 3000 + 490)).await.refused(422, "invalid_quantity");
    }
    is_untouched(&shop).await;
    shop.post("/api/checkout", &order_of(&few(&[2, 1]), 3490)).await.expect(201);
}

async fn case_19_a_stale_price_kept_in_an_old_cart(on: StoreKind) {
    let sale = Sale { prices: eur(1500), window: Window { from: None, until: Some(1_780_000_060) } };
    let shop = TestShop::on(on, |contents| contents.variants[0].pricing.sale = Some(Box::new(sale))).await;
    let cart = json!({ "lines": [{ "sku": "MUG", "quantity": 1 }], "country": "DE" });
    let quote = shop.post("/api/quote", &cart).await.expect(200).json();
    assert_eq!((&quote["due"], &quote["lines"][0]["compare_at"]), (&json!(1990), &json!(2000)));
    // The sale is over, and then a new edition of the catalogue has another price.
    shop.pass(SignedDuration::from_secs(60));
    let late = shop.post("/api/checkout", &order_of(&cart["lines"], 1990)).await;
    late.refused(409, "price_changed");
    assert_eq!(late.json()["quote"]["due"], 2490);
    shop.bundle.replace(testing::bundle(|contents| contents.variants[0].pricing.prices = eur(2200)));
    let mut body = order_of(&cart["lines"], 2490);
    let late = shop.post("/api/checkout", &body).await;
    late.refused(409, "price_changed");
    is_untouched(&shop).await;
    // Who agrees to the price that was told with it may use the same key: nothing has come of it yet.
    body["expected_total"] = late.json()["quote"]["due"].clone();
    assert_eq!(shop.post("/api/checkout", &body).await.expect(201).json()["quote"]["due"], 2690);
}

/// Everything costs so much, and so much more to be sent.
fn priced_in(code: &str, price: i64, sending: i64) -> impl FnOnce(&mut Contents) {
    let currency = Currency::parse(code).expect("a currency");
    let amounts = move |minor: i64| -> Amounts { [(currency, minor)].into() };
    move |contents| {
        contents.terms.currencies = vec![currency];
        for method in &mut contents.terms.shipping.zones[0].methods {
            method.rate = Rate::Flat(amounts(sending));
        }
        for variant in &mut contents.variants {
            variant.pricing = Pricing::at(amounts(price));
        }
    }
}

/// What a mug that is paid at Stripe comes to, in Stripe's scale.
async fn charged_at_stripe(on: StoreKind, code: &str, price: i64, sending: i64) -> i64 {
    let at = StripeShop::on(on, priced_in(code, price, sending)).await;
    let body = order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), price + sending);
    let placed = at.shop.post("/api/checkout", &body).await.expect(201);
    let session = at.stripe.object(&at.session()).expect("a session");
    assert_eq!(session["currency"], code.to_lowercase());
    let payment = at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    let seen = at.shop.seen(&placed).await;
    assert_eq!((&seen["payment"], &seen["quote"]["due"]), (&json!("paid"), &json!(price + sending)), "{seen}");
    let received = at.stripe.object(&payment).expect("a payment")["amount_received"].clone();
    assert_eq!(received, session["amount_total"]);
    received.as_i64().expect("an amount")
}

/// What `PayPal` is asked for, as text.
async fn asked_of_paypal(on: StoreKind, code: &str, price: i64, sending: i64) -> String {
    let at = PayPalShop::on(on, priced_in(code, price, sending)).await;
    let body = order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), price + sending);
    let placed = at.shop.post("/api/checkout", &body).await.expect(201);
    assert!(at.paypal.approve(&at.session().await));
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", price + sending));
    let asked = at.paypal.received().into_iter().find(|call| call.call == Call::Create).expect("an order").body;
    let amount = serde_json::from_str::<Value>(&asked).expect("JSON")["purchase_units"][0]["amount"].clone();
    format!("{} {}", amount["value"].as_str().expect("text"), amount["currency_code"].as_str().expect("text"))
}

async fn case_20_a_zero_decimal_currency_is_charged_once(on: StoreKind) {
    assert_eq!(charged_at_stripe(on, "JPY", 2000, 500).await, 2500);
    assert_eq!(charged_at_stripe(on, "KRW", 20_000, 3000).await, 23_000);
    assert_eq!(asked_of_paypal(on, "JPY", 2000, 500).await, "2500 JPY");
    // Three decimals, and two as ever.
    assert_eq!(charged_at_stripe(on, "KWD", 12_340, 1500).await, 13_840);
    assert_eq!(charged_at_stripe(on, "EUR", 2000, 490).await, 2490);
    assert_eq!(asked_of_paypal(on, "EUR", 2000, 490).await, "24.90 EUR");
}

async fn case_21_ugx_and_isk_are_not_charged_a_hundredth(on: StoreKind) {
    // Krónur have no decimals, and Stripe takes them by the hundred.
    assert_eq!(charged_at_stripe(on, "ISK", 2000, 500).await, 250_000);
    // PayPal takes none.
    let at = PayPalShop::on(on, priced_in("ISK", 2000, 500)).await;
    let refused = at.shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 2500)).await;
    refused.refused(422, "payment_unavailable");
    is_untouched(&at.shop).await;
    // Of shillings Stripe's own pages say both, so none are taken, and nothing is held for them.
    let at = StripeShop::on(on, priced_in("UGX", 20_000, 5000)).await;
    let refused = at.shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 25_000)).await;
    refused.refused(422, "payment_unavailable");
    assert!(at.shop.faults()[0].contains("UGX"), "{:?}", at.shop.faults());
    is_untouched(&at.shop).await;
    assert!(at.stripe.ids("checkout.session").is_empty());
}

async fn case_27_parts_sum_to_what_paypal_is_asked_for(on: StoreKind) {
    const PRICES: [i64; 6] = [1, 333, 999, 1667, 2495, 4999];
    let third = |id: &str, benefit| Discount { benefit, ..discount(id) };
    let at = PayPalShop::on(on, |contents| {
        contents.terms.tax.prices_include_tax = false;
        contents.terms.tax.classes.insert("standard".into(), vec![(catalog::area::Area::EVERYWHERE, 825)]);
        contents.terms.max_open_per_client = 1000;
        contents.terms.discounts =
            vec![third("third", Benefit::Order(Reduction::Percent(3333))), third("line", Benefit::Lines(Reduction::Percent(1250)))];
        contents.variants.extend(PRICES.map(|price| variant(&format!("P{price}"), "part", price)));
    })
    .await;
    // The stand-in refuses an order whose items, tax, sending and reduction do not add up, as PayPal does.
    for n in 0..60_u32 {
        let lines: Vec<Value> = (0..3).map(|i| json!({ "sku": format!("P{}", PRICES[(n as usize + 2 * i) % 6]), "quantity": 1 + (n + 3 * u32::try_from(i).expect("few")) % 7 })).collect();
        let codes = [json!([]), json!(["THIRD"]), json!(["LINE"]), json!(["LINE", "THIRD"])][n as usize % 4].clone();
        let mut cart = json!({ "lines": lines, "discounts": codes, "country": "DE" });
        let due = at.shop.post("/api/quote", &cart).await.expect(200).json()["due"].as_i64().expect("an amount");
        cart.as_object_mut().expect("an object").remove("country");
        let mut body = order_of(&cart["lines"], due);
        body["discounts"] = codes;
        let placed = at.shop.post("/api/checkout", &body).await.expect(201);
        let asked = at.paypal.received().into_iter().rfind(|call| call.call == Call::Create).expect("an order").body;
        let unit = serde_json::from_str::<Value>(&asked).expect("JSON")["purchase_units"][0].clone();
        assert_eq!(unit["amount"]["value"], format!("{}.{:02}", due / 100, due % 100), "{}", placed.body);
        assert!(unit["amount"]["breakdown"]["item_total"].is_object() && unit["items"].is_array(), "it is explained: {unit}");
    }
    // 8.25 % on top of 29.97 are 2.47, and of 4.90 they are 0.40.
    let placed = at.shop.post("/api/checkout", &order_of(&json!([{ "sku": "P999", "quantity": 3 }]), 3774)).await.expect(201);
    assert!(at.paypal.approve(&at.session_of(&placed).await));
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 3774));
}

async fn case_28_rounding_for_each_line_and_not_for_each_unit(on: StoreKind) {
    let at = StripeShop::on(on, |contents| {
        contents.terms.tax.prices_include_tax = false;
        contents.terms.max_quantity = 100;
        contents.variants.push(variant("TILE", "tile", 103));
    })
    .await;
    // 103.00 × 0.19 = 19.57; a unit's tax would be 0.20, and a hundred of them 20.00. Sending is taxed as well: 4.90 × 0.19 = 0.93.
    let lines = json!([{ "sku": "TILE", "quantity": 100 }]);
    let quote = at.shop.post("/api/quote", &json!({ "lines": lines, "country": "DE" })).await.expect(200).json();
    let due = 10_300 + 1957 + 490 + 93;
    assert_eq!((&quote["lines"][0]["tax"], &quote["due"]), (&json!(1957), &json!(due)));
    at.shop.post("/api/checkout", &order_of(&lines, due + 43)).await.refused(409, "price_changed");
    let placed = at.shop.post("/api/checkout", &order_of(&lines, due)).await.expect(201);
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.holds()), ("paid", due));
    // In two lines that are one, it is the same.
    let split = json!([{ "sku": "TILE", "quantity": 40 }, { "sku": "TILE", "quantity": 60 }]);
    assert_eq!(at.shop.post("/api/quote", &json!({ "lines": split, "country": "DE" })).await.json()["due"], due);
}
