//! The gateway fails at each of its verbs, in turn: nothing is lost, nothing is held for ever, and the cause is
//! logged, not told.

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::currency::Gateway;

use super::*;
use crate::decide::{Refunding, Sighting};
use crate::error::Fault;
use crate::order::{OrderId, PaymentId, SessionId};
use crate::ports::{Aftermath, BadNotice, GatewayError, Notice, Opened, PaymentGateway, RefundRequest, SessionRequest};

/// The sandbox, of which one verb may be broken.
pub(super) struct Flaky {
    inner: Arc<dyn PaymentGateway>,
    broken: Mutex<Option<(&'static str, GatewayError)>>,
    /// What it asks for instead of the order's amount and currency.
    asks: Mutex<Option<(i64, &'static str)>>,
}

impl Flaky {
    fn fail(&self, verb: &'static str) -> Result<(), GatewayError> {
        match &*self.broken.lock().expect("unpoisoned") {
            Some((broken, error)) if *broken == verb => Err(error.clone()),
            _ => Ok(()),
        }
    }

    pub(super) fn out_of_reach(&self, verb: &'static str) {
        *self.broken.lock().expect("unpoisoned") = Some((verb, GatewayError::Unavailable(Fault::new("the line is cut".into()))));
    }

    fn refusing(&self, verb: &'static str) {
        *self.broken.lock().expect("unpoisoned") = Some((verb, GatewayError::Refused("too small".into())));
    }

    fn stuck(&self, verb: &'static str) {
        *self.broken.lock().expect("unpoisoned") = Some((verb, GatewayError::Stuck(Fault::new("a stored failure".into()))));
    }

    pub(super) fn mend(&self) {
        *self.broken.lock().expect("unpoisoned") = None;
    }
}

#[async_trait]
impl PaymentGateway for Flaky {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        self.inner.compose(request)
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        self.fail("open")?;
        let opened = self.inner.open(order, attempt, composed).await?;
        Ok(match *self.asks.lock().expect("unpoisoned") {
            Some((amount, currency)) => Opened { amount, currency: currency.into(), ..opened },
            None => opened,
        })
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        self.fail("find")?;
        self.inner.find(order, attempt).await
    }

    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        self.fail("look")?;
        self.inner.look(session).await
    }

    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError> {
        self.fail("expire")?;
        self.inner.expire(session).await
    }

    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        self.fail("capture")?;
        self.inner.capture(session, since).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        self.fail("refund")?;
        self.inner.refund(request).await
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        self.fail("aftermath")?;
        self.inner.aftermath(payment).await
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        self.inner.read_notice(headers, body, now).await
    }
}

pub(super) fn flaky_shop() -> (TestShop, Arc<Flaky>) {
    let mut shop = TestShop::new();
    let inner = shop.checkout.shop.gateways[&Gateway::Sandbox].clone();
    let flaky = Arc::new(Flaky { inner, broken: Mutex::new(None), asks: Mutex::new(None) });
    shop.checkout.shop.gateways.insert(Gateway::Sandbox, flaky.clone());
    (shop, flaky)
}

fn secret_of(answer: &Answer) -> bool {
    answer.body.contains("the line is cut")
}

#[tokio::test]
async fn no_session_now() {
    let (shop, gateway) = flaky_shop();
    let body = mugs(2);
    gateway.out_of_reach("open");
    let failed = shop.post("/api/checkout", &body).await;
    failed.refused(503, "payment_unreachable");
    assert_eq!(failed.headers[header::RETRY_AFTER], "60");
    assert!(!secret_of(&failed) && shop.faults()[0].contains("the line is cut"));
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "held, for the shopper will try again");
    shop.post("/api/checkout", &body).await.refused(503, "payment_unreachable");
    gateway.mend();
    shop.post("/api/checkout", &body).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "held once");
}

#[tokio::test]
async fn a_key_that_is_stuck_is_given_up() {
    let (shop, gateway) = flaky_shop();
    let body = mugs(2);
    gateway.stuck("open");
    shop.post("/api/checkout", &body).await.refused(503, "payment_unreachable");
    let order = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0);
    assert_eq!(order.payment, crate::order::Payment::Pending { attempt: 3 }, "three keys are tried");
    let personal = shop.checkout.shop.store.personal(&order.id).await.expect("readable").expect("personal data");
    assert_eq!(personal.request.expect("what will be asked for").attempt, 3);
    gateway.mend();
    shop.post("/api/checkout", &body).await.expect(201);
    assert!(gateway.find(&order.id, 3).await.expect("an answer").is_some());
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "held once");
}

