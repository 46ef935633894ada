//! `shopfront stock`

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use checkout_fn::ports::{Split, StockCount};
use clap::Subcommand;

use super::Done;
use super::books::Which;
use super::orders::confirm;
use super::orders::table::{Form, csv};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    which: Which,
    /// For programs.
    #[arg(long, global = true)]
    json: bool,
    /// For spreadsheets.
    #[arg(long, global = true, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// All counts.
    List,
    /// Say how many have come, or have gone: `+12`, `-1`.
    Adjust {
        /// The SKU.
        sku: String,
        /// How many more or fewer.
        #[arg(allow_hyphen_values = true)]
        by: i64,
        /// Do not ask, where another store than that of `shopfront serve` is named.
        #[arg(long)]
        yes: bool,
    },
    /// Split the count of a SKU that hundreds want in the same second, before they come; for stores in DynamoDB.
    Split {
        /// The SKU.
        sku: String,
        /// Into how many parts, from 2 to 10. There can be more later, never fewer.
        parts: u8,
    },
    /// Say how many of a SKU lie on the shelf, those promised to buyers included.
    Set {
        /// The SKU.
        sku: String,
        /// How many.
        count: u32,
        /// Do not ask, where another store than that of `shopfront serve` is named.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let books = runtime.block_on(arguments.which.open(root))?;
    match arguments.what.as_ref().unwrap_or(&What::List) {
        What::List => {}
        What::Set { sku, count, yes } => {
            if let Some(store) = books.visited() {
                confirm(*yes, &format!("set `{sku}` to {count} pieces in {store}"))?;
            }
            let set = runtime.block_on(books.set_stock(sku, *count)).map_err(|fault| anyhow!(fault.to_string()))?;
            if set.is_none() {
                bail!("more than {count} of `{sku}` are promised to buyers; cancel orders first");
            }
        }
        What::Adjust { sku, by, yes } => {
            if let Some(store) = books.visited() {
                confirm(*yes, &format!("change the count of `{sku}` by {by:+} in {store}"))?;
            }
            let adjusted = runtime.block_on(books.adjust_stock(sku, *by))?;
            if adjusted.is_none() {
                bail!("so many of `{sku}` are not left to sell; the others are promised to buyers");
            }
        }
        What::Split { sku, parts } => match runtime.block_on(books.split_stock(sku, *parts))? {
            // Beside what a program reads.
            Split::NotNeeded => eprintln!("the store of this shop needs no split: it counts one SKU as fast as many"),
            Split::Into(parts) => eprintln!("the count of `{sku}` lies in {parts} parts"),
            Split::NoCount => {}
        },
    }
    let counts = runtime.block_on(books.stock()).map_err(|fault| anyhow!(fault.to_string()))?;
    let heads = ["sku", "available", "reserved", "sold", "to send"];
    let numbers = |count: &StockCount| [count.available, count.reserved, count.sold, count.sold - count.sent];
    match Form::of(arguments.json, arguments.csv) {
        Form::Json => say!("{}", serde_json::to_string_pretty(&counts)?),
        Form::Csv => {
            let row = |(sku, count): (&String, &StockCount)| {
                std::iter::once(sku.clone()).chain(numbers(count).map(|number| number.to_string())).collect()
            };
            csv(&heads, counts.iter().map(row))?;
        }
        Form::Table => {
            let [sku, available, reserved, sold, to_send] = heads;
            say!("{sku:<40} {available:>10} {reserved:>10} {sold:>10} {to_send:>10}");
            for (sku, count) in &counts {
                let [available, reserved, sold, to_send] = numbers(count);
                say!("{sku:<40} {available:>10} {reserved:>10} {sold:>10} {to_send:>10}");
            }
        }
    }
    Ok(Done::Well)
}
