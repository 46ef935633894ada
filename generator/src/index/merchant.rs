//! What a product lacks for the feed of Google Merchant Center. Told only where there is such a feed.

use catalog::product::{Kind, Product};

use super::Context;
use crate::diagnostic::{Diagnostic, codes};
use crate::parse::settings::{GoogleFeed, OptionMeaning};
use crate::parse::{Parsed, ParsedProduct};
use crate::site::{OwnProduct, Settings};

/// Google's limit for a title, in characters.
const MAX_TITLE: usize = 150;

/// Whether a product can be in the feed: goods, and no services or money.
pub(crate) fn is_goods(product: &Product) -> bool {
    matches!(product.kind, Kind::Physical | Kind::Digital { .. } | Kind::Bundle { .. })
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
    if product.product.title.chars().count() > MAX_TITLE {
        lacks(format!("the title is cut to {MAX_TITLE} characters in the product feed"), "shorten it, or write `seo: {title: …}`");
    }
    if !feed.own_goods && product.product.variants.iter().any(|variant| !has_number(product, feed, variant.sku.as_str())) {
        let message = format!("`{}` has neither a `gtin` nor a `brand` with an `mpn`", parsed.id);
        lacks(message, "copy the number below the bar code; for goods of your own making write `own_goods: true` below `feeds.google`");
    }
    for (key, what) in lacking_of_clothes(context, settings, feed, parsed, product) {
        let message = format!("`{}` is clothing by its category, and {what} is not said", parsed.id);
        context.tell(Diagnostic::warning(codes::MERCHANT_FEED, message, parsed.title.span.clone()).help(key.to_owned()));
    }
}

fn has_number(product: &OwnProduct, feed: &GoogleFeed, sku: &str) -> bool {
    let has_brand = !product.brand.is_empty() || feed.brand.is_some();
    product.codes.get(sku).is_some_and(|codes| !codes.gtin.is_empty() || (has_brand && !codes.mpn.is_empty()))
}

/// What clothes need beyond other goods: the help and the name of what is missing. 166 and 1604 are the numbers of apparel and of
/// clothing in Google's taxonomy.
fn lacking_of_clothes(
    context: &Context<'_>,
    settings: &Settings,
    feed: &GoogleFeed,
    parsed: &ParsedProduct,
    product: &OwnProduct,
) -> Vec<(&'static str, &'static str)> {
    let category = product.google.category.clone().or_else(|| of_folder(context, &parsed.category)).or_else(|| feed.category.clone());
    let is = |number: &str, path: &str| category.as_deref().is_some_and(|category| category == number || category.starts_with(path));
    if !is("166", "Apparel & Accessories") && !is("1604", "Apparel & Accessories > Clothing") {
        return Vec::new();
    }
    let says = |meaning: OptionMeaning| product.product.options.iter().any(|option| settings.found.meaning(&option.name) == Some(meaning));
    let mut lacking = Vec::new();
    if product.google.age_group.is_none() {
        lacking.push(("add `google: {age_group: adult}`", "the age"));
    }
    if product.google.gender.is_none() {
        lacking.push(("add `google: {gender: unisex}`", "the gender"));
    }
    if !says(OptionMeaning::Colour) {
        lacking.push(("declare an option for it in `shop.yaml`: `options: {Colour: color}`", "the colour"));
    }
    if is("1604", "Apparel & Accessories > Clothing") && !says(OptionMeaning::Size) {
        lacking.push(("declare an option for it in `shop.yaml`: `options: {Size: size}`", "the size"));
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
