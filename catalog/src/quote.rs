//! The only price arithmetic there is (R18).
//!
//! `quote(goods, terms, cart, circumstances)` is pure. Product page, cart, payment, order, refund and mail all show its
//! numbers. Every amount is an integer of minor units. Stock is not its business: the checkout adds what the store says.
//!
//! The order is fixed: unit prices ([`lines`]) → discounts of lines, of many, of the order ([`reductions`]) → shipping and
//! its discounts ([`sending`]) → tax ([`taxes`]) → gift cards → what is due.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::Destination;
use crate::bundle::{Delivery, VariantRecord};
use crate::cart::{Cart, Fault};
use crate::currency::Currency;
use crate::id::Country;
use crate::money::MAX_CHARGE_MINOR;
use crate::terms::Terms;

mod lines;
mod reductions;
mod sending;
mod taxes;

/// The goods a cart may name: SKU → record. Only the cart's own SKUs are looked up.
pub type Goods = BTreeMap<String, VariantRecord>;

/// What a quote rests on beside goods, terms and cart: the time, and what the store knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Seconds since 1970, UTC: which sales and discounts hold.
    pub now: i64,
    /// Ids of discounts of which no use is left.
    pub used_up: BTreeSet<String>,
    /// What the cart's gift cards hold, by the code as the cart has it; a code that is not here is not valid.
    pub gift_cards: BTreeMap<String, Balance>,
}

/// What a gift card holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The card's currency.
    pub currency: Currency,
    /// What is left on it and not reserved, in minor units.
    pub minor: i64,
}

/// A priced cart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own, and none follows from another")]
pub struct Quote {
    /// All amounts are in this currency's minor units.
    pub currency: Currency,
    /// The country the taxes and shipping are for, where the shopper has named one.
    pub country: Option<String>,
    /// Merged, sorted by (SKU, fields).
    pub lines: Vec<QuoteLine>,
    /// Σ of the lines before discounts.
    pub subtotal: i64,
    /// Σ of the lines' discounts, positive.
    pub discount_total: i64,
    /// The discounts that apply, in the order in which they were taken off.
    #[serde(default)]
    pub discounts: Vec<AppliedDiscount>,
    /// Whether anything has to be sent.
    pub needs_shipping: bool,
    /// Whether the order has to name a region, by its code, because taxes or sending differ by regions in that country.
    #[serde(default)]
    pub needs_region: bool,
    /// Likewise a postcode.
    #[serde(default)]
    pub needs_postcode: bool,
    /// What sending costs after its discounts; `None` while it cannot be known (no country, no method).
    pub shipping: Option<i64>,
    /// What discounts have taken off the price of sending, positive.
    #[serde(default)]
    pub shipping_discount: i64,
    /// The code of the method that `shipping` is for.
    pub shipping_method: Option<String>,
    /// What can be chosen, in the shop's order.
    pub shipping_methods: Vec<ShippingChoice>,
    /// The tax in, or on top of, lines and shipping.
    pub tax_total: i64,
    /// Whether `tax_total` is contained in the other numbers.
    pub tax_included: bool,
    /// `tax_total` by rate.
    pub taxes: Vec<TaxRow>,
    /// What sending costs by the rates at which it is taxed; empty where it costs nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipping_taxes: Vec<ShippingTaxRow>,
    /// Σ lines + shipping + tax that is not included (R17).
    pub total: i64,
    /// What gift cards pay, each by itself, in the order of the cart.
    #[serde(default)]
    pub gift_cards: Vec<CardPayment>,
    /// What gift cards pay.
    pub gift_cards_total: i64,
    /// What remains to be paid.
    pub due: i64,
    /// What the shopper should know; a checkout is refused while any of them blocks.
    pub notices: Vec<Notice>,
}

/// A discount that applies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AppliedDiscount {
    /// Its stable name.
    pub id: String,
    /// The code that asked for it, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For people.
    pub title: String,
    /// What it takes off, in minor units: of lines, or of shipping.
    pub amount: i64,
}

/// What one gift card pays.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CardPayment {
    /// The last characters of its code, for people.
    pub ends_in: String,
    /// Minor units.
    pub amount: i64,
    /// What is left on it afterwards.
    pub left: i64,
}

