//! Fields of the editor from a format's schema: what the schema says of a key becomes a widget, its description a hint, its pattern a
//! check. What no widget can show is left out, and stays in the file as it is.

use serde_json::{Map, Value, json};

use crate::diagnostic::Spanned;
use crate::parse::page_schema::{FieldType, PageField};
use crate::parse::patterns;
use crate::parse::settings::Words;
use crate::parse::yaml::{Node, Value as Yaml};

/// What fields depend on beside their schema.
pub(super) struct Context<'a> {
    /// The schema, with its definitions.
    pub(super) root: &'a Value,
    /// Languages of the shop, the default first.
    pub(super) languages: &'a [String],
    /// Currencies of the shop with their decimals, the default first.
    pub(super) currencies: Vec<(&'static str, u8)>,
}

/// Maps in maps deeper than this are left out.
const DEEPEST: usize = 4;

/// Widgets of our own: for maps with keys of the editor's own, and for a text or one for each language.
const PAIRS: &str = "shop-pairs";
const WORDS: &str = "shop-words";

impl Context<'_> {
    /// The fields of a format, without the keys `but`. `now` is what the file says, where it is one file.
    pub(super) fn fields(&self, but: &[&str], now: Option<&Node>) -> Vec<Value> {
        let root = Place { schema: self.root, name: "", depth: 0 };
        self.object(&root, true, now).into_iter().filter(|field| !but.contains(&field["name"].as_str().unwrap_or(""))).collect()
    }

    /// The fields of a map with known keys. Of one that may be left out nothing is required: the editor's program asks for it even so.
    fn object(&self, at: &Place<'_>, is_there: bool, now: Option<&Node>) -> Vec<Value> {
        let Some((owner, object)) = self.with(at.schema, |schema| schema["properties"].is_object()) else { return Vec::new() };
        let required: Vec<&str> = object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = object["properties"].as_object().into_iter().flatten();
        let fields = properties.filter_map(|(name, schema)| {
            let place = Place { schema, name, depth: at.depth + 1 };
            self.field(owner, &place, is_there && required.contains(&name.as_str()), entry(now, name))
        });
        fields.collect()
    }

    /// The field of a key.
    fn field(&self, owner: &str, at: &Place<'_>, is_required: bool, now: Option<&Node>) -> Option<Value> {
        if at.depth > DEEPEST {
            return None;
        }
        let mut field = self.widget(owner, at, now)?;
        let own = field.as_object_mut()?;
        own.insert("name".to_owned(), at.name.into());
        own.entry("label").or_insert_with(|| label(at.name).into());
        if !is_required {
            own.insert("required".to_owned(), false.into());
        }
        if let Some(text) = at.schema["description"].as_str() {
            own.insert("hint".to_owned(), text.into());
        }
        Some(field)
    }

    fn widget(&self, owner: &str, at: &Place<'_>, now: Option<&Node>) -> Option<Value> {
        match (owner, at.name) {
            ("Picture" | "TitlePicture", "file") => return Some(picture()),
            ("" | "Product", "related" | "members") | ("" | "Collection", "products") => return Some(products()),
            _ => {}
        }
        let schema = at.schema;
        let keyed = |pattern: &str| self.with(schema, |schema| schema["propertyNames"]["pattern"] == pattern).is_some();
        let has_scalar = self.with(schema, is_scalar).is_some();
        let has_words = self.with(schema, |schema| schema["enum"].is_array()).is_some();
        if has_scalar && !has_words && keyed(patterns::CURRENCY) {
            return Some(self.price());
        }
        if has_scalar && keyed(patterns::LANGUAGE) {
            return Some(self.localized(schema));
        }
        if has_scalar && (self.with(schema, |schema| schema["type"] == "object").is_some()) {
            // Either one value or a map: what stands in the file says which. Where nothing does, the one value is the usual.
            return match now.map(|node| &node.value) {
                Some(Yaml::Map(_)) | None => None,
                // Some words, or an amount.
                Some(_) if has_words && keyed(patterns::CURRENCY) => Some(json!({"widget": "string"})),
                Some(_) => self.scalar(schema),
            };
        }
        if let Some((_, list)) = self.with(schema, |schema| schema["type"] == "array") {
            return self.list(&Place { schema: &list["items"], ..*at });
        }
        if self.with(schema, |schema| schema["properties"].is_object()).is_some() {
            let fields = self.object(at, now.is_some(), now);
            return (!fields.is_empty()).then(|| json!({"widget": "object", "collapsed": true, "fields": fields}));
        }
        if let Some((_, map)) = self.with(schema, |schema| schema["additionalProperties"].is_object()) {
            return self.pairs(&Place { schema: &map["additionalProperties"], ..*at }, now);
        }
        self.scalar(schema)
    }

    /// A single value.
    fn scalar(&self, schema: &Value) -> Option<Value> {
        if let Some((_, choice)) = self.with(schema, |schema| schema["enum"].is_array()) {
            return Some(json!({"widget": "select", "options": choice["enum"]}));
        }
        let (_, scalar) = self.with(schema, is_scalar)?;
        let has =
            |name: &str| scalar["type"] == name || scalar["type"].as_array().is_some_and(|types| types.iter().any(|known| known == name));
        if scalar["contentMediaType"] == "text/markdown" {
            return Some(markdown());
        }
        let pattern = scalar["pattern"].as_str();
        Some(match pattern {
            Some(patterns::DATE) => date(),
            Some(pattern) if has("string") => json!({"widget": "string", "pattern": [pattern, message(schema)]}),
            _ if has("string") && !has("number") => json!({"widget": "text"}),
            _ if has("string") => json!({"widget": "string"}),
            _ if has("boolean") => json!({"widget": "boolean"}),
            _ => number(scalar),
        })
    }

    /// A list whose entries have a schema.
    fn list(&self, at: &Place<'_>) -> Option<Value> {
        if self.with(at.schema, |schema| schema["properties"].is_object()).is_some() {
            let fields = self.object(at, true, None);
            let first = fields.first()?["name"].as_str()?.to_owned();
            return Some(json!({"widget": "list", "collapsed": true, "summary": format!("{{{{fields.{first}}}}}"), "fields": fields}));
        }
        if let Some((_, choice)) = self.with(at.schema, |schema| schema["enum"].is_array()) {
            return Some(json!({"widget": "select", "multiple": true, "options": choice["enum"]}));
        }
        self.with(at.schema, is_scalar).map(|_| json!({"widget": "list"}))
    }

    /// A map with keys of the editor's own: texts or lists of texts. In a file of its own, each map that is there has its fields.
    fn pairs(&self, at: &Place<'_>, now: Option<&Node>) -> Option<Value> {
        if self.with(at.schema, |schema| schema["type"] == "array").is_some_and(|(_, list)| self.with(&list["items"], is_scalar).is_some())
        {
            return Some(json!({"widget": PAIRS, "values": "list"}));
        }
        if self.with(at.schema, is_scalar).is_some() && self.with(at.schema, |schema| schema["type"] == "object").is_none() {
            let choices = self.with(at.schema, |schema| schema["enum"].is_array()).map(|(_, choice)| choice["enum"].clone());
            return Some(choices.map_or_else(
                || json!({"widget": PAIRS, "values": "text"}),
                |choices| json!({"widget": PAIRS, "values": "text", "choices": choices}),
            ));
        }
        let Some(Yaml::Map(entries)) = now.map(|node| &node.value) else { return None };
        let fields = entries.iter().filter_map(|(key, node)| {
            let place = Place { name: &key.text, depth: at.depth + 1, ..*at };
            let mut field = self.field("", &place, false, Some(node))?;
            field["label"] = key.text.as_str().into();
            Some(field)
        });
        let fields: Vec<Value> = fields.collect();
        (!fields.is_empty()).then(|| json!({"widget": "object", "collapsed": true, "fields": fields}))
    }

    /// The fields of a map whose keys are the file's own, one for each that is there.
    pub(super) fn entries(&self, now: &Node) -> Vec<Value> {
        let at = Place { schema: &self.root["additionalProperties"], name: "", depth: 0 };
        self.pairs(&at, Some(now)).and_then(|mut object| object["fields"].as_array_mut().map(std::mem::take)).unwrap_or_default()
    }

    /// An amount: text, because no number of a program holds money.
    fn price(&self) -> Value {
        let amount = |decimals: u8| {
            let (pattern, example) = match decimals {
                0 => ("^[0-9]+$".to_owned(), "2490"),
                decimals => (format!("^[0-9]+(\\.[0-9]{{1,{decimals}}})?$"), "24.90"),
            };
            json!([pattern, format!("digits with a point, such as {example}")])
        };
        match &self.currencies[..] {
            [(_, decimals)] => json!({"widget": "string", "pattern": amount(*decimals)}),
            many => {
                let fields: Vec<Value> = many
                    .iter()
                    .map(|(code, decimals)| {
                        json!({"name": code, "label": code, "widget": "string", "required": false, "pattern": amount(*decimals)})
                    })
                    .collect();
                json!({"widget": "object", "collapsed": true, "fields": fields})
            }
        }
    }

    /// A text, or one for each language.
    fn localized(&self, schema: &Value) -> Value {
        let is_long = self.with(schema, |schema| schema["type"] == "string").is_some();
        match self.languages {
            [_] => json!({"widget": if is_long { "text" } else { "string" }}),
            many => json!({"widget": WORDS, "languages": many, "lines": is_long}),
        }
    }

    /// The first of what may stand here that is wanted, and the name of its definition.
    fn with<'s>(&'s self, schema: &'s Value, wanted: impl Fn(&Value) -> bool) -> Option<(&'s str, &'s Value)> {
        let mut open = vec![("", schema)];
        while let Some((owner, next)) = open.pop() {
            if wanted(next) {
                return Some((owner, next));
            }
            if let Some(name) = next["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
                open.extend(self.root["definitions"].get(name).map(|definition| (name, definition)));
            }
            let inner = ["allOf", "anyOf"].iter().flat_map(|key| next[*key].as_array().into_iter().flatten());
            open.extend(inner.rev().map(|schema| (owner, schema)));
        }
        None
    }
}

