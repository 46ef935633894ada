//! The outside world as this crate sees it: one trait for each system, in verbs of the domain.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use catalog::bundle::VariantRecord;
use catalog::mail::MailKit;
use catalog::quote::Goods;
use catalog::terms::Terms;
use jiff::Timestamp;

use crate::error::Fault;

mod files;
mod gateway;
mod store;

pub use files::{ByteRange, Delivery, FileStream, Files, Wanted};
pub use gateway::{
    About, Aftermath, BadNotice, GatewayError, Listed, Notice, Opened, PaymentGateway, Probed, RefundRequest, SessionRequest,
};
pub use store::{
    Address, Besides, Cause, Change, Changed, Composed, CountedDownload, DownloadCount, Lack, LogLine, OrderStore, Owed, Parts, Personal,
    Placed, Placement, Split, StockCount, Stored,
};

/// A keyed hash as hexadecimal text, 256 bits.
pub type Hashed = String;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// What is sold and on which terms, as one consistent edition of the bundle.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// The terms of trade.
    async fn terms(&self) -> Result<Arc<Terms>, Fault>;

    /// The terms, and those of the SKUs that exist with the components of bundles among them, from the same edition.
    async fn goods(&self, skus: &[&str]) -> Result<(Arc<Terms>, Goods), Fault>;

    /// Product id → its variants in the product's order; unknown ids are left out.
    async fn products(&self, ids: &[&str]) -> Result<BTreeMap<String, Vec<VariantRecord>>, Fault>;

    /// The frame of a page in a language, or in the default one.
    async fn shell(&self, language: &str) -> Result<String, Fault>;

    /// What mail is made of.
    async fn mail(&self) -> Result<Arc<MailKit>, Fault>;
}

/// Hands mail over to whoever delivers it.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands over one message. What fails is tried again, so the same message may be handed over twice.
    async fn send(&self, message: &Message) -> Result<(), Fault>;
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub to: String,
    /// From which address; the mailer's own where the shop has none.
    pub from: Option<String>,
    /// From whom.
    pub from_name: String,
    /// One line.
    pub subject: String,
    /// For programs that show no HTML.
    pub text: String,
    /// For those that do.
    pub html: String,
    /// For logs and files: `7K3M-Q9TD-sent`.
    pub name: String,
}
