//! The only place that knows Tera: the theme's templates, the functions they may call, and what each page asked.
//!
//! Every answer that a template gets through a function, 'there is none' too, is remembered with the page, so that
//! the page is rendered again when an answer changes. A render never enters rayon: work stealing could start another
//! page inside the same scope.

mod blocks;
mod functions;
pub(crate) mod made;
pub(crate) mod mail;
mod templates;
pub(crate) mod texts;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use serde::{Deserialize, Serialize};
use tera::value::Key;
use tera::{Context, ErrorKind, Kwargs, Tera, Value};

use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::locale::Formats;
use crate::pictures::{Copy, Wish};
use crate::present::search::Document;
use crate::present::{self, Cards, Fact, Presented, Reader, Route};
use crate::site::{Id, Site};
use crate::source::Fingerprint;
use crate::theme::{Layers, Theme};
use crate::view::{CardView, HitView, SiteView, ThemeView};

use made::Made;
use templates::{Naming, Templates};

/// The template for a product among those that are left by filters; a theme that has none shows no filters.
pub const FILTERED: &str = "filtered.html";

/// A look-up that a template made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Question {
    /// `card(id)`
    Card(String),
    /// `collection(name)`
    Collection(String),
    /// `product(id)`
    Product(String),
    /// `asset(path)`
    Asset(String),
    /// `modules(path)`
    Modules(String),
    /// `image(file, widths)`
    Image(Box<Wish>),
    /// `data(name)`
    Data(String),
    /// `pages(section, limit)`
    Pages(String, usize),
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

/// Parts may show parts, but not without end.
const MOST_PARTS_WITHIN: usize = 10;

/// No page has more bytes; a loop that never comes to its end does.
const MOST_BYTES: usize = 64 << 20;

/// What most pages fit into.
const USUAL_BYTES: usize = 16 << 10;

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
        let mut presented = present::present(&reader, route);
        let page = &mut presented.view.page;
        let above = page.breadcrumbs.last().map_or("", |link| link.title.as_str());
        page.social_card = page.social_card && lacking(&self.theme, [&page.title, above, &self.site.settings.name]).is_none();
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
            Question::Product(id) => Ok(Answer::of(&present::product_view(&self.reader(), id))),
            Question::Site(_) => unreachable!("templates cannot ask the site"),
            Question::Asset(path) => Ok(Answer::of(&self.site.file_url(&self.theme.asset(path)?))),
            Question::Modules(path) => {
                let addresses: Vec<String> = self.theme.modules(path)?.iter().map(|address| self.site.file_url(address)).collect();
                Ok(Answer::of(&addresses))
            }
            Question::Data(name) => {
                let data = self.site.data.get(name).ok_or_else(|| unknown_data(name, &self.site))?;
                Ok(Answer::of(&**data))
            }
            Question::Pages(section, limit) => {
                let found = present::section_cards(&self.reader(), section, *limit);
                Ok(Answer::of(&found.ok_or_else(|| unknown_section(section, &self.site))?))
            }
            Question::Image(wish) => {
                let found = self.site.pictures.set(wish, &self.site.settings.base_path);
                let (set, copies) = found.map_or((None, Vec::new()), |(set, copies)| (Some(set), copies));
                Ok(Answer { copies, ..Answer::of(&set) })
            }
        }
    }
}

fn unknown_section(key: &str, site: &Site) -> String {
    match crate::diagnostic::nearest(key, site.sections.keys().map(String::as_str)) {
        Some(near) => format!("there is no section `{key}`; did you mean `{near}`?"),
        None => format!("there is no section `{key}`: it would be the folder `content/{key}`"),
    }
}

