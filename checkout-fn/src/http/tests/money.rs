//! Discounts and gift cards: what takes something off, and what is money.

use catalog::discount::{Benefit, Discount, Reduction};
use catalog::product::ChosenAmount;

use super::*;
use crate::testing::{discount, eur, gift_card};

fn shop_with(discounts: Vec<Discount>) -> TestShop {
    TestShop::with(|contents| {
        contents.terms.discounts = discounts;
        contents.variants.push(gift_card());
    })
}

/// A mug for 20.00 with a code that takes ten per cent off, sent for 4.90.
pub(super) fn discounted(code: &str) -> Value {
    with(&order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 2290), "discounts", json!([code]))
}

impl TestShop {
    /// Buys and pays a gift card over 50.00: its code.
    async fn bought_card(&self) -> String {
        let placed = self.post("/api/checkout", &order_of(&json!([{ "sku": "CARD", "quantity": 1 }]), 5000)).await.expect(201);
        self.pay(&placed).await;
        self.cards_of(&placed).await[0]["code"].as_str().expect("a code").to_owned()
    }

    async fn cards_of(&self, placed: &Answer) -> Value {
        self.get(&format!("/api/orders/{}", placed.text("token"))).await.json()["gift_cards"].clone()
    }

    /// What is left on a card, as a quote says.
    async fn left_on(&self, code: &str) -> i64 {
        let cart = json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "gift_cards": [code] });
        let quote = self.post("/api/quote", &cart).await.expect(200).json();
        let card = quote["gift_cards"][0].clone();
        card["amount"].as_i64().unwrap_or(0) + card["left"].as_i64().unwrap_or(0)
    }
}

#[tokio::test]
async fn a_code_takes_something_off_or_says_why_not() {
    let early = Discount { min_spend: Some(eur(5000)), ..discount("large") };
    let shop = shop_with(vec![discount("welcome"), early]);
    let placed = shop.post("/api/checkout", &discounted("welcome ")).await.expect(201);
    let quote = &placed.json()["quote"];
    assert_eq!((&quote["discounts"][0]["title"], &quote["discounts"][0]["amount"]), (&json!("Ten off"), &json!(200)));
    let page = shop.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body;
    assert!(page.contains("<dt>Ten off</dt><dd class=\"num\">−€2.00</dd>"), "{page}");

    for (code, reason) in [("LARGE", "min_spend"), ("NOPE", "unknown")] {
        let cart = json!({ "lines": [{ "sku": "MUG", "quantity": 1 }], "discounts": [code] });
        let quote = shop.post("/api/quote", &cart).await.expect(200).json();
        assert_eq!((&quote["notices"][0]["code"], &quote["notices"][0]["reason"]), (&json!("invalid_discount"), &json!(reason)));
        assert_eq!(quote["due"], 2000);
        let refused = shop.post("/api/checkout", &discounted(code)).await;
        refused.refused(422, "invalid_discount");
        assert_eq!(refused.json()["faults"][0]["field"], "discounts");
    }
}

#[tokio::test]
async fn shipping_is_reduced_and_shown_as_it_was() {
    let free = Discount { benefit: Benefit::Shipping(Reduction::Percent(10_000)), codes: vec![], ..discount("free") };
    let shop = shop_with(vec![free]);
    let placed = shop.post("/api/checkout", &order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 2000)).await.expect(201);
    assert_eq!((&placed.json()["quote"]["shipping"], &placed.json()["quote"]["shipping_discount"]), (&json!(0), &json!(490)));
    let page = shop.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body;
    assert!(page.contains("<dt>Shipping</dt><dd class=\"num\">€4.90</dd>") && page.contains("−€4.90"), "{page}");
}

#[tokio::test]
async fn a_discount_that_applies_by_itself_is_not_in_its_customers_way() {
    let shop = shop_with(vec![Discount { codes: vec![], uses_per_customer: Some(1), ..discount("first") }]);
    let body = |total: i64| order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), total);
    shop.post("/api/checkout", &body(2290)).await.expect(201);
    let again = shop.post("/api/checkout", &body(2290)).await;
    again.refused(409, "price_changed");
    assert_eq!(again.json()["quote"]["due"], 2490);
    shop.post("/api/checkout", &body(2490)).await.expect(201);
}

/// A total that nobody was shown tells nothing of what somebody else has bought.
#[tokio::test]
async fn what_a_customer_has_used_is_not_told_for_a_guess() {
    let shop = shop_with(vec![Discount { codes: vec![], uses_per_customer: Some(1), ..discount("first") }]);
    let body = |total: i64| order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), total);
    shop.post("/api/checkout", &body(2290)).await.expect(201);
    let guess = shop.post("/api/checkout", &body(1)).await;
    guess.refused(409, "price_changed");
    assert_eq!(guess.json()["quote"]["due"], 2290);
}

