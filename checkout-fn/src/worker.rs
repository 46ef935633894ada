//! The worker's round: whatever waits for the clock, or was interrupted, comes to its end here, and mail goes out.

use crate::order::OrderId;
use crate::settling;
use crate::shop::Shop;
use crate::watch::Figure;

#[cfg(feature = "mail")]
mod post;

/// Looks after every order whose time has come, then hands mail over. What fails is logged, keeps its time and does not stop the
/// others.
pub(crate) async fn sweep(shop: &Shop) {
    match shop.store.waking(shop.now()).await {
        Ok(waking) => {
            tell_lateness(shop, waking.first()).await;
            for id in waking {
                if let Err(fault) = settling::tidy(shop, &id).await {
                    shop.log_fault(&format!("order {}: {fault}", id.0));
                }
            }
        }
        Err(fault) => shop.log_fault(&fault.text),
    }
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
