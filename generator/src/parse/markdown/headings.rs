//! Ids made from text, and the table of contents.

use super::Heading;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A heading and those below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TocEntry {
    /// The heading's text.
    pub title: String,
    /// The heading's id.
    pub id: String,
    /// The headings of its part of the text.
    pub children: Vec<TocEntry>,
}

/// The part of an address or an id that stands for a text: lower case, letters and digits of any
/// script, `_`, and one `-` for whatever lies between words. Empty where the text has none of them.
pub fn slug(text: &str) -> String {
    // Other signs vanish without parting words (`don't` is `dont`), and before the normal form is
    // made, which may join what they stood between.
    let lower = text.chars().flat_map(char::to_lowercase);
    let kept: String = lower.filter(|&sign| is_letter(sign) || is_combining_mark(sign) || is_gap(sign)).collect();
    let mut slug = String::with_capacity(kept.len());
    let mut gap = false;
    for sign in kept.nfc() {
        if is_gap(sign) {
            gap = true;
        } else if is_letter(sign) || !slug.is_empty() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.push(sign);
        }
    }
    slug
}

fn is_letter(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// What parts words.
fn is_gap(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '-' | '/' | '–' | '—')
}

/// Headings as a tree. A level that is left out is no level: an `h4` below an `h2` is its child.
pub fn toc(headings: &[Heading]) -> Vec<TocEntry> {
    let mut entries = Vec::new();
    let mut rest = headings;
    while let [first, after @ ..] = rest {
        let below = after.iter().take_while(|heading| heading.level > first.level).count();
        entries.push(TocEntry { title: first.title.clone(), id: first.id.clone(), children: toc(&after[..below]) });
        rest = &after[below..];
    }
    entries
}

/// Ids given so far in one text.
#[derive(Default)]
pub(super) struct Ids {
    /// Each id, and the number that its next duplicate tries.
    taken: BTreeMap<String, u32>,
}

impl Ids {
    /// None yet but these, which headings have chosen for themselves.
    pub(super) fn without(own: impl Iterator<Item = String>) -> Self {
        Self { taken: own.map(|id| (id, 1)).collect() }
    }

    /// A new id for a title: its slug, `-1` behind it where that is taken.
    pub(super) fn give(&mut self, title: &str) -> String {
        let base = match slug(title) {
            empty if empty.is_empty() => "section".to_owned(),
            slug => slug,
        };
        let Some(mut number) = self.taken.get(&base).copied() else {
            self.taken.insert(base.clone(), 1);
            return base;
        };
        let id = loop {
            let candidate = format!("{base}-{number}");
            number += 1;
            if !self.taken.contains_key(&candidate) {
                break candidate;
            }
        };
        self.taken.insert(base, number);
        self.taken.insert(id.clone(), 1);
        id
    }
}
