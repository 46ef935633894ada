//! A theme's files: texts, style sheets, scripts and whatever else its `assets/` hold, under fingerprinted names.
//!
//! Assets are made when a page first asks for them, once for a build; what no page asks for is not published.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use include_dir::{Dir, include_dir};

use crate::assets::js::Module;
use crate::assets::{self, AssetError};
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes, nearest};
use crate::render::texts::Texts;
use crate::source::{Fingerprint, Sources};

static DEFAULT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../themes/default");

/// The files of the theme that is compiled into the program, by path.
pub fn compiled() -> Vec<(String, &'static [u8])> {
    fn collect(folder: &'static Dir<'static>, files: &mut Vec<(String, &'static [u8])>) {
        files.extend(folder.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents())));
        folder.dirs().for_each(|below| collect(below, files));
    }
    let mut files = Vec::new();
    collect(&DEFAULT, &mut files);
    files.sort();
    files
}

/// A file to publish.
#[derive(Debug, Clone)]
pub struct Asset {
    /// From the site's root: `/assets/main.1a2b3c4d.css`.
    pub address: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// A theme for one build.
#[derive(Debug)]
pub struct Theme {
    folder: String,
    files: BTreeMap<String, Arc<[u8]>>,
    texts: Arc<Texts>,
    texts_fingerprint: Fingerprint,
    modules: OnceLock<Result<Vec<Module>, AssetError>>,
    published: Mutex<BTreeMap<String, Result<Asset, String>>>,
    problems: Mutex<Vec<Diagnostic>>,
}

impl Theme {
    /// Reads a theme's texts and assets.
    pub fn read(sources: &Sources, name: &str, language: &str) -> Result<Self, Vec<Diagnostic>> {
        let folder = format!("themes/{name}/");
        let assets_folder = format!("{folder}assets/");
        let below = sources.below(&assets_folder);
        let files = below.filter_map(|(path, file)| Some((path.strip_prefix(&assets_folder)?.to_owned(), file.bytes().ok()?))).collect();
        let path =
            [language, "en"].map(|language| format!("{folder}i18n/{language}.yaml")).into_iter().find(|path| sources.get(path).is_some());
        let Some(path) = path else {
            let message = format!("the theme `{name}` has no texts");
            let missing =
                Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, SourcePath::from(format!("{folder}i18n/en.yaml")));
            return Err(vec![missing.help("every theme has `i18n/en.yaml`; copy the default theme's")]);
        };
        let (texts, texts_fingerprint) = read_texts(sources, &path).map_err(|problem| vec![problem])?;
        Ok(Self {
            folder,
            files,
            texts: Arc::new(texts),
            texts_fingerprint,
            modules: OnceLock::new(),
            published: Mutex::default(),
            problems: Mutex::default(),
        })
    }

    /// `themes/default/`
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The theme's own texts.
    pub fn texts(&self) -> &Arc<Texts> {
        &self.texts
    }

    /// Of the theme's texts.
    pub fn texts_fingerprint(&self) -> Fingerprint {
        self.texts_fingerprint
    }

    /// The address of an asset; the error is for the theme's author.
    pub fn asset(&self, path: &str) -> Result<String, String> {
        if let Some(known) = self.published().get(path) {
            return known.as_ref().map(|asset| asset.address.clone()).map_err(String::clone);
        }
        let made = self.make(path);
        let answer = made.as_ref().map(|asset| asset.address.clone()).map_err(String::clone);
        self.published().insert(path.to_owned(), made);
        answer
    }

