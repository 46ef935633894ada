//! Digital goods on the local disk: originals below `downloads/`, our copies by content hash in the store's folder.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::error::Fault;
use crate::ports::{Delivery, FileStream, Files, Wanted};

/// A file is read and sent in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

/// The two folders.
#[derive(Clone)]
pub struct LocalFiles {
    originals: PathBuf,
    copies: PathBuf,
    /// Copies that were made, by original, length and time of change.
    known: Arc<Mutex<BTreeMap<Version, String>>>,
}

type Version = (String, u64, Option<SystemTime>);

impl LocalFiles {
    /// Originals and copies.
    pub fn new(originals: PathBuf, copies: PathBuf) -> Self {
        Self { originals, copies, known: Arc::default() }
    }

    fn copy(&self, file: &str) -> std::io::Result<String> {
        let path = below(&self.originals, file)?;
        let (length, changed) = describe(&path)?;
        let version = (file.to_owned(), length, changed);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned();
        if let Some(kept) = known {
            return Ok(kept);
        }
        let kept = copy_by_hash(&path, &self.copies)?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(version, kept.clone());
        Ok(kept)
    }
}

/// The path of a file below a folder; one that would leave it is refused.
fn below(folder: &Path, file: &str) -> std::io::Result<PathBuf> {
    let relative = Path::new(file);
    if relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(folder.join(relative));
    }
    Err(std::io::Error::other("it lies outside the folder of downloads"))
}

#[expect(clippy::disallowed_methods, reason = "the door to digital goods")]
fn describe(path: &Path) -> std::io::Result<(u64, Option<SystemTime>)> {
    let about = std::fs::metadata(path)?;
    Ok((about.len(), about.modified().ok()))
}

