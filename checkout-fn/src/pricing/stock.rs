//! What of a quote is counted in the store: bundles are taken apart, and lines that share a stock item are counted together.

use std::collections::BTreeMap;

use catalog::bundle::VariantRecord;
use catalog::quote::{Goods, Notice, Quote, QuoteLine};

use crate::error::Fault;
use crate::order::{Item, Order, Part};
use crate::ports::StockCount;
use crate::shop::Shop;

/// How much there is of something counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// On the shelf; never below 0.
    pub(crate) shelf: i64,
    /// Can be bought, what is sent later among it; never below 0.
    pub(crate) buyable: i64,
}

impl Left {
    const NOTHING: Self = Self { shelf: 0, buyable: 0 };

    /// Whether more can be bought than lies on the shelf.
    pub(crate) fn has_backorders(self) -> bool {
        self.buyable > self.shelf
    }
}

/// How much there is of a variant; of a bundle as many as its components make. `None` where nothing is counted.
pub(crate) fn left(goods: &Goods, counts: &BTreeMap<String, StockCount>, record: &VariantRecord) -> Option<Left> {
    if record.discontinued {
        return Some(Left::NOTHING);
    }
    if record.components.is_empty() {
        return left_of_item(counts, record);
    }
    let of_components = record.components.iter().filter_map(|component| {
        let Some(part) = goods.get(component.sku.as_str()).filter(|part| !part.discontinued) else { return Some(Left::NOTHING) };
        let per_unit = i64::from(component.quantity.max(1));
        left_of_item(counts, part).map(|left| Left { shelf: left.shelf / per_unit, buyable: left.buyable / per_unit })
    });
    of_components.reduce(|a, b| Left { shelf: a.shelf.min(b.shelf), buyable: a.buyable.min(b.buyable) })
}

fn left_of_item(counts: &BTreeMap<String, StockCount>, record: &VariantRecord) -> Option<Left> {
    let available = available(counts, record)?;
    Some(Left { shelf: available.max(0), buyable: (available + i64::from(record.backorder)).max(0) })
}

/// The store's count, below 0 where backorders are open; the first count where the store has none.
fn available(counts: &BTreeMap<String, StockCount>, record: &VariantRecord) -> Option<i64> {
    let seed = i64::from(record.stock?);
    Some(counts.get(record.sku.as_str()).map_or(seed, |count| count.available))
}

/// What one unit of a line takes from stock: a bundle's components, else itself. Nothing where the line's SKU is gone.
fn takes<'a>(goods: &'a Goods, line: &QuoteLine) -> Vec<(&'a str, u32)> {
    match goods.get(&line.sku).filter(|_| line.product.is_some()) {
        None => Vec::new(),
        Some(record) if record.components.is_empty() => vec![(record.sku.as_str(), 1)],
        Some(record) => record.components.iter().map(|component| (component.sku.as_str(), component.quantity)).collect(),
    }
}

/// What of a quote is counted, each SKU once.
pub(crate) fn counted(goods: &Goods, quote: &Quote) -> Vec<Item> {
    let mut needed: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &quote.lines {
        for (sku, per_unit) in takes(goods, line) {
            let sum = needed.entry(sku).or_default();
            *sum = sum.saturating_add(line.quantity.saturating_mul(per_unit));
        }
    }
    let items = needed.into_iter().filter_map(|(sku, quantity)| {
        let record = goods.get(sku).filter(|record| record.stock.is_some())?;
        Some(Item { sku: sku.to_owned(), quantity, backorder: record.backorder })
    });
    items.collect()
}

/// What one unit of each line takes of what is counted.
pub(crate) fn parts(goods: &Goods, quote: &Quote) -> Vec<Part> {
    let is_counted = |sku: &str| goods.get(sku).is_some_and(|record| record.stock.is_some());
    let of_line = |(line, priced)| {
        let taken = takes(goods, priced).into_iter().filter(|(sku, _)| is_counted(sku));
        taken.map(move |(sku, per_unit)| Part { line, sku: sku.to_owned(), per_unit })
    };
    quote.lines.iter().enumerate().flat_map(of_line).collect()
}

