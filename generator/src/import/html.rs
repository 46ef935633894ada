//! Texts of any kind to Markdown that says the same: HTML is converted, plain text is escaped, Markdown is kept. In the
//! descriptions of products, links into the old shop and pictures would break; they are taken out and named. In pages they
//! stay, because where they lead is settled later.

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::options::{BrStyle, BulletListMarker, CodeBlockFence, CodeBlockStyle, Options};
use htmd::{Element, HtmlToMarkdown};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::pages::tags;

/// A description as Markdown, and what had to be taken out of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Markdown without spaces around it.
    pub(super) markdown: String,
    /// A value and the reason for each thing that was taken out.
    pub(super) lost: Vec<(String, &'static str)>,
}

/// What a description is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// HTML in which white space means nothing.
    Html,
    /// HTML in which line ends stand for breaks and empty lines for paragraphs.
    HtmlWithLines,
    /// Markdown.
    Markdown,
}

/// HTML nested deeper than this loses its markup, so that no input can exhaust the stack.
const MAX_DEPTH: usize = 200;

/// Elements whose content is no text for readers.
const SKIPPED: [&str; 11] = ["script", "style", "iframe", "object", "embed", "noscript", "svg", "form", "video", "audio", "template"];

/// Stand around a caption, and in the place of the mark behind a summary, until the text is Markdown: nobody's letters.
const CAPTION: [char; 2] = ['\u{e0f0}', '\u{e0f1}'];
const MORE: char = '\u{e0f2}';

/// The description as Markdown.
pub(super) fn body(text: &str, written: Written) -> Body {
    let mut lost = Vec::new();
    let markdown = match written {
        Written::Markdown => text.to_owned(),
        _ if !has_markup(text) => escaped(text, written == Written::HtmlWithLines),
        _ => {
            let lower = text.to_ascii_lowercase();
            for name in ["iframe", "object", "embed", "video", "audio", "form"] {
                if lower.contains(&format!("<{name}")) {
                    lost.push((format!("<{name}>"), "embedded things cannot stand in a description; it was left out"));
                }
            }
            converted(text, written == Written::HtmlWithLines)
        }
    };
    let markdown = keep_blocks_as_text(&settled(&markdown, written != Written::Markdown, Some(&mut lost)));
    Body { markdown: markdown.trim().to_owned(), lost }
}

/// The text of a page as Markdown, with its links and pictures. Captions become titles of their pictures, what is embedded
/// from elsewhere becomes a link, `<!--more-->` stays.
pub(super) fn page(text: &str, written: Written) -> Body {
    let mut lost = Vec::new();
    let private = |c: char| CAPTION.contains(&c) || c == MORE;
    let mut html = without_comments(&text.replace(private, ""));
    if !has_markup(&html) {
        let markdown = escaped(&html, true);
        return Body { markdown: keep_blocks_as_text(markdown.trim()).replace(MORE, "<!-- more -->"), lost };
    }
    html = embedded_as_links(&preformatted(&html), &mut lost);
    let markdown = settled(&converted(&html, written == Written::HtmlWithLines), true, None);
    let markdown = captions(&markdown).replace(MORE, "<!-- more -->");
    Body { markdown: keep_blocks_as_text(&markdown).trim().to_owned(), lost }
}

/// A short text in HTML as plain text on one line.
pub(super) fn plain_of_html(text: &str) -> String {
    if has_markup(text) { plain(&converted(text, false)) } else { super::model::one_line(text) }
}

/// Comments go, except the mark behind a summary.
fn without_comments(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(start) = rest.find("<!--") {
        let Some(length) = rest[start + 4..].find("-->").map(|at| at + 7) else { break };
        let inner = rest[start + 4..start + length - 3].trim();
        out.push_str(&rest[..start]);
        if inner == "more" || inner.starts_with("more ") {
            out.push_str(&format!("\n\n<p>{MORE}</p>\n\n"));
        }
        rest = &rest[start + length..];
    }
    out + rest
}

/// `<pre>` without `<code>` shows its lines as they are, as code does.
fn preformatted(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(start) = rest.find("<pre") {
        let Some(inner) = rest[start..].find('>').map(|at| start + at + 1) else { break };
        let Some(end) = rest[inner..].find("</pre>").map(|at| inner + at) else { break };
        let has_code = rest[inner..end].contains("<code");
        out.push_str(&rest[..inner]);
        out.push_str(if has_code { "" } else { "<code>" });
        out.push_str(&rest[inner..end]);
        out.push_str(if has_code { "" } else { "</code>" });
        rest = &rest[end..];
    }
    out + rest
}

