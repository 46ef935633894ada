//! However an order is given back, the parts sum to what was paid (R17).

use catalog::by_rate;
use catalog::quote::Quote;
use catalog::refund::{of_line, of_order};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::check;
use crate::shop::{Draw, Kind, cases, tapes};

#[test]
fn parts_of_lines_and_shipping_sum_to_the_payment() {
    check((cases(Kind::Sound), tapes(60)), |(case, tape)| {
        let mut draw = Draw::from(&tape);
        let quote = case.quote().expect("these carts are sound");
        let unit = [1, 10, 100][draw.within(0, 2) as usize];
        let mut back = 0;
        for line in &quote.lines {
            let (mut before, mut amount, mut tax) = (0, 0, 0);
            while before < line.quantity {
                let units = draw.within(1, line.quantity - before);
                let part = of_line(&quote, line, before, units, unit);
                prop_assert!(part.amount >= 0 && part.tax >= 0, "{:?} of {:?}", part, line);
                before += units;
                amount += part.amount;
                tax += part.tax;
            }
            let paid = line.total + if quote.tax_included { 0 } else { line.tax };
            if line.quantity > 1 {
                let first = of_line(&quote, line, 0, 1, unit);
                prop_assert_eq!(first.amount % unit, 0, "{:?} of {:?} can be paid out", first, line);
            }
            prop_assert_eq!((amount, tax), (paid, line.tax));
            back += amount;
        }
        let tax_of_lines: i64 = quote.lines.iter().map(|line| line.tax).sum();
        let added = if quote.tax_included { 0 } else { quote.tax_total - tax_of_lines };
        prop_assert_eq!(back + quote.shipping.unwrap_or(0) + added, quote.total);
        Ok(())
    });
}

#[test]
fn parts_of_an_order_sum_to_it_and_never_exceed_it() {
    check((cases(Kind::Sound), tapes(40)), |(case, tape)| amounts_go_back(&case.quote().expect("these carts are sound"), &tape));
}

fn amounts_go_back(quote: &Quote, tape: &[u16]) -> TestCaseResult {
    let tape = tape.to_vec();
    let mut draw = Draw::from(&tape);
    let (mut before, mut tax) = (0, 0);
    let mut give = |before: &mut i64, amount: i64| {
        let left = quote.total - *before;
        prop_assert_eq!(of_order(quote, *before, left + 1), None);
        prop_assert_eq!(of_order(quote, *before, i64::MAX), None);
        prop_assert_eq!(of_order(quote, *before, -1), None);
        let part = of_order(quote, *before, amount);
        prop_assert!(part.is_some(), "{} of {} after {}", amount, quote.total, before);
        let part = part.expect("a part");
        prop_assert_eq!(part.amount, amount);
        prop_assert!((0..=amount).contains(&part.tax), "{:?}", part);
        *before += amount;
        tax += part.tax;
        Ok(())
    };
    for _ in 0..draw.within(1, 8) {
        let left = u32::try_from(quote.total - before).expect("a small order");
        let amount = draw.within(0, left);
        give(&mut before, i64::from(amount))?;
    }
    let rest = quote.total - before;
    give(&mut before, rest)?;
    prop_assert_eq!((before, tax), (quote.total, quote.tax_total));
    Ok(())
}

#[test]
fn parts_by_rate_sum_to_the_part_and_in_the_end_to_the_rate() {
    check((cases(Kind::Sound), tapes(60)), |(case, tape)| {
        let mut draw = Draw::from(&tape);
        let quote = case.quote().expect("these carts are sound");
        let whole = by_rate::of_order(&quote);
        let (mut before, mut parts) = ((0, 0), Vec::new());
        for last in [false, false, true] {
            let of = |left: i64, draw: &mut Draw<'_>| if last { left } else { left * i64::from(draw.within(0, 100)) / 100 };
            let (gross, tax) = (of(quote.total - before.0, &mut draw), of(quote.tax_total - before.1, &mut draw));
            let part = by_rate::part(&whole, before, gross, tax);
            prop_assert_eq!(part.iter().map(|sum| sum.gross).sum::<i64>(), gross);
            prop_assert_eq!(part.iter().map(|sum| sum.tax).sum::<i64>(), tax);
            before = (before.0 + gross, before.1 + tax);
            parts.extend(part);
        }
        prop_assert_eq!(by_rate::sum(parts), whole);
        Ok(())
    });
}
