//! Goods: nothing is sold twice, and nothing is lost of what is counted.

use catalog::bundle::VariantRecord;

use super::super::paypal::PayPalShop;
use super::super::stripe::StripeShop;
use super::*;
use crate::doubles::paypal::Outcome;
use crate::testing::{set, variant};

on_every_store! {
    case_01_two_buyers_the_last_unit,
    case_02_stock_is_looked_for_when_ordered_whatever_the_cart_was_told,
    case_03_both_pay_and_the_second_has_an_order_and_the_money_back,
    case_06_two_lines_that_share_one_stock_item,
    case_07_the_same_variant_in_two_lines,
    case_08_the_reserved_count_never_drifts,
    case_09_a_movement_is_counted_once_from_authorised_to_settled,
    case_25_a_failed_order_gives_its_stock_back,
    case_26_a_late_payment_after_the_automatic_cancellation,
    case_33_back_edited_and_paid_again_despite_the_own_reservation,
}

async fn case_01_two_buyers_the_last_unit(on: StoreKind) {
    const ROUNDS: usize = 25;
    let unit = |round: usize| VariantRecord { stock: Some(1), ..variant(&format!("UNIT-{round}"), "unit", 2500) };
    let shop = Arc::new(TestShop::on(on, |contents| contents.variants.extend((0..ROUNDS).map(unit))).await);
    for round in 0..ROUNDS {
        let sku = format!("UNIT-{round}");
        let buyers = (0..2).map(|buyer| {
            let (shop, body) = (shop.clone(), order_of(&json!([{ "sku": sku, "quantity": 1 }]), 2990));
            async move { shop.post_as(&format!("10.0.{round}.{buyer}"), "/api/checkout", &body).await }
        });
        let (won, lost): (Vec<_>, Vec<_>) = at_once(buyers).await.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((won.len(), lost.len()), (1, 1), "{sku}");
        lost[0].refused(409, "out_of_stock");
        shop.pay(&won[0]).await;
    }
    for round in 0..ROUNDS {
        let sku = format!("UNIT-{round}");
        let counts = shop.checkout.shop.store.counts(std::slice::from_ref(&sku)).await.expect("counts");
        assert_eq!((counts[&sku].available, counts[&sku].sold), (0, 1), "{sku}");
    }
    assert_eq!(shop.stock("UNIT-0").await, (0, 0, 1));

    // And twenty who want five.
    let buyers = (0..20).map(|buyer| {
        let shop = shop.clone();
        async move { shop.post_as(&format!("10.1.0.{buyer}"), "/api/checkout", &mugs(1)).await }
    });
    let (won, lost): (Vec<_>, Vec<_>) = at_once(buyers).await.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 5);
    for answer in lost {
        answer.refused(409, "out_of_stock");
    }
    assert_eq!(shop.stock("MUG").await, (0, 5, 0));
}

async fn case_02_stock_is_looked_for_when_ordered_whatever_the_cart_was_told(on: StoreKind) {
    let shop = TestShop::on(on, |_| {}).await;
    let cart = json!({ "lines": [{ "sku": "LAST", "quantity": 1 }], "country": "DE" });
    let quote = shop.post("/api/quote", &cart).await.expect(200).json();
    assert_eq!((&quote["lines"][0]["available"], &quote["due"]), (&json!(true), &json!(2990)));
    let other = shop.post_as("other", "/api/checkout", &last()).await.expect(201);
    let late = shop.post("/api/checkout", &last()).await;
    late.refused(409, "out_of_stock");
    assert_eq!((late.text("sku").as_str(), &late.json()["quote"]["lines"][0]["available"]), ("LAST", &json!(false)));
    // While it is only held, paid and gone.
    shop.pay(&other).await;
    shop.post("/api/checkout", &last()).await.refused(409, "out_of_stock");
    assert_eq!(shop.checkout.shop.store.newest(9).await.expect("orders").len(), 1);
    assert_eq!(shop.stock("LAST").await, (0, 0, 1));
}

