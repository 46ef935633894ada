//! Our client against the stand-in, over real connections.

use axum::body::Bytes;
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::gateway::http::Http as _;
use crate::gateway::http::client::Client;
use crate::gateway::stripe::answer::{
    CheckoutSession, DisputeStatus, Event, Linked, PaymentIntentStatus, PaymentStatus, RefundStatus, SessionStatus,
};
use crate::gateway::stripe::api::{Api, DisputesOf, RefundSpec};
use crate::gateway::stripe::error::ApiError;
use crate::gateway::stripe::key::Key;
use crate::gateway::stripe::session::{ORDER, REFUND, SessionSpec, compose, compose_coupon, tests as specs};

/// A clock that is set by hand.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no panic")
    }
}

struct Bench {
    double: StripeDouble,
    api: Api,
    clock: Arc<Hand>,
}

/// 35 minutes before the sessions of the specs expire.
fn start() -> Timestamp {
    specs::spec().expires_at - SignedDuration::from_mins(35)
}

impl Bench {
    async fn new() -> Self {
        let clock = Arc::new(Hand(Mutex::new(start())));
        let double = StripeDouble::start(clock.clone()).await.expect("a port");
        let api = Api::new(Arc::new(Client::new()), &Key::parse(KEY).expect("a key"), Some(double.base()));
        Self { double, api, clock }
    }

    fn wait(&self, minutes: i64) {
        *self.clock.0.lock().expect("no panic") += SignedDuration::from_mins(minutes);
    }

    async fn open(&self, spec: &SessionSpec) -> Result<CheckoutSession, ApiError> {
        if let Some(coupon) = compose_coupon(spec).expect("composed") {
            self.api.create_coupon(&coupon, &format!("coupon-{}-{}", spec.order, spec.attempt)).await?;
        }
        self.api.create_session(&compose(spec).expect("composed"), &format!("order-{}-{}", spec.order, spec.attempt)).await
    }

    async fn opened(&self, spec: &SessionSpec) -> CheckoutSession {
        self.open(spec).await.expect("a session")
    }

    async fn standing(&self, session: &CheckoutSession) -> (Option<SessionStatus>, PaymentStatus, Option<PaymentIntentStatus>) {
        let found = self.api.session(&session.id).await.expect("a session");
        let payment = found.payment_intent.as_ref().and_then(Linked::whole).map(|payment| payment.status);
        (found.status, found.payment_status, payment)
    }

    /// The kinds of the notices since the last call, each checked as a notice from outside would be.
    fn notices(&self) -> Vec<String> {
        let secrets = [Secret::new("whsec_other"), Secret::new(SIGNING_SECRET)];
        let now = self.clock.now().as_second();
        let believed = |notice: Notice| {
            signature::verify(&self.double.sign(&notice), notice.body.as_bytes(), &secrets, now).expect("signed");
            let event: Event = serde_json::from_str(&notice.body).expect("an event");
            assert_eq!((event.id, event.livemode), (notice.id, false));
            event.kind
        };
        self.double.take_notices().into_iter().map(believed).collect()
    }
}

const OPEN: Option<SessionStatus> = Some(SessionStatus::Open);
const COMPLETE: Option<SessionStatus> = Some(SessionStatus::Complete);
const EXPIRED: Option<SessionStatus> = Some(SessionStatus::Expired);

#[tokio::test]
async fn a_session_is_paid() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    assert_eq!((session.status, session.payment_status, session.livemode), (OPEN, PaymentStatus::Unpaid, bench.api.mode().is_live()));
    assert_eq!((session.amount_total, session.currency.as_deref()), (Some(9000), Some("eur")), "the coupon is taken off");
    assert_eq!(session.expires_at, specs::spec().expires_at.as_second());
    assert!(session.url.is_some_and(|url| url.starts_with(bench.double.base())));
    bench.double.pay(&session.id).expect("open");
    let paid = bench.api.session(&session.id).await.expect("a session");
    let payment = paid.payment_intent.as_ref().and_then(Linked::whole).expect("a payment");
    assert_eq!((paid.status, paid.payment_status, payment.status), (COMPLETE, PaymentStatus::Paid, PaymentIntentStatus::Succeeded));
    assert_eq!((payment.amount_received, payment.currency.as_str()), (9000, "eur"));
    assert_eq!(payment.metadata.get(ORDER), Some(&specs::spec().order), "refunds and disputes find the order");
    assert_eq!(bench.api.payment_intent(&payment.id).await.as_ref(), Ok(payment));
    let of_payment = bench.api.session_of_payment(&payment.id).await.expect("a list");
    assert_eq!(of_payment.map(|found| found.id), Some(session.id.clone()));
    assert_eq!(bench.notices(), ["payment_intent.succeeded", "checkout.session.completed"]);
    assert!(bench.double.pay(&session.id).is_err(), "once is enough");
    assert!(bench.api.expire_session(&session.id).await.is_err(), "it is paid");
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    bench.double.decline(&session.id).expect("open");
    let unpaid = PaymentStatus::Unpaid;
    assert_eq!(bench.standing(&session).await, (OPEN, unpaid, Some(PaymentIntentStatus::RequiresPaymentMethod)));
    bench.double.pay(&session.id).expect("open");
    assert_eq!(bench.standing(&session).await, (COMPLETE, PaymentStatus::Paid, Some(PaymentIntentStatus::Succeeded)));
    assert_eq!(bench.double.ids("payment_intent").len(), 1, "the same payment");
    let kinds = ["payment_intent.payment_failed", "payment_intent.succeeded", "checkout.session.completed"];
    assert_eq!(bench.notices(), kinds);
}

