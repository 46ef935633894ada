//! The merchant's commands on a store of `checkout-server`, while that is running.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use crate::merchant::{Filter, RefundWish};
use crate::ports::Clock;
use crate::service::Surroundings;
use crate::service::machine::{self, Service};
use crate::shop::SystemClock;
use crate::testing;

/// A running service on a stand-in for Stripe, and the settings that the merchant has.
struct Production {
    folder: tempfile::TempDir,
    stripe: StripeDouble,
    service: Service,
}

impl Production {
    #[expect(clippy::disallowed_methods, reason = "the test lays out a bundle")]
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stripe = StripeDouble::start(Arc::new(SystemClock)).await.expect("a stand-in");
        let bundle = folder.path().join("bundle");
        std::fs::create_dir_all(&bundle).expect("a folder");
        for (name, bytes) in testing::bundle(|contents| contents.terms.gateways = vec![Gateway::Stripe]) {
            std::fs::write(bundle.join(name), bytes).expect("written");
        }
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings: BTreeMap<&str, String> = [
            ("SHOPFRONT_BASE_URL", "https://shop.test".to_owned()),
            ("SHOPFRONT_STORE", path("store")),
            ("SHOPFRONT_BUNDLE", path("bundle")),
            ("SHOPFRONT_DOWNLOADS", path("downloads")),
            ("STRIPE_SECRET_KEY", KEY.to_owned()),
            ("STRIPE_WEBHOOK_SECRET", SIGNING_SECRET.to_owned()),
            ("STRIPE_BASE_FOR_TESTS", stripe.base().to_owned()),
        ]
        .into();
        let surroundings = Surroundings { clock: Arc::new(SystemClock), on_order: None, on_fault: None, on_figure: None };
        let service = machine::open(&|name| settings.get(name).cloned(), surroundings).await.expect("a service");
        Self { folder, stripe, service }
    }

    /// The number of a new order of a mug; paid if so wished.
    async fn order(&self, is_paid: bool) -> String {
        let order = json!({
            "lines": [{ "sku": "MUG", "quantity": 1 }], "email": "m@example.com", "expected_total": 2490, "gateway": "stripe",
            "ship_to": { "name": "Mira", "line1": "Quay 1", "city": "Berlin", "postcode": "10115", "country": "DE" },
            "idempotency_key": uuid::Uuid::new_v4().to_string(),
        });
        let request = Request::post("/checkout").header("content-type", "application/json").body(Body::from(order.to_string()));
        let answer = self.service.checkout.router().oneshot(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        let placed: Value = serde_json::from_slice(&bytes).expect("JSON");
        if is_paid {
            self.stripe.pay(&self.stripe.ids("checkout.session").pop().expect("a session")).expect("paid");
            let path = format!("/return/stripe?order={}", placed["token"].as_str().expect("a token"));
            let request = Request::get(path).body(Body::empty()).expect("a request");
            self.service.checkout.router().oneshot(request).await.expect("an answer");
        }
        placed["order"].as_str().expect("a number").to_owned()
    }

    async fn visit(&self, settings: &[(&str, &str)]) -> Books {
        let settings: BTreeMap<String, String> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let place = Place::Sqlite(self.folder.path().join("store"));
        Books::visit(&place, Box::new(move |name| settings.get(name).cloned())).await.expect("the books")
    }
}

fn all() -> RefundWish {
    RefundWish { all: true, restock: true, ..RefundWish::default() }
}

#[tokio::test]
async fn money_goes_back_through_the_gateway_that_has_it() {
    let shop = Production::new().await;
    let number = shop.order(true).await;
    let books = shop.visit(&[("STRIPE_SECRET_KEY", KEY), ("STRIPE_BASE_FOR_TESTS", shop.stripe.base())]).await;
    let (back, sum) = books.weigh(&number, &all()).await.expect("weighed");
    assert_eq!(sum.minor, 2490);
    let refund = books.refund(&number, back).await.expect("recorded");
    assert_eq!((refund.status.as_str(), shop.stripe.ids("refund").len()), ("succeeded", 1));
    let unpaid = shop.order(false).await;
    assert_eq!(books.cancel(&unpaid).await.expect("cancelled").payment, "cancelled");
    let store = &shop.service.checkout.shop.store;
    let far = SystemClock.now() + jiff::SignedDuration::from_hours(1);
    let kinds: Vec<_> = store.owed(far, 9).await.expect("readable").into_iter().map(|owed| owed.letter.kind.name()).collect();
    assert_eq!(kinds, ["refunded"], "which the service, that sends no mail, had not owed");
    // It waits for a mail server for some days, and is then given up.
    let mut clock = SystemClock.now();
    let mut looks = 0;
    let mut waiting = shop.service.checkout.shop.clone();
    while !store.owed(clock + jiff::SignedDuration::from_hours(7), 9).await.expect("readable").is_empty() {
        looks += 1;
        clock += jiff::SignedDuration::from_hours(7);
        waiting.settings = Arc::new(Settings { clock: Arc::new(Still(clock)), ..(*waiting.settings).clone() });
        crate::worker::sweep(&waiting).await;
    }
    assert!((20..60).contains(&looks), "{looks}");
}

