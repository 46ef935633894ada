//! A theme's files: texts, style sheets, scripts and whatever else its `assets/` hold, under fingerprinted names.
//!
//! Assets are made when a page first asks for them, once for a build; what no page asks for is not published.

pub(crate) mod texts;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use imaging::drawing::Fonts;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

use crate::assets::js::Module;
use crate::assets::{self, AssetError};
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes, nearest};
use crate::render::texts::Texts;
use crate::source::{Fingerprint, SourceFile, Sources};

/// The themes that are compiled into the program.
static COMPILED: [(&str, Dir<'static>); 2] =
    [("default", include_dir!("$CARGO_MANIFEST_DIR/../themes/default")), ("plain", include_dir!("$CARGO_MANIFEST_DIR/../themes/plain"))];

/// The files of the themes that are compiled into the program, by path below `themes/`.
pub fn compiled() -> Vec<(String, &'static [u8])> {
    fn collect(theme: &str, folder: &'static Dir<'static>, files: &mut Vec<(String, &'static [u8])>) {
        let path = |path: &std::path::Path| format!("{theme}/{}", path.to_string_lossy().replace('\\', "/"));
        files.extend(folder.files().map(|file| (path(file.path()), file.contents())));
        folder.dirs().for_each(|below| collect(theme, below, files));
    }
    let mut files = Vec::new();
    for (theme, folder) in &COMPILED {
        collect(theme, folder, &mut files);
    }
    files.sort();
    files
}

/// Whether a theme of this name is compiled into the program.
pub fn is_compiled(name: &str) -> bool {
    COMPILED.iter().any(|(theme, _)| *theme == name)
}

/// A text of a theme that is compiled into the program, by its path below `themes/`.
pub fn compiled_file(path: &str) -> Option<String> {
    let (theme, path) = path.split_once('/')?;
    let (_, folder) = COMPILED.iter().find(|(name, _)| *name == theme)?;
    folder.get_file(path)?.contents_utf8().map(str::to_owned)
}

/// A file to publish, made from the theme's file of that path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// From the site's root: `/assets/main.1a2b3c4d.css`.
    pub address: String,
    /// Below the theme's `assets/`: `main.css`.
    pub path: String,
}

/// What is remembered of a theme's assets, so that a build that publishes nothing new has not to make them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetMemory {
    /// Of all files below `assets/`, and of the program.
    fingerprint: Option<Fingerprint>,
    known: BTreeMap<String, Known>,
    /// Module → what it imports at once.
    modules: BTreeMap<String, Vec<String>>,
}

/// What is known of an asset beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    address: String,
    /// Other assets that it refers to.
    uses: Vec<String>,
}

/// The files of a theme and of those that it builds on: of the same path the nearest.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    sources: &'a Sources,
    /// Their names, the theme's own first.
    themes: &'a [String],
}

/// A file of a theme.
#[derive(Debug, Clone)]
pub struct Layered<'a> {
    /// Its path in the shop.
    pub path: SourcePath,
    /// The file.
    pub file: &'a SourceFile,
}

impl Layered<'_> {
    /// What stands in it.
    pub fn text(&self) -> Result<String, Diagnostic> {
        let told = |code, message: String| Diagnostic::in_file(code, Severity::Error, message, SourcePath::clone(&self.path));
        let bytes = self.file.same_bytes().map_err(|cause| told(codes::THEME_FILE, cause))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| told(codes::NOT_UTF8, "a template is not UTF-8 text".to_owned()))
    }
}

impl<'a> Layers<'a> {
    /// Of themes by name, the nearest first.
    pub fn new(sources: &'a Sources, themes: &'a [String]) -> Self {
        Self { sources, themes }
    }

