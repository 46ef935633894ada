//! From what an importer read to the files of a shop: ids, folders and SKUs are settled here, for both formats.

use std::collections::{BTreeMap, BTreeSet};

use catalog::currency::Currency;

use super::categories::Categories;
use super::choices::{self, Columns, Skus};
use super::model::{Image, Kind, Product, Variant, one_line};
use super::pictures::{Names, is_address};
use super::report::Report;
use super::slug::{slug, slug_or_hash, unique};
use super::write_yaml::{Yaml, document};
use super::{Import, ImportOptions};

/// Writes the products, in the order in which they came.
pub(super) fn settle(mut products: Vec<Product>, columns: &Columns, options: &ImportOptions<'_>, mut report: Report) -> Import {
    let ids = ids(&products, columns, &mut report);
    for product in &mut products {
        choices::settle(product, columns, &mut report);
        settle_pictures(product, columns, &mut report);
        settle_texts(product, &mut report);
        settle_external(product, columns, &mut report);
    }
    let mut skus = Skus::default();
    skus.keep(&mut products, columns, &mut report);
    for (product, id) in products.iter_mut().zip(&ids) {
        report.made_skus += skus.make(id, &mut product.variants);
    }
    keep_published(&mut products, columns, &mut report);

    let mut categories = Categories::new(options.into.unwrap_or_default());
    let mut folders = BTreeSet::new();
    let mut pictures = Names::default();
    let mut files = BTreeMap::new();
    let mut lists: BTreeMap<&str, Vec<Yaml>> = BTreeMap::new();
    for (product, id) in products.iter().zip(&ids) {
        let (folder, also_in) = places(product, &mut categories);
        let written = write(product, also_in, &ids, options.currency);
        for image in &product.images {
            pictures.add(&format!("products/{folder}"), &image.url);
        }
        files.insert(format!("products/{folder}/{id}.yaml"), written);
        folders.insert(folder);
        for title in product.collections.iter().filter(|_| !product.draft) {
            lists.entry(title).or_default().push(Yaml::text(id.as_str()));
        }
        report.products += 1;
        report.variants += product.variants.len();
        report.images += product.images.len();
    }
    files.extend(categories.files(&folders));
    let mut names = BTreeSet::new();
    for (title, members) in lists {
        let name = unique(&slug_or_hash(title, "collection"), &mut names);
        let text = document(vec![("title", Yaml::text(title)), ("products", Yaml::List(members))]);
        files.insert(format!("collections/{name}.yaml"), text);
    }
    report.categories = categories.count();
    report.not_carried.sort();
    Import { files, pictures: pictures.into_list(), report, ..Import::default() }
}

fn ids(products: &[Product], columns: &Columns, report: &mut Report) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut ids = Vec::with_capacity(products.len());
    for product in products {
        let key = if slug(&product.key).is_empty() { &product.title } else { &product.key };
        let wish = slug_or_hash(key, "product");
        let id = unique(&wish, &mut taken);
        if id != wish {
            let reason = format!("another product has the id `{wish}`; this one became `{id}`");
            report.note_at(product.line, columns.title, &product.title, reason);
        }
        ids.push(id);
    }
    ids
}

/// The longest text on one line, in characters.
const MAX_LINE: usize = 1000;

/// Cuts what is longer than a line of a product file may be, and drops tags that no address can be made from.
fn settle_texts(product: &mut Product, report: &mut Report) {
    let line = product.line;
    let mut cut = |what: &str, text: &mut String| {
        if text.chars().count() > MAX_LINE {
            report.note_at(line, what, text, format!("longer than {MAX_LINE} characters; cut there"));
            *text = one_line(&text.chars().take(MAX_LINE).collect::<String>());
        }
    };
    cut("title", &mut product.title);
    cut("summary", &mut product.summary);
    cut("brand", &mut product.brand);
    cut("seo title", &mut product.seo_title);
    cut("seo description", &mut product.seo_description);
    product.tags.iter_mut().for_each(|tag| cut("tags", tag));
    product.images.iter_mut().for_each(|image| cut("alt", &mut image.alt));
    for (name, text) in &mut product.specifications {
        cut("specifications", name);
        cut("specifications", text);
    }
    let mut slugs = BTreeSet::new();
    product.tags.retain(|tag| {
        let kept = tag.chars().any(char::is_alphanumeric);
        if !kept {
            report.note_at(line, "Tags", tag, "a tag needs a letter or a digit for its address; it was left out");
        }
        kept && slugs.insert(slug_or_hash(tag, "tag"))
    });
}

/// What another shop sells is never in a cart here: no SKU, no stock, no picture of its own.
fn settle_external(product: &Product, columns: &Columns, report: &mut Report) {
    if product.kind != Kind::External {
        return;
    }
    for variant in product.variants.iter().filter(|variant| !variant.sku.is_empty() && slug(&variant.sku) != slug(&product.key)) {
        report.note_at(variant.line, columns.sku, &variant.sku, "a product of another shop has no SKU here");
    }
    for variant in product.variants.iter().filter(|variant| variant.stock.is_some()) {
        report.note_at(variant.line, columns.title, &product.title, "stock of a product of another shop is not counted here");
    }
}

