//! The client against the double: what becomes of calls that fail, hang, are lost or come twice.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use catalog::currency::Currency;
use jiff::SignedDuration;

use super::answers::{Amount, CaptureStatus, OrderStatus, RefundStatus};
use super::api::{Account, Api, Mode, REQUEST_ID_LIMIT};
use super::double::{CLIENT, Call, Outcome, Trouble, WEBHOOK_ID};
use super::error::Error;
use super::refund::{self, RefundSpec};
use super::signature::Seal;
use super::testing::{HandClock, Pair, spec};
use crate::gateway::http::{Http, HttpError};
use crate::gateway::secret::Secret;

/// Nobody is there.
struct Nowhere;

#[async_trait]
impl Http for Nowhere {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, HttpError> {
        Err(HttpError::Unreached(request.uri().host().unwrap().to_owned()))
    }
}

/// Gives a token, and to everything else an answer that no client expects.
struct Nonsense {
    token: &'static [u8],
}

#[async_trait]
impl Http for Nonsense {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, HttpError> {
        let is_token = request.uri().path() == "/v1/oauth2/token";
        Ok(Response::new(Bytes::from_static(if is_token { self.token } else { b"<html>" })))
    }
}

fn refund_of(minor: i64, id: &str) -> String {
    let currency = Currency::parse("EUR").unwrap();
    refund::compose(&RefundSpec { refund: id.into(), order: spec(1).order, amount_minor: minor, currency }).unwrap()
}

fn count(pair: &Pair, call: Call) -> usize {
    pair.double.received().iter().filter(|received| received.call == call).count()
}

#[tokio::test]
async fn from_the_order_to_the_refund() {
    let pair = Pair::new();
    let order = pair.create(1).await.unwrap();
    let unit = order.unit().unwrap();
    assert_eq!(order.pay_url(), Some(format!("https://www.sandbox.paypal.com/checkoutnow?token={}", order.id).as_str()));
    assert_eq!(unit.amount.as_ref().and_then(Amount::minor), Some((5990, Currency::parse("EUR").unwrap())));
    assert_eq!((unit.custom_id.clone(), unit.invoice_id.clone()), (Some(spec(1).order), Some(format!("{}-1", spec(1).order))));

    assert!(pair.double.approve(&order.id));
    assert_eq!(pair.api.order(&order.id).await.unwrap().unwrap().status, OrderStatus::Approved);
    let captured = pair.api.capture_order("capture", &order.id).await.unwrap();
    let capture = captured.capture().unwrap().clone();
    assert_eq!((captured.status, capture.status, pair.double.holds()), (OrderStatus::Completed, CaptureStatus::Completed, 5990));

    let refund = pair.api.refund_capture("refund", &capture.id, &refund_of(990, "re-1")).await.unwrap();
    assert_eq!(
        (refund.status, refund.capture_id(), refund.custom_id.as_deref()),
        (RefundStatus::Completed, Some(&*capture.id), Some(&*spec(1).order))
    );
    assert_eq!(pair.api.refund(&refund.id).await.unwrap().as_ref(), Some(&refund));
    assert_eq!(pair.api.capture(&capture.id).await.unwrap().unwrap().status, CaptureStatus::PartiallyRefunded);
    assert_eq!((pair.double.holds(), count(&pair, Call::Token)), (5000, 1));
}

#[tokio::test]
async fn what_does_not_exist_is_nothing_and_no_id_leads_elsewhere() {
    let pair = Pair::new();
    for id in ["ORDER000000009999", "", "..", "../orders", "a/b", "a?b", "%2e%2e", &"A".repeat(37)] {
        assert_eq!(pair.api.order(id).await, Ok(None), "{id}");
        assert_eq!(pair.api.capture(id).await, Ok(None), "{id}");
        assert_eq!(pair.api.refund(id).await, Ok(None), "{id}");
        let refused = pair.api.capture_order("c", id).await;
        assert!(matches!(&refused, Err(Error::Refused { issue, .. }) if issue == "INVALID_RESOURCE_ID"), "{id}: {refused:?}");
    }
    assert_eq!((count(&pair, Call::LookOrder), count(&pair, Call::Capture)), (1, 1), "what is no id is not asked for");
}

#[tokio::test]
async fn one_token_serves_until_shortly_before_it_expires() {
    let pair = Pair::new();
    let crowd = (0..20).map(|_| pair.api.order("ORDER000000000001"));
    futures_util::future::join_all(crowd).await;
    assert_eq!(count(&pair, Call::Token), 1);
    pair.clock.forward(SignedDuration::from_mins(9 * 60 - 3));
    pair.api.order("X").await.unwrap();
    assert_eq!(count(&pair, Call::Token), 1);
    pair.clock.forward(SignedDuration::from_mins(2));
    pair.api.order("X").await.unwrap();
    assert_eq!(count(&pair, Call::Token), 2);
}

