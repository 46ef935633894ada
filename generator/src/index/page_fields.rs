//! What pages say beyond the usual, held against the schemas of the folders that they lie in.

use super::addresses::Addresses;
use super::cascade::PageFile;
use super::{Context, Files, bodies, cascade};
use crate::diagnostic::{Code, Diagnostic, SourcePath, Spanned, codes, nearest};
use crate::parse::page_schema::{Given, PageField, read_all};
use crate::parse::{PAGE_KEYS, alt_missing, unknown_key};
use crate::site::{FieldValue, Settings};
use crate::source::Fingerprint;

/// What a page says under declared keys.
pub(super) struct PageFields {
    /// One for each declared key.
    pub(super) values: Vec<(String, FieldValue)>,
    /// Of everything in them that the page's own file does not decide.
    pub(super) fingerprint: Fingerprint,
}

/// The values of a page or post; what is wrong is told.
pub(super) fn fields(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
    page: &PageFile<'_>,
) -> PageFields {
    let declared = declared(files, page);
    let mut problems = Vec::new();
    for (name, _) in page.others.iter().filter(|(name, _)| !declared.iter().any(|field| field.name == name.value)) {
        let known: Vec<&str> = PAGE_KEYS.iter().copied().chain(declared.iter().map(|field| field.name.as_str())).collect();
        problems.push(unknown_key(&name.value, name.span.clone(), &known));
    }
    let given: Vec<_> = page.others.iter().filter(|(name, _)| declared.iter().any(|field| field.name == name.value)).cloned().collect();
    let mut given = read_all(&declared, &given, &page.title.span, &mut problems).into_iter().peekable();
    // What several pages inherit is told once.
    for problem in problems {
        context.tell_once(problem);
    }
    let mut resolver = Resolver { context, files, addresses, settings, file: &page.file, outside: Vec::new() };
    let mut values = Vec::with_capacity(declared.len());
    for field in &declared {
        let value = given.next_if(|(name, _)| *name == field.name).map(|(_, value)| value);
        values.push((field.name.clone(), value.map_or(FieldValue::Nothing, |value| resolver.resolve(field, value))));
    }
    let schemas = cascade::folders(&page.path).into_iter().filter_map(|folder| files.schemas.get(folder));
    let mut outside: Vec<Fingerprint> = schemas.map(|schema| resolver.context.source_fingerprint(&schema.file)).collect();
    outside.append(&mut resolver.outside);
    PageFields { values, fingerprint: Fingerprint::join(&outside) }
}

/// What the schemas above a page declare: of one name, the nearest.
fn declared(files: &Files<'_>, page: &PageFile<'_>) -> Vec<PageField> {
    let mut declared: Vec<PageField> = Vec::new();
    if files.schemas.is_empty() {
        return declared;
    }
    for schema in cascade::folders(&page.path).into_iter().rev().filter_map(|folder| files.schemas.get(folder)) {
        for field in &schema.fields {
            match declared.iter_mut().find(|known| known.name == field.name) {
                Some(known) => known.clone_from(field),
                None => declared.push(field.clone()),
            }
        }
    }
    declared
}

/// Looks up what values refer to.
pub(super) struct Resolver<'r, 'c> {
    pub(super) context: &'r mut Context<'c>,
    pub(super) files: &'r Files<'r>,
    pub(super) addresses: &'r Addresses,
    pub(super) settings: &'r Settings,
    /// Where the values are written.
    pub(super) file: &'r SourcePath,
    /// Of what the values depend on beyond it.
    pub(super) outside: Vec<Fingerprint>,
}

impl Resolver<'_, '_> {
    /// A value that is what its field declares.
    pub(super) fn resolve(&mut self, field: &PageField, given: Given) -> FieldValue {
        match given {
            Given::Text(text) => FieldValue::Text(text),
            Given::Number(number) => FieldValue::Number(number),
            Given::Boolean(flag) => FieldValue::Boolean(flag),
            Given::Date(seconds) => FieldValue::Date(seconds),
            Given::Markdown(text) => {
                let body = bodies::body(self.context, self.addresses, self.settings, self.file, &text);
                self.outside.push(body.outside_fingerprint());
                FieldValue::Prose(body)
            }
            Given::Picture(file, alt) => {
                if alt.is_none() {
                    self.context.tell_once(alt_missing(&file));
                }
                let alt = alt.map(|alt| Spanned::new(alt, file.span.clone()));
                self.context.picture(self.file, &file, alt.as_ref()).map_or(FieldValue::Nothing, FieldValue::Picture)
            }
            Given::Page(path) => {
                if !self.files.knows_page(&path) {
                    let known = self.files.pages.iter().map(|page| page.path.as_str());
                    let near = nearest(&path, known).map(str::to_owned);
                    self.unknown(codes::UNKNOWN_PAGE, "page", &path, near);
                }
                FieldValue::Page(path.value)
            }
            Given::Product(id) => {
                if !self.files.knows_product(&id) {
                    let known = self.files.products.iter().map(|product| product.id.as_str());
                    let near = nearest(&id, known).map(str::to_owned);
                    self.unknown(codes::UNKNOWN_PRODUCT, "product", &id, near);
                }
                FieldValue::Product(id.value)
            }
            Given::List(entries) => FieldValue::List(entries.into_iter().map(|entry| self.resolve(field, entry)).collect()),
            Given::Map(entries) => FieldValue::Map(self.map(field, entries)),
        }
    }

    /// A value for each key that is declared.
    fn map(&mut self, field: &PageField, entries: Vec<(String, Given)>) -> Vec<(String, FieldValue)> {
        let mut entries = entries.into_iter().peekable();
        let mut values = Vec::with_capacity(field.fields.len());
        for inner in &field.fields {
            let value = entries.next_if(|(name, _)| *name == inner.name).map(|(_, value)| value);
            values.push((inner.name.clone(), value.map_or(FieldValue::Nothing, |value| self.resolve(inner, value))));
        }
        values
    }

    fn unknown(&mut self, code: Code, what: &str, name: &Spanned<String>, near: Option<String>) {
        let help = near
            .map_or_else(|| "correct the name or remove it".to_owned(), |near| format!("a {what} with a similar name exists: `{near}`"));
        let message = format!("unknown {what} `{}`", name.value);
        self.context.tell_once(Diagnostic::error(code, message, name.span.clone()).label(format!("no {what} has this name")).help(help));
    }
}
