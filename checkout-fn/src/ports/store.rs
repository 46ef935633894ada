//! Whoever keeps orders, stock, uses of discounts, gift cards and the outbox, as this crate sees it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use catalog::quote::Balance;
use jiff::Timestamp;

use super::Hashed;
use crate::decide::Movement;
use crate::error::Fault;
use crate::letters::Letter;
use crate::order::{Claim, Order, OrderId, Sequence};

/// A stored order and the version it was read at.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The order.
    pub order: Order,
    /// Counts its changes.
    pub version: i64,
}

/// Personal data, kept apart from the order so that it can be erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Personal {
    /// Where mail about the order goes.
    pub email: String,
    /// Where the goods go.
    pub ship_to: Option<Address>,
    /// To whom the invoice is made out, where that is somebody else.
    pub bill_to: Option<Address>,
    /// What the shopper wrote.
    pub note: Option<String>,
    /// When the terms were accepted.
    pub accepted_terms_at: Option<Timestamp>,
    /// What the gateway is, or was, asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Composed>,
}

/// What [`PaymentGateway::compose`] gave for an attempt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Composed {
    /// The attempt.
    pub attempt: u32,
    /// To be sent as it is.
    pub body: String,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town.
    pub city: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code; some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Two capital letters.
    pub country: String,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Everything that step 3 of a checkout puts into the store, in one transaction.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The order, new.
    pub order: Order,
    /// Its personal data.
    pub personal: Personal,
    /// Hash of the idempotency key.
    pub key: Hashed,
    /// Hash of the canonical body.
    pub body: Hashed,
    /// Hash of the order's token.
    pub token: Hashed,
    /// Who places it.
    pub client: Hashed,
    /// How many open orders that client may have.
    pub max_open: u32,
    /// SKU → the first count, for SKUs that the store has not seen (R24).
    pub seeds: BTreeMap<String, u32>,
    /// The mail that it owes already.
    pub letters: Vec<Letter>,
    /// The shopper's earlier order, now closed: what it held is given back before this one takes it.
    pub replaces: Option<Stored>,
}

/// What became of a placement.
#[derive(Debug, Clone)]
pub enum Placed {
    /// It is stored and its goods are held.
    New,
    /// The key was used before, with the same body.
    Again(Box<Stored>),
    /// The key was used before, with another body.
    KeyReused,
    /// The client has too many open orders.
    TooManyOpen,
    /// Something that it would hold is not there; nothing was stored.
    Lacking(Lack),
}

/// What an order would hold and the store has not got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// SKU → how many can still be had.
    Goods(BTreeMap<String, i64>),
    /// The claims of which no use is left.
    Uses(Vec<Claim>),
    /// A gift card no longer holds what the order would take from it.
    Cards,
}

/// A change to a stored order.
#[derive(Debug, Clone)]
pub struct Change {
    /// The order as it shall be.
    pub order: Order,
    /// The version that the decision was based on.
    pub version: i64,
    /// What its goods, its claims and its gift cards do, in the same transaction.
    pub movement: Option<Movement>,
    /// What the gateway will be asked for, instead of what it was asked for; kept with the personal data.
    pub request: Option<Composed>,
    /// The mail that the change owes, in the same transaction.
    pub letters: Vec<Letter>,
    /// What else happens in the same transaction.
    pub besides: Option<Besides>,
    /// Who caused it, for the order's log.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
}

/// What a change does beside the order itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Besides {
    /// A sequence goes on by one: the order has taken the number after the last.
    Draw {
        /// Which.
        sequence: Sequence,
        /// Its last number before; if it is another by now, nothing is stored.
        last: i64,
    },
    /// The personal data goes.
    Erase,
}

/// Who caused a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The shopper's request.
    Checkout,
    /// A gateway's notice: gateway and event. Marks the event as seen.
    Notice(&'static str, String),
    /// The shopper came back from the gateway.
    Return,
    /// The worker.
    Worker,
    /// The merchant's command.
    Merchant,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is stored.
    Done,
    /// Somebody else was faster, with the order or with the sequence; decide again.
    Moved,
    /// The goods of [`Movement::SellLate`] or [`Movement::HoldAgain`], or what its gift cards paid, are gone, or what is left on the
    /// gift cards of a [`Movement::TakeBack`] is another amount by now; nothing was stored.
    Short,
}

