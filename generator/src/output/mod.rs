//! What is written beside the pages: feeds, sitemap, redirects, headers, the generated style sheet, the catalogue bundle.

pub mod accents;
pub mod bundle;
mod feed;
pub mod headers;
mod redirects;
mod sitemap;

use crate::site::Site;

/// A file of the site that no template makes: path from the root without a slash, bytes.
pub type File = (String, Vec<u8>);

/// Every such file that the site graph alone decides.
pub fn files(site: &Site) -> Vec<File> {
    let mut files = feed::feeds(site);
    files.extend(sitemap::sitemap(site));
    files.push(("robots.txt".to_owned(), robots(site).into_bytes()));
    files.extend(redirects::pages(site));
    files.push(("_redirects".to_owned(), redirects::table(site).into_bytes()));
    files.push(("_headers".to_owned(), headers::file(site).into_bytes()));
    files
}

fn robots(site: &Site) -> String {
    let hidden = ["/cart/", "/checkout/"].map(|path| format!("Disallow: {}\n", site.url(path))).concat();
    format!("User-agent: *\n{hidden}Disallow: {}/\n\nSitemap: {}\n", site.settings.api, site.absolute("/sitemap.xml"))
}
