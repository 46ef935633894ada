//! The quote once more: in exact rationals, written from the rules (DESIGN.md §7) to be obvious and not to be quick.
//!
//! It shares the plain data with the crate and none of its arithmetic or decisions, so that both are wrong in the same way
//! only where the rules are. Whatever it returns has to be what the real one returns, to the last minor unit.

use std::collections::{BTreeMap, BTreeSet};

use catalog::bundle::Delivery;
use catalog::currency::Currency;
use catalog::discount::Benefit;
use catalog::quote::{Quote, QuoteLine};

use self::exact::{Exact, lesser, minor, sum, whole, zero};
use self::lines::{Line, MOST};
use crate::shop::Case;

mod discounts;
mod exact;
mod lines;
mod places;
mod sending;
mod taxes;

/// A cart that has no quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// Reasons of notices, in any order.
type Reasons = Vec<&'static str>;

/// All the numbers of a quote, and the decisions that they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    pub currency: Currency,
    pub lines: Vec<LineNumbers>,
    pub subtotal: i64,
    pub discount_total: i64,
    /// Id, code, amount.
    pub discounts: Vec<(String, Option<String>, i64)>,
    pub needs_shipping: bool,
    pub shipping: Option<i64>,
    pub shipping_discount: i64,
    pub method: Option<String>,
    /// Code and price.
    pub methods: Vec<(String, i64)>,
    /// Basis points and tax.
    pub taxes: Vec<(u32, i64)>,
    pub tax_total: i64,
    pub tax_included: bool,
    pub total: i64,
    /// What each pays and what is left on it.
    pub gift_cards: Vec<(i64, i64)>,
    pub due: i64,
    /// Reasons for which codes and cards are refused, sorted.
    pub reasons: Vec<String>,
}

/// The numbers of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineNumbers {
    pub sku: String,
    pub fields: BTreeMap<String, String>,
    pub quantity: u32,
    pub unit_price: i64,
    pub compare_at: Option<i64>,
    pub discount: i64,
    pub total: i64,
    pub tax_rate_bp: u32,
    pub tax: i64,
    pub is_available: bool,
}

impl From<&Quote> for Numbers {
    fn from(quote: &Quote) -> Self {
        let about_codes = quote.notices.iter().filter(|notice| matches!(notice.code.as_str(), "invalid_discount" | "invalid_gift_card"));
        let mut reasons: Vec<String> = about_codes.filter_map(|notice| notice.reason.clone()).collect();
        reasons.sort_unstable();
        Self {
            currency: quote.currency,
            lines: quote.lines.iter().map(LineNumbers::from).collect(),
            subtotal: quote.subtotal,
            discount_total: quote.discount_total,
            discounts: quote.discounts.iter().map(|applied| (applied.id.clone(), applied.code.clone(), applied.amount)).collect(),
            needs_shipping: quote.needs_shipping,
            shipping: quote.shipping,
            shipping_discount: quote.shipping_discount,
            method: quote.shipping_method.clone(),
            methods: quote.shipping_methods.iter().map(|method| (method.code.clone(), method.price)).collect(),
            taxes: quote.taxes.iter().map(|row| (row.rate_bp, row.tax)).collect(),
            tax_total: quote.tax_total,
            tax_included: quote.tax_included,
            total: quote.total,
            gift_cards: quote.gift_cards.iter().map(|card| (card.amount, card.left)).collect(),
            due: quote.due,
            reasons,
        }
    }
}

impl From<&QuoteLine> for LineNumbers {
    fn from(line: &QuoteLine) -> Self {
        Self {
            sku: line.sku.clone(),
            fields: line.fields.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            compare_at: line.compare_at,
            discount: line.discount,
            total: line.total,
            tax_rate_bp: line.tax_rate_bp,
            tax: line.tax,
            is_available: line.available,
        }
    }
}

impl From<&Line<'_>> for LineNumbers {
    fn from(line: &Line<'_>) -> Self {
        Self {
            sku: line.sku.clone(),
            fields: line.fields.clone(),
            quantity: line.quantity,
            unit_price: minor(&line.unit_price),
            compare_at: line.compare_at.as_ref().map(minor),
            discount: minor(&line.discount),
            total: minor(&line.total),
            tax_rate_bp: line.rate_bp,
            tax: minor(&line.tax),
            is_available: line.is_available,
        }
    }
}

/// What decided the numbers: the thresholds that were met, and how often minor units were dealt out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// For each line, how many prices for many its SKU has reached.
    pub tiers: Vec<usize>,
    /// For each discount of the terms, whether enough is spent and whether there are enough units.
    pub enough: Vec<(bool, bool)>,
    /// For each line, the id of the line discount that is best for it.
    pub line_discounts: Vec<Option<String>>,
    /// For each buy-x-get-y discount that applies, its id and how many units of each line it reduces.
    pub reduced_units: Vec<(String, Vec<usize>)>,
    /// Ids of the discounts that were held back by their cap.
    pub capped: BTreeSet<String>,
    /// For each method that takes the goods, its band and whether it is free.
    pub methods: Vec<(String, (usize, bool))>,
    /// How many discounts of goods apply.
    pub reducing: usize,
}

