//! Which store the merchant's commands work on, in whichever mode it is, and the gateways of one that a program elsewhere takes orders
//! for: each is set up by the environment, by the names that program has for its settings, and only when a command needs it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use catalog::currency::Gateway;

use super::{Books, BooksError};
use crate::catalogue::MemoryBundle;
use crate::error::Fault;
use crate::files::LocalFiles;
use crate::gateway::sandbox::Sandbox;
use crate::keys::Keys;
use crate::order::Order;
use crate::ports::{OrderStore, PaymentGateway};
use crate::shop::{Checkout, Mail, OpenError, Ports, STORE_FILE, Settings, Shop};
use crate::store::Mode;
use crate::store::sqlite::SqliteStore;

/// How a program is built that reaches every store and every gateway.
#[cfg(not(all(feature = "service", feature = "dynamodb")))]
const HOW_TO_BUILD: &str = "`cargo build --release -p shopfront --features production`";

/// A store, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `sqlite:PATH`: the folder that `checkout-server` has for its orders, or the file in it.
    Sqlite(PathBuf),
    /// `dynamodb:TABLE`, in the region and with the rights that the environment says.
    DynamoDb(String),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("dynamodb", table)) if !table.is_empty() => Ok(Self::DynamoDb(table.to_owned())),
            _ => Err("write `sqlite:` and the folder of orders, or `dynamodb:` and the name of the table".to_owned()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::DynamoDb(table) => write!(f, "dynamodb:{table}"),
        }
    }
}

/// Reads a setting by its name.
pub type Setting = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What sets gateways up when they are needed.
pub(super) struct Till {
    /// The store that the merchant has named.
    place: Place,
    mode: Mode,
    /// Where the sandbox keeps its own books, if the store has a folder.
    folder: Option<PathBuf>,
    secret: [u8; 32],
    setting: Setting,
}

impl Books {
    /// The books of a store that is there, however real its orders are. A program that takes orders may be running, here or elsewhere.
    pub async fn visit(place: &Place, setting: Setting) -> Result<Self, OpenError> {
        let (store, begun, folder): (Arc<dyn OrderStore>, _, _) = match place {
            Place::Sqlite(path) => {
                let file = if path.is_dir() { path.join(STORE_FILE) } else { path.clone() };
                let store = SqliteStore::visit(&file)?;
                let begun = store.begun().await?;
                (Arc::new(store), begun, file.parent().map(Path::to_owned))
            }
            Place::DynamoDb(table) => {
                let (store, begun) = visit_table(table).await?;
                (store, begun, None)
            }
        };
        let (mode, secret) =
            begun.ok_or_else(|| Fault::new("nobody has begun this store yet; the program that takes orders does".to_owned()))?;
        Ok(Self::over(store, Till { place: place.clone(), mode, folder, secret, setting }))
    }

    /// The books of an open store.
    pub(super) fn over(store: Arc<dyn OrderStore>, till: Till) -> Self {
        let ports = Ports {
            store,
            gateways: BTreeMap::new(),
            // Nobody buys here, so there are neither goods nor addresses.
            catalogue: Arc::new(MemoryBundle::new(BTreeMap::new())),
            files: Arc::new(LocalFiles::new(PathBuf::new(), PathBuf::new())),
            // What a command owes lies in the store until the program that takes orders hands it over.
            mail: Mail::Elsewhere,
            secret: till.secret,
        };
        Self { shop: Checkout::assemble(Settings::new("", "", ""), ports).shop, till: Some(till) }
    }

    /// The books of a store in whichever mode, for tests.
    #[cfg(all(test, feature = "dynamodb"))]
    pub(crate) fn of_store(store: Arc<dyn OrderStore>, mode: Mode) -> Self {
        Self::over(
            store,
            Till { place: Place::DynamoDb("double".to_owned()), mode, folder: None, secret: [1; 32], setting: Box::new(|_| None) },
        )
    }

    /// Where the merchant has named the store: its name, and whether its orders are real: `dynamodb:my-shop (live)`.
    pub fn visited(&self) -> Option<String> {
        self.till.as_ref().map(|till| format!("{} ({})", till.place, till.mode.name()))
    }

    /// Whether no order in these books moves real money.
    pub(super) fn is_test(&self) -> bool {
        self.till.as_ref().is_none_or(|till| till.mode == Mode::Test)
    }

