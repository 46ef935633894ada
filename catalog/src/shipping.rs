//! Shipping: zones of countries, each with methods at a flat price or by weight, free above a sum.

use std::collections::BTreeMap;

use crate::product::Amounts;
use crate::tax::EVERYWHERE;

/// The shipping rules of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippingRules {
    /// The tax class of shipping itself.
    pub tax_class: String,
    /// In the editor's order; a zone that names the country wins over one of `*`.
    pub zones: Vec<Zone>,
}

/// Where a set of methods applies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Zone {
    /// For the editor.
    pub name: String,
    /// Country codes, or `*`.
    pub countries: Vec<String>,
    /// In the editor's order.
    pub methods: Vec<Method>,
}

/// One way of sending.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Method {
    /// The stable name in carts and orders, unique in its zone.
    pub code: String,
    /// What the shopper reads.
    pub title: String,
    /// By language, without the shop's first; left out where it is the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<String, String>,
    /// Delivery time as the editor wrote it, in days: `3-5`.
    pub days: Option<String>,
    /// What it costs.
    pub rate: Rate,
    /// Free when the goods cost at least this much, by currency in minor units.
    pub free_over: Option<Amounts>,
}

/// What a method costs, by currency in minor units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// The same for every parcel.
    Flat(Amounts),
    /// By weight: the first band whose limit the goods do not exceed; heavier goods cannot be sent this way.
    Bands(Vec<Band>),
}

/// A weight band; it holds everything above the one before it, up to and including its limit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Band {
    /// Grams.
    pub up_to_g: u64,
    /// By currency, in minor units.
    pub price: Amounts,
}

impl ShippingRules {
    /// The zone for a country: one that names it, else one for everywhere.
    pub fn zone(&self, country: &str) -> Option<&Zone> {
        let names = |code: &'static str| move |zone: &&Zone| zone.countries.iter().any(|c| c == code);
        let own = self.zones.iter().find(|zone| zone.countries.iter().any(|c| c == country));
        own.or_else(|| self.zones.iter().find(names(EVERYWHERE)))
    }
}

impl Method {
    /// What the shopper reads in a language.
    pub fn title_in(&self, language: &str) -> &str {
        self.titles.get(language).unwrap_or(&self.title)
    }

    /// The price in minor units for goods of a weight and worth, or `None` where they cannot be sent this way.
    pub fn price(&self, currency: crate::currency::Currency, weight_g: u64, goods_minor: i64) -> Option<i64> {
        let price = match &self.rate {
            Rate::Flat(price) => *price.get(&currency)?,
            Rate::Bands(bands) => *bands.iter().find(|band| weight_g <= band.up_to_g)?.price.get(&currency)?,
        };
        let free_over = self.free_over.as_ref().and_then(|limit| limit.get(&currency));
        Some(if free_over.is_some_and(|limit| goods_minor >= *limit) { 0 } else { price })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::Currency;

    fn eur(minor: i64) -> Amounts {
        [(Currency::parse("EUR").expect("a currency"), minor)].into()
    }

    #[test]
    fn prices_by_weight_and_worth() {
        let bands = vec![Band { up_to_g: 2000, price: eur(490) }, Band { up_to_g: 10_000, price: eur(990) }];
        let method = Method {
            code: "std".into(),
            title: "Standard".into(),
            titles: BTreeMap::new(),
            days: None,
            rate: Rate::Bands(bands),
            free_over: Some(eur(6000)),
        };
        let currency = Currency::parse("EUR").expect("a currency");
        let price = |weight, goods| method.price(currency, weight, goods);
        assert_eq!(price(0, 100), Some(490));
        assert_eq!(price(2000, 100), Some(490));
        assert_eq!(price(2001, 100), Some(990));
        assert_eq!(price(10_001, 100), None);
        assert_eq!(price(2001, 5999), Some(990));
        assert_eq!(price(2001, 6000), Some(0));
        assert_eq!(price(10_001, 6000), None);
    }

    #[test]
    fn a_named_country_wins_over_everywhere() {
        let zone = |name: &str, code: &str| Zone { name: name.into(), countries: vec![code.into()], methods: vec![] };
        let rules = ShippingRules { tax_class: "standard".into(), zones: vec![zone("World", "*"), zone("Home", "PT")] };
        assert_eq!(rules.zone("PT").map(|z| z.name.as_str()), Some("Home"));
        assert_eq!(rules.zone("JP").map(|z| z.name.as_str()), Some("World"));
    }
}
