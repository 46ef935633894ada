//! Once the faults are over: notices arrive, the worker goes round, the merchant looks at what needs it; then every payment belongs to
//! one paid order or was given back (R21), no order is open, and all mail was owed once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::world::{World, locked};
use crate::decide::{Refunding, Status};
use crate::order::{Order, OrderId, Payment, PaymentId, RefundStatus, SessionId};

/// So many days it may take until nothing is left to do.
const DAYS: usize = 8;

impl World {
    /// The faults are over. Lives on until nothing is left to do, and looks at what has become of everything.
    pub(super) async fn settle(&self) -> Result<(), String> {
        self.dice.calm();
        self.till.calm();
        self.dice.tell(|| "  the faults are over".to_owned());
        self.till.ripen(&self.dice).await.map_err(|fault| fault.text)?;
        // A gateway sends its news until it is answered.
        let lost = std::mem::take(&mut *locked(&self.lost));
        locked(&self.post).extend(lost);
        let mut tried = BTreeSet::new();
        for day in 0.. {
            if day == DAYS {
                return Err(self.left_to_do().await.unwrap_or_default());
            }
            self.pass(SignedDuration::from_hours(25));
            self.collect().await;
            let letters = std::mem::take(&mut *locked(&self.post));
            for letter in letters {
                self.deliver(letter).await;
            }
            self.resolve_open().await;
            self.refund_lost(&mut tried).await;
            self.sweep().await;
            // What was captured only now may be on its way.
            self.till.ripen(&self.dice).await.map_err(|fault| fault.text)?;
            self.check().await?;
            if self.left_to_do().await.is_none() && !self.has_untried(&tried).await {
                break;
            }
        }
        self.audit().await?;
        self.verdict()
    }

    /// An order that needs attention is left to people while its payment is open.
    async fn resolve_open(&self) {
        let books = self.books().await;
        for order in books.orders().filter(|order| order.attention.is_some() && order.payment.is_open()) {
            let commands = crate::merchant::Books::of(&self.checkout);
            if let Err(why) = commands.resolve(&order.number).await {
                self.wrong(format!("{} cannot be resolved: {why}", order.number));
            }
        }
    }

    /// A refund that was not sent within a day is left to people, who look at the gateway and try it again, once.
    async fn refund_lost(&self, tried: &mut BTreeSet<(OrderId, String)>) {
        let books = self.books().await;
        for order in books.orders() {
            let failed = order.refunds.iter().filter(|refund| refund.status == RefundStatus::Failed);
            for refund in failed.filter(|refund| tried.insert((order.id.clone(), refund.id.clone()))) {
                let again = crate::merchant::Books::of(&self.checkout).refund_again(&order.number, &refund.id).await;
                self.dice.tell(|| format!("    {} of {} is tried again: {}", refund.id, order.number, again.is_ok()));
            }
        }
    }

    async fn has_untried(&self, tried: &BTreeSet<(OrderId, String)>) -> bool {
        let books = self.books().await;
        let failed = |order: &Order| {
            order.refunds.iter().any(|r| r.status == RefundStatus::Failed && !tried.contains(&(order.id.clone(), r.id.clone())))
        };
        books.orders().any(failed)
    }

    /// What is still to be done. `None` where nothing is.
    async fn left_to_do(&self) -> Option<String> {
        let books = self.books().await;
        let mut left: Vec<String> = books
            .orders()
            .filter(|order| order.payment.is_open() || order.wake_at().is_some())
            .map(|order| format!("{} is not settled: {:?} {:?}", order.number, order.payment, order.refunds))
            .collect();
        left.extend((books.owed > 0).then(|| format!("{} letters are owed", books.owed)));
        left.extend(locked(&self.post).iter().map(|letter| format!("a notice was not taken: {}", letter.describe())));
        (!left.is_empty()).then(|| left.join("\n"))
    }

    /// Every session at the gateway, whose it is and how it stands.
    async fn payments(&self) -> Result<Vec<(SessionId, OrderId, Status)>, String> {
        let mut all = Vec::new();
        for session in self.till.sessions().await.map_err(|fault| fault.text)? {
            let seen = self.gateway.look(&session).await.map_err(|error| format!("{error:?}"))?;
            let (order, sighting) = seen.ok_or_else(|| format!("the gateway does not know its session {}", session.0))?;
            all.push((session, order, sighting.status));
        }
        Ok(all)
    }

    /// R21, and that the books say what the gateway says.
    async fn audit(&self) -> Result<(), String> {
        let books = self.books().await;
        let mut paid: BTreeMap<String, &Order> = BTreeMap::new();
        for order in books.orders() {
            if let Payment::Paid { payment: Some(payment), .. } = &order.payment
                && paid.insert(payment.0.clone(), order).is_some()
            {
                self.wrong(format!("the payment {} has bought two orders", payment.0));
            }
        }
        for (session, order, status) in self.payments().await? {
            let Status::Paid { payment, amount, .. } = status else { continue };
            let buys = paid.remove(&payment.0);
            let Some(order) = books.orders().find(|known| known.id == order) else {
                self.wrong(format!("the session {} was paid for no order", session.0));
                continue;
            };
            if buys.is_some_and(|buys| buys.id != order.id) {
                self.wrong(format!("the payment {} of {} has bought another order", payment.0, order.number));
            }
            self.audit_payment(order, &payment, amount, buys.is_some()).await?;
        }
        for (payment, order) in paid {
            self.wrong(format!("{} is paid, and the gateway has no payment {payment}", order.number));
        }
        let seen = locked(&self.seen);
        for wrong in books.orders().flat_map(|order| seen.wrongs(order)) {
            self.wrong(wrong);
        }
        Ok(())
    }

    async fn audit_payment(&self, order: &Order, payment: &PaymentId, amount: i64, buys: bool) -> Result<(), String> {
        let seen = self.gateway.aftermath(payment).await.map_err(|error| format!("{error:?}"))?;
        let seen = seen.ok_or_else(|| format!("the gateway does not know its payment {}", payment.0))?;
        let done = seen.refunds.iter().filter(|refund| refund.state == Refunding::Done);
        let given_back: i64 = done.map(|refund| refund.amount).sum();
        let told = |what: &str| {
            format!(
                "{}: the payment {} of {amount} {what}; {given_back} given back, {:?}, {:?}",
                order.number, payment.0, order.payment, order.refunds
            )
        };
        let of_payment = order.refunds.iter().filter(|refund| refund.payment.as_ref() == Some(payment));
        let in_books: i64 = of_payment.filter(|refund| refund.status == RefundStatus::Succeeded).map(|refund| refund.amount).sum();
        if given_back > amount {
            self.wrong(told("was given back more than once"));
        }
        if buys && amount != order.due() {
            self.wrong(told("is not what was due"));
        }
        if !buys && given_back != amount {
            self.wrong(told("has bought nothing, and is kept"));
        }
        if in_books != given_back {
            self.wrong(told("has other refunds than the books say"));
        }
        Ok(())
    }
}
