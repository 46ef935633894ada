//! Options and variants as a product file takes them: at most three options with names of their own, every
//! combination once, every variant with a price, SKUs that are unique in the shop.

use std::collections::BTreeSet;

use catalog::id::Sku;

use super::model::{Kind, Product, Variant, one_line};
use super::report::Report;
use super::slug::{short_hash, slug_or_hash, unique};

/// The titles of the columns that problems are reported in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) sku: &'static str,
    pub(super) price: &'static str,
    pub(super) options: &'static str,
    pub(super) title: &'static str,
    pub(super) images: &'static str,
}

/// How many options a product may have.
const MAX_OPTIONS: usize = 3;

/// How many variants a product may have.
const MAX_VARIANTS: usize = 250;

/// The longest SKU, in characters.
const MAX_SKU: usize = 64;

/// Brings a product's options and variants into form.
pub(super) fn settle(product: &mut Product, columns: &Columns, report: &mut Report) {
    keep_priced(product, columns, report);
    fold_options(product, columns, report);
    name_options(product, columns, report);
    for variant in &mut product.variants {
        variant.values.resize(product.options.len(), None);
    }
    keep_distinct(product, columns, report);
    list_values(product);
}

/// A variant without a price cannot be sold. A product left without any is kept as a draft.
fn keep_priced(product: &mut Product, columns: &Columns, report: &mut Report) {
    if matches!(product.kind, Kind::Group | Kind::External) {
        return;
    }
    let several = product.variants.iter().any(|variant| variant.price.is_some());
    if several {
        product.variants.retain(|variant| {
            if variant.price.is_none() {
                report.note_at(variant.line, columns.price, "", "without a price it cannot be sold; this variant was left out");
            }
            variant.price.is_some()
        });
        return;
    }
    report.note_at(
        product.line,
        columns.price,
        "",
        "nothing in the product has a price; it became a draft at price 0: give it a price and remove `draft: true`",
    );
    product.draft = true;
    if product.variants.is_empty() {
        product.options.clear();
        product.variants.push(Variant { line: product.line, ..Variant::default() });
    }
    for variant in &mut product.variants {
        variant.price = Some("0".to_owned());
        variant.compare_at = None;
    }
}

/// Options beyond the third join the third, so that no variant is lost.
fn fold_options(product: &mut Product, columns: &Columns, report: &mut Report) {
    if product.options.len() <= MAX_OPTIONS {
        return;
    }
    let count = product.options.len();
    let names: Vec<String> = product.options.drain(MAX_OPTIONS - 1..).map(|(name, _)| name).collect();
    let name = names.join(" / ");
    report.note_at(
        product.line,
        columns.options,
        &name,
        format!("a product has at most {MAX_OPTIONS} options; the last ones became one option with joined values"),
    );
    product.options.push((name, Vec::new()));
    for variant in &mut product.variants {
        variant.values.resize(count, None);
        let last: Vec<Option<String>> = variant.values.drain(MAX_OPTIONS - 1..).collect();
        let any = last.iter().all(Option::is_none);
        let joined = last.into_iter().map(|value| value.unwrap_or_else(|| "any".to_owned())).collect::<Vec<_>>().join(" / ");
        variant.values.push((!any).then_some(joined));
    }
}

fn name_options(product: &mut Product, columns: &Columns, report: &mut Report) {
    let mut taken = BTreeSet::new();
    for (name, values) in &mut product.options {
        let wish = if name.is_empty() { "Option".to_owned() } else { one_line(name) };
        let mut new = wish.clone();
        let mut number = 2_usize;
        while !taken.insert(new.to_lowercase()) {
            new = format!("{wish} {number}");
            number += 1;
        }
        if new != wish {
            report.note_at(product.line, columns.options, &wish, format!("two options have this name; one became `{new}`"));
        }
        *name = new;
        for value in values.iter_mut() {
            *value = not_any(value);
        }
    }
    for value in product.variants.iter_mut().flat_map(|variant| variant.values.iter_mut()).flatten() {
        *value = not_any(value);
    }
}

/// The word `any` stands for every value; a value of that name gets a capital.
fn not_any(value: &str) -> String {
    let value = one_line(value);
    if value == "any" { "Any".to_owned() } else { value }
}