/// A key and its schema.
#[derive(Clone, Copy)]
struct Place<'a> {
    schema: &'a Value,
    name: &'a str,
    depth: usize,
}

/// The value of a key in a file.
pub(super) fn entry<'n>(now: Option<&'n Node>, name: &str) -> Option<&'n Node> {
    let Yaml::Map(entries) = &now?.value else { return None };
    entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
}

fn is_scalar(schema: &Value) -> bool {
    let is_plain = |name: &Value| matches!(name.as_str(), Some("string" | "number" | "integer" | "boolean"));
    schema["enum"].is_array() || is_plain(&schema["type"]) || schema["type"].as_array().is_some_and(|types| types.iter().any(is_plain))
}

/// The text of a file below its front matter, or a text of Markdown: as it is written, because an editor of another kind writes it anew.
pub(super) fn markdown() -> Value {
    json!({"widget": "markdown", "modes": ["raw"], "editor_components": []})
}

fn picture() -> Value {
    json!({"widget": "image", "media_folder": "", "public_folder": "", "choose_url": false})
}

fn products() -> Value {
    json!({
        "widget": "relation", "collection": "products", "multiple": true,
        "value_field": "{{filename}}", "search_fields": ["title"], "display_fields": ["title"],
    })
}

fn date() -> Value {
    json!({"widget": "datetime", "format": "YYYY-MM-DD", "date_format": "YYYY-MM-DD", "time_format": false, "picker_utc": true})
}

