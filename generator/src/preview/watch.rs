//! The watcher: wakes the build loop when a source may have changed. It decides nothing; the build looks for itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::source::{self, FOLDERS, SETTINGS};

/// Editors write a file in several steps; the build begins when nothing has happened for this long.
const QUIET: Duration = Duration::from_millis(12);
/// New folders are looked for at least this often.
const ROUND: Duration = Duration::from_secs(2);

/// Why the loop is woken.
pub struct Wake<'a> {
    /// Paths that were named by events, as far as they were told.
    pub paths: &'a [PathBuf],
    /// Whether this is the first time.
    pub is_first: bool,
    /// Whether something else has changed in the meantime, so that it is better to stop and be woken again.
    pub is_over: &'a (dyn Fn() -> bool + Sync),
}

/// Calls `changed` at once, whenever sources may have changed and, at the latest, when it has said; it answers how long to
/// wait for the next time-driven change. Ends when the watcher fails, with the reason.
pub fn watch(root: &Path, mut changed: impl FnMut(&Wake<'_>) -> Option<Duration>) -> notify::Result<()> {
    let (sender, receiver) = channel();
    // Events that concern sources and were not waited for yet.
    let waiting = Arc::new(AtomicUsize::new(0));
    let (counter, place) = (Arc::clone(&waiting), root.to_owned());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if concerns_sources(&place, &event) {
            counter.fetch_add(1, Ordering::Relaxed);
            // The receiver lives as long as the loop below.
            let _ = sender.send(event);
        }
    })?;
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    let mut watched: Vec<PathBuf> = Vec::new();
    watch_new_folders(root, &mut watcher, &mut watched);
    let is_over = || waiting.load(Ordering::Relaxed) > 0;
    let mut next = changed(&Wake { paths: &[], is_first: true, is_over: &is_over });
    loop {
        let added = watch_new_folders(root, &mut watcher, &mut watched);
        let events = wait(&receiver, &waiting, next.unwrap_or(ROUND).min(ROUND));
        for folder in events.iter().flat_map(|event| moved_folders(root, event)) {
            // The system watches what a folder was, not its name: one that was replaced is watched anew.
            let _ = watcher.unwatch(&folder);
            watched.retain(|known| *known != folder);
        }
        let is_due = next.is_some_and(|left| left <= ROUND) && events.is_empty();
        if !events.is_empty() || added || is_due {
            let mut paths: Vec<PathBuf> = events.into_iter().flatten().flat_map(|event| event.paths).collect();
            paths.sort();
            paths.dedup();
            next = changed(&Wake { paths: &paths, is_first: false, is_over: &is_over });
        } else {
            next = next.map(|left| left.saturating_sub(ROUND));
        }
    }
}

/// Watches source folders that have appeared; a folder that went away is no longer watched by the system.
fn watch_new_folders(root: &Path, watcher: &mut impl Watcher, watched: &mut Vec<PathBuf>) -> bool {
    let there = source::folders(root);
    watched.retain(|folder| there.contains(folder));
    let mut added = false;
    for folder in there {
        if !watched.contains(&folder) && watcher.watch(&folder, RecursiveMode::Recursive).is_ok() {
            watched.push(folder);
            added = true;
        }
    }
    added
}

/// Waits for events about sources, at most so long, then until it is quiet.
fn wait(receiver: &Receiver<notify::Result<Event>>, waiting: &AtomicUsize, most: Duration) -> Vec<notify::Result<Event>> {
    let mut events = Vec::new();
    let mut patience = most;
    while let Ok(event) = receiver.recv_timeout(patience) {
        waiting.fetch_sub(1, Ordering::Relaxed);
        events.push(event);
        patience = QUIET;
    }
    events
}

/// Source folders that an event made, moved or removed.
fn moved_folders(root: &Path, event: &notify::Result<Event>) -> Vec<PathBuf> {
    let Ok(event) = event else { return Vec::new() };
    let moves = event.kind.is_create() || event.kind.is_remove() || matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
    let folders = FOLDERS.map(|folder| root.join(folder));
    event.paths.iter().filter(|path| moves && folders.contains(path)).cloned().collect()
}

/// Reading a file is no change, and neither is anything of our own in the shop's folder. A lost event counts as one.
fn concerns_sources(root: &Path, event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    let is_source = |path: &PathBuf| {
        let first = path.strip_prefix(root).ok().and_then(|relative| relative.components().next());
        first.is_some_and(|first| {
            let name = first.as_os_str().to_string_lossy();
            name == SETTINGS || FOLDERS.contains(&name.as_ref())
        })
    };
    !event.kind.is_access() && (event.paths.is_empty() || event.paths.iter().any(is_source))
}
