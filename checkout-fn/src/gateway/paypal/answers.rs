//! What PayPal answers, as far as it is read. Unknown fields and values never make an answer unreadable.

use catalog::currency::Currency;
use catalog::money::Decimal;
use serde::Deserialize;

/// An order at PayPal: what the shopper approves and what is captured then.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Order {
    /// PayPal's name of it.
    pub(crate) id: String,
    /// How it stands.
    pub(crate) status: OrderStatus,
    /// What is paid for; ours have exactly one.
    #[serde(default)]
    pub(crate) purchase_units: Vec<Unit>,
    /// Where to go on.
    #[serde(default)]
    pub(crate) links: Vec<Link>,
}

/// How an order stands. Money moves only at the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OrderStatus {
    /// Not approved yet.
    Created,
    /// Kept for later; ours never are.
    Saved,
    /// The shopper has approved; it can be captured for about three hours.
    Approved,
    /// Nothing is to be paid any more.
    Voided,
    /// Captured; how the money stands is said by the capture.
    Completed,
    /// The shopper has to go to PayPal's page.
    PayerActionRequired,
    /// A state that PayPal did not document.
    #[serde(other)]
    Unknown,
}

/// What is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Unit {
    /// The whole amount.
    pub(crate) amount: Option<Amount>,
    /// Our order's id.
    pub(crate) custom_id: Option<String>,
    /// Our order's id and attempt.
    pub(crate) invoice_id: Option<String>,
    /// What has become of it.
    #[serde(default)]
    pub(crate) payments: Payments,
}

/// The money that has moved, or was meant to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Payments {
    /// To the shop.
    #[serde(default)]
    pub(crate) captures: Vec<Capture>,
    /// Back to the shopper, those given in PayPal's own pages among them.
    #[serde(default)]
    pub(crate) refunds: Vec<Refund>,
}

/// Money that goes to the shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Capture {
    /// PayPal's name of it.
    pub(crate) id: String,
    /// How it stands.
    pub(crate) status: CaptureStatus,
    /// Why it stands so.
    pub(crate) status_details: Option<StatusDetails>,
    /// How much.
    pub(crate) amount: Option<Amount>,
    /// Our order's id.
    pub(crate) custom_id: Option<String>,
    /// Our order's id and attempt.
    pub(crate) invoice_id: Option<String>,
    /// What it belongs to.
    #[serde(default)]
    pub(crate) supplementary_data: Supplement,
    /// Where it belongs.
    #[serde(default)]
    pub(crate) links: Vec<Link>,
}

/// What a capture belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Supplement {
    /// Names of other objects.
    pub(crate) related_ids: Related,
}

/// Names of other objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Related {
    /// The order at PayPal.
    pub(crate) order_id: Option<String>,
}

/// How a capture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CaptureStatus {
    /// The money is there.
    Completed,
    /// It will not come.
    Declined,
    /// It was there, and a part was given back.
    PartiallyRefunded,
    /// It may come within days.
    Pending,
    /// It was there, and all was given back.
    Refunded,
    /// It will not come.
    Failed,
    /// A state that PayPal did not document.
    #[serde(other)]
    Unknown,
}

/// Why a capture stands as it does, in PayPal's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StatusDetails {
    /// Such as `PENDING_REVIEW`.
    pub(crate) reason: Option<String>,
}

/// Money that goes back to the shopper.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Refund {
    /// PayPal's name of it.
    pub(crate) id: String,
    /// How it stands.
    pub(crate) status: RefundStatus,
    /// How much.
    pub(crate) amount: Option<Amount>,
    /// Our order's id; absent where the refund was not ours.
    pub(crate) custom_id: Option<String>,
    /// Our refund's id; absent where the refund was not ours.
    pub(crate) invoice_id: Option<String>,
    /// Where it belongs.
    #[serde(default)]
    pub(crate) links: Vec<Link>,
}

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RefundStatus {
    /// It will not happen.
    Cancelled,
    /// It will not happen.
    Failed,
    /// It may take days.
    Pending,
    /// The money is on its way back.
    Completed,
    /// A state that PayPal did not document.
    #[serde(other)]
    Unknown,
}

/// An amount in PayPal's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Amount {
    /// Three letters.
    pub(crate) currency_code: String,
    /// Decimals, such as `24.90`, or `350` for a currency in which PayPal takes none.
    pub(crate) value: String,
}

/// An address that belongs to an object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Link {
    /// Where.
    pub(crate) href: String,
    /// What is there.
    pub(crate) rel: String,
}

