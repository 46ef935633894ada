//! Diagnostics as an editor reads them: with the line itself, in short, as JSON, and as HTML for the browser.
//!
//! Every form sorts by file, place and code and leaves repetitions out, so the same mistakes give the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span};

mod github;
mod sarif;

pub use github::render_github;
pub use sarif::render_sarif;

/// The text of a source file by its path, when it can be had.
pub type Sources<'a> = dyn Fn(&str) -> Option<Arc<[u8]>> + 'a;

/// The width to which long lines are cut.
const WIDTH: usize = 140;

/// With the lines themselves, as on a terminal. Ends with a line break unless there is nothing to tell.
pub fn render_human(diagnostics: &[Diagnostic], sources: &Sources<'_>, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut texts = Texts::new(sources);
    let mut out = String::new();
    for diagnostic in sorted(diagnostics) {
        out.push_str(&human(diagnostic, &renderer, &mut texts));
        out.push_str("\n\n");
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn human(diagnostic: &Diagnostic, renderer: &Renderer, texts: &mut Texts<'_>) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(one_line(&diagnostic.message)).id(diagnostic.code.0).element_or_origin(diagnostic, texts);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(one_line(help)));
    }
    renderer.render(&[group])
}

/// The snippets of a diagnostic, or its file's name alone.
trait WithPlaces<'a> {
    fn element_or_origin(self, diagnostic: &'a Diagnostic, texts: &mut Texts<'_>) -> annotate_snippets::Group<'a>;
}

impl<'a> WithPlaces<'a> for annotate_snippets::Title<'a> {
    fn element_or_origin(self, diagnostic: &'a Diagnostic, texts: &mut Texts<'_>) -> annotate_snippets::Group<'a> {
        let path = one_line(&diagnostic.file);
        let Some((span, text)) = diagnostic.span.as_ref().and_then(|span| Some((span, texts.get(&span.file)?))) else {
            return self.element(Origin::path(path));
        };
        // Files in the order told, the diagnostic's own first.
        let mut files: Vec<(&Span, Arc<Text>, Vec<Annotated>)> = Vec::new();
        let label = (!diagnostic.label.is_empty()).then(|| one_line(&diagnostic.label));
        files.push((span, Arc::clone(&text), vec![(AnnotationKind::Primary, text.range(span), label)]));
        for (place, words) in &diagnostic.related {
            let Some(text) = texts.get(&place.file) else { continue };
            let annotation = (AnnotationKind::Context, text.range(place), Some(one_line(words)));
            match files.iter_mut().find(|(first, ..)| first.file == place.file) {
                Some((_, _, annotations)) => annotations.push(annotation),
                None => files.push((place, text, vec![annotation])),
            }
        }
        let parts = files.into_iter().flat_map(|(place, text, annotations)| {
            let parts = near_ones(&text, annotations);
            parts.into_iter().map(move |annotations| snippet(place, &text, annotations))
        });
        self.elements(parts)
    }
}

/// What is said at a place of a text.
type Annotated = (AnnotationKind, Range<usize>, Option<String>);

/// Places of a file that are drawn together. Lines between them cost time, shown or not, so those far away are drawn by themselves.
fn near_ones(text: &Text, mut annotations: Vec<Annotated>) -> Vec<Vec<Annotated>> {
    const FAR: usize = 100;
    if annotations.len() < 2 {
        return vec![annotations];
    }
    // The diagnostic's own place leads, whatever stands above it.
    let leads = |part: &[Annotated]| part.iter().any(|(kind, ..)| matches!(kind, AnnotationKind::Primary));
    annotations.sort_by_key(|(_, range, _)| range.start);
    let mut parts: Vec<Vec<Annotated>> = Vec::new();
    for annotation in annotations {
        let line = text.line(annotation.1.start);
        match parts.last_mut().filter(|part| part.last().is_some_and(|(_, before, _)| line - text.line(before.start) <= FAR)) {
            Some(part) => part.push(annotation),
            None => parts.push(vec![annotation]),
        }
    }
    parts.sort_by_key(|part| !leads(part));
    parts
}

/// The lines around some places of a file. Each mistake is drawn from them alone, however long the file is.
fn snippet<'a>(place: &Span, text: &Text, annotations: Vec<Annotated>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let first = annotations.iter().map(|(_, range, _)| range.start).min().unwrap_or(0);
    let last = annotations.iter().map(|(_, range, _)| range.end).max().unwrap_or(0);
    let line = text.line(first).saturating_sub(1);
    let from = text.lines[line];
    let to = text.lines.get(text.line(last) + 2).copied().unwrap_or(text.text.len());
    let annotations = annotations.into_iter().map(|(kind, range, words)| kind.span(range.start - from..range.end - from).label(words));
    let snippet = Snippet::source(text.text[from..to].to_owned()).line_start(line + 1).path(one_line(&place.file));
    snippet.fold(true).annotations(annotations)
}

/// `path:line:col: error[E012]: message`, one a line.
pub fn render_short(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut texts = Texts::new(sources);
    let mut out = String::new();
    for diagnostic in sorted(diagnostics) {
        let place = match start_of(diagnostic, &mut texts) {
            Some((line, column)) => format!("{}:{line}:{column}", diagnostic.file),
            None => diagnostic.file.to_string(),
        };
        let line = format!("{place}: {}[{}]: {}", diagnostic.severity.name(), diagnostic.code, diagnostic.message);
        out.push_str(&one_line(&line));
        out.push('\n');
    }
    out
}

