//! The handlers of an instance as machines: between any two of their effects others may act, or the instance may stop and forget
//! everything. What they do is what `placing`, `handover`, `settling` and `worker` do.

use super::gateway::{Stands, Turn};
use super::kept::{Attempt, Call, Decided, Goods, Kept, Key, Known, Pay, Wish, decided};
use super::mutation::Mutation;
use super::{State, World, Wrong};

/// Which of the shoppers' orders.
pub(super) type Whose = usize;

/// What an instance is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Job {
    /// The shopper orders, or asks again with the same key.
    Checkout(Whose),
    /// A notice about a session, or the shopper comes back from there: any number of times, at any time, or never.
    Look(Whose, Attempt),
    /// The worker's round finds an unpaid order.
    End(Whose),
    /// The worker's round finds a refund that is pending.
    FinishRefund(Whose),
    /// The merchant gives back all that was paid.
    GiveBack(Whose),
}

/// What an instance is about to do next, and what it remembers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Task {
    Open(Whose, Attempt),
    /// The attempt is stuck: has it made a session all the same?
    Search(Whose, Attempt),
    Change {
        whose: Whose,
        wish: Wish,
        read: Read,
        stock_left: bool,
        then: Then,
    },
    /// The address leaves the function.
    Answer(Whose, Attempt, Sooner),
    LostRace(Whose, Option<Attempt>),
    /// Ends a session; the order is released then.
    Expire(Whose, Attempt),
    FindToEnd(Whose, Attempt),
    LookAgain(Whose, Attempt),
    /// Since when, too: the key of the call.
    Capture(Whose, Attempt, u8),
    Refund(Whose, Key, Attempt),
    /// Only where a mutation moves the call before the intent.
    RefundFirst(Whose, Key, Attempt, Wish),
    SearchRefund(Whose, Key, Attempt),
    /// Only where a mutation parts the goods from the order.
    MoveGoods(Whose, Goods, Option<Box<Task>>),
}

/// Whether an order was read for a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Read {
    /// Not yet, or somebody has changed it since, which the version shows.
    Not,
    /// It is still what is stored.
    Fresh,
    /// Somebody has changed it since, and nobody looks at the version. Only where a mutation says so.
    Stale(Kept),
}

/// What follows a stored change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Then {
    /// Its effects.
    Effects,
    /// Nothing: what is left to do is the worker's.
    Nothing,
    /// The session is handed over, if the order is open.
    HandOver(Attempt),
    /// The order's own session is handed over.
    Found(Attempt),
    /// The next attempt is opened.
    Anew(Attempt),
}

/// Whether an address leaves before it is stored. Only where a mutation says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sooner {
    No,
    Yes,
}

fn change(whose: Whose, wish: Wish, then: Then) -> Task {
    Task::Change { whose, wish, read: Read::Not, stock_left: true, then }
}

/// The jobs that may come up.
pub(super) fn jobs(world: &World, state: &State) -> Vec<Job> {
    let mut jobs = Vec::new();
    for whose in 0..world.shoppers.len() {
        match &state.orders[whose] {
            None => jobs.push(Job::Checkout(whose)),
            Some(kept) => {
                // Asked again, a paid or closed order leads to no effect.
                jobs.extend(kept.pay.is_open().then_some(Job::Checkout(whose)));
                if kept.wakes(world.mutation) {
                    jobs.extend(kept.pay.is_open().then_some(Job::End(whose)));
                    jobs.extend(kept.refunds.iter().any(|back| !back.done).then_some(Job::FinishRefund(whose)));
                }
                jobs.extend((world.merchant && matches!(kept.pay, Pay::Paid(_))).then_some(Job::GiveBack(whose)));
            }
        }
        jobs.extend(state.desks[whose].all().map(|(attempt, _)| Job::Look(whose, attempt)));
    }
    jobs
}

