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

/// No formula that somebody reads has so many commands, braces and comments. The library goes down as deep as they take each other, in the
/// worst case all of them.
const MOST_STEPS: usize = 1_000;
/// So many are read on whatever thread it is.
const FEW_STEPS: usize = 20;
/// For [`MOST_STEPS`] that take each other, in bytes. In a development build 2 MiB hold 60 of them and not 100: between 20 and 35 kB each.
const STACK: usize = 64 << 20;

/// The `<math>` of a formula.
pub(super) fn write(formula: &str, is_block: bool) -> Result<String, Wrong> {
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    let convert = || CONVERTER.convert_with_local_state(formula, display);
    let made = if steps(formula)? <= FEW_STEPS {
        convert()
    } else {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, convert).expect("the system has a thread");
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    };
    match made {
        Ok(made) => Ok(without_styles(&made.mathml)),
        Err(error) => Err(Wrong { place: error.0.clone(), message: error.error_message() }),
    }
}

/// How many commands, braces and comments a formula has, each of which may lead one step deeper: what closes them may be missing, or mean
/// something else. Else where there are more than [`MOST_STEPS`].
fn steps(formula: &str) -> Result<usize, Wrong> {
    let bytes = formula.as_bytes();
    let (mut steps, mut at) = (0_usize, 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'\\' => {
                let name = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                at = (at + name.max(1)).min(bytes.len());
                steps += 1;
            }
            b'{' | b'^' | b'_' | b'%' => steps += 1,
            _ => {}
        }
        if steps > MOST_STEPS {
            let end = at.max(start + 1);
            let place = start..if formula.is_char_boundary(end) { end } else { start + 1 };
            return Err(Wrong { place, message: format!("it has more than {MOST_STEPS} commands, braces and comments") });
        }
    }
    Ok(steps)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_of_any_depth_are_made_or_refused() {
        for (formula, told) in [
            (format!("{}2", "\\frac{1}".repeat(450)), None),
            (format!("{}2", "\\sqrt[3]".repeat(900)), None),
            (format!("{}2", "\\frac1".repeat(60_000)), Some("1000 commands")),
            (format!("{}x{}", "{".repeat(400), "}".repeat(400)), None),
            (format!("{}x{}", "{".repeat(1_500), "}".repeat(1_500)), Some("1000 commands")),
            (format!("a{}", "^a".repeat(2_000)), Some("1000 commands")),
            (format!("x{}y", "%\n".repeat(900)), None),
            (format!("x{}y", "%\n".repeat(50_000)), Some("1000 commands")),
        ] {
            let found = write(&formula, true).err().map(|wrong| wrong.message);
            match (told, &found) {
                (Some(told), Some(message)) => assert!(message.contains(told), "{message}"),
                _ => assert_eq!(found, None),
            }
        }
        // What closes nothing closes nothing; whatever the library says of it, it says.
        for (begin, end) in [("{]", "}"), ("\\left({]", "}\\right)"), ("{\\right", "}"), ("\\begin{", "}"), ("[{", "}]"), ("x_{", "}")] {
            for count in [10, 100, 300, 900, 5_000] {
                let _ = write(&format!("{}x{}", begin.repeat(count), end.repeat(count)), false);
            }
        }
    }
}
