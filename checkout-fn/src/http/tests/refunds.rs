//! After the payment: what the merchant sends and gives back, and how the shopper sees it.

use super::*;
use crate::merchant::{Books, BooksError, RefundWish};
use crate::testing::{gift_card, set};

impl TestShop {
    fn books(&self) -> Books {
        Books::of(&self.checkout)
    }

    async fn bought(&self, lines: &Value, total: i64) -> (Answer, String) {
        let placed = self.post("/api/checkout", &order_of(lines, total)).await.expect(201);
        self.pay(&placed).await;
        let number = placed.text("order");
        (placed, number)
    }

    async fn order(&self, placed: &Answer) -> Value {
        self.get(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).json()
    }

    async fn order_page(&self, placed: &Answer) -> String {
        self.get_page(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).body
    }

    async fn give_back(&self, number: &str, wish: RefundWish) -> Result<String, BooksError> {
        let (back, sum) = self.books().weigh(number, &wish).await?;
        let refund = self.books().refund(number, back).await?;
        assert_eq!(refund.amount + refund.gift_cards, sum.minor);
        Ok(format!("{sum} {}", refund.status))
    }

    async fn counts(&self, sku: &str) -> (i64, i64, i64) {
        let count = self.books().stock().await.expect("counts")[sku];
        (count.available, count.sold, count.sent)
    }
}

fn line(line: usize, pieces: u32) -> RefundWish {
    RefundWish { lines: vec![(line, pieces)], ..RefundWish::default() }
}

#[tokio::test]
async fn sent_and_partly_given_back() {
    let shop = TestShop::new();
    let (placed, number) = shop.bought(&json!([{ "sku": "MUG", "quantity": 3 }]), 6490).await;
    assert_eq!(shop.order(&placed).await["fulfilment"], "none");
    let parcel = Some(vec![(1, 2)]);
    shop.books().fulfil(&number, parcel, Some("DHL".into()), Some("00340".into())).await.expect("sent");
    let order = shop.order(&placed).await;
    assert_eq!((&order["fulfilment"], &order["shipments"][0]["tracking"]), (&json!("partly"), &json!("00340")));
    assert_eq!(order["shipments"][0]["lines"], json!([{ "line": 0, "quantity": 2 }]));
    assert!(shop.order_page(&placed).await.contains("2 × Fine mug (DHL 00340)"));
    assert_eq!(shop.counts("MUG").await, (2, 3, 2));
    assert_eq!(shop.books().set_stock("MUG", 4).await.expect("answered").map(|count| count.available), Some(3), "two are away");

    // One of those at home is called off, and one that was sent comes back broken.
    let wish = RefundWish { restock: true, reason: Some("too many".into()), ..line(1, 1) };
    assert_eq!(shop.give_back(&number, wish).await.expect("given back"), "€20.00 succeeded");
    assert_eq!((shop.counts("MUG").await, shop.order(&placed).await["fulfilment"].clone()), ((4, 2, 2), json!("done")));
    assert_eq!(
        shop.give_back(&number, RefundWish { amount: Some("5.00".into()), ..line(1, 1) }).await.expect("given back"),
        "€25.00 succeeded"
    );
    assert_eq!(shop.counts("MUG").await, (4, 2, 2));
    assert!(shop.order_page(&placed).await.contains("€45.00 has been sent back to you"));
    let refunds = shop.order(&placed).await["refunds"].clone();
    assert_eq!(refunds[1], json!({ "amount": 2500, "gift_cards": 0, "status": "succeeded" }));

    // The rest, and no more than that.
    for (wish, why) in [
        (line(1, 2), "1 of it can still be given back, not 2"),
        (RefundWish { amount: Some("19.91".into()), ..RefundWish::default() }, "1990 of the payment are left"),
        (RefundWish { amount: Some("1,00".into()), ..RefundWish::default() }, "`1,00` is no amount in EUR"),
        (line(0, 1), "lines are counted from 1"),
    ] {
        let error = shop.give_back(&number, wish).await.expect_err("refused");
        assert!(error.to_string().contains(why), "{error}");
    }
    shop.give_back(&number, RefundWish { amount: Some("19.90".into()), ..RefundWish::default() }).await.expect("given back");
    assert!(shop.order_page(&placed).await.contains("All that was paid has been given back."));
    let detail = shop.books().order(&number).await.expect("an order");
    assert_eq!((detail.summary.refunded, detail.log.last().map(|line| line.cause.clone())), (6490, Some("merchant".into())));
}

#[tokio::test]
async fn a_bundles_parts_come_back() {
    let shop = TestShop::with(|contents| contents.variants.push(set()));
    let (_, number) = shop.bought(&json!([{ "sku": "SET", "quantity": 2 }]), 12_490).await;
    assert_eq!(shop.stock("MUG").await, (1, 0, 4));
    let wish = RefundWish { restock: true, ..line(1, 1) };
    assert_eq!(shop.give_back(&number, wish).await.expect("given back"), "€60.00 succeeded");
    assert_eq!(shop.stock("MUG").await, (3, 0, 2));
}

