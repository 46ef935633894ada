//! What a folder's manifest says: the only record of what we wrote that survives the cache.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::source::{Fingerprint, Stat};

pub(super) const HEADER: &str = "shopfront-manifest 1";

/// What a manifest says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) fingerprint: Fingerprint,
    /// The stat after writing; `None` for a path whose writing was begun and never finished.
    pub(super) stat: Option<Stat>,
}

/// Of what a manifest says of its files' bytes.
pub(super) fn digest(entries: &BTreeMap<String, Entry>) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    for (path, entry) in entries {
        hasher.update(path.as_bytes());
        hasher.update(&[0]);
        hasher.update(&entry.fingerprint.0);
    }
    Fingerprint::finish(&hasher.finalize())
}

/// `<fingerprint> <size> <mtime> <ctime> <inode> <path>` a line, or `+ <path>` for one that was begun.
pub(super) fn parse(text: &str) -> BTreeMap<String, Entry> {
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

pub(super) fn write(entries: &BTreeMap<String, Entry>) -> String {
    let mut text = format!("{HEADER}\n");
    for (path, entry) in entries {
        let Some(stat) = entry.stat else {
            text.push_str(&format!("+ {path}\n"));
            continue;
        };
        let fingerprint = u128::from_be_bytes(entry.fingerprint.0);
        let _ = writeln!(text, "{fingerprint:032x} {} {} {} {} {path}", stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_manifest_reaches_nothing_outside() {
        let entries = parse(&format!("{HEADER}\n+ ../x\n+ /etc/x\n+ a//b\n+ ok/x\nzz 1 2 3 4 y\n"));
        assert_eq!(entries.keys().collect::<Vec<_>>(), ["ok/x"]);
        assert!(parse("something else\n+ x").is_empty());
    }
}
