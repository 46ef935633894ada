//! The wire to a table in this process, on which the dice say what happens.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};

use super::dice::Dice;
use crate::store::dynamodb::in_process::InProcess;
use crate::store::dynamodb::wire::target;

/// A client's way to the table; the dice are those of the history that goes on.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) table: InProcess,
    dice: Arc<Mutex<Option<Arc<Dice>>>>,
}

impl Wire {
    pub(super) fn to(table: InProcess) -> Self {
        Self { table, dice: Arc::default() }
    }

    /// A history begins, or none goes on.
    pub(super) fn take(&self, dice: Option<Arc<Dice>>) {
        *self.dice.lock().unwrap_or_else(PoisonError::into_inner) = dice;
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(dice) = dice else { return self.table.call(request) };
        let table = self.table.clone();
        HttpConnectorFuture::new(async move {
            let target = target(&request);
            dice.between(&target, "before").await;
            let answer = match dice.befalls(&target) {
                Some(injected) => injected.happens(request, |request| table.call(request)).await,
                None => table.call(request).await,
            };
            dice.may_crash(&target, "after").await;
            answer
        })
    }
}
