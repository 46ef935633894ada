//! The body of an order at PayPal: pure, and the same to the byte for the same order, because it is stored and sent again.

use catalog::currency::Currency;
use serde::Serialize;

use super::text::{Money, fitted};

/// The most items that are listed; the last of them stands for all that are left. A cart has fewer, PayPal names no limit.
const MAX_ITEMS: usize = 100;
/// The most characters of an item's name and of the shop's. Source, as of all limits here: PayPal's description of Orders v2, 2.13.
const NAME_LIMIT: usize = 127;
/// The most characters of an id of ours.
const ID_LIMIT: usize = 127;
/// The most characters of a recipient's name, an address line and a region.
const ADDRESS_LIMIT: usize = 300;
/// The most characters of a city.
const CITY_LIMIT: usize = 120;
/// The most characters of a postcode.
const POSTCODE_LIMIT: usize = 60;
/// The most characters of a mail address.
const EMAIL_LIMIT: usize = 254;

/// What an order at PayPal is made of. Amounts are in the currency's ISO 4217 minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderSpec {
    /// Our order's id; it comes back in notices.
    pub(crate) order: String,
    /// Together with the order, the invoice id: PayPal takes no second payment for it.
    pub(crate) attempt: u32,
    /// The shop's name.
    pub(crate) shop: String,
    /// What is bought.
    pub(crate) lines: Vec<Line>,
    /// Price of shipping.
    pub(crate) shipping_minor: i64,
    /// Tax that is not in the prices.
    pub(crate) tax_on_top_minor: i64,
    /// What discounts and gift cards take off, as a positive number.
    pub(crate) reduction_minor: i64,
    /// What is to be paid, above 0: lines + shipping + tax on top − reduction.
    pub(crate) total_minor: i64,
    /// One that PayPal takes.
    pub(crate) currency: Currency,
    /// The shopper's.
    pub(crate) email: String,
    /// Where it goes. `None` where nothing is sent.
    pub(crate) ship_to: Option<ShipTo>,
    /// Where the shopper comes back to after approving.
    pub(crate) return_url: String,
    /// Where the shopper comes back to after giving up.
    pub(crate) cancel_url: String,
    /// The shopper's language, such as `de` or `pt-BR`.
    pub(crate) language: String,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it is called.
    pub(crate) title: String,
    /// At least 1.
    pub(crate) quantity: u32,
    /// For all of them, before reductions.
    pub(crate) total_minor: i64,
}

/// Where goods go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
}

#[derive(Serialize)]
struct Body<'a> {
    intent: &'static str,
    purchase_units: [Unit<'a>; 1],
    payment_source: Source<'a>,
}

#[derive(Serialize)]
struct Unit<'a> {
    reference_id: &'a str,
    custom_id: &'a str,
    invoice_id: String,
    amount: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<Shipping<'a>>,
}

#[derive(Serialize)]
struct Amount {
    #[serde(flatten)]
    total: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    breakdown: Option<Breakdown>,
}

#[derive(Serialize)]
struct Breakdown {
    item_total: Money,
    shipping: Money,
    tax_total: Money,
    discount: Money,
}

#[derive(Serialize)]
struct Item {
    name: String,
    quantity: &'static str,
    unit_amount: Money,
}

#[derive(Serialize)]
struct Shipping<'a> {
    name: FullName,
    address: Address<'a>,
}

#[derive(Serialize)]
struct FullName {
    full_name: String,
}

#[derive(Serialize)]
struct Address<'a> {
    #[serde(rename = "address_line_1")]
    line1: String,
    #[serde(rename = "address_line_2", skip_serializing_if = "Option::is_none")]
    line2: Option<String>,
    #[serde(rename = "admin_area_2")]
    city: String,
    #[serde(rename = "admin_area_1", skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    country_code: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    paypal: Wallet<'a>,
}

#[derive(Serialize)]
struct Wallet<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<&'a str>,
    experience_context: Experience<'a>,
}

#[derive(Serialize)]
struct Experience<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    shipping_preference: &'static str,
    payment_method_preference: &'static str,
    user_action: &'static str,
    return_url: &'a str,
    cancel_url: &'a str,
}