async fn case_03_both_pay_and_the_second_has_an_order_and_the_money_back(on: StoreKind) {
    let at = Arc::new(StripeShop::on(on, |_| {}).await);
    let first = at.shop.post("/api/checkout", &last()).await.expect(201);
    // Paid just before its end, in a session that the order does not know of, and told of later.
    let stray = at.shop.stray_session(&first).await;
    at.stripe.pay(&stray).expect("paid");
    let late = at.stripe.take_notices();
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    assert_eq!(at.shop.payment(&first).await, "expired");
    let second = at.shop.post_as("other", "/api/checkout", &last()).await.expect(201);
    at.stripe.pay(&at.session()).expect("paid");
    let notices: Vec<_> = late.into_iter().chain(at.stripe.take_notices()).collect();
    let told = notices.into_iter().cycle().take(12).map(|notice| {
        let at = at.clone();
        async move { drop(at.deliver(&notice).await.expect(200)) }
    });
    at_once(told.collect::<Vec<_>>()).await;
    assert_eq!((at.shop.payment(&second).await.as_str(), at.shop.payment(&first).await.as_str()), ("paid", "expired"));
    assert_eq!((at.shop.stock("LAST").await, at.holds(), at.stripe.ids("refund").len()), ((0, 0, 1), 2990, 1));
    let refunds = at.shop.seen(&first).await["refunds"].clone();
    assert_eq!(refunds, json!([{ "amount": 2990, "gift_cards": 0, "status": "succeeded" }]));
    let page = at.shop.get_page(&format!("/api/orders/{}", first.text("token"))).await.expect(200).body;
    assert!(page.contains("We received €29.90 after the order had been closed and have sent it back."), "{page}");
    let detail = Books::of(&at.shop.checkout).order(&first.text("order")).await.expect("an order");
    assert!(detail.summary.attention.is_some_and(|why| why.contains("taken by others")));

    // Where money moves only when it is taken, none is.
    let at = PayPalShop::on(on, |_| {}).await;
    let first = at.shop.post("/api/checkout", &last()).await.expect(201);
    let session = at.session().await;
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    let second = at.shop.post_as("other", "/api/checkout", &last()).await.expect(201);
    assert!(at.paypal.approve(&session) && at.paypal.approve(&at.session_of(&second).await));
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&first).await.as_str(), at.shop.payment(&second).await.as_str()), ("expired", "paid"));
    assert_eq!((at.shop.stock("LAST").await, at.paypal.holds()), ((0, 0, 1), 2990));
}

async fn case_06_two_lines_that_share_one_stock_item(on: StoreKind) {
    let shop = async || TestShop::on(on, |contents| contents.variants.push(set())).await;
    let lines = |sets: u32, mugs: u32| json!([{ "sku": "SET", "quantity": sets }, { "sku": "MUG", "quantity": mugs }]);
    shop().await.post("/api/checkout", &order_of(&lines(2, 1), 14_490)).await.expect(201);
    let shop = shop().await;
    let short = shop.post("/api/checkout", &order_of(&lines(2, 2), 16_490)).await;
    short.refused(409, "out_of_stock");
    let skus: Vec<_> = short.json()["faults"].as_array().expect("faults").iter().map(|fault| fault["sku"].clone()).collect();
    assert_eq!(skus, ["MUG", "SET"], "both are named as the cart has them");
    assert_eq!(shop.stock("MUG").await, (-1, 0, 0));
    let quote = shop.post("/api/quote", &json!({ "lines": lines(3, 1) })).await.expect(200).json();
    let said: Vec<_> = quote["notices"].as_array().expect("notices").iter().map(|notice| notice["message"].clone()).collect();
    assert_eq!(
        said,
        ["Fine mug has something in common with another article in the cart, and there is not enough for both", "only 2 of Fine set left"]
    );
}

async fn case_07_the_same_variant_in_two_lines(on: StoreKind) {
    let shop = TestShop::on(on, |contents| {
        let print = contents.variants.iter_mut().find(|variant| variant.sku.as_str() == "PRINT").expect("a print");
        print.stock = Some(1);
    })
    .await;
    let twice = |first: u32, second: u32| json!([{ "sku": "MUG", "quantity": first }, { "sku": "MUG", "quantity": second }]);
    shop.post("/api/checkout", &order_of(&twice(3, 3), 12_490)).await.refused(409, "out_of_stock");
    let placed = shop.post("/api/checkout", &order_of(&twice(3, 2), 10_490)).await.expect(201);
    assert_eq!((placed.json()["quote"]["lines"].as_array().map(Vec::len), shop.stock("MUG").await), (Some(1), (0, 5, 0)));
    // Lines that differ in what is chosen stay two, and are counted together.
    let line = |frame: &str| json!({ "sku": "PRINT", "quantity": 1, "fields": { "Frame": frame } });
    shop.post("/api/checkout", &order_of(&json!([line("Oak"), line("None")]), 3490)).await.refused(409, "out_of_stock");
    shop.post("/api/checkout", &order_of(&json!([line("Oak")]), 1990)).await.expect(201);
}

