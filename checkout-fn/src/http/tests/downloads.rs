//! What was bought is fetched: whole, in parts, from elsewhere.

use catalog::terms::DownloadRules;

use super::*;
use crate::order::{Dispute, DisputeState, Order};
use crate::ports::{Cause, Change, Changed, Delivery, Files, Wanted};

/// A shop with a paid order of the pack, and the order's path.
async fn sold(shop: &TestShop) -> String {
    let body =
        json!({ "lines": [{ "sku": "PACK", "quantity": 1 }], "email": "m@example.com", "expected_total": 900, "idempotency_key": key() });
    let placed = shop.post("/api/checkout", &body).await.expect(201);
    shop.pay(&placed).await;
    format!("/api/orders/{}", placed.text("token"))
}

/// A new link of the order's only file.
async fn link(shop: &TestShop, order: &str) -> String {
    let order = shop.get(order).await.json();
    order["downloads"][0]["url"].as_str().expect("a link").to_owned()
}

async fn fetch(shop: &TestShop, method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    shop.send(request.body(Body::empty()).expect("a request")).await
}

fn said<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let shop = TestShop::new();
    let url = link(&shop, &sold(&shop).await).await;
    let head = fetch(&shop, "HEAD", &url, &[]).await.expect(200);
    assert_eq!((head.body.as_str(), said(&head, "content-length"), said(&head, "accept-ranges")), ("", "7", "bytes"));
    let etag = said(&head, "etag").to_owned();
    let whole = fetch(&shop, "GET", &url, &[]).await.expect(200);
    assert_eq!((whole.body.as_str(), said(&whole, "etag"), said(&whole, "cache-control")), ("PK pack", etag.as_str(), "no-store"));
    for (range, part, said_of_it) in [
        ("bytes=3-", "pack", "bytes 3-6/7"),
        ("bytes=0-1", "PK", "bytes 0-1/7"),
        ("bytes=-2", "ck", "bytes 5-6/7"),
        ("bytes=3-999", "pack", "bytes 3-6/7"),
    ] {
        let answer = fetch(&shop, "GET", &url, &[("range", range), ("if-range", &etag)]).await.expect(206);
        assert_eq!((answer.body.as_str(), said(&answer, "content-range")), (part, said_of_it), "{range}");
        assert_eq!(said(&answer, "content-length"), part.len().to_string());
        let head = fetch(&shop, "HEAD", &url, &[("range", range)]).await.expect(200);
        assert_eq!((head.body.as_str(), said(&head, "content-length")), ("", "7"), "parts are defined for GET alone");
    }
    // What was begun was something else, or several parts are asked for: all of it.
    for headers in [
        &[("range", "bytes=3-"), ("if-range", "\"another\"")][..],
        &[("range", "bytes=3-"), ("if-range", "Thu, 28 May 2026 20:26:40 GMT")],
        &[("range", "bytes=0-1,3-4")],
        &[("range", "chapters=1")],
    ] {
        assert_eq!(fetch(&shop, "GET", &url, headers).await.expect(200).body, "PK pack", "{headers:?}");
    }
    let beyond = fetch(&shop, "GET", &url, &[("range", "bytes=7-")]).await;
    beyond.refused(416, "range_not_satisfiable");
    assert_eq!(said(&beyond, "content-range"), "bytes */7");
}

/// What the order's page says of its only file.
async fn told(shop: &TestShop, order: &str) -> (Value, Value, Value) {
    let file = shop.get(order).await.json()["downloads"][0].clone();
    (file["left"].clone(), file["limit"].clone(), file["url"].clone())
}

