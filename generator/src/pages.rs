//! Fresh or rendered: decides for every page whether the recorded one still holds, and renders those that do not.
//!
//! A page remembers every question that it asked, of the site and through its template's functions. While all have the
//! same answers, it is the same page; nobody has to make its view to know that.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use indexmap::IndexSet;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::Progress;
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::pictures::Copy;
use crate::present::{Presented, Route};
use crate::render::{Asked, Question, Rendered};
use crate::source::Fingerprint;
use crate::write::{Sink, WriteError};

/// Why a page was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is remembered of it.
    New,
    /// The program, the templates, the theme's texts or the settings are others.
    Common,
    /// What it is given is not what it was.
    View,
    /// A look-up has another answer.
    Answer(Question),
    /// The file is not the one that was written.
    Output,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::New => f.write_str("it is new"),
            Self::Common => f.write_str("the theme or the settings changed"),
            Self::View | Self::Answer(Question::Site(_)) => f.write_str("its own content changed"),
            Self::Output => f.write_str("the file is missing or was changed"),
            Self::Answer(Question::Card(id) | Question::Product(id)) => write!(f, "the product `{id}`, which it shows, changed"),
            Self::Answer(Question::Collection(name)) => write!(f, "the collection `{name}`, which it shows, changed"),
            Self::Answer(Question::Asset(path) | Question::Modules(path)) => write!(f, "the asset `{path}`, which it uses, changed"),
            Self::Answer(Question::Pages(section, _)) => write!(f, "the section `{section}`, whose pages it shows, changed"),
            Self::Answer(Question::Data(name)) => write!(f, "the data `{name}`, which it shows, changed"),
            Self::Answer(Question::Image(wish)) => write!(f, "the picture `{}`, which it shows, changed", wish.file),
        }
    }
}

/// What is remembered of a rendered page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRecord {
    /// Of what is the same for all pages: program, templates, texts, settings.
    common: Fingerprint,
    /// Of its view.
    view: Fingerprint,
    /// What it asked: places in the table of answers.
    reads: Box<[u32]>,
    /// The copies of pictures that it shows: places in the table of copies.
    copies: Box<[u32]>,
    /// Of its bytes.
    output: Fingerprint,
}

type Table<T> = IndexSet<T, FxBuildHasher>;

/// What is remembered of all pages. Pages ask much the same, so each answer is kept once.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PageMemory {
    records: BTreeMap<String, PageRecord>,
    answers: Table<(Asked, Fingerprint)>,
    copies: Table<Copy>,
    /// How many answers there were when only those that pages refer to were kept.
    compacted: usize,
}

impl PageMemory {
    /// The copies of pictures that the recorded pages show.
    pub fn copies(&self) -> impl Iterator<Item = &Copy> {
        let mut shown = vec![false; self.copies.len()];
        self.records.values().flat_map(|record| &record.copies).for_each(|place| shown[*place as usize] = true);
        self.copies.iter().zip(shown).filter(|(_, shown)| *shown).map(|(copy, _)| copy)
    }

    /// What the recorded pages asked, each once or more.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        let mut asked = vec![false; self.answers.len()];
        self.records.values().flat_map(|record| &record.reads).for_each(|place| asked[*place as usize] = true);
        self.answers.iter().zip(asked).filter(|(_, asked)| *asked).map(|((asked, _), _)| &asked.question)
    }

    /// How many pages are remembered.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Answers of pages as they were stay in the table until they are as many as the others.
    fn tidy(&mut self) {
        if self.answers.len() > 2 * self.compacted + 256 {
            self.compact();
        }
    }

    /// Leaves out of the tables what no page refers to.
    fn compact(&mut self) {
        let (answers, copies) = (std::mem::take(&mut self.answers), std::mem::take(&mut self.copies));
        let mut kept = Tables::default();
        for record in self.records.values_mut() {
            let move_all = |places: &mut [u32], from: &mut dyn FnMut(u32) -> u32| places.iter_mut().for_each(|place| *place = from(*place));
            move_all(&mut record.reads, &mut |place| add(&mut kept.answers, answers[place as usize].clone()));
            move_all(&mut record.copies, &mut |place| add(&mut kept.copies, copies[place as usize].clone()));
        }
        (self.answers, self.copies) = (kept.answers, kept.copies);
        self.compacted = self.answers.len();
    }
}

