//! From what an importer read to the files of a shop: names and addresses first, then texts, links and former addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::anchors::Anchors;
use super::edit::readdress;
use super::places::{self, alias, key_of};
use super::resolve::{Place, Resolver};
use super::write::{self, Settled, line};
use super::{OldSite, Page, Sort};
use crate::import::{Import, ImportOptions};
use crate::parse::markdown::slug as tag_slug;

/// Writes the pages, in the order in which they came.
pub(in crate::import) fn settle(mut site: OldSite, options: &ImportOptions<'_>) -> Import {
    let places = assign(&mut site, options);
    let pages = std::mem::take(&mut site.pages);
    let mut kept: Vec<(Page, Place)> = pages.into_iter().zip(places).filter_map(|(page, place)| Some((page, place?))).collect();
    for (page, _) in &mut kept {
        settle_texts(page, &mut site);
        settle_section(page, &mut site);
    }
    settle_translations(&mut kept, &mut site);
    let aliases = aliases(&kept, &mut site, options);
    let anchors: Vec<Anchors> = kept.iter().map(|(page, _)| Anchors::of(page, site.heading_id)).collect();
    let mut resolver = Resolver::new(&kept, &anchors, site, options);
    let mut files = BTreeMap::new();
    for (at, (page, place)) in kept.iter().enumerate() {
        let body = readdress(&page.body, |what, target| resolver.fate(at, what, target));
        let image = page.image.as_ref().and_then(|(target, alt)| Some((resolver.title_picture(at, target)?, alt.clone())));
        let settled = Settled { aliases: &aliases[at], image, slug: place.slug.as_deref(), body: &body };
        files.insert(place.path.clone(), write::write(page, &settled));
    }
    let taken: BTreeSet<String> = kept.iter().map(|(_, place)| place.address.clone()).chain(aliases.iter().flatten().cloned()).collect();
    let (mut site, copies, pictures) = resolver.finish(&taken);
    let mut only_missing = BTreeSet::new();
    for (folder, title) in &site.sections {
        let path = format!("content/{folder}/_index.md");
        if !files.contains_key(&path) {
            files.insert(path.clone(), write::section(title));
            only_missing.insert(path);
        }
    }
    count(&kept, &aliases, copies.len(), pictures.len(), &mut site);
    site.report.not_carried.sort();
    Import { files, only_missing, copies, pictures, failed: site.failed, report: site.report }
}

fn count(kept: &[(Page, Place)], aliases: &[Vec<String>], copied: usize, images: usize, site: &mut OldSite) {
    let originals = || kept.iter().map(|(page, _)| page).filter(|page| page.language.is_empty());
    let report = &mut site.report;
    report.posts = originals().filter(|page| page.sort == Sort::Post).count();
    report.pages = originals().count() - report.posts;
    report.drafts = originals().filter(|page| page.draft).count();
    report.translations = kept.len() - report.posts - report.pages;
    report.aliases = aliases.iter().map(Vec::len).sum();
    (report.copied, report.images) = (copied, images);
}

/// A place for each page; `None` for a translation that has no original.
fn assign(site: &mut OldSite, options: &ImportOptions<'_>) -> Vec<Option<Place>> {
    let mut taken = Taken { addresses: BTreeSet::new(), options };
    let mut places: Vec<Option<Place>> = site.pages.iter().map(|_| None).collect();
    let is_original = |page: &Page| page.language.is_empty();
    // Sections first: pages make way for them.
    for first in [true, false] {
        for (at, page) in site.pages.iter().enumerate().filter(|(_, page)| is_original(page) && (page.sort == Sort::Section) == first) {
            places[at] = Some(taken.place(page));
        }
    }
    let originals: BTreeMap<String, usize> =
        site.pages.iter().enumerate().filter(|(_, page)| is_original(page)).map(|(at, page)| (page.key.clone(), at)).collect();
    let mut notes = Vec::new();
    for at in 0..site.pages.len() {
        let page = &site.pages[at];
        if is_original(page) {
            continue;
        }
        let original = originals.get(&page.key).map(|original| &site.pages[*original]);
        let place = originals.get(&page.key).and_then(|original| places[*original].clone());
        match place.zip(original).and_then(|(place, original)| taken.translation(page, original, &place)) {
            Some(place) => places[at] = Some(place),
            None => notes.push((page.file.clone(), page.language.clone())),
        }
    }
    for (file, language) in notes {
        site.note(&file, 0, "translation", &language, "there is no text in the shop's first language that it translates; it was left out");
    }
    places
}

