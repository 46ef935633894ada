//! Our own format of exchange: the product files as JSON, one entry a file, every value as it was written. What is exported
//! and imported again gives the same catalogue; comments and the layout of the files are not part of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::write_yaml::{self, Yaml};
use super::{Import, ImportError, Report};
use crate::diagnostic::{Diagnostic, SourcePath};
use crate::parse::{SourceKind, yaml};

/// The version of the format.
const FORMAT: u64 = 1;

/// The product files of a shop as JSON; what cannot be read as YAML is answered instead.
pub fn export<'a>(files: impl Iterator<Item = (&'a SourcePath, &'a str)>) -> Result<String, Vec<Diagnostic>> {
    let (mut products, mut diagnostics) = (Map::new(), Vec::new());
    for (path, text) in files {
        let from = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if let Some(root) = yaml::read(path, text, (from, text.len()), &mut diagnostics) {
            products.insert(path.trim_start_matches("products/").to_owned(), value(&root));
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let document = json!({"format": FORMAT, "products": products});
    Ok(serde_json::to_string_pretty(&document).expect("texts, lists and maps are JSON") + "\n")
}

/// Scalars are text: what they mean is decided by the key that they stand under.
fn value(node: &yaml::Node) -> Value {
    match &node.value {
        yaml::Value::Null | yaml::Value::Refused => Value::Null,
        yaml::Value::Scalar(text, _) => Value::String(text.clone()),
        yaml::Value::List(items) => items.iter().map(value).collect(),
        yaml::Value::Map(entries) => Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), value(node))).collect()),
    }
}

/// The files of an export.
pub fn shopfront(bytes: &[u8]) -> Result<Import, ImportError> {
    let document: Value = serde_json::from_slice(bytes).map_err(|error| ImportError {
        line: Some(error.line()),
        column: None,
        message: format!("this is not JSON: {error}"),
        help: "use a file that `shopfront catalog export` has written".to_owned(),
    })?;
    let wrong = |message: String| ImportError {
        line: None,
        column: None,
        message,
        help: "use a file that `shopfront catalog export` has written".to_owned(),
    };
    if document["format"].as_u64() != Some(FORMAT) {
        return Err(wrong(format!("this is not an export of format {FORMAT}")));
    }
    let Some(products) = document["products"].as_object() else { return Err(wrong("`products` is missing".to_owned())) };
    let mut files = BTreeMap::new();
    let mut report = Report::default();
    for (path, product) in products {
        let is_safe =
            path.ends_with(".yaml") && path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
        let (true, Some(entries)) = (is_safe, product.as_object()) else {
            return Err(wrong(format!("`{path}` is not the file of a product")));
        };
        let several = |key: &str| entries.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        if SourceKind::of(&format!("products/{path}")) == Some(SourceKind::Product) {
            report.products += 1;
            report.variants += several("variants").max(1);
            report.images += several("images");
        }
        let entries = entries.iter().map(|(key, value)| (key.as_str(), yaml_of(key, value, 0))).collect();
        files.insert(format!("products/{path}"), write_yaml::document(entries));
    }
    Ok(Import { files, report, ..Import::default() })
}

/// Keys whose values are numbers or truth values: they are written without quotes, as a person would.
const BARE: [&str; 20] = [
    "price",
    "compare_at",
    "stock",
    "backorder",
    "low_stock",
    "quantity",
    "from",
    "until",
    "min",
    "max",
    "min_quantity",
    "max_quantity",
    "quantity_step",
    "date",
    "available_from",
    "draft",
    "discontinued",
    "surcharge",
    "required",
    "default",
];

fn yaml_of(key: &str, value: &Value, depth: usize) -> Yaml {
    match value {
        Value::Null => Yaml::Bare(String::new()),
        Value::String(text) if text.contains('\n') => Yaml::Lines(text.clone()),
        Value::String(text) if is_plain(key, text) => Yaml::Bare(text.clone()),
        Value::String(text) => Yaml::Text(text.clone()),
        Value::Bool(flag) => Yaml::bare(flag),
        Value::Number(number) => Yaml::bare(number),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            Yaml::List(items.iter().map(|item| yaml_of(key, item, depth + 1)).collect())
        }
        Value::Array(items) => Yaml::Row(items.iter().map(|item| yaml_of(key, item, depth + 1)).collect()),
        Value::Object(entries) => {
            let is_flat = entries.values().all(|value| !value.is_object() && !value.is_array());
            let entries = entries.iter().map(|(key, value)| (key.clone(), yaml_of(key, value, depth + 1))).collect();
            // Amounts, and the entries of lists, stand on one line.
            if depth > 0 || is_flat && is_amount(value) { Yaml::Inline(entries) } else { Yaml::Map(entries) }
        }
    }
}

fn is_currency(key: &str) -> bool {
    key.len() == 3 && key.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_amount(value: &Value) -> bool {
    value.as_object().is_some_and(|entries| entries.keys().all(|key| is_currency(key)))
}

/// Whether a value is written as it is: what stands there is digits, a date, or a truth value.
fn is_plain(key: &str, text: &str) -> bool {
    let of_number = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || ".-:TZ+".contains(c));
    (BARE.contains(&key) || is_currency(key)) && (of_number || text == "true" || text == "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(text: &str) -> String {
        let path = SourcePath::from("products/cups/mug.yaml");
        export([(&path, text)].into_iter()).expect("YAML")
    }

    #[test]
    fn what_is_exported_comes_back_value_for_value() {
        let text = "title: 'on'\nprice: {EUR: 24.90, USD: 27}\ntags: [a, '007', 'NO']\ndescription: |\n  Two lines.\n\n  And `code`: # not a comment\n\
            options: {Size: [44, 4.0], 'yes': ['no']}\nvariants:\n  - {sku: 007, options: {Size: 44, 'yes': 'no'}, stock: 3}\nsale: {price: {EUR: 1, USD: 2}, until: 2026-12-01}\n";
        let first = exported(text);
        let import = shopfront(first.as_bytes()).expect("an import");
        let again = &import.files["products/cups/mug.yaml"];
        assert_eq!(exported(again), first, "{again}");
        assert!(again.contains("price: {EUR: 24.90, USD: 27}"), "{again}");
        assert!(again.contains("sku: \"007\"") || again.contains("sku: '007'"), "{again}");
    }

    #[test]
    fn other_files_are_refused() {
        for bad in [
            "{",
            "{}",
            r#"{"format": 9}"#,
            r#"{"format": 1, "products": {"../shop.yaml": {}}}"#,
            r#"{"format": 1, "products": {"mug.yaml": 3}}"#,
        ] {
            assert!(shopfront(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
