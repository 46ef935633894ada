//! However refunds of all kinds follow on each other, together they are the order, rate by rate (R17).

use std::collections::BTreeMap;

use catalog::bundle::Delivery;
use catalog::by_rate::{self, RateSum};
use catalog::quote::{Quote, QuoteLine, ShippingTaxRow};
use proptest::prelude::*;

use crate::decide::tests::{facts, order, paid_by, quote};
use crate::decide::{Command, Decision, Declined, GiveBack, Refunding, ReturnLine, SeenRefund, decide};
use crate::order::{Order, PaymentId};

fn line(quantity: u32, total: i64, rate_bp: u32) -> QuoteLine {
    QuoteLine {
        sku: format!("SKU-{rate_bp}"),
        product: None,
        title: String::new(),
        options: vec![],
        written: None,
        fields: BTreeMap::new(),
        quantity,
        unit_price: total / i64::from(quantity),
        compare_at: None,
        discount: 0,
        tax: tax_in(total, rate_bp),
        total,
        tax_rate_bp: rate_bp,
        image: None,
        url: None,
        delivery: Some(Delivery::Physical),
        available: true,
        ships_from: None,
    }
}

fn tax_in(gross: i64, rate_bp: u32) -> i64 {
    let rate = i64::from(rate_bp);
    (gross * rate * 2 + 10_000 + rate) / ((10_000 + rate) * 2)
}

/// Sending is taxed at the rates of the first two lines.
fn bought(lines: Vec<QuoteLine>, shipping: i64) -> Order {
    let sent = |price: i64, line: &QuoteLine| ShippingTaxRow { rate_bp: line.tax_rate_bp, price, tax: tax_in(price, line.tax_rate_bp) };
    let rows = [sent(shipping / 3, &lines[0]), sent(shipping - shipping / 3, &lines[1])];
    let shipping_taxes: Vec<_> = rows.into_iter().filter(|row| row.price > 0).collect();
    let tax_total = lines.iter().map(|line| line.tax).chain(shipping_taxes.iter().map(|row| row.tax)).sum();
    let total = lines.iter().map(|line| line.total).sum::<i64>() + shipping;
    let quote = Quote { lines, shipping: Some(shipping), shipping_taxes, tax_total, ..quote(total) };
    Order { quote, ..order(paid_by("p1")) }
}

fn give(order: &Order, lines: &[(usize, u32)], what: GiveBack) -> Result<Order, Declined> {
    let lines = lines.iter().map(|(line, quantity)| ReturnLine { line: *line, quantity: *quantity, is_restocked: true }).collect();
    let id = format!("r{}", order.refunds.len());
    decide(order.clone(), Command::GiveBack(GiveBack { id, lines, ..what }), &facts()).map(|Decision { order, .. }| order)
}

/// What somebody gives back at the gateway.
fn adopt(order: &Order, amount: i64) -> Order {
    let refunds = vec![SeenRefund { id: format!("re{}", order.refunds.len()), key: None, amount, state: Refunding::Done }];
    let learn = Command::Learn { payment: PaymentId("p1".into()), refunds, disputes: vec![] };
    decide(order.clone(), learn, &facts()).expect("learnt").order
}

fn other(amount: i64) -> GiveBack {
    GiveBack { other: amount, ..GiveBack::default() }
}

fn rest(order: &Order) -> Result<Order, Declined> {
    let lines: Vec<(usize, u32)> = (0..order.quote.lines.len())
        .map(|line| (line, order.quote.lines[line].quantity - order.returned_units(line)))
        .filter(|(_, units)| *units > 0)
        .collect();
    let shipping = order.shipping_paid() - order.returns().map(|returned| returned.shipping).sum::<i64>();
    give(order, &lines, GiveBack { shipping, is_rest: true, ..GiveBack::default() })
}

/// One line at 19 %, one at 7 %.
fn two_rates() -> Order {
    bought(vec![line(1, 10_000, 1900), line(1, 10_000, 700)], 0)
}

