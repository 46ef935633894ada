use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

fn load(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let file: SourcePath = "test.yaml".into();
    let mut diagnostics = Vec::new();
    let node = read(&file, text, (0, text.len()), &mut diagnostics);
    (node, diagnostics)
}

/// A node as JSON in which every scalar is a text.
fn texts(node: &Node) -> Json {
    match &node.value {
        Value::Null | Value::Refused => Json::Null,
        Value::Scalar(text, _) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(texts).collect(),
        Value::Map(entries) => Json::Object(entries.iter().map(|(key, value)| (key.text.clone(), texts(value))).collect()),
    }
}

fn spans_lie_within(node: &Node, text: &str) {
    let (start, end) = (node.start as usize, node.end as usize);
    assert!(start <= end && end <= text.len(), "{start}..{end} of {}", text.len());
    assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| spans_lie_within(item, text)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            assert!(key.start <= key.end && key.end as usize <= text.len());
            spans_lie_within(value, text);
        }),
        _ => {}
    }
}

#[test]
fn scalars_stay_as_written() {
    for text in
        ["007", "1e3", "0x1F", "NO", "yes", "on", "2024-01-01", "12:30", "44", "4.0", "24.90", ".inf", "1_000", "0o17", "true", "=", "<<"]
    {
        let (node, diagnostics) = load(&format!("key: {text}\nlist: [{text}]\n{text}: value\n"));
        assert_eq!(diagnostics, [], "{text}");
        let json = texts(&node.unwrap());
        assert_eq!((&json["key"], &json["list"][0], &json[text]), (&Json::from(text), &Json::from(text), &Json::from("value")));
    }
}

#[test]
fn offsets_count_from_the_start_of_the_file() {
    let file: SourcePath = "content/x.md".into();
    let source = "\u{feff}---\r\ntitle: Café\r\n---\r\n";
    let mut diagnostics = Vec::new();
    let node = read(&file, source, (8, 22), &mut diagnostics).unwrap();
    let Value::Map(entries) = node.value else { panic!("a map") };
    assert_eq!(&source[entries[0].0.start as usize..entries[0].0.end as usize], "title");
    assert_eq!(&source[entries[0].1.start as usize..entries[0].1.end as usize], "Café");
}

#[test]
fn the_lines_of_a_text_are_found_in_the_file() {
    for (source, needle) in [
        ("t: |\n  one\n  two **three**\n", "three"),
        ("t: |\r\n  one\r\n\r\n    two three\r\n", "three"),
        ("t: |2-\n  one\n\n\n   three", "three"),
        ("t: |\n\n\n  one\n  three  \n\n\nu: x\n", "three"),
        ("t: plain three\n", "three"),
        ("t: 'quoted three'\n", "three"),
        ("t: \"quoted three\"\n", "three"),
        ("t: |\n  äöü\n  ß three\n", "three"),
    ] {
        let (node, _) = load(source);
        let Value::Map(entries) = node.unwrap().value else { panic!("a map") };
        let node = &entries[0].1;
        let Value::Scalar(text, _) = &node.value else { panic!("a text") };
        let at = u32::try_from(text.find(needle).unwrap()).unwrap();
        let map = map(source, node);
        let (from, to) = map.iter().rev().find(|(from, _)| *from <= at).unwrap_or_else(|| panic!("{source:?} {node:?}"));
        assert_eq!(&source[(to + at - from) as usize..][..needle.len()], needle, "{source:?} {map:?}");
    }
    for source in ["t: >\n  folded\n  text\n", "t: 'it''s'\n", "t: \"a\\tb\"\n", "t: two\n  lines\n"] {
        let (node, _) = load(source);
        let Value::Map(entries) = node.unwrap().value else { panic!("a map") };
        assert_eq!(map(source, &entries[0].1), [], "{source:?}");
    }
}

