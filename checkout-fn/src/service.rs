//! The settings of a program that takes real orders, and how it is put together of them. What is wrong is told all at once, each with
//! the name of its setting.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use catalog::currency::Gateway;

use crate::catalogue::FolderBundle;
use crate::files::LocalFiles;
use crate::gateway::paypal::{PayPal, PayPalSettings};
use crate::gateway::stripe::{Stripe, StripeSettings};
use crate::keys::Keys;
use crate::ports::{Catalogue, Clock, Mailer, PaymentGateway};
use crate::shop::{Checkout, OnFault, OnOrder, Ports, STORE_FILE, Settings, random};
use crate::smtp::Smtp;
use crate::store::sqlite::{Mode, SqliteStore};

/// What the settings are, for messages and for `--help`.
pub const SETTINGS: &str = "\
SHOPFRONT_BASE_URL         where shoppers reach the shop, such as https://shop.example (its path included)
SHOPFRONT_STORE            the folder of orders, such as /var/lib/shopfront/store
SHOPFRONT_BUNDLE           the folder that `shopfront build` writes for it: .shopfront/bundle
SHOPFRONT_DOWNLOADS        the folder of goods to download: downloads
SHOPFRONT_LISTEN           address and port, 127.0.0.1:8787 when nothing is set
SHOPFRONT_TRUST_CLIENT_HEADER  `yes` where the web server in front sets X-Shopfront-Client to the shopper's address
STRIPE_SECRET_KEY          sk_live_… or sk_test_…, or a restricted one, rk_…
STRIPE_WEBHOOK_SECRET      whsec_…; several with commas, while one is being replaced
PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, PAYPAL_WEBHOOK_ID  as PayPal's developer dashboard shows them
PAYPAL_MODE                live or sandbox
PAYPAL_ASK_ABOUT_NOTICES   `yes`: ask PayPal whether a notice is its own, instead of checking its certificate here
SMTP_URL                   smtps://user:password@mail.example; without it no mail is sent";

/// A program that can be run.
pub struct Service {
    /// Takes the orders.
    pub checkout: Checkout,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The path of the shop's address, without a slash at the end.
    pub base_path: String,
    /// Whether money is real.
    pub is_live: bool,
}

/// What the program does with news and faults, and how it tells the time.
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Told of orders as they happen.
    pub on_order: Option<OnOrder>,
    /// Told of faults.
    pub on_fault: Option<OnFault>,
}

type Setting<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Puts a service together from settings by name. The error is everything that is wrong, a line each.
pub async fn open(setting: Setting<'_>, surroundings: Surroundings) -> Result<Service, String> {
    let mut wrong: Vec<String> = Vec::new();
    let get = |name: &str| setting(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let mut need = |name: &str, example: &str| {
        get(name).unwrap_or_else(|| {
            wrong.push(format!("`{name}` is not set; set it to {example}"));
            String::new()
        })
    };
    let base_url = need("SHOPFRONT_BASE_URL", "the shop's address, such as https://shop.example");
    let store_path = PathBuf::from(need("SHOPFRONT_STORE", "the folder of orders, such as /var/lib/shopfront/store"));
    let bundle = PathBuf::from(need("SHOPFRONT_BUNDLE", "the folder that `shopfront build` writes, .shopfront/bundle"));
    let downloads = PathBuf::from(need("SHOPFRONT_DOWNLOADS", "the folder of goods to download, downloads"));
    let listen = get("SHOPFRONT_LISTEN").unwrap_or_else(|| "127.0.0.1:8787".to_owned());
    let listen: Option<SocketAddr> = listen.parse().ok();
    if listen.is_none() {
        wrong.push("`SHOPFRONT_LISTEN` is no address with a port, such as 127.0.0.1:8787".to_owned());
    }
    if !base_url.is_empty() && !base_url.starts_with("https://") && !base_url.starts_with("http://127.0.0.1") {
        wrong.push("`SHOPFRONT_BASE_URL` has to begin with https://: shoppers' addresses go over it".to_owned());
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }

    let catalogue: Arc<dyn Catalogue> = Arc::new(FolderBundle::new(bundle));
    let terms = catalogue.terms().await.map_err(|fault| format!("`SHOPFRONT_BUNDLE`: {fault}"))?;
    let is_live = mode(&get, &terms.gateways)?;
    let store_mode = if is_live { Mode::Live } else { Mode::Test };
    let opened = SqliteStore::open(&store_path.join(STORE_FILE), store_mode, random());
    let (store, secret) = opened.map_err(|fault| format!("`SHOPFRONT_STORE`: {fault}"))?;
    let shop = Keys::new(secret).shop_id();
    let gateways = gateways(&get, &terms.gateways, &shop, is_live, &surroundings.clock)?;
    let mailer: Option<Arc<dyn Mailer>> = match get("SMTP_URL") {
        Some(url) => Some(Arc::new(Smtp::new(&url).map_err(|why| format!("`SMTP_URL` cannot be read: {why}"))?)),
        None => None,
    };
    let settings = Settings {
        trust_client_header: get("SHOPFRONT_TRUST_CLIENT_HEADER").as_deref() == Some("yes"),
        on_order: surroundings.on_order,
        on_fault: surroundings.on_fault,
        clock: surroundings.clock,
        ..Settings::new(store_path.clone(), downloads.clone(), base_url.as_str())
    };
    let files = Arc::new(LocalFiles::new(downloads, store_path.join("files")));
    let ports = Ports { store: Arc::new(store), gateways, catalogue, files, mailer, secret };
    let rest = base_url.split_once("://").map_or("", |(_, rest)| rest).trim_end_matches('/');
    let base_path = rest.find('/').map_or_else(String::new, |slash| rest[slash..].to_owned());
    let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8787)));
    Ok(Service { checkout: Checkout::assemble(settings, ports), listen, base_path, is_live })
}

