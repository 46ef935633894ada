//! What is remembered between builds, and its files. A missing, old or damaged file means a slower build, nothing else.
//!
//! Parsed files are kept for all profiles together: their encoded forms one after the other in a log that is only added
//! to, and an index of it. Each form is checked when it is read. What a profile remembers beside them is one small file.
#![expect(clippy::disallowed_methods, reason = "this module is the door to the cache")]

mod log;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::checks::Inspections;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Code, Diagnostic, Severity, SourcePath, Span, with_file};
use crate::edition::Prepared;
use crate::git::History;
use crate::index::Resolved;
use crate::output::bundle::ShardMemory;
use crate::output::filters::FilterMemory;
use crate::output::search::SearchMemory;
use crate::pages::{PageMemory, Pass, PassError};
use crate::parse::Parsed;
use crate::pictures::{Blurs, Copy, KnownBlurs, Probes};
use crate::rows::{Files, Rows};
use crate::source::{FileError, Fingerprint, Records, Sources};
use crate::theme::AssetMemory;
use crate::{Outcome, Summary};
pub(crate) use log::Stored;

/// A parsed file and what was said about it.
#[derive(Debug)]
pub struct ParsedFile {
    /// Of its bytes.
    pub fingerprint: Fingerprint,
    /// Of what other files can see of it.
    pub outline: Fingerprint,
    /// The value.
    pub value: Parsed,
    /// Mistakes in it.
    pub diagnostics: Vec<Diagnostic>,
}

impl ParsedFile {
    /// A file's value, and what was said about it.
    pub fn new(fingerprint: Fingerprint, value: Parsed, diagnostics: Vec<Diagnostic>) -> Self {
        let outline = value.outline().unwrap_or(fingerprint);
        Self { fingerprint, outline, value, diagnostics }
    }

    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        rmp_serde::to_vec(&(self.outline, &self.value, &self.diagnostics)).ok()
    }

    pub(super) fn decode(path: &SourcePath, fingerprint: Fingerprint, bytes: &[u8]) -> Option<Self> {
        let (outline, value, diagnostics) = with_file(path, || rmp_serde::from_slice(bytes)).ok()?;
        Some(Self { fingerprint, outline, value, diagnostics })
    }
}

/// The last build that had no error: while nothing that it read is another, there is nothing to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Last {
    /// Of all sources and options.
    pub inputs: Fingerprint,
    /// From this instant on its output is right, seconds since 1970.
    pub from: i64,
    /// Before this instant.
    pub until: Option<i64>,
    /// Of the output's and the bundle's manifests.
    pub outputs: Fingerprint,
    /// Warnings.
    pub diagnostics: Vec<StoredDiagnostic>,
    /// What it said at its end.
    pub summary: Summary,
}

impl Last {
    /// Of a build without an error at an instant.
    pub(crate) fn of(inputs: Fingerprint, outputs: Fingerprint, now: i64, outcome: &Outcome) -> Self {
        let diagnostics = outcome.diagnostics.iter().map(StoredDiagnostic::from).collect();
        Self { inputs, from: now, until: outcome.next_change, outputs, diagnostics, summary: outcome.summary }
    }

    /// Whether a build of these inputs at an instant would give the same. The time before it is not known to.
    pub(crate) fn holds_at(&self, inputs: Fingerprint, now: i64) -> bool {
        self.inputs == inputs && now >= self.from && self.until.is_none_or(|until| now < until)
    }
}

/// A place that carries its file.
type Place = (SourcePath, u32, u32);

/// A diagnostic whose places carry their files, which may be several.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredDiagnostic {
    code: Code,
    severity: Severity,
    rule: Option<Rule>,
    message: String,
    span: Option<Place>,
    file: SourcePath,
    label: String,
    related: Vec<(Place, String)>,
    help: Option<String>,
}

impl From<&Diagnostic> for StoredDiagnostic {
    fn from(told: &Diagnostic) -> Self {
        let place = |span: &Span| (SourcePath::clone(&span.file), span.start, span.end);
        Self {
            code: told.code,
            severity: told.severity,
            rule: told.rule,
            message: told.message.clone(),
            span: told.span.as_ref().map(place),
            file: SourcePath::clone(&told.file),
            label: told.label.clone(),
            related: told.related.iter().map(|(span, text)| (place(span), text.clone())).collect(),
            help: told.help.clone(),
        }
    }
}

