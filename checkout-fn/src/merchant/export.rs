//! The books for other programs: a row for each order, and what the tax office asks for.

use std::collections::BTreeMap;

use catalog::by_rate::{self, RateSum};
use catalog::refund;
use jiff::Timestamp;

use super::{Books, Filter, invoice};
use crate::error::Fault;
use crate::order::{Order, Payment, RefundStatus};

/// An order in an export; nothing of it is personal. Amounts are minor units.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ExportRow {
    /// Its number.
    pub order: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// The payment's state.
    pub payment: &'static str,
    /// What was sent or done: `none`, `partly` or `done`.
    pub fulfilment: &'static str,
    /// The country that it was taxed for.
    pub country: Option<String>,
    /// The currency's code.
    pub currency: String,
    /// The goods before discounts.
    pub subtotal: i64,
    /// What discounts took off goods.
    pub discount: i64,
    /// What sending costs.
    pub shipping: i64,
    /// The tax in the total.
    pub tax: i64,
    /// All of it.
    pub total: i64,
    /// What gift cards paid of it.
    pub gift_cards: i64,
    /// What was left to pay.
    pub due: i64,
    /// What was given back.
    pub refunded: i64,
    /// The number of its invoice.
    pub invoice: Option<String>,
    /// When that was given.
    pub invoiced_at: Option<Timestamp>,
}

/// What was sold, or given back, in a month to a country at a rate. Amounts are minor units, of refunds too.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TaxRow {
    /// `2026-05`, UTC.
    pub month: String,
    /// `sale` or `refund`.
    pub kind: &'static str,
    /// The country that was taxed for.
    pub country: Option<String>,
    /// The currency's code.
    pub currency: String,
    /// The rate in basis points.
    pub rate_bp: u32,
    /// Of how many orders, or refunds.
    pub count: u32,
    /// Without the tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// With the tax.
    pub gross: i64,
}

impl Books {
    /// A row for each of those orders, the newest first.
    pub async fn export(&self, filter: &Filter) -> Result<Vec<ExportRow>, Fault> {
        let mut rows = Vec::new();
        self.walk(filter, |order| {
            rows.push(row(order));
            true
        })
        .await?;
        Ok(rows)
    }

    /// What was paid from `since` on and before `until`, and apart from it what was given back then, whenever it had been paid: by month,
    /// country and rate. A sale counts when it is paid, a refund when it is given (when its credit note says so, where there is one).
    pub async fn export_tax(&self, since: Option<Timestamp>, until: Option<Timestamp>) -> Result<Vec<TaxRow>, Fault> {
        let is_in = |at: Timestamp| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until);
        let mut rows: BTreeMap<(String, &'static str, Option<String>, String, u32), TaxRow> = BTreeMap::new();
        let mut add = |at: Timestamp, kind: &'static str, order: &Order, sums: &[RateSum]| {
            for sum in sums.iter().filter(|sum| sum.gross != 0 || sum.tax != 0) {
                let (month, country) = (at.strftime("%Y-%m").to_string(), order.quote.country.clone());
                let currency = order.currency().code().to_owned();
                let key = (month.clone(), kind, country.clone(), currency.clone(), sum.rate_bp);
                let new = TaxRow { month, kind, country, currency, rate_bp: sum.rate_bp, count: 0, net: 0, tax: 0, gross: 0 };
                let row = rows.entry(key).or_insert(new);
                row.count += 1;
                (row.net, row.tax, row.gross) = (row.net + sum.net, row.tax + sum.tax, row.gross + sum.gross);
            }
        };
        // What is placed later is paid and given back later; what was placed before may be given back at any time.
        let placed = Filter { until, ..Filter::default() };
        self.walk(&placed, |order| {
            let Payment::Paid { at, .. } = &order.payment else { return true };
            if is_in(*at) {
                add(*at, "sale", order, &by_rate::of_order(&order.quote));
            }
            for (refund, sums) in order.refunds.iter().zip(refunds_by_rate(order)) {
                let at = refund.credit_note.as_ref().map_or(refund.at, |numbered| numbered.at);
                if refund.status == RefundStatus::Succeeded && is_in(at) {
                    add(at, "refund", order, &sums);
                }
            }
            true
        })
        .await?;
        // By month, then sales before refunds.
        let mut rows: Vec<TaxRow> = rows.into_values().collect();
        rows.sort_by(|a, b| (&a.month, a.kind != "sale").cmp(&(&b.month, b.kind != "sale")));
        Ok(rows)
    }
}

fn row(order: &Order) -> ExportRow {
    let (quote, numbered) = (&order.quote, invoice(order));
    ExportRow {
        order: order.number.clone(),
        placed_at: order.created_at,
        paid_at: if let Payment::Paid { at, .. } = &order.payment { Some(*at) } else { None },
        payment: order.payment.name(),
        fulfilment: order.fulfilment().name(),
        country: quote.country.clone(),
        currency: quote.currency.code().to_owned(),
        subtotal: quote.subtotal,
        discount: quote.discount_total,
        shipping: quote.shipping.unwrap_or(0),
        tax: quote.tax_total,
        total: quote.total,
        gift_cards: quote.gift_cards_total,
        due: quote.due,
        refunded: order.refunded(),
        invoice: numbered.map(|numbered| numbered.number.clone()),
        invoiced_at: numbered.map(|numbered| numbered.at),
    }
}

/// Each refund of an order by rate, in the order of its refunds. Units of lines have the tax that was recorded with them; of sending,
/// of amounts for nothing in particular, and of what somebody gave back at the gateway, each rate has its part, so that all parts of the
/// order are the order's (R17). What bought nothing was never taxed.
pub(super) fn refunds_by_rate(order: &Order) -> Vec<Vec<RateSum>> {
    let quote = &order.quote;
    let (whole, shipping) = (by_rate::of_order(quote), by_rate::of_shipping(quote));
    let (mut shipping_before, mut others_before, mut tax_before) = ((0, 0), (0, 0), 0);
    let mut all = Vec::new();
    for made in &order.refunds {
        if !made.is_of_order() {
            all.push(Vec::new());
            continue;
        }
        let returned = made.returned().cloned().unwrap_or_default();
        let rate = |line: usize| quote.lines.get(line).map_or(0, |line| line.tax_rate_bp);
        let mut parts: Vec<RateSum> = returned.lines.iter().map(|line| RateSum::of(rate(line.line), line.amount, line.tax)).collect();
        let (of_lines, lines_tax) = parts.iter().fold((0, 0), |(gross, tax), sum| (gross + sum.gross, tax + sum.tax));
        let sent = refund::of_sum(order.shipping_paid(), order.shipping_tax(), shipping_before.0, returned.shipping);
        let sent = (returned.shipping, sent.map_or(0, |part| part.tax));
        let other = made.total() - of_lines - returned.shipping;
        let other_tax = match made.returned() {
            Some(returned) => returned.tax - lines_tax - sent.1,
            // In proportion, as far as there is tax left: nobody recorded it.
            None => refund::of_order(quote, others_before.0, other).map_or(0, |part| part.tax).min(quote.tax_total - tax_before),
        };
        parts.extend(by_rate::part(&shipping, shipping_before, sent.0, sent.1));
        parts.extend(by_rate::part(&whole, others_before, other, other_tax));
        shipping_before = (shipping_before.0 + sent.0, shipping_before.1 + sent.1);
        others_before = (others_before.0 + other, others_before.1 + other_tax);
        tax_before += lines_tax + sent.1 + other_tax;
        all.push(by_rate::sum(parts));
    }
    all
}
