//! Quotation marks by language. A parsed text does not know its language, which is a matter of settings: it has English marks, and
//! remembers where they stand. So an English text costs nothing more, and any other is put right by the list of places.

use super::{Events, Markdown, Part};
use pulldown_cmark::{CowStr, Event};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A quotation mark that the editor wrote straight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Opens a quotation.
    Open,
    /// Closes it.
    Close,
    /// Opens a quotation within another.
    OpenInner,
    /// Closes that. An apostrophe is none, and the same in all languages.
    CloseInner,
}

/// Where a quotation mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// In `html[i]`.
    Part(u32),
    /// In the title of `headings[i]`.
    Heading(u32),
    /// In the alternative text of `images[i]`.
    Alt(u32),
    /// In the summary.
    Summary,
}

/// A quotation mark and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The text that it stands in.
    pub place: Place,
    /// Its first byte there.
    pub at: u32,
    /// Which one it is.
    pub mark: Mark,
}

/// The marks of a language: `“`, `”`, `‘`, `’` in English.
pub type Marks = [&'static str; 4];

/// Stands before a mark in the events. The parser itself makes a replacement character of it, so that no text can hold it.
const SIGN: char = '\0';

impl Mark {
    fn of(mark: char) -> Option<Self> {
        match mark {
            '“' => Some(Self::Open),
            '”' => Some(Self::Close),
            '‘' => Some(Self::OpenInner),
            '’' => Some(Self::CloseInner),
            _ => None,
        }
    }

    fn of_language(self, marks: &Marks) -> &'static str {
        marks[self as usize]
    }
}

/// Tells quotation marks from apostrophes and from marks that were written as they are, by a sign before them.
pub(super) fn sign(source: &str, events: &mut Events<'_>) {
    // Places of inner marks that wait for their partners, within one block.
    let mut open: Vec<usize> = Vec::new();
    let mut marks: Vec<usize> = Vec::new();
    for (at, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Text(text) if range.len() == 1 && text.len() == '“'.len_utf8() => {
                match Mark::of(text.chars().next().unwrap_or(SIGN)) {
                    Some(Mark::Open | Mark::Close) => marks.push(at),
                    Some(Mark::OpenInner) => open.push(at),
                    Some(Mark::CloseInner) if !is_within_word(source, range.start) => {
                        if let Some(partner) = open.pop() {
                            marks.extend([partner, at]);
                        }
                    }
                    _ => {}
                }
            }
            Event::End(end) if !super::text::is_inline(*end) => open.clear(),
            _ => {}
        }
    }
    for at in marks {
        if let Event::Text(text) = &mut events[at].0 {
            *text = CowStr::from(format!("{SIGN}{text}"));
        }
    }
}

/// Whether letters stand on both sides of a sign of one byte.
fn is_within_word(source: &str, at: usize) -> bool {
    let is_letter = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
    is_letter(source[..at].chars().next_back()) && is_letter(source[at + 1..].chars().next())
}

/// The marks in a text that was put together from events, which are taken out of it.
pub(super) fn unsign(text: String) -> (String, Vec<(u32, Mark)>) {
    if !text.contains(SIGN) {
        return (text, Vec::new());
    }
    let mut plain = String::with_capacity(text.len());
    let mut marks = Vec::new();
    for (piece, mark) in pieces(&text) {
        if let Some(mark) = mark {
            marks.push((super::count(plain.len()), mark));
        }
        plain.push_str(piece);
    }
    (plain, marks)
}

/// The pieces of a text that begin with a mark or at its beginning, without the signs.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<Mark>)> {
    let first = text.split(SIGN).next().map(|piece| (piece, None));
    let marked = text.split(SIGN).skip(1).map(|piece| (piece, piece.chars().next().and_then(Mark::of)));
    first.into_iter().chain(marked)
}

impl Markdown {
    /// The same text with the quotation marks of a language.
    #[must_use]
    pub fn with_marks(&self, marks: &Marks) -> Self {
        let mut text = self.clone();
        let mut places: BTreeMap<Place, Vec<(u32, Mark)>> = BTreeMap::new();
        for quote in std::mem::take(&mut text.quotes) {
            places.entry(quote.place).or_default().push((quote.at, quote.mark));
        }
        for (place, found) in places {
            match place {
                Place::Part(at) => {
                    if let Some(Part::Html(html)) = text.html.get_mut(at as usize) {
                        *html = replaced(html, &found, marks).into();
                    }
                }
                Place::Heading(at) => {
                    if let Some(heading) = text.headings.get_mut(at as usize) {
                        heading.title = replaced(&heading.title, &found, marks);
                    }
                }
                Place::Alt(at) => {
                    if let Some(image) = text.images.get_mut(at as usize) {
                        image.alt = replaced(&image.alt, &found, marks);
                    }
                }
                Place::Summary => text.summary = replaced(&text.summary, &found, marks),
            }
        }
        text
    }
}

fn replaced(text: &str, found: &[(u32, Mark)], marks: &Marks) -> String {
    let mut out = String::with_capacity(text.len() + found.len() * 4);
    let mut done = 0;
    for (at, mark) in found {
        let at = *at as usize;
        out.push_str(&text[done..at]);
        out.push_str(mark.of_language(marks));
        done = at + '“'.len_utf8();
    }
    out.push_str(&text[done..]);
    out
}
