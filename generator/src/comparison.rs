//! What differs between two states of a shop: their pages, and the files beside them. Pure.

use std::collections::BTreeMap;

use lol_html::html_content::TextType;
use lol_html::{HtmlRewriter, RewriteStrSettings, Settings, doc_text, element, rewrite_str};
use rayon::prelude::*;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::present::search::INDEX as SEARCH_INDEX;
use crate::source::Fingerprint;

/// The output of a state, by path from the site's root.
#[derive(Debug, Default)]
pub struct Snapshot {
    pages: BTreeMap<String, Fingerprints>,
    files: BTreeMap<String, Fingerprint>,
}

/// Of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fingerprints {
    whole: Fingerprint,
    /// Without the parts of names that only say what a picture, a sheet or a script holds.
    masked: Fingerprint,
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// Only the names of assets and pictures are others: what these hold has changed.
    Assets,
}

/// What is not as it was, in order.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Pages by their addresses from the site's root.
    pub pages: Vec<(String, Change)>,
    /// Feeds, the sitemap, static files and the like.
    pub files: Vec<(String, Change)>,
}

/// The output of an edition; the error is what templates met.
pub fn snapshot(edition: &Edition) -> Result<Snapshot, Vec<Diagnostic>> {
    let made: Vec<Result<_, Vec<Diagnostic>>> =
        edition.routes().into_par_iter().map(|route| Ok((edition.page(&route)?.0, route.path))).collect();
    let mut snapshot = Snapshot::default();
    let mut mistakes = Vec::new();
    for page in made {
        match page {
            Ok((html, path)) => drop(snapshot.pages.insert(path, Fingerprints::of(&html))),
            Err(met) => mistakes.extend(met),
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let files = edition.files().into_iter().map(|(path, bytes)| (format!("/{path}"), Fingerprint::of(&bytes)));
    let copied =
        edition.copied().into_iter().filter_map(|(source, path)| Some((format!("/{path}"), edition.sources.get(&source)?.fingerprint)));
    // What a search reads first names its other files by what they hold.
    let (search, _) = edition.search_in_memory();
    let search = search.into_iter().filter(|(path, _)| path.ends_with(SEARCH_INDEX.trim_start_matches('/')));
    let search = search.map(|(path, bytes)| (format!("/{path}"), Fingerprint::of(&bytes)));
    snapshot.files = files.chain(copied).chain(search).collect();
    Ok(snapshot)
}

impl Fingerprints {
    fn of(html: &str) -> Self {
        Self { whole: Fingerprint::of(html.as_bytes()), masked: Fingerprint::of(masked(html).as_bytes()) }
    }
}

/// Attributes that name assets and pictures.
const NAMING: [&str; 6] = ["href", "src", "srcset", "imagesrcset", "content", "poster"];

/// The page with the hashes in names of assets and pictures left out: `main.1a2b3c4d.css`, `mug.1a2b3c4d-800.webp`. What readers see stays
/// as it is, whatever it looks like.
fn masked(html: &str) -> String {
    let handler = element!("*", |element| {
        for name in NAMING {
            if let Some(value) = element.get_attribute(name)
                && let Some(masked) = without_hashes(&value)
            {
                element.set_attribute(name, &masked)?;
            }
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(handler);
    // What cannot be rewritten differs as it is.
    rewrite_str(html, settings).unwrap_or_else(|_| html.to_owned())
}

/// Names without their hashes; `None` where they have none.
fn without_hashes(names: &str) -> Option<String> {
    let bytes = names.as_bytes();
    let is_hash = |at: usize| {
        let hash = bytes.get(at + 1..at + 9).filter(|_| matches!(bytes.get(at + 9), Some(b'.' | b'-')));
        hash.is_some_and(|hash| hash.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)))
    };
    let (mut out, mut from) = (String::new(), 0);
    for (at, _) in names.match_indices('.').filter(|(at, _)| is_hash(*at)) {
        // Of two in a row, the second begins within what is left out of the first only if that was no hash.
        out.push_str(names.get(from..=at)?);
        from = at + 9;
    }
    (from > 0).then(|| out + &names[from..])
}

/// What `after` has otherwise than `before`.
pub fn compare(before: &Snapshot, after: &Snapshot) -> Comparison {
    let pages = differences(&before.pages, &after.pages, |a, b| if a.masked == b.masked { Change::Assets } else { Change::Changed });
    Comparison { pages, files: differences(&before.files, &after.files, |_, _| Change::Changed) }
}

fn differences<T: PartialEq>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    how: impl Fn(&T, &T) -> Change,
) -> Vec<(String, Change)> {
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |path: &&String| match (before.get(*path), after.get(*path)) {
        (None, _) => Some(Change::Added),
        (_, None) => Some(Change::Removed),
        (Some(a), Some(b)) => (a != b).then(|| how(a, b)),
    };
    paths.iter().filter_map(|path| Some(((*path).clone(), change(path)?))).collect()
}

/// How many lines around a difference are shown.
const CONTEXT: usize = 1;

/// The difference of two pages' texts as a unified diff; empty where only markup differs.
pub fn text_difference(before: &str, after: &str) -> String {
    let (before, after) = (text(before), text(after));
    similar::TextDiff::from_lines(&before, &after).unified_diff().context_radius(CONTEXT).to_string()
}

/// Elements that go on within a line.
const INLINE: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "time", "u",
];

/// What readers see of a page, a line for each paragraph.
fn text(html: &str) -> String {
    let lines = std::cell::RefCell::new(vec![String::new()]);
    let element = element!("*", |element| {
        if !INLINE.contains(&element.tag_name().as_str()) {
            lines.borrow_mut().push(String::new());
        }
        Ok(())
    });
    let words = doc_text!(|chunk| {
        if matches!(chunk.text_type(), TextType::Data | TextType::RCData) {
            lines.borrow_mut().last_mut().expect("there is always a line").push_str(chunk.as_str());
        }
        Ok(())
    });
    let settings = Settings::new().append_element_content_handler(element).append_document_content_handler(words);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let _ = rewriter.write(html.as_bytes()).and_then(|()| rewriter.end());
    let line = |line: &String| {
        let text = quick_xml::escape::unescape(line).map_or_else(|_| line.clone(), std::borrow::Cow::into_owned);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    lines.borrow().iter().map(line).filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_in_names_are_masked() {
        let mask = |text: &str| without_hashes(text).unwrap_or_else(|| text.to_owned());
        assert_eq!(mask("/assets/main.1a2b3c4d.css /img/mug.00ffaa99-800.webp"), "/assets/main..css /img/mug.-800.webp");
        assert_eq!(mask("x.1a2b3c4 a.12345678 b.1A2B3C4D.c €.1a2b3c4d."), "x.1a2b3c4 a.12345678 b.1A2B3C4D.c €..");
        assert_eq!(
            masked("<link href=\"/a.1a2b3c4d.css\"><p title=\"x.1a2b3c4d.\">Rev.20250101-2</p>"),
            "<link href=\"/a..css\"><p title=\"x.1a2b3c4d.\">Rev.20250101-2</p>"
        );
    }

    #[test]
    fn texts_differ_line_by_line() {
        let page = |price: &str, class: &str| {
            format!(
                "<title>Mug</title><style>p {{}}</style><h1 class={class}>Mug</h1><p>It <em>costs</em> {price} &amp; more</p><p>End</p>"
            )
        };
        assert_eq!(text_difference(&page("12", "a"), &page("12", "b")), "");
        insta::assert_snapshot!(text_difference(&page("12", "a"), &page("13", "a")), @r"
        @@ -2,3 +2,3 @@
         Mug
        -It costs 12 & more
        +It costs 13 & more
         End
        ");
    }

    #[test]
    fn what_comes_goes_and_changes_is_named_in_order() {
        let print = |whole: u8, masked: u8| Fingerprints { whole: Fingerprint([whole; 16]), masked: Fingerprint([masked; 16]) };
        let of = |pages: &[(&str, u8, u8)]| Snapshot {
            pages: pages.iter().map(|(path, whole, masked)| ((*path).to_owned(), print(*whole, *masked))).collect(),
            files: BTreeMap::new(),
        };
        let before = of(&[("/a/", 1, 1), ("/b/", 1, 1), ("/c/", 1, 1), ("/d/", 1, 1)]);
        let after = of(&[("/b/", 1, 1), ("/c/", 2, 2), ("/d/", 2, 1), ("/e/", 1, 1)]);
        let paths: Vec<_> = compare(&before, &after).pages;
        let named: Vec<_> = paths.iter().map(|(path, change)| (path.as_str(), *change)).collect();
        assert_eq!(named, [("/a/", Change::Removed), ("/c/", Change::Changed), ("/d/", Change::Assets), ("/e/", Change::Added)]);
    }
}
