//! The watcher: wakes the build loop when a source may have changed. It decides nothing; the build looks for itself.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::source::{self, FOLDERS, SETTINGS};

/// Editors write a file in several steps; the build begins when nothing has happened for this long.
const QUIET: Duration = Duration::from_millis(12);
/// New folders are looked for at least this often.
const ROUND: Duration = Duration::from_secs(2);

/// Calls `changed` whenever sources may have changed or, at the latest, when `next` says; `changed` answers how long
/// to wait for the next time-driven change. Ends when the watcher fails, with the reason.
pub fn watch(root: &Path, mut changed: impl FnMut() -> Option<Duration>) -> notify::Result<()> {
    let (sender, receiver) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // The receiver lives as long as the loop below.
        let _ = sender.send(event);
    })?;
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    let mut watched: Vec<PathBuf> = Vec::new();
    let mut next = changed();
    loop {
        let added = watch_new_folders(root, &mut watcher, &mut watched);
        let (woken, moved) = wait(root, &receiver, next.unwrap_or(ROUND).min(ROUND));
        for folder in moved {
            // The system watches what a folder was, not its name: one that was replaced is watched anew.
            let _ = watcher.unwatch(&folder);
            watched.retain(|known| *known != folder);
        }
        let is_due = next.is_some_and(|left| left <= ROUND) && !woken;
        if woken || added || is_due {
            next = changed();
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

/// Waits for an event about a source, then until it is quiet; false when `most` has passed without one. Source folders
/// that were themselves made, moved or removed come too.
#[expect(clippy::disallowed_methods, reason = "how long to wait is no input of a build")]
fn wait(root: &Path, receiver: &Receiver<notify::Result<Event>>, most: Duration) -> (bool, Vec<PathBuf>) {
    let mut moved = Vec::new();
    let until = std::time::Instant::now() + most;
    loop {
        match receiver.recv_timeout(until.saturating_duration_since(std::time::Instant::now())) {
            Ok(event) if concerns_sources(root, &event) => {
                moved.extend(moved_folders(root, &event));
                break;
            }
            // Our own reading makes events too.
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return (false, moved),
        }
    }
    while let Ok(event) = receiver.recv_timeout(QUIET) {
        moved.extend(moved_folders(root, &event));
    }
    (true, moved)
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
