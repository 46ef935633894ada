//! What the merchant's commands call: the orders and the stock of a store, here or elsewhere, and the gateways where money goes back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use catalog::money::{Decimal, Money};
use jiff::{SignedDuration, Timestamp};

use crate::catalogue::MemoryBundle;
use crate::decide::{Command, GiveBack, Parcel, ReturnLine};
use crate::error::Fault;
use crate::order::{Closing, Download, Invoice, Numbered, Order, Payment, Refund};
use crate::ports::{Cause, LogLine, Parts, Personal, Split, StockCount, Stored};
use crate::reconciling::{self, Reconciled};
use crate::settling;
use crate::shop::{OpenError, Settings, Shop, open};

mod export;
mod list;
mod papers;
mod place;

pub use export::{ExportRow, TaxRow};
pub use list::{Filter, STATES};
pub use papers::{Buyer, Paper, PaperLine, Slip, SlipLine};
pub use place::{Place, Setting};

/// The books of a shop.
pub struct Books {
    shop: Shop,
    /// Sets gateways up when they are needed; `None` where they are.
    till: Option<place::Till>,
}

/// An order in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OrderSummary {
    /// Its number.
    pub number: String,
    /// The payment's state: `paid`, `awaiting_payment`, …
    pub payment: String,
    /// What was sent or done: `none`, `partly` or `done`.
    pub fulfilment: String,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Minor units.
    pub due: i64,
    /// What was given back of it, in minor units.
    pub refunded: i64,
    /// The currency's code.
    pub currency: String,
    /// The amount for people: `€24.90`.
    pub due_text: String,
    /// With what gift cards have paid: `€34.90`.
    pub total_text: String,
    /// Quantity, SKU and title of each line.
    pub lines: Vec<(u32, String, String)>,
    /// The number of its invoice.
    pub invoice: Option<String>,
    /// Why a person has to look at it.
    pub attention: Option<String>,
}

/// All about one order.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OrderDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// What was priced.
    pub quote: catalog::quote::Quote,
    /// What was given back, and how far that has come.
    pub refunds: Vec<RefundDetail>,
    /// What was sent, a sentence each: `2026-05-01: 2 × Mug (DHL 00340)`.
    pub parcels: Vec<String>,
    /// Its files, and how often each was downloaded.
    pub downloads: Vec<DownloadDetail>,
    /// Number of the line, from 1, and how many of it are to be sent.
    pub to_send: Vec<(usize, u32)>,
    /// Likewise how many of it can be given back.
    pub to_give_back: Vec<(usize, u32)>,
    /// Who bought it; `None` after erasure.
    pub personal: Option<Personal>,
    /// What happened.
    pub log: Vec<LogLine>,
}

/// A file that an order delivers.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DownloadDetail {
    /// What the buyer sees.
    pub title: String,
    /// How often it was downloaded.
    pub used: u32,
    /// How often it can be.
    pub limit: u32,
    /// When it was downloaded last.
    pub last: Option<Timestamp>,
}

/// One refund of an order.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RefundDetail {
    /// Its name.
    pub id: String,
    /// By the way it was paid, in minor units.
    pub amount: i64,
    /// Onto gift cards that had paid, in minor units.
    pub gift_cards: i64,
    /// Both together, for people: `€24.90`.
    pub total_text: String,
    /// `pending`, `succeeded` or `failed`.
    pub status: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Why, in the merchant's words.
    pub reason: Option<String>,
    /// The number of its credit note.
    pub credit_note: Option<String>,
}

/// What the merchant gives back, as it is typed.
#[derive(Debug, Clone, Default)]
pub struct RefundWish {
    /// Number of the line, from 1, and how many of it.
    pub lines: Vec<(usize, u32)>,
    /// All lines and the price of sending, as far as they have not gone back; in money what is left at most.
    pub all: bool,
    /// The price of sending, as far as it has not gone back.
    pub shipping: bool,
    /// An amount in the order's currency, beside lines and sending.
    pub amount: Option<String>,
    /// Whether the lines' goods can be sold again.
    pub restock: bool,
    /// Why.
    pub reason: Option<String>,
}

