//! The site graph from the parsed files: what belongs together, at which address, and whether all references hold.
//!
//! Recomputed whole for every build, so that it can never be stale. Everything that one file cannot know of another
//! is checked here. `now` is used here alone, to decide what is published.

mod addresses;
mod bodies;
pub(crate) use bodies::escape;
mod categories;
mod collections;
mod content;
mod lists;
mod menus;
mod products;
mod related;
mod settings;
mod tags;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::cache::ParsedFile;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes};
use crate::parse::{Parsed, ParsedProduct, Seo, SourceKind, TitlePicture};
use crate::pictures::{FlawSort, Pictures};
use crate::site::{Body, Meta, Site};
use crate::source::{Fingerprint, SETTINGS, Sources};
use crate::view::PictureView;

use addresses::Addresses;

pub use products::Resolved;
pub use related::Neighbours;

/// What the index is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// Every parsed file, by path.
    pub parsed: &'a BTreeMap<SourcePath, Arc<ParsedFile>>,
    /// What other files exist.
    pub sources: &'a Sources,
    /// All pictures.
    pub pictures: &'a Arc<Pictures>,
    /// Instead of the settings' own address, without a slash at the end.
    pub base_url: Option<&'a str>,
    /// Whether drafts and what is not yet published are shown.
    pub drafts: bool,
    /// Seconds since 1970.
    pub now: i64,
}

/// What the index found.
#[derive(Debug)]
pub struct Indexed {
    /// The shop; `None` where the settings cannot be read.
    pub site: Option<Site>,
    /// Mistakes.
    pub diagnostics: Vec<Diagnostic>,
    /// The next instant at which the output would differ, seconds since 1970.
    pub next_change: Option<i64>,
}

/// What every part of the index reads and adds to.
struct Context<'a> {
    input: &'a Input<'a>,
    problems: Vec<Diagnostic>,
    next_change: Option<i64>,
}

impl Context<'_> {
    fn tell(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// Whether something with this date and draft mark is shown; a later date is when the output changes.
    fn is_published(&mut self, draft: bool, date: Option<i64>) -> bool {
        if self.input.drafts {
            return true;
        }
        if let Some(date) = date.filter(|date| *date > self.input.now && !draft) {
            self.next_change = Some(self.next_change.map_or(date, |next| next.min(date)));
            return false;
        }
        !draft
    }

    /// Of a parsed file, and of what its text refers to.
    fn fingerprint(&self, file: &SourcePath, body: &Body) -> Fingerprint {
        let own = self.input.parsed.get(file).map_or(Fingerprint([0; 16]), |parsed| parsed.fingerprint);
        Fingerprint::join(&[own, body.outside()])
    }

    /// The picture `name` beside `from`, told where it cannot be shown.
    fn picture(&mut self, from: &SourcePath, name: &Spanned<String>, alt: Option<&Spanned<String>>) -> Option<PictureView> {
        let file = beside(from, name);
        if !self.check_picture(&file, name, Severity::Error) {
            return None;
        }
        Some(PictureView { file: Some(file), alt: alt.map(|alt| alt.value.clone()).unwrap_or_default() })
    }

    /// Whether the picture at `file` can be shown; if not, the reason is told at `at`.
    fn check_picture(&mut self, file: &str, at: &Spanned<String>, severity: Severity) -> bool {
        let Some(entry) = self.input.pictures.get(file) else {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let names: Vec<&str> = self.input.pictures.paths().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/')).collect();
            let exists = self.input.sources.get(file).is_some();
            let help = match crate::diagnostic::nearest(at, names.into_iter().filter(|name| !name.contains('/'))) {
                _ if exists => "pictures are JPEG, PNG, WebP or GIF files".to_owned(),
                Some(near) => format!("a file with a similar name is there: `{near}`"),
                None => format!("put it into `{folder}/`"),
            };
            let (code, message) =
                if exists { (codes::IMAGE_UNREADABLE, "cannot be shown") } else { (codes::IMAGE_MISSING, "does not exist") };
            self.tell(
                Diagnostic::at(code, severity, format!("the picture `{}` {message}", at.value), at.span.clone())
                    .label("no such picture")
                    .help(help),
            );
            return false;
        };
        let Err(flaw) = &entry.probe else { return true };
        let code = match flaw.sort {
            FlawSort::Huge => codes::IMAGE_HUGE,
            FlawSort::Truncated => codes::IMAGE_TRUNCATED,
            FlawSort::Unreadable => codes::IMAGE_UNREADABLE,
        };
        let message = format!("the picture `{}` cannot be read", at.value);
        self.tell(Diagnostic::error(code, message, at.span.clone()).label(flaw.message.clone()));
        false
    }

    fn title_picture(&mut self, from: &SourcePath, picture: Option<&TitlePicture>) -> Option<PictureView> {
        let picture = picture?;
        self.picture(from, &picture.file, picture.alt.as_ref())
    }
}

