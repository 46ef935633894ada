//! Atom feeds of sections sorted by date (RFC 4287).

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;

use super::File;
use crate::present::feed_path;
use crate::site::{Article, Section, Site};

/// Entries in one feed.
const MOST: usize = 20;

/// One feed for each section that has one.
pub(super) fn feeds(site: &Site) -> Vec<File> {
    let sections = site.sections.values().filter(|section| section.feed);
    sections.map(|section| (output(site, section), feed(site, section).into_bytes())).collect()
}

fn output(site: &Site, section: &Section) -> String {
    format!("{}{}", site.settings.prefix, feed_path(&section.path)).trim_start_matches('/').to_owned()
}

fn feed(site: &Site, section: &Section) -> String {
    let articles: Vec<&Article> = section.pages.iter().take(MOST).map(|key| &site.articles[key]).collect();
    let newest = articles.iter().filter_map(|article| article.updated.or(article.date)).max();
    let link = |address: String, rel: &str| Link { href: address, rel: rel.to_owned(), ..Link::default() };
    let feed = Feed {
        title: Text::plain(format!("{} – {}", section.title, site.settings.name)),
        subtitle: (!section.description.is_empty()).then(|| Text::plain(section.description.clone())),
        id: site.absolute(&section.path),
        lang: Some(site.settings.language.clone()),
        updated: instant(newest),
        authors: vec![Person { name: site.settings.name.clone(), ..Person::default() }],
        links: vec![link(site.absolute(&section.path), "alternate"), link(site.absolute(&feed_path(&section.path)), "self")],
        entries: articles.iter().map(|article| entry(site, article)).collect(),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry(site: &Site, article: &Article) -> Entry {
    let address = site.absolute(&article.path);
    Entry {
        title: Text::plain(article.title.clone()),
        id: address.clone(),
        updated: instant(article.updated.or(article.date)),
        published: article.date.map(|date| instant(Some(date))),
        authors: if article.author.is_empty() { Vec::new() } else { vec![Person { name: article.author.clone(), ..Person::default() }] },
        links: vec![Link { href: address.clone(), rel: "alternate".to_owned(), ..Link::default() }],
        summary: Some(Text::plain(if article.summary.is_empty() { article.body.summary().to_owned() } else { article.summary.clone() })),
        content: Some(Content {
            // Relative addresses in the text are read against this one.
            base: Some(address),
            content_type: Some("html".to_owned()),
            value: Some(article.body.html()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// 1970 where nothing has a date: no feed carries the moment at which it was built.
fn instant(seconds: Option<i64>) -> FixedDateTime {
    let text = Timestamp::from_second(seconds.unwrap_or(0)).unwrap_or_default().to_string();
    text.parse().expect("a timestamp of RFC 3339 is a date of RFC 3339")
}
