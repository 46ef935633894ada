//! The stand-in's HTTP: who may ask, which answer is kept for which key, what goes wrong when it was planned.
//! Source of the rules for keys: <https://docs.stripe.com/api/idempotent_requests>.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream;
use serde_json::{Value, json};

use super::contract::{Node, violations};
use super::create::run;
use super::state::{Refused, State};
use super::{KEY, Mishap, Received, SIGNING_SECRET, Shared, page};
use crate::gateway::http::given_at;
use crate::gateway::secret::Secret;
use crate::gateway::stripe::signature::{HEADER, sign};

/// How long an answer is kept for its key, in seconds.
const KEPT_S: i64 = 24 * 60 * 60;
/// The most characters of a key.
const MAX_KEY: usize = 255;

/// What is kept for a key.
pub(super) struct Kept {
    request: String,
    at: i64,
    /// `None` while the first request is being worked on.
    answer: Option<(u16, String)>,
}

/// The API, and a shopper, a bank and a dashboard for scripts: `POST /_double/pay/cs_…`, `GET /_double/notices`.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let router = Router::new()
        .route("/pay/{id}", get(page::show).post(page::press))
        .route("/_double/notices", get(notices))
        .route("/_double/{verb}/{id}", post(control));
    let clock = Arc::clone(&shared.clock);
    let dated = map_response(move |answer: Response| std::future::ready(given_at(answer, clock.now())));
    router.fallback(api).with_state(shared).layer(dated)
}

async fn api(Extract(shared): Extract<Arc<Shared>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let form = if method == Method::GET { uri.query().unwrap_or_default().to_owned() } else { String::from_utf8_lossy(&body).into_owned() };
    let key = header("idempotency-key").filter(|_| method != Method::GET);
    let request = Received { method: method.to_string(), path: uri.path().to_owned(), form, key };
    let mishap = {
        let mut state = shared.state();
        state.received.push(request.clone());
        state.next_mishap()
    };
    if header("authorization") != Some(format!("Bearer {KEY}")) {
        return error(401, "invalid_request_error", "", "Invalid API Key provided", "");
    }
    match mishap {
        Some(Mishap::Hang) => std::future::pending().await,
        Some(Mishap::RateLimit) => return error(429, "invalid_request_error", "rate_limit", "Too many requests.", ""),
        _ => {}
    }
    let claim = match Claim::take(&shared, &request) {
        Ok(claim) => claim,
        Err(answer) => return *answer,
    };
    if let Some(Mishap::Slow(delay)) = mishap {
        tokio::time::sleep(delay).await;
    }
    work(&shared, &request, claim, mishap)
}

fn work(shared: &Arc<Shared>, request: &Received, claim: Claim, mishap: Option<Mishap>) -> Response {
    if let Some(wrong) = violations(&request.method, &request.path, &request.form).into_iter().next() {
        let status = if wrong.code == "url_invalid" { 404 } else { 400 };
        return error(status, "invalid_request_error", wrong.code, &wrong.message, &wrong.param);
    }
    let failed = || (500, json!({ "error": { "type": "api_error", "message": "An unknown error occurred." } }).to_string());
    if mishap == Some(Mishap::Fail) {
        return claim.keep(failed());
    }
    let form = Node::parse(&request.form).expect("it keeps to the contract");
    let path: Vec<&str> = request.path.trim_start_matches("/v1/").split('/').collect();
    let done = run(&mut shared.state(), &request.method, &path, &form);
    let answer = match done {
        Ok(answer) => (200, answer.to_string()),
        Err(refused) => {
            let answer = (refused.status, refusal(&refused).to_string());
            if !refused.is_kept {
                return written(answer, false);
            }
            answer
        }
    };
    match mishap {
        Some(Mishap::FailAfterwards) => claim.keep(failed()),
        Some(Mishap::LoseAnswer) => {
            drop(claim.keep(answer));
            let broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("the connection breaks"))]);
            Response::new(Body::from_stream(broken))
        }
        _ => claim.keep(answer),
    }
}

/// A key while its first request is being worked on. Given free on the way out unless an answer is kept.
struct Claim {
    shared: Arc<Shared>,
    key: Option<String>,
}

