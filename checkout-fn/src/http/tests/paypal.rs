//! Whole purchases through PayPal, on a stand-in that speaks its API.

use catalog::currency::Gateway;

use super::*;
use crate::doubles::paypal::{CLIENT, Call, Double, Notice, Outcome, Trouble, WEBHOOK_ID};
use crate::gateway::paypal::signature::Trust;
use crate::gateway::paypal::{PayPal, PayPalSettings};
use crate::merchant::{Books, RefundWish};

pub(super) struct PayPalShop {
    pub(super) shop: TestShop,
    pub(super) paypal: Double,
    told: Mutex<usize>,
}

impl PayPalShop {
    async fn new() -> Self {
        Self::on(StoreKind::Sqlite, |_| {}).await
    }

    pub(super) async fn on(store: StoreKind, change: impl FnOnce(&mut Contents)) -> Self {
        let mut shop = TestShop::on(store, |contents| {
            contents.terms.gateways = vec![Gateway::Paypal];
            change(contents);
        })
        .await;
        let paypal = Double::new(shop.clock.clone());
        let settings = PayPalSettings {
            is_live: false,
            client_id: CLIENT.0.into(),
            client_secret: CLIENT.1.into(),
            webhook_id: WEBHOOK_ID.into(),
            asks_about_notices: false,
            base: None,
            clock: shop.clock.clone(),
        };
        let root = rustls_pki_types::CertificateDer::from(paypal.root());
        let gateway = PayPal::over(settings, paypal.http(), Trust::only(&root).expect("a root")).expect("a gateway");
        shop.checkout.shop.gateways = [(Gateway::Paypal, Arc::new(gateway) as Arc<dyn crate::ports::PaymentGateway>)].into();
        Self { shop, paypal, told: Mutex::new(0) }
    }

    pub(super) async fn order(&self) -> crate::order::Order {
        self.shop.checkout.shop.store.newest(1).await.expect("orders").remove(0)
    }

    /// PayPal's name of the newest order.
    pub(super) async fn session(&self) -> String {
        Self::name_of(self.order().await)
    }

    /// PayPal's name of an order.
    pub(super) async fn session_of(&self, placed: &Answer) -> String {
        let stored = self.shop.checkout.shop.store.by_number(&placed.text("order")).await.expect("readable");
        Self::name_of(stored.expect("an order").order)
    }

    fn name_of(order: crate::order::Order) -> String {
        match order.payment {
            crate::order::Payment::Awaiting { session } | crate::order::Payment::Capturing { session, .. } => session.id.0,
            other => panic!("no session in {other:?}"),
        }
    }

    pub(super) async fn deliver(&self, notice: &Notice) -> Answer {
        let mut request = Request::post("/base/api/webhooks/paypal");
        for (name, value) in &notice.headers {
            request = request.header(name, value);
        }
        self.shop.send(request.body(Body::from(notice.body.clone())).expect("a request")).await
    }

    /// Delivers the news, each of it twice.
    pub(super) async fn deliver_all(&self) {
        let notices = self.paypal.notices();
        let from = std::mem::replace(&mut *self.told.lock().expect("unpoisoned"), notices.len());
        for notice in &notices[from..] {
            self.deliver(notice).await.expect(200);
            self.deliver(notice).await.expect(200);
        }
    }

    /// Delivers all that has ever happened, of which some has been told before.
    pub(super) async fn deliver_everything(&self) {
        for notice in self.paypal.notices() {
            self.deliver(&notice).await.expect(200);
        }
    }

    pub(super) async fn come_back(&self, placed: &Answer) {
        self.shop.get(&format!("/api/return/paypal?order={}", placed.text("token"))).await.location();
    }
}

