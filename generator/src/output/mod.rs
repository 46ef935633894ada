//! What is written beside the pages: feeds, sitemap, redirects, headers, the generated style sheet, the search's files, the
//! catalogue bundle.

pub mod accents;
pub mod bundle;
mod feed;
pub mod headers;
mod redirects;
pub mod search;
mod sitemap;

use std::sync::Arc;

use crate::site::Site;

/// A file of the site that no template makes: path from the root without a slash, bytes.
pub type File = (String, Vec<u8>);

/// Every such file that the site graph alone decides; there is a site for each language, the default first.
pub fn files(sites: &[Arc<Site>]) -> Vec<File> {
    let main = sites.first().expect("a shop has a language");
    let mut files: Vec<File> = sites.iter().flat_map(|site| feed::feeds(site)).collect();
    if !main.settings.noindex {
        files.extend(sitemap::sitemap(sites));
    }
    files.push(("robots.txt".to_owned(), robots(sites, main).into_bytes()));
    files.extend(sites.iter().flat_map(|site| redirects::pages(site)));
    files.push(("_redirects".to_owned(), sites.iter().map(|site| redirects::table(site)).collect::<String>().into_bytes()));
    files.push(("_headers".to_owned(), headers::file(main).into_bytes()));
    files
}

fn robots(sites: &[Arc<Site>], main: &Site) -> String {
    if main.settings.noindex {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    let own = sites.iter().flat_map(|site| ["/cart/", "/checkout/"].map(|path| format!("Disallow: {}\n", site.url(path))));
    let hidden: String = own.collect();
    format!("User-agent: *\n{hidden}Disallow: {}/\n\nSitemap: {}\n", main.settings.api, main.absolute_file("/sitemap.xml"))
}
