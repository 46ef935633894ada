//! A parsed text, as it is kept.

use super::quotes::Quote;
use serde::{Deserialize, Serialize};

/// A parsed text: HTML in parts, and what other stages ask about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markdown {
    /// The HTML in order, with holes for what depends on the rest of the shop.
    pub html: Vec<Part>,
    /// All headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Links inside the shop, of raw HTML too; [`Part::Link`] counts in this list.
    pub links: Vec<LinkRef>,
    /// Links with a scheme or a host, of raw HTML too; [`Part::Outside`] counts in this list.
    pub outside: Vec<LinkRef>,
    /// All pictures, of raw HTML too; [`Part::Image`] counts in this list.
    pub images: Vec<ImageRef>,
    /// Raw HTML in the order of the text; [`Part::Raw`] counts in this list.
    pub raw: Vec<RawHtml>,
    /// Whether raw HTML is nested so deeply that it is shown as text.
    pub is_too_deep: bool,
    /// Targets inside the text that raw HTML makes: its `id`s, and `name`s of `<a>`.
    pub anchors: Vec<String>,
    /// Blocks in the order of the text; [`Part::Block`] counts in this list.
    pub blocks: Vec<Block>,
    /// What an editor should be told, beside what raw HTML holds.
    pub flaws: Vec<Flaw>,
    /// Where quotation marks stand that are another language's in another language.
    pub quotes: Vec<Quote>,
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
    /// Further attributes of the link `outside[i]`, with a space before them, or nothing.
    Outside(u32),
    /// The whole element for `images[i]`: an `<img>`, or a `<figure>` where it stands alone; for raw HTML its attributes.
    Image(u32),
    /// What is published of `raw[i]`.
    Raw(u32),
    /// What alerts of this kind are called.
    Label(Alert),
    /// The beginning of `blocks[i]`, whose body follows.
    Block(u32),
    /// The end of `blocks[i]`.
    BlockEnd(u32),
}

/// A block, which the theme shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The name.
    pub name: String,
    /// The byte range of the name in the text.
    pub span: (u32, u32),
    /// What stands behind the name.
    pub values: Vec<BlockValue>,
}

/// A value of a block: `key="value"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockValue {
    /// The key.
    pub name: String,
    /// The byte range of the key in the text.
    pub name_span: (u32, u32),
    /// The value; of a key alone `true`.
    pub value: String,
    /// The byte range of the value in the text, without quotes.
    pub span: (u32, u32),
}

/// A part of raw HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawPart {
    /// What is published wherever raw HTML is.
    Html(Box<str>),
    /// What is published only where editors are trusted.
    Trusted(Box<str>),
    /// As [`Part::Link`].
    Link(u32),
    /// As [`Part::Outside`].
    Outside(u32),
    /// As [`Part::Image`].
    Image(u32),
}

/// The kinds of alerts, `> [!NOTE]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Alert {
    /// What readers should know.
    Note,
    /// Advice.
    Tip,
    /// What matters for success.
    Important,
    /// What needs attention at once.
    Warning,
    /// What may have bad consequences.
    Caution,
}

impl Alert {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution];

    /// As in classes and keys of texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }
}

impl From<pulldown_cmark::BlockQuoteKind> for Alert {
    fn from(kind: pulldown_cmark::BlockQuoteKind) -> Self {
        use pulldown_cmark::BlockQuoteKind as Kind;
        match kind {
            Kind::Note => Self::Note,
            Kind::Tip => Self::Tip,
            Kind::Important => Self::Important,
            Kind::Warning => Self::Warning,
            Kind::Caution => Self::Caution,
        }
    }
}

/// Where a link leads.
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
    /// What stands in its hole.
    pub form: ImageForm,
}

/// What stands in the hole of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageForm {
    /// It is a paragraph of its own, without the `<p>`.
    Figure,
    /// Within a line.
    Inline,
    /// Attributes of an `<img>` of raw HTML.
    Attributes {
        /// Whether it says its width or height itself.
        is_sized: bool,
    },
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

/// A tag or a block of raw HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawHtml {
    /// The byte range in the text.
    pub span: (u32, u32),
    /// Whether it stands on lines of its own.
    pub is_block: bool,
    /// As it was written.
    pub text: String,
    /// What is published of it.
    pub parts: Vec<RawPart>,
    /// What is not.
    pub found: Vec<Found>,
}

/// Something in raw HTML that is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The byte range in the text.
    pub span: (u32, u32),
    /// What it is and what became of it.
    pub kind: RawKind,
}

/// What was found in raw HTML. The site's policy forbids all but the last three, wherever raw HTML is published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RawKind {
    /// A `style` attribute: left out.
    StyleAttribute,
    /// An `on…` attribute: left out.
    EventHandler,
    /// A `<script>` element: shown as text.
    ScriptElement,
    /// A `<style>` element: shown as text.
    StyleElement,
    /// An address with this scheme: left out.
    Address(String),
    /// A tag without its `>`: shown as text.
    OpenTag,
    /// An element: left out, unless editors are trusted.
    Element(String),
    /// An attribute: left out, unless editors are trusted.
    Attribute(String),
}

/// Something that an editor should be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// The byte range in the text.
    pub span: (u32, u32),
    /// What it is.
    pub kind: FlawKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlawKind {
    /// Nothing refers to the footnote with this label, so it is not shown.
    UnusedFootnote(String),
    /// A link to an address with this scheme, which is not published.
    Address(String),
    /// Two headings have the same id of their own.
    SameId {
        /// The id.
        id: String,
        /// The place of the first.
        first: (u32, u32),
    },
    /// Code in a language that has no grammar.
    CodeLanguage {
        /// As it was written.
        name: String,
        /// One that has.
        near: Option<String>,
    },
    /// Something behind a fence that means nothing.
    FenceOption {
        /// As it was written.
        written: String,
        /// An option with a similar name.
        near: Option<String>,
    },
    /// A marked line that the code does not have.
    NoSuchLine {
        /// Its number.
        last: u32,
        /// How many there are.
        lines: u32,
    },
    /// A formula that cannot be read, and why.
    Formula(String),
    /// A heading of the first level, which the page's title is already.
    FirstLevel,
    /// A heading whose level is more than one below that of the heading before it; the page's title is of the first.
    SkippedLevel {
        /// The level of the heading before it.
        above: u8,
        /// Its own.
        level: u8,
    },
    /// A link that has no words.
    EmptyLink,
    /// A picture without a description: its destination.
    NoAlt(String),
    /// A picture whose description is a file's name: the description.
    FileName(String),
    /// What would be a block of this name, if it began its line outside of lists and quotes: shown as text.
    BlockPlace(String),
    /// A line `:::` where no block is open.
    BlockEnd,
    /// Blocks within more blocks than so many.
    BlockDepth(usize),
    /// A block that has no end.
    BlockOpen,
    /// Something behind a block's name that is no `key="value"`.
    BlockValue,
    /// A value whose quote is not closed.
    BlockQuote,
    /// A key that stands twice in one line.
    BlockValueTwice(String),
}