#[tokio::test]
async fn approved_captured_and_given_back() {
    let at = PayPalShop::new().await;
    let placed = at.shop.post("/api/checkout", &mugs(2)).await.expect(201);
    let session = at.session().await;
    assert!(placed.text("pay_url").contains(&session), "{}", placed.body);
    at.come_back(&placed).await;
    assert_eq!(at.shop.payment(&placed).await, "awaiting_payment", "nobody has approved it");
    assert!(at.paypal.approve(&session));
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await, at.paypal.holds()), ("paid", (3, 0, 2), 4490));
    at.deliver_all().await;
    assert_eq!((at.shop.stock("MUG").await, at.paypal.holds()), ((3, 0, 2), 4490), "taken once");

    let books = Books::of(&at.shop.checkout);
    let number = placed.text("order");
    let (back, _) = books.weigh(&number, &RefundWish { lines: vec![(1, 1)], ..RefundWish::default() }).await.expect("a sum");
    assert_eq!(books.refund(&number, back).await.expect("given back").status, "succeeded");
    at.deliver_all().await;
    let crate::order::Payment::Paid { payment: Some(capture), .. } = at.order().await.payment else { panic!("not paid") };
    assert!(at.paypal.refund_by_hand(&capture.0, 490));
    at.deliver_all().await;
    assert_eq!(at.paypal.holds(), 2000);
    let order = at.shop.get(&format!("/api/orders/{}", placed.text("token"))).await.json();
    let amounts: Vec<i64> = order["refunds"].as_array().expect("refunds").iter().filter_map(|refund| refund["amount"].as_i64()).collect();
    assert_eq!(amounts, [2000, 490], "ours, and the one made by hand");
    assert!(at.paypal.dispute(&session));
    at.deliver_all().await;
    assert!(books.order(&number).await.expect("an order").summary.attention.is_some_and(|why| why.contains("disputes")));
}

#[tokio::test]
async fn who_approves_and_never_comes_back_has_bought_all_the_same() {
    let at = PayPalShop::new().await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session().await));
    at.deliver_all().await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 2490));
}

#[tokio::test]
async fn a_decline_can_be_tried_again() {
    let at = PayPalShop::new().await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let session = at.session().await;
    at.paypal.will(&session, Outcome::InstrumentDeclined);
    assert!(at.paypal.approve(&session));
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.shop.stock("MUG").await), ("awaiting_payment", (4, 1, 0)));
    let order = at.shop.get(&format!("/api/orders/{}", placed.text("token"))).await.json();
    assert_eq!(order["pay_url"].as_str(), Some(placed.text("pay_url").as_str()), "the address stays");
    at.shop.pass(SignedDuration::from_secs(30));
    at.paypal.will(&session, Outcome::Completed);
    at.paypal.approve(&session);
    at.come_back(&placed).await;
    assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 2490));
}

/// The capture is interrupted in every way: the worker finishes it, and the money is taken once.
#[tokio::test]
async fn a_capture_that_is_interrupted_is_finished() {
    for trouble in [Trouble::Fail, Trouble::FailAfter, Trouble::Lose, Trouble::Forget] {
        let at = PayPalShop::new().await;
        let name = format!("{trouble:?}");
        let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let session = at.session().await;
        assert!(at.paypal.approve(&session));
        at.paypal.trouble(Some(Call::Capture), 1, trouble);
        at.come_back(&placed).await;
        at.shop.pass(SignedDuration::from_mins(60));
        at.shop.checkout.sweep().await;
        at.shop.checkout.sweep().await;
        assert_eq!((at.shop.payment(&placed).await.as_str(), at.paypal.holds()), ("paid", 2490), "{name}");
        assert_eq!(at.shop.stock("MUG").await, (4, 0, 1), "{name}");
    }
}

#[tokio::test]
async fn forged_notices_are_refused() {
    let at = PayPalShop::new().await;
    let placed = at.shop.post("/api/checkout", &mugs(1)).await.expect(201);
    assert!(at.paypal.approve(&at.session().await));
    let mut notice = at.paypal.notices().pop().expect("a notice");
    let body = notice.body.clone();
    notice.body = [&body[..], b" "].concat().into();
    at.deliver(&notice).await.refused(400, "invalid_signature");
    assert_eq!(at.shop.payment(&placed).await, "awaiting_payment");
    notice.body = body;
    at.deliver(&notice).await.expect(200);
    assert_eq!(at.shop.payment(&placed).await, "paid");
}
