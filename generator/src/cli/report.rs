//! What a build says on a terminal: diagnostics, a bar for long stages, one line of summary.
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the clock")]

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use generator::git::Repository;
use generator::{Outcome, Progress, Summary, report};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Done;
use super::shop::{Shop, source_text};

/// How mistakes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the line and what to do.
    Human,
    /// One line each, for editors' programs.
    Short,
    /// For programs.
    Json,
    /// For code hosts and editors: SARIF 2.1.0.
    Sarif,
    /// Annotations in GitHub's workflows.
    Github,
}

/// Prints the diagnostics: people's forms to standard error, those for programs to standard output.
pub(super) fn print(outcome: &Outcome, format: Format, shop: &Shop) -> Done {
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
        Format::Sarif => say!("{}", report::render_sarif(&outcome.diagnostics, &sources, &folder(shop))),
        Format::Github => report::render_github(&outcome.diagnostics, &sources, &folder(shop)).lines().for_each(|line| say!("{line}")),
    }
    if outcome.has_errors() { Done::WithMistakes } else { Done::Well }
}

/// Where the shop lies in its repository: code hosts count paths from there.
fn folder(shop: &Shop) -> String {
    Repository::of(&shop.root).map(|repository| repository.folder().to_owned()).unwrap_or_default()
}

/// `93 pages (12 rendered), 34 products (91 variants), 240 pictures in 1.24 s: 300 files written, 2 unchanged, 0 removed`
pub(super) fn summary(outcome: &Outcome, time: Duration) -> String {
    let Summary { pages, products, variants, pictures, .. } = outcome.summary;
    let files = outcome.written.map_or_else(String::new, |written| {
        format!(": {} files written, {} unchanged, {} removed", written.written, written.unchanged, written.pruned)
    });
    format!(
        "{pages} pages ({} rendered), {products} products ({variants} variants), {pictures} pictures in {:.2} s{files}",
        outcome.rendered.len(),
        time.as_secs_f64()
    )
}

/// A bar on standard error for stages that take longer than half a second, on a terminal only; and, for `--timings`, where
/// the time went.
pub(super) struct Bar {
    drawn: ProgressBar,
    stage: Arc<Mutex<Stage>>,
    done: Mutex<Vec<Stage>>,
    is_terminal: bool,
    is_timed: bool,
}

/// A stage and what it took.
struct Stage {
    name: &'static str,
    began: Instant,
    took: Duration,
    steps: usize,
    bytes: usize,
    /// What the program holds at its end, where the system says it.
    resident_mib: Option<f64>,
}

impl Stage {
    fn new(name: &'static str, steps: usize) -> Self {
        Self { name, began: Instant::now(), took: Duration::ZERO, steps, bytes: 0, resident_mib: None }
    }
}

/// The memory that this process holds, from Linux's `/proc`.
fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

fn held(stage: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    stage.lock().expect("no thread panics while it holds the clock")
}

const PATIENCE: Duration = Duration::from_millis(500);

impl Bar {
    pub(super) fn new(is_timed: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg:<10} {wide_bar} {pos}/{len}").expect("the template is one of ours");
        bar.set_style(style);
        Self {
            drawn: bar,
            stage: Arc::new(Mutex::new(Stage::new("start", 0))),
            done: Mutex::default(),
            is_terminal: std::io::stderr().is_terminal(),
            is_timed,
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        held(&self.stage)
    }

    /// Draws the bar if the stage that began now still goes on in a while. One step of it, such as a large picture, may take longer than that.
    fn draw_later(&self, began: Instant) {
        let (drawn, stage) = (self.drawn.clone(), Arc::clone(&self.stage));
        std::thread::spawn(move || {
            std::thread::sleep(PATIENCE);
            // It is held meanwhile, so that nothing is drawn of a stage that has ended.
            let stage = held(&stage);
            if stage.began == began {
                drawn.set_draw_target(ProgressDrawTarget::stderr());
                drawn.tick();
            }
        });
    }

    /// One line for each stage: what it took, how many steps and bytes it had.
    pub(super) fn timings(&self) -> String {
        self.begin("end", 0);
        let done = self.done.lock().expect("no thread panics while it holds the list");
        let mut text = format!("{:<20} {:>10} {:>10} {:>12} {:>10}\n", "stage", "ms", "steps", "bytes", "MiB held");
        for stage in &*done {
            let held = stage.resident_mib.map_or_else(|| "?".to_owned(), |mib| format!("{mib:.1}"));
            text += &format!(
                "{:<20} {:>10.1} {:>10} {:>12} {held:>10}\n",
                stage.name,
                stage.took.as_secs_f64() * 1e3,
                stage.steps,
                stage.bytes
            );
        }
        text
    }
}

impl Progress for Bar {
    fn begin(&self, name: &'static str, steps: usize) {
        let mut stage = self.stage();
        let mut ended = std::mem::replace(&mut *stage, Stage::new(name, steps));
        ended.took = ended.began.elapsed();
        ended.resident_mib = if self.is_timed { resident_mib() } else { None };
        self.done.lock().expect("no thread panics while it holds the list").push(ended);
        // What was drawn of the stage before goes with it.
        self.drawn.finish_and_clear();
        self.drawn.set_draw_target(ProgressDrawTarget::hidden());
        self.drawn.reset();
        self.drawn.set_length(steps as u64);
        self.drawn.set_message(name);
        if self.is_terminal && steps > 0 {
            self.draw_later(stage.began);
        }
    }

    fn advance(&self) {
        self.drawn.inc(1);
    }

    fn bytes(&self, count: usize) {
        self.stage().bytes += count;
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        let mut stage = self.stage();
        *stage = Stage::new("end", 0);
        self.drawn.finish_and_clear();
    }
}
