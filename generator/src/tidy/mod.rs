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

/// A file in the house's form; the same text where it has it already, where its outermost value is no map, and of JSON and CSV, whose form
/// is that of the programs that write them. An error says why a file cannot be read at all, or that it cannot be laid out anew without a loss.
pub fn format(kind: SourceKind, path: &SourcePath, text: &str) -> Result<String, Vec<Diagnostic>> {
    let formatted = rewritten(path, text, schema::schema(kind), |root, shape| {
        shape::sort_keys(root, shape);
        shape::quote(root, shape);
    })?;
    formatted.ok_or_else(|| vec![unformatted(path)])
}

/// A file for a program that reads YAML by its own rules: quotes around every text that it could misread.
pub fn quoted(kind: SourceKind, path: &SourcePath, text: &str) -> Result<String, Vec<Diagnostic>> {
    Ok(rewritten(path, text, schema::schema(kind), shape::quote)?.unwrap_or_else(|| text.to_owned()))
}

/// A file with its values changed in form; `None` where it would not say the same any more: its form is never worth what a file says.
fn rewritten(
    path: &SourcePath,
    text: &str,
    schema: &serde_json::Value,
    change: impl Fn(&mut Tree, Shape<'_>),
) -> Result<Option<String>, Vec<Diagnostic>> {
    let Some(mut parts) = read(path, text)? else { return Ok(Some(text.to_owned())) };
    change(&mut parts.document.root, Shape::of(schema));
    parts.document.lay_out_anew();
    let written = parts.write();
    let is_same = parts.is_read_back(path, &written) && comments(&written) >= comments(text);
    Ok(is_same.then(|| with_ends_of(text, written)))
}

/// A text with the line ends of another: those of Windows where its first line has them.
fn with_ends_of(text: &str, written: String) -> String {
    let is_windows = text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r'));
    if is_windows { written.replace("\r\n", "\n").replace('\n', "\r\n") } else { written }
}

/// How many lines could have a comment; more than are there, where texts hold a `#`.
fn comments(text: &str) -> usize {
    text.matches('#').count()
}

/// A file after a change: `given` says what it shall say, and comes from a program that knows neither comments nor our quotes. What is
/// the same as `before` is written as it was there, keys that no schema knows stay, and what is empty in `given` is left out. An error
/// says why one of the two cannot be read: what nobody could read is not overwritten.
pub fn merged(kind: SourceKind, path: &SourcePath, before: Option<&str>, given: &str) -> Result<String, Vec<Diagnostic>> {
    let shape = Shape::of(schema::schema(kind));
    let Some(given) = read(path, given)? else { return Err(vec![no_map(path)]) };
    let Some((text, known)) =
        before.filter(|text| !is_blank(path, text)).map(|text| read(path, text).map(|known| (text, known))).transpose()?
    else {
        let body = given.body.map(|new| merge::body("---\n", &new));
        return Ok(Parts { document: merge::new_document(given.document.root, shape), body }.write());
    };
    let Some(mut parts) = known else { return Err(vec![no_map(path)]) };
    merge::merge(&mut parts.document.root, given.document.root, shape);
    if let (Some(body), Some(new)) = (&mut parts.body, given.body) {
        *body = merge::body(body, &new);
    }
    let mut written = parts.write();
    if !parts.is_read_back(path, &written) {
        // Lines that do not fit together any more are laid out anew.
        parts.document.lay_out_anew();
        written = parts.write();
        if !parts.is_read_back(path, &written) {
            return Err(vec![unfit(path)]);
        }
    }
    Ok(with_ends_of(text, written))
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

fn unformatted(path: &SourcePath) -> Diagnostic {
    let told = Diagnostic::in_file(codes::YAML_SYNTAX, Severity::Error, "this file cannot be formatted without a loss", path.clone());
    told.help("write its comments on lines of their own, and its texts without unusual folds")
}

fn unfit(path: &SourcePath) -> Diagnostic {
    let told =
        Diagnostic::in_file(codes::YAML_SYNTAX, Severity::Error, "this change does not fit between the lines of the file", path.clone());
    told.help("change it with a text editor, or format the file with `shopfront fmt` first")
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

    /// Whether what was written says what was meant.
    fn is_read_back(&self, path: &SourcePath, written: &str) -> bool {
        matches!(read(path, written), Ok(Some(again)) if again.document.says_the_same(&self.document))
    }
}

/// Reads a file, with everything that a reader of values drops; `None` where it is no map, or no YAML.
fn read(path: &SourcePath, text: &str) -> Result<Option<Parts>, Vec<Diagnostic>> {
    if !path.ends_with(".md") && !path.ends_with(".yaml") {
        return Ok(None);
    }
    let range = yaml_of(path, text)?;
    let body = path.ends_with(".md").then(|| text[range.1..].to_owned());
    let mut diagnostics = Vec::new();
    let node = yaml::read(path, text, range, &mut diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(diagnostics);
    }
    Ok(node.and_then(|node| grow::document(text, range, &node)).map(|document| Parts { document, body }))
}

/// Where the YAML of a file stands.
fn yaml_of(path: &SourcePath, text: &str) -> Result<(usize, usize), Vec<Diagnostic>> {
    let from = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if path.ends_with(".md") {
        front_matter::split(path, text, from).map(|parts| parts.yaml).map_err(|told| vec![told])
    } else {
        Ok((from, text.len()))
    }
}

/// Whether a file says nothing that a change could lose.
fn is_blank(path: &SourcePath, text: &str) -> bool {
    yaml_of(path, text).is_ok_and(|(from, to)| text[from..to].trim().is_empty())
}

#[cfg(test)]
mod tests;
