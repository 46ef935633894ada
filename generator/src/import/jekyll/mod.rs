//! A Jekyll site: posts, drafts, pages and collections with an output, and the files that they use.
//!
//! The folder may also be one of posts alone, as `_posts` is. What a theme or a plugin does is not carried: a shop has
//! its own templates. Liquid in texts is worked out where a text alone says what it gives; else it stays as text.

mod front;
mod kramdown;
mod liquid;
mod permalink;

use std::collections::{BTreeMap, BTreeSet};

use super::folder::{Folder, Item};
use super::pages::{self, Lines, OldSite, Page, Sort, Value, is_true, key_of, kramdown_id};
use super::{Import, ImportOptions, html};
use liquid::Liquid;

/// What the site's settings say.
pub(super) struct Config {
    values: Value,
    /// The style of posts' addresses.
    permalink: String,
}

/// A file that becomes a page, before its text is converted.
pub(super) struct Source<'a> {
    file: &'a str,
    kind: Family<'a>,
    values: Value,
    body: &'a str,
    body_line: usize,
    /// The name without date and ending.
    slug: String,
    /// Of the file's name.
    day: Option<String>,
    old: Vec<String>,
}

/// Where a file stands in the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family<'a> {
    Post,
    Draft,
    Page,
    Collection(&'a str),
}

/// Reads the files of a site.
pub fn jekyll(folder: &Folder, options: &ImportOptions<'_>) -> Import {
    let mut site = OldSite { heading_id: Some(kramdown_id), ..OldSite::default() };
    for (path, why) in folder.skipped() {
        site.note(path, 0, "file", "", why);
    }
    let config = config(folder, &mut site);
    let into = options.into.unwrap_or("journal").trim_matches('/').to_owned();
    let mut sources = Vec::new();
    let mut templates: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    let alone = !folder.iter().any(|(path, _)| path.starts_with("_config.") || path.starts_with("_posts/") || path.contains("/_posts/"));
    for (path, item) in folder.iter() {
        match place(path, alone, &config) {
            Some(family) => match item {
                Item::Text(text) => source(path, text, family, &config, &mut site, &mut sources),
                Item::Other { template: true } => templates.entry("fills in").or_default().push(path),
                _ => file(path, item, &mut site),
            },
            None => {
                let part = path.split('/').next().unwrap_or("");
                let kind = match part {
                    "_layouts" | "_includes" | "_sass" => "theme",
                    "_data" => "data",
                    "_plugins" => "plugin",
                    _ => "other",
                };
                if !part.starts_with("_config.") {
                    templates.entry(kind).or_default().push(path);
                }
            }
        }
    }
    for (kind, paths) in templates {
        site.note(paths[0], 0, kind, &counted(paths.len()), why_not(kind));
    }
    let known: Vec<(String, String)> =
        sources.iter().filter_map(|source| Some((source.file.to_owned(), source.old.first()?.clone()))).collect();
    let liquid = Liquid::new(&config.values, known, &site.files);
    let posts = sources.iter().any(|source| matches!(source.kind, Family::Post | Family::Draft));
    for source in sources {
        let page = page(&source, &liquid, &into, &config, &mut site);
        site.pages.push(page);
    }
    if posts {
        site.sections.push((into_folder(&into, options), pages::title_of(into.rsplit('/').next().unwrap_or(&into))));
        for feed in ["/feed.xml", "/atom.xml", "/rss.xml"] {
            site.feeds.insert(feed.to_owned(), into_folder(&into, options));
        }
    }
    let tags: BTreeSet<String> = site.pages.iter().flat_map(|page| page.tags.iter().cloned()).collect();
    for tag in tags {
        for list in ["tag", "tags", "category", "categories"] {
            site.lists.insert(key_of(&format!("/{list}/{}", tag.to_lowercase().replace(' ', "-"))), tag.clone());
        }
    }
    unused(&mut site);
    pages::settle(site, options)
}

fn into_folder(into: &str, options: &ImportOptions<'_>) -> String {
    pages::folders(into, options.languages)
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

fn why_not(kind: &str) -> &'static str {
    match kind {
        "theme" => "templates and styles of the old theme do not come over; a shop has its own theme, see the guide for theme authors",
        "data" => "data for templates does not come over; write what pages show into their texts",
        "plugin" => "plugins do not come over; what they made has to be written into the texts",
        "fills in" => "a file that the old generator filled in; the shop makes its own feed, sitemap, styles and scripts",
        _ => "files of this folder were never published, and do not come over",
    }
}

