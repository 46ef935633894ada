//! What must hold of a shop's books, whatever its orders have met: R20, and nothing sold that was not there.

use std::collections::BTreeMap;

use checkout_fn::order::{Order, Payment};
use checkout_fn::ports::OrderStore;

use crate::shop::{STOCK, Shop, hot};
use crate::shoppers::{End, Journey};

/// Everything that is wrong with them.
pub(crate) async fn check(shop: &Shop, journeys: &[Journey]) -> Vec<String> {
    let mut wrong = Vec::new();
    for failed in journeys.iter().filter(|journey| matches!(journey.end, End::Failed(_))) {
        wrong.push(format!("a checkout ended as {:?}", failed.end));
    }
    let orders = shop.store.newest(u32::MAX).await.expect("the orders can be read");
    let count = |ends: &[End]| journeys.iter().filter(|journey| ends.contains(&journey.end)).count();
    let paid = |order: &&Order| matches!(order.payment, Payment::Paid { .. });
    let (told, found) = (count(&[End::Paid, End::Open]), orders.len());
    if told != found {
        wrong.push(format!("{told} clients were told that their order is placed, and there are {found} orders"));
    }
    let (told, found) = (count(&[End::Paid]), orders.iter().filter(paid).count());
    if told != found {
        wrong.push(format!("{told} clients have paid, and {found} orders are"));
    }
    let sold = pieces(orders.iter().filter(paid));
    let reserved = pieces(orders.iter().filter(|order| order.payment.is_open()));
    for (sku, count) in shop.store.all_counts().await.expect("the counts can be read") {
        let stock = i64::from(if sku == hot() { shop.hot_stock } else { STOCK });
        let of = |sums: &BTreeMap<&str, i64>| sums.get(sku.as_str()).copied().unwrap_or(0);
        if (count.reserved, count.sold) != (of(&reserved), of(&sold)) {
            wrong.push(format!("{sku}: {} are reserved and {} sold by orders, and the count is {count:?}", of(&reserved), of(&sold)));
        }
        if count.available + count.reserved + count.sold != count.stocked || count.stocked != stock || count.available < 0 {
            wrong.push(format!("{sku}: {stock} were there, and the count is {count:?}"));
        }
    }
    // Each wants one or two pieces; whoever was told that there are none was told so while at most one was left.
    let left = shop.store.counts(&[hot()]).await.expect("the count can be read").remove(&hot()).map_or(0, |count| count.available);
    if count(&[End::SoldOut]) > 0 && left > 1 {
        wrong.push(format!("{} clients were told that {} is sold out, and {left} are left", count(&[End::SoldOut]), hot()));
    }
    wrong
}

/// How many of each SKU orders have.
fn pieces<'a>(orders: impl Iterator<Item = &'a Order>) -> BTreeMap<&'a str, i64> {
    let mut pieces = BTreeMap::new();
    for item in orders.flat_map(|order| &order.items) {
        *pieces.entry(item.sku.as_str()).or_default() += i64::from(item.quantity);
    }
    pieces
}
