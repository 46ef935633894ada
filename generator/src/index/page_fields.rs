//! What pages say beyond the usual, held against the schemas of the folders that they lie in.

use super::addresses::Addresses;
use super::cascade::PageFile;
use super::{Context, Files, bodies, cascade};
use crate::diagnostic::{Code, Diagnostic, SourcePath, Span, Spanned, codes};
use crate::parse::loose::{Loose, LooseValue};
use crate::parse::page_schema::{FieldType, Given, PageField, read_all};
use crate::parse::{CASCADE_KEYS, PAGE_KEYS, ParsedPage, SortBy, SourceKind, alt_missing, list_of, unknown_key};
use crate::site::{FieldValue, Settings};
use crate::source::Fingerprint;

/// What a page says under declared keys.
pub(super) struct PageFields {
    /// One for each declared key.
    pub(super) values: Vec<(String, FieldValue)>,
    /// Of everything in them that the page's own file does not decide.
    pub(super) fingerprint: Fingerprint,
}

/// What a page says under declared keys, before what it refers to is looked up.
pub(super) struct Said {
    declared: Vec<PageField>,
    given: Vec<(String, Given)>,
}

/// Reads what a page or post says beyond the usual, whether or not it is shown; what is wrong is told.
pub(super) fn read(context: &mut Context<'_>, files: &Files<'_>, page: &PageFile<'_>) -> Said {
    let declared = declared(files, page);
    let is_declared = |name: &str| declared.iter().any(|field| field.name == name);
    let mut problems = Vec::new();
    // What a section hands down and this page has not is for others.
    for (name, _) in page.others[..page.own_keys].iter().filter(|(name, _)| !page.is_row && !is_declared(&name.value)) {
        let known: Vec<&str> = PAGE_KEYS.iter().copied().chain(declared.iter().map(|field| field.name.as_str())).collect();
        problems.push(unknown_key(&name.value, name.span.clone(), &known));
    }
    let given: Vec<_> = page.others.iter().filter(|(name, _)| is_declared(&name.value)).cloned().collect();
    let given = read_all(&declared, &given, &page.title.span, &mut problems);
    // What several pages inherit is told once.
    for problem in problems {
        context.tell_once(problem);
    }
    Said { declared, given }
}

/// Tells of keys of a section that nobody knows: it has none of its own, and hands down those of pages.
pub(super) fn tell_of_section(context: &mut Context<'_>, files: &Files<'_>, section: &ParsedPage) {
    for (name, _) in &section.others {
        context.tell_once(unknown_key(&name.value, name.span.clone(), PAGE_KEYS));
    }
    tell_of_order(context, files, section);
    let Some(cascade) = section.cascade.as_ref().filter(|cascade| !cascade.others.is_empty()) else { return };
    let is_within = |inner: &str, outer: &str| {
        outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // Pages below have what is declared here, above and below.
    let here = files.schemas.iter().filter(|(folder, _)| is_within(folder, &section.path) || is_within(&section.path, folder));
    let declared: Vec<&str> = here.flat_map(|(_, schema)| schema.fields.iter().map(|field| field.name.as_str())).collect();
    for (name, _) in cascade.others.iter().filter(|(name, _)| !declared.contains(&name.value.as_str())) {
        let known: Vec<&str> = CASCADE_KEYS.iter().copied().chain(declared.iter().copied()).collect();
        context.tell_once(unknown_key(&name.value, name.span.clone(), &known));
    }
}

/// Tells of a section that orders its pages by a key that none of them can have, or that has no order.
fn tell_of_order(context: &mut Context<'_>, files: &Files<'_>, section: &ParsedPage) {
    let Some(Spanned { value: SortBy::Field(name), span }) = &section.sort else { return };
    let folders = std::iter::once(section.path.as_str()).chain(cascade::folders(&section.path));
    let declared: Vec<&PageField> = folders.filter_map(|folder| files.schemas.get(folder)).flat_map(|schema| &schema.fields).collect();
    let Some(field) = declared.iter().find(|field| field.name == *name) else {
        // Rows may have columns of which nothing was declared.
        let has_column = |page: &PageFile<'_>| page.is_row && page.others.iter().any(|(column, _)| column.value == *name);
        if section.pages_from.is_some() && files.pages.iter().any(has_column) {
            return;
        }
        let known: Vec<&str> = ["date", "order", "title"].into_iter().chain(declared.iter().map(|field| field.name.as_str())).collect();
        let help = match crate::diagnostic::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("pages are ordered by {}, or by a key that a `_schema.yaml` declares", list_of(&known)),
        };
        return context.tell_once(Diagnostic::error(codes::UNKNOWN_CHOICE, format!("no page has a key `{name}`"), span.clone()).help(help));
    };
    let has_order = matches!(field.sort, FieldType::Text | FieldType::Number | FieldType::Boolean | FieldType::Date | FieldType::Choice);
    if !has_order {
        let message = format!("pages cannot be ordered by `{name}`");
        let help = "order them by a text, a number, a date, a choice, or by yes and no";
        context.tell_once(Diagnostic::error(codes::UNKNOWN_CHOICE, message, span.clone()).help(help));
    }
}

