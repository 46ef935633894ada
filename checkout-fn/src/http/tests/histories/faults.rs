//! A store and a gateway that fail as the dice say: before an effect, so that nothing has happened, or after it, so that its answer is
//! lost.

use std::collections::BTreeMap;

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::quote::Balance;

use super::*;
use crate::decide::{Refunding, Sighting};
use crate::error::Fault;
use crate::order::{Claim, Order, OrderId, PaymentId, SessionId};
use crate::ports::{
    About, Aftermath, BadNotice, Change, Changed, GatewayError, Hashed, LogLine, Notice, Opened, OrderStore, Owed, Parts, PaymentGateway,
    Personal, Placed, Placement, RefundRequest, SessionRequest, Split, StockCount, Stored,
};

/// Numbers that follow from a seed (`SplitMix64`).
pub(super) struct Dice {
    state: Mutex<u64>,
    /// In how many of a hundred calls something fails; for each of before and after. Others act four times as often.
    pub(super) per_cent: AtomicI64,
    /// Who may act between any two effects of others; away while acting.
    pub(super) intruder: Mutex<Option<Intruder>>,
}

/// Another instance, and the shopper at the gateway: what they do between two effects of a handler is done to its end.
pub(super) struct Intruder {
    pub(super) checkout: Checkout,
    pub(super) clock: Arc<TestClock>,
}

impl Intruder {
    async fn act(&self, which: u64) {
        let desk = self.checkout.sandbox_desk().expect("the sandbox");
        match which {
            0 => desk.deliver_notices().await,
            1 => self.checkout.sweep().await,
            2 => {
                self.clock.0.fetch_add(36 * 60, Ordering::SeqCst);
                self.checkout.sweep().await;
            }
            _ => {
                let orders = self.checkout.shop.store.newest(3).await.expect("orders");
                for session in orders.iter().filter_map(|order| order.payment.session()) {
                    desk.sandbox.press(&session.id.0, Press::Paid).await.expect("the page works");
                }
            }
        }
    }
}

impl Dice {
    pub(super) fn new(seed: u64, per_cent: i64) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(seed), per_cent: AtomicI64::new(per_cent), intruder: Mutex::new(None) })
    }

    /// From 0 to below `sides`.
    pub(super) fn roll(&self, sides: u64) -> u64 {
        let mut state = self.state.lock().expect("unpoisoned");
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn fails(&self) -> Result<(), Fault> {
        let per_cent = u64::try_from(self.per_cent.load(Ordering::SeqCst)).unwrap_or(0);
        if self.roll(100) < per_cent { Err(Fault("the dice say so".into())) } else { Ok(()) }
    }

    async fn around<T: Send, E: From<Fault> + Send>(&self, effect: impl Future<Output = Result<T, E>> + Send) -> Result<T, E> {
        self.fails()?;
        self.intrude().await;
        let answer = effect.await?;
        self.fails()?;
        Ok(answer)
    }

    async fn intrude(&self) {
        let per_cent = u64::try_from(self.per_cent.load(Ordering::SeqCst)).unwrap_or(0);
        if self.roll(100) >= 4 * per_cent {
            return;
        }
        let Some(intruder) = self.intruder.lock().expect("unpoisoned").take() else { return };
        intruder.act(self.roll(4)).await;
        *self.intruder.lock().expect("unpoisoned") = Some(intruder);
    }
}

pub(super) struct FaultyGateway {
    pub(super) inner: Arc<dyn PaymentGateway>,
    pub(super) dice: Arc<Dice>,
}

#[async_trait]
impl PaymentGateway for FaultyGateway {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        self.inner.compose(request)
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        match self.dice.around(self.inner.open(order, attempt, composed)).await {
            Err(GatewayError::Unavailable(fault)) if self.dice.roll(4) == 0 => Err(GatewayError::Stuck(fault)),
            answer => answer,
        }
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        self.dice.around(self.inner.find(order, attempt)).await
    }

    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        self.dice.around(self.inner.look(session)).await
    }

    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError> {
        self.dice.around(self.inner.expire(session)).await
    }

    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        self.dice.around(self.inner.capture(session, since)).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        self.dice.around(self.inner.refund(request)).await
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        self.dice.around(self.inner.aftermath(payment)).await
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        let notice = self.inner.read_notice(headers, body, now).await?;
        // Lost on the way, and counted as delivered.
        Ok(if self.dice.roll(2) == 0 { Notice { about: About::Nothing, ..notice } } else { notice })
    }
}

