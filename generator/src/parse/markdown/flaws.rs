//! What a text says that is valid, and yet not as it should be: headings out of order, links without words, pictures without
//! a description. Whether an editor is told is the shop's choice.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::footnotes::Footnotes;
use super::parsed::{Flaw, FlawKind};
use super::quotes;
use super::span;
use super::text::signed_text;
use super::tree::Tree;

/// The flaws of a text and of its footnotes, in their order.
pub(super) fn look(source: &str, notes: &Footnotes<'_>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut above = 1;
    for (at, (event, range)) in notes.body.iter().enumerate() {
        if let Event::Start(Tag::Heading { level, .. }) = event {
            let level = *level as u8;
            let kind = match level {
                1 => Some(FlawKind::FirstLevel),
                level if level > above + 1 => Some(FlawKind::SkippedLevel { above, level }),
                _ => None,
            };
            flaws.extend(kind.map(|kind| Flaw { span: span(&first_line(source, range)), kind }));
            above = level;
        } else {
            flaws.extend(inline(source, &notes.body, at));
        }
    }
    for note in &notes.notes {
        flaws.extend((0..note.events.len()).filter_map(|at| inline(source, &note.events, at)));
    }
    flaws
}

/// The flaw of a link or picture that begins at a place.
fn inline(source: &str, events: &Tree<'_>, at: usize) -> Option<Flaw> {
    let (event, range) = &events[at];
    let kind = match event {
        Event::Start(Tag::Link { .. }) => {
            let shows = |event: &Event<'_>| matches!(event, Event::Start(Tag::Image { .. }) | Event::InlineHtml(_) | Event::Html(_));
            let within = events.content(at);
            // Of a picture that is the link, its description is the words, and missing ones are told there.
            let is_empty = !within.iter().any(|(event, _)| shows(event)) && plain_text(within).is_empty();
            is_empty.then_some(FlawKind::EmptyLink)
        }
        Event::Start(Tag::Image { dest_url, .. }) => {
            let within = events.content(at);
            let alt = plain_text(within);
            if alt.is_empty() {
                Some(FlawKind::NoAlt(dest_url.to_string()))
            } else {
                is_file_name(&alt, dest_url).then_some(FlawKind::FileName(alt))
            }
        }
        // At the margin it is a block, and told as one.
        Event::Text(text) if at > 0 && begins_line(&events[at - 1].0) && !is_at_margin(source, range.start) => {
            block_name(text).map(|name| FlawKind::BlockPlace(name.to_owned()))
        }
        _ => None,
    };
    kind.map(|kind| Flaw { span: span(&first_line(source, range)), kind })
}

/// Whether what follows stands first on a line of a text.
fn begins_line(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Paragraph | Tag::Item) | Event::SoftBreak | Event::HardBreak)
}

/// Whether a place is at the beginning of a line of the source, or behind what says that the sign there means nothing.
fn is_at_margin(source: &str, place: usize) -> bool {
    source[..place].is_empty() || source[..place].ends_with(['\n', '\\'])
}

/// The name of the block that a line would begin.
fn block_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix(":::")?.trim_start();
    let name = &name[..name.find(|sign: char| !(sign.is_ascii_lowercase() || sign == '-')).unwrap_or(name.len())];
    (!name.is_empty()).then_some(name)
}

/// The text of some events without markup and without signs.
fn plain_text(events: &[(Event<'_>, Range<usize>)]) -> String {
    quotes::unsign(signed_text(events.iter().map(|(event, _)| event))).0
}

/// The first line of a range.
fn first_line(source: &str, range: &Range<usize>) -> Range<usize> {
    let text = source.get(range.clone()).unwrap_or("");
    range.start..range.start + text.lines().next().unwrap_or("").trim_end().len()
}

/// How pictures' files end.
const ENDINGS: [&str; 8] = ["jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "heic"];
/// What cameras and programs call pictures, before a number.
const CAMERAS: [&str; 10] = ["img", "dsc", "dscn", "dscf", "dcim", "pict", "pxl", "image", "picture", "photo"];

/// Whether a description of a picture says the name of a file instead of what it shows.
pub fn is_file_name(alt: &str, file: &str) -> bool {
    let alt = alt.trim();
    let is_one_word = !alt.contains(char::is_whitespace);
    if is_one_word && alt.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str())) {
        return true;
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // `mug` describes `mug.jpg` well enough.
    let is_stem = alt.eq_ignore_ascii_case(stem) && stem.contains(|c: char| matches!(c, '-' | '_') || c.is_ascii_digit());
    let letters = alt.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | ' '));
    let rest = &alt[letters.len()..];
    // `Photo 7` may well be what a picture shows.
    let is_number = rest.bytes().filter(u8::is_ascii_digit).count() > 1 || rest.len() > 1 && is_one_word;
    is_stem || is_number && CAMERAS.contains(&letters.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::markdown::{Options, parse};

    #[track_caller]
    fn check(text: &str, wanted: &[(&str, FlawKind)]) {
        let found = parse(text, &Options::ours()).flaws;
        let found: Vec<_> = found.into_iter().map(|flaw| (&text[flaw.span.0 as usize..flaw.span.1 as usize], flaw.kind)).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn headings_go_down_one_level_at_a_time() {
        check("## A\n\n### B\n\n#### C\n\n## D\n", &[]);
        check("A\n\n# Title\n\n## B\n", &[("# Title", FlawKind::FirstLevel)]);
        check("### A\n", &[("### A", FlawKind::SkippedLevel { above: 1, level: 3 })]);
        check("## A\n\n#### B\n\n##### C\n", &[("#### B", FlawKind::SkippedLevel { above: 2, level: 4 })]);
        check("Two\nlines\n=====\n", &[("Two", FlawKind::FirstLevel)]);
    }

    #[test]
    fn links_have_words_and_pictures_descriptions() {
        check("[words](a.md) <https://a.example> [![A mug](mug.jpg)](a.md) [`x`](b.md)\n", &[]);
        check("See [](a.md).\n", &[("[](a.md)", FlawKind::EmptyLink)]);
        check("[![](mug.jpg)](a.md)\n", &[("![](mug.jpg)", FlawKind::NoAlt("mug.jpg".to_owned()))]);
        check("![IMG_1234](x.jpg)\n", &[("![IMG_1234](x.jpg)", FlawKind::FileName("IMG_1234".to_owned()))]);
        check("A[^1].\n\n[^1]: See [ ](b.md).\n", &[("[ ](b.md)", FlawKind::EmptyLink)]);
    }

    #[test]
    fn names_of_files_describe_nothing() {
        for (alt, file) in
            [("mug.JPG", "a.jpg"), ("blue-mug", "pictures/blue-mug.jpg"), ("DSC 0042", "x.jpg"), ("image-2", "x.png"), ("img20240101", "y")]
        {
            assert!(is_file_name(alt, file), "{alt}");
        }
        for (alt, file) in
            [("mug", "mug.jpg"), ("A mug, 2024", "x.jpg"), ("Route 66", "x.jpg"), ("Imge", "x.jpg"), ("", "x.jpg"), ("Photo 7", "x.jpg")]
        {
            assert!(!is_file_name(alt, file), "{alt}");
        }
    }
}
