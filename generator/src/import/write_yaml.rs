//! Writes YAML as a person would: block style, short flow maps in lists, quotes where a reader of YAML 1.1 or 1.2
//! could take a text for something else. The same value gives the same bytes.

use std::fmt;

use crate::tidy::words::{self, quoted, scalar};

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    /// A text, quoted where it must be.
    Text(String),
    /// A text that is always quoted, such as an address.
    Quoted(String),
    /// A text of lines, as a block.
    Lines(String),
    /// A number or a truth value, as it is.
    Bare(String),
    /// One entry a line.
    List(Vec<Yaml>),
    /// `[a, b]` where it fits a line.
    Row(Vec<Yaml>),
    /// One key a line.
    Map(Vec<(String, Yaml)>),
    /// `{a: 1, b: 2}`.
    Inline(Vec<(String, Yaml)>),
}

impl Yaml {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn bare(value: impl fmt::Display) -> Self {
        Self::Bare(format!("{value}"))
    }

    /// Whether it is written as nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(t) | Self::Quoted(t) | Self::Lines(t) | Self::Bare(t) => t.is_empty(),
            Self::List(items) | Self::Row(items) => items.is_empty(),
            Self::Map(entries) | Self::Inline(entries) => entries.is_empty(),
        }
    }

    /// The value on one line.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Text(text) | Self::Lines(text) => scalar(text),
            Self::Quoted(text) => quoted(text),
            Self::Bare(text) => text.clone(),
            Self::List(items) | Self::Row(items) => {
                format!("[{}]", items.iter().map(Self::inline).collect::<Vec<_>>().join(", "))
            }
            Self::Map(entries) | Self::Inline(entries) => {
                let entries: Vec<_> = entries.iter().map(|(k, v)| format!("{}: {}", scalar(k), v.inline())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }
}

/// Lines longer than this are broken up where the form allows it.
const WIDTH: usize = 110;

/// The whole document: a map whose empty values are left out.
pub(super) fn document(entries: Vec<(&str, Yaml)>) -> String {
    let entries: Vec<_> = entries.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key.to_owned(), value)).collect();
    let mut out = String::new();
    map(&mut out, &entries, 0);
    out
}

fn map(out: &mut String, entries: &[(String, Yaml)], indent: usize) {
    for (key, value) in entries {
        pad(out, indent);
        entry(out, key, value, indent);
    }
}

/// `key:` and its value, the cursor standing at the key's column.
fn entry(out: &mut String, key: &str, value: &Yaml, indent: usize) {
    out.push_str(&scalar(key));
    out.push(':');
    match value {
        Yaml::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            map(out, entries, indent + 2);
        }
        Yaml::List(items) if !items.is_empty() => list(out, items, indent + 2),
        Yaml::Row(items) if indent + key.len() + value.inline().chars().count() > WIDTH => list(out, items, indent + 2),
        Yaml::Lines(text) => lines(out, text, indent + 2),
        value => {
            out.push(' ');
            out.push_str(&value.inline());
            out.push('\n');
        }
    }
}

fn list(out: &mut String, items: &[Yaml], indent: usize) {
    out.push('\n');
    // A list looks the same all the way down: one long entry opens up the others too.
    let long = items.iter().any(|item| indent + 2 + item.inline().chars().count() > WIDTH);
    for item in items {
        pad(out, indent);
        out.push_str("- ");
        match item {
            Yaml::Map(entries) if !entries.is_empty() => block_item(out, entries, indent + 2),
            Yaml::Inline(entries) if long && !entries.is_empty() => block_item(out, entries, indent + 2),
            item => {
                out.push_str(&item.inline());
                out.push('\n');
            }
        }
    }
}

fn block_item(out: &mut String, entries: &[(String, Yaml)], indent: usize) {
    for (number, (key, value)) in entries.iter().enumerate() {
        if number > 0 {
            pad(out, indent);
        }
        entry(out, key, value, indent);
    }
}

