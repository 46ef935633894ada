//! Where `#fragments` lead: ids that the old system gave to headings, and those that they have here.

use std::collections::BTreeMap;

use super::Page;
use crate::import::html::plain;
use crate::parse::markdown::{Options, parse};

/// The places inside a text.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Every id that there is here.
    ours: Vec<String>,
    /// What an id of the old system is here.
    theirs: BTreeMap<String, String>,
}

impl Anchors {
    pub(super) fn of(page: &Page, heading_id: Option<fn(&str) -> String>) -> Self {
        let markdown = parse(&page.body, &Options::ours());
        let mut theirs = BTreeMap::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for heading in &markdown.headings {
            let by_hand = page.ids.iter().find(|(text, _)| same(&plain(text), &heading.title));
            if let Some((_, id)) = by_hand {
                theirs.entry(id.clone()).or_insert_with(|| heading.id.clone());
            } else if let Some(id) = heading_id.map(|id| id(&heading.title)) {
                let count = counts.entry(id.clone()).or_default();
                let numbered = if *count == 0 { id } else { format!("{id}-{count}") };
                *count += 1;
                theirs.entry(numbered).or_insert_with(|| heading.id.clone());
            }
        }
        // The title was a heading in the text, or the template made one of it; it stands at the top here.
        if let Some(id) = heading_id {
            theirs.entry(id(&page.title)).or_insert_with(|| "top".to_owned());
        }
        Self { ours: markdown.all_anchors().map(str::to_owned).collect(), theirs }
    }

    /// The id here for a fragment of the old site.
    pub(super) fn find(&self, fragment: &str) -> Option<&str> {
        if let Some(ours) = self.ours.iter().find(|id| *id == fragment) {
            return Some(ours);
        }
        self.theirs.get(fragment).map(String::as_str)
    }
}

/// Typographic signs do not count: one of the two may have them already.
fn same(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    letters(a) == letters(b)
}

/// The id that kramdown makes of a heading: what stands before the first letter goes, then everything but letters,
/// digits, spaces and hyphens.
pub(in crate::import) fn kramdown_id(text: &str) -> String {
    let from = text.find(char::is_alphabetic).unwrap_or(text.len());
    let kept = text[from..].chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let id: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
    if id.is_empty() { "section".to_owned() } else { id }
}

/// The id that GitHub, and Hugo after it, makes of a heading.
pub(in crate::import) fn github_id(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
