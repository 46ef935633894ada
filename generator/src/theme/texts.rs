//! A theme's texts in the languages of a shop: which file has each, and what is odd about them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, codes, nearest};
use crate::locale;
use crate::parse::theme_texts::{self, ThemeText};
use crate::render::texts::Texts;
use crate::source::Fingerprint;
use crate::theme::{Layered, Layers};

/// Texts, one for each language; of what they were read; what is odd about them.
type Read = (Vec<Arc<Texts>>, Fingerprint, Vec<Diagnostic>);

/// The texts for each language, and what is odd about them: of the theme and those that it builds on. What a language lacks is as in
/// English.
pub(super) fn read(layers: Layers<'_>, languages: &[String]) -> Result<Read, Vec<Diagnostic>> {
    let wanted: BTreeSet<&str> = languages.iter().flat_map(|language| locale::fallbacks(language)).chain(["en"]).collect();
    let mut files: BTreeMap<&str, Vec<Vec<ThemeText>>> = BTreeMap::new();
    let mut told = Vec::new();
    let mut parts = Vec::new();
    for language in wanted {
        for Layered { path, file } in layers.each(&format!("i18n/{language}.yaml")) {
            parts.extend([Fingerprint::of(path.as_bytes()), file.fingerprint]);
            match file.same_bytes() {
                Ok(bytes) => {
                    let (texts, problems) = theme_texts::read(&path, &bytes, language);
                    told.extend(problems);
                    files.entry(language).or_default().push(texts);
                }
                Err(cause) => told.push(Diagnostic::in_file(codes::THEME_FILE, Severity::Error, cause, path)),
            }
        }
    }
    if let Some(english) = files.get("en") {
        told.extend(files.values().flatten().flat_map(|texts| strange_places(texts, english)));
    }
    let without = languages.iter().any(|language| !locale::fallbacks(language).any(|language| files.contains_key(language)));
    if without && !told.iter().any(Diagnostic::is_error) {
        let message = format!("the theme `{}` has no texts", layers.themes()[0]);
        let missing = Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, layers.own("i18n/en.yaml"));
        told.push(missing.help("every theme has `i18n/en.yaml`, or builds on one that has; copy the default theme's"));
    }
    if told.iter().any(Diagnostic::is_error) {
        return Err(told);
    }
    let texts = languages.iter().map(|language| {
        let chain = locale::fallbacks(language).filter_map(|from| Some((from, files.get(from)?)));
        let chain = chain.flat_map(|(from, files)| files.iter().map(move |texts| (from, texts.as_slice())));
        Arc::new(in_language(language, chain))
    });
    Ok((texts.collect(), Fingerprint::join(&parts), told))
}

/// The texts of a language: those of the first file that has each.
pub(crate) fn in_language<'a>(language: &str, files: impl Iterator<Item = (&'a str, &'a [ThemeText])>) -> Texts {
    let mut texts = BTreeMap::new();
    for (from, file) in files {
        for ThemeText { key, text, .. } in file {
            let is_own = language.split('-').next() == Some(from.split('-').next().unwrap_or(from));
            texts.entry(key.value.clone()).or_insert_with(|| if is_own { text.clone() } else { text.borrowed_from(from) });
        }
    }
    Texts::new(language, texts)
}

/// Places of texts that the English ones do not have: nothing is ever filled in there.
fn strange_places(texts: &[ThemeText], english: &[Vec<ThemeText>]) -> Vec<Diagnostic> {
    let by_key: BTreeMap<&str, &ThemeText> = english.iter().rev().flatten().map(|text| (text.key.value.as_str(), text)).collect();
    let tell = |text: &ThemeText| {
        let original = *by_key.get(text.key.value.as_str())?;
        let known = || original.places.iter().map(|place| place.value.as_str());
        // A form may name the number, also where the English text does not.
        let strange = text.places.iter().find(|place| place.value != "count" && !known().any(|known| known == place.value))?;
        let message = format!("the English text `{}` has no place `{{{}}}`", text.key.value, strange.value);
        let told = Diagnostic::warning(codes::TEXT_PLACE, message, strange.span.clone()).label("nothing is filled in here");
        let near = nearest(&strange.value, known()).or_else(|| known().next());
        Some(told.help(near.map_or_else(|| "remove it".to_owned(), |near| format!("did you mean `{{{near}}}`?"))))
    };
    texts.iter().filter_map(tell).collect()
}
