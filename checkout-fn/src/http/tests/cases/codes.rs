//! Codes, keys, and refunds that somebody else makes.

use catalog::discount::Discount;

use super::super::money::discounted;
use super::super::paypal::PayPalShop;
use super::super::stripe::StripeShop;
use super::*;
use crate::doubles::paypal::Outcome;
use crate::order::Payment;
use crate::testing::discount;

on_every_store! {
    case_22_a_discounts_limit_under_load,
    case_23_a_once_per_customer_code_on_two_unpaid_orders,
    case_24_a_code_is_not_stuck_after_a_failed_payment,
    case_29_a_refund_from_the_gateways_own_dashboard_arrives,
    case_32_the_same_idempotency_key_with_an_edited_cart,
}

fn welcome(uses: Option<u32>, uses_per_customer: Option<u32>) -> impl FnOnce(&mut Contents) {
    move |contents| contents.terms.discounts = vec![Discount { uses, uses_per_customer, ..discount("welcome") }]
}

async fn case_22_a_discounts_limit_under_load(on: StoreKind) {
    const ROUNDS: usize = 6;
    let limited = |round: usize| Discount { uses: Some(3), ..discount(&format!("welcome{round}")) };
    let shop = Arc::new(TestShop::on(on, |contents| contents.terms.discounts = (0..ROUNDS).map(limited).collect()).await);
    for round in 0..ROUNDS {
        let code = format!("WELCOME{round}");
        let buyers = (0..20).map(|buyer| {
            // Downloads, which do not run out.
            let mut body = with(&order_of(&json!([{ "sku": "PACK", "quantity": 1 }]), 810), "discounts", json!([code]));
            body["email"] = format!("{buyer}@example.com").into();
            let (shop, client) = (shop.clone(), format!("10.0.{round}.{buyer}"));
            async move { shop.post_as(&client, "/api/checkout", &body).await }
        });
        let (orders, refusals): (Vec<_>, Vec<_>) = at_once(buyers).await.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(orders.len(), 3, "round {round}");
        for refusal in refusals {
            match refusal.status.as_u16() {
                // Whether it was known before, or the store had the last word.
                422 => refusal.refused(422, "invalid_discount"),
                _ => refusal.refused(409, "discount_used_up"),
            }
        }
        let cart = json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "discounts": [code] });
        assert_eq!(shop.post("/api/quote", &cart).await.json()["notices"][0]["reason"], "used_up");
    }
}

async fn case_23_a_once_per_customer_code_on_two_unpaid_orders(on: StoreKind) {
    let shop = Arc::new(TestShop::on(on, welcome(None, Some(1))).await);
    shop.post("/api/checkout", &discounted("WELCOME")).await.expect(201);
    let again = shop.post("/api/checkout", &with(&discounted("WELCOME"), "email", json!(" MIRA@example.com"))).await;
    again.refused(409, "discount_used_up");
    assert!(again.text("title").contains("‘Ten off’"), "{}", again.body);
    let quote = &again.json()["quote"];
    assert_eq!((&quote["due"], &quote["notices"][0]["reason"]), (&json!(2490), &json!("used_up")), "what it costs without");
    shop.post("/api/checkout", &with(&discounted("WELCOME"), "email", json!("tom@example.com"))).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (3, 2, 0));
    // In two tabs at the same moment.
    for round in 0..8 {
        let order = |tab: usize| {
            let mut body = with(&order_of(&json!([{ "sku": "PACK", "quantity": 1 }]), 810), "discounts", json!(["WELCOME"]));
            body["email"] = format!("{round}@example.com").into();
            let (shop, client) = (shop.clone(), format!("10.0.{round}.{tab}"));
            async move { shop.post_as(&client, "/api/checkout", &body).await }
        };
        let (orders, refusals): (Vec<_>, Vec<_>) = at_once((0..2).map(order)).await.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(orders.len(), 1, "round {round}");
        refusals[0].refused(409, "discount_used_up");
    }
}

