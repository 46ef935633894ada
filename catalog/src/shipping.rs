//! Shipping: zones of areas, each with methods at a flat price or by bands of weight, worth or pieces, free above a sum.

use crate::area::{Area, Destination};
use crate::currency::Currency;
use crate::product::Amounts;
use crate::words::Words;

/// The shipping rules of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippingRules {
    /// How shipping itself is taxed.
    pub tax: ShippingTax,
    /// In the editor's order; the most specific area wins.
    pub zones: Vec<Zone>,
}

/// How shipping is taxed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShippingTax {
    /// By a class of its own.
    Class(String),
    /// As the goods are, in proportion to what the lines cost.
    Goods,
}

impl Default for ShippingTax {
    fn default() -> Self {
        Self::Class("standard".to_owned())
    }
}

/// Where a set of methods applies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Zone {
    /// For the editor.
    pub name: String,
    /// What it covers.
    pub areas: Vec<Area>,
    /// In the editor's order.
    pub methods: Vec<Method>,
}

/// One way of sending, or of handing over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Method {
    /// The stable name in carts and orders, unique in its zone.
    pub code: String,
    /// What the shopper reads.
    pub title: Words,
    /// Where and when to fetch the goods, or whatever else the shopper should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Words>,
    /// Delivery time as the editor wrote it, in days: `3-5`.
    pub days: Option<String>,
    /// Whether the shopper fetches the goods: no surcharge, and everything can be fetched.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_pickup: bool,
    /// What it costs.
    pub rate: Rate,
    /// Free when the goods cost at least this much, by currency in minor units. Surcharges stay.
    pub free_over: Option<Amounts>,
}

/// What a method costs, by currency in minor units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// The same for every parcel.
    Flat(Amounts),
    /// The first band whose limit the goods do not exceed; what exceeds all cannot be sent this way.
    Bands(Vec<Band>),
}

/// A band; it holds everything above the one before it, up to and including its limit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Band {
    /// Up to where it reaches.
    pub up_to: Limit,
    /// By currency, in minor units.
    pub price: Amounts,
}

/// The upper end of a band, itself included.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Grams.
    Weight(u64),
    /// What the goods cost after discounts, by currency in minor units.
    Worth(Amounts),
    /// How many units are sent.
    Pieces(u64),
    /// No end.
    Open,
}

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel<'a> {
    /// The goods' price after discounts, in minor units.
    pub worth: i64,
    /// Grams.
    pub weight_g: u64,
    /// Units.
    pub pieces: u64,
    /// Σ of the goods' surcharges, in minor units.
    pub surcharge: i64,
    /// Codes of methods that do not take these goods.
    pub not_by: Vec<&'a str>,
}

impl ShippingRules {
    /// The zone for a destination: the one with the most specific area, of equals the first.
    pub fn zone(&self, to: &Destination) -> Option<&Zone> {
        crate::area::best(self.zones.iter().flat_map(|zone| zone.areas.iter().map(move |area| (area, zone))), to)
    }
}

impl Method {
    /// The price in minor units, or `None` where the goods cannot be sent this way.
    pub fn price(&self, currency: Currency, parcel: &Parcel<'_>) -> Option<i64> {
        if !self.is_pickup && parcel.not_by.contains(&self.code.as_str()) {
            return None;
        }
        let price = match &self.rate {
            Rate::Flat(price) => *price.get(&currency)?,
            Rate::Bands(bands) => *bands.iter().find(|band| band.up_to.takes(currency, parcel))?.price.get(&currency)?,
        };
        let free_over = self.free_over.as_ref().and_then(|limit| limit.get(&currency));
        let price = if free_over.is_some_and(|limit| parcel.worth >= *limit) { 0 } else { price };
        price.checked_add(if self.is_pickup { 0 } else { parcel.surcharge })
    }
}

