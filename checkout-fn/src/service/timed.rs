//! Measures how long a gateway takes.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::currency::Gateway;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::decide::{Refunding, Sighting};
use crate::order::{OrderId, PaymentId, SessionId};
use crate::ports::{Aftermath, BadNotice, GatewayError, Listed, Notice, Opened, PaymentGateway, Probed, RefundRequest, SessionRequest};
use crate::watch::{Figure, OnFigure};

/// A gateway whose verbs are measured, failures among them. Composing is no call, and not measured.
pub(super) struct Timed {
    pub(super) gateway: Gateway,
    pub(super) inner: Arc<dyn PaymentGateway>,
    pub(super) on_figure: OnFigure,
}

impl Timed {
    async fn measured<F: Future>(&self, call: F) -> F::Output {
        let begun = Instant::now();
        let answer = call.await;
        (self.on_figure)(&Figure::Gateway(self.gateway, begun.elapsed()));
        answer
    }
}

#[async_trait]
impl PaymentGateway for Timed {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        self.inner.compose(request)
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        self.measured(self.inner.open(order, attempt, composed)).await
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        self.measured(self.inner.find(order, attempt)).await
    }

    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        self.measured(self.inner.look(session)).await
    }

    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError> {
        self.measured(self.inner.expire(session)).await
    }

    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        self.measured(self.inner.capture(session, since)).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        self.measured(self.inner.refund(request)).await
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        self.measured(self.inner.aftermath(payment)).await
    }

    async fn list(&self, time: std::ops::Range<Timestamp>) -> Result<Option<Listed>, GatewayError> {
        self.measured(self.inner.list(time)).await
    }

    async fn probe(&self) -> Probed {
        self.inner.probe().await
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        self.inner.read_notice(headers, body, now).await
    }
}