pub(super) struct FaultyStore {
    pub(super) inner: Arc<dyn OrderStore>,
    pub(super) dice: Arc<Dice>,
}

#[async_trait]
impl OrderStore for FaultyStore {
    async fn place(&self, placement: Placement) -> Result<Placed, Fault> {
        self.dice.around(self.inner.place(placement)).await
    }

    async fn by_key(&self, key: &Hashed) -> Result<Option<(Stored, Hashed)>, Fault> {
        self.dice.around(self.inner.by_key(key)).await
    }

    async fn by_token(&self, token: &Hashed) -> Result<Option<Stored>, Fault> {
        self.dice.around(self.inner.by_token(token)).await
    }

    async fn by_id(&self, id: &OrderId) -> Result<Option<Stored>, Fault> {
        self.dice.around(self.inner.by_id(id)).await
    }

    async fn by_number(&self, number: &str) -> Result<Option<Stored>, Fault> {
        self.dice.around(self.inner.by_number(number)).await
    }

    async fn change(&self, change: Change) -> Result<Changed, Fault> {
        self.dice.around(self.inner.change(change)).await
    }

    async fn has_seen(&self, gateway: &'static str, event: &str) -> Result<bool, Fault> {
        self.dice.around(self.inner.has_seen(gateway, event)).await
    }

    async fn waking(&self, now: Timestamp) -> Result<Vec<OrderId>, Fault> {
        self.dice.around(self.inner.waking(now)).await
    }

    async fn personal(&self, id: &OrderId) -> Result<Option<Personal>, Fault> {
        self.dice.around(self.inner.personal(id)).await
    }

    async fn log(&self, id: &OrderId) -> Result<Vec<LogLine>, Fault> {
        self.inner.log(id).await
    }

    async fn newest(&self, limit: u32) -> Result<Vec<Order>, Fault> {
        self.inner.newest(limit).await
    }

    async fn counts(&self, skus: &[String]) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.inner.counts(skus).await
    }

    async fn all_counts(&self) -> Result<BTreeMap<String, StockCount>, Fault> {
        self.inner.all_counts().await
    }

    async fn set_shelf(&self, sku: &str, on_shelf: u32) -> Result<Option<StockCount>, Fault> {
        self.inner.set_shelf(sku, on_shelf).await
    }

    async fn adjust_shelf(&self, sku: &str, by: i64) -> Result<Option<StockCount>, Fault> {
        self.inner.adjust_shelf(sku, by).await
    }

    async fn split_shelf(&self, sku: &str, parts: Parts) -> Result<Split, Fault> {
        self.inner.split_shelf(sku, parts).await
    }

    async fn uses(&self, claims: &[Claim]) -> Result<Vec<u32>, Fault> {
        self.inner.uses(claims).await
    }

    async fn balances(&self, cards: &[Hashed]) -> Result<BTreeMap<Hashed, Balance>, Fault> {
        self.inner.balances(cards).await
    }

    async fn owed(&self, now: Timestamp, limit: u32) -> Result<Vec<Owed>, Fault> {
        self.dice.around(self.inner.owed(now, limit)).await
    }

    async fn settle_letter(&self, id: &str) -> Result<(), Fault> {
        self.dice.around(self.inner.settle_letter(id)).await
    }

    async fn postpone_letter(&self, id: &str, until: Timestamp) -> Result<(), Fault> {
        self.dice.around(self.inner.postpone_letter(id, until)).await
    }

    async fn wrong_codes(&self, client: &Hashed, hour: i64, codes: &[Hashed]) -> Result<u32, Fault> {
        self.inner.wrong_codes(client, hour, codes).await
    }
}
