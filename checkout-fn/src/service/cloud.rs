//! `checkout-api` and `checkout-worker`: functions of a cloud. Orders are in DynamoDB, the bundle and goods to download in S3, keys in
//! Secrets Manager; requests come through a content delivery network that says so with a header.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;

use self::door::Door;
use self::objects::{ObjectBundle, ObjectFiles, Place};
use super::gateways::Gateways;
use super::{Named, Setting, Surroundings};
use crate::catalogue::FolderBundle;
use crate::chance;
use crate::keys::Keys;
use crate::ports::Catalogue;
use crate::shop::{Checkout, Ports, Settings};
use crate::store::dynamodb::{self, DynamoStore, Mode};

mod door;
mod objects;
mod secrets;

/// What a function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Answers requests.
    Api,
    /// Looks after orders by the clock, and hands mail over.
    Worker,
}

/// A function that can be run.
pub struct Function {
    /// Takes the orders.
    pub checkout: Checkout,
    /// Whether money is real.
    pub is_live: bool,
    door: Door,
}

impl Function {
    /// The routes below the shop's base path, behind the door that only the content delivery network opens.
    pub fn router(&self) -> axum::Router {
        self.door.before(self.checkout.router())
    }
}

/// Puts a function together from settings by name; what is not in the environment may stand in the secret that `SHOPFRONT_SECRET`
/// names. The error is everything that is wrong, a line each.
pub async fn open(setting: Setting<'_>, surroundings: Surroundings, role: Role) -> Result<Function, String> {
    let cloud = aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(patience()).load().await;
    if cloud.region().is_none_or(|region| region.as_ref().is_empty()) {
        return Err("`AWS_REGION` is not set; set it to the region of the table".to_owned());
    }
    let secrets = match setting("SHOPFRONT_SECRET").filter(|name| !name.trim().is_empty()) {
        Some(name) => secrets::read(&cloud, name.trim()).await?,
        None => BTreeMap::new(),
    };
    let setting = |name: &str| setting(name).filter(|value| !value.trim().is_empty()).or_else(|| secrets.get(name).cloned());
    assemble(Named::new(&setting), &cloud, surroundings, role).await
}

/// How long one try at a service may take.
fn patience() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(1)).operation_attempt_timeout(Duration::from_secs(3)).build()
}

async fn assemble(mut named: Named<'_>, cloud: &SdkConfig, surroundings: Surroundings, role: Role) -> Result<Function, String> {
    let base = named.base_url();
    let table = named.need("SHOPFRONT_TABLE", "the name of the orders' table");
    let bundle = named.need("SHOPFRONT_BUNDLE", "where the bundle lies: s3://bucket/bundle, or a folder of the package");
    let places = ["SHOPFRONT_DOWNLOADS", "SHOPFRONT_KEPT"].map(|name| place(&mut named, name));
    let door = Door::open(&base.path(), &mut named);
    let mail = named.mail(role == Role::Worker);
    if bundle.is_empty() {
        return Err(named.told());
    }
    let objects = objects::client(cloud);
    let catalogue: Arc<dyn Catalogue> = match Place::parse(&bundle) {
        Some(place) => Arc::new(ObjectBundle::new(objects.clone(), place, Arc::clone(&surroundings.clock))),
        None => Arc::new(FolderBundle::new(PathBuf::from(&bundle))),
    };
    let Some(terms) = named.terms(catalogue.as_ref(), &mail).await else { return Err(named.told()) };
    // Tried before the store is: a store that was begun with a wrong key would be of the wrong mode for ever.
    let is_live = Gateways::open(&mut named, &terms.gateways, "", &surroundings.clock).mode(&terms.gateways, &mut named);
    if is_live == Some(true) {
        named.check_live(&base);
    }
    let ([Some(originals), Some(kept)], Some(is_live), Some(door), true) = (places, is_live, door, named.wrong.is_empty()) else {
        return Err(named.told());
    };
    let store_mode = if is_live { Mode::Live } else { Mode::Test };
    let client = dynamodb::client_of(cloud, surroundings.on_figure.as_ref());
    let opened = DynamoStore::open(client, &table, store_mode, chance::bytes()).await;
    let (store, secret) = opened.map_err(|fault| format!("`SHOPFRONT_TABLE`: {fault}"))?;
    let gateways = Gateways::open(&mut named, &terms.gateways, &Keys::new(secret).shop_id(), &surroundings.clock);
    // The other function need not wait for answers before it gives its own.
    let away = if role == Role::Worker { gateways.probe(&mut named, surroundings.clock.now()).await } else { Vec::new() };
    if !named.wrong.is_empty() {
        return Err(named.told());
    }
    let gateways = gateways.timed(surroundings.on_figure.as_ref());
    let files = Arc::new(ObjectFiles::new(objects, originals, kept));
    let settings = Settings {
        // The door sets it.
        trust_client_header: true,
        on_order: surroundings.on_order,
        on_fault: surroundings.on_fault,
        on_figure: surroundings.on_figure,
        clock: surroundings.clock,
        ..Settings::new("", "", base.text.as_str())
    };
    let ports = Ports { store: Arc::new(store), gateways, catalogue, files, mail, secret };
    let checkout = Checkout::assemble(settings, ports);
    for why in &away {
        checkout.shop.log_fault(why);
    }
    Ok(Function { checkout, is_live, door })
}

/// A place in S3.
fn place(named: &mut Named<'_>, name: &str) -> Option<Place> {
    let text = named.need(name, "a place in S3, such as s3://bucket/downloads");
    let place = Place::parse(&text);
    if place.is_none() && !text.is_empty() {
        named.complain(format!("`{name}` is no place in S3; write it as s3://bucket/downloads"));
    }
    place
}