/// Why the books were not changed.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    /// Nobody knows the number.
    #[error("there is no order `{0}`; `shopfront orders` lists them")]
    NoOrder(String),
    /// It cannot be done with this order.
    #[error("{0}")]
    Declined(String),
    /// The gateway that has the order's money cannot be asked with these settings.
    #[error("{0}")]
    NotSetUp(String),
    /// The store or the gateway failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Books {
    /// Opens the books in a folder such as `.shopfront/store/`, creating them where there are none. A program that takes orders may
    /// be running.
    pub fn open(store_path: &Path) -> Result<Self, OpenError> {
        // Nobody buys or pays here, so there are neither goods nor addresses.
        let nothing = Arc::new(MemoryBundle::new(BTreeMap::new()));
        Ok(Self { shop: open(Settings::new(store_path, "downloads", ""), nothing)?.shop, till: None })
    }

    /// The books of a checkout in this process.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn of(checkout: &crate::shop::Checkout) -> Self {
        Self { shop: checkout.shop.clone(), till: None }
    }

    /// The order of a number, in any spelling: `7k3mq9td`.
    pub async fn order(&self, number: &str) -> Result<OrderDetail, BooksError> {
        let order = self.find(number).await?.order;
        let (personal, log) = (self.shop.store.personal(&order.id).await?, self.shop.store.log(&order.id).await?);
        let downloads = self.downloads(&order).await?;
        let counted =
            |lines: Vec<(usize, u32)>| lines.into_iter().filter(|_| order.is_paid()).map(|(line, units)| (line + 1, units)).collect();
        let (to_send, to_give_back) = (counted(order.to_send()), counted(not_returned(&order)));
        Ok(OrderDetail {
            summary: summary(&order),
            refunds: order.refunds.iter().map(|refund| self::refund(&order, refund)).collect(),
            parcels: order.shipments.iter().map(|shipment| shipment.describe(&order.quote)).collect(),
            downloads,
            to_send,
            to_give_back,
            quote: order.quote,
            personal,
            log,
        })
    }

    async fn find(&self, number: &str) -> Result<Stored, BooksError> {
        let unknown = || BooksError::NoOrder(number.to_owned());
        let letters: String = number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let (first, second) = letters.split_at_checked(4).ok_or_else(unknown)?;
        self.shop.store.by_number(&format!("{first}-{second}")).await?.ok_or_else(unknown)
    }

    async fn apply(&self, order: &Order, command: Command) -> Result<Order, BooksError> {
        Self::apply_in(&self.shop, order, command).await
    }

    /// The same with the shop that has the order's gateway.
    async fn apply_in(shop: &Shop, order: &Order, command: Command) -> Result<Order, BooksError> {
        match settling::apply(shop, &order.id, command, Cause::Merchant).await? {
            Some(Ok(order)) => Ok(order),
            Some(Err(declined)) => Err(BooksError::Declined(declined.to_string())),
            None => Err(BooksError::NoOrder(order.number.clone())),
        }
    }

    /// What a wish would give back, in minor units, and of what; nothing is changed. Gift cards count with what was paid for them.
    pub async fn weigh(&self, number: &str, wish: &RefundWish) -> Result<(GiveBack, Money), BooksError> {
        let order = self.find(number).await?.order;
        let back = wished(&order, wish)?;
        // Before anybody is asked whether to do it.
        self.shop_for(&order)?;
        let balances = settling::left_on_issued(&self.shop, &order).await?;
        let facts = crate::decide::Facts { now: self.shop.now(), stock_left: true, balances };
        let before = order.refunded();
        let currency = order.currency();
        let decision = crate::decide::decide(order, Command::GiveBack(back.clone()), &facts);
        let after = decision.map_err(|declined| BooksError::Declined(declined.to_string()))?.order;
        Ok((back, Money::new(after.refunded() - before, currency)))
    }

    /// Gives something back: the intent is recorded, then the gateway is asked. Where that cannot be reached now, the program that
    /// takes orders asks it later.
    pub async fn refund(&self, number: &str, back: GiveBack) -> Result<RefundDetail, BooksError> {
        let (order, id) = (self.find(number).await?.order, back.id.clone());
        let shop = self.shop_for(&order)?;
        let order = Self::apply_in(&shop, &order, Command::GiveBack(back)).await?;
        refund_of(&order, &id)
    }

    /// Tries a refund again that the gateway had refused.
    pub async fn refund_again(&self, number: &str, id: &str) -> Result<RefundDetail, BooksError> {
        let order = self.find(number).await?.order;
        let shop = self.shop_for(&order)?;
        // Perhaps it was made after all.
        let payment = order.refunds.iter().find(|refund| refund.id == id).and_then(|refund| refund.payment.clone());
        if let Some(payment) = payment {
            settling::learn(&shop, shop.gateway(order.gateway)?.as_ref(), &payment, None, Cause::Merchant).await?;
        }
        let order = Self::apply_in(&shop, &order, Command::RefundAgain { id: id.to_owned() }).await?;
        refund_of(&order, id)
    }

    /// Something was sent, or a service done: the named lines (numbers from 1) or all that is left.
    pub async fn fulfil(
        &self,
        number: &str,
        lines: Option<Vec<(usize, u32)>>,
        carrier: Option<String>,
        tracking: Option<String>,
    ) -> Result<OrderSummary, BooksError> {
        let order = self.find(number).await?.order;
        let lines = lines.map(|lines| lines.into_iter().map(|(line, units)| Ok((index(line)?, units))).collect::<Result<_, BooksError>>());
        let parcel = Parcel { lines: lines.transpose()?, carrier, tracking };
        self.apply(&order, Command::Send(parcel)).await.map(|order| summary(&order))
    }

    /// Ends an unpaid order: nobody is charged for it any more, and its goods go back. Where the gateway turns out to hold the money, it is
    /// paid instead; the answer says so.
    pub async fn cancel(&self, number: &str) -> Result<OrderSummary, BooksError> {
        let order = self.find(number).await?.order;
        let declined = |why: &str| Err(BooksError::Declined(why.to_owned()));
        match &order.payment {
            Payment::Paid { .. } => return declined("the order is paid; give the money back with `orders refund`"),
            Payment::Closed(_) => return declined("the order is closed already"),
            Payment::Capturing { .. } | Payment::Processing { .. } => {
                return declined("the payment is on its way; wait for it, and give it back with `orders refund`");
            }
            Payment::Pending { .. } | Payment::Awaiting { .. } => {}
        }
        let order = settling::end(&self.shop_for(&order)?, &order, Closing::Cancelled, Cause::Merchant).await?;
        Ok(summary(&order))
    }

    /// Takes the mark off an order that somebody has looked at. Where its payment is still open, the worker looks after it again.
    pub async fn resolve(&self, number: &str) -> Result<OrderSummary, BooksError> {
        let order = self.find(number).await?.order;
        self.apply(&order, Command::Resolve).await.map(|order| summary(&order))
    }

    async fn downloads(&self, order: &Order) -> Result<Vec<DownloadDetail>, Fault> {
        if order.downloads.is_empty() {
            return Ok(Vec::new());
        }
        let counts = self.shop.store.downloads(&order.id, order.downloads.len()).await?;
        let detail = |(index, file): (usize, &Download)| {
            let count = counts.get(&index);
            let (used, last) = (count.map_or(0, |count| count.used), count.map(|count| count.counted_at));
            DownloadDetail { title: file.title.clone(), used, limit: file.rules.limit, last }
        };
        Ok(order.downloads.iter().enumerate().map(detail).collect())
    }

    /// Removes who bought: mail and postal addresses, the note, what was filled in for lines, what the gateway was asked for. The order
    /// stays, with what was bought and paid.
    pub async fn erase(&self, number: &str) -> Result<OrderSummary, BooksError> {
        let order = self.find(number).await?.order;
        if self.shop.store.personal(&order.id).await?.is_none() {
            return Err(BooksError::Declined("who bought is erased already".to_owned()));
        }
        match settling::erase(&self.shop, &order.id).await? {
            Some(Ok(order)) => Ok(summary(&order)),
            Some(Err(declined)) => Err(BooksError::Declined(declined.to_string())),
            None => Err(BooksError::NoOrder(order.number)),
        }
    }

    /// Compares the orders of the last `days` with the gateways' books: what nobody has told of is settled or adopted, what belongs to no
    /// order is reported.
    pub async fn reconcile(&self, days: u16) -> Result<Reconciled, BooksError> {
        let shop = self.shop_for_all()?;
        let since = shop.now() - SignedDuration::from_hours(24 * i64::from(days));
        Ok(reconciling::reconcile(&shop, since).await)
    }

    /// The counts of all SKUs that were ever ordered or set.
    pub async fn stock(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.shop.store.all_counts().await
    }

    /// Says that `on_shelf` pieces of a SKU lie on the shelf: those reserved, and those sold and not yet sent, among them.
    /// `None` where that is fewer than promised to buyers, and fewer than before.
    pub async fn set_stock(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.shop.store.set_shelf(sku, on_shelf).await
    }

    /// Says that so many pieces of a SKU have come, or have gone where it is negative. `None` where more would be gone than
    /// can be bought. A SKU that was never ordered or set has no count yet: its product's file says what it begins with.
    pub async fn adjust_stock(&self, sku: &str, by: i64) -> Result<Option<StockCount>, BooksError> {
        if self.shop.store.counts(&[sku.to_owned()]).await?.is_empty() {
            let why =
                format!("`{sku}` has no count in the store yet, because nobody has ordered it; say how many there are with `stock set`");
            return Err(BooksError::Declined(why));
        }
        Ok(self.shop.store.adjust_shelf(sku, by).await?)
    }

    /// Splits the count of a SKU that many want at once into parts, where the store needs that. Parts only become more; the answer says
    /// how many there are now.
    pub async fn split_stock(&self, sku: &str, parts: u8) -> Result<Split, BooksError> {
        let no_number = || format!("a count can be split into {} to {} parts, not into {parts}", Parts::LEAST, Parts::MOST);
        let parts = Parts::new(parts).ok_or_else(|| BooksError::Declined(no_number()))?;
        match self.shop.store.split_shelf(sku, parts).await? {
            Split::NoCount => {
                let why = format!("`{sku}` has no count in the store yet; say how many there are with `stock set`, then split it");
                Err(BooksError::Declined(why))
            }
            split @ (Split::Into(_) | Split::NotNeeded) => Ok(split),
        }
    }
}

