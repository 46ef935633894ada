//! `checkout-server`'s service, which ends at the n-th boundary of its effects, by SIGKILL: for the test that ends it at each of them. Its
//! first line on standard output that begins with `listening` has its address; each boundary that it comes to has a line of its own.
//!
//! Its environment is the service's, and `MORTAL_AT` (the boundary, from 1; where it is 0, none), `MORTAL_CLOCK` (the second at which its
//! clock stands; `POST /clock/{second}` moves it), and with the feature `dynamodb` `MORTAL_TABLE` (a table in place of the embedded
//! store). The worker goes round once at the start, and whenever it is told to: `POST /sweep`. It ends with its input.
#![expect(clippy::disallowed_methods, reason = "the program is the door to the environment")]

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use checkout_fn::Checkout;
use checkout_fn::doubles::Witness;
use checkout_fn::error::Fault;
use checkout_fn::ports::Clock;
use checkout_fn::service::Surroundings;
use checkout_fn::service::machine::{self, Service};
use jiff::Timestamp;

#[tokio::main]
async fn main() -> Result<(), String> {
    // Whoever started it has ended, or wants no more of it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let clock = Arc::new(Standing(AtomicI64::new(number("MORTAL_CLOCK")?)));
    let surroundings = Surroundings { clock: clock.clone(), on_order: None, on_fault: None, on_figure: None };
    let Service { checkout, .. } = machine::open(&|name| std::env::var(name).ok(), surroundings).await?;
    let boundaries = Boundaries { passed: AtomicUsize::new(0), last: number("MORTAL_AT")? };
    let checkout = in_table(checkout).await?.watched(&(Arc::new(boundaries) as Arc<dyn Witness>));
    checkout.sweep().await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    println!("listening {}", listener.local_addr().map_err(|error| error.to_string())?);
    let moved = move |Path(second): Path<i64>| async move { clock.0.store(second, Ordering::SeqCst) };
    let api = checkout.router();
    let sweep = async move || checkout.sweep().await;
    let router = Router::new().nest("/api", api).route("/sweep", post(sweep)).route("/clock/{second}", post(moved));
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.map_err(|error| error.to_string())
}

fn number<T: std::str::FromStr>(name: &str) -> Result<T, String> {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).ok_or_else(|| format!("`{name}` is no number; set it to one"))
}

/// The checkout over a table, where one is named.
#[cfg(feature = "dynamodb")]
async fn in_table(checkout: Checkout) -> Result<Checkout, String> {
    use checkout_fn::store::Mode;
    use checkout_fn::store::dynamodb::{DynamoStore, client};
    let Ok(table) = std::env::var("MORTAL_TABLE") else { return Ok(checkout) };
    let opened = DynamoStore::open(client().await, &table, Mode::Test, [7; 32]).await;
    let (store, secret) = opened.map_err(|fault| fault.to_string())?;
    Ok(checkout.over(Arc::new(store), secret))
}

#[cfg(not(feature = "dynamodb"))]
async fn in_table(checkout: Checkout) -> Result<Checkout, String> {
    Ok(checkout)
}

/// A clock that stands still until it is moved.
struct Standing(AtomicI64);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Counts boundaries, and ends the process at the last one.
struct Boundaries {
    passed: AtomicUsize,
    last: usize,
}

impl Boundaries {
    fn pass(&self, side: &str, effect: &str) {
        println!("{side} {effect}");
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.last {
            die();
        }
    }
}

#[async_trait]
impl Witness for Boundaries {
    async fn before(&self, effect: &'static str) -> Result<(), Fault> {
        self.pass("before", effect);
        Ok(())
    }

    async fn after(&self, effect: &'static str) -> Result<(), Fault> {
        self.pass("after", effect);
        Ok(())
    }
}

/// At once, with nothing tidied up.
#[cfg(unix)]
fn die() -> ! {
    let ended = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    panic!("it has outlived SIGKILL: {ended:?}")
}

#[cfg(not(unix))]
fn die() -> ! {
    std::process::abort()
}
