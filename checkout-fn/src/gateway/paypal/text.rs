//! Texts and amounts as PayPal takes them.

use catalog::currency::{Currency, Gateway};

/// An amount as PayPal writes it, such as `24.90`, or `350` for a currency in which it takes no decimals.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Money {
    currency_code: &'static str,
    value: String,
}

impl Money {
    /// `minor` in the currency's ISO 4217 minor units. `None` where PayPal cannot take exactly that.
    pub(super) fn new(minor: i64, currency: Currency) -> Option<Self> {
        Some(Self { currency_code: currency.code(), value: currency.gateway_text(minor, Gateway::Paypal)? })
    }
}

/// One line of text without control characters, of at most `limit` bytes, cut between characters. PayPal's limits hold
/// for ASCII and are lower for other texts, without saying how much; bytes are the strictest reading.
pub(super) fn fitted(text: &str, limit: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    if line.len() <= limit {
        return line.to_owned();
    }
    let room = limit.saturating_sub(ELLIPSIS.len_utf8());
    format!("{}{ELLIPSIS}", line[..line.floor_char_boundary(room)].trim_end())
}

const ELLIPSIS: char = '…';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        let cases = [
            ("Mug", 10, "Mug"),
            (" Mug\n\tblue\u{7f} ", 12, "Mug  blue"),
            ("abcdefghij", 10, "abcdefghij"),
            ("abcdefghijk", 10, "abcdefg…"),
            ("äöüäöü", 10, "äöü…"),
            ("日本語日本語", 10, "日本…"),
            ("", 10, ""),
        ];
        for (text, limit, expected) in cases {
            let cut = fitted(text, limit);
            assert_eq!(cut, expected, "{text:?}");
            assert!(cut.len() <= limit, "{text:?}");
        }
    }

    #[test]
    fn knows_what_paypal_takes() {
        let text = |minor, code| Money::new(minor, Currency::parse(code).unwrap()).map(|money| money.value);
        let cases = [
            (2490, "EUR", Some("24.90")),
            (0, "EUR", Some("0.00")),
            (35000, "HUF", Some("350")),
            (35050, "HUF", None),
            (350, "JPY", Some("350")),
            (35000, "TWD", Some("350")),
            (100, "KWD", None),
            (-1, "EUR", None),
        ];
        for (minor, code, expected) in cases {
            assert_eq!(text(minor, code).as_deref(), expected, "{minor} {code}");
        }
    }
}