/// Case 33 for discounts and gift cards: the shopper's own unpaid order does not stand in the way of the one that replaces it.
#[tokio::test]
async fn an_order_that_replaces_another_has_its_use_and_its_gift_card() {
    let shop = shop_with(vec![Discount { uses: Some(1), uses_per_customer: Some(1), ..discount("welcome") }]);
    let code = shop.bought_card().await;
    let body = with(&with(&discounted("WELCOME"), "gift_cards", json!([code])), "expected_total", json!(0));
    let body = with(&with(&body, "lines", json!([{ "sku": "BOWL", "quantity": 2 }])), "expected_total", json!(5400 + 490 - 5000));
    let first = shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!(shop.left_on(&code).await, 0);
    let second = shop.post("/api/checkout", &with(&body, "replaces", first.text("token").into())).await.expect(201);
    assert_eq!((shop.payment(&first).await.as_str(), shop.left_on(&code).await), ("cancelled", 0));
    shop.cancel(&second).await;
    assert_eq!(shop.left_on(&code).await, 5000);
}

#[tokio::test]
async fn a_gift_card_is_bought_and_its_code_seen_only_when_it_is_paid() {
    let shop = shop_with(vec![discount("welcome")]);
    let mut body = order_of(&json!([{ "sku": "CARD", "quantity": 2 }]), 10_000);
    body.as_object_mut().expect("an object").remove("ship_to");
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    let path = format!("/api/orders/{}", placed.text("token"));
    assert_eq!(shop.cards_of(&placed).await, json!([]));
    assert!(!shop.get_page(&path).await.body.contains("gift-cards"));
    shop.pay(&placed).await;
    let cards = shop.cards_of(&placed).await;
    assert_eq!((cards.as_array().map(Vec::len), &cards[0]["amount"], &cards[0]["currency"]), (Some(2), &json!(5000), &json!("EUR")));
    let codes: Vec<&str> = cards.as_array().expect("cards").iter().filter_map(|card| card["code"].as_str()).collect();
    assert_ne!(codes[0], codes[1]);
    let page = shop.get_page(&path).await.expect(200).body;
    assert!(page.contains(codes[0]) && page.contains(codes[1]) && page.contains("€50.00"), "{page}");
    assert_eq!((shop.left_on(codes[0]).await, shop.left_on(codes[1]).await), (5000, 5000));
    // What is stored is no code.
    let store = crate::store::sqlite::SqliteStore::visit(&shop.folder.path().join("store/orders.sqlite")).expect("a store");
    let orders = crate::ports::OrderStore::newest(&store, 9).await.expect("orders");
    assert!(!format!("{orders:?}").contains(codes[0]));
}

#[tokio::test]
async fn a_gift_card_over_an_amount_of_ones_own() {
    let shop = TestShop::with(|contents| {
        let chosen_amount = Some(ChosenAmount { min: eur(1000), max: eur(20_000) });
        contents.variants.push(catalog::bundle::VariantRecord { chosen_amount, ..gift_card() });
    });
    let card = |amount: &str| json!([{ "sku": "CARD", "quantity": 1, "fields": { "amount": amount } }]);
    let placed = shop.post("/api/checkout", &order_of(&card("37.50"), 3750)).await.expect(201);
    shop.pay(&placed).await;
    assert_eq!(shop.cards_of(&placed).await[0]["amount"], 3750);
    shop.post("/api/checkout", &order_of(&card("5"), 500)).await.refused(422, "invalid_field");
    let page = shop.form("/api/confirm", &[("sku", "CARD"), ("quantity", "1"), ("field.amount", "37.50")]).await.expect(200);
    assert!(page.body.contains("Pay €37.50"), "{}", page.body);
}

