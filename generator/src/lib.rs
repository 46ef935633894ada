//! Builds shops: [`build`] is the whole pipeline on one screen.
//!
//! read → parse → index → pages → publish. Every stage is pure but the first and the last, and each is remembered, so
//! that the next build does only what a change makes necessary. The preview goes the same way as far as [`draft`], and
//! makes a page when somebody asks for it.

pub mod admin;
pub mod assets;
pub mod cache;
pub mod catalogue;
pub mod checks;
pub mod comparison;
pub mod diagnostic;
pub mod edition;
mod facets;
pub mod git;
pub mod import;
mod index;
pub mod locale;
pub mod output;
pub mod pages;
pub mod parse;
pub mod pictures;
mod present;
pub mod preview;
mod publish;
mod render;
pub mod report;
pub mod rows;
pub mod site;
pub mod source;
mod theme;
pub mod tidy;
pub mod translations;
pub mod view;
pub mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use cache::{Last, Memory, ParsedFile, PictureCache};
use checks::external::ExternalLink;
use checks::{Inspector, Survey};
use diagnostic::rules::{Levels, Rule};
use diagnostic::{Diagnostic, Severity, SourcePath, Span, codes};
use edition::{Edition, Shells};
use git::History;
use output::filters::FilterError;
use pages::{Pass, PassError};
use parse::{Parsed, SourceKind};
use pictures::Pictures;
use publish::Product;
use site::Site;
use source::{FileError, Fingerprint, Known, SourceText, Sources};
use write::{Folder, Nowhere, Sink, WriteError, Written};

pub use pages::Reason;
pub use present::Route;
pub use preview::Published;
pub use publish::PublishError;
pub use theme::{compiled_file, is_compiled};

/// What to build, and how.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with a name")]
pub struct Options {
    /// The shop's folder.
    pub root: PathBuf,
    /// Instead of the settings' own address.
    pub base_url: Option<String>,
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether what is not yet published is shown.
    pub future: bool,
    /// Whether search engines are asked to stay away, as from a preview.
    pub noindex: bool,
    /// Seconds since 1970: what decides what is published.
    pub now: i64,
    /// Hash every source instead of trusting what is remembered.
    pub verify: bool,
    /// Instead of what git says of the shop's folder, where the settings ask for it.
    pub history: Option<History>,
}

/// Where a build goes.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// Into a folder, with the bundle into another.
    Folder {
        /// The site.
        out: &'a Path,
        /// The catalogue bundle.
        bundle: &'a Path,
    },
    /// Nowhere: everything is checked, also what a build does not look at.
    Check,
}

/// Told how a long stage gets on.
pub trait Progress: Sync {
    /// A stage of so many steps begins, and the one before it has ended.
    fn begin(&self, stage: &'static str, steps: usize);
    /// A step is done.
    fn advance(&self);
    /// How many bytes the stage has gone through.
    fn bytes(&self, count: usize);
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn advance(&self) {}
    fn bytes(&self, _: usize) {}
}

/// The figures of a build, for its last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Pages of the site.
    pub pages: usize,
    /// Products that are shown.
    pub products: usize,
    /// Their variants.
    pub variants: usize,
    /// Copies of pictures that the site shows.
    pub pictures: usize,
    /// Pictures that are only addresses.
    pub remote_pictures: usize,
}

