//! What every store must do, written once over the trait. A store's own tests call [`conforms`] and [`keeps_count`].

use std::collections::BTreeMap;

use catalog::currency::Gateway;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::decide::tests::quote;
use crate::decide::{GoodsBack, Movement, TakeBack};
use crate::letters::Letter;
use crate::order::{Closing, Invoice, Item, Order, OrderId, Part, Payment, PaymentId, Session, SessionId};
use crate::ports::{Address, Cause, Change, Changed, Composed, Lack, OrderStore, Owed, Personal, Placed, Placement, Stored};

mod downloads;
pub(crate) mod held;
mod papers;

pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_780_000_000).expect("a time")
}

/// The n-th order: so many of some SKUs, of which ten each are there at first.
pub(crate) fn placement(n: u32, items: &[(&str, u32)]) -> Placement {
    let order = Order {
        id: OrderId(format!("id-{n}")),
        number: format!("NUMB-{n:04}"),
        gateway: Gateway::Sandbox,
        quote: quote(100),
        language: "en".into(),
        items: items.iter().map(|(sku, quantity)| Item { sku: (*sku).into(), quantity: *quantity, backorder: 0 }).collect(),
        parts: items.iter().enumerate().map(|(line, (sku, _))| Part { line, sku: (*sku).into(), per_unit: 1 }).collect(),
        claims: vec![],
        cards: vec![],
        issues: vec![],
        downloads: vec![],
        payment: Payment::Pending { attempt: 1 },
        shipments: vec![],
        refunds: vec![],
        dispute: None,
        invoice: Invoice::None,
        attention: None,
        created_at: start() + SignedDuration::from_secs(i64::from(n)),
        expires_at: start() + SignedDuration::from_hours(1),
    };
    let ship_to = Some(Address { name: "Mira".into(), country: "DE".into(), ..Address::default() });
    Placement {
        order,
        personal: Personal { email: format!("{n}@example.com"), ship_to, ..Personal::default() },
        key: format!("key-{n}"),
        body: format!("body-{n}"),
        token: format!("token-{n}"),
        client: "client".into(),
        max_open: 1000,
        seeds: items.iter().map(|(sku, _)| ((*sku).to_owned(), 10)).collect(),
        letters: vec![],
        replaces: None,
    }
}

pub(crate) async fn read(store: &dyn OrderStore, n: u32) -> Stored {
    store.by_id(&OrderId(format!("id-{n}"))).await.expect("readable").expect("an order")
}

pub(crate) fn becoming(stored: Stored, payment: Payment, movement: Option<Movement>) -> Change {
    let order = Order { payment, ..stored.order };
    Change { order, version: stored.version, movement, request: None, letters: vec![], besides: None, cause: Cause::Worker, at: start() }
}

pub(crate) fn paid() -> Payment {
    Payment::Paid { payment: Some(PaymentId("p".into())), at: start() }
}

pub(crate) async fn counts(store: &dyn OrderStore, sku: &str) -> (i64, i64, i64, i64) {
    let counts = store.counts(&[sku.to_owned()]).await.expect("readable");
    counts.get(sku).map_or((-1, 0, 0, 0), |count| (count.available, count.reserved, count.sold, count.stocked))
}

/// One store, from placing to settling.
pub(crate) async fn conforms(store: &dyn OrderStore) {
    placing(store).await;
    changing(store).await;
    shelves(store).await;
    held::backorders(store).await;
    held::limits(store).await;
    held::gift_cards(store).await;
    held::voids(store).await;
    held::wrong_codes(store).await;
    held::races(store).await;
    sending(store).await;
    outbox(store).await;
    downloads::counted(store).await;
    papers::numbers(store).await;
    papers::erasing(store).await;
    papers::pages(store).await;
}

