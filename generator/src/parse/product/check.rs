//! From what a product's file says to a product: what its keys mean together.

use std::collections::BTreeMap;

use catalog::product::{AMOUNT_FIELD, MAX_OPTIONS, MAX_VARIANTS};

use super::{
    Choice, External, FieldSort, GoogleWords, Kind, LineFieldSpec, OptionSpec, ParsedProduct, ParsedVariant, Picture, PictureSource,
    ProductFile, Rating, RawComponent, RawFile, RawGoogle, RawLineField, RawPicture, RawProduct, RawQuantityPrice, RawRating, RawSale,
    RawVariant, SaleSpec, Sold,
};
use crate::diagnostic::{Diagnostic, Span, Spanned, codes, nearest};
use crate::parse::PriceText;
use crate::parse::fields::Reader;
use crate::parse::shared;

/// The most characters of a field's text.
const MAX_FIELD_CHARS: u32 = 200;

/// The word that stands for all values of an option.
const ANY: &str = "any";

type Named<T> = Vec<(Spanned<String>, T)>;

/// What product and variant say alike, from either's raw form.
macro_rules! sold {
    ($raw:ident, $reader:ident) => {
        Sold {
            price: $raw.price,
            compare_at: $raw.compare_at.map(Box::new),
            sale: $raw.sale.and_then(|sale| self::sale(sale, $reader)).map(Box::new),
            quantity_prices: quantity_prices($raw.quantity_prices.unwrap_or_default(), $reader),
            contents: $raw.contents.map(Box::new),
            stock: $raw.stock,
            backorder: $raw.backorder.map(Box::new),
            available_from: $raw.available_from.map(Box::new),
            weight: $raw.weight,
            min_quantity: $raw.min_quantity.map(Box::new),
            max_quantity: $raw.max_quantity.map(Box::new),
            quantity_step: $raw.quantity_step.map(Box::new),
            discontinued: $raw.discontinued.map(Box::new),
            gtin: $raw.gtin.map(Box::new),
            mpn: $raw.mpn.map(Box::new),
        }
    };
}

