//! Counts in parts: the whole suite with every SKU split, and what only split counts can meet.

use std::collections::BTreeMap;

use async_trait::async_trait;
use catalog::quote::Balance;
use jiff::Timestamp;

use super::super::items::number;
use super::super::parts::{Shelf, Taken};
use super::*;
use crate::decide::{GoodsBack, TakeBack};
use crate::error::Fault;
use crate::order::{Claim, OrderId, Sequence};
use crate::ports::{Change, CountedDownload, DownloadCount, Hashed, LogLine, Owed, Parts, Personal, Split, StockCount};

/// Splits every SKU as soon as it has a count.
#[derive(Clone)]
pub(super) struct Splitting {
    store: DynamoStore,
    parts: u8,
}

impl Splitting {
    pub(super) async fn new(double: &Double, parts: u8) -> Self {
        Self { store: double.store().await, parts }
    }

    async fn split<'a>(&self, skus: impl Iterator<Item = &'a String>) {
        for sku in skus {
            // Of a SKU whose first order was refused nothing is counted yet.
            let split = try_split(&self.store, sku, self.parts).await;
            assert!([Split::NoCount, Split::Into(self.parts)].contains(&split), "{sku}: {split:?}");
        }
    }
}

/// Splits a SKU that has a count, however often the table is too busy for it.
pub(super) async fn split(store: &dyn OrderStore, sku: &str, parts: u8) {
    assert_eq!(try_split(store, sku, parts).await, Split::Into(parts), "{sku}");
}

async fn try_split(store: &dyn OrderStore, sku: &str, parts: u8) -> Split {
    let wanted = Parts::new(parts).expect("a number of parts");
    for _ in 0..30 {
        if let Ok(split) = store.split_shelf(sku, wanted).await {
            return split;
        }
    }
    panic!("the table is too busy to split {sku}")
}

async fn shelf(store: &DynamoStore, sku: &str) -> Shelf {
    Shelf::of(sku, &store.look(&[sku], Vec::new()).await.expect("readable")).expect("readable").expect("a count")
}

/// Of each part: what can be bought, what is reserved and what is sold.
async fn lies(store: &DynamoStore, sku: &str) -> Vec<(i64, i64, i64)> {
    shelf(store, sku).await.parts.iter().map(|part| (part.count.available, part.count.reserved, part.count.sold)).collect()
}

async fn taken(store: &DynamoStore, order: &Order) -> Taken {
    Taken::with(&store.get(&Key::order(&order.id)).await.expect("readable").expect("an order")).expect("readable")
}

/// R20 in each part, and what it has given away is what orders have of it. For orders of which nothing has come back.
async fn check_parts(store: &DynamoStore) {
    let mut held: BTreeMap<(String, u8), i64> = BTreeMap::new();
    for order in store.newest(1000).await.expect("readable") {
        let taken = taken(store, &order).await;
        if matches!(order.payment, Payment::Closed(_)) {
            assert_eq!(taken, Taken::default(), "a closed order has nothing");
            continue;
        }
        for item in &order.items {
            for (part, pieces) in taken.pieces(&item.sku, item.quantity.into()) {
                *held.entry((item.sku.clone(), part)).or_default() += pieces;
            }
        }
    }
    for sku in store.touched_skus().await.expect("readable") {
        for (part, of) in (0..).zip(shelf(store, &sku).await.parts) {
            let StockCount { available, reserved, sold, stocked, .. } = of.count;
            assert_eq!(available + reserved + sold, stocked, "{sku}, part {part}");
            assert_eq!(reserved + sold, held.get(&(sku.clone(), part)).copied().unwrap_or(0), "{sku}, part {part}");
            assert!(part == 0 || available >= 0, "{sku}, part {part}");
        }
    }
}

#[async_trait]
impl OrderStore for Splitting {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        let skus: Vec<String> = placement.order.items.iter().map(|item| item.sku.clone()).collect();
        let placed = self.store.place(placement).await;
        self.split(skus.iter()).await;
        placed
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        let set = self.store.set_shelf(sku, on_shelf).await;
        self.split([sku.to_owned()].iter()).await;
        set
    }

    /// Checks what lies in the parts as well.
    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        check_parts(&self.store).await;
        self.store.all_counts().await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        self.store.by_key(key).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        self.store.by_token(token).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.store.by_id(id).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        self.store.by_number(number).await
    }

    async fn change(&self, change: Change) -> Result<Changed, Fault> {
        self.store.change(change).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        self.store.has_seen(gateway, event).await
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        self.store.waking(now).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        self.store.personal(id).await
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.store.log(id).await
    }

    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault> {
        self.store.last_number(sequence).await
    }

    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        self.store.older(than, limit).await
    }

    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault> {
        self.store.owes_mail(id).await
    }

    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        self.store.count_download(download).await
    }

    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        self.store.downloads(order, files).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.store.counts(skus).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        self.store.adjust_shelf(sku, by).await
    }

    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        self.store.split_shelf(sku, parts).await
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        self.store.uses(claims).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        self.store.balances(cards).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        self.store.owed(now, limit).await
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        self.store.settle_letter(id).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        self.store.postpone_letter(id, until).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        self.store.wrong_codes(client, hour, codes).await
    }
}

