//! Atom (RFC 4287).

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;

use super::{Channel, summary, xml};
use crate::present::{feed_path, json_feed_path};
use crate::site::{Article, Site};

const ATOM: &str = "application/atom+xml";
const JSON: &str = "application/feed+json";
const HTML: &str = "text/html";

pub(super) fn feed(channel: &Channel<'_>) -> String {
    let site = channel.site;
    let newest = channel.articles.iter().filter_map(|article| article.updated.or(article.date)).max();
    let feed = Feed {
        title: Text::plain(channel.name()),
        subtitle: (!channel.description.is_empty()).then(|| Text::plain(channel.description)),
        id: site.absolute(&channel.path),
        lang: Some(site.settings.language.clone()),
        updated: instant(newest),
        authors: vec![Person { name: site.settings.name.clone(), ..Person::default() }],
        icon: site.icon_url(),
        links: links(channel),
        entries: channel.articles.iter().map(|article| entry(channel, article)).collect(),
        ..Feed::default()
    };
    xml::valid(feed.to_string())
}

/// The page, the feed itself, the same as JSON, and the feed in other languages.
fn links(channel: &Channel<'_>) -> Vec<Link> {
    let link = |site: &Site, path: &str, rel: &str, mime_type: &str| Link {
        href: site.absolute(path),
        rel: rel.to_owned(),
        hreflang: Some(site.settings.language.clone()),
        mime_type: Some(mime_type.to_owned()),
        ..Link::default()
    };
    let (site, path) = (channel.site, &channel.path);
    let own = [
        link(site, path, "alternate", HTML),
        link(site, &feed_path(path), "self", ATOM),
        link(site, &json_feed_path(path), "alternate", JSON),
    ];
    let others = channel.others.iter().map(|(other, path)| link(other, &feed_path(path), "alternate", ATOM));
    own.into_iter().chain(others).collect()
}

fn entry(channel: &Channel<'_>, article: &Article) -> Entry {
    let address = channel.site.absolute(&article.path);
    let mut links = vec![Link { href: address.clone(), rel: "alternate".to_owned(), mime_type: Some(HTML.to_owned()), ..Link::default() }];
    links.extend(channel.picture(article).map(|(href, media_type)| Link {
        href,
        rel: "enclosure".to_owned(),
        mime_type: Some(media_type.to_owned()),
        ..Link::default()
    }));
    let category = |(slug, title): &(String, String)| Category { term: slug.clone(), label: Some(title.clone()), ..Category::default() };
    Entry {
        title: Text::plain(article.title.clone()),
        id: address.clone(),
        updated: instant(article.updated.or(article.date)),
        published: article.date.map(|date| instant(Some(date))),
        authors: if article.author.is_empty() { Vec::new() } else { vec![Person { name: article.author.clone(), ..Person::default() }] },
        categories: article.tags.iter().map(category).collect(),
        links,
        summary: Some(Text::plain(summary(article))),
        content: Some(Content {
            base: Some(address),
            lang: Some(channel.language(article).to_owned()),
            content_type: Some("html".to_owned()),
            value: Some(channel.content(article)),
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
