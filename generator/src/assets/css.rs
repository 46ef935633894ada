//! A theme's style sheets: imports inlined, written for the browsers we serve, minified, and every
//! `url()` pointed at the fingerprinted file.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

use lightningcss::bundler::{BundleErrorKind, Bundler, ResolveResult, SourceProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions, UrlDependency};
use lightningcss::error::{Error, ErrorLocation, PrinterErrorKind};
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet, ToCssResult};
use lightningcss::targets::{Browsers, Targets};

use super::{AssetError, place, text};

/// Reads a theme's file by its path; `None` when there is none.
pub type Read<'a> = &'a dyn Fn(&str) -> Option<Arc<[u8]>>;

/// The address to write for what a `url()` names: a path of the theme, resolved (`fonts/a.woff2`),
/// or an address from the site's root as it was written (`/img/a.svg`); `None` when there is none.
pub type Address<'a> = &'a dyn Fn(&str) -> Option<String>;

/// One style sheet out of `entry` and all that it imports.
///
/// The first mistake is returned; files are looked at in the order of their imports.
pub fn bundle(entry: &str, read: Read<'_>, address: Address<'_>) -> Result<String, AssetError> {
    let sheets = Sheets::load(entry, read)?;
    let printed = on_one_thread(|| sheets.print(entry))?;
    sheets.point_urls(printed, address)
}

/// Browsers from the spring of 2022 on, the first with cascade layers. Newer syntax (nesting,
/// `oklch()`, media ranges) is written in older words for them.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some((major << 16) | (minor << 8));
    Targets::from(Browsers {
        android: version(99, 0),
        chrome: version(99, 0),
        edge: version(99, 0),
        firefox: version(97, 0),
        ie: None,
        ios_saf: version(15, 4),
        opera: version(86, 0),
        safari: version(15, 4),
        samsung: version(18, 0),
    })
}

/// The bundler parses imports in parallel and merges the conditions of a file that is imported
/// twice in the order of arrival; on one thread the result is always the same.
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        // No thread to be had: the work matters more.
        Err(_) => work(),
    }
}

/// Every style sheet that the entry reaches, by path.
struct Sheets(BTreeMap<String, String>);

impl Sheets {
    /// Follows the imports. This parses each file once more than the bundler does, and in turn
    /// makes errors come in a fixed order and needs no thread-safe reader.
    fn load(entry: &str, read: Read<'_>) -> Result<Self, AssetError> {
        let mut sheets = Self(BTreeMap::new());
        let bytes = read(entry).ok_or_else(|| AssetError::at(entry, "", 0, format!("the theme has no file `{entry}`: add it")))?;
        sheets.visit(entry, &bytes, read)?;
        Ok(sheets)
    }

    fn visit(&mut self, path: &str, bytes: &[u8], read: Read<'_>) -> Result<(), AssetError> {
        let source = text(path, bytes)?.to_owned();
        let imports = imports(path, &source)?;
        self.0.insert(path.to_owned(), source);
        for import in imports {
            let target = self.import_target(path, &import)?;
            if self.0.contains_key(&target) {
                continue;
            }
            let bytes = read(&target).ok_or_else(|| {
                let message = format!("the theme has no file `{target}`: correct the path or add it");
                self.error_at(path, import.line, import.column, message)
            })?;
            self.visit(&target, &bytes, read)?;
        }
        Ok(())
    }

    fn import_target(&self, path: &str, import: &Import) -> Result<String, AssetError> {
        let message = match reference(&import.url) {
            Reference::Relative(target) => match place::resolve(path, target) {
                Some(target) => return Ok(target),
                None => format!("`{}` lies outside the theme: move the file into it", import.url),
            },
            _ => format!(
                "`{}` is not a file of the theme: copy it into the theme and import it by a \
                 relative path",
                import.url
            ),
        };
        Err(self.error_at(path, import.line, import.column, message))
    }

    fn print(&self, entry: &str) -> Result<ToCssResult, AssetError> {
        let mut bundler = Bundler::new(self, None, ParserOptions::default());
        let mut sheet = bundler.bundle(Path::new(entry)).map_err(|error| {
            let message = bundle_message(&error.kind);
            self.located(entry, error.loc.as_ref(), message)
        })?;
        let targets = targets();
        sheet
            .minify(MinifyOptions { targets, ..MinifyOptions::default() })
            .map_err(|error| self.located(entry, error.loc.as_ref(), lower(&error.kind.to_string())))?;
        sheet
            .to_css(PrinterOptions {
                minify: true,
                targets,
                // Puts a placeholder in the place of each address and lists them.
                analyze_dependencies: Some(DependencyOptions::default()),
                ..PrinterOptions::default()
            })
            .map_err(|error: Error<PrinterErrorKind>| self.located(entry, error.loc.as_ref(), printer_message(&error.kind)))
    }

    /// Puts the addresses back where the printer left placeholders.
    fn point_urls(&self, printed: ToCssResult, address: Address<'_>) -> Result<String, AssetError> {
        let mut code = printed.code;
        let mut seen = BTreeMap::new();
        for dependency in printed.dependencies.into_iter().flatten() {
            let Dependency::Url(url) = dependency else {
                continue;
            };
            let target = self.url_target(&url, address)?;
            if seen.insert(url.placeholder.clone(), target.clone()).is_none() {
                code = code.replace(&format!("\"{}\"", url.placeholder), &quoted(&target));
            }
        }
        Ok(code)
    }

