//! How parcels, refunds and disputes lie in a store.

use jiff::Timestamp;

use crate::order::{CardUse, Dispute, DisputeState, Numbered, PaymentId, Refund, RefundStatus, Returned, ReturnedLine, Shipment, What};

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct ShipmentRecord {
    at: Timestamp,
    lines: Vec<(usize, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracking: Option<String>,
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct DisputeRecord {
    id: String,
    state: DisputeStateRecord,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum DisputeStateRecord {
    Open,
    Won,
    Lost,
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct RefundRecord {
    id: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    attempt: u32,
    #[serde(default)]
    payment: Option<String>,
    amount: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cards: Vec<(String, i64)>,
    #[serde(default)]
    what: WhatRecord,
    status: RefundStatusRecord,
    /// Missing in orders from before refunds had a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ask_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credit_note: Option<Box<Numbered>>,
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhatRecord {
    /// The only ones that there were at first.
    #[default]
    Surplus,
    Unknown,
    Order(ReturnedRecord),
}

#[derive(serde::Serialize, serde::Deserialize)]
struct ReturnedRecord {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<ReturnedLineRecord>,
    #[serde(default)]
    shipping: i64,
    #[serde(default)]
    other: i64,
    #[serde(default)]
    tax: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    voided: Vec<(String, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct ReturnedLineRecord {
    line: usize,
    quantity: u32,
    unsent: u32,
    restocked: bool,
    amount: i64,
    tax: i64,
}

#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundStatusRecord {
    Pending,
    Succeeded,
    Failed,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(attempt: &u32) -> bool {
    *attempt == 1
}

impl From<&Shipment> for ShipmentRecord {
    fn from(shipment: &Shipment) -> Self {
        let Shipment { at, lines, carrier, tracking } = shipment.clone();
        Self { at, lines, carrier, tracking }
    }
}

impl From<ShipmentRecord> for Shipment {
    fn from(record: ShipmentRecord) -> Self {
        let ShipmentRecord { at, lines, carrier, tracking } = record;
        Self { at, lines, carrier, tracking }
    }
}

impl From<&Dispute> for DisputeRecord {
    fn from(dispute: &Dispute) -> Self {
        let state = match dispute.state {
            DisputeState::Open => DisputeStateRecord::Open,
            DisputeState::Won => DisputeStateRecord::Won,
            DisputeState::Lost => DisputeStateRecord::Lost,
        };
        Self { id: dispute.id.clone(), state }
    }
}

impl From<DisputeRecord> for Dispute {
    fn from(record: DisputeRecord) -> Self {
        let state = match record.state {
            DisputeStateRecord::Open => DisputeState::Open,
            DisputeStateRecord::Won => DisputeState::Won,
            DisputeStateRecord::Lost => DisputeState::Lost,
        };
        Self { id: record.id, state }
    }
}

fn pairs(cards: &[CardUse]) -> Vec<(String, i64)> {
    cards.iter().map(|card| (card.card.clone(), card.amount)).collect()
}

fn uses(pairs: Vec<(String, i64)>) -> Vec<CardUse> {
    pairs.into_iter().map(|(card, amount)| CardUse { card, amount }).collect()
}

impl From<&Refund> for RefundRecord {
    fn from(refund: &Refund) -> Self {
        let (status, ask_at) = match refund.status {
            RefundStatus::Pending { ask_at } => (RefundStatusRecord::Pending, Some(ask_at)),
            RefundStatus::Succeeded => (RefundStatusRecord::Succeeded, None),
            RefundStatus::Failed => (RefundStatusRecord::Failed, None),
        };
        let what = match &refund.what {
            What::Surplus => WhatRecord::Surplus,
            What::Unknown => WhatRecord::Unknown,
            What::Order(returned) => WhatRecord::Order(returned.into()),
        };
        Self {
            id: refund.id.clone(),
            attempt: refund.attempt,
            payment: refund.payment.as_ref().map(|payment| payment.0.clone()),
            amount: refund.amount,
            cards: pairs(&refund.cards),
            what,
            status,
            at: Some(refund.at),
            ask_at,
            credit_note: refund.credit_note.clone(),
        }
    }
}

impl RefundRecord {
    /// The refund, of an order that was placed at `placed_at`.
    pub(super) fn read(self, placed_at: Timestamp) -> Refund {
        let at = self.at.unwrap_or(placed_at);
        let status = match self.status {
            RefundStatusRecord::Pending => RefundStatus::Pending { ask_at: self.ask_at.unwrap_or(at) },
            RefundStatusRecord::Succeeded => RefundStatus::Succeeded,
            RefundStatusRecord::Failed => RefundStatus::Failed,
        };
        let what = match self.what {
            WhatRecord::Surplus => What::Surplus,
            WhatRecord::Unknown => What::Unknown,
            WhatRecord::Order(returned) => What::Order(returned.into()),
        };
        let (payment, credit_note) = (self.payment.map(PaymentId), self.credit_note);
        Refund { id: self.id, attempt: self.attempt, payment, amount: self.amount, cards: uses(self.cards), what, status, at, credit_note }
    }
}

impl From<&Returned> for ReturnedRecord {
    fn from(returned: &Returned) -> Self {
        let line = |line: &ReturnedLine| ReturnedLineRecord {
            line: line.line,
            quantity: line.quantity,
            unsent: line.unsent,
            restocked: line.is_restocked,
            amount: line.amount,
            tax: line.tax,
        };
        Self {
            lines: returned.lines.iter().map(line).collect(),
            shipping: returned.shipping,
            other: returned.other,
            tax: returned.tax,
            voided: pairs(&returned.voided),
            reason: returned.reason.clone(),
        }
    }
}

impl From<ReturnedRecord> for Returned {
    fn from(record: ReturnedRecord) -> Self {
        let line = |line: ReturnedLineRecord| ReturnedLine {
            line: line.line,
            quantity: line.quantity,
            unsent: line.unsent,
            is_restocked: line.restocked,
            amount: line.amount,
            tax: line.tax,
        };
        Self {
            lines: record.lines.into_iter().map(line).collect(),
            shipping: record.shipping,
            other: record.other,
            tax: record.tax,
            voided: uses(record.voided),
            reason: record.reason,
        }
    }
}
