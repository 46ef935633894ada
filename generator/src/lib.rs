//! Builds shops: [`build`] is the whole pipeline on one screen.
//!
//! read → parse → index → render → write. Every stage is pure but the first and the last, and each is remembered, so
//! that the next build does only what a change makes necessary. Watch mode is the same function in a loop.

pub mod assets;
pub mod cache;
pub mod diagnostic;
pub mod import;
mod index;
pub mod output;
pub mod pages;
pub mod parse;
pub mod pictures;
mod present;
pub mod preview;
mod publish;
mod render;
pub mod report;
pub mod site;
pub mod source;
mod theme;
pub mod view;
pub mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use cache::{Memory, ParsedFile, PictureCache};
use diagnostic::{Diagnostic, Severity, SourcePath, codes};
use parse::SourceKind;
use pictures::Pictures;
use present::site_view;
use publish::Product;
use render::{Engine, Lookups};
use site::Site;
use source::{FileError, Fingerprint, Sources};
use theme::Theme;
use write::{Folder, WriteError, Written};

pub use pages::Reason;
pub use publish::{PublishError, Published};

/// What to build, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The shop's folder.
    pub root: PathBuf,
    /// Instead of the settings' own address.
    pub base_url: Option<String>,
    /// Whether drafts and what is not yet published are shown.
    pub drafts: bool,
    /// Seconds since 1970: what decides what is published.
    pub now: i64,
    /// Hash every source instead of trusting what is remembered.
    pub verify: bool,
}

/// Where a build goes.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// Into a folder, with the bundle into another.
    Folder {
        /// The site.
        out: &'a std::path::Path,
        /// The catalogue bundle.
        bundle: &'a std::path::Path,
    },
    /// Into memory, after the site that is there.
    Memory(&'a Published),
    /// Nowhere: everything is checked.
    Check,
}

/// Told how a long stage gets on.
pub trait Progress: Sync {
    /// A stage of so many steps begins.
    fn begin(&self, stage: &'static str, steps: usize);
    /// A step is done.
    fn advance(&self);
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn advance(&self) {}
}

/// What a build did. With an error among the diagnostics, nothing was written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Mistakes and warnings, of all files.
    pub diagnostics: Vec<Diagnostic>,
    /// The sources, for the lines that diagnostics show.
    pub sources: Arc<Sources>,
    /// The shop.
    pub site: Option<Arc<Site>>,
    /// How many pages the site has.
    pub pages: usize,
    /// Pages that were rendered, and why.
    pub rendered: Vec<(String, Reason)>,
    /// Pictures that the site shows.
    pub pictures: usize,
    /// What writing did, for a folder.
    pub written: Option<Written>,
    /// Files in the folder that nobody here wrote.
    pub strangers: usize,
    /// The site, for memory.
    pub published: Option<Published>,
    /// The catalogue bundle by file name.
    pub bundle: BTreeMap<String, Vec<u8>>,
    /// The next instant at which the output would differ, seconds since 1970.
    pub next_change: Option<i64>,
}

