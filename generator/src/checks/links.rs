//! Links of the rendered pages, whoever made them: templates, menus, HTML in texts. Held against everything that is published.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::external::ExternalLink;
use super::inspect::{FILE, Inspections};
use super::whereabouts::Whereabouts;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::edition::Edition;
use crate::index::{has_scheme, join};
use crate::present::search::INDEX as SEARCH_INDEX;
use crate::present::{Kind, Route};
use crate::publish::Product;

/// Where an address on a page leads.
#[derive(Debug, PartialEq, Eq)]
enum Lead<'a> {
    /// To another site.
    Outside(&'a str),
    /// To this path of the shop, without the base path, and to a place there.
    Inside(String, String),
    /// Nobody follows it: mail, telephone, the checkout.
    Elsewhere,
}

/// An address that leads to nothing, or leaves the shop: the first page with it, and on how many it stands.
struct Found {
    page: usize,
    pages: usize,
}

/// What is published, and what was seen of the pages.
pub(super) struct Seen<'a> {
    edition: &'a Edition,
    routes: Vec<Route>,
    /// By output path: its place in `routes`.
    outputs: FxHashMap<String, usize>,
    /// Broken addresses as written, and whether only the place on the page is missing.
    broken: BTreeMap<(String, bool), Found>,
    external: BTreeMap<String, Found>,
    /// Whether another page links to a route.
    linked: Vec<bool>,
}

impl<'a> Seen<'a> {
    /// Follows every link of every page.
    pub(super) fn of(edition: &'a Edition, product: &Product, inspections: &Inspections) -> Self {
        let routes = edition.routes();
        let outputs: FxHashMap<String, usize> = routes.iter().enumerate().map(|(place, route)| (route.output(), place)).collect();
        let files = product.files.iter().map(|(path, _)| path.as_str()).chain(product.copied.iter().map(|(_, path)| path.as_str()));
        let files = files.chain(product.pictures.iter().map(|copy| copy.path.as_str()));
        let files = files.chain(product.assets.iter().map(|asset| asset.address.trim_start_matches('/')));
        // What a search reads first; the rest of its files it names itself.
        let searched = edition.sites.iter().filter(|site| site.settings.search);
        let searched: Vec<String> = searched.map(|site| format!("{}{SEARCH_INDEX}", site.settings.prefix)).collect();
        let files: FxHashSet<&str> = files.chain(searched.iter().map(|path| path.trim_start_matches('/'))).collect();
        let told = told(edition);
        let mut seen =
            Self { edition, linked: vec![false; routes.len()], routes, outputs, broken: BTreeMap::new(), external: BTreeMap::new() };
        for (output, links) in inspections.pages() {
            let Some(page) = seen.outputs.get(output).copied() else { continue };
            for link in links {
                let (address, is_file) = link.strip_prefix(FILE).map_or((link, false), |address| (address, true));
                match seen.follow(page, address) {
                    Lead::Elsewhere => {}
                    Lead::Outside(url) if !is_file => note(&mut seen.external, url.to_owned(), page),
                    Lead::Outside(_) => {}
                    Lead::Inside(path, anchor) => {
                        let is_broken = match seen.target(&path, &files) {
                            Target::Page(target, output) => {
                                let is_missing = !is_place(&anchor) && !inspections.has_place(output, &anchor);
                                seen.link(page, target);
                                is_missing.then_some(true)
                            }
                            Target::File => None,
                            Target::Nothing => Some(false),
                        };
                        if let Some(only_place) = is_broken.filter(|_| !told.contains(decoded(address).as_str())) {
                            note(&mut seen.broken, (address.to_owned(), only_place), page);
                        }
                    }
                }
            }
        }
        seen
    }

