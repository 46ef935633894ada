//! The category tree: one for each folder of `products/`, with or without a text of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::addresses::{Addresses, category_path};
use super::{Context, Files, bodies, filters, meta, text};
use crate::site::{Body, Category, Meta, Products, Settings, Shared, Site, Tongue};
use crate::source::Fingerprint;

/// The order of categories that name none.
const LAST: i64 = i64::MAX;

/// Every category that is shown, without its products.
pub(super) fn categories(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
    products: &Products,
) -> BTreeMap<String, Category> {
    let drafts: Vec<&str> =
        files.categories.iter().filter(|parsed| parsed.draft && !context.input.drafts).map(|parsed| parsed.path.as_str()).collect();
    let is_draft = |key: &str| with_ancestors(key).any(|above| drafts.contains(&above));
    let mut categories: BTreeMap<String, Category> = BTreeMap::new();
    categories.insert(String::new(), bare(context, ""));
    let written = files.categories.iter().map(|parsed| parsed.path.as_str());
    let filled = products.values().flat_map(|product| product.categories.iter().map(String::as_str));
    let used: BTreeSet<&str> = written.chain(filled).collect();
    for key in used.into_iter().filter(|key| !is_draft(key)).flat_map(with_ancestors) {
        categories.entry(key.to_owned()).or_insert_with(|| bare(context, key));
    }
    for parsed in files.categories.iter().filter(|parsed| !is_draft(&parsed.path)) {
        let description = text(parsed.description.as_ref());
        let body = bodies::body(context, addresses, settings, &parsed.file, &parsed.body);
        let category = Category {
            fingerprint: context.fingerprint(&parsed.file, &body),
            tongue: context.input.tongue(&parsed.file),
            key: parsed.path.clone(),
            path: category_path(&parsed.path),
            title: parsed.title.value.clone(),
            meta: meta(&parsed.seo, &description, body.summary()),
            description,
            body,
            picture: context.title_picture(&parsed.file, parsed.image.as_ref()),
            order: parsed.order.as_ref().map_or(LAST, |order| order.value),
            google_category: text(parsed.google_category.as_ref()),
            filters: parsed.filters.as_ref().map(filters::filters),
            children: Vec::new(),
            products: Vec::new(),
            shared: Shared::default(),
        };
        categories.insert(parsed.path.clone(), category);
    }
    categories
}

/// Whether a category is another or lies below it; the whole catalogue has the empty path.
pub(super) fn is_within(key: &str, of: &str) -> bool {
    of.is_empty() || key == of || key.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'))
}

/// `a`, `a/b`, `a/b/c`; nothing for the empty path.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain((!path.is_empty()).then_some(path.len()));
    ends.map(move |end| &path[..end])
}

/// A category without a file is named after its folder, in the default language.
fn bare(context: &Context<'_>, key: &str) -> Category {
    let input = context.input;
    Category {
        fingerprint: Fingerprint::of(key.as_bytes()),
        tongue: if input.place == 0 { Tongue::native() } else { Tongue::foreign(&input.languages[0]) },
        key: key.to_owned(),
        path: category_path(key),
        title: if key.is_empty() { "All products".to_owned() } else { title_of(key) },
        description: String::new(),
        body: Body::default(),
        picture: None,
        order: LAST,
        google_category: String::new(),
        filters: None,
        children: Vec::new(),
        products: Vec::new(),
        shared: Shared::default(),
        meta: Meta::default(),
    }
}

/// `home/tea-towels` → `Tea towels`.
pub(super) fn title_of(key: &str) -> String {
    let words = key.rsplit('/').next().unwrap_or(key).replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Puts children below their parents, and products into their categories and all above.
pub(super) fn fill(site: &mut Site) {
    let mut categories = std::mem::take(Arc::make_mut(&mut site.categories));
    let keys: Vec<String> = categories.keys().cloned().collect();
    for key in keys.iter().filter(|key| !key.is_empty()) {
        let parent = key.rsplit_once('/').map_or("", |(parent, _)| parent);
        if let Some(parent) = categories.get_mut(parent) {
            parent.children.push(key.clone());
        }
    }
    let rank: BTreeMap<String, (i64, String)> =
        categories.iter().map(|(key, category)| (key.clone(), (category.order, category.title.clone()))).collect();
    for category in categories.values_mut() {
        category.children.sort_by(|a, b| rank[a].cmp(&rank[b]));
    }
    for id in site.newest.iter() {
        let mut seen: Vec<&str> = Vec::new();
        for key in site.products[id].categories.iter().flat_map(|category| std::iter::once("").chain(with_ancestors(category))) {
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            if let Some(category) = categories.get_mut(key) {
                category.products.push(Arc::clone(id));
            }
        }
    }
    site.categories = Arc::new(categories);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ancestors_and_titles() {
        assert_eq!(with_ancestors("a/b/c").collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        assert_eq!(with_ancestors("").count(), 0);
        assert_eq!(title_of("home/tea-towels"), "Tea towels");
    }
}
