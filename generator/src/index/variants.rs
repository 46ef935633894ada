//! Variants: what is bought, what it costs and how much there is of it.

use catalog::currency::Currency;
use catalog::id::Sku;
use catalog::product::{
    self, Amounts, Choice, Limits, Measure, Pricing, Product, ProductOption, QuantityPrice, Sale, Stock, Variant, Window,
};

use super::Context;
use super::settings::amounts;
use crate::diagnostic::{Diagnostic, Span, Spanned, codes, nearest};
use crate::parse::markdown::slug;
use crate::parse::{self, ParsedProduct, ParsedVariant, PictureSource, PriceText, SaleSpec, Sold};
use crate::site::Settings;

/// The variants of a product, in the editor's order.
pub(super) fn variants(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct) -> Vec<Variant> {
    match (parsed.kind, &parsed.sold.price) {
        (parse::Kind::Group, _) => Vec::new(),
        (parse::Kind::External, None) => Vec::new(),
        _ if !parsed.variants.is_empty() => {
            let mut variants = Vec::with_capacity(parsed.variants.len());
            variants.extend(parsed.variants.iter().filter_map(|variant| self::variant(context, settings, parsed, variant)));
            variants
        }
        _ => combinations(context, settings, parsed),
    }
}

/// The instants at which something of a product changes by itself: seconds since 1970.
pub(super) fn instants(product: &Product) -> impl Iterator<Item = i64> {
    product.variants.iter().flat_map(|variant| variant.pricing.changes_after(i64::MIN).chain(variant.available_from))
}

/// Without `variants`, every combination of the options is sold at the product's price.
fn combinations(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct) -> Vec<Variant> {
    let Some(pricing) = pricing(context, settings, parsed, None, &parsed.title.span) else { return Vec::new() };
    let limits = limits(context, settings, parsed, None);
    let contents = contents(context, parsed, None);
    let options: Vec<ProductOption> = parsed
        .options
        .iter()
        .map(|option| ProductOption { name: option.name.value.clone(), values: option.values.iter().map(|v| v.value.clone()).collect() })
        .collect();
    let rows = product::combinations(&options);
    rows.into_iter()
        .filter_map(|values| {
            let written = parsed.sku.as_ref().filter(|_| options.is_empty()).map(|sku| sku.value.clone());
            let sku = written.unwrap_or_else(|| made_sku(&parsed.id, values.iter().map(String::as_str)));
            Some(Variant {
                sku: Sku::parse(&sku).ok()?,
                choices: values.into_iter().map(Choice::Is).collect(),
                pricing: pricing.clone(),
                contents,
                stock: stock(parsed, None),
                backorder: value_of(parsed, None, |sold| sold.backorder.as_deref()).unwrap_or(0),
                available_from: value_of(parsed, None, |sold| sold.available_from.as_deref()),
                weight_g: value_of(parsed, None, |sold| sold.weight.as_ref()).unwrap_or(0),
                limits,
                image: None,
            })
        })
        .collect()
}

/// `mug-250-ml-blue`.
fn made_sku<'a>(id: &'a str, values: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<String> = std::iter::once(id.to_owned()).chain(values.map(slug)).filter(|part| !part.is_empty()).collect();
    parts.join("-").chars().take(64).collect()
}

fn variant(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct, variant: &ParsedVariant) -> Option<Variant> {
    let pricing = pricing(context, settings, parsed, Some(variant), &variant.span)?;
    let choices: Vec<Choice> = variant
        .choices
        .iter()
        .zip(&parsed.options)
        .map(|(choice, option)| match &choice.value {
            parse::Choice::Any => Choice::Any,
            parse::Choice::Value(index) => Choice::Is(option.values[*index].value.clone()),
        })
        .collect();
    let values = choices.iter().filter_map(|choice| match choice {
        Choice::Is(value) => Some(value.as_str()),
        Choice::Any => None,
    });
    let sku = variant.sku.as_ref().map_or_else(|| made_sku(&parsed.id, values), |sku| sku.value.clone());
    let own = Some(variant);
    Some(Variant {
        sku: Sku::parse(&sku).ok()?,
        image: variant.image.as_ref().and_then(|name| variant_picture(context, parsed, name)),
        choices,
        pricing,
        contents: contents(context, parsed, own),
        stock: stock(parsed, own),
        backorder: value_of(parsed, own, |sold| sold.backorder.as_deref()).unwrap_or(0),
        available_from: value_of(parsed, own, |sold| sold.available_from.as_deref()),
        weight_g: value_of(parsed, own, |sold| sold.weight.as_ref()).unwrap_or(0),
        limits: limits(context, settings, parsed, own),
    })
}