#[tokio::test]
async fn the_suite_with_split_counts() {
    for parts in [2, 3, 10] {
        conforms(&Splitting::new(&Double::new().await, parts).await).await;
    }
}

#[tokio::test]
async fn the_suite_with_split_counts_whatever_befalls_its_requests() {
    conforms(&Splitting::new(&Double::troubled(one_in_three).await, 4).await).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn split_counts_are_kept_over_any_life(parts in 2..=10_u8, steps in prop::collection::vec(any_step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { keeps_count(&Splitting::new(&Double::new().await, parts).await, steps).await });
    }

    #[test]
    fn split_counts_are_kept_over_any_life_whatever_befalls_its_requests(parts in 2..=10_u8, steps in prop::collection::vec(any_step(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { keeps_count(&Splitting::new(&Double::troubled(one_in_three).await, parts).await, steps).await });
    }
}

/// So many pieces of HOT in so many parts.
async fn hot(double: &Double, pieces: u32, parts: u8) -> DynamoStore {
    let store = double.store().await;
    store.set_shelf("HOT", pieces).await.expect("answered").expect("enough");
    split(&store, "HOT", parts).await;
    store
}

#[tokio::test]
async fn a_count_is_split_whatever_orders_have_of_it() {
    let store = Double::new().await.store().await;
    let of = |parts| Parts::new(parts).expect("a number");
    assert_eq!(store.split_shelf("A", of(3)).await.expect("answered"), Split::NoCount);
    store.place(placement(1, &[("A", 4)])).await.expect("placed");
    store.place(placement(2, &[("A", 1)])).await.expect("placed");
    assert_eq!(store.split_shelf("A", of(3)).await.expect("answered"), Split::Into(3));
    assert_eq!(lies(&store, "A").await, [(2, 5, 0), (2, 0, 0), (1, 0, 0)]);
    // Never fewer.
    assert_eq!(store.split_shelf("A", of(2)).await.expect("answered"), Split::Into(3));
    let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Done);
    let release = becoming(read(&store, 2).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    assert_eq!(lies(&store, "A").await, [(3, 0, 4), (2, 0, 0), (1, 0, 0)]);
    assert_eq!(store.split_shelf("A", of(5)).await.expect("answered"), Split::Into(5));
    assert_eq!(lies(&store, "A").await, [(2, 0, 4), (1, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0)]);
    // What comes is spread, and what was promised is kept.
    assert_eq!(store.adjust_shelf("A", 9).await.expect("answered").map(|count| (count.available, count.stocked)), Some((15, 19)));
    assert_eq!(lies(&store, "A").await[1..], [(3, 0, 0); 4]);
    assert_eq!(store.adjust_shelf("A", -16).await.expect("answered"), None);
    assert_eq!(store.set_shelf("A", 3).await.expect("answered"), None);
    assert_eq!(store.set_shelf("A", 6).await.expect("answered").map(|count| (count.available, count.stocked)), Some((2, 6)));
    check_parts(&store).await;
    assert_eq!((store.all_counts().await.expect("readable").len(), counts(&store, "A").await), (1, (2, 0, 4, 6)));
}

#[tokio::test]
async fn a_split_is_made_once_whatever_befalls_its_first_try() {
    for trouble in [Injected::Conflict, Injected::Throttled, Injected::NeverSent, Injected::LostAnswer] {
        let double = Double::new().await;
        let store = double.store().await;
        store.set_shelf("HOT", 7).await.expect("answered").expect("enough");
        double.trouble(move |n, target| (n < 4 && target == "TransactWriteItems").then_some(trouble));
        split(&store, "HOT", 3).await;
        assert_eq!(store.adjust_shelf("HOT", 2).await.expect("answered").map(|count| count.available), Some(9), "{trouble:?}");
        assert_eq!(lies(&store, "HOT").await, [(3, 0, 0); 3], "{trouble:?}");
    }
}

#[tokio::test]
async fn sold_out_is_what_all_parts_say_together() {
    let store = hot(&Double::new().await, 10, 5).await;
    let of = |n, pieces| placement(n, &[("HOT", pieces)]);
    assert!(matches!(store.place(of(1, 7)).await, Ok(Placed::New)));
    assert!(matches!(store.place(of(2, 4)).await, Ok(Placed::Lacking(Lack::Goods(left))) if left["HOT"] == 3));
    assert!(matches!(store.place(of(2, 3)).await, Ok(Placed::New)));
    assert!(matches!(store.place(of(3, 1)).await, Ok(Placed::Lacking(Lack::Goods(left))) if left["HOT"] == 0));
    check_parts(&store).await;

    // What is held once more, late, comes from wherever it is.
    let release = becoming(read(&store, 1).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    assert!(matches!(store.place(of(4, 1)).await, Ok(Placed::New)));
    let late = async || becoming(read(&store, 1).await, paid(), Some(Movement::SellLate));
    assert_eq!(store.change(late().await).await.expect("answered"), Changed::Short);
    let release = becoming(read(&store, 2).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    assert_eq!(store.change(late().await).await.expect("answered"), Changed::Done);
    assert_eq!(counts(&store, "HOT").await, (2, 1, 7, 10));
    check_parts(&store).await;
}

#[tokio::test]
async fn what_is_owed_is_owed_by_the_first_part() {
    let store = hot(&Double::new().await, 4, 4).await;
    let owing = |n, pieces| {
        let mut placement = placement(n, &[("HOT", pieces)]);
        placement.order.items[0].backorder = 3;
        placement
    };
    assert!(matches!(store.place(owing(1, 6)).await, Ok(Placed::New)));
    assert!(matches!(store.place(owing(2, 2)).await, Ok(Placed::Lacking(Lack::Goods(left))) if left["HOT"] == 1));
    assert_eq!(lies(&store, "HOT").await, [(-2, 3, 0), (0, 1, 0), (0, 1, 0), (0, 1, 0)]);
    // What comes is owed first.
    assert_eq!(store.adjust_shelf("HOT", 1).await.expect("answered").map(|count| count.available), Some(-1));
    assert_eq!(store.adjust_shelf("HOT", 3).await.expect("answered").map(|count| count.available), Some(2));
    assert_eq!(lies(&store, "HOT").await, [(1, 3, 0), (1, 1, 0), (0, 1, 0), (0, 1, 0)]);
}

#[tokio::test]
async fn what_comes_back_goes_where_it_was_taken_from() {
    let store = hot(&Double::new().await, 6, 3).await;
    store.place(placement(1, &[("HOT", 5)])).await.expect("placed");
    let before = taken(&store, &read(&store, 1).await.order).await;
    let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Done);
    let step = async |movement| {
        let stored = read(&store, 1).await;
        let payment = stored.order.payment.clone();
        store.change(becoming(stored, payment, Some(movement))).await.expect("answered")
    };
    let back = |restocked, returned| {
        let goods = vec![GoodsBack { sku: "HOT".into(), restocked, returned }];
        Movement::TakeBack(TakeBack { goods, ..TakeBack::default() })
    };
    assert_eq!(step(Movement::Send(vec![("HOT".into(), 5)])).await, Changed::Done);
    assert_eq!(step(back(3, 3)).await, Changed::Done);
    let count = shelf(&store, "HOT").await.total();
    assert_eq!((count.available, count.sold, count.sent, count.stocked), (4, 2, 2, 6));
    assert_ne!(taken(&store, &read(&store, 1).await.order).await, before);
    assert_eq!(step(back(0, 1)).await, Changed::Done);
    assert_eq!(step(back(2, 1)).await, Changed::Done);
    assert_eq!(lies(&store, "HOT").await, [(2, 0, 0); 3], "two went to each");
    assert_eq!(taken(&store, &read(&store, 1).await.order).await, Taken::default());
    assert_eq!(store.set_shelf("HOT", 6).await.expect("answered").map(|count| count.available), Some(6), "none is away");
}

#[tokio::test]
async fn an_order_that_replaces_another_has_its_pieces_whatever_part_they_are_of() {
    let store = hot(&Double::new().await, 6, 3).await;
    assert!(matches!(store.place(placement(1, &[("HOT", 5)])).await, Ok(Placed::New)));
    let short = replacing(read(&store, 1).await, placement(2, &[("HOT", 7)]));
    assert!(matches!(store.place(short).await, Ok(Placed::Lacking(Lack::Goods(left))) if left["HOT"] == 6));
    assert!(matches!(store.place(replacing(read(&store, 1).await, placement(2, &[("HOT", 6)]))).await, Ok(Placed::New)));
    assert_eq!(counts(&store, "HOT").await, (0, 6, 0, 6));
    check_parts(&store).await;
    assert!(matches!(store.place(replacing(read(&store, 2).await, placement(3, &[("HOT", 1)]))).await, Ok(Placed::New)));
    assert_eq!(counts(&store, "HOT").await, (5, 1, 0, 6));
    check_parts(&store).await;
}

#[tokio::test]
async fn pieces_that_lie_in_too_many_parts_are_put_together() {
    let store = Double::new().await.store().await;
    let skus: Vec<String> = (0..20).map(|n| format!("S{n}")).collect();
    for sku in &skus {
        store.set_shelf(sku, 2).await.expect("answered").expect("enough");
        split(&store, sku, 2).await;
    }
    let cart: Vec<(&str, u32)> = skus.iter().map(|sku| (sku.as_str(), 2)).collect();
    assert!(matches!(store.place(placement(1, &cart)).await, Ok(Placed::New)));
    check_parts(&store).await;
    let wide = taken(&store, &read(&store, 1).await.order).await;
    assert!(skus.iter().map(|sku| wide.pieces(sku, 2).len() - 1).sum::<usize>() <= 15);
    assert_eq!(store.all_counts().await.expect("readable").values().map(|count| count.reserved).sum::<i64>(), 40);
}

#[tokio::test]
async fn whoever_knows_of_a_split_asks_once_and_takes_any_part() {
    let double = Double::new().await;
    let store = hot(&double, 300, 10).await;
    for n in 1..=60 {
        double.forget();
        store.place(placement(n, &[("HOT", 1)])).await.expect("placed");
        assert_eq!(double.requests(), ["TransactWriteItems"]);
    }
    let used = lies(&store, "HOT").await.iter().filter(|(_, reserved, _)| *reserved > 0).count();
    assert!(used >= 5, "sixty orders are of {used} parts");

    // Who does not know is refused, and knows.
    let other = double.store().await;
    double.forget();
    other.place(placement(61, &[("HOT", 1)])).await.expect("placed");
    assert_eq!(double.requests(), ["TransactWriteItems", "BatchGetItem", "BatchGetItem", "GetItem", "TransactWriteItems"]);
    double.forget();
    other.place(placement(62, &[("HOT", 1)])).await.expect("placed");
    assert_eq!(double.requests(), ["TransactWriteItems"]);
    check_parts(&store).await;

    // Or has seen it in a count.
    let third = double.store().await;
    assert_eq!(counts(&third, "HOT").await, (238, 62, 0, 300));
    double.forget();
    third.place(placement(63, &[("HOT", 1)])).await.expect("placed");
    assert_eq!(double.requests(), ["TransactWriteItems"]);
}

#[tokio::test]
async fn a_whole_count_costs_nothing_more_where_others_are_split() {
    let double = Double::new().await;
    let store = hot(&double, 20, 10).await;
    store.place(placement(1, &[("A", 2)])).await.expect("placed");
    let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    store.change(sell).await.expect("answered");
    double.forget();
    let goods = vec![GoodsBack { sku: "A".into(), restocked: 1, returned: 0 }];
    let back = becoming(read(&store, 1).await, paid(), Some(Movement::TakeBack(TakeBack { goods, ..TakeBack::default() })));
    double.forget();
    assert_eq!(store.change(back).await.expect("answered"), Changed::Done);
    assert_eq!(double.requests(), ["TransactWriteItems"]);
    double.forget();
    assert!(matches!(store.place(placement(2, &[("A", 10)])).await, Ok(Placed::Lacking(_))));
    assert_eq!(double.requests(), ["TransactWriteItems", "BatchGetItem", "GetItem"]);
    assert!(!store.get(&Key::order(&placement(1, &[]).order.id)).await.expect("readable").expect("an order").contains_key("taken"));
}

#[tokio::test]
async fn two_looks_agree_only_where_nothing_has_changed_between_them() {
    let store = hot(&Double::new().await, 4, 2).await;
    let look = async || store.look(&["HOT"], Vec::new()).await.expect("readable");
    let first = look().await;
    assert!(store.is_still(vec!["HOT"], &first).await.expect("readable"));
    // Taken and given back: the counts are as they were, and still it is not the same.
    for n in 1..=20 {
        store.place(placement(n, &[("HOT", 1)])).await.expect("placed");
        let release = becoming(read(&store, n).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
        assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    }
    assert_eq!(lies(&store, "HOT").await, [(2, 0, 0); 2]);
    assert!(!store.is_still(vec!["HOT"], &first).await.expect("readable"));
    let part = store.get(&Key::part("HOT", 1)).await.expect("readable").expect("a part");
    assert!(number(&part, "turns").expect("a number") > 0);
    // Whole counts are read at one moment.
    store.place(placement(30, &[("A", 1)])).await.expect("placed");
    assert!(store.is_still(vec!["A"], &store.look(&["A"], Vec::new()).await.expect("readable")).await.expect("readable"));
}
