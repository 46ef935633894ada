//! A report of translations: what is not translated, and what is older than its original. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::cache::ParsedFile;
use crate::diagnostic::SourcePath;
use crate::git::Changes;
use crate::parse::{Original, Parsed, ParsedOverlay, Text};
use crate::source::SETTINGS;

/// How an original stands in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There is no file.
    Untranslated,
    /// There is one that is not shown yet.
    Draft,
    /// The original has changed since.
    Older,
    /// Its title or its text is still the original's.
    Partly,
    /// All is there, and not older.
    Translated,
}

/// An original in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The language.
    pub language: String,
    /// How it stands.
    pub standing: Standing,
    /// The original.
    pub original: SourcePath,
    /// Where the translation is, or belongs.
    pub file: SourcePath,
    /// `product`, `category`, `collection` or `page`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
}

/// Every original in every language but its own, by language, standing and path. Drafts are counted where they are shown.
pub fn rows(parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>, drafts: bool, changes: &Changes) -> Vec<Row> {
    let Some(Parsed::Settings(settings)) = parsed.get(SETTINGS).map(|file| &file.value) else { return Vec::new() };
    let overlays = parsed.values().filter_map(|file| match &file.value {
        Parsed::Overlay(overlay) => Some(((overlay.original.clone(), overlay.language.as_str()), &**overlay)),
        _ => None,
    });
    let overlays: BTreeMap<(SourcePath, &str), &ParsedOverlay> = overlays.collect();
    let mut rows = Vec::new();
    for (path, file) in parsed {
        let Some(of) = Translatable::of(&file.value).filter(|of| drafts || !of.draft) else { continue };
        for language in settings.languages.iter().skip(1).map(|language| language.value.as_str()) {
            let overlay = overlays.get(&(path.clone(), language)).copied();
            rows.push(Row {
                language: language.to_owned(),
                standing: of.standing(path, overlay, changes),
                original: path.clone(),
                file: place(path, language),
                kind: of.kind,
                title: of.title.to_owned(),
            });
        }
    }
    let order: Vec<&str> = settings.languages.iter().map(|language| language.value.as_str()).collect();
    rows.sort_by_key(|row| (order.iter().position(|known| *known == row.language), row.standing, row.original.clone()));
    rows
}

/// Where the translation of a file belongs.
fn place(original: &str, language: &str) -> SourcePath {
    let (stem, ending) = original.rsplit_once('.').unwrap_or((original, ""));
    SourcePath::from(format!("{stem}.{language}.{ending}"))
}

/// An original, as far as it is translated.
struct Translatable<'a> {
    kind: &'static str,
    title: &'a str,
    has_text: bool,
    draft: bool,
}

impl<'a> Translatable<'a> {
    fn of(value: &'a Parsed) -> Option<Self> {
        let has_words = |text: &Text| text.markdown.words > 0;
        let of = |kind: Original, title: &'a str, text: Option<&Text>, draft| {
            Some(Self { kind: name(kind), title, has_text: text.is_some_and(has_words), draft })
        };
        match value {
            Parsed::Product(it) => of(Original::Product, &it.title, it.description.as_ref(), it.draft),
            Parsed::Category(it) => of(Original::Category, &it.title, Some(&it.body), it.draft),
            Parsed::Collection(it) => of(Original::Collection, &it.title, it.description.as_ref(), it.draft),
            Parsed::Page(it) => of(Original::Page, &it.title, Some(&it.body), it.is_draft()),
            _ => None,
        }
    }

    fn standing(&self, path: &str, overlay: Option<&ParsedOverlay>, changes: &Changes) -> Standing {
        let Some(overlay) = overlay else { return Standing::Untranslated };
        let is_older = || Some(changes.get(path)? > changes.get(&*overlay.file)?);
        if overlay.draft {
            Standing::Draft
        } else if is_older().unwrap_or(false) {
            Standing::Older
        } else if overlay.title.is_none() || self.has_text && overlay.text.is_none() {
            Standing::Partly
        } else {
            Standing::Translated
        }
    }
}

fn name(kind: Original) -> &'static str {
    match kind {
        Original::Product => "product",
        Original::Category => "category",
        Original::Collection => "collection",
        Original::Page => "page",
    }
}
