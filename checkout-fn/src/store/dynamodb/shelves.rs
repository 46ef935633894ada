//! The merchant counts, and says in how many parts. What is on the shelf is read, and laid out anew only if nobody else has counted
//! since; buyers may go on taking of it and giving back.

use super::DynamoStore;
use super::action::{Edit, new};
use super::commit::{Committed, fresh_name};
use super::items::{Item, Key, n, s, stock_listing, text};
use super::parts::{Part, Shelf};
use super::trouble::Patience;
use crate::error::Fault;
use crate::ports::{Parts, Split, StockCount};

/// What was written under a name, where the write's answer was lost.
const SHELVED_BY: &str = "shelved_by";

impl DynamoStore {
    /// So many can be bought from now on, spread over the parts. What was promised is kept: fewer than nothing can be bought only
    /// where that was so before, else the answer is `None`.
    pub(super) async fn put_shelf(&self, sku: &str, available: impl Fn(&StockCount) -> i64) -> Result<Option<StockCount>, Fault> {
        let layout = |shelf: &Shelf| {
            let now = shelf.total();
            let available = available(&now);
            (available >= now.available.min(0)).then(|| spread(available, shelf.parts.len()))
        };
        self.lay_out(sku, layout).await
    }

    /// Splits a count, whatever orders have of it: that stays where it is.
    pub(super) async fn split(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        let Some(shelf) = Shelf::of(sku, &self.look(&[sku], Vec::new()).await?)? else { return Ok(Split::NoCount) };
        if shelf.parts.len() < usize::from(parts.get()) {
            let wider = |shelf: &Shelf| spread(shelf.total().available, shelf.parts.len().max(parts.get().into()));
            self.lay_out(sku, |shelf| Some(wider(shelf))).await?;
            self.memo.learn(sku, parts.get());
        }
        Ok(Split::Into(self.memo.parts(sku)))
    }

    /// Puts everything that can be bought of a SKU together in its first part.
    pub(super) async fn gather_shelf(&self, sku: &str) -> Result<(), Fault> {
        let together = |shelf: &Shelf| {
            let mut layout = vec![0; shelf.parts.len()];
            layout[0] = shelf.total().available;
            layout
        };
        self.lay_out(sku, |shelf| Some(together(shelf))).await.map(drop)
    }

    /// Makes each part have so many to buy as the layout says, in one transaction. A layout may have more parts than there are. Where
    /// there is none, nothing is done.
    async fn lay_out(&self, sku: &str, layout: impl Fn(&Shelf) -> Option<Vec<i64>>) -> Result<Option<StockCount>, Fault> {
        let write = fresh_name();
        let mut patience = Patience::new();
        loop {
            let found = self.look(&[sku], Vec::new()).await?;
            let known = Shelf::of(sku, &found)?;
            if was_written(found.get(&Key::stock(sku)), &write) {
                return Ok(known.map(|shelf| shelf.total()));
            }
            let shelf = known.unwrap_or_else(|| Shelf { parts: vec![Part::default()] });
            let Some(layout) = layout(&shelf) else { return Ok(None) };
            let is_first = !found.contains_key(&Key::stock(sku));
            let actions = (0..).zip(&layout).map(|(part, available)| match shelf.parts.get(usize::from(part)) {
                Some(_) if is_first => new(self.table(), first_count(sku, *available, &write)),
                Some(Part { count, .. }) if part == 0 => {
                    let edit = in_parts(part_edit(sku, part, count, *available), shelf.parts.len(), layout.len());
                    edit.set(SHELVED_BY, s(&write)).action(self.table())
                }
                Some(Part { count, .. }) => part_edit(sku, part, count, *available).add("turns", 1).action(self.table()),
                None => new(self.table(), new_part(sku, part, *available)),
            });
            match self.commit(actions.collect::<Result<_, _>>()?, &mut patience).await? {
                Committed::Done => {
                    let (before, available) = (shelf.total(), layout.iter().sum());
                    let stocked = before.stocked + available - before.available;
                    return Ok(Some(StockCount { available, stocked, ..before }));
                }
                Committed::TurnedAway => {}
                Committed::Refused(_) if patience.wait().await => {}
                Committed::Refused(_) => return Err(Fault::new(format!("the count of `{sku}` moves too fast to be set; try again"))),
                Committed::Unknown(fault) => {
                    let found = self.look(&[sku], Vec::new()).await?;
                    let is_mine = was_written(found.get(&Key::stock(sku)), &write);
                    return if is_mine { Ok(Shelf::of(sku, &found)?.map(|shelf| shelf.total())) } else { Err(fault) };
                }
            }
        }
    }
}

/// The same for all parts, as far as that is possible. What is owed is owed by the first.
fn spread(available: i64, parts: usize) -> Vec<i64> {
    let count = i64::try_from(parts).unwrap_or(1).max(1);
    let (each, more) = (available.max(0) / count, available.max(0) % count);
    let of_part = |part: i64| each + i64::from(part < more) + if part == 0 { available.min(0) } else { 0 };
    (0..count).map(of_part).collect()
}

/// Whether an answer was lost, and this is what it would have said.
fn was_written(item: Option<&Item>, write: &str) -> bool {
    item.is_some_and(|item| text(item, SHELVED_BY).is_ok_and(|by| by == write))
}

/// A part's count becomes this, if nobody else has counted since. What orders do meanwhile changes neither what was stocked nor what
/// was sent, and so not what lies on the shelf; only what is taken away has to be there still.
fn part_edit(sku: &str, part: u8, now: &StockCount, available: i64) -> Edit {
    let more = available - now.available;
    let edit = Edit::of(Key::part(sku, part)).add("available", more).add("stocked", more);
    let edit = edit.only_if("stocked", "=", n(now.stocked)).only_if("sent", "=", n(now.sent));
    if more < 0 { edit.only_if("available", ">=", n(-more)) } else { edit }
}

/// The first part says how many there are.
fn in_parts(edit: Edit, before: usize, after: usize) -> Edit {
    let count = |parts: usize| n(i64::try_from(parts).unwrap_or(i64::MAX));
    let edit = if before > 1 { edit.only_if("parts", "=", count(before)) } else { edit.only_without("parts") };
    if after > before { edit.set("parts", count(after)) } else { edit }
}

/// A count as it begins, with so many to buy, and nothing else.
fn counted(key: &Key, available: i64) -> Item {
    key.with([("available", n(available)), ("reserved", n(0)), ("sold", n(0)), ("sent", n(0)), ("stocked", n(available)), ("seed", n(0))])
}

fn first_count(sku: &str, available: i64, write: &str) -> Item {
    let (list, list_by) = stock_listing(sku);
    let named = [("list", s(list)), ("list_by", s(list_by)), (SHELVED_BY, s(write))].map(|(name, value)| (name.to_owned(), value));
    counted(&Key::stock(sku), available).into_iter().chain(named).collect()
}

fn new_part(sku: &str, part: u8, available: i64) -> Item {
    counted(&Key::part(sku, part), available).into_iter().chain([("turns".to_owned(), n(0))]).collect()
}