#[tokio::test]
async fn money_may_come_days_later_or_not_at_all() {
    let cases = [
        (true, PaymentStatus::Paid, PaymentIntentStatus::Succeeded, "checkout.session.async_payment_succeeded"),
        (false, PaymentStatus::Unpaid, PaymentIntentStatus::RequiresPaymentMethod, "checkout.session.async_payment_failed"),
    ];
    for (has_come, payment_status, status, kind) in cases {
        let bench = Bench::new().await;
        let session = bench.opened(&specs::plain("EUR", 500)).await;
        bench.double.pay_later(&session.id).expect("open");
        assert_eq!(bench.standing(&session).await, (COMPLETE, PaymentStatus::Unpaid, Some(PaymentIntentStatus::Processing)));
        assert_eq!(bench.notices(), ["payment_intent.processing", "checkout.session.completed"]);
        bench.wait(3 * 24 * 60);
        bench.double.settle(&session.id, has_come).expect("on its way");
        assert_eq!(bench.standing(&session).await, (COMPLETE, payment_status, Some(status)));
        assert_eq!(bench.notices().last().map(String::as_str), Some(kind));
        assert!(bench.double.settle(&session.id, true).is_err(), "settled");
    }
}

#[tokio::test]
async fn a_session_ends_on_demand_and_by_the_clock() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    let ended = bench.api.expire_session(&session.id).await.expect("open");
    assert_eq!((ended.status, ended.url), (EXPIRED, None));
    assert!(matches!(bench.api.expire_session(&session.id).await, Err(ApiError::Refused(_))), "only once");
    assert!(bench.double.pay(&session.id).is_err());
    let other = bench.opened(&SessionSpec { attempt: 2, ..specs::spec() }).await;
    bench.wait(34);
    assert_eq!(bench.standing(&other).await.0, OPEN);
    bench.wait(1);
    assert_eq!(bench.standing(&other).await.0, EXPIRED);
    assert_eq!(bench.notices(), ["checkout.session.expired"; 2]);
    assert!(bench.api.session("cs_test_none").await.expect_err("not there").is_missing());
}

#[tokio::test]
async fn one_key_gives_one_session() {
    let bench = Bench::new().await;
    let body = compose(&specs::plain("EUR", 500)).expect("composed");
    let other = compose(&specs::plain("EUR", 501)).expect("composed");
    let first = bench.api.create_session(&body, "k1").await.expect("a session");
    bench.double.pay(&first.id).expect("open");
    let again = bench.api.create_session(&body, "k1").await;
    assert_eq!(again.as_ref().map(|session| session.status), Ok(OPEN), "the answer is the kept one, not how it stands");
    assert_eq!(again, Ok(first.clone()));
    assert!(matches!(bench.api.create_session(&other, "k1").await, Err(ApiError::IdempotencyMismatch(_))));
    assert!(matches!(bench.api.create_refund("payment_intent=pi_1", "k1").await, Err(ApiError::IdempotencyMismatch(_))));
    assert_eq!(bench.double.ids("checkout.session").len(), 1);
    bench.wait(24 * 60);
    let late = bench.api.create_session(&body, "k1").await.expect_err("the key is forgotten, and the time to expire is over");
    assert!(matches!(&late, ApiError::Refused(refusal) if refusal.param.as_deref() == Some("expires_at")), "{late}");
}