/// One priced line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QuoteLine {
    /// The variant.
    pub sku: String,
    /// The product's id; `None` where the SKU is gone.
    pub product: Option<String>,
    /// The product's title; empty where the SKU is gone.
    pub title: String,
    /// Names and values of options, and titles and values of what the shopper filled in.
    pub options: Vec<(String, String)>,
    /// What the shopper added.
    pub fields: BTreeMap<String, String>,
    /// How many.
    pub quantity: u32,
    /// For one, with what the shopper's additions cost.
    pub unit_price: i64,
    /// The higher price that is shown crossed out, where it is reduced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<i64>,
    /// What this line is reduced by, positive.
    pub discount: i64,
    /// The tax in, or on top of, `total`.
    pub tax: i64,
    /// `unit_price × quantity − discount`.
    pub total: i64,
    /// The tax rate in basis points.
    pub tax_rate_bp: u32,
    /// A small picture.
    pub image: Option<String>,
    /// The product's page.
    pub url: Option<String>,
    /// How it is delivered; `None` where the SKU is gone.
    pub delivery: Option<Delivery>,
    /// Whether it can be bought now, in this quantity.
    pub available: bool,
    /// Sent from this day on only (seconds since 1970, UTC): a pre-order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ships_from: Option<i64>,
}

impl QuoteLine {
    /// What people call it: the title, or the SKU where that is gone.
    pub fn name(&self) -> &str {
        if self.title.is_empty() { &self.sku } else { &self.title }
    }
}

/// A shipping method and its price for this cart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippingChoice {
    /// The stable name.
    pub code: String,
    /// For people.
    pub title: String,
    /// Minor units.
    pub price: i64,
    /// Delivery time in days, as text: `3-5`.
    pub days: Option<String>,
    /// Where and when to fetch the goods, or what else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxRow {
    /// Basis points.
    pub rate_bp: u32,
    /// Minor units.
    pub tax: i64,
}

/// A part of the price of sending.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippingTaxRow {
    /// Basis points.
    pub rate_bp: u32,
    /// The part, in minor units.
    pub price: i64,
    /// The tax in it, or on top of it.
    pub tax: i64,
}

/// Something the shopper should know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// Stable, in snake case.
    pub code: String,
    /// Why, stable and in snake case, where one code has several reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The line concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The discount code concerned, as it was written, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// For people.
    pub message: String,
}

/// The code of the one notice that only informs: a code that others have made useless.
const DISCOUNT_NOT_NEEDED: &str = "discount_not_needed";

impl Notice {
    /// A notice about one line, or about the cart.
    pub fn new(code: &str, sku: Option<&str>, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), reason: None, sku: sku.map(str::to_owned), about: None, message: message.into() }
    }

    /// The same with the reason, for programs that have words of their own for it.
    #[must_use]
    pub fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }

    /// Whether a checkout is refused while it stands.
    pub fn blocks(&self) -> bool {
        self.code != DISCOUNT_NOT_NEEDED
    }
}

/// What stays the same while a cart is priced.
struct Setting<'a> {
    goods: &'a Goods,
    terms: &'a Terms,
    circumstances: &'a Circumstances,
    currency: Currency,
    /// The smallest step of it that every way to pay can charge, in minor units.
    unit: i64,
    to: Destination,
    /// One that the shop does not have is its first.
    language: &'a str,
}

