//! Related products: by hand, else those that share category, collections and tags, found through lists and not by
//! comparing all pairs.

use std::collections::BTreeMap;

use crate::site::{Site, SiteProduct};

/// How many a product page shows.
const COUNT: usize = 4;
/// No list is looked through further than this: in a large one the newest are enough.
const MOST_CANDIDATES: usize = 200;

/// Product ids by what they share, newest first.
type Lists<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Fills `related` where the editor named none.
pub(super) fn fill(site: &mut Site) {
    let mut categories = Lists::new();
    let mut collections = Lists::new();
    for id in &site.newest {
        let product = &site.products[id];
        if let Some(category) = product.categories.first() {
            categories.entry(category).or_default().push(id);
        }
        for collection in &product.collections {
            collections.entry(collection).or_default().push(id);
        }
    }
    let unnamed = site.products.values().filter(|product| product.related.is_empty());
    let found: Vec<(String, Vec<String>)> =
        unnamed.map(|product| (product.id().to_owned(), nearest(site, product, &categories, &collections))).collect();
    for (id, related) in found {
        if let Some(product) = site.products.get_mut(&id) {
            product.related = related;
        }
    }
}

/// Two points for the category and for each collection, one for each tag; ties by id.
fn nearest(site: &Site, product: &SiteProduct, categories: &Lists<'_>, collections: &Lists<'_>) -> Vec<String> {
    let mut scores: BTreeMap<&str, u32> = BTreeMap::new();
    let shared = product.categories.first().and_then(|key| categories.get(key.as_str())).into_iter();
    for list in shared.chain(product.collections.iter().filter_map(|name| collections.get(name.as_str()))) {
        for id in list.iter().take(MOST_CANDIDATES) {
            *scores.entry(id).or_default() += 2;
        }
    }
    for tag in product.tags.iter().filter_map(|(slug, _)| site.tags.get(slug)) {
        for id in tag.products.iter().take(MOST_CANDIDATES) {
            *scores.entry(id).or_default() += 1;
        }
    }
    scores.remove(product.id());
    let mut ranked: Vec<_> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    ranked.into_iter().take(COUNT).map(|(id, _)| id.to_owned()).collect()
}
