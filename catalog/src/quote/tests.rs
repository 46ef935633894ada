//! Tables and properties of the quote.

use proptest::prelude::*;

use super::*;
use crate::area::Area;
use crate::bundle::{OpenOption, VariantWords};
use crate::cart::CartLine;
use crate::id::{ProductId, Sku};
use crate::product::{Amounts, Limits, Pricing, Sending};
use crate::shipping::{Band, Limit, Method, Rate, ShippingRules, ShippingTax, Zone};
use crate::tax::TaxRules;

mod discounts;
mod tables;

fn eur() -> Currency {
    Currency::parse("EUR").expect("a currency")
}

fn amounts(minor: i64) -> Amounts {
    [(eur(), minor)].into()
}

/// A physical variant of 500 g.
pub(crate) fn variant(sku: &str, price: i64) -> VariantRecord {
    VariantRecord {
        sku: Sku::parse(sku).expect("a sku"),
        product: ProductId::parse("mug").expect("an id"),
        title: "Mug".into(),
        delivery: Delivery::Physical,
        options: vec![("Size".into(), "250 ml".into())],
        open_options: vec![],
        pricing: Pricing::at(amounts(price)),
        chosen_amount: None,
        fields: vec![],
        groups: vec![],
        components: vec![],
        tax_class: "standard".into(),
        weight_g: 500,
        sending: Sending::default(),
        stock: Some(5),
        backorder: 0,
        low_stock: None,
        available_from: None,
        discontinued: false,
        limits: Limits::default(),
        image: None,
        url: "/products/mug/".into(),
        files: vec![],
        words: BTreeMap::new(),
    }
}

/// 19 % in Germany, none elsewhere; 4.90 to 2 kg and 9.90 to 10 kg, free from 60.00; express at 12.00.
pub(crate) fn terms(prices_include_tax: bool) -> Terms {
    let method = |code: &str, rate, free_over| Method {
        code: code.into(),
        title: code.into(),
        note: None,
        days: None,
        is_pickup: false,
        rate,
        free_over,
    };
    let bands = vec![Band { up_to: Limit::Weight(2000), price: amounts(490) }, Band { up_to: Limit::Weight(10_000), price: amounts(990) }];
    let methods = vec![method("standard", Rate::Bands(bands), Some(amounts(6000))), method("express", Rate::Flat(amounts(1200)), None)];
    Terms {
        shop_name: "Tessel".into(),
        base_url: "https://tessel.example".into(),
        languages: vec!["en".into()],
        currencies: vec![eur()],
        tax: TaxRules {
            prices_include_tax,
            markets: vec![],
            default_country: Some("DE".into()),
            classes: [("standard".to_owned(), vec![(Area::country("DE"), 1900), (Area::EVERYWHERE, 0)])].into(),
        },
        shipping: ShippingRules {
            tax: ShippingTax::default(),
            zones: vec![Zone { name: "EU".into(), areas: vec![Area::country("DE"), Area::country("FR")], methods }],
        },
        discounts: vec![],
        gateways: vec![],
        terms_url: None,
        max_quantity: 20,
        low_stock: 5,
        max_open_per_client: 5,
        downloads: crate::terms::DownloadRules::default(),
        contact_email: None,
        seller: None,
    }
}

/// A quote at an instant at which nothing happens.
fn quote(goods: &Goods, terms: &Terms, cart: &Cart) -> Result<Quote, Vec<Fault>> {
    super::quote(goods, terms, cart, &Circumstances::default())
}

fn goods(records: impl IntoIterator<Item = VariantRecord>) -> Goods {
    records.into_iter().map(|record| (record.sku.to_string(), record)).collect()
}

fn cart(lines: &[(&str, u32)], country: Option<&str>) -> Cart {
    Cart {
        lines: lines.iter().map(|(sku, quantity)| CartLine::new(sku, *quantity)).collect(),
        country: country.map(str::to_owned),
        ..Cart::default()
    }
}