struct Taken<'a> {
    addresses: BTreeSet<String>,
    options: &'a ImportOptions<'a>,
}

impl Taken<'_> {
    fn place(&mut self, page: &Page) -> Place {
        let languages = self.options.languages;
        let folder = places::folders(&page.folder, languages);
        if page.sort == Sort::Section {
            let address = if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") };
            let path = if folder.is_empty() { "content/_index.md".to_owned() } else { format!("content/{folder}/_index.md") };
            if self.take(&address, &path) {
                return Place { folder: places::parent(&path).to_owned(), path, address, slug: None };
            }
        }
        let wish = places::part(&page.name, "page");
        let wish = if wish == "index" { "index-page".to_owned() } else { wish };
        let wish = if folder.is_empty() { places::free(&wish, languages) } else { wish };
        let mut number = 1_usize;
        loop {
            let name = if number == 1 { wish.clone() } else { format!("{wish}-{number}") };
            let inner = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let path = if page.own_folder { format!("content/{inner}/index.md") } else { format!("content/{inner}.md") };
            let address = format!("/{inner}/");
            if self.take(&address, &path) {
                return Place { folder: places::parent(&path).to_owned(), path, address, slug: None };
            }
            number += 1;
        }
    }

    /// Beside its original, under its own name in the address.
    fn translation(&mut self, page: &Page, original: &Page, place: &Place) -> Option<Place> {
        let stem = place.path.strip_suffix(".md")?;
        let path = format!("{stem}.{}.md", page.language);
        let own = places::part(&page.name, "page");
        let slug = (page.sort != Sort::Section && page.name != original.name && !page.name.is_empty()).then_some(own);
        let inner = match &slug {
            Some(slug) => format!("{}{slug}/", &place.address[..=place.address.trim_end_matches('/').rfind('/')?]),
            None => place.address.clone(),
        };
        let address = format!("/{}{inner}", page.language);
        self.take(&address, &path).then(|| Place { path, address, slug, folder: place.folder.clone() })
    }

    /// Takes an address, unless the shop has something else there.
    fn take(&mut self, address: &str, path: &str) -> bool {
        let free = self.options.known.get(address).is_none_or(|file| file == path);
        free && self.addresses.insert(address.to_owned())
    }
}

/// What front matter cannot take is cut or left out, and told.
fn settle_texts(page: &mut Page, site: &mut OldSite) {
    page.title = line(&page.title);
    if page.title.is_empty() {
        let name = if page.name.is_empty() { page.folder.rsplit('/').next().unwrap_or("") } else { &page.name };
        page.title = if name.is_empty() { "Home".to_owned() } else { super::title_of(name) };
        let file = page.file.clone();
        site.note(&file, page.line, "title", "", format!("there was no title; it became `{}`", page.title));
    }
    let mut slugs = BTreeSet::new();
    let mut odd = Vec::new();
    page.tags.retain(|tag| {
        let slug = tag_slug(tag);
        if slug.is_empty() || !tag.chars().any(char::is_alphanumeric) {
            odd.push(tag.clone());
            return false;
        }
        slugs.insert(slug)
    });
    page.tags.iter_mut().for_each(|tag| *tag = line(tag));
    for terms in page.taxonomies.values_mut() {
        let mut slugs = BTreeSet::new();
        terms.retain(|term| !tag_slug(term).is_empty() && slugs.insert(tag_slug(term)));
        for term in terms {
            *term = line(term);
        }
    }
    page.taxonomies.retain(|_, terms| !terms.is_empty());
    for tag in odd {
        let (file, at) = (page.file.clone(), page.line_of(&tag, 0));
        site.note(&file, at, "tag", &tag, "a tag needs a letter or a digit for its address; it was left out");
    }
}

