//! The catalogue bundle: what the checkout needs of the site graph. Nothing of it reaches the site.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::bundle::{self, Delivery, Layout, Line, OpenOption, ProductRecord, VariantRecord, VariantWords};
use catalog::mail::MailKit;
use catalog::product::{Choice, Component, DigitalFile, Kind, Stock, Variant};
use rayon::prelude::*;

use super::headers;
use crate::index::is_in_group;
use crate::pictures::Copy;
use crate::site::{Site, SiteProduct};
use crate::source::Fingerprint;
use crate::write::{Sink, WriteError};

/// Shards by what they were made of, so that one is made again only when something in it changed.
pub type ShardMemory = BTreeMap<Fingerprint, String>;

/// Writes the bundle, and answers with the copies of pictures that its records name. Shards are made and put one by one:
/// nobody holds the records of a large shop.
pub fn write(
    sites: &[Arc<Site>],
    shells: &BTreeMap<String, String>,
    mail: &MailKit,
    memory: &mut ShardMemory,
    sink: &dyn Sink,
) -> Result<Vec<Copy>, WriteError> {
    let site = &*sites[0];
    let sold: Vec<&SiteProduct> = site.products.values().map(|product| &**product).filter(|product| product.product.is_sold()).collect();
    let records = sold.iter().map(|product| product.product.variants.len() + 1).sum();
    let layout = Layout::for_records(records);
    let mut places: Vec<Vec<(&SiteProduct, Option<&Variant>)>> = vec![Vec::new(); layout.shards()];
    for product in &sold {
        places[layout.of_product(product.id())].push((product, None));
        for variant in &product.product.variants {
            places[layout.of_sku(variant.sku.as_str())].push((product, Some(variant)));
        }
    }
    let settings = Fingerprint::join(&[Fingerprint::of_value(&site.settings), Fingerprint::of(env!("SHOPFRONT_BUILD_ID").as_bytes())]);
    let known = &*memory;
    let made: Vec<(Fingerprint, String)> = places
        .par_iter()
        .map(|records| {
            let of = of_records(sites, settings, records);
            if let Some(name) = known.get(&of).filter(|name| sink.has(name)) {
                sink.keep(name);
                return Ok((of, name.clone()));
            }
            let (name, bytes) = bundle::encode_shard(records.iter().map(|(product, variant)| line(sites, product, *variant)).collect());
            sink.put(&name, &bytes, Fingerprint::of(&bytes))?;
            Ok((of, name))
        })
        .collect::<Result<_, WriteError>>()?;
    let names = made.iter().map(|(_, name)| name.clone()).collect();
    for (name, bytes) in bundle::encode_rest(&site.terms, shells, &headers::all(site), mail, names) {
        sink.put(&name, &bytes, Fingerprint::of(&bytes))?;
    }
    *memory = made.into_iter().collect();
    let pictures =
        sold.iter().flat_map(|product| product.product.variants.iter().map(move |variant| (product, variant.image.unwrap_or(0))));
    let mut copies: Vec<Copy> = pictures.filter_map(|(product, index)| Some(small_picture(site, product, index)?.1)).collect();
    copies.sort();
    copies.dedup();
    Ok(copies)
}

/// The variants in a bundle that the shop has; the others have been told.
fn components<'a>(site: &'a Site, product: &'a SiteProduct) -> impl Iterator<Item = (&'a Component, &'a SiteProduct, &'a Variant)> {
    let components = match &product.product.kind {
        Kind::Bundle { components } => &components[..],
        _ => &[],
    };
    components.iter().filter_map(|component| {
        let (id, index) = site.components.get(component.sku.as_str())?;
        let part = site.products.get(id)?;
        Some((component, &**part, part.product.variants.get(*index)?))
    })
}

/// Of what a shard is made of: its products, and which of their variants lie in it.
fn of_records(sites: &[Arc<Site>], settings: Fingerprint, records: &[(&SiteProduct, Option<&Variant>)]) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&settings.0);
    for (product, variant) in records {
        for site in sites {
            hasher.update(&site.products[product.id()].fingerprint.0);
        }
        for (_, part, _) in components(&sites[0], product) {
            hasher.update(&part.fingerprint.0);
        }
        for group in groups(&sites[0], product) {
            hasher.update(group.as_bytes()).update(&[0]);
        }
        hasher.update(product.id().as_bytes());
        hasher.update(variant.map_or("", |variant| variant.sku.as_str()).as_bytes());
        hasher.update(&[0]);
    }
    Fingerprint::finish(&hasher.finalize())
}

fn line(sites: &[Arc<Site>], product: &SiteProduct, variant: Option<&Variant>) -> Line {
    match variant {
        None => {
            let skus = product.product.variants.iter().map(|variant| variant.sku.clone()).collect();
            Line::from(&ProductRecord { product: product.product.id.clone(), skus })
        }
        Some(variant) => {
            let image = small_picture(&sites[0], product, variant.image.unwrap_or(0)).map(|(address, _)| address);
            Line::from(&record(sites, product, variant, image))
        }
    }
}