/// The values of what a page says; what they refer to and is not there is told.
pub(super) fn fields(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
    page: &PageFile<'_>,
    said: Said,
) -> PageFields {
    let Said { declared, given } = said;
    let mut given = given.into_iter().peekable();
    let mut resolver = Resolver { context, files, addresses, settings, file: &page.file, outside: Vec::new() };
    let mut values = Vec::with_capacity(declared.len());
    for field in &declared {
        let value = given.next_if(|(name, _)| *name == field.name).map(|(_, value)| value);
        values.push((field.name.clone(), value.map_or(FieldValue::Nothing, |value| resolver.resolve(field, value))));
    }
    // A row may have columns of which nothing was declared.
    let undeclared = page.others.iter().filter(|(name, _)| page.is_row && !declared.iter().any(|field| field.name == name.value));
    values.extend(undeclared.map(|(name, value)| (name.value.clone(), free(value))));
    let schemas = cascade::folders(&page.path).into_iter().filter_map(|folder| files.schemas.get(folder));
    let mut outside: Vec<Fingerprint> = schemas.map(|schema| resolver.context.source_fingerprint(&schema.file)).collect();
    outside.append(&mut resolver.outside);
    PageFields { values, fingerprint: Fingerprint::join(&outside) }
}

/// A value of which nothing was declared.
fn free(value: &Loose) -> FieldValue {
    match &value.value {
        LooseValue::Text(text) => FieldValue::Text(text.clone()),
        LooseValue::List(entries) => FieldValue::List(entries.iter().map(free).collect()),
        LooseValue::Map(entries) => FieldValue::Map(entries.iter().map(|(name, value)| (name.value.clone(), free(value))).collect()),
    }
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
                let (from, told) = (self.origin(&text.span), self.context.problems.len());
                let body = bodies::body(self.context, self.addresses, self.settings, &from, &text);
                // Several pages may inherit the text.
                for problem in self.context.problems.split_off(told) {
                    self.context.tell_once(problem);
                }
                self.outside.push(body.outside_fingerprint());
                FieldValue::Prose(body)
            }
            Given::Picture(file, alt, focus) => {
                if alt.is_none() {
                    self.context.tell_once(alt_missing(&file));
                }
                let alt = alt.map(|alt| Spanned::new(alt, file.span.clone()));
                self.context.picture(&self.origin(&file.span), &file, alt.as_ref(), focus).map_or(FieldValue::Nothing, FieldValue::Picture)
            }
            Given::Page(path) => {
                if !self.files.knows_page(&path) {
                    let known = self.files.pages.iter().map(|page| page.path.as_str());
                    let near = self.context.near(&path, known).map(str::to_owned);
                    self.unknown(codes::UNKNOWN_PAGE, "page", &path, near);
                }
                FieldValue::Page(path.value)
            }
            Given::Product(id) => {
                if !self.files.knows_product(&id) {
                    let known = self.files.products.iter().map(|product| product.id.as_str());
                    let near = self.context.near(&id, known).map(str::to_owned);
                    self.unknown(codes::UNKNOWN_PRODUCT, "product", &id, near);
                }
                FieldValue::Product(id.value)
            }
            Given::List(entries) => FieldValue::List(entries.into_iter().map(|entry| self.resolve(field, entry)).collect()),
            Given::Map(entries) => FieldValue::Map(self.map(field, entries)),
        }
    }

    /// The file beside which a value's files lie: the page's, also for its translation; for what it inherits, the section's.
    fn origin(&self, written: &Span) -> SourcePath {
        let is_translation = || SourceKind::overlay(&written.file).is_some_and(|place| place.original == **self.file);
        SourcePath::clone(if written.file == *self.file || is_translation() { self.file } else { &written.file })
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
