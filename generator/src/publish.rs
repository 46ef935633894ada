//! Everything that an edition publishes beside its pages, and putting it all into its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imaging::Demand;
use imaging::drawing;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::Progress;
use crate::cache::PictureCache;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::edition::Edition;
use crate::pictures::Copy;
use crate::source::{FileError, Fingerprint};
use crate::theme::Asset;
use crate::write::{Folder, Sink, WriteError, Written};

/// Everything that an edition publishes.
#[derive(Debug, Default)]
pub struct Product {
    /// The pages, which have been put into their places.
    pub pages: Vec<String>,
    /// Files of search and filters, which have been put into their places.
    pub placed: Vec<String>,
    /// Files that the site graph alone decides.
    pub files: Vec<(String, Vec<u8>)>,
    /// Files of the theme.
    pub assets: Vec<Asset>,
    /// Files copied as they are.
    pub copied: Vec<(SourcePath, String)>,
    /// Copies of pictures.
    pub pictures: Vec<Copy>,
}

impl Product {
    /// Two things for one file: the second page of a list and a page of that name, for example.
    pub fn clashes(&self) -> Vec<Diagnostic> {
        let files = self.pages.iter().chain(&self.placed).map(String::as_str).chain(self.files.iter().map(|(path, _)| path.as_str()));
        let files = files.chain(self.assets.iter().map(|asset| asset.address.trim_start_matches('/')));
        let others = self.copied.iter().map(|(_, path)| path.as_str()).chain(self.pictures.iter().map(|copy| copy.path.as_str()));
        let mut paths: Vec<&str> = files.chain(others).collect();
        paths.sort_unstable();
        let tell = |path: &str, message: String| {
            Diagnostic::in_file(codes::TWO_SOURCES, Severity::Error, message, SourcePath::from(path))
                .help("rename one of them, or remove the former address")
        };
        let twice = paths.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let mut told: Vec<Diagnostic> =
            twice.map(|path| tell(path, format!("two things would be written to `{path}` of the site"))).collect();
        let files: FxHashSet<&str> = paths.iter().copied().collect();
        let mut folders = BTreeSet::new();
        for path in &paths {
            let above = path.match_indices('/').map(|(at, _)| &path[..at]).find(|folder| files.contains(folder));
            if let Some(file) = above.filter(|file| folders.insert(*file)) {
                told.push(tell(file, format!("`{file}` of the site would be a file, and a folder because of `{path}`")));
            }
        }
        told
    }
}

/// Why publishing failed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Writing failed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Reading a source failed.
    #[error(transparent)]
    Read(#[from] FileError),
    /// A source is another than it was when the build began; its copies carry its content in their names.
    #[error("`{0}` changed while the shop was built; build again")]
    Changed(SourcePath),
    /// A picture whose header is right could not be decoded.
    #[error("the picture `{file}` cannot be read: {cause}")]
    Picture {
        /// The source.
        file: SourcePath,
        /// What is wrong, in words for editors.
        cause: String,
    },
    /// A file of the theme is another than it was when the build began.
    #[error("the theme's `{0}` changed while the shop was built; build again")]
    Asset(String),
}

/// Puts all that is no page into a folder and makes the folder what the product says.
pub fn to_folder(
    product: &Product,
    folder: Folder,
    edition: &Edition,
    cache: &PictureCache,
    progress: &dyn Progress,
) -> Result<(Written, Fingerprint), PublishError> {
    let stale = stale_pictures(product, &folder);
    progress.begin("pictures", stale.values().map(Vec::len).sum());
    stale.par_iter().try_for_each(|(file, copies)| {
        for (copy, bytes) in encode(edition, cache, file, copies)? {
            folder.put(&copy.path, &bytes, Fingerprint::of(&bytes))?;
            progress.advance();
        }
        Ok::<_, PublishError>(())
    })?;
    progress.begin("files", product.files.len() + product.assets.len() + product.copied.len());
    product.files.par_iter().try_for_each(|(path, bytes)| {
        progress.advance();
        folder.put(path, bytes, Fingerprint::of(bytes))
    })?;
    for asset in &product.assets {
        progress.advance();
        put_asset(asset, &folder, edition)?;
    }
    product.copied.par_iter().try_for_each(|(source, path)| {
        progress.advance();
        let file =
            edition.sources.get(source).ok_or_else(|| FileError::new("read", Path::new(&**source), std::io::ErrorKind::NotFound.into()))?;
        if folder.holds(path, file.fingerprint) {
            folder.keep(path);
            return Ok(());
        }
        let bytes = file.bytes()?;
        Ok::<_, PublishError>(folder.put(path, &bytes, Fingerprint::of(&bytes))?)
    })?;
    progress.begin("moving into place", 0);
    Ok(folder.commit()?)
}

/// An asset's name carries its content, so what is there is right and need not be made.
fn put_asset(asset: &Asset, folder: &Folder, edition: &Edition) -> Result<(), PublishError> {
    let path = asset.address.trim_start_matches('/');
    if folder.has(path) {
        folder.keep(path);
        return Ok(());
    }
    let bytes = edition.theme().bytes(&asset.path).map_err(|_| PublishError::Asset(asset.path.clone()))?;
    Ok(folder.put(path, &bytes, Fingerprint::of(&bytes))?)
}

/// Copies that are not there yet, by source. Their names carry their content, so what is there is right.
fn stale_pictures<'a>(product: &'a Product, folder: &Folder) -> BTreeMap<&'a SourcePath, Vec<&'a Copy>> {
    let mut stale: BTreeMap<&SourcePath, Vec<&Copy>> = BTreeMap::new();
    for copy in &product.pictures {
        if folder.has(&copy.path) {
            folder.keep(&copy.path);
        } else {
            stale.entry(&copy.file).or_default().push(copy);
        }
    }
    stale
}

/// The bytes of some copies of one picture, or of a drawing: kept ones, or newly encoded ones, which are then kept.
pub(crate) fn encode<'a>(
    edition: &Edition,
    cache: &PictureCache,
    file: &SourcePath,
    copies: &[&'a Copy],
) -> Result<Vec<(&'a Copy, Vec<u8>)>, PublishError> {
    let mut done = Vec::new();
    let mut wanted = Vec::new();
    for copy in copies {
        match cache.get(copy) {
            Some(bytes) => done.push((*copy, bytes)),
            None => wanted.push(*copy),
        }
    }
    if wanted.is_empty() {
        return Ok(done);
    }
    let failed = |cause: String| PublishError::Picture { file: SourcePath::clone(file), cause };
    let mut keep = |copy: &'a Copy, bytes: Vec<u8>| {
        cache.put(copy, &bytes);
        done.push((copy, bytes));
    };
    if let [Copy { drawing: Some(svg), .. }] = wanted[..] {
        keep(wanted[0], drawing::draw(svg, edition.theme().fonts()).map_err(failed)?);
        return Ok(done);
    }
    let source =
        edition.sources.get(file).ok_or_else(|| FileError::new("read", Path::new(&**file), std::io::ErrorKind::NotFound.into()))?;
    let bytes = source.bytes()?;
    if Fingerprint::of(&bytes) != source.fingerprint {
        return Err(PublishError::Changed(SourcePath::clone(file)));
    }
    let demands: Vec<Demand> = wanted.iter().map(|copy| Demand { width: copy.width, output: copy.output, crop: copy.crop }).collect();
    for (copy, result) in wanted.into_iter().zip(imaging::encode_all(&bytes, &demands)) {
        keep(copy, result.map_err(|error| failed(error.to_string()))?);
    }
    Ok(done)
}
