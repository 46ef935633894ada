//! Who has which address: claims, clashes, former addresses, and where a link leads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Absence, Context, Files};
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, Spanned, codes, nearest};
use crate::parse::markdown::Markdown;
use crate::parse::{ParsedPage, ParsedProduct, ParsedSettings, SourceKind, Terms};
use crate::present::{feed_path, json_feed_path};
use crate::site::{Settings, Site, TAGS, term_path};
use crate::source::Sources;

/// Addresses of the theme's own pages and of what the generator makes; nobody may have them or anything below the
/// second group.
const RESERVED: [&str; 5] = ["/cart/", "/checkout/", "/search/", "/404.html", "/404/"];
const RESERVED_BELOW: [&str; 5] = ["/api/", "/assets/", "/img/", "/admin/", "/_shopfront/"];
/// Files that the generator makes beside the pages, and the home page.
const OUR_FILES: [&str; 5] = ["/", "/robots.txt", "/sitemap.xml", "/_headers", "/_redirects"];

/// So many anchors of a page are looked through for one that is near.
const MOST_ANCHORS: usize = 500;

/// The anchors of a page.
#[derive(Debug, Clone)]
enum Anchors {
    /// Those of its text; put into a set when the first link asks for one of them.
    Of(Arc<Markdown>, OnceLock<FxHashSet<Box<str>>>),
    /// It has no text.
    None,
    /// Not known, and not checked.
    Unknown,
}

/// Something with an address.
#[derive(Debug, Clone)]
struct Target {
    /// The source, for messages.
    file: SourcePath,
    anchors: Anchors,
    /// Why it is not in this build; `None` where it is.
    absence: Option<Absence>,
    /// A file that all languages have in common.
    is_file: bool,
    /// The page of its source; a tag's or a feed's is not.
    is_own: bool,
}

/// All addresses of a shop, without the base path.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    targets: FxHashMap<String, Target>,
    sources: FxHashMap<SourcePath, String>,
    aliases: Vec<(String, String)>,
    statics: Vec<(SourcePath, String)>,
    /// What the other languages' addresses begin with.
    others: Vec<String>,
    /// The addresses of all languages, where there are several.
    taken: Arc<Taken>,
}

/// The pages of all languages and their former addresses, from the site's root.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pages: FxHashMap<String, Owner>,
    former: BTreeMap<String, Span>,
}

/// Who has an address.
#[derive(Debug)]
struct Owner {
    file: SourcePath,
    /// Its source, where it is that source's page in the default language: the same may stand elsewhere in others.
    source: Option<SourcePath>,
}

impl Taken {
    /// What the languages' own addresses are, each with what they begin with; the default language comes first. Static files
    /// that lie where a page in another language is are told.
    pub(super) fn of<'a>(languages: impl Iterator<Item = (&'a str, &'a Addresses)>, problems: &mut Vec<Diagnostic>) -> Self {
        let mut taken = Self::default();
        let mut files: FxHashMap<&str, &SourcePath> = FxHashMap::default();
        for (prefix, addresses) in languages {
            let is_default = prefix.is_empty();
            if is_default {
                files = addresses.targets.iter().filter(|(_, it)| it.is_file).map(|(path, it)| (path.as_str(), &it.file)).collect();
            }
            for (path, target) in addresses.targets.iter().filter(|(_, target)| is_default || !target.is_file) {
                let rooted = format!("{prefix}{path}");
                if let Some(file) = files.get(rooted.as_str()).filter(|_| !is_default) {
                    problems.push(static_clash(file, &rooted, &target.file));
                }
                let source = (is_default && target.is_own).then(|| SourcePath::clone(&target.file));
                taken.pages.insert(rooted, Owner { file: SourcePath::clone(&target.file), source });
            }
            if !is_default {
                let owner = Owner { file: SourcePath::from(THEME), source: None };
                taken.pages.insert(format!("{prefix}/404.html"), owner);
            }
        }
        // The targets have no order.
        problems.sort_by(|a, b| a.message.cmp(&b.message));
        taken
    }
}

/// Stands for the theme's own pages among the sources.
const THEME: &str = "themes";

