//! The gateway as the checkout sees it: orders, captures, refunds and notices of PayPal in the domain's words.
//!
//! Money moves only when we capture, so a session that nobody has captured can be given up at any time.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use jiff::Timestamp;

use super::answers::{Capture, CaptureStatus, Order, OrderStatus, Refund, RefundStatus};
use super::api::{Account, Api, Mode};
use super::error::Error;
use super::event::{self, Subject};
use super::order::{Line, OrderSpec, ShipTo, compose};
use super::refund;
use super::signature::{Distrust, Seal, Trust, Verifier};
use crate::decide::{Refunding, SeenDispute, SeenRefund, Sighting, Status};
use crate::error::Fault;
use crate::gateway::http::Http;
use crate::gateway::http::client::Client;
use crate::gateway::secret::Secret;
use crate::order::{DisputeState, OrderId, PaymentId, Session, SessionId};
use crate::ports::{
    About, Aftermath, BadNotice, Clock, GatewayError, Notice, Opened, PaymentGateway, Probed, RefundRequest, SessionRequest,
};

/// What a program says to take money through PayPal.
pub struct PayPalSettings {
    /// Whether money is real.
    pub is_live: bool,
    /// Of the application at PayPal.
    pub client_id: String,
    /// Likewise.
    pub client_secret: String,
    /// What PayPal calls the webhook; part of what it signs.
    pub webhook_id: String,
    /// Ask PayPal whether a notice is its own, instead of checking its certificate here.
    pub asks_about_notices: bool,
    /// Somewhere else than PayPal; for tests.
    pub base: Option<String>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The gateway.
pub struct PayPal {
    api: Api,
    verifier: Verifier,
    webhook_id: String,
    asks_about_notices: bool,
}

impl PayPal {
    /// Sets the gateway up; the error says which setting is wrong.
    pub fn new(settings: PayPalSettings) -> Result<Self, String> {
        Self::over(settings, Arc::new(Client::new()), Trust::web())
    }

    /// The same with another way to send, and others to trust.
    pub(crate) fn over(settings: PayPalSettings, http: Arc<dyn Http>, trust: Trust) -> Result<Self, String> {
        let PayPalSettings { is_live, client_id, client_secret, webhook_id, asks_about_notices, base, clock } = settings;
        for (name, value) in
            [("PAYPAL_CLIENT_ID", &client_id), ("PAYPAL_CLIENT_SECRET", &client_secret), ("PAYPAL_WEBHOOK_ID", &webhook_id)]
        {
            if value.trim().is_empty() {
                return Err(format!("`{name}` is empty; PayPal shows it in the developer dashboard, below the application"));
            }
        }
        let mode = if is_live { Mode::Live } else { Mode::Sandbox };
        let account = Account {
            base: base.unwrap_or_else(|| mode.base().to_owned()),
            client_id: client_id.trim().to_owned(),
            client_secret: Secret::new(client_secret.trim()),
        };
        let webhook_id = webhook_id.trim().to_owned();
        let verifier = Verifier::new(Arc::clone(&http), trust, webhook_id.clone());
        Ok(Self { api: Api::new(http, clock, account), verifier, webhook_id, asks_about_notices })
    }

    async fn believe(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), BadNotice> {
        if !self.asks_about_notices {
            return self.verifier.verify(headers, body, now).await.map_err(|distrust| match distrust {
                Distrust::Unfetched(_) => BadNotice::Unchecked(Fault::new(distrust.to_string())),
                Distrust::Stale => BadNotice::Stale,
                _ => BadNotice::Signature,
            });
        }
        let seal = Seal::read(headers).map_err(|_| BadNotice::Signature)?;
        match self.api.verify_signature(&seal, &self.webhook_id, body).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(BadNotice::Signature),
            Err(error) => Err(BadNotice::Unchecked(Fault::new(error.to_string()))),
        }
    }
}

impl From<Error> for GatewayError {
    fn from(error: Error) -> Self {
        match error {
            // Its words may repeat what the shopper wrote; they are not for the log.
            Error::Refused { issue, .. } => Self::Refused(format!("PayPal refuses with {issue}")),
            Error::InstrumentDeclined | Error::NotApproved | Error::OrderExpired => Self::Refused(error.to_string()),
            // This order's invoice was made before, under a request id that PayPal has forgotten.
            Error::DuplicateInvoice | Error::AlreadyCaptured => Self::Stuck(Fault::new(error.to_string())),
            Error::Unauthorised(_) | Error::Unavailable(_) | Error::Unanswered(_) => Self::Unavailable(Fault::new(error.to_string())),
        }
    }
}

fn session(order: &Order) -> Session {
    Session { id: SessionId(order.id.clone()), pay_url: order.pay_url().unwrap_or_default().to_owned() }
}

