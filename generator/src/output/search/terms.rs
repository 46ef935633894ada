//! Which words stand in which documents, and how much they say there. Made of the site alone, so that the same site has
//! the same words.

use std::cmp::Ordering;

use compact_str::CompactString;
use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::fold::Folder;
use crate::present::search::{Document, Level};
use crate::site::Site;

/// So many parts of the documents each thread takes, one after the other: some are longer than others, and what is found in each of them
/// is put together by one thread.
const PARTS: usize = 2;

/// A document by its number, and how much a word says of it. In the order of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting(u32);

impl Posting {
    fn new(document: usize, level: Level) -> Self {
        Self(u32::try_from(document << 3).expect("a site has fewer than 2²⁹ documents") | level as u32)
    }

    pub(super) fn document(self) -> u32 {
        self.0 >> 3
    }

    pub(super) fn level(self) -> u32 {
        self.0 & 7
    }
}

/// A word and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) word: CompactString,
    pub(super) postings: Vec<Posting>,
}

/// Where a word was found. Most words are met again in the same document, or never.
#[derive(Debug)]
struct Places {
    before: Vec<Posting>,
    last: Posting,
}

impl Places {
    fn add(&mut self, posting: Posting) {
        self.before.push(self.last);
        self.last = posting;
    }
}

/// Words with the letters beside their places: a look at one is a look at one piece of memory.
type Found = IndexMap<CompactString, Places, FxBuildHasher>;

/// All words of a site's documents, in the order in which scripts compare texts.
pub(super) fn terms(site: &Site, documents: &[Document<'_>]) -> Vec<Term> {
    let size = documents.len().div_ceil(PARTS * rayon::current_num_threads()).max(1);
    let chunks: Vec<Found> = documents.par_chunks(size).enumerate().map(|(place, chunk)| chunk_terms(site, place * size, chunk)).collect();
    let mut chunks = chunks.into_iter();
    let mut all = chunks.next().unwrap_or_default();
    for (word, places) in chunks.flatten() {
        // Chunks come in the order of their documents.
        match all.get_mut(&word) {
            Some(known) => places.before.into_iter().chain([places.last]).for_each(|posting| known.add(posting)),
            None => drop(all.insert(word, places)),
        }
    }
    let term = |(word, Places { mut before, last })| {
        before.push(last);
        Term { word, postings: before }
    };
    let mut terms: Vec<Term> = all.into_iter().map(term).collect();
    terms.par_sort_unstable_by(|a, b| order(&a.word, &b.word));
    terms
}

/// As scripts order texts: by units of UTF-16, which is another order than that of UTF-8 beyond U+E000.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let is_plain = |text: &str| text.bytes().all(|byte| byte < 0xee);
    if is_plain(a) && is_plain(b) { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn chunk_terms(site: &Site, first: usize, documents: &[Document<'_>]) -> Found {
    let mut found = Found::default();
    let mut folder = Folder::default();
    let mut name: Vec<String> = Vec::new();
    for (place, document) in documents.iter().enumerate() {
        let number = first + place;
        name.clear();
        folder.words(document.title(), |word| name.push(word.to_owned()));
        let level = match name.len() {
            1 => Level::WholeName,
            2 => Level::ShortName,
            _ => Level::Name,
        };
        for word in &name {
            add(&mut found, word, Posting::new(number, level));
        }
        document.marks(site, |text| folder.words(text, |word| add(&mut found, word, Posting::new(number, Level::Mark))));
        folder.words(document.line(), |word| add(&mut found, word, Posting::new(number, Level::Line)));
        folder.html(&document.body().html(), |word| add(&mut found, word, Posting::new(number, Level::Text)));
    }
    found
}

/// A word that stands in a document several times counts as where it says most.
fn add(found: &mut Found, word: &str, posting: Posting) {
    match found.get_mut(word) {
        Some(places) if places.last.document() == posting.document() => places.last.0 = places.last.0.max(posting.0),
        Some(places) => places.add(posting),
        None => drop(found.insert(word.into(), Places { before: Vec::new(), last: posting })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_the_order_of_scripts() {
        let mut words = ["z", "", "𠮷野", "ｱ", "漢字", "a", "ab"];
        words.sort_unstable_by(|a, b| order(a, b));
        assert_eq!(words, ["", "a", "ab", "z", "漢字", "𠮷野", "ｱ"]);
    }

    #[test]
    fn a_word_counts_as_where_it_says_most() {
        let mut found = Found::default();
        for (document, level) in [(0, Level::ShortName), (0, Level::Text), (3, Level::Text), (3, Level::Mark), (3, Level::Text)] {
            add(&mut found, "mug", Posting::new(document, level));
        }
        let places = &found["mug"];
        let postings: Vec<(u32, u32)> =
            places.before.iter().chain([&places.last]).map(|posting| (posting.document(), posting.level())).collect();
        assert_eq!(postings, [(0, 5), (3, 3)]);
    }
}
