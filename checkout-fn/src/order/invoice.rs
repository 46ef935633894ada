//! Numbers of invoices and credit notes: what an order wants of them, and what it was given. A number is given by the worker, once, from a
//! sequence without gaps.

use catalog::terms::Seller;
use jiff::Timestamp;

use super::{Order, Payment, Refund, RefundStatus};

/// How an order stands with its invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Invoice {
    /// The shop gives no numbers.
    #[default]
    None,
    /// It gets one when it is paid.
    Wanted,
    /// It has one.
    Given(Numbered),
}

/// A number that was given, and what stands on its paper for ever.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Numbered {
    /// With its prefix: `INV-0042`.
    pub number: String,
    /// When.
    pub at: Timestamp,
    /// Who sold then.
    pub seller: Seller,
}

/// A sequence of numbers without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sequence {
    /// Of invoices.
    Invoice,
    /// Of credit notes.
    CreditNote,
}

impl Sequence {
    /// The name in stores.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit-note",
        }
    }

    /// A number of it as people read it; those of a year of a small shop are of one length.
    pub fn number(self, seller: &Seller, place: i64) -> String {
        let prefix = match self {
            Self::Invoice => &seller.invoice_prefix,
            Self::CreditNote => &seller.credit_note_prefix,
        };
        format!("{prefix}{place:04}")
    }
}

impl Order {
    /// The sequence from which the order wants its next number, and since when. The invoice comes before its credit notes.
    pub fn wants_number(&self) -> Option<(Sequence, Timestamp)> {
        match (&self.invoice, &self.payment) {
            (Invoice::Wanted, Payment::Paid { at, .. }) => Some((Sequence::Invoice, *at)),
            (Invoice::Given(_), _) => {
                let refund = self.refunds.iter().find(|refund| refund.wants_credit_note());
                refund.map(|refund| (Sequence::CreditNote, refund.at))
            }
            (Invoice::None | Invoice::Wanted, _) => None,
        }
    }
}

impl Refund {
    /// Whether money of the order was given back, and no paper says so yet. What bought nothing never was on an invoice.
    pub(crate) fn wants_credit_note(&self) -> bool {
        self.credit_note.is_none() && self.status == RefundStatus::Succeeded && self.is_of_order() && self.total() > 0
    }
}