/// The settings; a site without any has Jekyll's own.
fn config(folder: &Folder, site: &mut OldSite) -> Config {
    let mut values = Value::empty();
    for name in ["_config.yml", "_config.yaml", "_config.toml"] {
        let Some(text) = folder.text(name) else { continue };
        let mut mistakes = Vec::new();
        match pages::settings(name, text, &mut mistakes) {
            Ok(read) => values = read,
            Err(error) => site.failed.push((name.to_owned(), error)),
        }
        for (line, mistake) in mistakes {
            site.note(name, line, "settings", "", mistake);
        }
        break;
    }
    let posts = values.get("collections").and_then(|all| all.get("posts")).map_or("", |posts| posts.text_of("permalink"));
    let permalink = [posts, values.text_of("permalink"), "date"].into_iter().find(|style| !style.is_empty()).unwrap_or("date").to_owned();
    let base = values.text_of("baseurl").trim_matches('/').to_owned();
    let base = if base.is_empty() { base } else { format!("/{base}") };
    let host = values.text_of("url").split("://").nth(1).unwrap_or("").split('/').next().unwrap_or("").to_lowercase();
    if !host.is_empty() {
        site.hosts.insert(host.strip_prefix("www.").unwrap_or(&host).to_owned());
    }
    site.base = base;
    Config { values, permalink }
}

/// What a file is by its place; `None` for what Jekyll does not publish.
fn place<'a>(path: &'a str, alone: bool, config: &Config) -> Option<Family<'a>> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or(path);
    if alone && folders.is_empty() && permalink::dated(name).is_some() {
        return Some(Family::Post);
    }
    if folders.contains(&"_posts") {
        return Some(Family::Post);
    }
    if folders.contains(&"_drafts") {
        return Some(Family::Draft);
    }
    let collections = config.values.text_of("collections_dir").trim_matches('/');
    let inner = path.strip_prefix(collections).filter(|_| !collections.is_empty()).map_or(path, |rest| rest.trim_start_matches('/'));
    if let Some((folder, _)) = inner.split_once('/')
        && let Some(label) = folder.strip_prefix('_')
        && let Some(settings) = config.values.get("collections").and_then(|all| all.get(label))
        && is_true(settings.text_of("output"))
    {
        return Some(Family::Collection(label));
    }
    let includes = config.values.get("include").map_or(Vec::new(), Value::texts);
    let excludes = config.values.get("exclude").map_or(Vec::new(), Value::texts);
    let hidden = |part: &&str| part.starts_with(['_', '.', '#']) || part.ends_with('~');
    let excluded = excludes.iter().any(|excluded| path == *excluded || path.starts_with(&format!("{}/", excluded.trim_end_matches('/'))));
    let scaffold =
        matches!(name, "Gemfile" | "Gemfile.lock" | "Rakefile" | "package.json" | "package-lock.json") || name.ends_with(".gemspec");
    let part = folders.iter().copied().chain([name]).find(|part| hidden(part));
    match part {
        Some(part) if !includes.contains(&part) => None,
        _ if excluded || (scaffold && folders.is_empty()) => None,
        _ => Some(Family::Page),
    }
}

fn file(path: &str, item: &Item, site: &mut OldSite) {
    site.files.insert(format!("/{path}"), path.to_owned());
    if *item == Item::Picture {
        site.pictures.insert(path.to_owned());
    }
}

/// Reads a text's front matter; a text without any is a file like others.
fn source<'a>(path: &'a str, text: &'a str, kind: Family<'a>, config: &Config, site: &mut OldSite, sources: &mut Vec<Source<'a>>) {
    let ending = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let is_text = !matches!(ending.as_str(), "yml" | "yaml" | "toml" | "json");
    let matter = match pages::split(path, text) {
        Ok(Some(matter)) if is_text && text.starts_with("---") => matter,
        // Posts are made pages whether they have front matter or not.
        Ok(_) if is_text && kind != Family::Page => {
            pages::Matter { values: Value::empty(), body: text, body_line: 1, mistakes: Vec::new() }
        }
        Ok(_) if is_text && matches!(path, "README.md" | "CONTRIBUTING.md" | "LICENSE.md" | "CHANGELOG.md") => return,
        Ok(_) => return file(path, &Item::Other { template: false }, site),
        Err(error) if is_text && text.starts_with("---") => return site.failed.push((path.to_owned(), error)),
        Err(_) => return file(path, &Item::Other { template: false }, site),
    };
    for (line, mistake) in &matter.mistakes {
        site.note(path, *line, "front matter", "", mistake.as_str());
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (day, slug) = match permalink::dated(name).filter(|_| matches!(kind, Family::Post)) {
        Some((day, slug)) => (Some(day.to_owned()), slug.to_owned()),
        None => (None, stem.to_owned()),
    };
    if kind == Family::Post && day.is_none() {
        let reason = "a post's name begins with its date, `2013-05-06-name.md`; Jekyll does not publish others, and it became a draft";
        site.note(path, 0, "post", name, reason);
    }
    let mut source =
        Source { file: path, kind, values: matter.values, body: matter.body, body_line: matter.body_line, slug, day, old: Vec::new() };
    source.old = permalink::addresses(&source, config);
    if let Some(reason) = is_a_template(&source) {
        return site.note(path, source.body_line, "page", path, reason);
    }
    sources.push(source);
}