fn number(schema: &Value) -> Value {
    let mut field = Map::new();
    field.insert("widget".to_owned(), "number".into());
    field.insert("value_type".to_owned(), if schema["type"] == "integer" { "int" } else { "float" }.into());
    for (key, limit) in [("min", "minimum"), ("max", "maximum")] {
        if let Some(number) = schema[limit].as_f64() {
            field.insert(key.to_owned(), if schema["type"] == "integer" { schema[limit].clone() } else { number.into() });
        }
    }
    field.into()
}

/// What is said where a text does not have its form.
fn message(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or("see the hint below");
    text.trim_end_matches('.').to_owned()
}

/// `compare_at` → `Compare at`
pub(super) fn label(name: &str) -> String {
    if matches!(name, "sku" | "skus" | "gtin" | "mpn" | "url" | "seo" | "api") {
        return name.to_uppercase().replace("SKUS", "SKUs");
    }
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The field of a key that a section declares for its pages.
pub(super) fn declared(field: &PageField, language: &str) -> Value {
    let choices = || json!({"widget": "select", "options": field.choices});
    let map = |fields: &[PageField]| fields.iter().map(|field| declared(field, language)).collect::<Vec<_>>();
    let mut made = match (field.sort, field.entries) {
        (FieldType::List, FieldType::Map) => json!({"widget": "list", "collapsed": true, "fields": map(&field.fields)}),
        (FieldType::List, FieldType::Choice) => json!({"widget": "select", "multiple": true, "options": field.choices}),
        (FieldType::List, _) => json!({"widget": "list"}),
        (FieldType::Map, _) => json!({"widget": "object", "collapsed": true, "fields": map(&field.fields)}),
        (FieldType::Choice, _) => choices(),
        (FieldType::Markdown, _) => markdown(),
        (FieldType::Number, _) => json!({"widget": "number", "value_type": "float"}),
        (FieldType::Boolean, _) => json!({"widget": "boolean"}),
        (FieldType::Date, _) => date(),
        (FieldType::Picture, _) => picture(),
        (FieldType::Text, _) => json!({"widget": "text"}),
        (FieldType::Url | FieldType::Email | FieldType::Colour | FieldType::Page | FieldType::Product, _) => json!({"widget": "string"}),
    };
    let own = made.as_object_mut().expect("every widget is an object");
    own.insert("name".to_owned(), field.name.as_str().into());
    let title = field.title.as_ref().map(|title: &Words| -> &Spanned<String> { title.in_language(language, language) });
    own.insert("label".to_owned(), title.map_or_else(|| label(&field.name), |title| title.value.clone()).into());
    if !field.is_required {
        own.insert("required".to_owned(), false.into());
    }
    if let Some(help) = &field.help {
        own.insert("hint".to_owned(), help.as_str().into());
    }
    if field.sort == FieldType::Number {
        for (key, limit) in [("min", field.min), ("max", field.max)] {
            own.extend(limit.map(|limit| (key.to_owned(), limit.into())));
        }
    }
    made
}
