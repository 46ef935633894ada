//! Texts in another language, in a file beside its original: `<name>.<language>.yaml`, `<name>.<language>.md`.
//!
//! What an overlay does not say is its original's. It says texts and nothing else: a price, a SKU or a count stands once.

use serde::{Deserialize, Serialize};

use super::fields::{Pairs, Prose, Read, Reader, Set, keys};
use super::forms::{Alias, Bool, FileOrUrl, Folders, KindWord, Line, SkuText, Slug, Stock, Tag};
use super::loose::Loose;
use super::money::Price;
use super::page;
use super::product::Kind;
use super::shared::{self, Alt, RawSeo};
use super::yaml::{Node, Value};
use super::{PriceText, Seo, SourceKind, Terms, Text};
use crate::diagnostic::{SourcePath, Spanned};

keys! {
    "A product's texts in another language, products/<category>/<id>.<language>.yaml."
    struct RawProductOverlay {
        title: Line, "The product's name.";
        summary: Line, "One line, for cards and search engines.";
        description: Prose, "The text on its page, Markdown.";
        slug: Slug, "The last part of its address in this language.";
        draft: Bool, "true: not yet shown; the original is.";
        tags: Set<Tag>, "Words under which it is listed, instead of the original's.";
        taxonomies: Pairs<Slug, Set<Tag>>, "Terms under which it is listed, instead of the original's, by taxonomy.";
        brand: Line, "The maker.";
        alt: Pairs<FileOrUrl, Alt>, "What the pictures show: {mug.jpg: A blue mug}.";
        options: Pairs<Line, RawOptionWords>, "What options and values are called.";
        fields: Pairs<Slug, RawOptionWords>, "What the fields of its lines, and their choices, are called.";
        specifications: Pairs<Line, SpecificationForm>, "A text, or {title, value} where the name is another too.";
        files: Pairs<Line, Line>, "What its downloads are called, by file.";
        label: Line, "The words of an external product's button.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        seo: RawSeo, "Texts for search engines.";
        kind: KindWord, "The same as the original's.";
        price: Price, "The same as the original's.";
        compare_at: Price, "The same as the original's.";
        sku: SkuText, "The same as the original's.";
        stock: Stock, "The same as the original's.";
    }
}

keys! {
    "What an option and its values are called in another language."
    struct RawOptionWords {
        title: Line, "Instead of the option's name.";
        values: Pairs<Line, Line>, "Values: {Large: Groß}.";
    }
}

keys! {
    "A specification whose name is another too."
    struct RawSpecificationWords {
        title: Line, "Instead of the name.";
        #[required] value: Line, "The text.";
    }
}

keys! {
    "A page, post or section in another language, content/**/<name>.<language>.md."
    struct RawPageOverlay + others {
        title: Line, "The page's title.";
        description: Line, "One line, for search engines.";
        summary: Line, "One or two sentences, for lists.";
        slug: Slug, "The last part of its address in this language.";
        path: Folders, "Its whole address in this language, without the language: angebote/sommer.";
        draft: Bool, "true: not yet shown; the original is.";
        tags: Set<Tag>, "Words under which the page is listed, instead of the original's.";
        taxonomies: Pairs<Slug, Set<Tag>>, "Terms under which it is listed, instead of the original's, by taxonomy.";
        alt: Pairs<FileOrUrl, Alt>, "What its picture shows, by file.";
        math: Bool, "true: what stands between dollar signs in this text is a formula.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        seo: RawSeo, "Texts for search engines.";
    }
}

keys! {
    "A category in another language, products/**/_index.<language>.md."
    struct RawCategoryOverlay {
        title: Line, "The category's name.";
        description: Line, "One line, for lists and search engines.";
        draft: Bool, "true: not yet shown; the original is.";
        alt: Pairs<FileOrUrl, Alt>, "What its picture shows, by file.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        seo: RawSeo, "Texts for search engines.";
    }
}

keys! {
    "A collection in another language, collections/<name>.<language>.yaml."
    struct RawCollectionOverlay {
        title: Line, "The collection's name.";
        summary: Line, "One line, for lists and search engines.";
        description: Prose, "The text on its page, Markdown.";
        draft: Bool, "true: not yet shown; the original is.";
        alt: Pairs<FileOrUrl, Alt>, "What its picture shows, by file.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        seo: RawSeo, "Texts for search engines.";
    }
}

