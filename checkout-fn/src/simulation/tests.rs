//! A few histories of every kind, and that one can be lived again. The command `simulate` lives through many.

use std::sync::{Arc, Mutex};

use super::*;

fn live(seed: u64, store: StoreKind, trace: Option<Trace>) -> Outcome {
    let mut simulator = Simulator::new().expect("a simulator");
    simulator.simulate(seed, store, trace).unwrap_or_else(|violation| panic!("{violation}"))
}

#[test]
fn whatever_fails_money_and_goods_are_right_in_the_end() {
    for store in [StoreKind::Sqlite, StoreKind::Dynamo] {
        let mut all = Outcome::default();
        let mut simulator = Simulator::new().expect("a simulator");
        for seed in 0..40 {
            all += simulator.simulate(seed, store, None).unwrap_or_else(|violation| panic!("{violation}"));
        }
        assert!(all.paid >= 20 && all.closed >= 20 && all.refunds >= 2 && all.faults >= 50 && all.intrusions >= 20, "{all:?}");
    }
}

#[test]
fn a_seed_gives_the_same_history_again() {
    for (seed, store) in [(5, StoreKind::Sqlite), (5, StoreKind::Dynamo), (0, StoreKind::Dynamo), (2, StoreKind::Sqlite)] {
        let trace = || {
            let lines = Arc::new(Mutex::new(Vec::new()));
            let told = lines.clone();
            live(seed, store, Some(Arc::new(move |line: &str| told.lock().expect("unpoisoned").push(line.to_owned()))));
            lines
        };
        let (one, other) = (trace(), trace());
        assert!(one.lock().expect("unpoisoned").len() > 25);
        assert_eq!(*one.lock().expect("unpoisoned"), *other.lock().expect("unpoisoned"), "{seed} on {store:?}");
    }
}
