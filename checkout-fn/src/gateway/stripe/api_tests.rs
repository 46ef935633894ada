//! Over a transport that notes what is sent and answers what it is told.

use std::sync::Mutex;

use async_trait::async_trait;
use axum::http::Response;

use super::super::answer::Linked;
use super::super::double::contract::violations;
use super::super::session::{compose, compose_coupon, tests as specs};
use super::*;
use crate::gateway::http::HttpError;

#[derive(Default)]
struct Recorder {
    sent: Mutex<Vec<Request<Bytes>>>,
    answers: Mutex<Vec<(u16, &'static str)>>,
}

impl Recorder {
    /// Gives these answers, one after the other; then empty lists that are an object of any kind, too.
    fn answering(answers: &[(u16, &'static str)]) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.iter().rev().copied().collect()), ..Self::default() })
    }

    fn sent(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.sent.lock().expect("no panic"))
    }
}

const ANYTHING: &str = r#"{"data": [], "has_more": false, "id": "x_1", "livemode": false, "status": "open", "payment_status": "unpaid",
    "created": 1, "expires_at": 2, "amount": 1, "currency": "eur", "reason": "fraudulent", "charge": "ch_1", "something": {"new": []}}"#;

#[async_trait]
impl Http for Recorder {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, HttpError> {
        self.sent.lock().expect("no panic").push(request);
        let (status, body) = self.answers.lock().expect("no panic").pop().unwrap_or((200, ANYTHING));
        if status == 0 {
            return Err(HttpError::Unanswered("nobody".into()));
        }
        Ok(Response::builder().status(status).body(Bytes::from(body)).expect("an answer"))
    }
}

fn api(recorder: &Arc<Recorder>) -> Api {
    Api::new(recorder.clone(), &Key::parse("rk_test_51Ab").expect("a key"), Some("http://127.0.0.1:1/"))
}

fn refund() -> RefundSpec {
    let payment_intent = "pi_1".into();
    RefundSpec { id: "r1".into(), order: "o1".into(), payment_intent, minor: 500, currency: specs::currency("ISK") }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// Sends every request that there is, in every form it may have.
async fn send_all(api: &Api) -> Result<(), ApiError> {
    let with_everything = {
        let mut spec = specs::spec();
        let to = spec.ship_to.as_mut().expect("an address");
        (to.line2, to.region, to.phone) = (Some("c/o".into()), Some("BE".into()), Some("+49 30 1".into()));
        spec.other_methods = vec!["sepa_debit".into(), "klarna".into()];
        spec
    };
    for spec in [specs::spec(), specs::plain("JPY", 500), with_everything] {
        if let Some(coupon) = compose_coupon(&spec).expect("composed") {
            api.create_coupon(&coupon, "coupon-1").await?;
        }
        api.create_session(&compose(&spec).expect("composed"), "order-1").await?;
    }
    api.session("cs_test_1").await?;
    api.expire_session("cs_test_1").await?;
    api.sessions(at(1)..at(2)).await?;
    api.sessions_of_order("o1", at(1)..at(2)).await?;
    api.session_of_payment("pi_1").await?;
    api.create_refund(&refund().compose().expect("composed"), "refund-1").await?;
    api.refunds("pi_1").await?;
    api.disputes(DisputesOf::Payment("pi_1")).await?;
    api.disputes(DisputesOf::Charge("ch_1")).await?;
    api.payment_intent("pi_1").await.map(drop)
}

#[tokio::test]
async fn every_request_keeps_to_stripes_description() {
    let recorder = Recorder::answering(&[]);
    send_all(&api(&recorder)).await.expect("answers");
    let sent = recorder.sent();
    assert_eq!(sent.len(), 15);
    for request in sent {
        let (method, uri) = (request.method().as_str(), request.uri());
        let body = std::str::from_utf8(request.body()).expect("text");
        let form = if method == "POST" { body } else { uri.query().unwrap_or_default() };
        assert_eq!(violations(method, uri.path(), form), [], "{method} {uri} {body}");
        assert!(method == "POST" || body.is_empty(), "{uri}");
        let header = |name: &str| request.headers().get(name).map_or("", |value| value.to_str().expect("text"));
        assert_eq!(header("authorization"), "Bearer rk_test_51Ab", "{uri}");
        assert_eq!(header("stripe-version"), VERSION, "{uri}");
        let creates = method == "POST" && !uri.path().ends_with("/expire");
        assert_eq!(!header("idempotency-key").is_empty(), creates, "{method} {uri}");
    }
}

#[tokio::test]
async fn a_refund_is_in_stripes_scale_and_carries_our_names() {
    let expected = "payment_intent=pi_1&amount=50000&metadata[order]=o1&metadata[refund]=r1";
    assert_eq!(refund().compose().as_deref(), Ok(expected));
    for minor in [0, -500] {
        assert!(RefundSpec { minor, ..refund() }.compose().is_err(), "{minor}");
    }
}

#[tokio::test]
async fn reads_all_pages_and_finds_an_orders_sessions() {
    let first = r#"{"has_more": true, "data": [
        {"id": "cs_3", "livemode": false, "payment_status": "unpaid", "created": 3, "expires_at": 9, "metadata": {"order": "o1"}},
        {"id": "cs_2", "livemode": false, "payment_status": "new_word", "status": "new_word", "created": 2, "expires_at": 9}]}"#;
    let second = r#"{"has_more": false, "data": [
        {"id": "cs_1", "livemode": false, "payment_status": "paid", "created": 1, "expires_at": 9, "metadata": {"order": "o1"},
         "payment_intent": "pi_1"}]}"#;
    let recorder = Recorder::answering(&[(200, first), (200, second)]);
    let found = api(&recorder).sessions_of_order("o1", at(1)..at(4)).await.expect("sessions");
    assert_eq!(found.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["cs_3", "cs_1"]);
    assert_eq!(found[1].payment_intent.as_ref().map(Linked::id), Some("pi_1"));
    let asked: Vec<String> = recorder.sent().iter().map(|request| request.uri().to_string()).collect();
    let base = "http://127.0.0.1:1/v1/checkout/sessions?created[gte]=1&created[lt]=4&limit=100";
    assert_eq!(asked, [base.to_owned(), format!("{base}&starting_after=cs_2")]);
}

