//! Notices, returns and refunds at once, in many rounds: whoever is first, it counts once.

use super::super::paypal::PayPalShop;
use super::super::stripe::StripeShop;
use super::*;
use crate::doubles::stripe::Notice;

on_every_store! {
    case_05_a_refund_begins_while_the_notice_of_its_payment_arrives,
    case_10_notice_and_return_page_race,
    case_11_the_same_notice_three_times_at_once,
    case_31_two_sessions_of_one_order_are_both_paid,
}

async fn case_05_a_refund_begins_while_the_notice_of_its_payment_arrives(on: StoreKind) {
    let given_back = json!([{ "amount": 2490, "gift_cards": 0, "status": "succeeded" }]);
    let at = Arc::new(StripeShop::on(on, many_mugs).await);
    for round in 0..6 {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        at.come_back(&placed).await;
        let refund = {
            let (at, number) = (at.clone(), placed.text("order"));
            act(async move { refund_all(&at.shop, &number).await })
        };
        let notices = at.stripe.take_notices();
        at_once([refund].into_iter().chain(deliveries(&at, &notices)).collect::<Vec<_>>()).await;
        at.deliver_all().await;
        assert_eq!(at.shop.seen(&placed).await["refunds"], given_back, "round {round}");
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await, at.holds()), ("paid", 1, 0));
    }
    assert_eq!(at.shop.stock("MUG").await, (94, 0, 6));

    let at = Arc::new(PayPalShop::on(on, many_mugs).await);
    for round in 0..6 {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        assert!(at.paypal.approve(&at.session_of(&placed).await));
        at.come_back(&placed).await;
        let refund = {
            let (at, number) = (at.clone(), placed.text("order"));
            act(async move { refund_all(&at.shop, &number).await })
        };
        let told = [0, 1].map(|_| {
            let at = at.clone();
            act(async move { at.deliver_everything().await })
        });
        at_once([refund].into_iter().chain(told).collect::<Vec<_>>()).await;
        at.deliver_everything().await;
        assert_eq!(at.shop.seen(&placed).await["refunds"], given_back, "round {round}");
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await, at.paypal.holds()), ("paid", 1, 0));
    }
}

/// Each notice twice, each time by a task of its own.
fn deliveries(at: &Arc<StripeShop>, notices: &[Notice]) -> Vec<Act> {
    let twice = notices.iter().chain(notices);
    let deliver = |notice: &Notice| {
        let (at, notice) = (at.clone(), notice.clone());
        act(async move { drop(at.deliver(&notice).await.expect(200)) })
    };
    twice.map(deliver).collect()
}

fn returns(at: &Arc<StripeShop>, placed: &Answer) -> Vec<Act> {
    let come_back = |_| {
        let (at, path) = (at.clone(), format!("/api/return/stripe?order={}", placed.text("token")));
        act(async move { drop(at.shop.get(&path).await.location()) })
    };
    (0..3).map(come_back).collect()
}

async fn case_10_notice_and_return_page_race(on: StoreKind) {
    const ROUNDS: usize = 10;
    let at = Arc::new(StripeShop::on(on, many_mugs).await);
    for _ in 0..ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        let notices = at.stripe.take_notices();
        at_once(returns(&at, &placed).into_iter().chain(deliveries(&at, &notices)).collect::<Vec<_>>()).await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await), ("paid", 1));
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!((at.shop.stock("MUG").await, at.holds()), ((90, 0, 10), 24_900));

    let at = Arc::new(PayPalShop::on(on, many_mugs).await);
    for _ in 0..ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        assert!(at.paypal.approve(&at.session_of(&placed).await));
        let approved = at.paypal.notices().pop().expect("a notice");
        let one = |which: usize| {
            let (at, path, approved) = (at.clone(), format!("/api/return/paypal?order={}", placed.text("token")), approved.clone());
            act(async move {
                if which.is_multiple_of(2) {
                    at.shop.get(&path).await.location();
                } else {
                    at.deliver(&approved).await.expect(200);
                }
            })
        };
        at_once((0..6).map(one)).await;
        at.deliver_all().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await), ("paid", 1));
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!((at.shop.stock("MUG").await, at.paypal.holds()), ((90, 0, 10), 24_900));
}

