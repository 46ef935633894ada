//! The gateway of the model: one desk for each order. It does what a real one does and no more; in particular it gives money back as
//! often as it is asked with a new key, and never refuses to.

use super::kept::{Attempt, Key};
use super::mutation::Mutation;

/// How money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// When the shopper pays. Sessions can be expired. Like Stripe.
    Charges,
    /// When it is captured, after the shopper has approved. A session cannot be expired: asked to, the gateway's adapter says that
    /// nobody can pay any more as long as no money has moved, because nothing is captured for a closed order. Like `PayPal`.
    Captures,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stands {
    Open,
    Approved,
    /// The capture was declined; the shopper may approve once more.
    Declined,
    ApprovedAgain,
    Processing,
    Paid,
    Failed,
    Expired,
}

/// A session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Session {
    pub(super) stands: Stands,
    /// Whether the order has known it at some time.
    pub(super) is_stored: bool,
    /// Whether its address has left the function.
    pub(super) is_out: bool,
    /// The keys of captures that took nothing, and will be answered so again: a bit for each.
    refused: u8,
}

/// Everything that the gateway knows of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Desk {
    /// By attempt.
    sessions: [Option<Session>; 2],
    /// Whether the first attempt's key is answered with a stored failure.
    is_stuck: bool,
    /// Money given back: for what, of which payment, how often. In order.
    refunds: Vec<(Key, Attempt, u8)>,
}

/// How an effect turns out, where that is not for us to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Turn {
    Well,
    /// A session: the failure is stored, and there is no session. A capture: it is declined.
    Badly,
    /// A session: the failure is stored, and there is a session all the same. A capture: the money is on its way.
    Oddly,
}

/// What somebody who is not us does at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Deed {
    /// The shopper pays, or approves.
    Pay,
    /// The shopper pays in a way that takes its time.
    PaySlowly,
    /// The money that was on its way has come.
    Arrive,
    /// It will not come.
    Fail,
    /// The session's time is over.
    Expire,
    /// A request that had failed was carried out after all.
    Appear,
}

impl Deed {
    pub(super) const ALL: [Self; 6] = [Self::Pay, Self::PaySlowly, Self::Arrive, Self::Fail, Self::Expire, Self::Appear];
}

impl Desk {
    /// A session, if it is there.
    pub(super) fn session(&self, attempt: Attempt) -> Option<Session> {
        self.sessions.get(usize::from(attempt) - 1).copied().flatten()
    }

    /// All sessions.
    pub(super) fn all(&self) -> impl Iterator<Item = (Attempt, Session)> {
        (1..).zip(self.sessions).filter_map(|(attempt, session)| Some((attempt, session?)))
    }

    /// How a session stands that is there.
    pub(super) fn stands(&self, attempt: Attempt) -> Stands {
        self.session(attempt).expect("only sessions that are there are asked about").stands
    }

    fn set(&mut self, attempt: Attempt, stands: Stands) {
        let session =
            self.sessions[usize::from(attempt) - 1].get_or_insert(Session { stands, is_stored: false, is_out: false, refused: 0 });
        session.stands = stands;
    }

    /// The order knows it.
    pub(super) fn note_stored(&mut self, attempt: Attempt) {
        self.sessions[usize::from(attempt) - 1].iter_mut().for_each(|session| session.is_stored = true);
    }

    /// The address leaves the function.
    pub(super) fn let_out(&mut self, attempt: Attempt) {
        self.sessions[usize::from(attempt) - 1].iter_mut().for_each(|session| session.is_out = true);
    }

