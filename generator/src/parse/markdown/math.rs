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

/// No formula that somebody reads has braces nested so deep.
const DEEPEST: usize = 40;
/// Nor so many commands. The library goes down as deep as commands take each other, in the worst case all of them.
const MOST_COMMANDS: usize = 1_000;
/// So many are read on whatever thread it is.
const FEW_COMMANDS: usize = 40;
/// For [`MOST_COMMANDS`] that take each other, in bytes: measured at 17 kB a command in a development build.
const STACK: usize = 64 << 20;

/// The `<math>` of a formula.
pub(super) fn write(formula: &str, is_block: bool) -> Result<String, Wrong> {
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    let convert = || CONVERTER.convert_with_local_state(formula, display);
    let made = if commands(formula)? <= FEW_COMMANDS {
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

/// How many commands a formula has, each of which may take the next; or where it goes deeper than [`DEEPEST`], within braces and within
/// what `\left` and `\begin` begin, or beyond [`MOST_COMMANDS`].
fn commands(formula: &str) -> Result<usize, Wrong> {
    let bytes = formula.as_bytes();
    let (mut open, mut commands, mut at) = (0_usize, 0_usize, 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'\\' => {
                let name = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                at = (at + name.max(1)).min(bytes.len());
                match &bytes[start + 1..at] {
                    b"left" | b"begin" => open += 1,
                    b"right" | b"end" => open = open.saturating_sub(1),
                    _ => commands += 1,
                }
            }
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            b'^' | b'_' => commands += 1,
            _ => {}
        }
        let wrong = |message: String| {
            let end = at.max(start + 1);
            Wrong { place: start..if formula.is_char_boundary(end) { end } else { start + 1 }, message }
        };
        if open > DEEPEST {
            return Err(wrong(format!("it is nested more than {DEEPEST} deep")));
        }
        if commands > MOST_COMMANDS {
            return Err(wrong(format!("it has more than {MOST_COMMANDS} commands")));
        }
    }
    Ok(commands)
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
            (format!("{}2", "\\frac{1}".repeat(900)), None),
            (format!("{}2", "\\sqrt[3]".repeat(900)), None),
            (format!("{}2", "\\frac1".repeat(60_000)), Some("1000 commands")),
            (format!("{}x{}", "{".repeat(50), "}".repeat(50)), Some("40 deep")),
            (format!("a{}", "^a".repeat(2_000)), Some("1000 commands")),
        ] {
            let found = write(&formula, true).err().map(|wrong| wrong.message);
            match (told, &found) {
                (Some(told), Some(message)) => assert!(message.contains(told), "{message}"),
                _ => assert_eq!(found, None),
            }
        }
    }
}