fn static_clash(file: &SourcePath, page: &str, owner: &str) -> Diagnostic {
    let message = if owner == THEME {
        format!("`{file}` would be written where the shop writes its own `{page}`")
    } else {
        format!("`{file}` would be written where `{owner}` is shown: `{page}`")
    };
    Diagnostic::in_file(codes::STATIC_CLASH, Severity::Error, message, SourcePath::clone(file)).help("rename one of them")
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// To this address of this language, without the base path.
    To(String),
    /// To this address from the site's root: a file, a former address, a page in another language.
    Rooted(String),
    /// To something that is not published.
    Hidden(String, Absence),
    /// To an existing page, but to an anchor it does not have; with one that is near.
    NoAnchor(String, Option<String>),
    /// To nothing; with an address that is near.
    Nothing(Option<String>),
}

impl Anchors {
    fn of(text: Option<&Arc<Markdown>>) -> Self {
        text.map_or(Self::None, |text| Self::Of(Arc::clone(text), OnceLock::new()))
    }

    /// Whether there is such an anchor; if not, one with a similar name. What is not known is taken to be there.
    fn find(&self, anchor: &str) -> Result<(), Option<String>> {
        let (text, known) = match self {
            Self::Of(text, known) => (text, known),
            Self::None => return Err(None),
            Self::Unknown => return Ok(()),
        };
        if known.get_or_init(|| text.all_anchors().map(Box::from).collect()).contains(anchor) {
            return Ok(());
        }
        // In a text of thousands nobody finds a slip by similarity, and every wrong link would be held against all.
        let all = text.all_anchors().take(MOST_ANCHORS);
        Err(nearest(anchor, all).map(str::to_owned))
    }
}

impl Addresses {
    pub(super) fn of(context: &mut Context<'_>, files: &Files<'_>, parsed: &ParsedSettings, settings: &Settings) -> Self {
        let languages = 0..context.input.languages.len();
        let others = languages.filter(|place| *place != 0 && *place != context.input.place);
        let others = others.map(|place| format!("{}/", super::prefix(context.input.languages, place))).collect();
        let mut addresses = Self { others, ..Self::default() };
        addresses.add_catalogue(context, files);
        addresses.add_content(context, files);
        addresses.add_terms(context, files, parsed, settings);
        addresses.add_static(context);
        for claim in &files.failed {
            if let Some(path) = failed_path(claim.kind, &claim.file) {
                addresses.sources.insert(SourcePath::clone(&claim.file), path.clone());
                addresses.targets.entry(path).or_insert_with(|| Target {
                    file: SourcePath::clone(&claim.file),
                    anchors: Anchors::Unknown,
                    absence: None,
                    is_file: false,
                    is_own: true,
                });
            }
        }
        for path in ["/", "/products/", "/cart/", "/checkout/"] {
            let file = SourcePath::from(THEME);
            addresses.targets.entry(path.to_owned()).or_insert(Target {
                file,
                anchors: Anchors::Unknown,
                absence: None,
                is_file: false,
                is_own: false,
            });
        }
        addresses
    }

    fn add_catalogue(&mut self, context: &mut Context<'_>, files: &Files<'_>) {
        for product in &files.products {
            let absence = context.absence(product.draft, product.shown());
            let anchors = Anchors::of(product.description.as_ref().map(|text| &text.markdown));
            let slug = product.slug.as_ref().map(|slug| &slug.span);
            self.claim(context, product_path(product), &product.file, slug, anchors, absence);
        }
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let folders =
            files.products.iter().map(|product| product.category.as_str()).chain(files.categories.iter().map(|c| c.path.as_str()));
        let folders: BTreeSet<&str> = folders.filter(|folder| !folder.is_empty()).collect();
        for folder in folders {
            let mut at = 0;
            while let Some(slash) = folder[at..].find('/') {
                keys.insert(folder[..at + slash].to_owned());
                at += slash + 1;
            }
            keys.insert(folder.to_owned());
        }
        for key in keys {
            let source = files.categories.iter().find(|category| category.path == key);
            let file = source.map_or_else(|| SourcePath::from(format!("products/{key}")), |category| SourcePath::clone(&category.file));
            let anchors = source.map_or(Anchors::Unknown, |category| Anchors::of(Some(&category.body.markdown)));
            let absence = context.absence(source.is_some_and(|category| category.draft), (None, None));
            self.claim(context, category_path(&key), &file, None, anchors, absence);
            self.sources.insert(SourcePath::from(format!("products/{key}")), category_path(&key));
        }
        if let Some(root) = files.categories.iter().find(|category| category.path.is_empty()) {
            self.claim(context, category_path(""), &root.file, None, Anchors::of(Some(&root.body.markdown)), None);
        }
        for collection in &files.collections {
            let anchors = collection.description.as_ref().map_or(Anchors::Unknown, |text| Anchors::of(Some(&text.markdown)));
            let absence = context.absence(collection.draft, (None, None));
            self.claim(context, format!("/collections/{}/", collection.name), &collection.file, None, anchors, absence);
        }
    }

