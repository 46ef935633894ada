//! The sitemap, and an index of several above 50,000 addresses (sitemaps.org, 'limits').

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::escape::escape;
use rayon::prelude::*;

use super::{File, picture};
use crate::present::{Kind, Route, address, routes};
use crate::site::Site;

/// The most addresses in one sitemap, and the most bytes (a little less than the 50 MB that are allowed).
const MOST: usize = 50_000;
const MOST_BYTES: usize = 48_000_000;

/// `sitemap.xml`, alone or as the index of `sitemap-1.xml` and further ones. Pages that are shown in another language than
/// their site's are left out.
pub(super) fn sitemap(sites: &[Arc<Site>]) -> Vec<File> {
    let entries: Vec<String> = sites.iter().enumerate().flat_map(|(language, site)| entries(sites, language, site)).collect();
    write(&entries, sites.len() > 1, MOST, MOST_BYTES, |name| sites[0].absolute_file(&format!("/{name}")))
}

fn entries(sites: &[Arc<Site>], language: usize, site: &Site) -> Vec<String> {
    let listed = routes(site, language);
    let listed =
        listed.par_iter().filter(|route| !matches!(route.kind, Kind::Cart | Kind::Checkout | Kind::Search | Kind::NotFound | Kind::Shell));
    let told = |route: &Route| {
        if sites.len() == 1 {
            return Some(entry(&site.absolute_file(&route.path), last_changed(site, &route.kind), shown(site, &route.kind), &[]));
        }
        address(site, &route.kind).filter(|address| address.is_native)?;
        let others = sites.iter().filter_map(|site| {
            let address = address(site, &route.kind).filter(|address| address.is_native)?;
            Some((site.settings.language.as_str(), site.absolute(&address.path)))
        });
        let others: Vec<_> = others.collect();
        Some(entry(&site.absolute_file(&route.path), last_changed(site, &route.kind), shown(site, &route.kind), &others))
    };
    listed.filter_map(told).collect()
}

fn last_changed(site: &Site, kind: &Kind) -> Option<String> {
    let seconds = match kind {
        Kind::Article(key) => site.articles[key].updated.or(site.articles[key].date),
        Kind::Section(key, _) => {
            site.sections[key].pages.iter().filter_map(|page| site.articles[page].updated.or(site.articles[page].date)).max()
        }
        _ => None,
    }?;
    jiff::Timestamp::from_second(seconds).ok().map(|instant| instant.strftime("%Y-%m-%d").to_string())
}

/// The picture of a page that search engines may list by itself: of goods and of posts, whose structured data name it as well.
fn shown(site: &Site, kind: &Kind) -> Option<String> {
    let file = match kind {
        Kind::Product(id) => site.products.get(id.as_str()).filter(|it| it.product.is_sold())?.pictures.first()?.file.as_deref(),
        Kind::Article(key) => {
            let article = site.articles.get(key).filter(|article| article.date.is_some())?;
            site.sections.get(&article.section).filter(|section| section.by_date)?;
            article.picture.as_ref()?.file.as_deref()
        }
        _ => None,
    };
    Some(picture(site, file?)?.0)
}

/// The same page in all languages goes with each of them (Google, 'localized versions').
fn entry(address: &str, last_changed: Option<String>, picture: Option<String>, languages: &[(&str, String)]) -> String {
    let address: Cow<'_, str> = escape(address);
    let last_changed = last_changed.map_or_else(String::new, |date| format!("<lastmod>{date}</lastmod>"));
    let languages = languages.iter().filter(|_| languages.len() > 1).map(|(language, address)| {
        let address = escape(address.as_str());
        format!("<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{address}\"/>")
    });
    let languages: String = languages.collect();
    let picture = picture
        .map_or_else(String::new, |address| format!("<image:image><image:loc>{}</image:loc></image:image>", escape(address.as_str())));
    format!("<url><loc>{address}</loc>{last_changed}{languages}{picture}</url>\n")
}

fn write(entries: &[String], has_languages: bool, most: usize, most_bytes: usize, absolute: impl Fn(&str) -> String) -> Vec<File> {
    let has_pictures = entries.iter().any(|entry| entry.contains("<image:image>"));
    let pictures = if has_pictures { " xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\"" } else { "" };
    let languages = if has_languages { " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"" } else { "" };
    let also = format!("{languages}{pictures}");
    let part = |entries: &[String]| {
        format!("{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"{also}>\n{}</urlset>\n", entries.concat()).into_bytes()
    };
    let parts = parts(entries, most, most_bytes);
    if let [all] = parts[..] {
        return vec![("sitemap.xml".to_owned(), part(all))];
    }
    let mut files: Vec<File> =
        parts.into_iter().enumerate().map(|(i, entries)| (format!("sitemap-{}.xml", i + 1), part(entries))).collect();
    let list: String =
        files.iter().map(|(name, _)| format!("<sitemap><loc>{}</loc></sitemap>\n", escape(absolute(name).as_str()))).collect();
    let index = format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{list}</sitemapindex>\n");
    files.push(("sitemap.xml".to_owned(), index.into_bytes()));
    files
}

/// The entries in parts that keep to both limits; one part where there are none.
fn parts(entries: &[String], most: usize, most_bytes: usize) -> Vec<&[String]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (place, entry) in entries.iter().enumerate() {
        if place > start && (place - start == most || bytes + entry.len() > most_bytes) {
            parts.push(&entries[start..place]);
            (start, bytes) = (place, 0);
        }
        bytes += entry.len();
    }
    parts.push(&entries[start..]);
    parts
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_addresses_make_an_index() {
        let entries: Vec<String> = (0..5).map(|i| entry(&format!("https://x.example/{i}?a&b"), None, None, &[])).collect();
        let files = write(&entries, false, 2, 1000, |name| format!("https://x.example/{name}"));
        assert_eq!(
            files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
        );
        assert!(String::from_utf8_lossy(&files[0].1).contains("<loc>https://x.example/0?a&amp;b</loc>"));
        assert_eq!(write(&entries, false, 5, 1000, str::to_owned).len(), 1);
        let by_bytes = write(&entries, false, 5, 2 * entries[0].len(), str::to_owned);
        assert_eq!(by_bytes.len(), 4, "two, two, one, and the index");
        assert_eq!(write(&[], false, 5, 1000, str::to_owned).len(), 1);
    }
}
