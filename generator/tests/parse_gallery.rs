//! The gallery of diagnostics, as far as one file alone shows them: each folder of `tests/gallery` with a file
//! `expected.parse.txt` is parsed, and what is said must be that text. `UPDATE_EXPECTED=1` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use generator::diagnostic::SourcePath;
use generator::parse::{SourceKind, parse};
use generator::report::render_human;

fn files(root: &Path, folder: &Path, found: &mut BTreeMap<SourcePath, Arc<[u8]>>) {
    for entry in fs::read_dir(folder).expect("the gallery can be listed") {
        let path = entry.expect("the gallery can be listed").path();
        if path.is_dir() {
            files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("files lie in their folder").to_string_lossy().replace('\\', "/");
            found.insert(name.into(), fs::read(&path).expect("fixtures can be read").into());
        }
    }
}

#[test]
fn the_sample_shop_is_read_without_a_word() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = BTreeMap::new();
    for folder in ["products", "collections", "content"] {
        files(&shop, &shop.join(folder), &mut sources);
    }
    sources.insert("shop.yaml".into(), fs::read(shop.join("shop.yaml")).expect("the sample shop has settings").into());
    let mut diagnostics = Vec::new();
    for (path, bytes) in &sources {
        if let Some(kind) = SourceKind::of(path) {
            diagnostics.extend(parse(kind, path, bytes).1);
        }
    }
    let said = render_human(&diagnostics, &|path| sources.get(path).cloned(), false);
    assert!(sources.len() > 20, "only {} files were found", sources.len());
    assert_eq!(said, "");
}

#[test]
fn every_fixture_says_what_it_should() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(&gallery).expect("the gallery is there") {
        let folder = entry.expect("the gallery can be listed").path();
        let expected_file = folder.join("expected.parse.txt");
        let Ok(expected) = fs::read_to_string(&expected_file) else { continue };
        seen += 1;
        let mut sources = BTreeMap::new();
        files(&folder, &folder, &mut sources);
        let mut diagnostics = Vec::new();
        for (path, bytes) in &sources {
            if let Some(kind) = SourceKind::of(path) {
                diagnostics.extend(parse(kind, path, bytes).1);
            }
        }
        let said = render_human(&diagnostics, &|path| sources.get(path).cloned(), false);
        let name = folder.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let code = name.split('-').next().unwrap_or_default();
        if update {
            fs::write(&expected_file, &said).expect("the expected text can be written");
        }
        if !said.contains(&format!("[{code}]")) {
            wrong.push(format!("{name} does not show its code\n{said}"));
        } else if !update && said != expected {
            wrong.push(format!("{name}\n--- expected\n{expected}--- said\n{said}"));
        }
    }
    assert!(seen > 50, "only {seen} fixtures were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
