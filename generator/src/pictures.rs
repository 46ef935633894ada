//! What is known of every picture among the sources, and the addresses of the copies that pages ask for.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::assets::images::{self, Output, Picture, PictureError};
use crate::diagnostic::SourcePath;
use crate::source::{FileError, Fingerprint, Sources};

/// Part of every copy's name: raised when the encoder's settings change, so that old copies are not taken for new.
const ENCODER: &[u8] = b"2";

/// What pictures' headers said, by fingerprint; kept between builds.
pub type Probes = BTreeMap<Fingerprint, Result<Picture, Flaw>>;

/// What is wrong with a picture's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Which sort of mistake.
    pub sort: FlawSort,
    /// What is wrong, in words for editors.
    pub message: String,
}

/// Sorts of mistakes in pictures; each has a code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlawSort {
    /// More pixels than are decoded.
    Huge,
    /// The file ends too early.
    Truncated,
    /// Anything else.
    Unreadable,
}

impl Flaw {
    fn of(error: &PictureError) -> Self {
        let sort = match error {
            PictureError::TooLarge { .. } => FlawSort::Huge,
            PictureError::Truncated(_) => FlawSort::Truncated,
            _ => FlawSort::Unreadable,
        };
        Self { sort, message: error.to_string() }
    }
}

/// A picture among the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its bytes.
    pub fingerprint: Fingerprint,
    /// Its header, or what is wrong with the file.
    pub probe: Result<Picture, Flaw>,
}

/// All pictures of the sources.
#[derive(Debug, Default)]
pub struct Pictures {
    entries: BTreeMap<SourcePath, Entry>,
}

/// A copy that a page shows: produced when the page is, and only then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Copy {
    /// The source.
    pub file: SourcePath,
    /// The width in pixels.
    pub width: u32,
    /// The encoding.
    pub output: Output,
    /// Where it stands, from the site's root without a slash: `img/mug.1a2b3c4d-800.webp`.
    pub path: String,
}

/// A picture at several widths, as a template shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageSet {
    /// The address of the middle width, WebP.
    pub src: String,
    /// All widths: `… 400w, … 800w`; empty for what has one size: animations and SVG.
    pub srcset: String,
    /// The width of the largest.
    pub width: u32,
    /// The height of the largest.
    pub height: u32,
    /// The address of the largest in the original's own format.
    pub fallback: String,
}

/// The width of a small copy, twice what is shown.
const SMALL_WIDTH: u32 = 160;

/// The folders whose pictures are sources of pages; those in `static/` are copied as they are.
const FOLDERS: [&str; 3] = ["collections/", "content/", "products/"];

impl Pictures {
    /// Looks at every picture; what `known` knows is not looked at again, what is new is added to it.
    pub fn read(sources: &Sources, known: &mut Probes) -> Result<Self, FileError> {
        let files: Vec<_> = FOLDERS.iter().flat_map(|folder| sources.below(folder)).filter(|(path, _)| is_picture(path)).collect();
        let entries: Vec<(SourcePath, Entry)> = files
            .into_par_iter()
            .map(|(path, file)| {
                let probe = match known.get(&file.fingerprint) {
                    Some(probe) => probe.clone(),
                    None => images::check(&file.bytes()?).map_err(|error| Flaw::of(&error)),
                };
                Ok((SourcePath::clone(path), Entry { fingerprint: file.fingerprint, probe }))
            })
            .collect::<Result<_, FileError>>()?;
        *known = entries.iter().map(|(_, entry)| (entry.fingerprint, entry.probe.clone())).collect();
        Ok(Self { entries: entries.into_iter().collect() })
    }

    /// A picture by its path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// All paths, for suggestions.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|path| &**path)
    }

    /// Whether a copy can still be made from what the picture is now.
    pub fn makes(&self, copy: &Copy) -> bool {
        let entry = self.entries.get(&copy.file).filter(|entry| entry.probe.is_ok());
        entry.is_some_and(|entry| copy.path.contains(&hash(entry)))
    }

    /// The copy of one width for what reads neither WebP nor SVG. `None` where it cannot be shown.
    pub fn fallback(&self, path: &str, width: u32) -> Option<Copy> {
        let (file, entry) = self.entries.get_key_value(path)?;
        let picture = entry.probe.as_ref().ok()?;
        let output = if picture.format == images::Format::Svg { Output::Drawn } else { Output::Original };
        Some(copy(file, entry, *picture, picture.fit(width, output).0, output))
    }

    /// A picture at the wanted widths, and the copies that this needs. `None` where it cannot be shown.
    pub fn set(&self, path: &str, widths: &[u32], base_path: &str) -> Option<(ImageSet, Vec<Copy>)> {
        let (file, entry) = self.entries.get_key_value(path)?;
        let picture = entry.probe.as_ref().ok()?;
        let (output, wanted) = if picture.has_one_size() {
            (Output::Original, vec![picture.width])
        } else {
            (Output::WebP, picture.widths(widths, Output::WebP))
        };
        let mut copies: Vec<Copy> = wanted.iter().map(|width| copy(file, entry, *picture, *width, output)).collect();
        let largest = *wanted.last()?;
        let fallback = copy(file, entry, *picture, largest, Output::Original);
        let address = |copy: &Copy| format!("{base_path}/{}", copy.path);
        let (width, height) = picture.fit(largest, output);
        let set = ImageSet {
            src: address(&copies[copies.len() / 2]),
            srcset: if picture.has_one_size() {
                String::new()
            } else {
                copies.iter().map(|c| format!("{} {}w", address(c), c.width)).collect::<Vec<_>>().join(", ")
            },
            width,
            height,
            fallback: address(&fallback),
        };
        if !copies.contains(&fallback) {
            copies.push(fallback);
        }
        Some((set, copies))
    }

    /// The copy of a picture for carts, orders and results of a search: its address, and the copy itself.
    pub fn small(&self, path: &str, base_path: &str) -> Option<(String, Copy)> {
        let (set, copies) = self.set(path, &[SMALL_WIDTH], base_path)?;
        let copy = copies.into_iter().find(|copy| set.src.ends_with(&copy.path))?;
        Some((set.src, copy))
    }
}

/// The part of a copy's name that says what it was made from.
fn hash(entry: &Entry) -> String {
    Fingerprint::of(&[&entry.fingerprint.0[..], ENCODER].concat()).hex8()
}

fn copy(file: &SourcePath, entry: &Entry, picture: Picture, width: u32, output: Output) -> Copy {
    let width = picture.fit(width, output).0;
    let extension = picture.extension(output);
    let hash = hash(entry);
    let stem = file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or(&**file, |(stem, _)| stem);
    let path = images::file_name(stem, &hash, width, extension).trim_start_matches('/').to_owned();
    Copy { file: SourcePath::clone(file), width, output, path }
}

/// Whether a path has the extension of a picture that is read.
pub fn is_picture(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    matches!(extension.as_str(), "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg")
}

/// The media type of a copy's or static file's path.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        _ => "application/octet-stream",
    }
}
