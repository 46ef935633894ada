//! Blocks: a line `::: name key="value"`, a body, a line `:::`. What a block becomes is the theme's matter; here it is a name, its
//! values and their places.
//!
//! The parser knows nothing of them. Their lines are handed to it as rules of the same length, which end whatever is open as a block
//! does, and are told from real rules by their place. A line that the parser takes for something else, such as one within a comment,
//! stays what it is.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::Event;

use super::parsed::{Block, BlockValue, Flaw, FlawKind};
use super::{Events, span};

/// A line that begins or ends a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The line without its end.
    pub(super) range: Range<usize>,
    /// The block that begins; `None` where one ends.
    pub(super) block: Option<Block>,
    /// Whether the block has no body: `::: toc :::`.
    pub(super) is_whole: bool,
}

/// The marks of a text in their order, with what is wrong in their lines.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) marks: Vec<Mark>,
    pub(super) flaws: Vec<Flaw>,
}

/// How many blocks may stand within each other.
const DEEPEST: usize = 20;

impl Marks {
    /// The mark that stands at a byte.
    pub(super) fn at(&self, start: usize) -> Option<&Mark> {
        self.marks.binary_search_by_key(&start, |mark| mark.range.start).ok().map(|place| &self.marks[place])
    }

    /// The text with rules in the place of the marks.
    pub(super) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.marks.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut hidden = text.to_owned();
        for Mark { range, .. } in &self.marks {
            let rule = format!("{:<1$}", "***", range.len());
            hidden.replace_range(range.clone(), &rule);
        }
        Cow::Owned(hidden)
    }

    /// Forgets the marks that the parser has not taken for rules.
    pub(super) fn keep_found(&mut self, events: &Events<'_>) {
        let found: Vec<usize> = events.iter().filter(|(event, _)| matches!(event, Event::Rule)).map(|(_, range)| range.start).collect();
        self.marks.retain(|mark| found.binary_search(&mark.range.start).is_ok());
    }

    /// Ends every block: what has no beginning is taken away, and what has no end is told.
    pub(super) fn pair(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        let mut alone = Vec::new();
        for (place, mark) in self.marks.iter().enumerate() {
            match (&mark.block, mark.is_whole) {
                (Some(block), false) => {
                    open.push(place);
                    if open.len() > DEEPEST {
                        self.flaws.push(Flaw { span: block.span, kind: FlawKind::BlockDepth(DEEPEST) });
                        self.marks.clear();
                        return;
                    }
                }
                (Some(_), true) => {}
                (None, _) if open.pop().is_none() => alone.push((place, FlawKind::BlockEnd)),
                (None, _) => {}
            }
        }
        alone.extend(open.into_iter().map(|place| (place, FlawKind::BlockOpen)));
        alone.sort_unstable_by_key(|(place, _)| *place);
        let mut place = 0..;
        let is_paired = |place: usize| alone.binary_search_by_key(&place, |(alone, _)| *alone).is_err();
        let alone_at: Vec<Range<usize>> = alone.iter().map(|(place, _)| self.marks[*place].range.clone()).collect();
        self.marks.retain(|_| place.next().is_some_and(is_paired));
        let flaws = alone_at.iter().zip(alone).rev();
        self.flaws.extend(flaws.map(|(range, (_, kind))| Flaw { span: span(range), kind }));
    }
}

/// Finds the lines of blocks: they begin at the left margin, outside of fenced code.
pub(super) fn find(text: &str) -> Marks {
    let mut marks = Marks::default();
    if !text.contains(":::") {
        return marks;
    }
    let mut fence: Option<(u8, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end().len();
        start += line.len();
        let bare = line.trim_start_matches([' ', '\t', '>']);
        let sign = bare.bytes().next().filter(|sign| matches!(sign, b'`' | b'~'));
        let length = sign.map_or(0, |sign| bare.bytes().take_while(|byte| *byte == sign).count());
        match fence {
            Some((open, least)) => {
                if sign == Some(open) && length >= least && bare[length..].trim().is_empty() {
                    fence = None;
                }
            }
            None if length >= 3 => fence = sign.map(|sign| (sign, length)),
            None => marks.line(text, range),
        }
    }
    marks
}