#[tokio::test]
async fn downloads_are_counted_once_a_day() {
    let shop = TestShop::with(|contents| contents.terms.downloads = DownloadRules { limit: 2, days: 10 });
    let order = sold(&shop).await;
    let first = link(&shop, &order).await;
    assert_eq!(shop.get(&order).await.json()["downloads"][0]["until"], "2026-06-07T20:26:40Z");
    for (method, range) in [("HEAD", "bytes=0-"), ("HEAD", ""), ("GET", "bytes=7-")] {
        fetch(&shop, method, &first, &[("range", range)]).await;
        assert_eq!(told(&shop, &order).await.0, 2, "{method} {range} gives nothing, and counts nothing");
    }
    for range in ["", "bytes=0-1", "bytes=2-"] {
        fetch(&shop, "GET", &first, &[("range", range)]).await;
        assert_eq!(told(&shop, &order).await.0, 1, "counted once");
    }
    assert!(shop.get_page(&order).await.body.contains("1 of 2 downloads left, until 7 June 2026."));
    shop.pass(SignedDuration::from_hours(23));
    fetch(&shop, "GET", &first, &[]).await.expect(200);
    shop.pass(SignedDuration::from_hours(1));
    fetch(&shop, "GET", &first, &[]).await.refused(410, "download_expired");
    let second = link(&shop, &order).await;
    fetch(&shop, "GET", &second, &[]).await.expect(200);
    shop.pass(SignedDuration::from_hours(2));
    // The last one, for its day; a link to it is good until then.
    let last = link(&shop, &order).await;
    assert!(shop.get_page(&order).await.body.contains("the last download can be repeated within a day"));
    fetch(&shop, "GET", &last, &[("range", "bytes=3-")]).await.expect(206);
    shop.pass(SignedDuration::from_hours(22));
    assert_eq!(told(&shop, &order).await, (json!(0), json!(2), Value::Null));
    let page = shop.get_page(&order).await.body;
    assert!(page.contains("downloaded as often as it can be.") && !page.contains("/api/downloads/"), "{page}");
}

#[tokio::test]
async fn a_limit_holds_for_links_that_are_still_good() {
    let shop = TestShop::with(|contents| {
        contents.terms.downloads = DownloadRules { limit: 1, days: 10 };
        contents.terms.contact_email = Some("help@shop.test".into());
    });
    let order = sold(&shop).await;
    let first = link(&shop, &order).await;
    fetch(&shop, "GET", &first, &[]).await.expect(200);
    shop.pass(SignedDuration::from_mins(90));
    // Two links are good for longer than the download that they were made for counts.
    let id = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0).id;
    let later = shop.checkout.shop.now() + SignedDuration::from_hours(48);
    let good = format!("/base/api/downloads/{}", shop.checkout.shop.keys.download_token(&id.0, 0, later.as_second()));
    fetch(&shop, "GET", &good, &[]).await.expect(200);
    shop.pass(SignedDuration::from_hours(24));
    fetch(&shop, "GET", &good, &[]).await.refused(410, "download_used_up");
    fetch(&shop, "HEAD", &good, &[]).await.expect(410);
    let page = shop.get_page(&good).await.expect(410).body;
    assert!(page.contains("This has been downloaded once, as often as it can be; write to help@shop.test"), "{page}");
    assert!(page.contains("<html lang=en>"), "{page}");
}

#[tokio::test]
async fn many_requests_at_once_are_within_the_limit() {
    let shop = TestShop::with(|contents| contents.terms.downloads.limit = 3);
    let order = sold(&shop).await;
    for left in [2, 1, 0] {
        let url = link(&shop, &order).await;
        let all = futures_util::future::join_all((0..8).map(|_| fetch(&shop, "GET", &url, &[]))).await;
        assert!(all.iter().all(|answer| answer.status == StatusCode::OK && answer.body == "PK pack"));
        assert_eq!(told(&shop, &order).await.0, left);
        shop.pass(SignedDuration::from_hours(24));
    }
    assert_eq!(told(&shop, &order).await.2, Value::Null);
}

