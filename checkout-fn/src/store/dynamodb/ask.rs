//! Reading items: one, many, or those of an index. Consistent but for indexes, page by page, and asked again when the service
//! is busy or its answer is lost.

use std::collections::HashMap;
use std::future::Future;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::DynamoStore;
use super::items::{Item, Key, s};
use super::trouble::{Patience, Trouble};
use crate::error::{Away, Fault};

/// So many items one request may name.
const BATCH: usize = 100;

impl DynamoStore {
    /// Asks something that does no harm twice, until it is answered.
    pub(super) async fn asked<T, E, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, Trouble>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut patience = Patience::new();
        loop {
            let error = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (fault, again) = match self.place.trouble(&error) {
                Trouble::Busy(fault) => (fault, patience.wait().await),
                Trouble::Lost(fault) => (fault, patience.wait_after_loss().await),
                trouble @ (Trouble::Refused(_) | Trouble::Hopeless(_)) => return Err(trouble),
            };
            if !again {
                return Err(Trouble::Hopeless(fault));
            }
        }
    }

    /// One item as it is now.
    pub(super) async fn get(&self, key: &Key) -> Result<Option<Item>, Fault> {
        let get = self.client.get_item().table_name(self.table()).set_key(Some(key.attributes())).consistent_read(true);
        Ok(self.asked(|| get.clone().send()).await.map_err(Trouble::fault)?.item)
    }

    /// Those of the items that are there, as they are now. They need not be of one moment.
    pub(super) async fn get_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<HashMap<Key, Item>, Fault> {
        let mut left: Vec<Key> = keys.into_iter().collect::<std::collections::HashSet<_>>().into_iter().collect();
        let mut found = HashMap::new();
        let mut patience = Patience::new();
        while !left.is_empty() {
            let batch: Vec<Item> = left.split_off(left.len().saturating_sub(BATCH)).iter().map(Key::attributes).collect();
            let wanted = KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| Fault::during("naming items", error))?;
            let get = self.client.batch_get_item().request_items(self.table(), wanted);
            let answer = self.asked(|| get.clone().send()).await.map_err(Trouble::fault)?;
            for item in answer.responses.into_iter().flat_map(HashMap::into_values).flatten() {
                found.insert(Key::of(&item)?, item);
            }
            let unread = answer.unprocessed_keys.into_iter().flat_map(HashMap::into_values).flat_map(|unread| unread.keys);
            let unread = unread.map(|key| Key::of(&key)).collect::<Result<Vec<_>, _>>()?;
            if !unread.is_empty() {
                left.extend(unread);
                if !patience.wait().await {
                    let text = format!("the table `{}` leaves items unread; give it more capacity", self.table());
                    return Err(Fault::new(text).as_away(Away::Store));
                }
            }
        }
        Ok(found)
    }

    /// A question about the items of a part of the table or of an index: `#part` and `#place` are named, `:part` is set.
    pub(super) fn query(&self, part: (&str, &str), place: &str, condition: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(self.table()).key_condition_expression(condition);
        let query = query.expression_attribute_names("#part", part.0).expression_attribute_values(":part", s(part.1));
        if condition.contains("#place") { query.expression_attribute_names("#place", place) } else { query }
    }

    /// The answer to a question, page by page; at most `limit` items.
    pub(super) async fn pages(&self, query: QueryFluentBuilder, limit: usize) -> Result<Vec<Item>, Fault> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let page = query.clone().set_exclusive_start_key(from);
            let answer = self.asked(|| page.clone().send()).await.map_err(Trouble::fault)?;
            found.extend(answer.items.unwrap_or_default());
            from = answer.last_evaluated_key;
            if from.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
}