fn keep_distinct(product: &mut Product, columns: &Columns, report: &mut Report) {
    let mut kept: Vec<Variant> = Vec::new();
    for variant in std::mem::take(&mut product.variants) {
        let same = kept.iter().find(|other| other.values.iter().zip(&variant.values).all(|(a, b)| a.is_none() || b.is_none() || a == b));
        let values: Vec<&str> = variant.values.iter().map(|value| value.as_deref().unwrap_or("any")).collect();
        let values = values.join(", ");
        if let Some(other) = same {
            let reason = format!("the variant of line {} is for the same choice; this one was left out", other.line);
            report.note_at(variant.line, columns.options, &values, reason);
        } else if kept.len() == MAX_VARIANTS {
            let reason = format!("a product has at most {MAX_VARIANTS} variants; this one was left out");
            report.note_at(variant.line, columns.options, &values, reason);
        } else {
            kept.push(variant);
        }
    }
    product.variants = kept;
}

/// Values in the product's own order, without those that no variant has; options without values go.
fn list_values(product: &mut Product) {
    let mut at = 0;
    while at < product.options.len() {
        let used: Vec<&str> = product.variants.iter().filter_map(|v| v.values[at].as_deref()).collect();
        let any = product.variants.iter().any(|variant| variant.values[at].is_none());
        let mut values: Vec<String> = Vec::new();
        let listed = product.options[at].1.iter().map(String::as_str).filter(|value| any || used.contains(value));
        for value in listed.chain(used.iter().copied()) {
            if !value.is_empty() && !values.iter().any(|known| known == value) {
                values.push(value.to_owned());
            }
        }
        if values.is_empty() {
            product.options.remove(at);
            for variant in &mut product.variants {
                variant.values.remove(at);
            }
        } else {
            product.options[at].1 = values;
            at += 1;
        }
    }
}

/// The SKUs of an import. Those that the export has come first, so that a made one never takes their place.
#[derive(Debug, Default)]
pub(super) struct Skus {
    taken: BTreeSet<String>,
}

impl Skus {
    /// Takes over the export's SKUs, made fit; one that is used twice, or fits in no way, is emptied.
    pub(super) fn keep(&mut self, products: &mut [Product], columns: &Columns, report: &mut Report) {
        for variant in products.iter_mut().flat_map(|product| product.variants.iter_mut()) {
            if variant.sku.is_empty() {
                continue;
            }
            let fit = fit(&variant.sku);
            if fit != variant.sku {
                let reason =
                    format!("a SKU has at most {MAX_SKU} characters and no spaces, quotes, slashes or brackets; written as `{fit}`");
                report.note_at(variant.line, columns.sku, &variant.sku, reason);
            }
            if self.taken.insert(fit.clone()) {
                variant.sku = fit;
            } else {
                report.note_at(variant.line, columns.sku, &variant.sku, "this SKU is used twice; a new one was made");
                variant.sku.clear();
            }
        }
    }

    /// Makes the missing ones: `<id>` or `<id>-<values>`. Gives back how many.
    pub(super) fn make(&mut self, id: &str, variants: &mut [Variant]) -> usize {
        let mut made = 0;
        for variant in variants.iter_mut().filter(|variant| variant.sku.is_empty()) {
            let values = variant.values.iter().flatten().map(|value| slug_or_hash(value, "v"));
            let wish = std::iter::once(id.to_owned()).chain(values).collect::<Vec<_>>().join("-");
            // Room for a number behind it.
            let wish = if wish.len() > MAX_SKU - 4 {
                format!("{}-{}", wish[..MAX_SKU - 14].trim_end_matches('-'), short_hash(&wish))
            } else {
                wish
            };
            variant.sku = unique(&wish, &mut self.taken);
            made += 1;
        }
        made
    }
}

fn fit(sku: &str) -> String {
    if Sku::parse(sku).is_ok() {
        return sku.to_owned();
    }
    let bad = |c: char| c.is_whitespace() || c.is_control() || "\"'`\\/<>{}[]".contains(c);
    let words: Vec<&str> = sku.split(bad).filter(|word| !word.is_empty()).collect();
    let joined = if words.is_empty() { format!("sku-{}", short_hash(sku)) } else { words.join("-") };
    if joined.chars().count() <= MAX_SKU {
        return joined;
    }
    format!("{}-{}", joined.chars().take(MAX_SKU - 9).collect::<String>(), short_hash(sku))
}
