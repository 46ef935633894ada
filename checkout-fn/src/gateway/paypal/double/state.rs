//! What the stand-in remembers, and what happens to it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::checks::{self, Refusal};
use super::{Call, Double, Notice, Outcome, Received, Trouble};
use crate::gateway::paypal::answers::Amount;

/// How long an order waits for its approval, and an approval for the capture.
const APPROVAL: SignedDuration = SignedDuration::from_hours(3);

/// Everything that it remembers.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) orders: BTreeMap<String, Order>,
    pub(super) refunds: Vec<Refund>,
    /// Kind of call and request id → the answer that is given again.
    pub(super) kept: BTreeMap<(Call, String), Kept>,
    pub(super) tokens: BTreeMap<String, Timestamp>,
    pub(super) troubles: Vec<(Option<Call>, u32, Trouble)>,
    pub(super) received: Vec<Received>,
    pub(super) notices: Vec<Notice>,
    number: u64,
}

/// An order.
pub(super) struct Order {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) body: Value,
    pub(super) capture: Option<Capture>,
    created_at: Timestamp,
    approved_at: Option<Timestamp>,
    outcome: Outcome,
}

/// A capture, of the whole amount.
pub(super) struct Capture {
    pub(super) id: String,
    pub(super) status: &'static str,
    /// Minor units.
    pub(super) refunded: i64,
}

/// A refund.
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) capture: String,
    pub(super) amount: Value,
    pub(super) custom_id: Value,
    pub(super) invoice_id: Value,
}

