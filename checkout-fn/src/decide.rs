//! What happens to an order: `decide(order, command, facts)` is pure and the only place where an order changes its
//! state. Every caller (checkout, webhook, return page, worker) comes here with a fresh look at the gateway, so
//! that it does not matter how often, how late or in which order they come.

use jiff::{SignedDuration, Timestamp};

use std::collections::BTreeMap;

use crate::order::{CardUse, Closing, Numbered, Order, Payment, PaymentId, Refund, RefundStatus, Session, SessionId, What};

mod aftermath;

pub use aftermath::{GiveBack, Parcel, Refunding, ReturnLine, SeenDispute, SeenRefund};

/// What somebody wants of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store the session before its address leaves the function.
    HandOver {
        /// The session.
        session: Session,
    },
    /// Ask the gateway under another key: this attempt is stuck, and has left no session behind.
    TryAnew {
        /// The attempt that is stuck.
        attempt: u32,
    },
    /// Take note of what the gateway says.
    Settle(Sighting),
    /// Take note of the answer to a capture.
    Captured {
        /// Since when the order was being captured.
        since: Timestamp,
        /// How the session stands.
        sighting: Sighting,
    },
    /// Give the goods back. The session has been expired at the gateway before, and this is what it said.
    Release {
        /// Why.
        how: Closing,
        /// `None` where no session was ever made.
        sighting: Option<Sighting>,
    },
    /// The merchant gives something back.
    GiveBack(GiveBack),
    /// The gateway has answered to a refund.
    Refunded {
        /// Its key.
        key: String,
        /// How it stands there.
        answer: Refunding,
    },
    /// The merchant tries a refund again that the gateway had refused.
    RefundAgain {
        /// Its id.
        id: String,
    },
    /// A fresh look at a payment's refunds and disputes, those among them that were not made here.
    Learn {
        /// The payment.
        payment: PaymentId,
        /// All of its refunds.
        refunds: Vec<SeenRefund>,
        /// Its disputes.
        disputes: Vec<SeenDispute>,
    },
    /// The merchant has sent something, or done it.
    Send(Parcel),
    /// The merchant has seen to what had to be looked at.
    Resolve,
    /// What is personal in the order itself goes; its personal data goes with the same change.
    Erase,
    /// The next number of the sequence that the order wants one of; `None`: the shop gives none any more.
    Number(Option<Numbered>),
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
    /// The shopper has agreed; the money moves when we take it.
    Approved,
    /// We tried to take it and could not; the shopper may try again.
    Declined,
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
#[derive(Debug, Clone)]
pub struct Facts {
    /// The time.
    pub now: Timestamp,
    /// Whether what a closed order had held, goods and gift cards, can still be had. Assumed at first; the store has the
    /// last word.
    pub stock_left: bool,
    /// What is left on the gift cards that the order has issued, by their hashes. Only where something is given back.
    pub balances: BTreeMap<String, i64>,
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
    /// Afterwards: the gateway is asked to take the money of a session.
    Capture(SessionId),
    /// Afterwards.
    Refund(Refund),
    /// Afterwards: the merchant should hear of it.
    Tell(News),
}

/// What an order holds changes its place: goods, uses of discounts, money on gift cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Movement {
    /// Reserved → sold, and spent. Uses stay taken; gift cards that were bought are issued.
    Sell,
    /// Reserved → available. Uses are given back.
    Release,
    /// Available → sold, and spent, if there is enough. Uses are taken again whatever their limits: the money is there.
    SellLate,
    /// Available → reserved once more, if there is enough, for a shopper who agrees to pay late. Uses likewise.
    HoldAgain,
    /// Sold goods leave the house.
    Send(Vec<(String, u32)>),
    /// Goods, and money on gift cards, come back.
    TakeBack(TakeBack),
}

/// What comes back from an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeBack {
    /// Counted goods, each SKU once.
    pub goods: Vec<GoodsBack>,
    /// Onto gift cards that had paid: spent → balance.
    pub credits: Vec<CardUse>,
    /// Gift cards that the order had issued lose exactly what is left on them, and are void from then on.
    pub voids: Vec<CardUse>,
}

