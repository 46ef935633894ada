//! A shop's files as one language sees them: originals, with what the overlays beside them say instead.
//!
//! Everything after this reads translated files like any others. What was merged is kept until one of its two files changes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::money::Decimal;
use rustc_hash::FxHashMap;

use crate::cache::ParsedFile;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes, nearest};
use crate::parse::overlay::{ParsedOverlay, ProductWords, Same};
use crate::parse::{
    Parsed, ParsedCategory, ParsedCollection, ParsedPage, ParsedProduct, PictureSource, PriceText, Seo, Terms, Text, TitlePicture,
};
use crate::site::Tongue;
use crate::source::Fingerprint;

/// The files of a shop in one language.
#[derive(Debug)]
pub(super) struct Translated<'a> {
    /// Every parsed file but overlays, by path.
    pub(super) parsed: Cow<'a, BTreeMap<SourcePath, Arc<ParsedFile>>>,
    /// The languages of originals that have an overlay here; all others are as the default language has them.
    pub(super) tongues: FxHashMap<SourcePath, Tongue>,
}

/// A file with its overlay.
#[derive(Debug)]
struct Merged {
    original: Arc<ParsedFile>,
    overlay: Arc<ParsedFile>,
    file: Arc<ParsedFile>,
    tongue: Tongue,
    problems: Vec<Diagnostic>,
}

/// What was merged, by the overlay's path.
#[derive(Debug, Default)]
pub(super) struct Translations {
    /// The language of the originals.
    default: String,
    merged: FxHashMap<SourcePath, Merged>,
}

impl Translations {
    /// The files in each language, the default first, and what is wrong with overlays.
    pub(super) fn of<'a>(
        &mut self,
        parsed: &'a BTreeMap<SourcePath, Arc<ParsedFile>>,
        languages: &[String],
        drafts: bool,
    ) -> (Vec<Translated<'a>>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut by_language: BTreeMap<&str, Vec<(&SourcePath, &ParsedOverlay)>> = BTreeMap::new();
        let mut is_plain = true;
        for (path, file) in parsed {
            let Parsed::Overlay(overlay) = &file.value else { continue };
            is_plain = false;
            match languages.iter().position(|language| *language == overlay.language) {
                Some(0) => problems.push(in_default_language(path, overlay)),
                None => problems.push(unknown_language(path, overlay, languages)),
                Some(_) => match parsed.get(&overlay.original).map(|original| &original.value) {
                    None => problems.push(no_original(path, overlay, parsed)),
                    // An unreadable original has been told.
                    Some(Parsed::Failed(_)) => {}
                    Some(_) if overlay.draft && !drafts => {}
                    Some(_) => by_language.entry(&overlay.language).or_default().push((path, overlay)),
                },
            }
        }
        let mut known = std::mem::take(&mut self.merged);
        if self.default != languages[0] {
            known.clear();
            self.default.clone_from(&languages[0]);
        }
        let originals = || -> Cow<'a, _> {
            if is_plain {
                return Cow::Borrowed(parsed);
            }
            let originals = parsed.iter().filter(|(_, file)| !matches!(file.value, Parsed::Overlay(_)));
            Cow::Owned(originals.map(|(path, file)| (path.clone(), Arc::clone(file))).collect())
        };
        let mut translated = Vec::with_capacity(languages.len());
        for language in languages {
            let mut view = Translated { parsed: originals(), tongues: FxHashMap::default() };
            for (path, overlay) in by_language.remove(language.as_str()).unwrap_or_default() {
                let (original, of) = (&parsed[&overlay.original], &parsed[path]);
                let same = known.remove(path).filter(|m| Arc::ptr_eq(&m.original, original) && Arc::ptr_eq(&m.overlay, of));
                let merged = same.unwrap_or_else(|| merge(original, of, overlay, &languages[0]));
                problems.extend(merged.problems.iter().cloned());
                view.parsed.to_mut().insert(overlay.original.clone(), Arc::clone(&merged.file));
                view.tongues.insert(overlay.original.clone(), merged.tongue.clone());
                self.merged.insert(path.clone(), merged);
            }
            translated.push(view);
        }
        (translated, problems)
    }
}

fn in_default_language(path: &SourcePath, overlay: &ParsedOverlay) -> Diagnostic {
    let message = format!("`{}` is the shop's first language, which has no files of its own", overlay.language);
    let told = Diagnostic::in_file(codes::UNKNOWN_LANGUAGE, Severity::Error, message, path.clone());
    told.help(format!("write its texts into `{}`", overlay.original))
}

