//! YAML to a small tree of nodes that know their places.
//!
//! Scalars stay text: `007`, `1e3`, `NO` and `24.90` are what was written, and what they mean is decided by
//! the field that reads them. Anchors, aliases and tags are refused, so a tree is never larger than its text.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};

use crate::diagnostic::{Diagnostic, SourcePath, Span, codes};

/// Nesting deeper than this is a mistake: the deepest real place, a band of a shipping method, has seven.
const MAX_DEPTH: usize = 32;

/// More values than this are a mistake: a product with 200 variants has about 3,000.
const MAX_NODES: usize = 100_000;

/// A value and its byte range in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The value.
    pub value: Value,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, or an unquoted `null` or `~`.
    Null,
    /// A text, after escapes and folding.
    Scalar(String, ScalarStyle),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written; each key stands once.
    Map(Vec<(Key, Node)>),
    /// Something that has been refused already.
    Refused,
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The text.
    pub text: String,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Node {
    /// Changes each text in it, keys too.
    pub fn change_texts(&mut self, change: &dyn Fn(&mut String)) {
        match &mut self.value {
            Value::Scalar(text, _) => change(text),
            Value::List(items) => items.iter_mut().for_each(|item| item.change_texts(change)),
            Value::Map(entries) => entries.iter_mut().for_each(|(key, node)| {
                change(&mut key.text);
                node.change_texts(change);
            }),
            Value::Null | Value::Refused => {}
        }
    }

    /// The kind of value, in an editor's words.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null | Value::Refused => "nothing",
            Value::Scalar(..) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// Reads the one document of `source[from..to]`. `None` when it can't be read or holds nothing; why is in
/// `diagnostics`, except that an empty document is left for the caller to tell.
pub fn read(file: &SourcePath, source: &str, (from, to): (usize, usize), diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = &source[from..to];
    let mut options = granit_parser::options! {
        strict_indentation: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    options.set_emit_comments(false);
    let mut builder = Builder { file, source, from, to, diagnostics, open: Vec::new(), root: None, nodes: 0, documents: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let at = span.byte_range().unwrap_or(0..0);
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                if !builder.accept(event, at, tag) {
                    return None;
                }
            }
            Err(error) => {
                let diagnostic = builder.explain(&error);
                if !builder.told_on_the_line_of(&diagnostic) {
                    builder.diagnostics.push(diagnostic);
                }
                return None;
            }
        }
    }
    builder.root
}

/// A list or map whose end has not come yet.
enum Open {
    List { start: usize, flow: bool, items: Vec<Node> },
    Map { start: usize, flow: bool, entries: Vec<(Key, Node)>, key: Option<Node> },
}

struct Builder<'a> {
    file: &'a SourcePath,
    source: &'a str,
    from: usize,
    to: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

