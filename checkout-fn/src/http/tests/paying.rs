//! Notices, returns and the worker: in any order, any number of times.

use super::*;
use crate::decide::Command;
use crate::order::{OrderId, SessionId};
use crate::ports::{Cause, PaymentGateway};

const HOLD: SignedDuration = SignedDuration::from_mins(36);

fn session_of(placed: &Answer) -> String {
    placed.text("pay_url").rsplit('/').next().expect("a session").to_owned()
}

fn notice(session: &str, event: &str) -> String {
    json!({ "id": event, "type": "payment.paid", "session": session }).to_string()
}

impl TestShop {
    async fn notify(&self, body: &str, signature: Option<&str>) -> Answer {
        let mut request = Request::post("/base/api/webhooks/sandbox").header(header::CONTENT_TYPE, "application/json");
        if let Some(signature) = signature {
            request = request.header("x-sandbox-signature", signature);
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    async fn notify_signed(&self, body: &str) -> Answer {
        let signature = self.desk().sandbox.sign(body.as_bytes(), self.clock.now());
        self.notify(body, Some(&signature)).await
    }

    async fn order_of(&self, placed: &Answer) -> OrderId {
        let session = SessionId(session_of(placed));
        self.desk().sandbox.look(&session).await.expect("an answer").expect("a session").0
    }
}

#[tokio::test]
async fn forged_and_stale_notices_are_refused() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let body = notice(&session_of(&placed), "evt_1");
    let now = shop.clock.now();
    let good = shop.desk().sandbox.sign(body.as_bytes(), now);
    shop.notify(&body, None).await.refused(400, "invalid_signature");
    for bad in ["", "t=1", "v1=00", "t=x,v1=00", &good.replace("v1=", "v1=0"), &good.replace("v1=", "v0="), &good.replace("t=", "t=1")] {
        shop.notify(&body, Some(bad)).await.refused(400, "invalid_signature");
    }
    shop.notify(&body.replace("evt_1", "evt_2"), Some(&good)).await.refused(400, "invalid_signature");
    let old = shop.desk().sandbox.sign(body.as_bytes(), now - SignedDuration::from_secs(301));
    shop.notify(&body, Some(&old)).await.refused(400, "stale_notice");
    shop.notify_signed("{}").await.refused(400, "malformed_request");
    let elsewhere = Request::post("/base/api/webhooks/stripe").body(Body::from("{}")).expect("a request");
    shop.send(elsewhere).await.refused(404, "not_found");
    shop.notify(&"x".repeat(70_000), Some(&good)).await.refused(413, "body_too_large");
}

#[tokio::test]
async fn declined_then_paid() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let pay_url = placed.text("pay_url");
    let again = shop.press(&pay_url, "declined").await.location();
    assert!(pay_url.ends_with(&again), "{again}");
    assert!(shop.get_page(&again).await.body.contains("The card was declined"));
    shop.checkout.sweep().await;
    assert_eq!(shop.payment(&placed).await, "awaiting_payment");
    shop.get_page(&shop.press(&again, "paid").await.location()).await.location();
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("paid", (4, 0, 1)));
}

#[tokio::test]
async fn pending_then_paid_or_failed() {
    for (button, end, stock) in [("pending_paid", "paid", (4, 0, 1)), ("pending_failed", "failed", (5, 0, 0))] {
        let shop = TestShop::new();
        let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let back = shop.press(&placed.text("pay_url"), button).await.location();
        shop.get_page(&back).await.location();
        assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("processing", (4, 1, 0)));
        // Its goods stay held, however long it takes.
        shop.pass(SignedDuration::from_secs(2));
        shop.checkout.sweep().await;
        assert_eq!(shop.payment(&placed).await, "processing");
        shop.pass(SignedDuration::from_secs(2));
        shop.checkout.sweep().await;
        assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), (end, stock), "{button}");
        assert!(shop.faults().is_empty(), "{:?}", shop.faults());
    }
}

#[tokio::test]
async fn an_abandoned_order_gives_its_goods_back() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(2)).await.expect(201);
    assert_eq!(shop.press(&placed.text("pay_url"), "abandon").await.location(), "/base/");
    shop.checkout.sweep().await;
    assert_eq!(shop.stock("MUG").await, (3, 2, 0));
    shop.pass(HOLD);
    shop.checkout.sweep().await;
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("expired", (5, 0, 0)));
    let too_late = shop.press(&placed.text("pay_url"), "paid").await.location();
    shop.get_page(&too_late).await.location();
    assert_eq!((shop.payment(&placed).await.as_str(), shop.news()), ("expired", vec![News::Placed, News::Closed]));
    let cancelled = shop.post("/api/checkout", &mugs(2)).await.expect(201);
    shop.get_page(&shop.press(&cancelled.text("pay_url"), "cancel").await.location()).await.location();
    assert_eq!((shop.payment(&cancelled).await.as_str(), shop.stock("MUG").await), ("cancelled", (5, 0, 0)));
}

#[tokio::test]
async fn paid_just_before_it_expires() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    // The money is there, no notice has come, and the worker wants the goods back: the gateway is asked first.
    shop.desk().sandbox.press(&session_of(&placed), crate::gateway::sandbox::Press::Paid).await.expect("pressed");
    shop.pass(HOLD);
    crate::worker::sweep(&shop.checkout.shop).await;
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("paid", (4, 0, 1)));
}

