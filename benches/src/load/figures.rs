//! A run's figures as a row of the table that is printed.

use std::time::Duration;

use checkout_fn::doubles::table::Met;

use crate::shop::Shop;
use crate::shoppers::{End, Journey};

/// What the columns are. Times are in milliseconds.
pub(crate) const HEAD: &str = "\
| transactions    | hot SKU  | checkouts/s |   p50 |    p99 | store call p50 |   p99 | calls each | collisions | injected | tried again | sold out | 5xx |
|-----------------|----------|------------:|------:|-------:|---------------:|------:|-----------:|-----------:|---------:|------------:|---------:|----:|";

/// A row.
pub(crate) struct Row {
    weather: &'static str,
    parts: u8,
    checkouts_per_s: f64,
    checkout: Vec<Duration>,
    call: Vec<Duration>,
    calls_each: f64,
    met: Met,
    tried_again: usize,
    sold_out: usize,
    faults: usize,
}

impl Row {
    pub(crate) fn of(weather: &'static str, parts: u8, took: Duration, journeys: &[Journey], shop: &Shop, met: Met) -> Self {
        let count = |end: End| journeys.iter().filter(|journey| journey.end == end).count();
        let placed: Vec<&Journey> = journeys.iter().filter(|journey| matches!(journey.end, End::Paid | End::Open)).collect();
        // Placing, handing over, and settling what is paid.
        let needed = 2 * placed.len() + count(End::Paid);
        Self {
            weather,
            parts,
            checkouts_per_s: as_f64(journeys.len()) / took.as_secs_f64(),
            checkout: sorted(placed.iter().map(|journey| journey.took).collect()),
            call: sorted(shop.calls()),
            calls_each: as_f64(placed.iter().map(|journey| journey.calls).sum()) / as_f64(placed.len().max(1)),
            met,
            tried_again: met.transactions.saturating_sub(needed),
            sold_out: count(End::SoldOut),
            faults: journeys.iter().map(|journey| journey.faults).sum(),
        }
    }
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("not that many"))
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort();
    times
}

/// In milliseconds; the times are sorted.
fn at(times: &[Duration], share: usize) -> f64 {
    times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hot = if self.parts == 1 { "whole".to_owned() } else { format!("{} parts", self.parts) };
        write!(
            f,
            "| {:<15} | {hot:<8} | {:>11.0} | {:>5.0} | {:>6.0} ",
            self.weather,
            self.checkouts_per_s,
            at(&self.checkout, 50),
            at(&self.checkout, 99)
        )?;
        write!(f, "| {:>14.1} | {:>5.1} | {:>10.1} ", at(&self.call, 50), at(&self.call, 99), self.calls_each)?;
        write!(f, "| {:>10} | {:>8} | {:>11} ", self.met.collisions, self.met.injected, self.tried_again)?;
        write!(f, "| {:>8} | {:>3} |", self.sold_out, self.faults)
    }
}
