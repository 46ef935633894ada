//! `docs/reference.md` lists every key of every format, as the schemas know them; `UPDATE_EXPECTED=1` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes the page")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use generator::parse::{Original, SourceKind, schema};
use serde_json::Value;

/// The formats in the order of the page: what each is called, its files, and where it is explained.
const FORMATS: [(SourceKind, &str, &str, &str); 12] = [
    (SourceKind::Settings, "Settings", "`shop.yaml`", "editors.md#settings-shopyaml"),
    (SourceKind::Product, "Product", "`products/<category>/…/<id>.yaml`", "editors.md#products"),
    (SourceKind::Category, "Category", "front matter of `products/…/_index.md`", "editors.md#categories"),
    (SourceKind::Collection, "Collection", "`collections/<name>.yaml`", "editors.md#collections"),
    (
        SourceKind::Page,
        "Page, post, section",
        "front matter of `content/<path>.md` and `content/…/_index.md`",
        "editors.md#pages-posts-and-sections",
    ),
    (SourceKind::PageSchema, "Keys of pages", "`content/<folder>/_schema.yaml`", "editors.md#keys-of-your-own"),
    (SourceKind::Discounts, "Discounts", "`discounts.yaml`", "editors.md#discounts-discountsyaml"),
    (SourceKind::Theme, "Theme", "`themes/<name>/theme.yaml`", "themes.md#building-on-another-theme"),
    (SourceKind::Overlay(Original::Product), "Product in another language", "`products/…/<id>.<language>.yaml`", "editors.md#languages"),
    (
        SourceKind::Overlay(Original::Category),
        "Category in another language",
        "front matter of `products/…/_index.<language>.md`",
        "editors.md#languages",
    ),
    (
        SourceKind::Overlay(Original::Collection),
        "Collection in another language",
        "`collections/<name>.<language>.yaml`",
        "editors.md#languages",
    ),
    (
        SourceKind::Overlay(Original::Page),
        "Page in another language",
        "front matter of `content/<path>.<language>.md`",
        "editors.md#languages",
    ),
];

/// A format while it is written.
struct Format<'a> {
    anchor: String,
    definitions: &'a Value,
    /// Maps that were met and not written yet: the heading's anchor, the key, the schema.
    open: Vec<(String, String, Value)>,
    /// Name of a definition, or key of a map without one → the heading's anchor.
    known: BTreeMap<String, String>,
}

impl Format<'_> {
    /// What may stand there, in words.
    fn form(&mut self, schema: &Value, path: &str) -> String {
        if let Some(name) = reference(schema) {
            let definition = self.definitions[&name].clone();
            return self.map(&name, path, definition);
        }
        if let Some(all) = schema["enum"].as_array() {
            return all
                .iter()
                .map(|word| format!("`{}`", word.as_str().map_or_else(|| word.to_string(), str::to_owned)))
                .collect::<Vec<_>>()
                .join(", ");
        }
        if let Some(any) = schema["anyOf"].as_array() {
            let mut forms: Vec<String> = any.iter().map(|form| self.form(form, path)).collect();
            forms.dedup();
            return forms.join(", or ");
        }
        let names = |value: &Value| value.as_array().map_or_else(|| vec![value.clone()], Clone::clone);
        let types: Vec<String> = names(&schema["type"]).iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let is = |name: &str| types.iter().any(|known| known == name);
        if is("array") {
            let each = if schema["uniqueItems"] == Value::Bool(true) { ", each once" } else { "" };
            return format!("list{each}: {}", self.form(&schema["items"], &format!("{path}[]")));
        }
        if is("object") {
            if schema.get("properties").is_some() {
                return self.map(path, path, schema.clone());
            }
            let Some(of @ Value::Object(_)) = schema.get("additionalProperties") else { return "map".to_owned() };
            let is_by_language = schema["propertyNames"]["pattern"].as_str().is_some_and(|pattern| pattern.starts_with("^[a-z]{2,3}"));
            let inner = self.form(of, format!("{path}.<name>").trim_start_matches('.'));
            let names = if is_by_language { "languages" } else { "names of your own" };
            return format!("map, by {names}: {inner}");
        }
        let word = if is("string") {
            "text"
        } else if is("boolean") {
            "`true` or `false`"
        } else if is("integer") {
            "whole number"
        } else if is("number") {
            "number"
        } else {
            "anything"
        };
        word.to_owned() + &limits(schema)
    }

    fn map(&mut self, name: &str, path: &str, schema: Value) -> String {
        if !self.known.contains_key(name) {
            let anchor = format!("{}-{}", self.anchor, path.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', ""));
            self.known.insert(name.to_owned(), anchor.clone());
            self.open.push((anchor, path.to_owned(), schema));
        }
        format!("[map](#{})", self.known[name])
    }

    fn table(&mut self, schema: &Value, path: &str, page: &mut String) {
        page.push_str("| key | value | meaning |\n|---|---|---|\n");
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let needed = if required.contains(&key.as_str()) { " **required**" } else { "" };
            let form = self.form(value, &inner);
            let about = value["description"].as_str().unwrap_or_default();
            writeln!(page, "| `{key}`{needed} | {} | {} |", cell(&form), cell(about)).expect("a text takes every word");
        }
    }
}

