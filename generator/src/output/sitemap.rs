//! The sitemap, and an index of several above 50,000 addresses (sitemaps.org, 'limits').

use std::borrow::Cow;

use quick_xml::escape::escape;

use super::File;
use crate::present::{Kind, routes};
use crate::site::Site;

/// The most addresses in one sitemap.
const MOST: usize = 50_000;

/// `sitemap.xml`, alone or as the index of `sitemap-1.xml` and further ones.
pub(super) fn sitemap(site: &Site) -> Vec<File> {
    let listed = routes(site).into_iter().filter(|route| !matches!(route.kind, Kind::Cart | Kind::Checkout | Kind::NotFound | Kind::Shell));
    let entries: Vec<String> = listed.map(|route| entry(&site.absolute(&route.path), last_changed(site, &route.kind))).collect();
    write(&entries, MOST, |name| site.absolute(&format!("/{name}")))
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

fn entry(address: &str, last_changed: Option<String>) -> String {
    let address: Cow<'_, str> = escape(address);
    let last_changed = last_changed.map_or_else(String::new, |date| format!("<lastmod>{date}</lastmod>"));
    format!("<url><loc>{address}</loc>{last_changed}</url>\n")
}

fn write(entries: &[String], most: usize, absolute: impl Fn(&str) -> String) -> Vec<File> {
    let part = |entries: &[String]| {
        format!("{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}</urlset>\n", entries.concat()).into_bytes()
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
        let entries: Vec<String> = (0..5).map(|i| entry(&format!("https://x.example/{i}?a&b"), None)).collect();
        let files = write(&entries, 2, |name| format!("https://x.example/{name}"));
        assert_eq!(
            files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
        );
        assert!(String::from_utf8_lossy(&files[0].1).contains("<loc>https://x.example/0?a&amp;b</loc>"));
        assert_eq!(write(&entries, 5, str::to_owned).len(), 1);
    }
}
