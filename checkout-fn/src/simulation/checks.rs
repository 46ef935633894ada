//! What must hold after every step, whatever has failed: R17, R20 and R23, and what gift cards and discounts may come to. Counted anew from
//! the orders, in other words than those of the code that is checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::books::{Books, Card};
use super::goods::{self, FEW};
use crate::order::{Order, Payment, What};
use crate::ports::{StockCount, Stored};

/// What was seen before.
#[derive(Default)]
pub(super) struct Checks {
    orders: BTreeMap<String, Seen>,
    stocked: BTreeMap<String, i64>,
}

/// An order as it was first and last seen.
struct Seen {
    first: Arc<Stored>,
    last: Arc<Stored>,
    /// Whether it was ever seen closed.
    was_closed: bool,
}

/// What the orders say that a SKU's counts are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    reserved: i64,
    sold: i64,
    sent: i64,
}

impl Checks {
    /// Everything that is wrong. `said` is what the merchant has said of shelves meanwhile: by how much more is stocked, if that is known.
    pub(super) fn wrongs(&mut self, books: &Books, said: &BTreeMap<String, Option<i64>>) -> Vec<String> {
        let mut wrongs = Vec::new();
        for stored in &books.orders {
            wrongs.extend(self.order(stored));
        }
        for (sku, count) in &books.counts {
            wrongs.extend(goods_wrong(books, sku, count).map(|what| format!("{sku} {what}: {count:?}")));
            wrongs.extend(self.stocked(sku, count, said.get(sku)));
        }
        wrongs.extend(self.uses(books));
        wrongs.extend(cards(books));
        wrongs
    }

    /// R23, and that what is paid stays paid, once.
    fn order(&mut self, stored: &Arc<Stored>) -> Vec<String> {
        let order = &stored.order;
        let is_closed = matches!(order.payment, Payment::Closed(_));
        let seen = self.orders.entry(order.id.0.clone()).or_insert_with(|| Seen {
            first: stored.clone(),
            last: stored.clone(),
            was_closed: is_closed,
        });
        seen.was_closed |= is_closed;
        let before = std::mem::replace(&mut seen.last, stored.clone());
        if Arc::ptr_eq(&before, stored) && !Arc::ptr_eq(&seen.first, stored) {
            return Vec::new();
        }
        let (was, first) = (&before.order, &seen.first.order);
        let given: i64 = order.refunds.iter().filter(|refund| matches!(refund.what, What::Order(_))).map(crate::order::Refund::total).sum();
        let wrongs = [
            (order.quote != first.quote).then_some("is not what was quoted when it was placed"),
            (order.items != first.items || order.claims != first.claims || order.cards != first.cards).then_some("holds other things"),
            (stored.version < before.version).then_some("goes back to an earlier version"),
            (was.is_paid() && order.payment != was.payment).then_some("was paid, and is so no more or otherwise"),
            (given > order.quote.total).then_some("has more given back than was paid"),
            (order.refunds.len() < was.refunds.len()).then_some("has lost a refund"),
            (order.shipments.len() < was.shipments.len()).then_some("has lost a parcel"),
        ];
        wrongs.into_iter().flatten().map(|what| format!("{} {what}: {:?}", order.number, order.payment)).collect()
    }

    /// R20: only the merchant changes how many there are.
    fn stocked(&mut self, sku: &str, count: &StockCount, said: Option<&Option<i64>>) -> Option<String> {
        let before = self.stocked.insert(sku.to_owned(), count.stocked).unwrap_or(count.seed);
        let expected = before + said.map_or(Some(0), |by| *by)?;
        (expected != count.stocked).then(|| format!("{sku} has {} in stock, although {expected} were said to be there", count.stocked))
    }

    /// Uses are those of open and paid orders. Who pays late uses a discount whatever its limit, because the money is there.
    fn uses(&self, books: &Books) -> Vec<String> {
        let mut claimed: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for order in books.orders().filter(|order| !matches!(order.payment, Payment::Closed(_))) {
            let is_late = self.orders.get(&order.id.0).is_some_and(|seen| seen.was_closed);
            for claim in &order.claims {
                let of = claimed.entry((claim.discount.clone(), claim.customer.clone().unwrap_or_default())).or_default();
                of.0 += 1;
                of.1 += i64::from(is_late);
            }
        }
        let mut wrongs = Vec::new();
        for (kind, used) in &books.uses {
            let (expected, late) = claimed.remove(kind).unwrap_or_default();
            let limit = if kind.1.is_empty() { FEW } else { 1 };
            if *used != expected {
                wrongs.push(format!("{kind:?} is used {used} times, and {expected} orders use it"));
            }
            // What was late may have been so between two looks.
            if used - late > limit && !self.may_be_late(books, kind) {
                wrongs.push(format!("{kind:?} is used {used} times, and may be {limit} times"));
            }
        }
        wrongs.extend(claimed.keys().map(|kind| format!("{kind:?} is used, and the store does not know")));
        wrongs
    }

