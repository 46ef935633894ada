//! The preview: serves the last good site from memory, shows mistakes over it, and tells browsers when it changes.
//!
//! It answers loopback only. What it shows is what `build` writes, plus one script tag.

mod published;
mod watch;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::broadcast;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::cache::PictureCache;
use crate::diagnostic::{Diagnostic, SourcePath};
use crate::edition::Edition;
use crate::pictures::{Copy, media_type};
use crate::site::Site;
use crate::source::Sources;
use crate::{Outcome, report};

use published::Headers;
pub use published::{Published, ShowError};
pub use watch::{Wake, watch};

/// The script tag that the preview adds to every page.
pub const SCRIPT_TAG: &str = "<script src=\"/_shopfront/preview.js\" defer></script>";

/// What is shown now.
#[derive(Default)]
struct Shown {
    /// The newest edition without a mistake that was met so far.
    site: Option<Arc<Published>>,
    /// The newest edition of which every page was made without a mistake.
    proven: Option<Arc<Published>>,
    /// The newest shop whose settings could be read, with or without mistakes, and its files: what the editor is made from.
    edited: Option<(Arc<Site>, Arc<Sources>)>,
    /// The newest edition, where some page of it could not be made.
    withdrawn: Weak<Edition>,
    /// The newest edition's, for the function's pages.
    headers: Arc<Headers>,
    /// The mistakes as HTML, empty where there are none.
    mistakes: String,
}

/// The preview of one shop. Cheap to clone.
#[derive(Clone)]
pub struct Preview {
    shown: Arc<RwLock<Shown>>,
    events: broadcast::Sender<String>,
    pictures: PictureCache,
}