#[derive(Debug, Default)]
struct Tables {
    answers: Table<(Asked, Fingerprint)>,
    copies: Table<Copy>,
}

fn add<T: std::hash::Hash + Eq>(table: &mut Table<T>, value: T) -> u32 {
    u32::try_from(table.insert_full(value).0).expect("a site asks fewer than 2³² questions")
}

/// A page after this stage.
#[derive(Debug)]
struct Page {
    output: String,
    /// Why it was rendered; `None` where the recorded file still holds.
    reason: Option<Reason>,
    /// Bytes of the rendered page.
    bytes: usize,
    record: PageRecord,
}

/// What a pass over all pages did.
#[derive(Debug, Default)]
pub struct Pass {
    /// The pages' files, in the order of the routes.
    pub outputs: Vec<String>,
    /// Pages that were rendered, and why.
    pub rendered: Vec<(String, Reason)>,
    /// How many bytes these have.
    pub bytes: usize,
}

/// Why a pass did not come to its end.
#[derive(Debug)]
pub enum PassError {
    /// Mistakes that templates met.
    Mistakes(Vec<Diagnostic>),
    /// A page could not be put into its place.
    Write(WriteError),
    /// It was told to stop.
    Stopped,
}

enum Failure {
    Mistakes(Vec<Diagnostic>),
    Write(WriteError),
    Stopped,
}

/// One pass over the pages of an edition.
struct Kitchen<'a> {
    edition: &'a Edition,
    sink: &'a dyn Sink,
    remembered: &'a BTreeMap<String, PageRecord>,
    /// The tables; what is beyond `held` was added by this pass.
    tables: Mutex<Tables>,
    /// The remembered answers.
    answers: Vec<(Asked, Fingerprint)>,
    /// For each of them: not yet known, holds, is another.
    held: Vec<AtomicU8>,
}

const HOLDS: u8 = 1;
const IS_ANOTHER: u8 = 2;

/// How a recorded page stands.
enum State {
    Fresh,
    /// Only what its view is made of may be another.
    Doubtful,
    Stale(Reason),
}

