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
#[cfg(feature = "sandbox")]
use crate::store::sqlite::{Mode, SqliteStore};
use crate::{http, worker};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the door to the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What the merchant hears of an order as it happens. Holds no personal data.
#[derive(Debug, Clone)]
pub struct OrderEvent {
    /// The order's number.
    pub number: String,
    /// What happened.
    pub news: News,
    /// What is to be, or was, paid.
    pub due: Money,
    /// Quantity and title of each line.
    pub lines: Vec<(u32, String)>,
    /// Why a person has to look at it, where that is so.
    pub attention: Option<String>,
}

impl std::fmt::Display for OrderEvent {
    /// A line for a terminal: `order 7K3M-Q9TD paid: €44.90, 2 × Harbour mug`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let news = match self.news {
            News::Placed => "placed",
            News::Paid => "paid",
            News::Processing => "awaits its money",
            News::Closed => "closed without payment",
            News::Sent => "sent",
            News::Refunded => "refunded",
            News::Attention => "needs attention",
        };
        write!(f, "order {} {news}: {}", self.number, self.due)?;
        self.lines.iter().try_for_each(|(quantity, title)| write!(f, ", {quantity} × {title}"))?;
        self.attention.as_ref().map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

/// Receives [`OrderEvent`]s.
pub type OnOrder = Arc<dyn Fn(OrderEvent) + Send + Sync>;
/// Receives the causes of 5xx answers and of the worker's failures, for the log.
pub type OnFault = Arc<dyn Fn(&str) + Send + Sync>;

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
            clock: Arc::new(SystemClock),
        }
    }
}

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
    /// `None`: no mail is sent, and none is owed.
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
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
        self.gateways.get(&gateway).ok_or_else(|| Fault(format!("the gateway {} is not set up", gateway.name())))
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
        if self.mailer.is_some() { letters::letters(order, effects) } else { Vec::new() }
    }

    pub(crate) fn log_fault(&self, text: &str) {
        match &self.settings.on_fault {
            Some(on_fault) => on_fault(text),
            None => eprintln!("checkout: {text}"),
        }
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
    /// Delivers mail; `None` where the shop sends none.
    pub mailer: Option<Arc<dyn Mailer>>,
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
        mailer: Some(Arc::new(MailFolder::new(settings.store_path.join("mail")))),
        secret,
    };
    Ok(Checkout { sandbox: Some(sandbox), ..Checkout::assemble(settings, ports) })
}

impl Checkout {
    /// A checkout of given parts.
    pub fn assemble(settings: Settings, ports: Ports) -> Self {
        let Ports { store, gateways, catalogue, files, mailer, secret } = ports;
        let shop = Shop { store, gateways, catalogue, files, mailer, keys: Keys::new(secret), settings: Arc::new(settings) };
        Self {
            shop,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        }
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

    /// The worker: sweeps at once and then at [`Settings::sweep_every`], for ever.
    pub async fn run(&self) {
        let mut interval = tokio::time::interval(self.shop.settings.sweep_every);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.sweep().await;
        }
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn sandbox_desk(&self) -> Option<Desk> {
        self.sandbox.clone().map(|sandbox| Desk { shop: self.shop.clone(), sandbox })
    }
}
