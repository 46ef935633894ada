//! The protocol of a purchase, walked through in every state that it can reach: two shoppers want the last unit, two instances serve
//! them and may stop between any two effects, notices come any number of times, late, early or never. Orders change by the real
//! [`decide`](crate::decide::decide); the store, the gateway and the handlers around it are small machines with the same conditions.

use stateright::{Model, Property};

use self::gateway::{Deed, Desk, Kind, Stands, Turn};
use self::kept::{Attempt, Goods, Kept, Key, Known, Pay, Wish, decided};
use self::mutation::Mutation;
use self::steps::{Job, Read, Task, Whose};

mod gateway;
mod kept;
mod mutation;
mod steps;
mod tests;

/// Which parts of the world there are. Each world is walked through to its end.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each part is there or not, in any combination")]
struct World {
    shoppers: Vec<Shopper>,
    /// The units of each SKU.
    stocked: [i8; 2],
    /// How often an instance may stop and forget everything.
    crashes: u8,
    /// Whether the first attempt at a session may be stuck.
    sticks: bool,
    /// Whether payments can be on their way.
    slowly: bool,
    /// Whether anybody can pay in a session whose address has not left the function. Then notices come in the end.
    leaks: bool,
    /// Whether the merchant gives back what was paid.
    merchant: bool,
    mutation: Option<Mutation>,
}

/// Somebody who orders.
#[derive(Debug, Clone, Copy)]
struct Shopper {
    kind: Kind,
    /// Of each SKU.
    wants: [i8; 2],
}

/// Everything that is the case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    orders: Vec<Option<Kept>>,
    /// How often each has begun to be captured.
    captures: Vec<u8>,
    stock: [Count; 2],
    desks: Vec<Desk>,
    /// In order: which of them is which makes no difference.
    instances: [Instance; 2],
    wrong: Option<Wrong>,
}

/// The count of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Count {
    available: i8,
    reserved: i8,
    sold: i8,
}

/// Where the handlers run.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Instance {
    task: Option<Task>,
    crashes: u8,
}

/// What must never happen, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Wrong {
    /// A payment has gone where it may not go.
    MovedBackwards,
    /// An address has left the function that the order does not know.
    UnknownAddress,
    /// An address has left the function for a closed order, and somebody can pay there.
    ClosedAddress,
    /// Money was taken while no goods were held.
    CapturedWithoutGoods,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Begin(usize, Job),
    GoOn(usize, Turn),
    Crash(usize),
    AtGateway(Whose, Attempt, Deed),
}

impl State {
    fn wrong(&mut self, wrong: Wrong) {
        self.wrong.get_or_insert(wrong);
    }

    /// Places an order and holds its goods, if there are enough.
    fn place(&mut self, world: &World, whose: Whose) -> bool {
        if world.mutation != Some(Mutation::PlacingDoesNotCount) && !self.suffices(world, whose) {
            return false;
        }
        self.orders[whose] = Some(Kept::placed());
        self.shift(world, whose, Goods::HoldAgain);
        true
    }

    fn suffices(&self, world: &World, whose: Whose) -> bool {
        let wanted = world.shoppers[whose].wants;
        self.stock.iter().zip(wanted).all(|(count, wanted)| count.available >= wanted)
    }

    /// Whether there are the goods that a movement takes.
    fn is_possible(&self, world: &World, whose: Whose, goods: Goods) -> bool {
        match goods {
            Goods::SellLate | Goods::HoldAgain => world.mutation == Some(Mutation::LateGoodsAreNotCounted) || self.suffices(world, whose),
            Goods::Sell | Goods::Release => true,
        }
    }

    /// Moves what an order holds.
    fn shift(&mut self, world: &World, whose: Whose, goods: Goods) {
        for (count, wanted) in self.stock.iter_mut().zip(world.shoppers[whose].wants) {
            let Count { available, reserved, sold } = count;
            let (from, to) = match goods {
                Goods::Sell => (reserved, sold),
                Goods::Release => (reserved, available),
                Goods::SellLate => (available, sold),
                Goods::HoldAgain => (available, reserved),
            };
            *from -= wanted;
            *to += wanted;
        }
    }

