//! Front matter and settings of other generators: YAML, TOML or JSON to one tree of texts that know their lines.

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, SourcePath};
use crate::import::ImportError;
use crate::parse::yaml;

/// A value and its line in the file, 1-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Value {
    pub(in crate::import) line: usize,
    pub(in crate::import) kind: Kind,
}

/// What stands there. Numbers, dates and truth values are texts: what they mean is decided by their key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) enum Kind {
    Nothing,
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A map without entries.
    pub(in crate::import) fn empty() -> Self {
        Self { line: 1, kind: Kind::Map(Vec::new()) }
    }

    /// The entries of a map; none of anything else.
    pub(in crate::import) fn entries(&self) -> &[(String, Self)] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The value of a key; where none has these very letters, capitals do not count.
    pub(in crate::import) fn get(&self, key: &str) -> Option<&Self> {
        let entries = self.entries();
        let exact = entries.iter().find(|(name, _)| name == key);
        exact.or_else(|| entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))).map(|(_, value)| value)
    }

    /// The text of a scalar; empty for anything else.
    pub(in crate::import) fn text(&self) -> &str {
        if let Kind::Text(text) = &self.kind { text } else { "" }
    }

    /// The text of a key's scalar; empty where there is none.
    pub(in crate::import) fn text_of(&self, key: &str) -> &str {
        self.get(key).map_or("", Self::text)
    }

    /// The texts of a list, or the one text.
    pub(in crate::import) fn texts(&self) -> Vec<&str> {
        match &self.kind {
            Kind::List(items) => items.iter().map(Self::text).filter(|text| !text.is_empty()).collect(),
            Kind::Text(text) if !text.is_empty() => vec![text],
            _ => Vec::new(),
        }
    }

    /// The value on one line, for reports.
    pub(in crate::import) fn shown(&self) -> String {
        match &self.kind {
            Kind::Nothing => String::new(),
            Kind::Text(text) => text.clone(),
            Kind::List(items) => items.iter().map(Self::shown).collect::<Vec<_>>().join(", "),
            Kind::Map(entries) => entries.iter().map(|(key, value)| format!("{key}: {}", value.shown())).collect::<Vec<_>>().join(", "),
        }
    }
}

/// Front matter and what stands below it.
#[derive(Debug)]
pub(in crate::import) struct Matter<'a> {
    pub(in crate::import) values: Value,
    pub(in crate::import) body: &'a str,
    /// The line on which the body begins, 1-based.
    pub(in crate::import) body_line: usize,
    /// What was read in spite of a mistake: its line and what is wrong.
    pub(in crate::import) mistakes: Vec<(usize, String)>,
}

/// A file's front matter: YAML between `---`, TOML between `+++`, or a JSON object. `None` where it has none.
pub(in crate::import) fn split<'a>(file: &str, text: &'a str) -> Result<Option<Matter<'a>>, ImportError> {
    let first = text.lines().next().unwrap_or("").trim_end();
    let mut mistakes = Vec::new();
    let (values, body) = match first {
        "---" | "+++" => {
            let (from, to, body) = fenced(text, first)?;
            let inner = &text[from..to];
            let values = if first == "+++" { toml(inner, 2)? } else { yaml(file, text, (from, to), &mut mistakes)? };
            (values, body)
        }
        _ if first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%") => {
            let mut json = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
            match json.next() {
                Some(Ok(serde_json::Value::Object(_))) => {}
                Some(Err(error)) => return Err(error_at(Some(error.line()), format!("the JSON front matter cannot be read: {error}"))),
                _ => return Ok(None),
            }
            let end = json.byte_offset();
            // JSON is YAML, and so keeps its lines.
            (yaml(file, text, (0, end), &mut mistakes)?, text[end..].trim_start_matches([' ', '\t']).trim_start_matches('\n'))
        }
        _ => return Ok(None),
    };
    let body_line = line_at(text, text.len() - body.len());
    Ok(Some(Matter { values, body, body_line, mistakes }))
}

fn fenced<'a>(text: &'a str, fence: &str) -> Result<(usize, usize, &'a str), ImportError> {
    let from = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let end = at + line.len();
        let closing = line.trim_end();
        if closing == fence || (fence == "---" && closing == "...") {
            return Ok((from, at, &text[end..]));
        }
        at = end;
    }
    Err(error_at(Some(1), format!("the front matter that begins with `{fence}` has no end")))
}

/// A whole file of settings, by its ending.
pub(in crate::import) fn settings(file: &str, text: &str, mistakes: &mut Vec<(usize, String)>) -> Result<Value, ImportError> {
    if file.ends_with(".toml") { toml(text, 1) } else { yaml(file, text, (0, text.len()), mistakes) }
}

fn yaml(file: &str, text: &str, range: (usize, usize), mistakes: &mut Vec<(usize, String)>) -> Result<Value, ImportError> {
    let path = SourcePath::from(file);
    let mut told = Vec::new();
    let node = yaml::read(&path, text, range, &mut told);
    let place = |told: &Diagnostic| told.span.as_ref().map(|span| line_at(text, span.start as usize));
    match node {
        Some(node) => {
            mistakes.extend(told.iter().map(|told| (place(told).unwrap_or(1), told.message.clone())));
            let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
            Ok(of_yaml(&node, &lines))
        }
        None => match told.first() {
            Some(told) => Err(ImportError {
                help: told.help.clone().unwrap_or_else(|| HELP.to_owned()),
                ..error_at(place(told), told.message.clone())
            }),
            None => Ok(Value::empty()),
        },
    }
}