/// An instance begins: the first effect of a job, and what comes next. `None`: nothing.
pub(super) fn begin(world: &World, state: &mut State, job: Job) -> Option<Task> {
    match job {
        Job::Checkout(whose) => match &state.orders[whose] {
            None => state.place(world, whose).then_some(Task::Open(whose, 1)),
            Some(kept) => match kept.pay {
                Pay::Pending(attempt) => Some(Task::Open(whose, attempt)),
                Pay::Awaiting(attempt) | Pay::Capturing(attempt, _) | Pay::Processing(attempt) => {
                    Some(Task::Answer(whose, attempt, Sooner::No))
                }
                Pay::Paid(_) | Pay::Closed => None,
            },
        },
        Job::Look(whose, attempt) => {
            let stands = state.desks[whose].stands(attempt);
            Some(change(whose, Wish::Settle(attempt, stands), Then::Effects))
        }
        Job::End(whose) => match state.orders[whose].as_ref()?.pay {
            Pay::Pending(attempt) | Pay::Awaiting(attempt) if world.mutation == Some(Mutation::ReleaseDoesNotExpire) => {
                Some(change(whose, Wish::Release(Some((attempt, Stands::Expired))), Then::Effects))
            }
            Pay::Pending(_) if world.mutation == Some(Mutation::PendingIsNotSearched) => {
                Some(change(whose, Wish::Release(None), Then::Effects))
            }
            Pay::Pending(attempt) => Some(Task::FindToEnd(whose, attempt)),
            Pay::Awaiting(attempt) => Some(Task::Expire(whose, attempt)),
            Pay::Capturing(attempt, _) | Pay::Processing(attempt) => Some(Task::LookAgain(whose, attempt)),
            Pay::Paid(_) | Pay::Closed => None,
        },
        Job::FinishRefund(whose) => {
            let back = state.orders[whose].as_ref()?.refunds.iter().find(|back| !back.done)?;
            Some(Task::SearchRefund(whose, back.key, back.of))
        }
        Job::GiveBack(whose) => Some(change(whose, Wish::GiveBack, Then::Effects)),
    }
}

/// How the next effect of a task may turn out.
pub(super) fn turns(world: &World, state: &State, task: &Task) -> &'static [Turn] {
    match task {
        Task::Open(whose, attempt) => state.desks[*whose].turns_of_opening(*attempt, world.sticks),
        Task::Capture(whose, attempt, since) => state.desks[*whose].turns_of_capture(*attempt, *since, world.slowly, world.mutation),
        _ => &[Turn::Well],
    }
}

/// The next effect of a task, and what comes after it.
pub(super) fn go_on(world: &World, state: &mut State, task: Task, turn: Turn) -> Option<Task> {
    match task {
        Task::Open(whose, attempt) => {
            let Some((attempt, stands)) = state.desks[whose].open(attempt, turn, world.mutation) else {
                return Some(stuck(world, whose, attempt));
            };
            if world.mutation == Some(Mutation::AddressLeavesFirst) && stands == Stands::Open {
                return Some(Task::Answer(whose, attempt, Sooner::Yes));
            }
            let wish = if stands == Stands::Open { Wish::HandOver(attempt) } else { Wish::Settle(attempt, stands) };
            Some(change(whose, wish, Then::HandOver(attempt)))
        }
        Task::Search(whose, attempt) => Some(match state.desks[whose].session(attempt) {
            Some(_) => change(whose, Wish::HandOver(attempt), Then::Found(attempt)),
            None => change(whose, Wish::TryAnew(attempt), Then::Anew(attempt)),
        }),
        Task::Change { whose, wish, read: Read::Not, stock_left, then } => {
            Some(Task::Change { whose, wish, read: Read::Fresh, stock_left, then })
        }
        Task::Change { whose, wish, read, stock_left, then } => store(world, state, whose, wish, read, stock_left, then),
        Task::Answer(whose, attempt, sooner) => {
            state.answer(world, whose, attempt);
            (sooner == Sooner::Yes).then(|| change(whose, Wish::HandOver(attempt), Then::Nothing))
        }
        Task::LostRace(whose, session) => match state.orders[whose].as_ref()?.pay {
            Pay::Closed if world.mutation == Some(Mutation::LostRaceLeavesSession) => None,
            Pay::Closed => Some(Task::Expire(whose, session?)),
            Pay::Awaiting(attempt) | Pay::Capturing(attempt, _) | Pay::Processing(attempt) => {
                Some(Task::Answer(whose, attempt, Sooner::No))
            }
            Pay::Pending(_) | Pay::Paid(_) => None,
        },
        Task::Expire(whose, attempt) => {
            let stands = state.desks[whose].expire(world.shoppers[whose].kind, attempt);
            Some(change(whose, Wish::Release(Some((attempt, stands))), Then::Effects))
        }
        Task::FindToEnd(whose, attempt) => Some(match state.desks[whose].session(attempt) {
            Some(_) => Task::Expire(whose, attempt),
            None => change(whose, Wish::Release(None), Then::Effects),
        }),
        Task::LookAgain(whose, attempt) => Some(change(whose, Wish::Settle(attempt, state.desks[whose].stands(attempt)), Then::Effects)),
        Task::Capture(whose, attempt, since) => {
            let (stands, has_moved) = state.desks[whose].capture(attempt, since, turn, world.mutation);
            if has_moved && !state.orders[whose].as_ref().is_some_and(|kept| kept.pay.is_open()) {
                state.wrong(Wrong::CapturedWithoutGoods);
            }
            Some(change(whose, Wish::Captured(attempt, since, stands), Then::Nothing))
        }
        Task::Refund(whose, key, of) => {
            state.desks[whose].refund(key, of, world.mutation);
            Some(change(whose, Wish::Refunded(key), Then::Nothing))
        }
        Task::RefundFirst(whose, key, of, wish) => {
            state.desks[whose].refund(key, of, world.mutation);
            Some(change(whose, wish, Then::Nothing))
        }
        Task::SearchRefund(whose, key, of) => {
            let known: Vec<Key> = state.desks[whose].refunds(of).map(|(key, _)| key).collect();
            let is_known = known.contains(&key) && world.mutation != Some(Mutation::RefundsAreNotSearched);
            Some(if is_known { change(whose, Wish::Learn(of, known), Then::Nothing) } else { Task::Refund(whose, key, of) })
        }
        Task::MoveGoods(whose, goods, next) => {
            state.shift(world, whose, goods);
            next.map(|next| *next)
        }
    }
}

