//! A folder of another generator's site, as importers see it: texts to read, files to copy, and what was left aside.
//! The command line fills it; nothing here opens a file.

use std::collections::BTreeMap;

/// A text larger than this is no page of anybody, in bytes.
const MOST_TEXT_BYTES: usize = 8 << 20;

/// The files of a site by their paths in it, with `/` between folders.
#[derive(Debug, Default)]
pub struct Folder {
    items: BTreeMap<String, Item>,
    skipped: Vec<(String, String)>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A page, a setting or data: its text, line ends as `\n`, without a byte order mark.
    Text(String),
    /// A picture that a shop can show.
    Picture,
    /// Anything else, to be copied as it is. `template` where it begins as a page does, so that the old generator
    /// would have filled it in.
    Other {
        /// Whether it begins with front matter.
        template: bool,
    },
}

impl Folder {
    /// Enters a file. What its bytes are for is decided by its name; only texts are kept.
    pub fn add(&mut self, path: String, bytes: &[u8]) {
        let ending = path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
        let item = match ending.as_str() {
            "md" | "markdown" | "mkdn" | "mkd" | "mdown" | "html" | "htm" | "yaml" | "yml" | "toml" | "json" => match text(bytes) {
                Ok(text) => Item::Text(text),
                Err(why) => return self.skip(path, why),
            },
            "jpg" | "jpeg" | "png" | "gif" | "webp" => match imaging::check(bytes) {
                Ok(_) => Item::Picture,
                Err(error) => {
                    self.skip(path.clone(), format!("no picture that a shop can show: {error}; it is copied as it is"));
                    Item::Other { template: false }
                }
            },
            _ => Item::Other { template: bytes.starts_with(b"---\n") || bytes.starts_with(b"---\r\n") },
        };
        self.items.insert(path, item);
    }

    /// Notes what is not looked at, and why.
    pub fn skip(&mut self, path: String, why: impl Into<String>) {
        self.skipped.push((path, why.into()));
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.items.iter().map(|(path, item)| (path.as_str(), item))
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.items.get(path) {
            Some(Item::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Texts by path.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().filter_map(|(path, item)| match item {
            Item::Text(text) => Some((path.as_str(), text.as_str())),
            _ => None,
        })
    }

    /// What was left aside, and why.
    pub(super) fn skipped(&self) -> &[(String, String)] {
        &self.skipped
    }
}

fn text(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MOST_TEXT_BYTES {
        return Err(format!("larger than {} MB; split it", MOST_TEXT_BYTES >> 20));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("line {line} is not UTF-8; save the file with that encoding")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.replace("\r\n", "\n").replace('\0', "\u{fffd}"))
}

#[cfg(test)]
impl Folder {
    /// A folder of texts, for tests.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut folder = Self::default();
        for (path, text) in files {
            folder.add((*path).to_owned(), text.as_bytes());
        }
        folder
    }
}
