//! The count of a SKU that many want at once is split: it lies in several items, its parts, so that buyers do not turn each other
//! away. `S#0` is the first part and says how many there are; what the SKU has is their sum. Which pieces an order has of which part
//! lies with the order. Knows neither the client nor what is stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;

use super::items::{Item, Key, json, number};
use super::lookups::count;
use crate::chance;
use crate::error::Fault;
use crate::order::Order;
use crate::ports::StockCount;

/// What is known of SKUs that are split, so that the next order for one of them takes any part at once. It only says where to look
/// first: who believes that a SKU is whole is refused where it is not, and parts never become fewer.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo(Arc<Mutex<HashMap<String, u8>>>);

impl Memo {
    /// In how many parts a SKU's count is, as far as is known.
    pub(super) fn parts(&self, sku: &str) -> u8 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sku).copied().unwrap_or(1)
    }

    /// Notes in how many it is.
    pub(super) fn learn(&self, sku: &str, parts: u8) {
        if parts > self.parts(sku) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(sku.to_owned(), parts);
        }
    }
}

/// In how many parts a count is, as its first part says.
pub(super) fn parts_of(first: &Item) -> Result<u8, Fault> {
    if !first.contains_key("parts") {
        return Ok(1);
    }
    number(first, "parts").map(|parts| u8::try_from(parts).unwrap_or(1).max(1))
}

/// The parts of a SKU's count as they were read, the first one first. The reads need not be of one moment.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) parts: Vec<Part>,
}

/// One part of a count.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) count: StockCount,
    /// How often what can be bought of it has changed; of the first part nobody counts it.
    turns: i64,
}

impl Shelf {
    /// From what was read. `None` where the SKU was never touched.
    pub(super) fn of(sku: &str, found: &HashMap<Key, Item>) -> Result<Option<Self>, Fault> {
        let Some(first) = found.get(&Key::stock(sku)) else { return Ok(None) };
        let part = |part| {
            let item =
                found.get(&Key::part(sku, part)).ok_or_else(|| Fault::new(format!("part {part} of the count of `{sku}` is missing")))?;
            Ok(Part { count: count(item)?, turns: if part == 0 { 0 } else { number(item, "turns")? } })
        };
        Ok(Some(Self { parts: (0..parts_of(first)?).map(part).collect::<Result<_, Fault>>()? }))
    }

    /// All of them together.
    pub(super) fn total(&self) -> StockCount {
        self.parts.iter().map(|part| part.count).fold(StockCount::default(), |sum, part| StockCount {
            available: sum.available + part.available,
            reserved: sum.reserved + part.reserved,
            sold: sum.sold + part.sold,
            sent: sum.sent + part.sent,
            stocked: sum.stocked + part.stocked,
            seed: sum.seed + part.seed,
        })
    }

    /// Whether it has several.
    pub(super) fn is_split(&self) -> bool {
        self.parts.len() > 1
    }

    /// Whether two looks saw the same to buy, and nothing had changed between them: then they saw what was there at one moment.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        let seen = |shelf: &Self| shelf.parts.iter().map(|part| (part.count.available, part.turns)).collect::<Vec<_>>();
        seen(self) == seen(other)
    }

    /// Takes so many pieces where they are; `back` is what another order gives back to each part at the same time. One part is best,
    /// and any of those that have enough, so that not everybody goes for the same one; else the fullest, so that they are few. What
    /// is nowhere is owed by the first part.
    fn pick(&self, pieces: i64, back: &BTreeMap<u8, i64>) -> Picked {
        let there_are = |(part, of): (u8, &Part)| (part, of.count.available + back.get(&part).copied().unwrap_or(0));
        let mut filled: Vec<(u8, i64)> = (0..).zip(&self.parts).map(there_are).filter(|(_, there_are)| *there_are > 0).collect();
        let enough: Vec<u8> = filled.iter().filter(|(_, there_are)| *there_are >= pieces).map(|(part, _)| *part).collect();
        if let Some(part) = any_of(&enough) {
            return Picked::from_one(part, pieces);
        }
        filled.sort_by_key(|(_, there_are)| std::cmp::Reverse(*there_are));
        let (mut picked, mut left) = (Picked::default(), pieces);
        for (part, there_are) in filled {
            let taken = there_are.min(left);
            if taken > 0 {
                picked.pieces.insert(part, taken);
            }
            left -= taken;
        }
        if left > 0 {
            *picked.pieces.entry(0).or_default() += left;
            picked.is_below_zero = true;
        }
        picked
    }
}

/// One of them, by chance.
fn any_of(parts: &[u8]) -> Option<u8> {
    let any = usize::from(u16::from_le_bytes(chance::bytes()));
    parts.get(any % parts.len().max(1)).copied()
}

/// How the pieces of a split SKU are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Picked {
    /// Part → how many of it.
    pub(super) pieces: BTreeMap<u8, i64>,
    /// There are not enough on all parts together: the first one owes the rest.
    pub(super) is_below_zero: bool,
}

impl Picked {
    fn from_one(part: u8, pieces: i64) -> Self {
        Self { pieces: [(part, pieces)].into(), is_below_zero: false }
    }
}

