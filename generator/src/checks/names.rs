//! Titles and descriptions of pages, as search engines show them: which are the same, and which are too long.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::cache::ParsedFile;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Code, Diagnostic, SourcePath, Span, Spanned, codes};
use crate::edition::Edition;
use crate::parse::{Parsed, Seo};
use crate::site::Site;

/// The most characters of a title that search engines show: they have about 600 pixels for it.
const LONGEST_TITLE: usize = 70;
/// The most characters of a description that they show.
const LONGEST_DESCRIPTION: usize = 170;

/// What a page is called.
#[derive(Debug)]
pub(super) struct Named {
    /// The place of its language.
    language: usize,
    title: Option<Spanned<String>>,
    description: Option<Spanned<String>>,
}

/// What the pages are called that an edition shows, in each language by the files that say it.
pub(super) fn names(parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>, edition: &Edition) -> Vec<Named> {
    let name = |file: &Arc<ParsedFile>| match &file.value {
        Parsed::Overlay(overlay) => {
            let language = edition.sites.iter().position(|site| site.settings.language == overlay.language)?;
            is_shown(&edition.sites[language], &parsed.get(&overlay.original)?.value)?;
            let line = overlay.description.as_ref().or(overlay.summary.as_ref());
            let description = overlay.seo.description.clone().or_else(|| line.cloned());
            Some(Named { language, title: overlay.seo.title.clone().or_else(|| overlay.title.clone()), description })
        }
        value => {
            is_shown(&edition.site, value)?;
            let (title, line, seo) = words(value)?;
            let title = seo.title.clone().or_else(|| Some(title.clone()));
            Some(Named { language: 0, title, description: seo.description.clone().or(line) })
        }
    };
    parsed.values().filter_map(name).collect()
}

/// A title, a line below it, and what is written for search engines.
type Words<'a> = (&'a Spanned<String>, Option<Spanned<String>>, &'a Seo);

fn words(value: &Parsed) -> Option<Words<'_>> {
    Some(match value {
        Parsed::Product(product) => (&product.title, product.summary.clone(), &product.seo),
        Parsed::Category(category) => (&category.title, category.description.clone(), &category.seo),
        Parsed::Collection(collection) => (&collection.title, collection.summary.clone(), &collection.seo),
        Parsed::Page(page) => (&page.title, page.description.clone().or_else(|| page.summary.clone()), &page.seo),
        _ => return None,
    })
}

/// Whether a site shows what a file is of, in its own language.
fn is_shown(site: &Site, value: &Parsed) -> Option<()> {
    let tongue = match value {
        Parsed::Product(product) => &site.products.get(product.id.as_str())?.tongue,
        Parsed::Category(category) => &site.categories.get(&category.path)?.tongue,
        Parsed::Collection(collection) => &site.collection(&collection.name)?.tongue,
        Parsed::Page(page) if page.section => &site.sections.get(&page.path)?.tongue,
        Parsed::Page(page) => &site.articles.get(&page.path)?.tongue,
        _ => return None,
    };
    tongue.is_native.then_some(())
}

/// Tells which names are the same, and which are too long.
pub(super) fn tell(names: &[Named]) -> Vec<Diagnostic> {
    let titles = names.iter().filter_map(|name| Some((name.language, name.title.as_ref()?)));
    let descriptions = names.iter().filter_map(|name| Some((name.language, name.description.as_ref()?)));
    let mut told = twice(titles.clone(), codes::DUPLICATE_TITLE, Rule::DuplicateTitles, "title");
    told.extend(twice(descriptions.clone(), codes::DUPLICATE_DESCRIPTION, Rule::DuplicateDescriptions, "description"));
    told.extend(titles.filter_map(|(_, title)| long(title, LONGEST_TITLE, codes::LONG_TITLE, Rule::LongTitles, "title")));
    let long = |(_, text): (usize, &Spanned<String>)| {
        long(text, LONGEST_DESCRIPTION, codes::LONG_DESCRIPTION, Rule::LongDescriptions, "description")
    };
    told.extend(descriptions.filter_map(long));
    told
}

/// Everyone who says what another one of the language has said before.
fn twice<'a>(all: impl Iterator<Item = (usize, &'a Spanned<String>)>, code: Code, rule: Rule, what: &str) -> Vec<Diagnostic> {
    let mut first: FxHashMap<(usize, String), &Span> = FxHashMap::default();
    let mut told = Vec::new();
    for (language, text) in all {
        let key = text.value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let Some(before) = first.get(&(language, key.clone())) else {
            first.insert((language, key), &text.span);
            continue;
        };
        let message = format!("`{}` and `{}` have the same {what}", before.file, text.span.file);
        let help = format!("change one of them, or write another for search engines: `seo: {{{what}: …}}`");
        told.push(
            Diagnostic::warning(code, message, text.span.clone())
                .label("again here")
                .related(Span::clone(before), "first here")
                .help(help)
                .under(rule),
        );
    }
    told
}

fn long(text: &Spanned<String>, most: usize, code: Code, rule: Rule, what: &str) -> Option<Diagnostic> {
    let count = text.value.chars().count();
    if count <= most {
        return None;
    }
    let message = format!("this {what} has {count} characters, of which search engines show about {most}");
    let help = format!("shorten it, or write a shorter one for search engines: `seo: {{{what}: …}}`");
    Some(Diagnostic::warning(code, message, text.span.clone()).help(help).under(rule))
}
