//! The only writer of output: into a folder, whole files at a time, or into memory for the preview.
//!
//! A folder's manifest lies in the folder itself, so that it survives the cache. Files are staged in the same folder as
//! they are made and moved into place together, so that a build with a mistake changes nothing and none has to hold its
//! pages. A path is entered before its file is there. Files that the manifest does not name are never touched.
#![expect(clippy::disallowed_methods, reason = "this module is the door to the output")]

mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::source::{FileError, Fingerprint, Stat};
use manifest::{Entry, HEADER};

/// The manifest's name; uploads leave it out.
pub const MANIFEST: &str = ".shopfront-manifest";
const TEMPORARY: &str = ".shopfront-tmp";
/// In that folder, the files below names that are not there yet, in their folders.
const TREE: &str = "tree";

/// Where finished files go.
pub trait Sink: Sync {
    /// Whether the file at `path` is the one that was put there with this fingerprint.
    fn holds(&self, path: &str, fingerprint: Fingerprint) -> bool;
    /// Whether the file at `path` is the one that was put there, for names that carry their content.
    fn has(&self, path: &str) -> bool;
    /// Keeps a file that it holds.
    fn keep(&self, path: &str);
    /// Makes sure that the file at `path` will have these bytes, of this fingerprint.
    fn put(&self, path: &str, bytes: &[u8], fingerprint: Fingerprint) -> Result<(), WriteError>;
}

/// Keeps everything in memory, for a preview.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<String, Vec<u8>>>);

impl InMemory {
    /// What was put, by path.
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.0.into_inner().expect("no thread panics while it holds the files")
    }
}

impl Sink for InMemory {
    fn holds(&self, _: &str, _: Fingerprint) -> bool {
        false
    }

    fn has(&self, _: &str) -> bool {
        false
    }

    fn keep(&self, _: &str) {}

    fn put(&self, path: &str, bytes: &[u8], _: Fingerprint) -> Result<(), WriteError> {
        self.0.lock().expect("no thread panics while it holds the files").insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// Takes everything and keeps nothing, for passes that only look for mistakes.
#[derive(Debug)]
pub struct Nowhere;

impl Sink for Nowhere {
    fn holds(&self, _: &str, _: Fingerprint) -> bool {
        true
    }

    fn has(&self, _: &str) -> bool {
        true
    }

    fn keep(&self, _: &str) {}

    fn put(&self, _: &str, _: &[u8], _: Fingerprint) -> Result<(), WriteError> {
        Ok(())
    }
}

/// A folder that is being written. New bytes are staged beside their places and moved there together by
/// [`Folder::commit`]; a folder that is dropped before that is as it was.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// The names right in it, whoever wrote them.
    taken: BTreeSet<String>,
    before: BTreeMap<String, Entry>,
    after: Mutex<BTreeMap<String, Entry>>,
    staged: Mutex<Vec<Staged>>,
    /// Made before the first file is staged, removed in the end.
    stage: OnceLock<Result<(), String>>,
    temporary: AtomicU64,
    is_new: bool,
}

/// Bytes that wait for their place.
#[derive(Debug)]
struct Staged {
    path: String,
    temporary: PathBuf,
    fingerprint: Fingerprint,
    /// As it was when it lay in the tree of the stage, whose folders are moved as they are.
    in_tree: Option<Stat>,
}

/// What writing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Files whose bytes changed or that are new.
    pub written: usize,
    /// Files that are as they were.
    pub unchanged: usize,
    /// Files that are no longer produced.
    pub pruned: usize,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// Something that we did not write is in the way.
    #[error("`{0}` is in the way and was not written by shopfront; move it, or build into another folder with `--out`")]
    Stranger(String),
}

impl Folder {
    /// Looks at a folder: what it holds by its manifest. Nothing is written yet.
    pub fn look(root: &Path) -> Result<Self, WriteError> {
        let (manifest, stage) = (root.join(MANIFEST), root.join(TEMPORARY));
        // What a killed build has left must not be published with the site.
        clear(&stage).map_err(|error| FileError::new("clear", &stage, error))?;
        let (before, is_new) = match fs::read_to_string(&manifest) {
            Ok(text) => (manifest::parse(&text), false),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => (BTreeMap::new(), false),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => (BTreeMap::new(), true),
            Err(error) => return Err(FileError::new("read", &manifest, error).into()),
        };
        let names = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        Ok(Self {
            root: root.to_owned(),
            taken: names.collect(),
            before,
            after: Mutex::default(),
            staged: Mutex::default(),
            stage: OnceLock::new(),
            temporary: AtomicU64::new(0),
            is_new,
        })
    }

