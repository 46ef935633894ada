//! More of a thing never costs less, unless a threshold that the shop has set is crossed.

use std::iter::zip;

use catalog::discount::Benefit;
use catalog::shipping::ShippingTax;
use proptest::prelude::*;

use crate::check;
use crate::reference::{self, Numbers, Trace};
use crate::shop::{Case, Draw, Kind, cases, tapes};

#[test]
fn more_of_a_thing_never_costs_less() {
    check((cases(Kind::Sound), tapes(1)), |(case, tape)| {
        let more = with_one_more(&case, &tape);
        let Comparison { before, after, roundings, threshold } = compare(&case, &more);
        // One rounding never turns more into less. Several can, since what one of them deals out the next one measures, but
        // each by less than a minor unit of each line.
        let slack = if roundings > 1 { roundings * case.cart.lines.len() } else { 0 };
        let slack = i64::try_from(slack).expect("a few minor units");
        if threshold.is_none() {
            prop_assert!(after + slack >= before, "{} became {}", before, after);
        }
        Ok(())
    });
}

/// What makes more cost less, because an editor wants it so or because nothing else is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// The `from` of a price for many.
    PriceForMany,
    /// A discount's `min_spend` or `min_quantity`.
    Condition,
    /// The end of a method's band; after the last one another method is taken, or none.
    Band,
    /// A method's `free_over`.
    FreeOver,
    /// Where `get` is more than one, or other discounts or taxes weigh units differently: a buy-x-get-y discount reduces more
    /// units than before of a line that has not become longer. The one more has completed a group (with `get: 2` two others
    /// are reduced for one that is bought), or it has set free units that complete a group of another such discount, or
    /// it has made its line's units dearer than those of another line.
    Group,
    /// A buy-x-get-y discount that is held back by its cap reduces other units than before, so that the cap is spread in
    /// another way; what it gives back on one line, discounts of the order and taxes take less of than on the other.
    CapOfGroup,
    /// A rounding has made another discount the best for the line, and one of the two is capped. The best is chosen before
    /// caps are looked at, because a cap is of all lines together.
    CapOfLine,
}

/// What a cart costs before and after one more is put into it.
pub struct Comparison {
    before: i64,
    after: i64,
    /// How many roundings lie one upon another.
    pub roundings: usize,
    /// The one that is crossed.
    pub threshold: Option<Threshold>,
}

/// The same cart with one more of one of its lines.
pub fn with_one_more(case: &Case, tape: &Vec<u16>) -> Case {
    let mut more = case.clone();
    let last = u32::try_from(more.cart.lines.len()).expect("a short cart") - 1;
    let line = &mut more.cart.lines[Draw::from(tape).within(0, last) as usize];
    line.quantity = (line.quantity.as_u64().expect("a number") + 1).into();
    more
}

/// Compares by the quote, and finds with the reference what was crossed.
pub fn compare(case: &Case, more: &Case) -> Comparison {
    let cost = |case: &Case| cost(case, &Numbers::from(&case.quote().expect("these carts are sound")));
    let (numbers, before) = reference::quote(case).expect("these carts are sound");
    let (raised, after) = reference::quote(more).expect("one more is sound too");
    let line = zip(&numbers.lines, &raised.lines).position(|(before, after)| before.quantity != after.quantity);
    let roundings = before.reducing.max(after.reducing) + usize::from(!numbers.tax_included);
    let threshold = crossed(case, &before, &after, line.expect("one line has more"), roundings);
    Comparison { before: cost(case), after: cost(more), roundings, threshold }
}

/// The total, without gift cards. Where sending is taxed as the goods are, its tax falls when goods with a lower rate are
/// added, and can fall by more than they cost. That is how it is taxed and not a fault, so that tax is left out.
fn cost(case: &Case, numbers: &Numbers) -> i64 {
    if case.terms.shipping.tax == ShippingTax::Goods && !numbers.tax_included {
        let of_lines: i64 = numbers.lines.iter().map(|line| line.tax).sum();
        return numbers.total - numbers.tax_total + of_lines;
    }
    numbers.total
}

fn crossed(case: &Case, before: &Trace, after: &Trace, raised: usize, roundings: usize) -> Option<Threshold> {
    let is_capped = |id: &str| before.capped.contains(id) || after.capped.contains(id);
    let gets_several = case.terms.discounts.iter().any(|discount| matches!(discount.benefit, Benefit::BuyGet { get: 2.., .. }));
    let has_cap = |id: &String| case.terms.discounts.iter().any(|discount| discount.id == *id && discount.cap.is_some());
    let groups = || zip(&before.reduced_units, &after.reduced_units).filter(|(before, after)| before != after);
    let completes = |before: &[usize], after: &[usize]| {
        let mut lines = zip(before, after).enumerate();
        lines.any(|(line, (before, after))| *after > before + usize::from(line == raised))
    };
    let bands = |trace: &Trace| trace.methods.iter().map(|(code, (band, _))| (code.clone(), *band)).collect::<Vec<_>>();
    let (best, best_after) = (&before.line_discounts[raised], &after.line_discounts[raised]);
    let thresholds = [
        (Threshold::PriceForMany, before.tiers != after.tiers),
        (Threshold::Condition, before.enough != after.enough),
        (Threshold::Band, bands(before) != bands(after)),
        (Threshold::FreeOver, bands(before) == bands(after) && before.methods != after.methods),
        (Threshold::Group, (roundings > 1 || gets_several) && groups().any(|((_, before), (_, after))| completes(before, after))),
        (Threshold::CapOfGroup, roundings > 1 && groups().any(|((id, _), _)| is_capped(id))),
        (Threshold::CapOfLine, best != best_after && best.iter().chain(best_after).any(has_cap)),
    ];
    thresholds.into_iter().find(|(_, is_crossed)| *is_crossed).map(|(threshold, _)| threshold)
}
