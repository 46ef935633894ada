//! Tax: classes of goods × areas, in prices or on top of them, by market.

use std::collections::BTreeMap;

use crate::area::{self, Area, Destination};
use crate::money::{scale_round, scale_round_to};

/// The tax rules of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxRules {
    /// Whether the prices that editors write contain the tax.
    pub prices_include_tax: bool,
    /// Where that is otherwise, by area.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<(Area, bool)>,
    /// The country whose rates are used before the shopper has named one.
    pub default_country: Option<String>,
    /// Class → area → basis points (19 % = 1900).
    pub classes: BTreeMap<String, Vec<(Area, u32)>>,
}

/// How goods of a class are taxed at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tax {
    /// Basis points.
    pub rate_bp: u32,
    /// Whether an amount contains the tax.
    pub is_included: bool,
}

impl Tax {
    /// The tax on an amount in minor units: contained in it, or to be added to it. Rounded half away from zero;
    /// `None` on overflow. Contained tax is `amount × rate ÷ (1 + rate)`, added tax `amount × rate`. Added tax is charged, so
    /// it is a multiple of `unit`, the smallest step that can be charged, in minor units.
    pub fn on(self, amount: i64, unit: i64) -> Option<i64> {
        let rate = i64::from(self.rate_bp);
        if self.is_included { scale_round(amount, rate, 10_000 + rate) } else { scale_round_to(unit, amount, rate, 10_000) }
    }
}

impl TaxRules {
    /// The rate in basis points of the most specific area; 0 where none fits.
    pub fn rate(&self, class: &str, to: &Destination) -> u32 {
        let rates = self.classes.get(class).map_or(&[][..], Vec::as_slice);
        area::best(rates.iter().map(|(area, rate)| (area, *rate)), &self.place(to)).unwrap_or(0)
    }

    /// Whether prices contain the tax at a place.
    pub fn is_included(&self, to: &Destination) -> bool {
        area::best(self.markets.iter().map(|(area, included)| (area, *included)), &self.place(to)).unwrap_or(self.prices_include_tax)
    }

    /// How a class is taxed at a place.
    pub fn tax(&self, class: &str, to: &Destination) -> Tax {
        Tax { rate_bp: self.rate(class, to), is_included: self.is_included(to) }
    }

    fn place(&self, to: &Destination) -> Destination {
        if to.country.is_some() { to.clone() } else { Destination::new(self.default_country.as_deref(), None, None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(text: &str) -> Area {
        Area::parse(text).expect(text)
    }

    fn rules() -> TaxRules {
        let standard = vec![(area("DE"), 1900), (area("ES"), 2100), (area("ES 35*"), 0), (area("US-CA"), 725), (area("*"), 0)];
        TaxRules {
            prices_include_tax: true,
            markets: vec![(area("US"), false)],
            default_country: Some("DE".into()),
            classes: [("standard".to_owned(), standard)].into(),
        }
    }

    fn to(country: &str, region: Option<&str>, postcode: Option<&str>) -> Destination {
        Destination::new(Some(country), region, postcode)
    }

    #[test]
    fn finds_the_nearest_rate() {
        let rate = |to: &Destination| rules().rate("standard", to);
        assert_eq!(rate(&to("DE", None, None)), 1900);
        assert_eq!(rate(&to("JP", None, None)), 0);
        assert_eq!(rate(&Destination::default()), 1900, "the default country's");
        assert_eq!(rate(&to("ES", None, Some("28001"))), 2100);
        assert_eq!(rate(&to("ES", None, Some("35 001"))), 0, "the Canary Islands");
        assert_eq!(rate(&to("US", Some("CA"), None)), 725);
        assert_eq!(rate(&to("US", Some("OR"), None)), 0);
        assert_eq!(rules().rate("unheard-of", &to("DE", None, None)), 0);
    }

    #[test]
    fn takes_tax_out_of_a_price_or_puts_it_on_top() {
        let tax = |rate_bp, is_included| Tax { rate_bp, is_included };
        assert_eq!(tax(1900, true).on(11900, 1), Some(1900));
        assert_eq!(tax(1900, false).on(10000, 1), Some(1900));
        // WooCommerce's oracle: 9.99 at 20 % is 1.665 inclusive, 1.998 exclusive, before rounding.
        assert_eq!(tax(2000, true).on(999, 1), Some(167));
        assert_eq!(tax(2000, false).on(999, 1), Some(200));
        assert!(rules().tax("standard", &to("DE", None, None)).is_included);
        assert!(!rules().tax("standard", &to("US", Some("CA"), None)).is_included);
    }
}
