//! Where an address that stands on a page is written: in the page's own files, the settings, or the theme's templates.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostic::{SourcePath, Span};
use crate::edition::Edition;
use crate::present::{Kind, Route};
use crate::source::SETTINGS;
use crate::theme::Layers;

/// Looks for addresses in sources, each of which is read once.
pub(super) struct Whereabouts<'a> {
    edition: &'a Edition,
    templates: Vec<SourcePath>,
    texts: FxHashMap<SourcePath, Option<Arc<[u8]>>>,
}

impl<'a> Whereabouts<'a> {
    /// Of an edition's pages.
    pub(super) fn new(edition: &'a Edition) -> Self {
        let templates = Layers::new(&edition.sources, &edition.site.settings.themes).below("templates/");
        let templates = templates.into_values().map(|template| template.path).collect();
        Self { edition, templates, texts: FxHashMap::default() }
    }

    /// The place where an address is written that stands on a page.
    pub(super) fn find(&mut self, route: &Route, address: &str) -> Option<Span> {
        let mut files = self.files(route);
        files.push(SourcePath::from(SETTINGS));
        files.extend(self.templates.iter().cloned());
        // What stands as a link anywhere is meant before what is only mentioned, in a sentence or a comment.
        let link = files.iter().find_map(|file| self.find_in(file, address, is_before_a_link));
        link.or_else(|| files.iter().find_map(|file| self.find_in(file, address, is_before_a_mention)))
    }

    /// The file that a page is told as: its own, or else the template that makes it.
    pub(super) fn file(&self, route: &Route) -> SourcePath {
        let own = self.files(route).into_iter().next();
        own.unwrap_or_else(|| {
            let (presented, _) = self.edition.present(route);
            let layers = Layers::new(&self.edition.sources, &self.edition.site.settings.themes);
            let path = format!("templates/{}", presented.template);
            layers.get(&path).map_or_else(|| layers.own(&path), |template| template.path)
        })
    }

    /// Whether somebody has written something for a page.
    pub(super) fn has_source(&self, route: &Route) -> bool {
        !self.files(route).is_empty()
    }

    fn find_in(&mut self, file: &SourcePath, address: &str, is_start: fn(&str) -> bool) -> Option<Span> {
        let sources = &self.edition.sources;
        let text = self.texts.entry(SourcePath::clone(file)).or_insert_with(|| sources.bytes(file).ok()).clone()?;
        let text = std::str::from_utf8(&text).ok()?;
        // Within a longer address it is another one.
        let is_end = |after: &str| after.chars().next().is_none_or(|c| c.is_whitespace() || "\"'`<>)]},|".contains(c));
        let all = text.match_indices(address).map(|(at, _)| at);
        let at = all.into_iter().find(|at| is_start(&text[..*at]) && is_end(&text[at + address.len()..]))?;
        Some(Span::new(file, at, at + address.len()))
    }

    /// The source files of a page that are there, the translation before the original.
    fn files(&self, route: &Route) -> Vec<SourcePath> {
        let site = &self.edition.sites[route.language];
        let below = |folder: &str, key: &str, name: &str| {
            if key.is_empty() { format!("{folder}/{name}") } else { format!("{folder}/{key}/{name}") }
        };
        let originals = match &route.kind {
            Kind::Home => vec!["content/_index.md".to_owned()],
            Kind::Category(key, _) => vec![below("products", key, "_index.md")],
            Kind::Collection(name, _) => vec![format!("collections/{name}.yaml")],
            Kind::Product(id) => site.products.get(id.as_str()).map(|product| product.file.to_string()).into_iter().collect(),
            Kind::Section(key, _) => vec![below("content", key, "_index.md")],
            Kind::Article(key) => vec![format!("content/{key}.md"), below("content", key, "index.md")],
            Kind::Taxonomy(_) | Kind::Term(..) | Kind::Cart | Kind::Checkout | Kind::Search | Kind::NotFound | Kind::Shell => Vec::new(),
        };
        let language = &site.settings.language;
        let with_overlay = |original: String| {
            let overlay = original.rsplit_once('.').map(|(stem, ending)| format!("{stem}.{language}.{ending}"));
            overlay.filter(|_| route.language > 0).into_iter().chain([original])
        };
        let all = originals.into_iter().flat_map(with_overlay).map(SourcePath::from);
        all.filter(|path| self.edition.sources.get(path).is_some()).collect()
    }
}

/// Whether a link's address may follow: in an attribute, behind a colon of YAML, in brackets of Markdown.
fn is_before_a_link(before: &str) -> bool {
    before.ends_with(['"', '\'', '(', '<', '=', '}']) || before.strip_suffix(' ').is_some_and(|before| before.trim_end().ends_with(':'))
}

/// Whether an address may follow at all. Behind a letter or a slash it is the end of a longer one.
fn is_before_a_mention(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || "\"'`<>([{}=|,*_~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_not_the_end_of_a_longer_one() {
        for (before, link, mention) in [
            ("<a href=\"", true, true),
            ("<a href=", true, true),
            ("[words](", true, true),
            ("[words]: ", true, true),
            ("  - url: ", true, true),
            ("see ", false, true),
            ("", false, true),
            ("`", false, true),
            ("[words](/blog", false, false),
            ("https:", false, false),
        ] {
            assert_eq!((is_before_a_link(before), is_before_a_mention(before)), (link, mention), "{before}");
        }
    }
}
