//! The real client: HTTP/1.1 over TLS, connections kept and used again. Plain HTTP goes to a loopback address only, which is
//! where tests have their stand-ins.

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::uri::Scheme;
use axum::http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::builderstates::WantsSchemes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{Http, HttpError};

/// The most that is read of an answer, in bytes. A page of a hundred sessions has about a quarter of it.
const MAX_ANSWER: usize = 1024 * 1024;
/// How long a connection may take to come up.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long an idle connection is kept: gateways close theirs after a minute.
const IDLE_FOR: Duration = Duration::from_secs(45);

/// Sends requests over connections of its own. Clones share them.
#[derive(Clone)]
pub(crate) struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// A client that trusts the public certificate authorities and nobody else.
    pub(crate) fn new() -> Self {
        // Said outright: in a program with two providers rustls would panic rather than choose.
        let tls = HttpsConnectorBuilder::new().with_provider_and_webpki_roots(rustls::crypto::aws_lc_rs::default_provider());
        Self::over(tls.expect("the provider knows the default versions of TLS"))
    }

    fn over(tls: HttpsConnectorBuilder<WantsSchemes>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        tcp.set_nodelay(true);
        let mut pool = Pool::builder(TokioExecutor::new());
        pool.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_FOR);
        Self { pool: pool.build(tls.https_or_http().enable_http1().wrap_connector(tcp)) }
    }
}

/// Whether a request may go there: what is confidential never leaves this machine in the clear.
fn is_confidential(address: &Uri) -> bool {
    let is_loopback = || matches!(address.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
    address.scheme() == Some(&Scheme::HTTPS) || (address.scheme() == Some(&Scheme::HTTP) && is_loopback())
}

#[async_trait]
impl Http for Client {
    async fn send(&self, request: Request<Bytes>, within: Duration) -> Result<Response<Bytes>, HttpError> {
        let host = request.uri().host().unwrap_or("an address without a host").to_owned();
        if !is_confidential(request.uri()) {
            return Err(HttpError::Unreached(format!("{host}: only https is allowed")));
        }
        let exchange = async {
            let answer = self.pool.request(request.map(Full::new)).await.map_err(|error| {
                let why = format!("{host}: {}", with_causes(&error));
                if error.is_connect() { HttpError::Unreached(why) } else { HttpError::Unanswered(why) }
            })?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await;
            let body = body.map_err(|error| HttpError::Unanswered(format!("{host}: {}", with_causes(error.as_ref()))))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        // Whatever the time ran out in, the request may have gone: only a failed connection is known not to have carried it.
        let late = || HttpError::Unanswered(format!("{host}: no answer within {} ms", within.as_millis()));
        tokio::time::timeout(within, exchange).await.unwrap_or_else(|_| Err(late()))
    }
}

/// An error with what lies under it; the client's own texts end at 'client error'.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
