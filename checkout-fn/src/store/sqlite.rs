//! The embedded store: `SQLite` in one file, write-ahead log, every commit on the disk before it is answered (R22).

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use catalog::quote::Balance;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub use super::Mode;
use super::record::OrderRecord;
use super::thread::{DatabaseThread, Outcome};
use crate::decide::Movement;
use crate::error::Fault;
use crate::letters::Letter;
use crate::order::{Claim, Order, OrderId, Sequence};
use crate::ports::{
    Besides, Cause, Change, Changed, Composed, CountedDownload, DownloadCount, Hashed, LogLine, OrderStore, Owed, Parts, Personal, Placed,
    Placement, Split, StockCount, Stored,
};

mod downloads;
mod held;
#[cfg(feature = "simulation")]
mod inspect;

/// Each step leads to the next version of the schema; a step that was released is never edited.
const SCHEMA: [&str; 6] = [
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// The store.
#[derive(Clone)]
pub struct SqliteStore {
    thread: DatabaseThread,
}

impl SqliteStore {
    /// Opens the store in a file, creating it where there is none. The answer's second part is the store's secret,
    /// which is `fresh_secret` at its first use. A store that was begun in another mode is refused.
    pub fn open(path: &Path, mode: Mode, fresh_secret: [u8; 32]) -> Result<(Self, [u8; 32]), Fault> {
        let begin = move |t: &Transaction<'_>| {
            t.execute("INSERT OR IGNORE INTO shop (one, mode, secret) VALUES (1, ?1, ?2)", params![mode.name(), fresh_secret])?;
            let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?));
            t.query_row("SELECT mode, secret FROM shop", [], read)
        };
        let (thread, (stored, secret)) = DatabaseThread::open(path, &SCHEMA, begin)?;
        if stored != mode.name() {
            return Err(Fault::new(format!("{} holds {stored} orders; this program would take {} ones", path.display(), mode.name())));
        }
        Ok((Self { thread }, secret))
    }

    /// A store in memory, for simulations.
    #[cfg(feature = "simulation")]
    pub(crate) fn in_memory() -> Result<Self, Fault> {
        DatabaseThread::in_memory(&SCHEMA).map(|thread| Self { thread })
    }

    /// Forgets everything.
    #[cfg(feature = "simulation")]
    pub(crate) async fn forget(&self) -> Result<(), Fault> {
        self.thread.forget().await
    }

    /// Opens a store for the merchant's commands, in whichever mode it is. One that nobody has begun is refused, and nothing is made.
    pub fn visit(path: &Path) -> Result<Self, Fault> {
        if !path.is_file() {
            return Err(Fault::new(format!("there is no store at {}; the program that takes orders begins it", path.display())));
        }
        // What is refused here is rolled back, a schema in somebody else's database among it.
        let is_begun = |t: &Transaction<'_>| begun(t)?.map(drop).ok_or_else(|| "it is no store of orders".into()).map_err(unreadable);
        DatabaseThread::open(path, &SCHEMA, is_begun).map(|(thread, ())| Self { thread })
    }

    /// The mode in which the store was begun, and its secret; `None` where nobody has begun it.
    pub async fn begun(&self) -> Result<Option<(Mode, [u8; 32])>, Fault> {
        self.thread.read(begun).await
    }
}

fn begun(c: &Connection) -> rusqlite::Result<Option<(Mode, [u8; 32])>> {
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
    let found = c.query_row("SELECT mode, secret FROM shop", [], read).optional()?;
    let mode = |name: &str| Mode::named(name).ok_or_else(|| unreadable(format!("it holds {name} orders, whatever that is").into()));
    found.map(|(name, secret)| Ok((mode(&name)?, secret))).transpose()
}

fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, cause)
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let json: String = row.get("record")?;
    let record: OrderRecord = from_json(&json)?;
    Ok(Stored { order: record.into(), version: row.get("version")? })
}

fn from_json<T: serde::de::DeserializeOwned>(json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(|error| unreadable(error.into()))
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records have text keys and no floats, so they are JSON")
}

fn one(connection: &Connection, column: &str, value: &str) -> rusqlite::Result<Option<Stored>> {
    let sql = format!("SELECT record, version FROM orders WHERE {column} = ?1");
    connection.prepare_cached(&sql)?.query_row([value], stored).optional()
}

