//! Pages, posts and sections: front matter and Markdown.

use serde::{Deserialize, Serialize};

use super::fields::{Pairs, Reader, Set, keys};
use super::forms::{Alias, Bool, Date, FileName, Folders, Line, Order, RowKey, Slug, SortWord, Tag, Until, Whole};
use super::loose::Loose;
use super::shared::{self, RawSeo, RawTitlePicture};
use super::{Seo, Terms, Text, TitlePicture};
use crate::diagnostic::{SourcePath, Span, Spanned, codes};

keys! {
    "The front matter of a page, post or section, content/**/*.md."
    struct RawPage + others {
        #[required] title: Line, "The page's title.";
        description: Line, "One line, for search engines.";
        summary: Line, "One or two sentences, for lists.";
        date: Date, "The day of publication, 2026-05-01, or an instant in UTC.";
        updated: Date, "The day of the last change.";
        expires: Until, "The last day on which it is shown, or the instant from which it is not.";
        author: Line, "Who wrote it.";
        draft: Bool, "true: left out of the published shop.";
        tags: Set<Tag>, "Words under which the page is listed.";
        taxonomies: Pairs<Slug, Set<Tag>>, "Terms under which it is listed by what shop.yaml declares: {makers: [Mira Lund]}.";
        image: RawTitlePicture, "A picture, beside this file.";
        order: Order, "The lowest number comes first.";
        slug: Slug, "The last part of the address, instead of the file's name.";
        path: Folders, "The whole address, instead of the file's place: offers/summer.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        toc: Bool, "true: shows a table of contents.";
        search: Bool, "false: the search does not find it.";
        social_card: Bool, "true: other sites show a card with its title, which the theme draws, instead of its picture.";
        math: Bool, "true: what stands between dollar signs in the text is a formula.";
        template: FileName, "A template of the theme.";
        seo: RawSeo, "Texts for search engines.";
        sort: SortWord, "Sections only: how the pages are ordered.";
        reverse: Bool, "Sections only: true: the last comes first.";
        paginate: Whole<1, 1000>, "Sections only: how many pages one page of the list shows.";
        feed: Bool, "Sections only: whether there is a feed.";
        cascade: RawCascade, "Sections only: what all pages below say, where they do not say it themselves.";
        pages_from: RawPagesFrom, "Sections only: makes a page of each row of a file of data/: {data: stockists}.";
    }
}

/// The keys that mean something to sections alone.
pub const OF_SECTIONS: [&str; 6] = ["sort", "reverse", "paginate", "feed", "cascade", "pages_from"];

keys! {
    "Of which data a section makes pages."
    struct RawPagesFrom {
        #[required] data: Line, "The file's path below data/, without its ending.";
        keys: Pairs<RowKey, Line>, "The columns that hold a page's keys, where they are called otherwise: {title: Name}. text is the page's text.";
    }
}

keys! {
    "What all pages below a section say, where they do not say it themselves."
    struct RawCascade + others {
        author: Line, "Who wrote them.";
        draft: Bool, "true: they are left out of the published shop.";
        expires: Until, "The last day on which they are shown.";
        tags: Set<Tag>, "Words under which they are listed.";
        taxonomies: Pairs<Slug, Set<Tag>>, "Terms under which they are listed by what shop.yaml declares.";
        toc: Bool, "true: shows a table of contents.";
        search: Bool, "false: the search does not find them.";
        social_card: Bool, "true: other sites show a card with their title.";
        template: FileName, "A template of the theme.";
    }
}

/// Where a page stands, told from its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PagePlace {
    /// See [`ParsedPage::path`].
    pub(super) path: String,
    /// See [`ParsedPage::section`].
    pub(super) section: bool,
    /// See [`ParsedPage::own_folder`].
    pub(super) own_folder: bool,
}

/// The place of `content/…`.
pub(super) fn place(path: &str) -> PagePlace {
    let inner = path.strip_prefix("content/").unwrap_or(path);
    let inner = inner.strip_suffix(".md").unwrap_or(inner);
    let (folder, stem) = inner.rsplit_once('/').unwrap_or(("", inner));
    match stem {
        "_index" => PagePlace { path: folder.to_owned(), section: true, own_folder: false },
        "index" => PagePlace { path: folder.to_owned(), section: false, own_folder: true },
        _ => PagePlace { path: inner.to_owned(), section: false, own_folder: false },
    }
}

