//! Values whose form is not known while their file is parsed: front matter that a section's own schema declares, and what is set of
//! a theme. They stay what was written, with their places, until somebody knows what they should be.

use serde::{Deserialize, Serialize};

use super::fields::{Read, Reader};
use super::yaml::{Node, Value};
use crate::diagnostic::{Span, Spanned};

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loose {
    /// Of a map or list of several lines, its first.
    pub span: Span,
    /// What stands there.
    pub value: LooseValue,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LooseValue {
    /// A text without white space around it, as written: `007`, `24.90`.
    Text(String),
    /// A list.
    List(Vec<Loose>),
    /// A map, in the order written.
    Map(Vec<(Spanned<String>, Loose)>),
}

impl Loose {
    /// The kind of value, in an editor's words.
    pub fn kind(&self) -> &'static str {
        match self.value {
            LooseValue::Text(_) => "a text",
            LooseValue::List(_) => "a list",
            LooseValue::Map(_) => "a map",
        }
    }
}

/// Any value but nothing.
pub(super) struct Anything;

impl Read for Anything {
    type Out = Loose;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Loose> {
        let span = reader.place(node);
        let value = match &node.value {
            Value::Scalar(text, _) => LooseValue::Text(text.trim().to_owned()),
            Value::List(items) => LooseValue::List(items.iter().filter_map(|item| Self::read(item, reader)).collect()),
            Value::Map(entries) => {
                let entries = entries.iter().filter_map(|(key, node)| reader.entry::<Self>(key, node));
                LooseValue::Map(entries.collect())
            }
            Value::Null | Value::Refused => {
                reader.wrong_kind(node, "a value", "write a value or remove the line");
                return None;
            }
        };
        Some(Loose { span, value })
    }

    fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::Schema::from(true)
    }
}
