//! The way from a client to its table, on which things go wrong: as a test plans it, or as they do with a service that has much to do.
//! Transactions collide as the service's do, which the double's cannot, because it does one after the other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};

pub use crate::store::dynamodb::wire::Injected;
use crate::store::dynamodb::wire::{body, conflict, target};

/// What befalls the n-th request, by its kind.
type Plan = Box<dyn Fn(usize, &str) -> Option<Injected> + Send + Sync>;

/// A way. Clones are the same one.
#[derive(Clone)]
pub struct Way {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

struct State {
    plan: Plan,
    requests: Vec<String>,
    is_renaming: bool,
    /// How long a transaction has its items in its hands, where they collide.
    held_for: Option<Duration>,
    /// The items that transactions have in their hands.
    busy: HashSet<String>,
    collisions: usize,
    injected: usize,
}

/// What was met on a way so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// Requests of all kinds.
    pub requests: usize,
    /// Those that are transactions.
    pub transactions: usize,
    /// Transactions that were turned away because another had one of their items in its hands.
    pub collisions: usize,
    /// Requests that met what was planned.
    pub injected: usize,
}

impl Default for Way {
    /// One on which nothing goes wrong.
    fn default() -> Self {
        Self::over(aws_smithy_http_client::Builder::new().build_http())
    }
}

impl Way {
    /// One that sends with this client, and on which nothing goes wrong.
    pub(crate) fn over(inner: SharedHttpClient) -> Self {
        let state = State {
            plan: Box::new(|_, _| None),
            requests: Vec::new(),
            is_renaming: false,
            held_for: None,
            busy: HashSet::new(),
            collisions: 0,
            injected: 0,
        };
        Self { inner, state: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this befalls the n-th request.
    pub fn trouble(&self, plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) {
        let mut state = self.state();
        state.plan = Box::new(plan);
        state.requests.clear();
    }

    /// Whether every try of a transaction comes under another name.
    pub fn rename(&self, is_renaming: bool) {
        self.state().is_renaming = is_renaming;
    }

    /// From now on a transaction has its items in its hands until so long after it was done, and others that want them meanwhile are
    /// turned away.
    pub fn collide(&self, held_for: Duration) {
        self.state().held_for = Some(held_for);
    }

    /// The kinds of the requests since they were last forgotten.
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    /// Counts from here.
    pub fn forget(&self) {
        let mut state = self.state();
        state.requests.clear();
        (state.collisions, state.injected) = (0, 0);
    }

    /// What was met since it was last forgotten.
    pub fn met(&self) -> Met {
        let state = self.state();
        let transactions = state.requests.iter().filter(|target| *target == "TransactWriteItems").count();
        Met { requests: state.requests.len(), transactions, collisions: state.collisions, injected: state.injected }
    }
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Way")
    }
}

impl HttpClient for Way {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connection { inner, way: self.clone() })
    }
}

#[derive(Debug)]
struct Connection {
    inner: SharedHttpConnector,
    way: Way,
}

impl HttpConnector for Connection {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = target(&request);
        let is_transaction = target == "TransactWriteItems";
        let befalls = {
            let mut state = self.way.state();
            let befalls = (state.plan)(state.requests.len(), &target);
            state.injected += usize::from(befalls.is_some());
            if state.is_renaming && is_transaction {
                under_another_name(&mut request);
            }
            state.requests.push(target);
            befalls
        };
        match befalls {
            None if is_transaction => self.transact(request),
            None => self.inner.call(request),
            Some(injected) => injected.happens(request, |request| self.inner.call(request)),
        }
    }
}

impl Connection {
    fn transact(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.way.state();
        let Some(held_for) = state.held_for else { return self.inner.call(request) };
        let wanted = items_of(&request);
        if wanted.iter().any(|item| state.busy.contains(item)) {
            state.collisions += 1;
            return HttpConnectorFuture::ready(Ok(conflict()));
        }
        state.busy.extend(wanted.clone());
        drop(state);
        let (answer, way) = (self.inner.call(request), self.way.clone());
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            tokio::time::sleep(held_for).await;
            way.state().busy.retain(|item| !wanted.contains(item));
            answer
        })
    }
}

fn items_of(request: &HttpRequest) -> Vec<String> {
    let body = body(request);
    let actions = body["TransactItems"].as_array().into_iter().flatten();
    let item = |action: &serde_json::Value| {
        let keys = [&action["Put"]["Item"], &action["Update"]["Key"], &action["Delete"]["Key"]];
        let key = keys.into_iter().find(|key| !key.is_null()).expect("an action names its item");
        format!("{} {}", key["pk"]["S"], key["sk"]["S"])
    };
    actions.map(item).collect()
}

fn under_another_name(request: &mut HttpRequest) {
    let mut named = body(request);
    named["ClientRequestToken"] = uuid::Uuid::new_v4().to_string().into();
    let renamed = named.to_string();
    request.headers_mut().insert("content-length", renamed.len().to_string());
    *request.body_mut() = renamed.into();
}
