//! Bytes to parsed values and diagnostics, one file at a time. Pure: a file is never compared with
//! another one here, and nothing is opened.
//!
//! Every value that can still be wrong keeps its place ([`Spanned`]) for the stage that compares
//! files. One mistake never hides another in the same file, as long as its YAML can be read.

pub mod admin;
pub mod category;
pub mod collection;
mod contrast;
pub mod data;
pub mod discounts;
mod fields;
mod filters;
mod forms;
mod found;
pub mod front_matter;
pub mod loose;
pub mod markdown;
pub mod money;
pub mod overlay;
pub mod own_schemas;
pub mod page;
pub mod page_schema;
pub(crate) mod patterns;
pub mod product;
pub mod schema;
pub mod settings;
mod shared;
pub mod theme;
pub mod theme_texts;
pub mod yaml;

use std::borrow::Cow;
use std::sync::Arc;

use imaging::Focus;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, Spanned, codes};
use crate::site::without_marks;
use fields::Reader;
pub(crate) use fields::{list_of, unknown_key};
pub(crate) use shared::alt_missing;

pub use category::ParsedCategory;
pub use collection::{Accent, Compare, Condition, ListSort, ParsedCollection, Rule};
pub use data::ParsedData;
pub use discounts::{BenefitSpec, DiscountSpec, ParsedDiscounts, Scope};
pub use filters::WrittenFilters;
pub use money::{Amounts, PriceText};
pub use overlay::ParsedOverlay;
pub use page::{OF_SECTIONS, ParsedPage, SortBy};
pub use page_schema::ParsedPageSchema;
pub use product::{
    Choice, External, FieldSort, Kind, OptionSpec, ParsedProduct, ParsedVariant, Picture, PictureSource, ProductFile, SaleSpec, Sold,
};
pub use settings::ParsedSettings;
pub use theme::{ParsedTheme, ThemeChoice};

/// The keys that every page has.
pub(crate) const PAGE_KEYS: &[&str] = page::RawPage::KEYS;
/// The keys that a section can hand down.
pub(crate) const CASCADE_KEYS: &[&str] = page::RawCascade::KEYS;

/// What a source file is, told from its path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceKind {
    /// `shop.yaml`.
    Settings,
    /// `discounts.yaml`.
    Discounts,
    /// `products/**/<id>.yaml`.
    Product,
    /// `products/**/_index.md`.
    Category,
    /// `collections/<name>.yaml`.
    Collection,
    /// `content/**/*.md`, a section's `_index.md` too.
    Page,
    /// `content/**/_schema.yaml`.
    PageSchema,
    /// `data/**/*.yaml`, `.json` or `.csv`.
    Data,
    /// `themes/<name>/theme.yaml`.
    Theme,
    /// Texts in another language beside one of these: `<id>.<language>.yaml`, `<name>.<language>.md`.
    Overlay(Original),
}

/// What has overlays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Original {
    /// A product.
    Product,
    /// A category.
    Category,
    /// A collection.
    Collection,
    /// A page, post or section.
    Page,
}

/// Where an overlay stands, told from its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayPlace<'a> {
    /// What it is beside.
    pub kind: Original,
    /// The original's path.
    pub original: String,
    /// The language in the file's name.
    pub language: &'a str,
}

/// A file, parsed. Kept in the cache by the file's bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Parsed {
    /// `shop.yaml`.
    Settings(Box<ParsedSettings>),
    /// `discounts.yaml`.
    Discounts(Box<ParsedDiscounts>),
    /// A product.
    Product(Box<ParsedProduct>),
    /// A category's text.
    Category(Box<ParsedCategory>),
    /// A collection.
    Collection(Box<ParsedCollection>),
    /// A page, post or section.
    Page(Box<ParsedPage>),
    /// What the pages of a folder can say beyond the usual.
    PageSchema(Box<ParsedPageSchema>),
    /// Data.
    Data(Box<ParsedData>),
    /// What a theme says of itself.
    Theme(Box<ParsedTheme>),
    /// Texts in another language.
    Overlay(Box<ParsedOverlay>),
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
    pub markdown: Arc<markdown::Markdown>,
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

/// Words under which something is listed, by taxonomy; in each, every word stands once.
pub type Terms = Vec<(Spanned<String>, Vec<Spanned<String>>)>;

/// The same without places.
fn term_texts(terms: &Terms) -> Vec<(&str, Vec<&str>)> {
    terms.iter().map(|(name, words)| (name.value.as_str(), words.iter().map(|word| word.value.as_str()).collect())).collect()
}

