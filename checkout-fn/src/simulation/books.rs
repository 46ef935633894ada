//! What a store holds at one moment, whichever store it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::order::Order;
use crate::ports::{StockCount, Stored};
use crate::store::record::OrderRecord;

/// All that a store holds of orders, goods, uses and money.
#[derive(Default)]
pub(crate) struct Books {
    /// Oldest first.
    pub(crate) orders: Vec<Arc<Stored>>,
    /// By SKU.
    pub(crate) counts: BTreeMap<String, StockCount>,
    /// Discount and customer, or nobody, → uses taken.
    pub(crate) uses: BTreeMap<(String, String), i64>,
    /// By the hash of its code.
    pub(crate) cards: BTreeMap<String, Card>,
    /// How many letters are owed.
    pub(crate) owed: usize,
}

/// A gift card, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) issued: i64,
    pub(crate) balance: i64,
    pub(crate) reserved: i64,
    pub(crate) spent: i64,
    pub(crate) voided: i64,
    pub(crate) is_void: bool,
}

impl Books {
    /// The orders, oldest first.
    pub(crate) fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.iter().map(|stored| &stored.order)
    }
}

/// Orders that were read before: most do not change between two looks.
#[derive(Default)]
pub(crate) struct Known(BTreeMap<String, Arc<Stored>>);

impl Known {
    /// An order of that version, read anew if it is another than before.
    pub(crate) fn order(&mut self, id: &str, version: i64, record: &str) -> Arc<Stored> {
        if let Some(known) = self.0.get(id).filter(|known| known.version == version) {
            return known.clone();
        }
        let record: OrderRecord = serde_json::from_str(record).expect("a stored order can be read");
        let stored = Arc::new(Stored { order: record.into(), version });
        self.0.insert(id.to_owned(), stored.clone());
        stored
    }
}
