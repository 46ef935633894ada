//! What a notice says that is read: which event, and which object of ours it is about. How that object stands is looked up.

use serde::Deserialize;

use super::answers::{Link, Refund, RefundStatus};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// PayPal's name of it; the same when it is sent again.
    pub(crate) id: String,
    /// Such as `PAYMENT.CAPTURE.COMPLETED`.
    pub(crate) kind: String,
    /// What it is about.
    pub(crate) subject: Subject,
}

/// What a notice is about, in PayPal's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An order.
    Order {
        /// The order.
        id: String,
        /// Our order's id.
        custom_id: Option<String>,
    },
    /// Money that goes to the shop.
    Capture {
        /// The capture.
        id: String,
        /// Its order at PayPal.
        order: Option<String>,
        /// Our order's id.
        custom_id: Option<String>,
    },
    /// Money that goes back.
    Refund {
        /// The refund.
        id: String,
        /// The capture that it gives back.
        capture: Option<String>,
        /// Our order's id; absent where the refund was not ours.
        custom_id: Option<String>,
    },
    /// The shopper or the bank contests payments.
    Dispute {
        /// The dispute.
        id: String,
        /// The captures that are contested.
        captures: Vec<String>,
        /// Whether the money stays with the shop; `None` while that is not decided.
        is_won: Option<bool>,
    },
    /// Nothing that a shop needs to know.
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    event_type: String,
    #[serde(default)]
    resource: Resource,
}

/// The fields of all kinds of objects; each has its own.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    id: Option<String>,
    dispute_id: Option<String>,
    custom_id: Option<String>,
    purchase_units: Vec<Named>,
    supplementary_data: Supplement,
    disputed_transactions: Vec<Transaction>,
    dispute_outcome: Option<Outcome>,
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Named {
    custom_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Supplement {
    related_ids: Related,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Related {
    order_id: Option<String>,
}

#[derive(Deserialize)]
struct Outcome {
    outcome_code: Option<String>,
}

#[derive(Deserialize)]
struct Transaction {
    seller_transaction_id: Option<String>,
}

/// Reads a notice that is believed. `None` where it is not understood.
pub(crate) fn read(body: &[u8]) -> Option<Event> {
    let Envelope { id, event_type: kind, resource } = serde_json::from_slice(body).ok()?;
    let subject = match kind.as_str() {
        kind if kind.starts_with("CHECKOUT.ORDER.") => {
            let custom_id = resource.purchase_units.into_iter().find_map(|unit| unit.custom_id);
            Subject::Order { id: resource.id?, custom_id }
        }
        // Both tell of a refund: one that we or the shop have made, one that PayPal has made for a dispute.
        "PAYMENT.CAPTURE.REFUNDED" | "PAYMENT.CAPTURE.REVERSED" => {
            let id = resource.id?;
            let refund = Refund {
                id: id.clone(),
                status: RefundStatus::Unknown,
                amount: None,
                custom_id: None,
                invoice_id: None,
                links: resource.links,
            };
            Subject::Refund { id, capture: refund.capture_id().map(str::to_owned), custom_id: resource.custom_id }
        }
        kind if kind.starts_with("PAYMENT.CAPTURE.") => {
            Subject::Capture { id: resource.id?, order: resource.supplementary_data.related_ids.order_id, custom_id: resource.custom_id }
        }
        kind if kind.starts_with("CUSTOMER.DISPUTE.") => {
            let captures = resource.disputed_transactions.into_iter().filter_map(|one| one.seller_transaction_id).collect();
            let outcome = resource.dispute_outcome.and_then(|outcome| outcome.outcome_code);
            let is_won = outcome.map(|code| !matches!(code.as_str(), "RESOLVED_BUYER_FAVOUR" | "ACCEPTED"));
            Subject::Dispute { id: resource.dispute_id?, captures, is_won }
        }
        _ => Subject::Other,
    };
    Some(Event { id, kind, subject })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn knows_what_a_notice_is_about() {
        let text = |text: &str| Some(text.to_owned());
        let up = json!([{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/3C6"}]);
        let related = json!({"related_ids": {"order_id": "5O1"}});
        let cases: [(&str, Value, Subject); 7] = [
            (
                "CHECKOUT.ORDER.APPROVED",
                json!({"id": "5O1", "purchase_units": [{"custom_id": "ours"}]}),
                Subject::Order { id: "5O1".into(), custom_id: text("ours") },
            ),
            (
                "PAYMENT.CAPTURE.PENDING",
                json!({"id": "3C6", "custom_id": "ours", "supplementary_data": related}),
                Subject::Capture { id: "3C6".into(), order: text("5O1"), custom_id: text("ours") },
            ),
            (
                "PAYMENT.CAPTURE.DENIED",
                json!({"id": "3C6", "unknown": []}),
                Subject::Capture { id: "3C6".into(), order: None, custom_id: None },
            ),
            (
                "PAYMENT.CAPTURE.REFUNDED",
                json!({"id": "1JU", "custom_id": "ours", "links": up}),
                Subject::Refund { id: "1JU".into(), capture: text("3C6"), custom_id: text("ours") },
            ),
            (
                "PAYMENT.CAPTURE.REVERSED",
                json!({"id": "1JU", "links": up}),
                Subject::Refund { id: "1JU".into(), capture: text("3C6"), custom_id: None },
            ),
            (
                "CUSTOMER.DISPUTE.CREATED",
                json!({"dispute_id": "PP-D-1", "disputed_transactions": [{"seller_transaction_id": "3C6"}, {}]}),
                Subject::Dispute { id: "PP-D-1".into(), captures: vec!["3C6".into()], is_won: None },
            ),
            ("BILLING.SUBSCRIPTION.CREATED", json!({}), Subject::Other),
        ];
        for (kind, resource, subject) in cases {
            let body = json!({"id": "WH-1", "event_type": kind, "resource": resource}).to_string();
            assert_eq!(read(body.as_bytes()), Some(Event { id: "WH-1".into(), kind: kind.into(), subject }), "{kind}");
        }
    }

    #[test]
    fn what_is_no_notice_is_nothing() {
        let nameless = r#"{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}"#;
        for body in ["", "[]", "{}", r#"{"id":"WH-1"}"#, nameless] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
    }
}
