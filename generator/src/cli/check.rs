//! `shopfront check`

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use generator::checks::external::{self, Verdict};
use generator::{Options, Outcome, Summary, Target};

use super::Done;
use super::external::{Asked, Manners, ask};
use super::report::{self, Bar, Format};
use super::shop::{Shop, Unpublished, now};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    unpublished: Unpublished,
    /// Ask other sites whether what texts link to is there.
    #[arg(long)]
    external: bool,
    /// For so many days an answer of another site is good; 0 asks for everything again.
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    external_max_age: u32,
    /// Also ask for links that lead into this machine's own network.
    #[arg(long)]
    external_local: bool,
    /// Between two requests to one host, in milliseconds, for tests.
    #[arg(long, hide = true, value_name = "MS", default_value_t = 500)]
    external_pause: u64,
    /// How long an address may take, in milliseconds, for tests.
    #[arg(long, hide = true, value_name = "MS", default_value_t = 20_000)]
    external_patience: u64,
    /// Say stage by stage where time and bytes go.
    #[arg(long)]
    timings: bool,
    /// How mistakes are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let Unpublished { drafts, future } = arguments.unpublished;
    let options = Options { root: shop.root.clone(), drafts, future, now: now(None)?, ..Options::default() };
    let bar = Bar::new(arguments.timings);
    let mut outcome = shop.build(&options, Target::Check, &bar)?;
    if arguments.timings {
        eprint!("{}", bar.timings());
    }
    // A shop that cannot be made has no pages, and so no links yet.
    if arguments.external && !(outcome.external.is_empty() && outcome.has_errors()) {
        check_external(&shop, &mut outcome, arguments);
    }
    let done = report::print(&outcome, arguments.format, &shop);
    if done == Done::Well {
        let Summary { products, pages, remote_pictures: remote, .. } = outcome.summary;
        if remote > 0 {
            eprintln!("{remote} pictures are addresses that were not fetched; the theme shows a placeholder for each");
        }
        let verdict = if outcome.diagnostics.is_empty() { "no mistakes" } else { "no errors" };
        eprintln!("{products} products, {pages} pages: {verdict}");
    }
    Ok(done)
}

/// Adds what other sites say to what was found.
fn check_external(shop: &Shop, outcome: &mut Outcome, arguments: &Arguments) {
    let manners = Manners {
        pause: Duration::from_millis(arguments.external_pause),
        patience: Duration::from_millis(arguments.external_patience),
        max_age_s: i64::from(arguments.external_max_age) * 86_400,
        local: arguments.external_local,
    };
    let Asked { answers, kept, left } = ask(&outcome.external, &shop.cache().join("external.json"), manners, &Bar::new(false));
    for link in &outcome.external {
        let told = answers.get(link.address()).and_then(|answer| external::tell(link, answer));
        outcome.diagnostics.extend(told);
    }
    outcome.levels.apply(&mut outcome.diagnostics);
    let of = |wanted: Verdict| answers.values().filter(|answer| answer.verdict() == wanted).count();
    let (fine, refused, bad) = (of(Verdict::Fine), of(Verdict::Refused), of(Verdict::Gone) + of(Verdict::Unreachable));
    eprintln!(
        "{} links to other sites: {fine} work, {bad} do not, {refused} do not answer programs ({kept} known from before)",
        answers.len() + left
    );
    if left > 0 {
        eprintln!("{left} of them were not asked for: their servers have had enough or do not answer; check again later");
    }
}
