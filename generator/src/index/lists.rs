//! What the products of each list have in common: the links that narrow it.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::site::{Id, Products, Shared, Site, Term};

/// How many tags a list offers.
const MOST_TAGS: usize = 16;

/// Counts for every list of products.
pub(super) fn fill(site: &mut Site) {
    let order: Vec<String> = site.collections.iter().map(|collection| collection.name.clone()).collect();
    let shared = |list: &[Id]| shared(&site.products, &order, list);
    let categories: Vec<Shared> =
        site.categories.values().collect::<Vec<_>>().into_par_iter().map(|category| shared(&category.products)).collect();
    let collections: Vec<Shared> = site.collections.iter().map(|collection| shared(&collection.products)).collect();
    let terms: Vec<&Term> = site.taxonomies.iter().flat_map(|taxonomy| taxonomy.terms.values()).collect();
    let terms: Vec<Shared> = terms.into_par_iter().map(|term| shared(&term.products)).collect();
    Arc::make_mut(&mut site.categories).values_mut().zip(categories).for_each(|(category, shared)| category.shared = shared);
    Arc::make_mut(&mut site.collections).iter_mut().zip(collections).for_each(|(collection, shared)| collection.shared = shared);
    let all = Arc::make_mut(&mut site.taxonomies).iter_mut().flat_map(|taxonomy| taxonomy.terms.values_mut());
    all.zip(terms).for_each(|(term, shared)| term.shared = shared);
}

fn shared(all: &Products, order: &[String], list: &[Id]) -> Shared {
    let mut tags: FxHashMap<&str, (usize, &str)> = FxHashMap::default();
    let products = || list.iter().filter_map(|id| all.get(&**id));
    for (slug, title) in products().flat_map(|product| &product.tags) {
        tags.entry(slug).or_insert((0, title)).0 += 1;
    }
    let mut tags: Vec<_> = tags.into_iter().collect();
    // The most frequent first; equals by name.
    tags.sort_unstable_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
    tags.truncate(MOST_TAGS);
    let tags = tags.into_iter().map(|(slug, (count, title))| (slug.to_owned(), title.to_owned(), count)).collect();
    if order.is_empty() {
        return Shared { tags, collections: Vec::new() };
    }
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for name in products().flat_map(|product| &product.collections) {
        *counts.entry(name).or_default() += 1;
    }
    let collections = order.iter().filter_map(|name| Some((name.clone(), *counts.get(name.as_str())?))).collect();
    Shared { tags, collections }
}