    fn add_content(&mut self, context: &mut Context<'_>, files: &Files<'_>) {
        for page in &files.pages {
            let absence = context.absence(page.is_draft(), page.shown());
            let path = page_path(page);
            if is_our_own(&path) || context.input.place == 0 && self.others.iter().any(|other| path.starts_with(other.as_str())) {
                let message = format!("the address `{path}` belongs to the shop itself");
                context.tell(
                    Diagnostic::in_file(codes::DUPLICATE_ROUTE_NAME, Severity::Error, message, SourcePath::clone(&page.file))
                        .help("rename the file or give it another `slug`"),
                );
                continue;
            }
            let slug = page.address.as_ref().or(page.slug.as_ref()).map(|slug| &slug.span);
            self.claim(context, path.clone(), &page.file, slug, Anchors::of(Some(&page.body.markdown)), absence);
            if page.section && page.feed.as_ref().is_none_or(|feed| feed.value) {
                self.add_feeds(&path, &page.file, absence);
            }
        }
    }

    /// The feeds of a list of posts.
    fn add_feeds(&mut self, path: &str, file: &SourcePath, absence: Option<Absence>) {
        for feed in [feed_path(path), json_feed_path(path)] {
            let file = SourcePath::clone(file);
            self.targets.entry(feed).or_insert(Target { file, anchors: Anchors::Unknown, absence, is_file: false, is_own: false });
        }
    }

    /// Each taxonomy that has any terms, and its terms.
    fn add_terms(&mut self, context: &mut Context<'_>, files: &Files<'_>, parsed: &ParsedSettings, settings: &Settings) {
        for declared in &settings.taxonomies {
            let written =
                parsed.taxonomies.iter().find(|taxonomy| taxonomy.name.value == declared.name).map(|taxonomy| &taxonomy.name.span);
            let terms = terms(context, files, &declared.name);
            let Some(first) = terms.values().next() else { continue };
            let shown = terms.values().map(|term| term.all).reduce(Shown::or).unwrap_or_default();
            let all = Named { file: first.file, all: shown, posts: Shown::default() };
            let named = terms.iter().map(|(slug, term)| (term_path(&declared.name, slug), term));
            for (path, Named { file, all, posts }) in std::iter::once((declared.path(), &all)).chain(named) {
                if is_our_own(&path) || self.targets.contains_key(&path) {
                    self.tell_term_clash(context, &path, &declared.name, written);
                    continue;
                }
                if let Shown(Some(posts)) = posts
                    && declared.has_feeds
                {
                    self.add_feeds(&path, file, posts.err());
                }
                let (file, absence) = (SourcePath::clone(file), all.0.and_then(Result::err));
                self.targets.insert(path, Target { file, anchors: Anchors::Unknown, absence, is_file: false, is_own: false });
            }
        }
    }

    /// The taxonomy's name is at fault where it is written; tags have theirs from us.
    fn tell_term_clash(&self, context: &mut Context<'_>, path: &str, taxonomy: &str, written: Option<&Span>) {
        let Some(other) = self.targets.get(path) else {
            let message = format!("the address `{path}` belongs to the shop itself");
            let place = written.expect("tags, of which nothing need be written, have an address that is not reserved").clone();
            context.tell(Diagnostic::error(codes::DUPLICATE_ROUTE_NAME, message, place).help("give the taxonomy another name"));
            return;
        };
        let what = if taxonomy == TAGS { "that tag".to_owned() } else { format!("that term of `{taxonomy}`") };
        let message = format!("`{}` has the address `{path}`, where everything with {what} is listed", other.file);
        let told = match written {
            Some(span) => Diagnostic::error(codes::TWO_SOURCES, message, span.clone()),
            None => Diagnostic::in_file(codes::TWO_SOURCES, Severity::Error, message, SourcePath::clone(&other.file)),
        };
        context.tell(told.help("rename it, or give it another `slug`"));
    }

