//! Reads raw HTML: what the site's policy forbids is taken out, what only a shop that trusts its editors publishes is marked, and addresses
//! of links and pictures become holes like those of Markdown. Everything that is taken out is told at its place.
//!
//! It reads tags as the HTML standard's tokenizer does, but only tags and comments. No library that cleans HTML says where in the text
//! something stood; [`super::allowed`] cleans the finished text once more, as a whole, and this reads with the same lists.

use super::allowed;
use super::places::Gathered;
use super::write::Writer;
use super::{Found, ImageForm, ImageRef, LinkRef, RawHtml, RawKind, RawPart, count, escape_href, span};
use std::ops::Range;

/// Elements in whose content tags mean nothing, as browsers read them.
const TEXT_ELEMENTS: [&str; 9] = ["iframe", "noembed", "noframes", "noscript", "plaintext", "textarea", "title", "xmp", "template"];
/// Elements without an end, or whose end may be left out; they cannot be nested by themselves.
const FLAT: [&str; 24] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param", "source",
    "tbody", "td", "th", "thead", "tr", "track", "wbr",
];

/// A piece of raw HTML on its way into parts.
pub(super) struct Pieces<'p, 'w> {
    writer: &'p mut Writer<'w>,
    gathered: &'p Gathered,
    /// Since the last hole.
    html: String,
    out: RawHtml,
}

/// Reads a piece of raw HTML.
pub(super) fn read(writer: &mut Writer<'_>, gathered: &Gathered, is_block: bool) -> RawHtml {
    let whole = gathered.locate(&(0..gathered.text.len()));
    let out = RawHtml { span: span(&whole), is_block, text: gathered.text.clone(), parts: Vec::new(), found: Vec::new() };
    let mut pieces = Pieces { writer, gathered, html: String::new(), out };
    let html = &gathered.text;
    let mut at = 0;
    while let Some(offset) = html[at..].find('<') {
        let start = at + offset;
        pieces.html.push_str(&html[at..start]);
        at = match html.as_bytes().get(start + 1) {
            Some(b'!' | b'?') => pieces.declaration(start),
            Some(b'/') => pieces.end_tag(start),
            Some(letter) if letter.is_ascii_alphabetic() => pieces.element(start),
            _ => pieces.copy(start..start + 1),
        };
    }
    pieces.html.push_str(&html[at..]);
    pieces.flush();
    pieces.out
}

impl Pieces<'_, '_> {
    /// Takes over as it is; answers where to go on, like all of these.
    fn copy(&mut self, range: Range<usize>) -> usize {
        self.html.push_str(&self.gathered.text[range.clone()]);
        range.end
    }

    /// Makes it text.
    fn show(&mut self, range: Range<usize>) -> usize {
        let _ = pulldown_cmark_escape::escape_html_body_text(&mut self.html, &self.gathered.text[range.clone()]);
        range.end
    }

    fn flush(&mut self) {
        if !self.html.is_empty() {
            self.out.parts.push(RawPart::Html(std::mem::take(&mut self.html).into()));
        }
    }

    /// The place of an address; of the whole attribute where it is empty.
    fn place(&self, attribute: &Attribute) -> (u32, u32) {
        let range = if attribute.value.is_empty() { attribute.name.start..attribute.end } else { attribute.value.clone() };
        span(&self.gathered.locate(&range))
    }

    fn tell(&mut self, range: &Range<usize>, kind: RawKind) {
        self.out.found.push(Found { span: span(&self.gathered.locate(range)), kind });
    }

    /// Publishes it only where editors are trusted.
    fn trusted(&mut self, text: &str) {
        self.flush();
        self.out.parts.push(RawPart::Trusted(text.into()));
    }

    /// A comment, or anything else that begins with `<!` or `<?`.
    fn declaration(&mut self, start: usize) -> usize {
        let html = &self.gathered.text;
        let is_comment = html[start..].starts_with("<!--");
        match html[start..].find(if is_comment { "-->" } else { ">" }) {
            // What has no end would swallow the text behind it.
            None => self.show(start..html.len()),
            Some(offset) => {
                let end = start + offset + if is_comment { 3 } else { 1 };
                self.trusted(&html[start..end]);
                end
            }
        }
    }

