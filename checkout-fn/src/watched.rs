//! The outside world under watch: a witness stands before and after every effect of a checkout on store, gateways, files and mail. For
//! tests in which a process ends, a call fails or others act between any two effects. Decides nothing itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::quote::Balance;
use jiff::Timestamp;

use crate::decide::{Refunding, Sighting};
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId, PaymentId, Sequence, SessionId};
use crate::ports::{
    Aftermath, BadNotice, Change, Changed, CountedDownload, Delivery, DownloadCount, Files, GatewayError, Hashed, Listed, LogLine, Mailer,
    Message, Notice, Opened, OrderStore, Owed, Parts, PaymentGateway, Personal, Placed, Placement, Probed, RefundRequest, SessionRequest,
    Split, StockCount, Stored, Wanted,
};
use crate::shop::{Checkout, Mail};

/// Sees every effect, by the name of its port and verb: `store.place`, `gateway.open`.
#[async_trait]
pub trait Witness: Send + Sync {
    /// Before an effect. After an error nothing is done, and the caller gets the error.
    async fn before(&self, effect: &'static str) -> Result<(), Fault>;

    /// After an effect. An error is what the caller gets instead of the answer.
    async fn after(&self, effect: &'static str) -> Result<(), Fault>;
}

impl Checkout {
    /// The same checkout, and a witness to all that it does.
    #[must_use]
    pub fn watched(mut self, witness: &Arc<dyn Witness>) -> Self {
        let shop = &mut self.shop;
        shop.store = Arc::new(Watched { inner: Arc::clone(&shop.store), witness: Arc::clone(witness) });
        shop.files = Arc::new(Watched { inner: Arc::clone(&shop.files), witness: Arc::clone(witness) });
        if let Mail::Here(inner) = &shop.mail {
            shop.mail = Mail::Here(Arc::new(Watched { inner: Arc::clone(inner), witness: Arc::clone(witness) }));
        }
        for gateway in shop.gateways.values_mut() {
            *gateway = Arc::new(Watched { inner: Arc::clone(gateway), witness: Arc::clone(witness) });
        }
        self
    }
}

/// A port under watch.
struct Watched<P: ?Sized> {
    inner: Arc<P>,
    witness: Arc<dyn Witness>,
}

impl<P: ?Sized> Watched<P> {
    async fn around<T, E>(
        &self,
        effect: &'static str,
        failed: fn(Fault) -> E,
        work: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        self.witness.before(effect).await.map_err(failed)?;
        let answer = work.await;
        self.witness.after(effect).await.map_err(failed)?;
        answer
    }

    async fn on<T>(&self, effect: &'static str, work: impl Future<Output = Result<T, Fault>> + Send) -> Result<T, Fault> {
        self.around(effect, |fault| fault, work).await
    }

    async fn asking<T>(&self, effect: &'static str, work: impl Future<Output = Result<T, GatewayError>> + Send) -> Result<T, GatewayError> {
        self.around(effect, GatewayError::Unavailable, work).await
    }
}

#[async_trait]
impl PaymentGateway for Watched<dyn PaymentGateway> {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        self.inner.compose(request)
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        self.asking("gateway.open", self.inner.open(order, attempt, composed)).await
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        self.asking("gateway.find", self.inner.find(order, attempt)).await
    }

    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        self.asking("gateway.look", self.inner.look(session)).await
    }

    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError> {
        self.asking("gateway.expire", self.inner.expire(session)).await
    }

    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        self.asking("gateway.capture", self.inner.capture(session, since)).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        self.asking("gateway.refund", self.inner.refund(request)).await
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        self.asking("gateway.aftermath", self.inner.aftermath(payment)).await
    }

    async fn list(&self, time: std::ops::Range<Timestamp>) -> Result<Option<Listed>, GatewayError> {
        self.around("gateway.list", GatewayError::Unavailable, self.inner.list(time)).await
    }

    async fn probe(&self) -> Probed {
        self.inner.probe().await
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        self.around("gateway.read_notice", BadNotice::Unchecked, self.inner.read_notice(headers, body, now)).await
    }
}

#[async_trait]
impl Mailer for Watched<dyn Mailer> {
    async fn send(&self, message: &Message) -> Result<(), Fault> {
        self.on("mailer.send", self.inner.send(message)).await
    }
}

#[async_trait]
impl Files for Watched<dyn Files> {
    async fn keep(&self, file: &str) -> Result<String, Fault> {
        self.on("files.keep", self.inner.keep(file)).await
    }

    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, Fault> {
        self.on("files.deliver", self.inner.deliver(wanted)).await
    }
}

#[async_trait]
impl OrderStore for Watched<dyn OrderStore> {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        self.on("store.place", self.inner.place(placement)).await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        self.on("store.by_key", self.inner.by_key(key)).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        self.on("store.by_token", self.inner.by_token(token)).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.on("store.by_id", self.inner.by_id(id)).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        self.on("store.by_number", self.inner.by_number(number)).await
    }

    async fn change(&self, change: Change) -> Result<Changed, Fault> {
        self.on("store.change", self.inner.change(change)).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        self.on("store.has_seen", self.inner.has_seen(gateway, event)).await
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        self.on("store.waking", self.inner.waking(now)).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        self.on("store.personal", self.inner.personal(id)).await
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.on("store.log", self.inner.log(id)).await
    }

    async fn newest(&self, limit: u32) -> Result<Vec<Order>, Fault> {
        self.on("store.newest", self.inner.newest(limit)).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.on("store.counts", self.inner.counts(skus)).await
    }

    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.on("store.all_counts", self.inner.all_counts()).await
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.on("store.set_shelf", self.inner.set_shelf(sku, on_shelf)).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        self.on("store.adjust_shelf", self.inner.adjust_shelf(sku, by)).await
    }

    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        self.on("store.split_shelf", self.inner.split_shelf(sku, parts)).await
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        self.on("store.uses", self.inner.uses(claims)).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        self.on("store.balances", self.inner.balances(cards)).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        self.on("store.owed", self.inner.owed(now, limit)).await
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        self.on("store.settle_letter", self.inner.settle_letter(id)).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        self.on("store.postpone_letter", self.inner.postpone_letter(id, until)).await
    }

    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        self.on("store.count_download", self.inner.count_download(download)).await
    }

    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        self.on("store.downloads", self.inner.downloads(order, files)).await
    }

    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault> {
        self.on("store.last_number", self.inner.last_number(sequence)).await
    }

    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        self.on("store.older", self.inner.older(than, limit)).await
    }

    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault> {
        self.on("store.owes_mail", self.inner.owes_mail(id)).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        self.on("store.wrong_codes", self.inner.wrong_codes(client, hour, codes)).await
    }
}