    fn add_static(&mut self, context: &mut Context<'_>) {
        let files: Vec<_> = context.input.sources.below("static/").map(|(path, _)| SourcePath::clone(path)).collect();
        for file in files {
            let path = format!("/{}", file.strip_prefix("static/").unwrap_or(&file));
            let page = path.strip_suffix("index.html").unwrap_or(&path).to_owned();
            if is_our_own(&page) || OUR_FILES.contains(&page.as_str()) {
                let message = format!("`{file}` would be written where the shop writes its own `{page}`");
                context.tell(
                    Diagnostic::in_file(codes::STATIC_CLASH, Severity::Error, message, SourcePath::clone(&file))
                        .help("rename or remove it"),
                );
                continue;
            }
            if let Some(other) = self.targets.get(&page) {
                // What an address is in another language has nothing to do with a file at the root.
                if context.input.place == 0 {
                    context.tell(static_clash(&file, &page, &other.file));
                }
                continue;
            }
            self.targets.insert(
                page,
                Target { file: SourcePath::clone(&file), anchors: Anchors::Unknown, absence: None, is_file: true, is_own: false },
            );
            self.statics.push((file, path.trim_start_matches('/').to_owned()));
        }
    }

    /// Adds former addresses, which are addresses from the site's root in every language.
    pub(super) fn add_aliases(&mut self, context: &mut Context<'_>, files: &Files<'_>, taken: &mut Taken) {
        let products = files.products.iter().map(|product| (&product.file, &product.aliases));
        let categories = files.categories.iter().map(|category| (&category.file, &category.aliases));
        let collections = files.collections.iter().map(|collection| (&collection.file, &collection.aliases));
        let pages = files.pages.iter().map(|page| (&page.file, &page.aliases));
        let all: Vec<(SourcePath, Spanned<String>)> = products
            .chain(categories)
            .chain(collections)
            .chain(pages)
            .flat_map(|(file, aliases)| aliases.iter().map(|alias| (SourcePath::clone(file), alias.clone())))
            .collect();
        for (file, alias) in all {
            // An original's are the default language's alone, and an overlay's its own language's.
            if context.input.place != 0 && !context.input.files.tongues.contains_key(&file) {
                continue;
            }
            let Some(target) = self.sources.get(&file).cloned() else { continue };
            if self.targets.get(&target).is_some_and(|target| target.absence.is_some()) {
                continue;
            }
            let target = format!("{}{target}", context.input.prefix());
            self.lead_on(context, &alias, target, taken);
        }
    }

    /// Adds what the settings lead elsewhere.
    pub(super) fn add_redirects(&mut self, context: &mut Context<'_>, redirects: &[(Spanned<String>, Spanned<String>)], taken: &mut Taken) {
        for (from, to) in redirects {
            let path = to.split(['?', '#']).next().unwrap_or(to);
            if path.starts_with('/') && ![path.to_owned(), with_slash(path)].iter().any(|path| taken.pages.contains_key(path)) {
                let help =
                    self.suggest(path).map_or_else(|| "write an address of the shop".to_owned(), |near| format!("did you mean `{near}`?"));
                let message = format!("the redirect of `{}` leads to nothing", from.value);
                let told = Diagnostic::error(codes::BROKEN_LINK, message, to.span.clone());
                context.tell(told.label("no page has this address").help(help).under(Rule::BrokenLinks));
            }
            self.lead_on(context, from, to.value.clone(), taken);
        }
    }

