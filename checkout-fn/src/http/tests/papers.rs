//! Invoices, credit notes, slips and exports; and what is left of an order whose buyer is erased.

use catalog::by_rate::RateSum;
use catalog::product::{FieldKind, LineField};
use catalog::terms::Seller;

use super::*;
use crate::merchant::{Books, BooksError, Filter, Paper, RefundWish};
use crate::order::{Invoice, Order};

pub(super) fn seller() -> Seller {
    Seller {
        name: "Tessel Lda.".into(),
        address: vec!["Travessa 14".into(), "Porto".into()],
        tax_id: "PT 509".into(),
        invoice_prefix: "T-".into(),
        credit_note_prefix: "TC-".into(),
    }
}

/// A shop that gives invoices; its bowl can be engraved.
fn invoicing() -> TestShop {
    TestShop::with(|contents| {
        contents.terms.seller = Some(seller());
        let bowl = contents.variants.iter_mut().find(|variant| variant.sku.as_str() == "BOWL").expect("a bowl");
        bowl.fields = vec![LineField {
            name: "engraving".into(),
            title: "Engraving".into(),
            kind: FieldKind::Text { max_chars: 20 },
            is_required: false,
            prices: std::collections::BTreeMap::new(),
        }];
    })
}

impl TestShop {
    /// The number of an order that was bought and paid.
    async fn paid(&self, lines: &Value, total: i64) -> String {
        let placed = self.post("/api/checkout", &order_of(lines, total)).await.expect(201);
        self.pay(&placed).await;
        placed.text("order")
    }

    async fn stored(&self, number: &str) -> Order {
        self.checkout.shop.store.by_number(number).await.expect("readable").expect("an order").order
    }

    async fn paper(&self, number: &str, refund: Option<&str>) -> Result<Paper, BooksError> {
        Books::of(&self.checkout).paper(number, refund).await
    }

    async fn returned(&self, number: &str, wish: RefundWish) -> String {
        let books = Books::of(&self.checkout);
        let (back, _) = books.weigh(number, &wish).await.expect("weighed");
        books.refund(number, back).await.expect("given back").id
    }
}

fn said<T>(result: Result<T, BooksError>) -> String {
    result.err().expect("declined").to_string()
}

fn mug() -> Value {
    json!([{ "sku": "MUG", "quantity": 1 }])
}

#[tokio::test]
async fn paid_orders_get_numbers_and_what_goes_back_is_credited() {
    let shop = invoicing();
    let first = shop.paid(&json!([{ "sku": "MUG", "quantity": 3 }]), 6490).await;
    assert_eq!(shop.stored(&first).await.invoice, Invoice::Wanted);
    assert!(said(shop.paper(&first, None).await).contains("next round"));
    let unpaid = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.checkout.sweep().await;
    let invoice = shop.paper(&first, None).await.expect("an invoice");
    assert_eq!((invoice.number.as_str(), &invoice.seller, invoice.total, invoice.shipping), ("T-0001", &seller(), 6490, Some(490)));
    assert_eq!(invoice.taxes, [RateSum::of(1900, 6490, 1036)]);
    assert_eq!(invoice.buyer.expect("a buyer").address.expect("an address").city, "Berlin");
    assert!(said(shop.paper(&unpaid.text("order"), None).await).contains("not paid"));
    assert_eq!(shop.stored(&first).await.wake_at(), None, "nothing is left to do");

    // Part of it goes back, and later the rest; each has a note, and together they are the invoice.
    let one = shop.returned(&first, RefundWish { lines: vec![(1, 1)], ..RefundWish::default() }).await;
    assert!(said(shop.paper(&first, Some(&one)).await).contains("next round"));
    shop.checkout.sweep().await;
    let rest = shop.returned(&first, RefundWish { all: true, ..RefundWish::default() }).await;
    shop.checkout.sweep().await;
    let notes = [shop.paper(&first, Some(&one)).await, shop.paper(&first, Some(&rest)).await].map(|note| note.expect("a note"));
    assert_eq!(notes.each_ref().map(|note| note.number.as_str()), ["TC-0001", "TC-0002"]);
    assert_eq!(notes[0].credits.as_ref().expect("an invoice").0, "T-0001");
    assert_eq!((notes[0].total, notes[0].lines[0].quantity, notes[1].total, notes[1].shipping), (2000, 1, 4490, Some(490)));
    let taxes = notes.iter().flat_map(|note| note.taxes.clone());
    assert_eq!(catalog::by_rate::sum(taxes), [RateSum::of(1900, 6490, 1036)]);
    assert_eq!(shop.paper(&first, Some("TC-0002")).await.expect("by its number").total, 4490);
    assert!(said(shop.paper(&first, Some("r-none")).await).contains("no refund `r-none`"));

    // What ends unpaid has none, and the next one the next number.
    shop.pass(SignedDuration::from_hours(1));
    shop.checkout.sweep().await;
    assert_eq!(shop.payment(&unpaid).await, "expired");
    let second = shop.paid(&mug(), 2490).await;
    shop.checkout.sweep().await;
    assert_eq!(shop.paper(&second, None).await.expect("an invoice").number, "T-0002");
}

