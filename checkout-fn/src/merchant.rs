//! What the merchant's commands call: the orders and the stock of a store on this machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use catalog::money::Money;
use jiff::Timestamp;

use crate::error::Fault;
use crate::order::Order;
use crate::ports::{LogLine, OrderStore, Personal, StockCount};
use crate::shop::STORE_FILE;
use crate::store::sqlite::SqliteStore;

/// The books of a shop.
pub struct Books {
    store: Arc<dyn OrderStore>,
}

/// An order in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OrderSummary {
    /// Its number.
    pub number: String,
    /// The payment's state: `paid`, `awaiting_payment`, …
    pub payment: String,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Minor units.
    pub due: i64,
    /// The currency's code.
    pub currency: String,
    /// The amount for people: `€24.90`.
    pub due_text: String,
    /// Quantity, SKU and title of each line.
    pub lines: Vec<(u32, String, String)>,
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
    /// Who bought it; `None` after erasure.
    pub personal: Option<Personal>,
    /// What happened.
    pub log: Vec<LogLine>,
}

impl Books {
    /// Opens the books in a folder such as `.shopfront/store/`, creating them where there are none. A program that
    /// takes orders may be running.
    pub fn open(store_path: &Path) -> Result<Self, Fault> {
        Ok(Self { store: Arc::new(SqliteStore::visit(&store_path.join(STORE_FILE))?) })
    }

    /// The newest orders first.
    pub async fn orders(&self, limit: u32) -> Result<Vec<OrderSummary>, Fault> {
        Ok(self.store.newest(limit).await?.iter().map(summary).collect())
    }

    /// The order of a number, in any spelling: `7k3mq9td`.
    pub async fn order(&self, number: &str) -> Result<Option<OrderDetail>, Fault> {
        let letters: String = number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let Some((first, second)) = letters.split_at_checked(4) else { return Ok(None) };
        let Some(stored) = self.store.by_number(&format!("{first}-{second}")).await? else { return Ok(None) };
        let order = stored.order;
        let (personal, log) = (self.store.personal(&order.id).await?, self.store.log(&order.id).await?);
        Ok(Some(OrderDetail { summary: summary(&order), quote: order.quote, personal, log }))
    }

    /// The counts of all SKUs that were ever ordered or set.
    pub async fn stock(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.store.all_counts().await
    }

    /// Says that `on_shelf` pieces of a SKU lie on the shelf: those reserved, and those sold and not yet sent, among them.
    /// `None` where that is fewer than promised to buyers, and fewer than before.
    pub async fn set_stock(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.store.set_shelf(sku, on_shelf).await
    }
}

fn summary(order: &Order) -> OrderSummary {
    OrderSummary {
        number: order.number.clone(),
        payment: order.payment.name().to_owned(),
        created_at: order.created_at,
        paid_at: if let crate::order::Payment::Paid { at, .. } = &order.payment { Some(*at) } else { None },
        due: order.due(),
        currency: order.currency().code().to_owned(),
        due_text: Money::new(order.due(), order.currency()).to_string(),
        lines: order.quote.lines.iter().map(|line| (line.quantity, line.sku.clone(), line.title.clone())).collect(),
        attention: order.attention.clone(),
    }
}
