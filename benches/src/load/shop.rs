//! The shop that is checked out from: a table of its own, several instances of the checkout over it, and the stand-in for Stripe.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use catalog::bundle::encode;
use catalog::currency::Gateway;
use checkout_fn::doubles::shop::{contents, sku};
use checkout_fn::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use checkout_fn::doubles::table::{self, TableDouble, Way};
use checkout_fn::ports::{OrderStore, Parts, Split};
use checkout_fn::store::dynamodb::{DynamoStore, Mode, create_table};
use checkout_fn::{Checkout, Figure, LocalFiles, Mail, MemoryBundle, OnFigure, Ports, Settings, Stripe, StripeSettings, SystemClock};

use crate::SKUS;

/// How many instances there are; each learns for itself which counts are split.
pub(crate) const INSTANCES: usize = 8;

/// Of each SKU but the hot one there are so many: enough.
pub(crate) const STOCK: u32 = 1_000;

tokio::task_local! {
    /// How many calls of the store a client's request has made, and how long they took.
    pub(crate) static CALLS: Cell<(usize, Duration)>;
}

/// The shop.
pub(crate) struct Shop {
    pub(crate) instances: Vec<Router>,
    pub(crate) store: DynamoStore,
    pub(crate) stripe: StripeDouble,
    /// So many pieces of the hot SKU are there; not enough for all that want it.
    pub(crate) hot_stock: u32,
    calls: Arc<Mutex<Vec<Duration>>>,
    /// One of its own: it remembers the names of all transactions, and takes longer with each.
    _table: TableDouble,
}

/// The SKU that everybody wants.
pub(crate) fn hot() -> String {
    sku(0)
}

impl Shop {
    /// Opens a new one, with the hot SKU in so many parts.
    pub(crate) async fn open(way: &Way, checkouts: usize, parts: u8) -> Self {
        let calls = Arc::<Mutex<Vec<Duration>>>::default();
        let stripe = StripeDouble::start(Arc::new(SystemClock)).await.expect("a stand-in on a free port");
        let table = TableDouble::start();
        let client = table::client(table.endpoint(), way, Some(&measuring(&calls)));
        let name = "load";
        create_table(&client, name).await.expect("a table");
        let hot_stock = u32::try_from(checkouts * 2 / 5).expect("not that many").max(1);
        let bundle: BTreeMap<String, Vec<u8>> = encode(&contents(SKUS + 1, STOCK));
        let mut instances = Vec::new();
        let (store, secret) = DynamoStore::open(client.clone(), name, Mode::Test, [7; 32]).await.expect("a store");
        for _ in 0..INSTANCES {
            let store = DynamoStore::visit(client.clone(), name);
            instances.push(instance(store, secret, &stripe, bundle.clone()));
        }
        store.set_shelf(&hot(), hot_stock).await.expect("counted").expect("nothing is promised");
        if let Some(parts) = Parts::new(parts) {
            assert_eq!(store.split_shelf(&hot(), parts).await.expect("split"), Split::Into(parts.get()));
        }
        calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Self { instances, store, stripe, hot_stock, calls, _table: table }
    }

    /// How long each call of the store took.
    pub(crate) fn calls(&self) -> Vec<Duration> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn measuring(calls: &Arc<Mutex<Vec<Duration>>>) -> OnFigure {
    let calls = calls.clone();
    Arc::new(move |figure| {
        let Figure::Store(took) = figure else { return };
        // Calls outside a client's checkout belong to nobody.
        let _ = CALLS.try_with(|own| {
            let (count, all) = own.get();
            own.set((count + 1, all + *took));
        });
        calls.lock().unwrap_or_else(PoisonError::into_inner).push(*took);
    })
}

fn instance(store: DynamoStore, secret: [u8; 32], stripe: &StripeDouble, bundle: BTreeMap<String, Vec<u8>>) -> Router {
    let settings = StripeSettings {
        key: KEY.to_owned(),
        signing_secrets: vec![SIGNING_SECRET.to_owned()],
        shop: "load".to_owned(),
        base: Some(stripe.base().to_owned()),
        clock: Arc::new(SystemClock),
    };
    let stripe = Stripe::new(settings).expect("the stand-in's keys");
    let ports = Ports {
        store: Arc::new(store),
        gateways: [(Gateway::Stripe, Arc::new(stripe) as _)].into(),
        catalogue: Arc::new(MemoryBundle::new(bundle)),
        files: Arc::new(LocalFiles::new("downloads".into(), "files".into())),
        mail: Mail::None,
        secret,
    };
    // What the store cannot do now is tried again by the client, and counted there.
    let on_fault = Some(Arc::new(|_: &str| {}) as _);
    let settings = Settings { trust_client_header: true, on_fault, ..Settings::new("store", "downloads", "https://shop.test") };
    Router::new().nest("/api", Checkout::assemble(settings, ports).router())
}
