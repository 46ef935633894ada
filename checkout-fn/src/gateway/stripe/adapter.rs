//! The gateway as the checkout sees it: sessions, refunds and notices of Stripe Checkout in the domain's words.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

use super::amount;
use super::answer::{CheckoutSession, Dispute, DisputeStatus, Event, Linked, Refund, RefundStatus, Standing};
use super::api::{Api, DisputesOf, RefundSpec};
use super::error::ApiError;
use super::key::{BadKey, Key};
use super::session::{ATTEMPT, Extra, Line, ORDER, REFUND, SHOP, SessionSpec, ShipTo, compose, compose_coupon};
use super::signature::{self, BadSignature};
use crate::decide::{Refunding, SeenDispute, SeenRefund, Sighting, Status};
use crate::error::Fault;
use crate::gateway::http::Http;
use crate::gateway::http::client::Client;
use crate::gateway::secret::Secret;
use crate::order::{DisputeState, OrderId, PaymentId, Session, SessionId};
use crate::ports::{
    About, Aftermath, BadNotice, Clock, GatewayError, Listed, Notice, Opened, PaymentGateway, Probed, RefundRequest, SessionRequest,
};

/// Sessions are looked for among those of this time: a key is known for a day.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(25);

/// What a program says to take money through Stripe.
pub struct StripeSettings {
    /// `sk_live_…`, `rk_test_…`.
    pub key: String,
    /// The signing secrets of the webhook, `whsec_…`: two while one is being replaced.
    pub signing_secrets: Vec<String>,
    /// Which of the account's sessions are this shop's; stable.
    pub shop: String,
    /// Somewhere else than Stripe; for tests.
    pub base: Option<String>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The gateway.
pub struct Stripe {
    api: Api,
    secrets: Vec<Secret>,
    shop: String,
    clock: Arc<dyn Clock>,
}

/// What is stored of a request, and sent as it is.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    session: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
}

impl Stripe {
    /// Sets the gateway up; the error says which setting is wrong.
    pub fn new(settings: StripeSettings) -> Result<Self, String> {
        Self::over(settings, Arc::new(Client::new()))
    }

    /// The same with another way to send.
    pub(crate) fn over(settings: StripeSettings, http: Arc<dyn Http>) -> Result<Self, String> {
        let StripeSettings { key, signing_secrets, shop, base, clock } = settings;
        let key = Key::parse(&key).map_err(|bad: BadKey| bad.to_string())?;
        let secrets: Vec<Secret> =
            signing_secrets.iter().filter(|text| !text.trim().is_empty()).map(|text| Secret::new(text.trim())).collect();
        if secrets.is_empty() {
            return Err("`STRIPE_WEBHOOK_SECRET` is empty; set it to the signing secret of the webhook, `whsec_…`".to_owned());
        }
        let api = Api::new(http, &key, base.as_deref());
        Ok(Self { api, secrets, shop, clock })
    }

    /// Whether it moves real money.
    pub fn is_live(&self) -> bool {
        self.api.mode().is_live()
    }

    /// Whether an object is of this shop and this mode.
    fn is_ours(&self, livemode: bool, shop: Option<&str>) -> bool {
        livemode == self.is_live() && shop == Some(self.shop.as_str())
    }

