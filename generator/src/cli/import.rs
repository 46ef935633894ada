//! `shopfront import shopify|woocommerce|catalog|wordpress FILE`, `shopfront import jekyll|hugo DIR`
#![expect(clippy::disallowed_methods, reason = "the command line reads the export and writes the files that it is asked to make")]

mod fetch;
mod folder;
mod known;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use catalog::currency::Currency;
use clap::{Subcommand, ValueEnum};
use generator::diagnostic::SourcePath;
use generator::import::{self, Action, Import, ImportError, ImportOptions};
use generator::parse::{self, Parsed, SourceKind};
use generator::site::TAGS;

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
    /// Products of a Shopify shop, from its CSV export.
    Shopify(OfFile),
    /// Products of a WooCommerce shop, from its CSV export.
    Woocommerce(OfFile),
    /// What `shopfront catalog export` has written.
    Catalog {
        /// The exported file.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// Posts and pages of a WordPress site, from its XML export (Tools, Export, All content).
    Wordpress(OfFile),
    /// Posts, drafts and pages of a Jekyll site, or of a folder of posts.
    Jekyll(OfFolder),
    /// Pages, sections and translations of a Hugo site.
    Hugo(OfFolder),
}

#[derive(Debug, clap::Args)]
struct OfFile {
    /// The exported file.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Args)]
struct OfFolder {
    /// The site's folder, with its settings and its content.
    dir: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The folder for what is imported: of products below `products/`, of texts below `content/`. Posts go into `journal` when it is
    /// left out.
    #[arg(long, value_name = "FOLDER")]
    into: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Options {
    /// Write over files that were changed since an earlier import.
    #[arg(long)]
    force: bool,
    /// What becomes of pictures that are shown by address: keep their addresses, or fetch them.
    #[arg(long, value_enum, default_value = "keep")]
    images: Images,
    /// Write everything that did not come over into this file, a line each.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Images {
    Keep,
    Download,
}

impl From {
    /// What is read, where it goes, and how.
    fn parts(&self) -> (&Path, Option<&str>, &Options) {
        match self {
            Self::Shopify(of) | Self::Woocommerce(of) | Self::Wordpress(of) => (&of.file, of.place.into.as_deref(), &of.options),
            Self::Jekyll(of) | Self::Hugo(of) => (&of.dir, of.place.into.as_deref(), &of.options),
            Self::Catalog { file, options } => (file, None, options),
        }
    }

    /// Reads the export, and turns it into a shop's files.
    fn read(&self, path: &Path, settings: &ImportOptions<'_>) -> Result<Result<Import, ImportError>> {
        let bytes = || fs::read(path).with_context(|| format!("cannot read `{}`", path.display()));
        Ok(match self {
            Self::Shopify(_) => import::shopify(&bytes()?, settings),
            Self::Woocommerce(_) => import::woocommerce(&bytes()?, settings),
            Self::Catalog { .. } => import::shopfront(&bytes()?),
            Self::Wordpress(_) => import::wordpress(&bytes()?, settings),
            Self::Jekyll(_) => Ok(import::jekyll(&folder::read(path)?, settings)),
            Self::Hugo(_) => Ok(import::hugo(&folder::read(path)?, settings)),
        })
    }

