//! Holds the router to `openapi.json`: every answer of every test is one that the document describes.

use std::sync::LazyLock;

use axum::http::Method;

use super::*;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).expect("JSON"));

/// The document's path for an address, such as `/orders/{token}`.
fn template(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/base/api")?;
    let fits = |template: &&String| {
        let (mine, theirs) = (path.split('/'), template.split('/'));
        mine.clone().count() == theirs.clone().count() && mine.zip(theirs).all(|(a, b)| a == b || (b.starts_with('{') && !a.is_empty()))
    };
    DOCUMENT["paths"].as_object().expect("paths").keys().find(fits).map(String::as_str)
}

/// Checks an answer. Addresses outside the document have no description: payment pages, and what does not exist.
pub(super) fn check(method: &Method, path: &str, answer: &Answer) {
    let Some(template) = template(path) else { return };
    let operation = &DOCUMENT["paths"][template][method.as_str().to_ascii_lowercase()];
    if operation.is_null() {
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {template}");
        return;
    }
    let described = &operation["responses"][answer.status.as_str()];
    assert!(!described.is_null(), "{method} {template} answers {}: {}", answer.status, answer.body);
    if let Some(headers) = described["headers"].as_object() {
        assert!(headers.keys().all(|name| answer.headers.contains_key(name.as_str())), "{method} {template}: {:?}", answer.headers);
    }
    let Some(content) = described["content"].as_object() else { return };
    let kind = answer.headers[header::CONTENT_TYPE].to_str().expect("text").split(';').next().unwrap_or_default();
    let kind = content.get(kind).unwrap_or_else(|| panic!("{method} {template} answers {kind}"));
    if let Some(schema) = kind.get("schema") {
        let mut schema = schema.clone();
        schema["components"] = DOCUMENT["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<_> = validator.iter_errors(&answer.json()).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{method} {template} {}: {errors:?}", answer.status);
    }
}

#[tokio::test]
async fn every_described_operation_exists() {
    let shop = TestShop::new();
    for (path, operations) in DOCUMENT["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let address = format!("/base/api{}", path.replace("{gateway}", "sandbox").replace("{token}", "0000"));
            let request = Request::builder().method(method.to_ascii_uppercase().as_str()).uri(address).body(Body::empty());
            let answer = shop.send(request.expect("a request")).await;
            let is_there = answer.status != StatusCode::METHOD_NOT_ALLOWED && answer.body.matches("\"not_found\"").count() == 0;
            assert!(is_there, "{method} {path}: {}", answer.body);
        }
    }
}
