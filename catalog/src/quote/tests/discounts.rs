//! Each kind of discount × target × combination with expected cents, and every reason for which a code is refused.

use super::{amounts, cart, goods, terms, variant};
use crate::bundle::{Delivery, VariantRecord};
use crate::cart::Cart;
use crate::currency::{Currency, Gateway};
use crate::discount::{Benefit, Combines, Discount, Reduction, Target};
use crate::product::{Pricing, Window};
use crate::quote::{Circumstances, Goods, Quote, quote};
use crate::terms::Terms;

/// What makes a discount another.
type Change = fn(&mut Discount);

fn percent(points: u32) -> Reduction {
    Reduction::Percent(points * 100)
}

fn amount(minor: i64) -> Reduction {
    Reduction::Amount(amounts(minor))
}

fn discount(id: &str, benefit: Benefit) -> Discount {
    Discount {
        id: id.into(),
        title: id.into(),
        codes: vec![],
        benefit,
        target: Target::default(),
        window: Window::default(),
        min_spend: None,
        min_quantity: None,
        cap: None,
        uses: None,
        uses_per_customer: None,
        excludes_reduced: false,
        priority: 0,
        combines: Combines::All,
    }
}

fn skus(skus: &[&str]) -> Target {
    Target { skus: skus.iter().map(|sku| (*sku).to_owned()).collect(), groups: vec![] }
}

fn groups(groups: &[&str]) -> Target {
    Target { skus: vec![], groups: groups.iter().map(|group| (*group).to_owned()).collect() }
}

/// A mug at 24.90 and a bowl at 19.00 among gifts, a poster at 10.00 in another category, reduced from 15.00; a gift card.
fn shop() -> Goods {
    let of = |groups: &[&str], record: VariantRecord| VariantRecord { groups: groups.iter().map(|g| (*g).to_owned()).collect(), ..record };
    let poster = variant("POSTER", 1000);
    let poster = VariantRecord { pricing: Pricing { compare_at: amounts(1500), ..poster.pricing }, ..poster };
    goods([
        of(&["tag:gift", "category:home"], variant("MUG", 2490)),
        of(&["tag:gift", "collection:winter"], variant("BOWL", 1900)),
        of(&["category:paper"], poster),
        VariantRecord { delivery: Delivery::GiftCard, weight_g: 0, ..of(&["tag:gift"], variant("CARD", 5000)) },
    ])
}

fn terms_with(discounts: Vec<Discount>) -> Terms {
    Terms { discounts, ..terms(true) }
}

#[track_caller]
fn priced(discounts: Vec<Discount>, lines: &[(&str, u32)], codes: &[&str]) -> Quote {
    let cart = Cart { discounts: codes.iter().map(|code| (*code).to_owned()).collect(), ..cart(lines, Some("DE")) };
    let quote = quote(&shop(), &terms_with(discounts), &cart, &Circumstances::default()).expect("a quote");
    let shares: i64 = quote.lines.iter().map(|line| line.discount).sum();
    assert_eq!(quote.discounts.iter().map(|applied| applied.amount).sum::<i64>(), shares + quote.shipping_discount);
    quote
}

/// Discounts of the lines in the order of their SKUs, and that of shipping.
#[track_caller]
fn off(discounts: Vec<Discount>, lines: &[(&str, u32)]) -> (Vec<i64>, i64) {
    let quote = priced(discounts, lines, &[]);
    (quote.lines.iter().map(|line| line.discount).collect(), quote.shipping_discount)
}