/// Makes every page of an edition that is not as it was; `is_stopped` is asked between pages.
pub(crate) fn pass(
    edition: &Edition,
    memory: &mut PageMemory,
    sink: &dyn Sink,
    progress: &dyn Progress,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Pass, PassError> {
    let routes = edition.routes();
    progress.begin("pages", routes.len());
    let answers: Vec<_> = memory.answers.iter().cloned().collect();
    let kitchen = Kitchen {
        edition,
        sink,
        remembered: &memory.records,
        held: answers.iter().map(|_| AtomicU8::new(0)).collect(),
        answers,
        tables: Mutex::new(Tables { answers: std::mem::take(&mut memory.answers), copies: std::mem::take(&mut memory.copies) }),
    };
    let made: Vec<Result<Page, Failure>> = routes
        .par_iter()
        .map(|route| {
            if is_stopped() {
                return Err(Failure::Stopped);
            }
            let page = kitchen.page(route);
            progress.advance();
            page
        })
        .collect();
    let Kitchen { tables, answers: before, .. } = kitchen;
    let Tables { answers, copies } = tables.into_inner().expect("no thread panics while it holds the tables");
    (memory.answers, memory.copies) = (answers, copies);
    if before.is_empty() {
        // The pages refer to all that the first pass has asked.
        memory.compacted = memory.answers.len();
    }
    let mut mistakes = Vec::new();
    let mut pages = Vec::with_capacity(made.len());
    let mut stopped = false;
    for page in made {
        match page {
            Ok(page) => pages.push(page),
            Err(Failure::Mistakes(met)) => mistakes.extend(met),
            Err(Failure::Write(error)) => {
                memory.tidy();
                return Err(PassError::Write(error));
            }
            Err(Failure::Stopped) => stopped = true,
        }
    }
    if !mistakes.is_empty() {
        memory.tidy();
        return Err(PassError::Mistakes(mistakes));
    }
    let mut pass = Pass::default();
    let whole = !stopped;
    if whole {
        memory.records.clear();
    }
    for page in pages {
        pass.outputs.push(page.output.clone());
        pass.bytes += page.bytes;
        if let Some(reason) = page.reason {
            pass.rendered.push((page.output.clone(), reason));
        }
        memory.records.insert(page.output, page.record);
    }
    memory.tidy();
    if stopped { Err(PassError::Stopped) } else { Ok(pass) }
}

impl Kitchen<'_> {
    fn page(&self, route: &Route) -> Result<Page, Failure> {
        let output = route.output();
        let Some(record) = self.remembered.get(&output) else {
            let (presented, facts) = self.edition.present(route);
            let view = fingerprint(&presented);
            return self.render(route, output, &presented, facts, view, Reason::New);
        };
        let reason = match self.state(route, record) {
            State::Stale(reason) => reason,
            State::Fresh if self.sink.holds(&output, record.output) => {
                self.sink.keep(&output);
                return Ok(Page { output, reason: None, bytes: 0, record: record.clone() });
            }
            State::Fresh => Reason::Output,
            State::Doubtful => {
                let (presented, facts) = self.edition.present(route);
                let view = fingerprint(&presented);
                if view == record.view && self.sink.holds(&output, record.output) {
                    self.sink.keep(&output);
                    let record = PageRecord { reads: self.reads_with(record, facts), ..record.clone() };
                    return Ok(Page { output, reason: None, bytes: 0, record });
                }
                let reason = if view == record.view { Reason::Output } else { Reason::View };
                return self.render(route, output, &presented, facts, view, reason);
            }
        };
        let (presented, facts) = self.edition.present(route);
        let view = fingerprint(&presented);
        self.render(route, output, &presented, facts, view, reason)
    }

    fn state(&self, route: &Route, record: &PageRecord) -> State {
        if record.common != self.edition.common(route.language) {
            return State::Stale(Reason::Common);
        }
        let mut is_doubtful = false;
        for place in &record.reads {
            if self.holds(*place) {
                continue;
            }
            match &self.answers[*place as usize].0.question {
                Question::Site(_) => is_doubtful = true,
                question => return State::Stale(Reason::Answer(question.clone())),
            }
        }
        if is_doubtful { State::Doubtful } else { State::Fresh }
    }

    fn holds(&self, place: u32) -> bool {
        let state = &self.held[place as usize];
        match state.load(Ordering::Relaxed) {
            HOLDS => true,
            IS_ANOTHER => false,
            _ => {
                let (asked, answer) = &self.answers[place as usize];
                let holds = self.edition.still_holds(asked, *answer);
                state.store(if holds { HOLDS } else { IS_ANOTHER }, Ordering::Relaxed);
                holds
            }
        }
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, Tables> {
        self.tables.lock().expect("no thread panics while it holds the tables")
    }

    /// What the template asked, as recorded, with what the view is made of now.
    fn reads_with(&self, record: &PageRecord, facts: Vec<(Asked, Fingerprint)>) -> Box<[u32]> {
        let asked = record.reads.iter().copied().filter(|place| !matches!(self.answers[*place as usize].0.question, Question::Site(_)));
        let mut tables = self.tables();
        let mut reads: Vec<u32> = asked.collect();
        reads.extend(facts.into_iter().map(|fact| add(&mut tables.answers, fact)));
        reads.into()
    }

    fn render(
        &self,
        route: &Route,
        output: String,
        presented: &Presented,
        facts: Vec<(Asked, Fingerprint)>,
        view: Fingerprint,
        reason: Reason,
    ) -> Result<Page, Failure> {
        let Rendered { html, reads, copies } = self.edition.render(route, presented).map_err(Failure::Mistakes)?;
        let fingerprint = Fingerprint::of(html.as_bytes());
        self.sink.put(&output, html.as_bytes(), fingerprint).map_err(Failure::Write)?;
        let own = |(question, answer)| (Asked { language: route.language, question }, answer);
        let reads = reads.into_iter();
        let record = {
            let mut tables = self.tables();
            PageRecord {
                common: self.edition.common(route.language),
                view,
                reads: facts.into_iter().chain(reads.map(own)).map(|read| add(&mut tables.answers, read)).collect(),
                copies: presented.copies.iter().cloned().chain(copies).map(|copy| add(&mut tables.copies, copy)).collect(),
                output: fingerprint,
            }
        };
        Ok(Page { output, reason: Some(reason), bytes: html.len(), record })
    }
}

/// Of a view and of the template that it is for.
fn fingerprint(presented: &Presented) -> Fingerprint {
    let Presented { template, view, copies, blocks } = presented;
    // The view's parts by themselves: flattened into one map they would be encoded twice.
    Fingerprint::of_value(&(template, &view.page, &view.main, copies, blocks))
}
