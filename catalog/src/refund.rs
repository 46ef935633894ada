//! What of a line goes back when some of its units do: amounts and taxes that sum to the line, however it is divided (R17).

use crate::money::{cumulative_part, scale_round};
use crate::quote::{Quote, QuoteLine};

/// Part of an order's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What the buyer gets, in minor units, tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
}

/// What `units` of a line are worth after `before` units of it have gone back already, in steps of `unit` minor units, the
/// coarsest that can be paid out. All parts together are the line.
pub fn of_line(quote: &Quote, line: &QuoteLine, before: u32, units: u32, unit: i64) -> Part {
    let paid = line.total + if quote.tax_included { 0 } else { line.tax };
    // What a line was paid with is a multiple of the step; else the last of its units has the rest.
    let is_last = before.saturating_add(units) >= line.quantity && before < line.quantity;
    let rest = if is_last { paid % unit } else { 0 };
    let amount = unit * cumulative_part(paid / unit, before, units, line.quantity) + rest;
    Part { amount, tax: cumulative_part(line.tax, before, units, line.quantity) }
}

/// What goes back of a sum that was `paid`, such as the price of sending, after `before` of it has gone back, with its part of the
/// `tax` in it. `None` where more would go back than was paid.
pub fn of_sum(paid: i64, tax: i64, before: i64, amount: i64) -> Option<Part> {
    let until = |sum: i64| if paid == 0 { Some(0) } else { scale_round(tax, sum, paid) };
    let after = before.checked_add(amount).filter(|after| *after <= paid && amount >= 0 && before >= 0)?;
    Some(Part { amount, tax: until(after)? - until(before)? })
}
