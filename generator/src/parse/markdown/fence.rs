//! What stands behind the opening of fenced code: its language, and how it is shown.
//!
//! ```` ```rust {lines, mark="3-5,8", start=10, title="src/main.rs"} ````, or Hugo's names: `{linenos=true, hl_lines=["3-5"], linenostart=10}`.

use std::ops::{Range, RangeInclusive};

/// What is known by each of these names.
const NAMES: [(&str, Key); 9] = [
    ("lines", Key::Lines),
    ("mark", Key::Mark),
    ("start", Key::Start),
    ("title", Key::Title),
    ("linenos", Key::Lines),
    ("lineNos", Key::Lines),
    ("hl_lines", Key::Mark),
    ("linenostart", Key::Start),
    ("lineNoStart", Key::Start),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Lines,
    Mark,
    Start,
    Title,
}

/// How code is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fence<'i> {
    /// The language, or empty.
    pub(super) language: &'i str,
    /// Whether lines have numbers.
    pub(super) numbers: bool,
    /// The number of the first line.
    pub(super) start: u32,
    /// Lines that stand out, counted from 1 whatever `start` says, with their places.
    pub(super) marked: Vec<(RangeInclusive<u32>, Range<usize>)>,
    /// Shown above the code, or empty.
    pub(super) title: String,
    /// What means nothing, by its place.
    pub(super) unknown: Vec<Range<usize>>,
}

impl<'i> Fence<'i> {
    /// Reads what follows the fence.
    pub(super) fn read(info: &'i str) -> Self {
        let language = info.split([' ', '\t', ',', '{', ':']).next().unwrap_or_default();
        let mut fence = Self { language, numbers: false, start: 1, marked: Vec::new(), title: String::new(), unknown: Vec::new() };
        // `rust:name` is in use for hints to other programs.
        let mut at = language.len();
        if info[at..].starts_with(':') {
            at += info[at..].find([' ', '\t', '{']).unwrap_or(info.len() - at);
        }
        let mut last_marked = false;
        while let Some(item) = next_item(info, &mut at) {
            last_marked = fence.item(info, item, last_marked);
        }
        fence
    }

    /// Takes one item; answers whether it was a list of marked lines, which may go on.
    fn item(&mut self, info: &str, item: Range<usize>, goes_on: bool) -> bool {
        let text = &info[item.clone()];
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name.trim(), Some(value.trim())));
        let value_start = value.map_or(item.start, |value| value.as_ptr() as usize - info.as_ptr() as usize);
        match (NAMES.iter().find(|(known, _)| *known == name).map(|(_, option)| *option), value) {
            (Some(Key::Lines), value) => self.numbers = value.is_none_or(|value| unquoted(value) != "false"),
            (Some(Key::Mark), Some(value)) => return self.mark(info, value_start..value_start + value.len()),
            (Some(Key::Title), Some(value)) => unquoted(value).clone_into(&mut self.title),
            (Some(Key::Start), Some(value)) => match unquoted(value).parse() {
                Ok(start) => {
                    self.start = start;
                    self.numbers = true;
                }
                Err(_) => self.unknown.push(item),
            },
            (None, None) if goes_on || text.starts_with(|sign: char| sign.is_ascii_digit()) => return self.mark(info, item),
            _ => self.unknown.push(item),
        }
        false
    }

    /// Lines: `3`, `3-5`, several of them in any brackets and quotes.
    fn mark(&mut self, info: &str, place: Range<usize>) -> bool {
        let is_gap = |sign: char| sign.is_whitespace() || ",[]\"'".contains(sign);
        for piece in info[place.clone()].split(is_gap).filter(|piece| !piece.is_empty()) {
            let from = piece.as_ptr() as usize - info.as_ptr() as usize;
            let at = from..from + piece.len();
            let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
            match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) if first >= 1 && first <= last => self.marked.push((first..=last, at)),
                _ => self.unknown.push(at),
            }
        }
        true
    }

    /// Whether a line stands out.
    pub(super) fn is_marked(&self, line: u32) -> bool {
        self.marked.iter().any(|(lines, _)| lines.contains(&line))
    }
}

/// The next item: up to a comma or a space that stands in no quotes and no brackets.
fn next_item(info: &str, at: &mut usize) -> Option<Range<usize>> {
    let rest = &info[*at..];
    let start = *at + rest.find(|sign: char| !sign.is_whitespace() && !",{}".contains(sign))?;
    let (mut quote, mut depth) = (None, 0_u32);
    for (offset, sign) in info[start..].char_indices() {
        match (quote, sign) {
            (Some(open), _) if sign == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(sign),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, ',' | ' ' | '\t' | '}') if depth == 0 => {
                *at = start + offset;
                return Some(start..start + offset);
            }
            _ => {}
        }
    }
    *at = info.len();
    Some(start..info.len())
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// All names of options, for hints.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options_in_the_ways_in_use() {
        let marked = |fence: &Fence<'_>| fence.marked.iter().map(|(lines, _)| lines.clone()).collect::<Vec<_>>();
        for info in [
            "rust {lines, mark=\"3-5,8\", start=10, title=\"src/main.rs\"}",
            "rust {linenos=true,hl_lines=[\"3-5\",8],linenostart=10,title='src/main.rs'}",
            "rust{linenos=table,hl_lines=[\"3-5\",\"8\"],linenostart=10,title=src/main.rs}",
            "rust,linenos,linenostart=10,hl_lines=3-5 8,title=src/main.rs",
            "rust {3-5,8} lines start=10 title=\"src/main.rs\"",
        ] {
            let fence = Fence::read(info);
            assert_eq!((fence.language, fence.numbers, fence.start, fence.title.as_str()), ("rust", true, 10, "src/main.rs"), "{info}");
            assert_eq!(marked(&fence), [3..=5, 8..=8], "{info}");
            assert!(fence.unknown.is_empty(), "{info}");
        }
        let unknown = |info: &str| Fence::read(info).unknown.into_iter().map(|place| info[place].to_owned()).collect::<Vec<_>>();
        assert_eq!(unknown("js {lins, mark=5-3, start=x, mark}"), ["lins", "5-3", "start=x", "mark"]);
        assert_eq!(unknown("c++:main.cpp"), Vec::<String>::new());
        assert_eq!(unknown(""), Vec::<String>::new());
        assert!(!Fence::read("js {linenos=false}").numbers);
        // A quote that stays open goes on to the end, with what is trimmed there.
        assert_eq!(unknown("js mark=\"aé\u{3000}"), ["aé"]);
    }
}
