//! The JSON Schemas in `docs/schemas/` are those that the reader itself declares; `UPDATE_EXPECTED=1` writes them anew.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes the schemas' files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use generator::diagnostic::SourcePath;
use generator::parse::{SourceKind, front_matter, schema, yaml};
use serde_json::Value;

#[test]
fn the_published_schemas_are_those_of_the_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    for (kind, name) in schema::ALL {
        let text = serde_json::to_string_pretty(schema::schema(kind)).expect("a schema is JSON") + "\n";
        let path = folder.join(name);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &text).expect("the schema can be written");
        }
        let published = fs::read_to_string(&path).expect("every kind has a published schema");
        assert_eq!(published, text, "{name}: run with UPDATE_EXPECTED=1");
    }
}

/// A value as an editor's program takes it: plain scalars are numbers and truth values where YAML 1.2's core schema says so.
fn value(node: &yaml::Node, source: &str) -> Value {
    match &node.value {
        yaml::Value::Null | yaml::Value::Refused => Value::Null,
        yaml::Value::List(items) => items.iter().map(|item| value(item, source)).collect(),
        yaml::Value::Map(entries) => Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), value(node, source))).collect()),
        yaml::Value::Scalar(text, _) => {
            let is_quoted = source[node.start as usize..].starts_with(['\'', '"', '|', '>']);
            match text.as_str() {
                _ if is_quoted => Value::String(text.clone()),
                "true" | "True" | "TRUE" => Value::Bool(true),
                "false" | "False" | "FALSE" => Value::Bool(false),
                _ => number(text).unwrap_or_else(|| Value::String(text.clone())),
            }
        }
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if !is_number {
        return None;
    }
    text.parse::<i64>().map(Value::from).ok().or_else(|| text.parse::<f64>().ok().map(Value::from))
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { below(&path, found) } else { found.push(path) }
    }
}

/// Every file of a format in a shop, with what its schema says against it; files that cannot be read as YAML are left out.
fn held_to_schemas(root: &Path) -> BTreeMap<String, Vec<String>> {
    let schemas: Vec<_> =
        schema::ALL.iter().map(|(kind, _)| (*kind, jsonschema::draft7::new(schema::schema(*kind)).expect("a schema"))).collect();
    let mut files = Vec::new();
    for folder in ["products", "collections", "content"] {
        below(&root.join(folder), &mut files);
    }
    files.extend(["shop.yaml", "discounts.yaml"].map(|name| root.join(name)));
    let mut held = BTreeMap::new();
    for file in files {
        let name = file.strip_prefix(root).expect("files lie in the shop").to_string_lossy().replace('\\', "/");
        let (Some(kind), Ok(text)) = (SourceKind::of(&name), fs::read_to_string(&file)) else { continue };
        let path = SourcePath::from(name.as_str());
        let range = if name.ends_with(".md") {
            let Ok(parts) = front_matter::split(&path, &text, 0) else { continue };
            parts.yaml
        } else {
            (0, text.len())
        };
        let Some(root) = yaml::read(&path, &text, range, &mut Vec::new()) else { continue };
        let (_, schema) = schemas.iter().find(|(known, _)| *known == kind).expect("every kind has a schema");
        let value = value(&root, &text);
        held.insert(name, schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect());
    }
    held
}

#[test]
fn the_sample_shop_and_the_one_of_init_validate() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (shop, least) in [(here.join(".."), 140), (here.join("starter"), 10)] {
        let held = held_to_schemas(&shop);
        assert!(held.len() >= least, "only {} files", held.len());
        let wrong: Vec<_> = held.into_iter().filter(|(_, errors)| !errors.is_empty()).collect();
        assert_eq!(wrong, []);
    }
}

/// What one value is, or which keys there are, a schema can know; what values mean together, what a program can do, and what the bytes of a file are, it
/// cannot.
const BEYOND_A_SCHEMA: &str = "E001 E002 E003 E004 E005 E006 E007 E008 E009 E011 E016 E017 E018 E019 E020 E026 E028 E033 E034 E039 E040 E041 E045 E046 E047 E049 E050 E051 \
    E055 E056 E057 E100 E101 E102 E103 E104 E105 E106 E107 E108 E109 E114 E116 E117 E118 E119 E217 E240 E280 E307 W101 W102 W204 W206 W290 W300";

#[test]
fn the_mistakes_of_the_gallery_do_not_validate() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for folder in fs::read_dir(&gallery).expect("the gallery is there").flatten() {
        let name = folder.file_name().to_string_lossy().to_uppercase();
        let code = name.split('-').next().unwrap_or_default().to_owned();
        let held = held_to_schemas(&folder.path());
        let is_refused = held.values().any(|errors| !errors.is_empty());
        if is_refused {
            refused.insert(code)
        } else {
            accepted.insert(code)
        };
    }
    let missed: Vec<&String> = accepted.difference(&refused).filter(|code| !BEYOND_A_SCHEMA.contains(code.as_str())).collect();
    assert_eq!(missed, Vec::<&String>::new(), "a schema accepts these");
    assert!(refused.len() >= 25, "{refused:?}");
}
