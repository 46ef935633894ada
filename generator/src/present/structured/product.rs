//! A product as search engines read it: one for one variant, a group for several.

use serde::Serialize;

use catalog::money::Money;
use catalog::product::{Measure, Product, Unit, Variant};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{CONTEXT, Reference, json, picture, shipping};
use crate::parse::product::{Condition, Rating};
use crate::parse::settings::OptionMeaning;
use crate::pictures::Copy;
use crate::present::product::{titles, values_that_mean};
use crate::present::{Reader, day};
use crate::site::SiteProduct;
use crate::site::found::Availability;

#[derive(Serialize)]
struct ProductData<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    name: &'a str,
    url: String,
    description: &'a str,
    image: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand<'a>>,
    #[serde(rename = "aggregateRating", skip_serializing_if = "Option::is_none")]
    rating: Option<RatingData>,
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
struct RatingData {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "ratingValue")]
    value: String,
    #[serde(rename = "bestRating")]
    best: u8,
    #[serde(rename = "worstRating")]
    worst: u8,
    #[serde(rename = "ratingCount")]
    count: u32,
}

impl From<Rating> for RatingData {
    fn from(rating: Rating) -> Self {
        Self { kind: "AggregateRating", value: rating.text(), best: 5, worst: 1, count: rating.count }
    }
}

#[derive(Serialize)]
#[serde(tag = "@type")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is written at once")]
enum Sold<'a> {
    Product {
        #[serde(flatten)]
        variant: VariantData<'a>,
    },
    ProductGroup {
        #[serde(rename = "productGroupID")]
        id: &'a str,
        #[serde(rename = "variesBy", skip_serializing_if = "Vec::is_empty")]
        varies_by: Vec<&'static str>,
        #[serde(rename = "hasVariant")]
        variants: Vec<Member<'a>>,
    },
}

/// A variant of a group, which has a name and a picture of its own.
#[derive(Serialize)]
struct Member<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(flatten)]
    variant: VariantData<'a>,
}

#[derive(Serialize)]
struct VariantData<'a> {
    sku: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    gtin: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mpn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    material: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
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
    #[serde(rename = "priceSpecification", skip_serializing_if = "Vec::is_empty")]
    specifications: Vec<PriceData>,
    #[serde(rename = "priceValidUntil", skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    availability: &'static str,
    #[serde(rename = "itemCondition")]
    condition: &'static str,
    #[serde(rename = "shippingDetails", skip_serializing_if = "Option::is_none")]
    shipping: Option<Reference>,
    #[serde(rename = "hasMerchantReturnPolicy", skip_serializing_if = "Option::is_none")]
    returns: Option<Reference>,
}

/// A former price, or what the price is for.
#[derive(Serialize)]
struct PriceData {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "priceType", skip_serializing_if = "Option::is_none")]
    price_type: Option<&'static str>,
    price: String,
    #[serde(rename = "priceCurrency")]
    currency: &'static str,
    #[serde(rename = "referenceQuantity", skip_serializing_if = "Option::is_none")]
    quantity: Option<Quantity>,
}

#[derive(Serialize)]
struct Quantity {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: String,
    #[serde(rename = "unitCode")]
    unit: &'static str,
    #[serde(rename = "valueReference", skip_serializing_if = "Option::is_none")]
    per: Option<Box<Quantity>>,
}

impl Quantity {
    fn of(measure: Measure, per: Option<Measure>) -> Self {
        let text = measure.to_string();
        let value = text.split('\u{a0}').next().unwrap_or_default().to_owned();
        let per = per.map(|per| Box::new(Self::of(per, None)));
        Self { kind: "QuantitativeValue", value, unit: unit_code(measure.unit), per }
    }
}

/// UN/CEFACT recommendation 20.
fn unit_code(unit: Unit) -> &'static str {
    match unit {
        Unit::Gram => "GRM",
        Unit::Kilogram => "KGM",
        Unit::Millilitre => "MLT",
        Unit::Centilitre => "CLT",
        Unit::Litre => "LTR",
        Unit::Centimetre => "CMT",
        Unit::Metre => "MTR",
        Unit::SquareMetre => "MTK",
        Unit::Piece => "C62",
    }
}

/// `Product` for one variant, `ProductGroup` for several, and what their offers refer to; nothing for what is not sold here.
pub(in crate::present) fn product(site: &Reader<'_>, product: &SiteProduct, copies: &mut Vec<Copy>) -> Vec<String> {
    if !product.product.is_sold() || product.product.variants.is_empty() {
        return Vec::new();
    }
    // By the places of the product's pictures, which variants name.
    let pictures: Vec<Option<String>> =
        product.pictures.iter().map(|shown| shown.file.as_deref().and_then(|file| picture(site, file, copies))).collect();
    let image: Vec<String> = pictures.iter().flatten().cloned().collect();
    let mut offers = Offers { nodes: shipping::Nodes::of(site, product), returns: None };
    offers.returns = shipping::is_sent(site, product).then(|| shipping::returns(site)).flatten();
    let sold = match &product.product.variants[..] {
        [only] => Sold::Product { variant: variant_data(site, product, only, &mut offers) },
        several => {
            let member = |variant| member(site, product, variant, &pictures, &image, &mut offers);
            Sold::ProductGroup { id: product.id(), varies_by: varies_by(site, product), variants: several.iter().map(member).collect() }
        }
    };
    let mut data = vec![json(&ProductData {
        context: CONTEXT,
        name: &product.product.title,
        url: site.absolute(&product.path),
        description: if product.summary.is_empty() { &product.meta.description } else { &product.summary },
        image: &image,
        brand: (!product.brand.is_empty()).then_some(Brand { kind: "Brand", name: &product.brand }),
        rating: product.rating.map(RatingData::from),
        sold,
    })];
    data.extend(offers.nodes.nodes.iter().map(json));
    data.extend(offers.returns.map(|returns| json(&returns.on_its_own())));
    data
}

