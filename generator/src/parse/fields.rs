//! Typed reading of nodes: one declaration of a map's keys gives the raw struct, its reader and its schema, so
//! that they cannot drift apart. A wrong value is told and left out; its neighbours are read all the same.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::loose::{Anything, Loose};
use super::yaml::{self, Key, Node, Value};
use super::{Text, markdown};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, SourcePath, Span, Spanned, codes, nearest};

mod keys;

pub(super) use keys::{ObjectSchema, key_name, keys};

/// Reads the nodes of one file and collects what is wrong.
pub(super) struct Reader<'a> {
    /// The file.
    pub(super) file: &'a SourcePath,
    /// Its whole text, into which nodes' offsets point.
    pub(super) source: &'a str,
    /// What has been found wrong so far.
    pub(super) diagnostics: Vec<Diagnostic>,
    key: String,
    in_list: bool,
}

/// A form in which a value is written.
pub(super) trait Read {
    /// What the value becomes.
    type Out;

    /// The value; `None` when it is wrong, which has been told then.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out>;

    /// The JSON Schema of the form.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// For a map with known keys, the first of them.
    const FIRST_KEY: Option<&'static str> = None;
}

/// A form that is one text.
pub(super) trait Scalar {
    /// What the text becomes.
    type Out;

    /// The value of the text, which has no white space around it.
    fn parse(text: &str) -> Result<Self::Out, Problem>;

    /// The JSON Schema of the form.
    fn scalar_schema() -> Schema;
}

/// Why a text has not the form wanted.
#[derive(Debug)]
pub(super) struct Problem {
    /// The code.
    pub(super) code: Code,
    /// Follows the name of the key: `is not a weight`.
    pub(super) says: String,
    /// What to do.
    pub(super) help: String,
}

impl Problem {
    /// A problem.
    pub(super) fn new(code: Code, says: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, says: says.into(), help: help.into() }
    }
}

impl<'a> Reader<'a> {
    /// A reader of one file's nodes.
    pub(super) fn new(file: &'a SourcePath, source: &'a str) -> Self {
        Self { file, source, diagnostics: Vec::new(), key: String::new(), in_list: false }
    }

    /// A span of this file.
    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.file.clone(), start, end }
    }

    /// The place of a node; of a map or list of several lines, the first.
    pub(super) fn place(&self, node: &Node) -> Span {
        let text = self.source.get(node.start as usize..node.end as usize).unwrap_or("");
        let shown = if matches!(node.value, Value::Map(_) | Value::List(_)) { text.lines().next().unwrap_or("").trim_end() } else { text };
        self.span(node.start, node.start + u32::try_from(shown.len()).unwrap_or(0))
    }

    /// Adds an error.
    pub(super) fn error(&mut self, code: Code, message: impl Into<String>, span: Span, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, message, span).help(help));
    }

    /// Adds a warning.
    pub(super) fn warning(&mut self, code: Code, message: impl Into<String>, span: Span, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, message, span).help(help));
    }

    /// Names the file's outermost value for messages.
    pub(super) fn name_root(&mut self) {
        self.key.clear();
        self.in_list = false;
    }

    /// Whether nothing but warnings has been found.
    pub(super) fn is_clean(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// A key of the editor's own with its value; `None` where the value is wrong, which has been told.
    pub(super) fn entry<T: Read>(&mut self, key: &Key, node: &Node) -> Option<(Spanned<String>, T::Out)> {
        let outer = self.key.clone();
        let value = entry_value::<T>(key, node, self);
        self.key = outer;
        Some((Spanned::new(key.text.clone(), self.span(key.start, key.end)), value?))
    }

    fn subject(&self) -> String {
        if self.key.is_empty() {
            return "the file".to_owned();
        }
        if self.in_list { format!("an entry of `{}`", self.key) } else { format!("`{}`", self.key) }
    }

    /// Tells that a node has not the kind wanted; nothing, when it has been told already.
    pub(super) fn wrong_kind(&mut self, node: &Node, wanted: &str, help: impl Into<String>) {
        match node.value {
            Value::Refused => {}
            Value::Null => self.null(node),
            _ => {
                let message = format!("{} is {}, but {wanted} is expected", self.subject(), node.kind());
                let span = self.place(node);
                self.error(codes::WRONG_TYPE, message, span, help);
            }
        }
    }

    /// Tells of a value that is nothing.
    fn null(&mut self, node: &Node) {
        let span = self.place(node);
        let subject = self.subject();
        if node.start == node.end {
            self.error(codes::EMPTY_VALUE, format!("{subject} is empty"), span, "write a value or remove the line");
        } else {
            let written = self.source.get(node.start as usize..node.end as usize).unwrap_or("null");
            let help = format!("quote it if it is meant as text: `'{written}'`; otherwise remove it");
            let message = format!("{subject} is an unquoted `{written}`, which YAML reads as nothing");
            self.error(codes::UNQUOTED_NULL, message, span, help);
        }
    }

    /// Tells of a key with nothing behind it.
    fn empty_value(&mut self, key: &Key, node: &Node) {
        let rest = self.source.get(node.start as usize..).unwrap_or("");
        let line = self.source.get(key.end as usize..).unwrap_or("").lines().next().unwrap_or("");
        let comment = line.split_once('#').is_some_and(|(before, _)| before.trim() == ":") || rest.starts_with('#');
        let span = self.span(key.start, key.end);
        let help = if comment {
            "a `#` after a space begins a comment: put quotes around a value that begins with it"
        } else {
            "write a value after the colon or remove the key"
        };
        let message = format!("`{}` has no value", key.text);
        self.diagnostics.push(Diagnostic::error(codes::EMPTY_VALUE, message, span).label("nothing follows").help(help));
    }
}

