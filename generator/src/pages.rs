//! Fresh or rendered: decides for every page whether the recorded one still holds, and renders those that do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::Progress;
use crate::cache::PageRecord;
use crate::diagnostic::Diagnostic;
use crate::pictures::Copy;
use crate::present::{self, Presented, Route};
use crate::render::{Engine, Lookups, Question};
use crate::site::Site;
use crate::source::Fingerprint;

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
            Self::View => f.write_str("its own content changed"),
            Self::Output => f.write_str("the file is missing or was changed"),
            Self::Answer(Question::Card(id)) => write!(f, "the product `{id}`, which it shows, changed"),
            Self::Answer(Question::Collection(name)) => write!(f, "the collection `{name}`, which it shows, changed"),
            Self::Answer(Question::Asset(path) | Question::Modules(path)) => write!(f, "the asset `{path}`, which it uses, changed"),
            Self::Answer(Question::Image(file, _)) => write!(f, "the picture `{file}`, which it shows, changed"),
        }
    }
}

/// A page after this stage.
#[derive(Debug)]
pub struct Page {
    /// The file, from the site's root.
    pub output: String,
    /// The bytes and why they were made; `None` where the recorded file still holds.
    pub rendered: Option<(Arc<[u8]>, Reason)>,
    /// What to remember.
    pub record: PageRecord,
}

/// Frames by language, and the copies of pictures that they show.
pub type Shells = (BTreeMap<String, String>, Vec<Copy>);

/// What pages are made with.
#[derive(Debug)]
pub struct Kitchen<'a> {
    /// The shop.
    pub site: &'a Site,
    /// The templates.
    pub engine: &'a Engine,
    /// What look-ups are answered from.
    pub lookups: &'a Arc<Lookups>,
    /// What is remembered, by output path.
    pub remembered: &'a BTreeMap<String, PageRecord>,
}

impl Kitchen<'_> {
    /// Every page of the site; `holds` says whether an output is there with these bytes.
    pub fn pages(&self, holds: &(dyn Fn(&str, Fingerprint) -> bool + Sync), progress: &dyn Progress) -> Result<Vec<Page>, Vec<Diagnostic>> {
        let routes = present::routes(self.site);
        progress.begin("rendering", routes.len());
        let made: Vec<Result<Page, Diagnostic>> = routes
            .par_iter()
            .map(|route| {
                let page = self.page(route, holds);
                progress.advance();
                page
            })
            .collect();
        let mut problems = Vec::new();
        let pages = made.into_iter().filter_map(|page| page.map_err(|problem| problems.push(problem)).ok()).collect();
        if problems.is_empty() { Ok(pages) } else { Err(problems) }
    }

    fn page(&self, route: &Route, holds: &(dyn Fn(&str, Fingerprint) -> bool + Sync)) -> Result<Page, Diagnostic> {
        let output = route.output();
        let presented = present::present(self.site, route);
        let view = Fingerprint::join(&[
            Fingerprint::of(presented.template.as_bytes()),
            Fingerprint::of_value(&presented.view),
            Fingerprint::of_value(&presented.copies),
        ]);
        let recorded = self.remembered.get(&output);
        let reason = match recorded.map(|record| self.staleness(record, view, holds, &output)) {
            None => Reason::New,
            Some(Some(reason)) => reason,
            Some(None) => {
                let record = recorded.expect("a page that is fresh is recorded").clone();
                return Ok(Page { output, rendered: None, record });
            }
        };
        self.render(output, &presented, view, reason)
    }

    fn staleness(
        &self,
        record: &PageRecord,
        view: Fingerprint,
        holds: &(dyn Fn(&str, Fingerprint) -> bool + Sync),
        output: &str,
    ) -> Option<Reason> {
        if record.common != self.engine.fingerprint {
            return Some(Reason::Common);
        }
        if record.view != view {
            return Some(Reason::View);
        }
        if let Some((question, _)) = record.reads.iter().find(|(question, answer)| !self.lookups.still_holds(question, *answer)) {
            return Some(Reason::Answer(question.clone()));
        }
        (!holds(output, record.output)).then_some(Reason::Output)
    }

    fn render(&self, output: String, presented: &Presented, view: Fingerprint, reason: Reason) -> Result<Page, Diagnostic> {
        let rendered = self.engine.render(self.lookups, &presented.template, &presented.view)?;
        let bytes: Arc<[u8]> = rendered.html.into_bytes().into();
        let mut copies: Vec<Copy> = presented.copies.iter().chain(&rendered.copies).cloned().collect();
        copies.sort();
        copies.dedup();
        let record = PageRecord { common: self.engine.fingerprint, view, reads: rendered.reads, copies, output: Fingerprint::of(&bytes) };
        Ok(Page { output, rendered: Some((bytes, reason)), record })
    }

    /// The frame of the function's pages for each language, and the copies of pictures that they show.
    pub fn shells(&self) -> Result<Shells, Vec<Diagnostic>> {
        let presented = present::present(self.site, &Route { path: "/".to_owned(), kind: present::Kind::Shell });
        let rendered = self.engine.render(self.lookups, &presented.template, &presented.view).map_err(|problem| vec![problem])?;
        Ok(([(self.site.settings.language.clone(), rendered.html)].into(), rendered.copies))
    }
}