#[test]
fn an_amount_after_a_line_comes_from_what_is_left() {
    let [low, high] = [RateSum::of(700, 10_000, 654), RateSum::of(1900, 10_000, 1597)];
    let line_first = give(&give(&two_rates(), &[(0, 1)], GiveBack::default()).expect("a line"), &[], other(10_000)).expect("the rest");
    assert_eq!(line_first.refunds_by_rate(), [[high], [low]]);
    // The other way around, and with a refund at the gateway in between.
    let order =
        give(&adopt(&give(&two_rates(), &[], other(5000)).expect("an amount"), 5000), &[(0, 1)], GiveBack::default()).expect("a line");
    assert_eq!(by_rate::sum(order.refunds_by_rate().concat()), [low, high]);
    assert_eq!(order.refunds_by_rate()[0], [RateSum::of(700, 2500, 164), RateSum::of(1900, 2500, 399)]);
    assert_eq!(order.refunds_by_rate()[2], [RateSum::of(700, 5000, 327), RateSum::of(1900, 5000, 799)]);
}

#[test]
fn the_rest_is_what_is_left_and_no_more() {
    let order = bought(vec![line(3, 6000, 1900), line(1, 2000, 700)], 490);
    let amounts = adopt(&give(&order, &[], other(500)).expect("an amount"), 1000);
    let parts = give(&amounts, &[(0, 1)], GiveBack { shipping: 90, ..GiveBack::default() }).expect("a part");
    let all = rest(&parts).expect("the rest");
    let last = all.refunds.last().expect("a refund");
    assert_eq!((last.total(), last.returned().map(|returned| (returned.shipping, returned.other))), (4900, Some((400, -1500))));
    assert!(all.is_refunded());
    assert_eq!(by_rate::sum(all.refunds_by_rate().concat()), by_rate::of_order(&all.quote));
    // Everything went back as money before: the goods come back still, once.
    let goods = rest(&give(&order, &[], other(8490)).expect("all of it")).expect("the goods");
    assert_eq!((goods.refunds[1].total(), goods.returned_units(0), goods.to_send()), (0, 3, vec![]));
    assert_eq!(rest(&goods), Err(Declined::NothingBack));
    assert_eq!(rest(&adopt(&order, 9000)).expect("the goods").refunds[1].total(), 0, "more was given back than was paid");
}

#[derive(Debug, Clone)]
enum Step {
    Back(Vec<(usize, u32)>, i64, i64, bool),
    Adopt(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let lines = prop::collection::vec((0..3_usize, 1..3_u32), 0..3);
    let some = |most: i64| prop_oneof![Just(0), 0..most];
    prop_oneof![
        4 => (lines, some(400), some(6000), prop::bool::weighted(0.1))
            .prop_map(|(lines, shipping, other, is_rest)| Step::Back(lines, shipping, other, is_rest)),
        1 => (1..3000_i64).prop_map(Step::Adopt),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn refunds_of_all_kinds_are_the_order_in_the_end(
        lines in prop::collection::vec((1..5_u32, 0..9000_i64), 3),
        rates in prop_oneof![Just([1900, 700, 0]), Just([1900, 700, 1900]), Just([2500, 1200, 600])],
        shipping in 0..1500_i64,
        steps in prop::collection::vec(any_step(), 0..9),
        ends_by_amount in any::<bool>(),
    ) {
        let lines = lines.into_iter().zip(rates).map(|((quantity, total), rate)| line(quantity, total, rate)).collect();
        let mut order = bought(lines, shipping);
        for step in steps {
            order = match step {
                Step::Back(lines, shipping, other, is_rest) => {
                    give(&order, &lines, GiveBack { shipping, other, is_rest, ..GiveBack::default() }).unwrap_or(order)
                }
                Step::Adopt(amount) if amount <= order.refundable() => adopt(&order, amount),
                Step::Adopt(_) => order,
            };
        }
        let left = order.refundable();
        if left > 0 {
            order = if ends_by_amount { give(&order, &[], other(left)) } else { rest(&order) }.expect("the rest");
        }
        prop_assert_eq!(order.refunded(), order.quote.total);
        let parts = order.refunds_by_rate();
        for (refund, sums) in order.refunds.iter().zip(&parts) {
            prop_assert_eq!(sums.iter().map(|sum| sum.gross).sum::<i64>(), refund.total());
            prop_assert!(sums.iter().all(|sum| sum.gross >= 0 && sum.tax >= 0 && sum.net >= 0), "{:?}", sums);
            let tax: i64 = sums.iter().map(|sum| sum.tax).sum();
            prop_assert_eq!(refund.returned().map_or(tax, |returned| returned.tax), tax);
        }
        let some = |sums: Vec<RateSum>| sums.into_iter().filter(|sum| sum.gross != 0).collect::<Vec<_>>();
        prop_assert_eq!(some(by_rate::sum(parts.concat())), some(by_rate::of_order(&order.quote)));
    }
}
