//! A service from its settings: what is wrong is named, and the whole of it takes an order.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use catalog::currency::Gateway;

use super::*;
use crate::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use crate::ports::Clock;
use crate::shop::SystemClock;
use crate::testing;

struct Place {
    folder: tempfile::TempDir,
    settings: BTreeMap<String, String>,
}

impl Place {
    /// A folder with a bundle of a shop that takes money in these ways.
    #[expect(clippy::disallowed_methods, reason = "the test lays out a bundle")]
    fn new(gateways: &[Gateway]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bundle = folder.path().join("bundle");
        std::fs::create_dir_all(&bundle).expect("a folder");
        for (name, bytes) in testing::bundle(|contents| contents.terms.gateways = gateways.to_vec()) {
            std::fs::write(bundle.join(name), bytes).expect("written");
        }
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("SHOPFRONT_BASE_URL", "https://shop.test/base/".to_owned()),
            ("SHOPFRONT_STORE", path("store")),
            ("SHOPFRONT_BUNDLE", path("bundle")),
            ("SHOPFRONT_DOWNLOADS", path("downloads")),
            // Nobody listens there.
            ("STRIPE_BASE_FOR_TESTS", "http://127.0.0.1:1".to_owned()),
            ("STRIPE_SECRET_KEY", KEY.to_owned()),
            ("STRIPE_WEBHOOK_SECRET", format!("whsec_old,{SIGNING_SECRET}")),
        ];
        Self { settings: settings.map(|(name, value)| (name.to_owned(), value)).into(), folder }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    async fn open(&self) -> Result<Service, String> {
        self.open_with(Arc::new(SystemClock), None).await
    }

    async fn open_with(&self, clock: Arc<dyn Clock>, on_fault: Option<crate::OnFault>) -> Result<Service, String> {
        let surroundings = Surroundings { clock, on_order: None, on_fault, on_figure: None };
        open(&|name| self.settings.get(name).cloned(), surroundings).await
    }