/// The path of a file named beside another.
fn beside(from: &str, name: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    addresses::join(folder, name).unwrap_or_else(|| name.to_owned())
}

fn meta(seo: &Seo, description: &str, fallback: &str) -> Meta {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|text| text.value.clone());
    let description = text(&seo.description).unwrap_or_else(|| if description.is_empty() { fallback } else { description }.to_owned());
    Meta { title: text(&seo.title), description }
}

fn text(value: Option<&Spanned<String>>) -> String {
    value.map(|text| text.value.clone()).unwrap_or_default()
}

/// Connects everything. Products that are as they were are taken from `resolved`.
pub fn index(input: &Input<'_>, resolved: &mut Resolved) -> Indexed {
    let mut context = Context { input, problems: Vec::new(), next_change: None };
    let site = build(&mut context, resolved);
    Indexed { site, diagnostics: context.problems, next_change: context.next_change }
}

fn build(context: &mut Context<'_>, resolved: &mut Resolved) -> Option<Site> {
    let parsed_settings = match context.input.parsed.get(SETTINGS).map(|file| &file.value) {
        Some(Parsed::Settings(parsed)) => parsed.clone(),
        Some(_) => return None,
        None => {
            let missing = Diagnostic::in_file(codes::NO_SETTINGS, Severity::Error, "this folder has no `shop.yaml`", Arc::from(SETTINGS));
            context.tell(missing.help("`shopfront init DIR` makes a shop; a shop.yaml needs `name` and `base_url`"));
            return None;
        }
    };
    let settings = settings::settings(context, &parsed_settings)?;
    let mut terms = settings::terms(context, &parsed_settings, &settings);
    let files = Files::of(context.input.parsed);
    products::claims(context, &files);
    let addresses = Addresses::of(context, &files);
    let products = products::products(context, &files, &addresses, &settings, &terms, resolved);
    let mut site = Site {
        categories: categories::categories(context, &files, &addresses, &settings, &products),
        products,
        collections: collections::collections(context, &files, &addresses, &settings),
        articles: content::articles(context, &files, &addresses, &settings),
        sections: content::sections(context, &files, &addresses, &settings),
        newest: Vec::new(),
        tags: BTreeMap::new(),
        main_menu: Vec::new(),
        footer_menu: Vec::new(),
        terms_url: None,
        redirects: addresses.redirects(),
        copied: Vec::new(),
        neighbours: OnceLock::new(),
        pictures: Arc::clone(context.input.pictures),
        terms: terms.clone(),
        settings,
    };
    products::connect(context, &files, &mut site);
    categories::fill(&mut site);
    content::connect(&mut site);
    site.tags = tags::tags(&site);
    lists::fill(&mut site);
    site.copied = addresses.copied(&site);
    site.main_menu = menus::menu(context, &parsed_settings, &site, "main");
    site.footer_menu = menus::menu(context, &parsed_settings, &site, "footer");
    site.terms_url = menus::terms_page(context, &parsed_settings, &site);
    terms.terms_url.clone_from(&site.terms_url);
    site.terms = terms;
    Some(site)
}

/// A product's parsed file.
struct ProductFile<'a> {
    parsed: &'a ParsedProduct,
    from: &'a Arc<ParsedFile>,
}

impl std::ops::Deref for ProductFile<'_> {
    type Target = ParsedProduct;

    fn deref(&self) -> &ParsedProduct {
        self.parsed
    }
}

/// The parsed files by kind, in the order of their paths.
#[derive(Default)]
struct Files<'a> {
    products: Vec<ProductFile<'a>>,
    categories: Vec<&'a crate::parse::ParsedCategory>,
    collections: Vec<&'a crate::parse::ParsedCollection>,
    pages: Vec<&'a crate::parse::ParsedPage>,
    /// Files that could not be read at all: kind and path.
    failed: Vec<&'a crate::parse::FailedClaim>,
}

impl<'a> Files<'a> {
    fn of(parsed: &'a BTreeMap<SourcePath, Arc<ParsedFile>>) -> Self {
        let mut files = Self::default();
        for from in parsed.values() {
            match &from.value {
                Parsed::Settings(_) => {}
                Parsed::Product(parsed) => files.products.push(ProductFile { parsed, from }),
                Parsed::Category(category) => files.categories.push(category),
                Parsed::Collection(collection) => files.collections.push(collection),
                Parsed::Page(page) => files.pages.push(page),
                Parsed::Failed(claim) => files.failed.push(claim),
            }
        }
        files
    }

    /// Whether an unreadable file would have been this product, so that nobody is told that it is missing.
    fn failed_product(&self, id: &str) -> bool {
        self.failed.iter().any(|claim| claim.kind == SourceKind::Product && addresses::stem(&claim.file) == id)
    }
}
