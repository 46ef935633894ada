//! The store for those who outgrow one machine: one DynamoDB table. What belongs together is written in one transaction whose
//! conditions keep the counts true; what decides anything is read consistently; nothing is ever scanned. Indexes follow with
//! a delay and only say where to look; time to live only tidies.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use catalog::quote::Balance;
use jiff::Timestamp;

use self::parts::Memo;
pub use self::table::{client, create_table};
use self::trouble::Place;
pub use super::Mode;
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId};
use crate::ports::{Change, Changed, Hashed, LogLine, OrderStore, Owed, Parts, Personal, Placed, Placement, Split, StockCount, Stored};

mod action;
mod ask;
mod change;
mod commit;
mod items;
mod lacks;
mod lookups;
mod moves;
mod outbox;
mod parts;
mod place;
mod shelves;
mod table;
mod trouble;
#[cfg(feature = "doubles")]
pub(crate) mod wire;

#[cfg(test)]
mod tests;

/// The store.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    client: Client,
    place: Place,
    memo: Memo,
}

impl DynamoStore {
    /// Opens the store in a table that is there. The answer's second part is the store's secret, which is `fresh_secret` at its
    /// first use. A store that was begun in another mode is refused.
    pub async fn open(client: Client, table: &str, mode: Mode, fresh_secret: [u8; 32]) -> Result<(Self, [u8; 32]), Fault> {
        let store = Self::visit(client, table);
        let secret = store.begin(mode, fresh_secret).await?;
        Ok((store, secret))
    }

    /// The store for the merchant's commands, in whichever mode it is. Asks nothing yet.
    pub fn visit(client: Client, table: &str) -> Self {
        let place = Place::of(&client, table);
        Self { client, place, memo: Memo::default() }
    }

    fn table(&self) -> &str {
        &self.place.table
    }
}

#[async_trait]
impl OrderStore for DynamoStore {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        self.place_order(&placement).await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        self.order_of_key(key).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        self.order_at(items::Key::token(token)).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.order(id).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        self.order_at(items::Key::number(number)).await
    }

    async fn change(&self, change: Change) -> Result<Changed, Fault> {
        self.change_order(&change).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        Ok(self.get(&items::Key::event(gateway, event)).await?.is_some())
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        self.orders_waking(now).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        let Some(item) = self.get(&items::Key::personal(id)).await? else { return Ok(None) };
        if !item.contains_key("record") {
            return Ok(None);
        }
        let personal: Personal = items::record(&item)?;
        let later = item.get("request").and_then(|request| request.as_s().ok());
        let request = later.map(|request| serde_json::from_str(request)).transpose();
        let request = request.map_err(|error| Fault(format!("what a gateway was asked for cannot be read: {error}")))?;
        Ok(Some(Personal { request: request.or(personal.request), ..personal }))
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.log_of(id).await
    }

    async fn newest(&self, limit: u32) -> Result<Vec<Order>, Fault> {
        self.newest_orders(limit).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.counts_of(skus).await
    }

    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        let skus = self.touched_skus().await?;
        self.counts_of(&skus).await
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.put_shelf(sku, |now| i64::from(on_shelf) - now.reserved - (now.sold - now.sent)).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        self.put_shelf(sku, |now| now.available.saturating_add(by)).await
    }

    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        self.split(sku, parts).await
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        self.uses_of(claims).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        self.balances_of(cards).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        self.letters_due(now, limit).await
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        self.drop_letter(id).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        self.delay_letter(id, until).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        self.note_wrong_codes(client, hour, codes).await
    }
}
