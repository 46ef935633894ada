//! A post as search engines read it.

use serde_json::json;

use super::{CONTEXT, json, organization, picture};
use crate::pictures::Copy;
use crate::present::{Reader, moment};
use crate::site::Article;

pub(in crate::present) fn article(site: &Reader<'_>, article: &Article, copies: &mut Vec<Copy>) -> String {
    let file = article.picture.as_ref().and_then(|picture| picture.file.as_deref());
    let publisher = organization::publisher(site);
    let author = if article.author.is_empty() { publisher.clone() } else { json!({"@type": "Person", "name": article.author}) };
    let language = if article.tongue.body.is_empty() { &site.settings().language } else { &article.tongue.body };
    let mut data = json!({
        "@context": CONTEXT, "@type": "BlogPosting", "headline": article.title, "url": site.absolute(&article.path),
        "mainEntityOfPage": site.absolute(&article.path),
        "description": article.meta.description, "inLanguage": language,
        "datePublished": article.date.map(moment), "dateModified": article.updated.or(article.date).map(moment),
        "author": author, "publisher": publisher,
    });
    if let Some(image) = file.and_then(|file| picture(site, file, copies)) {
        data["image"] = json!([image]);
    }
    if !article.tags.is_empty() {
        data["keywords"] = article.tags.iter().map(|(_, title)| title.as_str()).collect();
    }
    json(&data)
}
