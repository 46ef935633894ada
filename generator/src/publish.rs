//! Everything a build produced, put where it belongs: written into a folder, or handed to the preview.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::Progress;
use crate::assets::images::{self, Demand};
use crate::cache::PictureCache;
use crate::diagnostic::SourcePath;
use crate::output::File;
use crate::pages::Page;
use crate::pictures::Copy;
use crate::source::{FileError, Fingerprint, Sources};
use crate::theme::Asset;
use crate::write::{Folder, WriteError, Written};

/// Everything a build produced.
#[derive(Debug, Default)]
pub struct Product {
    /// Pages that templates made.
    pub pages: Vec<Page>,
    /// Files that the site graph alone decides, and assets: path from the root without a slash.
    pub files: Vec<(String, Arc<[u8]>)>,
    /// Files copied as they are.
    pub copied: Vec<(SourcePath, String)>,
    /// Copies of pictures.
    pub pictures: Vec<Copy>,
    /// The catalogue bundle by file name.
    pub bundle: BTreeMap<String, Vec<u8>>,
}

impl Product {
    /// Adds what is not a page.
    pub fn add_files(&mut self, files: Vec<File>, assets: Vec<Asset>) {
        self.files.extend(files.into_iter().map(|(path, bytes)| (path, bytes.into())));
        self.files.extend(assets.into_iter().map(|asset| (asset.address.trim_start_matches('/').to_owned(), asset.bytes)));
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
}

/// Writes a product into a folder and prunes what is no longer produced.
pub fn to_folder(
    product: &Product,
    mut folder: Folder,
    sources: &Sources,
    cache: &PictureCache,
    progress: &dyn Progress,
) -> Result<Written, PublishError> {
    let paths = product.pages.iter().map(|page| page.output.as_str()).chain(product.files.iter().map(|(path, _)| path.as_str()));
    let paths =
        paths.chain(product.copied.iter().map(|(_, path)| path.as_str())).chain(product.pictures.iter().map(|copy| copy.path.as_str()));
    folder.begin(paths)?;
    let stale = stale_pictures(product, &folder);
    progress.begin("pictures", stale.values().map(Vec::len).sum());
    stale.par_iter().try_for_each(|(file, copies)| {
        for (copy, bytes) in encode(sources, cache, file, copies)? {
            folder.put(&copy.path, &bytes)?;
            progress.advance();
        }
        Ok::<_, PublishError>(())
    })?;
    progress.begin("writing", product.pages.len() + product.files.len() + product.copied.len());
    product.pages.par_iter().try_for_each(|page| {
        progress.advance();
        match &page.rendered {
            Some((bytes, _)) => folder.put(&page.output, bytes),
            None => {
                folder.keep(&page.output);
                Ok(())
            }
        }
    })?;
    product.files.par_iter().try_for_each(|(path, bytes)| folder.put(path, bytes))?;
    product.copied.par_iter().try_for_each(|(source, path)| {
        let file = sources.get(source).ok_or_else(|| FileError::new("read", Path::new(&**source), std::io::ErrorKind::NotFound.into()))?;
        if folder.holds(path, file.fingerprint) {
            folder.keep(path);
            return Ok(());
        }
        Ok::<_, PublishError>(folder.put(path, &file.bytes()?)?)
    })?;
    Ok(folder.finish()?)
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

/// The bytes of some copies of one picture: kept ones, or newly encoded ones, which are then kept.
fn encode<'a>(
    sources: &Sources,
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
    let source = sources.get(file).ok_or_else(|| FileError::new("read", Path::new(&**file), std::io::ErrorKind::NotFound.into()))?;
    let bytes = source.bytes()?;
    if Fingerprint::of(&bytes) != source.fingerprint {
        return Err(PublishError::Changed(SourcePath::clone(file)));
    }
    let demands: Vec<Demand> = wanted.iter().map(|copy| Demand { width: copy.width, output: copy.output }).collect();
    for (copy, result) in wanted.into_iter().zip(images::encode_all(&bytes, &demands)) {
        let bytes = result.map_err(|error| PublishError::Picture { file: SourcePath::clone(file), cause: error.to_string() })?;
        cache.put(copy, &bytes);
        done.push((copy, bytes));
    }
    Ok(done)
}

/// As many locks as may be held at once; a picture always takes the same one, so that it is never encoded twice.
#[derive(Debug, Clone)]
struct Encoding(Arc<[Mutex<()>]>);

impl Default for Encoding {
    fn default() -> Self {
        Self((0..rayon::current_num_threads()).map(|_| Mutex::default()).collect())
    }
}

impl Encoding {
    fn lock(&self, file: &str) -> std::sync::MutexGuard<'_, ()> {
        let sum = file.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        self.0[sum % self.0.len()].lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A site in memory, for the preview: pictures are encoded when a browser asks for them.
#[derive(Debug, Default)]
pub struct Published {
    /// Files by path from the root without a slash.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// Files that are read from the sources.
    pub copied: BTreeMap<String, (SourcePath, Fingerprint)>,
    /// Copies of pictures by path.
    pub pictures: BTreeMap<String, Copy>,
    /// Encoded copies.
    encoded: Mutex<BTreeMap<String, Arc<[u8]>>>,
    /// Held while a picture is encoded: browsers ask for dozens at once, and each takes a core and its decoded size.
    encoding: Encoding,
    /// What copies and pictures are read from.
    sources: Arc<Sources>,
}

impl Published {
    /// A product in memory; fresh pages are taken from the site before.
    pub fn new(product: &Product, sources: Arc<Sources>, before: &Self) -> Self {
        let pages = product.pages.iter().filter_map(|page| {
            let bytes = page.rendered.as_ref().map(|(bytes, _)| bytes).or_else(|| before.files.get(&page.output))?;
            Some((page.output.clone(), Arc::clone(bytes)))
        });
        let copied = product.copied.iter().filter_map(|(source, path)| {
            let fingerprint = sources.get(source)?.fingerprint;
            Some((path.clone(), (SourcePath::clone(source), fingerprint)))
        });
        let pictures: BTreeMap<String, Copy> = product.pictures.iter().map(|copy| (copy.path.clone(), copy.clone())).collect();
        let mut encoded = before.encoded().clone();
        encoded.retain(|path, _| pictures.contains_key(path));
        Self {
            files: pages.chain(product.files.iter().cloned()).collect(),
            copied: copied.collect(),
            pictures,
            encoded: Mutex::new(encoded),
            encoding: before.encoding.clone(),
            sources,
        }
    }

