//! What both importers make of their rows, before ids, folders and SKUs are settled.

use catalog::currency::Currency;
use catalog::money::{Decimal, MAX_CHARGE_MINOR, Money};

use super::report::Report;
use super::table::Cell;

/// A product as the export has it, with wishes for what must be unique in the shop.
#[derive(Debug, Default)]
pub(super) struct Product {
    /// The line of its first row.
    pub(super) line: usize,
    /// The text that its id is made from.
    pub(super) key: String,
    /// Categories as titles from the top; the first is its folder.
    pub(super) categories: Vec<Vec<String>>,
    /// Titles of the collections that it is in.
    pub(super) collections: Vec<String>,
    pub(super) title: String,
    /// Markdown.
    pub(super) description: String,
    /// Plain text, one line.
    pub(super) summary: String,
    pub(super) kind: Kind,
    pub(super) draft: bool,
    pub(super) tags: Vec<String>,
    pub(super) brand: String,
    pub(super) weight: Option<String>,
    pub(super) max_quantity: Option<u32>,
    pub(super) tax_class: Option<String>,
    pub(super) images: Vec<Image>,
    /// Names and values, as many as the export has.
    pub(super) options: Vec<(String, Vec<String>)>,
    pub(super) variants: Vec<Variant>,
    pub(super) specifications: Vec<(String, String)>,
    /// Places in the list of products.
    pub(super) members: Vec<usize>,
    /// Likewise.
    pub(super) related: Vec<usize>,
    pub(super) external: Option<External>,
    pub(super) seo_title: String,
    pub(super) seo_description: String,
}

/// `kind:` of a product file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Physical,
    Digital,
    Service,
    Group,
    External,
}

impl Kind {
    /// The word in a product file; `None` for the default.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Physical => None,
            Self::Digital => Some("digital"),
            Self::Service => Some("service"),
            Self::Group => Some("group"),
            Self::External => Some("external"),
        }
    }
}

/// A picture by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) url: String,
    pub(super) alt: String,
}

/// The page of another shop.
#[derive(Debug)]
pub(super) struct External {
    pub(super) url: String,
    pub(super) label: String,
}

/// One buyable combination.
#[derive(Debug, Default, Clone)]
pub(super) struct Variant {
    pub(super) line: usize,
    /// Empty where the export has none.
    pub(super) sku: String,
    /// One for each option of the product; `None` is any.
    pub(super) values: Vec<Option<String>>,
    /// Exact amounts in the currency, as written into the file.
    pub(super) price: Option<String>,
    pub(super) compare_at: Option<String>,
    pub(super) stock: Option<u64>,
    pub(super) weight: Option<String>,
    pub(super) image: String,
    pub(super) max_quantity: Option<u32>,
}

/// The texts of one line: every run of white space becomes one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An exact amount in the currency, or `None` with a note where the cell has none. Thousands separators, decimal
/// commas and currency signs are read as what they mean; more decimals than the currency has are rounded, half up.
pub(super) fn amount(cell: &Cell<'_>, currency: Currency, report: &mut Report) -> Option<String> {
    if cell.text.is_empty() {
        return None;
    }
    let plain = plain_amount(cell.text);
    let digits = currency.digits();
    let money = plain.as_deref().and_then(|text| {
        if let Some(minor) = Decimal::parse(text).ok()?.at_scale(digits) {
            return Some(minor);
        }
        let minor = rounded(text, digits)?;
        let written = Money::new(minor, currency).to_decimal_text();
        report.note(cell, format!("{} has {digits} decimals; rounded to `{written}`", currency.code()));
        Some(minor)
    });
    let money = money.filter(|minor| *minor <= MAX_CHARGE_MINOR);
    if money.is_none() {
        report.note(cell, "this is not an amount; it was left out");
    }
    money.map(|minor| Money::new(minor, currency).to_decimal_text())
}

fn plain_amount(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).collect();
    let odd = text.chars().any(|c| c.is_ascii_alphabetic()) && !currency_code_beside(text);
    if odd || kept.is_empty() || kept.contains('-') {
        return None;
    }
    let point = match (kept.rfind('.'), kept.rfind(',')) {
        (Some(point), Some(comma)) => Some(point.max(comma)),
        // One comma with other than three digits after it is a decimal comma.
        (None, Some(comma)) if kept.matches(',').count() == 1 && kept.len() - comma != 4 => Some(comma),
        (None, _) => None,
        (Some(point), None) => Some(point),
    };
    let (whole, fraction) = point.map_or((kept.as_str(), ""), |at| (&kept[..at], &kept[at + 1..]));
    if whole.contains('.') && !whole.split('.').skip(1).all(|group| group.len() == 3) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

/// `EUR 20` and `20 USD`, but not `1e3`.
fn currency_code_beside(text: &str) -> bool {
    let code: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    text.trim_matches(|c: char| !c.is_ascii_alphabetic()).len() == code.len() && Currency::parse(&code).is_some()
}

