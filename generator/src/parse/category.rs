//! A category's `_index.md`.

use serde::{Deserialize, Serialize};

use super::fields::{Reader, Set, keys};
use super::filters::{FiltersForm, WrittenFilters};
use super::forms::{Alias, Bool, Line, Order};
use super::shared::{self, RawSeo, RawTitlePicture};
use super::{Seo, Text, TitlePicture};
use crate::diagnostic::{SourcePath, Spanned};

keys! {
    "The front matter of a category, products/**/_index.md."
    struct RawCategory {
        #[required] title: Line, "The category's name.";
        description: Line, "One line, for lists and search engines.";
        image: RawTitlePicture, "A picture, beside this file.";
        order: Order, "The lowest number comes first.";
        google_category: Line, "Google's category of the products in it that name none, by its number or its path.";
        filters: FiltersForm, "By what it can be filtered, and the categories below it that say nothing: true, false, or names in the order shown.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        draft: Bool, "true: left out of the published shop.";
        seo: RawSeo, "Texts for search engines.";
    }
}

/// The category at `path` below `products/`.
pub(super) fn category(raw: RawCategory, path: &str, body: Text, reader: &mut Reader<'_>) -> ParsedCategory {
    let name = path.rsplit('/').next().unwrap_or(path);
    ParsedCategory {
        file: reader.file.clone(),
        path: path.to_owned(),
        title: shared::title(raw.title, name, reader),
        description: raw.description,
        image: shared::title_picture(raw.image, reader),
        order: raw.order,
        google_category: raw.google_category,
        filters: raw.filters,
        aliases: raw.aliases.unwrap_or_default(),
        draft: raw.draft.is_some_and(|draft| draft.value),
        seo: shared::seo(raw.seo),
        body,
        complete: reader.is_clean(),
    }
}

/// A category's own title, text and order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedCategory {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// The folder's path below `products/`; empty for the whole catalogue.
    pub path: String,
    /// Never empty in a complete category.
    pub title: Spanned<String>,
    /// One line.
    pub description: Option<Spanned<String>>,
    /// The picture.
    pub image: Option<TitlePicture>,
    /// The lowest comes first.
    pub order: Option<Spanned<i64>>,
    /// Google's category of its products.
    pub google_category: Option<Spanned<String>>,
    /// By what it can be filtered, where something is said.
    pub filters: Option<WrittenFilters>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Left out of a build without `--drafts`.
    pub draft: bool,
    /// For search engines.
    pub seo: Seo,
    /// The text below the front matter.
    pub body: Text,
}