/// Frames, films and sounds as links to them, and lists that are only there for a gallery's sake as its pictures.
fn embedded_as_links(html: &str, lost: &mut Vec<(String, &'static str)>) -> String {
    let (mut out, mut at) = (String::with_capacity(html.len()), 0);
    for tag in tags(html) {
        let with = match tag.name.as_str() {
            "iframe" | "video" | "audio" | "source" | "embed" => match tag.value(html, "src") {
                Some(address) => {
                    lost.push((address.clone(), "films, sounds and frames of other sites are not embedded; it became a link"));
                    let address = escape(&if address.starts_with("//") { format!("https:{address}") } else { address });
                    // What is closed is nothing; the element's own end is ignored.
                    format!("<p><a href=\"{address}\">{address}</a></p>")
                }
                None => "<div>".to_owned(),
            },
            "form" | "object" | "script" => {
                lost.push((format!("<{}>", tag.name), "a text cannot hold this; it was left out"));
                continue;
            }
            "ul" | "li" if tag.value(html, "class").is_some_and(|class| class.contains("blocks-gallery")) => "<div>".to_owned(),
            _ => continue,
        };
        out.push_str(&html[at..tag.range.start]);
        out.push_str(&with);
        at = tag.range.end;
    }
    out + &html[at..]
}

fn escape(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "%22").replace('<', "%3C").replace('>', "%3E")
}

/// Captions as titles of the pictures before them; any other caption is a paragraph.
fn captions(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once(CAPTION[0]) {
        let (caption, behind) = after.split_once(CAPTION[1]).unwrap_or((after, ""));
        out.push_str(before);
        let text = plain(caption);
        let kept = out.trim_end().len();
        let line = out[..kept].rfind('\n').map_or(0, |at| at + 1);
        let picture = &out[line..kept];
        // `![a](b)`, or `[![a](b)](c)`, with no title yet.
        let end = if picture.starts_with("![") && picture.ends_with(')') {
            Some(kept - 1)
        } else if picture.starts_with("[![") {
            picture.find(")](").map(|at| line + at)
        } else {
            None
        };
        match end.filter(|end| !text.is_empty() && !out[..*end].ends_with('"')) {
            Some(end) => {
                out.insert_str(end, &format!(" \"{}\"", text.replace('\\', "").replace('"', "'")));
                out.truncate(out.trim_end().len());
            }
            None if text.is_empty() => {}
            None => out.push_str(caption.trim()),
        }
        out.push_str("\n\n");
        rest = behind.trim_start_matches('\n');
    }
    out + rest
}

#[expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the converter asks for this form")]
fn figure(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let inner = handlers.walk_children(element.node).content;
    let inner = inner.trim_matches('\n');
    Some(
        if element.tag == "figcaption" { format!("\n\n{}{inner}{}\n\n", CAPTION[0], CAPTION[1]) } else { format!("\n\n{inner}\n\n") }
            .into(),
    )
}

/// Markdown as plain text on one line.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                out.push(' ');
            }
            _ => {}
        }
    }
    super::model::one_line(&out)
}

/// Whether a text holds a tag or a character reference, and so is HTML rather than plain text.
fn has_markup(text: &str) -> bool {
    let tag = text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') && rest.contains('>')
    });
    let reference = text.match_indices('&').any(|(at, _)| {
        text[at + 1..]
            .split_once(';')
            .is_some_and(|(name, _)| (2..=10).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#'))
    });
    tag || reference
}

fn converted(html: &str, lines: bool) -> String {
    let html = if lines { paragraphs(html) } else { html.to_owned() };
    if depth(&html) > MAX_DEPTH {
        return escaped(&untagged(&html), true);
    }
    let options = Options {
        br_style: BrStyle::Backslash,
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        code_block_style: CodeBlockStyle::Fenced,
        code_block_fence: CodeBlockFence::Backticks,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).skip_tags(SKIPPED.to_vec());
    let converter = converter.add_handler(vec!["figure", "figcaption"], figure).build();
    converter.convert(&html).unwrap_or_else(|_| escaped(&untagged(&html), true))
}

/// Counts how deep elements could be nested, never too low: a closing tag only closes one of its own name.
fn depth(html: &str) -> usize {
    const FLAT: [&str; 17] =
        ["br", "img", "hr", "input", "meta", "link", "wbr", "col", "source", "p", "li", "tr", "td", "th", "dt", "dd", "option"];
    let mut open = std::collections::BTreeMap::<String, usize>::new();
    let (mut now, mut most) = (0_usize, 0_usize);
    for piece in html.split('<').skip(1) {
        let closing = piece.starts_with('/');
        let name: String =
            piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closing {
            *count += 1;
            now += 1;
            most = most.max(now);
        } else if *count > 0 {
            *count -= 1;
            now -= 1;
        }
    }
    most
}