/// From which parts an order takes its goods. SKUs that are whole stand nowhere here.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice(BTreeMap<String, Picked>);

impl Choice {
    /// Without a look: any part of each SKU that is known to be split, but one of which an earlier order gives back.
    pub(super) fn guess(order: &Order, memo: &Memo, back: Option<(&Order, &Taken)>) -> Self {
        let pick = |item: &crate::order::Item| {
            let parts: Vec<u8> = (0..memo.parts(&item.sku)).collect();
            let part = given_back(back, &item.sku).keys().next().copied().or_else(|| any_of(&parts))?;
            (parts.len() > 1).then(|| (item.sku.clone(), Picked::from_one(part, item.quantity.into())))
        };
        Self(order.items.iter().filter_map(pick).collect())
    }

    /// After a look: where the pieces are.
    pub(super) fn among(order: &Order, found: &HashMap<Key, Item>, back: Option<(&Order, &Taken)>) -> Result<Self, Fault> {
        let mut choice = Self::default();
        for item in &order.items {
            if let Some(shelf) = Shelf::of(&item.sku, found)?.filter(Shelf::is_split) {
                choice.0.insert(item.sku.clone(), shelf.pick(item.quantity.into(), &given_back(back, &item.sku)));
            }
        }
        Ok(choice)
    }

    /// How a SKU's pieces are taken; `None` where its count is whole.
    pub(super) fn of(&self, sku: &str) -> Option<&Picked> {
        self.0.get(sku)
    }

    /// Whether every SKU is whole.
    pub(super) fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// What is taken, as it lies with the order.
    pub(super) fn taken(&self) -> Taken {
        let beyond_first = |picked: &Picked| picked.pieces.iter().filter(|(part, _)| **part > 0).map(|(part, n)| (*part, *n)).collect();
        let taken = self.0.iter().map(|(sku, picked)| (sku.clone(), beyond_first(picked)));
        Taken(taken.filter(|(_, pieces): &(_, BTreeMap<u8, i64>)| !pieces.is_empty()).collect())
    }

    /// How many items more than SKUs it touches.
    pub(super) fn surplus(&self) -> usize {
        self.0.values().map(|picked| picked.pieces.len() - 1).sum()
    }

    /// The SKU that is taken from the most parts, if any is from several.
    pub(super) fn widest(&self) -> Option<&str> {
        let wide = self.0.iter().filter(|(_, picked)| picked.pieces.len() > 1);
        wide.max_by_key(|(_, picked)| picked.pieces.len()).map(|(sku, _)| sku.as_str())
    }
}

fn given_back(back: Option<(&Order, &Taken)>, sku: &str) -> BTreeMap<u8, i64> {
    let items = back.into_iter().flat_map(|(order, taken)| order.items.iter().map(move |item| (item, taken)));
    items.filter(|(item, _)| item.sku == sku).flat_map(|(item, taken)| taken.pieces(sku, item.quantity.into())).collect()
}

/// SKU → part → how many pieces an order has of it. What stands nowhere here is of the first part, as everything is of orders
/// that were placed before a SKU was split.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Taken(BTreeMap<String, BTreeMap<u8, i64>>);

/// Where it lies in the order's item, if there is anything to say.
pub(super) const TAKEN: &str = "taken";

impl Taken {
    /// As it lies with an order.
    pub(super) fn with(order: &Item) -> Result<Self, Fault> {
        let Some(text) = order.get(TAKEN).and_then(|taken| taken.as_s().ok()) else { return Ok(Self::default()) };
        serde_json::from_str(text).map_err(|error| Fault::during("reading of which parts an order's goods are", error))
    }

    /// As it is to lie there; `None` where there is nothing to say.
    pub(super) fn attribute(&self) -> Option<AttributeValue> {
        (!self.0.is_empty()).then(|| json(self))
    }

    /// Of which parts so many pieces of a SKU are, which is all that the order has.
    pub(super) fn pieces(&self, sku: &str, all: i64) -> Vec<(u8, i64)> {
        let mut pieces: Vec<(u8, i64)> = self.0.get(sku).into_iter().flatten().map(|(part, pieces)| (*part, *pieces)).collect();
        let elsewhere: i64 = pieces.iter().map(|(_, pieces)| pieces).sum();
        if all > elsewhere || pieces.is_empty() {
            pieces.insert(0, (0, all - elsewhere));
        }
        pieces
    }

    /// So many pieces of a SKU go back to their parts: to which, and how many to each. Those of the first part, of which nothing is
    /// kept here, go last.
    pub(super) fn give_back(&mut self, sku: &str, pieces: i64) -> Vec<(u8, i64)> {
        let (mut given, mut left) = (Vec::new(), pieces);
        if let Some(parts) = self.0.get_mut(sku) {
            for (part, there_are) in parts.iter_mut() {
                let back = left.min(*there_are);
                (*there_are, left) = (*there_are - back, left - back);
                given.extend((back > 0).then_some((*part, back)));
            }
            parts.retain(|_, pieces| *pieces > 0);
            if parts.is_empty() {
                self.0.remove(sku);
            }
        }
        if left != 0 || given.is_empty() {
            given.push((0, left));
        }
        given
    }
}
