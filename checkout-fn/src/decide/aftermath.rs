//! What follows a payment: something is given back, sent, or disputed. Money is never given back twice: the intent is in
//! the order before the gateway is asked, and everything that was ever given back is counted against what was paid.

use catalog::product::AMOUNT_FIELD;
use catalog::refund;
use jiff::SignedDuration;

use super::{Decision, Declined, Effect, Facts, GoodsBack, Movement, News, TakeBack, attend, unchanged};
use crate::order::{
    CardUse, Dispute, DisputeState, Invoice, Numbered, Order, Payment, PaymentId, Refund, RefundStatus, Returned, ReturnedLine, Sequence,
    Shipment, What,
};

/// How long to wait before asking again about a refund that is on its way.
const ASK_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// What the merchant gives back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GiveBack {
    /// Our name of the refund, unique in the order. One that is there already is not made again.
    pub id: String,
    /// Units of lines, each line once.
    pub lines: Vec<ReturnLine>,
    /// Of what sending has cost, in minor units, tax included.
    pub shipping: i64,
    /// Beside goods and sending, in minor units.
    pub other: i64,
    /// Why.
    pub reason: Option<String>,
}

/// Units of a line that the merchant takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnLine {
    /// Index of the quote's line.
    pub line: usize,
    /// At least 1.
    pub quantity: u32,
    /// Whether they can be sold again.
    pub is_restocked: bool,
}

/// What the merchant has sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcel {
    /// Index of the quote's line, and how many of it; `None`: all that is left.
    pub lines: Option<Vec<(usize, u32)>>,
    /// By whom.
    pub carrier: Option<String>,
    /// The carrier's number of it.
    pub tracking: Option<String>,
}

/// How a refund stands at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunding {
    /// Given back.
    Done,
    /// Accepted; the money is on its way.
    Underway,
    /// Not given, and with this key it will not be.
    Refused(String),
    /// Sent so long ago that it must not be sent again, and the gateway does not know it.
    Lost,
}

/// A refund as the gateway has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRefund {
    /// The gateway's name of it.
    pub id: String,
    /// Our key, where we have made it.
    pub key: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// How it stands.
    pub state: Refunding,
}

/// A dispute as the gateway has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDispute {
    /// The gateway's name of it.
    pub id: String,
    /// How it stands.
    pub state: DisputeState,
}

/// Gives back units of lines, a part of the price of sending, or an amount; together never more than was paid.
pub(super) fn give_back(mut order: Order, wanted: GiveBack, facts: &Facts) -> Result<Decision, Declined> {
    let Payment::Paid { payment, .. } = order.payment.clone() else { return Err(Declined::NotPaid) };
    if order.refunds.iter().any(|refund| refund.id == wanted.id) {
        return Ok(unchanged(order));
    }
    let (returned, goods) = returned(&order, &wanted, facts)?;
    let total = returned.lines.iter().map(|line| line.amount).sum::<i64>() + returned.shipping + returned.other;
    if total > order.refundable() {
        return Err(Declined::TooMuch { left: order.refundable(), asked: total });
    }
    if total == 0 && returned.lines.is_empty() {
        return Err(Declined::NothingBack);
    }
    let (amount, cards) = divide(&order, payment.as_ref(), total);
    let refund = Refund {
        id: wanted.id,
        attempt: 1,
        payment: payment.filter(|_| amount > 0),
        amount,
        cards: cards.clone(),
        status: if amount > 0 { RefundStatus::Pending { ask_at: facts.now } } else { RefundStatus::Succeeded },
        at: facts.now,
        credit_note: None,
        what: What::Order(returned.clone()),
    };
    let movement = Movement::TakeBack(TakeBack { goods, credits: cards, voids: returned.voided });
    let mut effects = vec![Effect::Move(movement), Effect::Tell(News::Refunded)];
    if amount > 0 {
        effects.push(Effect::Refund(refund.clone()));
    }
    order.refunds.push(refund);
    Ok(Decision { order, effects })
}