/// What a variant says, else its product.
fn said<'a, T>(parsed: &'a ParsedProduct, variant: Option<&'a ParsedVariant>, key: fn(&'a Sold) -> Option<&'a T>) -> Option<&'a T> {
    variant.and_then(|variant| key(&variant.sold)).or_else(|| key(&parsed.sold))
}

fn value_of<'a, T: Copy + 'a>(
    parsed: &'a ParsedProduct,
    variant: Option<&'a ParsedVariant>,
    key: fn(&'a Sold) -> Option<&'a Spanned<T>>,
) -> Option<T> {
    said(parsed, variant, key).map(|value| value.value)
}

fn variant_picture(context: &mut Context<'_>, parsed: &ParsedProduct, name: &Spanned<String>) -> Option<usize> {
    let of = |source: &PictureSource| match source {
        PictureSource::File(file) | PictureSource::Url(file) => file.value.clone(),
    };
    let index = parsed.images.iter().position(|image| of(&image.source) == name.value);
    if index.is_none() {
        let names: Vec<String> = parsed.images.iter().map(|image| of(&image.source)).collect();
        let help = nearest(name, names.iter().map(String::as_str))
            .map_or_else(|| "add it to the product's `images` first".to_owned(), |near| format!("the product has `{near}`"));
        let message = format!("the picture `{}` is not among the product's `images`", name.value);
        context.tell(Diagnostic::error(codes::IMAGE_MISSING, message, name.span.clone()).label("not in `images`").help(help));
    }
    index
}

/// What a variant costs: its own price, else the product's; `None` where neither is there or none can be charged, which is
/// told. A product's sale, and its prices for many, are for variants without a price of their own.
fn pricing(
    context: &mut Context<'_>,
    settings: &Settings,
    parsed: &ParsedProduct,
    variant: Option<&ParsedVariant>,
    at: &Span,
) -> Option<Pricing> {
    if let Some((min, _)) = parsed.amount.as_deref().filter(|_| parsed.kind == parse::Kind::GiftCard && parsed.sold.price.is_none()) {
        // The buyer names the amount; what is shown is the least.
        return Some(Pricing::at(amounts(context, settings, min)));
    }
    let prices = price(context, settings, parsed, variant, at)?;
    let own_price = variant.is_some_and(|variant| variant.sold.price.is_some());
    let inherited = (!own_price).then_some(&parsed.sold);
    let own = variant.map(|variant| &variant.sold);
    let sale = own.and_then(|own| own.sale.as_ref()).or_else(|| inherited.and_then(|sold| sold.sale.as_ref()));
    let many = own.map(|own| &own.quantity_prices).filter(|many| !many.is_empty()).or_else(|| inherited.map(|sold| &sold.quantity_prices));
    if let Some(until) = sale.and_then(|sale| sale.until.as_ref()).filter(|until| until.value <= context.input.now) {
        let told = Diagnostic::warning(codes::NEVER_APPLIES, "this sale is over", until.span.clone());
        context.tell(told.help("remove it, or give it another end"));
    }
    let most = value_of(parsed, variant, |sold| sold.max_quantity.as_deref()).unwrap_or(settings.max_quantity);
    let out_of_reach = many.into_iter().flatten().map(|(from, _)| from).find(|from| from.value > most);
    if let Some(from) = out_of_reach {
        let message = format!("a price from {} on, and at most {most} can be bought at once", from.value);
        let error = Diagnostic::error(codes::QUANTITY_RULES, message, from.span.clone());
        context.tell(error.help("raise `max_quantity`, or remove this price"));
    }
    let pricing = Pricing {
        compare_at: compare_at(context, settings, parsed, variant, &prices),
        sale: sale.map(|sale| Box::new(self::sale(context, settings, &prices, sale))),
        quantity_prices: tiers(context, settings, &prices, many.map_or(&[][..], Vec::as_slice)),
        prices,
    };
    Some(pricing)
}

fn sale(context: &mut Context<'_>, settings: &Settings, prices: &Amounts, written: &SaleSpec) -> Sale {
    let instant = |written: &Option<Spanned<i64>>| written.as_ref().map(|instant| instant.value);
    let window = Window { from: instant(&written.from), until: instant(&written.until) };
    Sale { prices: lower(context, settings, prices, &written.price, "the sale price"), window }
}

/// Prices for many, each lower than the one before.
fn tiers(context: &mut Context<'_>, settings: &Settings, prices: &Amounts, written: &[(Spanned<u32>, PriceText)]) -> Vec<QuantityPrice> {
    let mut tiers: Vec<QuantityPrice> = Vec::with_capacity(written.len());
    for (from, price) in written {
        let before = tiers.last().map_or(prices, |tier| &tier.prices).clone();
        tiers.push(QuantityPrice { from: from.value, prices: lower(context, settings, &before, price, "the price for many") });
    }
    tiers
}

/// A reduced price, told where it is not lower than the price.
fn lower(context: &mut Context<'_>, settings: &Settings, prices: &Amounts, written: &PriceText, what: &str) -> Amounts {
    let before = context.problems.len();
    let reduced = amounts(context, settings, written);
    if context.problems.len() > before {
        return reduced;
    }
    same_currencies(context, prices, &reduced, what, &written.span);
    if reduced.iter().any(|(currency, minor)| prices.get(currency).is_some_and(|price| minor >= price)) {
        let error = Diagnostic::error(codes::SALE_PRICE, format!("{what} is not below the price before it"), written.span.clone());
        context.tell(error.label("not lower").help("write a lower amount, or remove it"));
    }
    reduced
}

/// Tells when one list of amounts lacks a currency that another has.
pub(super) fn same_currencies(context: &mut Context<'_>, prices: &Amounts, other: &Amounts, what: &str, at: &Span) {
    let lacks = |from: &Amounts, of: &Amounts| of.keys().find(|currency| !from.contains_key(currency)).copied();
    let tell = |context: &mut Context<'_>, currency: Currency, message: String, help: String| {
        let error = Diagnostic::error(codes::CURRENCY_MISSING, message, at.clone());
        context.tell(error.label(format!("{currency} in one of them only")).help(help));
    };
    if let Some(currency) = lacks(other, prices) {
        tell(
            context,
            currency,
            format!("{what} has no amount in {currency}"),
            format!("the price has one: write `{{{currency}: …}}` here as well"),
        );
    } else if let Some(currency) = lacks(prices, other) {
        tell(context, currency, format!("{what} is in {currency}, and the price is not"), format!("add the price in {currency}"));
    }
}

