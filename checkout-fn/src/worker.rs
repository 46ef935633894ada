//! The worker's round: whatever waits for the clock, or was interrupted, comes to its end here, and mail goes out.

use crate::settling;
use crate::shop::Shop;

#[cfg(feature = "mail")]
mod post;

/// Looks after every order whose time has come, then hands mail over. What fails is logged, keeps its time and does not stop the
/// others.
pub(crate) async fn sweep(shop: &Shop) {
    match shop.store.waking(shop.now()).await {
        Ok(waking) => {
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