impl Builder<'_> {
    /// Takes one event; false when reading must end.
    fn accept(&mut self, event: Event<'_>, at: std::ops::Range<usize>, tag: Option<std::ops::Range<usize>>) -> bool {
        if event.is_node() {
            self.nodes += 1;
            if self.nodes > MAX_NODES {
                let message = format!("more than {MAX_NODES} values in one file");
                self.refuse(codes::TOO_LARGE, message, at, "split the file");
                return false;
            }
            if event.tag().is_some() {
                let place = tag.unwrap_or(at.clone());
                self.refuse(codes::TAG, "a YAML tag is not supported", place, "remove it, or quote the text if `!` belongs to it");
            }
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.refuse(codes::MANY_DOCUMENTS, "a second document begins here", at, "one file holds one document: remove the line");
                    return false;
                }
            }
            Event::Anchor(_, name) => {
                let message = format!("`&{name}` is read as an anchor, which is not supported");
                self.refuse(codes::ALIAS, message, at, "quote the value if `&` belongs to it, or write the value out at each place");
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let name = self.source.get(self.from + at.start..self.from + at.end).unwrap_or("*").to_owned();
                let message = format!("`{name}` is read as a reference to an anchor, which is not supported");
                self.refuse(codes::ALIAS, message, at.clone(), "quote the value if `*` belongs to it, or write the value out");
                self.close(at, Value::Refused);
            }
            Event::Scalar(text, style, ..) => {
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Scalar(text.into_owned(), style) };
                self.close(at, value);
            }
            Event::SequenceStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                self.open.push(Open::List { start: at.start, flow, items: Vec::new() });
            }
            Event::MappingStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                self.open.push(Open::Map { start: at.start, flow, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { start, items, .. }) => self.close(start..at.end, Value::List(items)),
                Some(Open::Map { start, entries, .. }) => self.close(start..at.end, Value::Map(entries)),
                None => {}
            },
            _ => {}
        }
        true
    }

    /// A node is whole: it becomes a key, a value, an item or the root.
    fn close(&mut self, at: std::ops::Range<usize>, value: Value) {
        let (start, end) = self.trimmed(at);
        let node = Node { start: cut(start), end: cut(end), value };
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { key: key @ None, .. }) => *key = Some(node),
            Some(Open::Map { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    insert(self.file, self.diagnostics, entries, key, node);
                }
            }
        }
    }

    /// The range in the file, without white space at its end, and within the text.
    fn trimmed(&self, at: std::ops::Range<usize>) -> (usize, usize) {
        let start = (self.from + at.start).min(self.to);
        let end = (self.from + at.end).clamp(start, self.to);
        let text = self.source.get(start..end).unwrap_or("");
        (start, start + text.trim_end().len())
    }

    fn refuse(&mut self, code: crate::diagnostic::Code, message: impl Into<String>, at: std::ops::Range<usize>, help: &str) {
        let (start, end) = self.trimmed(at);
        let span = Span::new(self.file, start, end);
        self.diagnostics.push(Diagnostic::error(code, message, span).help(help));
    }

    /// Whether an anchor or reference on the same line is the likely cause: `*: 0%`, unquoted, is both.
    fn told_on_the_line_of(&self, error: &Diagnostic) -> bool {
        let line = |diagnostic: &Diagnostic| {
            let at = diagnostic.span.as_ref().map_or(0, |span| span.start as usize);
            self.source[..at].matches('\n').count()
        };
        self.diagnostics.iter().any(|other| other.code == codes::ALIAS && line(other) == line(error))
    }

    /// What the parser says, in an editor's words.
    fn explain(&self, error: &ScanError) -> Diagnostic {
        let offset = error.marker().byte_offset().unwrap_or(0);
        let start = (self.from + offset).min(self.to);
        let (code, message, help) = explanation(error.kind());
        let (start, end) = self.underline(start, code == codes::TAB);
        // Within brackets the usual reason for a wrong indentation is that they were meant to end before.
        let is_bracket = |at: &usize| matches!(self.source.as_bytes().get(*at), Some(b'[' | b'{'));
        let bracket = self.open.iter().rev().find_map(|open| match open {
            // A pair right in a list is a map without brackets of its own.
            Open::List { start, flow: true, .. } | Open::Map { start, flow: true, .. } => Some(self.from + start).filter(is_bracket),
            _ => None,
        });
        if let Some(open) = bracket.filter(|_| code == codes::INDENTATION) {
            let span = Span::new(self.file, open, open + 1);
            return Diagnostic::error(codes::YAML_SYNTAX, "a bracket is opened and not closed", span)
                .label("opened here")
                .related(Span::new(self.file, start, end), "this line cannot belong to it")
                .help("close the bracket; within brackets further lines go further right than the key");
        }
        Diagnostic::error(code, message, Span::new(self.file, start, end)).help(help)
    }

    /// The place where the parser stopped, as a visible one: a tab in the line, else the word that begins there,
    /// else the last word before it.
    fn underline(&self, at: usize, tab: bool) -> (usize, usize) {
        let text = &self.source[..self.to];
        let at = (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        if tab {
            let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
            let stop = text[at..].find('\n').map_or(text.len(), |i| at + i);
            if let Some(i) = text[line..stop].find('\t') {
                return (line + i, line + i + 1);
            }
        }
        let word = text[at..].find(|c: char| c.is_whitespace()).unwrap_or(text.len() - at);
        if word > 0 {
            return (at, at + word);
        }
        let end = text[..at].trim_end().len();
        let start = text[..end].rfind(|c: char| c.is_whitespace()).map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
        if start >= self.from && end > start { (start, end) } else { (at, at) }
    }
}

/// Adds an entry unless its key is no text or stands there already.
pub(super) fn insert(file: &SourcePath, diagnostics: &mut Vec<Diagnostic>, entries: &mut Vec<(Key, Node)>, key: Node, value: Node) {
    let span = Span::new(file, key.start as usize, key.end as usize);
    let text = match key.value {
        Value::Scalar(text, _) => text,
        Value::Refused => return,
        Value::Null if key.end > key.start => {
            let written = "an unquoted `null` cannot be a key";
            diagnostics.push(Diagnostic::error(codes::UNQUOTED_NULL, written, span).help("quote it: `'null'`"));
            return;
        }
        _ => {
            let message = "a key must be a text";
            diagnostics.push(
                Diagnostic::error(codes::KEY_FORM, message, span).help("write `key: value`; quote a key that begins with `[`, `{` or `?`"),
            );
            return;
        }
    };
    if let Some((first, _)) = entries.iter().find(|(other, _)| other.text == text) {
        let before = Span::new(file, first.start as usize, first.end as usize);
        diagnostics.push(
            Diagnostic::error(codes::DUPLICATE_KEY, format!("the key `{text}` stands twice"), span)
                .label("again here")
                .related(before, "first here")
                .help("keep one of them"),
        );
        return;
    }
    entries.push((Key { text, start: key.start, end: key.end }, value));
}

