//! The worker's round: whatever waits for the clock, or was interrupted, comes to its end here, and mail goes out.

use futures_util::StreamExt as _;

use crate::order::OrderId;
use crate::settling;
use crate::shop::Shop;
use crate::watch::Figure;

#[cfg(feature = "mail")]
mod post;

/// So many orders are looked after at once: one gateway that does not answer keeps the others waiting as little as may be.
const AT_ONCE: usize = 8;

/// Hands mail over, and looks after every order whose time has come. What fails is logged, keeps its time and does not stop the others.
pub(crate) async fn sweep(shop: &Shop) {
    #[cfg(feature = "mail")]
    post::deliver(shop).await;
    match shop.store.waking(shop.now()).await {
        Ok(waking) => {
            tell_lateness(shop, waking.first()).await;
            let looked_after = waking.into_iter().map(|id| async move {
                if let Err(fault) = settling::tidy(shop, &id).await {
                    shop.log_fault(&format!("order {}: {fault}", id.0));
                }
            });
            futures_util::stream::iter(looked_after).buffer_unordered(AT_ONCE).for_each(async |()| {}).await;
        }
        Err(fault) => shop.log_fault(&fault.text),
    }
    // What was just owed need not wait for the next round.
    #[cfg(feature = "mail")]
    post::deliver(shop).await;
}

/// How late the order is that has waited longest. One that cannot be read is told of when its turn comes.
async fn tell_lateness(shop: &Shop, oldest: Option<&OrderId>) {
    let stored = match oldest {
        Some(id) => shop.store.by_id(id).await.ok().flatten(),
        None => None,
    };
    let wake_at = stored.and_then(|stored| stored.order.wake_at());
    let by = wake_at.map(|wake_at| shop.now().duration_since(wake_at));
    shop.figure(&Figure::SweepBehind(by.and_then(|by| by.try_into().ok()).unwrap_or_default()));
}
