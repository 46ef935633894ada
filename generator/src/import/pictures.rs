//! Pictures of an import: where each address belongs in the shop. Fetching is for the command line.

use std::collections::{BTreeMap, BTreeSet};

use super::slug::{slug_or_hash, unique};
use super::{Import, pages};

/// A picture that a product or a text shows by its address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemotePicture {
    /// `https://…` or `http://…`.
    pub url: String,
    /// The path in the shop beside the file that shows it. The ending follows the address; the bytes may say otherwise.
    pub file: String,
}

/// One address to fetch and every file that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The address.
    pub url: String,
    /// Paths in the shop: one for each folder that shows it.
    pub files: Vec<String>,
}

/// What to fetch: each address once, in order.
pub fn plan_downloads(import: &Import) -> Vec<Download> {
    let mut by_url: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for picture in &import.pictures {
        by_url.entry(&picture.url).or_default().push(picture.file.clone());
    }
    by_url.into_iter().map(|(url, files)| Download { url: url.to_owned(), files }).collect()
}

/// A file as an import wrote it, with the pictures that were fetched as files beside it: `fetched` gives the file's name
/// for an address. Everything else stays as it is, so that an editor's changes are kept.
pub fn with_pictures(path: &str, text: &str, fetched: &BTreeMap<String, String>) -> String {
    if fetched.is_empty() {
        return text.to_owned();
    }
    let (front, body) = if path.ends_with(".md") { front_and_body(text) } else { (text, "") };
    let mut out = String::with_capacity(text.len());
    for line in front.split_inclusive('\n') {
        out.push_str(&with_picture(line, fetched).unwrap_or_else(|| line.to_owned()));
    }
    out + &pages::with_pictures(body, fetched)
}

/// The front matter with its lines `---`, and the text below it.
fn front_and_body(text: &str) -> (&str, &str) {
    let end = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n"));
    end.map_or(("", text), |at| text.split_at("---\n".len() + at + "\n---\n".len()))
}

fn with_picture(line: &str, fetched: &BTreeMap<String, String>) -> Option<String> {
    if let Some(rest) = line.strip_prefix("# image: {url: \"") {
        let (url, after) = rest.split_once('"')?;
        return Some(format!("image: {{file: {}{after}", fetched.get(url)?));
    }
    let (key, replacement) = if line.contains("url: \"") { ("url: \"", "file: ") } else { ("image: \"", "image: ") };
    let start = line.find(key)?;
    let rest = &line[start + key.len()..];
    let (url, after) = rest.split_once('"')?;
    let file = fetched.get(url)?;
    Some(format!("{}{replacement}{file}{after}", &line[..start]))
}

/// Gives pictures their names, each folder for itself.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeMap<String, BTreeSet<String>>,
    known: BTreeMap<(String, String), String>,
    list: Vec<RemotePicture>,
}

impl Names {
    /// Enters a picture of a product in `folder`; the same picture in the same folder is entered once.
    pub(super) fn add(&mut self, folder: &str, url: &str) {
        let key = (folder.to_owned(), url.to_owned());
        if self.known.contains_key(&key) {
            return;
        }
        let (stem, extension) = name(url);
        let stem = unique(&stem, self.taken.entry(folder.to_owned()).or_default());
        let file = format!("{folder}/{stem}.{extension}");
        self.known.insert(key, file.clone());
        self.list.push(RemotePicture { url: url.to_owned(), file });
    }

    /// A name for a picture that is copied into `folder`: its path in the shop. The same file in the same folder has one.
    pub(super) fn beside(&mut self, folder: &str, path: &str) -> String {
        let key = (folder.to_owned(), path.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let (stem, extension) = name(path);
        let stem = unique(&stem, self.taken.entry(folder.to_owned()).or_default());
        let file = format!("{folder}/{stem}.{extension}");
        self.known.insert(key, file.clone());
        file
    }

    /// Keeps a path of the shop free of other pictures.
    pub(super) fn reserve(&mut self, file: &str) {
        if let Some((folder, name)) = file.rsplit_once('/') {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            self.taken.entry(folder.to_owned()).or_default().insert(stem.to_owned());
        }
    }

    /// All pictures in order of their first use.
    pub(super) fn into_list(self) -> Vec<RemotePicture> {
        self.list
    }
}

fn name(url: &str) -> (String, String) {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    let decoded = percent_encoding::percent_decode_str(stem).decode_utf8_lossy();
    let extension = extension.to_ascii_lowercase();
    let extension = match extension.as_str() {
        "png" | "gif" | "webp" | "avif" | "svg" => extension.as_str(),
        _ => "jpg",
    };
    (slug_or_hash(&decoded, "picture"), extension.to_owned())
}

/// Whether a text is an address that can be fetched and linked.
pub(super) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_addresses() {
        let mut names = Names::default();
        for url in [
            "https://a.example/x/Blue%20Mug.JPG?v=1",
            "https://b.example/blue-mug.jpg",
            "https://a.example/",
            "https://a.example/x/Blue%20Mug.JPG?v=1",
        ] {
            names.add("products/mugs", url);
        }
        let files: Vec<_> = names.into_list().into_iter().map(|p| p.file).collect();
        assert_eq!(files[..2], ["products/mugs/blue-mug.jpg", "products/mugs/blue-mug-2.jpg"]);
        assert!(files[2].starts_with("products/mugs/picture-"));
        assert_eq!(files.len(), 3);
    }

    #[test]
    fn fetched_pictures_become_files() {
        let product = "title: Mug\nimages:\n  - url: \"https://a.example/b.jpg\"\n    alt: B\nvariants:\n  - {sku: A, image: \"https://a.example/b.jpg\"}\n  - {sku: B, image: \"https://a.example/c.jpg\"}\n";
        let fetched = BTreeMap::from([("https://a.example/b.jpg".to_owned(), "b.jpg".to_owned())]);
        insta::assert_snapshot!(with_pictures("products/mug.yaml", product, &fetched), @r#"
        title: Mug
        images:
          - file: b.jpg
            alt: B
        variants:
          - {sku: A, image: b.jpg}
          - {sku: B, image: "https://a.example/c.jpg"}
        "#);
    }

    #[test]
    fn addresses() {
        assert!(is_address("https://burst.shopifycdn.com/photos/city-woman-fashion_925x@2x.jpg"));
        for text in
            ["mug.jpg", "ftp://a/b", "https://", "https:///x", "https://a b", "https://user@a/b", "javascript:alert(1)", "https://a\"b"]
        {
            assert!(!is_address(text), "{text}");
        }
    }
}
