//! Wires the parts: [`open`] is the one entry for a program that takes orders.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use catalog::currency::Gateway;
use catalog::money::Money;
use jiff::{SignedDuration, Timestamp};

use crate::decide::News;
use crate::error::Fault;
#[cfg(feature = "sandbox")]
use crate::files::{LocalFiles, MailFolder};
#[cfg(feature = "sandbox")]
use crate::gateway::{sandbox::Sandbox, sandbox_page::Desk};
use crate::keys::Keys;
use crate::letters::{self, Letter};
use crate::order::Order;
use crate::ports::{Catalogue, Clock, Files, Mailer, OrderStore, PaymentGateway};
use crate::reconciling::Reconciled;
#[cfg(feature = "sandbox")]
use crate::store::sqlite::{Mode, SqliteStore};
use crate::watch::{Figure, OnFault, OnFigure, OnOrder, OrderEvent};
use crate::{http, reconciling, worker};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the door to the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What the program decides.
#[derive(Clone)]
pub struct Settings {
    /// The folder of orders, such as `.shopfront/store/`.
    pub store_path: PathBuf,
    /// The folder of digital goods' originals.
    pub downloads: PathBuf,
    /// Where shoppers reach the shop, with the base path and without a slash at the end: `http://127.0.0.1:4000`.
    pub public_base: String,
    /// How long an unpaid order holds its goods.
    pub hold: SignedDuration,
    /// How often the worker looks for something to do.
    pub sweep_every: Duration,
    /// Whether the header `X-Shopfront-Client` names the client; only where a proxy of ours, or a test, sets it.
    pub trust_client_header: bool,
    /// Told of orders as they happen.
    pub on_order: Option<OnOrder>,
    /// Told of faults; standard error where there is none.
    pub on_fault: Option<OnFault>,
    /// Told of what can be counted and measured.
    pub on_figure: Option<OnFigure>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Settings {
    /// The usual settings: goods are held for 35 minutes, the worker looks every 15 seconds.
    pub fn new(store_path: impl Into<PathBuf>, downloads: impl Into<PathBuf>, public_base: impl Into<String>) -> Self {
        Self {
            store_path: store_path.into(),
            downloads: downloads.into(),
            public_base: public_base.into().trim_end_matches('/').to_owned(),
            hold: SignedDuration::from_mins(35),
            sweep_every: Duration::from_secs(15),
            trust_client_header: false,
            on_order: None,
            on_fault: None,
            on_figure: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// How often the worker compares the books with the gateways'.
const COMPARE_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The name of the store's file in [`Settings::store_path`].
pub const STORE_FILE: &str = "orders.sqlite";

/// Why a checkout cannot be opened: the environment's fault, with path and cause.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct OpenError(#[from] Fault);

/// Everything a request needs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) store: Arc<dyn OrderStore>,
    pub(crate) gateways: BTreeMap<Gateway, Arc<dyn PaymentGateway>>,
    pub(crate) catalogue: Arc<dyn Catalogue>,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) mail: Mail,
    pub(crate) keys: Keys,
    pub(crate) settings: Arc<Settings>,
}

impl Shop {
    pub(crate) fn now(&self) -> Timestamp {
        self.settings.clock.now()
    }

    /// The full address of a path of ours, such as `/api/health`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_base)
    }

    /// The same without scheme and host, so that a shopper stays on the host name that was typed.
    pub(crate) fn path(&self, path: &str) -> String {
        let base = &self.settings.public_base;
        let after_scheme = base.split_once("://").map_or(base.as_str(), |(_, rest)| rest);
        let base_path = after_scheme.find('/').map_or("", |slash| &after_scheme[slash..]);
        format!("{base_path}{path}")
    }

    /// An address of ours as a path; one of somebody else's as it is.
    pub(crate) fn stay(&self, url: &str) -> String {
        let ours = url.strip_prefix(&self.settings.public_base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        ours.map_or_else(|| url.to_owned(), |path| self.path(path))
    }

    /// The gateway of an order. An order is only taken for a gateway that is there.
    pub(crate) fn gateway(&self, gateway: Gateway) -> Result<&Arc<dyn PaymentGateway>, Fault> {
        self.gateways.get(&gateway).ok_or_else(|| Fault::new(format!("the gateway {} is not set up", gateway.name())))
    }

    pub(crate) fn tell(&self, order: &Order, news: News) {
        let Some(on_order) = &self.settings.on_order else { return };
        on_order(OrderEvent {
            number: order.number.clone(),
            news,
            due: Money::new(order.due(), order.currency()),
            lines: order.quote.lines.iter().map(|line| (line.quantity, line.title.clone())).collect(),
            attention: order.attention.clone(),
        });
    }

    /// The mail that a change to an order owes.
    pub(crate) fn letters(&self, order: &Order, effects: &[crate::decide::Effect]) -> Vec<Letter> {
        if self.mail.is_owed() { letters::letters(order, effects) } else { Vec::new() }
    }

    pub(crate) fn figure(&self, figure: &Figure) {
        if let Some(on_figure) = &self.settings.on_figure {
            on_figure(figure);
        }
    }

    pub(crate) fn log_fault(&self, text: &str) {
        match &self.settings.on_fault {
            Some(on_fault) => on_fault(text),
            None => eprintln!("checkout: {text}"),
        }
    }
}

/// Who hands mail over to whoever delivers it.
#[derive(Clone)]
pub enum Mail {
    /// Nobody: none is sent, and none is owed.
    None,
    /// Another program, from the outbox that both share.
    Elsewhere,
    /// This program's worker.
    Here(Arc<dyn Mailer>),
}

impl Mail {
    /// Whether changes to orders put mail into the outbox.
    pub(crate) fn is_owed(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// The outside world of a checkout.
pub struct Ports {
    /// Keeps orders and stock.
    pub store: Arc<dyn OrderStore>,
    /// Take the money.
    pub gateways: BTreeMap<Gateway, Arc<dyn PaymentGateway>>,
    /// Says what is sold.
    pub catalogue: Arc<dyn Catalogue>,
    /// Keeps digital goods.
    pub files: Arc<dyn Files>,
    /// Who delivers mail.
    pub mail: Mail,
    /// What tokens and keyed hashes are made with. Another secret, and no shopper finds an order again.
    pub secret: [u8; 32],
}

/// A checkout, ready to be served. Cheap to clone.
#[derive(Clone)]
pub struct Checkout {
    pub(crate) shop: Shop,
    #[cfg(feature = "sandbox")]
    pub(crate) sandbox: Option<Arc<Sandbox>>,
}

/// Opens a checkout with the embedded store and the sandbox gateway. The store is created where there is none.
#[cfg(feature = "sandbox")]
pub fn open(settings: Settings, catalogue: Arc<dyn Catalogue>) -> Result<Checkout, OpenError> {
    let (store, secret) = SqliteStore::open(&settings.store_path.join(STORE_FILE), Mode::Test, crate::chance::bytes())?;
    let sandbox = Arc::new(Sandbox::open(&settings, Keys::new(secret).gateway_secret("sandbox"))?);
    let ports = Ports {
        store: Arc::new(store),
        gateways: [(Gateway::Sandbox, sandbox.clone() as Arc<dyn PaymentGateway>)].into(),
        catalogue,
        files: Arc::new(LocalFiles::new(settings.downloads.clone(), settings.store_path.join("files"))),
        mail: Mail::Here(Arc::new(MailFolder::new(settings.store_path.join("mail")))),
        secret,
    };
    Ok(Checkout { sandbox: Some(sandbox), ..Checkout::assemble(settings, ports) })
}

impl Checkout {
    /// A checkout of given parts.
    pub fn assemble(settings: Settings, ports: Ports) -> Self {
        let Ports { store, gateways, catalogue, files, mail, secret } = ports;
        let shop = Shop { store, gateways, catalogue, files, mail, keys: Keys::new(secret), settings: Arc::new(settings) };
        Self {
            shop,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        }
    }

    /// The same checkout over another store, of that secret.
    #[cfg(any(test, feature = "doubles"))]
    #[must_use]
    pub fn over(mut self, store: Arc<dyn OrderStore>, secret: [u8; 32]) -> Self {
        (self.shop.store, self.shop.keys) = (store, Keys::new(secret));
        self
    }

    /// The routes, to be nested at `/api` below the base path. Serve it with
    /// `into_make_service_with_connect_info::<SocketAddr>()`, or all clients count as one.
    pub fn router(&self) -> axum::Router {
        let router = http::router(self.shop.clone());
        #[cfg(feature = "sandbox")]
        if let Some(desk) = self.sandbox_desk() {
            return router.merge(desk.router());
        }
        router
    }

    /// One round of the worker: what has expired is released, what was left half done is finished, notices that the
    /// sandbox still owes are sent.
    pub async fn sweep(&self) {
        worker::sweep(&self.shop).await;
        #[cfg(feature = "sandbox")]
        if let Some(desk) = self.sandbox_desk() {
            desk.deliver_notices().await;
        }
    }

    /// Compares the books of the last days with the gateways', and tells of what needs a person. To be done once a day.
    pub async fn reconcile(&self) -> Reconciled {
        let found = reconciling::reconcile(&self.shop, self.shop.now() - reconciling::LOOK_BACK).await;
        found.troubles.iter().for_each(|trouble| self.shop.log_fault(trouble));
        found
    }

    /// The worker: sweeps at once and then at [`Settings::sweep_every`], and compares the books at once and then daily, for ever.
    pub async fn run(&self) {
        let mut compare_at = self.shop.now();
        let mut interval = tokio::time::interval(self.shop.settings.sweep_every);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.sweep().await;
            if self.shop.now() >= compare_at {
                self.reconcile().await;
                compare_at = self.shop.now() + COMPARE_EVERY;
            }
        }
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn sandbox_desk(&self) -> Option<Desk> {
        self.sandbox.clone().map(|sandbox| Desk { shop: self.shop.clone(), sandbox })
    }
}