/// The page at `place`.
pub(super) fn page(raw: RawPage, place: PagePlace, body: Text, reader: &mut Reader<'_>) -> ParsedPage {
    if !place.section {
        for (key, span) in &raw.written {
            if OF_SECTIONS.contains(key) {
                let message = format!("`{key}` belongs to a section, and this is a page");
                reader.error(codes::UNKNOWN_KEY, message, span.clone(), "remove it, or move it to the `_index.md` of the folder");
            }
        }
    }
    keys_in_place(&raw.written, &place, reader);
    let name = place.path.rsplit('/').next().unwrap_or_default();
    ParsedPage {
        file: reader.file.clone(),
        title: shared::title(raw.title, name, reader),
        path: place.path,
        section: place.section,
        own_folder: place.own_folder,
        description: raw.description,
        summary: raw.summary,
        date: raw.date,
        updated: raw.updated,
        expires: raw.expires,
        author: raw.author,
        draft: raw.draft.map(|draft| draft.value),
        tags: raw.tags,
        taxonomies: raw.taxonomies.unwrap_or_default(),
        image: shared::title_picture(raw.image, reader),
        order: raw.order,
        slug: raw.slug,
        address: raw.path,
        aliases: raw.aliases.unwrap_or_default(),
        toc: raw.toc.map(|toc| toc.value),
        search: raw.search.map(|search| search.value),
        social_card: raw.social_card.map(|card| card.value),
        template: raw.template,
        seo: shared::seo(raw.seo),
        sort: raw.sort,
        reverse: raw.reverse.is_some_and(|reverse| reverse.value),
        paginate: raw.paginate,
        feed: raw.feed,
        others: raw.others,
        cascade: raw.cascade.map(|raw| Box::new(cascade(raw.value))),
        pages_from: raw.pages_from.and_then(|raw| pages_from(raw.value)).map(Box::new),
        is_row: false,
        body,
        complete: reader.is_clean(),
    }
}

fn pages_from(raw: RawPagesFrom) -> Option<PagesFrom> {
    Some(PagesFrom { data: raw.data?, keys: raw.keys.unwrap_or_default() })
}

/// Tells of keys that a section does not have, and of those of an address that something else decides. Of a translation, `place` is its
/// original's.
pub(super) fn keys_in_place(written: &[(&'static str, Span)], place: &PagePlace, reader: &mut Reader<'_>) {
    let find = |wanted: &str| written.iter().find(|(key, _)| *key == wanted).map(|(_, span)| span.clone());
    if place.section {
        for (key, span) in written.iter().filter(|(key, _)| matches!(*key, "author" | "tags" | "taxonomies" | "toc")) {
            let message = format!("`{key}` belongs to pages, and this is a section");
            let help = "remove it, or write it below `cascade` of the section, which says it for all pages below";
            reader.error(codes::UNKNOWN_KEY, message, span.clone(), help);
        }
    }
    if place.path.is_empty() {
        for (key, span) in ["path", "slug"].into_iter().filter_map(|key| Some((key, find(key)?))) {
            let message = format!("`{key}` means nothing here: the home page is at `/`");
            reader.warning(codes::KEY_WITHOUT_EFFECT, message, span, "remove it");
        }
    } else if let (Some(_), Some(slug)) = (find("path"), find("slug")) {
        let message = "`slug` means nothing beside `path`, which is the whole address";
        reader.warning(codes::KEY_WITHOUT_EFFECT, message, slug, "remove one of them");
    }
}

fn cascade(raw: RawCascade) -> Cascade {
    Cascade {
        author: raw.author,
        draft: raw.draft.map(|draft| draft.value),
        expires: raw.expires,
        tags: raw.tags,
        taxonomies: raw.taxonomies.unwrap_or_default(),
        toc: raw.toc.map(|toc| toc.value),
        search: raw.search.map(|search| search.value),
        social_card: raw.social_card.map(|card| card.value),
        template: raw.template,
        others: raw.others,
    }
}

/// Of which data a section makes pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PagesFrom {
    /// The data's name.
    pub data: Spanned<String>,
    /// Keys of pages, and the columns that hold them.
    pub keys: Vec<(Spanned<String>, Spanned<String>)>,
}

/// What a section says for the pages below it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cascade {
    /// Who wrote them.
    pub author: Option<Spanned<String>>,
    /// Whether they are drafts.
    pub draft: Option<bool>,
    /// Seconds since 1970 in UTC, from which they are not shown.
    pub expires: Option<Spanned<i64>>,
    /// Each stands once; `None` when nothing was said.
    pub tags: Option<Vec<Spanned<String>>>,
    /// Words by taxonomy.
    pub taxonomies: Terms,
    /// Whether they show a table of contents.
    pub toc: Option<bool>,
    /// Whether the search finds them.
    pub search: Option<bool>,
    /// Whether other sites show a drawn card of them.
    pub social_card: Option<bool>,
    /// A template of the theme.
    pub template: Option<Spanned<String>>,
    /// Keys that a schema declares.
    pub others: Vec<(Spanned<String>, Loose)>,
}

