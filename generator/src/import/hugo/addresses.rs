//! The addresses that Hugo gave to its pages, after its documentation of URL management.

use super::Source;
use super::config::Config;
use crate::import::pages::{join, parent, title_of, when};

/// A text as Hugo writes it into an address: small letters, hyphens for spaces, signs left out.
pub(super) fn urlized(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '+' | '-') {
            out.push(c);
        } else if c.is_whitespace() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

/// Gives every source its addresses, its own first.
pub(super) fn settle(sources: &mut [Source<'_>], config: &Config) {
    for source in sources {
        let prefix =
            if source.language != config.language || config.in_subfolder { format!("/{}", source.language) } else { String::new() };
        let own = own(source, config, &prefix);
        let aliases = source.values.get("aliases").map_or(Vec::new(), |aliases| aliases.texts().into_iter().map(str::to_owned).collect());
        let folder = parent(own.trim_end_matches('/')).to_owned();
        let further = aliases.into_iter().map(|alias: String| {
            if alias.starts_with('/') {
                alias
            } else {
                join(&folder, &alias).map_or_else(|| format!("/{alias}"), |path| format!("/{path}/"))
            }
        });
        source.old = [own].into_iter().chain(further).collect();
    }
}

fn own(source: &Source<'_>, config: &Config, prefix: &str) -> String {
    let url = source.values.text_of("url");
    if !url.is_empty() {
        // From the site's root where it begins with `/`, else from the language's.
        return if url.starts_with('/') { url.to_owned() } else { format!("{prefix}/{url}") };
    }
    let (folder, name) = source.inner.rsplit_once('/').unwrap_or(("", &source.inner));
    let (folder, name) = match name {
        "_index" => (folder, ""),
        "index" => folder.rsplit_once('/').unwrap_or(("", folder)),
        name => (folder, name),
    };
    let slug = source.values.text_of("slug");
    let section = source.inner.split('/').next().filter(|_| source.inner.contains('/')).unwrap_or("");
    let path = match config.permalinks.get(section).filter(|_| !name.is_empty()) {
        Some(template) => filled(template, source, name, folder),
        None => {
            let last = if slug.is_empty() { urlized(name) } else { urlized(slug) };
            format!("{}/{last}", urlized(folder))
        }
    };
    let inner = path.trim_matches('/');
    match (inner.is_empty(), config.ugly && !name.is_empty()) {
        (true, _) => format!("{prefix}/"),
        (false, true) => format!("{prefix}/{inner}.html"),
        (false, false) => format!("{prefix}/{inner}/"),
    }
}

fn filled(template: &str, source: &Source<'_>, name: &str, folder: &str) -> String {
    let date = ["date", "publishDate"].iter().find_map(|key| when(source.values.text_of(key))).map(|when| when.local);
    let of_date = |form: &str| date.map_or_else(String::new, |date| date.strftime(form).to_string());
    let slug = source.values.text_of("slug");
    let title = source.values.text_of("title");
    let title = if title.is_empty() { title_of(name) } else { title.to_owned() };
    let or = |text: &str, other: &str| if text.is_empty() { urlized(other) } else { urlized(text) };
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(':') {
        out.push_str(&rest[..at]);
        let word: String = rest[at + 1..].chars().take_while(char::is_ascii_alphabetic).collect();
        out.push_str(&match word.as_str() {
            "year" => of_date("%Y"),
            "month" => of_date("%m"),
            "monthname" => of_date("%B").to_lowercase(),
            "day" => of_date("%d"),
            "weekday" => of_date("%w"),
            "weekdayname" => of_date("%A").to_lowercase(),
            "yearday" => of_date("%-j"),
            "section" => urlized(source.inner.split('/').next().unwrap_or("")),
            "sections" => urlized(folder),
            "title" => urlized(&title),
            "slug" => or(slug, &title),
            "filename" | "contentbasename" => urlized(name),
            "slugorfilename" | "slugorcontentbasename" => or(slug, name),
            _ => format!(":{word}"),
        });
        rest = &rest[at + 1 + word.len()..];
    }
    out + rest
}
