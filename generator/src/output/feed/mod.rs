//! Feeds of lists of posts: Atom (RFC 4287) and JSON Feed 1.1, with the whole texts.
//!
//! A list is a title, a path and its posts; where it comes from is no matter here. Sections that want one have feeds, and tags and
//! words of other taxonomies that posts carry.

mod atom;
mod json;

use std::sync::Arc;

use super::{File, html, picture, xml};
use crate::pictures::Copy;
use crate::present::{Kind, address, feed_path, json_feed_path};
use crate::site::{Article, Site, term_path};

/// Entries in one feed.
const MOST: usize = 20;

/// A list of posts with feeds.
struct Channel<'a> {
    site: &'a Site,
    title: &'a str,
    description: &'a str,
    /// From the site's root, without base path and language.
    path: String,
    articles: Vec<&'a Article>,
    /// The same list in the shop's other languages: language and path.
    others: Vec<(&'a Site, String)>,
}

/// The feeds of all lists, in all languages.
pub(super) fn feeds(sites: &[Arc<Site>]) -> Vec<File> {
    sites
        .iter()
        .flat_map(|site| channels(sites, site))
        .flat_map(|channel| {
            let output = |path: String| format!("{}{path}", channel.site.settings.prefix).trim_start_matches('/').to_owned();
            [
                (output(feed_path(&channel.path)), atom::feed(&channel).into_bytes()),
                (output(json_feed_path(&channel.path)), json::feed(&channel).into_bytes()),
            ]
        })
        .collect()
}

/// The copies of pictures that feeds name.
pub(super) fn copies(sites: &[Arc<Site>]) -> Vec<Copy> {
    let articles = sites.iter().flat_map(|site| {
        channels(sites, site).into_iter().flat_map(move |channel| channel.articles.into_iter().map(move |article| (site, article)))
    });
    articles.filter_map(|(site, article)| Some(picture(site, article.picture.as_ref()?.file.as_deref()?)?.1)).collect()
}

fn channels<'a>(sites: &'a [Arc<Site>], site: &'a Site) -> Vec<Channel<'a>> {
    let others = |kind: &Kind, has_feed: &dyn Fn(&Site) -> bool| {
        let others = sites.iter().filter(|other| other.settings.language != site.settings.language && has_feed(other));
        others.filter_map(|other| Some((&**other, address(other, kind)?.path))).collect()
    };
    let newest = |keys: &'a [String]| keys.iter().filter_map(|key| site.articles.get(key)).take(MOST).collect();
    let sections = site.sections.values().filter(|section| section.feed).map(|section| Channel {
        site,
        title: &section.title,
        description: &section.description,
        path: section.path.clone(),
        articles: site.posts(section).into_iter().take(MOST).collect(),
        others: others(&Kind::Section(section.key.clone(), 1), &|other| other.sections.get(&section.key).is_some_and(|it| it.feed)),
    });
    let with_feeds = site.taxonomies.iter().filter(|taxonomy| taxonomy.declared.has_feeds);
    let terms = with_feeds.flat_map(|taxonomy| taxonomy.terms.iter().map(|(slug, term)| (&taxonomy.declared.name, slug, term)));
    let terms = terms.filter(|(_, _, term)| term.posts > 0).map(|(taxonomy, slug, term)| Channel {
        site,
        title: &term.title,
        description: "",
        path: term_path(taxonomy, slug),
        articles: newest(&term.pages[..term.posts]),
        others: others(&Kind::Term(taxonomy.clone(), slug.clone(), 1), &|other| other.term(taxonomy, slug).is_some_and(|it| it.posts > 0)),
    });
    sections.chain(terms).collect()
}

impl Channel<'_> {
    /// `Journal – Tessel`.
    fn name(&self) -> String {
        format!("{} – {}", self.title, self.site.settings.name)
    }

    /// An entry's whole text, with addresses that hold everywhere.
    fn content(&self, article: &Article) -> String {
        html::absolute(&article.body.html(), self.site.origin(), &self.site.absolute(&article.path))
    }

    /// An entry's picture: the absolute address and its media type.
    fn picture(&self, article: &Article) -> Option<(String, &'static str)> {
        let (url, copy) = picture(self.site, article.picture.as_ref()?.file.as_deref()?)?;
        Some((url, crate::pictures::media_type(&copy.path)))
    }

    /// The language of an entry's text.
    fn language<'a>(&'a self, article: &'a Article) -> &'a str {
        if article.tongue.body.is_empty() { &self.site.settings.language } else { &article.tongue.body }
    }
}

/// An entry in one or two sentences.
fn summary(article: &Article) -> &str {
    if article.summary.is_empty() { article.body.summary() } else { &article.summary }
}
