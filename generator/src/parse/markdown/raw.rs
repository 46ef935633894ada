//! Keeps raw HTML within the site's Content-Security-Policy, and says what it changed.
//!
//! This informs an editor, whom the shop trusts; the policy itself is what protects a visitor. It
//! reads tags as the HTML standard's tokenizer does, but only tags and comments. The libraries that
//! do more either forget where in the text a tag stood (`html5ever`) or bring a second CSS parser
//! (`lol_html`).

use super::RawKind;
use std::ops::Range;

/// Raw HTML as it may be published.
#[derive(Default)]
pub(super) struct Cleaned {
    pub(super) html: String,
    /// What was changed, by its range in the HTML as it was.
    pub(super) found: Vec<(Range<usize>, RawKind)>,
    /// The targets for links that it makes.
    pub(super) anchors: Vec<String>,
}

/// Leaves out `style` and `on…` attributes, and turns `<script>` and `<style>` into text.
pub(super) fn clean(html: &str) -> Cleaned {
    let mut cleaned = Cleaned::default();
    let mut at = 0;
    while let Some(offset) = html[at..].find('<') {
        let start = at + offset;
        cleaned.html.push_str(&html[at..start]);
        at = match html.as_bytes().get(start + 1) {
            Some(b'!' | b'?') => cleaned.copy(html, start..declaration_end(html, start)),
            Some(b'/') => {
                let end = past(html, start, ">");
                if blocked(name(html, start + 2)).is_some() { cleaned.show(html, start..end) } else { cleaned.copy(html, start..end) }
            }
            Some(letter) if letter.is_ascii_alphabetic() => cleaned.element(html, start),
            _ => cleaned.copy(html, start..start + 1),
        };
    }
    cleaned.html.push_str(&html[at..]);
    cleaned
}

impl Cleaned {
    /// Takes over as it is; answers where to go on, like all of these.
    fn copy(&mut self, html: &str, range: Range<usize>) -> usize {
        self.html.push_str(&html[range.clone()]);
        range.end
    }

    /// Makes it text.
    fn show(&mut self, html: &str, range: Range<usize>) -> usize {
        let _ = pulldown_cmark_escape::escape_html_body_text(&mut self.html, &html[range.clone()]);
        range.end
    }

    /// A start tag; with everything to its end tag, if it is one that the policy blocks.
    fn element(&mut self, html: &str, start: usize) -> usize {
        let tag = Tag::read(html, start);
        if let Some(kind) = blocked(tag.name) {
            let end = element_end(html, tag.end, tag.name);
            self.found.push((start..end, kind));
            return self.show(html, start..end);
        }
        let mut kept = start;
        for attribute in &tag.attributes {
            let name = html[attribute.name.clone()].to_ascii_lowercase();
            match name.as_str() {
                "id" => self.anchors.push(html[attribute.value.clone()].to_owned()),
                "name" if tag.name.eq_ignore_ascii_case("a") => {
                    self.anchors.push(html[attribute.value.clone()].to_owned());
                }
                "style" => kept = self.drop_attribute(html, kept, attribute, RawKind::StyleAttribute),
                _ if name.len() > 2 && name.starts_with("on") => {
                    kept = self.drop_attribute(html, kept, attribute, RawKind::EventHandler);
                }
                _ => {}
            }
        }
        self.copy(html, kept..tag.end)
    }

    /// Takes over what stands before an attribute, and skips it. The space before it goes as well,
    /// unless it is needed to part its neighbours.
    fn drop_attribute(&mut self, html: &str, kept: usize, attribute: &Attribute, kind: RawKind) -> usize {
        let before = &html[kept..attribute.name.start];
        let next = html[attribute.end..].chars().next();
        let ends = next.is_none_or(|next| next.is_ascii_whitespace() || "/>".contains(next));
        self.html.push_str(if ends { before.trim_ascii_end() } else { before });
        self.found.push((attribute.name.start..attribute.end, kind));
        attribute.end
    }
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
                None => return Self { name, attributes, end: at },
                Some(b'>') => return Self { name, attributes, end: at + 1 },
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

/// Where a comment ends, or anything else that begins with `<!` or `<?`.
fn declaration_end(html: &str, start: usize) -> usize {
    let comment = html[start..].starts_with("<!--");
    past(html, start, if comment { "-->" } else { ">" })
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
