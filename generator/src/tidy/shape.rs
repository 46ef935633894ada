//! What a format's schema says of a place in its files: in which order keys stand, and whether a value is a text.

use serde_json::{Map, Value};

use super::tree::{Collection, Form, Scalar, Tree};
use super::words;

/// A place in a format, or one that no schema knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    root: &'a Value,
    at: Option<&'a Value>,
}

/// What a single value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A text, also where it looks like something else.
    Text,
    /// A text or a truth value, whichever it looks like.
    Loose,
    /// A count or a truth value.
    Bare,
    /// No schema says.
    Unknown,
}

impl<'a> Shape<'a> {
    /// The whole of a format.
    pub(super) fn of(root: &'a Value) -> Self {
        Self { root, at: Some(root) }
    }

    /// Everything that may stand here.
    fn alternatives(self) -> Vec<&'a Value> {
        let mut found = Vec::new();
        let mut open: Vec<&Value> = self.at.into_iter().collect();
        while let Some(next) = open.pop() {
            if let Some(name) = next["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
                open.extend(self.root["definitions"].get(name));
            }
            open.extend(["anyOf", "allOf"].iter().flat_map(|key| next[*key].as_array().into_iter().flatten()));
            found.push(next);
        }
        found
    }

    /// What stands behind a key.
    pub(super) fn child(self, key: &str) -> Self {
        let all = self.alternatives();
        let named = all.iter().find_map(|at| at["properties"].get(key));
        let at = named.or_else(|| all.iter().find_map(|at| at.get("additionalProperties").filter(|schema| schema.is_object())));
        Self { at, ..self }
    }

    /// What the entries of a list are.
    pub(super) fn item(self) -> Self {
        Self { at: self.alternatives().into_iter().find_map(|at| at.get("items")), ..self }
    }

    /// The keys that have names, in order.
    pub(super) fn keys(self) -> Option<&'a Map<String, Value>> {
        self.alternatives().into_iter().find_map(|at| at["properties"].as_object())
    }

    /// What a single value here is.
    pub(super) fn sort(self) -> Sort {
        let (mut sort, types) = (Sort::Unknown, self.alternatives());
        for at in types {
            let names: Vec<&str> = match &at["type"] {
                Value::String(name) => vec![name],
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                _ if at.get("enum").is_some() => vec!["string"],
                _ => Vec::new(),
            };
            if names.contains(&"string") {
                return if names.contains(&"boolean") { Sort::Loose } else { Sort::Text };
            }
            if names.iter().any(|name| matches!(*name, "integer" | "number" | "boolean")) {
                sort = Sort::Bare;
            }
        }
        sort
    }
}

/// Puts the keys of all maps with known keys into their order; unknown ones stay behind the one that they stood behind.
pub(super) fn sort_keys(value: &mut Tree, shape: Shape<'_>) {
    let Some(collection) = value.collection_mut() else { return };
    if collection.is_list {
        collection.entries.iter_mut().for_each(|entry| sort_keys(&mut entry.value, shape.item()));
        return;
    }
    for entry in &mut collection.entries {
        let inner = shape.child(entry.name());
        sort_keys(&mut entry.value, inner);
    }
    if let Some(keys) = shape.keys() {
        let mut last = 0;
        let places: Vec<(usize, usize)> = collection
            .entries
            .iter()
            .enumerate()
            .map(|(number, entry)| {
                last = keys.keys().position(|key| key == entry.name()).map_or(last, |place| place + 1);
                (last, number)
            })
            .collect();
        sort_by_places(collection, &places);
    }
}

fn sort_by_places(collection: &mut Collection, places: &[(usize, usize)]) {
    let mut order = places.to_vec();
    order.sort_unstable();
    if order == places {
        return;
    }
    let mut entries: Vec<_> = std::mem::take(&mut collection.entries).into_iter().map(Some).collect();
    collection.entries = order.iter().filter_map(|(_, number)| entries[*number].take()).collect();
}

/// Puts quotes around every text that a program could take for something else; keys are texts everywhere.
pub(super) fn quote(value: &mut Tree, shape: Shape<'_>) {
    if let Tree::Scalar(scalar) = value {
        let sort = shape.sort();
        let is_text = match (&scalar.text, sort) {
            (None, _) | (_, Sort::Bare) => false,
            (_, Sort::Text) => true,
            (Some(text), Sort::Loose) => !matches!(text.as_str(), "true" | "false"),
            (Some(text), Sort::Unknown) => !words::is_plain_value(text),
        };
        if is_text {
            quote_scalar(scalar);
        }
        return;
    }
    let Some(collection) = value.collection_mut() else { return };
    for entry in &mut collection.entries {
        let inner = if collection.is_list { shape.item() } else { shape.child(entry.name()) };
        if let Some(key) = &mut entry.key {
            quote_scalar(key);
        }
        quote(&mut entry.value, inner);
    }
}

fn quote_scalar(scalar: &mut Scalar) {
    let Some(text) = &scalar.text else { return };
    let is_bare = matches!(&scalar.form, Form::Line(line) if line == text);
    if is_bare && words::is_misread(text) {
        scalar.form = Form::Line(words::quoted(text));
    }
}
