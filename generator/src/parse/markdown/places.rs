//! Finds where in the source something was written: destinations of links, and the pieces of raw
//! HTML. Where that can't be told, the place is the whole construct. Never panics.

use pulldown_cmark::{LinkType, RefDefs};
use std::ops::Range;

/// A link or picture, as far as its place matters.
pub(super) struct Reference<'r> {
    pub(super) kind: LinkType,
    /// The label of a link by reference.
    pub(super) label: &'r str,
    /// The destination with escapes and entities resolved.
    pub(super) target: &'r str,
    /// The whole construct.
    pub(super) whole: Range<usize>,
    /// Where its text ends.
    pub(super) text_end: usize,
}

/// The byte range of a destination, in the link or in the definition that the link names.
pub(super) fn destination(source: &str, definitions: &RefDefs<'_>, link: &Reference<'_>) -> Range<usize> {
    let found = match link.kind {
        LinkType::Inline => after(source, link.text_end..link.whole.end, "](", link.target),
        LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
            definitions.get(link.label).and_then(|definition| after(source, definition.span.clone(), "]:", link.target))
        }
        _ => None,
    };
    found.unwrap_or_else(|| link.whole.clone())
}

/// The destination behind a mark, if what stands there can be it.
fn after(source: &str, within: Range<usize>, mark: &str, target: &str) -> Option<Range<usize>> {
    let text = source.get(within.clone())?;
    let behind = text.find(mark)? + mark.len();
    let skipped = text[behind..].len() - text[behind..].trim_start().len();
    let mut start = behind + skipped;
    let length = if text[start..].starts_with('<') {
        start += 1;
        bracketed(&text[start..])?
    } else {
        bare(&text[start..])
    };
    let written = &text[start..start + length];
    // With escapes or entities the written form differs from the target.
    let plausible = !written.is_empty() && (written == target || written.contains(['\\', '&']));
    plausible.then(|| within.start + start..within.start + start + length)
}

/// The length of a destination in `<…>`, without its end.
fn bracketed(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '>' if !escaped => return Some(at),
            _ => escaped = character == '\\' && !escaped,
        }
    }
    None
}

/// The length of a destination that ends at white space or at a `)` too many.
fn bare(text: &str) -> usize {
    let (mut escaped, mut depth) = (false, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            _ if character.is_ascii_whitespace() => return at,
            ')' if !escaped && depth == 0 => return at,
            ')' if !escaped => depth -= 1,
            '(' if !escaped => depth += 1,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
    }
    text.len()
}

/// A piece of text put together from lines of the source, which need not adjoin there (in a quote
/// each begins with `> `).
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

struct Piece {
    start: usize,
    source: Range<usize>,
    /// Whether the source says the same, byte for byte.
    exact: bool,
}

impl Gathered {
    /// Appends what the parser made of a range of the source.
    pub(super) fn push(&mut self, piece: &str, source: &str, range: &Range<usize>) {
        let exact = source.get(range.clone()) == Some(piece);
        self.pieces.push(Piece { start: self.text.len(), source: range.clone(), exact });
        self.text.push_str(piece);
    }

    /// The range of the source that a range of the text came from.
    pub(super) fn locate(&self, range: &Range<usize>) -> Range<usize> {
        let piece = |at: usize| {
            let after = self.pieces.partition_point(|piece| piece.start <= at);
            self.pieces.get(after.saturating_sub(1))
        };
        let (Some(first), Some(last)) = (piece(range.start), piece(range.end.saturating_sub(1).max(range.start))) else {
            return 0..0;
        };
        let start = if first.exact { first.source.start + (range.start - first.start) } else { first.source.start };
        let end = if last.exact { last.source.start + (range.end - last.start) } else { last.source.end };
        start..end.max(start)
    }
}
