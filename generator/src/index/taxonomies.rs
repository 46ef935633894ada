//! Tags and other taxonomies: lists over products and pages, by words that these name.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Context;
use crate::diagnostic::{Diagnostic, Spanned, codes, nearest};
use crate::parse::Terms;
use crate::parse::markdown::slug;
use crate::site::{Article, Settings, Site, TAGS, Taxonomy, Term, TermName, Tongue};

/// Gathers the terms of every taxonomy; products and pages keep the order of their own lists.
pub(super) fn taxonomies(site: &Site) -> Vec<Taxonomy> {
    let mut articles: Vec<&Article> = site.articles.values().collect();
    articles.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.key.cmp(&b.key)));
    let declared = site.settings.taxonomies.iter();
    declared.map(|declared| Taxonomy { declared: declared.clone(), terms: terms(site, &articles, &declared.name) }).collect()
}

/// (slug, title) of each word of a taxonomy.
fn words<'a>(tags: &'a [(String, String)], terms: &'a [TermName], taxonomy: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let tags = if taxonomy == TAGS { tags } else { &[] };
    let terms = terms.iter().filter(move |term| term.taxonomy == taxonomy).map(|term| (term.slug.as_str(), term.title.as_str()));
    tags.iter().map(|(slug, title)| (slug.as_str(), title.as_str())).chain(terms)
}

fn terms(site: &Site, articles: &[&Article], taxonomy: &str) -> BTreeMap<String, Term> {
    let mut terms: FxHashMap<&str, Term> = FxHashMap::default();
    let in_products =
        site.products.values().flat_map(|product| words(&product.tags, &product.terms, taxonomy).map(|word| (word, &product.tongue)));
    let in_articles =
        site.articles.values().flat_map(|article| words(&article.tags, &article.terms, taxonomy).map(|word| (word, &article.tongue)));
    for ((slug, title), tongue) in in_products.chain(in_articles) {
        let term = terms.entry(slug).or_insert_with(|| Term { title: title.to_owned(), tongue: tongue.clone(), ..Term::default() });
        if tongue.is_native {
            term.tongue = Tongue::native();
        }
    }
    for id in site.newest.iter() {
        let product = &site.products[id];
        for (slug, _) in words(&product.tags, &product.terms, taxonomy) {
            terms.entry(slug).or_default().products.push(Arc::clone(id));
        }
    }
    for article in articles {
        for (slug, _) in words(&article.tags, &article.terms, taxonomy) {
            let term = terms.entry(slug).or_default();
            term.pages.push(article.key.clone());
            term.posts += usize::from(article.date.is_some());
        }
    }
    terms.into_iter().map(|(slug, term)| (slug.to_owned(), term)).collect()
}

/// (slug, title) of each tag; those without letters have been told.
pub(super) fn tags(tags: &[Spanned<String>]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (slug(tag), tag.value.clone())).filter(|(slug, _)| !slug.is_empty()).collect()
}

/// The words of other taxonomies; one that the shop does not have is told. Those without letters have been told.
pub(super) fn names(context: &mut Context<'_>, settings: &Settings, terms: &Terms) -> Vec<TermName> {
    let mut names = Vec::new();
    for (taxonomy, words) in terms {
        let known = || settings.taxonomies.iter().map(|declared| declared.name.as_str()).filter(|name| *name != TAGS);
        if !known().any(|name| name == taxonomy.value) {
            unknown(context, taxonomy, nearest(taxonomy, known()));
            continue;
        }
        let named = |word: &Spanned<String>| TermName { taxonomy: taxonomy.value.clone(), slug: slug(word), title: word.value.clone() };
        names.extend(words.iter().map(named).filter(|name| !name.slug.is_empty()));
    }
    names
}

fn unknown(context: &mut Context<'_>, taxonomy: &Spanned<String>, near: Option<&str>) {
    let help = match near {
        _ if taxonomy.value == TAGS => "write `tags: […]` instead".to_owned(),
        Some(near) => format!("a taxonomy with a similar name exists: `{near}`"),
        None => format!("declare it in `shop.yaml`: `taxonomies: {{{}: {{title: …}}}}`", taxonomy.value),
    };
    let message = format!("unknown taxonomy `{}`", taxonomy.value);
    let told = Diagnostic::error(codes::UNKNOWN_TAXONOMY, message, taxonomy.span.clone());
    context.tell_once(told.label("not in `taxonomies` of shop.yaml").help(help));
}
