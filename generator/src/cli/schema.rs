//! `shopfront schema`: the JSON Schemas of all formats, for editors that complete and check as one types.
#![expect(clippy::disallowed_methods, reason = "the command line writes the files that it is asked to make")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use generator::cache::Memory;
use generator::parse::{self, SourceKind, own_schemas, schema};
use generator::{Options, Silent};
use serde_json::Value;

use super::Done;
use super::shop::Shop;

/// Where the schemas lie in a shop; its files name them by this.
pub(super) const FOLDER: &str = ".shopfront/schemas";

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder to write into.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root);
    let folder = match (&arguments.out, &shop) {
        (Some(out), _) => out.clone(),
        (None, Ok(shop)) => shop.root.join(FOLDER),
        (None, Err(_)) => return shop.map(|_| Done::Well),
    };
    for path in write(&folder, shop.ok().map(|shop| shop.root).as_deref())? {
        say!("{}", path.display());
    }
    Ok(Done::Well)
}

/// Writes all schemas, for a shop also those that only it has, and answers with their paths.
pub(super) fn write(folder: &Path, shop: Option<&Path>) -> Result<Vec<PathBuf>> {
    let mut schemas: BTreeMap<String, Value> =
        schema::ALL.iter().map(|(kind, name)| ((*name).to_owned(), schema::schema(*kind).clone())).collect();
    if let Some(root) = shop {
        schemas.extend(own(root)?);
    }
    let mut paths = Vec::with_capacity(schemas.len());
    for (name, schema) in schemas {
        let path = folder.join(name);
        let place = path.parent().unwrap_or(folder);
        fs::create_dir_all(place).with_context(|| format!("cannot make `{}`", place.display()))?;
        let text = serde_json::to_string_pretty(&schema)? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        paths.push(path);
    }
    Ok(paths)
}

/// The schemas that only this shop has. What is wrong in its files is `check`'s to tell; a schema has what is right in them.
fn own(root: &Path) -> Result<BTreeMap<String, Value>> {
    let options = Options { root: root.to_owned(), ..Options::default() };
    let sources = generator::read(&options, &Memory::default(), &Silent)?;
    let declares = |path: &str| matches!(SourceKind::of(path), Some(SourceKind::PageSchema | SourceKind::Theme | SourceKind::Settings));
    let mut parsed = Vec::new();
    for (path, file) in sources.iter().filter(|(path, _)| declares(path)) {
        let kind = SourceKind::of(path).expect("it was among the files that declare something");
        parsed.push(parse::parse(kind, path, &file.bytes()?).0);
    }
    Ok(own_schemas::of_shop(&parsed.iter()))
}

/// The line by which an editor's program finds the schema of a YAML file; empty for other files.
pub(super) fn line(path: &str) -> String {
    let kind = SourceKind::of(path).filter(|_| path.ends_with(".yaml"));
    let name = kind.and_then(|kind| schema::ALL.iter().find(|(known, _)| *known == kind)).map(|(_, name)| name);
    let up = "../".repeat(path.matches('/').count());
    name.map(|name| format!("# yaml-language-server: $schema={up}{FOLDER}/{name}\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn files_name_their_schema_from_where_they_are() {
        assert_eq!(line("shop.yaml"), "# yaml-language-server: $schema=.shopfront/schemas/shop.schema.json\n");
        assert_eq!(line("products/a/mug.yaml"), "# yaml-language-server: $schema=../../.shopfront/schemas/product.schema.json\n");
        assert_eq!(line("products/mug.de.yaml"), "# yaml-language-server: $schema=../.shopfront/schemas/product.overlay.schema.json\n");
        assert_eq!(line("content/about.md"), "");
    }
}
