//! Character references to the signs that mark blocks. Raw characters are gone when a text is parsed; these would bring them back, in Markdown
//! as well as in raw HTML, whose cleaner reads them too.

use std::borrow::Cow;

use crate::site::without_marks as plain;

/// The text in as many bytes, in which no character reference means a mark.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    let mut out: Option<Vec<u8>> = None;
    for (at, _) in text.match_indices("&#") {
        let rest = &text[at + 2..];
        let (radix, rest) = rest.strip_prefix(['x', 'X']).map_or((10, rest), |rest| (16, rest));
        let is_digit = |c: char| c.is_digit(radix);
        let written = &rest[..rest.find(|c| !is_digit(c)).unwrap_or(rest.len())];
        let digits = written.trim_start_matches('0');
        let meant = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        if meant.is_some_and(|meant| matches!(plain(meant.encode_utf8(&mut [0; 4])), Cow::Owned(_))) {
            // As many digits as the marks have.
            let instead = if radix == 16 { "FFFD" } else { "65533" };
            let from = digits.as_ptr() as usize - text.as_ptr() as usize;
            out.get_or_insert_with(|| text.as_bytes().to_vec())[from..from + instead.len()].copy_from_slice(instead.as_bytes());
        }
    }
    out.map_or(Cow::Borrowed(text), |bytes| Cow::Owned(String::from_utf8(bytes).expect("digits took the place of digits")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reference_means_a_mark() {
        for (text, expected) in [
            ("a &#xFDD0; b &#xfdd1 c", "a &#xFFFD; b &#xFFFD c"),
            ("&#64976;&#064977;&#X0000fdd2;", "&#65533;&#065533;&#X0000FFFD;"),
            ("&#xFDD;&#xFDD3;&#649760;&#x;&#;&#xFDD0F;&amp;#xFDD0;", "&#xFDD;&#xFDD3;&#649760;&#x;&#;&#xFDD0F;&amp;#xFDD0;"),
            ("&#99999999999999999999;", "&#99999999999999999999;"),
        ] {
            assert_eq!(without_marks(text), expected);
        }
    }
}
