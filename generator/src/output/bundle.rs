//! The catalogue bundle: what the checkout needs of the site graph. Nothing of it reaches the site.

use std::collections::BTreeMap;

use catalog::bundle::{self, Contents, Delivery, OpenOption, ProductRecord, VariantRecord};
use catalog::product::{Choice, Kind, Product, Stock, Variant};

use super::headers;
use crate::pictures::Copy;
use crate::site::{Site, SiteProduct};

/// The width of the small picture in carts and orders, twice what is shown.
const PICTURE_WIDTH: u32 = 160;

/// The bundle's files, and the copies of pictures that its records name.
pub fn bundle(site: &Site, shells: BTreeMap<String, String>) -> (BTreeMap<String, Vec<u8>>, Vec<Copy>) {
    let mut copies = Vec::new();
    let sold: Vec<&SiteProduct> = site.products.values().filter(|product| product.product.is_sold()).collect();
    let variants = sold.iter().flat_map(|product| {
        let picture = |index: usize| small_picture(site, product, index);
        product.product.variants.iter().map(move |variant| (product, variant, picture(variant.image.unwrap_or(0))))
    });
    let mut records = Vec::new();
    for (product, variant, picture) in variants {
        let image = picture.map(|(address, copy)| {
            copies.push(copy);
            address
        });
        records.push(record(site, product, variant, image));
    }
    let skus = |product: &Product| product.variants.iter().map(|variant| variant.sku.clone()).collect();
    let contents = Contents {
        terms: site.terms.clone(),
        variants: records,
        products: sold.iter().map(|p| ProductRecord { product: p.product.id.clone(), skus: skus(&p.product) }).collect(),
        shells,
        headers: headers::all(site),
    };
    copies.sort();
    copies.dedup();
    (bundle::encode(&contents), copies)
}

fn small_picture(site: &Site, product: &SiteProduct, index: usize) -> Option<(String, Copy)> {
    let file = product.pictures.get(index)?.file.as_ref()?;
    let (set, copies) = site.pictures.set(file, &[PICTURE_WIDTH], &site.settings.base_path)?;
    let copy = copies.into_iter().find(|copy| set.src.ends_with(&copy.path))?;
    Some((set.src, copy))
}

fn record(site: &Site, product: &SiteProduct, variant: &Variant, image: Option<String>) -> VariantRecord {
    let options = product.product.options.iter().zip(&variant.choices);
    let chosen = options.clone().filter_map(|(option, choice)| match choice {
        Choice::Is(value) => Some((option.name.clone(), value.clone())),
        Choice::Any => None,
    });
    let open = options.filter(|(_, choice)| **choice == Choice::Any);
    let (delivery, files) = match &product.product.kind {
        Kind::Digital { files } => (Delivery::Digital, files.clone()),
        Kind::Service => (Delivery::Service, Vec::new()),
        _ => (Delivery::Physical, Vec::new()),
    };
    VariantRecord {
        sku: variant.sku.clone(),
        product: product.product.id.clone(),
        title: product.product.title.clone(),
        delivery,
        options: chosen.collect(),
        open_options: open.map(|(option, _)| OpenOption { name: option.name.clone(), values: option.values.clone() }).collect(),
        prices: variant.prices.clone(),
        tax_class: product.product.tax_class.clone(),
        weight_g: variant.weight_g,
        stock: match variant.stock {
            Stock::Counted(count) => Some(count),
            Stock::Uncounted | Stock::Discontinued => None,
        },
        discontinued: variant.stock == Stock::Discontinued,
        max_quantity: variant.max_quantity,
        image,
        url: site.url(&product.path),
        files,
    }
}
