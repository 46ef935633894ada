//! The lines of a cart and what they cost before anything is taken off.

use std::collections::BTreeMap;

use catalog::bundle::VariantRecord;
use catalog::cart::Cart;
use catalog::currency::Currency;
use catalog::product::{ChosenAmount, FieldKind, LineField, Window};

use super::Refused;
use super::exact::{Exact, minor, whole, zero};
use crate::shop::Case;

/// What Stripe charges at most.
pub const MOST: i64 = 999_999_999_999;

/// What the shopper has filled in, by name.
type Fields = BTreeMap<String, String>;

/// One line on its way through the quote.
pub struct Line<'a> {
    pub sku: String,
    pub fields: Fields,
    pub quantity: u32,
    /// `None` where the article is gone, or not sold in the cart's currency.
    pub record: Option<&'a VariantRecord>,
    pub unit_price: Exact,
    pub compare_at: Option<Exact>,
    pub is_available: bool,
    pub discount: Exact,
    /// What is left of the price.
    pub total: Exact,
    pub rate_bp: u32,
    pub tax: Exact,
    /// How many of its prices for many the SKU has reached.
    pub tiers: usize,
}

/// Equal lines are one; lines are sorted by SKU and fields; a field without a value is not there.
fn merged(cart: &Cart) -> Result<BTreeMap<(String, Fields), u64>, Refused> {
    if cart.lines.is_empty() || cart.lines.len() > 60 {
        return Err(Refused);
    }
    let mut merged: BTreeMap<_, u64> = BTreeMap::new();
    for line in &cart.lines {
        let quantity = line.quantity.as_u64().filter(|quantity| (1..=10_000).contains(quantity)).ok_or(Refused)?;
        let mut fields = BTreeMap::new();
        for (name, value) in &line.fields {
            if !value.trim().is_empty() {
                fields.insert(name.clone(), value.trim().to_owned());
            }
        }
        *merged.entry((line.sku.clone(), fields)).or_default() += quantity;
    }
    Ok(merged)
}

/// The lines in their order.
pub fn of(case: &Case, currency: Currency) -> Result<Vec<Line<'_>>, Refused> {
    let merged = merged(&case.cart)?;
    let mut lines = Vec::new();
    for ((sku, fields), quantity) in &merged {
        let of_sku: u64 = merged.iter().filter(|((other, _), _)| other == sku).map(|(_, quantity)| quantity).sum();
        let mut line = Line {
            sku: sku.clone(),
            fields: fields.clone(),
            quantity: u32::try_from(*quantity).expect("few units"),
            record: None,
            unit_price: zero(),
            compare_at: None,
            is_available: false,
            discount: zero(),
            total: zero(),
            rate_bp: 0,
            tax: zero(),
            tiers: 0,
        };
        if let Some(record) = case.goods.get(sku)
            && let Some(price) = record.pricing.prices.get(&currency)
        {
            let (one, crossed_out) = match &record.chosen_amount {
                Some(range) => (chosen(range, fields, currency)?, None),
                None => one_of(record, *price, of_sku, case.circumstances.now, currency),
            };
            let added = filled_in(record, fields, currency)?;
            line.record = Some(record);
            line.compare_at = crossed_out.filter(|crossed_out| *crossed_out > one).map(|crossed_out| whole(crossed_out + added));
            line.unit_price = whole(one + added);
            line.total = &line.unit_price * whole(*quantity);
            line.is_available = !record.discontinued && is_sold(record, of_sku, case.terms.max_quantity);
            line.tiers = record.pricing.quantity_prices.iter().filter(|tier| u64::from(tier.from) <= of_sku).count();
            if line.total > whole(MOST) {
                return Err(Refused);
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Whether an instant lies in a window: from its beginning until just before its end.
pub fn is_within(window: Window, now: i64) -> bool {
    let has_begun = match window.from {
        Some(from) => now >= from,
        None => true,
    };
    let has_ended = match window.until {
        Some(until) => now >= until,
        None => false,
    };
    has_begun && !has_ended
}

/// What one costs, and what is crossed out beside it.
fn one_of(record: &VariantRecord, price: i64, of_sku: u64, now: i64, currency: Currency) -> (i64, Option<i64>) {
    let mut prices = vec![price];
    let mut crossed_out = Vec::new();
    if let Some(sale) = &record.pricing.sale
        && is_within(sale.window, now)
    {
        prices.push(sale.prices[&currency]);
        if sale.prices[&currency] < price {
            crossed_out.push(price);
        }
    }
    for tier in &record.pricing.quantity_prices {
        if of_sku >= u64::from(tier.from) {
            prices.push(tier.prices[&currency]);
        }
    }
    if let Some(former) = record.pricing.compare_at.get(&currency) {
        crossed_out.push(*former);
    }
    (prices.into_iter().min().expect("a price"), crossed_out.into_iter().max())
}

/// Whether so many are sold: at least its minimum, at most its maximum or the shop's, in its steps.
fn is_sold(record: &VariantRecord, of_sku: u64, shops_most: u32) -> bool {
    let step = u64::from(record.limits.step.unwrap_or(1));
    let most = u64::from(record.limits.max.unwrap_or(shops_most));
    let least = record.limits.min.map_or(step, u64::from);
    least <= of_sku && of_sku <= most && of_sku.is_multiple_of(step)
}

/// The amount of a gift card as its buyer writes it: digits, perhaps a point and digits.
fn chosen(range: &ChosenAmount, fields: &Fields, currency: Currency) -> Result<i64, Refused> {
    let text = fields.get("amount").ok_or(Refused)?;
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{units}{decimals}");
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(Refused);
    }
    let digits = whole(digits.parse::<i64>().map_err(|_| Refused)?);
    let ten = |power: usize| whole(10).pow(i32::try_from(power).expect("few decimals"));
    let amount = digits * ten(usize::from(currency.digits())) / ten(decimals.len());
    let is_offered = amount.is_integer() && whole(range.min[&currency]) <= amount && amount <= whole(range.max[&currency]);
    if is_offered { Ok(minor(&amount)) } else { Err(Refused) }
}

/// What was filled in costs so much for each unit; what cannot be filled in is refused, and what is missing as well.
fn filled_in(record: &VariantRecord, fields: &Fields, currency: Currency) -> Result<i64, Refused> {
    let mut known = Vec::new();
    let mut price = 0;
    for open in &record.open_options {
        known.push(open.name.as_str());
        if !fields.get(&open.name).is_some_and(|value| open.values.contains(value)) {
            return Err(Refused);
        }
    }
    for field in &record.fields {
        known.push(field.name.as_str());
        match fields.get(&field.name) {
            Some(value) if is_proper(field, value) => price += field.prices.get(&currency).copied().unwrap_or(0),
            None if !field.is_required => {}
            Some(_) | None => return Err(Refused),
        }
    }
    if record.chosen_amount.is_some() {
        known.push("amount");
    }
    if fields.keys().all(|name| known.contains(&name.as_str())) { Ok(price) } else { Err(Refused) }
}

fn is_proper(field: &LineField, value: &str) -> bool {
    match &field.kind {
        FieldKind::Text { max_chars } => value.chars().count() <= *max_chars as usize,
        FieldKind::Choice { values } => values.iter().any(|known| known == value),
        FieldKind::Date => is_day(value),
    }
}

/// `2026-05-01`, and a day that there is.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let &[year, month, day] = &numbers[..] else { return false };
    if lengths != [4, 2, 2] {
        return false;
    }
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
