//! A YAML file with everything that a reader of values drops: comments, empty lines, quotes, brackets. Values know what they mean as well
//! as how they were written, so that what does not change can be written as it was.

use granit_parser::ScalarStyle;

use crate::parse::yaml::{Key, Node, Value};

/// A file of one map.
#[derive(Debug)]
pub(super) struct Document {
    /// Lines above the first key that belong to the whole file.
    pub(super) head: Vec<String>,
    /// The map.
    pub(super) root: Tree,
    /// Lines below the last value.
    pub(super) tail: Vec<String>,
}

impl Document {
    /// Whether two documents mean the same.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.root.means(&other.root)
    }

    /// Has every line laid out anew: of several empty ones, one stays, and none at the top.
    pub(super) fn lay_out_anew(&mut self) {
        let mut was_empty = true;
        self.head.retain(|line| {
            let is_first = !was_empty;
            was_empty = line.is_empty();
            !was_empty || is_first
        });
        self.root.lay_out_anew();
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// A single value.
    Scalar(Scalar),
    /// A map or list with an entry on each line.
    Block(Collection),
    /// A map or list in brackets; it has no comments.
    Flow(Collection),
}

/// A map or a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Collection {
    /// Whether it is a list.
    pub(super) is_list: bool,
    /// In order; entries of a map have keys.
    pub(super) entries: Vec<Entry>,
    /// Comments below the last entry.
    pub(super) tail: Vec<String>,
    /// Where its entries begin, in characters from the left.
    column: usize,
    /// Whether it was written on one line.
    pub(super) is_one_line: bool,
}

/// An entry of a map or list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Comments above it; an empty one is an empty line.
    pub(super) before: Vec<String>,
    /// Its key in a map.
    pub(super) key: Option<Scalar>,
    /// The comment behind the colon, with the value on the lines below.
    pub(super) head: Option<String>,
    /// Its value.
    pub(super) value: Tree,
    /// The comment behind it on its last line, with the spaces before it.
    pub(super) after: Option<String>,
    /// All its lines, comments above it included, while it is as it was: of the outermost map's entries.
    pub(super) written: Option<String>,
}

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalar {
    /// What it means; `None` for nothing.
    pub(super) text: Option<String>,
    /// How it is written.
    pub(super) form: Form,
}

/// How a single value is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// On one line, quotes included.
    Line(String),
    /// Over several lines that are joined when they are read.
    Lines(Vec<String>),
    /// As a block: `|` or `>-`, and its lines without indentation.
    Block(String, Vec<String>),
}

impl Tree {
    /// Has one space before every comment behind a value.
    fn lay_out_anew(&mut self) {
        for entry in self.collection_mut().into_iter().flat_map(|inner| &mut inner.entries) {
            entry.written = None;
            entry.after = entry.after.take().map(|comment| format!(" {}", comment.trim()));
            entry.value.lay_out_anew();
        }
    }

    /// The entries of a map or list.
    pub(super) fn collection(&self) -> Option<&Collection> {
        match self {
            Self::Scalar(_) => None,
            Self::Block(collection) | Self::Flow(collection) => Some(collection),
        }
    }

    /// The entries of a map or list.
    pub(super) fn collection_mut(&mut self) -> Option<&mut Collection> {
        match self {
            Self::Scalar(_) => None,
            Self::Block(collection) | Self::Flow(collection) => Some(collection),
        }
    }

    /// The text of a single value.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => scalar.text.as_deref(),
            _ => None,
        }
    }

    /// Whether two values mean the same. The order of keys means nothing.
    pub(super) fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => a.text == b.text,
            _ => match (self.collection(), other.collection()) {
                (Some(a), Some(b)) if a.is_list == b.is_list && a.entries.len() == b.entries.len() => {
                    if a.is_list {
                        return a.entries.iter().zip(&b.entries).all(|(a, b)| a.value.means(&b.value));
                    }
                    a.entries.iter().all(|entry| b.get(entry.name()).is_some_and(|other| other.value.means(&entry.value)))
                }
                _ => false,
            },
        }
    }
}

impl Collection {
    /// A new one.
    pub(super) fn new(is_list: bool, entries: Vec<Entry>) -> Self {
        Self { is_list, entries, is_one_line: true, ..Self::default() }
    }

    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name() == key)
    }
}

impl Entry {
    /// One without comments.
    pub(super) fn new(key: Option<Scalar>, value: Tree) -> Self {
        Self { before: Vec::new(), key, head: None, value, after: None, written: None }
    }