    /// Lets an address that is free lead to `target`.
    fn lead_on(&mut self, context: &mut Context<'_>, alias: &Spanned<String>, target: String, taken: &mut Taken) {
        let from = with_slash(alias);
        if is_our_own(&from) || OUR_FILES.contains(&from.as_str()) {
            let message = format!("the address `{from}` belongs to the shop itself, and cannot lead elsewhere");
            context.tell(Diagnostic::error(codes::ALIAS_CLASH, message, alias.span.clone()).help("remove it"));
        } else if let Some(Owner { file: owner, .. }) = taken.pages.get(&from) {
            let message = format!("the address `{from}` is in use, and cannot lead elsewhere");
            let shown = if &**owner == THEME { "a page of the shop's own".to_owned() } else { format!("`{owner}`") };
            let told = Diagnostic::error(codes::ALIAS_CLASH, message, alias.span.clone());
            context.tell(told.label(format!("{shown} is shown here")).help("remove it"));
        } else if let Some(other) = taken.former.get(&from) {
            let message = format!("the address `{from}` leads to two places");
            let told = Diagnostic::error(codes::ALIAS_CLASH, message, alias.span.clone());
            context.tell(told.related(other.clone(), "also here").help("keep one of them"));
        } else {
            taken.former.insert(from.clone(), alias.span.clone());
            self.aliases.push((from, target));
        }
    }

    /// Takes an address for a source; `slug` is where the source says so, if it does.
    fn claim(
        &mut self,
        context: &mut Context<'_>,
        path: String,
        file: &SourcePath,
        slug: Option<&Span>,
        anchors: Anchors,
        absence: Option<Absence>,
    ) {
        self.sources.insert(SourcePath::clone(file), path.clone());
        if let Some(other) = self.targets.get(&path) {
            // Two products with one id are told as such.
            if !(file.ends_with(".yaml") && other.file.ends_with(".yaml") && stem(file) == stem(&other.file)) {
                let message = format!("`{}` and `{file}` both have the address `{}{path}`", other.file, context.input.prefix());
                let told = match slug {
                    Some(slug) => Diagnostic::error(codes::TWO_SOURCES, message, slug.clone()).label("this address"),
                    None => Diagnostic::in_file(codes::TWO_SOURCES, Severity::Error, message, SourcePath::clone(file)),
                };
                context.tell(told.help("rename one of them, or give it another `slug`"));
            }
            return;
        }
        self.targets.insert(path, Target { file: SourcePath::clone(file), anchors, absence, is_file: false, is_own: true });
    }

    /// The address of a source file.
    pub(super) fn of_source(&self, file: &str) -> Option<&str> {
        self.sources.get(file).map(String::as_str)
    }

    /// The keys of all categories.
    pub(super) fn category_keys(&self) -> Vec<String> {
        let keys = self.targets.keys().filter_map(|path| Some(path.strip_prefix("/categories/")?.trim_end_matches('/').to_owned()));
        let keys: BTreeSet<String> = keys.collect();
        keys.into_iter().collect()
    }

    /// Learns the addresses of all languages.
    pub(super) fn know_all(&mut self, taken: &Arc<Taken>) {
        self.taken = Arc::clone(taken);
    }

    /// Former address → address, from the site's root.
    pub(super) fn redirects(&self) -> Vec<(String, String)> {
        let mut redirects = self.aliases.clone();
        redirects.sort();
        redirects
    }

    /// Files to copy: everything in `static/`, and files beside pages that their links lead to.
    pub(super) fn copied(&self, site: &Site) -> Vec<(SourcePath, String)> {
        let linked: BTreeSet<_> = site.bodies().chain(site.theme.bodies()).flat_map(|body| &body.files).cloned().collect();
        self.statics.iter().cloned().chain(linked).collect()
    }

