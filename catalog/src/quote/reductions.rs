//! Which discounts apply, and what they take off. Chosen once for a cart: by priority, codes before those that apply by
//! themselves, then in the editor's order; one that does not go with one before it is left out.

use super::{AppliedDiscount, DISCOUNT_NOT_NEEDED, Notice, QuoteLine, Setting};
use crate::bundle::Delivery;
use crate::discount::{Benefit, Discount, Reduction, normalized};
use crate::money::{Money, scale_round_to, spread_in};

/// The discounts that apply to a cart, and what each has taken off so far.
pub(super) struct Reductions<'a> {
    chosen: Vec<Chosen<'a>>,
}

struct Chosen<'a> {
    discount: &'a Discount,
    /// As it was written.
    code: Option<&'a str>,
    /// Indices of the lines that it is for.
    lines: Vec<usize>,
    amount: i64,
}

/// Chooses the discounts of a cart. Why a code does not apply is a notice; the others say nothing.
pub(super) fn choose<'a>(setting: &Setting<'a>, lines: &[QuoteLine], codes: &'a [String], notices: &mut Vec<Notice>) -> Reductions<'a> {
    let mut candidates: Vec<Chosen<'a>> = Vec::new();
    for code in codes {
        let wanted = normalized(code);
        match setting.terms.discounts.iter().find(|discount| discount.codes.contains(&wanted)) {
            None => notices.push(refused(code, "unknown", "is not valid")),
            Some(discount) if candidates.iter().any(|known| known.discount.id == discount.id) => {}
            Some(discount) => match qualify(setting, lines, discount) {
                Ok(lines) => candidates.push(Chosen { discount, code: Some(code), lines, amount: 0 }),
                Err((reason, text)) => notices.push(refused(code, reason, &text)),
            },
        }
    }
    for discount in setting.terms.discounts.iter().filter(|discount| discount.codes.is_empty()) {
        if let Ok(lines) = qualify(setting, lines, discount) {
            candidates.push(Chosen { discount, code: None, lines, amount: 0 });
        }
    }
    let place = |chosen: &Chosen<'_>| setting.terms.discounts.iter().position(|discount| discount.id == chosen.discount.id);
    candidates.sort_by_key(|chosen| (std::cmp::Reverse(chosen.discount.priority), chosen.code.is_none(), place(chosen)));
    let mut chosen: Vec<Chosen<'a>> = Vec::new();
    for candidate in candidates {
        match (chosen.iter().find(|other| !other.discount.goes_with(candidate.discount)), candidate.code) {
            (None, _) => chosen.push(candidate),
            (Some(other), Some(code)) => {
                let text = format!("cannot be used together with ‘{}’", other.discount.title.in_language(setting.language));
                notices.push(refused(code, "combination", &text));
            }
            (Some(_), None) => {}
        }
    }
    Reductions { chosen }
}

fn shown(code: &str) -> String {
    code.chars().take(40).collect()
}

fn refused(code: &str, reason: &str, text: &str) -> Notice {
    let notice = Notice::new("invalid_discount", None, format!("the code ‘{}’ {text}", shown(code))).because(reason);
    Notice { about: Some(shown(code)), ..notice }
}

/// The lines that a discount is for, or why it does not apply. Conditions are measured before anything is taken off.
fn qualify(setting: &Setting<'_>, lines: &[QuoteLine], discount: &Discount) -> Result<Vec<usize>, (&'static str, String)> {
    let (now, currency) = (setting.circumstances.now, setting.currency);
    if discount.window.from.is_some_and(|from| now < from) {
        return Err(("early", "is not valid yet".to_owned()));
    }
    if !discount.window.holds(now) {
        return Err(("expired", "has ended".to_owned()));
    }
    if setting.circumstances.used_up.contains(&discount.id) {
        return Err(("used_up", "has been used up".to_owned()));
    }
    let targeted = |line: &QuoteLine| {
        let record = setting.goods.get(&line.sku).filter(|_| line.product.is_some());
        record.filter(|record| record.delivery != Delivery::GiftCard && discount.target.holds(&line.sku, &record.groups))
    };
    let is_reduced = |line: &QuoteLine| line.compare_at.is_some();
    let of_target: Vec<usize> = (0..lines.len()).filter(|index| targeted(&lines[*index]).is_some()).collect();
    if of_target.is_empty() {
        return Err(("no_goods", "is not for anything in the cart".to_owned()));
    }
    let qualifying: Vec<usize> = of_target.into_iter().filter(|index| !(discount.excludes_reduced && is_reduced(&lines[*index]))).collect();
    if qualifying.is_empty() {
        return Err(("reduced_goods", "is not for goods that are reduced already".to_owned()));
    }
    let spent: i64 = qualifying.iter().map(|index| lines[*index].total).sum();
    if let Some(least) = discount.min_spend.as_ref().and_then(|least| least.get(&currency)).filter(|least| spent < **least) {
        return Err(("min_spend", format!("is for orders from {}", Money::new(*least, currency))));
    }
    let units: u64 = qualifying.iter().map(|index| u64::from(lines[*index].quantity)).sum();
    if let Some(least) = discount.min_quantity.filter(|least| units < u64::from(*least)) {
        return Err(("min_quantity", format!("is for {least} or more")));
    }
    Ok(qualifying)
}

