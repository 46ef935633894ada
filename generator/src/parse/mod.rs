//! Bytes to parsed values and diagnostics, one file at a time. Pure: a file is never compared with
//! another one here, and nothing is opened.
//!
//! Every value that can still be wrong keeps its place ([`Spanned`]) for the stage that compares
//! files. One mistake never hides another in the same file, as long as its YAML can be read.

pub mod category;
pub mod collection;
pub mod fields;
pub mod front_matter;
pub mod markdown;
pub mod money;
pub mod page;
pub mod product;
pub mod schema;
pub mod settings;
pub mod yaml;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned};

pub use category::ParsedCategory;
pub use collection::{Accent, ParsedCollection};
pub use money::{Amounts, PriceText};
pub use page::{ParsedPage, SortBy};
pub use product::{
    Choice, External, Kind, OptionSpec, ParsedProduct, ParsedVariant, Picture, PictureSource,
    ProductFile,
};
pub use settings::ParsedSettings;

/// What a source file is, told from its path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceKind {
    /// `shop.yaml`.
    Settings,
    /// `products/**/<id>.yaml`.
    Product,
    /// `products/**/_index.md`.
    Category,
    /// `collections/<name>.yaml`.
    Collection,
    /// `content/**/*.md`, a section's `_index.md` too.
    Page,
}

/// A file, parsed. Kept in the cache by the file's bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Parsed {
    /// `shop.yaml`.
    Settings(Box<ParsedSettings>),
    /// A product.
    Product(Box<ParsedProduct>),
    /// A category's text.
    Category(Box<ParsedCategory>),
    /// A collection.
    Collection(Box<ParsedCollection>),
    /// A page, post or section.
    Page(Box<ParsedPage>),
    /// A file that could not be read as YAML at all; its diagnostics say why.
    Failed(FailedClaim),
}

/// What an unreadable file still lays claim to, so that one mistake makes one message: others that
/// refer to it are not told that it is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedClaim {
    /// The file.
    pub file: SourcePath,
    /// What it would have been.
    pub kind: SourceKind,
    /// SKUs that a tolerant look found in it.
    pub skus: Vec<String>,
}

/// Markdown as written in a file, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// The parsed text.
    pub markdown: markdown::Markdown,
    /// The place of the whole text.
    pub span: Span,
    /// Where pieces of the text lie in the file: (offset in the text, offset in the file), rising.
    /// Empty when the text is not a copy of the file's bytes (a folded or escaped scalar).
    pub map: Vec<(u32, u32)>,
}

/// Title and description for search engines, where they differ from the page's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seo {
    /// Instead of the title.
    pub title: Option<Spanned<String>>,
    /// Instead of the summary.
    pub description: Option<Spanned<String>>,
}

/// A title picture of a page, category or collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitlePicture {
    /// The file, beside the source file.
    pub file: Spanned<String>,
    /// What it shows; empty for a decoration.
    pub alt: Option<Spanned<String>>,
}

impl Text {
    /// The place in the file of a byte range of the text: exact where the text is a copy of the
    /// file's bytes, else the whole text's place.
    pub fn locate(&self, (start, end): (u32, u32)) -> Span {
        let place = |offset: u32| {
            let at = self.map.partition_point(|(from, _)| *from <= offset).checked_sub(1)?;
            let (from, to) = self.map[at];
            Some(to + (offset - from))
        };
        match (place(start), place(end.saturating_sub(1))) {
            (Some(first), Some(last)) if end > start && last < self.span.end => {
                Span { start: first, end: last + 1, ..self.span.clone() }
            }
            _ => self.span.clone(),
        }
    }
}

/// Parses one file. Whatever the bytes, there is an answer; it is [`Parsed::Failed`] only when the
/// file can't be read as YAML. A value whose `complete` is false lacks what the diagnostics name.
pub fn parse(kind: SourceKind, path: &SourcePath, bytes: &[u8]) -> (Parsed, Vec<Diagnostic>) {
    todo_parse(kind, path, bytes)
}