    /// The shop with every gateway whose keys are there.
    pub(super) fn shop_for_all(&self) -> Result<Shop, BooksError> {
        let mut shop = self.shop.clone();
        let Some(till) = &self.till else { return Ok(shop) };
        for (gateway, key) in [(Gateway::Stripe, "STRIPE_SECRET_KEY"), (Gateway::Paypal, "PAYPAL_CLIENT_ID")] {
            if (till.setting)(key).is_some_and(|value| !value.trim().is_empty()) {
                shop.gateways.insert(gateway, till.open(gateway).map_err(BooksError::NotSetUp)?);
            }
        }
        if shop.gateways.is_empty() {
            let how = "set what `checkout-server` has for them: `STRIPE_SECRET_KEY`, or `PAYPAL_CLIENT_ID` and the others of PayPal";
            return Err(BooksError::NotSetUp(format!("there is no gateway to compare with; {how}")));
        }
        Ok(shop)
    }

    /// The shop with the gateway that has an order's money, where that has to be asked.
    pub(super) fn shop_for(&self, order: &Order) -> Result<Shop, BooksError> {
        let (mut shop, gateway) = (self.shop.clone(), order.gateway);
        if let (Some(till), false) = (&self.till, order.due() == 0) {
            let opened = till.open(gateway).map_err(BooksError::NotSetUp)?;
            shop.gateways.insert(gateway, opened);
        }
        Ok(shop)
    }
}

impl Till {
    fn open(&self, gateway: Gateway) -> Result<Arc<dyn PaymentGateway>, String> {
        match (gateway, &self.folder) {
            (Gateway::Sandbox, Some(folder)) if self.mode == Mode::Test => {
                let settings = Settings::new(folder, "", "");
                let sandbox = Sandbox::open(&settings, Keys::new(self.secret).gateway_secret("sandbox"));
                Ok(Arc::new(sandbox.map_err(|fault| fault.to_string())?))
            }
            (Gateway::Sandbox, _) => Err("this order was placed with test payments, and their books are not here".to_owned()),
            (Gateway::Stripe | Gateway::Paypal, _) => self.open_real(gateway),
        }
    }

    #[cfg(feature = "service")]
    fn open_real(&self, gateway: Gateway) -> Result<Arc<dyn PaymentGateway>, String> {
        use crate::ports::Clock;
        use crate::shop::SystemClock;
        // No notice is read here, so what checks notices may be missing.
        let unread = |name: &str| matches!(name, "STRIPE_WEBHOOK_SECRET" | "PAYPAL_WEBHOOK_ID").then(|| "unread".to_owned());
        let get = |name: &str| (self.setting)(name).filter(|value| !value.trim().is_empty()).or_else(|| unread(name));
        let clock = Arc::new(SystemClock) as Arc<dyn Clock>;
        let (is_live, opened) = crate::service::gateway(&get, gateway, &Keys::new(self.secret).shop_id(), &clock).map_err(|wrong| {
            let name = gateway.name();
            format!("{wrong}\nthe money of this order is with {name}; set what `checkout-server` has for {name}")
        })?;
        let (setting, kind, wanted) = match gateway {
            Gateway::Stripe => ("STRIPE_SECRET_KEY", if is_live { "a live key" } else { "a test key" }, "the key"),
            _ => ("PAYPAL_MODE", if is_live { "live" } else { "sandbox" }, "the account"),
        };
        if is_live != (self.mode == Mode::Live) {
            let stored = self.mode.name();
            return Err(format!("`{setting}` is {kind}, and the store holds {stored} orders; set {wanted} for {stored} payments"));
        }
        Ok(opened)
    }

    #[cfg(not(feature = "service"))]
    #[expect(clippy::unused_self, reason = "it is called as the one above is")]
    fn open_real(&self, gateway: Gateway) -> Result<Arc<dyn PaymentGateway>, String> {
        let name = gateway.name();
        Err(format!("the money of this order is with {name}, which this program cannot ask; build one that can: {HOW_TO_BUILD}"))
    }
}

type Visited = (Arc<dyn OrderStore>, Option<(Mode, [u8; 32])>);

#[cfg(feature = "dynamodb")]
async fn visit_table(table: &str) -> Result<Visited, Fault> {
    use crate::store::dynamodb::{DynamoStore, client};
    let store = DynamoStore::visit(client().await, table);
    let begun = store.begun().await?;
    Ok((Arc::new(store), begun))
}

#[cfg(not(feature = "dynamodb"))]
#[expect(clippy::unused_async, reason = "it is called as the one above is")]
async fn visit_table(_: &str) -> Result<Visited, Fault> {
    Err(Fault::new(format!("this program cannot reach DynamoDB; build one that can: {HOW_TO_BUILD}")))
}

#[cfg(all(test, feature = "service", feature = "doubles"))]
mod tests;