impl From<&StoredDiagnostic> for Diagnostic {
    fn from(stored: &StoredDiagnostic) -> Self {
        let span = |(file, start, end): &Place| Span { file: SourcePath::clone(file), start: *start, end: *end };
        Self {
            code: stored.code,
            severity: stored.severity,
            rule: stored.rule,
            message: stored.message.clone(),
            span: stored.span.as_ref().map(span),
            file: SourcePath::clone(&stored.file),
            label: stored.label.clone(),
            related: stored.related.iter().map(|(place, text)| (span(place), text.clone())).collect(),
            help: stored.help.clone(),
        }
    }
}

/// Everything that is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    /// The sources of the last build of this process.
    pub sources: Option<Arc<Sources>>,
    /// Source files by path, as another process has kept them.
    pub records: Records,
    /// Parsed files by path.
    pub parsed: BTreeMap<SourcePath, Arc<ParsedFile>>,
    /// Pages by output path.
    pub pages: PageMemory,
    /// Pictures' headers.
    pub probes: Probes,
    /// What pictures look like from afar.
    pub blurs: Arc<Blurs>,
    /// The theme's assets.
    pub assets: AssetMemory,
    /// The bundle's shards.
    pub shards: ShardMemory,
    /// The search's files.
    pub search: SearchMemory,
    /// The cards of filters.
    pub filters: FilterMemory,
    /// The last build without an error.
    pub last: Option<Last>,
    /// What `check` and `serve` saw on pages.
    pub inspections: Inspections,
    /// What git says, where the settings ask for it.
    pub history: Option<History>,
    /// Whether it is what was read from the disk, so that nothing has to be written.
    is_as_read: bool,
    /// Parsed files on the disk.
    pub(crate) stored: Option<Stored>,
    /// Products as they were, with all that they refer to; not kept for other processes.
    pub(crate) resolved: Resolved,
    /// Pages of rows of data; not kept for other processes.
    pub(crate) rows: Rows,
    /// The templates as they were; not kept for other processes.
    pub(crate) prepared: Option<Arc<Prepared>>,
}

/// The form of a profile's file.
#[derive(Serialize, Deserialize)]
struct Profile {
    records: Records,
    pages: PageMemory,
    probes: Probes,
    blurs: KnownBlurs,
    assets: AssetMemory,
    shards: ShardMemory,
    search: SearchMemory,
    filters: FilterMemory,
    last: Option<Last>,
    inspections: Inspections,
    history: Option<History>,
}

/// Stands at the start of each file: another program's cache is not read.
const MAGIC: &str = concat!("shopfront-cache ", env!("SHOPFRONT_BUILD_ID"), "\n");
const HASH_BYTES: usize = 32;

impl Memory {
    /// Reads a profile's cache and the parsed files beside it; whatever is wrong with them is as if it were not there.
    pub fn load(path: &Path) -> Self {
        let stored = Some(Stored::open(path));
        let Some(profile) = read_checked::<Profile>(path) else { return Self { stored, ..Self::default() } };
        let Profile { records, pages, probes, blurs, assets, shards, search, filters, last, inspections, history } = profile;
        let blurs = Arc::new(Blurs::new(blurs));
        Self { records, pages, probes, blurs, assets, shards, search, filters, last, inspections, history, stored, ..Self::default() }
    }

    /// Takes what a way over the pages saw, as far as it has left records of them: without a record the page is as it was before, and so is
    /// what was seen of it.
    pub(crate) fn look(&mut self, seen: Inspections, made: &Result<Pass, PassError>) {
        match made {
            Ok(_) => self.inspections = seen,
            Err(PassError::Stopped) => self.inspections.add(seen),
            Err(PassError::Mistakes(_) | PassError::Write(_)) => {}
        }
    }

    /// Writes the cache whole: a reader sees the old file or the new one.
    pub fn save(&mut self, path: &Path) -> Result<(), FileError> {
        if self.is_as_read {
            return Ok(());
        }
        let mut stored = self.stored.take().filter(|stored| stored.is_beside(path)).unwrap_or_else(|| Stored::open(path));
        // A build that had nothing to do has parsed nothing; what the disk holds is still right.
        if !stored.is_aside && !self.parsed.is_empty() {
            stored.keep(&self.parsed)?;
        }
        self.stored = Some(stored);
        let profile = Profile {
            records: self.sources.as_ref().map_or_else(|| self.records.clone(), |sources| sources.records()),
            pages: std::mem::take(&mut self.pages),
            probes: std::mem::take(&mut self.probes),
            blurs: self.blurs.known(),
            assets: std::mem::take(&mut self.assets),
            shards: std::mem::take(&mut self.shards),
            search: std::mem::take(&mut self.search),
            filters: std::mem::take(&mut self.filters),
            last: self.last.take(),
            inspections: std::mem::take(&mut self.inspections),
            history: self.history.take(),
        };
        let written = write_checked(path, &profile);
        let Profile { pages, probes, assets, shards, search, filters, last, inspections, history, .. } = profile;
        (self.pages, self.probes, self.assets, self.shards) = (pages, probes, assets, shards);
        (self.search, self.filters, self.last) = (search, filters, last);
        (self.inspections, self.history) = (inspections, history);
        written
    }