#[test]
fn bombs_are_refused() {
    let mut laughs = String::from("a: &a [x, x]\n");
    for (name, before) in ('b'..='z').zip('a'..) {
        laughs.push_str(&format!("{name}: &{name} [*{before}, *{before}]\n"));
    }
    assert!(load(&laughs).1.iter().all(|diagnostic| diagnostic.code == codes::ALIAS));
    assert!(!load(&laughs).1.is_empty());
    for deep in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        assert!(!load(&deep).1.is_empty());
    }
    let wide = format!("[{}]", "x,".repeat(MAX_NODES + 1));
    assert_eq!(load(&wide).1[0].code, codes::TOO_LARGE);
}

#[expect(clippy::disallowed_methods, reason = "a test reads the suite that it is held to")]
fn suite() -> Option<Json> {
    let data = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = data.join("yaml/yaml-test-suite.json");
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) => {
            eprintln!("skipped: {} cannot be read: {error}", path.display());
            None
        }
    }
}

/// Whether the texts of a node are those of the suite's JSON, whose numbers and booleans may be written otherwise.
fn agree(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b)),
        (Json::Object(a), Json::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| agree(a, b))),
        (Json::String(_), Json::Number(_) | Json::Bool(_)) => true,
        (a, b) => a == b,
    }
}

#[test]
fn the_yaml_suite_is_read_or_refused() {
    let Some(suite) = suite() else { return };
    let (mut accepted, mut differ, mut compared) = (Vec::new(), Vec::new(), 0);
    for test in suite["tests"].as_array().unwrap() {
        let (id, text) = (test["id"].as_str().unwrap(), test["yaml"].as_str().unwrap());
        let (node, diagnostics) = load(text);
        if let Some(node) = &node {
            spans_lie_within(node, text);
        }
        if test["error"] == Json::Bool(true) {
            if diagnostics.is_empty() {
                accepted.push(id);
            }
        } else if let (Some(node), [], Some(json)) = (&node, &diagnostics[..], test["json"].as_str()) {
            let Ok(theirs) = serde_json::from_str::<Json>(json) else { continue };
            compared += 1;
            if !agree(&texts(node), &theirs) {
                differ.push(id);
            }
        } else if node.is_none() && test["json"].is_string() {
            // What is refused though valid must be one of the features that are refused on purpose.
            let known = diagnostics
                .iter()
                .all(|d| [codes::MANY_DOCUMENTS, codes::ALIAS, codes::TAG, codes::KEY_FORM, codes::UNQUOTED_NULL].contains(&d.code));
            assert!(known, "{id} is valid: {diagnostics:?}");
        }
    }
    assert_eq!(accepted, [""; 0], "invalid inputs that are accepted");
    assert_eq!(differ, [""; 0], "inputs with another meaning");
    assert!(compared > 150, "only {compared} were compared");
}

#[test]
fn a_pair_in_an_open_bracket_is_not_taken_for_the_bracket() {
    let text = ": :: [ü: \r\na ";
    let (_, diagnostics) = load(text);
    let spans: Vec<_> = diagnostics.iter().filter_map(|diagnostic| diagnostic.span.as_ref()).collect();
    assert!(!spans.is_empty());
    for span in spans {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        let (node, diagnostics) = load(&text);
        if let Some(node) = &node {
            spans_lie_within(node, &text);
        }
        for span in diagnostics.iter().filter_map(|diagnostic| diagnostic.span.as_ref()) {
            prop_assert!(span.start <= span.end && span.end as usize <= text.len());
        }
    }

    #[test]
    fn yaml_like_text_is_read_without_a_panic(text in "([ab:, \\[\\]{}#&*!|>'\"%@\n\t-]|\r\n|ü|: |- |\n  ){0,60}") {
        let (node, diagnostics) = load(&text);
        if let Some(node) = &node {
            spans_lie_within(node, &text);
        }
        for span in diagnostics.iter().filter_map(|diagnostic| diagnostic.span.as_ref()) {
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    }
}
