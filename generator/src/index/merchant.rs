//! What a product lacks for the feed of Google Merchant Center. Told only where there is such a feed.

use catalog::product::{Kind, Product, Variant};

use super::Context;
use super::apparel::{self, Apparel};
use crate::diagnostic::{Diagnostic, codes};
use crate::parse::settings::{GoogleFeed, OptionMeaning};
use crate::parse::{Parsed, ParsedProduct};
use crate::present::titles;
use crate::site::{OwnProduct, Settings};

/// Google's limit for a title, in characters.
pub(crate) const MAX_TITLE: usize = 150;

/// Whether a product can be in the feed: goods, and no services or money.
pub(crate) fn is_goods(product: &Product) -> bool {
    matches!(product.kind, Kind::Physical | Kind::Digital { .. } | Kind::Bundle { .. })
}

/// A variant's title in the feed: the product's, and what tells it from the others, which is never cut.
pub(crate) fn title(product: &OwnProduct, variant: &Variant) -> (String, String) {
    let title = product.meta.title.as_deref().unwrap_or(&product.product.title);
    let values: Vec<&str> = titles(product, variant).collect();
    (title.to_owned(), if values.is_empty() { String::new() } else { format!(" – {}", values.join(", ")) })
}

/// Tells what Google asks for and the product does not say.
pub(super) fn check(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct, product: &OwnProduct) {
    let Some(feed) = settings.found.google.as_ref().filter(|_| context.input.place == 0) else { return };
    if product.google.leave_out || !is_goods(&product.product) {
        return;
    }
    let mut lacks = |message: String, help: &str| {
        context.tell(Diagnostic::warning(codes::MERCHANT_FEED, message, parsed.title.span.clone()).help(help.to_owned()));
    };
    if product.pictures.iter().all(|picture| picture.file.is_none()) {
        lacks(format!("`{}` has no picture, and Google shows nothing without one", parsed.id), "add `images`");
    }
    if product.summary.is_empty() && product.meta.description.is_empty() {
        lacks(format!("`{}` has no text for the product feed", parsed.id), "add `description` or `summary`");
    }
    let lengths = product.product.variants.iter().map(|variant| {
        let (title, values) = title(product, variant);
        title.chars().count() + values.chars().count()
    });
    if let Some(longest) = lengths.max().filter(|longest| *longest > MAX_TITLE) {
        let message =
            format!("the title has {longest} characters in the product feed, with the values of its options, and is cut to {MAX_TITLE}");
        lacks(message, "shorten it, or write a shorter `seo: {title: …}`");
    }
    let is_meant = |option: &catalog::product::ProductOption| settings.found.meaning(&option.name).is_some();
    if product.product.variants.len() > 1 && !product.product.options.iter().any(is_meant) {
        let names: Vec<&str> = product.product.options.iter().map(|option| option.name.as_str()).collect();
        let message = format!("nothing says in what the variants of `{}` differ", parsed.id);
        lacks(
            message,
            &format!(
                "say in `shop.yaml` what an option means elsewhere: `options: {{{}: size}}`, or `color`, `material`, `pattern`",
                names.join(" / ")
            ),
        );
    }
    if !feed.own_goods && product.product.variants.iter().any(|variant| !has_number(product, feed, variant.sku.as_str())) {
        let message = format!("`{}` has neither a `gtin` nor a `brand` with an `mpn`", parsed.id);
        lacks(message, "copy the number below the bar code; for goods of your own making write `own_goods: true` below `feeds.google`");
    }
    for (help, what) in lacking_of_clothes(context, settings, feed, parsed, product) {
        let message = format!("`{}` is clothing by its category, and {what} is not said", parsed.id);
        context.tell(Diagnostic::warning(codes::MERCHANT_FEED, message, parsed.title.span.clone()).help(help));
    }
}

fn has_number(product: &OwnProduct, feed: &GoogleFeed, sku: &str) -> bool {
    let has_brand = !product.brand.is_empty() || feed.brand.is_some();
    product.codes.get(sku).is_some_and(|codes| !codes.gtin.is_empty() || (has_brand && !codes.mpn.is_empty()))
}

/// What clothes need beyond other goods: the help and the name of what is missing.
fn lacking_of_clothes(
    context: &Context<'_>,
    settings: &Settings,
    feed: &GoogleFeed,
    parsed: &ParsedProduct,
    product: &OwnProduct,
) -> Vec<(String, &'static str)> {
    let category = product.google.category.clone().or_else(|| of_folder(context, &parsed.category)).or_else(|| feed.category.clone());
    let Some(apparel) = category.as_deref().and_then(apparel::of) else { return Vec::new() };
    let says = |meaning: OptionMeaning| product.product.options.iter().any(|option| settings.found.meaning(&option.name) == Some(meaning));
    // Where there is nothing to choose, the product says it itself.
    let help = |key: &str, option: &str| {
        let own = format!("add `google: {{{key}: …}}`");
        if product.product.options.is_empty() {
            own
        } else {
            format!("declare an option for it in `shop.yaml`: `options: {{{option}: {key}}}`, or {own}")
        }
    };
    let mut lacking = Vec::new();
    if product.google.age_group.is_none() {
        lacking.push(("add `google: {age_group: adult}`".to_owned(), "the age"));
    }
    if product.google.gender.is_none() {
        lacking.push(("add `google: {gender: unisex}`".to_owned(), "the gender"));
    }
    if !says(OptionMeaning::Colour) && product.google.color.is_none() {
        lacking.push((help("color", "Colour"), "the colour"));
    }
    if apparel == Apparel::Sized && !says(OptionMeaning::Size) && product.google.size.is_none() {
        lacking.push((help("size", "Size"), "the size"));
    }
    lacking
}

/// Google's category as the nearest folder of products says it.
fn of_folder(context: &Context<'_>, key: &str) -> Option<String> {
    let mut key = Some(key);
    while let Some(folder) = key {
        let path = if folder.is_empty() { "products/_index.md".to_owned() } else { format!("products/{folder}/_index.md") };
        if let Some(Parsed::Category(category)) = context.input.files.parsed.get(path.as_str()).map(|file| &file.value)
            && let Some(category) = &category.google_category
        {
            return Some(category.value.clone());
        }
        key = (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(parent, _)| parent));
    }
    None
}
