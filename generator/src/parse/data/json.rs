//! JSON as nodes. `serde_json` reads it and says what is wrong; each value's own text says where it stands.

use granit_parser::ScalarStyle;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cut;
use crate::diagnostic::{Diagnostic, SourcePath, Span, codes};
use crate::parse::yaml::{self, Node, Value};

/// The nodes of `source[from..]`.
pub(super) fn read(path: &SourcePath, source: &str, from: usize, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = &source[from..];
    if text.trim().is_empty() {
        return None;
    }
    // Once for all, so that whatever is below is known to be well-formed and not too deep.
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        diagnostics.push(explain(path, source, from, &error));
        return None;
    }
    let root: &RawValue = serde_json::from_str(text).ok()?;
    let mut reader = Reader { path, source, diagnostics };
    reader.node(root.get())
}

struct Reader<'a, 'd> {
    path: &'a SourcePath,
    source: &'a str,
    diagnostics: &'d mut Vec<Diagnostic>,
}

/// The entries of an object in the order written.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Object).map(Entries)
    }
}

impl<'a> Reader<'a, '_> {
    /// A value whose text is a part of the source.
    fn node(&mut self, text: &'a str) -> Option<Node> {
        let start = text.as_ptr() as usize - self.source.as_ptr() as usize;
        let value = match text.as_bytes().first()? {
            b'{' => {
                let Entries(found) = serde_json::from_str(text).ok()?;
                let mut entries = Vec::with_capacity(found.len());
                for (name, value) in found {
                    let (from, to) = self.key(value.get());
                    let key = Node { start: cut(from), end: cut(to), value: Value::Scalar(name, ScalarStyle::DoubleQuoted) };
                    let value = self.node(value.get())?;
                    yaml::insert(self.path, self.diagnostics, &mut entries, key, value);
                }
                Value::Map(entries)
            }
            b'[' => {
                let items: Vec<&'a RawValue> = serde_json::from_str(text).ok()?;
                Value::List(items.into_iter().filter_map(|item| self.node(item.get())).collect())
            }
            b'"' => Value::Scalar(serde_json::from_str(text).ok()?, ScalarStyle::DoubleQuoted),
            b'n' => Value::Null,
            _ => Value::Scalar(text.to_owned(), ScalarStyle::Plain),
        };
        Some(Node { start: cut(start), end: cut(start + text.len()), value })
    }

    /// Where the key of a value stands, with its quotes.
    fn key(&self, value: &str) -> (usize, usize) {
        let start = value.as_ptr() as usize - self.source.as_ptr() as usize;
        let before = self.source[..start].trim_end().trim_end_matches(':').trim_end();
        let inside = before.strip_suffix('"').unwrap_or(before);
        let mut at = inside.len();
        while let Some(quote) = inside[..at].rfind('"') {
            let slashes = inside[..quote].bytes().rev().take_while(|byte| *byte == b'\\').count();
            at = quote;
            if slashes % 2 == 0 {
                break;
            }
        }
        (at, before.len())
    }
}

/// What `serde_json` says, at its place.
fn explain(path: &SourcePath, source: &str, from: usize, error: &serde_json::Error) -> Diagnostic {
    let line_start = match error.line() {
        0 | 1 => from,
        line => source[from..].match_indices('\n').nth(line - 2).map_or(source.len(), |(at, _)| from + at + 1),
    };
    let mut at = (line_start + error.column().saturating_sub(1)).min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let end = source[at..].chars().next().map_or(at, |sign| at + sign.len_utf8());
    let says = error.to_string();
    let says = says.rsplit_once(" at line ").map_or(says.as_str(), |(says, _)| says);
    Diagnostic::error(codes::DATA, "the file is not JSON", Span::new(path, at, end))
        .label(says.to_owned())
        .help("look at this place and what stands before it: a comma, a quote or a bracket may be missing")
}