    /// The key's text.
    pub(super) fn name(&self) -> &str {
        self.key.as_ref().and_then(|key| key.text.as_deref()).unwrap_or("")
    }
}

/// The document of `source[from..to]`, whose values have been read as `node`. `None` where it is no map.
pub(super) fn document(source: &str, (from, to): (usize, usize), node: &Node) -> Option<Document> {
    let Value::Map(entries) = &node.value else { return None };
    let grower = Grower { source };
    let first = entries.first().map_or(node.start, |(key, _)| key.start) as usize;
    let is_flow = source[node.start as usize..].starts_with('{');
    let (mut head, before) = if is_flow { (grower.lines(from, node.start as usize), Vec::new()) } else { grower.top(from, first) };
    head.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    let mut root = grower.grow(node);
    if let Tree::Block(map) = &mut root {
        map.entries.first_mut().expect("a map in block style has an entry").before = before;
    }
    let mut tail = Vec::new();
    let mut gap = grower.gap(grower.end(node), to);
    settle_notes(&mut root, &mut gap);
    tail.extend(gap.notes.into_iter().map(|note| note.text));
    if let Tree::Block(map) = &mut root {
        grower.keep_lines(map, entries, from, to);
    }
    Some(Document { head, root, tail })
}

/// A comment, or an empty line.
struct Note {
    text: String,
    column: usize,
}

/// What stands between two values.
#[derive(Default)]
struct Gap {
    /// On the line of the value before.
    after: Option<String>,
    /// On lines of their own, and behind the dash of what follows.
    notes: Vec<Note>,
}

struct Grower<'a> {
    source: &'a str,
}

