//! What `check` looks at beyond every build: what needs the whole site, the rendered pages, or is advice.
//!
//! A [`Survey`] is made while the parsed files are at hand, and finished when all pages are made. Nothing here decides how
//! bad a finding is: each belongs to a rule.

pub mod external;
mod inspect;
mod links;
mod names;
mod pictures;
mod whereabouts;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cache::ParsedFile;
use crate::diagnostic::rules::Levels;
use crate::diagnostic::{Diagnostic, SourcePath};
use crate::edition::Edition;
use crate::parse::Parsed;
use crate::present::Route;
use crate::publish::Product;

pub use inspect::Inspections;
pub(crate) use inspect::Inspector;
pub(crate) use pictures::named;

/// What the parsed files say that the whole site has to be held against.
#[derive(Debug)]
pub(crate) struct Survey {
    levels: Levels,
    names: Vec<names::Named>,
    pictures: pictures::Uses,
}

/// The levels that the settings name.
pub(crate) fn levels(parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>) -> Levels {
    match parsed.get(crate::source::SETTINGS).map(|file| &file.value) {
        Some(Parsed::Settings(settings)) => settings.checks.clone(),
        _ => Levels::default(),
    }
}

/// The file that a page is told as: its own, or else the template that makes it.
pub(crate) fn file_of(edition: &Edition, route: &Route) -> SourcePath {
    whereabouts::Whereabouts::new(edition).file(route)
}

/// Tells of links of an edition's pages, as they were seen, that lead to nothing.
pub(crate) fn broken_links(edition: &Edition, product: &Product, inspections: &Inspections) -> Vec<Diagnostic> {
    links::Seen::of(edition, product, inspections).broken()
}

impl Survey {
    /// Of the files that an edition was made from.
    pub(crate) fn of(parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>, edition: &Edition) -> Self {
        Self { levels: levels(parsed), names: names::names(parsed, edition), pictures: pictures::Uses::of(parsed, edition) }
    }

    /// What is found once all pages are made; links that leave the shop are kept with what was seen of the pages.
    pub(crate) fn finish(self, edition: &Edition, product: &Product, inspections: &mut Inspections) -> Vec<Diagnostic> {
        let mut found = names::tell(&self.names);
        found.extend(self.pictures.small(edition));
        found.extend(self.pictures.unused(edition, product));
        let seen = links::Seen::of(edition, product, inspections);
        found.extend(seen.broken());
        found.extend(seen.orphans());
        let external = seen.external();
        inspections.hold_external(external, self.levels);
        found
    }
}
