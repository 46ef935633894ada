//! Exact money: integer minor units and a currency, and the decimal text that editors write.
//!
//! No float ever holds an amount. Arithmetic is checked; overflow is an error, not a wrap.

use std::fmt;

use crate::currency::Currency;

/// An exact, non-negative decimal as an editor wrote it, such as `24.90`: 2490 with a scale of 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Decimal {
    digits: i64,
    scale: u8,
}

/// Why a text is not an amount. The display texts are written for editors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Nothing is written.
    #[error("an amount is missing")]
    Empty,
    /// A decimal comma, as in `24,90`. Holds the text with a point.
    #[error("a decimal comma cannot be read; write `{0}`")]
    Comma(String),
    /// A thousands separator or an underscore. Holds the text without it.
    #[error("separators between digits cannot be read; write `{0}`")]
    Separator(String),
    /// Below zero.
    #[error("an amount cannot be negative")]
    Negative,
    /// An exponent, as in `1e3`.
    #[error("an amount is written in plain digits, without an exponent")]
    Exponent,
    /// A currency sign or code beside the digits. Holds the digits.
    #[error("write the amount alone, `{0}`; the currency comes from `shop.yaml`")]
    Currency(String),
    /// Not a number at all.
    #[error("this is not an amount; write digits and a point, such as `24.90`")]
    NotANumber,
    /// More digits than any price has.
    #[error("an amount has at most 15 digits")]
    TooLong,
}

/// The most digits that an amount may have; 10^15 minor units still leave room for 9,000-fold sums in 64 bits.
const MAX_DIGITS: usize = 15;

impl Decimal {
    /// Reads `24.90`, `24`, `.5` or `5.`; anything else is an error that says what to write.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DecimalError::Empty);
        }
        if let Some(rest) = text.strip_prefix(['-', '−']) {
            return Err(match Self::parse(rest) {
                Ok(_) => DecimalError::Negative,
                Err(other) => other,
            });
        }
        let plain = |c: char| c.is_ascii_digit() || c == '.';
        if text.chars().all(plain) {
            return Self::from_plain(text);
        }
        Err(Self::explain(text))
    }

    fn from_plain(text: &str) -> Result<Self, DecimalError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
            return Err(DecimalError::NotANumber);
        }
        if whole.trim_start_matches('0').len() + fraction.len() > MAX_DIGITS {
            return Err(DecimalError::TooLong);
        }
        let digits = whole.bytes().chain(fraction.bytes()).fold(0_i64, |sum, b| sum * 10 + i64::from(b - b'0'));
        let scale = u8::try_from(fraction.len()).map_err(|_| DecimalError::TooLong)?;
        Ok(Self { digits, scale })
    }

    fn explain(text: &str) -> DecimalError {
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '_' | ' ' | '\'' | '\u{a0}' | '\u{202f}');
        if text.chars().all(numeric) && text.chars().any(|c| c.is_ascii_digit()) {
            return match (text.matches(',').count(), text.contains('.'), text.contains(['_', ' ', '\'', '\u{a0}', '\u{202f}'])) {
                (1, false, false) if text.rsplit(',').next().is_some_and(|f| f.len() != 3) => DecimalError::Comma(text.replace(',', ".")),
                _ => DecimalError::Separator(text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>()),
            };
        }
        let lower = text.to_ascii_lowercase();
        if let Some((mantissa, exponent)) = lower.split_once('e') {
            let signless = exponent.trim_start_matches(['+', '-']);
            if Self::parse(mantissa).is_ok() && !signless.is_empty() && signless.bytes().all(|b| b.is_ascii_digit()) {
                return DecimalError::Exponent;
            }
        }
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let marks = text.chars().filter(|c| !numeric(*c)).collect::<String>();
        let sign = marks.chars().count() == 1 && !marks.is_ascii() || matches!(marks.as_str(), "$");
        let code = marks.len() == 3 && Currency::parse(&marks.to_ascii_uppercase()).is_some();
        if (sign || code) && Self::from_plain(&digits).is_ok() {
            return DecimalError::Currency(digits);
        }
        DecimalError::NotANumber
    }

    /// The amount in units of 10^-`scale`, or `None` where that would need rounding or is too large.
    pub fn at_scale(self, scale: u8) -> Option<i64> {
        if self.scale <= scale {
            return self.digits.checked_mul(10_i64.checked_pow(u32::from(scale - self.scale))?);
        }
        let divisor = 10_i64.checked_pow(u32::from(self.scale - scale))?;
        (self.digits % divisor == 0).then_some(self.digits / divisor)
    }

    /// How many decimals the text had.
    pub fn decimals(self) -> u8 {
        self.scale
    }
}