#[tokio::test]
async fn a_gift_card_pays_a_part_and_then_the_rest() {
    let shop = shop_with(vec![]);
    let code = shop.bought_card().await;
    let typed = code.replace('-', " ").to_lowercase();
    let paying = |quantity: u32, due: i64| {
        with(&order_of(&json!([{ "sku": "MUG", "quantity": quantity }]), due), "gift_cards", json!([code, typed]))
    };
    // In two spellings it is one card. 44.90 of it are reserved, given back, and spent.
    let placed = shop.post("/api/checkout", &paying(2, 0)).await.expect(200);
    assert_eq!((shop.payment(&placed).await.as_str(), shop.left_on(&code).await), ("paid", 510));
    let rest = shop.post("/api/checkout", &paying(1, 1980)).await.expect(201);
    assert_eq!(shop.left_on(&code).await, 0);
    let page = shop.get_page(&format!("/api/orders/{}", rest.text("token"))).await.expect(200).body;
    let tail = &code[code.len() - 4..];
    for said in [format!("<dt>Gift card …{tail}</dt><dd class=\"num\">−€5.10</dd>"), "<dt>Left to pay</dt>".into(), "€19.80".into()]
    {
        assert!(page.contains(&said), "{said}: {page}");
    }
    shop.cancel(&rest).await;
    assert_eq!(shop.left_on(&code).await, 510);
    let rest = shop.post("/api/checkout", &paying(1, 1980)).await.expect(201);
    shop.pay(&rest).await;
    assert_eq!(shop.left_on(&code).await, 0);
    assert!(shop.get_page(&format!("/api/orders/{}", rest.text("token"))).await.body.contains("<dt>Paid</dt>"));
    let spent = shop.post("/api/checkout", &paying(1, 2490)).await;
    spent.refused(422, "invalid_gift_card");
    assert_eq!(
        (&spent.json()["quote"]["notices"][0]["reason"], &spent.json()["faults"][0]["field"]),
        (&json!("empty"), &json!("gift_cards"))
    );
    let card_for_card = with(&order_of(&json!([{ "sku": "CARD", "quantity": 1 }]), 5000), "gift_cards", json!([shop.bought_card().await]));
    shop.post("/api/checkout", &card_for_card).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_a_card_is_spent_once() {
    let shop = Arc::new(shop_with(vec![]));
    let code = shop.bought_card().await;
    let buyers = (0..10).map(|i| {
        let body = with(&order_of(&json!([{ "sku": "BOWL", "quantity": 1 }]), 0), "gift_cards", json!([code]));
        let shop = shop.clone();
        tokio::spawn(async move { shop.post_as(&format!("10.0.0.{i}"), "/api/checkout", &body).await })
    });
    let mut orders = 0;
    for buyer in buyers.collect::<Vec<_>>() {
        let answer = buyer.await.expect("an answer");
        match answer.status.as_u16() {
            200 => orders += 1,
            _ if answer.text("code") == "price_changed" => answer.refused(409, "price_changed"),
            _ => {
                answer.refused(409, "gift_card_changed");
                assert_eq!(answer.json()["quote"]["due"], 3490 - 1510, "what it costs now");
            }
        }
    }
    assert_eq!((orders, shop.left_on(&code).await), (1, 1510));
}

/// Between the price and the reservation, while the file of a download is kept, somebody else places an order.
struct Meanwhile {
    shop: crate::shop::Shop,
    other: Mutex<Option<crate::CheckoutRequest>>,
}

#[async_trait::async_trait]
impl crate::ports::Files for Meanwhile {
    async fn keep(&self, file: &str) -> Result<String, crate::error::Fault> {
        let other = self.other.lock().expect("unpoisoned").take();
        if let Some(other) = other {
            crate::placing::place(&self.shop, &other, "other").await.expect("placed");
        }
        self.shop.files.keep(file).await
    }

    async fn deliver(&self, wanted: &crate::ports::Wanted<'_>) -> Result<crate::ports::Delivery, crate::error::Fault> {
        self.shop.files.deliver(wanted).await
    }
}

#[tokio::test]
async fn what_others_take_between_price_and_reservation_is_told_with_the_new_price() {
    let mut shop = shop_with(vec![Discount { uses: Some(1), ..discount("welcome") }]);
    let card = shop.bought_card().await;
    let files = shop.checkout.shop.files.clone();
    let pack = |total: i64, name: &str, code: &str| with(&order_of(&json!([{ "sku": "PACK", "quantity": 1 }]), total), name, json!([code]));
    let others = order_of(&json!([{ "sku": "BOWL", "quantity": 2 }]), 0);
    for (mine, theirs, code, field, due) in [
        (
            pack(0, "gift_cards", &card),
            with(&with(&others, "expected_total", json!(1490)), "gift_cards", json!([card])),
            "gift_card_changed",
            "gift_cards",
            900,
        ),
        (pack(810, "discounts", "WELCOME"), discounted("WELCOME"), "discount_used_up", "discounts", 900),
    ] {
        let other = Mutex::new(Some(serde_json::from_value(theirs).expect("a request")));
        let meanwhile = Meanwhile { shop: crate::shop::Shop { files: files.clone(), ..shop.checkout.shop.clone() }, other };
        shop.checkout.shop.files = Arc::new(meanwhile);
        let refused = shop.post("/api/checkout", &mine).await;
        refused.refused(409, code);
        assert_eq!((&refused.json()["faults"][0]["field"], &refused.json()["quote"]["due"]), (&json!(field), &json!(due)));
        assert_eq!(
            shop.checkout.shop.store.newest(9).await.expect("orders").iter().filter(|order| order.quote.lines[0].sku == "PACK").count(),
            0
        );
    }
}

#[tokio::test]
async fn codes_are_not_found_by_trying() {
    let shop = shop_with(vec![discount("welcome")]);
    let cart = |codes: Value| json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "discounts": codes });
    // The same mistake in a cart that is quoted again and again is one.
    for _ in 0..30 {
        shop.post("/api/quote", &cart(json!(["WELCOM"]))).await.expect(200);
    }
    let four = |i: u32| (0..4).map(|n| format!("TRY{i}{n}")).collect::<Vec<_>>();
    for i in 0..4 {
        shop.post("/api/quote", &cart(json!(four(i)))).await.expect(200);
    }
    // It counts what it asks for itself, so that many at once learn nothing.
    shop.post("/api/quote", &cart(json!(four(4)))).await.refused(429, "too_many_attempts");
    shop.post("/api/quote", &cart(json!(["WELCOME"]))).await.refused(429, "too_many_attempts");
    shop.post("/api/checkout", &discounted("WELCOME")).await.refused(429, "too_many_attempts");
    shop.post("/api/quote", &cart(json!([]))).await.expect(200);
    shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.post_as("other", "/api/quote", &cart(json!(["WELCOME"]))).await.expect(200);
    shop.pass(SignedDuration::from_hours(1));
    shop.post("/api/quote", &cart(json!(["WELCOME"]))).await.expect(200);
}

