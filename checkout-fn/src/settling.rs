//! Changes to placed orders: the one function that webhook, return page, worker and checkout call, each after a
//! fresh look at the gateway.

use std::collections::BTreeMap;

use catalog::terms::Seller;
use jiff::SignedDuration;

use crate::decide::{Command, Decision, Declined, Effect, Facts, Refunding, SeenDispute, Sighting, Status, decide};
use crate::error::{Away, Fault};
use crate::order::{Closing, Invoice, Numbered, Order, OrderId, Payment, PaymentId, Refund, SessionId};
use crate::ports::{Besides, Cause, Change, Changed, Composed, GatewayError, PaymentGateway, RefundRequest, Stored};
use crate::shop::Shop;

/// How often a decision is made anew because somebody else was faster. Each time somebody else made progress.
const ATTEMPTS: usize = 50;

/// How long a gateway surely knows the key of a refund (Stripe: 24 h). Later it is looked for, and never sent again.
const KEYS_HOLD: SignedDuration = SignedDuration::from_hours(23);

/// Decides, stores and does what follows from it. The order afterwards; `None` where there is no such order.
pub(crate) async fn apply(shop: &Shop, id: &OrderId, command: Command, cause: Cause) -> Result<Option<Result<Order, Declined>>, Fault> {
    let Some((mut order, effects)) = (match record(shop, id, command, &cause).await? {
        None => None,
        Some(Err(refused)) => return Ok(Some(Err(refused))),
        Some(Ok(done)) => Some(done),
    }) else {
        return Ok(None);
    };
    for effect in effects {
        let after = match effect {
            Effect::Move(_) => None,
            Effect::Tell(news) => {
                shop.tell(&order, news);
                None
            }
            Effect::Capture(session) => Box::pin(capture(shop, &order, &session, &cause)).await?,
            Effect::Refund(refund) => Box::pin(pay_back(shop, &order, &refund, &cause)).await?,
        };
        order = after.unwrap_or(order);
    }
    Ok(Some(Ok(order)))
}

type Recorded = Option<Result<(Order, Vec<Effect>), Declined>>;

async fn record(shop: &Shop, id: &OrderId, command: Command, cause: &Cause) -> Result<Recorded, Fault> {
    record_with(shop, id, command, None, cause).await
}

/// Gives up an attempt at a payment session that is stuck, and keeps what the next one will ask for. The order afterwards.
pub(crate) async fn try_anew(shop: &Shop, id: &OrderId, stuck: u32, next: Composed) -> Result<Option<Order>, Fault> {
    let recorded = record_with(shop, id, Command::TryAnew { attempt: stuck }, Some(next), &Cause::Checkout).await?;
    Ok(recorded.and_then(Result::ok).map(|(order, _)| order))
}

async fn record_with(shop: &Shop, id: &OrderId, command: Command, request: Option<Composed>, cause: &Cause) -> Result<Recorded, Fault> {
    let mut stock_left = true;
    for _ in 0..ATTEMPTS {
        let Some(stored) = shop.store.by_id(id).await? else { return Ok(None) };
        let now = shop.now();
        let balances = if matches!(command, Command::GiveBack(_)) { left_on_issued(shop, &stored.order).await? } else { BTreeMap::new() };
        let Decision { order, effects } = match decide(stored.order.clone(), command.clone(), &Facts { now, stock_left, balances }) {
            Ok(decision) => decision,
            Err(refused) => return Ok(Some(Err(refused))),
        };
        if order == stored.order {
            return Ok(Some(Ok((order, effects))));
        }
        let movement = effects.iter().find_map(|effect| match effect {
            Effect::Move(movement) => Some(movement.clone()),
            Effect::Capture(_) | Effect::Refund(_) | Effect::Tell(_) => None,
        });
        let change = Change {
            letters: shop.letters(&order, &effects),
            order: order.clone(),
            version: stored.version,
            movement,
            request: request.clone(),
            besides: None,
            cause: cause.clone(),
            at: now,
        };
        match shop.store.change(change).await? {
            Changed::Done => return Ok(Some(Ok((order, effects)))),
            Changed::Moved => {}
            Changed::Short => stock_left = false,
        }
    }
    Err(Fault::new(format!("order {} changes faster than it can be decided on", id.0)).as_away(Away::Store))
}

/// What is left on the gift cards that an order has issued.
pub(crate) async fn left_on_issued(shop: &Shop, order: &Order) -> Result<BTreeMap<String, i64>, Fault> {
    let cards: Vec<String> = order.issues.iter().map(|issue| issue.card.clone()).collect();
    let balances = if cards.is_empty() { BTreeMap::new() } else { shop.store.balances(&cards).await? };
    Ok(balances.into_iter().map(|(card, balance)| (card, balance.minor)).collect())
}

