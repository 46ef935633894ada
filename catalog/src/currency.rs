//! Currencies and their three scales: ISO 4217, Stripe, PayPal (R19).

use std::fmt;

/// An ISO 4217 currency with minor units.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// A payment gateway, as far as money is concerned: each has scales of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gateway {
    /// Stripe Checkout.
    Stripe,
    /// PayPal Orders v2.
    Paypal,
    /// The payment page for development; it takes whatever ISO 4217 allows.
    Sandbox,
}

impl Gateway {
    /// The name in `shop.yaml` and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Paypal => "paypal",
            Self::Sandbox => "sandbox",
        }
    }

    /// All gateways, for messages.
    pub const ALL: [Self; 3] = [Self::Stripe, Self::Paypal, Self::Sandbox];

    /// The gateway of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gateway| gateway.name() == name)
    }
}

/// Stripe charges these with three decimals of which the last must be 0.
/// Source: Stripe's page on supported currencies, 'Three-decimal currencies'.
const STRIPE_THREE_DECIMAL: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// Stripe charges these in whole units although ISO 4217 gives them decimals.
/// Source: the same page, 'Zero-decimal currencies'; the others on that list have no decimals in ISO 4217 either.
const STRIPE_WHOLE: [&str; 1] = ["MGA"];

/// Stripe wants these with two decimals that are 00, although ISO 4217 gives them none.
/// Source: the same page, 'Special cases'.
const STRIPE_WITH_DECIMALS: [&str; 1] = ["ISK"];

/// Stripe's own pages contradict each other on the scale of this one, so it is refused.
const STRIPE_REFUSED: [&str; 1] = ["UGX"];

/// PayPal refuses decimals for these. Source: PayPal's page on currency codes.
const PAYPAL_WHOLE: [&str; 3] = ["HUF", "JPY", "TWD"];

/// All that PayPal takes. Source: the same page.
const PAYPAL_SUPPORTED: [&str; 24] = [
    "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "EUR", "HKD", "HUF", "ILS", "JPY", "MYR", "MXN", "TWD", "NZD", "NOK", "PHP", "PLN", "GBP",
    "SGD", "SEK", "CHF", "THB", "USD",
];

/// The least that Stripe charges, in minor units by ISO 4217. It applies in the merchant's settlement currency, so for
/// others Stripe's own answer has the last word. Source: the same page, 'Minimum and maximum charge amounts'.
const STRIPE_MINIMUM: [(&str, i64); 31] = [
    ("AED", 200),
    ("ARS", 50),
    ("AUD", 50),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("COP", 50),
    ("CZK", 1500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17500),
    ("IDR", 50),
    ("ILS", 50),
    ("INR", 50),
    ("JPY", 50),
    ("KRW", 50),
    ("MXN", 1000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PHP", 50),
    ("PLN", 200),
    ("RON", 200),
    ("RUB", 50),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1000),
    ("USD", 50),
    ("ZAR", 50),
];

impl Currency {
    /// The currency of a three-letter code in capitals; `None` for unknown codes and for those without minor
    /// units (metals, testing codes).
    pub fn parse(code: &str) -> Option<Self> {
        let currency = iso_currency::Currency::from_code(code)?;
        currency.exponent().map(|_| Self(currency))
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The number of decimals by ISO 4217, 0 to 4.
    pub fn digits(self) -> u8 {
        self.0.exponent().and_then(|digits| u8::try_from(digits).ok()).unwrap_or(2)
    }

    /// The sign where it is unmistakable, else the code.
    pub fn symbol(self) -> &'static str {
        match self.code() {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "JPY" => "¥",
            "INR" => "₹",
            "KRW" => "₩",
            "ILS" => "₪",
            "VND" => "₫",
            "UAH" => "₴",
            code => code,
        }
    }

    /// The smallest step, in minor units, that all of `gateways` can charge; `None` where one of them cannot take
    /// the currency at all.
    pub fn chargeable_unit(self, gateways: &[Gateway]) -> Option<i64> {
        gateways.iter().try_fold(1, |unit, gateway| Some(unit.max(self.unit_at(*gateway)?)))
    }