fn explanation(kind: &ErrorKind) -> (crate::diagnostic::Code, String, &'static str) {
    use ErrorKind as E;
    let plain = |code, message: &str, help| (code, message.to_owned(), help);
    match kind {
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart | E::TabInPlainScalar => {
            plain(codes::TAB, "a tab stands where only spaces may", "replace the tab by spaces")
        }
        E::InvalidIndentation
        | E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::InvalidFlowScalarIndent
        | E::InvalidBlockScalarIndent => plain(
            codes::INDENTATION,
            "this line does not fit the indentation around it",
            "line it up with the other lines of the same list or map; further lines of a long text go further right than its key",
        ),
        E::RecursionLimitExceeded => {
            (codes::TOO_LARGE, format!("lists and maps are nested more than {MAX_DEPTH} deep"), "look for brackets too many")
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::MappingKeyNotAllowed | E::InvalidMappingValueWhitespace => plain(
            codes::YAML_SYNTAX,
            "a colon stands where no key can be",
            "put quotes around a text that holds `: `, or begin a new line for a new key",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => plain(
            codes::YAML_SYNTAX,
            "a line without `:` among keys",
            "write `key: value`; a text of several lines begins with `|` after its key",
        ),
        E::InvalidQuotedScalarIndent => plain(
            codes::YAML_SYNTAX,
            "a quote above is not closed",
            "close the quote; further lines of a quoted text go further right than its key",
        ),
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            plain(codes::YAML_SYNTAX, "a quote is opened and not closed", "close the quote, and write `''` for a `'` within single quotes")
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => plain(
            codes::YAML_SYNTAX,
            "text after a closing quote",
            "put the whole text between the quotes, and write `''` for a `'` within single quotes",
        ),
        E::UnclosedFlowCollection { open } => {
            (codes::YAML_SYNTAX, format!("`{open}` is opened and not closed"), "close the bracket, or quote a text that begins with one")
        }
        E::UnexpectedEofFlowSequence | E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => {
            plain(codes::YAML_SYNTAX, "a bracket is opened and not closed", "close it, or quote a text that begins with `[` or `{`")
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            plain(codes::YAML_SYNTAX, "entries within brackets are separated by commas", "add the comma, or quote a text with brackets")
        }
        E::UnexpectedCharacter { character } => {
            (codes::YAML_SYNTAX, format!("a text cannot begin with `{character}`"), "put quotes around the text")
        }
        E::UnknownQuotedScalarEscape => {
            plain(codes::YAML_SYNTAX, "an unknown escape after `\\`", "use single quotes, or write `\\\\` for a `\\`")
        }
        E::InvalidDocumentEnd => plain(codes::MANY_DOCUMENTS, "something follows the end of the document", "remove it, or the line `...`"),
        other => (codes::YAML_SYNTAX, other.to_string(), "look at this line and the one above it"),
    }
}

fn cut(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Where the lines of a scalar's text lie in the file: (offset in the text, offset in the file). Empty when the
/// text is not a copy of the file's bytes, as with folding and escapes.
pub fn map(source: &str, node: &Node) -> Vec<(u32, u32)> {
    let Value::Scalar(text, style) = &node.value else { return Vec::new() };
    let Some(written) = source.get(node.start as usize..node.end as usize) else { return Vec::new() };
    match style {
        ScalarStyle::Plain if written == text => vec![(0, node.start)],
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if written.get(1..written.len().saturating_sub(1)) == Some(text.as_str()) => {
            vec![(0, node.start + 1)]
        }
        ScalarStyle::Literal => literal_map(written, text, node.start).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// `written` begins with the first line that is not empty.
fn literal_map(written: &str, text: &str, start: u32) -> Option<Vec<(u32, u32)>> {
    let mut place = 0;
    let lines = text.trim_start_matches('\n');
    let mut offset = text.len() - lines.len();
    let mut map = Vec::new();
    for line in lines.trim_end_matches('\n').split('\n') {
        let rest = written.get(place..)?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let bare = rest[..length].trim_end_matches('\r');
        // The last line has lost its white space at the end in `written`.
        let line_bare = if rest.len() == length { line.trim_end() } else { line };
        let indent = bare.strip_suffix(line_bare)?.len();
        map.push((cut(offset), start + cut(place + indent)));
        offset += line.len() + 1;
        place += length + 1;
    }
    Some(map)
}

#[cfg(test)]
mod tests;
