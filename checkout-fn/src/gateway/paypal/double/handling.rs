//! Calls and their answers: who may call, what is given again, and how objects are shown.

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::checks::Refusal;
use super::state::{Kept, Ledger};
use super::{CERTIFICATE_URL, CLIENT, Call, Double, WEBHOOK_ID};
use crate::gateway::paypal::signature::Seal;

/// How long an answer is given again, at orders and at refunds.
const KEPT: (SignedDuration, SignedDuration) = (SignedDuration::from_hours(6), SignedDuration::from_hours(45 * 24));
/// How long a token lasts.
const TOKEN: SignedDuration = SignedDuration::from_hours(9);
/// Declines that are given again like successes; other refusals are decided anew.
const FINAL: [&str; 1] = ["INSTRUMENT_DECLINED"];

/// Status and body.
type Answer = (u16, Value);

impl Call {
    /// The kind of a request.
    pub(super) fn of(parts: &Parts) -> Option<Self> {
        let path: Vec<&str> = parts.uri.path().trim_start_matches('/').split('/').collect();
        Some(match (&parts.method, path.as_slice()) {
            (&Method::POST, ["v1", "oauth2", "token"]) => Self::Token,
            (&Method::POST, ["v2", "checkout", "orders"]) => Self::Create,
            (&Method::GET, ["v2", "checkout", "orders", _]) => Self::LookOrder,
            (&Method::POST, ["v2", "checkout", "orders", _, "capture"]) => Self::Capture,
            (&Method::GET, ["v2", "payments", "captures", _]) => Self::LookCapture,
            (&Method::POST, ["v2", "payments", "captures", _, "refund"]) => Self::Refund,
            (&Method::GET, ["v2", "payments", "refunds", _]) => Self::LookRefund,
            (&Method::POST, ["v1", "notifications", "verify-webhook-signature"]) => Self::Verify,
            (&Method::GET, ["v1", "notifications", "certs", _]) => Self::Certificate,
            _ => return None,
        })
    }
}

/// Something went wrong at PayPal.
pub(super) fn internal_error() -> Response<Body> {
    shown((500, json!({"name": "INTERNAL_SERVER_ERROR", "message": "An internal server error has occurred.", "debug_id": "double"})))
}

impl Double {
    /// Does what a call wants.
    pub(super) fn handle(&self, call: Call, parts: &Parts, body: &Bytes) -> Response<Body> {
        let mut ledger = self.ledger();
        match call {
            Call::Token => return shown(self.token(&mut ledger, parts, body)),
            Call::Certificate if CERTIFICATE_URL.ends_with(parts.uri.path()) => return self.signer.chain().into_response(),
            Call::Certificate => return shown(refused((404, "INVALID_RESOURCE_ID"))),
            _ => {}
        }
        let token = header_of(parts, header::AUTHORIZATION.as_str()).and_then(|text| text.strip_prefix("Bearer "));
        if token.and_then(|token| ledger.tokens.get(token)).is_none_or(|until| *until <= self.clock.now()) {
            return shown((401, json!({"error": "invalid_token", "error_description": "Token signature verification failed"})));
        }
        shown(self.repeatable(&mut ledger, call, parts, body))
    }

    fn token(&self, ledger: &mut Ledger, parts: &Parts, body: &Bytes) -> Answer {
        let expected = format!("Basic {}", STANDARD.encode(format!("{}:{}", CLIENT.0, CLIENT.1)));
        if header_of(parts, header::AUTHORIZATION.as_str()) != Some(&expected) {
            return (401, json!({"error": "invalid_client", "error_description": "Client Authentication failed"}));
        }
        if body.as_ref() != b"grant_type=client_credentials" {
            return (400, json!({"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}));
        }
        let token = format!("A21AA{}", ledger.next());
        ledger.tokens.insert(token.clone(), self.clock.now() + TOKEN);
        (200, json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN.as_secs(), "nonce": "n", "scope": "s"}))
    }

    /// Gives the answer again that a request id has got, or a new one.
    fn repeatable(&self, ledger: &mut Ledger, call: Call, parts: &Parts, body: &Bytes) -> Answer {
        let now = self.clock.now();
        let lasts = if call == Call::Refund { KEPT.1 } else { KEPT.0 };
        let key = header_of(parts, "paypal-request-id").map(|id| (call, id.to_owned()));
        let asked = (parts.uri.path().to_owned(), body.clone());
        if let Some(kept) = key.as_ref().and_then(|key| ledger.kept.get(key)).filter(|kept| now.duration_since(kept.at) <= lasts) {
            if kept.asked != asked {
                return refused((422, "DUPLICATE_REQUEST_ID"));
            }
            // What was created is there by now: 200 in place of 201.
            return (if kept.status == 201 { 200 } else { kept.status }, kept.body.clone());
        }
        let (status, body) = self.new_answer(ledger, call, parts, body).unwrap_or_else(refused);
        let is_final = FINAL.iter().any(|issue| body["details"][0]["issue"] == **issue);
        if let Some(key) = key.filter(|_| status < 300 || is_final) {
            ledger.kept.insert(key, Kept { at: now, asked, status, body: body.clone() });
        }
        (status, body)
    }

    fn new_answer(&self, ledger: &mut Ledger, call: Call, parts: &Parts, body: &Bytes) -> Result<Answer, Refusal> {
        let malformed = (400, "MALFORMED_REQUEST_JSON");
        let json: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(body).map_err(|_| malformed)? };
        let id = parts.uri.path().split('/').nth(4).unwrap_or_default();
        let unknown = (404, "INVALID_RESOURCE_ID");
        let present = |value: Value| if value.is_null() { Err(unknown) } else { Ok((200, value)) };
        match call {
            Call::Create if header_of(parts, "paypal-request-id").is_none() => Err((400, "PAYPAL_REQUEST_ID_REQUIRED")),
            Call::Create => ledger.create(json, self.clock.now()).map(|id| (201, ledger.order(&id))),
            Call::Capture => ledger.capture(id, self).map(|()| (201, ledger.order(id))),
            Call::Refund => ledger.refund(id, &json, self).map(|id| (201, ledger.refund_of(&id))),
            Call::LookOrder => present(ledger.order(id)),
            Call::LookCapture => present(ledger.capture_with_order(id)),
            Call::LookRefund => present(ledger.refund_of(id)),
            Call::Verify => Ok((200, json!({"verification_status": if ledger.has_sent(&json) { "SUCCESS" } else { "FAILURE" }}))),
            Call::Token | Call::Certificate => Err(unknown),
        }
    }
}

