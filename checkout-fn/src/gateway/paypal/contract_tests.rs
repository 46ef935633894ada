//! What we send is what PayPal's own description allows: types, enumerations, patterns, lengths, what is required, and no field
//! that it does not know. What the double answers is held to the same description.

use std::path::PathBuf;

use catalog::currency::Currency;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::api::question;
use super::double::{Call, Outcome};
use super::order::{Line, OrderSpec, ShipTo, compose};
use super::refund::{self, RefundSpec};
use super::signature::Seal;
use super::testing::{Pair, spec};

const ORDERS: &str = "paypal-orders-v2";
const PAYMENTS: &str = "paypal-payments-v2";
const WEBHOOKS: &str = "paypal-webhooks-v1";

/// Checks values against one schema of one description, without any field that it does not know.
struct Contract(Validator);

impl Contract {
    fn new(description: &str, schema: &str) -> Self {
        let all: Value = serde_json::from_str(include_str!("contract/schemas.json")).unwrap();
        let schemas = &all[description]["components"]["schemas"];
        let strict = strict(&schemas[schema], schemas);
        Self(jsonschema::options().should_validate_formats(true).build(&strict).unwrap())
    }

    fn faults(&self, value: &Value) -> Vec<String> {
        self.0.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[track_caller]
    fn holds(&self, body: &str) {
        let faults = self.faults(&serde_json::from_str(body).unwrap());
        assert!(faults.is_empty(), "{faults:#?}\n{body}");
    }
}

/// A schema with everything in its place that it refers to or consists of, and closed to all other fields.
fn strict(schema: &Value, schemas: &Value) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
        // Beside a reference, OpenAPI 3.0 ignores everything.
        let name = reference.rsplit('/').next().unwrap();
        assert!(!schemas[name].is_null(), "the description has {name}");
        return strict(&schemas[name], schemas);
    }
    let mut whole = Map::new();
    for part in fields.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        merge(&mut whole, strict(part, schemas));
    }
    let mut own = Map::new();
    for (name, value) in fields.iter().filter(|(name, _)| *name != "allOf") {
        let value = match name.as_str() {
            "properties" => value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), strict(value, schemas))).collect(),
            "items" => strict(value, schemas),
            _ => value.clone(),
        };
        own.insert(name.clone(), value);
    }
    merge(&mut whole, Value::Object(own));
    if whole.contains_key("properties") && whole.get("additionalProperties") != Some(&Value::Bool(true)) {
        whole.insert("additionalProperties".into(), false.into());
    }
    Value::Object(whole)
}

