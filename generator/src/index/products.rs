//! Products: from what a file says to what is sold.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::id::ProductId;
use catalog::product::{ChosenAmount, Component, DigitalFile, Kind, Product, ProductOption, Sending};
use catalog::terms::Terms;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::addresses::{Addresses, product_path};
use super::rules::ListRule;
use super::settings::{STANDARD, amounts, check_tax_class};
use super::{Context, Files, Local, ProductFile, attributes, bodies, fields, merchant, meta, taxonomies, text, variants};
use crate::cache::ParsedFile;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Rare, Span, Spanned, codes, nearest};
use crate::parse::{self, ParsedProduct, PictureSource};
use crate::site::{Body, Codes, Id, OptionTitles, OwnProduct, Products, Settings, Site, SiteProduct};
use crate::source::Fingerprint;
use crate::view::PictureView;

/// Tells about ids and SKUs that two files claim.
pub(super) fn claims(context: &mut Context<'_>, files: &Files<'_>) {
    let mut ids: FxHashMap<&str, &ParsedProduct> = FxHashMap::default();
    let mut skus: FxHashMap<&str, (&Span, &str)> = FxHashMap::default();
    for product in &files.products {
        if let Some(other) = ids.insert(&product.id, product) {
            let message = format!("two products have the id `{}`", product.id);
            context.tell(
                Diagnostic::error(codes::DUPLICATE_ID, message, product.title.span.clone())
                    .label("the file's name is the id")
                    .related(other.title.span.clone(), "the other product")
                    .help("rename one of the files"),
            );
        }
        for sku in written_skus(product) {
            if let Some((other, owner)) = skus.insert(&sku.value, (&sku.span, &product.id)).filter(|(_, owner)| *owner != product.id) {
                let message = format!("the SKU `{}` is used by two products", sku.value);
                context.tell(
                    Diagnostic::error(codes::DUPLICATE_SKU, message, sku.span.clone())
                        .label("used again here")
                        .related(other.clone(), format!("first used by `{owner}`"))
                        .help("a SKU names one variant of one product; change one of them"),
                );
            }
        }
    }
}

pub(super) fn written_skus(product: &ParsedProduct) -> impl Iterator<Item = &Spanned<String>> {
    product.sku.as_deref().into_iter().chain(product.variants.iter().filter_map(|variant| variant.sku.as_ref()))
}

/// Mistakes that are no news about a product of which something was left out.
const ABSENCES: [crate::diagnostic::Code; 7] = [
    codes::PRICE_MISSING,
    codes::NO_WEIGHT,
    codes::COMPARE_AT,
    codes::ALT_MISSING,
    codes::ONE_CURRENCY,
    codes::CURRENCY_MISSING,
    codes::NO_PER,
];

/// What a product's file made of it.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) from: Arc<ParsedFile>,
    pub(super) product: Arc<OwnProduct>,
    pub(super) problems: Vec<Diagnostic>,
    /// When its price, or whether it is sent already, changes next: seconds since 1970.
    pub(super) until: Option<i64>,
}

impl Remembered {
    /// Resolves a file. `None` where its name is no id, which has been told.
    pub(super) fn of(input: &Local<'_>, addresses: &Addresses, settings: &Settings, terms: &Terms, file: &ProductFile<'_>) -> Option<Self> {
        let id = ProductId::parse(&file.id).ok()?;
        let mut context = Context::new(input);
        let product = Arc::new(product(&mut context, addresses, settings, terms, file, &id));
        let mut problems = context.problems;
        if !file.complete {
            // What is missing was left out because it is wrong, which has been told.
            problems.retain(|problem| !ABSENCES.contains(&problem.code));
        }
        let until = variants::instants(&product.product).filter(|instant| *instant > input.now).min();
        Some(Self { from: Arc::clone(file.from), product, problems, until })
    }
}

/// Every product that is shown, in the order of the files.
pub(super) fn products(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
    terms: &Terms,
) -> Vec<Remembered> {
    let mut seen = FxHashSet::default();
    let shown: Vec<&ProductFile<'_>> = files
        .products
        .iter()
        .filter(|parsed| context.is_published(parsed.draft, parsed.shown()) && seen.insert(parsed.id.as_str()))
        .collect();
    let input = context.input;
    shown.into_par_iter().filter_map(|file| Remembered::of(input, addresses, settings, terms, file)).collect()
}