#[tokio::test]
async fn a_gateway_is_set_up_when_it_is_needed_and_for_the_stores_own_mode() {
    let shop = Production::new().await;
    let (paid, open) = (shop.order(true).await, shop.order(false).await);
    let books = shop.visit(&[]).await;
    assert_eq!(books.visited(), Some(format!("sqlite:{} (test)", shop.folder.path().join("store").display())));
    assert_eq!(Place::DynamoDb("my-shop".into()).to_string(), "dynamodb:my-shop");
    assert_eq!(books.orders(&Filter::default(), 9).await.expect("listed").len(), 2);
    books.fulfil(&paid, None, None, None).await.expect("sent, without any gateway");
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[], "`STRIPE_SECRET_KEY` is empty"),
        (&[("STRIPE_SECRET_KEY", "sk_live_double")], "is a live key, and the store holds test orders; set the key for test payments"),
        (&[("STRIPE_SECRET_KEY", "pk_test_1")], "publishable"),
    ];
    for (settings, expected) in cases {
        let books = shop.visit(settings).await;
        let weighed = books.weigh(&paid, &all()).await.expect_err("no gateway").to_string();
        let ended = books.cancel(&open).await.expect_err("no gateway").to_string();
        assert!(weighed.contains(expected) && ended.contains(expected), "{expected}: {weighed} / {ended}");
    }
    assert!(books.order(&paid).await.expect("an order").refunds.is_empty(), "nothing was recorded");
}

#[tokio::test]
async fn places_are_typed_and_have_to_be_there() {
    assert_eq!("sqlite:/var/lib/shop".parse(), Ok(Place::Sqlite("/var/lib/shop".into())));
    assert_eq!("dynamodb:shop".parse(), Ok(Place::DynamoDb("shop".into())));
    for wrong in ["", "/var/lib/shop", "sqlite:", "postgres:x"] {
        assert!(Place::from_str(wrong).is_err_and(|why| why.contains("`sqlite:`")), "{wrong}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    for missing in [folder.path().to_owned(), folder.path().join("nowhere"), folder.path().join("orders.sqlite")] {
        let error = Books::visit(&Place::Sqlite(missing), Box::new(|_| None)).await.err().expect("nothing is there");
        assert!(error.to_string().contains("there is no store at"), "{error}");
    }
    assert_eq!(folder.path().read_dir().expect("readable").count(), 0);
}

#[tokio::test]
async fn keys_are_for_what_the_store_holds() {
    let open = |mode, gateway, settings: &[(&str, &str)]| {
        let settings: BTreeMap<String, String> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let setting: Setting = Box::new(move |name| settings.get(name).cloned());
        Till { place: Place::DynamoDb("my-shop".into()), mode, folder: None, secret: [1; 32], setting }.open(gateway).map(drop)
    };
    let said = |opened: Result<(), String>| opened.expect_err("refused");
    let stripe = |key| [("STRIPE_SECRET_KEY", key)];
    assert_eq!(open(Mode::Live, Gateway::Stripe, &stripe("sk_live_double")), Ok(()));
    assert_eq!(open(Mode::Test, Gateway::Stripe, &stripe(KEY)), Ok(()));
    let wrong = said(open(Mode::Live, Gateway::Stripe, &stripe(KEY)));
    assert_eq!(wrong, "`STRIPE_SECRET_KEY` is a test key, and the store holds live orders; set the key for live payments");
    let paypal = |mode| [("PAYPAL_MODE", mode), ("PAYPAL_CLIENT_ID", "a"), ("PAYPAL_CLIENT_SECRET", "b")];
    assert_eq!(open(Mode::Live, Gateway::Paypal, &paypal("live")), Ok(()));
    let wrong = said(open(Mode::Live, Gateway::Paypal, &paypal("sandbox")));
    assert_eq!(wrong, "`PAYPAL_MODE` is sandbox, and the store holds live orders; set the account for live payments");
    let missing = said(open(Mode::Live, Gateway::Paypal, &[]));
    assert!(missing.contains("`PAYPAL_MODE` is neither") && missing.contains("set what `checkout-server` has for paypal"), "{missing}");
    assert!(said(open(Mode::Live, Gateway::Sandbox, &[])).contains("test payments"));
}

/// A clock that stands.
struct Still(jiff::Timestamp);

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        self.0
    }
}
