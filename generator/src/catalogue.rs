//! The catalogue as a table: every variant with its price lists and the counts that its stock begins with. Pure.

use catalog::currency::Currency;
use catalog::money::Money;
use catalog::product::{Amounts, Choice, Stock, Variant};
use serde::Serialize;

use crate::site::{Site, SiteProduct};

/// One variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The variant.
    pub sku: String,
    /// The product's id.
    pub product: String,
    /// The product's title.
    pub title: String,
    /// `physical`, `digital`, `service`, `bundle`, `gift-card`.
    pub kind: &'static str,
    /// Option names and values; `any` stands for all.
    pub options: Vec<(String, String)>,
    /// Decimal text by currency, in the shop's order.
    pub prices: Vec<Price>,
    /// What the stock begins with; `None` where it is not counted.
    pub stock: Option<u32>,
    /// How many more than there are may be sold.
    pub backorder: u32,
    /// Gone for good.
    pub discontinued: bool,
    /// Grams.
    pub weight_g: u32,
    /// The tax class.
    pub tax_class: String,
    /// At least so many in one order.
    pub min_quantity: u32,
    /// At most so many.
    pub max_quantity: u32,
    /// Multiples of it.
    pub quantity_step: u32,
    /// The day from which it is sent, `2026-05-01`.
    pub available_from: Option<String>,
}

/// What a variant costs in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Price {
    /// ISO 4217.
    pub currency: &'static str,
    /// Decimal text; `None` where it is not sold in it.
    pub price: Option<String>,
    /// The former price.
    pub compare_at: Option<String>,
    /// The price while the sale lasts.
    pub sale: Option<String>,
    /// Prices for many: from so many, decimal text.
    pub quantity_prices: Vec<(u32, String)>,
    /// When the sale begins, an instant in UTC.
    pub sale_from: Option<String>,
    /// The first instant after it.
    pub sale_until: Option<String>,
}

/// Every variant, by product and in the editor's order.
pub fn rows(site: &Site) -> Vec<Row> {
    let sold = site.products.values().filter(|product| product.product.is_sold());
    sold.flat_map(|product| product.product.variants.iter().map(move |variant| row(site, product, variant))).collect()
}

fn row(site: &Site, product: &SiteProduct, variant: &Variant) -> Row {
    let options = product.product.options.iter().zip(&variant.choices).map(|(option, choice)| {
        let value = match choice {
            Choice::Is(value) => value.clone(),
            Choice::Any => "any".to_owned(),
        };
        (option.name.clone(), value)
    });
    Row {
        sku: variant.sku.to_string(),
        product: product.id().to_owned(),
        title: product.product.title.clone(),
        kind: product.product.kind.name(),
        options: options.collect(),
        prices: site.settings.currencies.iter().map(|(currency, _)| price(variant, *currency)).collect(),
        stock: if let Stock::Counted(count) = variant.stock { Some(count) } else { None },
        backorder: variant.backorder,
        discontinued: variant.stock == Stock::Discontinued,
        weight_g: variant.weight_g,
        tax_class: product.product.tax_class.clone(),
        min_quantity: variant.limits.least(),
        max_quantity: variant.limits.max.unwrap_or(site.settings.max_quantity),
        quantity_step: variant.limits.step.unwrap_or(1),
        available_from: variant.available_from.map(instant),
    }
}

fn price(variant: &Variant, currency: Currency) -> Price {
    let text = |amounts: &Amounts| amounts.get(&currency).map(|minor| Money::new(*minor, currency).to_decimal_text());
    let pricing = &variant.pricing;
    let window = pricing.sale.as_ref().map(|sale| sale.window).unwrap_or_default();
    Price {
        currency: currency.code(),
        price: text(&pricing.prices),
        compare_at: text(&pricing.compare_at),
        sale: pricing.sale.as_ref().and_then(|sale| text(&sale.prices)),
        quantity_prices: pricing.quantity_prices.iter().filter_map(|tier| Some((tier.from, text(&tier.prices)?))).collect(),
        sale_from: window.from.map(instant),
        sale_until: window.until.map(instant),
    }
}

/// A day where it begins one, else an instant, in UTC.
fn instant(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    if seconds.rem_euclid(86_400) == 0 { at.strftime("%Y-%m-%d").to_string() } else { at.to_string() }
}

/// The rows as CSV, with one column of each kind for each currency.
pub fn csv(rows: &[Row]) -> Vec<u8> {
    const IN_MEMORY: &str = "writing to memory does not fail";
    let currencies: Vec<&str> = rows.first().map(|row| row.prices.iter().map(|price| price.currency).collect()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut head = ["sku", "product", "title", "kind", "options"].map(String::from).to_vec();
    for currency in &currencies {
        head.extend(["price", "compare_at", "sale", "quantity_prices"].map(|name| format!("{name} {currency}")));
    }
    let rest = ["sale_from", "sale_until", "stock", "backorder", "discontinued", "weight_g", "tax_class", "min_quantity", "max_quantity"];
    head.extend(rest.into_iter().chain(["quantity_step", "available_from"]).map(String::from));
    writer.write_record(&head).expect(IN_MEMORY);
    for row in rows {
        writer.write_record(record(row)).expect(IN_MEMORY);
    }
    writer.into_inner().expect(IN_MEMORY)
}

fn record(row: &Row) -> Vec<String> {
    let options = row.options.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ");
    let mut cells = vec![row.sku.clone(), row.product.clone(), row.title.clone(), row.kind.to_owned(), options];
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    for price in &row.prices {
        let many = price.quantity_prices.iter().map(|(from, price)| format!("{from}: {price}")).collect::<Vec<_>>().join(", ");
        cells.extend([text(&price.price), text(&price.compare_at), text(&price.sale), many]);
    }
    let window = row.prices.first();
    cells.extend([
        window.map(|price| text(&price.sale_from)).unwrap_or_default(),
        window.map(|price| text(&price.sale_until)).unwrap_or_default(),
        row.stock.map(|count| count.to_string()).unwrap_or_default(),
        row.backorder.to_string(),
        row.discontinued.to_string(),
        row.weight_g.to_string(),
        row.tax_class.clone(),
        row.min_quantity.to_string(),
        row.max_quantity.to_string(),
        row.quantity_step.to_string(),
        text(&row.available_from),
    ]);
    cells
}
