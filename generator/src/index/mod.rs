//! The site graph from the parsed files: what belongs together, at which address, and whether all references hold.
//!
//! Recomputed whole, but where nothing beyond some products' own matters has changed: then those are resolved anew and all
//! else is the same by construction (`frame`, `patch`). Everything that one file cannot know of another is checked here.
//! `now` is used here alone, to decide what is published.

mod addresses;
mod alt;
mod apparel;
pub(crate) use addresses::{has_scheme, join};
mod attributes;
mod bodies;
pub(crate) use bodies::escape;
mod bundles;
mod cascade;
mod categories;
mod collections;
mod content;
mod discounts;
mod fields;
mod filters;
mod found;
mod lists;
mod menus;
pub(crate) mod merchant;
mod page_fields;
mod products;
mod related;
mod rules;
mod settings;
mod taxonomies;
mod theme;
mod translate;
mod variants;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::terms::Terms;
use imaging::Focus;
use rustc_hash::FxHashSet;

use crate::cache::ParsedFile;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes, nearest};
use crate::git::History;
use crate::parse::{Parsed, ParsedProduct, ParsedSettings, Seo, SourceKind, TitlePicture};
use crate::pictures::{FlawSort, Pictures};
use crate::site::{Body, Meta, Settings, Site, SiteProduct, Tongue};
use crate::source::{Fingerprint, SETTINGS, Sources};
use crate::view::PictureView;

use addresses::{Addresses, Taken};
use cascade::PageFile;
pub use discounts::is_in_group;
use products::Remembered;
pub use related::Neighbours;
use rules::ListRule;
use translate::{Translated, Translations};

/// What the index is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// Every parsed file, by path.
    pub parsed: &'a BTreeMap<SourcePath, Arc<ParsedFile>>,
    /// What other files exist.
    pub sources: &'a Sources,
    /// All pictures.
    pub pictures: &'a Arc<Pictures>,
    /// What git says of files, where the settings ask for it.
    pub history: Option<&'a History>,
    /// Instead of the settings' own address, without a slash at the end.
    pub base_url: Option<&'a str>,
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether what is not yet published is shown.
    pub future: bool,
    /// Whether search engines are asked to stay away.
    pub noindex: bool,
    /// Seconds since 1970.
    pub now: i64,
}

/// What the index found.
#[derive(Debug)]
pub struct Indexed {
    /// The shop in each of its languages, the default first; empty where the settings cannot be read.
    pub sites: Vec<Site>,
    /// Mistakes.
    pub diagnostics: Vec<Diagnostic>,
    /// The next instant at which the output would differ, seconds since 1970.
    pub next_change: Option<i64>,
}

/// What one language's index is made from: the input, with the files as that language sees them.
struct Local<'a> {
    shop: &'a Input<'a>,
    files: &'a Translated<'a>,
    /// Its place among the languages.
    place: usize,
    /// The default first.
    languages: &'a [String],
    /// What alerts are called; asked for where a text has one.
    labels: std::sync::OnceLock<Vec<String>>,
    /// The ids of all products, shown or not; asked for where a block names one.
    product_ids: std::sync::OnceLock<std::collections::BTreeSet<String>>,
}

impl<'a> std::ops::Deref for Local<'a> {
    type Target = Input<'a>;

    fn deref(&self) -> &Input<'a> {
        self.shop
    }
}

impl Local<'_> {
    /// The ids of all products, shown or not.
    fn product_ids(&self) -> &std::collections::BTreeSet<String> {
        self.product_ids.get_or_init(|| {
            let files = self.files.parsed.keys().filter(|path| SourceKind::of(path) == Some(SourceKind::Product));
            files.map(|path| addresses::stem(path).to_owned()).collect()
        })
    }

    /// What addresses of pages in this language begin with.
    fn prefix(&self) -> String {
        prefix(self.languages, self.place)
    }

    /// The language of a file's texts.
    fn tongue(&self, file: &SourcePath) -> Tongue {
        if self.place == 0 {
            return Tongue::native();
        }
        self.files.tongues.get(file).cloned().unwrap_or_else(|| Tongue::foreign(&self.languages[0]))
    }
}

/// What addresses of pages in a language begin with, after the base path.
fn prefix(languages: &[String], place: usize) -> String {
    if place == 0 { String::new() } else { format!("/{}", languages[place]) }
}

/// What every part of the index reads and adds to.
struct Context<'a> {
    input: &'a Local<'a>,
    problems: Vec<Diagnostic>,
    /// What [`Context::tell_once`] has told.
    told: FxHashSet<Diagnostic>,
    /// So many names have been looked for among all.
    hints: usize,
    next_change: Option<i64>,
}