/// Mail that is owed is there with the change that owes it, and until it was handed over.
async fn outbox(store: &dyn OrderStore) {
    let letter = |kind| Letter { kind, about: Some("0".into()) };
    let placement = Placement { letters: vec![letter(MailKind::Confirmation)], ..placement(600, &[]) };
    assert!(matches!(store.place(placement).await, Ok(Placed::New)));
    let change = becoming(read(store, 600).await, paid(), Some(Movement::Sell));
    let stale = Change { letters: vec![letter(MailKind::Sent)], version: 77, ..change.clone() };
    assert_eq!(store.change(stale).await.expect("answered"), Changed::Moved);
    let change = Change { letters: vec![letter(MailKind::Refunded)], at: start() + SignedDuration::from_hours(2), ..change };
    assert_eq!(store.change(change).await.expect("answered"), Changed::Done);
    let owed = async |hours: i64| store.owed(start() + SignedDuration::from_hours(hours), 10).await.expect("readable");
    let kinds = |owed: &[Owed]| owed.iter().map(|owed| (owed.letter.kind, owed.attempts)).collect::<Vec<_>>();
    assert_eq!(kinds(&owed(1).await), [(MailKind::Confirmation, 0)]);
    let first = owed(2).await;
    assert_eq!(kinds(&first), [(MailKind::Confirmation, 0), (MailKind::Refunded, 0)]);
    assert_eq!((first[0].order.0.as_str(), first[1].letter.about.as_deref()), ("id-600", Some("0")));
    store.postpone_letter(&first[0].id, start() + SignedDuration::from_hours(3)).await.expect("postponed");
    store.settle_letter(&first[1].id).await.expect("settled");
    assert!(owed(2).await.is_empty());
    assert_eq!(kinds(&owed(3).await), [(MailKind::Confirmation, 1)]);
    store.settle_letter(&first[0].id).await.expect("settled");
    store.settle_letter(&first[0].id).await.expect("settled twice");
    assert!(owed(9).await.is_empty());
}