fn shop() -> Goods {
    let digital = VariantRecord { delivery: Delivery::Digital, weight_g: 0, ..variant("PACK", 900) };
    goods([variant("MUG", 2490), variant("BOWL", 1900), digital])
}

#[test]
fn prices_with_tax_inside() {
    let quote = quote(&shop(), &terms(true), &cart(&[("MUG", 2)], Some("DE"))).expect("a quote");
    assert_eq!((quote.subtotal, quote.shipping, quote.total), (4980, Some(490), 5470));
    // 4980 × 19/119 = 795.1, 490 × 19/119 = 78.2
    assert_eq!((quote.tax_total, quote.tax_included), (795 + 78, true));
    assert_eq!(quote.shipping_methods.iter().map(|m| m.price).collect::<Vec<_>>(), [490, 1200], "in the shop's order");
}

#[test]
fn chooses_the_method_that_the_shop_names_first() {
    let mut terms = terms(true);
    let chosen = |terms: &Terms| quote(&shop(), terms, &cart(&[("MUG", 2)], Some("DE"))).expect("a quote").shipping_method;
    assert_eq!(chosen(&terms).as_deref(), Some("standard"));
    terms.shipping.zones[0].methods.reverse();
    assert_eq!(chosen(&terms).as_deref(), Some("express"), "although it costs more");
}

#[test]
fn prices_with_tax_on_top() {
    let quote = quote(&shop(), &terms(false), &cart(&[("MUG", 2)], Some("DE"))).expect("a quote");
    // 4980 × 0.19 = 946.2, 490 × 0.19 = 93.1
    assert_eq!((quote.total, quote.tax_total), (4980 + 490 + 946 + 93, 946 + 93));
    assert_eq!(quote.taxes, [TaxRow { rate_bp: 1900, tax: 1039 }]);
}

#[test]
fn shipping_waits_for_a_country() {
    let quote = quote(&shop(), &terms(true), &cart(&[("MUG", 1)], None)).expect("a quote");
    assert_eq!((quote.shipping, quote.needs_shipping, quote.total), (None, true, 2490));
    assert!(quote.notices.is_empty());
}

#[test]
fn downloads_need_no_shipping() {
    let quote = quote(&shop(), &terms(true), &cart(&[("PACK", 1)], Some("JP"))).expect("a quote");
    assert_eq!((quote.shipping, quote.needs_shipping, quote.total), (Some(0), false, 900));
    assert!(quote.notices.is_empty());
}

#[test]
fn shipping_is_free_above_the_limit_and_heavier_by_band() {
    let methods = |lines: &[(&str, u32)]| quote(&shop(), &terms(true), &cart(lines, Some("FR"))).expect("a quote").shipping;
    assert_eq!(methods(&[("BOWL", 1)]), Some(490));
    assert_eq!(methods(&[("MUG", 3)]), Some(0), "74.70 is over 60.00");
}

#[test]
fn says_what_cannot_be_sent() {
    let quote = quote(&shop(), &terms(true), &cart(&[("MUG", 1)], Some("JP"))).expect("a quote");
    assert_eq!(quote.notices[0].code, "not_deliverable");
    let unknown = Cart { shipping: Some("drone".into()), ..cart(&[("MUG", 1)], Some("DE")) };
    let quote = super::tests::quote(&shop(), &terms(true), &unknown).expect("a quote");
    assert_eq!(quote.notices[0].code, "shipping_unavailable");
    assert_eq!(quote.shipping_method.as_deref(), Some("standard"));
}

#[test]
fn a_sku_that_is_gone_is_a_marked_line() {
    let quote = quote(&shop(), &terms(true), &cart(&[("MUG", 1), ("OLD", 1)], None)).expect("a quote");
    let old = quote.lines.iter().find(|line| line.sku == "OLD").expect("the line");
    assert_eq!((old.total, old.available, old.product.is_none()), (0, false, true));
    assert_eq!(quote.notices[0].code, "unknown_sku");
    assert_eq!(quote.total, 2490);
}

