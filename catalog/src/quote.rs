//! The only price arithmetic there is (R18).
//!
//! `quote(goods, terms, cart)` is pure. Product page, cart, payment, order, refund and mail all show its numbers.
//! Every amount is an integer of minor units. Stock is not its business: the checkout adds what the store says.

use std::collections::BTreeMap;

use crate::bundle::{Delivery, VariantRecord};
use crate::cart::{Cart, Fault, MergedLine};
use crate::currency::Currency;
use crate::id::Country;
use crate::money::MAX_CHARGE_MINOR;
use crate::terms::Terms;

/// The goods a cart may name: SKU → record. Only the cart's own SKUs are looked up.
pub type Goods = BTreeMap<String, VariantRecord>;

/// A priced cart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Quote {
    /// All amounts are in this currency's minor units.
    pub currency: Currency,
    /// The country the taxes and shipping are for, where the shopper has named one.
    pub country: Option<String>,
    /// Merged, sorted by (SKU, fields).
    pub lines: Vec<QuoteLine>,
    /// Σ of the lines before discounts.
    pub subtotal: i64,
    /// Σ of all discounts, positive.
    pub discount_total: i64,
    /// Whether anything has to be sent.
    pub needs_shipping: bool,
    /// What sending costs; `None` while it cannot be known (no country, no method).
    pub shipping: Option<i64>,
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
    /// Σ lines + shipping + tax that is not included (R17).
    pub total: i64,
    /// What gift cards pay.
    pub gift_cards_total: i64,
    /// What remains to be paid.
    pub due: i64,
    /// What the shopper should know; a checkout is refused while any of them blocks.
    pub notices: Vec<Notice>,
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
    /// Option names and values, the chosen values of open options among them.
    pub options: Vec<(String, String)>,
    /// What the shopper added.
    pub fields: BTreeMap<String, String>,
    /// How many.
    pub quantity: u32,
    /// For one.
    pub unit_price: i64,
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
}

/// The tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxRow {
    /// Basis points.
    pub rate_bp: u32,
    /// Minor units.
    pub tax: i64,
}

/// Something the shopper should know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// Stable, in snake case.
    pub code: String,
    /// The line concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// For people.
    pub message: String,
}

impl Notice {
    /// A notice about one line, or about the cart.
    pub fn new(code: &str, sku: Option<&str>, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), sku: sku.map(str::to_owned), message: message.into() }
    }
}

/// Prices a cart.
///
/// Structural faults (quantities, fields, codes of another form) are errors, all of them named. What can change
/// under a shopper's hands, such as an article that is gone, is a marked line and a [`Notice`].
pub fn quote(goods: &Goods, terms: &Terms, cart: &Cart) -> Result<Quote, Vec<Fault>> {
    let currency = currency(terms, cart)?;
    let country = country(cart)?;
    let place = Place { country: country.as_deref(), language: cart.language.as_deref().unwrap_or_default() };
    let merged = cart.merge()?;
    let mut notices = Vec::new();
    let mut faults = Vec::new();
    let mut lines = Vec::with_capacity(merged.len());
    for line in &merged {
        match goods.get(line.sku.as_str()).filter(|record| record.prices.contains_key(&currency)) {
            Some(record) => match price_line(record, line, terms, currency, place) {
                Ok(priced) => lines.push(priced),
                Err(fault) => faults.push(Fault { sku: Some(line.sku.to_string()), ..fault }),
            },
            None => {
                notices.push(Notice::new("unknown_sku", Some(line.sku.as_str()), "this article is no longer sold"));
                lines.push(gone(line));
            }
        }
    }
    faults.extend(over_limit(goods, terms, &merged));
    if !faults.is_empty() {
        return Err(faults);
    }
    for line in lines.iter().filter(|line| line.product.is_some() && !line.available) {
        notices.push(Notice::new("out_of_stock", Some(&line.sku), format!("{} is sold out for good", line.title)));
    }
    for code in &cart.discounts {
        let shown: String = code.chars().take(40).collect();
        notices.push(Notice::new("invalid_discount", None, format!("the code ‘{shown}’ is not valid")));
    }
    for _ in &cart.gift_cards {
        notices.push(Notice::new("invalid_gift_card", None, "this gift card is not valid"));
    }
    let goods_total = sum(lines.iter().map(|line| line.total))?;
    let sent = Parcel::of(goods, &lines);
    let shipping = ship(terms, cart, currency, place, &sent, goods_total, &mut notices);
    total(terms, currency, country, lines, goods_total, sent.is_needed, shipping, notices)
}

