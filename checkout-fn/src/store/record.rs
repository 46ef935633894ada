//! How an order lies in a store: JSON that stays readable when the domain's types move on.

use std::collections::BTreeMap;

use catalog::currency::Gateway;
use catalog::quote::Quote;
use catalog::terms::DownloadRules;
use jiff::Timestamp;

use self::aftermath::{DisputeRecord, RefundRecord, ShipmentRecord};
use crate::order::{
    CardUse, Claim, Closing, Dispute, Download, Invoice, Issue, Item, Numbered, Order, OrderId, Part, Payment, PaymentId, Session,
    SessionId, Shipment,
};

mod aftermath;

/// An order as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct OrderRecord {
    id: String,
    number: String,
    gateway: Gateway,
    quote: Quote,
    language: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<(String, u32)>,
    /// SKU → how many more than there are may be sold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    backorders: BTreeMap<String, u32>,
    /// Line, SKU, pieces for one unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<(usize, String, u32)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<ClaimRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cards: Vec<(String, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    issues: Vec<IssueRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    downloads: Vec<DownloadRecord>,
    payment: PaymentRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shipments: Vec<ShipmentRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<RefundRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispute: Option<DisputeRecord>,
    #[serde(default, skip_serializing_if = "InvoiceRecord::is_none")]
    invoice: InvoiceRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attention: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum InvoiceRecord {
    #[default]
    None,
    Wanted,
    Given(Numbered),
}