    /// The file of a path below a theme's folder.
    pub fn get(&self, path: &str) -> Option<Layered<'a>> {
        self.each(path).into_iter().next()
    }

    /// The files of a path in each of the themes, the nearest first.
    pub fn each(&self, path: &str) -> Vec<Layered<'a>> {
        let layered = |theme: &String| {
            let path = format!("themes/{theme}/{path}");
            Some(Layered { file: self.sources.get(&path)?, path: SourcePath::from(path) })
        };
        self.themes.iter().filter_map(layered).collect()
    }

    /// All files below a folder, by their path in it. The folder ends with a slash.
    pub fn below(&self, folder: &str) -> BTreeMap<String, Layered<'a>> {
        let mut found = BTreeMap::new();
        for theme in self.themes {
            for (path, file) in self.of(theme, folder) {
                found.entry(path).or_insert(file);
            }
        }
        found
    }

    /// The files that one of the themes has itself below a folder, by their path in it.
    pub fn of(&self, theme: &str, folder: &str) -> Vec<(String, Layered<'a>)> {
        let folder = format!("themes/{theme}/{folder}");
        let mut found = Vec::new();
        for (path, file) in self.sources.below(&folder) {
            found.push((path[folder.len()..].to_owned(), Layered { path: SourcePath::clone(path), file }));
        }
        found
    }

    /// Their names, the theme's own first.
    pub fn themes(&self) -> &'a [String] {
        self.themes
    }

    /// Where the theme's own file of this path would lie.
    pub fn own(&self, path: &str) -> SourcePath {
        SourcePath::from(format!("themes/{}/{path}", self.themes[0]))
    }
}

/// A theme for builds with the same theme files.
#[derive(Debug)]
pub struct Theme {
    /// Its name and those of the themes that it builds on.
    themes: Vec<String>,
    files: BTreeMap<String, (SourcePath, SourceFile)>,
    /// For each language of the shop.
    texts: Vec<Arc<Texts>>,
    texts_fingerprint: Fingerprint,
    /// What is odd about its texts.
    warnings: Vec<Diagnostic>,
    fonts: Fonts,
    fonts_fingerprint: Fingerprint,
    modules: OnceLock<Result<Vec<Module>, AssetError>>,
    memory: Mutex<AssetMemory>,
    made: Mutex<BTreeMap<String, Arc<[u8]>>>,
    problems: Mutex<Vec<Diagnostic>>,
}

impl Theme {
    /// Reads a theme's texts, and looks which assets there are.
    pub fn read(layers: Layers<'_>, languages: &[String], memory: &AssetMemory) -> Result<Self, Vec<Diagnostic>> {
        let files = layers.below("assets/").into_iter();
        let files: BTreeMap<_, _> = files.map(|(path, layered)| (path, (layered.path, layered.file.clone()))).collect();
        let (texts, texts_fingerprint, warnings) = texts::read(layers, languages)?;
        let (fonts, fonts_fingerprint) = fonts(layers)?;
        let mut parts = vec![Fingerprint::of(env!("SHOPFRONT_BUILD_ID").as_bytes())];
        parts.extend(files.iter().flat_map(|(path, (_, file))| [Fingerprint::of(path.as_bytes()), file.fingerprint]));
        let fingerprint = Some(Fingerprint::join(&parts));
        let memory = if memory.fingerprint == fingerprint { memory.clone() } else { AssetMemory { fingerprint, ..AssetMemory::default() } };
        Ok(Self {
            themes: layers.themes().to_vec(),
            files,
            texts,
            texts_fingerprint,
            warnings,
            fonts,
            fonts_fingerprint,
            modules: OnceLock::new(),
            memory: Mutex::new(memory),
            made: Mutex::default(),
            problems: Mutex::default(),
        })
    }

    /// Where an asset lies in the shop.
    fn place(&self, path: &str) -> SourcePath {
        let own = || SourcePath::from(format!("themes/{}/assets/{path}", self.themes[0]));
        self.files.get(path).map_or_else(own, |(place, _)| SourcePath::clone(place))
    }

    /// The theme's own texts, for each language of the shop. What one lacks is as in English.
    pub fn texts(&self) -> &[Arc<Texts>] {
        &self.texts
    }

    /// What is odd about the theme's texts, and stops no build.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Of the theme's texts.
    pub fn texts_fingerprint(&self) -> Fingerprint {
        self.texts_fingerprint
    }