impl Grower<'_> {
    /// The value of a node.
    fn grow(&self, node: &Node) -> Tree {
        let (start, end) = (node.start as usize, self.end(node));
        let (is_list, entries): (bool, Vec<(Option<&Key>, &Node)>) = match &node.value {
            Value::Map(entries) => (false, entries.iter().map(|(key, node)| (Some(key), node)).collect()),
            Value::List(items) => (true, items.iter().map(|item| (None, item)).collect()),
            Value::Scalar(..) | Value::Null | Value::Refused => return Tree::Scalar(self.scalar(node)),
        };
        let is_flow = self.source[start..].starts_with(['{', '[']) || (!is_list && self.is_pair(node));
        let mut collection = Collection {
            is_list,
            column: self.column(start),
            is_one_line: !self.source[start..end].contains('\n'),
            ..Collection::default()
        };
        let mut has_comments = false;
        let mut at = start + usize::from(is_flow && self.source[start..].starts_with(['{', '[']));
        for (key, value) in entries {
            let begins = key.map_or(value.start, |key| key.start) as usize;
            let mut gap = self.gap(at, begins.max(at));
            let mut entry = Entry::new(key.map(|key| self.key(key)), self.grow(value));
            if let Some(previous) = collection.entries.last_mut() {
                set_after(previous, gap.after.take());
                move_to_tail(previous, &mut gap, collection.column);
            }
            has_comments |= gap.after.is_some();
            entry.before.extend(gap.after.take().map(|comment| comment.trim().to_owned()));
            entry.before.extend(gap.notes.into_iter().map(|note| note.text));
            if let Some(key) = key {
                let mut between = self.gap(key.end as usize, (value.start as usize).max(key.end as usize));
                match &mut entry.value {
                    Tree::Block(inner) => {
                        entry.head = between.after.take().map(|comment| comment.trim().to_owned());
                        if let Some(first) = inner.entries.first_mut() {
                            let notes = between.notes.into_iter().map(|note| note.text);
                            first.before = notes.chain(std::mem::take(&mut first.before)).collect();
                        }
                    }
                    _ => {
                        entry.before.extend(between.after.map(|comment| comment.trim().to_owned()));
                        entry.before.extend(between.notes.into_iter().map(|note| note.text).filter(|note| !note.is_empty()));
                    }
                }
            }
            at = self.end(value).max(key.map_or(0, |key| key.end as usize));
            has_comments |= entry.before.iter().any(|note| !note.is_empty()) || matches!(entry.value, Tree::Block(_));
            collection.entries.push(entry);
        }
        if !is_flow {
            return Tree::Block(collection);
        }
        let mut gap = self.gap(at, end);
        if let Some(last) = collection.entries.last_mut() {
            set_after(last, gap.after.take());
        }
        collection.tail = gap
            .after
            .into_iter()
            .map(|comment| comment.trim().to_owned())
            .chain(gap.notes.into_iter().map(|note| note.text))
            .filter(|note| !note.is_empty())
            .collect();
        has_comments |= !collection.tail.is_empty() || collection.entries.iter().any(|entry| entry.after.is_some());
        if has_comments && !collection.entries.is_empty() {
            return Tree::Block(collection);
        }
        for entry in &mut collection.entries {
            entry.before.clear();
        }
        Tree::Flow(collection)
    }

    /// The byte after a value. In block style the parser's own ends lie before whatever comes next, behind comments.
    fn end(&self, node: &Node) -> usize {
        let own = node.end as usize;
        if self.source[node.start as usize..].starts_with(['{', '[']) {
            return own;
        }
        match &node.value {
            Value::Map(entries) => entries.last().map_or(own, |(key, value)| self.end(value).max(key.end as usize)),
            Value::List(items) => items.last().map_or(own, |item| self.end(item).max(node.start as usize)),
            _ => own,
        }
    }

    /// Whether a map is a single pair in a list of brackets, `[a: 1]`, which has none of its own.
    fn is_pair(&self, node: &Node) -> bool {
        let Value::Map(entries) = &node.value else { return false };
        let line = &self.source[..node.start as usize];
        let before = line.trim_end_matches([' ', '\t', '\n', '\r']);
        entries.len() <= 1 && before.ends_with(['[', ','])
    }

    fn key(&self, key: &Key) -> Scalar {
        let written = &self.source[key.start as usize..key.end as usize];
        Scalar { text: Some(key.text.clone()), form: Form::Line(written.to_owned()) }
    }

    fn scalar(&self, node: &Node) -> Scalar {
        let written = &self.source[node.start as usize..node.end as usize];
        let Value::Scalar(text, style) = &node.value else {
            return Scalar { text: None, form: Form::Line(written.to_owned()) };
        };
        let form = match style {
            ScalarStyle::Literal => Scalar::of(text).form,
            ScalarStyle::Folded => self.folded(node, text),
            _ if written.contains('\n') => {
                Form::Lines(written.lines().map(|line| line.trim_start().trim_end_matches('\r').to_owned()).collect())
            }
            _ => Form::Line(written.to_owned()),
        };
        Scalar { text: Some(text.clone()), form }
    }

    /// The lines of a folded text as they are wrapped, where its head says nothing unusual.
    fn folded(&self, node: &Node, text: &str) -> Form {
        let (start, end) = (node.start as usize, node.end as usize);
        let head = self.source[..start].trim_end().rsplit([' ', '\t', '\n']).next().unwrap_or("");
        let indent = self.column(start);
        let lines: Option<Vec<String>> = self.source[start..end]
            .lines()
            .enumerate()
            .map(|(number, line)| match number {
                0 => Some(line.trim_end().to_owned()),
                _ if line.trim().is_empty() => Some(String::new()),
                _ => line.get(indent..).filter(|_| line[..indent].trim().is_empty()).map(|line| line.trim_end().to_owned()),
            })
            .collect();
        let is_usual = matches!(head, ">" | ">-") && !text.starts_with([' ', '\n']) && !text.ends_with("\n\n");
        match lines.filter(|_| is_usual) {
            Some(lines) => Form::Block(head.to_owned(), lines),
            None => Scalar::of(text).form,
        }
    }

    /// Characters between the start of the line and a place.
    fn column(&self, at: usize) -> usize {
        at - self.source[..at].rfind('\n').map_or(0, |line| line + 1)
    }

    /// The comments and empty lines between two values. No value lies there, so that a `#` behind a space begins a comment.
    fn gap(&self, from: usize, to: usize) -> Gap {
        let mut gap = Gap::default();
        let mut is_first_line = true;
        for line in self.source[from..to].split_inclusive('\n') {
            let content = line.trim_end();
            let hash = content.match_indices('#').map(|(at, _)| at).find(|at| content[..*at].ends_with([' ', '\t', ',']) || *at == 0);
            match hash {
                Some(at) if is_first_line && from > 0 => {
                    let spaces = content[..at].len() - content[..at].trim_end().len();
                    gap.after = Some(content[at - spaces..].to_owned());
                }
                // Behind a dash it belongs to what the dash begins.
                Some(at) => gap.notes.push(Note { text: content[at..].to_owned(), column: line.len() - line.trim_start().len() }),
                None if content.is_empty() && !is_first_line && line.ends_with('\n') => {
                    // Several empty lines are one.
                    if gap.notes.last().is_none_or(|note| !note.text.is_empty()) {
                        gap.notes.push(Note { text: String::new(), column: 0 });
                    }
                }
                None => {}
            }
            is_first_line = false;
        }
        gap
    }

    /// The lines of a range, whole.
    fn lines(&self, from: usize, to: usize) -> Vec<String> {
        let line = self.source[from..to].rfind('\n').map_or(from, |at| from + at + 1);
        self.source[from..line].lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
    }

    /// What stands above the first key: lines that belong to the file, and those that belong to the key. A line that closes with an
    /// empty one, or that speaks to programs, belongs to the file.
    fn top(&self, from: usize, first: usize) -> (Vec<String>, Vec<String>) {
        let mut head = self.lines(from, first);
        let is_files = |line: &String| {
            let line = line.trim();
            line.is_empty() || !line.starts_with('#') || line.contains("yaml-language-server:")
        };
        let own = head.iter().rposition(is_files).map_or(0, |at| at + 1);
        let before = head.split_off(own).into_iter().map(|line| line.trim().to_owned()).collect();
        (head, before)
    }

    /// Gives each entry of the outermost map its lines as they are.
    fn keep_lines(&self, map: &mut Collection, entries: &[(Key, Node)], from: usize, to: usize) {
        let line_of = |at: usize| self.source[..at].rfind('\n').map_or(from, |line| (line + 1).max(from));
        // Comments above a key go with it.
        let starts: Vec<usize> = map
            .entries
            .iter()
            .zip(entries)
            .map(|(entry, (key, _))| {
                let mut start = line_of(key.start as usize);
                for _ in &entry.before {
                    while start > from {
                        let above = line_of(start - 1);
                        let is_empty = self.source[above..start].trim().is_empty();
                        start = above;
                        // Several empty lines are one note.
                        if !is_empty || above == from || !self.source[line_of(above - 1)..above].trim().is_empty() {
                            break;
                        }
                    }
                }
                start
            })
            .collect();
        let last = entries.last().map_or(to, |(key, node)| self.end(node).max(key.end as usize));
        let end = self.source[last..to].find('\n').map_or(to, |line| last + line + 1);
        for (number, entry) in map.entries.iter_mut().enumerate() {
            let until = starts.get(number + 1).copied().unwrap_or(end);
            // Comments below the last value that belong to it are laid out anew.
            let is_whole = number + 1 < starts.len() || !has_tail(&entry.value);
            entry.written = self.source.get(starts[number]..until).filter(|_| is_whole).map(|lines| lines.replace('\r', ""));
        }
    }
}

