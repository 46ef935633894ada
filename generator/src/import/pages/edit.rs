//! Changes where the links and pictures of a Markdown text lead, and nothing else of it: every other byte stays.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum What {
    Link,
    /// A picture written in Markdown, or an `<img>` that can become one.
    Picture,
    /// A picture, film or sound in HTML, which needs an address from the root.
    Embedded,
}

/// Where it leads from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) enum Fate {
    /// Where it led.
    Keep,
    /// Here.
    To(String),
    /// Nowhere: the words of a link stay, and of a picture what it shows.
    Drop,
}

/// A text whose links and pictures are changed; `fate` is asked once for each address that is written.
pub(in crate::import) fn readdress(markdown: &str, mut fate: impl FnMut(What, &str) -> Fate) -> String {
    let extensions = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let parser = Parser::new_ext(markdown, extensions);
    let mut cuts = Cuts { markdown, list: Vec::new() };
    let definitions: Vec<_> =
        parser.reference_definitions().iter().map(|(label, it)| (label.to_owned(), it.dest.to_string(), it.span.clone())).collect();
    let events: Vec<_> = parser.into_offset_iter().collect();
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    let mut ordered = definitions;
    ordered.sort_by_key(|(_, _, span)| span.start);
    for (label, target, span) in ordered {
        let what = if shows_pictures(&events, &label) { What::Picture } else { What::Link };
        let decided = fate(what, &target);
        cuts.definition(&span, &target, &decided);
        fates.insert(key(&label), decided);
    }
    let mut open: Vec<(Range<usize>, Option<Range<usize>>, Fate)> = Vec::new();
    let mut in_picture = 0_usize;
    for (event, range) in &events {
        if let Some((whole, inner, _)) = open.last_mut()
            && whole != range
        {
            *inner = Some(inner.as_ref().map_or(range.clone(), |inner| inner.start.min(range.start)..inner.end.max(range.end)));
        }
        match event {
            Event::Start(Tag::Image { link_type, dest_url, id, .. }) => {
                in_picture += 1;
                let decided = if in_picture > 1 { Fate::Keep } else { decide(&mut fate, &fates, What::Picture, *link_type, dest_url, id) };
                open.push((range.clone(), None, decided));
            }
            Event::Start(Tag::Link { link_type, dest_url, id, .. }) => {
                let decided = if in_picture > 0 { Fate::Keep } else { decide(&mut fate, &fates, What::Link, *link_type, dest_url, id) };
                open.push((range.clone(), None, decided));
            }
            Event::End(end @ (TagEnd::Image | TagEnd::Link)) => {
                let Some((whole, inner, decided)) = open.pop() else { continue };
                if *end == TagEnd::Image {
                    in_picture -= 1;
                }
                // What is around has this inside of it.
                if let Some((_, outer, _)) = open.last_mut() {
                    *outer = Some(outer.as_ref().map_or(whole.clone(), |outer| outer.start.min(whole.start)..outer.end.max(whole.end)));
                }
                cuts.close(&whole, inner, &decided, *end == TagEnd::Image);
            }
            Event::Start(Tag::HtmlBlock) if in_picture == 0 => cuts.html(range, true, &mut fate),
            Event::InlineHtml(_) if in_picture == 0 => cuts.html(range, false, &mut fate),
            _ => {}
        }
    }
    cuts.apply()
}

/// A link by reference does what its definition does.
fn decide(
    fate: &mut impl FnMut(What, &str) -> Fate,
    fates: &BTreeMap<String, Fate>,
    what: What,
    kind: LinkType,
    target: &str,
    label: &str,
) -> Fate {
    match kind {
        LinkType::Inline | LinkType::Autolink => fate(what, target),
        LinkType::Email => Fate::Keep,
        // A definition that leads elsewhere changes by itself.
        _ => fates.get(&key(label)).filter(|fate| **fate == Fate::Drop).cloned().unwrap_or(Fate::Keep),
    }
}

/// Labels are the same in any case and spacing.
fn key(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn shows_pictures(events: &[(Event<'_>, Range<usize>)], label: &str) -> bool {
    events.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Image { id, .. }) if key(id) == key(label)))
}

/// An address as Markdown takes it.
pub(super) fn written(address: &str) -> String {
    address.replace(' ', "%20").replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E")
}

struct Cuts<'m> {
    markdown: &'m str,
    list: Vec<(Range<usize>, String)>,
}

