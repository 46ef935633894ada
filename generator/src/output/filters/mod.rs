//! The files that browsers filter with: for each list one at an address that never changes, which says what its products
//! are, and their cards in small files that carry their content in their names.
//!
//! Cards are what the theme's template makes of products, so they are remembered as pages are: by what they were made of
//! and what they asked. Lists are written whole each time: that is quicker than to know that nothing in them has changed.

mod cards;
mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::cards::{Cards, Chunk};
use crate::diagnostic::Diagnostic;
use crate::facets::ListName;
use crate::locale;
use crate::pictures::Copy;
use crate::present::filters::file;
use crate::render::{FilteredCards, Question};
use crate::site::{Id, Site};
use crate::source::Fingerprint;
use crate::write::{Sink, WriteError};

/// Where files lie that carry their content in their names: browsers keep them for ever.
const FOLDER: &str = "assets/filters/";

/// Cards that were made, by what they were made of.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterMemory {
    chunks: BTreeMap<Fingerprint, Chunk>,
}

/// What filters have come to.
#[derive(Debug, Default)]
pub struct Written {
    /// Their files.
    pub paths: Vec<String>,
    /// The copies of pictures that cards show.
    pub copies: Vec<Copy>,
    /// What else cards asked of the theme; some may stand there more than once.
    pub asked: Vec<Question>,
}

/// Why filters could not be made.
#[derive(Debug)]
pub enum FilterError {
    /// The theme's template met a mistake.
    Mistake(Box<Diagnostic>),
    /// A file could not be put into its place.
    Write(WriteError),
}

impl From<WriteError> for FilterError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<Diagnostic> for FilterError {
    fn from(mistake: Diagnostic) -> Self {
        Self::Mistake(Box::new(mistake))
    }
}

/// Makes cards of products, in the shop's languages.
pub trait CardMaker: Sync {
    /// Of what all cards in a language have in common.
    fn common(&self, language: usize) -> Fingerprint;
    /// The products' cards, and what they asked.
    fn make(&self, language: usize, ids: &[Id]) -> Result<FilteredCards, Diagnostic>;
    /// Whether a question has the same answer still.
    fn still_holds(&self, language: usize, question: &Question, answer: Fingerprint) -> bool;
    /// The copies of pictures that an answer names.
    fn copies(&self, language: usize, question: &Question) -> Vec<Copy>;
}

/// Whether a path of the site may be one of the filters' files.
pub fn is_file(path: &str) -> bool {
    path.starts_with(FOLDER) || path.ends_with("/filters.json")
}

/// Writes the files of all languages; a shop of which no list is filtered has none.
pub fn write(sites: &[Arc<Site>], maker: &dyn CardMaker, memory: &mut FilterMemory, sink: &dyn Sink) -> Result<Written, FilterError> {
    let mut written = Written::default();
    let mut now = FilterMemory::default();
    for (language, site) in sites.iter().enumerate() {
        let lists: Vec<ListName> = ListName::all(site).into_par_iter().filter(|list| site.list_facets(list).is_some()).collect();
        if lists.is_empty() {
            continue;
        }
        let files = Files { code: &site.settings.language, sink, once: Mutex::default() };
        let cards = Cards::make(site, language, maker, memory, &files)?;
        let by_name = names(site);
        let made = lists.par_iter().map(|list| write_list(site, list, &cards, &by_name, &files));
        written.paths.extend(made.collect::<Result<Vec<_>, WriteError>>()?.into_iter().flatten());
        cards.remember(language, maker, &files, &mut written, &mut now);
    }
    *memory = now;
    Ok(written)
}

/// The file of a list, and the one beside it of a long one; answers with their paths.
fn write_list(site: &Site, list: &ListName, cards: &Cards, by_name: &[u32], files: &Files<'_>) -> Result<Vec<String>, WriteError> {
    let mut paths = Vec::new();
    let apart = |text: &str| -> Result<String, WriteError> {
        let (hash, is_new) = files.put_once("names", text)?;
        if is_new {
            paths.push(files.name("names", &hash));
        }
        Ok(hash)
    };
    let Some(text) = list::text(site, list, cards, by_name, apart).transpose()? else { return Ok(paths) };
    let path = list.path(site).expect("only lists that are there are filtered");
    let place = format!("{}{}", site.settings.prefix, file(&path)).trim_start_matches('/').to_owned();
    let fingerprint = Fingerprint::of(text.as_bytes());
    if files.sink.holds(&place, fingerprint) {
        files.sink.keep(&place);
    } else {
        files.sink.put(&place, text.as_bytes(), fingerprint)?;
    }
    paths.push(place);
    Ok(paths)
}

/// The place of each product of a site, in its order, among all when they are sorted by name as the language does.
fn names(site: &Site) -> Vec<u32> {
    let titles: Vec<&str> = site.products.values().map(|product| product.product.title.as_str()).collect();
    let mut order: Vec<usize> = (0..titles.len()).collect();
    let collator = locale::collator(&site.settings.language);
    order.par_sort_by(|a, b| collator.compare(titles[*a], titles[*b]).then_with(|| a.cmp(b)));
    let mut places = vec![0; titles.len()];
    (0..).zip(order).for_each(|(place, product): (u32, usize)| places[product] = place);
    places
}

/// Puts files whose names carry their content.
struct Files<'a> {
    /// The language.
    code: &'a str,
    sink: &'a dyn Sink,
    /// Names of files that several lists share: a category and the only one above it have the same products.
    once: Mutex<BTreeSet<String>>,
}

impl Files<'_> {
    /// The name says language, sort and content.
    fn name(&self, sort: &str, hash: &str) -> String {
        format!("{FOLDER}{}-{sort}.{hash}.json", self.code)
    }

    /// Whether a file is there; then it stays.
    fn keep(&self, sort: &str, hash: &str) -> bool {
        let name = self.name(sort, hash);
        let is_there = self.sink.has(&name);
        if is_there {
            self.sink.keep(&name);
        }
        is_there
    }

    /// Answers with what the name carries.
    fn put(&self, sort: &str, text: &str) -> Result<String, WriteError> {
        let fingerprint = Fingerprint::of(text.as_bytes());
        let hash = carried(fingerprint);
        self.sink.put(&self.name(sort, &hash), text.as_bytes(), fingerprint)?;
        Ok(hash)
    }

    /// Puts a file that may have been put already. Answers with what its name carries, and whether it is new.
    fn put_once(&self, sort: &str, text: &str) -> Result<(String, bool), WriteError> {
        let hash = carried(Fingerprint::of(text.as_bytes()));
        let is_new = self.once.lock().expect("no thread panics while it holds the names").insert(self.name(sort, &hash));
        if is_new { Ok((self.put(sort, text)?, true)) } else { Ok((hash, false)) }
    }
}

/// What a name carries of a content: 40 bits, because all files of a language have the same name but for them.
fn carried(fingerprint: Fingerprint) -> String {
    fingerprint.0[..5].iter().map(|byte| format!("{byte:02x}")).collect()
}
