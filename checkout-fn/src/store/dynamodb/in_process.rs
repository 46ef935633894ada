//! The service within this process, as much of it as the store asks: tables in memory behind the client's own HTTP layer, with
//! conditions, transactions and their reasons, request tokens and indexes. What it does not know it does not guess: it panics. The
//! store's suite runs against it and, request by request, beside a double of the whole service.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use serde_json::{Map, Value, json};

use self::rows::Rows;
use super::wire::{answer, body, target};

mod expression;
mod query;
mod rows;
mod write;

/// An item as it travels: name → `{"S": "…"}`.
pub(crate) type Item = Map<String, Value>;

/// Why something was not done.
#[derive(Debug)]
enum Refusal {
    /// The condition did not hold.
    Condition,
    /// The request, or an item as it would become, is not allowed.
    Invalid(String),
    /// Of a transaction: the code of each action's reason, `None` where there is none.
    Cancelled(Vec<&'static str>),
    /// The same token came with another transaction.
    OtherTransaction,
    /// There is no such table.
    NoTable,
}

/// So many actions a transaction may have.
const MOST_ACTIONS: usize = 100;

/// The service. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct InProcess(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    tables: BTreeMap<String, Rows>,
    /// Token → the transaction that was done under it.
    done: BTreeMap<String, Value>,
}

impl InProcess {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ten minutes pass: the tokens of transactions are forgotten.
    #[cfg(feature = "simulation")]
    pub(crate) fn forget_tokens(&self) {
        self.state().done.clear();
    }

    /// All items go; the tables stay.
    #[cfg(feature = "simulation")]
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.done.clear();
        state.tables.values_mut().for_each(Rows::clear);
    }

    /// Looks at all items of a table.
    #[cfg(feature = "simulation")]
    pub(crate) fn each(&self, table: &str, look: impl FnMut(&Item)) {
        self.state().tables.get(table).into_iter().flat_map(Rows::items).for_each(look);
    }

    fn ask(&self, target: &str, request: &Value) -> HttpResponse {
        let done = self.state().ask(target, request);
        match done {
            Ok(body) => answer(200, &body),
            Err(refusal) => answer(400, &refused(&refusal)),
        }
    }
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(self.ask(&target(&request), &body(&request))))
    }
}

fn refused(refusal: &Refusal) -> Value {
    let error = |kind: &str, message: &str| json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message});
    match refusal {
        Refusal::Condition => error("ConditionalCheckFailedException", "The conditional request failed"),
        Refusal::Invalid(why) => json!({"__type": "com.amazon.coral.validate#ValidationException", "message": why}),
        Refusal::OtherTransaction => error("IdempotentParameterMismatchException", "The token was used for another transaction"),
        Refusal::NoTable => error("ResourceNotFoundException", "Requested resource not found"),
        Refusal::Cancelled(codes) => {
            let told = codes.join(", ");
            let message = format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{told}]");
            let mut cancelled = error("TransactionCanceledException", &message);
            cancelled["CancellationReasons"] = codes.iter().map(|code| json!({ "Code": code })).collect();
            cancelled
        }
    }
}

/// The members of a request, none of which is overlooked.
fn members<'a>(request: &'a Value, known: &[&str]) -> &'a Map<String, Value> {
    let members = request.as_object().expect("a request is an object");
    if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
        panic!("the table in this process does not know `{name}` in {request}");
    }
    members
}

fn text<'a>(request: &'a Value, name: &str) -> &'a str {
    request[name].as_str().unwrap_or_else(|| panic!("`{name}` is missing in {request}"))
}

impl State {
    fn rows(&mut self, request: &Value) -> Result<&mut Rows, Refusal> {
        self.tables.get_mut(text(request, "TableName")).ok_or(Refusal::NoTable)
    }

