//! A product's page.

use std::collections::BTreeMap;

use serde::Serialize;

use catalog::currency::Currency;
use catalog::product::{Choice, FieldKind, Kind, Stock, Variant};

use super::prices::{self, Many, Periods};
use super::{Main, Presented, Reader, View, cards, lists, page, preview, structured, tag_links, terms};
use crate::parse::markdown::slug;
use crate::parse::settings::OptionMeaning;
use crate::site::found::Found;
use crate::site::{AttributeValue, OwnProduct, SiteProduct};
use crate::view::{
    AmountView, ComponentView, DateView, FieldValueView, FieldView, LimitsView, LinkView, OptionValueView, OptionView, PriceView,
    ProductView, RatingView, SpecificationView, VariantView,
};

pub(super) fn is_discontinued(product: &OwnProduct) -> bool {
    let variants = &product.product.variants;
    !variants.is_empty() && variants.iter().all(|variant| variant.stock == Stock::Discontinued)
}

/// A product as its page shows it.
pub(super) fn view(site: &Reader<'_>, product: &SiteProduct) -> ProductView {
    let sold = &product.product;
    let currency = site.settings().currency;
    let lowest = product.lowest_price(currency);
    let first = sold.variants.get(sold.default_variant);
    let members = match &sold.kind {
        Kind::Group { members } => &members[..],
        _ => &[],
    };
    let variants = variants(site, product);
    ProductView {
        id: product.id().to_owned(),
        lang: product.tongue.words.clone(),
        line_lang: product.tongue.lines.clone(),
        body_lang: product.tongue.body.clone(),
        title: sold.title.clone(),
        // What the description begins with anyway is not said twice.
        summary: if product.summary == product.body.summary() { String::new() } else { product.summary.clone() },
        description: site.body(&product.body),
        brand: product.brand.clone(),
        rating: product.rating.map(|rating| RatingView { value: rating.text(), count: rating.count }),
        kind: sold.kind.name(),
        is_sold: sold.is_sold(),
        discontinued: is_discontinued(product),
        price: prices::lowest_view(site, product),
        from: lowest.is_some_and(|(_, differs)| differs),
        compare_at: product.compare_at(currency).map(|minor| site.price(minor, currency)),
        pictures: product.pictures.clone(),
        options: options(product),
        data: data(site, product, &variants),
        variants,
        default_variant: default_shown(site, product),
        unit_price: first.and_then(|variant| by_measure(site, product, variant)).unwrap_or_default(),
        quantity_prices: first.map(|variant| prices::many_views(site, variant)).unwrap_or_default(),
        sale_until: first.and_then(|variant| sale_until(site, product, variant)),
        ships_from: first.and_then(|variant| variant.available_from).filter(|from| *from > product.as_of).map(|from| site.date(from)),
        limits: limits(site, first),
        fields: fields(site, product),
        amount: amount(site, &sold.kind),
        components: components(site, &sold.kind),
        specifications: specifications(site, product),
        tags: tag_links(site, &product.tags),
        terms: terms::views(site, &product.terms),
        collections: product.collections.iter().filter_map(|name| site.collection_link(name)).collect(),
        related: cards(site, site.related(product).iter()),
        members: members.iter().filter_map(|id| site.card(id.as_str())).collect(),
        external: external(site, &sold.kind),
        max_quantity: site.settings().max_quantity,
    }
}

pub(super) fn product(site: &Reader<'_>, product: &SiteProduct) -> Presented {
    let sold = &product.product;
    let view = view(site, product);
    let mut page = page(site, "product", &product.path, &sold.title, &product.meta);
    page.breadcrumbs = breadcrumbs(site, product);
    page.picture = preview(product.pictures.first());
    page.accent.clone_from(&product.accent);
    let mut copies = product.body.copies.clone();
    page.structured_data = structured::product(site, product, &mut copies);
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &sold.title, &product.path));
    Presented {
        template: "product.html".to_owned(),
        view: View { page, main: Main::Product { product: Box::new(view) } },
        copies,
        blocks: Vec::new(),
    }
}

fn breadcrumbs(site: &Reader<'_>, product: &SiteProduct) -> Vec<LinkView> {
    let key = product.categories.first().map_or("", String::as_str);
    let mut links = lists::breadcrumbs(site, key);
    links.extend(site.category_link(key));
    links
}

fn options(product: &SiteProduct) -> Vec<OptionView> {
    let options = product.product.options.iter().enumerate();
    options
        .map(|(i, option)| OptionView {
            name: option.name.clone(),
            title: product.option_titles[i].title.clone(),
            key: format!("option-{}", i + 1),
            values: option
                .values
                .iter()
                .enumerate()
                .map(|(j, value)| OptionValueView {
                    value: value.clone(),
                    title: product.option_titles[i].values[j].clone(),
                    key: format!("option-{}-{}", i + 1, non_empty(slug(value), j)),
                    swatch: product.swatches.get(&(i, j)).map_or_else(String::new, |colour| format!("swatch-{colour}")),
                })
                .collect(),
        })
        .collect()
}

fn non_empty(slug: String, index: usize) -> String {
    if slug.is_empty() { (index + 1).to_string() } else { slug }
}