    /// What is in the way of a path and was not written by us: the file itself, or a file where a folder has to be.
    fn stranger(&self, path: &str) -> Option<PathBuf> {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        for folder in folders {
            let at = self.root.join(folder);
            match at.symlink_metadata() {
                Ok(metadata) if metadata.is_dir() || at.is_dir() => {}
                Ok(_) if self.before.contains_key(folder) => return None,
                Ok(_) => return Some(at),
                Err(_) => return None,
            }
        }
        let target = self.root.join(path);
        (target.symlink_metadata().is_ok() && !self.is_folder_of_ours(path, &target)).then_some(target)
    }

    /// How many files it holds by its manifest.
    pub fn len(&self) -> usize {
        self.before.len()
    }

    /// Whether it holds nothing by its manifest.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// The digest that [`Folder::commit`] has given, if every file is still as it was then.
    pub fn untouched(&self) -> Option<Fingerprint> {
        let entries: Vec<_> = self.before.iter().collect();
        entries.par_iter().all(|(path, entry)| self.is_as_recorded(path, entry)).then(|| manifest::digest(&self.before))
    }

    /// What of somebody else's would be lost or be in the way if a file came to `path`: looked at for all files before the
    /// first is moved.
    fn in_the_way(&self, path: &str) -> Option<PathBuf> {
        let target = self.root.join(path);
        match target.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => return self.stranger_below(&target),
            Ok(_) => return None,
            Err(error) if error.kind() == io::ErrorKind::NotFound && target.parent().is_some_and(Path::is_dir) => return None,
            Err(_) => {}
        }
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let blocked = folders.map(|folder| (folder, self.root.join(folder))).find(|(_, at)| at.symlink_metadata().is_ok() && !at.is_dir());
        blocked.filter(|(folder, _)| !self.before.contains_key(*folder)).map(|(_, at)| at)
    }

    /// A file below a folder of ours that is not ours.
    fn stranger_below(&self, folder: &Path) -> Option<PathBuf> {
        fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
            let path = entry.path();
            let name = path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.stranger_below(&path),
                _ if self.before.contains_key(&name) => None,
                _ => Some(path),
            }
        })
    }

    /// Paths in the folder that nobody here wrote; told once, when there is no manifest yet.
    pub fn strangers(&self) -> usize {
        if !self.is_new {
            return 0;
        }
        let ours = |name: &str| name == MANIFEST || name == TEMPORARY || name == "README.md";
        fs::read_dir(&self.root).map_or(0, |entries| entries.flatten().filter(|e| !ours(&e.file_name().to_string_lossy())).count())
    }

    fn is_as_recorded(&self, path: &str, entry: &Entry) -> bool {
        entry.stat.is_some_and(|stat| fs::symlink_metadata(self.root.join(path)).is_ok_and(|metadata| Stat::of(&metadata) == stat))
    }

    /// The folder of staged files.
    fn stage(&self) -> Result<PathBuf, FileError> {
        let stage = self.root.join(TEMPORARY);
        let made = self.stage.get_or_init(|| fs::create_dir_all(&stage).map_err(|error| error.to_string()));
        match made {
            Ok(()) => Ok(stage),
            Err(cause) => Err(FileError::new("make", &stage, io::Error::other(cause.clone()))),
        }
    }

    /// Whether there is a folder of pages that gives way to a file.
    fn is_folder_of_ours(&self, path: &str, target: &Path) -> bool {
        let below = format!("{path}/");
        target.is_dir() && self.before.range(below.clone()..).next().is_some_and(|(first, _)| first.starts_with(&below))
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.after.lock().expect("no thread panics while it holds the manifest")
    }

    fn staged(&self) -> std::sync::MutexGuard<'_, Vec<Staged>> {
        self.staged.lock().expect("no thread panics while it holds the list")
    }

    /// Moves what is staged into its place, removes what is no longer produced and writes the manifest anew. Answers with
    /// what was done and a digest of the manifest.
    pub fn commit(self) -> Result<(Written, Fingerprint), WriteError> {
        fs::create_dir_all(&self.root).map_err(|error| FileError::new("make", &self.root, error))?;
        let mut staged = std::mem::take(&mut *self.staged());
        staged.sort_by(|a, b| a.path.cmp(&b.path));
        // Nothing is in the way below a name that is not there: in a new folder, nobody looks at each file's place.
        let below = staged.chunk_by(|a, b| topmost(&a.path) == topmost(&b.path));
        let mut taken = below.filter(|files| self.root.join(topmost(&files[0].path)).symlink_metadata().is_ok());
        if let Some(stranger) = taken.find_map(|files| files.par_iter().find_map_any(|file| self.in_the_way(&file.path))) {
            return Err(WriteError::Stranger(stranger.display().to_string()));
        }
        self.enter(&staged)?;
        // Pages name style sheets, scripts and pictures, so these are there first.
        let (named, others): (Vec<_>, Vec<_>) = staged.into_iter().partition(|file| is_named(&file.path));
        // A bundle's manifest names all other files of it, so it comes when they are there.
        let (naming, pages): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| file.path == catalog::bundle::MANIFEST);
        let mut moved = self.settle_all(named)?;
        moved.extend(self.settle_all(pages)?);
        moved.extend(self.settle_all(naming)?);
        let written = moved.len();
        let mut after = std::mem::take(&mut *self.entries());
        after.extend(moved);
        // The other way round: what pages name goes when no page is left that names it.
        let mut gone: Vec<&String> = self.before.keys().filter(|path| !after.contains_key(*path)).collect();
        gone.sort_by_key(|path| is_named(path));
        let pruned = gone.len();
        for path in gone {
            remove_with_empty_parents(&self.root, path).map_err(|error| FileError::new("remove", &self.root.join(path), error))?;
        }
        if self.before != after || self.is_new {
            self.write_manifest(&after)?;
        }
        Ok((Written { written, unchanged: after.len() - written, pruned }, manifest::digest(&after)))
    }

    /// Says in the manifest that new paths are ours, before they exist.
    fn enter(&self, staged: &[Staged]) -> Result<(), FileError> {
        let new = staged.iter().filter(|file| !self.before.contains_key(&file.path));
        let lines: String = new.map(|file| format!("+ {}\n", file.path)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let manifest = self.root.join(MANIFEST);
        let written = if self.before.is_empty() {
            // Missing, empty or damaged: nothing is lost by beginning anew.
            fs::write(&manifest, format!("{HEADER}\n{lines}"))
        } else {
            // A killed build may have left half a line; an empty one means nothing.
            let journal = fs::OpenOptions::new().append(true).open(&manifest);
            journal.and_then(|mut journal| journal.write_all(format!("\n{lines}").as_bytes()))
        };
        written.map_err(|error| FileError::new("write", &manifest, error))
    }

    /// Moves files into their places, sorted by path: the tree of the stage in whole folders, as far as there are none in their place.
    fn settle_all(&self, files: Vec<Staged>) -> Result<Vec<(String, Entry)>, FileError> {
        let mut moved = Vec::with_capacity(files.len());
        let mut others = Vec::new();
        let mut files = files.into_iter().peekable();
        while let Some(first) = files.next() {
            let top = topmost(&first.path).to_owned();
            let is_beside = |file: &Staged| topmost(&file.path) == top;
            let below: Vec<Staged> = std::iter::once(first).chain(std::iter::from_fn(|| files.next_if(is_beside))).collect();
            // Moving a file by itself changes its stat.
            let is_moved = below.iter().any(|file| file.in_tree.is_some() && file.path != top)
                && self.root.join(&top).symlink_metadata().is_err()
                && fs::rename(self.root.join(TEMPORARY).join(TREE).join(&top), self.root.join(&top)).is_ok();
            for file in below {
                match file.in_tree.filter(|_| is_moved) {
                    Some(stat) => moved.push((file.path, Entry { fingerprint: file.fingerprint, stat: Some(stat) })),
                    None => others.push(file),
                }
            }
        }
        moved.extend(others.into_par_iter().map(|file| self.settle(file)).collect::<Result<Vec<_>, _>>()?);
        Ok(moved)
    }

    /// Moves one file into its place.
    fn settle(&self, file: Staged) -> Result<(String, Entry), FileError> {
        let target = self.root.join(&file.path);
        let fail = |error| FileError::new("write", &target, error);
        if !self.before.contains_key(&file.path) {
            self.make_way(&target).map_err(fail)?;
        }
        if fs::rename(&file.temporary, &target).is_err() {
            self.make_way(&target).and_then(|()| fs::rename(&file.temporary, &target)).map_err(fail)?;
        }
        let stat = fs::symlink_metadata(&target).map(|metadata| Stat::of(&metadata)).ok();
        Ok((file.path, Entry { fingerprint: file.fingerprint, stat }))
    }

    /// Makes the folders above `target`; a file of ours that became a folder, or the reverse, gives way.
    fn make_way(&self, target: &Path) -> io::Result<()> {
        let Some(parent) = target.parent() else { return Ok(()) };
        // The usual case first: a new page in a folder of its own.
        match fs::create_dir(parent) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && parent.is_dir() => {}
            Err(_) => {
                for folder in parent.ancestors().take_while(|folder| folder.starts_with(&self.root) && *folder != self.root) {
                    let relative = folder.strip_prefix(&self.root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
                    if folder.is_file() && self.before.contains_key(&relative) {
                        fs::remove_file(folder)?;
                    }
                }
                fs::create_dir_all(parent)?;
            }
        }
        if target.is_dir() { self.remove_folder_of_ours(target) } else { Ok(()) }
    }

    fn remove_folder_of_ours(&self, folder: &Path) -> io::Result<()> {
        let prefix = format!("{}/", folder.strip_prefix(&self.root).unwrap_or(folder).to_string_lossy().replace('\\', "/"));
        for path in self.before.keys().filter(|path| path.starts_with(&prefix)) {
            remove_with_empty_parents(&self.root, path)?;
        }
        Ok(())
    }

    fn write_manifest(&self, after: &BTreeMap<String, Entry>) -> Result<(), FileError> {
        let manifest = self.root.join(MANIFEST);
        let temporary = self.stage()?.join("manifest");
        fs::write(&temporary, manifest::write(after))
            .and_then(|()| fs::rename(&temporary, &manifest))
            .map_err(|error| FileError::new("write", &manifest, error))
    }
}

