//! Every file of the sample shop, the starter, and the galleries of mistakes keeps its meaning and its comments when it is formatted, and is
//! formatted once.

#![expect(clippy::disallowed_methods, reason = "a test reads the shops' files")]

use std::fs;
use std::path::{Path, PathBuf};

use generator::diagnostic::SourcePath;
use generator::parse::{SourceKind, front_matter, yaml};
use generator::tidy;
use serde_json::Value;

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { below(&path, found) } else { found.push(path) }
    }
}

/// What a file says, and the text below its front matter. `None` where it cannot be read.
fn meaning(path: &SourcePath, text: &str) -> Option<(Value, String)> {
    let (range, body) = if path.ends_with(".md") {
        let parts = front_matter::split(path, text, text.len() - text.trim_start_matches('\u{feff}').len()).ok()?;
        (parts.yaml, text[parts.body..].to_owned())
    } else {
        ((text.len() - text.trim_start_matches('\u{feff}').len(), text.len()), String::new())
    };
    let mut told = Vec::new();
    let node = yaml::read(path, text, range, &mut told);
    told.is_empty().then(|| (node.map_or(Value::Null, |node| value(&node)), body))
}

/// Maps by key: their order is the form's matter.
fn value(node: &yaml::Node) -> Value {
    match &node.value {
        yaml::Value::Null | yaml::Value::Refused => Value::Null,
        yaml::Value::Scalar(text, _) => text.as_str().into(),
        yaml::Value::List(items) => items.iter().map(value).collect(),
        yaml::Value::Map(entries) => {
            let sorted: std::collections::BTreeMap<_, _> = entries.iter().map(|(key, node)| (key.text.clone(), value(node))).collect();
            sorted.into_iter().collect::<serde_json::Map<_, _>>().into()
        }
    }
}

#[test]
fn formatting_keeps_what_files_say() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut shops = vec![here.join(".."), here.join("starter")];
    for gallery in [here.join("tests/gallery"), here.join("../tests/fixtures/gallery")] {
        shops.extend(fs::read_dir(&gallery).expect("the gallery is there").flatten().map(|entry| entry.path()));
    }
    let (mut files, mut changed, mut foreign) = (0, 0, 0);
    for shop in shops {
        let mut found: Vec<PathBuf> =
            ["shop.yaml", "discounts.yaml"].iter().map(|name| shop.join(name)).filter(|file| file.is_file()).collect();
        for folder in ["products", "collections", "content", "data", "themes"] {
            below(&shop.join(folder), &mut found);
        }
        for file in found {
            let name = file.strip_prefix(&shop).expect("files lie in the shop").to_string_lossy().replace('\\', "/");
            let path = SourcePath::from(name);
            let (Some(kind), Ok(text)) = (SourceKind::of(&path), fs::read_to_string(&file)) else { continue };
            if !file.extension().is_some_and(|ending| ending == "yaml" || ending == "md") {
                assert_eq!(tidy::format(kind, &path, &text).as_ref(), Ok(&text), "{}", file.display());
                foreign += 1;
                continue;
            }
            let Some(before) = meaning(&path, &text) else {
                assert!(tidy::merged(kind, &path, None, &text).is_err() || tidy::format(kind, &path, &text).is_ok(), "{}", file.display());
                continue;
            };
            let formatted = tidy::format(kind, &path, &text).unwrap_or_else(|told| panic!("{}: {told:?}", file.display()));
            assert_eq!(meaning(&path, &formatted).as_ref(), Some(&before), "{}", file.display());
            assert_eq!(tidy::format(kind, &path, &formatted).as_ref(), Ok(&formatted), "{}", file.display());
            assert!(formatted.matches('#').count() >= text.matches('#').count(), "{}", file.display());
            // What nobody changes stays byte for byte, though another program has written it anew.
            if before.0.is_object() {
                let quoted = tidy::quoted(kind, &path, &text).expect("it was read");
                assert_eq!(tidy::merged(kind, &path, Some(&text), &quoted).as_ref(), Ok(&text), "{}", file.display());
            }
            files += 1;
            changed += usize::from(formatted != text);
        }
    }
    assert!(files > 300 && changed > 20 && foreign > 0, "{files} files, {changed} changed, {foreign} of other programs");
}
