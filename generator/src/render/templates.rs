//! A theme's templates under the names that they have in the engine, and mistakes in them as an editor of the theme is told.

use std::collections::BTreeMap;

use tera::{ErrorKind, Tera};

use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes, nearest};
use crate::theme::Layers;

/// Templates by name.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    by_name: BTreeMap<String, Template>,
    /// The folder of the theme's own.
    folder: String,
}

#[derive(Debug, Clone)]
struct Template {
    file: SourcePath,
    text: String,
}

/// By which name the nearest template of a path is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `default/base.html`, where `base.html` is what the engine looks for in each theme.
    Full,
    /// `base.html`, for an engine that knows no themes.
    Short,
}

impl Templates {
    /// The templates of a theme's folder: of each path the nearest, and whatever these name in full (`default/base.html`), so that a
    /// template can extend the one whose place it takes. Others are not looked at, because the theme's own frame need not fit them.
    pub(crate) fn read(layers: Layers<'_>, folder: &str, naming: Naming) -> Result<Self, Vec<Diagnostic>> {
        let mut templates = Self { by_name: BTreeMap::new(), folder: layers.own(folder).to_string() };
        let mut problems = Vec::new();
        let mut hidden = BTreeMap::new();
        for theme in layers.themes() {
            for (path, layered) in layers.of(theme, folder) {
                hidden.insert(format!("{theme}/{path}"), layered);
            }
        }
        for (path, layered) in layers.below(folder) {
            let full = layered.path.trim_start_matches("themes/").replacen(&format!("/{folder}"), "/", 1);
            let name = if naming == Naming::Full { full } else { path };
            hidden.remove(&name);
            templates.add(name, &layered, &mut problems);
        }
        loop {
            let is_named = |name: &str| templates.by_name.values().any(|template| names(&template.text, name));
            let named: Vec<String> = hidden.keys().filter(|name| is_named(name)).cloned().collect();
            if named.is_empty() {
                break;
            }
            for name in named {
                let layered = hidden.remove(&name).expect("it is among the keys");
                templates.add(name, &layered, &mut problems);
            }
        }
        if problems.is_empty() { Ok(templates) } else { Err(problems) }
    }

    fn add(&mut self, name: String, layered: &crate::theme::Layered<'_>, problems: &mut Vec<Diagnostic>) {
        match layered.text() {
            Ok(text) => drop(self.by_name.insert(name, Template { file: SourcePath::clone(&layered.path), text })),
            Err(problem) => problems.push(problem),
        }
    }

    /// Of texts by name that lie in one folder.
    #[cfg(test)]
    pub(crate) fn of(folder: &str, texts: &BTreeMap<String, String>) -> Self {
        let template = |(name, text): (&String, &String)| {
            (name.clone(), Template { file: SourcePath::from(format!("{folder}{name}")), text: text.clone() })
        };
        Self { by_name: texts.iter().map(template).collect(), folder: folder.to_owned() }
    }

