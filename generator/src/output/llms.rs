//! `llms.txt`: the shop's table of contents for language models, Markdown of a fixed form (llmstxt.org).

use std::fmt::Write as _;

use super::File;
use crate::present::feed_path;
use crate::site::{Site, Tongue};

/// The most posts of a journal.
const MOST_POSTS: usize = 20;

/// The shop's table of contents in a site's language; `None` where it wants none.
pub(super) fn file(site: &Site) -> Option<File> {
    let path = format!("{}/llms.txt", site.settings.prefix).trim_start_matches('/').to_owned();
    site.settings.found.llms.then(|| (path, text(site).into_bytes()))
}

/// A line of a list: what it is, where, and in a few words.
struct Line<'a> {
    title: &'a str,
    path: &'a str,
    about: &'a str,
    tongue: &'a Tongue,
}

fn text(site: &Site) -> String {
    let settings = &site.settings;
    let mut text = format!("# {}\n", one_line(&settings.name));
    // Writing to a `String` cannot fail, here and below.
    if !settings.description.is_empty() {
        let _ = write!(text, "\n> {}\n", one_line(&settings.description));
    }
    let mut facts = Vec::new();
    if let Some(email) = &settings.email {
        facts.push(format!("Contact: {email}"));
    }
    let currencies: Vec<&str> = settings.currencies.iter().map(|(currency, _)| currency.code()).collect();
    facts.push(format!(
        "Prices: {}, {}",
        currencies.join(", "),
        if site.terms.tax.prices_include_tax { "with tax" } else { "without tax" }
    ));
    let _ = writeln!(text, "\n{}", facts.iter().map(|fact| format!("- {fact}\n")).collect::<String>().trim_end());
    let categories = site.categories.values().filter(|category| !category.products.is_empty()).map(|category| Line {
        title: &category.title,
        path: &category.path,
        about: &category.meta.description,
        tongue: &category.tongue,
    });
    section(&mut text, site, "Products", categories);
    let collections = site.collections.iter().map(|collection| Line {
        title: &collection.title,
        path: &collection.path,
        about: &collection.meta.description,
        tongue: &collection.tongue,
    });
    section(&mut text, site, "Collections", collections);
    let pages = site.articles.values().filter(|article| site.sections.get(&article.section).is_none_or(|section| !section.by_date));
    let pages =
        pages.map(|article| Line { title: &article.title, path: &article.path, about: &article.meta.description, tongue: &article.tongue });
    section(&mut text, site, "Pages", pages);
    for journal in site.sections.values().filter(|section| section.by_date) {
        let posts = site.posts(journal).into_iter().take(MOST_POSTS);
        let posts = posts.map(|post| Line { title: &post.title, path: &post.path, about: &post.meta.description, tongue: &post.tongue });
        section(&mut text, site, &journal.title, posts);
    }
    text.push_str("\n## Optional\n\n");
    let _ = writeln!(text, "- [Sitemap]({}): every page", site.absolute_file("/sitemap.xml"));
    for journal in site.sections.values().filter(|section| section.feed) {
        let _ = writeln!(text, "- [{}, feed]({})", label(&journal.title), site.absolute(&feed_path(&journal.path)));
    }
    text
}

/// A list under a heading; what is written in another language stands in that language's own file.
fn section<'a>(text: &mut String, site: &Site, heading: &str, lines: impl Iterator<Item = Line<'a>>) {
    let mut lines = lines.filter(|line| line.tongue.is_native).peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = write!(text, "\n## {}\n\n", one_line(heading));
    for line in lines {
        let about = one_line(line.about);
        let about = if about.is_empty() { about } else { format!(": {about}") };
        let _ = writeln!(text, "- [{}]({}){about}", label(line.title), site.absolute(line.path));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a link.
fn label(text: &str) -> String {
    one_line(text).replace('[', "\\[").replace(']', "\\]")
}
