//! Tags: one list over products and posts.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::site::{Site, Tag, Tongue};

/// Gathers every tag; products and pages keep the order of their own lists.
pub(super) fn tags(site: &Site) -> BTreeMap<String, Tag> {
    let mut tags: FxHashMap<&str, Tag> = FxHashMap::default();
    let of_products = site.products.values().flat_map(|product| product.tags.iter().map(|tag| (tag, &product.tongue)));
    let of_articles = site.articles.values().flat_map(|article| article.tags.iter().map(|tag| (tag, &article.tongue)));
    for ((slug, title), tongue) in of_products.chain(of_articles) {
        let tag = tags.entry(slug).or_insert_with(|| Tag { title: title.clone(), tongue: tongue.clone(), ..Tag::default() });
        if tongue.is_native {
            tag.tongue = Tongue::native();
        }
    }
    for id in site.newest.iter() {
        for (slug, _) in &site.products[id].tags {
            tags.entry(slug).or_default().products.push(Arc::clone(id));
        }
    }
    let mut articles: Vec<_> = site.articles.values().collect();
    articles.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.key.cmp(&b.key)));
    for article in articles {
        for (slug, _) in &article.tags {
            tags.entry(slug).or_default().pages.push(article.key.clone());
        }
    }
    tags.into_iter().map(|(slug, tag)| (slug.to_owned(), tag)).collect()
}
