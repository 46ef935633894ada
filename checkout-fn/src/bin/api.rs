//! `checkout-api`: the routes as a function of a cloud. Reads its settings once, when the platform starts it.
#![expect(clippy::disallowed_methods, reason = "the program is the door to the environment")]

use std::sync::Arc;

use checkout_fn::SystemClock;
use checkout_fn::journal::Journal;
use checkout_fn::service::cloud::{self, Role};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let journal = Journal::new(Arc::new(SystemClock), true);
    let opened = cloud::open(&|name| std::env::var(name).ok(), journal.surroundings(), Role::Api).await;
    let function = opened.inspect_err(|wrong| journal.complain(&format!("checkout-api cannot run:\n{wrong}")))?;
    lambda_http::run(function.router()).await
}
