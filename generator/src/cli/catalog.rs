//! `shopfront catalog list|show|export`

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};
use generator::catalogue::{self, Row};
use generator::diagnostic::nearest;
use generator::parse::{Original, SourceKind};
use generator::{Options, import};

use super::Done;
use super::report;
use super::shop::{Shop, now};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Drafts too.
    #[arg(long, global = true)]
    drafts: bool,
    /// What is not yet published too.
    #[arg(long, global = true)]
    future: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every variant with its prices and what its stock begins with.
    List {
        /// How it is written.
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// All about one product, or one variant.
    Show {
        /// A product's id or a SKU.
        name: String,
    },
    /// The product files as JSON, for `shopfront import catalog`.
    Export,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let options =
        Options { root: shop.root.clone(), drafts: arguments.drafts, future: arguments.future, now: now(None)?, ..Options::default() };
    let outcome = shop.draft(&options)?;
    if let What::Export = arguments.what {
        return export(&outcome, &shop);
    }
    let Some(edition) = &outcome.edition else { return Ok(report::print(&outcome, report::Format::Human, &shop)) };
    let rows = catalogue::rows(&edition.site);
    match &arguments.what {
        What::List { format: Format::Table } => print_table(&rows),
        What::List { format: Format::Csv } => write(&catalogue::csv(&rows)),
        What::List { format: Format::Json } => say!("{}", serde_json::to_string_pretty(&rows)?),
        What::Show { name } => show(&rows, name)?,
        What::Export => {}
    }
    Ok(Done::Well)
}

/// Nobody may be reading any more, which is no failure.
fn write(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// Files are exported as they are written, and not as a build sees them: also from a shop with mistakes, as long as they
/// can be read.
fn export(outcome: &generator::Outcome, shop: &Shop) -> Result<Done> {
    let wanted = |path: &str| matches!(SourceKind::of(path), Some(SourceKind::Product | SourceKind::Overlay(Original::Product)));
    let mut texts = Vec::new();
    for (path, _) in outcome.sources.below("products/").filter(|(path, _)| wanted(path)) {
        let bytes = outcome.sources.bytes(path)?;
        let Ok(text) = std::str::from_utf8(&bytes) else { bail!("`{path}` is not UTF-8; save it with that encoding") };
        texts.push((path.clone(), text.to_owned()));
    }
    match import::export(texts.iter().map(|(path, text)| (path, text.as_str()))) {
        Ok(json) => write(json.as_bytes()),
        Err(_) => return Ok(report::print(outcome, report::Format::Human, shop)),
    }
    Ok(Done::Well)
}

fn print_table(rows: &[Row]) {
    if rows.is_empty() {
        say!("nothing is sold yet");
        return;
    }
    let cells: Vec<[String; 5]> = rows.iter().map(cells).collect();
    let heads = ["sku", "product", "options", "prices", "stock"].map(String::from);
    let width = |column: usize| cells.iter().chain([&heads]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    for row in std::iter::once(&heads).chain(&cells) {
        let [sku, product, options, prices, stock] = row;
        say!("{sku:<0$}  {product:<1$}  {options:<2$}  {prices:<3$}  {stock}", widths[0], widths[1], widths[2], widths[3]);
    }
}

fn cells(row: &Row) -> [String; 5] {
    let options = row.options.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" / ");
    let prices = row.prices.iter().filter_map(|price| Some(format!("{} {}", price.price.as_ref()?, price.currency)));
    [row.sku.clone(), row.product.clone(), options, prices.collect::<Vec<_>>().join(", "), stock(row)]
}

fn stock(row: &Row) -> String {
    match row.stock {
        _ if row.discontinued => "gone".to_owned(),
        None => "–".to_owned(),
        Some(count) if row.backorder > 0 => format!("{count} + {}", row.backorder),
        Some(count) => count.to_string(),
    }
}

fn show(rows: &[Row], name: &str) -> Result<()> {
    let found: Vec<&Row> = rows.iter().filter(|row| row.sku == name || row.product == name).collect();
    let Some(first) = found.first() else {
        let names = rows.iter().flat_map(|row| [row.sku.as_str(), row.product.as_str()]);
        match nearest(name, names) {
            Some(near) => bail!("nothing that is sold is called `{name}`; did you mean `{near}`?"),
            None => bail!(
                "nothing that is sold is called `{name}`; `shopfront catalog list` lists what is, with `--drafts --future` what will be"
            ),
        }
    };
    say!("{} ({}, {})", first.title, first.product, first.kind);
    for row in found {
        let options = row.options.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        say!("\n{}{}", row.sku, if options.is_empty() { options } else { format!("  {options}") });
        for price in &row.prices {
            let Some(minor) = &price.price else {
                say!("  {}: not sold in it", price.currency);
                continue;
            };
            let before = price.compare_at.as_ref().map_or_else(String::new, |before| format!(", before {before}"));
            say!("  {}: {minor}{before}", price.currency);
            if let Some(sale) = &price.sale {
                let bound = |word: &str, at: &Option<String>| at.as_ref().map_or_else(String::new, |at| format!(" {word} {at}"));
                say!("    {sale} on sale{}{}", bound("from", &price.sale_from), bound("until the beginning of", &price.sale_until));
            }
            price.quantity_prices.iter().for_each(|(from, price)| say!("    {price} each from {from}"));
        }
        say!("  stock: {}, weight: {} g, tax: {}", stock(row), row.weight_g, row.tax_class);
        say!("  in one order: {} to {}, in steps of {}", row.min_quantity, row.max_quantity, row.quantity_step);
        if let Some(from) = &row.available_from {
            say!("  sent from {from}");
        }
    }
    Ok(())
}
