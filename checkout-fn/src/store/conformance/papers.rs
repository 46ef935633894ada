//! Numbers without gaps, personal data that goes, and lists page by page.

use futures_util::future::join_all;

use super::*;
use crate::error::Fault;
use crate::order::{Numbered, Sequence};
use crate::ports::Besides;

/// Draws the next number for an order, as a worker does, until it has one. What a request meets may make it begin anew.
async fn draw(store: &dyn OrderStore, n: u32) -> Result<(), Fault> {
    for _ in 0..200 {
        let stored = read(store, n).await;
        if matches!(stored.order.invoice, Invoice::Given(_)) {
            return Ok(());
        }
        let last = store.last_number(Sequence::Invoice).await?;
        let seller = catalog::terms::Seller {
            name: "Tessel".into(),
            address: vec![],
            tax_id: "PT 1".into(),
            invoice_prefix: "INV-".into(),
            credit_note_prefix: "CN-".into(),
        };
        let number = Sequence::Invoice.number(&seller, last + 1);
        let mut change = becoming(stored, paid(), None);
        change.order.invoice = Invoice::Given(Numbered { number, at: start(), seller });
        change.besides = Some(Besides::Draw { sequence: Sequence::Invoice, last });
        store.change(change).await?;
    }
    Err(Fault::new(format!("order {n} got no number")))
}

/// Every order has one number, and the numbers have no gaps, however many draw at once and for the same orders.
pub(super) async fn numbers(store: &dyn OrderStore) {
    assert_eq!(store.last_number(Sequence::Invoice).await.expect("readable"), 0);
    for n in 700..706 {
        let free = Order { payment: paid(), ..placement(n, &[]).order };
        assert!(matches!(store.place(Placement { order: free, ..placement(n, &[]) }).await, Ok(Placed::New)));
    }
    let drawn = join_all((700..706).chain(700..706).map(|n| draw(store, n))).await;
    for (n, drawn) in (700..706).cycle().zip(drawn) {
        // Who was told that the table is too busy comes again.
        if drawn.is_err() {
            draw(store, n).await.expect("a number");
        }
    }
    let mut numbers = Vec::new();
    for n in 700..706 {
        let Invoice::Given(numbered) = read(store, n).await.order.invoice else { panic!("order {n} has no number") };
        numbers.push(numbered.number);
    }
    numbers.sort();
    assert_eq!(numbers, (1..=6).map(|n| format!("INV-{n:04}")).collect::<Vec<_>>());
    assert_eq!(store.last_number(Sequence::Invoice).await.expect("readable"), 6);
    assert_eq!(store.last_number(Sequence::CreditNote).await.expect("readable"), 0, "a sequence of its own");

    // A number that is gone is not taken, whatever else the change is.
    let mut stale = becoming(read(store, 700).await, paid(), None);
    stale.besides = Some(Besides::Draw { sequence: Sequence::Invoice, last: 5 });
    assert_eq!(store.change(stale).await.expect("answered"), Changed::Moved);
    assert_eq!(read(store, 700).await.version, 2);
}

/// Personal data goes with a change of the order, and stays away.
pub(super) async fn erasing(store: &dyn OrderStore) {
    let letter = Letter { kind: MailKind::Confirmation, about: None };
    let placement = Placement { letters: vec![letter], ..placement(710, &[]) };
    assert!(matches!(store.place(placement).await, Ok(Placed::New)));
    let first = read(store, 710).await;
    let id = first.order.id.clone();
    let owes = async || store.owes_mail(&id).await.expect("readable");
    assert!(owes().await);
    let owed = store.owed(start() + SignedDuration::from_hours(1), 1000).await.expect("readable");
    let letter = owed.iter().find(|owed| owed.order == id).expect("a letter");
    store.postpone_letter(&letter.id, start() + SignedDuration::from_hours(9000)).await.expect("answered");
    assert!(owes().await, "also what is not due");
    store.settle_letter(&letter.id).await.expect("answered");
    assert!(!owes().await);
    let mut erase = becoming(first.clone(), paid(), Some(Movement::Sell));
    erase.besides = Some(Besides::Erase);
    let stale = Change { version: 9, ..erase.clone() };
    assert_eq!(store.change(stale).await.expect("answered"), Changed::Moved);
    assert!(store.personal(&id).await.expect("readable").is_some());
    assert_eq!(store.change(erase).await.expect("answered"), Changed::Done);
    assert_eq!(store.personal(&id).await.expect("readable"), None);
    let mut again = becoming(read(store, 710).await, paid(), None);
    again.besides = Some(Besides::Erase);
    assert_eq!(store.change(again).await.expect("answered"), Changed::Done, "nothing is there to go");
    assert_eq!((store.personal(&id).await.expect("readable"), read(store, 710).await.order.number), (None, "NUMB-0710".into()));
}

/// All orders, the newest first, whatever the size of a page; those of one instant stand somewhere, and once.
pub(super) async fn pages(store: &dyn OrderStore) {
    for n in 720..724 {
        let order = Order { created_at: start() + SignedDuration::from_secs(710), ..placement(n, &[]).order };
        assert!(matches!(store.place(Placement { order, ..placement(n, &[]) }).await, Ok(Placed::New)));
    }
    let all: Vec<OrderId> = store.newest(1000).await.expect("readable").into_iter().map(|order| order.id).collect();
    for size in [1, 3, 1000] {
        let (mut seen, mut place) = (Vec::new(), None);
        loop {
            let page = store.older(place, size).await.expect("readable");
            let Some(last) = page.last() else { break };
            place = Some((last.created_at, last.id.clone()));
            seen.extend(page.into_iter().map(|order| order.id));
        }
        assert_eq!(seen, all, "pages of {size}");
    }
    let mut distinct = all.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), all.len());
}
