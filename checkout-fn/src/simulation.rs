//! Histories of a shop as the dice say: the real routes, decisions and stores, of which any call can fail before or after its effect,
//! end there with its instance, or find that others have acted before it; notices are lost, doubled, late and out of order. Whatever
//! happens, the counts are right after every step; and once the faults are over and the worker has been round, so is the money.
//!
//! Everything follows from a seed: the same one gives the same history, on any machine.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use self::bench::Bench;
use self::dice::Dice;
use self::world::World;
use crate::chance;

mod bench;
pub(crate) mod books;
mod checks;
mod customers;
mod dice;
mod faults;
mod goods;
mod letters;
mod merchants;
mod settled;
mod till;
mod wire;
mod world;

#[cfg(test)]
mod tests;

/// Which store holds a history's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// The embedded one, in memory.
    Sqlite,
    /// The one for those who outgrow that, over a table in this process.
    Dynamo,
}

/// What a history came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Steps that somebody took.
    pub steps: u64,
    /// Faults that were injected, crashes among them.
    pub faults: u64,
    /// Times that others acted between two effects.
    pub intrusions: u64,
    /// Orders that are paid.
    pub paid: u64,
    /// Orders that ended without.
    pub closed: u64,
    /// Refunds of all kinds.
    pub refunds: u64,
}

impl std::ops::AddAssign for Outcome {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.faults += other.faults;
        self.intrusions += other.intrusions;
        self.paid += other.paid;
        self.closed += other.closed;
        self.refunds += other.refunds;
    }
}

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("history {seed} breaks a rule at step {step}: {what}")]
pub struct Violation {
    /// Of the history.
    pub seed: u64,
    /// After how many steps.
    pub step: u64,
    /// What is wrong, one line for each wrong.
    pub what: String,
}

/// Is told what happens, line by line.
pub type Trace = Arc<dyn Fn(&str) + Send + Sync>;

/// Steps of a history before it settles.
const STEPS: u64 = 25;

/// Lives through histories, one after the other. A thread has one of its own.
pub struct Simulator {
    runtime: tokio::runtime::Runtime,
    bench: Bench,
}

impl Simulator {
    /// With stores and stand-ins that are made once and emptied between two histories.
    pub fn new() -> Result<Self, crate::error::Fault> {
        let fault = |error| crate::error::Fault::new(format!("cannot start a runtime: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().map_err(fault)?;
        let bench = runtime.block_on(Bench::new())?;
        Ok(Self { runtime, bench })
    }

    /// The history of a seed. After a violation the simulator is not used again.
    pub fn simulate(&mut self, seed: u64, store: StoreKind, trace: Option<Trace>) -> Result<Outcome, Box<Violation>> {
        let dice = Dice::new(seed, trace);
        chance::seed(Some(seed ^ 0x5EED));
        let history =
            std::panic::catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(lived(live(&mut self.bench, &dice, seed, store)))));
        chance::seed(None);
        dice.calm();
        history
            .unwrap_or_else(|panic| {
                let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                Err(format!("the program panicked: {}", text.unwrap_or("without a text")))
            })
            .map_err(|what| Box::new(Violation { seed, step: dice.steps(), what }))
    }
}

/// No wait in a history takes a year. Where nothing else is left to wait for, the clock jumps there at once.
const FOREVER: std::time::Duration = std::time::Duration::from_hours(24 * 365);

async fn lived(history: impl Future<Output = Result<Outcome, String>>) -> Result<Outcome, String> {
    let ended = tokio::time::timeout(FOREVER, history).await;
    ended.unwrap_or_else(|_| Err("it waits for something that never comes".to_owned()))
}

async fn live(bench: &mut Bench, dice: &Arc<Dice>, seed: u64, store: StoreKind) -> Result<Outcome, String> {
    let world = World::begin(bench, dice, seed, store).await.map_err(|fault| fault.text)?;
    for _ in 0..STEPS {
        dice.begin_step();
        world.step(dice.one_of_weighted(world::STEPS)).await;
        world.check().await?;
    }
    world.settle().await?;
    Ok(world.outcome().await)
}
