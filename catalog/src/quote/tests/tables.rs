//! Tables: spreading and taxes as other projects' tests have them, sales, prices for many, fields, gift cards, pre-orders.

use super::{amounts, cart, eur, goods, shop, terms, variant};
use crate::area::Area;
use crate::bundle::{Delivery, VariantRecord};
use crate::cart::Cart;
use crate::money::{cumulative_part, spread};
use crate::product::{ChosenAmount, FieldKind, LineField, Pricing, QuantityPrice, Sale, Sending, Window};
use crate::quote::{Balance, Circumstances, Quote, quote};
use crate::refund;
use crate::shipping::ShippingTax;
use crate::tax::{Tax, TaxRules};
use crate::terms::Terms;

fn at(now: i64) -> Circumstances {
    Circumstances { now, ..Circumstances::default() }
}

#[track_caller]
fn priced(records: impl IntoIterator<Item = VariantRecord>, terms: &Terms, cart: &Cart, circumstances: &Circumstances) -> Quote {
    quote(&goods(records), terms, cart, circumstances).expect("a quote")
}

/// Rows of other projects' tests: Sylius, moneyphp, Solidus, Vendure, dinero.js and money gems. Largest remainder by
/// magnitude, ties to the first line; where another project answers otherwise, its answer stands beside ours.
#[test]
fn spreading() {
    let rows: [(i64, &[i64], &[i64]); 21] = [
        (100, &[1, 1, 1], &[34, 33, 33]),
        (5, &[50, 50], &[3, 2]),
        (5, &[7, 3], &[4, 1]),
        // moneyphp answers [-3, -2].
        (-5, &[7, 3], &[-4, -1]),
        (100, &[70, 30], &[70, 30]),
        (101, &[1, 1, 1], &[34, 34, 33]),
        (101, &[3, 7], &[30, 71]),
        (1, &[1, 1, 1], &[1, 0, 0]),
        (2, &[1, 1, 1], &[1, 1, 0]),
        (0, &[1, 1], &[0, 0]),
        (10, &[0, 0], &[0, 0]),
        (10, &[0, 1], &[0, 10]),
        (10, &[], &[]),
        // Sylius answers [162, 52, 86].
        (300, &[4300, 1400, 2300], &[161, 53, 86]),
        (1000, &[2000, 5000, 3000], &[200, 500, 300]),
        (-1000, &[2000, 5000, 3000], &[-200, -500, -300]),
        // Solidus puts the rest on the last.
        (1000, &[1, 1, 1], &[334, 333, 333]),
        (10, &[1, 2, 3], &[2, 3, 5]),
        (7, &[10, 10, 10, 10], &[2, 2, 2, 1]),
        (99, &[25, 25, 25, 25], &[25, 25, 25, 24]),
        (999_999_999_999, &[999_999_999_999, 999_999_999_999], &[500_000_000_000, 499_999_999_999]),
    ];
    for (amount, weights, expected) in rows {
        assert_eq!(spread(amount, weights), expected, "{amount} over {weights:?}");
    }
}

/// WooCommerce's oracles, before its own rounding: 9.99 at 20 % contains 1.665 and gets 1.998 on top; 5 % and then 8.5 % of
/// both, in 100.00, are 4.3889 and 7.8341.
#[test]
fn taxes() {
    let tax = |rate_bp, is_included, amount| Tax { rate_bp, is_included }.on(amount, 1);
    assert_eq!((tax(2000, true, 999), tax(2000, false, 999)), (Some(167), Some(200)));
    assert_eq!((tax(2000, true, 9_990_000), tax(2000, false, 9_990_000)), (Some(1_665_000), Some(1_998_000)));
    // Compound rates are one rate here: 1.05 × 1.085 = 1.13925, of which 100.00 contains 12.2230 = 4.3889 + 7.8341.
    assert_eq!(Tax { rate_bp: 1393, is_included: true }.on(10_000, 1), Some(1223));
    assert_eq!((tax(0, true, 999), tax(10_000, true, 1000), tax(10_000, false, 1000)), (Some(0), Some(500), Some(1000)));
    // A cent's half: away from zero.
    assert_eq!((tax(500, false, 10), tax(500, false, 30), tax(500, false, 9)), (Some(1), Some(2), Some(0)));
}