    /// Where a link written in `file` leads: to a source file, to an address, or to a file beside a page, which is added to
    /// `files` then. `with_hint` says whether something near is looked for where it leads to nothing, among all addresses.
    pub(super) fn follow(
        &self,
        file: &str,
        target: &str,
        sources: &Sources,
        files: &mut Vec<(SourcePath, String)>,
        with_hint: bool,
    ) -> Lead {
        let (place, anchor) = target.split_once('#').map_or((target, None), |(place, anchor)| (place, Some(anchor)));
        let (place, query) = place.split_once('?').map_or((place, None), |(place, query)| (place, Some(query)));
        let own = self.of_source(file).unwrap_or("/");
        let place = percent_encoding::percent_decode_str(place).decode_utf8_lossy();
        let path = if place.is_empty() {
            own.to_owned()
        } else {
            match self.locate(file, own, &place, sources, files) {
                Some(path) => path,
                None => return Lead::Nothing(if with_hint { self.suggest(&place) } else { None }),
            }
        };
        let suffix = query.map_or_else(String::new, |query| format!("?{query}"));
        let to = format!("{path}{suffix}{}", anchor.map_or_else(String::new, |anchor| format!("#{anchor}")));
        // Whether pages in other languages have an anchor is not looked at.
        let Some(found) = self.targets.get(&path).filter(|found| !found.is_file) else { return Lead::Rooted(to) };
        if let Some(absence) = found.absence {
            return Lead::Hidden(to, absence);
        }
        let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty() && *anchor != "top") else { return Lead::To(to) };
        match found.anchors.find(anchor) {
            Ok(()) => Lead::To(to),
            Err(near) => Lead::NoAnchor(path, near),
        }
    }

    fn locate(&self, file: &str, own: &str, place: &str, sources: &Sources, files: &mut Vec<(SourcePath, String)>) -> Option<String> {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let as_source = match place.strip_prefix('/') {
            Some(rooted) => join("", rooted),
            None => join(folder, place),
        };
        if let Some(source) = as_source {
            let source = source.trim_end_matches('/');
            // A translation's page is its original's, in the language of the text.
            let original = SourceKind::overlay(source).map(|place| place.original);
            if let Some(path) = self.sources.get(original.as_deref().unwrap_or(source)) {
                return Some(path.clone());
            }
            if source.starts_with("content/") && !source.ends_with(".md") && sources.get(source).is_some() {
                let path = source.strip_prefix("content/").unwrap_or(source).to_owned();
                files.push((SourcePath::from(source), path.clone()));
                return Some(format!("/{path}"));
            }
        }
        let path = match place.strip_prefix('/') {
            Some(rooted) => format!("/{}", join("", rooted)?),
            None => format!("/{}", join(own.trim_matches('/'), place)?),
        };
        let found = [path.clone(), with_slash(&path)];
        let is_known = |path: &&String| self.targets.contains_key(*path) || self.taken.former.contains_key(*path);
        if let Some(path) = found.iter().find(is_known) {
            return Some(path.clone());
        }
        // What an original calls by its address in the default language may have another one here. Else it is a page in
        // another language that has none here, such as that of a tag.
        let here = found.iter().find_map(|path| self.sources.get(self.taken.pages.get(path)?.source.as_ref()?).cloned());
        here.or_else(|| found.into_iter().find(|path| self.taken.pages.contains_key(path)))
    }

    fn suggest(&self, place: &str) -> Option<String> {
        let stem = stem(place.trim_end_matches('/'));
        let mut known: Vec<&str> = self.targets.keys().map(String::as_str).collect();
        known.sort_unstable();
        let by_stem = known.iter().copied().find(|path| path.trim_end_matches('/').rsplit('/').next() == Some(stem));
        by_stem.or_else(|| nearest(place, known.into_iter())).map(str::to_owned)
    }
}

/// Who names a term.
struct Named<'f> {
    /// The first file that does.
    file: &'f SourcePath,
    /// All that do.
    all: Shown,
    /// Those of them that are posts: pages with a date.
    posts: Shown,
}

/// Whether any of several is shown, else why the first of them is not; `None` where there are none.
#[derive(Debug, Clone, Copy, Default)]
struct Shown(Option<Result<(), Absence>>);

impl Shown {
    fn of(absence: Option<Absence>) -> Self {
        Self(Some(absence.map_or(Ok(()), Err)))
    }

    fn or(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(Ok(())), _) | (_, None) => self,
            (None, _) | (_, Some(Ok(()))) => other,
            (Some(Err(_)), Some(Err(_))) => self,
        }
    }
}