/// What all offers of a page refer to.
struct Offers<'a> {
    nodes: shipping::Nodes<'a>,
    returns: Option<shipping::Returns<'a>>,
}

/// In what variants differ, as far as the shop says what its options mean.
fn varies_by(site: &Reader<'_>, product: &SiteProduct) -> Vec<&'static str> {
    let meanings = product.product.options.iter().filter_map(|option| site.settings().found.meaning(&option.name));
    let address = |meaning| match meaning {
        OptionMeaning::Size => "https://schema.org/size",
        OptionMeaning::Colour => "https://schema.org/color",
        OptionMeaning::Material => "https://schema.org/material",
        OptionMeaning::Pattern => "https://schema.org/pattern",
    };
    let mut all = Vec::new();
    // The colours of a cup and of its rim are both colours.
    for address in meanings.map(address) {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

fn member<'a>(
    site: &Reader<'_>,
    product: &'a SiteProduct,
    variant: &'a Variant,
    pictures: &'a [Option<String>],
    image: &'a [String],
    offers: &mut Offers<'_>,
) -> Member<'a> {
    let name = std::iter::once(product.product.title.as_str()).chain(titles(product, variant)).collect::<Vec<_>>().join(", ");
    let own = variant.image.and_then(|place| pictures.get(place)?.as_deref());
    let image = own.or(image.first().map(String::as_str));
    Member { kind: "Product", name, image, variant: variant_data(site, product, variant, offers) }
}

fn variant_data<'a>(site: &Reader<'_>, product: &'a SiteProduct, variant: &'a Variant, offers: &mut Offers<'_>) -> VariantData<'a> {
    let codes = product.codes.get(variant.sku.as_str());
    let means = |wanted: OptionMeaning| {
        let values = values_that_mean(&site.settings().found, product, variant, wanted);
        (!values.is_empty()).then(|| values.join("/"))
    };
    VariantData {
        sku: variant.sku.as_str(),
        gtin: codes.map_or("", |codes| &codes.gtin),
        mpn: codes.map_or("", |codes| &codes.mpn),
        size: means(OptionMeaning::Size),
        color: means(OptionMeaning::Colour),
        material: means(OptionMeaning::Material),
        pattern: means(OptionMeaning::Pattern),
        offers: offer(site, product, variant, offers),
    }
}

fn offer(site: &Reader<'_>, product: &SiteProduct, variant: &Variant, offers: &mut Offers<'_>) -> Offer {
    let currency = site.settings().currency;
    let decimal = |minor| Money::new(minor, currency).to_decimal_text();
    let price = product.unit_price(variant, currency);
    let sale_ends = variant.pricing.sale.as_ref().filter(|sale| sale.window.holds(product.as_of)).and_then(|sale| sale.window.until);
    let mut specifications = Vec::new();
    if let Some(before) = price.and_then(|price| price.before) {
        specifications.push(PriceData {
            kind: "UnitPriceSpecification",
            price_type: Some("https://schema.org/StrikethroughPrice"),
            price: decimal(before),
            currency: currency.code(),
            quantity: None,
        });
    }
    if let (Some(price), Some(contents), Some(per)) = (price, variant.contents, product.product.per) {
        specifications.push(PriceData {
            kind: "UnitPriceSpecification",
            price_type: None,
            price: decimal(price.minor),
            currency: currency.code(),
            quantity: Some(Quantity::of(contents, Some(per))),
        });
    }
    Offer {
        kind: "Offer",
        url: variant_url(site.absolute(&product.path), &product.product, variant),
        currency: currency.code(),
        price: price.map(|price| decimal(price.minor)),
        specifications,
        valid_until: sale_ends.map(|until| day(until - 1)),
        availability: match product.availability(variant) {
            Availability::Gone => "https://schema.org/Discontinued",
            Availability::None => "https://schema.org/OutOfStock",
            Availability::From(_) => "https://schema.org/PreOrder",
            Availability::There => "https://schema.org/InStock",
        },
        condition: match product.condition {
            Condition::New => "https://schema.org/NewCondition",
            Condition::Refurbished => "https://schema.org/RefurbishedCondition",
            Condition::Used => "https://schema.org/UsedCondition",
        },
        shipping: price.and_then(|price| offers.nodes.add(site, product, variant, price.minor)).map(Reference::to),
        returns: offers.returns.is_some().then(|| Reference::to("#returns")),
    }
}

/// What has a meaning of its own in an address; RFC 3986 leaves these three unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A variant's address: the page chooses the one that is named. Of a product without a choice, the page's own.
pub fn variant_url(page: String, product: &Product, variant: &Variant) -> String {
    if product.variants.len() < 2 {
        return page;
    }
    format!("{page}?variant={}", utf8_percent_encode(variant.sku.as_str(), RESERVED))
}
