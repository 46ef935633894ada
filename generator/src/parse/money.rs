//! Amounts as an editor writes them: exact text until the shop's currencies are known.

use catalog::currency::Currency;
use catalog::money::{Decimal, DecimalError, Money, MoneyError};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fields::{Pairs, Problem, Read, Reader, Scalar};
use super::forms::CurrencyCode;
use super::yaml::{Node, Value};
use crate::diagnostic::{Diagnostic, Spanned, codes};

/// A price as written, with its place.
pub type PriceText = Spanned<Amounts>;

/// One amount in the shop's default currency, or one for each currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amounts {
    /// `24.90`
    One(Spanned<Decimal>),
    /// `{EUR: 24.90, USD: 27}`, in the order written; codes have three capital letters and each
    /// stands once.
    Each(Vec<(Spanned<String>, Spanned<Decimal>)>),
}

/// The amount in a currency, exact to its smallest unit. `unit` is the coarsest step that can be charged, in
/// minor units ([`Currency::chargeable_unit`]).
pub fn money(amount: &Spanned<Decimal>, currency: Currency, unit: i64) -> Result<Money, Diagnostic> {
    Money::from_decimal(amount.value, currency, unit).map_err(|error| {
        let help = match &error {
            MoneyError::TooManyDecimals { allowed: 0, .. } => "write a whole number".to_owned(),
            MoneyError::TooManyDecimals { allowed, .. } => format!("round it to {allowed} decimals"),
            MoneyError::NotChargeable { .. } => "round it to that step".to_owned(),
            MoneyError::TooLarge => "check the digits".to_owned(),
        };
        Diagnostic::error(codes::PRICE_SCALE, error.to_string(), amount.span.clone()).help(help)
    })
}

/// One amount.
pub(super) struct Amount;

impl Scalar for Amount {
    type Out = Decimal;

    fn parse(text: &str) -> Result<Decimal, Problem> {
        Decimal::parse(text).map_err(|error| {
            let example = || "write digits with a point, such as `24.90`".to_owned();
            let (code, says, help) = match error {
                DecimalError::Empty => (codes::EMPTY_TEXT, "is an empty text", example()),
                DecimalError::Comma(meant) => (codes::PRICE_COMMA, "has a decimal comma", format!("write `{meant}`")),
                DecimalError::Negative => {
                    (codes::PRICE_NEGATIVE, "is negative", "remove the minus sign; a reduced price is `price` with `compare_at`".to_owned())
                }
                DecimalError::Exponent => (codes::PRICE_EXPONENT, "has an exponent", "write all digits".to_owned()),
                DecimalError::Separator(meant) => (codes::PRICE_SEPARATOR, "has separators between its digits", format!("write `{meant}`")),
                DecimalError::Currency(meant) => {
                    (codes::PRICE_FORM, "names a currency", format!("write `{meant}`; the currencies stand in `shop.yaml`"))
                }
                DecimalError::TooLong => (codes::PRICE_LENGTH, "has too many digits", "an amount has at most 15 digits".to_owned()),
                DecimalError::NotANumber => (codes::PRICE_FORM, "is not an amount", example()),
            };
            Problem::new(code, says, help)
        })
    }

    fn scalar_schema() -> Schema {
        json_schema!({"anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": r"^[0-9]*\.?[0-9]*$", "minLength": 1},
        ]})
    }
}

/// An amount, or a map of currencies to amounts.
pub(super) struct Price;

impl Read for Price {
    type Out = PriceText;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<PriceText> {
        if !matches!(node.value, Value::Map(_)) {
            if matches!(node.value, Value::List(_)) {
                reader.wrong_kind(node, "an amount", "write `24.90`, or `{EUR: 24.90, USD: 27}`");
                return None;
            }
            let amount = Amount::read(node, reader)?;
            let span = amount.span.clone();
            return Some(Spanned::new(Amounts::One(amount), span));
        }
        let span = reader.place(node);
        let before = reader.diagnostics.len();
        let amounts = Pairs::<CurrencyCode, Amount>::read(node, reader)?;
        if amounts.is_empty() && reader.diagnostics.len() == before {
            reader.error(codes::PRICE_FORM, "a price without an amount", span, "write `24.90`, or `{EUR: 24.90, USD: 27}`");
            return None;
        }
        (reader.diagnostics.len() == before).then(|| Spanned::new(Amounts::Each(amounts), span))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            Amount::scalar_schema(),
            {"type": "object", "propertyNames": CurrencyCode::scalar_schema(), "additionalProperties": Amount::scalar_schema(), "minProperties": 1},
        ]})
    }
}