#[tokio::test]
async fn failures_are_kept_and_refused_forms_are_not() {
    let bench = Bench::new().await;
    let body = compose(&specs::plain("EUR", 500)).expect("composed");
    for (mishap, made) in [(Mishap::Fail, 0), (Mishap::FailAfterwards, 1)] {
        let key = format!("{mishap:?}");
        bench.double.on_request(1, mishap);
        for is_replayed in [false, true, true] {
            let error = bench.api.create_session(&body, &key).await.expect_err("it fails");
            assert!(matches!(error, ApiError::Unavailable { is_replayed: again, .. } if again == is_replayed), "{key} {error:?}");
        }
        assert_eq!(bench.double.ids("checkout.session").len(), made, "{key}");
    }
    // What was made although it failed is found by the order's id.
    let found = bench.api.sessions_of_order(&specs::spec().order, start()..start() + SignedDuration::from_mins(1)).await;
    assert_eq!(found.map(|found| found.len()), Ok(1));
    assert!(matches!(bench.api.create_session(&format!("{body}&colour=red"), "form").await, Err(ApiError::Refused(_))));
    assert!(bench.api.create_session(&body, "form").await.is_ok(), "nothing was kept");
    let with_coupon = compose(&specs::spec()).expect("composed");
    assert!(bench.api.create_session(&with_coupon, "early").await.expect_err("no coupon yet").is_missing());
    let coupon = compose_coupon(&specs::spec()).expect("composed").expect("a coupon");
    bench.api.create_coupon(&coupon, "coupon").await.expect("a coupon");
    assert!(bench.api.create_session(&with_coupon, "early").await.is_ok(), "nothing was kept");
    let small = compose(&specs::plain("EUR", 49)).expect("composed");
    assert!(bench.api.create_session(&small, "small").await.expect_err("too small").has_code("amount_too_small"));
}

#[tokio::test]
async fn a_key_in_use_is_a_conflict() {
    let bench = Bench::new().await;
    let body = compose(&specs::plain("EUR", 500)).expect("composed");
    bench.double.on_request(1, Mishap::Slow(Duration::from_millis(200)));
    let slow = bench.api.create_session(&body, "k");
    let second = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        bench.api.create_session(&body, "k").await
    };
    let (slow, second) = tokio::join!(slow, second);
    assert!(matches!(second, Err(ApiError::Conflict(_))), "{second:?}");
    assert_eq!(bench.api.create_session(&body, "k").await, slow);
    assert!(slow.is_ok());
}

#[tokio::test]
async fn lost_answers_are_found_again() {
    let bench = Bench::new().await;
    let body = compose(&specs::plain("EUR", 500)).expect("composed");
    bench.double.on_request(2, Mishap::LoseAnswer);
    bench.double.on_request(4, Mishap::RateLimit);
    bench.api.session("cs_test_none").await.expect_err("the first request");
    assert!(matches!(bench.api.create_session(&body, "k").await, Err(ApiError::Unanswered(_))));
    let found = bench.api.create_session(&body, "k").await.expect("the session that was made");
    assert_eq!(bench.double.ids("checkout.session"), [found.id]);
    assert!(matches!(bench.api.create_session(&body, "k2").await, Err(ApiError::RateLimited(_))));
    bench.double.on_request(1, Mishap::Hang);
    let hasty = bench.api.clone().within(Duration::from_millis(100));
    assert!(matches!(hasty.create_session(&body, "k3").await, Err(ApiError::Unanswered(_))));
    // Once the connection is gone the key is free.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(bench.api.create_session(&body, "k3").await.is_ok());
    assert_eq!(bench.double.ids("checkout.session").len(), 2);
}

#[tokio::test]
async fn money_is_given_back_once_and_never_more_than_came() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    let payment = bench.double.pay(&session.id).expect("open");
    let spec = |id: &str, minor| {
        let (order, payment_intent) = (specs::spec().order, payment.clone());
        RefundSpec { id: id.into(), order, payment_intent, minor, currency: specs::currency("EUR") }.compose().expect("composed")
    };
    let first = bench.api.create_refund(&spec("r1", 1000), "refund-r1").await.expect("a refund");
    assert_eq!((first.amount, first.status), (1000, Some(RefundStatus::Succeeded)));
    assert_eq!(bench.api.create_refund(&spec("r1", 1000), "refund-r1").await.as_ref(), Ok(&first));
    assert!(matches!(bench.api.create_refund(&spec("r2", 8001), "refund-r2").await, Err(ApiError::Refused(_))));
    let in_dashboard = bench.double.refund_in_dashboard(&payment, 8000).expect("that much is left");
    let more = bench.api.create_refund(&spec("r3", 1), "refund-r3").await.expect_err("all is given back");
    assert!(more.has_code("charge_already_refunded"), "{more}");
    let all = bench.api.refunds(&payment).await.expect("a list");
    let named = |refund: &crate::gateway::stripe::answer::Refund| refund.metadata.as_ref().and_then(|ours| ours.get(REFUND).cloned());
    assert_eq!(
        all.iter().map(|refund| (refund.id.clone(), named(refund))).collect::<Vec<_>>(),
        [(in_dashboard.clone(), None), (first.id, Some("r1".into()))]
    );
    bench.double.fail_refund(&in_dashboard).expect("it was given");
    assert_eq!(bench.api.refunds(&payment).await.expect("a list")[0].status, Some(RefundStatus::Failed));
    let kept = bench.api.create_refund(&spec("r3", 1), "refund-r3").await;
    assert_eq!(kept.expect_err("what was refused once").to_string(), more.to_string(), "stays refused under its key");
    assert!(bench.api.create_refund(&spec("r4", 8000), "refund-r4").await.is_ok(), "it came back");
}

