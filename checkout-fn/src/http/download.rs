//! `GET` and `HEAD /api/downloads/{token}`: a file that was bought, whole or a part of it (RFC 9110 §14), or the address where it is.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;

use super::body::{Asked, Named};
use super::{redirect, respond};
use crate::downloads::{self, COUNTS_ONCE, Closed};
use crate::error::{Problem, Refusal};
use crate::order::{Download, Order, OrderId};
use crate::ports::{ByteRange, CountedDownload, Delivery, FileStream, Wanted};
use crate::shop::Shop;

pub(super) async fn download(State(shop): State<Shop>, Named(token): Named, request: Request) -> Response {
    let asked = Asked::of(&request);
    let (method, headers) = (request.method().clone(), request.headers().clone());
    match deliver(&shop, &token, &method, &headers).await {
        Ok(response) => response,
        Err((problem, language)) => respond(&shop, &Asked { language: language.unwrap_or_default(), ..asked }, problem).await,
    }
}

async fn deliver(shop: &Shop, token: &str, method: &Method, headers: &HeaderMap) -> Result<Response, (Problem, Option<String>)> {
    let link = find(shop, token).await.map_err(|problem| (problem, None))?;
    hand_over(shop, &link, method, headers).await.map_err(|problem| (problem, Some(link.order.language)))
}

const UNKNOWN: &str = "there is no such download; the page of your order has the links that are good";

/// What a link is about.
struct Link {
    order: Order,
    /// Index of the order's file.
    index: usize,
    file: Download,
    expires_s: i64,
}

async fn find(shop: &Shop, token: &str) -> Result<Link, Problem> {
    let unknown = || Refusal::new(404, "unknown_download", UNKNOWN);
    let (id, index, expires_s) = shop.keys.open_download(token).ok_or_else(unknown)?;
    let order = shop.store.by_id(&OrderId(id)).await?.ok_or_else(unknown)?.order;
    let file = order.downloads.get(index).cloned().ok_or_else(unknown)?;
    Ok(Link { order, index, file, expires_s })
}

async fn hand_over(shop: &Shop, link: &Link, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
    let paid_at = check(shop, link).await?;
    let Link { order, index, file, .. } = link;
    let is_head = method == Method::HEAD;
    // Parts are defined for GET alone.
    let part = if is_head { None } else { part_wanted(headers, &file.kept) };
    let delivery = shop.files.deliver(&Wanted { kept: &file.kept, save_as: &file.name, part, is_head }).await?;
    let now = shop.now();
    let is_allowed = match delivery {
        Delivery::Beyond { .. } => true,
        // What gives nothing is not counted.
        Delivery::Stream(_) | Delivery::Redirect(_) if is_head => {
            let counts = shop.store.downloads(&order.id, order.downloads.len()).await?;
            downloads::allowance(file, paid_at, counts.get(index), now).link_expires.is_some()
        }
        Delivery::Stream(_) | Delivery::Redirect(_) => {
            let (order, file, limit) = (order.id.clone(), *index, file.rules.limit);
            shop.store.count_download(&CountedDownload { order, file, limit, at: now, same_since: now - COUNTS_ONCE }).await?
        }
    };
    if !is_allowed {
        return Err(used_up(shop, file).await);
    }
    Ok(match delivery {
        Delivery::Stream(stream) => sent(file, stream, part.is_some()),
        Delivery::Redirect(address) => redirect(&address),
        Delivery::Beyond { length } => beyond(shop, length).await,
    })
}

/// Whether the order still gives the file, and by this link. The answer is when it was paid.
async fn check(shop: &Shop, link: &Link) -> Result<Timestamp, Problem> {
    let gone = |code, text: String| Err(Refusal::new(410, code, text).into());
    match downloads::since(&link.order) {
        // No link was ever made for it.
        Err(Closed::Unpaid) => Err(Refusal::new(404, "unknown_download", UNKNOWN).into()),
        Err(Closed::Refunded) => {
            gone("download_withdrawn", "what was paid for this has been given back, so it can no longer be downloaded".into())
        }
        Err(Closed::Disputed) => {
            let ask = ask_shop(shop).await;
            gone("download_withdrawn", format!("the payment for this is disputed, so it cannot be downloaded for now; {ask}"))
        }
        Ok(paid_at) if shop.now() >= downloads::until(&link.file, paid_at) => {
            let (days, ask) = (link.file.rules.days, ask_shop(shop).await);
            gone("download_ended", format!("this could be downloaded for {days} days after the payment, which are over; {ask}"))
        }
        Ok(_) if shop.now().as_second() >= link.expires_s => {
            let text = "this link has expired; the page of your order has a new one, and the mail about your order leads there";
            gone("download_expired", text.to_owned())
        }
        Ok(paid_at) => Ok(paid_at),
    }
}

async fn used_up(shop: &Shop, file: &Download) -> Problem {
    let (limit, ask) = (file.rules.limit, ask_shop(shop).await);
    let times = if limit == 1 { "once".to_owned() } else { format!("{limit} times") };
    Refusal::new(410, "download_used_up", format!("this has been downloaded {times}, as often as it can be; {ask}")).into()
}

/// What a shopper can do about it.
async fn ask_shop(shop: &Shop) -> String {
    let email = shop.catalogue.terms().await.ok().and_then(|terms| terms.contact_email.clone());
    let whom = email.map_or_else(|| "to the shop".to_owned(), |email| format!("to {email}"));
    format!("write {whom}, with the number of your order, if you need it again")
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
