//! The worker's numbers and the merchant's commands on a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::merchant::{Books, Filter};
use crate::order::Invoice;

use crate::shop::{Checkout, Ports, Settings};
use crate::testing;
use crate::{LocalFiles, MemoryBundle};

/// A worker of a shop that gives invoices.
fn worker(store: &DynamoStore) -> Checkout {
    let bundle = testing::bundle(|contents| {
        contents.terms.seller = Some(catalog::terms::Seller {
            name: "Tessel".into(),
            address: vec!["Porto".into()],
            tax_id: "PT 1".into(),
            invoice_prefix: "INV-".into(),
            credit_note_prefix: "CN-".into(),
        });
    });
    let ports = Ports {
        store: Arc::new(store.clone()),
        gateways: BTreeMap::new(),
        catalogue: Arc::new(MemoryBundle::new(bundle)),
        files: Arc::new(LocalFiles::new("".into(), "".into())),
        mail: crate::Mail::None,
        secret: [1; 32],
    };
    Checkout::assemble(Settings::new("", "", ""), ports)
}

fn wanting(n: u32) -> Placement {
    let order = Order { payment: paid(), invoice: Invoice::Wanted, ..placement(n, &[]).order };
    Placement { order, ..placement(n, &[]) }
}

/// Several workers are at it at once, and every third request meets some trouble: each order has one number, and none is missing.
#[tokio::test(flavor = "multi_thread")]
async fn workers_that_draw_at_once_leave_no_gap() {
    let double = Double::troubled(one_in_three).await;
    let store = double.store().await;
    for n in 1..=8 {
        assert!(matches!(store.place(wanting(n)).await, Ok(Placed::New)));
    }
    let mut faults = Vec::new();
    let number = async |n: u32| match read(&store, n).await.order.invoice {
        Invoice::Given(numbered) => Some(numbered.number),
        Invoice::Wanted | Invoice::None => None,
    };
    for _ in 0..20 {
        let waking = store.waking(start()).await.expect("readable");
        if waking.is_empty() {
            break;
        }
        // Each of them is at another order, and another is at the same.
        let rounds = waking.iter().chain(&waking).map(|id| {
            let (worker, id) = (worker(&store), id.clone());
            tokio::spawn(async move { crate::settling::tidy(&worker.shop, &id).await.err() })
        });
        for round in rounds.collect::<Vec<_>>() {
            faults.extend(round.await.expect("no panic"));
        }
    }
    let mut numbers = Vec::new();
    for n in 1..=8 {
        numbers.extend(number(n).await);
    }
    numbers.sort();
    assert_eq!(numbers, (1..=8).map(|n| format!("INV-{n:04}")).collect::<Vec<_>>(), "{faults:?}");
}

#[tokio::test]
async fn the_merchants_commands_never_scan() {
    let double = Double::new().await;
    let store = double.store().await;
    for n in 1..=3 {
        assert!(matches!(store.place(wanting(n)).await, Ok(Placed::New)));
    }
    assert!(matches!(store.place(placement(4, &[("A", 2)])).await, Ok(Placed::New)));
    worker(&store).sweep().await;
    double.forget();
    let books = Books::of_store(Arc::new(store.clone()), Mode::Live);
    let listed =
        async |filter: Filter| books.orders(&filter, 9).await.expect("listed").into_iter().map(|order| order.number).collect::<Vec<_>>();
    let paid = Filter { state: Some("paid".into()), ..Filter::default() };
    assert_eq!(listed(paid).await, ["NUMB-0003", "NUMB-0002", "NUMB-0001"]);
    let since = Some(start() + jiff::SignedDuration::from_secs(3));
    assert_eq!(listed(Filter { since, ..Filter::default() }).await, ["NUMB-0004", "NUMB-0003"]);
    let paper = books.paper("NUMB-0002", None).await.expect("an invoice");
    assert!(!paper.is_test && paper.number.starts_with("INV-000"));
    books.erase("NUMB-0002").await.expect("erased");
    assert!(books.paper("NUMB-0002", None).await.expect("an invoice").buyer.is_none());
    assert!(books.erase("NUMB-0004").await.expect_err("open").to_string().contains("is open"));
    books.set_stock("A", 12).await.expect("answered").expect("enough");
    assert_eq!(books.stock().await.expect("counts")["A"].available, 10);
    assert_eq!(books.export(&Filter::default()).await.expect("exported").len(), 4);
    let requests = double.requests();
    assert!(!requests.is_empty() && !requests.iter().any(|request| request.contains("Scan")), "{requests:?}");
}