#[tokio::test]
async fn an_order_that_was_interrupted_after_its_reservation() {
    let shop = TestShop::new();
    // The process ended between steps 3 and 5: the order waits without a session.
    let body = mugs(2);
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    let id = shop.order_of(&placed).await;
    unhand(&shop, &id).await;
    // The shopper tries again and finds the same session.
    assert_eq!(shop.post("/api/checkout", &body).await.expect(201).json(), placed.json());
    unhand(&shop, &id).await;
    // Nobody tries again: the worker ends the session that the store does not know of.
    shop.pass(HOLD);
    shop.checkout.sweep().await;
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("expired", (5, 0, 0)));
}

/// Makes a stored order what no step has made of it.
async fn write(shop: &TestShop, order: crate::order::Order, version: i64) {
    let (movement, request, letters, cause, at) = (None, None, vec![], Cause::Worker, shop.clock.now());
    let change = crate::ports::Change { order, version, movement, request, letters, besides: None, cause, at };
    shop.checkout.shop.store.change(change).await.expect("written");
}

/// Puts an order back to where it was before step 5.
async fn unhand(shop: &TestShop, id: &OrderId) {
    let store = &shop.checkout.shop.store;
    let stored = store.by_id(id).await.expect("readable").expect("an order");
    let order = crate::order::Order { payment: crate::order::Payment::Pending { attempt: 1 }, ..stored.order };
    write(shop, order, stored.version).await;
}

#[tokio::test]
async fn a_late_payment_takes_goods_again_or_goes_back() {
    for (others, expected, stock) in [(0, "paid", (0, 0, 1)), (1, "cancelled", (0, 1, 0))] {
        let shop = TestShop::new();
        let last = |key: String| {
            json!({ "lines": [{ "sku": "LAST", "quantity": 1 }], "email": "m@example.com", "ship_to": address(),
                    "expected_total": 2990, "idempotency_key": key })
        };
        let placed = shop.post("/api/checkout", &last(key())).await.expect(201);
        let id = shop.order_of(&placed).await;
        // Closed on our side although the session is still open, as after a gateway's mistake.
        let session = SessionId(session_of(&placed));
        let sighting = shop.desk().sandbox.look(&session).await.expect("an answer").expect("a session").1;
        let expired = crate::decide::Sighting { status: crate::decide::Status::Expired, ..sighting };
        let release = Command::Release { how: crate::order::Closing::Cancelled, sighting: Some(expired) };
        crate::settling::apply(&shop.checkout.shop, &id, release, Cause::Worker).await.expect("settled");
        for _ in 0..others {
            shop.post("/api/checkout", &last(key())).await.expect(201);
        }
        shop.press(&placed.text("pay_url"), "paid").await;
        shop.notify_signed(&notice(&session.0, "evt_1")).await.expect(200);
        assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("LAST").await), (expected, stock));
        let path = format!("/api/orders/{}", placed.text("token"));
        let mut order = shop.get(&path).await.json();
        // The gateway's own notice comes too, and whichever is first sends the money back.
        for _ in 0..200 {
            if order["refunds"][0]["status"] != "pending" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            order = shop.get(&path).await.json();
        }
        let refunds = if others == 0 { json!([]) } else { json!([{ "amount": 2990, "gift_cards": 0, "status": "succeeded" }]) };
        assert_eq!(order["refunds"], refunds);
        let page = shop.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body;
        let said = page.contains("We received €29.90 after the order had been closed and have sent it back.");
        assert_eq!((said, page.contains("Nothing was charged")), (others == 1, false), "{page}");
    }
}

#[tokio::test]
async fn the_page_says_where_the_money_is() {
    use crate::order::{Closing, Order, Payment, PaymentId, Refund, RefundStatus, What};
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let path = format!("/api/orders/{}", placed.text("token"));
    let id = shop.order_of(&placed).await;
    let at = shop.clock.now();
    let refund = |status| {
        let payment = Some(PaymentId("1".into()));
        vec![Refund {
            id: "refund-1".into(),
            attempt: 1,
            payment,
            amount: 2490,
            cards: vec![],
            what: What::Surplus,
            status,
            at,
            credit_note: None,
        }]
    };
    let closed = || Payment::Closed(Closing::Expired);
    let paid = || Payment::Paid { payment: None, at: shop.clock.now() };
    let question = "There is a question about your payment";
    for (payment, refunds, attention, said) in [
        (None, vec![], true, question),
        (Some(closed()), vec![], true, question),
        (Some(closed()), vec![], false, "Nothing was charged."),
        (
            Some(closed()),
            refund(RefundStatus::Pending { ask_at: at }),
            false,
            "We received €24.90 after the order had been closed and are sending it back.",
        ),
        (Some(closed()), refund(RefundStatus::Failed), true, "closed but could not send it back. Please write to us"),
        (Some(paid()), refund(RefundStatus::Succeeded), false, "from here. We received €24.90 once more and have sent it back."),
    ] {
        let store = &shop.checkout.shop.store;
        let stored = store.by_id(&id).await.expect("readable").expect("an order");
        let attention = attention.then(|| "payment 1 is of 1 EUR".to_owned());
        let order = Order { payment: payment.unwrap_or_else(|| stored.order.payment.clone()), refunds, attention, ..stored.order };
        write(&shop, order, stored.version).await;
        let page = shop.get_page(&path).await.expect(200).body;
        assert!(page.contains(said), "{said}: {page}");
        assert!(said.contains("charged") || !page.contains("Nothing was charged"), "{page}");
        assert!(!page.contains("Continue to payment"), "{page}");
    }
}