/// Counted goods of which something comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoodsBack {
    /// The SKU.
    pub sku: String,
    /// Sold → available.
    pub restocked: i64,
    /// By how much fewer of the sold ones are away: those that came back, less those that were thrown away without ever being
    /// sent.
    pub returned: i64,
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
    /// Something was sent.
    Sent,
    /// Something was given back.
    Refunded,
    /// A person has to look at it.
    Attention,
}

/// Why nothing was decided. The texts are for the merchant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// A session comes too late.
    #[error("the order does not wait for a payment (any more)")]
    NotWaiting,
    /// Only what is paid is given back or sent.
    #[error("the order is not paid")]
    NotPaid,
    /// A number that is not one of its lines.
    #[error("the order has no line {0}")]
    UnknownLine(usize),
    /// Once is enough.
    #[error("line {0} is named twice")]
    NamedTwice(usize),
    /// More units than there are.
    #[error("line {line}: {left} of it can still be given back, not {asked}")]
    TooManyBack {
        /// From 1, as people count.
        line: usize,
        /// How many can be.
        left: u32,
        /// How many were asked for.
        asked: u32,
    },
    /// More parcels than there are goods.
    #[error("line {line}: {left} of it are to be sent, not {asked}")]
    TooManySent {
        /// From 1, as people count.
        line: usize,
        /// How many are.
        left: u32,
        /// How many were asked for.
        asked: u32,
    },
    /// More money than was paid.
    #[error("{left} of the payment are left to give back (in minor units), not {asked}")]
    TooMuch {
        /// What is left.
        left: i64,
        /// What was asked for.
        asked: i64,
    },
    /// More of the price of sending than was paid.
    #[error("{left} of the price of sending are left to give back (in minor units), not {asked}")]
    TooMuchShipping {
        /// What is left.
        left: i64,
        /// What was asked for.
        asked: i64,
    },
    /// A negative amount, or one that cannot be paid out.
    #[error("an amount must be a positive multiple of {0} minor units")]
    NotPayable(i64),
    /// Neither goods nor money.
    #[error("there is nothing to give back")]
    NothingBack,
    /// All is sent.
    #[error("nothing of the order is left to send")]
    NothingToSend,
    /// The buyer may pay still.
    #[error("the order is open; it can be erased when it is paid or has ended")]
    StillOpen,
    /// The address is needed.
    #[error("something of the order is to be sent; send it, or give it back, before its buyer is erased")]
    StillToSend,
    /// The buyer is to hear of it, or to get it.
    #[error("money of the order is on its way back; wait for it before its buyer is erased")]
    RefundUnderWay,
    /// Who bought is what it is about.
    #[error("the payment is disputed; wait for the end of that before its buyer is erased")]
    Disputed,
    /// Mail has to be written to somebody.
    #[error("mail about the order is to be sent; its buyer can be erased afterwards")]
    MailOwed,
    /// Not one that was refused.
    #[error("there is no refund `{0}` that was refused")]
    NotRefused(String),
}

/// How long to wait before asking again about a payment that is on its way.
const ASK_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long a payment may be on its way before a person looks at it.
const PATIENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Decides.
pub fn decide(order: Order, command: Command, facts: &Facts) -> Result<Decision, Declined> {
    match command {
        Command::HandOver { session } => hand_over(order, session),
        Command::TryAnew { attempt } if order.payment == (Payment::Pending { attempt }) => {
            Ok(unchanged(order.become_(Payment::Pending { attempt: attempt + 1 })))
        }
        Command::TryAnew { .. } => Err(Declined::NotWaiting),
        Command::Settle(sighting) => Ok(settle(order, sighting, Closing::Expired, facts)),
        Command::Captured { since, sighting } if sighting.status == Status::Declined => Ok(declined(order, sighting.session, since)),
        Command::Captured { sighting, .. } => Ok(settle(order, sighting, Closing::Expired, facts)),
        Command::Release { how, sighting: Some(sighting) } => Ok(release(order, sighting, how, facts)),
        Command::Release { how, sighting: None } if matches!(order.payment, Payment::Pending { .. }) => Ok(close(order, how)),
        Command::Release { sighting: None, .. } => Ok(unchanged(order)),
        Command::GiveBack(what) => aftermath::give_back(order, what, facts),
        Command::Refunded { key, answer } => Ok(aftermath::refunded(order, &key, &answer, facts)),
        Command::RefundAgain { id } => aftermath::refund_again(order, &id, facts),
        Command::Learn { payment, refunds, disputes } => Ok(aftermath::learn(order, &payment, refunds, disputes, facts)),
        Command::Send(parcel) => aftermath::send(order, parcel, facts),
        Command::Erase => aftermath::erase(order),
        Command::Number(numbered) => Ok(unchanged(aftermath::number(order, numbered))),
        Command::Resolve => Ok(unchanged(Order { attention: None, ..order })),
    }
}

