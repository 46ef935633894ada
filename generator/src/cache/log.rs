//! Parsed files on the disk: a log of encoded forms that is only added to, and an index of it. Each form is checked when
//! it is read; a missing, old or damaged one is parsed again.
#![expect(clippy::disallowed_methods, reason = "this module is a part of the door to the cache")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{ParsedFile, read_checked, write_checked};
use crate::diagnostic::SourcePath;
use crate::source::{FileError, Fingerprint};

/// Where a parsed file's encoded form lies in the log.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Slot {
    /// Of the source's bytes.
    fingerprint: Fingerprint,
    offset: u64,
    length: u32,
    /// Of the encoded form.
    check: Fingerprint,
}

/// Parsed files on the disk: a log of encoded forms and its index.
#[derive(Debug)]
pub(crate) struct Stored {
    folder: PathBuf,
    slots: FxHashMap<SourcePath, Slot>,
    /// Read when the first form is asked for.
    log: OnceLock<Vec<u8>>,
    /// Whether a form was not what was written; then all are written anew.
    damaged: AtomicBool,
    /// Whether what is parsed now is here and nowhere else.
    pub(super) is_aside: bool,
}

/// Forms that nobody needs any more may take this much, and as much again as those that somebody does.
const MOST_WASTE: u64 = 1 << 20;

impl Stored {
    pub(super) fn open(profile: &Path) -> Self {
        let folder = profile.parent().unwrap_or(Path::new("")).to_owned();
        let slots = read_checked::<Vec<(SourcePath, Slot)>>(&folder.join("parsed.index")).unwrap_or_default();
        Self { folder, slots: slots.into_iter().collect(), log: OnceLock::new(), damaged: AtomicBool::new(false), is_aside: false }
    }

    pub(super) fn is_beside(&self, profile: &Path) -> bool {
        profile.parent() == Some(&*self.folder)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("parsed.log")
    }

    fn log(&self) -> &[u8] {
        self.log.get_or_init(|| fs::read(self.log_path()).unwrap_or_default())
    }

    fn bytes(&self, slot: &Slot) -> Option<&[u8]> {
        let start = usize::try_from(slot.offset).ok()?;
        let bytes = self.log().get(start..start.checked_add(slot.length as usize)?)?;
        (Fingerprint::of(bytes) == slot.check).then_some(bytes)
    }

    pub(super) fn read(&self, path: &SourcePath, fingerprint: Fingerprint) -> Option<ParsedFile> {
        let slot = self.slots.get(path).filter(|slot| slot.fingerprint == fingerprint)?;
        let found = self.bytes(slot).and_then(|bytes| ParsedFile::decode(path, fingerprint, bytes));
        if found.is_none() {
            self.damaged.store(true, Ordering::Relaxed);
        }
        found
    }

    /// Makes the log hold the forms of exactly these files, and the index name them.
    pub(super) fn keep(&mut self, parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>) -> Result<(), FileError> {
        self.is_aside = false;
        let damaged = self.damaged.swap(false, Ordering::Relaxed);
        if damaged {
            self.slots.clear();
        }
        let has = |path: &SourcePath, file: &ParsedFile| self.slots.get(path).is_some_and(|slot| slot.fingerprint == file.fingerprint);
        let new: Vec<_> = parsed.iter().filter(|(path, file)| !has(path, file)).collect();
        if new.is_empty() && self.slots.len() == parsed.len() {
            return Ok(());
        }
        let kept: u64 = parsed.keys().filter_map(|path| self.slots.get(path)).map(|slot| u64::from(slot.length)).sum();
        let length = fs::metadata(self.log_path()).map_or(0, |metadata| metadata.len());
        let fail = |error| FileError::new("write", &self.log_path(), error);
        fs::create_dir_all(&self.folder).map_err(fail)?;
        let mut slots: FxHashMap<SourcePath, Slot> = FxHashMap::default();
        if damaged || length > kept * 2 + MOST_WASTE {
            // The waste is left behind: a new log, then its index. Between the two the old index finds nothing whole.
            let temporary = self.folder.join(format!("parsed.{}.tmp", std::process::id()));
            let mut write = || {
                let mut log = std::io::BufWriter::new(fs::File::create(&temporary)?);
                let old = parsed.iter().filter_map(|(path, file)| {
                    let slot = self.slots.get(path).filter(|slot| slot.fingerprint == file.fingerprint)?;
                    Some((path, *slot, self.bytes(slot)?))
                });
                let mut offset = 0;
                for (path, slot, bytes) in old {
                    log.write_all(bytes)?;
                    slots.insert(SourcePath::clone(path), Slot { offset, ..slot });
                    offset += u64::from(slot.length);
                }
                append(&mut log, offset, &new, &mut slots)?;
                log.flush()?;
                fs::rename(&temporary, self.log_path())
            };
            write().map_err(|error| {
                let _ = fs::remove_file(&temporary);
                fail(error)
            })?;
        } else {
            slots.extend(parsed.keys().filter_map(|path| Some((SourcePath::clone(path), *self.slots.get(path)?))));
            let mut write = || {
                let log = fs::OpenOptions::new().create(true).append(true).open(self.log_path())?;
                let mut log = std::io::BufWriter::with_capacity(1 << 18, log);
                append(&mut log, length, &new, &mut slots)?;
                log.flush()
            };
            write().map_err(fail)?;
        }
        let mut index: Vec<(&SourcePath, &Slot)> = slots.iter().collect();
        index.sort_unstable_by_key(|(path, _)| *path);
        write_checked(&self.folder.join("parsed.index"), &index)?;
        self.slots = slots;
        self.log = OnceLock::new();
        Ok(())
    }
}

/// How many forms are encoded before they are written.
const BATCH: usize = 512;

fn append(
    log: &mut impl std::io::Write,
    mut offset: u64,
    files: &[(&SourcePath, &Arc<ParsedFile>)],
    slots: &mut FxHashMap<SourcePath, Slot>,
) -> std::io::Result<()> {
    for batch in files.chunks(BATCH) {
        let encode = |(path, file): &(&SourcePath, &Arc<ParsedFile>)| {
            let bytes = file.encode()?;
            Some((SourcePath::clone(path), file.fingerprint, Fingerprint::of(&bytes), bytes))
        };
        let encoded: Vec<_> = batch.par_iter().filter_map(encode).collect();
        for (path, fingerprint, check, bytes) in encoded {
            log.write_all(&bytes)?;
            let length = u32::try_from(bytes.len()).unwrap_or(0);
            slots.insert(path, Slot { fingerprint, offset, length, check });
            offset += bytes.len() as u64;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Memory;

    #[test]
    fn the_log_is_written_anew_when_most_of_it_is_waste() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("x.bin");
        let file = SourcePath::from("content/about.md");
        let mut largest = 0;
        for round in 0..40_u8 {
            let text = format!("---\ntitle: About\n---\n\n{}\n", format!("Words {round}. ").repeat(8_000));
            let (value, diagnostics) = crate::parse::parse(crate::parse::SourceKind::Page, &file, text.as_bytes());
            let fingerprint = Fingerprint([round; 16]);
            let mut memory = Memory::load(&path);
            memory.hold_parsed([(SourcePath::clone(&file), Arc::new(ParsedFile::new(fingerprint, value, diagnostics)))].into());
            memory.save(&path).expect("written");
            assert!(Memory::load(&path).parsed_file(&file, fingerprint).is_some());
            largest = largest.max(fs::metadata(dir.path().join("parsed.log")).expect("a log").len());
        }
        assert!(largest < 2 * MOST_WASTE, "{largest}");
    }
}