    fn ask(&mut self, target: &str, request: &Value) -> Result<Value, Refusal> {
        match target {
            "GetItem" => {
                members(request, &["TableName", "Key", "ConsistentRead"]);
                let rows = self.rows(request)?;
                let item = rows.get(&rows.key(&request["Key"])?);
                Ok(item.map_or_else(|| json!({}), |item| json!({ "Item": item })))
            }
            "BatchGetItem" => self.get_many(request),
            "Query" => query::query(self.rows(request)?, request),
            "PutItem" | "UpdateItem" | "DeleteItem" => write::one(self.rows(request)?, target, request),
            "TransactWriteItems" => self.transact(request),
            "CreateTable" => {
                self.tables.insert(text(request, "TableName").to_owned(), Rows::described(request));
                Ok(json!({ "TableDescription": { "TableStatus": "ACTIVE" } }))
            }
            "DescribeTable" => self.rows(request).map(|_| json!({ "Table": { "TableStatus": "ACTIVE" } })),
            "UpdateTimeToLive" => self.rows(request).map(|_| json!({})),
            other => panic!("the table in this process does not know {other}"),
        }
    }

    fn get_many(&mut self, request: &Value) -> Result<Value, Refusal> {
        let mut responses = Map::new();
        for (table, wanted) in members(&request["RequestItems"], &self.tables.keys().map(String::as_str).collect::<Vec<_>>()) {
            members(wanted, &["Keys", "ConsistentRead"]);
            let rows = self.tables.get(table).ok_or(Refusal::NoTable)?;
            let keys = wanted["Keys"].as_array().into_iter().flatten().map(|key| rows.key(key)).collect::<Result<Vec<_>, _>>()?;
            if keys.is_empty() || keys.len() > 100 || keys.iter().collect::<std::collections::BTreeSet<_>>().len() < keys.len() {
                return Err(Refusal::Invalid("a batch has 1 to 100 keys, each once".into()));
            }
            let found: Vec<&Item> = keys.iter().filter_map(|key| rows.get(key)).collect();
            responses.insert(table.clone(), json!(found));
        }
        Ok(json!({ "Responses": responses, "UnprocessedKeys": {} }))
    }

    fn transact(&mut self, request: &Value) -> Result<Value, Refusal> {
        members(request, &["TransactItems", "ClientRequestToken"]);
        let (token, actions) = (text(request, "ClientRequestToken"), &request["TransactItems"]);
        if let Some(known) = self.done.get(token) {
            return if known == actions { Ok(json!({})) } else { Err(Refusal::OtherTransaction) };
        }
        let listed = actions.as_array().expect("actions are a list");
        if listed.is_empty() || listed.len() > MOST_ACTIONS {
            return Err(Refusal::Invalid(format!("a transaction has 1 to {MOST_ACTIONS} actions")));
        }
        let mut outcomes = Vec::new();
        let mut touched = std::collections::BTreeSet::new();
        for action in listed {
            let (kind, action) = members(action, &["Put", "Update", "Delete"]).iter().next().expect("an action is of a kind");
            let rows = self.tables.get(text(action, "TableName")).ok_or(Refusal::NoTable)?;
            let planned = write::plan(rows, kind, action);
            if !touched.insert((text(action, "TableName"), write::key_of(rows, kind, action)?)) {
                return Err(Refusal::Invalid("Transaction request cannot include multiple operations on one item".into()));
            }
            outcomes.push(planned);
        }
        // What is wrong with how an action is written is not a matter of the item that it finds.
        let codes: Vec<&str> = outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(write::reason, |_| "None")).collect();
        if codes.iter().any(|code| *code != "None") {
            return Err(Refusal::Cancelled(codes));
        }
        for (action, outcome) in listed.iter().zip(outcomes) {
            let table = action.as_object().and_then(|action| action.values().next()).map(|action| text(action, "TableName"));
            let rows = table.and_then(|table| self.tables.get_mut(table)).ok_or(Refusal::NoTable)?;
            outcome.expect("none was refused").done(rows)?;
        }
        self.done.insert(token.to_owned(), actions.clone());
        Ok(json!({}))
    }
}
