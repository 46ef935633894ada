//! Orders and their states. What may follow what stands in [`Payment::may_become`]; a transition consumes the order.
//! Knows neither store, gateway nor HTTP.

pub mod aftermath;
pub mod invoice;

use catalog::currency::{Currency, Gateway};
use catalog::quote::Quote;
use catalog::terms::DownloadRules;
use jiff::Timestamp;

pub use aftermath::{Dispute, DisputeState, Fulfilment, Refund, RefundStatus, Returned, ReturnedLine, Shipment, What};
pub use invoice::{Invoice, Numbered, Sequence};

/// The internal name of an order: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderId(pub String);

/// The gateway's name of a payment session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionId(pub String);

/// The gateway's name of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentId(pub String);

/// A payment session that the shopper may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The gateway's name of it.
    pub id: SessionId,
    /// Where the shopper pays.
    pub pay_url: String,
}

/// An order: what was quoted when it was placed, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Internal.
    pub id: OrderId,
    /// For people; short, not sequential.
    pub number: String,
    /// Who takes the money.
    pub gateway: Gateway,
    /// The priced cart (R23). `quote.due` in `quote.currency` is what is to be paid.
    pub quote: Quote,
    /// The language of the shopper.
    pub language: String,
    /// Counted goods; held in the store while the payment is open, sold when it is paid.
    pub items: Vec<Item>,
    /// What one unit of each line takes of counted goods; for refunds and parcels, which name lines.
    pub parts: Vec<Part>,
    /// Uses of limited discounts; taken when it is placed, given back when it closes.
    pub claims: Vec<Claim>,
    /// What gift cards pay of it; reserved while the payment is open, spent when it is paid.
    pub cards: Vec<CardUse>,
    /// Gift cards that were bought; issued when it is paid.
    pub issues: Vec<Issue>,
    /// What a paid order may download.
    pub downloads: Vec<Download>,
    /// How far the payment has come.
    pub payment: Payment,
    /// What was sent or done, oldest first.
    pub shipments: Vec<Shipment>,
    /// Money given back, or about to be.
    pub refunds: Vec<Refund>,
    /// The buyer's bank asks for the money back.
    pub dispute: Option<Dispute>,
    /// How it stands with its invoice.
    pub invoice: Invoice,
    /// Why a person has to look at it.
    pub attention: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Until when an unpaid order holds its goods.
    pub expires_at: Timestamp,
}

/// So many of one counted SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The variant.
    pub sku: String,
    /// At least 1.
    pub quantity: u32,
    /// How many more than there are may be sold; `available` never falls below its negative.
    pub backorder: u32,
}

/// What one unit of a line takes of one counted SKU: itself, or a component of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Index of the quote's line.
    pub line: usize,
    /// What is counted.
    pub sku: String,
    /// At least 1.
    pub per_unit: u32,
}

/// One use of a discount whose uses are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The discount's id.
    pub discount: String,
    /// Whose use it is: a keyed hash of the mail address. `None` where it counts for everybody together.
    pub customer: Option<String>,
    /// The most uses of this kind.
    pub limit: u32,
}

/// What a gift card pays of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardUse {
    /// The keyed hash of its code.
    pub card: String,
    /// Minor units, above 0.
    pub amount: i64,
}

/// A gift card that an order issues. Its code is derived from the order's id and the two numbers, and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The keyed hash of its code.
    pub card: String,
    /// Index of the quote's line.
    pub line: usize,
    /// From 0, of the line's quantity.
    pub unit: u32,
    /// What is on it, in minor units of the order's currency, above 0.
    pub amount: i64,
}

/// A file that a paid order delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// What the buyer sees.
    pub title: String,
    /// The file's name when saved.
    pub name: String,
    /// The name of our own copy: its content hash.
    pub kept: String,
    /// How often and how long, as the terms said when it was bought (R23).
    pub rules: DownloadRules,
}