/// The exact body of the request that creates the order.
pub(crate) fn compose(spec: &OrderSpec) -> String {
    let parts = spec.lines.iter().map(|line| line.total_minor).chain([spec.shipping_minor, spec.tax_on_top_minor]);
    assert!(parts.clone().all(|part| part >= 0) && spec.reduction_minor >= 0, "no part of order {} is negative", spec.order);
    assert_eq!(parts.sum::<i64>() - spec.reduction_minor, spec.total_minor, "the parts of order {} add up to its total", spec.order);
    assert!(spec.total_minor > 0, "order {} costs something", spec.order);
    let invoice_id = format!("{}-{}", spec.order, spec.attempt);
    assert!(!spec.order.is_empty() && invoice_id.len() <= ID_LIMIT, "PayPal takes ids of at most {ID_LIMIT} characters: {invoice_id}");

    let total = Money::new(spec.total_minor, spec.currency).expect("the quote's total is one that PayPal can charge");
    // The parts only explain the amount: where PayPal could not write one of them exactly, it explains nothing.
    let (breakdown, items) = explained(spec).map_or_else(|| (None, Vec::new()), |(breakdown, items)| (Some(breakdown), items));
    let body = Body {
        intent: "CAPTURE",
        purchase_units: [Unit {
            reference_id: &spec.order,
            custom_id: &spec.order,
            invoice_id,
            amount: Amount { total, breakdown },
            items,
            shipping: spec.ship_to.as_ref().map(shipping),
        }],
        payment_source: Source { paypal: wallet(spec) },
    };
    serde_json::to_string(&body).expect("texts and numbers are always JSON")
}

/// How the total comes about. Each item stands for a whole line, so that no price of one piece has to be rounded.
fn explained(spec: &OrderSpec) -> Option<(Breakdown, Vec<Item>)> {
    let money = |minor| Money::new(minor, spec.currency);
    let item = |(name, minor)| Some(Item { name, quantity: "1", unit_amount: money(minor)? });
    let items: Vec<Item> = listed(&spec.lines).into_iter().map(item).collect::<Option<_>>()?;
    let breakdown = Breakdown {
        item_total: money(spec.lines.iter().map(|line| line.total_minor).sum())?,
        shipping: money(spec.shipping_minor)?,
        tax_total: money(spec.tax_on_top_minor)?,
        discount: money(spec.reduction_minor)?,
    };
    Some((breakdown, items))
}

/// Names and totals of at most [`MAX_ITEMS`] items.
fn listed(lines: &[Line]) -> Vec<(String, i64)> {
    let one = |line: &Line| {
        // How many there are is never cut off.
        let times = if line.quantity == 1 { String::new() } else { format!(" × {}", line.quantity) };
        let title = fitted(&line.title, NAME_LIMIT - times.len());
        (if title.is_empty() { format!("–{times}") } else { title + &times }, line.total_minor)
    };
    if lines.len() <= MAX_ITEMS {
        return lines.iter().map(one).collect();
    }
    let (first, rest) = lines.split_at(MAX_ITEMS - 1);
    let names: Vec<String> = rest.iter().map(|line| one(line).0).collect();
    let joined = (fitted(&names.join(", "), NAME_LIMIT), rest.iter().map(|line| line.total_minor).sum());
    first.iter().map(one).chain([joined]).collect()
}

fn shipping(to: &ShipTo) -> Shipping<'_> {
    let given = |text: &Option<String>, limit| text.as_ref().map(|text| fitted(text, limit)).filter(|text| !text.is_empty());
    Shipping {
        name: FullName { full_name: fitted(&to.name, ADDRESS_LIMIT) },
        address: Address {
            line1: fitted(&to.line1, ADDRESS_LIMIT),
            line2: given(&to.line2, ADDRESS_LIMIT),
            city: fitted(&to.city, CITY_LIMIT),
            region: given(&to.region, ADDRESS_LIMIT),
            postal_code: given(&to.postcode, POSTCODE_LIMIT),
            country_code: &to.country,
        },
    }
}