async fn case_24_a_code_is_not_stuck_after_a_failed_payment(on: StoreKind) {
    // Failed at the bank, given up, forgotten, declined for good: each time it can be used again.
    let at = StripeShop::on(on, welcome(Some(1), Some(1))).await;
    let order = async || at.shop.post("/api/checkout", &discounted("WELCOME")).await;
    let failed = order().await.expect(201);
    order().await.refused(422, "invalid_discount");
    at.stripe.pay_later(&at.session()).expect("on its way");
    at.stripe.settle(&at.session(), false).expect("failed");
    at.deliver_all().await;
    assert_eq!(at.shop.payment(&failed).await, "failed");
    let given_up = order().await.expect(201);
    at.shop.get(&format!("/api/return/stripe?order={}&cancelled=true", given_up.text("token"))).await.location();
    assert_eq!(at.shop.payment(&given_up).await, "cancelled");
    let forgotten = order().await.expect(201);
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    assert_eq!(at.shop.payment(&forgotten).await, "expired");
    order().await.expect(201);
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    // Once it is paid, it is used.
    order().await.refused(422, "invalid_discount");

    let at = PayPalShop::on(on, welcome(Some(1), Some(1))).await;
    let declined = at.shop.post("/api/checkout", &discounted("WELCOME")).await.expect(201);
    let session = at.session().await;
    at.paypal.will(&session, Outcome::Declined);
    assert!(at.paypal.approve(&session));
    at.come_back(&declined).await;
    assert_eq!(at.shop.payment(&declined).await, "failed");
    at.shop.post("/api/checkout", &discounted("WELCOME")).await.expect(201);
}

async fn case_29_a_refund_from_the_gateways_own_dashboard_arrives(on: StoreKind) {
    let seen_in_books = async |shop: &TestShop, placed: &Answer| {
        let refunds = shop.seen(placed).await["refunds"].clone();
        assert_eq!(refunds, json!([{ "amount": 1000, "gift_cards": 0, "status": "succeeded" }]));
        let books = Books::of(&shop.checkout);
        assert_eq!(books.order(&placed.text("order")).await.expect("an order").summary.refunded, 1000);
        // Nobody gives back more than is left of the payment.
        let wish = RefundWish { lines: vec![(1, 1)], ..RefundWish::default() };
        let error = books.weigh(&placed.text("order"), &wish).await.expect_err("more than is left");
        assert!(error.to_string().contains("1490 of the payment are left"), "{error}");
    };
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let payment = at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    at.stripe.refund_in_dashboard(&payment, 1000).expect("refunded");
    at.deliver_all().await;
    seen_in_books(&at.shop, &placed).await;
    assert_eq!(at.holds(), 1490);

    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session().await));
    at.come_back(&placed).await;
    let Payment::Paid { payment: Some(capture), .. } = at.order().await.payment else { panic!("not paid") };
    assert!(at.paypal.refund_by_hand(&capture.0, 1000));
    at.deliver_all().await;
    seen_in_books(&at.shop, &placed).await;
    assert_eq!(at.paypal.holds(), 1490);
}

async fn case_32_the_same_idempotency_key_with_an_edited_cart(on: StoreKind) {
    let at = Arc::new(StripeShop::on(on, |_| {}).await);
    let body = mugs(1);
    let placed = at.shop.post("/api/checkout", &body).await.expect(201);
    let edits = [
        ("lines", json!([{ "sku": "MUG", "quantity": 2 }])),
        ("expected_total", json!(4490)),
        ("email", json!("tom@example.com")),
        ("note", json!("To the neighbours, please")),
    ];
    for (name, value) in edits {
        let mut edited = body.clone();
        edited[name] = value;
        at.shop.post("/api/checkout", &edited).await.refused(422, "idempotency_key_reused");
    }
    assert_eq!(at.shop.post("/api/checkout", &body).await.expect(201).json(), placed.json());
    assert_eq!((at.shop.stock("MUG").await, at.stripe.ids("checkout.session").len()), ((4, 1, 0), 1));

    // Both at the same moment: whichever is first is the order, and the other is told so.
    for round in 0..8 {
        let (mut one, mut other) = (order_of(&json!([{ "sku": "BOWL", "quantity": 1 }]), 3490), json!(null));
        one["email"] = format!("{round}@example.com").into();
        other.clone_from(&one);
        (other["lines"], other["expected_total"]) = (json!([{ "sku": "BOWL", "quantity": 2 }]), json!(6490));
        let send = |body: Value| {
            let (at, client) = (at.clone(), format!("10.0.0.{round}"));
            async move { at.shop.post_as(&client, "/api/checkout", &body).await }
        };
        let (won, lost): (Vec<_>, Vec<_>) = at_once([send(one), send(other)]).await.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(won.len(), 1, "round {round}");
        lost[0].refused(422, "idempotency_key_reused");
        assert_eq!(at.stripe.ids("checkout.session").len(), 2 + round);
    }
}
