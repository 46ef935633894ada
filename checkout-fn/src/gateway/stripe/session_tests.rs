use proptest::prelude::*;

use super::*;

pub(in crate::gateway::stripe) fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn line(title: &str, quantity: u32, total_minor: i64) -> Line {
    Line { title: title.into(), quantity, total_minor }
}

fn extra(title: &str, minor: i64) -> Extra {
    Extra { title: title.into(), minor }
}

/// Three mugs and a bowl, sent to Berlin, with something off.
pub(in crate::gateway::stripe) fn spec() -> SessionSpec {
    SessionSpec {
        order: "0123456789abcdef0123456789abcdef".into(),
        attempt: 1,
        shop: "little-shop".into(),
        number: "K7M2-9QPX".into(),
        lines: vec![line("Mug & saucer", 3, 7470), line("Bowl", 1, 1500)],
        shipping: Some(extra("Standard", 490)),
        tax: Some(extra("VAT", 100)),
        reduction: Some(extra("Gift card", 560)),
        total_minor: 9000,
        currency: currency("EUR"),
        email: "mira+shop@example.com".into(),
        ship_to: Some(ShipTo {
            name: "Mira Müller".into(),
            line1: "Hauptstr. 1".into(),
            city: "Berlin".into(),
            postcode: Some("10115".into()),
            country: "DE".into(),
            ..ShipTo::default()
        }),
        success_url: "https://shop.example/api/return/stripe?session={CHECKOUT_SESSION_ID}".into(),
        cancel_url: "https://shop.example/cart/".into(),
        expires_at: Timestamp::from_second(1_800_002_100).expect("a time"),
        language: "de-AT".into(),
        other_methods: vec![],
    }
}

/// One line that costs `minor`.
pub(in crate::gateway::stripe) fn plain(code: &str, minor: i64) -> SessionSpec {
    let nothing = SessionSpec { shipping: None, tax: None, reduction: None, ship_to: None, ..spec() };
    SessionSpec { lines: vec![line("Mug", 1, minor)], total_minor: minor, currency: currency(code), ..nothing }
}

fn pairs(body: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(body).expect("a form")
}

