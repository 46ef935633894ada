//! `checks` of `shop.yaml`: rules by name, each with a level.

use schemars::{Schema, SchemaGenerator, json_schema};

use crate::diagnostic::codes;
use crate::diagnostic::rules::{Level, Levels, Rule};
use crate::parse::fields::{Entries, Read, Reader};
use crate::parse::forms::LevelWord;
use crate::parse::yaml::{Node, Value};

/// What becomes of what rules find.
pub(in crate::parse) struct Checks;

impl Read for Checks {
    type Out = Levels;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Levels> {
        // One key was there before rules had names of their own.
        if let Value::Map(entries) = &node.value
            && let Some((key, _)) = entries.iter().find(|(key, _)| key.text == "links")
        {
            let help = "write `broken-links`, `broken-anchors` and `missing-pictures`, each with its level";
            reader.error(codes::UNKNOWN_KEY, "`links` is now three rules", reader.span(key.start, key.end), help);
            return None;
        }
        let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        let entries = Entries::open(node, reader, &names, false)?;
        let level = |rule: &Rule| Some((*rule, entries.read::<LevelWord>(reader, rule.name(), false)?.value));
        Some(Levels::new(Rule::ALL.iter().filter_map(level).collect()))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let levels = [Level::Error, Level::Warning, Level::Off].map(Level::name);
        let properties = Rule::ALL.iter().map(|rule| {
            let form = serde_json::json!({"enum": levels, "default": rule.default_level().name(), "description": rule.about()});
            (rule.name().to_owned(), form)
        });
        let properties: serde_json::Map<_, _> = properties.collect();
        json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
    }
}