fn sighting(order: &Order) -> Sighting {
    let status = match (order.status, order.capture()) {
        (_, Some(capture)) if !capture.status.is_hopeless() => of_capture(capture),
        // Captured, and no money has come: the shopper has to order again.
        (OrderStatus::Completed | OrderStatus::Voided, _) => Status::Failed,
        (OrderStatus::Approved, _) => Status::Approved,
        (OrderStatus::Created | OrderStatus::Saved | OrderStatus::PayerActionRequired | OrderStatus::Unknown, _) => Status::Open,
    };
    Sighting { session: session(order), status }
}

fn of_capture(capture: &Capture) -> Status {
    match capture.status {
        CaptureStatus::Completed | CaptureStatus::PartiallyRefunded | CaptureStatus::Refunded => {
            let amount = capture.amount.as_ref();
            let currency = amount.map(|amount| amount.currency_code.clone()).unwrap_or_default();
            let minor = amount.and_then(super::answers::Amount::minor).map_or(-1, |(minor, _)| minor);
            Status::Paid { payment: PaymentId(capture.id.clone()), amount: minor, currency }
        }
        CaptureStatus::Pending | CaptureStatus::Unknown => Status::Processing,
        CaptureStatus::Declined | CaptureStatus::Failed => Status::Failed,
    }
}

fn spec(r: &SessionRequest) -> OrderSpec {
    let quote = &r.quote;
    let line = |line: &catalog::quote::QuoteLine| Line { title: line.name().to_owned(), quantity: line.quantity, total_minor: line.total };
    OrderSpec {
        order: r.order.0.clone(),
        attempt: r.attempt,
        shop: r.shop_name.clone(),
        lines: quote.lines.iter().map(line).collect(),
        shipping_minor: quote.shipping.unwrap_or(0),
        tax_on_top_minor: if quote.tax_included { 0 } else { quote.tax_total },
        reduction_minor: quote.gift_cards_total,
        total_minor: quote.due,
        currency: quote.currency,
        email: r.email.clone(),
        ship_to: r.ship_to.as_ref().filter(|_| quote.needs_shipping).map(|to| ShipTo {
            name: to.name.clone(),
            line1: to.line1.clone(),
            line2: to.line2.clone(),
            city: to.city.clone(),
            region: to.region.clone(),
            postcode: to.postcode.clone(),
            country: to.country.clone(),
        }),
        return_url: r.return_url.clone(),
        cancel_url: r.cancel_url.clone(),
        language: r.language.clone(),
    }
}

fn refunding(refund: &Refund) -> Refunding {
    match refund.status {
        RefundStatus::Completed => Refunding::Done,
        RefundStatus::Cancelled | RefundStatus::Failed => Refunding::Refused("PayPal has not given it back".to_owned()),
        RefundStatus::Pending | RefundStatus::Unknown => Refunding::Underway,
    }
}

fn seen_refund(refund: &Refund) -> SeenRefund {
    let amount = refund.amount.as_ref().and_then(super::answers::Amount::minor).map_or(0, |(minor, _)| minor);
    // Ours carry the order's id beside our key.
    let key = refund.invoice_id.clone().filter(|_| refund.custom_id.is_some());
    SeenRefund { id: refund.id.clone(), key, amount, state: refunding(refund) }
}

