//! `WooCommerce`'s product export: one row for each product and each variation; a variation names its parent by SKU
//! or as `id:44`, and leaves an attribute empty that it has in any value.

use std::collections::BTreeMap;

use catalog::currency::Currency;

use super::choices::Columns;
use super::html::{self, Written};
use super::model::{External, Kind, Product, Variant, amount, one_line, stock, weight};
use super::pictures::is_address;
use super::report::Report;
use super::settle::settle;
use super::shopify::{is_above, tags};
use super::table::{Cell, Row, Table, refusal};
use super::woocommerce_cells as cells;
use super::{Import, ImportError, ImportOptions};

/// Reads `WooCommerce`'s product export.
pub fn woocommerce(bytes: &[u8], options: &ImportOptions<'_>) -> Result<Import, ImportError> {
    let table = Table::read(bytes)?;
    check(&table)?;
    let mut report = Report::default();
    let rows: Vec<Row<'_>> = table.rows().collect();
    let (variations, parents): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| cells::types(*row).iter().any(|word| word == "variation"));
    if parents.is_empty() {
        return Err(refusal("the file has a row of titles but no products", "export the products again, all of them"));
    }
    let context = Context::new(&table, &parents, options);
    let mut children: BTreeMap<usize, Vec<Row<'_>>> = BTreeMap::new();
    for row in variations {
        match context.find(row.text(&["Parent"])) {
            Some(parent) => children.entry(parent).or_default().push(row),
            None => report.note(&row.cell(&["Parent"]), "no product has this SKU or id; the variation was left out"),
        }
    }
    let no_rows = Vec::new();
    let products = parents
        .iter()
        .enumerate()
        .map(|(at, row)| context.product(*row, children.get(&at).unwrap_or(&no_rows), &mut report))
        .collect::<Vec<_>>();
    let products = context.with_links(products, &parents, &children, &mut report);
    for cell in table.unread(cells::is_read).filter(|cell| !cell.text.is_empty()) {
        if let Some(reason) = cells::why(&cell) {
            report.note(&cell, reason);
        }
    }
    let columns = Columns { sku: "SKU", price: "Regular price", options: "Attribute 1 value(s)", title: "Name", images: "Images" };
    Ok(settle(products, &columns, options, report))
}

fn check(table: &Table) -> Result<(), ImportError> {
    for name in ["Type", "SKU", "Name", "Regular price"] {
        if table.has(&[name]) {
            continue;
        }
        let help = if table.has(&["Handle", "URL handle"]) {
            "this is Shopify's export: use `shopfront import shopify`"
        } else {
            "in WooCommerce, open Products and choose Export, with all columns and in English"
        };
        return Err(ImportError {
            line: Some(1),
            column: Some(name.to_owned()),
            message: "this column is missing, so the file is not WooCommerce's product export".to_owned(),
            help: help.to_owned(),
        });
    }
    Ok(())
}