    /// Stores an order. Whoever has read it before learns from its version that it is another one.
    fn put(&mut self, world: &World, whose: Whose, stored: &Kept, next: Kept) {
        if stored.pay != next.pay && !stored.pay.may_become(next.pay) {
            self.wrong(Wrong::MovedBackwards);
        }
        if matches!(next.pay, Pay::Capturing(..)) && stored.pay != next.pay {
            self.captures[whose] += 1;
        }
        if let Pay::Awaiting(attempt) | Pay::Capturing(attempt, _) | Pay::Processing(attempt) = next.pay {
            self.desks[whose].note_stored(attempt);
        }
        self.orders[whose] = Some(next);
        let outdated = if world.mutation == Some(Mutation::VersionIsIgnored) { Read::Stale(stored.clone()) } else { Read::Not };
        for instance in &mut self.instances {
            if let Some(Task::Change { whose: theirs, read, .. }) = &mut instance.task
                && *theirs == whose
                && *read == Read::Fresh
            {
                *read = outdated.clone();
            }
        }
    }

    /// An address leaves the function.
    fn answer(&mut self, world: &World, whose: Whose, attempt: Attempt) {
        self.desks[whose].let_out(attempt);
        let can_be_paid = world.shoppers[whose].kind == Kind::Charges && self.desks[whose].stands(attempt) == Stands::Open;
        if !self.desks[whose].session(attempt).is_some_and(|session| session.is_stored) {
            self.wrong(Wrong::UnknownAddress);
        }
        // Where sessions are found out, the end of one can close an order whose other address is on its way; then R21 has to do.
        if can_be_paid && !world.leaks && self.orders[whose].as_ref().is_some_and(|kept| kept.pay == Pay::Closed) {
            self.wrong(Wrong::ClosedAddress);
        }
    }

    /// Nothing is in flight, and nobody has anything left to do.
    fn is_quiet(&self, world: &World) -> bool {
        let is_idle = self.instances.iter().all(|instance| instance.task.is_none());
        is_idle && (0..self.orders.len()).all(|whose| self.is_settled(world, whose))
    }

    fn is_settled(&self, world: &World, whose: Whose) -> bool {
        let Some(kept) = &self.orders[whose] else { return true };
        // Notices that come in the end have come.
        let known = Known { stock_left: self.suffices(world, whose), now: 0 };
        let is_told = |attempt| decided(kept, &Wish::Settle(attempt, Stands::Paid), known, world.mutation).is_some_and(|d| d.kept == *kept);
        !kept.wakes(world.mutation) && (!world.leaks || self.money(whose).all(is_told))
    }

    /// The sessions in which the gateway has taken money.
    fn money(&self, whose: Whose) -> impl Iterator<Item = Attempt> {
        self.desks[whose].all().filter(|(_, session)| session.stands == Stands::Paid).map(|(attempt, _)| attempt)
    }
}

const COUNTED: &str = "R20: nothing is sold twice";
const ONCE: &str = "R21: nothing goes back twice, and nothing that buys";
const SETTLED: &str = "R21: every payment ends in its order or goes back";
const FORWARD: &str = "a payment only moves forward";
const STORED: &str = "an address is stored before it leaves";
const OPEN: &str = "nobody is sent to pay for what is closed";
const HELD: &str = "nothing is captured without its goods";

/// R20: nothing is sold twice, and what is counted is what the orders say.
fn counts_are_right(world: &World, state: &State) -> bool {
    let of = |sku: usize, is_counted: fn(Pay) -> bool| -> i8 {
        let orders = state.orders.iter().zip(&world.shoppers);
        orders.filter(|(kept, _)| kept.as_ref().is_some_and(|kept| is_counted(kept.pay))).map(|(_, shopper)| shopper.wants[sku]).sum()
    };
    state.stock.iter().enumerate().all(|(sku, count)| {
        count.available >= 0
            && count.available + count.reserved + count.sold == world.stocked[sku]
            && count.reserved == of(sku, Pay::is_open)
            && count.sold == of(sku, |pay| matches!(pay, Pay::Paid(_)))
    })
}

