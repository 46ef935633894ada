//! Small files that programs look for: whom to tell of a hole in the shop's security, and how the shop appears among a phone's apps.

use catalog::texts::Direction;
use serde::Serialize;

use super::File;
use crate::locale;
use crate::present::MANIFEST;
use crate::site::Site;

/// `/.well-known/security.txt` (RFC 9116), where the settings have it.
pub(super) fn security(site: &Site) -> Option<File> {
    let lines = &site.settings.found.security;
    let text: String = lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    (!text.is_empty()).then(|| (".well-known/security.txt".to_owned(), text.into_bytes()))
}

#[derive(Serialize)]
struct Manifest<'a> {
    id: String,
    name: &'a str,
    short_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    lang: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dir: Option<&'static str>,
    start_url: String,
    scope: String,
    /// With the browser's own bar: payment happens on other sites, whose addresses a shopper should see.
    display: &'static str,
    background_color: &'a str,
    theme_color: &'a str,
    icons: Vec<ManifestIcon>,
}

#[derive(Serialize)]
struct ManifestIcon {
    src: String,
    sizes: String,
    r#type: &'static str,
}

/// The manifest of a web app in a site's language, where there is an icon.
pub(super) fn manifest(site: &Site) -> Option<File> {
    let settings = &site.settings;
    let icon = settings.found.icon.as_ref()?;
    let url = |path: &str| site.file_url(&format!("/{path}"));
    let drawn =
        [192, 512].map(|width| ManifestIcon { src: url(&icon.app(width).path), sizes: format!("{width}x{width}"), r#type: "image/png" });
    let vector = ManifestIcon { src: url(&icon.vector().path), sizes: "any".to_owned(), r#type: "image/svg+xml" };
    let home = site.url("/");
    let direction = locale::direction(&settings.language);
    let manifest = Manifest {
        id: home.clone(),
        name: &settings.name,
        short_name: &settings.name,
        description: &settings.description,
        lang: &settings.language,
        dir: (direction == Direction::Rtl).then(|| direction.name()),
        start_url: home.clone(),
        scope: home,
        display: "browser",
        background_color: &icon.background,
        theme_color: &icon.background,
        icons: drawn.into_iter().chain([vector]).collect(),
    };
    let bytes = serde_json::to_vec(&manifest).expect("manifests have text keys");
    Some((format!("{}{MANIFEST}", settings.prefix).trim_start_matches('/').to_owned(), bytes))
}
