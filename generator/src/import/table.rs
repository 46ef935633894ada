//! A CSV file as titled columns and rows with their line numbers: any of the usual separators, quoted line ends,
//! with or without byte order mark and final line end. Whatever is no such file is refused with advice.

use std::collections::BTreeMap;

use super::ImportError;

/// A CSV file in memory.
pub(super) struct Table {
    columns: Vec<String>,
    by_name: BTreeMap<String, usize>,
    rows: Vec<Vec<String>>,
    lines: Vec<usize>,
}

/// One row of a [`Table`].
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    number: usize,
}

/// One value with its place, for reports.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The line on which the row starts, 1-based.
    pub(super) line: usize,
    /// The column's title as the file has it.
    pub(super) column: &'a str,
    /// The value without spaces around it.
    pub(super) text: &'a str,
}

impl Table {
    /// Reads a file; see the module. Line ends inside values come out as `\n`, control characters are dropped.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ImportError> {
        let text = decode(bytes)?;
        let separator = separator(text);
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut records: Vec<(usize, Vec<String>)> = Vec::new();
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        for record in reader.records() {
            let record = record.map_err(|e| broken(&e))?;
            let start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
            records.push((lines.line_of(start), record.iter().map(clean).collect()));
        }
        if let Some((line, last)) = records.last()
            && text.matches('"').count() % 2 == 1
            && last.iter().any(|cell| cell.contains('\n'))
        {
            return Err(ImportError {
                line: Some(*line),
                column: None,
                message: "a quoted value that starts in this row is never closed".to_owned(),
                help: "export the file again, or add the missing `\"`".to_owned(),
            });
        }
        records.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        let mut records = records.into_iter();
        let Some((_, columns)) = records.next() else {
            return Err(refusal("the file is empty", "export the products again, as CSV"));
        };
        let mut by_name = BTreeMap::new();
        for (at, name) in columns.iter().enumerate() {
            by_name.entry(name.to_lowercase()).or_insert(at);
        }
        let (lines, rows) = records.unzip();
        Ok(Self { columns, by_name, rows, lines })
    }

    /// Whether there is a column with one of these titles; capitals do not count.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.find(names).is_some()
    }

    /// The columns' titles in their order.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// All rows below the titles.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|number| Row { table: self, number })
    }

    /// The values of all columns whose titles are not `known`, and of second columns of the same title.
    pub(super) fn unread(&self, known: impl Fn(&str) -> bool) -> impl Iterator<Item = Cell<'_>> {
        let unread: Vec<usize> = (0..self.columns.len())
            .filter(|at| {
                let name = self.columns[*at].to_lowercase();
                !known(&name) || self.by_name.get(&name) != Some(at)
            })
            .collect();
        self.rows().flat_map(move |row| {
            let beyond = self.columns.len()..self.rows[row.number].len();
            unread.clone().into_iter().chain(beyond).map(move |at| row.at(at)).collect::<Vec<_>>()
        })
    }

    fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.by_name.get(&name.to_lowercase()).copied())
    }
}

impl<'a> Row<'a> {
    /// The value in the first of these columns that the file has; empty where it has none of them.
    pub(super) fn cell(self, names: &[&'a str]) -> Cell<'a> {
        match self.table.find(names) {
            Some(at) => self.at(at),
            None => Cell { line: self.line(), column: names.first().copied().unwrap_or_default(), text: "" },
        }
    }

    /// The value alone.
    pub(super) fn text(self, names: &[&'a str]) -> &'a str {
        self.cell(names).text
    }

    /// The value in the column of a computed title, such as `Attribute 3 name`; `None` without such a column.
    pub(super) fn named(self, name: &str) -> Option<Cell<'a>> {
        self.table.find(&[name]).map(|at| self.at(at))
    }

    /// The line on which the row starts, 1-based.
    pub(super) fn line(self) -> usize {
        self.table.lines[self.number]
    }

    fn at(self, at: usize) -> Cell<'a> {
        Cell {
            line: self.line(),
            column: self.table.columns.get(at).map_or("(no title)", String::as_str),
            text: self.table.rows[self.number].get(at).map_or("", String::as_str),
        }
    }
}

/// Line numbers of growing positions. The reader's own are one behind after `\r\n` and empty lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first row at or behind `start`.
    fn line_of(&mut self, start: usize) -> usize {
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= start && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            let ends = *byte == b'\n' || *byte == b'\r' && self.text.get(self.at + 1) != Some(&b'\n');
            self.line += usize::from(ends);
            self.at += 1;
        }
        self.line
    }
}

pub(super) fn refusal(message: impl Into<String>, help: impl Into<String>) -> ImportError {
    ImportError { line: None, column: None, message: message.into(), help: help.into() }
}

fn decode(bytes: &[u8]) -> Result<&str, ImportError> {
    let spreadsheet = "open it in the spreadsheet program and save it as `CSV UTF-8 (comma delimited)`";
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(refusal("this is a spreadsheet or an archive, not a CSV file", spreadsheet));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(refusal("this file is encoded as UTF-16", "save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|e| ImportError {
        line: Some(bytes[..e.valid_up_to()].split(|b| *b == b'\n').count()),
        column: None,
        message: "this is not UTF-8 text".to_owned(),
        help: format!("save it as UTF-8; after editing it elsewhere, {spreadsheet}"),
    })
}

/// Spreadsheet programs of many countries write semicolons, some write tabs: what divides the first line most.
fn separator(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let count = |c: u8| first.bytes().filter(|b| *b == c).count();
    [b';', b'\t'].into_iter().fold(b',', |best, c| if count(c) > count(best) { c } else { best })
}

fn clean(cell: &str) -> String {
    let cell = cell.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'));
    cell.chars().filter(kept).collect::<String>().trim().to_owned()
}

fn broken(error: &csv::Error) -> ImportError {
    ImportError {
        line: error.position().and_then(|p| usize::try_from(p.line()).ok()),
        column: None,
        message: format!("the row cannot be read: {error}"),
        help: "export the file again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines() {
        for (text, expected) in [
            ("a,b\n1,2\n3,4", vec![2, 3]),
            ("a,b\r\n1,2\r\n3,4\r\n", vec![2, 3]),
            ("a,b\r1,2\r3,4", vec![2, 3]),
            ("\u{feff}a,b\n\n\n1,2\n,\n\"3\n\",4\n5,6\n", vec![4, 6, 8]),
        ] {
            let table = Table::read(text.as_bytes()).expect("a table");
            assert_eq!(table.rows().map(Row::line).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn uneven_rows_lose_nothing() {
        let table = Table::read(b"a,b,a\n1\n1,2,3,4\n").expect("a table");
        let unread: Vec<_> = table.unread(|_| true).map(|cell| (cell.line, cell.column, cell.text)).collect();
        assert_eq!(unread, [(2, "a", ""), (3, "a", "3"), (3, "(no title)", "4")]);
    }
}