#[tokio::test]
async fn a_token_that_is_not_accepted_any_more_is_replaced_once() {
    let pair = Pair::new();
    pair.api.order("X").await.unwrap();
    pair.double.trouble(Some(Call::Create), 1, Trouble::Forget);
    pair.create(1).await.unwrap();
    assert_eq!((count(&pair, Call::Token), count(&pair, Call::Create)), (2, 2));
    pair.double.trouble(Some(Call::Create), 1, Trouble::Forget);
    pair.double.trouble(Some(Call::Create), 2, Trouble::Forget);
    assert!(matches!(pair.create(2).await, Err(Error::Unauthorised(_))));
    assert_eq!((count(&pair, Call::Token), count(&pair, Call::Create)), (3, 4));
}

#[tokio::test]
async fn wrong_credentials_name_the_settings_and_not_the_secret() {
    let pair = Pair::new();
    for (id, secret) in [(CLIENT.0, "wrong-password"), ("nobody", CLIENT.1), (CLIENT.0, "line\nbreak")] {
        let account = Account { base: Mode::Live.base().into(), client_id: id.into(), client_secret: Secret::new(secret) };
        assert!(!format!("{account:?}").contains(secret));
        let Err(Error::Unauthorised(text)) = Api::new(pair.double.http(), pair.clock.clone(), account).order("X").await else {
            panic!("{id} was accepted");
        };
        assert!(text.contains("PAYPAL_CLIENT_ID") && text.contains("PAYPAL_CLIENT_SECRET") && !text.contains(secret), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_to_a_call_its_repetition_has_one_effect() {
    let troubles = [Trouble::Fail, Trouble::FailAfter, Trouble::Hang, Trouble::Lose];
    for trouble in troubles {
        let pair = Pair::new();
        let is_open = |error: &Error| match trouble {
            Trouble::Fail | Trouble::FailAfter => matches!(error, Error::Unavailable(_)),
            _ => matches!(error, Error::Unanswered(_)),
        };
        for call in [Call::Create, Call::Capture, Call::Refund] {
            pair.double.trouble(Some(call), 1, trouble);
        }
        assert!(is_open(&pair.create(1).await.unwrap_err()), "{trouble:?}");
        let order = pair.create(1).await.unwrap();
        assert_eq!(pair.create(1).await.unwrap().id, order.id, "{trouble:?}");
        assert!(pair.double.approve(&order.id));

        assert!(is_open(&pair.api.capture_order("c", &order.id).await.unwrap_err()), "{trouble:?}");
        let captured = pair.api.capture_order("c", &order.id).await.unwrap();
        assert_eq!(pair.api.capture_order("c", &order.id).await.unwrap(), captured, "{trouble:?}");
        let capture = captured.capture().unwrap().id.clone();

        let body = refund_of(990, "re-1");
        assert!(is_open(&pair.api.refund_capture("r", &capture, &body).await.unwrap_err()), "{trouble:?}");
        let refund = pair.api.refund_capture("r", &capture, &body).await.unwrap();
        assert_eq!(pair.api.refund_capture("r", &capture, &body).await.unwrap(), refund, "{trouble:?}");
        assert_eq!(pair.double.holds(), 5000, "{trouble:?}");
        assert_eq!(pair.kinds(), ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED"], "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_barriers_hold_when_a_request_id_is_forgotten() {
    let pair = Pair::new();
    let id = pair.approved(1).await;
    pair.double.trouble(Some(Call::Capture), 1, Trouble::Lose);
    assert!(matches!(pair.api.capture_order("c", &id).await, Err(Error::Unanswered(_))));
    pair.clock.forward(SignedDuration::from_hours(7));
    assert_eq!(pair.api.capture_order("c", &id).await, Err(Error::AlreadyCaptured));
    let capture = pair.api.order(&id).await.unwrap().unwrap().capture().unwrap().id.clone();
    pair.api.refund_capture("r", &capture, &refund_of(100, "re-1")).await.unwrap();
    pair.clock.forward(SignedDuration::from_hours(24 * 44));
    pair.api.refund_capture("r", &capture, &refund_of(100, "re-1")).await.unwrap();
    pair.clock.forward(SignedDuration::from_hours(24 * 2));
    assert_eq!(pair.api.refund_capture("r", &capture, &refund_of(100, "re-1")).await, Err(Error::DuplicateInvoice));
    // The same order and attempt, created once more because nobody knew of the first: it can be approved, and not be paid twice.
    let again = pair.create(1).await.unwrap();
    assert!(again.id != id && pair.double.approve(&again.id));
    assert_eq!(pair.api.capture_order("c2", &again.id).await, Err(Error::DuplicateInvoice));
    assert_eq!(pair.double.holds(), 5890);
}

#[tokio::test]
async fn a_capture_may_fail_in_many_ways() {
    let pair = Pair::new();
    let id = pair.create(1).await.unwrap().id;
    assert_eq!(pair.api.capture_order("c1", &id).await, Err(Error::NotApproved));
    assert!(pair.double.approve(&id));
    pair.double.will(&id, Outcome::InstrumentDeclined);
    assert_eq!(pair.api.capture_order("c1", &id).await, Err(Error::InstrumentDeclined));
    assert_eq!(pair.api.capture_order("c2", &id).await, Err(Error::NotApproved), "the shopper has to choose again");
    assert!(pair.double.approve(&id));
    assert_eq!(pair.api.capture_order("c1", &id).await, Err(Error::InstrumentDeclined), "a new try needs a new request id");
    pair.clock.forward(SignedDuration::from_mins(3 * 60 + 1));
    assert_eq!(pair.api.capture_order("c2", &id).await, Err(Error::OrderExpired));
    assert_eq!(pair.double.holds(), 0);
}

#[tokio::test]
async fn money_may_come_later_or_not_at_all() {
    for (completed, status, kind) in
        [(true, CaptureStatus::Completed, "PAYMENT.CAPTURE.COMPLETED"), (false, CaptureStatus::Declined, "PAYMENT.CAPTURE.DENIED")]
    {
        let pair = Pair::new();
        let id = pair.approved(1).await;
        pair.double.will(&id, Outcome::Pending);
        let captured = pair.api.capture_order("c", &id).await.unwrap();
        let capture = captured.capture().unwrap();
        assert_eq!((captured.status, capture.status), (OrderStatus::Completed, CaptureStatus::Pending));
        assert_eq!(capture.status_details.as_ref().and_then(|why| why.reason.as_deref()), Some("PENDING_REVIEW"));
        let early = pair.api.refund_capture("r", &capture.id, &refund_of(1, "re-1")).await;
        assert!(matches!(early, Err(Error::Refused { issue, .. }) if issue == "PENDING_CAPTURE"));
        assert!(pair.double.settle(&id, completed) && !pair.double.settle(&id, completed));
        assert_eq!(pair.api.capture(&capture.id).await.unwrap().unwrap().status, status);
        assert_eq!(pair.kinds().last().map(String::as_str), Some(kind));
    }
}

#[tokio::test]
async fn paypal_says_whether_a_notice_is_its_own() {
    let pair = Pair::new();
    pair.approved(1).await;
    let notice = pair.double.notices().remove(0);
    let seal = Seal::read(&notice.headers).unwrap();
    assert_eq!(pair.api.verify_signature(&seal, WEBHOOK_ID, &notice.body).await, Ok(true));
    assert_eq!(pair.api.verify_signature(&seal, "1JE4291016473214C", &notice.body).await, Ok(false));
    assert_eq!(pair.api.verify_signature(&seal, WEBHOOK_ID, b"{\"id\":\"WH-9\"}").await, Ok(false));
    let late = Seal { time: "2026-05-28T20:26:41Z".into(), ..seal.clone() };
    assert_eq!(pair.api.verify_signature(&late, WEBHOOK_ID, &notice.body).await, Ok(false));
    let asked = count(&pair, Call::Verify);
    assert_eq!(pair.api.verify_signature(&seal, WEBHOOK_ID, b"not JSON").await, Ok(false));
    assert_eq!(count(&pair, Call::Verify), asked);
    let sent = pair.double.received().into_iter().find(|received| received.call == Call::Verify).unwrap().body;
    assert!(sent.contains(std::str::from_utf8(&notice.body).unwrap()), "the body is passed on as it came");
}

#[tokio::test]
async fn where_nobody_is_nothing_was_done_and_nonsense_says_nothing() {
    let account = || Account { base: Mode::Sandbox.base().into(), client_id: "a".into(), client_secret: Secret::new("b") };
    let api = Api::new(Arc::new(Nowhere), HandClock::new(), account());
    assert_eq!(api.order("X").await, Err(Error::Unavailable("cannot reach api-m.sandbox.paypal.com".into())));
    let nonsense = |token: &'static str| Api::new(Arc::new(Nonsense { token: token.as_bytes() }), HandClock::new(), account());
    for token in ["<html>", "{}", r#"{"access_token":"t","expires_in":"soon"}"#] {
        assert!(matches!(nonsense(token).capture_order("c", "X").await, Err(Error::Unavailable(_))), "without a token nothing is sent");
    }
    let api = nonsense(r#"{"access_token":"t","expires_in":32400}"#);
    assert!(matches!(api.capture_order("c", "X").await, Err(Error::Unanswered(_))), "it says that it was done, not what");
}

#[tokio::test]
#[should_panic(expected = "a request id has 1 to 108 characters")]
async fn request_ids_are_short() {
    let id = "i".repeat(REQUEST_ID_LIMIT + 1);
    let _ = Pair::new().api.create_order(&id, "{}").await;
}
