//! Which paths the editor in the browser may name.

use std::path::Path;

use super::{Refusal, wrong};
use crate::parse::SourceKind;

/// The folders of texts and pictures.
const FOLDERS: [&str; 4] = ["products", "collections", "content", "static"];

/// Endings of pictures.
const PICTURES: [&str; 7] = ["jpg", "jpeg", "png", "gif", "webp", "svg", "avif"];

/// A path that may be named.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From the shop's folder, without a slash in front.
    pub(super) path: String,
}

/// A path in the shop's folder: plain names, none of them hidden.
fn place(path: &str) -> Result<Place, Refusal> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && !name.ends_with(['~', '.', ' '])
            && !name.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    if path.len() > 500 || !path.split('/').all(is_name) {
        return Err(wrong(format!("`{path}` is no path in the shop's folder")));
    }
    Ok(Place { path: path.to_owned() })
}

/// A folder of texts or pictures.
pub(super) fn folder(path: &str) -> Result<String, Refusal> {
    let place = place(path.trim_end_matches('/'))?;
    let top = place.path.split('/').next().unwrap_or_default();
    if FOLDERS.contains(&top) { Ok(place.path) } else { Err(wrong(format!("the editor has nothing in `{path}`"))) }
}

/// A file of a kind that the editor lists. Themes, schemas of sections and data are not: they are the work of others, and other programs'.
pub(super) fn text(path: &str) -> Result<(SourceKind, Place), Refusal> {
    let place = place(path)?;
    let is_listed = |kind: &SourceKind| !matches!(kind, SourceKind::PageSchema | SourceKind::Theme | SourceKind::Data);
    match SourceKind::of(&place.path).filter(|kind| is_listed(kind) && place.path == path) {
        Some(kind) => Ok((kind, place)),
        None => Err(wrong(format!("`{path}` is no file that the editor in the browser changes"))),
    }
}

/// A picture beside texts, or in `static/`.
pub(super) fn picture(path: &str) -> Result<Place, Refusal> {
    let place = place(path)?;
    folder(&place.path)?;
    let ending = place.path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_picture = ending.as_deref().is_some_and(|ending| PICTURES.contains(&ending));
    // Of AVIF nothing else is made, so it is published as it is or not at all.
    if ending.as_deref() == Some("avif") && !place.path.starts_with("static/") {
        return Err(wrong(format!("`{path}`: AVIF is shown from `static/` alone; save the picture as JPEG, PNG or WebP")));
    }
    if is_picture && place.path.contains('/') { Ok(place) } else { Err(wrong(format!("`{path}` is no picture"))) }
}

/// Whether a place lies in the shop's folder after all links on the way to it; `root` has none.
pub(super) fn is_in(root: &Path, target: &Path) -> bool {
    let there = target.ancestors().find_map(crate::source::resolved);
    there.is_some_and(|there| there.starts_with(root))
}
