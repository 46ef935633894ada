//! Answers to what is asked of stored orders, counts, uses and cards.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::currency::Currency;
use catalog::quote::Balance;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::DynamoStore;
use super::items::{self, Item, Key, LISTING, LOG, WAKING, millis, n, number, s, text};
use super::parts::{Shelf, parts_of};
use super::trouble::Trouble;
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId, Sequence};
use crate::ports::{Hashed, LogLine, StockCount, Stored};
use crate::store::record::OrderRecord;

/// No end.
const ALL: usize = usize::MAX;

impl DynamoStore {
    /// The order of an id.
    pub(super) async fn order(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.get(&Key::order(id)).await?.as_ref().map(stored).transpose()
    }

    /// The order that an item names. Both were written together.
    pub(super) async fn order_at(&self, key: Key) -> Result<Option<Stored>, Fault> {
        match self.get(&key).await? {
            Some(item) => self.order(&OrderId(text(&item, "order")?.to_owned())).await,
            None => Ok(None),
        }
    }

    /// The order of an idempotency key, and the hash of the body it came with.
    pub(super) async fn order_of_key(&self, key: &str) -> Result<Option<(Stored, Hashed)>, Fault> {
        let Some(item) = self.get(&Key::idempotency(key)).await? else { return Ok(None) };
        let order = self.order(&OrderId(text(&item, "order")?.to_owned())).await?;
        let body = text(&item, "body")?.to_owned();
        Ok(order.map(|stored| (stored, body)))
    }

