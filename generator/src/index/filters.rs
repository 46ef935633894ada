//! By what lists can be filtered, as it is written: whether there are such filters, and whether the theme shows them.

use std::collections::BTreeSet;

use super::{Context, Files};
use crate::diagnostic::{Diagnostic, Spanned, codes, nearest};
use crate::facets::{AVAILABLE, BRAND, PRICE};
use crate::parse::{ParsedSettings, WrittenFilters};
use crate::render::FILTERED;
use crate::site::{Filters, Site};
use crate::source::Fingerprint;
use crate::theme::Layers;

/// So many filters are named to who has named one that there is not.
const MOST_NAMED: usize = 12;

/// What is written, without its places.
pub(super) fn filters(written: &WrittenFilters) -> Filters {
    match written {
        WrittenFilters::Switch(switch) if switch.value => Filters::All,
        WrittenFilters::Switch(_) => Filters::Nothing,
        WrittenFilters::Named(names) if names.is_empty() => Filters::Nothing,
        WrittenFilters::Named(names) => Filters::Named(names.iter().map(|name| name.value.clone()).collect()),
    }
}

/// Whether a theme, or one that it builds on, has the template for what is filtered. An empty one is none: so a theme does without the
/// filters of the one that it builds on.
pub(super) fn has_template(context: &Context<'_>, themes: &[String]) -> bool {
    let template = Layers::new(context.input.sources, themes).get(&format!("templates/{FILTERED}"));
    template.is_some_and(|template| template.file.fingerprint != Fingerprint::of(b""))
}

/// Tells of filters that there are not, and of those that nobody sees.
pub(super) fn check(context: &mut Context<'_>, files: &Files<'_>, parsed: &ParsedSettings, site: &Site) {
    let categories = files.categories.iter().filter_map(|category| category.filters.as_ref());
    let collections = files.collections.iter().filter_map(|collection| collection.filters.as_ref());
    let written: Vec<&WrittenFilters> = parsed.filters.iter().chain(categories).chain(collections).collect();
    if written.is_empty() {
        return;
    }
    if let Some(place) = written.iter().find_map(|filters| filters.place()).filter(|_| !site.settings.shows_filters) {
        let message = format!("the theme `{}` shows no filters", parsed.theme.name.value);
        let told = Diagnostic::warning(codes::NO_FILTERS, message, place.clone());
        context.tell(told.label("nobody sees them").help(format!("the theme needs the template `{FILTERED}`")));
    }
    let settings = &site.settings;
    // Drafts count: their options are written for a day on which they are shown.
    let options = files.products.iter().flat_map(|product| product.options.iter().map(|option| option.name.value.as_str()));
    let taxonomies = settings.taxonomies.iter().map(|taxonomy| taxonomy.name.as_str());
    let attributes = settings.attributes.iter().map(|attribute| attribute.name.as_str());
    let known: BTreeSet<&str> = [AVAILABLE, PRICE, BRAND].into_iter().chain(taxonomies).chain(attributes).chain(options).collect();
    for name in written.into_iter().flat_map(WrittenFilters::names).filter(|name| !known.contains(name.value.as_str())) {
        context.tell(unknown(name, &known));
    }
}

fn unknown(name: &Spanned<String>, known: &BTreeSet<&str>) -> Diagnostic {
    let help = nearest(name, known.iter().copied()).map_or_else(
        || {
            format!(
                "filters of this shop are {}",
                known.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )
        },
        |near| format!("a filter with a similar name exists: `{near}`"),
    );
    Diagnostic::error(codes::UNKNOWN_FILTER, format!("unknown filter `{}`", name.value), name.span.clone())
        .label("no option, attribute or taxonomy has this name")
        .help(help)
}
