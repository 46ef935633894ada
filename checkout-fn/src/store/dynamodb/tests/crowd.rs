//! Many at once: nothing is sold twice, and nothing is counted twice.

use std::sync::Arc;

use super::split::{Splitting, split};
use super::*;
use crate::decide::TakeBack;
use crate::order::{CardUse, Issue};
use crate::store::conformance::check_counts;
use crate::store::conformance::held::holding;

/// Whoever is told that the table is too busy comes again, so often.
const COMES: usize = 30;

/// With the same key.
async fn place(store: &dyn OrderStore, placement: Placement) -> Placed {
    for _ in 0..COMES {
        if let Ok(placed) = store.place(placement.clone()).await {
            return placed;
        }
    }
    panic!("the table is too busy for {}", placement.order.number)
}

/// Twenty are there, a hundred want one each, all at once.
async fn a_rush(store: DynamoStore) {
    let buyer = |n| {
        let store = store.clone();
        let mut placement = placement(n, &[("HOT", 1)]);
        placement.seeds = [("HOT".to_owned(), 20)].into();
        placement.client = format!("client-{n}");
        tokio::spawn(async move { place(&store, placement).await })
    };
    let buyers: Vec<_> = (0..100).map(buyer).collect();
    let mut placed = Vec::new();
    for buyer in buyers {
        placed.push(buyer.await.expect("no panic"));
    }
    assert_eq!(placed.iter().filter(|placed| matches!(placed, Placed::New | Placed::Again(_))).count(), 20);
    let none_left = |placed: &&Placed| matches!(placed, Placed::Lacking(Lack::Goods(left)) if left["HOT"] == 0);
    assert_eq!(placed.iter().filter(none_left).count(), 80);
    assert_eq!(counts(&store, "HOT").await, (0, 20, 0, 20));
    assert_eq!(store.newest(1000).await.expect("readable").len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces() {
    a_rush(Double::new().await.store().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces_whatever_befalls_their_requests() {
    a_rush(Double::troubled(one_in_three).await.store().await).await;
}

/// As the service does it: whoever wants an item that another transaction has in its hands is turned away.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces_who_turn_each_other_away() {
    let double = Double::new().await;
    double.collide();
    a_rush(double.store().await).await;
}

/// The same, with a count in so many parts.
async fn a_rush_for_parts(double: &Double, parts: u8) {
    let store = double.store().await;
    store.set_shelf("HOT", 20).await.expect("answered").expect("enough");
    split(&store, "HOT", parts).await;
    // Whoever has opened the store now knows nothing of it yet.
    a_rush(double.store().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces_in_parts() {
    for parts in [2, 10] {
        a_rush_for_parts(&Double::new().await, parts).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces_in_parts_whatever_befalls_their_requests() {
    a_rush_for_parts(&Double::troubled(one_in_three).await, 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_twenty_pieces_in_parts_who_turn_each_other_away() {
    let double = Double::new().await;
    double.collide();
    a_rush_for_parts(&double, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_split_while_a_hundred_buy() {
    let double = Double::new().await;
    let (store, merchant) = (double.store().await, double.store().await);
    store.set_shelf("HOT", 20).await.expect("answered").expect("enough");
    let splits = tokio::spawn(async move {
        for parts in [2, 4, 10] {
            split(&merchant, "HOT", parts).await;
        }
    });
    a_rush(store).await;
    splits.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_once_is_one_order() {
    let store = Double::new().await.store().await;
    let twins = (0..10).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.place(placement(1, &[("A", 6)])).await })
    });
    let mut placed = Vec::new();
    for twin in twins.collect::<Vec<_>>() {
        placed.push(twin.await.expect("no panic").expect("answered"));
    }
    assert_eq!(placed.iter().filter(|placed| matches!(placed, Placed::New)).count(), 1);
    assert_eq!(placed.iter().filter(|placed| matches!(placed, Placed::Again(_))).count(), 9, "{placed:?}");
    assert_eq!(counts(&store, "A").await, (4, 6, 0, 10));
}

async fn settle(store: &dyn OrderStore, n: u32, may: fn(&Payment) -> bool, to: Payment, movement: Movement) -> Option<Changed> {
    for _ in 0..COMES {
        // Five answers in a row may get lost, among so many.
        let Ok(stored) = store.by_id(&placement(n, &[]).order.id).await else { continue };
        let stored = stored.filter(|stored| may(&stored.order.payment))?;
        if let Ok(changed) = store.change(becoming(stored, to.clone(), Some(movement.clone()))).await {
            return Some(changed);
        }
    }
    panic!("the table is too busy for a change of {n}")
}

/// An order's life among others: it is placed twice at once, then paid twice at once, or released, or released and paid late.
async fn a_life(store: Arc<dyn OrderStore>, n: u32) {
    let store = &*store;
    let closed = |payment: &Payment| matches!(payment, Payment::Closed(_));
    let expired = Payment::Closed(Closing::Expired);
    let items = [("A", n % 3), ("B", 1 + n % 2)];
    let items = if n.is_multiple_of(3) { &items[1..] } else { &items };
    let order = || holding(placement(n, items), n.is_multiple_of(2), i64::from(n % 3) * 10, 50);
    let (one, twin) = tokio::join!(place(store, order()), place(store, order()));
    let placed = [one, twin];
    assert!(placed.iter().filter(|placed| matches!(placed, Placed::New)).count() <= 1, "{placed:?}");
    let pay = async || settle(store, n, Payment::is_open, paid(), Movement::Sell).await;
    let release = async || settle(store, n, Payment::is_open, expired.clone(), Movement::Release).await;
    match n % 5 {
        0 | 1 => {
            let both = tokio::join!(pay(), pay());
            assert_ne!(both, (Some(Changed::Done), Some(Changed::Done)));
        }
        2 => drop(tokio::join!(pay(), release())),
        3 => {
            release().await;
            settle(store, n, closed, paid(), Movement::SellLate).await;
        }
        _ => {
            let mut answers = 0;
            while store.adjust_shelf("A", 1).await.is_err() {
                answers += 1;
                assert!(answers < COMES, "the table is too busy to be counted");
            }
        }
    }
}

/// The first order buys the card that the others pay with.
async fn a_crowd(store: Arc<dyn OrderStore>) {
    let first = holding(placement(0, &[("A", 1), ("B", 1)]), false, 0, 500);
    assert!(matches!(store.place(first).await, Ok(Placed::New)));
    assert_eq!(settle(&*store, 0, Payment::is_open, paid(), Movement::Sell).await, Some(Changed::Done));
    let lives: Vec<_> = (1..60).map(|n| tokio::spawn(a_life(store.clone(), n))).collect();
    for life in lives {
        life.await.expect("no panic");
    }
    check_counts(&*store).await;
    // The twelve that came were counted once each.
    assert_eq!(counts(&*store, "A").await.3, 10 + 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_kept_in_a_crowd() {
    a_crowd(Arc::new(Double::new().await.store().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_kept_in_a_crowd_that_turns_itself_away() {
    let double = Double::new().await;
    double.collide();
    a_crowd(Arc::new(double.store().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_kept_in_a_crowd_whatever_befalls_its_requests() {
    a_crowd(Arc::new(Double::troubled(one_in_three).await.store().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn split_counts_are_kept_in_a_crowd() {
    a_crowd(Arc::new(Splitting::new(&Double::new().await, 4).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn split_counts_are_kept_in_a_crowd_that_turns_itself_away() {
    let double = Double::new().await;
    double.collide();
    a_crowd(Arc::new(Splitting::new(&double, 10).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn split_counts_are_kept_in_a_crowd_whatever_befalls_its_requests() {
    a_crowd(Arc::new(Splitting::new(&Double::troubled(one_in_three).await, 3).await)).await;
}

/// A card is made void while money comes back onto it from many sides.
#[tokio::test(flavor = "multi_thread")]
async fn a_void_card_stays_empty_whoever_gives_back_to_it() {
    let store = Double::new().await.store().await;
    let mut buying = placement(0, &[]);
    buying.order.issues = vec![Issue { card: "card".into(), line: 0, unit: 0, amount: 1000 }];
    store.place(buying).await.expect("placed");
    settle(&store, 0, Payment::is_open, paid(), Movement::Sell).await;
    for n in 1..31 {
        let mut paying = placement(n, &[]);
        paying.order.cards = vec![CardUse { card: "card".into(), amount: 10 }];
        assert!(matches!(store.place(paying).await, Ok(Placed::New)));
    }
    let release = |n| {
        let store = store.clone();
        let expired = Payment::Closed(Closing::Expired);
        tokio::spawn(async move { settle(&store, n, Payment::is_open, expired, Movement::Release).await })
    };
    let releases: Vec<_> = (1..31).map(release).collect();
    loop {
        let left = store.balances(&["card".to_owned()]).await.expect("readable")["card"].minor;
        let voids = vec![CardUse { card: "card".into(), amount: left }];
        let back = Movement::TakeBack(TakeBack { voids, ..TakeBack::default() });
        if settle(&store, 0, |_| true, paid(), back).await == Some(Changed::Done) {
            break;
        }
    }
    for release in releases {
        assert_eq!(release.await.expect("no panic"), Some(Changed::Done));
    }
    let card = store.get(&Key::card("card")).await.expect("readable").expect("a card");
    let on_it = ["balance", "reserved", "spent", "voided"].map(|name| super::super::items::number(&card, name).expect("a number"));
    assert_eq!(on_it, [0, 0, 0, 1000]);
}
