//! What all commands share: the shop's folders, the clock, the build with its cache.
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the clock, the environment and the working folder")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use generator::cache::{self, Memory, PictureCache};
use generator::source::{FOLDERS, Fingerprint, SETTINGS};
use generator::{Options, Outcome, Progress, Silent, Target};

/// What is shown beyond what is published now.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Unpublished {
    /// Show drafts.
    #[arg(long)]
    pub(super) drafts: bool,
    /// Show what is not shown at this time: what has a later date, and what has expired.
    #[arg(long)]
    pub(super) future: bool,
}

/// A shop's folders.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    /// The folder with `shop.yaml`.
    pub(super) root: PathBuf,
}

impl Shop {
    /// The shop in a folder, which must have a `shop.yaml`.
    pub(super) fn find(root: &Path) -> Result<Self> {
        let root = root.canonicalize().with_context(|| format!("cannot open the folder `{}`", root.display()))?;
        if !root.join(SETTINGS).is_file() {
            bail!("`{}` has no shop.yaml; `shopfront init DIR` makes a shop, `-C DIR` names another folder", root.display());
        }
        Ok(Self { root })
    }

    /// `.shopfront/`
    pub(super) fn working_folder(&self) -> PathBuf {
        self.root.join(".shopfront")
    }

    /// `.shopfront/cache/`
    pub(super) fn cache(&self) -> PathBuf {
        self.working_folder().join("cache")
    }

    /// `.shopfront/bundle/`
    pub(super) fn bundle(&self) -> PathBuf {
        self.working_folder().join("bundle")
    }

    /// `.shopfront/store/`: orders; never removed by us.
    pub(super) fn store(&self) -> PathBuf {
        self.working_folder().join("store")
    }

    /// `downloads/`
    pub(super) fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    /// Encoded pictures.
    pub(super) fn pictures(&self) -> PictureCache {
        PictureCache::new(self.cache().join("pictures"))
    }

    /// One build with a cache of its own for the address, the drafts and the target; a step at a time for all processes.
    pub(super) fn build(&self, options: &Options, target: Target<'_>, progress: &dyn Progress) -> Result<Outcome> {
        let _lock = cache::lock(&self.working_folder())?;
        progress.begin("loading the cache", 0);
        let place = match target {
            Target::Folder { out, .. } => out.display().to_string(),
            Target::Check => "check".to_owned(),
        };
        let path = self.profile(options, &place);
        let mut memory = Memory::load(&path);
        let outcome = generator::build(options, &mut memory, &self.pictures(), target, progress)?;
        progress.begin("saving the cache", 0);
        save(&mut memory, &path);
        // The process ends soon; giving back millions of small pieces one by one would be the last thing it does.
        std::mem::forget(memory);
        Ok(outcome)
    }

    /// The shop as its files say, without a page of it; what is wrong stands in the outcome.
    pub(super) fn draft(&self, options: &Options) -> Result<Outcome> {
        self.draft_and_memory(options).map(|(outcome, _)| outcome)
    }

    /// The same, with the parsed files.
    pub(super) fn draft_and_memory(&self, options: &Options) -> Result<(Outcome, Memory)> {
        let _lock = cache::lock(&self.working_folder())?;
        let mut memory = Memory::default();
        let sources = generator::read(options, &memory, &Silent)?;
        let outcome = generator::draft(options, &mut memory, sources, &Silent)?;
        Ok((outcome, memory))
    }

    /// The cache's file for a place: what is rendered for one address is not for another.
    pub(super) fn profile(&self, options: &Options, place: &str) -> PathBuf {
        let Options { base_url, drafts, future, noindex, .. } = options;
        let key = format!("{base_url:?}\n{drafts} {future} {noindex}\n{place}");
        self.cache().join(format!("{}.bin", Fingerprint::of(key.as_bytes()).hex8()))
    }

    /// Waits for the other processes' build step, if there is one.
    pub(super) fn lock(&self) -> Result<cache::Lock> {
        Ok(cache::lock(&self.working_folder())?)
    }

    /// Refuses an output folder that holds sources or is one.
    pub(super) fn check_output(&self, out: &Path) -> Result<()> {
        let out = absolute(out)?;
        if self.root.starts_with(&out) {
            bail!("`{}` holds the shop itself; build into a folder of its own, such as `--out public`", out.display());
        }
        for folder in FOLDERS.iter().chain(&[".git", ".shopfront"]).map(|folder| self.root.join(folder)) {
            let folder = folder.canonicalize().unwrap_or(folder);
            if out.starts_with(&folder) || folder.starts_with(&out) {
                bail!("`{}` is one of the shop's own folders; build into a folder of its own, such as `--out public`", out.display());
            }
        }
        if out.is_file() {
            bail!("`{}` is a file; name a folder", out.display());
        }
        Ok(())
    }
}

/// Keeps what a build remembers. A cache that cannot be written only makes the next build slower.
pub(super) fn save(memory: &mut Memory, path: &Path) {
    if let Err(error) = memory.save(path) {
        eprintln!("warning: {error}");
    }
}

/// A path without links and dots, even where its last folders do not exist yet.
fn absolute(path: &Path) -> Result<PathBuf> {
    let full = std::path::absolute(path)?;
    if full.components().any(|part| part == std::path::Component::ParentDir) {
        // `a/../b` is `b` only if `a` is no link; what does not exist cannot be asked.
        return full.canonicalize().with_context(|| format!("write `{}` without `..`", path.display()));
    }
    let existing = full.ancestors().find(|folder| folder.exists()).unwrap_or(&full);
    let rest = full.strip_prefix(existing).unwrap_or(Path::new("")).to_owned();
    let existing = existing.canonicalize()?;
    // Joining nothing would add a slash, and a file with one is none.
    Ok(if rest.as_os_str().is_empty() { existing } else { existing.join(rest) })
}

/// The moment that decides what is published: `--now`, else `SOURCE_DATE_EPOCH`, else the clock. Seconds since 1970.
pub(super) fn now(given: Option<&str>) -> Result<i64> {
    if let Some(text) = given {
        let date = format!("{text}T00:00:00Z");
        let parsed = text.parse::<jiff::Timestamp>().or_else(|_| date.parse());
        return Ok(parsed
            .with_context(|| format!("`{text}` is not an instant; write `2026-05-01` or `2026-05-01T12:00:00Z`"))?
            .as_second());
    }
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        return text.parse().with_context(|| format!("SOURCE_DATE_EPOCH is `{text}`, not a number of seconds"));
    }
    Ok(jiff::Timestamp::now().as_second())
}

/// The text of a source for the lines that diagnostics show, read again if the build did not keep it.
pub(super) fn source_text(outcome: &Outcome) -> impl Fn(&str) -> Option<std::sync::Arc<[u8]>> + '_ {
    |path| outcome.sources.bytes(path).ok()
}
