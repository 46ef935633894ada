//! The only reader of source files: walks the shop's folders, remembers fingerprints, hands out bytes.
//!
//! A file is read and hashed only when its stat differs from the remembered one, or is so young that an equal stat
//! proves nothing (git's 'racy' rule). Pictures and downloads are hashed as streams and not kept.
#![expect(clippy::disallowed_methods, reason = "this module is the door to source files")]

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::SourcePath;
use crate::parse::SourceKind;

/// The first 128 bits of a BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 16]);

thread_local! {
    /// Kept, so that hashing a page's view needs no new memory.
    static ENCODED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Fingerprint {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::finish(&blake3::hash(bytes))
    }

    /// Of anything that can be serialised; the encoding is `MessagePack`, whose maps keep their order here.
    pub fn of_value<T: Serialize + ?Sized>(value: &T) -> Self {
        ENCODED.with_borrow_mut(|encoded| {
            encoded.clear();
            rmp_serde::encode::write(encoded, value).expect("views are plain data, and memory takes every byte");
            Self::of(encoded)
        })
    }

    /// Of several fingerprints, in order.
    pub fn join(parts: &[Self]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&part.0);
        }
        Self::finish(&hasher.finalize())
    }

    /// The first half of a hash.
    pub(crate) fn finish(hash: &blake3::Hash) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        Self(bytes)
    }

    /// The first eight hexadecimal digits, for file names.
    pub fn hex8(self) -> String {
        self.0[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the file system says of a file; equal stats of old files mean equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Nanoseconds since 1970; 0 where the system has none.
    pub ctime_ns: i64,
    /// 0 where the system has none.
    pub inode: u64,
}

impl Stat {
    /// From metadata.
    pub fn of(metadata: &fs::Metadata) -> Self {
        let since = |time: io::Result<SystemTime>| {
            let nanos = time.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_nanos();
            i64::try_from(nanos).unwrap_or(i64::MAX)
        };
        #[cfg(unix)]
        let (ctime_ns, inode) = {
            use std::os::unix::fs::MetadataExt;
            (metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()), metadata.ino())
        };
        #[cfg(not(unix))]
        let (ctime_ns, inode) = (0, 0);
        Self { size: metadata.len(), mtime_ns: since(metadata.modified()), ctime_ns, inode }
    }

    /// Whether an equal stat at `recorded_ns` proves equal bytes: it was at least two seconds old then.
    fn is_settled(&self, recorded_ns: i64) -> bool {
        let limit = recorded_ns.saturating_sub(2_000_000_000);
        self.mtime_ns < limit && self.ctime_ns < limit
    }
}

/// What is remembered of a file between builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its stat then.
    pub stat: Stat,
    /// When it was looked at, nanoseconds since 1970.
    pub recorded_ns: i64,
    /// Its bytes then.
    pub fingerprint: Fingerprint,
}

/// Remembered files by path.
pub type Records = BTreeMap<SourcePath, Record>;

/// What is known of files from before: those of this process, or records that another one has kept.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// Read by this process.
    Sources(&'a Sources),
    /// Kept by another.
    Records(&'a Records),
}

impl Known<'_> {
    fn record(&self, path: &str) -> Option<Record> {
        match self {
            Self::Sources(sources) => sources.get(path)?.record,
            Self::Records(records) => records.get(path).copied(),
        }
    }
}

/// Where a source's bytes are.
#[derive(Debug, Clone)]
enum Place {
    Disk(Arc<Path>),
    /// A file of a theme that is compiled into the program.
    Compiled(&'static [u8]),
    /// A file that is not written yet.
    Given(Arc<[u8]>),
}

/// A source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its bytes' fingerprint.
    pub fingerprint: Fingerprint,
    place: Place,
    /// What to remember for the next time; `None` for the compiled theme.
    record: Option<Record>,
    /// Kept when it was read anyway, until somebody takes it.
    bytes: Option<Arc<[u8]>>,
}

/// A source file that is parsed.
#[derive(Debug)]
pub(crate) struct SourceText {
    pub(crate) path: SourcePath,
    pub(crate) kind: SourceKind,
    pub(crate) fingerprint: Fingerprint,
    /// Where it was just read.
    pub(crate) bytes: Option<Arc<[u8]>>,
}

