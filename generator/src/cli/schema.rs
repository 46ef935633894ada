//! `shopfront schema`: the JSON Schemas of all formats, for editors that complete and check as one types.
#![expect(clippy::disallowed_methods, reason = "the command line writes the files that it is asked to make")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use generator::parse::{SourceKind, schema};

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
    let folder = match &arguments.out {
        Some(out) => out.clone(),
        None => Shop::find(root)?.root.join(FOLDER),
    };
    write(&folder)?;
    for (_, name) in schema::ALL {
        say!("{}", folder.join(name).display());
    }
    Ok(Done::Well)
}

/// Writes all schemas.
pub(super) fn write(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    for (kind, name) in schema::ALL {
        let text = serde_json::to_string_pretty(&schema::schema(kind))? + "\n";
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
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
