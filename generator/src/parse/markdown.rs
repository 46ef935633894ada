//! Markdown to HTML with holes: `CommonMark` and the extensions chosen below, by byte offsets.
//!
//! What depends on the rest of the shop (where a link leads, how a picture is cut) stays a hole
//! that the page fills later, so this stage needs nothing but the text. It never fails, knows no
//! template syntax (braces are plain text, R10), and writes nothing that the site's
//! Content-Security-Policy would refuse: no `style` attribute, no inline script.

mod code;
pub mod flaws;
mod footnotes;
mod headings;
mod places;
mod raw;
mod text;
mod write;

use pulldown_cmark::{Event, Parser};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::ops::Range;

pub use headings::{TocEntry, slug, toc};
pub use text::plain_text;

/// Events with the byte range of the source that each came from.
type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// A parsed text: HTML in parts, and what other stages ask about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markdown {
    /// The HTML in order, with holes for links and pictures.
    pub html: Vec<Part>,
    /// All headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Links inside the shop; [`Part::Link`] counts in this list.
    pub links: Vec<LinkRef>,
    /// All pictures written in Markdown; [`Part::Image`] counts in this list.
    pub images: Vec<ImageRef>,
    /// What was taken out of raw HTML, in the order of the text, to be told to the editor.
    pub raw: Vec<RawHtml>,
    /// Targets inside the text that raw HTML makes: its `id`s, and `name`s of `<a>`.
    pub anchors: Vec<String>,
    /// Footnotes that nothing refers to, and which are therefore not shown.
    pub unused_footnotes: Vec<UnusedFootnote>,
    /// What is valid and yet not as it should be.
    pub flaws: Vec<flaws::Flaw>,
    /// The number of words, for a reading time.
    pub words: u32,
    /// What stands before `<!-- more -->`, as plain text; without that mark the first paragraph, at most 200 characters, cut after a
    /// word.
    pub summary: String,
}

impl Markdown {
    /// Every place inside the text that a link may lead to.
    pub fn all_anchors(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(|heading| heading.id.as_str()).chain(self.anchors.iter().map(String::as_str))
    }
}

/// A piece of HTML or a hole in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// HTML, complete as it is.
    Html(Box<str>),
    /// The value of an `href`, between its quotes: where `links[i]` leads.
    Link(u32),
    /// The whole element for `images[i]`: an `<img>`, or a `<figure>` where it stands alone.
    Image(u32),
}

/// A link to somewhere inside the shop: relative, from the root, or `#anchor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRef {
    /// The destination with its escapes and entities resolved.
    pub target: String,
    /// The byte range of the destination in the text; of the whole link where it can't be found.
    pub span: (u32, u32),
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRef {
    /// The destination with its escapes and entities resolved; may be an address elsewhere.
    pub target: String,
    /// The alternative text, plain.
    pub alt: String,
    /// The title, plain: the caption of a figure. Empty where there is none.
    pub title: String,
    /// The byte range of the destination in the text; of the whole picture where it can't be found.
    pub span: (u32, u32),
    /// Whether it is a paragraph of its own; there is then no `<p>` around the hole.
    pub alone: bool,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Unique within the text; empty without [`Options::heading_ids`].
    pub id: String,
    /// Its text without markup.
    pub title: String,
}

/// Something that raw HTML held and the site's policy forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawHtml {
    /// The byte range in the text.
    pub span: (u32, u32),
    /// What it was and what became of it.
    pub kind: RawKind,
}

/// What was found in raw HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RawKind {
    /// A `style` attribute: left out.
    StyleAttribute,
    /// An `on…` attribute: left out.
    EventHandler,
    /// A `<script>` element: shown as text.
    ScriptElement,
    /// A `<style>` element: shown as text.
    StyleElement,
}

/// A footnote that nothing refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusedFootnote {
    /// The label, as in `[^label]`.
    pub label: String,
    /// The byte range of the definition in the text.
    pub span: (u32, u32),
}