fn place(t: &Transaction<'_>, p: &Placement) -> rusqlite::Result<Outcome<Placed>> {
    if let Some((known, body)) = by_key(t, &p.key)? {
        return Ok(Outcome::Undo(if body == p.body { Placed::Again(Box::new(known)) } else { Placed::KeyReused }));
    }
    if let Some(earlier) = &p.replaces {
        // Where somebody else has changed it meanwhile, it is left as they made it.
        if update(t, &earlier.order, earlier.version)? {
            held::shift(t, &earlier.order, &Movement::Release)?;
            log(t, &earlier.order, &Cause::Checkout, p.order.created_at)?;
        }
    }
    let open: u32 = t.query_row("SELECT count(*) FROM orders WHERE client = ?1 AND open = 1", [&p.client], |row| row.get(0))?;
    if p.order.payment.is_open() && open >= p.max_open {
        return Ok(Outcome::Undo(Placed::TooManyOpen));
    }
    for (sku, count) in &p.seeds {
        let sql = "INSERT OR IGNORE INTO stock (sku, available, reserved, sold, stocked, seed) VALUES (?1, ?2, 0, 0, ?2, ?2)";
        t.prepare_cached(sql)?.execute(params![sku, count])?;
    }
    if let Some(lack) = held::lacking(t, &p.order)? {
        return Ok(Outcome::Undo(Placed::Lacking(lack)));
    }
    insert(t, p)?;
    held::hold(t, &p.order)?;
    if !p.order.payment.is_open() {
        held::shift(t, &p.order, &Movement::Sell)?;
    }
    log(t, &p.order, &Cause::Checkout, p.order.created_at)?;
    owe(t, &p.order.id, &p.letters, p.order.created_at)?;
    Ok(Outcome::Keep(Placed::New))
}

fn by_key(c: &Connection, key: &str) -> rusqlite::Result<Option<(Stored, Hashed)>> {
    let read = |row: &Row<'_>| Ok((stored(row)?, row.get("body")?));
    c.prepare_cached("SELECT record, version, body FROM orders WHERE key = ?1")?.query_row([key], read).optional()
}

fn insert(t: &Transaction<'_>, p: &Placement) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT INTO orders (id, number, token, key, body, client, open, wake_at, created_at, version, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10)",
    )?
    .execute(params![
        p.order.id.0,
        p.order.number,
        p.token,
        p.key,
        p.body,
        p.client,
        p.order.payment.is_open(),
        p.order.wake_at().map(millis),
        millis(p.order.created_at),
        to_json(&OrderRecord::from(&p.order)),
    ])?;
    t.execute("INSERT INTO personal (order_id, record) VALUES (?1, ?2)", params![p.order.id.0, to_json(&p.personal)])?;
    Ok(())
}

/// Whether the order still had that version.
fn update(t: &Transaction<'_>, order: &Order, version: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE orders SET open = ?3, wake_at = ?4, record = ?5, version = version + 1 WHERE id = ?1 AND version = ?2";
    let values = params![order.id.0, version, order.payment.is_open(), order.wake_at().map(millis), to_json(&OrderRecord::from(order))];
    Ok(t.prepare_cached(sql)?.execute(values)? == 1)
}

fn log(t: &Transaction<'_>, order: &Order, cause: &Cause, at: Timestamp) -> rusqlite::Result<()> {
    let (cause, event) = match cause {
        Cause::Checkout => ("checkout".to_owned(), None),
        Cause::Notice(gateway, event) => (format!("webhook {gateway} {event}"), Some(event_key(gateway, event))),
        Cause::Return => ("return".to_owned(), None),
        Cause::Worker => ("worker".to_owned(), None),
        Cause::Merchant => ("merchant".to_owned(), None),
    };
    let sql = "INSERT INTO log (order_id, at, cause, event, payment) VALUES (?1, ?2, ?3, ?4, ?5)";
    t.prepare_cached(sql)?.execute(params![order.id.0, millis(at), cause, event, order.payment.name()])?;
    Ok(())
}

fn event_key(gateway: &str, event: &str) -> String {
    format!("{gateway} {event}")
}

