//! What the stand-in makes of a form that keeps to the contract: sessions, coupons, refunds, and lists.

use catalog::currency::{Currency, Gateway};
use serde_json::{Map, Value, json};

use super::contract::Node;
use super::state::{Refused, State, text};

/// How long a session may live, in seconds. Source: docs.stripe.com/api/checkout/sessions/create, `expires_at`.
const LIFE_S: std::ops::RangeInclusive<i64> = 30 * 60..=24 * 60 * 60;

/// Does what a request asks for. Its path is split at the slashes, without the version.
pub(super) fn run(state: &mut State, method: &str, path: &[&str], form: &Node) -> Result<Value, Refused> {
    let answer = match (method, path) {
        ("POST", ["checkout", "sessions"]) => session(state, form),
        ("GET", ["checkout", "sessions"]) => list(state, "checkout.session", path, form),
        ("GET", ["checkout", "sessions", id]) => one(state, "checkout.session", id),
        ("POST", ["checkout", "sessions", id, "expire"]) => state.expire(id),
        ("POST", ["coupons"]) => coupon(state, form),
        ("GET", ["coupons", id]) => one(state, "coupon", id),
        ("POST", ["refunds"]) => refund(state, form),
        ("GET", ["refunds"]) => list(state, "refund", path, form),
        ("GET", ["refunds", id]) => one(state, "refund", id),
        ("GET", ["disputes"]) => list(state, "dispute", path, form),
        ("GET", ["disputes", id]) => one(state, "dispute", id),
        ("GET", ["payment_intents", id]) => one(state, "payment_intent", id),
        ("GET", ["charges", id]) => one(state, "charge", id),
        _ => Err(Refused::invalid("url_invalid", "", "the stand-in does not do this")),
    }?;
    Ok(expanded(state, shown(answer), form))
}

fn one(state: &State, kind: &str, id: &str) -> Result<Value, Refused> {
    let found = state.object(id).filter(|object| object["object"] == kind);
    found.cloned().ok_or_else(|| Refused::missing(kind, id))
}

fn session(state: &mut State, form: &Node) -> Result<Value, Refused> {
    if form.text(&["mode"]) != Some("payment") {
        return Err(Refused::invalid("", "mode", "the stand-in knows payments only"));
    }
    let expires_at = form.number(&["expires_at"]).unwrap_or(state.now() + LIFE_S.end());
    if !LIFE_S.contains(&(expires_at - state.now())) {
        let message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
        return Err(Refused::invalid("", "expires_at", message));
    }
    let (subtotal, currency) = sum(form)?;
    let coupon = form.text(&["discounts", "0", "coupon"]);
    let off = coupon.map_or(Ok(0), |id| amount_off(state, id, &currency))?.min(subtotal);
    let total = subtotal - off;
    let least = least(&currency)?;
    if total < least {
        let message = format!("The Checkout Session's total amount must convert to at least {least}.");
        return Err(Refused::invalid("amount_too_small", "line_items", message));
    }
    let methods: Vec<Value> = form.items(&["payment_method_types"]).into_iter().map(plain).collect();
    let session = json!({
        "status": "open", "payment_status": "unpaid", "mode": "payment", "amount_subtotal": subtotal, "amount_total": total,
        "total_details": { "amount_discount": off, "amount_shipping": 0, "amount_tax": 0 }, "currency": currency,
        "expires_at": expires_at, "payment_intent": null, "metadata": below(form, &["metadata"]),
        "client_reference_id": form.text(&["client_reference_id"]), "customer_email": form.text(&["customer_email"]),
        "success_url": form.text(&["success_url"]), "cancel_url": form.text(&["cancel_url"]), "locale": form.text(&["locale"]),
        "payment_method_types": methods, "discounts": coupon.map(|id| json!([{ "coupon": id, "promotion_code": null }])),
        "automatic_tax": { "enabled": false, "status": null }, "adaptive_pricing": { "enabled": false }, "allow_promotion_codes": false,
        "custom_fields": [], "custom_text": {}, "shipping_options": [], "after_expiration": null,
        "_payment_intent_data": below(form, &["payment_intent_data"]),
    });
    Ok(state.insert("cs_test", "checkout.session", session))
}

/// What the lines come to, and in which currency.
fn sum(form: &Node) -> Result<(i64, String), Refused> {
    let lines = form.items(&["line_items"]);
    if lines.is_empty() || lines.len() > 100 {
        return Err(Refused::invalid("", "line_items", "A session has 1 to 100 line items."));
    }
    let mut total = 0_i64;
    let mut currencies = Vec::new();
    for line in lines {
        let amount = line.number(&["price_data", "unit_amount"]).filter(|amount| *amount >= 0);
        let quantity = line.number(&["quantity"]).filter(|quantity| *quantity > 0);
        let (Some(amount), Some(quantity)) = (amount, quantity) else {
            return Err(Refused::invalid("parameter_invalid_integer", "line_items", "An amount or a quantity is missing or below zero."));
        };
        total += amount * quantity;
        currencies.push(line.text(&["price_data", "currency"]).unwrap_or_default());
    }
    currencies.dedup();
    match currencies[..] {
        [currency] => Ok((total, currency.to_owned())),
        _ => Err(Refused::invalid("", "line_items", "All prices must have the same currency.")),
    }
}