    /// In which drawings are written.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Of the fonts in which drawings are written.
    pub fn fonts_fingerprint(&self) -> Fingerprint {
        self.fonts_fingerprint
    }

    /// The address of an asset; the error is for the theme's author.
    pub fn asset(&self, path: &str) -> Result<String, String> {
        self.known(path).map(|known| known.address)
    }

    fn known(&self, path: &str) -> Result<Known, String> {
        if let Some(known) = self.memory().known.get(path) {
            return Ok(known.clone());
        }
        let (known, bytes) = self.make(path)?;
        self.memory().known.insert(path.to_owned(), known.clone());
        self.made().insert(path.to_owned(), bytes);
        Ok(known)
    }

    /// An asset's bytes; the error is for the theme's author.
    pub fn bytes(&self, path: &str) -> Result<Arc<[u8]>, String> {
        if let Some(bytes) = self.made().get(path) {
            return Ok(Arc::clone(bytes));
        }
        let (known, bytes) = self.make(path)?;
        if self.asset(path)? != known.address {
            return Err(format!("`{}` is not what it was", self.place(path)));
        }
        self.made().insert(path.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }

    /// The asset that is published at an address, if anything has that address now.
    pub fn at(&self, address: &str) -> Option<String> {
        let known = self.memory().known.iter().find(|(_, known)| known.address == address).map(|(path, _)| path.clone());
        // Asked for before any page was made: the name without its fingerprint says which it is.
        known.or_else(|| {
            let (rest, extension) = address.strip_prefix("/assets/")?.rsplit_once('.')?;
            let path = format!("{}.{extension}", rest.rsplit_once('.')?.0);
            (self.files.contains_key(&path) && self.asset(&path).is_ok_and(|now| now == address)).then_some(path)
        })
    }

    /// The addresses of the style sheets that are known so far, by path.
    pub fn sheets(&self) -> BTreeMap<String, String> {
        let memory = self.memory();
        let sheets = memory.known.iter().filter(|(path, _)| path.ends_with(".css"));
        sheets.map(|(path, known)| (path.clone(), known.address.clone())).collect()
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, AssetMemory> {
        self.memory.lock().expect("no thread panics while it holds the assets")
    }

    fn made(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        self.made.lock().expect("no thread panics while it holds the assets")
    }

    /// What to remember of the assets.
    pub fn remembered(&self) -> AssetMemory {
        self.memory().clone()
    }

    /// The addresses of a module and of everything that it imports at once, for preloading.
    pub fn modules(&self, path: &str) -> Result<Vec<String>, String> {
        if let Some(known) = self.memory().modules.get(path) {
            return Ok(known.clone());
        }
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
        let found: Vec<String> = seen[1..].iter().filter_map(|path| find(path)).map(module_address).collect();
        self.memory().modules.insert(path.to_owned(), found.clone());
        Ok(found)
    }

    fn make(&self, path: &str) -> Result<(Known, Arc<[u8]>), String> {
        let Some((place, file)) = self.files.get(path) else {
            let near =
                nearest(path, self.files.keys().map(String::as_str)).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(format!("the theme has no asset `{path}`{near}"));
        };
        match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "css" => self.style_sheet(path),
            "js" => {
                let modules = self.all_modules()?;
                let module = modules.iter().find(|module| module.path == path);
                let module = module.ok_or_else(|| format!("`{place}` changed while the shop was built; build again"))?;
                // Scripts may import each other when they run, so all are published with the first.
                let uses = modules.iter().filter(|other| other.path != path).map(|other| other.path.clone()).collect();
                Ok((Known { address: module_address(module), uses }, module.code.as_bytes().into()))
            }
            _ => {
                let bytes = file.same_bytes().map_err(|cause| format!("`{place}`: {cause}"))?;
                Ok((Known { address: address(&assets::hashed(path, &bytes)), uses: Vec::new() }, bytes))
            }
        }
    }

    fn style_sheet(&self, path: &str) -> Result<(Known, Arc<[u8]>), String> {
        let read = |path: &str| self.files.get(path)?.1.same_bytes().ok();
        // References stay relative to the sheet's own place, so that they hold under any base path.
        let depth = "../".repeat(path.matches('/').count());
        let uses: Mutex<Vec<String>> = Mutex::default();
        let resolve = |target: &str| {
            let address = self.asset(target).ok()?;
            uses.lock().expect("no thread panics while it holds the list").push(target.to_owned());
            Some(format!("{depth}{}", address.trim_start_matches("/assets/")))
        };
        // The bundler uses rayon. On a thread of its own, waiting for it cannot start another page inside this render.
        let bundled = std::thread::scope(|scope| scope.spawn(|| assets::css::bundle(path, &read, &resolve)).join());
        let css = bundled.expect("the bundler does not panic").map_err(|error| self.tell(codes::CSS, &error))?;
        let uses = uses.into_inner().expect("no thread panics while it holds the list");
        Ok((Known { address: address(&assets::hashed(path, css.as_bytes())), uses }, css.as_bytes().into()))
    }

    fn all_modules(&self) -> Result<&[Module], String> {
        let made = self.modules.get_or_init(|| {
            let scripts = self.files.iter().filter(|(path, _)| path.ends_with(".js"));
            assets::js::modules(&scripts.filter_map(|(path, (_, file))| Some((path.clone(), file.same_bytes().ok()?))).collect())
        });
        made.as_deref().map_err(|error| self.tell(codes::JS, error))
    }

    fn tell(&self, code: crate::diagnostic::Code, error: &AssetError) -> String {
        let path = self.place(&error.file);
        let bytes = self.files.get(&error.file).and_then(|(_, file)| file.bytes().ok());
        let offset = bytes.map_or(0, |bytes| offset(&bytes, error.line, error.column));
        let diagnostic = Diagnostic::error(code, error.message.clone(), Span::new(&path, offset, offset + 1));
        let mut problems = self.problems.lock().expect("no thread panics while it holds the mistakes");
        if !problems.contains(&diagnostic) {
            problems.push(diagnostic);
        }
        format!("`{path}` cannot be used: {}", error.message)
    }

    /// The assets that are asked for, and all that these refer to, by address.
    pub fn published<'a>(&self, asked: impl Iterator<Item = &'a str>) -> Vec<Asset> {
        let mut open: Vec<String> = asked.map(str::to_owned).collect();
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        while let Some(path) = open.pop() {
            if found.values().any(|known| *known == path) {
                continue;
            }
            // What cannot be made was told to whoever asked for it.
            let Ok(known) = self.known(&path) else { continue };
            open.extend(known.uses);
            found.insert(known.address, path);
        }
        found.into_iter().map(|(address, path)| Asset { address, path }).collect()
    }