/// The product of the file at `address` below `products/`.
pub(in crate::parse) fn product(raw: RawProduct, address: &str, reader: &mut Reader<'_>) -> ParsedProduct {
    let (category, id) = address.rsplit_once('/').unwrap_or(("", address));
    let kind = raw.kind.as_ref().map_or(Kind::Physical, |kind| kind.value);
    check_kind(&raw, kind, reader);

    let mut options = option_specs(raw.options.unwrap_or_default(), reader);
    add_swatches(raw.swatches.unwrap_or_default(), &mut options, reader);
    let variants = variants(raw.variants.unwrap_or_default(), &options, reader);
    let of_one = [("sku", raw.sku.as_ref()), ("gtin", raw.gtin.as_ref())];
    for (key, written) in of_one.into_iter().filter(|_| !options.is_empty() || !variants.is_empty()) {
        let Some(written) = written else { continue };
        let list = format!("remove it, or list the `variants` with a `{key}` each");
        let help = if variants.is_empty() { list } else { "move it into a variant".to_owned() };
        let message = format!("`{key}` stands beside options, but each variant has its own");
        reader.error(codes::KEY_ON_VARIANT, message, written.span.clone(), help);
    }
    let inherited = ["sale", "quantity_prices"].into_iter().filter_map(|key| written_at(&raw.written, key).map(|span| (key, span)));
    for (key, span) in inherited.filter(|_| !variants.is_empty() && variants.iter().all(|variant| variant.sold.price.is_some())) {
        let message = format!("`{key}` is for variants without a price of their own, and all have one");
        reader.error(codes::KEY_ON_VARIANT, message, span, "move it into the variants");
    }
    if let (Kind::GiftCard, Some(_), Some(second)) = (kind, written_at(&raw.written, "price"), written_at(&raw.written, "amount")) {
        let message = "a gift card has a `price`, or an `amount` that its buyer chooses";
        reader.error(codes::KEY_FOR_OTHER_KIND, message, second, "remove one of the two");
    }
    let combinations = options.iter().fold(1_usize, |n, option| n.saturating_mul(option.values.len().max(1)));
    if variants.is_empty()
        && combinations > MAX_VARIANTS
        && let Some(first) = options.first()
    {
        let message = format!("the options have {combinations} combinations, and {MAX_VARIANTS} are possible");
        reader.error(codes::TOO_MANY_OPTIONS, message, first.name.span.clone(), "use fewer values, or list the `variants` that exist");
    }

    let (surcharge, not_by) = raw.shipping.map_or((None, Vec::new()), |sending| {
        let sending = sending.value;
        (sending.surcharge, sending.not_by.unwrap_or_default())
    });

    let fields = fields(raw.fields.unwrap_or_default(), &options, reader);
    for price in fields.iter().filter_map(|field| field.price.as_ref()).filter(|_| kind == Kind::GiftCard) {
        // It would be on the card as well.
        let message = "what is added to a gift card cannot cost anything";
        reader.error(codes::KEY_FOR_OTHER_KIND, message, price.span.clone(), "remove `price`: the card is worth what it costs");
    }

    ParsedProduct {
        file: reader.file.clone(),
        id: id.to_owned(),
        slug: None,
        category: category.to_owned(),
        title: shared::title(raw.title, id, reader),
        description: raw.description,
        summary: raw.summary,
        kind,
        draft: raw.draft.is_some_and(|draft| draft.value),
        date: raw.date,
        expires: raw.expires.map(Box::new),
        also_in: raw.also_in.unwrap_or_default(),
        tags: raw.tags.unwrap_or_default(),
        taxonomies: raw.taxonomies.unwrap_or_default(),
        brand: raw.brand,
        sku: raw.sku.map(Box::new),
        sold: sold!(raw, reader),
        per: raw.per.map(Box::new),
        amount: raw.amount.and_then(|amount| Some(Box::new((amount.value.min?, amount.value.max?)))),
        low_stock: raw.low_stock.map(Box::new),
        dimensions: raw.dimensions.map(Box::new),
        customs_code: raw.customs_code.map(Box::new),
        origin: raw.origin.map(Box::new),
        tax_class: raw.tax_class.map(Box::new),
        surcharge: surcharge.map(Box::new),
        not_by,
        fields,
        attributes: raw.attributes.unwrap_or_default(),
        images: raw.images.unwrap_or_default().into_iter().filter_map(|picture| self::picture(picture, reader)).collect(),
        options,
        variants,
        specifications: raw.specifications.unwrap_or_default(),
        related: raw.related.unwrap_or_default(),
        files: raw.files.unwrap_or_default().into_iter().filter_map(file).collect(),
        members: raw.members.unwrap_or_default(),
        components: components(raw.components.unwrap_or_default(), reader),
        external: raw.external.and_then(|external| Some(Box::new(External { url: external.value.url?, label: external.value.label }))),
        condition: raw.condition.map(|condition| condition.value).unwrap_or_default(),
        rating: raw.rating.and_then(rating),
        google: raw.google.map(|raw| Box::new(google(raw.value, reader))),
        aliases: raw.aliases.unwrap_or_default(),
        is_findable: raw.search.is_none_or(|search| search.value),
        seo: shared::seo(raw.seo),
        complete: reader.is_clean(),
    }
}

fn rating(raw: Spanned<RawRating>) -> Option<Rating> {
    Some(Rating { hundredths: raw.value.value?.value, count: raw.value.count?.value })
}

/// The most labels of a product in Google's feed: `custom_label_0` to `custom_label_4`.
const MAX_LABELS: usize = 5;

