//! What a checkout request says, and the checks of it that need neither catalogue nor store.

use catalog::area::Destination;
use catalog::cart::{Cart, CartLine};
use catalog::quote::Quote;
use catalog::terms::Terms;

use crate::error::Complaint;
use crate::ports::{Address, Personal};

/// A checkout as a client sends it: a cart and everything else that makes an order. Unknown keys are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckoutRequest {
    /// As in [`Cart`].
    pub lines: Vec<CartLine>,
    /// As in [`Cart`].
    #[serde(default)]
    pub currency: Option<String>,
    /// As in [`Cart`].
    #[serde(default)]
    pub language: Option<String>,
    /// As in [`Cart`]; where there is a `ship_to`, its country.
    #[serde(default)]
    pub country: Option<String>,
    /// As in [`Cart`]; where there is a `ship_to`, its region counts, and not this one.
    #[serde(default)]
    pub region: Option<String>,
    /// As in [`Cart`]; where there is a `ship_to`, its postcode counts, and not this one.
    #[serde(default)]
    pub postcode: Option<String>,
    /// As in [`Cart`].
    #[serde(default)]
    pub shipping: Option<String>,
    /// As in [`Cart`].
    #[serde(default)]
    pub discounts: Vec<String>,
    /// As in [`Cart`].
    #[serde(default)]
    pub gift_cards: Vec<String>,
    /// The way to pay; the first that is set up where left out.
    #[serde(default)]
    pub gateway: Option<String>,
    /// Required.
    #[serde(default)]
    pub email: String,
    /// Required when something is sent.
    #[serde(default)]
    pub ship_to: Option<Address>,
    /// Where the invoice goes to somebody else.
    #[serde(default)]
    pub bill_to: Option<Address>,
    /// For the merchant.
    #[serde(default)]
    pub note: Option<String>,
    /// Required where the shop has terms.
    #[serde(default)]
    pub accept_terms: bool,
    /// The token, or the idempotency key, of the shopper's own unpaid order that this one takes the place of.
    #[serde(default)]
    pub replaces: Option<String>,
    /// The *due* that the shopper saw, in minor units.
    pub expected_total: i64,
    /// A UUID, version 4; a new one whenever anything else changes.
    pub idempotency_key: String,
}

/// The longest text of an address field, in characters.
const MAX_TEXT: usize = 200;
/// The longest note, in characters.
const MAX_NOTE: usize = 2000;
/// The longest address of mail (RFC 5321, 4.5.3.1.3), in characters.
const MAX_EMAIL: usize = 254;

impl CheckoutRequest {
    /// The cart in it, for the country that the goods are sent to.
    pub fn cart(&self) -> Cart {
        // An address says all of it: half of one place and half of another would be taxed as neither.
        let (country, region, postcode) = match &self.ship_to {
            Some(to) => (Some(to.country.clone()), to.region.clone(), to.postcode.clone()),
            None => (self.country.clone(), self.region.clone(), self.postcode.clone()),
        };
        Cart {
            lines: self.lines.clone(),
            currency: self.currency.clone(),
            language: self.language.clone(),
            country,
            region,
            postcode,
            shipping: self.shipping.clone(),
            discounts: self.discounts.clone(),
            gift_cards: self.gift_cards.clone(),
        }
    }

    /// The key, where it is one.
    pub fn key(&self) -> Result<String, Complaint> {
        match uuid::Uuid::parse_str(&self.idempotency_key) {
            Ok(key) if key.get_version_num() == 4 => Ok(key.to_string()),
            _ => Err(Complaint::field("invalid_idempotency_key", "idempotency_key", "the key must be a UUID of version 4")),
        }
    }