    /// Where an address leads that stands on a page.
    fn follow<'l>(&self, page: usize, address: &'l str) -> Lead<'l> {
        let settings = &self.edition.site.settings;
        let below = |own: &String| address.strip_prefix(own.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        let inside = below(&settings.base_url).or_else(|| below(&settings.written_url));
        if inside.is_none() && (address.starts_with("//") || has_scheme(address)) {
            let is_web = address.starts_with("https://") || address.starts_with("http://");
            return if is_web { Lead::Outside(address) } else { Lead::Elsewhere };
        }
        let (path, anchor) = inside.unwrap_or(address).split_once('#').unwrap_or((inside.unwrap_or(address), ""));
        let path = decoded(path.split('?').next().unwrap_or_default());
        let own = &self.routes[page].path;
        let path = if inside.is_some() {
            if path.is_empty() { "/".to_owned() } else { path }
        } else if path.is_empty() {
            own.clone()
        } else if let Some(rooted) = path.strip_prefix('/') {
            let rooted = format!("/{rooted}");
            match rooted.strip_prefix(settings.base_path.as_str()).filter(|rest| rest.starts_with('/') || rest.is_empty()) {
                Some(rest) => rest.to_owned(),
                // Above the shop's own folder there is another site, but for what would be there without that folder.
                None if self.outputs.contains_key(output(&rooted).as_str()) => {
                    return Lead::Inside(format!("\u{0}{rooted}"), String::new());
                }
                None => return Lead::Elsewhere,
            }
        } else {
            let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
            join(folder, &path).map_or_else(|| "\u{0}".to_owned(), |path| format!("/{path}"))
        };
        let api = settings.api.strip_prefix(settings.base_path.as_str()).unwrap_or(&settings.api);
        if path.strip_prefix(api).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Lead::Elsewhere;
        }
        Lead::Inside(path, decoded(anchor))
    }

    fn target(&self, path: &str, files: &FxHashSet<&str>) -> Target<'_> {
        let path = path.trim_start_matches('/');
        let folder = output(&format!("{}/", path.trim_end_matches('/')));
        for name in [output(path), folder] {
            if let Some((output, place)) = self.outputs.get_key_value(&name) {
                return Target::Page(*place, output);
            }
            if files.contains(name.as_str()) {
                return Target::File;
            }
        }
        Target::Nothing
    }

    /// A link from a page to another; the same in another language says nothing about who finds it.
    fn link(&mut self, from: usize, to: usize) {
        if from != to && self.routes[from].kind != self.routes[to].kind {
            self.linked[to] = true;
        }
    }

    /// Tells of links that lead to nothing, each once.
    pub(super) fn broken(&self) -> Vec<Diagnostic> {
        let mut whereabouts = Whereabouts::new(self.edition);
        let tell = |((address, only_place), found): (&(String, bool), &Found)| {
            let route = &self.routes[found.page];
            let (code, rule, what) = if *only_place {
                (codes::PAGE_ANCHOR, Rule::BrokenAnchors, "a place that is not there")
            } else {
                (codes::PAGE_LINK, Rule::BrokenLinks, "nothing")
            };
            let message = format!("the link `{address}` on {} leads to {what}", self.pages(found));
            let told = match whereabouts.find(route, address) {
                Some(span) => Diagnostic::error(code, message, span).help("correct it"),
                None => {
                    let (presented, _) = self.edition.present(route);
                    let help = format!("the page is made by the template `{}`; look there, and in what it shows", presented.template);
                    Diagnostic::in_file(code, Severity::Error, message, whereabouts.file(route)).help(help)
                }
            };
            told.under(rule)
        };
        self.broken.iter().map(tell).collect()
    }

    /// `` `/about/` `` or `` `/` and 12 more pages ``
    fn pages(&self, found: &Found) -> String {
        let first = &self.routes[found.page].path;
        match found.pages - 1 {
            0 => format!("`{first}`"),
            1 => format!("`{first}` and 1 more page"),
            more => format!("`{first}` and {more} more pages"),
        }
    }

    /// Tells of pages to which no other one links.
    pub(super) fn orphans(&self) -> Vec<Diagnostic> {
        let whereabouts = Whereabouts::new(self.edition);
        let is_told = |route: &Route| self.is_expected(route) && whereabouts.has_source(route);
        let lonely = self.routes.iter().zip(&self.linked).filter(|(route, linked)| !**linked && is_told(route));
        let tell = |(route, _): (&Route, &bool)| {
            let message = format!("no page links to `{}`", route.path);
            Diagnostic::in_file(codes::ORPHAN, Severity::Warning, message, whereabouts.file(route))
                .help("link to it from a text, a menu or a list, or make it a draft")
                .under(Rule::Orphans)
        };
        lonely.map(tell).collect()
    }

    /// Whether readers should find a page by links: those with something of their own, in the language in which it is written.
    fn is_expected(&self, route: &Route) -> bool {
        let site = &self.edition.sites[route.language];
        let tongue = match &route.kind {
            Kind::Product(id) => site.products.get(id.as_str()).map(|product| &product.tongue),
            Kind::Category(key, 1) => site.categories.get(key).map(|category| &category.tongue),
            Kind::Collection(name, 1) => site.collection(name).map(|collection| &collection.tongue),
            Kind::Section(key, 1) => site.sections.get(key).map(|section| &section.tongue),
            Kind::Article(key) => site.articles.get(key).map(|article| &article.tongue),
            _ => None,
        };
        tongue.is_some_and(|tongue| tongue.is_native)
    }

    /// The links that leave the shop, in order, and where each is written first.
    pub(super) fn external(&self) -> Vec<ExternalLink> {
        let mut whereabouts = Whereabouts::new(self.edition);
        let link = |(url, found): (&String, &Found)| {
            let route = &self.routes[found.page];
            let span = whereabouts.find(route, url);
            let file = span.as_ref().map_or_else(|| whereabouts.file(route), |span| span.file.clone());
            let place = span.map(|span| (span.start, span.end));
            ExternalLink { url: url.clone(), file, place, pages: self.pages(found) }
        };
        self.external.iter().map(link).collect()
    }
}

/// What stands at a path of the shop.
enum Target<'a> {
    /// A page: its place among the routes, and its output path.
    Page(usize, &'a str),
    /// A file.
    File,
    Nothing,
}

fn note<K: Ord>(found: &mut BTreeMap<K, Found>, key: K, page: usize) {
    found.entry(key).and_modify(|found| found.pages += 1).or_insert(Found { page, pages: 1 });
}

/// The file that a web server shows for a path.
fn output(path: &str) -> String {
    let path = path.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

/// Places that every page has, and searches for a text (the URL fragment text directive).
fn is_place(anchor: &str) -> bool {
    anchor.is_empty() || anchor == "top" || anchor.starts_with(":~:")
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Where those links of texts lead of which the index has told what is wrong, at the word.
fn told(edition: &Edition) -> FxHashSet<String> {
    let bodies = edition.sites.iter().flat_map(|site| site.bodies());
    bodies.flat_map(|body| body.told.iter().map(|place| decoded(&body.links[*place]))).collect()
}
