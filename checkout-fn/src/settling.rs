//! Changes to placed orders: the one function that webhook, return page, worker and checkout call, each after a
//! fresh look at the gateway.

use crate::decide::{Command, Decision, Effect, Facts, NotWaiting, decide};
use crate::error::Fault;
use crate::order::{Closing, Order, OrderId, Payment, Refund, RefundStatus, SessionId};
use crate::ports::{Cause, Change, Changed, GatewayError, PaymentGateway};
use crate::shop::Shop;

/// How often a decision is made anew because somebody else was faster. Each time somebody else made progress.
const ATTEMPTS: usize = 50;

/// Decides, stores and does what follows from it. The order afterwards; `None` where there is no such order.
pub(crate) async fn apply(shop: &Shop, id: &OrderId, command: Command, cause: Cause) -> Result<Option<Result<Order, NotWaiting>>, Fault> {
    let Some((mut order, effects)) = (match record(shop, id, command, &cause).await? {
        None => None,
        Some(Err(refused)) => return Ok(Some(Err(refused))),
        Some(Ok(done)) => Some(done),
    }) else {
        return Ok(None);
    };
    for effect in effects {
        match effect {
            Effect::Move(_) => {}
            Effect::Tell(news) => shop.tell(&order, news),
            Effect::Refund(refund) => {
                if let Some(after) = pay_back(shop, &order, &refund, &cause).await? {
                    order = after;
                }
            }
        }
    }
    Ok(Some(Ok(order)))
}

type Recorded = Option<Result<(Order, Vec<Effect>), NotWaiting>>;

async fn record(shop: &Shop, id: &OrderId, command: Command, cause: &Cause) -> Result<Recorded, Fault> {
    let mut stock_left = true;
    for _ in 0..ATTEMPTS {
        let Some(stored) = shop.store.by_id(id).await? else { return Ok(None) };
        let now = shop.now();
        let Decision { order, effects } = match decide(stored.order.clone(), command.clone(), Facts { now, stock_left }) {
            Ok(decision) => decision,
            Err(refused) => return Ok(Some(Err(refused))),
        };
        if order == stored.order {
            return Ok(Some(Ok((order, effects))));
        }
        let movement = effects.iter().find_map(|effect| match effect {
            Effect::Move(movement) => Some(*movement),
            Effect::Refund(_) | Effect::Tell(_) => None,
        });
        let change = Change { order: order.clone(), version: stored.version, movement, cause: cause.clone(), at: now };
        match shop.store.change(change).await? {
            Changed::Done => return Ok(Some(Ok((order, effects)))),
            Changed::Moved => {}
            Changed::Short => stock_left = false,
        }
    }
    Err(Fault(format!("order {} changes faster than it can be decided on", id.0)))
}

/// Calls the gateway for a recorded refund. What stays unknown is left to the worker.
async fn pay_back(shop: &Shop, order: &Order, refund: &Refund, cause: &Cause) -> Result<Option<Order>, Fault> {
    let answer = shop.gateway(order.gateway)?.refund(&refund.id, &refund.payment, refund.amount).await;
    let succeeded = match answer {
        Ok(succeeded) => succeeded,
        Err(GatewayError::Refused(_)) => false,
        Err(GatewayError::Unavailable(fault)) => {
            shop.log_fault(&format!("{} of order {} is to be tried again: {fault}", refund.id, order.number));
            return Ok(None);
        }
    };
    let Some(Ok((order, effects))) = record(shop, &order.id, Command::Refunded { id: refund.id.clone(), succeeded }, cause).await? else {
        return Ok(None);
    };
    for effect in effects {
        if let Effect::Tell(news) = effect {
            shop.tell(&order, news);
        }
    }
    Ok(Some(order))
}

/// Looks at a session and settles its order. `None` where it is not one of ours.
pub(crate) async fn settle_session(
    shop: &Shop,
    gateway: &dyn PaymentGateway,
    session: &SessionId,
    cause: Cause,
) -> Result<Option<Order>, Fault> {
    let Some((id, sighting)) = gateway.look(session).await.map_err(unavailable)? else { return Ok(None) };
    Ok(apply(shop, &id, Command::Settle(sighting), cause).await?.and_then(Result::ok))
}

/// Ends an unpaid order: first nobody can pay any more, then its goods go back. Where the gateway turns out to hold the
/// money, the order is paid instead. The order afterwards.
pub(crate) async fn end(shop: &Shop, order: &Order, how: Closing, cause: Cause) -> Result<Order, Fault> {
    let Some(command) = ending(shop, order, how).await? else { return Ok(order.clone()) };
    let after = apply(shop, &order.id, command, cause).await?;
    Ok(after.and_then(Result::ok).unwrap_or_else(|| order.clone()))
}

/// What the gateway's side of an end leads to; `None` where there is nothing to end.
pub(crate) async fn ending(shop: &Shop, order: &Order, how: Closing) -> Result<Option<Command>, Fault> {
    let gateway = shop.gateway(order.gateway)?;
    let expire = async |session: &SessionId| gateway.expire(session).await.map_err(unavailable);
    let sighting = match &order.payment {
        Payment::Paid { .. } | Payment::Closed(_) => return Ok(None),
        Payment::Pending { attempt } => match gateway.find(&order.id, *attempt).await.map_err(unavailable)? {
            Some(found) => Some(expire(&found.session.id).await?),
            None => None,
        },
        Payment::Awaiting { session } => Some(expire(&session.id).await?),
        // Never released on our own: the gateway says how it ends.
        Payment::Processing { session, .. } => {
            return Ok(gateway.look(&session.id).await.map_err(unavailable)?.map(|(_, sighting)| Command::Settle(sighting)));
        }
    };
    Ok(Some(Command::Release { how, sighting }))
}

/// Finishes what an earlier call has left undone, and ends what has expired.
pub(crate) async fn tidy(shop: &Shop, id: &OrderId) -> Result<(), Fault> {
    let Some(stored) = shop.store.by_id(id).await? else { return Ok(()) };
    for refund in stored.order.refunds.iter().filter(|refund| refund.status == RefundStatus::Pending) {
        pay_back(shop, &stored.order, refund, &Cause::Worker).await?;
    }
    end(shop, &stored.order, Closing::Expired, Cause::Worker).await.map(drop)
}

fn unavailable(error: GatewayError) -> Fault {
    match error {
        GatewayError::Refused(text) => Fault(format!("the gateway refused: {text}")),
        GatewayError::Unavailable(fault) => fault,
    }
}
