//! What orders hold, inside a transaction: counted goods, uses of limited discounts, money on gift cards. The tables' own
//! conditions refuse a movement of what is not there.

use std::collections::BTreeMap;

use catalog::currency::Currency;
use catalog::quote::Balance;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Outcome;
use crate::decide::{Movement, TakeBack};
use crate::order::{CardUse, Claim, Item, Order};
use crate::ports::{Hashed, Lack, StockCount};

/// Why an order cannot be placed: goods, uses or money that it would hold are not there. `None` where all is.
pub(super) fn lacking(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<Option<Lack>> {
    let short = shortages(t, &order.items)?;
    if !short.is_empty() {
        return Ok(Some(Lack::Goods(short)));
    }
    let mut used_up = Vec::new();
    for claim in &order.claims {
        if uses(t, claim)? >= claim.limit {
            used_up.push(claim.clone());
        }
    }
    if !used_up.is_empty() {
        return Ok(Some(Lack::Uses(used_up)));
    }
    Ok((!cards_suffice(t, order)?).then_some(Lack::Cards))
}

/// Whether there is what a movement takes. A closed order that is paid late needs its goods and its cards' money again; uses
/// are not asked about. A gift card becomes void only with exactly what is left on it.
pub(super) fn is_possible(t: &Transaction<'_>, order: &Order, movement: &Movement) -> rusqlite::Result<bool> {
    match movement {
        Movement::SellLate | Movement::HoldAgain => Ok(shortages(t, &order.items)?.is_empty() && cards_suffice(t, order)?),
        Movement::TakeBack(back) => {
            for void in &back.voids {
                if balance(t, &void.card)?.map_or(0, |balance| balance.minor) != void.amount {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Movement::Sell | Movement::Release | Movement::Send(_) => Ok(true),
    }
}

/// SKU → how many can be had, of those items that are not there in their quantity.
fn shortages(t: &Transaction<'_>, items: &[Item]) -> rusqlite::Result<BTreeMap<String, i64>> {
    let mut short = BTreeMap::new();
    let mut select = t.prepare_cached("SELECT available FROM stock WHERE sku = ?1")?;
    for item in items {
        let available: i64 = select.query_row([&item.sku], |row| row.get(0)).optional()?.unwrap_or(0);
        let buyable = available + i64::from(item.backorder);
        if buyable < i64::from(item.quantity) {
            short.insert(item.sku.clone(), buyable.max(0));
        }
    }
    Ok(short)
}

fn cards_suffice(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<bool> {
    for used in &order.cards {
        let balance = balance(t, &used.card)?;
        if !balance.is_some_and(|balance| balance.currency == order.currency() && balance.minor >= used.amount) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Available → reserved.
pub(super) fn hold(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<()> {
    goods(t, order, "UPDATE stock SET available = available - ?2, reserved = reserved + ?2 WHERE sku = ?1")?;
    cards(t, order, "UPDATE gift_cards SET balance = balance - ?2, reserved = reserved + ?2 WHERE hash = ?1")?;
    claim(t, order)
}

/// Moves what an order holds.
pub(super) fn shift(t: &Transaction<'_>, order: &Order, movement: &Movement) -> rusqlite::Result<()> {
    match movement {
        Movement::Sell => {
            goods(t, order, "UPDATE stock SET reserved = reserved - ?2, sold = sold + ?2 WHERE sku = ?1")?;
            cards(t, order, "UPDATE gift_cards SET reserved = reserved - ?2, spent = spent + ?2 WHERE hash = ?1")?;
            issue(t, order)
        }
        Movement::Release => {
            goods(t, order, "UPDATE stock SET reserved = reserved - ?2, available = available + ?2 WHERE sku = ?1")?;
            cards(t, order, &credit("reserved"))?;
            unclaim(t, order)
        }
        Movement::SellLate => {
            goods(t, order, "UPDATE stock SET available = available - ?2, sold = sold + ?2 WHERE sku = ?1")?;
            cards(t, order, "UPDATE gift_cards SET balance = balance - ?2, spent = spent + ?2 WHERE hash = ?1")?;
            claim(t, order)?;
            issue(t, order)
        }
        Movement::HoldAgain => hold(t, order),
        Movement::Send(goods) => {
            let mut update = t.prepare_cached("UPDATE stock SET sent = sent + ?2 WHERE sku = ?1")?;
            goods.iter().try_for_each(|(sku, pieces)| update.execute(params![sku, pieces]).map(drop))
        }
        Movement::TakeBack(back) => take_back(t, back),
    }
}

/// Money comes back onto a card from where it was; what comes back to a void card is void.
fn credit(from: &str) -> String {
    format!("UPDATE gift_cards SET {from} = {from} - ?2, balance = balance + ?2 * (1 - void), voided = voided + ?2 * void WHERE hash = ?1")
}

fn take_back(t: &Transaction<'_>, back: &TakeBack) -> rusqlite::Result<()> {
    let sql = "UPDATE stock SET available = available + ?2, sold = sold - ?2, sent = sent - ?3 WHERE sku = ?1";
    let mut goods = t.prepare_cached(sql)?;
    back.goods.iter().try_for_each(|good| goods.execute(params![good.sku, good.restocked, good.returned]).map(drop))?;
    each_card(t, &back.credits, &credit("spent"))?;
    each_card(t, &back.voids, "UPDATE gift_cards SET balance = balance - ?2, voided = voided + ?2, void = 1 WHERE hash = ?1")
}

fn goods(t: &Transaction<'_>, order: &Order, sql: &str) -> rusqlite::Result<()> {
    let mut update = t.prepare_cached(sql)?;
    order.items.iter().try_for_each(|item| update.execute(params![item.sku, item.quantity]).map(drop))
}

fn cards(t: &Transaction<'_>, order: &Order, sql: &str) -> rusqlite::Result<()> {
    each_card(t, &order.cards, sql)
}

fn each_card(t: &Transaction<'_>, cards: &[CardUse], sql: &str) -> rusqlite::Result<()> {
    let mut update = t.prepare_cached(sql)?;
    cards.iter().try_for_each(|used| update.execute(params![used.card, used.amount]).map(drop))
}

fn claim(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<()> {
    let sql = "INSERT INTO uses (discount, customer, used) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET used = used + 1";
    each_claim(t, order, sql)
}

fn unclaim(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<()> {
    each_claim(t, order, "UPDATE uses SET used = used - 1 WHERE discount = ?1 AND customer = ?2")
}

fn each_claim(t: &Transaction<'_>, order: &Order, sql: &str) -> rusqlite::Result<()> {
    let mut change = t.prepare_cached(sql)?;
    order.claims.iter().try_for_each(|claim| change.execute(params![claim.discount, customer(claim)]).map(drop))
}

/// Whose uses are counted; nobody's name is empty.
fn customer(claim: &Claim) -> &str {
    claim.customer.as_deref().unwrap_or_default()
}

/// How many uses of a claim's kind are taken.
pub(super) fn uses(c: &Connection, claim: &Claim) -> rusqlite::Result<u32> {
    let mut select = c.prepare_cached("SELECT used FROM uses WHERE discount = ?1 AND customer = ?2")?;
    Ok(select.query_row([&claim.discount, customer(claim)], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// A card that is there already is an order that was paid twice, which the order's version rules out.
fn issue(t: &Transaction<'_>, order: &Order) -> rusqlite::Result<()> {
    let mut insert = t.prepare_cached(
        "INSERT INTO gift_cards (hash, order_id, currency, issued, balance, reserved, spent, voided, void)
         VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, 0, 0)",
    )?;
    let currency = order.currency();
    order.issues.iter().try_for_each(|card| insert.execute(params![card.card, order.id.0, currency.code(), card.amount]).map(drop))
}

/// What is on a card, if there is one.
pub(super) fn balance(c: &Connection, card: &str) -> rusqlite::Result<Option<Balance>> {
    let read = |row: &Row<'_>| {
        let code: String = row.get("currency")?;
        let currency = Currency::parse(&code).ok_or_else(|| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, format!("unknown currency {code}").into())
        })?;
        Ok(Balance { currency, minor: row.get("balance")? })
    };
    c.prepare_cached("SELECT currency, balance FROM gift_cards WHERE hash = ?1")?.query_row([card], read).optional()
}

/// Notes a client's wrong codes, and counts the different ones of the hour.
pub(super) fn wrong_codes(t: &Transaction<'_>, client: &str, hour: i64, codes: &[Hashed]) -> rusqlite::Result<u32> {
    t.prepare_cached("DELETE FROM wrong_codes WHERE hour < ?1")?.execute([hour])?;
    let mut insert = t.prepare_cached("INSERT OR IGNORE INTO wrong_codes (client, hour, code) VALUES (?1, ?2, ?3)")?;
    codes.iter().try_for_each(|code| insert.execute(params![client, hour, code]).map(drop))?;
    wrong_codes_so_far(t, client, hour)
}

/// Counts the different wrong codes of a client in an hour.
pub(super) fn wrong_codes_so_far(c: &Connection, client: &str, hour: i64) -> rusqlite::Result<u32> {
    let sql = "SELECT count(*) FROM wrong_codes WHERE client = ?1 AND hour = ?2";
    c.prepare_cached(sql)?.query_row(params![client, hour], |row| row.get(0))
}

/// Reads a row of the stock.
pub(super) fn count(row: &Row<'_>) -> rusqlite::Result<StockCount> {
    Ok(StockCount {
        available: row.get("available")?,
        reserved: row.get("reserved")?,
        sold: row.get("sold")?,
        sent: row.get("sent")?,
        stocked: row.get("stocked")?,
        seed: row.get("seed")?,
    })
}

/// The count of a SKU, if it was ever touched.
pub(super) fn count_of(c: &Connection, sku: &str) -> rusqlite::Result<Option<StockCount>> {
    c.prepare_cached("SELECT * FROM stock WHERE sku = ?1")?.query_row([sku], count).optional()
}

/// The merchant has counted. What was promised before, to be sent later, may still be more than there is.
pub(super) fn set_shelf(t: &Transaction<'_>, sku: &str, on_shelf: u32) -> rusqlite::Result<Outcome<Option<StockCount>>> {
    let now = count_of(t, sku)?.unwrap_or_default();
    let available = i64::from(on_shelf) - now.reserved - (now.sold - now.sent);
    put(t, sku, now, available)
}

/// So many more, or fewer, lie on the shelf.
pub(super) fn adjust_shelf(t: &Transaction<'_>, sku: &str, by: i64) -> rusqlite::Result<Outcome<Option<StockCount>>> {
    let now = count_of(t, sku)?.unwrap_or_default();
    put(t, sku, now, now.available.saturating_add(by))
}

/// What was promised is kept: fewer than nothing can be bought only where that was so before.
fn put(t: &Transaction<'_>, sku: &str, now: StockCount, available: i64) -> rusqlite::Result<Outcome<Option<StockCount>>> {
    if available < now.available.min(0) {
        return Ok(Outcome::Undo(None));
    }
    let next = StockCount { available, stocked: available + now.reserved + now.sold, ..now };
    t.execute(
        "INSERT INTO stock (sku, available, reserved, sold, stocked, seed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (sku) DO UPDATE SET available = ?2, stocked = ?5",
        params![sku, available, next.reserved, next.sold, next.stocked, next.seed],
    )?;
    Ok(Outcome::Keep(Some(next)))
}