/// The quote's numbers for a case.
pub fn quote(case: &Case) -> Result<(Numbers, Trace), Refused> {
    let cart = &case.cart;
    let currency = match &cart.currency {
        None => case.terms.currencies[0],
        Some(code) => *case.terms.currencies.iter().find(|currency| currency.code() == code).ok_or(Refused)?,
    };
    let country = cart.country.as_deref().unwrap_or("");
    if !country.is_empty() && (country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase())) {
        return Err(Refused);
    }
    let mut trace = Trace::default();
    let mut reasons = Reasons::new();

    let mut lines = lines::of(case, currency)?;
    trace.tiers = lines.iter().map(|line| line.tiers).collect();
    trace.enough = case.terms.discounts.iter().map(|discount| discounts::is_enough(currency, &lines, discount)).collect();
    let subtotal = chargeable(sum(lines.iter().map(|line| &line.total)))?;

    let mut applied = discounts::chosen(case, currency, &lines, &mut reasons);
    trace.reducing = applied.iter().filter(|applied| !discounts::is_for_shipping(applied.discount)).count();
    discounts::reduce(&mut applied, &mut lines, currency, &mut trace);
    let goods = sum(lines.iter().map(|line| &line.total));

    let needs_shipping = !sending::sent(&lines).is_empty();
    let offers = if needs_shipping && !country.is_empty() { sending::offers(case, &lines, currency) } else { vec![] };
    trace.methods = offers.iter().map(|offer| (offer.code.clone(), offer.threshold)).collect();
    let left_of = |price: &Exact| price - sum(&discounts::off_sending(&applied, price, currency));
    let methods: Vec<(String, i64)> = offers.iter().map(|offer| (offer.code.clone(), minor(&left_of(&offer.price)))).collect();
    let wanted = offers.iter().find(|offer| Some(&offer.code) == cart.shipping.as_ref());
    let method = wanted.or(offers.first());
    let mut shipping_discount = zero();
    if let Some(method) = method {
        for (discount, off) in discounts::off_sending(&applied, &method.price, currency).into_iter().enumerate() {
            shipping_discount += &off;
            applied[discount].amount += off;
        }
    }
    let shipping = match method {
        Some(method) => Some(&method.price - &shipping_discount),
        None if needs_shipping => None,
        None => Some(zero()),
    };
    let sending = shipping.clone().unwrap_or_else(zero);

    let taxes = taxes::of(case, &mut lines, &sending);
    let tax_total = chargeable(sum(taxes.values()))?;
    let tax_included = taxes::are_included(case);
    let total = chargeable(&goods + &sending + if tax_included { zero() } else { tax_total.clone() })?;

    let (gift_cards, paid) = pay(case, currency, &lines, &total, &mut reasons);
    let mut reasons: Vec<String> = reasons.into_iter().map(str::to_owned).collect();
    reasons.sort_unstable();
    let numbers = Numbers {
        currency,
        discount_total: minor(&(&subtotal - &goods)),
        subtotal: minor(&subtotal),
        discounts: shown(&applied),
        needs_shipping,
        shipping: shipping.as_ref().map(minor),
        shipping_discount: minor(&shipping_discount),
        method: method.map(|method| method.code.clone()),
        methods,
        taxes: taxes.iter().map(|(rate_bp, tax)| (*rate_bp, minor(tax))).collect(),
        tax_total: minor(&tax_total),
        tax_included,
        total: minor(&total),
        gift_cards,
        due: minor(&(total - paid)),
        reasons,
        lines: lines.iter().map(LineNumbers::from).collect(),
    };
    Ok((numbers, trace))
}

fn chargeable(amount: Exact) -> Result<Exact, Refused> {
    if amount > whole(MOST) { Err(Refused) } else { Ok(amount) }
}

/// Those that take something off, and codes that apply, in the order in which they are taken off.
fn shown(applied: &[discounts::Applied<'_>]) -> Vec<(String, Option<String>, i64)> {
    let mut shown = Vec::new();
    let steps: [fn(&Benefit) -> bool; 4] = [
        |benefit| matches!(benefit, Benefit::Lines(_)),
        |benefit| matches!(benefit, Benefit::BuyGet { .. }),
        |benefit| matches!(benefit, Benefit::Order(_)),
        |benefit| matches!(benefit, Benefit::Shipping(_)),
    ];
    for is_in_step in steps {
        for applied in applied.iter().filter(|applied| is_in_step(&applied.discount.benefit)) {
            if applied.amount > zero() || applied.code.is_some() {
                shown.push((applied.discount.id.clone(), applied.code.map(str::to_owned), minor(&applied.amount)));
            }
        }
    }
    shown
}

/// Gift cards pay in the order of the cart, each once, for everything but gift cards.
fn pay(case: &Case, currency: Currency, lines: &[Line<'_>], total: &Exact, reasons: &mut Reasons) -> (Vec<(i64, i64)>, Exact) {
    let is_money = |line: &&Line<'_>| line.record.is_some_and(|record| record.delivery == Delivery::GiftCard);
    let mut left = total - sum(lines.iter().filter(is_money).map(|line| &line.total));
    let mut seen: Vec<&String> = Vec::new();
    let mut payments = Vec::new();
    let mut paid = zero();
    for code in &case.cart.gift_cards {
        if seen.contains(&code) {
            continue;
        }
        seen.push(code);
        match case.circumstances.gift_cards.get(code) {
            None => reasons.push("unknown"),
            Some(card) if card.currency != currency => reasons.push("currency"),
            Some(card) if card.minor <= 0 => reasons.push("empty"),
            Some(card) => {
                let amount = lesser(whole(card.minor), left.clone());
                left -= &amount;
                paid += &amount;
                payments.push((minor(&amount), minor(&(whole(card.minor) - amount))));
            }
        }
    }
    (payments, paid)
}
