//! The body of an order: exact sums, PayPal's lengths, the same bytes each time.

use catalog::currency::Currency;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::order::{Line, OrderSpec, compose};
use super::testing::spec;

fn body(spec: &OrderSpec) -> Value {
    serde_json::from_str(&compose(spec)).unwrap()
}

/// The specification with other amounts: totals of lines; shipping, tax on top, reduction.
fn priced(code: &str, lines: &[i64], [shipping, tax, reduction]: [i64; 3]) -> OrderSpec {
    let line = |total_minor: &i64| Line { title: "Mug".into(), quantity: 3, total_minor: *total_minor };
    OrderSpec {
        lines: lines.iter().map(line).collect(),
        shipping_minor: shipping,
        tax_on_top_minor: tax,
        reduction_minor: reduction,
        total_minor: lines.iter().sum::<i64>() + shipping + tax - reduction,
        currency: Currency::parse(code).unwrap(),
        ..spec(1)
    }
}

#[test]
fn the_whole_body_is_exactly_this() {
    let expected = json!({
        "intent": "CAPTURE",
        "purchase_units": [{
            "reference_id": "0123456789abcdef0123456789abcdef",
            "custom_id": "0123456789abcdef0123456789abcdef",
            "invoice_id": "0123456789abcdef0123456789abcdef-2",
            "amount": {"currency_code": "EUR", "value": "59.90", "breakdown": {
                "item_total": {"currency_code": "EUR", "value": "60.00"},
                "shipping": {"currency_code": "EUR", "value": "4.90"},
                "tax_total": {"currency_code": "EUR", "value": "0.00"},
                "discount": {"currency_code": "EUR", "value": "5.00"},
            }},
            "items": [
                {"name": "Mug × 3", "quantity": "1", "unit_amount": {"currency_code": "EUR", "value": "45.00"}},
                {"name": "Bowl", "quantity": "1", "unit_amount": {"currency_code": "EUR", "value": "15.00"}},
            ],
            "shipping": {
                "name": {"full_name": "Mira Muster"},
                "address": {"address_line_1": "Am Weg 1", "admin_area_2": "Berlin", "postal_code": "10115", "country_code": "DE"},
            },
        }],
        "payment_source": {"paypal": {
            "email_address": "mira@example.com",
            "experience_context": {
                "brand_name": "Tessel",
                "locale": "de-DE",
                "shipping_preference": "SET_PROVIDED_ADDRESS",
                "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
                "user_action": "PAY_NOW",
                "return_url": "https://shop.example/api/return/paypal?order=1",
                "cancel_url": "https://shop.example/checkout/",
            },
        }},
    });
    assert_eq!(compose(&spec(2)), expected.to_string(), "to the byte: it is stored and sent again");
}

#[test]
fn where_nothing_is_sent_paypal_asks_for_no_address() {
    let body = body(&OrderSpec { ship_to: None, ..spec(1) });
    assert_eq!(body["payment_source"]["paypal"]["experience_context"]["shipping_preference"], "NO_SHIPPING");
    assert_eq!(body["purchase_units"][0].get("shipping"), None);
}

#[test]
fn decimals_follow_the_currency() {
    let cases = [
        ("EUR", priced("EUR", &[4500], [490, 0, 500]), "44.90"),
        ("JPY", priced("JPY", &[4500], [490, 0, 500]), "4490"),
        ("HUF", priced("HUF", &[450_000], [49_000, 0, 50_000]), "4490"),
        ("TWD", priced("TWD", &[450_000], [49_000, 0, 50_000]), "4490"),
    ];
    for (code, spec, value) in cases {
        let amount = &body(&spec)["purchase_units"][0]["amount"];
        assert_eq!((&amount["currency_code"], &amount["value"]), (&json!(code), &json!(value)));
        let decimals = amount["breakdown"]["item_total"]["value"].as_str().unwrap().contains('.');
        assert_eq!(decimals, code == "EUR", "{code}");
    }
}

#[test]
fn parts_that_paypal_cannot_write_are_not_explained() {
    let unit = &body(&priced("HUF", &[100_050, 50], [0, 0, 0]))["purchase_units"][0];
    assert_eq!(unit["amount"], json!({"currency_code": "HUF", "value": "1001"}));
    assert_eq!(unit.get("items"), None);
}

#[test]
#[should_panic(expected = "add up to its total")]
fn a_total_that_is_not_the_sum_is_a_mistake_of_ours() {
    compose(&OrderSpec { total_minor: 1, ..spec(1) });
}

#[test]
fn names_fit_and_keep_the_quantity() {
    let name = |title: &str, quantity| {
        let lines = vec![Line { title: title.into(), quantity, total_minor: 6000 }];
        body(&OrderSpec { lines, ..spec(1) })["purchase_units"][0]["items"][0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name("Mug", 1), "Mug");
    assert_eq!(name("Mug\nblue", 12), "Mug blue × 12");
    assert_eq!(name(" ", 2), "– × 2");
    for letter in ["a", "ö", "日", "🫖"] {
        let long = name(&letter.repeat(200), 999);
        assert!(long.len() <= 127 && long.len() > 120 && long.ends_with("… × 999"), "{long}");
    }
}

#[test]
fn very_many_lines_are_joined_at_the_end() {
    let spec = priced("EUR", &(1..=250).collect::<Vec<i64>>(), [0, 0, 0]);
    let unit = &body(&spec)["purchase_units"][0];
    let items = unit["items"].as_array().unwrap();
    assert_eq!(items.len(), 100);
    assert_eq!(items[98]["unit_amount"]["value"], "0.99");
    assert!(items[99]["name"].as_str().unwrap().starts_with("Mug × 3, Mug × 3, "));
    assert_eq!(items[99]["unit_amount"]["value"], "264.25");
    assert_eq!(unit["amount"]["breakdown"]["item_total"]["value"], unit["amount"]["value"]);
}

proptest! {
    /// What PayPal computes is what we say: in hundredths, whatever the currency.
    #[test]
    fn the_sums_are_exact(
        code in prop::sample::select(vec!["EUR", "USD", "JPY", "HUF", "TWD"]),
        lines in prop::collection::vec(0_i64..10_000_000, 1..120),
        [shipping, tax] in [0_i64..100_000, 0_i64..1_000_000],
        part in 0_i64..100,
    ) {
        let scale = if matches!(code, "HUF" | "TWD") { 100 } else { 1 };
        let lines: Vec<i64> = lines.iter().map(|minor| minor / scale * scale).collect();
        let (shipping, tax) = (shipping / scale * scale, (tax / scale + 1) * scale);
        let sum = lines.iter().sum::<i64>() + shipping;
        let spec = priced(code, &lines, [shipping, tax, sum * part / 100 / scale * scale]);
        let unit = &body(&spec)["purchase_units"][0];
        let hundredths = |value: &Value| {
            let text = value["value"].as_str().unwrap();
            let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
            whole.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
        };
        let parts = &unit["amount"]["breakdown"];
        let items: i64 = unit["items"].as_array().unwrap().iter().map(|item| hundredths(&item["unit_amount"])).sum();
        prop_assert_eq!(items, hundredths(&parts["item_total"]));
        let total = items + hundredths(&parts["shipping"]) + hundredths(&parts["tax_total"]) - hundredths(&parts["discount"]);
        prop_assert_eq!(total, hundredths(&unit["amount"]));
    }
}
