//! A Hugo site: its content with bundles and translations, the files beside its texts, and `static/`.
//!
//! Pages keep their places, because a shop's addresses are made from folders as Hugo's are. Where Hugo had another address
//! (`url`, `slug`, `permalinks`), that one leads to the page.

mod addresses;
mod config;
mod front;
mod shortcodes;

use std::collections::{BTreeMap, BTreeSet};

use super::folder::{Folder, Item};
use super::pages::{self, Lines, OldSite, Page, Sort, Value, github_id, key_of, parent};
use super::{Import, ImportOptions, html};
use config::Config;
use shortcodes::Links;

/// A text before it is converted.
pub(super) struct Source<'a> {
    file: &'a str,
    /// Its path below its content folder without language and ending: `posts/first/index`.
    inner: String,
    language: String,
    values: Value,
    body: &'a str,
    body_line: usize,
    old: Vec<String>,
}

/// Reads the files of a site.
pub fn hugo(folder: &Folder, options: &ImportOptions<'_>) -> Import {
    let mut site = OldSite { heading_id: Some(github_id), ..OldSite::default() };
    for (path, why) in folder.skipped() {
        site.note(path, 0, "file", "", why);
    }
    let config = config::read(folder, &mut site);
    let mut sources = Vec::new();
    let mut aside: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    let (bundles, mut taken) = (bundles(folder, &config), BTreeSet::new());
    for (path, item) in folder.iter() {
        let part = path.split('/').next().unwrap_or("");
        if let Some((inner, language)) = config.content(path) {
            let ending = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
            let is_text = matches!(ending.as_str(), "md" | "markdown" | "html" | "htm");
            match item {
                Item::Text(text) if is_text => {
                    let resource = inner.match_indices('/').any(|(at, _)| bundles.contains(&inner[..at]))
                        && !inner.ends_with("/index")
                        && !inner.ends_with("/_index");
                    if resource {
                        site.note(path, 0, "page resource", "", "a text that belongs to another page; put it into that page's text");
                        continue;
                    }
                    source(path, text, inner, language, &mut site, &mut sources);
                }
                _ => beside(path, &inner_of_file(path, &config), item, options, &mut taken, &mut site),
            }
        } else if let Some(inner) = path.strip_prefix("static/").or_else(|| config.static_path(path)) {
            site.files.insert(format!("/{inner}"), path.to_owned());
            site.all_of.insert(path.to_owned());
            if *item == Item::Picture {
                site.pictures.insert(path.to_owned());
            }
        } else {
            let kind = match part {
                "layouts" | "themes" | "assets" | "i18n" => "theme",
                "data" => "data",
                "archetypes" => "archetypes",
                // The settings, and what stands beside them for people and tools.
                _ if config.files.iter().any(|file| file == path) || !path.contains('/') => continue,
                _ => "other",
            };
            if part == "assets" && *item == Item::Picture {
                site.files.insert(format!("/{}", &path["assets/".len()..]), path.to_owned());
                site.pictures.insert(path.to_owned());
                continue;
            }
            aside.entry(kind).or_default().push(path);
        }
    }
    for (kind, paths) in aside {
        let reason = match kind {
            "theme" => {
                "templates, styles and texts of the old theme do not come over; a shop has its own theme, see the guide for theme authors"
            }
            "data" => "data for templates does not come over; write what pages show into their texts",
            "archetypes" => "`shopfront new` makes new pages; what archetypes had in them does not come over",
            _ => {
                "files outside of `content` and `static` do not come over, also where `module.mounts` names them; copy what readers need into `static/`"
            }
        };
        let files = if paths.len() == 1 { "1 file".to_owned() } else { format!("{} files", paths.len()) };
        site.note(paths[0], 0, kind, &files, reason);
    }
    addresses::settle(&mut sources, &config);
    let languages = languages(&sources, &config, options, &mut site);
    let links = Links::of(sources.iter().filter_map(|source| Some((source.file.to_owned(), source.old.first()?.clone()))));
    for source in sources {
        let Some(language) = languages.get(source.file) else { continue };
        let page = page(&source, language, &links, &config, options, &mut site);
        site.pages.push(page);
    }
    lists(&config, options, &mut site);
    pages::settle(site, options)
}

