//! The calls to PayPal that a shop needs. Each is made once; whoever calls says with which request id it may be repeated.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answers::{Capture, Order, Refund};
use super::error::Error;
use super::signature::Seal;
use crate::gateway::http::{Http, time_there};
use crate::gateway::secret::Secret;
use crate::ports::Clock;

/// The setting that names the app, for messages.
pub(super) const ID_SETTING: &str = "PAYPAL_CLIENT_ID";
/// The setting with its password, for messages.
const SECRET_SETTING: &str = "PAYPAL_CLIENT_SECRET";
/// The header that makes a call repeatable: PayPal keeps it for 6 hours (Orders v2), for 45 days at refunds (Payments v2).
const REQUEST_ID: &str = "paypal-request-id";
/// The most characters of a request id. Source: PayPal's description of Orders v2, 2.13.
pub(crate) const REQUEST_ID_LIMIT: usize = 108;
/// How long one call may take. A shopper's request makes two in a row at the most, one of them for a token, and a function
/// has 30 seconds for it.
const WITHIN: Duration = Duration::from_secs(12);
/// A token is replaced this long before it expires, so that none expires on its way.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_mins(2);

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is.
    Live,
    /// PayPal's own sandbox, with accounts and apps of its own.
    Sandbox,
}

impl Mode {
    /// Where the calls go.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Live => "https://api-m.paypal.com",
            Self::Sandbox => "https://api-m.sandbox.paypal.com",
        }
    }
}

/// The shop's app at PayPal.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Where the calls go: [`Mode::base`], or a stand-in. Without a slash at its end.
    pub(crate) base: String,
    /// The app's name.
    pub(crate) client_id: String,
    /// Its password.
    pub(crate) client_secret: Secret,
}

/// A client of one account.
pub(crate) struct Api {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    account: Account,
    /// Held while a token is fetched, so that a crowd of requests fetches one.
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Token {
    value: Secret,
    /// From then on it is not used any more.
    until: Timestamp,
}

/// One call, as often as it has to be sent.
struct Call<'a> {
    method: Method,
    path: String,
    request_id: Option<&'a str>,
    body: Option<String>,
}

impl Api {
    /// A client; nothing is sent yet.
    pub(crate) fn new(http: Arc<dyn Http>, clock: Arc<dyn Clock>, account: Account) -> Self {
        Self { http, clock, account, token: tokio::sync::Mutex::new(None) }
    }

    /// Creates an order from a body that [`super::order::compose`] has made. The same request id gives the same order.
    pub(crate) async fn create_order(&self, request_id: &str, body: &str) -> Result<Order, Error> {
        self.send(&Call::post("/v2/checkout/orders".to_owned(), Some(request_id), body.to_owned())).await
    }

    /// Looks at an order. `None` where there is none, or none any more: PayPal forgets those that were never paid.
    pub(crate) async fn order(&self, id: &str) -> Result<Option<Order>, Error> {
        self.look("/v2/checkout/orders", id).await
    }

    /// Takes the money of an approved order. The same request id takes it once. The answer may be a capture that is pending
    /// or declined.
    pub(crate) async fn capture_order(&self, request_id: &str, id: &str) -> Result<Order, Error> {
        let path = format!("/v2/checkout/orders/{}/capture", named(id)?);
        self.send(&Call::post(path, Some(request_id), "{}".to_owned())).await
    }

    /// Looks at a capture. `None` where there is none.
    pub(crate) async fn capture(&self, id: &str) -> Result<Option<Capture>, Error> {
        self.look("/v2/payments/captures", id).await
    }

    /// Gives money of a capture back, as a body says that [`super::refund::compose`] has made. The same request id gives it
    /// back once.
    pub(crate) async fn refund_capture(&self, request_id: &str, capture: &str, body: &str) -> Result<Refund, Error> {
        let path = format!("/v2/payments/captures/{}/refund", named(capture)?);
        self.send(&Call::post(path, Some(request_id), body.to_owned())).await
    }

    /// Looks at a refund. `None` where there is none.
    #[cfg(test)]
    pub(crate) async fn refund(&self, id: &str) -> Result<Option<Refund>, Error> {
        self.look("/v2/payments/refunds", id).await
    }