    fn encoded(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        self.encoded.lock().expect("no thread panics while it holds the pictures")
    }

    /// A file's bytes; `None` where the site has no such file.
    pub fn get(&self, path: &str, cache: &PictureCache) -> Option<Result<Arc<[u8]>, PublishError>> {
        if let Some(bytes) = self.files.get(path) {
            return Some(Ok(Arc::clone(bytes)));
        }
        if let Some((source, _)) = self.copied.get(path) {
            return Some(self.sources.bytes(source).map_err(PublishError::from));
        }
        let copy = self.pictures.get(path)?;
        Some(self.picture(copy, cache))
    }

    /// A copy, encoded together with all others of its picture: decoding is half of the work.
    fn picture(&self, copy: &Copy, cache: &PictureCache) -> Result<Arc<[u8]>, PublishError> {
        let known = || self.encoded().get(&copy.path).cloned();
        if let Some(bytes) = known() {
            return Ok(bytes);
        }
        let _turn = self.encoding.lock(&copy.file);
        if let Some(bytes) = known() {
            return Ok(bytes);
        }
        let wanted: Vec<&Copy> = self.pictures.values().filter(|other| other.file == copy.file).collect();
        let made = encode(&self.sources, cache, &copy.file, &wanted)?;
        self.encoded().extend(made.into_iter().map(|(copy, bytes)| (copy.path.clone(), Arc::from(bytes))));
        Ok(known().expect("a copy is among all copies of its picture"))
    }
}
