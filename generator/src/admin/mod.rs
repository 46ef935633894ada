//! The editor in the browser, `/admin/`: Decap CMS, served from the site itself, with a configuration made from the declarations that
//! read the files. A build publishes it for a shop that says where its repository is hosted; the preview always has it, and writes into
//! the shop's folder.

mod config;
mod desk;
mod fields;
mod routes;

use std::io::Read as _;
use std::sync::OnceLock;

use crate::output::File;
use crate::parse::admin::{AdminSettings, Host};
use crate::site::Site;
use crate::source::Sources;

pub use desk::{Desk, Drafts};
pub use routes::routes;

/// Where the editor lies below the site's root, without slashes at the ends.
pub const FOLDER: &str = "admin";

const PAGE: &str = include_str!("page.html");
const START: &str = include_str!("start.js");
const PAIRS: &str = include_str!("pairs.js");
const SHEET: &str = include_str!("admin.css");
const DECAP: &[u8] = include_bytes!("../../vendor/decap-cms/decap-cms.js.gz");
const NOTICES: &str = concat!(include_str!("../../vendor/decap-cms/LICENSE"), "\n", include_str!("../../vendor/decap-cms/THIRD-PARTY.txt"));

/// Where the configuration says that files are kept.
enum Store<'a> {
    /// A git host.
    Host(&'a AdminSettings),
    /// The shop's folder, by the preview.
    Folder,
}

/// The editor's files; none for a shop that names no host.
pub fn files(site: &Site, sources: &Sources) -> Vec<File> {
    let Some(admin) = &site.settings.admin else { return Vec::new() };
    let config = config::config(site, sources, &Store::Host(admin));
    let text = serde_json::to_string_pretty(&config).expect("a configuration is JSON") + "\n";
    let named = [
        ("index.html", PAGE.as_bytes().to_vec()),
        ("start.js", START.as_bytes().to_vec()),
        ("pairs.js", PAIRS.as_bytes().to_vec()),
        ("admin.css", SHEET.as_bytes().to_vec()),
        ("config.json", text.into_bytes()),
        ("decap-cms.js", decap().to_vec()),
        ("decap-cms.LICENSE.txt", NOTICES.as_bytes().to_vec()),
    ];
    named.into_iter().map(|(name, bytes)| (format!("{FOLDER}/{name}"), bytes)).collect()
}

/// The program, unpacked once.
fn decap() -> &'static [u8] {
    static UNPACKED: OnceLock<Vec<u8>> = OnceLock::new();
    UNPACKED.get_or_init(|| {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(DECAP).read_to_end(&mut bytes).expect("what is compiled in was packed whole");
        bytes
    })
}

/// The response headers of the editor that are others than the site's. Decap makes style elements and compiles its check of the
/// configuration; pictures and uploads are blobs; a host's login comes back from a window of its own.
pub fn headers(host: Option<&AdminSettings>) -> Vec<(&'static str, String)> {
    let origins: String = host.map(origins).unwrap_or_default().iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; \
         font-src 'self'; connect-src 'self' blob:{origins}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let popups = if host.is_some() { "same-origin-allow-popups" } else { "same-origin" };
    vec![("Content-Security-Policy", policy), ("Cross-Origin-Opener-Policy", popups.to_owned()), ("X-Robots-Tag", "noindex".to_owned())]
}

/// Whom the editor asks for a host's files.
fn origins(admin: &AdminSettings) -> Vec<String> {
    let usual = match admin.host {
        Host::Github => "https://api.github.com",
        Host::Gitlab => "https://gitlab.com",
        Host::Gitea => "",
    };
    let named = [&admin.api_root, &admin.base_url].into_iter().flatten().map(|url| origin(url));
    let mut origins: Vec<String> = named.collect();
    if origins.is_empty() || (admin.host == Host::Github && admin.api_root.is_none()) {
        origins.push(usual.to_owned());
    }
    origins.sort();
    origins.dedup();
    origins
}

/// `https://git.example` of an address.
fn origin(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    url[..end].to_owned()
}

#[cfg(test)]
mod tests;
