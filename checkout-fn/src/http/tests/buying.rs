//! From quote to paid order.

use super::*;

#[tokio::test]
async fn a_mug_is_quoted_bought_and_paid() {
    let shop = TestShop::new();
    let quote = shop.post("/api/quote", &json!({ "lines": [{ "sku": "MUG", "quantity": 2 }], "country": "DE" })).await.expect(200);
    assert_eq!((&quote.json()["due"], &quote.json()["lines"][0]["available"]), (&json!(4490), &json!(true)));
    assert_eq!(shop.stock("MUG").await, (-1, 0, 0), "a quote touches nothing");

    let placed = shop.post("/api/checkout", &mugs(2)).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (3, 2, 0));
    let pay_url = placed.text("pay_url");
    // Paths, so that the shopper stays on the host name that was typed.
    assert!(pay_url.starts_with("/base/api/sandbox/pay/"), "{pay_url}");
    assert_eq!(placed.text("url"), format!("/base/api/orders/{}", placed.text("token")));
    assert_eq!(shop.get(&format!("/api/orders/{}", placed.text("token"))).await.text("pay_url"), pay_url);
    for foreign in ["https://pay.example/session", "http://shop.test/base-of-another/session"] {
        assert_eq!(shop.checkout.shop.stay(foreign), foreign);
    }
    let pay_page = shop.get_page(pay_url.trim_start_matches("http://shop.test")).await.expect(200);
    assert!(pay_page.body.contains("Test payment") && pay_page.body.contains("€44.90"), "{}", pay_page.body);

    let back = shop.press(&pay_url, "paid").await.location();
    assert!(back.starts_with("/base/api/return/sandbox?order="), "{back}");
    let order_page = shop.get_page(&back).await.location();
    assert_eq!(order_page, format!("/base/api/orders/{}", placed.text("token")));
    let order = shop.get(&order_page["/base".len()..]).await.expect(200).json();
    assert_eq!((&order["payment"], &order["quote"]["due"], &order["fulfilment"]), (&json!("paid"), &json!(4490), &json!("none")));
    assert_eq!(shop.stock("MUG").await, (3, 0, 2));
    assert_eq!(shop.heard(2).await, [News::Placed, News::Paid]);
    assert_eq!(shop.events()[1].split_once(' ').map(|(_, text)| &text[9..]), Some(" paid: €44.90, 2 × Fine mug"));
    let page = shop.get_page(&order_page).await.expect(200);
    for text in ["Paid. Thank you!", "Fine mug", "Hauptstr. 1", "10115 Berlin", "Germany", "data-payment=\"paid\""] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(shop.faults().is_empty(), "{:?}", shop.faults());
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer() {
    let shop = TestShop::new();
    let body = mugs(1);
    let first = shop.post("/api/checkout", &body).await.expect(201);
    // The price has changed meanwhile: an order is what was quoted when it was placed.
    shop.bundle.replace(testing::bundle(|contents| contents.variants[0].pricing.prices = testing::eur(9999)));
    let again = shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(shop.stock("MUG").await, (4, 1, 0));

    let mut other = body.clone();
    other["lines"][0]["quantity"] = 2.into();
    shop.post("/api/checkout", &other).await.refused(422, "idempotency_key_reused");

    shop.press(&first.text("pay_url"), "paid").await;
    shop.get(&format!("/api/return/sandbox?order={}", first.text("token"))).await.location();
    let paid = shop.post("/api/checkout", &body).await.expect(200).json();
    assert_eq!((&paid["order"], paid.get("pay_url")), (&first.json()["order"], None));
}

#[tokio::test]
async fn a_closed_order_is_not_opened_again() {
    let shop = TestShop::new();
    let body = mugs(1);
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    shop.get(&format!("/api/return/sandbox?order={}&cancelled=true", placed.text("token"))).await.location();
    assert_eq!(shop.payment(&placed).await, "cancelled");
    assert_eq!(shop.stock("MUG").await, (5, 0, 0));
    shop.post("/api/checkout", &body).await.refused(409, "order_closed");
}