/// Goods leave the house and come back; a closed order is held once more.
async fn sending(store: &dyn OrderStore) {
    let away = async |sku: &str| store.counts(&[sku.to_owned()]).await.expect("readable")[sku].sent;
    let change = async |n: u32, movement: Movement| {
        let stored = read(store, n).await;
        let payment = stored.order.payment.clone();
        store.change(becoming(stored, payment, Some(movement))).await.expect("answered")
    };
    assert!(matches!(store.place(placement(500, &[("SENT", 6)])).await, Ok(Placed::New)));
    let sell = becoming(read(store, 500).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Done);
    assert_eq!(change(500, Movement::Send(vec![("SENT".into(), 4)])).await, Changed::Done);
    assert_eq!((counts(store, "SENT").await, away("SENT").await), ((4, 0, 6, 10), 4));
    let goods = vec![GoodsBack { sku: "SENT".into(), restocked: 3, returned: 2 }];
    assert_eq!(change(500, Movement::TakeBack(TakeBack { goods, ..TakeBack::default() })).await, Changed::Done);
    assert_eq!((counts(store, "SENT").await, away("SENT").await), ((7, 0, 3, 10), 2));
    // Seven to sell, and one that is sold and still here.
    assert_eq!(store.set_shelf("SENT", 8).await.expect("answered").map(|count| count.available), Some(7));
    assert_eq!(store.set_shelf("SENT", 0).await.expect("answered"), None);
    assert_eq!(store.adjust_shelf("SENT", 5).await.expect("answered").map(|count| (count.available, count.stocked)), Some((12, 15)));
    assert_eq!(store.adjust_shelf("SENT", -13).await.expect("answered"), None);

    assert!(matches!(store.place(placement(501, &[("AGAIN", 10)])).await, Ok(Placed::New)));
    let release = becoming(read(store, 501).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    let capturing = || {
        let session = Session { id: SessionId("s".into()), pay_url: "https://pay.test".into() };
        Payment::Capturing { session, since: start() }
    };
    let hold = becoming(read(store, 501).await, capturing(), Some(Movement::HoldAgain));
    assert_eq!(store.change(hold).await.expect("answered"), Changed::Done);
    assert_eq!(counts(store, "AGAIN").await, (0, 10, 0, 10));
    assert!(matches!(store.place(placement(502, &[("AGAIN", 1)])).await, Ok(Placed::Lacking(_))));
}

async fn placing(store: &dyn OrderStore) {
    assert!(matches!(store.place(placement(1, &[("A", 4), ("B", 1)])).await, Ok(Placed::New)));
    assert_eq!((counts(store, "A").await, counts(store, "B").await), ((6, 4, 0, 10), (9, 1, 0, 10)));
    assert!(matches!(store.place(placement(1, &[("A", 4)])).await, Ok(Placed::Again(stored)) if stored.order.number == "NUMB-0001"));
    let other_body = Placement { body: "another".into(), ..placement(1, &[("A", 1)]) };
    assert!(matches!(store.place(other_body).await, Ok(Placed::KeyReused)));

    // All or nothing, and every shortage is named; what was never seen before is not seen after.
    let too_many = store.place(placement(2, &[("A", 7), ("B", 1), ("C", 11)])).await.expect("answered");
    assert!(matches!(too_many, Placed::Lacking(Lack::Goods(left)) if left == BTreeMap::from([("A".to_owned(), 6), ("C".to_owned(), 10)])));
    assert_eq!((counts(store, "B").await, counts(store, "C").await), ((9, 1, 0, 10), (-1, 0, 0, 0)));
    assert!(store.by_id(&OrderId("id-2".into())).await.expect("readable").is_none());

    let crowded = Placement { max_open: 1, ..placement(2, &[("A", 1)]) };
    assert!(matches!(store.place(crowded).await, Ok(Placed::TooManyOpen)));

    // A seed counts at the first touch only (R24).
    let seeds = [("A".to_owned(), 500)].into();
    assert!(matches!(store.place(Placement { seeds, ..placement(2, &[("A", 1)]) }).await, Ok(Placed::New)));
    assert_eq!(counts(store, "A").await, (5, 5, 0, 10));

    // The earlier order's goods are there for the one that replaces it.
    let earlier = read(store, 2).await;
    let replaces =
        Some(Stored { order: Order { payment: Payment::Closed(Closing::Cancelled), ..earlier.order }, version: earlier.version });
    assert!(matches!(store.place(Placement { replaces, ..placement(3, &[("A", 6)]) }).await, Ok(Placed::New)));
    assert_eq!(counts(store, "A").await, (0, 10, 0, 10));
    assert_eq!(read(store, 2).await.order.payment, Payment::Closed(Closing::Cancelled));

    // Nothing due: sold at once.
    let mut free = placement(4, &[("D", 2)]);
    free.order.payment = Payment::Paid { payment: None, at: start() };
    assert!(matches!(store.place(free).await, Ok(Placed::New)));
    assert_eq!(counts(store, "D").await, (8, 0, 2, 10));
}

async fn changing(store: &dyn OrderStore) {
    let first = read(store, 1).await;
    let by_token = store.by_token(&"token-1".to_owned()).await.expect("readable").expect("an order");
    assert_eq!((&by_token.order, by_token.version), (&first.order, first.version));
    assert!(store.by_number("NUMB-0001").await.expect("readable").is_some());
    assert_eq!(store.by_key(&"key-1".to_owned()).await.expect("readable").map(|(_, body)| body), Some("body-1".into()));
    let personal = store.personal(&first.order.id).await.expect("readable").expect("personal data");
    assert_eq!(personal.email, "1@example.com");
    let request = || Some(Composed { attempt: 2, body: "second".into() });
    let anew = Change { request: request(), ..becoming(first.clone(), Payment::Pending { attempt: 2 }, None) };
    assert_eq!(store.change(anew).await.expect("answered"), Changed::Done);
    let personal = store.personal(&first.order.id).await.expect("readable").expect("personal data");
    assert_eq!((personal.email.as_str(), personal.request), ("1@example.com", request()));
    let first = read(store, 1).await;

    // Two decide on the same version: one wins, and goods move once.
    let mut sell = becoming(first.clone(), paid(), Some(Movement::Sell));
    sell.cause = Cause::Notice("sandbox", "evt_1".into());
    assert!(!store.has_seen("sandbox", "evt_1").await.expect("readable"));
    assert_eq!(store.change(sell.clone()).await.expect("answered"), Changed::Done);
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Moved);
    assert!(store.has_seen("sandbox", "evt_1").await.expect("readable"));
    assert_eq!(counts(store, "B").await, (9, 0, 1, 10));
    let log = store.log(&first.order.id).await.expect("readable");
    assert_eq!(log.iter().map(|line| line.payment.as_str()).collect::<Vec<_>>(), ["pending", "pending", "paid"]);
    assert_eq!(log[2].cause, "webhook sandbox evt_1");

    // Late: taken again where there are enough, else nothing is stored.
    let late = becoming(read(store, 2).await, paid(), Some(Movement::SellLate));
    assert_eq!(store.change(late).await.expect("answered"), Changed::Short);
    assert_eq!(read(store, 2).await.order.payment, Payment::Closed(Closing::Cancelled));
    let release = becoming(read(store, 3).await, Payment::Closed(Closing::Expired), Some(Movement::Release));
    assert_eq!(store.change(release).await.expect("answered"), Changed::Done);
    let late = becoming(read(store, 2).await, paid(), Some(Movement::SellLate));
    assert_eq!(store.change(late).await.expect("answered"), Changed::Done);
    assert_eq!(counts(store, "A").await, (5, 0, 5, 10));

    // Only what waits for the clock wakes.
    store.place(placement(5, &[])).await.expect("placed");
    assert!(store.waking(start()).await.expect("readable").is_empty());
    let waking = store.waking(start() + SignedDuration::from_hours(1)).await.expect("readable");
    assert_eq!(waking, [OrderId("id-5".into())]);

    // Two hand over at once: nothing moves, and still one of them decided on what is no more.
    let fifth = read(store, 5).await;
    let handed = |session: &str| {
        let session = Session { id: SessionId(session.into()), pay_url: "https://pay.test".into() };
        becoming(fifth.clone(), Payment::Awaiting { session }, None)
    };
    assert_eq!(store.change(handed("one")).await.expect("answered"), Changed::Done);
    assert_eq!(store.change(handed("other")).await.expect("answered"), Changed::Moved);
    assert!(matches!(read(store, 5).await.order.payment, Payment::Awaiting { session } if session.id.0 == "one"));
    assert_eq!(store.log(&fifth.order.id).await.expect("readable").len(), 2);
    let newest: Vec<_> = store.newest(2).await.expect("readable").into_iter().map(|order| order.id.0).collect();
    assert_eq!(newest, ["id-5", "id-4"]);
}

