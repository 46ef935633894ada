//! The table in this process and the double of the whole service get the same requests, and give the same answers. So whatever the store
//! does there, it would have done here.

use std::sync::Arc;

use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::shared::IntoShared;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::split::Splitting;
use super::*;
use crate::store::dynamodb::in_process::InProcess;
use crate::store::dynamodb::wire::{body, target};

/// Both of them, one beside the other.
#[derive(Debug)]
struct Twins {
    whole: SharedHttpClient,
    in_process: InProcess,
    turn: Turn,
}

/// One request after the other, so that both get them in the same order.
type Turn = Arc<tokio::sync::Mutex<()>>;

#[derive(Debug)]
struct Both {
    whole: SharedHttpConnector,
    in_process: InProcess,
    turn: Turn,
}

impl HttpClient for Twins {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let whole = self.whole.http_connector(settings, components);
        SharedHttpConnector::new(Both { whole, in_process: self.in_process.clone(), turn: self.turn.clone() })
    }
}

impl HttpConnector for Both {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = (target(&request), body(&request));
        let copy = request.try_clone().expect("a body in memory");
        let (whole, in_process, turn) = (self.whole.clone(), self.in_process.clone(), self.turn.clone());
        HttpConnectorFuture::new(async move {
            let _turn = turn.lock().await;
            let (mut whole, in_process) = (whole.call(request).await?, in_process.call(copy).await?);
            let bytes = whole.take_body().collect().await.expect("an answer").to_bytes();
            let said = essence(whole.status().as_u16(), &bytes);
            let also = essence(in_process.status().as_u16(), in_process.body().bytes().expect("a body in memory"));
            assert_eq!(also, said, "{} {}", asked.0, asked.1);
            *whole.body_mut() = bytes.into();
            Ok(whole)
        })
    }
}

/// What an answer says, but for how it is worded: the kind of an error and its reasons; items of a batch in no order.
fn essence(status: u16, bytes: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(bytes).expect("JSON");
    if let Some(kind) = answer["__type"].as_str() {
        let reasons = answer["CancellationReasons"].as_array().into_iter().flatten().map(|reason| reason["Code"].clone());
        return json!({ "status": status, "kind": kind.split('#').next_back(), "reasons": reasons.collect::<Value>() });
    }
    let sorted = |items: &Value| {
        let mut items: Vec<String> = items.as_array().into_iter().flatten().map(canonical).collect();
        items.sort();
        json!(items)
    };
    let batch = answer["Responses"].as_object().map(|tables| tables.values().map(sorted).collect::<Value>());
    let listed = answer["Items"].as_array().map(|items| items.iter().map(canonical).collect::<Vec<_>>());
    json!({
        "status": status,
        "item": canonical(&answer["Item"]),
        "attributes": canonical(&answer["Attributes"]),
        "batch": batch,
        "listed": listed,
    })
}

/// A text that is the same for the same value.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: std::collections::BTreeMap<_, _> = members.iter().map(|(name, value)| (name, canonical(value))).collect();
            format!("{members:?}")
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(canonical).collect();
            items.sort();
            format!("{items:?}")
        }
        other => other.to_string(),
    }
}

async fn twins() -> Double {
    let whole = aws_smithy_http_client::Builder::new().build_http();
    let twins = Twins { whole, in_process: InProcess::default(), turn: Turn::default() };
    // A new table answers in its own words, so only what is asked of it later is compared.
    Double::over(twins.into_shared(), |_, _| None).await
}

#[tokio::test]
async fn the_table_in_this_process_answers_as_the_whole_service_does() {
    conforms(&twins().await.store().await).await;
}

#[tokio::test]
async fn the_table_in_this_process_answers_as_the_whole_service_does_of_split_counts() {
    conforms(&Splitting::new(&twins().await, 4).await).await;
}

#[tokio::test]
async fn the_table_in_this_process_conforms_to_the_suite() {
    conforms(&Double::in_process(|_, _| None).await.store().await).await;
    conforms(&Double::in_process(one_in_three).await.store().await).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn the_table_in_this_process_answers_as_the_whole_service_does_over_any_life(steps in prop::collection::vec(any_step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { keeps_count(&twins().await.store().await, steps).await });
    }
}

#[test]
#[should_panic(expected = "does not know `contains`")]
fn what_the_table_in_this_process_does_not_know_it_does_not_guess() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let double = Double::in_process(|_, _| None).await;
        let put = double.client().put_item().table_name(double.table()).item("pk", super::super::items::s("a"));
        let put = put.item("sk", super::super::items::s("b")).condition_expression("contains(pk, sk)");
        drop(put.send().await);
    });
}