/// Folders with an `index.md`: what lies in them belongs to that page.
fn bundles(folder: &Folder, config: &Config) -> BTreeSet<String> {
    let texts = folder.texts().filter_map(|(path, _)| config.content(path));
    texts.filter_map(|(inner, _)| inner.strip_suffix("/index").map(str::to_owned)).collect()
}

fn inner_of_file(path: &str, config: &Config) -> String {
    let folder = config.content_folder(path).unwrap_or("");
    path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/').to_owned()
}

/// A file beside texts keeps its place beside them.
fn beside(path: &str, inner: &str, item: &Item, options: &ImportOptions<'_>, taken: &mut BTreeSet<String>, site: &mut OldSite) {
    let (folder, name) = inner.rsplit_once('/').unwrap_or(("", inner));
    let below = below(options, folder);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
    let place = pages::folders(&below, options.languages);
    let name =
        if ending.is_empty() { pages::part(stem, "file") } else { format!("{}.{}", pages::part(stem, "file"), ending.to_lowercase()) };
    let place = if place.is_empty() { format!("content/{name}") } else { format!("content/{place}/{name}") };
    if !taken.insert(place.clone()) {
        return site.note(path, 0, "file", "", "another file beside it has the same name in an address; rename one of them");
    }
    site.beside.insert(path.to_owned(), place);
    site.files.insert(format!("/{inner}"), path.to_owned());
    if *item == Item::Picture {
        site.pictures.insert(path.to_owned());
    }
}

/// A folder below the one for everything imported.
fn below(options: &ImportOptions<'_>, folder: &str) -> String {
    let into = options.into.unwrap_or("").trim_matches('/');
    format!("{into}/{folder}").trim_matches('/').to_owned()
}

fn source<'a>(path: &'a str, text: &'a str, inner: String, language: String, site: &mut OldSite, sources: &mut Vec<Source<'a>>) {
    let matter = match pages::split(path, text) {
        Ok(Some(matter)) => matter,
        Ok(None) => pages::Matter { values: Value::empty(), body: text, body_line: 1, mistakes: Vec::new() },
        Err(error) => return site.failed.push((path.to_owned(), error)),
    };
    for (line, mistake) in &matter.mistakes {
        site.note(path, *line, "front matter", "", mistake.as_str());
    }
    sources.push(Source {
        file: path,
        inner,
        language,
        values: matter.values,
        body: matter.body,
        body_line: matter.body_line,
        old: Vec::new(),
    });
}

/// The language of each file as the shop has it, empty for originals. Files in languages that the shop has not are told.
fn languages<'a>(sources: &[Source<'a>], config: &Config, options: &ImportOptions<'_>, site: &mut OldSite) -> BTreeMap<&'a str, String> {
    let mut groups: BTreeMap<&str, Vec<&Source<'a>>> = BTreeMap::new();
    for source in sources {
        groups.entry(&source.inner).or_default().push(source);
    }
    let first = options.languages.first().copied().unwrap_or("en");
    let mut found = BTreeMap::new();
    for group in groups.into_values() {
        // What is written in the shop's first language is the original; else what Hugo takes for it is.
        let original = group.iter().position(|source| source.language == first);
        let original = original.or_else(|| group.iter().position(|source| source.language == config.language)).unwrap_or(0);
        for (at, source) in group.iter().enumerate() {
            if at == original {
                if source.language != first && source.language != config.language {
                    let reason = "there is no text in the shop's first language, so this one stands for it";
                    site.note(source.file, 0, "language", &source.language, reason);
                }
                found.insert(source.file, String::new());
            } else if options.languages.contains(&source.language.as_str()) && source.language != first {
                found.insert(source.file, source.language.clone());
            } else {
                let reason = "`languages` in `shop.yaml` does not name it; add it there and import again";
                site.note(source.file, 0, "language", &source.language, reason);
            }
        }
    }
    found
}

