//! Mail that is owed is written and handed over. A letter stays in the outbox until that has worked, so it may arrive twice, and never
//! not at all.

use std::sync::Arc;

use catalog::mail::MailKit;
use catalog::terms::Terms;
use jiff::SignedDuration;

use crate::error::Fault;
use crate::mail::{self, Desk};
use crate::ports::{Mailer, Owed};
use crate::shop::{Mail, Shop};

/// So many letters in one round.
const ROUND: u32 = 100;
/// The first wait after a failure; each is twice the one before.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// So often a letter is looked at that no mail server is set for: for about six days.
const WITHOUT_SERVER: u32 = 30;

/// Hands over what is due. Without a mail server letters wait, since one may be set again; after some days they are forgotten, because a
/// shop that sends no mail gets letters too, from the merchant's commands, which cannot know that.
pub(super) async fn deliver(shop: &Shop) {
    let owed = match shop.store.owed(shop.now(), ROUND).await {
        Ok(owed) if owed.is_empty() => return,
        Ok(owed) => owed,
        Err(fault) => return shop.log_fault(&fault.text),
    };
    let mailer = match &shop.mail {
        Mail::Here(mailer) => mailer,
        Mail::Elsewhere => return,
        Mail::None => return wait_for_server(shop, &owed).await,
    };
    let stationery = match stationery(shop).await {
        Ok(stationery) => stationery,
        Err(fault) => return shop.log_fault(&fault.text),
    };
    for letter in owed {
        let done = match send(shop, &stationery, mailer.as_ref(), &letter).await {
            Ok(()) => shop.store.settle_letter(&letter.id).await,
            Err(fault) => {
                shop.log_fault(&format!("order {}: mail `{}`: {fault}", letter.order.0, letter.letter.kind.name()));
                shop.store.postpone_letter(&letter.id, shop.now() + wait_after(letter.attempts)).await
            }
        };
        if let Err(fault) = done {
            shop.log_fault(&fault.text);
        }
    }
}

async fn wait_for_server(shop: &Shop, owed: &[Owed]) {
    for letter in owed {
        let done = if letter.attempts < WITHOUT_SERVER {
            shop.store.postpone_letter(&letter.id, shop.now() + wait_after(letter.attempts)).await
        } else {
            let (order, kind) = (&letter.order.0, letter.letter.kind.name());
            shop.log_fault(&format!("order {order}: mail `{kind}` is given up, because `SMTP_URL` has not been set for days"));
            shop.store.settle_letter(&letter.id).await
        };
        if let Err(fault) = done {
            shop.log_fault(&fault.text);
        }
    }
}

fn wait_after(attempts: u32) -> SignedDuration {
    (FIRST_WAIT * 2_i32.saturating_pow(attempts.min(10))).min(LONGEST_WAIT)
}

async fn stationery(shop: &Shop) -> Result<(Arc<Terms>, Arc<MailKit>), Fault> {
    Ok((shop.catalogue.terms().await?, shop.catalogue.mail().await?))
}

/// One letter. What is about nothing that is still there counts as sent.
async fn send(shop: &Shop, (terms, kit): &(Arc<Terms>, Arc<MailKit>), mailer: &dyn Mailer, owed: &Owed) -> Result<(), Fault> {
    let Some(stored) = shop.store.by_id(&owed.order).await? else { return Ok(()) };
    let personal = shop.store.personal(&owed.order).await?;
    let order_url = shop.url(&format!("/api/orders/{}", shop.keys.order_token(&owed.order)));
    let desk = Desk { terms, kit, order_url };
    match mail::message(&desk, &stored.order, personal.as_ref(), &owed.letter)? {
        Some(message) => mailer.send(&message).await,
        None => Ok(()),
    }
}
