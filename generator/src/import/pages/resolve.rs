//! Where links and pictures of an old site lead in the shop: pages by their old addresses and files, files that come
//! along, lists by tag, feeds, what the shop has already. What leads to nothing is told with its line.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::anchors::Anchors;
use super::edit::{Fate, What};
use super::places::{is_own, join, key_of, parent};
use super::{OldSite, Page};
use crate::import::ImportOptions;
use crate::import::pictures::{Names, RemotePicture, is_address};
use crate::import::slug::slug;
use crate::index::has_scheme;
use crate::parse::markdown::slug as tag_slug;

/// Where a page is in the shop.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its file.
    pub(super) path: String,
    /// The folder in which its pictures lie.
    pub(super) folder: String,
    /// Its address.
    pub(super) address: String,
    /// The last part of a translation's address, where it has its own.
    pub(super) slug: Option<String>,
}

pub(super) struct Resolver<'a> {
    pages: &'a [(Page, Place)],
    anchors: &'a [Anchors],
    options: &'a ImportOptions<'a>,
    site: OldSite,
    /// Pages by the keys of their old addresses, and by their files.
    by_address: BTreeMap<String, usize>,
    by_file: BTreeMap<String, usize>,
    /// Files by their paths in the old site.
    paths: BTreeMap<String, String>,
    /// Addresses of lists by tag that will be there.
    tags: BTreeSet<String>,
    names: Names,
    /// What is copied: the path in the shop, and the path in the old site.
    copies: BTreeMap<String, String>,
    /// How often each address was met in each page, for the lines of the next.
    seen: BTreeMap<(usize, String), usize>,
    /// On how many lines of each page something was looked for.
    looked: BTreeMap<usize, usize>,
}

/// Of so many addresses of one text it is looked up on which line they stand.
const MOST_LINES: usize = 1000;

/// A link into the old site that could be followed.
enum Lead {
    Page(usize),
    /// A file's path in the old site.
    File(String),
    /// An address of the shop.
    Shop(String),
}

impl<'a> Resolver<'a> {
    pub(super) fn new(pages: &'a [(Page, Place)], anchors: &'a [Anchors], site: OldSite, options: &'a ImportOptions<'a>) -> Self {
        let (mut by_address, mut by_file) = (BTreeMap::new(), BTreeMap::new());
        for (at, (page, _)) in pages.iter().enumerate() {
            for old in &page.old {
                by_address.entry(key_of(old)).or_insert(at);
            }
            if !page.file.is_empty() {
                by_file.entry(page.file.clone()).or_insert(at);
            }
        }
        let paths = site.files.iter().map(|(address, path)| (path.clone(), address.clone())).collect();
        let tags = pages
            .iter()
            .filter(|(page, _)| !page.draft && page.language.is_empty())
            .flat_map(|(page, _)| page.tags.iter().map(|tag| tag_slug(tag)));
        let mut names = Names::default();
        let mut copies = BTreeMap::new();
        for (path, place) in &site.beside {
            names.reserve(place);
            copies.insert(place.clone(), path.clone());
        }
        Self {
            tags: tags.collect(),
            pages,
            anchors,
            options,
            site,
            by_address,
            by_file,
            paths,
            names,
            copies,
            seen: BTreeMap::new(),
            looked: BTreeMap::new(),
        }
    }

    /// What becomes of an address that a page has in its text.
    pub(super) fn fate(&mut self, at: usize, what: What, target: &str) -> Fate {
        let nth = self.seen.entry((at, target.to_owned())).or_default();
        let looked = self.looked.entry(at).or_default();
        let page = &self.pages[at].0;
        let line = if *looked < MOST_LINES { page.line_of(target, *nth) } else { page.line };
        (*nth, *looked) = (*nth + 1, *looked + 1);
        match what {
            What::Link => self.link(at, line, target.trim()),
            What::Picture => self.picture(at, line, target.trim()),
            What::Embedded => self.embedded(at, line, target.trim()),
        }
    }