    async fn session(&self, id: &str) -> Result<Option<CheckoutSession>, GatewayError> {
        match self.api.session(id).await {
            Ok(session) => Ok(Some(session).filter(|session| self.is_ours(session.livemode, session.note(SHOP)))),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<ApiError> for GatewayError {
    fn from(error: ApiError) -> Self {
        let fault = Fault::new(error.to_string());
        match error {
            // Its words may repeat what the shopper wrote; they are not for the log.
            ApiError::Refused(refusal) => {
                let field = refusal.param.map_or_else(String::new, |param| format!(" (`{param}`)"));
                Self::Refused(format!("Stripe refuses with {} {}{field}", refusal.status, refusal.code))
            }
            ApiError::IdempotencyMismatch(_) | ApiError::Unavailable { is_replayed: true, .. } => Self::Stuck(fault),
            _ => Self::Unavailable(fault),
        }
    }
}

fn sighting(session: &CheckoutSession) -> Sighting {
    let status = match session.standing() {
        Standing::Open => Status::Open,
        Standing::Processing => Status::Processing,
        Standing::Failed => Status::Failed,
        Standing::Expired => Status::Expired,
        Standing::Paid => {
            let payment = session.payment_intent.as_ref().map_or(session.id.as_str(), Linked::id).to_owned();
            let (amount, currency) = charged(session);
            Status::Paid { payment: PaymentId(payment), amount, currency }
        }
    };
    let session = Session { id: SessionId(session.id.clone()), pay_url: session.url.clone().unwrap_or_default() };
    Sighting { session, status }
}

/// What a session asks for, in our minor units; −1 where it is an amount that does not exist in our scale.
fn charged(session: &CheckoutSession) -> (i64, String) {
    let code = session.currency.clone().unwrap_or_default().to_uppercase();
    let currency = session.currency.as_deref().and_then(amount::currency);
    let minor = currency.zip(session.amount_total).and_then(|(currency, total)| amount::from_stripe(total, currency));
    (minor.unwrap_or(-1), code)
}

fn spec(shop: &str, r: &SessionRequest) -> SessionSpec {
    let quote = &r.quote;
    let extra = |title: &str, minor: i64| (minor != 0).then(|| Extra { title: title.to_owned(), minor });
    let line = |line: &catalog::quote::QuoteLine| Line { title: line.name().to_owned(), quantity: line.quantity, total_minor: line.total };
    SessionSpec {
        order: r.order.0.clone(),
        attempt: r.attempt,
        shop: shop.to_owned(),
        number: r.number.clone(),
        lines: quote.lines.iter().map(line).collect(),
        shipping: extra("Shipping", quote.shipping.unwrap_or(0)),
        tax: extra("Tax", if quote.tax_included { 0 } else { quote.tax_total }),
        reduction: extra("Gift cards", quote.gift_cards_total),
        total_minor: quote.due,
        currency: quote.currency,
        email: r.email.clone(),
        ship_to: r.ship_to.as_ref().map(|to| ShipTo {
            name: to.name.clone(),
            line1: to.line1.clone(),
            line2: to.line2.clone(),
            city: to.city.clone(),
            region: to.region.clone(),
            postcode: to.postcode.clone(),
            country: to.country.clone(),
            phone: to.phone.clone(),
        }),
        success_url: r.return_url.clone(),
        cancel_url: r.cancel_url.clone(),
        expires_at: r.expires_at,
        language: r.language.clone(),
        // Delayed ways of paying let anyone hold stock for days.
        other_methods: Vec::new(),
    }
}

fn seen_refund(refund: &Refund) -> SeenRefund {
    let currency = amount::currency(&refund.currency);
    SeenRefund {
        id: refund.id.clone(),
        key: refund.metadata.as_ref().and_then(|metadata| metadata.get(REFUND)).cloned(),
        amount: currency.and_then(|currency| amount::from_stripe(refund.amount, currency)).unwrap_or(refund.amount),
        state: refunding(refund),
    }
}

fn refunding(refund: &Refund) -> Refunding {
    match refund.status {
        Some(RefundStatus::Succeeded) | None => Refunding::Done,
        Some(RefundStatus::Failed | RefundStatus::Canceled) => {
            Refunding::Refused(refund.failure_reason.clone().unwrap_or_else(|| "it was sent back".to_owned()))
        }
        Some(RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Other) => Refunding::Underway,
    }
}

fn seen_dispute(dispute: &Dispute) -> SeenDispute {
    let state = match dispute.status {
        DisputeStatus::Won | DisputeStatus::WarningClosed => DisputeState::Won,
        DisputeStatus::Lost => DisputeState::Lost,
        _ => DisputeState::Open,
    };
    SeenDispute { id: dispute.id.clone(), state }
}

#[async_trait]
impl PaymentGateway for Stripe {
    fn compose(&self, request: &SessionRequest) -> Result<String, String> {
        let spec = spec(&self.shop, request);
        let session = compose(&spec).map_err(|error| error.to_string())?;
        let coupon = compose_coupon(&spec).map_err(|error| error.to_string())?;
        serde_json::to_string(&Stored { session, coupon }).map_err(|error| error.to_string())
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        let stored: Stored = serde_json::from_str(composed).map_err(|error| GatewayError::Refused(error.to_string()))?;
        if let Some(coupon) = &stored.coupon {
            self.api.create_coupon(coupon, &format!("{}-{attempt}-coupon", order.0)).await?;
        }
        let session = self.api.create_session(&stored.session, &format!("{}-{attempt}", order.0)).await?;
        if session.livemode != self.is_live() {
            return Err(GatewayError::Refused("Stripe has answered in the other mode".to_owned()));
        }
        let (amount, currency) = charged(&session);
        Ok(Opened { sighting: sighting(&session), amount, currency })
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        let now = self.clock.now();
        let sessions = self.api.sessions_of_order(&order.0, now - LOOK_BACK..now + SignedDuration::from_hours(1)).await?;
        let attempt = attempt.to_string();
        let found = sessions.into_iter().find(|session| session.note(ATTEMPT) == Some(attempt.as_str()));
        match found {
            Some(session) => Ok(self.session(&session.id).await?.as_ref().map(sighting)),
            None => Ok(None),
        }
    }

    async fn look(&self, id: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        let session = self.session(&id.0).await?;
        Ok(session.and_then(|session| Some((OrderId(session.note(ORDER)?.to_owned()), sighting(&session)))))
    }

    async fn expire(&self, id: &SessionId) -> Result<Sighting, GatewayError> {
        match self.api.expire_session(&id.0).await {
            Ok(session) => Ok(sighting(&session)),
            // It is not open any more: how it ended is what counts.
            Err(ApiError::Refused(refusal)) => {
                let session = self.session(&id.0).await?;
                session.as_ref().map(sighting).ok_or_else(|| GatewayError::Refused(refusal.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn capture(&self, id: &SessionId, _: Timestamp) -> Result<Sighting, GatewayError> {
        let session = self.session(&id.0).await?;
        session.as_ref().map(sighting).ok_or_else(|| GatewayError::Refused(format!("there is no session {}", id.0)))
    }

    async fn refund(&self, r: &RefundRequest) -> Result<Refunding, GatewayError> {
        let spec = RefundSpec {
            id: r.key.clone(),
            order: r.order.0.clone(),
            payment_intent: r.payment.0.clone(),
            minor: r.amount,
            currency: r.currency,
        };
        let body = spec.compose().map_err(|error| GatewayError::Refused(error.to_string()))?;
        match self.api.create_refund(&body, &format!("{}-{}", r.order.0, r.key)).await {
            Ok(refund) => Ok(refunding(&refund)),
            Err(error) => Err(error.into()),
        }
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        let found = match self.api.payment_intent(&payment.0).await {
            Ok(found) => found,
            Err(error) if error.is_missing() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let shop = found.metadata.get(SHOP).map(String::as_str);
        let Some(order) = found.metadata.get(ORDER).filter(|_| self.is_ours(found.livemode, shop)) else { return Ok(None) };
        let refunds = self.api.refunds(&payment.0).await?;
        let disputes = self.api.disputes(DisputesOf::Payment(&payment.0)).await?;
        Ok(Some(Aftermath {
            order: OrderId(order.clone()),
            refunds: refunds.iter().map(seen_refund).collect(),
            disputes: disputes.iter().map(seen_dispute).collect(),
        }))
    }

    async fn list(&self, time: std::ops::Range<Timestamp>) -> Result<Option<Listed>, GatewayError> {
        let ours = |session: &CheckoutSession| self.is_ours(session.livemode, session.note(SHOP));
        let sessions = self.api.sessions(time.clone()).await?.into_iter().filter(ours);
        let sessions = sessions.filter_map(|session| Some((OrderId(session.note(ORDER)?.to_owned()), sighting(&session)))).collect();
        let refunds = self.api.refunds_since(time.clone()).await?.into_iter().filter_map(|refund| refund.payment_intent);
        let disputes = self.api.disputes_since(time).await?.into_iter().filter_map(|dispute| dispute.payment_intent);
        let payments = refunds.chain(disputes).map(|payment| PaymentId(payment.id().to_owned())).collect();
        Ok(Some(Listed { sessions, payments }))
    }

    async fn probe(&self) -> Probed {
        match self.api.probe().await {
            Ok(at) => Probed::Well { at },
            Err(ApiError::Unauthorised(why)) => Probed::Unknown(why),
            Err(error) => Probed::Unreached(error.to_string()),
        }
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        let header = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).ok_or(BadNotice::Signature)?;
        signature::verify(header, body, &self.secrets, now.as_second()).map_err(|bad| match bad {
            BadSignature::Signature => BadNotice::Signature,
            BadSignature::Stale => BadNotice::Stale,
        })?;
        let event: Event = serde_json::from_slice(body).map_err(|_| BadNotice::Body)?;
        let object = event.data.object;
        let of_payment = || object.payment_intent.as_ref().map(|payment| About::Payment(PaymentId(payment.id().to_owned())));
        let about = match object.object.as_str() {
            // Another mode's money is none of ours.
            _ if event.livemode != self.is_live() => None,
            "checkout.session" => Some(About::Session(SessionId(object.id.clone()))),
            "charge" | "refund" | "dispute" => of_payment(),
            _ => None,
        };
        Ok(Notice { event: event.id, about: about.unwrap_or(About::Nothing) })
    }
}