/// Why something is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// It is a draft.
    Draft,
    /// Its time has not come.
    Early,
    /// Its time is over.
    Over,
}

/// So many wrong references of one kind are told with a name that is near: each is held against all names that there are.
const MOST_HINTS: usize = 100;

impl<'a> Context<'a> {
    fn new(input: &'a Local<'a>) -> Self {
        Self { input, problems: Vec::new(), told: FxHashSet::default(), hints: 0, next_change: None }
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// Tells what concerns one place that several pages share.
    fn tell_once(&mut self, diagnostic: Diagnostic) {
        if self.told.insert(diagnostic.clone()) {
            self.problems.push(diagnostic);
        }
    }

    /// A name that is near, for the first wrong ones.
    fn near<'n>(&mut self, name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        self.hints += 1;
        if self.hints > MOST_HINTS { None } else { nearest(name, known) }
    }

    /// Whether something with this draft mark is shown, which is from the first of two instants until the second.
    fn is_published(&mut self, draft: bool, times: (Option<i64>, Option<i64>)) -> bool {
        self.absence(draft, times).is_none()
    }

    /// Why something with this draft mark is not shown, which is from the first of two instants until the second; `None` where it is.
    /// Where one of the instants is still to come, the output changes then.
    fn absence(&mut self, draft: bool, (from, until): (Option<i64>, Option<i64>)) -> Option<Absence> {
        if draft && !self.input.drafts {
            return Some(Absence::Draft);
        }
        if self.input.future {
            return None;
        }
        let now = self.input.now;
        if until.is_some_and(|until| until <= now) {
            return Some(Absence::Over);
        }
        let is_later = from.is_some_and(|from| from > now);
        // What has not come yet changes nothing before it comes.
        if let Some(change) = if is_later { from } else { until } {
            self.next_change = Some(self.next_change.map_or(change, |next| next.min(change)));
        }
        is_later.then_some(Absence::Early)
    }

    /// Of a parsed file, and of what its text refers to.
    fn fingerprint(&self, file: &SourcePath, body: &Body) -> Fingerprint {
        Fingerprint::join(&[self.source_fingerprint(file), body.outside_fingerprint()])
    }

    /// Of a parsed file alone.
    fn source_fingerprint(&self, file: &SourcePath) -> Fingerprint {
        self.input.files.parsed.get(file).map_or(Fingerprint([0; 16]), |parsed| parsed.fingerprint)
    }

    /// The picture `name` beside `from`, told where it cannot be shown.
    fn picture(&mut self, from: &SourcePath, name: &Spanned<String>, alt: Option<&Spanned<String>>, focus: Focus) -> Option<PictureView> {
        let file = beside(from, name);
        if !self.check_picture(&file, name, None) {
            return None;
        }
        if let Some(alt) = alt {
            alt::tell_alt(self, &file, alt);
        }
        Some(PictureView { file: Some(file), alt: alt.map(|alt| alt.value.clone()).unwrap_or_default(), focus })
    }

    /// Whether the picture at `file` can be shown; if not, the reason is told at `at`, under a rule where there is one.
    fn check_picture(&mut self, file: &str, at: &Spanned<String>, rule: Option<Rule>) -> bool {
        let Some(entry) = self.input.pictures.get(file) else {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let names: Vec<&str> = self.input.pictures.paths().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/')).collect();
            let exists = self.input.sources.get(file).is_some();
            let help = match nearest(at, names.into_iter().filter(|name| !name.contains('/'))) {
                _ if exists => "pictures are JPEG, PNG, WebP, GIF or SVG files".to_owned(),
                Some(near) => format!("a file with a similar name is there: `{near}`"),
                None => format!("put it into `{folder}/`"),
            };
            let (code, message) =
                if exists { (codes::IMAGE_UNREADABLE, "cannot be shown") } else { (codes::IMAGE_MISSING, "does not exist") };
            let told = Diagnostic::error(code, format!("the picture `{}` {message}", at.value), at.span.clone());
            self.tell_once(Diagnostic { rule, ..told.label("no such picture").help(help) });
            return false;
        };
        let Err(flaw) = &entry.probe else { return true };
        let code = match flaw.sort {
            FlawSort::Huge => codes::IMAGE_HUGE,
            FlawSort::Truncated => codes::IMAGE_TRUNCATED,
            FlawSort::Unreadable => codes::IMAGE_UNREADABLE,
        };
        let message = format!("the picture `{}` cannot be read", at.value);
        self.tell_once(Diagnostic::error(code, message, at.span.clone()).label(flaw.message.clone()));
        false
    }

