//! Shopify's product export: rows that share a handle are one product; its first row carries what belongs to the
//! product, every row with a price is a variant, every row with a picture adds that. Reads the column titles of
//! both the older and the newer export.

use catalog::currency::Currency;

use super::choices::Columns;
use super::html::{self, Written};
use super::model::{Image, Kind, Product, Variant, amount, one_line, stock, weight};
use super::report::Report;
use super::settle::settle;
use super::table::{Cell, Row, Table, refusal};
use super::{Import, ImportError, ImportOptions};

type Names = &'static [&'static str];

const HANDLE: Names = &["Handle", "URL handle"];
const TITLE: Names = &["Title"];
const BODY: Names = &["Body (HTML)", "Body HTML", "Description"];
const VENDOR: Names = &["Vendor"];
const TYPE: Names = &["Type", "Custom Product Type"];
const CATEGORY: Names = &["Product Category", "Standardized Product Type"];
const TAGS: Names = &["Tags"];
const PUBLISHED: Names = &["Published", "Published on online store"];
const STATUS: Names = &["Status"];
const COLLECTION: Names = &["Collection"];
const SKU: Names = &["Variant SKU", "SKU"];
const GRAMS: Names = &["Variant Grams", "Weight value (grams)"];
const WEIGHT_UNIT: Names = &["Variant Weight Unit", "Weight unit for display"];
const TRACKER: Names = &["Variant Inventory Tracker", "Inventory tracker"];
const STOCK: Names = &["Variant Inventory Qty", "Inventory quantity"];
const POLICY: Names = &["Variant Inventory Policy", "Continue selling when out of stock"];
const FULFILMENT: Names = &["Variant Fulfillment Service", "Fulfillment service"];
const PRICE: Names = &["Variant Price", "Price"];
const COMPARE_AT: Names = &["Variant Compare At Price", "Compare-at price"];
const SHIPPING: Names = &["Variant Requires Shipping", "Requires shipping"];
const TAXABLE: Names = &["Variant Taxable", "Charge tax"];
const BARCODE: Names = &["Variant Barcode", "Barcode"];
const IMAGE: Names = &["Image Src", "Product image URL"];
const POSITION: Names = &["Image Position", "Image position"];
const ALT: Names = &["Image Alt Text", "Image alt text"];
const VARIANT_IMAGE: Names = &["Variant Image", "Variant image URL"];
const GIFT_CARD: Names = &["Gift Card", "Gift card"];
const SEO_TITLE: Names = &["SEO Title", "SEO title"];
const SEO_DESCRIPTION: Names = &["SEO Description", "SEO description"];
const OPTIONS: [(Names, Names); 3] =
    [(&["Option1 Name"], &["Option1 Value"]), (&["Option2 Name"], &["Option2 Value"]), (&["Option3 Name"], &["Option3 Value"])];

const READ: [Names; 29] = [
    HANDLE,
    TITLE,
    BODY,
    VENDOR,
    TYPE,
    CATEGORY,
    TAGS,
    PUBLISHED,
    STATUS,
    COLLECTION,
    SKU,
    GRAMS,
    WEIGHT_UNIT,
    TRACKER,
    STOCK,
    POLICY,
    FULFILMENT,
    PRICE,
    COMPARE_AT,
    SHIPPING,
    TAXABLE,
    BARCODE,
    IMAGE,
    POSITION,
    ALT,
    VARIANT_IMAGE,
    GIFT_CARD,
    SEO_TITLE,
    SEO_DESCRIPTION,
];

/// Reads Shopify's product export.
pub fn shopify(bytes: &[u8], options: &ImportOptions<'_>) -> Result<Import, ImportError> {
    let table = Table::read(bytes)?;
    check(&table)?;
    let mut report = Report::default();
    let rows = by_handle(&table, &mut report);
    let products: Vec<Product> = rows.iter().map(|(handle, rows)| product(handle, rows, options.currency, &mut report)).collect();
    if products.is_empty() {
        return Err(refusal("the file has a row of titles but no products", "export the products again, all of them"));
    }
    for cell in table.unread(is_read).filter(|cell| !cell.text.is_empty()) {
        report.note(&cell, why(cell.column));
    }
    let columns = Columns { sku: SKU[0], price: PRICE[0], options: "Option1 Value", title: TITLE[0], images: IMAGE[0] };
    Ok(settle(products, &columns, options, report))
}

fn check(table: &Table) -> Result<(), ImportError> {
    for names in [HANDLE, TITLE, PRICE] {
        if table.has(names) {
            continue;
        }
        let help = if table.has(&["Regular price"]) {
            "this is WooCommerce's export: use `shopfront import woocommerce`"
        } else {
            "in Shopify, open Products and choose Export, `CSV for Excel, Numbers` or `Plain CSV file`"
        };
        return Err(ImportError {
            line: Some(1),
            column: Some(names[0].to_owned()),
            message: "this column is missing, so the file is not Shopify's product export".to_owned(),
            help: help.to_owned(),
        });
    }
    Ok(())
}

