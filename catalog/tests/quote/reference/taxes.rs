//! The tax in, or on top of, lines and sending.

use std::collections::BTreeMap;

use catalog::bundle::Delivery;
use catalog::shipping::ShippingTax;

use super::exact::{Exact, fraction, largest_remainder, rounded, sum, whole, zero};
use super::lines::Line;
use super::places::Place;
use super::sending::sent;
use crate::shop::Case;

/// Whether prices contain the tax where the goods go.
pub fn are_included(case: &Case) -> bool {
    let rules = &case.terms.tax;
    Place::of_tax(&case.cart, &case.terms).nearest(&rules.markets).unwrap_or(rules.prices_include_tax)
}

fn rate(case: &Case, class: &str) -> u32 {
    let rates = case.terms.tax.classes.get(class).cloned().unwrap_or_default();
    Place::of_tax(&case.cart, &case.terms).nearest(&rates).unwrap_or(0)
}

/// Contained tax is what is over when the price is divided by one and the rate.
fn tax(case: &Case, amount: &Exact, rate_bp: u32) -> Exact {
    let rate = fraction(rate_bp);
    rounded(&if are_included(case) { amount - amount / (whole(1) + rate) } else { amount * rate })
}

/// Taxes each line, and answers with the tax of each rate.
pub fn of(case: &Case, lines: &mut [Line<'_>], sending: &Exact) -> BTreeMap<u32, Exact> {
    let mut by_rate: BTreeMap<u32, Exact> = BTreeMap::new();
    for line in lines.iter_mut() {
        let Some(record) = line.record else { continue };
        line.rate_bp = if record.delivery == Delivery::GiftCard { 0 } else { rate(case, &record.tax_class) };
        line.tax = tax(case, &line.total, line.rate_bp);
        *by_rate.entry(line.rate_bp).or_insert_with(zero) += &line.tax;
    }
    for (rate_bp, part) in parts_of_sending(case, lines, sending) {
        *by_rate.entry(rate_bp).or_insert_with(zero) += tax(case, &part, rate_bp);
    }
    by_rate.retain(|_, tax| *tax != zero());
    by_rate
}

/// The price of sending by the rates at which its parts are taxed.
fn parts_of_sending(case: &Case, lines: &[Line<'_>], sending: &Exact) -> Vec<(u32, Exact)> {
    if let ShippingTax::Class(class) = &case.terms.shipping.tax {
        return vec![(rate(case, class), sending.clone())];
    }
    let sent = sent(lines);
    let rates: std::collections::BTreeSet<u32> = sent.iter().map(|(_, line)| line.rate_bp).collect();
    let rates: Vec<u32> = rates.into_iter().collect();
    let by_rate = |weight: fn(&Line<'_>) -> Exact| {
        let weights =
            |rate: &u32| sum(&sent.iter().filter(|(_, line)| line.rate_bp == *rate).map(|(_, line)| weight(line)).collect::<Vec<_>>());
        rates.iter().map(weights).collect::<Vec<_>>()
    };
    let mut weights = by_rate(|line| line.total.clone());
    if sum(&weights) == zero() {
        // All of it is given away: then each piece counts the same.
        weights = by_rate(|line| whole(line.quantity));
    }
    let shares = largest_remainder(sending, &weights);
    rates.into_iter().zip(shares).collect()
}
