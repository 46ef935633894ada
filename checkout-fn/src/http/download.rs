//! `GET` and `HEAD /api/downloads/{token}`: a file that was bought, whole or a part of it (RFC 9110 §14), or the address where it is.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::body::{Asked, Named};
use super::order::may_download;
use super::{redirect, respond};
use crate::error::{Problem, Refusal};
use crate::order::{Download, OrderId};
use crate::ports::{ByteRange, Delivery, FileStream, Wanted};
use crate::shop::Shop;

pub(super) async fn download(State(shop): State<Shop>, Named(token): Named, request: Request) -> Response {
    let asked = Asked::of(&request);
    let (method, headers) = (request.method().clone(), request.headers().clone());
    match deliver(&shop, &token, &method, &headers).await {
        Ok(response) => response,
        Err(problem) => respond(&shop, &asked, problem).await,
    }
}

async fn deliver(shop: &Shop, token: &str, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
    let unknown = || Refusal::new(404, "unknown_download", "there is no such download");
    let (order, index, expires_s) = shop.keys.open_download(token).ok_or_else(unknown)?;
    if shop.now().as_second() >= expires_s {
        return Err(Refusal::new(410, "download_expired", "this link has expired; the order's page has a new one").into());
    }
    let order = shop.store.by_id(&OrderId(order)).await?.ok_or_else(unknown)?.order;
    let file = order.downloads.get(index).filter(|_| may_download(&order)).ok_or_else(unknown)?;
    let part = part_wanted(headers, &file.kept);
    let wanted = Wanted { kept: &file.kept, save_as: &file.name, part, is_head: method == Method::HEAD };
    Ok(match shop.files.deliver(&wanted).await? {
        Delivery::Stream(stream) => sent(file, stream, part.is_some()),
        Delivery::Redirect(address) => redirect(&address),
        Delivery::Beyond { length } => beyond(shop, length).await,
    })
}

/// The name of a copy's bytes: they never change.
fn etag(kept: &str) -> String {
    format!("\"{kept}\"")
}

/// Which bytes a request asks for. Whoever goes on with what they have begun says what that was; of anything else they need all.
fn part_wanted(headers: &HeaderMap, kept: &str) -> Option<ByteRange> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_same = text(header::IF_RANGE).is_none_or(|begun| begun.trim() == etag(kept));
    text(header::RANGE).filter(|_| is_same).and_then(ByteRange::parse)
}

fn sent(file: &Download, mut stream: FileStream, is_part: bool) -> Response {
    let (part, length) = (stream.part.clone(), stream.length);
    let mut response = Response::new(Body::from_stream(futures_util::stream::poll_fn(move |cx| stream.pieces.poll_recv(cx))));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let name = percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC);
    let mut texts = vec![(header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")), (header::ETAG, etag(&file.kept))];
    if is_part {
        texts.push((header::CONTENT_RANGE, format!("bytes {}-{}/{length}", part.start, part.end - 1)));
    }
    headers.extend(texts.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?))));
    if is_part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// Programs that go on with a download ask for what comes after its end when they have all of it.
async fn beyond(shop: &Shop, length: u64) -> Response {
    let refusal = Refusal::new(416, "range_not_satisfiable", format!("the file has {length} bytes, and ends before these"));
    let mut response = respond(shop, &Asked::default(), refusal.into()).await;
    if let Ok(length) = HeaderValue::from_str(&format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, length);
    }
    response
}