#[tokio::test]
async fn disputes_are_found_by_payment_and_charge() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    assert!(bench.double.dispute("pi_none").is_err());
    let payment = bench.double.pay(&session.id).expect("open");
    assert_eq!(bench.api.disputes(DisputesOf::Payment(&payment)).await, Ok(vec![]));
    let dispute = bench.double.dispute(&payment).expect("paid");
    let charge = bench.api.payment_intent(&payment).await.expect("a payment").latest_charge.expect("a charge").id().to_owned();
    let found = bench.api.disputes(DisputesOf::Charge(&charge)).await.expect("a list");
    assert_eq!((found[0].id.as_str(), found[0].status, found[0].amount), (dispute.as_str(), DisputeStatus::NeedsResponse, 9000));
    let body = format!("payment_intent={payment}&amount=1");
    assert!(bench.api.create_refund(&body, "k").await.expect_err("the bank has it").has_code("charge_disputed"));
    bench.double.close_dispute(&dispute, false).expect("open");
    assert_eq!(bench.api.disputes(DisputesOf::Payment(&payment)).await.expect("a list")[0].status, DisputeStatus::Lost);
    assert_eq!(bench.notices()[2..], ["charge.dispute.created", "charge.dispute.closed"]);
}

#[tokio::test]
async fn many_sessions_are_read_page_by_page() {
    let bench = Bench::new().await;
    for i in 0..130 {
        let order = if i == 3 { "wanted".to_owned() } else { format!("order-{i}") };
        bench.opened(&SessionSpec { order, ..specs::plain("EUR", 500) }).await;
    }
    let window = start()..start() + SignedDuration::from_secs(1);
    assert_eq!(bench.api.sessions(window.clone()).await.expect("a list").len(), 130);
    assert_eq!(bench.api.sessions_of_order("wanted", window).await.expect("a list").len(), 1);
    let later = start() + SignedDuration::from_secs(1);
    assert_eq!(bench.api.sessions(later..later + SignedDuration::from_hours(1)).await, Ok(vec![]));
}

#[tokio::test]
async fn a_wrong_key_is_said_to_be_wrong() {
    let bench = Bench::new().await;
    let api = Api::new(Arc::new(Client::new()), &Key::parse("sk_test_other").expect("a key"), Some(bench.double.base()));
    let error = api.session("cs_test_1").await.expect_err("not its key");
    assert!(matches!(error, ApiError::Unauthorised(_)), "{error}");
    assert_eq!(signature::HEADER, "stripe-signature");
    assert_eq!(bench.double.received()[0].path, "/v1/checkout/sessions/cs_test_1");
}

#[tokio::test]
async fn a_shopper_pays_in_a_browser() {
    let bench = Bench::new().await;
    let session = bench.opened(&specs::spec()).await;
    let url = session.url.clone().expect("it is open");
    let client = Client::new();
    let send = async |how: Option<&str>| {
        let body = how.map_or_else(Bytes::new, |how| format!("how={how}").into());
        let request = Request::builder().method(if how.is_some() { "POST" } else { "GET" }).uri(&url);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body).expect("a request");
        let answer = client.send(request, Duration::from_secs(5)).await.expect("an answer");
        let to = answer.headers().get("location").map_or("", |to| to.to_str().expect("text"));
        (answer.status().as_u16(), to.replace(&session.id, "ID"))
    };
    assert_eq!(send(None).await, (200, String::new()));
    assert_eq!(send(Some("declined")).await, (303, "/pay/ID".into()));
    assert_eq!(send(Some("paid")).await, (303, "https://shop.example/api/return/stripe?session=ID".into()));
    assert_eq!(send(Some("paid")).await, (409, String::new()), "once is enough");
    assert_eq!(send(None).await, (410, String::new()));
}
