//! The cards of all products, a few in a file. Files are cut where ids say so, and not after so many: a product that comes or
//! goes changes one file or two, and not all behind it.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{CardMaker, Files, FilterError, FilterMemory, Written};
use crate::present::Fact;
use crate::render::{FilteredCards, Question};
use crate::site::{Id, Site};
use crate::source::Fingerprint;

/// How many cards lie in a file on average. Results of a filter lie far apart, so each costs a file of this size.
const CARDS: u8 = 8;
/// The most in one file.
const MOST: usize = 2 * CARDS as usize;

/// A file of cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chunk {
    hash: String,
    /// What its cards asked.
    reads: Vec<(Question, Fingerprint)>,
}

/// The files of all cards of a language.
pub(super) struct Cards<'a> {
    chunks: Vec<(&'a [Id], Fingerprint, Chunk)>,
    /// Product → its file, and its place in it.
    places: FxHashMap<Id, (usize, usize)>,
}

impl<'a> Cards<'a> {
    /// Makes the files that are not as they were.
    pub(super) fn make(
        site: &'a Site,
        language: usize,
        maker: &dyn CardMaker,
        memory: &FilterMemory,
        files: &Files<'_>,
    ) -> Result<Self, FilterError> {
        let common = maker.common(language);
        let chunk = |ids: &&'a [Id]| {
            let facts = ids.iter().map(|id| Fact::Product(id.to_string()).state(site));
            let of = Fingerprint::join(&std::iter::once(common).chain(facts).collect::<Vec<_>>());
            let holds = |known: &&Chunk| {
                known.reads.iter().all(|(question, answer)| maker.still_holds(language, question, *answer))
                    && files.keep("cards", &known.hash)
            };
            if let Some(known) = memory.chunks.get(&of).filter(holds) {
                return Ok((*ids, of, known.clone()));
            }
            let FilteredCards { cards, reads } = maker.make(language, ids)?;
            let text = serde_json::to_string(&cards).expect("cards are texts");
            Ok((*ids, of, Chunk { hash: files.put("cards", &text)?, reads }))
        };
        let chunks: Vec<_> = cut(&site.newest).par_iter().map(chunk).collect::<Result<_, FilterError>>()?;
        let places = chunks
            .iter()
            .enumerate()
            .flat_map(|(file, (ids, ..))| ids.iter().enumerate().map(move |(slot, id)| (Id::clone(id), (file, slot))));
        let places = places.collect();
        Ok(Self { chunks, places })
    }

    /// A product's file, and its place in it.
    pub(super) fn place(&self, id: &str) -> Option<(usize, usize)> {
        self.places.get(id).copied()
    }

    /// How many cards a file has, and what its name carries.
    pub(super) fn file(&self, file: usize) -> (usize, &str) {
        let (ids, _, chunk) = &self.chunks[file];
        (ids.len(), &chunk.hash)
    }

    /// Tells its files and their pictures, and keeps them for the next build.
    pub(super) fn remember(self, language: usize, maker: &dyn CardMaker, files: &Files<'_>, written: &mut Written, now: &mut FilterMemory) {
        for (_, of, chunk) in self.chunks {
            written.paths.push(files.name("cards", &chunk.hash));
            for (question, _) in &chunk.reads {
                match question {
                    Question::Image(..) => written.copies.extend(maker.copies(language, question)),
                    Question::Asset(_) | Question::Modules(_) => written.asked.push(question.clone()),
                    Question::Card(_)
                    | Question::Collection(_)
                    | Question::Data(_)
                    | Question::Pages(..)
                    | Question::Product(_)
                    | Question::Site(_) => {}
                }
            }
            now.chunks.insert(of, chunk);
        }
    }
}

/// Cuts products, the newest first, into files.
fn cut(newest: &[Id]) -> Vec<&[Id]> {
    let mut files = Vec::new();
    let mut start = 0;
    for (at, id) in newest.iter().enumerate().skip(1) {
        let is_edge = Fingerprint::of(id.as_bytes()).0[0].is_multiple_of(CARDS);
        if is_edge || at - start == MOST {
            files.push(&newest[start..at]);
            start = at;
        }
    }
    if start < newest.len() {
        files.push(&newest[start..]);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: impl Iterator<Item = usize>) -> Vec<Id> {
        numbers.map(|number| Id::from(format!("product-{number}"))).collect()
    }

    #[test]
    fn a_new_product_changes_one_file_or_two() {
        let before = ids(0..400);
        let files = cut(&before);
        assert_eq!(files.iter().map(|file| file.len()).sum::<usize>(), before.len());
        assert!(files.iter().all(|file| (1..=MOST).contains(&file.len())));
        assert!((30..90).contains(&files.len()), "{}", files.len());
        for at in [0, 1, 77, 200, 400] {
            let mut after = before.clone();
            after.insert(at, Id::from("a-new-one"));
            let new = cut(&after);
            // Where a file had become too long, the cuts find each other again at the next edge.
            let other = new.iter().filter(|file| !files.contains(file)).count();
            assert!((1..=4).contains(&other), "{other} at {at}");
        }
        assert!(cut(&[]).is_empty());
    }
}
