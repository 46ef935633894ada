//! What the editor in the browser may do in the shop's folder: Decap's protocol for a local folder, and its limits. Only files of the
//! shop's formats and pictures, only in the folders of the configuration, nothing through links that lead elsewhere.

mod paths;
mod protocol;
mod trial;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, SourcePath};
use crate::parse::{SourceKind, parse};
use crate::source::{self, Change, FileError, Fingerprint};
use crate::{BuildError, report, tidy, write};
use paths::{Place, is_in};
use protocol::{Asset, DataFile, Request};
use trial::Trial;

pub use trial::Drafts;

/// The largest text, in bytes.
const LARGEST_TEXT: usize = 2 << 20;
/// The largest picture, in bytes.
const LARGEST_PICTURE: usize = 25 << 20;

/// The shop's folder as the editor in the browser sees it. One change at a time.
pub struct Desk {
    root: PathBuf,
    drafts: Box<dyn Drafts>,
    /// What was last handed out of each file, so that a change by somebody else in the meantime is not lost.
    handed_out: Mutex<BTreeMap<String, Fingerprint>>,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request, or what it wants to write, is wrong: told to the editor.
    Wrong(String),
    /// The file system failed.
    Failed(String),
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<BuildError> for Refusal {
    fn from(error: BuildError) -> Self {
        Self::Failed(error.to_string())
    }
}

fn wrong(message: impl Into<String>) -> Refusal {
    Refusal::Wrong(message.into())
}

impl Desk {
    /// The desk of a shop. `root` has no links in it.
    pub fn new(root: PathBuf, drafts: Box<dyn Drafts>) -> Self {
        Self { root, drafts, handed_out: Mutex::default() }
    }

    /// Answers a request of the editor.
    pub(super) fn answer(&self, body: &[u8]) -> Result<Value, Refusal> {
        let mut handed_out = self.handed_out.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = Work { root: &self.root, drafts: &*self.drafts, handed_out: &mut handed_out };
        match Request::read(body).map_err(Refusal::Wrong)? {
            Request::Info => Ok(json!({"repo": work.name(), "publish_modes": ["simple"], "type": "local_fs"})),
            Request::EntriesByFolder(wanted) => work.entries(&wanted.folder, &wanted.extension, wanted.depth),
            Request::EntriesByFiles(wanted) => {
                let entries = wanted.files.iter().map(|file| work.entry(&file.path, file.label.as_deref()));
                entries.collect::<Result<Vec<_>, _>>().map(Value::from)
            }
            Request::GetEntry(wanted) => work.entry(&wanted.path, None),
            Request::PersistEntry(change) => work.persist(&change.data_files, &change.assets),
            Request::GetMedia(wanted) => work.media(&wanted.media_folder),
            Request::GetMediaFile(wanted) => work.media_file(&wanted.path),
            Request::PersistMedia(wanted) => {
                let mut plan = Plan::default();
                plan.pictures(work.root, &[wanted.asset])?;
                work.carry_out(plan)?;
                Ok(json!({"message": "persisted"}))
            }
            Request::DeleteFiles(paths) => work.delete(&paths),
            // No deployment of its own is made for a change.
            Request::GetDeployPreview => Ok(Value::Null),
        }
    }
}

/// One request at work.
struct Work<'a> {
    root: &'a Path,
    drafts: &'a dyn Drafts,
    handed_out: &'a mut BTreeMap<String, Fingerprint>,
}

