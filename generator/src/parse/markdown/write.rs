//! Writes events as HTML with holes. Where an element has no say of its own here, it is written as
//! `CommonMark`'s reference implementation does, line ends included.

mod notes;
mod tables;

use super::footnotes::Footnotes;
use super::headings::Ids;
use super::places::{self, Gathered, Reference};
use super::{Heading, ImageRef, LinkRef, Markdown, Options, Part, RawHtml, code, escape, escape_href, plain_text, raw, span};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, RefDefs, Tag, TagEnd};
use std::fmt::Write as _;
use std::ops::Range;

/// Part of the events: what most functions here look at.
type Slice<'s, 'a> = &'s [(Event<'a>, Range<usize>)];

/// Writes a text and its footnotes.
pub(super) fn write(source: &str, options: Options, definitions: &RefDefs<'_>, notes: &Footnotes<'_>) -> Markdown {
    let mut writer = Writer {
        source,
        options,
        definitions,
        notes,
        out: Markdown::default(),
        html: String::with_capacity(source.len() + source.len() / 2),
        ids: Ids::default(),
        references: vec![0; notes.notes.len()],
        table: tables::Table::default(),
        label_open: false,
        anchor_open: false,
    };
    writer.events(&notes.body);
    writer.footnotes();
    writer.flush();
    writer.out
}

struct Writer<'w> {
    source: &'w str,
    options: Options,
    definitions: &'w RefDefs<'w>,
    notes: &'w Footnotes<'w>,
    out: Markdown,
    /// HTML since the last hole.
    html: String,
    ids: Ids,
    /// How many references to each footnote have been written.
    references: Vec<u32>,
    table: tables::Table,
    /// Whether the label of a task is open: it ends with the task's first paragraph.
    label_open: bool,
    /// Whether the link around a heading's text is open.
    anchor_open: bool,
}

impl<'w> Writer<'w> {
    fn events(&mut self, events: Slice<'_, 'w>) {
        let mut at = 0;
        while at < events.len() {
            at = self.event(events, at);
        }
    }