    /// Whether an order that uses it was seen for the first time in a state that a late payment leads to as well.
    fn may_be_late(&self, books: &Books, kind: &(String, String)) -> bool {
        let uses = |order: &&Order| order.claims.iter().any(|claim| claim.discount == kind.0);
        books.orders().filter(uses).any(|order| {
            let is_new = self.orders.get(&order.id.0).is_some_and(|seen| Arc::ptr_eq(&seen.first, &seen.last));
            is_new && !matches!(order.payment, Payment::Pending { .. } | Payment::Closed(_)) && order.due() > 0
        })
    }
}

/// R20: the parts of a count sum up, and are what the orders add up to.
fn goods_wrong(books: &Books, sku: &str, count: &StockCount) -> Option<String> {
    let mut expected = Expected::default();
    for order in books.orders() {
        let ordered: i64 = order.items.iter().filter(|item| item.sku == sku).map(|item| i64::from(item.quantity)).sum();
        if order.payment.is_open() {
            expected.reserved += ordered;
        }
        if !order.is_paid() {
            continue;
        }
        expected.sold += ordered;
        for part in order.parts.iter().filter(|part| part.sku == sku) {
            let pieces = |units: u32| i64::from(units) * i64::from(part.per_unit);
            expected.sent += pieces(order.sent_units(part.line));
            for back in order.returns().flat_map(|returned| &returned.lines).filter(|back| back.line == part.line) {
                if back.is_restocked {
                    expected.sold -= pieces(back.quantity);
                    expected.sent -= pieces(back.quantity - back.unsent);
                } else {
                    expected.sent += pieces(back.unsent);
                }
            }
        }
    }
    let counted = Expected { reserved: count.reserved, sold: count.sold, sent: count.sent };
    if counted != expected {
        return Some(format!("is counted as {counted:?}, and the orders say {expected:?}"));
    }
    if count.available + count.reserved + count.sold != count.stocked {
        return Some("does not sum up".to_owned());
    }
    (count.available < -goods::backorder(sku)).then(|| "is sold more often than it may be".to_owned())
}

/// Money on gift cards comes from what was paid for them, and goes where orders say.
fn cards(books: &Books) -> Vec<String> {
    let mut wrongs = Vec::new();
    let mut left = books.cards.clone();
    for order in books.orders() {
        for issue in &order.issues {
            let card = left.remove(&issue.card);
            let is_there = card.is_some();
            if is_there != order.is_paid() {
                let what = if is_there { "is there" } else { "is missing" };
                wrongs.push(format!("a gift card of {} {what}: {:?}", order.number, order.payment));
            }
            wrongs.extend(card.and_then(|card| card_wrong(books, &issue.card, issue.amount, card)));
        }
    }
    wrongs.extend(left.keys().map(|card| format!("the gift card {card} was bought by nobody")));
    wrongs
}

fn card_wrong(books: &Books, hash: &str, amount: i64, card: Card) -> Option<String> {
    let (mut reserved, mut used) = (0, 0);
    for order in books.orders() {
        let pays: i64 = order.cards.iter().filter(|used| used.card == hash).map(|used| used.amount).sum();
        let back: i64 =
            order.refunds.iter().flat_map(|refund| &refund.cards).filter(|back| back.card == hash).map(|back| back.amount).sum();
        if order.payment.is_open() {
            reserved += pays;
        } else if order.is_paid() {
            used += pays - back;
        }
    }
    let parts = [card.balance, card.reserved, card.spent, card.voided];
    let is_right = parts.iter().all(|part| *part >= 0)
        && parts.iter().sum::<i64>() == card.issued
        && card.issued == amount
        && (card.reserved, card.spent) == (reserved, used)
        && !(card.is_void && card.balance > 0);
    (!is_right).then(|| format!("a gift card holds {card:?}, and the orders say {reserved} reserved and {used} spent of {amount}"))
}
