//! What is refused: always a 4xx with a stable code, and nothing is written.

use super::*;

/// `mugs(1)` with some members changed; null removes one.
fn changed(changes: &Value) -> Value {
    let mut body = mugs(1);
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => drop(body.as_object_mut().expect("an object").remove(name)),
            value => body[name] = value.clone(),
        }
    }
    body
}

async fn raw(shop: &TestShop, method: &str, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(format!("/base{path}")).header(header::CONTENT_TYPE, kind).body(body.into());
    shop.send(request.expect("a request")).await
}

async fn assert_untouched(shop: &TestShop) {
    assert!(shop.checkout.shop.store.newest(1).await.expect("orders").is_empty(), "no order was written");
    assert!(shop.checkout.shop.store.all_counts().await.expect("counts").is_empty(), "no stock was touched");
    assert!(shop.faults().is_empty(), "{:?}", shop.faults());
}

#[tokio::test]
async fn a_payment_that_is_too_small_for_its_gateway() {
    let shop = TestShop::with(|contents| {
        contents.terms.gateways = vec![catalog::currency::Gateway::Stripe, catalog::currency::Gateway::Paypal];
        let penny = crate::testing::variant("PENNY", "penny", 49);
        contents.variants.push(catalog::bundle::VariantRecord { delivery: catalog::bundle::Delivery::Service, ..penny });
    });
    let order = |quantity: u32, gateway: Value| {
        json!({
            "lines": [{ "sku": "PENNY", "quantity": quantity }], "email": "mira@example.com", "gateway": gateway,
            "expected_total": 49 * quantity, "idempotency_key": key(),
        })
    };
    for gateway in [json!("stripe"), Value::Null] {
        let before = shop.events().len();
        let refused = shop.post("/api/checkout", &order(1, gateway.clone())).await;
        refused.refused(422, "below_minimum");
        assert!(refused.text("title").contains("€0.50"), "{}", refused.body);
        assert_eq!(shop.events().len(), before, "nothing was placed");
        shop.post("/api/checkout", &order(2, gateway)).await.expect(201);
    }
    shop.post("/api/checkout", &order(1, json!("paypal"))).await.expect(201);
}

