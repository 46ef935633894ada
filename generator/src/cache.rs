//! What is remembered between builds, and its file. A missing, old or damaged file means a slower build, nothing else.
#![expect(clippy::disallowed_methods, reason = "this module is the door to the cache")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, SourcePath, with_file};
use crate::parse::Parsed;
use crate::pictures::{Copy, Probes};
use crate::render::Question;
use crate::source::{FileError, Fingerprint, Records};

/// A parsed file and what was said about it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ParsedFile {
    /// The value.
    pub value: Arc<Parsed>,
    /// Mistakes in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is remembered of a rendered page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRecord {
    /// Of what is the same for all pages: program, templates, texts, `site`.
    pub common: Fingerprint,
    /// Of its view.
    pub view: Fingerprint,
    /// What it asked, and what the answers were.
    pub reads: Vec<(Question, Fingerprint)>,
    /// Copies of pictures that it shows.
    pub copies: Vec<Copy>,
    /// Of its bytes.
    pub output: Fingerprint,
}

/// Everything that is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    /// Source files by path.
    pub records: Records,
    /// Parsed files by path, each for one fingerprint.
    pub parsed: BTreeMap<SourcePath, (Fingerprint, Arc<ParsedFile>)>,
    /// Pages by output path.
    pub pages: BTreeMap<String, PageRecord>,
    /// Pictures' headers.
    pub probes: Probes,
}

/// The form of the file: parsed files are encoded one by one, so that they are decoded on all cores.
#[derive(Serialize, Deserialize)]
struct Stored {
    records: Records,
    parsed: Vec<(SourcePath, Fingerprint, Vec<u8>)>,
    pages: BTreeMap<String, PageRecord>,
    probes: Probes,
}

/// Stands at the start of the file: another program's cache is not read.
const MAGIC: &str = concat!("shopfront-cache ", env!("SHOPFRONT_BUILD_ID"), "\n");
const HASH_BYTES: usize = 32;

impl Memory {
    /// Reads the cache; whatever is wrong with it, the answer is an empty memory.
    pub fn load(path: &Path) -> Self {
        fs::read(path).ok().and_then(|bytes| Self::decode(&bytes)).unwrap_or_default()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC.as_bytes())?;
        let (hash, payload) = rest.split_at_checked(HASH_BYTES)?;
        if blake3::hash(payload).as_bytes() != hash {
            return None;
        }
        let stored: Stored = bitcode::deserialize(payload).ok()?;
        let parsed = stored.parsed.into_par_iter().map(|(path, fingerprint, bytes)| {
            let file: ParsedFile = with_file(&path, || bitcode::deserialize(&bytes)).ok()?;
            Some((path, (fingerprint, Arc::new(file))))
        });
        Some(Self { records: stored.records, parsed: parsed.collect::<Option<_>>()?, pages: stored.pages, probes: stored.probes })
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let parsed = self.parsed.par_iter().map(|(path, (fingerprint, file))| {
            let bytes = bitcode::serialize(&**file).ok()?;
            Some((SourcePath::clone(path), *fingerprint, bytes))
        });
        let stored = Stored {
            records: self.records.clone(),
            parsed: parsed.collect::<Option<_>>()?,
            pages: self.pages.clone(),
            probes: self.probes.clone(),
        };
        let payload = bitcode::serialize(&stored).ok()?;
        Some([MAGIC.as_bytes(), blake3::hash(&payload).as_bytes(), &payload].concat())
    }

    /// Writes the cache whole: a reader sees the old file or the new one.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let Some(bytes) = self.encode() else { return Ok(()) };
        write_whole(path, &bytes)
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let fail = |error| FileError::new("write", path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path)).map_err(|error| {
        let _ = fs::remove_file(&temporary);
        fail(error)
    })
}

/// Encoded copies of pictures by name; names carry the content's hash, so an entry is never stale.
#[derive(Debug, Clone)]
pub struct PictureCache {
    folder: PathBuf,
}

impl PictureCache {
    /// In a folder that is made when the first copy is kept.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A copy that was kept and is whole.
    pub fn get(&self, copy: &Copy) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path(copy)).ok()?;
        let (hash, payload) = bytes.split_at_checked(HASH_BYTES)?;
        (blake3::hash(payload).as_bytes() == hash).then(|| payload.to_vec())
    }

    /// Keeps a copy; a full disk only makes the next build slower.
    pub fn put(&self, copy: &Copy, bytes: &[u8]) {
        let _ = write_whole(&self.path(copy), &[blake3::hash(bytes).as_bytes(), bytes].concat());
    }

    fn path(&self, copy: &Copy) -> PathBuf {
        self.folder.join(copy.path.trim_start_matches("img/"))
    }
}

/// Holds the lock of a shop's working folder; it is given back when this is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the open file is the lock")] fs::File);

/// Waits for the lock that one build step holds at a time.
pub fn lock(folder: &Path) -> Result<Lock, FileError> {
    let path = folder.join("lock");
    let fail = |error| FileError::new("lock", &path, error);
    fs::create_dir_all(folder).map_err(fail)?;
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    file.lock().map_err(fail)?;
    Ok(Lock(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_cache_is_an_empty_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("cache/x.bin");
        let mut memory = Memory::default();
        memory.pages.insert(
            "index.html".to_owned(),
            PageRecord {
                common: Fingerprint([1; 16]),
                view: Fingerprint([3; 16]),
                reads: vec![],
                copies: vec![],
                output: Fingerprint([2; 16]),
            },
        );
        memory.save(&path).expect("written");
        assert_eq!(Memory::load(&path).pages, memory.pages);
        let bytes = fs::read(&path).expect("the cache");
        for at in [0, 20, MAGIC.len() + 3, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).expect("written");
            assert!(Memory::load(&path).pages.is_empty(), "byte {at}");
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        assert!(Memory::load(&path).pages.is_empty());
        assert!(Memory::load(&dir.path().join("none")).pages.is_empty());
    }
}