#[test]
fn refuses_by_name() {
    let code = |goods: &Goods, cart: &Cart| quote(goods, &terms(true), cart).expect_err("a refusal")[0].code;
    assert_eq!(code(&shop(), &cart(&[], None)), "empty_cart");
    assert_eq!(code(&shop(), &Cart { currency: Some("USD".into()), ..cart(&[("MUG", 1)], None) }), "unknown_currency");
    assert_eq!(code(&shop(), &cart(&[("MUG", 1)], Some("Germany"))), "invalid_country");
    let mut field = cart(&[("MUG", 1)], None);
    field.lines[0].fields.insert("price".into(), "0".into());
    assert_eq!(code(&shop(), &field), "invalid_field");
    let dear = goods([VariantRecord { limits: Limits { max: Some(10_000), ..Limits::default() }, ..variant("MUG", MAX_CHARGE_MINOR) }]);
    assert_eq!(code(&dear, &cart(&[("MUG", 2)], None)), "cart_too_large");
}

#[test]
fn a_quantity_that_is_not_sold_is_a_marked_line() {
    let six = VariantRecord { limits: Limits { min: Some(12), max: Some(36), step: Some(6) }, ..variant("TILE", 300) };
    let reason = |quantities: &[(&str, u32)]| {
        let goods = goods([six.clone(), variant("MUG", 2490)]);
        let quote = quote(&goods, &terms(true), &cart(quantities, None)).expect("a quote");
        let told: Vec<_> = quote.notices.iter().map(|notice| (notice.code.as_str(), notice.reason.as_deref())).collect();
        assert_eq!(told.is_empty(), quote.lines.iter().all(|line| line.available), "{told:?}");
        assert!(told.iter().all(|(code, _)| *code == "invalid_quantity"), "{told:?}");
        quote.notices.into_iter().next().and_then(|notice| notice.reason)
    };
    assert_eq!(reason(&[("TILE", 12), ("MUG", 20)]), None);
    assert_eq!(reason(&[("TILE", 6)]).as_deref(), Some("min"));
    assert_eq!(reason(&[("TILE", 15)]).as_deref(), Some("step"));
    assert_eq!(reason(&[("TILE", 42)]).as_deref(), Some("max"));
    assert_eq!(reason(&[("MUG", 21)]).as_deref(), Some("max"), "the shop's own limit");
    assert_eq!(reason(&[("MUG", 11), ("MUG", 10)]).as_deref(), Some("max"));
}

#[test]
fn a_quote_speaks_the_language_of_the_cart() {
    let german = VariantWords {
        title: "Tasse".into(),
        options: vec![("Farbe".into(), "Rot".into())],
        open_options: vec![OpenOption { name: "Größe".into(), values: vec!["klein".into(), "groß".into()] }],
        fields: vec![],
        url: "/de/products/tasse/".into(),
        files: vec![],
    };
    let mug = VariantRecord {
        options: vec![("Colour".into(), "Red".into())],
        open_options: vec![OpenOption { name: "Size".into(), values: vec!["S".into(), "L".into()] }],
        words: [("de".to_owned(), german)].into(),
        ..variant("MUG", 1900)
    };
    let mut terms = terms(true);
    terms.shipping.zones[0].methods[0].title.others = [("de".to_owned(), "Post".to_owned())].into();
    let read = |language: Option<&str>| {
        let mut cart = Cart { language: language.map(str::to_owned), ..cart(&[("MUG", 1)], Some("DE")) };
        cart.lines[0].fields = [("Size".to_owned(), "L".to_owned())].into();
        let quote = quote(&goods([mug.clone()]), &terms, &cart).expect("a quote");
        let line = &quote.lines[0];
        let options = line.options.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        let told = format!("{}; {options}; {}; {}", line.title, line.url.as_deref().unwrap_or_default(), quote.shipping_methods[0].title);
        (told, line.fields.clone(), quote.due)
    };
    let (told, fields, due) = read(Some("de"));
    assert_eq!(told, "Tasse; Farbe Rot, Größe groß; /de/products/tasse/; Post");
    assert_eq!(read(None), ("Mug; Colour Red, Size L; /products/mug/; standard".to_owned(), fields, due), "the same but for the words");
    assert_eq!(read(Some("fr")), read(None));
}

