//! Downloads are counted, never beyond their limit, and the same one once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::SignedDuration;

use super::{placement, start};
use crate::order::OrderId;
use crate::ports::{CountedDownload, OrderStore, Placed};

/// A download of the third file of an order, at an hour, of which two a day are the same.
fn download(n: u32, hour: i64, limit: u32) -> CountedDownload {
    let at = start() + SignedDuration::from_hours(hour);
    CountedDownload { order: OrderId(format!("id-{n}")), file: 2, limit, at, same_since: at - SignedDuration::from_hours(24) }
}

async fn counts(store: &dyn OrderStore, n: u32) -> BTreeMap<usize, (u32, i64)> {
    let counts = store.downloads(&OrderId(format!("id-{n}")), 3).await.expect("readable");
    counts.into_iter().map(|(file, count)| (file, (count.used, count.counted_at.duration_since(start()).as_hours()))).collect()
}

pub(super) async fn counted(store: &dyn OrderStore) {
    for n in [750, 751] {
        assert!(matches!(store.place(placement(n, &[])).await, Ok(Placed::New)));
    }
    let count = async |download: CountedDownload| store.count_download(&download).await.expect("answered");
    assert_eq!(counts(store, 750).await, BTreeMap::new());
    assert!(count(download(750, 0, 2)).await);
    assert!(count(download(750, 23, 2)).await, "the same one");
    assert_eq!(counts(store, 750).await, [(2, (1, 0))].into());
    // A day after the one that counted, not after the last that was the same.
    assert!(count(download(750, 24, 2)).await);
    assert!(count(download(750, 47, 2)).await, "the last one can be repeated");
    assert!(!count(download(750, 48, 2)).await);
    assert!(count(download(750, 48, 3)).await, "more are allowed by now");
    assert!(!count(download(750, 99, 1)).await, "fewer are allowed by now");
    // Each file, and each order, has its own.
    assert!(count(CountedDownload { file: 0, ..download(750, 5, 1) }).await);
    assert_eq!(counts(store, 750).await, [(0, (1, 5)), (2, (3, 48))].into());
    assert_eq!(counts(store, 751).await, BTreeMap::new());
    // Many at once, all of them different, and then all of them the same.
    let different = |hour: i64| CountedDownload { same_since: start(), ..download(751, hour, 5) };
    assert!(count(CountedDownload { at: start(), ..different(0) }).await);
    let given = join_all((0..20).map(|_| count(CountedDownload { at: start(), ..different(0) }))).await;
    // Where no time makes two the same, one whose answer was lost counts twice: fewer are given, never more.
    let given = given.iter().filter(|given| **given).count();
    assert!((1..=4).contains(&given), "{given}");
    assert_eq!(counts(store, 751).await[&2], (5, 0));
    let given = join_all((0..20).map(|_| count(download(751, 99, 6)))).await;
    assert_eq!((given.iter().filter(|given| **given).count(), counts(store, 751).await[&2]), (20, (6, 99)));
}
