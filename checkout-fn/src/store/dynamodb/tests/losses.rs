//! Requests that get lost on their way, and answers on theirs: done once, or known not to be done.

use super::*;

/// The n-th transaction, and no more, meets this.
fn once(nth: usize, trouble: Injected) -> impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static {
    let seen = std::sync::atomic::AtomicUsize::new(0);
    move |_, target| {
        let is_transaction = target == "TransactWriteItems";
        (is_transaction && seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == nth).then_some(trouble)
    }
}

/// Every transaction meets this.
fn always(trouble: Injected) -> impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static {
    move |_, target| (target == "TransactWriteItems").then_some(trouble)
}

const ALL: [Injected; 4] = [Injected::Conflict, Injected::Throttled, Injected::NeverSent, Injected::LostAnswer];

#[tokio::test]
async fn an_order_is_placed_once_whatever_befalls_its_first_try() {
    for trouble in ALL {
        let store = Double::troubled(once(0, trouble)).await.store().await;
        assert!(matches!(store.place(placement(1, &[("A", 4)])).await, Ok(Placed::New)), "{trouble:?}");
        assert_eq!(counts(&store, "A").await, (6, 4, 0, 10), "{trouble:?}");
        assert!(matches!(store.place(placement(1, &[("A", 4)])).await, Ok(Placed::Again(_))), "{trouble:?}");
    }
}

#[tokio::test]
async fn an_order_is_changed_once_whatever_befalls_the_first_try() {
    for trouble in ALL {
        let store = Double::troubled(once(1, trouble)).await.store().await;
        store.place(placement(1, &[("A", 4)])).await.expect("placed");
        let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
        assert_eq!(store.change(sell).await.expect("answered"), Changed::Done, "{trouble:?}");
        assert_eq!(counts(&store, "A").await, (6, 0, 4, 10), "{trouble:?}");
        assert_eq!(store.log(&placement(1, &[]).order.id).await.expect("readable").len(), 2, "{trouble:?}");
    }
}

#[tokio::test]
async fn where_every_answer_is_lost_the_table_knows() {
    let double = Double::troubled(always(Injected::LostAnswer)).await;
    let store = double.store().await;
    assert!(matches!(store.place(placement(1, &[("A", 4)])).await, Ok(Placed::New)));
    assert_eq!(counts(&store, "A").await, (6, 4, 0, 10));
    let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell.clone()).await.expect("answered"), Changed::Done);
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Moved);
    assert_eq!(counts(&store, "A").await, (6, 0, 4, 10));
    assert_eq!(store.adjust_shelf("A", 5).await.expect("answered").map(|count| count.available), Some(11));
    assert_eq!(counts(&store, "A").await, (11, 0, 4, 15));
}

#[tokio::test]
async fn where_nothing_is_sent_nothing_is_done() {
    let store = Double::troubled(always(Injected::NeverSent)).await.store().await;
    let fault = store.place(placement(1, &[("A", 4)])).await.expect_err("nobody knows");
    assert!(fault.text.contains("did not answer"), "{fault}");
    assert_eq!(fault.away, Some(crate::error::Away::Store));
    assert!(store.by_key(&"key-1".to_owned()).await.expect("readable").is_none());
    assert_eq!(counts(&store, "A").await, (-1, 0, 0, 0));
}

/// The double forgets no names, so that this one cannot be told from a table that forgets after ten minutes: the store is
/// asked for the same change by another try of the whole.
#[tokio::test]
async fn what_a_forgotten_name_has_done_is_not_done_again() {
    let double = Double::new().await;
    let store = double.store().await;
    store.place(placement(1, &[("A", 4)])).await.expect("placed");
    // The second try comes under another name.
    double.trouble(|n, target| (n == 0 && target == "TransactWriteItems").then_some(Injected::LostAnswer));
    double.rename(true);
    assert!(matches!(store.place(placement(2, &[("A", 1)])).await, Ok(Placed::New)));
    assert_eq!(counts(&store, "A").await, (5, 5, 0, 10));
    double.trouble(|n, target| (n <= 1 && target == "TransactWriteItems").then_some(Injected::LostAnswer));
    let sell = becoming(read(&store, 2).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Done);
    assert_eq!(counts(&store, "A").await, (5, 4, 1, 10));
}