fn small_picture(site: &Site, product: &SiteProduct, index: usize) -> Option<(String, Copy)> {
    site.pictures.small(product.pictures.get(index)?.file.as_ref()?, &site.settings.base_path)
}

/// What a variant is called in a language.
fn words(site: &Site, original: &SiteProduct, variant: &Variant) -> VariantWords {
    let product = &site.products[original.id()];
    let options = original.product.options.iter().zip(&product.option_titles).zip(&variant.choices);
    let chosen = options.clone().filter_map(|((option, titles), choice)| match choice {
        Choice::Is(value) => {
            let place = option.values.iter().position(|known| known == value).expect("variants choose among their options' values");
            Some((titles.title.clone(), titles.values[place].clone()))
        }
        Choice::Any => None,
    });
    let open = options.filter(|(_, choice)| **choice == Choice::Any);
    VariantWords {
        title: product.product.title.clone(),
        options: chosen.collect(),
        open_options: open.map(|((_, titles), _)| OpenOption { name: titles.title.clone(), values: titles.values.clone() }).collect(),
        fields: fields(product),
        url: site.url(&product.path),
        files: files(site, product),
    }
}

/// What a product delivers, if it does; a bundle what its parts deliver.
fn files(site: &Site, product: &SiteProduct) -> Vec<DigitalFile> {
    match &product.product.kind {
        Kind::Digital { files } => files.clone(),
        Kind::Bundle { .. } => components(site, product).flat_map(|(_, part, _)| files(site, part)).collect(),
        _ => Vec::new(),
    }
}

/// What fields and their choices are called.
fn fields(product: &SiteProduct) -> Vec<OpenOption> {
    product.field_titles.iter().map(|titles| OpenOption { name: titles.title.clone(), values: titles.choices.clone() }).collect()
}

/// The groups that a product is in, of those that a discount is for.
fn groups(site: &Site, product: &SiteProduct) -> Vec<String> {
    let wanted = site.terms.discounted_groups();
    wanted.into_iter().filter(|group| is_in_group(product, group)).map(str::to_owned).collect()
}

/// How a product reaches its buyer.
pub(super) fn delivery(site: &Site, product: &SiteProduct) -> Delivery {
    match &product.product.kind {
        Kind::Digital { .. } => Delivery::Digital,
        Kind::Service => Delivery::Service,
        Kind::GiftCard { .. } => Delivery::GiftCard,
        Kind::Physical | Kind::Group { .. } | Kind::External { .. } => Delivery::Physical,
        Kind::Bundle { .. } => {
            let parts: Vec<Delivery> = components(site, product).map(|(_, part, _)| delivery(site, part)).collect();
            // A parcel has to be sent for a single thing in it; a bundle of nothing was told.
            let first = [Delivery::Physical, Delivery::Digital].into_iter().find(|way| parts.contains(way));
            first.unwrap_or(if parts.is_empty() { Delivery::Physical } else { Delivery::Service })
        }
    }
}

/// Grams: what the file says, else what the parts of a bundle weigh together.
pub(super) fn weight_g(site: &Site, product: &SiteProduct, variant: &Variant) -> u32 {
    if variant.weight_g > 0 {
        return variant.weight_g;
    }
    components(site, product).map(|(component, _, part)| part.weight_g.saturating_mul(component.quantity)).fold(0, u32::saturating_add)
}

fn record(sites: &[Arc<Site>], product: &SiteProduct, variant: &Variant, image: Option<String>) -> VariantRecord {
    let site = &*sites[0];
    let options = product.product.options.iter().zip(&variant.choices);
    let chosen = options.clone().filter_map(|(option, choice)| match choice {
        Choice::Is(value) => Some((option.name.clone(), value.clone())),
        Choice::Any => None,
    });
    let open = options.filter(|(_, choice)| **choice == Choice::Any);
    VariantRecord {
        sku: variant.sku.clone(),
        product: product.product.id.clone(),
        title: product.product.title.clone(),
        delivery: delivery(site, product),
        options: chosen.collect(),
        open_options: open.map(|(option, _)| OpenOption { name: option.name.clone(), values: option.values.clone() }).collect(),
        pricing: variant.pricing.clone(),
        chosen_amount: match &product.product.kind {
            // A card with prices of its own has fixed amounts.
            Kind::GiftCard { chosen } => chosen.clone(),
            _ => None,
        },
        fields: product.product.fields.clone(),
        groups: groups(site, product),
        components: match &product.product.kind {
            Kind::Bundle { components } => components.clone(),
            _ => Vec::new(),
        },
        tax_class: product.product.tax_class.clone(),
        weight_g: weight_g(site, product, variant),
        sending: product.product.sending.clone(),
        stock: match variant.stock {
            Stock::Counted(count) => Some(count),
            Stock::Uncounted | Stock::Discontinued => None,
        },
        backorder: variant.backorder,
        low_stock: product.product.low_stock,
        available_from: variant.available_from,
        discontinued: variant.stock == Stock::Discontinued,
        limits: variant.limits,
        image,
        url: site.url(&product.path),
        files: files(site, product),
        words: sites[1..].iter().map(|site| (site.settings.language.clone(), words(site, product, variant))).collect(),
    }
}