async fn case_08_the_reserved_count_never_drifts(on: StoreKind) {
    let at = Arc::new(StripeShop::on(on, |_| {}).await);
    let order = async |quantity| at.shop.post("/api/checkout", &mugs(quantity)).await.expect(201);
    let give_up = |placed: &Answer| format!("/api/return/stripe?order={}&cancelled=true", placed.text("token"));
    // Given up twice, forgotten and swept twice, paid and told of it twice, failed, sent back onto the shelf.
    let placed = order(2).await;
    for _ in 0..2 {
        at.shop.get(&give_up(&placed)).await.location();
        assert_eq!(at.shop.stock("MUG").await, (5, 0, 0));
    }
    order(3).await;
    at.shop.pass(HOLD);
    for _ in 0..2 {
        at.shop.checkout.sweep().await;
        at.deliver_all().await;
        assert_eq!(at.shop.stock("MUG").await, (5, 0, 0));
    }
    let placed = order(2).await;
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    at.come_back(&placed).await;
    at.shop.get(&give_up(&placed)).await.location();
    assert_eq!(at.shop.stock("MUG").await, (3, 0, 2));
    let books = Books::of(&at.shop.checkout);
    let wish = RefundWish { lines: vec![(1, 1)], restock: true, ..RefundWish::default() };
    let (back, _) = books.weigh(&placed.text("order"), &wish).await.expect("a sum");
    books.refund(&placed.text("order"), back).await.expect("given back");
    at.deliver_all().await;
    assert_eq!(at.shop.stock("MUG").await, (4, 0, 1));
    order(1).await;
    at.stripe.pay_later(&at.session()).expect("on its way");
    at.deliver_all().await;
    at.stripe.settle(&at.session(), false).expect("settled");
    at.deliver_all().await;
    assert_eq!(at.shop.stock("MUG").await, (4, 0, 1));
    // The shopper pays, gives up and comes back while the worker looks: whichever is first, it is held once and moves once.
    for round in 0..8 {
        let placed = order(1).await;
        let (session, body) = (at.session(), placed.text("token"));
        let one = |which: usize| {
            let (at, session, token) = (at.clone(), session.clone(), body.clone());
            async move {
                match which {
                    // It may be over by now.
                    0 => drop(at.stripe.pay(&session)),
                    1 => drop(at.shop.get(&format!("/api/return/stripe?order={token}&cancelled=true")).await.location()),
                    2 => drop(at.shop.get(&format!("/api/return/stripe?order={token}")).await.location()),
                    _ => at.shop.checkout.sweep().await,
                }
            }
        };
        at_once((0..4).map(one)).await;
        at.deliver_all().await;
        let (available, reserved, sold) = at.shop.stock("MUG").await;
        assert_eq!((available + sold, reserved), (5, 0), "round {round}: {}", at.shop.payment(&placed).await);
        if available == 0 {
            break;
        }
    }
    assert_eq!(at.holds(), 490 + 2000 + (at.shop.stock("MUG").await.2 - 1) * 2490);
}

async fn case_09_a_movement_is_counted_once_from_authorised_to_settled(on: StoreKind) {
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    at.stripe.pay_later(&at.session()).expect("authorised");
    at.deliver_all().await;
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("processing", (4, 1, 0)));
    at.stripe.settle(&at.session(), true).expect("settled");
    at.deliver_all().await;
    at.come_back(&placed).await;
    at.shop.checkout.sweep().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("paid", (4, 0, 1)));
    assert_eq!(at.shop.times(&placed, "paid").await, 1);

    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let session = at.session().await;
    at.paypal.will(&session, Outcome::Pending);
    assert!(at.paypal.approve(&session));
    at.deliver_all().await;
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("processing", (4, 1, 0)));
    assert!(at.paypal.settle(&session, true));
    at.deliver_all().await;
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("paid", (4, 0, 1)));
    assert_eq!((at.shop.times(&placed, "paid").await, at.paypal.holds()), (1, 2490));
}

