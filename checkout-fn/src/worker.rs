//! The worker's round: whatever waits for the clock, or was interrupted, comes to its end here.

use crate::settling;
use crate::shop::Shop;

/// Looks after every order whose time has come. One that fails is logged, keeps its time and does not stop the
/// others.
pub(crate) async fn sweep(shop: &Shop) {
    let waking = match shop.store.waking(shop.now()).await {
        Ok(waking) => waking,
        Err(fault) => return shop.log_fault(&fault.0),
    };
    for id in waking {
        if let Err(fault) = settling::tidy(shop, &id).await {
            shop.log_fault(&format!("order {}: {fault}", id.0));
        }
    }
}
