//! From a file's text and its values to a tree that has its comments too: what lies between two values is looked through for them.

use granit_parser::ScalarStyle;

use super::tree::{Collection, Document, Entry, Form, Scalar, Tree};
use crate::parse::yaml::{Key, Node, Value};

/// The document of `source[from..to]`, whose values have been read as `node`. `None` where it is no map.
pub(super) fn document(source: &str, (from, to): (usize, usize), node: &Node) -> Option<Document> {
    let Value::Map(entries) = &node.value else { return None };
    let grower = Grower { source };
    let first = entries.first().map_or(node.start, |(key, _)| key.start) as usize;
    let is_flow = source[node.start as usize..].starts_with('{');
    let (mut head, before) = if is_flow { (grower.lines(from, node.start as usize), Vec::new()) } else { grower.top(from, first) };
    for line in &mut head {
        line.truncate(line.trim_end().len());
    }
    let mut root = grower.grow(node);
    if let Tree::Block(map) = &mut root {
        let first = map.entries.first_mut().expect("a map in block style has an entry");
        first.above += before.len();
        first.before.splice(0..0, before);
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
            entry.above = entry.before.len();
            if key.is_none()
                && let Tree::Block(Collection { entries, .. }) = &mut entry.value
                && let Some(first) = entries.first_mut()
            {
                // All comments behind a dash stand above it, also those behind the dash of a list within.
                entry.before.append(&mut first.before);
            }
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
                // Spaces at a line's end are part of the text.
                0 => Some(line.to_owned()),
                _ if line.trim().is_empty() => Some(String::new()),
                _ => line.get(indent..).filter(|_| line[..indent].trim().is_empty()).map(str::to_owned),
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
                None => {
                    let is_empty = content.is_empty() && !is_first_line && line.ends_with('\n');
                    // Several empty lines are one.
                    if is_empty && gap.notes.last().is_none_or(|note| !note.text.is_empty()) {
                        gap.notes.push(Note { text: String::new(), column: 0 });
                    }
                }
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
                for _ in 0..entry.above {
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
            let until = match starts.get(number + 1) {
                Some(next) => *next,
                None if has_tail(&entry.value) => self.end_of_tail(end, to),
                None => end,
            };
            entry.written = self.source.get(starts[number]..until).map(|lines| lines.replace('\r', ""));
        }
    }

    /// The end of the comments below the last value that stand further right than the outermost keys.
    fn end_of_tail(&self, from: usize, to: usize) -> usize {
        let (mut at, mut end) = (from, from);
        for line in self.source[from..to].split_inclusive('\n') {
            at += line.len();
            match line.trim() {
                "" => {}
                comment if comment.starts_with('#') && line.starts_with([' ', '\t']) => end = at,
                _ => break,
            }
        }
        end
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
                // A line has one: what stood behind a value in brackets comes above it.
                let inner = std::mem::replace(&mut entry.after, comment);
                entry.before.extend(inner.map(|inner| inner.trim().to_owned()));
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
