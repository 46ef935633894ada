//! A stand-in for PayPal that speaks its interface on this machine, with a clock, a certificate and a shopper that a test
//! commands. It is as strict as the real one is known to be, and stricter where that is not known.
//!
//! Assumed, because PayPal does not say: declined captures are kept under their request id like successful ones; after a
//! declined instrument the shopper has to approve again; an invoice id is compared when money moves, not before; the same request
//! id with another body is refused.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::map_response;
use axum::response::IntoResponse;
use rustls_pki_types::CertificateDer;

use crate::gateway::http::given_at;
use crate::ports::Clock;

pub(crate) mod certificate;
mod checks;
mod handling;
#[cfg(any(test, feature = "simulation"))]
mod in_process;
pub(crate) mod notices;
mod state;
#[cfg(test)]
mod tests;

use certificate::{Authority, Signer};
use state::Ledger;

/// The webhook that notices are signed for.
pub const WEBHOOK_ID: &str = "3RN13029J36659323";
/// The app's name and password that it accepts.
pub const CLIENT: (&str, &str) = ("double-client", "double-secret");
/// Where its certificate lies. In process, it answers for this host too.
const CERTIFICATE_URL: &str = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-double";
/// More than any body of ours.
const MAX_BODY: usize = 1024 * 1024;

/// The stand-in. Clones are the same one.
#[derive(Clone)]
pub struct Double {
    clock: Arc<dyn Clock>,
    authority: Arc<Authority>,
    signer: Arc<Signer>,
    ledger: Arc<Mutex<Ledger>>,
}

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// For an access token.
    Token,
    /// Creates an order.
    Create,
    /// Looks at an order.
    LookOrder,
    /// Captures an order.
    Capture,
    /// Looks at a capture.
    LookCapture,
    /// Refunds a capture.
    Refund,
    /// Looks at a refund.
    LookRefund,
    /// Asks whether a notice is genuine.
    Verify,
    /// Fetches the certificate.
    Certificate,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Status 500, and nothing was done.
    Fail,
    /// Status 500, and it was done.
    FailAfter,
    /// No answer, and nothing was done.
    Hang,
    /// No answer, and it was done.
    Lose,
    /// All tokens have become invalid.
    Forget,
}

/// What becomes of the next capture of an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The money is there.
    #[default]
    Completed,
    /// It is on its way, until [`Double::settle`].
    Pending,
    /// There is a capture without money.
    Declined,
    /// There is no capture; the shopper has to choose another way to pay.
    InstrumentDeclined,
}

/// A call that it has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Which.
    pub call: Call,
    /// The request id.
    pub request_id: Option<String>,
    /// The body.
    pub body: String,
}

/// A signed notice, to be delivered whenever and as often as a test likes.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Such as `PAYMENT.CAPTURE.COMPLETED`.
    pub kind: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
}

impl Double {
    /// A stand-in without any orders.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let authority = Authority::new();
        let signer = authority.issue(&["messageverificationcerts.sandbox.paypal.com"], (2020, 2100));
        Self { clock, authority: Arc::new(authority), signer: Arc::new(signer), ledger: Arc::default() }
    }

    /// Its routes.
    pub fn router(&self) -> axum::Router {
        let clock = Arc::clone(&self.clock);
        let dated = map_response(move |answer: Response<Body>| std::future::ready(given_at(answer, clock.now())));
        axum::Router::new().fallback(answer).with_state(self.clone()).layer(dated)
    }

    /// Serves its routes on a free port of this machine, until the runtime ends. Its base address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(base)
    }

    /// The root of its certificates, as DER.
    pub fn root(&self) -> Vec<u8> {
        let root: CertificateDer<'_> = self.authority.root();
        root.to_vec()
    }

    /// The shopper approves an order. `false` where that is not possible: it is too old, or not to be approved.
    pub fn approve(&self, order: &str) -> bool {
        self.ledger().approve(order, self)
    }

    /// What becomes of the next capture of an order. Without a word, it is completed.
    pub fn will(&self, order: &str, outcome: Outcome) {
        self.ledger().will(order, outcome);
    }

    /// A pending capture is completed, or declined. `false` where none is pending.
    pub fn settle(&self, order: &str, completed: bool) -> bool {
        self.ledger().settle(order, completed, self)
    }

    /// The shop gives money back in PayPal's own pages, in minor units. `false` where PayPal does not allow it.
    pub fn refund_by_hand(&self, capture: &str, minor: i64) -> bool {
        self.ledger().refund_by_hand(capture, minor, self)
    }

    /// The shopper contests the payment of an order. `false` where there is no capture.
    pub fn dispute(&self, order: &str) -> bool {
        self.ledger().dispute(order, self)
    }

    /// From now on, the `nth` call (from 1) of that kind, or of any, meets trouble, once.
    pub fn trouble(&self, call: Option<Call>, nth: u32, trouble: Trouble) {
        self.ledger().troubles.push((call, nth, trouble));
    }

    /// All calls so far, the oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.ledger().received.clone()
    }

    /// All notices so far, the oldest first, each signed when its event happened.
    pub fn notices(&self) -> Vec<Notice> {
        self.ledger().notices.clone()
    }

    /// How much money it holds for the shop, in minor units: what was captured and not given back.
    pub fn holds(&self) -> i64 {
        self.ledger().holds()
    }

    /// An order, a capture or a refund as it is shown; null where there is none.
    #[cfg(test)]
    pub(crate) fn shown(&self, id: &str) -> serde_json::Value {
        let ledger = self.ledger();
        let all = [ledger.order(id), ledger.capture_with_order(id), ledger.refund_of(id)];
        all.into_iter().find(|object| !object.is_null()).unwrap_or_default()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(double): State<Double>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let Some(call) = Call::of(&parts) else { return StatusCode::NOT_FOUND.into_response() };
    let trouble = double.ledger().receive(call, &parts, &body);
    match trouble {
        Some(Trouble::Fail) => return handling::internal_error(),
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::Forget) => double.ledger().tokens.clear(),
        _ => {}
    }
    let answer = double.handle(call, &parts, &body);
    match trouble {
        Some(Trouble::FailAfter) => handling::internal_error(),
        Some(Trouble::Lose) => std::future::pending().await,
        _ => answer,
    }
}
