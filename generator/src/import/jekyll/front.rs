//! Jekyll's front matter to a page's; what has no place there is told with its line.

use super::permalink::value;
use super::{Config, Family, Source};
use crate::import::pages::{Kind, OldSite, Page, Value, is_true, when};

/// Keys that are used, here or for the address.
const USED: [&str; 22] = [
    "title",
    "date",
    "last_modified_at",
    "author",
    "description",
    "excerpt",
    "tags",
    "tag",
    "category",
    "categories",
    "published",
    "draft",
    "permalink",
    "redirect_from",
    "slug",
    "image",
    "toc",
    "layout",
    "order",
    "nav_order",
    "weight",
    "redirect_to",
];

/// Fills the page in.
pub(super) fn read(source: &Source<'_>, config: &Config, page: &mut Page, site: &mut OldSite) {
    let text = |key: &str| value(source, config, key).map_or("", Value::text).to_owned();
    page.title = text("title");
    page.description = text("description");
    page.summary = text("excerpt");
    page.author = author(source, config);
    dates(source, config, page, site);
    page.draft = source.kind == Family::Draft
        || (source.kind == Family::Post && source.day.is_none())
        || matches!(text("published").as_str(), "false" | "no")
        || is_true(&text("draft"));
    page.toc = is_true(&text("toc"));
    page.order = ["nav_order", "order", "weight"].iter().find_map(|key| text(key).parse().ok());
    for key in ["tags", "tag", "categories", "category"] {
        let Some(found) = value(source, config, key) else { continue };
        // A text of several words is several tags, as Jekyll reads it.
        let words: Vec<&str> = match &found.kind {
            Kind::Text(text) if key == "tags" || key == "categories" => text.split_whitespace().collect(),
            _ => found.texts(),
        };
        page.tags.extend(words.into_iter().map(str::to_owned));
    }
    page.image = image(source, config);
    rest(source, site);
}

fn author(source: &Source<'_>, config: &Config) -> String {
    let Some(found) = value(source, config, "author") else { return String::new() };
    match &found.kind {
        Kind::Map(_) => found.text_of("name").to_owned(),
        _ => found.texts().join(", "),
    }
}

fn dates(source: &Source<'_>, config: &Config, page: &mut Page, site: &mut OldSite) {
    let mut read = |key: &str| {
        let found = value(source, config, key).filter(|found| !found.text().is_empty())?;
        let date = when(found.text());
        if date.is_none() {
            site.note(source.file, found.line, key, found.text(), "this is no date; write `2026-05-01`, or an instant with its offset");
        }
        date.map(|when| when.text)
    };
    let (date, updated) = (read("date"), read("last_modified_at"));
    page.date = date.or_else(|| source.day.clone()).unwrap_or_default();
    page.updated = updated.unwrap_or_default();
}

/// `image: path`, or a map of the SEO plugin.
fn image(source: &Source<'_>, config: &Config) -> Option<(String, Option<String>)> {
    let found = value(source, config, "image")?;
    let path = match &found.kind {
        Kind::Map(_) => ["path", "url", "src", "feature"].iter().map(|key| found.text_of(key)).find(|text| !text.is_empty())?,
        _ => found.text(),
    };
    let alt = found.get("alt").map(|alt| alt.text().to_owned());
    (!path.is_empty()).then(|| (path.to_owned(), alt))
}

fn rest(source: &Source<'_>, site: &mut OldSite) {
    for (key, found) in source.values.entries() {
        let reason = match key.as_str() {
            "layout" if matches!(found.text(), "" | "post" | "page" | "default" | "home") => continue,
            "layout" => "the shop's theme chooses the template; for another one of it write `template:`",
            "redirect_to" => "a page that leads to elsewhere cannot be said in a page; lead its address on where the shop is hosted",
            key if USED.contains(&key) => continue,
            _ => "a page has no such key; it was left out. Write what readers shall see into the text",
        };
        site.note(source.file, found.line, key, &found.shown(), reason);
    }
}
