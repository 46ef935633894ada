//! A text of `WordPress` as Markdown: blocks and classic texts, shortcodes that only arrange pictures, pictures in their
//! original size.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::wxr::Item;
use super::{Attachment, html};
use crate::import::pages::{Fate, What, line_at, readdress};

/// The most that a text grows to by what it shares with others, or shows of the library, in bytes.
const MOST: usize = 8 * 1024 * 1024;
/// So deep may shared texts lie in each other.
const DEEPEST: usize = 16;
/// Of so many things in one text it is looked up on which line they stand.
const MOST_LINES: usize = 1000;

/// What texts refer to.
pub(super) struct Texts<'a> {
    /// The site's address, without a slash at the end.
    root: &'a str,
    pub(super) attachments: &'a BTreeMap<String, Attachment>,
    /// Addresses of the library's files by what texts may call them.
    library: BTreeMap<String, &'a str>,
    /// The pictures of each post.
    of_post: BTreeMap<&'a str, Vec<&'a Attachment>>,
    /// Texts that several pages share, by number.
    blocks: BTreeMap<String, String>,
    /// Addresses of posts and pages by number.
    addresses: BTreeMap<String, String>,
}

/// What is told: the line, what it is, what stands there, and what became of it.
type Tell<'t> = &'t mut dyn FnMut(usize, &str, &str, &str);

/// Whether an address is that of a picture.
pub(super) fn is_picture(url: &str) -> bool {
    let name = url.split(['?', '#']).next().unwrap_or("").to_ascii_lowercase();
    ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg"].iter().any(|ending| name.ends_with(&format!(".{ending}")))
}

/// A text into which shared ones are put.
struct Shared<'t> {
    text: String,
    /// The numbers of those that are being put in.
    open: Vec<&'t str>,
    /// So many bytes may still be read.
    left: usize,
}

/// An address without what differs where the same file is meant.
fn bare(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['?', '#']).next().unwrap_or(rest).trim_start_matches("www.").to_owned()
}

impl<'a> Texts<'a> {
    pub(super) fn new(
        root: &'a str,
        attachments: &'a BTreeMap<String, Attachment>,
        blocks: BTreeMap<String, String>,
        addresses: BTreeMap<String, String>,
    ) -> Self {
        let (mut library, mut of_post) = (BTreeMap::new(), BTreeMap::<&str, Vec<&Attachment>>::new());
        for attachment in attachments.values() {
            let name = bare(&attachment.url);
            // Large pictures are kept as `photo-scaled.jpg`, and their sizes are called after `photo.jpg`.
            library.entry(name.replace("-scaled.", ".")).or_insert(attachment.url.as_str());
            library.entry(name).or_insert(attachment.url.as_str());
            if is_picture(&attachment.url) {
                of_post.entry(attachment.parent.as_str()).or_default().push(attachment);
            }
        }
        Self { root, attachments, library, of_post, blocks, addresses }
    }

    /// The text of an entry.
    pub(super) fn markdown(&self, item: &Item, tell: Tell<'_>) -> String {
        let content = item.text("content:encoded");
        let looked = Cell::new(0);
        let line = |what: &str| {
            looked.set(looked.get() + 1);
            let found = if looked.get() > MOST_LINES { None } else { content.find(what) };
            item.content_line + found.map_or(0, |at| line_at(content, at) - 1)
        };
        let mut shared = Shared { text: String::with_capacity(content.len()), open: Vec::new(), left: MOST };
        self.share(content, &mut shared);
        let shared = shared.text;
        for block in dynamic(&shared) {
            tell(line(block), "block", block, "a block that WordPress filled in; write what it showed");
        }
        let pages = if shared.contains("<!--nextpage-->") { shared.replace("<!--nextpage-->", "") } else { shared };
        let with_pictures =
            self.shortcodes(&pages, item.text("wp:post_id"), &mut |code, reason| tell(line(code), "shortcode", code, reason));
        let blocks = content.contains("<!-- wp:");
        let written = if blocks { html::Written::Html } else { html::Written::HtmlWithLines };
        let converted = html::page(&lone_addresses(&with_pictures), written);
        for (what, reason) in &converted.lost {
            tell(line(what), "HTML", what, reason);
        }
        readdress(&converted.markdown, |what, target| self.fate(what, target))
    }