fn page(source: &Source<'_>, language: &str, links: &Links, config: &Config, options: &ImportOptions<'_>, site: &mut OldSite) -> Page {
    let mut page = Page {
        file: source.file.to_owned(),
        source: source.body.to_owned(),
        line: source.body_line,
        key: source.inner.clone(),
        language: language.to_owned(),
        old: source.old.clone(),
        ..Page::default()
    };
    front::read(source, config, &mut page, options, site);
    let mut lines = Lines::of(source.body);
    let text = shortcodes::convert(source, links, &mut |at, what, reason| {
        let line = source.body_line + lines.line(at) - 1;
        site.note(source.file, line, "shortcode", what, reason);
    });
    let text = text.replacen("<!--more-->", "<!-- more -->", 1);
    page.body = if source.file.ends_with(".md") || source.file.ends_with(".markdown") {
        ids(&text, &mut page)
    } else {
        let converted = html::page(&text, html::Written::Html);
        for (what, reason) in converted.lost {
            site.note(&page.file, page.line_of(&what, 0), "HTML", &what, reason);
        }
        converted.markdown
    };
    if page.title.is_empty()
        && let Some((title, rest)) = pages::heading_of(&page.body)
    {
        (page.title, page.body) = (title, rest);
    }
    place(source, options, &mut page);
    page
}

/// Pages stay in their folders, sections and bundles are what they are here too.
fn place(source: &Source<'_>, options: &ImportOptions<'_>, page: &mut Page) {
    let (folder, name) = source.inner.rsplit_once('/').unwrap_or(("", &source.inner));
    let (folder, name, own) = match name {
        "_index" => (folder, "", false),
        // The home page of a site without `_index.md`.
        "index" if folder.is_empty() => ("", "", false),
        "index" => (parent(folder), folder.rsplit('/').next().unwrap_or(folder), true),
        name => (folder, name, false),
    };
    page.folder = below(options, folder);
    page.own_folder = own;
    page.sort = match (name.is_empty(), page.date.is_empty()) {
        (true, _) => Sort::Section,
        (false, true) => Sort::Page,
        (false, false) => Sort::Post,
    };
    let slug = source.values.text_of("slug");
    // The folder of a bundle is its name: files beside it stay beside it.
    page.name = if slug.is_empty() || own || page.sort == Sort::Section { name.to_owned() } else { slug.to_owned() };
}

/// `## Prices {#costs}` without the id, which is remembered.
fn ids(text: &str, page: &mut Page) -> String {
    let mut fenced = false;
    let line = |line: &str| {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        let found = line.trim_end().strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")).filter(|_| !fenced && line.starts_with('#'));
        let Some((before, id)) = found else { return line.to_owned() };
        let id = id.split_whitespace().next().unwrap_or(id);
        page.ids.push((before.trim_matches(['#', ' ']).to_owned(), id.to_owned()));
        before.trim_end().to_owned()
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Sections without a file of their own, their feeds, and the lists by taxonomy.
fn lists(config: &Config, options: &ImportOptions<'_>, site: &mut OldSite) {
    let mut sections = BTreeSet::new();
    for page in site.pages.iter().filter(|page| page.language.is_empty()) {
        let first = page.folder.split('/').next().unwrap_or("");
        if !first.is_empty() {
            sections.insert(first.to_owned());
        }
    }
    for section in sections {
        let folder = pages::folders(&section, options.languages);
        if site.pages.iter().any(|page| page.sort == Sort::Section && page.language.is_empty() && page.folder == section) {
            continue;
        }
        site.sections.push((folder, pages::title_of(&section)));
    }
    let by_date: BTreeSet<String> = site
        .pages
        .iter()
        .filter(|page| page.sort == Sort::Post)
        .map(|page| page.folder.split('/').next().unwrap_or("").to_owned())
        .collect();
    for folder in by_date.iter().filter(|folder| !folder.is_empty()) {
        let ours = pages::folders(folder, options.languages);
        site.feeds.insert(format!("/{folder}/index.xml"), ours.clone());
        site.feeds.entry("/index.xml".to_owned()).or_insert(ours);
    }
    let tags: BTreeSet<String> = site.pages.iter().flat_map(|page| page.tags.iter().cloned()).collect();
    for tag in tags {
        for list in &config.taxonomies {
            site.lists.insert(key_of(&format!("/{list}/{}", addresses::urlized(&tag))), tag.clone());
        }
    }
}