/// Pages whose whole content comes from their templates.
fn is_a_template(source: &Source<'_>) -> Option<&'static str> {
    let text = source.body.trim();
    let home = source.old.first().is_some_and(|old| key_of(old) == "/");
    let loops = text.contains("{% for") || text.contains("{%- for") || text.contains("paginator.");
    if source.kind != Family::Page {
        return None;
    }
    match (home, loops) {
        (true, _) if text.is_empty() || loops => {
            Some("the old home page was made by its template; the shop has its own, `content/_index.md` is its text")
        }
        (false, true) => Some("a page that a template filled with a list; the shop makes lists of sections and tags itself"),
        _ => None,
    }
}

fn page(source: &Source<'_>, liquid: &Liquid<'_>, into: &str, config: &Config, site: &mut OldSite) -> Page {
    let mut page = Page {
        file: source.file.to_owned(),
        source: source.body.to_owned(),
        line: source.body_line,
        key: source.file.to_owned(),
        old: source.old.clone(),
        ..Page::default()
    };
    let ending = source.file.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    front::read(source, config, &mut page, site);
    let mut lines = Lines::of(source.body);
    let text = liquid.fill(source.body, &source.values, &mut |at, what, reason| {
        let line = source.body_line + lines.line(at) - 1;
        site.note(source.file, line, "Liquid", what, reason);
    });
    let separator = config.values.text_of("excerpt_separator");
    let text = if separator.is_empty() { text } else { text.replacen(separator, "<!-- more -->", 1) };
    page.body = if matches!(ending.as_str(), "html" | "htm") {
        let converted = html::page(&text, html::Written::Html);
        for (what, reason) in converted.lost {
            site.note(&page.file, page.line_of(&what, 0), "HTML", &what, reason);
        }
        converted.markdown
    } else {
        kramdown::convert(&text, &mut page, site)
    };
    if page.title.is_empty()
        && let Some((title, rest)) = pages::heading_of(&page.body)
    {
        (page.title, page.body) = (title, rest);
    }
    place_of(source, into, &mut page);
    if page.title.is_empty() {
        page.title = pages::title_of(&source.slug);
    }
    page
}

/// Posts go into the journal, pages stay where they were, collections have a folder of their own.
fn place_of(source: &Source<'_>, into: &str, page: &mut Page) {
    page.name.clone_from(&source.slug);
    match source.kind {
        Family::Post | Family::Draft => {
            page.sort = Sort::Post;
            into.clone_into(&mut page.folder);
            let slug = source.values.text_of("slug");
            if !slug.is_empty() {
                slug.clone_into(&mut page.name);
            }
        }
        Family::Page | Family::Collection(_) => {
            let key = key_of(source.old.first().map_or("/", String::as_str));
            let (folder, name) = key.trim_start_matches('/').rsplit_once('/').unwrap_or(("", key.trim_start_matches('/')));
            folder.clone_into(&mut page.folder);
            if name.is_empty() {
                page.sort = Sort::Section;
                page.name.clear();
            } else {
                name.clone_into(&mut page.name);
            }
        }
    }
}

/// Files that no text uses are counted after the texts are read; which they are is known by name alone.
fn unused(site: &mut OldSite) {
    let mut wanted: BTreeMap<String, bool> = site.files.values().flat_map(|path| words_of(name(path))).map(|word| (word, false)).collect();
    let texts = site.pages.iter().map(|page| page.body.as_str());
    let images = site.pages.iter().filter_map(|page| page.image.as_ref()).map(|(image, _)| image.as_str());
    for word in texts.chain(images).flat_map(words_of) {
        if let Some(is_named) = wanted.get_mut(&word) {
            *is_named = true;
        }
    }
    let is_named = |path: &str| words_of(name(path)).all(|word| wanted.get(&word) == Some(&true));
    let rest: Vec<String> = site.files.values().filter(|path| !is_named(path)).cloned().collect();
    for path in rest {
        let reason = "no text uses this file; copy it into `static/` if its address is known elsewhere";
        site.note(&path, 0, "unused file", "", reason);
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The words of a text as names of files have them: `my photo.jpg` and `my%20photo.jpg` are `my` and `photo.jpg`.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| c.is_whitespace() || "/()[]<>{}\"'`|\\,;!?#&=*:".contains(c));
    let decoded = parts.flat_map(|part| {
        let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        part.split_whitespace().map(|word| word.trim_end_matches('.').to_owned()).collect::<Vec<_>>()
    });
    decoded.filter(|word| !word.is_empty())
}
