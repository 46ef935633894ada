//! Composes the request that creates a payment session, and the coupon it may need. Pure, and the same input gives the same
//! bytes: they are stored and sent again under the same key.
//!
//! Every line is sent with quantity 1 and its whole amount, so nothing is multiplied or rounded over there; shipping and tax
//! on top are lines, too, so that one coupon covers any reduction.

use std::borrow::Cow;

use catalog::currency::{Currency, Gateway};
use jiff::Timestamp;

use super::amount::{code, to_stripe};
use super::form::Form;
use super::locale::locale;

/// The most lines a session may have. Source: docs.stripe.com/api/checkout/sessions/create, `line_items`.
const MAX_LINES: usize = 100;
/// The most characters of a line's title that are sent; the page shows fewer, and Stripe takes up to 5,000.
const MAX_TITLE: usize = 250;
/// The most characters of a coupon's title. Source: docs.stripe.com/api/coupons/create, `name`.
const MAX_COUPON_TITLE: usize = 40;

/// The metadata key of the order's id.
pub(crate) const ORDER: &str = "order";
/// The metadata key of the shop's id.
pub(crate) const SHOP: &str = "shop";
/// The metadata key of the order's attempt.
pub(crate) const ATTEMPT: &str = "attempt";
/// The metadata key of our name of a refund.
pub(crate) const REFUND: &str = "refund";

/// All that a session is made of. Amounts are minor units by ISO 4217.
#[derive(Debug, Clone)]
pub(crate) struct SessionSpec {
    /// The order's id.
    pub(crate) order: String,
    /// Which session of the order it is.
    pub(crate) attempt: u32,
    /// The shop's id: others may use the same account.
    pub(crate) shop: String,
    /// The order's number, for people.
    pub(crate) number: String,
    /// What is bought.
    pub(crate) lines: Vec<Line>,
    /// What sending costs; not sent where it costs nothing.
    pub(crate) shipping: Option<Extra>,
    /// Tax that is not in the prices; not sent where it is 0.
    pub(crate) tax: Option<Extra>,
    /// What goes off, as an amount above 0: whatever discounts and gift cards are not in the lines.
    pub(crate) reduction: Option<Extra>,
    /// What is to be paid, above 0.
    pub(crate) total_minor: i64,
    /// Of all amounts.
    pub(crate) currency: Currency,
    /// The shopper's address for mail.
    pub(crate) email: String,
    /// Where the goods go, if they go anywhere.
    pub(crate) ship_to: Option<ShipTo>,
    /// Where the shopper comes back to after paying. `{CHECKOUT_SESSION_ID}` in it is filled in by Stripe.
    pub(crate) success_url: String,
    /// Where the shopper comes back to after giving up.
    pub(crate) cancel_url: String,
    /// Absolute, 30 minutes to 24 hours from the creation.
    pub(crate) expires_at: Timestamp,
    /// The language of the page.
    pub(crate) language: String,
    /// Ways of paying beside cards, in Stripe's words, such as `sepa_debit`.
    pub(crate) other_methods: Vec<String>,
}

/// One line of the order.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What the shopper sees.
    pub(crate) title: String,
    /// At least 1.
    pub(crate) quantity: u32,
    /// Of the whole line, after its own discounts; not below 0.
    pub(crate) total_minor: i64,
}

/// An amount beside the lines.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    /// What the shopper sees.
    pub(crate) title: String,
    /// Not below 0.
    pub(crate) minor: i64,
}

/// A postal address.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShipTo {
    /// Who.
    pub(crate) name: String,
    /// Street and number.
    pub(crate) line1: String,
    /// More of it.
    pub(crate) line2: Option<String>,
    /// Town.
    pub(crate) city: String,
    /// State or province.
    pub(crate) region: Option<String>,
    /// Postal code.
    pub(crate) postcode: Option<String>,
    /// Two capital letters.
    pub(crate) country: String,
    /// For the carrier.
    pub(crate) phone: Option<String>,
}

/// Why no session can be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Uncomposable {
    /// The currency.
    #[error("Stripe cannot charge {0}, or its own pages contradict each other about how; take another currency or another gateway")]
    Currency(Currency),
    /// An amount that does not exist in Stripe's scale, or is below 0.
    #[error("{minor} minor units cannot be charged in {currency}")]
    Amount {
        /// Minor units.
        minor: i64,
        /// The currency.
        currency: Currency,
    },
    /// The amounts contradict each other.
    #[error("the lines come to {found:?} minor units, the total is {total}")]
    Sum {
        /// What they come to; `None` where that is too large to count.
        found: Option<i64>,
        /// What was to be paid.
        total: i64,
    },
}

/// The name of the coupon of an order's attempt.
pub(crate) fn coupon_id(order: &str, attempt: u32) -> String {
    format!("{order}-{attempt}")
}

/// The body that creates the session. A coupon that it names has to be created before.
pub(crate) fn compose(spec: &SessionSpec) -> Result<String, Uncomposable> {
    check_sum(spec)?;
    let mut form = Form::new();
    form.put("mode", "payment").put("client_reference_id", &spec.order);
    put_lines(&mut form, spec)?;
    if reduction(spec).is_some() {
        form.put("discounts[0][coupon]", coupon_id(&spec.order, spec.attempt));
    }
    form.put_some("customer_email", Some(&spec.email));
    put_metadata(&mut form, "", spec);
    // A session's metadata is not copied to its payment, and refunds and disputes only know the payment.
    put_metadata(&mut form, "payment_intent_data", spec);
    form.put_some("payment_intent_data[description]", Some(&spec.number));
    if let Some(address) = &spec.ship_to {
        put_address(&mut form, address);
    }
    form.put("success_url", &spec.success_url).put("cancel_url", &spec.cancel_url);
    form.put("expires_at", spec.expires_at.as_second()).put("locale", locale(&spec.language));
    for (index, method) in methods(spec).enumerate() {
        form.put(&format!("payment_method_types[{index}]"), method);
    }
    // Said although some of it is the default: the account's settings must not change what was quoted.
    form.put("automatic_tax[enabled]", false).put("allow_promotion_codes", false).put("adaptive_pricing[enabled]", false);
    Ok(form.finish())
}