fn rounded(text: &str, digits: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = usize::from(digits);
    let kept = fraction.get(..digits)?;
    let minor = Decimal::parse(&format!("{}{kept}", if whole.is_empty() { "0" } else { whole })).ok()?.at_scale(0)?;
    let up = fraction.as_bytes().get(digits).is_some_and(|b| *b >= b'5');
    Some(minor + i64::from(up))
}

/// A weight as product files write it, or `None`: `.2` and `lbs` to `0.2 lb`.
pub(super) fn weight(cell: &Cell<'_>, unit: &str, report: &mut Report) -> Option<String> {
    let number = cell.text.replace(',', ".");
    if number.is_empty() || number.trim_matches(['0', '.']).is_empty() {
        return None;
    }
    // Three decimals are what a product file takes; more are rounded, and a gramme is all that counts.
    let known = Decimal::parse(&number).ok().and_then(|decimal| decimal.at_scale(3).or_else(|| rounded(&number, 3)));
    let Some(thousandths) = known.filter(|thousandths| *thousandths <= MAX_WEIGHT_THOUSANDTHS) else {
        report.note(cell, "this is not a weight; it was left out");
        return None;
    };
    let number = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    Some(format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.')))
}

/// Ten thousand of the unit: no parcel weighs more, and kilogrammes are the largest unit.
const MAX_WEIGHT_THOUSANDTHS: i64 = 10_000_000;

/// The largest stock that a product file takes.
const MAX_STOCK: u32 = 10_000_000;

/// A count of stock; below nothing is nothing, with a note.
pub(super) fn stock(cell: &Cell<'_>, report: &mut Report) -> Option<u64> {
    if cell.text.is_empty() {
        return None;
    }
    let (whole, fraction) = cell.text.split_once('.').unwrap_or((cell.text, ""));
    if fraction.bytes().all(|b| b == b'0') {
        if let Some(count) = whole.parse::<u32>().ok().filter(|count| *count <= MAX_STOCK) {
            return Some(u64::from(count));
        }
        if whole.parse::<i64>().is_ok_and(|count| count < 0) {
            report.note(cell, "stock cannot be below nothing; written as 0");
            return Some(0);
        }
    }
    report.note(cell, "this is not a count of pieces; the stock was left uncounted");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell<'_> {
        Cell { line: 2, column: "Price", text }
    }

    #[test]
    fn amounts_of_every_country_become_exact() {
        let cases = [
            ("20", "USD", Some("20.00"), 0),
            (".5", "USD", Some("0.50"), 0),
            ("1,299.00", "USD", Some("1299.00"), 0),
            ("1.299,00", "EUR", Some("1299.00"), 0),
            ("12,50", "EUR", Some("12.50"), 0),
            ("1,299", "EUR", Some("1299.00"), 0),
            ("$ 20", "USD", Some("20.00"), 0),
            ("20 EUR", "EUR", Some("20.00"), 0),
            ("1500.00", "JPY", Some("1500"), 0),
            ("19.9900", "EUR", Some("19.99"), 0),
            ("19.995", "EUR", Some("20.00"), 1),
            (".994", "EUR", Some("0.99"), 1),
            ("-3", "EUR", None, 1),
            ("1e3", "EUR", None, 1),
            ("cheap", "EUR", None, 1),
            ("1.2.3", "EUR", None, 1),
            ("99999999999999999999", "EUR", None, 1),
            ("", "EUR", None, 0),
        ];
        for (text, code, expected, notes) in cases {
            let mut report = Report::default();
            let currency = Currency::parse(code).expect(code);
            assert_eq!(amount(&cell(text), currency, &mut report).as_deref(), expected, "{text}");
            assert_eq!(report.not_carried.len(), notes, "{text}");
        }
    }

    #[test]
    fn weights_and_stock() {
        let mut report = Report::default();
        let cases = [
            (".2", Some("0.2 lb")),
            ("0.60", Some("0.6 lb")),
            ("3", Some("3 lb")),
            ("0", None),
            ("0,5", Some("0.5 lb")),
            ("1.23456", Some("1.235 lb")),
        ];
        for (text, expected) in cases {
            assert_eq!(weight(&cell(text), "lb", &mut report).as_deref(), expected, "{text}");
        }
        assert!(report.not_carried.is_empty());
        assert_eq!(stock(&cell("7.00"), &mut report), Some(7));
        assert_eq!(stock(&cell("0"), &mut report), Some(0));
        assert!(report.not_carried.is_empty());
        assert_eq!(stock(&cell("-2"), &mut report), Some(0));
        assert_eq!(stock(&cell("many"), &mut report), None);
        assert_eq!(weight(&cell("heavy"), "kg", &mut report), None);
        assert_eq!(report.not_carried.len(), 3);
    }
}
