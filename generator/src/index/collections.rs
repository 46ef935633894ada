//! Collections: lists by hand.

use super::addresses::Addresses;
use super::{Context, Files, bodies, filters, meta, text};
use crate::site::{Body, Collection, Settings, Shared};

/// Every collection that is shown, in order; its products are checked when the products are known.
pub(super) fn collections(context: &mut Context<'_>, files: &Files<'_>, addresses: &Addresses, settings: &Settings) -> Vec<Collection> {
    let mut collections = Vec::new();
    for parsed in files.collections.iter().filter(|parsed| !parsed.draft || context.input.drafts) {
        let summary = text(parsed.summary.as_ref());
        let body =
            parsed.description.as_ref().map_or_else(Body::default, |text| bodies::body(context, addresses, settings, &parsed.file, text));
        let accent = parsed.accent.as_ref().map(|accent| {
            let light = accent.light.value.clone();
            let dark = accent.dark.as_ref().map_or_else(|| light.clone(), |dark| dark.value.clone());
            (light, dark)
        });
        collections.push(Collection {
            fingerprint: context.fingerprint(&parsed.file, &body),
            tongue: context.input.tongue(&parsed.file),
            name: parsed.name.clone(),
            path: format!("/collections/{}/", parsed.name),
            title: parsed.title.value.clone(),
            meta: meta(&parsed.seo, &summary, body.summary()),
            summary,
            body,
            picture: context.title_picture(&parsed.file, parsed.image.as_ref()),
            accent,
            order: parsed.order.as_ref().map_or(i64::MAX, |order| order.value),
            filters: parsed.filters.as_ref().map(filters::filters),
            products: Vec::new(),
            shared: Shared::default(),
        });
    }
    collections.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    collections
}
