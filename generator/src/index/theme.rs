//! The shop's theme: which others it builds on, and what the shop sets of it, held against what they declare.

use std::collections::BTreeSet;

use super::addresses::Addresses;
use super::page_fields::Resolver;
use super::{Context, Files};
use crate::diagnostic::{Diagnostic, Spanned, codes, nearest};
use crate::locale;
use crate::parse::loose::{Loose, LooseValue};
use crate::parse::page_schema::{FieldType, PageField, read_all};
use crate::parse::{Parsed, ParsedSettings, ParsedTheme};
use crate::site::{FieldValue, Settings, ThemeSettings};
use crate::theme::Layers;

/// The theme's name, and those of the themes that it builds on, each before its own parent; what is wrong is told.
pub(super) fn lineage(context: &mut Context<'_>, chosen: &Spanned<String>, languages: &[Spanned<String>]) -> Vec<String> {
    let mut themes = vec![chosen.value.clone()];
    if !is_there(context, chosen) {
        let message = format!("there is no theme `{}`", chosen.value);
        let told = Diagnostic::error(codes::UNKNOWN_THEME, message, chosen.span.clone()).label("no such folder in `themes/`");
        context.tell(told.help(near_theme(context, chosen, &[])));
        return themes;
    }
    let mut words: Vec<&Spanned<String>> = Vec::new();
    while let Some(parent) = themes.last().and_then(|theme| parsed(context, theme)).and_then(|theme| theme.extends.as_ref()) {
        if let Some(place) = themes.iter().position(|theme| *theme == parent.value) {
            context.tell(circle(&themes[place..], &words, parent));
            break;
        }
        if !is_there(context, parent) {
            let message = format!("there is no theme `{}` to build on", parent.value);
            let told = Diagnostic::error(codes::UNKNOWN_PARENT, message, parent.span.clone()).label("no such folder in `themes/`");
            context.tell(told.help(near_theme(context, parent, &themes)));
            break;
        }
        words.push(parent);
        themes.push(parent.value.clone());
    }
    tell_languages(context, &themes, languages);
    themes
}

fn is_there(context: &Context<'_>, theme: &str) -> bool {
    context.input.sources.below(&format!("themes/{theme}/")).next().is_some()
}

/// What a theme says of itself.
fn parsed<'a>(context: &Context<'a>, theme: &str) -> Option<&'a ParsedTheme> {
    match &context.input.files.parsed.get(format!("themes/{theme}/theme.yaml").as_str())?.value {
        Parsed::Theme(parsed) => Some(parsed),
        _ => None,
    }
}

fn near_theme(context: &Context<'_>, wanted: &str, besides: &[String]) -> String {
    let names = context.input.sources.below("themes/").filter_map(|(path, _)| path.split('/').nth(1));
    let names: BTreeSet<&str> = names.filter(|name| !besides.iter().any(|other| other == name)).collect();
    nearest(wanted, names.iter().copied())
        .map_or_else(|| "`default` is always there".to_owned(), |near| format!("a theme with a similar name is there: `{near}`"))
}

fn circle(themes: &[String], words: &[&Spanned<String>], closing: &Spanned<String>) -> Diagnostic {
    let way: Vec<String> = themes.iter().chain(themes.first()).map(|theme| format!("`{theme}`")).collect();
    let message = if themes.len() == 1 {
        format!("the theme {} builds on itself", way[0])
    } else {
        format!("themes build on each other in a circle: {}", way.join(" → "))
    };
    let mut told = Diagnostic::error(codes::THEME_CIRCLE, message, closing.span.clone()).help("remove one `extends`");
    for word in words.iter().rev().take(themes.len() - 1).rev() {
        told = told.related(word.span.clone(), "this one leads back here");
    }
    told
}

fn tell_languages(context: &mut Context<'_>, themes: &[String], languages: &[Spanned<String>]) {
    let layers = Layers::new(context.input.sources, themes);
    for language in languages {
        let file = format!("i18n/{}.yaml", language.value);
        let is_spoken = |from: &str| layers.get(&format!("i18n/{from}.yaml")).is_some();
        let is_english = language.value == "en" || language.value.starts_with("en-");
        if !is_english && !locale::fallbacks(&language.value).any(|from| from != "en" && is_spoken(from)) {
            let message = format!("the theme `{}` has no texts in `{}`", themes[0], language.value);
            let told = Diagnostic::warning(codes::THEME_LANGUAGE, message, language.span.clone());
            context.tell(told.label("shown in English").help(format!("add `{}`", layers.own(&file))));
        }
    }
}

