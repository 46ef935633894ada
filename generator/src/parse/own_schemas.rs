//! JSON Schemas that only one shop has: of the pages of folders that declare keys of their own, and of `shop.yaml` with the settings of
//! the shop's theme. Made from the same declarations that check them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::Scalar;
use super::forms::{Bool, Colour, Date, Email, FileName, FocusPoint, Folders, Id, LinkUrl, Number};
use super::page_schema::{FieldType, PageField};
use super::settings::Words;
use super::{Parsed, SourceKind, schema};

/// Whose values a schema is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Pages,
    /// Of a theme in `shop.yaml`, where every text may be one for each language.
    Settings,
}

/// The schemas of a shop by the names of their files, from all its parsed files. Those that it has in common with all shops are left out.
pub fn of_shop<'a>(parsed: &(impl Iterator<Item = &'a Parsed> + Clone)) -> BTreeMap<String, Value> {
    let folders =
        parsed.clone().filter_map(|parsed| if let Parsed::PageSchema(schema) = parsed { Some((&*schema.folder, &**schema)) } else { None });
    let folders: BTreeMap<&str, _> = folders.collect();
    let mut schemas = BTreeMap::new();
    for folder in folders.keys() {
        // From the topmost folder to this one: of one name, the nearest.
        let mut declared: Vec<&PageField> = Vec::new();
        for above in folders.keys().filter(|above| above.is_empty() || *above == folder || folder.starts_with(&format!("{above}/"))) {
            put_over(&mut declared, &folders[above].fields);
        }
        let mut whole = schema::schema(SourceKind::Page).clone();
        add(&mut whole, &declared, For::Pages);
        let name = if folder.is_empty() { "pages.schema.json".to_owned() } else { format!("pages/{folder}.schema.json") };
        schemas.insert(name, whole);
    }
    let chosen =
        parsed.clone().find_map(|parsed| if let Parsed::Settings(settings) = parsed { Some(&settings.theme.name.value) } else { None });
    if let Some(chosen) = chosen {
        schemas.insert("shop.schema.json".to_owned(), with_theme(chosen, parsed));
    }
    schemas
}

fn put_over<'a>(declared: &mut Vec<&'a PageField>, nearer: &'a [PageField]) {
    for field in nearer {
        match declared.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => declared.push(field),
        }
    }
}

/// The settings' schema, where those of the theme are what it and the themes that it builds on declare.
fn with_theme<'a>(chosen: &str, parsed: &(impl Iterator<Item = &'a Parsed> + Clone)) -> Value {
    let find = |name: &str| {
        let file = format!("themes/{name}/theme.yaml");
        parsed
            .clone()
            .find_map(|parsed| if let Parsed::Theme(theme) = parsed { Some(&**theme).filter(|theme| *theme.file == *file) } else { None })
    };
    let mut chain = Vec::new();
    let mut next = Some(chosen);
    while let Some(theme) = next.and_then(find).filter(|theme| chain.iter().all(|known: &&super::ParsedTheme| known.file != theme.file)) {
        chain.push(theme);
        next = theme.extends.as_ref().map(|parent| parent.value.as_str());
    }
    let mut declared = Vec::new();
    for theme in chain.iter().rev() {
        put_over(&mut declared, &theme.settings);
    }
    let mut settings = json!({"type": "object", "additionalProperties": false});
    add(&mut settings, &declared, For::Settings);
    let mut whole = schema::schema(SourceKind::Settings).clone();
    let place = &mut whole["definitions"]["ThemeChoice"]["properties"]["settings"];
    settings["description"] = place["description"].take();
    *place = settings;
    whole
}

/// Adds declared keys to the schema of a map.
fn add(schema: &mut Value, declared: &[&PageField], whose: For) {
    let required = declared.iter().filter(|field| field.is_required).map(|field| Value::from(field.name.as_str()));
    let required: Vec<Value> = schema["required"].as_array().cloned().unwrap_or_default().into_iter().chain(required).collect();
    let mut properties: Map<String, Value> = schema["properties"].as_object().cloned().unwrap_or_default();
    properties.extend(declared.iter().map(|field| (field.name.clone(), one(field, whose))));
    schema["properties"] = Value::Object(properties);
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
}

fn one(field: &PageField, whose: For) -> Value {
    let mut schema = if field.sort == FieldType::List {
        let mut list = json!({"type": "array", "items": value(field, field.entries, whose)});
        limit(&mut list, field, ["minItems", "maxItems"]);
        list
    } else {
        value(field, field.sort, whose)
    };
    let title = field.title.as_ref().map(|title| match title {
        Words::All(text) => text.value.clone(),
        Words::Each(texts, _) => texts.first().map(|(_, text)| text.value.clone()).unwrap_or_default(),
    });
    let about: Vec<String> = title.into_iter().chain(field.help.clone()).collect();
    if !about.is_empty() {
        schema["description"] = about.join(". ").into();
    }
    schema
}

