//! What pages say under keys that the schema of their section declares, as templates see it.

use serde_json::{Map, Value, json};

use super::Reader;
use crate::pictures::Copy;
use crate::site::FieldValue;

/// By name.
pub(super) fn view(site: &Reader<'_>, fields: &[(String, FieldValue)]) -> Map<String, Value> {
    fields.iter().map(|(name, field)| (name.clone(), value(site, field))).collect()
}

fn value(site: &Reader<'_>, field: &FieldValue) -> Value {
    match field {
        FieldValue::Nothing => Value::Null,
        FieldValue::Text(text) => json!(text),
        FieldValue::Prose(body) => json!(site.body(body)),
        FieldValue::Number(number) => self::number(*number),
        FieldValue::Boolean(flag) => json!(flag),
        FieldValue::Date(seconds) => json!(site.date(*seconds)),
        FieldValue::Picture(picture) => json!(picture),
        FieldValue::Page(key) => json!(site.page_link(key)),
        // Whether it is shown, and what it costs, `card(id=…)` knows.
        FieldValue::Product(id) => json!(id),
        FieldValue::List(entries) => entries.iter().map(|entry| value(site, entry)).collect(),
        FieldValue::Map(entries) => Value::Object(view(site, entries)),
    }
}

/// Whole numbers are written without a point.
fn number(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers below 2^53 are the same as integers")]
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// Adds the copies of pictures that the texts among them show.
pub(super) fn copies(fields: &[(String, FieldValue)], copies: &mut Vec<Copy>) {
    for (_, field) in fields {
        add_copies(field, copies);
    }
}

fn add_copies(field: &FieldValue, copies: &mut Vec<Copy>) {
    match field {
        FieldValue::Prose(body) => copies.extend(body.copies.iter().cloned()),
        FieldValue::List(entries) => {
            for entry in entries {
                add_copies(entry, copies);
            }
        }
        FieldValue::Map(entries) => self::copies(entries, copies),
        _ => {}
    }
}
