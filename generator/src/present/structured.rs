//! Structured data by schema.org, and JSON that is safe inside a `<script>` of data.

use serde::Serialize;
use serde_json::{Value, json};

use catalog::money::Money;
use catalog::product::{Stock, Variant};

use super::product::titles;
use super::{Reader, day};
use crate::pictures::Copy;
use crate::site::{Article, SiteProduct};
use crate::view::LinkView;

/// The width of pictures named in structured data; search engines ask for at least 1200 pixels.
const PICTURE_WIDTH: u32 = 1200;

/// JSON in which no tag can begin or end.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).expect("views have text keys");
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

pub(super) fn organization(site: &Reader<'_>) -> String {
    json(&json!({
        "@context": "https://schema.org", "@type": "Organization",
        "name": site.settings().name, "url": site.absolute("/"), "description": site.settings().description,
        "email": site.settings().email, "sameAs": site.settings().social.iter().map(|link| &link.url).collect::<Vec<_>>(),
    }))
}

pub(super) fn breadcrumbs(site: &Reader<'_>, parents: &[LinkView], title: &str, path: &str) -> Option<String> {
    if parents.is_empty() {
        return None;
    }
    let host = site.settings().base_url.strip_suffix(&site.settings().base_path).unwrap_or(&site.settings().base_url);
    let parents = parents.iter().map(|link| (link.title.as_str(), format!("{host}{}", link.url)));
    let all = parents.chain([(title, site.absolute(path))]);
    let items: Vec<Value> =
        all.enumerate().map(|(i, (name, item))| json!({"@type": "ListItem", "position": i + 1, "name": name, "item": item})).collect();
    Some(json(&json!({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})))
}

/// `Product` for one variant, `ProductGroup` for several; nothing for what is not sold here.
pub(super) fn product(site: &Reader<'_>, product: &SiteProduct, copies: &mut Vec<Copy>) -> Option<String> {
    if !product.product.is_sold() {
        return None;
    }
    let files = product.pictures.iter().filter_map(|picture| picture.file.as_deref());
    let pictures: Vec<String> = files.filter_map(|file| picture(site, file, copies)).collect();
    let description = if product.summary.is_empty() { &product.meta.description } else { &product.summary };
    let mut data = json!({
        "@context": "https://schema.org", "name": product.product.title, "url": site.absolute(&product.path),
        "description": description, "image": pictures,
    });
    if !product.brand.is_empty() {
        data["brand"] = json!({"@type": "Brand", "name": product.brand});
    }
    match &product.product.variants[..] {
        [] => return None,
        [only] => {
            data["@type"] = json!("Product");
            data["sku"] = json!(only.sku);
            data["offers"] = offer(site, product, only);
        }
        several => {
            data["@type"] = json!("ProductGroup");
            data["productGroupID"] = json!(product.id());
            data["variesBy"] = json!(product.option_titles.iter().map(|option| &option.title).collect::<Vec<_>>());
            data["hasVariant"] = several.iter().map(|variant| variant_data(site, product, variant)).collect();
        }
    }
    Some(json(&data))
}

fn variant_data(site: &Reader<'_>, product: &SiteProduct, variant: &Variant) -> Value {
    let name = std::iter::once(product.product.title.as_str()).chain(titles(product, variant)).collect::<Vec<_>>().join(", ");
    json!({"@type": "Product", "sku": variant.sku, "name": name, "offers": offer(site, product, variant)})
}

/// Stock is counted in the store and changes by the minute: only what is gone for good is said here.
fn offer(site: &Reader<'_>, product: &SiteProduct, variant: &Variant) -> Value {
    let currency = site.settings().currency;
    let availability = if variant.stock == Stock::Discontinued { "Discontinued" } else { "InStock" };
    json!({
        "@type": "Offer", "url": site.absolute(&product.path), "priceCurrency": currency,
        "price": variant.prices.get(&currency).map(|minor| Money::new(*minor, currency).to_decimal_text()),
        "availability": format!("https://schema.org/{availability}"),
    })
}

pub(super) fn article(site: &Reader<'_>, article: &Article, copies: &mut Vec<Copy>) -> String {
    let file = article.picture.as_ref().and_then(|picture| picture.file.as_deref());
    let author = if article.author.is_empty() { &site.settings().name } else { &article.author };
    json(&json!({
        "@context": "https://schema.org", "@type": "Article", "headline": article.title, "url": site.absolute(&article.path),
        "description": article.meta.description,
        "datePublished": article.date.map(day),
        "dateModified": article.updated.or(article.date).map(day),
        "author": {"@type": if article.author.is_empty() { "Organization" } else { "Person" }, "name": author},
        "image": file.and_then(|file| picture(site, file, copies)),
    }))
}

fn picture(site: &Reader<'_>, file: &str, copies: &mut Vec<Copy>) -> Option<String> {
    let (set, wanted) = site.picture(file, &[PICTURE_WIDTH], "")?;
    copies.extend(wanted.into_iter().filter(|copy| set.fallback.ends_with(&copy.path)));
    Some(site.absolute_file(&set.fallback))
}

#[cfg(test)]
mod tests {
    #[test]
    fn data_cannot_end_its_script() {
        assert_eq!(super::json(&"</script>"), "\"\\u003c/script>\"");
    }
}