/// Vendure's issue 3003: rounded once for a line it is 1110.92 here, and 1110.85 where each unit is rounded.
#[test]
fn taxes_are_rounded_for_a_line_and_not_for_a_unit() {
    let terms = terms(false);
    let many = VariantRecord { limits: crate::product::Limits { max: Some(100), ..Default::default() }, ..variant("MUG", 103) };
    let quote = priced([many], &terms, &cart(&[("MUG", 100)], None), &at(0));
    // 103.00 × 0.19 = 19.57; a unit's tax would be 0.20 and its hundredfold 20.00.
    assert_eq!((quote.lines[0].tax, quote.due), (1957, 10_300 + 1957));
}

#[test]
fn a_sale_holds_at_the_instant_of_the_quote() {
    let sale = Sale { prices: amounts(1990), window: Window { from: Some(100), until: Some(200) } };
    let mug = VariantRecord { pricing: Pricing { sale: Some(Box::new(sale)), ..Pricing::at(amounts(2490)) }, ..variant("MUG", 2490) };
    let told = |now| {
        let quote = priced([mug.clone()], &terms(true), &cart(&[("MUG", 2)], None), &at(now));
        (quote.due, quote.lines[0].compare_at)
    };
    assert_eq!(told(99), (4980, None));
    assert_eq!(told(100), (3980, Some(2490)));
    assert_eq!(told(200), (4980, None));
}

#[test]
fn prices_for_many_count_all_lines_of_a_sku() {
    let engraving = LineField {
        name: "engraving".into(),
        title: "Engraving".into(),
        kind: FieldKind::Text { max_chars: 20 },
        is_required: false,
        prices: amounts(500),
    };
    let tiers = vec![QuantityPrice { from: 5, prices: amounts(2200) }, QuantityPrice { from: 10, prices: amounts(2000) }];
    let pricing = Pricing { quantity_prices: tiers, ..Pricing::at(amounts(2490)) };
    let mug = VariantRecord { pricing, fields: vec![engraving], ..variant("MUG", 2490) };
    let units = |plain: u32, engraved: u32| {
        let mut cart = cart(&[("MUG", plain), ("MUG", engraved)], None);
        cart.lines[1].fields = [("engraving".to_owned(), "Mira".to_owned())].into();
        cart.lines.retain(|line| line.quantity.as_u64() != Some(0));
        let quote = priced([mug.clone()], &terms(true), &cart, &at(0));
        quote.lines.iter().map(|line| line.unit_price).collect::<Vec<_>>()
    };
    assert_eq!(units(4, 0), [2490]);
    assert_eq!(units(5, 0), [2200]);
    assert_eq!(units(4, 1), [2200, 2700], "together they are five");
    assert_eq!(units(7, 3), [2000, 2500]);
    assert_eq!(units(0, 1), [2990]);
}

#[test]
fn fields_are_checked_and_shown() {
    let field = |name: &str, kind, is_required| LineField {
        name: name.into(),
        title: format!("The {name}"),
        kind,
        is_required,
        prices: amounts(100),
    };
    let record = VariantRecord {
        fields: vec![
            field("engraving", FieldKind::Text { max_chars: 4 }, true),
            field("day", FieldKind::Date, false),
            field("wood", FieldKind::Choice { values: vec!["oak".into(), "ash".into()] }, false),
        ],
        ..variant("MUG", 1000)
    };
    let with = |fields: &[(&str, &str)]| {
        let mut cart = cart(&[("MUG", 1)], None);
        cart.lines[0].fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        quote(&goods([record.clone()]), &terms(true), &cart, &at(0))
    };
    let quote = with(&[("engraving", " Mira "), ("day", "2028-02-29"), ("wood", "oak")]).expect("a quote");
    let shown: Vec<_> = quote.lines[0].options[1..].iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(shown, ["The engraving: Mira", "The day: 2028-02-29", "The wood: oak"]);
    assert_eq!(quote.lines[0].written, Some(vec![1, 2]), "the wood is chosen among what there is");
    assert_eq!(quote.lines[0].unit_price, 1300);
    assert_eq!(with(&[("engraving", "Mira"), ("day", "")]).expect("a quote").lines[0].unit_price, 1100, "empty is not filled in");
    let code = |fields: &[(&str, &str)]| with(fields).expect_err("a refusal")[0].code;
    assert_eq!(code(&[]), "missing_field");
    assert_eq!(code(&[("engraving", "  ")]), "missing_field");
    assert_eq!(code(&[("engraving", "Mirabelle")]), "invalid_field");
    assert_eq!(code(&[("engraving", "ÄÖÜÄÖ")]), "invalid_field");
    assert!(with(&[("engraving", "ÄÖÜß")]).is_ok(), "characters are counted, not bytes");
    assert_eq!(code(&[("engraving", "A\nB")]), "invalid_field");
    for day in ["2027-02-29", "2027-2-9", "tomorrow", "2027-02-09T12:00:00Z"] {
        assert_eq!(code(&[("engraving", "M"), ("day", day)]), "invalid_field", "{day}");
    }
    assert_eq!(code(&[("engraving", "M"), ("wood", "plastic")]), "invalid_field");
    assert_eq!(code(&[("engraving", "M"), ("price", "0")]), "invalid_field");
}

