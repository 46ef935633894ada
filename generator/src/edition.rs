//! One state of a shop, ready to be published: the checked site and a theme that can render it. Every file of the site
//! can be made from it, at any time and in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog::mail::MailKit;

use crate::Progress;
use crate::admin;
use crate::cache::Memory;
use crate::checks::{self, Inspector};
use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::output::filters::{CardMaker, FilterError, FilterMemory};
use crate::output::{self, bundle::ShardMemory, search::SearchMemory};
use crate::pages::{self, PageMemory, PassError, Reason};
use crate::pictures::Copy;
use crate::present::{self, Kind, Presented, Route, site_view, theme_view};
use crate::render::{self, Asked, Engine, FilteredCards, Lookups, Question, Rendered, Shared};
use crate::site::{Id, Site};
use crate::source::{Fingerprint, Sources};
use crate::theme::{Asset, AssetMemory, Layers, Theme};
use crate::view::{SiteView, ThemeView};
use crate::write::{InMemory, Nowhere, Sink, WriteError};

/// Bytes by path.
type Files = BTreeMap<String, Vec<u8>>;

/// A theme that can render, as long as neither its files nor what all pages share changes.
#[derive(Debug)]
pub struct Prepared {
    key: Fingerprint,
    theme: Arc<Theme>,
    /// For each language.
    engines: Vec<Engine>,
    mail: MailKit,
}

/// One state of a shop.
#[derive(Debug)]
pub struct Edition {
    /// The shop in its default language.
    pub site: Arc<Site>,
    /// The shop in each of its languages, the default first.
    pub sites: Arc<[Arc<Site>]>,
    /// What it was made from.
    pub sources: Arc<Sources>,
    /// For each language.
    lookups: Vec<Arc<Lookups>>,
    prepared: Arc<Prepared>,
    /// The generated sheet: address and text.
    accents: Option<(String, String)>,
}

/// What has come of making all pages.
#[derive(Debug)]
pub enum Proof {
    /// It was told to stop.
    Stopped,
    /// All can be made; these were, and why.
    Proven(Vec<(String, Reason)>),
    /// Templates met mistakes.
    Mistaken(Vec<Diagnostic>),
}

/// A frame of the function's pages for each language, and what it shows.
#[derive(Debug)]
pub struct Shells {
    /// Language → page.
    pub pages: BTreeMap<String, String>,
    copies: Vec<Copy>,
    assets: Vec<String>,
}

impl Edition {
    /// Prepares a shop's sites, one for each language; the theme of the edition before is taken again where it is the same.
    pub(crate) fn new(
        sites: Arc<[Arc<Site>]>,
        sources: Arc<Sources>,
        before: Option<&Arc<Prepared>>,
        assets: &AssetMemory,
    ) -> Result<Self, Vec<Diagnostic>> {
        let site = Arc::clone(sites.first().expect("a shop has a language"));
        let accents = output::accents::sheet(&site);
        let accents_address = accents.as_ref().map(|(address, _)| site.file_url(address));
        let views: Vec<SiteView> = sites.iter().map(|site| site_view(site, accents_address.clone())).collect();
        let themes: Vec<ThemeView> = sites.iter().map(|site| theme_view(site)).collect();
        let layers = Layers::new(&sources, &site.settings.themes);
        let mut parts = vec![Fingerprint::of_value(&views), Fingerprint::of_value(&themes)];
        parts.extend(sites.iter().map(|site| Fingerprint::of_value(&site.settings)));
        let files = layers.themes().iter().flat_map(|theme| layers.of(theme, ""));
        parts.extend(files.flat_map(|(_, layered)| [Fingerprint::of(layered.path.as_bytes()), layered.file.fingerprint]));
        let key = Fingerprint::join(&parts);
        let prepared = match before.filter(|before| before.key == key && before.theme.problems().is_empty()) {
            Some(same) => Arc::clone(same),
            None => {
                let theme = Arc::new(Theme::read(layers, &site.settings.languages, assets)?);
                let engine = |(place, site): (usize, &Arc<Site>)| {
                    let shared = Shared { site: &views[place], theme: &themes[place] };
                    Engine::new(layers, &theme, place, site, shared)
                };
                let engines = sites.iter().enumerate().map(engine).collect::<Result<_, _>>()?;
                let mail = render::mail::kit(layers, &theme, &site.settings.languages)?;
                Arc::new(Prepared { key, theme, engines, mail })
            }
        };
        let lookups = |language| Arc::new(Lookups::new(Arc::clone(&sites), language, Arc::clone(&prepared.theme)));
        let lookups = (0..sites.len()).map(lookups).collect();
        Ok(Self { site, sites, sources, lookups, prepared, accents })
    }

    /// The theme, for the next edition.
    pub(crate) fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// Of what is the same for all pages in a language.
    pub(crate) fn common(&self, language: usize) -> Fingerprint {
        self.prepared.engines[language].fingerprint
    }