fn google(raw: RawGoogle, reader: &mut Reader<'_>) -> GoogleWords {
    let labels = raw.labels.unwrap_or_default();
    if let Some(extra) = labels.get(MAX_LABELS) {
        let message = format!("a product has at most {MAX_LABELS} labels, and this one has {}", labels.len());
        reader.error(codes::OUT_OF_RANGE, message, extra.span.clone(), "remove some");
    }
    GoogleWords {
        category: raw.category.map(|text| text.value),
        age_group: raw.age_group.map(|word| word.value),
        gender: raw.gender.map(|word| word.value),
        color: raw.color.map(|text| text.value),
        size: raw.size.map(|text| text.value),
        labels: labels.into_iter().map(|label| label.value).collect(),
        leave_out: raw.leave_out.is_some_and(|flag| flag.value),
    }
}

fn written_at(written: &[(&'static str, Span)], key: &str) -> Option<Span> {
    written.iter().find(|(other, _)| *other == key).map(|(_, span)| span.clone())
}

/// Keys of what is sold and not of what is only shown.
const SOLD_KEYS: &[&str] = &[
    "sale",
    "quantity_prices",
    "contents",
    "per",
    "sku",
    "gtin",
    "mpn",
    "condition",
    "rating",
    "google",
    "stock",
    "backorder",
    "low_stock",
    "available_from",
    "weight",
    "dimensions",
    "customs_code",
    "origin",
    "min_quantity",
    "max_quantity",
    "quantity_step",
    "tax_class",
    "shipping",
    "options",
    "swatches",
    "variants",
    "fields",
];
/// Keys of things that are sent.
const SENT_KEYS: &[&str] = &["weight", "dimensions", "customs_code", "origin", "shipping"];

/// The name of a kind in an editor's words, and the keys that it does not have.
fn foreign_keys(kind: Kind) -> (&'static str, Vec<&'static str>) {
    let of_kinds = |own: &[&str]| {
        let all = ["files", "members", "components", "external", "amount"];
        all.into_iter().filter(|key| !own.contains(key)).collect::<Vec<_>>()
    };
    match kind {
        Kind::Physical => ("physical", of_kinds(&[])),
        Kind::Digital => ("digital", [&of_kinds(&["files"]), SENT_KEYS].concat()),
        Kind::Service => ("service", [&of_kinds(&[]), SENT_KEYS].concat()),
        Kind::Bundle => ("bundle", [&of_kinds(&["components"])[..], &["stock", "backorder", "options", "swatches", "variants"]].concat()),
        Kind::GiftCard => {
            let never = ["compare_at", "sale", "quantity_prices", "tax_class", "contents", "per", "available_from"];
            ("gift-card", [&of_kinds(&["amount"])[..], &never, SENT_KEYS].concat())
        }
        Kind::Group => ("group", [&of_kinds(&["members"])[..], &["price", "compare_at"], SOLD_KEYS].concat()),
        Kind::External => ("external", [&of_kinds(&["external"])[..], SOLD_KEYS].concat()),
    }
}

fn check_kind(raw: &RawProduct, kind: Kind, reader: &mut Reader<'_>) {
    let (name, foreign) = foreign_keys(kind);
    for (key, span) in raw.written.iter().filter(|(key, _)| foreign.contains(key)) {
        let fitting = match *key {
            "files" => Some("digital"),
            "members" => Some("group"),
            "components" => Some("bundle"),
            "amount" => Some("gift-card"),
            "external" => Some("external"),
            _ => None,
        };
        let message = format!("`{key}` means nothing for a product of the kind `{name}`");
        let help = fitting.map_or_else(|| "remove it, or change `kind`".to_owned(), |kind| format!("remove it, or write `kind: {kind}`"));
        reader.error(codes::KEY_FOR_OTHER_KIND, message, span.clone(), help);
    }
    let written = |key: &str| raw.written.iter().any(|(other, _)| *other == key);
    let place = || raw.kind.as_ref().map(|kind| kind.span.clone());
    let needs = |key: &str| {
        Diagnostic::error(
            codes::KIND_NEEDS_KEY,
            format!("a product of the kind `{name}` needs `{key}`"),
            place().unwrap_or_else(|| reader.span(0, 0)),
        )
    };
    let told = match kind {
        Kind::Group if !written("members") || raw.members.as_ref().is_some_and(Vec::is_empty) => {
            Some(needs("members").help("add `members: [first-product, second-product]`"))
        }
        Kind::Bundle if !written("components") || raw.components.as_ref().is_some_and(Vec::is_empty) => {
            Some(needs("components").help("add `components: [{sku: MUG-250}, {sku: TEA, quantity: 2}]`"))
        }
        Kind::External if !written("external") => Some(needs("external").help("add `external: {url: 'https://…', label: Buy at …}`")),
        Kind::Digital if !written("files") || raw.files.as_ref().is_some_and(Vec::is_empty) => Some(
            Diagnostic::warning(codes::NO_FILES, "a digital product without files", place().unwrap_or_else(|| reader.span(0, 0)))
                .help("add `files: [{file: pack.zip}]`, a path below `downloads/`"),
        ),
        _ => None,
    };
    reader.diagnostics.extend(told);
}

/// A window that ends before it begins holds nothing.
fn check_window(from: Option<&Spanned<i64>>, until: Option<&Spanned<i64>>, reader: &mut Reader<'_>) {
    if let Some((from, until)) = from.zip(until).filter(|(from, until)| from.value >= until.value) {
        let diagnostic = Diagnostic::error(codes::WINDOW, "the end lies before the beginning", until.span.clone())
            .label("ends here")
            .related(from.span.clone(), "begins here")
            .help("correct one of the two");
        reader.diagnostics.push(diagnostic);
    }
}

fn sale(raw: Spanned<RawSale>, reader: &mut Reader<'_>) -> Option<SaleSpec> {
    let raw = raw.value;
    check_window(raw.from.as_ref(), raw.until.as_ref(), reader);
    Some(SaleSpec { price: raw.price?, from: raw.from, until: raw.until })
}

fn quantity_prices(raws: Vec<Spanned<RawQuantityPrice>>, reader: &mut Reader<'_>) -> Vec<(Spanned<u32>, PriceText)> {
    let tiers: Vec<(Spanned<u32>, PriceText)> = raws.into_iter().filter_map(|raw| Some((raw.value.from?, raw.value.price?))).collect();
    for pair in tiers.windows(2) {
        let [(fewer, _), (more, _)] = pair else { continue };
        if fewer.value >= more.value {
            let diagnostic = Diagnostic::error(codes::BANDS, "prices for many must rise in quantity", more.span.clone())
                .label("not more than before")
                .related(fewer.span.clone(), "the one before")
                .help("sort them by `from`, each number once");
            reader.diagnostics.push(diagnostic);
        }
    }
    tiers
}

fn fields(raws: Named<Spanned<RawLineField>>, options: &[OptionSpec], reader: &mut Reader<'_>) -> Vec<LineFieldSpec> {
    let mut fields = Vec::new();
    for (name, raw) in raws {
        let (span, raw) = (raw.span, raw.value);
        let kind = raw.r#type.as_ref().map_or(FieldSort::Text, |kind| kind.value);
        if name.value == AMOUNT_FIELD || options.iter().any(|option| option.name.value == name.value) {
            let message = format!("`{}` cannot be a field's name: the line has something of this name already", name.value);
            reader.error(codes::RESERVED, message, name.span.clone(), "choose another name");
        }
        let written = |key: &str| raw.written.iter().find(|(other, _)| *other == key).map(|(_, span)| span.clone());
        match (kind, written("choices"), written("max")) {
            (FieldSort::Choice, choices, _) if choices.is_none() || raw.choices.as_ref().is_some_and(Vec::is_empty) => {
                let place = choices.unwrap_or(span);
                reader.error(codes::KIND_NEEDS_KEY, "a field of the type `choice` needs `choices`", place, "add `choices: [oak, ash]`");
            }
            (FieldSort::Text | FieldSort::Date, Some(place), _) => {
                reader.error(codes::KEY_FOR_OTHER_KIND, "only a field of the type `choice` has `choices`", place, "write `type: choice`");
            }
            (FieldSort::Choice | FieldSort::Date, _, Some(place)) => {
                reader.error(codes::KEY_FOR_OTHER_KIND, "only a text has a `max`", place, "remove it");
            }
            _ => {}
        }
        fields.extend(raw.title.map(|title| LineFieldSpec {
            name,
            title,
            kind,
            max: raw.max.map_or(MAX_FIELD_CHARS, |max| max.value),
            choices: raw.choices.unwrap_or_default(),
            choice_titles: Vec::new(),
            is_required: raw.required.is_some_and(|flag| flag.value),
            price: raw.price,
        }));
    }
    fields
}

fn components(raws: Vec<Spanned<RawComponent>>, reader: &mut Reader<'_>) -> Vec<(Spanned<String>, u32)> {
    let mut components: Vec<(Spanned<String>, u32)> = Vec::new();
    for raw in raws {
        let Some(sku) = raw.value.sku else { continue };
        if let Some((first, _)) = components.iter().find(|(known, _)| known.value == sku.value) {
            let diagnostic = Diagnostic::error(codes::DUPLICATE_ENTRY, format!("`{}` stands twice in the bundle", sku.value), sku.span)
                .label("again here")
                .related(first.span.clone(), "first here")
                .help("keep one of them, with its `quantity`");
            reader.diagnostics.push(diagnostic);
            continue;
        }
        components.push((sku, raw.value.quantity.map_or(1, |quantity| quantity.value)));
    }
    components
}

fn picture(raw: Spanned<RawPicture>, reader: &mut Reader<'_>) -> Option<Picture> {
    let (span, raw) = (raw.span, raw.value);
    let written = |key: &str| raw.written.iter().find(|(other, _)| *other == key);
    let (source, name) = match (written("file"), written("url")) {
        (Some(_), Some((_, second))) => {
            reader.error(codes::WRONG_TYPE, "a picture is either a `file` or a `url`", second.clone(), "remove one of the two");
            return None;
        }
        (None, None) => {
            reader.error(codes::MISSING_KEY, "the key `file` is missing", span, "add `file: …`, a picture beside this file");
            return None;
        }
        (Some(_), None) => raw.file.clone().map(|file| (PictureSource::File(file.clone()), file))?,
        (None, Some(_)) => raw.url.clone().map(|url| (PictureSource::Url(url.clone()), url))?,
    };
    if written("alt").is_none() {
        reader.diagnostics.push(shared::alt_missing(&name));
    }
    Some(Picture { source, alt: raw.alt, focus: raw.focus.map(|focus| focus.value).unwrap_or_default() })
}

fn file(raw: Spanned<RawFile>) -> Option<ProductFile> {
    Some(ProductFile { file: raw.value.file?, title: raw.value.title })
}

fn option_specs(options: Named<Vec<Spanned<String>>>, reader: &mut Reader<'_>) -> Vec<OptionSpec> {
    if let Some((name, _)) = options.get(MAX_OPTIONS) {
        let message = format!("a product has at most {MAX_OPTIONS} options, and this one has {}", options.len());
        reader.error(codes::TOO_MANY_OPTIONS, message, name.span.clone(), "make two products of it, or join two options");
    }
    for (name, values) in &options {
        if values.is_empty() && reader.is_clean() {
            let message = format!("the option `{}` has no values", name.value);
            reader.error(codes::OPTION_EMPTY, message, name.span.clone(), "add values, or remove the option");
        }
        for value in values.iter().filter(|value| value.value == ANY) {
            let help = "choose another word; `any` in a variant stands for all values";
            reader.error(codes::RESERVED, "`any` cannot be an option's value", value.span.clone(), help);
        }
    }
    options
        .into_iter()
        .map(|(name, values)| OptionSpec { name, values, swatches: Vec::new(), title: None, value_titles: Vec::new() })
        .collect()
}

fn add_swatches(swatches: Named<Named<Spanned<String>>>, options: &mut [OptionSpec], reader: &mut Reader<'_>) {
    for (name, colours) in swatches {
        let Some(option) = find_option(&name, options, reader) else { continue };
        for (value, colour) in colours {
            if let Some(index) = find_value(&value, &options[option], reader) {
                options[option].swatches.push((index, colour));
            }
        }
    }
}

fn find_option(name: &Spanned<String>, options: &[OptionSpec], reader: &mut Reader<'_>) -> Option<usize> {
    let found = options.iter().position(|option| option.name.value == name.value);
    if found.is_none() {
        let names = || options.iter().map(|option| option.name.value.as_str());
        let help = match nearest(&name.value, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if options.is_empty() => format!("add `options: {{{}: […]}}`", name.value),
            None => format!("the options are {}", quoted(names())),
        };
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OPTION, format!("unknown option `{}`", name.value), name.span.clone());
        reader.diagnostics.push(diagnostic.label("the product has no such option").help(help));
    }
    found
}

fn find_value(value: &Spanned<String>, option: &OptionSpec, reader: &mut Reader<'_>) -> Option<usize> {
    let found = option.values.iter().position(|other| other.value == value.value);
    if found.is_none() {
        let values = || option.values.iter().map(|value| value.value.as_str());
        let help = match nearest(&value.value, values()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the values are {}", quoted(values())),
        };
        let message = format!("unknown value `{}` of the option `{}`", value.value, option.name.value);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_VALUE, message, value.span.clone())
            .label("the option has no such value")
            .related(option.name.span.clone(), "the option")
            .help(help);
        reader.diagnostics.push(diagnostic);
    }
    found
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn variants(raws: Vec<Spanned<RawVariant>>, options: &[OptionSpec], reader: &mut Reader<'_>) -> Vec<ParsedVariant> {
    if let Some(extra) = raws.get(MAX_VARIANTS) {
        let message = format!("a product has at most {MAX_VARIANTS} variants, and this one has {}", raws.len());
        reader.error(codes::TOO_MANY_OPTIONS, message, extra.span.clone(), "make several products of it");
    }
    let mut skus: BTreeMap<String, Span> = BTreeMap::new();
    let mut variants: Vec<ParsedVariant> = Vec::with_capacity(raws.len());
    let mut whole = true;
    for raw in raws {
        if let Some(sku) = &raw.value.sku {
            duplicate_sku(sku, &mut skus, reader);
        }
        let Some(variant) = variant(raw, options, reader) else {
            whole = false;
            continue;
        };
        if let Some(other) = variants.iter().find(|other| overlap(other, &variant)) {
            let diagnostic = Diagnostic::error(codes::SAME_VARIANT, "two variants have the same values", variant.span.clone())
                .label(format!("{} again", described(&variant, options)))
                .related(other.span.clone(), "first here")
                .help("a choice of values leads to one variant: change or remove one of the two");
            reader.diagnostics.push(diagnostic);
        }
        variants.push(variant);
    }
    let mut defaults = variants.iter().filter(|variant| variant.is_default);
    if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
        let diagnostic = Diagnostic::error(codes::DUPLICATE_ENTRY, "two variants are the default", second.span.clone())
            .label("again here")
            .related(first.span.clone(), "first here")
            .help("one variant is chosen at first: remove one `default: true`");
        reader.diagnostics.push(diagnostic);
    }
    if whole && !variants.is_empty() && reader.is_clean() {
        unused_values(&variants, options, reader);
    }
    variants
}