#[test]
fn each_kind_for_each_target() {
    use Benefit::{BuyGet, Lines, Order, Shipping};
    let all = [("BOWL", 2), ("MUG", 1), ("POSTER", 3)];
    let for_ = |target: Target, benefit| vec![Discount { target, ..discount("d", benefit) }];
    let everything = Target::default;
    // 3800 + 2490 + 3000 = 9290, free shipping from 60.00, so shipping rows have a cart of their own.
    let rows: Vec<(&str, Vec<Discount>, Vec<i64>)> = vec![
        ("10 % of all lines", for_(everything(), Lines(percent(10))), vec![380, 249, 300]),
        ("10 % of a SKU", for_(skus(&["MUG"]), Lines(percent(10))), vec![0, 249, 0]),
        ("15 % of a tag", for_(groups(&["tag:gift"]), Lines(percent(15))), vec![570, 374, 0]),
        ("half of a category", for_(groups(&["category:paper"]), Lines(percent(50))), vec![0, 0, 1500]),
        ("half of a collection", for_(groups(&["collection:winter"]), Lines(percent(50))), vec![1900, 0, 0]),
        ("3.00 off each", for_(everything(), Lines(amount(300))), vec![600, 300, 900]),
        ("30.00 off each, but not below zero", for_(everything(), Lines(amount(3000))), vec![3800, 2490, 3000]),
        ("3.00 off each of a SKU", for_(skus(&["POSTER"]), Lines(amount(300))), vec![0, 0, 900]),
        ("10 % of the order", for_(everything(), Order(percent(10))), vec![380, 249, 300]),
        // 1000 × 3800/9290 = 409.04, 268.03, 322.93: the remainder goes to the largest fraction.
        ("10.00 off the order", for_(everything(), Order(amount(1000))), vec![409, 268, 323]),
        ("200.00 off the order", for_(everything(), Order(amount(20_000))), vec![3800, 2490, 3000]),
        // 1000 × 3800/6290 = 604.1
        ("10.00 off the gifts in it", for_(groups(&["tag:gift"]), Order(amount(1000))), vec![604, 396, 0]),
        ("a third free", for_(everything(), BuyGet { buy: 2, get: 1, percent_bp: 10_000 }), vec![0, 0, 2000]),
        ("every second at half", for_(everything(), BuyGet { buy: 1, get: 1, percent_bp: 5000 }), vec![0, 0, 1500]),
        ("two bowls for one", for_(skus(&["BOWL"]), BuyGet { buy: 1, get: 1, percent_bp: 10_000 }), vec![1900, 0, 0]),
        ("a third free of gifts", for_(groups(&["tag:gift"]), BuyGet { buy: 2, get: 1, percent_bp: 10_000 }), vec![1900, 0, 0]),
        ("too few for one free", for_(skus(&["MUG"]), BuyGet { buy: 1, get: 1, percent_bp: 10_000 }), vec![0, 0, 0]),
    ];
    for (what, discounts, expected) in rows {
        assert_eq!(off(discounts, &all).0, expected, "{what}");
    }
    let small = [("BOWL", 1)];
    let rows = [
        ("free shipping", Shipping(percent(100)), 490),
        ("half of shipping", Shipping(percent(50)), 245),
        ("3.00 off shipping", Shipping(amount(300)), 300),
        ("more than it costs", Shipping(amount(900)), 490),
    ];
    for (what, benefit, expected) in rows {
        let quote = priced(vec![discount("d", benefit)], &small, &[]);
        assert_eq!((quote.shipping_discount, quote.shipping, quote.due), (expected, Some(490 - expected), 1900 + 490 - expected), "{what}");
    }
}

#[test]
fn combinations() {
    use Benefit::{Lines, Order, Shipping};
    use Combines::{All, None, Shipping as WithShipping};
    let with = |combines, id: &str, benefit| Discount { combines, ..discount(id, benefit) };
    let lines = |combines| with(combines, "lines", Lines(percent(10)));
    let order = |combines| with(combines, "order", Order(amount(500)));
    let sending = |combines| with(combines, "sending", Shipping(percent(100)));
    // A bowl at 19.00 and 4.90 for sending it.
    let rows = [
        (vec![lines(All), order(All), sending(All)], (190 + 500, 490)),
        (vec![lines(None), order(All), sending(All)], (190, 0)),
        (vec![order(None), lines(All), sending(All)], (500, 0)),
        (vec![order(WithShipping), lines(All), sending(All)], (500, 490)),
        (vec![order(WithShipping), sending(WithShipping)], (500, 490)),
        (vec![order(WithShipping), sending(None)], (500, 0)),
        (vec![sending(None), order(All)], (0, 490)),
        (vec![lines(All), with(All, "better", Lines(percent(20)))], (380, 0)),
        (vec![with(All, "a", Order(percent(50))), with(All, "b", Order(percent(50)))], (950 + 475, 0)),
        (vec![Discount { priority: 1, ..order(None) }, lines(None)], (500, 0)),
        (vec![lines(None), Discount { priority: 1, ..order(None) }], (500, 0)),
    ];
    for (discounts, expected) in rows {
        let names: Vec<String> = discounts.iter().map(|d| format!("{} {:?}", d.id, d.combines)).collect();
        let (lines, shipping) = off(discounts, &[("BOWL", 1)]);
        assert_eq!((lines[0], shipping), expected, "{names:?}");
    }
}