const HELP: &str = "correct it in the old site and import again";

fn error_at(line: Option<usize>, message: String) -> ImportError {
    ImportError { line, column: None, message, help: HELP.to_owned() }
}

fn of_yaml(node: &yaml::Node, lines: &[usize]) -> Value {
    let kind = match &node.value {
        yaml::Value::Null | yaml::Value::Refused => Kind::Nothing,
        yaml::Value::Scalar(text, _) => Kind::Text(text.trim().to_owned()),
        yaml::Value::List(items) => Kind::List(items.iter().map(|item| of_yaml(item, lines)).collect()),
        yaml::Value::Map(entries) => {
            let entry = |(key, node): &(yaml::Key, yaml::Node)| {
                let value = of_yaml(node, lines);
                (key.text.clone(), Value { line: line_in(lines, key.start as usize), ..value })
            };
            Kind::Map(entries.iter().map(entry).collect())
        }
    };
    Value { line: line_in(lines, node.start as usize), kind }
}

/// TOML that begins on line `first` of its file.
fn toml(text: &str, first: usize) -> Result<Value, ImportError> {
    let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| line_in(&lines, span.start) + first - 1);
        error_at(line, format!("this is not TOML: {}", error.message()))
    })?;
    Ok(Value { line: first, kind: of_table(table.get_ref(), &lines, first) })
}

fn of_table(table: &DeTable<'_>, lines: &[usize], first: usize) -> Kind {
    let mut entries: Vec<(String, Value)> = table
        .iter()
        .map(|(key, value)| {
            let line = line_in(lines, key.span().start) + first - 1;
            (key.get_ref().to_string(), Value { line, kind: of_toml(value.get_ref(), lines, first) })
        })
        .collect();
    // A table of TOML has no order of its own; the lines have.
    entries.sort_by(|a, b| (a.1.line, &a.0).cmp(&(b.1.line, &b.0)));
    Kind::Map(entries)
}

fn of_toml(value: &DeValue<'_>, lines: &[usize], first: usize) -> Kind {
    match value {
        DeValue::String(text) => Kind::Text(text.trim().to_owned()),
        DeValue::Integer(number) => Kind::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Kind::Text(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Kind::Text(flag.to_string()),
        DeValue::Datetime(time) => Kind::Text(time.to_string()),
        DeValue::Array(items) => Kind::List(
            items
                .iter()
                .map(|item| Value { line: line_in(lines, item.span().start) + first - 1, kind: of_toml(item.get_ref(), lines, first) })
                .collect(),
        ),
        DeValue::Table(table) => of_table(table, lines, first),
    }
}

/// The lines of bytes that are asked for in their order: each is counted once.
#[derive(Debug)]
pub(in crate::import) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(in crate::import) fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a byte, 1-based; one before the last that was asked for is on that one's line.
    pub(in crate::import) fn line(&mut self, at: usize) -> usize {
        let at = at.clamp(self.at, self.text.len());
        self.line += self.text.as_bytes()[self.at..at].split(|byte| *byte == b'\n').count() - 1;
        self.at = at;
        self.line
    }
}

/// The line of a byte, 1-based.
pub(in crate::import) fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].split(|byte| *byte == b'\n').count()
}

fn line_in(lines: &[usize], at: usize) -> usize {
    lines.partition_point(|end| *end < at) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_languages_say_the_same() {
        let files = [
            "---\ntitle: 'A: b'\ndraft: true\nweight: 007\ntags:\n  - x\n  - y\n---\nText\n",
            "+++\ntitle = \"A: b\"\ndraft = true\nweight = 7\ntags = [\"x\",\n  \"y\"]\n+++\nText\n",
            "{\n\"title\": \"A: b\",\n\"draft\": true, \"weight\": 7,\n\"tags\": [\"x\", \"y\"]\n}\nText\n",
        ];
        for text in files {
            let matter = split("a.md", text).expect("readable").expect("front matter");
            assert_eq!(matter.values.text_of("title"), "A: b", "{text}");
            assert_eq!(matter.values.text_of("draft"), "true", "{text}");
            assert_eq!(matter.values.get("tags").expect("tags").texts(), ["x", "y"], "{text}");
            assert_eq!(matter.values.get("title").expect("a title").line, 2, "{text}");
            assert_eq!(matter.body, "Text\n", "{text}");
            assert_eq!(matter.body_line, text.matches('\n').count(), "{text}");
        }
        assert!(split("a.md", "Text\n---\n").expect("readable").is_none());
        assert!(split("a.md", "{{< x >}}\n").expect("readable").is_none());
    }

    #[test]
    fn mistakes_have_their_lines() {
        for (text, line) in [
            ("---\ntitle: a\nb: [\n---\nText\n", 3),
            ("+++\ntitle = \"a\"\nb = [\n+++\n", 3),
            ("{\n\"title\": \"a\",,\n}\n", 2),
            ("---\ntitle: a\n", 1),
        ] {
            let error = split("a.md", text).expect_err(text);
            assert!(error.line.is_some_and(|found| found >= line && found <= line + 1), "{text}: {error:?}");
        }
        let matter = split("a.md", "---\na: 1\na: 2\n---\n").expect("readable").expect("front matter");
        assert_eq!(matter.mistakes.len(), 1);
    }
}
