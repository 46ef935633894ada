//! Data: the files of `data/`, as templates see them, and as the front matter of the pages that a section makes of their rows.
//!
//! YAML, JSON and CSV become the same nodes, so that whatever reads them points at the word. A value stays the text that was written,
//! `007` and `24.90` too; only whole numbers, and true and false, are what they say.

mod csv;
mod json;
mod rows;

use std::sync::Arc;

use granit_parser::ScalarStyle;
use serde::{Deserialize, Serialize};

use super::yaml::{self, Node, Value};
use crate::diagnostic::{Diagnostic, SourcePath};

pub use rows::{PageOfRow, pages};
pub(super) use rows::{in_words, is_key, keys};

/// A file of `data/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedData {
    /// The path below `data/` without the ending.
    pub name: String,
    /// As templates see it.
    pub value: Arc<serde_json::Value>,
}

/// The nodes of a data file; `None` where it cannot be read, which is among the diagnostics unless it is empty.
pub(super) fn read(path: &SourcePath, source: &str, from: usize, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => json::read(path, source, from, diagnostics),
        Some("csv") => csv::read(path, source, from, diagnostics),
        _ => yaml::read(path, source, (from, source.len()), diagnostics),
    }
}

/// A node as templates see it.
pub(super) fn value(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null | Value::Refused => serde_json::Value::Null,
        Value::Scalar(text, ScalarStyle::Plain) => plain(text.trim()),
        Value::Scalar(text, _) => text.clone().into(),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(entries) => entries.iter().map(|(key, node)| (key.text.clone(), value(node))).collect(),
    }
}

/// What an unquoted text is: `0012` is no number, for its noughts would be lost, and neither is `24.90`.
fn plain(text: &str) -> serde_json::Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

/// A place in a file as it is kept: sources are far below 4 GiB.
fn cut(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
