//! Pages, posts, sections.

use super::{
    Main, Presented, Reader, View, feed_path, fields, on_first_page, page, page_path, paginate, preview, structured, tag_links, terms,
};
use crate::parse::markdown::{self, TocEntry};
use crate::site::{Article, Section};
use crate::view::{ArticleView, CountedLinkView, LinkView, PostCardView, SectionView, TocView};

/// Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019); 220 leaves room for pictures.
const WORDS_A_MINUTE: u32 = 220;

fn minutes(words: u32) -> u32 {
    words.div_ceil(WORDS_A_MINUTE).max(1)
}

pub(super) fn article(site: &Reader<'_>, article: &Article) -> Presented {
    let section = site.section(&article.section).filter(|section| section.by_date);
    let is_post = section.is_some() && article.date.is_some();
    // Pages beside the home page have no order that a reader could follow.
    let siblings = Some(&article.section).filter(|key| !key.is_empty()).and_then(|key| site.section(key));
    let (previous, next) =
        siblings.filter(|section| is_post || !section.by_date).map_or((None, None), |section| neighbours(site, section, article));
    let view = ArticleView {
        title: article.title.clone(),
        lang: article.tongue.words.clone(),
        line_lang: article.tongue.lines.clone(),
        body_lang: article.tongue.body.clone(),
        summary: article.summary.clone(),
        body: site.body(&article.body),
        date: article.date.map(|seconds| site.date(seconds)),
        updated: article.updated.map(|seconds| site.date(seconds)),
        author: article.author.clone(),
        reading_minutes: minutes(article.body.words()),
        tags: tag_links(site, &article.tags),
        terms: terms::views(site, &article.terms),
        picture: article.picture.clone(),
        toc: if article.toc { toc(&markdown::toc(article.body.headings())) } else { Vec::new() },
        fields: fields::view(site, &article.fields),
        previous,
        next,
    };
    let kind = if is_post { "post" } else { "page" };
    let mut page = page(site, kind, &article.path, &article.title, &article.meta);
    page.picture = preview(article.picture.as_ref());
    page.social_card = article.social_card;
    page.breadcrumbs = breadcrumbs(site, &article.section);
    let mut copies = article.body.copies.clone();
    fields::copies(&article.fields, &mut copies);
    if is_post {
        page.structured_data.push(structured::article(site, article, &mut copies));
    }
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &article.title, &article.path));
    let template = article.template.clone().unwrap_or_else(|| format!("{kind}.html"));
    Presented { template, view: View { page, main: Main::Article { article: view } }, copies, blocks: Vec::new() }
}

pub(super) fn toc(entries: &[TocEntry]) -> Vec<TocView> {
    entries.iter().map(|entry| TocView { title: entry.title.clone(), id: entry.id.clone(), children: toc(&entry.children) }).collect()
}

/// In a journal the next older and the next newer post; in another section the pages before and after.
fn neighbours(site: &Reader<'_>, section: &Section, article: &Article) -> (Option<LinkView>, Option<LinkView>) {
    let Some(at) = section.pages.iter().position(|key| *key == article.key) else { return (None, None) };
    let link = |key: &String| {
        site.article(key).map(|other| LinkView { lang: other.tongue.words.clone(), ..LinkView::new(&other.title, site.url(&other.path)) })
    };
    let (before, after) = (at.checked_sub(1).and_then(|before| link(&section.pages[before])), section.pages.get(at + 1).and_then(link));
    if section.by_date && !section.reverse { (after, before) } else { (before, after) }
}

/// The sections above, from the topmost; the home page is not named.
fn breadcrumbs(site: &Reader<'_>, key: &str) -> Vec<LinkView> {
    let ends = key.match_indices('/').map(|(at, _)| at).chain((!key.is_empty()).then_some(key.len()));
    ends.filter_map(|end| site.section(&key[..end]))
        .map(|section| LinkView { lang: section.tongue.words.clone(), ..LinkView::new(&section.title, site.url(&section.path)) })
        .collect()
}

pub(super) fn post_card(site: &Reader<'_>, article: &Article) -> PostCardView {
    PostCardView {
        title: article.title.clone(),
        url: site.url(&article.path),
        lang: article.tongue.words.clone(),
        line_lang: article.tongue.lines.clone(),
        summary: if article.summary.is_empty() { article.body.summary().to_owned() } else { article.summary.clone() },
        date: article.date.map(|seconds| site.date(seconds)),
        picture: article.picture.clone(),
        reading_minutes: minutes(article.body.words()),
        fields: fields::view(site, &article.fields),
    }
}

pub(super) fn post_cards(site: &Reader<'_>, keys: &[String]) -> Vec<PostCardView> {
    keys.iter().filter_map(|key| site.article(key)).map(|article| post_card(site, article)).collect()
}

pub(super) fn section(site: &Reader<'_>, section: &Section, number: usize) -> Presented {
    let (shown, pagination) = paginate(site, &section.path, &section.pages, section.paginate, number);
    let (body, copies) = on_first_page(site, number, &section.body);
    let children = section.children.iter().filter_map(|key| site.section(key));
    let view = SectionView {
        title: section.title.clone(),
        lang: section.tongue.words.clone(),
        line_lang: section.tongue.lines.clone(),
        body_lang: section.tongue.body.clone(),
        description: section.description.clone(),
        body,
        children: children
            .map(|child| CountedLinkView {
                title: child.title.clone(),
                url: site.url(&child.path),
                lang: child.tongue.words.clone(),
                count: child.pages.len(),
            })
            .collect(),
        pages: post_cards(site, shown),
        pagination,
        feed: section.feed.then(|| site.url(&feed_path(&section.path))),
    };
    let mut page = page(site, "section", &page_path(&section.path, number), &section.title, &section.meta);
    if number > 1 {
        page.title = site.page_title(&page.title, number);
    }
    page.picture = preview(section.picture.as_ref());
    page.social_card = section.social_card;
    page.breadcrumbs = breadcrumbs(site, section.key.rsplit_once('/').map_or("", |(parent, _)| parent));
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &section.title, &section.path));
    let template = section.template.clone().unwrap_or_else(|| "section.html".to_owned());
    Presented { template, view: View { page, main: Main::Section { section: view } }, copies, blocks: Vec::new() }
}

/// The pages that carry a term, on one page of its list.
pub(super) fn with_term(site: &Reader<'_>, title: &str, path: &str, keys: &[String], paginate: usize, number: usize) -> SectionView {
    let (shown, pagination) = super::paginate(site, path, keys, paginate, number);
    SectionView {
        title: title.to_owned(),
        lang: String::new(),
        line_lang: String::new(),
        body_lang: String::new(),
        description: String::new(),
        body: String::new(),
        children: Vec::new(),
        pages: post_cards(site, shown),
        pagination,
        feed: None,
    }
}
