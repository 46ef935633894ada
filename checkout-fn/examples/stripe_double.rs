//! Runs the stand-in for Stripe until it is stopped, for scripts and browsers. Prints its address, its key and the secret that
//! it signs notices with.

use std::sync::Arc;

use checkout_fn::SystemClock;
use checkout_fn::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let double = StripeDouble::start(Arc::new(SystemClock)).await?;
    println!("{} {KEY} {SIGNING_SECRET}", double.base());
    tokio::signal::ctrl_c().await
}