impl Preview {
    /// A preview that shows nothing yet.
    pub fn new(pictures: PictureCache) -> Self {
        Self { shown: Arc::default(), events: broadcast::Sender::new(16), pictures }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Shown> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Shown> {
        self.shown.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what a draft has come to: the new edition, or the mistakes over the last good one. Browsers are told.
    pub fn show(&self, outcome: &Outcome) {
        let text = |path: &str| outcome.sources.bytes(path).ok();
        if let Some(site) = &outcome.site {
            self.write().edited = Some((Arc::clone(site), Arc::clone(&outcome.sources)));
        }
        let Some(edition) = &outcome.edition else {
            // Warnings are for the terminal: they must not cover a page that is as it should be.
            let mistakes = if outcome.has_errors() { report::to_html(&outcome.diagnostics, &text) } else { String::new() };
            return self.tell(mistakes);
        };
        let before = self.read().site.clone();
        let event = before.as_deref().map_or(Some(RELOAD.to_owned()), |before| change(&before.edition, edition));
        let site = Arc::new(Published::new(Arc::clone(edition), before.as_deref()));
        let mut shown = self.write();
        let uncovered = !std::mem::take(&mut shown.mistakes).is_empty();
        shown.headers = Arc::clone(&site.headers);
        (shown.site, shown.withdrawn) = (Some(site), Weak::new());
        drop(shown);
        if let Some(event) = event.or_else(|| uncovered.then(|| MISTAKES.to_owned())) {
            // Nobody may be listening.
            let _ = self.events.send(event);
        }
    }

    /// The shop that is edited; `None` as long as its settings cannot be read.
    pub(crate) fn edited(&self) -> Option<(Arc<Site>, Arc<Sources>)> {
        self.read().edited.clone()
    }

    /// Adds copies of pictures that the function's pages show.
    pub fn expect(&self, copies: Vec<Copy>) {
        if let Some(site) = &self.read().site {
            site.expect(copies.into_iter());
        }
    }

    /// Every page of an edition was made without a mistake; these are the copies of pictures on them.
    pub fn prove(&self, edition: &Arc<Edition>, copies: impl Iterator<Item = Copy>) {
        let shown = &mut *self.write();
        if let Some(site) = shown.site.as_ref().filter(|site| Arc::ptr_eq(&site.edition, edition)) {
            site.expect(copies);
            shown.proven = Some(Arc::clone(site));
        }
    }

    /// Shows mistakes over an edition that is whole in spite of them. What is said of an edition that is no longer shown is no news.
    pub fn advise(&self, edition: &Arc<Edition>, mistakes: &[Diagnostic]) {
        let html = report::to_html(mistakes, &|path| edition.sources.bytes(path).ok());
        if self.read().site.as_ref().is_some_and(|site| Arc::ptr_eq(&site.edition, edition)) {
            self.tell(html);
        }
    }

    /// Some pages of an edition cannot be made, for all of these reasons: the last that could is shown again, under the mistakes. What is said
    /// of an edition before the newest is no news.
    pub fn withdraw(&self, edition: &Arc<Edition>, mistakes: &[Diagnostic]) {
        if !self.take_back(edition, mistakes) && Weak::ptr_eq(&self.read().withdrawn, &Arc::downgrade(edition)) {
            // A browser has met one of them before.
            self.tell(report::to_html(mistakes, &|path| edition.sources.bytes(path).ok()));
        }
    }

    /// Shows the last edition again that could be made, under what is wrong with the one that is shown. Whether that one was shown.
    fn take_back(&self, edition: &Arc<Edition>, mistakes: &[Diagnostic]) -> bool {
        let html = report::to_html(mistakes, &|path| edition.sources.bytes(path).ok());
        {
            let shown = &mut *self.write();
            if !shown.site.as_ref().is_some_and(|site| Arc::ptr_eq(&site.edition, edition)) {
                return false;
            }
            shown.site.clone_from(&shown.proven);
            shown.withdrawn = Arc::downgrade(edition);
            shown.mistakes = html;
        }
        let _ = self.events.send(MISTAKES.to_owned());
        true
    }

    fn tell(&self, mistakes: String) {
        let mut shown = self.write();
        if shown.mistakes != mistakes {
            shown.mistakes = mistakes;
            drop(shown);
            let _ = self.events.send(MISTAKES.to_owned());
        }
    }

    /// The site's routes. Mount the checkout beside them, then wrap all with [`loopback_only`].
    pub fn router(&self) -> Router {
        Router::new()
            .route("/_shopfront/events", get(events))
            .route("/_shopfront/mistakes", get(mistakes))
            .route("/_shopfront/preview.js", get(|| async { script(include_str!("preview/preview.js"), "text/javascript; charset=utf-8") }))
            .route("/_shopfront/preview.css", get(|| async { script(include_str!("preview/preview.css"), "text/css; charset=utf-8") }))
            .fallback(page)
            .with_state(self.clone())
    }
}

const RELOAD: &str = "{\"reload\":true}";
const MISTAKES: &str = "{\"mistakes\":true}";

/// What a browser has to do: reload, or, where only style sheets changed, swap them. `None` where nothing changed.
fn change(before: &Edition, after: &Edition) -> Option<String> {
    let changed = before.sources.difference(&after.sources);
    let folders: Vec<String> = after.site.settings.themes.iter().map(|theme| format!("themes/{theme}/assets/")).collect();
    let is_sheet = |path: &SourcePath| path.ends_with(".css") && folders.iter().any(|folder| path.starts_with(folder));
    if changed.is_empty() {
        // The time has gone on, or the same was read again.
        return (!Arc::ptr_eq(&before.site, &after.site)).then(|| RELOAD.to_owned());
    }
    if !changed.iter().all(is_sheet) {
        return Some(RELOAD.to_owned());
    }
    let sheets = before.theme().sheets().into_iter().filter_map(|(path, old)| {
        let new = after.theme().asset(&path).ok()?;
        (old != new).then(|| (old.trim_start_matches('/').to_owned(), new.trim_start_matches('/').to_owned()))
    });
    let sheets: BTreeMap<String, String> = sheets.collect();
    if sheets.is_empty() { None } else { Some(serde_json::json!({"sheets": sheets}).to_string()) }
}

fn script(text: &'static str, media: &'static str) -> Response {
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

async fn events(State(preview): State<Preview>) -> impl IntoResponse {
    let receiver = preview.events.subscribe();
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let text = match receiver.recv().await {
            Ok(text) => text,
            // A browser that was too slow reloads.
            Err(broadcast::error::RecvError::Lagged(_)) => RELOAD.to_owned(),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        Some((Ok::<_, Infallible>(Event::default().data(text)), receiver))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn mistakes(State(preview): State<Preview>) -> Response {
    let html = preview.read().mistakes.clone();
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html).into_response()
}

async fn page(State(preview): State<Preview>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], "this page can only be read").into_response();
    }
    let Some(site) = preview.read().site.clone() else {
        return html(StatusCode::SERVICE_UNAVAILABLE, include_bytes!("preview/waiting.html"));
    };
    let base_path = &site.edition.site.settings.base_path;
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    let Some(inside) = path.strip_prefix(base_path.as_str()).and_then(|rest| rest.strip_prefix('/')) else {
        return redirect(&format!("{base_path}/"));
    };
    let (inside, headers) = (inside.to_owned(), Arc::clone(&site.headers));
    // Making a page takes a moment, encoding a picture a longer one, and reading a file may block.
    let shows = preview.clone();
    let answer = tokio::task::spawn_blocking(move || shows.find(&site, &inside)).await.unwrap_or(Found::Nothing);
    let mut response = match answer {
        Found::File(path, bytes) if path.ends_with(".html") => {
            let status = if path.rsplit('/').next() == Some(LOST) { StatusCode::NOT_FOUND } else { StatusCode::OK };
            html(status, &bytes)
        }
        Found::File(path, bytes) => {
            // Names with a fingerprint never change; everything else may change at any moment.
            let lasting = path.starts_with("assets/") || path.starts_with("img/");
            let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
            ([(header::CONTENT_TYPE, media_type(&path)), (header::CACHE_CONTROL, cache)], Body::from(bytes.to_vec())).into_response()
        }
        Found::Folder => redirect(&format!("{path}/")),
        Found::Broken(message) => (StatusCode::INTERNAL_SERVER_ERROR, message).into_response(),
        Found::Waiting => html(StatusCode::SERVICE_UNAVAILABLE, include_bytes!("preview/waiting.html")),
        Found::Nothing => StatusCode::NOT_FOUND.into_response(),
    };
    // Another edition may be shown by now.
    add_headers(&mut response, &headers);
    response
}

enum Found {
    File(String, Arc<[u8]>),
    Folder,
    Broken(String),
    /// There is nothing to show yet.
    Waiting,
    Nothing,
}

impl Preview {
    /// What a web server finds for a path: a file, a folder's `index.html`, or the page that says there is nothing. A
    /// page that cannot be made withdraws its edition, and is shown as it was, or as it is in the meantime.
    fn find(&self, site: &Arc<Published>, path: &str) -> Found {
        if path.starts_with("img/") && !site.knows_picture(path) {
            self.wait_until_proven(site);
        }
        match find(site, &self.pictures, path) {
            Ok(found) => found,
            Err(mistakes) => {
                self.take_back(&site.edition, &mistakes);
                let now = self.read().site.clone();
                let found = now.filter(|now| !Arc::ptr_eq(now, site)).and_then(|now| find(&now, &self.pictures, path).ok());
                found.unwrap_or(Found::Waiting)
            }
        }
    }
}

impl Preview {
    /// A picture may be asked for before a page has named it, by a browser that kept the page of an earlier preview. Which
    /// pictures there are is known when all pages were made.
    fn wait_until_proven(&self, site: &Arc<Published>) {
        for _ in 0..LONGEST_WAIT {
            let shown = self.read();
            let is_waiting = shown.site.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, site))
                && !shown.proven.as_ref().is_some_and(|proven| Arc::ptr_eq(proven, site));
            drop(shown);
            if !is_waiting {
                return;
            }
            std::thread::sleep(STEP);
        }
    }
}