/// Where the shopper is, and in which language they read; one that the shop does not have is its first.
#[derive(Clone, Copy)]
struct Place<'a> {
    country: Option<&'a str>,
    language: &'a str,
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

fn price_line(record: &VariantRecord, line: &MergedLine, terms: &Terms, currency: Currency, place: Place<'_>) -> Result<QuoteLine, Fault> {
    let unit_price = record.prices[&currency];
    let total = unit_price.checked_mul(i64::from(line.quantity)).filter(|sum| *sum <= MAX_CHARGE_MINOR).ok_or_else(too_much)?;
    let rate = terms.tax.rate(&record.tax_class, place.country);
    Ok(QuoteLine {
        sku: line.sku.to_string(),
        product: Some(record.product.to_string()),
        title: record.title_in(place.language).to_owned(),
        options: chosen_options(record, line, place.language)?,
        fields: line.fields.clone(),
        quantity: line.quantity,
        unit_price,
        discount: 0,
        tax: terms.tax.tax_on(total, rate).ok_or_else(too_much)?,
        total,
        tax_rate_bp: rate,
        image: record.image.clone(),
        url: Some(record.url_in(place.language).to_owned()),
        delivery: Some(record.delivery),
        available: !record.discontinued,
    })
}

/// The variant's own options and the shopper's choice for each open one; any other field is refused.
fn chosen_options(record: &VariantRecord, line: &MergedLine, language: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut options = record.options_in(language).to_vec();
    for (option, open) in record.open_options.iter().enumerate() {
        let Some(value) = line.fields.get(&open.name) else {
            return Err(Fault::new("missing_field", format!("choose a {} for {}", open.name, record.title)));
        };
        let Some(value) = open.values.iter().position(|known| known == value) else {
            return Err(Fault::new("invalid_field", format!("{} has no such {}", record.title, open.name)));
        };
        options.push(record.open_option_in(language, option, value));
    }
    match line.fields.keys().find(|name| !record.open_options.iter().any(|open| open.name == **name)) {
        Some(_) => Err(Fault::new("invalid_field", format!("{} takes no such field", record.title))),
        None => Ok(options),
    }
}

fn gone(line: &MergedLine) -> QuoteLine {
    QuoteLine {
        sku: line.sku.to_string(),
        product: None,
        title: String::new(),
        options: Vec::new(),
        fields: line.fields.clone(),
        quantity: line.quantity,
        unit_price: 0,
        discount: 0,
        tax: 0,
        total: 0,
        tax_rate_bp: 0,
        image: None,
        url: None,
        delivery: None,
        available: false,
    }
}

/// Limits hold for a SKU over all its lines, so that two lines with other fields cannot slip past.
fn over_limit(goods: &Goods, terms: &Terms, merged: &[MergedLine]) -> Vec<Fault> {
    let mut by_sku: BTreeMap<&str, u64> = BTreeMap::new();
    for line in merged {
        *by_sku.entry(line.sku.as_str()).or_default() += u64::from(line.quantity);
    }
    let too_many = by_sku.into_iter().filter_map(|(sku, quantity)| {
        let record = goods.get(sku)?;
        let limit = record.max_quantity.unwrap_or(terms.max_quantity);
        (quantity > u64::from(limit)).then(|| Fault {
            sku: Some(sku.to_owned()),
            ..Fault::new("invalid_quantity", format!("at most {limit} of {} in one order", record.title))
        })
    });
    too_many.collect()
}

struct Parcel {
    is_needed: bool,
    weight_g: u64,
}

impl Parcel {
    fn of(goods: &Goods, lines: &[QuoteLine]) -> Self {
        let sent = || lines.iter().filter(|line| line.delivery == Some(Delivery::Physical));
        let weight = |line: &QuoteLine| goods.get(&line.sku).map_or(0, |r| u64::from(r.weight_g) * u64::from(line.quantity));
        Self { is_needed: sent().next().is_some(), weight_g: sent().map(weight).sum() }
    }
}

