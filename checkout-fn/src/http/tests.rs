//! The routes from outside: requests in, answers out, over a real store in a temporary folder.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use catalog::bundle::Contents;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::decide::News;
use crate::ports::Clock;
use crate::testing;
use crate::{Checkout, MemoryBundle, OrderEvent, Settings, open};

mod api_document;
mod bad_input;
mod buying;
#[cfg(feature = "doubles")]
mod cases;
mod downloads;
mod faults;
mod forms;
mod goods;
mod mail;
mod money;
mod papers;
mod paying;
#[cfg(feature = "doubles")]
mod paypal;
#[cfg(all(feature = "doubles", feature = "dynamodb"))]
mod reconciling;
mod refunds;
#[cfg(feature = "doubles")]
mod stripe;

/// A clock that a test moves.
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("a time")
    }
}

/// What keeps the orders of a shop.
#[cfg(feature = "doubles")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StoreKind {
    Sqlite,
    #[cfg(feature = "dynamodb")]
    Dynamodb,
}

/// Clones are further instances of the same shop.
#[derive(Clone)]
struct TestShop {
    checkout: Checkout,
    bundle: Arc<MemoryBundle>,
    clock: Arc<TestClock>,
    news: Arc<Mutex<Vec<OrderEvent>>>,
    faults: Arc<Mutex<Vec<String>>>,
    folder: Arc<tempfile::TempDir>,
}

impl TestShop {
    fn new() -> Self {
        Self::with(|_| {})
    }

