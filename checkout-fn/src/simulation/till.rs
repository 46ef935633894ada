//! The gateway's other side: what shoppers, their banks and the merchant do there, and the notices that it sends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::Request;
use catalog::currency::{Currency, Gateway};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::decide::SeenDispute;
use crate::doubles::{paypal, stripe};
use crate::error::Fault;
use crate::gateway::sandbox::{Press, SIGNATURE, Sandbox};
use crate::order::{DisputeState, OrderId, PaymentId, SessionId};
use crate::ports::{About, PaymentGateway, RefundRequest};

/// Where the money is taken.
pub(super) enum Till {
    /// Our own, with the disputes that it does not have.
    Sandbox(Arc<Sandbox>, Arc<Contested>),
    PayPal(paypal::Double),
    Stripe(stripe::StripeDouble),
}

/// What a shopper does with a payment session.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pays {
    Now,
    /// The card is declined.
    NotNow,
    /// The money comes later, or does not.
    Later(bool),
}

/// A notice on its way.
#[derive(Debug, Clone)]
pub(super) struct Letter(String);

/// Disputes of payments at the sandbox, and the notices of what the merchant does there by hand.
#[derive(Default)]
pub(super) struct Contested {
    disputes: Mutex<BTreeMap<String, DisputeState>>,
    notices: Mutex<Vec<String>>,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Contested {
    /// The dispute of a payment.
    pub(super) fn of(&self, payment: &PaymentId) -> Option<SeenDispute> {
        locked(&self.disputes).get(&payment.0).map(|state| SeenDispute { id: format!("dispute of {}", payment.0), state: *state })
    }

    /// What a notice is about that the sandbox itself does not send.
    pub(super) fn about(body: &[u8]) -> Option<About> {
        let event: Value = serde_json::from_slice(body).ok()?;
        event["payment"].as_str().map(|payment| About::Payment(PaymentId(payment.to_owned())))
    }

    /// The news of a payment, which is posted like any other.
    fn notify(&self, payment: &str) {
        let id = format!("evt_{}", crate::chance::name().simple());
        locked(&self.notices).push(json!({ "id": id, "session": "", "payment": payment }).to_string());
    }
}

impl Till {
    /// Which gateway it is.
    pub(super) fn gateway(&self) -> Gateway {
        match self {
            Self::Sandbox(..) => Gateway::Sandbox,
            Self::PayPal(_) => Gateway::Paypal,
            Self::Stripe(_) => Gateway::Stripe,
        }
    }

    /// Every session, oldest first.
    pub(super) async fn sessions(&self) -> Result<Vec<SessionId>, Fault> {
        match self {
            Self::Sandbox(sandbox, _) => sandbox.sessions().await,
            Self::PayPal(double) => Ok(double.orders().into_iter().map(SessionId).collect()),
            Self::Stripe(double) => Ok(double.ids("checkout.session").into_iter().map(SessionId).collect()),
        }
    }

    /// The shopper is on the payment page. Where the session is over, nothing happens.
    pub(super) async fn pay(&self, session: &str, how: Pays) -> Result<(), Fault> {
        match self {
            Self::Sandbox(sandbox, _) => {
                let press = match how {
                    Pays::Now => Press::Paid,
                    Pays::NotNow => Press::Declined,
                    Pays::Later(true) => Press::PendingPaid,
                    Pays::Later(false) => Press::PendingFailed,
                };
                sandbox.press(session, press).await?;
            }
            Self::PayPal(double) => {
                double.will(
                    session,
                    match how {
                        Pays::Now => paypal::Outcome::Completed,
                        Pays::NotNow => paypal::Outcome::InstrumentDeclined,
                        Pays::Later(true) => paypal::Outcome::Pending,
                        Pays::Later(false) => paypal::Outcome::Declined,
                    },
                );
                double.approve(session);
            }
            // What Stripe does not allow does not happen.
            Self::Stripe(double) => match how {
                Pays::Now => drop(double.pay(session)),
                Pays::NotNow => drop(double.decline(session)),
                Pays::Later(_) => drop(double.pay_later(session)),
            },
        }
        Ok(())
    }

    /// Money that is on its way arrives, or does not.
    pub(super) async fn ripen(&self, dice: &Dice) -> Result<(), Fault> {
        for session in self.sessions().await? {
            let comes = dice.once_in(2);
            match self {
                // Its own clock decides.
                Self::Sandbox(..) => {}
                Self::PayPal(double) => drop(double.settle(&session.0, comes)),
                Self::Stripe(double) => drop(double.settle(&session.0, comes)),
            }
        }
        Ok(())
    }

