//! Which mail a change of an order owes. Pure: the letters go into the store in the same transaction as the change, and name
//! order and kind only.

use catalog::mail::MailKind;

use crate::decide::{Effect, News};
use crate::order::{Closing, Order, Payment};

/// Mail that is to be sent about an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// Which.
    pub kind: MailKind,
    /// Index of the parcel, or id of the refund, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Letter {
    fn of(kind: MailKind) -> Self {
        Self { kind, about: None }
    }
}

/// The letters of a change that leads to `order`.
pub(crate) fn letters(order: &Order, effects: &[Effect]) -> Vec<Letter> {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Tell(news) => Some(*news),
        Effect::Move(_) | Effect::Capture(_) | Effect::Refund(_) => None,
    });
    let told: Vec<News> = told.collect();
    // One piece of news for each refund that was added, the last of them last.
    let added = told.iter().filter(|news| **news == News::Refunded).count();
    let mut refunds = order.refunds.iter().skip(order.refunds.len().saturating_sub(added));
    let letters = told.into_iter().flat_map(|news| match news {
        News::Refunded => {
            refunds.next().map(|refund| Letter { about: Some(refund.id.clone()), ..Letter::of(MailKind::Refunded) }).into_iter().collect()
        }
        news => letters_of(order, news),
    });
    letters.collect()
}

/// The letters of one piece of news that is no refund.
fn letters_of(order: &Order, news: News) -> Vec<Letter> {
    match news {
        News::Paid => vec![Letter::of(MailKind::Confirmation), Letter::of(MailKind::MerchantOrder)],
        // Who gives up, or lets an order expire, knows; whose payment fails on the way may not.
        News::Closed if order.payment == Payment::Closed(Closing::Failed) => vec![Letter::of(MailKind::PaymentFailed)],
        News::Sent => {
            let about = order.shipments.len().checked_sub(1).map(|last| last.to_string());
            vec![Letter { about, ..Letter::of(MailKind::Sent) }]
        }
        News::Attention => vec![Letter::of(MailKind::MerchantAttention)],
        News::Placed | News::Processing | News::Closed | News::Refunded => Vec::new(),
    }
}
