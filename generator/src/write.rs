//! The only writer of output: into a folder, whole files at a time, or into memory for the preview.
//!
//! A folder's manifest lies in the folder itself, so that it survives the cache. A path is entered before its first
//! byte is written; temporary files lie in the same folder, are renamed into place, and are cleared at the start.
//! Files that the manifest does not name are never touched.
#![expect(clippy::disallowed_methods, reason = "this module is the door to the output")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::source::{FileError, Fingerprint, Stat};

/// The manifest's name; uploads leave it out.
pub const MANIFEST: &str = ".shopfront-manifest";
const TEMPORARY: &str = ".shopfront-tmp";
const HEADER: &str = "shopfront-manifest 1";

/// What a manifest says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    fingerprint: Fingerprint,
    /// The stat after writing; `None` for a path whose writing was begun and never finished.
    stat: Option<Stat>,
}

/// A folder that is being written.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    before: BTreeMap<String, Entry>,
    after: Mutex<BTreeMap<String, Entry>>,
    /// Open between `begin` and `finish`.
    journal: Mutex<Option<fs::File>>,
    temporary: AtomicU64,
    written: AtomicUsize,
    is_new: bool,
}

/// What writing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
        let manifest = root.join(MANIFEST);
        let (before, is_new) = match fs::read_to_string(&manifest) {
            Ok(text) => (parse_manifest(&text), false),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => (BTreeMap::new(), false),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => (BTreeMap::new(), true),
            Err(error) => return Err(FileError::new("read", &manifest, error).into()),
        };
        Ok(Self {
            root: root.to_owned(),
            before,
            after: Mutex::default(),
            journal: Mutex::default(),
            temporary: AtomicU64::new(0),
            written: AtomicUsize::new(0),
            is_new,
        })
    }

    /// Makes the folder ready for these paths: nothing of somebody else's may be in their way, and temporary files
    /// of a build that was killed are cleared.
    pub fn begin<'a>(&mut self, paths: impl Iterator<Item = &'a str>) -> Result<(), WriteError> {
        let fail = |action, path: &Path| {
            let path = path.to_owned();
            move |error| FileError::new(action, &path, error)
        };
        fs::create_dir_all(&self.root).map_err(fail("make", &self.root))?;
        if let Some(stranger) = paths.filter(|path| !self.before.contains_key(*path)).find_map(|path| self.stranger(path)) {
            return Err(WriteError::Stranger(stranger.display().to_string()));
        }
        let temporary = self.root.join(TEMPORARY);
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(FileError::new("clear", &temporary, error).into()),
            _ => {}
        }
        fs::create_dir(&temporary).map_err(fail("make", &temporary))?;
        let manifest = self.root.join(MANIFEST);
        let mut journal = fs::OpenOptions::new().create(true).append(true).open(&manifest).map_err(fail("write", &manifest))?;
        // A killed build may have left half a line; an empty one means nothing.
        let first = if self.is_new { HEADER } else { "" };
        writeln!(journal, "{first}").map_err(fail("write", &manifest))?;
        self.journal = Mutex::new(Some(journal));
        Ok(())
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

    /// Paths in the folder that nobody here wrote; told once, when there is no manifest yet.
    pub fn strangers(&self) -> usize {
        if !self.is_new {
            return 0;
        }
        let ours = |name: &str| name == MANIFEST || name == TEMPORARY || name == "README.md";
        fs::read_dir(&self.root).map_or(0, |entries| entries.flatten().filter(|e| !ours(&e.file_name().to_string_lossy())).count())
    }

    /// Whether the file at `path` is, by stat, the one recorded with this fingerprint.
    pub fn holds(&self, path: &str, fingerprint: Fingerprint) -> bool {
        let recorded = self.before.get(path).filter(|entry| entry.fingerprint == fingerprint).and_then(|entry| entry.stat);
        recorded.is_some_and(|stat| fs::symlink_metadata(self.root.join(path)).is_ok_and(|metadata| Stat::of(&metadata) == stat))
    }

    /// Whether the file at `path` is, by stat, the one recorded, for names that carry their content.
    pub fn has(&self, path: &str) -> bool {
        self.before.get(path).is_some_and(|entry| self.holds(path, entry.fingerprint))
    }

    /// Keeps a file that [`Folder::holds`].
    pub fn keep(&self, path: &str) {
        if let Some(entry) = self.before.get(path) {
            self.entries().insert(path.to_owned(), *entry);
        }
    }

    /// Makes the file at `path` have these bytes; writes only where they differ. Safe to call from many threads.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let fingerprint = Fingerprint::of(bytes);
        if self.holds(path, fingerprint) {
            self.keep(path);
            return Ok(());
        }
        let target = self.root.join(path);
        let is_ours = self.before.contains_key(path);
        if !is_ours && target.symlink_metadata().is_ok() && !self.is_folder_of_ours(path, &target) {
            return Err(WriteError::Stranger(target.display().to_string()));
        }
        // The same bytes with another stat, after a copy or a checkout: nothing to write.
        let is_same = is_ours && fs::read(&target).is_ok_and(|old| old == bytes);
        if !is_same {
            self.enter(path)?;
            self.replace(&target, bytes)?;
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        let stat = fs::symlink_metadata(&target).map(|metadata| Stat::of(&metadata)).ok();
        self.entries().insert(path.to_owned(), Entry { fingerprint, stat });
        Ok(())
    }

    /// Whether there is a folder of pages that gives way to a file.
    fn is_folder_of_ours(&self, path: &str, target: &Path) -> bool {
        let below = format!("{path}/");
        target.is_dir() && self.before.range(below.clone()..).next().is_some_and(|(first, _)| first.starts_with(&below))
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.after.lock().expect("no thread panics while it holds the manifest")
    }

    /// Says in the manifest that a path is ours, before it exists.
    fn enter(&self, path: &str) -> Result<(), FileError> {
        if self.before.contains_key(path) {
            return Ok(());
        }
        let mut journal = self.journal.lock().expect("no thread panics while it holds the journal");
        let journal = journal.as_mut().expect("writing begins with `begin`");
        journal.write_all(format!("+ {path}\n").as_bytes()).map_err(|error| FileError::new("write", &self.root.join(MANIFEST), error))
    }

    fn replace(&self, target: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(TEMPORARY).join(number.to_string());
        fs::write(&temporary, bytes).map_err(|error| FileError::new("write", &temporary, error))?;
        match fs::rename(&temporary, target) {
            Ok(()) => Ok(()),
            Err(_) => {
                self.make_way(target).and_then(|()| fs::rename(&temporary, target)).map_err(|error| FileError::new("write", target, error))
            }
        }
    }

    /// Makes the folders above `target`; a file of ours that became a folder, or the reverse, gives way.
    fn make_way(&self, target: &Path) -> io::Result<()> {
        for folder in target.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root) && *folder != self.root) {
            let relative = folder.strip_prefix(&self.root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
            if folder.is_file() && self.before.contains_key(&relative) {
                fs::remove_file(folder)?;
            }
        }
        if target.is_dir() {
            self.remove_folder_of_ours(target)?;
        }
        target.parent().map_or(Ok(()), fs::create_dir_all)
    }

    fn remove_folder_of_ours(&self, folder: &Path) -> io::Result<()> {
        let prefix = format!("{}/", folder.strip_prefix(&self.root).unwrap_or(folder).to_string_lossy().replace('\\', "/"));
        for path in self.before.keys().filter(|path| path.starts_with(&prefix)) {
            remove_with_empty_parents(&self.root, path)?;
        }
        Ok(())
    }

    /// Removes what is no longer produced and writes the manifest anew.
    pub fn finish(self) -> Result<Written, WriteError> {
        let after = self.after.into_inner().expect("no thread panics while it holds the manifest");
        let mut pruned = 0;
        for path in self.before.keys().filter(|path| !after.contains_key(*path)) {
            remove_with_empty_parents(&self.root, path).map_err(|error| FileError::new("remove", &self.root.join(path), error))?;
            pruned += 1;
        }
        let unchanged_manifest = self.before == after && !self.is_new;
        if !unchanged_manifest {
            let text = write_manifest(&after);
            let temporary = self.root.join(TEMPORARY).join("manifest");
            let manifest = self.root.join(MANIFEST);
            fs::write(&temporary, text)
                .and_then(|()| fs::rename(&temporary, &manifest))
                .map_err(|error| FileError::new("write", &manifest, error))?;
        }
        let temporary = self.root.join(TEMPORARY);
        fs::remove_dir_all(&temporary).map_err(|error| FileError::new("remove", &temporary, error))?;
        let written = self.written.into_inner();
        Ok(Written { written, unchanged: after.len() - written, pruned })
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

/// `<fingerprint> <size> <mtime> <ctime> <inode> <path>` a line, or `+ <path>` for one that was begun.
fn parse_manifest(text: &str) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return entries;
    }
    for line in lines {
        if let Some(path) = line.strip_prefix("+ ").filter(|path| is_inside(path)) {
            entries.entry(path.to_owned()).or_insert(Entry { fingerprint: Fingerprint([0; 16]), stat: None });
        } else if let Some((path, entry)) = parse_entry(line) {
            entries.insert(path, entry);
        }
    }
    entries
}