/// The body that creates the coupon which the session needs; `None` where it needs none.
pub(crate) fn compose_coupon(spec: &SessionSpec) -> Result<Option<String>, Uncomposable> {
    check_sum(spec)?;
    let Some(reduction) = reduction(spec) else { return Ok(None) };
    let mut form = Form::new();
    form.put("id", coupon_id(&spec.order, spec.attempt));
    form.put_some("name", Some(&cut(&reduction.title, MAX_COUPON_TITLE)));
    form.put("amount_off", in_scale(reduction.minor, spec.currency)?).put("currency", code(spec.currency));
    form.put("duration", "once").put("max_redemptions", 1);
    put_metadata(&mut form, "", spec);
    Ok(Some(form.finish()))
}

/// Whether lines and extras come to the total: what the page asks for is what was quoted (R23).
fn check_sum(spec: &SessionSpec) -> Result<(), Uncomposable> {
    let currency = spec.currency;
    if currency.chargeable_unit(&[Gateway::Stripe]).is_none() {
        return Err(Uncomposable::Currency(currency));
    }
    if spec.total_minor <= 0 {
        return Err(Uncomposable::Amount { minor: spec.total_minor, currency });
    }
    let extras = [&spec.shipping, &spec.tax].into_iter().flatten().map(|extra| extra.minor);
    let charged = spec.lines.iter().map(|line| line.total_minor).chain(extras).try_fold(0_i64, i64::checked_add);
    let reduction = spec.reduction.as_ref().map_or(0, |reduction| reduction.minor);
    let found = charged.and_then(|charged| charged.checked_sub(reduction));
    if found == Some(spec.total_minor) { Ok(()) } else { Err(Uncomposable::Sum { found, total: spec.total_minor }) }
}

fn put_lines(form: &mut Form, spec: &SessionSpec) -> Result<(), Uncomposable> {
    let extras: Vec<&Extra> = [&spec.shipping, &spec.tax].into_iter().flatten().filter(|extra| extra.minor != 0).collect();
    let room = MAX_LINES - extras.len();
    let shown = if spec.lines.len() > room { room - 1 } else { spec.lines.len() };
    let (shown, joined) = spec.lines.split_at(shown);
    let titled = |line: &Line| if line.quantity == 1 { line.title.clone() } else { format!("{} × {}", line.title, line.quantity) };
    let mut rows: Vec<(Cow<'_, str>, i64)> = shown.iter().map(|line| (titled(line).into(), line.total_minor)).collect();
    if !joined.is_empty() {
        // The sum is checked, so no part of it overflows unless another line is below 0, which is refused here.
        let total = joined.iter().map(|line| line.total_minor).fold(0, i64::saturating_add);
        rows.push((format!("and {} more", joined.len()).into(), total));
        joined.iter().try_for_each(|line| in_scale(line.total_minor, spec.currency).map(drop))?;
    }
    rows.extend(extras.iter().map(|extra| (extra.title.as_str().into(), extra.minor)));
    for (index, (title, minor)) in rows.iter().enumerate() {
        let name = |field: &str| format!("line_items[{index}]{field}");
        form.put(&name("[price_data][currency]"), code(spec.currency));
        form.put(&name("[price_data][unit_amount]"), in_scale(*minor, spec.currency)?);
        form.put(&name("[price_data][product_data][name]"), cut(title, MAX_TITLE));
        form.put(&name("[quantity]"), 1);
    }
    Ok(())
}

fn put_metadata(form: &mut Form, of: &str, spec: &SessionSpec) {
    let name = |key: &str| if of.is_empty() { format!("metadata[{key}]") } else { format!("{of}[metadata][{key}]") };
    form.put(&name(ORDER), &spec.order).put(&name(SHOP), &spec.shop).put(&name(ATTEMPT), spec.attempt);
}

fn put_address(form: &mut Form, to: &ShipTo) {
    let name = |field: &str| format!("payment_intent_data[shipping]{field}");
    form.put(&name("[name]"), &to.name).put(&name("[address][line1]"), &to.line1);
    form.put_some(&name("[address][line2]"), to.line2.as_deref()).put_some(&name("[address][city]"), Some(&to.city));
    form.put_some(&name("[address][state]"), to.region.as_deref()).put_some(&name("[address][postal_code]"), to.postcode.as_deref());
    form.put_some(&name("[address][country]"), Some(&to.country)).put_some(&name("[phone]"), to.phone.as_deref());
}

fn reduction(spec: &SessionSpec) -> Option<&Extra> {
    spec.reduction.as_ref().filter(|reduction| reduction.minor != 0)
}

fn methods(spec: &SessionSpec) -> impl Iterator<Item = &str> {
    let others = spec.other_methods.iter().map(String::as_str).filter(|method| *method != "card");
    std::iter::once("card").chain(others)
}

/// An amount in Stripe's scale.
fn in_scale(minor: i64, currency: Currency) -> Result<i64, Uncomposable> {
    to_stripe(minor, currency).ok_or(Uncomposable::Amount { minor, currency })
}

fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().count() <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end()).into()
}

#[cfg(test)]
#[path = "session_tests.rs"]
pub(super) mod tests;
