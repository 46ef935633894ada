//! What the rendered pages link to, and which places they have. Seen as a page is made, and remembered with its fingerprint,
//! so that a page that is as it was is not looked at again.

use std::collections::BTreeMap;
use std::sync::Mutex;

use indexmap::IndexSet;
use lol_html::html_content::Element;
use lol_html::{HtmlRewriter, Settings, element};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::external::ExternalLink;
use crate::diagnostic::rules::Levels;
use crate::source::Fingerprint;
use crate::write::{Sink, WriteError};

/// What was seen of all pages.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Inspections {
    /// Pages link to much the same, so each address is kept once.
    addresses: IndexSet<String, FxBuildHasher>,
    /// By output path.
    pages: BTreeMap<String, Inspected>,
    external: Vec<ExternalLink>,
    levels: Levels,
}

/// What was seen of a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Inspected {
    /// Of its bytes.
    output: Fingerprint,
    /// Where it links to: places in the table.
    links: Box<[u32]>,
    /// The places that it has.
    ids: Box<[u64]>,
}

impl Inspections {
    /// The pages in order: their output paths and the addresses that they link to, as written.
    pub(super) fn pages(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.pages.iter().map(|(path, page)| (path.as_str(), page.links.iter().map(|place| self.addresses[*place as usize].as_str())))
    }

    /// Whether a page has a place; one that was not seen is taken to have all.
    pub(super) fn has_place(&self, output: &str, id: &str) -> bool {
        self.pages.get(output).is_none_or(|page| page.ids.binary_search(&hash(id)).is_ok())
    }

    /// Adds what was seen on a way over the pages that did not come to its end.
    pub(crate) fn add(&mut self, made: Self) {
        for (path, Inspected { output, links, ids }) in made.pages {
            let links = links.iter().map(|place| made.addresses[*place as usize].clone());
            self.hold(path, output, links, ids);
        }
    }

    fn hold(&mut self, path: String, output: Fingerprint, links: impl Iterator<Item = String>, ids: Box<[u64]>) {
        let places = links.map(|link| u32::try_from(self.addresses.insert_full(link).0).expect("a site has fewer than 2³² links"));
        let links = places.collect();
        self.pages.insert(path, Inspected { output, links, ids });
    }

    /// Keeps what leaves the shop, for the command that follows it.
    pub(super) fn hold_external(&mut self, external: Vec<ExternalLink>, levels: Levels) {
        (self.external, self.levels) = (external, levels);
    }

    /// The links of all pages that leave the shop, in order, and the levels of the shop's rules.
    pub fn external(&self) -> (&[ExternalLink], &Levels) {
        (&self.external, &self.levels)
    }
}

/// Takes pages, looks at them, and keeps nothing else.
pub(crate) struct Inspector<'a> {
    before: &'a Inspections,
    made: Mutex<Inspections>,
}

impl<'a> Inspector<'a> {
    /// Pages that are as they were seen `before` are not looked at again.
    pub(crate) fn new(before: &'a Inspections) -> Self {
        Self { before, made: Mutex::default() }
    }

    /// What was seen of all pages that there are.
    pub(crate) fn finish(self) -> Inspections {
        self.made.into_inner().expect("no thread panics while it holds what was seen")
    }

    fn hold(&self, path: &str, output: Fingerprint, links: impl Iterator<Item = String>, ids: Box<[u64]>) {
        self.made.lock().expect("no thread panics while it holds what was seen").hold(path.to_owned(), output, links, ids);
    }
}

impl Sink for Inspector<'_> {
    fn holds(&self, path: &str, fingerprint: Fingerprint) -> bool {
        self.before.pages.get(path).is_some_and(|page| page.output == fingerprint)
    }

    fn has(&self, _: &str) -> bool {
        true
    }

    fn keep(&self, path: &str) {
        if let Some(page) = self.before.pages.get(path) {
            let links = page.links.iter().map(|place| self.before.addresses[*place as usize].clone());
            self.hold(path, page.output, links, page.ids.clone());
        }
    }

    fn put(&self, path: &str, bytes: &[u8], fingerprint: Fingerprint) -> Result<(), WriteError> {
        let (links, ids) = look(bytes);
        self.hold(path, fingerprint, links.into_iter(), ids);
        Ok(())
    }
}

/// A place's name as it is kept.
fn hash(id: &str) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&Fingerprint::of(id.as_bytes()).0[..8]);
    u64::from_le_bytes(first)
}

