//! The house's form of the shop's files: keys in the order of their schema, quotes where a program could misread a text, two spaces for
//! each level, comments where they were. And changes by a program, put into a file as a person would: nothing else of it moves.
//!
//! Pure: text in, text out. What a file says never changes by its form.

mod grow;
mod layout;
mod merge;
mod shape;
mod tree;
pub(crate) mod words;

use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::parse::{SourceKind, front_matter, schema, yaml};
use shape::Shape;
use tree::{Document, Tree};

/// A file in the house's form; the same text where it has it already, or where its outermost value is no map. An error says why a file
/// cannot be read at all.
pub fn format(kind: SourceKind, path: &SourcePath, text: &str) -> Result<String, Vec<Diagnostic>> {
    rewritten(path, text, &schema::schema(kind), |root, shape| {
        shape::sort_keys(root, shape);
        shape::quote(root, shape);
    })
}

/// A file for a program that reads YAML by its own rules: quotes around every text that it could misread.
pub fn quoted(kind: SourceKind, path: &SourcePath, text: &str) -> Result<String, Vec<Diagnostic>> {
    rewritten(path, text, &schema::schema(kind), shape::quote)
}

fn rewritten(
    path: &SourcePath,
    text: &str,
    schema: &serde_json::Value,
    change: impl Fn(&mut Tree, Shape<'_>),
) -> Result<String, Vec<Diagnostic>> {
    let Some(mut parts) = read(path, text)? else { return Ok(text.to_owned()) };
    change(&mut parts.document.root, Shape::of(schema));
    parts.document.lay_out_anew();
    let written = parts.write();
    // Its form is never worth what a file says: what cannot be laid out anew without a loss stays as it is.
    let is_same = matches!(read(path, &written), Ok(Some(again)) if again.document.says_the_same(&parts.document));
    Ok(if is_same && comments(&written) >= comments(text) { written } else { text.to_owned() })
}

/// How many lines could have a comment; more than are there, where texts hold a `#`.
fn comments(text: &str) -> usize {
    text.matches('#').count()
}

/// A file after a change: `given` says what it shall say, and comes from a program that knows neither comments nor our quotes. What is
/// the same as `before` is written as it was there, keys that no schema knows stay, and what is empty in `given` is left out. An error
/// says why one of the two cannot be read: what nobody could read is not overwritten.
pub fn merged(kind: SourceKind, path: &SourcePath, before: Option<&str>, given: &str) -> Result<String, Vec<Diagnostic>> {
    let schema = schema::schema(kind);
    let shape = Shape::of(&schema);
    let Some(given) = read(path, given)? else { return Err(vec![no_map(path)]) };
    let before = before.map(|text| read(path, text)).transpose()?.flatten();
    let Some(mut parts) = before else {
        let body = given.body.map(|new| merge::body("---\n", &new));
        return Ok(Parts { document: merge::new_document(given.document.root, shape), body }.write());
    };
    merge::merge(&mut parts.document.root, given.document.root, shape);
    if let (Some(body), Some(new)) = (&mut parts.body, given.body) {
        *body = merge::body(body, &new);
    }
    let written = parts.write();
    if matches!(read(path, &written), Ok(Some(again)) if again.document.says_the_same(&parts.document)) {
        return Ok(written);
    }
    // Lines that do not fit together any more are laid out anew.
    parts.document.lay_out_anew();
    Ok(parts.write())
}

/// The title that a file has.
pub(crate) fn title(path: &SourcePath, text: &str) -> Option<String> {
    let parts = read(path, text).ok()??;
    let title = parts.document.root.collection()?.get("title")?.value.text()?;
    Some(title.to_owned())
}

fn no_map(path: &SourcePath) -> Diagnostic {
    let told = Diagnostic::in_file(codes::WRONG_TYPE, Severity::Error, "the file has no keys", path.clone());
    told.help("write `key: value` with at least one key")
}

/// The parts of a file: its map, and in a Markdown file the text below.
struct Parts {
    document: Document,
    /// From the closing line of the front matter on.
    body: Option<String>,
}

impl Parts {
    fn write(&self) -> String {
        let yaml = layout::write(&self.document);
        self.body.as_ref().map_or_else(|| yaml.clone(), |body| format!("---\n{yaml}{body}"))
    }
}

/// Reads a file, with everything that a reader of values drops; `None` where it is no map.
fn read(path: &SourcePath, text: &str) -> Result<Option<Parts>, Vec<Diagnostic>> {
    let from = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (range, body) = if path.ends_with(".md") {
        let parts = front_matter::split(path, text, from).map_err(|told| vec![told])?;
        (parts.yaml, Some(text[parts.yaml.1..].to_owned()))
    } else {
        ((from, text.len()), None)
    };
    let mut diagnostics = Vec::new();
    let node = yaml::read(path, text, range, &mut diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(diagnostics);
    }
    Ok(node.and_then(|node| grow::document(text, range, &node)).map(|document| Parts { document, body }))
}

#[cfg(test)]
mod tests;
