//! What is made once and used by one history after the other: stores, stand-ins for gateways, the catalogue.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_dynamodb::{Client, Config};
use jiff::{SignedDuration, Timestamp};

use super::goods;
use super::wire::Wire;
use crate::catalogue::MemoryBundle;
use crate::error::Fault;
use crate::gateway::sandbox::Memory;
use crate::ports::{Clock, Delivery, Files, Mailer, Message, Wanted};
use crate::store::dynamodb::create_table;
use crate::store::dynamodb::in_process::InProcess;
use crate::store::sqlite::SqliteStore;

/// The name of the table.
pub(super) const TABLE: &str = "shop";

/// All of it.
pub(super) struct Bench {
    pub(super) sqlite: SqliteStore,
    pub(super) sandbox: Memory,
    pub(super) wire: Wire,
    pub(super) client: Client,
    pub(super) catalogue: Arc<MemoryBundle>,
    pub(super) editions: Arc<goods::Editions>,
}

impl Bench {
    pub(super) async fn new() -> Result<Self, Fault> {
        let wire = Wire::to(InProcess::default());
        // As the program's own client is: the store does what has to be done again.
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            // Nobody checks signatures here, and making them costs a tenth of all the time.
            .allow_no_auth()
            .endpoint_url("http://table.simulation")
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(wire.clone());
        let client = Client::from_conf(config.build());
        create_table(&client, TABLE).await?;
        let editions = goods::editions();
        let catalogue = Arc::new(MemoryBundle::new(editions[0].clone()));
        let editions = Arc::new(editions);
        Ok(Self { sqlite: SqliteStore::in_memory()?, sandbox: Memory::new()?, wire, client, catalogue, editions })
    }
}

/// A clock that moves when somebody lets time pass.
pub(super) struct HandClock(AtomicI64);

impl HandClock {
    pub(super) fn new() -> Self {
        Self(AtomicI64::new(1_780_000_000))
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        self.0.fetch_add(time.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).expect("no history is that long")
    }
}

/// Keeps digital goods by name; nobody downloads them here.
pub(super) struct NoFiles;

#[async_trait]
impl Files for NoFiles {
    async fn keep(&self, file: &str) -> Result<String, Fault> {
        Ok(format!("kept-{file}"))
    }

    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, Fault> {
        Err(Fault::new(format!("nobody reads {} in a simulation", wanted.kept)))
    }
}

/// Takes every message. Which were owed is seen in the outbox.
pub(super) struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: &Message) -> Result<(), Fault> {
        Ok(())
    }
}