/// A file that is written with these bytes, or removed.
pub(crate) type Change = (SourcePath, Option<Arc<[u8]>>);

/// All source files of a shop at one moment.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: BTreeMap<SourcePath, SourceFile>,
    /// Things that are not read, for one warning each: a path and why.
    pub skipped: Vec<(SourcePath, String)>,
    digest: OnceLock<Fingerprint>,
}

/// The environment failed: a path and the cause.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{path}`: {cause}")]
pub struct FileError {
    /// `read`, `write`, …
    pub action: &'static str,
    /// The path as the user knows it.
    pub path: String,
    /// What the system said.
    pub cause: io::Error,
}

impl FileError {
    /// An error about a path.
    pub fn new(action: &'static str, path: &Path, cause: io::Error) -> Self {
        Self { action, path: path.display().to_string(), cause }
    }
}

/// Folders of a shop that hold sources.
pub const FOLDERS: [&str; 7] = ["products", "collections", "content", "data", "static", "downloads", "themes"];

/// The source folders that are there. Nothing is read, so that a watcher is not woken by it.
pub fn folders(root: &Path) -> Vec<PathBuf> {
    FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir()).collect()
}

/// The settings' file.
pub const SETTINGS: &str = "shop.yaml";
/// The discounts' file.
pub const DISCOUNTS: &str = "discounts.yaml";

