//! Diagnostics as commands of GitHub's workflows, which become annotations of a pull request's lines.

use std::fmt::Write as _;

use super::{Sources, Texts, sorted};
use crate::diagnostic::{Diagnostic, codes};

/// One command a line. `folder` is where the shop lies in its repository, with a slash at the end, or empty.
pub fn render_github(diagnostics: &[Diagnostic], sources: &Sources<'_>, folder: &str) -> String {
    let mut texts = Texts::new(sources);
    let mut out = String::new();
    for told in sorted(diagnostics) {
        let _ = write!(out, "::{} file={}", told.severity.name(), property(&format!("{folder}{}", told.file)));
        if let Some(((line, column), (end_line, end_column))) = told.span.as_ref().and_then(|span| texts.lines(span)) {
            let _ = write!(out, ",line={line},endLine={end_line},col={column}");
            // GitHub knows ends of columns within one line alone.
            if line == end_line {
                let _ = write!(out, ",endColumn={end_column}");
            }
        }
        let title = codes::entry(told.code.0).map_or("", |entry| entry.title);
        let mut message = told.message.clone();
        if let Some(help) = &told.help {
            message += &format!("\n{help}");
        }
        let _ = writeln!(out, ",title={}::{}", property(&format!("{}: {title}", told.code)), data(&message));
    }
    out
}

/// A message: what ends a command is escaped (GitHub's `@actions/core`, `escapeData`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before the message (`escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
