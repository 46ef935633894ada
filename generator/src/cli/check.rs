//! `shopfront check`

use std::path::Path;

use anyhow::Result;
use generator::{Options, Target};

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
    let outcome = shop.build(&options, Target::Check, &Bar::new())?;
    let done = report::print(&outcome, arguments.format);
    if let Some(site) = outcome.site.as_ref().filter(|_| done == Done::Well) {
        let remote: usize =
            site.products.values().map(|product| product.pictures.iter().filter(|picture| picture.file.is_none()).count()).sum();
        if remote > 0 {
            eprintln!("{remote} pictures are addresses that were not fetched; the theme shows a placeholder for each");
        }
        let verdict = if outcome.diagnostics.is_empty() { "no mistakes" } else { "no errors" };
        eprintln!("{} products, {} pages: {verdict}", site.products.len(), outcome.pages);
    }
    Ok(done)
}
