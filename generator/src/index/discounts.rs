//! Discounts, once the shop's goods, lists and currencies can be held against them.

use catalog::discount::{Benefit, Discount, MAX_AUTOMATIC, Reduction, Target};
use catalog::product::Window;

use super::addresses::Addresses;
use super::categories::is_within;
use super::products::unknown_category;
use super::settings::{amounts, check_languages, words};
use super::{Context, Files};
use crate::diagnostic::{Diagnostic, Severity, Spanned, codes, nearest};
use crate::parse::markdown::slug;
use crate::parse::{BenefitSpec, DiscountSpec, Scope};
use crate::site::{Site, SiteProduct};

/// The group of a tag.
pub fn tag_group(slug: &str) -> String {
    format!("tag:{slug}")
}

/// The group of a category and everything below it.
pub fn category_group(key: &str) -> String {
    format!("category:{key}")
}

/// The group of a collection.
pub fn collection_group(name: &str) -> String {
    format!("collection:{name}")
}

/// Whether a product is in a group.
pub fn is_in_group(product: &SiteProduct, group: &str) -> bool {
    match group.split_once(':') {
        Some(("tag", wanted)) => product.tags.iter().any(|(slug, _)| slug == wanted),
        Some(("category", wanted)) => product.categories.iter().any(|category| is_within(category, wanted)),
        Some(("collection", wanted)) => product.collections.iter().any(|name| name == wanted),
        _ => false,
    }
}

/// The discounts in the editor's order; what they name and nothing has is told.
pub(super) fn discounts(context: &mut Context<'_>, files: &Files<'_>, addresses: &Addresses, site: &Site) -> Vec<Discount> {
    let Some(parsed) = files.discounts else { return Vec::new() };
    let discounts: Vec<Discount> = parsed.discounts.iter().map(|spec| discount(context, files, addresses, site, spec)).collect();
    let automatic = parsed.discounts.iter().filter(|spec| spec.codes.is_empty());
    if let Some(extra) = automatic.clone().nth(MAX_AUTOMATIC) {
        let message = format!("at most {MAX_AUTOMATIC} discounts apply by themselves, and there are {}", automatic.count());
        let error = Diagnostic::error(codes::OUT_OF_RANGE, message, extra.name.span.clone());
        context.tell(error.help("give some of them a `code`, or join them: a discount may be for several tags"));
    }
    discounts
}

fn discount(context: &mut Context<'_>, files: &Files<'_>, addresses: &Addresses, site: &Site, spec: &DiscountSpec) -> Discount {
    let settings = &site.settings;
    check_languages(context, &settings.languages, &spec.title);
    let before = context.problems.len();
    let target = target(context, files, addresses, site, spec);
    let is_sound = context.problems[before..].iter().all(|problem| problem.severity != Severity::Error);
    if is_sound {
        tell_never(context, site, spec, &target);
    }
    let mut money = |price: &crate::parse::PriceText| {
        let before = context.problems.len();
        let written = amounts(context, settings, price);
        // A wrong amount has been told.
        if context.problems.len() > before {
            return written;
        }
        if let Some((missing, _)) = settings.currencies.iter().find(|(currency, _)| !written.contains_key(currency)) {
            let message = format!("the discount has no amount in {missing}");
            let error = Diagnostic::error(codes::CURRENCY_MISSING, message, price.span.clone());
            context.tell(error.help(format!("write one for each currency: `{{{}: …, {missing}: …}}`", settings.currency)));
        }
        if written.values().any(|minor| *minor == 0) {
            let error = Diagnostic::error(codes::DISCOUNT_BENEFIT, "an amount of nothing", price.span.clone());
            context.tell(error.help("write more than 0, or remove it"));
        }
        written
    };
    let benefit = match &spec.benefit {
        BenefitSpec::Percent(scope, points) => scoped(*scope, Reduction::Percent(*points)),
        BenefitSpec::Amount(scope, amount) => scoped(*scope, Reduction::Amount(money(amount))),
        BenefitSpec::BuyGet(buy, get, percent_bp) => Benefit::BuyGet { buy: *buy, get: *get, percent_bp: *percent_bp },
    };
    Discount {
        id: spec.name.value.clone(),
        title: words(settings, &spec.title),
        codes: spec.codes.iter().map(|code| code.value.clone()).collect(),
        benefit,
        target,
        window: Window { from: spec.from.as_ref().map(|at| at.value), until: spec.until.as_ref().map(|at| at.value) },
        min_spend: spec.min_spend.as_ref().map(&mut money),
        min_quantity: spec.min_quantity.as_ref().map(|number| number.value),
        cap: spec.cap.as_ref().map(&mut money),
        uses: spec.uses,
        uses_per_customer: spec.uses_per_customer,
        excludes_reduced: spec.excludes_reduced,
        priority: spec.priority,
        combines: spec.combines,
    }
}

