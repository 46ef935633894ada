//! Pages, posts and sections: front matter and Markdown.

use serde::{Deserialize, Serialize};

use super::{Seo, Text, TitlePicture};
use crate::diagnostic::{SourcePath, Spanned};

/// How a section orders its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SortBy {
    /// The newest first.
    Date,
    /// By `order`, then by title.
    Order,
    /// By title.
    Title,
}

/// A page, post or section as its file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedPage {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// Where it stands below `content/`, without file ending: `about`, `journal/first-mug`, for a
    /// section its folder, for the home page nothing. `slug` is not applied.
    pub path: String,
    /// `_index.md`: a section, or the home page where `path` is empty.
    pub section: bool,
    /// `index.md`: a page whose folder is its own.
    pub own_folder: bool,
    /// Never empty in a complete page.
    pub title: Spanned<String>,
    /// One line, for search engines and lists.
    pub description: Option<Spanned<String>>,
    /// One or two sentences for lists.
    pub summary: Option<Spanned<String>>,
    /// Seconds since 1970 in UTC.
    pub date: Option<Spanned<i64>>,
    /// Seconds since 1970 in UTC.
    pub updated: Option<Spanned<i64>>,
    /// Who wrote it.
    pub author: Option<Spanned<String>>,
    /// Left out of a build without `--drafts`.
    pub draft: bool,
    /// Each stands once.
    pub tags: Vec<Spanned<String>>,
    /// The picture.
    pub image: Option<TitlePicture>,
    /// The lowest comes first.
    pub order: Option<Spanned<i64>>,
    /// The last part of the address, instead of the file's name.
    pub slug: Option<Spanned<String>>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Whether a table of contents is shown.
    pub toc: bool,
    /// A template of the theme.
    pub template: Option<Spanned<String>>,
    /// For search engines.
    pub seo: Seo,
    /// Sections only: how its pages are ordered.
    pub sort: Option<Spanned<SortBy>>,
    /// Sections only: pages on one page of the list; `None` means 10.
    pub paginate: Option<Spanned<u32>>,
    /// Sections only: whether there is a feed.
    pub feed: Option<Spanned<bool>>,
    /// The text below the front matter.
    pub body: Text,
}