/// What is shown where there is nothing.
const LOST: &str = "404.html";

/// How often, and how many times, it is looked whether all pages were made.
const STEP: std::time::Duration = std::time::Duration::from_millis(20);
const LONGEST_WAIT: usize = 500;

fn find(site: &Published, pictures: &PictureCache, path: &str) -> Result<Found, Vec<Diagnostic>> {
    let wanted = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let shown = |path: String, made: Result<Arc<[u8]>, ShowError>| match made {
        Ok(bytes) => Ok(Found::File(path, bytes)),
        Err(ShowError::Mistakes(mistakes)) => Err(mistakes),
        Err(ShowError::Broken(message)) => Ok(Found::Broken(message)),
    };
    if let Some(made) = site.get(&wanted, pictures) {
        return shown(wanted, made);
    }
    if site.has(&format!("{path}/index.html")) {
        return Ok(Found::Folder);
    }
    // The nearest one above, as many hosts do: each language has its own.
    let above = path.match_indices('/').rev().map(|(slash, _)| &path[..=slash]).chain([""]);
    let lost = above.map(|folder| format!("{folder}{LOST}")).find_map(|lost| Some((site.get(&lost, pictures)?, lost)));
    lost.map_or(Ok(Found::Nothing), |(made, lost)| shown(lost, made))
}

fn redirect(to: &str) -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store")]).into_response()
}