fn unknown_data(name: &str, site: &Site) -> String {
    match crate::diagnostic::nearest(name, site.data.keys().map(String::as_str)) {
        Some(near) => format!("there is no data `{name}`; did you mean `{near}`?"),
        None => format!("there is no data `{name}`: it would be `data/{name}.yaml`, `.json` or `.csv`"),
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
    /// How many components that are made once it is within.
    depth: usize,
    /// What went wrong in a component that is made once, with its place.
    mistake: Option<tera::Error>,
}

impl Scope {
    fn new(lookups: &Arc<Lookups>, tera: &Arc<Tera>, depth: usize) -> Self {
        let (lookups, tera) = (Arc::clone(lookups), Arc::clone(tera));
        Self { lookups, tera, reads: BTreeMap::new(), copies: BTreeSet::new(), depth, mistake: None }
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

/// The first letter of the texts of a card that no font of the theme has: such a card is not drawn. These are the page's title, that of what it is
/// in, and the shop's name. A theme without fonts writes nothing on cards.
pub fn lacking(theme: &Theme, texts: [&str; 3]) -> Option<char> {
    let fonts = Some(theme.fonts()).filter(|fonts| !fonts.is_empty())?;
    texts.into_iter().find_map(|text| fonts.lacks(text))
}

/// What the fonts of drawings make of a text. They are the same for all pages, so nothing has to be remembered.
fn wrapped(text: &str, width: f32, size: f32, lines: usize, family: &str) -> Value {
    let lookups = SCOPE.with_borrow(|scope| Arc::clone(&scope.as_ref().expect("template functions run inside a render").lookups));
    Value::from_serializable(&lookups.theme.fonts().wrap(text, width, size, lines, family))
}

/// A drawing that the page shows; it follows from the SVG and the theme's fonts alone.
fn drawing(svg: &str, name: &str) -> tera::TeraResult<Value> {
    SCOPE.with_borrow_mut(|scope| {
        let scope = scope.as_mut().expect("template functions run inside a render");
        let Lookups { theme, site, .. } = &*scope.lookups;
        let drawn = crate::pictures::draw(svg, name, theme.fonts_fingerprint(), &site.settings.base_path);
        let (drawing, copy) = drawn.map_err(|cause| tera::Error::message(format!("the drawing cannot be read: {cause}")))?;
        scope.copies.insert(copy);
        Ok(Value::from_serializable(&drawing))
    })
}

/// A component's HTML, made once for the same arguments. What it asked counts as asked by each page that shows it.
fn part(name: &str, arguments: &Kwargs) -> tera::TeraResult<Value> {
    let given: Vec<(&Key<'static>, &Value)> = arguments.iter().filter(|(key, _)| key.as_str() != Some("name")).collect();
    // These are the same for all pages.
    let is_shared = |key: &Key<'_>| matches!(key.as_str(), Some("site" | "theme"));
    let telling: Vec<_> = given.iter().filter(|(key, _)| !is_shared(key)).map(|(key, value)| (key.as_str(), value)).collect();
    let of = Fingerprint::of_value(&(name, telling));
    let (lookups, tera, depth) = SCOPE.with_borrow(|scope| {
        let scope = scope.as_ref().expect("template functions run inside a render");
        (Arc::clone(&scope.lookups), Arc::clone(&scope.tera), scope.depth + 1)
    });
    if depth > MOST_PARTS_WITHIN {
        return Err(tera::Error::message(format!("the part `{name}` is within {MOST_PARTS_WITHIN} others: does it show itself?")));
    }
    let known = lookups.parts.read().expect("no thread panics while it holds the parts").get(&of).cloned();
    let part = match known {
        Some(part) => part,
        None => {
            let part = Arc::new(make_part(name, &given, Scope::new(&lookups, &tera, depth))?);
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

fn make_part(name: &str, given: &[(&Key<'static>, &Value)], scope: Scope) -> tera::TeraResult<Part> {
    let mut context = Context::new();
    for (key, value) in given {
        context.insert_value(key.to_string(), (*value).clone());
    }
    let tera = Arc::clone(&scope.tera);
    let outer = SCOPE.replace(Some(scope));
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
            // What has no place of its own, such as an argument that the component does not take, is told where the part is called.
            let mistake = inner.mistake.or_else(|| matches!(error.kind(), ErrorKind::RenderingError(_)).then_some(error));
            SCOPE.with_borrow_mut(|scope| {
                let scope = scope.as_mut().expect("the outer scope was put back");
                scope.mistake = scope.mistake.take().or(mistake);
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

/// Why a page cannot be made.
enum Problem {
    /// A template is wrong.
    Template(tera::Error),
    /// A text asks for blocks that cannot be made.
    Blocks(Vec<blocks::Wrong>),
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
    templates: Templates,
    /// Where the theme's own templates lie.
    folder: SourcePath,
    /// `site`, which components do not see unless it is handed to them.
    site: Value,
    /// Of everything that is the same for all pages: the program, the templates, the texts, `site`, `theme`.
    pub fingerprint: Fingerprint,
}

/// What templates see on every page.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// As `site`.
    pub site: &'a SiteView,
    /// As `theme`.
    pub theme: &'a ThemeView,
}

impl Engine {
    /// Reads a theme's templates for one language; every mistake in them is told.
    ///
    /// Each is known by its theme and its path, `default/base.html`. Where only the path is said, the nearest of the theme's and of those
    /// that it builds on is meant; and so with components, by their names.
    pub fn new(layers: Layers<'_>, theme: &Theme, language: usize, site: &Site, shared: Shared<'_>) -> Result<Self, Vec<Diagnostic>> {
        let templates = Templates::read(layers, "templates/", Naming::Full)?;
        let mut parts = vec![
            Fingerprint::of(env!("SHOPFRONT_BUILD_ID").as_bytes()),
            theme.texts_fingerprint(),
            theme.fonts_fingerprint(),
            Fingerprint::of_value(shared.site),
            Fingerprint::of_value(shared.theme),
            Fingerprint::of_value(&site.settings),
        ];
        for (name, text) in templates.texts() {
            parts.extend([Fingerprint::of(name.as_bytes()), Fingerprint::of(text.as_bytes())]);
        }
        let mut tera = Tera::default();
        tera.set_escape_fn(escape);
        let prefixes = layers.themes().iter().map(|theme| format!("{theme}/"));
        tera.set_fallback_prefixes(prefixes).expect("there is no template yet");
        functions::register(&mut tera, &theme.texts()[language], site);
        templates.give(&mut tera)?;
        let context = tera.global_context();
        context.insert("site", shared.site);
        context.insert("theme", shared.theme);
        let folder = layers.own("templates");
        let site = Value::from_serializable(shared.site);
        Ok(Self { tera: Arc::new(tera), templates, folder, site, fingerprint: Fingerprint::join(&parts) })
    }

    /// Renders one page.
    pub fn render(&self, lookups: &Arc<Lookups>, presented: &Presented) -> Result<Rendered, Vec<Diagnostic>> {
        let Presented { template, view, blocks, .. } = presented;
        if !self.tera.contains_template(template) {
            let message = format!("the theme has no template `{template}`");
            let file = SourcePath::from(format!("{}/{template}", self.folder));
            let told = Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, file);
            return Err(vec![told.help("every theme has it, or builds on one that has; copy the default theme's")]);
        }
        let context = Context::from_serialize(view).expect("views are maps with text keys");
        let mut page = Capped { bytes: Vec::with_capacity(USUAL_BYTES), is_full: false };
        let (result, scope) = self.in_scope(lookups, || {
            self.tera.render_to(template, &context, &mut page).map_err(Problem::Template)?;
            let html = String::from_utf8(std::mem::take(&mut page.bytes)).expect("templates and values are texts");
            if blocks.is_empty() { Ok(html) } else { blocks::put_in(&self.tera, &self.site, view, blocks, &html).map_err(Problem::Blocks) }
        });
        match result {
            Ok(html) => Ok(Rendered { html, reads: scope.reads.into_iter().collect(), copies: scope.copies.into_iter().collect() }),
            Err(_) if page.is_full => Err(vec![self.templates.endless(template, &view.page.url)]),
            Err(Problem::Blocks(wrong)) => Err(wrong.into_iter().map(|wrong| self.block_mistake(wrong)).collect()),
            Err(Problem::Template(error)) => {
                Err(vec![self.templates.mistake(scope.mistake.as_ref().unwrap_or(&error), Some((template, &view.page.url)))])
            }
        }
    }

    /// A block that its component could not make is told where an editor wrote it.
    fn block_mistake(&self, wrong: blocks::Wrong) -> Diagnostic {
        let Some(error) = wrong.cause else { return wrong.told };
        let cause = self.templates.mistake(&error, None);
        let told = wrong.told.label(cause.message.clone());
        match cause.span {
            Some(span) => told.related(span, "seen here, in the theme"),
            None => told,
        }
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
        let cards = result.map_err(|(id, error)| {
            let told = self.templates.mistake(scope.mistake.as_ref().unwrap_or(&error), None);
            told.help(format!("seen while the card of the product `{id}` was rendered"))
        })?;
        Ok(FilteredCards { cards, reads: scope.reads.into_iter().collect() })
    }

    /// Renders, and answers with what was asked meanwhile.
    fn in_scope<T>(&self, lookups: &Arc<Lookups>, render: impl FnOnce() -> T) -> (T, Scope) {
        SCOPE.set(Some(Scope::new(lookups, &self.tera, 0)));
        let result = render();
        (result, SCOPE.take().expect("the scope was set above, and nothing else takes it"))
    }
}

/// A page while it is written, up to [`MOST_BYTES`].
struct Capped {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Capped {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > MOST_BYTES {
            self.is_full = true;
            return Err(io::Error::other("the page is too large"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