impl Cuts<'_> {
    fn cut(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.list.push((range, with.into()));
    }

    fn definition(&mut self, span: &Range<usize>, target: &str, fate: &Fate) {
        let text = &self.markdown[span.clone()];
        match fate {
            Fate::Keep => {}
            Fate::To(new) => {
                let Some(behind) = text.find("]:").map(|at| at + 2) else { return };
                let Some(at) = text[behind..].find(target).filter(|_| !target.is_empty()) else { return };
                let start = span.start + behind + at;
                self.cut(start..start + target.len(), written(new));
            }
            Fate::Drop => {
                let end = span.end + usize::from(self.markdown[span.end..].starts_with('\n') && !text.ends_with('\n'));
                self.cut(span.start..end, "");
            }
        }
    }

    /// The end of a link or picture: what stands around its words is changed.
    fn close(&mut self, whole: &Range<usize>, inner: Option<Range<usize>>, fate: &Fate, picture: bool) {
        let opening = if picture { 2 } else { 1 };
        let text = &self.markdown[whole.clone()];
        if *fate != Fate::Keep && text.starts_with('<') {
            // An address in angle brackets is its own words.
            let words = text.trim_matches(['<', '>']).to_owned();
            let with = if let Fate::To(new) = fate { format!("[{words}]({})", written(new)) } else { words };
            return self.cut(whole.clone(), with);
        }
        let inner = inner.unwrap_or(whole.start + opening..whole.start + opening);
        match fate {
            Fate::Keep => {}
            Fate::To(new) => {
                let tail = &self.markdown[inner.end..whole.end];
                let Some(from) = tail.find("](").map(|at| at + 2) else { return };
                let start = from + (tail[from..].len() - tail[from..].trim_start().len());
                let length = destination(&tail[start..]);
                self.cut(inner.end + start..inner.end + start + length, written(new));
            }
            Fate::Drop => {
                // `[words][]` is one whole, whose brackets behind are no part of its range.
                let end = whole.end + if self.markdown[whole.end..].starts_with("[]") { 2 } else { 0 };
                self.cut(whole.start..inner.start, "");
                self.cut(inner.end..end, "");
            }
        }
    }

    fn html(&mut self, range: &Range<usize>, block: bool, fate: &mut impl FnMut(What, &str) -> Fate) {
        let html = &self.markdown[range.clone()];
        let tags = tags(html);
        let alone = |tag: &HtmlTag| !block || (html.trim().len() == tag.range.len() && html.trim_start().starts_with('<'));
        for tag in &tags {
            if tag.name == "img"
                && alone(tag)
                && let Some(source) = tag.value(html, "src")
            {
                let alt = tag.value(html, "alt").unwrap_or_default().replace(['[', ']'], "");
                let place = range.start + tag.range.start..range.start + tag.range.end;
                match fate(What::Picture, &source) {
                    Fate::Drop => self.cut(place, alt),
                    fate => {
                        let target = if let Fate::To(new) = fate { new } else { source };
                        let title = tag.value(html, "title").map_or_else(String::new, |title| format!(" \"{}\"", title.replace('"', "'")));
                        self.cut(place, format!("![{alt}]({}{title})", written(&target)));
                    }
                }
                continue;
            }
            for (name, value, whole) in &tag.attributes {
                let what = match (tag.name.as_str(), name.as_str()) {
                    ("a" | "area", "href") => What::Link,
                    (_, "src" | "poster") => What::Embedded,
                    _ => continue,
                };
                let place = range.start + value.start..range.start + value.end;
                match fate(what, &unescaped(&html[value.clone()])) {
                    Fate::Keep => {}
                    Fate::To(new) => self.cut(place, written(&new).replace('&', "&amp;").replace('"', "%22")),
                    Fate::Drop => self.cut(range.start + whole.start..range.start + whole.end, ""),
                }
            }
        }
    }

    fn apply(mut self) -> String {
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(self.markdown.len());
        let mut at = 0;
        for (range, with) in self.list {
            if range.start < at {
                // Inside of something that is gone already.
                at = at.max(range.end);
                continue;
            }
            out.push_str(&self.markdown[at..range.start]);
            out.push_str(&with);
            at = range.end;
        }
        out.push_str(&self.markdown[at..]);
        out
    }
}

/// The length of a destination, its angle brackets included.
fn destination(text: &str) -> usize {
    if text.starts_with('<') {
        return text.find('>').map_or(text.len(), |at| at + 1);
    }
    let (mut escaped, mut depth) = (false, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            _ if c.is_ascii_whitespace() => return at,
            ')' if !escaped && depth == 0 => return at,
            ')' if !escaped => depth -= 1,
            '(' if !escaped => depth += 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// A start tag in HTML.
pub(in crate::import) struct HtmlTag {
    /// In small letters.
    pub(in crate::import) name: String,
    pub(in crate::import) range: Range<usize>,
    /// Name in small letters, the value's range, and the whole attribute's with the space before it.
    pub(in crate::import) attributes: Vec<(String, Range<usize>, Range<usize>)>,
}

impl HtmlTag {
    /// The value of an attribute.
    pub(in crate::import) fn value(&self, html: &str, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, ..)| known == name).map(|(_, value, _)| unescaped(&html[value.clone()]))
    }
}

