//! Writes events as HTML with holes. Where an element has no say of its own here, it is written as
//! `CommonMark`'s reference implementation does, line ends included.

mod code_block;
mod links;
mod notes;
mod tables;

use super::attributes::ByHeading;
use super::blocks::{Mark, Marks};
use super::footnotes::Footnotes;
use super::headings::Ids;
use super::places::{Gathered, Reference};
use super::quotes::{self, Quote};
use super::text::signed_text;
use super::tree::Tree;
use super::{Alert, Flaw, FlawKind, Heading, ImageForm, Markdown, Options, Part, code, count, escape, math, raw, span};
use pulldown_cmark::{BlockQuoteKind, Event, RefDefs, Tag, TagEnd};
use std::fmt::Write as _;
use std::ops::Range;

/// Elements of raw HTML nested deeper than this, or as many that are never closed, are shown as text: a browser's parser, and so the
/// cleaner, takes for each further element as long as there are open ones.
const MAX_OPEN_TAGS: usize = 200;

/// Writes a text and its footnotes.
pub(super) fn write(
    source: &str,
    options: Options,
    definitions: &RefDefs<'_>,
    notes: &Footnotes<'_>,
    attributes: &ByHeading,
    marks: &Marks,
) -> Markdown {
    let mut writer = Writer {
        source,
        options,
        definitions,
        notes,
        attributes,
        marks,
        open_blocks: Vec::new(),
        out: Markdown::default(),
        html: String::with_capacity(source.len() + source.len() / 2),
        ids: Ids::without(attributes.values().filter_map(|own| own.id.clone())),
        references: vec![0; notes.notes.len()],
        table: tables::Table::default(),
        label_open: false,
        anchor_open: false,
        links: Vec::new(),
        open_tags: 0,
        deepest_tag: 0,
        code_left: code::MAX_TEXT_BYTES,
    };
    writer.events(&notes.body, notes.body.len());
    writer.footnotes();
    writer.flush();
    let depth = notes.notes.iter().map(|note| note.events.depth).fold(notes.body.depth, usize::max);
    writer.out.is_too_deep = !writer.out.raw.is_empty() && writer.deepest_tag + depth > MAX_OPEN_TAGS;
    writer.out
}

pub(super) struct Writer<'w> {
    source: &'w str,
    options: Options,
    definitions: &'w RefDefs<'w>,
    notes: &'w Footnotes<'w>,
    attributes: &'w ByHeading,
    marks: &'w Marks,
    /// The blocks that are open, by their places in the list of blocks.
    open_blocks: Vec<u32>,
    pub(super) out: Markdown,
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
    /// For each open link, whether it is published.
    links: Vec<bool>,
    /// How many elements of raw HTML are open, and were at most.
    pub(super) open_tags: usize,
    pub(super) deepest_tag: usize,
    /// How much code may still be coloured, in bytes.
    code_left: usize,
}

impl<'w> Writer<'w> {
    fn events(&mut self, tree: &'w Tree<'w>, end: usize) {
        let mut at = 0;
        while at < end {
            at = self.event(tree, at);
        }
    }

