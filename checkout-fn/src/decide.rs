//! What happens to an order: `decide(order, command, facts)` is pure and the only place where an order changes its
//! state. Every caller (checkout, webhook, return page, worker) comes here with a fresh look at the gateway, so
//! that it does not matter how often, how late or in which order they come.

use jiff::{SignedDuration, Timestamp};

use crate::order::{Closing, Order, Payment, PaymentId, Refund, RefundStatus, Session, SessionId};

/// What somebody wants of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store the session before its address leaves the function.
    HandOver {
        /// The session.
        session: Session,
    },
    /// Take note of what the gateway says.
    Settle(Sighting),
    /// Give the goods back. The session has been expired at the gateway before, and this is what it said.
    Release {
        /// Why.
        how: Closing,
        /// `None` where no session was ever made.
        sighting: Option<Sighting>,
    },
    /// The gateway has answered to a refund.
    Refunded {
        /// Which.
        id: String,
        /// Whether it was given.
        succeeded: bool,
    },
}

/// A fresh look at a payment session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The session.
    pub session: Session,
    /// How it stands.
    pub status: Status,
}

/// How a payment session stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The shopper may pay.
    Open,
    /// The shopper has paid, the money is not there yet.
    Processing,
    /// The gateway holds the money.
    Paid {
        /// The payment.
        payment: PaymentId,
        /// Minor units.
        amount: i64,
        /// The currency's code.
        currency: String,
    },
    /// The payment failed for good.
    Failed,
    /// Nobody can pay any more.
    Expired,
}

/// What else a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The time.
    pub now: Timestamp,
    /// Whether what a closed order had held, goods and gift cards, can still be had. Assumed at first; the store has the
    /// last word.
    pub stock_left: bool,
}

/// A decision: the order as it is to be stored, and what else has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The order; unchanged where nothing is to be done.
    pub order: Order,
    /// In this order.
    pub effects: Vec<Effect>,
}

/// What a decision asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// In the same transaction.
    Move(Movement),
    /// Afterwards.
    Refund(Refund),
    /// Afterwards: the merchant should hear of it.
    Tell(News),
}

/// What an order holds changes its place: goods, uses of discounts, money on gift cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Reserved → sold, and spent. Uses stay taken; gift cards that were bought are issued.
    Sell,
    /// Reserved → available. Uses are given back.
    Release,
    /// Available → sold, and spent, if there is enough. Uses are taken again whatever their limits: the money is there.
    SellLate,
}

/// What the merchant hears of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It is placed, its goods are held.
    Placed,
    /// It is paid.
    Paid,
    /// The payment is on its way.
    Processing,
    /// It is over without payment.
    Closed,
    /// A person has to look at it.
    Attention,
}

/// The order does not wait for a payment (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWaiting;

/// How long to wait before asking again about a payment that is on its way.
const ASK_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long a payment may be on its way before a person looks at it.
const PATIENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Decides.
pub fn decide(order: Order, command: Command, facts: Facts) -> Result<Decision, NotWaiting> {
    match command {
        Command::HandOver { session } => hand_over(order, session),
        Command::Settle(sighting) => Ok(settle(order, sighting, Closing::Expired, facts)),
        Command::Release { how, sighting: Some(sighting) } => Ok(settle(order, sighting, how, facts)),
        Command::Release { how, sighting: None } if matches!(order.payment, Payment::Pending { .. }) => Ok(close(order, how)),
        Command::Release { sighting: None, .. } => Ok(unchanged(order)),
        Command::Refunded { id, succeeded } => Ok(refunded(order, &id, succeeded)),
    }
}

fn unchanged(order: Order) -> Decision {
    Decision { order, effects: Vec::new() }
}

fn hand_over(order: Order, session: Session) -> Result<Decision, NotWaiting> {
    match &order.payment {
        Payment::Pending { .. } => Ok(unchanged(order.become_(Payment::Awaiting { session }))),
        Payment::Awaiting { session: stored } if stored.id == session.id => Ok(unchanged(order)),
        _ => Err(NotWaiting),
    }
}

