//! What of an order the model remembers, and the way to the real order and back: every change of a state is decided by the real
//! [`decide`](crate::decide::decide). Answers are kept, because the same questions come up in a great many states.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::gateway::Stands;
use super::mutation::Mutation;
use crate::decide::tests::{facts, order};
use crate::decide::{Command, Decision, Declined, Effect, Facts, GiveBack, Movement, Refunding, SeenRefund, Sighting, Status, decide};
use crate::order::{Closing, Order, Payment, PaymentId, Refund, RefundStatus, Returned, Session, SessionId, What};

/// A session of an order, and the payment that is made in it: the attempt that it belongs to, from 1.
pub(super) type Attempt = u8;

/// An order, as far as its states go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Kept {
    pub(super) pay: Pay,
    /// Oldest first.
    pub(super) refunds: Vec<Back>,
    pub(super) attention: bool,
}

/// How far the payment has come. How an order was closed makes no difference to what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Pay {
    Pending(Attempt),
    Awaiting(Attempt),
    /// Since when: the number of the change that began it.
    Capturing(Attempt, u8),
    Processing(Attempt),
    Paid(Attempt),
    Closed,
}

/// A refund of all that was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Back {
    pub(super) key: Key,
    pub(super) of: Attempt,
    pub(super) done: bool,
}

/// The name of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// Of a payment that bought nothing.
    Surplus(Attempt),
    /// By the merchant.
    Merchant,
}

/// What is wanted of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Wish {
    HandOver(Attempt),
    TryAnew(Attempt),
    Settle(Attempt, Stands),
    Captured(Attempt, u8, Stands),
    Release(Option<(Attempt, Stands)>),
    GiveBack,
    Refunded(Key),
    Learn(Attempt, Vec<Key>),
}

/// What the gateway is called for once a change is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Call {
    Capture(Attempt, u8),
    Refund(Key, Attempt),
}

/// What goods do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Goods {
    Sell,
    Release,
    SellLate,
    HoldAgain,
}

/// A decision. `None` in place of it: refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) kept: Kept,
    pub(super) goods: Option<Goods>,
    pub(super) call: Option<Call>,
}

impl Pay {
    /// Whether goods are held for it.
    pub(super) fn is_open(self) -> bool {
        !matches!(self, Self::Paid(_) | Self::Closed)
    }

    /// What the order's own rule says.
    pub(super) fn may_become(self, next: Self) -> bool {
        payment(self).may_become(&payment(next))
    }
}

impl Kept {
    /// As it is placed.
    pub(super) fn placed() -> Self {
        Self { pay: Pay::Pending(1), refunds: Vec::new(), attention: false }
    }

    /// Whether the worker will look at it sooner or later.
    pub(super) fn wakes(&self, mutation: Option<Mutation>) -> bool {
        match mutation {
            Some(Mutation::CapturingIsForgotten) if matches!(self.pay, Pay::Capturing(..)) => false,
            Some(Mutation::AwaitingIsForgotten) if matches!(self.pay, Pay::Awaiting(_)) => false,
            Some(Mutation::ProcessingIsForgotten) if matches!(self.pay, Pay::Processing(_)) => false,
            Some(Mutation::RefundsAreForgotten) => real(&Self { refunds: Vec::new(), ..self.clone() }).wake_at().is_some(),
            _ => real(self).wake_at().is_some(),
        }
    }
}

type Question = (Kept, Wish, Known, Option<Mutation>);

/// What else a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Known {
    pub(super) stock_left: bool,
    /// The time: how often the order has begun to be captured.
    pub(super) now: u8,
}

thread_local! {
    static ANSWERS: RefCell<HashMap<Question, Option<Decided>>> = RefCell::default();
}

