//! What Stripe's own description of its API says about a request: names, types, words, lengths, what has to be there.
//!
//! The description is an older one; what is newer stands in a list of its own, each with its source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// The limits of metadata: pairs, characters of a key, of a value. Source: docs.stripe.com/api/metadata.
const METADATA: (usize, usize, usize) = (50, 40, 500);

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let read = |text| serde_json::from_str::<Value>(text).expect("a fixture is JSON");
    let mut document = read(include_str!("../../../../fixtures/stripe/openapi-requests.json"));
    let newer = read(include_str!("../../../../fixtures/stripe/openapi-newer.json"));
    for (path, methods) in newer["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            add(&mut document["paths"][path][method], operation);
        }
    }
    document
});

/// Adds the fields of a newer operation to those of the document.
fn add(operation: &mut Value, newer: &Value) {
    let fields = newer["fields"].as_object().expect("a newer operation has fields");
    let mut all = fields_of(operation);
    for (name, field) in fields {
        assert!(field["source"].is_string(), "{name} has a source");
        all["properties"][name] = field["schema"].clone();
    }
    operation["all"] = all;
}

/// The fields of an operation as one schema: of its body, or of its query.
fn fields_of(operation: &Value) -> Value {
    if let Some(all) = operation.get("all") {
        return all.clone();
    }
    let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    if body["properties"].as_object().is_some_and(|properties| !properties.is_empty()) {
        return body.clone();
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let named = parameters.map(|parameter| (parameter["name"].as_str().expect("a name").to_owned(), parameter["schema"].clone()));
    json!({ "type": "object", "properties": named.collect::<Map<String, Value>>() })
}

/// Something in a request that the API does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Stripe's code for it.
    pub(crate) code: &'static str,
    /// The field, in brackets.
    pub(crate) param: String,
    /// What is wrong.
    pub(crate) message: String,
}

/// All that is wrong with a request: its method in capitals, its path, and its query or body.
pub(crate) fn violations(method: &str, path: &str, form: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let Some(operation) = operation(method, path) else {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        return vec![Violation { code: "url_invalid", param: String::new(), message }];
    };
    match Node::parse(form) {
        Ok(tree) => check(&tree, &fields_of(operation), "", &mut found),
        Err(name) => found.push(Violation { code: "parameter_invalid", param: name, message: "Invalid form.".into() }),
    }
    found
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (parts, wanted): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
        let same = |(part, wanted): (&&str, &&str)| part == wanted || (wanted.starts_with('{') && !part.is_empty());
        parts.len() == wanted.len() && parts.iter().zip(&wanted).all(same)
    };
    let paths = DOCUMENT["paths"].as_object()?;
    let (_, methods) = paths.iter().find(|(template, _)| fits(template))?;
    methods.get(method.to_ascii_lowercase())
}

/// A form's nested value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// A text.
    Leaf(String),
    /// Named or numbered values.
    Branch(BTreeMap<String, Node>),
}

impl Node {
    /// Reads a form with names in brackets. The error is the name that cannot be placed.
    pub(crate) fn parse(form: &str) -> Result<Self, String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(form).map_err(|error| error.to_string())?;
        let mut root = BTreeMap::new();
        for (name, value) in pairs {
            let keys: Vec<&str> =
                name.split('[').enumerate().map(|(i, part)| if i == 0 { part } else { part.trim_end_matches(']') }).collect();
            place(&mut root, &keys, value).ok_or(name)?;
        }
        Ok(Self::Branch(root))
    }

    /// The value at a path of keys.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| match node {
            Self::Leaf(_) => None,
            Self::Branch(children) => children.get(*key),
        })
    }

    /// The text at a path of keys.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<&str> {
        match self.at(keys)? {
            Self::Leaf(text) => Some(text),
            Self::Branch(_) => None,
        }
    }

    /// The whole number at a path of keys.
    pub(crate) fn number(&self, keys: &[&str]) -> Option<i64> {
        self.text(keys)?.parse().ok()
    }

    /// The values below a path of keys, by number.
    pub(crate) fn items(&self, keys: &[&str]) -> Vec<&Self> {
        let Some(Self::Branch(children)) = self.at(keys) else { return Vec::new() };
        let mut items: Vec<(usize, &Self)> = children.iter().filter_map(|(key, node)| Some((key.parse().ok()?, node))).collect();
        items.sort_by_key(|(index, _)| *index);
        items.into_iter().map(|(_, node)| node).collect()
    }
}

