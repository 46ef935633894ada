//! What sending and giving back cost, as search engines read it.
//!
//! A product's page says it for the shop's own country alone, in one node that all offers refer to, so that ten thousand pages do
//! not repeat every zone; the home page says all of it once.

use catalog::area::{Area, Destination};
use catalog::money::Money;
use catalog::product::{Amounts, Kind, Variant};
use catalog::shipping::{Limit, Method, Parcel, Rate, Zone};
use serde::Serialize;
use serde_json::{Value, json};

use super::CONTEXT;
use crate::parse::settings::ReturnWay;
use crate::present::{self, Reader};
use crate::site::SiteProduct;
use crate::site::found::Fees;

/// What sending costs, and how long it takes.
#[derive(PartialEq, Eq, Serialize)]
pub(super) struct Shipping {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "shippingDestination")]
    to: Region,
    #[serde(rename = "shippingRate")]
    rate: Amount,
    #[serde(rename = "deliveryTime")]
    time: DeliveryTime,
}

#[derive(PartialEq, Eq, Serialize)]
struct Region {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "addressCountry")]
    country: String,
}

#[derive(PartialEq, Eq, Serialize)]
struct Amount {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: String,
    currency: &'static str,
}

#[derive(PartialEq, Eq, Serialize)]
struct DeliveryTime {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "transitTime")]
    transit: Days,
}

#[derive(PartialEq, Eq, Serialize)]
struct Days {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "minValue")]
    from: u32,
    #[serde(rename = "maxValue")]
    to: u32,
    #[serde(rename = "unitCode")]
    unit: &'static str,
}

impl Days {
    /// `3-5`, or `3`.
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        Some(Self { kind: "QuantitativeValue", from: from.parse().ok()?, to: to.parse().ok()?, unit: "DAY" })
    }
}

/// The nodes of a product's page for sending: those that differ among its variants, once each.
pub(super) struct Nodes<'a> {
    pub(super) nodes: Vec<Shipping>,
    /// The shop's own country, and the zone in which it lies.
    home: Option<(&'a str, &'a Zone)>,
}

impl<'a> Nodes<'a> {
    /// Of a product that may have to be sent.
    pub(super) fn of(site: &Reader<'a>, product: &SiteProduct) -> Self {
        Self { nodes: Vec::new(), home: is_sent(site, product).then(|| home(site)).flatten() }
    }

    /// The node that says what one of a variant costs to send, if it is known; `worth` in minor units.
    pub(super) fn add(&mut self, site: &Reader<'_>, product: &SiteProduct, variant: &Variant, worth: i64) -> Option<String> {
        let (country, zone) = self.home?;
        let (rate, days) = cheapest(site, product, variant, worth, zone)?;
        let currency = site.settings().currency;
        let value = Money::new(rate, currency).to_decimal_text();
        let time = DeliveryTime { kind: "ShippingDeliveryTime", transit: days };
        if let Some(known) = self.nodes.iter().find(|node| node.rate.value == value && node.time == time) {
            return Some(known.id.clone());
        }
        let id = if self.nodes.is_empty() { "#shipping".to_owned() } else { format!("#shipping-{}", self.nodes.len() + 1) };
        self.nodes.push(Shipping {
            context: CONTEXT,
            kind: "OfferShippingDetails",
            id: id.clone(),
            to: Region { kind: "DefinedRegion", country: country.to_owned() },
            rate: Amount { kind: "MonetaryAmount", value, currency: currency.code() },
            time,
        });
        Some(id)
    }
}

fn home<'a>(site: &Reader<'a>) -> Option<(&'a str, &'a Zone)> {
    let rules = site.shipping();
    let first = || rules.zones.iter().flat_map(|zone| zone.areas.iter().filter_map(Area::country_code)).next();
    let country = site.settings().default_country.as_deref().or_else(first)?;
    Some((country, rules.zone(&Destination::new(Some(country), None, None))?))
}

/// The cheapest way for one of a variant, of those whose time is known.
fn cheapest(site: &Reader<'_>, product: &SiteProduct, variant: &Variant, worth: i64, zone: &Zone) -> Option<(i64, Days)> {
    let currency = site.settings().currency;
    let sending = &product.product.sending;
    let parcel = Parcel {
        worth,
        weight_g: weight_g(site, product, variant),
        pieces: 1,
        surcharge: sending.surcharge.get(&currency).copied().unwrap_or(0),
        not_by: sending.not_by.iter().map(String::as_str).collect(),
    };
    let ways = zone.methods.iter().filter(|method| !method.is_pickup);
    let priced = ways.filter_map(|method| Some((method.price(currency, &parcel)?, Days::parse(method.days.as_deref()?)?)));
    priced.min_by_key(|(price, days)| (*price, days.to))
}

