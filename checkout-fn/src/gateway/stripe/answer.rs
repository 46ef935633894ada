//! What is read of Stripe's objects. Fields and values that are added later are passed over: a word that is not known
//! becomes `Other`, on which nobody acts.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Our own keys and values on an object.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// Another object: its id, or the whole where it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Linked<T> {
    /// Only its name.
    Id(String),
    /// All of it.
    Whole(Box<T>),
}

impl<T> Linked<T> {
    /// The object, where it was asked for.
    pub(crate) fn whole(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Whole(whole) => Some(whole),
        }
    }
}

impl<T: Identified> Linked<T> {
    /// The object's name.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Whole(whole) => whole.id(),
        }
    }
}

/// An object with a name. A list goes on after the name of its last.
pub(crate) trait Identified {
    /// Stripe's name of it.
    fn id(&self) -> &str;
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionStatus {
    /// It can be paid.
    Open,
    /// The shopper is through with it; the money may still be on its way.
    Complete,
    /// Nobody can pay it any more.
    Expired,
    /// Not known.
    #[serde(other)]
    Other,
}

/// Whether a session's money is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    /// It is.
    Paid,
    /// Not, or not yet.
    Unpaid,
    /// None was asked for.
    NoPaymentRequired,
    /// Not known.
    #[serde(other)]
    Other,
}

/// A payment session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct CheckoutSession {
    /// `cs_…`.
    pub(crate) id: String,
    /// Whether its money is real.
    pub(crate) livemode: bool,
    /// How far it has come.
    pub(crate) status: Option<SessionStatus>,
    /// Whether the money is there.
    pub(crate) payment_status: PaymentStatus,
    /// What is asked for, in Stripe's scale.
    pub(crate) amount_total: Option<i64>,
    /// In which currency, in small letters.
    pub(crate) currency: Option<String>,
    /// Seconds since 1970.
    pub(crate) created: i64,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    /// Where the shopper pays; only while it is open.
    pub(crate) url: Option<String>,
    /// Ours.
    pub(crate) metadata: Option<Metadata>,
    /// Ours, too.
    pub(crate) client_reference_id: Option<String>,
    /// The payment, once there is one.
    pub(crate) payment_intent: Option<Linked<PaymentIntent>>,
}

/// How a session stands, all its fields taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can be paid.
    Open,
    /// The money is on its way, or it cannot be told: nothing may be given up.
    Processing,
    /// The money is there.
    Paid,
    /// The money has not come and will not.
    Failed,
    /// Nobody can pay it any more.
    Expired,
}

impl CheckoutSession {
    /// How it stands. Needs the payment itself to tell what is on its way from what has failed.
    pub(crate) fn standing(&self) -> Standing {
        let payment = self.payment_intent.as_ref().and_then(Linked::whole).map(|payment| payment.status);
        match (self.payment_status, self.status, payment) {
            (PaymentStatus::Paid | PaymentStatus::NoPaymentRequired, Some(SessionStatus::Complete), _) => Standing::Paid,
            // Whatever else it says: money that is there is never given up.
            (PaymentStatus::Paid, ..) | (_, _, Some(PaymentIntentStatus::Succeeded)) => Standing::Paid,
            (_, Some(SessionStatus::Open), _) => Standing::Open,
            (_, Some(SessionStatus::Expired), _) => Standing::Expired,
            (_, Some(SessionStatus::Complete), Some(PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::Canceled)) => {
                Standing::Failed
            }
            _ => Standing::Processing,
        }
    }