fn duplicate_sku(sku: &Spanned<String>, skus: &mut BTreeMap<String, Span>, reader: &mut Reader<'_>) {
    if let Some(first) = skus.get(&sku.value) {
        let diagnostic = Diagnostic::error(codes::DUPLICATE_SKU, format!("the SKU `{}` stands twice", sku.value), sku.span.clone())
            .label("again here")
            .related(first.clone(), "first here")
            .help("give each variant a SKU of its own");
        reader.diagnostics.push(diagnostic);
    } else {
        skus.insert(sku.value.clone(), sku.span.clone());
    }
}

fn variant(raw: Spanned<RawVariant>, options: &[OptionSpec], reader: &mut Reader<'_>) -> Option<ParsedVariant> {
    let (span, raw) = (raw.span, raw.value);
    let options_broken = raw.options.is_none() && raw.written.iter().any(|(key, _)| *key == "options");
    let mut choices: Vec<Option<Spanned<Choice>>> = vec![None; options.len()];
    let mut told = options_broken;
    for (name, value) in raw.options.unwrap_or_default() {
        let Some(option) = find_option(&name, options, reader) else {
            told = true;
            continue;
        };
        let choice = if value.value == ANY { Some(Choice::Any) } else { find_value(&value, &options[option], reader).map(Choice::Value) };
        told |= choice.is_none();
        choices[option] = choice.map(|choice| Spanned::new(choice, value.span));
    }
    let missing = options.iter().zip(&choices).filter(|(_, choice)| choice.is_none()).map(|(option, _)| &option.name);
    for name in missing.filter(|_| !told) {
        let message = format!("the variant does not say its `{}`", name.value);
        let diagnostic = Diagnostic::error(codes::OPTION_MISSING, message, span.clone())
            .related(name.span.clone(), "the option")
            .help(format!("add `{}: …` to its `options`, or `{}: any` for all values", name.value, name.value));
        reader.diagnostics.push(diagnostic);
    }
    Some(ParsedVariant {
        span,
        sku: raw.sku,
        choices: choices.into_iter().collect::<Option<_>>()?,
        image: raw.image.map(Box::new),
        is_default: raw.default.as_ref().is_some_and(|flag| flag.value),
        sold: sold!(raw, reader),
    })
}

