//! Writes HTML that is escaped by construction: tags and attribute names are ours, everything else is text.

use std::fmt::Write;

/// HTML being written.
#[derive(Default)]
pub(crate) struct Html(String);

/// Attribute names and values. An empty value is written too, but not of what is only there or not.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Attributes without a value: what they mean is that they are there.
const BOOLEAN: [&str; 4] = ["checked", "formnovalidate", "required", "selected"];

impl Html {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Text.
    pub(crate) fn text(&mut self, text: &str) {
        escape(&mut self.0, text);
    }

    /// An element with content.
    pub(crate) fn el(&mut self, tag: &'static str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.void(tag, attributes);
        content(self);
        // Writing to a string cannot fail.
        let _ = write!(self.0, "</{tag}>");
    }

    /// An element that has no content, such as `input`.
    pub(crate) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        let _ = write!(self.0, "<{tag}");
        for (name, value) in attributes {
            let _ = write!(self.0, " {name}");
            if BOOLEAN.contains(name) {
                continue;
            }
            self.0.push_str("=\"");
            escape(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// What was written elsewhere.
    pub(crate) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// Text as HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(&mut html, text);
    html
}

fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_text_and_attributes() {
        let mut html = Html::new();
        html.el("a", &[("href", "\"><script>")], |h| h.text("<b> & 'c'"));
        html.void("input", &[("value", ""), ("checked", "")]);
        let expected = "<a href=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt; &amp; &#39;c&#39;</a><input value=\"\" checked>";
        assert_eq!(html.into_string(), expected);
    }
}