/// A section has no author, tags or table of contents of its own.
fn settle_section(page: &mut Page, site: &mut OldSite) {
    if page.sort != Sort::Section {
        return;
    }
    let tags = std::mem::take(&mut page.tags).join(", ");
    let terms = std::mem::take(&mut page.taxonomies).into_values().flatten().collect::<Vec<_>>().join(", ");
    let toc = if std::mem::take(&mut page.toc) { "true" } else { "" }.to_owned();
    for (key, value) in [("author", std::mem::take(&mut page.author)), ("tags", tags), ("taxonomies", terms), ("toc", toc)] {
        if !value.is_empty() {
            let reason = "a section has none of its own; write it below `cascade` if it is meant for the pages below";
            site.note(&page.file.clone(), 0, key, &value, reason);
        }
    }
}

/// What stands once, in the original, is told where a translation said something else of its own.
fn settle_translations(kept: &mut [(Page, Place)], site: &mut OldSite) {
    let once = |page: &Page| {
        let (order, toc) = (page.order.map_or_else(String::new, |order| order.to_string()), if page.toc { "true" } else { "" }.to_owned());
        let image = page.image.as_ref().map_or_else(String::new, |(file, alt)| match alt {
            Some(alt) => format!("{file} ({alt})"),
            None => file.clone(),
        });
        let (date, updated, expires) = (page.date.clone(), page.updated.clone(), page.expires.clone());
        [date, updated, expires, page.author.clone(), order, toc, image]
    };
    let originals: BTreeMap<String, [String; 7]> =
        kept.iter().filter(|(page, _)| page.language.is_empty()).map(|(page, _)| (page.key.clone(), once(page))).collect();
    for (page, _) in kept.iter_mut().filter(|(page, _)| !page.language.is_empty()) {
        let Some(original) = originals.get(&page.key) else { continue };
        let keys = ["date", "updated", "expires", "author", "order", "toc", "image"];
        for ((key, value), theirs) in keys.into_iter().zip(once(page)).zip(original) {
            if !value.is_empty() && value != *theirs {
                site.note(&page.file, 0, key, &value, "it stands once, in the original, where it is another; it was left out");
            }
        }
        // What is not named is not copied either.
        page.image = None;
    }
}

/// The former addresses of each page, each of them once in the shop.
fn aliases(kept: &[(Page, Place)], site: &mut OldSite, options: &ImportOptions<'_>) -> Vec<Vec<String>> {
    let with_slash = |path: &str| {
        let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        if path.ends_with('/') || is_file { path.to_owned() } else { format!("{path}/") }
    };
    let base = if site.base == options.base_path { String::new() } else { site.base.clone() };
    let owners: BTreeMap<&str, &str> = kept.iter().map(|(_, place)| (place.address.as_str(), place.path.as_str())).collect();
    let mut claimed: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::with_capacity(kept.len());
    for (page, place) in kept {
        let mut own = Vec::new();
        for old in &page.old {
            let rooted = format!("{base}/{}", old.trim_start_matches('/'));
            let rooted = rooted.trim_start_matches('/');
            let address = match alias(&format!("/{rooted}"), options.languages) {
                Ok(address) => with_slash(&address),
                Err(_) if key_of(old) == "/" && place.address == "/" => continue,
                Err(reason) => {
                    let (file, at) = (page.file.clone(), if page.file.is_empty() { page.line } else { 0 });
                    site.note(&file, at, "address", old, reason);
                    continue;
                }
            };
            // Every page has its place in each language, where its translation, or else itself, is shown.
            let prefixed = options.languages.iter().skip(1).find_map(|language| address.strip_prefix(&format!("/{language}")));
            let bare = prefixed.filter(|rest| rest.starts_with('/')).unwrap_or(&address);
            if address == place.address || bare == place.address || own.contains(&address) {
                continue;
            }
            let of_shop = |address: &str| options.known.get(address).map(String::as_str).filter(|file| *file != place.path);
            let other = owners.get(address.as_str()).or_else(|| owners.get(bare)).copied();
            let other = other.or_else(|| claimed.get(&address).map(String::as_str)).or_else(|| of_shop(&address)).or_else(|| of_shop(bare));
            if let Some(other) = other {
                let reason = format!("`{other}` has this address already, so it cannot lead here too");
                let (file, at) = (page.file.clone(), if page.file.is_empty() { page.line } else { 0 });
                site.note(&file, at, "address", old, reason);
                continue;
            }
            claimed.insert(address.clone(), place.path.clone());
            own.push(address);
        }
        all.push(own);
    }
    all
}
