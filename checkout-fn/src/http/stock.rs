//! `GET /api/stock`: how much there is, for pages that a CDN has kept for hours.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use catalog::bundle::VariantRecord;

use super::body::Asked;
use super::respond;
use crate::error::{Problem, Refusal};
use crate::shop::Shop;

/// The most `product=` of one request.
const MAX_PRODUCTS: usize = 50;
/// The most `sku=` of one request.
const MAX_SKUS: usize = 100;
/// A product with no more than this many left, over all its variants, is `low`.
const LOW: i64 = 5;

#[derive(serde::Serialize)]
struct Answer {
    stock: BTreeMap<String, Left>,
    products: BTreeMap<String, &'static str>,
}

/// `available` is null for goods that are not counted.
#[derive(serde::Serialize)]
struct Left {
    available: Option<i64>,
    backorder: bool,
}

pub(super) async fn stock(State(shop): State<Shop>, request: Request) -> Response {
    let asked = Asked { html: false, ..Asked::of(&request) };
    match answer(&shop, request.uri().query().unwrap_or_default()).await {
        Ok(answer) => ([(header::CACHE_CONTROL, "public, max-age=10")], axum::Json(answer)).into_response(),
        Err(problem) => respond(&shop, &asked, problem).await,
    }
}

async fn answer(shop: &Shop, query: &str) -> Result<Answer, Problem> {
    let (products, skus) = read(query)?;
    let ids: Vec<&str> = products.iter().map(String::as_str).collect();
    let named: Vec<&str> = skus.iter().map(String::as_str).collect();
    let products = shop.catalogue.products(&ids).await?;
    let (_, goods) = shop.catalogue.goods(&named).await?;
    let records = || products.values().flatten().chain(goods.values());
    let counted: BTreeSet<String> = records().filter(|record| record.stock.is_some()).map(|record| record.sku.to_string()).collect();
    let counted: Vec<String> = counted.into_iter().collect();
    let counts = shop.store.counts(&counted).await?;
    let left = |record: &VariantRecord| match record.stock {
        _ if record.discontinued => Some(0),
        Some(seed) => Some(counts.get(record.sku.as_str()).map_or(i64::from(seed), |count| count.available)),
        None => None,
    };
    Ok(Answer {
        stock: records().map(|record| (record.sku.to_string(), Left { available: left(record), backorder: false })).collect(),
        products: products.iter().map(|(id, variants)| (id.clone(), level(variants.iter().map(left)))).collect(),
    })
}

fn level(left: impl Iterator<Item = Option<i64>>) -> &'static str {
    match left.sum::<Option<i64>>() {
        Some(0) => "out",
        Some(n) if n <= LOW => "low",
        Some(_) | None => "in",
    }
}

fn read(query: &str) -> Result<(BTreeSet<String>, BTreeSet<String>), Refusal> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|_| Refusal::new(400, "malformed_request", "the query cannot be read"))?;
    let asked = |wanted: &str| pairs.iter().filter(|(name, _)| name == wanted).count();
    let is_too_much = asked("product") > MAX_PRODUCTS || asked("sku") > MAX_SKUS;
    let (mut products, mut skus) = (BTreeSet::new(), BTreeSet::new());
    for (name, value) in pairs {
        match name.as_str() {
            "product" => products.insert(value),
            "sku" => skus.insert(value),
            _ => return Err(Refusal::new(422, "unknown_field", "ask for `product` or `sku`")),
        };
    }
    if products.is_empty() && skus.is_empty() {
        return Err(Refusal::new(422, "missing_field", "ask for `product` or `sku`"));
    }
    if is_too_much {
        let text = format!("ask for at most {MAX_PRODUCTS} products or {MAX_SKUS} SKUs at once");
        return Err(Refusal::new(422, "too_many_keys", text));
    }
    Ok((products, skus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_twice_is_asked_for_once() {
        let (products, skus) = read("sku=B&product=mug&sku=A&sku=B&product=mug").expect("a query");
        assert_eq!((products, skus), (["mug".to_owned()].into(), ["A", "B"].map(String::from).into()));
    }

    #[test]
    fn levels() {
        assert_eq!(level([Some(0), Some(0)].into_iter()), "out");
        assert_eq!(level([Some(0), Some(5)].into_iter()), "low");
        assert_eq!(level([Some(6)].into_iter()), "in");
        assert_eq!(level([Some(0), None].into_iter()), "in");
    }
}