    /// What was wrong with assets that were asked for.
    pub fn problems(&self) -> Vec<Diagnostic> {
        self.problems.lock().expect("no thread panics while it holds the mistakes").clone()
    }
}

/// The fonts in the themes' `fonts/`, by their files' names, and the fingerprint of all of them.
fn fonts(layers: Layers<'_>) -> Result<(Fonts, Fingerprint), Vec<Diagnostic>> {
    let mut fonts = Fonts::default();
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    let is_font = |path: &str| matches!(path.rsplit_once('.'), Some((_, "ttf" | "otf" | "ttc" | "woff" | "woff2")));
    for (path, Layered { path: place, file }) in layers.below("fonts/").into_iter().filter(|(path, _)| is_font(path)) {
        let told = |message: String| Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, SourcePath::clone(&place));
        parts.extend([Fingerprint::of(path.as_bytes()), file.fingerprint]);
        match file.same_bytes() {
            Ok(bytes) if fonts.add(&bytes) => {}
            Ok(_) => problems.push(
                told("this is no TrueType or OpenType font".to_owned()).help("drawings are written in .ttf and .otf fonts: convert it"),
            ),
            Err(cause) => problems.push(told(cause)),
        }
    }
    if problems.is_empty() { Ok((fonts, Fingerprint::join(&parts))) } else { Err(problems) }
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