/// What a build did. With an error among the diagnostics, nothing was written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Mistakes and warnings, of all files.
    pub diagnostics: Vec<Diagnostic>,
    /// The sources, for the lines that diagnostics show.
    pub sources: Arc<Sources>,
    /// The shop as it can be published; `None` where a mistake is in the way, or where nothing had to be done.
    pub edition: Option<Arc<Edition>>,
    /// The shop in its first language, also where a mistake is in the way; `None` where its settings cannot be read.
    pub site: Option<Arc<Site>>,
    /// Its figures.
    pub summary: Summary,
    /// Pages that were rendered, and why.
    pub rendered: Vec<(String, Reason)>,
    /// What writing did, for a folder.
    pub written: Option<Written>,
    /// Files in the folder that nobody here wrote.
    pub strangers: usize,
    /// The next instant at which the output would differ, seconds since 1970.
    pub next_change: Option<i64>,
    /// The shop's choice of what becomes of what rules find.
    pub levels: Levels,
    /// The links that leave the shop, for a check.
    pub external: Vec<ExternalLink>,
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
    let sources = read(options, memory, progress)?;
    let inputs = inputs(options, target, &sources);
    let folders = match target {
        Target::Folder { out, bundle } => Some((Folder::look(out)?, Folder::look(bundle)?)),
        Target::Check => None,
    };
    if let Some(outcome) = unchanged(options, memory, inputs, folders.as_ref()) {
        let sources = Arc::new(sources);
        memory.hold_unchanged(Arc::clone(&sources));
        let (external, levels) = memory.inspections.external();
        return Ok(Outcome { sources, external: external.to_vec(), levels: levels.clone(), ..outcome });
    }
    let mut outcome = draft(options, memory, sources, progress)?;
    let Some(edition) = outcome.edition.take().filter(|_| !outcome.has_errors()) else { return Ok(outcome) };
    progress.begin("keeping", 0);
    let survey = folders.is_none().then(|| Survey::of(&memory.rows.join(&memory.parsed, &edition.sources).0, &edition));
    memory.put_parsed_aside();
    let inspector = Inspector::new(&memory.inspections);
    let sink: &dyn Sink = folders.as_ref().map_or(&inspector, |(site, _)| site);
    let made = pages::pass(&edition, &mut memory.pages, sink, progress, &|| false);
    let mut inspections = inspector.finish();
    let Some((pass, shells)) = without_mistakes(&mut outcome, &edition, made)? else { return Ok(outcome) };
    progress.bytes(pass.bytes);
    progress.begin("filters", 0);
    let filters = match edition.filters(&mut memory.filters, folders.as_ref().map_or(&Nowhere, |(site, _)| site)) {
        Ok(filters) => filters,
        Err(FilterError::Write(error)) => return Err(error.into()),
        Err(FilterError::Mistake(mistake)) => {
            outcome.diagnostics.push(*mistake);
            return Ok(outcome);
        }
    };
    progress.begin("clearing", 0);
    edition.forget_made();
    progress.begin("search", 0);
    let search = folders.as_ref().map(|(site, _)| edition.search(&mut memory.search, site)).transpose()?.unwrap_or_default();
    progress.begin("bundle", 0);
    let orders: &dyn Sink = folders.as_ref().map_or(&Nowhere, |(_, bundle)| bundle);
    let bundled = edition.bundle(&shells, &mut memory.shards, orders)?;
    progress.begin("feeds", 0);
    let product = product(&edition, memory, pass.outputs, &shells, bundled, search, filters);
    outcome.diagnostics.extend(product.clashes());
    if let Some(survey) = survey {
        progress.begin("checks", 0);
        outcome.diagnostics.extend(survey.finish(&edition, &product, &mut inspections));
        outcome.levels.apply(&mut outcome.diagnostics);
        outcome.external = inspections.external().0.to_vec();
        memory.inspections = inspections;
    }
    if outcome.has_errors() {
        return Ok(outcome);
    }
    outcome.summary = edition.site.summary(product.pages.len(), product.pictures.len());
    outcome.rendered = pass.rendered;
    let mut outputs = Fingerprint([0; 16]);
    if let Some((site, bundle)) = folders {
        outcome.strangers = site.strangers();
        // What a page offers can be ordered when the page is there.
        let (_, bundle) = bundle.commit()?;
        let (written, site) = publish::to_folder(&product, site, &edition, pictures, progress)?;
        outcome.written = Some(written);
        outputs = Fingerprint::join(&[site, bundle]);
    }
    memory.assets = edition.theme().remembered();
    memory.last = Some(Last::of(inputs, outputs, options.now, &outcome));
    outcome.edition = Some(edition);
    Ok(outcome)
}

/// Reads the sources.
pub fn read(options: &Options, memory: &Memory, progress: &dyn Progress) -> Result<Sources, FileError> {
    progress.begin("sources", 0);
    let known = memory.sources.as_deref().map_or(Known::Records(&memory.records), Known::Sources);
    source::read(&options.root, &theme::compiled(), known, options.verify)
}

/// Of everything that a build's output, and what it finds, depend on, but the time.
fn inputs(options: &Options, target: Target<'_>, sources: &Sources) -> Fingerprint {
    let Options { base_url, drafts, future, noindex, .. } = options;
    let is_check = matches!(target, Target::Check);
    let given = format!("{} {base_url:?} {drafts} {future} {noindex} {is_check}", env!("SHOPFRONT_BUILD_ID"));
    Fingerprint::join(&[Fingerprint::of(given.as_bytes()), sources.digest()])
}

