//! What sections say for all pages below them, put into those that do not say it themselves. Everything after this reads pages as
//! if each had been written in full.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::parse::ParsedPage;
use crate::parse::page::Cascade;
use crate::source::Fingerprint;

/// A page's parsed file with what it inherits.
pub(super) struct PageFile<'a> {
    parsed: Cow<'a, ParsedPage>,
    /// So many of its keys of its own are written for it alone; those after them are inherited.
    pub(super) own_keys: usize,
    /// Of what it inherits, which its own file's fingerprint does not know.
    pub(super) inherited: Fingerprint,
}

impl std::ops::Deref for PageFile<'_> {
    type Target = ParsedPage;

    fn deref(&self) -> &ParsedPage {
        &self.parsed
    }
}

/// Every page with what it inherits, in the same order.
pub(super) fn pages(parsed: Vec<&ParsedPage>) -> Vec<PageFile<'_>> {
    let cascades: FxHashMap<&str, &Cascade> =
        parsed.iter().filter_map(|page| Some((page.path.as_str(), page.cascade.as_deref()?))).collect();
    parsed.into_iter().map(|page| inherit(page, &cascades)).collect()
}

fn inherit<'a>(page: &'a ParsedPage, cascades: &FxHashMap<&str, &Cascade>) -> PageFile<'a> {
    let mut above = if cascades.is_empty() { Vec::new() } else { folders(&page.path) };
    // The nearest comes first, and what is there stays.
    above.retain(|folder| cascades.contains_key(folder));
    if above.is_empty() {
        return PageFile { parsed: Cow::Borrowed(page), own_keys: page.others.len(), inherited: Fingerprint([0; 16]) };
    }
    let mut whole = page.clone();
    let applied: Vec<&Cascade> = above.iter().map(|folder| cascades[folder]).collect();
    for cascade in &applied {
        apply(&mut whole, cascade);
    }
    PageFile { parsed: Cow::Owned(whole), own_keys: page.others.len(), inherited: Fingerprint::of_value(&applied) }
}

/// The folders above a page or section, the nearest first, `content/` itself last.
pub(super) fn folders(path: &str) -> Vec<&str> {
    // The home page is above all, and below nothing.
    if path.is_empty() {
        return Vec::new();
    }
    path.rmatch_indices('/').map(|(at, _)| &path[..at]).chain([""]).collect()
}

fn apply(page: &mut ParsedPage, cascade: &Cascade) {
    page.draft = page.draft.or(cascade.draft);
    page.search = page.search.or(cascade.search);
    page.social_card = page.social_card.or(cascade.social_card);
    inherit_some(&mut page.expires, cascade.expires.as_ref());
    if page.section {
        return;
    }
    inherit_some(&mut page.author, cascade.author.as_ref());
    inherit_some(&mut page.tags, cascade.tags.as_ref());
    inherit_some(&mut page.template, cascade.template.as_ref());
    page.toc = page.toc.or(cascade.toc);
    for (name, value) in &cascade.others {
        if !page.others.iter().any(|(known, _)| known.value == name.value) {
            page.others.push((name.clone(), value.clone()));
        }
    }
    for (name, words) in &cascade.taxonomies {
        if !page.taxonomies.iter().any(|(known, _)| known.value == name.value) {
            page.taxonomies.push((name.clone(), words.clone()));
        }
    }
}

fn inherit_some<T: Clone>(place: &mut Option<T>, above: Option<&T>) {
    if place.is_none() {
        *place = above.cloned();
    }
}
