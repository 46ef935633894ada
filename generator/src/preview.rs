//! The preview: serves the last good site from memory, shows mistakes over it, and tells browsers when it changes.
//!
//! It answers loopback only. What it shows is what `build` writes, plus one script tag.

mod watch;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::broadcast;

use crate::cache::PictureCache;
use crate::pictures::media_type;
use crate::publish::Published;
use crate::{Outcome, output, report};

pub use watch::watch;

/// The script tag that the preview adds to every page.
pub const SCRIPT_TAG: &str = "<script src=\"/_shopfront/preview.js\" defer></script>";

/// What is shown now.
struct Shown {
    site: Arc<Published>,
    headers: Vec<(HeaderName, HeaderValue)>,
    base_path: String,
    /// The mistakes as HTML, empty where there are none.
    mistakes: String,
    has_site: bool,
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
        let shown = Shown { site: Arc::default(), headers: Vec::new(), base_path: String::new(), mistakes: String::new(), has_site: false };
        Self { shown: Arc::new(RwLock::new(shown)), events: broadcast::Sender::new(16), pictures }
    }

    /// The site that is shown, for the next build to start from.
    pub fn site(&self) -> Arc<Published> {
        Arc::clone(&self.read().site)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Shown> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what a build made: the new site, or the mistakes over the last good one. Browsers are told.
    pub fn show(&self, outcome: &mut Outcome) {
        let text = |path: &str| outcome.sources.bytes(path).ok();
        // Warnings are for the terminal: they must not cover a page that is as it should be.
        let mistakes = if outcome.has_errors() { report::to_html(&outcome.diagnostics, &text) } else { String::new() };
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        let mistakes_changed = shown.mistakes != mistakes;
        shown.mistakes = mistakes;
        let mut event = mistakes_changed.then(|| "{\"mistakes\":true}".to_owned());
        if let (Some(site), Some(published)) = (&outcome.site, outcome.published.take()) {
            let change = change(&shown.site, &published);
            shown.headers =
                output::headers::all(site).iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect();
            shown.base_path.clone_from(&site.settings.base_path);
            shown.site = Arc::new(published);
            shown.has_site = true;
            event = change.or(event);
        }
        drop(shown);
        if let Some(event) = event {
            // Nobody may be listening.
            let _ = self.events.send(event);
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

/// What a browser has to do: reload, or, where only style sheets changed, swap them. `None` where nothing changed.
fn change(before: &Published, after: &Published) -> Option<String> {
    let changed: Vec<&String> = after
        .files
        .iter()
        .filter(|(path, bytes)| before.files.get(*path) != Some(*bytes))
        .map(|(path, _)| path)
        .chain(before.files.keys().filter(|path| !after.files.contains_key(*path)))
        .collect();
    if changed.is_empty() && before.copied == after.copied && before.pictures.keys().eq(after.pictures.keys()) {
        return None;
    }
    let sheets = swapped_sheets(before, after);
    let explained = !sheets.is_empty() && changed.iter().all(|path| is_explained(path, before, after, &sheets));
    if explained { Some(serde_json::json!({"sheets": sheets}).to_string()) } else { Some("{\"reload\":true}".to_owned()) }
}

/// Old address → new address of style sheets that are the same but for their fingerprint.
fn swapped_sheets(before: &Published, after: &Published) -> BTreeMap<String, String> {
    let stem = |path: &str| path.strip_suffix(".css").and_then(|rest| rest.rsplit_once('.')).map(|(stem, _)| stem.to_owned());
    let gone = before.files.keys().filter(|path| !after.files.contains_key(*path));
    gone.filter_map(|old| {
        let wanted = stem(old)?;
        let new = after.files.keys().find(|path| !before.files.contains_key(*path) && stem(path).as_deref() == Some(wanted.as_str()))?;
        Some((old.clone(), new.clone()))
    })
    .collect()
}

fn is_explained(path: &str, before: &Published, after: &Published, sheets: &BTreeMap<String, String>) -> bool {
    if path.ends_with(".css") {
        return sheets.contains_key(path) || sheets.values().any(|new| new == path);
    }
    let (Some(old), Some(new)) = (before.files.get(path), after.files.get(path)) else { return false };
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else { return false };
    sheets.iter().fold(old.to_owned(), |text, (from, to)| text.replace(from, to)) == new
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
            Err(broadcast::error::RecvError::Lagged(_)) => "{\"reload\":true}".to_owned(),
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
    let (site, base_path, has_site) = {
        let shown = preview.read();
        (Arc::clone(&shown.site), shown.base_path.clone(), shown.has_site)
    };
    if !has_site {
        return html(StatusCode::SERVICE_UNAVAILABLE, include_bytes!("preview/waiting.html"));
    }
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    let Some(inside) = path.strip_prefix(base_path.as_str()).and_then(|rest| rest.strip_prefix('/')) else {
        return redirect(&format!("{base_path}/"));
    };
    let inside = inside.to_owned();
    // Encoding a picture takes a moment, and reading a file may block.
    let pictures = preview.pictures.clone();
    let answer = tokio::task::spawn_blocking(move || find(&site, &pictures, &inside)).await.unwrap_or(Found::Nothing);
    match answer {
        Found::File(path, bytes) if path.ends_with(".html") => {
            let status = if path == "404.html" { StatusCode::NOT_FOUND } else { StatusCode::OK };
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
        Found::Nothing => StatusCode::NOT_FOUND.into_response(),
    }
}

enum Found {
    File(String, Arc<[u8]>),
    Folder,
    Broken(String),
    Nothing,
}

/// What a web server finds for a path: a file, a folder's `index.html`, or the page that says there is nothing.
fn find(site: &Published, pictures: &PictureCache, path: &str) -> Found {
    let wanted = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    match site.get(&wanted, pictures) {
        Some(Ok(bytes)) => return Found::File(wanted, bytes),
        Some(Err(error)) => return Found::Broken(error.to_string()),
        None => {}
    }
    if site.files.contains_key(&format!("{path}/index.html")) {
        return Found::Folder;
    }
    match site.files.get("404.html") {
        Some(bytes) => Found::File("404.html".to_owned(), Arc::clone(bytes)),
        None => Found::Nothing,
    }
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
    for (name, value) in preview.read().headers.clone() {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Wraps all routes of a preview.
pub fn guard(preview: &Preview, router: Router) -> Router {
    let router = router.layer(middleware::from_fn_with_state(preview.clone(), with_headers));
    router.layer(tower_http::compression::CompressionLayer::new()).layer(middleware::from_fn(loopback_only))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Published {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes()))).collect();
        let mut site = Published::default();
        site.files = files;
        site
    }

    #[test]
    fn a_changed_style_sheet_is_swapped_and_all_else_reloads() {
        let before = site(&[("assets/css/main.aaaa.css", "a"), ("index.html", "<link href=\"/assets/css/main.aaaa.css\">")]);
        let styled = site(&[("assets/css/main.bbbb.css", "b"), ("index.html", "<link href=\"/assets/css/main.bbbb.css\">")]);
        let event = change(&before, &styled).expect("a change");
        assert_eq!(event, r#"{"sheets":{"assets/css/main.aaaa.css":"assets/css/main.bbbb.css"}}"#);
        let other = site(&[("assets/css/main.bbbb.css", "b"), ("index.html", "other")]);
        assert_eq!(change(&before, &other).as_deref(), Some(r#"{"reload":true}"#));
        assert_eq!(change(&before, &before), None);
    }

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
}
