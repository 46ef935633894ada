//! The only place that knows Tera: the theme's templates, the functions they may call, and what each page asked.
//!
//! Every answer that a template gets through a function, 'there is none' too, is remembered with the page, so that
//! the page is rendered again when an answer changes. A render never enters rayon: work stealing could start another
//! page inside the same scope.

mod functions;
pub(crate) mod made;
pub(crate) mod mail;
pub(crate) mod texts;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use serde::{Deserialize, Serialize};
use tera::value::Key;
use tera::{Context, ErrorKind, Kwargs, Tera, Value};

use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes};
use crate::locale::Formats;
use crate::pictures::Copy;
use crate::present::search::Document;
use crate::present::{self, Cards, Fact, Presented, Reader, Route, View};
use crate::site::{Id, Site};
use crate::source::{Fingerprint, Sources};
use crate::theme::Theme;
use crate::view::{CardView, HitView, SiteView};
use made::Made;

/// The template for a product among those that are left by filters; a theme that has none shows no filters.
pub const FILTERED: &str = "filtered.html";

/// A look-up that a template made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Question {
    /// `card(id)`
    Card(String),
    /// `collection(name)`
    Collection(String),
    /// `asset(path)`
    Asset(String),
    /// `modules(path)`
    Modules(String),
    /// `image(file, widths)`
    Image(String, Vec<u32>),
    /// What the page's view was made of.
    Site(Fact),
}

/// A question about the shop in one of its languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Asked {
    /// The place of the language among the shop's.
    pub language: usize,
    /// The question.
    pub question: Question,
}

/// An answer to a [`Question`].
#[derive(Debug, Clone)]
struct Answer {
    value: Value,
    fingerprint: Fingerprint,
    copies: Vec<Copy>,
}

/// A component made for some arguments, and what it asked.
#[derive(Debug)]
struct Part {
    html: Value,
    reads: Box<[(Question, Fingerprint)]>,
    copies: Box<[Copy]>,
}

/// So many parts are kept; in a shop with more different ones the first are made again.
const MOST_PARTS: usize = 1 << 17;

/// What look-ups are answered from: the shop in one of its languages, and a theme.
#[derive(Debug)]
pub struct Lookups {
    sites: Arc<[Arc<Site>]>,
    language: usize,
    site: Arc<Site>,
    formats: Formats,
    cards: Cards,
    theme: Arc<Theme>,
    answers: RwLock<FxHashMap<Question, Arc<Answer>>>,
    states: RwLock<FxHashMap<Fact, Fingerprint>>,
    parts: RwLock<FxHashMap<Fingerprint, Arc<Part>>>,
}

impl Lookups {
    /// Answers about the shop in one of its languages, and this theme.
    pub fn new(sites: Arc<[Arc<Site>]>, language: usize, theme: Arc<Theme>) -> Self {
        let site = Arc::clone(&sites[language]);
        let settings = &site.settings;
        let formats = Formats::new(&settings.language, settings.currencies.iter().map(|(currency, _)| *currency));
        let (cards, answers, states, parts) = Default::default();
        Self { sites, language, site, formats, cards, theme, answers, states, parts }
    }

    /// Whether a question that was once answered so has the same answer now.
    pub fn still_holds(&self, question: &Question, fingerprint: Fingerprint) -> bool {
        match question {
            Question::Site(fact) => self.state(fact) == fingerprint,
            asked => self.answer(asked).is_ok_and(|answer| answer.fingerprint == fingerprint),
        }
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(&self.sites, self.language, self.theme.texts(), &self.formats, &self.cards)
    }

    /// Lets go of what was made once for many pages: it would be made again.
    pub fn forget(&self) {
        const HELD: &str = "no thread panics while it holds what was made";
        *self.cards.write().expect(HELD) = FxHashMap::default();
        *self.answers.write().expect(HELD) = FxHashMap::default();
        *self.parts.write().expect(HELD) = FxHashMap::default();
    }

    /// The view of a route, and what it was made of.
    pub fn present(&self, route: &Route) -> (Presented, Vec<(Asked, Fingerprint)>) {
        let reader = self.reader();
        let presented = present::present(&reader, route);
        let facts = reader.facts().into_iter().map(|((language, fact), state)| {
            let find = || if language == self.language { self.state(&fact) } else { fact.state(&self.sites[language]) };
            let state = state.unwrap_or_else(find);
            (Asked { language, question: Question::Site(fact) }, state)
        });
        (presented, facts.collect())
    }