    fn note(&mut self, at: usize, line: usize, what: &str, value: &str, reason: &str) {
        let file = self.pages[at].0.file.clone();
        self.site.note(&file, line, what, value, reason);
    }

    fn link(&mut self, at: usize, line: usize, target: &str) -> Fate {
        if let Some(fragment) = target.strip_prefix('#') {
            self.site.report.links.inside += 1;
            let to = self.fragment(at, at, line, fragment);
            return if to == target {
                Fate::Keep
            } else if to.is_empty() {
                Fate::To("#top".to_owned())
            } else {
                Fate::To(to)
            };
        }
        if self.site.stays.contains(target) {
            self.site.report.links.outside += 1;
            self.note(
                at,
                line,
                "file",
                target,
                "it lies on the old server; put it into `static/` and link to it there before that server goes",
            );
            return Fate::Keep;
        }
        let Some(local) = self.local(target) else {
            self.site.report.links.outside += 1;
            return Fate::Keep;
        };
        let (place, fragment) = local.split_once('#').map_or((local.as_str(), None), |(place, fragment)| (place, Some(fragment)));
        let (place, query) = place.split_once('?').map_or((place, None), |(place, query)| (place, Some(query)));
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        let to = match self.follow(at, place) {
            Some(Lead::Page(page)) => {
                let fragment = fragment.map_or_else(String::new, |fragment| self.fragment(at, page, line, fragment));
                Some(format!("{}{query}{fragment}", self.pages[page].1.address))
            }
            Some(Lead::File(path)) => {
                self.linked(&path).map(|address| format!("{address}{query}{}", fragment.map_or_else(String::new, |f| format!("#{f}"))))
            }
            Some(Lead::Shop(address)) => Some(address),
            None => None,
        };
        if let Some(to) = to {
            self.site.report.links.inside += 1;
            return Fate::To(to);
        }
        self.site.report.links.lost += 1;
        self.note(at, line, "link", target, "nothing that came over has this address; the words were kept without the link");
        Fate::Drop
    }

    /// `#fragment` as it is here; nothing, and a note, where the page has no such place.
    fn fragment(&mut self, at: usize, page: usize, line: usize, fragment: &str) -> String {
        if fragment.is_empty() || fragment == "top" {
            return if fragment.is_empty() { String::new() } else { "#top".to_owned() };
        }
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        match self.anchors[page].find(fragment).or_else(|| self.anchors[page].find(&decoded)) {
            Some(id) => format!("#{id}"),
            None => {
                let reason = "the page has no heading or place of this name; the link leads to its beginning";
                self.note(at, line, "anchor", &format!("#{fragment}"), reason);
                String::new()
            }
        }
    }

    fn picture(&mut self, at: usize, line: usize, target: &str) -> Fate {
        match self.picture_place(at, target) {
            Some(place) if place == target => Fate::Keep,
            Some(place) => Fate::To(place),
            None => {
                self.note(
                    at,
                    line,
                    "picture",
                    target,
                    "there is no such file in the site; the text says what it showed. Put it beside the page and show it again",
                );
                Fate::Drop
            }
        }
    }

    /// The picture of a page's front matter: a file beside it, or an address.
    pub(super) fn title_picture(&mut self, at: usize, target: &str) -> Option<String> {
        let line = self.pages[at].0.line_of(target, 0);
        let place = self.picture_place(at, target).filter(|place| !place.starts_with('/'));
        if place.is_none() {
            self.note(
                at,
                line,
                "image",
                target,
                "there is no such picture that a shop can show; put one beside the page and name it in `image:`",
            );
        }
        place
    }

