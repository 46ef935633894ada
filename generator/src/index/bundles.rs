//! Bundles: whether what they are made of is sold, and where it is.

use std::collections::BTreeMap;

use catalog::product::{Choice, Kind};
use rustc_hash::FxHashMap;

use super::{Context, Files, ProductFile};
use crate::diagnostic::{Diagnostic, Spanned, codes, nearest};
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
    for parsed in bundles() {
        for (sku, _) in &parsed.components {
            let Some((id, index)) = all.get(sku.value.as_str()) else {
                match draft(files, &sku.value) {
                    Some(product) if site.products.contains_key(parsed.id.as_str()) => context.tell(of_draft(sku, product)),
                    None if !files.knows_sku(&sku.value) => context.tell(unknown(sku, site, &all)),
                    _ => {}
                }
                continue;
            };
            let reason = match &site.products[&***id].product.kind {
                _ if ***id == *parsed.id => "a bundle cannot contain itself",
                Kind::Bundle { .. } => "a bundle cannot contain a bundle",
                Kind::GiftCard { .. } => "a gift card cannot be in a bundle",
                _ if asks_its_buyer(site, id, *index) => "nobody would ask what its buyer has to choose or fill in",
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

/// Whether something has to be said when it is bought: an option that is open, or a field that is required.
fn asks_its_buyer(site: &Site, id: &Id, index: usize) -> bool {
    let product = &site.products[id].product;
    let is_open = product.variants.get(index).is_some_and(|variant| variant.choices.contains(&Choice::Any));
    is_open || product.fields.iter().any(|field| field.is_required)
}

fn draft<'a>(files: &'a Files<'_>, sku: &str) -> Option<&'a ProductFile<'a>> {
    files.products.iter().find(|product| product.draft && super::products::written_skus(product).any(|known| known.value == sku))
}

fn of_draft(sku: &Spanned<String>, product: &ProductFile<'_>) -> Diagnostic {
    let message = format!("`{}` is a variant of `{}`, which is a draft", sku.value, product.id);
    let error = Diagnostic::error(codes::UNKNOWN_SKU, message, sku.span.clone()).label("not sold yet");
    error.related(product.title.span.clone(), "the draft").help("publish it, or make the bundle a draft as well")
}

fn unknown(sku: &Spanned<String>, site: &Site, all: &FxHashMap<&str, (&Id, usize)>) -> Diagnostic {
    let fits = |id: &Id| !matches!(site.products[id].product.kind, Kind::Bundle { .. } | Kind::GiftCard { .. } | Kind::External { .. });
    let mut names: Vec<&str> = all.iter().filter(|(_, (id, _))| fits(id)).map(|(sku, _)| *sku).collect();
    names.sort_unstable();
    let help = nearest(sku, names.into_iter()).map_or_else(
        || "a SKU is what a variant's file calls it, or is made from the product's name and the values of its options".to_owned(),
        |near| format!("a SKU with a similar name exists: `{near}`"),
    );
    Diagnostic::error(codes::UNKNOWN_SKU, format!("unknown SKU `{}`", sku.value), sku.span.clone())
        .label("nothing that is sold has it")
        .help(help)
}
