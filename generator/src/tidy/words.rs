//! How a text stands in YAML: without quotes only where every reader takes it for a text, whatever version of YAML it knows.

use std::fmt::Write as _;

/// Whether a program could take an unquoted word for something else than a text: a number, a truth value, a day, nothing. What YAML
/// 1.1 and 1.2 (core) resolve, both taken together.
pub(crate) fn is_misread(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let reserved = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    reserved.contains(&lower.as_str()) || is_numeric(&lower) || is_day(&lower)
}

/// Whether every program takes an unquoted word for this truth value or this number, and writes it back as it was.
pub(super) fn is_plain_value(word: &str) -> bool {
    if matches!(word, "true" | "false") {
        return true;
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_whole = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) && (whole == "0" || !whole.starts_with('0'));
    let is_fraction =
        fraction.is_none_or(|fraction| !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) && !fraction.ends_with('0'));
    // Larger ones lose digits in programs that have but one kind of number.
    is_whole && is_fraction && digits.len() <= 15 && word != "-0"
}

/// Numbers in all their forms: `007`, `24.90`, `1e3`, `.5`, `0x1F`, `0o7`, `1_000`, `12:30`, `.inf`.
fn is_numeric(lower: &str) -> bool {
    let digits = lower.strip_prefix(['-', '+']).unwrap_or(lower);
    if matches!(digits, ".inf" | ".nan") {
        return true;
    }
    if let Some(rest) = ["0x", "0o", "0b"].iter().find_map(|prefix| digits.strip_prefix(prefix)) {
        return !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    }
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b"._e+-:".contains(&b))
        // An exponent has its own sign; a range, `3-5`, is none.
        && digits.match_indices(['-', '+']).all(|(at, _)| digits[..at].ends_with('e'))
}

/// A day or an instant, as YAML 1.1 has them.
fn is_day(lower: &str) -> bool {
    let day = lower.get(..10).unwrap_or(lower);
    let mut parts = day.splitn(3, '-');
    let digits = |part: Option<&str>, most: usize| {
        part.is_some_and(|part| !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let (year, month) = (parts.next(), parts.next());
    let last = parts.next().map(|last| last.trim_end_matches(|c: char| !c.is_ascii_digit()));
    year.is_some_and(|year| year.len() == 4) && digits(year, 4) && digits(month, 2) && digits(last, 2)
}

/// A text on one line, quoted where it must be.
pub(crate) fn scalar(text: &str) -> String {
    if plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a text can stand without quotes, in block and flow style, whatever version of YAML reads it. Stricter
/// than the standard on purpose: quotes too many cost nothing.
pub(crate) fn plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let word = text.to_ascii_lowercase();
    let opening = if first.is_ascii_digit() {
        // `250 ml` is a text everywhere; `007`, `1e3`, `12:30`, `0x1F` and `2024-01-01` are not.
        text.contains(' ') && text.chars().any(char::is_alphabetic)
    } else {
        first.is_alphabetic()
    };
    opening
        && !is_misread(text)
        && !matches!(word.as_str(), "nan" | "inf" | "infinity")
        && !text.ends_with(' ')
        && text.chars().all(|c| (c.is_alphanumeric() || " -_./()+'&%;!?$=’“”–—·×é".contains(c)) && !unprintable(c))
}

/// A text in quotes: single ones where it holds what double ones would have to escape.
pub(crate) fn quoted(text: &str) -> String {
    let escapes = text.chars().any(|c| c == '\'' || unprintable(c));
    if text.contains(['"', '\\']) && !escapes {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if unprintable(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text of lines as a literal block: its head and its lines without indentation. `None` where only quotes give the text back.
pub(crate) fn block(text: &str) -> Option<(&'static str, std::str::Split<'_, char>)> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let blank_first = body.starts_with([' ', '\t', '\n']);
    let blank_last = body.is_empty() || body.ends_with(['\n', ' ', '\t']);
    if blank_first || blank_last || body.chars().any(|c| c != '\n' && unprintable(c)) {
        return None;
    }
    Some((if text.ends_with('\n') { "|" } else { "|-" }, body.split('\n')))
}

/// What does not survive outside quotes: controls, line ends of other kinds, byte order marks, unassigned ends.
fn unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_words_that_programs_misread() {
        for word in [
            "007",
            "24.90",
            "1e3",
            "1.5E-3",
            ".5",
            "5.",
            "+1",
            "-2",
            "0x1F",
            "0o17",
            "0b11",
            "1_000",
            "12:30",
            "12:30:45",
            ".inf",
            "-.INF",
            ".nan",
            "no",
            "No",
            "YES",
            "on",
            "Off",
            "y",
            "N",
            "true",
            "FALSE",
            "null",
            "~",
            "",
            "=",
            "<<",
            "2026-05-01",
            "2026-5-1",
            "2026-05-01T12:00:00Z",
            "2026-05-01 12:00",
            "28",
            "4006381333931",
        ] {
            assert!(is_misread(word), "{word}");
        }
        for word in [
            "380 g",
            "19%",
            "3-5",
            "250 ml",
            "A-7",
            "nothing",
            "yesterday",
            "ES 35*",
            "DE",
            "1 000",
            "2 x 3 cm",
            "tag = gift and price < 30",
            "-",
            ".",
            "https://a.example/",
            "2026",
            "v1.2",
        ] {
            assert_eq!(is_misread(word), word == "2026", "{word}");
        }
    }

    #[test]
    fn tells_values_that_come_back_as_they_were() {
        for word in ["true", "false", "0", "12", "-3", "9.5", "0.25"] {
            assert!(is_plain_value(word), "{word}");
        }
        for word in ["007", "24.90", "1e3", "TRUE", "no", "", "-0", "1.", ".5", "1_000", "12345678901234567", "0x1F"] {
            assert!(!is_plain_value(word), "{word}");
        }
    }
}
