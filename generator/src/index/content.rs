//! Pages, posts and sections.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::addresses::{Addresses, page_path};
use super::{Context, Files, bodies, meta, page_fields, taxonomies, text};
use crate::parse::{ParsedPage, SortBy};
use crate::site::{Article, Meta, Section, Settings, Site, Tongue};
use crate::source::Fingerprint;
use crate::theme::Layers;

/// Pages on one page of a list, where the section says nothing.
const PAGINATE: u32 = 10;

/// Every page and post that is shown.
pub(super) fn articles(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
) -> BTreeMap<String, Article> {
    let mut articles = BTreeMap::new();
    for parsed in files.pages.iter().filter(|page| !page.section) {
        // A mistake in a draft is told while it is written, and not on the day when it is published.
        let said = page_fields::read(context, files, parsed);
        let terms = taxonomies::names(context, settings, &parsed.taxonomies);
        if !context.is_published(parsed.is_draft(), parsed.shown()) {
            continue;
        }
        let body = bodies::body(context, addresses, settings, &parsed.file, &parsed.body);
        let fields = page_fields::fields(context, files, addresses, settings, parsed, said);
        let summary = text(parsed.summary.as_ref().or(parsed.description.as_ref()));
        let description = text(parsed.description.as_ref().or(parsed.summary.as_ref()));
        let updated = parsed.updated.as_ref().map(|date| date.value).or_else(|| changed(context, parsed));
        let own = [context.fingerprint(&parsed.file, &body), parsed.inherited, fields.fingerprint, Fingerprint::of_value(&updated)];
        let article = Article {
            fingerprint: Fingerprint::join(&own),
            tongue: context.input.tongue(&parsed.file),
            key: parsed.path.clone(),
            path: page_path(parsed),
            section: files.section_of(&parsed.path).to_owned(),
            title: parsed.title.value.clone(),
            meta: meta(&parsed.seo, &description, body.summary()),
            summary,
            body,
            date: parsed.date.as_ref().map(|date| date.value),
            updated,
            author: text(parsed.author.as_ref()),
            tags: taxonomies::tags(parsed.tags()),
            terms,
            picture: context.title_picture(&parsed.file, parsed.image.as_ref()),
            order: parsed.order.as_ref().map_or(i64::MAX, |order| order.value),
            toc: parsed.toc == Some(true),
            is_findable: parsed.search != Some(false),
            social_card: parsed.social_card == Some(true),
            template: template(context, settings, parsed),
            fields: fields.values,
        };
        articles.insert(parsed.path.clone(), article);
    }
    articles
}

/// When a page's file, or its translation, was changed last, where the settings let git say it.
fn changed(context: &Context<'_>, page: &ParsedPage) -> Option<i64> {
    let history = context.input.history?;
    let own = history.changed(&page.file);
    if context.input.place == 0 {
        return own;
    }
    let stem = page.file.strip_suffix(".md").unwrap_or(&page.file);
    own.max(history.changed(&format!("{stem}.{}.md", context.input.languages[context.input.place])))
}

fn template(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedPage) -> Option<String> {
    let wanted = parsed.template.as_ref()?;
    let layers = Layers::new(context.input.sources, &settings.themes);
    let name = if wanted.ends_with(".html") { wanted.value.clone() } else { format!("{}.html", wanted.value) };
    if layers.get(&format!("templates/{name}")).is_some() {
        return Some(name);
    }
    let known = layers.below("templates/");
    let help = crate::diagnostic::nearest(&name, known.keys().map(String::as_str)).map_or_else(
        || format!("templates lie in `{}`", layers.own("templates/")),
        |near| format!("a template with a similar name exists: `{near}`"),
    );
    let message = format!("unknown template `{}`", wanted.value);
    context.tell_once(
        crate::diagnostic::Diagnostic::error(crate::diagnostic::codes::UNKNOWN_TEMPLATE, message, wanted.span.clone())
            .label("the theme has no such file")
            .help(help),
    );
    None
}