    #[expect(clippy::disallowed_methods, reason = "the test lays out a download")]
    fn with(change: impl FnOnce(&mut Contents)) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let downloads = folder.path().join("downloads");
        std::fs::create_dir_all(&downloads).expect("a folder");
        std::fs::write(downloads.join("pack.zip"), "PK pack").expect("written");
        let clock = Arc::new(TestClock(AtomicI64::new(1_780_000_000)));
        let (news, faults) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (heard, logged) = (news.clone(), faults.clone());
        let settings = Settings {
            trust_client_header: true,
            clock: clock.clone(),
            on_order: Some(Arc::new(move |event| heard.lock().expect("unpoisoned").push(event))),
            on_fault: Some(Arc::new(move |text| logged.lock().expect("unpoisoned").push(text.to_owned()))),
            ..Settings::new(folder.path().join("store"), downloads, "http://shop.test/base")
        };
        let bundle = Arc::new(MemoryBundle::new(testing::bundle(change)));
        let checkout = open(settings, bundle.clone()).expect("a checkout");
        Self { checkout, bundle, clock, news, faults, folder }
    }

    /// The same on either store.
    #[cfg(feature = "doubles")]
    async fn on(store: StoreKind, change: impl FnOnce(&mut Contents)) -> Self {
        let shop = Self::with(change);
        match store {
            StoreKind::Sqlite => shop,
            #[cfg(feature = "dynamodb")]
            StoreKind::Dynamodb => {
                let double = crate::store::dynamodb::tests::double::Double::new().await;
                // As the service does it: whoever wants what another has in its hands is turned away.
                double.collide();
                let (store, secret) = double.opened().await;
                Self { checkout: shop.checkout.over(Arc::new(store), secret), ..shop }
            }
        }
    }

    fn desk(&self) -> crate::gateway::sandbox_page::Desk {
        self.checkout.sandbox_desk().expect("the sandbox")
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let router = axum::Router::new().nest("/base/api", self.checkout.router());
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = Answer::of(router.oneshot(request).await.expect("infallible")).await;
        api_document::check(&method, &path, &answer);
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(format!("/base{path}")).body(Body::empty()).expect("a request")).await
    }

    async fn get_page(&self, path: &str) -> Answer {
        let path = path.strip_prefix("/base").unwrap_or(path);
        let request = Request::get(format!("/base{path}")).header(header::ACCEPT, "text/html").body(Body::empty());
        self.send(request.expect("a request")).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as("someone", path, body).await
    }

    async fn post_as(&self, client: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(format!("/base{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-shopfront-client", client)
            .body(Body::from(body.to_string()));
        self.send(request.expect("a request")).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let path = path.strip_prefix("/base").unwrap_or(path);
        let request = Request::post(format!("/base{path}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://shop.test")
            .body(Body::from(serde_urlencoded::to_string(fields).expect("a form")));
        self.send(request.expect("a request")).await
    }

    async fn press(&self, pay_url: &str, outcome: &str) -> Answer {
        let path = pay_url.strip_prefix("http://shop.test").unwrap_or(pay_url);
        self.form(path, &[("outcome", outcome)]).await
    }

    async fn payment(&self, placed: &Answer) -> String {
        let order = self.get(&format!("/api/orders/{}", placed.text("token"))).await;
        order.text("payment")
    }

    /// `(available, reserved, sold)`, checked against what the open and the paid orders add up to.
    async fn stock(&self, sku: &str) -> (i64, i64, i64) {
        let counts = self.checkout.shop.store.all_counts().await.expect("counts");
        let orders = self.checkout.shop.store.newest(1000).await.expect("orders");
        for (sku, count) in &counts {
            let (mut held, mut sold) = (0, 0);
            for order in &orders {
                let of_line = |back: &crate::order::ReturnedLine| -> i64 {
                    let parts = order.parts.iter().filter(|part| part.line == back.line && part.sku == *sku && back.is_restocked);
                    parts.map(|part| i64::from(part.per_unit) * i64::from(back.quantity)).sum()
                };
                let restocked: i64 = order.returns().flat_map(|returned| &returned.lines).map(of_line).sum();
                let quantity: i64 = order.items.iter().filter(|item| item.sku == *sku).map(|item| i64::from(item.quantity)).sum();
                let quantity = quantity - restocked;
                match order.payment {
                    crate::order::Payment::Paid { .. } => sold += quantity,
                    ref payment if payment.is_open() => held += quantity,
                    _ => {}
                }
            }
            assert_eq!((count.reserved, count.sold), (held, sold), "{sku}");
            assert_eq!(count.available + held + sold, count.stocked, "{sku}");
        }
        counts.get(sku).map_or((-1, 0, 0), |count| (count.available, count.reserved, count.sold))
    }

    /// Pays a placed order on the gateway's page, and comes back.
    async fn pay(&self, placed: &Answer) {
        let back = self.press(&placed.text("pay_url"), "paid").await.location();
        self.get_page(&back).await.location();
        assert_eq!(self.payment(placed).await, "paid");
    }

    /// Gives a placed order up.
    async fn cancel(&self, placed: &Answer) {
        self.get(&format!("/api/return/sandbox?order={}&cancelled=true", placed.text("token"))).await.location();
        assert_eq!(self.payment(placed).await, "cancelled");
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    fn faults(&self) -> Vec<String> {
        self.faults.lock().expect("unpoisoned").clone()
    }

    fn news(&self) -> Vec<News> {
        self.news.lock().expect("unpoisoned").iter().map(|event| event.news).collect()
    }

    /// What the merchant has heard, once it is so much: the sandbox's own notice may settle an order a moment before it is told.
    async fn heard(&self, count: usize) -> Vec<News> {
        for _ in 0..200 {
            if self.news().len() >= count {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        self.news()
    }

    fn events(&self) -> Vec<String> {
        self.news.lock().expect("unpoisoned").iter().map(ToString::to_string).collect()
    }
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Self { status: parts.status, headers: parts.headers, body: String::from_utf8(bytes.to_vec()).expect("text") }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.body)).to_owned()
    }

    fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[header::LOCATION].to_str().expect("text").to_owned()
    }

    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.json()["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
    }
}

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn address() -> Value {
    json!({ "name": "Mira Sol", "line1": "Hauptstr. 1", "city": "Berlin", "postcode": "10115", "country": "DE" })
}

/// A checkout of these lines, sent to Germany, at a total.
fn order_of(lines: &Value, expected_total: i64) -> Value {
    json!({
        "lines": lines,
        "email": "mira@example.com",
        "ship_to": address(),
        "expected_total": expected_total,
        "idempotency_key": key(),
    })
}

/// A request with one member changed, and a key of its own.
fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body["idempotency_key"] = key().into();
    body
}

/// A checkout of so many mugs, sent to Germany.
fn mugs(quantity: u32) -> Value {
    json!({
        "lines": [{ "sku": "MUG", "quantity": quantity }],
        "email": "mira@example.com",
        "ship_to": address(),
        "expected_total": 2000 * quantity + 490,
        "idempotency_key": key(),
    })
}