fn unchanged(order: Order) -> Decision {
    Decision { order, effects: Vec::new() }
}

fn hand_over(order: Order, session: Session) -> Result<Decision, Declined> {
    match &order.payment {
        Payment::Pending { .. } => Ok(unchanged(order.become_(Payment::Awaiting { session }))),
        Payment::Awaiting { session: stored } if stored.id == session.id => Ok(unchanged(order)),
        _ => Err(Declined::NotWaiting),
    }
}

fn settle(order: Order, sighting: Sighting, when_expired: Closing, facts: &Facts) -> Decision {
    match sighting.status {
        Status::Paid { payment, amount, currency } if amount == order.due() && currency == order.currency().code() => {
            paid(order, payment, facts)
        }
        Status::Paid { payment, amount, currency } => attend(order, format!("payment {} is of {amount} {currency}", payment.0)),
        Status::Approved => approved(order, sighting.session, facts),
        // How the capture went is not seen, whether it was declined or never made; it is asked again under its key, and gets its own answer.
        Status::Open | Status::Declined if is_captured(&order, &sighting.session.id) => {
            Decision { order, effects: vec![Effect::Capture(sighting.session.id)] }
        }
        Status::Declined => unchanged(order),
        Status::Processing => processing(order, sighting.session, facts.now),
        Status::Failed if concerns(&order, &sighting.session.id) => close(order, Closing::Failed),
        Status::Expired if concerns(&order, &sighting.session.id) => close(order, when_expired),
        Status::Open | Status::Failed | Status::Expired => unchanged(order),
    }
}

/// Only what still waits is released. Not every gateway can end a session (`PayPal` cannot): its shopper may have agreed since, and
/// money that is being taken is not overtaken by an end that was seen before.
fn release(order: Order, sighting: Sighting, how: Closing, facts: &Facts) -> Decision {
    let is_under_way = matches!(order.payment, Payment::Capturing { .. } | Payment::Processing { .. });
    if sighting.status == Status::Expired && is_under_way { unchanged(order) } else { settle(order, sighting, how, facts) }
}

/// Whether an open order waits for this very session; the end of an older attempt's session is no news.
fn concerns(order: &Order, id: &SessionId) -> bool {
    match &order.payment {
        Payment::Pending { .. } => true,
        Payment::Awaiting { session } | Payment::Capturing { session, .. } | Payment::Processing { session, .. } => session.id == *id,
        Payment::Paid { .. } | Payment::Closed(_) => false,
    }
}

/// The shopper agrees: the goods are held, or held again, before any money moves.
fn approved(order: Order, session: Session, facts: &Facts) -> Decision {
    let session = as_known(&order, session);
    let capture = Effect::Capture(session.id.clone());
    let known = session.id.clone();
    let capturing = Payment::Capturing { session, since: facts.now };
    match &order.payment {
        Payment::Pending { .. } | Payment::Awaiting { .. } => Decision { order: order.become_(capturing), effects: vec![capture] },
        // Asked before, and perhaps interrupted: the gateway takes the money once.
        Payment::Capturing { session, .. } if session.id == known => Decision { order, effects: vec![capture] },
        // Who gave the order up, or replaced it by another, has not agreed to pay for this one as well.
        Payment::Closed(Closing::Expired) if facts.stock_left => {
            Decision { order: order.become_(capturing), effects: vec![Effect::Move(Movement::HoldAgain), capture] }
        }
        // Nothing is charged: the money would only move if we took it.
        Payment::Capturing { .. } | Payment::Processing { .. } | Payment::Paid { .. } | Payment::Closed(_) => unchanged(order),
    }
}