fn value(field: &PageField, sort: FieldType, whose: For) -> Value {
    let is_list = field.sort == FieldType::List;
    let text = |mut text: Value| {
        if !is_list {
            limit(&mut text, field, ["minLength", "maxLength"]);
        }
        if whose == For::Settings { json!({"anyOf": [text, {"type": "object", "additionalProperties": text}]}) } else { text }
    };
    match sort {
        FieldType::Text => text(json!({"type": ["string", "number", "boolean"]})),
        FieldType::Markdown => text(json!({"type": "string"})),
        FieldType::Url => text(LinkUrl::scalar_schema().to_value()),
        FieldType::Number => {
            let mut number = Number::scalar_schema().to_value();
            if !is_list {
                limit(&mut number, field, ["minimum", "maximum"]);
            }
            number
        }
        FieldType::Boolean => Bool::scalar_schema().to_value(),
        FieldType::Date => Date::scalar_schema().to_value(),
        // A choice such as 3 may be written as a number.
        FieldType::Choice => {
            let numbers = field.choices.iter().filter_map(|choice| choice.parse::<i64>().ok()).map(Value::from);
            json!({"enum": field.choices.iter().cloned().map(Value::from).chain(numbers).collect::<Vec<_>>()})
        }
        FieldType::Email => Email::scalar_schema().to_value(),
        FieldType::Colour => Colour::scalar_schema().to_value(),
        FieldType::Picture => {
            let file = FileName::scalar_schema().to_value();
            json!({"anyOf": [file, {"type": "object", "properties": {"file": file, "alt": {}, "focus": FocusPoint::scalar_schema().to_value()}, "required": ["file"], "additionalProperties": false}]})
        }
        FieldType::Page => Folders::scalar_schema().to_value(),
        FieldType::Product => Id::scalar_schema().to_value(),
        FieldType::Map | FieldType::List => {
            let mut map = json!({"type": "object", "additionalProperties": false});
            add(&mut map, &field.fields.iter().collect::<Vec<_>>(), whose);
            map
        }
    }
}

fn limit(schema: &mut Value, field: &PageField, [least, most]: [&str; 2]) {
    let whole = |limit: f64| if limit.fract() == 0.0 { json!(limit.to_string().parse::<i64>().unwrap_or_default()) } else { json!(limit) };
    for (name, limit) in [(least, field.min), (most, field.max)] {
        if let Some(limit) = limit {
            schema[name] = whole(limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourcePath;

    fn schemas(files: &[(&str, &str)]) -> BTreeMap<String, Value> {
        let read = |(path, text): &(&str, &str)| {
            let path = SourcePath::from(*path);
            let (parsed, said) = super::super::parse(SourceKind::of(&path).expect("a format"), &path, text.as_bytes());
            assert!(said.is_empty(), "{said:?}");
            parsed
        };
        let parsed: Vec<Parsed> = files.iter().map(read).collect();
        of_shop(&parsed.iter())
    }

    /// What a schema says against a value.
    fn against(schema: &Value, value: &Value) -> Vec<String> {
        let schema = jsonschema::draft7::new(schema).expect("a schema");
        schema.iter_errors(value).map(|error| error.instance_path().to_string()).collect()
    }

    #[test]
    fn folders_have_schemas_of_their_own() {
        let schemas = schemas(&[
            ("content/_schema.yaml", "fields: {source: {type: url}, rating: {type: number, max: 5}}\n"),
            (
                "content/recipes/_schema.yaml",
                "fields:\n  serves: {type: number, required: true, min: 1}\n  effort: {type: choice, choices: [easy, hard]}\n  steps: {type: list, max: 2, fields: {text: {required: true}}}\n  rating: {type: choice, choices: ['1', '2']}\n",
            ),
        ]);
        let names: Vec<&String> = schemas.keys().collect();
        assert_eq!(names, ["pages.schema.json", "pages/recipes.schema.json"]);
        let recipes = &schemas["pages/recipes.schema.json"];
        let good = json!({"title": "Bread", "serves": 4, "effort": "easy", "steps": [{"text": "Knead"}], "rating": 2, "source": "https://a.example/"});
        assert_eq!(against(recipes, &good), Vec::<String>::new());
        for (name, value) in
            [("serves", json!(0)), ("effort", json!("so-so")), ("steps", json!([{}])), ("rating", json!(4)), ("other", json!(1))]
        {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(against(recipes, &bad).len(), 1, "{name}");
        }
        assert_eq!(against(recipes, &json!({"title": "Bread"})).len(), 1, "a required key is missing");
        assert_eq!(against(&schemas["pages.schema.json"], &json!({"title": "Bread", "rating": 4})), Vec::<String>::new());
    }

    #[test]
    fn the_settings_of_the_theme_are_known_in_shop_yaml() {
        let schemas = schemas(&[
            ("shop.yaml", "name: Quay\nbase_url: https://quay.example\ntheme: {name: mine, settings: {notice: Hello}}\n"),
            ("themes/mine/theme.yaml", "extends: other\nsettings: {notice: {type: text, max: 20}}\n"),
            ("themes/other/theme.yaml", "extends: mine\nsettings: {accent: {type: colour}, notice: {type: number}}\n"),
        ]);
        let shop = &schemas["shop.schema.json"];
        let set = |settings: Value| json!({"name": "Quay", "theme": {"name": "mine", "settings": settings}});
        for good in [json!({"notice": "Hi"}), json!({"notice": {"en": "Hi", "de": "Na"}}), json!({"accent": "#123456"})] {
            assert_eq!(against(shop, &set(good)), Vec::<String>::new());
        }
        for bad in [json!({"notise": "Hi"}), json!({"accent": "blue"}), json!({"notice": "far too long for a notice"})] {
            assert_eq!(against(shop, &set(bad.clone())).len(), 1, "{bad}");
        }
        assert_eq!(against(shop, &json!({"name": "Quay", "theme": "mine"})), Vec::<String>::new());
    }
}
