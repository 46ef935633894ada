//! Footnotes: the references in the text, and the section at its end.

use super::Writer;
use pulldown_cmark::{Event, TagEnd};
use std::fmt::Write as _;

impl Writer<'_> {
    pub(super) fn footnote_reference(&mut self, label: &str) {
        let Some(index) = self.notes.index(label) else {
            self.text(&format!("[^{label}]"));
            return;
        };
        self.references[index] += 1;
        let number = index + 1;
        let id = reference_id(number, self.references[index]);
        let _ =
            write!(self.html, "<sup class=\"footnote-ref\"><a href=\"#fn:{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a></sup>");
    }

    /// The footnotes, each with links back to where it is referred to. Their roles tell a screen
    /// reader what they are, in the reader's own language.
    pub(super) fn footnotes(&mut self) {
        let notes = self.notes;
        if notes.notes.is_empty() {
            return;
        }
        self.block();
        self.html.push_str("<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
        for (index, note) in notes.notes.iter().enumerate() {
            let number = index + 1;
            let _ = writeln!(self.html, "<li id=\"fn:{number}\">");
            // The way back stands at the end of the last line, where reading ends.
            if let Some((Event::End(TagEnd::Paragraph), _)) = note.events.last() {
                self.events(&note.events, note.events.len() - 1);
                self.html.push(' ');
            } else {
                self.events(&note.events, note.events.len());
                self.block();
                self.html.push_str("<p>");
            }
            self.back_links(number, note.references);
            self.html.push_str("</p>\n</li>\n");
        }
        self.html.push_str("</ol>\n</div>\n");
    }

    fn back_links(&mut self, number: usize, references: u32) {
        for nth in 1..=references {
            let id = reference_id(number, nth);
            let name = if nth == 1 { format!("{number}") } else { format!("{number}.{nth}") };
            let _ = write!(
                self.html,
                "{}<a class=\"footnote-back\" href=\"#{id}\" role=\"doc-backlink\" aria-label=\"↩ {name}\">↩</a>",
                if nth == 1 { "" } else { " " }
            );
        }
    }
}

/// The id of the `nth` reference to a footnote. No heading's id has a colon.
fn reference_id(number: usize, nth: u32) -> String {
    if nth == 1 { format!("fnref:{number}") } else { format!("fnref:{number}:{nth}") }
}
