//! From values to lines: two spaces for each level, lists further right than their key, brackets where they fit on a line, comments
//! where they were.

use super::tree::{Collection, Document, Entry, Form, Scalar, Tree};
use super::words;

/// Brackets over several lines are joined up to so many characters, else opened up.
pub(super) const WIDTH: usize = 110;

/// The text of a document. Lines of the outermost map's entries that are kept are written as they are.
pub(super) fn write(document: &Document) -> String {
    let mut out = String::new();
    push_lines(&mut out, 0, &document.head);
    match &document.root {
        // Of a map that nothing is left of, the brackets are.
        Tree::Block(map) if map.entries.is_empty() => push_line(&mut out, 0, "{}"),
        Tree::Block(map) => {
            for (number, entry) in map.entries.iter().enumerate() {
                match &entry.written {
                    Some(lines) if number > 0 => out.push_str(lines),
                    Some(lines) => out.push_str(lines.trim_start_matches('\n')),
                    None => {
                        let is_first = number == 0 && document.head.last().is_none_or(String::is_empty);
                        let before = if is_first { without_empty_start(&entry.before) } else { &entry.before };
                        push_lines(&mut out, 0, before);
                        push_entry(&mut out, entry, 0);
                    }
                }
                if !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            push_lines(&mut out, 0, &map.tail);
        }
        other => push_line(&mut out, 0, &inline(other)),
    }
    push_lines(&mut out, 0, &document.tail);
    out
}

fn without_empty_start(notes: &[String]) -> &[String] {
    let start = notes.iter().position(|note| !note.is_empty()).unwrap_or(notes.len());
    &notes[start..]
}

fn push_lines(out: &mut String, indent: usize, lines: &[String]) {
    for line in lines {
        push_line(out, indent, line);
    }
}

fn push_line(out: &mut String, indent: usize, line: &str) {
    if !line.is_empty() {
        pad(out, indent);
        out.push_str(line);
    }
    out.push('\n');
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn entries(out: &mut String, collection: &Collection, indent: usize) {
    for entry in &collection.entries {
        push_lines(out, indent, &entry.before);
        pad(out, indent);
        push_entry(out, entry, indent);
    }
    push_lines(out, indent, &collection.tail);
}

/// An entry, the cursor standing at its column.
fn push_entry(out: &mut String, entry: &Entry, indent: usize) {
    let lead = out.len();
    match &entry.key {
        Some(key) => {
            out.push_str(&inline_scalar(key));
            out.push(':');
        }
        None => out.push('-'),
    }
    match &entry.value {
        Tree::Scalar(scalar) => push_scalar(out, scalar, indent + 2),
        Tree::Flow(flow) if flow.entries.is_empty() || flow.is_one_line || fits(flow, indent + (out.len() - lead)) => {
            out.push(' ');
            out.push_str(&inline(&entry.value));
        }
        Tree::Flow(inner) | Tree::Block(inner) => {
            push_collection(out, entry, inner, indent + 2);
            return;
        }
    }
    push_after(out, entry);
}

fn push_after(out: &mut String, entry: &Entry) {
    if let Some(after) = &entry.after {
        out.push_str(after);
    }
    out.push('\n');
}

fn fits(flow: &Collection, indent: usize) -> bool {
    indent + 1 + inline_collection(flow).chars().count() <= WIDTH
}

fn push_collection(out: &mut String, entry: &Entry, inner: &Collection, indent: usize) {
    if entry.key.is_some() {
        // Behind brackets that are opened up the comment has its place behind the key.
        if let Some(head) = entry.head.as_ref().or(entry.after.as_ref()) {
            out.push(' ');
            out.push_str(head.trim());
        }
        out.push('\n');
        entries(out, inner, indent);
        return;
    }
    // What is in a list begins behind the dash; comments above its first entry stand above the dash already.
    let Some((first, rest)) = inner.entries.split_first() else { return out.push('\n') };
    if first.before.is_empty() {
        out.push(' ');
    } else {
        out.push('\n');
        push_lines(out, indent, &first.before);
        pad(out, indent);
    }
    push_entry(out, first, indent);
    for entry in rest {
        push_lines(out, indent, &entry.before);
        pad(out, indent);
        push_entry(out, entry, indent);
    }
    push_lines(out, indent, &inner.tail);
}

fn push_scalar(out: &mut String, scalar: &Scalar, indent: usize) {
    match &scalar.form {
        Form::Line(line) if line.is_empty() => {}
        Form::Line(line) => {
            out.push(' ');
            out.push_str(line);
        }
        Form::Lines(lines) | Form::Block(_, lines) => {
            let mut lines = lines.iter();
            let first = match &scalar.form {
                Form::Block(head, _) => Some(head),
                _ => lines.next(),
            };
            out.push(' ');
            out.push_str(first.map_or("", String::as_str));
            for line in lines {
                out.push('\n');
                if !line.is_empty() {
                    pad(out, indent);
                    out.push_str(line);
                }
            }
        }
    }
}

/// A value on one line.
pub(super) fn inline(value: &Tree) -> String {
    match value {
        Tree::Scalar(scalar) => inline_scalar(scalar),
        Tree::Flow(collection) | Tree::Block(collection) => inline_collection(collection),
    }
}

fn inline_collection(collection: &Collection) -> String {
    let entries = collection.entries.iter().map(|entry| match &entry.key {
        Some(key) => format!("{}: {}", inline_scalar(key), inline(&entry.value)),
        None => inline(&entry.value),
    });
    let entries = entries.collect::<Vec<_>>().join(", ");
    if collection.is_list { format!("[{entries}]") } else { format!("{{{entries}}}") }
}

fn inline_scalar(scalar: &Scalar) -> String {
    match (&scalar.form, &scalar.text) {
        (Form::Line(line), None) if line.is_empty() => "null".to_owned(),
        (Form::Line(line), _) => line.clone(),
        (_, text) => words::quoted(text.as_deref().unwrap_or("")),
    }
}

impl Scalar {
    /// A text as one writes it anew: a block where it has several lines, quotes where a program could misread it.
    pub(super) fn of(text: &str) -> Self {
        let block = Some(text).filter(|text| text.contains('\n')).and_then(words::block);
        let form = match block {
            Some((head, lines)) => Form::Block(head.to_owned(), lines.map(str::to_owned).collect()),
            None => Form::Line(words::scalar(text)),
        };
        Self { text: Some(text.to_owned()), form }
    }

    /// A word that stands as it is: a number, `true`.
    pub(super) fn bare(text: &str) -> Self {
        Self { text: Some(text.to_owned()), form: Form::Line(text.to_owned()) }
    }
}