/// What is understood and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with a name")]
pub struct Options {
    /// Straight quotes, dashes and dots become typographic ones.
    pub smart: bool,
    /// Tables, footnotes, strikethrough and task lists.
    pub extensions: bool,
    /// Headings get an id, and their text links to it.
    pub heading_ids: bool,
    /// Fenced code in a known language is highlighted, and code can be scrolled by keyboard.
    pub highlight: bool,
    /// A picture that is alone in its paragraph stands without the `<p>`.
    pub figures: bool,
    /// What the site's policy forbids is taken out of raw HTML and listed in [`Markdown::raw`].
    pub clean: bool,
}

impl Options {
    /// What shops are written in.
    pub const fn ours() -> Self {
        Self { smart: true, extensions: true, heading_ids: true, highlight: true, figures: true, clean: true }
    }

    /// Exactly what the `CommonMark` specification says.
    pub const fn commonmark() -> Self {
        Self { smart: false, extensions: false, heading_ids: false, highlight: false, figures: false, clean: false }
    }

    /// The parser's switches, each one chosen: all of its options would bring footnotes in an
    /// older form, mathematics, metadata blocks and attributes on headings.
    fn for_parser(self) -> pulldown_cmark::Options {
        use pulldown_cmark::Options as Parser;
        let mut options = Parser::empty();
        if self.smart {
            options |= Parser::ENABLE_SMART_PUNCTUATION;
        }
        if self.extensions {
            options |= Parser::ENABLE_TABLES | Parser::ENABLE_FOOTNOTES | Parser::ENABLE_STRIKETHROUGH | Parser::ENABLE_TASKLISTS;
        }
        options
    }
}

/// Parses a text. Every text has a meaning in Markdown, so there is no error; what an editor should
/// be told about is in [`Markdown::raw`] and [`Markdown::unused_footnotes`].
pub fn parse(text: &str, options: &Options) -> Markdown {
    let mut parser = Parser::new_ext(text, options.for_parser()).into_offset_iter();
    let events: Events<'_> = parser.by_ref().collect();
    let notes = footnotes::split(events);
    let (words, summary) = text::measure(&notes);
    let written = write::write(text, *options, parser.reference_definitions(), &notes);
    let unused_footnotes = notes.unused.iter().map(|(label, range)| UnusedFootnote { label: label.clone(), span: span(range) }).collect();
    let flaws = flaws::look(text, &notes);
    Markdown { unused_footnotes, flaws, words, summary, ..written }
}

/// About as much as an address or a picture without copies takes.
const HOLE_BYTES: usize = 64;

/// Fills the holes. `link` answers with the address for `links[i]`, which is escaped here; `image` with the HTML of the
/// whole element for `images[i]`.
pub fn to_html<L: AsRef<str>, I: AsRef<str>>(markdown: &Markdown, link: impl Fn(usize) -> L, image: impl Fn(usize) -> I) -> String {
    let fixed = markdown.html.iter().map(|part| if let Part::Html(text) = part { text.len() } else { 0 });
    let mut html = String::with_capacity(fixed.sum::<usize>() + HOLE_BYTES * (markdown.links.len() + markdown.images.len()));
    for part in &markdown.html {
        match part {
            Part::Html(text) => html.push_str(text),
            Part::Link(index) => html.push_str(&escape_href(link(*index as usize).as_ref())),
            Part::Image(index) => html.push_str(image(*index as usize).as_ref()),
        }
    }
    html
}

/// A picture as plain Markdown has it: an `<img>` with the target as it was written.
pub fn plain_image(image: &ImageRef) -> String {
    let mut html = format!("<img src=\"{}\" alt=\"{}\"", escape_href(&image.target), escape(&image.alt));
    if !image.title.is_empty() {
        let _ = write!(html, " title=\"{}\"", escape(&image.title));
    }
    html.push_str(" />");
    html
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

/// A range as it is kept: sources are far below 4 GiB.
fn span(range: &Range<usize>) -> (u32, u32) {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    (offset(range.start), offset(range.end))
}

#[cfg(test)]
mod tests;