fn unknown_language(path: &SourcePath, overlay: &ParsedOverlay, languages: &[String]) -> Diagnostic {
    let message = format!("`{}` is not a language of the shop", overlay.language);
    let help = nearest(&overlay.language, languages.iter().map(String::as_str)).map_or_else(
        || format!("add `{}` to `languages` in `shop.yaml`, or rename the file", overlay.language),
        |near| format!("the shop has `{near}`; rename the file, or add `{}` to `languages` in `shop.yaml`", overlay.language),
    );
    Diagnostic::in_file(codes::UNKNOWN_LANGUAGE, Severity::Error, message, path.clone()).help(help)
}

fn no_original(path: &SourcePath, overlay: &ParsedOverlay, parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>) -> Diagnostic {
    let message = format!("there is no `{}` of which this could be the translation", overlay.original);
    let folder = overlay.original.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = parsed.iter().filter(|(_, file)| !matches!(file.value, Parsed::Overlay(_))).map(|(path, _)| &**path);
    let beside = beside.filter(|other| other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder);
    let help = nearest(&overlay.original, beside).map_or_else(
        || "write the original in the shop's first language".to_owned(),
        |near| format!("a file with a similar name is there: `{near}`"),
    );
    Diagnostic::in_file(codes::NO_ORIGINAL, Severity::Error, message, path.clone()).help(help)
}

/// An original with what its overlay says instead.
fn merge(original: &Arc<ParsedFile>, from: &Arc<ParsedFile>, overlay: &ParsedOverlay, default: &str) -> Merged {
    let mut problems = Vec::new();
    let mut value = original.value.clone();
    let had = apply(&mut value, overlay, &mut problems);
    let has_line = overlay.summary.is_some() || overlay.description.is_some();
    let is_body_translated = overlay.text.is_some() || !had.text;
    // Something of the original may have been left out because it is wrong, which has been told.
    if original.diagnostics.iter().any(Diagnostic::is_error) {
        problems.clear();
    }
    let file = ParsedFile {
        fingerprint: Fingerprint::join(&[original.fingerprint, from.fingerprint]),
        outline: Fingerprint::join(&[original.outline, from.outline]),
        value,
        diagnostics: Vec::new(),
    };
    let or_default = |is_translated: bool| if is_translated { String::new() } else { default.to_owned() };
    let tongue = Tongue {
        is_native: overlay.title.is_some() || overlay.text.is_some(),
        words: or_default(overlay.title.is_some()),
        // Where there is no line, the beginning of the text stands in.
        lines: or_default(has_line || !had.line && is_body_translated),
        body: or_default(is_body_translated),
    };
    Merged { original: Arc::clone(original), overlay: Arc::clone(from), file: Arc::new(file), tongue, problems }
}

/// What the original has that can be translated.
struct Had {
    line: bool,
    text: bool,
}

/// Puts an overlay's texts into a value.
fn apply(value: &mut Parsed, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) -> Had {
    match value {
        Parsed::Product(product) => apply_to_product(product, overlay, problems),
        Parsed::Category(category) => apply_to_category(category, overlay, problems),
        Parsed::Collection(collection) => apply_to_collection(collection, overlay, problems),
        Parsed::Page(page) => apply_to_page(page, overlay, problems),
        Parsed::Settings(_)
        | Parsed::Discounts(_)
        | Parsed::PageSchema(_)
        | Parsed::Data(_)
        | Parsed::Theme(_)
        | Parsed::Overlay(_)
        | Parsed::Failed(_) => {
            unreachable!("overlays lie beside products, categories, collections and pages")
        }
    }
}

fn apply_to_product(product: &mut ParsedProduct, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) -> Had {
    let had = Had { line: product.summary.is_some(), text: product.description.as_ref().is_some_and(has_words) };
    product.complete &= overlay.complete;
    title(&mut product.title, overlay);
    replace_some(&mut product.summary, overlay.summary.as_ref());
    product.slug = overlay.slug.clone().map(Box::new);
    replace_some(&mut product.description, overlay.text.as_ref());
    replace(&mut product.tags, overlay.tags.as_ref());
    terms(&mut product.taxonomies, overlay);
    product.aliases.clone_from(&overlay.aliases);
    seo(&mut product.seo, overlay);
    product_words(product, &overlay.product, problems);
    product_alts(product, overlay, problems);
    had
}

fn apply_to_category(category: &mut ParsedCategory, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) -> Had {
    let had = Had { line: category.description.is_some(), text: has_words(&category.body) };
    category.complete &= overlay.complete;
    title(&mut category.title, overlay);
    replace_some(&mut category.description, overlay.description.as_ref());
    replace(&mut category.body, overlay.text.as_ref());
    category.aliases.clone_from(&overlay.aliases);
    seo(&mut category.seo, overlay);
    alts(&mut category.image, overlay, problems);
    had
}

