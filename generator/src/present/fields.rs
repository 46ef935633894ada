//! What pages say under keys that the schema of their section declares, and what is set of the theme, as templates see it.

use serde_json::{Map, Value, json};

use super::Reader;
use crate::locale::Formats;
use crate::pictures::Copy;
use crate::site::{Body, FieldValue, Site};
use crate::view::{DateView, LinkView};

/// Who looks up what values refer to.
pub(super) trait Outlook {
    /// A day, as the language writes it.
    fn date(&self, seconds: i64) -> DateView;
    /// A page or section by key, where it is published.
    fn page_link(&self, key: &str) -> Option<LinkView>;
    /// The HTML of a text.
    fn body(&self, body: &Body) -> String;
}

/// For one page, which remembers what it saw.
impl Outlook for Reader<'_> {
    fn date(&self, seconds: i64) -> DateView {
        Reader::date(self, seconds)
    }

    fn page_link(&self, key: &str) -> Option<LinkView> {
        Reader::page_link(self, key)
    }

    fn body(&self, body: &Body) -> String {
        Reader::body(self, body)
    }
}

/// For all pages, which are made again when it is another.
impl Outlook for Site {
    fn date(&self, seconds: i64) -> DateView {
        DateView { iso: super::day(seconds), text: Formats::new(&self.settings.language, std::iter::empty()).date(seconds) }
    }

    fn page_link(&self, key: &str) -> Option<LinkView> {
        Site::page_link(self, key)
    }

    /// A block belongs to one page, so that of those in what all pages share the bodies alone are shown.
    fn body(&self, body: &Body) -> String {
        body.html()
    }
}

/// By name.
pub(super) fn view(site: &impl Outlook, fields: &[(String, FieldValue)]) -> Map<String, Value> {
    fields.iter().map(|(name, field)| (name.clone(), value(site, field))).collect()
}

fn value(site: &impl Outlook, field: &FieldValue) -> Value {
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
    copies.extend(fields.iter().flat_map(|(_, field)| field.bodies()).flat_map(|body| body.copies.iter().cloned()));
}