#[tokio::test]
async fn a_gift_card_that_is_given_back_is_void() {
    let shop = TestShop::with(|contents| contents.variants.push(gift_card()));
    let (placed, number) = shop.bought(&json!([{ "sku": "CARD", "quantity": 2 }]), 10_000).await;
    let code = |n: usize, order: &Value| order["gift_cards"][n]["code"].as_str().expect("a code").to_owned();
    let order = shop.order(&placed).await;
    let (first, second) = (code(0, &order), code(1, &order));
    let pay_with = |code: &str, due| {
        let body = with(&order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), due), "gift_cards", json!([code]));
        with(&body, "idempotency_key", json!(key()))
    };
    // 24.90 of the first are spent, and while it goes back another order holds 24.90 of the rest.
    let paid = shop.post("/api/checkout", &pay_with(&first, 0)).await.expect(200);
    let mut body = pay_with(&first, 2000);
    body["lines"][0]["quantity"] = json!(2);
    body["expected_total"] = json!(4490 - 2510);
    let open = shop.post("/api/checkout", &body).await.expect(201);
    shop.cancel(&open).await;
    assert_eq!(shop.give_back(&number, line(1, 1)).await.expect("given back"), "€25.10 succeeded");
    let order = shop.order(&placed).await;
    assert_eq!((order["gift_cards"].as_array().map(Vec::len), code(0, &order)), (Some(1), second.clone()), "its code is gone");
    shop.post("/api/checkout", &pay_with(&first, 2490)).await.refused(422, "invalid_gift_card");

    // What had been bought with it goes back onto it, and is void as well.
    let paid_number = paid.text("order");
    assert_eq!(
        shop.give_back(&paid_number, RefundWish { all: true, ..RefundWish::default() }).await.expect("given back"),
        "€24.90 succeeded"
    );
    assert_eq!(shop.order(&paid).await["refunds"], json!([{ "amount": 0, "gift_cards": 2490, "status": "succeeded" }]));
    shop.post("/api/checkout", &pay_with(&first, 2490)).await.refused(422, "invalid_gift_card");
    shop.post("/api/checkout", &pay_with(&second, 0)).await.expect(200);
}

#[tokio::test]
async fn what_a_card_had_paid_goes_back_onto_it() {
    let shop = TestShop::with(|contents| contents.variants.push(gift_card()));
    let (placed, _) = shop.bought(&json!([{ "sku": "CARD", "quantity": 1 }]), 5000).await;
    let code = shop.order(&placed).await["gift_cards"][0]["code"].as_str().expect("a code").to_owned();
    let body = with(&order_of(&json!([{ "sku": "MUG", "quantity": 3 }]), 1490), "gift_cards", json!([code]));
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    shop.pay(&placed).await;
    let number = placed.text("order");
    assert_eq!(shop.give_back(&number, line(1, 2)).await.expect("given back"), "€40.00 succeeded");
    assert_eq!(shop.order(&placed).await["refunds"], json!([{ "amount": 1490, "gift_cards": 2510, "status": "succeeded" }]));
    assert!(shop.order_page(&placed).await.contains("€25.10 is back on the gift card"));
    let again = with(&order_of(&json!([{ "sku": "MUG", "quantity": 1 }]), 0), "gift_cards", json!([code]));
    shop.post("/api/checkout", &again).await.expect(200);
}

#[tokio::test]
async fn downloads_stop_when_all_is_given_back() {
    let shop = TestShop::new();
    let (placed, number) = shop.bought(&json!([{ "sku": "PACK", "quantity": 1 }]), 900).await;
    let order = shop.order(&placed).await;
    assert_eq!(order["fulfilment"], "done", "nothing has to be sent");
    let url = order["downloads"][0]["url"].as_str().expect("a link").replace("/base", "");
    shop.get(&url).await.expect(200);
    shop.give_back(&number, RefundWish { all: true, ..RefundWish::default() }).await.expect("given back");
    assert_eq!(shop.order(&placed).await["downloads"], json!([]));
    shop.get(&url).await.refused(410, "download_withdrawn");
    assert!(shop.get_page(&url).await.expect(410).body.contains("has been given back, so it can no longer be downloaded"));
}

#[tokio::test]
async fn what_cannot_be_done_with_an_order() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let (number, books) = (placed.text("order"), shop.books());
    let said = |error: BooksError| error.to_string();
    assert_eq!(said(books.fulfil(&number, None, None, None).await.expect_err("unpaid")), "the order is not paid");
    assert_eq!(said(books.weigh(&number, &line(1, 1)).await.expect_err("unpaid")), "the order is not paid");
    assert!(said(books.order("AAAA-AAAA").await.expect_err("unknown")).contains("there is no order `AAAA-AAAA`"));
    assert_eq!(books.cancel(&number).await.expect("cancelled").payment, "cancelled");
    assert_eq!(shop.stock("MUG").await, (5, 0, 0));
    assert!(said(books.cancel(&number).await.expect_err("closed")).contains("closed already"));
    let (_, paid) = shop.bought(&json!([{ "sku": "MUG", "quantity": 1 }]), 2490).await;
    assert!(said(books.cancel(&paid).await.expect_err("paid")).contains("orders refund"));
    assert!(said(books.refund_again(&paid, "r-1").await.expect_err("none")).contains("no refund `r-1`"));
    assert_eq!(books.adjust_stock("MUG", -5).await.expect("answered"), None);
    assert_eq!(books.adjust_stock("MUG", -4).await.expect("answered").map(|count| (count.available, count.stocked)), Some((0, 1)));
}