    fn end_tag(&mut self, start: usize) -> usize {
        let html = &self.gathered.text;
        let name = name(html, start + 2).to_ascii_lowercase();
        let Some(end) = html[start..].find('>').map(|offset| start + offset + 1) else { return self.show(start..html.len()) };
        if blocked(&name).is_some() {
            return self.show(start..end);
        }
        if allowed::element(&name) {
            if !FLAT.contains(&name.as_str()) {
                self.writer.open_tags = self.writer.open_tags.saturating_sub(1);
            }
            self.html.push_str("</");
            self.html.push_str(&name);
            self.html.push('>');
        } else {
            self.trusted(&html[start..end]);
        }
        end
    }

    /// A start tag; with everything to its end tag, if it is one that the policy blocks.
    fn element(&mut self, start: usize) -> usize {
        let html = &self.gathered.text;
        let tag = Tag::read(html, start);
        let name = tag.name.to_ascii_lowercase();
        if let Some(kind) = blocked(&name) {
            let end = element_end(html, tag.end, &name);
            self.tell(&(start..end), kind);
            return self.show(start..end);
        }
        if !tag.is_whole {
            self.tell(&(start..tag.end), RawKind::OpenTag);
            return self.show(start..tag.end);
        }
        if !allowed::element(&name) || name == "input" {
            self.tell(&(start..start + 1 + name.len()), RawKind::Element(name.clone()));
            // Its own handlers and styles are as forbidden as elsewhere.
            let mut text = format!("<{}", tag.name);
            for attribute in &tag.attributes {
                if self.is_clean(&name, attribute).is_ok() {
                    text.push(' ');
                    text.push_str(&html[attribute.name.start..attribute.end]);
                }
            }
            text.push('>');
            self.trusted(&text);
            if TEXT_ELEMENTS.contains(&name.as_str()) {
                let end = element_end(html, tag.end, &name);
                self.trusted(&html[tag.end..end]);
                return end;
            }
            return tag.end;
        }
        if !FLAT.contains(&name.as_str()) && !html[..tag.end].ends_with("/>") {
            self.writer.open_tags += 1;
            self.writer.deepest_tag = self.writer.deepest_tag.max(self.writer.open_tags);
        }
        self.html.push('<');
        self.html.push_str(&name);
        // As in a browser, the first of several with the same name counts.
        let mut seen = std::collections::BTreeSet::new();
        for attribute in &tag.attributes {
            if seen.insert(html[attribute.name.clone()].to_ascii_lowercase()) {
                self.attribute(&name, &tag, attribute);
            }
        }
        self.html.push_str(if html[..tag.end].ends_with("/>") { " />" } else { ">" });
        tag.end
    }

    /// Whether the policy lets an attribute stand; else what it has against it.
    fn is_clean(&self, element: &str, attribute: &Attribute) -> Result<String, RawKind> {
        let html = &self.gathered.text;
        let name = html[attribute.name.clone()].to_ascii_lowercase();
        if name == "style" {
            return Err(RawKind::StyleAttribute);
        }
        if name.len() > 2 && name.starts_with("on") {
            return Err(RawKind::EventHandler);
        }
        let value = decoded(&html[attribute.value.clone()]);
        let is_address =
            matches!(name.as_str(), "href" | "src" | "action" | "formaction" | "xlink:href" | "data" | "poster" | "cite" | "srcdoc");
        match allowed::scheme(&value).filter(|_| is_address) {
            // The policy has nothing against a picture of data.
            Some((scheme, _)) if scheme == "data" && element == "img" && name == "src" => Ok(name),
            Some((scheme, false)) => Err(RawKind::Address(scheme)),
            _ if name == "srcdoc" => Err(RawKind::Attribute(name)),
            _ => Ok(name),
        }
    }