/// How a section orders its pages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SortBy {
    /// The newest first.
    Date,
    /// By `order`, then by title.
    Order,
    /// By title.
    Title,
    /// By a key that a schema declares; pages without it come last.
    Field(String),
}

/// A page, post or section as its file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with a name")]
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
    /// Seconds since 1970 in UTC, from which it is not shown.
    pub expires: Option<Spanned<i64>>,
    /// Who wrote it.
    pub author: Option<Spanned<String>>,
    /// Left out of a build without `--drafts`; `None` when nothing was said.
    pub draft: Option<bool>,
    /// Each stands once; `None` when nothing was said, which is not the same as none.
    pub tags: Option<Vec<Spanned<String>>>,
    /// Words by taxonomy.
    pub taxonomies: Terms,
    /// The picture.
    pub image: Option<TitlePicture>,
    /// The lowest comes first.
    pub order: Option<Spanned<i64>>,
    /// The last part of the address, instead of the file's name.
    pub slug: Option<Spanned<String>>,
    /// The whole address without slashes at the ends, instead of [`Self::path`] and `slug`.
    pub address: Option<Spanned<String>>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Whether a table of contents is shown; `None` when nothing was said.
    pub toc: Option<bool>,
    /// Whether the search finds it; `None` when nothing was said.
    pub search: Option<bool>,
    /// Whether other sites show a drawn card of it; `None` when nothing was said.
    pub social_card: Option<bool>,
    /// A template of the theme.
    pub template: Option<Spanned<String>>,
    /// For search engines.
    pub seo: Seo,
    /// Sections only: how its pages are ordered.
    pub sort: Option<Spanned<SortBy>>,
    /// The last comes first.
    pub reverse: bool,
    /// Sections only: pages on one page of the list; `None` means 10.
    pub paginate: Option<Spanned<u32>>,
    /// Sections only: whether there is a feed.
    pub feed: Option<Spanned<bool>>,
    /// Sections only: what the pages below say where they do not say it themselves.
    pub cascade: Option<Box<Cascade>>,
    /// Sections only: of which data it makes further pages.
    pub pages_from: Option<Box<PagesFrom>>,
    /// Whether it is made of a row of data, and may say what no schema declares.
    pub is_row: bool,
    /// Keys that are none of a page's own: a schema of its section has to declare them.
    pub others: Vec<(Spanned<String>, Loose)>,
    /// The text below the front matter.
    pub body: Text,
}

impl ParsedPage {
    /// From when and until when it is shown, seconds since 1970. A section is always shown until it expires: a date does not hide what
    /// its pages are listed on.
    pub fn shown(&self) -> (Option<i64>, Option<i64>) {
        let from = self.date.as_ref().filter(|_| !self.section);
        (from.map(|date| date.value), self.expires.as_ref().map(|expires| expires.value))
    }

    /// Its tags; none where nothing was said.
    pub fn tags(&self) -> &[Spanned<String>] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// Left out of a build without `--drafts`.
    pub fn is_draft(&self) -> bool {
        self.draft == Some(true)
    }
}
