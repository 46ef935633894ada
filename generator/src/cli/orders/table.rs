//! Lists of orders and exports: tables for people, CSV for spreadsheets, JSON for programs.

use std::io::Write as _;

use anyhow::{Result, anyhow};
use catalog::currency::Currency;
use catalog::money::Money;
use checkout_fn::merchant::{ExportRow, OrderSummary, TaxRow};

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    Table,
    Csv,
    Json,
}

impl Form {
    /// What was typed.
    pub(in crate::cli) fn of(json: bool, csv: bool) -> Self {
        match (json, csv) {
            (true, _) => Self::Json,
            (false, true) => Self::Csv,
            (false, false) => Self::Table,
        }
    }
}

/// Writes CSV on standard output. Nobody may be reading any more, which is no failure.
pub(in crate::cli) fn csv(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(heads)?;
    for row in rows {
        writer.write_record(row)?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow!("cannot write CSV: {error}"))?;
    let _ = std::io::stdout().write_all(&bytes);
    Ok(())
}

/// An amount as spreadsheets read it: `24.90`.
fn amount(minor: i64, currency: &str) -> String {
    Currency::parse(currency).map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).to_decimal_text())
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn list(orders: &[OrderSummary], form: Form) -> Result<()> {
    let goods = |order: &OrderSummary| {
        order.lines.iter().map(|(quantity, _, title)| format!("{quantity} × {title}")).collect::<Vec<_>>().join(", ")
    };
    match form {
        Form::Json => say!("{}", serde_json::to_string_pretty(orders)?),
        Form::Csv => {
            let heads = ["order", "payment", "sent", "placed", "paid", "currency", "due", "refunded", "invoice", "goods", "attention"];
            let row = |order: &OrderSummary| {
                let currency = &order.currency;
                vec![
                    order.number.clone(),
                    order.payment.clone(),
                    order.fulfilment.clone(),
                    day(order.created_at),
                    order.paid_at.map(day).unwrap_or_default(),
                    currency.clone(),
                    amount(order.due, currency),
                    amount(order.refunded, currency),
                    order.invoice.clone().unwrap_or_default(),
                    goods(order),
                    order.attention.clone().unwrap_or_default(),
                ]
            };
            csv(&heads, orders.iter().map(row))?;
        }
        Form::Table if orders.is_empty() => say!("no orders"),
        Form::Table => {
            say!("{:<12} {:<18} {:<10} {:>12}  {:<20}  goods", "order", "payment", "sent", "total", "placed (UTC)");
            for order in orders {
                let payment = match order.refunded {
                    0 => order.payment.clone(),
                    _ => format!("{} (refunds)", order.payment),
                };
                let attention = order.attention.as_ref().map_or_else(String::new, |why| format!("  ! {why}"));
                let (number, sent, total) = (&order.number, &order.fulfilment, &order.total_text);
                say!("{number:<12} {payment:<18} {sent:<10} {total:>12}  {:<20}  {}{attention}", day(order.created_at), goods(order));
            }
        }
    }
    Ok(())
}

/// Exports are for programs: what is no JSON is CSV.
pub(super) fn export(rows: &[ExportRow], form: Form) -> Result<()> {
    if form == Form::Json {
        say!("{}", serde_json::to_string_pretty(rows)?);
        return Ok(());
    }
    let heads = [
        "order",
        "placed",
        "paid",
        "payment",
        "sent",
        "country",
        "currency",
        "subtotal",
        "discount",
        "shipping",
        "tax",
        "total",
        "gift_cards",
        "due",
        "refunded",
        "invoice",
        "invoiced",
    ];
    let row = |row: &ExportRow| {
        let money = |minor: i64| amount(minor, &row.currency);
        vec![
            row.order.clone(),
            day(row.placed_at),
            row.paid_at.map(day).unwrap_or_default(),
            row.payment.to_owned(),
            row.fulfilment.to_owned(),
            row.country.clone().unwrap_or_default(),
            row.currency.clone(),
            money(row.subtotal),
            money(row.discount),
            money(row.shipping),
            money(row.tax),
            money(row.total),
            money(row.gift_cards),
            money(row.due),
            money(row.refunded),
            row.invoice.clone().unwrap_or_default(),
            row.invoiced_at.map(day).unwrap_or_default(),
        ]
    };
    csv(&heads, rows.iter().map(row))
}

pub(super) fn tax(rows: &[TaxRow], form: Form) -> Result<()> {
    let rate = |row: &TaxRow| format!("{}.{:02}", row.rate_bp / 100, row.rate_bp % 100);
    let heads = ["month", "kind", "country", "currency", "rate", "count", "net", "tax", "gross"];
    let cells = |row: &TaxRow| {
        let money = |minor: i64| amount(minor, &row.currency);
        let country = row.country.clone().unwrap_or_default();
        let (month, kind, currency) = (row.month.clone(), row.kind.to_owned(), row.currency.clone());
        vec![month, kind, country, currency, rate(row), row.count.to_string(), money(row.net), money(row.tax), money(row.gross)]
    };
    match form {
        Form::Json => say!("{}", serde_json::to_string_pretty(rows)?),
        Form::Csv => csv(&heads, rows.iter().map(cells))?,
        Form::Table if rows.is_empty() => say!("nothing was paid or given back"),
        Form::Table => {
            let print = |cells: &[String]| {
                let [month, kind, country, currency, rate, count, net, tax, gross] = cells else { return };
                say!("{month:<8} {kind:<7} {country:<8} {currency:<8} {rate:>6} {count:>6} {net:>14} {tax:>12} {gross:>14}");
            };
            print(&heads.map(str::to_owned));
            for row in rows {
                print(&cells(row));
            }
        }
    }
    Ok(())
}
