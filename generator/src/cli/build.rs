//! `shopfront build`
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the clock")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use generator::{Options, Target};

use super::Done;
use super::report::{self, Bar, Format};
use super::shop::{Shop, Unpublished, now};

/// What was typed.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, as they are typed")]
pub(super) struct Arguments {
    /// The folder to build into, from the shop's folder.
    #[arg(long, value_name = "DIR", default_value = "public")]
    out: PathBuf,
    /// The address at which the site will stand, instead of `base_url`.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    unpublished: Unpublished,
    /// Ask search engines to stay away, as from a preview of a branch: `robots.txt`, a header and a mark on each page.
    #[arg(long)]
    noindex: bool,
    /// Say for each rendered page why.
    #[arg(long)]
    explain: bool,
    /// Say stage by stage where time and bytes go.
    #[arg(long)]
    timings: bool,
    /// Hash every source instead of trusting times and sizes.
    #[arg(long)]
    verify: bool,
    /// The moment that decides what is published, instead of the clock: `2026-05-01` or an instant in UTC.
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
    /// How mistakes are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let began = Instant::now();
    let shop = Shop::find(root)?;
    let out = shop.root.join(&arguments.out);
    shop.check_output(&out)?;
    if let Some(url) = &arguments.base_url {
        let is_plain = (url.starts_with("http://") || url.starts_with("https://")) && !url.contains(['?', '#', ' ']);
        anyhow::ensure!(is_plain, "`{url}` is not an address to build for; write `https://shop.example`");
    }
    let options = Options {
        history: None,
        root: shop.root.clone(),
        base_url: arguments.base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        drafts: arguments.unpublished.drafts,
        future: arguments.unpublished.future,
        noindex: arguments.noindex,
        now: now(arguments.now.as_deref())?,
        verify: arguments.verify,
    };
    let bar = Bar::new(arguments.timings);
    let outcome = shop.build(&options, Target::Folder { out: &out, bundle: &shop.bundle() }, &bar)?;
    let done = report::print(&outcome, arguments.format, &shop);
    if arguments.explain {
        for (path, reason) in &outcome.rendered {
            eprintln!("rendered {path}: {reason}");
        }
    }
    if arguments.timings {
        eprint!("{}", bar.timings());
    }
    if outcome.strangers > 0 {
        eprintln!("warning: `{}` holds {} things that shopfront did not write; they are left alone", out.display(), outcome.strangers);
    }
    if done == Done::WithMistakes {
        eprintln!("nothing was written");
    } else {
        eprintln!("{}", report::summary(&outcome, began.elapsed()));
        if let Some(next) = outcome.next_change.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()) {
            eprintln!("the site changes by itself at {next}: build it again then");
        }
    }
    // As with the memory: the process ends here.
    std::mem::forget(outcome);
    Ok(done)
}
