//! `checkout-server`: takes orders on one machine, behind a web server of the merchant's choice. Reads its settings from the
//! environment once, then serves `/api` and does the worker's rounds until it is told to stop.
#![expect(clippy::disallowed_methods, reason = "the program is the door to the environment")]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use checkout_fn::SystemClock;
use checkout_fn::journal::Journal;
use checkout_fn::service::machine::{self, SETTINGS, Service};

fn main() -> ExitCode {
    if let Some(argument) = std::env::args().nth(1) {
        let is_help = matches!(argument.as_str(), "--help" | "-h");
        let text = format!("checkout-server takes orders for a shop. It is set up by its environment:\n\n{SETTINGS}");
        if is_help {
            println!("{text}");
        } else {
            eprintln!("checkout-server takes no arguments\n\n{text}");
        }
        return if is_help { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return stop(&format!("cannot start: {error}")),
    };
    match runtime.block_on(serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&error),
    }
}

fn stop(error: &str) -> ExitCode {
    eprintln!("checkout-server cannot run:\n{error}");
    ExitCode::from(2)
}

async fn serve() -> Result<(), String> {
    let journal = Journal::new(Arc::new(SystemClock), false);
    let opened = machine::open(&|name| std::env::var(name).ok(), journal.surroundings()).await;
    let Service { checkout, listen, base_path, is_live } = opened?;
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| format!("cannot listen at {listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let router = Router::new().nest(&format!("{base_path}/api"), checkout.router());
    journal.note("listening", &[("address", &address.to_string()), ("money", if is_live { "real" } else { "test" })]);
    let worker = tokio::spawn(async move { checkout.run().await });
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(told_to_stop());
    served.await.map_err(|error| error.to_string())?;
    // What it is at is finished by the next start, whenever it stops.
    worker.abort();
    journal.note("stopped", &[]);
    Ok(())
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! { _ = interrupt => {}, () = terminate => {} }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