async fn shelves(store: &dyn OrderStore) {
    assert_eq!(store.set_shelf("A", 4).await.expect("answered"), None, "five are promised");
    assert_eq!(counts(store, "A").await, (5, 0, 5, 10));
    store.set_shelf("A", 20).await.expect("answered").expect("enough");
    assert_eq!(counts(store, "A").await, (15, 0, 5, 20));
    store.set_shelf("NEW", 3).await.expect("answered").expect("enough");
    assert_eq!(counts(store, "NEW").await, (3, 0, 0, 3));
}

/// One step of a random life.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A new order of so many A and B; the one thing may be sold beyond what there is, the other not. It claims a use of a
    /// discount, pays so much with a gift card and buys one of so much.
    Place(u32, u32, bool, u32, u32),
    /// An open order is paid.
    Pay(usize),
    /// An open order is released.
    Release(usize),
    /// A closed order is paid late.
    PayLate(usize),
    /// An order is changed on the basis of an old version.
    Stale(usize),
    /// The merchant counts.
    Shelf(u32),
}

pub(crate) fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_u32, 0..4_u32, any::<bool>(), 0..3_u32, 0..3_u32)
            .prop_map(|(a, b, claims, pays, buys)| Step::Place(a, b, claims, pays, buys)),
        2 => any::<usize>().prop_map(Step::Pay),
        2 => any::<usize>().prop_map(Step::Release),
        1 => any::<usize>().prop_map(Step::PayLate),
        1 => any::<usize>().prop_map(Step::Stale),
        1 => (0..30_u32).prop_map(Step::Shelf),
    ]
}

/// R20 over any life: `available + reserved + sold = stocked`, and reserved and sold are what the orders say.
pub(crate) async fn keeps_count(store: &dyn OrderStore, steps: Vec<Step>) {
    let mut placed = 0;
    for step in steps {
        let pick = |i: usize| if placed == 0 { None } else { u32::try_from(i % placed as usize).ok() };
        match step {
            Step::Place(a, b, claims, pays, buys) => {
                let items: Vec<_> = [("A", a), ("B", b)].into_iter().filter(|(_, quantity)| *quantity > 0).collect();
                let placement = held::holding(placement(placed, &items), claims, i64::from(pays) * 100, i64::from(buys) * 250);
                if matches!(store.place(placement).await.expect("answered"), Placed::New) {
                    placed += 1;
                }
            }
            Step::Pay(i) => advance(store, pick(i), Payment::is_open, paid(), Movement::Sell).await,
            Step::Release(i) => advance(store, pick(i), Payment::is_open, Payment::Closed(Closing::Expired), Movement::Release).await,
            Step::PayLate(i) => advance(store, pick(i), |p| matches!(p, Payment::Closed(_)), paid(), Movement::SellLate).await,
            Step::Stale(i) => {
                if let Some(n) = pick(i) {
                    let mut change = becoming(read(store, n).await, paid(), Some(Movement::Sell));
                    change.version -= 1;
                    assert_eq!(store.change(change).await.expect("answered"), Changed::Moved);
                }
            }
            Step::Shelf(n) => drop(store.set_shelf("A", n).await.expect("answered")),
        }
        check_counts(store).await;
    }
}

async fn advance(store: &dyn OrderStore, n: Option<u32>, may: fn(&Payment) -> bool, to: Payment, movement: Movement) {
    let Some(n) = n else { return };
    let stored = read(store, n).await;
    if may(&stored.order.payment) {
        store.change(becoming(stored, to, Some(movement))).await.expect("answered");
    }
}

