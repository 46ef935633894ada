//! Former addresses, and those that lead elsewhere: a small page for each, for any web server, and one table for those that read it.

use super::File;
use crate::index::escape;
use crate::site::Site;

/// A page at each former address that leads on.
pub(super) fn pages(site: &Site) -> Vec<File> {
    let page = |(from, to): &(String, String)| {
        let path = from.trim_start_matches('/');
        let output = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        let (absolute, relative) =
            if to.starts_with('/') { (escape(&site.absolute_file(to)), escape(&site.file_url(to))) } else { (escape(to), escape(to)) };
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{absolute}</title><link rel=\"canonical\" href=\"{absolute}\">\
             <meta name=\"robots\" content=\"noindex\"><meta http-equiv=\"refresh\" content=\"0; url={relative}\"></head>\
             <body><p><a href=\"{relative}\">{absolute}</a></p></body></html>\n",
            site.settings.language
        );
        (output, html.into_bytes())
    };
    site.redirects.iter().map(page).collect()
}

/// `/from /to 301` a line, as Netlify and Cloudflare Pages read it.
pub(super) fn table(site: &Site) -> String {
    let target = |to: &str| if to.starts_with('/') { site.file_url(to) } else { to.to_owned() };
    site.redirects.iter().map(|(from, to)| format!("{} {} 301\n", site.file_url(from), target(to))).collect()
}
