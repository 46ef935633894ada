//! Notices and returns: late, early, out of order, and while something fails.

use std::sync::atomic::AtomicBool;

use super::super::paypal::PayPalShop;
use super::super::stripe::StripeShop;
use super::*;
use crate::doubles::paypal::{Call, Outcome, Trouble};
use crate::doubles::stripe::Notice;

on_every_store! {
    case_04_the_payment_is_taken_and_the_store_fails,
    case_12_a_premature_notice_completes_nothing,
    case_13_late_notices_move_no_state_backwards,
    case_14_completed_and_unpaid_is_neither_paid_nor_failed,
    case_30_no_error_is_swallowed_and_answered_with_success,
    case_34_a_notice_arrives_before_the_session_is_stored,
    case_35_a_slow_instance_hands_nothing_out_after_the_release,
}

async fn case_04_the_payment_is_taken_and_the_store_fails(on: StoreKind) {
    for comes_again in [true, false] {
        let at = StripeShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        let notices = at.stripe.take_notices();
        let down = StripeShop { shop: at.shop.watched(|_, effect| failing(effect == "store.change")), stripe: at.stripe.clone() };
        for notice in notices.iter().filter(|notice| notice.kind == "checkout.session.completed") {
            down.deliver(notice).await.refused(500, "internal_error");
        }
        let back = down.shop.get(&format!("/api/return/stripe?order={}", placed.text("token"))).await;
        back.refused(500, "internal_error");
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("awaiting_payment", (4, 1, 0)));
        if comes_again {
            for notice in &notices {
                at.deliver(notice).await.expect(200);
            }
        } else {
            at.shop.pass(HOLD);
            at.shop.checkout.sweep().await;
        }
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await, at.holds()), ("paid", (4, 0, 1), 2490));
    }

    // The money is taken by us, and what we would write down of it gets lost.
    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session_of(&placed).await));
    let is_taken = AtomicBool::new(false);
    let down = at.shop.watched(move |side, effect| {
        is_taken.fetch_or((side, effect) == ("after", "gateway.capture"), Ordering::SeqCst);
        failing(effect == "store.change" && is_taken.load(Ordering::SeqCst))
    });
    down.get(&format!("/api/return/paypal?order={}", placed.text("token"))).await.refused(500, "internal_error");
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("capturing", 2490));
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await, at.paypal.holds()), ("paid", (4, 0, 1), 2490));
}

async fn case_12_a_premature_notice_completes_nothing(on: StoreKind) {
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    // Signed as it should be, it claims a payment; the gateway, when asked, knows of none.
    let mut session = at.stripe.object(&at.session()).expect("a session");
    (session["status"], session["payment_status"]) = (json!("complete"), json!("paid"));
    let body = json!({ "id": "evt_early", "object": "event", "livemode": false, "type": "checkout.session.completed",
        "data": { "object": session } });
    let early = Notice { id: "evt_early".into(), kind: "checkout.session.completed".into(), body: body.to_string() };
    at.deliver(&early).await.expect(200);
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("awaiting_payment", (4, 1, 0)));
    // It is not taken for one that was seen when its time comes.
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver(&early).await.expect(200);
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("paid", (4, 0, 1)));

    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let session = at.session_of(&placed).await;
    at.paypal.will(&session, Outcome::InstrumentDeclined);
    assert!(at.paypal.approve(&session));
    at.come_back(&placed).await;
    // The notice of the approval that came to nothing.
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("awaiting_payment", 0));
}

async fn case_13_late_notices_move_no_state_backwards(on: StoreKind) {
    let rank = |payment: &str| ["awaiting_payment", "processing", "paid"].iter().position(|state| *state == payment).expect("a state");
    for turn in 0..4 {
        let at = StripeShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay_later(&at.session()).expect("on its way");
        if turn % 2 == 0 {
            at.come_back(&placed).await;
        }
        at.stripe.settle(&at.session(), true).expect("settled");
        let mut notices = at.stripe.take_notices();
        if turn >= 2 {
            notices.reverse();
        } else {
            notices.rotate_left(1);
        }
        let mut reached = 0;
        for notice in notices.iter().chain(&notices) {
            at.deliver(notice).await.expect(200);
            let now = rank(&at.shop.payment(&placed).await);
            assert!(now >= reached, "turn {turn}, {}", notice.kind);
            reached = now;
        }
        assert_eq!((reached, at.shop.stock("MUG").await), (2, (4, 0, 1)));
        // Not even after a refund, and under new names.
        refund_all(&at.shop, &placed.text("order")).await;
        for notice in &notices {
            let mut event: Value = serde_json::from_str(&notice.body).expect("JSON");
            event["id"] = format!("{}_again", notice.id).into();
            at.deliver(&Notice { body: event.to_string(), ..notice.clone() }).await.expect(200);
        }
        at.deliver_all().await;
        let seen = at.shop.seen(&placed).await;
        assert_eq!((&seen["payment"], &seen["refunds"][0]["status"], at.holds()), (&json!("paid"), &json!("succeeded"), 0));
    }
    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session_of(&placed).await));
    at.come_back(&placed).await;
    refund_all(&at.shop, &placed.text("order")).await;
    at.deliver_everything().await;
    for notice in at.paypal.notices().iter().rev() {
        at.deliver(notice).await.expect(200);
    }
    let seen = at.shop.seen(&placed).await;
    assert_eq!((&seen["payment"], &seen["refunds"][0]["status"], at.paypal.holds()), (&json!("paid"), &json!("succeeded"), 0));
}

