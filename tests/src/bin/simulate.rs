//! Lives through histories of a shop in which anything may fail anywhere: `cargo run --release -p tests --bin simulate -- --histories
//! 1000000 --seed 1`. Ends with 0 where no rule was broken, and with 1 and the seed of the first that breaks one; `--histories 1 --seed S
//! --trace` tells that one step by step.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use checkout_fn::simulation::{Outcome, Simulator, StoreKind, Violation};
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Lives through histories of a shop in which anything may fail anywhere")]
struct Arguments {
    /// How many histories.
    #[arg(long, default_value_t = 10_000)]
    histories: u64,
    /// The first one's seed; each has the next.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many at once; one for each core where left out.
    #[arg(long)]
    threads: Option<usize>,
    /// Only on one store; every second history on each where left out.
    #[arg(long)]
    store: Option<Store>,
    /// Tell everything that happens, on one thread.
    #[arg(long)]
    trace: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Store {
    Sqlite,
    Dynamodb,
}

impl Arguments {
    /// The store of a history.
    fn store_of(&self, seed: u64) -> StoreKind {
        match self.store {
            Some(Store::Sqlite) => StoreKind::Sqlite,
            Some(Store::Dynamodb) => StoreKind::Dynamo,
            None if seed.is_multiple_of(2) => StoreKind::Dynamo,
            None => StoreKind::Sqlite,
        }
    }
}

/// What the threads have in common.
struct Run {
    arguments: Arguments,
    next: AtomicU64,
    done: AtomicU64,
    is_over: AtomicBool,
    sums: Mutex<[Outcome; 2]>,
    /// Of the lowest seed that breaks a rule.
    violation: Mutex<Option<(Box<Violation>, StoreKind)>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if arguments.trace { 1 } else { arguments.threads.unwrap_or(cores).max(1) };
    let first = arguments.seed;
    let run = Arc::new(Run {
        arguments,
        next: AtomicU64::new(first),
        done: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
        sums: Mutex::default(),
        violation: Mutex::default(),
    });
    stop_when_asked(run.clone());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| run.work())).collect();
        run.show_progress(begun, &|| workers.iter().all(std::thread::ScopedJoinHandle::is_finished));
    });
    run.report(begun.elapsed(), threads)
}

/// Ctrl-C ends the run after the histories that go on, and what was lived through is told.
fn stop_when_asked(run: Arc<Run>) {
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            eprintln!("\nstopping");
            run.is_over.store(true, Ordering::Relaxed);
        }
    });
}

impl Run {
    /// One thread's share: the next history, until there is none.
    fn work(&self) {
        let begin = || Simulator::new().unwrap_or_else(|fault| panic!("the simulation cannot begin: {fault}"));
        let mut simulator = begin();
        let end = self.arguments.seed.saturating_add(self.arguments.histories);
        while !self.is_over.load(Ordering::Relaxed) {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            let store = self.arguments.store_of(seed);
            let trace = self.arguments.trace.then(|| Arc::new(|line: &str| println!("{line}")) as checkout_fn::simulation::Trace);
            match simulator.simulate(seed, store, trace) {
                Ok(outcome) => self.sums.lock().unwrap_or_else(PoisonError::into_inner)[usize::from(store == StoreKind::Dynamo)] += outcome,
                Err(violation) => return self.broken(violation, store),
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The others finish theirs, which have lower seeds or little higher ones.
    fn broken(&self, violation: Box<Violation>, store: StoreKind) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut first = self.violation.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|(known, _)| violation.seed < known.seed) {
            *first = Some((violation, store));
        }
    }

    fn show_progress(&self, begun: Instant, is_done: &dyn Fn() -> bool) {
        let mut shown = Instant::now();
        while !is_done() {
            std::thread::sleep(Duration::from_millis(20));
            if shown.elapsed() >= Duration::from_secs(5) {
                shown = Instant::now();
                let done = self.done.load(Ordering::Relaxed);
                let seconds = begun.elapsed().as_secs().max(1);
                eprintln!("{done} of {} histories, {} a second", self.arguments.histories, done / seconds);
            }
        }
    }

    fn report(&self, took: Duration, threads: usize) -> ExitCode {
        let done = self.done.load(Ordering::Relaxed);
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, sum) in ["SQLite", "DynamoDB"].iter().zip(sums.iter()) {
            println!(
                "{name}: {} steps, {} faults, {} times others acted between; {} orders paid, {} closed, {} refunds",
                sum.steps, sum.faults, sum.intrusions, sum.paid, sum.closed, sum.refunds
            );
        }
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        println!("{done} histories on {threads} threads in {took:.1?}: {} a second", done.saturating_mul(1000) / millis);
        match &*self.violation.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((violation, store)) => {
                println!("1 violation ({store:?}): {violation}");
                let seed = violation.seed;
                let store = if *store == StoreKind::Dynamo { "dynamodb" } else { "sqlite" };
                println!("see it again with `--histories 1 --seed {seed} --store {store} --trace`");
                ExitCode::FAILURE
            }
            None => {
                println!("0 violations");
                ExitCode::SUCCESS
            }
        }
    }
}
