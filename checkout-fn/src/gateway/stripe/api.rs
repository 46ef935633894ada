//! The calls that a shop needs of Stripe's API, one function each. What is sent is composed before; here it gets the key, the
//! version and the address, and the answer its meaning.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, Response, Uri};
use catalog::currency::Currency;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::amount::to_stripe;
use super::answer::{CheckoutSession, Dispute, Identified, Named, Page, PaymentIntent, Refund};
use super::error::ApiError;
use super::form::{Form, in_path};
use super::key::{Key, Mode};
use super::session::{ORDER, REFUND, Uncomposable};
use crate::gateway::http::{Http, time_there};

/// The version that requests are written in and answers are read in. The next one, 2026-10-28.endive, has no
/// `payment_method_types`. Source: the official Python package, 15.6.2 and 16.1.0.
pub(crate) const VERSION: &str = "2026-08-26.dahlia";
/// Where Stripe is.
pub(crate) const BASE: &str = "https://api.stripe.com";
/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(20);
/// The most objects of a page. Source: docs.stripe.com/api/pagination.
const PAGE: usize = 100;
/// The most pages that are read before it is said that there are too many.
const MAX_PAGES: usize = 100;

/// A client with a key. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: Arc<dyn Http>,
    base: String,
    authorization: HeaderValue,
    mode: Mode,
    within: Duration,
}

/// What a refund is made of.
#[derive(Debug, Clone)]
pub(crate) struct RefundSpec {
    /// Our name of it; goes into its metadata.
    pub(crate) id: String,
    /// The order's id.
    pub(crate) order: String,
    /// `pi_…`.
    pub(crate) payment_intent: String,
    /// Minor units by ISO 4217, above 0.
    pub(crate) minor: i64,
    /// The payment's.
    pub(crate) currency: Currency,
}

impl RefundSpec {
    /// The body that creates it; the same input gives the same bytes.
    pub(crate) fn compose(&self) -> Result<String, Uncomposable> {
        let (minor, currency) = (self.minor, self.currency);
        let amount = to_stripe(minor, currency).filter(|_| minor > 0).ok_or(Uncomposable::Amount { minor, currency })?;
        let mut form = Form::new();
        form.put("payment_intent", &self.payment_intent).put("amount", amount);
        form.put(&format!("metadata[{ORDER}]"), &self.order).put(&format!("metadata[{REFUND}]"), &self.id);
        Ok(form.finish())
    }
}