/// A title picture of a page, category or collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitlePicture {
    /// The file, beside the source file.
    pub file: Spanned<String>,
    /// What it shows; empty for a decoration.
    pub alt: Option<Spanned<String>>,
    /// The point that stays in sight where a part of it is shown.
    pub focus: Focus,
}

impl Text {
    /// No text, at the place where one could have been.
    fn empty(span: &Span) -> Self {
        Self { markdown: Arc::default(), span: span.clone(), map: Vec::new() }
    }

    /// The place in the file of a byte range of the text: exact where the text is a copy of the
    /// file's bytes, else the whole text's place.
    pub fn locate(&self, (start, end): (u32, u32)) -> Span {
        let place = |offset: u32| {
            let at = self.map.partition_point(|(from, _)| *from <= offset).checked_sub(1)?;
            let (from, to) = self.map[at];
            Some(to + (offset - from))
        };
        match (place(start), place(end.saturating_sub(1))) {
            (Some(first), Some(last)) if end > start && last < self.span.end => Span { start: first, end: last + 1, ..self.span.clone() },
            _ => self.span.clone(),
        }
    }
}

/// Parses one file. Whatever the bytes, there is an answer; it is [`Parsed::Failed`] only when the
/// file can't be read as YAML. A value whose `complete` is false lacks what the diagnostics name.
pub fn parse(kind: SourceKind, path: &SourcePath, bytes: &[u8]) -> (Parsed, Vec<Diagnostic>) {
    match source_text(path, bytes) {
        Ok((source, from)) => parse_text(kind, path, &without_marks(source), from),
        Err(diagnostic) => (failed(kind, path, &String::from_utf8_lossy(bytes)), vec![diagnostic]),
    }
}

fn parse_text(kind: SourceKind, path: &SourcePath, source: &str, from: usize) -> (Parsed, Vec<Diagnostic>) {
    let mut reader = Reader::new(path, source);
    let markdown = matches!(kind, SourceKind::Page | SourceKind::Category | SourceKind::Overlay(Original::Page | Original::Category));
    let parts = if markdown {
        match front_matter::split(path, source, from) {
            Ok(parts) => parts,
            Err(diagnostic) => return (failed(kind, path, source), vec![diagnostic]),
        }
    } else {
        front_matter::Parts { yaml: (from, source.len()), body: source.len() }
    };
    let root = match kind {
        SourceKind::Data => data::read(path, source, from, &mut reader.diagnostics),
        _ => yaml::read(path, source, parts.yaml, &mut reader.diagnostics),
    };
    let Some(mut root) = root else {
        if reader.diagnostics.is_empty() {
            reader.diagnostics.push(empty_file(path, markdown));
        }
        return (failed(kind, path, source), reader.diagnostics);
    };
    // What is written as an escape is there only now.
    if source.contains('\\') {
        root.change_texts(&|text| {
            if let Cow::Owned(clean) = without_marks(text) {
                *text = clean;
            }
        });
    }
    let parsed = match address(kind, path, &mut reader) {
        Some(address) => typed(kind, &root, &address, parts.body, &mut reader),
        None => None,
    };
    (parsed.unwrap_or_else(|| failed(kind, path, source)), reader.diagnostics)
}

/// The value of a readable file; `None` when it isn't even a map.
fn typed(kind: SourceKind, root: &yaml::Node, address: &str, body: usize, reader: &mut Reader<'_>) -> Option<Parsed> {
    Some(match kind {
        SourceKind::Settings => {
            let raw = read_root::<settings::RawSettings>(root, reader)?;
            Parsed::Settings(Box::new(settings::settings(raw, reader)))
        }
        SourceKind::Discounts => {
            reader.name_root();
            let raws = discounts::RawDiscounts::read(root, reader)?;
            Parsed::Discounts(Box::new(discounts::discounts(raws, reader)))
        }
        SourceKind::Product => {
            let raw = read_root::<product::RawProduct>(root, reader)?;
            Parsed::Product(Box::new(product::product(raw, address, reader)))
        }
        SourceKind::Collection => {
            let raw = read_root::<collection::RawCollection>(root, reader)?;
            Parsed::Collection(Box::new(collection::collection(raw, address, reader)))
        }
        SourceKind::Category => {
            let raw = read_root::<category::RawCategory>(root, reader)?;
            let text = body_text(body, false, reader);
            Parsed::Category(Box::new(category::category(raw, address, text, reader)))
        }
        SourceKind::Page => {
            let raw = read_root::<page::RawPage>(root, reader)?;
            let text = body_text(body, is_on(raw.math.as_ref()), reader);
            Parsed::Page(Box::new(page::page(raw, page::place(address), text, reader)))
        }
        SourceKind::PageSchema => {
            let raw = read_root::<page_schema::RawPageSchema>(root, reader)?;
            Parsed::PageSchema(Box::new(page_schema::page_schema(raw, address, reader)))
        }
        SourceKind::Data => Parsed::Data(Box::new(ParsedData::of(address, root))),
        SourceKind::Theme => {
            let raw = read_root::<theme::RawTheme>(root, reader)?;
            Parsed::Theme(Box::new(theme::theme(raw, reader)))
        }
        SourceKind::Overlay(original) => Parsed::Overlay(Box::new(overlay(original, root, body, reader)?)),
    })
}