/// Puts a value where its keys say; `None` where a text stands in the way. `[]` counts on.
fn place(children: &mut BTreeMap<String, Node>, keys: &[&str], value: String) -> Option<()> {
    let (first, rest) = keys.split_first()?;
    let key = if first.is_empty() { children.len().to_string() } else { (*first).to_owned() };
    if rest.is_empty() {
        return children.insert(key, Node::Leaf(value)).is_none().then_some(());
    }
    match children.entry(key).or_insert_with(|| Node::Branch(BTreeMap::new())) {
        Node::Leaf(_) => None,
        Node::Branch(below) => place(below, rest, value),
    }
}

fn check(node: &Node, schema: &Value, name: &str, found: &mut Vec<Violation>) {
    if let Some(kinds) = schema["anyOf"].as_array() {
        let attempts = kinds.iter().map(|kind| {
            let mut wrong = Vec::new();
            check(node, kind, name, &mut wrong);
            wrong
        });
        let attempts: Vec<Vec<Violation>> = attempts.collect();
        if !attempts.iter().any(Vec::is_empty) {
            found.extend(attempts.into_iter().next().unwrap_or_default());
        }
        return;
    }
    let mut wrong = |code, message: String| found.push(Violation { code, param: name.to_owned(), message });
    match (schema["type"].as_str(), node) {
        (Some("object"), Node::Branch(children)) => check_object(children, schema, name, found),
        (Some("array"), Node::Branch(children)) => {
            for (place, (key, child)) in children.iter().enumerate() {
                if !key.parse::<usize>().is_ok_and(|index| index < children.len()) {
                    let message = format!("Invalid array: {key} at {place}");
                    found.push(Violation { code: "parameter_invalid", param: name.to_owned(), message });
                }
                check(child, &schema["items"], &format!("{name}[{key}]"), found);
            }
        }
        (Some("object" | "array"), Node::Leaf(_)) => wrong("parameter_invalid", "Invalid object".into()),
        (Some(kind), Node::Leaf(text)) => {
            if let Some((code, message)) = wrong_leaf(text, kind, schema) {
                wrong(code, message);
            }
        }
        (kind, _) => wrong("parameter_invalid", format!("Invalid {}", kind.unwrap_or("value"))),
    }
}

fn check_object(children: &BTreeMap<String, Node>, schema: &Value, name: &str, found: &mut Vec<Violation>) {
    let below = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    for (key, child) in children {
        match (schema["properties"].get(key), schema.get("additionalProperties")) {
            (Some(known), _) => check(child, known, &below(key), found),
            (None, Some(any)) if any.is_object() => check(child, any, &below(key), found),
            _ => {
                let message = format!("Received unknown parameter: {}", below(key));
                found.push(Violation { code: "parameter_unknown", param: below(key), message });
            }
        }
    }
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !children.contains_key(required) {
            let message = format!("Missing required param: {}.", below(required));
            found.push(Violation { code: "parameter_missing", param: below(required), message });
        }
    }
    if name.ends_with("metadata") || name.ends_with("[metadata]") {
        let is_long = |(key, node): (&String, &Node)| {
            key.chars().count() > METADATA.1 || matches!(node, Node::Leaf(text) if text.chars().count() > METADATA.2)
        };
        if children.len() > METADATA.0 || children.iter().any(is_long) {
            let message = "Metadata is limited to 50 pairs of 40 and 500 characters".into();
            found.push(Violation { code: "parameter_invalid", param: name.to_owned(), message });
        }
    }
}

