//! The function that answers requests, as its platform runs it: how large its package is, how long it takes from its start to its first
//! answer, and how long quotes and checkouts take in it beyond the services that it asks. Everything around it is a stand-in on this machine,
//! so that what is left is the function's own. `cargo build --profile function -p shopfront-checkout --no-default-features --features lambda
//! --bin checkout-api`, then `cargo run --release -p shopfront-benches --features checkout --bin function PROGRAM [SKUS]`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use catalog::bundle::encode;
use checkout_fn::SystemClock;
use checkout_fn::doubles::cloud::CloudDouble;
use checkout_fn::doubles::platform::{Ask, Function};
use checkout_fn::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use checkout_fn::doubles::{shop, table};
use checkout_fn::store::dynamodb::create_table;
use serde_json::{Value, json};

/// What a package may have, in bytes zipped.
const PACKAGE: usize = 8_000_000;
const STARTS: usize = 15;
const QUOTES: usize = 1000;
const CHECKOUTS: usize = 400;
const LINES: usize = 20;

type Settings = Vec<(&'static str, String)>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let program = PathBuf::from(words.next().ok_or("say where the program `checkout-api` is")?);
    let most: usize = words.next().map_or(Ok(1_000_000), |word| word.parse())?;
    let bytes = std::fs::read(&program)?;
    let zipped = miniz_oxide::deflate::compress_to_vec(&bytes, 9).len();
    println!("package: {:.2} MB, {:.2} MB zipped (budget {:.0})", mega(bytes.len()), mega(zipped), mega(PACKAGE));
    drop(bytes);
    let stripe = StripeDouble::start(Arc::new(SystemClock)).await?;
    for skus in [100, most] {
        let (_objects, settings) = surroundings(skus, &stripe).await?;
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            starts.push(start(&program, &settings).await?);
        }
        println!("{skus} SKUs: start to first answer {}", spread(starts));
        let function = Function::start(&program, &settings).await?;
        let carts: Vec<Value> = (0..QUOTES).map(|n| cart(n, skus)).collect();
        report("quote of 20 lines", own(&function, "/api/quote", &carts).await?);
        let orders: Vec<Value> = (0..CHECKOUTS).map(|n| order(n, skus)).collect();
        report("checkout", own(&function, "/api/checkout", &orders).await?);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// A shop of so many SKUs with everything that a function needs.
async fn surroundings(skus: usize, stripe: &StripeDouble) -> Result<(CloudDouble, Settings), Box<dyn Error>> {
    let objects = CloudDouble::start().await?;
    for (name, bytes) in encode(&shop::contents(skus, 1_000_000)) {
        objects.put(&format!("shop/bundle/{name}"), bytes);
    }
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(table::credentials())
        .endpoint_url(table::endpoint());
    let name = format!("shop-{}", uuid::Uuid::new_v4());
    create_table(&aws_sdk_dynamodb::Client::from_conf(config.build()), &name).await?;
    let settings = [
        ("SHOPFRONT_BASE_URL", "https://shop.test"),
        ("SHOPFRONT_TABLE", &name),
        ("SHOPFRONT_BUNDLE", "s3://shop/bundle"),
        ("SHOPFRONT_DOWNLOADS", "s3://shop/downloads"),
        ("SHOPFRONT_KEPT", "s3://shop/kept"),
        ("SHOPFRONT_ORIGIN_SECRET", "proof"),
        ("STRIPE_SECRET_KEY", KEY),
        ("STRIPE_WEBHOOK_SECRET", SIGNING_SECRET),
        ("STRIPE_BASE_FOR_TESTS", stripe.base()),
        ("AWS_ENDPOINT_URL_DYNAMODB", table::endpoint()),
        ("AWS_ENDPOINT_URL_S3", objects.base()),
    ];
    let settings = settings.map(|(name, value)| (name, value.to_owned())).into();
    Ok((objects, settings))
}

fn cart(n: usize, skus: usize) -> Value {
    let line = |at: usize| json!({ "sku": shop::sku((n * 7919 + at * 104_729) % skus), "quantity": 1 });
    json!({ "lines": (0..LINES).map(line).collect::<Vec<_>>(), "country": "DE", "postcode": "10115" })
}

fn order(n: usize, skus: usize) -> Value {
    json!({
        "lines": [{ "sku": shop::sku((n * 7919) % skus), "quantity": 1 }], "country": "DE", "postcode": "10115", "gateway": "stripe",
        "email": "mira@example.com", "expected_total": shop::PRICE, "idempotency_key": uuid::Uuid::new_v4().to_string(),
        "ship_to": { "name": "Mira", "line1": "Weg 1", "city": "Berlin", "postcode": "10115", "country": "DE" },
    })
}

async fn ask(function: &Function, path: &str, body: &Value, client: &str) -> Result<(), Box<dyn Error>> {
    let body = body.to_string();
    let headers = [("x-shopfront-origin", "proof"), ("content-type", "application/json"), ("cloudfront-viewer-address", client)];
    let asked = Ask { method: "POST", path, headers: &headers, body: &body, ..Ask::default() };
    let (status, _, said) = function.ask(&asked).await.map_err(|error| error.to_string())?;
    if status >= 300 { Err(format!("{path} is answered with {status}: {said}").into()) } else { Ok(()) }
}

/// From the start of the program to its first answer, a quote.
async fn start(program: &Path, settings: &Settings) -> Result<Duration, Box<dyn Error>> {
    let began = Instant::now();
    let function = Function::start(program, settings).await?;
    ask(&function, "/api/quote", &json!({ "lines": [{ "sku": shop::sku(0), "quantity": 1 }], "country": "DE" }), "198.51.100.1:1").await?;
    Ok(began.elapsed())
}

/// How long each request takes, and how much of that the function waits for store and gateway, as it says itself.
async fn own(function: &Function, path: &str, bodies: &[Value]) -> Result<Vec<(Duration, Duration)>, Box<dyn Error>> {
    let mut times = Vec::new();
    for (n, body) in bodies.iter().enumerate() {
        function.take_lines();
        let began = Instant::now();
        ask(function, path, body, &format!("198.51.{}.{}:1", n / 250, n % 250)).await?;
        let whole = began.elapsed();
        // What it has written comes through a pipe.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let waited = function.take_lines().iter().map(waited).sum();
        times.push((whole, waited));
    }
    Ok(times)
}

fn waited(line: &Value) -> Duration {
    let milliseconds = line["StoreLatency"].as_f64().or_else(|| line["GatewayLatency"].as_f64()).unwrap_or_default();
    Duration::from_secs_f64(milliseconds / 1e3)
}

fn report(what: &str, times: Vec<(Duration, Duration)>) {
    let own = times.iter().map(|(whole, waited)| whole.saturating_sub(*waited)).collect();
    let whole = times.into_iter().map(|(whole, _)| whole).collect();
    println!("  {what}: whole {}; beyond store and gateway {}", spread(whole), spread(own));
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |of_hundred: usize| times[(times.len() - 1) * of_hundred / 100].as_secs_f64() * 1e3;

    format!("median {:.2} ms, p99 {:.2} ms", at(50), at(99))
}