struct Shipping {
    chosen: Option<ShippingChoice>,
    choices: Vec<ShippingChoice>,
}

fn ship(
    terms: &Terms,
    cart: &Cart,
    currency: Currency,
    place: Place<'_>,
    parcel: &Parcel,
    goods_total: i64,
    notices: &mut Vec<Notice>,
) -> Shipping {
    let none = || Shipping { chosen: None, choices: Vec::new() };
    let (true, Some(country)) = (parcel.is_needed, place.country) else {
        return none();
    };
    let methods = terms.shipping.zone(country).map_or(&[][..], |zone| &zone.methods);
    let choices: Vec<_> = methods
        .iter()
        .filter_map(|method| {
            let price = method.price(currency, parcel.weight_g, goods_total)?;
            Some(ShippingChoice {
                code: method.code.clone(),
                title: method.title_in(place.language).to_owned(),
                price,
                days: method.days.clone(),
            })
        })
        .collect();
    let wanted = cart.shipping.as_deref().filter(|code| !code.is_empty());
    let named = wanted.and_then(|code| choices.iter().find(|choice| choice.code == code));
    if choices.is_empty() {
        notices.push(Notice::new("not_deliverable", None, "we cannot send these goods to this country"));
    } else if wanted.is_some() && named.is_none() {
        notices.push(Notice::new("shipping_unavailable", None, "this way of sending is not available; another was chosen"));
    }
    // The shop says by its order what it recommends; the cheapest may be a walk to the counter.
    let chosen = named.or_else(|| choices.first()).cloned();
    Shipping { chosen, choices }
}

#[expect(clippy::too_many_arguments, reason = "the last step gathers what all others found")]
fn total(
    terms: &Terms,
    currency: Currency,
    country: Option<String>,
    lines: Vec<QuoteLine>,
    goods_total: i64,
    needs_shipping: bool,
    shipping: Shipping,
    notices: Vec<Notice>,
) -> Result<Quote, Vec<Fault>> {
    let shipping_price = if needs_shipping { shipping.chosen.as_ref().map(|choice| choice.price) } else { Some(0) };
    let mut by_rate: BTreeMap<u32, i64> = BTreeMap::new();
    for line in &lines {
        *by_rate.entry(line.tax_rate_bp).or_default() += line.tax;
    }
    let rate = terms.tax.rate(&terms.shipping.tax_class, country.as_deref());
    let shipping_tax = terms.tax.tax_on(shipping_price.unwrap_or(0), rate).ok_or_else(|| vec![too_much()])?;
    *by_rate.entry(rate).or_default() += shipping_tax;
    let tax_total = sum(by_rate.values().copied())?;
    let added_tax = if terms.tax.prices_include_tax { 0 } else { tax_total };
    let total = sum([goods_total, shipping_price.unwrap_or(0), added_tax].into_iter())?;
    let discount_total = sum(lines.iter().map(|line| line.discount))?;
    Ok(Quote {
        currency,
        country,
        subtotal: goods_total + discount_total,
        discount_total,
        needs_shipping,
        shipping: shipping_price,
        shipping_method: shipping.chosen.map(|choice| choice.code),
        shipping_methods: shipping.choices,
        tax_total,
        tax_included: terms.tax.prices_include_tax,
        taxes: by_rate.into_iter().filter(|(_, tax)| *tax != 0).map(|(rate_bp, tax)| TaxRow { rate_bp, tax }).collect(),
        total,
        gift_cards_total: 0,
        due: total,
        lines,
        notices,
    })
}

fn sum(mut amounts: impl Iterator<Item = i64>) -> Result<i64, Vec<Fault>> {
    let sum = amounts.try_fold(0_i64, i64::checked_add);
    sum.filter(|sum| *sum <= MAX_CHARGE_MINOR).ok_or_else(|| vec![too_much()])
}

fn too_much() -> Fault {
    Fault::new("cart_too_large", "the cart's total is more than can be charged")
}

#[cfg(test)]
#[path = "quote_tests.rs"]
pub(crate) mod tests;
