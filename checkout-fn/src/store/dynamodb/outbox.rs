//! Mail that is owed: written in the transaction of the change that owes it, found by an index, and deleted when it was handed
//! over.

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::DynamoStore;
use super::action::any;
use super::items::{self, Item, Key, WAKING, json, millis, n, number, s, text};
use super::trouble::Trouble;
use crate::error::Fault;
use crate::letters::Letter;
use crate::order::OrderId;
use crate::ports::Owed;

/// The actions that put the letters which a version of an order owes.
pub(super) fn letter_actions(
    table: &str,
    id: &OrderId,
    version: i64,
    letters: &[Letter],
    at: Timestamp,
) -> Result<Vec<TransactWriteItem>, Fault> {
    let action = |(index, letter): (usize, &Letter)| {
        let due = [("wake", s(items::letters_shard(id))), ("wake_at", n(millis(at))), ("letter", json(letter)), ("attempts", n(0))];
        any(table, Key::letter(id, version, index).with(due))
    };
    letters.iter().enumerate().map(action).collect()
}

impl DynamoStore {
    /// Letters that are due, oldest first. The index follows with a delay, so the items themselves are read.
    pub(super) async fn letters_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        let limit = limit as usize;
        let parts = items::shards().map(|shard| async move {
            let part = items::letters_part(shard);
            let query = self.query(("wake", &part), "wake_at", "#part = :part AND #place <= :now").index_name(WAKING);
            self.pages(query.expression_attribute_values(":now", n(millis(now))), limit).await
        });
        let pages = try_join_all(parts).await?;
        let keys = pages.iter().flatten().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        let found = self.get_all(keys).await?;
        let mut due: Vec<(i64, Owed)> = Vec::new();
        for (key, item) in &found {
            let at = number(item, "wake_at")?;
            if at <= millis(now)
                && let Some(owed) = owed(key, item)?
            {
                due.push((at, owed));
            }
        }
        due.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        Ok(due.into_iter().take(limit).map(|(_, owed)| owed).collect())
    }

    /// Whether an order has letters, due or not, as things stand now.
    pub(super) async fn has_letters(&self, id: &OrderId) -> Result<bool, Fault> {
        let part = items::partition(id);
        let query = self.query(("pk", &part), "sk", "#part = :part AND begins_with(#place, :letter)").consistent_read(true).limit(1);
        Ok(!self.pages(query.expression_attribute_values(":letter", s(items::LETTER)), 1).await?.is_empty())
    }

    /// A letter is no longer owed.
    pub(super) async fn drop_letter(&self, name: &str) -> Result<(), Fault> {
        let Some(key) = Key::of_letter(name) else { return Ok(()) };
        let delete = self.client.delete_item().table_name(self.table()).set_key(Some(key.attributes()));
        self.asked(|| delete.clone().send()).await.map(drop).map_err(Trouble::fault)
    }

    /// A letter is due again later. Where an answer is lost, it may count one attempt more than there were.
    pub(super) async fn delay_letter(&self, name: &str, until: Timestamp) -> Result<(), Fault> {
        let Some(key) = Key::of_letter(name) else { return Ok(()) };
        let update = self.client.update_item().table_name(self.table()).set_key(Some(key.attributes()));
        let update = update
            .update_expression("SET wake_at = :until, attempts = attempts + :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":until", n(millis(until)))
            .expression_attribute_values(":one", n(1));
        match self.asked(|| update.clone().send()).await {
            // Handed over meanwhile.
            Ok(_) | Err(Trouble::Refused(_)) => Ok(()),
            Err(trouble) => Err(trouble.fault()),
        }
    }
}

fn owed(key: &Key, item: &Item) -> Result<Option<Owed>, Fault> {
    let Some((id, order)) = key.letter_name().zip(key.order_id()) else { return Ok(None) };
    let letter =
        serde_json::from_str(text(item, "letter")?).map_err(|error| Fault::new(format!("the letter {id} cannot be read: {error}")))?;
    let attempts = u32::try_from(number(item, "attempts")?).unwrap_or(u32::MAX);
    Ok(Some(Owed { id, order, letter, attempts }))
}
