//! The body of a refund.

use catalog::currency::Currency;

use super::text::Money;

/// What is to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefundSpec {
    /// Our refund's id: a second barrier beside the request id, kept by PayPal for good. At most 127 ASCII characters.
    pub(crate) refund: String,
    /// Our order's id; it comes back in notices.
    pub(crate) order: String,
    /// In the currency's minor units, above 0.
    pub(crate) amount_minor: i64,
    /// The capture's.
    pub(crate) currency: Currency,
}

/// The exact body, the same for the same refund. `None` where PayPal cannot give back exactly that.
pub(crate) fn compose(spec: &RefundSpec) -> Option<String> {
    #[derive(serde::Serialize)]
    struct Body<'a> {
        amount: Money,
        custom_id: &'a str,
        invoice_id: &'a str,
    }
    assert!(spec.amount_minor > 0, "a refund gives something back");
    assert!((1..=127).contains(&spec.refund.len()) && (1..=127).contains(&spec.order.len()), "PayPal takes ids of 1 to 127 characters");
    let body = Body { amount: Money::new(spec.amount_minor, spec.currency)?, custom_id: &spec.order, invoice_id: &spec.refund };
    serde_json::to_string(&body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_our_ids() {
        let spec = |amount_minor, code| RefundSpec {
            refund: "re-1".into(),
            order: "0f".repeat(16),
            amount_minor,
            currency: Currency::parse(code).unwrap(),
        };
        assert_eq!(
            compose(&spec(1250, "EUR")).unwrap(),
            format!(r#"{{"amount":{{"currency_code":"EUR","value":"12.50"}},"custom_id":"{}","invoice_id":"re-1"}}"#, "0f".repeat(16))
        );
        assert_eq!(compose(&spec(50, "HUF")), None, "there is no half forint at PayPal");
    }
}
