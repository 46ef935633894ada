//! The form of the search's files: small texts that a browser fetches one by one, as it comes to need them.
//!
//! Words lie in order in several files, so that one file has all that begin alike, and each has a number. Lists of
//! documents lie in others, in the order of those numbers; endings of words, read backwards, in a third sort, for
//! what is mistyped at its beginning. docs/themes.md describes them to authors of other clients.

use std::fmt::Write as _;

use super::terms::{Posting, Term};

/// Bytes, before compression, after which a file ends where the first two letters change; beyond twice as many it ends anyway.
const WORDS_BYTES: usize = 16_000;

/// Bytes after which a file of lists ends.
const LISTS_BYTES: usize = 3_000;

/// A word that stands in more texts than this, and in more than a quarter of all, is not looked up in texts: it would cost
/// every shopper much, and say little.
const COMMON: usize = 256;

/// From where a word says least to where it says most: see `Level`.
const LEVELS: std::ops::RangeInclusive<u32> = 1..=6;

/// Endings are kept of words that are a mark or stand in a name, and have no digit and at least so many letters: shorter ones are
/// not taken for mistyped.
const SHORTEST_MISTYPED: usize = 4;

/// A file of words or lists.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its first word; empty for lists.
    pub(super) first: String,
    /// The number of its first word.
    pub(super) start: usize,
    pub(super) text: String,
}

/// Everything that is made of words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) words: Vec<Part>,
    pub(super) lists: Vec<Part>,
    pub(super) ends: Vec<Part>,
}

/// Writes all words of so many documents.
pub(super) fn parts(terms: &[Term], documents: usize) -> Parts {
    let mut words = Cutter::default();
    let mut lists = Vec::new();
    let mut line = String::new();
    let mut ends: Vec<String> = Vec::new();
    for (number, term) in terms.iter().enumerate() {
        let is_common = in_texts(&term.postings) > COMMON.max(documents / 4);
        let importance = importance(&term.postings);
        words.push(&term.word, number, |text| {
            let sign = if is_common { "!" } else { "" };
            let _ = writeln!(text, "{sign}{importance}{}", term.word);
        });
        line.clear();
        list(&term.postings, is_common, &mut line);
        push_list(&mut lists, number, &line);
        if may_be_mistyped(term) {
            ends.push(term.word.chars().rev().collect());
        }
    }
    ends.sort_unstable_by(|a, b| super::terms::order(a, b));
    let mut backwards = Cutter::default();
    for (number, word) in ends.iter().enumerate() {
        backwards.push(word, number, |text| {
            let _ = writeln!(text, "{word}");
        });
    }
    Parts { words: words.parts, lists, ends: backwards.parts }
}

fn in_texts(postings: &[Posting]) -> usize {
    postings.iter().filter(|posting| posting.level() == 1).count()
}

/// How much a word says in all documents together, as a hexadecimal digit: the logarithm of a sum of weights.
fn importance(postings: &[Posting]) -> char {
    let sum: usize = postings.iter().map(|posting| weight(posting.level())).sum();
    char::from_digit(sum.ilog2().min(15), 16).expect("a number below 16 is a hexadecimal digit")
}

fn weight(level: u32) -> usize {
    1 << (level - 1)
}

fn may_be_mistyped(term: &Term) -> bool {
    term.word.chars().nth(SHORTEST_MISTYPED - 1).is_some()
        && term.word.chars().all(char::is_alphabetic)
        && term.postings.iter().any(|posting| posting.level() > 2)
}

/// Cuts words into files where their beginnings change.
#[derive(Default)]
struct Cutter {
    parts: Vec<Part>,
    before: [Option<char>; 2],
}

impl Cutter {
    fn push(&mut self, word: &str, number: usize, write: impl FnOnce(&mut String)) {
        let mut letters = word.chars();
        let beginning = [letters.next(), letters.next()];
        let is_full = self.parts.last().is_none_or(|part| {
            let bytes = part.text.len();
            bytes >= 2 * WORDS_BYTES || (bytes >= WORDS_BYTES && beginning != self.before)
        });
        if is_full {
            self.parts.push(Part { first: word.to_owned(), start: number, text: String::new() });
        }
        self.before = beginning;
        if let Some(part) = self.parts.last_mut() {
            write(&mut part.text);
        }
    }
}

fn push_list(lists: &mut Vec<Part>, number: usize, line: &str) {
    if lists.last().is_none_or(|part| !part.text.is_empty() && part.text.len() + line.len() > LISTS_BYTES) {
        lists.push(Part { first: String::new(), start: number, text: String::new() });
    }
    if let Some(part) = lists.last_mut() {
        part.text.push_str(line);
        part.text.push('\n');
    }
}

/// A word's documents, those of which it says most first: the level's digit, then how many documents lie between each and the one
/// before it.
fn list(postings: &[Posting], is_common: bool, line: &mut String) {
    let there = postings.iter().fold(0, |there, posting| there | 1 << posting.level());
    for level in LEVELS.rev().filter(|level| there & 1 << level != 0 && !(is_common && *level == 1)) {
        let mut next = 0;
        for (place, document) in postings.iter().filter(|posting| posting.level() == level).map(|posting| posting.document()).enumerate() {
            if place == 0 {
                let _ = write!(line, "{level}");
            }
            push_number(document - next, line);
            next = document + 1;
        }
    }
}

/// Five bits a sign, the lowest first; the signs from `_` on say that more follow.
fn push_number(mut number: u32, line: &mut String) {
    let sign = |bits: u32| char::from_u32(63 + bits).expect("below 64 signs from `?` on are ASCII");
    while number >= 32 {
        line.push(sign(32 + number % 32));
        number /= 32;
    }
    line.push(sign(number));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_as_many_signs_as_they_need() {
        let written = |number| {
            let mut line = String::new();
            push_number(number, &mut line);
            line
        };
        assert_eq!(["?", "^", "_@", "~^", "__@"].map(str::to_owned), [0, 31, 32, 1023, 1024].map(written));
    }

    #[test]
    fn files_end_where_beginnings_change() {
        let mut cutter = Cutter::default();
        let words: Vec<String> = (0..4_000).map(|number| format!("{}{number:04}", if number < 1_800 { "aa" } else { "ab" })).collect();
        for (number, word) in words.iter().enumerate() {
            cutter.push(word, number, |text| {
                let _ = writeln!(text, "0{word:0>14}");
            });
        }
        let cut: Vec<(&str, usize)> = cutter.parts.iter().map(|part| (part.first.as_str(), part.start)).collect();
        assert_eq!(cut, [("aa0000", 0), ("ab1800", 1_800), ("ab3800", 3_800)]);
    }
}