    /// The least that a gateway charges, in minor units; its smallest step where no other limit is known.
    pub fn minimum_charge(self, gateway: Gateway) -> i64 {
        let known = || STRIPE_MINIMUM.into_iter().find(|(code, _)| *code == self.code());
        let limit = if gateway == Gateway::Stripe { known().map(|(_, minor)| minor) } else { None };
        limit.or_else(|| self.unit_at(gateway)).unwrap_or(1)
    }

    /// An amount as a gateway wants it: an integer in its own scale for Stripe (and the sandbox), decimal text for PayPal. `None` where
    /// it cannot be charged exactly, or not at all.
    pub fn gateway_text(self, minor: i64, gateway: Gateway) -> Option<String> {
        let unit = self.unit_at(gateway)?;
        if minor % unit != 0 || minor < 0 {
            return None;
        }
        match gateway {
            Gateway::Sandbox => Some(minor.to_string()),
            Gateway::Stripe if STRIPE_WHOLE.contains(&self.code()) => Some((minor / unit).to_string()),
            Gateway::Stripe if STRIPE_WITH_DECIMALS.contains(&self.code()) => minor.checked_mul(100).map(|amount| amount.to_string()),
            Gateway::Stripe => Some(minor.to_string()),
            Gateway::Paypal if PAYPAL_WHOLE.contains(&self.code()) => Some((minor / unit).to_string()),
            Gateway::Paypal => Some(crate::money::Money::new(minor, self).to_decimal_text()),
        }
    }

    fn unit_at(self, gateway: Gateway) -> Option<i64> {
        let code = self.code();
        let whole = 10_i64.pow(u32::from(self.digits()));
        match gateway {
            Gateway::Sandbox => Some(1),
            Gateway::Stripe if STRIPE_REFUSED.contains(&code) => None,
            Gateway::Stripe if STRIPE_WHOLE.contains(&code) => Some(whole),
            Gateway::Stripe if STRIPE_THREE_DECIMAL.contains(&code) => Some(10),
            // Any other currency of three or four decimals is not on Stripe's list.
            Gateway::Stripe => (self.digits() <= 2).then_some(1),
            Gateway::Paypal if !PAYPAL_SUPPORTED.contains(&code) => None,
            Gateway::Paypal if PAYPAL_WHOLE.contains(&code) => Some(whole),
            Gateway::Paypal => Some(1),
        }
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown currency `{code}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_scales() {
        let unit = |code: &str, gateway| Currency::parse(code).expect(code).chargeable_unit(&[gateway]);
        assert_eq!(Currency::parse("EUR").map(Currency::digits), Some(2));
        assert_eq!(Currency::parse("JPY").map(Currency::digits), Some(0));
        assert_eq!(Currency::parse("KWD").map(Currency::digits), Some(3));
        assert_eq!(Currency::parse("XXX"), None);
        assert_eq!(Currency::parse("eur"), None);
        assert_eq!(unit("EUR", Gateway::Stripe), Some(1));
        assert_eq!(unit("KWD", Gateway::Stripe), Some(10));
        assert_eq!(unit("UGX", Gateway::Stripe), None);
        assert_eq!(unit("HUF", Gateway::Paypal), Some(100));
        assert_eq!(unit("KWD", Gateway::Paypal), None);
        let huf = Currency::parse("HUF").expect("a currency");
        assert_eq!(huf.chargeable_unit(&[Gateway::Stripe, Gateway::Paypal]), Some(100));
    }

    #[test]
    fn knows_the_least_charges() {
        let least = |code: &str, gateway| Currency::parse(code).expect(code).minimum_charge(gateway);
        assert_eq!(least("EUR", Gateway::Stripe), 50);
        assert_eq!(least("HUF", Gateway::Stripe), 17500);
        assert_eq!(least("KWD", Gateway::Stripe), 10, "no limit is known but the smallest step");
        assert_eq!(least("EUR", Gateway::Paypal), 1);
        assert_eq!(least("JPY", Gateway::Paypal), 1);
        assert_eq!(least("HUF", Gateway::Paypal), 100);
        for (code, _) in STRIPE_MINIMUM {
            assert!(Currency::parse(code).is_some(), "{code}");
        }
    }
}
