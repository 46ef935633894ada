//! The suite that every store passes, and what only this one can meet: answers that get lost, a table that is busy, many
//! buyers at once.

use proptest::prelude::*;

use self::double::Double;
use super::items::Key;
use super::wire::Injected;
use super::{DynamoStore, Mode};
use crate::decide::Movement;
use crate::order::{Closing, Order, Payment, Session, SessionId};
use crate::ports::{Cause, Changed, Lack, OrderStore, Placed, Placement, Stored};
use crate::store::conformance::{any_step, becoming, conforms, counts, keeps_count, paid, placement, read, start};

mod crowd;
pub(crate) mod double;
mod losses;
#[cfg(feature = "sandbox")]
mod merchant;
mod split;
mod twins;

/// Every third request meets one trouble after the other.
fn one_in_three(n: usize, target: &str) -> Option<Injected> {
    let troubles = [Injected::Conflict, Injected::LostAnswer, Injected::Throttled, Injected::Unread, Injected::NeverSent];
    (n % 3 == 1).then(|| troubles[n / 3 % troubles.len()]).filter(|trouble| trouble.befalls(target))
}

#[tokio::test]
async fn conforms_to_the_suite() {
    conforms(&Double::new().await.store().await).await;
}

#[tokio::test]
async fn conforms_to_the_suite_whatever_befalls_its_requests() {
    conforms(&Double::troubled(one_in_three).await.store().await).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn counts_are_kept_over_any_life(steps in prop::collection::vec(any_step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { keeps_count(&Double::new().await.store().await, steps).await });
    }

    #[test]
    fn counts_are_kept_over_any_life_whatever_befalls_its_requests(steps in prop::collection::vec(any_step(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { keeps_count(&Double::troubled(one_in_three).await.store().await, steps).await });
    }
}

#[tokio::test]
async fn a_table_keeps_its_mode_and_its_secret() {
    let double = Double::new().await;
    let open = async |mode, secret| DynamoStore::open(double.client(), double.table(), mode, secret).await;
    assert_eq!(open(Mode::Test, [1; 32]).await.expect("a store").1, [1; 32]);
    assert_eq!(open(Mode::Test, [2; 32]).await.expect("a store").1, [1; 32]);
    let fault = open(Mode::Live, [3; 32]).await.expect_err("another mode");
    assert!(fault.text.contains("holds test orders; this program would take live ones"), "{fault}");
}

#[tokio::test]
async fn messages_say_what_to_do() {
    let double = Double::new().await;
    let fault = DynamoStore::open(double.client(), "elsewhere", Mode::Test, [1; 32]).await.expect_err("no table");
    assert!(fault.text.contains("there is no table `elsewhere` in the region `eu-central-1`: create it"), "{fault}");
    assert_eq!(fault.away, None, "another try would meet the same");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-central-1"))
        .endpoint_url(crate::doubles::table::endpoint());
    let nobody = aws_sdk_dynamodb::Client::from_conf(config.build());
    let fault = DynamoStore::open(nobody, double.table(), Mode::Test, [1; 32]).await.expect_err("no credentials");
    assert!(fault.text.contains("cannot be asked without credentials"), "{fault}");
    let busy = Double::troubled(|_, _| Some(Injected::Throttled)).await;
    let fault = DynamoStore::open(busy.client(), busy.table(), Mode::Test, [1; 32]).await.expect_err("throttled");
    assert!(fault.text.contains("takes no more requests for now; give it more capacity"), "{fault}");
    assert_eq!(fault.away, Some(crate::error::Away::Store));
}

#[tokio::test]
async fn personal_data_lies_apart() {
    let double = Double::new().await;
    let store = double.store().await;
    store.place(placement(1, &[("A", 1)])).await.expect("placed");
    let order = placement(1, &[]).order.id;
    let lies_in = async |key| format!("{:?}", store.get(&key).await.expect("readable").expect("an item"));
    assert!(!lies_in(Key::order(&order)).await.contains("example.com"));
    assert!(lies_in(Key::personal(&order)).await.contains("example.com"));
}

fn replacing(earlier: Stored, placement: Placement) -> Placement {
    let order = Order { payment: Payment::Closed(Closing::Cancelled), ..earlier.order };
    Placement { replaces: Some(Stored { order, version: earlier.version }), ..placement }
}

#[tokio::test]
async fn an_order_that_replaces_another_moves_the_difference() {
    let store = Double::new().await.store().await;
    store.place(placement(1, &[("A", 8), ("B", 2)])).await.expect("placed");
    let short = replacing(read(&store, 1).await, placement(2, &[("A", 11), ("C", 3)]));
    assert!(matches!(store.place(short).await, Ok(Placed::Lacking(Lack::Goods(left))) if left["A"] == 10));
    assert_eq!((counts(&store, "A").await, counts(&store, "C").await), ((2, 8, 0, 10), (-1, 0, 0, 0)));
    let one_more = replacing(read(&store, 1).await, Placement { max_open: 1, ..placement(2, &[("A", 9), ("C", 3)]) });
    assert!(matches!(store.place(one_more).await, Ok(Placed::New)));
    assert_eq!((counts(&store, "A").await, counts(&store, "B").await), ((1, 9, 0, 10), (10, 0, 0, 10)));
    assert_eq!(store.log(&placement(1, &[]).order.id).await.expect("readable").len(), 2);
    // One open order was closed for the other; of another client's, that client's count goes down.
    let of_another = Placement { client: "another".into(), max_open: 1, ..placement(4, &[]) };
    assert!(matches!(store.place(replacing(read(&store, 2).await, of_another)).await, Ok(Placed::New)));
    let more = |n| Placement { max_open: 1, ..placement(n, &[("A", 9)]) };
    assert!(matches!(store.place(more(5)).await, Ok(Placed::New)));
    assert!(matches!(store.place(more(6)).await, Ok(Placed::TooManyOpen)));
    // Moved on meanwhile: left as it is.
    let stale = Stored { version: 1, ..read(&store, 1).await };
    assert!(matches!(store.place(replacing(stale, placement(3, &[("A", 1)]))).await, Ok(Placed::New)));
    assert_eq!(counts(&store, "A").await, (0, 10, 0, 10));
}

#[tokio::test]
async fn an_order_that_replaces_another_may_be_too_large_for_one_transaction() {
    let store = Double::new().await.store().await;
    let skus = |letter: &str| (0..60).map(|n| format!("{letter}{n}")).collect::<Vec<_>>();
    let (olds, news) = (skus("O"), skus("N"));
    let each = |skus: &[String], n| placement(n, &skus.iter().map(|sku| (sku.as_str(), 1)).collect::<Vec<_>>());
    assert!(matches!(store.place(each(&olds, 1)).await, Ok(Placed::New)));
    assert!(matches!(store.place(replacing(read(&store, 1).await, each(&news, 2))).await, Ok(Placed::New)));
    assert_eq!((counts(&store, "O59").await, counts(&store, "N59").await), ((10, 0, 0, 10), (9, 1, 0, 10)));
    let all: Vec<_> = olds.into_iter().chain(news).collect();
    assert_eq!((store.counts(&all).await.expect("readable").len(), store.all_counts().await.expect("readable").len()), (120, 120));
}

#[tokio::test]
async fn a_client_may_have_so_many_open_orders() {
    let store = Double::new().await.store().await;
    let another = async |n| store.place(Placement { max_open: 2, ..placement(n, &[]) }).await.expect("answered");
    assert!(matches!((another(1).await, another(2).await), (Placed::New, Placed::New)));
    assert!(matches!(another(3).await, Placed::TooManyOpen));
    let sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Done);
    assert!(matches!((another(3).await, another(4).await), (Placed::New, Placed::TooManyOpen)));
    let close = becoming(read(&store, 2).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(close).await.expect("answered"), Changed::Done);
    assert!(matches!(another(4).await, Placed::New));
    // A closed one that is paid late was not counted any more.
    let late = becoming(read(&store, 2).await, paid(), Some(Movement::SellLate));
    assert_eq!(store.change(late).await.expect("answered"), Changed::Done);
    assert!(matches!(another(5).await, Placed::TooManyOpen));
}

