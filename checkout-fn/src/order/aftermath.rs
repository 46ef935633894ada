//! What follows a payment: parcels, refunds, disputes.

use catalog::bundle::Delivery;
use jiff::Timestamp;

use super::{CardUse, Numbered, Order, Payment, PaymentId};

/// Something that was sent, or a service that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// When.
    pub at: Timestamp,
    /// Index of the quote's line → how many of it, at least 1.
    pub lines: Vec<(usize, u32)>,
    /// By whom, where that was said.
    pub carrier: Option<String>,
    /// The carrier's number of the parcel.
    pub tracking: Option<String>,
}

/// How much of an order was sent or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fulfilment {
    /// Nothing.
    None,
    /// Some.
    Partly,
    /// All that has to be.
    Done,
}

/// Money given back, or about to be. The intent is recorded before the gateway is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our name of it; of one that was made at the gateway, the gateway's.
    pub id: String,
    /// From 1. Part of the gateway's idempotency key: a refund that was refused can be tried again.
    pub attempt: u32,
    /// The payment it comes from; `None` where nothing comes from a gateway.
    pub payment: Option<PaymentId>,
    /// What the gateway gives back, in minor units.
    pub amount: i64,
    /// What goes back onto the gift cards that had paid.
    pub cards: Vec<CardUse>,
    /// What it is for.
    pub what: What,
    /// How far it has come.
    pub status: RefundStatus,
    /// When it was recorded.
    pub at: Timestamp,
    /// The number of the credit note that says so.
    pub credit_note: Option<Box<Numbered>>,
}

/// What a refund is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A payment that bought nothing, in full.
    Surplus,
    /// Something of the order.
    Order(Returned),
    /// Nobody here knows: somebody made it at the gateway.
    Unknown,
}

/// What of an order is given back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Units of lines.
    pub lines: Vec<ReturnedLine>,
    /// Of what sending has cost, tax included, in minor units.
    pub shipping: i64,
    /// For nothing in particular, in minor units.
    pub other: i64,
    /// The tax in all of it.
    pub tax: i64,
    /// Gift cards that were bought, and what was left on them: it is gone.
    pub voided: Vec<CardUse>,
    /// Why, in the merchant's words.
    pub reason: Option<String>,
}

/// Units of a line that are given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedLine {
    /// Index of the quote's line.
    pub line: usize,
    /// How many.
    pub quantity: u32,
    /// How many of them had not been sent.
    pub unsent: u32,
    /// Whether they can be sold again.
    pub is_restocked: bool,
    /// Minor units, tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStatus {
    /// Recorded; perhaps sent.
    Pending {
        /// When to see to it.
        ask_at: Timestamp,
    },
    /// Given back.
    Succeeded,
    /// The gateway refused it.
    Failed,
}

/// A buyer has asked the bank, or the gateway, to get the money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The gateway's name of it.
    pub id: String,
    /// How it stands.
    pub state: DisputeState,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeState {
    /// Not decided.
    Open,
    /// The money stays here.
    Won,
    /// The money is gone.
    Lost,
}

impl Shipment {
    /// For people: `2026-05-01: 2 × Mug (DHL 00340)`.
    pub(crate) fn describe(&self, quote: &catalog::quote::Quote) -> String {
        let goods = self.lines.iter().filter_map(|(line, units)| Some(format!("{units} × {}", quote.lines.get(*line)?.title)));
        let goods = goods.collect::<Vec<_>>().join(", ");
        let by = [self.carrier.as_deref(), self.tracking.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let by = if by.is_empty() { by } else { format!(" ({by})") };
        format!("{}: {goods}{by}", self.at.strftime("%Y-%m-%d"))
    }
}

impl Fulfilment {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partly => "partly",
            Self::Done => "done",
        }
    }
}

impl RefundStatus {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl DisputeState {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl Refund {
    /// The gateway's idempotency key, and what it writes beside the refund: 1 for each attempt.
    pub fn key(&self) -> String {
        if self.attempt == 1 { self.id.clone() } else { format!("{}-{}", self.id, self.attempt) }
    }

