//! `GET|POST /api/return/{gateway}`: the shopper comes back. Settles like a webhook would, then shows the order.

use axum::extract::{Query, Request, State};
use axum::response::Response;
use catalog::currency::Gateway;

use super::body::{Asked, Named};
use super::{redirect, respond};
use crate::error::{Problem, Refusal};
use crate::order::{Closing, Payment};
use crate::placing::token_hash;
use crate::ports::Cause;
use crate::settling;
use crate::shop::Shop;

pub(super) async fn come_back(
    State(shop): State<Shop>,
    Named(gateway): Named,
    Query(back): Query<Vec<(String, String)>>,
    request: Request,
) -> Response {
    match settle(&shop, &gateway, &back).await {
        Ok(token) => redirect(&shop.path(&format!("/api/orders/{token}"))),
        Err(problem) => respond(&shop, &Asked::of(&request), problem).await,
    }
}

async fn settle(shop: &Shop, gateway: &str, back: &[(String, String)]) -> Result<String, Problem> {
    let unknown = || Refusal::new(404, "unknown_order", "there is no such order");
    let name = Gateway::parse(gateway).ok_or_else(unknown)?;
    let gateway = shop.gateways.get(&name).ok_or_else(unknown)?;
    let value = |wanted: &str| back.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let token = value("order").ok_or_else(unknown)?;
    let order = shop.store.by_token(&token_hash(shop, token)).await?.ok_or_else(unknown)?.order;
    match &order.payment {
        Payment::Awaiting { .. } if value("cancelled").is_some() => {
            settling::end(shop, &order, Closing::Cancelled, Cause::Return).await?;
        }
        Payment::Awaiting { session } | Payment::Capturing { session, .. } | Payment::Processing { session, .. } => {
            settling::settle_session(shop, gateway.as_ref(), &session.id, Cause::Return).await?;
        }
        Payment::Pending { .. } | Payment::Paid { .. } | Payment::Closed(_) => {}
    }
    Ok(token.to_owned())
}