#[test]
fn a_code_comes_before_what_applies_by_itself() {
    let code = Discount { codes: vec!["WELCOME".into()], combines: Combines::None, ..discount("code", Benefit::Order(percent(5))) };
    let automatic = Discount { combines: Combines::None, ..discount("auto", Benefit::Order(percent(10))) };
    let discounts = vec![automatic, code];
    let shown = |codes: &[&str]| {
        let quote = priced(discounts.clone(), &[("BOWL", 1)], codes);
        quote.discounts.iter().map(|applied| (applied.id.clone(), applied.code.clone(), applied.amount)).collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]), [("auto".to_owned(), None, 190)]);
    assert_eq!(shown(&[" welcome "]), [("code".to_owned(), Some(" welcome ".to_owned()), 95)]);
}

#[test]
fn caps_hold_for_the_discount_as_a_whole() {
    let capped = |benefit| vec![Discount { cap: Some(amounts(500)), ..discount("d", benefit) }];
    let lines = [("BOWL", 1), ("MUG", 1), ("POSTER", 2)];
    assert_eq!(off(capped(Benefit::Lines(percent(50))), &lines).0, [149, 195, 156], "950 : 1245 : 1000");
    assert_eq!(off(capped(Benefit::Order(percent(50))), &lines).0, [149, 195, 156]);
    assert_eq!(off(capped(Benefit::BuyGet { buy: 1, get: 1, percent_bp: 10_000 }), &lines).0, [0, 0, 500]);
    assert_eq!(off(capped(Benefit::Lines(percent(1))), &lines).0, [19, 25, 20], "below its cap");
}

#[test]
fn conditions_and_the_reasons_why_a_code_is_refused() {
    let coded = |change: fn(&mut Discount)| {
        let mut coded = Discount { codes: vec!["CODE".into()], ..discount("d", Benefit::Order(percent(10))) };
        change(&mut coded);
        coded
    };
    let circumstances = Circumstances { now: 1000, used_up: ["spent".to_owned()].into(), ..Circumstances::default() };
    let reason = |discounts: Vec<Discount>, lines: &[(&str, u32)], codes: &[&str]| {
        let cart = Cart { discounts: codes.iter().map(|code| (*code).to_owned()).collect(), ..cart(lines, Some("DE")) };
        let quote = quote(&shop(), &terms_with(discounts), &cart, &circumstances).expect("a quote");
        quote.notices.into_iter().next().map(|notice| (notice.blocks(), notice.reason.unwrap_or(notice.code)))
    };
    let bowl: &[(&str, u32)] = &[("BOWL", 1)];
    let cases: Vec<(&str, Change)> = vec![
        ("early", |d| d.window.from = Some(1001)),
        ("expired", |d| d.window.until = Some(1000)),
        ("used_up", |d| d.id = "spent".into()),
        ("no_goods", |d| d.target = groups(&["category:paper"])),
        ("min_spend", |d| d.min_spend = Some(amounts(1901))),
        ("min_quantity", |d| d.min_quantity = Some(2)),
    ];
    for (expected, change) in cases {
        assert_eq!(reason(vec![coded(change)], bowl, &["code"]), Some((true, expected.to_owned())));
    }
    let held: Vec<fn(&mut Discount)> = vec![
        |d| d.window = Window { from: Some(1000), until: Some(1001) },
        |d| d.min_spend = Some(amounts(1900)),
        |d| d.min_quantity = Some(1),
        |d| d.excludes_reduced = true,
    ];
    for change in held {
        assert_eq!(reason(vec![coded(change)], bowl, &["code"]), None);
    }
    assert_eq!(reason(vec![], bowl, &["CODE"]), Some((true, "unknown".to_owned())));
    assert_eq!(reason(vec![coded(|d| d.excludes_reduced = true)], &[("POSTER", 1)], &["CODE"]), Some((true, "reduced_goods".to_owned())));
    assert_eq!(reason(vec![coded(|_| {})], &[("CARD", 1)], &["CODE"]), Some((true, "no_goods".to_owned())), "cards are money");
    let other = Discount { codes: vec!["OTHER".into()], combines: Combines::None, ..discount("o", Benefit::Order(percent(1))) };
    assert_eq!(reason(vec![coded(|_| {}), other], bowl, &["CODE", "OTHER"]), Some((true, "combination".to_owned())));
    let better = discount("better", Benefit::Lines(percent(20)));
    let useless = coded(|d| d.benefit = Benefit::Lines(Reduction::Percent(100)));
    assert_eq!(reason(vec![better, useless], bowl, &["CODE"]), Some((false, "discount_not_needed".to_owned())));
}

