//! Highlights fenced code by classes (`hl-…`), whose colours are the theme's. Loads the grammars,
//! about a megabyte, when the first piece of code that may need them appears.

use super::fence::Fence;
use std::fmt::Write as _;
use std::sync::LazyLock;
use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::{SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

/// Longer code stays plain, in bytes: its colours would weigh more than they help.
const MAX_BYTES: usize = 100_000;
/// Code with a longer line stays plain, in bytes: regular expressions may take long on it.
const MAX_LINE_BYTES: usize = 4_000;
/// In all of a text, in bytes: what comes after it stays plain, so that no text takes for ever.
pub(super) const MAX_TEXT_BYTES: usize = 400_000;

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// A language, as far as it is known here.
pub(super) enum Language {
    /// None, or a name that says so.
    None,
    /// With a grammar.
    Known(&'static SyntaxReference),
    /// No grammar has this name; one that is near.
    Unknown(Option<String>),
}

impl Language {
    pub(super) fn of(name: &str) -> Self {
        if name.is_empty() || is_plain(name) {
            return Self::None;
        }
        match GRAMMARS.find_syntax_by_token(grammar_name(name)) {
            Some(grammar) => Self::Known(grammar),
            None => Self::Unknown(nearest(name)),
        }
    }
}

/// The code as HTML, or `None` where it is not to be highlighted.
pub(super) fn highlight(grammar: &SyntaxReference, code: &str) -> Option<String> {
    if code.len() > MAX_BYTES || code.lines().any(|line| line.len() > MAX_LINE_BYTES) {
        return None;
    }
    let style = ClassStyle::SpacedPrefixed { prefix: "hl-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(grammar, &GRAMMARS, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

/// Puts every line of highlighted or escaped code into an element of its own. Its number is an attribute, which a sheet shows and nobody
/// copies. What is open at the end of a line is closed there and opened again in the next.
pub(super) fn in_lines(html: &str, fence: &Fence<'_>) -> String {
    let mut out = String::with_capacity(html.len() * 2);
    let mut open: Vec<&str> = Vec::new();
    // What is open at the end of all is ended behind the last line's end.
    let code = Some(html.trim_end_matches("</span>")).filter(|code| code.ends_with('\n')).unwrap_or(html);
    for (index, line) in (0_u32..).zip(code.lines()) {
        let element = if fence.is_marked(index + 1) { "mark" } else { "span" };
        let _ = write!(out, "<{element} class=\"code__line\"");
        if fence.numbers {
            let _ = write!(out, " data-line=\"{}\"", fence.start.saturating_add(index));
        }
        out.push('>');
        for tag in &open {
            out.push_str(tag);
        }
        out.push_str(line);
        follow(line, &mut open);
        for _ in &open {
            out.push_str("</span>");
        }
        let _ = write!(out, "\n</{element}>");
    }
    out
}

/// Which elements are open after a line.
fn follow<'h>(line: &'h str, open: &mut Vec<&'h str>) {
    for (at, _) in line.match_indices('<') {
        if line[at..].starts_with("</") {
            open.pop();
        } else if let Some(end) = line[at..].find('>') {
            open.push(&line[at..=at + end]);
        }
    }
}

/// Names that say 'no language', known without the grammars.
fn is_plain(language: &str) -> bool {
    ["text", "txt", "plain", "plaintext", "none", "output"].iter().any(|name| language.eq_ignore_ascii_case(name))
}

/// Names in use for languages whose grammars know them under another one.
fn grammar_name(language: &str) -> &str {
    match language {
        "shell" | "console" => "sh",
        "jsonc" | "json5" => "json",
        "golang" => "go",
        language => language,
    }
}

fn nearest(name: &str) -> Option<String> {
    let names = || GRAMMARS.syntaxes().iter().flat_map(|grammar| std::iter::once(&grammar.name).chain(&grammar.file_extensions));
    let known: Vec<String> = names().map(|name| name.to_lowercase()).filter(|name| !name.contains(' ')).collect();
    crate::diagnostic::nearest(&name.to_lowercase(), known.iter().map(String::as_str)).map(str::to_owned)
}
