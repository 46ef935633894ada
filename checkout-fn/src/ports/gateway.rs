//! Whoever takes the money, as this crate sees it: sessions, captures, refunds, notices.

use std::ops::Range;

use async_trait::async_trait;
use axum::http::HeaderMap;
use catalog::currency::Currency;
use catalog::quote::Quote;
use jiff::Timestamp;

use super::Address;
use crate::decide::{Refunding, SeenDispute, SeenRefund, Sighting};
use crate::error::Fault;
use crate::order::{OrderId, PaymentId, SessionId};

/// Takes the money.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// What [`PaymentGateway::open`] will send, to be stored before it is sent: a retry sends the same bytes. An error says why this
    /// gateway cannot take the payment.
    fn compose(&self, request: &SessionRequest) -> Result<String, String>;

    /// Creates a session from what was composed. The same order and attempt give the same session.
    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError>;

    /// Finds the session of an order's attempt, if one was made.
    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError>;

    /// Looks at a session: whose it is and how it stands. `None` where it is not one of this shop.
    async fn look(&self, session: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError>;

    /// Sees to it that nobody can pay any more, where that is still possible, and says how the session stands then.
    async fn expire(&self, session: &SessionId) -> Result<Sighting, GatewayError>;

    /// Takes the money of a session whose shopper has agreed, once however often it is asked, and says how the session stands
    /// then. Gateways that take the money themselves just look. `since` is when the order began to be captured; with the session it is
    /// the idempotency key. A key that was answered is answered so again: a late call takes nothing that the shopper has agreed to since.
    async fn capture(&self, session: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError>;

    /// Gives money back. The same key gives it back once.
    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError>;

    /// What has become of a payment since: whose it is, its refunds and its disputes. `None` where it is not one of this shop.
    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError>;

    /// What the gateway has of this shop from a time: sessions that were begun in it, and payments of which something came back in it.
    /// `None` where it lists nothing, so that it can only be asked about what we know.
    async fn list(&self, _: Range<Timestamp>) -> Result<Option<Listed>, GatewayError> {
        Ok(None)
    }

    /// Asks whether the gateway can be reached and knows us, before anybody wants to pay.
    async fn probe(&self) -> Probed {
        Probed::Well { at: None }
    }

    /// Reads a notice that the gateway has sent, over its raw bytes.
    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice>;
}

/// What a session is made of.
#[derive(Debug, Clone)]
pub struct SessionRequest {
    /// The order.
    pub order: OrderId,
    /// Together with the order, the idempotency key.
    pub attempt: u32,
    /// What the shopper sees.
    pub number: String,
    /// What was priced; `due` is to be paid.
    pub quote: Quote,
    /// The shop's name.
    pub shop_name: String,
    /// The shopper's address for mail.
    pub email: String,
    /// Where the goods go, if they go anywhere.
    pub ship_to: Option<Address>,
    /// The language of the page.
    pub language: String,
    /// Absolute.
    pub expires_at: Timestamp,
    /// Where the shopper comes back to after paying.
    pub return_url: String,
    /// Where the shopper comes back to after giving up.
    pub cancel_url: String,
}

/// A session that was created, or found to be there.
#[derive(Debug, Clone)]
pub struct Opened {
    /// How it stands.
    pub sighting: Sighting,
    /// What the gateway is going to ask for, in minor units.
    pub amount: i64,
    /// In which currency.
    pub currency: String,
}

/// What a refund is made of.
#[derive(Debug, Clone)]
pub struct RefundRequest {
    /// The order.
    pub order: OrderId,
    /// The idempotency key, and what the gateway writes beside the refund.
    pub key: String,
    /// The payment it comes from.
    pub payment: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// The payment's.
    pub currency: Currency,
}

/// What has become of a payment.
#[derive(Debug, Clone)]
pub struct Aftermath {
    /// Whose it is.
    pub order: OrderId,
    /// All of its refunds.
    pub refunds: Vec<SeenRefund>,
    /// Its disputes, as far as the gateway can be asked about them.
    pub disputes: Vec<SeenDispute>,
}

/// What a gateway has of this shop from a time.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Whose each session is, and how it stands as far as a list tells.
    pub sessions: Vec<(OrderId, Sighting)>,
    /// Payments that were refunded or disputed, whoever's they are.
    pub payments: Vec<PaymentId>,
}

/// What came of asking a gateway for nothing in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed {
    /// It answers and knows us.
    Well {
        /// What time it is there, if it says so.
        at: Option<Timestamp>,
    },
    /// It does not know us; the text says what to set.
    Unknown(String),
    /// Nobody answers for now.
    Unreached(String),
}

/// Why a gateway did not do it.
#[derive(Debug, Clone)]
pub enum GatewayError {
    /// It refuses this payment (too small, a currency it does not take): another try gives the same answer.
    Refused(String),
    /// It has failed, and will answer the same to this key for as long as it knows it.
    Stuck(Fault),
    /// Nobody knows; try again.
    Unavailable(Fault),
}

/// A gateway's notice. Only its id and what it is about are taken from it; how things stand is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The gateway's name of the event.
    pub event: String,
    /// What it is about.
    pub about: About,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A payment session.
    Session(SessionId),
    /// A refund or a dispute of a payment.
    Payment(PaymentId),
    /// A dispute of a payment, where the gateway cannot be asked about it.
    Dispute(PaymentId, SeenDispute),
    /// Something that is not ours to know.
    Nothing,
}

/// Why a notice is not believed.
#[derive(Debug, Clone)]
pub enum BadNotice {
    /// It cannot be checked now; the gateway shall send it again.
    Unchecked(Fault),
    /// There is no signature, or it is not the gateway's.
    Signature,
    /// It was signed too long ago.
    Stale,
    /// Signed, but not understood.
    Body,
}
