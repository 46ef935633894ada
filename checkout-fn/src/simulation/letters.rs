//! Mail: each piece of news owes its letters once, and none is owed that there is no news for.

use std::collections::{BTreeMap, BTreeSet};

use catalog::mail::MailKind;

use crate::order::{Closing, Order, Payment};
use crate::ports::Owed;

/// About what a letter is: order, kind, and parcel or refund.
type About = (String, &'static str, Option<String>);

/// Letters that were found in the outbox, with the names that the store gives them.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<About, BTreeSet<String>>);

impl Seen {
    /// Notes what was found.
    pub(super) fn note(&mut self, owed: &[Owed]) {
        for owed in owed {
            let about = (owed.order.0.clone(), owed.letter.kind.name(), owed.letter.about.clone());
            self.0.entry(about).or_default().insert(owed.id.clone());
        }
    }

    fn count(&self, order: &Order, kind: MailKind, about: Option<&str>) -> usize {
        self.0.get(&(order.id.0.clone(), kind.name(), about.map(str::to_owned))).map_or(0, BTreeSet::len)
    }

    /// What is wrong with an order's mail, once all is settled.
    pub(super) fn wrongs(&self, order: &Order) -> Vec<String> {
        let mut expected: Vec<(MailKind, Option<String>)> = Vec::new();
        if order.is_paid() {
            expected.extend([(MailKind::Confirmation, None), (MailKind::MerchantOrder, None)]);
        }
        expected.extend((0..order.shipments.len()).map(|parcel| (MailKind::Sent, Some(parcel.to_string()))));
        // A surplus that we send back ourselves is no news of the order.
        let told = order.refunds.iter().filter(|refund| !refund.id.starts_with("refund-"));
        expected.extend(told.map(|refund| (MailKind::Refunded, Some(refund.id.clone()))));
        let told = |what: &str, kind: MailKind, about: Option<&str>| format!("{}: mail `{}` {about:?} {what}", order.number, kind.name());
        let mut wrongs: Vec<String> = Vec::new();
        for (kind, about) in &expected {
            let count = self.count(order, *kind, about.as_deref());
            if count != 1 {
                wrongs.push(told(&format!("is owed {count} times instead of once"), *kind, about.as_deref()));
            }
        }
        let of_order = self.0.keys().filter(|(id, ..)| *id == order.id.0);
        for (_, name, about) in of_order {
            let is_free = [MailKind::MerchantAttention.name(), MailKind::PaymentFailed.name()].contains(name);
            if !is_free && !expected.iter().any(|(kind, expected)| kind.name() == *name && expected == about) {
                wrongs.push(format!("{}: mail `{name}` {about:?} is owed for nothing", order.number));
            }
        }
        if order.payment == Payment::Closed(Closing::Failed) && self.count(order, MailKind::PaymentFailed, None) == 0 {
            wrongs.push(told("is not owed", MailKind::PaymentFailed, None));
        }
        if order.attention.is_some() && self.count(order, MailKind::MerchantAttention, None) == 0 {
            wrongs.push(told("is not owed", MailKind::MerchantAttention, None));
        }
        wrongs
    }
}
