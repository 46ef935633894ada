//! Who runs the shop, what holds for all of its goods, and its site as a whole: on the home page.

use serde_json::{Map, Value, json};

use super::{CONTEXT, json, shipping};
use crate::present::Reader;

/// The shop by its address, which other nodes refer to.
fn id(site: &Reader<'_>) -> String {
    site.absolute_file("/#organization")
}

/// Whoever publishes a post, as far as another page than the home page says it.
pub(super) fn publisher(site: &Reader<'_>) -> Value {
    let mut data = json!({"@type": "Organization", "@id": id(site), "name": site.settings().name, "url": site.absolute_file("/")});
    if let Some(logo) = site.icon_url() {
        data["logo"] = logo.into();
    }
    data
}

pub(in crate::present) fn organization(site: &Reader<'_>) -> String {
    let settings = site.settings();
    let mut data = Map::new();
    let mut say = |key: &str, value: Value| {
        let is_nothing = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        if !is_nothing {
            data.insert(key.to_owned(), value);
        }
    };
    say("@context", CONTEXT.into());
    say("@type", "Organization".into());
    say("@id", id(site).into());
    say("name", settings.name.as_str().into());
    say("url", site.absolute("/").into());
    say("logo", site.icon_url().into());
    say("description", settings.description.as_str().into());
    say("email", settings.email.clone().into());
    say("telephone", settings.found.phone.clone().into());
    say("address", settings.address.join(", ").into());
    let has_contact = settings.email.is_some() || settings.found.phone.is_some();
    if has_contact {
        let mut contact = json!({"@type": "ContactPoint", "contactType": "customer service", "availableLanguage": settings.languages});
        let ways = [("email", &settings.email), ("telephone", &settings.found.phone)];
        ways.into_iter().filter_map(|(key, way)| Some((key, way.as_ref()?))).for_each(|(key, way)| contact[key] = way.as_str().into());
        say("contactPoint", contact);
    }
    say("sameAs", settings.social.iter().map(|link| link.url.as_str()).collect());
    say("hasMerchantReturnPolicy", shipping::returns(site).map(|policy| serde_json::to_value(policy).unwrap_or_default()).into());
    say("hasShippingService", shipping::services(site));
    json(&data)
}

pub(in crate::present) fn website(site: &Reader<'_>) -> String {
    let settings = site.settings();
    let mut data = json!({
        "@context": CONTEXT, "@type": "WebSite", "name": settings.name, "url": site.absolute("/"), "inLanguage": settings.language,
        "publisher": {"@id": id(site)},
    });
    if !settings.description.is_empty() {
        data["description"] = settings.description.as_str().into();
    }
    json(&data)
}
