//! The daily comparison with the gateways' books finds whatever nobody has told of.

use super::paypal::PayPalShop;
use super::stripe::StripeShop;
use super::*;

#[tokio::test]
async fn a_payment_of_which_nobody_has_told_is_found() {
    for on in [StoreKind::Sqlite, StoreKind::Dynamodb] {
        let at = StripeShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(2)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        let lost = at.stripe.take_notices();
        assert!(!lost.is_empty());
        let found = at.shop.checkout.reconcile().await;
        assert_eq!((found.corrected, found.troubles), (vec![placed.text("order")], vec![]));
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("paid", (3, 0, 2)));
        assert_eq!(at.shop.checkout.reconcile().await.corrected, Vec::<String>::new(), "the second time all is well");
    }
}

#[tokio::test]
async fn refunds_and_disputes_of_the_dashboard_are_adopted() {
    let at = StripeShop::on(StoreKind::Sqlite, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(2)).await.expect(201);
    let payment = at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    at.stripe.refund_in_dashboard(&payment, 700).expect("refunded");
    at.shop.pass(SignedDuration::from_hours(20));
    at.stripe.dispute(&payment).expect("disputed");
    at.stripe.take_notices();
    assert_eq!(at.shop.checkout.reconcile().await.corrected, [placed.text("order")]);
    let order = at.shop.get(&format!("/api/orders/{}", placed.text("token"))).await.json();
    assert_eq!(order["refunds"][0]["amount"], 700, "{order}");
    let stored = at.shop.checkout.shop.store.newest(1).await.expect("orders").remove(0);
    assert!(stored.dispute.is_some() && stored.attention.is_some());
    assert_eq!(at.shop.checkout.reconcile().await.corrected, Vec::<String>::new());
}

#[tokio::test]
async fn money_for_an_order_that_is_not_in_the_books_is_reported() {
    let at = StripeShop::on(StoreKind::Sqlite, |_| {}).await;
    at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    at.stripe.pay(&at.session()).expect("paid");
    // Restored from a copy that was made before.
    let restored = StripeShop { shop: TestShop::new(), stripe: at.stripe.clone() };
    let mut checkout = restored.shop.checkout.clone();
    checkout.shop.gateways = at.shop.checkout.shop.gateways.clone();
    let found = checkout.reconcile().await;
    assert_eq!((found.corrected.len(), found.troubles.len()), (0, 1));
    assert!(
        found.troubles[0].contains("2490 minor units of EUR") && found.troubles[0].contains("not in these books"),
        "{:?}",
        found.troubles
    );
    assert!(restored.shop.faults().iter().any(|fault| fault.contains("not in these books")), "an operator hears of it");
    // Who gives it back has seen to it.
    let payment = at.stripe.ids("payment_intent").pop().expect("a payment");
    at.stripe.refund_in_dashboard(&payment, 2490).expect("refunded");
    assert_eq!(checkout.reconcile().await.troubles, Vec::<String>::new());
}

/// As when an instance stopped before it had ended the newest order's session.
async fn close_on_our_side(shop: &TestShop) {
    let stored = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0);
    let session = stored.payment.session().expect("a session").clone();
    let seen = crate::decide::Sighting { session, status: crate::decide::Status::Expired };
    let release = crate::decide::Command::Release { how: crate::order::Closing::Expired, sighting: Some(seen) };
    crate::settling::apply(&shop.checkout.shop, &stored.id, release, crate::ports::Cause::Worker).await.expect("released");
}

#[tokio::test]
async fn nobody_pays_for_what_is_over() {
    let at = StripeShop::on(StoreKind::Sqlite, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    close_on_our_side(&at.shop).await;
    assert_eq!(at.stripe.object(&at.session()).expect("a session")["status"], "open");
    let found = at.shop.checkout.reconcile().await;
    assert_eq!(found.troubles, Vec::<String>::new());
    assert_eq!(at.stripe.object(&at.session()).expect("a session")["status"], "expired");
    assert_eq!(at.shop.payment(&placed).await, "expired");
}

#[tokio::test]
async fn what_lists_nothing_is_asked_about_our_own_orders() {
    for on in [StoreKind::Sqlite, StoreKind::Dynamodb] {
        let at = PayPalShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        assert!(at.paypal.approve(&at.session_of(&placed).await));
        let found = at.shop.checkout.reconcile().await;
        assert_eq!((found.corrected, found.troubles), (vec![placed.text("order")], vec![]));
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 2490));
        let shop = TestShop::on(on, |_| {}).await;
        let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
        shop.press(&placed.text("pay_url"), "paid").await;
        shop.checkout.reconcile().await;
        assert_eq!(shop.payment(&placed).await, "paid");
    }
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_is_a_trouble_and_no_end() {
    let at = StripeShop::on(StoreKind::Sqlite, |_| {}).await;
    at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    at.stripe.on_request(1, crate::doubles::stripe::Mishap::RateLimit);
    assert_eq!(at.shop.checkout.reconcile().await.troubles, Vec::<String>::new(), "once is nothing");
    for nth in 1..=6 {
        at.stripe.on_request(nth, crate::doubles::stripe::Mishap::RateLimit);
    }
    let found = at.shop.checkout.reconcile().await;
    assert_eq!(found.troubles.len(), 1);
    assert!(found.troubles[0].contains("the books of stripe could not be compared"), "{:?}", found.troubles);
}

#[tokio::test]
async fn what_was_given_back_in_part_of_a_closed_orders_payment_does_not_hide_the_rest() {
    let at = StripeShop::on(StoreKind::Sqlite, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    close_on_our_side(&at.shop).await;
    let payment = at.stripe.pay(&at.session()).expect("paid late");
    at.stripe.refund_in_dashboard(&payment, 500).expect("refunded");
    let notices = at.stripe.take_notices();
    let refunded =
        notices.iter().find(|notice| notice.kind.starts_with("charge.refund") || notice.kind.starts_with("refund")).expect("a notice");
    at.deliver(refunded).await.expect(200);
    let found = at.shop.checkout.reconcile().await;
    assert_eq!((found.corrected, found.troubles), (vec![placed.text("order")], vec![]));
    assert_eq!(at.shop.payment(&placed).await, "paid");
}