/// The count of one SKU: `available + reserved + sold = stocked` (R20). What can be bought is below zero where more was sold
/// than there are, to be sent later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct StockCount {
    /// Can be bought.
    pub available: i64,
    /// Held for unpaid orders.
    pub reserved: i64,
    /// Sold.
    pub sold: i64,
    /// How many of the sold ones are not on the shelf any more.
    pub sent: i64,
    /// `available + reserved + sold`.
    pub stocked: i64,
    /// What the product's file said at the first touch.
    pub seed: i64,
}

/// Into how many parts the count of a SKU is split: from 2 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    /// The fewest.
    pub const LEAST: u8 = 2;
    /// The most. Each takes about as many orders a second as the whole count does.
    pub const MOST: u8 = 10;

    /// So many, if that is possible.
    pub fn new(parts: u8) -> Option<Self> {
        (Self::LEAST..=Self::MOST).contains(&parts).then_some(Self(parts))
    }

    /// How many.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// What became of the wish to split a SKU's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// It lies in so many parts now.
    Into(u8),
    /// The SKU was never ordered or set, so there is nothing to split yet.
    NoCount,
    /// This store counts a SKU that many want as fast as any other.
    NotNeeded,
}

/// One line of an order's log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// Who: `checkout`, `webhook sandbox evt_…`, `return`, `worker`.
    pub cause: String,
    /// The payment's state after it.
    pub payment: String,
}

/// A letter in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The store's name of it.
    pub id: String,
    /// About which order.
    pub order: OrderId,
    /// What.
    pub letter: Letter,
    /// How often it was tried.
    pub attempts: u32,
}

/// How often a file of an order was downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadCount {
    /// At least once.
    pub used: u32,
    /// The last time that counted.
    pub counted_at: Timestamp,
}

/// A download that is about to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedDownload {
    /// Of which order.
    pub order: OrderId,
    /// Index of the order's file.
    pub file: usize,
    /// How often it may be, at least once.
    pub limit: u32,
    /// When.
    pub at: Timestamp,
    /// One that was counted later than this is the same one.
    pub same_since: Timestamp,
}

/// Keeps orders, stock, the uses of discounts and gift cards.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Places an order and holds its goods, its claims and what its gift cards pay, all or nothing. An order without
    /// anything due is placed as paid; its goods are sold, its cards spent and issued at once.
    async fn place(&self, placement: Placement) -> Result<Placed, Fault>;

    /// The order of an idempotency key, and the hash of the body it came with.
    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault>;

    /// The order of a token.
    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault>;

    /// The order of an id.
    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault>;

    /// The order of a number.
    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault>;

    /// Stores a change.
    async fn change(&self, change: Change) -> Result<Changed, Fault>;

    /// The last number that was taken from a sequence; 0 at first.
    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault>;

    /// Whether a gateway's event has caused a change before.
    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault>;

    /// The orders that the worker has to look at.
    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault>;

    /// The personal data of an order, unless erased.
    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault>;

    /// What has happened to an order, oldest first.
    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault>;

    /// The newest orders.
    async fn newest(&self, limit: u32) -> Result<Vec<Order>, Fault> {
        self.older(None, limit).await
    }

    /// The newest orders of those that were placed before that one, which may stand at any place.
    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault>;

    /// The counts of those SKUs that have been touched.
    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault>;

    /// The counts of all SKUs that have been touched.
    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault>;

    /// Says that `on_shelf` pieces lie on the shelf; what is reserved or sold (and not yet sent) lies there too.
    /// `None` where that is fewer than promised to buyers, and fewer than before.
    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault>;

    /// Says that so many pieces have come, or have gone where it is negative. `None` where more would be gone than can be
    /// bought.
    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault>;

    /// Splits the count of a SKU that many want at once, where the store can change one count only so often a second. Parts only
    /// become more. Orders may be open, and others be placed meanwhile.
    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault>;

    /// Counts a download unless it is the same as the last one, in one conditional write. `false` where it would be one too many; then
    /// nothing was written.
    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault>;

    /// How often the files of an order, of which there are so many, were downloaded, by index; without those that never were.
    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault>;

    /// How many uses of each claim's kind are taken, in their order.
    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault>;

    /// What those gift cards hold that exist; what is reserved is not among it.
    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault>;

    /// Letters that are due, oldest first, at most so many.
    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault>;

    /// Whether an order owes any mail, due or not.
    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault>;

    /// A letter was handed over, or need not be any more.
    async fn settle_letter(&self, id: &str) -> Result<(), Fault>;

    /// A letter could not be handed over: it is due again later.
    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault>;

    /// Notes codes that a client has tried in an hour and that do not exist. The answer is how many different ones the
    /// client has tried in that hour, earlier ones among them.
    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault>;
}