#[expect(clippy::disallowed_methods, reason = "the door to digital goods")]
fn copy_by_hash(path: &Path, folder: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    let kept = hasher.finalize().to_hex().to_string();
    let target = folder.join(&kept);
    if !target.exists() {
        std::fs::create_dir_all(folder)?;
        let unfinished = folder.join(format!("{kept}.{}.tmp", crate::chance::name().simple()));
        std::fs::copy(path, &unfinished)?;
        // A copy takes its original's mode along; what is for sale is for its buyers only.
        #[cfg(unix)]
        std::fs::set_permissions(&unfinished, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        std::fs::File::open(&unfinished)?.sync_all()?;
        std::fs::rename(&unfinished, &target)?;
    }
    Ok(kept)
}

#[expect(clippy::disallowed_methods, reason = "the door to digital goods")]
fn open(path: &Path) -> std::io::Result<(std::fs::File, u64)> {
    let file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

#[async_trait]
impl Files for LocalFiles {
    async fn keep(&self, file: &str) -> Result<String, Fault> {
        let (files, name) = (self.clone(), file.to_owned());
        let copied = tokio::task::spawn_blocking(move || files.copy(&name)).await;
        let fault = |cause: &dyn std::fmt::Display| Fault::new(format!("cannot keep a copy of downloads/{file}: {cause}"));
        copied.map_err(|error| fault(&error))?.map_err(|error| fault(&error))
    }

    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, Fault> {
        let fault = |error| Fault::new(format!("cannot read the copy {}: {error}", wanted.kept));
        let path = below(&self.copies, wanted.kept).map_err(fault)?;
        let (file, length) = open(&path).map_err(fault)?;
        let part = match wanted.part.map(|range| range.within(length)) {
            None => 0..length,
            Some(Some(part)) => part,
            Some(None) => return Ok(Delivery::Beyond { length }),
        };
        let (sender, pieces) = mpsc::channel(2);
        if !wanted.is_head {
            let part = part.clone();
            tokio::task::spawn_blocking(move || send(file, part, &sender));
        }
        Ok(Delivery::Stream(FileStream { length, part, pieces }))
    }
}

/// Reads a part of a file and passes it on, until it ends or nobody wants more.
fn send(mut file: std::fs::File, part: Range<u64>, sender: &mpsc::Sender<std::io::Result<Vec<u8>>>) {
    if let Err(error) = file.seek(SeekFrom::Start(part.start)) {
        // The reader may have gone away, which is its right, here and below.
        let _ = sender.blocking_send(Err(error));
        return;
    }
    let mut file = file.take(part.end - part.start);
    loop {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece);
        let is_end = matches!(read, Ok(0) | Err(_));
        let piece = read.map(|n| {
            piece.truncate(n);
            piece
        });
        let is_data = piece.as_ref().map_or(true, |piece| !piece.is_empty());
        if (is_data && sender.blocking_send(piece).is_err()) || is_end {
            break;
        }
    }
}

/// Mail as files, one `.eml` for each message, which any mail program opens; for development.
#[cfg(feature = "mail")]
pub struct MailFolder(PathBuf);

#[cfg(feature = "mail")]
impl MailFolder {
    /// In a folder that is made with the first message.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    #[expect(clippy::disallowed_methods, reason = "the door to the folder of mail")]
    fn put(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        let path = (1..).map(|n| self.0.join(if n == 1 { format!("{name}.eml") } else { format!("{name}-{n}.eml") }));
        let free = path.into_iter().find(|path| !path.exists()).expect("the numbers do not end");
        std::fs::write(free, bytes)
    }
}

#[cfg(feature = "mail")]
#[async_trait]
impl crate::ports::Mailer for MailFolder {
    async fn send(&self, message: &crate::ports::Message) -> Result<(), Fault> {
        let formatted = crate::mail::formatted(message)?.formatted();
        self.put(&message.name, &formatted).map_err(|error| Fault::new(format!("cannot write mail to {}: {error}", self.0.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::ByteRange;

    fn wanted(kept: &str, part: Option<ByteRange>) -> Wanted<'_> {
        Wanted { kept, save_as: "a.zip", part, is_head: false }
    }

    /// The length of the whole, and the bytes of a part.
    async fn bytes(files: &LocalFiles, kept: &str, part: Option<ByteRange>) -> (u64, Vec<u8>) {
        let delivery = files.deliver(&wanted(kept, part)).await.expect("readable");
        let Delivery::Stream(mut stream) = delivery else { panic!("{delivery:?}") };
        let mut all = Vec::new();
        while let Some(piece) = stream.pieces.recv().await {
            all.extend(piece.expect("a piece"));
        }
        assert_eq!(all.len() as u64, stream.part.end - stream.part.start);
        (stream.length, all)
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the test lays out files")]
    async fn keeps_what_was_bought() {
        let folder = tempfile::tempdir().expect("a folder");
        let originals = folder.path().join("downloads");
        std::fs::create_dir_all(&originals).expect("a folder");
        std::fs::write(originals.join("a.zip"), vec![7; PIECE + 1]).expect("written");
        let files = LocalFiles::new(originals.clone(), folder.path().join("files"));
        let kept = files.keep("a.zip").await.expect("kept");
        std::fs::write(originals.join("a.zip"), "other").expect("written");
        assert_ne!(files.keep("a.zip").await.expect("kept"), kept);
        let whole = bytes(&files, &kept, None).await;
        assert_eq!((whole.0, whole.1.len()), (PIECE as u64 + 1, PIECE + 1));
        assert!(files.keep("../secret").await.is_err());
        assert!(files.keep("missing.zip").await.expect_err("a fault").text.contains("downloads/missing.zip"));
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the test lays out files")]
    async fn hands_over_parts() {
        let folder = tempfile::tempdir().expect("a folder");
        let content: Vec<u8> = (0..=250).cycle().take(PIECE + 10).collect();
        std::fs::write(folder.path().join("a.zip"), &content).expect("written");
        let files = LocalFiles::new(folder.path().to_owned(), folder.path().join("files"));
        let kept = files.keep("a.zip").await.expect("kept");
        let length = content.len() as u64;
        assert_eq!(bytes(&files, &kept, Some(ByteRange::From(7, None))).await, (length, content[7..].to_vec()));
        assert_eq!(bytes(&files, &kept, Some(ByteRange::From(3, Some(5)))).await, (length, content[3..6].to_vec()));
        assert_eq!(bytes(&files, &kept, Some(ByteRange::Last(4))).await, (length, content[PIECE + 6..].to_vec()));
        let beyond = files.deliver(&wanted(&kept, Some(ByteRange::From(length, None)))).await.expect("readable");
        assert!(matches!(beyond, Delivery::Beyond { length: told } if told == length));
        let head = files.deliver(&Wanted { is_head: true, ..wanted(&kept, None) }).await.expect("readable");
        let Delivery::Stream(mut head) = head else { panic!("{head:?}") };
        assert_eq!((head.part, head.pieces.recv().await.is_none()), (0..length, true));
    }
}
