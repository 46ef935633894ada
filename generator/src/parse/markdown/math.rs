//! Formulas between dollar signs as `MathML`, which browsers show by themselves. Styles, which the site's policy forbids, become classes.

use math_core::{LatexToMathML, MathDisplay};
use std::ops::Range;
use std::sync::LazyLock;

static CONVERTER: LazyLock<LatexToMathML> = LazyLock::new(LatexToMathML::default);

/// What is wrong with a formula.
pub(super) struct Wrong {
    /// In the formula.
    pub(super) place: Range<usize>,
    pub(super) message: String,
}

/// No formula that somebody reads is nested so deep; the library goes down as deep as the formula does.
const DEEPEST: usize = 40;

/// The `<math>` of a formula.
pub(super) fn write(formula: &str, is_block: bool) -> Result<String, Wrong> {
    if let Some(place) = too_deep(formula) {
        return Err(Wrong { place, message: format!("it is nested more than {DEEPEST} deep") });
    }
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    match CONVERTER.convert_with_local_state(formula, display) {
        Ok(made) => Ok(without_styles(&made.mathml)),
        Err(error) => Err(Wrong { place: error.0.clone(), message: error.error_message() }),
    }
}

/// Where a formula goes deeper than [`DEEPEST`]: within braces, within what `\left` and `\begin` begin, or by commands that take each other.
fn too_deep(formula: &str) -> Option<Range<usize>> {
    let bytes = formula.as_bytes();
    let (mut open, mut run, mut at) = (0_usize, 0_usize, 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'\\' => {
                let name = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                at = (at + name.max(1)).min(bytes.len());
                match &formula.as_bytes()[start + 1..at] {
                    b"left" | b"begin" => open += 1,
                    b"right" | b"end" => open = open.saturating_sub(1),
                    _ => run += 1,
                }
            }
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open = open.saturating_sub(1);
                run = 0;
            }
            b'^' | b'_' => run += 1,
            byte if byte.is_ascii_whitespace() => {}
            _ => run = 0,
        }
        if open + run > DEEPEST {
            return Some(start..at.max(start + 1)).filter(|place| formula.is_char_boundary(place.end)).or(Some(start..start + 1));
        }
    }
    None
}

/// Styles that mean something, as classes of the theme.
const CLASSES: [(&str, &str); 4] = [
    ("text-align: left", "math-left"),
    ("text-align: right", "math-right"),
    ("border-top", "math-line-above"),
    ("border-bottom", "math-line-below"),
];

/// The library writes styles in one way, and escapes quotes elsewhere.
fn without_styles(mathml: &str) -> String {
    const BEGIN: &str = " style=\"";
    let mut out = String::with_capacity(mathml.len());
    let mut rest = mathml;
    while let Some(at) = rest.find(BEGIN) {
        out.push_str(&rest[..at]);
        let styles = &rest[at + BEGIN.len()..];
        let end = styles.find('"').unwrap_or(styles.len());
        let classes: Vec<&str> = CLASSES.iter().filter(|(style, _)| styles[..end].contains(style)).map(|(_, class)| *class).collect();
        if !classes.is_empty() {
            out.push_str(" class=\"");
            out.push_str(&classes.join(" "));
            out.push('"');
        }
        rest = styles.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
