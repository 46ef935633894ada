//! The merchant counts. What is on the shelf is read, and written only if nothing has moved since.

use super::DynamoStore;
use super::action::{Edit, new};
use super::commit::{Committed, fresh_name};
use super::items::{Item, Key, n, s, stock_listing, text};
use super::lookups::count;
use super::trouble::Patience;
use crate::error::Fault;
use crate::ports::StockCount;

impl DynamoStore {
    /// So many can be bought from now on. What was promised is kept: fewer than nothing can be bought only where that was so
    /// before, else the answer is `None`.
    pub(super) async fn put_shelf(&self, sku: &str, available: impl Fn(&StockCount) -> i64) -> Result<Option<StockCount>, Fault> {
        let key = Key::stock(sku);
        let write = fresh_name();
        let mut patience = Patience::new();
        loop {
            let item = self.get(&key).await?;
            let known = item.as_ref().map(count).transpose()?;
            if was_written(item.as_ref(), &write) {
                return Ok(known);
            }
            let now = known.unwrap_or_default();
            let available = available(&now);
            if available < now.available.min(0) {
                return Ok(None);
            }
            let next = StockCount { available, stocked: available + now.reserved + now.sold, ..now };
            let action = match known {
                Some(now) => unchanged(Edit::of(key.clone()), &now)
                    .set("available", n(next.available))
                    .set("stocked", n(next.stocked))
                    .set("shelved_by", s(&write))
                    .action(self.table())?,
                None => new(self.table(), first_count(sku, &next, &write))?,
            };
            match self.commit(vec![action], &mut patience).await? {
                Committed::Done => return Ok(Some(next)),
                Committed::TurnedAway => {}
                Committed::Refused(_) if patience.wait().await => {}
                Committed::Refused(_) => return Err(Fault::new(format!("the count of `{sku}` moves too fast to be set; try again"))),
                Committed::Unknown(fault) => {
                    let item = self.get(&key).await?;
                    return if was_written(item.as_ref(), &write) { item.as_ref().map(count).transpose() } else { Err(fault) };
                }
            }
        }
    }
}

/// Whether an answer was lost, and this is what it would have said.
fn was_written(item: Option<&Item>, write: &str) -> bool {
    item.is_some_and(|item| text(item, "shelved_by").is_ok_and(|by| by == write))
}

fn first_count(sku: &str, count: &StockCount, write: &str) -> Item {
    let (list, list_by) = stock_listing(sku);
    Key::stock(sku).with([
        ("available", n(count.available)),
        ("reserved", n(count.reserved)),
        ("sold", n(count.sold)),
        ("sent", n(count.sent)),
        ("stocked", n(count.stocked)),
        ("seed", n(count.seed)),
        ("list", s(list)),
        ("list_by", s(list_by)),
        ("shelved_by", s(write)),
    ])
}

fn unchanged(edit: Edit, now: &StockCount) -> Edit {
    let counts = [("available", now.available), ("reserved", now.reserved), ("sold", now.sold), ("sent", now.sent)];
    counts.into_iter().fold(edit, |edit, (name, count)| edit.only_if(name, "=", n(count)))
}