impl Reductions<'_> {
    /// Takes off what is for lines, for many, and for the order.
    pub(super) fn reduce_lines(&mut self, setting: &Setting<'_>, lines: &mut [QuoteLine]) {
        self.best_for_each_line(setting, lines);
        self.buy_get(setting, lines);
        self.of_the_order(setting, lines);
    }

    /// Each line gets the one discount that takes most off it; of equals the first.
    fn best_for_each_line(&mut self, setting: &Setting<'_>, lines: &mut [QuoteLine]) {
        let mut best: Vec<Option<(usize, i64)>> = vec![None; lines.len()];
        for (which, chosen) in self.chosen.iter().enumerate() {
            let Benefit::Lines(reduction) = &chosen.discount.benefit else { continue };
            for index in &chosen.lines {
                let off = off_line(reduction, &lines[*index], setting);
                if off > best[*index].map_or(0, |(_, off)| off) {
                    best[*index] = Some((which, off));
                }
            }
        }
        for (which, chosen) in self.chosen.iter_mut().enumerate() {
            let mut offs: Vec<i64> = best.iter().map(|best| best.filter(|(by, _)| *by == which).map_or(0, |(_, off)| off)).collect();
            let together: i64 = offs.iter().sum();
            let capped = capped(chosen.discount, together, setting);
            if capped < together {
                offs = spread_in(setting.unit, capped, &offs);
            }
            chosen.take_off(lines, offs.into_iter().enumerate());
        }
    }

    /// Of every `buy + get` units the cheapest `get` are reduced. A unit counts for one such discount.
    fn buy_get(&mut self, setting: &Setting<'_>, lines: &mut [QuoteLine]) {
        let mut free: Vec<u32> = lines.iter().map(|line| line.quantity).collect();
        // What units are worth does not change while some of them are reduced.
        let worth: Vec<i64> = lines.iter().map(|line| line.total).collect();
        for chosen in &mut self.chosen {
            let Benefit::BuyGet { buy, get, percent_bp } = chosen.discount.benefit else { continue };
            let mut order: Vec<usize> = chosen.lines.iter().copied().filter(|index| free[*index] > 0).collect();
            // Cheapest unit first: totals divided by quantities, compared without dividing. The sort keeps the order of equals.
            order.sort_by(|a, b| {
                let value = |of: usize, by: usize| i128::from(worth[of]) * i128::from(lines[by].quantity);
                value(*a, *b).cmp(&value(*b, *a))
            });
            let units: u64 = order.iter().map(|index| u64::from(free[*index])).sum();
            let groups = units / (u64::from(buy) + u64::from(get)).max(1);
            let mut to_reduce = groups * u64::from(get);
            let mut to_count = groups * (u64::from(buy) + u64::from(get));
            let mut offs = Vec::new();
            for index in order {
                let counted = u32::try_from(to_count.min(u64::from(free[index]))).expect("not more than the line has");
                let reduced = u32::try_from(to_reduce.min(u64::from(counted))).expect("not more than the line has");
                free[index] -= counted;
                to_count -= u64::from(counted);
                to_reduce -= u64::from(reduced);
                let off = off_units(setting, worth[index], lines[index].quantity, (reduced, percent_bp));
                // Parts of a line that are rounded one by one can be more than the line.
                offs.push((index, off.min(lines[index].total)));
            }
            // Ties of a cap go to the first line, and not to the cheapest.
            offs.sort_unstable_by_key(|(index, _)| *index);
            let together: i64 = offs.iter().map(|(_, off)| off).sum();
            let capped = capped(chosen.discount, together, setting);
            if capped < together {
                let shares = spread_in(setting.unit, capped, &offs.iter().map(|(_, off)| *off).collect::<Vec<_>>());
                offs.iter_mut().zip(shares).for_each(|((_, off), share)| *off = share);
            }
            chosen.take_off(lines, offs);
        }
    }

    /// Each on what the ones before it have left, spread over the lines by what they cost.
    fn of_the_order(&mut self, setting: &Setting<'_>, lines: &mut [QuoteLine]) {
        for chosen in &mut self.chosen {
            let Benefit::Order(reduction) = &chosen.discount.benefit else { continue };
            let worth: Vec<i64> = chosen.lines.iter().map(|index| lines[*index].total).collect();
            let off = capped(chosen.discount, reduction.of(worth.iter().sum(), setting.currency, setting.unit), setting);
            let shares: Vec<(usize, i64)> = chosen.lines.iter().copied().zip(spread_in(setting.unit, off, &worth)).collect();
            chosen.take_off(lines, shares);
        }
    }

    /// What is taken off a price of sending.
    pub(super) fn off_shipping(&self, setting: &Setting<'_>, price: i64) -> i64 {
        self.shipping_parts(setting, price).into_iter().map(|(_, off)| off).sum()
    }

    /// Notes what was taken off the price of sending that is to be paid.
    pub(super) fn reduce_shipping(&mut self, setting: &Setting<'_>, price: i64) {
        for (which, off) in self.shipping_parts(setting, price) {
            self.chosen[which].amount += off;
        }
    }

    fn shipping_parts(&self, setting: &Setting<'_>, price: i64) -> Vec<(usize, i64)> {
        let mut left = price;
        let mut parts = Vec::new();
        for (which, chosen) in self.chosen.iter().enumerate() {
            let Benefit::Shipping(reduction) = &chosen.discount.benefit else { continue };
            let off = capped(chosen.discount, reduction.of(left, setting.currency, setting.unit), setting);
            left -= off;
            parts.push((which, off));
        }
        parts
    }

    /// A code that applies and takes nothing off is told, once that is sure: others do better already.
    pub(super) fn tell_useless(&self, setting: &Setting<'_>, shipping_is_known: bool, notices: &mut Vec<Notice>) {
        for chosen in &self.chosen {
            let is_sure = shipping_is_known || !chosen.discount.benefit.is_for_shipping();
            if let (Some(code), 0, true) = (chosen.code, chosen.amount, is_sure) {
                let title = chosen.discount.title.in_language(setting.language);
                let text = format!("the code ‘{}’ ({title}) takes nothing off this order", shown(code));
                notices.push(Notice { about: Some(shown(code)), ..Notice::new(DISCOUNT_NOT_NEEDED, None, text) });
            }
        }
    }

    /// Those that take something off, and codes for shipping whose price is not known yet, in the order in which they do.
    pub(super) fn applied(mut self, setting: &Setting<'_>) -> Vec<AppliedDiscount> {
        self.chosen.sort_by_key(|chosen| match chosen.discount.benefit {
            Benefit::Lines(_) => 0,
            Benefit::BuyGet { .. } => 1,
            Benefit::Order(_) => 2,
            Benefit::Shipping(_) => 3,
        });
        let is_shown = |chosen: &Chosen<'_>| chosen.amount > 0 || chosen.code.is_some();
        let applied = self.chosen.into_iter().filter(is_shown).map(|chosen| AppliedDiscount {
            id: chosen.discount.id.clone(),
            code: chosen.code.map(shown),
            title: chosen.discount.title.in_language(setting.language).to_owned(),
            amount: chosen.amount,
        });
        applied.collect()
    }
}