/// Whose disputes are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DisputesOf<'a> {
    /// `pi_…`.
    Payment(&'a str),
    /// `ch_…`.
    #[cfg(test)]
    Charge(&'a str),
}

impl Api {
    /// A client for Stripe itself, or for what speaks like it at a base address such as `http://127.0.0.1:4242`.
    pub(crate) fn new(http: Arc<dyn Http>, key: &Key, base: Option<&str>) -> Self {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", key.secret.expose())).expect("a key is letters and digits");
        authorization.set_sensitive(true);
        let base = base.unwrap_or(BASE).trim_end_matches('/').to_owned();
        Self { http, base, authorization, mode: key.mode, within: WITHIN }
    }

    /// The same with another time for each request.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Whether its key moves real money.
    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Creates a session from what [`super::session::compose`] gave. The same key and body give the same session.
    pub(crate) async fn create_session(&self, body: &str, key: &str) -> Result<CheckoutSession, ApiError> {
        self.post("/v1/checkout/sessions", body, Some(key)).await
    }

    /// A session with its payment.
    pub(crate) async fn session(&self, id: &str) -> Result<CheckoutSession, ApiError> {
        self.get(&format!("/v1/checkout/sessions/{}?expand[0]=payment_intent", in_path(id))).await
    }

    /// Ends a session, so that nobody can pay it. Refused where it is not open any more: look at it then.
    pub(crate) async fn expire_session(&self, id: &str) -> Result<CheckoutSession, ApiError> {
        self.post(&format!("/v1/checkout/sessions/{}/expire", in_path(id)), "expand[0]=payment_intent", None).await
    }

    /// The sessions of an order among those created in a time, newest first. Their payments are only named.
    pub(crate) async fn sessions_of_order(&self, order: &str, created: Range<Timestamp>) -> Result<Vec<CheckoutSession>, ApiError> {
        let all = self.sessions(created).await?;
        Ok(all.into_iter().filter(|session| session.note(ORDER) == Some(order)).collect())
    }

    /// All sessions created in a time, newest first. Their payments are only named.
    pub(crate) async fn sessions(&self, created: Range<Timestamp>) -> Result<Vec<CheckoutSession>, ApiError> {
        self.list("/v1/checkout/sessions", &within(&created)).await
    }

    /// The session that a payment was made in, if it was made in one.
    #[cfg(test)]
    pub(crate) async fn session_of_payment(&self, payment_intent: &str) -> Result<Option<CheckoutSession>, ApiError> {
        let query = Form::new().put("payment_intent", payment_intent).finish();
        Ok(self.list("/v1/checkout/sessions", &query).await?.into_iter().next())
    }

    /// Creates a coupon from what [`super::session::compose_coupon`] gave. One that is there already is as good: its name is
    /// of one order's attempt, and the session's total is compared anyway.
    pub(crate) async fn create_coupon(&self, body: &str, key: &str) -> Result<(), ApiError> {
        match self.post::<Named>("/v1/coupons", body, Some(key)).await {
            Err(error) if !error.has_code("resource_already_exists") => Err(error),
            _ => Ok(()),
        }
    }

    /// Gives money back, from what [`RefundSpec::compose`] gave. The same key and body give it back once.
    pub(crate) async fn create_refund(&self, body: &str, key: &str) -> Result<Refund, ApiError> {
        self.post("/v1/refunds", body, Some(key)).await
    }

    /// The refunds of a payment, newest first, whoever made them.
    pub(crate) async fn refunds(&self, payment_intent: &str) -> Result<Vec<Refund>, ApiError> {
        self.list("/v1/refunds", &Form::new().put("payment_intent", payment_intent).finish()).await
    }

    /// The disputes of a payment or a charge, newest first.
    pub(crate) async fn disputes(&self, of: DisputesOf<'_>) -> Result<Vec<Dispute>, ApiError> {
        let (name, id) = match of {
            DisputesOf::Payment(id) => ("payment_intent", id),
            #[cfg(test)]
            DisputesOf::Charge(id) => ("charge", id),
        };
        self.list("/v1/disputes", &Form::new().put(name, id).finish()).await
    }

    /// A payment.
    pub(crate) async fn payment_intent(&self, id: &str) -> Result<PaymentIntent, ApiError> {
        self.get(&format!("/v1/payment_intents/{}", in_path(id))).await
    }

    /// The refunds that were made in a time, newest first.
    pub(crate) async fn refunds_since(&self, created: Range<Timestamp>) -> Result<Vec<Refund>, ApiError> {
        self.list("/v1/refunds", &within(&created)).await
    }

    /// The disputes that were opened in a time, newest first.
    pub(crate) async fn disputes_since(&self, created: Range<Timestamp>) -> Result<Vec<Dispute>, ApiError> {
        self.list("/v1/disputes", &within(&created)).await
    }

    /// What time it is there, if its answer says so. An error where it does not answer, or does not know the key.
    pub(crate) async fn probe(&self) -> Result<Option<Timestamp>, ApiError> {
        let answer = self.send(&Method::GET, "/v1/checkout/sessions?limit=1", "", None).await?;
        if answer.status().is_success() { Ok(time_there(&answer)) } else { Err(ApiError::of(&answer)) }
    }

    /// All objects of a list. An error where there are too many to look through: 'not found' would be a guess.
    async fn list<T: DeserializeOwned + Identified>(&self, path: &str, query: &str) -> Result<Vec<T>, ApiError> {
        let mut all: Vec<T> = Vec::new();
        for _ in 0..MAX_PAGES {
            let after = all.last().map(|last| format!("&starting_after={}", in_path(last.id()))).unwrap_or_default();
            let page: Page<T> = self.get(&format!("{path}?{query}&limit={PAGE}{after}")).await?;
            let is_last = !page.has_more || page.data.is_empty();
            all.extend(page.data);
            if is_last {
                return Ok(all);
            }
        }
        let message = format!("{path} has more than {} objects to look through", all.len());
        Err(ApiError::Unavailable { message, is_replayed: false })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.call(Method::GET, path, "", None).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &str, key: Option<&str>) -> Result<T, ApiError> {
        self.call(Method::POST, path, body, key).await
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: &str, key: Option<&str>) -> Result<T, ApiError> {
        let answer = self.send(&method, path, body, key).await?;
        if !answer.status().is_success() {
            return Err(ApiError::of(&answer));
        }
        // Done, but unreadable: what was done has to be looked up.
        serde_json::from_slice(answer.body()).map_err(|error| ApiError::Unanswered(format!("{method} {path}: cannot be read: {error}")))
    }

    async fn send(&self, method: &Method, path: &str, body: &str, key: Option<&str>) -> Result<Response<Bytes>, ApiError> {
        let unsendable = |error: axum::http::Error| ApiError::Unavailable { message: format!("{path}: {error}"), is_replayed: false };
        let address: Uri = format!("{}{path}", self.base).parse().map_err(|error: axum::http::uri::InvalidUri| unsendable(error.into()))?;
        let mut request = Request::builder()
            .method(method.clone())
            .uri(address)
            .header("authorization", self.authorization.clone())
            .header("stripe-version", VERSION)
            .header("accept", "application/json")
            .header("user-agent", concat!("shopfront/", env!("CARGO_PKG_VERSION")));
        if *method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).map_err(unsendable)?;
        Ok(self.http.send(request, self.within).await?)
    }
}

/// The part of a query that asks for what was made in a time.
fn within(created: &Range<Timestamp>) -> String {
    let mut query = Form::new();
    query.put("created[gte]", created.start.as_second()).put("created[lt]", created.end.as_second());
    query.finish()
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;
