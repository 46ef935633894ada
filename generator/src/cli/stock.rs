//! `shopfront stock`

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use checkout_fn::merchant::Books;
use clap::Subcommand;

use super::Done;
use super::shop::Shop;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say how many of a SKU lie on the shelf, those promised to buyers included.
    Set {
        /// The SKU.
        sku: String,
        /// How many.
        count: u32,
    },
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let books = Books::open(&shop.store()).map_err(|fault| anyhow!(fault.to_string()))?;
    if let Some(What::Set { sku, count }) = &arguments.what {
        let set = runtime.block_on(books.set_stock(sku, *count)).map_err(|fault| anyhow!(fault.to_string()))?;
        if set.is_none() {
            bail!("more than {count} of `{sku}` are promised to buyers; cancel orders first");
        }
    }
    let counts = runtime.block_on(books.stock()).map_err(|fault| anyhow!(fault.to_string()))?;
    say!("{:<40} {:>10} {:>10} {:>10}", "sku", "available", "reserved", "sold");
    for (sku, count) in counts {
        say!("{sku:<40} {:>10} {:>10} {:>10}", count.available, count.reserved, count.sold);
    }
    Ok(Done::Well)
}