impl Sink for Folder {
    /// By stat.
    fn has(&self, path: &str) -> bool {
        self.before.get(path).is_some_and(|entry| self.is_as_recorded(path, entry))
    }

    /// By stat.
    fn holds(&self, path: &str, fingerprint: Fingerprint) -> bool {
        self.before.get(path).is_some_and(|entry| entry.fingerprint == fingerprint && self.is_as_recorded(path, entry))
    }

    fn keep(&self, path: &str) {
        if let Some(entry) = self.before.get(path) {
            self.entries().insert(path.to_owned(), *entry);
        }
    }

    /// Stages the bytes where the file there has others.
    fn put(&self, path: &str, bytes: &[u8], fingerprint: Fingerprint) -> Result<(), WriteError> {
        match self.before.get(path) {
            Some(entry) if self.is_as_recorded(path, entry) => {
                if entry.fingerprint == fingerprint {
                    self.keep(path);
                    return Ok(());
                }
            }
            // The same bytes with another stat, after a copy or a checkout: nothing to write.
            Some(_) => {
                let target = self.root.join(path);
                if fs::read(&target).is_ok_and(|old| old == bytes) {
                    let stat = fs::symlink_metadata(&target).map(|metadata| Stat::of(&metadata)).ok();
                    self.entries().insert(path.to_owned(), Entry { fingerprint, stat });
                    return Ok(());
                }
            }
            None => {
                if let Some(stranger) = self.stranger(path) {
                    return Err(WriteError::Stranger(stranger.display().to_string()));
                }
            }
        }
        let stage = self.stage()?;
        let top = topmost(path);
        // Names that are written in other ways are the same as one of these on some file systems, and theirs is moved first.
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        if !self.taken.contains(top) && top.bytes().all(is_plain) {
            // What cannot lie in the tree, such as a file where a folder is, is staged by itself.
            let temporary = stage.join(TREE).join(path);
            if let Ok(stat) = write_below(&temporary, bytes) {
                self.staged().push(Staged { path: path.to_owned(), temporary, fingerprint, in_tree: Some(stat) });
                return Ok(());
            }
        }
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = stage.join(number.to_string());
        fs::write(&temporary, bytes).map_err(|error| FileError::new("write", &temporary, error))?;
        self.staged().push(Staged { path: path.to_owned(), temporary, fingerprint, in_tree: None });
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.stage.get().is_some() {
            // What cannot be removed now is cleared by the next build.
            let _ = clear(&self.root.join(TEMPORARY));
            if self.is_new {
                // Nothing was written into a folder that was made for it.
                let _ = fs::remove_dir(&self.root);
            }
        }
    }
}