impl Limit {
    fn takes(&self, currency: Currency, parcel: &Parcel<'_>) -> bool {
        match self {
            Self::Weight(grams) => parcel.weight_g <= *grams,
            Self::Worth(amounts) => amounts.get(&currency).is_some_and(|limit| parcel.worth <= *limit),
            Self::Pieces(pieces) => parcel.pieces <= *pieces,
            Self::Open => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::parse("EUR").expect("a currency")
    }

    fn amounts(minor: i64) -> Amounts {
        [(eur(), minor)].into()
    }

    fn parcel(weight_g: u64, worth: i64, pieces: u64) -> Parcel<'static> {
        Parcel { worth, weight_g, pieces, surcharge: 0, not_by: vec![] }
    }

    fn method(rate: Rate) -> Method {
        Method { code: "std".into(), title: "Standard".into(), note: None, days: None, is_pickup: false, rate, free_over: None }
    }

    fn bands(limits: impl IntoIterator<Item = (Limit, i64)>) -> Rate {
        Rate::Bands(limits.into_iter().map(|(up_to, price)| Band { up_to, price: amounts(price) }).collect())
    }

    #[test]
    fn prices_by_weight_and_worth() {
        let rate = bands([(Limit::Weight(2000), 490), (Limit::Weight(10_000), 990)]);
        let method = Method { free_over: Some(amounts(6000)), ..method(rate) };
        let price = |weight, worth| method.price(eur(), &parcel(weight, worth, 1));
        assert_eq!(price(0, 100), Some(490));
        assert_eq!(price(2000, 100), Some(490));
        assert_eq!(price(2001, 100), Some(990));
        assert_eq!(price(10_001, 100), None);
        assert_eq!(price(2001, 5999), Some(990));
        assert_eq!(price(2001, 6000), Some(0));
        assert_eq!(price(10_001, 6000), None);
    }

    #[test]
    fn bands_of_worth_and_of_pieces() {
        let by_worth = method(bands([(Limit::Worth(amounts(5000)), 490), (Limit::Open, 0)]));
        let price = |worth| by_worth.price(eur(), &parcel(0, worth, 1));
        assert_eq!((price(5000), price(5001)), (Some(490), Some(0)));
        let by_pieces = method(bands([(Limit::Pieces(2), 300), (Limit::Pieces(5), 500)]));
        let price = |pieces| by_pieces.price(eur(), &parcel(0, 0, pieces));
        assert_eq!((price(2), price(3), price(6)), (Some(300), Some(500), None));
    }

    #[test]
    fn surcharges_and_goods_that_are_not_taken() {
        let goods = Parcel { surcharge: 1200, not_by: vec!["letter"], ..parcel(100, 100_000, 1) };
        let parcel_post = Method { free_over: Some(amounts(6000)), ..method(Rate::Flat(amounts(490))) };
        assert_eq!(parcel_post.price(eur(), &goods), Some(1200), "a surcharge stays where sending is free");
        let letter = Method { code: "letter".into(), ..method(Rate::Flat(amounts(200))) };
        assert_eq!(letter.price(eur(), &goods), None);
        let shop = Method { is_pickup: true, ..letter };
        assert_eq!(shop.price(eur(), &goods), Some(200), "everything can be fetched");
    }

    #[test]
    fn the_most_specific_zone_wins() {
        let zone = |name: &str, area: &str| Zone { name: name.into(), areas: vec![Area::parse(area).expect(area)], methods: vec![] };
        let rules =
            ShippingRules { zones: vec![zone("World", "*"), zone("Home", "PT"), zone("Azores", "PT 9*")], ..ShippingRules::default() };
        let found = |country, postcode| rules.zone(&Destination::new(Some(country), None, postcode)).map(|zone| zone.name.as_str());
        assert_eq!(found("PT", None), Some("Home"));
        assert_eq!(found("PT", Some("9500-321")), Some("Azores"));
        assert_eq!(found("JP", None), Some("World"));
    }
}