fn overlay(original: Original, root: &yaml::Node, body: usize, reader: &mut Reader<'_>) -> Option<ParsedOverlay> {
    Some(match original {
        Original::Product => overlay::product(read_root(root, reader)?, reader),
        Original::Collection => overlay::collection(read_root(root, reader)?, reader),
        Original::Category => {
            let raw = read_root(root, reader)?;
            overlay::category(raw, body_text(body, false, reader), reader)
        }
        Original::Page => {
            let raw: overlay::RawPageOverlay = read_root(root, reader)?;
            let text = body_text(body, is_on(raw.math.as_ref()), reader);
            overlay::page(raw, text, reader)
        }
    })
}

fn read_root<T: fields::Read<Out = Spanned<T>>>(root: &yaml::Node, reader: &mut Reader<'_>) -> Option<T> {
    reader.name_root();
    T::read(root, reader).map(|raw| raw.value)
}

fn is_on(flag: Option<&Spanned<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// The text below the front matter, which may say that it holds formulas.
fn body_text(start: usize, math: bool, reader: &Reader<'_>) -> Text {
    let source = &reader.source[start..];
    let start = u32::try_from(start).unwrap_or(u32::MAX);
    Text {
        markdown: Arc::new(markdown::parse(source, &markdown::Options { math, ..markdown::Options::ours() })),
        span: Span::new(reader.file, start as usize, reader.source.len()),
        map: vec![(0, start)],
    }
}

/// The text of a file and where it begins after a byte-order mark.
fn source_text<'a>(path: &SourcePath, bytes: &'a [u8]) -> Result<(&'a str, usize), Diagnostic> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text, if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 })),
        Err(error) => {
            let offset = error.valid_up_to();
            let line = bytes[..offset].split(|byte| *byte == b'\n').count();
            let byte = bytes.get(offset).copied().unwrap_or_default();
            let message = format!("the file is not UTF-8: byte {offset}, in line {line}, is 0x{byte:02X}");
            Err(Diagnostic::in_file(codes::NOT_UTF8, Severity::Error, message, path.clone()).help("save the file with the encoding UTF-8"))
        }
    }
}

fn empty_file(path: &SourcePath, markdown: bool) -> Diagnostic {
    let message = if markdown { "the front matter is empty" } else { "the file is empty" };
    Diagnostic::in_file(codes::EMPTY_FILE, Severity::Error, message, path.clone()).help("begin with `title: …`, or remove the file")
}

/// The id, name or path that a file's place gives it; for a page its path as it is.
fn address(kind: SourceKind, path: &SourcePath, reader: &mut Reader<'_>) -> Option<String> {
    let inner = path.split_once('/').map_or("", |(_, inner)| inner);
    let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
    let (address, parts): (String, &str) = match kind {
        // Whether its name can stand in an address is its original's matter.
        SourceKind::Settings | SourceKind::Discounts | SourceKind::Theme | SourceKind::Overlay(_) => return Some(String::new()),
        SourceKind::Data => return Some(stem.to_owned()),
        SourceKind::Product | SourceKind::Collection => (stem.to_owned(), stem),
        SourceKind::Category | SourceKind::PageSchema => {
            let folder = stem.rsplit_once('/').map_or("", |(folder, _)| folder);
            (folder.to_owned(), folder)
        }
        SourceKind::Page => {
            let place = page::place(path);
            if let Some(bad) = place.path.split('/').find(|part| !part.is_empty() && !forms::is_slug(part)) {
                reader.diagnostics.push(bad_name(path, bad));
                return None;
            }
            return Some(path.to_string());
        }
    };
    // A product's id has no underscore, so that it is one word in every address.
    let name = parts.rsplit('/').next().unwrap_or(parts);
    let bad_id = kind == SourceKind::Product && catalog::id::ProductId::parse(name).is_err();
    let bad = parts.split('/').find(|part| !part.is_empty() && !forms::is_slug(part)).or(bad_id.then_some(name));
    if let Some(bad) = bad {
        reader.diagnostics.push(bad_name(path, bad));
        return None;
    }
    Some(address)
}

