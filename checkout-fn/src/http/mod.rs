//! The routes. The same router stands under every program that takes orders.

mod answer;
mod body;
mod checkout;
mod confirm_page;
mod countries;
mod download;
mod form;
pub(crate) mod html;
mod order;
mod pages;
mod quote;
mod return_;
mod stock;
mod webhook;

pub(crate) use answer::{page, redirect, respond};
pub(crate) use body::Asked;
#[cfg(feature = "lambda")]
pub(crate) use body::CLIENT_HEADER;
#[cfg(feature = "sandbox")]
pub(crate) use body::{Named, pressed_button};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::error::Refusal;
use crate::shop::Shop;
use crate::watch;

/// Every route but the payment pages of gateways of our own. Paths are below `/api`.
pub(crate) fn router(shop: Shop) -> Router {
    Router::new()
        .route("/quote", post(quote::quote))
        .route("/confirm", post(checkout::confirm))
        .route("/checkout", post(checkout::checkout))
        .route("/orders/{token}", get(order::show))
        .route("/downloads/{token}", get(download::download))
        .route("/stock", get(stock::stock))
        .route("/webhooks/{gateway}", post(webhook::receive))
        .route("/return/{gateway}", get(return_::come_back).post(return_::come_back))
        .route("/health", get(health))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(private))
        .layer(from_fn(numbered))
        .with_state(shop)
}

/// What happens for a request is told of under its id: the one that its platform gave it, or one of our own.
async fn numbered(request: Request, next: Next) -> Response {
    let given = request.extensions().get::<RequestId>().cloned();
    let RequestId(id) = given.unwrap_or_else(|| RequestId(crate::chance::name().simple().to_string()));
    watch::in_request(id, next.run(request)).await
}

/// The id that a request's platform has given it, among the request's extensions.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The route on which gateways are heard, for one of our own to speak on.
#[cfg(feature = "sandbox")]
pub(crate) fn webhooks_only(shop: Shop) -> Router {
    Router::new().route("/webhooks/{gateway}", post(webhook::receive)).with_state(shop)
}

/// When to ask again somebody who does not answer for now, in seconds.
const AWAY_FOR_S: u16 = 60;

/// Answers are for one shopper: no cache keeps them, and no page that follows learns of the address. What sets its
/// own `Cache-Control` keeps it.
pub(crate) async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_away = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if is_away {
        headers.insert(header::RETRY_AFTER, AWAY_FOR_S.into());
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn health(State(shop): State<Shop>) -> Response {
    match (shop.store.has_seen("health", "").await, shop.catalogue.terms().await) {
        (Ok(_), Ok(_)) => (StatusCode::OK, axum::Json(serde_json::json!({ "status": "ok" }))).into_response(),
        (Err(fault), _) | (_, Err(fault)) => respond(&shop, &Asked::default(), fault.into()).await,
    }
}

async fn unknown_route(State(shop): State<Shop>, request: Request) -> Response {
    let asked = Asked::of(&request);
    respond(&shop, &asked, Refusal::new(404, "not_found", "there is nothing at this address").into()).await
}

async fn wrong_method(State(shop): State<Shop>, method: Method, request: Request) -> Response {
    let asked = Asked::of(&request);
    let text = format!("{method} is not possible here");
    respond(&shop, &asked, Refusal::new(405, "method_not_allowed", text).into()).await
}

#[cfg(all(test, feature = "sandbox"))]
mod tests;
