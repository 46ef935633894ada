//! What a request brings: who asks, in which form the answer is wanted, and its body, with a limit.

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use http_body_util::BodyExt;

use crate::error::Refusal;
use crate::shop::Shop;

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// A larger body is thrown away up to this many bytes, so that its sender gets an answer instead of a broken
/// connection.
const MAX_DISCARD: usize = 16 * 1024 * 1024;

/// The header that names the client where it is trusted.
pub(crate) const CLIENT_HEADER: &str = "x-shopfront-client";

/// How a request wants to be answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// As a page rather than as JSON.
    pub(crate) html: bool,
    /// The language of the page, where one is named.
    pub(crate) language: String,
    /// Whether the address alone says what is asked for.
    pub(crate) is_get: bool,
}

/// The variable part of an address. What is no text names nothing, and is read as empty: the route's own answer to a
/// name that does not exist serves it too.
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(name.map_or_else(|_| String::new(), |Path(name)| name)))
    }
}

/// The two forms a body may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Form,
}

impl Asked {
    /// From a request's headers.
    pub(crate) fn of(request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self { html: accept.contains("text/html"), language: String::new(), is_get: request.method() == Method::GET }
    }
}

/// The media type of a body, without parameters.
pub(crate) fn kind(headers: &HeaderMap) -> Result<Kind, Refusal> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Kind::Json),
        "application/x-www-form-urlencoded" => Ok(Kind::Form),
        _ => Err(Refusal::new(415, "unsupported_media_type", "send application/json")),
    }
}

/// Reads a body up to the limit.
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut body = body;
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::new(400, "malformed_request", "the request broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY {
            bytes.extend_from_slice(&data);
        } else {
            bytes.clear();
        }
        if length > MAX_DISCARD {
            break;
        }
    }
    if length > MAX_BODY {
        return Err(Refusal::new(413, "body_too_large", format!("a request has at most {} kB", MAX_BODY / 1024)));
    }
    Ok(bytes)
}

/// Reads JSON into a value; what is not JSON, and what is JSON of another shape, are told apart.
pub(crate) fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        match error.classify() {
            serde_json::error::Category::Data if text.starts_with("unknown field") => Refusal::new(422, "unknown_field", text),
            serde_json::error::Category::Data if text.starts_with("missing field") => Refusal::new(422, "missing_field", text),
            serde_json::error::Category::Data => Refusal::new(422, "invalid_request", text),
            _ => Refusal::new(400, "malformed_request", format!("this is not JSON: {text}")),
        }
    })
}

/// Refuses a form that another site has sent. JSON needs no such check: browsers ask before they send it elsewhere,
/// and nobody here gives leave.
pub(crate) fn check_own_form(shop: &Shop, headers: &HeaderMap, method: &Method) -> Result<(), Refusal> {
    let foreign = || Err(Refusal::new(403, "foreign_form", "this form was sent from another site"));
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if *method == Method::GET {
        return Ok(());
    }
    match (site, text(header::ORIGIN)) {
        (Some(site), _) if site != "same-origin" && site != "none" => foreign(),
        // Our pages send no referrer, and then browsers write `null` for the origin as well.
        (Some(_), Some("null")) | (_, None) => Ok(()),
        (_, Some(origin)) if is_own(shop, origin, text(header::HOST)) => Ok(()),
        _ => foreign(),
    }
}

fn is_own(shop: &Shop, origin: &str, host: Option<&str>) -> bool {
    let base = &shop.settings.public_base;
    let is_base = base.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    is_base || (authority.is_some() && authority == host)
}

/// Who asks: an address.
pub(crate) fn client(shop: &Shop, request: &Request) -> String {
    let named = request.headers().get(CLIENT_HEADER).and_then(|value| value.to_str().ok());
    if let Some(named) = named.filter(|_| shop.settings.trust_client_header) {
        return named.to_owned();
    }
    let peer = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>();
    peer.map_or_else(|| "unknown".to_owned(), |peer| peer.0.ip().to_string())
}

/// The button that was pressed in one of our own forms.
#[cfg(feature = "sandbox")]
pub(crate) async fn pressed_button(shop: &Shop, request: Request) -> Result<String, Refusal> {
    if kind(request.headers())? != Kind::Form {
        return Err(Refusal::new(415, "unsupported_media_type", "this address takes forms"));
    }
    check_own_form(shop, request.headers(), request.method())?;
    let bytes = read(request.into_body()).await?;
    super::form::fields(&bytes)?.remove("outcome").ok_or_else(|| Refusal::new(422, "missing_field", "no button was pressed"))
}