    async fn wrong(&self) -> String {
        self.open().await.err().expect("something is wrong")
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_at_once() {
    let empty = Place { folder: tempfile::tempdir().expect("a folder"), settings: BTreeMap::new() };
    let said = empty.wrong().await;
    for name in ["SHOPFRONT_BASE_URL", "SHOPFRONT_STORE", "SHOPFRONT_BUNDLE", "SHOPFRONT_DOWNLOADS"] {
        assert!(said.contains(&format!("`{name}` is not set; set it to ")), "{said}");
    }
    let stripe = || Place::new(&[Gateway::Stripe]);
    let both = || Place::new(&[Gateway::Stripe, Gateway::Paypal]);
    let cases = [
        (stripe().with("SHOPFRONT_BASE_URL", "http://shop.test"), "has to begin with https://"),
        (stripe().with("SHOPFRONT_LISTEN", "8787"), "`SHOPFRONT_LISTEN` is no address"),
        (stripe().with("SHOPFRONT_BUNDLE", "/nowhere"), "`SHOPFRONT_BUNDLE`: cannot read /nowhere/manifest.json"),
        (stripe().with("STRIPE_SECRET_KEY", ""), "`STRIPE_SECRET_KEY` is empty"),
        (stripe().with("STRIPE_WEBHOOK_SECRET", " , "), "`STRIPE_WEBHOOK_SECRET` is empty"),
        (stripe().with("SMTP_URL", "mail.example"), "`SMTP_URL` cannot be read"),
        (both(), "`PAYPAL_MODE` is neither `live` nor `sandbox`"),
        (
            both()
                .with("PAYPAL_MODE", "live")
                .with("PAYPAL_CLIENT_ID", "a")
                .with("PAYPAL_CLIENT_SECRET", "b")
                .with("PAYPAL_WEBHOOK_ID", "c"),
            "disagree",
        ),
        (both().with("PAYPAL_MODE", "sandbox"), "`PAYPAL_CLIENT_ID` is empty"),
        (stripe().with("STRIPE_BASE_FOR_TESTS", "https://stripe.example"), "`STRIPE_BASE_FOR_TESTS` is for tests"),
        (both().with("STRIPE_SECRET_KEY", "").with("PAYPAL_MODE", "live"), "`PAYPAL_CLIENT_ID` is empty"),
        (stripe().with("STRIPE_SECRET_KEY", "sk_live_double").with("STRIPE_BASE_FOR_TESTS", "http://127.0.0.1:1"), "is for tests"),
        (Place::new(&[Gateway::Sandbox]), "names no way to take money"),
    ];
    for (place, expected) in cases {
        let said = place.wrong().await;
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!place.folder.path().join("store").try_exists().expect("readable"), "no store is begun with wrong settings: {expected}");
    }
}

#[tokio::test]
async fn two_wrong_gateways_are_two_lines() {
    let place = Place::new(&[Gateway::Stripe, Gateway::Paypal]).with("STRIPE_SECRET_KEY", "pk_test_1").with("SMTP_URL", "x");
    let said = place.wrong().await;
    for part in ["publishable", "`PAYPAL_MODE`", "`SMTP_URL`"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
}

/// What is left of its orders has to be looked after.
#[tokio::test]
async fn a_gateway_that_the_shop_names_no_more_takes_no_orders_and_is_still_heard() {
    let paypal = [("PAYPAL_MODE", "sandbox"), ("PAYPAL_CLIENT_ID", "a"), ("PAYPAL_CLIENT_SECRET", "b"), ("PAYPAL_WEBHOOK_ID", "c")];
    let place = paypal.into_iter().fold(Place::new(&[Gateway::Paypal]), |place, (name, value)| place.with(name, value));
    let place = place.with("PAYPAL_BASE_FOR_TESTS", "http://127.0.0.1:1");
    let service = place.open().await.expect("a service");
    assert_eq!(service.checkout.shop.gateways.keys().collect::<Vec<_>>(), [&Gateway::Stripe, &Gateway::Paypal]);
    let order = |gateway: Option<&str>| {
        let mut order = json!({
            "lines": [{ "sku": "BOWL", "quantity": 1 }], "email": "m@example.com", "expected_total": 3490, "country": "DE",
            "idempotency_key": uuid::Uuid::new_v4().to_string(), "postcode": "10115",
            "ship_to": { "name": "M", "line1": "W 1", "city": "B", "postcode": "10115", "country": "DE" },
        });
        if let Some(gateway) = gateway {
            order["gateway"] = gateway.into();
        }
        order
    };
    let ask = async |body: Value| {
        let request = Request::post("/checkout").header("content-type", "application/json").body(Body::from(body.to_string()));
        let answer = service.checkout.router().oneshot(request.expect("a request")).await.expect("an answer");
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        serde_json::from_slice::<Value>(&bytes).expect("JSON")["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(ask(order(Some("stripe"))).await, "unknown_gateway");
    // Nobody answers there, so it was asked.
    assert_eq!(ask(order(None)).await, "payment_unreachable");
}

#[tokio::test]
async fn a_store_is_of_one_mode() {
    let place = Place::new(&[Gateway::Stripe]);
    assert!(!place.open().await.expect("a service").is_live);
    let said = place.with("STRIPE_BASE_FOR_TESTS", "").with("STRIPE_SECRET_KEY", "sk_live_double").wrong().await;
    assert!(said.contains("holds test orders"), "{said}");
}

/// An hour after the true time.
struct Fast;

impl Clock for Fast {
    fn now(&self) -> jiff::Timestamp {
        SystemClock.now() + jiff::SignedDuration::from_hours(1)
    }
}

#[tokio::test]
async fn a_key_that_nobody_knows_a_gateway_out_of_reach_and_a_wrong_clock_are_told() {
    let stripe = StripeDouble::start(Arc::new(SystemClock)).await.expect("a stand-in");
    let at = Place::new(&[Gateway::Stripe]).with("STRIPE_BASE_FOR_TESTS", stripe.base());
    let said = at.open_with(Arc::new(Fast), None).await.err().expect("a wrong clock");
    assert!(said.contains("the clock of this machine is") && said.contains("minutes ahead of that of stripe; set it"), "{said}");
    let said = at.with("STRIPE_SECRET_KEY", "sk_test_unknown").wrong().await;
    assert!(said.contains("Stripe does not accept the key in `STRIPE_SECRET_KEY`"), "{said}");
    let faults = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = faults.clone();
    let on_fault: crate::OnFault = Arc::new(move |text: &str| heard.lock().expect("unpoisoned").push(text.to_owned()));
    // It may be there again when somebody wants to pay, so the program starts.
    assert!(Place::new(&[Gateway::Stripe]).open_with(Arc::new(SystemClock), Some(on_fault)).await.is_ok());
    let faults = faults.lock().expect("unpoisoned");
    assert!(faults.iter().any(|fault| fault.contains("stripe cannot be reached, so nobody can pay by it")), "{faults:?}");
}

#[tokio::test]
async fn an_order_is_taken_and_there_is_no_sandbox() {
    let stripe = StripeDouble::start(Arc::new(SystemClock)).await.expect("a stand-in");
    let place = Place::new(&[Gateway::Stripe]).with("STRIPE_BASE_FOR_TESTS", stripe.base());
    let service = place.open().await.expect("a service");
    assert_eq!((service.base_path.as_str(), service.listen.port()), ("/base", 8787));
    let router = axum::Router::new().nest("/base/api", service.checkout.router());
    let post = async |path: &str, body: Value| {
        let request = Request::post(path).header("content-type", "application/json").body(Body::from(body.to_string()));
        let answer = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        (status, serde_json::from_slice::<Value>(&bytes).unwrap_or_default())
    };
    assert_eq!(post("/base/api/webhooks/sandbox", json!({})).await.0, 404);
    assert_eq!(post("/base/api/sandbox/pay/x", json!({})).await.0, 404);
    let order = json!({
        "lines": [{ "sku": "PACK", "quantity": 1 }], "email": "m@example.com", "expected_total": 900,
        "idempotency_key": uuid::Uuid::new_v4().to_string(), "gateway": "stripe",
    });
    let (status, refused) = post("/base/api/checkout", order.clone()).await;
    assert_eq!((status, &refused["code"]), (500, &json!("internal_error")), "what is sold to download is not there: {refused}");
    lay_out(&place.folder.path().join("downloads"));
    let (status, placed) = post("/base/api/checkout", order).await;
    assert_eq!(status, 201, "{placed}");
    let session = stripe.ids("checkout.session").pop().expect("a session");
    stripe.pay(&session).expect("paid");
    service.checkout.sweep().await;
    for notice in stripe.take_notices() {
        let request = Request::post("/base/api/webhooks/stripe").header("stripe-signature", stripe.sign(&notice));
        let answer = router.clone().oneshot(request.body(Body::from(notice.body)).expect("a request")).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
    }
    let path = format!("/base/api/orders/{}", placed["token"].as_str().expect("a token"));
    let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).expect("a request")).await.expect("an answer");
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    assert_eq!(serde_json::from_slice::<Value>(&bytes).expect("JSON")["payment"], "paid");
}

#[expect(clippy::disallowed_methods, reason = "the test lays out a download")]
fn lay_out(downloads: &std::path::Path) {
    std::fs::create_dir_all(downloads).expect("a folder");
    std::fs::write(downloads.join("pack.zip"), "PK pack").expect("written");
}
