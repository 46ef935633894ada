//! Amounts between ours, minor units by ISO 4217, and Stripe's, integers in scales of its own.

use catalog::currency::{Currency, Gateway};

/// An amount in Stripe's scale; `None` where it does not exist there, or is below 0.
pub(crate) fn to_stripe(minor: i64, currency: Currency) -> Option<i64> {
    currency.gateway_text(minor, Gateway::Stripe)?.parse().ok()
}

/// An amount of Stripe's in minor units; `None` where it does not exist there, or is below 0.
pub(crate) fn from_stripe(amount: i64, currency: Currency) -> Option<i64> {
    // What the smallest step is over there gives the ratio of the scales.
    let unit = currency.chargeable_unit(&[Gateway::Stripe])?;
    let over_there = to_stripe(unit, currency)?;
    let scaled = amount.checked_mul(unit)?;
    (amount >= 0 && scaled % over_there == 0).then_some(scaled / over_there)
}

/// A currency as Stripe writes it, in small letters.
pub(crate) fn code(currency: Currency) -> String {
    currency.code().to_ascii_lowercase()
}

/// The currency that Stripe writes so.
pub(crate) fn currency(code: &str) -> Option<Currency> {
    Currency::parse(&code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back() {
        let cases = [
            ("eur", 2490, Some(2490)),
            ("jpy", 500, Some(500)),
            ("kwd", 1230, Some(1230)),
            ("kwd", 1234, None),
            ("mga", 500, Some(5)),
            ("mga", 550, None),
            ("isk", 500, Some(50_000)),
            ("ugx", 500, None),
            ("eur", -1, None),
        ];
        for (name, minor, amount) in cases {
            let known = currency(name).expect(name);
            assert_eq!(code(known), name);
            assert_eq!(to_stripe(minor, known), amount, "{minor} {name}");
            if let Some(amount) = amount {
                assert_eq!(from_stripe(amount, known), Some(minor), "{amount} {name}");
            }
        }
        let known = |name| currency(name).expect(name);
        assert_eq!(from_stripe(50_050, known("isk")), None, "the last two digits are 00");
        assert_eq!(from_stripe(-1, known("eur")), None);
        assert_eq!(from_stripe(500, known("ugx")), None);
        assert_eq!(from_stripe(i64::MAX, known("mga")), None);
        assert_eq!(currency("xyz"), None);
    }
}
