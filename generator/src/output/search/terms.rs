//! Which words stand in which documents, and how much they say there. Made of the site alone, so that the same site has
//! the same words.

use std::cmp::Ordering;

use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::fold::Folder;
use crate::present::search::{Document, Level};
use crate::site::Site;

/// Documents that one thread takes at a time.
const CHUNK: usize = 256;

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
    pub(super) word: Box<str>,
    pub(super) postings: Vec<Posting>,
}

type Found = IndexMap<Box<str>, Vec<Posting>, FxBuildHasher>;

/// All words of a site's documents, in the order in which scripts compare texts.
pub(super) fn terms(site: &Site, documents: &[Document<'_>]) -> Vec<Term> {
    let chunks: Vec<Found> =
        documents.par_chunks(CHUNK).enumerate().map(|(place, chunk)| chunk_terms(site, place * CHUNK, chunk)).collect();
    let mut chunks = chunks.into_iter();
    let mut all = chunks.next().unwrap_or_default();
    for (word, mut postings) in chunks.flatten() {
        // Chunks come in the order of their documents.
        match all.get_mut(&word) {
            Some(known) => known.append(&mut postings),
            None => drop(all.insert(word, postings)),
        }
    }
    let mut terms: Vec<Term> = all.into_iter().map(|(word, postings)| Term { word, postings }).collect();
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
    let Some(postings) = found.get_mut(word) else {
        found.insert(word.into(), vec![posting]);
        return;
    };
    match postings.last_mut() {
        Some(last) if last.document() == posting.document() => last.0 = last.0.max(posting.0),
        _ => postings.push(posting),
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
        let postings: Vec<(u32, u32)> = found["mug"].iter().map(|posting| (posting.document(), posting.level())).collect();
        assert_eq!(postings, [(0, 5), (3, 3)]);
    }
}
