//! Discounts: what an editor writes in `discounts.yaml`. How they are applied is the quote's business.

use crate::currency::Currency;
use crate::product::{Amounts, Window};
use crate::words::Words;

/// The most discounts of a shop that apply by themselves; each is looked at in every quote.
pub const MAX_AUTOMATIC: usize = 50;

/// A reduction and its conditions.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Discount {
    /// The stable name in orders and in the count of uses.
    pub id: String,
    /// What the shopper reads.
    pub title: Words,
    /// The codes that ask for it, as [`normalized`]; without any it applies by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What it does.
    pub benefit: Benefit,
    /// What it is for; conditions are measured on these goods.
    #[serde(default)]
    pub target: Target,
    /// When it holds.
    #[serde(default)]
    pub window: Window,
    /// Only when the goods cost at least this much before discounts, by currency in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_spend: Option<Amounts>,
    /// Only for so many units at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<u32>,
    /// At most so much, by currency in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Amounts>,
    /// In so many orders, by everybody together; counted by the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// In so many orders of one customer; checked at the checkout only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_per_customer: Option<u32>,
    /// Whether goods that are reduced already are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excludes_reduced: bool,
    /// The higher comes first.
    #[serde(default)]
    pub priority: i32,
    /// Beside which others it can be used.
    #[serde(default)]
    pub combines: Combines,
}

/// What a discount does.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// Reduces lines; an amount is for each unit.
    Lines(Reduction),
    /// Of every `buy + get` units, the `get` cheapest are reduced.
    BuyGet {
        /// So many at the full price.
        buy: u32,
        /// So many at the reduced one.
        get: u32,
        /// By how much, in basis points; 10,000 is free.
        percent_bp: u32,
    },
    /// Reduces the order; an amount is for all goods together.
    Order(Reduction),
    /// Reduces the price of sending.
    Shipping(Reduction),
}

impl Benefit {
    /// Whether it is about sending and not about goods.
    pub fn is_for_shipping(&self) -> bool {
        matches!(self, Self::Shipping(_))
    }
}

/// By how much.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// Basis points, at most 10,000.
    Percent(u32),
    /// By currency in minor units, never more than there is.
    Amount(Amounts),
}

impl Reduction {
    /// What it takes off an amount: rounded half away from zero to multiples of `unit` minor units, the smallest step that can
    /// be charged, and never more than the amount.
    pub fn of(&self, amount: i64, currency: Currency, unit: i64) -> i64 {
        let off = match self {
            Self::Percent(bp) => crate::money::scale_round_to(unit, amount, i64::from(*bp), 10_000),
            Self::Amount(amounts) => amounts.get(&currency).copied(),
        };
        off.unwrap_or(0).clamp(0, amount.max(0))
    }
}

/// Which goods a discount is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Target {
    /// These variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<String>,
    /// And everything in these groups: `tag:gift`, `category:paper/posters`, `collection:winter`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

impl Target {
    /// Whether it is for everything.
    pub fn is_everything(&self) -> bool {
        self.skus.is_empty() && self.groups.is_empty()
    }

    /// Whether a variant is among them; `groups` are those that it is in.
    pub fn holds(&self, sku: &str, groups: &[String]) -> bool {
        self.is_everything() || self.skus.iter().any(|known| known == sku) || self.groups.iter().any(|group| groups.contains(group))
    }
}

/// Beside which others a discount can be used. Two can be used together when each allows the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combines {
    /// Alone.
    #[default]
    None,
    /// One for goods beside those for shipping, and the other way around.
    Shipping,
    /// Beside all.
    All,
}

impl Discount {
    /// Whether two can be used in one order.
    pub fn goes_with(&self, other: &Self) -> bool {
        let allows = |a: &Self, b: &Self| match a.combines {
            Combines::None => false,
            Combines::Shipping => a.benefit.is_for_shipping() != b.benefit.is_for_shipping(),
            Combines::All => true,
        };
        allows(self, other) && allows(other, self)
    }
}

/// A code as it is compared: without spaces at its ends, in capitals.
pub fn normalized(code: &str) -> String {
    code.trim().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discount(id: &str, benefit: Benefit, combines: Combines) -> Discount {
        Discount {
            id: id.into(),
            title: id.into(),
            codes: vec![],
            benefit,
            target: Target::default(),
            window: Window::default(),
            min_spend: None,
            min_quantity: None,
            cap: None,
            uses: None,
            uses_per_customer: None,
            excludes_reduced: false,
            priority: 0,
            combines,
        }
    }

    #[test]
    fn two_go_together_when_each_allows_the_other() {
        use Combines::{All, None, Shipping};
        let goods = |combines| discount("goods", Benefit::Order(Reduction::Percent(1000)), combines);
        let sending = |combines| discount("sending", Benefit::Shipping(Reduction::Percent(10_000)), combines);
        let rows = [
            (goods(None), sending(All), false),
            (goods(Shipping), sending(None), false),
            (goods(Shipping), sending(Shipping), true),
            (goods(Shipping), sending(All), true),
            (goods(Shipping), goods(All), false),
            (goods(All), goods(All), true),
            (sending(Shipping), sending(Shipping), false),
        ];
        for (a, b, expected) in rows {
            assert_eq!((a.goes_with(&b), b.goes_with(&a)), (expected, expected), "{:?} {:?}", a.combines, b.combines);
        }
    }

    #[test]
    fn nothing_is_reduced_below_zero() {
        let eur = Currency::parse("EUR").expect("a currency");
        let usd = Currency::parse("USD").expect("a currency");
        let five = Reduction::Amount([(eur, 500)].into());
        assert_eq!((five.of(400, eur, 1), five.of(600, eur, 1), five.of(600, usd, 1)), (400, 500, 0));
        let percent = Reduction::Percent(1250);
        assert_eq!((percent.of(999, eur, 1), percent.of(0, eur, 1)), (125, 0));
    }
}