impl Order {
    /// Where the shopper approves it.
    pub(crate) fn pay_url(&self) -> Option<&str> {
        // PayPal says `payer-action` where the order came with a payment source, as ours do, and `approve` otherwise.
        linked(&self.links, "payer-action").or_else(|| linked(&self.links, "approve"))
    }

    /// What is paid for. `None` where it is not one thing, which no order of ours is.
    pub(crate) fn unit(&self) -> Option<&Unit> {
        match self.purchase_units.as_slice() {
            [unit] => Some(unit),
            _ => None,
        }
    }

    /// The capture that counts: the newest that has not failed, else the newest.
    pub(crate) fn capture(&self) -> Option<&Capture> {
        let captures = &self.unit()?.payments.captures;
        captures.iter().rev().find(|capture| !capture.status.is_hopeless()).or_else(|| captures.last())
    }
}

impl Capture {
    /// The order at PayPal that it belongs to.
    pub(crate) fn order_id(&self) -> Option<&str> {
        let related = self.supplementary_data.related_ids.order_id.as_deref();
        related.or_else(|| linked(&self.links, "up").and_then(|up| up.rsplit_once('/')).map(|(_, id)| id))
    }
}

impl CaptureStatus {
    /// Whether no money has come and none will.
    pub(crate) fn is_hopeless(self) -> bool {
        matches!(self, Self::Declined | Self::Failed)
    }
}

impl Refund {
    /// The capture that it gives back.
    pub(crate) fn capture_id(&self) -> Option<&str> {
        linked(&self.links, "up")?.rsplit_once('/').map(|(_, id)| id)
    }
}

impl Amount {
    /// In the currency's minor units. `None` where it is not an amount that we could have asked for.
    pub(crate) fn minor(&self) -> Option<(i64, Currency)> {
        let currency = Currency::parse(&self.currency_code)?;
        let minor = Decimal::parse(&self.value).ok()?.at_scale(currency.digits())?;
        Some((minor, currency))
    }
}

fn linked<'a>(links: &'a [Link], rel: &str) -> Option<&'a str> {
    links.iter().find(|link| link.rel == rel).map(|link| link.href.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_amounts_back() {
        let cases = [
            ("EUR", "24.90", Some(2490)),
            ("EUR", "24.9", Some(2490)),
            ("EUR", "24", Some(2400)),
            ("EUR", "24.900", Some(2490)),
            ("EUR", "24.905", None),
            ("EUR", "-1.00", None),
            ("EUR", "1e3", None),
            ("HUF", "350", Some(35000)),
            ("JPY", "350", Some(350)),
            ("JPY", "350.00", Some(350)),
            ("XXX", "1", None),
            ("eur", "1", None),
        ];
        for (code, value, minor) in cases {
            let amount = Amount { currency_code: code.into(), value: value.into() };
            assert_eq!(amount.minor().map(|(minor, _)| minor), minor, "{value} {code}");
        }
    }

    #[test]
    fn unknown_fields_and_states_are_tolerated() {
        let order: Order = serde_json::from_value(json!({
            "id": "5O190127TN364715T", "status": "SOMETHING_NEW", "novel": {"a": 1},
            "purchase_units": [{"amount": {"currency_code": "EUR", "value": "1.00", "breakdown": {}}, "payments": {"captures": [
                {"id": "A", "status": "DECLINED"}, {"id": "B", "status": "PENDING", "status_details": {"reason": "NEW_REASON"}},
                {"id": "C", "status": "FAILED"}]}}],
            "links": [{"href": "https://www.paypal.com/checkoutnow?token=5O190127TN364715T", "rel": "payer-action", "method": "GET"}],
        }))
        .unwrap();
        assert_eq!(order.status, OrderStatus::Unknown);
        assert_eq!(order.capture().map(|capture| capture.id.as_str()), Some("B"));
        assert_eq!(order.pay_url(), Some("https://www.paypal.com/checkoutnow?token=5O190127TN364715T"));
    }

    #[test]
    fn a_short_answer_is_an_answer() {
        let order: Order = serde_json::from_value(json!({"id": "X", "status": "CREATED"})).unwrap();
        assert_eq!((order.unit(), order.capture(), order.pay_url()), (None, None, None));
    }

    #[test]
    fn a_refund_names_its_capture() {
        let refund: Refund = serde_json::from_value(json!({
            "id": "R", "status": "PENDING",
            "links": [{"href": "https://api-m.paypal.com/v2/payments/captures/3C679366HH908993F", "rel": "up"}],
        }))
        .unwrap();
        assert_eq!(refund.capture_id(), Some("3C679366HH908993F"));
    }
}