/// So many orders were paid, and of each the merchant and its buyer hear once.
async fn is_told_once_each(shop: &TestShop, orders: usize) {
    assert_eq!(shop.news().iter().filter(|news| **news == News::Paid).count(), orders);
    let owed = shop.checkout.shop.store.owed(shop.clock.now(), 1000).await.expect("readable");
    assert_eq!(owed.iter().filter(|owed| owed.letter.kind == catalog::mail::MailKind::Confirmation).count(), orders);
}

async fn case_11_the_same_notice_three_times_at_once(on: StoreKind) {
    const ROUNDS: usize = 10;
    let at = Arc::new(StripeShop::on(on, many_mugs).await);
    for _ in 0..ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        at.stripe.pay(&at.session()).expect("paid");
        let notices = at.stripe.take_notices();
        let notice = notices.iter().find(|notice| notice.kind == "checkout.session.completed").expect("a notice");
        let thrice = [notice.clone(), notice.clone(), notice.clone()];
        at_once(deliveries(&at, &thrice[..]).into_iter().take(3).collect::<Vec<_>>()).await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await), ("paid", 1));
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!((at.shop.stock("MUG").await, at.holds()), ((90, 0, 10), 24_900));

    let at = Arc::new(PayPalShop::on(on, many_mugs).await);
    for _ in 0..ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        assert!(at.paypal.approve(&at.session_of(&placed).await));
        let notice = at.paypal.notices().pop().expect("a notice");
        let one = |_| {
            let (at, notice) = (at.clone(), notice.clone());
            act(async move { drop(at.deliver(&notice).await.expect(200)) })
        };
        at_once((0..3).map(one)).await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.times(&placed, "paid").await), ("paid", 1));
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!((at.shop.stock("MUG").await, at.paypal.holds()), ((90, 0, 10), 24_900));
}

async fn case_31_two_sessions_of_one_order_are_both_paid(on: StoreKind) {
    const ROUNDS: usize = 8;
    let at = Arc::new(StripeShop::on(on, many_mugs).await);
    for round in 1..=ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let (session, stray) = (at.session(), at.shop.stray_session(&placed).await);
        at.stripe.pay(&session).expect("paid");
        at.stripe.pay(&stray).expect("paid");
        let notices = at.stripe.take_notices();
        at_once(deliveries(&at, &notices).into_iter().chain(returns(&at, &placed)).collect::<Vec<_>>()).await;
        // Whatever they have said of the refund meanwhile, the last look counts.
        at.deliver_all().await;
        let seen = at.shop.seen(&placed).await;
        let refunds = json!([{ "amount": 2490, "gift_cards": 0, "status": "succeeded" }]);
        assert_eq!((&seen["payment"], &seen["refunds"]), (&json!("paid"), &refunds), "round {round}");
        assert_eq!(at.stripe.ids("refund").len(), round, "one for each order");
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!((at.shop.stock("MUG").await, at.holds()), ((92, 0, 8), 8 * 2490));

    // Both are agreed to, and the money of one is taken.
    let at = Arc::new(PayPalShop::on(on, many_mugs).await);
    for round in 1..=ROUNDS {
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let (session, stray) = (at.session_of(&placed).await, at.shop.stray_session(&placed).await);
        assert!(at.paypal.approve(&session) && at.paypal.approve(&stray));
        let told = [0, 1, 2].map(|_| {
            let at = at.clone();
            act(async move { at.deliver_everything().await })
        });
        at_once(told).await;
        at.deliver_everything().await;
        let holds = 2490 * i64::try_from(round).expect("few");
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", holds), "round {round}");
    }
    is_told_once_each(&at.shop, ROUNDS).await;
    assert_eq!(at.shop.stock("MUG").await, (92, 0, 8));
}
