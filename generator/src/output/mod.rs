//! What is written beside the pages: feeds, sitemap, redirects, headers, the generated style sheet, the files of search and filters, the
//! catalogue bundle, and what programs look for.

pub mod accents;
pub mod bundle;
mod feed;
pub mod filters;
mod google;
pub mod headers;
mod html;
mod llms;
mod machines;
mod redirects;
pub mod search;
mod sitemap;
mod xml;

use std::sync::Arc;

use crate::pictures::Copy;
use crate::present::PICTURE_WIDTH;
use crate::site::Site;
use crate::site::found::Icon;

/// A file of the site that no template makes: path from the root without a slash, bytes.
pub type File = (String, Vec<u8>);

/// Every such file that the site graph alone decides; there is a site for each language, the default first.
pub fn files(sites: &[Arc<Site>]) -> Vec<File> {
    let main = sites.first().expect("a shop has a language");
    let mut files = feed::feeds(sites);
    files.extend(google::feeds(sites));
    // What is not to be found is offered to nobody.
    let is_found = !main.settings.noindex;
    if is_found {
        files.extend(sitemap::sitemap(sites));
    }
    let for_programs = sites.iter().flat_map(|site| [llms::file(site).filter(|_| is_found), machines::manifest(site)]);
    let for_programs = for_programs.chain([machines::security(main)]);
    // What the editor has written by hand stands instead.
    files.extend(for_programs.flatten().filter(|(path, _)| main.copied.iter().all(|(_, copied)| copied != path)));
    files.push(("robots.txt".to_owned(), robots(sites, main).into_bytes()));
    files.extend(sites.iter().flat_map(|site| redirects::pages(site)));
    files.push(("_redirects".to_owned(), sites.iter().map(|site| redirects::table(site)).collect::<String>().into_bytes()));
    files.push(("_headers".to_owned(), headers::file(sites).into_bytes()));
    files
}

/// The copies of pictures that these files name, the icon's, and those of the theme's texts; some may stand there more than once.
pub fn copies(sites: &[Arc<Site>]) -> Vec<Copy> {
    let icons = sites.first().and_then(|site| site.settings.found.icon.as_ref());
    let mut copies = icons.map(Icon::copies).unwrap_or_default();
    copies.extend(feed::copies(sites));
    copies.extend(google::copies(sites));
    copies.extend(sites.iter().flat_map(|site| site.theme.bodies()).flat_map(|body| body.copies.iter().cloned()));
    copies
}

/// The absolute address of a picture as other sites show it, and its copy.
fn picture(site: &Site, file: &str) -> Option<(String, Copy)> {
    let copy = site.pictures.fallback(file, PICTURE_WIDTH)?;
    Some((format!("{}/{}", site.settings.base_url, copy.path), copy))
}

fn robots(sites: &[Arc<Site>], main: &Site) -> String {
    if main.settings.noindex {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    let own = sites.iter().flat_map(|site| ["/cart/", "/checkout/"].map(|path| format!("Disallow: {}\n", site.url(path))));
    let hidden: String = own.collect();
    format!("User-agent: *\n{hidden}Disallow: {}/\n\nSitemap: {}\n", main.settings.api, main.absolute_file("/sitemap.xml"))
}