/// R20 and its kin over all orders.
pub(crate) async fn check_counts(store: &dyn OrderStore) {
    let orders = store.newest(1000).await.expect("readable");
    for (sku, count) in store.all_counts().await.expect("readable") {
        let of = |wanted: fn(&Payment) -> bool| -> i64 {
            let items = orders.iter().filter(|order| wanted(&order.payment)).flat_map(|order| &order.items);
            items.filter(|item| item.sku == sku).map(|item| i64::from(item.quantity)).sum()
        };
        assert_eq!(count.reserved, of(Payment::is_open), "{sku}");
        assert_eq!(count.sold, of(|payment| matches!(payment, Payment::Paid { .. })), "{sku}");
        assert_eq!(count.available + count.reserved + count.sold, count.stocked, "{sku}");
        assert!(count.available >= if sku == "B" { -held::BACKORDER } else { 0 }, "{sku}");
    }
    held::check(store, &orders).await;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use crate::store::sqlite::{Mode, SqliteStore};

    fn open(folder: &tempfile::TempDir) -> SqliteStore {
        SqliteStore::open(&folder.path().join("store/orders.sqlite"), Mode::Test, [1; 32]).expect("a store").0
    }

    #[tokio::test]
    async fn conforms_to_the_suite() {
        let folder = tempfile::tempdir().expect("a folder");
        conforms(&open(&folder)).await;
    }

    #[test]
    fn a_store_keeps_its_mode_and_its_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders.sqlite");
        SqliteStore::open(&path, Mode::Test, [1; 32]).expect("a store");
        assert_eq!(SqliteStore::open(&path, Mode::Test, [2; 32]).expect("a store").1, [1; 32]);
        let fault = SqliteStore::open(&path, Mode::Live, [3; 32]).err().expect("a fault");
        assert!(fault.text.contains("holds test orders"), "{fault}");
    }

    #[tokio::test]
    async fn a_store_of_the_first_version_keeps_its_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders.sqlite");
        let old = rusqlite::Connection::open(&path).expect("a database");
        old.execute_batch(include_str!("schema_1.sql")).expect("the first schema");
        old.execute("INSERT INTO stock VALUES ('A', 3, 1, 6, 10, 9)", []).expect("written");
        old.execute("INSERT INTO shop VALUES (1, 'live', zeroblob(32))", []).expect("written");
        old.pragma_update(None, "user_version", 1).expect("written");
        drop(old);
        let store = SqliteStore::visit(&path).expect("a store");
        assert_eq!(counts(&store, "A").await, (3, 1, 6, 10));
        held::backorders(&store).await;
    }

    #[test]
    fn a_store_of_a_newer_program_and_a_damaged_one_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders.sqlite");
        rusqlite::Connection::open(&path).and_then(|c| c.pragma_update(None, "user_version", 99)).expect("written");
        let fault = SqliteStore::visit(&path).err().expect("a fault");
        assert!(fault.text.contains("version 99") && fault.text.contains("orders.sqlite"), "{fault}");
        let fault = SqliteStore::visit(&folder.path().join("orders.sqlite/below")).err().expect("a fault");
        assert!(fault.text.contains("there is no store at"), "{fault}");
    }

    #[tokio::test]
    async fn a_visit_makes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store/orders.sqlite");
        let fault = SqliteStore::visit(&path).err().expect("a fault");
        assert!(fault.text.contains("there is no store at"), "{fault}");
        assert!(!folder.path().join("store").try_exists().expect("readable"));
        let path = folder.path().join("notes.sqlite");
        let other = rusqlite::Connection::open(&path).expect("a database");
        other.execute_batch("CREATE TABLE notes (text TEXT)").expect("a table");
        let fault = SqliteStore::visit(&path).err().expect("a fault");
        assert!(fault.text.contains("it is no store of orders"), "{fault}");
        let tables: i64 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).expect("readable");
        assert_eq!(tables, 1);
        let (store, secret) = SqliteStore::open(&folder.path().join("begun.sqlite"), Mode::Live, [7; 32]).expect("a store");
        assert_eq!(store.begun().await.expect("readable"), Some((Mode::Live, secret)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn counts_are_kept_over_any_life(steps in prop::collection::vec(any_step(), 1..25)) {
            let folder = tempfile::tempdir().expect("a folder");
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(keeps_count(&open(&folder), steps));
        }
    }
}
