//! What the stand-in knows, and what shopper, bank and dashboard do to it. Objects are kept as they are answered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Mishap, Notice, Received};
use crate::gateway::stripe::api::VERSION;

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) param: String,
    /// Whether the answer is kept for the key: not where the request was not begun because of what stands in it.
    pub(super) is_kept: bool,
}

impl Refused {
    /// For what stands in the request.
    pub(super) fn invalid(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self { status: 400, code, message: message.into(), param: param.into(), is_kept: false }
    }

    /// For how things stand.
    pub(super) fn standing(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, code, message: message.into(), param: String::new(), is_kept: true }
    }

    /// For what is not there.
    pub(super) fn missing(param: &str, id: &str) -> Self {
        let message = format!("No such {param}: '{id}'");
        Self { status: 404, ..Self::invalid("resource_missing", param, message) }
    }
}

/// Everything.
pub(super) struct State {
    base: String,
    now: i64,
    count: u64,
    /// By id. Ids count up within a kind, so that newer ones come later.
    objects: BTreeMap<String, Value>,
    notices: Vec<Notice>,
    mishaps: Vec<(usize, Mishap)>,
    pub(super) received: Vec<Received>,
    /// Idempotency key → what became of it.
    pub(super) keys: BTreeMap<String, super::wire::Kept>,
}

/// A field's text, or nothing.
pub(super) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_default()
}

impl State {
    pub(super) fn new(base: String) -> Self {
        let (objects, keys) = (BTreeMap::new(), BTreeMap::new());
        Self { base, now: 0, count: 0, objects, notices: vec![], mishaps: vec![], received: vec![], keys }
    }

    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Lets the time be what it is now: sessions expire.
    pub(super) fn tick(&mut self, now: i64) {
        if now == self.now {
            // No session is over in the second in which it begins.
            return;
        }
        self.now = now;
        let is_over = |session: &&Value| text(session, "status") == "open" && session["expires_at"].as_i64() <= Some(now);
        let over: Vec<String> = self.of_kind("checkout.session").filter(is_over).map(|session| text(session, "id").to_owned()).collect();
        for id in over {
            self.end(&id);
        }
    }

    /// The mishap of the request that has just come.
    pub(super) fn next_mishap(&mut self) -> Option<Mishap> {
        self.mishaps.iter_mut().for_each(|(left, _)| *left = left.saturating_sub(1));
        let due = self.mishaps.iter().position(|(left, _)| *left == 0)?;
        Some(self.mishaps.remove(due).1)
    }

    pub(super) fn plan(&mut self, nth: usize, mishap: Mishap) {
        assert!(nth > 0, "requests are counted from 1");
        self.mishaps.push((nth, mishap));
    }

    #[cfg(feature = "simulation")]
    pub(super) fn calm(&mut self) {
        self.mishaps.clear();
    }

    pub(super) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    pub(super) fn object(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.objects.values().filter(move |object| object["object"] == kind)
    }

    /// Puts a new object in; its id counts on from the prefix unless it has one.
    pub(super) fn insert(&mut self, prefix: &str, kind: &str, mut object: Value) -> Value {
        self.count += 1;
        if object["id"].is_null() {
            object["id"] = format!("{prefix}_{:08}", self.count).into();
        }
        object["object"] = kind.into();
        object["livemode"] = false.into();
        object["created"] = self.now.into();
        if kind == "checkout.session" {
            object["url"] = format!("{}/pay/{}", self.base, text(&object, "id")).into();
        }
        self.objects.insert(text(&object, "id").to_owned(), object.clone());
        object
    }

    /// Sets fields of an object that is there.
    fn set(&mut self, id: &str, fields: &Value) {
        let Some(object) = self.objects.get_mut(id) else { return };
        for (name, value) in fields.as_object().into_iter().flatten() {
            object[name] = value.clone();
        }
    }

    /// Writes a notice about an object as it is now.
    pub(super) fn notify(&mut self, kind: &str, object: &str) {
        self.count += 1;
        let id = format!("evt_{:08}", self.count);
        let object = self.objects.get(object).cloned().unwrap_or_default();
        let body = json!({
            "id": id, "object": "event", "api_version": VERSION, "created": self.now, "data": { "object": object }, "livemode": false,
            "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null }, "type": kind,
        });
        self.notices.push(Notice { id, kind: kind.to_owned(), body: format!("{body:#}") });
    }