    fn title_picture(&mut self, from: &SourcePath, picture: Option<&TitlePicture>) -> Option<PictureView> {
        let picture = picture?;
        self.picture(from, &picture.file, picture.alt.as_ref(), picture.focus)
    }
}

/// The path of a file named beside another.
pub(crate) fn beside(from: &str, name: &str) -> String {
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
pub struct Resolved {
    translations: Translations,
    /// In each language, the default first.
    known: Vec<Known>,
}

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
    /// Of lists; in the default language alone.
    rules: Vec<ListRule>,
    /// What was told before and after what the products' own files are told.
    before: Vec<Diagnostic>,
    after: Vec<Diagnostic>,
    site: Site,
}

impl Known {
    /// All diagnostics, in the order in which a whole index tells them.
    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.before.iter().chain(self.products.iter().flat_map(|product| &product.problems)).chain(&self.after)
    }
}

/// Connects everything, once for each language. Where the frame is the same as that of `resolved`, only products whose
/// files changed are resolved.
pub fn index(input: &Input<'_>, resolved: &mut Resolved) -> Indexed {
    let settings = match settings_file(input) {
        Ok(settings) => settings,
        Err(missing) => return Indexed { sites: Vec::new(), diagnostics: missing.into_iter().collect(), next_change: None },
    };
    let languages: Vec<String> = settings.languages.iter().map(|language| language.value.clone()).collect();
    let frame = frame(input);
    let (files, mut diagnostics) = resolved.translations.of(input.parsed, &languages, input.drafts);
    let locals: Vec<Local<'_>> = files
        .iter()
        .enumerate()
        .map(|(place, files)| Local {
            shop: input,
            files,
            place,
            languages: &languages,
            labels: std::sync::OnceLock::new(),
            product_ids: std::sync::OnceLock::new(),
        })
        .collect();
    let known = std::mem::take(&mut resolved.known);
    let patched = if known.len() == locals.len() {
        locals.iter().zip(known).map(|(local, known)| patch(local, frame, known)).collect::<Option<Vec<Known>>>()
    } else {
        None
    };
    let known = match patched.map_or_else(|| build(&locals, settings, frame), Ok) {
        Ok(known) => known,
        Err(problems) => {
            diagnostics.extend(problems);
            return Indexed { sites: Vec::new(), diagnostics, next_change: None };
        }
    };
    // What is wrong with an original is wrong in every language, and told once.
    let mut told: FxHashSet<&Diagnostic> = FxHashSet::default();
    for problem in known.iter().flat_map(Known::diagnostics) {
        if known.len() == 1 || told.insert(problem) {
            diagnostics.push(problem.clone());
        }
    }
    let next_change = known.iter().filter_map(|known| known.until).min();
    let sites = known.iter().map(|known| known.site.clone()).collect();
    resolved.known = known;
    Indexed { sites, diagnostics, next_change }
}

/// The settings; else what is missing, or nothing where they could not be read, which has been told.
fn settings_file<'a>(input: &Input<'a>) -> Result<&'a ParsedSettings, Option<Diagnostic>> {
    match input.parsed.get(SETTINGS).map(|file| &file.value) {
        Some(Parsed::Settings(parsed)) => Ok(parsed),
        Some(_) => Err(None),
        None => {
            let missing =
                Diagnostic::in_file(codes::NO_SETTINGS, Severity::Error, "this folder has no `shop.yaml`", SourcePath::from(SETTINGS));
            Err(Some(missing.help("`shopfront init DIR` makes a shop; a shop.yaml needs `name` and `base_url`")))
        }
    }
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
    let Input { base_url, drafts, future, noindex, history, .. } = input;
    hasher.update(&history.map_or([0; 16], |history| history.fingerprint().0));
    hasher.update(format!("{base_url:?} {drafts} {future} {noindex}").as_bytes());
    Fingerprint::finish(&hasher.finalize())
}

