//! Structured data by schema.org, and JSON that is safe inside a `<script>` of data.

use serde::Serialize;
use serde_json::json;

use catalog::money::Money;
use catalog::product::{Stock, Variant};

use super::product::titles;
use super::{Reader, day};
use crate::pictures::Copy;
use crate::site::{Article, SiteProduct};
use crate::view::LinkView;

const CONTEXT: &str = "https://schema.org";

/// The width of pictures named in structured data; search engines ask for at least 1200 pixels.
const PICTURE_WIDTH: u32 = 1200;

/// JSON in which no tag can begin or end.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).expect("views have text keys");
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

pub(super) fn organization(site: &Reader<'_>) -> String {
    json(&json!({
        "@context": CONTEXT, "@type": "Organization",
        "name": site.settings().name, "url": site.absolute("/"), "description": site.settings().description,
        "email": site.settings().email, "sameAs": site.settings().social.iter().map(|link| &link.url).collect::<Vec<_>>(),
    }))
}

#[derive(Serialize)]
struct Breadcrumbs<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<ListItem<'a>>,
}

#[derive(Serialize)]
struct ListItem<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: &'a str,
    item: String,
}

pub(super) fn breadcrumbs(site: &Reader<'_>, parents: &[LinkView], title: &str, path: &str) -> Option<String> {
    if parents.is_empty() {
        return None;
    }
    let host = site.settings().base_url.strip_suffix(&site.settings().base_path).unwrap_or(&site.settings().base_url);
    let parents = parents.iter().map(|link| (link.title.as_str(), format!("{host}{}", link.url)));
    let all = parents.chain([(title, site.absolute(path))]);
    let items = all.enumerate().map(|(i, (name, item))| ListItem { kind: "ListItem", position: i + 1, name, item }).collect();
    Some(json(&Breadcrumbs { context: CONTEXT, kind: "BreadcrumbList", items }))
}

/// Every product page has one, so it is written as it is, without a tree of values first.
#[derive(Serialize)]
struct ProductData<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    name: &'a str,
    url: String,
    description: &'a str,
    image: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand<'a>>,
    #[serde(flatten)]
    sold: Sold<'a>,
}

#[derive(Serialize)]
struct Brand<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
enum Sold<'a> {
    Product {
        sku: &'a str,
        offers: Offer,
    },
    ProductGroup {
        #[serde(rename = "productGroupID")]
        id: &'a str,
        #[serde(rename = "variesBy")]
        varies_by: Vec<&'a str>,
        #[serde(rename = "hasVariant")]
        variants: Vec<VariantData<'a>>,
    },
}

#[derive(Serialize)]
struct VariantData<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    sku: &'a str,
    name: String,
    offers: Offer,
}

#[derive(Serialize)]
struct Offer {
    #[serde(rename = "@type")]
    kind: &'static str,
    url: String,
    #[serde(rename = "priceCurrency")]
    currency: &'static str,
    price: Option<String>,
    #[serde(rename = "priceValidUntil", skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    availability: &'static str,
}

/// `Product` for one variant, `ProductGroup` for several; nothing for what is not sold here.
pub(super) fn product(site: &Reader<'_>, product: &SiteProduct, copies: &mut Vec<Copy>) -> Option<String> {
    if !product.product.is_sold() {
        return None;
    }
    let files = product.pictures.iter().filter_map(|picture| picture.file.as_deref());
    let image: Vec<String> = files.filter_map(|file| picture(site, file, copies)).collect();
    let sold = match &product.product.variants[..] {
        [] => return None,
        [only] => Sold::Product { sku: only.sku.as_str(), offers: offer(site, product, only) },
        several => Sold::ProductGroup {
            id: product.id(),
            varies_by: product.option_titles.iter().map(|option| option.title.as_str()).collect(),
            variants: several.iter().map(|variant| variant_data(site, product, variant)).collect(),
        },
    };
    Some(json(&ProductData {
        context: CONTEXT,
        name: &product.product.title,
        url: site.absolute(&product.path),
        description: if product.summary.is_empty() { &product.meta.description } else { &product.summary },
        image,
        brand: (!product.brand.is_empty()).then_some(Brand { kind: "Brand", name: &product.brand }),
        sold,
    }))
}

fn variant_data<'a>(site: &Reader<'_>, product: &'a SiteProduct, variant: &'a Variant) -> VariantData<'a> {
    let name = std::iter::once(product.product.title.as_str()).chain(titles(product, variant)).collect::<Vec<_>>().join(", ");
    VariantData { kind: "Product", sku: variant.sku.as_str(), name, offers: offer(site, product, variant) }
}

/// Stock is counted in the store and changes by the minute: only what is gone for good is said here.
fn offer(site: &Reader<'_>, product: &SiteProduct, variant: &Variant) -> Offer {
    let currency = site.settings().currency;
    let price = product.unit_price(variant, currency);
    let sale_ends = variant.pricing.sale.as_ref().filter(|sale| sale.window.holds(product.as_of)).and_then(|sale| sale.window.until);
    let is_later = variant.available_from.is_some_and(|from| from > product.as_of);
    Offer {
        kind: "Offer",
        url: site.absolute(&product.path),
        currency: currency.code(),
        price: price.map(|price| Money::new(price.minor, currency).to_decimal_text()),
        valid_until: sale_ends.map(|until| day(until - 1)),
        availability: match variant.stock {
            Stock::Discontinued => "https://schema.org/Discontinued",
            _ if is_later => "https://schema.org/PreOrder",
            Stock::Counted(_) | Stock::Uncounted => "https://schema.org/InStock",
        },
    }
}

pub(super) fn article(site: &Reader<'_>, article: &Article, copies: &mut Vec<Copy>) -> String {
    let file = article.picture.as_ref().and_then(|picture| picture.file.as_deref());
    let author = if article.author.is_empty() { &site.settings().name } else { &article.author };
    json(&json!({
        "@context": CONTEXT, "@type": "Article", "headline": article.title, "url": site.absolute(&article.path),
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