/// Records what the gateway has answered, and tells of it. The order afterwards.
async fn note(shop: &Shop, id: &OrderId, command: Command, cause: &Cause) -> Result<Option<Order>, Fault> {
    let Some(Ok((order, effects))) = record(shop, id, command, cause).await? else { return Ok(None) };
    for effect in effects {
        if let Effect::Tell(news) = effect {
            shop.tell(&order, news);
        }
    }
    Ok(Some(order))
}

/// Takes the money of a session whose order is recorded as being captured. What stays unknown is left to the worker.
async fn capture(shop: &Shop, order: &Order, session: &SessionId, cause: &Cause) -> Result<Option<Order>, Fault> {
    let Payment::Capturing { since, .. } = order.payment else { return Ok(None) };
    match shop.gateway(order.gateway)?.capture(session, since).await {
        Ok(sighting) => note(shop, &order.id, Command::Captured { since, sighting }, cause).await,
        Err(error) => {
            shop.log_fault(&format!("order {}: its money is to be asked for again: {}", order.number, unavailable(error)));
            Ok(None)
        }
    }
}

/// Calls the gateway for a recorded refund. What stays unknown is left to the worker.
async fn pay_back(shop: &Shop, order: &Order, refund: &Refund, cause: &Cause) -> Result<Option<Order>, Fault> {
    let Some(payment) = &refund.payment else { return Ok(None) };
    let request = RefundRequest {
        order: order.id.clone(),
        key: refund.key(),
        payment: payment.clone(),
        amount: refund.amount,
        currency: order.currency(),
    };
    let answer = match shop.gateway(order.gateway)?.refund(&request).await {
        Ok(answer) => answer,
        Err(GatewayError::Refused(why)) => Refunding::Refused(why),
        // Whether it was made cannot be told from a stored failure: it is looked for until the gateway has forgotten the key.
        Err(GatewayError::Stuck(fault) | GatewayError::Unavailable(fault)) => {
            shop.log_fault(&format!("{} of order {} is to be tried again: {fault}", refund.id, order.number));
            return Ok(None);
        }
    };
    note(shop, &order.id, Command::Refunded { key: refund.key(), answer }, cause).await
}

/// Looks at what has become of a payment, and takes it into the books, with a dispute that the gateway has told of. `None` where
/// it is not one of ours.
pub(crate) async fn learn(
    shop: &Shop,
    gateway: &dyn PaymentGateway,
    payment: &PaymentId,
    dispute: Option<SeenDispute>,
    cause: Cause,
) -> Result<Option<Order>, Fault> {
    let Some(mut seen) = gateway.aftermath(payment).await.map_err(unavailable)? else { return Ok(None) };
    seen.disputes.extend(dispute);
    let command = Command::Learn { payment: payment.clone(), refunds: seen.refunds, disputes: seen.disputes };
    note(shop, &seen.order, command, &cause).await
}

/// Finishes a refund that an earlier call has left open: what the gateway knows of it counts; what it does not know is sent, as long as
/// it would know the key again.
async fn finish_refund(shop: &Shop, order: &Order, key: &str) -> Result<(), Fault> {
    let open = |order: &Order| order.refunds.iter().find(|refund| refund.key() == key && refund.is_pending()).cloned();
    let Some((refund, payment)) = open(order).and_then(|refund| Some((refund.clone(), refund.payment?))) else { return Ok(()) };
    let gateway = shop.gateway(order.gateway)?;
    let seen = gateway.aftermath(&payment).await.map_err(unavailable)?;
    let is_known =
        seen.as_ref().is_some_and(|seen| seen.refunds.iter().any(|seen| seen.key.as_deref() == Some(key) || seen.id == refund.id));
    if let Some(seen) = seen.filter(|_| is_known) {
        note(shop, &order.id, Command::Learn { payment, refunds: seen.refunds, disputes: seen.disputes }, &Cause::Worker).await?;
    } else if shop.now().duration_since(refund.at) > KEYS_HOLD {
        note(shop, &order.id, Command::Refunded { key: key.to_owned(), answer: Refunding::Lost }, &Cause::Worker).await?;
    } else {
        pay_back(shop, order, &refund, &Cause::Worker).await?;
    }
    Ok(())
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
        Payment::Capturing { session, .. } => {
            let found = gateway.look(&session.id).await.map_err(unavailable)?.map(|(_, sighting)| sighting);
            // A session that is forgotten was never paid.
            let gone = || Sighting { session: session.clone(), status: Status::Expired };
            return Ok(Some(Command::Settle(found.unwrap_or_else(gone))));
        }
        Payment::Processing { session, .. } => {
            return Ok(gateway.look(&session.id).await.map_err(unavailable)?.map(|(_, sighting)| Command::Settle(sighting)));
        }
    };
    Ok(Some(Command::Release { how, sighting }))
}