impl Work<'_> {
    fn name(&self) -> String {
        self.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The files of a kind in a folder. Translations are files of their own ending, and there is one for each original: what is not
    /// written yet begins with the original's title.
    fn entries(&mut self, folder: &str, extension: &str, depth: usize) -> Result<Value, Refusal> {
        let folder = paths::folder(folder)?;
        let texts = source::texts(self.root)?;
        let ending = format!(".{extension}");
        let language = extension.split_once('.').map(|(language, _)| language);
        let mut wanted: Vec<SourcePath> = Vec::new();
        for (path, kind) in &texts {
            let Some(inner) = path.strip_prefix(&folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
            // A page with a folder of its own stands one deeper.
            let levels = inner.matches('/').count() + 1 - usize::from(inner.ends_with("/index.md"));
            let path = match (language, kind) {
                _ if levels > depth => continue,
                (Some(language), SourceKind::Product | SourceKind::Category | SourceKind::Collection | SourceKind::Page) => {
                    let (stem, last) = path.rsplit_once('.').unwrap_or((path, ""));
                    SourcePath::from(format!("{stem}.{language}.{last}"))
                }
                (None, SourceKind::Product | SourceKind::Category | SourceKind::Collection | SourceKind::Page) => SourcePath::clone(path),
                _ => continue,
            };
            // What a link has led to somewhere else is no matter of the editor.
            if path.ends_with(&ending) && is_in(self.root, &self.root.join(path.as_str())) {
                wanted.push(path);
            }
        }
        wanted.sort();
        // What is no text, or too long a one, is told by the build.
        let shown = wanted.iter().map(|path| self.entry_of(path, None)).filter(|entry| !matches!(entry, Err(Refusal::Wrong(_))));
        shown.collect::<Result<Vec<_>, _>>().map(Value::from)
    }

    /// One file as the editor opens it. One that nobody can read is told: shown as empty, it would be overwritten.
    fn entry(&mut self, path: &str, label: Option<&str>) -> Result<Value, Refusal> {
        let path = SourcePath::from(path);
        let text = self.text(&path)?;
        if let Some(text) = &text {
            let (kind, _) = paths::text(&path)?;
            tidy::quoted(kind, &path, text).map_err(|mistakes| wrong(told(&mistakes, &|_| Some(text.as_bytes().into()))))?;
        }
        let entry = self.entry_of(&path, label)?;
        match text {
            Some(text) => self.handed_out.insert(path.to_string(), Fingerprint::of(text.as_bytes())),
            None => self.handed_out.remove(path.as_str()),
        };
        Ok(entry)
    }

    fn entry_of(&self, path: &SourcePath, label: Option<&str>) -> Result<Value, Refusal> {
        let (kind, _) = paths::text(path)?;
        let text = match self.text(path)? {
            Some(text) => Some(tidy::quoted(kind, path, &text).unwrap_or(text)),
            None => self.begun(path, kind)?,
        };
        let id = text.as_ref().map(|text| Fingerprint::of(text.as_bytes()).hex8());
        let mut file = json!({"path": path.as_str(), "id": id});
        if let Some(label) = label {
            file["label"] = label.into();
        }
        Ok(json!({"data": text, "file": file}))
    }

    /// What a translation begins with that is not written yet: the title of its original.
    fn begun(&self, path: &SourcePath, kind: SourceKind) -> Result<Option<String>, Refusal> {
        let SourceKind::Overlay(_) = kind else { return Ok(None) };
        let Some(place) = SourceKind::overlay(path) else { return Ok(None) };
        let original = SourcePath::from(place.original);
        let Some(text) = self.text(&original)? else { return Ok(None) };
        let title = tidy::title(&original, &text).unwrap_or_default();
        let line = format!("title: {}\n", tidy::words::scalar(&title));
        Ok(Some(if path.ends_with(".md") { format!("---\n{line}---\n") } else { line }))
    }

    /// The text of a file, where it is there.
    fn text(&self, path: &SourcePath) -> Result<Option<String>, Refusal> {
        paths::text(path)?;
        let Some(bytes) = self.bytes(path, LARGEST_TEXT)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|_| wrong(format!("`{path}` is not UTF-8: save it with that encoding")))
    }

    fn bytes(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let place = self.root.join(path);
        if !is_in(self.root, &place) {
            return Err(wrong(format!("`{path}` leads out of the shop's folder")));
        }
        let bytes = source::bytes_of(&place)?;
        if bytes.as_ref().is_some_and(|bytes| bytes.len() > most) {
            return Err(wrong(format!("`{path}` is too large for the editor in the browser")));
        }
        Ok(bytes)
    }

    /// Writes texts and their pictures. Everything is looked at before the first is written.
    fn persist(&mut self, files: &[DataFile], assets: &[Asset]) -> Result<Value, Refusal> {
        if files.is_empty() {
            return Err(wrong("nothing to write"));
        }
        let mut plan = Plan::default();
        plan.pictures(self.root, assets)?;
        let (mut edits, mut moved) = (Vec::new(), BTreeMap::new());
        for file in files {
            let (edit, before, text) = self.change(file)?;
            let before = before.as_deref().map(str::as_bytes);
            let text = Some(text.into_bytes().into());
            match &edit.from {
                Some(from) if *from != edit.to => {
                    for (old, new) in self.companions(from, &edit.to)? {
                        let bytes = self.free(&old)?;
                        plan.add(SourcePath::clone(&old), Some(&bytes), None)?;
                        plan.add(SourcePath::clone(&new), None, Some(bytes))?;
                        moved.insert(old, new);
                    }
                    moved.insert(SourcePath::clone(from), SourcePath::clone(&edit.to));
                    plan.add(SourcePath::clone(from), before, None)?;
                    plan.add(SourcePath::clone(&edit.to), None, text)?;
                }
                _ => plan.add(SourcePath::clone(&edit.to), before, text)?,
            }
            edits.push(edit);
        }
        self.judge(&edits, &moved, &plan.changes)?;
        self.carry_out(plan)?;
        Ok(json!({"message": "entry persisted"}))
    }

    /// Writes and removes files that were found to be right, if they are still as they were then.
    fn carry_out(&mut self, mut plan: Plan) -> Result<(), Refusal> {
        for (path, found) in &plan.found {
            if source::bytes_of(&self.root.join(path.as_str()))?.as_deref().map(Fingerprint::of) != *found {
                return Err(wrong(format!("`{path}` was changed by somebody else at this moment: reload this page, and do it again")));
            }
        }
        // Pictures were planned first, so that no text shows one that is not there, and what goes away is the last.
        plan.changes.sort_by_key(|(_, bytes)| bytes.is_none());
        for (path, bytes) in &plan.changes {
            match bytes {
                Some(bytes) => {
                    write::replace(&self.root.join(path.as_str()), bytes)?;
                    self.handed_out.insert(path.to_string(), Fingerprint::of(bytes));
                }
                None => {
                    self.handed_out.remove(path.as_str());
                    write::remove(self.root, path)?;
                }
            }
        }
        Ok(())
    }

    /// What becomes of a file, the text that it had, and the one that it gets.
    fn change(&self, file: &DataFile) -> Result<(Edit, Option<String>, String), Refusal> {
        let from = SourcePath::from(file.path.as_str());
        let to = SourcePath::from(file.new_path.as_deref().unwrap_or(&file.path));
        let ((kind, _), (kind_there, place)) = (paths::text(&from)?, paths::text(&to)?);
        if kind != kind_there {
            return Err(wrong(format!("`{from}` cannot become `{to}`: that is a file of another kind")));
        }
        if file.raw.len() > LARGEST_TEXT {
            return Err(wrong(format!("`{to}` would be too large")));
        }
        is_writable(self.root, &place)?;
        let before = self.text(&from)?;
        if from != to && self.text(&to)?.is_some() {
            return Err(wrong(format!("`{to}` is there already: choose another name or folder")));
        }
        self.is_as_opened(&from, before.as_deref().map(str::as_bytes))?;
        let text = tidy::merged(kind, &to, before.as_deref(), &file.raw).map_err(|mistakes| {
            let text = before.as_deref().filter(|text| tidy::quoted(kind, &from, text).is_err()).unwrap_or(&file.raw);
            wrong(told(&mistakes, &|_| Some(text.as_bytes().into())))
        })?;
        let had = before.as_ref().map_or(0, |text| errors(kind, &from, text).len());
        let mistakes = errors(kind, &to, &text);
        if mistakes.len() > had {
            return Err(wrong(told(&mistakes, &|_| Some(text.as_bytes().into()))));
        }
        Ok((Edit { from: before.is_some().then_some(from), to, was_unreadable: had > 0 }, before, text))
    }

    /// Refuses to touch a text that is not as the editor has opened it, or that was not opened since the preview began.
    fn is_as_opened(&self, path: &str, now: Option<&[u8]>) -> Result<(), Refusal> {
        if self.handed_out.get(path).copied() == now.map(Fingerprint::of) {
            return Ok(());
        }
        Err(wrong(format!(
            "`{path}` was changed by somebody else since it was opened, or `serve` was started again: copy your text, reload this page, and edit it again"
        )))
    }

    /// Refuses what would bring a mistake into the shop. One that is there already does not keep others from being mended, wherever its file
    /// has `moved` to.
    fn judge(&self, edits: &[Edit], moved: &BTreeMap<SourcePath, SourcePath>, changes: &[Change]) -> Result<(), Refusal> {
        // What could not be read hid what is wrong with it beyond its form, which is no worse, and so do settings.
        if edits.iter().any(|edit| edit.was_unreadable) {
            return Ok(());
        }
        let trial = Trial::of(self.drafts, changes)?;
        if trial.before.site.is_none() {
            return Ok(());
        }
        let new = trial.new_mistakes(moved);
        if new.is_empty() { Ok(()) } else { Err(wrong(told(&new, &|path| trial.after.sources.bytes(path).ok()))) }
    }

    /// What goes along with an original: its translations, and the files beside them that nothing else names. Where they are, and where
    /// they go.
    fn companions(&self, from: &str, to: &str) -> Result<Vec<(SourcePath, SourcePath)>, Refusal> {
        let (stem, ending) = to.rsplit_once('.').unwrap_or((to, ""));
        let (folder, new) = (folder_of(from), folder_of(to));
        let translations = self.translations(from)?;
        let mut all = Vec::new();
        for old in &translations {
            if let Some(place) = SourceKind::overlay(old) {
                all.push((SourcePath::clone(old), SourcePath::from(format!("{stem}.{}.{ending}", place.language))));
            }
        }
        if folder != new {
            let texts: Vec<&str> = translations.iter().map(SourcePath::as_str).chain([from]).collect();
            for old in trial::own_files(self.drafts, &texts)? {
                if let Some(inner) = old.strip_prefix(folder) {
                    all.push((SourcePath::clone(&old), SourcePath::from(format!("{new}{inner}"))));
                }
            }
        }
        for (_, new) in &all {
            if source::bytes_of(&self.root.join(new.as_str()))?.is_some() {
                return Err(wrong(format!("`{new}` is there already: choose another name or folder")));
            }
        }
        Ok(all)
    }

    /// The bytes of a file that goes away.
    fn free(&self, path: &SourcePath) -> Result<Arc<[u8]>, Refusal> {
        is_writable(self.root, &Place { path: path.to_string() })?;
        let bytes = self.bytes(path, usize::MAX)?.ok_or_else(|| wrong(format!("`{path}` is gone: reload this page")))?;
        Ok(bytes.into())
    }

    /// The pictures right in a folder.
    fn media(&self, folder: &str) -> Result<Value, Refusal> {
        let folder = paths::folder(folder)?;
        if !is_in(self.root, &self.root.join(&folder)) {
            return Err(wrong(format!("`{folder}` leads out of the shop's folder")));
        }
        let names = source::names_in(&self.root.join(&folder))?;
        let paths = names.into_iter().map(|name| format!("{folder}/{name}")).filter(|path| paths::picture(path).is_ok());
        // One that is too large does not hide the others.
        let shown = paths.map(|path| self.media_file(&path)).filter(|file| !matches!(file, Err(Refusal::Wrong(_))));
        shown.collect::<Result<Vec<_>, _>>().map(Value::from)
    }

    fn media_file(&self, path: &str) -> Result<Value, Refusal> {
        let place = paths::picture(path)?;
        let bytes = self.bytes(&place.path, LARGEST_PICTURE)?.ok_or_else(|| wrong(format!("there is no picture `{path}`")))?;
        let name = place.path.rsplit('/').next().unwrap_or_default();
        Ok(json!({
            "id": Fingerprint::of(&bytes).hex8(), "content": BASE64_STANDARD.encode(&bytes), "encoding": "base64",
            "path": place.path, "name": name,
        }))
    }

    /// Removes texts, with their translations, and pictures.
    fn delete(&mut self, paths: &[String]) -> Result<Value, Refusal> {
        let mut plan = Plan::default();
        for path in paths {
            let picture = paths::picture(path);
            let is_text = picture.is_err();
            let place = picture.or_else(|_| paths::text(path).map(|(_, place)| place))?;
            if matches!(SourceKind::of(path), Some(SourceKind::Settings | SourceKind::Discounts)) {
                return Err(wrong(format!("`{path}` cannot be removed here")));
            }
            is_writable(self.root, &place)?;
            let original = SourcePath::from(place.path);
            let known = if is_text { self.text(&original)? } else { None };
            for path in self.translations(&original)?.into_iter().chain([SourcePath::clone(&original)]) {
                let bytes = self.bytes(&path, usize::MAX)?;
                if known.is_some() && path == original {
                    self.is_as_opened(&path, bytes.as_deref())?;
                }
                plan.add(path, bytes.as_deref(), None)?;
            }
        }
        self.judge(&[], &BTreeMap::new(), &plan.changes)?;
        self.carry_out(plan)?;
        Ok(json!({"message": format!("deleted files {}", paths.join(", "))}))
    }

    /// The translations beside an original.
    fn translations(&self, original: &str) -> Result<Vec<SourcePath>, Refusal> {
        let texts = source::texts(self.root)?.into_iter().map(|(path, _)| path);
        Ok(texts.filter(|path| SourceKind::overlay(path).is_some_and(|place| place.original == original)).collect())
    }
}

