//! `shopfront init DIR`: a small complete shop, from the binary alone.
#![expect(clippy::disallowed_methods, reason = "the command line writes the files that it is asked to make")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use include_dir::{Dir, include_dir};

use super::{Done, schema};

static STARTER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/starter");

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The new folder; it may exist if it is empty.
    dir: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let dir = &arguments.dir;
    // A folder under version control may have its `.git` already.
    let is_used = |entries: fs::ReadDir| entries.flatten().any(|entry| entry.file_name() != ".git");
    if fs::read_dir(dir).is_ok_and(is_used) {
        bail!("`{}` is not empty; name a new folder", dir.display());
    }
    write(&STARTER, dir)?;
    schema::write(&dir.join(schema::FOLDER), Some(dir.as_path()))?;
    fs::write(dir.join(".gitignore"), "/public/\n/.shopfront/\n").with_context(|| format!("cannot write into `{}`", dir.display()))?;
    println!("a shop is in `{}`; see it with: shopfront -C {} serve", dir.display(), dir.display());
    Ok(Done::Well)
}

fn write(folder: &Dir<'_>, root: &Path) -> Result<()> {
    let target = root.join(folder.path());
    fs::create_dir_all(&target).with_context(|| format!("cannot make `{}`", target.display()))?;
    for file in folder.files() {
        let path = root.join(file.path());
        let line = schema::line(&file.path().to_string_lossy().replace('\\', "/"));
        let bytes = [line.as_bytes(), file.contents()].concat();
        fs::write(&path, bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    folder.dirs().try_for_each(|below| write(below, root))
}
