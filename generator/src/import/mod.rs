//! Other systems' exports to files of a shop: bytes in, files to write and a report out.
//!
//! Pure: nothing here reads a disk, a clock or the network. What a shop's files cannot say is never dropped
//! silently; it stands in the [`Report`] with its line. The files that come out always make a shop that builds.

mod categories;
mod choices;
mod exchange;
mod folder;
mod html;
mod hugo;
mod jekyll;
mod model;
mod pages;
mod pictures;
mod report;
mod settle;
mod shopify;
mod slug;
mod table;
mod woocommerce;
mod woocommerce_cells;
mod wordpress;
mod write_yaml;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use catalog::currency::Currency;

pub use exchange::{export, shopfront};
pub use folder::Folder;
pub use hugo::hugo;
pub use jekyll::jekyll;
pub use pictures::{Download, RemotePicture, plan_downloads, with_pictures};
pub use report::{Links, NotCarried, Report};
pub use shopify::shopify;
pub use woocommerce::woocommerce;
pub use wordpress::wordpress;

/// What the importer has to know of the shop that the files are for.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions<'a> {
    /// The shop's default currency; an export's prices are plain amounts, written in it.
    pub currency: Currency,
    /// The folder for what is imported, under `products/` or `content/`; `None` is the importer's own.
    pub into: Option<&'a str>,
    /// The tax classes of `shop.yaml`; a class that is not among them is reported and left out.
    pub tax_classes: &'a [&'a str],
    /// The languages of `shop.yaml`, the default first; texts in others are reported and left out.
    pub languages: &'a [&'a str],
    /// The taxonomies that `shop.yaml` declares beside tags; terms of others are reported and left out.
    pub taxonomies: &'a [&'a str],
    /// The path of the shop's `base_url`, without a slash at the end.
    pub base_path: &'a str,
    /// What the shop has already: each address, former ones too, and the file that it belongs to.
    pub known: &'a BTreeMap<String, String>,
}

/// No address is taken.
static NONE_KNOWN: BTreeMap<String, String> = BTreeMap::new();

impl<'a> ImportOptions<'a> {
    /// Options for a shop that has only the tax class `standard`, with categories straight under `products/`.
    pub fn new(currency: Currency) -> ImportOptions<'a> {
        Self { currency, into: None, tax_classes: &["standard"], languages: &["en"], taxonomies: &[], base_path: "", known: &NONE_KNOWN }
    }
}

/// An export, turned into a shop's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Text by path in the shop: products, `_index.md` of categories, collections; pages and posts.
    pub files: BTreeMap<String, String>,
    /// Those of `files` that are only wanted where the shop has none, such as the `_index.md` of a journal.
    pub only_missing: BTreeSet<String>,
    /// Files to copy as they are: the path in the shop, and the path in the imported folder.
    pub copies: BTreeMap<String, String>,
    /// The pictures that are shown by address, and where each belongs once it is fetched.
    pub pictures: Vec<RemotePicture>,
    /// Files that could not be read, and why; the others came over.
    pub failed: Vec<(String, ImportError)>,
    /// What was made, and what could not be carried over.
    pub report: Report,
}

/// Why a file is no export that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*line, column.as_deref()))]
pub struct ImportError {
    /// The line in the file, 1-based, where there is one to name.
    pub line: Option<usize>,
    /// The column's title, where it is about one.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

fn place(line: Option<usize>, column: Option<&str>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!("line {line}, column `{column}`: "),
        (Some(line), None) => format!("line {line}: "),
        (None, Some(column)) => format!("column `{column}`: "),
        (None, None) => String::new(),
    }
}

/// What to do with one file of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// There is no such file: write it.
    Create,
    /// The file says this already.
    Same,
    /// The file says something else, so somebody has edited it: leave it alone unless told otherwise.
    Conflict,
}

/// Compares a file of the shop, where there is one, with what an import would write. Line ends do not count: git
/// may have changed them.
pub fn merge_plan(existing: Option<&str>, new: &str) -> Action {
    match existing {
        None => Action::Create,
        Some(text) if text == new || text.replace("\r\n", "\n") == new => Action::Same,
        Some(_) => Action::Conflict,
    }
}