/// A specification's text, or its name and text.
pub(super) struct SpecificationForm;

impl Read for SpecificationForm {
    type Out = SpecificationWords;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<SpecificationWords> {
        if matches!(node.value, Value::Map(_)) {
            let raw = RawSpecificationWords::read(node, reader)?.value;
            return Some(SpecificationWords { title: raw.title, value: raw.value? });
        }
        Line::read(node, reader).map(|value| SpecificationWords { title: None, value })
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let line = Line::schema(generator);
        let pair = RawSpecificationWords::schema(generator);
        schemars::json_schema!({"anyOf": [line, pair]})
    }
}

/// Texts in another language, as their file says. What is `None` or left out is the original's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParsedOverlay {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// The original's file.
    pub original: SourcePath,
    /// As the file's name says, which may be none of the shop's.
    pub language: String,
    /// Not yet shown.
    pub draft: bool,
    /// Instead of the title.
    pub title: Option<Spanned<String>>,
    /// Instead of the line for search engines.
    pub description: Option<Spanned<String>>,
    /// Instead of the line for lists.
    pub summary: Option<Spanned<String>>,
    /// The last part of the address.
    pub slug: Option<Spanned<String>>,
    /// Of a page: keys that a schema of its section declares.
    pub others: Vec<(Spanned<String>, Loose)>,
    /// The whole address of a page, without slashes at the ends.
    pub address: Option<Spanned<String>>,
    /// Instead of all tags.
    pub tags: Option<Vec<Spanned<String>>>,
    /// Instead of all words of these taxonomies.
    pub taxonomies: Terms,
    /// What pictures show, by file or address.
    pub alts: Vec<(Spanned<String>, Spanned<String>)>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Instead of the texts for search engines, one by one.
    pub seo: Seo,
    /// Instead of the text.
    pub text: Option<Text>,
    /// What only products have.
    pub product: ProductWords,
}

/// A product's further texts in another language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProductWords {
    /// The maker.
    pub brand: Option<Spanned<String>>,
    /// By the original's name.
    pub options: Vec<(Spanned<String>, OptionWords)>,
    /// By the original's name.
    pub fields: Vec<(Spanned<String>, OptionWords)>,
    /// By the original's name.
    pub specifications: Vec<(Spanned<String>, SpecificationWords)>,
    /// Titles of downloads, by file.
    pub files: Vec<(Spanned<String>, Spanned<String>)>,
    /// Of an external product's button.
    pub label: Option<Spanned<String>>,
    /// What has to be as in the original.
    pub same: Same,
}

/// What an option and its values are called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OptionWords {
    /// Instead of the name.
    pub title: Option<Spanned<String>>,
    /// By the original's value.
    pub values: Vec<(Spanned<String>, Spanned<String>)>,
}

/// A specification in another language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecificationWords {
    /// Instead of the name.
    pub title: Option<Spanned<String>>,
    /// The text.
    pub value: Spanned<String>,
}

/// Values that an overlay may repeat and never changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Same {
    /// What is sold.
    pub kind: Option<Spanned<Kind>>,
    /// The price.
    pub price: Option<PriceText>,
    /// The former price.
    pub compare_at: Option<PriceText>,
    /// The SKU.
    pub sku: Option<Spanned<String>>,
    /// The first count.
    pub stock: Option<Spanned<u32>>,
}

impl ParsedOverlay {
    /// What other files can see of it: title, address, lists, anchors. All but a product's text and its own page's words.
    pub(super) fn outline(&self) -> impl Serialize + use<'_> {
        let texts = |list: &'_ [Spanned<String>]| -> Vec<String> { list.iter().map(|text| text.value.clone()).collect() };
        let text = |value: &'_ Option<Spanned<String>>| -> Option<String> { value.as_ref().map(|text| text.value.clone()) };
        let anchors: Vec<&str> = self.text.iter().flat_map(|text| text.markdown.all_anchors()).collect();
        (
            (&self.original, &self.language, self.draft, text(&self.title), text(&self.slug)),
            (self.tags.as_deref().map(texts), super::term_texts(&self.taxonomies), texts(&self.aliases), self.text.is_some(), anchors),
        )
    }
}

