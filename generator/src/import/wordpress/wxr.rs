//! The XML of a `WordPress` export (WXR 1.2) as a list of items: hostile and broken files end with an error and its line, and what
//! was whole before it is kept.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::import::ImportError;

/// Larger files are refused, in bytes: everything of an export is held in memory.
const MOST_BYTES: usize = 100 << 20;
/// An export is seven elements deep.
const MOST_DEPTH: usize = 32;

/// The elements of an item that somebody asks for.
const READ: [&str; 19] = [
    "title",
    "link",
    "guid",
    "dc:creator",
    "content:encoded",
    "excerpt:encoded",
    "wp:post_id",
    "wp:post_name",
    "wp:post_type",
    "wp:post_parent",
    "wp:post_date",
    "wp:post_date_gmt",
    "wp:post_modified",
    "wp:post_modified_gmt",
    "wp:post_password",
    "wp:status",
    "wp:menu_order",
    "wp:is_sticky",
    "wp:attachment_url",
];

/// What an export says of the whole site.
#[derive(Debug, Default)]
pub(super) struct Export {
    /// The channel's own texts by element: `title`, `link`, `wp:base_site_url`.
    pub(super) texts: BTreeMap<String, String>,
    /// Names shown, by login.
    pub(super) authors: BTreeMap<String, String>,
    /// The parent of each category, by short name.
    pub(super) parents: BTreeMap<String, String>,
    pub(super) items: Vec<Item>,
    /// Why the file could not be read to its end.
    pub(super) broken: Option<ImportError>,
}

/// A post, page, attachment or anything else.
#[derive(Debug, Default)]
pub(super) struct Item {
    /// The line of its first tag, and of its content.
    pub(super) line: usize,
    pub(super) content_line: usize,
    /// Texts by element: `title`, `content:encoded`, `wp:status`.
    pub(super) texts: BTreeMap<String, String>,
    /// Taxonomy, short name and name.
    pub(super) terms: Vec<(String, String, String)>,
    /// Key and value.
    pub(super) meta: Vec<(String, String)>,
    pub(super) comments: usize,
}

impl Item {
    /// The text of an element; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// The value of a custom field; empty where there is none.
    pub(super) fn meta(&self, key: &str) -> &str {
        self.meta.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value)
    }
}