/// Brings what is known up to date where the frame is the same; `None` where more than products' own matters may have
/// changed.
fn patch(input: &Local<'_>, frame: Fingerprint, mut known: Known) -> Option<Known> {
    let is_same_time = known.from <= input.now && known.until.is_none_or(|until| input.now < until);
    if known.frame != frame || !is_same_time {
        return None;
    }
    let parsed = &input.files.parsed;
    let mut files = parsed.iter();
    let mut changed = Vec::new();
    for (place, remembered) in known.products.iter().enumerate() {
        let (_, from) = files.find(|(path, _)| **path == remembered.product.file)?;
        if !Arc::ptr_eq(from, &remembered.from) {
            changed.push((place, from));
        }
    }
    // What is not shown may still be told of its mistakes.
    if !known.hidden.iter().all(|(path, file)| parsed.get(path).is_some_and(|from| Arc::ptr_eq(from, file))) {
        return None;
    }
    if !changed.is_empty() {
        // What a product is can be filtered by, and none of it is in the frame.
        known.site.facets = Arc::default();
    }
    let concerns = |told: &Diagnostic, file: &SourcePath| told.file == *file || told.related.iter().any(|(span, _)| span.file == *file);
    for (place, from) in changed {
        let Parsed::Product(parsed) = &from.value else { return None };
        let file = ProductFile { parsed, from };
        let made = Remembered::of(input, &known.addresses, &known.site.settings, &known.site.terms, &file)?;
        let before = &known.products[place];
        // A price may bring a product into a list by rule, out of it, or to another place in it.
        if known.rules.iter().any(|rule| rule.sees(&made.product) != rule.sees(&before.product)) {
            return None;
        }
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
        known.until = known.until.into_iter().chain(made.until).min();
        known.products[place] = made;
    }
    known.site.pictures = Arc::clone(input.pictures);
    Some(known)
}

/// A language's index, once it has addresses.
struct Begun<'a> {
    context: Context<'a>,
    files: Files<'a>,
    settings: Settings,
    terms: Terms,
    addresses: Addresses,
}

/// Makes the whole index in every language; the error is what is wrong where no site can be made at all.
fn build(locals: &[Local<'_>], parsed: &ParsedSettings, frame: Fingerprint) -> Result<Vec<Known>, Vec<Diagnostic>> {
    let mut begun = Vec::with_capacity(locals.len());
    for local in locals {
        let mut context = Context::new(local);
        let Some(settings) = settings::settings(&mut context, parsed) else { return Err(context.problems) };
        begun.push(Begun::new(context, parsed, settings));
    }
    let mut problems = Vec::new();
    let mut taken = Taken::of(begun.iter().map(|begun| (begun.settings.prefix.as_str(), &begun.addresses)), &mut problems);
    begun[0].context.problems.extend(problems);
    for begun in &mut begun {
        begun.addresses.add_aliases(&mut begun.context, &begun.files, &mut taken);
    }
    let first = &mut begun[0];
    first.addresses.add_redirects(&mut first.context, &parsed.redirects, &mut taken);
    let taken = Arc::new(taken);
    let mut known: Vec<Known> = Vec::with_capacity(begun.len());
    for begun in begun {
        let finished = finish(begun, &taken, parsed, frame, known.first().map(|first| &first.site));
        known.push(finished);
    }
    Ok(known)
}

impl<'a> Begun<'a> {
    /// Terms and addresses.
    fn new(mut context: Context<'a>, parsed: &ParsedSettings, settings: Settings) -> Self {
        let terms = settings::terms(&mut context, parsed, &settings);
        found::check_feed(&mut context, &settings, &terms);
        let files = Files::of(&context.input.files.parsed);
        products::claims(&mut context, &files);
        let addresses = Addresses::of(&mut context, &files, parsed, &settings);
        Self { context, files, settings, terms, addresses }
    }
}

/// Everything that has an address, and what leads there.
fn finish(begun: Begun<'_>, taken: &Arc<Taken>, parsed: &ParsedSettings, frame: Fingerprint, first: Option<&Site>) -> Known {
    let Begun { mut context, files, settings, mut terms, mut addresses } = begun;
    let context = &mut context;
    addresses.know_all(taken);
    let resolved = products::products(context, &files, &addresses, &settings, &terms);
    let before = std::mem::take(&mut context.problems);
    let shown: FxHashSet<&SourcePath> = resolved.iter().map(|remembered| &remembered.product.file).collect();
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
        taxonomies: Arc::default(),
        main_menu: Vec::new(),
        footer_menu: Vec::new(),
        terms_url: None,
        data: Arc::new(files.data.iter().map(|(name, data)| ((*name).to_owned(), Arc::clone(&data.value))).collect()),
        redirects: Arc::new(addresses.redirects()),
        copied: Arc::default(),
        components: Arc::default(),
        neighbours: Arc::default(),
        facets: Arc::default(),
        pictures: Arc::clone(context.input.pictures),
        terms: terms.clone(),
        theme: Arc::default(),
        settings,
    };
    let rules = products::connect(context, &files, &addresses, &mut site, first);
    categories::fill(&mut site);
    content::connect(&mut site);
    site.taxonomies = Arc::new(taxonomies::taxonomies(&site));
    lists::fill(&mut site);
    site.theme = Arc::new(theme::settings(context, &files, &addresses, &site.settings, parsed));
    site.copied = Arc::new(addresses.copied(&site));
    site.main_menu = menus::menu(context, &files, &parsed.menus.main, &site);
    site.footer_menu = menus::menu(context, &files, &parsed.menus.footer, &site);
    site.terms_url = menus::terms_page(context, parsed, &site);
    found::check_page(context, parsed, &site);
    filters::check(context, &files, parsed, &site);
    terms.terms_url.clone_from(&site.terms_url);
    terms.discounts = discounts::discounts(context, &files, &addresses, &site);
    site.components = Arc::new(bundles::components(context, &files, &site));
    site.terms = terms;
    let after = std::mem::take(&mut context.problems);
    let until = resolved.iter().filter_map(|product| product.until).chain(context.next_change).min();
    Known { frame, from: context.input.now, until, addresses, products: resolved, hidden, rules, before, after, site }
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
    pages: Vec<PageFile<'a>>,
    /// What the pages of folders below `content/` can say beyond the usual, by folder.
    schemas: BTreeMap<&'a str, &'a crate::parse::ParsedPageSchema>,
    /// The files of `data/`, by name.
    data: BTreeMap<&'a str, &'a crate::parse::ParsedData>,
    /// The folders of all sections below `content/`.
    sections: FxHashSet<&'a str>,
    /// The ids of all products.
    ids: FxHashSet<&'a str>,
    /// The paths of all pages and sections.
    paths: FxHashSet<&'a str>,
    discounts: Option<&'a crate::parse::ParsedDiscounts>,
    /// Files that could not be read at all: kind and path.
    failed: Vec<&'a crate::parse::FailedClaim>,
}

