//! Texts in the languages of the shop.

use std::collections::BTreeMap;

/// A text, and what it is in languages other than the shop's first.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// In the shop's first language.
    pub text: String,
    /// By language; left out where it is the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, String>,
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), others: BTreeMap::new() }
    }
}

impl Words {
    /// The text in a language.
    pub fn in_language(&self, language: &str) -> &str {
        self.others.get(language).unwrap_or(&self.text)
    }
}
