//! A clock that a test moves, an order of two lines, and a client that is connected with the double.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use catalog::currency::Currency;
use jiff::{SignedDuration, Timestamp};

use super::answers::{Order, OrderStatus};
use super::api::{Api, Mode};
use super::double::Double;
use super::error::Error;
use super::order::{Line, OrderSpec, ShipTo, compose};
use crate::ports::Clock;

/// A clock that a test moves; it starts on a day in 2026.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_780_000_000)))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Three mugs and a bowl for 60.00 and 4.90, less 5.00, to Berlin.
pub(crate) fn spec(attempt: u32) -> OrderSpec {
    let line = |title: &str, quantity, total_minor| Line { title: title.into(), quantity, total_minor };
    OrderSpec {
        order: "0123456789abcdef0123456789abcdef".into(),
        attempt,
        shop: "Tessel".into(),
        lines: vec![line("Mug", 3, 4500), line("Bowl", 1, 1500)],
        shipping_minor: 490,
        tax_on_top_minor: 0,
        reduction_minor: 500,
        total_minor: 5990,
        currency: Currency::parse("EUR").unwrap(),
        email: "mira@example.com".into(),
        ship_to: Some(ShipTo {
            name: "Mira Muster".into(),
            line1: "Am Weg 1".into(),
            city: "Berlin".into(),
            postcode: Some("10115".into()),
            country: "DE".into(),
            ..ShipTo::default()
        }),
        return_url: "https://shop.example/api/return/paypal?order=1".into(),
        cancel_url: "https://shop.example/checkout/".into(),
        language: "de".into(),
    }
}

/// The shop's side and PayPal's.
pub(crate) struct Pair {
    pub(crate) clock: Arc<HandClock>,
    pub(crate) double: Double,
    pub(crate) api: Api,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let clock = HandClock::new();
        let double = Double::new(clock.clone());
        let api = Api::new(double.http(), clock.clone(), Double::account(Mode::Sandbox.base()));
        Self { clock, double, api }
    }

    pub(crate) async fn create(&self, attempt: u32) -> Result<Order, Error> {
        self.api.create_order(&format!("create-{attempt}"), &compose(&spec(attempt))).await
    }

    /// An order that the shopper has approved.
    pub(crate) async fn approved(&self, attempt: u32) -> String {
        let order = self.create(attempt).await.unwrap();
        assert_eq!(order.status, OrderStatus::PayerActionRequired);
        assert!(self.double.approve(&order.id));
        order.id
    }

    /// The kinds of all notices so far.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.double.notices().into_iter().map(|notice| notice.kind).collect()
    }
}