/// Whether something has to be sent: of a bundle, whether anything of it has.
pub(super) fn is_sent(site: &Reader<'_>, product: &SiteProduct) -> bool {
    match &product.product.kind {
        Kind::Physical => true,
        Kind::Bundle { components } => {
            let parts = components.iter().filter_map(|component| site.component(component.sku.as_str()));
            parts.into_iter().any(|(part, _)| part.product.kind == Kind::Physical)
        }
        _ => false,
    }
}

/// Grams: what the file says, else what the parts of a bundle weigh together.
fn weight_g(site: &Reader<'_>, product: &SiteProduct, variant: &Variant) -> u64 {
    let Kind::Bundle { components } = &product.product.kind else { return variant.weight_g.into() };
    if variant.weight_g > 0 {
        return variant.weight_g.into();
    }
    let part = |component: &catalog::product::Component| {
        let (part, index) = site.component(component.sku.as_str())?;
        Some(u64::from(part.product.variants.get(index)?.weight_g) * u64::from(component.quantity))
    };
    components.iter().filter_map(part).sum()
}

/// What can be given back.
#[derive(Serialize)]
pub(super) struct Returns<'a> {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    id: Option<&'static str>,
    #[serde(rename = "applicableCountry")]
    countries: &'a [String],
    #[serde(rename = "returnPolicyCategory")]
    category: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    window: Option<ReturnWindow>,
    #[serde(rename = "merchantReturnLink", skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl Returns<'_> {
    /// As a node of a page, to which its offers refer as `#returns`.
    pub(super) fn on_its_own(self) -> Self {
        Self { context: Some(CONTEXT), id: Some("#returns"), ..self }
    }
}

/// Until when, how and at whose cost.
#[derive(Serialize)]
struct ReturnWindow {
    #[serde(rename = "merchantReturnDays")]
    days: u32,
    #[serde(rename = "returnMethod")]
    by: Vec<&'static str>,
    #[serde(rename = "returnFees")]
    fees: &'static str,
    #[serde(rename = "returnShippingFeesAmount", skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    #[serde(rename = "refundType")]
    refund: &'static str,
}

/// The shop's own rule, if it has one.
pub(super) fn returns<'a>(site: &Reader<'a>) -> Option<Returns<'a>> {
    let policy = site.settings().found.returns.as_ref()?;
    let currency = site.settings().currency;
    let (fees, amount) = match policy.fees {
        Fees::Free => ("https://schema.org/FreeReturn", None),
        Fees::Buyer => ("https://schema.org/ReturnFeesCustomerResponsibility", None),
        Fees::Amount(minor) => {
            let value = Money::new(minor, currency).to_decimal_text();
            let amount = Amount { kind: "MonetaryAmount", value, currency: currency.code() };
            ("https://schema.org/ReturnShippingFees", Some(amount))
        }
    };
    let by = policy.by.iter().map(|way| match way {
        ReturnWay::Post => "https://schema.org/ReturnByMail",
        ReturnWay::Shop => "https://schema.org/ReturnInStore",
    });
    let window = ReturnWindow { days: policy.days, by: by.collect(), fees, amount, refund: "https://schema.org/FullRefund" };
    let page = policy.page.as_ref().and_then(|key| site.address(present::Kind::Article(key.clone())));
    Some(Returns {
        context: None,
        kind: "MerchantReturnPolicy",
        id: None,
        countries: &policy.countries,
        category: if policy.days == 0 {
            "https://schema.org/MerchantReturnNotPermitted"
        } else {
            "https://schema.org/MerchantReturnFiniteReturnWindow"
        },
        window: (policy.days > 0).then_some(window),
        link: page.map(|address| site.absolute(&address.path)),
    })
}

/// Every way of sending, with what it costs by weight, worth and pieces; `null` where there is none.
pub(super) fn services(site: &Reader<'_>) -> Value {
    let zones = &site.shipping().zones;
    let methods = zones.iter().flat_map(|zone| zone.methods.iter().filter(|method| !method.is_pickup).map(move |method| (zone, method)));
    let services: Vec<Value> = methods.filter_map(|(zone, method)| service(site, zone, method)).collect();
    if services.is_empty() { Value::Null } else { services.into() }
}