/// The texts of a product.
pub(super) fn product(raw: RawProductOverlay, reader: &mut Reader<'_>) -> ParsedOverlay {
    let option = |(name, raw): (Spanned<String>, Spanned<RawOptionWords>)| {
        (name, OptionWords { title: raw.value.title, values: raw.value.values.unwrap_or_default() })
    };
    ParsedOverlay {
        title: raw.title,
        summary: raw.summary,
        slug: raw.slug,
        draft: raw.draft.is_some_and(|draft| draft.value),
        tags: raw.tags,
        taxonomies: raw.taxonomies.unwrap_or_default(),
        alts: raw.alt.unwrap_or_default(),
        aliases: raw.aliases.unwrap_or_default(),
        seo: shared::seo(raw.seo),
        text: raw.description,
        product: ProductWords {
            brand: raw.brand,
            options: raw.options.unwrap_or_default().into_iter().map(option).collect(),
            fields: raw.fields.unwrap_or_default().into_iter().map(option).collect(),
            specifications: raw.specifications.unwrap_or_default(),
            files: raw.files.unwrap_or_default(),
            label: raw.label,
            same: Same { kind: raw.kind, price: raw.price, compare_at: raw.compare_at, sku: raw.sku, stock: raw.stock },
        },
        ..of(reader)
    }
}

/// The texts of a page, post or section; an empty body leaves the original's.
pub(super) fn page(raw: RawPageOverlay, body: Text, reader: &mut Reader<'_>) -> ParsedOverlay {
    if let Some(overlay) = SourceKind::overlay(reader.file) {
        page::keys_in_place(&raw.written, &page::place(&overlay.original), reader);
    }
    ParsedOverlay {
        title: raw.title,
        description: raw.description,
        summary: raw.summary,
        slug: raw.slug,
        address: raw.path,
        draft: raw.draft.is_some_and(|draft| draft.value),
        tags: raw.tags,
        taxonomies: raw.taxonomies.unwrap_or_default(),
        alts: raw.alt.unwrap_or_default(),
        aliases: raw.aliases.unwrap_or_default(),
        seo: shared::seo(raw.seo),
        text: written(body, reader),
        others: raw.others,
        ..of(reader)
    }
}

/// The texts of a category.
pub(super) fn category(raw: RawCategoryOverlay, body: Text, reader: &mut Reader<'_>) -> ParsedOverlay {
    ParsedOverlay {
        title: raw.title,
        description: raw.description,
        draft: raw.draft.is_some_and(|draft| draft.value),
        alts: raw.alt.unwrap_or_default(),
        aliases: raw.aliases.unwrap_or_default(),
        seo: shared::seo(raw.seo),
        text: written(body, reader),
        ..of(reader)
    }
}

/// The texts of a collection.
pub(super) fn collection(raw: RawCollectionOverlay, reader: &mut Reader<'_>) -> ParsedOverlay {
    ParsedOverlay {
        title: raw.title,
        summary: raw.summary,
        draft: raw.draft.is_some_and(|draft| draft.value),
        alts: raw.alt.unwrap_or_default(),
        aliases: raw.aliases.unwrap_or_default(),
        seo: shared::seo(raw.seo),
        text: raw.description,
        ..of(reader)
    }
}

/// An overlay without texts, at its place.
fn of(reader: &Reader<'_>) -> ParsedOverlay {
    let place = SourceKind::overlay(reader.file).expect("only overlays are read as such");
    ParsedOverlay {
        file: SourcePath::clone(reader.file),
        complete: reader.is_clean(),
        original: SourcePath::from(place.original),
        language: place.language.to_owned(),
        ..ParsedOverlay::default()
    }
}

fn written(body: Text, reader: &Reader<'_>) -> Option<Text> {
    let source = &reader.source[body.span.start as usize..body.span.end as usize];
    (!source.trim().is_empty()).then_some(body)
}