/// What is set of the theme; what is wrong is told.
pub(super) fn settings(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
    shop: &ParsedSettings,
) -> ThemeSettings {
    let declared = declared(context, &settings.themes);
    let mut problems = Vec::new();
    let given = given(&declared, shop, settings, &mut problems);
    let mut given = read_all(&declared, &given, &shop.theme.name.span, &mut problems).into_iter().peekable();
    for problem in problems {
        context.tell_once(problem);
    }
    let mut resolver = Resolver { context, files, addresses, settings, file: &shop.file, outside: Vec::new() };
    let mut values = Vec::with_capacity(declared.len());
    for field in &declared {
        let value = given.next_if(|(name, _)| *name == field.name).map(|(_, value)| value);
        values.push((field.name.clone(), value.map_or(FieldValue::Nothing, |value| resolver.resolve(field, value))));
    }
    let colour = |field: &&PageField| field.sort == FieldType::Colour;
    let colours = declared.iter().filter(colour).filter_map(|field| {
        let (_, value) = values.iter().find(|(name, _)| *name == field.name)?;
        if let FieldValue::Text(colour) = value { Some((field.name.clone(), colour.clone())) } else { None }
    });
    ThemeSettings { colours: colours.collect(), values }
}

/// What the theme and those that it builds on declare: of one name, the nearest.
fn declared(context: &Context<'_>, themes: &[String]) -> Vec<PageField> {
    let mut declared: Vec<PageField> = Vec::new();
    for field in themes.iter().rev().filter_map(|theme| parsed(context, theme)).flat_map(|theme| &theme.settings) {
        match declared.iter_mut().find(|known| known.name == field.name) {
            Some(known) => known.clone_from(field),
            None => declared.push(field.clone()),
        }
    }
    declared
}

/// What the shop writes, with the texts of the site's language.
fn given(
    declared: &[PageField],
    shop: &ParsedSettings,
    settings: &Settings,
    problems: &mut Vec<Diagnostic>,
) -> Vec<(Spanned<String>, Loose)> {
    let mut given = shop.theme.settings.clone();
    for (name, value) in &mut given {
        if let Some(field) = declared.iter().find(|field| field.name == name.value) {
            translate(field, field.sort, value, settings, problems);
        }
    }
    given
}

/// Every text in `shop.yaml` may be one for each language: what stands in the site's takes the place of the map.
fn translate(field: &PageField, sort: FieldType, value: &mut Loose, settings: &Settings, problems: &mut Vec<Diagnostic>) {
    match (sort, &mut value.value) {
        (FieldType::List, LooseValue::List(entries)) => {
            for entry in entries {
                translate(field, field.entries, entry, settings, problems);
            }
        }
        (FieldType::Map, LooseValue::Map(entries)) => {
            for (name, value) in entries {
                if let Some(field) = field.fields.iter().find(|field| field.name == name.value) {
                    translate(field, field.sort, value, settings, problems);
                }
            }
        }
        (FieldType::Picture, LooseValue::Map(entries)) => {
            for (_, alt) in entries.iter_mut().filter(|(name, _)| name.value == "alt") {
                translate(field, FieldType::Text, alt, settings, problems);
            }
        }
        (FieldType::Text | FieldType::Markdown | FieldType::Url, LooseValue::Map(texts)) => {
            for (language, _) in texts.iter().filter(|(language, _)| !settings.languages.contains(&language.value)) {
                let message = format!("`{}` is not a language of the shop", language.value);
                let told = Diagnostic::error(codes::UNKNOWN_LANGUAGE, message, language.span.clone());
                problems.push(told.help(format!("remove it, or add `{}` to `languages`", language.value)));
            }
            let default = &settings.languages[0];
            let find = |wanted: &String| texts.iter().find(|(language, _)| language.value == *wanted).map(|(_, text)| text.clone());
            let Some(original) = find(default) else {
                let message = format!("a text in `{default}`, the shop's first language, is missing");
                problems.push(Diagnostic::error(codes::MISSING_KEY, message, value.span.clone()).help(format!("add `{default}: …`")));
                return;
            };
            *value = find(&settings.language).unwrap_or(original);
        }
        _ => {}
    }
}