/// What the real function decides, unless a mutation stands in its place.
pub(super) fn decided(kept: &Kept, wish: &Wish, known: Known, mutation: Option<Mutation>) -> Option<Decided> {
    let question = (kept.clone(), wish.clone(), known, mutation);
    if let Some(answer) = ANSWERS.with_borrow(|answers| answers.get(&question).cloned()) {
        return answer;
    }
    let answer = match mutation.and_then(|mutation| mutation.instead(kept, wish, known)) {
        Some(decided) => Some(decided),
        None => truly_decided(kept, wish, known),
    };
    ANSWERS.with_borrow_mut(|answers| answers.insert(question, answer.clone()));
    answer
}

/// What the real function decides.
fn truly_decided(kept: &Kept, wish: &Wish, known: Known) -> Option<Decided> {
    let facts = Facts { stock_left: known.stock_left, now: time(known.now), ..facts() };
    let decision: Result<Decision, Declined> = decide(real(kept), command(wish), &facts);
    let Decision { order, effects } = decision.ok()?;
    let mut decided = Decided { kept: projected(&order), goods: None, call: None };
    for effect in effects {
        match effect {
            Effect::Move(Movement::Sell) => decided.goods = Some(Goods::Sell),
            Effect::Move(Movement::Release) => decided.goods = Some(Goods::Release),
            Effect::Move(Movement::SellLate) => decided.goods = Some(Goods::SellLate),
            Effect::Move(Movement::HoldAgain) => decided.goods = Some(Goods::HoldAgain),
            // Amounts for nothing in particular: no goods come back.
            Effect::Move(Movement::Send(_) | Movement::TakeBack(_)) | Effect::Tell(_) => {}
            Effect::Capture(session) => decided.call = Some(Call::Capture(number(&session.0), captured_since(&decided.kept))),
            Effect::Refund(refund) => {
                let back = back(&refund);
                decided.call = Some(Call::Refund(back.key, back.of));
            }
        }
    }
    Some(decided)
}

fn command(wish: &Wish) -> Command {
    match wish {
        Wish::HandOver(attempt) => Command::HandOver { session: session(*attempt) },
        Wish::TryAnew(attempt) => Command::TryAnew { attempt: u32::from(*attempt) },
        Wish::Settle(attempt, stands) => Command::Settle(sighting(*attempt, *stands)),
        Wish::Captured(attempt, since, stands) => Command::Captured { since: time(*since), sighting: sighting(*attempt, *stands) },
        Wish::Release(seen) => {
            Command::Release { how: Closing::Expired, sighting: seen.map(|(attempt, stands)| sighting(attempt, stands)) }
        }
        Wish::GiveBack => Command::GiveBack(GiveBack { id: "merchant".into(), other: order_due(), ..GiveBack::default() }),
        Wish::Refunded(key) => Command::Refunded { key: key_text(*key), answer: Refunding::Done },
        Wish::Learn(attempt, keys) => {
            Command::Learn { payment: payment_id(*attempt), refunds: keys.iter().map(|key| seen(*key)).collect(), disputes: Vec::new() }
        }
    }
}

fn seen(key: Key) -> SeenRefund {
    SeenRefund { id: format!("re-{}", key_text(key)), key: Some(key_text(key)), amount: order_due(), state: Refunding::Done }
}

fn order_due() -> i64 {
    order(payment(Pay::Closed)).due()
}

fn sighting(attempt: Attempt, stands: Stands) -> Sighting {
    let status = match stands {
        Stands::Open => Status::Open,
        Stands::Approved | Stands::ApprovedAgain => Status::Approved,
        Stands::Declined => Status::Declined,
        Stands::Processing => Status::Processing,
        Stands::Paid => Status::Paid { payment: payment_id(attempt), amount: order_due(), currency: "EUR".into() },
        Stands::Failed => Status::Failed,
        Stands::Expired => Status::Expired,
    };
    Sighting { session: session(attempt), status }
}

fn session(attempt: Attempt) -> Session {
    Session { id: SessionId(attempt.to_string()), pay_url: String::new() }
}

