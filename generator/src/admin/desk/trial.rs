//! The shop as it would be with a change: drafted with what the preview remembers of its own drafts, so that it costs no more than showing
//! the change would. Nothing is written, and what is shown stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cache::{Memory, ParsedFile};
use crate::checks;
use crate::diagnostic::{Code, Diagnostic, SourcePath};
use crate::parse::SourceKind;
use crate::source::{Change, Sources};
use crate::{BuildError, Options, Outcome, Silent, draft, read};

/// Lends what the preview's drafts are made with, one borrower at a time.
pub trait Drafts: Send + Sync {
    /// Calls `work` with it.
    fn lend(&self, work: &mut dyn FnMut(&Options, &mut Memory) -> Result<(), BuildError>) -> Result<(), BuildError>;
}

/// What drafts of the shop come to.
pub(super) struct Trial {
    /// As its files are.
    pub(super) before: Outcome,
    /// As they would be.
    pub(super) after: Outcome,
}

impl Trial {
    /// Of some changes.
    pub(super) fn of(drafts: &dyn Drafts, changes: &[Change]) -> Result<Self, BuildError> {
        with_sources(drafts, |options, memory, sources| {
            let changed = sources.with(changes);
            let before = draft(options, memory, sources, &Silent)?;
            Ok(Self { before, after: draft(options, memory, changed, &Silent)? })
        })
    }

    /// The mistakes that the changes bring; `moved` says where files are now that were elsewhere. They are counted by their kind and file,
    /// so that one that stays may have other words or another place.
    pub(super) fn new_mistakes(&self, moved: &BTreeMap<SourcePath, SourcePath>) -> Vec<Diagnostic> {
        let mut known: BTreeMap<(Code, &SourcePath), Vec<&str>> = BTreeMap::new();
        for told in self.before.diagnostics.iter().filter(|told| told.is_error()) {
            let file = moved.get(&told.file).unwrap_or(&told.file);
            known.entry((told.code, file)).or_default().push(&told.message);
        }
        let mut found: BTreeMap<(Code, &SourcePath), Vec<&Diagnostic>> = BTreeMap::new();
        for told in self.after.diagnostics.iter().filter(|told| told.is_error()) {
            found.entry((told.code, &told.file)).or_default().push(told);
        }
        let mut new = Vec::new();
        for (place, mut told) in found {
            let mut known = known.remove(&place).unwrap_or_default();
            if told.len() > known.len() {
                told.retain(|told| known.iter().position(|words| *words == told.message).map(|at| known.swap_remove(at)).is_none());
                new.extend(told.into_iter().cloned());
            }
        }
        new
    }
}

/// The files that some texts name and no other does.
pub(super) fn own_files(drafts: &dyn Drafts, texts: &[&str]) -> Result<Vec<SourcePath>, BuildError> {
    with_sources(drafts, |options, memory, sources| {
        let sources = draft(options, memory, sources, &Silent)?.sources;
        let (parsed, _) = memory.rows.join(&memory.parsed, &sources);
        let (own, others): (Vec<_>, Vec<_>) = parsed.iter().partition(|(path, _)| texts.contains(&path.as_str()));
        let named = |files: Vec<(&SourcePath, &Arc<ParsedFile>)>| checks::named(files.into_iter().map(|(_, file)| &file.value));
        let (own, others) = (named(own), named(others));
        let files = sources.iter().map(|(path, _)| path).filter(|path| SourceKind::of(path).is_none());
        Ok(files.filter(|path| own.contains(path.as_str()) && !others.contains(path.as_str())).cloned().collect())
    })
}

/// Does something with the sources as they are now. The preview finds what it remembers as it was, and with it whether there is news.
fn with_sources<T>(drafts: &dyn Drafts, work: impl Fn(&Options, &mut Memory, Sources) -> Result<T, BuildError>) -> Result<T, BuildError> {
    let mut made = None;
    drafts.lend(&mut |options, memory| {
        let shown = memory.sources.clone();
        let found = read(options, memory, &Silent).map_err(BuildError::from).and_then(|sources| work(options, memory, sources));
        memory.sources = shown;
        made = Some(found?);
        Ok(())
    })?;
    Ok(made.expect("who lends calls the work"))
}