/// A literal block, or quotes where a block could not give the text back.
fn lines(out: &mut String, text: &str, indent: usize) {
    let Some((head, lines)) = words::block(text) else {
        out.push(' ');
        out.push_str(&quoted(text));
        out.push('\n');
        return;
    };
    out.push(' ');
    out.push_str(head);
    out.push('\n');
    for line in lines {
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::tidy::words::plain;

    fn read(text: &str) -> Value {
        serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    #[test]
    fn quotes_what_a_reader_could_misread() {
        let risky = [
            "NO",
            "no",
            "Yes",
            "on",
            "y",
            "null",
            "~",
            "true",
            "1e3",
            "007",
            "12:30",
            "0x1F",
            "2024-01-01",
            "1_000",
            ".5",
            "+1",
            "-",
            "- a",
            "?",
            ": a",
            "a: b",
            "a #b",
            "#a",
            "@a",
            "`a",
            "%a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "[a]",
            "{a}",
            "a, b",
            "'",
            "\"",
            "a\"b'c",
            "\\",
            " a",
            "a ",
            "",
            "a\nb",
            "\t",
            "---",
            "...",
            "<<",
            "=",
            "a\u{85}b",
            "\u{feff}a",
            ".inf",
            "NaN",
            "0o7",
            "1.5.",
            "12e03",
            "{{ x }}",
            "a\u{2028}b",
            "é",
            "服装",
            "250 ml",
        ];
        for text in risky {
            let expected = Value::String(text.to_owned());
            let written = document(vec![("a", Yaml::List(vec![Yaml::Inline(vec![("k".into(), Yaml::text(text))])]))]);
            assert_eq!(read(&written)["a"][0]["k"], expected, "{written}");
            let written = document(vec![("a", Yaml::Map(vec![(text.to_owned(), Yaml::Lines(text.to_owned()))]))]);
            assert_eq!(read(&written)["a"][text], expected, "{written}");
        }
        assert!(!plain("No") && !plain("007") && plain("250 ml") && plain("Harbour mug"));
    }

    #[test]
    fn looks_as_if_written_by_hand() {
        let variant = |sku: &str, size: &str| {
            Yaml::Inline(vec![
                ("sku".into(), Yaml::text(sku)),
                ("options".into(), Yaml::Inline(vec![("Size".into(), Yaml::text(size))])),
                ("stock".into(), Yaml::bare(12)),
            ])
        };
        let written = document(vec![
            ("title", Yaml::text("Harbour mug")),
            ("summary", Yaml::text("")),
            ("description", Yaml::Lines("Hand-thrown.\n\n**Safe.**\n".into())),
            ("price", Yaml::bare("24.90")),
            ("images", Yaml::List(vec![Yaml::Map(vec![("url".into(), Yaml::Quoted("https://a.example/b.jpg".into()))])])),
            ("options", Yaml::Map(vec![("Size".into(), Yaml::Row(vec![Yaml::text("250 ml"), Yaml::text("350")]))])),
            ("variants", Yaml::List(vec![variant("MUG-250", "250 ml"), variant("MUG-350", "350")])),
        ]);
        insta::assert_snapshot!(written, @r#"
        title: Harbour mug
        description: |
          Hand-thrown.

          **Safe.**
        price: 24.90
        images:
          - url: "https://a.example/b.jpg"
        options:
          Size: [250 ml, "350"]
        variants:
          - {sku: MUG-250, options: {Size: 250 ml}, stock: 12}
          - {sku: MUG-350, options: {Size: "350"}, stock: 12}
        "#);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in any::<String>(), key in "[^\\x00]{1,12}") {
            let written = document(vec![
                ("text", Yaml::text(format!("x{text}"))),
                ("lines", Yaml::Lines(format!("{text}\n"))),
                ("row", Yaml::Row(vec![Yaml::text(text.clone()), Yaml::text("end")])),
                ("map", Yaml::Map(vec![(key.clone(), Yaml::text(text.clone()))])),
            ]);
            let value = read(&written);
            prop_assert_eq!(&value["text"], &Value::String(format!("x{text}")));
            prop_assert_eq!(&value["lines"], &Value::String(format!("{text}\n")));
            prop_assert_eq!(&value["row"][0], &Value::String(text.clone()));
            prop_assert_eq!(&value["map"][key.as_str()], &Value::String(text));
        }
    }
}