/// Whether a choice of values would lead to both.
fn overlap(a: &ParsedVariant, b: &ParsedVariant) -> bool {
    a.choices.iter().zip(&b.choices).all(|(a, b)| a.value == b.value || a.value == Choice::Any || b.value == Choice::Any)
}

fn described(variant: &ParsedVariant, options: &[OptionSpec]) -> String {
    let parts: Vec<String> = options
        .iter()
        .zip(&variant.choices)
        .map(|(option, choice)| match choice.value {
            Choice::Any => format!("any {}", option.name.value),
            Choice::Value(index) => format!("{} {}", option.name.value, option.values.get(index).map_or("", |value| &value.value)),
        })
        .collect();
    if parts.is_empty() { "without options".to_owned() } else { parts.join(", ") }
}

fn unused_values(variants: &[ParsedVariant], options: &[OptionSpec], reader: &mut Reader<'_>) {
    for (at, option) in options.iter().enumerate() {
        for (index, value) in option.values.iter().enumerate() {
            let used = variants.iter().any(|variant| match variant.choices[at].value {
                Choice::Any => true,
                Choice::Value(chosen) => chosen == index,
            });
            if !used {
                let message = format!("no variant has the value `{}` of the option `{}`", value.value, option.name.value);
                reader.warning(codes::VALUE_UNUSED, message, value.span.clone(), "add a variant, or remove the value");
            }
        }
    }
}

/// The SKUs that a file would have if it could be read: what follows `sku:` anywhere.
pub(in crate::parse) fn scan_skus(source: &str) -> Vec<String> {
    let found = source.match_indices("sku:").filter_map(|(at, key)| {
        let rest = source[at + key.len()..].trim_start_matches([' ', '\t']);
        let end = rest.find(['\n', '\r', ',', '}']).unwrap_or(rest.len());
        let text = rest[..end].trim().trim_matches(['"', '\'']);
        catalog::id::Sku::parse(text).is_ok().then(|| text.to_owned())
    });
    let mut skus: Vec<String> = found.collect();
    skus.sort();
    skus.dedup();
    skus
}
