//! `checkout-worker`: looks after orders by the clock, as a function of a cloud that a schedule calls.
#![expect(clippy::disallowed_methods, reason = "the program is the door to the environment")]

use std::sync::Arc;

use checkout_fn::SystemClock;
use checkout_fn::journal::Journal;
use checkout_fn::service::cloud::{self, Role};
use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let journal = Journal::new(Arc::new(SystemClock), true);
    let opened = cloud::open(&|name| std::env::var(name).ok(), journal.surroundings(), Role::Worker).await;
    let function = opened.inspect_err(|wrong| journal.complain(&format!("checkout-worker cannot run:\n{wrong}")))?;
    let checkout = &function.checkout;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| match event.payload["task"].as_str() {
        None => {
            checkout.sweep().await;
            Ok(Value::Null)
        }
        Some("reconcile") => Ok(serde_json::to_value(checkout.reconcile().await)?),
        Some(other) => Err(Error::from(format!("there is no task `{other}`; write none to sweep, or `reconcile`"))),
    }))
    .await
}