/// A session as it was when it was handed over: what is seen of it later may be without the address.
fn as_known(order: &Order, session: Session) -> Session {
    order.payment.session().filter(|known| known.id == session.id).cloned().unwrap_or(session)
}

/// Whether this session's money is being taken.
fn is_captured(order: &Order, id: &SessionId) -> bool {
    matches!(&order.payment, Payment::Capturing { session, .. } if session.id == *id)
}

/// Nothing was charged; the shopper may choose another way to pay, until the order expires. An order leaves a capture only with that
/// capture's answer: a call that is still on its way would else find a shopper who agrees later, and an order that holds nothing.
fn declined(order: Order, session: Session, answered: Timestamp) -> Decision {
    match &order.payment {
        Payment::Capturing { since, .. } if *since == answered && is_captured(&order, &session.id) => {
            let session = as_known(&order, session);
            unchanged(order.become_(Payment::Awaiting { session }))
        }
        _ => unchanged(order),
    }
}

fn paid(order: Order, payment: PaymentId, facts: &Facts) -> Decision {
    let movement = match &order.payment {
        Payment::Paid { payment: Some(known), .. } if *known == payment => return unchanged(order),
        // What goes back as a surplus buys nothing, whatever has happened since.
        _ if order.refunds.iter().any(|refund| refund.payment.as_ref() == Some(&payment) && !refund.is_of_order()) => {
            return unchanged(order);
        }
        // Nor does what somebody has given back at the gateway before we heard of it.
        Payment::Closed(_) if given_back(&order, &payment) >= order.due() => return unchanged(order),
        Payment::Paid { .. } => return send_back(order, payment, None, facts),
        Payment::Closed(_) if facts.stock_left => Movement::SellLate,
        Payment::Closed(_) => return send_back(order, payment, Some("paid after what it had held was taken by others"), facts),
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Capturing { .. } | Payment::Processing { .. } => Movement::Sell,
    };
    let order = order.become_(Payment::Paid { payment: Some(payment), at: facts.now });
    Decision { order, effects: vec![Effect::Move(movement), Effect::Tell(News::Paid)] }
}

/// What the gateway has given back of a payment.
fn given_back(order: &Order, payment: &PaymentId) -> i64 {
    let of_payment = order.refunds.iter().filter(|refund| refund.payment.as_ref() == Some(payment));
    of_payment.filter(|refund| refund.status != RefundStatus::Failed).map(|refund| refund.amount).sum()
}

/// A payment that buys nothing goes back in full; its id is the refund's, so that it goes back once.
fn send_back(mut order: Order, payment: PaymentId, reason: Option<&str>, facts: &Facts) -> Decision {
    let id = format!("refund-{}", payment.0);
    if order.refunds.iter().any(|refund| refund.id == id) {
        return unchanged(order);
    }
    let refund = Refund {
        id,
        attempt: 1,
        payment: Some(payment),
        amount: order.due(),
        cards: Vec::new(),
        what: What::Surplus,
        status: RefundStatus::Pending { ask_at: facts.now },
        at: facts.now,
        credit_note: None,
    };
    order.refunds.push(refund.clone());
    let mut effects = vec![Effect::Refund(refund)];
    if let Some(reason) = reason {
        order = order.needing_attention(reason.to_owned());
        effects.push(Effect::Tell(News::Attention));
    }
    Decision { order, effects }
}

fn processing(order: Order, session: Session, now: Timestamp) -> Decision {
    let session = as_known(&order, session);
    match &order.payment {
        Payment::Processing { since, .. } if now > *since + PATIENCE => {
            attend(order, "the payment has been on its way for two weeks".into())
        }
        Payment::Processing { ask_at, .. } if now < *ask_at => unchanged(order),
        Payment::Processing { since, .. } => {
            let since = *since;
            unchanged(order.become_(Payment::Processing { session, since, ask_at: now + ASK_EVERY }))
        }
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Capturing { .. } => {
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
    if order.attention.as_ref().is_some_and(|known| known.contains(&reason)) {
        return unchanged(order);
    }
    Decision { order: order.needing_attention(reason), effects: vec![Effect::Tell(News::Attention)] }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
pub(crate) mod tests;