#[tokio::test]
async fn a_changed_price_comes_with_the_new_quote_and_uses_no_key_up() {
    let shop = TestShop::new();
    let mut body = mugs(1);
    body["expected_total"] = 2489.into();
    let answer = shop.post("/api/checkout", &body).await;
    answer.refused(409, "price_changed");
    assert_eq!(answer.json()["quote"]["due"], 2490);
    body["expected_total"] = 2490.into();
    shop.post("/api/checkout", &body).await.expect(201);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let shop = TestShop::new();
    let mut body = mugs(6);
    body["lines"] = json!([{ "sku": "MUG", "quantity": 6 }, { "sku": "LAST", "quantity": 2 }, { "sku": "BOWL", "quantity": 1 }]);
    body["expected_total"] = (6 * 2000 + 2 * 2500 + 3000 + 490).into();
    let answer = shop.post("/api/checkout", &body).await;
    answer.refused(409, "out_of_stock");
    let skus: Vec<_> = answer.json()["faults"].as_array().expect("faults").iter().map(|fault| fault["sku"].clone()).collect();
    assert_eq!(skus, ["LAST", "MUG"]);
    let available: Vec<_> =
        answer.json()["quote"]["lines"].as_array().expect("lines").iter().map(|line| line["available"].clone()).collect();
    assert_eq!(available, [true, false, false], "bowl, last, mug");
    let quote = shop.post("/api/quote", &json!({ "lines": body["lines"] })).await.expect(200).json();
    assert_eq!(
        quote["notices"][0],
        json!({ "code": "out_of_stock", "reason": "few", "sku": "LAST", "message": "only 1 of Fine mug left" })
    );
    body["lines"] = json!([{ "sku": "MUG", "quantity": 5 }]);
    body["expected_total"] = 10490.into();
    shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!(shop.get("/api/stock?sku=MUG").await.json()["stock"]["MUG"]["available"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_sent_ten_times_at_once_is_one_order() {
    let shop = Arc::new(TestShop::new());
    let body = mugs(1);
    let requests = (0..10).map(|_| {
        let (shop, body) = (shop.clone(), body.clone());
        tokio::spawn(async move { shop.post("/api/checkout", &body).await.expect(201).json() })
    });
    let mut answers = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        answers.push(request.await.expect("an answer"));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(shop.stock("MUG").await, (4, 1, 0));
}

#[tokio::test]
async fn one_client_holds_only_so_much() {
    let shop = TestShop::with(|contents| contents.terms.max_open_per_client = 2);
    shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let second = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.post("/api/checkout", &mugs(1)).await.refused(429, "too_many_open_orders");
    shop.post_as("other", "/api/checkout", &mugs(1)).await.expect(201);
    shop.press(&second.text("pay_url"), "paid").await;
    shop.get(&format!("/api/return/sandbox?order={}", second.text("token"))).await.location();
    shop.post("/api/checkout", &mugs(1)).await.expect(201);
}

#[tokio::test]
async fn a_new_order_takes_the_place_of_the_unpaid_one() {
    let shop = TestShop::new();
    let first = shop.post("/api/checkout", &mugs(4)).await.expect(201);
    let mut body = mugs(3);
    body["replaces"] = first.text("token").into();
    let second = shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!((shop.payment(&first).await.as_str(), shop.stock("MUG").await), ("cancelled", (2, 3, 0)));
    shop.post("/api/checkout", &body).await.expect(201);
    let page = shop.get_page(first.text("pay_url").trim_start_matches("http://shop.test")).await;
    assert!(page.body.contains("Nothing more can be paid here"), "{}", page.body);

    shop.press(&second.text("pay_url"), "paid").await;
    let mut third = mugs(1);
    third["replaces"] = second.text("token").into();
    // Whether or not the notice of the payment has arrived, the money counts.
    for _ in 0..2 {
        shop.post("/api/checkout", &third).await.refused(409, "already_paid");
        assert_eq!((shop.payment(&second).await.as_str(), shop.stock("MUG").await), ("paid", (2, 0, 3)));
    }
}

#[tokio::test]
async fn the_earlier_order_may_be_named_by_its_key() {
    let shop = TestShop::new();
    let earlier = mugs(4);
    let first = shop.post("/api/checkout", &earlier).await.expect(201);
    let mut body = mugs(3);
    body["replaces"] = earlier["idempotency_key"].clone();
    shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!((shop.payment(&first).await.as_str(), shop.stock("MUG").await), ("cancelled", (2, 3, 0)));
    let mut body = mugs(1);
    body["replaces"] = key().into();
    shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (1, 4, 0));
}

#[tokio::test]
async fn an_order_whose_payment_is_on_its_way_is_not_replaced() {
    let shop = TestShop::new();
    let first = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let back = shop.press(&first.text("pay_url"), "pending_paid").await.location();
    shop.get_page(&back).await.location();
    let mut body = mugs(2);
    body["replaces"] = first.text("token").into();
    shop.post("/api/checkout", &body).await.refused(409, "already_paid");
    assert_eq!((shop.payment(&first).await.as_str(), shop.stock("MUG").await), ("processing", (4, 1, 0)));
}

#[tokio::test]
async fn a_replacement_that_fails_leaves_nothing_held() {
    let shop = TestShop::new();
    let first = shop.post("/api/checkout", &mugs(4)).await.expect(201);
    let mut body = mugs(6);
    body["replaces"] = first.text("token").into();
    shop.post("/api/checkout", &body).await.refused(409, "out_of_stock");
    assert_eq!((shop.payment(&first).await.as_str(), shop.stock("MUG").await), ("cancelled", (5, 0, 0)));
}

#[tokio::test]
async fn a_download_is_bought_and_fetched() {
    let shop = TestShop::new();
    let body =
        json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "email": "m@example.com", "expected_total": 900, "idempotency_key": key() });
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    let path = format!("/api/orders/{}", placed.text("token"));
    assert_eq!(shop.get(&path).await.json()["downloads"], json!([]), "not before it is paid");
    let back = shop.press(&placed.text("pay_url"), "paid").await.location();
    shop.get_page(&back).await.location();
    // The original may go: what was bought stays.
    #[expect(clippy::disallowed_methods, reason = "the merchant tidies up")]
    std::fs::remove_file(shop.folder.path().join("downloads/pack.zip")).expect("removed");
    let downloads = shop.get(&path).await.json()["downloads"].clone();
    assert_eq!(downloads[0]["title"], "The pack");
    let url = downloads[0]["url"].as_str().expect("an address").trim_start_matches("/base").to_owned();
    let file = shop.get(&url).await.expect(200);
    assert_eq!(
        (file.body.as_str(), &file.headers[header::CONTENT_DISPOSITION]),
        ("PK pack", &header::HeaderValue::from_static("attachment; filename*=UTF-8''pack%2Ezip"))
    );
    shop.pass(SignedDuration::from_hours(25));
    shop.get(&url).await.refused(410, "download_expired");
    assert!(shop.get_page(&path).await.body.contains("class=\"downloads\""));
    // Without the file nothing is sold.
    let mut again = body.clone();
    again["idempotency_key"] = key().into();
    shop.post("/api/checkout", &again).await.refused(500, "internal_error");
    assert!(shop.faults()[0].contains("downloads/pack.zip"), "{:?}", shop.faults());
}