/// Every section that is shown; the home page's text under the empty key, made up where it is missing.
pub(super) fn sections(
    context: &mut Context<'_>,
    files: &Files<'_>,
    addresses: &Addresses,
    settings: &Settings,
) -> BTreeMap<String, Section> {
    let mut sections = BTreeMap::new();
    let dated = files.pages.iter().filter(|page| !page.section && page.date.is_some());
    let dated: FxHashSet<&str> = dated.map(|page| files.section_of(&page.path)).collect();
    for parsed in files.pages.iter().filter(|page| page.section) {
        page_fields::tell_of_section(context, files, parsed);
        if !context.is_published(parsed.is_draft(), parsed.shown()) {
            continue;
        }
        let body = bodies::body(context, addresses, settings, &parsed.file, &parsed.body);
        let description = text(parsed.description.as_ref().or(parsed.summary.as_ref()));
        let is_dated = dated.contains(parsed.path.as_str());
        let sort = parsed.sort.as_ref().map_or(if is_dated { SortBy::Date } else { SortBy::Order }, |sort| sort.value.clone());
        let section = Section {
            fingerprint: context.fingerprint(&parsed.file, &body),
            tongue: context.input.tongue(&parsed.file),
            key: parsed.path.clone(),
            path: page_path(parsed),
            title: parsed.title.value.clone(),
            meta: meta(&parsed.seo, &description, body.summary()),
            description,
            body,
            picture: context.title_picture(&parsed.file, parsed.image.as_ref()),
            order: parsed.order.as_ref().map_or(i64::MAX, |order| order.value),
            by_date: sort == SortBy::Date && !parsed.path.is_empty(),
            reverse: parsed.reverse,
            paginate: usize::try_from(parsed.paginate.as_ref().map_or(PAGINATE, |n| n.value)).unwrap_or(usize::MAX).max(1),
            feed: parsed.feed.as_ref().map_or(sort == SortBy::Date, |feed| feed.value) && !parsed.path.is_empty(),
            sort,
            is_findable: parsed.search != Some(false),
            social_card: parsed.social_card == Some(true),
            pages: Vec::new(),
            children: Vec::new(),
            template: template(context, settings, parsed),
        };
        sections.insert(parsed.path.clone(), section);
    }
    sections.entry(String::new()).or_insert_with(|| Section {
        // Made of the settings, which every page depends on.
        fingerprint: Fingerprint([0; 16]),
        tongue: Tongue::native(),
        key: String::new(),
        path: "/".to_owned(),
        title: settings.name.clone(),
        description: settings.description.clone(),
        meta: Meta { title: None, description: settings.description.clone() },
        body: crate::site::Body::default(),
        picture: None,
        order: 0,
        by_date: false,
        sort: SortBy::Order,
        reverse: false,
        paginate: 10,
        feed: false,
        is_findable: false,
        social_card: false,
        pages: Vec::new(),
        children: Vec::new(),
        template: None,
    });
    sections
}

/// Puts pages into their sections, in each section's order, and sections below their parents.
pub(super) fn connect(site: &mut Site) {
    let mut sections = std::mem::take(Arc::make_mut(&mut site.sections));
    for article in site.articles.values() {
        if let Some(section) = sections.get_mut(&article.section) {
            section.pages.push(article.key.clone());
        }
    }
    let keys: Vec<String> = sections.keys().filter(|key| !key.is_empty()).cloned().collect();
    for key in keys {
        let mut parent = key.rsplit_once('/').map_or("", |(parent, _)| parent);
        while !sections.contains_key(parent) {
            parent = parent.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        if let Some(section) = sections.get_mut(parent) {
            section.children.push(key);
        }
    }
    let articles = &site.articles;
    for section in sections.values_mut() {
        let Section { sort, reverse, pages, .. } = section;
        pages.sort_by(|a, b| {
            let (a, b) = (&articles[a], &articles[b]);
            compare(a, b, sort, *reverse).then_with(|| (a.order, &a.title, &a.key).cmp(&(b.order, &b.title, &b.key)))
        });
    }
    site.sections = Arc::new(sections);
}

/// How two pages of a section stand to each other, as far as its order says.
fn compare(a: &Article, b: &Article, sort: &SortBy, reverse: bool) -> Ordering {
    let turned = |order: Ordering| if reverse { order.reverse() } else { order };
    match sort {
        SortBy::Date => turned(b.date.cmp(&a.date)).then_with(|| a.key.cmp(&b.key)),
        SortBy::Order => turned((a.order, &a.title).cmp(&(b.order, &b.title))),
        SortBy::Title => turned(a.title.cmp(&b.title)),
        SortBy::Field(name) => match (a.value(name), b.value(name)) {
            (Some(a), Some(b)) => turned(a.compare(b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
    }
}