impl<'a> Files<'a> {
    fn of(parsed: &'a BTreeMap<SourcePath, Arc<ParsedFile>>) -> Self {
        let mut files = Self::default();
        let mut pages = Vec::new();
        for from in parsed.values() {
            match &from.value {
                // Overlays have been put into their originals; of themes only those that the shop shows are looked for.
                Parsed::Settings(_) | Parsed::Theme(_) | Parsed::Overlay(_) => {}
                Parsed::Discounts(discounts) => files.discounts = Some(discounts),
                Parsed::Product(parsed) => files.products.push(ProductFile { parsed, from }),
                Parsed::Category(category) => files.categories.push(category),
                Parsed::Collection(collection) => files.collections.push(collection),
                Parsed::Page(page) => pages.push(&**page),
                Parsed::PageSchema(schema) => drop(files.schemas.insert(&schema.folder, schema)),
                Parsed::Data(data) => drop(files.data.insert(&data.name, data)),
                Parsed::Failed(claim) => files.failed.push(claim),
            }
        }
        files.ids = files.products.iter().map(|product| product.parsed.id.as_str()).collect();
        files.paths = pages.iter().map(|page| page.path.as_str()).collect();
        files.sections = pages.iter().filter(|page| page.section).map(|page| page.path.as_str()).collect();
        files.pages = cascade::pages(pages);
        files
    }

    /// The nearest section above a page or section; empty for the topmost.
    fn section_of<'p>(&self, path: &'p str) -> &'p str {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.rfind(|folder| self.sections.contains(folder)).unwrap_or_default()
    }

    /// Whether a file says this SKU, also of a draft, or may say it, where it cannot be read.
    fn knows_sku(&self, sku: &str) -> bool {
        self.failed.iter().any(|claim| claim.skus.iter().any(|known| known == sku))
            || self.products.iter().any(|product| products::written_skus(product).any(|known| known.value == sku))
    }

    /// Whether a file is this product, also a draft, or may be it, where it cannot be read.
    fn knows_product(&self, id: &str) -> bool {
        self.ids.contains(id) || self.failed_product(id)
    }

    /// Whether a file is this page or section, also a draft, or may be it, where it cannot be read.
    fn knows_page(&self, path: &str) -> bool {
        self.paths.contains(path) || self.failed.iter().any(|claim| claim.kind == SourceKind::Page && claim.name() == path)
    }

    /// Whether an unreadable file would have been this product, so that nobody is told that it is missing.
    fn failed_product(&self, id: &str) -> bool {
        self.failed.iter().any(|claim| claim.kind == SourceKind::Product && addresses::stem(&claim.file) == id)
    }
}