    fn open(&self, session: &str) -> Result<Value, String> {
        let found = self.object(session).ok_or_else(|| format!("there is no session {session}"))?;
        if text(found, "status") == "open" { Ok(found.clone()) } else { Err(format!("the session is {}", found["status"])) }
    }

    /// The payment of a session as it is after somebody has tried to pay; it is made at the first try.
    fn try_paying(&mut self, session: &Value, status: &str) -> String {
        let id = text(session, "id");
        let existing = text(session, "payment_intent").to_owned();
        let is_paid = status == "succeeded";
        let amount = session["amount_total"].clone();
        let payment = if existing.is_empty() {
            let data = &session["_payment_intent_data"];
            let payment = json!({
                "amount": amount, "currency": session["currency"], "metadata": data["metadata"], "shipping": data["shipping"],
                "description": data["description"], "capture_method": "automatic_async", "confirmation_method": "automatic",
                "payment_method_types": session["payment_method_types"],
            });
            text(&self.insert("pi", "payment_intent", payment), "id").to_owned()
        } else {
            existing
        };
        let charge = match status {
            "succeeded" => "succeeded",
            "processing" => "pending",
            _ => "failed",
        };
        let charge = json!({
            "amount": amount, "amount_captured": if is_paid { amount.clone() } else { 0.into() }, "amount_refunded": 0,
            "currency": session["currency"], "payment_intent": payment, "status": charge, "paid": is_paid, "captured": is_paid,
            "refunded": false, "disputed": false, "billing_details": {}, "metadata": {},
        });
        let charge = text(&self.insert("ch", "charge", charge), "id").to_owned();
        let received = if is_paid { amount } else { 0.into() };
        self.set(&payment, &json!({ "status": status, "amount_received": received, "latest_charge": charge }));
        self.set(id, &json!({ "payment_intent": payment }));
        payment
    }

    fn complete(&mut self, session: &Value, payment_status: &str) {
        let id = text(session, "id");
        self.set(id, &json!({ "status": "complete", "payment_status": payment_status, "url": null }));
        if let Some(coupon) = session["discounts"][0]["coupon"].as_str() {
            self.set(coupon, &json!({ "times_redeemed": 1, "valid": false }));
        }
        self.notify("checkout.session.completed", id);
    }

    pub(super) fn pay(&mut self, session: &str) -> Result<String, String> {
        let session = self.open(session)?;
        let payment = self.try_paying(&session, "succeeded");
        self.notify("payment_intent.succeeded", &payment);
        self.complete(&session, "paid");
        Ok(payment)
    }

    pub(super) fn decline(&mut self, session: &str) -> Result<(), String> {
        let session = self.open(session)?;
        let payment = self.try_paying(&session, "requires_payment_method");
        self.notify("payment_intent.payment_failed", &payment);
        Ok(())
    }

    pub(super) fn pay_later(&mut self, session: &str) -> Result<String, String> {
        let session = self.open(session)?;
        let payment = self.try_paying(&session, "processing");
        self.notify("payment_intent.processing", &payment);
        self.complete(&session, "unpaid");
        Ok(payment)
    }

    pub(super) fn settle(&mut self, session: &str, has_come: bool) -> Result<(), String> {
        let found = self.object(session).ok_or_else(|| format!("there is no session {session}"))?;
        let payment = text(found, "payment_intent").to_owned();
        let is_waiting = self.object(&payment).is_some_and(|payment| text(payment, "status") == "processing");
        if !is_waiting {
            return Err("no money is on its way".into());
        }
        let (amount, charge) = (self.objects[&payment]["amount"].clone(), text(&self.objects[&payment], "latest_charge").to_owned());
        if has_come {
            self.set(&charge, &json!({ "status": "succeeded", "paid": true, "captured": true, "amount_captured": amount }));
            self.set(&payment, &json!({ "status": "succeeded", "amount_received": amount }));
            self.set(session, &json!({ "payment_status": "paid" }));
            self.notify("payment_intent.succeeded", &payment);
            self.notify("checkout.session.async_payment_succeeded", session);
        } else {
            self.set(&charge, &json!({ "status": "failed" }));
            self.set(&payment, &json!({ "status": "requires_payment_method" }));
            self.notify("payment_intent.payment_failed", &payment);
            self.notify("checkout.session.async_payment_failed", session);
        }
        Ok(())
    }

