//! The site graph from the parsed files: what belongs together, at which address, and whether all references hold.
//!
//! Recomputed whole, but where nothing beyond some products' own matters has changed: then those are resolved anew and all
//! else is the same by construction (`frame`, `patch`). Everything that one file cannot know of another is checked here.
//! `now` is used here alone, to decide what is published.

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
use std::sync::Arc;

use crate::cache::ParsedFile;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes};
use crate::parse::{Parsed, ParsedProduct, Seo, SourceKind, TitlePicture};
use crate::pictures::{FlawSort, Pictures};
use crate::site::{Body, Meta, Site, SiteProduct};
use crate::source::{Fingerprint, SETTINGS, Sources};
use crate::view::PictureView;

use addresses::Addresses;

use products::Remembered;
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

/// What the last index came to, so that the next one need not begin anew where a product's own matters alone have changed.
#[derive(Debug, Default)]
pub struct Resolved(Option<Known>);

#[derive(Debug)]
struct Known {
    frame: Fingerprint,
    /// From this instant on the same is published, seconds since 1970.
    from: i64,
    /// Before this instant.
    until: Option<i64>,
    addresses: Addresses,
    /// In the order of the files.
    products: Vec<Remembered>,
    /// Files of products that are not shown.
    hidden: Vec<(SourcePath, Arc<ParsedFile>)>,
    /// What was told before and after what the products' own files are told.
    before: Vec<Diagnostic>,
    after: Vec<Diagnostic>,
    site: Site,
}

impl Known {
    /// All diagnostics, in the order in which a whole index tells them.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let products = self.products.iter().flat_map(|product| &product.problems);
        self.before.iter().chain(products).chain(&self.after).cloned().collect()
    }
}

/// Connects everything. Where the frame is the same as that of `resolved`, only products whose files changed are resolved.
pub fn index(input: &Input<'_>, resolved: &mut Resolved) -> Indexed {
    let frame = frame(input);
    let patched = resolved.0.take().and_then(|known| patch(input, frame, known));
    let mut context = Context { input, problems: Vec::new(), next_change: None };
    let Some(known) = patched.or_else(|| build(&mut context, frame)) else {
        return Indexed { site: None, diagnostics: context.problems, next_change: context.next_change };
    };
    let indexed = Indexed { site: Some(known.site.clone()), diagnostics: known.diagnostics(), next_change: known.until };
    resolved.0 = Some(known);
    indexed
}

/// Of everything but what products' own files say for their own pages: what other files can see of each file, files that
/// are not parsed, and how the shop is built.
fn frame(input: &Input<'_>) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let mut add = |path: &str, fingerprint: Fingerprint| {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&fingerprint.0);
    };
    for (path, file) in input.parsed {
        add(path, file.outline);
    }
    for (path, file) in input.sources.iter().filter(|(path, _)| SourceKind::of(path).is_none()) {
        add(path, file.fingerprint);
    }
    hasher.update(format!("{:?} {}", input.base_url, input.drafts).as_bytes());
    Fingerprint::finish(&hasher.finalize())
}

/// Brings what is known up to date where the frame is the same; `None` where more than products' own matters may have
/// changed.
fn patch(input: &Input<'_>, frame: Fingerprint, mut known: Known) -> Option<Known> {
    let is_same_time = known.from <= input.now && known.until.is_none_or(|until| input.now < until);
    if known.frame != frame || !is_same_time {
        return None;
    }
    let mut files = input.parsed.iter();
    let mut changed = Vec::new();
    for (place, remembered) in known.products.iter().enumerate() {
        let (_, from) = files.find(|(path, _)| **path == remembered.product.file)?;
        if !Arc::ptr_eq(from, &remembered.from) {
            changed.push((place, from));
        }
    }
    // What is not shown may still be told of its mistakes.
    if !known.hidden.iter().all(|(path, file)| input.parsed.get(path).is_some_and(|from| Arc::ptr_eq(from, file))) {
        return None;
    }
    let concerns = |told: &Diagnostic, file: &SourcePath| told.file == *file || told.related.iter().any(|(span, _)| span.file == *file);
    for (place, from) in changed {
        let Parsed::Product(parsed) = &from.value else { return None };
        let file = ProductFile { parsed, from };
        let made = Remembered::of(input, &known.addresses, &known.site.settings, &known.site.terms, &file)?;
        let before = &known.products[place];
        // Files to copy, SKUs and what was told of several files are not the product's own matter.
        let skus =
            |remembered: &Remembered| remembered.product.product.variants.iter().map(|variant| variant.sku.clone()).collect::<Vec<_>>();
        if made.product.body.files != before.product.body.files
            || skus(&made) != skus(before)
            || known.before.iter().chain(&known.after).any(|told| concerns(told, &parsed.file))
        {
            return None;
        }
        let listed = known.site.products.get_mut(&made.product.id)?;
        *listed = Arc::new(SiteProduct { own: Arc::clone(&made.product), ..SiteProduct::clone(listed) });
        known.products[place] = made;
    }
    known.site.pictures = Arc::clone(input.pictures);
    Some(known)
}

fn build(context: &mut Context<'_>, frame: Fingerprint) -> Option<Known> {
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
    let resolved = products::products(context, &files, &addresses, &settings, &terms);
    let before = std::mem::take(&mut context.problems);
    let shown: rustc_hash::FxHashSet<&SourcePath> = resolved.iter().map(|remembered| &remembered.product.file).collect();
    let hidden = files.products.iter().filter(|file| !shown.contains(&file.file));
    let hidden = hidden.map(|file| (SourcePath::clone(&file.file), Arc::clone(file.from))).collect();
    let products = products::by_id(&resolved);
    products::tell_made_skus_that_clash(context, &files, &products);
    let mut site = Site {
        // What is published is decided by the time too.
        frame: Fingerprint::join(&[frame, Fingerprint::of(&context.input.now.to_le_bytes())]),
        categories: Arc::new(categories::categories(context, &files, &addresses, &settings, &products)),
        products,
        collections: Arc::new(collections::collections(context, &files, &addresses, &settings)),
        articles: Arc::new(content::articles(context, &files, &addresses, &settings)),
        sections: Arc::new(content::sections(context, &files, &addresses, &settings)),
        newest: Arc::default(),
        tags: Arc::default(),
        main_menu: Vec::new(),
        footer_menu: Vec::new(),
        terms_url: None,
        redirects: Arc::new(addresses.redirects()),
        copied: Arc::default(),
        neighbours: Arc::default(),
        pictures: Arc::clone(context.input.pictures),
        terms: terms.clone(),
        settings,
    };
    products::connect(context, &files, &mut site);
    categories::fill(&mut site);
    content::connect(&mut site);
    site.tags = Arc::new(tags::tags(&site));
    lists::fill(&mut site);
    site.copied = Arc::new(addresses.copied(&site));
    site.main_menu = menus::menu(context, &parsed_settings, &site, "main");
    site.footer_menu = menus::menu(context, &parsed_settings, &site, "footer");
    site.terms_url = menus::terms_page(context, &parsed_settings, &site);
    terms.terms_url.clone_from(&site.terms_url);
    site.terms = terms;
    let after = std::mem::take(&mut context.problems);
    Some(Known { frame, from: context.input.now, until: context.next_change, addresses, products: resolved, hidden, before, after, site })
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
