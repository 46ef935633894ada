//! A stand-in for Stripe on this machine, for tests: its API on a port of its own, and a shopper, a bank and a dashboard as
//! functions. It keeps sessions, coupons, payments, refunds and disputes, forgets nothing of what the real one does to its
//! callers (answers kept for a key, sessions that expire, notices that are signed), and has mishaps when it is told to.
//!
//! What it cannot know it does not decide: it holds requests to Stripe's description of its API (`contract`), and where the
//! real one does more, tests with a test account have the last word.

pub(crate) mod contract;
mod create;
mod page;
mod state;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;

use crate::gateway::secret::Secret;
use crate::gateway::stripe::signature;
use crate::ports::Clock;
use state::State;

/// The key that it takes.
pub const KEY: &str = "sk_test_double";
/// The secret that it signs notices with.
pub const SIGNING_SECRET: &str = "whsec_double";

/// The stand-in. It stops when it is dropped.
pub struct StripeDouble {
    shared: Arc<Shared>,
    base: String,
    /// `None` where it is reached without a network.
    server: Option<tokio::task::JoinHandle<()>>,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// 500, and nothing was done. The answer is kept for the key.
    Fail,
    /// 500, although everything was done. The answer is kept for the key.
    FailAfterwards,
    /// Nothing is done, and no answer ever comes.
    Hang,
    /// Everything is done, and the connection breaks before the answer is through.
    LoseAnswer,
    /// Everything is done, but later; until then the key is in use.
    Slow(Duration),
    /// 429, and nothing was done.
    RateLimit,
}

/// A notice that waits to be delivered: late, twice, out of order or never, as a test likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `evt_…`.
    pub id: String,
    /// Such as `checkout.session.completed`.
    pub kind: String,
    /// What is posted, byte for byte.
    pub body: String,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// In capitals.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query or the body.
    pub form: String,
    /// The idempotency key.
    pub key: Option<String>,
}

/// What is known to the server and to the test.
pub(crate) struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Shared {
    /// The state, with what has expired expired.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().expect("nobody panics with it");
        state.tick(self.clock.now().as_second());
        state
    }
}

impl StripeDouble {
    /// Starts it on a free port of 127.0.0.1. Its time is the clock's.
    pub async fn start(clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let state = State::new(base.clone());
        let shared = Arc::new(Shared { clock, state: Mutex::new(state) });
        let router = wire::router(shared.clone());
        let server = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell why.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { shared, base, server: Some(server) })
    }

    /// One that is reached without a network, through [`Self::http`].
    #[cfg(feature = "simulation")]
    pub(crate) fn in_process(clock: Arc<dyn Clock>) -> Self {
        let base = "http://stripe.double".to_owned();
        let shared = Arc::new(Shared { clock, state: Mutex::new(State::new(base.clone())) });
        Self { shared, base, server: None }
    }

    /// A client that reaches it without a network, whatever host it asks for.
    #[cfg(feature = "simulation")]
    pub(crate) fn http(&self) -> Arc<dyn crate::gateway::http::Http> {
        Arc::new(crate::gateway::http::in_process::InProcess(wire::router(self.shared.clone())))
    }

    /// No more mishaps come.
    #[cfg(feature = "simulation")]
    pub(crate) fn calm(&self) {
        self.shared.state().calm();
    }

    /// Its address, such as `http://127.0.0.1:4242`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The shopper pays; the money moves at once. The payment's id.
    pub fn pay(&self, session: &str) -> Result<String, String> {
        self.shared.state().pay(session)
    }

    /// The shopper's card is declined; another try is possible.
    pub fn decline(&self, session: &str) -> Result<(), String> {
        self.shared.state().decline(session)
    }

    /// The shopper pays in a way that takes days. The payment's id.
    pub fn pay_later(&self, session: &str) -> Result<String, String> {
        self.shared.state().pay_later(session)
    }

    /// The money of [`Self::pay_later`] comes, or does not.
    pub fn settle(&self, session: &str, has_come: bool) -> Result<(), String> {
        self.shared.state().settle(session, has_come)
    }

    /// The merchant gives money back in the dashboard, in Stripe's scale. The refund's id.
    pub fn refund_in_dashboard(&self, payment: &str, amount: i64) -> Result<String, String> {
        let refund = self.shared.state().refund(payment, Some(amount), &Value::Null);
        refund.map(|refund| state::text(&refund, "id").to_owned()).map_err(|refused| refused.message)
    }

    /// The buyer's bank sends a refund back.
    pub fn fail_refund(&self, refund: &str) -> Result<(), String> {
        self.shared.state().fail_refund(refund)
    }

    /// The buyer's bank asks a payment back. The dispute's id.
    pub fn dispute(&self, payment: &str) -> Result<String, String> {
        self.shared.state().dispute(payment)
    }

    /// The bank decides a dispute.
    pub fn close_dispute(&self, dispute: &str, is_won: bool) -> Result<(), String> {
        self.shared.state().close_dispute(dispute, is_won)
    }

    /// An object as it is now.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.shared.state().object(id).cloned()
    }

    /// Names of the objects of a kind, such as `checkout.session`, oldest first.
    pub fn ids(&self, kind: &str) -> Vec<String> {
        self.shared.state().of_kind(kind).map(|object| state::text(object, "id").to_owned()).collect()
    }

    /// The notices since the last call, oldest first.
    pub fn take_notices(&self) -> Vec<Notice> {
        self.shared.state().take_notices()
    }

    /// The signature of a notice that is delivered now.
    pub fn sign(&self, notice: &Notice) -> String {
        signature::sign(notice.body.as_bytes(), &Secret::new(SIGNING_SECRET), self.shared.clock.now().as_second())
    }

    /// Lets something go wrong with the `nth` request from now, counting from 1.
    pub fn on_request(&self, nth: usize, mishap: Mishap) {
        self.shared.state().plan(nth, mishap);
    }

    /// The requests that came, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.shared.state().received.clone()
    }
}

impl Drop for StripeDouble {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

#[cfg(test)]
mod tests;