/// The text of a scalar node without white space around it.
pub(super) fn scalar_text<'n>(node: &'n Node, reader: &mut Reader<'_>, wanted: &str) -> Option<&'n str> {
    let Value::Scalar(text, _) = &node.value else {
        let help = match node.value {
            Value::Map(_) if node_is_flow(node, reader, '{') => "put quotes around a text that begins with `{`",
            Value::List(_) if node_is_flow(node, reader, '[') => "put quotes around a text that begins with `[`",
            _ => "write one value after the colon",
        };
        reader.wrong_kind(node, wanted, help);
        return None;
    };
    Some(text.trim())
}

fn node_is_flow(node: &Node, reader: &Reader<'_>, open: char) -> bool {
    reader.source.get(node.start as usize..).is_some_and(|rest| rest.starts_with(open))
}

impl<T: Scalar> Read for T {
    type Out = Spanned<T::Out>;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        let text = scalar_text(node, reader, "a single value")?;
        let span = reader.place(node);
        let parsed = if text.is_empty() {
            Err(Problem::new(codes::EMPTY_TEXT, "is an empty text", "write something between the quotes or remove the key"))
        } else {
            T::parse(text)
        };
        match parsed {
            Ok(value) => Some(Spanned::new(value, span)),
            Err(problem) => {
                let message = format!("{} {}", reader.subject(), problem.says);
                reader.error(problem.code, message, span, problem.help);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        T::scalar_schema()
    }
}

/// A list of values.
pub(super) struct List<T>(std::marker::PhantomData<T>);

impl<T: Read> Read for List<T> {
    type Out = Vec<T::Out>;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        let Value::List(items) = &node.value else {
            let help = match (&node.value, T::FIRST_KEY) {
                (_, Some(key)) => format!("begin each entry on a line of its own: `- {key}: …`"),
                (Value::Scalar(text, _), _) if text.len() < 60 && !text.contains('\n') => {
                    format!("write `[{text}]`, or each entry on its own line after `- `")
                }
                _ => "begin each entry on a line of its own with `- `".to_owned(),
            };
            reader.wrong_kind(node, "a list", help);
            return None;
        };
        let key = reader.key.clone();
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            reader.key.clone_from(&key);
            reader.in_list = true;
            values.extend(T::read(item, reader));
        }
        reader.in_list = false;
        Some(values)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": T::schema(generator)})
    }
}

/// A list of texts, each of which stands once.
pub(super) struct Set<T>(std::marker::PhantomData<T>);

impl<T: Scalar> Read for Set<T>
where
    T::Out: Ord + Clone,
{
    type Out = Vec<Spanned<T::Out>>;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        let all = List::<T>::read(node, reader)?;
        let mut first = std::collections::BTreeMap::new();
        let mut once = Vec::with_capacity(all.len());
        for entry in all {
            if let Some(before) = first.get(&entry.value) {
                let text = reader.source.get(entry.span.start as usize..entry.span.end as usize).unwrap_or("");
                let message = format!("`{text}` stands twice in `{}`", reader.key);
                let diagnostic = Diagnostic::error(codes::DUPLICATE_ENTRY, message, entry.span.clone())
                    .label("again here")
                    .related(Span::clone(before), "first here")
                    .help("keep one of them");
                reader.diagnostics.push(diagnostic);
            } else {
                first.insert(entry.value.clone(), entry.span.clone());
                once.push(entry);
            }
        }
        Some(once)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": T::scalar_schema(), "uniqueItems": true})
    }
}

/// A map with keys of the editor's own, in the order written.
pub(super) struct Pairs<K, V>(std::marker::PhantomData<(K, V)>);