async fn case_14_completed_and_unpaid_is_neither_paid_nor_failed(on: StoreKind) {
    for (has_come, end, stock) in [(true, "paid", (4, 0, 1)), (false, "failed", (5, 0, 0))] {
        let at = StripeShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay_later(&at.session()).expect("on its way");
        at.deliver_all().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("processing", (4, 1, 0)));
        // Its goods stay held for longer than those of an order that nobody pays.
        at.shop.pass(HOLD);
        at.shop.checkout.sweep().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("processing", (4, 1, 0)));
        at.stripe.settle(&at.session(), has_come).expect("settled");
        at.deliver_all().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), (end, stock));

        let at = PayPalShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let session = at.session_of(&placed).await;
        at.paypal.will(&session, Outcome::Pending);
        assert!(at.paypal.approve(&session));
        at.come_back(&placed).await;
        at.shop.pass(HOLD);
        at.shop.checkout.sweep().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("processing", (4, 1, 0)));
        assert!(at.paypal.settle(&session, has_come));
        at.deliver_all().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), (end, stock));
    }
}

async fn case_30_no_error_is_swallowed_and_answered_with_success(on: StoreKind) {
    for (side, broken) in [
        ("before", "store.has_seen"),
        ("before", "gateway.look"),
        ("after", "gateway.look"),
        ("before", "store.by_id"),
        ("before", "store.change"),
        ("after", "store.change"),
    ] {
        let at = StripeShop::on(on, |_| {}).await;
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        let notices = at.stripe.take_notices();
        let notice = notices.iter().find(|notice| notice.kind == "checkout.session.completed").expect("a notice");
        let down =
            StripeShop { shop: at.shop.watched(move |at, effect| failing((at, effect) == (side, broken))), stripe: at.stripe.clone() };
        for _ in 0..2 {
            let status = down.deliver(notice).await.status.as_u16();
            // What was written although its answer got lost is there at the second time.
            assert!(
                matches!(status, 500 | 503) || ((side, broken) == ("after", "store.change") && status == 200),
                "{side} {broken}: {status}"
            );
        }
        assert!(!down.shop.faults().is_empty(), "{side} {broken} is logged");
        at.deliver(notice).await.expect(200);
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("paid", (4, 0, 1)), "{side} {broken}");
    }

    // Whether a notice is genuine cannot be found out now: it shall come again.
    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session_of(&placed).await));
    let notice = at.paypal.notices().pop().expect("a notice");
    at.paypal.trouble(Some(Call::Certificate), 1, Trouble::Fail);
    at.deliver(&notice).await.refused(503, "payment_unreachable");
    assert_eq!(at.shop.payment(&placed).await, "awaiting_payment");
    at.deliver(&notice).await.expect(200);
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 2490));
}

async fn case_34_a_notice_arrives_before_the_session_is_stored(on: StoreKind) {
    let at = Arc::new(StripeShop::on(on, |_| {}).await);
    let other = at.clone();
    // Between Stripe's answer and our writing it down, the shopper has paid, and Stripe has told another instance.
    let slow = at.shop.watched(move |side, effect| {
        let other = other.clone();
        async move {
            if (side, effect) == ("after", "gateway.open") {
                other.stripe.pay(&other.session()).expect("paid");
                other.deliver_all().await;
            }
            Ok(())
        }
    });
    let body = mugs(1);
    let placed = slow.post("/api/checkout", &body).await.expect(200);
    assert_eq!(placed.json().get("pay_url"), None, "nothing is left to pay");
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await, at.holds()), ("paid", (4, 0, 1), 2490));
    assert_eq!(at.shop.post("/api/checkout", &body).await.expect(200).json(), placed.json());
    assert_eq!(at.stripe.ids("checkout.session").len(), 1);

    let at = Arc::new(PayPalShop::on(on, |_| {}).await);
    let other = at.clone();
    let slow = at.shop.watched(move |side, effect| {
        let other = other.clone();
        async move {
            if (side, effect) == ("after", "gateway.open") {
                assert!(other.paypal.approve("ORDER000000000002"), "the first after a token");
                other.deliver_all().await;
            }
            Ok(())
        }
    });
    let placed = slow.post("/api/checkout", &mugs(1)).await.expect(200);
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await, at.paypal.holds()), ("paid", (4, 0, 1), 2490));
}

async fn case_35_a_slow_instance_hands_nothing_out_after_the_release(on: StoreKind) {
    let at = Arc::new(StripeShop::on(on, |_| {}).await);
    let other = at.clone();
    // While an instance holds a session's address in its hands, its order's time is over, and another takes the goods.
    let slow = at.shop.watched(move |side, effect| {
        let other = other.clone();
        async move {
            if (side, effect) == ("after", "gateway.open") {
                other.shop.pass(HOLD);
                other.shop.checkout.sweep().await;
                other.shop.post_as("other", "/api/checkout", &last()).await.expect(201);
            }
            Ok(())
        }
    });
    let late = slow.post("/api/checkout", &last()).await;
    late.refused(409, "order_closed");
    assert!(!late.body.contains("/pay/"), "{}", late.body);
    let sessions = at.stripe.ids("checkout.session");
    assert_eq!((sessions.len(), &at.stripe.object(&sessions[0]).expect("a session")["status"]), (2, &json!("expired")));
    at.deliver_all().await;
    assert_eq!((at.shop.stock("LAST").await, at.holds()), ((0, 1, 0), 0));
}