fn change(t: &Transaction<'_>, change: &Change) -> rusqlite::Result<Outcome<Changed>> {
    if !update(t, &change.order, change.version)? {
        return Ok(Outcome::Undo(Changed::Moved));
    }
    if let Some(movement) = &change.movement {
        if !held::is_possible(t, &change.order, movement)? {
            return Ok(Outcome::Undo(Changed::Short));
        }
        held::shift(t, &change.order, movement)?;
    }
    match change.besides {
        Some(Besides::Draw { sequence, last }) if !draw(t, sequence, last)? => return Ok(Outcome::Undo(Changed::Moved)),
        Some(Besides::Erase) => erase(t, &change.order.id)?,
        Some(Besides::Draw { .. }) | None => {}
    }
    if let Some(request) = &change.request {
        keep_request(t, &change.order.id, request)?;
    }
    log(t, &change.order, &change.cause, change.at)?;
    owe(t, &change.order.id, &change.letters, change.at)?;
    Ok(Outcome::Keep(Changed::Done))
}

/// Whether the sequence had that number last.
fn draw(t: &Transaction<'_>, sequence: Sequence, last: i64) -> rusqlite::Result<bool> {
    t.prepare_cached("INSERT OR IGNORE INTO sequences (name, last) VALUES (?1, 0)")?.execute([sequence.name()])?;
    let mut update = t.prepare_cached("UPDATE sequences SET last = last + 1 WHERE name = ?1 AND last = ?2")?;
    Ok(update.execute(params![sequence.name(), last])? == 1)
}

fn erase(t: &Transaction<'_>, id: &OrderId) -> rusqlite::Result<()> {
    t.prepare_cached("DELETE FROM personal WHERE order_id = ?1")?.execute([&id.0]).map(drop)
}

fn owe(t: &Transaction<'_>, order: &OrderId, letters: &[Letter], at: Timestamp) -> rusqlite::Result<()> {
    let mut insert = t.prepare_cached("INSERT INTO outbox (order_id, letter, due_at) VALUES (?1, ?2, ?3)")?;
    letters.iter().try_for_each(|letter| insert.execute(params![order.0, to_json(letter), millis(at)]).map(drop))
}

fn owed(row: &Row<'_>) -> rusqlite::Result<Owed> {
    let (id, letter): (i64, String) = (row.get("id")?, row.get("letter")?);
    Ok(Owed { id: id.to_string(), order: OrderId(row.get("order_id")?), letter: from_json(&letter)?, attempts: row.get("attempts")? })
}

/// Beside the personal data, if that is not erased.
fn keep_request(t: &Transaction<'_>, id: &OrderId, request: &Composed) -> rusqlite::Result<()> {
    let Some(mut personal) = personal(t, id)? else { return Ok(()) };
    personal.request = Some(request.clone());
    t.prepare_cached("UPDATE personal SET record = ?2 WHERE order_id = ?1")?.execute(params![id.0, to_json(&personal)]).map(drop)
}

fn personal(c: &Connection, id: &OrderId) -> rusqlite::Result<Option<Personal>> {
    let mut select = c.prepare_cached("SELECT record FROM personal WHERE order_id = ?1")?;
    let json: Option<String> = select.query_row([&id.0], |row| row.get(0)).optional()?;
    json.map(|json| from_json(&json)).transpose()
}

