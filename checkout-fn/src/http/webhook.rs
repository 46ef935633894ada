//! `POST /api/webhooks/{gateway}`. A success is answered only after the write is durable (R22); whatever fails on our
//! side is a 5xx, so that the gateway sends again.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use catalog::currency::Gateway;

use super::body::{self, Asked, Named};
use super::respond;
use crate::error::{Away, Problem, Refusal};
use crate::ports::{About, BadNotice, Cause};
use crate::settling;
use crate::shop::Shop;

pub(super) async fn receive(State(shop): State<Shop>, Named(gateway): Named, headers: HeaderMap, body: Body) -> Response {
    match take(&shop, &gateway, &headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => respond(&shop, &Asked::default(), problem).await,
    }
}

async fn take(shop: &Shop, gateway: &str, headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    let unknown = || Refusal::new(404, "not_found", "there is no such gateway");
    let name = Gateway::parse(gateway).ok_or_else(unknown)?;
    let gateway = shop.gateways.get(&name).ok_or_else(unknown)?;
    let bytes = body::read(body).await?;
    let notice = gateway.read_notice(headers, &bytes, shop.now()).await.map_err(|bad| match bad {
        BadNotice::Unchecked(fault) => Problem::Failed(fault.as_away(Away::Gateway)),
        BadNotice::Signature => Refusal::new(400, "invalid_signature", "the signature is not the gateway's").into(),
        BadNotice::Stale => Refusal::new(400, "stale_notice", "the notice was signed too long ago").into(),
        BadNotice::Body => Refusal::new(400, "malformed_request", "the notice cannot be read").into(),
    })?;
    if shop.store.has_seen(name.name(), &notice.event).await? {
        return Ok(());
    }
    // What is not of this shop is none of our business, and no error either.
    let cause = Cause::Notice(name.name(), notice.event);
    match &notice.about {
        About::Session(session) => settling::settle_session(shop, gateway.as_ref(), session, cause).await?,
        About::Payment(payment) => settling::learn(shop, gateway.as_ref(), payment, None, cause).await?,
        About::Dispute(payment, dispute) => settling::learn(shop, gateway.as_ref(), payment, Some(dispute.clone()), cause).await?,
        About::Nothing => None,
    };
    Ok(())
}