/// By id, in no collection yet.
pub(super) fn by_id(products: &[Remembered]) -> Products {
    let listed = |remembered: &Remembered| {
        let own = Arc::clone(&remembered.product);
        (Arc::clone(&own.id), Arc::new(SiteProduct { own, accent: String::new(), collections: Vec::new() }))
    };
    let mut products: Products = products.iter().map(listed).collect();
    products.sort_unstable_keys();
    products
}

/// SKUs that are made from ids can meet one that is written elsewhere.
pub(super) fn tell_made_skus_that_clash(context: &mut Context<'_>, files: &Files<'_>, products: &Products) {
    let mut owners: FxHashMap<&str, &str> = FxHashMap::default();
    for product in products.values() {
        for variant in &product.product.variants {
            let Some(other) = owners.insert(variant.sku.as_str(), product.id()) else { continue };
            let parsed = files.products.iter().find(|parsed| parsed.id == product.id());
            if let Some(parsed) = parsed.filter(|_| other == product.id()) {
                // Written ones were told where the file was read.
                if written_skus(parsed).all(|sku| sku.value != variant.sku.as_str()) {
                    let place = parsed.options.first().map_or(&parsed.title.span, |option| &option.name.span);
                    let message = format!("two choices of `{other}` would have the same SKU `{}`", variant.sku);
                    let error = Diagnostic::error(codes::DUPLICATE_SKU, message, place.clone());
                    context.tell(error.help("list the `variants`, each with a `sku` of its own"));
                }
                break;
            }
            let written = files
                .products
                .iter()
                .flat_map(|p| written_skus(p).map(move |sku| (p, sku)))
                .filter(|(_, sku)| sku.value == variant.sku.as_str());
            if written.count() >= 2 {
                continue; // told as a duplicate already
            }
            let file = files.products.iter().find(|parsed| parsed.id == product.id());
            if let Some(parsed) = file {
                let message = format!("the SKU `{}`, made from the product's id, is used by `{other}` too", variant.sku);
                context.tell(Diagnostic::error(codes::DUPLICATE_SKU, message, parsed.title.span.clone()).help("write a `sku` of its own"));
            }
        }
    }
}

