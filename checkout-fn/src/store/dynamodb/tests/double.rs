//! A table of the double, and the way to it, on which things go wrong as the tests wish.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::shared::IntoShared;

use super::{DynamoStore, Injected, Mode};
use crate::doubles::table::{self, Way};
use crate::store::dynamodb::create_table;
use crate::store::dynamodb::in_process::InProcess;

/// How long a transaction has its items in its hands.
const TRANSACTION: Duration = Duration::from_millis(5);

/// A table of its own, and the way to it.
pub(crate) struct Double {
    way: Way,
    table: String,
}

impl Double {
    /// On which nothing goes wrong.
    pub(crate) async fn new() -> Self {
        Self::troubled(|_, _| None).await
    }

    /// Where this befalls the n-th request, by its kind. The table is made before.
    pub(super) async fn troubled(plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) -> Self {
        Self::on(Way::default(), plan).await
    }

    /// The same with the table in this process.
    pub(super) async fn in_process(plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) -> Self {
        Self::over(InProcess::default().into_shared(), plan).await
    }

    /// The same over another way to send.
    pub(super) async fn over(inner: SharedHttpClient, plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) -> Self {
        Self::on(Way::over(inner), plan).await
    }

    async fn on(way: Way, plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) -> Self {
        let double = Self { way, table: format!("shop-{}", uuid::Uuid::new_v4()) };
        create_table(&double.client(), &double.table).await.expect("a table");
        double.trouble(plan);
        double
    }

    /// From now on this befalls the n-th request.
    pub(super) fn trouble(&self, plan: impl Fn(usize, &str) -> Option<Injected> + Send + Sync + 'static) {
        self.way.trouble(plan);
    }

    /// Whether every try of a transaction comes under another name.
    pub(super) fn rename(&self, rename: bool) {
        self.way.rename(rename);
    }

    /// Transactions take as long as the service's do, and turn away those that want the same items meanwhile.
    pub(crate) fn collide(&self) {
        self.way.collide(TRANSACTION);
    }

    /// The kinds of the requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.way.requests()
    }

    /// Counts from here.
    pub(super) fn forget(&self) {
        self.way.forget();
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
        table::client(table::endpoint(), &self.way, None)
    }
}