/// The name of the definition that a schema is, also beside a description.
fn reference(schema: &Value) -> Option<String> {
    let found = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str())?;
    found.rsplit('/').next().map(str::to_owned)
}

fn limits(schema: &Value) -> String {
    let limit = |name: &str| schema[name].as_f64();
    match (limit("minimum"), limit("maximum"), schema["pattern"].as_str()) {
        (Some(least), Some(most), _) => format!(", {least} to {most}"),
        (Some(least), None, _) => format!(", {least} or more"),
        (None, Some(most), _) => format!(", at most {most}"),
        (None, None, Some(pattern)) => format!(" of the form `{pattern}`"),
        (None, None, None) => String::new(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', if text.contains('`') { "<" } else { "&lt;" })
}

fn anchor(title: &str) -> String {
    title.to_lowercase().replace(',', "").replace(' ', "-")
}

fn page() -> String {
    let mut page = String::from(
        "# Every key\n\nMade from the declarations that read the files, as the [JSON Schemas](schemas/) are; a test holds it to them. The guides \
         [for editors](editors.md) and [for theme authors](themes.md) explain what belongs together, and have examples.\n\n\
         A key is optional where it is not marked as required. A `text` may be written without quotes; what stands in brackets at the end of a meaning holds when nothing is written. \
         Besides these, a page may have the keys that a [`_schema.yaml`](#keys-of-pages) above it declares, and `theme.settings` those of the shop's [theme](#theme). \
         A theme's texts, `themes/<name>/i18n/<language>.yaml`, are a map of names and texts.\n\n",
    );
    for (_, title, files, _) in FORMATS {
        writeln!(page, "- [{title}](#{}): {files}", anchor(title)).expect("a text takes every word");
    }
    for (kind, title, files, guide) in FORMATS {
        let whole = schema::schema(kind);
        let name = schema::ALL.iter().find(|(known, _)| *known == kind).map(|(_, name)| name).expect("every kind has a schema");
        let mut format = Format { anchor: anchor(title), definitions: &whole["definitions"], open: Vec::new(), known: BTreeMap::new() };
        let about = whole["description"].as_str().unwrap_or_default();
        write!(page, "\n## {title}\n\n{files} · [guide]({guide}) · [schema](schemas/{name})\n\n{}\n\n", cell(about))
            .expect("a text takes every word");
        if whole.get("properties").is_some() {
            format.table(whole, "", &mut page);
        } else {
            let form = format.form(whole, "");
            writeln!(page, "The file is a {form}.").expect("a text takes every word");
        }
        while !format.open.is_empty() {
            let (anchor, path, inner) = format.open.remove(0);
            let about = inner["description"].as_str().unwrap_or_default();
            write!(page, "\n### <a id=\"{anchor}\"></a>{title}: `{path}`\n\n{}\n\n", cell(about)).expect("a text takes every word");
            format.table(&inner, &path, &mut page);
        }
    }
    page
}

#[test]
fn the_reference_has_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let made = page();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &made).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).expect("the page is there");
    assert!(there == made, "docs/reference.md: run with UPDATE_EXPECTED=1");
    // Every format, every definition and every key has its line.
    assert_eq!(FORMATS.len(), schema::ALL.len());
    for (kind, _) in schema::ALL {
        let whole = schema::schema(kind);
        let maps = std::iter::once(whole).chain(whole["definitions"].as_object().into_iter().flat_map(|all| all.values()));
        for key in maps.flat_map(|map| map["properties"].as_object().into_iter().flatten()).map(|(key, _)| key) {
            assert!(there.contains(&format!("\n| `{key}`")), "{kind:?}: {key}");
        }
    }
    // Every link within the page leads somewhere.
    for target in there.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        let is_heading = there.lines().filter_map(|line| line.strip_prefix("## ")).any(|title| anchor(title) == target);
        assert!(is_heading || there.contains(&format!("<a id=\"{target}\">")), "{target}");
    }
}