/// What every row is read with.
struct Context<'a> {
    currency: Currency,
    tax_classes: &'a [&'a str],
    weight_column: &'a str,
    weight_unit: &'static str,
    by_sku: BTreeMap<String, usize>,
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> Context<'a> {
    fn new(table: &'a Table, parents: &[Row<'a>], options: &ImportOptions<'a>) -> Self {
        let (weight_column, weight_unit) = cells::weight_column(table.columns());
        let mut by_sku = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (at, row) in parents.iter().enumerate() {
            by_sku.entry(row.text(&["SKU"]).to_lowercase()).or_insert(at);
            by_id.entry(row.text(&["ID"])).or_insert(at);
        }
        Self { currency: options.currency, tax_classes: options.tax_classes, weight_column, weight_unit, by_sku, by_id }
    }

    /// The product that a reference means: a SKU, or `id:44`.
    fn find(&self, reference: &str) -> Option<usize> {
        let reference = reference.trim();
        if reference.is_empty() {
            return None;
        }
        let by_id = reference.strip_prefix("id:").and_then(|id| self.by_id.get(id.trim()));
        by_id.or_else(|| self.by_sku.get(&reference.to_lowercase())).copied()
    }

    fn product(&self, row: Row<'a>, variations: &[Row<'a>], report: &mut Report) -> Product {
        let types = cells::types(row);
        let title = one_line(&cells::unguarded(row.text(&["Name"])));
        let sku = row.text(&["SKU"]);
        let id = row.text(&["ID"]);
        let numbered = if id.is_empty() { String::new() } else { format!("product-{id}") };
        let key = [sku, title.as_str(), &numbered].into_iter().find(|key| !key.is_empty()).unwrap_or("product").to_owned();
        let mut product = Product {
            line: row.line(),
            title: if title.is_empty() { key.clone() } else { title },
            key,
            brand: cells::list(row.text(&["Brands", "Brand"])).join(", "),
            tags: tags(row.text(&["Tags"])),
            categories: cells::categories(row.text(&["Categories"])),
            images: cells::images(row.text(&["Images"])),
            draft: !matches!(row.text(&["Published"]), "" | "1"),
            max_quantity: cells::sold_individually(row),
            tax_class: cells::tax_class(row, self.tax_classes, report),
            weight: self.weight(row, report),
            ..Product::default()
        };
        texts(&mut product, row, report);
        cells::visibility(&mut product, row, report);
        Self::kind(&mut product, row, &types, report);
        let variable = types.iter().any(|word| word == "variable");
        let choices = Self::attributes(&mut product, row, if variable { variations } else { &[] }, report);
        if variable {
            self.variations(&mut product, row, &choices, variations, report);
        } else {
            for orphan in variations {
                report.note(&orphan.cell(&["Parent"]), "this product is not variable; the variation was left out");
            }
            if product.kind != Kind::Group {
                product.variants = vec![self.variant(row, report)];
            }
        }
        cells::dimensions(&mut product, row);
        cells::position(row, report);
        cells::downloads(row, report);
        product
    }

    fn weight(&self, row: Row<'a>, report: &mut Report) -> Option<String> {
        weight(&row.cell(&[self.weight_column]), self.weight_unit, report)
    }

    fn kind(product: &mut Product, row: Row<'a>, types: &[String], report: &mut Report) {
        let has = |word: &str| types.iter().any(|known| known == word);
        product.kind = match () {
            () if has("grouped") => Kind::Group,
            () if has("external") => Kind::External,
            () if has("downloadable") => Kind::Digital,
            () if has("virtual") => Kind::Service,
            () => Kind::Physical,
        };
        let known = ["simple", "variable", "grouped", "external", "virtual", "downloadable", "variation"];
        if types.is_empty() || types.iter().any(|word| !known.contains(&word.as_str())) {
            report.note(&row.cell(&["Type"]), "this kind of product is not known here; it became a draft of a plain product");
            product.draft = true;
        }
        if product.kind == Kind::External {
            let address = row.cell(&["External URL"]);
            if is_address(address.text) {
                let label = one_line(row.text(&["Button text"]));
                product.external = Some(External { url: address.text.to_owned(), label });
            } else {
                report.note(&address, "this is no address of a page (`https://…`); the product became a draft");
                product.kind = Kind::Physical;
                product.draft = true;
            }
        }
    }

    /// Attributes that the variations name become options; the others are specifications. Gives the options' names
    /// in the file and their columns' numbers.
    fn attributes(product: &mut Product, row: Row<'a>, variations: &[Row<'a>], report: &mut Report) -> Vec<String> {
        let mut choices = Vec::new();
        for attribute in cells::attributes(row) {
            let named = |other: &Row<'a>| cells::attributes(*other).iter().any(|a| cells::same(&a.name, &attribute.name));
            if variations.iter().any(named) {
                choices.push(attribute.name.clone());
                product.options.push((attribute.name, attribute.values));
            } else if attribute.visible {
                cells::specify(product, attribute.name, &attribute.values);
            } else if !attribute.values.is_empty() {
                report.note_at(row.line(), &attribute.name, &attribute.values.join(", "), "this attribute was not shown in the shop");
            }
        }
        for attribute in variations.iter().flat_map(|row| cells::attributes(*row)) {
            if !choices.iter().any(|known| cells::same(known, &attribute.name)) {
                choices.push(attribute.name.clone());
                product.options.push((attribute.name, Vec::new()));
            }
        }
        choices
    }

    fn variations(&self, product: &mut Product, parent: Row<'a>, choices: &[String], rows: &[Row<'a>], report: &mut Report) {
        for row in rows {
            let published = row.cell(&["Published"]);
            if !matches!(published.text, "" | "1") {
                report.note(&published, "this variation was switched off; it was left out");
                continue;
            }
            let mut variant = self.variant(*row, report);
            let own = cells::attributes(*row);
            for (at, name) in choices.iter().enumerate() {
                let value = own.iter().find(|a| cells::same(&a.name, name)).map(|a| a.whole.as_str()).filter(|v| !v.is_empty());
                let listed = value.and_then(|value| product.options[at].1.iter().find(|known| cells::same(known, value)));
                variant.values.push(listed.map(String::as_str).or(value).map(str::to_owned));
            }
            product.variants.push(variant);
            let tax_class = row.cell(&["Tax class"]);
            if !matches!(tax_class.text, "" | "parent") && tax_class.text != parent.text(&["Tax class"]) {
                report.note(&tax_class, "a variant has the tax class of its product");
            }
            let types = cells::types(*row);
            for word in ["virtual", "downloadable"] {
                if types.iter().any(|known| known == word) && matches!(product.kind, Kind::Physical) {
                    let all = rows.iter().all(|row| cells::types(*row).iter().any(|known| known == word));
                    if all {
                        product.kind = if word == "virtual" { Kind::Service } else { Kind::Digital };
                    } else {
                        report.note(&row.cell(&["Type"]), "other variants of the product are shipped, so all of them are");
                    }
                }
            }
            let description = row.cell(&["Description"]);
            if !description.text.is_empty() {
                report.note(&description, "a variant has no description of its own");
            }
            cells::downloads(*row, report);
        }
        let shared = parent.cell(&["Stock"]);
        if !shared.text.is_empty() {
            report.note(&shared, "a stock that variations share is not imported; give each variant its `stock:`");
        }
    }

    /// Price, stock and the rest of a simple product or a variation.
    fn variant(&self, row: Row<'a>, report: &mut Report) -> Variant {
        let (price, compare_at) = self.prices(row, report);
        let sold_out = row.text(&["In stock?"]) == "0";
        let counted = row.cell(&["Stock"]);
        let stock = if counted.text == "parent" {
            report.note(&counted, "a stock that variations share is not imported; give each variant its `stock:`");
            None
        } else {
            stock(&counted, report)
        };
        for name in ["Backorders allowed?", "In stock?"] {
            let cell = row.cell(&[name]);
            if !matches!(cell.text, "" | "0" | "1") || name == "Backorders allowed?" && cell.text == "1" {
                report.note(&cell, "selling on when the stock is used up is not imported; leave out `stock:` to sell without counting");
            }
        }
        let images = cells::images(row.text(&["Images"]));
        let variation = cells::types(row).iter().any(|word| word == "variation");
        Variant {
            line: row.line(),
            sku: row.text(&["SKU"]).to_owned(),
            values: Vec::new(),
            price,
            compare_at,
            stock: stock.or(sold_out.then_some(0)),
            weight: self.weight(row, report),
            image: images.into_iter().next().filter(|_| variation).map(|image| image.url).unwrap_or_default(),
            max_quantity: if variation { cells::sold_individually(row) } else { None },
        }
    }

    /// The price, and what it is reduced from. A reduction for a time only is not taken over: it may be over.
    fn prices(&self, row: Row<'a>, report: &mut Report) -> (Option<String>, Option<String>) {
        let regular_cell = row.cell(&["Regular price"]);
        let sale_cell = row.cell(&["Sale price"]);
        let regular = amount(&regular_cell, self.currency, report);
        let sale = amount(&sale_cell, self.currency, report);
        let starts = row.cell(&["Date sale price starts"]);
        let ends = row.cell(&["Date sale price ends"]);
        let window: Vec<Cell<'_>> = [starts, ends].into_iter().filter(|cell| !cell.text.is_empty()).collect();
        for cell in &window {
            report.note(cell, "times of a sale are not imported");
        }
        match (regular, sale) {
            (Some(regular), Some(_)) if !window.is_empty() => {
                report.note(&sale_cell, "this price was for a time only; the regular price was taken");
                (Some(regular), None)
            }
            (Some(regular), Some(sale)) if is_above(&regular, &sale) => (Some(sale), Some(regular)),
            (Some(regular), Some(_)) => {
                report.note(&sale_cell, "a sale price must be below the regular price; it was left out");
                (Some(regular), None)
            }
            (regular, sale) => (regular.or(sale), None),
        }
    }

    /// Members of groups and related products, now that all products are known.
    fn with_links(
        &self,
        mut products: Vec<Product>,
        parents: &[Row<'a>],
        children: &BTreeMap<usize, Vec<Row<'a>>>,
        report: &mut Report,
    ) -> Vec<Product> {
        let variation = |reference: &str| {
            let id = reference.strip_prefix("id:").unwrap_or("\0");
            let mut all = children.iter();
            all.find(|(_, rows)| rows.iter().any(|row| row.text(&["SKU"]) == reference || row.text(&["ID"]) == id)).map(|(at, _)| *at)
        };
        let mut links = |row: &Row<'a>, own: usize, name: &'static str| -> Vec<usize> {
            let cell = row.cell(&[name]);
            let mut found = Vec::new();
            for reference in cells::list(cell.text) {
                match self.find(&reference).or_else(|| variation(&reference)) {
                    Some(at) if at != own && !found.contains(&at) => found.push(at),
                    Some(_) => {}
                    None => report.note_at(cell.line, cell.column, &reference, "no product has this SKU or id"),
                }
            }
            found
        };
        for (at, (product, row)) in products.iter_mut().zip(parents).enumerate() {
            if product.kind == Kind::Group {
                product.members = links(row, at, "Grouped products");
            }
            for name in ["Upsells", "Cross-sells"] {
                for other in links(row, at, name) {
                    if !product.related.contains(&other) {
                        product.related.push(other);
                    }
                }
            }
        }
        products
    }
}

/// How long a summary may be; a longer one opens the description instead.
const SUMMARY_CHARS: usize = 300;

fn texts(product: &mut Product, row: Row<'_>, report: &mut Report) {
    let written = if row.text(&["Meta: _wpcom_is_markdown"]) == "1" { Written::Markdown } else { Written::HtmlWithLines };
    let mut read = |name: &'static str| {
        let cell = row.cell(&[name]);
        let found = html::body(&cells::multiline(cell.text), written);
        for (value, reason) in &found.lost {
            report.note_at(cell.line, cell.column, value, *reason);
        }
        found.markdown
    };
    product.description = read("Description");
    let short = read("Short description");
    let summary = html::plain(&short);
    if summary.chars().count() <= SUMMARY_CHARS {
        product.summary = summary;
    } else if product.description.is_empty() {
        product.description = short;
    } else {
        product.description = format!("{short}\n\n{}", product.description);
    }
}