/// An amount: minor units (cents) of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// In the currency's ISO 4217 minor units.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why an exact amount cannot be a price in a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// More decimals than the currency has.
    #[error("{currency} has {allowed} decimals, this amount has more")]
    TooManyDecimals {
        /// The currency.
        currency: Currency,
        /// Its ISO 4217 scale.
        allowed: u8,
    },
    /// Not a multiple of the smallest amount that every enabled gateway can charge (R19).
    #[error("{currency} can only be charged in steps of {unit} minor units")]
    NotChargeable {
        /// The currency.
        currency: Currency,
        /// The step, in minor units.
        unit: i64,
    },
    /// Larger than can be charged: 12 digits of minor units, Stripe's limit for cards.
    #[error("the amount is too large to be charged")]
    TooLarge,
}

/// The largest amount that can be charged, in minor units: 12 digits (Stripe's documented limit for card payments).
pub const MAX_CHARGE_MINOR: i64 = 999_999_999_999;

impl Money {
    /// An amount in minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Turns an editor's decimal into minor units, exactly.
    ///
    /// `unit` is the coarsest chargeable step of the shop's gateways in minor units ([`Currency::chargeable_unit`]).
    pub fn from_decimal(amount: Decimal, currency: Currency, unit: i64) -> Result<Self, MoneyError> {
        let allowed = currency.digits();
        let minor = match amount.at_scale(allowed) {
            Some(minor) if minor <= MAX_CHARGE_MINOR => minor,
            Some(_) => return Err(MoneyError::TooLarge),
            None if amount.decimals() > allowed => {
                return Err(MoneyError::TooManyDecimals { currency, allowed });
            }
            None => return Err(MoneyError::TooLarge),
        };
        if minor % unit != 0 {
            return Err(MoneyError::NotChargeable { currency, unit });
        }
        Ok(Self { minor, currency })
    }

    /// The amount as plain decimal text, such as `24.90`; what structured data and CSV files want.
    pub fn to_decimal_text(self) -> String {
        let digits = usize::from(self.currency.digits());
        let sign = if self.minor < 0 { "-" } else { "" };
        let padded = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = padded.split_at(padded.len() - digits);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    /// As an English reader writes it: `€24.90`, `CHF 24.90`, with thousands separated: `€1,299.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_decimal_text();
        let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, d)| (w, Some(d)));
        let mut grouped = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(c);
        }
        let symbol = self.currency.symbol();
        let space = if symbol.len() == 3 && symbol.is_ascii() { "\u{a0}" } else { "" };
        write!(f, "{sign}{symbol}{space}{grouped}")?;
        fraction.map_or(Ok(()), |digits| write!(f, ".{digits}"))
    }
}

/// `amount × numerator ÷ denominator`, rounded half away from zero; `None` on overflow.
///
/// The one rounding of the whole shop: taxes and percentages all come here.
pub(crate) fn scale_round(amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    debug_assert!(denominator > 0, "a ratio's denominator is positive");
    let product = i128::from(amount) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let half = if product < 0 { -denominator } else { denominator };
    i64::try_from((product * 2 + half) / (denominator * 2)).ok()
}

/// As [`scale_round`], to whole multiples of `unit`: the smallest step that can be charged, in minor units.
pub(crate) fn scale_round_to(unit: i64, amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    scale_round(amount, numerator, denominator.checked_mul(unit)?)?.checked_mul(unit)
}

/// As [`spread`], in whole multiples of `unit`, where the amount is one.
pub(crate) fn spread_in(unit: i64, amount: i64, weights: &[i64]) -> Vec<i64> {
    spread(amount / unit, weights).into_iter().map(|share| share * unit).collect()
}

