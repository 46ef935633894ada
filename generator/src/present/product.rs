//! A product's page.

use serde::Serialize;

use catalog::product::{Choice, Kind, Stock, Variant};

use super::{Main, Presented, Reader, View, cards, lists, page, preview, structured, tag_links};
use crate::parse::markdown::slug;
use crate::site::{OwnProduct, SiteProduct};
use crate::view::{LinkView, OptionValueView, OptionView, ProductView, SpecificationView, VariantView};

pub(super) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Physical => "physical",
        Kind::Digital { .. } => "digital",
        Kind::Service => "service",
        Kind::Group { .. } => "group",
        Kind::External { .. } => "external",
    }
}

pub(super) fn is_discontinued(product: &OwnProduct) -> bool {
    let variants = &product.product.variants;
    !variants.is_empty() && variants.iter().all(|variant| variant.stock == Stock::Discontinued)
}

pub(super) fn product(site: &Reader<'_>, product: &SiteProduct) -> Presented {
    let sold = &product.product;
    let currency = site.settings().currency;
    let lowest = sold.lowest_price(currency);
    let members = match &sold.kind {
        Kind::Group { members } => &members[..],
        _ => &[],
    };
    let variants = variants(site, product);
    let view = ProductView {
        id: product.id().to_owned(),
        lang: product.tongue.words.clone(),
        line_lang: product.tongue.lines.clone(),
        body_lang: product.tongue.body.clone(),
        title: sold.title.clone(),
        summary: product.summary.clone(),
        description: product.body.html(),
        brand: product.brand.clone(),
        kind: kind_name(&sold.kind),
        is_sold: sold.is_sold(),
        discontinued: is_discontinued(product),
        price: lowest.map(|(minor, _)| site.price(minor, currency)),
        from: lowest.is_some_and(|(_, differs)| differs),
        compare_at: product.compare_at(currency).map(|minor| site.price(minor, currency)),
        pictures: product.pictures.clone(),
        options: options(product),
        data: data(product, &variants),
        variants,
        specifications: product
            .specifications
            .iter()
            .map(|(name, value)| SpecificationView { name: name.clone(), value: value.clone() })
            .collect(),
        tags: tag_links(site, &product.tags),
        collections: product.collections.iter().filter_map(|name| site.collection_link(name)).collect(),
        related: cards(site, site.related(product).iter()),
        members: members.iter().filter_map(|id| site.card(id.as_str())).collect(),
        external: external(site, &sold.kind),
        max_quantity: site.settings().max_quantity,
    };
    let mut page = page(site, "product", &product.path, &sold.title, &product.meta);
    page.breadcrumbs = breadcrumbs(site, product);
    page.picture = preview(product.pictures.first());
    page.accent.clone_from(&product.accent);
    let mut copies = product.body.copies.clone();
    page.structured_data = structured::product(site, product, &mut copies).into_iter().collect();
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &sold.title, &product.path));
    Presented { template: "product.html".to_owned(), view: View { page, main: Main::Product { product: view } }, copies }
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
    let sold_in = product.product.variants.iter().filter_map(|variant| Some((variant, *variant.prices.get(&currency)?)));
    sold_in
        .map(|(variant, minor)| {
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
                price: site.price(minor, currency),
                compare_at: variant.compare_at.get(&currency).map(|before| site.price(*before, currency)),
                counted: matches!(variant.stock, Stock::Counted(_)),
                discontinued: variant.stock == Stock::Discontinued,
                picture: variant.image,
                max_quantity: variant.max_quantity.unwrap_or(site.settings().max_quantity),
            }
        })
        .collect()
}

/// What a variant's values are called, in the order of the options; 'any' has no name.
pub(super) fn titles<'a>(product: &'a OwnProduct, variant: &'a Variant) -> impl Iterator<Item = &'a str> {
    let options = product.product.options.iter().zip(&product.option_titles);
    options.zip(&variant.choices).filter_map(|((option, titles), choice)| match choice {
        Choice::Is(value) => option.values.iter().position(|known| known == value).map(|place| titles.values[place].as_str()),
        Choice::Any => None,
    })
}

fn external(site: &Reader<'_>, kind: &Kind) -> Option<LinkView> {
    let Kind::External { url, label } = kind else { return None };
    let host = url.split('/').nth(2).unwrap_or(url).trim_start_matches("www.");
    Some(LinkView::new(label.clone().unwrap_or_else(|| site.word("product.elsewhere", "Buy at {shop}", &[("shop", host)])), url.clone()))
}

/// What the variant chooser reads.
#[derive(Serialize)]
struct Data<'a> {
    options: Vec<&'a str>,
    variants: Vec<VariantData<'a>>,
}

#[derive(Serialize)]
struct VariantData<'a> {
    sku: &'a str,
    choices: &'a [Option<String>],
    minor: i64,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<usize>,
    max: u32,
    counted: bool,
    discontinued: bool,
}

fn data(product: &SiteProduct, variants: &[VariantView]) -> String {
    let rows = variants.iter().map(|variant| VariantData {
        sku: &variant.sku,
        choices: &variant.choices,
        minor: variant.price.minor,
        text: &variant.price.text,
        compare: variant.compare_at.as_ref().map(|before| before.text.as_str()),
        picture: variant.picture,
        max: variant.max_quantity,
        counted: variant.counted,
        discontinued: variant.discontinued,
    });
    structured::json(&Data {
        options: product.product.options.iter().map(|option| option.name.as_str()).collect(),
        variants: rows.collect(),
    })
}