impl Ledger {
    /// An order as it is shown; null where there is none.
    pub(super) fn order(&self, id: &str) -> Value {
        let Some(order) = self.orders.get(id) else { return Value::Null };
        let mut unit = order.unit().clone();
        if let Some(capture) = &order.capture {
            let refunds: Vec<Value> =
                self.refunds.iter().filter(|refund| refund.capture == capture.id).map(|refund| self.refund_of(&refund.id)).collect();
            unit["payments"] = json!({"captures": [self.capture_of(&capture.id)], "refunds": refunds});
        }
        json!({
            "id": order.id,
            "intent": "CAPTURE",
            "status": order.status,
            "purchase_units": [unit],
            "links": [
                {"href": format!("https://api-m.sandbox.paypal.com/v2/checkout/orders/{id}"), "rel": "self", "method": "GET"},
                {"href": format!("https://www.sandbox.paypal.com/checkoutnow?token={id}"), "rel": "payer-action", "method": "GET"},
            ],
        })
    }

    /// A capture as it is shown on its own, with the order that it belongs to; null where there is none.
    pub(super) fn capture_with_order(&self, id: &str) -> Value {
        let mut shown = self.capture_of(id);
        let order = self.orders.values().find(|order| order.capture.as_ref().is_some_and(|capture| capture.id == id));
        if let Some(order) = order {
            shown["supplementary_data"] = json!({"related_ids": {"order_id": order.id}});
        }
        shown
    }

    /// A capture as it is shown within its order; null where there is none.
    pub(super) fn capture_of(&self, id: &str) -> Value {
        let found = self.orders.values().find_map(|order| Some((order, order.capture.as_ref().filter(|capture| capture.id == id)?)));
        let Some((order, capture)) = found else { return Value::Null };
        let unit = order.unit();
        let amount = json!({"currency_code": unit["amount"]["currency_code"], "value": unit["amount"]["value"]});
        let mut shown = json!({
            "id": capture.id,
            "status": capture.status,
            "amount": amount,
            "final_capture": true,
            "custom_id": unit["custom_id"],
            "invoice_id": unit["invoice_id"],
        });
        if capture.status == "PENDING" {
            shown["status_details"] = json!({"reason": "PENDING_REVIEW"});
        }
        shown
    }

    /// A refund as it is shown; null where there is none.
    pub(super) fn refund_of(&self, id: &str) -> Value {
        let Some(refund) = self.refunds.iter().find(|refund| refund.id == id) else { return Value::Null };
        let up = format!("https://api-m.sandbox.paypal.com/v2/payments/captures/{}", refund.capture);
        let mut shown = json!({
            "id": refund.id, "status": "COMPLETED", "amount": refund.amount,
            "links": [{"href": up, "rel": "up", "method": "GET"}],
        });
        for (name, value) in [("custom_id", &refund.custom_id), ("invoice_id", &refund.invoice_id)] {
            if !value.is_null() {
                shown[name] = value.clone();
            }
        }
        shown
    }

    /// Whether a notice that is asked about was sent just so.
    fn has_sent(&self, question: &Value) -> bool {
        let text = |name: &str| question[name].as_str().unwrap_or_default().to_owned();
        let seal = Seal {
            transmission_id: text("transmission_id"),
            time: text("transmission_time"),
            signature: text("transmission_sig"),
            certificate_url: text("cert_url"),
            algorithm: text("auth_algo"),
        };
        let is_same = |body: &Bytes| serde_json::from_slice::<Value>(body).is_ok_and(|event| event == question["webhook_event"]);
        text("webhook_id") == WEBHOOK_ID
            && self.notices.iter().any(|notice| Seal::read(&notice.headers).as_ref() == Ok(&seal) && is_same(&notice.body))
    }
}

fn refused((status, issue): Refusal) -> Answer {
    let name = match status {
        400 => "INVALID_REQUEST",
        404 => "RESOURCE_NOT_FOUND",
        _ => "UNPROCESSABLE_ENTITY",
    };
    let details = json!([{"issue": issue, "description": format!("The double says {issue}.")}]);
    (status, json!({"name": name, "message": "The requested action could not be performed.", "debug_id": "double", "details": details}))
}

fn shown((status, body): Answer) -> Response<Body> {
    (StatusCode::from_u16(status).unwrap_or_default(), axum::Json(body)).into_response()
}

fn header_of<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}