#[test]
fn an_open_option_is_chosen_in_the_line() {
    let open = VariantRecord {
        open_options: vec![OpenOption { name: "Size".into(), values: vec!["S".into(), "L".into()] }],
        options: vec![("Colour".into(), "Red".into())],
        ..variant("TEE", 1900)
    };
    let with = |value: Option<&str>| {
        let mut cart = cart(&[("TEE", 1)], None);
        cart.lines[0].fields = value.map(|v| ("Size".to_owned(), v.to_owned())).into_iter().collect();
        quote(&goods([open.clone()]), &terms(true), &cart)
    };
    let options = &with(Some("L")).expect("a quote").lines[0].options;
    assert_eq!(options, &[("Colour".to_owned(), "Red".to_owned()), ("Size".to_owned(), "L".to_owned())]);
    assert_eq!(with(None).expect_err("a refusal")[0].code, "missing_field");
    assert_eq!(with(Some("XXL")).expect_err("a refusal")[0].code, "invalid_field");
}

#[test]
fn discontinued_and_codes_are_told() {
    let goods = goods([VariantRecord { discontinued: true, ..variant("MUG", 100) }]);
    let cart = Cart { discounts: vec!["HELLO".into()], ..cart(&[("MUG", 1)], None) };
    let quote = quote(&goods, &terms(true), &cart).expect("a quote");
    assert_eq!(quote.notices.iter().map(|n| n.code.as_str()).collect::<Vec<_>>(), ["out_of_stock", "invalid_discount"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// R17: the numbers add up, nothing is negative, and neither order nor splitting of lines matters.
    #[test]
    fn the_numbers_add_up(
        prices in prop::collection::vec(0_i64..5_000_000, 1..8),
        picks in prop::collection::vec((0_usize..8, 1_u32..4), 1..12),
        inclusive: bool,
        country in prop::sample::select(vec![None, Some("DE"), Some("FR"), Some("JP")]),
        seed: usize,
    ) {
        let goods = goods(prices.iter().enumerate().map(|(i, price)| VariantRecord { limits: Limits { max: Some(100), ..Limits::default() }, ..variant(&format!("S{i}"), *price) }));
        let names: Vec<String> = picks.iter().map(|(i, _)| format!("S{}", i % prices.len())).collect();
        let lines: Vec<(&str, u32)> = names.iter().zip(&picks).map(|(name, (_, n))| (name.as_str(), *n)).collect();
        let first = quote(&goods, &terms(inclusive), &cart(&lines, country)).expect("a quote");

        let lines_total: i64 = first.lines.iter().map(|line| line.total).sum();
        let added = if inclusive { 0 } else { first.tax_total };
        prop_assert_eq!(first.total, lines_total + first.shipping.unwrap_or(0) + added);
        prop_assert_eq!(first.due, first.total - first.gift_cards_total);
        prop_assert_eq!(first.taxes.iter().map(|row| row.tax).sum::<i64>(), first.tax_total);
        prop_assert!(first.lines.iter().all(|line| line.total >= 0 && line.tax >= 0));

        let mut shuffled: Vec<(&str, u32)> = lines.iter().flat_map(|(sku, n)| vec![(*sku, 1); *n as usize]).collect();
        let len = shuffled.len();
        for i in 0..len {
            shuffled.swap(i, seed.wrapping_mul(i + 7) % len);
        }
        prop_assume!(shuffled.len() <= 60);
        prop_assert_eq!(first, quote(&goods, &terms(inclusive), &cart(&shuffled, country)).expect("a quote"));
    }
}