fn variants(site: &Reader<'_>, product: &SiteProduct) -> Vec<VariantView> {
    let currency = site.settings().currency;
    let sold_in = product.product.variants.iter().filter_map(|variant| Some((variant, product.unit_price(variant, currency)?)));
    sold_in
        .map(|(variant, price)| {
            let choices: Vec<Option<String>> = variant
                .choices
                .iter()
                .map(|choice| match choice {
                    Choice::Is(value) => Some(value.clone()),
                    Choice::Any => None,
                })
                .collect();
            VariantView {
                sku: variant.sku.to_string(),
                title: titles(product, variant).collect::<Vec<_>>().join(" / "),
                choices,
                price: site.price(price.minor, currency),
                compare_at: price.before.map(|before| site.price(before, currency)),
                counted: matches!(variant.stock, Stock::Counted(_)),
                discontinued: variant.stock == Stock::Discontinued,
                picture: variant.image,
                max_quantity: variant.limits.max.unwrap_or(site.settings().max_quantity),
            }
        })
        .collect()
}

/// What a variant's values are called, in the order of the options; 'any' has no name.
pub fn titles<'a>(product: &'a OwnProduct, variant: &'a Variant) -> impl Iterator<Item = &'a str> {
    (0..product.product.options.len()).filter_map(|place| value_title(product, variant, place))
}

/// What a variant's value of the option at a place is called; 'any' has no name.
fn value_title<'a>(product: &'a OwnProduct, variant: &Variant, place: usize) -> Option<&'a str> {
    let Choice::Is(value) = variant.choices.get(place)? else { return None };
    let at = product.product.options.get(place)?.values.iter().position(|known| known == value)?;
    product.option_titles.get(place)?.values.get(at).map(String::as_str)
}

/// What a variant's values are called of the options that mean the same elsewhere; where there is none, what the product says.
pub fn values_that_mean<'a>(found: &Found, product: &'a OwnProduct, variant: &Variant, meaning: OptionMeaning) -> Vec<&'a str> {
    let mut options =
        product.product.options.iter().enumerate().filter(|(_, option)| found.meaning(&option.name) == Some(meaning)).peekable();
    if options.peek().is_some() {
        return options.filter_map(|(place, _)| value_title(product, variant, place)).collect();
    }
    let own = match meaning {
        OptionMeaning::Colour => product.google.color.as_deref(),
        OptionMeaning::Size => product.google.size.as_deref(),
        OptionMeaning::Material | OptionMeaning::Pattern => None,
    };
    own.into_iter().collect()
}

fn external(site: &Reader<'_>, kind: &Kind) -> Option<LinkView> {
    let Kind::External { url, label } = kind else { return None };
    let host = url.split('/').nth(2).unwrap_or(url).trim_start_matches("www.");
    Some(LinkView::new(label.clone().unwrap_or_else(|| site.word("product.elsewhere", "Buy at {shop}", &[("shop", host)])), url.clone()))
}

fn by_measure(site: &Reader<'_>, product: &OwnProduct, variant: &Variant) -> Option<String> {
    let currency = site.settings().currency;
    prices::by_measure(site, product, variant, currency, product.unit_price(variant, currency)?.minor)
}

/// The place of the variant that is chosen at first, among those that are shown: sold in the default currency.
fn default_shown(site: &Reader<'_>, product: &OwnProduct) -> usize {
    let currency = site.settings().currency;
    let before = product.product.variants.iter().take(product.product.default_variant);
    before.filter(|variant| product.unit_price(variant, currency).is_some()).count()
}

/// The last day of a sale that lasts.
fn sale_until(site: &Reader<'_>, product: &OwnProduct, variant: &Variant) -> Option<DateView> {
    let sale = variant.pricing.sale.as_ref().filter(|sale| sale.window.holds(product.as_of))?;
    sale.window.until.map(|until| site.date(until - 1))
}

fn limits(site: &Reader<'_>, variant: Option<&Variant>) -> LimitsView {
    let limits = variant.map(|variant| variant.limits).unwrap_or_default();
    LimitsView { min: limits.least(), max: limits.max.unwrap_or(site.settings().max_quantity), step: limits.step.unwrap_or(1) }
}

fn fields(site: &Reader<'_>, product: &OwnProduct) -> Vec<FieldView> {
    let field = |(field, titles): (&catalog::product::LineField, &crate::site::FieldTitles)| {
        let (kind, max, values) = match &field.kind {
            FieldKind::Text { max_chars } => ("text", *max_chars, &[][..]),
            FieldKind::Date => ("date", 0, &[][..]),
            FieldKind::Choice { values } => ("choice", 0, &values[..]),
        };
        let named = values.iter().zip(&titles.choices);
        FieldView {
            name: field.name.clone(),
            title: titles.title.clone(),
            kind,
            max,
            required: field.is_required,
            price: prices::fixed(site, &field.prices).filter(|price| price.minor > 0),
            values: named.map(|(value, title)| FieldValueView { value: value.clone(), title: title.clone() }).collect(),
        }
    };
    product.product.fields.iter().zip(&product.field_titles).map(field).collect()
}