    /// A value of ours on it.
    pub(crate) fn note(&self, key: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(key).map(String::as_str)
    }
}

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentIntentStatus {
    /// The money is there.
    Succeeded,
    /// It is on its way.
    Processing,
    /// It did not come, or nobody has tried.
    RequiresPaymentMethod,
    /// Somebody is trying.
    RequiresConfirmation,
    /// Somebody is trying.
    RequiresAction,
    /// Authorised; we never ask for that.
    RequiresCapture,
    /// Nobody can pay it any more.
    Canceled,
    /// Not known.
    #[serde(other)]
    Other,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct PaymentIntent {
    /// `pi_…`.
    pub(crate) id: String,
    /// Whether its money is real.
    pub(crate) livemode: bool,
    /// How far it has come.
    pub(crate) status: PaymentIntentStatus,
    /// What is asked for, in Stripe's scale.
    pub(crate) amount: i64,
    /// What has come, in Stripe's scale.
    #[serde(default)]
    pub(crate) amount_received: i64,
    /// In small letters.
    pub(crate) currency: String,
    /// Ours, copied from the session's request.
    #[serde(default)]
    pub(crate) metadata: Metadata,
    /// The newest charge, `ch_…`.
    pub(crate) latest_charge: Option<Linked<Named>>,
}

/// Any object of which only the name is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Named {
    /// Stripe's name of it.
    pub(crate) id: String,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    /// Given back.
    Succeeded,
    /// On its way.
    Pending,
    /// The buyer has to do something.
    RequiresAction,
    /// It came back.
    Failed,
    /// Called off.
    Canceled,
    /// Not known.
    #[serde(other)]
    Other,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Refund {
    /// `re_…`.
    pub(crate) id: String,
    /// In Stripe's scale.
    pub(crate) amount: i64,
    /// In small letters.
    pub(crate) currency: String,
    /// How far it has come. Some old ones have none.
    pub(crate) status: Option<RefundStatus>,
    /// Ours; empty on one that was made in the dashboard.
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
    /// The payment.
    pub(crate) payment_intent: Option<Linked<Named>>,
    /// Seconds since 1970.
    pub(crate) created: i64,
    /// Why it failed.
    pub(crate) failure_reason: Option<String>,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeStatus {
    /// Only an inquiry; no money has moved.
    WarningNeedsResponse,
    /// Only an inquiry.
    WarningUnderReview,
    /// Only an inquiry, and over.
    WarningClosed,
    /// The merchant has to answer.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// The money was given back to the merchant.
    Won,
    /// It was not.
    Lost,
    /// Not known.
    #[serde(other)]
    Other,
}

/// A buyer's bank asks the money back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Dispute {
    /// `du_…`; `dp_…` on old ones.
    pub(crate) id: String,
    /// In Stripe's scale.
    pub(crate) amount: i64,
    /// In small letters.
    pub(crate) currency: String,
    /// How it stands.
    pub(crate) status: DisputeStatus,
    /// In the bank's word.
    pub(crate) reason: String,
    /// The charge.
    pub(crate) charge: Linked<Named>,
    /// The payment.
    pub(crate) payment_intent: Option<Linked<Named>>,
    /// Seconds since 1970.
    pub(crate) created: i64,
}

/// What a notice says that is read: the object itself is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Event {
    /// `evt_…`.
    pub(crate) id: String,
    /// Such as `checkout.session.completed`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Whether it is about real money.
    pub(crate) livemode: bool,
    /// What it is about.
    pub(crate) data: EventData,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct EventData {
    /// The object, as it was then.
    pub(crate) object: EventObject,
}

/// So much of any object as tells which one it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct EventObject {
    /// Its name; some kinds, such as a balance, have none.
    #[serde(default)]
    pub(crate) id: String,
    /// Its kind, such as `checkout.session`.
    #[serde(default)]
    pub(crate) object: String,
    /// The payment it belongs to: of a session, a refund, a charge, a dispute.
    #[serde(default)]
    pub(crate) payment_intent: Option<Linked<Named>>,
    /// Ours, if it has any.
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
}

macro_rules! identified {
    ($($kind:ty),*) => {$(
        impl Identified for $kind {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}

identified!(CheckoutSession, PaymentIntent, Named, Refund, Dispute);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_how_a_session_stands() {
        let cases = [
            (r#""open""#, "unpaid", "null", Standing::Open),
            (r#""open""#, "unpaid", r#"{"status": "requires_payment_method"}"#, Standing::Open),
            (r#""expired""#, "unpaid", "null", Standing::Expired),
            (r#""expired""#, "unpaid", r#"{"status": "canceled"}"#, Standing::Expired),
            (r#""complete""#, "paid", r#"{"status": "succeeded"}"#, Standing::Paid),
            (r#""complete""#, "paid", r#""pi_1""#, Standing::Paid),
            (r#""complete""#, "no_payment_required", "null", Standing::Paid),
            (r#""complete""#, "unpaid", r#"{"status": "processing"}"#, Standing::Processing),
            (r#""complete""#, "unpaid", r#"{"status": "requires_payment_method"}"#, Standing::Failed),
            (r#""complete""#, "unpaid", r#"{"status": "canceled"}"#, Standing::Failed),
            // What contradicts itself or is not known is never given up.
            (r#""expired""#, "paid", "null", Standing::Paid),
            (r#""complete""#, "unpaid", r#"{"status": "succeeded"}"#, Standing::Paid),
            (r#""complete""#, "unpaid", r#""pi_1""#, Standing::Processing),
            (r#""complete""#, "new_word", r#"{"status": "new_word"}"#, Standing::Processing),
            (r#""new_word""#, "unpaid", "null", Standing::Processing),
            ("null", "unpaid", "null", Standing::Processing),
        ];
        for (status, payment_status, payment, expected) in cases {
            let payment = payment.replace('{', r#"{"id": "pi_1", "livemode": false, "amount": 1, "currency": "eur", "#);
            let text = format!(
                r#"{{"id": "cs_1", "livemode": false, "created": 1, "expires_at": 2, "url": null, "status": {status},
                   "payment_status": "{payment_status}", "payment_intent": {payment}, "new_field": [1]}}"#
            );
            let session: CheckoutSession = serde_json::from_str(&text).expect(&text);
            assert_eq!(session.standing(), expected, "{status} {payment_status} {payment}");
        }
    }
}
