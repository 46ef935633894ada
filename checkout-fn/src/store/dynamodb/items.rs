//! The names of the table's items and what stands in them. One item, one concern: what many orders want at once lies alone.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::error::Fault;
use crate::order::{Claim, OrderId, Sequence};

/// An item as the client knows it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Index of what waits for the clock: `wake` (a shard) and `wake_at` (milliseconds). Only waiting orders are in it.
pub(super) const WAKING: &str = "waking";

/// Index of all orders by age and of all counted SKUs: `list` (what, and a shard) and `list_by`. Neither ever changes, so that
/// busy items cost nothing here.
pub(super) const LISTING: &str = "listing";

/// Into how many parts the indexes are split, since one part takes only so many writes a second.
pub(super) const SHARDS: u8 = 8;

/// The shards' numbers.
pub(super) fn shards() -> impl Iterator<Item = u8> {
    0..SHARDS
}

fn shard_of(name: &str) -> u8 {
    blake3::hash(name.as_bytes()).as_bytes()[0] % SHARDS
}

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pk: String,
    sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// Mode and secret of the shop.
    pub(super) fn shop() -> Self {
        Self::new("SHOP".into(), "META")
    }

    /// An order without personal data.
    pub(super) fn order(id: &OrderId) -> Self {
        Self::new(partition(id), "META")
    }

    /// Its personal data, erasable.
    pub(super) fn personal(id: &OrderId) -> Self {
        Self::new(partition(id), "PII")
    }

    /// What led to a version of it. Named after the version and not after the time: versions are never alike and never jump.
    pub(super) fn log(id: &OrderId, version: i64) -> Self {
        Self::new(partition(id), format!("{LOG}{version:010}"))
    }

    /// Mail that a version of it owes.
    pub(super) fn letter(id: &OrderId, version: i64, index: usize) -> Self {
        Self::new(partition(id), format!("{LETTER}{version:010}#{index}"))
    }

    /// The item of a letter by the name that was given for it.
    pub(super) fn of_letter(name: &str) -> Option<Self> {
        let (id, sk) = name.split_once('/')?;
        sk.starts_with(LETTER).then(|| Self::new(partition(&OrderId(id.to_owned())), sk))
    }

    /// The name of a letter's item, for who hands it over.
    pub(super) fn letter_name(&self) -> Option<String> {
        self.order_id().map(|id| format!("{}/{}", id.0, self.sk))
    }

    /// How often a file of an order was downloaded.
    pub(super) fn download(id: &OrderId, file: usize) -> Self {
        Self::new(partition(id), format!("{DOWNLOAD}{file:05}"))
    }

    /// The order of an idempotency key.
    pub(super) fn idempotency(hash: &str) -> Self {
        Self::new(format!("KEY#{hash}"), "KEY")
    }

    /// The order of a token.
    pub(super) fn token(hash: &str) -> Self {
        Self::new(format!("TOKEN#{hash}"), "TOKEN")
    }

    /// The order of a number.
    pub(super) fn number(number: &str) -> Self {
        Self::new(format!("NUM#{number}"), "NUM")
    }

    /// The last number of a sequence.
    pub(super) fn sequence(sequence: Sequence) -> Self {
        Self::new(format!("SEQ#{}", sequence.name()), "SEQ")
    }

    /// A gateway's event that has changed something.
    pub(super) fn event(gateway: &str, event: &str) -> Self {
        Self::new(format!("EVT#{gateway}#{event}"), "EVT")
    }

    /// The count of a SKU, or its first part.
    pub(super) fn stock(sku: &str) -> Self {
        Self::part(sku, 0)
    }

    /// A part of the count of a SKU.
    pub(super) fn part(sku: &str, part: u8) -> Self {
        Self::new(format!("SKU#{sku}"), format!("S#{part}"))
    }

    /// Uses of a discount by everybody together, or by one customer.
    pub(super) fn uses(discount: &str, customer: Option<&str>) -> Self {
        match customer {
            Some(customer) => Self::new(format!("DISC#{discount}#{customer}"), "CUSTOMER"),
            None => Self::new(format!("DISC#{discount}"), "ALL"),
        }
    }

    /// The uses that a claim is one of.
    pub(super) fn claim(claim: &Claim) -> Self {
        Self::uses(&claim.discount, claim.customer.as_deref())
    }

    /// A gift card.
    pub(super) fn card(hash: &str) -> Self {
        Self::new(format!("GIFT#{hash}"), "CARD")
    }

    /// How many open orders a client has.
    pub(super) fn client(hash: &str) -> Self {
        Self::new(format!("CLIENT#{hash}"), "OPEN")
    }

    /// The wrong codes that a client has tried in an hour.
    pub(super) fn wrong_codes(client: &str, hour: i64) -> Self {
        Self::new(format!("WRONG#{client}#{hour}"), "CODES")
    }

    /// The key of an item that was read.
    pub(super) fn of(item: &Item) -> Result<Self, Fault> {
        Ok(Self { pk: text(item, "pk")?.to_owned(), sk: text(item, "sk")?.to_owned() })
    }

    /// As the client wants it.
    pub(super) fn attributes(&self) -> Item {
        HashMap::from([("pk".to_owned(), s(&self.pk)), ("sk".to_owned(), s(&self.sk))])
    }

    /// An item of this key.
    pub(super) fn with<const N: usize>(&self, attributes: [(&str, AttributeValue); N]) -> Item {
        let named = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
        self.attributes().into_iter().chain(named).collect()
    }

    /// The order that an item of the index belongs to.
    pub(super) fn order_id(&self) -> Option<OrderId> {
        self.pk.strip_prefix("ORDER#").map(|id| OrderId(id.to_owned()))
    }

    /// The SKU that an item of the index counts.
    pub(super) fn sku(&self) -> Option<String> {
        self.pk.strip_prefix("SKU#").map(str::to_owned)
    }
}

