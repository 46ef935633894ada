//! Tax: classes of goods × countries, in prices or on top of them.

use std::collections::BTreeMap;

use crate::money::scale_round;

/// The key that stands for every country without a rate of its own.
pub const EVERYWHERE: &str = "*";

/// The tax rules of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxRules {
    /// Whether the prices that editors write contain the tax.
    pub prices_include_tax: bool,
    /// The country whose rates are used before the shopper has named one.
    pub default_country: Option<String>,
    /// Class → country code or `*` → basis points (19 % = 1900).
    pub classes: BTreeMap<String, BTreeMap<String, u32>>,
}

impl TaxRules {
    /// The rate in basis points: the country's own, else that of `*`, else none.
    pub fn rate(&self, class: &str, country: Option<&str>) -> u32 {
        let Some(rates) = self.classes.get(class) else {
            return 0;
        };
        let own = country.or(self.default_country.as_deref()).and_then(|code| rates.get(code));
        own.or_else(|| rates.get(EVERYWHERE)).copied().unwrap_or(0)
    }

    /// The tax on an amount in minor units: contained in it, or to be added to it. Rounded half away from zero;
    /// `None` on overflow. Contained tax is `amount × rate ÷ (1 + rate)`, added tax `amount × rate`.
    pub fn tax_on(&self, amount: i64, rate_bp: u32) -> Option<i64> {
        let whole = 10_000 + if self.prices_include_tax { i64::from(rate_bp) } else { 0 };
        scale_round(amount, i64::from(rate_bp), whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(prices_include_tax: bool) -> TaxRules {
        let rates = [("DE".to_owned(), 1900), ("*".to_owned(), 0)].into();
        TaxRules { prices_include_tax, default_country: Some("DE".into()), classes: [("standard".to_owned(), rates)].into() }
    }

    #[test]
    fn finds_the_nearest_rate() {
        let rules = rules(true);
        assert_eq!(rules.rate("standard", Some("DE")), 1900);
        assert_eq!(rules.rate("standard", Some("US")), 0);
        assert_eq!(rules.rate("standard", None), 1900);
        assert_eq!(rules.rate("unheard-of", Some("DE")), 0);
    }

    #[test]
    fn takes_tax_out_of_a_price_or_puts_it_on_top() {
        assert_eq!(rules(true).tax_on(11900, 1900), Some(1900));
        assert_eq!(rules(false).tax_on(10000, 1900), Some(1900));
        // WooCommerce's oracle: 9.99 at 20 % is 1.665 inclusive, 1.998 exclusive, before rounding.
        assert_eq!(rules(true).tax_on(999, 2000), Some(167));
        assert_eq!(rules(false).tax_on(999, 2000), Some(200));
    }
}