    /// The same request gives the same bytes, however it was written.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("requests have text keys, so they are JSON")
    }

    /// Everything that is wrong with what the shopper filled in.
    pub fn complaints(&self, terms: &Terms) -> Vec<Complaint> {
        let mut found = Vec::new();
        if !is_email(&self.email) {
            found.push(Complaint::field("invalid_email", "email", "enter an e-mail address, such as name@example.com"));
        }
        if let Some(address) = &self.ship_to {
            found.extend(check_address(address, &SHIP_TO));
            if self.country.as_ref().is_some_and(|country| *country != address.country) {
                let text = "the country differs from the one that was quoted for";
                found.push(Complaint::field("country_mismatch", "ship_to.country", text));
            }
        }
        if let Some(address) = &self.bill_to {
            found.extend(check_address(address, &BILL_TO));
        }
        let note_is_odd = |note: &String| note.chars().count() > MAX_NOTE || note.chars().any(|c| c.is_control() && !"\r\n\t".contains(c));
        if self.note.as_ref().is_some_and(note_is_odd) {
            found.push(Complaint::field("invalid_note", "note", format!("a note has at most {MAX_NOTE} characters")));
        }
        if terms.terms_url.is_some() && !self.accept_terms {
            found.push(Complaint::field("terms_not_accepted", "accept_terms", "please accept the terms"));
        }
        found
    }

    /// What is missing of the place, where the country alone does not say how it is taxed and supplied.
    pub fn check_place(&self, quote: &Quote) -> Vec<Complaint> {
        let cart = self.cart();
        let country = quote.country.as_deref().unwrap_or_default();
        let (region_field, postcode_field) =
            if self.ship_to.is_some() { (SHIP_TO.region, SHIP_TO.postcode) } else { ("region", "postcode") };
        let mut found = Vec::new();
        if quote.needs_region && !Destination::new(Some(country), cart.region.as_deref(), None).has_region_code() {
            let text = format!("enter the code of the state or province, such as CA or {country}-CA");
            found.push(Complaint::field("invalid_region", region_field, text));
        }
        if quote.needs_postcode && cart.postcode.as_deref().is_none_or(|postcode| postcode.trim().is_empty()) {
            found.push(Complaint::field("missing_postcode", postcode_field, "enter the postal code"));
        }
        found
    }

    /// The personal data in it.
    pub fn personal(&self, now: jiff::Timestamp) -> Personal {
        Personal {
            email: self.email.trim().to_owned(),
            ship_to: self.ship_to.clone(),
            bill_to: self.bill_to.clone(),
            note: self.note.clone().filter(|note| !note.trim().is_empty()),
            accepted_terms_at: self.accept_terms.then_some(now),
            request: None,
        }
    }
}

/// Loosely: whether mail can be delivered is only known when it is.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>(),;\"".contains(c);
    let parts = text.rsplit_once('@');
    text.chars().count() <= MAX_EMAIL
        && !text.contains(odd)
        && parts
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.'))
}

/// The names under which an address's fields are complained about.
struct AddressFields {
    name: &'static str,
    line1: &'static str,
    line2: &'static str,
    city: &'static str,
    region: &'static str,
    postcode: &'static str,
    country: &'static str,
    phone: &'static str,
}

const SHIP_TO: AddressFields = AddressFields {
    name: "ship_to.name",
    line1: "ship_to.line1",
    line2: "ship_to.line2",
    city: "ship_to.city",
    region: "ship_to.region",
    postcode: "ship_to.postcode",
    country: "ship_to.country",
    phone: "ship_to.phone",
};

const BILL_TO: AddressFields = AddressFields {
    name: "bill_to.name",
    line1: "bill_to.line1",
    line2: "bill_to.line2",
    city: "bill_to.city",
    region: "bill_to.region",
    postcode: "bill_to.postcode",
    country: "bill_to.country",
    phone: "bill_to.phone",
};