/// Whether the settings are of real money; they have to agree.
fn mode(get: &dyn Fn(&str) -> Option<String>, wanted: &[Gateway]) -> Result<bool, String> {
    let stripe = wanted.contains(&Gateway::Stripe).then(|| get("STRIPE_SECRET_KEY").unwrap_or_default().contains("_live_"));
    let paypal = match get("PAYPAL_MODE").as_deref() {
        _ if !wanted.contains(&Gateway::Paypal) => None,
        Some("live") => Some(true),
        Some("sandbox") => Some(false),
        _ => return Err("`PAYPAL_MODE` is neither `live` nor `sandbox`".to_owned()),
    };
    match (stripe, paypal) {
        (Some(stripe), Some(paypal)) if stripe != paypal => {
            Err("`STRIPE_SECRET_KEY` and `PAYPAL_MODE` disagree: one is for real money, the other for tests".to_owned())
        }
        (stripe, paypal) => Ok(stripe.or(paypal).unwrap_or(false)),
    }
}

/// A stand-in for a gateway on this machine: only for tests, and never for real money.
fn test_base(get: &dyn Fn(&str) -> Option<String>, name: &str, is_live: bool) -> Result<Option<String>, String> {
    match get(name) {
        Some(base) if is_live || !base.starts_with("http://127.0.0.1:") => {
            Err(format!("`{name}` is for tests with a stand-in on this machine; take it out of the environment"))
        }
        base => Ok(base),
    }
}

type Gateways = BTreeMap<Gateway, Arc<dyn PaymentGateway>>;

/// The gateways that the shop's settings name.
fn gateways(
    get: &dyn Fn(&str) -> Option<String>,
    wanted: &[Gateway],
    shop: &str,
    is_live: bool,
    clock: &Arc<dyn Clock>,
) -> Result<Gateways, String> {
    let mut gateways = Gateways::new();
    let value = |name: &str| get(name).unwrap_or_default();
    for gateway in wanted {
        match gateway {
            Gateway::Stripe => {
                let settings = StripeSettings {
                    key: value("STRIPE_SECRET_KEY"),
                    signing_secrets: value("STRIPE_WEBHOOK_SECRET").split(',').map(str::to_owned).collect(),
                    shop: shop.to_owned(),
                    base: test_base(get, "STRIPE_BASE_FOR_TESTS", is_live)?,
                    clock: Arc::clone(clock),
                };
                gateways.insert(*gateway, Arc::new(Stripe::new(settings)?));
            }
            Gateway::Paypal => {
                let settings = PayPalSettings {
                    is_live,
                    client_id: value("PAYPAL_CLIENT_ID"),
                    client_secret: value("PAYPAL_CLIENT_SECRET"),
                    webhook_id: value("PAYPAL_WEBHOOK_ID"),
                    asks_about_notices: get("PAYPAL_ASK_ABOUT_NOTICES").as_deref() == Some("yes"),
                    base: test_base(get, "PAYPAL_BASE_FOR_TESTS", is_live)?,
                    clock: Arc::clone(clock),
                };
                gateways.insert(*gateway, Arc::new(PayPal::new(settings)?));
            }
            // No program that takes real orders has it.
            Gateway::Sandbox => {}
        }
    }
    if gateways.is_empty() {
        return Err(
            "`checkout.gateways` of shop.yaml names no way to take money; write `[stripe]`, `[paypal]` or both, and build".to_owned()
        );
    }
    Ok(gateways)
}

#[cfg(all(test, feature = "sandbox", feature = "doubles"))]
#[path = "service_tests.rs"]
mod tests;
