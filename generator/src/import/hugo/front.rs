//! Hugo's front matter to a page's; what has no place there is told with its line.

use super::Source;
use super::config::Config;
use crate::import::pages::{Kind, OldSite, Page, Value, is_true, when};

/// Fills the page in.
pub(super) fn read(source: &Source<'_>, config: &Config, page: &mut Page, site: &mut OldSite) {
    let values = &source.values;
    let text = |key: &str| values.text_of(key).to_owned();
    page.title = text("title");
    page.description = text("description");
    page.summary = text("summary");
    page.draft = is_true(&text("draft"));
    page.order = text("weight").parse().ok().filter(|weight| *weight != 0);
    page.toc = is_true(&text("toc"));
    dates(source, page, site);
    for key in ["author", "authors"] {
        if let Some(found) = values.get(key).filter(|_| page.author.is_empty()) {
            page.author = if found.entries().is_empty() { found.texts().join(", ") } else { found.text_of("name").to_owned() };
        }
    }
    let kinds = config.taxonomies.iter().map(String::as_str).filter(|kind| !matches!(*kind, "authors" | "series"));
    for key in kinds {
        page.tags.extend(values.get(key).map_or(Vec::new(), Value::texts).into_iter().map(str::to_owned));
    }
    page.image = image(source);
    rest(source, config, page, site);
}

fn dates(source: &Source<'_>, page: &mut Page, site: &mut OldSite) {
    let mut read = |key: &str| {
        let found = source.values.get(key).filter(|found| !found.text().is_empty())?;
        let date = when(found.text());
        if date.is_none() {
            site.note(source.file, found.line, key, found.text(), "this is no date; write `2026-05-01`, or an instant with its offset");
        }
        date
    };
    let (date, published, updated) = (read("date"), read("publishDate"), read("lastmod"));
    if let (Some(date), Some(published)) = (&date, &published)
        && date != published
    {
        let line = source.values.get("date").map_or(0, |found| found.line);
        site.note(source.file, line, "date", &date.text, "a page is shown from its `date` on, which became that of `publishDate`");
    }
    page.date = published.or(date).map_or_else(String::new, |when| when.text);
    page.updated = updated.map_or_else(String::new, |when| when.text);
}

/// The picture under the names that themes have given it.
fn image(source: &Source<'_>) -> Option<(String, Option<String>)> {
    for key in ["featured_image", "featuredImage", "featureimage", "image", "images", "cover", "thumbnail"] {
        let Some(found) = source.values.get(key) else { continue };
        let (path, alt) = match &found.kind {
            Kind::Map(_) => {
                let path = ["image", "src", "path", "url", "relative"].iter().map(|key| found.text_of(key)).find(|text| text.contains('.'));
                (path.unwrap_or("").to_owned(), found.get("alt").map(|alt| alt.text().to_owned()))
            }
            _ => (found.texts().first().copied().unwrap_or("").to_owned(), None),
        };
        if !path.is_empty() {
            return Some((path, alt));
        }
    }
    None
}

fn rest(source: &Source<'_>, config: &Config, page: &Page, site: &mut OldSite) {
    for (key, found) in source.values.entries() {
        let reason = match key.to_ascii_lowercase().as_str() {
            "title" | "description" | "summary" | "draft" | "date" | "publishdate" | "lastmod" | "toc" | "author" | "authors"
            | "aliases" | "slug" | "url" | "featured_image" | "featuredimage" | "featureimage" | "image" | "cover" | "thumbnail" => {
                continue;
            }
            "weight" if page.order.is_some() || found.text() == "0" => continue,
            "images" => {
                if found.texts().len() > 1 {
                    site.note(source.file, found.line, key, &found.shown(), "a page has one picture; the others were left out");
                }
                continue;
            }
            "expirydate" => "a page has no last day; make it a draft when it is over",
            "linktitle" => "a page has one title; write the short one into the menu in `shop.yaml`",
            "keywords" => "search engines have not read keywords for years; they were left out",
            "type" | "layout" | "outputs" | "markup" | "cascade" | "build" | "_build" | "headless" | "resources" | "iscjklanguage"
            | "translationkey" => "belongs to the old theme or to how Hugo builds; it was left out",
            "menu" | "menus" => "write menus into `menus:` of `shop.yaml`",
            key if config.taxonomies.iter().any(|kind| kind.eq_ignore_ascii_case(key) && !matches!(key, "authors" | "series")) => continue,
            "series" => "a way of sorting that a shop does not have; add it to `tags:` if readers look for it",
            _ => "a page has no such key; it was left out. Write what readers shall see into the text",
        };
        site.note(source.file, found.line, key, &found.shown(), reason);
    }
}