/// What of the order goes back, and what that does to the stock.
fn returned(order: &Order, wanted: &GiveBack, facts: &Facts) -> Result<(Returned, Vec<GoodsBack>), Declined> {
    let unit = order.currency().chargeable_unit(&[order.gateway]).unwrap_or(1);
    let before = |part: fn(&Returned) -> i64| -> i64 { order.returns().map(part).sum() };
    let mut returned = Returned { reason: wanted.reason.clone(), ..Returned::default() };
    let mut goods: Vec<GoodsBack> = Vec::new();
    if let Some(twice) = named_twice(wanted.lines.iter().map(|asked| asked.line)) {
        return Err(Declined::NamedTwice(twice + 1));
    }
    for asked in &wanted.lines {
        let (line, voided) = line_back(order, *asked, unit, facts)?;
        for part in order.parts.iter().filter(|part| part.line == line.line) {
            count_back(&mut goods, &part.sku, part.per_unit, &line);
        }
        returned.tax += line.tax;
        returned.voided.extend(voided);
        returned.lines.push(line);
    }
    if wanted.shipping < 0 || wanted.other < 0 || wanted.other % unit != 0 {
        return Err(Declined::NotPayable(unit));
    }
    let (paid, sent_before) = (order.shipping_paid(), before(|returned| returned.shipping));
    let shipping = refund::of_sum(paid, order.shipping_tax(), sent_before, wanted.shipping)
        .ok_or(Declined::TooMuchShipping { left: paid - sent_before, asked: wanted.shipping })?;
    let other = refund::of_order(&order.quote, before(|returned| returned.other), wanted.other)
        .ok_or(Declined::TooMuch { left: order.refundable(), asked: wanted.other })?;
    (returned.shipping, returned.other) = (shipping.amount, other.amount);
    // Amounts for nothing in particular take tax from everything; what is left of it is the most.
    let tax_left = order.quote.tax_total - before(|returned| returned.tax);
    returned.tax = (returned.tax + shipping.tax + other.tax).min(tax_left);
    Ok((returned, goods))
}

fn named_twice(lines: impl Iterator<Item = usize>) -> Option<usize> {
    let mut seen = std::collections::BTreeSet::new();
    lines.into_iter().find(|line| !seen.insert(*line))
}

/// Units of a line, and the gift cards among them. A gift card is worth what is left on it.
fn line_back(order: &Order, asked: ReturnLine, unit: i64, facts: &Facts) -> Result<(ReturnedLine, Vec<CardUse>), Declined> {
    let ReturnLine { line, quantity, is_restocked } = asked;
    let priced = order.quote.lines.get(line).ok_or(Declined::UnknownLine(line + 1))?;
    let before = order.returned_units(line);
    let left = priced.quantity.saturating_sub(before);
    if quantity == 0 || quantity > left {
        return Err(Declined::TooManyBack { line: line + 1, left, asked: quantity });
    }
    let cards = order.issues.iter().filter(|issue| issue.line == line && (before..before + quantity).contains(&issue.unit));
    let left_on = |card: &str| facts.balances.get(card).copied().unwrap_or(0);
    let voided: Vec<CardUse> = cards.map(|issue| CardUse { card: issue.card.clone(), amount: left_on(&issue.card) }).collect();
    let unsent = quantity.min(order.unsent_units(line));
    let (amount, tax) = if voided.is_empty() {
        let part = refund::of_line(&order.quote, priced, before, quantity, unit);
        (part.amount, part.tax)
    } else {
        (voided.iter().map(|card| card.amount).sum(), 0)
    };
    Ok((ReturnedLine { line, quantity, unsent, is_restocked, amount, tax }, voided))
}

fn count_back(goods: &mut Vec<GoodsBack>, sku: &str, per_unit: u32, line: &ReturnedLine) {
    let pieces = |units: u32| i64::from(units) * i64::from(per_unit);
    let at = goods.iter().position(|known| known.sku == sku).unwrap_or_else(|| {
        goods.push(GoodsBack { sku: sku.to_owned(), ..GoodsBack::default() });
        goods.len() - 1
    });
    let (sent, unsent) = (pieces(line.quantity - line.unsent), pieces(line.unsent));
    if line.is_restocked {
        goods[at].restocked += sent + unsent;
        goods[at].returned += sent;
    } else {
        // What is not sold again has left the house, if it was ever in it.
        goods[at].returned -= unsent;
    }
}

/// To the gateway up to what it took, the rest onto the gift cards that had paid.
fn divide(order: &Order, payment: Option<&PaymentId>, total: i64) -> (i64, Vec<CardUse>) {
    let earlier = order.refunds.iter().filter(|refund| refund.is_of_order());
    let taken_back: i64 = earlier.clone().map(|refund| refund.amount).sum();
    let by_gateway = if payment.is_some() { total.min((order.due() - taken_back).max(0)) } else { 0 };
    let mut left = total - by_gateway;
    let mut cards = Vec::new();
    for used in &order.cards {
        let credited: i64 = earlier.clone().flat_map(|refund| &refund.cards).filter(|c| c.card == used.card).map(|c| c.amount).sum();
        let amount = left.min(used.amount - credited).max(0);
        if amount > 0 {
            cards.push(CardUse { card: used.card.clone(), amount });
            left -= amount;
        }
    }
    debug_assert_eq!(left, 0, "what is refundable was taken by the gateway and the cards");
    (by_gateway, cards)
}