#[async_trait]
impl PaymentGateway for PayPal {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        let currency = request.quote.currency;
        match currency.gateway_text(request.quote.due, catalog::currency::Gateway::Paypal) {
            Some(_) if request.quote.due > 0 => Ok(compose(&spec(request))),
            _ => Err(format!("PayPal cannot charge {} minor units of {currency}", request.quote.due)),
        }
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        let made = self.api.create_order(&format!("{}-{attempt}", order.0), composed).await?;
        // A replayed answer may be without the amount.
        let made = if made.unit().and_then(|unit| unit.amount.as_ref()).is_some() {
            made
        } else {
            self.api.order(&made.id).await?.unwrap_or(made)
        };
        let amount = made.unit().and_then(|unit| unit.amount.as_ref());
        let currency = amount.map(|amount| amount.currency_code.clone()).unwrap_or_default();
        let minor = amount.and_then(super::answers::Amount::minor).map_or(-1, |(minor, _)| minor);
        Ok(Opened { sighting: sighting(&made), amount: minor, currency })
    }

    /// PayPal lists no orders. One whose address never left the function is never approved, and costs nobody anything.
    async fn find(&self, _: &OrderId, _: u32) -> Result<Option<Sighting>, GatewayError> {
        Ok(None)
    }

    async fn look(&self, id: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        let order = self.api.order(&id.0).await?;
        Ok(order.and_then(|order| Some((OrderId(order.unit()?.custom_id.clone()?), sighting(&order)))))
    }

    /// Nothing can end an order at PayPal, and nothing has to: without our capture no money moves.
    async fn expire(&self, id: &SessionId) -> Result<Sighting, GatewayError> {
        let given_up = || Sighting { session: Session { id: id.clone(), pay_url: String::new() }, status: Status::Expired };
        let Some(order) = self.api.order(&id.0).await? else { return Ok(given_up()) };
        let seen = sighting(&order);
        Ok(match seen.status {
            Status::Open | Status::Approved => given_up(),
            _ => seen,
        })
    }

    async fn capture(&self, id: &SessionId, since: Timestamp) -> Result<Sighting, GatewayError> {
        // A declined capture is replayed under its request id, so each approval has one of its own. Whatever the id, PayPal captures
        // an order once.
        let request_id = format!("{}-{}", id.0, since.as_millisecond());
        let declined = || Sighting { session: Session { id: id.clone(), pay_url: String::new() }, status: Status::Declined };
        match self.api.capture_order(&request_id, &id.0).await {
            Ok(order) => Ok(sighting(&order)),
            Err(Error::InstrumentDeclined | Error::NotApproved) => {
                let order = self.api.order(&id.0).await?;
                let session = order.as_ref().map_or_else(|| declined().session, session);
                Ok(Sighting { session, status: Status::Declined })
            }
            Err(Error::AlreadyCaptured | Error::DuplicateInvoice) => match self.api.order(&id.0).await? {
                Some(order) => Ok(sighting(&order)),
                None => Err(GatewayError::Unavailable(Fault::new(format!("the order {} is captured, and cannot be seen", id.0)))),
            },
            Err(error @ (Error::OrderExpired | Error::Refused { .. })) => {
                // Whatever the reason: where no money has moved, nobody can pay this any more.
                let seen = self.api.order(&id.0).await?.as_ref().map(sighting);
                match seen.map(|seen| seen.status) {
                    Some(paid @ (Status::Paid { .. } | Status::Processing)) => Ok(Sighting { session: declined().session, status: paid }),
                    Some(_) | None if matches!(error, Error::OrderExpired) => Ok(Sighting { status: Status::Expired, ..declined() }),
                    Some(_) | None => Ok(Sighting { status: Status::Failed, ..declined() }),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn refund(&self, r: &RefundRequest) -> Result<Refunding, GatewayError> {
        let spec = refund::RefundSpec { refund: r.key.clone(), order: r.order.0.clone(), amount_minor: r.amount, currency: r.currency };
        let Some(body) = refund::compose(&spec) else {
            return Ok(Refunding::Refused(format!("PayPal cannot give back {} minor units of {}", r.amount, r.currency)));
        };
        match self.api.refund_capture(&format!("{}-{}", r.order.0, r.key), &r.payment.0, &body).await {
            Ok(refund) => Ok(refunding(&refund)),
            Err(error) => Err(error.into()),
        }
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        let Some(capture) = self.api.capture(&payment.0).await? else { return Ok(None) };
        // Other programs may use the same account; our orders' ids are 32 hexadecimal digits.
        let is_ours = |id: &String| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let Some(ours) = capture.custom_id.clone().filter(is_ours) else { return Ok(None) };
        let order = match capture.order_id() {
            Some(id) => self.api.order(id).await?,
            None => None,
        };
        let Some(order) = order else { return Ok(None) };
        let refunds = order.unit().map_or(&[][..], |unit| &unit.payments.refunds);
        let of_this = |refund: &&Refund| refund.capture_id().is_none_or(|capture| capture == payment.0);
        Ok(Some(Aftermath {
            order: OrderId(ours),
            refunds: refunds.iter().filter(of_this).map(seen_refund).collect(),
            disputes: Vec::new(),
        }))
    }

    async fn probe(&self) -> Probed {
        match self.api.probe().await {
            Ok(at) => Probed::Well { at },
            Err(Error::Unauthorised(why)) => Probed::Unknown(why),
            Err(error) => Probed::Unreached(error.to_string()),
        }
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        self.believe(headers, body, now).await?;
        let event = event::read(body).ok_or(BadNotice::Body)?;
        let about = match event.subject {
            Subject::Order { id, .. } | Subject::Capture { order: Some(id), .. } => About::Session(SessionId(id)),
            Subject::Capture { id, order: None, .. } | Subject::Refund { capture: Some(id), .. } => About::Payment(PaymentId(id)),
            Subject::Dispute { id, captures, is_won } => match captures.into_iter().next() {
                Some(capture) => {
                    let state = match is_won {
                        None => DisputeState::Open,
                        Some(true) => DisputeState::Won,
                        Some(false) => DisputeState::Lost,
                    };
                    About::Dispute(PaymentId(capture), SeenDispute { id, state })
                }
                None => About::Nothing,
            },
            Subject::Refund { capture: None, .. } | Subject::Other => About::Nothing,
        };
        Ok(Notice { event: event.id, about })
    }
}
