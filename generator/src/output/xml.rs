//! What texts may not hold in XML.

/// Without the characters that XML 1.0 cannot hold at all (section 2.2), such as the form feed that comes along with text from a PDF.
pub(super) fn valid(mut text: String) -> String {
    text.retain(|c| !(c.is_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}')));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reader_takes_is_left_out() {
        assert_eq!(valid("a\u{7}b\u{c}c\td\ne\u{ffff}ü😀".to_owned()), "abc\td\neü😀");
    }
}
