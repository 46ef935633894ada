//! `shopfront reconcile`

use std::path::Path;

use anyhow::Result;

use super::Done;
use super::books::Which;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,
    /// How many days back.
    #[arg(long, default_value_t = 4)]
    days: u16,
    /// For programs.
    #[arg(long)]
    json: bool,
}

/// What needs a person counts as a mistake, so that a script notices.
pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found =
        runtime.block_on(async { arguments.which.open(root).await?.reconcile(arguments.days).await.map_err(anyhow::Error::from) })?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        say!("{} compared, {} corrected", found.compared, found.corrected.len());
        found.corrected.iter().for_each(|number| say!("corrected: order {number}"));
        found.troubles.iter().for_each(|trouble| say!("! {trouble}"));
    }
    Ok(if found.troubles.is_empty() { Done::Well } else { Done::WithMistakes })
}