    /// A name beside the page, an address from the root, or an address elsewhere.
    fn picture_place(&mut self, at: usize, target: &str) -> Option<String> {
        let folder = self.pages[at].1.folder.clone();
        let Some(local) = self.local(target) else {
            if !is_address(target) {
                return None;
            }
            self.names.add(&folder, target);
            return Some(target.to_owned());
        };
        let place = local.split(['?', '#']).next().unwrap_or("");
        let Some(Lead::File(path)) = self.follow(at, place) else {
            // It may lie on the old server alone.
            if !is_address(target) {
                return None;
            }
            self.names.add(&folder, target);
            return Some(target.to_owned());
        };
        if !self.site.pictures.contains(&path) {
            return self.published(&path);
        }
        if let Some(beside) = self.site.beside.get(&path)
            && let Some(name) = beside.strip_prefix(&format!("{folder}/"))
        {
            return Some(name.to_owned());
        }
        let place = self.names.beside(&folder, &path);
        self.copies.insert(place.clone(), path);
        Some(place[folder.len() + 1..].to_owned())
    }

    fn embedded(&mut self, at: usize, line: usize, target: &str) -> Fate {
        let Some(local) = self.local(target) else {
            self.note(at, line, "embedded", target, "the shop's security policy lets no page load this from elsewhere; link to it instead");
            return Fate::Keep;
        };
        match self.follow(at, local.split(['?', '#']).next().unwrap_or("")) {
            Some(Lead::File(path)) if let Some(address) = self.published(&path) => Fate::To(format!("{}{address}", self.options.base_path)),
            _ => {
                self.note(at, line, "embedded", target, "there is no such file in the site; put it into `static/` and name it again");
                Fate::Drop
            }
        }
    }

    /// An address as a path of the old site; `None` where it leads elsewhere.
    fn local(&self, target: &str) -> Option<String> {
        let lower = target.to_ascii_lowercase();
        let rest = lower.strip_prefix("https:").or_else(|| lower.strip_prefix("http:")).unwrap_or(&lower);
        if let Some(rest) = rest.strip_prefix("//") {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let name = host.strip_prefix("www.").unwrap_or(host);
            if !self.site.hosts.contains(name) {
                return None;
            }
            let behind = &target[target.len() - (rest.len() - host.len())..];
            return Some(if behind.starts_with('/') { behind.to_owned() } else { format!("/{behind}") });
        }
        (!has_scheme(target)).then(|| target.to_owned())
    }

    fn follow(&self, at: usize, place: &str) -> Option<Lead> {
        let (page, own) = &self.pages[at];
        let place = percent_decode_str(place).decode_utf8_lossy();
        let mut candidates: Vec<String> = Vec::new();
        if place.is_empty() {
            return Some(Lead::Page(at));
        }
        if place.starts_with('/') {
            let base = &self.site.base;
            let inner = place.strip_prefix(base.as_str()).filter(|rest| !base.is_empty() && (rest.is_empty() || rest.starts_with('/')));
            candidates.extend(inner.map(|inner| if inner.is_empty() { "/".to_owned() } else { inner.to_owned() }));
            candidates.push(place.clone().into_owned());
        } else {
            let old = page.old.first().map_or("/", String::as_str);
            let folder = if old.ends_with('/') { old } else { parent(old) };
            candidates.extend(join(folder, &place).map(|path| format!("/{path}")));
        }
        let from_file = if let Some(rooted) = place.strip_prefix('/') { join("", rooted) } else { join(parent(&page.file), &place) };
        for candidate in &candidates {
            if let Some(page) = self.by_address.get(&key_of(candidate)) {
                return Some(Lead::Page(self.in_language(*page, &page_language(self.pages, at))));
            }
            if let Some(path) = self.site.files.get(candidate) {
                return Some(Lead::File(path.clone()));
            }
        }
        if let Some(file) = from_file.filter(|_| !page.file.is_empty() || place.starts_with('/')) {
            if let Some(page) = self.by_file.get(&file) {
                return Some(Lead::Page(self.in_language(*page, &page_language(self.pages, at))));
            }
            if self.paths.contains_key(&file) {
                return Some(Lead::File(file));
            }
        }
        let shop = candidates.iter().find_map(|candidate| self.shop_address(candidate));
        shop.filter(|address| *address != own.address).map(Lead::Shop)
    }