fn bad_name(path: &SourcePath, name: &str) -> Diagnostic {
    let message = format!("the name `{name}` cannot stand in an address");
    let help = match forms::slug_of(&name.replace('_', "-")) {
        slug if slug.is_empty() => "names of files and folders begin with a-z or 0-9 and go on with these and `-`".to_owned(),
        slug => format!("rename it to `{slug}`: names of files and folders have only a-z, 0-9 and `-`"),
    };
    Diagnostic::in_file(codes::FILE_NAME, Severity::Error, message, path.clone()).help(help)
}

/// What a file that can't be read lays claim to.
fn failed(kind: SourceKind, path: &SourcePath, source: &str) -> Parsed {
    let skus = if kind == SourceKind::Product { product::scan_skus(source) } else { Vec::new() };
    Parsed::Failed(FailedClaim { file: path.clone(), kind, skus })
}

impl SourceKind {
    /// The kind of a source file, or `None` for any other file.
    pub fn of(path: &str) -> Option<Self> {
        match Self::overlay(path) {
            Some(place) => Some(Self::Overlay(place.kind)),
            None => Self::of_original(path),
        }
    }

    /// Where an overlay stands; `None` for any other file.
    pub fn overlay(path: &str) -> Option<OverlayPlace<'_>> {
        let (stem, ending) = path.rsplit_once('.')?;
        let (name, language) = stem.rsplit_once('.')?;
        if name.is_empty() || name.ends_with('/') || !forms::is_language(language) {
            return None;
        }
        let original = format!("{name}.{ending}");
        // A translation has none of its own.
        if Self::overlay(&original).is_some() {
            return None;
        }
        let kind = match Self::of_original(&original)? {
            Self::Product => Original::Product,
            Self::Category => Original::Category,
            Self::Collection => Original::Collection,
            Self::Page => Original::Page,
            Self::Settings | Self::Discounts | Self::PageSchema | Self::Data | Self::Theme | Self::Overlay(_) => return None,
        };
        Some(OverlayPlace { kind, original, language })
    }

    fn of_original(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        match (path.split_once('/').map(|(top, _)| top), ending) {
            (None, _) if name == "shop.yaml" => Some(Self::Settings),
            (None, _) if name == "discounts.yaml" => Some(Self::Discounts),
            (Some("products"), _) if name == "_index.md" => Some(Self::Category),
            (Some("products"), Some("yaml")) => Some(Self::Product),
            (Some("collections"), Some("yaml")) if path.matches('/').count() == 1 => Some(Self::Collection),
            (Some("content"), Some("md")) => Some(Self::Page),
            (Some("content"), _) if name == "_schema.yaml" => Some(Self::PageSchema),
            (Some("data"), Some("yaml" | "json" | "csv")) => Some(Self::Data),
            (Some("themes"), _) if name == "theme.yaml" && path.matches('/').count() == 2 => Some(Self::Theme),
            _ => None,
        }
    }
}

impl FailedClaim {
    /// What a reference to the file would name: a product's id, a collection's name, a category's or
    /// page's path.
    pub fn name(&self) -> String {
        let inner = self.file.split_once('/').map_or("", |(_, inner)| inner);
        let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
        match self.kind {
            SourceKind::Settings | SourceKind::Discounts | SourceKind::PageSchema | SourceKind::Theme | SourceKind::Overlay(_) => {
                String::new()
            }
            SourceKind::Product | SourceKind::Collection => stem.rsplit('/').next().unwrap_or(stem).to_owned(),
            SourceKind::Category => stem.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()),
            SourceKind::Data => stem.to_owned(),
            SourceKind::Page => page::place(&self.file).path,
        }
    }
}

impl Parsed {
    /// Of what other files can see of this one, where that is less than everything: a product's text and prices are its own
    /// page's matter alone.
    pub fn outline(&self) -> Option<crate::source::Fingerprint> {
        match self {
            Self::Product(product) => Some(crate::source::Fingerprint::of_value(&product.outline())),
            Self::Overlay(overlay) if overlay.original.ends_with(".yaml") && overlay.original.starts_with("products/") => {
                Some(crate::source::Fingerprint::of_value(&overlay.outline()))
            }
            Self::Overlay(_)
            | Self::Settings(_)
            | Self::Discounts(_)
            | Self::Category(_)
            | Self::Collection(_)
            | Self::Page(_)
            | Self::PageSchema(_)
            | Self::Data(_)
            | Self::Theme(_)
            | Self::Failed(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