/// Round amounts that people give.
const SUGGESTIONS: [i64; 4] = [25, 50, 100, 200];

/// A gift card's amounts in one currency, as scripts read them.
#[derive(Serialize)]
struct AmountsData {
    min: AmountData,
    max: AmountData,
    suggestions: Vec<AmountData>,
}

/// An amount as it is typed, and as it is read.
#[derive(Serialize)]
struct AmountData {
    value: String,
    text: String,
}

impl From<&PriceView> for AmountData {
    fn from(price: &PriceView) -> Self {
        Self { value: price.decimal.clone(), text: price.text.clone() }
    }
}

fn amount(site: &Reader<'_>, kind: &Kind) -> Option<AmountView> {
    let Kind::GiftCard { chosen: Some(chosen) } = kind else { return None };
    let in_currency = |currency: Currency| {
        let (min, max) = (*chosen.min.get(&currency)?, *chosen.max.get(&currency)?);
        let whole = 10_i64.pow(u32::from(currency.digits()));
        let between = SUGGESTIONS.into_iter().map(|amount| amount * whole).filter(|minor| (min..=max).contains(minor));
        let suggestions: Vec<PriceView> = between.map(|minor| site.price(minor, currency)).collect();
        Some((site.price(min, currency), site.price(max, currency), suggestions))
    };
    let currencies = site.settings().currencies.iter().map(|(currency, _)| *currency);
    let data: BTreeMap<&str, AmountsData> = currencies
        .filter_map(|currency| {
            let (min, max, suggestions) = in_currency(currency)?;
            let suggestions = suggestions.iter().map(AmountData::from).collect();
            Some((currency.code(), AmountsData { min: (&min).into(), max: (&max).into(), suggestions }))
        })
        .collect();
    let (min, max, suggestions) = in_currency(site.settings().currency)?;
    Some(AmountView { min, max, suggestions, data: structured::json(&data) })
}

fn components(site: &Reader<'_>, kind: &Kind) -> Vec<ComponentView> {
    let Kind::Bundle { components } = kind else { return Vec::new() };
    let component = |component: &catalog::product::Component| {
        let (part, index) = site.component(component.sku.as_str())?;
        let values = part.product.variants.get(index).map(|variant| titles(part, variant).collect::<Vec<_>>().join(", "));
        let values = values.filter(|values| !values.is_empty()).map_or_else(String::new, |values| format!(", {values}"));
        Some(ComponentView {
            quantity: component.quantity,
            title: format!("{}{values}", part.product.title),
            url: site.url(&part.path),
            picture: part.pictures.first().cloned(),
        })
    };
    components.iter().filter_map(component).collect()
}

/// Attributes in the shop's order, then what the product says of itself.
fn specifications(site: &Reader<'_>, product: &OwnProduct) -> Vec<SpecificationView> {
    let attributes = product.attributes.iter().filter_map(|attribute| {
        let declared = site.settings().attributes.iter().find(|declared| declared.name == attribute.name)?;
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Number(_, written) if declared.unit.is_empty() => site.number_text(written),
            AttributeValue::Number(_, written) => format!("{}\u{a0}{}", site.number_text(written), declared.unit),
            AttributeValue::Boolean(true) => site.word("attribute.yes", "Yes", &[]),
            AttributeValue::Boolean(false) => site.word("attribute.no", "No", &[]),
        };
        Some(SpecificationView { name: declared.title.clone(), value })
    });
    let own = product.specifications.iter().map(|(name, value)| SpecificationView { name: name.clone(), value: value.clone() });
    attributes.chain(own).collect()
}

/// What the variant chooser reads.
#[derive(Serialize)]
struct Data<'a> {
    options: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<&'a str>,
    #[serde(skip_serializing_if = "is_first")]
    default: usize,
    variants: Vec<VariantData<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_first(index: &usize) -> bool {
    *index == 0
}

#[derive(Serialize)]
struct VariantData<'a> {
    sku: &'a str,
    choices: &'a [Option<String>],
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<usize>,
    max: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    counted: bool,
    discontinued: bool,
    prices: Periods,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    many: BTreeMap<&'static str, Vec<Many>>,
}

fn data(site: &Reader<'_>, product: &SiteProduct, views: &[VariantView]) -> String {
    let sold = &product.product;
    let currency = site.settings().currency;
    let shown = sold.variants.iter().filter(|variant| product.unit_price(variant, currency).is_some());
    let rows = views.iter().zip(shown).map(|(view, variant)| VariantData {
        sku: &view.sku,
        choices: &view.choices,
        picture: view.picture,
        max: view.max_quantity,
        min: Some(variant.limits.least()).filter(|least| *least > 1),
        step: variant.limits.step.filter(|step| *step > 1),
        counted: view.counted,
        discontinued: view.discontinued,
        prices: prices::of_variant(site, product, variant),
        many: prices::many(site, variant),
    });
    structured::json(&Data {
        options: sold.options.iter().map(|option| option.name.as_str()).collect(),
        fields: sold.fields.iter().map(|field| field.name.as_str()).collect(),
        default: default_shown(site, product),
        variants: rows.collect(),
    })
}