/// The outcome of the last build, where a build would find everything as that has left it.
fn unchanged(options: &Options, memory: &Memory, inputs: Fingerprint, folders: Option<&(Folder, Folder)>) -> Option<Outcome> {
    let last = memory.last.as_ref().filter(|last| !options.verify && last.holds_at(inputs, options.now))?;
    // Pages may show what git says, which is no source.
    if memory.history.as_ref().is_some_and(|history| options.history.is_none() && !history.holds(&options.root)) {
        return None;
    }
    let written = match folders {
        None => None,
        Some((site, bundle)) => {
            let outputs = Fingerprint::join(&[site.untouched()?, bundle.untouched()?]);
            Some(Written { unchanged: site.len(), ..Written::default() }).filter(|_| outputs == last.outputs)
        }
    };
    if folders.is_some() && written.is_none() {
        return None;
    }
    let diagnostics = last.diagnostics.iter().map(Diagnostic::from).collect();
    Some(Outcome { diagnostics, summary: last.summary, written, next_change: last.until, ..Outcome::default() })
}

/// Parses and connects everything; where there is no mistake, the outcome has an edition that can be published.
pub fn draft(options: &Options, memory: &mut Memory, mut sources: Sources, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    let diagnostics = parse_all(&mut sources, memory, progress);
    let sources = Arc::new(sources);
    memory.sources = Some(Arc::clone(&sources));
    progress.begin("index", 0);
    let known = Arc::new(Pictures::read(&sources, &mut memory.probes, &memory.blurs, has_avif(&memory.parsed))?);
    let (parsed, of_rows) = memory.rows.join(&memory.parsed, &sources);
    let mut of_history = None;
    memory.history = last_changed(&memory.parsed).map(|asked| {
        let history = options.history.clone().unwrap_or_else(|| History::of(&options.root, memory.history.take()));
        of_history = history.problem().map(|problem| no_history(asked, problem));
        history
    });
    let input = index::Input {
        history: memory.history.as_ref(),
        parsed: &parsed,
        sources: &sources,
        pictures: &known,
        base_url: options.base_url.as_deref(),
        drafts: options.drafts,
        future: options.future,
        noindex: options.noindex,
        now: options.now,
    };
    let indexed = index::index(&input, &mut memory.resolved);
    let mut outcome = Outcome { diagnostics, sources, next_change: indexed.next_change, ..Outcome::default() };
    outcome.diagnostics.extend(of_rows.into_iter().chain(of_history));
    outcome.diagnostics.extend(indexed.diagnostics);
    outcome.levels = checks::levels(&memory.parsed);
    outcome.levels.apply(&mut outcome.diagnostics);
    if indexed.sites.is_empty() {
        return Ok(outcome);
    }
    let sites: Arc<[Arc<Site>]> = indexed.sites.into_iter().map(Arc::new).collect();
    outcome.site = sites.first().cloned();
    progress.begin("theme", 0);
    // Pages of a shop that lacks what is wrong would only repeat that in the templates' words, and so would a theme that is
    // not there, or only in part; but the theme's own mistakes are told with all others.
    let is_half = |told: &Diagnostic| [codes::UNKNOWN_THEME, codes::UNKNOWN_PARENT, codes::THEME_CIRCLE].contains(&told.code);
    let has_theme = !outcome.diagnostics.iter().any(is_half);
    match Edition::new(sites, Arc::clone(&outcome.sources), memory.prepared.as_ref(), &memory.assets) {
        Ok(edition) => {
            memory.prepared = Some(Arc::clone(edition.prepared()));
            outcome.diagnostics.extend(edition.theme().warnings().iter().cloned());
            outcome.diagnostics.extend(edition.cards_left_out());
            outcome.edition = Some(Arc::new(edition)).filter(|_| !outcome.has_errors());
        }
        Err(problems) if has_theme => outcome.diagnostics.extend(problems),
        Err(_) => {}
    }
    Ok(outcome)
}

/// Whether the settings ask for pictures as AVIF.
fn has_avif(parsed: &rows::Files) -> bool {
    matches!(parsed.get(source::SETTINGS).map(|file| &file.value), Some(Parsed::Settings(settings)) if settings.avif)
}

/// Where the settings ask for what git says.
fn last_changed(parsed: &rows::Files) -> Option<&Span> {
    match parsed.get(source::SETTINGS).map(|file| &file.value) {
        Some(Parsed::Settings(settings)) => settings.last_changed.as_ref(),
        _ => None,
    }
}

fn no_history(asked: &Span, problem: &str) -> Diagnostic {
    let told = Diagnostic::warning(codes::NO_HISTORY, "git does not say when pages were changed", asked.clone());
    told.label(problem.to_owned()).help("fetch the whole history (`git fetch --unshallow`), or remove the line")
}