fn is_read(name: &str) -> bool {
    let options = OPTIONS.iter().flat_map(|(names, values)| [names, values]);
    READ.iter().chain(options).any(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

fn why(column: &str) -> String {
    let lower = column.to_lowercase();
    if lower.starts_with("google shopping") {
        "the merchant feed is made from the product itself".to_owned()
    } else if lower.contains("metafield") {
        "metafields have no place in a product file; use `specifications:`".to_owned()
    } else if lower.contains(" / ") {
        "only the default price list is imported; other currencies go to `price: {EUR: …, USD: …}`".to_owned()
    } else if lower.contains("cost") {
        "what an article costs the shop is not kept in a product file".to_owned()
    } else {
        "product files have no field for this".to_owned()
    }
}

/// Products in the order of their first rows. A row without a handle belongs to the product above it.
fn by_handle<'a>(table: &'a Table, report: &mut Report) -> Vec<(String, Vec<Row<'a>>)> {
    let mut products: Vec<(String, Vec<Row<'a>>)> = Vec::new();
    let mut known = std::collections::BTreeMap::<String, usize>::new();
    for row in table.rows() {
        let mut handle = row.text(HANDLE).to_owned();
        if handle.is_empty() {
            handle = match (row.text(TITLE), products.last()) {
                ("", Some((last, _))) => last.clone(),
                ("", None) => {
                    report.note(&row.cell(HANDLE), "a row without handle and title, and no product above it; it was left out");
                    continue;
                }
                (title, _) => title.to_owned(),
            };
        }
        let at = *known.entry(handle.clone()).or_insert(products.len());
        if at == products.len() {
            products.push((handle, Vec::new()));
        }
        products[at].1.push(row);
    }
    products
}

fn product(handle: &str, rows: &[Row<'_>], currency: Currency, report: &mut Report) -> Product {
    let first = rows.iter().copied().find(|row| !row.text(TITLE).is_empty()).unwrap_or(rows[0]);
    let description = html::body(first.text(BODY), Written::Html);
    for (value, reason) in description.lost {
        report.note_at(first.line(), first.cell(BODY).column, &value, reason);
    }
    let title = one_line(first.text(TITLE));
    let mut product = Product {
        line: first.line(),
        key: handle.to_owned(),
        title: if title.is_empty() { handle.to_owned() } else { title },
        description: description.markdown,
        brand: one_line(first.text(VENDOR)),
        tags: tags(first.text(TAGS)),
        categories: category(first).into_iter().collect(),
        collections: Some(one_line(first.text(COLLECTION))).filter(|title| !title.is_empty()).into_iter().collect(),
        images: images(rows),
        seo_title: one_line(first.text(SEO_TITLE)),
        seo_description: one_line(first.text(SEO_DESCRIPTION)),
        ..Product::default()
    };
    product.draft = is_no(first.text(PUBLISHED)) || !matches!(first.text(STATUS).to_lowercase().as_str(), "" | "active");
    let sold: Vec<Row<'_>> = rows.iter().copied().filter(|row| is_variant(*row)).collect();
    product.options = option_names(first, &sold);
    product.variants = sold.iter().map(|row| variant(*row, product.options.len(), currency, report)).collect();
    settle_kind(&mut product, first, &sold, report);
    product
}

/// A row without any of these only adds a picture.
fn is_variant(row: Row<'_>) -> bool {
    [PRICE, SKU, OPTIONS[0].1, OPTIONS[1].1, OPTIONS[2].1].iter().any(|names| !row.text(names).is_empty())
}

/// As many options as have values. `Title` with the one value `Default Title` means that there are none.
fn option_names(first: Row<'_>, sold: &[Row<'_>]) -> Vec<(String, Vec<String>)> {
    let used = |values: Names| sold.iter().any(|row| !row.text(values).is_empty());
    let default = sold.iter().all(|row| matches!(row.text(OPTIONS[0].1), "" | "Default Title"));
    if default && matches!(first.text(OPTIONS[0].0), "" | "Title") && !used(OPTIONS[1].1) {
        return Vec::new();
    }
    let count = OPTIONS.iter().rposition(|(_, values)| used(values)).map_or(0, |last| last + 1);
    OPTIONS[..count].iter().map(|(names, _)| (first.text(names).to_owned(), Vec::new())).collect()
}

fn variant(row: Row<'_>, options: usize, currency: Currency, report: &mut Report) -> Variant {
    let price = amount(&row.cell(PRICE), currency, report);
    let value = |names: Names| match row.text(names) {
        "" => "Default".to_owned(),
        value => value.to_owned(),
    };
    report_unsold_ways(row, report);
    Variant {
        line: row.line(),
        sku: row.text(SKU).to_owned(),
        values: OPTIONS[..options].iter().map(|(_, names)| Some(value(names))).collect(),
        compare_at: compare_at(row, price.as_deref(), currency, report),
        price,
        stock: stock(&row.cell(STOCK), report),
        weight: grams(row, report),
        image: row.text(VARIANT_IMAGE).to_owned(),
        max_quantity: None,
    }
}

/// The weight; from ten kilogrammes up in these.
fn grams(row: Row<'_>, report: &mut Report) -> Option<String> {
    let cell = row.cell(GRAMS);
    match cell.text.parse::<u32>() {
        Ok(grams) if grams >= 10_000 => {
            let kilograms = format!("{}.{:03}", grams / 1000, grams % 1000);
            weight(&Cell { text: &kilograms, ..cell }, "kg", report)
        }
        _ => weight(&cell, "g", report),
    }
}

/// Compare-at prices above the price only; 0 is how some exports say that there is none.
fn compare_at(row: Row<'_>, price: Option<&str>, currency: Currency, report: &mut Report) -> Option<String> {
    let cell = row.cell(COMPARE_AT);
    if cell.text.trim_matches(['0', '.']).is_empty() {
        return None;
    }
    let compare_at = amount(&cell, currency, report)?;
    if price.is_some_and(|price| is_above(&compare_at, price)) {
        return Some(compare_at);
    }
    report.note(&cell, "a compare-at price must be above the price; it was left out");
    None
}

/// Compares two amounts of the same currency as they are written, with the same number of decimals.
pub(super) fn is_above(a: &str, b: &str) -> bool {
    (a.len(), a) > (b.len(), b)
}

fn report_unsold_ways(row: Row<'_>, report: &mut Report) {
    let policy = row.cell(POLICY);
    if matches!(policy.text.to_lowercase().as_str(), "continue" | "true") {
        report.note(&policy, "selling on when the stock is used up is not imported; leave out `stock:` to sell without counting");
    }
    let stock = row.cell(STOCK);
    if row.text(TRACKER).is_empty() && !stock.text.is_empty() {
        report.note(
            &row.cell(TRACKER),
            "Shopify did not count this stock; the quantity became `stock:`, leave it out to sell without counting",
        );
    }
    let fulfilment = row.cell(FULFILMENT);
    if !matches!(fulfilment.text.to_lowercase().as_str(), "" | "manual") {
        report.note(&fulfilment, "fulfilment services are not connected");
    }
    let taxable = row.cell(TAXABLE);
    if is_no(taxable.text) {
        report.note(&taxable, "it is taxed by its class; for no tax, add a class of 0% to `shop.yaml` and set `tax_class:`");
    }
    let barcode = row.cell(BARCODE);
    if !barcode.text.is_empty() {
        report.note(&barcode, "product files have no field for this");
    }
}

fn settle_kind(product: &mut Product, first: Row<'_>, sold: &[Row<'_>], report: &mut Report) {
    let unshipped = sold.iter().filter(|row| is_no(row.text(SHIPPING))).count();
    if unshipped > 0 && unshipped == sold.len() {
        product.kind = Kind::Service;
    } else {
        for row in sold.iter().filter(|row| is_no(row.text(SHIPPING))) {
            report.note(&row.cell(SHIPPING), "other variants of the product are shipped, so all of them are");
        }
    }
    let gift_card = first.cell(GIFT_CARD);
    if is_yes(gift_card.text) {
        report.note(&gift_card, "a gift card is not a product here; it became a draft, so that nobody buys it without getting a code");
        product.kind = Kind::Service;
        product.draft = true;
    }
}

/// The type, else the way through Shopify's own categories.
fn category(row: Row<'_>) -> Option<Vec<String>> {
    let kind = one_line(row.text(TYPE));
    if !kind.is_empty() {
        return Some(vec![kind]);
    }
    let way: Vec<String> = row.text(CATEGORY).split('>').map(one_line).filter(|title| !title.is_empty()).collect();
    (!way.is_empty()).then_some(way)
}

/// Tags of a comma list, each once.
pub(super) fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(',').map(one_line).filter(|tag| !tag.is_empty()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Pictures by position, rows without one in their order behind.
fn images(rows: &[Row<'_>]) -> Vec<Image> {
    let mut images: Vec<(usize, Image)> = rows
        .iter()
        .filter(|row| !row.text(IMAGE).is_empty())
        .map(|row| {
            let position = row.text(POSITION).parse().unwrap_or(usize::MAX);
            (position, Image { url: row.text(IMAGE).to_owned(), alt: one_line(row.text(ALT)) })
        })
        .collect();
    images.sort_by_key(|(position, _)| *position);
    images.into_iter().map(|(_, image)| image).collect()
}

fn is_yes(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "yes" | "1")
}

fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "false" | "no" | "0")
}