/// Prices a cart.
///
/// Structural faults (quantities, fields, codes of another form) are errors, all of them named. What can change
/// under a shopper's hands, such as an article that is gone or a code that has ended, is a marked line and a [`Notice`].
pub fn quote(goods: &Goods, terms: &Terms, cart: &Cart, circumstances: &Circumstances) -> Result<Quote, Vec<Fault>> {
    let country = country(cart)?;
    let currency = currency(terms, cart)?;
    let setting = Setting {
        goods,
        terms,
        circumstances,
        currency,
        unit: currency.chargeable_unit(&terms.gateways).unwrap_or(1),
        to: Destination::new(country.as_deref(), cart.region.as_deref(), cart.postcode.as_deref()),
        language: cart.language.as_deref().unwrap_or_default(),
    };
    let merged = cart.merge()?;
    let mut notices = Vec::new();
    let mut lines = lines::price(&setting, &merged, &mut notices)?;
    let subtotal = sum(lines.iter().map(|line| line.total))?;
    let mut reductions = reductions::choose(&setting, &lines, &cart.discounts, &mut notices);
    reductions.reduce_lines(&setting, &mut lines);
    let goods_total = sum(lines.iter().map(|line| line.total))?;
    let sending = sending::send(&setting, cart, &lines, &mut reductions, &mut notices);
    reductions.tell_useless(&setting, sending.is_known(), &mut notices);
    let (taxes, shipping_taxes) = taxes::tax(&setting, &mut lines, sending.price.unwrap_or(0)).ok_or_else(|| vec![too_much()])?;
    let tax_total = sum(taxes.iter().map(|row| row.tax))?;
    let tax_included = terms.tax.is_included(&setting.to);
    let total = sum([goods_total, sending.price.unwrap_or(0), if tax_included { 0 } else { tax_total }].into_iter())?;
    let cards = pay_with_cards(&setting, &cart.gift_cards, payable_by_card(&lines, total), &mut notices);
    let gift_cards_total = cards.iter().map(|card| card.amount).sum();
    let place_needed = terms.place_needed(country.as_deref(), sending.is_needed);
    Ok(Quote {
        currency: setting.currency,
        country,
        subtotal,
        discount_total: subtotal - goods_total,
        discounts: reductions.applied(&setting),
        needs_shipping: sending.is_needed,
        needs_region: place_needed.region,
        needs_postcode: place_needed.postcode,
        shipping: sending.price,
        shipping_discount: sending.discount,
        shipping_method: sending.method,
        shipping_methods: sending.choices,
        tax_total,
        tax_included,
        taxes: taxes.into_iter().filter(|row| row.tax != 0).collect(),
        shipping_taxes,
        total,
        gift_cards: cards,
        gift_cards_total,
        due: total - gift_cards_total,
        lines,
        notices,
    })
}

fn currency(terms: &Terms, cart: &Cart) -> Result<Currency, Vec<Fault>> {
    let Some(code) = &cart.currency else {
        return Ok(terms.default_currency());
    };
    let known = terms.currencies.iter().copied().find(|currency| currency.code() == code);
    known.ok_or_else(|| vec![Fault::new("unknown_currency", "the shop does not sell in this currency")])
}

fn country(cart: &Cart) -> Result<Option<String>, Vec<Fault>> {
    let Some(code) = cart.country.as_deref().filter(|code| !code.is_empty()) else {
        return Ok(None);
    };
    match Country::parse(code) {
        Ok(country) => Ok(Some(country.to_string())),
        Err(_) => Err(vec![Fault::new("invalid_country", "a country is a code of two capital letters")]),
    }
}

/// Cards pay for everything but cards.
fn payable_by_card(lines: &[QuoteLine], total: i64) -> i64 {
    total - lines.iter().filter(|line| line.delivery == Some(Delivery::GiftCard)).map(|line| line.total).sum::<i64>()
}

/// Gift cards are money, not discounts: each pays what it can of what is left, in the order of the cart.
fn pay_with_cards(setting: &Setting<'_>, codes: &[String], payable: i64, notices: &mut Vec<Notice>) -> Vec<CardPayment> {
    let mut left_to_pay = payable;
    let mut payments: Vec<CardPayment> = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        if codes[..index].contains(code) {
            continue;
        }
        let invalid = |reason: &str, text: String| Notice::new("invalid_gift_card", None, text).because(reason);
        match setting.circumstances.gift_cards.get(code) {
            None => notices.push(invalid("unknown", "this gift card is not valid".to_owned())),
            Some(balance) if balance.currency != setting.currency => {
                notices.push(invalid("currency", format!("this gift card pays in {}", balance.currency)));
            }
            Some(balance) if balance.minor <= 0 => notices.push(invalid("empty", "nothing is left on this gift card".to_owned())),
            Some(balance) => {
                let amount = balance.minor.min(left_to_pay);
                left_to_pay -= amount;
                let tail: Vec<char> = code.chars().rev().filter(|c| c.is_alphanumeric()).take(4).collect();
                let ends_in = tail.into_iter().rev().collect();
                payments.push(CardPayment { ends_in, amount, left: balance.minor - amount });
            }
        }
    }
    payments
}

fn sum(mut amounts: impl Iterator<Item = i64>) -> Result<i64, Vec<Fault>> {
    let sum = amounts.try_fold(0_i64, i64::checked_add);
    sum.filter(|sum| *sum <= MAX_CHARGE_MINOR).ok_or_else(|| vec![too_much()])
}

fn too_much() -> Fault {
    Fault::new("cart_too_large", "the cart's total is more than can be charged")
}

#[cfg(test)]
pub(crate) mod tests;