/// Takes note of the gateway's answer to a refund of ours.
pub(super) fn refunded(mut order: Order, key: &str, answer: &Refunding, facts: &Facts) -> Decision {
    let Some(refund) = order.refunds.iter_mut().find(|refund| refund.key() == key) else { return unchanged(order) };
    let id = refund.id.clone();
    match answer {
        // Also of one that was taken for failed.
        Refunding::Done => refund.status = RefundStatus::Succeeded,
        Refunding::Underway if refund.is_pending() => refund.status = RefundStatus::Pending { ask_at: facts.now + ASK_EVERY },
        // A bank may send back what was given weeks ago.
        Refunding::Refused(why) if refund.status != RefundStatus::Failed => {
            refund.status = RefundStatus::Failed;
            return attend(order, format!("the refund {id} was not taken: {why}"));
        }
        Refunding::Lost if refund.is_pending() => {
            refund.status = RefundStatus::Failed;
            return attend(order, format!("nobody knows what became of the refund {id}; look for it at the gateway before trying again"));
        }
        Refunding::Underway | Refunding::Refused(_) | Refunding::Lost => {}
    }
    unchanged(order)
}

/// A refund that was refused is tried once more, under another key.
pub(super) fn refund_again(mut order: Order, id: &str, facts: &Facts) -> Result<Decision, Declined> {
    let refused = order.refunds.iter_mut().find(|refund| refund.id == id && refund.status == RefundStatus::Failed);
    let refund = refused.ok_or_else(|| Declined::NotRefused(id.to_owned()))?;
    refund.attempt += 1;
    refund.at = facts.now;
    refund.status = RefundStatus::Pending { ask_at: facts.now };
    let effects = vec![Effect::Refund(refund.clone())];
    Ok(Decision { order, effects })
}

/// Refunds and disputes as the gateway has them: ours are brought up to date, others are taken into the books.
pub(super) fn learn(
    mut order: Order,
    payment: &PaymentId,
    refunds: Vec<SeenRefund>,
    disputes: Vec<SeenDispute>,
    facts: &Facts,
) -> Decision {
    let mut effects = Vec::new();
    for seen in refunds {
        let known = order.refunds.iter().find(|refund| refund.id == seen.id || Some(refund.key()) == seen.key);
        if let Some(key) = known.map(Refund::key) {
            let decision = refunded(order, &key, &seen.state, facts);
            order = decision.order;
            effects.extend(decision.effects);
        } else if let Some(made) = made_instead(&mut order, payment, &seen) {
            made.status = RefundStatus::Succeeded;
        } else if let Some(adopted) = adopt(&order, payment, seen, facts) {
            order.refunds.push(adopted);
            effects.push(Effect::Tell(News::Refunded));
        }
    }
    if order.is_paid() && order.refunded() > order.quote.total {
        let decision = attend(order, "more was given back than was paid: a refund was made here and at the gateway".to_owned());
        order = decision.order;
        effects.extend(decision.effects);
    }
    for seen in disputes {
        if order.dispute.as_ref().is_some_and(|known| known.id == seen.id && known.state == seen.state) {
            continue;
        }
        let is_news = order.dispute.as_ref().is_none_or(|known| known.id != seen.id);
        order.dispute = Some(Dispute { id: seen.id.clone(), state: seen.state });
        if is_news {
            let decision = attend(order, format!("the buyer disputes the payment ({}); answer at the gateway", seen.id));
            order = decision.order;
            effects.extend(decision.effects);
        }
    }
    Decision { order, effects }
}

/// The surplus that we could not send back, and that somebody has sent back at the gateway.
fn made_instead<'a>(order: &'a mut Order, payment: &PaymentId, seen: &SeenRefund) -> Option<&'a mut Refund> {
    let is_done = seen.state == Refunding::Done;
    let is_it = |refund: &&mut Refund| {
        let is_of_payment = refund.payment.as_ref() == Some(payment) && refund.amount == seen.amount;
        is_of_payment && refund.what == What::Surplus && refund.status == RefundStatus::Failed
    };
    order.refunds.iter_mut().filter(|_| is_done).find(is_it)
}