    /// Takes what was found of the sources when there was nothing else to do.
    pub(crate) fn hold_unchanged(&mut self, sources: Arc<Sources>) {
        self.is_as_read = self.sources.is_none() && sources.records() == self.records;
        self.sources = Some(sources);
    }

    /// Takes what is parsed now.
    pub(crate) fn hold_parsed(&mut self, parsed: BTreeMap<SourcePath, Arc<ParsedFile>>) {
        self.is_as_read = false;
        self.parsed = parsed;
        if let Some(stored) = &mut self.stored {
            stored.is_aside = false;
        }
    }

    /// Writes parsed files to the disk and holds them no longer: the site has what it needs of them. Where there is no place
    /// on the disk for them, they stay.
    pub(crate) fn put_parsed_aside(&mut self) {
        let Some(stored) = &mut self.stored else { return };
        if stored.keep(&self.parsed).is_ok() {
            stored.is_aside = true;
            self.parsed = BTreeMap::new();
            self.resolved = Resolved::default();
        }
    }

    /// All parsed files, and the pages that sections make of rows.
    pub fn with_rows(&mut self, sources: &Sources) -> Cow<'_, Files> {
        self.rows.join(&self.parsed, sources).0
    }

    /// A parsed file as it was remembered, in memory or on the disk, if its bytes are the same.
    pub(crate) fn parsed_file(&self, path: &SourcePath, fingerprint: Fingerprint) -> Option<Arc<ParsedFile>> {
        if let Some(known) = self.parsed.get(path).filter(|known| known.fingerprint == fingerprint) {
            return Some(Arc::clone(known));
        }
        self.stored.as_ref()?.read(path, fingerprint).map(Arc::new)
    }
}

fn read_checked<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    let bytes = fs::read(path).ok()?;
    let rest = bytes.strip_prefix(MAGIC.as_bytes())?;
    let (hash, payload) = rest.split_at_checked(HASH_BYTES)?;
    if blake3::hash(payload).as_bytes() != hash {
        return None;
    }
    bitcode::deserialize(payload).ok()
}

fn write_checked<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    let Ok(payload) = bitcode::serialize(value) else { return Ok(()) };
    write_whole(path, &[MAGIC.as_bytes(), blake3::hash(&payload).as_bytes(), &payload])
}

fn write_whole(path: &Path, parts: &[&[u8]]) -> Result<(), FileError> {
    let fail = |error| FileError::new("write", path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
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
        let _ = write_whole(&self.path(copy), &[blake3::hash(bytes).as_bytes(), bytes]);
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
        memory.shards.insert(Fingerprint([1; 16]), "shard.1.jsonl".to_owned());
        let file = SourcePath::from("content/about.md");
        let (value, diagnostics) = crate::parse::parse(crate::parse::SourceKind::Page, &file, b"---\ntitle: About\n---\n\nWords.\n");
        let fingerprint = Fingerprint([2; 16]);
        memory.parsed.insert(SourcePath::clone(&file), Arc::new(ParsedFile::new(fingerprint, value, diagnostics)));
        memory.save(&path).expect("written");
        let again = Memory::load(&path);
        assert_eq!(again.shards, memory.shards);
        assert_eq!(again.parsed_file(&file, fingerprint).expect("kept").value, memory.parsed[&file].value);
        assert!(again.parsed_file(&file, Fingerprint([3; 16])).is_none(), "of other bytes");
        for name in ["x.bin", "parsed.index", "parsed.log"] {
            let place = dir.path().join("cache").join(name);
            let bytes = fs::read(&place).expect("the cache");
            for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1;
                fs::write(&place, &damaged).expect("written");
                let found = Memory::load(&path);
                let is_whole = found.shards == memory.shards && found.parsed_file(&file, fingerprint).is_some();
                assert!(!is_whole, "byte {at} of {name}");
                fs::write(&place, &bytes[..at]).expect("written");
                assert!(Memory::load(&path).parsed_file(&file, fingerprint).is_none() || name == "x.bin", "{at} bytes of {name}");
            }
            fs::write(&place, &bytes).expect("written");
        }
        assert!(Memory::load(&dir.path().join("none")).shards.is_empty());
    }
}
