//! The editor under the preview: its files, and the desk at which it works. Only pages of this very address may write.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router, body::Bytes};
use serde_json::json;

use super::desk::Refusal;
use super::{DECAP, Desk, FOLDER, NOTICES, PAGE, PAIRS, SHEET, START, Store, config, headers};
use crate::preview::Preview;

/// The largest request, in bytes: a picture as base64, with its text.
const LARGEST: usize = 40 << 20;

#[derive(Clone)]
struct Admin {
    preview: Preview,
    desk: Arc<Desk>,
}

/// The editor's routes, below the shop's base path.
pub fn routes(preview: &Preview, desk: Desk, base_path: &str) -> Router {
    let at = |name: &str| format!("{base_path}/{FOLDER}/{name}");
    let file = |text: &'static str, media: &'static str| get(move || async move { sent(text, media) });
    let home = at("");
    Router::new()
        .route(&format!("{base_path}/{FOLDER}"), get(move || async move { Redirect::permanent(&home) }))
        .route(&at(""), file(PAGE, "text/html; charset=utf-8"))
        .route(&at("start.js"), file(START, SCRIPT))
        .route(&at("pairs.js"), file(PAIRS, SCRIPT))
        .route(&at("admin.css"), file(SHEET, "text/css; charset=utf-8"))
        .route(&at("decap-cms.LICENSE.txt"), file(NOTICES, "text/plain; charset=utf-8"))
        .route(&at("decap-cms.js"), get(program))
        .route(&at("config.json"), get(configuration))
        .route(&at("api"), post(work).layer(DefaultBodyLimit::max(LARGEST)))
        .with_state(Admin { preview: preview.clone(), desk: Arc::new(desk) })
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// With the editor's own policy, in which nobody else's pages can show it.
fn sent(body: impl IntoResponse, media: &'static str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "no-cache")], body).into_response();
    for (name, value) in headers(None) {
        if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The program, packed where the browser unpacks it.
async fn program(asked: HeaderMap) -> Response {
    let unpacks = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("gzip"));
    if !unpacks {
        return sent(super::decap(), SCRIPT);
    }
    let mut response = sent(DECAP, SCRIPT);
    response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("gzip"));
    response
}

async fn configuration(State(admin): State<Admin>) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (site, sources) = admin.preview.edited()?;
        Some(config::config(&site, &sources, &Store::Folder).to_string())
    });
    match made.await.ok().flatten() {
        Some(text) => sent(text, "application/json"),
        None => {
            let text = "the settings cannot be read: the terminal says why";
            (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")], text).into_response()
        }
    }
}

async fn work(State(admin): State<Admin>, asked: HeaderMap, body: Bytes) -> Response {
    if let Err(message) = is_own(&asked) {
        return refused(StatusCode::FORBIDDEN, message);
    }
    let answer = tokio::task::spawn_blocking(move || admin.desk.answer(&body)).await;
    match answer {
        Ok(Ok(value)) => ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response(),
        Ok(Err(Refusal::Wrong(message))) => refused(StatusCode::UNPROCESSABLE_ENTITY, &message),
        Ok(Err(Refusal::Failed(message))) => refused(StatusCode::INTERNAL_SERVER_ERROR, &message),
        Err(_) => refused(StatusCode::INTERNAL_SERVER_ERROR, "the preview failed: the terminal says how"),
    }
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({"error": message}))).into_response()
}

/// Whether a request comes from a page of this very address. A page of another site can send one here, but neither as JSON nor without
/// its origin; and a name that somebody else has led to this machine was refused before.
fn is_own(asked: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: header::HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let is_json =
        text(header::CONTENT_TYPE).is_some_and(|media| media.split(';').next().is_some_and(|media| media.trim() == "application/json"));
    if !is_json {
        return Err("requests have to be JSON");
    }
    let host = text(header::HOST).unwrap_or_default();
    let is_origin =
        !asked.contains_key(header::ORIGIN) || text(header::ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") == Some(host));
    let site = asked.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default());
    if is_origin && site.is_none_or(|site| site == "same-origin") { Ok(()) } else { Err("only the editor's own page may write here") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_address_write() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .map(|(name, value)| (name.parse::<header::HeaderName>().expect("a name"), value.parse().expect("a value")))
                .collect::<HeaderMap>()
        };
        let json = ("content-type", "application/json; charset=utf-8");
        let host = ("host", "127.0.0.1:4000");
        assert_eq!(is_own(&with(&[json, host, ("origin", "http://127.0.0.1:4000"), ("sec-fetch-site", "same-origin")])), Ok(()));
        assert_eq!(is_own(&with(&[json, host])), Ok(()), "a program on this machine");
        for bad in [
            vec![("content-type", "text/plain"), host],
            vec![("content-type", "application/x-www-form-urlencoded"), host, ("origin", "http://127.0.0.1:4000")],
            vec![host],
            vec![json, host, ("origin", "https://evil.example")],
            vec![json, host, ("origin", "http://127.0.0.1:4001")],
            vec![json, host, ("origin", "http://localhost:4000")],
            vec![json, host, ("origin", "null")],
            vec![json, host, ("sec-fetch-site", "cross-site")],
            vec![json, host, ("sec-fetch-site", "same-site")],
        ] {
            assert!(is_own(&with(&bad)).is_err(), "{bad:?}");
        }
    }
}
