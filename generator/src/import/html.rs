//! Descriptions of any kind to Markdown that says the same: HTML is converted, plain text is escaped, Markdown is
//! kept. Links into the old shop and pictures inside texts would break; they are taken out and named.

use htmd::HtmlToMarkdown;
use htmd::options::{BrStyle, BulletListMarker, Options};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

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
    let markdown = keep_blocks_as_text(&without_dangling(&markdown, written != Written::Markdown, &mut lost));
    Body { markdown: markdown.trim().to_owned(), lost }
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
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).skip_tags(SKIPPED.to_vec()).build();
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

/// What `WordPress` does to a text before it shows it: empty lines divide paragraphs, line ends break lines.
fn paragraphs(html: &str) -> String {
    const BLOCKS: [&str; 20] = [
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
    ];
    let is_block = |chunk: &str| {
        let name: String =
            chunk.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        chunk.starts_with('<') && (BLOCKS.contains(&name.as_str()) || name.is_empty())
    };
    if html.to_ascii_lowercase().contains("<pre") {
        return html.to_owned();
    }
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

/// Takes out links that lead into the old shop and pictures, and, where the text was no Markdown before, turns
/// tildes that would strike text through back into tildes.
fn without_dangling(markdown: &str, was_text: bool, lost: &mut Vec<(String, &'static str)>) -> String {
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
                if in_image == 0 {
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
                if !kept {
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