    /// Something goes wrong within the gateway, at one of the next calls.
    pub(super) fn trouble(&self, dice: &Dice) {
        use paypal::Trouble;
        use stripe::Mishap;
        match self {
            Self::Sandbox(..) => {}
            Self::PayPal(double) => {
                let all = [Trouble::Fail, Trouble::FailAfter, Trouble::Hang, Trouble::Lose, Trouble::Forget];
                let nth = u32::try_from(1 + dice.roll(4)).unwrap_or(1);
                double.trouble(None, nth, *dice.one_of(&all).unwrap_or(&Trouble::Fail));
            }
            Self::Stripe(double) => {
                let all = [Mishap::Fail, Mishap::FailAfterwards, Mishap::Hang, Mishap::LoseAnswer, Mishap::RateLimit];
                let nth = usize::try_from(1 + dice.roll(4)).unwrap_or(1);
                double.on_request(nth, *dice.one_of(&all).unwrap_or(&Mishap::Fail));
            }
        }
    }

    /// Nothing goes wrong there any more.
    pub(super) fn calm(&self) {
        match self {
            Self::Sandbox(..) => {}
            Self::PayPal(double) => double.calm(),
            Self::Stripe(double) => double.calm(),
        }
    }

    /// The merchant gives money back at the gateway itself. What it does not allow does not happen.
    pub(super) async fn give_back(&self, gateway: &dyn PaymentGateway, order: &OrderId, payment: &PaymentId, amount: i64) {
        match self {
            Self::Sandbox(_, contested) => {
                let key = format!("by-hand-{}", crate::chance::name().simple());
                let currency = Currency::parse("EUR").expect("a currency");
                let request = RefundRequest { order: order.clone(), key, payment: payment.clone(), amount, currency };
                if gateway.refund(&request).await.is_ok() {
                    contested.notify(&payment.0);
                }
            }
            Self::PayPal(double) => drop(double.refund_by_hand(&payment.0, amount)),
            Self::Stripe(double) => drop(double.refund_in_dashboard(&payment.0, amount)),
        }
    }

    /// A buyer disputes a payment; where it is disputed already, the bank decides.
    pub(super) fn dispute(&self, session: &str, payment: &PaymentId, dice: &Dice) {
        match self {
            Self::Sandbox(_, contested) => {
                let mut disputes = locked(&contested.disputes);
                let next = match disputes.get(&payment.0) {
                    None => DisputeState::Open,
                    Some(DisputeState::Open) if dice.once_in(2) => DisputeState::Won,
                    Some(DisputeState::Open) => DisputeState::Lost,
                    Some(decided) => *decided,
                };
                disputes.insert(payment.0.clone(), next);
                contested.notify(&payment.0);
            }
            Self::PayPal(double) => drop(double.dispute(session)),
            Self::Stripe(double) => match double.ids("dispute").first() {
                Some(dispute) => drop(double.close_dispute(dispute, dice.once_in(2))),
                None => drop(double.dispute(&payment.0)),
            },
        }
    }

    /// The notices since the last call.
    pub(super) async fn news(&self) -> Result<Vec<Letter>, Fault> {
        Ok(match self {
            Self::Sandbox(sandbox, contested) => {
                let own = sandbox.take_notices().await?;
                own.into_iter().chain(std::mem::take(&mut *locked(&contested.notices))).map(Letter).collect()
            }
            Self::PayPal(double) => {
                let notices = double.take_notices().into_iter();
                notices.map(|notice| Letter(String::from_utf8_lossy(&notice.body).into_owned())).collect()
            }
            Self::Stripe(double) => double.take_notices().into_iter().map(|notice| Letter(notice.body)).collect(),
        })
    }

    /// The request that brings a notice, signed as it is sent.
    pub(super) fn request(&self, Letter(body): &Letter, now: Timestamp) -> Request<Body> {
        let mut request = Request::post(format!("/webhooks/{}", self.gateway().name()));
        match self {
            Self::Sandbox(sandbox, _) => request = request.header(SIGNATURE, sandbox.sign(body.as_bytes(), now)),
            Self::PayPal(double) => {
                for (name, value) in &double.sealed(0, body.as_bytes()) {
                    request = request.header(name, value);
                }
            }
            Self::Stripe(double) => {
                let notice = stripe::Notice { id: String::new(), kind: String::new(), body: body.clone() };
                request = request.header("stripe-signature", double.sign(&notice));
            }
        }
        request.body(Body::from(body.clone())).expect("a request")
    }
}

impl Letter {
    /// For people who follow a history.
    pub(super) fn describe(&self) -> String {
        let event: Value = serde_json::from_str(&self.0).unwrap_or_default();
        let kind = event["type"].as_str().or_else(|| event["event_type"].as_str()).unwrap_or("news of a payment");
        format!("{kind} ({})", event["id"].as_str().unwrap_or("without a name"))
    }
}
