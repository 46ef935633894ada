//! Diagnostics as SARIF 2.1.0 (the OASIS standard), which code hosts and editors show beside the lines.

use serde_json::{Value, json};

use super::{Sources, Texts, sorted};
use crate::diagnostic::codes::{Entry, TABLE};
use crate::diagnostic::{Diagnostic, Span};

/// The published schema, which readers may check against.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Where codes are explained.
const GUIDE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/mistakes.md");

/// A log of one run. `folder` is where the shop lies in its repository, with a slash at the end, or empty: paths count from
/// the repository.
pub fn render_sarif(diagnostics: &[Diagnostic], sources: &Sources<'_>, folder: &str) -> Value {
    let mut texts = Texts::new(sources);
    let told = sorted(diagnostics);
    let mut used: Vec<&Entry> = TABLE.iter().filter(|entry| told.iter().any(|told| told.code == entry.code)).collect();
    used.sort_by_key(|entry| entry.code);
    let results: Vec<Value> = told.iter().map(|told| result(told, &used, &mut texts, folder)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "shopfront",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": used.iter().map(|entry| rule(entry)).collect::<Vec<_>>(),
            }},
            // Ours are characters, not the units of UTF-16.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(entry: &Entry) -> Value {
    let level = if entry.code.0.starts_with('E') { "error" } else { "warning" };
    json!({
        "id": entry.code.0,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": format!("{}.", entry.cause)},
        "help": {"text": format!("{}.", entry.cure)},
        "helpUri": GUIDE,
        "defaultConfiguration": {"level": level},
    })
}

fn result(told: &Diagnostic, used: &[&Entry], texts: &mut Texts<'_>, folder: &str) -> Value {
    let mut message = told.message.clone();
    if !told.label.is_empty() {
        message += &format!(": {}", told.label);
    }
    if let Some(help) = &told.help {
        message += &format!(". {help}");
    }
    let place = |file: &str, region: Option<Value>| {
        let artifact = json!({"uri": address(folder, file), "uriBaseId": "%SRCROOT%"});
        match region {
            Some(region) => json!({"artifactLocation": artifact, "region": region}),
            None => json!({"artifactLocation": artifact}),
        }
    };
    let related = told.related.iter().enumerate().map(|(id, (span, words))| {
        let region = region(span, texts);
        json!({"id": id, "message": {"text": words}, "physicalLocation": place(&span.file, region)})
    });
    let related: Vec<Value> = related.collect();
    let own = told.span.as_ref().and_then(|span| region(span, texts));
    let mut result = json!({
        "ruleId": told.code.0,
        "ruleIndex": used.iter().position(|entry| entry.code == told.code),
        "level": told.severity.name(),
        "message": {"text": message},
        "locations": [{"physicalLocation": place(&told.file, own)}],
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(rule) = told.rule {
        result["properties"] = json!({"check": rule.name()});
    }
    result
}

fn region(span: &Span, texts: &mut Texts<'_>) -> Option<Value> {
    let ((line, column), (end_line, end_column)) = texts.lines(span)?;
    Some(json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}))
}

/// A path as an address relative to the repository.
fn address(folder: &str, file: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(&format!("{folder}{file}"), PATH).to_string()
}