#[test]
fn reduced_goods_can_be_left_out_and_still_count_for_nothing() {
    let exclusive = Discount { excludes_reduced: true, min_spend: Some(amounts(3000)), ..discount("d", Benefit::Lines(percent(10))) };
    assert_eq!(off(vec![exclusive.clone()], &[("BOWL", 1), ("POSTER", 2)]).0, [0, 0], "19.00 of other goods");
    assert_eq!(off(vec![exclusive], &[("BOWL", 2), ("POSTER", 2)]).0, [380, 0]);
}

#[test]
fn a_unit_counts_for_one_discount_of_many() {
    let two = |id: &str, target| Discount { target, ..discount(id, Benefit::BuyGet { buy: 1, get: 1, percent_bp: 10_000 }) };
    let discounts = vec![two("bowls", skus(&["BOWL"])), two("all", Target::default())];
    assert_eq!(off(discounts.clone(), &[("BOWL", 2), ("MUG", 1)]).0, [1900, 0]);
    assert_eq!(off(discounts, &[("BOWL", 3), ("MUG", 1)]).0, [3800, 0], "the third bowl goes with the mug");
}

/// Kuwait's dinar has thousandths, of which Stripe charges only ten at once; of forints PayPal takes no fillér.
#[test]
fn what_cannot_be_charged_is_never_asked_for() {
    for (code, gateway, unit) in [("KWD", Gateway::Stripe, 10), ("HUF", Gateway::Paypal, 100)] {
        let currency = Currency::parse(code).expect("a currency");
        let priced = |sku: &str, minor| {
            let record = variant(sku, 0);
            VariantRecord { pricing: Pricing::at([(currency, minor)].into()), delivery: Delivery::Digital, ..record }
        };
        let goods = goods([priced("A", 333 * unit), priced("B", 111 * unit), priced("C", unit)]);
        let mut terms = terms(false);
        (terms.currencies, terms.gateways) = (vec![currency], vec![gateway]);
        terms.discounts = vec![
            discount("lines", Benefit::Lines(percent(13))),
            discount("many", Benefit::BuyGet { buy: 1, get: 1, percent_bp: 3300 }),
            discount("order", Benefit::Order(percent(7))),
        ];
        let cart = cart(&[("A", 3), ("B", 4), ("C", 1)], Some("DE"));
        let quote = quote(&goods, &terms, &cart, &Circumstances::default()).expect("a quote");
        assert_eq!(quote.discounts.len(), 3, "{code}");
        for line in &quote.lines {
            let amounts = [line.discount, line.total, line.tax];
            assert!(amounts.iter().all(|amount| amount % unit == 0), "{code}: {line:?}");
        }
        assert!(quote.tax_total > 0 && quote.currency.gateway_text(quote.due, gateway).is_some(), "{code}: {}", quote.due);
    }
}
