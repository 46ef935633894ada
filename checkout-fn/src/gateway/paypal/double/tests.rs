//! The double itself: as strict as PayPal, its notices genuine, and reachable over the network.

use serde_json::{Value, json};

use crate::gateway::paypal::api::Mode;
use crate::gateway::paypal::double::{Call, Outcome, Trouble, WEBHOOK_ID};
use crate::gateway::paypal::error::Error;
use crate::gateway::paypal::event::{self, Subject};
use crate::gateway::paypal::order::compose;
use crate::gateway::paypal::signature::{Distrust, Trust, Verifier};
use crate::gateway::paypal::testing::{Pair, spec};
use crate::ports::Clock;
use jiff::SignedDuration;

/// Why an order is refused that has something else at some places.
async fn refusal(changes: &[(&str, Value)]) -> String {
    let pair = Pair::new();
    let mut body: Value = serde_json::from_str(&compose(&spec(1))).unwrap();
    for (place, value) in changes {
        let (parent, field) = place.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        match value {
            Value::Null => drop(parent.as_object_mut().unwrap().remove(field)),
            value => parent[field] = value.clone(),
        }
    }
    match pair.api.create_order("c", &body.to_string()).await {
        Err(Error::Refused { issue, .. }) => issue,
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn orders_are_checked_as_paypal_does() {
    let eur = |value: &str| json!({"currency_code": "EUR", "value": value});
    let unit = "/purchase_units/0";
    let cases = [
        ("/amount/value", json!("59.91"), "AMOUNT_MISMATCH"),
        ("/amount/value", json!("0.00"), "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("/amount/value", json!("-1.00"), "CANNOT_BE_NEGATIVE"),
        ("/amount/value", json!("59.900"), "DECIMAL_PRECISION"),
        ("/amount/value", json!("59,90"), "INVALID_PARAMETER_SYNTAX"),
        ("/amount/currency_code", json!("KWD"), "INVALID_CURRENCY_CODE"),
        ("/amount/currency_code", json!("USD"), "MULTI_CURRENCY_ORDER"),
        ("/amount/currency_code", json!("JPY"), "DECIMALS_NOT_SUPPORTED"),
        ("/amount/currency_code", json!("HUF"), "DECIMALS_NOT_SUPPORTED"),
        ("/amount/breakdown/item_total", eur("60.01"), "ITEM_TOTAL_MISMATCH"),
        ("/amount/breakdown/item_total", Value::Null, "ITEM_TOTAL_REQUIRED"),
        ("/amount/breakdown/shipping", eur("4.91"), "AMOUNT_MISMATCH"),
        ("/items/0/quantity", json!("2"), "ITEM_TOTAL_MISMATCH"),
        ("/items/0/tax", eur("1.00"), "TAX_TOTAL_MISMATCH"),
        ("/items/0/name", json!("x".repeat(128)), "INVALID_STRING_MAX_LENGTH"),
        ("/invoice_id", json!(""), "INVALID_STRING_MIN_LENGTH"),
        ("/shipping", Value::Null, "MISSING_SHIPPING_ADDRESS"),
        ("/shipping/address/admin_area_2", json!(""), "CITY_REQUIRED"),
        ("/shipping/address/country_code", json!("DEU"), "INVALID_COUNTRY_CODE"),
    ];
    for (place, value, issue) in cases {
        assert_eq!(refusal(&[(&format!("{unit}{place}"), value.clone())]).await, issue, "{place} {value}");
    }
    assert_eq!(refusal(&[("/intent", json!("AUTHORIZE"))]).await, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn a_request_id_belongs_to_one_body() {
    let pair = Pair::new();
    pair.api.create_order("c", &compose(&spec(1))).await.unwrap();
    let other = pair.api.create_order("c", &compose(&spec(2))).await;
    assert!(matches!(other, Err(Error::Refused { issue, .. }) if issue == "DUPLICATE_REQUEST_ID"));
    pair.clock.forward(SignedDuration::from_hours(6) + SignedDuration::from_secs(1));
    pair.api.create_order("c", &compose(&spec(2))).await.unwrap();
}

#[tokio::test]
async fn an_order_waits_three_hours_for_its_approval() {
    let pair = Pair::new();
    let order = pair.create(1).await.unwrap().id;
    pair.clock.forward(SignedDuration::from_mins(3 * 60 + 1));
    assert!(!pair.double.approve(&order) && !pair.double.approve("nothing"));
}

#[tokio::test]
async fn refunds_have_limits() {
    let pair = Pair::new();
    let id = pair.approved(1).await;
    let capture = pair.api.capture_order("c", &id).await.unwrap().capture().unwrap().id.clone();
    let refund = async |request: &str, code: &str, value: &str| {
        let body = json!({"amount": {"currency_code": code, "value": value}}).to_string();
        match pair.api.refund_capture(request, &capture, &body).await {
            Ok(_) => "done".to_owned(),
            Err(Error::Refused { issue, .. }) => issue,
            Err(other) => format!("{other:?}"),
        }
    };
    assert_eq!(refund("r1", "EUR", "59.91").await, "REFUND_AMOUNT_EXCEEDED");
    assert_eq!(refund("r2", "USD", "1.00").await, "REFUND_CAPTURE_CURRENCY_MISMATCH");
    assert_eq!(refund("r3", "EUR", "0.00").await, "CANNOT_BE_ZERO_OR_NEGATIVE");
    assert_eq!(refund("r4", "EUR", "1.000").await, "DECIMAL_PRECISION");
    assert_eq!(refund("r5", "EUR", "50.00").await, "done");
    assert_eq!(refund("r6", "EUR", "9.91").await, "REFUND_AMOUNT_EXCEEDED");
    assert!(!pair.double.refund_by_hand(&capture, 991) && pair.double.refund_by_hand(&capture, 990));
    assert_eq!(refund("r7", "EUR", "0.01").await, "CAPTURE_FULLY_REFUNDED");
    assert_eq!(pair.double.holds(), 0);
    let unit = pair.api.order(&id).await.unwrap().unwrap().unit().unwrap().clone();
    assert_eq!(unit.payments.refunds.len(), 2, "one of them was not ours");
}

#[tokio::test]
async fn notices_are_genuine_whenever_they_arrive() {
    let pair = Pair::new();
    let id = pair.approved(1).await;
    pair.double.will(&id, Outcome::Pending);
    let capture = pair.api.capture_order("c", &id).await.unwrap().capture().unwrap().id.clone();
    pair.double.settle(&id, true);
    pair.double.refund_by_hand(&capture, 100);
    pair.double.dispute(&id);
    let kinds = [
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.REFUNDED",
        "CUSTOMER.DISPUTE.CREATED",
    ];
    assert_eq!(pair.kinds(), kinds);

    let verifier = Verifier::new(pair.double.http(), pair.double.trust(), WEBHOOK_ID);
    pair.clock.forward(SignedDuration::from_hours(70));
    let mut notices = pair.double.notices();
    notices.reverse();
    notices.extend(pair.double.notices());
    for notice in &notices {
        assert_eq!(verifier.verify(&notice.headers, &notice.body, pair.clock.now()).await, Ok(()), "{}", notice.kind);
    }
    let fetched = pair.double.received().iter().filter(|received| received.call == Call::Certificate).count();
    assert_eq!(fetched, 1);
    let stranger = Verifier::new(pair.double.http(), Trust::web(), WEBHOOK_ID);
    let verdict = stranger.verify(&notices[0].headers, &notices[0].body, pair.clock.now()).await;
    assert!(matches!(verdict, Err(Distrust::Certificate(_))));

    let subject = |kind: &str| event::read(&notices.iter().find(|notice| notice.kind == kind).unwrap().body).unwrap().subject;
    let ours = Some(spec(1).order);
    assert_eq!(subject(kinds[0]), Subject::Order { id: id.clone(), custom_id: ours.clone() });
    assert_eq!(subject(kinds[2]), Subject::Capture { id: capture.clone(), order: Some(id), custom_id: ours });
    assert!(matches!(subject(kinds[3]), Subject::Refund { capture: Some(of), custom_id: None, .. } if of == capture));
    assert!(matches!(subject(kinds[4]), Subject::Dispute { captures, .. } if captures == [capture]));
}

#[tokio::test(start_paused = true)]
async fn trouble_comes_at_the_nth_call_and_once() {
    let pair = Pair::new();
    pair.api.order("X").await.unwrap();
    pair.double.trouble(None, 3, Trouble::Hang);
    pair.double.trouble(Some(Call::LookRefund), 2, Trouble::Fail);
    assert_eq!(pair.api.order("X").await, Ok(None));
    assert_eq!(pair.api.refund("X").await, Ok(None));
    assert!(matches!(pair.api.capture("X").await, Err(Error::Unanswered(_))));
    assert!(matches!(pair.api.refund("X").await, Err(Error::Unavailable(_))));
    assert_eq!(pair.api.refund("X").await, Ok(None));
}

#[tokio::test]
async fn it_can_be_reached_over_the_network() {
    use std::io::{Read, Write};

    let pair = Pair::new();
    let base = pair.double.serve().await.unwrap();
    let address = base.strip_prefix("http://").unwrap().to_owned();
    let ask = move || {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        write!(stream, "GET /v2/checkout/orders/X HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = tokio::task::spawn_blocking(ask).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("invalid_token"), "{answer}");
    assert_eq!(pair.double.root(), pair.double.authority.root().to_vec());
    assert_ne!(base, Mode::Live.base());
}