#[tokio::test]
async fn no_session_now_and_nobody_tries_again() {
    let (shop, gateway) = flaky_shop();
    gateway.out_of_reach("open");
    shop.post("/api/checkout", &mugs(2)).await.refused(503, "payment_unreachable");
    shop.pass(SignedDuration::from_mins(36));
    gateway.out_of_reach("find");
    shop.checkout.sweep().await;
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "there may be a session that is paid");
    gateway.mend();
    shop.checkout.sweep().await;
    assert_eq!(shop.stock("MUG").await, (5, 0, 0));
}

#[tokio::test]
async fn an_order_whose_earlier_one_cannot_be_ended_is_tried_again() {
    let (shop, gateway) = flaky_shop();
    let earlier = shop.post("/api/checkout", &mugs(2)).await.expect(201);
    let next = with(&mugs(3), "replaces", json!(earlier.text("token")));
    gateway.out_of_reach("expire");
    shop.post("/api/checkout", &next).await.refused(503, "payment_unreachable");
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "as it was");
    gateway.mend();
    shop.post("/api/checkout", &next).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (2, 3, 0));
}

#[tokio::test]
async fn a_shopper_who_comes_back_while_the_gateway_is_away_asks_again() {
    let (shop, gateway) = flaky_shop();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    let back = shop.press(&placed.text("pay_url"), "paid").await.location();
    gateway.out_of_reach("look");
    let page = shop.get_page(&back).await.expect(503);
    assert!(page.body.contains("The payment service does not answer") && page.body.contains("href=\"\">Try again"), "{}", page.body);
    gateway.mend();
    shop.get_page(&back).await.location();
    assert_eq!(shop.payment(&placed).await, "paid");
}

#[tokio::test]
async fn no_session_ever() {
    let (shop, gateway) = flaky_shop();
    gateway.refusing("open");
    let body = mugs(1);
    shop.post("/api/checkout", &body).await.refused(422, "payment_unavailable");
    assert_eq!(shop.stock("MUG").await, (5, 0, 0));
    shop.post("/api/checkout", &body).await.refused(409, "order_closed");
}

#[tokio::test]
async fn a_session_over_another_amount_is_called_off() {
    for asks in [(2489, "EUR"), (2490, "USD"), (249_000, "EUR")] {
        let (shop, gateway) = flaky_shop();
        *gateway.asks.lock().expect("unpoisoned") = Some(asks);
        let body = mugs(1);
        let failed = shop.post("/api/checkout", &body).await;
        failed.refused(500, "internal_error");
        assert!(!failed.body.contains("sbx_"), "nobody is sent there: {}", failed.body);
        assert!(shop.faults()[0].contains("instead of 2490 EUR"), "{:?}", shop.faults());
        assert_eq!(shop.stock("MUG").await, (5, 0, 0));
        let order = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0);
        assert_eq!(order.payment, crate::order::Payment::Closed(crate::order::Closing::Failed));
        let session = gateway.find(&order.id, 1).await.expect("an answer").expect("a session");
        assert_eq!(session.status, crate::decide::Status::Expired, "nobody can pay there");
        shop.post("/api/checkout", &body).await.refused(409, "order_closed");
    }
}

#[tokio::test]
async fn a_session_over_another_amount_that_cannot_be_called_off_keeps_the_goods_held() {
    let (shop, gateway) = flaky_shop();
    *gateway.asks.lock().expect("unpoisoned") = Some((1, "EUR"));
    gateway.out_of_reach("expire");
    shop.post("/api/checkout", &mugs(1)).await.refused(503, "payment_unreachable");
    assert_eq!(shop.stock("MUG").await, (4, 1, 0), "somebody might pay there");
    gateway.mend();
    shop.pass(SignedDuration::from_mins(36));
    shop.checkout.sweep().await;
    assert_eq!(shop.stock("MUG").await, (5, 0, 0));
}

#[tokio::test]
async fn a_gateway_out_of_reach_keeps_the_goods_held() {
    let (shop, gateway) = flaky_shop();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.pass(SignedDuration::from_mins(36));
    gateway.out_of_reach("expire");
    shop.checkout.sweep().await;
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("awaiting_payment", (4, 1, 0)));
    assert!(shop.faults()[0].contains("the line is cut"));
    gateway.mend();
    shop.checkout.sweep().await;
    assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("expired", (5, 0, 0)));
}