fn wrong_leaf(text: &str, kind: &str, schema: &Value) -> Option<(&'static str, String)> {
    let words = schema["enum"].as_array();
    if let Some(words) = words
        && !words.iter().any(|word| word == text)
    {
        return Some(("parameter_invalid_enum", format!("`{text}` is not one of the words")));
    }
    match kind {
        "integer" => text.parse::<i64>().err().map(|_| ("parameter_invalid_integer", format!("Invalid integer: {text}"))),
        "number" => text.parse::<f64>().err().map(|_| ("parameter_invalid_decimal", format!("Invalid decimal: {text}"))),
        "boolean" => (!["true", "false"].contains(&text)).then(|| ("parameter_invalid_boolean", format!("Invalid boolean: {text}"))),
        _ if text.is_empty() && words.is_none() => Some(("parameter_invalid_empty", "You passed an empty string".into())),
        _ => {
            let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
            (text.chars().count() > most).then(|| ("parameter_invalid_string_long", format!("at most {most} characters")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_description_forbids() {
        let sessions = "/v1/checkout/sessions";
        let cases = [
            ("POST", sessions, "success_url=https%3A%2F%2Fx", ""),
            ("POST", sessions, "mode=payment", "parameter_missing success_url"),
            ("POST", sessions, "success_url=x&mode=pay", "parameter_invalid_enum mode"),
            ("POST", sessions, "success_url=x&colour=red", "parameter_unknown colour"),
            ("POST", sessions, "success_url=", "parameter_invalid_empty success_url"),
            ("POST", sessions, "success_url=x&expires_at=soon", "parameter_invalid_integer expires_at"),
            ("POST", sessions, "success_url=x&automatic_tax[enabled]=no", "parameter_invalid_boolean automatic_tax[enabled]"),
            ("POST", sessions, "success_url=x&automatic_tax=false", "parameter_invalid automatic_tax"),
            ("POST", sessions, "success_url=x&line_items[1][quantity]=1", "parameter_invalid line_items"),
            ("POST", sessions, "success_url=x&line_items[][quantity]=1", ""),
            (
                "POST",
                sessions,
                "success_url=x&line_items[0][price_data][unit_amount]=1",
                "parameter_missing line_items[0][price_data][currency]",
            ),
            ("POST", sessions, "success_url=x&adaptive_pricing[enabled]=false", ""),
            ("POST", sessions, "success_url=x&adaptive_pricing[on]=false", "parameter_unknown adaptive_pricing[on]"),
            ("GET", sessions, "created[gte]=1&created[lt]=2&limit=100", ""),
            ("GET", sessions, "created[from]=1", "parameter_unknown created[from]"),
            ("GET", "/v1/disputes", "payment_intent=pi_1&limit=100", ""),
            ("GET", "/v1/disputes", "order=1", "parameter_unknown order"),
            ("POST", "/v1/refunds", "amount=1.5", "parameter_invalid_integer amount"),
            ("POST", "/v1/coupons", "name=12345678901234567890123456789012345678901", "parameter_invalid_string_long name"),
            ("GET", "/v1/payment_intents/pi_1", "", ""),
            ("GET", "/v1/payment_intents/", "", "url_invalid "),
            ("POST", "/v1/charges", "", "url_invalid "),
        ];
        for (method, path, form, expected) in cases {
            let found: Vec<String> = violations(method, path, form).iter().map(|v| format!("{} {}", v.code, v.param)).collect();
            assert_eq!(found.first().map_or("", String::as_str), expected, "{method} {path}?{form}: {found:?}");
        }
    }

    #[test]
    fn holds_metadata_to_its_limits() {
        for (key, value, is_wrong) in [(40, 500, false), (41, 500, true), (40, 501, true)] {
            let form = format!("success_url=x&metadata[{}]={}", "k".repeat(key), "v".repeat(value));
            assert_eq!(!violations("POST", "/v1/checkout/sessions", &form).is_empty(), is_wrong, "{key} {value}");
        }
        let many: String = (0..51).map(|i| format!("&metadata[k{i}]=v")).collect();
        assert_eq!(violations("POST", "/v1/refunds", &many[1..]).len(), 1);
    }
}