/// Reads an export. It is refused as a whole only where nothing of it can be read.
pub(super) fn read(bytes: &[u8]) -> Result<Export, ImportError> {
    if bytes.len() > MOST_BYTES {
        let message = format!("the file has {} MB; at most {} can be read at once", bytes.len() >> 20, MOST_BYTES >> 20);
        return Err(error(None, message, "export by year or by author, and import the files one after the other"));
    }
    let text = std::str::from_utf8(bytes).map_err(|wrong| {
        let line = bytes[..wrong.valid_up_to()].split(|byte| *byte == b'\n').count();
        error(Some(line), "this is not UTF-8".to_owned(), "export again; WordPress writes UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    let mut walk =
        Walk { text, counted: (0, 1), path: Vec::new(), leaf: String::new(), export: Export::default(), item: None, pair: Pair::default() };
    if let Err(wrong) = walk.run() {
        walk.export.broken = Some(wrong);
    }
    let export = walk.export;
    if export.items.is_empty() && export.texts.is_empty() {
        return Err(export.broken.unwrap_or_else(|| {
            error(None, "this is not an export of WordPress".to_owned(), "in WordPress choose Tools, Export, All content")
        }));
    }
    Ok(export)
}

fn error(line: Option<usize>, message: String, help: &str) -> ImportError {
    ImportError { line, column: None, message, help: help.to_owned() }
}

/// Key and value of an element that has both as children.
#[derive(Debug, Default)]
struct Pair {
    key: String,
    value: String,
}

struct Walk<'a> {
    text: &'a str,
    /// Bytes whose lines are counted, and how many lines there are.
    counted: (usize, usize),
    /// The open elements.
    path: Vec<String>,
    /// The text of the innermost.
    leaf: String,
    export: Export,
    item: Option<Item>,
    pair: Pair,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), ImportError> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|wrong| {
                let at = usize::try_from(reader.error_position()).unwrap_or(before);
                error(Some(self.line(at)), format!("the XML is broken: {wrong}"), "export again; what stands before this line was read")
            })?;
            match event {
                Event::Start(tag) => self.open(&tag, before)?,
                Event::Empty(tag) => {
                    self.open(&tag, before)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.leaf.push_str(&text.decode().unwrap_or_default()),
                Event::CData(text) => self.leaf.push_str(&text.decode().unwrap_or_default()),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().unwrap_or_default().into_owned();
                    match (reference.resolve_char_ref(), quick_xml::escape::resolve_predefined_entity(&name)) {
                        (Ok(Some(c)), _) => self.leaf.push(c),
                        (_, Some(text)) => self.leaf.push_str(text),
                        _ => {
                            let message = format!("`&{name};` is no entity of XML");
                            return Err(error(Some(self.line(before)), message, "export again; entities of a file's own are not read"));
                        }
                    }
                }
                Event::DocType(_) => {
                    let message = "the file declares a document type, which no export of WordPress has".to_owned();
                    return Err(error(Some(self.line(before)), message, "remove the line `<!DOCTYPE …>` if you trust the file"));
                }
                Event::Eof if self.path.is_empty() => return Ok(()),
                Event::Eof => {
                    let line = if let Some(item) = &self.item { item.line } else { self.line(self.text.len()) };
                    let message = format!("the file ends inside of `<{}>`", self.path.last().map_or("", String::as_str));
                    return Err(error(Some(line), message, "export again; what stands before this line was read"));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// The line of a byte; bytes only rise.
    fn line(&mut self, at: usize) -> usize {
        let at = at.min(self.text.len());
        if at > self.counted.0 {
            self.counted.1 += self.text.as_bytes()[self.counted.0..at].split(|byte| *byte == b'\n').count() - 1;
            self.counted.0 = at;
        }
        self.counted.1
    }

    fn open(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<(), ImportError> {
        let line = self.line(at);
        if self.path.len() >= MOST_DEPTH {
            let message = format!("elements are nested more than {MOST_DEPTH} deep");
            return Err(error(Some(line), message, "this is no export of WordPress; export again"));
        }
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        self.leaf.clear();
        match name.as_str() {
            "item" => self.item = Some(Item { line, content_line: line, ..Item::default() }),
            "content:encoded" => {
                if let Some(item) = &mut self.item {
                    item.content_line = line;
                }
            }
            "wp:postmeta" | "wp:author" | "wp:category" | "wp:tag" | "wp:term" | "wp:comment" => self.pair = Pair::default(),
            "category" => {
                if let Some(item) = &mut self.item {
                    let value = |name: &str| {
                        let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name.as_bytes());
                        found.map_or_else(String::new, |attribute| String::from_utf8_lossy(&attribute.value).into_owned())
                    };
                    item.terms.push((value("domain"), value("nicename"), String::new()));
                }
            }
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn close(&mut self) {
        let Some(name) = self.path.pop() else { return };
        let text: String = self.leaf.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        self.leaf.clear();
        let parent = self.path.last().map_or("", String::as_str);
        match (parent, name.as_str()) {
            ("channel", "item") => self.export.items.extend(self.item.take()),
            ("item", "category") => {
                if let Some(term) = self.item.as_mut().and_then(|item| item.terms.last_mut()) {
                    text.trim().clone_into(&mut term.2);
                }
            }
            ("item", "wp:postmeta") => {
                let pair = std::mem::take(&mut self.pair);
                if let Some(item) = &mut self.item {
                    item.meta.push((pair.key, pair.value));
                }
            }
            ("item", "wp:comment") => {
                if let Some(item) = &mut self.item {
                    item.comments += 1;
                }
            }
            ("item", _) => {
                // Only what is read is held: an export is large, and what plugins add to it larger.
                if let Some(item) = self.item.as_mut().filter(|_| READ.contains(&name.as_str())) {
                    item.texts.insert(name, text);
                }
            }
            ("wp:postmeta", "wp:meta_key") | ("wp:author", "wp:author_login") | ("wp:category", "wp:category_nicename") => {
                self.pair.key = text;
            }
            ("wp:postmeta", "wp:meta_value") | ("wp:author", "wp:author_display_name") | ("wp:category", "wp:category_parent") => {
                self.pair.value = text;
            }
            ("channel", "wp:author") => {
                drop(self.export.authors.insert(std::mem::take(&mut self.pair.key), std::mem::take(&mut self.pair.value)));
            }
            ("channel", "wp:category") => {
                drop(self.export.parents.insert(std::mem::take(&mut self.pair.key), std::mem::take(&mut self.pair.value)));
            }
            ("channel", _) => drop(self.export.texts.insert(name, text.trim().to_owned())),
            _ => {}
        }
    }
}