fn settle(order: Order, sighting: Sighting, when_expired: Closing, facts: Facts) -> Decision {
    match sighting.status {
        Status::Paid { payment, amount, currency } if amount == order.due() && currency == order.currency().code() => {
            paid(order, payment, facts)
        }
        Status::Paid { payment, amount, currency } => attend(order, format!("payment {} is of {amount} {currency}", payment.0)),
        Status::Processing => processing(order, sighting.session, facts.now),
        Status::Failed if concerns(&order, &sighting.session.id) => close(order, Closing::Failed),
        Status::Expired if concerns(&order, &sighting.session.id) => close(order, when_expired),
        Status::Open | Status::Failed | Status::Expired => unchanged(order),
    }
}

/// Whether an open order waits for this very session; the end of an older attempt's session is no news.
fn concerns(order: &Order, id: &SessionId) -> bool {
    match &order.payment {
        Payment::Pending { .. } => true,
        Payment::Awaiting { session } | Payment::Processing { session, .. } => session.id == *id,
        Payment::Paid { .. } | Payment::Closed(_) => false,
    }
}

fn paid(order: Order, payment: PaymentId, facts: Facts) -> Decision {
    let movement = match &order.payment {
        Payment::Paid { payment: Some(known), .. } if *known == payment => return unchanged(order),
        Payment::Paid { .. } => return give_back(order, payment, None),
        Payment::Closed(_) if order.refunds.iter().any(|refund| refund.payment == payment) => return unchanged(order),
        Payment::Closed(_) if facts.stock_left => Movement::SellLate,
        Payment::Closed(_) => return give_back(order, payment, Some("paid after what it had held was taken by others")),
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Processing { .. } => Movement::Sell,
    };
    let order = order.become_(Payment::Paid { payment: Some(payment), at: facts.now });
    Decision { order, effects: vec![Effect::Move(movement), Effect::Tell(News::Paid)] }
}

/// A payment that buys nothing goes back in full; its id is the refund's, so that it goes back once.
fn give_back(mut order: Order, payment: PaymentId, reason: Option<&str>) -> Decision {
    let id = format!("refund-{}", payment.0);
    if order.refunds.iter().any(|refund| refund.id == id) {
        return unchanged(order);
    }
    let refund = Refund { id, payment, amount: order.due(), status: RefundStatus::Pending };
    order.refunds.push(refund.clone());
    let mut effects = vec![Effect::Refund(refund)];
    if let Some(reason) = reason {
        order = order.needing_attention(reason.to_owned());
        effects.push(Effect::Tell(News::Attention));
    }
    Decision { order, effects }
}

fn processing(order: Order, session: Session, now: Timestamp) -> Decision {
    match &order.payment {
        Payment::Processing { since, .. } if now > *since + PATIENCE => {
            attend(order, "the payment has been on its way for two weeks".into())
        }
        Payment::Processing { ask_at, .. } if now < *ask_at => unchanged(order),
        Payment::Processing { since, .. } => {
            let since = *since;
            unchanged(order.become_(Payment::Processing { session, since, ask_at: now + ASK_EVERY }))
        }
        Payment::Pending { .. } | Payment::Awaiting { .. } => {
            let order = order.become_(Payment::Processing { session, since: now, ask_at: now + ASK_EVERY });
            Decision { order, effects: vec![Effect::Tell(News::Processing)] }
        }
        // A payment on its way to a closed or paid order is dealt with when it arrives.
        Payment::Paid { .. } | Payment::Closed(_) => unchanged(order),
    }
}

fn close(order: Order, how: Closing) -> Decision {
    let order = order.become_(Payment::Closed(how));
    Decision { order, effects: vec![Effect::Move(Movement::Release), Effect::Tell(News::Closed)] }
}

fn attend(order: Order, reason: String) -> Decision {
    if order.attention.is_some() {
        return unchanged(order);
    }
    Decision { order: order.needing_attention(reason), effects: vec![Effect::Tell(News::Attention)] }
}

fn refunded(mut order: Order, id: &str, succeeded: bool) -> Decision {
    let Some(refund) = order.refunds.iter_mut().find(|refund| refund.id == id && refund.status == RefundStatus::Pending) else {
        return unchanged(order);
    };
    if succeeded {
        refund.status = RefundStatus::Succeeded;
        return unchanged(order);
    }
    refund.status = RefundStatus::Failed;
    attend(order, format!("{id} was refused by the gateway"))
}

#[cfg(test)]
#[path = "decide_tests.rs"]
pub(crate) mod tests;
