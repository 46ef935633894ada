//! Pages of other systems, once an importer has read them: what they say, where they were, and what was beside them.
//!
//! An importer knows its system's files, tags and addresses; everything else is settled here, in one way for all:
//! names, former addresses, where links lead, which files come along, and the front matter.

mod anchors;
mod edit;
mod front;
mod places;
mod resolve;
mod settle;
mod times;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use anchors::{github_id, kramdown_id};
pub(super) use edit::{Fate, What, readdress, tags};
pub(super) use front::{Kind, Lines, Matter, Value, line_at, settings, split};
pub(super) use places::{folders, join, key_of, parent, part};
pub(super) use settle::settle;
pub(super) use times::when;

use super::slug::slug;
use super::{ImportError, ImportOptions, Report};

/// What a text is in a shop.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Page,
    /// A page with a date.
    Post,
    /// `_index.md`.
    Section,
}

/// What a section says for the pages below it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Cascade {
    pub(super) author: String,
    pub(super) draft: bool,
    pub(super) expires: String,
    pub(super) tags: Vec<String>,
    pub(super) toc: bool,
}

/// A text as an importer read it.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The file in the site; empty in an export of one file.
    pub(super) file: String,
    /// The text in which the places of values are looked for.
    pub(super) source: String,
    /// The line on which `source` begins, 1-based.
    pub(super) line: usize,
    pub(super) sort: Sort,
    /// The folder below `content/`, as the site has it; of a section its own.
    pub(super) folder: String,
    /// The name that the file shall have; nothing for a section.
    pub(super) name: String,
    /// Whether the folder of that name is the page's own: `name/index.md`.
    pub(super) own_folder: bool,
    /// What it has in common with its translations.
    pub(super) key: String,
    /// Empty for an original.
    pub(super) language: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) summary: String,
    /// As front matter has it; empty for none.
    pub(super) date: String,
    pub(super) updated: String,
    pub(super) author: String,
    pub(super) draft: bool,
    pub(super) tags: Vec<String>,
    /// Terms of what the shop declares, by taxonomy.
    pub(super) taxonomies: BTreeMap<String, Vec<String>>,
    /// The instant from which it is not shown; empty for none.
    pub(super) expires: String,
    /// Of a section: what it says for the pages below.
    pub(super) cascade: Cascade,
    pub(super) order: Option<i32>,
    pub(super) toc: bool,
    /// The address of a picture, and what it shows where that is known.
    pub(super) image: Option<(String, Option<String>)>,
    /// The addresses that it had, from the site's root and without its base path; the first is its own.
    pub(super) old: Vec<String>,
    /// Ids that its headings were given by hand: the heading's text and the id.
    pub(super) ids: Vec<(String, String)>,
    /// Markdown.
    pub(super) body: String,
}

/// A site that was read.
#[derive(Default)]
pub(super) struct OldSite {
    pub(super) pages: Vec<Page>,
    /// Its names on the web, without `www.`.
    pub(super) hosts: BTreeSet<String>,
    /// What its addresses began with, `/blog`; empty for nothing.
    pub(super) base: String,
    /// Its other files: the address that each had, and its path.
    pub(super) files: BTreeMap<String, String>,
    /// Paths of those that a shop can show as pictures.
    pub(super) pictures: BTreeSet<String>,
    /// Paths of those that come along whether anything names them or not.
    pub(super) all_of: BTreeSet<String>,
    /// Paths of files that lie beside a text, and where they lie in the shop.
    pub(super) beside: BTreeMap<String, String>,
    /// Addresses of lists that the shop makes by tag, and the tag.
    pub(super) lists: BTreeMap<String, String>,
    /// Addresses of feeds, and the folder below `content/` whose feed takes their place.
    pub(super) feeds: BTreeMap<String, String>,
    /// Addresses of files that stay where they are, because the export has them by address alone.
    pub(super) stays: BTreeSet<String>,
    /// Sections that have to be there: folder below `content/` and title.
    pub(super) sections: Vec<(String, String)>,
    /// The id that the old system gave a heading by its text.
    pub(super) heading_id: Option<fn(&str) -> String>,
    pub(super) failed: Vec<(String, ImportError)>,
    pub(super) report: Report,
}

impl Page {
    /// Adds terms of a taxonomy; false where the shop declares none of this name.
    pub(super) fn sort_by(&mut self, name: &str, terms: impl IntoIterator<Item = String>, options: &ImportOptions<'_>) -> bool {
        let Some(declared) = options.taxonomies.iter().find(|declared| **declared == slug(name)) else { return false };
        self.taxonomies.entry((*declared).to_owned()).or_default().extend(terms);
        true
    }

    /// The line in the file on which the `nth` occurrence of a value stands, or the first line of the text.
    pub(super) fn line_of(&self, value: &str, nth: usize) -> usize {
        let bare = value.trim_matches('/');
        let last = bare.rsplit('/').next().unwrap_or(bare);
        let escaped = value.replace('&', "&amp;");
        let found = [value, &escaped, bare, last].into_iter().filter(|text| !text.is_empty()).find_map(|text| {
            let mut places = self.source.match_indices(text);
            let first = places.next()?;
            Some(if nth == 0 { first } else { places.nth(nth - 1).unwrap_or(first) })
        });
        self.line + found.map_or(0, |(at, _)| line_at(&self.source, at) - 1)
    }
}

impl OldSite {
    pub(super) fn note(&mut self, file: &str, line: usize, what: &str, value: &str, reason: impl Into<String>) {
        self.report.note_in(file, line, what, value, reason);
    }
}

/// A text whose pictures show the files that were fetched from their addresses.
pub(super) fn with_pictures(body: &str, fetched: &BTreeMap<String, String>) -> String {
    edit::readdress(body, |what, target| match (what, fetched.get(target)) {
        (edit::What::Picture, Some(file)) => edit::Fate::To(file.clone()),
        _ => edit::Fate::Keep,
    })
}

/// The place of the next of several marks, from a place on. One look at each byte: a mark that a text does not have is not looked for
/// to its end at each of the others.
pub(super) fn next_mark(text: &str, from: usize, marks: &[&str]) -> Option<usize> {
    let first = marks.first().map_or("", |mark| &mark[..1]);
    text[from..].match_indices(first).map(|(at, _)| from + at).find(|at| marks.iter().any(|mark| text[*at..].starts_with(mark)))
}

/// What to do about a way of sorting that the shop does not declare.
pub(super) fn undeclared(taxonomy: &str) -> String {
    let name = slug(taxonomy);
    format!("declare it in `shop.yaml`, `taxonomies: {{{name}: {{}}}}`, and import again; or add it to `tags:`")
}

/// `true`, and what else means it.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "1")
}

/// `2013-05-06-hello_world` to `Hello world`: a title for what has none.
pub(super) fn title_of(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    // A name of marks alone has no word in it.
    letters.next().map_or_else(|| "Untitled".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The text of the first heading, and the Markdown without it where it was the first thing there.
pub(super) fn heading_of(body: &str) -> Option<(String, String)> {
    let text = body.trim_start();
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let heading = line.strip_prefix("# ")?.trim().trim_end_matches('#').trim();
    let title = super::html::plain(heading);
    (!title.is_empty()).then(|| (title, rest.trim_start_matches('\n').to_owned()))
}