/// A line's number as people count, as an index.
fn index(line: usize) -> Result<usize, BooksError> {
    line.checked_sub(1).ok_or_else(|| BooksError::Declined("lines are counted from 1".to_owned()))
}

/// Index of the line, and how many of it have not gone back.
fn not_returned(order: &Order) -> Vec<(usize, u32)> {
    let lines = order.quote.lines.iter().enumerate();
    lines.map(|(at, line)| (at, line.quantity.saturating_sub(order.returned_units(at)))).filter(|(_, units)| *units > 0).collect()
}

fn wished(order: &Order, wish: &RefundWish) -> Result<GiveBack, BooksError> {
    let line = |line: usize, quantity: u32| ReturnLine { line, quantity, is_restocked: wish.restock };
    let mut lines = Vec::new();
    for (number, quantity) in &wish.lines {
        lines.push(line(index(*number)?, *quantity));
    }
    if wish.all {
        lines = not_returned(order).into_iter().map(|(at, units)| line(at, units)).collect();
    }
    let returned: i64 = order.returns().map(|returned| returned.shipping).sum();
    let shipping = if wish.shipping || wish.all { order.shipping_paid() - returned } else { 0 };
    let other = match wish.amount.as_deref() {
        None => 0,
        Some(text) => amount(text, order)?,
    };
    let id = format!("r-{}", crate::chance::name().simple());
    Ok(GiveBack { id, lines, shipping, other, is_rest: wish.all, reason: wish.reason.clone() })
}