    /// Writes the event at `at` and answers where to go on.
    fn event(&mut self, tree: &'w Tree<'w>, at: usize) -> usize {
        let (event, range) = &tree[at];
        match event {
            Event::Start(Tag::CodeBlock(kind)) => return self.code_block(tree, at, kind),
            Event::Start(Tag::HtmlBlock) => return self.html_block(tree, at),
            Event::Start(Tag::Image { .. }) => return self.image(tree, at, ImageForm::Inline),
            Event::Start(Tag::Paragraph) if self.options.figures && is_lone_image(tree, at) => {
                self.block();
                return self.image(tree, at + 1, ImageForm::Figure) + 1;
            }
            Event::Start(tag) => self.start(tag, tree, at),
            Event::End(end) => self.end(*end),
            Event::Text(text) => self.text(text),
            Event::InlineMath(formula) => self.formula(formula, range, false),
            Event::DisplayMath(formula) => self.formula(formula, range, true),
            Event::Code(text) => {
                self.html.push_str("<code>");
                self.escaped(text);
                self.html.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let mut gathered = Gathered::default();
                gathered.push(html, self.source, range);
                self.raw(&gathered, false);
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => match self.marks.at(range.start) {
                Some(mark) => self.mark(mark),
                None => {
                    self.block();
                    self.html.push_str("<hr>\n");
                }
            },
            Event::FootnoteReference(label) => self.footnote_reference(label),
            Event::TaskListMarker(checked) => {
                self.label_open = true;
                let checked = if *checked { " checked=\"\"" } else { "" };
                let _ = write!(self.html, "<label><input type=\"checkbox\" disabled=\"\"{checked}> ");
            }
        }
        at + 1
    }

    /// Begins or ends a block.
    fn mark(&mut self, mark: &Mark) {
        self.line();
        if let Some(block) = &mark.block {
            let place = count(self.out.blocks.len());
            self.out.blocks.push(block.clone());
            self.hole(Part::Block(place));
            self.open_blocks.push(place);
        }
        if (mark.block.is_none() || mark.is_whole)
            && let Some(place) = self.open_blocks.pop()
        {
            self.hole(Part::BlockEnd(place));
        }
    }

    fn start(&mut self, tag: &'w Tag<'w>, tree: &'w Tree<'w>, at: usize) {
        match tag {
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Strikethrough => self.html.push_str("<del>"),
            Tag::Link { link_type, dest_url, title, id } => {
                let whole = tree[at].1.clone();
                let link = Reference { kind: *link_type, label: id, target: dest_url, whole, text_end: tree.content_end(at) };
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
                self.heading(*level as u8, tree, at);
            }
            Tag::BlockQuote(kind) => {
                self.block();
                match kind {
                    Some(kind) => self.alert(*kind),
                    None => self.html.push_str("<blockquote>\n"),
                }
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
                self.html.push_str(if is_task(&tree[at + 1..]) { "<li class=\"task\">" } else { "<li>" });
            }
            Tag::DefinitionList => {
                self.block();
                self.html.push_str("<dl>\n");
            }
            Tag::DefinitionListTitle => {
                self.block();
                self.html.push_str("<dt>");
            }
            Tag::DefinitionListDefinition => {
                self.block();
                self.html.push_str("<dd>");
            }
            Tag::Table(columns) => {
                self.block();
                self.table(columns, tree, at);
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
            TagEnd::Link if self.links.pop() == Some(true) => self.html.push_str("</a>"),
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
            TagEnd::BlockQuote(kind) => {
                self.line();
                self.html.push_str(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" });
            }
            TagEnd::List(ordered) => self.html.push_str(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => {
                self.close_label();
                self.html.push_str("</li>\n");
            }
            TagEnd::DefinitionList => self.html.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.html.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.html.push_str("</dd>\n"),
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

    /// Text, in which quotation marks may be signed.
    fn text(&mut self, text: &str) {
        for (piece, mark) in quotes::pieces(text) {
            if let Some(mark) = mark {
                let place = quotes::Place::Part(count(self.out.html.len()));
                self.out.quotes.push(Quote { place, at: count(self.html.len()), mark });
            }
            self.escaped(piece);
        }
    }

    fn escaped(&mut self, text: &str) {
        let _ = pulldown_cmark_escape::escape_html_body_text(&mut self.html, text);
    }

    /// Tells the editor of something.
    fn tell(&mut self, place: &Range<usize>, kind: FlawKind) {
        self.out.flaws.push(Flaw { span: span(place), kind });
    }

    /// Ends the HTML before a hole. It is copied, so that what comes next has its room already.
    fn flush(&mut self) {
        if !self.html.is_empty() {
            self.out.html.push(Part::Html(self.html.as_str().into()));
            self.html.clear();
        }
    }

    fn hole(&mut self, part: Part) {
        self.flush();
        self.out.html.push(part);
    }

    /// An alert begins with its name, which is a word of the page's language.
    fn alert(&mut self, kind: BlockQuoteKind) {
        let alert = Alert::from(kind);
        let _ = write!(self.html, "<div class=\"alert alert--{}\" role=\"note\">\n<p class=\"alert__label\">", alert.name());
        self.hole(Part::Label(alert));
        self.html.push_str("</p>\n");
    }

    /// The text is itself the link to the heading: that needs no words of its own for a screen
    /// reader, in no language. A heading that holds a link can't be one.
    fn heading(&mut self, level: u8, tree: &'w Tree<'w>, at: usize) {
        let content = tree.content(at);
        let (title, marks) = quotes::unsign(signed_text(content.iter().map(|(event, _)| event)));
        let place = quotes::Place::Heading(count(self.out.headings.len()));
        self.out.quotes.extend(marks.into_iter().map(|(at, mark)| Quote { place, at, mark }));
        if !self.options.heading_ids {
            let _ = write!(self.html, "<h{level}>");
            self.out.headings.push(Heading { level, id: String::new(), title });
            return;
        }
        let own = self.attributes.get(&tree[at].1.start);
        let id = match own.and_then(|own| own.id.clone()) {
            Some(id) => id,
            None => self.ids.give(&title),
        };
        let value = escape(&id);
        let _ = write!(self.html, "<h{level} id=\"{value}\"");
        if let Some(own) = own.filter(|own| !own.classes.is_empty()) {
            let _ = write!(self.html, " class=\"{}\"", escape(&own.classes.join(" ")));
        }
        self.html.push('>');
        self.anchor_open = !content.is_empty() && !content.iter().any(|(event, _)| is_link(event));
        if self.anchor_open {
            let _ = write!(self.html, "<a class=\"anchor\" href=\"#{value}\">");
        }
        self.out.headings.push(Heading { level, id, title });
    }

    fn formula(&mut self, formula: &str, range: &Range<usize>, is_block: bool) {
        match math::write(formula, is_block) {
            Ok(mathml) => self.html.push_str(&mathml),
            Err(wrong) => {
                let start = range.start + if is_block { 2 } else { 1 };
                let place = start + wrong.place.start.min(formula.len())..start + wrong.place.end.min(formula.len());
                // An error at the end has no sign of its own.
                let is_exact = self.source.get(start..start + formula.len()) == Some(formula) && !place.is_empty();
                let place = if is_exact && self.source.get(place.clone()).is_some() { place } else { range.clone() };
                self.tell(&place, FlawKind::Formula(wrong.message));
                self.html.push_str("<code>");
                self.escaped(formula);
                self.html.push_str("</code>");
            }
        }
    }

    fn html_block(&mut self, tree: &'w Tree<'w>, at: usize) -> usize {
        self.block();
        let mut gathered = Gathered::default();
        for (event, range) in tree.content(at) {
            if let Event::Html(html) | Event::Text(html) = event {
                gathered.push(html, self.source, range);
            }
        }
        self.raw(&gathered, true);
        tree.end(at) + 1
    }

    fn raw(&mut self, gathered: &Gathered, is_block: bool) {
        if !self.options.clean {
            self.html.push_str(&gathered.text);
            return;
        }
        let raw = raw::read(self, gathered, is_block);
        self.hole(Part::Raw(count(self.out.raw.len())));
        self.out.raw.push(raw);
        if is_block {
            self.html.push('\n');
        }
    }
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
fn is_lone_image(tree: &Tree<'_>, at: usize) -> bool {
    matches!(tree.get(at + 1), Some((Event::Start(Tag::Image { .. }), _))) && tree.end(at + 1) + 1 == tree.end(at)
}

/// Whether an item whose content begins here is a task.
fn is_task(content: &[(Event<'_>, Range<usize>)]) -> bool {
    let content = match content {
        [(Event::Start(Tag::Paragraph), _), inner @ ..] => inner,
        content => content,
    };
    matches!(content.first(), Some((Event::TaskListMarker(_), _)))
}