fn card(sku: &str, chosen_amount: Option<ChosenAmount>) -> VariantRecord {
    VariantRecord { delivery: Delivery::GiftCard, weight_g: 0, chosen_amount, ..variant(sku, 5000) }
}

#[test]
fn what_rates_and_zones_go_by_has_to_be_said() {
    let mut terms = terms(true);
    terms.tax.classes.insert("books".into(), vec![(Area::parse("US-CA").expect("an area"), 725)]);
    terms.shipping.zones[0].areas.push(Area::parse("PT 9*").expect("an area"));
    let digital = VariantRecord { delivery: Delivery::Digital, ..variant("MUG", 1000) };
    for (country, is_sent, region, postcode) in
        [("US", false, true, false), ("PT", true, false, true), ("PT", false, false, false), ("DE", true, false, false)]
    {
        let record = if is_sent { variant("MUG", 1000) } else { digital.clone() };
        let quote = priced([record], &terms, &cart(&[("MUG", 1)], Some(country)), &at(0));
        assert_eq!((quote.needs_region, quote.needs_postcode), (region, postcode), "{country}, {is_sent}");
    }
}

#[test]
fn a_gift_card_is_untaxed_and_its_amount_may_be_chosen() {
    let quote = priced([card("CARD", None)], &terms(false), &cart(&[("CARD", 1)], Some("DE")), &at(0));
    assert_eq!((quote.due, quote.tax_total, quote.needs_shipping), (5000, 0, false));
    let chosen = card("CARD", Some(ChosenAmount { min: amounts(1000), max: amounts(20_000) }));
    let with = |amount: Option<&str>| {
        let mut cart = cart(&[("CARD", 2)], None);
        cart.lines[0].fields = amount.map(|amount| ("amount".to_owned(), amount.to_owned())).into_iter().collect();
        quote_of(&chosen, &cart)
    };
    assert_eq!(with(Some("37.50")).expect("a quote").due, 7500);
    for bad in ["9.99", "200.01", "37.505", "1e2", "-20", "20,00"] {
        assert_eq!(with(Some(bad)).expect_err(bad)[0].code, "invalid_field", "{bad}");
    }
    assert_eq!(with(None).expect_err("a refusal")[0].code, "missing_field");
}

fn quote_of(record: &VariantRecord, cart: &Cart) -> Result<Quote, Vec<crate::cart::Fault>> {
    quote(&goods([record.clone()]), &terms(true), cart, &at(0))
}

#[test]
fn gift_cards_pay_in_the_order_of_the_cart_and_for_everything_but_cards() {
    let usd = crate::currency::Currency::parse("USD").expect("a currency");
    let balance = |currency, minor| Balance { currency, minor };
    let cards = [
        ("AAAA-1111".to_owned(), balance(eur(), 1000)),
        ("BBBB-2222".to_owned(), balance(eur(), 9000)),
        ("EMPTY".to_owned(), balance(eur(), 0)),
        ("DOLLAR".to_owned(), balance(usd, 500)),
    ];
    let circumstances = Circumstances { gift_cards: cards.into(), ..at(0) };
    let paid = |lines: &[(&str, u32)], codes: &[&str]| {
        let cart = Cart { gift_cards: codes.iter().map(|code| (*code).to_owned()).collect(), ..cart(lines, Some("DE")) };
        let quote = priced([variant("MUG", 2490), card("CARD", None)], &terms(true), &cart, &circumstances);
        assert_eq!(quote.gift_cards.iter().map(|card| card.amount).sum::<i64>(), quote.gift_cards_total);
        assert_eq!(quote.due, quote.total - quote.gift_cards_total);
        let reasons: Vec<_> = quote.notices.iter().filter_map(|notice| notice.reason.clone()).collect();
        let cards = quote.gift_cards.iter().map(|card| (card.ends_in.clone(), card.amount, card.left)).collect::<Vec<_>>();
        (quote.due, cards, reasons)
    };
    let used = |ends_in: &str, amount, left| (ends_in.to_owned(), amount, left);
    assert_eq!(paid(&[("MUG", 1)], &["AAAA-1111"]), (1980, vec![used("1111", 1000, 0)], vec![]));
    assert_eq!(paid(&[("MUG", 1)], &["AAAA-1111", "BBBB-2222"]), (0, vec![used("1111", 1000, 0), used("2222", 1980, 7020)], vec![]));
    assert_eq!(paid(&[("MUG", 1)], &["AAAA-1111", "AAAA-1111"]).0, 1980, "a card pays once");
    assert_eq!(paid(&[("MUG", 1), ("CARD", 1)], &["BBBB-2222"]).0, 5000, "not for another card");
    assert_eq!(paid(&[("MUG", 1)], &["NONE", "EMPTY", "DOLLAR"]).2, ["unknown", "empty", "currency"]);
}

