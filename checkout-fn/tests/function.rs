//! The functions as their platform runs them: the programs themselves, started by a stand-in for the platform, on DynamoDB's interface,
//! with bundle and goods in S3 and keys in a secret, from the first question to the paid order.

use std::path::Path;
use std::sync::Arc;

use catalog::bundle::{Contents, Delivery, encode};
use catalog::product::DigitalFile;
use checkout_fn::SystemClock;
use checkout_fn::doubles::cloud::CloudDouble;
use checkout_fn::doubles::platform::{Ask, Function};
use checkout_fn::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use checkout_fn::doubles::{shop, table};
use checkout_fn::store::dynamodb;
use serde_json::{Value, json};

const API: &str = env!("CARGO_BIN_EXE_checkout-api");
const WORKER: &str = env!("CARGO_BIN_EXE_checkout-worker");
/// What the content delivery network adds.
const PROOF: (&str, &str) = ("x-shopfront-origin", "proof");

/// Everything around a function.
struct Cloud {
    objects: CloudDouble,
    stripe: StripeDouble,
    settings: Vec<(&'static str, String)>,
}

impl Cloud {
    async fn new(change: impl FnOnce(&mut Contents)) -> Self {
        let objects = CloudDouble::start().await.expect("a stand-in");
        let stripe = StripeDouble::start(Arc::new(SystemClock)).await.expect("a stand-in");
        let mut contents = shop::contents(20, 3);
        change(&mut contents);
        for (name, bytes) in encode(&contents) {
            objects.put(&format!("shop/bundle/{name}"), bytes);
        }
        objects.put("shop/downloads/pack one.zip", "PK pack");
        let secret = json!({
            "STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SIGNING_SECRET, "SHOPFRONT_ORIGIN_SECRET": "proof,next",
        });
        objects.hide("arn:secret", &secret.to_string());
        let table_name = format!("shop-{}", uuid::Uuid::new_v4());
        dynamodb::create_table(&table_client(), &table_name).await.expect("a table");
        let settings = vec![
            ("SHOPFRONT_BASE_URL", "https://shop.test/base".to_owned()),
            ("SHOPFRONT_TABLE", table_name),
            ("SHOPFRONT_BUNDLE", "s3://shop/bundle".to_owned()),
            ("SHOPFRONT_DOWNLOADS", "s3://shop/downloads".to_owned()),
            ("SHOPFRONT_KEPT", "s3://shop/kept".to_owned()),
            ("SHOPFRONT_SECRET", "arn:secret".to_owned()),
            ("STRIPE_BASE_FOR_TESTS", stripe.base().to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", table::endpoint().to_owned()),
            ("AWS_ENDPOINT_URL_S3", objects.base().to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", objects.base().to_owned()),
        ];
        Self { objects, stripe, settings }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    async fn start(&self, program: &str) -> Function {
        Function::start(Path::new(program), &self.settings).await.expect("a function")
    }
}

fn table_client() -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new("eu-central-1"))
        .credentials_provider(table::credentials())
        .endpoint_url(table::endpoint());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

const JSON: (&str, &str) = ("content-type", "application/json");
const VIEWER: (&str, &str) = ("cloudfront-viewer-address", "198.51.100.7:1234");

async fn post(api: &Function, path: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let ask = Ask { method: "POST", path, headers: &[PROOF, JSON, VIEWER], body: &body, ..Ask::default() };
    let (status, _, body) = api.ask(&ask).await.expect("an answer");
    (status, serde_json::from_str(&body).unwrap_or_default())
}

async fn get(api: &Function, path: &str) -> (u16, Value, String) {
    api.ask(&Ask { method: "GET", path, headers: &[PROOF, VIEWER], ..Ask::default() }).await.expect("an answer")
}

fn order(sku: &str, due: i64) -> Value {
    json!({
        "lines": [{ "sku": sku, "quantity": 1 }], "country": "DE", "postcode": "10115", "email": "m@example.com", "gateway": "stripe",
        "ship_to": { "name": "Mira", "line1": "Weg 1", "city": "Berlin", "postcode": "10115", "country": "DE" },
        "expected_total": due, "idempotency_key": uuid::Uuid::new_v4().to_string(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_by_functions() {
    let cloud = Cloud::new(|contents| {
        let pack = &mut contents.variants[1];
        (pack.delivery, pack.stock) = (Delivery::Digital, None);
        pack.files = vec![DigitalFile { file: "pack one.zip".into(), title: None }];
    })
    .await;
    let api = cloud.start(API).await;
    let (status, quote) =
        post(&api, "/base/api/quote", &json!({ "lines": [{ "sku": shop::sku(0), "quantity": 2 }], "country": "DE" })).await;
    assert_eq!((status, &quote["due"]), (200, &json!(2 * shop::PRICE)), "{quote}");

    let (status, placed) = post(&api, "/base/api/checkout", &order(&shop::sku(0), shop::PRICE)).await;
    assert_eq!(status, 201, "{placed}");
    let page = format!("/base/api/orders/{}", placed["token"].as_str().expect("a token"));
    let (status, _, body) = get(&api, &page).await;
    assert!(status == 200 && body.contains("awaiting_payment"), "{body}");

    cloud.stripe.pay(&cloud.stripe.ids("checkout.session")[0]).expect("paid");
    for notice in cloud.stripe.take_notices() {
        let signature = cloud.stripe.sign(&notice);
        let headers = [PROOF, JSON, ("stripe-signature", signature.as_str())];
        let path = "/base/api/webhooks/stripe";
        // As a platform hands on what it takes for binary.
        let ask = Ask { method: "POST", path, headers: &headers, body: &notice.body, is_base64: true, ..Ask::default() };
        assert_eq!(api.ask(&ask).await.expect("an answer").0, 200);
    }
    let (_, _, body) = get(&api, &page).await;
    assert!(body.contains(r#""payment":"paid""#), "{body}");
    let stock = Ask { method: "GET", path: "/base/api/stock", query: "sku=SKU-0000000", headers: &[PROOF], ..Ask::default() };
    let (_, _, body) = api.ask(&stock).await.expect("an answer");
    assert_eq!(serde_json::from_str::<Value>(&body).expect("JSON")["stock"]["SKU-0000000"]["available"], 2, "{body}");
    logged(&api).await;
}

/// The purchase is in the log, each line with its request, with figures, and without the buyer and the keys.
async fn logged(api: &Function) {
    let mut lines = Vec::new();
    for _ in 0..100 {
        lines.extend(api.take_lines());
        if lines.iter().any(|line| line["Orders"] == 1.0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let paid = lines.iter().find(|line| line["Orders"] == 1.0).expect("the order is counted");
    assert_eq!((&paid["news"], &paid["_aws"]["CloudWatchMetrics"][0]["Namespace"]), (&json!("paid"), &json!("Shopfront")));
    assert!(lines.iter().filter(|line| line["message"] != "fault").all(Value::is_object), "{lines:?}");
    for name in ["StoreLatency", "GatewayLatency"] {
        let measured = lines.iter().find(|line| line[name].is_f64() && line["request"].is_string());
        assert!(measured.is_some(), "{name}: {lines:?}");
    }
    let all = lines.iter().map(ToString::to_string).collect::<String>();
    for secret in ["m@example.com", "Mira", "Weg 1", KEY, SIGNING_SECRET, "proof"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_to_download_are_addresses_in_the_object_store() {
    let cloud = Cloud::new(|contents| {
        let pack = &mut contents.variants[1];
        (pack.delivery, pack.stock) = (Delivery::Digital, None);
        pack.files = vec![DigitalFile { file: "pack one.zip".into(), title: None }];
    })
    .await;
    let (api, worker) = (cloud.start(API).await, cloud.start(WORKER).await);
    let (status, placed) = post(&api, "/base/api/checkout", &order(&shop::sku(1), shop::PRICE)).await;
    assert_eq!(status, 201, "{placed}");
    assert_eq!(cloud.objects.names().iter().filter(|name| name.starts_with("shop/kept/")).count(), 1);
    cloud.stripe.pay(&cloud.stripe.ids("checkout.session")[0]).expect("paid");
    // No notice arrives; the shopper comes back.
    let back = Ask {
        method: "GET",
        path: "/base/api/return/stripe",
        query: &format!("order={}", placed["token"].as_str().expect("a token")),
        headers: &[PROOF],
        ..Ask::default()
    };
    assert_eq!(api.ask(&back).await.expect("an answer").0, 303);
    let (_, _, body) = get(&api, &format!("/base/api/orders/{}", placed["token"].as_str().expect("a token"))).await;
    let shown: Value = serde_json::from_str(&body).expect("JSON");
    let link = shown["downloads"][0]["url"].as_str().expect("a download").to_owned();
    let (status, headers, _) = get(&api, &link).await;
    let address = headers["location"].as_str().unwrap_or_default();
    assert!(matches!(status, 302 | 303 | 307) && address.contains("X-Amz-Signature="), "{status} {headers}");
    assert!(address.contains("response-content-disposition=attachment"), "{address}");
    assert_eq!(worker.invoke(json!({})).await, Ok(Value::Null), "the worker's round");
    assert!(worker.invoke(json!({ "task": "dance" })).await.is_err());

    // A payment of which nobody has told.
    let (_, placed) = post(&api, "/base/api/checkout", &order(&shop::sku(2), shop::PRICE)).await;
    cloud.stripe.pay(cloud.stripe.ids("checkout.session").last().expect("a session")).expect("paid");
    let found = worker.invoke(json!({ "task": "reconcile" })).await.expect("compared");
    assert_eq!((&found["corrected"], &found["troubles"]), (&json!([placed["order"]]), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strange_request_ends_no_instance() {
    let cloud = Cloud::new(|_| {}).await;
    let api = cloud.start(API).await;
    for (path, query) in [("/base/api/stock", "sku=<\">"), ("/base/api/stock", "sku=%FF%FE"), ("/base/api/orders/ü\\\u{0}", "")] {
        let ask = Ask { method: "GET", path, query, headers: &[PROOF], ..Ask::default() };
        let _ = api.ask(&ask).await;
        assert_eq!((get(&api, "/base/api/health").await.0, api.ended()), (200, None), "{path} {query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_come_through_the_network_is_turned_away() {
    let cloud = Cloud::new(|_| {}).await;
    let api = cloud.start(API).await;
    let direct = Ask { method: "GET", path: "/base/api/health", ..Ask::default() };
    assert_eq!(api.ask(&direct).await.expect("an answer").0, 403);
    assert_eq!(get(&api, "/base/api/health").await.0, 200);
    let (status, _) = post(&api, "/base/api/webhooks/sandbox", &json!({})).await;
    assert_eq!(status, 404, "no released package has the sandbox");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_request_reads_nothing_of_the_bundle_again() {
    let cloud = Cloud::new(|_| {}).await;
    let api = cloud.start(API).await;
    let cart = json!({ "lines": [{ "sku": shop::sku(0), "quantity": 1 }], "country": "DE" });
    assert_eq!(post(&api, "/base/api/quote", &cart).await.0, 200);
    let asked = cloud.objects.take_asked();
    assert!(asked.iter().any(|what| what.contains("GetSecretValue")), "{asked:?}");
    assert!(asked.iter().filter(|what| what.starts_with("GET shop/bundle/")).count() <= 3, "manifest, terms, one shard: {asked:?}");
    assert_eq!(post(&api, "/base/api/quote", &cart).await.0, 200);
    assert_eq!(cloud.objects.take_asked(), Vec::<String>::new());
}

/// What a function says when it cannot start, and that it ends.
async fn refused(cloud: &Cloud) -> String {
    let mut command = tokio::process::Command::new(API);
    command.env_clear().envs(cloud.settings.iter().map(|(name, value)| (*name, value)));
    command.envs([("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")]);
    let output = command.kill_on_drop(true).output().await.expect("the program");
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_up_wrongly_is_named() {
    let fresh = async || Cloud::new(|_| {}).await.with("AWS_REGION", "eu-central-1");
    let cases = [
        ("SHOPFRONT_TABLE", "nothing-of-that-name", "`SHOPFRONT_TABLE`: there is no table `nothing-of-that-name`"),
        ("SHOPFRONT_TABLE", "", "`SHOPFRONT_TABLE` is not set"),
        ("AWS_REGION", "", "`AWS_REGION` is not set"),
        ("SHOPFRONT_BUNDLE", "s3://shop/nowhere", "`SHOPFRONT_BUNDLE`: cannot read s3://shop/nowhere/manifest.json"),
        ("SHOPFRONT_KEPT", "kept", "`SHOPFRONT_KEPT` is no place in S3"),
        ("SHOPFRONT_SECRET", "arn:other", "`SHOPFRONT_SECRET`: cannot read the secret arn:other"),
        ("SHOPFRONT_BASE_URL", "http://shop.test", "has to begin with https://"),
    ];
    for (name, value, expected) in cases {
        let said = refused(&fresh().await.with(name, value)).await;
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let unproven = fresh().await;
    unproven.objects.hide("arn:secret", &json!({ "STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SIGNING_SECRET }).to_string());
    assert!(refused(&unproven).await.contains("`SHOPFRONT_ORIGIN_SECRET` is not set"));
    unproven.objects.hide("arn:secret", "sk_live_secret");
    let said = refused(&unproven).await;
    assert!(said.contains("no JSON object of settings") && !said.contains("sk_live_secret"), "{said}");
}