/// Walks the shop and fingerprints what changed since it was `known`. With `verify`, everything is hashed.
///
/// The files of a theme come from `compiled`, where they are by path below `themes/`, if the shop has no such folder.
pub fn read(root: &Path, compiled: &[(String, &'static [u8])], known: Known<'_>, verify: bool) -> Result<Sources, FileError> {
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    for name in [SETTINGS, DISCOUNTS] {
        let place = root.join(name);
        match fs::metadata(&place) {
            Ok(metadata) => found.push((SourcePath::from(name), place, Stat::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(FileError::new("read", &place, error)),
        }
    }
    for folder in FOLDERS {
        walk(root, folder, &mut found, &mut skipped)?;
    }
    let (recorded_ns, room) = (now_ns(), AtomicUsize::new(MOST_KEPT));
    let looked_at: Vec<_> = found
        .into_par_iter()
        .map(|(path, place, stat)| fingerprint(path, place, stat, if verify { None } else { Some(known) }, recorded_ns, &room))
        .collect::<Result<_, _>>()?;
    let mut sources = Sources { skipped, files: looked_at.into_iter().flatten().collect(), digest: OnceLock::new() };
    let folder = |path: &str| format!("themes/{}/", path.split('/').next().unwrap_or(path));
    let missing: BTreeSet<String> = compiled.iter().map(|(path, _)| folder(path)).filter(|f| sources.below(f).next().is_none()).collect();
    for (path, bytes) in compiled.iter().filter(|(path, _)| missing.contains(&folder(path))) {
        let file = SourceFile { fingerprint: Fingerprint::of(bytes), place: Place::Compiled(bytes), record: None, bytes: None };
        sources.files.insert(SourcePath::from(format!("themes/{path}")), file);
    }
    Ok(sources)
}

/// The files of the shop's own formats, in order. Nothing is read.
pub fn texts(root: &Path) -> Result<Vec<(SourcePath, SourceKind)>, FileError> {
    let mut found: Vec<Found> = Vec::new();
    for folder in FOLDERS {
        walk(root, folder, &mut found, &mut Vec::new())?;
    }
    let single = [SETTINGS, DISCOUNTS].into_iter().filter(|name| root.join(name).is_file()).map(SourcePath::from);
    let paths = single.chain(found.into_iter().map(|(path, ..)| path));
    Ok(paths.filter_map(|path| SourceKind::of(&path).map(|kind| (path, kind))).collect())
}

/// The bytes of a file; `None` where there is none.
pub(crate) fn bytes_of(place: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(place) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(FileError::new("read", place, error)),
    }
}

/// The names of files right in a folder, in order; none where there is no such folder.
pub(crate) fn names_in(folder: &Path) -> Result<Vec<String>, FileError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(FileError::new("read", folder, error)),
    };
    let files = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// Where a path leads after all links; `None` where nothing is.
pub(crate) fn resolved(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// Whether a path is a link itself.
pub(crate) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// `before` with some files looked at again. `None` where that is not enough to know what there is now: for folders,
/// links and theme files that have come or gone.
pub fn refresh(root: &Path, before: &Sources, paths: &[PathBuf]) -> Option<Sources> {
    let mut sources = Sources { digest: OnceLock::new(), ..before.clone() };
    let (recorded_ns, room) = (now_ns(), AtomicUsize::new(MOST_KEPT));
    for place in paths {
        let path = relative(root, place);
        let known = sources.files.contains_key(&path);
        match fs::symlink_metadata(place) {
            Ok(metadata) if metadata.is_file() && (known || may_come(&path)) => {
                let (path, file) = fingerprint(path, place.clone(), Stat::of(&metadata), None, recorded_ns, &room).ok()??;
                sources.files.insert(path, file);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && known && !path.starts_with("themes/") => {
                sources.files.remove(&path);
            }
            // What an editor writes beside the file and removes again.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !known => {}
            _ => return None,
        }
    }
    Some(sources)
}

/// Whether a new file of this path is a source like those that a walk finds.
fn may_come(path: &str) -> bool {
    let Some((folder, rest)) = path.split_once('/') else { return path == SETTINGS || path == DISCOUNTS };
    FOLDERS.contains(&folder) && folder != "themes" && !path.contains(char::is_control) && !rest.split('/').any(|name| hides(folder, name))
}

/// A path, where it lies, and its stat.
type Found = (SourcePath, PathBuf, Stat);

fn walk(root: &Path, folder: &str, found: &mut Vec<Found>, skipped: &mut Vec<(SourcePath, String)>) -> Result<(), FileError> {
    let start = root.join(folder);
    if !start.exists() {
        return Ok(());
    }
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !hides(folder, &entry.file_name().to_string_lossy());
    for entry in walkdir::WalkDir::new(&start).follow_links(true).sort_by_file_name().into_iter().filter_entry(visible) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.loop_ancestor().is_some() => {
                let path = relative(root, error.path().unwrap_or(&start));
                skipped.push((path, "this link leads back to a folder above it".to_owned()));
                continue;
            }
            // A link to nothing, or a file that went away while we walked.
            Err(error) if error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => {
                skipped.push((relative(root, error.path().unwrap_or(&start)), "this link leads to nothing".to_owned()));
                continue;
            }
            Err(error) => {
                let path = error.path().unwrap_or(&start).to_owned();
                let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("the folder cannot be walked"));
                return Err(FileError::new("read", &path, cause));
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let path = relative(root, entry.path());
        if path.contains(char::is_control) {
            skipped.push((path, "its name has a control character; rename it".to_owned()));
            continue;
        }
        if entry.path().to_str().is_none() {
            skipped.push((path, "its name is not UTF-8; rename it".to_owned()));
            continue;
        }
        match entry.metadata() {
            Ok(metadata) => found.push((path, entry.into_path(), Stat::of(&metadata))),
            Err(_) => skipped.push((path, "it went away while it was read".to_owned())),
        }
    }
    Ok(())
}

/// Whether a name in one of the folders is no source.
fn hides(folder: &str, name: &str) -> bool {
    is_clutter(name) || (folder != "static" && name.starts_with('.'))
}

/// What systems and editors leave behind is nobody's source. Other hidden files, such as `.well-known`, are published
/// from `static/` and ignored elsewhere.
fn is_clutter(name: &str) -> bool {
    matches!(name, ".git" | ".DS_Store") || name.ends_with('~') || name.ends_with(".swp") || (name.starts_with('#') && name.ends_with('#'))
}

fn relative(root: &Path, path: &Path) -> SourcePath {
    let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
    SourcePath::from(path.replace(std::path::MAIN_SEPARATOR, "/"))
}

fn fingerprint(
    path: SourcePath,
    place: PathBuf,
    stat: Stat,
    known: Option<Known<'_>>,
    recorded_ns: i64,
    room: &AtomicUsize,
) -> Result<Option<(SourcePath, SourceFile)>, FileError> {
    let record = known.and_then(|known| known.record(&path)).filter(|record| record.stat == stat && stat.is_settled(record.recorded_ns));
    if let Some(record) = record {
        let file = SourceFile { fingerprint: record.fingerprint, place: Place::Disk(place.into()), record: Some(record), bytes: None };
        return Ok(Some((path, file)));
    }
    let (fingerprint, bytes) = match hash(&path, &place, room) {
        Ok(hashed) => hashed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::new("read", &place, error)),
    };
    let record = Some(Record { stat, recorded_ns, fingerprint });
    Ok(Some((path, SourceFile { fingerprint, place: Place::Disk(place.into()), record, bytes })))
}

/// So many bytes of texts are kept for the stage that parses them; of a large shop's others, reading them again is cheaper
/// than holding all.
const MOST_KEPT: usize = 32 << 20;

/// Texts that are going to be parsed are kept in memory, as far as there is `room`; all else is hashed as a stream.
fn hash(path: &str, place: &Path, room: &AtomicUsize) -> io::Result<(Fingerprint, Option<Arc<[u8]>>)> {
    if SourceKind::of(path).is_some() {
        let bytes = fs::read(place)?;
        let take = |left: usize| left.checked_sub(bytes.len());
        let fits = room.fetch_update(Relaxed, Relaxed, take).is_ok();
        return Ok((Fingerprint::of(&bytes), fits.then(|| bytes.into())));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(place)?)?;
    Ok((Fingerprint::finish(&hasher.finalize()), None))
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

impl Sources {
    /// A file by its path.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.get(path)
    }

    /// Of all files, by path, and of what is not read.
    pub fn digest(&self) -> Fingerprint {
        *self.digest.get_or_init(|| {
            let mut hasher = blake3::Hasher::new();
            for (path, why) in &self.skipped {
                hasher.update(path.as_bytes());
                hasher.update(why.as_bytes());
            }
            for (path, file) in &self.files {
                hasher.update(path.as_bytes());
                hasher.update(&[0]);
                hasher.update(&file.fingerprint.0);
            }
            Fingerprint::finish(&hasher.finalize())
        })
    }

    /// The paths of files that are not the same in both.
    pub fn difference(&self, other: &Self) -> Vec<SourcePath> {
        let mut found = Vec::new();
        let (mut old, mut new) = (self.files.iter().peekable(), other.files.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return found,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((before, _)), Some((after, _))) => before.cmp(after),
            };
            let before = if order.is_le() { old.next() } else { None };
            let after = if order.is_ge() { new.next() } else { None };
            let fingerprint = |file: Option<(&SourcePath, &SourceFile)>| file.map(|(_, file)| file.fingerprint);
            if fingerprint(before) != fingerprint(after) {
                found.extend(before.or(after).map(|(path, _)| SourcePath::clone(path)));
            }
        }
    }

    /// The sources as they would be with some files written, or removed.
    #[must_use]
    pub(crate) fn with(&self, changes: &[Change]) -> Self {
        let mut sources = Self { digest: OnceLock::new(), ..self.clone() };
        for (path, bytes) in changes {
            match bytes {
                Some(bytes) => {
                    let fingerprint = Fingerprint::of(bytes);
                    let file = SourceFile { fingerprint, place: Place::Given(Arc::clone(bytes)), record: None, bytes: None };
                    sources.files.insert(SourcePath::clone(path), file);
                }
                None => drop(sources.files.remove(path)),
            }
        }
        sources
    }

    /// What to remember for the next time.
    pub fn records(&self) -> Records {
        self.files.iter().filter_map(|(path, file)| Some((SourcePath::clone(path), file.record?))).collect()
    }

    /// The files that are parsed, with the bytes that were kept of those that were just read.
    pub(crate) fn take_texts(&mut self) -> Vec<SourceText> {
        let texts = self.files.iter_mut().filter_map(|(path, file)| Some((path, SourceKind::of(path)?, file)));
        let text = |(path, kind, file): (&SourcePath, SourceKind, &mut SourceFile)| SourceText {
            path: SourcePath::clone(path),
            kind,
            fingerprint: file.fingerprint,
            bytes: file.bytes.take(),
        };
        texts.map(text).collect()
    }

    /// All files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePath, &SourceFile)> {
        self.files.iter()
    }

    /// The files below a folder, `folder/` included in the argument.
    pub fn below<'a, 'f>(&'a self, folder: &'f str) -> impl Iterator<Item = (&'a SourcePath, &'a SourceFile)> + use<'a, 'f> {
        let from = (std::ops::Bound::Included(folder), std::ops::Bound::Unbounded);
        self.files.range::<str, _>(from).take_while(move |(path, _)| path.starts_with(folder))
    }

    /// A file's bytes; the file system is asked only where they were not kept.
    pub fn bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let missing = || FileError::new("read", Path::new(path), io::ErrorKind::NotFound.into());
        self.files.get(path).ok_or_else(missing)?.bytes()
    }
}

