//! What a build says on a terminal: diagnostics, a bar for long stages, one line of summary.
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the clock")]

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use generator::{Outcome, Progress, report};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Done;
use super::shop::source_text;

/// How mistakes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the line and what to do.
    Human,
    /// One line each, for editors' programs.
    Short,
    /// For programs.
    Json,
}

/// Prints the diagnostics: people's forms to standard error, JSON to standard output.
pub(super) fn print(outcome: &Outcome, format: Format) -> Done {
    let sources = source_text(outcome);
    match format {
        Format::Human => {
            let text = report::render_human(&outcome.diagnostics, &sources, std::io::stderr().is_terminal());
            eprint!("{text}");
            if !outcome.diagnostics.is_empty() {
                eprintln!("{}", report::summary(&outcome.diagnostics));
            }
        }
        Format::Short => eprint!("{}", report::render_short(&outcome.diagnostics, &sources)),
        Format::Json => say!("{}", report::render_json(&outcome.diagnostics, &sources)),
    }
    if outcome.has_errors() { Done::WithMistakes } else { Done::Well }
}

/// `93 pages (12 rendered), 34 products (91 variants), 240 pictures in 1.24 s: 300 files written, 2 unchanged, 0 removed`
pub(super) fn summary(outcome: &Outcome, time: Duration) -> String {
    let (products, variants) = outcome
        .site
        .as_ref()
        .map_or((0, 0), |site| (site.products.len(), site.products.values().map(|product| product.product.variants.len()).sum::<usize>()));
    let files = outcome.written.map_or_else(String::new, |written| {
        format!(": {} files written, {} unchanged, {} removed", written.written, written.unchanged, written.pruned)
    });
    format!(
        "{} pages ({} rendered), {products} products ({variants} variants), {} pictures in {:.2} s{files}",
        outcome.pages,
        outcome.rendered.len(),
        outcome.pictures,
        time.as_secs_f64()
    )
}

/// A bar on standard error for stages that take longer than half a second, on a terminal only.
pub(super) struct Bar {
    bar: ProgressBar,
    began: Mutex<Instant>,
}

const PATIENCE: Duration = Duration::from_millis(500);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg:<10} {wide_bar} {pos}/{len}").expect("the template is one of ours");
        bar.set_style(style);
        Self { bar, began: Mutex::new(Instant::now()) }
    }

    fn began(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.began.lock().expect("no thread panics while it holds the clock")
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &'static str, steps: usize) {
        *self.began() = Instant::now();
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
        self.bar.reset();
        self.bar.set_length(steps as u64);
        self.bar.set_message(stage);
    }

    fn advance(&self) {
        self.bar.inc(1);
        if self.bar.is_hidden() && std::io::stderr().is_terminal() && self.began().elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