    /// Writes the event at `at` and answers where to go on.
    fn event(&mut self, events: Slice<'_, 'w>, at: usize) -> usize {
        let (event, range) = &events[at];
        match event {
            Event::Start(Tag::CodeBlock(kind)) => return self.code_block(events, at, kind),
            Event::Start(Tag::HtmlBlock) => return self.html_block(events, at),
            Event::Start(Tag::Image { .. }) => return self.image(events, at, false),
            Event::Start(Tag::Paragraph) if self.options.figures && is_lone_image(events, at) => {
                self.block();
                return self.image(events, at + 1, true) + 1;
            }
            Event::Start(tag) => self.start(tag, events, at),
            Event::End(end) => self.end(*end),
            // Mathematics is not among the parser's switches.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
            Event::Code(text) => {
                self.html.push_str("<code>");
                self.text(text);
                self.html.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let mut gathered = Gathered::default();
                gathered.push(html, self.source, range);
                self.raw(&gathered);
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br />\n"),
            Event::Rule => {
                self.block();
                self.html.push_str("<hr />\n");
            }
            Event::FootnoteReference(label) => self.footnote_reference(label),
            Event::TaskListMarker(checked) => {
                self.label_open = true;
                let checked = if *checked { " checked=\"\"" } else { "" };
                let _ = write!(self.html, "<label><input type=\"checkbox\" disabled=\"\"{checked} /> ");
            }
        }
        at + 1
    }

    fn start(&mut self, tag: &Tag<'_>, events: Slice<'_, 'w>, at: usize) {
        match tag {
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Strikethrough => self.html.push_str("<del>"),
            Tag::Link { link_type, dest_url, title, id } => {
                let text_end = text_end(events, at);
                let whole = events[at].1.clone();
                let link = Reference { kind: *link_type, label: id, target: dest_url, whole, text_end };
                self.link(&link, title);
            }
            Tag::TableHead => self.table_head(),
            Tag::TableRow => self.table_row(),
            Tag::TableCell => self.table_cell(),
            Tag::Paragraph => {
                self.block();
                self.html.push_str("<p>");
            }
            Tag::Heading { level, .. } => {
                self.block();
                self.heading(*level as u8, events, at);
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.html.push_str("<blockquote>\n");
            }
            Tag::List(start) => {
                self.block();
                match start {
                    None => self.html.push_str("<ul>\n"),
                    Some(1) => self.html.push_str("<ol>\n"),
                    Some(number) => {
                        let _ = writeln!(self.html, "<ol start=\"{number}\">");
                    }
                }
            }
            Tag::Item => {
                self.block();
                self.html.push_str(if is_task(&events[at + 1..]) { "<li class=\"task\">" } else { "<li>" });
            }
            Tag::Table(columns) => {
                self.block();
                self.table(columns, events, at);
            }
            // Code, raw HTML and pictures are written by `event`, footnotes by `footnotes`; the parser makes no others.
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Emphasis => self.html.push_str("</em>"),
            TagEnd::Strong => self.html.push_str("</strong>"),
            TagEnd::Strikethrough => self.html.push_str("</del>"),
            TagEnd::Link => self.html.push_str("</a>"),
            TagEnd::Paragraph => {
                self.close_label();
                self.html.push_str("</p>\n");
            }
            TagEnd::Heading(level) => {
                if std::mem::take(&mut self.anchor_open) {
                    self.html.push_str("</a>");
                }
                let _ = writeln!(self.html, "</{level}>");
            }
            TagEnd::BlockQuote(_) => {
                self.line();
                self.html.push_str("</blockquote>\n");
            }
            TagEnd::List(ordered) => self.html.push_str(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => {
                self.close_label();
                self.html.push_str("</li>\n");
            }
            TagEnd::TableCell => {
                let _ = writeln!(self.html, "</{}>", self.table.cell());
            }
            TagEnd::TableHead => self.html.push_str("</tr>\n</thead>\n"),
            TagEnd::TableRow => self.html.push_str("</tr>\n"),
            TagEnd::Table => self.table_end(),
            _ => {}
        }
    }

    /// Gets ready for an element that begins a line.
    fn block(&mut self) {
        self.close_label();
        self.line();
    }

    fn line(&mut self) {
        let empty = self.html.is_empty() && self.out.html.is_empty();
        if !empty && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    fn close_label(&mut self) {
        if std::mem::take(&mut self.label_open) {
            self.html.push_str("</label>");
        }
    }

    fn text(&mut self, text: &str) {
        let _ = pulldown_cmark_escape::escape_html_body_text(&mut self.html, text);
    }

    /// Ends the HTML before a hole. It is copied, so that what comes next has its room already.
    fn flush(&mut self) {
        if !self.html.is_empty() {
            self.out.html.push(Part::Html(self.html.as_str().into()));
            self.html.clear();
        }
    }

    /// The text is itself the link to the heading: that needs no words of its own for a screen
    /// reader, in no language. A heading that holds a link can't be one.
    fn heading(&mut self, level: u8, events: Slice<'_, 'w>, at: usize) {
        let close = close(events, at);
        let content = &events[at + 1..close];
        let title = plain_text(content.iter().map(|(event, _)| event));
        if !self.options.heading_ids {
            let _ = write!(self.html, "<h{level}>");
            self.out.headings.push(Heading { level, id: String::new(), title });
            return;
        }
        let id = self.ids.give(&title);
        let value = escape(&id);
        let _ = write!(self.html, "<h{level} id=\"{value}\">");
        self.anchor_open = !content.is_empty() && !content.iter().any(|(event, _)| is_link(event));
        if self.anchor_open {
            let _ = write!(self.html, "<a class=\"anchor\" href=\"#{value}\">");
        }
        self.out.headings.push(Heading { level, id, title });
    }

    /// The address of a link inside the shop is a hole; others stand as they were written.
    fn link(&mut self, link: &Reference<'_>, title: &str) {
        self.html.push_str("<a href=\"");
        if link.kind == LinkType::Email {
            self.html.push_str("mailto:");
        }
        if link.kind == LinkType::Email || leads_elsewhere(link.target) {
            self.html.push_str(&escape_href(link.target));
        } else {
            self.flush();
            let place = places::destination(self.source, self.definitions, link);
            self.out.html.push(Part::Link(count(self.out.links.len())));
            self.out.links.push(LinkRef { target: link.target.to_owned(), span: span(&place) });
        }
        self.html.push('"');
        if !title.is_empty() {
            let _ = write!(self.html, " title=\"{}\"", escape(title));
        }
        self.html.push('>');
    }

    fn image(&mut self, events: Slice<'_, 'w>, at: usize, alone: bool) -> usize {
        let close = close(events, at);
        let (Event::Start(Tag::Image { link_type, dest_url, title, id }), whole) = &events[at] else {
            return at + 1;
        };
        let link = Reference { kind: *link_type, label: id, target: dest_url, whole: whole.clone(), text_end: text_end(events, at) };
        let place = places::destination(self.source, self.definitions, &link);
        self.flush();
        self.out.html.push(Part::Image(count(self.out.images.len())));
        self.out.images.push(ImageRef {
            target: dest_url.to_string(),
            alt: plain_text(events[at + 1..close].iter().map(|(event, _)| event)),
            title: title.to_string(),
            span: span(&place),
            alone,
        });
        if alone {
            self.html.push('\n');
        }
        close + 1
    }

    fn code_block(&mut self, events: Slice<'_, 'w>, at: usize, kind: &CodeBlockKind<'_>) -> usize {
        self.block();
        let close = close(events, at);
        let code: String = events[at + 1..close]
            .iter()
            .filter_map(|(event, _)| if let Event::Text(text) = event { Some(&**text) } else { None })
            .collect();
        let info = if let CodeBlockKind::Fenced(info) = kind { &**info } else { "" };
        let class = info.split_ascii_whitespace().next().unwrap_or_default();
        // Code that is wider than the page scrolls, so it must be reachable without a mouse.
        self.html.push_str(if self.options.highlight { "<pre tabindex=\"0\"><code" } else { "<pre><code" });
        if !class.is_empty() {
            let _ = write!(self.html, " class=\"language-{}\"", escape(class));
        }
        self.html.push('>');
        let language = class.split([',', '{', ':']).next().unwrap_or_default();
        let highlighted = self.options.highlight.then(|| code::highlight(language, &code)).flatten();
        match highlighted {
            Some(html) => self.html.push_str(&html),
            None => self.text(&code),
        }
        self.html.push_str("</code></pre>\n");
        close + 1
    }

    fn html_block(&mut self, events: Slice<'_, 'w>, at: usize) -> usize {
        self.block();
        let close = close(events, at);
        let mut gathered = Gathered::default();
        for (event, range) in &events[at + 1..close] {
            if let Event::Html(html) | Event::Text(html) = event {
                gathered.push(html, self.source, range);
            }
        }
        self.raw(&gathered);
        close + 1
    }

    fn raw(&mut self, gathered: &Gathered) {
        if !self.options.clean {
            self.html.push_str(&gathered.text);
            return;
        }
        let cleaned = raw::clean(&gathered.text);
        self.html.push_str(&cleaned.html);
        self.out.anchors.extend(cleaned.anchors);
        let found = cleaned.found.into_iter();
        self.out.raw.extend(found.map(|(range, kind)| RawHtml { span: span(&gathered.locate(&range)), kind }));
    }
}

/// The place of the end that belongs to the start at `at`.
pub(super) fn close(events: Slice<'_, '_>, at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, (event, _)) in events[at..].iter().enumerate() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + offset;
        }
    }
    events.len()
}

