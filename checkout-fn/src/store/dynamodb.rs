//! The store for those who outgrow one machine: one DynamoDB table. What belongs together is written in one transaction whose
//! conditions keep the counts true; what decides anything is read consistently; nothing is ever scanned. Indexes follow with
//! a delay and only say where to look; time to live only tidies.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use catalog::quote::Balance;
use jiff::Timestamp;

use self::parts::Memo;
pub use self::table::{client, client_of, create_table};
use self::trouble::Place;
pub use super::Mode;
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId, Sequence};
use crate::ports::{
    Change, Changed, CountedDownload, DownloadCount, Hashed, LogLine, OrderStore, Owed, Parts, Personal, Placed, Placement, Split,
    StockCount, Stored,
};

mod action;
mod ask;
mod change;
mod commit;
mod downloads;
#[cfg(any(test, feature = "simulation"))]
pub(crate) mod in_process;
#[cfg(feature = "simulation")]
mod inspect;
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
#[cfg(any(test, feature = "doubles"))]
pub(crate) mod wire;

#[cfg(test)]
pub(crate) mod tests;

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

    /// The mode in which the store was begun, and its secret; `None` where nobody has begun it.
    pub async fn begun(&self) -> Result<Option<(Mode, [u8; 32])>, Fault> {
        self.get(&items::Key::shop()).await?.map(|item| self.mode_and_secret(&item)).transpose()
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

    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault> {
        self.last_of(sequence).await
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
        let request = request.map_err(|error| Fault::new(format!("what a gateway was asked for cannot be read: {error}")))?;
        Ok(Some(Personal { request: request.or(personal.request), ..personal }))
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.log_of(id).await
    }

    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        self.older_orders(than, limit).await
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

    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        self.count_one_download(download).await
    }

    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        self.downloads_of(order, files).await
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

    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault> {
        self.has_letters(id).await
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
