//! Discounts, `discounts.yaml`: by name, what each takes off and on which conditions. Nothing of it reaches the site.

use serde::{Deserialize, Serialize};

use catalog::discount::Combines;

use super::PriceText;
use super::fields::{Pairs, Read, Reader, Scalar, Set, keys};
use super::forms::{Bool, CodeText, CombinesWord, Date, Folders, Line, Order, Percent, ScopeWord, SkuText, Slug, Tag, Until, Whole};
use super::money::Price;
use super::settings::{Localized, Words};
use super::yaml::Node;
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes};

keys! {
    "A discount."
    struct RawDiscount {
        #[required] title: Localized<Line>, "What shoppers read.";
        code: CodeText, "The code that asks for it; without one it applies by itself.";
        codes: Set<CodeText>, "Or several codes.";
        percent: Percent, "How much it takes off: 10%.";
        amount: Price, "Or an amount: 5.00, or {EUR: 5.00, USD: 6}; off each one for lines, else once.";
        buy: Whole<1, 1000>, "Of every `buy` + `get` the cheapest `get` are free, or reduced by `percent`.";
        get: Whole<1, 1000>, "See `buy` (1).";
        free_shipping: Bool, "true: sending costs nothing.";
        of: ScopeWord, "What it reduces: lines, order (when nothing is written) or shipping.";
        only: RawTarget, "For these goods alone.";
        from: Date, "When it begins: a day, or an instant such as 2026-11-27T08:00:00Z.";
        until: Until, "When it ends: a day, itself included, or an instant.";
        min_spend: Price, "Only when the goods cost at least this much.";
        min_quantity: Whole<1, 10_000>, "Only for so many at least.";
        cap: Price, "It takes off at most this much.";
        uses: Whole<1, 10_000_000>, "In so many orders altogether.";
        uses_per_customer: Whole<1, 10_000>, "In so many orders of one customer.";
        exclude_sale: Bool, "true: not for goods that are reduced already.";
        priority: Order, "The higher comes first (0).";
        combines: CombinesWord, "Beside which others it can be used: none (when nothing is written), shipping or all.";
    }
}

keys! {
    "The goods that a discount is for."
    struct RawTarget {
        skus: Set<SkuText>, "Variants, by SKU.";
        tags: Set<Tag>, "What has one of these tags.";
        categories: Set<Folders>, "What is in one of these categories or below it.";
        collections: Set<Slug>, "What is in one of these collections.";
    }
}

/// All discounts of a shop, by name.
pub(super) struct RawDiscounts;

impl RawDiscounts {
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<(Spanned<String>, Spanned<RawDiscount>)>> {
        Pairs::<Slug, RawDiscount>::read(node, reader)
    }
}

impl schemars::JsonSchema for RawDiscounts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Discounts".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let each = generator.subschema_for::<RawDiscount>();
        schemars::json_schema!({
            "description": "The discounts of a shop by name, discounts.yaml.",
            "type": "object",
            "propertyNames": Slug::scalar_schema(),
            "additionalProperties": each,
        })
    }
}

/// The discounts as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedDiscounts {
    /// `discounts.yaml`.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// In the order written.
    pub discounts: Vec<DiscountSpec>,
}

/// What a discount reduces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Each line by itself.
    Lines,
    /// All goods together.
    #[default]
    Order,
    /// The price of sending.
    Shipping,
}

/// A discount as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscountSpec {
    /// The stable name.
    pub name: Spanned<String>,
    /// What shoppers read.
    pub title: Words,
    /// As they are compared; empty for one that applies by itself.
    pub codes: Vec<Spanned<String>>,
    /// What it does.
    pub benefit: BenefitSpec,
    /// For these goods alone.
    pub target: TargetSpec,
    /// Its first second since 1970, UTC.
    pub from: Option<Spanned<i64>>,
    /// The first second after it.
    pub until: Option<Spanned<i64>>,
    /// Only from this much on.
    pub min_spend: Option<PriceText>,
    /// Only for so many.
    pub min_quantity: Option<Spanned<u32>>,
    /// At most this much.
    pub cap: Option<PriceText>,
    /// In so many orders altogether.
    pub uses: Option<u32>,
    /// In so many orders of one customer.
    pub uses_per_customer: Option<u32>,
    /// Not for reduced goods.
    pub excludes_reduced: bool,
    /// The higher comes first.
    pub priority: i32,
    /// Beside which others.
    pub combines: Combines,
}

