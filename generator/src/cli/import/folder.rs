//! The folder of another generator's site: what is looked at of it, and how much at most.
#![expect(clippy::disallowed_methods, reason = "the command line reads the folder that it is asked to import")]

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use generator::import::Folder;

/// What generators and tools make, wherever it lies.
const MADE: [&str; 6] = ["node_modules", ".git", ".jekyll-cache", ".sass-cache", ".bundle", ".DS_Store"];
/// What they make in the site's own folder.
const MADE_AT_THE_TOP: [&str; 4] = ["_site", "public", "resources", "vendor"];
/// More files than this are no site of texts.
const MOST_FILES: usize = 200_000;
/// A larger file is copied by hand, in bytes.
const MOST_BYTES: u64 = 100 << 20;

/// Reads a site's files one by one; only texts are kept.
pub(super) fn read(root: &Path) -> Result<Folder> {
    if !root.is_dir() {
        bail!("`{}` is no folder; name the one that holds the site's settings and content", root.display());
    }
    let mut folder = Folder::default();
    let made = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        MADE.contains(&&*name) || (entry.depth() == 1 && entry.file_type().is_dir() && MADE_AT_THE_TOP.contains(&&*name))
    };
    let mut walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry.with_context(|| format!("cannot walk `{}`", root.display()))?;
        if entry.depth() == 0 {
            continue;
        }
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let Some(path) = relative.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/")) else {
            folder.skip(relative.to_string_lossy().into_owned(), "its name is not UTF-8; rename it");
            continue;
        };
        if made(&entry) {
            folder.skip(path, "made by the old generator or by tools; it was not looked at");
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_symlink() {
            folder.skip(path, "a link to somewhere else is not followed; copy what it leads to");
        } else if entry.file_type().is_file() {
            if folder.len() >= MOST_FILES {
                bail!("`{}` has more than {MOST_FILES} files; import its parts one after the other", root.display());
            }
            if entry.metadata().is_ok_and(|metadata| metadata.len() > MOST_BYTES) {
                folder.skip(path, format!("larger than {} MB; copy it by hand", MOST_BYTES >> 20));
                continue;
            }
            let bytes = fs::read(entry.path()).with_context(|| format!("cannot read `{}`", entry.path().display()))?;
            folder.add(path, &bytes);
        }
    }
    if folder.is_empty() {
        bail!("`{}` holds no file that could be imported", root.display());
    }
    Ok(folder)
}
