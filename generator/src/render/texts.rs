//! A theme's own texts in one language, as templates and scripts are given them.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::texts::{Filler, Grammar, Text};
use tera::{Kwargs, Value};

use crate::diagnostic::nearest;
use crate::locale::{self, Numbers};

/// Key → text, of one language.
#[derive(Debug, Clone)]
pub struct Texts {
    entries: BTreeMap<String, Text>,
    language: Arc<Language>,
}

/// What filling them takes.
#[derive(Debug)]
struct Language {
    grammar: Grammar,
    numbers: Numbers,
}

impl Texts {
    /// The texts of a language.
    pub fn new(language: &str, entries: BTreeMap<String, Text>) -> Self {
        let language = Language { grammar: Grammar::new(language, locale::direction(language)), numbers: Numbers::new(language) };
        Self { entries, language: Arc::new(language) }
    }

    /// A text as it is written, in the form for all numbers.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.entries.get(key).and_then(|text| text.forms().last().copied())
    }

    /// A text with its places filled.
    pub fn get(&self, key: &str, fillers: &[(String, Filler)]) -> Result<String, String> {
        let Some(text) = self.entries.get(key) else {
            let near =
                nearest(key, self.entries.keys().map(String::as_str)).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(format!("the theme has no text `{key}`{near}"));
        };
        Ok(self.fill(text, fillers))
    }

    /// A text, or an English one where the theme has none, with its places filled.
    pub fn word(&self, key: &str, english: &str, fillers: &[(String, Filler)]) -> String {
        let own = self.entries.get(key);
        own.map_or_else(|| self.fill(&Text::Plain(english.to_owned()), fillers), |text| self.fill(text, fillers))
    }

    fn fill(&self, text: &Text, fillers: &[(String, Filler)]) -> String {
        text.fill(&self.language.grammar, fillers)
    }

    /// A number that is filled in, as the language writes it.
    pub fn number(&self, number: i64) -> Filler {
        Filler::Number(number, self.language.numbers.whole(number))
    }

    /// What a template has given beside `key`.
    pub fn fillers(&self, arguments: &Kwargs) -> Vec<(String, Filler)> {
        let others = arguments.iter().filter(|(name, _)| name.as_str() != Some("key"));
        let filler = |value: &Value| value.as_i64().map_or_else(|| Filler::Text(value.to_string()), |number| self.number(number));
        others.map(|(name, value)| (name.to_string(), filler(value))).collect()
    }

    /// All texts whose keys begin with `prefix`.
    pub fn below(&self, prefix: &str) -> BTreeMap<String, Text> {
        self.entries.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(key, text)| (key.clone(), text.clone())).collect()
    }

    /// All texts whose keys begin with `prefix`, without it, as JSON that is safe inside a `<script>` of data.
    pub fn json(&self, prefix: &str) -> String {
        let some: BTreeMap<&str, &Text> = self.entries.iter().filter_map(|(key, text)| Some((key.strip_prefix(prefix)?, text))).collect();
        serde_json::to_string(&some).expect("texts are JSON").replace('<', "\\u003c")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourcePath;
    use crate::parse::theme_texts;

    fn texts(language: &str, source: &str) -> Texts {
        let (found, told) = theme_texts::read(&SourcePath::from("x.yaml"), source.as_bytes(), language);
        assert_eq!(told, []);
        Texts::new(language, found.into_iter().map(|text| (text.key.value, text.text)).collect())
    }

    #[test]
    fn fills_places_and_finds_near_names() {
        let texts = texts("de", "cart.title: Cart\ncart.count: {one: '{count} Ding', other: '{count} Dinge'}\njs.add: <b>\n");
        let count = |n: i64| texts.get("cart.count", &[("count".to_owned(), texts.number(n))]);
        assert_eq!([count(1), count(1234)], [Ok("1 Ding".to_owned()), Ok("1.234 Dinge".to_owned())]);
        let error = texts.get("cart.titel", &[]).expect_err("unknown");
        assert_eq!(error, "the theme has no text `cart.titel`; did you mean `cart.title`?");
        assert_eq!(texts.json("js."), r#"{"add":"\u003cb>"}"#);
        assert_eq!(texts.json("cart.c"), r#"{"ount":{"one":"{count} Ding","other":"{count} Dinge"}}"#);
        assert_eq!((texts.find("cart.count"), texts.find("cart")), (Some("{count} Dinge"), None));
        assert_eq!(texts.word("page.number", "page {n}", &[("n".to_owned(), texts.number(2))]), "page 2");
    }
    #[test]
    fn texts_are_filled_as_the_scripts_fill_them() {
        #[derive(serde::Deserialize)]
        struct Case {
            language: String,
            text: Text,
            #[serde(default)]
            values: BTreeMap<String, serde_json::Value>,
            filled: String,
        }
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/fixtures/texts.json")).expect("the table of cases");
        for Case { language, text, values, filled } in cases {
            let texts = Texts::new(&language, [("text".to_owned(), text.clone())].into());
            let filler = |value: &serde_json::Value| {
                value.as_i64().map_or_else(|| Filler::Text(value.as_str().expect("a text").to_owned()), |number| texts.number(number))
            };
            let fillers: Vec<_> = values.iter().map(|(name, value)| (name.clone(), filler(value))).collect();
            assert_eq!(texts.get("text", &fillers), Ok(filled), "{language}: {text:?} with {values:?}");
        }
    }
}