/// What a discount does, as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BenefitSpec {
    /// Basis points off.
    Percent(Scope, u32),
    /// An amount off.
    Amount(Scope, PriceText),
    /// Of every `buy + get` the cheapest `get` are reduced by so many basis points.
    BuyGet(u32, u32, u32),
}

/// The goods that a discount is for, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetSpec {
    /// By SKU.
    pub skus: Vec<Spanned<String>>,
    /// By tag.
    pub tags: Vec<Spanned<String>>,
    /// By category's path.
    pub categories: Vec<Spanned<String>>,
    /// By collection's name.
    pub collections: Vec<Spanned<String>>,
}

/// The discounts of the file.
pub(super) fn discounts(raws: Vec<(Spanned<String>, Spanned<RawDiscount>)>, reader: &mut Reader<'_>) -> ParsedDiscounts {
    let mut discounts: Vec<DiscountSpec> = Vec::new();
    for (name, raw) in raws {
        let Some(discount) = discount(name, raw, reader) else { continue };
        for code in &discount.codes {
            let known = discounts.iter().flat_map(|other| &other.codes).find(|known| known.value == code.value);
            if let Some(first) = known {
                let diagnostic =
                    Diagnostic::error(codes::DISCOUNT_CODE, format!("the code `{}` stands twice", code.value), code.span.clone())
                        .label("again here")
                        .related(first.span.clone(), "first here")
                        .help("a code asks for one discount: change one of them");
                reader.diagnostics.push(diagnostic);
            }
        }
        discounts.push(discount);
    }
    ParsedDiscounts { file: reader.file.clone(), complete: reader.is_clean(), discounts }
}

fn discount(name: Spanned<String>, raw: Spanned<RawDiscount>, reader: &mut Reader<'_>) -> Option<DiscountSpec> {
    let (span, mut raw) = (raw.span, raw.value);
    if let Some((from, until)) = raw.from.as_ref().zip(raw.until.as_ref()).filter(|(from, until)| from.value >= until.value) {
        let diagnostic = Diagnostic::error(codes::WINDOW, "the end lies before the beginning", until.span.clone())
            .label("ends here")
            .related(from.span.clone(), "begins here")
            .help("correct one of the two");
        reader.diagnostics.push(diagnostic);
    }
    tell_empty(&raw, reader);
    let benefit = benefit(&mut raw, &span, reader);
    let target = raw.only.map(|target| target.value).unwrap_or_default();
    Some(DiscountSpec {
        name,
        title: raw.title?,
        codes: raw.code.into_iter().chain(raw.codes.unwrap_or_default()).collect(),
        benefit: benefit?,
        target: TargetSpec {
            skus: target.skus.unwrap_or_default(),
            tags: target.tags.unwrap_or_default(),
            categories: target.categories.unwrap_or_default(),
            collections: target.collections.unwrap_or_default(),
        },
        from: raw.from,
        until: raw.until,
        min_spend: raw.min_spend,
        min_quantity: raw.min_quantity,
        cap: raw.cap,
        uses: raw.uses.map(|uses| uses.value),
        uses_per_customer: raw.uses_per_customer.map(|uses| uses.value),
        excludes_reduced: raw.exclude_sale.is_some_and(|flag| flag.value),
        priority: raw.priority.and_then(|priority| i32::try_from(priority.value).ok()).unwrap_or(0),
        combines: raw.combines.map(|combines| combines.value).unwrap_or_default(),
    })
}