#[tokio::test]
async fn a_movement_of_what_is_not_there_is_a_fault_and_changes_nothing() {
    let store = Double::new().await.store().await;
    store.place(placement(1, &[("A", 2)])).await.expect("placed");
    let mut more = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    more.order.items[0].quantity = 3;
    let fault = store.change(more).await.expect_err("only two are reserved");
    assert!(fault.text.contains("does not hold what it should"), "{fault}");
    assert_eq!(counts(&store, "A").await, (8, 2, 0, 10));
    let release = becoming(read(&store, 1).await, paid(), Some(Movement::SellLate));
    let fault = store.change(release).await.expect_err("it is open");
    assert!(fault.text.contains("is no way"), "{fault}");
    assert!(read(&store, 1).await.order.payment.is_open());
}

#[tokio::test]
async fn few_requests_are_made() {
    let double = Double::new().await;
    let store = double.store().await;
    double.forget();
    store.place(placement(1, &[("A", 2), ("B", 1)])).await.expect("placed");
    assert_eq!(double.requests(), ["TransactWriteItems"]);
    let stored = read(&store, 1).await;
    double.forget();
    let session = Session { id: SessionId("s".into()), pay_url: "https://pay.test".into() };
    store.change(becoming(stored, Payment::Awaiting { session }, None)).await.expect("answered");
    assert_eq!(double.requests(), ["TransactWriteItems"]);
    let mut sell = becoming(read(&store, 1).await, paid(), Some(Movement::Sell));
    sell.cause = Cause::Notice("sandbox", "evt".into());
    double.forget();
    store.change(sell).await.expect("answered");
    assert_eq!(double.requests(), ["BatchGetItem", "TransactWriteItems"]);
    double.forget();
    assert!(store.by_token(&"token-1".to_owned()).await.expect("readable").is_some());
    assert_eq!(double.requests(), ["GetItem", "GetItem"]);
    double.forget();
    assert!(matches!(store.place(placement(2, &[("A", 9)])).await, Ok(Placed::Lacking(_))));
    assert_eq!(double.requests(), ["TransactWriteItems", "BatchGetItem", "GetItem"]);
    assert_eq!(store.waking(start()).await.expect("readable"), []);
}