fn product(
    context: &mut Context<'_>,
    addresses: &Addresses,
    settings: &Settings,
    terms: &Terms,
    file: &ProductFile<'_>,
    id: &ProductId,
) -> OwnProduct {
    let parsed = file.parsed;
    if let Some(class) = &parsed.tax_class {
        check_tax_class(context, &terms.tax.classes, class);
    }
    let pictures = pictures(context, parsed);
    let body =
        parsed.description.as_ref().map_or_else(Body::default, |text| bodies::body(context, addresses, settings, &parsed.file, text));
    let variants = variants::variants(context, settings, parsed);
    if matches!(parsed.kind, parse::Kind::Physical)
        && !variants.is_empty()
        && variants.iter().all(|variant| variant.weight_g == 0)
        && needs_weight(terms)
    {
        let message = format!("`{}` has no weight, but shipping is priced by weight", parsed.id);
        context.tell(Diagnostic::warning(codes::NO_WEIGHT, message, parsed.title.span.clone()).help("add `weight: 380 g`"));
    }
    let sending = sending(context, settings, terms, parsed);
    if matches!(parsed.kind, parse::Kind::Physical | parse::Kind::Bundle) {
        tell_too_heavy(context, terms, parsed, &variants, &sending);
    }
    let summary = text(parsed.summary.as_ref());
    let options = parsed
        .options
        .iter()
        .map(|option| ProductOption { name: option.name.value.clone(), values: option.values.iter().map(|v| v.value.clone()).collect() })
        .collect();
    let swatches = parsed.options.iter().enumerate().flat_map(|(i, option)| {
        option.swatches.iter().map(move |(value, colour)| ((i, *value), colour.value.trim_start_matches('#').to_owned()))
    });
    let product = Product {
        id: id.clone(),
        title: parsed.title.value.clone(),
        kind: kind(context, settings, parsed),
        options,
        default_variant: default_variant(parsed),
        per: variants::per(context, parsed),
        low_stock: parsed.low_stock.as_ref().map(|number| number.value),
        fields: fields::fields(context, settings, parsed),
        variants,
        sending,
        tax_class: parsed.tax_class.as_ref().map_or_else(|| STANDARD.to_owned(), |class| class.value.clone()),
    };
    // Prices change at known instants and at no others: the last of them that has passed stands for the time.
    let as_of = variants::instants(&product).filter(|instant| *instant <= context.input.now).max().unwrap_or(i64::MIN);
    let product = OwnProduct {
        fingerprint: Fingerprint::join(&[fingerprint(context, file, &body), Fingerprint::of(&as_of.to_le_bytes())]),
        codes: codes_of(parsed, &product),
        condition: parsed.condition,
        rating: parsed.rating,
        is_findable: parsed.is_findable,
        google: parsed.google.as_deref().cloned().unwrap_or_default(),
        as_of,
        attributes: attributes::attributes(context, settings, parsed),
        field_titles: fields::titles(parsed),
        dimensions: parsed.dimensions.as_ref().map(|sides| sides.value),
        customs_code: text(parsed.customs_code.as_deref()),
        origin: text(parsed.origin.as_deref()),
        id: Id::from(id.as_str()),
        file: parsed.file.clone(),
        tongue: context.input.tongue(&parsed.file),
        path: product_path(parsed),
        meta: meta(&parsed.seo, &summary, body.summary()),
        summary: if summary.is_empty() { body.summary().to_owned() } else { summary },
        body,
        brand: text(parsed.brand.as_ref()),
        categories: categories(context, addresses, parsed),
        tags: taxonomies::tags(&parsed.tags),
        terms: taxonomies::names(context, settings, &parsed.taxonomies),
        pictures,
        option_titles: parsed
            .options
            .iter()
            .map(|option| OptionTitles { title: option.title().to_owned(), values: option.value_titles() })
            .collect(),
        swatches: swatches.collect(),
        specifications: parsed.specifications.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect(),
        related: parsed.related.iter().map(|id| id.value.clone()).collect(),
        date: parsed.date.as_ref().map(|date| date.value),
        product,
    };
    merchant::check(context, settings, parsed, &product);
    product
}

/// Numbers by which the world knows variants; a product's own are for one without variants, but for the maker's.
fn codes_of(parsed: &ParsedProduct, product: &Product) -> BTreeMap<String, Codes> {
    let own = &parsed.sold;
    // One that was left out because it is wrong has been told, and nothing is built.
    let variants = if parsed.variants.len() == product.variants.len() { &parsed.variants[..] } else { &[] };
    let of = |(place, variant): (usize, &catalog::product::Variant)| {
        let written = variants.get(place).map_or(own, |variant| &variant.sold);
        let number = |of_variant: &Rare<String>, of_product: &Rare<String>| text(of_variant.as_deref().or(of_product.as_deref()));
        let codes = Codes { gtin: number(&written.gtin, &own.gtin), mpn: number(&written.mpn, &own.mpn) };
        (codes != Codes::default()).then(|| (variant.sku.to_string(), codes))
    };
    product.variants.iter().enumerate().filter_map(of).collect()
}

/// The index of the variant that is chosen at first.
fn default_variant(parsed: &ParsedProduct) -> usize {
    parsed.variants.iter().position(|variant| variant.is_default).unwrap_or(0)
}