async fn case_25_a_failed_order_gives_its_stock_back(on: StoreKind) {
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &last()).await.expect(201);
    at.stripe.pay_later(&at.session()).expect("on its way");
    at.deliver_all().await;
    at.shop.post_as("other", "/api/checkout", &last()).await.refused(409, "out_of_stock");
    at.stripe.settle(&at.session(), false).expect("failed");
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await), ("failed", (1, 0, 0)));
    at.shop.post_as("other", "/api/checkout", &last()).await.expect(201);

    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &last()).await.expect(201);
    let session = at.session().await;
    at.paypal.will(&session, Outcome::Declined);
    assert!(at.paypal.approve(&session));
    at.come_back(&placed).await;
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await), ("failed", (1, 0, 0)));
    at.shop.post_as("other", "/api/checkout", &last()).await.expect(201);
    assert_eq!(at.paypal.holds(), 0);
}

async fn case_26_a_late_payment_after_the_automatic_cancellation(on: StoreKind) {
    // Of goods that are still there, it buys them; case 3 has those that are gone.
    let at = StripeShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &last()).await.expect(201);
    at.stripe.pay(&at.shop.stray_session(&placed).await).expect("paid");
    let late = at.stripe.take_notices();
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await), ("expired", (1, 0, 0)));
    for notice in late.iter().chain(&late) {
        at.deliver(notice).await.expect(200);
    }
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await, at.holds()), ("paid", (0, 0, 1), 2990));
    assert_eq!(at.shop.seen(&placed).await["refunds"], json!([]));

    let at = PayPalShop::on(on, |_| {}).await;
    let placed = at.shop.post("/api/checkout", &last()).await.expect(201);
    let session = at.session().await;
    at.shop.pass(HOLD);
    at.shop.checkout.sweep().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await), ("expired", (1, 0, 0)));
    assert!(at.paypal.approve(&session));
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("LAST").await, at.paypal.holds()), ("paid", (0, 0, 1), 2990));
}

async fn case_33_back_edited_and_paid_again_despite_the_own_reservation(on: StoreKind) {
    let at = StripeShop::on(on, |contents| contents.terms.max_open_per_client = 1).await;
    let first = at.shop.post("/api/checkout", &last()).await.expect(201);
    let left = at.session();
    // Faster, to another door, with a mug: the only piece is the shopper's own.
    let mut body = order_of(&json!([{ "sku": "LAST", "quantity": 1 }, { "sku": "MUG", "quantity": 1 }]), 2500 + 2000 + 1200);
    (body["shipping"], body["ship_to"]["line1"]) = (json!("express"), json!("Nebenstr. 2"));
    at.shop.post_as("other", "/api/checkout", &body).await.refused(409, "out_of_stock");
    body["replaces"] = first.text("token").into();
    let second = at.shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!((at.shop.payment(&first).await.as_str(), at.shop.stock("LAST").await), ("cancelled", (0, 1, 0)));
    assert_eq!(at.stripe.object(&left).expect("a session")["status"], "expired", "nobody pays there any more");
    assert_eq!(at.shop.post("/api/checkout", &body).await.expect(201).json(), second.json(), "also when it is sent again");
    at.stripe.pay(&at.session()).expect("paid");
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&second).await.as_str(), at.shop.stock("LAST").await, at.holds()), ("paid", (0, 0, 1), 5700));

    // Who had agreed to the first, and then replaced it, pays for the second alone.
    let at = PayPalShop::on(on, |_| {}).await;
    let first = at.shop.post("/api/checkout", &last()).await.expect(201);
    assert!(at.paypal.approve(&at.session().await));
    let second = at.shop.post("/api/checkout", &with(&last(), "replaces", json!(first.text("token")))).await.expect(201);
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&first).await.as_str(), at.paypal.holds()), ("cancelled", 0));
    assert!(at.paypal.approve(&at.session_of(&second).await));
    at.come_back(&second).await;
    assert_eq!((at.shop.payment(&second).await.as_str(), at.shop.stock("LAST").await, at.paypal.holds()), ("paid", (0, 0, 1), 2990));
}