fn apply_to_collection(collection: &mut ParsedCollection, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) -> Had {
    let had = Had { line: collection.summary.is_some(), text: collection.description.as_ref().is_some_and(has_words) };
    collection.complete &= overlay.complete;
    title(&mut collection.title, overlay);
    replace_some(&mut collection.summary, overlay.summary.as_ref());
    replace_some(&mut collection.description, overlay.text.as_ref());
    collection.aliases.clone_from(&overlay.aliases);
    seo(&mut collection.seo, overlay);
    alts(&mut collection.image, overlay, problems);
    had
}

fn apply_to_page(page: &mut ParsedPage, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) -> Had {
    let had = Had { line: page.summary.is_some() || page.description.is_some(), text: has_words(&page.body) };
    page.complete &= overlay.complete;
    title(&mut page.title, overlay);
    // Each stands in for the other where one is missing, which must not bring the original's back.
    if overlay.description.is_some() || overlay.summary.is_some() {
        page.description.clone_from(&overlay.description);
        page.summary.clone_from(&overlay.summary);
    }
    if overlay.slug.is_some() || overlay.address.is_some() {
        page.slug.clone_from(&overlay.slug);
        page.address.clone_from(&overlay.address);
    }
    replace(&mut page.body, overlay.text.as_ref());
    replace_some(&mut page.tags, overlay.tags.as_ref());
    terms(&mut page.taxonomies, overlay);
    for (name, value) in &overlay.others {
        match page.others.iter_mut().find(|(known, _)| known.value == name.value) {
            Some((_, place)) => place.clone_from(value),
            None => page.others.push((name.clone(), value.clone())),
        }
    }
    page.aliases.clone_from(&overlay.aliases);
    seo(&mut page.seo, overlay);
    alts(&mut page.image, overlay, problems);
    had
}

/// The title's place stays the original's: what is told there concerns the whole entry, in every language.
fn title(place: &mut Spanned<String>, overlay: &ParsedOverlay) {
    if let Some(title) = &overlay.title {
        place.value.clone_from(&title.value);
    }
}

/// Words of a taxonomy stand instead of all that the original has of it.
fn terms(place: &mut Terms, overlay: &ParsedOverlay) {
    for (name, words) in &overlay.taxonomies {
        match place.iter_mut().find(|(known, _)| known.value == name.value) {
            Some((_, known)) => known.clone_from(words),
            None => place.push((name.clone(), words.clone())),
        }
    }
}

fn has_words(text: &Text) -> bool {
    text.markdown.words > 0
}

fn replace<T: Clone>(place: &mut T, by: Option<&T>) {
    if let Some(by) = by {
        place.clone_from(by);
    }
}

fn replace_some<T: Clone>(place: &mut Option<T>, by: Option<&T>) {
    if by.is_some() {
        *place = by.cloned();
    }
}

/// A text for search engines is made of the translated words where the overlay has none of its own.
fn seo(place: &mut Seo, overlay: &ParsedOverlay) {
    if overlay.seo.title.is_some() || overlay.title.is_some() {
        place.title.clone_from(&overlay.seo.title);
    }
    if overlay.seo.description.is_some() || overlay.summary.is_some() || overlay.description.is_some() || overlay.text.is_some() {
        place.description.clone_from(&overlay.seo.description);
    }
}

fn alts(picture: &mut Option<TitlePicture>, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) {
    for (file, alt) in &overlay.alts {
        match picture {
            Some(picture) if picture.file.value == file.value => picture.alt = Some(alt.clone()),
            _ => {
                let there = picture.iter().map(|picture| picture.file.value.as_str());
                problems.push(nothing("picture", file, there));
            }
        }
    }
}

fn product_alts(product: &mut ParsedProduct, overlay: &ParsedOverlay, problems: &mut Vec<Diagnostic>) {
    let name = |source: &PictureSource| match source {
        PictureSource::File(name) | PictureSource::Url(name) => name.value.clone(),
    };
    for (file, alt) in &overlay.alts {
        match product.images.iter_mut().find(|image| name(&image.source) == file.value) {
            Some(image) => image.alt = Some(alt.clone()),
            None => {
                let there: Vec<String> = product.images.iter().map(|image| name(&image.source)).collect();
                problems.push(nothing("picture", file, there.iter().map(String::as_str)));
            }
        }
    }
}

