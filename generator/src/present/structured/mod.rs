//! Structured data by schema.org and by what Google's documentation asks of shops, and JSON that is safe inside a `<script>` of
//! data. What every product's page has is written from structs, without a tree of values first.

mod article;
mod organization;
mod product;
mod shipping;

use serde::Serialize;

use super::Reader;
use crate::pictures::Copy;
use crate::view::LinkView;

pub(super) use article::article;
pub(super) use organization::{organization, website};
pub(super) use product::product;
pub use product::variant_url;

const CONTEXT: &str = "https://schema.org";

/// The width of pictures named in structured data and feeds; search engines ask for at least 1200 pixels.
pub const PICTURE_WIDTH: u32 = 1200;

/// JSON in which no tag can begin or end.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).expect("views have text keys");
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// A node that stands elsewhere on the page, or on another.
#[derive(Serialize)]
struct Reference {
    #[serde(rename = "@id")]
    id: String,
}

impl Reference {
    fn to(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

#[derive(Serialize)]
struct Breadcrumbs<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<ListItem<'a>>,
}

#[derive(Serialize)]
struct ListItem<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: &'a str,
    item: String,
}

pub(super) fn breadcrumbs(site: &Reader<'_>, parents: &[LinkView], title: &str, path: &str) -> Option<String> {
    if parents.is_empty() {
        return None;
    }
    let host = site.settings().base_url.strip_suffix(&site.settings().base_path).unwrap_or(&site.settings().base_url);
    let parents = parents.iter().map(|link| (link.title.as_str(), format!("{host}{}", link.url)));
    let all = parents.chain([(title, site.absolute(path))]);
    let items = all.enumerate().map(|(i, (name, item))| ListItem { kind: "ListItem", position: i + 1, name, item }).collect();
    Some(json(&Breadcrumbs { context: CONTEXT, kind: "BreadcrumbList", items }))
}

fn picture(site: &Reader<'_>, file: &str, copies: &mut Vec<Copy>) -> Option<String> {
    let (set, wanted) = site.picture(file, &[PICTURE_WIDTH], "")?;
    copies.extend(wanted.into_iter().filter(|copy| set.fallback.ends_with(&copy.path)));
    Some(site.absolute_file(&set.fallback))
}

#[cfg(test)]
mod tests {
    #[test]
    fn data_cannot_end_its_script() {
        assert_eq!(super::json(&"</script>"), "\"\\u003c/script>\"");
    }
}
