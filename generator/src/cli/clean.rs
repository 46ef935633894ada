//! `shopfront clean`
#![expect(clippy::disallowed_methods, reason = "the command line is a door to the working folder")]

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

use super::Done;
use super::shop::Shop;

/// Removes the cache and the bundle. Orders, mail and copies of digital goods are their owner's alone.
pub(super) fn run(root: &Path) -> Result<Done> {
    let shop = Shop::find(root)?;
    let _lock = shop.lock()?;
    for folder in [shop.cache(), shop.bundle()] {
        match std::fs::remove_dir_all(&folder) {
            Ok(()) => eprintln!("removed {}", folder.display()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot remove `{}`", folder.display())),
        }
    }
    Ok(Done::Well)
}