    /// Whether texts come over, whose links may lead to what the shop has.
    fn has_texts(&self) -> bool {
        matches!(self, Self::Wordpress(_) | Self::Jekyll(_) | Self::Hugo(_))
    }
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let terms = Terms::of(&shop)?;
    let (path, into, options) = arguments.from.parts();
    if let Some(into) = into {
        check_place(into)?;
    }
    let classes: Vec<&str> = terms.classes.iter().map(String::as_str).collect();
    let languages: Vec<&str> = terms.languages.iter().map(String::as_str).collect();
    let taxonomies: Vec<&str> = terms.taxonomies.iter().map(String::as_str).collect();
    let known = if arguments.from.has_texts() { known::known(&shop)? } else { BTreeMap::new() };
    let settings = ImportOptions {
        tax_classes: &classes,
        languages: &languages,
        taxonomies: &taxonomies,
        base_path: &terms.base_path,
        known: &known,
        into,
        ..ImportOptions::new(terms.currency)
    };
    let import = match arguments.from.read(path, &settings)? {
        Ok(import) => import,
        Err(error) => {
            tell(path, &error);
            return Ok(Done::WithMistakes);
        }
    };
    if options.images == Images::Download {
        fetch::fetch_all(&shop, &import)?;
    }
    let conflicts = write(&shop, &import, path, options.force)?;
    say!("{}", import.report);
    if let Some(file) = &options.report {
        fs::write(file, import.report.in_full()).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    for path in &conflicts {
        eprintln!("warning: `{path}` was changed since it was written and was left alone; `--force` writes over it");
    }
    for (file, error) in &import.failed {
        tell(&if file.is_empty() { path.to_owned() } else { path.join(file) }, error);
    }
    Ok(if import.failed.is_empty() { Done::Well } else { Done::WithMistakes })
}

/// `error: export.xml:7: what is wrong`, and what to do.
fn tell(path: &Path, error: &ImportError) {
    let line = error.line.map_or_else(String::new, |line| format!(":{line}"));
    eprintln!("error: {}{line}: {}\n  = help: {}", path.display(), error.message, error.help);
}

/// Folders of names that make an address.
fn check_place(into: &str) -> Result<()> {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'));
    if !into.trim_matches('/').split('/').all(is_name) {
        bail!("`--into {into}` is no folder for addresses; use small letters, digits and `-`, such as `--into journal`");
    }
    Ok(())
}

/// What `shop.yaml` says that an importer has to know.
struct Terms {
    currency: Currency,
    classes: Vec<String>,
    languages: Vec<String>,
    taxonomies: Vec<String>,
    base_path: String,
}

impl Terms {
    fn of(shop: &Shop) -> Result<Self> {
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
        let mut languages: Vec<String> = settings.languages.iter().map(|language| language.value.clone()).collect();
        if languages.is_empty() {
            languages.push("en".to_owned());
        }
        let taxonomies = settings.taxonomies.iter().map(|taxonomy| taxonomy.name.value.clone()).filter(|name| name != TAGS).collect();
        let base = settings.base_url.as_ref().map_or("", |url| url.value.as_str());
        let base_path = base.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned())).unwrap_or_default();
        Ok(Self { currency, classes, languages, taxonomies, base_path })
    }
}

/// Writes what is new and copies what comes along; answers what was changed by hand and left alone.
fn write(shop: &Shop, import: &Import, from: &Path, force: bool) -> Result<Vec<String>> {
    let fetched = fetched(shop, import);
    let (mut created, mut same, mut conflicts) = (0, 0, Vec::new());
    for (path, text) in &import.files {
        let text = import::with_pictures(path, text, &fetched);
        let target = shop.root.join(path);
        let action = match there(&target)?.map(String::from_utf8) {
            Some(Ok(there)) => import::merge_plan(Some(&there), &text),
            // Whoever wrote it with another encoding has written something else.
            Some(Err(_)) => Action::Conflict,
            None => import::merge_plan(None, &text),
        };
        match action {
            Action::Same => same += 1,
            Action::Conflict if import.only_missing.contains(path) => same += 1,
            Action::Conflict if !force => conflicts.push(path.clone()),
            Action::Create | Action::Conflict => {
                keep(&target, text.as_bytes())?;
                created += 1;
            }
        }
    }
    for (path, source) in &import.copies {
        let (target, source) = (shop.root.join(path), from.join(source));
        let bytes = fs::read(&source).with_context(|| format!("cannot read `{}`", source.display()))?;
        match there(&target)? {
            Some(there) if there == bytes => same += 1,
            Some(_) if !force => conflicts.push(path.clone()),
            _ => {
                keep(&target, &bytes)?;
                created += 1;
            }
        }
    }
    say!("{created} files written, {same} unchanged, {} left alone", conflicts.len());
    Ok(conflicts)
}

/// The bytes of a file of the shop; `None` where there is none.
fn there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// Addresses whose pictures lie in the shop already, and their file names.
fn fetched(shop: &Shop, import: &Import) -> BTreeMap<String, String> {
    let there = import.pictures.iter().filter(|picture| shop.root.join(&picture.file).is_file());
    there.map(|picture| (picture.url.clone(), picture.file.rsplit('/').next().unwrap_or(&picture.file).to_owned())).collect()
}

/// Whole or not at all, so that a broken run can be repeated.
fn keep(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    let partial = path.with_extension("part");
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).with_context(|| format!("cannot write `{}`", path.display()))
}
