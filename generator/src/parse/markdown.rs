//! Markdown to HTML with holes: `CommonMark` and the extensions chosen below, by byte offsets.
//!
//! What depends on the rest of the shop (where a link leads, how a picture is cut) stays a hole
//! that the page fills later, so this stage needs nothing but the text. It never fails, knows no
//! template syntax (braces are plain text, R10), and writes nothing that the site's
//! Content-Security-Policy would refuse: no `style` attribute, no inline script.

mod allowed;
mod attributes;
mod autolinks;
mod blocks;
mod code;
mod fence;
mod flaws;
mod footnotes;
mod headings;
mod holes;
mod math;
mod parsed;
mod places;
mod quotes;
mod raw;
mod references;
mod text;
mod tree;
mod write;

use pulldown_cmark::{Event, Parser};
use std::ops::Range;

pub use allowed::{clean, scheme};
pub use flaws::is_file_name;
pub use headings::{TocEntry, slug, toc};
pub use holes::{AsWritten, Holes, to_html};
pub use parsed::{
    Alert, Block, BlockValue, Flaw, FlawKind, Found, Heading, ImageForm, ImageRef, LinkRef, Markdown, Part, RawHtml, RawKind, RawPart,
};
pub use quotes::{Mark, Marks, Place, Quote};

/// Events with the byte range of the source that each came from.
type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// What is understood and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with a name")]
pub struct Options {
    /// Straight quotes, dashes and dots become typographic ones.
    pub smart: bool,
    /// Tables, footnotes, strikethrough, task lists, definition lists, alerts, and links around bare addresses.
    pub extensions: bool,
    /// What stands between dollar signs is a formula.
    pub math: bool,
    /// Headings get an id, their own or one made of their text, and their text links to it.
    pub heading_ids: bool,
    /// Fenced code in a known language is highlighted, and code can be scrolled by keyboard.
    pub highlight: bool,
    /// A picture that is alone in its paragraph stands without the `<p>`.
    pub figures: bool,
    /// Raw HTML is taken apart in [`Markdown::raw`], and links lead nowhere where something would run.
    pub clean: bool,
}

impl Options {
    /// What shops are written in.
    pub const fn ours() -> Self {
        Self { smart: true, extensions: true, math: false, heading_ids: true, highlight: true, figures: true, clean: true }
    }

    /// Exactly what the `CommonMark` specification says.
    pub const fn commonmark() -> Self {
        Self { smart: false, extensions: false, math: false, heading_ids: false, highlight: false, figures: false, clean: false }
    }

    /// The parser's switches, each one chosen: all of its options would bring footnotes in an
    /// older form, metadata blocks, and attributes on headings that swallow any braces.
    fn for_parser(self, text: &str) -> pulldown_cmark::Options {
        use pulldown_cmark::Options as Parser;
        let mut options = Parser::empty();
        if self.smart {
            options |= Parser::ENABLE_SMART_PUNCTUATION;
        }
        if self.extensions {
            options |= Parser::ENABLE_TABLES | Parser::ENABLE_FOOTNOTES | Parser::ENABLE_STRIKETHROUGH | Parser::ENABLE_TASKLISTS;
            options |= Parser::ENABLE_GFM;
            if has_definitions(text) {
                options |= Parser::ENABLE_DEFINITION_LIST;
            }
        }
        if self.math {
            options |= Parser::ENABLE_MATH;
        }
        options
    }
}

/// Whether a text has definitions: lines that begin with a colon and a space. The parser takes any line with a colon for one, so a text
/// with others, such as `:-)` or `:::`, has none.
fn has_definitions(text: &str) -> bool {
    let mut is_there = false;
    for (at, colon) in text.match_indices(':') {
        let before = text[..at].trim_end_matches([' ', '\t', '>']);
        if before.is_empty() || before.ends_with('\n') {
            if !text[at + colon.len()..].starts_with([' ', '\t']) {
                return false;
            }
            is_there = true;
        }
    }
    is_there
}

/// Parses a text. Every text has a meaning in Markdown, so there is no error; what an editor should
/// be told about is in [`Markdown::raw`] and [`Markdown::flaws`].
pub fn parse(text: &str, options: &Options) -> Markdown {
    let text = &*references::without_marks(text);
    let mut marks = if options.extensions { blocks::find(text) } else { blocks::Marks::default() };
    if !marks.marks.is_empty() {
        let hidden = marks.hide(text);
        let events: Events<'_> = Parser::new_ext(&hidden, options.for_parser(&hidden)).into_offset_iter().collect();
        marks.keep_found(&events);
        marks.pair();
    }
    let whole = marks.hide(text);
    let text = &*whole;
    let mut parser = Parser::new_ext(text, options.for_parser(text)).into_offset_iter();
    let mut events: Events<'_> = parser.by_ref().collect();
    let mut found = std::mem::take(&mut marks.flaws);
    if options.smart {
        quotes::sign(text, &mut events);
    }
    let attributes = if options.heading_ids { attributes::take(text, &mut events, &mut found) } else { attributes::ByHeading::new() };
    let events = if options.extensions { autolinks::link(text, events) } else { events };
    let notes = footnotes::split(events);
    let (words, summary, quotes) = text::measure(&notes);
    let mut written = write::write(text, *options, parser.reference_definitions(), &notes, &attributes, &marks);
    let unused = notes.unused.iter().map(|(label, range)| Flaw { span: span(range), kind: FlawKind::UnusedFootnote(label.clone()) });
    found.append(&mut written.flaws);
    found.extend(unused);
    found.extend(flaws::look(text, &notes));
    found.sort_by_key(|flaw| flaw.span);
    written.quotes.extend(quotes);
    let mut made = Markdown { flaws: found, words, summary, ..written };
    // It is kept as long as the file is as it is, and there are many.
    made.html.shrink_to_fit();
    made.headings.shrink_to_fit();
    made.summary.shrink_to_fit();
    made
}

/// Escapes text for an attribute in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing into a `String` can't fail, here and below.
    let _ = pulldown_cmark_escape::escape_html(&mut escaped, text);
    escaped
}

/// Escapes an address for an `href`: what isn't allowed in an address is percent-encoded.
fn escape_href(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    let _ = pulldown_cmark_escape::escape_href(&mut escaped, address);
    escaped
}

/// A place or an index as it is kept: sources are far below 4 GiB.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A range as it is kept: sources are far below 4 GiB.
fn span(range: &Range<usize>) -> (u32, u32) {
    (count(range.start), count(range.end))
}

#[cfg(test)]
mod tests;