/// R21, at all times: what is paid was paid, and nothing goes back twice.
fn refunds_are_right(_: &World, state: &State) -> bool {
    state.orders.iter().zip(&state.desks).all(|(kept, desk)| {
        let pay = kept.as_ref().map(|kept| kept.pay);
        let is_real = |payment| desk.session(payment).is_some_and(|session| session.stands == Stands::Paid);
        let has_one = |payment| desk.refunds(payment).map(|(_, times)| times).sum::<u8>() <= 1;
        let buys_nothing = |payment| desk.refunds(payment).all(|(key, _)| key == Key::Merchant);
        desk.all().all(|(payment, _)| has_one(payment) && (desk.refunds(payment).next().is_none() || is_real(payment)))
            && !matches!(pay, Some(Pay::Paid(payment)) if !is_real(payment) || !buys_nothing(payment))
    })
}

/// R21, once all is quiet: every payment is its order's or has gone back, and what the books say has gone back has.
fn money_is_right(world: &World, state: &State) -> bool {
    !state.is_quiet(world)
        || state.orders.iter().zip(&state.desks).enumerate().all(|(whose, (kept, desk))| {
            let Some(kept) = kept else { return state.money(whose).next().is_none() };
            let goes_back = |payment| desk.refunds(payment).any(|(key, _)| matches!(key, Key::Surplus(_)));
            state.money(whose).all(|payment| (kept.pay == Pay::Paid(payment)) != goes_back(payment))
                && kept.refunds.iter().all(|back| desk.refunds(back.of).any(|(key, _)| key == back.key))
        })
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            orders: vec![None; self.shoppers.len()],
            captures: vec![0; self.shoppers.len()],
            stock: self.stocked.map(|available| Count { available, reserved: 0, sold: 0 }),
            desks: vec![Desk::default(); self.shoppers.len()],
            instances: Default::default(),
            wrong: None,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let jobs = steps::jobs(self, state);
        for (place, instance) in state.instances.iter().enumerate() {
            match &instance.task {
                // Two that are alike do the same.
                None if place > 0 && *instance == state.instances[0] => {}
                None => actions.extend(jobs.iter().map(|job| Action::Begin(place, *job))),
                Some(task) => {
                    actions.extend(steps::turns(self, state, task).iter().map(|turn| Action::GoOn(place, *turn)));
                    actions.extend((instance.crashes < self.crashes).then_some(Action::Crash(place)));
                }
            }
        }
        for (whose, desk) in state.desks.iter().enumerate() {
            let kind = self.shoppers[whose].kind;
            for attempt in 1..=2 {
                let possible = Deed::ALL.into_iter().filter(|deed| *deed != Deed::PaySlowly || self.slowly);
                let possible = possible.filter(|deed| desk.allows(*deed, attempt, kind, self.leaks));
                actions.extend(possible.map(|deed| Action::AtGateway(whose, attempt, deed)));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Begin(place, job) => {
                let next = steps::begin(self, &mut state, job);
                state.instances[place].task = next;
            }
            Action::GoOn(place, turn) => {
                let task = state.instances[place].task.take()?;
                let next = steps::go_on(self, &mut state, task, turn);
                state.instances[place].task = next;
            }
            Action::Crash(place) => {
                state.instances[place].task = None;
                state.instances[place].crashes += 1;
            }
            Action::AtGateway(whose, attempt, deed) => state.desks[whose].happen(deed, attempt, self.shoppers[whose].kind),
        }
        state.instances.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(COUNTED, counts_are_right),
            Property::always(ONCE, refunds_are_right),
            Property::always(SETTLED, money_is_right),
            Property::always(FORWARD, |_, state: &State| state.wrong != Some(Wrong::MovedBackwards)),
            Property::always(STORED, |_, state: &State| state.wrong != Some(Wrong::UnknownAddress)),
            Property::always(OPEN, |_, state: &State| state.wrong != Some(Wrong::ClosedAddress)),
            Property::always(HELD, |_, state: &State| state.wrong != Some(Wrong::CapturedWithoutGoods)),
        ]
    }
}
