//! Text without markup: titles, alternative texts, summaries, counts. Never HTML.

use super::footnotes::Footnotes;
use super::quotes::{self, Mark, Place, Quote};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The longest summary, in characters, with its ellipsis.
const SUMMARY_CHARS: usize = 200;

/// The text of some events without markup: white space collapsed, pictures by their alternative
/// text, raw HTML and marks of footnotes left out. Quotation marks keep their signs.
pub(super) fn signed_text<'e, 'a: 'e>(events: impl IntoIterator<Item = &'e Event<'a>>) -> String {
    let mut text = String::new();
    for piece in pieces(events) {
        push_collapsed(&mut text, piece);
    }
    text.truncate(text.trim_end().len());
    text
}

/// What the text is put together from.
fn pieces<'e, 'a: 'e>(events: impl IntoIterator<Item = &'e Event<'a>>) -> impl Iterator<Item = &'e str> {
    events.into_iter().filter_map(|event| match event {
        Event::Text(piece) | Event::Code(piece) | Event::InlineMath(piece) | Event::DisplayMath(piece) => Some(&**piece),
        Event::SoftBreak | Event::HardBreak | Event::Rule => Some(" "),
        Event::End(end) if !is_inline(*end) => Some(" "),
        _ => None,
    })
}

/// Appends with every run of white space as one space, and none at the start.
fn push_collapsed(text: &mut String, piece: &str) {
    for character in piece.chars() {
        if !character.is_whitespace() {
            text.push(character);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
}

/// Whether an element stands within a line, so that its end doesn't part words.
pub(super) fn is_inline(end: TagEnd) -> bool {
    use TagEnd as E;
    matches!(end, E::Emphasis | E::Strong | E::Strikethrough | E::Link | E::Image | E::Subscript | E::Superscript)
}

/// The number of words that are shown, and the summary.
pub(super) fn measure(notes: &Footnotes<'_>) -> (u32, String, Vec<Quote>) {
    let shown = notes.body.iter().chain(notes.notes.iter().flat_map(|note| note.events.iter()));
    let (summary, quotes) = summary(notes);
    (count_words(pieces(shown.map(|(event, _)| event))), summary, quotes)
}

/// The words of a text, counted without putting it together. A word has a letter or a digit, and may go over several pieces.
fn count_words<'e>(pieces: impl Iterator<Item = &'e str>) -> u32 {
    let mut words = 0;
    let mut in_word = false;
    for character in pieces.flat_map(str::chars) {
        if character.is_whitespace() {
            in_word = false;
        } else if !in_word && character.is_alphanumeric() {
            in_word = true;
            words += 1;
        }
    }
    words
}

/// Everything before the mark `<!-- more -->`, where the editor has set it; else the first paragraph that says something, which a
/// picture alone doesn't.
fn summary(notes: &Footnotes<'_>) -> (String, Vec<Quote>) {
    if let Some(mark) = notes.body.iter().position(|(event, _)| is_more(event)) {
        let (chosen, marks) = quotes::unsign(signed_text(without_pictures(notes.body[..mark].iter().map(|(event, _)| event))));
        if !chosen.is_empty() {
            return (chosen, marks_of_summary(marks));
        }
    }
    let starts = notes.body.iter().enumerate().filter(|(_, (event, _))| matches!(event, Event::Start(Tag::Paragraph)));
    for (start, _) in starts {
        let paragraph =
            notes.body[start..].iter().map(|(event, _)| event).take_while(|event| !matches!(event, Event::End(TagEnd::Paragraph)));
        let (text, marks) = quotes::unsign(signed_text(without_pictures(paragraph)));
        if !text.is_empty() {
            let text = shorten(text);
            let kept = text.trim_end_matches('…').len();
            let marks = marks.into_iter().filter(|(at, _)| (*at as usize) < kept);
            return (text, marks_of_summary(marks));
        }
    }
    (String::new(), Vec::new())
}

fn marks_of_summary(marks: impl IntoIterator<Item = (u32, Mark)>) -> Vec<Quote> {
    marks.into_iter().map(|(at, mark)| Quote { place: Place::Summary, at, mark }).collect()
}

/// Whether a piece of raw HTML is the mark at which the summary ends.
fn is_more(event: &Event<'_>) -> bool {
    let (Event::Html(html) | Event::InlineHtml(html)) = event else { return false };
    let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    comment.is_some_and(|inside| inside.trim() == "more")
}

fn without_pictures<'e, 'a: 'e>(events: impl Iterator<Item = &'e Event<'a>>) -> impl Iterator<Item = &'e Event<'a>> {
    let mut pictures = 0_usize;
    events.filter(move |event| match event {
        Event::Start(Tag::Image { .. }) => {
            pictures += 1;
            false
        }
        Event::End(TagEnd::Image) => {
            pictures = pictures.saturating_sub(1);
            false
        }
        _ => pictures == 0,
    })
}

/// Cuts after a word, or within one that is longer than the limit.
fn shorten(text: String) -> String {
    let Some((limit, character)) = text.char_indices().nth(SUMMARY_CHARS - 1) else { return text };
    let kept = &text[..limit];
    if limit + character.len_utf8() == text.len() {
        return text;
    }
    let whole_words = if character == ' ' { kept } else { kept.rsplit_once(' ').map_or(kept, |(words, _)| words) };
    format!("{}…", whole_words.trim_end_matches([' ', ',', ';', ':', '–', '—', '-', '(']))
}