/// With what the names of counted downloads begin.
const DOWNLOAD: &str = "GET#";

/// With what the names of letters begin.
pub(super) const LETTER: &str = "OUT#";

/// One part of the index of letters that are due.
pub(super) fn letters_part(shard: u8) -> String {
    format!("POST#{shard}")
}

/// The part of the index in which an order's letters are.
pub(super) fn letters_shard(id: &OrderId) -> String {
    letters_part(shard_of(&id.0))
}

/// With what the names of log lines begin.
pub(super) const LOG: &str = "LOG#";

/// Where everything of an order lies.
pub(super) fn partition(id: &OrderId) -> String {
    format!("ORDER#{}", id.0)
}

/// The part of the index in which an order wakes.
pub(super) fn wake_shard(id: &OrderId) -> String {
    wake_part(shard_of(&id.0))
}

/// One part of the index of what wakes.
pub(super) fn wake_part(shard: u8) -> String {
    format!("WAKE#{shard}")
}

/// Where an order is listed: part and place. Orders of one millisecond stand in the order of their names.
pub(super) fn order_listing(id: &OrderId, created_at: Timestamp) -> (String, String) {
    (orders_part(shard_of(&id.0)), format!("{:015}#{}", millis(created_at), id.0))
}

/// One part of the list of orders.
pub(super) fn orders_part(shard: u8) -> String {
    format!("ORDERS#{shard}")
}

/// Where a SKU is listed: part and place.
pub(super) fn stock_listing(sku: &str) -> (String, String) {
    (stock_part(shard_of(sku)), sku.to_owned())
}

/// One part of the list of SKUs.
pub(super) fn stock_part(shard: u8) -> String {
    format!("STOCK#{shard}")
}

/// Milliseconds since 1970.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// When an item may be tidied away, in seconds since 1970. Nothing relies on its going or on its staying.
pub(super) fn ttl(at: Timestamp, days: i64) -> AttributeValue {
    n(at.as_second() + days * 86_400)
}

/// A text.
pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number.
pub(super) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A text that every item of its kind has.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, Fault> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| damaged(item, name))
}

/// A number that every item of its kind has.
pub(super) fn number(item: &Item, name: &str) -> Result<i64, Fault> {
    let number = item.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| damaged(item, name))
}

/// A truth that every item of its kind has.
pub(super) fn flag(item: &Item, name: &str) -> Result<bool, Fault> {
    item.get(name).and_then(|value| value.as_bool().ok()).copied().ok_or_else(|| damaged(item, name))
}

/// A record as it lies in an item.
pub(super) fn record<T: serde::de::DeserializeOwned>(item: &Item) -> Result<T, Fault> {
    serde_json::from_str(text(item, "record")?).map_err(|error| Fault::new(format!("{}: {error}", damaged(item, "record"))))
}

/// A record as it is to lie in an item.
pub(super) fn json<T: serde::Serialize>(value: &T) -> AttributeValue {
    s(serde_json::to_string(value).expect("records have text keys and no floats, so they are JSON"))
}

fn damaged(item: &Item, name: &str) -> Fault {
    let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
    Fault::new(format!("the item `{}` / `{}` has no readable `{name}`", part("pk"), part("sk")))
}