/// What becomes of a text.
struct Edit {
    /// Where it was; `None` for a new one.
    from: Option<SourcePath>,
    to: SourcePath,
    /// Whether it could not be read as it was.
    was_unreadable: bool,
}

/// What a request does to files.
#[derive(Default)]
struct Plan {
    changes: Vec<Change>,
    /// What was in each of them when that was decided; `None` where there was none.
    found: BTreeMap<SourcePath, Option<Fingerprint>>,
}

impl Plan {
    /// Adds a change of a file that was `found` so. Two different ones of a file are refused, unless the first changes nothing.
    fn add(&mut self, path: SourcePath, found: Option<&[u8]>, bytes: Option<Arc<[u8]>>) -> Result<(), Refusal> {
        match self.changes.iter_mut().find(|(planned, _)| *planned == path) {
            Some((_, planned)) if *planned == bytes => Ok(()),
            Some((_, planned)) if planned.as_deref() == found => {
                *planned = bytes;
                Ok(())
            }
            Some(_) => Err(wrong(format!("two different files would be `{path}`: give one of them another name"))),
            None => {
                self.found.insert(SourcePath::clone(&path), found.map(Fingerprint::of));
                self.changes.push((path, bytes));
                Ok(())
            }
        }
    }

    /// Adds the pictures that came with a request.
    fn pictures(&mut self, root: &Path, assets: &[Asset]) -> Result<(), Refusal> {
        for asset in assets {
            let place = paths::picture(&asset.path)?;
            is_writable(root, &place)?;
            if asset.encoding != "base64" {
                return Err(wrong("a picture has to come as base64"));
            }
            if asset.content.len() / 4 * 3 > LARGEST_PICTURE {
                return Err(wrong(format!("`{}` has more than 25 MB: make it smaller", place.path)));
            }
            let bytes = BASE64_STANDARD.decode(&asset.content).map_err(|_| wrong(format!("`{}` is not whole", place.path)))?;
            if !is_picture(&place.path, &bytes) {
                return Err(wrong(format!("`{}` is no picture that browsers show", place.path)));
            }
            // Whoever replaces a picture takes the old one away first; this is another's that happens to have the name.
            let there = source::bytes_of(&root.join(&place.path))?;
            if there.as_ref().is_some_and(|there| *there != bytes) {
                return Err(wrong(format!("another picture is at `{}` already: give yours another name", place.path)));
            }
            self.add(SourcePath::from(place.path), there.as_deref(), Some(bytes.into()))?;
        }
        Ok(())
    }
}