fn sending(context: &mut Context<'_>, settings: &Settings, terms: &Terms, parsed: &ParsedProduct) -> Sending {
    let codes_of = || terms.shipping.zones.iter().flat_map(|zone| &zone.methods).map(|method| method.code.as_str());
    for code in &parsed.not_by {
        if codes_of().any(|known| known == code.value) {
            continue;
        }
        let help = nearest(code, codes_of()).map_or_else(
            || "a method's `code` stands in `shipping.zones` of `shop.yaml`".to_owned(),
            |near| format!("a method with a similar code exists: `{near}`"),
        );
        let message = format!("unknown shipping method `{}`", code.value);
        context.tell(Diagnostic::error(codes::UNKNOWN_METHOD, message, code.span.clone()).label("no zone has it").help(help));
    }
    Sending {
        surcharge: parsed.surcharge.as_ref().map(|price| amounts(context, settings, price)).unwrap_or_default(),
        not_by: parsed.not_by.iter().map(|code| code.value.clone()).collect(),
    }
}

/// Tells of what no method of a zone takes, by its weight or by its own word.
fn tell_too_heavy(
    context: &mut Context<'_>,
    terms: &Terms,
    parsed: &ParsedProduct,
    variants: &[catalog::product::Variant],
    sending: &Sending,
) {
    let Some(heaviest) = variants.iter().max_by_key(|variant| variant.weight_g) else { return };
    let not_by: Vec<&str> = sending.not_by.iter().map(String::as_str).collect();
    for zone in &terms.shipping.zones {
        let takes = |method: &catalog::shipping::Method| {
            heaviest.pricing.prices.iter().any(|(currency, worth)| {
                let parcel = catalog::shipping::Parcel {
                    worth: *worth,
                    weight_g: u64::from(heaviest.weight_g),
                    pieces: 1,
                    surcharge: 0,
                    not_by: not_by.clone(),
                };
                method.price(*currency, &parcel).is_some()
            })
        };
        // A method without a single price has been told.
        if zone.methods.is_empty() || zone.methods.iter().any(takes) || heaviest.pricing.prices.is_empty() {
            continue;
        }
        let place = parsed.sold.weight.as_ref().map_or_else(|| parsed.title.span.clone(), |weight| weight.span.clone());
        let message = format!("no shipping method of the zone ‘{}’ takes `{}`", zone.name, parsed.id);
        let help = "add a band that reaches so far, or a method for it; `bands` end with their last `up_to`";
        context.tell(Diagnostic::warning(codes::TOO_HEAVY, message, place).help(help));
        return;
    }
}

/// Of the file and its place, which gives id and category, and of what it refers to elsewhere as far as the product shows
/// it: where links lead, and pictures.
fn fingerprint(context: &Context<'_>, file: &ProductFile<'_>, body: &Body) -> Fingerprint {
    let pictures = file.images.iter().filter_map(|image| match &image.source {
        PictureSource::File(name) => context.input.pictures.get(&super::beside(&file.file, name)),
        PictureSource::Url(_) => None,
    });
    let pictures: Vec<Fingerprint> = pictures.map(|picture| picture.fingerprint).collect();
    Fingerprint::join(&[
        Fingerprint::of(file.file.as_bytes()),
        file.from.fingerprint,
        body.outside_fingerprint(),
        Fingerprint::join(&pictures),
    ])
}

fn needs_weight(terms: &Terms) -> bool {
    terms.shipping.zones.iter().flat_map(|zone| &zone.methods).any(|method| matches!(method.rate, catalog::shipping::Rate::Bands(_)))
}

fn kind(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct) -> Kind {
    match parsed.kind {
        parse::Kind::Physical => Kind::Physical,
        parse::Kind::Service => Kind::Service,
        parse::Kind::Digital => Kind::Digital { files: files(context, parsed) },
        // What is no SKU of the shop is told where all products are known.
        parse::Kind::Bundle => {
            let component = |(sku, quantity): &(Spanned<String>, u32)| {
                Some(Component { sku: catalog::id::Sku::parse(&sku.value).ok()?, quantity: *quantity })
            };
            Kind::Bundle { components: parsed.components.iter().filter_map(component).collect() }
        }
        parse::Kind::GiftCard => {
            let chosen = parsed.amount.as_deref().map(|(min, max)| chosen_amount(context, settings, min, max));
            Kind::GiftCard { chosen }
        }
        // Members that are not shown are left out where the group is.
        parse::Kind::Group => Kind::Group { members: parsed.members.iter().filter_map(|id| ProductId::parse(&id.value).ok()).collect() },
        parse::Kind::External => Kind::External {
            url: parsed.external.as_ref().map(|external| external.url.value.clone()).unwrap_or_default(),
            label: parsed.external.as_ref().and_then(|external| external.label.as_ref()).map(|label| label.value.clone()),
        },
    }
}

