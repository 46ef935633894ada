//! A collection's file: a list of products by hand.

use serde::{Deserialize, Serialize};

use super::{Seo, Text, TitlePicture};
use crate::diagnostic::{SourcePath, Spanned};

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
