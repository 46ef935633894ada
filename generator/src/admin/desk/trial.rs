//! The shop as it would be with a change: drafted with what the preview remembers of its own drafts, so that it costs no more than showing
//! the change would. Nothing is written, and what is shown stays.

use std::sync::Arc;

use crate::cache::Memory;
use crate::checks;
use crate::diagnostic::SourcePath;
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
}

/// The files that some texts name and no other does.
pub(super) fn own_files(drafts: &dyn Drafts, texts: &[&str]) -> Result<Vec<SourcePath>, BuildError> {
    with_sources(drafts, |options, memory, sources| {
        let sources = draft(options, memory, sources, &Silent)?.sources;
        let (parsed, _) = memory.rows.join(&memory.parsed, &sources);
        let (own, others): (Vec<_>, Vec<_>) = parsed.iter().partition(|(path, _)| texts.contains(&path.as_str()));
        let named =
            |files: Vec<(&SourcePath, &Arc<crate::cache::ParsedFile>)>| checks::named(files.into_iter().map(|(_, file)| &file.value));
        let (own, others) = (named(own), named(others));
        let files = sources.iter().map(|(path, _)| path).filter(|path| crate::parse::SourceKind::of(path).is_none());
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
