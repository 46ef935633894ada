//! Steps 4 and 5 of a checkout: open a payment session for a placed order and hand it over. Both can be repeated; a request that
//! comes again gets the first answer.

use crate::decide::{Command, News, Status};
use crate::error::{Fault, Problem, Refusal};
use crate::order::{Closing, Order, OrderId, Payment, Session};
use crate::ports::{Cause, GatewayError, Opened, SessionRequest, Stored};
use crate::settling;
use crate::shop::Shop;

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
pub(crate) async fn resume(shop: &Shop, stored: Stored, token: String) -> Result<Accepted, Problem> {
    let order = stored.order;
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
    let opened = match gateway.open(&session_request(shop, &order, &token)).await {
        Ok(opened) => opened,
        Err(GatewayError::Unavailable(fault)) => return Err(fault.into()),
        Err(GatewayError::Refused(cause)) => {
            shop.log_fault(&format!("order {}: no payment session: {cause}", order.number));
            let release = Command::Release { how: Closing::Failed, sighting: None };
            settling::apply(shop, &order.id, release, Cause::Checkout).await?;
            return Err(Refusal::new(422, "payment_unavailable", "this payment is not possible; nothing was charged").into());
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
    match settling::apply(shop, &order.id, command, Cause::Checkout).await? {
        Some(Ok(order)) if order.payment.is_open() => Ok(Accepted { order, token, pay_url: Some(session.pay_url) }),
        _ => lost_race(shop, &order.id, &session, token).await,
    }
}

/// The gateway would ask for another amount than the shopper has seen: nobody is sent there, and the goods go back.
async fn call_off(shop: &Shop, order: &Order, opened: &Opened) -> Result<Fault, Fault> {
    settling::end(shop, order, Closing::Failed, Cause::Checkout).await?;
    let (asked, due, currency) = (opened.amount, order.due(), order.currency());
    Ok(Fault(format!("order {}: the gateway would charge {asked} {} instead of {due} {currency}", order.number, opened.currency)))
}

/// The order went on without this session: its address must not leave the function while someone could pay there.
async fn lost_race(shop: &Shop, id: &OrderId, session: &Session, token: String) -> Result<Accepted, Problem> {
    let stored = shop.store.by_id(id).await?.ok_or_else(|| Fault(format!("order {} has vanished", id.0)))?;
    let order = stored.order;
    match &order.payment {
        Payment::Paid { .. } => Ok(Accepted { order, token, pay_url: None }),
        Payment::Closed(_) => {
            let gateway = shop.gateway(order.gateway)?;
            let ended = gateway.expire(&session.id).await;
            if let Ok(sighting) = ended {
                // Should somebody have paid there after all, the order is told.
                settling::apply(shop, id, Command::Settle(sighting), Cause::Checkout).await?;
            }
            Err(closed())
        }
        Payment::Awaiting { session } | Payment::Capturing { session, .. } | Payment::Processing { session, .. } => {
            let pay_url = Some(session.pay_url.clone());
            Ok(Accepted { order, token, pay_url })
        }
        // It was pending when the session was refused, and nothing becomes pending again.
        Payment::Pending { .. } => Err(Fault(format!("order {} refused its payment session", id.0)).into()),
    }
}

/// Rebuilt for a retry to the same request: everything in it is fixed when the order is placed.
fn session_request(shop: &Shop, order: &Order, token: &str) -> SessionRequest {
    let attempt = if let Payment::Pending { attempt } = order.payment { attempt } else { 1 };
    let back = shop.url(&format!("/api/return/{}?order={token}", order.gateway.name()));
    SessionRequest {
        order: order.id.clone(),
        attempt,
        number: order.number.clone(),
        amount: order.due(),
        currency: order.currency().code().to_owned(),
        language: order.language.clone(),
        expires_at: order.expires_at,
        cancel_url: format!("{back}&cancelled=true"),
        return_url: back,
    }
}