fn chosen_amount(context: &mut Context<'_>, settings: &Settings, min: &parse::PriceText, max: &parse::PriceText) -> ChosenAmount {
    let before = context.problems.len();
    let chosen = ChosenAmount { min: amounts(context, settings, min), max: amounts(context, settings, max) };
    if context.problems.len() > before {
        return chosen;
    }
    variants::same_currencies(context, &chosen.min, &chosen.max, "max", &max.span);
    if chosen.min.iter().any(|(currency, least)| *least < 1 || chosen.max.get(currency).is_some_and(|most| most < least)) {
        let error = Diagnostic::error(codes::OUT_OF_RANGE, "the least amount lies above the most, or is nothing", min.span.clone());
        context.tell(error.related(max.span.clone(), "the most").help("correct one of the two"));
    }
    chosen
}

fn files(context: &mut Context<'_>, parsed: &ParsedProduct) -> Vec<DigitalFile> {
    for file in &parsed.files {
        if context.input.sources.get(&format!("downloads/{}", file.file.value)).is_some() {
            continue;
        }
        let known: Vec<&str> = context.input.sources.below("downloads/").map(|(path, _)| path.trim_start_matches("downloads/")).collect();
        let help = nearest(&file.file, known.into_iter()).map_or_else(
            || format!("put it at `downloads/{}`", file.file.value),
            |near| format!("a file with a similar name is there: `{near}`"),
        );
        let message = format!("the file to download `{}` does not exist", file.file.value);
        context.tell(Diagnostic::error(codes::DOWNLOAD_MISSING, message, file.file.span.clone()).label("not in `downloads/`").help(help));
    }
    let file =
        |file: &parse::ProductFile| DigitalFile { file: file.file.value.clone(), title: file.title.as_ref().map(|t| t.value.clone()) };
    parsed.files.iter().map(file).collect()
}

fn categories(context: &mut Context<'_>, addresses: &Addresses, parsed: &ParsedProduct) -> Vec<String> {
    let mut keys = vec![parsed.category.clone()];
    for key in &parsed.also_in {
        if addresses.of_source(&format!("products/{}", key.value)).is_some() {
            if !keys.contains(&key.value) {
                keys.push(key.value.clone());
            }
            continue;
        }
        context.tell(unknown_category(addresses, key));
    }
    keys
}

/// Tells of a category that is not there.
pub(super) fn unknown_category(addresses: &Addresses, key: &Spanned<String>) -> Diagnostic {
    let known = addresses.category_keys();
    let help = nearest(key, known.iter().map(String::as_str)).map_or_else(
        || "a category is a folder of `products/`".to_owned(),
        |near| format!("a category with a similar name exists: `{near}`"),
    );
    let message = format!("unknown category `{}`", key.value);
    let told = Diagnostic::error(codes::UNKNOWN_CATEGORY, message, key.span.clone());
    told.label("no folder of `products/` has this path").help(help)
}

fn pictures(context: &mut Context<'_>, parsed: &ParsedProduct) -> Vec<PictureView> {
    let mut pictures = Vec::new();
    for image in &parsed.images {
        let alt = image.alt.as_ref().map(|alt| alt.value.clone());
        match &image.source {
            PictureSource::Url(_) => pictures.push(PictureView { file: None, alt: alt.unwrap_or_default(), focus: image.focus }),
            PictureSource::File(name) => {
                if alt.is_none() {
                    let message = format!("the picture `{}` has no description", name.value);
                    let warning = Diagnostic::warning(codes::ALT_MISSING, message, name.span.clone());
                    context.tell(warning.help("add `alt:` with what it shows, or `alt: ''` for a decoration").under(Rule::AltMissing));
                }
                // A picture that cannot be shown keeps its place, so that variants point at the right ones.
                let shown = context.picture(&parsed.file, name, image.alt.as_ref(), image.focus);
                pictures.push(shown.unwrap_or(PictureView { file: None, alt: alt.unwrap_or_default(), focus: image.focus }));
            }
        }
    }
    pictures
}

