//! Tables.

use super::super::text::signed_text;
use super::{Tree, Writer};
use pulldown_cmark::{Alignment, Event, TagEnd};
use std::fmt::Write as _;

/// What is known of the table being written.
#[derive(Default)]
pub(super) struct Table {
    columns: Vec<Alignment>,
    /// The column of the next cell.
    column: usize,
    in_body: bool,
}

impl Table {
    /// The element of a cell.
    pub(super) fn cell(&self) -> &'static str {
        if self.in_body { "td" } else { "th" }
    }
}

impl<'w> Writer<'w> {
    /// A wide table scrolls within a group, named by the table's own head.
    pub(super) fn table(&mut self, columns: &[Alignment], tree: &'w Tree<'w>, at: usize) {
        self.table = Table { columns: columns.to_vec(), ..Table::default() };
        let cells = tree.content(at + 1).split(|(event, _)| matches!(event, Event::End(TagEnd::TableCell)));
        let titles: Vec<String> =
            cells.map(|cell| signed_text(cell.iter().map(|(event, _)| event))).filter(|title| !title.is_empty()).collect();
        self.html.push_str("<div class=\"table-scroll\" tabindex=\"0\"");
        if !titles.is_empty() {
            self.html.push_str(" role=\"group\" aria-label=\"");
            self.attribute_text(&titles.join(", "));
            self.html.push('"');
        }
        self.html.push_str(">\n<table>\n");
    }

    pub(super) fn table_cell(&mut self) {
        let class = match self.table.columns.get(self.table.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        self.table.column += 1;
        let _ = write!(self.html, "<{}{class}>", self.table.cell());
    }

    pub(super) fn table_head(&mut self) {
        self.html.push_str("<thead>\n<tr>\n");
    }

    pub(super) fn table_row(&mut self) {
        self.html.push_str(if self.table.in_body { "<tr>\n" } else { "<tbody>\n<tr>\n" });
        self.table.in_body = true;
        self.table.column = 0;
    }

    pub(super) fn table_end(&mut self) {
        self.html.push_str(if self.table.in_body { "</tbody>\n</table>\n</div>\n" } else { "</table>\n</div>\n" });
    }
}