/// Puts bytes into a source file, whole: at every instant it is the old one or the new one. Folders above it are made; what may be done
/// with an existing file stays as it was.
pub fn replace(target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let fail = |error| FileError::new("write", target, error);
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Such names are nobody's source, here and for other programs.
    let temporary = target.with_file_name(format!(".{name}~"));
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let written = fs::write(&temporary, bytes).and_then(|()| {
        if let Ok(metadata) = fs::metadata(target) {
            fs::set_permissions(&temporary, metadata.permissions())?;
        }
        fs::rename(&temporary, target)
    });
    written.map_err(|error| {
        // What is left of a failed attempt is of no use to anybody.
        let _ = fs::remove_file(&temporary);
        fail(error)
    })
}

/// Removes a source file, and folders that are empty then.
pub(crate) fn remove(root: &Path, path: &str) -> Result<(), FileError> {
    remove_with_empty_parents(root, path).map_err(|error| FileError::new("remove", &root.join(path), error))
}

/// Writes a file, and the folders above it. Answers with its stat.
fn write_below(target: &Path, bytes: &[u8]) -> io::Result<Stat> {
    if let Some(folder) = target.parent() {
        // The usual case first: a new page in a folder of its own.
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::create_dir_all(folder)?,
            _ => {}
        }
    }
    let mut file = fs::File::create(target)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    let metadata = file.metadata()?;
    // Elsewhere the time of the last change is known when the file is closed.
    #[cfg(not(unix))]
    let metadata = {
        drop(file);
        fs::symlink_metadata(target)?
    };
    Ok(Stat::of(&metadata))
}