    fn url_target(&self, url: &UrlDependency, address: Address<'_>) -> Result<String, AssetError> {
        let file = &url.loc.file_path;
        let message = match reference(&url.url) {
            Reference::Inline => return Ok(url.url.clone()),
            Reference::Remote => format!("`{}` is on another host, where browsers may not load it from: copy it into the theme", url.url),
            Reference::Root(path) | Reference::Relative(path) => {
                // `font.eot?#iefix`: the file is what stands before.
                let end = path.find(['?', '#']).unwrap_or(path.len());
                let (path, suffix) = path.split_at(end);
                let found = if path.starts_with('/') { address(path) } else { place::resolve(file, path).and_then(|path| address(&path)) };
                match found {
                    Some(found) => return Ok(found + suffix),
                    None => format!("there is no file `{path}`: correct the path or add it"),
                }
            }
        };
        Err(self.error_at(file, url.loc.start.line, url.loc.start.column, message))
    }

    /// An error at the place that the library gives (lines from 0), or at the entry's start.
    fn located(&self, entry: &str, loc: Option<&ErrorLocation>, message: String) -> AssetError {
        match loc {
            Some(loc) => self.error_at(&loc.filename, loc.line + 1, loc.column, message),
            None => self.error_at(entry, 1, 1, message),
        }
    }

    /// An error at a line and a column from 1, where the library counts UTF-16 units.
    fn error_at(&self, file: &str, line: u32, column: u32, message: String) -> AssetError {
        let source = self.0.get(file).map_or("", String::as_str);
        let column = character_column(source, line, column);
        AssetError { file: file.to_owned(), line, column, message }
    }
}

/// The bundler's view of the sheets: everything is there already.
impl SourceProvider for Sheets {
    type Error = Infallible;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, Infallible> {
        let sheet = file.to_str().and_then(|path| self.0.get(path));
        Ok(sheet.expect("every import was followed before bundling"))
    }

    fn resolve(&self, specifier: &str, from: &Path) -> Result<ResolveResult, Infallible> {
        let target = from.to_str().and_then(|from| place::resolve(from, specifier));
        let target = target.expect("every import was resolved before bundling");
        Ok(ResolveResult::File(target.into()))
    }
}

/// An `@import`, with its place (line and column from 1, in UTF-16 units).
struct Import {
    url: String,
    line: u32,
    column: u32,
}

fn imports(path: &str, source: &str) -> Result<Vec<Import>, AssetError> {
    let options = ParserOptions { filename: path.to_owned(), ..ParserOptions::default() };
    let sheet = StyleSheet::parse(source, options).map_err(|error| {
        let (line, column) = error.loc.map_or((1, 1), |loc| (loc.line + 1, loc.column));
        AssetError { file: path.to_owned(), line, column: character_column(source, line, column), message: lower(&error.kind.to_string()) }
    })?;
    let imports = sheet.rules.0.iter().filter_map(|rule| match rule {
        CssRule::Import(import) => Some(Import { url: import.url.to_string(), line: import.loc.line + 1, column: import.loc.column }),
        _ => None,
    });
    Ok(imports.collect())
}

/// What an address in a style sheet refers to.
enum Reference<'a> {
    /// A file beside the sheet.
    Relative(&'a str),
    /// Something of this site, from its root.
    Root(&'a str),
    /// Part of the sheet or of the page itself: `data:` and `#id`.
    Inline,
    /// Another host's.
    Remote,
}

fn reference(url: &str) -> Reference<'_> {
    if url.starts_with("//") {
        return Reference::Remote;
    }
    if url.starts_with('/') {
        return Reference::Root(url);
    }
    if url.is_empty() || url.starts_with('#') {
        return Reference::Inline;
    }
    match url.split_once(':') {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("data") => Reference::Inline,
        Some((scheme, _)) if is_scheme(scheme) => Reference::Remote,
        _ => Reference::Relative(url),
    }
}

/// RFC 3986, section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// A CSS string (CSS Syntax 3, section 4.3.5).
fn quoted(text: &str) -> String {
    let mut string = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => string.extend(['\\', letter]),
            '\n' => string.push_str("\\a "),
            _ => string.push(letter),
        }
    }
    string.push('"');
    string
}

fn bundle_message(kind: &BundleErrorKind<'_, Infallible>) -> String {
    match kind {
        BundleErrorKind::ParserError(error) => lower(&error.to_string()),
        BundleErrorKind::UnsupportedImportCondition
        | BundleErrorKind::UnsupportedLayerCombination
        | BundleErrorKind::UnsupportedMediaBooleanLogic => {
            "one file is imported twice under conditions that cannot be joined: import it once".to_owned()
        }
        other => lower(&other.to_string()),
    }
}

fn printer_message(kind: &PrinterErrorKind) -> String {
    match kind {
        PrinterErrorKind::AmbiguousUrlInCustomProperty { url } => format!(
            "`url({url})` in a custom property would be looked for where the property is used: \
             write the `url()` there"
        ),
        other => lower(&other.to_string()),
    }
}

/// The library's sentence in the form of our messages.
fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A column from 1 in characters, out of one in UTF-16 units.
fn character_column(source: &str, line: u32, column: u32) -> u32 {
    let text = source.split('\n').nth(line as usize - 1).unwrap_or("");
    let mut units_left = column.saturating_sub(1) as usize;
    let mut characters = 1;
    for letter in text.chars() {
        if units_left == 0 {
            break;
        }
        units_left = units_left.saturating_sub(letter.len_utf16());
        characters += 1;
    }
    characters
}

#[cfg(test)]
mod tests;
