//! The pages that a section makes of the rows of a data file: each row is read as a page's front matter, so that it may say whatever a
//! page may, and mistakes in it are told at their place in the data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ParsedData, cut, read};
use crate::diagnostic::{Diagnostic, SourcePath, Span, codes, nearest};
use crate::parse::fields::{Read, Reader};
use crate::parse::page::{self, PagePlace, PagesFrom, ParsedPage, RawPage};
use crate::parse::yaml::{self, Key, Node, Value};
use crate::parse::{PAGE_KEYS, Text, forms, markdown, source_text};

/// The column with the text of a page, where the section names no other.
const TEXT: &str = "text";

/// A page of a row.
#[derive(Debug)]
pub struct PageOfRow {
    /// Where a file with the same page would lie.
    pub file: SourcePath,
    /// The page.
    pub page: ParsedPage,
    /// What is wrong with the row.
    pub diagnostics: Vec<Diagnostic>,
}

/// The pages that `from`, of the section at `folder`, makes of a data file; then what is wrong beyond single rows.
pub fn pages(folder: &str, from: &PagesFrom, data: &SourcePath, bytes: &[u8]) -> (Vec<PageOfRow>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let Ok((source, start)) = source_text(data, bytes) else { return (Vec::new(), problems) };
    // What is wrong with the file has been told where it was parsed.
    let Some(root) = read(data, source, start, &mut Vec::new()) else { return (Vec::new(), problems) };
    let Some(rows) = rows(&root, from, data, source, &mut problems) else { return (Vec::new(), problems) };
    tell_unknown_columns(from, &rows, &mut problems);
    if !problems.is_empty() {
        return (Vec::new(), problems);
    }
    let mut pages: Vec<PageOfRow> = Vec::with_capacity(rows.len());
    let mut first: BTreeMap<SourcePath, Span> = BTreeMap::new();
    for row in rows {
        let maker = Maker { folder, from, data, source };
        let (row_span, made) = maker.page(&row);
        let Some(made) = made else {
            let message = "this row has no title of which an address could be made";
            let told = Diagnostic::error(codes::ROW_ADDRESS, message, row_span);
            problems.push(told.help("give it a `title` or a `slug` with letters or digits, or name their columns under `pages_from`"));
            continue;
        };
        if let Some(before) = first.get(&made.file) {
            let message = format!("two rows make the page `{}`", made.page.path);
            let told = Diagnostic::error(codes::ROW_ADDRESS, message, row_span).label("again here");
            problems.push(told.related(before.clone(), "first here").help("give one of them another `slug`"));
            continue;
        }
        first.insert(made.file.clone(), row_span);
        pages.push(made);
    }
    (pages, problems)
}

/// A row, by its columns.
struct Row<'n> {
    /// Where a data file is a map: its key, which names the page.
    key: Option<&'n Key>,
    cells: &'n [(Key, Node)],
    node: &'n Node,
}

/// The rows of a file: the entries of a list of maps, or of a map of maps.
fn rows<'n>(root: &'n Node, from: &PagesFrom, data: &SourcePath, source: &str, problems: &mut Vec<Diagnostic>) -> Option<Vec<Row<'n>>> {
    let reader = Reader::new(data, source);
    let mut wrong = |node: &Node, what: &str| {
        let told = Diagnostic::error(
            codes::NO_ROWS,
            format!("`{}` is {what}, of which no pages can be made", from.data.value),
            reader.place(node),
        );
        problems.push(told.related(from.data.span.clone(), "asked for here").help("pages are made of a list of maps, or of a map of maps"));
    };
    let nodes: Vec<(Option<&Key>, &Node)> = match &root.value {
        Value::List(items) => items.iter().map(|item| (None, item)).collect(),
        Value::Map(entries) => entries.iter().map(|(key, node)| (Some(key), node)).collect(),
        _ => {
            wrong(root, "a single value");
            return None;
        }
    };
    let mut rows = Vec::with_capacity(nodes.len());
    for (key, node) in nodes {
        match &node.value {
            Value::Map(cells) => rows.push(Row { key, cells, node }),
            Value::Refused => {}
            _ => wrong(node, "a list or map with an entry that is no map"),
        }
    }
    Some(rows)
}

/// A column that is named under `keys` is there in one row at least.
fn tell_unknown_columns(from: &PagesFrom, rows: &[Row<'_>], problems: &mut Vec<Diagnostic>) {
    for (_, column) in &from.keys {
        let columns = || rows.iter().flat_map(|row| row.cells.iter().map(|(key, _)| key.text.as_str()));
        if rows.is_empty() || columns().any(|known| known == column.value) {
            continue;
        }
        let message = format!("`{}` has no column `{}`", from.data.value, column.value);
        let told = Diagnostic::error(codes::UNKNOWN_COLUMN, message, column.span.clone());
        let help =
            nearest(&column.value, columns()).map_or_else(|| "correct or remove it".to_owned(), |near| format!("did you mean `{near}`?"));
        problems.push(told.help(help));
    }
}

struct Maker<'a> {
    folder: &'a str,
    from: &'a PagesFrom,
    data: &'a SourcePath,
    source: &'a str,
}

