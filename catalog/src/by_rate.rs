//! Net, tax and gross of an order by tax rate, as invoices and tax reports show them: the quote's own integers, added up.

use std::collections::BTreeMap;

use crate::money::spread;
use crate::quote::Quote;

/// What is taxed at one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RateSum {
    /// Basis points.
    pub rate_bp: u32,
    /// Without the tax, in minor units.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// With the tax.
    pub gross: i64,
}

impl RateSum {
    /// An amount that holds its tax.
    pub fn of(rate_bp: u32, gross: i64, tax: i64) -> Self {
        Self { rate_bp, net: gross - tax, tax, gross }
    }
}

/// An order's lines and its sending. Their gross sums to the order's total, their tax to its tax.
pub fn of_order(quote: &Quote) -> Vec<RateSum> {
    let lines = quote.lines.iter().map(|line| with_tax(quote, line.tax_rate_bp, line.total, line.tax));
    sum(lines.chain(of_shipping(quote)))
}

/// The price of sending.
pub fn of_shipping(quote: &Quote) -> Vec<RateSum> {
    let price = quote.shipping.unwrap_or(0);
    if !quote.shipping_taxes.is_empty() || price == 0 {
        return quote.shipping_taxes.iter().map(|row| with_tax(quote, row.rate_bp, row.price, row.tax)).collect();
    }
    // Quotes from before the parts were written down: what the tax by rate says beside the lines.
    let of_lines = |rate_bp: u32| quote.lines.iter().filter(|line| line.tax_rate_bp == rate_bp).map(|line| line.tax).sum::<i64>();
    let taxes: Vec<(u32, i64)> =
        quote.taxes.iter().map(|row| (row.rate_bp, row.tax - of_lines(row.rate_bp))).filter(|row| row.1 > 0).collect();
    if taxes.is_empty() {
        return vec![RateSum::of(0, price, 0)];
    }
    let worth: Vec<i64> = taxes.iter().map(|(rate_bp, tax)| tax * 10_000 / i64::from((*rate_bp).max(1))).collect();
    let parts = spread(price, &worth);
    taxes.into_iter().zip(parts).map(|((rate_bp, tax), price)| with_tax(quote, rate_bp, price, tax)).collect()
}

fn with_tax(quote: &Quote, rate_bp: u32, price: i64, tax: i64) -> RateSum {
    RateSum::of(rate_bp, if quote.tax_included { price } else { price + tax }, tax)
}

/// Those of the same rate together, the lowest rate first.
pub fn sum(parts: impl IntoIterator<Item = RateSum>) -> Vec<RateSum> {
    let mut sums: BTreeMap<u32, RateSum> = BTreeMap::new();
    for part in parts {
        let sum = sums.entry(part.rate_bp).or_default();
        *sum = RateSum::of(part.rate_bp, sum.gross + part.gross, sum.tax + part.tax);
    }
    sums.into_values().collect()
}

/// A part of an amount, by the rates of the whole: `gross` with `tax` in it, after as much as `before` says was taken in the same way.
/// The parts sum to what was asked for; and when all of the whole was taken, each rate's parts sum to that rate's.
pub fn part(whole: &[RateSum], before: (i64, i64), gross: i64, tax: i64) -> Vec<RateSum> {
    let weights = |of: fn(&RateSum) -> i64| whole.iter().map(|sum| of(sum).max(0)).collect::<Vec<i64>>();
    let between = |weights: &[i64], from: i64, by: i64| -> Vec<i64> {
        let (until, from) = (spread(from + by, weights), spread(from, weights));
        until.into_iter().zip(from).map(|(until, from)| until - from).collect()
    };
    let (gross, tax) = (between(&weights(|sum| sum.gross), before.0, gross), between(&weights(|sum| sum.tax), before.1, tax));
    whole.iter().zip(gross.into_iter().zip(tax)).map(|(sum, (gross, tax))| RateSum::of(sum.rate_bp, gross, tax)).collect()
}