#[tokio::test]
async fn downloads_end_by_the_clock() {
    let shop = TestShop::with(|contents| contents.terms.downloads = DownloadRules { limit: 5, days: 2 });
    let order = sold(&shop).await;
    // What is changed later does not touch the order.
    shop.bundle.replace(testing::bundle(|contents| contents.terms.downloads.days = 1));
    shop.pass(SignedDuration::from_hours(47));
    let url = link(&shop, &order).await;
    fetch(&shop, "GET", &url, &[]).await.expect(200);
    shop.pass(SignedDuration::from_hours(1));
    let ended = fetch(&shop, "GET", &url, &[]).await;
    ended.refused(410, "download_ended");
    assert!(ended.text("title").contains("for 2 days after the payment"), "{}", ended.body);
    assert!(shop.get_page(&order).await.body.contains("This could be downloaded until 30 May 2026."));
    assert_eq!(told(&shop, &order).await.2, Value::Null);
}

#[tokio::test]
async fn a_disputed_payment_gives_no_downloads_until_it_is_won() {
    let shop = TestShop::new();
    let order = sold(&shop).await;
    let url = link(&shop, &order).await;
    let id = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0).id;
    for (state, status) in [(DisputeState::Open, 410), (DisputeState::Lost, 410), (DisputeState::Won, 200)] {
        let stored = shop.checkout.shop.store.by_id(&id).await.expect("readable").expect("an order");
        let paid = Order { dispute: Some(Dispute { id: "dp_1".into(), state }), ..stored.order };
        let (version, at) = (stored.version, shop.checkout.shop.now());
        let change =
            Change { order: paid, version, movement: None, request: None, letters: vec![], besides: None, cause: Cause::Worker, at };
        assert_eq!(shop.checkout.shop.store.change(change).await.expect("stored"), Changed::Done);
        assert_eq!(fetch(&shop, "GET", &url, &[]).await.status.as_u16(), status, "{state:?}");
        assert_eq!(shop.get(&order).await.json()["downloads"].as_array().expect("a list").is_empty(), status == 410);
    }
}

#[tokio::test]
async fn the_merchant_sees_what_was_downloaded() {
    let shop = TestShop::new();
    let order = sold(&shop).await;
    fetch(&shop, "GET", &link(&shop, &order).await, &[]).await.expect(200);
    let number = shop.get(&order).await.text("order");
    let files = crate::merchant::Books::of(&shop.checkout).order(&number).await.expect("an order").downloads;
    let seen: Vec<_> = files.iter().map(|file| (file.title.as_str(), file.used, file.limit, file.last)).collect();
    assert_eq!(seen, [("The pack", 1, 5, Some(shop.checkout.shop.now()))]);
}

/// Files that somebody else hands over.
struct Elsewhere(Arc<dyn Files>);

#[async_trait::async_trait]
impl Files for Elsewhere {
    async fn keep(&self, file: &str) -> Result<String, crate::error::Fault> {
        self.0.keep(file).await
    }

    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, crate::error::Fault> {
        let method = if wanted.is_head { "HEAD" } else { "GET" };
        Ok(Delivery::Redirect(format!("https://files.test/{}?as={}&for={method}", &wanted.kept[..4], wanted.save_as)))
    }
}

#[tokio::test]
async fn a_file_may_lie_elsewhere() {
    let mut shop = TestShop::new();
    shop.checkout.shop.files = Arc::new(Elsewhere(shop.checkout.shop.files.clone()));
    let url = link(&shop, &sold(&shop).await).await;
    for (method, headers) in [("GET", &[][..]), ("GET", &[("range", "bytes=3-")]), ("HEAD", &[])] {
        let answer = fetch(&shop, method, &url, headers).await.expect(303);
        assert!(said(&answer, "location").ends_with(&format!("?as=pack.zip&for={method}")), "{}", said(&answer, "location"));
        assert_eq!((said(&answer, "cache-control"), said(&answer, "referrer-policy")), ("no-store", "no-referrer"));
    }
}