#[tokio::test]
async fn says_so_where_a_list_has_no_end() {
    let endless = r#"{"has_more": true, "data": [{"id": "re_1", "amount": 1, "currency": "eur", "created": 1}]}"#;
    let recorder = Recorder::answering(&vec![(200, endless); MAX_PAGES + 1]);
    let error = api(&recorder).refunds("pi_1").await.expect_err("too many");
    assert!(error.to_string().contains("more than 100"), "{error}");
    assert_eq!(recorder.sent().len(), MAX_PAGES);
}

#[tokio::test]
async fn a_coupon_that_is_there_is_as_good_as_a_new_one() {
    let there = r#"{"error": {"type": "invalid_request_error", "code": "resource_already_exists", "message": "Coupon already exists."}}"#;
    let other = r#"{"error": {"type": "invalid_request_error", "code": "amount_too_large"}}"#;
    let recorder = Recorder::answering(&[(400, there), (400, other)]);
    assert_eq!(api(&recorder).create_coupon("id=1", "k").await, Ok(()));
    assert!(matches!(api(&recorder).create_coupon("id=1", "k").await, Err(ApiError::Refused(_))));
}

#[tokio::test]
async fn what_cannot_be_read_was_perhaps_done() {
    for answer in [(200, "<html>"), (200, "{}"), (200, ""), (0, "")] {
        let recorder = Recorder::answering(&[answer]);
        let error = api(&recorder).create_session("mode=payment", "k").await.expect_err("no session");
        assert!(matches!(error, ApiError::Unanswered(_)), "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn an_id_from_outside_cannot_name_another_path() {
    let recorder = Recorder::answering(&[]);
    api(&recorder).session("../refunds/re_1?limit=1#").await.expect("an answer");
    let sent = recorder.sent();
    assert_eq!(sent[0].uri().path(), "/v1/checkout/sessions/%2E%2E%2Frefunds%2Fre_1%3Flimit%3D1%23");
}