/// How far a payment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// Placed, goods held; the gateway has no session that we know of.
    Pending {
        /// Part of the session's idempotency key.
        attempt: u32,
    },
    /// The shopper has been sent to pay.
    Awaiting {
        /// Where.
        session: Session,
    },
    /// The shopper has agreed, and we are taking the money. Never released: the gateway says how it ends.
    Capturing {
        /// The session.
        session: Session,
        /// Since when.
        since: Timestamp,
    },
    /// The shopper has paid, the money is on its way.
    Processing {
        /// The session.
        session: Session,
        /// Since when.
        since: Timestamp,
        /// When to ask the gateway again.
        ask_at: Timestamp,
    },
    /// Settled.
    Paid {
        /// `None` where nothing was due.
        payment: Option<PaymentId>,
        /// When we learnt of it.
        at: Timestamp,
    },
    /// Over without payment.
    Closed(Closing),
}

/// How an unpaid order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// By the shopper.
    Cancelled,
    /// By the clock.
    Expired,
    /// By the gateway.
    Failed,
}

impl Payment {
    /// The name in answers and stores.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Awaiting { .. } => "awaiting_payment",
            Self::Capturing { .. } => "capturing",
            Self::Processing { .. } => "processing",
            Self::Paid { .. } => "paid",
            Self::Closed(closing) => closing.name(),
        }
    }

    /// Whether goods are held for it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Pending { .. } | Self::Awaiting { .. } | Self::Capturing { .. } | Self::Processing { .. })
    }

    /// The session that an unpaid order waits for.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Awaiting { session } | Self::Capturing { session, .. } | Self::Processing { session, .. } => Some(session),
            Self::Pending { .. } | Self::Paid { .. } | Self::Closed(_) => None,
        }
    }

    /// The states only move forward, with two exceptions: a declined payment can be tried again, and a closed order is paid
    /// after all when its shopper agrees late, or when the gateway turns out to hold the money.
    pub fn may_become(&self, next: &Self) -> bool {
        use Payment as P;
        match self {
            P::Pending { attempt } => !matches!(next, P::Pending { attempt: other } if *other != attempt + 1),
            P::Awaiting { .. } | P::Capturing { .. } => !matches!(next, P::Pending { .. }),
            P::Processing { .. } => !matches!(next, P::Pending { .. } | P::Awaiting { .. } | P::Capturing { .. }),
            P::Closed(_) => matches!(next, P::Capturing { .. } | P::Paid { .. }),
            P::Paid { .. } => false,
        }
    }
}

impl Closing {
    /// The name in answers and stores.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

impl Order {
    /// What is to be paid, in minor units of [`Order::currency`].
    pub fn due(&self) -> i64 {
        self.quote.due
    }

    /// The currency of everything in the order.
    pub fn currency(&self) -> Currency {
        self.quote.currency
    }

    /// The next state.
    pub(crate) fn become_(mut self, next: Payment) -> Self {
        assert!(self.payment.may_become(&next), "an order cannot go from {:?} to {next:?}", self.payment);
        self.payment = next;
        self
    }

    /// The same order, to be looked at by a person. Earlier reasons stay.
    pub(crate) fn needing_attention(mut self, reason: String) -> Self {
        self.attention = Some(match self.attention.take() {
            Some(known) => format!("{known}; {reason}"),
            None => reason,
        });
        self
    }

    /// When the worker has to look at it without being asked; `None` where nothing is left to do.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let asking = self.refunds.iter().filter_map(|refund| match refund.status {
            RefundStatus::Pending { ask_at } => Some(ask_at),
            RefundStatus::Succeeded | RefundStatus::Failed => None,
        });
        let numbered = self.wants_number().map(|(_, since)| since);
        asking.min().into_iter().chain(self.payment_wakes_at()).chain(numbered).min()
    }

    fn payment_wakes_at(&self) -> Option<Timestamp> {
        match &self.payment {
            // Money may be moving, whatever else is the matter.
            Payment::Capturing { since, .. } => Some(*since),
            // A person looks at it; until then its goods stay held.
            _ if self.attention.is_some() => None,
            Payment::Pending { .. } | Payment::Awaiting { .. } => Some(self.expires_at),
            Payment::Processing { ask_at, .. } => Some(*ask_at),
            Payment::Paid { .. } | Payment::Closed(_) => None,
        }
    }
}