    /// What a search shows of documents, given the addresses of their pictures.
    pub fn hits(&self, documents: &[(Document<'_>, Option<String>)]) -> Vec<HitView> {
        let reader = self.reader();
        documents.iter().map(|(document, picture)| present::search::hit(&reader, *document, picture.as_deref())).collect()
    }

    /// The cards of products.
    pub fn cards(&self, ids: &[Id]) -> Vec<(Id, Made<CardView>)> {
        let reader = self.reader();
        ids.iter().filter_map(|id| Some((Id::clone(id), reader.card(id)?))).collect()
    }

    /// The copies of pictures that an answer names.
    pub fn copies(&self, question: &Question) -> Vec<Copy> {
        self.answer(question).map(|answer| answer.copies.clone()).unwrap_or_default()
    }

    /// The state of a fact; found once.
    fn state(&self, fact: &Fact) -> Fingerprint {
        if let Some(state) = self.states.read().expect("no thread panics while it holds the states").get(fact) {
            return *state;
        }
        let state = fact.state(&self.site);
        self.states.write().expect("no thread panics while it holds the states").insert(fact.clone(), state);
        state
    }

    fn answer(&self, question: &Question) -> Result<Arc<Answer>, String> {
        let known = self.answers.read().expect("no thread panics while it holds the answers").get(question).cloned();
        if let Some(answer) = known {
            return Ok(answer);
        }
        let answer = Arc::new(self.find(question)?);
        self.answers.write().expect("no thread panics while it holds the answers").insert(question.clone(), Arc::clone(&answer));
        Ok(answer)
    }

    fn find(&self, question: &Question) -> Result<Answer, String> {
        match question {
            Question::Card(id) => Ok(Answer::of(&self.reader().card(id))),
            Question::Collection(name) => Ok(Answer::of(&present::collection_cards(&self.reader(), name))),
            Question::Site(_) => unreachable!("templates cannot ask the site"),
            Question::Asset(path) => Ok(Answer::of(&self.site.file_url(&self.theme.asset(path)?))),
            Question::Modules(path) => {
                let addresses: Vec<String> = self.theme.modules(path)?.iter().map(|address| self.site.file_url(address)).collect();
                Ok(Answer::of(&addresses))
            }
            Question::Image(file, widths) => {
                let found = self.site.pictures.set(file, widths, &self.site.settings.base_path);
                let (set, copies) = found.map_or((None, Vec::new()), |(set, copies)| (Some(set), copies));
                Ok(Answer { copies, ..Answer::of(&set) })
            }
        }
    }
}

impl Answer {
    fn of<T: Serialize>(value: &T) -> Self {
        Self { value: Value::from_serializable(value), fingerprint: Fingerprint::of_value(value), copies: Vec::new() }
    }
}

/// What one render asked.
struct Scope {
    lookups: Arc<Lookups>,
    /// For components that are made once.
    tera: Arc<Tera>,
    reads: BTreeMap<Question, Fingerprint>,
    copies: BTreeSet<Copy>,
    /// What went wrong in a component that is made once, with its place.
    mistake: Option<tera::Error>,
}

impl Scope {
    fn new(lookups: &Arc<Lookups>, tera: &Arc<Tera>) -> Self {
        Self { lookups: Arc::clone(lookups), tera: Arc::clone(tera), reads: BTreeMap::new(), copies: BTreeSet::new(), mistake: None }
    }
}

thread_local! {
    static SCOPE: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

/// Answers a question inside a render and remembers it.
fn ask(question: Question) -> tera::TeraResult<Value> {
    let lookups = SCOPE.with_borrow(|scope| Arc::clone(&scope.as_ref().expect("template functions run inside a render").lookups));
    let answer = lookups.answer(&question).map_err(tera::Error::message)?;
    SCOPE.with_borrow_mut(|scope| {
        let scope = scope.as_mut().expect("template functions run inside a render");
        scope.copies.extend(answer.copies.iter().cloned());
        scope.reads.insert(question, answer.fingerprint);
        Ok(answer.value.clone())
    })
}

/// A component's HTML, made once for the same arguments. What it asked counts as asked by each page that shows it.
fn part(name: &str, arguments: &Kwargs) -> tera::TeraResult<Value> {
    let given: Vec<(&Key<'static>, &Value)> = arguments.iter().filter(|(key, _)| key.as_str() != Some("name")).collect();
    // `site` is the same for all pages.
    let telling: Vec<_> = given.iter().filter(|(key, _)| key.as_str() != Some("site")).map(|(key, value)| (key.as_str(), value)).collect();
    let of = Fingerprint::of_value(&(name, telling));
    let (lookups, tera) = SCOPE.with_borrow(|scope| {
        let scope = scope.as_ref().expect("template functions run inside a render");
        (Arc::clone(&scope.lookups), Arc::clone(&scope.tera))
    });
    let known = lookups.parts.read().expect("no thread panics while it holds the parts").get(&of).cloned();
    let part = match known {
        Some(part) => part,
        None => {
            let part = Arc::new(make_part(name, &given, &lookups, &tera)?);
            let mut parts = lookups.parts.write().expect("no thread panics while it holds the parts");
            if parts.len() >= MOST_PARTS {
                parts.clear();
            }
            parts.insert(of, Arc::clone(&part));
            part
        }
    };
    SCOPE.with_borrow_mut(|scope| {
        let scope = scope.as_mut().expect("template functions run inside a render");
        scope.reads.extend(part.reads.iter().cloned());
        scope.copies.extend(part.copies.iter().cloned());
    });
    Ok(part.html.clone())
}

fn make_part(name: &str, given: &[(&Key<'static>, &Value)], lookups: &Arc<Lookups>, tera: &Arc<Tera>) -> tera::TeraResult<Part> {
    let mut context = Context::new();
    for (key, value) in given {
        context.insert_value(key.to_string(), (*value).clone());
    }
    let outer = SCOPE.replace(Some(Scope::new(lookups, tera)));
    let made = tera.render_component(name, &context, None, true);
    let inner = SCOPE.replace(outer).expect("the scope was set above, and nothing else takes it");
    match made {
        Ok(html) => Ok(Part {
            html: Value::safe_string(&html),
            reads: inner.reads.into_iter().collect(),
            copies: inner.copies.into_iter().collect(),
        }),
        Err(error) => {
            let said = error.to_string();
            SCOPE.with_borrow_mut(|scope| {
                scope.as_mut().expect("the outer scope was put back").mistake.get_or_insert(inner.mistake.unwrap_or(error));
            });
            Err(tera::Error::message(said))
        }
    }
}

/// A rendered page and what it asked for.
#[derive(Debug)]
pub struct Rendered {
    /// The page.
    pub html: String,
    /// Every look-up with its answer's fingerprint.
    pub reads: Vec<(Question, Fingerprint)>,
    /// Copies of pictures that it shows.
    pub copies: Vec<Copy>,
}

/// Products as they stand among those that filters leave, and what all of them asked.
#[derive(Debug)]
pub struct FilteredCards {
    /// HTML, one for each product.
    pub cards: Vec<String>,
    /// Every look-up with its answer's fingerprint.
    pub reads: Vec<(Question, Fingerprint)>,
}

/// The theme's templates, ready to render.
#[derive(Debug)]
pub struct Engine {
    tera: Arc<Tera>,
    folder: String,
    /// Of everything that is the same for all pages: the program, the templates, the texts, `site`.
    pub fingerprint: Fingerprint,
}

impl Engine {
    /// Reads a theme's templates for one language; every mistake in them is told.
    pub fn new(sources: &Sources, theme: &Theme, language: usize, site: &Site, site_view: &SiteView) -> Result<Self, Vec<Diagnostic>> {
        let folder = format!("{}templates/", theme.folder());
        let mut templates = Vec::new();
        let mut problems = Vec::new();
        let mut parts = vec![
            Fingerprint::of(env!("SHOPFRONT_BUILD_ID").as_bytes()),
            theme.texts_fingerprint(),
            Fingerprint::of_value(site_view),
            Fingerprint::of_value(&site.settings),
        ];
        for (path, file) in sources.below(&folder) {
            parts.push(Fingerprint::of(path.as_bytes()));
            parts.push(file.fingerprint);
            let told = |code, message: String| Diagnostic::in_file(code, Severity::Error, message, SourcePath::clone(path));
            match file.same_bytes().map(|bytes| String::from_utf8(bytes.to_vec())) {
                Ok(Ok(text)) => templates.push((path.trim_start_matches(folder.as_str()).to_owned(), text)),
                Ok(Err(_)) => problems.push(told(codes::NOT_UTF8, "a template is not UTF-8 text".to_owned())),
                Err(cause) => problems.push(told(codes::THEME_FILE, cause)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut tera = Tera::default();
        tera.set_escape_fn(escape);
        functions::register(&mut tera, &theme.texts()[language], site);
        if let Err(error) = tera.add_raw_templates(templates.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
            let found = reported(&folder, &error.to_string(), &templates);
            return Err(if found.is_empty() { vec![diagnostic(&folder, &error, None)] } else { found });
        }
        tera.global_context().insert("site", site_view);
        Ok(Self { tera: Arc::new(tera), folder, fingerprint: Fingerprint::join(&parts) })
    }

    /// Renders one page.
    pub fn render(&self, lookups: &Arc<Lookups>, template: &str, view: &View) -> Result<Rendered, Diagnostic> {
        if !self.tera.contains_template(template) {
            let message = format!("the theme has no template `{template}`");
            let file = SourcePath::from(format!("{}{template}", self.folder));
            return Err(
                Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, file).help("every theme has it; copy the default theme's")
            );
        }
        let context = Context::from_serialize(view).expect("views are maps with text keys");
        let (result, scope) = self.in_scope(lookups, || self.tera.render(template, &context));
        let seen = || format!("seen while the page `{}` was rendered", view.page.url);
        let html = result.map_err(|error| diagnostic(&self.folder, scope.mistake.as_ref().unwrap_or(&error), Some(seen())))?;
        Ok(Rendered { html, reads: scope.reads.into_iter().collect(), copies: scope.copies.into_iter().collect() })
    }

    /// Renders products as they stand among those that filters leave, one by one.
    pub fn render_filtered(&self, lookups: &Arc<Lookups>, ids: &[Id]) -> Result<FilteredCards, Diagnostic> {
        let mut context = Context::new();
        let cards = lookups.cards(ids);
        let (result, scope) = self.in_scope(lookups, || {
            let one = |(id, card): &(Id, Made<CardView>)| {
                context.insert("card", card);
                self.tera.render(FILTERED, &context).map(|html| html.trim().to_owned()).map_err(|error| (Id::clone(id), error))
            };
            cards.iter().map(one).collect::<Result<Vec<String>, _>>()
        });
        let seen = |id: &str| format!("seen while the card of the product `{id}` was rendered");
        let cards = result.map_err(|(id, error)| diagnostic(&self.folder, scope.mistake.as_ref().unwrap_or(&error), Some(seen(&id))))?;
        Ok(FilteredCards { cards, reads: scope.reads.into_iter().collect() })
    }

    /// Renders, and answers with what was asked meanwhile.
    fn in_scope<T>(&self, lookups: &Arc<Lookups>, render: impl FnOnce() -> T) -> (T, Scope) {
        SCOPE.set(Some(Scope::new(lookups, &self.tera)));
        let result = render();
        (result, SCOPE.take().expect("the scope was set above, and nothing else takes it"))
    }
}

/// Escapes what the engine's own function does, which writes byte by byte: most texts have nothing to escape.
fn escape(text: &str, output: &mut dyn io::Write) -> io::Result<()> {
    let entity = |byte: u8| match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&#39;",
        _ => "",
    };
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = entity(byte);
        if !entity.is_empty() {
            output.write_all(&text.as_bytes()[written..at])?;
            output.write_all(entity.as_bytes())?;
            written = at + 1;
        }
    }
    output.write_all(&text.as_bytes()[written..])
}

/// Mistakes that the engine finds only when it has read all templates come as one text, a place after each message:
/// `error: …`, then ` --> home.html:2:33`, then the line with carets below the words.
fn reported(folder: &str, report: &str, templates: &[(String, String)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut message = String::new();
    for line in report.lines() {
        if let Some(text) = line.trim_start().strip_prefix("error: ") {
            message = text[..1].to_lowercase() + text[1..].trim_end_matches('.');
        } else if let Some(place) = line.trim_start().strip_prefix("--> ").and_then(|place| place_in(place, templates)) {
            let (name, at) = place;
            let file = SourcePath::from(format!("{folder}{name}"));
            found.push(Diagnostic::error(codes::TEMPLATE, std::mem::take(&mut message), Span::new(&file, at, at + 1)));
        } else if let Some(span) = found.last_mut().and_then(|last: &mut Diagnostic| last.span.as_mut()) {
            let carets = line.chars().filter(|c| *c == '^').count();
            if carets > 0 {
                span.end = span.start + u32::try_from(carets).unwrap_or(1);
            }
        }
    }
    found
}

/// `home.html:2:33` → the template's name and the byte.
fn place_in<'a>(place: &str, templates: &'a [(String, String)]) -> Option<(&'a str, usize)> {
    let mut parts = place.rsplitn(3, ':');
    let column: usize = parts.next()?.trim().parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let wanted = parts.next()?;
    let (name, text) = templates.iter().find(|(name, _)| name == wanted)?;
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    Some((name, (before + column.saturating_sub(1)).min(text.len())))
}

fn diagnostic(folder: &str, error: &tera::Error, seen: Option<String>) -> Diagnostic {
    let mut diagnostic = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let file = SourcePath::from(format!("{folder}{}", report.filename()));
            let range = &report.span().range;
            let message = report.message();
            let mut letters = message.trim_end_matches('.').chars();
            let message: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
            Diagnostic::error(codes::TEMPLATE, message, Span::new(&file, range.start, range.end))
        }
        other => Diagnostic::in_file(codes::TEMPLATE, Severity::Error, other.to_string(), SourcePath::from(folder.trim_end_matches('/'))),
    };
    diagnostic.help = seen;
    diagnostic
}