fn service(site: &Reader<'_>, zone: &Zone, method: &Method) -> Option<Value> {
    let settings = site.settings();
    // Regions and postcodes within countries have no common form.
    let is_whole = |area: &&Area| !area.has_region() && !area.has_postcode();
    let countries: Vec<&str> = zone.areas.iter().filter(is_whole).filter_map(Area::country_code).collect();
    let is_everywhere = zone.areas.contains(&Area::EVERYWHERE);
    if countries.is_empty() && !is_everywhere {
        return None;
    }
    let days = method.days.as_deref().and_then(Days::parse);
    let condition = |price: i64, limits: &[Range]| {
        let mut condition = json!({"@type": "ShippingConditions", "shippingRate": amount(site, "value", price)});
        if !is_everywhere {
            let region = |country: &&str| json!({"@type": "DefinedRegion", "addressCountry": country});
            condition["shippingDestination"] = countries.iter().map(region).collect();
        }
        if let Some(days) = &days {
            condition["transitTime"] = json!({"@type": "ServicePeriod", "duration": days});
        }
        for limit in limits {
            condition[limit.of.key()] = limit.value(site);
        }
        condition
    };
    let of = |amounts: &Amounts| amounts.get(&settings.currency).copied();
    let free_from = method.free_over.as_ref().and_then(of);
    // What is worth so much is sent for nothing, whatever it weighs.
    let paid = Range { of: Measured::Worth, least: None, most: free_from.map(|least| least - 1) };
    let mut conditions = Vec::new();
    match &method.rate {
        Rate::Flat(price) => {
            let price = of(price)?;
            conditions.extend(paid.and(None).map(|limits| condition(price, &limits)));
        }
        Rate::Bands(bands) => {
            let mut from = None;
            for band in bands {
                let price = of(&band.price)?;
                conditions.extend(paid.and(Range::of(site, from, &band.up_to)).map(|limits| condition(price, &limits)));
                from = Some(&band.up_to);
            }
        }
    }
    if let Some(least) = free_from {
        conditions.push(condition(0, &[Range { of: Measured::Worth, least: Some(least), most: None }]));
    }
    let name = method.title.in_language(&settings.language);
    Some(json!({"@type": "ShippingService", "name": name, "shippingConditions": conditions}))
}

/// What a price of sending goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measured {
    Weight,
    Pieces,
    Worth,
}

impl Measured {
    fn key(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Pieces => "numItems",
            Self::Worth => "orderValue",
        }
    }
}

/// From the least to the most, both included: grams, pieces, or minor units.
#[derive(Clone, Copy)]
struct Range {
    of: Measured,
    least: Option<i64>,
    most: Option<i64>,
}

impl Range {
    /// What a band holds, between the limit before and its own; `None` where it has no limit.
    fn of(site: &Reader<'_>, from: Option<&Limit>, to: &Limit) -> Option<Self> {
        let of = match from.filter(|from| !matches!(from, Limit::Open)).unwrap_or(to) {
            Limit::Weight(_) => Measured::Weight,
            Limit::Pieces(_) => Measured::Pieces,
            Limit::Worth(_) => Measured::Worth,
            Limit::Open => return None,
        };
        let count = |limit: &Limit| match limit {
            Limit::Weight(count) | Limit::Pieces(count) => i64::try_from(*count).ok(),
            Limit::Worth(amounts) => amounts.get(&site.settings().currency).copied(),
            Limit::Open => None,
        };
        Some(Self { of, least: from.and_then(count).map(|count| count + 1), most: count(to) })
    }

    /// This range, and another one that holds as well; `None` where nothing is in both.
    fn and(self, other: Option<Self>) -> Option<Vec<Self>> {
        let ranges = match other {
            Some(other) if other.of == self.of => {
                let least = self.least.into_iter().chain(other.least).max();
                let most = self.most.into_iter().chain(other.most).min();
                vec![Self { of: self.of, least, most }]
            }
            other => std::iter::once(self).chain(other).collect(),
        };
        // Nothing is worth less than nothing.
        let is_empty = |range: &Self| range.most.is_some_and(|most| most < range.least.unwrap_or(0));
        if ranges.iter().any(is_empty) {
            return None;
        }
        Some(ranges.into_iter().filter(|range| range.least.is_some() || range.most.is_some()).collect())
    }

    fn value(self, site: &Reader<'_>) -> Value {
        let currency = site.settings().currency;
        let mut value = match self.of {
            Measured::Weight => json!({"@type": "QuantitativeValue", "unitCode": "GRM"}),
            Measured::Pieces => json!({"@type": "QuantitativeValue"}),
            Measured::Worth => json!({"@type": "MonetaryAmount", "currency": currency.code()}),
        };
        for (key, limit) in [("minValue", self.least), ("maxValue", self.most)] {
            if let Some(limit) = limit {
                value[key] = match self.of {
                    Measured::Worth => Money::new(limit, currency).to_decimal_text().into(),
                    Measured::Weight | Measured::Pieces => limit.into(),
                };
            }
        }
        value
    }
}

fn amount(site: &Reader<'_>, key: &str, minor: i64) -> Value {
    let currency = site.settings().currency;
    let mut amount = json!({"@type": "MonetaryAmount", "currency": currency.code()});
    amount[key] = Money::new(minor, currency).to_decimal_text().into();
    amount
}