fn scoped(scope: Scope, reduction: Reduction) -> Benefit {
    match scope {
        Scope::Lines => Benefit::Lines(reduction),
        Scope::Order => Benefit::Order(reduction),
        Scope::Shipping => Benefit::Shipping(reduction),
    }
}

fn target(context: &mut Context<'_>, files: &Files<'_>, addresses: &Addresses, site: &Site, spec: &DiscountSpec) -> Target {
    let mut target = Target::default();
    for sku in &spec.target.skus {
        let all = || site.products.values().flat_map(|product| &product.product.variants).map(|variant| variant.sku.as_str());
        // A discount may be ready before its goods are.
        if !all().any(|known| known == sku.value) && !files.knows_sku(&sku.value) {
            tell_unknown(context, codes::UNKNOWN_SKU, "SKU", sku, nearest(sku, all()));
        }
        target.skus.push(sku.value.clone());
    }
    for tag in &spec.target.tags {
        let wanted = slug(tag);
        let all = || site.products.values().flat_map(|product| &product.tags);
        if !all().any(|(slug, _)| *slug == wanted) {
            let message = format!("no product that is shown has the tag `{}`", tag.value);
            let help = nearest(tag, all().map(|(_, title)| title.as_str()))
                .map_or_else(|| "correct it, or remove it".to_owned(), |near| format!("a tag with a similar name is in use: `{near}`"));
            context.tell(Diagnostic::warning(codes::RULE_FINDS_NOTHING, message, tag.span.clone()).help(help));
        }
        target.groups.push(tag_group(&wanted));
    }
    for key in &spec.target.categories {
        if addresses.of_source(&format!("products/{}", key.value)).is_none() {
            context.tell(unknown_category(addresses, key));
        }
        target.groups.push(category_group(&key.value));
    }
    for name in &spec.target.collections {
        if site.collection(name).is_none() {
            let near = nearest(name, site.collections.iter().map(|collection| collection.name.as_str()));
            tell_unknown(context, codes::UNKNOWN_COLLECTION, "collection", name, near);
        }
        target.groups.push(collection_group(name));
    }
    target
}

fn tell_unknown(context: &mut Context<'_>, code: crate::diagnostic::Code, what: &str, name: &Spanned<String>, near: Option<&str>) {
    let help = near.map_or_else(
        || format!("correct it, or remove it: the shop has no such {what}"),
        |near| format!("a {what} with a similar name exists: `{near}`"),
    );
    context.tell(Diagnostic::error(code, format!("unknown {what} `{}`", name.value), name.span.clone()).help(help));
}

/// A discount that is over, or for goods of which there are none, or for so many that nobody may buy them.
fn tell_never(context: &mut Context<'_>, site: &Site, spec: &DiscountSpec, target: &Target) {
    let never = |at: &crate::diagnostic::Span, message: String, help: &str| {
        Diagnostic::warning(codes::NEVER_APPLIES, message, at.clone()).help(help.to_owned())
    };
    if let Some(until) = spec.until.as_ref().filter(|until| until.value <= context.input.now) {
        context.tell(never(&until.span, format!("the discount `{}` is over", spec.name.value), "remove it, or give it another end"));
        return;
    }
    // A shop that sells nothing yet has other worries.
    if target.is_everything() {
        return;
    }
    let is_card = |product: &SiteProduct| matches!(product.product.kind, catalog::product::Kind::GiftCard { .. });
    let groups = &target.groups;
    let goods = site.products.values().filter(|product| product.product.is_sold() && !is_card(product));
    let holds = |product: &SiteProduct| {
        groups.iter().any(|group| is_in_group(product, group))
            || product.product.variants.iter().any(|variant| target.skus.iter().any(|sku| sku == variant.sku.as_str()))
    };
    if !goods.clone().any(|product| holds(product)) {
        let message = format!("the discount `{}` is for nothing that is sold", spec.name.value);
        context.tell(never(&spec.name.span, message, "add goods to `only`, or remove the discount"));
    }
}