/// The references that stand in addresses and short texts.
fn unescaped(text: &str) -> String {
    text.trim().replace("&quot;", "\"").replace("&#039;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The start tags of a piece of HTML.
pub(in crate::import) fn tags(html: &str) -> Vec<HtmlTag> {
    let bytes = html.as_bytes();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(offset) = html[at..].find('<') {
        let start = at + offset;
        at = start + 1;
        if html[start..].starts_with("<!--") {
            at = html[start..].find("-->").map_or(html.len(), |end| start + end + 3);
            continue;
        }
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let skip = |mut at: usize, wanted: &dyn Fn(u8) -> bool| {
            while bytes.get(at).is_some_and(|byte| wanted(*byte)) {
                at += 1;
            }
            at
        };
        let end = skip(at, &|b| !b.is_ascii_whitespace() && !b"/>".contains(&b));
        let mut tag = HtmlTag { name: html[at..end].to_ascii_lowercase(), range: start..start, attributes: Vec::new() };
        at = end;
        loop {
            let before = at;
            at = skip(at, &|b| b.is_ascii_whitespace() || b == b'/');
            match bytes.get(at) {
                None => break,
                Some(b'>') => {
                    at += 1;
                    break;
                }
                Some(_) => {}
            }
            let name_end = skip(at, &|b| !b.is_ascii_whitespace() && !b"/>=".contains(&b)).max(at + 1);
            // A name that begins with a letter of several bytes ends between letters.
            let name_end = (name_end..=html.len()).find(|end| html.is_char_boundary(*end)).unwrap_or(html.len());
            let name = html[at..name_end].to_ascii_lowercase();
            let equals = skip(name_end, &|b| b.is_ascii_whitespace());
            if bytes.get(equals) != Some(&b'=') {
                tag.attributes.push((name, name_end..name_end, before..name_end));
                at = name_end;
                continue;
            }
            let from = skip(equals + 1, &|b| b.is_ascii_whitespace());
            let (value, next) = match bytes.get(from) {
                Some(&quote @ (b'"' | b'\'')) => {
                    let end = skip(from + 1, &|b| b != quote);
                    (from + 1..end, (end + 1).min(html.len()))
                }
                _ => {
                    let end = skip(from, &|b| !b.is_ascii_whitespace() && b != b'>');
                    (from..end, end)
                }
            };
            tag.attributes.push((name, value, before..next));
            at = next;
        }
        tag.range.end = at;
        tags.push(tag);
    }
    tags
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `/old` leads to `/new/`, `/gone` to nothing, pictures beside.
    fn changed(text: &str) -> String {
        readdress(text, |what, target| match (what, target) {
            (_, "/gone") => Fate::Drop,
            (What::Picture, _) => Fate::To("beside.jpg".to_owned()),
            (_, "/old" | "/o(l)d") => Fate::To("/new (1)/".to_owned()),
            (What::Embedded, _) => Fate::To("/films/a.mp4".to_owned()),
            _ => Fate::Keep,
        })
    }

    #[test]
    fn links_and_pictures_change_and_nothing_else() {
        for (text, expected) in [
            ("a [b *c*](/old) d", "a [b *c*](/new%20%281%29/) d"),
            ("[b](</old> 'T')", "[b](/new%20%281%29/ 'T')"),
            ("[b](/o(l)d \"T\")", "[b](/new%20%281%29/ \"T\")"),
            ("[](/old)", "[](/new%20%281%29/)"),
            ("a [b **c**](/gone \"T\") d", "a b **c** d"),
            ("![b](x.png \"T\")", "![b](beside.jpg \"T\")"),
            ("![b *c*](/gone)", "b *c*"),
            ("[![b](x.png)](/old)", "[![b](beside.jpg)](/new%20%281%29/)"),
            ("[![b](/gone)](/gone) e", "b e"),
            ("[a][x] [x] [b][]\n\n[x]: /old 'T'\n[b]: /gone\n", "[a][x] [x] b\n\n[x]: /new%20%281%29/ 'T'\n"),
            ("![a][x]\n\n[x]: y.png\n", "![a][x]\n\n[x]: beside.jpg\n"),
            ("<https://a.example/> and `[b](/old)`\n\n    [b](/old)\n", "<https://a.example/> and `[b](/old)`\n\n    [b](/old)\n"),
            ("a <a href=\"/old\" class=x>b</a>", "a <a href=\"/new%20%281%29/\" class=x>b</a>"),
            ("a <a class=x href='/gone'>b</a>", "a <a class=x>b</a>"),
            ("a <img src=x.png alt=\"A [b]\" title='T'> c", "a ![A b](beside.jpg \"T\") c"),
            ("<img src=\"/gone\" alt=\"A\">\n", "A\n"),
            ("<div><img src=\"x.png\"></div>\n", "<div><img src=\"/films/a.mp4\"></div>\n"),
            ("<video src=\"x.mp4\" poster=y.png>\n", "<video src=\"/films/a.mp4\" poster=/films/a.mp4>\n"),
            ("a@b.example <c@d.example>", "a@b.example <c@d.example>"),
        ] {
            assert_eq!(changed(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_stays_byte_for_byte(text in "[<>/a-c&;#* _~\\[\\]()!:|\"'\\n=é-]{0,80}") {
            prop_assert_eq!(readdress(&text, |_, _| Fate::Keep), text.clone());
            readdress(&text, |_, _| Fate::Drop);
            readdress(&text, |_, _| Fate::To("/x/".to_owned()));
            tags(&text);
        }
    }
}
