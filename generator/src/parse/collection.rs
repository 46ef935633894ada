//! A collection's file: a list of products by hand or by rule.

use serde::{Deserialize, Serialize};

use super::fields::{Prose, Read, Reader, Scalar, Set, keys};
use super::filters::{FiltersForm, WrittenFilters};
use super::forms::{Alias, Bool, Colour, Id, Line, ListOrder, Order, Whole};
use super::shared::{self, RawSeo, RawTitlePicture};
use super::yaml::{Node, Value};
use super::{Seo, Text, TitlePicture};
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes};

mod rule;

use rule::RuleForm;
pub use rule::{Compare, Condition, Rule};

keys! {
    "A collection, collections/<name>.yaml: a list of products by hand or by rule."
    struct RawCollection {
        #[required] title: Line, "The collection's name.";
        summary: Line, "One line, for lists and search engines.";
        description: Prose, "The text on its page, Markdown.";
        image: RawTitlePicture, "A picture, beside this file.";
        accent: AccentForm, "A colour for its page and its products' pages.";
        order: Order, "The lowest number comes first.";
        products: Set<Id>, "The names of the products' files, in the order shown.";
        rule: RuleForm, "Or which products belong to it: tag = gift and price < 30.";
        sort: ListOrder, "With a rule: newest, cheapest, dearest or title; newest, when nothing is written.";
        limit: Whole<1, 10000>, "With a rule: at most so many.";
        filters: FiltersForm, "By what it can be filtered: true, false, or names in the order shown.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        draft: Bool, "true: left out of the published shop.";
        seo: RawSeo, "Texts for search engines.";
    }
}

keys! {
    "A colour for light and one for dark surroundings."
    struct RawAccent {
        #[required] light: Colour, "On a light background.";
        dark: Colour, "On a dark background.";
    }
}

/// One colour, or one for light and one for dark surroundings.
pub(super) struct AccentForm;

impl Read for AccentForm {
    type Out = Accent;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Accent> {
        if matches!(node.value, Value::Map(_)) {
            let raw = RawAccent::read(node, reader)?.value;
            return Some(Accent { light: raw.light?, dark: raw.dark });
        }
        Colour::read(node, reader).map(|light| Accent { light, dark: None })
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pair = RawAccent::schema(generator);
        schemars::json_schema!({"anyOf": [Colour::scalar_schema(), pair]})
    }
}

/// The collection of the file `name`.
pub(super) fn collection(raw: RawCollection, name: &str, reader: &mut Reader<'_>) -> ParsedCollection {
    check_list(&raw.written, reader);
    ParsedCollection {
        file: reader.file.clone(),
        name: name.to_owned(),
        title: shared::title(raw.title, name, reader),
        description: raw.description,
        summary: raw.summary,
        image: shared::title_picture(raw.image, reader),
        accent: raw.accent,
        order: raw.order,
        products: raw.products.unwrap_or_default(),
        rule: raw.rule,
        sort: raw.sort.map_or(ListSort::Newest, |sort| sort.value),
        limit: raw.limit.map(|limit| limit.value),
        filters: raw.filters,
        aliases: raw.aliases.unwrap_or_default(),
        draft: raw.draft.is_some_and(|draft| draft.value),
        seo: shared::seo(raw.seo),
        complete: reader.is_clean(),
    }
}

/// A list is made by hand or by rule.
fn check_list(written: &[(&'static str, Span)], reader: &mut Reader<'_>) {
    let find = |wanted: &str| written.iter().find(|(key, _)| *key == wanted).map(|(_, span)| span.clone());
    match (find("products"), find("rule")) {
        (Some(by_hand), Some(by_rule)) => reader.diagnostics.push(
            Diagnostic::error(codes::LIST_AND_RULE, "a collection has `products` and a `rule`", by_rule)
                .related(by_hand, "the list by hand")
                .help("remove one of the two"),
        ),
        (_, None) => {
            for key in ["sort", "limit"] {
                if let Some(span) = find(key) {
                    let message = format!("`{key}` means nothing without a `rule`");
                    reader.error(codes::LIST_AND_RULE, message, span, "remove it; a list by hand is in your order");
                }
            }
        }
        _ => {}
    }
}

/// How a list by rule is ordered; equals by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListSort {
    /// The newest first, those without a date last.
    #[default]
    Newest,
    /// The lowest price first, those without a price last.
    Cheapest,
    /// The highest price first, those without a price last.
    Dearest,
    /// By title.
    Title,
}

/// A collection as its file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedCollection {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// The file's stem.
    pub name: String,
    /// Never empty in a complete collection.
    pub title: Spanned<String>,
    /// The long text.
    pub description: Option<Text>,
    /// One line.
    pub summary: Option<Spanned<String>>,
    /// The picture.
    pub image: Option<TitlePicture>,
    /// The colour of its page and of its members' pages.
    pub accent: Option<Accent>,
    /// The lowest comes first.
    pub order: Option<Spanned<i64>>,
    /// Ids in the order shown; each stands once.
    pub products: Vec<Spanned<String>>,
    /// Instead of a list by hand.
    pub rule: Option<Rule>,
    /// Of a list by rule.
    pub sort: ListSort,
    /// At most so many of a list by rule.
    pub limit: Option<u32>,
    /// By what it can be filtered, where something is said.
    pub filters: Option<WrittenFilters>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Left out of a build without `--drafts`.
    pub draft: bool,
    /// For search engines.
    pub seo: Seo,
}

/// A colour for light and for dark surroundings, each `#rrggbb` in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    /// On a light background.
    pub light: Spanned<String>,
    /// On a dark background, where it differs.
    pub dark: Option<Spanned<String>>,
}