/// The addresses that a page links to, each once, and the places that it has, sorted.
fn look(html: &[u8]) -> (IndexSet<String>, Box<[u64]>) {
    let (mut links, mut ids) = (IndexSet::new(), Vec::new());
    let handler = element!("*", |element| {
        ids.extend(element.get_attribute("id").map(|id| hash(&decoded(id))));
        let name = element.tag_name();
        if name == "a" {
            ids.extend(element.get_attribute("name").map(|name| hash(&decoded(name))));
        }
        links.extend(address(element, &name));
        Ok(())
    });
    let mut rewriter = HtmlRewriter::new(Settings::new().append_element_content_handler(handler), |_: &[u8]| {});
    // What cannot be followed, such as a page of endless nesting, has been looked at as far as that.
    let _ = rewriter.write(html).and_then(|()| rewriter.end());
    ids.sort_unstable();
    ids.dedup();
    (links, ids.into())
}

/// Where an element leads, or what it shows. What a script or a style sheet from elsewhere would be is no link for readers.
fn address(element: &Element<'_, '_>, name: &str) -> Option<String> {
    let (attribute, is_link) = match name {
        "a" | "area" => ("href", true),
        "iframe" => ("src", true),
        "link" => ("href", false),
        "img" | "script" | "source" | "video" | "audio" => ("src", false),
        _ => return None,
    };
    let address = decoded(element.get_attribute(attribute)?);
    let address = address.trim();
    let is_elsewhere = address.starts_with("data:") || address.is_empty();
    (!is_elsewhere).then(|| if is_link { address.to_owned() } else { format!("{FILE}{address}") })
}

/// Stands before addresses that are not for readers to follow.
pub(super) const FILE: char = '\u{1}';

/// An attribute's value without entities.
fn decoded(value: String) -> String {
    match quick_xml::escape::unescape(&value) {
        Ok(std::borrow::Cow::Owned(text)) => text,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_places_of_a_page_are_seen() {
        let html = b"<!doctype html><body id=top><a href=\"/a/?x=1&amp;y#b\">A</a><a name=old></a><a href='/a/?x=1&amp;y#b'>A</a>\
            <img src=/p.svg><script src=/s.js></script><a href=\"\">none</a><template><a href=/t/></a></template><!-- <a href=/no/> -->";
        let (links, ids) = look(html);
        assert_eq!(links.iter().map(String::as_str).collect::<Vec<_>>(), ["/a/?x=1&y#b", "\u{1}/p.svg", "\u{1}/s.js", "/t/"]);
        assert_eq!(ids.len(), 2);
        assert!(ids.binary_search(&hash("old")).is_ok() && ids.binary_search(&hash("top")).is_ok());
    }

    #[test]
    fn what_is_as_it_was_is_not_looked_at_again() {
        let first = Inspector::new(&Inspections::default()).finish();
        let inspector = Inspector::new(&first);
        let (page, other) = (b"<a href=/x/>X</a><p id=p>", b"<a href=/y/>Y</a>");
        inspector.put("a/index.html", page, Fingerprint::of(page)).expect("memory takes it");
        inspector.put("b/index.html", other, Fingerprint::of(other)).expect("memory takes it");
        let seen = inspector.finish();
        let again = Inspector::new(&seen);
        assert!(again.holds("a/index.html", Fingerprint::of(page)) && !again.holds("a/index.html", Fingerprint::of(other)));
        again.keep("a/index.html");
        let kept = again.finish();
        let pages: Vec<_> = kept.pages().map(|(path, links)| (path, links.collect::<Vec<_>>())).collect();
        assert_eq!(pages, [("a/index.html", vec!["/x/"])]);
        assert!(kept.has_place("a/index.html", "p") && !kept.has_place("a/index.html", "q") && kept.has_place("c/index.html", "q"));
        // A way over the pages that ended early: what it saw is newer, all else stays.
        let mut known = kept;
        let halfway = Inspector::new(&known);
        let newer = b"<a href=/z/>Z</a>";
        halfway.put("b/index.html", newer, Fingerprint::of(newer)).expect("memory takes it");
        let seen = halfway.finish();
        known.add(seen);
        let pages: Vec<_> = known.pages().map(|(path, links)| (path, links.collect::<Vec<_>>())).collect();
        assert_eq!(pages, [("a/index.html", vec!["/x/"]), ("b/index.html", vec!["/z/"])]);
    }
}