/// An answer that is given again under the same request id.
pub(super) struct Kept {
    pub(super) at: Timestamp,
    pub(super) asked: (String, Bytes),
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Ledger {
    /// A new number, for names.
    pub(super) fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Notes a call; the trouble that it meets.
    pub(super) fn receive(&mut self, call: Call, parts: &Parts, body: &Bytes) -> Option<Trouble> {
        let request_id = parts.headers.get("paypal-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        self.received.push(Received { call, request_id, body: String::from_utf8_lossy(body).into_owned() });
        for (_, left, _) in self.troubles.iter_mut().filter(|(kind, ..)| kind.is_none_or(|kind| kind == call)) {
            *left = left.saturating_sub(1);
        }
        let due = self.troubles.iter().position(|(_, left, _)| *left == 0)?;
        Some(self.troubles.swap_remove(due).2)
    }

    pub(super) fn create(&mut self, body: Value, now: Timestamp) -> Result<String, Refusal> {
        checks::order(&body)?;
        let id = format!("ORDER{:012}", self.next());
        let order = Order {
            id: id.clone(),
            status: "PAYER_ACTION_REQUIRED",
            body,
            capture: None,
            created_at: now,
            approved_at: None,
            outcome: Outcome::default(),
        };
        self.orders.insert(id.clone(), order);
        Ok(id)
    }

    pub(super) fn approve(&mut self, id: &str, double: &Double) -> bool {
        let now = double.clock.now();
        let Some(order) = self.orders.get_mut(id) else { return false };
        if order.status != "PAYER_ACTION_REQUIRED" || now.duration_since(order.created_at) > APPROVAL {
            return false;
        }
        (order.status, order.approved_at) = ("APPROVED", Some(now));
        let resource = self.order(id);
        self.notify("CHECKOUT.ORDER.APPROVED", &resource, double);
        true
    }

    pub(super) fn will(&mut self, id: &str, outcome: Outcome) {
        self.orders.get_mut(id).expect("the order exists").outcome = outcome;
    }

    pub(super) fn capture(&mut self, id: &str, double: &Double) -> Result<(), Refusal> {
        let now = double.clock.now();
        let number = self.next();
        let order = self.orders.get(id).ok_or((404, "INVALID_RESOURCE_ID"))?;
        if order.capture.is_some() {
            return Err((422, "ORDER_ALREADY_CAPTURED"));
        }
        let approved_at = order.approved_at.ok_or((422, "ORDER_NOT_APPROVED"))?;
        if now.duration_since(approved_at) > APPROVAL {
            return Err((422, "ORDER_EXPIRED"));
        }
        let is_paid = |other: &Order| other.capture.as_ref().is_some_and(|capture| capture.status != "DECLINED");
        if self.orders.values().any(|other| is_paid(other) && other.unit()["invoice_id"] == order.unit()["invoice_id"]) {
            return Err((422, "DUPLICATE_INVOICE_ID"));
        }
        let order = self.orders.get_mut(id).ok_or((404, "INVALID_RESOURCE_ID"))?;
        let (status, kind) = match std::mem::take(&mut order.outcome) {
            Outcome::Completed => ("COMPLETED", "PAYMENT.CAPTURE.COMPLETED"),
            Outcome::Pending => ("PENDING", "PAYMENT.CAPTURE.PENDING"),
            Outcome::Declined => ("DECLINED", "PAYMENT.CAPTURE.DENIED"),
            Outcome::InstrumentDeclined => {
                (order.status, order.approved_at, order.created_at) = ("PAYER_ACTION_REQUIRED", None, now);
                return Err((422, "INSTRUMENT_DECLINED"));
            }
        };
        let capture = Capture { id: format!("CAPTURE{number:010}"), status, refunded: 0 };
        let name = capture.id.clone();
        (order.status, order.capture) = ("COMPLETED", Some(capture));
        let resource = self.capture_with_order(&name);
        self.notify(kind, &resource, double);
        Ok(())
    }

    pub(super) fn settle(&mut self, id: &str, completed: bool, double: &Double) -> bool {
        let capture = self.orders.get_mut(id).and_then(|order| order.capture.as_mut());
        let Some(capture) = capture.filter(|capture| capture.status == "PENDING") else { return false };
        let kind = if completed { "PAYMENT.CAPTURE.COMPLETED" } else { "PAYMENT.CAPTURE.DENIED" };
        capture.status = if completed { "COMPLETED" } else { "DECLINED" };
        let name = capture.id.clone();
        let resource = self.capture_with_order(&name);
        self.notify(kind, &resource, double);
        true
    }

    /// Gives back what a body says, or all that is left.
    pub(super) fn refund(&mut self, capture: &str, body: &Value, double: &Double) -> Result<String, Refusal> {
        let order = self.orders.values().find(|order| order.capture.as_ref().is_some_and(|one| one.id == capture));
        let (order, kept) = order.and_then(|order| Some((order, order.capture.as_ref()?))).ok_or((404, "INVALID_RESOURCE_ID"))?;
        match kept.status {
            "COMPLETED" | "PARTIALLY_REFUNDED" => {}
            "REFUNDED" => return Err((422, "CAPTURE_FULLY_REFUNDED")),
            "PENDING" => return Err((422, "PENDING_CAPTURE")),
            _ => return Err((422, "REFUND_NOT_ALLOWED")),
        }
        let (whole, currency) = order.amount();
        let left = whole - kept.refunded;
        let amount = if body["amount"].is_null() { order.money(left) } else { body["amount"].clone() };
        checks::Amount::read(&amount)?;
        let (minor, other) = minor(&amount);
        let invoice_id = &body["invoice_id"];
        if other != currency {
            return Err((422, "REFUND_CAPTURE_CURRENCY_MISMATCH"));
        } else if minor <= 0 {
            return Err((422, "CANNOT_BE_ZERO_OR_NEGATIVE"));
        } else if minor > left {
            return Err((422, "REFUND_AMOUNT_EXCEEDED"));
        } else if !invoice_id.is_null() && self.refunds.iter().any(|refund| refund.invoice_id == *invoice_id) {
            return Err((422, "DUPLICATE_INVOICE_ID"));
        }
        let order_id = order.id.clone();
        let id = format!("REFUND{:011}", self.next());
        let kept = self.orders.get_mut(&order_id).and_then(|order| order.capture.as_mut()).ok_or((404, "INVALID_RESOURCE_ID"))?;
        kept.refunded += minor;
        kept.status = if minor == left { "REFUNDED" } else { "PARTIALLY_REFUNDED" };
        let (capture, custom_id) = (capture.to_owned(), body["custom_id"].clone());
        self.refunds.push(Refund { id: id.clone(), capture, amount, custom_id, invoice_id: invoice_id.clone() });
        let resource = self.refund_of(&id);
        self.notify("PAYMENT.CAPTURE.REFUNDED", &resource, double);
        Ok(id)
    }

    pub(super) fn refund_by_hand(&mut self, capture: &str, minor: i64, double: &Double) -> bool {
        let order = self.orders.values().find(|order| order.capture.as_ref().is_some_and(|one| one.id == capture));
        let Some(amount) = order.map(|order| order.money(minor)) else { return false };
        self.refund(capture, &json!({"amount": amount}), double).is_ok()
    }

    pub(super) fn dispute(&mut self, id: &str, double: &Double) -> bool {
        let Some(capture) = self.orders.get(id).and_then(|order| order.capture.as_ref()).map(|capture| capture.id.clone()) else {
            return false;
        };
        let dispute = format!("PP-D-{}", self.next());
        let transactions = json!([{"seller_transaction_id": capture}]);
        let resource = json!({"dispute_id": dispute, "status": "OPEN", "disputed_transactions": transactions});
        self.notify("CUSTOMER.DISPUTE.CREATED", &resource, double);
        true
    }

    pub(super) fn holds(&self) -> i64 {
        let of_order = |order: &Order| match &order.capture {
            Some(capture) if !matches!(capture.status, "DECLINED" | "PENDING") => order.amount().0 - capture.refunded,
            _ => 0,
        };
        self.orders.values().map(of_order).sum()
    }

    fn notify(&mut self, kind: &str, resource: &Value, double: &Double) {
        let number = self.next();
        self.notices.push(double.notice(number, kind, resource));
    }
}

impl Order {
    /// The one thing that is paid for.
    pub(super) fn unit(&self) -> &Value {
        &self.body["purchase_units"][0]
    }

    fn amount(&self) -> (i64, String) {
        minor(&self.unit()["amount"])
    }

    /// An amount in its currency.
    fn money(&self, minor: i64) -> Value {
        let currency = catalog::currency::Currency::parse(&self.amount().1).expect("it was checked");
        let value = currency.gateway_text(minor, catalog::currency::Gateway::Paypal);
        json!({"currency_code": currency.code(), "value": value.unwrap_or_default()})
    }
}

/// An amount that was checked, in minor units, with its currency.
fn minor(amount: &Value) -> (i64, String) {
    let amount: Amount = serde_json::from_value(amount.clone()).expect("it was checked");
    let (minor, currency) = amount.minor().expect("it was checked");
    (minor, currency.code().to_owned())
}
