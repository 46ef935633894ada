//! Reports in SARIF are valid against the standard's schema, for every code and every sort of place.

#![expect(clippy::disallowed_methods, reason = "a test reads the schema's file")]

use std::sync::Arc;

use generator::diagnostic::codes::TABLE;
use generator::diagnostic::rules::Rule;
use generator::diagnostic::{Diagnostic, Severity, SourcePath, Span};
use generator::report::render_sarif;

const TEXT: &str = "title: Café\nprice: 24,90\n";

#[test]
fn reports_are_valid_sarif() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sarif/sarif-2.1.0-rtm.5.json");
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let mut schema: serde_json::Value = serde_json::from_str(&text).expect("the schema is JSON");
    // The pattern of a key that we do not write is no regular expression (`{2}]?$`).
    for name in ["run", "toolComponent"] {
        schema["definitions"][name]["properties"]["language"]["pattern"] = "^[a-zA-Z]{2}".into();
    }
    let validator = jsonschema::draft4::new(&schema).expect("a schema");
    let file = SourcePath::from("products/mug & cup.yaml");
    let source = |path: &str| (path == &*file).then(|| Arc::from(TEXT.as_bytes()));
    let mut told = Vec::new();
    for (at, entry) in TABLE.iter().enumerate() {
        let span = Span::new(&file, at % 30, at % 30 + 3);
        let one = Diagnostic::warning(entry.code, entry.title, span.clone()).label("here").help(entry.cure).related(span, "and here");
        told.push(if at % 2 == 0 { one.under(Rule::Headings) } else { one });
        told.push(Diagnostic::in_file(entry.code, Severity::Error, "the whole file", SourcePath::clone(&file)));
        told.push(Diagnostic::error(entry.code, "of another", Span::new(&"gone.yaml".into(), 1, 2)));
    }
    for (told, results) in [(told.as_slice(), TABLE.len() * 3), (&[], 0)] {
        let log = render_sarif(told, &source, "shops/one/");
        let wrong: Vec<String> = validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(results));
    }
    let mut wrong = render_sarif(&told, &source, "");
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema finds something");
}
