//! `checkout-server`: everything in one process, orders in `SQLite`, the bundle and goods to download in folders.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::gateways::Gateways;
use super::{Named, Setting, Surroundings};
use crate::catalogue::FolderBundle;
use crate::chance;
use crate::files::LocalFiles;
use crate::keys::Keys;
use crate::shop::{Checkout, Ports, STORE_FILE, Settings};
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

/// Puts a service together from settings by name. The error is everything that is wrong, a line each.
pub async fn open(setting: Setting<'_>, surroundings: Surroundings) -> Result<Service, String> {
    let mut named = Named::new(setting);
    let base = named.base_url();
    let store_path = PathBuf::from(named.need("SHOPFRONT_STORE", "the folder of orders, such as /var/lib/shopfront/store"));
    let bundle = PathBuf::from(named.need("SHOPFRONT_BUNDLE", "the folder that `shopfront build` writes, .shopfront/bundle"));
    let downloads = PathBuf::from(named.need("SHOPFRONT_DOWNLOADS", "the folder of goods to download, downloads"));
    let listen = listen(&mut named);
    let mail = named.mail(true);
    if bundle.as_os_str().is_empty() {
        return Err(named.told());
    }
    let catalogue = Arc::new(FolderBundle::new(bundle));
    let Some(terms) = named.terms(catalogue.as_ref(), &mail).await else { return Err(named.told()) };
    // Tried before the store is: a store that was begun with a wrong key would be of the wrong mode for ever.
    let is_live = Gateways::open(&mut named, &terms.gateways, "", &surroundings.clock).mode(&terms.gateways, &mut named);
    if is_live == Some(true) {
        named.check_live(&base);
    }
    let (Some(is_live), true) = (is_live, named.wrong.is_empty()) else { return Err(named.told()) };
    let store_mode = if is_live { Mode::Live } else { Mode::Test };
    let opened = SqliteStore::open(&store_path.join(STORE_FILE), store_mode, chance::bytes());
    let (store, secret) = opened.map_err(|fault| format!("`SHOPFRONT_STORE`: {fault}"))?;
    let gateways = Gateways::open(&mut named, &terms.gateways, &Keys::new(secret).shop_id(), &surroundings.clock);
    let away = gateways.probe(&mut named, surroundings.clock.now()).await;
    if !named.wrong.is_empty() {
        return Err(named.told());
    }
    let gateways = gateways.timed(surroundings.on_figure.as_ref());
    let settings = Settings {
        trust_client_header: named.get("SHOPFRONT_TRUST_CLIENT_HEADER").as_deref() == Some("yes"),
        on_order: surroundings.on_order,
        on_fault: surroundings.on_fault,
        on_figure: surroundings.on_figure,
        clock: surroundings.clock,
        ..Settings::new(store_path.clone(), downloads.clone(), base.text.as_str())
    };
    let files = Arc::new(LocalFiles::new(downloads, store_path.join("files")));
    let ports = Ports { store: Arc::new(store), gateways, catalogue, files, mail, secret };
    let checkout = Checkout::assemble(settings, ports);
    for why in &away {
        checkout.shop.log_fault(why);
    }
    Ok(Service { checkout, listen, base_path: base.path(), is_live })
}

fn listen(named: &mut Named<'_>) -> SocketAddr {
    let usual = SocketAddr::from(([127, 0, 0, 1], 8787));
    named.get("SHOPFRONT_LISTEN").map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| {
            named.complain("`SHOPFRONT_LISTEN` is no address with a port, such as 127.0.0.1:8787");
            usual
        })
    })
}

#[cfg(all(test, feature = "sandbox", feature = "doubles"))]
#[path = "machine_tests.rs"]
mod tests;
