//! A site as a web server shows it, without a disk: a page is made when a browser asks for it, and so is a picture.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use axum::http::{HeaderName, HeaderValue};
use rustc_hash::FxHashMap;

use crate::cache::PictureCache;
use crate::diagnostic::{Diagnostic, SourcePath};
use crate::edition::Edition;
use crate::output::{self, filters, search};
use crate::pictures::Copy;
use crate::present::Route;
use crate::publish::{PublishError, encode};

/// Why a file that the site has cannot be shown.
#[derive(Debug)]
pub enum ShowError {
    /// What the theme, or the blocks of a text, met.
    Mistakes(Vec<Diagnostic>),
    /// The environment failed.
    Broken(String),
}

impl From<PublishError> for ShowError {
    fn from(error: PublishError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Headers of answers.
pub(super) type Headers = Vec<(HeaderName, HeaderValue)>;

/// Bytes by path.
type Files = BTreeMap<String, Arc<[u8]>>;

/// So many made pages are kept; more are made again when they are asked for.
const MOST_PAGES: usize = 256;

/// An edition, and what was made of it so far.
#[derive(Debug)]
pub struct Published {
    /// What it is made from.
    pub edition: Arc<Edition>,
    /// Sent with each of its files.
    pub(super) headers: Arc<Headers>,
    /// By the file that a web server would show.
    routes: Arc<FxHashMap<String, Route>>,
    pages: Mutex<FxHashMap<String, Arc<[u8]>>>,
    files: OnceLock<BTreeMap<String, Arc<[u8]>>>,
    /// The search's files, made when somebody searches: they are made of all products.
    search: OnceLock<BTreeMap<String, Arc<[u8]>>>,
    /// The filters' files, made when somebody filters; or what the theme has wrong.
    filters: OnceLock<Result<Files, Box<Diagnostic>>>,
    /// Copies of pictures that files beside the pages name, by path.
    named: OnceLock<BTreeMap<String, Copy>>,
    copied: BTreeMap<String, SourcePath>,
    /// Copies of pictures that pages have asked for, by path.
    copies: Mutex<BTreeMap<String, Copy>>,
    /// Encoded copies.
    encoded: Mutex<BTreeMap<String, Arc<[u8]>>>,
    /// Held while a picture is encoded: browsers ask for dozens at once, and each takes a core and its decoded size.
    encoding: Encoding,
}

impl Published {
    /// An edition of which nothing is made yet. Copies of pictures that are still the same are taken from `before`.
    pub fn new(edition: Arc<Edition>, before: Option<&Self>) -> Self {
        // The same frame has the same pages.
        let routes = before.filter(|before| before.edition.site.frame == edition.site.frame).map(|before| Arc::clone(&before.routes));
        let routes = routes.unwrap_or_else(|| Arc::new(edition.routes().into_iter().map(|route| (route.output(), route)).collect()));
        let copied = edition.copied().into_iter().map(|(source, path)| (path, source)).collect();
        let mut copies = before.map(|before| lock(&before.copies).clone()).unwrap_or_default();
        copies.retain(|_, copy| edition.site.pictures.makes(copy));
        let mut encoded = before.map(|before| lock(&before.encoded).clone()).unwrap_or_default();
        encoded.retain(|path, _| copies.contains_key(path));
        let headers = output::headers::all(&edition.site);
        Self {
            headers: Arc::new(headers.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()),
            routes,
            pages: Mutex::default(),
            files: OnceLock::new(),
            search: OnceLock::new(),
            filters: OnceLock::new(),
            named: OnceLock::new(),
            copied,
            copies: Mutex::new(copies),
            encoded: Mutex::new(encoded),
            encoding: before.map(|before| before.encoding.clone()).unwrap_or_default(),
            edition,
        }
    }

    /// The paths of everything but pictures and assets, which are there when a page has asked for them.
    pub fn paths(&self) -> Vec<String> {
        let filters = self.filters().as_ref().into_iter().flat_map(|filters| filters.keys());
        let files = self.files().keys().chain(self.search().keys()).chain(filters).chain(self.routes.keys()).chain(self.copied.keys());
        let mut paths: Vec<String> = files.cloned().collect();
        paths.sort_unstable();
        paths
    }

    /// Adds copies of pictures that a browser may ask for.
    pub fn expect(&self, copies: impl Iterator<Item = Copy>) {
        lock(&self.copies).extend(copies.map(|copy| (copy.path.clone(), copy)));
    }

    /// Whether a copy of a picture is known by this path.
    pub fn knows_picture(&self, path: &str) -> bool {
        lock(&self.copies).contains_key(path)
    }

    /// Whether there is a page or file at a path.
    pub fn has(&self, path: &str) -> bool {
        self.routes.contains_key(path)
            || self.copied.contains_key(path)
            || self.files().contains_key(path)
            || (search::is_file(path) && self.search().contains_key(path))
    }

    fn files(&self) -> &BTreeMap<String, Arc<[u8]>> {
        self.files.get_or_init(|| self.edition.files().into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect())
    }

    fn search(&self) -> &BTreeMap<String, Arc<[u8]>> {
        self.search.get_or_init(|| {
            let (files, copies) = self.edition.search_in_memory();
            self.expect(copies.into_iter());
            files.into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect()
        })
    }

    fn filters(&self) -> &Result<Files, Box<Diagnostic>> {
        self.filters.get_or_init(|| {
            let (files, copies) = self.edition.filters_in_memory()?;
            self.expect(copies.into_iter());
            Ok(files.into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect())
        })
    }

    fn named(&self) -> &BTreeMap<String, Copy> {
        self.named.get_or_init(|| self.edition.copies().into_iter().map(|copy| (copy.path.clone(), copy)).collect())
    }

    /// A file's bytes; `None` where the site has no such file.
    pub fn get(&self, path: &str, cache: &PictureCache) -> Option<Result<Arc<[u8]>, ShowError>> {
        if let Some(route) = self.routes.get(path) {
            return Some(self.page(path, route));
        }
        if let Some(source) = self.copied.get(path) {
            return Some(self.edition.sources.bytes(source).map_err(|error| ShowError::Broken(error.to_string())));
        }
        if let Some(asset) = path.strip_prefix("assets/").and_then(|name| self.edition.theme().at(&format!("/assets/{name}"))) {
            return Some(self.edition.theme().bytes(&asset).map_err(ShowError::Broken));
        }
        if search::is_file(path)
            && let Some(bytes) = self.search().get(path)
        {
            return Some(Ok(Arc::clone(bytes)));
        }
        if filters::is_file(path) {
            match self.filters() {
                Ok(files) if files.contains_key(path) => return Some(Ok(Arc::clone(&files[path]))),
                Ok(_) => {}
                Err(mistake) => return Some(Err(ShowError::Mistakes(vec![Diagnostic::clone(mistake)]))),
            }
        }
        let copy = lock(&self.copies).get(path).cloned();
        let copy = copy.or_else(|| path.starts_with("img/").then(|| self.named().get(path).cloned())?);
        if let Some(copy) = copy {
            return Some(self.picture(&copy, cache).map_err(ShowError::from));
        }
        self.files().get(path).map(|bytes| Ok(Arc::clone(bytes)))
    }

    fn page(&self, path: &str, route: &Route) -> Result<Arc<[u8]>, ShowError> {
        if let Some(bytes) = lock(&self.pages).get(path) {
            return Ok(Arc::clone(bytes));
        }
        let (html, copies) = self.edition.page(route).map_err(ShowError::Mistakes)?;
        self.expect(copies.into_iter());
        let bytes: Arc<[u8]> = html.into_bytes().into();
        let mut pages = lock(&self.pages);
        if pages.len() >= MOST_PAGES {
            pages.clear();
        }
        pages.insert(path.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }

    /// A copy, encoded together with all others of its picture: decoding is half of the work.
    fn picture(&self, copy: &Copy, cache: &PictureCache) -> Result<Arc<[u8]>, PublishError> {
        let known = || lock(&self.encoded).get(&copy.path).cloned();
        if let Some(bytes) = known() {
            return Ok(bytes);
        }
        let _turn = self.encoding.lock(&copy.file);
        if let Some(bytes) = known() {
            return Ok(bytes);
        }
        let mut all: Vec<Copy> =
            lock(&self.copies).values().filter(|other| other.file == copy.file && other.path != copy.path).cloned().collect();
        all.push(copy.clone());
        let wanted: Vec<&Copy> = all.iter().collect();
        let made = encode(&self.edition, cache, &copy.file, &wanted)?;
        lock(&self.encoded).extend(made.into_iter().map(|(copy, bytes)| (copy.path.clone(), Arc::from(bytes))));
        Ok(known().expect("a copy is among all copies of its picture"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds what was made")
}

/// As many locks as may be held at once; a picture always takes the same one, so that it is never encoded twice.
#[derive(Debug, Clone)]
struct Encoding(Arc<[Mutex<()>]>);

impl Default for Encoding {
    fn default() -> Self {
        Self((0..rayon::current_num_threads()).map(|_| Mutex::default()).collect())
    }
}

impl Encoding {
    fn lock(&self, file: &str) -> MutexGuard<'_, ()> {
        let sum = file.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        self.0[sum % self.0.len()].lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