/// The variant's price, else the product's; told where neither is there or none can be charged.
fn price(
    context: &mut Context<'_>,
    settings: &Settings,
    parsed: &ParsedProduct,
    variant: Option<&ParsedVariant>,
    at: &Span,
) -> Option<Amounts> {
    let Some(written) = said(parsed, variant, |sold| sold.price.as_ref()) else {
        let what = if variant.is_some() { "this variant has no price" } else { "this product has no price" };
        context
            .tell(Diagnostic::error(codes::PRICE_MISSING, what, at.clone()).help("add `price: 24.90` to the product or to each variant"));
        return None;
    };
    let before = context.problems.len();
    let prices = amounts(context, settings, written);
    if context.problems.len() > before {
        return None;
    }
    if let Some((missing, _)) = settings.currencies.iter().find(|(currency, _)| !prices.contains_key(currency)) {
        let message = format!("the price is in {} alone; nobody can buy it in {missing}", settings.currency);
        let told = Diagnostic::warning(codes::ONE_CURRENCY, message, written.span.clone());
        context.tell(told.help(format!("write an amount for each currency: `{{{}: …, {missing}: …}}`", settings.currency)));
    }
    Some(prices)
}

fn compare_at(
    context: &mut Context<'_>,
    settings: &Settings,
    parsed: &ParsedProduct,
    variant: Option<&ParsedVariant>,
    prices: &Amounts,
) -> Amounts {
    let own = variant.and_then(|variant| variant.sold.compare_at.as_deref());
    let written: Option<&PriceText> = own.or(parsed.sold.compare_at.as_deref());
    let Some(written) = written else { return Amounts::new() };
    let before = context.problems.len();
    let compare_at = amounts(context, settings, written);
    if context.problems.len() > before {
        return Amounts::new();
    }
    let is_above = |(currency, before): (&Currency, &i64)| prices.get(currency).is_none_or(|price| before > price);
    // A product's `compare_at` may lie below the price of a dearer variant, which is then simply not reduced.
    if !compare_at.iter().all(is_above) {
        if own.is_some() || variant.is_none() {
            let message = "`compare_at` is not above the price";
            let error = Diagnostic::error(codes::COMPARE_AT, message, written.span.clone()).label("the price before the reduction");
            context.tell(error.help("correct it, or remove it where nothing is reduced"));
        }
        return Amounts::new();
    }
    same_currencies(context, prices, &compare_at, "the former price", &written.span);
    compare_at
}

