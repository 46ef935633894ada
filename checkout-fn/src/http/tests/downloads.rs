//! What was bought is fetched: whole, in parts, from elsewhere.

use super::*;
use crate::ports::{Delivery, Files, Wanted};

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
        let head = fetch(&shop, "HEAD", &url, &[("range", range)]).await.expect(206);
        assert_eq!((head.body.as_str(), said(&head, "content-range")), ("", said_of_it), "{range}");
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
    for method in ["GET", "HEAD"] {
        let beyond = fetch(&shop, method, &url, &[("range", "bytes=7-")]).await.expect(416);
        assert_eq!(said(&beyond, "content-range"), "bytes */7");
    }
    fetch(&shop, "GET", &url, &[("range", "bytes=7-")]).await.refused(416, "range_not_satisfiable");
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