    fn published(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Result<Asset, String>>> {
        self.published.lock().expect("no thread panics while it holds the assets")
    }

    /// The addresses of a module and of everything that it imports at once, for preloading.
    pub fn modules(&self, path: &str) -> Result<Vec<String>, String> {
        self.asset(path)?;
        let modules = self.all_modules()?;
        let find = |path: &str| modules.iter().find(|module| module.path == path);
        let mut open = vec![path.to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(next) = open.pop() {
            if seen.contains(&next) {
                continue;
            }
            open.extend(find(&next).into_iter().flat_map(|module| module.imports.iter().cloned()));
            seen.push(next);
        }
        Ok(seen[1..].iter().filter_map(|path| find(path)).map(module_address).collect())
    }

    fn make(&self, path: &str) -> Result<Asset, String> {
        let Some(bytes) = self.files.get(path) else {
            let near =
                nearest(path, self.files.keys().map(String::as_str)).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(format!("the theme has no asset `{path}`{near}"));
        };
        match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "css" => self.style_sheet(path),
            "js" => {
                let modules = self.all_modules()?;
                let module = modules.iter().find(|module| module.path == path).expect("every script of the theme is a module");
                Ok(Asset { address: module_address(module), bytes: module.code.as_bytes().into() })
            }
            _ => Ok(Asset { address: address(&assets::hashed(path, bytes)), bytes: Arc::clone(bytes) }),
        }
    }

    fn style_sheet(&self, path: &str) -> Result<Asset, String> {
        let read = |path: &str| self.files.get(path).cloned();
        // References stay relative to the sheet's own place, so that they hold under any base path.
        let depth = "../".repeat(path.matches('/').count());
        let resolve = |target: &str| Some(format!("{depth}{}", self.asset(target).ok()?.trim_start_matches("/assets/")));
        // The bundler uses rayon. On a thread of its own, waiting for it cannot start another page inside this render.
        let bundled = std::thread::scope(|scope| scope.spawn(|| assets::css::bundle(path, &read, &resolve)).join());
        let css = bundled.expect("the bundler does not panic").map_err(|error| self.tell(codes::CSS, &error))?;
        Ok(Asset { address: address(&assets::hashed(path, css.as_bytes())), bytes: css.as_bytes().into() })
    }

    fn all_modules(&self) -> Result<&[Module], String> {
        let made = self.modules.get_or_init(|| {
            let scripts =
                self.files.iter().filter(|(path, _)| path.ends_with(".js")).map(|(path, bytes)| (path.clone(), Arc::clone(bytes)));
            assets::js::modules(&scripts.collect())
        });
        made.as_deref().map_err(|error| self.tell(codes::JS, error))
    }

    fn tell(&self, code: crate::diagnostic::Code, error: &AssetError) -> String {
        let path = format!("{}assets/{}", self.folder, error.file);
        let file = SourcePath::from(path.as_str());
        let offset = self.files.get(&error.file).map_or(0, |bytes| offset(bytes, error.line, error.column));
        let diagnostic = Diagnostic::error(code, error.message.clone(), Span::new(&file, offset, offset + 1));
        let mut problems = self.problems.lock().expect("no thread panics while it holds the mistakes");
        if !problems.contains(&diagnostic) {
            problems.push(diagnostic);
        }
        format!("`{path}` cannot be used: {}", error.message)
    }

    /// Everything that was asked for, scripts that are imported by scripts included, and what was wrong.
    pub fn finish(&self) -> (Vec<Asset>, Vec<Diagnostic>) {
        let published = self.published();
        let mut assets: Vec<Asset> = published.values().filter_map(|made| made.clone().ok()).collect();
        let has_scripts = published.keys().any(|path| path.ends_with(".js"));
        drop(published);
        if let (true, Ok(modules)) = (has_scripts, self.all_modules()) {
            assets.extend(modules.iter().map(|module| Asset { address: module_address(module), bytes: module.code.as_bytes().into() }));
        }
        assets.sort_by(|a, b| a.address.cmp(&b.address));
        assets.dedup_by(|a, b| a.address == b.address);
        (assets, std::mem::take(&mut *self.problems.lock().expect("no thread panics while it holds the mistakes")))
    }
}

fn address(name: &str) -> String {
    format!("/assets/{name}")
}

fn module_address(module: &Module) -> String {
    address(&module.hashed_name)
}

/// The byte of a line and a column, both from 1.
fn offset(bytes: &[u8], line: u32, column: u32) -> usize {
    let start: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1) as usize).map(<[u8]>::len).sum();
    (start + column.saturating_sub(1) as usize).min(bytes.len())
}

fn read_texts(sources: &Sources, path: &str) -> Result<(Texts, Fingerprint), Diagnostic> {
    let told = |message: String| Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, SourcePath::from(path));
    let file = sources.get(path).ok_or_else(|| told("the file went away".to_owned()))?;
    let bytes = file.bytes().map_err(|error| told(error.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| told("the theme's texts are not UTF-8".to_owned()))?;
    let texts = Texts::parse(text).map_err(|cause| told(format!("the theme's texts cannot be read: {cause}")))?;
    Ok((texts, file.fingerprint))
}
