//! Hugo's front matter to a page's; what has no place there is told with its line.

use super::Source;
use super::config::Config;
use crate::import::ImportOptions;
use crate::import::pages::{Cascade, Kind, OldSite, Page, Value, is_true, undeclared, when};
use crate::import::slug::slug;

/// Taxonomies that many sites have, and whose terms are no tags.
const APART: [&str; 2] = ["authors", "series"];

/// Fills the page in.
pub(super) fn read(source: &Source<'_>, config: &Config, page: &mut Page, options: &ImportOptions<'_>, site: &mut OldSite) {
    let values = &source.values;
    let text = |key: &str| values.text_of(key).to_owned();
    page.title = text("title");
    page.description = text("description");
    page.summary = text("summary");
    page.draft = is_true(&text("draft")) || is_hidden(values);
    page.order = text("weight").parse().ok().filter(|weight| *weight != 0);
    page.toc = is_true(&text("toc"));
    dates(source, page, site);
    for key in ["author", "authors"] {
        if let Some(found) = values.get(key).filter(|_| page.author.is_empty()) {
            page.author = if found.entries().is_empty() { found.texts().join(", ") } else { found.text_of("name").to_owned() };
        }
    }
    for key in config.taxonomies.iter().map(String::as_str).filter(|key| *key != "authors") {
        let Some(found) = values.get(key) else { continue };
        let terms: Vec<String> = found.texts().into_iter().map(str::to_owned).collect();
        let is_declared = page.sort_by(key, terms.iter().cloned(), options);
        if !is_declared && !APART.contains(&key) {
            page.tags.extend(terms);
        }
    }
    if let Some(cascade) = values.get("cascade") {
        page.cascade = self::cascade(source, cascade, site);
    }
    page.image = image(source);
    rest(source, config, page, site);
}

/// What Hugo builds no page of, and what therefore had no address.
fn is_hidden(values: &Value) -> bool {
    let is_unbuilt = |build: &Value| matches!(build.text_of("render"), "never" | "link" | "false");
    is_true(values.text_of("headless")) || ["build", "_build"].iter().any(|key| values.get(key).is_some_and(is_unbuilt))
}

/// What a section says for the pages below, as far as a shop's sections do.
fn cascade(source: &Source<'_>, values: &Value, site: &mut OldSite) -> Cascade {
    let mut cascade = Cascade::default();
    // A list is for some of the pages each, by their kinds and paths.
    if !matches!(values.kind, Kind::Map(_)) {
        site.note(source.file, values.line, "cascade", &values.shown(), "a section says the same for all pages below; write it there");
        return cascade;
    }
    cascade.draft = is_hidden(values);
    for (key, found) in values.entries() {
        match key.to_ascii_lowercase().as_str() {
            "author" => found.text().clone_into(&mut cascade.author),
            "draft" => cascade.draft |= is_true(found.text()),
            "expirydate" => cascade.expires = until(source, found, key, site),
            "tags" => cascade.tags = found.texts().into_iter().map(str::to_owned).collect(),
            "toc" => cascade.toc = is_true(found.text()),
            "headless" | "build" | "_build" => {}
            _ => site.note(source.file, found.line, &format!("cascade.{key}"), &found.shown(), "a section cannot say this for its pages"),
        }
    }
    cascade
}

/// The instant from which something is not shown: a day begins at its first moment.
fn until(source: &Source<'_>, found: &Value, key: &str, site: &mut OldSite) -> String {
    match when(found.text()) {
        Some(until) if until.text.len() == "2026-05-01".len() => format!("{}T00:00:00Z", until.text),
        Some(until) => until.text,
        None => {
            site.note(source.file, found.line, key, found.text(), NO_DATE);
            String::new()
        }
    }
}

const NO_DATE: &str = "this is no date; write `2026-05-01`, or an instant with its offset";

fn dates(source: &Source<'_>, page: &mut Page, site: &mut OldSite) {
    let mut read = |key: &str| {
        let found = source.values.get(key).filter(|found| !found.text().is_empty())?;
        let date = when(found.text());
        if date.is_none() {
            site.note(source.file, found.line, key, found.text(), NO_DATE);
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
    if let Some(found) = source.values.get("expiryDate").filter(|found| !found.text().is_empty()) {
        page.expires = until(source, found, "expiryDate", site);
    }
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
            | "aliases" | "slug" | "url" | "expirydate" | "cascade" | "featured_image" | "featuredimage" | "featureimage" | "image"
            | "cover" | "thumbnail" => {
                continue;
            }
            "weight" if page.order.is_some() || found.text() == "0" => continue,
            "images" => {
                if found.texts().len() > 1 {
                    site.note(source.file, found.line, key, &found.shown(), "a page has one picture; the others were left out");
                }
                continue;
            }
            "build" | "_build" | "headless" if is_hidden(&source.values) => "the old site made no page of it; it became a draft",
            "linktitle" => "a page has one title; write the short one into the menu in `shop.yaml`",
            "keywords" => "search engines have not read keywords for years; they were left out",
            "type" | "layout" | "outputs" | "markup" | "build" | "_build" | "headless" | "resources" | "iscjklanguage"
            | "translationkey" => "belongs to the old theme or to how Hugo builds; it was left out",
            "menu" | "menus" => "write menus into `menus:` of `shop.yaml`",
            key if page.taxonomies.contains_key(&slug(key)) => continue,
            key if APART.contains(&key) || config.taxonomies.iter().any(|kind| kind.eq_ignore_ascii_case(key)) => {
                // Tags are what a shop has; words of other kinds became tags too.
                if !matches!(key, "tags" | "categories") {
                    site.note(source.file, found.line, key, &found.shown(), undeclared(key));
                }
                continue;
            }
            _ => "a page has no such key; it was left out. Write what readers shall see into the text",
        };
        site.note(source.file, found.line, key, &found.shown(), reason);
    }
}
