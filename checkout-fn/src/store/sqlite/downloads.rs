//! How often files of orders were downloaded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::millis;
use crate::order::OrderId;
use crate::ports::{CountedDownload, DownloadCount};

/// Counts a download, unless it is the same as the last one. Whether it may be given.
pub(super) fn count(t: &Transaction<'_>, download: &CountedDownload) -> rusqlite::Result<bool> {
    let CountedDownload { order, limit, at, same_since, .. } = download;
    let file = i64::try_from(download.file).unwrap_or(i64::MAX);
    let mut upsert = t.prepare_cached(
        "INSERT INTO downloads (order_id, file, used, counted_at) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT DO UPDATE SET used = used + 1, counted_at = ?3 WHERE used < ?4 AND counted_at <= ?5",
    )?;
    if upsert.execute(params![order.0, file, millis(*at), limit, millis(*same_since)])? == 1 {
        return Ok(true);
    }
    let mut select = t.prepare_cached("SELECT counted_at FROM downloads WHERE order_id = ?1 AND file = ?2")?;
    let last: Option<i64> = select.query_row(params![order.0, file], |row| row.get(0)).optional()?;
    Ok(last.is_some_and(|last| last > millis(*same_since)))
}

/// How often each file of an order was downloaded.
pub(super) fn counts(c: &Connection, order: &OrderId) -> rusqlite::Result<BTreeMap<usize, DownloadCount>> {
    let read = |row: &Row<'_>| {
        let counted_at = Timestamp::from_millisecond(row.get("counted_at")?).unwrap_or_default();
        Ok((usize::try_from(row.get::<_, i64>("file")?).unwrap_or(usize::MAX), DownloadCount { used: row.get("used")?, counted_at }))
    };
    let mut select = c.prepare_cached("SELECT * FROM downloads WHERE order_id = ?1")?;
    select.query_map([&order.0], read)?.collect()
}