fn check_address(address: &Address, fields: &AddressFields) -> Vec<Complaint> {
    let mut found = Vec::new();
    let needed = [
        (fields.name, &address.name, "enter a name"),
        (fields.line1, &address.line1, "enter street and number"),
        (fields.city, &address.city, "enter a town or city"),
    ];
    for (field, value, text) in needed {
        if value.trim().is_empty() {
            found.push(Complaint::field("invalid_address", field, text));
        }
    }
    if catalog::id::Country::parse(&address.country).is_err() {
        found.push(Complaint::field("invalid_country", fields.country, "choose a country"));
    }
    let all = [
        (fields.name, Some(&address.name)),
        (fields.line1, Some(&address.line1)),
        (fields.line2, address.line2.as_ref()),
        (fields.city, Some(&address.city)),
        (fields.region, address.region.as_ref()),
        (fields.postcode, address.postcode.as_ref()),
        (fields.phone, address.phone.as_ref()),
    ];
    for (field, value) in all {
        if value.is_some_and(|text| text.chars().count() > MAX_TEXT || text.chars().any(char::is_control)) {
            found.push(Complaint::field("invalid_address", field, format!("at most {MAX_TEXT} characters, on one line")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use catalog::area::Area;
    use catalog::bundle::{Delivery, VariantRecord};
    use catalog::quote::Circumstances;

    use super::*;

    #[test]
    fn mail_addresses_are_checked_loosely() {
        for good in ["a@b", "name@example.com", "o'neill+shop@sub.example.co", "ü@ö.example", " a@b.example "] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@.b", "a@b.", "a@b\n.c", "<a@b.c>"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn every_faulty_field_is_named() {
        let address = Address { country: "Germany".into(), region: Some("\u{7}".into()), ..Address::default() };
        let fields: Vec<_> = check_address(&address, &SHIP_TO).into_iter().filter_map(|complaint| complaint.field).collect();
        assert_eq!(fields, ["ship_to.name", "ship_to.line1", "ship_to.city", "ship_to.country", "ship_to.region"]);
    }

    /// What is said of a download, which is taxed where its buyer is.
    fn places(request: &CheckoutRequest, terms: &Terms) -> Vec<(&'static str, &'static str)> {
        let record = VariantRecord { delivery: Delivery::Digital, ..crate::testing::variant("PACK", "pack", 900) };
        let goods = [("PACK".to_owned(), record)].into();
        let cart = Cart { lines: vec![CartLine::new("PACK", 1)], ..request.cart() };
        let quote = catalog::quote::quote(&goods, terms, &cart, &Circumstances::default()).expect("a quote");
        request.check_place(&quote).into_iter().filter_map(|complaint| Some((complaint.code, complaint.field?))).collect()
    }

    #[test]
    fn what_taxes_depend_on_has_to_be_said() {
        let mut terms = crate::testing::terms();
        let rates = ["US-CA", "ES", "ES 35*", "DE"].map(|area| (Area::parse(area).expect("an area"), 500));
        terms.tax.classes = [("standard".to_owned(), rates.to_vec())].into();
        let sent = |country: &str, region: Option<&str>, postcode: Option<&str>| {
            let texts = (region.map(str::to_owned), postcode.map(str::to_owned));
            let ship_to = Address { country: country.into(), region: texts.0, postcode: texts.1, ..Address::default() };
            CheckoutRequest { ship_to: Some(ship_to), ..CheckoutRequest::default() }
        };
        assert_eq!(places(&sent("DE", None, None), &terms), []);
        assert_eq!(places(&sent("US", None, Some("94105")), &terms), [("invalid_region", "ship_to.region")]);
        assert_eq!(places(&sent("US", Some("California"), None), &terms), [("invalid_region", "ship_to.region")]);
        assert_eq!(places(&sent("US", Some("us-ca"), None), &terms), []);
        assert_eq!(places(&sent("ES", None, Some(" ")), &terms), [("missing_postcode", "ship_to.postcode")]);
        assert_eq!(places(&sent("ES", None, Some("35001")), &terms), []);
        let digital = CheckoutRequest { country: Some("US".into()), ..CheckoutRequest::default() };
        assert_eq!(places(&digital, &terms), [("invalid_region", "region")]);
    }

    #[test]
    fn an_address_is_one_place() {
        let ship_to = Address { country: "US".into(), postcode: Some("97201".into()), ..Address::default() };
        let elsewhere = CheckoutRequest { region: Some("CA".into()), postcode: Some("94105".into()), ..CheckoutRequest::default() };
        let cart = CheckoutRequest { ship_to: Some(ship_to), ..elsewhere }.cart();
        assert_eq!((cart.country.as_deref(), cart.region, cart.postcode.as_deref()), (Some("US"), None, Some("97201")));
    }

    #[test]
    fn only_uuids_of_version_4_are_keys() {
        let key = |text: &str| CheckoutRequest { idempotency_key: text.into(), ..CheckoutRequest::default() }.key().is_ok();
        assert!(key("5c4bd4a5-6d5c-4b5f-9e0a-1a2b3c4d5e6f"));
        assert!(!key("5c4bd4a5-6d5c-1b5f-9e0a-1a2b3c4d5e6f"));
        assert!(!key("key"));
        assert!(!key(""));
    }
}
