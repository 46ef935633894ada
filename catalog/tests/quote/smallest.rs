//! The smallest carts of what the properties have found: faults that were, and thresholds at which more costs less.

use catalog::area::Area;
use catalog::bundle::Delivery;
use catalog::cart::CartLine;
use catalog::discount::{Benefit, Discount, Reduction, Target};
use catalog::product::Pricing;
use catalog::shipping::ShippingTax;

use crate::more::{Threshold, compare};
use crate::reference::{self, Numbers};
use crate::shop::{Case, both, plain};

/// A shop with one way of sending, at 100.00, and these lines: SKU, price, quantity. Without tax.
fn shop(lines: &[(&str, i64, u32)], discounts: Vec<Discount>) -> Case {
    let mut case = plain();
    let (_, record) = case.goods.pop_first().expect("an article");
    for (sku, price, _) in lines {
        let mut record = record.clone();
        record.sku = catalog::id::Sku::parse(sku).expect("a SKU");
        record.pricing = Pricing::at(both(*price));
        record.delivery = Delivery::Digital;
        case.goods.insert((*sku).to_owned(), record);
    }
    case.cart.lines = lines.iter().map(|(sku, _, quantity)| CartLine::new(sku, *quantity)).collect();
    case.terms.tax.classes = [("low", 0), ("high", 10_000)].map(|(class, rate)| (class.to_owned(), vec![(Area::EVERYWHERE, rate)])).into();
    case.terms.discounts = discounts;
    case
}

fn discount(id: &str, benefit: Benefit, skus: &[&str], cap: Option<i64>) -> Discount {
    let target = Target { skus: skus.iter().map(|sku| (*sku).to_owned()).collect(), groups: vec![] };
    Discount { id: id.to_owned(), cap: cap.map(both), target, ..crate::shop::plain_discount(benefit) }
}

const FREE: u32 = 10_000;

fn numbers(case: &Case) -> Numbers {
    let numbers = Numbers::from(&case.quote().expect("a sound cart"));
    assert_eq!(Ok(&numbers), reference::quote(case).as_ref().map(|(numbers, _)| numbers));
    numbers
}

/// It went to the line whose units are cheapest.
#[test]
fn a_tie_of_a_cap_goes_to_the_first_line() {
    let three_free = Benefit::BuyGet { buy: 1, get: 3, percent_bp: FREE };
    let numbers = numbers(&shop(&[("A", 100, 2), ("B", 50, 2)], vec![discount("d", three_free, &[], Some(1))]));
    assert_eq!(numbers.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [1, 0]);
}

/// They were told in the order in which they had been chosen.
#[test]
fn discounts_are_told_in_the_order_in_which_they_are_taken_off() {
    let order = discount("order", Benefit::Order(Reduction::Percent(5000)), &[], None);
    let lines = discount("lines", Benefit::Lines(Reduction::Percent(1000)), &[], None);
    let numbers = numbers(&shop(&[("A", 1000, 1)], vec![order, lines]));
    assert_eq!(numbers.discounts, [("lines".to_owned(), None, 100), ("order".to_owned(), None, 450)]);
}

/// 400 units are worth 4 together; 2.5, 0.5 and 0.5 of that are 5 when each is rounded.
#[test]
fn parts_of_a_line_are_never_more_than_the_line() {
    let almost_free = discount("percent", Benefit::Lines(Reduction::Percent(9900)), &[], None);
    let of_many = [(1, 250), (25, 50), (24, 50)];
    let many = of_many.map(|(buy, get)| discount(&format!("of {buy}"), Benefit::BuyGet { buy, get, percent_bp: FREE }, &[], None));
    let numbers = numbers(&shop(&[("A", 1, 400)], [vec![almost_free], many.into()].concat()));
    assert_eq!(numbers.discounts.iter().map(|(_, _, amount)| *amount).collect::<Vec<_>>(), [396, 3, 1]);
    assert_eq!(numbers.total, 0);
}

#[test]
fn more_can_cost_less() {
    let buy_get = |get| discount("units", Benefit::BuyGet { buy: 1, get, percent_bp: FREE }, &[], None);
    let of_some = |skus: &[&str], get| discount("some", Benefit::BuyGet { buy: 1, get, percent_bp: FREE }, skus, None);
    let percent = |basis_points, skus: &[&str], cap| discount("percent", Benefit::Lines(Reduction::Percent(basis_points)), skus, cap);
    let off_each = |minor| discount("each", Benefit::Lines(Reduction::Amount(both(minor))), &[], None);
    let order = |skus: &[&str]| discount("order", Benefit::Order(Reduction::Percent(FREE)), skus, None);
    let capped = Discount { cap: Some(both(50)), ..buy_get(1) };
    let rows = [
        ("the third of three, of which two are free", shop(&[("A", 1000, 2)], vec![buy_get(2)]), 2000, 1000, Threshold::Group),
        // A second A goes with the first, so that B goes with C.
        (
            "a unit that sets another free",
            shop(&[("A", 1, 1), ("B", 100, 1), ("C", 100, 1)], vec![of_some(&["A", "B"], 1), of_some(&["B", "C"], 1)]),
            200,
            101,
            Threshold::Group,
        ),
        // The second A completes a group, so that B is free beside C; A itself costs nothing in the end.
        (
            "a unit that is free later",
            shop(&[("A", 100, 1), ("B", 60, 1), ("C", 50, 1)], vec![buy_get(1), order(&["A"])]),
            60,
            0,
            Threshold::Group,
        ),
        // 12 of the cap's 50 were on B, 38 on C, which costs nothing in the end; now 49 are on B.
        (
            "a cap that is spread in another way",
            shop(&[("A", 1, 1), ("B", 100, 1), ("C", 300, 4)], vec![capped, order(&["C"])]),
            88,
            52,
            Threshold::CapOfGroup,
        ),
        // 75 % of 10 is 8 when it is rounded, as much as 8 off each; of 20 it is 15.
        ("a best discount with a cap", shop(&[("A", 10, 1)], vec![percent(7500, &[], Some(1)), off_each(8)]), 9, 4, Threshold::CapOfLine),
    ];
    for (what, case, before, after, threshold) in rows {
        let more = with_one_more_of_a(&case);
        assert_eq!((numbers(&case).total, numbers(&more).total), (before, after), "{what}");
        assert_eq!(compare(&case, &more).threshold, Some(threshold), "{what}");
    }
}

fn with_one_more_of_a(case: &Case) -> Case {
    let mut more = case.clone();
    let line = &mut more.cart.lines[0];
    line.quantity = (line.quantity.as_u64().expect("a number") + 1).into();
    more
}

/// Sending costs 100.00 and is taxed at 100 % for the half of it that belongs to B, then for a third.
#[test]
fn more_can_cost_less_where_sending_is_taxed_as_the_goods() {
    let mut case = shop(&[("A", 100, 1), ("B", 100, 1)], vec![]);
    for (sku, record) in &mut case.goods {
        record.delivery = Delivery::Physical;
        record.tax_class = if sku == "A" { "low" } else { "high" }.into();
    }
    case.terms.tax.prices_include_tax = false;
    case.terms.shipping.tax = ShippingTax::Goods;
    case.terms.shipping.zones[0].methods = vec![crate::shop::flat(10_000)];
    let total = |case: &Case| numbers(case).total;
    assert_eq!((total(&case), total(&with_one_more_of_a(&case))), (300 + 15_000, 400 + 13_333));
}