/// What `WordPress` does to a text before it shows it: empty lines divide paragraphs, line ends break lines, except in `<pre>`.
fn paragraphs(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len() + 64), html);
    while let Some(start) = rest.find("<pre") {
        let end = rest[start..].find("</pre>").map_or(rest.len(), |at| start + at + "</pre>".len());
        out.push_str(&lines_as_paragraphs(&rest[..start]));
        out.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    out + &lines_as_paragraphs(rest)
}

fn lines_as_paragraphs(html: &str) -> String {
    const BLOCKS: [&str; 31] = [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "hr",
        "figure",
        "figcaption",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "details",
    ];
    let is_block = |chunk: &str| {
        let name: String =
            chunk.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        chunk.starts_with('<') && (BLOCKS.contains(&name.as_str()) || name.is_empty())
    };
    html.split("\n\n")
        .map(str::trim)
        .filter(|chunk| !chunk.is_empty())
        .map(|chunk| if is_block(chunk) { chunk.to_owned() } else { format!("<p>{}</p>", chunk.replace('\n', "<br>")) })
        .collect::<Vec<_>>()
        .join("\n")
}

fn untagged(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// Plain text as Markdown that shows exactly this text. With `lines`, a line end is a line break.
fn escaped(text: &str, lines: bool) -> String {
    let table = text.lines().any(|line| line.contains('-') && line.chars().all(|c| "|-: \t".contains(c)));
    let mut out: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        if lines
            && !line.is_empty()
            && let Some(last) = out.last_mut().filter(|last| !last.is_empty())
        {
            last.push('\\');
        }
        out.push(escaped_line(line, table));
    }
    out.join("\n")
}