/// The first name of a path.
fn topmost(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// Whether a file is one that pages name and need: a style sheet, a script, a picture.
fn is_named(path: &str) -> bool {
    path.starts_with("assets/") || path.starts_with("img/")
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Err(error),
        _ => Ok(()),
    }
}

fn remove_with_empty_parents(root: &Path, path: &str) -> io::Result<()> {
    let target = root.join(path);
    match fs::remove_file(&target) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory) => {
            return Err(error);
        }
        _ => {}
    }
    for folder in target.ancestors().skip(1).take_while(|folder| folder.starts_with(root) && *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(root: &Path, files: &[(&str, &str)]) -> Written {
        let folder = Folder::look(root).expect("a folder");
        for (path, text) in files {
            folder.put(path, text.as_bytes(), Fingerprint::of(text.as_bytes())).expect("written");
        }
        folder.commit().expect("finished").0
    }

    #[test]
    fn writes_what_differs_and_prunes_the_rest() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("public");
        let first = build(&root, &[("a/index.html", "A"), ("b.txt", "B")]);
        assert_eq!(first, Written { written: 2, unchanged: 0, pruned: 0 });
        assert_eq!(build(&root, &[("a/index.html", "A"), ("b.txt", "B")]), Written { written: 0, unchanged: 2, pruned: 0 });
        assert_eq!(build(&root, &[("b.txt", "C")]), Written { written: 1, unchanged: 0, pruned: 1 });
        assert!(!root.join("a").exists(), "an empty folder goes too");
        assert!(!root.join(TEMPORARY).exists());
    }

    #[test]
    fn strangers_are_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("mine.txt"), "keep").expect("a file");
        let folder = Folder::look(dir.path()).expect("a folder");
        assert_eq!(folder.strangers(), 1);
        assert!(matches!(folder.put("mine.txt", b"x", Fingerprint::of(b"x")), Err(WriteError::Stranger(_))));
        folder.commit().expect("finished");
        assert_eq!(fs::read_to_string(dir.path().join("mine.txt")).expect("a file"), "keep");
    }

    #[test]
    fn new_folders_are_moved_whole_and_what_came_meanwhile_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("public");
        let folder = Folder::look(&root).expect("a folder");
        let files = ["a/index.html", "a/x/index.html", "b/deep/er/index.html", "b/index.html", "b-side/index.html", "top.txt"];
        for path in files {
            folder.put(path, path.as_bytes(), Fingerprint::of(path.as_bytes())).expect("staged");
        }
        // The same to some file systems, so that it is not a part of the tree.
        folder.put("A/size.pdf", b"A", Fingerprint::of(b"A")).expect("staged by itself");
        let is_in_tree = |path: &str| root.join(TEMPORARY).join(TREE).join(path).exists();
        assert!(is_in_tree("a/x/index.html") && is_in_tree("b-side") && is_in_tree("top.txt"));
        assert_eq!(folder.staged().iter().filter(|file| file.in_tree.is_none()).count(), 1);
        #[cfg(unix)]
        let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).expect("it is there"));
        #[cfg(unix)]
        let before = ["a", "b"].map(|name| inode(&root.join(TEMPORARY).join(TREE).join(name)));
        fs::create_dir_all(root.join("b/deep")).expect("a folder");
        fs::write(root.join("b/deep/mine.txt"), "keep").expect("a file");
        assert_eq!(folder.commit().expect("finished").0, Written { written: 7, unchanged: 0, pruned: 0 });
        #[cfg(unix)]
        assert_eq!(
            ["a", "b"].map(|name| inode(&root.join(name))).map(|now| before.contains(&now)),
            [true, false],
            "one is moved, one is filled"
        );
        assert_eq!(fs::read_to_string(root.join("A/size.pdf")).expect("it is there"), "A");
        for path in files {
            assert_eq!(fs::read_to_string(root.join(path)).expect("it is there"), path);
        }
        assert_eq!(fs::read_to_string(root.join("b/deep/mine.txt")).expect("it is there"), "keep");
        assert!(!root.join(TEMPORARY).exists());
        let again = Folder::look(&root).expect("a folder");
        assert!(again.untouched().is_some(), "each file is as the manifest says");
        // One more page in a folder that is there, and one in a new one.
        assert_eq!(build(&root, &[("a/index.html", "A"), ("a/z/index.html", "Z"), ("c/index.html", "C")]).written, 3);
        assert_eq!(fs::read_to_string(root.join("a/z/index.html")).expect("it is there"), "Z");
        assert!(Folder::look(&root).expect("a folder").untouched().is_some() && !root.join("b-side").exists());
        assert!(root.join("b/deep/mine.txt").exists());
    }

    #[test]
    fn a_file_that_was_begun_is_ours() {
        let dir = tempfile::tempdir().expect("a folder");
        // Killed after the path was entered and its file moved, before the manifest was written.
        fs::write(dir.path().join(MANIFEST), format!("{HEADER}\n+ half.html\n+ nev")).expect("a manifest");
        fs::write(dir.path().join("half.html"), "<p>").expect("a file");
        assert_eq!(build(dir.path(), &[]).pruned, 2);
        assert!(!dir.path().join("half.html").exists());
    }

    #[test]
    fn what_is_not_committed_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("public");
        let folder = Folder::look(&root).expect("a folder");
        folder.put("page.html", b"<p>", Fingerprint::of(b"<p>")).expect("staged");
        drop(folder);
        assert!(!root.exists());
        build(&root, &[("page.html", "old")]);
        let folder = Folder::look(&root).expect("a folder");
        folder.put("page.html", b"new", Fingerprint::of(b"new")).expect("staged");
        drop(folder);
        assert_eq!(fs::read_to_string(root.join("page.html")).expect("a file"), "old");
        assert!(!root.join(TEMPORARY).exists());
    }

    #[test]
    fn a_file_becomes_a_folder_and_back() {
        let dir = tempfile::tempdir().expect("a folder");
        build(dir.path(), &[("a", "file")]);
        build(dir.path(), &[("a/index.html", "page")]);
        assert_eq!(fs::read_to_string(dir.path().join("a/index.html")).expect("a file"), "page");
        build(dir.path(), &[("a", "file")]);
        assert_eq!(fs::read_to_string(dir.path().join("a")).expect("a file"), "file");
    }
}