fn parse_entry(line: &str) -> Option<(String, Entry)> {
    let mut parts = line.splitn(6, ' ');
    let hex = parts.next()?;
    let mut bytes = [0; 16];
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).ok()?;
    }
    let stat = Stat {
        size: parts.next()?.parse().ok()?,
        mtime_ns: parts.next()?.parse().ok()?,
        ctime_ns: parts.next()?.parse().ok()?,
        inode: parts.next()?.parse().ok()?,
    };
    let path = parts.next().filter(|path| is_inside(path))?;
    Some((path.to_owned(), Entry { fingerprint: Fingerprint(bytes), stat: Some(stat) }))
}

/// A damaged manifest must never make us remove something outside the folder.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && (cfg!(unix) || !path.contains(['\\', ':']))
}

fn write_manifest(entries: &BTreeMap<String, Entry>) -> String {
    let mut text = format!("{HEADER}\n");
    for (path, entry) in entries {
        let Some(stat) = entry.stat else {
            text.push_str(&format!("+ {path}\n"));
            continue;
        };
        for byte in entry.fingerprint.0 {
            text.push_str(&format!("{byte:02x}"));
        }
        text.push_str(&format!(" {} {} {} {} {path}\n", stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(root: &Path, files: &[(&str, &str)]) -> Written {
        let mut folder = Folder::look(root).expect("a folder");
        folder.begin(files.iter().map(|(path, _)| *path)).expect("nothing is in the way");
        for (path, text) in files {
            folder.put(path, text.as_bytes()).expect("written");
        }
        folder.finish().expect("finished")
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
        let mut folder = Folder::look(dir.path()).expect("a folder");
        folder.begin(std::iter::empty()).expect("nothing is in the way");
        assert_eq!(folder.strangers(), 1);
        assert!(matches!(folder.put("mine.txt", b"x"), Err(WriteError::Stranger(_))));
        folder.finish().expect("finished");
        assert_eq!(fs::read_to_string(dir.path().join("mine.txt")).expect("a file"), "keep");
    }

    #[test]
    fn a_file_that_was_begun_is_ours() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut folder = Folder::look(dir.path()).expect("a folder");
        folder.begin(std::iter::empty()).expect("nothing is in the way");
        folder.put("half.html", b"<p>").expect("written");
        drop(folder); // killed before `finish`
        assert_eq!(build(dir.path(), &[]), Written { written: 0, unchanged: 0, pruned: 1 });
        assert!(!dir.path().join("half.html").exists());
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

    #[test]
    fn a_damaged_manifest_reaches_nothing_outside() {
        let entries = parse_manifest(&format!("{HEADER}\n+ ../x\n+ /etc/x\n+ a//b\n+ ok/x\nzz 1 2 3 4 y\n"));
        assert_eq!(entries.keys().collect::<Vec<_>>(), ["ok/x"]);
        assert!(parse_manifest("something else\n+ x").is_empty());
    }
}
