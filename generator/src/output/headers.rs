//! The response headers of every page, the Content-Security-Policy among them: made here, sent unchanged by the
//! preview, by `_headers` and by the function.

use catalog::currency::Gateway;

use crate::site::Site;

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
pub(super) fn file(site: &Site) -> String {
    let all: String = all(site).iter().map(|(name, value)| format!("  {name}: {value}\n")).collect();
    let immutable = "  Cache-Control: public, max-age=31536000, immutable\n";
    format!(
        "{}/*\n{all}{}/assets/*\n{immutable}{}/img/*\n{immutable}",
        site.settings.base_path, site.settings.base_path, site.settings.base_path
    )
}
