//! CSV as nodes: a list of rows, each a map from the titles in the first line to its cells.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::cut;
use crate::diagnostic::{Diagnostic, SourcePath, Span, codes};
use crate::parse::yaml::{Key, Node, Value};

/// The nodes of `source[from..]`.
pub(super) fn read(path: &SourcePath, source: &str, from: usize, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = &source[from..];
    let separator = separator(text);
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut titles: Option<Vec<Key>> = None;
    let mut rows: Vec<Node> = Vec::new();
    let mut record = csv::StringRecord::new();
    // The text is UTF-8 and is in memory: the reader has nothing else to complain of.
    let mut unclosed = None;
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, csv::Position::byte);
        let start = from + usize::try_from(start).unwrap_or(0);
        let end = from + usize::try_from(reader.position().byte()).unwrap_or(0);
        let places;
        (places, unclosed) = cells(source, start..end, separator);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(titles) = &titles else {
            titles = Some(self::titles(path, &record, &places, diagnostics)?);
            continue;
        };
        let row = Range { start, end: start + source[start..end].trim_end().len() };
        if record.len() > titles.len() {
            let extra = places.get(titles.len()).cloned().unwrap_or_else(|| row.clone());
            diagnostics.push(
                Diagnostic::error(codes::DATA, "this row has more cells than the first line", Span::new(path, extra.start, extra.end))
                    .label("nothing says what this is")
                    .help("put a cell that holds the separator between double quotes, or name the column in the first line"),
            );
            continue;
        }
        // A short row lacks the last cells.
        let cells = record.iter().zip(places).chain(std::iter::repeat(("", row.end..row.end)));
        let entries = titles.iter().zip(cells).map(|(title, (cell, place))| (title.clone(), self::cell(source, cell, place)));
        rows.push(Node { start: cut(row.start), end: cut(row.end), value: Value::Map(entries.collect()) });
    }
    if let Some(start) = unclosed {
        let end = start + source[start..].lines().next().map_or(0, str::len);
        let told = Diagnostic::error(codes::DATA, "a quote is opened and not closed", Span::new(path, start, end));
        diagnostics
            .push(told.label("everything behind it is one cell").help("close it; a `\"` within a quoted cell is written twice: `\"\"`"));
    }
    titles.map(|_| Node { start: cut(from), end: cut(source.len()), value: Value::List(rows) })
}

/// The names of the columns.
fn titles(path: &SourcePath, record: &csv::StringRecord, places: &[Range<usize>], diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Key>> {
    let mut titles: Vec<Key> = Vec::with_capacity(record.len());
    let mut is_right = true;
    for (cell, place) in record.iter().zip(places) {
        let text = cell.trim();
        let span = Span::new(path, place.start, place.end);
        if text.is_empty() {
            let told = Diagnostic::error(codes::DATA, "a column without a title", span);
            diagnostics.push(told.help("the first line names the columns: write a title, or remove the column"));
            is_right = false;
        } else if let Some(first) = titles.iter().find(|known| known.text == text) {
            let told = Diagnostic::error(codes::DATA, format!("two columns are called `{text}`"), span).label("again here");
            diagnostics
                .push(told.related(Span::new(path, first.start as usize, first.end as usize), "first here").help("rename one of them"));
            is_right = false;
        }
        titles.push(Key { text: text.to_owned(), start: cut(place.start), end: cut(place.end) });
    }
    is_right.then_some(titles)
}

fn cell(source: &str, text: &str, place: Range<usize>) -> Node {
    let is_quoted = source.get(place.clone()).is_some_and(|written| written.starts_with('"'));
    let style = if is_quoted { ScalarStyle::DoubleQuoted } else { ScalarStyle::Plain };
    let text = if is_quoted { text } else { text.trim() };
    Node { start: cut(place.start), end: cut(place.end), value: Value::Scalar(text.to_owned(), style) }
}

/// Programs write commas, semicolons where the comma is for decimals, or tabs: whichever the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    // Of equals the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Where the cells of a row stand, without white space around them, and where a quote is opened that is not closed. As the reader has it, a
/// quote opens a cell only where it is the first that stands in it, and is a sign like any other elsewhere.
fn cells(source: &str, row: Range<usize>, separator: u8) -> (Vec<Range<usize>>, Option<usize>) {
    let mut cells = Vec::new();
    let trimmed = |start: usize, end: usize| {
        let text = &source[start..end];
        let from = start + (text.len() - text.trim_start().len());
        from..from + text.trim().len()
    };
    let bytes = source.as_bytes();
    // Between two records there may be empty lines.
    let mut start = row.start + bytes[row.clone()].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut at = start;
    let mut quoted = None;
    while at < row.end {
        match bytes[at] {
            b'"' if quoted.is_some() && bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted.is_some() => quoted = None,
            b'"' if at == start => quoted = Some(at),
            byte if byte == separator && quoted.is_none() => {
                cells.push(trimmed(start, at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    cells.push(trimmed(start, row.end));
    (cells, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Vec<(String, String)>>, Vec<Diagnostic>) {
        let mut told = Vec::new();
        let node = super::read(&SourcePath::from("data/a.csv"), text, 0, &mut told).expect("it is read");
        let Value::List(rows) = node.value else { panic!("rows") };
        let cells = |node: Node| {
            let Value::Map(cells) = node.value else { panic!("cells") };
            let cell = |node: Node| {
                let written = text[node.start as usize..node.end as usize].to_owned();
                let Value::Scalar(value, _) = node.value else { panic!("a cell") };
                (value, written)
            };
            cells.into_iter().map(|(_, node)| cell(node)).collect()
        };
        (rows.into_iter().map(cells).collect(), told)
    }

    #[test]
    fn a_quote_within_a_cell_is_a_sign() {
        let (rows, told) = read("title,size,city\n5\" nail,12,6\" board\n\n\"a, \"\"b\"\"\",\"c\"d,\"e\nf\"\n");
        assert!(told.is_empty());
        let values: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(|(value, _)| value.as_str()).collect()).collect();
        assert_eq!(values, [vec!["5\" nail", "12", "6\" board"], vec!["a, \"b\"", "cd", "e\nf"]]);
        let written: Vec<&str> = rows.iter().flat_map(|row| row.iter().map(|(_, written)| written.as_str())).collect();
        assert_eq!(written, ["5\" nail", "12", "6\" board", "\"a, \"\"b\"\"\"", "\"c\"d", "\"e\nf\""]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_where_it_is_opened() {
        let (_, told) = read("a,b\nx,\"y\nz,w\n");
        assert_eq!(told.len(), 1);
        let span = told[0].span.as_ref().expect("a place");
        assert_eq!((span.start, span.end), (6, 8));
        assert!(read("a,b\nScreen 5\",big\nBoard,small\n").1.is_empty());
    }
}
