//! What PayPal checks of a new order, with its names for what is wrong.

use catalog::currency::{Currency, Gateway};
use serde_json::Value;

/// Why a body is refused: status and issue.
pub(super) type Refusal = (u16, &'static str);

const UNPROCESSABLE: u16 = 422;
const BAD_REQUEST: u16 = 400;

/// Checks the body of a new order.
pub(super) fn order(body: &Value) -> Result<(), Refusal> {
    if body["intent"] != "CAPTURE" {
        return Err((BAD_REQUEST, "INVALID_PARAMETER_VALUE"));
    }
    let Some([unit]) = body["purchase_units"].as_array().map(Vec::as_slice) else {
        return Err((BAD_REQUEST, "MISSING_REQUIRED_PARAMETER"));
    };
    for (field, limit) in [("custom_id", 127), ("invoice_id", 127), ("reference_id", 256)] {
        within(&unit[field], limit)?;
    }
    let amount = Amount::read(&unit["amount"])?;
    if amount.hundredths <= 0 {
        return Err((UNPROCESSABLE, "CANNOT_BE_ZERO_OR_NEGATIVE"));
    }
    items(unit, &amount)?;
    breakdown(&unit["amount"]["breakdown"], &amount)?;
    let preference = &body["payment_source"]["paypal"]["experience_context"]["shipping_preference"];
    let address = &unit["shipping"]["address"];
    match preference.as_str() {
        Some("SET_PROVIDED_ADDRESS") if !address.is_object() => Err((UNPROCESSABLE, "MISSING_SHIPPING_ADDRESS")),
        Some("SET_PROVIDED_ADDRESS") if address["country_code"].as_str().is_none_or(|code| code.len() != 2) => {
            Err((BAD_REQUEST, "INVALID_COUNTRY_CODE"))
        }
        Some("SET_PROVIDED_ADDRESS") if address["admin_area_2"].as_str().is_none_or(str::is_empty) => Err((UNPROCESSABLE, "CITY_REQUIRED")),
        _ => Ok(()),
    }
}

/// An amount that is written as PayPal takes it.
pub(super) struct Amount {
    currency: String,
    /// The smallest amount that PayPal knows, in whatever currency.
    hundredths: i64,
}

impl Amount {
    /// Reads `{currency_code, value}`.
    pub(super) fn read(value: &Value) -> Result<Self, Refusal> {
        let (Some(code), Some(text)) = (value["currency_code"].as_str(), value["value"].as_str()) else {
            return Err((BAD_REQUEST, "MISSING_REQUIRED_PARAMETER"));
        };
        let Some(currency) = Currency::parse(code).filter(|currency| currency.chargeable_unit(&[Gateway::Paypal]).is_some()) else {
            return Err((UNPROCESSABLE, "INVALID_CURRENCY_CODE"));
        };
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let Ok(whole) = whole.parse::<i64>() else { return Err((BAD_REQUEST, "INVALID_PARAMETER_SYNTAX")) };
        if whole < 0 {
            return Err((UNPROCESSABLE, "CANNOT_BE_NEGATIVE"));
        }
        if !decimals.is_empty() && matches!(currency.code(), "HUF" | "JPY" | "TWD") {
            return Err((UNPROCESSABLE, "DECIMALS_NOT_SUPPORTED"));
        }
        let cents = match decimals.len() {
            0 => Ok(0),
            1 => decimals.parse::<i64>().map(|tenths| tenths * 10),
            2 => decimals.parse::<i64>(),
            _ => return Err((UNPROCESSABLE, "DECIMAL_PRECISION")),
        };
        let cents = cents.map_err(|_| (BAD_REQUEST, "INVALID_PARAMETER_SYNTAX"))?;
        Ok(Self { currency: code.to_owned(), hundredths: whole * 100 + cents })
    }

    /// In `other`'s currency, where it is there.
    fn optional(value: &Value, other: &Self) -> Result<i64, Refusal> {
        if value.is_null() {
            return Ok(0);
        }
        let amount = Self::read(value)?;
        if amount.currency == other.currency { Ok(amount.hundredths) } else { Err((UNPROCESSABLE, "MULTI_CURRENCY_ORDER")) }
    }
}

fn items(unit: &Value, amount: &Amount) -> Result<(), Refusal> {
    let Some(items) = unit["items"].as_array() else { return Ok(()) };
    let (mut sum, mut tax) = (0, 0);
    for item in items {
        within(&item["name"], 127)?;
        let quantity: i64 =
            item["quantity"].as_str().and_then(|text| text.parse().ok()).ok_or((BAD_REQUEST, "INVALID_PARAMETER_SYNTAX"))?;
        sum += Amount::optional(&item["unit_amount"], amount)? * quantity;
        tax += Amount::optional(&item["tax"], amount)? * quantity;
    }
    let breakdown = &unit["amount"]["breakdown"];
    if breakdown["item_total"].is_null() {
        return Err((UNPROCESSABLE, "ITEM_TOTAL_REQUIRED"));
    }
    if sum != Amount::optional(&breakdown["item_total"], amount)? {
        return Err((UNPROCESSABLE, "ITEM_TOTAL_MISMATCH"));
    }
    if items.iter().any(|item| !item["tax"].is_null()) && tax != Amount::optional(&breakdown["tax_total"], amount)? {
        return Err((UNPROCESSABLE, "TAX_TOTAL_MISMATCH"));
    }
    Ok(())
}

fn breakdown(parts: &Value, amount: &Amount) -> Result<(), Refusal> {
    if parts.is_null() {
        return Ok(());
    }
    let sum = |names: &[&str]| names.iter().try_fold(0, |sum, name| Ok(sum + Amount::optional(&parts[*name], amount)?));
    let parts = sum(&["item_total", "tax_total", "shipping", "handling", "insurance"])? - sum(&["shipping_discount", "discount"])?;
    if parts == amount.hundredths { Ok(()) } else { Err((UNPROCESSABLE, "AMOUNT_MISMATCH")) }
}

fn within(text: &Value, limit: usize) -> Result<(), Refusal> {
    match text.as_str() {
        Some("") => Err((BAD_REQUEST, "INVALID_STRING_MIN_LENGTH")),
        Some(text) if text.chars().count() > limit => Err((BAD_REQUEST, "INVALID_STRING_MAX_LENGTH")),
        _ => Ok(()),
    }
}
