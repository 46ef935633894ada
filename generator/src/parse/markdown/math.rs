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

/// The `<math>` of a formula.
pub(super) fn write(formula: &str, is_block: bool) -> Result<String, Wrong> {
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    match CONVERTER.convert_with_local_state(formula, display) {
        Ok(made) => Ok(without_styles(&made.mathml)),
        Err(error) => Err(Wrong { place: error.0.clone(), message: error.error_message() }),
    }
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
