//! The table itself: its client, its making, and what a shop writes down when it is opened for the first time.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TableStatus, TimeToLiveSpecification,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use tokio::time::Instant;

use super::items::{Item, Key, LISTING, WAKING, s, text};
use super::trouble::{Patience, Place, Trouble};
use super::{DynamoStore, Mode};
use crate::error::Fault;
use crate::watch::{Figure, OnFigure};

/// How long one try may take. Short, so that a lost one leaves time for others.
const TRY: Duration = Duration::from_secs(3);

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);

/// A client as the environment says: region, credentials, perhaps another endpoint.
pub async fn client() -> Client {
    client_of(&aws_config::defaults(BehaviorVersion::latest()).load().await, None)
}

/// A client as an environment says that was read before. It does not try again by itself, because the store does, knowing what
/// may be done twice. Each try is measured where somebody wants to know.
pub fn client_of(environment: &SdkConfig, on_figure: Option<&OnFigure>) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(TRY).build();
    let config = aws_sdk_dynamodb::config::Builder::from(environment).retry_config(RetryConfig::disabled()).timeout_config(timeouts);
    let config = match on_figure {
        Some(on_figure) => config.interceptor(Measured(on_figure.clone())),
        None => config,
    };
    Client::from_conf(config.build())
}

/// Measures the service's answers.
struct Measured(OnFigure);

/// When a try began.
#[derive(Debug, Clone, Copy)]
struct Begun(Instant);

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

impl std::fmt::Debug for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Measured")
    }
}

#[dyn_dispatch_hint]
impl Intercept for Measured {
    fn name(&self) -> &'static str {
        "Measured"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Begun(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Begun(begun)) = bag.load::<Begun>() {
            (self.0)(&Figure::Store(begun.elapsed()));
        }
        Ok(())
    }
}

impl Place {
    /// A client's table.
    pub(super) fn of(client: &Client, table: &str) -> Self {
        let region = client.config().region().map_or("(none)", |region| region.as_ref()).to_owned();
        Self { table: table.to_owned(), region }
    }
}

/// Makes a store's table, on demand and with its indexes, and waits until it can be used; for tests and for trying things out.
/// In production it belongs to what the rest is deployed with, which also keeps copies of it.
pub async fn create_table(client: &Client, table: &str) -> Result<(), Fault> {
    let place = Place::of(client, table);
    let wrong = |error| Fault::during("describing a table", error);
    let attribute = |name, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build();
    let element = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let keys = |part, place| -> Result<Vec<KeySchemaElement>, Fault> {
        [element(part, KeyType::Hash), element(place, KeyType::Range)].into_iter().map(|key| key.map_err(wrong)).collect()
    };
    let index = |name, part, place| -> Result<GlobalSecondaryIndex, Fault> {
        let only_keys = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
        let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(keys(part, place)?)).projection(only_keys);
        index.build().map_err(wrong)
    };
    let attributes = [
        attribute("pk", ScalarAttributeType::S),
        attribute("sk", ScalarAttributeType::S),
        attribute("wake", ScalarAttributeType::S),
        attribute("wake_at", ScalarAttributeType::N),
        attribute("list", ScalarAttributeType::S),
        attribute("list_by", ScalarAttributeType::S),
    ];
    let create = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys("pk", "sk")?))
        .set_attribute_definitions(Some(attributes.into_iter().collect::<Result<_, _>>().map_err(wrong)?))
        .global_secondary_indexes(index(WAKING, "wake", "wake_at")?)
        .global_secondary_indexes(index(LISTING, "list", "list_by")?);
    create.send().await.map_err(|error| place.trouble(&error).fault())?;
    wait_for(client, &place).await?;
    let tidy = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build().map_err(wrong)?;
    let tidy = client.update_time_to_live().table_name(table).time_to_live_specification(tidy);
    tidy.send().await.map_err(|error| place.trouble(&error).fault())?;
    Ok(())
}

/// A new table takes some seconds.
async fn wait_for(client: &Client, place: &Place) -> Result<(), Fault> {
    for _ in 0..60 {
        let answer = client.describe_table().table_name(&place.table).send().await;
        let answer = answer.map_err(|error| place.trouble(&error).fault())?;
        if answer.table.and_then(|table| table.table_status) == Some(TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(Fault::new(format!("the table `{}` is still being made after a minute", place.table)))
}

impl DynamoStore {
    /// Writes down mode and secret at the first use; holds later uses to them.
    pub(super) async fn begin(&self, mode: Mode, fresh_secret: [u8; 32]) -> Result<[u8; 32], Fault> {
        let key = Key::shop();
        let mut patience = Patience::new();
        let item = loop {
            if let Some(item) = self.get(&key).await? {
                break item;
            }
            let item = key.with([("mode", s(mode.name())), ("secret", AttributeValue::B(Blob::new(fresh_secret)))]);
            let put = self.client.put_item().table_name(self.table()).set_item(Some(item));
            let put = put.condition_expression("attribute_not_exists(pk)");
            match self.asked(|| put.clone().send()).await {
                // Somebody else may have been first; what they have written is read.
                Ok(_) => {}
                Err(Trouble::Refused(_)) if patience.wait().await => {}
                Err(trouble @ (Trouble::Busy(_) | Trouble::Lost(_) | Trouble::Hopeless(_))) => return Err(trouble.fault()),
                Err(Trouble::Refused(_)) => return Err(Fault::new(format!("the table `{}` forgets what it is told", self.table()))),
            }
        };
        let (stored, secret) = self.mode_and_secret(&item)?;
        if stored != mode {
            let (stored, wanted) = (stored.name(), mode.name());
            return Err(Fault::new(format!("the table `{}` holds {stored} orders; this program would take {wanted} ones", self.table())));
        }
        Ok(secret)
    }

    /// What was written down at the first use.
    pub(super) fn mode_and_secret(&self, item: &Item) -> Result<(Mode, [u8; 32]), Fault> {
        let mode = Mode::named(text(item, "mode")?);
        let secret = item.get("secret").and_then(|secret| secret.as_b().ok()).and_then(|secret| secret.as_ref().try_into().ok());
        mode.zip(secret).ok_or_else(|| Fault::new(format!("the table `{}` has no readable mode and secret", self.table())))
    }
}