#[test]
fn a_pre_order_says_from_when_it_is_sent() {
    let later = VariantRecord { available_from: Some(500), ..variant("MUG", 2490) };
    let from = |now| priced([later.clone()], &terms(true), &cart(&[("MUG", 1)], None), &at(now)).lines[0].ships_from;
    assert_eq!((from(499), from(500)), (Some(500), None));
}

#[test]
fn markets_regions_and_postcodes_decide_the_tax() {
    let area = |text: &str| Area::parse(text).expect(text);
    let mut terms = terms(true);
    terms.tax = TaxRules {
        markets: vec![(area("US"), false)],
        classes: [("standard".to_owned(), vec![(area("DE"), 1900), (area("ES"), 2100), (area("ES 35*"), 0), (area("US-CA"), 725)])].into(),
        ..terms.tax
    };
    let told = |country: &str, region: Option<&str>, postcode: Option<&str>| {
        let cart = Cart { region: region.map(Into::into), postcode: postcode.map(Into::into), ..cart(&[("PACK", 1)], Some(country)) };
        let quote = quote(&shop(), &terms, &cart, &at(0)).expect("a quote");
        (quote.due, quote.tax_total, quote.tax_included)
    };
    assert_eq!(told("DE", None, None), (900, 144, true));
    assert_eq!(told("ES", None, Some("28001")), (900, 156, true));
    assert_eq!(told("ES", None, Some("35001")), (900, 0, true));
    assert_eq!(told("US", Some("CA"), None), (965, 65, false));
    assert_eq!(told("US", None, None), (900, 0, false));
}

#[test]
fn shipping_is_taxed_as_its_goods_are() {
    let mut terms = terms(true);
    terms.shipping.tax = ShippingTax::Goods;
    terms.tax.classes.insert("reduced".into(), vec![(Area::country("DE"), 700)]);
    let book = VariantRecord { tax_class: "reduced".into(), ..variant("BOOK", 1000) };
    let quote = priced([book, variant("MUG", 3000)], &terms, &cart(&[("BOOK", 1), ("MUG", 1)], Some("DE")), &at(0));
    // 4.90 is 1.23 at 7 % and 3.67 at 19 % (122.5 : 367.5, the tie to the first): 0.08 and 0.59, beside 0.65 and 4.79.
    assert_eq!(quote.taxes.iter().map(|row| (row.rate_bp, row.tax)).collect::<Vec<_>>(), [(700, 65 + 8), (1900, 479 + 59)]);
}

#[test]
fn surcharges_and_methods_that_do_not_take_a_product() {
    let bulky = VariantRecord { sending: Sending { surcharge: amounts(1500), not_by: vec!["express".into()] }, ..variant("DESK", 1000) };
    let quote = priced([bulky, variant("MUG", 1000)], &terms(true), &cart(&[("DESK", 2), ("MUG", 1)], Some("DE")), &at(0));
    assert_eq!(
        quote.shipping_methods.iter().map(|method| (method.code.as_str(), method.price)).collect::<Vec<_>>(),
        [("standard", 490 + 3000)]
    );
}

#[test]
fn parts_of_a_refund_sum_to_the_line() {
    for (whole, of) in [(1000_i64, 3_u32), (1, 7), (999, 10), (0, 4), (-500, 3)] {
        let parts: Vec<i64> = (0..of).map(|unit| cumulative_part(whole, unit, 1, of)).collect();
        assert_eq!(parts.iter().sum::<i64>(), whole, "{parts:?}");
    }
    let quote = priced([variant("MUG", 333)], &terms(false), &cart(&[("MUG", 3)], Some("DE")), &at(0));
    let parts: Vec<_> = (0..3).map(|unit| refund::of_line(&quote, &quote.lines[0], unit, 1, 1)).collect();
    assert_eq!(parts.iter().map(|part| part.tax).sum::<i64>(), quote.lines[0].tax);
    assert_eq!(parts.iter().map(|part| part.amount).sum::<i64>(), quote.lines[0].total + quote.lines[0].tax);
}
