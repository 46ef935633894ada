//! The wire between a client and its table, for tests and simulations: what a request asks for, what may befall it, and the answers of
//! a service that is in trouble.

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::error::ConnectorError;
use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use serde_json::{Value, json};

/// What befalls a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injected {
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
    pub fn befalls(self, target: &str) -> bool {
        match self {
            Self::Conflict => target == "TransactWriteItems",
            Self::Unread => target == "BatchGetItem",
            Self::Throttled | Self::NeverSent | Self::LostAnswer => !target.contains("Table") && !target.contains("TimeToLive"),
        }
    }

    /// What becomes of a request that meets it; `send` would have sent it.
    pub(crate) fn happens(self, request: HttpRequest, send: impl FnOnce(HttpRequest) -> HttpConnectorFuture) -> HttpConnectorFuture {
        let lost = || ConnectorError::timeout("time ran out".into());
        match self {
            Self::NeverSent => HttpConnectorFuture::ready(Err(lost())),
            Self::LostAnswer => {
                let answer = send(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Err(lost())
                })
            }
            Self::Conflict => HttpConnectorFuture::ready(Ok(conflict())),
            Self::Throttled => HttpConnectorFuture::ready(Ok(answer(400, &throttled(&target(&request))))),
            Self::Unread => HttpConnectorFuture::ready(Ok(unread(&request))),
        }
    }
}

/// What a request wants to be done: `TransactWriteItems`.
pub(crate) fn target(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").and_then(|target| target.split('.').next_back());
    target.unwrap_or_default().to_owned()
}

/// What it says.
pub(crate) fn body(request: &HttpRequest) -> Value {
    serde_json::from_slice(request.body().bytes().expect("a body in memory")).expect("JSON")
}

/// An answer of the service.
pub(crate) fn answer(status: u16, body: &Value) -> HttpResponse {
    let status = status.try_into().expect("a status");
    let mut response = HttpResponse::new(status, body.to_string().into());
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

/// The answer to a transaction whose items others have in their hands.
pub(crate) fn conflict() -> HttpResponse {
    let reason = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
    let cancelled = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": [{"Code": "None"}, reason],
    });
    answer(400, &cancelled)
}

/// The service has two words for it.
fn throttled(target: &str) -> Value {
    let kind = if target.contains("Item") { "ProvisionedThroughputExceededException" } else { "ThrottlingException" };
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "Rate exceeded"})
}

fn unread(request: &HttpRequest) -> HttpResponse {
    answer(200, &json!({"Responses": {}, "UnprocessedKeys": body(request)["RequestItems"]}))
}
