//! Blocks of code: coloured, with numbers, marked lines and a title where the fence says so.

use super::super::FlawKind;
use super::super::code::{self, Language};
use super::super::escape;
use super::super::fence::{self, Fence};
use super::{Event, Tree, Writer};
use crate::diagnostic::nearest;
use pulldown_cmark::CodeBlockKind;
use std::fmt::Write as _;
use std::ops::Range;

impl<'w> Writer<'w> {
    pub(super) fn code_block(&mut self, tree: &'w Tree<'w>, at: usize, kind: &CodeBlockKind<'_>) -> usize {
        self.block();
        let text = |event: &'w Event<'w>| if let Event::Text(text) = event { Some(&**text) } else { None };
        let code: String = tree.content(at).iter().filter_map(|(event, _)| text(event)).collect();
        let info = if let CodeBlockKind::Fenced(info) = kind { &**info } else { "" };
        if self.options.highlight {
            let fence = Fence::read(info);
            let place = self.info_place(&tree[at].1, info);
            self.shown(&fence, &code, place.as_ref(), &tree[at].1);
        } else {
            self.html.push_str("<pre><code");
            let class = info.split_ascii_whitespace().next().unwrap_or_default();
            if !class.is_empty() {
                let _ = write!(self.html, " class=\"language-{}\"", escape(class));
            }
            self.html.push('>');
            self.escaped(&code);
            self.html.push_str("</code></pre>\n");
        }
        tree.end(at) + 1
    }

    /// Where the text behind a fence stands, if it stands there as it is.
    fn info_place(&self, block: &Range<usize>, info: &str) -> Option<Range<usize>> {
        let line = self.source.get(block.clone())?.lines().next()?;
        let at = block.start + line.find(info).filter(|_| !info.is_empty())?;
        Some(at..at + info.len())
    }

    fn shown(&mut self, fence: &Fence<'_>, code: &str, info: Option<&Range<usize>>, block: &Range<usize>) {
        let language = Language::of(fence.language);
        self.tell_fence(fence, &language, code, info, block);
        let grammar = if let Language::Known(grammar) = language { Some(grammar) } else { None };
        let coloured = grammar.filter(|_| code.len() <= self.code_left).and_then(|grammar| code::highlight(grammar, code));
        if coloured.is_some() {
            self.code_left -= code.len();
        }
        if !fence.title.is_empty() {
            let _ = write!(self.html, "<figure class=\"code\">\n<figcaption>{}</figcaption>\n", escape(&fence.title));
        }
        // Code that is wider than the page scrolls, so it must be reachable without a mouse.
        self.html.push_str("<pre tabindex=\"0\"");
        if fence.numbers {
            self.html.push_str(" class=\"numbered\"");
        }
        self.html.push_str("><code");
        if !fence.language.is_empty() {
            let _ = write!(self.html, " class=\"language-{}\"", escape(fence.language));
        }
        self.html.push('>');
        let plain = || {
            let mut plain = String::with_capacity(code.len());
            let _ = pulldown_cmark_escape::escape_html_body_text(&mut plain, code);
            plain
        };
        let html = coloured.unwrap_or_else(plain);
        if fence.numbers || !fence.marked.is_empty() {
            self.html.push_str(&code::in_lines(&html, fence));
        } else {
            self.html.push_str(&html);
        }
        self.html.push_str("</code></pre>\n");
        if !fence.title.is_empty() {
            self.html.push_str("</figure>\n");
        }
    }

    fn tell_fence(&mut self, fence: &Fence<'_>, language: &Language, code: &str, info: Option<&Range<usize>>, block: &Range<usize>) {
        let first_line = self.source.get(block.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
        let at = |place: &Range<usize>| {
            info.map_or(block.start..block.start + first_line, |info| info.start + place.start..info.start + place.end)
        };
        if let Language::Unknown(near) = language {
            let kind = FlawKind::CodeLanguage { name: fence.language.to_owned(), near: near.clone() };
            self.tell(&at(&(0..fence.language.len())), kind);
        }
        for place in &fence.unknown {
            let written = info.and_then(|_| self.source.get(at(place))).unwrap_or_default().to_owned();
            let name = written.split('=').next().unwrap_or_default();
            let near = nearest(name, fence::names()).map(str::to_owned);
            self.tell(&at(place), FlawKind::FenceOption { written, near });
        }
        let lines = u32::try_from(code.lines().count()).unwrap_or(u32::MAX);
        for (marked, place) in fence.marked.iter().filter(|(marked, _)| *marked.end() > lines) {
            self.tell(&at(place), FlawKind::NoSuchLine { last: *marked.end(), lines });
        }
    }
}