impl Marks {
    fn line(&mut self, text: &str, range: Range<usize>) {
        let line = &text[range.clone()];
        let colons = line.bytes().take_while(|byte| *byte == b':').count();
        let rest = &line[colons..];
        if colons < 3 || !rest.is_empty() && !rest.starts_with([' ', '\t']) && !rest.starts_with(|sign: char| sign.is_ascii_lowercase()) {
            return;
        }
        let mut reader = Reader { text: line, at: colons, from: range.start };
        reader.skip_space();
        let (block, is_whole) = match reader.name() {
            None if reader.rest().is_empty() => (None, false),
            None => return,
            Some(name) => {
                let name = (name.0.to_owned(), name.1);
                let (values, is_whole) = reader.values(&mut self.flaws);
                (Some(Block { name: name.0, span: name.1, values }), is_whole)
            }
        };
        self.marks.push(Mark { range, block, is_whole });
    }
}

/// Reads a line.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Where the line begins in the text.
    from: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, length: usize) -> (&'t str, (u32, u32)) {
        let range = self.at..self.at + length;
        self.at = range.end;
        (&self.text[range.clone()], span(&(self.from + range.start..self.from + range.end)))
    }

    /// A name of small letters, digits, `-` and `_`.
    fn name(&mut self) -> Option<(&'t str, (u32, u32))> {
        let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let length = self.rest().bytes().take_while(|byte| is_name(byte)).count();
        let is_first = self.rest().starts_with(|sign: char| sign.is_ascii_lowercase());
        (length > 0 && is_first).then(|| self.take(length))
    }

    /// Everything behind the name, and whether the line ends the block too.
    fn values(&mut self, flaws: &mut Vec<Flaw>) -> (Vec<BlockValue>, bool) {
        let mut values: Vec<BlockValue> = Vec::new();
        loop {
            self.skip_space();
            if self.rest().is_empty() {
                return (values, false);
            }
            if self.rest().len() >= 3 && self.rest().bytes().all(|byte| byte == b':') {
                return (values, true);
            }
            let Some((name, place)) = self.name() else {
                let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
                let (_, span) = self.take(length);
                flaws.push(Flaw { span, kind: FlawKind::BlockValue });
                continue;
            };
            let Some((value, value_span)) = self.value(place, flaws) else { continue };
            if values.iter().any(|known| known.name == name) {
                flaws.push(Flaw { span: place, kind: FlawKind::BlockValueTwice(name.to_owned()) });
                continue;
            }
            values.push(BlockValue { name: name.to_owned(), name_span: place, value, span: value_span });
        }
    }

    /// What follows a name: `="a b"`, `='a'`, `=a`, or nothing, which is `true`.
    fn value(&mut self, name: (u32, u32), flaws: &mut Vec<Flaw>) -> Option<(String, (u32, u32))> {
        let Some(rest) = self.rest().strip_prefix('=') else {
            if self.rest().is_empty() || self.rest().starts_with(char::is_whitespace) {
                return Some(("true".to_owned(), name));
            }
            let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
            let (_, span) = self.take(length);
            flaws.push(Flaw { span: (name.0, span.1), kind: FlawKind::BlockValue });
            return None;
        };
        self.at += 1;
        let quote = rest.chars().next().filter(|sign| matches!(sign, '"' | '\''));
        let Some(quote) = quote else {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (value, span) = self.take(length);
            if value.is_empty() {
                flaws.push(Flaw { span: name, kind: FlawKind::BlockValue });
                return None;
            }
            return Some((value.to_owned(), span));
        };
        self.at += 1;
        let Some(length) = self.rest().find(quote) else {
            let length = self.rest().len();
            let (_, span) = self.take(length);
            flaws.push(Flaw { span: (span.0 - 1, span.1), kind: FlawKind::BlockQuote });
            return None;
        };
        let (value, span) = self.take(length);
        self.at += 1;
        Some((value.to_owned(), span))
    }
}