#[async_trait]
impl OrderStore for SqliteStore {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        self.thread.write(move |t| place(t, &placement)).await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        let key = key.clone();
        self.thread.read(move |c| by_key(c, &key)).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        let token = token.clone();
        self.thread.read(move |c| one(c, "token", &token)).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        let id = id.clone();
        self.thread.read(move |c| one(c, "id", &id.0)).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        let number = number.to_owned();
        self.thread.read(move |c| one(c, "number", &number)).await
    }

    async fn change(&self, wanted: Change) -> Result<Changed, Fault> {
        self.thread.write(move |t| change(t, &wanted)).await
    }

    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault> {
        let read = move |c: &Connection| {
            let mut select = c.prepare_cached("SELECT last FROM sequences WHERE name = ?1")?;
            Ok(select.query_row([sequence.name()], |row| row.get(0)).optional()?.unwrap_or(0))
        };
        self.thread.read(read).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        let key = event_key(gateway, event);
        self.thread.read(move |c| c.prepare_cached("SELECT 1 FROM log WHERE event = ?1")?.exists([key])).await
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        let read = move |c: &Connection| {
            let mut select = c.prepare_cached("SELECT id FROM orders WHERE wake_at <= ?1 ORDER BY wake_at, id")?;
            select.query_map([millis(now)], |row| row.get(0).map(OrderId))?.collect()
        };
        self.thread.read(read).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        let id = id.clone();
        self.thread.read(move |c| personal(c, &id)).await
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        let id = id.clone();
        let line = |row: &Row<'_>| {
            let at = Timestamp::from_millisecond(row.get(0)?).unwrap_or_default();
            Ok(LogLine { at, cause: row.get(1)?, payment: row.get(2)? })
        };
        let read = move |c: &Connection| {
            let mut select = c.prepare_cached("SELECT at, cause, payment FROM log WHERE order_id = ?1 ORDER BY rowid")?;
            select.query_map([&id.0], line)?.collect()
        };
        self.thread.read(read).await
    }

    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        let (at, id) = than.map_or((i64::MAX, String::new()), |(at, id)| (millis(at), id.0));
        let read = move |c: &Connection| {
            // Orders of one instant stand in the order in which they came. Without such an order, none of that instant is older.
            let sql = "SELECT record, version FROM orders
                 WHERE created_at <= ?1 AND NOT (created_at = ?1 AND rowid >= (SELECT rowid FROM orders WHERE id = ?2))
                 ORDER BY created_at DESC, rowid DESC LIMIT ?3";
            let mut select = c.prepare_cached(sql)?;
            select.query_map(params![at, id, limit], |row| stored(row).map(|stored| stored.order))?.collect()
        };
        self.thread.read(read).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        let skus = skus.to_vec();
        let read = move |c: &Connection| {
            let found = skus.into_iter().filter_map(|sku| held::count_of(c, &sku).transpose().map(|count| Ok((sku, count?))));
            found.collect()
        };
        self.thread.read(read).await
    }

    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        let read = |c: &Connection| {
            let mut select = c.prepare_cached("SELECT * FROM stock")?;
            select.query_map([], |row| Ok((row.get("sku")?, held::count(row)?)))?.collect()
        };
        self.thread.read(read).await
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        let sku = sku.to_owned();
        self.thread.write(move |t| held::set_shelf(t, &sku, on_shelf)).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        let sku = sku.to_owned();
        self.thread.write(move |t| held::adjust_shelf(t, &sku, by)).await
    }

    async fn split_shelf(&self, _: &str, _: Parts) -> Result<Split, Fault> {
        // One writer stands in no line with itself.
        Ok(Split::NotNeeded)
    }

    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        let download = download.clone();
        self.thread.write(move |t| downloads::count(t, &download).map(Outcome::Keep)).await
    }

    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        let order = order.clone();
        let counts = self.thread.read(move |c| downloads::counts(c, &order)).await?;
        Ok(counts.into_iter().filter(|(file, _)| *file < files).collect())
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        let claims = claims.to_vec();
        self.thread.read(move |c| claims.iter().map(|claim| held::uses(c, claim)).collect()).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        let cards = cards.to_vec();
        let read = move |c: &Connection| {
            let found = cards.into_iter().filter_map(|card| held::balance(c, &card).transpose().map(|balance| Ok((card, balance?))));
            found.collect()
        };
        self.thread.read(read).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        let read = move |c: &Connection| {
            let mut select = c.prepare_cached("SELECT * FROM outbox WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2")?;
            select.query_map(params![millis(now), limit], owed)?.collect()
        };
        self.thread.read(read).await
    }

    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault> {
        let id = id.clone();
        self.thread.read(move |c| c.prepare_cached("SELECT 1 FROM outbox WHERE order_id = ?1")?.exists([id.0])).await
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        let id = id.to_owned();
        let work = move |t: &Transaction<'_>| t.execute("DELETE FROM outbox WHERE id = ?1", [id]).map(|_| Outcome::Keep(()));
        self.thread.write(work).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        let id = id.to_owned();
        let sql = "UPDATE outbox SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1";
        self.thread.write(move |t| t.execute(sql, params![id, millis(until)]).map(|_| Outcome::Keep(()))).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        let (client, codes) = (client.clone(), codes.to_vec());
        if codes.is_empty() {
            return self.thread.read(move |c| held::wrong_codes_so_far(c, &client, hour)).await;
        }
        self.thread.write(move |t| held::wrong_codes(t, &client, hour, &codes).map(Outcome::Keep)).await
    }
}
