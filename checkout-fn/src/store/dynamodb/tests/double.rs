//! A double of the service in a process of its own, and the wire to it, on which things go wrong as the tests wish.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_sdk_dynamodb::error::ConnectorError;
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use serde_json::json;

use super::{DynamoStore, Mode};
use crate::doubles::table;
use crate::store::dynamodb::create_table;

/// What befalls a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Injected {
    /// Another transaction is at the same items.
    Conflict,
    /// There are too many requests.
    Throttled,
    /// Time runs out before it is sent.
    NeverSent,
    /// It is done, and nobody hears of it.
    LostAnswer,
    /// Of many items, none is read.
    Unread,
}

impl Injected {
    /// Whether such a request can meet it. The making of a table and the first lines in it are spared.
    pub(super) fn befalls(self, target: &str) -> bool {
        match self {
            Self::Conflict => target == "TransactWriteItems",
            Self::Unread => target == "BatchGetItem",
            Self::Throttled | Self::NeverSent | Self::LostAnswer => !target.contains("Table") && !target.contains("TimeToLive"),
        }
    }
}

type Plan = Box<dyn Fn(usize, &str) -> Option<Injected> + Send + Sync>;

/// A table of its own, and the wire to it.
pub(crate) struct Double {
    wire: Wire,
    table: String,
}

impl Double {
    /// On which nothing goes wrong.
    pub(crate) async fn new() -> Self {
        Self::troubled(|_, _| None).await
    }

    /// Where this befalls the n-th request, by its kind. The table is made before.
    pub(super) async fn troubled(plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) -> Self {
        let inner = aws_smithy_http_client::Builder::new().build_http();
        let state = State { plan: Box::new(|_, _| None), requests: Vec::new(), rename: false, collide: false, busy: HashSet::new() };
        let wire = Wire { inner, state: Arc::new(Mutex::new(state)) };
        let double = Self { wire, table: format!("shop-{}", uuid::Uuid::new_v4()) };
        create_table(&double.client(), &double.table).await.expect("a table");
        double.trouble(plan);
        double
    }

    /// From now on this befalls the n-th request.
    pub(super) fn trouble(&self, plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) {
        let mut state = self.wire.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.plan = Box::new(plan);
        state.requests.clear();
    }

    /// Whether every try of a transaction comes under another name.
    pub(super) fn rename(&self, rename: bool) {
        self.wire.state.lock().unwrap_or_else(PoisonError::into_inner).rename = rename;
    }

    /// Whether transactions take as long as the service's do, and turn away those that want the same items meanwhile.
    pub(crate) fn collide(&self, collide: bool) {
        self.wire.state.lock().unwrap_or_else(PoisonError::into_inner).collide = collide;
    }

    /// The kinds of the requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.wire.state.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }

    /// Counts from here.
    pub(super) fn forget(&self) {
        self.wire.state.lock().unwrap_or_else(PoisonError::into_inner).requests.clear();
    }

    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    pub(super) async fn store(&self) -> DynamoStore {
        self.opened().await.0
    }

    /// The store and its secret.
    pub(crate) async fn opened(&self) -> (DynamoStore, [u8; 32]) {
        DynamoStore::open(self.client(), &self.table, Mode::Test, [1; 32]).await.expect("a store")
    }

    pub(crate) fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("eu-central-1"))
            .credentials_provider(table::credentials())
            .endpoint_url(table::endpoint())
            .retry_config(RetryConfig::disabled())
            .http_client(self.wire.clone());
        Client::from_conf(config.build())
    }
}

struct State {
    plan: Plan,
    requests: Vec<String>,
    rename: bool,
    collide: bool,
    /// The items that transactions have in their hands.
    busy: HashSet<String>,
}

#[derive(Clone)]
struct Wire {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connection { inner, wire: self.clone() })
    }
}

#[derive(Debug)]
struct Connection {
    inner: SharedHttpConnector,
    wire: Wire,
}

impl HttpConnector for Connection {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").and_then(|target| target.split('.').next_back()).unwrap_or_default();
        let target = target.to_owned();
        let befalls = {
            let mut state = self.wire.state.lock().unwrap_or_else(PoisonError::into_inner);
            let befalls = (state.plan)(state.requests.len(), &target);
            state.requests.push(target.clone());
            if state.rename && target == "TransactWriteItems" {
                under_another_name(&mut request);
            }
            befalls
        };
        let lost = || ConnectorError::timeout("time ran out".into());
        match befalls {
            None if target == "TransactWriteItems" => self.transact(request),
            None => self.inner.call(request),
            Some(Injected::NeverSent) => HttpConnectorFuture::ready(Err(lost())),
            Some(Injected::LostAnswer) => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Err(lost())
                })
            }
            Some(Injected::Conflict) => HttpConnectorFuture::ready(Ok(conflict())),
            Some(Injected::Throttled) => HttpConnectorFuture::ready(Ok(answer(400, &throttled(&target)))),
            Some(Injected::Unread) => HttpConnectorFuture::ready(Ok(unread(&request))),
        }
    }
}

impl Connection {
    fn transact(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.wire.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.collide {
            return self.inner.call(request);
        }
        let wanted = items_of(&request);
        if wanted.iter().any(|item| state.busy.contains(item)) {
            return HttpConnectorFuture::ready(Ok(conflict()));
        }
        state.busy.extend(wanted.clone());
        drop(state);
        let (answer, wire) = (self.inner.call(request), self.wire.clone());
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            tokio::time::sleep(TRANSACTION).await;
            wire.state.lock().unwrap_or_else(PoisonError::into_inner).busy.retain(|item| !wanted.contains(item));
            answer
        })
    }
}

/// How long a transaction has its items in its hands.
const TRANSACTION: Duration = Duration::from_millis(5);

fn items_of(request: &HttpRequest) -> Vec<String> {
    let body = body(request);
    let actions = body["TransactItems"].as_array().into_iter().flatten();
    let item = |action: &serde_json::Value| {
        let key = if action["Put"].is_null() { &action["Update"]["Key"] } else { &action["Put"]["Item"] };
        format!("{} {}", key["pk"]["S"], key["sk"]["S"])
    };
    actions.map(item).collect()
}

fn body(request: &HttpRequest) -> serde_json::Value {
    serde_json::from_slice(request.body().bytes().expect("a body in memory")).expect("JSON")
}

fn under_another_name(request: &mut HttpRequest) {
    let mut named = body(request);
    named["ClientRequestToken"] = uuid::Uuid::new_v4().to_string().into();
    let renamed = named.to_string();
    request.headers_mut().insert("content-length", renamed.len().to_string());
    *request.body_mut() = renamed.into();
}

fn conflict() -> HttpResponse {
    let reason = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
    let cancelled = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": [{"Code": "None"}, reason],
    });
    answer(400, &cancelled)
}

/// The service has two words for it.
fn throttled(target: &str) -> serde_json::Value {
    let kind = if target.contains("Item") { "ProvisionedThroughputExceededException" } else { "ThrottlingException" };
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "Rate exceeded"})
}

fn unread(request: &HttpRequest) -> HttpResponse {
    answer(200, &json!({"Responses": {}, "UnprocessedKeys": body(request)["RequestItems"]}))
}

fn answer(status: u16, body: &serde_json::Value) -> HttpResponse {
    let status = status.try_into().expect("a status");
    let mut response = HttpResponse::new(status, body.to_string().into());
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