impl SourceFile {
    /// The bytes.
    pub fn bytes(&self) -> Result<Arc<[u8]>, FileError> {
        match (&self.bytes, &self.place) {
            (Some(bytes), _) => Ok(Arc::clone(bytes)),
            (None, Place::Compiled(bytes)) => Ok(Arc::from(*bytes)),
            (None, Place::Given(bytes)) => Ok(Arc::clone(bytes)),
            (None, Place::Disk(place)) => fs::read(place).map(Arc::from).map_err(|error| FileError::new("read", place, error)),
        }
    }

    /// The bytes, if they are still those that were fingerprinted.
    pub fn same_bytes(&self) -> Result<Arc<[u8]>, String> {
        let bytes = self.bytes().map_err(|error| error.to_string())?;
        if Fingerprint::of(&bytes) == self.fingerprint {
            Ok(bytes)
        } else {
            Err("it changed while the shop was built; build again".to_owned())
        }
    }

    /// The first `most` bytes, for what can be told from a header.
    pub fn head(&self, most: u64) -> Result<Vec<u8>, FileError> {
        use io::Read;
        match &self.place {
            Place::Compiled(bytes) => Ok(bytes.to_vec()),
            Place::Given(bytes) => Ok(bytes.to_vec()),
            Place::Disk(place) => {
                let read = || {
                    let mut head = Vec::new();
                    fs::File::open(place)?.take(most).read_to_end(&mut head)?;
                    Ok(head)
                };
                read().map_err(|error| FileError::new("read", place, error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(dir.path().join("products/kitchen")).expect("a folder");
        fs::write(dir.path().join("shop.yaml"), "name: X").expect("a file");
        fs::write(dir.path().join("products/kitchen/mug.yaml"), "title: Mug").expect("a file");
        fs::write(dir.path().join("products/.hidden.yaml"), "").expect("a file");
        dir
    }

    #[test]
    fn walks_and_remembers() {
        let dir = shop();
        let first =
            read(dir.path(), &[("default/templates/x.html".to_owned(), b"<p>")], Known::Records(&Records::new()), false).expect("readable");
        let paths: Vec<_> = first.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(paths, ["products/kitchen/mug.yaml", "shop.yaml", "themes/default/templates/x.html"]);
        // A young record proves nothing: a change of equal size within the same moment is found.
        fs::write(dir.path().join("shop.yaml"), "name: Y").expect("a file");
        let second = read(dir.path(), &[], Known::Sources(&first), false).expect("readable");
        assert_ne!(first.get("shop.yaml").expect("a file").fingerprint, second.get("shop.yaml").expect("a file").fingerprint);
    }

    #[test]
    fn a_settled_record_stands_without_reading() {
        let dir = shop();
        let first = read(dir.path(), &[], Known::Records(&Records::new()), false).expect("readable");
        let mut records = first.records();
        let record = records.get_mut("shop.yaml").expect("a record");
        record.recorded_ns += 10_000_000_000;
        record.fingerprint = Fingerprint([7; 16]);
        let second = read(dir.path(), &[], Known::Records(&records), false).expect("readable");
        assert_eq!(second.get("shop.yaml").expect("a file").fingerprint, Fingerprint([7; 16]));
        let verified = read(dir.path(), &[], Known::Records(&records), true).expect("readable");
        assert_ne!(verified.get("shop.yaml").expect("a file").fingerprint, Fingerprint([7; 16]));
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_told_and_left_alone() {
        let dir = shop();
        std::os::unix::fs::symlink(dir.path().join("products"), dir.path().join("products/kitchen/again")).expect("a link");
        let sources = read(dir.path(), &[], Known::Records(&Records::new()), false).expect("readable");
        assert_eq!(sources.skipped.len(), 1);
    }
}