fn payment_id(attempt: Attempt) -> PaymentId {
    PaymentId(attempt.to_string())
}

fn number(id: &str) -> Attempt {
    id.parse().expect("sessions and payments are named by their attempts")
}

fn key_text(key: Key) -> String {
    match key {
        Key::Surplus(attempt) => format!("refund-{attempt}"),
        Key::Merchant => "merchant".into(),
    }
}

fn time(now: u8) -> Timestamp {
    facts().now + SignedDuration::from_secs(now.into())
}

/// When the order began to be captured.
fn captured_since(kept: &Kept) -> u8 {
    if let Pay::Capturing(_, since) = kept.pay { since } else { 0 }
}

fn payment(pay: Pay) -> Payment {
    let (since, ask_at) = (Timestamp::UNIX_EPOCH, facts().now);
    match pay {
        Pay::Pending(attempt) => Payment::Pending { attempt: u32::from(attempt) },
        Pay::Awaiting(attempt) => Payment::Awaiting { session: session(attempt) },
        Pay::Capturing(attempt, since) => Payment::Capturing { session: session(attempt), since: time(since) },
        // Patience is no matter of the model: the payment has always just begun.
        Pay::Processing(attempt) => Payment::Processing { session: session(attempt), since: ask_at, ask_at },
        Pay::Paid(attempt) => Payment::Paid { payment: Some(payment_id(attempt)), at: since },
        Pay::Closed => Payment::Closed(Closing::Expired),
    }
}

fn real(kept: &Kept) -> Order {
    let refunds = kept.refunds.iter().map(|back| Refund {
        id: key_text(back.key),
        attempt: 1,
        payment: Some(payment_id(back.of)),
        amount: order_due(),
        cards: Vec::new(),
        what: match back.key {
            Key::Surplus(_) => What::Surplus,
            Key::Merchant => What::Order(Returned { other: order_due(), ..Returned::default() }),
        },
        status: if back.done { RefundStatus::Succeeded } else { RefundStatus::Pending { ask_at: facts().now } },
        at: facts().now,
        credit_note: None,
    });
    let attention = kept.attention.then(|| "a reason".to_owned());
    Order { refunds: refunds.collect(), attention, ..order(payment(kept.pay)) }
}

fn projected(order: &Order) -> Kept {
    let pay = match &order.payment {
        Payment::Pending { attempt } => Pay::Pending(Attempt::try_from(*attempt).expect("few attempts")),
        Payment::Awaiting { session } => Pay::Awaiting(number(&session.id.0)),
        Payment::Capturing { session, since } => {
            let since = since.as_second() - time(0).as_second();
            Pay::Capturing(number(&session.id.0), u8::try_from(since).expect("it is counted"))
        }
        Payment::Processing { session, .. } => Pay::Processing(number(&session.id.0)),
        Payment::Paid { payment, .. } => Pay::Paid(number(&payment.as_ref().expect("something is due").0)),
        Payment::Closed(_) => Pay::Closed,
    };
    Kept { pay, refunds: order.refunds.iter().map(back).collect(), attention: order.attention.is_some() }
}

fn back(refund: &Refund) -> Back {
    let of = number(&refund.payment.as_ref().expect("the gateway gives it back").0);
    let key = if refund.is_of_order() { Key::Merchant } else { Key::Surplus(of) };
    Back { key, of, done: !refund.is_pending() }
}

#[test]
fn an_order_survives_the_way_there_and_back() {
    for pay in [Pay::Pending(2), Pay::Awaiting(1), Pay::Capturing(2, 1), Pay::Processing(1), Pay::Paid(1), Pay::Closed] {
        for done in [false, true] {
            let back = |key, of| Back { key, of, done };
            let kept = Kept { pay, refunds: vec![back(Key::Surplus(2), 2), back(Key::Merchant, 1)], attention: done };
            assert_eq!(projected(&real(&kept)), kept);
        }
    }
}