impl Chosen<'_> {
    fn take_off(&mut self, lines: &mut [QuoteLine], offs: impl IntoIterator<Item = (usize, i64)>) {
        for (index, off) in offs {
            let line = &mut lines[index];
            line.discount += off;
            line.total -= off;
            self.amount += off;
        }
    }
}

/// A percentage is of the line and rounded once; an amount is for each unit.
fn off_line(reduction: &Reduction, line: &QuoteLine, setting: &Setting<'_>) -> i64 {
    match reduction {
        Reduction::Percent(_) => reduction.of(line.total, setting.currency, setting.unit),
        Reduction::Amount(_) => reduction.of(line.unit_price, setting.currency, setting.unit) * i64::from(line.quantity),
    }
}

/// A percentage of some of a line's units, rounded once.
fn off_units(setting: &Setting<'_>, worth: i64, quantity: u32, (units, percent_bp): (u32, u32)) -> i64 {
    let numerator = i64::from(units) * i64::from(percent_bp);
    scale_round_to(setting.unit, worth, numerator, i64::from(quantity) * 10_000).unwrap_or(0).clamp(0, worth)
}

fn capped(discount: &Discount, off: i64, setting: &Setting<'_>) -> i64 {
    let cap = discount.cap.as_ref().and_then(|cap| cap.get(&setting.currency).copied());
    cap.map_or(off, |cap| off.min(cap))
}