    /// Every page.
    pub fn routes(&self) -> Vec<Route> {
        self.sites.iter().enumerate().flat_map(|(language, site)| present::routes(site, language)).collect()
    }

    /// The view of a route, and what it was made of.
    pub(crate) fn present(&self, route: &Route) -> (Presented, Vec<(Asked, Fingerprint)>) {
        self.lookups[route.language].present(route)
    }

    /// Tells of cards that are not drawn because the theme's fonts lack a letter.
    pub(crate) fn cards_left_out(&self) -> Vec<Diagnostic> {
        let theme = self.theme();
        let mut told = Vec::new();
        for (language, site) in self.sites.iter().enumerate() {
            let articles = site.articles.values().filter(|article| article.social_card);
            let articles = articles.map(|article| {
                (&article.meta, &article.title, article.section.as_str(), &article.path, Kind::Article(article.key.clone()))
            });
            let sections = site.sections.values().filter(|section| section.social_card);
            let sections = sections.map(|section| {
                let above = section.key.rsplit_once('/').map_or("", |(above, _)| above);
                (&section.meta, &section.title, above, &section.path, Kind::Section(section.key.clone(), 1))
            });
            for (meta, title, above, path, kind) in articles.chain(sections) {
                let mut folders =
                    above.match_indices('/').map(|(end, _)| &above[..end]).chain(Some(above).filter(|above| !above.is_empty()));
                let above = folders.rfind(|folder| site.sections.contains_key(*folder)).map_or("", |folder| &site.sections[folder].title);
                let texts = [meta.title.as_ref().unwrap_or(title).as_str(), above, &site.settings.name];
                let Some(letter) = render::lacking(theme, texts) else { continue };
                let route = Route { language, path: path.clone(), kind };
                let message = format!("no card is drawn of `{path}`: no font of the theme has `{letter}` (U+{:04X})", u32::from(letter));
                let help = "put a font that has it into the theme's `fonts/`, or leave `social_card` out";
                told.push(Diagnostic::in_file(codes::CARD_LETTERS, Severity::Warning, message, checks::file_of(self, &route)).help(help));
            }
        }
        told
    }

    /// Lets go of what was made once for many pages, when all are made.
    pub(crate) fn forget_made(&self) {
        self.lookups.iter().for_each(|lookups| lookups.forget());
    }

    /// Whether a question that was once answered so has the same answer now.
    pub(crate) fn still_holds(&self, asked: &Asked, answer: Fingerprint) -> bool {
        self.lookups.get(asked.language).is_some_and(|lookups| lookups.still_holds(&asked.question, answer))
    }

    /// Renders a view of a route.
    pub(crate) fn render(&self, route: &Route, presented: &Presented) -> Result<Rendered, Vec<Diagnostic>> {
        self.prepared.engines[route.language].render(&self.lookups[route.language], presented)
    }

    /// A page's HTML, and the copies of pictures that it shows.
    pub fn page(&self, route: &Route) -> Result<(String, Vec<Copy>), Vec<Diagnostic>> {
        let (presented, _) = self.present(route);
        let Rendered { html, copies, .. } = self.render(route, &presented)?;
        Ok((html, presented.copies.into_iter().chain(copies).collect()))
    }

    /// Makes every page that is not known to be as it was, or not looked at, to see whether that is possible and where its links lead.
    pub fn prove(&self, memory: &mut Memory, progress: &dyn Progress, is_stopped: &(dyn Fn() -> bool + Sync)) -> Proof {
        let inspector = Inspector::new(&memory.inspections);
        let made = pages::pass(self, &mut memory.pages, &inspector, progress, is_stopped);
        memory.look(inspector.finish(), &made);
        memory.assets = self.theme().remembered();
        let problems = self.theme().problems();
        match made {
            Err(PassError::Stopped | PassError::Write(_)) => Proof::Stopped,
            Err(PassError::Mistakes(mistakes)) if problems.is_empty() => Proof::Mistaken(mistakes),
            Ok(pass) if problems.is_empty() => match (self.shells(), self.filters(&mut memory.filters, &Nowhere)) {
                (Err(mistake), _) => Proof::Mistaken(vec![mistake]),
                (_, Err(FilterError::Mistake(mistake))) => Proof::Mistaken(vec![*mistake]),
                (_, Err(FilterError::Write(_))) => Proof::Stopped,
                (Ok(_), Ok(_)) => Proof::Proven(pass.rendered),
            },
            _ => Proof::Mistaken(problems),
        }
    }

    /// The frames of the function's pages.
    pub fn shells(&self) -> Result<Shells, Diagnostic> {
        let mut shells = Shells { pages: BTreeMap::new(), copies: Vec::new(), assets: Vec::new() };
        for (language, site) in self.sites.iter().enumerate() {
            let route = Route { language, path: "/".to_owned(), kind: Kind::Shell };
            let (presented, _) = self.present(&route);
            // Frames have no texts, and so no blocks of which several could be wrong.
            let Rendered { html, copies, reads } = self.render(&route, &presented).map_err(|mut mistakes| mistakes.swap_remove(0))?;
            shells.pages.insert(site.settings.language.clone(), html);
            shells.copies.extend(copies);
            shells.assets.extend(reads.into_iter().filter_map(|(question, _)| asset_of(question)));
        }
        Ok(shells)
    }

