//! Forms: what a product page and our own address page post, read into the same requests that JSON gives.

use std::collections::BTreeMap;

use catalog::cart::CartLine;
use catalog::money::Decimal;

use crate::error::{Complaint, Refusal};
use crate::ports::Address;
use crate::request::CheckoutRequest;

/// Posted fields; of a name that is given twice, the last.
pub(crate) type Fields = BTreeMap<String, String>;

/// The prefix of fields that belong to a line: `field.Size` for an open option, `field.engraving`, `field.amount`.
const LINE_FIELD: &str = "field.";

/// Every name that our forms have.
const KNOWN: [&str; 25] = [
    "sku",
    "quantity",
    "cart",
    "currency",
    "language",
    "country",
    "shipping",
    "discount",
    "gift_card",
    "gateway",
    "email",
    "name",
    "line1",
    "line2",
    "city",
    "region",
    "postcode",
    "phone",
    "note",
    "accept_terms",
    "expected_total",
    "idempotency_key",
    "replaces",
    "address",
    "update",
];

/// Reads the body of a form.
pub(crate) fn fields(bytes: &[u8]) -> Result<Fields, Refusal> {
    let malformed = |_| Refusal::new(400, "malformed_request", "the form cannot be read");
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).map_err(malformed)?;
    Ok(pairs.into_iter().collect())
}

/// What a form asks for. Amounts of goods may be written with blanks around them; everything else is read as JSON
/// would be. Problems are named as for JSON.
pub(super) fn request(fields: &Fields) -> Result<CheckoutRequest, Refusal> {
    if let Some(name) = fields.keys().find(|name| !KNOWN.contains(&name.as_str()) && !name.starts_with(LINE_FIELD)) {
        let shown: String = name.chars().take(40).collect();
        return Err(Refusal::new(422, "unknown_field", format!("unknown field `{shown}`")));
    }
    let text = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    // People write several codes with commas between them; no code has one.
    let codes = |name: &str| {
        let listed = fields.get(name).map_or("", String::as_str).split(',').map(str::trim);
        listed.filter(|code| !code.is_empty()).map(str::to_owned).collect()
    };
    let country = text("country");
    Ok(CheckoutRequest {
        lines: lines(fields)?,
        currency: text("currency"),
        language: text("language"),
        region: text("region"),
        postcode: text("postcode"),
        shipping: text("shipping"),
        discounts: codes("discount"),
        gift_cards: codes("gift_card"),
        gateway: text("gateway"),
        email: text("email").unwrap_or_default(),
        ship_to: fields.contains_key("address").then(|| Address {
            name: text("name").unwrap_or_default(),
            line1: text("line1").unwrap_or_default(),
            line2: text("line2"),
            city: text("city").unwrap_or_default(),
            region: text("region"),
            postcode: text("postcode"),
            country: country.clone().unwrap_or_default(),
            phone: text("phone"),
        }),
        country,
        note: text("note"),
        accept_terms: fields.contains_key("accept_terms"),
        replaces: text("replaces"),
        // A form without a total has seen none; −1 is no price, so the shopper is shown the right one.
        expected_total: text("expected_total").and_then(|total| total.parse().ok()).unwrap_or(-1),
        idempotency_key: text("idempotency_key").unwrap_or_default(),
        ..CheckoutRequest::default()
    })
}

/// The lines: carried along as JSON by our own page, or one line of a product's form.
fn lines(fields: &Fields) -> Result<Vec<CartLine>, Refusal> {
    if let Some(cart) = fields.get("cart") {
        return super::body::json(cart.as_bytes());
    }
    let Some(sku) = fields.get("sku") else {
        return Ok(Vec::new());
    };
    let of_line = |(name, value): (&String, &String)| Some((name.strip_prefix(LINE_FIELD)?.to_owned(), value.clone()));
    Ok(vec![CartLine {
        sku: sku.clone(),
        quantity: quantity(fields.get("quantity").map_or("1", |text| text.trim()))?,
        fields: fields.iter().filter_map(of_line).collect(),
    }])
}

fn quantity(text: &str) -> Result<serde_json::Number, Refusal> {
    let bad = || {
        let text = "choose how many: a whole number, at least 1";
        Refusal { complaints: vec![Complaint::field("invalid_quantity", "quantity", text)], ..Refusal::new(422, "invalid_quantity", text) }
    };
    let whole = Decimal::parse(text).ok().and_then(|number| number.at_scale(0)).ok_or_else(bad)?;
    Ok(whole.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<CheckoutRequest, &'static str> {
        fields(body.as_bytes()).and_then(|fields| request(&fields)).map_err(|refusal| refusal.code)
    }

    #[test]
    fn reads_a_product_form() {
        let request = read("sku=MUG&quantity=+2+&field.Size=L&currency=EUR&language=").expect("a request");
        let line = &request.lines[0];
        assert_eq!((line.sku.as_str(), line.quantity.as_u64(), line.fields["Size"].as_str()), ("MUG", Some(2), "L"));
        assert_eq!((request.currency.as_deref(), request.language, request.ship_to), (Some("EUR"), None, None));
    }

    #[test]
    fn reads_what_was_filled_in_and_codes() {
        let request = read("sku=MUG&field.engraving=Mira+Sol&field.date=&field.amount=37.50&discount=WELCOME,+ten+&gift_card=AAAA-1111");
        let request = request.expect("a request");
        let fields: Vec<_> = request.lines[0].fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(fields, ["amount=37.50", "date=", "engraving=Mira Sol"]);
        assert_eq!((request.discounts, request.gift_cards), (vec!["WELCOME".to_owned(), "ten".to_owned()], vec!["AAAA-1111".to_owned()]));
    }

    #[test]
    fn refuses_what_is_no_quantity_and_what_it_does_not_know() {
        for bad in ["1.5", "-1", "x", "1e9", ""] {
            assert_eq!(read(&format!("sku=MUG&quantity={bad}")), Err("invalid_quantity"), "{bad}");
        }
        assert_eq!(read("sku=MUG&price=1"), Err("unknown_field"));
        assert_eq!(read("cart=%5B%7B%22sku%22"), Err("malformed_request"));
        assert_eq!(read("cart=%5B%7B%22sku%22%3A1%7D%5D"), Err("invalid_request"));
    }
}