/// A bundle of which a component is gone is not to be had.
pub(super) fn mark_incomplete(goods: &Goods, quote: &mut Quote) {
    let is_gone = |sku: &str| goods.get(sku).is_none_or(|record| record.discontinued);
    for index in 0..quote.lines.len() {
        let line = &quote.lines[index];
        if line.available && takes(goods, line).into_iter().any(|(sku, _)| is_gone(sku)) {
            let text = format!("{} is sold out", line.title);
            mark(quote, &line.sku.clone(), "none", text);
        }
    }
}

/// Marks the lines of a SKU as not to be had, and says why, unless that was said before.
fn mark(quote: &mut Quote, sku: &str, reason: &str, text: String) {
    let mut is_news = false;
    for line in quote.lines.iter_mut().filter(|line| line.sku == sku && line.available) {
        line.available = false;
        is_news = true;
    }
    if is_news {
        quote.notices.push(Notice::new("out_of_stock", Some(sku), text).because(reason));
    }
}

/// Marks what the store has not got. What the shopper's earlier order holds counts as there.
pub(crate) async fn mark_stock(shop: &Shop, goods: &Goods, mut quote: Quote, earlier: Option<&Order>) -> Result<Quote, Fault> {
    let skus: Vec<String> = counted(goods, &quote).into_iter().map(|item| item.sku).collect();
    let counts = shop.store.counts(&skus).await?;
    let own = |sku: &str| -> i64 {
        let items = earlier.iter().flat_map(|order| &order.items).filter(|item| item.sku == sku);
        items.map(|item| i64::from(item.quantity)).sum()
    };
    let buyable = skus.iter().filter_map(|sku| {
        let record = goods.get(sku)?;
        Some((sku.clone(), (available(&counts, record)? + i64::from(record.backorder) + own(sku)).max(0)))
    });
    for Shortage { sku, reason, text } in shortages(goods, &quote, &buyable.collect()) {
        mark(&mut quote, &sku, reason, text);
    }
    Ok(quote)
}

/// A SKU of which there is not enough.
pub(crate) struct Shortage {
    pub(crate) sku: String,
    /// Stable: `none`, `few`, or `shared` where another article in the cart takes it.
    pub(crate) reason: &'static str,
    /// For people.
    pub(crate) text: String,
}

/// The SKUs of lines for which there is not enough, and what to say of each; `buyable` says how many of a stock item there
/// are, where that is known.
pub(crate) fn shortages(goods: &Goods, quote: &Quote, buyable: &BTreeMap<String, i64>) -> Vec<Shortage> {
    let items = counted(goods, quote);
    let short: BTreeMap<&str, i64> = items
        .iter()
        .filter_map(|item| Some((item.sku.as_str(), *buyable.get(&item.sku)?, i64::from(item.quantity))))
        .filter(|(_, there_are, needed)| there_are < needed)
        .map(|(sku, there_are, _)| (sku, there_are))
        .collect();
    let mut wanted: BTreeMap<&str, (i64, &QuoteLine)> = BTreeMap::new();
    for line in &quote.lines {
        wanted.entry(&line.sku).or_insert((0, line)).0 += i64::from(line.quantity);
    }
    let told = wanted.into_iter().filter_map(|(sku, (quantity, line))| {
        let of_short = takes(goods, line).into_iter().filter_map(|(item, per_unit)| Some(short.get(item)? / i64::from(per_unit.max(1))));
        let title = &line.title;
        let (reason, text) = match of_short.min()? {
            0 => ("none", format!("{title} is sold out")),
            there_are if there_are < quantity => ("few", format!("only {there_are} of {title} left")),
            _ => ("shared", format!("{title} has something in common with another article in the cart, and there is not enough for both")),
        };
        Some(Shortage { sku: sku.to_owned(), reason, text })
    });
    told.collect()
}
