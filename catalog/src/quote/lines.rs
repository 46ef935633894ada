//! The first step of a quote: what each line costs before anything is taken off.

use std::collections::BTreeMap;

use super::{MAX_CHARGE_MINOR, Notice, QuoteLine, Setting, too_much};
use crate::bundle::VariantRecord;
use crate::cart::{Fault, MergedLine};
use crate::money::{Decimal, Money};
use crate::product::{AMOUNT_FIELD, ChosenAmount, FieldKind, UnitPrice};

/// Prices every line. Faults of fields are errors; articles that are gone and quantities that are not (any longer) sold are
/// lines that are not available, and notices.
pub(super) fn price(setting: &Setting<'_>, merged: &[MergedLine], notices: &mut Vec<Notice>) -> Result<Vec<QuoteLine>, Vec<Fault>> {
    // Prices for many and limits hold for a SKU over all its lines, so that lines with other fields count together.
    let mut ordered: BTreeMap<&str, u32> = BTreeMap::new();
    for line in merged {
        let sum = ordered.entry(line.sku.as_str()).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    let mut lines = Vec::with_capacity(merged.len());
    let mut faults = Vec::new();
    for line in merged {
        let of_sku = ordered[line.sku.as_str()];
        let record = setting.goods.get(line.sku.as_str()).filter(|record| record.pricing.prices.contains_key(&setting.currency));
        match record.map(|record| price_line(setting, record, line, of_sku)) {
            Some(Ok(priced)) => lines.push(priced),
            Some(Err(fault)) => faults.push(Fault { sku: Some(line.sku.to_string()), ..fault }),
            None => {
                notices.push(Notice::new("unknown_sku", Some(line.sku.as_str()), "this article is no longer sold"));
                lines.push(gone(line));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for (sku, quantity) in ordered {
        let Some(record) = setting.goods.get(sku) else { continue };
        let title = record.title_in(setting.language);
        if record.discontinued {
            notices.push(Notice::new("out_of_stock", Some(sku), format!("{title} is sold out for good")).because("gone"));
        }
        if let Some(notice) = outside_limits(setting, record, sku, title, quantity) {
            notices.push(notice);
            lines.iter_mut().filter(|line| line.sku == sku).for_each(|line| line.available = false);
        }
    }
    Ok(lines)
}

fn outside_limits(setting: &Setting<'_>, record: &VariantRecord, sku: &str, title: &str, quantity: u32) -> Option<Notice> {
    let most = record.limits.max.unwrap_or(setting.terms.max_quantity);
    if record.limits.allow(u64::from(quantity), setting.terms.max_quantity) {
        return None;
    }
    let (reason, text) = if quantity > most {
        ("max", format!("at most {most} of {title} in one order"))
    } else if quantity < record.limits.least() {
        ("min", format!("at least {} of {title} in one order", record.limits.least()))
    } else {
        ("step", format!("{title} is sold in steps of {}", record.limits.step.unwrap_or(1)))
    };
    Some(Notice::new("invalid_quantity", Some(sku), text).because(reason))
}

fn price_line(setting: &Setting<'_>, record: &VariantRecord, line: &MergedLine, of_sku: u32) -> Result<QuoteLine, Fault> {
    let base = match &record.chosen_amount {
        Some(range) => {
            let minor = chosen_amount(setting, record, range, line)?;
            UnitPrice { minor, before: None, is_reduced: false }
        }
        None => record.pricing.unit_price(setting.currency, of_sku, setting.circumstances.now).ok_or_else(too_much)?,
    };
    let filled = filled_in(setting, record, line)?;
    let unit_price = base.minor.checked_add(filled.price).ok_or_else(too_much)?;
    let total = unit_price.checked_mul(i64::from(line.quantity)).filter(|sum| *sum <= MAX_CHARGE_MINOR).ok_or_else(too_much)?;
    Ok(QuoteLine {
        sku: line.sku.to_string(),
        product: Some(record.product.to_string()),
        title: record.title_in(setting.language).to_owned(),
        options: filled.options,
        written: Some(filled.written).filter(|_| !line.fields.is_empty()),
        fields: line.fields.clone(),
        quantity: line.quantity,
        unit_price,
        compare_at: base.before.filter(|before| *before > base.minor).map(|before| before + filled.price),
        discount: 0,
        tax: 0,
        total,
        tax_rate_bp: 0,
        image: record.image.clone(),
        url: Some(record.url_in(setting.language).to_owned()),
        delivery: Some(record.delivery),
        available: !record.discontinued,
        ships_from: record.available_from.filter(|from| *from > setting.circumstances.now),
    })
}

/// What the buyer of a gift card wants on it, in minor units.
fn chosen_amount(setting: &Setting<'_>, record: &VariantRecord, range: &ChosenAmount, line: &MergedLine) -> Result<i64, Fault> {
    let title = record.title_in(setting.language);
    let Some(text) = line.fields.get(AMOUNT_FIELD) else {
        return Err(Fault::new("missing_field", format!("say the amount of {title}")));
    };
    let currency = setting.currency;
    let amount = Decimal::parse(text).ok().and_then(|amount| Money::from_decimal(amount, currency, setting.unit).ok());
    let limits = range.min.get(&currency).zip(range.max.get(&currency));
    match (amount, limits) {
        (Some(amount), Some((min, max))) if (*min..=*max).contains(&amount.minor) => Ok(amount.minor),
        (_, Some((min, max))) => {
            let (min, max) = (Money::new(*min, currency), Money::new(*max, currency));
            Err(Fault::new("invalid_field", format!("{title} is sold for amounts from {min} to {max}")))
        }
        (_, None) => Err(Fault::new("invalid_field", format!("{title} is not sold in this currency"))),
    }
}

struct Filled {
    options: Vec<(String, String)>,
    /// Indices of those that are in the shopper's own words.
    written: Vec<usize>,
    /// For one unit, in minor units.
    price: i64,
}

/// The variant's own options, the shopper's choice for each open one, and what was filled in; anything else is refused.
fn filled_in(setting: &Setting<'_>, record: &VariantRecord, line: &MergedLine) -> Result<Filled, Fault> {
    let language = setting.language;
    let title = record.title_in(language);
    let mut options = record.options_in(language).to_vec();
    for (option, open) in record.open_options.iter().enumerate() {
        let Some(value) = line.fields.get(&open.name) else {
            return Err(Fault::new("missing_field", format!("choose a {} for {title}", open.name)));
        };
        let Some(value) = open.values.iter().position(|known| known == value) else {
            return Err(Fault::new("invalid_field", format!("{title} has no such {}", open.name)));
        };
        options.push(record.open_option_in(language, option, value));
    }
    let (mut price, mut written) = (0_i64, Vec::new());
    for (index, field) in record.fields.iter().enumerate() {
        let Some(value) = line.fields.get(&field.name) else {
            if field.is_required {
                let (name, _) = record.field_in(language, index, "");
                return Err(Fault::new("missing_field", format!("fill in ‘{name}’ for {title}")));
            }
            continue;
        };
        let (name, shown) = record.field_in(language, index, value);
        check_field(&field.kind, value).map_err(|what| Fault::new("invalid_field", format!("‘{name}’ of {title} {what}")))?;
        if !matches!(field.kind, FieldKind::Choice { .. }) {
            written.push(options.len());
        }
        options.push((name.to_owned(), shown.to_owned()));
        price = price.checked_add(field.prices.get(&setting.currency).copied().unwrap_or(0)).ok_or_else(too_much)?;
    }
    let is_known = |name: &String| {
        record.open_options.iter().any(|open| open.name == *name)
            || record.fields.iter().any(|field| field.name == *name)
            || record.chosen_amount.is_some() && name == AMOUNT_FIELD
    };
    match line.fields.keys().find(|name| !is_known(name)) {
        Some(_) => Err(Fault::new("invalid_field", format!("{title} takes no such field"))),
        None => Ok(Filled { options, written, price }),
    }
}

fn check_field(kind: &FieldKind, value: &str) -> Result<(), String> {
    match kind {
        FieldKind::Text { max_chars } if value.chars().count() > *max_chars as usize => Err(format!("has at most {max_chars} characters")),
        FieldKind::Text { .. } if value.chars().any(char::is_control) => Err("is one line of text".to_owned()),
        FieldKind::Date if !is_day(value) => Err("is a day, such as 2026-05-01".to_owned()),
        FieldKind::Choice { values } if !values.iter().any(|known| known == value) => Err("has no such choice".to_owned()),
        FieldKind::Text { .. } | FieldKind::Date | FieldKind::Choice { .. } => Ok(()),
    }
}

/// Whether a text is a day of the Gregorian calendar, `2026-05-01`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn gone(line: &MergedLine) -> QuoteLine {
    QuoteLine {
        sku: line.sku.to_string(),
        product: None,
        title: String::new(),
        options: Vec::new(),
        written: None,
        fields: line.fields.clone(),
        quantity: line.quantity,
        unit_price: 0,
        compare_at: None,
        discount: 0,
        tax: 0,
        total: 0,
        tax_rate_bp: 0,
        image: None,
        url: None,
        delivery: None,
        available: false,
        ships_from: None,
    }
}