    /// Links name an original and lead to the page in the reader's language; the address of the original is what is written.
    fn in_language(&self, page: usize, language: &str) -> usize {
        if language.is_empty() || self.pages[page].0.language != language {
            return page;
        }
        let key = &self.pages[page].0.key;
        self.pages.iter().position(|(other, _)| other.language.is_empty() && other.key == *key).unwrap_or(page)
    }

    /// What the shop has at an address of the old site, or in its place.
    fn shop_address(&self, path: &str) -> Option<String> {
        let key = key_of(path);
        if key == "/" {
            return Some("/".to_owned());
        }
        if let Some(tag) = self.site.lists.get(&key).map(|tag| tag_slug(tag)).filter(|tag| self.tags.contains(tag)) {
            return Some(format!("/tags/{tag}/"));
        }
        if let Some(folder) = self.site.feeds.get(path.trim_end_matches('/')) {
            return Some(format!("/{folder}/feed.xml"));
        }
        if let Some((folder, _)) = self.site.sections.iter().find(|(folder, _)| key == format!("/{folder}")) {
            return Some(format!("/{folder}/"));
        }
        let renamed = [("/product/", "/products/"), ("/product-category/", "/categories/")];
        let renamed = renamed.iter().find_map(|(old, new)| Some(format!("{new}{}", key.strip_prefix(old)?)));
        [Some(key), renamed]
            .into_iter()
            .flatten()
            .flat_map(|key| [key.clone(), format!("{key}/")])
            .find(|key| self.options.known.contains_key(key))
    }

    /// A file as a link names it: one beside a text by its path, because links publish those, any other by its address.
    fn linked(&mut self, path: &str) -> Option<String> {
        match self.site.beside.get(path) {
            Some(beside) => Some(format!("/{beside}")),
            None => self.published(path),
        }
    }

    /// The address at which a file of the old site will be, which is its old one wherever that is possible.
    fn published(&mut self, path: &str) -> Option<String> {
        let old = self.paths.get(path)?.clone();
        let plain = old.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~".contains(c));
        let address = if plain && !is_own(&old, self.options.languages) { old } else { format!("/files/{}", tame(&old)) };
        self.copies.insert(format!("static{address}"), path.to_owned());
        Some(address)
    }

    /// Everything that is copied and fetched; files that would lie where a page is are told.
    pub(super) fn finish(mut self, taken: &BTreeSet<String>) -> (OldSite, BTreeMap<String, String>, Vec<RemotePicture>) {
        for path in std::mem::take(&mut self.site.all_of) {
            let old = self.paths.get(&path).cloned().unwrap_or_default();
            if is_own(&old, self.options.languages) && !matches!(old.split('/').nth(1), Some("img" | "assets")) {
                self.site.note(&path, 0, "file", &old, "the shop makes this file, or has this address, by itself; it was left out");
                continue;
            }
            if let Some(address) = self.published(&path).filter(|address| *address != old) {
                let reason =
                    format!("the shop has the old address for itself; the file is at `{address}` now, and links in texts lead there");
                self.site.note(&path, 0, "file", &old, reason);
            }
        }
        let mut copies = std::mem::take(&mut self.copies);
        copies.retain(|place, path| {
            let Some(address) = place.strip_prefix("static") else { return true };
            let page = address.strip_suffix("index.html").unwrap_or(address);
            let other = self.options.known.get(page).filter(|file| *file != place);
            let free = !taken.contains(page) && other.is_none();
            if !free {
                self.site.note(path, 0, "file", address, "a page of the shop has this address; the file was left out");
            }
            free
        });
        (self.site, copies, self.names.into_list())
    }
}

fn page_language(pages: &[(Page, Place)], at: usize) -> String {
    pages[at].0.language.clone()
}

/// A path whose every part can stand in an address as it is.
fn tame(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    let tamed = parts.map(|part| match part.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => {
            let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("{}.{ending}", super::places::part(stem, "file"))
        }
        _ => super::places::part(part, "file"),
    });
    let tamed: Vec<String> = tamed.collect();
    if tamed.is_empty() { slug(path) } else { tamed.join("/") }
}