/// Spreads an amount over shares in proportion to their weights, by largest remainder, ties to the first. The shares sum
/// to the amount; all are 0 where no weight is above 0. Weights are not negative.
pub fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if whole <= 0 {
        return vec![0; weights.len()];
    }
    let parts = weights.iter().map(|weight| i128::from(amount) * i128::from(*weight));
    let (mut shares, remainders): (Vec<i64>, Vec<i128>) = parts
        .map(|part| {
            // Truncation leaves remainders of the amount's own sign, so magnitudes are compared.
            let share = i64::try_from(part / whole).expect("a share is not larger than the amount");
            (share, (part % whole).abs())
        })
        .unzip();
    let left = amount - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(remainders[*index]));
    for index in order.into_iter().take(usize::try_from(left.unsigned_abs()).expect("fewer units are left than shares")) {
        shares[index] += left.signum();
    }
    shares
}

/// The part of `whole` that falls to the units from `before` to `before + units` of `of`, rounded so that the parts of any
/// division sum to the whole: each part is the difference of two rounded totals.
pub fn cumulative_part(whole: i64, before: u32, units: u32, of: u32) -> i64 {
    let until = |n: u32| scale_round(whole, i64::from(n.min(of)), i64::from(of.max(1))).expect("a part is not larger than the whole");
    until(before.saturating_add(units)) - until(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::parse("EUR").expect("a currency")
    }

    #[test]
    fn reads_exact_amounts() {
        for (text, minor) in [("24.90", 2490), ("24", 2400), (".5", 50), ("5.", 500), ("007", 700), (" 1.00 ", 100)] {
            let money = Money::from_decimal(Decimal::parse(text).expect(text), eur(), 1).expect(text);
            assert_eq!(money.minor, minor, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else_with_the_reason() {
        use DecimalError as E;
        let cases = [
            ("", E::Empty),
            ("cheap", E::NotANumber),
            ("24,90", E::Comma("24.90".into())),
            ("24,9", E::Comma("24.9".into())),
            ("1,000", E::Separator("1000".into())),
            ("1,000.00", E::Separator("1000.00".into())),
            ("1_000", E::Separator("1000".into())),
            ("1 000", E::Separator("1000".into())),
            ("-1", E::Negative),
            ("1e9999", E::Exponent),
            ("1e3", E::Exponent),
            ("1.2.3", E::NotANumber),
            (".", E::NotANumber),
            ("€5", E::Currency("5".into())),
            ("5 EUR", E::Currency("5".into())),
            ("0x1F", E::NotANumber),
            (".inf", E::NotANumber),
            ("NaN", E::NotANumber),
            ("1234567890123456", E::TooLong),
        ];
        for (text, expected) in cases {
            assert_eq!(Decimal::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn keeps_to_the_scale_of_the_currency() {
        let three = Decimal::parse("1.005").expect("a decimal");
        assert!(matches!(Money::from_decimal(three, eur(), 1), Err(MoneyError::TooManyDecimals { allowed: 2, .. })));
        let zeros = Decimal::parse("1.500").expect("a decimal");
        assert_eq!(Money::from_decimal(zeros, eur(), 1).expect("trailing zeros are exact").minor, 150);
        let yen = Currency::parse("JPY").expect("a currency");
        assert_eq!(Money::from_decimal(Decimal::parse("500").expect("a decimal"), yen, 1).expect("yen").minor, 500);
        assert!(Money::from_decimal(Decimal::parse("10.25").expect("a decimal"), eur(), 100).is_err());
    }

    #[test]
    fn writes_amounts_for_people_and_machines() {
        let money = |minor, code| Money::new(minor, Currency::parse(code).expect(code));
        assert_eq!(money(2490, "EUR").to_string(), "€24.90");
        assert_eq!(money(129_900, "EUR").to_string(), "€1,299.00");
        assert_eq!(money(5, "EUR").to_decimal_text(), "0.05");
        assert_eq!(money(-5, "EUR").to_decimal_text(), "-0.05");
        assert_eq!(money(500, "JPY").to_string(), "¥500");
        assert_eq!(money(1234, "KWD").to_decimal_text(), "1.234");
        assert_eq!(money(2490, "CHF").to_string(), "CHF\u{a0}24.90");
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(scale_round(5, 1, 2), Some(3));
        assert_eq!(scale_round(-5, 1, 2), Some(-3));
        assert_eq!(scale_round(4, 1, 3), Some(1));
        assert_eq!(scale_round(i64::MAX, 2, 1), None);
    }
}
