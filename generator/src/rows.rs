//! Pages that sections make of data: they join the parsed files as if each were a file of its own, before anything is connected.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::cache::ParsedFile;
use crate::diagnostic::{Diagnostic, SourcePath, Spanned, codes, nearest};
use crate::parse::data::{self, PageOfRow};
use crate::parse::page::PagesFrom;
use crate::parse::{Parsed, SourceKind};
use crate::source::{Fingerprint, Sources};

/// Every parsed file, by path.
pub type Files = BTreeMap<SourcePath, Arc<ParsedFile>>;

/// What was made of a section and its data.
#[derive(Debug)]
struct Made {
    of: [Fingerprint; 2],
    pages: Vec<(SourcePath, Arc<ParsedFile>)>,
    problems: Vec<Diagnostic>,
}

/// What the last build of this process made, by the section's file.
#[derive(Debug, Default)]
pub struct Rows(FxHashMap<SourcePath, Made>);

impl Rows {
    /// All files with the pages of rows, and what is wrong with rows.
    pub(crate) fn join<'a>(&mut self, parsed: &'a Files, sources: &Sources) -> (Cow<'a, Files>, Vec<Diagnostic>) {
        let (mut joined, mut problems) = (Cow::Borrowed(parsed), Vec::new());
        let mut known = std::mem::take(&mut self.0);
        let mut by_name: FxHashMap<String, &SourcePath> = FxHashMap::default();
        for path in parsed.keys().filter(|path| SourceKind::of(path) == Some(SourceKind::Data)) {
            if let Some(first) = by_name.insert(name(path).to_owned(), path) {
                problems.push(twice(path, first));
            }
        }
        for (path, file) in parsed {
            let Parsed::Page(section) = &file.value else { continue };
            let Some(from) = section.pages_from.as_deref() else { continue };
            let Some(data) = by_name.get(from.data.value.as_str()) else {
                problems.push(unknown(&from.data, by_name.keys().map(String::as_str)));
                continue;
            };
            let of = [file.fingerprint, parsed[*data].fingerprint];
            let made = known.remove(path).filter(|made| made.of == of).unwrap_or_else(|| make(&section.path, from, data, of, sources));
            problems.extend(made.problems.iter().cloned());
            for (path, page) in &made.pages {
                problems.extend(page.diagnostics.iter().cloned());
                if let Some(owner) = owner(parsed, path) {
                    problems.push(has_a_file(page, owner));
                } else {
                    joined.to_mut().insert(path.clone(), Arc::clone(page));
                }
            }
            self.0.insert(path.clone(), made);
        }
        (joined, problems)
    }
}

/// A data file's name: its path below `data/` without the ending.
fn name(path: &str) -> &str {
    let inner = path.strip_prefix("data/").unwrap_or(path);
    inner.rsplit_once('.').map_or(inner, |(stem, _)| stem)
}

fn make(folder: &str, from: &PagesFrom, data: &SourcePath, of: [Fingerprint; 2], sources: &Sources) -> Made {
    // A file that went away since it was parsed has no rows; the next build sees the change.
    let bytes = sources.bytes(data).unwrap_or_default();
    let (pages, problems) = data::pages(folder, from, data, &bytes);
    let file = |PageOfRow { file, page, diagnostics }: PageOfRow| {
        let fingerprint = Fingerprint::of_value(&page);
        (file, Arc::new(ParsedFile::new(fingerprint, Parsed::Page(Box::new(page)), diagnostics)))
    };
    Made { of, pages: pages.into_iter().map(file).collect(), problems }
}

/// The file that has the page of a row already.
fn owner<'a>(parsed: &'a Files, path: &SourcePath) -> Option<&'a SourcePath> {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    let others = [path.to_string(), format!("{stem}/index.md"), format!("{stem}/_index.md")];
    others.iter().find_map(|other| parsed.get_key_value(other.as_str())).map(|(path, _)| path)
}

fn has_a_file(page: &ParsedFile, owner: &SourcePath) -> Diagnostic {
    let Parsed::Page(page) = &page.value else { unreachable!("rows make pages") };
    let message = format!("the page of this row, `{}`, is the file `{owner}` already", page.path);
    Diagnostic::error(codes::ROW_ADDRESS, message, page.title.span.clone()).help("give the row another `slug`, or remove the file")
}

fn twice(path: &SourcePath, first: &SourcePath) -> Diagnostic {
    let message = format!("`{first}` and this file have the same name, `{}`", name(path));
    Diagnostic::in_file(codes::DATA_TWICE, crate::diagnostic::Severity::Error, message, path.clone()).help("rename one of them")
}

fn unknown<'n>(wanted: &Spanned<String>, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let help = match nearest(&wanted.value, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a file of `data/` without its ending".to_owned(),
    };
    let message = format!("there is no data `{}`", wanted.value);
    Diagnostic::error(codes::UNKNOWN_DATA, message, wanted.span.clone()).help(help)
}
