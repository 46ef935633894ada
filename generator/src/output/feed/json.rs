//! JSON Feed 1.1 (jsonfeed.org).

use jiff::Timestamp;
use serde::Serialize;

use super::{Channel, summary};
use crate::present::json_feed_path;
use crate::site::Article;

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the format names them so")]
struct Feed<'a> {
    version: &'static str,
    title: String,
    home_page_url: String,
    feed_url: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    language: &'a str,
    authors: Vec<Author<'a>>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    url: String,
    title: &'a str,
    content_html: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    language: &'a str,
}

pub(super) fn feed(channel: &Channel<'_>) -> String {
    let site = channel.site;
    let feed = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: channel.name(),
        home_page_url: site.absolute(&channel.path),
        feed_url: site.absolute(&json_feed_path(&channel.path)),
        description: channel.description,
        icon: site.icon_url(),
        language: &site.settings.language,
        authors: vec![Author { name: &site.settings.name, url: Some(site.absolute("/")) }],
        items: channel.articles.iter().map(|article| item(channel, article)).collect(),
    };
    serde_json::to_string(&feed).expect("feeds have text keys")
}

fn item<'a>(channel: &'a Channel<'_>, article: &'a Article) -> Item<'a> {
    let url = channel.site.absolute(&article.path);
    Item {
        id: url.clone(),
        url,
        title: &article.title,
        content_html: channel.content(article),
        summary: summary(article),
        image: channel.picture(article).map(|(url, _)| url),
        date_published: article.date.map(instant),
        date_modified: article.updated.map(instant),
        authors: if article.author.is_empty() { Vec::new() } else { vec![Author { name: &article.author, url: None }] },
        tags: article.tags.iter().map(|(_, title)| title.as_str()).collect(),
        language: channel.language(article),
    }
}

fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}