#[tokio::test]
async fn what_costs_nothing_is_paid_at_once() {
    let shop = TestShop::with(|contents| contents.variants[5].stock = Some(1));
    let body =
        json!({ "lines": [{ "sku": "FREE", "quantity": 1 }], "email": "m@example.com", "expected_total": 0, "idempotency_key": key() });
    let placed = shop.post("/api/checkout", &body).await.expect(200);
    assert_eq!((placed.json().get("pay_url"), shop.payment(&placed).await.as_str()), (None, "paid"));
    assert_eq!((shop.stock("FREE").await, shop.news()), ((0, 0, 1), vec![News::Placed, News::Paid]));
}

#[tokio::test]
async fn the_sandbox_stands_in_for_the_shops_gateways() {
    let shop = TestShop::with(|contents| contents.terms.gateways = vec![catalog::currency::Gateway::Stripe]);
    for (gateway, status) in [("stripe", 201), ("", 201), ("sandbox", 201), ("paypal", 422)] {
        let mut body = mugs(1);
        body["gateway"] = gateway.into();
        shop.post("/api/checkout", &body).await.expect(status);
    }
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let shop = TestShop::new();
    let body = mugs(1);
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    let settings = Settings { trust_client_header: true, clock: shop.clock.clone(), ..(*shop.checkout.shop.settings).clone() };
    let shop = TestShop { checkout: open(settings, shop.bundle.clone()).expect("a checkout"), ..shop };
    assert_eq!(shop.post("/api/checkout", &body).await.expect(201).json(), placed.json());
    let back = shop.press(&placed.text("pay_url"), "paid").await.location();
    shop.get_page(&back).await.location();
    assert_eq!(shop.payment(&placed).await, "paid");

    let books = crate::merchant::Books::open(&shop.folder.path().join("store")).expect("books");
    let orders = books.orders(&crate::merchant::Filter::default(), 10).await.expect("orders");
    assert_eq!((orders.len(), orders[0].payment.as_str(), orders[0].due_text.as_str()), (1, "paid", "€24.90"));
    let number = orders[0].number.replace('-', "").to_lowercase();
    let detail = books.order(&number).await.expect("an order");
    assert_eq!(detail.personal.expect("personal data").email, "mira@example.com");
    assert_eq!(detail.log.last().map(|line| line.payment.as_str()), Some("paid"));
    assert!(books.set_stock("MUG", 0).await.expect("answered").is_none(), "one is sold and not yet sent");
    assert_eq!(books.set_stock("MUG", 10).await.expect("answered").map(|count| count.available), Some(9));
    assert_eq!(shop.stock("MUG").await, (9, 0, 1));
}

#[cfg(unix)]
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test looks at the store's files")]
async fn the_stores_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = TestShop::new();
    let body =
        json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "email": "m@example.com", "expected_total": 900, "idempotency_key": key() });
    shop.post("/api/checkout", &body).await.expect(201);
    let mut seen = 0;
    for folder in ["store", "store/files"] {
        for entry in std::fs::read_dir(shop.folder.path().join(folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let about = entry.metadata().expect("metadata");
            if about.is_file() {
                assert_eq!(about.permissions().mode() & 0o777, 0o600, "{}", entry.path().display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "two databases with their logs, and a copy: {seen}");
}
