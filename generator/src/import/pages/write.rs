//! A page as a file of the shop: front matter, then Markdown.

use super::{Cascade, Page, Sort};
use crate::import::model::one_line;
use crate::import::write_yaml::{Yaml, document};

/// The longest text on one line, in characters.
const MAX_LINE: usize = 1000;

/// What the settled page has that the read one had not.
pub(super) struct Settled<'a> {
    pub(super) aliases: &'a [String],
    /// The picture's file beside the page, or its address.
    pub(super) image: Option<(String, Option<String>)>,
    /// Of a translation: the last part of its address, where it is its own.
    pub(super) slug: Option<&'a str>,
    pub(super) body: &'a str,
}

/// The file's text.
pub(super) fn write(page: &Page, settled: &Settled<'_>) -> String {
    let original = page.language.is_empty();
    let is_page = page.sort != Sort::Section;
    let only = |value: Yaml| if original { value } else { Yaml::bare("") };
    let texts = |list: &[String]| list.iter().map(|text| Yaml::text(text.as_str())).collect::<Vec<_>>();
    let remote = settled.image.as_ref().filter(|(file, _)| file.contains("://"));
    let image = settled.image.as_ref().filter(|(file, _)| original && !file.contains("://")).map_or(Vec::new(), |(file, alt)| {
        let alt = alt.as_ref().map(|alt| ("alt".to_owned(), Yaml::Quoted(line(alt))));
        [("file".to_owned(), Yaml::text(file.as_str()))].into_iter().chain(alt).collect()
    });
    let taxonomies = page.taxonomies.iter().filter(|_| is_page).map(|(name, terms)| (name.clone(), Yaml::Row(texts(terms)))).collect();
    let mut front = document(vec![
        ("title", Yaml::text(line(&page.title))),
        ("description", Yaml::text(line(&page.description))),
        ("summary", Yaml::text(line(&page.summary))),
        ("date", only(Yaml::bare(&page.date))),
        ("updated", only(Yaml::bare(&page.updated))),
        ("expires", only(Yaml::bare(&page.expires))),
        ("author", only(Yaml::text(line(&page.author)))),
        ("draft", Yaml::bare(if page.draft { "true" } else { "" })),
        ("tags", Yaml::Row(if is_page { texts(&page.tags) } else { Vec::new() })),
        ("taxonomies", Yaml::Inline(taxonomies)),
        ("image", Yaml::Inline(image)),
        ("order", only(Yaml::bare(page.order.map_or_else(String::new, |order| order.to_string())))),
        ("slug", Yaml::text(settled.slug.unwrap_or_default())),
        ("toc", only(Yaml::bare(if page.toc { "true" } else { "" }))),
        ("cascade", Yaml::Inline(if original && !is_page { cascade(&page.cascade) } else { Vec::new() })),
        ("aliases", Yaml::List(settled.aliases.iter().map(|alias| Yaml::Quoted(alias.clone())).collect())),
    ]);
    // A picture that was not fetched cannot be named yet; the line becomes `image:` when it is.
    if let Some((url, alt)) = remote.filter(|_| original) {
        let alt = alt.as_ref().map_or_else(String::new, |alt| format!(", alt: {}", Yaml::Quoted(line(alt)).inline()));
        front.push_str(&format!("# image: {{url: \"{url}\"{alt}}}\n"));
    }
    let body = settled.body.trim();
    let gap = if body.is_empty() { "" } else { "\n" };
    let end = if body.is_empty() { "" } else { "\n" };
    format!("---\n{front}---\n{gap}{body}{end}")
}

fn cascade(cascade: &Cascade) -> Vec<(String, Yaml)> {
    let flag = |flag: bool| Yaml::bare(if flag { "true" } else { "" });
    let tags = cascade.tags.iter().map(|tag| Yaml::text(tag.as_str())).collect();
    let all = [
        ("author", Yaml::text(line(&cascade.author))),
        ("draft", flag(cascade.draft)),
        ("expires", Yaml::bare(&cascade.expires)),
        ("tags", Yaml::Row(tags)),
        ("toc", flag(cascade.toc)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The `_index.md` of a section that the shop needs and the site had not.
pub(super) fn section(title: &str) -> String {
    let page = Page { title: title.to_owned(), sort: Sort::Section, ..Page::default() };
    write(&page, &Settled { aliases: &[], image: None, slug: None, body: "" })
}

/// One line, as long as it may be.
pub(super) fn line(text: &str) -> String {
    one_line(&text.chars().take(MAX_LINE).collect::<String>())
}