impl Claim {
    /// Takes a key, or gives the answer that it has.
    fn take(shared: &Arc<Shared>, request: &Received) -> Result<Self, Box<Response>> {
        let claim = |key| Self { shared: shared.clone(), key };
        let Some(key) = &request.key else { return Ok(claim(None)) };
        let refused = |status, kind, code, message: &str| Err(Box::new(error(status, kind, code, message, "")));
        if key.chars().count() > MAX_KEY {
            return refused(400, "invalid_request_error", "", "Idempotency keys are at most 255 characters.");
        }
        let mut state = shared.state();
        let now = state.now();
        let same = format!("{} {} {}", request.method, request.path, request.form);
        match state.keys.get(key).filter(|kept| now - kept.at < KEPT_S) {
            Some(kept) if kept.request != same => {
                let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
                refused(400, "idempotency_error", "", message)
            }
            Some(Kept { answer: None, .. }) => {
                let message = "There is currently another in-progress request using this idempotency key.";
                refused(409, "idempotency_error", "idempotency_key_in_use", message)
            }
            Some(Kept { answer: Some(answer), .. }) => Err(Box::new(written(answer.clone(), true))),
            None => {
                state.keys.insert(key.clone(), Kept { request: same, at: now, answer: None });
                Ok(claim(Some(key.clone())))
            }
        }
    }

    /// Keeps the answer for the key and gives it.
    fn keep(mut self, answer: (u16, String)) -> Response {
        if let Some(key) = self.key.take()
            && let Some(kept) = self.shared.state().keys.get_mut(&key)
        {
            kept.answer = Some(answer.clone());
        }
        written(answer, false)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.shared.state().keys.remove(&key);
        }
    }
}

fn refusal(refused: &Refused) -> Value {
    let told = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({ "error": {
        "type": "invalid_request_error", "code": told(refused.code), "message": refused.message, "param": told(&refused.param),
    } })
}

fn error(status: u16, kind: &str, code: &str, message: &str, param: &str) -> Response {
    let mut body = json!({ "error": { "type": kind, "message": message } });
    for (name, text) in [("code", code), ("param", param)] {
        if !text.is_empty() {
            body["error"][name] = text.into();
        }
    }
    written((status, body.to_string()), false)
}

fn written((status, body): (u16, String), is_replayed: bool) -> Response {
    let status = StatusCode::from_u16(status).expect("ours are statuses");
    let mut answer = (status, [("content-type", "application/json"), ("request-id", "req_double")], body).into_response();
    if is_replayed {
        answer.headers_mut().insert("idempotent-replayed", axum::http::HeaderValue::from_static("true"));
    }
    answer
}

async fn control(Extract(shared): Extract<Arc<Shared>>, Path((verb, id)): Path<(String, String)>) -> Response {
    let mut state = shared.state();
    let none = |()| String::new();
    let done = match verb.as_str() {
        "pay" => state.pay(&id),
        "decline" => state.decline(&id).map(none),
        "pay-later" => state.pay_later(&id),
        "settle" => state.settle(&id, true).map(none),
        "fail" => state.settle(&id, false).map(none),
        "fail-refund" => state.fail_refund(&id).map(none),
        "dispute" => state.dispute(&id),
        "fail-next" | "lose-next" | "limit-next" => {
            plan(&mut state, &verb);
            Ok(String::new())
        }
        _ => Err(format!("no control is called {verb}")),
    };
    match done {
        Ok(id) => id.into_response(),
        Err(why) => (StatusCode::CONFLICT, why).into_response(),
    }
}

fn plan(state: &mut State, verb: &str) {
    let mishap = match verb {
        "fail-next" => Mishap::Fail,
        "lose-next" => Mishap::LoseAnswer,
        _ => Mishap::RateLimit,
    };
    state.plan(1, mishap);
}

async fn notices(Extract(shared): Extract<Arc<Shared>>) -> Response {
    let now = shared.clock.now().as_second();
    let notices = shared.state().take_notices().into_iter();
    let signed = notices.map(|notice| {
        let signature = sign(notice.body.as_bytes(), &Secret::new(SIGNING_SECRET), now);
        json!({ "id": notice.id, "type": notice.kind, "body": notice.body, HEADER: signature })
    });
    axum::Json(signed.collect::<Value>()).into_response()
}
