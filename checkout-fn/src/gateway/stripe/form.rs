//! Bodies and queries as Stripe reads them: `application/x-www-form-urlencoded`, nested names in brackets. The same puts in
//! the same order give the same bytes, which is what a request sent again under its idempotency key has to have.

use std::fmt::{Display, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a value is written without: everything but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a part of a path is written without. Not even points: `..` would be another path.
const ESCAPED_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// A form that is being written.
#[derive(Debug, Default)]
pub(crate) struct Form(String);

impl Form {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Puts a value after the others. Names are ours, such as `line_items[0][quantity]`, and need no escaping.
    pub(crate) fn put(&mut self, name: &str, value: impl Display) -> &mut Self {
        debug_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-[]".contains(&b)), "`{name}` needs no escaping");
        let separator = if self.0.is_empty() { "" } else { "&" };
        let value = value.to_string();
        let value = utf8_percent_encode(&value, ESCAPED);
        write!(self.0, "{separator}{name}={value}").expect("a text takes what is written to it");
        self
    }

    /// Puts a value if there is one. Stripe reads an empty text as 'unset this', and mostly refuses it.
    pub(crate) fn put_some(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// What was written.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// An id as a part of a path. Ids from notices and return addresses are only texts until Stripe knows them.
pub(crate) fn in_path(id: &str) -> impl Display + '_ {
    utf8_percent_encode(id, ESCAPED_IN_PATH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_values_and_nothing_else() {
        let cases = [
            ("plain", "plain"),
            ("a b+c", "a%20b%2Bc"),
            ("Tea & Milk = 100%", "Tea%20%26%20Milk%20%3D%20100%25"),
            ("Zoë × 3", "Zo%C3%AB%20%C3%97%203"),
            ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D"),
            ("x\r\n\0", "x%0D%0A%00"),
        ];
        for (value, escaped) in cases {
            let text = Form::new().put("line_items[0][name]", value).finish();
            assert_eq!(text, format!("line_items[0][name]={escaped}"));
            let back: Vec<(String, String)> = serde_urlencoded::from_str(&text).expect("a form");
            assert_eq!(back, [("line_items[0][name]".to_owned(), value.to_owned())]);
        }
    }

    #[test]
    fn keeps_the_order_and_leaves_out_what_is_not_there() {
        let text = Form::new().put("b", 2).put_some("c", None).put_some("d", Some("")).put("a", true).put_some("b", Some("3")).finish();
        assert_eq!(text, "b=2&a=true&b=3");
    }

    #[test]
    fn an_id_stays_one_part_of_a_path() {
        assert_eq!(in_path("cs_test_a-1").to_string(), "cs_test_a-1");
        assert_eq!(in_path("../refunds?x#y").to_string(), "%2E%2E%2Frefunds%3Fx%23y");
    }
}