fn stuck(world: &World, whose: Whose, attempt: Attempt) -> Task {
    if world.mutation == Some(Mutation::StuckIsNotSearched) {
        change(whose, Wish::TryAnew(attempt), Then::Anew(attempt))
    } else {
        Task::Search(whose, attempt)
    }
}

/// Decides on what was read, and stores it if nobody was faster.
fn store(world: &World, state: &mut State, whose: Whose, wish: Wish, read: Read, stock_left: bool, then: Then) -> Option<Task> {
    let stored = state.orders[whose].clone()?;
    let kept = if let Read::Stale(kept) = read { kept } else { stored.clone() };
    let Some(Decided { kept: next, goods, call }) = decided(&kept, &wish, Known { stock_left, now: state.captures[whose] }, world.mutation)
    else {
        return refused(whose, then);
    };
    if next == kept {
        return follow(whose, &next, call, then, world.mutation);
    }
    if let (Some(Mutation::RefundComesFirst), Some(Call::Refund(key, of)), Then::Effects) = (world.mutation, call, then) {
        return Some(Task::RefundFirst(whose, key, of, wish));
    }
    if goods.is_some_and(|goods| !state.is_possible(world, whose, goods)) {
        return Some(Task::Change { whose, wish, read: Read::Not, stock_left: false, then });
    }
    state.put(world, whose, &stored, next.clone());
    let after = follow(whose, &next, call, then, world.mutation);
    match goods {
        Some(goods) if world.mutation == Some(Mutation::GoodsMoveApart) => Some(Task::MoveGoods(whose, goods, after.map(Box::new))),
        Some(goods) => {
            state.shift(world, whose, goods);
            after
        }
        None => after,
    }
}

fn refused(whose: Whose, then: Then) -> Option<Task> {
    match then {
        Then::Effects | Then::Nothing => None,
        Then::HandOver(attempt) | Then::Found(attempt) => Some(Task::LostRace(whose, Some(attempt))),
        Then::Anew(_) => Some(Task::LostRace(whose, None)),
    }
}

fn follow(whose: Whose, kept: &Kept, call: Option<Call>, then: Then, mutation: Option<Mutation>) -> Option<Task> {
    let call = call.map(|call| match call {
        Call::Capture(attempt, since) => Task::Capture(whose, attempt, since),
        Call::Refund(key, of) => Task::Refund(whose, key, of),
    });
    match then {
        Then::Nothing => None,
        Then::Effects => call,
        Then::Anew(attempt) => Some(Task::Open(whose, attempt + 1)),
        Then::Found(attempt) => Some(Task::LostRace(whose, Some(attempt))),
        // A replay after the shopper has been to the gateway; what is handed over then is a page that was left.
        Then::HandOver(_) if call.is_some() => call,
        Then::HandOver(attempt) if mutation == Some(Mutation::AnySessionIsAnswered) && kept.pay.is_open() => {
            Some(Task::Answer(whose, attempt, Sooner::No))
        }
        Then::HandOver(attempt) => Some(match kept.pay {
            Pay::Awaiting(own) | Pay::Capturing(own, _) | Pay::Processing(own) => Task::Answer(whose, own, Sooner::No),
            Pay::Pending(_) | Pay::Paid(_) | Pay::Closed => Task::LostRace(whose, Some(attempt)),
        }),
    }
}