fn escaped_line(line: &str, table: bool) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let chars: Vec<char> = line.chars().collect();
    let number = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    for (at, c) in chars.iter().copied().enumerate() {
        let next = chars.get(at + 1).copied();
        let inside_word = at > 0 && chars[at - 1].is_alphanumeric() && next.is_some_and(char::is_alphanumeric);
        let special = match c {
            '\\' | '*' | '`' | '[' | ']' | '<' | '~' => true,
            '_' => !inside_word,
            '&' => next.is_some_and(|n| n == '#' || n.is_ascii_alphanumeric()),
            '|' => table,
            '#' | '>' | '+' | '-' | '=' | ':' => at == 0,
            '.' | ')' => number > 0 && at == number,
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Takes out links that lead into the old shop and pictures, into `lost` if there is one, and, where the text was no Markdown
/// before, turns tildes that would strike text through back into tildes.
fn settled(markdown: &str, was_text: bool, mut lost: Option<&mut Vec<(String, &'static str)>>) -> String {
    let mut cuts: Vec<(std::ops::Range<usize>, &str)> = Vec::new();
    let mut links: Vec<(std::ops::Range<usize>, bool, Option<std::ops::Range<usize>>)> = Vec::new();
    let mut in_image = 0_usize;
    let extensions = pulldown_cmark::Options::ENABLE_STRIKETHROUGH | pulldown_cmark::Options::ENABLE_TABLES;
    for (event, range) in Parser::new_ext(markdown, extensions).into_offset_iter() {
        if let Some((link, _, inner)) = links.last_mut()
            && in_image == 0
            && *link != range
        {
            let start = inner.as_ref().map_or(range.start, |inner| inner.start.min(range.start));
            let end = inner.as_ref().map_or(range.end, |inner| inner.end.max(range.end));
            *inner = Some(start..end);
        }
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                if in_image == 0
                    && let Some(lost) = lost.as_mut()
                {
                    lost.push((dest_url.to_string(), "pictures inside a description are not carried; add it to `images:`"));
                    cuts.push((range, ""));
                }
                in_image += 1;
            }
            Event::End(TagEnd::Image) => in_image -= 1,
            Event::Start(Tag::Link { dest_url, .. }) => {
                let outside = ["http://", "https://", "mailto:", "tel:"];
                let lower = dest_url.to_ascii_lowercase();
                let kept = outside.iter().any(|scheme| lower.starts_with(scheme)) || lower.contains('@') && !lower.contains('/');
                let kept = kept || lost.is_none();
                if !kept && let Some(lost) = lost.as_mut() {
                    lost.push((dest_url.to_string(), "a link into the old shop; its text was kept"));
                }
                links.push((range, kept, None));
            }
            Event::End(TagEnd::Link) => {
                if let Some((outer, false, inner)) = links.pop() {
                    let inner = inner.unwrap_or(outer.end..outer.end);
                    cuts.push((outer.start..inner.start, ""));
                    cuts.push((inner.end..outer.end, ""));
                }
            }
            Event::Start(Tag::Strikethrough) if was_text => {
                let tildes = markdown[range.clone()].bytes().take_while(|b| *b == b'~').count();
                let with = if tildes == 1 { "\\~" } else { "\\~\\~" };
                cuts.push((range.start..range.start + tildes, with));
                cuts.push((range.end - tildes..range.end, with));
            }
            _ => {}
        }
    }
    cuts.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::new();
    let mut at = 0;
    for (range, with) in cuts {
        if range.start < at {
            // Inside of something that is gone already.
            at = at.max(range.end);
            continue;
        }
        out.push_str(&markdown[at..range.start]);
        out.push_str(with);
        at = range.end;
    }
    out.push_str(&markdown[at..]);
    out
}

/// Lines that would open a block (`::: name`) stay text.
fn keep_blocks_as_text(markdown: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        if text.starts_with(":::") { format!("{}\\{text}", &line[..line.len() - text.len()]) } else { line.to_owned() }
    };
    markdown.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn html(text: &str) -> String {
        body(text, Written::Html).markdown
    }

    #[test]
    fn text_stays_text() {
        let cases = [
            ("5 * 3 *now*", r"5 \* 3 \*now\*"),
            ("{{ product.title }} and {% if %}", "{{ product.title }} and {% if %}"),
            ("snake_case _yes_", r"snake_case \_yes\_"),
            ("# not a title", r"\# not a title"),
            ("1. not a list", r"1\. not a list"),
            ("- not a list", r"\- not a list"),
            ("2 < 3 & R&D [x]", r"2 \< 3 & R\&D \[x\]"),
            ("::: note", r"\::: note"),
            ("Ultra-stylish, 100%!", "Ultra-stylish, 100%!"),
        ];
        for (text, expected) in cases {
            assert_eq!(html(text), expected, "{text}");
            assert_eq!(plain(expected), text, "{expected}");
        }
        assert_eq!(body("one\ntwo\n\nthree", Written::HtmlWithLines).markdown, "one\\\ntwo\n\nthree");
    }

    #[test]
    fn html_becomes_markdown() {
        insta::assert_snapshot!(
            html("<h2>Care</h2><p>Wash <b>cold</b> &amp; *dry* {{ x }}.<br>Iron</p><ul><li>One</li><li>Two</li></ul>"),
            @r"
        ## Care

        Wash **cold** & \*dry\* {{ x }}.\
        Iron

        - One
        - Two
        "
        );
        assert_eq!(body("First.\n\nSecond <em>one</em>\nline.", Written::HtmlWithLines).markdown, "First.\n\nSecond *one*\\\nline.");
        assert_eq!(html("<p>a ~~b~~ c</p>"), r"a \~\~b\~\~ c");
        assert_eq!(html("<p>::: x</p>"), r"\::: x");
        assert_eq!(html("<script>alert(1)</script>"), "");
    }

    #[test]
    fn what_would_break_is_taken_out_and_named() {
        let found = body(
            r#"<p>See <a href="/pages/size">our <b>sizes</b></a>, <a href="https://a.example/">there</a> <img src="x.jpg" alt="X"></p><iframe src="y"></iframe>"#,
            Written::Html,
        );
        assert_eq!(found.markdown, "See our **sizes**, [there](https://a.example/)");
        let values: Vec<_> = found.lost.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["<iframe>", "/pages/size", "x.jpg"]);
        assert_eq!(body("[a](b.md) ![c](d.png)", Written::Markdown).markdown, "a");
    }

    #[test]
    fn deep_nesting_is_cut_short() {
        let deep = "<div><b>".repeat(50_000);
        assert_eq!(html(&format!("{deep}text")), "text");
        assert_eq!(html(&format!("{}text", "<b></i>".repeat(50_000))), "text");
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>/a-c&;#* _~\\[\\]()!:|\"'\\n=-]{0,80}") {
            for written in [Written::Html, Written::HtmlWithLines, Written::Markdown] {
                body(&text, written);
            }
        }

        #[test]
        fn words_of_plain_text_come_back(text in "[a-z#*_`~\\[\\]()>+:=.|0-9 \\\\-]{0,40}") {
            prop_assert_eq!(plain(&escaped(&text, false)), super::super::model::one_line(&text));
        }
    }
}