/// A page with the preview's script tag before the end of its body.
fn html(status: StatusCode, bytes: &[u8]) -> Response {
    let text = String::from_utf8_lossy(bytes);
    let text = match text.rfind("</body>") {
        Some(end) => format!("{}{SCRIPT_TAG}{}", &text[..end], &text[end..]),
        None => format!("{text}{SCRIPT_TAG}"),
    };
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

/// Refuses everything that does not come from this machine to this machine: another host name, a forwarded request.
pub async fn loopback_only(request: Request, next: Next) -> Response {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    let is_forwarded = forwarded.iter().any(|name| request.headers().contains_key(*name));
    if is_forwarded || !is_loopback(request.headers()) {
        return (StatusCode::FORBIDDEN, "the preview answers only on this machine").into_response();
    }
    next.run(request).await
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Adds the shop's headers to answers that do not carry them, such as the function's pages.
async fn with_headers(State(preview): State<Preview>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = Arc::clone(&preview.read().headers);
    add_headers(&mut response, &headers);
    response
}

fn add_headers(response: &mut Response, headers: &Headers) {
    for (name, value) in headers {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
}

/// Wraps all routes of a preview.
pub fn guard(preview: &Preview, router: Router) -> Router {
    let router = router.layer(middleware::from_fn_with_state(preview.clone(), with_headers));
    // What is fetched to be kept goes as it is: a compressed answer says neither its length nor that it can go on where it broke off.
    let as_it_is = NotForContentType::const_new("application/octet-stream");
    router.layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(as_it_is))).layer(middleware::from_fn(loopback_only))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::Options;
    use crate::cache::Memory;

    #[test]
    fn only_this_machine_is_answered() {
        let with = |host: &str| HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).expect("a header"))]);
        for host in ["localhost:4000", "127.0.0.1", "[::1]:4000", "localhost"] {
            assert!(is_loopback(&with(host)), "{host}");
        }
        for host in ["shop.example", "127.0.0.1.evil.example:4000", "localhost.evil"] {
            assert!(!is_loopback(&with(host)), "{host}");
        }
        assert!(!is_loopback(&HeaderMap::new()));
    }

    /// A file of a theme that needs what no page has.
    const BROKEN: &str = "{{ nothing.at.all }}";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "tests look at the folder")]
    fn all_mistakes_are_told_also_where_a_browser_met_the_first_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let place = folder.path().join(path);
            std::fs::create_dir_all(place.parent().expect("it has one")).expect("a folder");
            std::fs::write(place, text).expect("a file");
        };
        write("shop.yaml", "name: Quay\nbase_url: https://quay.example\ntheme: mine\n");
        write("content/about.md", "---\ntitle: About\n---\n\nUs.\n");
        write("themes/mine/theme.yaml", "title: Mine\nextends: default\n");
        let options = Options { root: folder.path().canonicalize().expect("it is there"), ..Options::default() };
        let mut memory = Memory::default();
        let mut draft = || {
            let sources = crate::read(&options, &memory, &crate::Silent).expect("it can be read");
            crate::draft(&options, &mut memory, sources, &crate::Silent).expect("it can be read")
        };
        let preview = Preview::new(PictureCache::new(folder.path().join("pictures")));
        let good = draft();
        preview.show(&good);
        let good = good.edition.expect("it has no mistake");
        preview.prove(&good, std::iter::empty());

        write("themes/mine/templates/page.html", BROKEN);
        write("themes/mine/templates/home.html", BROKEN);
        let bad = draft();
        preview.show(&bad);
        let shown = preview.read().site.clone().expect("it is shown");
        assert!(matches!(preview.find(&shown, "about/"), Found::File(..)), "the page as it was");
        let told = |name: &str| preview.read().mistakes.contains(name);
        assert!(told("templates/page.html") && !told("templates/home.html"));
        let bad = bad.edition.expect("templates are tried later");
        let mut memory = Memory::default();
        let crate::edition::Proof::Mistaken(all) = bad.prove(&mut memory, &crate::Silent, &|| false) else {
            panic!("two templates are wrong")
        };
        preview.withdraw(&bad, &all);
        assert!(told("templates/page.html") && told("templates/home.html"), "{all:?}");
        assert!(preview.read().site.as_ref().is_some_and(|site| Arc::ptr_eq(&site.edition, &good)));
        // What is said of an edition before the newest is no news.
        std::fs::remove_dir_all(folder.path().join("themes/mine/templates")).expect("it was there");
        preview.show(&draft());
        preview.withdraw(&bad, &all);
        assert_eq!(preview.read().mistakes, "");
    }
}