impl Maker<'_> {
    /// The page of a row, and the row's place; no page where nothing gives it an address.
    fn page(&self, row: &Row<'_>) -> (Span, Option<PageOfRow>) {
        let mut reader = Reader::new(self.data, self.source);
        let span = reader.place(row.node);
        let mut cells = Vec::with_capacity(row.cells.len());
        let mut text = None;
        for (key, node) in row.cells {
            // An empty cell says nothing.
            let is_empty = matches!(&node.value, Value::Null) || matches!(&node.value, Value::Scalar(text, _) if text.trim().is_empty());
            let Some(name) = self.key_of(&key.text).filter(|_| !is_empty) else { continue };
            if name == TEXT {
                text = Some(node);
            } else {
                let node = if self.data.ends_with(".csv") { self.of_cell(name, node, row) } else { node.clone() };
                cells.push((Key { text: name.to_owned(), ..key.clone() }, node));
            }
        }
        let written = |name: &str| {
            cells.iter().find_map(|(key, node)| match &node.value {
                Value::Scalar(text, _) if key.text == name => Some(text.as_str()),
                _ => None,
            })
        };
        let named = [written("slug"), row.key.map(|key| key.text.as_str()), written("title")].into_iter().flatten();
        let Some(stem) = named.map(forms::slug_of).find(|stem| !stem.is_empty()) else { return (span, None) };
        let path = if self.folder.is_empty() { stem } else { format!("{}/{stem}", self.folder) };
        let file = SourcePath::from(format!("content/{path}.md"));
        let body = text.map_or_else(|| Text::empty(&span), |node| self.text(node, &reader));
        reader.name_root();
        let node = Node { value: Value::Map(cells), ..row.node.clone() };
        let raw = RawPage::read(&node, &mut reader).map(|raw| raw.value).unwrap_or_default();
        let place = PagePlace { path, section: false, own_folder: false };
        let page = page::page(raw, place, body, &mut reader);
        let page = ParsedPage { file: file.clone(), is_row: true, ..page };
        (span, Some(PageOfRow { file, page, diagnostics: reader.diagnostics }))
    }

    /// What a cell says under a key: several words between commas or semicolons, the file of a picture, yes and no as spreadsheets write them.
    fn of_cell(&self, key: &str, node: &Node, row: &Row<'_>) -> Node {
        let Value::Scalar(text, style) = &node.value else { return node.clone() };
        let value = match key {
            "tags" | "aliases" => {
                let source = &self.source[node.start as usize..node.end as usize];
                // Where the words searched for so far end. A word with a quote in it is written otherwise, and stands somewhere in the cell.
                let mut from = 0;
                let words = text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty());
                let word = |word: &str| {
                    let value = Value::Scalar(word.to_owned(), *style);
                    let Some(at) = source[from..].find(word) else { return Node { value, ..node.clone() } };
                    let start = from + at;
                    from = start + word.len();
                    Node { start: cut(node.start as usize + start), end: cut(node.start as usize + from), value }
                };
                Value::List(words.map(word).collect())
            }
            "image" => {
                let key = |text: &str| Key { text: text.to_owned(), start: node.start, end: node.end };
                let alt = row.cells.iter().find(|(column, _)| column.text == "image_alt").map(|(_, alt)| (key("alt"), alt.clone()));
                Value::Map(std::iter::once((key("file"), node.clone())).chain(alt).collect())
            }
            "draft" | "math" | "search" | "social_card" | "toc" => Value::Scalar(in_words(text).into_owned(), *style),
            _ => return node.clone(),
        };
        Node { value, ..node.clone() }
    }

    /// What a column is to a page; `None` for one that stands under another name already.
    fn key_of<'k>(&'k self, column: &'k str) -> Option<&'k str> {
        let named = self.from.keys.iter().find(|(_, known)| known.value == column);
        let is_taken = self.from.keys.iter().any(|(key, _)| key.value == column);
        match named {
            Some((key, _)) => Some(&key.value),
            None => Some(column).filter(|_| !is_taken),
        }
    }

    fn text(&self, node: &Node, reader: &Reader<'_>) -> Text {
        let Value::Scalar(text, _) = &node.value else { return Text::empty(&reader.place(node)) };
        let markdown = Arc::new(markdown::parse(text, &markdown::Options::ours()));
        Text { markdown, span: reader.place(node), map: yaml::map(self.source, node) }
    }
}

/// Yes and no as YAML has them; spreadsheets write `TRUE` and `FALSE`.
pub(in crate::parse) fn in_words(cell: &str) -> Cow<'_, str> {
    let is_word = cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false");
    if is_word { Cow::Owned(cell.to_ascii_lowercase()) } else { Cow::Borrowed(cell) }
}

/// Whether a name can be given under `keys`.
pub(in crate::parse) fn is_key(name: &str) -> bool {
    name == TEXT || PAGE_KEYS.contains(&name) && !page::OF_SECTIONS.contains(&name)
}

/// All names that can be given under `keys`.
pub(in crate::parse) fn keys() -> impl Iterator<Item = &'static str> {
    PAGE_KEYS.iter().copied().chain([TEXT]).filter(|name| is_key(name))
}

impl ParsedData {
    /// Of a readable file.
    pub(in crate::parse) fn of(name: &str, root: &Node) -> Self {
        Self { name: name.to_owned(), value: Arc::new(super::value(root)) }
    }
}
