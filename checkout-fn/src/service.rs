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
use crate::shop::{Checkout, OnFault, OnOrder, Ports, STORE_FILE, Settings};
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
    let is_plain = base_url.starts_with("http://");
    let host = base_url
        .strip_prefix("http://")
        .or_else(|| base_url.strip_prefix("https://"))
        .map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    if !base_url.is_empty() && (host.is_none_or(str::is_empty) || (is_plain && host != Some("127.0.0.1"))) {
        wrong.push("`SHOPFRONT_BASE_URL` has to begin with https://: shoppers' addresses go over it".to_owned());
    }
    let mailer: Option<Arc<dyn Mailer>> = match get("SMTP_URL").map(|url| Smtp::new(&url)) {
        Some(Ok(smtp)) => Some(Arc::new(smtp)),
        Some(Err(why)) => {
            wrong.push(format!("`SMTP_URL` cannot be read: {why}"));
            None
        }
        None => None,
    };
    if bundle.as_os_str().is_empty() {
        return Err(wrong.join("\n"));
    }
    let catalogue: Arc<dyn Catalogue> = Arc::new(FolderBundle::new(bundle));
    let wanted = match catalogue.terms().await {
        Ok(terms) => {
            if mailer.is_some() && terms.contact_email.is_none() {
                wrong.push("`SMTP_URL` is set, and mail has no sender: write `contact: {email: …}` in shop.yaml, and build".to_owned());
            }
            terms.gateways.clone()
        }
        Err(fault) => {
            wrong.push(format!("`SHOPFRONT_BUNDLE`: {fault}"));
            return Err(wrong.join("\n"));
        }
    };
    // Tried before the store is: a store that was begun with a wrong key would be of the wrong mode for ever.
    let is_live = Gateways::open(&get, &wanted, "", &surroundings.clock, &mut wrong).mode(&wanted, &mut wrong);
    if is_live == Some(true) && is_plain {
        wrong.push("`SHOPFRONT_BASE_URL` has to begin with https:// where money is real".to_owned());
    }
    if is_live == Some(true) && get("SMTP_URL").is_some_and(|url| url.starts_with("smtp://") && !url.contains("tls=required")) {
        wrong.push("`SMTP_URL` is not encrypted; write `smtps://…`, or add `?tls=required`".to_owned());
    }
    let Some(is_live) = is_live.filter(|_| wrong.is_empty()) else { return Err(wrong.join("\n")) };
    let store_mode = if is_live { Mode::Live } else { Mode::Test };
    let opened = SqliteStore::open(&store_path.join(STORE_FILE), store_mode, crate::chance::bytes());
    let (store, secret) = opened.map_err(|fault| format!("`SHOPFRONT_STORE`: {fault}"))?;
    let gateways = Gateways::open(&get, &wanted, &Keys::new(secret).shop_id(), &surroundings.clock, &mut wrong).all;
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

/// The gateways that the shop's settings name, and whether each moves real money.
#[derive(Default)]
struct Gateways {
    all: BTreeMap<Gateway, Arc<dyn PaymentGateway>>,
    live: Vec<bool>,
}

impl Gateways {
    /// Sets up all of them; what is wrong with each is told.
    fn open(get: &dyn Fn(&str) -> Option<String>, wanted: &[Gateway], shop: &str, clock: &Arc<dyn Clock>, wrong: &mut Vec<String>) -> Self {
        let mut gateways = Self::default();
        for gateway in wanted {
            let opened: Result<(bool, Arc<dyn PaymentGateway>), String> = match gateway {
                Gateway::Stripe => stripe(get, shop, clock).map(|stripe| (stripe.is_live(), Arc::new(stripe) as _)),
                Gateway::Paypal => paypal(get, clock).map(|(is_live, paypal)| (is_live, Arc::new(paypal) as _)),
                // No program that takes real orders has it.
                Gateway::Sandbox => continue,
            };
            match opened {
                Ok((is_live, opened)) => {
                    gateways.live.push(is_live);
                    gateways.all.insert(*gateway, opened);
                }
                Err(error) => wrong.push(error),
            }
        }
        gateways
    }

    /// Whether money is real. `None` where that cannot be said, which is told.
    fn mode(&self, wanted: &[Gateway], wrong: &mut Vec<String>) -> Option<bool> {
        if wanted.iter().all(|gateway| *gateway == Gateway::Sandbox) {
            let how = "write `[stripe]`, `[paypal]` or both, and build";
            wrong.push(format!("`checkout.gateways` of shop.yaml names no way to take money; {how}"));
        }
        if self.live.contains(&true) && self.live.contains(&false) {
            wrong.push("`STRIPE_SECRET_KEY` and `PAYPAL_MODE` disagree: one is for real money, the other for tests".to_owned());
        }
        self.live.first().copied()
    }
}

fn stripe(get: &dyn Fn(&str) -> Option<String>, shop: &str, clock: &Arc<dyn Clock>) -> Result<Stripe, String> {
    let value = |name: &str| get(name).unwrap_or_default();
    let stripe = Stripe::new(StripeSettings {
        key: value("STRIPE_SECRET_KEY"),
        signing_secrets: value("STRIPE_WEBHOOK_SECRET").split(',').map(str::to_owned).collect(),
        shop: shop.to_owned(),
        base: test_base(get, "STRIPE_BASE_FOR_TESTS")?,
        clock: Arc::clone(clock),
    })?;
    not_for_real_money(get, "STRIPE_BASE_FOR_TESTS", stripe.is_live()).map(|()| stripe)
}

fn paypal(get: &dyn Fn(&str) -> Option<String>, clock: &Arc<dyn Clock>) -> Result<(bool, PayPal), String> {
    let value = |name: &str| get(name).unwrap_or_default();
    let is_live = match value("PAYPAL_MODE").as_str() {
        "live" => true,
        "sandbox" => false,
        _ => return Err("`PAYPAL_MODE` is neither `live` nor `sandbox`".to_owned()),
    };
    let paypal = PayPal::new(PayPalSettings {
        is_live,
        client_id: value("PAYPAL_CLIENT_ID"),
        client_secret: value("PAYPAL_CLIENT_SECRET"),
        webhook_id: value("PAYPAL_WEBHOOK_ID"),
        asks_about_notices: value("PAYPAL_ASK_ABOUT_NOTICES") == "yes",
        base: test_base(get, "PAYPAL_BASE_FOR_TESTS")?,
        clock: Arc::clone(clock),
    })?;
    not_for_real_money(get, "PAYPAL_BASE_FOR_TESTS", is_live).map(|()| (is_live, paypal))
}

/// A stand-in for a gateway on this machine.
fn test_base(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<String>, String> {
    match get(name) {
        Some(base) if !base.starts_with("http://127.0.0.1:") => Err(is_for_tests(name)),
        base => Ok(base),
    }
}

fn not_for_real_money(get: &dyn Fn(&str) -> Option<String>, name: &str, is_live: bool) -> Result<(), String> {
    if is_live && get(name).is_some() { Err(is_for_tests(name)) } else { Ok(()) }
}

fn is_for_tests(name: &str) -> String {
    format!("`{name}` is for tests with a stand-in on this machine; take it out of the environment")
}

#[cfg(all(test, feature = "sandbox", feature = "doubles"))]
#[path = "service_tests.rs"]
mod tests;