impl Outcome {
    /// Whether nothing was written because of a mistake.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// The environment failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Reading failed.
    #[error(transparent)]
    Read(#[from] FileError),
    /// Writing failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<WriteError> for BuildError {
    fn from(error: WriteError) -> Self {
        Self::Publish(error.into())
    }
}

/// Builds a shop: the whole pipeline.
pub fn build(
    options: &Options,
    memory: &mut Memory,
    pictures: &PictureCache,
    target: Target<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, BuildError> {
    let sources = Arc::new(source::read(&options.root, &theme::compiled(), &memory.records, options.verify)?);
    memory.records.clone_from(&sources.records);
    let (parsed, diagnostics) = parse_all(&sources, memory, progress);
    let known = Arc::new(Pictures::read(&sources, &mut memory.probes)?);
    let input = index::Input {
        parsed: &parsed,
        sources: &sources,
        pictures: &known,
        base_url: options.base_url.as_deref(),
        drafts: options.drafts,
        now: options.now,
    };
    let indexed = index::index(&input);
    let mut outcome = Outcome { diagnostics, sources, next_change: indexed.next_change, ..Outcome::default() };
    outcome.diagnostics.extend(indexed.diagnostics);
    let Some(site) = indexed.site.map(Arc::new) else { return Ok(outcome) };
    outcome.site = Some(Arc::clone(&site));
    if outcome.has_errors() {
        // Pages of a shop that lacks what is wrong would only repeat that in the templates' words, and so would a theme
        // that is not there.
        if outcome.diagnostics.iter().all(|told| told.code != codes::UNKNOWN_THEME) {
            outcome.diagnostics.extend(prepare(&site, &outcome.sources).err().into_iter().flatten());
        }
        return Ok(outcome);
    }
    let folder = match target {
        Target::Folder { out, .. } => Some(Folder::look(out)?),
        _ => None,
    };
    let holds = |path: &str, fingerprint: Fingerprint| match (target, &folder) {
        (Target::Memory(before), _) => before.files.get(path).is_some_and(|bytes| Fingerprint::of(bytes) == fingerprint),
        (_, Some(folder)) => folder.holds(path, fingerprint),
        _ => false,
    };
    let mut product = match produce(&site, &outcome.sources, memory, &holds, progress) {
        Ok(product) => product,
        Err(problems) => {
            outcome.diagnostics.extend(problems);
            return Ok(outcome);
        }
    };
    outcome.pages = product.pages.len();
    outcome.pictures = product.pictures.len();
    outcome.rendered = product.pages.iter().filter_map(|page| Some((page.output.clone(), page.rendered.as_ref()?.1.clone()))).collect();
    match (target, folder) {
        (Target::Folder { bundle, .. }, Some(folder)) => {
            outcome.strangers = folder.strangers();
            outcome.written = Some(publish::to_folder(&product, folder, &outcome.sources, pictures, progress)?);
            let files = product.bundle.iter().map(|(path, bytes)| (path.clone(), Arc::from(bytes.as_slice()))).collect();
            publish::to_folder(&Product { files, ..Product::default() }, Folder::look(bundle)?, &outcome.sources, pictures, &Silent)?;
        }
        (Target::Memory(before), _) => outcome.published = Some(Published::new(&product, Arc::clone(&outcome.sources), before)),
        _ => {}
    }
    outcome.bundle = std::mem::take(&mut product.bundle);
    memory.pages = product.pages.into_iter().map(|page| (page.output, page.record)).collect();
    Ok(outcome)
}

/// Parsed files by path, and what was said about them; what is remembered is not parsed again.
fn parse_all(
    sources: &Sources,
    memory: &mut Memory,
    progress: &dyn Progress,
) -> (BTreeMap<SourcePath, Arc<parse::Parsed>>, Vec<Diagnostic>) {
    let files: Vec<_> = sources.iter().filter_map(|(path, file)| Some((path, file, SourceKind::of(path)?))).collect();
    progress.begin("parsing", files.len());
    let parsed: Vec<(SourcePath, Fingerprint, Arc<ParsedFile>)> = files
        .into_par_iter()
        .filter_map(|(path, file, kind)| {
            progress.advance();
            if let Some((_, known)) = memory.parsed.get(path).filter(|(fingerprint, _)| *fingerprint == file.fingerprint) {
                return Some((SourcePath::clone(path), file.fingerprint, Arc::clone(known)));
            }
            // A file that went away since the walk is as if it had never been there.
            let bytes = file.bytes().ok()?;
            let (value, diagnostics) = parse::parse(kind, path, &bytes);
            Some((SourcePath::clone(path), file.fingerprint, Arc::new(ParsedFile { value: Arc::new(value), diagnostics })))
        })
        .collect();
    let mut diagnostics: Vec<Diagnostic> = parsed.iter().flat_map(|(_, _, file)| file.diagnostics.iter().cloned()).collect();
    diagnostics.extend(unused(sources));
    let values = parsed.iter().map(|(path, _, file)| (SourcePath::clone(path), Arc::clone(&file.value))).collect();
    memory.parsed = parsed.into_iter().map(|(path, fingerprint, file)| (path, (fingerprint, file))).collect();
    (values, diagnostics)
}

/// One warning for each file that means nothing where it lies.
fn unused(sources: &Sources) -> Vec<Diagnostic> {
    let strange = sources
        .below("products/")
        .chain(sources.below("collections/"))
        .filter(|(path, _)| SourceKind::of(path).is_none() && !pictures::is_picture(path));
    let strange = strange.map(|(path, _)| (path, "a file here is a `.yaml`, an `_index.md` or a picture".to_owned()));
    let skipped = sources.skipped.iter().map(|(path, why)| (path, why.clone()));
    let tell = |(path, why): (&SourcePath, String)| {
        Diagnostic::in_file(codes::UNUSED_SOURCE, Severity::Warning, "this file is not used", SourcePath::clone(path)).help(why)
    };
    strange.chain(skipped).map(tell).collect()
}

/// A theme that can render.
struct Prepared {
    theme: Arc<Theme>,
    engine: Engine,
    /// The generated sheet: address and text.
    accents: Option<(String, String)>,
}

/// Reads the theme's texts and templates.
fn prepare(site: &Site, sources: &Sources) -> Result<Prepared, Vec<Diagnostic>> {
    let theme = Arc::new(Theme::read(sources, &site.settings.theme, &site.settings.language)?);
    let accents = output::accents::sheet(site);
    let site_view = site_view(site, accents.as_ref().map(|(address, _)| site.url(address)));
    let engine = Engine::new(sources, &theme, site, &site_view)?;
    Ok(Prepared { theme, engine, accents })
}

/// Everything that is published, made or found to be as it was.
fn produce(
    site: &Arc<Site>,
    sources: &Sources,
    memory: &Memory,
    holds: &(dyn Fn(&str, Fingerprint) -> bool + Sync),
    progress: &dyn Progress,
) -> Result<Product, Vec<Diagnostic>> {
    let Prepared { theme, engine, accents } = prepare(site, sources)?;
    let lookups = Arc::new(Lookups::new(Arc::clone(site), Arc::clone(&theme)));
    let kitchen = pages::Kitchen { site, engine: &engine, lookups: &lookups, remembered: &memory.pages };
    let pages = kitchen.pages(holds, progress);
    let shells = kitchen.shells();
    let (assets, mut problems) = theme.finish();
    let (pages, (shells, shell_pictures)) = match (pages, shells) {
        (Ok(pages), Ok(shells)) if problems.is_empty() => (pages, shells),
        // A template that could not use an asset says the same as the asset's own diagnostic, with less.
        (pages, shells) => {
            if problems.is_empty() {
                problems.extend(pages.err().into_iter().chain(shells.err()).flatten());
            }
            return Err(problems);
        }
    };
    let (bundle, small_pictures) = output::bundle::bundle(site, shells);
    let mut product = Product { copied: site.copied.clone(), bundle, ..Product::default() };
    product.pictures =
        pages.iter().flat_map(|page| page.record.copies.iter().cloned()).chain(shell_pictures).chain(small_pictures).collect();
    // The same picture in two folders makes the same copies.
    product.pictures.sort_by(|a, b| a.path.cmp(&b.path));
    product.pictures.dedup_by(|a, b| a.path == b.path);
    product.pages = pages;
    product.add_files(output::files(site), assets);
    product.files.extend(accents.map(|(address, css)| (address.trim_start_matches('/').to_owned(), Arc::from(css.into_bytes()))));
    let clashes = clashes(&product);
    if clashes.is_empty() { Ok(product) } else { Err(clashes) }
}

/// Two things for one file: the second page of a list and a page of that name, for example.
fn clashes(product: &Product) -> Vec<Diagnostic> {
    let pages = product.pages.iter().map(|page| page.output.as_str());
    let files = product.files.iter().map(|(path, _)| path.as_str());
    let others = product.copied.iter().map(|(_, path)| path.as_str()).chain(product.pictures.iter().map(|copy| copy.path.as_str()));
    let mut paths: Vec<&str> = pages.chain(files).chain(others).collect();
    paths.sort_unstable();
    let twice = paths.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    let tell = |path: &str| {
        let message = format!("two things would be written to `{path}` of the site");
        Diagnostic::in_file(codes::TWO_SOURCES, Severity::Error, message, SourcePath::from(path))
            .help("rename one of them, or remove the former address")
    };
    twice.map(tell).collect()
}
