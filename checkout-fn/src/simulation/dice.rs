//! Numbers that follow from a seed, and what they let happen at each effect: it fails before or after, its instance ends there, or
//! others act before it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use super::Trace;
use super::world::World;
use crate::chance;
use crate::error::Fault;
use crate::store::dynamodb::wire::Injected;

/// How often, of a thousand effects, something happens at one.
struct Odds {
    /// It fails; for each of before and after.
    fails: u64,
    /// Its instance ends; likewise.
    crashes: u64,
    /// Others act before it.
    intrudes: u64,
    /// A request to a table in this process meets trouble.
    befalls: u64,
    /// What is looked for is there a moment later.
    overlooks: u64,
}

const ODDS: Odds = Odds { fails: 25, crashes: 8, intrudes: 50, befalls: 15, overlooks: 200 };

/// The dice of one history.
pub(super) struct Dice {
    state: Mutex<u64>,
    is_calm: AtomicBool,
    /// For each instance that is at work, the innermost last: whether it has ended.
    instances: Mutex<Vec<Arc<AtomicBool>>>,
    steps: AtomicU64,
    faults: AtomicU64,
    intrusions: AtomicU64,
    /// Who may act between any two effects of others; away while acting.
    intruder: Mutex<Option<Arc<World>>>,
    trace: Option<Trace>,
}

impl Dice {
    pub(super) fn new(seed: u64, trace: Option<Trace>) -> Arc<Self> {
        let (steps, faults, intrusions) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let (is_calm, instances) = (AtomicBool::new(false), Mutex::default());
        Arc::new(Self { state: Mutex::new(seed), is_calm, instances, steps, faults, intrusions, intruder: Mutex::new(None), trace })
    }

    /// From 0 to below `sides`.
    pub(super) fn roll(&self, sides: u64) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, next) = chance::next(*state);
        *state = next;
        number % sides
    }

    /// Whether something happens that happens once in so many times.
    pub(super) fn once_in(&self, times: u64) -> bool {
        self.roll(times) == 0
    }

    /// One of several, where there are any.
    pub(super) fn one_of<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(all.len()).ok().filter(|sides| *sides > 0)?;
        all.get(usize::try_from(self.roll(sides)).ok()?)
    }

    /// One of several, each as likely as its weight says.
    pub(super) fn one_of_weighted<T: Copy>(&self, all: &[(T, u64)]) -> T {
        let mut rolled = self.roll(all.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in all {
            if rolled < *weight {
                return *one;
            }
            rolled -= weight;
        }
        unreachable!("what is rolled is below the sum of the weights")
    }

    /// Tells what happens to whoever wants to know.
    pub(super) fn tell(&self, text: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace(&text());
        }
    }

    pub(super) fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    pub(super) fn begin_step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    pub(super) fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    pub(super) fn intrusions(&self) -> u64 {
        self.intrusions.load(Ordering::Relaxed)
    }

    /// From now on others may act.
    pub(super) fn let_in(&self, world: Arc<World>) {
        *self.intruder.lock().unwrap_or_else(PoisonError::into_inner) = Some(world);
    }

    /// Nothing fails any more, and nobody acts between.
    pub(super) fn calm(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
        self.intruder.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn happens(&self, per_mille: u64) -> bool {
        !self.is_calm.load(Ordering::Relaxed) && self.roll(1000) < per_mille
    }

    /// Does something with an effect at a port, and what the dice say before and after it.
    pub(super) async fn around<T: Send, E: From<Fault> + Send>(
        &self,
        name: &str,
        effect: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        self.fails(name, "before")?;
        self.between(name, "before").await;
        let answer = effect.await?;
        self.may_crash(name, "after").await;
        self.fails(name, "after")?;
        Ok(answer)
    }

    fn fails(&self, name: &str, when: &str) -> Result<(), Fault> {
        if !self.happens(ODDS.fails) {
            return Ok(());
        }
        self.faults.fetch_add(1, Ordering::Relaxed);
        self.tell(|| format!("      `{name}` fails {when} its effect"));
        Err(Fault::new(format!("the dice let `{name}` fail")))
    }

    /// Others act, or the instance ends.
    pub(super) async fn between(&self, name: &str, when: &str) {
        self.may_crash(name, when).await;
        if !self.happens(ODDS.intrudes) {
            return;
        }
        let intruder = self.intruder.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(intruder) = intruder else { return };
        // Comes back even if the instance between whose effects it acts is given up meanwhile.
        let _acting = Acting { dice: self, intruder: Some(intruder.clone()) };
        self.intrusions.fetch_add(1, Ordering::Relaxed);
        self.tell(|| format!("      {when} `{name}` others act:"));
        intruder.intrude().await;
        self.tell(|| format!("      `{name}` goes on"));
    }

    /// The instance ends here: what it waits for never comes, and whoever runs it gives it up.
    pub(super) async fn may_crash(&self, name: &str, when: &str) {
        let innermost = self.instances.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
        if let Some(has_ended) = innermost.filter(|_| self.happens(ODDS.crashes)) {
            self.faults.fetch_add(1, Ordering::Relaxed);
            self.tell(|| format!("      the instance ends {when} `{name}`"));
            has_ended.store(true, Ordering::Relaxed);
            std::future::pending::<()>().await;
        }
    }

    /// Whether something is not seen yet.
    pub(super) fn overlooks(&self, what: &str) -> bool {
        let overlooks = self.happens(ODDS.overlooks);
        if overlooks {
            self.tell(|| format!("      {what} is not there yet"));
        }
        overlooks
    }

    /// What befalls a request to a table in this process.
    pub(super) fn befalls(&self, target: &str) -> Option<Injected> {
        if !self.happens(ODDS.befalls) {
            return None;
        }
        let all = [Injected::Conflict, Injected::LostAnswer, Injected::Throttled, Injected::Unread, Injected::NeverSent];
        let injected = self.one_of(&all).copied().filter(|injected| injected.befalls(target))?;
        self.faults.fetch_add(1, Ordering::Relaxed);
        self.tell(|| format!("      {injected:?} befalls {target}"));
        Some(injected)
    }

    /// Runs an instance of the program: to its end, or until it ends at one of its effects. `None` where it did.
    pub(super) async fn instance<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        let has_ended = Arc::new(AtomicBool::new(false));
        let lived = poll_fn(|context| {
            self.instances.lock().unwrap_or_else(PoisonError::into_inner).push(has_ended.clone());
            let polled = work.as_mut().poll(context);
            self.instances.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match polled {
                Poll::Ready(value) => Poll::Ready(Some(value)),
                Poll::Pending if has_ended.load(Ordering::Relaxed) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        lived.await
    }
}

/// The intruder while it acts.
struct Acting<'a> {
    dice: &'a Dice,
    intruder: Option<Arc<World>>,
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        if !self.dice.is_calm.load(Ordering::Relaxed) {
            *self.dice.intruder.lock().unwrap_or_else(PoisonError::into_inner) = self.intruder.take();
        }
    }
}
