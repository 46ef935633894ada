//! Addresses: of the old site as keys that compare, and which ones a shop's page or file can have.

use percent_encoding::percent_decode_str;

use crate::import::slug::{short_hash, slug};

/// First parts of addresses that a shop has for itself, so that no page can begin with them.
const OWN: [&str; 12] =
    ["products", "categories", "collections", "tags", "cart", "checkout", "search", "404", "api", "assets", "img", "_shopfront"];

/// Files that the shop makes by itself.
const OWN_FILES: [&str; 8] =
    ["/robots.txt", "/sitemap.xml", "/_headers", "/_redirects", "/404.html", "/index.html", "/feed.xml", "/.nojekyll"];

/// An old address as a key: decoded, and the same for `/a`, `/a/`, `/a.html` and `/a/index.html`.
pub(in crate::import) fn key_of(address: &str) -> String {
    let path = percent_decode_str(address.split(['?', '#']).next().unwrap_or("")).decode_utf8_lossy().into_owned();
    let path = path.strip_suffix("index.html").or_else(|| path.strip_suffix("index.htm")).unwrap_or(&path);
    let path = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
    format!("/{}", path.trim_matches('/'))
}

/// A name as part of an address; what has no letter of the Latin alphabet gets one made from its text.
pub(in crate::import) fn part(text: &str, otherwise: &str) -> String {
    let plain = slug(text);
    if plain.is_empty() { format!("{otherwise}-{}", short_hash(text)) } else { plain }
}

/// The folders of a path below `content/` as parts of an address; the first is never one of the shop's own.
pub(in crate::import) fn folders(path: &str, languages: &[&str]) -> String {
    let mut parts: Vec<String> = path.split('/').filter(|name| !name.is_empty()).map(|name| part(name, "folder")).collect();
    if let Some(first) = parts.first_mut() {
        *first = free(first, languages);
    }
    parts.join("/")
}

/// The name, changed where it begins an address of the shop's own.
pub(super) fn free(name: &str, languages: &[&str]) -> String {
    let taken = OWN.contains(&name) || languages.iter().skip(1).any(|language| language.eq_ignore_ascii_case(name));
    if taken { format!("{name}-page") } else { name.to_owned() }
}

/// Whether the shop makes this address by itself, so that no former address and no file can be there.
pub(super) fn is_own(address: &str, languages: &[&str]) -> bool {
    let first = address.trim_matches('/').split('/').next().unwrap_or("");
    let reserved = ["cart", "checkout", "search", "404", "api", "assets", "img", "_shopfront", ""];
    let whole = matches!(first, "products") && address.trim_matches('/') == first;
    reserved.contains(&first)
        || whole
        || OWN_FILES.contains(&address)
        || languages.iter().skip(1).any(|language| address.trim_matches('/') == *language)
}

/// A former address as front matter takes it, or why it cannot.
pub(super) fn alias(address: &str, languages: &[&str]) -> Result<String, &'static str> {
    let decoded = percent_decode_str(address).decode_utf8_lossy().into_owned();
    let path = if decoded.starts_with('/') { decoded } else { format!("/{decoded}") };
    let path = path.strip_suffix("/index.html").map_or_else(|| path.clone(), |folder| format!("{folder}/"));
    if path.contains(['?', '#', '\\']) || path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a former address with spaces or a query cannot be kept; lead it on where the shop is hosted");
    }
    let inner = path.trim_matches('/');
    if inner.is_empty() || inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("this is no address that could lead on; it was left out");
    }
    if is_own(&path, languages) {
        return Err("the shop has this address for itself; links to it lead there");
    }
    Ok(path)
}

/// `folder` and a path relative to it, dots applied; `None` where it leaves the root.
pub(in crate::import) fn join(folder: &str, path: &str) -> Option<String> {
    crate::index::join(folder, path).map(|path| path.trim_end_matches('/').to_owned())
}

/// The folder of a path, without a slash at the end.
pub(in crate::import) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_compare() {
        for address in ["/a/b", "/a/b/", "/a/b.html", "/a/b/index.html", "a/b/?x#y", "/a/%62/"] {
            assert_eq!(key_of(address), "/a/b", "{address}");
        }
        assert_eq!(key_of("/"), "/");
        assert_eq!(key_of("/index.html"), "/");
        assert_eq!(key_of("/caf%C3%A9/"), "/café");
    }

    #[test]
    fn the_shops_own_addresses_stay_free() {
        let languages = ["en", "de"];
        assert_eq!(folders("Products/Größe & x", &languages), "products-page/grosse-x");
        assert_eq!(folders("de/a", &languages), "de-page/a");
        assert_eq!(folders("blog", &languages), "blog");
        for (address, ok) in [
            ("/2013/05/a.html", true),
            ("/a/index.html", true),
            ("/img/a/", false),
            ("/", false),
            ("/a b/", false),
            ("/a%20b/", false),
            ("/cart/", false),
            ("/products/old/", true),
            ("/de/", false),
            ("/a/../b", false),
        ] {
            assert_eq!(alias(address, &languages).is_ok(), ok, "{address}");
        }
    }
}
