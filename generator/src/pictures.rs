//! What is known of every picture among the sources, and the addresses of the copies that pages ask for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imaging::drawing;
use imaging::{Crop, Output, Picture, PictureError};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::SourcePath;
use crate::source::{FileError, Fingerprint, Sources};

/// Part of every copy's name: raised when copies of the same picture become others, by the encoder's settings or by what is kept of an SVG, so
/// that old ones are not taken for new.
const ENCODER: &[u8] = b"3";

/// What pictures' headers said, by fingerprint; kept between builds.
pub type Probes = BTreeMap<Fingerprint, Result<Picture, Flaw>>;

/// What pictures look like from afar, for those that a page has asked for: `None` where there is nothing to show. Kept between builds, so
/// that a picture is decoded once for it; shared with the pictures that find more of them.
#[derive(Debug, Default)]
pub struct Blurs(Mutex<KnownBlurs>);

/// By the picture's bytes and the part that is shown: addresses with the picture in them.
pub type KnownBlurs = BTreeMap<(Fingerprint, Option<Crop>), Option<Arc<str>>>;

impl Blurs {
    /// What was kept.
    pub fn new(known: KnownBlurs) -> Self {
        Self(Mutex::new(known))
    }

    /// What is to be kept.
    pub fn known(&self) -> KnownBlurs {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, KnownBlurs> {
        self.0.lock().expect("no thread panics while it holds the blurs")
    }
}

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
    sources: Arc<Sources>,
    blurs: Arc<Blurs>,
    /// Whether copies are AVIF too.
    avif: bool,
}

/// A copy that a page shows: produced when the page is, and only then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Copy {
    /// The source; of a drawing its own path.
    pub file: SourcePath,
    /// The SVG, where a template has drawn it.
    pub drawing: Option<Arc<str>>,
    /// The width in pixels.
    pub width: u32,
    /// The encoding.
    pub output: Output,
    /// The part of the picture, where it is not all of it.
    pub crop: Option<Crop>,
    /// Where it stands, from the site's root without a slash: `img/mug.1a2b3c4d-800.webp`.
    pub path: String,
}

/// What a template or a text asks of a picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Wish {
    /// The source.
    pub file: String,
    /// The wanted widths in pixels.
    pub widths: Vec<u32>,
    /// The part that is shown; all of it, where nothing is said.
    pub crop: Option<Crop>,
    /// An SVG as a PNG, for what shows no SVG.
    pub drawn: bool,
    /// With what it looks like from afar.
    pub blur: bool,
}

impl Wish {
    /// The whole picture at some widths.
    pub fn whole(file: &str, widths: &[u32]) -> Self {
        Self { file: file.to_owned(), widths: widths.to_owned(), crop: None, drawn: false, blur: false }
    }
}

/// A picture at several widths, as a template shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageSet {
    /// The address of the middle width, WebP.
    pub src: String,
    /// All widths: `… 400w, … 800w`; empty for what has one size: animations and SVG.
    pub srcset: String,
    /// The same as AVIF, where the shop has that; else empty.
    pub avif: String,
    /// The width of the largest.
    pub width: u32,
    /// The height of the largest.
    pub height: u32,
    /// The address of the largest in the original's own format.
    pub fallback: String,
    /// What it looks like from afar, as an address that holds it, where that was asked for and there is one.
    pub blur: Option<Arc<str>>,
}

/// The width of a small copy, twice what is shown.
const SMALL_WIDTH: u32 = 160;

/// The folders whose pictures are sources of pages; those in `static/` are copied as they are.
const FOLDERS: [&str; 3] = ["collections/", "content/", "products/"];

impl Pictures {
    /// Looks at every picture; what `known` knows is not looked at again, what is new is added to it. Blurs of pictures that are gone are
    /// let go.
    pub fn read(sources: &Arc<Sources>, known: &mut Probes, blurs: &Arc<Blurs>, avif: bool) -> Result<Self, FileError> {
        let files: Vec<_> = FOLDERS.iter().flat_map(|folder| sources.below(folder)).filter(|(path, _)| is_picture(path)).collect();
        let entries: Vec<(SourcePath, Entry)> = files
            .into_par_iter()
            .map(|(path, file)| {
                let probe = match known.get(&file.fingerprint) {
                    Some(probe) => probe.clone(),
                    None => imaging::check(&file.bytes()?).map_err(|error| Flaw::of(&error)),
                };
                Ok((SourcePath::clone(path), Entry { fingerprint: file.fingerprint, probe }))
            })
            .collect::<Result<_, FileError>>()?;
        *known = entries.iter().map(|(_, entry)| (entry.fingerprint, entry.probe.clone())).collect();
        blurs.lock().retain(|(picture, _), _| known.contains_key(picture));
        Ok(Self { entries: entries.into_iter().collect(), sources: Arc::clone(sources), blurs: Arc::clone(blurs), avif })
    }

    /// What a picture looks like from afar, as an address. A file that is another than it was when the build began has nothing to show: its
    /// copies cannot be made either, and the build ends with that.
    fn blur(&self, file: &SourcePath, entry: &Entry, crop: Option<Crop>) -> Option<Arc<str>> {
        let key = (entry.fingerprint, crop);
        if let Some(known) = self.blurs.lock().get(&key) {
            return known.clone();
        }
        let bytes = self.sources.get(file)?.bytes().ok().filter(|bytes| Fingerprint::of(bytes) == entry.fingerprint)?;
        let made = imaging::blur(&bytes, crop).ok().flatten();
        let blur = made.map(|webp| Arc::from(format!("data:image/webp;base64,{}", STANDARD.encode(webp))));
        self.blurs.lock().insert(key, blur.clone());
        blur
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
        if copy.drawing.is_some() {
            return true;
        }
        let entry = self.entries.get(&copy.file).filter(|entry| entry.probe.is_ok());
        entry.is_some_and(|entry| copy.path.contains(&hash(entry, copy.crop)))
    }

