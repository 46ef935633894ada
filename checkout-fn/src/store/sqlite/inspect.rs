//! Everything that the store holds at one moment, for simulations to check.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Row};

use super::{SqliteStore, held};
use crate::error::Fault;
use crate::simulation::books::{Books, Card, Known};

impl SqliteStore {
    /// All orders, counts, uses and cards.
    pub(crate) async fn inspect(&self, known: Arc<Mutex<Known>>) -> Result<Books, Fault> {
        self.thread.read(move |c| read(c, &mut known.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

fn read(c: &Connection, known: &mut Known) -> rusqlite::Result<Books> {
    let order = |row: &Row<'_>| {
        let (id, record) = (row.get_ref("id")?.as_str()?, row.get_ref("record")?.as_str()?);
        Ok(known.order(id, row.get("version")?, record))
    };
    let card = |row: &Row<'_>| {
        let of = |name: &str| row.get::<_, i64>(name);
        let (issued, balance, reserved) = (of("issued")?, of("balance")?, of("reserved")?);
        let (spent, voided, is_void) = (of("spent")?, of("voided")?, row.get("void")?);
        Ok((row.get("hash")?, Card { issued, balance, reserved, spent, voided, is_void }))
    };
    let used = |row: &Row<'_>| Ok(((row.get("discount")?, row.get("customer")?), row.get("used")?));
    let count = |row: &Row<'_>| Ok((row.get("sku")?, held::count(row)?));
    let mut orders = c.prepare_cached("SELECT id, version, record FROM orders ORDER BY created_at, id")?;
    let (mut counts, mut uses) = (c.prepare_cached("SELECT * FROM stock")?, c.prepare_cached("SELECT * FROM uses")?);
    let owed: i64 = c.prepare_cached("SELECT count(*) FROM outbox")?.query_row([], |row| row.get(0))?;
    Ok(Books {
        owed: usize::try_from(owed).unwrap_or_default(),
        orders: orders.query_map([], order)?.collect::<Result<_, _>>()?,
        counts: counts.query_map([], count)?.collect::<Result<_, _>>()?,
        uses: uses.query_map([], used)?.collect::<Result<_, _>>()?,
        cards: c.prepare_cached("SELECT * FROM gift_cards")?.query_map([], card)?.collect::<Result<_, _>>()?,
    })
}
