//! The response headers of every page, the Content-Security-Policy among them: made here, sent unchanged by the
//! preview, by `_headers` and by the function.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::currency::Gateway;

use crate::site::Site;
use crate::{admin, present};

/// Name and value, in order.
pub fn all(site: &Site) -> Vec<(String, String)> {
    let pairs = [
        ("Content-Security-Policy", policy(site)),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()".to_owned()),
        ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
    ];
    // Also for pictures and files, which have no `<meta>`.
    let hidden = site.settings.noindex.then(|| ("X-Robots-Tag", "noindex".to_owned()));
    pairs.into_iter().chain(hidden).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Nothing inline, nothing from elsewhere; forms may end at a gateway's payment page, to which browsers apply
/// `form-action` after a redirect too.
fn policy(site: &Site) -> String {
    let origins: Vec<&str> = site.settings.gateways.iter().filter_map(|gateway| payment_origin(*gateway)).collect();
    let gateways = origins.iter().map(|origin| format!(" {origin}")).collect::<String>();
    format!(
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; form-action 'self'{gateways}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Where a gateway's payment page stands; our own development page is on the shop's own origin.
fn payment_origin(gateway: Gateway) -> Option<&'static str> {
    match gateway {
        Gateway::Stripe => Some("https://checkout.stripe.com"),
        // The second is where PayPal's own test payments lead.
        Gateway::Paypal => Some("https://www.paypal.com https://www.sandbox.paypal.com"),
        Gateway::Sandbox => None,
    }
}

/// As Netlify and Cloudflare Pages read them; what has a fingerprint in its name never changes.
pub(super) fn file(sites: &[Arc<Site>]) -> String {
    let site = sites.first().expect("a shop has a language");
    let base = &site.settings.base_path;
    let lines = |headers: &[(String, String)]| headers.iter().map(|(name, value)| format!("  {name}: {value}\n")).collect::<String>();
    let immutable = "  Cache-Control: public, max-age=31536000, immutable\n";
    let lasting = format!("{base}/assets/*\n{immutable}{base}/img/*\n{immutable}");
    let headers = all(site);
    let Some(admin) = &site.settings.admin else { return format!("{base}/*\n{}{lasting}", lines(&headers)) };
    // Hosts send what all matching lines say together, and of two policies browsers keep both. So those that are others for the editor
    // stand for everything else by name.
    let own = admin::headers(Some(admin));
    let (apart, common): (Vec<_>, Vec<_>) = headers.into_iter().partition(|(name, _)| own.iter().any(|(other, _)| other == name));
    let named: String = places(sites).iter().map(|place| format!("{base}/{place}\n{}", lines(&apart))).collect();
    let own: Vec<(String, String)> = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    format!("{base}/*\n{}{named}{base}/{}/*\n{}{lasting}", lines(&common), admin::FOLDER, lines(&own))
}

/// The topmost folders and files of the site, as patterns.
fn places(sites: &[Arc<Site>]) -> BTreeSet<String> {
    let routes = sites.iter().enumerate().flat_map(|(language, site)| present::routes(site, language));
    let copied = sites.iter().flat_map(|site| site.copied.iter().map(|(_, path)| path.clone()));
    let pattern = |path: String| match path.split_once('/') {
        Some((folder, _)) => format!("{folder}/*"),
        None if path == "index.html" => String::new(),
        None => path,
    };
    routes.map(|route| route.output()).chain(copied).map(pattern).collect()
}
