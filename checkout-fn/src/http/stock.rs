//! `GET /api/stock`: how much there is, for pages that a CDN has kept for hours.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use catalog::bundle::VariantRecord;

use super::body::Asked;
use super::respond;
use crate::error::{Problem, Refusal};
use crate::pricing::{Left, left};
use crate::shop::Shop;

/// The most `product=` of one request.
const MAX_PRODUCTS: usize = 50;
/// The most `sku=` of one request.
const MAX_SKUS: usize = 100;

#[derive(serde::Serialize)]
struct Answer {
    stock: BTreeMap<String, LeftView>,
    products: BTreeMap<String, &'static str>,
}

/// `available` is what lies on the shelf, null for goods that are not counted; `backorder` says whether more can be bought; up to
/// `low` of them are few.
#[derive(serde::Serialize)]
struct LeftView {
    available: Option<i64>,
    backorder: bool,
    low: u32,
}

impl LeftView {
    fn of(left: Option<Left>, low: u32) -> Self {
        Self { available: left.map(|left| left.shelf), backorder: left.is_some_and(Left::has_backorders), low }
    }
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
    let products = shop.catalogue.products(&ids).await?;
    // Bundles among a product's variants are as many as their components, which come with what is asked for by SKU.
    let bundles = products.values().flatten().filter(|record| !record.components.is_empty()).map(|record| record.sku.as_str());
    let named: Vec<&str> = skus.iter().map(String::as_str).chain(bundles).collect();
    let (terms, goods) = shop.catalogue.goods(&named).await?;
    let counted = products.values().flatten().chain(goods.values()).filter(|record| record.stock.is_some());
    let counted: BTreeSet<String> = counted.map(|record| record.sku.to_string()).collect();
    let counts = shop.store.counts(&counted.into_iter().collect::<Vec<_>>()).await?;
    let left = |record: &VariantRecord| left(&goods, &counts, record);
    let records = products.values().flatten().chain(skus.iter().filter_map(|sku| goods.get(sku)));
    Ok(Answer {
        stock: records
            .map(|record| (record.sku.to_string(), LeftView::of(left(record), record.low_stock.unwrap_or(terms.low_stock))))
            .collect(),
        products: products
            .iter()
            .map(|(id, variants)| {
                let few = variants.iter().find_map(|record| record.low_stock).unwrap_or(terms.low_stock);
                (id.clone(), level(variants.iter().map(left), few))
            })
            .collect(),
    })
}

/// How much there is of a product over all its variants; up to `few` is little. There is no end of what can be bought before it
/// is there.
fn level(left: impl Iterator<Item = Option<Left>>, few: u32) -> &'static str {
    let left: Option<Vec<Left>> = left.collect();
    let Some(left) = left.filter(|left| !left.iter().any(|left| left.has_backorders())) else { return "in" };
    match left.iter().map(|left| left.shelf).sum::<i64>() {
        0 => "out",
        n if n <= i64::from(few) => "low",
        _ => "in",
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
        let shelf = |n: i64| Some(Left { shelf: n, buyable: n });
        let later = Some(Left { shelf: 0, buyable: 3 });
        assert_eq!(level([shelf(0), shelf(0)].into_iter(), 5), "out");
        assert_eq!(level([shelf(0), shelf(5)].into_iter(), 5), "low");
        assert_eq!(level([shelf(6)].into_iter(), 5), "in");
        assert_eq!(level([shelf(5)].into_iter(), 4), "in");
        assert_eq!(level([shelf(0), None].into_iter(), 5), "in");
        assert_eq!(level([shelf(0), later].into_iter(), 5), "in");
    }
}
