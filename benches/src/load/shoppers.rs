//! What clients do: each checks out a cart of its own, nine of ten pay on the payment page, and their notices arrive.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use checkout_fn::doubles::shop::{PRICE, sku};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::shop::{CALLS, Shop, hot};
use crate::{IN_FLIGHT, SKUS};

/// So often a client, or the payment service with its notice, comes again where something is wrong on the shop's side.
const COMES: usize = 20;

/// What became of a client's checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Placed and paid.
    Paid,
    /// Placed, and not paid yet.
    Open,
    /// What was wanted is sold out.
    SoldOut,
    /// Something else, with this status.
    Failed(u16),
}

/// A client's way through the shop.
pub(crate) struct Journey {
    pub(crate) end: End,
    /// Until the address of the payment page was there, or the refusal.
    pub(crate) took: Duration,
    /// The store's calls in that time.
    pub(crate) calls: usize,
    /// Answers, to clients and to notices, that something is wrong on the shop's side.
    pub(crate) faults: usize,
}

/// All of them, so many at a time.
pub(crate) async fn all(shop: &Arc<Shop>, checkouts: usize) -> Vec<Journey> {
    let turns = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut clients = Vec::with_capacity(checkouts);
    for n in 0..checkouts {
        let turn = turns.clone().acquire_owned().await.expect("nobody closes it");
        let shop = shop.clone();
        clients.push(tokio::spawn(async move {
            let journey = journey(&shop, n).await;
            drop(turn);
            journey
        }));
    }
    let mut journeys = Vec::with_capacity(checkouts);
    for client in clients {
        journeys.push(client.await.expect("no panic"));
    }
    journeys
}

async fn journey(shop: &Shop, n: usize) -> Journey {
    let client = format!("client-{n}");
    let body = cart(n).to_string();
    let began = Instant::now();
    let ((status, answer, mut faults), calls) = CALLS
        .scope(Cell::default(), async {
            let headers = [("content-type", "application/json"), ("x-shopfront-client", client.as_str())];
            let answered = post(shop, n, "/api/checkout", &headers, &body).await;
            (answered, CALLS.with(Cell::get).0)
        })
        .await;
    let took = began.elapsed();
    let end = match (status, answer["code"].as_str()) {
        (201, _) if n % 10 == 9 => End::Open,
        (201, _) => {
            let session = answer["pay_url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a payment page");
            shop.stripe.pay(session).expect("an open session");
            faults += deliver(shop, n).await;
            End::Paid
        }
        (409, Some("out_of_stock")) => End::SoldOut,
        (status, _) => End::Failed(status),
    };
    Journey { end, took, calls, faults }
}

/// One to four lines of one or two pieces; every third cart has the hot SKU among them.
fn cart(n: usize) -> Value {
    let (lines, has_hot) = (1 + n / 3 % 4, n.is_multiple_of(3));
    // Steps that share no factor with the number of SKUs: no SKU twice in a cart, and each as often as the others.
    let others = (usize::from(has_hot)..lines).map(|line| sku(1 + (n * 7 + line * 123) % SKUS));
    let skus: Vec<String> = has_hot.then(hot).into_iter().chain(others).collect();
    let quantity = |line: usize| 1 + (n / 2 + line) % 2;
    let pieces: usize = (0..skus.len()).map(quantity).sum();
    let lines: Vec<Value> = skus.iter().enumerate().map(|(line, sku)| json!({ "sku": sku, "quantity": quantity(line) })).collect();
    json!({
        "lines": lines, "country": "DE", "postcode": "10115", "email": format!("{n}@example.com"), "gateway": "stripe",
        "ship_to": { "name": "Mira", "line1": "Weg 1", "city": "Berlin", "postcode": "10115", "country": "DE" },
        "expected_total": i64::try_from(pieces).expect("few") * PRICE,
        "idempotency_key": format!("{n:08x}-0000-4000-8000-{n:012x}"),
    })
}

/// Hands over what notices there are, by whoever comes first, until they are taken. How often that failed.
async fn deliver(shop: &Shop, n: usize) -> usize {
    let mut faults = 0;
    for notice in shop.stripe.take_notices() {
        let signature = shop.stripe.sign(&notice);
        let headers = [("content-type", "application/json"), ("stripe-signature", signature.as_str())];
        let (status, answer, failed) = post(shop, n, "/api/webhooks/stripe", &headers, &notice.body).await;
        assert_eq!(status, 200, "a notice is taken in the end: {answer}");
        faults += failed;
    }
    faults
}

/// Asks until the answer is not that something is wrong on the shop's side: its status, its body, and how often it was.
async fn post(shop: &Shop, n: usize, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value, usize) {
    let mut faults = 0;
    loop {
        let request = headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
        let request = request.header(header::CONTENT_LENGTH, body.len()).body(Body::from(body.to_owned())).expect("a request");
        let router = shop.instances[(n + faults) % shop.instances.len()].clone();
        let answer = router.oneshot(request).await.expect("infallible");
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        if status < 500 || faults == COMES {
            return (status, serde_json::from_slice(&bytes).unwrap_or_default(), faults);
        }
        faults += 1;
    }
}