#[tokio::test]
async fn a_shop_without_a_seller_gives_none_and_its_orders_do_not_wait_for_any() {
    let shop = TestShop::new();
    let bought = shop.paid(&mug(), 2490).await;
    assert_eq!(shop.stored(&bought).await.wake_at(), None);
    shop.checkout.sweep().await;
    assert!(said(shop.paper(&bought, None).await).contains("`seller: {name: "));

    // One that takes its seller away has given what it has given, and credits it still.
    let shop = invoicing();
    let (before, later) = (shop.paid(&mug(), 2490).await, shop.paid(&mug(), 2490).await);
    shop.checkout.sweep().await;
    let waits = shop.paid(&mug(), 2490).await;
    shop.bundle.replace(testing::bundle(|_| {}));
    shop.returned(&before, RefundWish { all: true, ..RefundWish::default() }).await;
    shop.checkout.sweep().await;
    let numbers = [before, later, waits].map(|bought| bought);
    let [before, later, waits] = [shop.stored(&numbers[0]).await, shop.stored(&numbers[1]).await, shop.stored(&numbers[2]).await];
    assert_eq!(before.refunds[0].credit_note.as_ref().map(|note| note.number.as_str()), Some("TC-0001"));
    assert!(matches!(later.invoice, Invoice::Given(_)));
    assert_eq!((waits.invoice.clone(), waits.wake_at()), (Invoice::None, None));
}

/// Workers fail before and after each of their calls, and are at several orders at once: no number is skipped, and none is given twice.
#[cfg(feature = "doubles")]
#[tokio::test]
async fn numbers_have_no_gaps_whatever_fails() {
    use std::sync::atomic::AtomicU64;

    for seed in 0..6 {
        let shop = invoicing();
        let mut numbers = Vec::new();
        for _ in 0..4 {
            numbers.push(shop.paid(&json!([{ "sku": "BOWL", "quantity": 1 }]), 3490).await);
        }
        for number in &numbers[..2] {
            shop.returned(number, RefundWish { amount: Some("1".into()), ..RefundWish::default() }).await;
        }
        let sound = shop.checkout.clone();
        // One call in four fails, before or after its effect.
        let calls = AtomicU64::new(seed * 1_000_003);
        let failing = shop.watched(move |_, effect| {
            let call = calls.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            super::cases::failing(effect.starts_with("store.") && (call >> 40).is_multiple_of(4))
        });
        let mut failed = 0;
        for _ in 0..4 {
            let waking = sound.shop.store.waking(shop.clock.now()).await.expect("readable");
            let rounds = waking.iter().chain(&waking).map(|id| crate::settling::tidy(&failing.checkout.shop, id));
            failed += futures_util::future::join_all(rounds).await.iter().filter(|round| round.is_err()).count();
        }
        assert!(failed > 0, "something has failed");
        sound.sweep().await;
        let (mut invoices, mut notes) = (Vec::new(), Vec::new());
        for number in &numbers {
            let order = sound.shop.store.by_number(number).await.expect("readable").expect("an order").order;
            let Invoice::Given(numbered) = &order.invoice else { panic!("{number} has no invoice") };
            invoices.push(numbered.number.clone());
            notes.extend(order.refunds.iter().filter_map(|refund| refund.credit_note.clone()).map(|note| note.number));
        }
        invoices.sort();
        notes.sort();
        assert_eq!(invoices, ["T-0001", "T-0002", "T-0003", "T-0004"], "seed {seed}");
        assert_eq!(notes, ["TC-0001", "TC-0002"], "seed {seed}");
    }
}

