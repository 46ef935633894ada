//! A Hugo site's settings, as far as they say where texts are and which addresses they had.

use std::collections::BTreeMap;

use crate::import::folder::Folder;
use crate::import::pages::{self, OldSite, Value};

/// The settings.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The language of files that name none.
    pub(super) language: String,
    /// Content folder by language; the default language's is `content`.
    folders: Vec<(String, String)>,
    languages: Vec<String>,
    /// Whether the default language's addresses begin with it, too.
    pub(super) in_subfolder: bool,
    /// Templates of addresses by section.
    pub(super) permalinks: BTreeMap<String, String>,
    /// The plural names of taxonomies, which begin the addresses of their lists.
    pub(super) taxonomies: Vec<String>,
    pub(super) ugly: bool,
    statics: Vec<String>,
    /// The files that were read.
    pub(super) files: Vec<String>,
}

const NAMES: [&str; 8] = ["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "config.yaml", "config.yml", "config.json"];

pub(super) fn read(folder: &Folder, site: &mut OldSite) -> Config {
    let mut config =
        Config { language: "en".to_owned(), taxonomies: vec!["tags".to_owned(), "categories".to_owned()], ..Config::default() };
    let paths: Vec<&str> =
        folder.texts().map(|(path, _)| path).filter(|path| NAMES.contains(path) || path.starts_with("config/_default/")).collect();
    // A file for one matter, `config/_default/languages.toml`, is the table of that name.
    for path in paths {
        let mut mistakes = Vec::new();
        let text = folder.text(path).unwrap_or_default();
        config.files.push(path.to_owned());
        match pages::settings(path, text, &mut mistakes) {
            Ok(values) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                let stem = name.split('.').next().unwrap_or(name);
                if matches!(stem, "hugo" | "config") {
                    config.take(path, &values, site);
                } else {
                    config.take_table(path, stem, &values, site);
                }
            }
            Err(error) => site.failed.push((path.to_owned(), error)),
        }
        for (line, mistake) in mistakes {
            site.note(path, line, "settings", "", mistake);
        }
    }
    if config.folders.is_empty() {
        let languages = config.languages.clone();
        config.folders = languages
            .iter()
            .filter(|language| **language != config.language)
            .map(|language| (language.clone(), format!("content/{language}")))
            .collect();
        if folder.iter().any(|(path, _)| path.starts_with(&format!("content/{}/", config.language))) && !languages.is_empty() {
            config.folders.push((config.language.clone(), format!("content/{}", config.language)));
        }
    }
    config
}

impl Config {
    fn take(&mut self, path: &str, values: &Value, site: &mut OldSite) {
        for (key, value) in values.entries() {
            match key.to_ascii_lowercase().as_str() {
                "baseurl" => {
                    let rest = value.text().split_once("//").map_or("", |(_, rest)| rest);
                    let (host, base) = rest.split_once('/').unwrap_or((rest, ""));
                    let host = host.to_lowercase();
                    if !host.is_empty() {
                        site.hosts.insert(host.strip_prefix("www.").unwrap_or(&host).to_owned());
                    }
                    let base = base.trim_matches('/');
                    site.base = if base.is_empty() { String::new() } else { format!("/{base}") };
                }
                "defaultcontentlanguage" => value.text().clone_into(&mut self.language),
                "defaultcontentlanguageinsubdir" => self.in_subfolder = pages::is_true(value.text()),
                "uglyurls" => self.ugly = pages::is_true(value.text()),
                "contentdir" if value.text() != "content" => self.folders.push((String::new(), value.text().trim_matches('/').to_owned())),
                "staticdir" => self.statics = value.texts().into_iter().map(str::to_owned).collect(),
                "languages" | "permalinks" | "taxonomies" | "menu" | "menus" => {
                    self.take_table(path, &key.to_ascii_lowercase(), value, site);
                }
                _ => {}
            }
        }
    }

    fn take_table(&mut self, path: &str, name: &str, values: &Value, site: &mut OldSite) {
        match name {
            "languages" => {
                for (language, settings) in values.entries() {
                    self.languages.push(language.clone());
                    let folder = settings.text_of("contentDir").trim_matches('/');
                    if !folder.is_empty() {
                        self.folders.push((language.clone(), folder.to_owned()));
                    }
                }
            }
            "permalinks" => {
                for (section, value) in values.entries() {
                    // Since 0.131 a table for each kind of page.
                    if value.entries().is_empty() {
                        self.permalinks.insert(section.clone(), value.text().to_owned());
                    } else if section == "page" {
                        self.permalinks.extend(value.entries().iter().map(|(section, value)| (section.clone(), value.text().to_owned())));
                    }
                }
            }
            "taxonomies" => self.taxonomies = values.entries().iter().map(|(_, plural)| plural.text().to_owned()).collect(),
            "menu" | "menus" => site.note(path, values.line, "menus", "", "write menus into `menus:` of `shop.yaml`"),
            _ => {}
        }
    }

    /// The content folder that a path lies in, the innermost first.
    pub(super) fn content_folder(&self, path: &str) -> Option<&str> {
        let inside = |folder: &&str| path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'));
        let folders = self.folders.iter().map(|(_, folder)| folder.as_str()).chain(["content"]);
        folders.filter(inside).max_by_key(|folder| folder.len())
    }

    /// A path's place below its content folder without ending, and its language.
    pub(super) fn content(&self, path: &str) -> Option<(String, String)> {
        let folder = self.content_folder(path)?;
        let of_folder = self
            .folders
            .iter()
            .find(|(_, known)| known == folder)
            .map(|(language, _)| language.as_str())
            .filter(|language| !language.is_empty());
        let inner = path[folder.len()..].trim_start_matches('/');
        let stem = inner.rsplit_once('.').filter(|(_, ending)| !ending.contains('/')).map_or(inner, |(stem, _)| stem);
        let named = stem.rsplit_once('.').filter(|(_, language)| self.is_language(language));
        let (stem, language) = named.map_or((stem, of_folder.unwrap_or(&self.language)), |(stem, language)| (stem, language));
        Some((stem.to_owned(), language.to_owned()))
    }

    fn is_language(&self, text: &str) -> bool {
        if self.languages.is_empty() { text == self.language || is_tag(text) } else { self.languages.iter().any(|known| known == text) }
    }

    /// The address of a file in a folder of static files under another name.
    pub(super) fn static_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.statics.iter().find_map(|folder| path.strip_prefix(folder.as_str())?.strip_prefix('/'))
    }
}

/// Whether a text looks like a language in a file's name: `de`, `pt-BR`.
fn is_tag(text: &str) -> bool {
    let (language, region) = text.split_once('-').unwrap_or((text, "XX"));
    language.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|b| b.is_ascii_alphabetic())
}