#[tokio::test]
async fn a_notice_that_cannot_be_followed_up_comes_again() {
    let (shop, gateway) = flaky_shop();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    gateway.out_of_reach("look");
    let session = placed.text("pay_url").rsplit('/').next().expect("a session").to_owned();
    shop.desk().sandbox.press(&session, crate::gateway::sandbox::Press::Paid).await.expect("pressed");
    shop.desk().deliver_notices().await;
    assert_eq!(shop.payment(&placed).await, "awaiting_payment");
    gateway.mend();
    shop.desk().deliver_notices().await;
    assert_eq!(shop.payment(&placed).await, "awaiting_payment", "it waits a while");
    shop.pass(SignedDuration::from_secs(31));
    shop.desk().deliver_notices().await;
    assert_eq!(shop.payment(&placed).await, "paid");
}

#[tokio::test]
async fn money_goes_back_in_the_end() {
    for (is_refused, status, needs_person) in [(false, "succeeded", false), (true, "failed", true)] {
        let (shop, gateway) = flaky_shop();
        let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
        let back = shop.press(&placed.text("pay_url"), "paid").await.location();
        shop.get_page(&back).await.location();
        // Another session of the same order is paid too.
        let order = shop.checkout.shop.store.newest(1).await.expect("orders").remove(0);
        let personal = shop.checkout.shop.store.personal(&order.id).await.expect("readable").expect("personal data");
        let composed = personal.request.expect("what the gateway was asked for").body;
        let pay_url = gateway.open(&order.id, 2, &composed).await.expect("a session").sighting.session.pay_url;
        shop.press(&pay_url, "paid").await;
        let sighting = gateway.find(&order.id, 2).await.expect("an answer").expect("a session");
        let command = crate::decide::Command::Settle(sighting);
        gateway.out_of_reach("refund");
        crate::settling::apply(&shop.checkout.shop, &order.id, command, crate::ports::Cause::Worker).await.expect("settled");
        let refunds = async || shop.get(&format!("/api/orders/{}", placed.text("token"))).await.json()["refunds"].clone();
        assert_eq!(refunds().await, json!([{ "amount": 2490, "gift_cards": 0, "status": "pending" }]));
        if is_refused {
            gateway.refusing("refund");
        } else {
            gateway.mend();
        }
        shop.checkout.sweep().await;
        shop.checkout.sweep().await;
        assert_eq!(refunds().await, json!([{ "amount": 2490, "gift_cards": 0, "status": status }]));
        assert_eq!((shop.payment(&placed).await.as_str(), shop.stock("MUG").await), ("paid", (4, 0, 1)));
        assert_eq!(shop.news().contains(&News::Attention), needs_person);
    }
}

#[cfg(feature = "doubles")]
#[tokio::test]
async fn a_store_that_is_away_is_asked_again() {
    use std::sync::atomic::AtomicBool;

    use crate::error::Away;

    let there = TestShop::new();
    let placed = there.post("/api/checkout", &mugs(1)).await.expect(201);
    let (order, body) = (format!("/api/orders/{}", placed.text("token")), mugs(2));
    let is_away = Arc::new(AtomicBool::new(true));
    let asked = is_away.clone();
    let shop = there.watched(move |_, effect| {
        let fails = effect.starts_with("store.") && asked.load(Ordering::SeqCst);
        let fault = || Fault::new("the disk is gone".into()).as_away(Away::Store);
        std::future::ready(if fails { Err(fault()) } else { Ok(()) })
    });
    for answer in [shop.get(&order).await, shop.post("/api/checkout", &body).await] {
        answer.refused(503, "shop_unreachable");
        assert_eq!(answer.headers[header::RETRY_AFTER], "60");
        assert!(!answer.body.contains("disk"), "{}", answer.body);
    }
    let page = shop.get_page(&order).await.expect(503).body;
    assert!(page.contains("The shop does not answer for now") && page.contains("href=\"\">Try again"), "{page}");
    // The first step of buying without JavaScript has a button as well.
    let fields = [("sku", "MUG"), ("quantity", "2"), ("replaces", &placed.text("token"))];
    let page = shop.form("/api/confirm", &fields).await.expect(503).body;
    assert!(page.contains("action=\"/base/api/confirm\"") && page.contains("name=\"sku\" value=\"MUG\""), "{page}");
    is_away.store(false, Ordering::SeqCst);
    shop.get(&order).await.expect(200);
    shop.post("/api/checkout", &body).await.expect(201);
}