impl<K: Scalar, V: Read> Read for Pairs<K, V> {
    type Out = Vec<(Spanned<K::Out>, V::Out)>;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        let Value::Map(entries) = &node.value else {
            reader.wrong_kind(node, "a map", "write `name: value` on lines of their own, further right than the key");
            return None;
        };
        let outer = reader.key.clone();
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            reader.in_list = false;
            let span = reader.span(key.start, key.end);
            let name = match K::parse(key.text.trim()) {
                _ if key.text.trim().is_empty() => {
                    reader.error(codes::EMPTY_TEXT, format!("an empty key in `{outer}`"), span.clone(), "write a name before the colon");
                    None
                }
                Ok(name) => Some(Spanned::new(name, span)),
                Err(problem) => {
                    let within = if outer.is_empty() { String::new() } else { format!(" in `{outer}`") };
                    let message = format!("the key `{}`{within} {}", key.text, problem.says);
                    reader.error(problem.code, message, span, problem.help);
                    None
                }
            };
            let value = entry_value::<V>(key, value, reader);
            pairs.extend(name.zip(value));
        }
        reader.key = outer;
        Some(pairs)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "propertyNames": K::scalar_schema(), "additionalProperties": V::schema(generator)})
    }
}

fn entry_value<T: Read>(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<T::Out> {
    reader.key.clone_from(&key.text);
    reader.in_list = false;
    if node.value == Value::Null && node.start == node.end {
        reader.empty_value(key, node);
        return None;
    }
    T::read(node, reader)
}

/// Markdown in a YAML file.
pub(super) struct Prose;

impl Read for Prose {
    type Out = Text;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Text> {
        let trimmed = scalar_text(node, reader, "a text")?;
        let span = reader.place(node);
        if trimmed.is_empty() {
            let message = format!("{} is an empty text", reader.subject());
            reader.error(codes::EMPTY_TEXT, message, span, "write something or remove the key");
            return None;
        }
        let Value::Scalar(text, _) = &node.value else { return None };
        let markdown = markdown::parse(text, &markdown::Options::ours());
        Some(Text { markdown: Arc::new(markdown), span, map: yaml::map(reader.source, node) })
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "contentMediaType": "text/markdown"})
    }
}

/// A map whose keys are known.
pub(super) struct Entries<'n> {
    entries: &'n [(Key, Node)],
    place: Span,
}

impl<'n> Entries<'n> {
    /// The entries of a map; keys that are not among `known` are told, unless it is open to others.
    pub(super) fn open(node: &'n Node, reader: &mut Reader<'_>, known: &[&str], is_open: bool) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            reader.wrong_kind(node, "a map", format!("write `key: value` with the keys {}", list_of(known)));
            return None;
        };
        for (key, _) in entries {
            if !is_open && !known.contains(&key.text.as_str()) {
                let span = reader.span(key.start, key.end);
                reader.diagnostics.push(unknown_key(&key.text, span, known));
            }
        }
        let place = match entries.first() {
            Some((key, _)) if !node_is_flow(node, reader, '{') => reader.span(key.start, key.end),
            _ => reader.place(node),
        };
        Some(Self { entries, place })
    }

    /// The place of the whole map, or of its first key.
    pub(super) fn place(&self) -> &Span {
        &self.place
    }

    /// The value of a key.
    pub(super) fn read<T: Read>(&self, reader: &mut Reader<'_>, name: &str, required: bool) -> Option<T::Out> {
        match self.entries.iter().find(|(key, _)| key.text == name) {
            Some((key, node)) => entry_value::<T>(key, node, reader),
            None if required => {
                let message = format!("the key `{name}` is missing");
                reader.error(codes::MISSING_KEY, message, self.place.clone(), format!("add `{name}: …`"));
                None
            }
            None => None,
        }
    }

    /// The entries whose keys are not among `known`.
    pub(super) fn others(&self, reader: &mut Reader<'_>, known: &[&str]) -> Vec<(Spanned<String>, Loose)> {
        let others = self.entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str()));
        others.filter_map(|(key, node)| reader.entry::<Anything>(key, node)).collect()
    }

    /// The place of a key.
    pub(super) fn key(&self, reader: &Reader<'_>, name: &str) -> Option<Span> {
        self.entries.iter().find(|(key, _)| key.text == name).map(|(key, _)| reader.span(key.start, key.end))
    }
}

/// Tells of a key that is not among those that a map has.
pub(crate) fn unknown_key(key: &str, span: Span, known: &[&str]) -> Diagnostic {
    let help = match nearest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the keys here are {}", list_of(known)),
    };
    Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key `{key}`"), span).help(help)
}

pub(crate) fn list_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
