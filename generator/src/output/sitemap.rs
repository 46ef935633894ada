//! The sitemap, and an index of several above 50,000 addresses (sitemaps.org, 'limits').

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::escape::escape;

use super::File;
use crate::present::{Kind, Route, address, routes};
use crate::site::Site;

/// The most addresses in one sitemap.
const MOST: usize = 50_000;

/// `sitemap.xml`, alone or as the index of `sitemap-1.xml` and further ones. Pages that are shown in another language than
/// their site's are left out.
pub(super) fn sitemap(sites: &[Arc<Site>]) -> Vec<File> {
    let entries: Vec<String> = sites.iter().enumerate().flat_map(|(language, site)| entries(sites, language, site)).collect();
    write(&entries, sites.len() > 1, MOST, |name| sites[0].absolute_file(&format!("/{name}")))
}

fn entries(sites: &[Arc<Site>], language: usize, site: &Site) -> Vec<String> {
    let listed = routes(site, language);
    let listed =
        listed.iter().filter(|route| !matches!(route.kind, Kind::Cart | Kind::Checkout | Kind::Search | Kind::NotFound | Kind::Shell));
    let told = |route: &Route| {
        if sites.len() == 1 {
            return Some(entry(&site.absolute_file(&route.path), last_changed(site, &route.kind), &[]));
        }
        address(site, &route.kind).filter(|address| address.is_native)?;
        let others = sites.iter().filter_map(|site| {
            let address = address(site, &route.kind).filter(|address| address.is_native)?;
            Some((site.settings.language.as_str(), site.absolute(&address.path)))
        });
        Some(entry(&site.absolute_file(&route.path), last_changed(site, &route.kind), &others.collect::<Vec<_>>()))
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

/// The same page in all languages goes with each of them (Google, 'localized versions').
fn entry(address: &str, last_changed: Option<String>, languages: &[(&str, String)]) -> String {
    let address: Cow<'_, str> = escape(address);
    let last_changed = last_changed.map_or_else(String::new, |date| format!("<lastmod>{date}</lastmod>"));
    let languages = languages.iter().filter(|_| languages.len() > 1).map(|(language, address)| {
        let address = escape(address.as_str());
        format!("<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{address}\"/>")
    });
    let languages: String = languages.collect();
    format!("<url><loc>{address}</loc>{last_changed}{languages}</url>\n")
}

fn write(entries: &[String], has_languages: bool, most: usize, absolute: impl Fn(&str) -> String) -> Vec<File> {
    let also = if has_languages { " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"" } else { "" };
    let part = |entries: &[String]| {
        format!("{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"{also}>\n{}</urlset>\n", entries.concat()).into_bytes()
    };
    if entries.len() <= most {
        return vec![("sitemap.xml".to_owned(), part(entries))];
    }
    let mut files: Vec<File> = entries.chunks(most).enumerate().map(|(i, chunk)| (format!("sitemap-{}.xml", i + 1), part(chunk))).collect();
    let list: String =
        files.iter().map(|(name, _)| format!("<sitemap><loc>{}</loc></sitemap>\n", escape(absolute(name).as_str()))).collect();
    let index = format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{list}</sitemapindex>\n");
    files.push(("sitemap.xml".to_owned(), index.into_bytes()));
    files
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_addresses_make_an_index() {
        let entries: Vec<String> = (0..5).map(|i| entry(&format!("https://x.example/{i}?a&b"), None, &[])).collect();
        let files = write(&entries, false, 2, |name| format!("https://x.example/{name}"));
        assert_eq!(
            files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
        );
        assert!(String::from_utf8_lossy(&files[0].1).contains("<loc>https://x.example/0?a&amp;b</loc>"));
        assert_eq!(write(&entries, false, 5, str::to_owned).len(), 1);
    }
}