#[tokio::test]
async fn every_bad_checkout_has_its_code() {
    let shop = TestShop::with(|contents| contents.terms.terms_url = Some("/terms/".into()));
    let line = |sku: &str, quantity: Value| json!([{ "sku": sku, "quantity": quantity }]);
    let without = |name: &str| {
        let mut address = address();
        address.as_object_mut().expect("an object").remove(name);
        address
    };
    let in_country = |code: &str| {
        let mut address = address();
        address["country"] = code.into();
        address
    };
    let cases = [
        (json!({ "lines": [] }), 422, "empty_cart"),
        (json!({ "lines": line("MUG", json!(0)) }), 422, "invalid_quantity"),
        (json!({ "lines": line("MUG", json!(-1)) }), 422, "invalid_quantity"),
        (json!({ "lines": line("MUG", json!(1.5)) }), 422, "invalid_quantity"),
        (json!({ "lines": line("MUG", json!(1_000_000_000)) }), 422, "invalid_quantity"),
        (json!({ "lines": line("MUG", json!(21)) }), 422, "invalid_quantity"),
        (json!({ "lines": line("MUG", json!("2")) }), 422, "invalid_request"),
        (json!({ "lines": line("NOPE", json!(1)) }), 422, "unknown_sku"),
        (json!({ "lines": line("a b", json!(1)) }), 422, "unknown_sku"),
        (json!({ "lines": line("GONE", json!(1)), "expected_total": 590 }), 409, "out_of_stock"),
        (json!({ "lines": line("PRINT", json!(1)) }), 422, "missing_field"),
        (json!({ "lines": [{ "sku": "PRINT", "quantity": 1, "fields": { "Frame": "Gold" } }] }), 422, "invalid_field"),
        (json!({ "lines": vec![json!({ "sku": "MUG", "quantity": 1 }); 61] }), 422, "cart_too_large"),
        (json!({ "lines": null }), 422, "missing_field"),
        (json!({ "price": 1 }), 422, "unknown_field"),
        (json!({ "currency": "XXX" }), 422, "unknown_currency"),
        (json!({ "discounts": ["WELCOME"] }), 422, "invalid_discount"),
        (json!({ "discounts": ["A", "B", "C"], "gift_cards": ["D", "E", "F"] }), 422, "too_many_codes"),
        (json!({ "gift_cards": ["1234"] }), 422, "invalid_gift_card"),
        (json!({ "shipping": "drone" }), 409, "shipping_unavailable"),
        (json!({ "expected_total": 1 }), 409, "price_changed"),
        (json!({ "expected_total": "1" }), 422, "invalid_request"),
        (json!({ "expected_total": null }), 422, "missing_field"),
        (json!({ "email": null }), 422, "invalid_email"),
        (json!({ "email": "nobody" }), 422, "invalid_email"),
        (json!({ "ship_to": null }), 422, "missing_address"),
        (json!({ "ship_to": without("city") }), 422, "missing_field"),
        (json!({ "ship_to": in_country("Germany") }), 422, "invalid_country"),
        (json!({ "ship_to": in_country("JP") }), 422, "not_deliverable"),
        (json!({ "country": "FR" }), 422, "country_mismatch"),
        (json!({ "note": "x".repeat(3000) }), 422, "invalid_note"),
        (json!({ "accept_terms": false }), 422, "terms_not_accepted"),
        (json!({ "gateway": "stripe" }), 422, "unknown_gateway"),
        (json!({ "gateway": "bitcoin" }), 422, "unknown_gateway"),
        (json!({ "idempotency_key": "1" }), 422, "invalid_idempotency_key"),
        (json!({ "idempotency_key": null }), 422, "missing_field"),
    ];
    for (changes, status, code) in cases {
        let mut accepted = json!({ "accept_terms": true });
        accepted.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        let body = changed(&accepted);
        let answer = shop.post("/api/checkout", &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{changes}: {}", answer.body);
    }
    assert_untouched(&shop).await;
}

#[tokio::test]
async fn all_faults_are_named_at_once() {
    let shop = TestShop::new();
    let body =
        changed(&json!({ "email": "x", "lines": [{ "sku": "MUG", "quantity": 0 }, { "sku": "BOWL", "quantity": -1 }], "gateway": "x" }));
    let answer = shop.post("/api/checkout", &body).await;
    answer.refused(422, "invalid_quantity");
    let codes: Vec<_> = answer.json()["faults"].as_array().expect("faults").iter().map(|fault| fault["code"].clone()).collect();
    assert_eq!(codes, ["invalid_quantity", "invalid_quantity", "invalid_email", "unknown_gateway"]);
    assert_eq!((&answer.json()["faults"][1]["line"], &answer.json()["faults"][1]["sku"]), (&json!(1), &json!("BOWL")));
    assert_untouched(&shop).await;
}

#[tokio::test]
async fn bodies_that_are_no_requests() {
    let shop = TestShop::new();
    for path in ["/api/quote", "/api/checkout"] {
        for body in ["", "{", "nonsense", "\u{0}", "{\"lines\":[}"] {
            raw(&shop, "POST", path, "application/json", body).await.refused(400, "malformed_request");
        }
        raw(&shop, "POST", path, "application/json", vec![0xff, 0xfe]).await.refused(400, "malformed_request");
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(raw(&shop, "POST", path, "application/json", deep).await.status.is_client_error());
        raw(&shop, "POST", path, "application/json", "[]").await.refused(422, "invalid_request");
        raw(&shop, "POST", path, "text/plain", "{}").await.refused(415, "unsupported_media_type");
        raw(&shop, "POST", path, "multipart/form-data; boundary=x", "--x--").await.refused(415, "unsupported_media_type");
        raw(&shop, "POST", path, "application/json", " ".repeat(64 * 1024 + 1)).await.refused(413, "body_too_large");
        raw(&shop, "POST", path, "application/json", "x".repeat(10_000_000)).await.refused(413, "body_too_large");
        raw(&shop, "POST", path, "application/json", "x".repeat(20_000_000)).await.refused(413, "body_too_large");
        raw(&shop, "GET", path, "application/json", "").await.refused(405, "method_not_allowed");
    }
    let lines = vec![json!({ "sku": "MUG", "quantity": 1 }); 10_000];
    let answer = shop.post("/api/checkout", &changed(&json!({ "lines": lines }))).await;
    assert!(["body_too_large", "cart_too_large"].contains(&answer.text("code").as_str()), "{}", answer.body);
    raw(&shop, "POST", "/api/confirm", "application/json", "{}").await.refused(415, "unsupported_media_type");
    raw(&shop, "DELETE", "/api/orders/1", "application/json", "").await.refused(405, "method_not_allowed");
    raw(&shop, "POST", "/api/nothing", "application/json", "{}").await.refused(404, "not_found");
    shop.get("/api/nothing").await.refused(404, "not_found");
    shop.get("/api/orders/0000").await.refused(404, "unknown_order");
    shop.get("/api/return/sandbox?order=0000").await.refused(404, "unknown_order");
    shop.get("/api/return/nobody").await.refused(404, "unknown_order");
    shop.get("/api/downloads/0000").await.refused(404, "unknown_download");
    shop.get("/api/sandbox/pay/0000").await.refused(404, "unknown_session");
    // What is not even text names nothing either.
    for (path, code) in [
        ("/api/orders/%FF", "unknown_order"),
        ("/api/return/%FF?order=%FF", "unknown_order"),
        ("/api/downloads/%FF", "unknown_download"),
        ("/api/sandbox/pay/%FF", "unknown_session"),
    ] {
        shop.get(path).await.refused(404, code);
        let page = shop.get_page(path).await.expect(404);
        assert!(page.body.contains("That did not work"), "{path}: {}", page.body);
    }
    raw(&shop, "POST", "/api/webhooks/%FF", "application/json", "{}").await.refused(404, "not_found");
    assert_untouched(&shop).await;
}

#[tokio::test]
async fn stock_is_asked_for_within_limits() {
    let shop = TestShop::new();
    let answer = shop.get("/api/stock?product=mug&product=none&sku=BOWL&sku=NOPE").await.expect(200);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=10");
    let left = |n: Value| json!({ "available": n, "backorder": false, "low": 5 });
    let expected =
        json!({ "stock": { "BOWL": left(Value::Null), "LAST": left(json!(1)), "MUG": left(json!(5)) }, "products": { "mug": "in" } });
    assert_eq!(answer.json(), expected);
    shop.get("/api/stock").await.refused(422, "missing_field");
    shop.get("/api/stock?price=1").await.refused(422, "unknown_field");
    shop.get(&format!("/api/stock?{}", "product=mug&".repeat(51))).await.refused(422, "too_many_keys");
    shop.get(&format!("/api/stock?{}", "sku=MUG&".repeat(101))).await.refused(422, "too_many_keys");
    shop.get(&format!("/api/stock?{}", "sku=MUG&".repeat(100))).await.expect(200);
    assert_untouched(&shop).await;
}

#[tokio::test]
async fn answers_are_private() {
    let shop = TestShop::new();
    for answer in [shop.get("/api/health").await, shop.get("/api/nothing").await, shop.get("/api/sandbox/pay/0").await] {
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer");
    }
    shop.get("/api/health").await.expect(200);
    let page = shop.get_page("/api/orders/0000").await.expect(404);
    assert!(page.body.starts_with("<html lang=en>") && page.body.contains("There is no such order"), "{}", page.body);
}