fn value(body: &str, name: &str) -> Option<String> {
    pairs(body).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[test]
fn composes_the_same_bytes_every_time() {
    // A line for each field, for people; tools/check-stripe-form.py compares it with what the official package sends.
    let expected = include_str!("../../../fixtures/stripe/session-form.txt").trim_end().replace('\n', "&");
    assert_eq!(compose(&spec()), Ok(expected));
    assert_eq!(compose(&spec()), compose(&spec().clone()));
    let coupon = "id=0123456789abcdef0123456789abcdef-1&name=Gift%20card&amount_off=560&currency=eur&duration=once&max_redemptions=1\
        &metadata[order]=0123456789abcdef0123456789abcdef&metadata[shop]=little-shop&metadata[attempt]=1";
    assert_eq!(compose_coupon(&spec()), Ok(Some(coupon.to_owned())));
}

#[test]
fn sends_amounts_in_stripes_scale() {
    let cases = [
        ("EUR", 2490, Some("2490")),
        ("JPY", 500, Some("500")),
        ("KRW", 500, Some("500")),
        ("KWD", 1230, Some("1230")),
        ("KWD", 1234, None),
        ("MGA", 500, Some("5")),
        ("MGA", 501, None),
        ("ISK", 500, Some("50000")),
        ("HUF", 17_550, Some("17550")),
        ("UGX", 5000, None),
        ("CLF", 5000, None),
        ("EUR", 0, None),
        ("EUR", -1, None),
    ];
    for (code, minor, expected) in cases {
        let body = compose(&plain(code, minor)).ok();
        let sent = body.and_then(|body| value(&body, "line_items[0][price_data][unit_amount]"));
        assert_eq!(sent.as_deref(), expected, "{minor} {code}");
    }
    let refused = compose(&plain("UGX", 5000)).expect_err("its scale is not certain");
    assert!(refused.to_string().contains("UGX"), "{refused}");
}

#[test]
fn never_asks_for_another_sum_than_the_total() {
    type Edit = fn(&mut SessionSpec);
    let cases: [(&str, Edit); 7] = [
        ("total too high", |spec| spec.total_minor += 1),
        ("total too low", |spec| spec.total_minor -= 1),
        ("shipping left out", |spec| spec.shipping = None),
        ("tax left out", |spec| spec.tax = None),
        ("reduction left out", |spec| spec.reduction = None),
        ("a line more", |spec| spec.lines.push(line("Plate", 1, 100))),
        ("too much to count", |spec| spec.lines[0].total_minor = i64::MAX),
    ];
    for (name, change) in cases {
        let mut changed = spec();
        change(&mut changed);
        assert!(matches!(compose(&changed), Err(Uncomposable::Sum { .. })), "{name}");
        assert!(matches!(compose_coupon(&changed), Err(Uncomposable::Sum { .. })), "{name}");
    }
}

#[test]
fn refuses_negative_parts_that_happen_to_add_up() {
    let mut below = spec();
    below.lines.push(line("Voucher", 1, -500));
    below.lines.push(line("Plate", 1, 500));
    assert_eq!(compose(&below), Err(Uncomposable::Amount { minor: -500, currency: currency("EUR") }));
    let mut reversed = spec();
    reversed.reduction = Some(extra("Surcharge", -560));
    reversed.total_minor = 10_120;
    assert_eq!(compose_coupon(&reversed), Err(Uncomposable::Amount { minor: -560, currency: currency("EUR") }));
}

#[test]
fn leaves_out_what_costs_nothing() {
    let free = SessionSpec {
        shipping: Some(extra("Free", 0)),
        tax: Some(extra("VAT", 0)),
        reduction: Some(extra("None", 0)),
        ..plain("EUR", 100)
    };
    let body = compose(&free).expect("a body");
    assert_eq!(pairs(&body).iter().filter(|(name, _)| name.ends_with("[quantity]")).count(), 1);
    assert!(!body.contains("coupon"));
    assert!(!body.contains("shipping"), "no address, nothing to send");
    assert_eq!(compose_coupon(&free), Ok(None));
}

#[test]
fn joins_what_is_beyond_a_hundred_lines() {
    for (count, rows, last) in [(98, 100, "Thing 98"), (99, 100, "and 2 more"), (150, 100, "and 53 more")] {
        let lines: Vec<Line> = (1..=count).map(|i| line(&format!("Thing {i}"), 1, 10)).collect();
        let total_minor = 10 * i64::from(count) + 30;
        let many =
            SessionSpec { lines, shipping: Some(extra("Post", 10)), tax: Some(extra("VAT", 20)), reduction: None, total_minor, ..spec() };
        let body = pairs(&compose(&many).expect("a body"));
        let ending = |end: &'static str| body.iter().filter(move |(name, _)| name.ends_with(end)).map(|(_, value)| value.as_str());
        assert_eq!(ending("[quantity]").count(), rows, "{count}");
        assert_eq!(ending("[name]").nth(97), Some(last), "{count}");
        assert_eq!(ending("[unit_amount]").map(|text| text.parse::<i64>().expect("a number")).sum::<i64>(), total_minor, "{count}");
    }
}

#[test]
fn cuts_titles_and_lists_further_ways_of_paying() {
    let long = SessionSpec {
        lines: vec![line(&"ä".repeat(300), 1, 9560)],
        shipping: None,
        tax: None,
        reduction: Some(extra(&"ö".repeat(41), 560)),
        other_methods: vec!["card".into(), "sepa_debit".into()],
        ..spec()
    };
    let body = compose(&long).expect("a body");
    let title = value(&body, "line_items[0][price_data][product_data][name]").expect("a title");
    assert_eq!((title.chars().count(), title.ends_with("ä…")), (250, true));
    assert_eq!(value(&body, "payment_method_types[0]").as_deref(), Some("card"));
    assert_eq!(value(&body, "payment_method_types[1]").as_deref(), Some("sepa_debit"));
    let coupon = compose_coupon(&long).expect("composed").expect("a coupon");
    assert_eq!(value(&coupon, "name").map(|name| name.chars().count()), Some(40));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is bought: what the lines ask for, less the coupon, is the total in Stripe's scale.
    #[test]
    fn the_page_asks_for_the_total(
        code in prop::sample::select(vec!["EUR", "JPY", "KWD", "MGA", "ISK", "HUF"]),
        lines in prop::collection::vec((".{1,40}", 1_u32..9, 0_i64..100_000), 1..130),
        (shipping, tax, off) in (0_i64..1000, 0_i64..1000, 0_i64..100_000),
    ) {
        let currency = currency(code);
        let unit = currency.chargeable_unit(&[Gateway::Stripe]).expect("it is taken");
        let lines: Vec<Line> = lines.into_iter().map(|(title, quantity, total)| line(&title, quantity, total * unit)).collect();
        let charged = lines.iter().map(|line| line.total_minor).sum::<i64>() + (shipping + tax) * unit;
        let off = (off * unit).min(charged);
        prop_assume!(charged > off);
        let total_minor = charged - off;
        let (shipping, tax, reduction) = (extra("Post", shipping * unit), extra("VAT", tax * unit), extra("Off", off));
        let spec = SessionSpec {
            lines, shipping: Some(shipping), tax: Some(tax), reduction: Some(reduction), total_minor, currency, ..spec()
        };
        let body = compose(&spec).expect("composed");
        prop_assert_eq!(crate::gateway::stripe::double::contract::violations("POST", "/v1/checkout/sessions", &body), []);
        let number = |text: String| text.parse::<i64>().expect("a number");
        let asked: i64 = pairs(&body).into_iter().filter(|(name, _)| name.ends_with("[unit_amount]")).map(|(_, value)| number(value)).sum();
        let coupon = compose_coupon(&spec).expect("composed");
        prop_assert_eq!(coupon.is_some(), body.contains("[coupon]"));
        let taken = coupon.and_then(|coupon| value(&coupon, "amount_off")).map_or(0, number);
        prop_assert_eq!(Some(asked - taken), to_stripe(total_minor, currency));
    }
}
