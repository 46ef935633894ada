//! HTTP as the gateways' clients need it: one request, one answer, within a time. Behind a trait, so that tests can lose an
//! answer, delay it or give another.

pub(crate) mod client;
#[cfg(any(test, feature = "simulation"))]
pub(crate) mod in_process;

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use jiff::Timestamp;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    /// The request has surely not arrived: no address, no connection, no trusted certificate.
    #[error("cannot reach {0}")]
    Unreached(String),
    /// It may have arrived, and nobody knows what became of it.
    #[error("no answer from {0}")]
    Unanswered(String),
}

/// Sends requests to absolute addresses.
#[async_trait]
pub(crate) trait Http: Send + Sync {
    /// Sends one request and reads its answer whole, whatever its status.
    async fn send(&self, request: Request<Bytes>, within: Duration) -> Result<Response<Bytes>, HttpError>;
}

/// An answer of a stand-in, given at a time of its own clock.
#[cfg(feature = "doubles")]
pub(crate) fn given_at<B>(mut answer: Response<B>, now: Timestamp) -> Response<B> {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default();
    if let Ok(date) = axum::http::HeaderValue::from_str(&date) {
        answer.headers_mut().insert(axum::http::header::DATE, date);
    }
    answer
}

/// What time it is where an answer comes from, as its `Date` says.
pub(crate) fn time_there(answer: &Response<Bytes>) -> Option<Timestamp> {
    let date = answer.headers().get(axum::http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date).ok().map(|there| there.timestamp())
}