    /// The orders that want to be looked at, those that have waited longest first.
    pub(super) async fn orders_waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        let parts = items::shards().map(|shard| async move {
            let part = items::wake_part(shard);
            let query = self.query(("wake", &part), "wake_at", "#part = :part AND #place <= :now").index_name(WAKING);
            self.pages(query.expression_attribute_values(":now", n(millis(now))), ALL).await
        });
        let mut waking = Vec::new();
        for item in try_join_all(parts).await?.iter().flatten() {
            waking.extend(Key::of(item)?.order_id().map(|id| (number(item, "wake_at").unwrap_or_default(), id)));
        }
        waking.sort();
        Ok(waking.into_iter().map(|(_, id)| id).collect())
    }

    /// The newest orders of every part, and of those the newest.
    pub(super) async fn older_orders(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        let most = limit as usize;
        let page = i32::try_from(limit.min(1000)).unwrap_or(i32::MAX).max(1);
        // Every part is ordered in the same way, so the place of one order says where to go on in all of them.
        let before = than.map(|(at, id)| items::order_listing(&id, at).1);
        let parts = items::shards().map(|shard| {
            let (part, before) = (items::orders_part(shard), before.clone());
            async move {
                let condition = if before.is_some() { "#part = :part AND #place < :before" } else { "#part = :part" };
                let mut query = self.query(("list", &part), "list_by", condition).index_name(LISTING);
                if let Some(before) = before {
                    query = query.expression_attribute_values(":before", s(before));
                }
                self.pages(query.scan_index_forward(false).limit(page), most).await
            }
        });
        let mut newest = Vec::new();
        for item in try_join_all(parts).await?.iter().flatten() {
            newest.push((text(item, "list_by")?.to_owned(), Key::of(item)?));
        }
        newest.sort_by(|one, other| other.0.cmp(&one.0));
        newest.truncate(most);
        let mut found = self.get_all(newest.iter().map(|(_, key)| key.clone())).await?;
        newest.iter().filter_map(|(_, key)| found.remove(key)).map(|item| stored(&item).map(|stored| stored.order)).collect()
    }

    /// What has happened to an order, oldest first.
    pub(super) async fn log_of(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        let part = items::partition(id);
        let query = self.query(("pk", &part), "sk", "#part = :part AND begins_with(#place, :log)").consistent_read(true);
        let lines = self.pages(query.expression_attribute_values(":log", s(LOG)), ALL).await?;
        let line = |item: &Item| {
            let at = Timestamp::from_millisecond(number(item, "at")?).unwrap_or_default();
            Ok(LogLine { at, cause: text(item, "cause")?.to_owned(), payment: text(item, "payment")?.to_owned() })
        };
        lines.iter().map(line).collect()
    }

    /// Every SKU that was ever touched.
    pub(super) async fn touched_skus(&self) -> Result<Vec<String>, Fault> {
        let parts = items::shards().map(|shard| async move {
            let part = items::stock_part(shard);
            self.pages(self.query(("list", &part), "", "#part = :part").index_name(LISTING), ALL).await
        });
        let mut skus = Vec::new();
        for item in try_join_all(parts).await?.iter().flatten() {
            skus.extend(Key::of(item)?.sku());
        }
        Ok(skus)
    }

    /// The counts of those SKUs that have been touched.
    pub(super) async fn counts_of(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        let found = self.look(&skus.iter().map(String::as_str).collect::<Vec<_>>(), Vec::new()).await?;
        let counted = |sku: &String| Shelf::of(sku, &found).map(|shelf| shelf.map(|shelf| (sku.clone(), shelf.total()))).transpose();
        skus.iter().filter_map(counted).collect()
    }

    /// These items, and the counts of these SKUs with all their parts, as they are now. Only of those that are not known to be split
    /// and are, it has to be asked twice.
    pub(super) async fn look(&self, skus: &[&str], others: Vec<Key>) -> Result<HashMap<Key, Item>, Fault> {
        let mut keys = others;
        for sku in skus {
            keys.extend((0..self.memo.parts(sku)).map(|part| Key::part(sku, part)));
        }
        let mut found = self.get_all(keys).await?;
        let mut unread = Vec::new();
        for sku in skus {
            let parts = found.get(&Key::stock(sku)).map_or(Ok(1), parts_of)?;
            self.memo.learn(sku, parts);
            unread.extend((1..parts).map(|part| Key::part(sku, part)).filter(|key| !found.contains_key(key)));
        }
        found.extend(self.get_all(unread).await?);
        Ok(found)
    }

    /// The last number that was taken from a sequence.
    pub(super) async fn last_of(&self, sequence: Sequence) -> Result<i64, Fault> {
        self.get(&Key::sequence(sequence)).await?.map_or(Ok(0), |item| number(&item, "last"))
    }

    /// How many uses of each claim's kind are taken, in their order.
    pub(super) async fn uses_of(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        let found = self.get_all(claims.iter().map(Key::claim)).await?;
        claims.iter().map(|claim| found.get(&Key::claim(claim)).map_or(Ok(0), used)).collect()
    }

    /// What those gift cards hold that exist.
    pub(super) async fn balances_of(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        let found = self.get_all(cards.iter().map(|card| Key::card(card))).await?;
        let held = |card: &Hashed| found.get(&Key::card(card)).map(|item| Ok((card.clone(), balance(item)?)));
        cards.iter().filter_map(held).collect()
    }

    /// Notes a client's wrong codes, and counts the different ones of the hour. The same twice is one, so it may be said twice.
    pub(super) async fn note_wrong_codes(&self, client: &str, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        let key = Key::wrong_codes(client, hour);
        let item = if codes.is_empty() {
            self.get(&key).await?
        } else {
            let ends = hour.saturating_add(2).saturating_mul(3600);
            let update = self.client.update_item().table_name(self.table()).set_key(Some(key.attributes()));
            let update = update.update_expression("ADD codes :codes SET #ttl = :ttl").expression_attribute_names("#ttl", "ttl");
            let update = update.expression_attribute_values(":codes", AttributeValue::Ss(distinct(codes)));
            let update = update.expression_attribute_values(":ttl", n(ends));
            let update = update.return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
            self.asked(|| update.clone().send()).await.map_err(Trouble::fault)?.attributes
        };
        let known = item.as_ref().and_then(|item| item.get("codes")).and_then(|codes| codes.as_ss().ok()).map_or(0, Vec::len);
        Ok(u32::try_from(known).unwrap_or(u32::MAX))
    }
}

/// A set has nothing twice.
fn distinct(codes: &[Hashed]) -> Vec<String> {
    codes.iter().collect::<std::collections::BTreeSet<_>>().into_iter().cloned().collect()
}

/// Reads an order.
pub(super) fn stored(item: &Item) -> Result<Stored, Fault> {
    let record: OrderRecord = items::record(item)?;
    Ok(Stored { order: record.into(), version: number(item, "version")? })
}

/// Reads a count.
pub(super) fn count(item: &Item) -> Result<StockCount, Fault> {
    let of = |name| number(item, name);
    let (available, reserved, sold) = (of("available")?, of("reserved")?, of("sold")?);
    Ok(StockCount { available, reserved, sold, sent: of("sent")?, stocked: of("stocked")?, seed: of("seed")? })
}

/// Reads how many uses are taken.
pub(super) fn used(item: &Item) -> Result<u32, Fault> {
    number(item, "used").map(|used| u32::try_from(used).unwrap_or(0))
}

/// Reads what a gift card holds.
pub(super) fn balance(item: &Item) -> Result<Balance, Fault> {
    let code = text(item, "currency")?;
    let currency = Currency::parse(code).ok_or_else(|| Fault::new(format!("a gift card is in the unknown currency {code}")))?;
    Ok(Balance { currency, minor: number(item, "balance")? })
}