/// Whether a path may be written: it lies in the shop's folder, whatever links are on the way.
fn is_writable(root: &Path, place: &Place) -> Result<(), Refusal> {
    let target = root.join(&place.path);
    if is_in(root, &target) && !source::is_link(&target) {
        return Ok(());
    }
    Err(wrong(format!("`{}` leads out of the shop's folder", place.path)))
}

/// Whether bytes begin, and end, as a picture does.
fn is_picture(path: &str, bytes: &[u8]) -> bool {
    match path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("svg") => std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")),
        // ISO/IEC 14496-12: the first box says the type.
        Some("avif") => bytes.get(4..8) == Some(&b"ftyp"[..]),
        _ => imaging::check(bytes).is_ok(),
    }
}

/// The folder of a path, with its slash.
fn folder_of(path: &str) -> &str {
    &path[..path.rfind('/').map_or(0, |slash| slash + 1)]
}

fn errors(kind: SourceKind, path: &SourcePath, text: &str) -> Vec<Diagnostic> {
    let (_, told) = parse(kind, path, text.as_bytes());
    told.into_iter().filter(Diagnostic::is_error).collect()
}

/// So many mistakes are told at once.
const MOST_TOLD: usize = 10;

/// Mistakes as the editor's program shows them: a line each.
fn told(mistakes: &[Diagnostic], text: &report::Sources<'_>) -> String {
    let line = |mistake: &Diagnostic| {
        let line = report::render_short(std::slice::from_ref(mistake), text);
        mistake.help.as_ref().map_or_else(|| line.trim_end().to_owned(), |help| format!("{}: {help}", line.trim_end()))
    };
    let more = mistakes.len().saturating_sub(MOST_TOLD);
    let more = (more > 0).then(|| format!("and {more} more"));
    mistakes.iter().take(MOST_TOLD).map(line).chain(more).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