/// An array of objects, for programs.
pub fn render_json(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> Value {
    let mut texts = Texts::new(sources);
    let objects = sorted(diagnostics).into_iter().map(|diagnostic| {
        let place = diagnostic.span.as_ref().and_then(|span| texts.lines(span));
        let related: Vec<Value> = diagnostic
            .related
            .iter()
            .map(|(span, text)| {
                let place = texts.lines(span);
                json!({
                    "file": &*span.file,
                    "line": place.map(|((line, _), _)| line),
                    "column": place.map(|((_, column), _)| column),
                    "message": text,
                })
            })
            .collect();
        json!({
            "code": diagnostic.code.0,
            "severity": diagnostic.severity.name(),
            "check": diagnostic.rule.map(Rule::name),
            "file": &*diagnostic.file,
            "line": place.map(|((line, _), _)| line),
            "column": place.map(|((_, column), _)| column),
            "end_line": place.map(|(_, (line, _))| line),
            "end_column": place.map(|(_, (_, column))| column),
            "message": diagnostic.message,
            "label": diagnostic.label,
            "help": diagnostic.help,
            "related": related,
        })
    });
    Value::Array(objects.collect())
}

/// A list for the page in the browser: `<ol class="diagnostics">`, everything escaped, no styles.
pub fn to_html(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> String {
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut texts = Texts::new(sources);
    let mut out = String::from("<ol class=\"diagnostics\">\n");
    for diagnostic in sorted(diagnostics) {
        let place = match start_of(diagnostic, &mut texts) {
            Some((line, column)) => format!("{}:{line}:{column}", diagnostic.file),
            None => diagnostic.file.to_string(),
        };
        let drawn = human(diagnostic, &renderer, &mut texts);
        // The title has its own element; the rest keeps its columns.
        let rest = drawn.split_once('\n').map_or("", |(_, rest)| rest);
        let _ = writeln!(
            out,
            "<li class=\"{severity}\" data-code=\"{code}\" data-file=\"{file}\"><p><strong>{severity} {code}</strong> {message}</p>\
             <p><code>{place}</code></p><pre>{rest}</pre></li>",
            severity = diagnostic.severity.name(),
            code = diagnostic.code,
            file = escaped(&diagnostic.file),
            message = escaped(&diagnostic.message),
            place = escaped(&place),
            rest = escaped(rest),
        );
    }
    out.push_str("</ol>\n");
    out
}

/// `2 errors, 1 warning`, or nothing when there are none.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let all = sorted(diagnostics);
    let errors = all.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let count = |n: usize, word: &str| match n {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    [count(errors, "error"), count(all.len() - errors, "warning")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// By file, place and code, each once.
fn sorted(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let key = |d: &Diagnostic| (d.file.clone(), d.span.as_ref().map(|span| (span.start, span.end)), d.code, d.message.clone());
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by_cached_key(|diagnostic| key(diagnostic));
    all.dedup_by(|a, b| key(a) == key(b));
    all
}

fn start_of(diagnostic: &Diagnostic, texts: &mut Texts<'_>) -> Option<(usize, usize)> {
    texts.lines(diagnostic.span.as_ref()?).map(|(start, _)| start)
}

/// The texts of files, each read once; `None` for what is missing or not UTF-8.
struct Texts<'a> {
    sources: &'a Sources<'a>,
    known: BTreeMap<SourcePath, Option<Arc<Text>>>,
}

/// A text, and where its lines begin.
struct Text {
    text: Box<str>,
    lines: Vec<usize>,
}

impl<'a> Texts<'a> {
    fn new(sources: &'a Sources<'a>) -> Self {
        Self { sources, known: BTreeMap::new() }
    }

    fn get(&mut self, path: &SourcePath) -> Option<Arc<Text>> {
        if let Some(text) = self.known.get(path) {
            return text.clone();
        }
        let text = (self.sources)(path).and_then(|bytes| std::str::from_utf8(&bytes).ok().map(|text| Arc::new(Text::new(text))));
        self.known.insert(path.clone(), text.clone());
        text
    }

    /// Line and column of a span's start and end, counted from 1, columns in characters.
    fn lines(&mut self, span: &Span) -> Option<((usize, usize), (usize, usize))> {
        let text = self.get(&span.file)?;
        let range = text.range(span);
        Some((text.line_and_column(range.start), text.line_and_column(range.end)))
    }
}

impl Text {
    fn new(text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text: text.into(), lines }
    }

    /// The span as a range that surely lies in the text, on boundaries of characters.
    fn range(&self, span: &Span) -> Range<usize> {
        let text = &self.text;
        let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let start = boundary(span.start as usize);
        start..boundary(span.end as usize).max(start)
    }

    /// The line of a place, counted from 0.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at) - 1
    }

    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let before = &self.text[self.lines[line]..at];
        let before = if line == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        (line + 1, before.chars().count() + 1)
    }
}

/// A text that cannot break out of its line or send codes to a terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
