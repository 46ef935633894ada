//! `POST /api/quote`.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use catalog::cart::Cart;
use catalog::quote::Quote;

use super::body::{self, Asked, Kind};
use super::respond;
use crate::error::{Problem, Refusal};
use crate::shop::Shop;
use crate::{placing, pricing};

pub(super) async fn quote(State(shop): State<Shop>, request: Request) -> Response {
    let asked = Asked::of(&request);
    match answer(&shop, request).await {
        Ok(quote) => axum::Json(quote).into_response(),
        Err(problem) => respond(&shop, &Asked { html: false, ..asked }, problem).await,
    }
}

async fn answer(shop: &Shop, request: Request) -> Result<Quote, Problem> {
    if body::kind(request.headers())? != Kind::Json {
        return Err(Refusal::new(415, "unsupported_media_type", "send application/json").into());
    }
    let client = body::client(shop, &request);
    let bytes = body::read(request.into_body()).await?;
    let cart: Cart = body::json(&bytes)?;
    let asker = placing::asker(shop, &client, None).await?;
    pricing::quote_with_stock(shop, cart, &asker).await
}
