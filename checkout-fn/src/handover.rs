//! Steps 4 and 5 of a checkout: open a payment session for a placed order and hand it over. Both can be repeated; a request that
//! comes again gets the first answer.

use crate::decide::{Command, News, Status};
use crate::error::{Fault, Problem, Refusal};
use crate::order::{Closing, Order, OrderId, Payment, Session};
use crate::ports::{Cause, Composed, GatewayError, Opened, Personal, SessionRequest, Stored};
use crate::settling;
use crate::shop::Shop;

/// So many keys are tried for one order.
const MOST_ATTEMPTS: u32 = 3;

/// A placed order as its shopper learns of it.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    /// The order.
    pub(crate) order: Order,
    /// The key to its page.
    pub(crate) token: String,
    /// Where to pay; `None` when there is nothing left to pay.
    pub(crate) pay_url: Option<String>,
}

/// Steps 4 and 5 for an order that has just been placed.
pub(crate) async fn begin_payment(shop: &Shop, order: Order, token: String) -> Result<Accepted, Problem> {
    shop.tell(&order, News::Placed);
    if order.payment.is_open() {
        return hand_over(shop, order, token).await;
    }
    shop.tell(&order, News::Paid);
    Ok(Accepted { order, token, pay_url: None })
}

/// A request that came before gets the answer it got then, as far as that still holds.
pub(crate) async fn resume(shop: &Shop, stored: Stored) -> Result<Accepted, Problem> {
    let order = stored.order;
    let token = shop.keys.order_token(&order.id);
    match &order.payment {
        Payment::Pending { .. } => hand_over(shop, order, token).await,
        Payment::Awaiting { session } | Payment::Capturing { session, .. } | Payment::Processing { session, .. } => {
            let pay_url = Some(session.pay_url.clone());
            Ok(Accepted { order, token, pay_url })
        }
        Payment::Paid { .. } => Ok(Accepted { order, token, pay_url: None }),
        Payment::Closed(_) => Err(closed()),
    }
}

fn closed() -> Problem {
    Refusal::new(409, "order_closed", "this order is closed; nothing was charged").into()
}

async fn hand_over(shop: &Shop, order: Order, token: String) -> Result<Accepted, Problem> {
    let gateway = shop.gateway(order.gateway)?;
    let Payment::Pending { attempt } = order.payment else { return lost_race(shop, &order.id, None, token).await };
    let composed = composed(shop, &order, &token).await?;
    let opened = match gateway.open(&order.id, attempt, &composed.body).await {
        Ok(opened) => opened,
        Err(error @ GatewayError::Unavailable(_)) => return Err(settling::unavailable(error).into()),
        Err(GatewayError::Stuck(fault)) => return try_anew(shop, order, attempt, token, fault).await,
        Err(GatewayError::Refused(cause)) => {
            shop.log_fault(&format!("order {}: no payment session: {cause}", order.number));
            let release = Command::Release { how: Closing::Failed, sighting: None };
            settling::apply(shop, &order.id, release, Cause::Checkout).await?;
            return Err(impossible());
        }
    };
    if (opened.amount, opened.currency.as_str()) != (order.due(), order.currency().code()) {
        return Err(call_off(shop, &order, &opened).await?.into());
    }
    let sighting = opened.sighting;
    let session = sighting.session.clone();
    let command = match sighting.status {
        Status::Open => Command::HandOver { session: session.clone() },
        // A replay after the shopper has been to the gateway.
        _ => Command::Settle(sighting),
    };
    let id = order.id.clone();
    let after = settling::apply(shop, &id, command, Cause::Checkout).await?.and_then(Result::ok);
    // The address is that of the order's own session, which need not be this one.
    match after.and_then(|order| Some((order.payment.session()?.pay_url.clone(), order))) {
        Some((pay_url, order)) => Ok(Accepted { order, token, pay_url: Some(pay_url) }),
        None => lost_race(shop, &id, Some(&session), token).await,
    }
}

fn impossible() -> Problem {
    Refusal::new(422, "payment_unavailable", "this payment is not possible; nothing was charged").into()
}

/// What was composed when the order was placed, or for a later attempt.
async fn composed(shop: &Shop, order: &Order, token: &str) -> Result<Composed, Problem> {
    let Payment::Pending { attempt } = order.payment else { return Err(closed()) };
    let personal = shop.store.personal(&order.id).await?.unwrap_or_default();
    match personal.request.filter(|request| request.attempt == attempt) {
        Some(composed) => Ok(composed),
        None => compose_anew(shop, order, token).await,
    }
}