/// A refund that somebody made at the gateway. One that came to nothing there is no matter of ours. What is of another payment than
/// the one that has bought the order is a surplus.
fn adopt(order: &Order, payment: &PaymentId, seen: SeenRefund, facts: &Facts) -> Option<Refund> {
    let is_other = matches!(&order.payment, Payment::Paid { payment: known, .. } if known.as_ref() != Some(payment));
    let status = match seen.state {
        Refunding::Done => RefundStatus::Succeeded,
        Refunding::Underway => RefundStatus::Pending { ask_at: facts.now + ASK_EVERY },
        Refunding::Refused(_) | Refunding::Lost => return None,
    };
    Some(Refund {
        id: seen.id,
        attempt: 1,
        payment: Some(payment.clone()),
        amount: seen.amount,
        cards: Vec::new(),
        what: if is_other { What::Surplus } else { What::Unknown },
        status,
        at: facts.now,
        credit_note: None,
    })
}

/// What the buyer filled in goes; what was bought, and for how much, stays. Needs nothing that waits for the buyer.
pub(super) fn erase(mut order: Order) -> Result<Decision, Declined> {
    if order.payment.is_open() {
        return Err(Declined::StillOpen);
    }
    if order.is_paid() && !order.to_send().is_empty() {
        return Err(Declined::StillToSend);
    }
    if order.refunds.iter().any(Refund::is_pending) {
        return Err(Declined::RefundUnderWay);
    }
    if order.dispute.as_ref().is_some_and(|dispute| dispute.state == DisputeState::Open) {
        return Err(Declined::Disputed);
    }
    for line in &mut order.quote.lines {
        // They are shown behind the variant's own options; an amount of one's own is no option.
        let shown = line.fields.keys().filter(|name| *name != AMOUNT_FIELD).count();
        line.options.truncate(line.options.len().saturating_sub(shown));
        line.fields.clear();
    }
    Ok(unchanged(order))
}

/// The order gets the number that it wants: of its invoice, else of the first refund without one.
pub(super) fn number(mut order: Order, numbered: Option<Numbered>) -> Order {
    let Some((sequence, _)) = order.wants_number() else { return order };
    match (sequence, numbered) {
        // No more is asked for, and what was given stays.
        (Sequence::Invoice, None) => order.invoice = Invoice::None,
        (Sequence::CreditNote, None) => {}
        (Sequence::Invoice, Some(numbered)) => order.invoice = Invoice::Given(numbered),
        (Sequence::CreditNote, Some(numbered)) => {
            if let Some(refund) = order.refunds.iter_mut().find(|refund| refund.wants_credit_note()) {
                refund.credit_note = Some(Box::new(numbered));
            }
        }
    }
    order
}

/// Something leaves the house, or a service was done.
pub(super) fn send(mut order: Order, parcel: Parcel, facts: &Facts) -> Result<Decision, Declined> {
    if !order.is_paid() {
        return Err(Declined::NotPaid);
    }
    let left = order.to_send();
    let lines = parcel.lines.unwrap_or_else(|| left.clone());
    if let Some(twice) = named_twice(lines.iter().map(|(line, _)| *line)) {
        return Err(Declined::NamedTwice(twice + 1));
    }
    for (line, asked) in &lines {
        if order.quote.lines.get(*line).is_none() {
            return Err(Declined::UnknownLine(line + 1));
        }
        let left = left.iter().find(|(known, _)| known == line).map_or(0, |(_, units)| *units);
        if *asked == 0 || *asked > left {
            return Err(Declined::TooManySent { line: line + 1, left, asked: *asked });
        }
    }
    if lines.is_empty() {
        return Err(Declined::NothingToSend);
    }
    let mut goods: Vec<(String, u32)> = Vec::new();
    for (line, units) in &lines {
        for part in order.parts.iter().filter(|part| part.line == *line) {
            match goods.iter_mut().find(|(sku, _)| *sku == part.sku) {
                Some((_, pieces)) => *pieces += units * part.per_unit,
                None => goods.push((part.sku.clone(), units * part.per_unit)),
            }
        }
    }
    order.shipments.push(Shipment { at: facts.now, lines, carrier: parcel.carrier, tracking: parcel.tracking });
    Ok(Decision { order, effects: vec![Effect::Move(Movement::Send(goods)), Effect::Tell(News::Sent)] })
}

#[cfg(test)]
#[path = "aftermath_tests.rs"]
mod tests;
