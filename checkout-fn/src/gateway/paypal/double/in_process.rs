//! The stand-in reached without a network, for tests in this crate.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::http::Response;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{CLIENT, Double};
use crate::gateway::http::{Http, HttpError};
use crate::gateway::paypal::api::Account;
use crate::gateway::paypal::signature::Trust;
use crate::gateway::secret::Secret;

impl Double {
    /// A client that reaches it without a network, whatever host it asks for.
    pub(crate) fn http(&self) -> Arc<dyn Http> {
        Arc::new(InProcess(self.router()))
    }

    /// The account that it accepts, reached at `base`.
    pub(crate) fn account(base: &str) -> Account {
        Account { base: base.to_owned(), client_id: CLIENT.0.to_owned(), client_secret: Secret::new(CLIENT.1) }
    }

    /// Trusts its certificates, and no others.
    pub(crate) fn trust(&self) -> Trust {
        Trust::only(&self.authority.root()).expect("its root is a certificate")
    }
}

/// Calls the routes directly.
struct InProcess(axum::Router);

#[async_trait]
impl Http for InProcess {
    async fn send(&self, request: axum::http::Request<Bytes>, within: Duration) -> Result<Response<Bytes>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let work = async {
            let Ok(answer) = self.0.clone().oneshot(request.map(Body::from)).await;
            let (parts, body) = answer.into_parts();
            body.collect().await.map(|body| Response::from_parts(parts, body.to_bytes()))
        };
        match tokio::time::timeout(within, work).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(HttpError::Unanswered(host)),
        }
    }
}