    fn attribute(&mut self, element: &str, tag: &Tag<'_>, attribute: &Attribute) {
        let html = &self.gathered.text;
        let name = match self.is_clean(element, attribute) {
            Ok(name) => name,
            Err(kind) => return self.tell(&(attribute.name.start..attribute.end), kind),
        };
        let written = &html[attribute.name.start..attribute.end];
        let value = decoded(&html[attribute.value.clone()]);
        match (element, name.as_str()) {
            (_, "id") | ("a", "name") => self.writer.out.anchors.push(value.clone()),
            ("a" | "area", "href") => return self.link(attribute, value, true),
            // The policy lets nothing come from elsewhere.
            ("audio" | "video" | "source" | "track", "src") | ("video", "poster") if is_elsewhere(&value) => {
                return self.tell(&(attribute.name.start..attribute.end), RawKind::Attribute(name));
            }
            ("audio" | "video" | "source" | "track", "src") | ("video", "poster") => {
                self.html.push(' ');
                self.html.push_str(&name);
                return self.link(attribute, value, false);
            }
            ("img", "src") if allowed::scheme(&value).is_none_or(|(scheme, _)| scheme != "data") => {
                return self.picture(attribute, value, tag);
            }
            // Both are made from the picture's own copies.
            ("img" | "source", "srcset" | "sizes") => {
                return self.tell(&(attribute.name.start..attribute.end), RawKind::Attribute(name));
            }
            _ => {}
        }
        // Some are allowed for what is made of Markdown alone.
        let is_ours = matches!((element, name.as_str()), (_, "data-line" | "tabindex") | ("img", "src"));
        if allowed::attribute(element, &name) && !is_ours {
            self.html.push(' ');
            self.html.push_str(&name);
            if attribute.value.start > attribute.name.end {
                self.html.push_str("=\"");
                self.html.push_str(&html[attribute.value.clone()].replace('"', "&quot;"));
                self.html.push('"');
            }
        } else {
            self.tell(&(attribute.name.start..attribute.end), RawKind::Attribute(name));
            self.trusted(&format!(" {written}"));
        }
    }

    /// An address that is resolved and checked, as those of Markdown are.
    fn link(&mut self, attribute: &Attribute, target: String, is_link: bool) {
        let place = self.place(attribute);
        if is_link {
            self.html.push_str(" href");
        }
        self.html.push_str("=\"");
        if is_elsewhere(&target) {
            self.html.push_str(&escape_href(&target));
            self.html.push('"');
            if is_link {
                self.flush();
                self.out.parts.push(RawPart::Outside(count(self.writer.out.outside.len())));
                self.writer.out.outside.push(LinkRef { target, span: place });
            }
        } else {
            self.flush();
            self.out.parts.push(RawPart::Link(count(self.writer.out.links.len())));
            self.writer.out.links.push(LinkRef { target, span: place });
            self.html.push('"');
        }
    }

    fn picture(&mut self, attribute: &Attribute, target: String, tag: &Tag<'_>) {
        let html = &self.gathered.text;
        let find = |wanted: &str| tag.attributes.iter().find(|other| html[other.name.clone()].eq_ignore_ascii_case(wanted));
        let alt = find("alt").map(|alt| decoded(&html[alt.value.clone()])).unwrap_or_default();
        let is_sized = find("width").is_some() || find("height").is_some();
        self.flush();
        self.out.parts.push(RawPart::Image(count(self.writer.out.images.len())));
        let span = self.place(attribute);
        let form = ImageForm::Attributes { is_sized };
        self.writer.out.images.push(ImageRef { target, alt, title: String::new(), span, form });
    }
}

/// Whether an address has a scheme or a host.
fn is_elsewhere(address: &str) -> bool {
    allowed::scheme(address).is_some() || address.starts_with("//")
}

/// The value of an attribute with its character references resolved, as far as they matter in an address.
fn decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (sign, length) = reference(rest).unwrap_or(('&', 1));
        out.push(sign);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// Names of references that can hide an address.
const NAMED: [(&str, char); 10] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&apos;", '\''),
    ("&colon;", ':'),
    ("&Tab;", '\t'),
    ("&NewLine;", '\n'),
    ("&sol;", '/'),
    ("&nbsp;", '\u{a0}'),
];

