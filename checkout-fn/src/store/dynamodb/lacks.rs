//! What is not there of what an order would hold, and whether a look at it can be trusted.

use std::collections::{BTreeMap, HashMap};

use super::DynamoStore;
use super::items::{self, Item, Key};
use super::lookups::{balance, used};
use super::moves::Void;
use super::parts::Shelf;
use super::place::Earlier;
use crate::error::Fault;
use crate::order::Order;
use crate::ports::Lack;

impl DynamoStore {
    /// Whether a second look at the parts of split counts agrees with the first. Between two reads of one look a piece may have come
    /// back to a part that was read, and another may have gone from one that was not: then none was seen, although there always was
    /// one. Counts that are whole are read at one moment.
    pub(super) async fn is_still(&self, skus: Vec<&str>, found: &HashMap<Key, Item>) -> Result<bool, Fault> {
        let mut split = BTreeMap::new();
        for sku in skus {
            split.extend(Shelf::of(sku, found)?.filter(Shelf::is_split).map(|shelf| (sku, shelf)));
        }
        let skus: Vec<&str> = split.keys().copied().collect();
        let again = self.look(&skus, Vec::new()).await?;
        for (sku, shelf) in &split {
            if !Shelf::of(sku, &again)?.is_some_and(|again| again.agrees_with(shelf)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Goods, uses or money that an order would hold and that are not there, what an earlier order gives back among them.
pub(super) fn lacking(
    order: &Order,
    found: &HashMap<Key, Item>,
    seeds: &BTreeMap<String, u32>,
    earlier: Option<&Earlier<'_>>,
) -> Result<Option<Lack>, Fault> {
    let back = earlier.map(|earlier| earlier.order);
    let goods_back = |sku: &str| {
        back.into_iter().flat_map(|order| &order.items).filter(|item| item.sku == sku).map(|item| i64::from(item.quantity)).sum::<i64>()
    };
    let short = shortages(order, found, |sku| i64::from(seeds.get(sku).copied().unwrap_or(0)), goods_back)?;
    if !short.is_empty() {
        return Ok(Some(Lack::Goods(short)));
    }
    let mut used_up = Vec::new();
    for claim in &order.claims {
        let given_back = back.into_iter().flat_map(|order| &order.claims).filter(|back| Key::claim(back) == Key::claim(claim)).count();
        let used = found.get(&Key::claim(claim)).map_or(Ok(0), used)? as usize;
        if used.saturating_sub(given_back) >= claim.limit as usize {
            used_up.push(claim.clone());
        }
    }
    if !used_up.is_empty() {
        return Ok(Some(Lack::Uses(used_up)));
    }
    let money_back = |card: &str| match earlier {
        Some(earlier) if !earlier.void.contains(card) => {
            earlier.order.cards.iter().filter(|used| used.card == card).map(|used| used.amount).sum()
        }
        _ => 0,
    };
    Ok((!cards_suffice(order, found, money_back)?).then_some(Lack::Cards))
}

/// SKU → how many can be had, of those items that are not there in their quantity.
pub(super) fn shortages(
    order: &Order,
    found: &HashMap<Key, Item>,
    first: impl Fn(&str) -> i64,
    back: impl Fn(&str) -> i64,
) -> Result<BTreeMap<String, i64>, Fault> {
    let mut short = BTreeMap::new();
    for item in &order.items {
        let available = Shelf::of(&item.sku, found)?.map_or_else(|| first(&item.sku), |shelf| shelf.total().available);
        let buyable = available + back(&item.sku) + i64::from(item.backorder);
        if buyable < i64::from(item.quantity) {
            short.insert(item.sku.clone(), buyable.max(0));
        }
    }
    Ok(short)
}

/// Whether the cards hold what an order takes of them.
pub(super) fn cards_suffice(order: &Order, found: &HashMap<Key, Item>, back: impl Fn(&str) -> i64) -> Result<bool, Fault> {
    for used in &order.cards {
        let Some(card) = found.get(&Key::card(&used.card)) else { return Ok(false) };
        let balance = balance(card)?;
        if balance.currency != order.currency() || balance.minor + back(&used.card) < used.amount {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those of the cards that are void.
pub(super) fn void_among<'a>(cards: impl Iterator<Item = &'a str>, found: &HashMap<Key, Item>) -> Result<Void, Fault> {
    let mut void = Void::new();
    for card in cards {
        if found.get(&Key::card(card)).map_or(Ok(false), |item| items::flag(item, "void"))? {
            void.insert(card.to_owned());
        }
    }
    Ok(void)
}