/// What a pass made, and the frames of the function's pages; `None`, and what is wrong among the diagnostics, where a
/// template met a mistake.
fn without_mistakes(outcome: &mut Outcome, edition: &Edition, made: Result<Pass, PassError>) -> Result<Option<(Pass, Shells)>, BuildError> {
    let mistakes = match (made, edition.shells()) {
        (Ok(pass), Ok(shells)) if edition.theme().problems().is_empty() => return Ok(Some((pass, shells))),
        (Err(PassError::Write(error)), _) => return Err(error.into()),
        (Err(PassError::Mistakes(mut mistakes)), shells) => {
            mistakes.extend(shells.err());
            mistakes
        }
        (_, shells) => shells.err().into_iter().collect(),
    };
    // A template that could not use an asset says the same as the asset's own diagnostic, with less.
    let problems = edition.theme().problems();
    outcome.diagnostics.extend(if problems.is_empty() { mistakes } else { problems });
    Ok(None)
}

/// Tells of links that lead to nothing on an edition's pages, all of which have been made: see [`Edition::prove`]. A build says nothing
/// of those that templates make, because the site is whole without them.
pub fn broken_links(edition: &Edition, memory: &Memory) -> Vec<Diagnostic> {
    let Ok(shells) = edition.shells() else { return Vec::new() };
    let product =
        product(edition, memory, Vec::new(), &shells, Vec::new(), output::search::Written::default(), output::filters::Written::default());
    checks::broken_links(edition, &product, &memory.inspections)
}

/// Everything that is published.
fn product(
    edition: &Edition,
    memory: &Memory,
    pages: Vec<String>,
    shells: &Shells,
    bundled: Vec<pictures::Copy>,
    search: output::search::Written,
    filters: output::filters::Written,
) -> Product {
    let (files, assets) = (edition.files(), edition.assets(&memory.pages, shells, &filters));
    let copies = search.copies.into_iter().chain(filters.copies).chain(bundled);
    let mut pictures: Vec<_> = memory.pages.copies().cloned().chain(copies).chain(edition.copies()).collect();
    // The same picture in two folders makes the same copies.
    pictures.sort_by(|a, b| a.path.cmp(&b.path));
    pictures.dedup_by(|a, b| a.path == b.path);
    let placed = [search.paths, filters.paths].concat();
    Product { pages, placed, files, assets, copied: edition.copied(), pictures }
}

/// Parses what is not remembered, and answers with what is wrong in all files.
fn parse_all(sources: &mut Sources, memory: &mut Memory, progress: &dyn Progress) -> Vec<Diagnostic> {
    let texts = sources.take_texts();
    progress.begin("parsing", texts.len());
    let files: Vec<(SourcePath, Arc<ParsedFile>)> = {
        let (sources, memory) = (&*sources, &*memory);
        let parsed = texts.into_par_iter().filter_map(|SourceText { path, kind, fingerprint, bytes }| {
            progress.advance();
            if let Some(known) = memory.parsed_file(&path, fingerprint) {
                return Some((path, known));
            }
            // A file that went away since the walk is as if it had never been there, and one that changed is remembered as what
            // was parsed, so that the next build sees the change.
            let (bytes, fingerprint) = match bytes {
                Some(bytes) => (bytes, fingerprint),
                None => sources.bytes(&path).ok().map(|bytes| (Arc::clone(&bytes), Fingerprint::of(&bytes)))?,
            };
            progress.bytes(bytes.len());
            let (value, diagnostics) = parse::parse(kind, &path, &bytes);
            Some((path, Arc::new(ParsedFile::new(fingerprint, value, diagnostics))))
        });
        parsed.collect()
    };
    let mut diagnostics: Vec<Diagnostic> = files.iter().flat_map(|(_, file)| file.diagnostics.iter().cloned()).collect();
    diagnostics.extend(unused(sources));
    memory.hold_parsed(files.into_iter().collect());
    diagnostics
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
        Diagnostic::in_file(codes::UNUSED_SOURCE, Severity::Warning, "this file is not used", SourcePath::clone(path))
            .help(why)
            .under(Rule::UnusedSources)
    };
    let data = sources.below("data/").filter(|(path, _)| SourceKind::of(path).is_none());
    let data = data.map(|(path, _)| (path, "data is a `.yaml`, a `.json` or a `.csv`".to_owned()));
    strange.chain(data).chain(skipped).map(tell).collect()
}