async fn compose_anew(shop: &Shop, order: &Order, token: &str) -> Result<Composed, Problem> {
    let personal = shop.store.personal(&order.id).await?.unwrap_or_default();
    compose(shop, order, token, &shop.catalogue.terms().await?.shop_name, &personal)
}

/// The gateway would answer with the same failure to the same key for a day. If it has made a session all the same, that is the
/// one; else another key is tried.
async fn try_anew(shop: &Shop, order: Order, attempt: u32, token: String, fault: Fault) -> Result<Accepted, Problem> {
    shop.log_fault(&format!("order {}: attempt {attempt} is stuck: {fault}", order.number));
    if attempt >= MOST_ATTEMPTS {
        return Err(settling::unavailable(GatewayError::Stuck(fault)).into());
    }
    let found = shop.gateway(order.gateway)?.find(&order.id, attempt).await.map_err(settling::unavailable)?;
    if let Some(sighting) = found {
        let session = sighting.session.clone();
        let command =
            if sighting.status == Status::Open { Command::HandOver { session: session.clone() } } else { Command::Settle(sighting) };
        settling::apply(shop, &order.id, command, Cause::Checkout).await?;
        return lost_race(shop, &order.id, Some(&session), token).await;
    }
    let next = Order { payment: Payment::Pending { attempt: attempt + 1 }, ..order };
    let composed = compose_anew(shop, &next, &token).await?;
    match settling::try_anew(shop, &next.id, attempt, composed).await? {
        Some(order) => Box::pin(hand_over(shop, order, token)).await,
        None => lost_race(shop, &next.id, None, token).await,
    }
}

/// The gateway would ask for another amount than the shopper has seen: nobody is sent there, and the goods go back.
async fn call_off(shop: &Shop, order: &Order, opened: &Opened) -> Result<Fault, Fault> {
    settling::end(shop, order, Closing::Failed, Cause::Checkout).await?;
    let (asked, due, currency) = (opened.amount, order.due(), order.currency());
    Ok(Fault::new(format!("order {}: the gateway would charge {asked} {} instead of {due} {currency}", order.number, opened.currency)))
}

/// The order went on without this session: its address must not leave the function while someone could pay there.
async fn lost_race(shop: &Shop, id: &OrderId, session: Option<&Session>, token: String) -> Result<Accepted, Problem> {
    let stored = shop.store.by_id(id).await?.ok_or_else(|| Fault::new(format!("order {} has vanished", id.0)))?;
    let order = stored.order;
    match &order.payment {
        Payment::Paid { .. } => Ok(Accepted { order, token, pay_url: None }),
        Payment::Closed(_) => {
            let gateway = shop.gateway(order.gateway)?;
            if let Some(session) = session
                && let Ok(sighting) = gateway.expire(&session.id).await
            {
                // Should somebody have paid there after all, the order is told.
                let release = Command::Release { how: Closing::Expired, sighting: Some(sighting) };
                settling::apply(shop, id, release, Cause::Checkout).await?;
            }
            Err(closed())
        }
        Payment::Awaiting { session } | Payment::Capturing { session, .. } | Payment::Processing { session, .. } => {
            let pay_url = Some(session.pay_url.clone());
            Ok(Accepted { order, token, pay_url })
        }
        // It was pending when the session was refused, and nothing becomes pending again.
        Payment::Pending { .. } => Err(Fault::new(format!("order {} refused its payment session", id.0)).into()),
    }
}

/// What the gateway will be asked for. Everything in it is fixed when the order is placed.
pub(crate) fn session_request(shop: &Shop, order: &Order, token: &str, shop_name: &str, personal: &Personal) -> SessionRequest {
    let attempt = if let Payment::Pending { attempt } = order.payment { attempt } else { 1 };
    let back = shop.url(&format!("/api/return/{}?order={token}", order.gateway.name()));
    SessionRequest {
        order: order.id.clone(),
        attempt,
        number: order.number.clone(),
        quote: order.quote.clone(),
        shop_name: shop_name.to_owned(),
        email: personal.email.clone(),
        ship_to: personal.ship_to.clone(),
        language: order.language.clone(),
        expires_at: order.expires_at,
        cancel_url: format!("{back}&cancelled=true"),
        return_url: back,
    }
}

/// Composes the request for an order's next session.
pub(crate) fn compose(shop: &Shop, order: &Order, token: &str, shop_name: &str, personal: &Personal) -> Result<Composed, Problem> {
    let request = session_request(shop, order, token, shop_name, personal);
    let body = shop.gateway(order.gateway)?.compose(&request).map_err(|why| {
        shop.log_fault(&format!("order {}: no payment session: {why}", order.number));
        impossible()
    })?;
    Ok(Composed { attempt: request.attempt, body })
}
