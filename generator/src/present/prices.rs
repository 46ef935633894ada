//! What a page says of prices: in every currency, now and when they change by themselves, and for many.

use std::collections::BTreeMap;

use catalog::currency::Currency;
use catalog::product::{Amounts, Unit, Variant};
use serde::Serialize;

use super::{Reader, structured};
use crate::site::OwnProduct;
use crate::view::{PriceView, QuantityPriceView};

/// What something costs until an instant.
#[derive(Serialize)]
pub(super) struct Period {
    /// The first second at which it is another price; `None`: for good.
    until: Option<i64>,
    minor: i64,
    text: String,
    /// The price before a reduction.
    compare: Option<String>,
    /// The price by measure.
    per: Option<String>,
}

/// Periods by currency.
pub(super) type Periods = BTreeMap<&'static str, Vec<Period>>;

/// What one costs from so many on.
#[derive(Serialize)]
pub(super) struct Many {
    from: u32,
    minor: i64,
    text: String,
}

/// What a variant costs, beginning now.
pub(super) fn of_variant(site: &Reader<'_>, product: &OwnProduct, variant: &Variant) -> Periods {
    let mut changes: Vec<i64> = variant.pricing.changes_after(product.as_of).collect();
    changes.sort_unstable();
    let costs = |currency: Currency, at: i64| {
        let price = variant.pricing.unit_price(currency, 1, at)?;
        Some((price.minor, price.before, by_measure(site, product, variant, currency, price.minor)))
    };
    all(site, product, &changes, costs)
}

/// What the cheapest variant of a product costs, beginning now.
pub(super) fn lowest(site: &Reader<'_>, product: &OwnProduct) -> Periods {
    let variants = &product.product.variants;
    let mut changes: Vec<i64> = variants.iter().flat_map(|variant| variant.pricing.changes_after(product.as_of)).collect();
    changes.sort_unstable();
    changes.dedup();
    let costs = |currency: Currency, at: i64| {
        let prices = variants.iter().filter_map(|variant| variant.pricing.unit_price(currency, 1, at));
        prices.min_by_key(|price| price.minor).map(|price| (price.minor, price.before, None))
    };
    all(site, product, &changes, costs)
}

fn all(
    site: &Reader<'_>,
    product: &OwnProduct,
    changes: &[i64],
    costs: impl Fn(Currency, i64) -> Option<(i64, Option<i64>, Option<String>)>,
) -> Periods {
    let starts = || std::iter::once(product.as_of).chain(changes.iter().copied());
    let ends = || changes.iter().copied().map(Some).chain([None]);
    let in_currency = |currency: Currency| {
        let periods = starts().zip(ends()).filter_map(|(start, until)| {
            let (minor, before, per) = costs(currency, start)?;
            let text = |minor| site.price_text(minor, currency);
            Some(Period { until, minor, text: text(minor), compare: before.map(text), per })
        });
        periods.collect::<Vec<_>>()
    };
    let currencies = site.settings().currencies.iter().map(|(currency, _)| *currency);
    currencies.map(|currency| (currency.code(), in_currency(currency))).filter(|(_, periods)| !periods.is_empty()).collect()
}

/// For an attribute that scripts read: empty where nothing ever changes.
pub(super) fn attribute(periods: &Periods) -> String {
    if periods.len() < 2 && periods.values().all(|periods| periods.len() < 2) { String::new() } else { structured::json(periods) }
}

/// The lowest price with everything that scripts need to keep it right.
pub(super) fn lowest_view(site: &Reader<'_>, product: &OwnProduct) -> Option<PriceView> {
    let (minor, _) = product.lowest_price(site.settings().currency)?;
    let price = site.price(minor, site.settings().currency);
    let is_plain = site.settings().currencies.len() == 1
        && product.product.variants.iter().all(|variant| variant.pricing.changes_after(product.as_of).next().is_none());
    Some(if is_plain { price } else { PriceView { data: attribute(&lowest(site, product)), ..price } })
}

/// Amounts that stay as they are, in the default currency and, as data, in all.
pub(super) fn fixed(site: &Reader<'_>, amounts: &Amounts) -> Option<PriceView> {
    let currency = site.settings().currency;
    let price = site.price(*amounts.get(&currency)?, currency);
    let period = |(currency, minor): (&Currency, &i64)| {
        let text = site.price_text(*minor, *currency);
        (currency.code(), vec![Period { until: None, minor: *minor, text, compare: None, per: None }])
    };
    Some(PriceView { data: attribute(&amounts.iter().map(period).collect()), ..price })
}

/// `€7.96 / 100 g`.
pub(super) fn by_measure(site: &Reader<'_>, product: &OwnProduct, variant: &Variant, currency: Currency, minor: i64) -> Option<String> {
    let (contents, per) = (variant.contents?, product.product.per?);
    let price = site.price_text(contents.price_per(per, minor)?, currency);
    let measure = match per.unit {
        Unit::Piece if per.is_one() => site.word("price.piece", "piece", &[]),
        unit if per.is_one() => unit.symbol().to_owned(),
        _ => per.to_string(),
    };
    Some(site.word("price.per", "{price} / {measure}", &[("price", &price), ("measure", &measure)]))
}

/// Prices for many, by currency; empty where there are none.
pub(super) fn many(site: &Reader<'_>, variant: &Variant) -> BTreeMap<&'static str, Vec<Many>> {
    let tiers = &variant.pricing.quantity_prices;
    let in_currency = |currency: Currency| {
        let prices = tiers.iter().filter_map(|tier| Some((tier.from, *tier.prices.get(&currency)?)));
        prices.map(|(from, minor)| Many { from, minor, text: site.price_text(minor, currency) }).collect::<Vec<_>>()
    };
    let currencies = site.settings().currencies.iter().map(|(currency, _)| *currency);
    currencies.map(|currency| (currency.code(), in_currency(currency))).filter(|(_, prices)| !prices.is_empty()).collect()
}

/// Prices for many in the default currency.
pub(super) fn many_views(site: &Reader<'_>, variant: &Variant) -> Vec<QuantityPriceView> {
    let currency = site.settings().currency;
    let prices = variant.pricing.quantity_prices.iter().filter_map(|tier| Some((tier.from, *tier.prices.get(&currency)?)));
    prices.map(|(from, minor)| QuantityPriceView { from, price: site.price(minor, currency) }).collect()
}