    /// Names and texts, in the order of the names.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_name.iter().map(|(name, template)| (name.as_str(), template.text.as_str()))
    }

    /// The folder of the theme's own, with a slash at its end.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Gives all of them to an engine; every mistake is told.
    pub(crate) fn give(&self, tera: &mut Tera) -> Result<(), Vec<Diagnostic>> {
        let Err(error) = tera.add_raw_templates(self.by_name.iter().map(|(name, template)| (name.as_str(), template.text.as_str()))) else {
            return Ok(());
        };
        let found = match error.kind() {
            ErrorKind::SyntaxError(_) => self.syntax_errors(),
            ErrorKind::Msg(report) => self.reported(report),
            _ => Vec::new(),
        };
        Err(if found.is_empty() { vec![self.mistake(&error, None)] } else { found })
    }

    /// The engine stops at the first template that cannot be read; the others are tried one by one.
    fn syntax_errors(&self) -> Vec<Diagnostic> {
        let alone = |(name, template): (&String, &Template)| {
            let error = Tera::default().add_raw_template(name, &template.text).err()?;
            matches!(error.kind(), ErrorKind::SyntaxError(_)).then(|| self.mistake(&error, None))
        };
        self.by_name.iter().filter_map(alone).collect()
    }

    /// Mistakes that the engine finds only when it has read all templates come as one text, a place after each message:
    /// `error: …`, then ` --> home.html:2:33`, then the line with carets below the words.
    fn reported(&self, report: &str) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut message = String::new();
        for line in report.lines() {
            if let Some(text) = line.trim_start().strip_prefix("error: ") {
                message = sentence(text);
            } else if let Some((file, at)) = line.trim_start().strip_prefix("--> ").and_then(|place| self.place(place)) {
                found.push(Diagnostic::error(codes::TEMPLATE, std::mem::take(&mut message), Span::new(file, at, at + 1)));
            } else if let Some(span) = found.last_mut().and_then(|last: &mut Diagnostic| last.span.as_mut()) {
                let carets = line.chars().filter(|c| *c == '^').count();
                if carets > 0 {
                    span.end = span.start + u32::try_from(carets).unwrap_or(1);
                }
            }
        }
        if found.is_empty() { self.same_component(report).into_iter().collect() } else { self.once_for_all(found) }
    }

    /// What is wrong with templates of a theme that is built upon is seldom their own fault: where one of the theme's own lacks what
    /// they ask for, that is one mistake, however many ask.
    fn once_for_all(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let is_own = |told: &Diagnostic| told.file.starts_with(&self.folder);
        let (mut all, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_own);
        let mut counts: BTreeMap<String, (Diagnostic, usize)> = BTreeMap::new();
        for told in others {
            counts.entry(told.message.clone()).or_insert_with(|| (told, 0)).1 += 1;
        }
        for (told, count) in counts.into_values() {
            let asking = if count == 1 { "this template asks".to_owned() } else { format!("{count} templates ask") };
            let help = format!("{asking} for it: a template in `{}` takes the place of another, and lacks what that one has", self.folder);
            all.push(told.help(help));
        }
        all
    }

    /// ``Component `card` is defined in both `a.html` and `b.html` ``
    fn same_component(&self, report: &str) -> Option<Diagnostic> {
        let words: Vec<&str> = report.split('`').collect();
        let ["Component ", component, " is defined in both ", first, " and ", second, ..] = words[..] else { return None };
        let at = |name: &str| {
            let template = self.by_name.get(name)?;
            let head = format!("component {component}");
            let end = |after: &str| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let at = template.text.match_indices(&head).map(|(at, _)| at).find(|at| end(&template.text[at + head.len()..]))?;
            Some(Span::new(&template.file, at + "component ".len(), at + head.len()))
        };
        let told = Diagnostic::error(codes::TEMPLATE, format!("the component `{component}` is defined twice"), at(second)?);
        Some(told.label("again here").related(at(first)?, "first here").help("give one of them another name"))
    }

    /// `default/home.html:2:33` → the file and the byte.
    fn place(&self, place: &str) -> Option<(&SourcePath, usize)> {
        let mut parts = place.rsplitn(3, ':');
        let column: usize = parts.next()?.trim().parse().ok()?;
        let line: usize = parts.next()?.parse().ok()?;
        let template = self.by_name.get(parts.next()?)?;
        let before: usize = template.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let within: usize = template.text[before..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        Some((&template.file, before + within))
    }

    /// A mistake that the engine met, and what it rendered: a template, for a page.
    pub(crate) fn mistake(&self, error: &tera::Error, rendered: Option<(&str, &str)>) -> Diagnostic {
        let help = rendered.map(|(_, page)| format!("seen while the page `{page}` was rendered"));
        let told = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let file =
                    self.by_name.get(report.filename()).map_or_else(|| self.unknown(report.filename()), |it| SourcePath::clone(&it.file));
                let range = &report.span().range;
                let told = Diagnostic::error(codes::TEMPLATE, sentence(report.message()), Span::new(&file, range.start, range.end));
                self.with_callers(told, &error.to_string())
            }
            ErrorKind::MissingParent { current, parent } => self.missing_parent(current, parent),
            ErrorKind::CircularExtend { tpl, inheritance_chain } => {
                let way: Vec<&str> = std::iter::once(tpl).chain(inheritance_chain).map(String::as_str).collect();
                let told = self.circle("extend", &way);
                told.help("a template extends the one whose place it takes by its theme's name: `{% extends \"default/base.html\" %}`")
            }
            ErrorKind::CircularInclude { include_chain, .. } => {
                let way: Vec<&str> = include_chain.iter().map(String::as_str).collect();
                self.circle("include", &way).help("leave one of them out")
            }
            other => {
                let folder = || SourcePath::from(self.folder.trim_end_matches('/'));
                let file = rendered.map_or_else(folder, |(template, _)| self.file(template));
                Diagnostic::in_file(codes::TEMPLATE, Severity::Error, sentence(&other.to_string()), file)
            }
        };
        match help {
            Some(help) => told.help(help),
            None => told,
        }
    }

    /// A page that grew larger than any page can be.
    pub(crate) fn endless(&self, template: &str, page: &str) -> Diagnostic {
        let message = format!("the page `{page}` grows beyond 64 MB");
        let told = Diagnostic::in_file(codes::TEMPLATE, Severity::Error, message, self.file(template));
        told.help("a loop in this template, or in what it includes, goes round too often")
    }

    /// The file of a template that is known by its path.
    fn file(&self, template: &str) -> SourcePath {
        let is_it = |name: &String| name == template || name.split_once('/').is_some_and(|(_, path)| path == template);
        let found = self.by_name.iter().find(|(name, _)| is_it(name));
        found.map_or_else(|| self.unknown(template), |(_, template)| SourcePath::clone(&template.file))
    }

    fn unknown(&self, name: &str) -> SourcePath {
        SourcePath::from(format!("{}{name}", self.folder))
    }

    /// `note: called from default/home.html:3:5`: the way from the page to a mistake in a component or an included template.
    fn with_callers(&self, mut told: Diagnostic, report: &str) -> Diagnostic {
        let mut caller = None;
        for line in report.lines() {
            if let Some(place) = line.trim_start().strip_prefix("note: called from ") {
                caller = self.place(place);
            } else if let (Some((file, at)), carets @ 1..) = (caller, line.chars().filter(|c| *c == '^').count()) {
                told = told.related(Span::new(file, at, at + carets), "called from here");
                caller = None;
            }
        }
        told
    }

    fn missing_parent(&self, current: &str, parent: &str) -> Diagnostic {
        let known = self.by_name.keys().flat_map(|name| [Some(name.as_str()), name.split_once('/').map(|(_, path)| path)]).flatten();
        let near = nearest(parent, known.filter(|name| *name != current));
        let help = near.map_or_else(|| "no template has this name".to_owned(), |near| format!("did you mean `{near}`?"));
        self.at_name(current, parent, format!("there is no template `{parent}` to extend")).help(help)
    }

    /// The last of a way of templates has been on it before.
    fn circle(&self, verb: &str, way: &[&str]) -> Diagnostic {
        let start = way.last().and_then(|last| way.iter().position(|name| name == last)).unwrap_or(0);
        let circle = &way[start..];
        let told: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
        let message = if circle.len() == 2 {
            format!("the template {} {verb}s itself", told[0])
        } else {
            format!("templates {verb} each other in a circle: {}", told.join(" → "))
        };
        let (first, next) = (circle.first().copied().unwrap_or_default(), circle.get(1).copied().unwrap_or_default());
        let is_full = self.by_name.get(first).is_some_and(|template| names(&template.text, next));
        let short = next.split_once('/').map_or(next, |(_, path)| path);
        self.at_name(first, if is_full { next } else { short }, message)
    }

    /// A mistake at the place where a template names another.
    fn at_name(&self, current: &str, name: &str, message: String) -> Diagnostic {
        let Some(template) = self.by_name.get(current) else {
            return Diagnostic::in_file(codes::TEMPLATE, Severity::Error, message, self.unknown(current));
        };
        let at = ['"', '\'', '`'].iter().find_map(|quote| template.text.find(&format!("{quote}{name}{quote}")));
        match at {
            Some(at) => Diagnostic::error(codes::TEMPLATE, message, Span::new(&template.file, at + 1, at + 1 + name.len())),
            None => Diagnostic::in_file(codes::TEMPLATE, Severity::Error, message, SourcePath::clone(&template.file)),
        }
    }
}

/// Whether a template names another one, in whichever quotes.
fn names(text: &str, name: &str) -> bool {
    ['"', '\'', '`'].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")))
}

/// A message of the engine as ours are: without a capital and a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}
