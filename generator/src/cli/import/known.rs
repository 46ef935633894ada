//! What a shop has already: imported texts make way for it, and their links may lead there.

use std::collections::BTreeMap;

use anyhow::Result;
use generator::edition::Edition;
use generator::site::Site;
use generator::source::Sources;

use crate::cli::shop::{Shop, now};

/// Every address that the shop has, former ones too, and the file whose it is. A shop with mistakes has no addresses.
pub(super) fn known(shop: &Shop) -> Result<BTreeMap<String, String>> {
    let options =
        generator::Options { root: shop.root.clone(), drafts: true, future: true, now: now(None)?, ..generator::Options::default() };
    let outcome = shop.draft(&options)?;
    Ok(outcome.edition.as_deref().map(of_edition).unwrap_or_default())
}

fn of_edition(edition: &Edition) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = pages(&edition.site, &edition.sources);
    for site in edition.sites.iter() {
        let pages = pages(site, &edition.sources);
        for (from, to) in site.redirects.iter() {
            let path = to.strip_prefix(site.settings.prefix.as_str()).unwrap_or(to);
            let file = pages.get(path).map_or(to.as_str(), String::as_str);
            all.insert(from.clone(), file.to_owned());
        }
    }
    let site = &edition.site;
    all.extend(site.copied.iter().map(|(source, path)| (format!("/{path}"), source.to_string())));
    all.extend(site.products.values().map(|product| (product.path.clone(), format!("products/{}", product.id()))));
    all.extend(site.categories.values().map(|category| (category.path.clone(), format!("products/{}", category.key))));
    all.extend(site.collections.iter().map(|collection| (collection.path.clone(), format!("collections/{}.yaml", collection.name))));
    all
}

/// Pages and sections by address, with their files: translations' where there are any.
fn pages(site: &Site, sources: &Sources) -> BTreeMap<String, String> {
    let language = if site.settings.prefix.is_empty() { String::new() } else { format!(".{}", site.settings.language) };
    let file = |stem: String| {
        let translation = format!("{stem}{language}.md");
        if sources.get(&translation).is_some() { translation } else { format!("{stem}.md") }
    };
    let articles = site.articles.values().map(|article| {
        let alone = format!("content/{}", article.key);
        let stem = if sources.get(&format!("{alone}.md")).is_some() { alone } else { format!("{alone}/index") };
        (article.path.clone(), file(stem))
    });
    let sections = site.sections.values().map(|section| {
        let stem = if section.key.is_empty() { "content/_index".to_owned() } else { format!("content/{}/_index", section.key) };
        (section.path.clone(), file(stem))
    });
    articles.chain(sections).collect()
}
