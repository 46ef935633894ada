//! Currencies as the payment services have them: scales, amounts and least charges of every one, from a table of facts that was
//! collected independently (`data/currencies.json`, CC0-1.0, which names its sources).

use std::collections::BTreeMap;

use catalog::currency::{Currency, Gateway};
use serde_json::Value;

fn facts() -> Value {
    serde_json::from_str(include_str!("data/currencies.json")).expect("JSON")
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|code| code.as_str().expect("a code")).collect()
}

/// The currencies that both we and the table know, with their decimals by ISO 4217.
fn currencies(facts: &Value) -> BTreeMap<String, (Currency, u8)> {
    let known = facts["iso4217_minor_units"].as_object().expect("a map").iter();
    known
        .filter_map(|(code, digits)| {
            let digits = u8::try_from(digits.as_u64().expect("a number")).expect("few decimals");
            Some((code.clone(), (Currency::parse(code)?, digits)))
        })
        .collect()
}

#[test]
fn decimals_are_those_of_iso_4217() {
    let facts = facts();
    let all = currencies(&facts);
    assert!(all.len() > 150, "{}", all.len());
    for (code, (currency, digits)) in all {
        assert_eq!(currency.digits(), digits, "{code}");
    }
    // Where browsers and CLDR have other decimals, ISO 4217 counts.
    for (code, differs) in facts["cldr_digits_that_differ_from_iso"].as_object().expect("a map") {
        let Some(currency) = Currency::parse(code) else { continue };
        assert_eq!(u64::from(currency.digits()), differs["iso"].as_u64().expect("a number"), "{code}");
    }
}

#[test]
fn stripe_gets_every_amount_in_its_own_scale_or_not_at_all() {
    let facts = facts();
    let (zero, three) = (codes(&facts["stripe"]["zero_decimal"]), codes(&facts["stripe"]["three_decimal"]));
    for (code, (currency, digits)) in currencies(&facts) {
        let sent = |minor| currency.gateway_text(minor, Gateway::Stripe);
        let whole = 10_i64.pow(u32::from(digits));
        match code.as_str() {
            // Its own pages contradict each other: a wrong guess would charge a hundredth, or a hundredfold.
            "UGX" => assert_eq!(sent(whole * 5), None),
            "ISK" => assert_eq!((sent(5).as_deref(), sent(1).as_deref()), (Some("500"), Some("100"))),
            _ if zero.contains(&code.as_str()) => {
                assert_eq!(sent(whole * 5).as_deref(), Some("5"), "{code}");
                assert_eq!(sent(whole * 5 + 1).is_some(), digits == 0, "{code}: a part of a unit cannot be charged");
            }
            _ if three.contains(&code.as_str()) => {
                assert_eq!((sent(5_120).as_deref(), sent(5_124)), (Some("5120"), None), "{code}: the last digit is 0");
            }
            _ if digits > 2 => assert_eq!(sent(whole), None, "{code} is not on Stripe's list"),
            _ => assert_eq!(sent(2_490).as_deref(), Some("2490"), "{code}"),
        }
        assert_eq!(sent(-whole), None, "{code}");
    }
}

#[test]
fn paypal_gets_decimal_text_or_nothing() {
    let facts = facts();
    let (supported, whole) = (codes(&facts["paypal"]["supported"]), codes(&facts["paypal"]["no_decimals"]));
    for (code, (currency, digits)) in currencies(&facts) {
        let sent = |minor| currency.gateway_text(minor, Gateway::Paypal);
        let unit = 10_i64.pow(u32::from(digits));
        if !supported.contains(&code.as_str()) {
            assert_eq!(sent(unit), None, "{code}");
        } else if whole.contains(&code.as_str()) {
            assert_eq!(sent(unit * 1_000).as_deref(), Some("1000"), "{code}");
            assert_eq!(sent(unit * 1_000 + 1).is_some(), digits == 0, "{code}");
        } else {
            assert_eq!((sent(2_490).as_deref(), sent(5).as_deref()), (Some("24.90"), Some("0.05")), "{code}");
        }
    }
}

#[test]
fn least_charges_are_stripes() {
    let facts = facts();
    let minimums = &facts["stripe"]["minimum_charge_minor_units"];
    let listed = minimums.as_object().expect("a map of amounts by currency");
    assert!(listed.len() > 20);
    for (code, least) in listed {
        let currency = Currency::parse(code).expect(code);
        assert_eq!(Some(currency.minimum_charge(Gateway::Stripe)), least.as_i64(), "{code}");
    }
}
