//! Bundles: whether what they are made of is sold, and where it is.

use std::collections::BTreeMap;

use catalog::product::Kind;
use rustc_hash::FxHashMap;

use super::{Context, Files};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::site::{Id, Site};

/// Where the components of all bundles are; what cannot be in a bundle is told.
pub(super) fn components(context: &mut Context<'_>, files: &Files<'_>, site: &Site) -> BTreeMap<String, (Id, usize)> {
    let bundles = || files.products.iter().filter(|parsed| !parsed.components.is_empty());
    let mut components = BTreeMap::new();
    if bundles().next().is_none() {
        return components;
    }
    let mut all: FxHashMap<&str, (&Id, usize)> = FxHashMap::default();
    for (id, product) in &site.products {
        all.extend(product.product.variants.iter().enumerate().map(|(index, variant)| (variant.sku.as_str(), (id, index))));
    }
    let written = |sku: &str| {
        let failed = files.failed.iter().any(|claim| claim.skus.iter().any(|known| known == sku));
        // A draft's SKU is known, but nobody can buy it.
        failed || files.products.iter().any(|product| super::products::written_skus(product).any(|known| known.value == sku))
    };
    for parsed in bundles() {
        for (sku, _) in &parsed.components {
            let Some((id, index)) = all.get(sku.value.as_str()) else {
                if !written(&sku.value) || site.products.contains_key(parsed.id.as_str()) && is_draft(files, &sku.value) {
                    context.tell(unknown(sku, all.keys().copied()));
                }
                continue;
            };
            let reason = match &site.products[&***id].product.kind {
                _ if ***id == *parsed.id => "a bundle cannot contain itself",
                Kind::Bundle { .. } => "a bundle cannot contain a bundle",
                Kind::GiftCard { .. } => "a gift card cannot be in a bundle",
                Kind::External { .. } | Kind::Group { .. } => "only what is sold here can be in a bundle",
                Kind::Physical | Kind::Digital { .. } | Kind::Service => {
                    components.insert(sku.value.clone(), ((*id).clone(), *index));
                    continue;
                }
            };
            let error = Diagnostic::error(codes::BUNDLE, reason, sku.span.clone()).label(format!("a variant of `{id}`"));
            context.tell(error.help("take it out of `components`"));
        }
    }
    components
}

fn is_draft(files: &Files<'_>, sku: &str) -> bool {
    files.products.iter().any(|product| product.draft && super::products::written_skus(product).any(|known| known.value == sku))
}

fn unknown<'a>(sku: &crate::diagnostic::Spanned<String>, all: impl Iterator<Item = &'a str>) -> Diagnostic {
    let mut all: Vec<&str> = all.collect();
    all.sort_unstable();
    let help = nearest(sku, all.into_iter()).map_or_else(
        || "a SKU is what a variant's file calls it, or is made from the product's name and the values of its options".to_owned(),
        |near| format!("a SKU with a similar name exists: `{near}`"),
    );
    Diagnostic::error(codes::UNKNOWN_SKU, format!("unknown SKU `{}`", sku.value), sku.span.clone())
        .label("nothing that is sold has it")
        .help(help)
}