#[tokio::test]
async fn a_buyer_is_erased_and_the_order_stays() {
    let shop = invoicing();
    let books = Books::of(&shop.checkout);
    let lines = json!([{ "sku": "BOWL", "quantity": 1, "fields": { "engraving": "For Ada" } }]);
    let mut body = order_of(&lines, 3490);
    body["note"] = "ring twice".into();
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    let number = placed.text("order");
    assert!(said(books.erase(&number).await).contains("is open"));
    shop.pay(&placed).await;
    shop.checkout.sweep().await;
    assert_eq!(books.slip(&number).await.expect("a slip").note.as_deref(), Some("ring twice"));
    assert!(said(books.erase(&number).await).contains("is to be sent"));
    books.fulfil(&number, None, None, None).await.expect("sent");
    assert!(said(books.erase(&number).await).contains("mail about the order"));
    shop.checkout.sweep().await;
    books.erase(&number).await.expect("erased");
    assert!(said(books.erase(&number).await).contains("erased already"));

    // Nothing of the buyer is in the order and its page, and everything that shows the order still does.
    let path = format!("/api/orders/{}", placed.text("token"));
    let page = shop.get_page(&path).await.expect(200).body;
    let all = format!("{:?}{}{page}", shop.stored(&number).await, shop.get(&path).await.expect(200).body);
    for personal in ["Ada", "Mira", "mira@", "Hauptstr", "ring twice"] {
        assert!(!all.contains(personal), "{personal}: {all}");
    }
    assert!(page.contains("Fine bowl") && page.contains("€34.90"), "{page}");
    assert_eq!(books.orders(&Filter::default(), 9).await.expect("listed").len(), 1);
    let detail = books.order(&number).await.expect("an order");
    assert!(detail.personal.is_none() && detail.quote.lines[0].options.is_empty());
    let invoice = shop.paper(&number, None).await.expect("an invoice");
    assert!(invoice.buyer.is_none() && invoice.total == 3490);
    // What goes back afterwards goes back, without a letter to anybody.
    let refund = shop.returned(&number, RefundWish { all: true, ..RefundWish::default() }).await;
    shop.checkout.sweep().await;
    assert_eq!(shop.paper(&number, Some(&refund)).await.expect("a note").total, 3490);
    assert_eq!(shop.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn lists_are_filtered() {
    let shop = TestShop::new();
    let books = Books::of(&shop.checkout);
    let sent = shop.paid(&mug(), 2490).await;
    books.fulfil(&sent, None, None, None).await.expect("sent");
    shop.pass(SignedDuration::from_hours(1));
    let noon = shop.clock.now();
    let unsent = shop.paid(&mug(), 2490).await;
    let cancelled = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.cancel(&cancelled).await;
    let cancelled = cancelled.text("order");
    let list = async |filter: Filter| -> Vec<String> {
        books.orders(&filter, 9).await.expect("listed").into_iter().map(|order| order.number).collect()
    };
    let state = |state: &str| Filter { state: Some(state.into()), ..Filter::default() };
    assert_eq!(list(state("cancelled")).await, [cancelled.as_str()]);
    assert_eq!(list(Filter { unsent: true, ..Filter::default() }).await, [unsent.as_str()]);
    assert_eq!(list(Filter { attention: true, ..Filter::default() }).await, Vec::<String>::new());
    assert_eq!(list(Filter { since: Some(noon), ..state("paid") }).await, [unsent.as_str()]);
    assert_eq!(list(Filter { until: Some(noon), ..Filter::default() }).await, [sent.as_str()]);
    assert_eq!(books.orders(&Filter::default(), 2).await.expect("listed").len(), 2);
}

#[tokio::test]
async fn exports_say_what_the_quotes_and_the_refunds_say() {
    let shop = invoicing();
    let books = Books::of(&shop.checkout);
    let first = shop.paid(&json!([{ "sku": "MUG", "quantity": 3 }]), 6490).await;
    let french = json!({ "name": "Luc", "line1": "Rue 1", "city": "Lyon", "postcode": "69001", "country": "FR" });
    shop.checkout.sweep().await;
    let abroad = with(&mugs(1), "ship_to", french);
    let abroad = shop.post("/api/checkout", &abroad).await.expect(201);
    shop.pay(&abroad).await;
    shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.checkout.sweep().await;
    let may = shop.clock.now();
    shop.pass(SignedDuration::from_hours(31 * 24));
    shop.returned(&first, RefundWish { lines: vec![(1, 1)], amount: Some("5".into()), ..RefundWish::default() }).await;
    shop.checkout.sweep().await;

    let rows = books.export(&Filter::default()).await.expect("exported");
    assert_eq!(rows.len(), 3);
    let row = rows.iter().find(|row| row.order == first).expect("the order");
    assert_eq!((row.total, row.tax, row.refunded, row.invoice.as_deref()), (6490, 1036, 2500, Some("T-0001")));

    let tax = books.export_tax(None, None).await.expect("exported");
    let told: Vec<_> =
        tax.iter().map(|row| (row.kind, row.country.as_deref().unwrap_or(""), row.rate_bp, row.net, row.tax, row.gross)).collect();
    let part = RateSum::of(1900, 2500, 319 + 80);
    assert_eq!(
        told,
        [("sale", "DE", 1900, 5454, 1036, 6490), ("sale", "FR", 0, 2490, 0, 2490), ("refund", "DE", 1900, part.net, part.tax, part.gross)]
    );
    assert!(tax[0].month < tax[2].month, "{tax:?}");
    let later = books.export_tax(Some(may + SignedDuration::from_hours(1)), None).await.expect("exported");
    assert_eq!(later, tax[2..]);
    let before = books.export_tax(None, Some(may + SignedDuration::from_hours(1))).await.expect("exported");
    assert_eq!(before, tax[..2]);
}