fn merge(whole: &mut Map<String, Value>, part: Value) {
    let Value::Object(part) = part else { return };
    for (name, value) in part {
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            (Some(Value::Array(old)), Value::Array(new)) => old.extend(new),
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
}

/// Orders at the edges: long, foreign, empty and unusual texts; currencies; very many lines.
fn specs() -> Vec<OrderSpec> {
    let texts = ["a", "ö\u{7}ß", "日本語", "🫖 <b>", "Line\nbreak", " ", "\"quoted\" \\ 'n"];
    let mut specs = vec![spec(1), spec(u32::MAX), OrderSpec { ship_to: None, ..spec(1) }];
    for text in texts {
        for times in [1, 400] {
            let long = text.repeat(times);
            let ship_to = ShipTo {
                name: long.clone(),
                line1: long.clone(),
                line2: Some(long.clone()),
                city: long.clone(),
                region: Some(long.clone()),
                postcode: Some(long.clone()),
                country: "US".into(),
            };
            let lines = vec![Line { title: long.clone(), quantity: u32::MAX, total_minor: 6000 }];
            specs.push(OrderSpec { shop: long.clone(), email: long.clone(), language: long, lines, ship_to: Some(ship_to), ..spec(1) });
        }
    }
    for language in ["de", "de-AT", "zh-Hant-TW", "es-419", "gsw", "x", ""] {
        specs.push(OrderSpec { language: language.into(), ..spec(1) });
    }
    for email in ["a@b.c", "mira+shop@example.co.uk", "müra@example.com", "a b@c.d", ""] {
        specs.push(OrderSpec { email: email.into(), ..spec(1) });
    }
    for code in ["AUD", "BRL", "CHF", "CZK", "GBP", "HUF", "JPY", "TWD", "USD"] {
        let line = Line { title: "Mug".into(), quantity: 1, total_minor: 99_999_999_900 };
        let amounts =
            OrderSpec { lines: vec![line; 300], shipping_minor: 0, reduction_minor: 0, total_minor: 99_999_999_900 * 300, ..spec(1) };
        specs.push(OrderSpec { currency: Currency::parse(code).unwrap(), ..amounts });
    }
    specs
}

#[test]
fn every_order_that_we_compose_is_one_that_paypal_describes() {
    let contract = Contract::new(ORDERS, "order_request");
    let specs = specs();
    assert!(specs.len() > 30);
    for spec in specs {
        contract.holds(&compose(&spec));
    }
}

#[test]
fn every_refund_that_we_compose_is_one_that_paypal_describes() {
    let contract = Contract::new(PAYMENTS, "refund_request");
    for (amount_minor, code) in [(1, "EUR"), (999_999_999_900, "HUF"), (350, "JPY"), (100, "TWD"), (2490, "USD")] {
        let currency = Currency::parse(code).unwrap();
        for refund in ["r", &"f".repeat(127)] {
            let spec = RefundSpec { refund: refund.into(), order: spec(1).order, amount_minor, currency };
            contract.holds(&refund::compose(&spec).unwrap());
        }
    }
}

#[tokio::test]
async fn every_question_about_a_notice_is_one_that_paypal_describes() {
    let contract = Contract::new(WEBHOOKS, "verify_webhook_signature");
    let pair = Pair::new();
    pair.approved(1).await;
    let notice = &pair.double.notices()[0];
    contract.holds(&question(&Seal::read(&notice.headers).unwrap(), super::double::WEBHOOK_ID, &notice.body).unwrap());
}

/// The schema that a call's body has to fit.
fn body_of(call: Call) -> Option<(&'static str, &'static str)> {
    match call {
        Call::Create => Some((ORDERS, "order_request")),
        Call::Capture => Some((ORDERS, "order_capture_request")),
        Call::Refund => Some((PAYMENTS, "refund_request")),
        Call::Verify => Some((WEBHOOKS, "verify_webhook_signature")),
        Call::Token | Call::LookOrder | Call::LookCapture | Call::LookRefund | Call::Certificate => None,
    }
}

#[tokio::test]
async fn all_that_really_leaves_fits() {
    let pair = Pair::new();
    let id = pair.approved(1).await;
    let capture = pair.api.capture_order("c", &id).await.unwrap().capture().unwrap().id.clone();
    let spec = RefundSpec { refund: "r".into(), order: spec(1).order, amount_minor: 100, currency: Currency::parse("EUR").unwrap() };
    pair.api.refund_capture("r", &capture, &refund::compose(&spec).unwrap()).await.unwrap();
    let notice = &pair.double.notices()[0];
    let seal = Seal::read(&notice.headers).unwrap();
    assert!(pair.api.verify_signature(&seal, super::double::WEBHOOK_ID, &notice.body).await.unwrap());
    let mut checked = 0;
    for received in pair.double.received() {
        if let Some((description, schema)) = body_of(received.call) {
            Contract::new(description, schema).holds(&received.body);
            checked += 1;
        }
        assert!(received.request_id.is_none_or(|id| (1..=108).contains(&id.len())));
    }
    assert_eq!(checked, 4);
}

#[tokio::test]
async fn the_double_answers_as_paypal_describes() {
    let (orders, captures, refunds) =
        (Contract::new(ORDERS, "order"), Contract::new(PAYMENTS, "capture-2"), Contract::new(PAYMENTS, "refund"));
    for outcome in [Outcome::Completed, Outcome::Pending, Outcome::Declined] {
        let pair = Pair::new();
        let id = pair.approved(1).await;
        orders.holds(&pair.double.shown(&id).to_string());
        pair.double.will(&id, outcome);
        let capture = pair.api.capture_order("c", &id).await.unwrap().capture().unwrap().id.clone();
        captures.holds(&pair.double.shown(&capture).to_string());
        if outcome == Outcome::Completed {
            assert!(pair.double.refund_by_hand(&capture, 100));
            let refund = pair.api.order(&id).await.unwrap().unwrap().unit().unwrap().payments.refunds[0].id.clone();
            refunds.holds(&pair.double.shown(&refund).to_string());
        }
        orders.holds(&pair.double.shown(&id).to_string());
    }
}

/// What was cut from PayPal's descriptions is what stands in them.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the whole descriptions, where they are at hand")]
fn the_cut_is_faithful() {
    let folder = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let cut: Value = serde_json::from_str(include_str!("contract/schemas.json")).unwrap();
    for description in [ORDERS, PAYMENTS, WEBHOOKS] {
        let path = folder.join("payments").join(format!("{description}.json"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("skipped: there is no {}", path.display());
            return;
        };
        let whole: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(cut[description]["info"]["version"], whole["info"]["version"]);
        for (name, schema) in cut[description]["components"]["schemas"].as_object().unwrap() {
            let original = bare(&whole["components"]["schemas"][name]);
            // The two that are cut short.
            if !matches!(name.as_str(), "payment_source" | "order") {
                assert_eq!(*schema, original, "{description} {name}");
            }
        }
    }
}

/// A schema without words for people.
fn bare(schema: &Value) -> Value {
    const WORDS: [&str; 7] = ["description", "title", "example", "examples", "externalDocs", "x-enumDescriptions", "deprecated"];
    match schema {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| !WORDS.contains(&name.as_str()));
            let inner = |name: &str, value: &Value| match value.as_object().filter(|_| name == "properties") {
                Some(fields) => fields.iter().map(|(name, value)| (name.clone(), bare(value))).collect(),
                None => bare(value),
            };
            kept.map(|(name, value)| (name.clone(), inner(name, value))).collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// A contract that finds nothing is no contract.
#[test]
fn the_contract_notices_what_is_wrong() {
    let contract = Contract::new(ORDERS, "order_request");
    let good: Value = serde_json::from_str(&compose(&spec(1))).unwrap();
    let changes: [(&str, Value); 13] = [
        ("/intent", json!("SELL")),
        ("/purchase_units", json!([])),
        ("/purchase_units/0/amount/value", json!(59.9)),
        ("/purchase_units/0/amount/value", json!("59,90")),
        ("/purchase_units/0/amount/currency_code", json!("EURO")),
        ("/purchase_units/0/amount/breakdown/discount", json!({"value": "1.00"})),
        ("/purchase_units/0/amount/breakdown", json!({"gift": {"currency_code": "EUR", "value": "1.00"}})),
        ("/purchase_units/0/items/0/quantity", json!("0")),
        ("/purchase_units/0/items/0/name", json!("x".repeat(128))),
        ("/purchase_units/0/invoice_id", json!("")),
        ("/purchase_units/0/shipping/address/country_code", json!("de")),
        ("/payment_source/paypal/experience_context/user_action", json!("PAY")),
        ("/payment_source/paypal/experience_context/return_url", json!("not an address")),
    ];
    assert_eq!(contract.faults(&good), [""; 0]);
    for (place, value) in changes {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value;
        assert!(!contract.faults(&bad).is_empty(), "{place}");
    }
    let mut bad = good;
    bad["purchase_units"][0]["colour"] = json!("blue");
    assert!(!contract.faults(&bad).is_empty(), "an unknown field");
}