    /// Nobody can pay a session any more.
    fn end(&mut self, id: &str) {
        self.set(id, &json!({ "status": "expired", "url": null }));
        let payment = text(&self.objects[id], "payment_intent").to_owned();
        self.set(&payment, &json!({ "status": "canceled" }));
        self.notify("checkout.session.expired", id);
    }

    pub(super) fn expire(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.object(id).filter(|object| object["object"] == "checkout.session");
        let status = text(session.ok_or_else(|| Refused::missing("checkout.session", id))?, "status").to_owned();
        if status != "open" {
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
            );
            return Err(Refused::standing("", message));
        }
        self.end(id);
        Ok(self.objects[id].clone())
    }

    /// The charge that a payment's money came with.
    fn charge_of(&self, payment: &str) -> Result<Value, Refused> {
        let found = self.object(payment).filter(|object| object["object"] == "payment_intent");
        let found = found.ok_or_else(|| Refused::missing("payment_intent", payment))?;
        if text(found, "status") != "succeeded" {
            let message = "This PaymentIntent does not have a successful charge to refund.";
            return Err(Refused::standing("payment_intent_unexpected_state", message));
        }
        Ok(self.objects[text(found, "latest_charge")].clone())
    }

    pub(super) fn refund(&mut self, payment: &str, amount: Option<i64>, metadata: &Value) -> Result<Value, Refused> {
        let charge = self.charge_of(payment)?;
        let id = text(&charge, "id").to_owned();
        let number = |field: &str| charge[field].as_i64().unwrap_or_default();
        let left = number("amount") - number("amount_refunded");
        let amount = amount.unwrap_or(left);
        if charge["disputed"] == true {
            return Err(Refused::standing("charge_disputed", format!("Charge {id} has been charged back; cannot issue a refund.")));
        }
        if left == 0 {
            return Err(Refused::standing("charge_already_refunded", format!("Charge {id} has already been refunded.")));
        }
        if amount < 1 || amount > left {
            let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Refused { param: "amount".into(), ..Refused::standing("", message) });
        }
        let refund = json!({
            "amount": amount, "currency": charge["currency"], "charge": id, "payment_intent": payment, "status": "succeeded",
            "metadata": if metadata.is_null() { json!({}) } else { metadata.clone() }, "reason": null,
        });
        let refund = self.insert("re", "refund", refund);
        self.set(&id, &json!({ "amount_refunded": number("amount_refunded") + amount, "refunded": amount == left }));
        self.notify("refund.created", text(&refund, "id"));
        self.notify("charge.refunded", &id);
        Ok(refund)
    }

    pub(super) fn fail_refund(&mut self, refund: &str) -> Result<(), String> {
        let found = self.object(refund).filter(|object| text(object, "status") == "succeeded");
        let found = found.cloned().ok_or_else(|| format!("there is no refund {refund} that could fail"))?;
        let charge = text(&found, "charge").to_owned();
        let left = self.objects[&charge]["amount_refunded"].as_i64().unwrap_or_default() - found["amount"].as_i64().unwrap_or_default();
        self.set(refund, &json!({ "status": "failed", "failure_reason": "expired_or_canceled_card" }));
        self.set(&charge, &json!({ "amount_refunded": left, "refunded": false }));
        self.notify("refund.failed", refund);
        Ok(())
    }

    pub(super) fn dispute(&mut self, payment: &str) -> Result<String, String> {
        let charge = self.charge_of(payment).map_err(|refused| refused.message)?;
        let id = text(&charge, "id").to_owned();
        let dispute = json!({
            "amount": charge["amount"], "currency": charge["currency"], "charge": id, "payment_intent": payment, "metadata": {},
            "reason": "fraudulent", "status": "needs_response", "is_charge_refundable": false, "balance_transactions": [],
            "evidence": {}, "evidence_details": {},
        });
        let dispute = text(&self.insert("du", "dispute", dispute), "id").to_owned();
        self.set(&id, &json!({ "disputed": true }));
        self.notify("charge.dispute.created", &dispute);
        Ok(dispute)
    }

    pub(super) fn close_dispute(&mut self, dispute: &str, is_won: bool) -> Result<(), String> {
        if self.object(dispute).is_none_or(|object| object["object"] != "dispute") {
            return Err(format!("there is no dispute {dispute}"));
        }
        self.set(dispute, &json!({ "status": if is_won { "won" } else { "lost" } }));
        self.notify("charge.dispute.closed", dispute);
        Ok(())
    }
}