/// Where the text of the link or picture at `at` ends in the source.
fn text_end(events: Slice<'_, '_>, at: usize) -> usize {
    let close = close(events, at);
    if close == at + 1 { events[at].1.start } else { events[close - 1].1.end }
}

/// Whether an event makes a link, by itself or as raw HTML.
fn is_link(event: &Event<'_>) -> bool {
    match event {
        Event::Start(Tag::Link { .. }) | Event::FootnoteReference(_) => true,
        Event::InlineHtml(html) => html.to_ascii_lowercase().starts_with("<a"),
        _ => false,
    }
}

/// Whether the paragraph at `at` holds one picture and nothing else.
fn is_lone_image(events: Slice<'_, '_>, at: usize) -> bool {
    matches!(events.get(at + 1), Some((Event::Start(Tag::Image { .. }), _)))
        && matches!(events.get(close(events, at + 1) + 1), Some((Event::End(TagEnd::Paragraph), _)))
}

/// Whether an item whose content begins here is a task.
fn is_task(content: Slice<'_, '_>) -> bool {
    let content = match content {
        [(Event::Start(Tag::Paragraph), _), inner @ ..] => inner,
        content => content,
    };
    matches!(content.first(), Some((Event::TaskListMarker(_), _)))
}

/// Whether an address leaves the shop: it has a scheme or a host.
fn leads_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign))
    });
    scheme || target.starts_with("//")
}

/// An index as it is kept: there are fewer links than bytes.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