    /// Asks PayPal whether a notice is its own: for a shop whose certificates do not allow to check it here. `false` also for
    /// a body that is not JSON. The body is passed on as it came: a notice that was written anew has another signature.
    pub(crate) async fn verify_signature(&self, seal: &Seal, webhook_id: &str, body: &[u8]) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Answer {
            verification_status: String,
        }
        let Some(question) = question(seal, webhook_id, body) else { return Ok(false) };
        let call = Call::post("/v1/notifications/verify-webhook-signature".to_owned(), None, question);
        self.send(&call).await.map(|answer: Answer| answer.verification_status == "SUCCESS")
    }

    async fn look<T: DeserializeOwned>(&self, collection: &str, id: &str) -> Result<Option<T>, Error> {
        let Ok(id) = named(id) else { return Ok(None) };
        let call = Call { method: Method::GET, path: format!("{collection}/{id}"), request_id: None, body: None };
        let answer = self.answer(&call).await?;
        if answer.status() == StatusCode::NOT_FOUND { Ok(None) } else { read(&answer).map(Some) }
    }

    async fn send<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Error> {
        read(&self.answer(call).await?)
    }

    /// Sends a call, and once more with a new token where the old one is not accepted.
    async fn answer(&self, call: &Call<'_>) -> Result<Response<Bytes>, Error> {
        let token = self.token(None).await?;
        let answer = self.http.send(self.request(call, &token)?, WITHIN).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.token(Some(&token)).await?;
        Ok(self.http.send(self.request(call, &token)?, WITHIN).await?)
    }

    /// A token that is not `refused` and not about to expire.
    async fn token(&self, refused: Option<&Secret>) -> Result<Secret, Error> {
        let mut held = self.token.lock().await;
        let is_good =
            |token: &&Token| token.until > self.clock.now() && refused.is_none_or(|refused| refused.expose() != token.value.expose());
        if let Some(token) = held.as_ref().filter(is_good) {
            return Ok(token.value.clone());
        }
        let token = self.new_token().await?;
        let value = token.value.clone();
        *held = Some(token);
        Ok(value)
    }

    /// What time it is there, if its answer says so. An error where it does not answer, or does not know us.
    pub(crate) async fn probe(&self) -> Result<Option<Timestamp>, Error> {
        let answer = self.ask_for_token().await?;
        if answer.status().is_success() { Ok(time_there(&answer)) } else { Err(Error::Unavailable(format!("status {}", answer.status()))) }
    }

    async fn ask_for_token(&self) -> Result<Response<Bytes>, Error> {
        let credentials = format!("{}:{}", self.account.client_id, self.account.client_secret.expose());
        let request = Request::post(format!("{}/v1/oauth2/token", self.account.base))
            .header(header::AUTHORIZATION, sensitive(&format!("Basic {}", STANDARD.encode(credentials)))?)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from_static(b"grant_type=client_credentials"))
            .map_err(unsendable)?;
        let answer = self.http.send(request, WITHIN).await?;
        if matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST) {
            let text = format!(
                "PayPal does not accept `{ID_SETTING}` with `{SECRET_SETTING}` at {}: both belong to one app, and an app is either \
                 live or of the sandbox",
                self.account.base
            );
            return Err(Error::Unauthorised(text));
        }
        Ok(answer)
    }

    async fn new_token(&self) -> Result<Token, Error> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: String,
            expires_in: i64,
        }
        let asked_at = self.clock.now();
        let answer = self.ask_for_token().await?;
        // A token moves nothing, so that one that was not understood is simply not there.
        let answer: Answer = read(&answer).map_err(|error| match error {
            Error::Unanswered(text) => Error::Unavailable(text),
            other => other,
        })?;
        let lives = SignedDuration::from_secs(answer.expires_in.clamp(0, 86_400));
        Ok(Token { value: Secret::new(answer.access_token), until: asked_at + (lives - TOKEN_MARGIN) })
    }

    fn request(&self, call: &Call<'_>, token: &Secret) -> Result<Request<Bytes>, Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.account.base, call.path))
            .header(header::AUTHORIZATION, sensitive(&format!("Bearer {}", token.expose()))?)
            .header(header::ACCEPT, "application/json")
            .header("prefer", "return=representation");
        if let Some(id) = call.request_id {
            assert!((1..=REQUEST_ID_LIMIT).contains(&id.len()), "a request id has 1 to {REQUEST_ID_LIMIT} characters: {id}");
            request = request.header(REQUEST_ID, id);
        }
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(call.body.clone().map_or_else(Bytes::new, Bytes::from)).map_err(unsendable)
    }
}

impl<'a> Call<'a> {
    fn post(path: String, request_id: Option<&'a str>, body: String) -> Self {
        Self { method: Method::POST, path, request_id, body: Some(body) }
    }
}

/// The body that asks whether a notice is PayPal's own. `None` where the notice is not JSON.
pub(super) fn question(seal: &Seal, webhook_id: &str, body: &[u8]) -> Option<String> {
    #[derive(serde::Serialize)]
    struct Question<'a> {
        auth_algo: &'a str,
        cert_url: &'a str,
        transmission_id: &'a str,
        transmission_sig: &'a str,
        transmission_time: &'a str,
        webhook_id: &'a str,
        webhook_event: &'a RawValue,
    }
    let webhook_event: &RawValue = serde_json::from_slice(body).ok()?;
    let question = Question {
        auth_algo: &seal.algorithm,
        cert_url: &seal.certificate_url,
        transmission_id: &seal.transmission_id,
        transmission_sig: &seal.signature,
        transmission_time: &seal.time,
        webhook_id,
        webhook_event,
    };
    serde_json::to_string(&question).ok()
}

fn read<T: DeserializeOwned>(answer: &Response<Bytes>) -> Result<T, Error> {
    if !answer.status().is_success() {
        return Err(Error::of(answer));
    }
    // Done, and we don't know what: as good as no answer.
    serde_json::from_slice(answer.body()).map_err(|error| Error::Unanswered(format!("an answer that cannot be read: {error}")))
}

/// An id as a part of an address. Some come from a shopper's address bar; what is no id must not lead elsewhere.
fn named(id: &str) -> Result<&str, Error> {
    let is_id = (1..=36).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then_some(id).ok_or_else(|| Error::Refused { issue: "INVALID_RESOURCE_ID".into(), message: "not an id of PayPal's".into() })
}

/// A header that is not shown in logs.
fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    let wrong = || Error::Unauthorised(format!("`{ID_SETTING}` and `{SECRET_SETTING}` hold characters that no header can carry"));
    let mut value = HeaderValue::from_str(text).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok(value)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unsendable(error: axum::http::Error) -> Error {
    Error::Refused { issue: "UNSENDABLE".into(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_money_and_play_money_have_different_addresses() {
        assert_eq!(Mode::Live.base(), "https://api-m.paypal.com");
        assert_eq!(Mode::Sandbox.base(), "https://api-m.sandbox.paypal.com");
    }
}
