//! Which discounts apply, and what they take off lines.

use catalog::bundle::Delivery;
use catalog::currency::Currency;
use catalog::discount::{Benefit, Combines, Discount, Reduction};

use super::exact::{Exact, fraction, largest_remainder, lesser, rounded, sum, whole, zero};
use super::lines::{Line, is_within};
use super::{Reasons, Trace};
use crate::shop::Case;

/// A discount that applies.
pub struct Applied<'a> {
    pub discount: &'a Discount,
    /// As the shopper wrote it.
    pub code: Option<&'a str>,
    /// Indices of the lines that it is for.
    lines: Vec<usize>,
    /// What it has taken off so far.
    pub amount: Exact,
}

/// Those that apply, in the order in which they count.
pub fn chosen<'a>(case: &'a Case, currency: Currency, lines: &[Line<'_>], reasons: &mut Reasons) -> Vec<Applied<'a>> {
    let all = &case.terms.discounts;
    for code in &case.cart.discounts {
        if !all.iter().any(|discount| asks_for(code, discount)) {
            reasons.push("unknown");
        }
    }
    let mut candidates = Vec::new();
    for discount in all {
        let code = case.cart.discounts.iter().find(|code| asks_for(code, discount));
        if !discount.codes.is_empty() && code.is_none() {
            continue;
        }
        match qualifying(case, currency, lines, discount) {
            Ok(lines) => candidates.push(Applied { discount, code: code.map(String::as_str), lines, amount: zero() }),
            Err(reason) => {
                let times = case.cart.discounts.iter().filter(|code| asks_for(code, discount)).count();
                reasons.extend(std::iter::repeat_n(reason, times));
            }
        }
    }
    // Both sorts keep the order of equals, so that the editor's order decides last.
    candidates.sort_by_key(|candidate| candidate.code.is_none());
    candidates.sort_by_key(|candidate| -candidate.discount.priority);
    let mut chosen: Vec<Applied<'a>> = Vec::new();
    for candidate in candidates {
        if chosen.iter().all(|before| go_together(before.discount, candidate.discount)) {
            chosen.push(candidate);
        } else if candidate.code.is_some() {
            reasons.push("combination");
        }
    }
    chosen
}

fn asks_for(code: &str, discount: &Discount) -> bool {
    discount.codes.iter().any(|known| *known == code.trim().to_uppercase())
}

/// Each has to allow the other.
fn go_together(a: &Discount, b: &Discount) -> bool {
    let one_is_for_shipping = is_for_shipping(a) != is_for_shipping(b);
    [a, b].iter().all(|discount| match discount.combines {
        Combines::All => true,
        Combines::Shipping => one_is_for_shipping,
        Combines::None => false,
    })
}

/// The lines that a discount is for, of those that there are.
fn targeted(lines: &[Line<'_>], discount: &Discount) -> Vec<usize> {
    let target = &discount.target;
    let is_meant = |line: &Line<'_>| {
        let Some(record) = line.record else { return false };
        let is_everything = target.skus.is_empty() && target.groups.is_empty();
        let is_named = target.skus.contains(&line.sku);
        let is_in_group = record.groups.iter().any(|group| target.groups.contains(group));
        record.delivery != Delivery::GiftCard && (is_everything || is_named || is_in_group)
    };
    (0..lines.len()).filter(|index| is_meant(&lines[*index])).collect()
}

/// Of these, the lines that count for it.
fn counting(lines: &[Line<'_>], discount: &Discount) -> Vec<usize> {
    let is_left_out = |index: &usize| discount.excludes_reduced && lines[*index].compare_at.is_some();
    targeted(lines, discount).into_iter().filter(|index| !is_left_out(index)).collect()
}

/// Whether the goods are worth, and as many as, a discount asks for.
pub fn is_enough(currency: Currency, lines: &[Line<'_>], discount: &Discount) -> (bool, bool) {
    let counting = counting(lines, discount);
    let spent = sum(counting.iter().map(|index| &lines[*index].total));
    let units: u64 = counting.iter().map(|index| u64::from(lines[*index].quantity)).sum();
    let is_spent = discount.min_spend.as_ref().is_none_or(|least| spent >= whole(least[&currency]));
    (is_spent, discount.min_quantity.is_none_or(|least| units >= u64::from(least)))
}

fn qualifying(case: &Case, currency: Currency, lines: &[Line<'_>], discount: &Discount) -> Result<Vec<usize>, &'static str> {
    let counting = counting(lines, discount);
    let (is_spent, are_many) = is_enough(currency, lines, discount);
    let now = case.circumstances.now;
    if discount.window.from.is_some_and(|from| from > now) {
        Err("early")
    } else if !is_within(discount.window, now) {
        Err("expired")
    } else if case.circumstances.used_up.contains(&discount.id) {
        Err("used_up")
    } else if targeted(lines, discount).is_empty() {
        Err("no_goods")
    } else if counting.is_empty() {
        Err("reduced_goods")
    } else if !is_spent {
        Err("min_spend")
    } else if !are_many {
        Err("min_quantity")
    } else {
        Ok(counting)
    }
}

/// What a reduction takes off an amount, which is never more than the amount.
fn off(reduction: &Reduction, amount: &Exact, currency: Currency) -> Exact {
    let off = match reduction {
        Reduction::Percent(basis_points) => rounded(&(amount * fraction(*basis_points))),
        Reduction::Amount(amounts) => whole(amounts[&currency]),
    };
    lesser(off, amount.clone())
}

/// What remains of what a discount would take off: no more than its cap, spread over what it would take off each.
fn capped(discount: &Discount, offs: Vec<Exact>, currency: Currency, trace: &mut Trace) -> Vec<Exact> {
    let Some(cap) = discount.cap.as_ref().map(|cap| whole(cap[&currency])) else { return offs };
    if sum(&offs) <= cap {
        return offs;
    }
    trace.capped.insert(discount.id.clone());
    largest_remainder(&cap, &offs)
}

impl Applied<'_> {
    fn take(&mut self, lines: &mut [Line<'_>], offs: impl IntoIterator<Item = (usize, Exact)>) {
        for (index, off) in offs {
            lines[index].discount += &off;
            lines[index].total -= &off;
            self.amount += off;
        }
    }
}

/// Takes everything off the lines that is to be taken off them.
pub fn reduce(applied: &mut [Applied<'_>], lines: &mut [Line<'_>], currency: Currency, trace: &mut Trace) {
    best_of_each_line(applied, lines, currency, trace);
    buy_some_get_some(applied, lines, currency, trace);
    of_the_order(applied, lines, currency, trace);
}

/// Whether it is about sending and not about goods.
pub fn is_for_shipping(discount: &Discount) -> bool {
    matches!(discount.benefit, Benefit::Shipping(_))
}

/// For each line the discount that takes most off it; of equals the first.
fn best_of_each_line(applied: &mut [Applied<'_>], lines: &mut [Line<'_>], currency: Currency, trace: &mut Trace) {
    let mut offs: Vec<Vec<(usize, Exact)>> = vec![Vec::new(); applied.len()];
    for (index, line) in lines.iter().enumerate() {
        let mut best: Option<(usize, Exact)> = None;
        for (which, candidate) in applied.iter().enumerate() {
            let Benefit::Lines(reduction) = &candidate.discount.benefit else { continue };
            if !candidate.lines.contains(&index) {
                continue;
            }
            let off = match reduction {
                Reduction::Percent(_) => off(reduction, &line.total, currency),
                // Of each unit.
                Reduction::Amount(_) => off(reduction, &line.unit_price, currency) * whole(line.quantity),
            };
            if off > best.as_ref().map_or(zero(), |(_, most)| most.clone()) {
                best = Some((which, off));
            }
        }
        trace.line_discounts.push(best.as_ref().map(|(which, _)| applied[*which].discount.id.clone()));
        if let Some((which, off)) = best {
            offs[which].push((index, off));
        }
    }
    for (discount, offs) in applied.iter_mut().zip(offs) {
        let (indices, offs): (Vec<usize>, Vec<Exact>) = offs.into_iter().unzip();
        let offs = capped(discount.discount, offs, currency, trace);
        discount.take(lines, indices.into_iter().zip(offs));
    }
}

/// Of every `buy + get` units the cheapest `get`. All units lie on the counter, each is looked at by itself, and what one
/// discount has counted is put away.
fn buy_some_get_some(applied: &mut [Applied<'_>], lines: &mut [Line<'_>], currency: Currency, trace: &mut Trace) {
    let one: Vec<Exact> = lines.iter().map(|line| &line.total / whole(line.quantity)).collect();
    // The line of each unit, in the order of the lines.
    let mut counter: Vec<usize> = lines.iter().enumerate().flat_map(|(index, line)| vec![index; line.quantity as usize]).collect();
    for discount in applied {
        let Benefit::BuyGet { buy, get, percent_bp } = discount.discount.benefit else { continue };
        let (mut meant, other): (Vec<usize>, Vec<usize>) = counter.into_iter().partition(|unit| discount.lines.contains(unit));
        meant.sort_by(|a, b| one[*a].cmp(&one[*b]));
        let groups = meant.len() / (buy + get) as usize;
        let left = meant.split_off(groups * (buy + get) as usize);
        let reduced = &meant[..groups * get as usize];
        let mut offs = Vec::new();
        let mut units_of_line = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let units = reduced.iter().filter(|unit| **unit == index).count();
            let off = rounded(&(whole(units) * &one[index] * fraction(percent_bp)));
            offs.push(lesser(off, line.total.clone()));
            units_of_line.push(units);
        }
        trace.reduced_units.push((discount.discount.id.clone(), units_of_line));
        counter = [other, left].concat();
        counter.sort_unstable();
        let offs = capped(discount.discount, offs, currency, trace);
        discount.take(lines, offs.into_iter().enumerate());
    }
}

/// Each on what is left by those before it, spread over its lines by what is left of them.
fn of_the_order(applied: &mut [Applied<'_>], lines: &mut [Line<'_>], currency: Currency, trace: &mut Trace) {
    for discount in applied {
        let Benefit::Order(reduction) = &discount.discount.benefit else { continue };
        let left: Vec<Exact> = discount.lines.iter().map(|index| lines[*index].total.clone()).collect();
        let off = off(reduction, &sum(&left), currency);
        let off = capped(discount.discount, vec![off], currency, trace).remove(0);
        let shares = largest_remainder(&off, &left);
        let indices = discount.lines.clone();
        discount.take(lines, indices.into_iter().zip(shares));
    }
}

/// What is taken off a price of sending: each on what is left by those before it.
pub fn off_sending(applied: &[Applied<'_>], price: &Exact, currency: Currency) -> Vec<Exact> {
    let mut left = price.clone();
    let mut offs = Vec::new();
    for discount in applied {
        let off = match &discount.discount.benefit {
            Benefit::Shipping(reduction) => {
                capped(discount.discount, vec![off(reduction, &left, currency)], currency, &mut Trace::default()).remove(0)
            }
            _ => zero(),
        };
        left -= &off;
        offs.push(off);
    }
    offs
}