/// Whether there are comments below the last entry of a value, or of what is in it.
fn has_tail(value: &Tree) -> bool {
    value.collection().is_some_and(|inner| !inner.tail.is_empty() || inner.entries.last().is_some_and(|last| has_tail(&last.value)))
}

/// Puts a comment behind the last line of an entry.
fn set_after(entry: &mut Entry, comment: Option<String>) {
    match &mut entry.value {
        Tree::Block(inner) if !inner.entries.is_empty() && comment.is_some() => {
            set_after(inner.entries.last_mut().expect("it has one"), comment);
        }
        _ => {
            if comment.is_some() {
                entry.after = comment;
            }
        }
    }
}

/// Comments that stand further right than the entries of the outer map or list belong to what is in the entry before them.
fn move_to_tail(previous: &mut Entry, gap: &mut Gap, column: usize) {
    let Tree::Block(inner) = &mut previous.value else { return };
    let deeper = gap.notes.iter().rposition(|note| !note.text.is_empty() && note.column > column);
    let Some(last) = deeper.filter(|last| gap.notes[..=*last].iter().all(|note| note.text.is_empty() || note.column > column)) else {
        return;
    };
    let rest = gap.notes.split_off(last + 1);
    let mut own = Gap { after: None, notes: std::mem::replace(&mut gap.notes, rest) };
    let depth = inner.column;
    if let Some(deepest) = inner.entries.last_mut() {
        move_to_tail(deepest, &mut own, depth);
    }
    inner.tail.extend(own.notes.into_iter().map(|note| note.text));
}

/// What stands below the last value.
fn settle_notes(root: &mut Tree, gap: &mut Gap) {
    let Some(last) = root.collection_mut().and_then(|map| map.entries.last_mut()) else { return };
    set_after(last, gap.after.take());
    move_to_tail(last, gap, 0);
    // Empty lines at the end mean nothing.
    while gap.notes.last().is_some_and(|note| note.text.is_empty()) {
        gap.notes.pop();
    }
}