#[tokio::test]
async fn a_late_payment_takes_use_and_card_again_or_goes_back() {
    for (is_card_spent, expected) in [(false, "paid"), (true, "cancelled")] {
        let shop = shop_with(vec![Discount { uses: Some(1), ..discount("welcome") }]);
        let code = shop.bought_card().await;
        let body = with(&discounted("WELCOME"), "lines", json!([{ "sku": "BOWL", "quantity": 2 }]));
        let body = with(&with(&body, "gift_cards", json!([code])), "expected_total", json!(5400 + 490 - 5000));
        shop.pass(SignedDuration::from_secs(1));
        let placed = shop.post("/api/checkout", &body).await.expect(201);
        let id = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0).id;
        let session = crate::order::SessionId(placed.text("pay_url").rsplit('/').next().expect("a session").to_owned());
        // Closed on our side although the session is still open, as after a gateway's mistake.
        let gateway = shop.checkout.shop.gateways.values().next().expect("a gateway").clone();
        let sighting = gateway.look(&session).await.expect("an answer").expect("a session").1;
        let expired = crate::decide::Sighting { status: crate::decide::Status::Expired, ..sighting };
        let release = crate::decide::Command::Release { how: crate::order::Closing::Cancelled, sighting: Some(expired) };
        crate::settling::apply(&shop.checkout.shop, &id, release, crate::ports::Cause::Worker).await.expect("settled");
        assert_eq!(shop.left_on(&code).await, 5000);
        // Somebody else has the use by now; that alone is no reason to send money back.
        shop.post("/api/checkout", &with(&discounted("WELCOME"), "email", json!("tom@example.com"))).await.expect(201);
        if is_card_spent {
            let other = with(&order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 0), "gift_cards", json!([code]));
            shop.post("/api/checkout", &other).await.expect(200);
        }
        shop.press(&placed.text("pay_url"), "paid").await;
        crate::settling::settle_session(&shop.checkout.shop, gateway.as_ref(), &session, crate::ports::Cause::Worker)
            .await
            .expect("settled");
        let left = if is_card_spent { 5000 - 2490 } else { 0 };
        assert_eq!((shop.payment(&placed).await.as_str(), shop.left_on(&code).await), (expected, left));
    }
}

#[tokio::test]
async fn codes_are_typed_into_the_page() {
    let shop = shop_with(vec![discount("welcome"), Discount { uses_per_customer: Some(1), ..discount("once") }]);
    let code = shop.bought_card().await;
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("discount", "welcome"), ("gift_card", &code)]).await.expect(200).body;
    for said in ["id=\"discount\" name=\"discount\" value=\"welcome\"", "<dt>Ten off</dt>", "Gift card …", "Place the order"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("discount", "WRONG")]).await.expect(200).body;
    assert!(page.contains("The code ‘WRONG’ is not valid") && page.contains("Pay €24.90"), "{page}");
    // Refused at the checkout, it is said beside its field.
    let address =
        [("address", "yes"), ("email", "mira@example.com"), ("name", "Mira"), ("line1", "1"), ("city", "Bonn"), ("country", "DE")];
    let key = key();
    let order = [("sku", "MUG"), ("expected_total", "2490"), ("idempotency_key", &key), ("discount", "WRONG")];
    let page = shop.form("/api/checkout", &[&address[..], &order].concat()).await.expect(422).body;
    assert!(page.contains("href=\"#discount\"") && page.contains("id=\"discount-error\""), "{page}");
    assert_eq!(page.matches("The code ‘WRONG’ is not valid").count(), 2, "in the summary and beside the field: {page}");
}