fn product_words(product: &mut ParsedProduct, words: &ProductWords, problems: &mut Vec<Diagnostic>) {
    replace_some(&mut product.brand, words.brand.as_ref());
    for (name, words) in &words.options {
        let Some(option) = product.options.iter_mut().find(|option| option.name.value == name.value) else {
            problems.push(nothing("option", name, product.options.iter().map(|option| option.name.value.as_str())));
            continue;
        };
        option.title.clone_from(&words.title);
        for (value, title) in &words.values {
            match option.values.iter().position(|known| known.value == value.value) {
                Some(index) => option.value_titles.push((index, title.clone())),
                None => problems.push(nothing("value", value, option.values.iter().map(|value| value.value.as_str()))),
            }
        }
    }
    for (name, words) in &words.fields {
        let Some(field) = product.fields.iter_mut().find(|field| field.name.value == name.value) else {
            problems.push(nothing("field", name, product.fields.iter().map(|field| field.name.value.as_str())));
            continue;
        };
        replace(&mut field.title, words.title.as_ref());
        for (value, title) in &words.values {
            match field.choices.iter().position(|known| known.value == value.value) {
                Some(index) => field.choice_titles.push((index, title.clone())),
                None => problems.push(nothing("choice", value, field.choices.iter().map(|choice| choice.value.as_str()))),
            }
        }
    }
    for (name, words) in &words.specifications {
        match product.specifications.iter_mut().find(|(known, _)| known.value == name.value) {
            Some((known, text)) => {
                if let Some(title) = &words.title {
                    known.clone_from(title);
                }
                text.clone_from(&words.value);
            }
            None => problems.push(nothing("specification", name, product.specifications.iter().map(|(name, _)| name.value.as_str()))),
        }
    }
    for (name, title) in &words.files {
        match product.files.iter_mut().find(|file| file.file.value == name.value) {
            Some(file) => file.title = Some(title.clone()),
            None => problems.push(nothing("file", name, product.files.iter().map(|file| file.file.value.as_str()))),
        }
    }
    if let Some(external) = &mut product.external {
        replace_some(&mut external.label, words.label.as_ref());
    }
    same(product, &words.same, problems);
}

fn nothing<'a>(what: &str, name: &Spanned<String>, there: impl Iterator<Item = &'a str>) -> Diagnostic {
    let help = nearest(name, there)
        .map_or_else(|| "remove it, or add it to the original first".to_owned(), |near| format!("the original has `{near}`"));
    let message = format!("the original has no {what} `{}`", name.value);
    Diagnostic::error(codes::NOTHING_TO_TRANSLATE, message, name.span.clone()).label("named as in the original").help(help)
}

/// Tells of values that stand once, in the original, and are others here.
fn same(product: &ParsedProduct, words: &Same, problems: &mut Vec<Diagnostic>) {
    let mut tell = |key: &str, span: &crate::diagnostic::Span| {
        let message = format!("`{key}` is not what the original says");
        let told = Diagnostic::error(codes::NOT_A_TEXT, message, span.clone()).label("a translation changes texts alone");
        problems.push(told.help(format!("remove `{key}` here, or change it in `{}`", product.file)));
    };
    if let Some(kind) = words.kind.as_ref().filter(|kind| kind.value != product.kind) {
        tell("kind", &kind.span);
    }
    for (key, here, there) in
        [("price", &words.price, product.sold.price.as_ref()), ("compare_at", &words.compare_at, product.sold.compare_at.as_deref())]
    {
        if let Some(here) = here.as_ref().filter(|here| !there.is_some_and(|there| is_same_price(here, there))) {
            tell(key, &here.span);
        }
    }
    if let Some(sku) = words.sku.as_ref().filter(|sku| product.sku.as_ref().is_none_or(|there| there.value != sku.value)) {
        tell("sku", &sku.span);
    }
    if let Some(stock) = words.stock.as_ref().filter(|stock| product.sold.stock.as_ref().is_none_or(|there| there.value != stock.value)) {
        tell("stock", &stock.span);
    }
}

fn is_same_price(a: &PriceText, b: &PriceText) -> bool {
    use crate::parse::Amounts::{Each, One};
    match (&a.value, &b.value) {
        (One(a), One(b)) => is_same_amount(a.value, b.value),
        (Each(a), Each(b)) => {
            let is_in = |(code, amount): &(Spanned<String>, Spanned<Decimal>)| {
                b.iter().any(|(other, known)| other.value == code.value && is_same_amount(known.value, amount.value))
            };
            a.len() == b.len() && a.iter().all(is_in)
        }
        _ => false,
    }
}

/// `12.5` is `12.50`.
fn is_same_amount(a: Decimal, b: Decimal) -> bool {
    let scale = a.decimals().max(b.decimals());
    a.at_scale(scale) == b.at_scale(scale)
}