/// The terms of a taxonomy by slug.
fn terms<'f>(context: &mut Context<'_>, files: &'f Files<'_>, taxonomy: &str) -> BTreeMap<String, Named<'f>> {
    let words = |tags: &'f [Spanned<String>], terms: &'f Terms| {
        let tags = if taxonomy == TAGS { tags } else { &[] };
        tags.iter().chain(terms.iter().filter(|(name, _)| name.value == taxonomy).flat_map(|(_, words)| words))
    };
    let products =
        files.products.iter().map(|it| (words(&it.tags, &it.taxonomies).collect::<Vec<_>>(), it.draft, it.shown(), &it.file, false));
    let pages = files
        .pages
        .iter()
        .filter(|it| !it.section)
        .map(|it| (words(it.tags(), &it.taxonomies).collect::<Vec<_>>(), it.is_draft(), it.shown(), &it.file, it.date.is_some()));
    let mut found: BTreeMap<String, Named<'f>> = BTreeMap::new();
    let mut slugs: FxHashMap<&str, String> = FxHashMap::default();
    for (words, draft, times, file, is_post) in products.chain(pages) {
        for word in words {
            let slug = slugs.entry(word.value.as_str()).or_insert_with(|| crate::parse::markdown::slug(word));
            if slug.is_empty() {
                let what = if taxonomy == TAGS { "tag" } else { "term" };
                let message = format!("the {what} `{}` has no letter or digit", word.value);
                context.tell_once(
                    Diagnostic::error(codes::SLUG, message, word.span.clone()).help(format!("{what}s become addresses; use words")),
                );
                continue;
            }
            let shown = Shown::of(context.absence(draft, times));
            let named = found.entry(slug.clone()).or_insert(Named { file, all: Shown::default(), posts: Shown::default() });
            named.all = named.all.or(shown);
            if is_post {
                named.posts = named.posts.or(shown);
            }
        }
    }
    found
}

/// Whether an address belongs to the theme's own pages or to what the generator makes.
fn is_our_own(path: &str) -> bool {
    RESERVED.contains(&path) || RESERVED_BELOW.iter().any(|below| path.starts_with(below))
}

/// The address of a product.
pub(super) fn product_path(product: &ParsedProduct) -> String {
    format!("/products/{}/", product.slug.as_ref().map_or(product.id.as_str(), |slug| slug.value.as_str()))
}

/// The address of a category; of the whole catalogue for the empty key.
pub(super) fn category_path(key: &str) -> String {
    if key.is_empty() { "/products/".to_owned() } else { format!("/categories/{key}/") }
}

/// The address of a page or section.
pub(super) fn page_path(page: &ParsedPage) -> String {
    if let Some(address) = page.address.as_ref().filter(|_| !page.path.is_empty()) {
        return format!("/{}/", address.value);
    }
    let path = match (&page.slug, page.path.rsplit_once('/')) {
        (Some(slug), Some((folder, _))) => format!("{folder}/{}", slug.value),
        (Some(slug), None) if !page.path.is_empty() => slug.value.clone(),
        _ => page.path.clone(),
    };
    if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
}

fn failed_path(kind: SourceKind, file: &str) -> Option<String> {
    match kind {
        SourceKind::Product => Some(format!("/products/{}/", stem(file))),
        SourceKind::Collection => Some(format!("/collections/{}/", stem(file))),
        SourceKind::Category => Some(category_path(file.strip_prefix("products/")?.rsplit_once('/').map_or("", |(folder, _)| folder))),
        SourceKind::Page => {
            let path = file.strip_prefix("content/")?.strip_suffix(".md")?;
            let path = path.strip_suffix("_index").or_else(|| path.strip_suffix("index")).unwrap_or(path).trim_end_matches('/');
            Some(if path.is_empty() { "/".to_owned() } else { format!("/{path}/") })
        }
        SourceKind::Settings
        | SourceKind::Discounts
        | SourceKind::PageSchema
        | SourceKind::Data
        | SourceKind::Theme
        | SourceKind::Overlay(_) => None,
    }
}

/// The file's name without folder and ending.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// `folder` and a path relative to it, with `.` and `..` applied; `None` where it leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    Some(parts.join("/") + slash)
}

/// Whether an address begins with a scheme (RFC 3986, 3.1), so that it is no path.
pub(crate) fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// Addresses of pages end in a slash; those of files do not.
fn with_slash(path: &str) -> String {
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if path.ends_with('/') || is_file { path.to_owned() } else { format!("{path}/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_within_the_root() {
        assert_eq!(join("a/b", "../c.md").as_deref(), Some("a/c.md"));
        assert_eq!(join("a", "./b/").as_deref(), Some("a/b/"));
        assert_eq!(join("", "x").as_deref(), Some("x"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(with_slash("/a"), "/a/");
        assert_eq!(with_slash("/a.pdf"), "/a.pdf");
        assert_eq!(stem("products/a/mug.yaml"), "mug");
    }
}
