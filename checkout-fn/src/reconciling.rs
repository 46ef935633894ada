//! Once a day the books are compared with the gateways': what no notice and no shopper has told of is settled, adopted, or reported
//! where it belongs to no order (R21).

use std::collections::BTreeSet;

use catalog::currency::Gateway;
use jiff::{SignedDuration, Timestamp};

use crate::decide::{Command, Refunding, Sighting, Status};
use crate::error::Fault;
use crate::order::{Closing, Order, OrderId, Payment, PaymentId};
use crate::ports::{Cause, PaymentGateway};
use crate::settling::{self, unavailable};
use crate::shop::Shop;

/// How far back is compared: gateways send a notice again for three days, and one day was missed at most.
pub(crate) const LOOK_BACK: SignedDuration = SignedDuration::from_hours(4 * 24);

/// So much of a gateway's books is read at a time.
const WINDOW: SignedDuration = SignedDuration::from_hours(6);

/// A window is made no narrower than twice this.
const NARROWEST: SignedDuration = SignedDuration::from_mins(30);

/// The gateway's clock may be so far ahead of ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// So many of our orders are read at a time.
const PAGE: u32 = 100;

/// What a comparison has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reconciled {
    /// How many sessions, payments and orders were compared.
    pub compared: usize,
    /// Numbers of orders that were not as their gateway knows them, and are now.
    pub corrected: Vec<String>,
    /// What needs a person, a sentence each: money that no order knows, and what could not be compared.
    pub troubles: Vec<String>,
}

impl Reconciled {
    fn note(&mut self, before: &Order, after: Option<Order>) {
        if let Some(after) = after.filter(|after| after != before) {
            self.corrected.push(after.number);
        }
    }

    fn trouble(&mut self, what: &str, fault: &Fault) {
        self.troubles.push(format!("{what}: {fault}"));
    }
}

/// Compares all gateways' books since then with ours.
pub(crate) async fn reconcile(shop: &Shop, since: Timestamp) -> Reconciled {
    let mut found = Reconciled::default();
    let mut unlisted = Vec::new();
    for (name, gateway) in &shop.gateways {
        match listed(shop, gateway.as_ref(), since, &mut found).await {
            Ok(true) => {}
            Ok(false) => unlisted.push(*name),
            Err(fault) => found.trouble(&format!("the books of {} could not be compared", name.name()), &fault),
        }
    }
    if !unlisted.is_empty()
        && let Err(fault) = ours(shop, &unlisted, since, &mut found).await
    {
        found.trouble("our orders could not be compared", &fault);
    }
    found
}

/// Compares what a gateway lists, a window at a time: what was compared before a list fails stays compared. `false` where it lists nothing.
async fn listed(shop: &Shop, gateway: &dyn PaymentGateway, since: Timestamp, found: &mut Reconciled) -> Result<bool, Fault> {
    let (mut start, until) = (since, shop.now() + CLOCKS_DIFFER);
    let mut window = WINDOW;
    while start < until {
        let end = (start + window).min(until);
        let listed = match gateway.list(start..end).await {
            Ok(Some(listed)) => listed,
            Ok(None) => return Ok(false),
            // Perhaps there is too much in it.
            Err(_) if window > NARROWEST => {
                window /= 2;
                continue;
            }
            Err(error) => return Err(unavailable(error)),
        };
        for (order, sighting) in listed.sessions {
            found.compared += 1;
            if let Err(fault) = session(shop, gateway, &order, &sighting, found).await {
                found.trouble(&format!("order {}", order.0), &fault);
            }
        }
        let payments: BTreeSet<String> = listed.payments.into_iter().map(|payment| payment.0).collect();
        for id in payments {
            found.compared += 1;
            if let Err(fault) = payment(shop, gateway, &PaymentId(id.clone()), found).await {
                found.trouble(&format!("payment {id}"), &fault);
            }
        }
        start = end;
    }
    Ok(true)
}