/// Leaves addresses only, each once, and adds the variants' own pictures to the product's.
fn settle_pictures(product: &mut Product, columns: &Columns, report: &mut Report) {
    let mut kept: Vec<Image> = Vec::new();
    for image in std::mem::take(&mut product.images) {
        if is_address(&image.url) {
            if !kept.iter().any(|known| known.url == image.url) {
                kept.push(image);
            }
        } else {
            report.note_at(product.line, columns.images, &image.url, NO_ADDRESS);
        }
    }
    let single = product.options.is_empty();
    for variant in &mut product.variants {
        if variant.image.is_empty() {
            continue;
        }
        if !is_address(&variant.image) {
            report.note_at(variant.line, columns.images, &variant.image, NO_ADDRESS);
            variant.image.clear();
            continue;
        }
        if !kept.iter().any(|known| known.url == variant.image) {
            kept.push(Image { url: variant.image.clone(), alt: String::new() });
        }
        if single {
            variant.image.clear();
        }
    }
    product.images = kept;
}

const NO_ADDRESS: &str = "this is no address of a picture (`https://…`); copy the file beside the product and list it under `images:`";

/// A published page must not name what is not published; a group without members has nothing to show. What becomes
/// a draft here may empty another group, so this goes on until nothing changes.
fn keep_published(products: &mut [Product], columns: &Columns, report: &mut Report) {
    let titles: Vec<String> = products.iter().map(|product| product.title.clone()).collect();
    loop {
        let drafts: Vec<bool> = products.iter().map(|product| product.draft).collect();
        let mut changed = false;
        for product in products.iter_mut() {
            if !product.draft {
                product.related.retain(|at| !drafts[*at]);
                product.members.retain(|at| {
                    if drafts[*at] {
                        let reason = "this member is a draft; it was left out of the group";
                        report.note_at(product.line, "Grouped products", &titles[*at], reason);
                    }
                    !drafts[*at]
                });
            }
            if product.kind == Kind::Group && product.members.is_empty() {
                report.note_at(product.line, columns.title, &product.title, "a group without members; it became a draft at price 0");
                product.draft = true;
                product.kind = Kind::Physical;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The folder and the further categories of a product.
fn places(product: &Product, categories: &mut Categories) -> (String, Vec<Yaml>) {
    let mut main: &[String] = product.categories.first().map_or(&[], Vec::as_slice);
    // `Clothing, Clothing > Hoodies` is one place, written twice.
    for other in &product.categories {
        if other.len() > main.len() && other.starts_with(main) {
            main = other;
        }
    }
    let folder = categories.path(main);
    let mut also_in: Vec<String> = Vec::new();
    for other in product.categories.iter().filter(|other| !main.starts_with(other)) {
        let path = categories.path(other);
        if !also_in.contains(&path) {
            also_in.push(path);
        }
    }
    (folder, also_in.into_iter().map(Yaml::Text).collect())
}

fn write(product: &Product, also_in: Vec<Yaml>, ids: &[String], currency: Currency) -> String {
    let texts = |list: &[String]| list.iter().map(|text| Yaml::text(text.as_str())).collect::<Vec<_>>();
    let names = |list: &[usize]| list.iter().map(|at| Yaml::text(ids[*at].as_str())).collect::<Vec<_>>();
    let description = if product.description.is_empty() { String::new() } else { format!("{}\n", product.description) };
    let mut entries = vec![
        ("title", Yaml::text(product.title.as_str())),
        ("kind", Yaml::text(product.kind.word().unwrap_or_default())),
        ("draft", Yaml::bare(if product.draft { "true" } else { "" })),
        ("summary", Yaml::text(product.summary.as_str())),
        ("description", Yaml::Lines(description)),
        ("also_in", Yaml::Row(also_in)),
        ("tags", Yaml::Row(texts(&product.tags))),
        ("brand", Yaml::text(product.brand.as_str())),
    ];
    entries.extend(offer(product, currency));
    let images = product.images.iter().map(|image| {
        let mut entry = vec![("url".to_owned(), Yaml::Quoted(image.url.clone()))];
        if !image.alt.is_empty() {
            entry.push(("alt".to_owned(), Yaml::text(image.alt.as_str())));
        }
        Yaml::Map(entry)
    });
    entries.push(("images", Yaml::List(images.collect())));
    let options = product.options.iter().map(|(name, values)| (name.clone(), Yaml::Row(texts(values))));
    entries.push(("options", Yaml::Map(options.collect())));
    if !product.options.is_empty() {
        entries.push(("variants", Yaml::List(variants(product))));
    }
    let specifications = product.specifications.iter().map(|(name, value)| (name.clone(), Yaml::text(value.as_str())));
    entries.push(("specifications", Yaml::Map(specifications.collect())));
    entries.push(("members", Yaml::List(names(&product.members))));
    entries.push(("related", Yaml::Row(names(&product.related))));
    if let Some(external) = &product.external {
        let mut entry = vec![("url".to_owned(), Yaml::Quoted(external.url.clone()))];
        if !external.label.is_empty() {
            entry.push(("label".to_owned(), Yaml::text(external.label.as_str())));
        }
        entries.push(("external", Yaml::Map(entry)));
    }
    let seo = [("title", &product.seo_title), ("description", &product.seo_description)];
    let seo = seo.into_iter().filter(|(_, text)| !text.is_empty());
    entries.push(("seo", Yaml::Map(seo.map(|(key, text)| (key.to_owned(), Yaml::text(one_line(text)))).collect())));
    document(entries)
}

/// What stands on the product itself: all of its only variant, or what its variants share.
fn offer(product: &Product, currency: Currency) -> Vec<(&'static str, Yaml)> {
    let none = Variant::default();
    let first = product.variants.first().unwrap_or(&none);
    let amount = |text: &Option<String>| Yaml::bare(text.as_deref().map_or(String::new(), |text| in_full(text, currency)));
    let number = |count: Option<u64>| count.map_or(Yaml::bare(""), Yaml::bare);
    let mut entries = Vec::new();
    if product.kind == Kind::Group {
        return entries;
    }
    if product.kind == Kind::Physical && product.variants.is_empty() {
        entries.push(("price", Yaml::bare(in_full("0", currency))));
    } else {
        entries.push(("price", amount(&first.price)));
    }
    if product.options.is_empty() || shares_compare_at(product) {
        entries.push(("compare_at", amount(&first.compare_at)));
    }
    if product.kind == Kind::External {
        return entries;
    }
    let mut max_quantity = product.max_quantity;
    let mut weight = product.weight.as_deref();
    if product.options.is_empty() {
        entries.push(("sku", Yaml::text(first.sku.as_str())));
        entries.push(("stock", number(first.stock)));
        max_quantity = max_quantity.or(first.max_quantity);
        weight = first.weight.as_deref().or(weight);
    } else if weight.is_none() && product.variants.iter().all(|variant| variant.weight == first.weight) {
        weight = first.weight.as_deref();
    }
    if product.kind == Kind::Physical {
        entries.push(("weight", Yaml::text(weight.unwrap_or_default())));
    }
    entries.push(("max_quantity", number(max_quantity.map(u64::from))));
    entries.push(("tax_class", Yaml::text(product.tax_class.as_deref().unwrap_or_default())));
    entries
}

/// A compare-at price belongs to a price, so it stands on the product only when both are everywhere the same.
fn shares_compare_at(product: &Product) -> bool {
    let first = product.variants.first();
    product.variants.iter().all(|v| first.is_some_and(|first| first.price == v.price && first.compare_at == v.compare_at))
}

fn variants(product: &Product) -> Vec<Yaml> {
    let Some(first) = product.variants.first() else { return Vec::new() };
    let shared_weight = product.weight.is_none() && product.variants.iter().all(|variant| variant.weight == first.weight);
    let shared_compare_at = shares_compare_at(product);
    let entry = |variant: &Variant| {
        let values = product
            .options
            .iter()
            .zip(&variant.values)
            .map(|((name, _), value)| (name.clone(), value.as_deref().map_or_else(|| Yaml::bare("any"), Yaml::text)));
        let mut entry = vec![("sku".to_owned(), Yaml::text(variant.sku.as_str())), ("options".to_owned(), Yaml::Inline(values.collect()))];
        let mut add = |key: &str, value: Yaml| entry.push((key.to_owned(), value));
        if let Some(price) = variant.price.as_deref().filter(|_| variant.price != first.price) {
            add("price", Yaml::bare(price));
        }
        if let Some(price) = variant.compare_at.as_deref().filter(|_| !shared_compare_at) {
            add("compare_at", Yaml::bare(price));
        }
        if let Some(stock) = variant.stock {
            add("stock", Yaml::bare(stock));
        }
        if let Some(weight) = variant.weight.as_deref().filter(|_| product.kind == Kind::Physical && !shared_weight) {
            add("weight", Yaml::text(weight));
        }
        if let Some(most) = variant.max_quantity {
            add("max_quantity", Yaml::bare(most));
        }
        if !variant.image.is_empty() {
            add("image", Yaml::Quoted(variant.image.clone()));
        }
        Yaml::Inline(entry)
    };
    product.variants.iter().map(entry).collect()
}

/// `0` as the currency writes it, everything else as it is.
fn in_full(amount: &str, currency: Currency) -> String {
    if amount == "0" { catalog::money::Money::zero(currency).to_decimal_text() } else { amount.to_owned() }
}