/// Connects products with their collections, and tells about names that lead nowhere.
///
/// Lists by rule are those of `first`, the shop in its default language, where there is one: translations have other tags.
pub(super) fn connect(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    site: &mut Site,
    first: Option<&Site>,
) -> Vec<ListRule> {
    site.newest = Arc::new(newest(&site.products));
    for parsed in &files.products {
        known(context, files, site, &parsed.related, "product");
        known(context, files, site, &parsed.members, "product");
        for (id, named) in parsed.members.iter().filter_map(|id| Some((id, site.products.get(id.value.as_str())?))) {
            if matches!(named.product.kind, Kind::Group { .. }) {
                let message = format!("the group `{}` cannot be a member", id.value);
                context.tell(Diagnostic::error(codes::GROUP_MEMBER, message, id.span.clone()).help("groups list products that are sold"));
            }
        }
    }
    let mut rules = Vec::new();
    let mut collections = std::mem::take(Arc::make_mut(&mut site.collections));
    for parsed in &files.collections {
        let by_hand = known(context, files, site, &parsed.products, "product");
        let Some(index) = collections.iter().position(|collection| collection.name == parsed.name) else { continue };
        let shown_first = first.and_then(|first| first.collection(&parsed.name));
        let products = match (&parsed.rule, shown_first) {
            (None, _) => by_hand,
            (Some(_), Some(first)) => first.products.clone(),
            (Some(_), None) => {
                let rule = ListRule::of(context, addresses, parsed, site);
                let members = rule.as_ref().map_or_else(Vec::new, |rule| rule.members(site));
                rules.extend(rule);
                members
            }
        };
        if parsed.complete && (parsed.products.is_empty() && parsed.rule.is_none() || parsed.rule.is_some() && products.is_empty()) {
            let message = format!("the collection `{}` has no products", parsed.name);
            let help =
                if parsed.rule.is_some() { "loosen its `rule`, or write `draft: true`" } else { "add `products:`, or `draft: true`" };
            context.tell(Diagnostic::warning(codes::EMPTY_LIST, message, parsed.title.span.clone()).help(help).under(Rule::EmptyLists));
        }
        collections[index].products = products;
    }
    for collection in &collections {
        let accent = collection.accent_class();
        for id in &collection.products {
            let Some(product) = site.products.get_mut(id) else { continue };
            let product = Arc::make_mut(product);
            product.collections.push(collection.name.clone());
            if product.accent.is_empty() {
                product.accent.clone_from(&accent);
            }
        }
    }
    site.collections = Arc::new(collections);
    rules
}

/// Newest first; those without a date last, by id.
fn newest(products: &Products) -> Vec<Id> {
    // The map is in the order of ids, and the sort keeps it among equal dates.
    let mut list: Vec<(Option<i64>, &Id)> = products.iter().map(|(id, product)| (product.date, id)).collect();
    list.sort_by_key(|(date, _)| std::cmp::Reverse(*date));
    list.into_iter().map(|(_, id)| Arc::clone(id)).collect()
}

/// The products that are shown; ids that no file has are told, drafts are left out in silence.
fn known(context: &mut Context<'_>, files: &Files<'_>, site: &Site, ids: &[Spanned<String>], what: &str) -> Vec<Id> {
    let mut shown = Vec::new();
    for id in ids {
        if let Some((id, _)) = site.products.get_key_value(id.value.as_str()) {
            shown.push(Arc::clone(id));
        } else if !files.knows_product(id) {
            let help = context.near(id, site.products.keys().map(|id| &**id)).map_or_else(
                || "a product's id is the name of its file without `.yaml`".to_owned(),
                |near| format!("a product with a similar id exists: `{near}`"),
            );
            let message = format!("unknown {what} `{}`", id.value);
            context.tell(Diagnostic::error(codes::UNKNOWN_PRODUCT, message, id.span.clone()).label("no product has this id").help(help));
        }
    }
    shown
}