/// The sign that a character reference stands for, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    if let Some(number) = text.strip_prefix("&#") {
        let (digits, radix, skipped) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let length = digits.chars().take(12).take_while(|sign| sign.is_digit(radix)).count();
        let sign = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
        return Some((sign, skipped + length + usize::from(digits[length..].starts_with(';'))));
    }
    NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, sign)| (*sign, name.len()))
}

/// What the policy has against an element.
fn blocked(name: &str) -> Option<RawKind> {
    if name.eq_ignore_ascii_case("script") {
        Some(RawKind::ScriptElement)
    } else if name.eq_ignore_ascii_case("style") {
        Some(RawKind::StyleElement)
    } else {
        None
    }
}

/// A start tag.
struct Tag<'h> {
    name: &'h str,
    attributes: Vec<Attribute>,
    end: usize,
    /// Whether it has its `>`.
    is_whole: bool,
}

struct Attribute {
    name: Range<usize>,
    /// The value without its quotes; empty where there is none.
    value: Range<usize>,
    end: usize,
}

impl<'h> Tag<'h> {
    /// Reads the tag whose `<` is at `start`, to the end of the text if it doesn't end before.
    fn read(html: &'h str, start: usize) -> Self {
        let name = name(html, start + 1);
        let mut attributes = Vec::new();
        let mut at = start + 1 + name.len();
        loop {
            at = skip(html, at, |byte| byte.is_ascii_whitespace() || byte == b'/');
            match html.as_bytes().get(at) {
                None => return Self { name, attributes, end: at, is_whole: false },
                Some(b'>') => return Self { name, attributes, end: at + 1, is_whole: true },
                Some(_) => {
                    let attribute = Attribute::read(html, at);
                    at = attribute.end;
                    attributes.push(attribute);
                }
            }
        }
    }
}

impl Attribute {
    fn read(html: &str, start: usize) -> Self {
        let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'=');
        // A name may begin with `=`.
        let name = start..skip(html, start + first_len(html, start), |byte| !ends(byte));
        let equals = skip(html, name.end, |byte| byte.is_ascii_whitespace());
        if html.as_bytes().get(equals) != Some(&b'=') {
            return Self { value: name.end..name.end, end: name.end, name };
        }
        let at = skip(html, equals + 1, |byte| byte.is_ascii_whitespace());
        if let Some(&quote @ (b'"' | b'\'')) = html.as_bytes().get(at) {
            let end = skip(html, at + 1, |byte| byte != quote);
            Self { name, value: at + 1..end, end: (end + 1).min(html.len()) }
        } else {
            let end = skip(html, at, |byte| !byte.is_ascii_whitespace() && byte != b'>');
            Self { name, value: at..end, end }
        }
    }
}

/// The name of the tag that is at `start`, behind its `<` or `</`.
fn name(html: &str, start: usize) -> &str {
    let end = skip(html, start, |byte| !byte.is_ascii_whitespace() && byte != b'/' && byte != b'>');
    &html[start..end]
}

/// The first place from `at` on whose byte is not wanted. All bytes that end a run are ASCII, so
/// it is between characters.
fn skip(html: &str, at: usize, wanted: impl Fn(u8) -> bool) -> usize {
    let rest = html.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| wanted(**byte)).count()
}

/// The length in bytes of the character at `at`.
fn first_len(html: &str, at: usize) -> usize {
    html[at..].chars().next().map_or(0, char::len_utf8)
}

/// The place behind the next `mark`, or the end of the text.
fn past(html: &str, start: usize, mark: &str) -> usize {
    html[start..].find(mark).map_or(html.len(), |offset| start + offset + mark.len())
}

/// The place behind the end tag of an element whose content is not HTML.
fn element_end(html: &str, mut at: usize, element: &str) -> usize {
    while let Some(offset) = html[at..].find("</") {
        let close = at + offset;
        if name(html, close + 2).eq_ignore_ascii_case(element) {
            return past(html, close, ">");
        }
        at = close + 2;
    }
    html.len()
}