fn stock(parsed: &ParsedProduct, variant: Option<&ParsedVariant>) -> Stock {
    let discontinued = value_of(parsed, variant, |sold| sold.discontinued.as_deref()).unwrap_or(false);
    match value_of(parsed, variant, |sold| sold.stock.as_ref()) {
        // Only `stock: 0` with `discontinued: true` is final; what is left of a discontinued article is still sold.
        Some(0) | None if discontinued => Stock::Discontinued,
        Some(count) => Stock::Counted(count),
        None => Stock::Uncounted,
    }
}

fn limits(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct, variant: Option<&ParsedVariant>) -> Limits {
    let min = said(parsed, variant, |sold| sold.min_quantity.as_deref());
    let max = said(parsed, variant, |sold| sold.max_quantity.as_deref());
    let step = said(parsed, variant, |sold| sold.quantity_step.as_deref());
    let value = |written: Option<&Spanned<u32>>| written.map(|number| number.value);
    let limits = Limits { min: value(min), max: value(max), step: value(step) };
    let most = limits.max.unwrap_or(settings.max_quantity);
    let (Some(place), false) = (min.or(step), limits.allow(u64::from(limits.least()), settings.max_quantity)) else { return limits };
    let message = if limits.least() > most {
        format!("at least {} have to be bought, and at most {most} can be", limits.least())
    } else {
        format!("the least, {}, is not a multiple of {}", limits.least(), limits.step.unwrap_or(1))
    };
    context.tell(Diagnostic::error(codes::QUANTITY_RULES, message, place.span.clone()).help("correct one of the two"));
    limits
}

fn contents(context: &mut Context<'_>, parsed: &ParsedProduct, variant: Option<&ParsedVariant>) -> Option<Measure> {
    let contents = said(parsed, variant, |sold| sold.contents.as_deref())?;
    let is_told = match &parsed.per {
        Some(per) if per.value.is_like(contents.value) => return Some(contents.value),
        Some(per) => format!("{} and {} are not the same kind of measure", contents.value, per.value),
        None => "`contents` without `per`: no price by measure is shown".to_owned(),
    };
    context.tell(
        Diagnostic::warning(codes::NO_PER, is_told, contents.span.clone()).help("write both, such as `contents: 250 ml` and `per: 100 ml`"),
    );
    None
}

/// What prices by measure are for; told where nothing has contents.
pub(super) fn per(context: &mut Context<'_>, parsed: &ParsedProduct) -> Option<Measure> {
    let per = parsed.per.as_ref()?;
    if parsed.sold.contents.is_none() && parsed.variants.iter().all(|variant| variant.sold.contents.is_none()) {
        let told = Diagnostic::warning(codes::NO_PER, "`per` without `contents`: no price by measure is shown", per.span.clone());
        context.tell(told.help("add `contents: 250 ml` to the product or to its variants"));
        return None;
    }
    Some(per.value)
}
