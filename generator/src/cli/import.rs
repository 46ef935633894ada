//! `shopfront import shopify|woocommerce|catalog FILE`
#![expect(clippy::disallowed_methods, reason = "the command line reads the export and writes the files that it is asked to make")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use catalog::currency::Currency;
use clap::{Subcommand, ValueEnum};
use generator::diagnostic::SourcePath;
use generator::import::{self, Action, Import, ImportOptions};
use generator::parse::{self, Parsed, SourceKind};

use super::Done;
use super::shop::Shop;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// A product export of Shopify.
    Shopify(Options),
    /// A product export of WooCommerce.
    Woocommerce(Options),
    /// What `shopfront catalog export` has written.
    Catalog(Options),
}

#[derive(Debug, clap::Args)]
struct Options {
    /// The exported file.
    file: PathBuf,
    /// Write over files that were changed since an earlier import.
    #[arg(long)]
    force: bool,
    /// What becomes of pictures: keep their addresses, or fetch them.
    #[arg(long, value_enum, default_value = "keep")]
    images: Images,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Images {
    Keep,
    Download,
}

/// One of the importers.
type Importer = fn(&[u8], &ImportOptions<'_>) -> Result<Import, import::ImportError>;

/// The largest picture that is fetched, in bytes.
const MOST_BYTES: u64 = 25 * 1024 * 1024;
/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let (currency, classes) = terms(&shop)?;
    let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
    let settings = ImportOptions { tax_classes: &classes, ..ImportOptions::new(currency) };
    let (options, read): (_, Importer) = match &arguments.from {
        From::Shopify(options) => (options, import::shopify),
        From::Woocommerce(options) => (options, import::woocommerce),
        From::Catalog(options) => (options, |bytes, _| import::shopfront(bytes)),
    };
    let bytes = fs::read(&options.file).with_context(|| format!("cannot read `{}`", options.file.display()))?;
    let import = match read(&bytes, &settings) {
        Ok(import) => import,
        Err(error) => {
            let line = error.line.map_or_else(String::new, |line| format!(":{line}"));
            eprintln!("error: {}{line}: {}\n  = help: {}", options.file.display(), error.message, error.help);
            return Ok(Done::WithMistakes);
        }
    };
    if options.images == Images::Download {
        fetch_all(&shop, &import)?;
    }
    let conflicts = write(&shop, &import, options.force)?;
    say!("{}", import.report);
    for path in &conflicts {
        eprintln!("warning: `{path}` was changed since it was written and was left alone; `--force` writes over it");
    }
    Ok(Done::Well)
}

/// The shop's default currency and its tax classes.
fn terms(shop: &Shop) -> Result<(Currency, Vec<String>)> {
    let path = shop.root.join("shop.yaml");
    let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let (Parsed::Settings(settings), _) = parse::parse(SourceKind::Settings, &SourcePath::from("shop.yaml"), &bytes) else {
        bail!("shop.yaml cannot be read; `shopfront check` says why");
    };
    let currency = settings.currencies.first().and_then(|code| Currency::parse(code));
    let currency = currency.context("shop.yaml names no currency; write `currencies: [EUR]`")?;
    let mut classes: Vec<String> = settings.tax.classes.iter().map(|class| class.name.value.clone()).collect();
    if classes.is_empty() {
        classes.push("standard".to_owned());
    }
    Ok((currency, classes))
}

/// Writes what is new; answers what was changed by hand and left alone.
fn write(shop: &Shop, import: &Import, force: bool) -> Result<Vec<String>> {
    let fetched = fetched(shop, import);
    let (mut created, mut same, mut conflicts) = (0, 0, Vec::new());
    for (path, text) in &import.files {
        let text = import::with_pictures(text, &fetched);
        let target = shop.root.join(path);
        match import::merge_plan(fs::read_to_string(&target).ok().as_deref(), &text) {
            Action::Same => same += 1,
            Action::Conflict if !force => conflicts.push(path.clone()),
            Action::Create | Action::Conflict => {
                if let Some(folder) = target.parent() {
                    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
                }
                fs::write(&target, text).with_context(|| format!("cannot write `{}`", target.display()))?;
                created += 1;
            }
        }
    }
    say!("{created} files written, {same} unchanged, {} left alone", conflicts.len());
    Ok(conflicts)
}

/// Addresses whose pictures lie in the shop already, and their file names.
fn fetched(shop: &Shop, import: &Import) -> BTreeMap<String, String> {
    let there = import.pictures.iter().filter(|picture| shop.root.join(&picture.file).is_file());
    there.map(|picture| (picture.url.clone(), picture.file.rsplit('/').next().unwrap_or(&picture.file).to_owned())).collect()
}

/// Fetches what is not there yet; what fails keeps its address, and can be tried again.
fn fetch_all(shop: &Shop, import: &Import) -> Result<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let (mut done, mut failed) = (0, 0);
    for download in import::plan_downloads(import) {
        let missing: Vec<PathBuf> = download.files.iter().map(|file| shop.root.join(file)).filter(|path| !path.is_file()).collect();
        if missing.is_empty() {
            continue;
        }
        match fetch(&agent, &download.url) {
            Ok(bytes) => {
                for path in missing {
                    keep(&path, &bytes)?;
                }
                done += 1;
            }
            Err(error) => {
                eprintln!("warning: {}: {error:#}; the product keeps the address", download.url);
                failed += 1;
            }
        }
    }
    say!("{done} pictures fetched, {failed} failed");
    Ok(())
}

fn fetch(agent: &ureq::Agent, url: &str) -> Result<Vec<u8>> {
    let mut response = agent.get(url).call()?;
    let mut bytes = Vec::new();
    response.body_mut().as_reader().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("it is larger than {} MB", MOST_BYTES / 1024 / 1024);
    }
    generator::assets::images::check(&bytes)?;
    Ok(bytes)
}

/// Whole or not at all, so that a broken run can be repeated.
fn keep(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    let partial = path.with_extension("part");
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).with_context(|| format!("cannot write `{}`", path.display()))
}