    /// Adds a text with `<!-- wp:block {"ref":7} /-->` as the text of block 7. A block within itself stays as it is, and so does one for
    /// which there is no room.
    fn share<'t>(&'t self, content: &'t str, into: &mut Shared<'t>) {
        const MARK: &str = "<!-- wp:block ";
        let mut rest = content;
        while let Some(start) = rest.find(MARK) {
            let Some(end) = rest[start..].find("/-->").map(|at| start + at + 4) else { break };
            let (before, block) = (&rest[..start], &rest[start..end]);
            rest = &rest[end..];
            into.text.push_str(before);
            let known = number(&block[MARK.len()..block.len() - 4]).and_then(|number| self.blocks.get_key_value(&number));
            let known = known.filter(|(number, _)| into.open.len() < DEEPEST && !into.open.contains(&number.as_str()));
            // What a text says is read anew wherever it is put in.
            let cost = |text: &String| text.len() + block.len();
            match known.filter(|(_, text)| cost(text) <= into.left) {
                Some((number, text)) => {
                    into.left -= cost(text);
                    into.open.push(number);
                    self.share(text, into);
                    into.open.pop();
                }
                None => into.text.push_str(block),
            }
        }
        into.text.push_str(rest);
    }

    /// Pictures in their original size, links by number to the address, links from a picture to itself away.
    fn fate(&self, what: What, target: &str) -> Fate {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let number =
            ["p=", "page_id="].iter().find_map(|key| query.strip_prefix(key)).map(|rest| rest.split(['&', '#']).next().unwrap_or(rest));
        if let Some(address) = number.and_then(|number| self.addresses.get(number)).filter(|address| !address.contains('?')) {
            return Fate::To(address.clone());
        }
        let known = self.original(target);
        match (what, known) {
            (What::Link, Some(picture)) if is_picture(&picture) => Fate::Drop,
            (What::Link, _) => Fate::Keep,
            (_, Some(url)) if url != target => Fate::To(url),
            _ if target.starts_with('/') && !target.starts_with("//") => Fate::To(format!("{}{target}", origin(self.root))),
            _ => Fate::Keep,
        }
    }

    /// The address of the file in the library that a text shows, in whatever size: `photo-300x200.jpg` is `photo.jpg`.
    fn original(&self, target: &str) -> Option<String> {
        let rooted =
            if target.starts_with('/') && !target.starts_with("//") { format!("{}{target}", origin(self.root)) } else { target.to_owned() };
        let found = self.library.get(&bare(&rooted)).or_else(|| self.library.get(&bare(&full_size(&rooted))));
        found.map(|url| (*url).to_owned())
    }

    /// Shortcodes that arrange pictures become figures, addresses become links; others stay, and are told.
    fn shortcodes(&self, content: &str, post: &str, tell: &mut dyn FnMut(&str, &str)) -> String {
        let (mut out, mut at) = (String::with_capacity(content.len()), 0);
        let ends = Ends::of(content);
        while let Some(start) = content[at..].find('[').map(|offset| at + offset) {
            out.push_str(&content[at..start]);
            let Some(code) = Shortcode::read(content, start, &ends) else {
                out.push('[');
                at = start + 1;
                continue;
            };
            // `[[name]]` is how a text says `[name]`.
            if out.ends_with('[') && content[code.end..].starts_with(']') {
                out.push_str(&content[start + 1..code.end]);
                at = code.end + 1;
                continue;
            }
            at = code.end;
            match code.name {
                "caption" | "wp_caption" => out.push_str(&captioned(code.inner.unwrap_or(""), code.attribute("caption"))),
                "gallery" if out.len() < MOST => out.push_str(&self.gallery(&code, post, tell)),
                "embed" => out.push_str(&format!("\n\n{}\n\n", code.inner.unwrap_or("").trim())),
                "audio" | "video" | "playlist" if code.source().is_some() => {
                    let address = code.source().unwrap_or_default();
                    tell(&content[start..code.opening_end], "films and sounds are not embedded; it became a link");
                    out.push_str(&format!("\n\n<a href=\"{address}\">{address}</a>\n\n"));
                }
                _ => {
                    if code.is_meant(content) {
                        tell(
                            &content[start..code.opening_end],
                            "a plugin's shortcode; it stays as text. Write what it showed, or remove it",
                        );
                    }
                    out.push_str(&content[start..code.opening_end]);
                    at = code.opening_end;
                }
            }
        }
        out.push_str(&content[at..]);
        out
    }

    fn gallery(&self, code: &Shortcode<'_>, post: &str, tell: &mut dyn FnMut(&str, &str)) -> String {
        let ids = code.attribute("ids").or_else(|| code.attribute("include"));
        let pictures: Vec<&Attachment> = match &ids {
            Some(ids) => ids.split(',').filter_map(|id| self.attachments.get(id.trim())).collect(),
            None => self.of_post.get(post).cloned().unwrap_or_default(),
        };
        let wanted = ids.as_ref().map_or(pictures.len(), |ids| ids.split(',').count());
        if pictures.is_empty() || pictures.len() < wanted {
            tell(code.opening, "not every picture of the gallery is in the export; add those that are missing");
        }
        let figure = |picture: &&Attachment| {
            let (url, alt) = (escaped(&picture.url), escaped(&picture.alt));
            let caption =
                if picture.caption.is_empty() { String::new() } else { format!("<figcaption>{}</figcaption>", escaped(&picture.caption)) };
            format!("\n\n<figure><img src=\"{url}\" alt=\"{alt}\">{caption}</figure>\n\n")
        };
        pictures.iter().map(figure).collect()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// `https://a.example/blog` to `https://a.example`.
fn origin(root: &str) -> &str {
    let from = root.find("://").map_or(0, |at| at + 3);
    root[from..].find('/').map_or(root, |at| &root[..from + at])
}

/// `…/photo-300x200.jpg` to `…/photo.jpg`.
fn full_size(url: &str) -> String {
    let Some((stem, ending)) = url.rsplit_once('.') else { return url.to_owned() };
    let Some((name, size)) = stem.rsplit_once('-') else { return url.to_owned() };
    let is_size = size.split_once('x').is_some_and(|(w, h)| {
        let digits = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits(w) && digits(h)
    });
    if is_size { format!("{name}.{ending}") } else { url.to_owned() }
}

/// `[caption]<a><img></a> Words[/caption]` as a figure.
fn captioned(inner: &str, attribute: Option<String>) -> String {
    let end = inner.rfind("</a>").map(|at| at + 4).or_else(|| {
        let image = inner.find("<img")?;
        inner[image..].find('>').map(|at| image + at + 1)
    });
    let (picture, words) = inner.split_at(end.unwrap_or(0));
    let words = attribute.unwrap_or_else(|| words.trim().to_owned());
    format!("\n\n<figure>{}<figcaption>{words}</figcaption></figure>\n\n", picture.trim())
}

/// An address alone on its line was shown as what it leads to; it becomes a link.
fn lone_addresses(content: &str) -> String {
    let line = |line: &str| {
        let text = line.trim();
        let lone = (text.starts_with("https://") || text.starts_with("http://"))
            && !text.contains(|c: char| c.is_whitespace() || "<>\"[]".contains(c));
        if lone { format!("<a href=\"{}\">{text}</a>", text.replace('&', "&amp;")) } else { line.to_owned() }
    };
    content.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The number of a shared block: `{"ref":7}`.
fn number(attributes: &str) -> Option<String> {
    let attributes: serde_json::Value = serde_json::from_str(attributes.trim()).ok()?;
    attributes.get("ref")?.as_u64().map(|number| number.to_string())
}

/// Blocks without content of their own, each once: `<!-- wp:latest-posts {…} /-->`.
fn dynamic(content: &str) -> BTreeSet<&str> {
    const EMPTY: [&str; 4] = ["spacer", "separator", "more", "nextpage"];
    let mut found = BTreeSet::new();
    let mut at = 0;
    while let Some(start) = content[at..].find("<!-- wp:").map(|offset| at + offset) {
        let Some(end) = content[start..].find("-->").map(|offset| start + offset + 3) else { break };
        let block = &content[start..end];
        let name = block["<!-- wp:".len()..].split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("");
        if block.ends_with("/-->") && !EMPTY.contains(&name) {
            found.insert(block);
        }
        at = end;
    }
    found
}

/// Where `[/name]` stands in a text, by name: a text of thousands of openings is not searched to its end for each.
struct Ends<'a>(BTreeMap<&'a str, Vec<usize>>);

impl<'a> Ends<'a> {
    fn of(content: &'a str) -> Self {
        let mut ends: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, _) in content.match_indices("[/") {
            let rest = &content[at + 2..];
            let length = rest.find(|c: char| !is_of_a_name(c)).unwrap_or(rest.len());
            if rest[length..].starts_with(']') {
                ends.entry(&rest[..length]).or_default().push(at);
            }
        }
        Self(ends)
    }

    /// The next one from a place on.
    fn after(&self, name: &str, from: usize) -> Option<usize> {
        let all = self.0.get(name)?;
        all.get(all.partition_point(|at| *at < from)).copied()
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

struct Shortcode<'a> {
    name: &'a str,
    attributes: &'a str,
    opening: &'a str,
    /// What stands between it and its closing tag.
    inner: Option<&'a str>,
    opening_end: usize,
    end: usize,
}

impl<'a> Shortcode<'a> {
    /// The shortcode that begins at the bracket, if one does.
    fn read(content: &'a str, start: usize, ends: &Ends<'_>) -> Option<Self> {
        let rest = &content[start + 1..];
        let length = rest.find(|c: char| !is_of_a_name(c)).unwrap_or(rest.len());
        let name = &rest[..length];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let close = rest.find([']', '[']).filter(|at| rest[*at..].starts_with(']'))?;
        let attributes = rest[length..close].trim().trim_end_matches('/');
        if !(close == length || rest[length..].starts_with([' ', '\n', '\t', '/'])) {
            return None;
        }
        let opening_end = start + 1 + close + 1;
        let inner_end = ends.after(name, opening_end);
        let inner = inner_end.map(|end| &content[opening_end..end]);
        let end = inner_end.map_or(opening_end, |end| end + name.len() + "[/]".len());
        Some(Self { name, attributes, opening: &content[start..opening_end], inner, opening_end, end })
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let mut at = 0;
        while let Some(found) = self.attributes[at..].find(name).map(|offset| at + offset) {
            let before = self.attributes[..found].chars().next_back();
            let rest = self.attributes[found + name.len()..].trim_start();
            at = found + name.len();
            let Some(value) = rest.strip_prefix('=').filter(|_| before.is_none_or(char::is_whitespace)) else { continue };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            return Some(match quote {
                Some(quote) => value[1..].split(quote).next().unwrap_or("").to_owned(),
                None => value.split_whitespace().next().unwrap_or("").to_owned(),
            });
        }
        None
    }

    fn source(&self) -> Option<String> {
        ["src", "mp4", "mp3", "m4v", "webm", "ogv", "ogg", "wav"].iter().find_map(|name| self.attribute(name)).map(|url| escaped(&url))
    }

    /// `[sic]` and `[1]` are words; a shortcode has attributes, an end, or a line of its own.
    fn is_meant(&self, content: &str) -> bool {
        let start = self.opening_end - self.opening.len();
        let alone = (start == 0 || content[..start].ends_with(['\n', '>']))
            && (content[self.opening_end..].is_empty() || content[self.opening_end..].starts_with(['\n', '<']));
        self.attributes.contains('=') || self.inner.is_some() || alone
    }
}