/// A list that was emptied would make a discount for everybody, or for everything.
fn tell_empty(raw: &RawDiscount, reader: &mut Reader<'_>) {
    let is_empty = |list: Option<usize>| list == Some(0);
    let mut empty: Vec<Span> = Vec::new();
    let written =
        |written: &[(&'static str, Span)], key: &str| written.iter().find(|(other, _)| *other == key).map(|(_, span)| span.clone());
    if is_empty(raw.codes.as_ref().map(Vec::len)) {
        empty.extend(written(&raw.written, "codes"));
    }
    if let Some(only) = &raw.only {
        let target = &only.value;
        if target.written.is_empty() {
            empty.extend(written(&raw.written, "only"));
        }
        let lists = [
            ("skus", target.skus.as_ref().map(Vec::len)),
            ("tags", target.tags.as_ref().map(Vec::len)),
            ("categories", target.categories.as_ref().map(Vec::len)),
            ("collections", target.collections.as_ref().map(Vec::len)),
        ];
        empty.extend(lists.into_iter().filter(|(_, length)| is_empty(*length)).filter_map(|(key, _)| written(&target.written, key)));
    }
    for place in empty {
        reader.error(
            codes::EMPTY_VALUE,
            "nothing stands in it",
            place,
            "write something, or remove the key: without it the discount is for everything",
        );
    }
}

/// A discount does one thing; which, its keys say.
fn benefit(raw: &mut RawDiscount, span: &Span, reader: &mut Reader<'_>) -> Option<BenefitSpec> {
    let written = |key: &str| raw.written.iter().find(|(other, _)| *other == key).map(|(_, span)| span.clone());
    let ways: Vec<Span> = ["percent", "amount", "free_shipping"].into_iter().filter_map(written).collect();
    let many = written("buy").or_else(|| written("get"));
    let choose = "keep one of `percent`, `amount`, `free_shipping`, or `buy` and `get`";
    let clash = ways.get(1).or(many.as_ref().filter(|_| ["amount", "free_shipping", "of"].into_iter().any(|key| written(key).is_some())));
    if let Some(second) = clash {
        reader.error(codes::DISCOUNT_BENEFIT, "a discount does one thing", second.clone(), choose);
        return None;
    }
    if let Some(percent) = raw.percent.as_ref().filter(|percent| percent.value == 0) {
        reader.error(
            codes::DISCOUNT_BENEFIT,
            "a discount that takes nothing off",
            percent.span.clone(),
            "write more than `0%`, or remove the discount",
        );
        return None;
    }
    let scope = raw.of.as_ref().map_or(Scope::Order, |scope| scope.value);
    if many.is_some() {
        let buy = raw.buy.as_ref().map(|buy| buy.value);
        if buy.is_none() && written("buy").is_none() {
            reader.error(codes::MISSING_KEY, "the key `buy` is missing", span.clone(), "add `buy: 2`: of every three the cheapest is free");
        }
        let percent = if written("percent").is_some() { raw.percent.as_ref()?.value } else { 10_000 };
        return Some(BenefitSpec::BuyGet(buy?, raw.get.as_ref().map_or(1, |get| get.value), percent));
    }
    if let Some(place) = written("free_shipping") {
        if raw.free_shipping.as_ref().is_some_and(|flag| !flag.value) {
            reader.error(
                codes::DISCOUNT_BENEFIT,
                "a discount that takes nothing off",
                place,
                "write `free_shipping: true`, or remove the discount",
            );
            return None;
        }
        if let Some(of) = raw.of.as_ref().filter(|_| scope != Scope::Shipping) {
            reader.error(codes::DISCOUNT_BENEFIT, "`free_shipping` is about shipping alone", of.span.clone(), "remove `of`");
            return None;
        }
        return Some(BenefitSpec::Percent(Scope::Shipping, 10_000));
    }
    if ways.is_empty() {
        reader.error(
            codes::DISCOUNT_BENEFIT,
            "a discount that takes nothing off",
            span.clone(),
            "add `percent: 10%`, `amount: 5.00`, `free_shipping: true`, or `buy: 2`",
        );
        return None;
    }
    match raw.percent.take() {
        Some(percent) => Some(BenefitSpec::Percent(scope, percent.value)),
        None => raw.amount.take().map(|amount| BenefitSpec::Amount(scope, amount)),
    }
}
