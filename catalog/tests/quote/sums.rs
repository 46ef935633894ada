//! R17: the numbers add up, nothing is negative, and neither the order of lines nor their division matters.

use catalog::by_rate;
use catalog::cart::{Cart, CartLine};
use catalog::quote::Quote;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::check;
use crate::shop::{Case, Draw, Kind, cases, tapes};

#[test]
fn the_numbers_add_up() {
    check(cases(Kind::Any), |case: Case| case.quote().map_or(Ok(()), |quote| adds_up(&quote)));
}

#[test]
fn no_discount_makes_anything_negative() {
    check(cases(Kind::Absurd), |case: Case| {
        let quote = case.quote().expect("these carts are sound");
        adds_up(&quote)?;
        prop_assert!(quote.discount_total <= quote.subtotal);
        Ok(())
    });
}

fn adds_up(quote: &Quote) -> TestCaseResult {
    let lines = || quote.lines.iter();
    let goods: i64 = lines().map(|line| line.total).sum();
    let shipping = quote.shipping.unwrap_or(0);
    let added = if quote.tax_included { 0 } else { quote.tax_total };

    for line in lines() {
        prop_assert_eq!(line.total, line.unit_price * i64::from(line.quantity) - line.discount);
        prop_assert!(line.unit_price >= 0 && line.discount >= 0 && line.total >= 0 && line.tax >= 0, "{:?}", line);
        prop_assert!(!quote.tax_included || line.tax <= line.total, "{:?}", line);
    }
    prop_assert_eq!(quote.subtotal, lines().map(|line| line.unit_price * i64::from(line.quantity)).sum::<i64>());
    prop_assert_eq!(quote.discount_total, lines().map(|line| line.discount).sum::<i64>());
    prop_assert_eq!(quote.subtotal - quote.discount_total, goods);

    let applied: i64 = quote.discounts.iter().map(|applied| applied.amount).sum();
    prop_assert_eq!(applied, quote.discount_total + quote.shipping_discount);
    prop_assert!(quote.discounts.iter().all(|applied| applied.amount >= 0));

    prop_assert!(shipping >= 0 && quote.shipping_discount >= 0);
    prop_assert!(quote.shipping_methods.iter().all(|method| method.price >= 0));
    let chosen = quote.shipping_methods.iter().find(|method| Some(&method.code) == quote.shipping_method.as_ref());
    prop_assert!(chosen.is_none_or(|method| Some(method.price) == quote.shipping));

    prop_assert_eq!(quote.tax_total, quote.taxes.iter().map(|row| row.tax).sum::<i64>());
    prop_assert!(quote.taxes.iter().all(|row| row.tax > 0));
    prop_assert!(quote.tax_total >= lines().map(|line| line.tax).sum::<i64>(), "the rest is on shipping");

    prop_assert_eq!(shipping, quote.shipping_taxes.iter().map(|row| row.price).sum::<i64>());
    let by_rate = by_rate::of_order(quote);
    prop_assert_eq!(quote.total, by_rate.iter().map(|sum| sum.gross).sum::<i64>());
    prop_assert_eq!(quote.tax_total, by_rate.iter().map(|sum| sum.tax).sum::<i64>());
    for sum in &by_rate {
        let tax = quote.taxes.iter().find(|row| row.rate_bp == sum.rate_bp).map_or(0, |row| row.tax);
        prop_assert_eq!((sum.tax, sum.net), (tax, sum.gross - tax));
    }
    // Of a quote from before the parts of sending were written down, the sums are the same.
    let older = by_rate::of_order(&Quote { shipping_taxes: vec![], ..quote.clone() });
    prop_assert_eq!(quote.total, older.iter().map(|sum| sum.gross).sum::<i64>());
    prop_assert_eq!(quote.tax_total, older.iter().map(|sum| sum.tax).sum::<i64>());

    prop_assert_eq!(quote.total, goods + shipping + added);
    prop_assert_eq!(quote.gift_cards_total, quote.gift_cards.iter().map(|card| card.amount).sum::<i64>());
    prop_assert!(quote.gift_cards.iter().all(|card| card.amount >= 0 && card.left >= 0));
    prop_assert_eq!(quote.due, quote.total - quote.gift_cards_total);
    prop_assert!(quote.due >= 0);
    Ok(())
}

#[test]
fn the_order_of_lines_and_their_division_change_nothing() {
    check((cases(Kind::Any), tapes(40)), |(case, tape)| {
        let mut draw = Draw::from(&tape);
        let shuffled = Cart { lines: shuffled(&mut draw, case.cart.lines.clone()), ..case.cart.clone() };
        let divided = Cart { lines: shuffled.lines.iter().flat_map(|line| divided(&mut draw, line)).collect(), ..case.cart.clone() };
        let divided = Cart { lines: self::shuffled(&mut draw, divided.lines), ..divided };
        let quote = case.quote();
        prop_assert_eq!(&quote, &case.quote_of(&shuffled));
        // What is too many for one line may be fewer than that in each of two.
        if quote.is_some() {
            prop_assert_eq!(&quote, &case.quote_of(&divided));
        }
        Ok(())
    });
}

fn shuffled(draw: &mut Draw<'_>, mut lines: Vec<CartLine>) -> Vec<CartLine> {
    let mut shuffled = Vec::new();
    while let Some(last) = u32::try_from(lines.len()).expect("a short cart").checked_sub(1) {
        shuffled.push(lines.remove(draw.within(0, last) as usize));
    }
    shuffled
}

/// A line, or two that are as many together; the second with the spaces that people leave around what they write.
fn divided(draw: &mut Draw<'_>, line: &CartLine) -> Vec<CartLine> {
    let quantity = line.quantity.as_u64().and_then(|quantity| u32::try_from(quantity).ok()).unwrap_or(0);
    if quantity < 2 {
        return vec![line.clone()];
    }
    let first = draw.within(1, quantity - 1);
    let spaced = line.fields.iter().map(|(name, value)| (name.clone(), format!(" {value} "))).collect();
    let part = |quantity: u32| CartLine { quantity: quantity.into(), ..line.clone() };
    vec![part(first), CartLine { fields: spaced, ..part(quantity - first) }]
}