    /// Whether it waits for the gateway.
    pub fn is_pending(&self) -> bool {
        matches!(self.status, RefundStatus::Pending { .. })
    }

    /// What the buyer gets, from wherever it comes.
    pub fn total(&self) -> i64 {
        self.amount + self.cards.iter().map(|card| card.amount).sum::<i64>()
    }

    /// What of the order it gives back.
    pub fn returned(&self) -> Option<&Returned> {
        match &self.what {
            What::Order(returned) => Some(returned),
            What::Surplus | What::Unknown => None,
        }
    }

    /// Whether it is part of what was paid for the order, and not of money that came beside it.
    pub fn is_of_order(&self) -> bool {
        !matches!(self.what, What::Surplus)
    }
}

impl Order {
    /// Whether it is paid.
    pub fn is_paid(&self) -> bool {
        matches!(self.payment, Payment::Paid { .. })
    }

    /// What of the order was given back or is about to be, in minor units. Refunds that the gateway refused are owed all the
    /// same.
    pub fn refunded(&self) -> i64 {
        self.refunds.iter().filter(|refund| refund.is_of_order()).map(Refund::total).sum()
    }

    /// What can be given back still.
    pub fn refundable(&self) -> i64 {
        if self.is_paid() { (self.quote.total - self.refunded()).max(0) } else { 0 }
    }

    /// Whether all of it was given back.
    pub fn is_refunded(&self) -> bool {
        self.is_paid() && self.quote.total > 0 && self.refundable() == 0
    }

    /// What was given back of the order's parts.
    pub(crate) fn returns(&self) -> impl Iterator<Item = &Returned> {
        self.refunds.iter().filter_map(Refund::returned)
    }

    fn returned_lines(&self, line: usize) -> impl Iterator<Item = &ReturnedLine> {
        self.returns().flat_map(|returned| &returned.lines).filter(move |returned| returned.line == line)
    }

    /// How many units of a line were given back.
    pub fn returned_units(&self, line: usize) -> u32 {
        self.returned_lines(line).map(|returned| returned.quantity).sum()
    }

    /// How many units of a line were sent.
    pub fn sent_units(&self, line: usize) -> u32 {
        self.shipments.iter().flat_map(|shipment| &shipment.lines).filter(|(sent, _)| *sent == line).map(|(_, units)| units).sum()
    }

    /// How many units of a line are still to be sent: neither sent nor given back before that.
    pub fn unsent_units(&self, line: usize) -> u32 {
        let called_off: u32 = self.returned_lines(line).map(|returned| returned.unsent).sum();
        let ordered = self.quote.lines.get(line).map_or(0, |line| line.quantity);
        ordered.saturating_sub(self.sent_units(line)).saturating_sub(called_off)
    }

    /// Whether a line has to be sent or done; downloads and gift cards are there when the order is paid.
    pub fn has_to_be_sent(&self, line: usize) -> bool {
        let delivery = self.quote.lines.get(line).map(|line| line.delivery);
        delivery.is_some_and(|delivery| !matches!(delivery, Some(Delivery::Digital | Delivery::GiftCard)))
    }

    /// Lines of which something is to be sent or done, and how many units.
    pub fn to_send(&self) -> Vec<(usize, u32)> {
        let lines = (0..self.quote.lines.len()).filter(|line| self.has_to_be_sent(*line));
        lines.map(|line| (line, self.unsent_units(line))).filter(|(_, units)| *units > 0).collect()
    }

    /// How much of it was sent or done.
    pub fn fulfilment(&self) -> Fulfilment {
        if !self.is_paid() {
            Fulfilment::None
        } else if self.to_send().is_empty() {
            Fulfilment::Done
        } else if self.shipments.is_empty() {
            Fulfilment::None
        } else {
            Fulfilment::Partly
        }
    }

    /// What sending has cost, tax included.
    pub fn shipping_paid(&self) -> i64 {
        self.quote.shipping.unwrap_or(0) + if self.quote.tax_included { 0 } else { self.shipping_tax() }
    }

    pub(crate) fn shipping_tax(&self) -> i64 {
        self.quote.tax_total - self.quote.lines.iter().map(|line| line.tax).sum::<i64>()
    }
}
