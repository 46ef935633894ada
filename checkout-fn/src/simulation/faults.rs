//! A store and a gateway that fail as the dice say: before an effect, so that nothing has happened, or after it, so that its answer is
//! lost.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::quote::Balance;
use jiff::Timestamp;

use super::dice::Dice;
use super::letters::Seen;
use super::till::Contested;
use crate::decide::{Refunding, Sighting};
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId, PaymentId, Sequence, SessionId};
use crate::ports::{
    Aftermath, BadNotice, Change, Changed, CountedDownload, DownloadCount, GatewayError, Hashed, Listed, LogLine, Notice, Opened,
    OrderStore, Owed, Parts, PaymentGateway, Personal, Placed, Placement, RefundRequest, SessionRequest, Split, StockCount, Stored,
};

/// A gateway. Where it cannot have disputes itself, it has those of `contested`.
pub(super) struct FaultyGateway {
    pub(super) inner: Arc<dyn PaymentGateway>,
    pub(super) dice: Arc<Dice>,
    pub(super) contested: Option<Arc<Contested>>,
}

#[async_trait]
impl PaymentGateway for FaultyGateway {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        self.inner.compose(request)
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        match self.dice.around("open a session", self.inner.open(order, attempt, composed)).await {
            Err(GatewayError::Unavailable(fault)) if self.dice.once_in(2) => Err(GatewayError::Stuck(fault)),
            answer => answer,
        }
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        let found = self.dice.around("find a session", self.inner.find(order, attempt)).await?;
        // As if a slow instance had opened it a moment after we looked.
        Ok(found.filter(|_| !self.dice.overlooks("a session")))
    }

    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        self.dice.around("look at a session", self.inner.look(session)).await
    }

    async fn list(&self, time: std::ops::Range<Timestamp>) -> Result<Option<Listed>, GatewayError> {
        self.dice.around("list", self.inner.list(time)).await
    }

    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError> {
        self.dice.around("expire a session", self.inner.expire(session)).await
    }

    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        self.dice.around("capture", self.inner.capture(session, since)).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        self.dice.around("refund", self.inner.refund(request)).await
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        let seen = self.dice.around("look at a payment", self.inner.aftermath(payment)).await?;
        let Some(contested) = &self.contested else { return Ok(seen) };
        Ok(seen.map(|seen| Aftermath { disputes: contested.of(payment).into_iter().collect(), ..seen }))
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        let notice = self.inner.read_notice(headers, body, now).await?;
        let about = self.contested.as_ref().and_then(|_| Contested::about(body));
        Ok(Notice { about: about.unwrap_or(notice.about), ..notice })
    }
}

/// A store. What it was asked for is noted where the checks cannot see it in the books.
pub(super) struct FaultyStore {
    pub(super) inner: Arc<dyn OrderStore>,
    pub(super) dice: Arc<Dice>,
    pub(super) shelves: Arc<Shelves>,
    pub(super) seen: Arc<Mutex<Seen>>,
}

/// What the merchant has said of shelves since the last check.
#[derive(Default)]
pub(super) struct Shelves(Mutex<BTreeMap<String, Option<i64>>>);

impl Shelves {
    /// So many more are stocked, as the store has answered. `None` where nobody can say.
    fn note(&self, sku: &str, by: Option<i64>) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = said.entry(sku.to_owned()).or_insert(Some(0));
        *before = before.zip(by).map(|(before, by)| before + by);
    }

    /// What was said since the last call: SKU → by how much it is stocked higher, where that is known.
    pub(super) fn take(&self) -> BTreeMap<String, Option<i64>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl OrderStore for FaultyStore {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        self.dice.around("place", self.inner.place(placement)).await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        self.dice.around("by key", self.inner.by_key(key)).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        self.dice.around("by token", self.inner.by_token(token)).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.dice.around("by id", self.inner.by_id(id)).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        self.dice.around("by number", self.inner.by_number(number)).await
    }

    async fn change(&self, change: Change) -> Result<Changed, Fault> {
        self.dice.around("change", self.inner.change(change)).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        self.dice.around("has seen", self.inner.has_seen(gateway, event)).await
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        self.dice.around("waking", self.inner.waking(now)).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        self.dice.around("personal", self.inner.personal(id)).await
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.dice.around("log", self.inner.log(id)).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.dice.around("counts", self.inner.counts(skus)).await
    }

    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.dice.around("all counts", self.inner.all_counts()).await
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.shelves.note(sku, None);
        self.dice.around("set a shelf", self.inner.set_shelf(sku, on_shelf)).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        let adjust = async {
            // It may be given up on the way; then nobody can say.
            let mut said = Said { shelves: &self.shelves, sku, by: None };
            let answer = self.inner.adjust_shelf(sku, by).await;
            said.by = answer.as_ref().ok().map(|count| count.map_or(0, |_| by));
            answer
        };
        self.dice.around("adjust a shelf", adjust).await
    }

    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        self.dice.around("split a shelf", self.inner.split_shelf(sku, parts)).await
    }

    async fn last_number(&self, sequence: Sequence) -> Result<i64, Fault> {
        self.dice.around("last number", self.inner.last_number(sequence)).await
    }

    async fn older(&self, than: Option<(Timestamp, OrderId)>, limit: u32) -> Result<Vec<Order>, Fault> {
        self.dice.around("older", self.inner.older(than, limit)).await
    }

    async fn owes_mail(&self, id: &OrderId) -> Result<bool, Fault> {
        self.dice.around("owes mail", self.inner.owes_mail(id)).await
    }

    async fn count_download(&self, download: &CountedDownload) -> Result<bool, Fault> {
        self.dice.around("count a download", self.inner.count_download(download)).await
    }

    async fn downloads(&self, order: &OrderId, files: usize) -> Result<BTreeMap<usize, DownloadCount>, Fault> {
        self.dice.around("downloads", self.inner.downloads(order, files)).await
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        self.dice.around("uses", self.inner.uses(claims)).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        self.dice.around("balances", self.inner.balances(cards)).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        let owed = self.dice.around("owed", self.inner.owed(now, limit)).await?;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).note(&owed);
        Ok(owed)
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        self.dice.around("settle a letter", self.inner.settle_letter(id)).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        self.dice.around("postpone a letter", self.inner.postpone_letter(id, until)).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        self.dice.around("wrong codes", self.inner.wrong_codes(client, hour, codes)).await
    }
}

/// What is noted of a shelf when it is dropped, on whichever way.
struct Said<'a> {
    shelves: &'a Shelves,
    sku: &'a str,
    by: Option<i64>,
}

impl Drop for Said<'_> {
    fn drop(&mut self) {
        self.shelves.note(self.sku, self.by);
    }
}