    /// Files copied as they are: source, path from the root without a slash.
    pub fn copied(&self) -> Vec<(SourcePath, String)> {
        let all: BTreeSet<&(SourcePath, String)> = self.sites.iter().flat_map(|site| site.copied.iter()).collect();
        all.into_iter().cloned().collect()
    }

    /// Feeds, sitemap and whatever else the site alone decides, by path from the root without a slash.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = output::files(&self.sites);
        files.extend(admin::files(&self.site, &self.sources));
        files.extend(self.accents.iter().map(|(address, css)| (address.trim_start_matches('/').to_owned(), css.clone().into_bytes())));
        files
    }

    /// The copies of pictures that those files name.
    pub(crate) fn copies(&self) -> Vec<Copy> {
        output::copies(&self.sites)
    }

    /// The theme's files that pages, frames and cards of filters refer to.
    pub(crate) fn assets(&self, pages: &PageMemory, shells: &Shells, filters: &output::filters::Written) -> Vec<Asset> {
        let questions = pages.questions().chain(&filters.asked);
        let asked: Vec<String> = questions.filter_map(|question| asset_of(question.clone())).chain(shells.assets.iter().cloned()).collect();
        self.prepared.theme.published(asked.iter().map(String::as_str))
    }

    /// The theme's assets.
    pub(crate) fn theme(&self) -> &Theme {
        &self.prepared.theme
    }

    /// Puts the catalogue bundle into its place; answers with the copies of pictures that it and the frames show.
    pub(crate) fn bundle(&self, shells: &Shells, memory: &mut ShardMemory, sink: &dyn Sink) -> Result<Vec<Copy>, WriteError> {
        let mut copies = output::bundle::write(&self.sites, &shells.pages, &self.prepared.mail, memory, sink)?;
        copies.extend(shells.copies.iter().cloned());
        Ok(copies)
    }

    /// Puts the search's files into their places; a shop without a search has none.
    pub(crate) fn search(&self, memory: &mut SearchMemory, sink: &dyn Sink) -> Result<output::search::Written, WriteError> {
        output::search::write(&self.sites, &|language, documents| self.lookups[language].hits(documents), memory, sink)
    }

    /// The search's files by path, and the copies of pictures that its results show.
    pub fn search_in_memory(&self) -> (BTreeMap<String, Vec<u8>>, Vec<Copy>) {
        let files = InMemory::default();
        let written = self.search(&mut SearchMemory::default(), &files).expect("memory takes every file");
        (files.into_files(), written.copies)
    }

    /// Puts the filters' files into their places; a shop without filters has none.
    pub(crate) fn filters(&self, memory: &mut FilterMemory, sink: &dyn Sink) -> Result<output::filters::Written, FilterError> {
        output::filters::write(&self.sites, self, memory, sink)
    }

    /// The filters' files by path, and the copies of pictures that their cards show; or what the theme has wrong.
    pub fn filters_in_memory(&self) -> Result<(Files, Vec<Copy>), Box<Diagnostic>> {
        let files = InMemory::default();
        match self.filters(&mut FilterMemory::default(), &files) {
            Ok(written) => Ok((files.into_files(), written.copies)),
            Err(FilterError::Mistake(mistake)) => Err(mistake),
            Err(FilterError::Write(error)) => unreachable!("memory takes every file, but said: {error}"),
        }
    }

    /// The catalogue bundle by file name, and the copies of pictures that it and the frames show.
    pub fn bundle_in_memory(&self, shells: &Shells) -> (BTreeMap<String, Vec<u8>>, Vec<Copy>) {
        let files = InMemory::default();
        let copies = self.bundle(shells, &mut ShardMemory::new(), &files).expect("memory takes every file");
        (files.into_files(), copies)
    }
}

impl CardMaker for Edition {
    fn common(&self, language: usize) -> Fingerprint {
        Edition::common(self, language)
    }

    fn make(&self, language: usize, ids: &[Id]) -> Result<FilteredCards, Diagnostic> {
        self.prepared.engines[language].render_filtered(&self.lookups[language], ids)
    }

    fn still_holds(&self, language: usize, question: &Question, answer: Fingerprint) -> bool {
        self.lookups[language].still_holds(question, answer)
    }

    fn copies(&self, language: usize, question: &Question) -> Vec<Copy> {
        self.lookups[language].copies(question)
    }
}

fn asset_of(question: Question) -> Option<String> {
    match question {
        Question::Asset(path) | Question::Modules(path) => Some(path),
        Question::Card(_)
        | Question::Collection(_)
        | Question::Data(_)
        | Question::Pages(..)
        | Question::Product(_)
        | Question::Image(..)
        | Question::Site(_) => None,
    }
}