    /// The copy of one width for what reads neither WebP nor SVG. `None` where it cannot be shown.
    pub fn fallback(&self, path: &str, width: u32) -> Option<Copy> {
        let (file, entry) = self.entries.get_key_value(path)?;
        let picture = entry.probe.as_ref().ok()?;
        let output = if picture.format == imaging::Format::Svg { Output::Drawn } else { Output::Original };
        Some(copy(file, entry, *picture, None, picture.fit(width, output).0, output))
    }

    /// A picture as it is wanted, and the copies that this needs. `None` where it cannot be shown.
    pub fn set(&self, wish: &Wish, base_path: &str) -> Option<(ImageSet, Vec<Copy>)> {
        let (file, entry) = self.entries.get_key_value(wish.file.as_str())?;
        let original = entry.probe.as_ref().ok()?;
        // The same copies serve for the whole and for a part that is the whole.
        let crop = wish.crop.filter(|crop| original.is_cut_by(*crop));
        let picture = &original.cropped(crop);
        let (output, wanted) = match picture.format {
            imaging::Format::Svg if wish.drawn => (Output::Drawn, picture.widths(&wish.widths, Output::Drawn)),
            _ if picture.has_one_size() => (Output::Original, vec![picture.width]),
            _ => (Output::WebP, picture.widths(&wish.widths, Output::WebP)),
        };
        let mut copies: Vec<Copy> = wanted.iter().map(|width| copy(file, entry, *picture, crop, *width, output)).collect();
        let largest = *wanted.last()?;
        let in_own_format = if output == Output::Drawn { Output::Drawn } else { Output::Original };
        let fallback = copy(file, entry, *picture, crop, largest, in_own_format);
        let address = |copy: &Copy| format!("{base_path}/{}", copy.path);
        let (width, height) = picture.fit(largest, output);
        let list = |copies: &[Copy]| copies.iter().map(|c| format!("{} {}w", address(c), c.width)).collect::<Vec<_>>().join(", ");
        let has_sizes = output == Output::WebP;
        let as_avif = wanted.iter().filter(|_| has_sizes && self.avif).map(|width| copy(file, entry, *picture, crop, *width, Output::Avif));
        let as_avif: Vec<Copy> = as_avif.collect();
        let set = ImageSet {
            src: address(&copies[copies.len() / 2]),
            srcset: if has_sizes { list(&copies) } else { String::new() },
            avif: list(&as_avif),
            width,
            height,
            fallback: address(&fallback),
            blur: wish.blur.then(|| self.blur(file, entry, crop)).flatten(),
        };
        copies.extend(as_avif);
        if !copies.contains(&fallback) {
            copies.push(fallback);
        }
        Some((set, copies))
    }

    /// The copy of a picture for carts, orders and results of a search: its address, and the copy itself.
    pub fn small(&self, path: &str, base_path: &str) -> Option<(String, Copy)> {
        let (set, copies) = self.set(&Wish::whole(path, &[SMALL_WIDTH]), base_path)?;
        let copy = copies.into_iter().find(|copy| set.src.ends_with(&copy.path))?;
        Some((set.src, copy))
    }
}

/// The part of a copy's name that says what it was made from, and which part of that.
fn hash(entry: &Entry, crop: Option<Crop>) -> String {
    let own = [&entry.fingerprint.0[..], ENCODER].concat();
    crop.map_or_else(|| Fingerprint::of(&own), |crop| Fingerprint::join(&[Fingerprint::of(&own), Fingerprint::of_value(&crop)])).hex8()
}

/// A copy of a picture, of which `picture` is the part that is shown.
fn copy(file: &SourcePath, entry: &Entry, picture: Picture, crop: Option<Crop>, width: u32, output: Output) -> Copy {
    let width = picture.fit(width, output).0;
    let extension = picture.extension(output);
    let hash = hash(entry, crop);
    let stem = file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or(&**file, |(stem, _)| stem);
    let path = imaging::file_name(stem, &hash, width, extension).trim_start_matches('/').to_owned();
    Copy { file: SourcePath::clone(file), drawing: None, width, output, crop, path }
}

/// A drawing of a template, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// The address of the PNG.
    pub url: String,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// An SVG that a template made, to be published as PNG under a name.
///
/// # Errors
///
/// It is no SVG, or too large.
pub fn draw(svg: &str, name: &str, fonts: Fingerprint, base_path: &str) -> Result<(Drawing, Copy), String> {
    let (width, height) = drawing::size(svg)?;
    let hash = Fingerprint::of(&[svg.as_bytes(), &fonts.0, ENCODER].concat()).hex8();
    let path = imaging::file_name(name, &hash, width, "png").trim_start_matches('/').to_owned();
    let drawn = Drawing { url: format!("{base_path}/{path}"), width, height };
    Ok((drawn, Copy { file: SourcePath::from(&*path), drawing: Some(Arc::from(svg)), width, output: Output::Original, crop: None, path }))
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
