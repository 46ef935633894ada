//! Highlights fenced code by classes (`hl-…`), whose colours are the theme's. Loads the grammars,
//! about a megabyte, when the first piece of code that may need them appears.

use std::sync::LazyLock;
use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// Longer code stays plain, in bytes: its colours would weigh more than they help.
const MAX_BYTES: usize = 100_000;
/// Code with a longer line stays plain, in bytes: regular expressions may take long on it.
const MAX_LINE_BYTES: usize = 4_000;

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// The code as HTML, or `None` where the language is unknown or the code is not to be highlighted.
pub(super) fn highlight(language: &str, code: &str) -> Option<String> {
    if language.is_empty() || is_plain(language) {
        return None;
    }
    if code.len() > MAX_BYTES || code.lines().any(|line| line.len() > MAX_LINE_BYTES) {
        return None;
    }
    let grammar = GRAMMARS.find_syntax_by_token(grammar_name(language))?;
    let style = ClassStyle::SpacedPrefixed { prefix: "hl-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(grammar, &GRAMMARS, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

/// Names that say 'no language', known without the grammars.
fn is_plain(language: &str) -> bool {
    ["text", "txt", "plain", "plaintext", "none"].iter().any(|name| language.eq_ignore_ascii_case(name))
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