/// Compares a session with its order.
async fn session(shop: &Shop, gateway: &dyn PaymentGateway, id: &OrderId, seen: &Sighting, found: &mut Reconciled) -> Result<(), Fault> {
    let Some(stored) = shop.store.by_id(id).await? else {
        if let Status::Paid { payment, amount, currency } = &seen.status
            && !is_given_back(gateway, payment, *amount).await?
        {
            let what = format!("{amount} minor units of {currency} were paid for the order {}, which is not in these books", id.0);
            found.troubles.push(format!("payment {}: {what}; find out what was bought, or refund it at the gateway", payment.0));
        }
        return Ok(());
    };
    let order = stored.order;
    let after = match (&seen.status, &order.payment) {
        (Status::Paid { payment, .. }, _) if knows(&order, payment) => return Ok(()),
        // The sweeper does it when its time has come.
        (Status::Open | Status::Approved, payment) if payment.is_open() => return Ok(()),
        (Status::Processing, Payment::Processing { .. }) => return Ok(()),
        // Nobody may pay for what is over.
        (Status::Open, Payment::Closed(_)) => {
            let sighting = gateway.expire(&seen.session.id).await.map_err(unavailable)?;
            let release = Command::Release { how: Closing::Expired, sighting: Some(sighting) };
            settling::apply(shop, id, release, Cause::Worker).await?.and_then(Result::ok)
        }
        (Status::Open | Status::Approved | Status::Declined, _) => return Ok(()),
        (Status::Expired | Status::Failed, Payment::Closed(_) | Payment::Paid { .. }) => return Ok(()),
        (Status::Paid { .. } | Status::Processing | Status::Expired | Status::Failed, _) => {
            settling::settle_session(shop, gateway, &seen.session.id, Cause::Worker).await?
        }
    };
    found.note(&order, after);
    Ok(())
}

/// Whether somebody has given a payment back already.
async fn is_given_back(gateway: &dyn PaymentGateway, payment: &PaymentId, amount: i64) -> Result<bool, Fault> {
    let seen = gateway.aftermath(payment).await.map_err(unavailable)?;
    let back = seen.map_or(0, |seen| {
        seen.refunds.iter().filter(|refund| !matches!(refund.state, Refunding::Refused(_))).map(|refund| refund.amount).sum()
    });
    Ok(back >= amount)
}

/// Whether the order's books have a payment: as its own, or as one that goes back in full.
fn knows(order: &Order, payment: &PaymentId) -> bool {
    let is_own = matches!(&order.payment, Payment::Paid { payment: Some(own), .. } if own == payment);
    is_own || order.refunds.iter().any(|refund| !refund.is_of_order() && refund.payment.as_ref() == Some(payment))
}

/// Compares what has come back of a payment.
async fn payment(shop: &Shop, gateway: &dyn PaymentGateway, id: &PaymentId, found: &mut Reconciled) -> Result<(), Fault> {
    let Some(seen) = gateway.aftermath(id).await.map_err(unavailable)? else { return Ok(()) };
    let Some(stored) = shop.store.by_id(&seen.order).await? else {
        // Its session is what is told of, as long as there is money left.
        return Ok(());
    };
    let after = settling::learn(shop, gateway, id, None, Cause::Worker).await?;
    found.note(&stored.order, after);
    Ok(())
}

/// Compares our unsettled orders, and those with open refunds, of gateways that list nothing.
async fn ours(shop: &Shop, gateways: &[Gateway], since: Timestamp, found: &mut Reconciled) -> Result<(), Fault> {
    let mut last = None;
    loop {
        let page = shop.store.older(last.take(), PAGE).await?;
        let is_end = page.len() < PAGE as usize || page.last().is_none_or(|order| order.created_at < since);
        last = page.last().map(|order| (order.created_at, order.id.clone()));
        for order in page.iter().filter(|order| order.created_at >= since && gateways.contains(&order.gateway)) {
            if let Err(fault) = own(shop, order, found).await {
                found.trouble(&format!("order {}", order.number), &fault);
            }
        }
        if is_end {
            return Ok(());
        }
    }
}

async fn own(shop: &Shop, order: &Order, found: &mut Reconciled) -> Result<(), Fault> {
    let gateway = shop.gateway(order.gateway)?.as_ref();
    if let Some(session) = order.payment.session() {
        found.compared += 1;
        let after = settling::settle_session(shop, gateway, &session.id, Cause::Worker).await?;
        found.note(order, after);
    }
    let open: BTreeSet<&str> = order
        .refunds
        .iter()
        .filter(|refund| refund.is_pending())
        .filter_map(|refund| refund.payment.as_ref())
        .map(|id| id.0.as_str())
        .collect();
    for id in open {
        found.compared += 1;
        payment(shop, gateway, &PaymentId(id.to_owned()), found).await?;
    }
    Ok(())
}