fn amount(text: &str, order: &Order) -> Result<i64, BooksError> {
    let unit = order.currency().chargeable_unit(&[order.gateway]).unwrap_or(1);
    let said = |why: &dyn std::fmt::Display| BooksError::Declined(format!("`{text}` is no amount in {}: {why}", order.currency()));
    let decimal = Decimal::parse(text).map_err(|error| said(&error))?;
    let money = Money::from_decimal(decimal, order.currency(), unit).map_err(|error| said(&error))?;
    Ok(money.minor)
}

fn refund_of(order: &Order, id: &str) -> Result<RefundDetail, BooksError> {
    let found = order.refunds.iter().find(|refund| refund.id == id).map(|refund| self::refund(order, refund));
    found.ok_or_else(|| BooksError::Fault(Fault::new(format!("the refund {id} of order {} has vanished", order.number))))
}

fn refund(order: &Order, refund: &Refund) -> RefundDetail {
    RefundDetail {
        total_text: Money::new(refund.total(), order.currency()).to_string(),
        id: refund.id.clone(),
        amount: refund.amount,
        gift_cards: refund.cards.iter().map(|card| card.amount).sum(),
        status: refund.status.name().to_owned(),
        at: refund.at,
        reason: refund.returned().and_then(|returned| returned.reason.clone()),
        credit_note: refund.credit_note.as_ref().map(|numbered| numbered.number.clone()),
    }
}

fn summary(order: &Order) -> OrderSummary {
    OrderSummary {
        number: order.number.clone(),
        payment: order.payment.name().to_owned(),
        fulfilment: order.fulfilment().name().to_owned(),
        created_at: order.created_at,
        paid_at: if let Payment::Paid { at, .. } = &order.payment { Some(*at) } else { None },
        due: order.due(),
        refunded: order.refunded(),
        currency: order.currency().code().to_owned(),
        due_text: Money::new(order.due(), order.currency()).to_string(),
        total_text: Money::new(order.quote.total, order.currency()).to_string(),
        lines: order.quote.lines.iter().map(|line| (line.quantity, line.sku.clone(), line.title.clone())).collect(),
        invoice: invoice(order).map(|numbered| numbered.number.clone()),
        attention: order.attention.clone(),
    }
}

fn invoice(order: &Order) -> Option<&Numbered> {
    match &order.invoice {
        Invoice::Given(numbered) => Some(numbered),
        Invoice::None | Invoice::Wanted => None,
    }
}