fn wallet(spec: &OrderSpec) -> Wallet<'_> {
    Wallet {
        email_address: Some(spec.email.as_str()).filter(|email| is_plain(email)),
        experience_context: Experience {
            brand_name: Some(fitted(&spec.shop, NAME_LIMIT)).filter(|name| !name.is_empty()),
            locale: locale(&spec.language),
            // What was priced is what is shipped: PayPal neither asks for an address nor lets it be changed.
            shipping_preference: if spec.ship_to.is_some() { "SET_PROVIDED_ADDRESS" } else { "NO_SHIPPING" },
            payment_method_preference: "IMMEDIATE_PAYMENT_REQUIRED",
            user_action: "PAY_NOW",
            return_url: &spec.return_url,
            cancel_url: &spec.cancel_url,
        },
    }
}

/// Whether PayPal's pattern takes a mail address. It only fills in a field; an unusual one is left out.
fn is_plain(email: &str) -> bool {
    let atom = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b));
    let label = |text: &str| {
        let is_word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_word && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-')
    };
    email.len() <= EMAIL_LIMIT
        && email
            .split_once('@')
            .is_some_and(|(local, domain)| local.split('.').all(atom) && domain.contains('.') && domain.split('.').all(label))
}

/// The five characters that PayPal wants for a language; `None` lets it choose. A region that is given is kept.
fn locale(language: &str) -> Option<String> {
    let mut parts = language.split('-');
    let (language, region) = (parts.next()?.to_ascii_lowercase(), parts.next_back());
    // PayPal knows one Norwegian.
    let language = if matches!(language.as_str(), "nb" | "nn") { "no" } else { &language };
    let region = match region {
        Some(region) if region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic()) => region.to_ascii_uppercase(),
        _ => HOMES.into_iter().find(|(code, _)| *code == language)?.1.to_owned(),
    };
    (language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase())).then(|| format!("{language}-{region}"))
}

/// Where a language without a region is at home, for the languages of PayPal's pages. Source: PayPal's list of locale codes.
const HOMES: [(&str, &str); 24] = [
    ("ar", "EG"),
    ("cs", "CZ"),
    ("da", "DK"),
    ("de", "DE"),
    ("el", "GR"),
    ("en", "US"),
    ("es", "ES"),
    ("fi", "FI"),
    ("fr", "FR"),
    ("he", "IL"),
    ("hu", "HU"),
    ("id", "ID"),
    ("it", "IT"),
    ("ja", "JP"),
    ("ko", "KR"),
    ("nl", "NL"),
    ("no", "NO"),
    ("pl", "PL"),
    ("pt", "PT"),
    ("ru", "RU"),
    ("sk", "SK"),
    ("sv", "SE"),
    ("th", "TH"),
    ("zh", "CN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_become_locales() {
        let cases = [
            ("de", Some("de-DE")),
            ("DE", Some("de-DE")),
            ("de-AT", Some("de-AT")),
            ("pt-br", Some("pt-BR")),
            ("zh-Hant-TW", Some("zh-TW")),
            ("zh-Hant", Some("zh-CN")),
            ("es-419", Some("es-ES")),
            ("nb", Some("no-NO")),
            ("nn-NO", Some("no-NO")),
            ("eo", None),
            ("gsw-CH", None),
            ("", None),
        ];
        for (language, expected) in cases {
            assert_eq!(locale(language).as_deref(), expected, "{language}");
        }
    }

    #[test]
    fn unusual_mail_addresses_are_left_out() {
        let plain = ["mira@example.com", "m.i+r'a@sub.example.co.uk", "a@b.c"];
        let unusual =
            ["", "mira", "mira@localhost", "müra@example.com", "mira@exämple.com", ".a@b.c", "a..b@c.d", "\"a b\"@c.d", "a@-b.c", "a@b.c."];
        assert!(plain.iter().all(|email| is_plain(email)));
        for email in unusual {
            assert!(!is_plain(email), "{email}");
        }
        assert!(!is_plain(&format!("{}@example.com", "a".repeat(250))));
    }
}