/// The least charge in Stripe's scale.
fn least(currency: &str) -> Result<i64, Refused> {
    let known = Currency::parse(&currency.to_ascii_uppercase());
    let least = known.and_then(|known| known.gateway_text(known.minimum_charge(Gateway::Stripe), Gateway::Stripe));
    least.and_then(|text| text.parse().ok()).ok_or_else(|| Refused::invalid("", "currency", format!("Invalid currency: {currency}")))
}

fn amount_off(state: &State, id: &str, currency: &str) -> Result<i64, Refused> {
    let coupon = one(state, "coupon", id).map_err(|_| Refused { status: 400, ..Refused::missing("coupon", id) })?;
    if coupon["valid"] != true {
        return Err(Refused::invalid("coupon_expired", "discounts[0][coupon]", format!("Coupon {id} is used up and cannot be applied.")));
    }
    if coupon["currency"] != currency {
        return Err(Refused::invalid("", "discounts[0][coupon]", "The coupon has another currency."));
    }
    Ok(coupon["amount_off"].as_i64().unwrap_or_default())
}

fn coupon(state: &mut State, form: &Node) -> Result<Value, Refused> {
    let id = form.text(&["id"]);
    if id.is_some_and(|id| state.object(id).is_some()) {
        return Err(Refused::invalid("resource_already_exists", "id", "Coupon already exists."));
    }
    let Some(amount) = form.number(&["amount_off"]).filter(|amount| *amount > 0) else {
        return Err(Refused::invalid("parameter_invalid_integer", "amount_off", "This value must be greater than or equal to 1."));
    };
    let coupon = json!({
        "id": id, "name": form.text(&["name"]), "amount_off": amount, "currency": form.text(&["currency"]), "percent_off": null,
        "duration": form.text(&["duration"]), "max_redemptions": form.number(&["max_redemptions"]), "times_redeemed": 0, "valid": true,
        "metadata": below(form, &["metadata"]),
    });
    Ok(state.insert("coupon", "coupon", coupon))
}

fn refund(state: &mut State, form: &Node) -> Result<Value, Refused> {
    let payment =
        form.text(&["payment_intent"]).ok_or_else(|| Refused::invalid("parameter_missing", "payment_intent", "Which payment?"))?;
    state.refund(payment, form.number(&["amount"]), &below(form, &["metadata"]))
}

/// A page of a list, newest first.
fn list(state: &State, kind: &str, path: &[&str], form: &Node) -> Result<Value, Refused> {
    let is_wanted = |object: &&Value| {
        let same = |field: &str| form.text(&[field]).is_none_or(|wanted| object[field] == wanted);
        let created = object["created"].as_i64().unwrap_or_default();
        let bound = |name: &str, holds: fn(i64, i64) -> bool| form.number(&["created", name]).is_none_or(|bound| holds(created, bound));
        let in_time = bound("gte", |a, b| a >= b) && bound("gt", |a, b| a > b) && bound("lt", |a, b| a < b) && bound("lte", |a, b| a <= b);
        ["payment_intent", "charge", "status"].into_iter().all(same) && in_time
    };
    let mut all: Vec<&Value> = state.of_kind(kind).filter(is_wanted).rev().collect();
    if let Some(after) = form.text(&["starting_after"]) {
        let place = all.iter().position(|object| text(object, "id") == after);
        all.drain(..=place.ok_or_else(|| Refused::missing(kind, after))?);
    }
    let limit = form.number(&["limit"]).unwrap_or(10);
    let limit = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| Refused::invalid("parameter_invalid_integer", "limit", "Between 1 and 100."))?;
    let page: Vec<Value> = all.iter().take(limit).map(|object| shown((*object).clone())).collect();
    Ok(json!({ "object": "list", "url": format!("/v1/{}", path.join("/")), "has_more": all.len() > limit, "data": page }))
}

/// Without what only the stand-in knows.
fn shown(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !name.starts_with('_'));
    }
    object
}

/// With the objects in place of their ids that the request asks for.
fn expanded(state: &State, mut answer: Value, form: &Node) -> Value {
    for wanted in form.items(&["expand"]) {
        let Node::Leaf(path) = wanted else { continue };
        let put = |object: &mut Value, field: &str| {
            if let Some(whole) = object[field].as_str().and_then(|id| state.object(id)) {
                object[field] = shown(whole.clone());
            }
        };
        match path.strip_prefix("data.") {
            Some(field) => answer["data"].as_array_mut().into_iter().flatten().for_each(|object| put(object, field)),
            None => put(&mut answer, path),
        }
    }
    answer
}

/// What is below a path of keys, as JSON; an empty object where there is nothing.
fn below(form: &Node, keys: &[&str]) -> Value {
    form.at(keys).map_or_else(|| json!({}), plain)
}

fn plain(node: &Node) -> Value {
    match node {
        Node::Leaf(text) => Value::String(text.clone()),
        Node::Branch(children) => children.iter().map(|(key, child)| (key.clone(), plain(child))).collect::<Map<String, Value>>().into(),
    }
}