/// Finishes what an earlier call has left undone, and ends what has expired.
pub(crate) async fn tidy(shop: &Shop, id: &OrderId) -> Result<(), Fault> {
    let Some(stored) = shop.store.by_id(id).await? else { return Ok(()) };
    for refund in stored.order.refunds.iter().filter(|refund| refund.is_pending()) {
        finish_refund(shop, &stored.order, &refund.key()).await?;
    }
    // What is over needs no gateway any more, and may have outlived it.
    if stored.order.payment.is_open() {
        end(shop, &stored.order, Closing::Expired, Cause::Worker).await?;
    }
    number(shop, id).await
}

/// Gives an order the numbers that it wants, each in one transaction with the sequence that it is taken from, so that none is skipped
/// and none is given twice.
async fn number(shop: &Shop, id: &OrderId) -> Result<(), Fault> {
    for _ in 0..ATTEMPTS {
        let Some(Stored { order, version }) = shop.store.by_id(id).await? else { return Ok(()) };
        let Some((sequence, _)) = order.wants_number() else { return Ok(()) };
        let now = shop.now();
        let (seller, mut besides, mut numbered) = (seller_of(shop, &order).await?, None, None);
        if let Some(seller) = seller {
            let last = shop.store.last_number(sequence).await?;
            besides = Some(Besides::Draw { sequence, last });
            numbered = Some(Numbered { number: sequence.number(&seller, last + 1), at: now, seller });
        }
        let facts = Facts { now, stock_left: true, balances: BTreeMap::new() };
        let Ok(Decision { order, .. }) = decide(order, Command::Number(numbered), &facts) else { return Ok(()) };
        let cause = Cause::Worker;
        let change = Change { order, version, movement: None, request: None, letters: Vec::new(), besides, cause, at: now };
        // Done or not, what is wanted then is looked up.
        shop.store.change(change).await?;
    }
    Err(Fault::new(format!("order {}: numbers are taken faster than it can get one", id.0)))
}

/// Erases who bought: the personal data, and what of it stands in the order. The order afterwards; `None` where there is no such order.
#[cfg(feature = "sandbox")]
pub(crate) async fn erase(shop: &Shop, id: &OrderId) -> Result<Option<Result<Order, Declined>>, Fault> {
    for _ in 0..ATTEMPTS {
        let Some(Stored { order, version }) = shop.store.by_id(id).await? else { return Ok(None) };
        // What is owed later comes with another version.
        if shop.store.owes_mail(id).await? {
            return Ok(Some(Err(Declined::MailOwed)));
        }
        let facts = Facts { now: shop.now(), stock_left: true, balances: BTreeMap::new() };
        let order = match decide(order, Command::Erase, &facts) {
            Ok(decision) => decision.order,
            Err(declined) => return Ok(Some(Err(declined))),
        };
        let change = Change {
            order: order.clone(),
            version,
            movement: None,
            request: None,
            letters: Vec::new(),
            besides: Some(Besides::Erase),
            cause: Cause::Merchant,
            at: facts.now,
        };
        if shop.store.change(change).await? == Changed::Done {
            return Ok(Some(Ok(order)));
        }
    }
    Err(Fault::new(format!("order {} changes faster than it can be erased", id.0)))
}

/// Who sells, for the paper that an order gets next. A shop that gives no invoices any more still credits those that it gave.
async fn seller_of(shop: &Shop, order: &Order) -> Result<Option<Seller>, Fault> {
    let known = if let Invoice::Given(numbered) = &order.invoice { Some(numbered.seller.clone()) } else { None };
    Ok(shop.catalogue.terms().await?.seller.clone().or(known))
}

/// A gateway's answer as a failure of the request that needed another.
pub(crate) fn unavailable(error: GatewayError) -> Fault {
    match error {
        GatewayError::Refused(text) => Fault::new(format!("the gateway refused: {text}")),
        GatewayError::Stuck(fault) | GatewayError::Unavailable(fault) => fault.as_away(Away::Gateway),
    }
}
