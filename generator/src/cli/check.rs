//! `shopfront check`

use std::path::Path;

use anyhow::Result;
use generator::{Options, Summary, Target};

use super::Done;
use super::report::{self, Bar, Format};
use super::shop::{Shop, now};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Check drafts and what is not yet published too.
    #[arg(long)]
    drafts: bool,
    /// How mistakes are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let options = Options { root: shop.root.clone(), base_url: None, drafts: arguments.drafts, now: now(None)?, verify: false };
    let outcome = shop.build(&options, Target::Check, &Bar::new(false))?;
    let done = report::print(&outcome, arguments.format);
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