#[derive(serde::Serialize, serde::Deserialize)]
struct ClaimRecord {
    discount: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    limit: u32,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct IssueRecord {
    card: String,
    line: usize,
    unit: u32,
    amount: i64,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct DownloadRecord {
    title: String,
    name: String,
    kept: String,
    /// Orders that were placed before there were rules have the usual ones.
    #[serde(default)]
    rules: DownloadRules,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct SessionRecord {
    id: String,
    pay_url: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum PaymentRecord {
    Pending { attempt: u32 },
    AwaitingPayment { session: SessionRecord },
    Capturing { session: SessionRecord, since: Timestamp },
    Processing { session: SessionRecord, since: Timestamp, ask_at: Timestamp },
    Paid { payment: Option<String>, at: Timestamp },
    Cancelled,
    Expired,
    Failed,
}

impl From<&Order> for OrderRecord {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.0.clone(),
            number: order.number.clone(),
            gateway: order.gateway,
            quote: order.quote.clone(),
            language: order.language.clone(),
            items: order.items.iter().map(|item| (item.sku.clone(), item.quantity)).collect(),
            backorders: order.items.iter().filter(|i| i.backorder > 0).map(|i| (i.sku.clone(), i.backorder)).collect(),
            parts: order.parts.iter().map(|part| (part.line, part.sku.clone(), part.per_unit)).collect(),
            claims: order.claims.iter().map(ClaimRecord::from).collect(),
            cards: order.cards.iter().map(|used| (used.card.clone(), used.amount)).collect(),
            issues: order.issues.iter().map(IssueRecord::from).collect(),
            downloads: order
                .downloads
                .iter()
                .map(|d| DownloadRecord { title: d.title.clone(), name: d.name.clone(), kept: d.kept.clone(), rules: d.rules })
                .collect(),
            payment: (&order.payment).into(),
            shipments: order.shipments.iter().map(ShipmentRecord::from).collect(),
            refunds: order.refunds.iter().map(RefundRecord::from).collect(),
            dispute: order.dispute.as_ref().map(DisputeRecord::from),
            invoice: (&order.invoice).into(),
            attention: order.attention.clone(),
            created_at: order.created_at,
            expires_at: order.expires_at,
        }
    }
}

impl From<OrderRecord> for Order {
    fn from(record: OrderRecord) -> Self {
        let backorder = |sku: &str| record.backorders.get(sku).copied().unwrap_or(0);
        let item = |(sku, quantity): (String, u32)| Item { backorder: backorder(&sku), sku, quantity };
        let part = |(line, sku, per_unit)| Part { line, sku, per_unit };
        let (created_at, items) = (record.created_at, record.items.clone());
        let download = |d: DownloadRecord| Download { title: d.title, name: d.name, kept: d.kept, rules: d.rules };
        Self {
            id: OrderId(record.id),
            number: record.number,
            gateway: record.gateway,
            language: record.language,
            items: record.items.into_iter().map(item).collect(),
            parts: if record.parts.is_empty() { own_parts(&record.quote, &items) } else { record.parts.into_iter().map(part).collect() },
            claims: record.claims.into_iter().map(Claim::from).collect(),
            cards: record.cards.into_iter().map(|(card, amount)| CardUse { card, amount }).collect(),
            issues: record.issues.into_iter().map(Issue::from).collect(),
            downloads: record.downloads.into_iter().map(download).collect(),
            payment: record.payment.into(),
            shipments: record.shipments.into_iter().map(Shipment::from).collect(),
            refunds: record.refunds.into_iter().map(|refund| refund.read(created_at)).collect(),
            dispute: record.dispute.map(Dispute::from),
            invoice: record.invoice.into(),
            attention: record.attention,
            quote: record.quote,
            created_at,
            expires_at: record.expires_at,
        }
    }
}

/// Orders that were placed before parts were recorded: each line takes itself. Bundles among them took what nobody wrote down.
fn own_parts(quote: &Quote, items: &[(String, u32)]) -> Vec<Part> {
    let lines = quote.lines.iter().enumerate().filter(|(_, line)| items.iter().any(|(sku, _)| *sku == line.sku));
    lines.map(|(line, priced)| Part { line, sku: priced.sku.clone(), per_unit: 1 }).collect()
}

impl InvoiceRecord {
    fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl From<&Invoice> for InvoiceRecord {
    fn from(invoice: &Invoice) -> Self {
        match invoice {
            Invoice::None => Self::None,
            Invoice::Wanted => Self::Wanted,
            Invoice::Given(numbered) => Self::Given(numbered.clone()),
        }
    }
}

impl From<InvoiceRecord> for Invoice {
    fn from(record: InvoiceRecord) -> Self {
        match record {
            InvoiceRecord::None => Self::None,
            InvoiceRecord::Wanted => Self::Wanted,
            InvoiceRecord::Given(numbered) => Self::Given(numbered),
        }
    }
}

impl From<&Claim> for ClaimRecord {
    fn from(claim: &Claim) -> Self {
        Self { discount: claim.discount.clone(), customer: claim.customer.clone(), limit: claim.limit }
    }
}

impl From<ClaimRecord> for Claim {
    fn from(record: ClaimRecord) -> Self {
        Self { discount: record.discount, customer: record.customer, limit: record.limit }
    }
}

impl From<&Issue> for IssueRecord {
    fn from(issue: &Issue) -> Self {
        Self { card: issue.card.clone(), line: issue.line, unit: issue.unit, amount: issue.amount }
    }
}

impl From<IssueRecord> for Issue {
    fn from(record: IssueRecord) -> Self {
        Self { card: record.card, line: record.line, unit: record.unit, amount: record.amount }
    }
}

impl From<&Session> for SessionRecord {
    fn from(session: &Session) -> Self {
        Self { id: session.id.0.clone(), pay_url: session.pay_url.clone() }
    }
}

impl From<SessionRecord> for Session {
    fn from(record: SessionRecord) -> Self {
        Self { id: SessionId(record.id), pay_url: record.pay_url }
    }
}

impl From<&Payment> for PaymentRecord {
    fn from(payment: &Payment) -> Self {
        match payment {
            Payment::Pending { attempt } => Self::Pending { attempt: *attempt },
            Payment::Awaiting { session } => Self::AwaitingPayment { session: session.into() },
            Payment::Capturing { session, since } => Self::Capturing { session: session.into(), since: *since },
            Payment::Processing { session, since, ask_at } => Self::Processing { session: session.into(), since: *since, ask_at: *ask_at },
            Payment::Paid { payment, at } => Self::Paid { payment: payment.as_ref().map(|id| id.0.clone()), at: *at },
            Payment::Closed(Closing::Cancelled) => Self::Cancelled,
            Payment::Closed(Closing::Expired) => Self::Expired,
            Payment::Closed(Closing::Failed) => Self::Failed,
        }
    }
}

impl From<PaymentRecord> for Payment {
    fn from(record: PaymentRecord) -> Self {
        match record {
            PaymentRecord::Pending { attempt } => Self::Pending { attempt },
            PaymentRecord::AwaitingPayment { session } => Self::Awaiting { session: session.into() },
            PaymentRecord::Capturing { session, since } => Self::Capturing { session: session.into(), since },
            PaymentRecord::Processing { session, since, ask_at } => Self::Processing { session: session.into(), since, ask_at },
            PaymentRecord::Paid { payment, at } => Self::Paid { payment: payment.map(PaymentId), at },
            PaymentRecord::Cancelled => Self::Closed(Closing::Cancelled),
            PaymentRecord::Expired => Self::Closed(Closing::Expired),
            PaymentRecord::Failed => Self::Closed(Closing::Failed),
        }
    }
}
