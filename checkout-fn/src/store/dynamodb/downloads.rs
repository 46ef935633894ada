//! How often files of orders were downloaded: an item for each file, beside its order.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::DynamoStore;
use super::items::{Key, millis, n, number};
use super::trouble::Trouble;
use crate::error::Fault;
use crate::order::OrderId;
use crate::ports::{CountedDownload, DownloadCount};

impl DynamoStore {
    /// Counts a download, unless it is the same as the last one. One whose answer was lost is the same as itself, so it may be
    /// asked for twice.
    pub(super) async fn count_one_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        let key = Key::download(&download.order, download.file);
        let same_since = millis(download.same_since);
        let update = self.client.update_item().table_name(self.table()).set_key(Some(key.attributes()));
        let update = update
            .update_expression("SET used = if_not_exists(used, :none) + :one, counted_at = :at")
            .condition_expression("attribute_not_exists(pk) OR (used < :limit AND counted_at <= :same_since)")
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":at", n(millis(download.at)))
            .expression_attribute_values(":limit", n(download.limit.into()))
            .expression_attribute_values(":same_since", n(same_since));
        match self.asked(|| update.clone().send()).await {
            Ok(_) => Ok(true),
            Err(Trouble::Refused(_)) => {
                let last = self.get(&key).await?.map(|item| number(&item, "counted_at")).transpose()?;
                Ok(last.is_some_and(|last| last > same_since))
            }
            Err(trouble) => Err(trouble.fault()),
        }
    }

    /// How often each of an order's so many files was downloaded.
    pub(super) async fn downloads_of(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        let found = self.get_all((0..files).map(|file| Key::download(order, file))).await?;
        let mut counts = BTreeMap::new();
        for file in 0..files {
            let Some(item) = found.get(&Key::download(order, file)) else { continue };
            let counted_at = Timestamp::from_millisecond(number(item, "counted_at")?).unwrap_or_default();
            let used = u32::try_from(number(item, "used")?).unwrap_or(u32::MAX);
            counts.insert(file, DownloadCount { used, counted_at });
        }
        Ok(counts)
    }
}