    /// What opening the session of an attempt may come to.
    pub(super) fn turns_of_opening(&self, attempt: Attempt, sticks: bool) -> &'static [Turn] {
        if sticks && attempt == 1 && self.session(1).is_none() && !self.is_stuck {
            &[Turn::Well, Turn::Badly, Turn::Oddly]
        } else {
            &[Turn::Well]
        }
    }

    /// Opens the session of an attempt, or finds it there. `None`: stuck. The answer names the session by its attempt.
    pub(super) fn open(&mut self, attempt: Attempt, turn: Turn, mutation: Option<Mutation>) -> Option<(Attempt, Stands)> {
        self.is_stuck |= attempt == 1 && turn != Turn::Well;
        if attempt == 1 && self.is_stuck {
            if turn == Turn::Oddly {
                self.set(1, Stands::Open);
            }
            return None;
        }
        let attempt = if mutation == Some(Mutation::SessionsAreNew) && self.session(attempt).is_some() { 2 } else { attempt };
        if self.session(attempt).is_none() {
            self.set(attempt, Stands::Open);
        }
        Some((attempt, self.stands(attempt)))
    }

    /// Ends a session, as far as that is possible.
    pub(super) fn expire(&mut self, kind: Kind, attempt: Attempt) -> Stands {
        match (kind, self.stands(attempt)) {
            (Kind::Charges, Stands::Open) => {
                self.set(attempt, Stands::Expired);
                Stands::Expired
            }
            (Kind::Captures, Stands::Open | Stands::Approved | Stands::Declined | Stands::ApprovedAgain) => Stands::Expired,
            (_, stands) => stands,
        }
    }

    /// What a capture may come to.
    pub(super) fn turns_of_capture(&self, attempt: Attempt, since: u8, is_slow: bool, mutation: Option<Mutation>) -> &'static [Turn] {
        if self.was_refused(attempt, since, mutation) {
            return &[Turn::Well];
        }
        match (self.stands(attempt), is_slow) {
            (Stands::Approved, true) => &[Turn::Well, Turn::Badly, Turn::Oddly],
            (Stands::Approved, false) => &[Turn::Well, Turn::Badly],
            (Stands::ApprovedAgain, true) => &[Turn::Well, Turn::Oddly],
            _ => &[Turn::Well],
        }
    }

    fn was_refused(&self, attempt: Attempt, since: u8, mutation: Option<Mutation>) -> bool {
        mutation != Some(Mutation::CapturesHaveNoKey) && self.session(attempt).is_some_and(|session| session.refused & (1 << since) != 0)
    }

    /// Takes the money, if the shopper has approved. How it stands then, and whether money moved.
    pub(super) fn capture(&mut self, attempt: Attempt, since: u8, turn: Turn, mutation: Option<Mutation>) -> (Stands, bool) {
        let stands = self.stands(attempt);
        let is_approved = matches!(stands, Stands::Approved | Stands::ApprovedAgain);
        let next = match turn {
            _ if is_approved && self.was_refused(attempt, since, mutation) => return (Stands::Declined, false),
            _ if !is_approved => stands,
            Turn::Well => Stands::Paid,
            Turn::Badly => Stands::Declined,
            Turn::Oddly => Stands::Processing,
        };
        self.set(attempt, next);
        if next == Stands::Declined {
            self.sessions[usize::from(attempt) - 1].iter_mut().for_each(|session| session.refused |= 1 << since);
        }
        (next, is_approved && next != Stands::Declined)
    }

    /// Gives back a payment, once for each key.
    pub(super) fn refund(&mut self, key: Key, of: Attempt, mutation: Option<Mutation>) {
        match self.refunds.iter_mut().find(|(known, payment, _)| (*known, *payment) == (key, of)) {
            // More than twice is as wrong as twice.
            Some((_, _, times)) if mutation == Some(Mutation::RefundsHaveNoKey) => *times = 2,
            Some(_) => {}
            None => {
                self.refunds.push((key, of, 1));
                self.refunds.sort_unstable();
            }
        }
    }

    /// The refunds of a payment.
    pub(super) fn refunds(&self, of: Attempt) -> impl Iterator<Item = (Key, u8)> {
        self.refunds.iter().filter(move |(_, payment, _)| *payment == of).map(|(key, _, times)| (*key, *times))
    }

    /// Whether somebody can do that to a session now.
    pub(super) fn allows(&self, deed: Deed, attempt: Attempt, kind: Kind, leaks: bool) -> bool {
        let Some(session) = self.session(attempt) else { return deed == Deed::Appear && attempt == 1 && self.is_stuck && leaks };
        let is_reached = session.is_out || leaks;
        match (deed, session.stands) {
            (Deed::Pay, Stands::Open | Stands::Declined) => is_reached,
            (Deed::PaySlowly, Stands::Open) => is_reached && kind == Kind::Charges,
            (Deed::Arrive | Deed::Fail, Stands::Processing) => true,
            (Deed::Expire, Stands::Open) => true,
            (Deed::Expire, Stands::Approved | Stands::Declined | Stands::ApprovedAgain) => true,
            _ => false,
        }
    }

    /// Somebody does something.
    pub(super) fn happen(&mut self, deed: Deed, attempt: Attempt, kind: Kind) {
        let stands = self.session(attempt).map(|session| session.stands);
        let next = match (deed, kind, stands) {
            (Deed::Appear, ..) => Stands::Open,
            (Deed::Pay, Kind::Captures, Some(Stands::Declined)) => Stands::ApprovedAgain,
            (Deed::Pay, Kind::Captures, _) => Stands::Approved,
            (Deed::Pay, Kind::Charges, _) | (Deed::Arrive, ..) => Stands::Paid,
            (Deed::PaySlowly, ..) => Stands::Processing,
            (Deed::Fail, ..) => Stands::Failed,
            (Deed::Expire, ..) => Stands::Expired,
        };
        self.set(attempt, next);
    }
}
