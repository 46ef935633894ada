//! A category's `_index.md`.

use serde::{Deserialize, Serialize};

use super::{Seo, Text, TitlePicture};
use crate::diagnostic::{SourcePath, Spanned};

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
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Left out of a build without `--drafts`.
    pub draft: bool,
    /// For search engines.
    pub seo: Seo,
    /// The text below the front matter.
    pub body: Text,
}
