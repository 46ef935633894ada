//! An export of `WordPress` (WXR 1.2): posts and pages with their pictures by address. Old permalinks lead to the new places.
//! Comments, menus, products and other kinds of entries are counted and do not come over.

mod body;
mod wxr;

use std::collections::{BTreeMap, BTreeSet};

use super::pages::{self, OldSite, Page, Sort, key_of};
use super::slug::slug;
use super::{Import, ImportError, ImportOptions, html};
use body::Texts;
use wxr::{Export, Item};

/// A file of the old site's library.
#[derive(Debug)]
struct Attachment {
    url: String,
    alt: String,
    caption: String,
    parent: String,
}

/// Reads an export; it is refused where nothing of it can be read.
pub fn wordpress(bytes: &[u8], options: &ImportOptions<'_>) -> Result<Import, ImportError> {
    let mut export = wxr::read(bytes)?;
    let mut site = OldSite { heading_id: None, ..OldSite::default() };
    site.failed.extend(export.broken.take().map(|error| (String::new(), error)));
    let root =
        ["wp:base_blog_url", "link", "wp:base_site_url"].iter().find_map(|name| export.texts.get(*name).filter(|url| !url.is_empty()));
    let root = root.map_or("", String::as_str).trim_end_matches('/').to_owned();
    site.hosts.extend(host(&root));
    path(&root).trim_end_matches('/').clone_into(&mut site.base);
    let into = pages::folders(options.into.unwrap_or("journal"), options.languages);
    let attachments: BTreeMap<String, Attachment> =
        export.items.iter().filter(|item| item.text("wp:post_type") == "attachment").map(attachment).collect();
    let blocks = export.items.iter().filter(|item| item.text("wp:post_type") == "wp_block");
    let blocks = blocks.map(|item| (item.text("wp:post_id").to_owned(), item.text("content:encoded").to_owned())).collect();
    let addresses =
        export.items.iter().filter(|item| is_text(item)).map(|item| (item.text("wp:post_id").to_owned(), item.text("link").to_owned()));
    let texts = Texts::new(&root, &attachments, blocks, addresses.collect());
    lists(&export, &mut site);
    counts(&export, &mut site);
    for item in export.items.iter().filter(|item| is_text(item)) {
        let page = page(item, &export, &texts, &into, options, &mut site);
        site.pages.push(page);
    }
    if site.pages.iter().any(|page| page.sort == Sort::Post) {
        site.sections.push((into.clone(), pages::title_of(into.rsplit('/').next().unwrap_or(&into))));
        for feed in ["/feed", "/feed/rss", "/feed/rss2", "/feed/atom", "/rss", "/atom"] {
            site.feeds.insert(feed.to_owned(), into.clone());
        }
    }
    site.stays =
        attachments.values().filter(|attachment| !body::is_picture(&attachment.url)).map(|attachment| attachment.url.clone()).collect();
    Ok(pages::settle(site, options))
}

fn is_text(item: &Item) -> bool {
    matches!(item.text("wp:post_type"), "post" | "page") && !matches!(item.text("wp:status"), "trash" | "auto-draft" | "inherit")
}

/// The host of an address, without `www.`.
fn host(url: &str) -> Option<String> {
    let host = url.split("://").nth(1)?.split(['/', '?', '#']).next()?.to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

/// The path of an address.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    rest.split(['?', '#']).next().unwrap_or("").to_owned()
}

fn attachment(item: &Item) -> (String, Attachment) {
    let url = [item.text("wp:attachment_url"), item.text("guid")].into_iter().find(|url| !url.is_empty()).unwrap_or("").trim().to_owned();
    let caption = html::plain_of_html(item.text("excerpt:encoded"));
    let (alt, parent) = (item.meta("_wp_attachment_image_alt").trim().to_owned(), item.text("wp:post_parent").to_owned());
    (item.text("wp:post_id").to_owned(), Attachment { url, alt, caption, parent })
}

/// The addresses of the old lists by category and tag.
fn lists(export: &Export, site: &mut OldSite) {
    for item in export.items.iter().filter(|item| is_text(item)) {
        for (domain, short, name) in &item.terms {
            match domain.as_str() {
                "post_tag" => drop(site.lists.insert(key_of(&format!("/tag/{short}")), name.clone())),
                "category" => {
                    site.lists.insert(key_of(&format!("/category/{short}")), name.clone());
                    let mut whole = short.clone();
                    let mut at = short;
                    // A chain that leads back to itself ends as well.
                    for _ in 0..export.parents.len() {
                        let Some(parent) = export.parents.get(at).filter(|parent| !parent.is_empty()) else { break };
                        whole = format!("{parent}/{whole}");
                        at = parent;
                    }
                    site.lists.insert(key_of(&format!("/category/{whole}")), name.clone());
                }
                _ => {}
            }
        }
    }
}

/// What does not come over, by kind: how often, from which line on, and what to do.
fn counts(export: &Export, site: &mut OldSite) {
    let mut kinds: BTreeMap<(String, &'static str), (usize, usize)> = BTreeMap::new();
    for item in &export.items {
        let kind = item.text("wp:post_type");
        let reason = match kind {
            "attachment" | "wp_block" => continue,
            "post" | "page" if is_text(item) => {
                if item.comments > 0 {
                    let entry = kinds.entry(("comments".to_owned(), COMMENTS)).or_insert((0, item.line));
                    entry.0 += item.comments;
                }
                continue;
            }
            "post" | "page" => "it was in the trash or never saved; it was left out",
            "product" | "product_variation" => {
                "products are no texts: export them in WooCommerce as CSV, then `shopfront import woocommerce FILE.csv`"
            }
            "shop_order" | "shop_coupon" | "shop_order_refund" => {
                "orders stay where they were taken; write discounts into `discounts.yaml`"
            }
            "nav_menu_item" => "write menus into `menus:` of `shop.yaml`",
            "revision"
            | "custom_css"
            | "customize_changeset"
            | "wp_global_styles"
            | "wp_navigation"
            | "wp_template"
            | "wp_template_part"
            | "wp_font_family"
            | "wp_font_face"
            | "oembed_cache" => "belongs to the old theme or to the editor, and is not needed",
            _ => "a kind of entry that a plugin added; make it a page in WordPress, or write it as one here",
        };
        let name = if kind.is_empty() { "entry" } else { kind };
        kinds.entry((name.to_owned(), reason)).or_insert((0, item.line)).0 += 1;
    }
    for ((kind, reason), (number, line)) in kinds {
        site.note("", line, &kind, &number.to_string(), reason);
    }
}

const COMMENTS: &str = "comments do not come over; keep the export, or write those that matter into the text";

fn page(item: &Item, export: &Export, texts: &Texts<'_>, into: &str, options: &ImportOptions<'_>, site: &mut OldSite) -> Page {
    let is_post = item.text("wp:post_type") == "post";
    let link = item.text("link").trim();
    let address = if link.contains('?') || link.is_empty() { String::new() } else { inner(&path(link), &site.base) };
    let mut page = Page {
        source: item.text("content:encoded").to_owned(),
        line: item.content_line,
        key: item.text("wp:post_id").to_owned(),
        sort: if is_post { Sort::Post } else { Sort::Page },
        title: html::plain_of_html(item.text("title")),
        summary: html::plain_of_html(item.text("excerpt:encoded")),
        description: item.meta("_yoast_wpseo_metadesc").trim().to_owned(),
        old: if address.is_empty() { Vec::new() } else { vec![address] },
        ..Page::default()
    };
    name(item, is_post, into, &mut page);
    times(item, &mut page, site);
    status(item, &mut page, site);
    let login = item.text("dc:creator");
    export.authors.get(login).filter(|name| !name.is_empty()).map_or(login, String::as_str).clone_into(&mut page.author);
    page.order = item.text("wp:menu_order").parse().ok().filter(|order| *order != 0);
    terms(item, &mut page, options, site);
    let thumbnail = texts.attachments.get(item.meta("_thumbnail_id"));
    page.image = thumbnail.map(|picture| (picture.url.clone(), Some(picture.alt.clone()).filter(|alt| !alt.is_empty())));
    meta(item, site);
    page.body = texts.markdown(item, &mut |line, what, value, reason| site.note("", line, what, value, reason));
    page
}

/// A path below the site's own root.
fn inner(path: &str, base: &str) -> String {
    let path = path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// Posts go into the journal; pages stay where they were.
fn name(item: &Item, is_post: bool, into: &str, page: &mut Page) {
    let decoded = percent_encoding::percent_decode_str(item.text("wp:post_name")).decode_utf8_lossy().into_owned();
    page.name = if decoded.is_empty() { page.title.clone() } else { decoded };
    if is_post {
        into.clone_into(&mut page.folder);
        for old in item.meta.iter().filter(|(key, _)| key == "_wp_old_slug") {
            let before = page.old.first().and_then(|own| own.trim_end_matches('/').rsplit_once('/'));
            page.old.extend(before.map(|(folder, _)| format!("{folder}/{}/", old.1)));
        }
        numbered(item, page);
        return;
    }
    let key = page.old.first().map_or_else(String::new, |old| key_of(old));
    if key == "/" {
        page.sort = Sort::Section;
        page.name.clear();
    } else if let Some((folder, name)) = key.trim_start_matches('/').rsplit_once('/') {
        (page.folder, page.name) = (folder.to_owned(), name.to_owned());
    }
    numbered(item, page);
}

/// What has no letters for an address is called by its number.
fn numbered(item: &Item, page: &mut Page) {
    if page.sort != Sort::Section && slug(&page.name).is_empty() {
        page.name = format!("{}-{}", item.text("wp:post_type"), item.text("wp:post_id"));
    }
}

fn times(item: &Item, page: &mut Page, site: &mut OldSite) {
    let moment = |name: &str| {
        let text =
            [item.text(&format!("{name}_gmt")), item.text(name)].into_iter().find(|text| !text.starts_with("0000") && !text.is_empty());
        text.and_then(pages::when)
    };
    let (date, updated) = (moment("wp:post_date"), moment("wp:post_modified"));
    if page.sort == Sort::Post {
        match &date {
            Some(date) => page.date.clone_from(&date.text),
            None => site.note("", item.line, "date", item.text("wp:post_date"), "this is no date; give the post one"),
        }
    }
    // Whoever saves twice on a day has corrected a word; a later day is a change.
    if let Some(updated) = updated.filter(|updated| date.as_ref().is_some_and(|date| updated.local.date() > date.local.date())) {
        page.updated = updated.text;
    }
}

fn status(item: &Item, page: &mut Page, site: &mut OldSite) {
    let status = item.text("wp:status");
    page.draft = !matches!(status, "publish" | "future" | "");
    if !matches!(status, "publish" | "future" | "" | "draft" | "pending") {
        site.note("", item.line, "wp:status", status, "a shop's pages are for everybody; it became a draft");
    }
    if !item.text("wp:post_password").is_empty() {
        page.draft = true;
        site.note("", item.line, "wp:post_password", &page.title, "a shop's pages have no passwords; it became a draft");
    }
    if item.text("wp:is_sticky") == "1" {
        site.note("", item.line, "wp:is_sticky", &page.title, "lists go by date; nothing is kept on top of them");
    }
}

fn terms(item: &Item, page: &mut Page, options: &ImportOptions<'_>, site: &mut OldSite) {
    for (domain, short, name) in &item.terms {
        match domain.as_str() {
            // What WordPress says where nobody said anything.
            "category" if short == "uncategorized" => {}
            "post_tag" | "category" => page.tags.push(html::plain_of_html(name)),
            _ if !page.sort_by(domain, [html::plain_of_html(name)], options) => {
                site.note("", item.line, domain, name, pages::undeclared(domain));
            }
            _ => {}
        }
    }
}

fn meta(item: &Item, site: &mut OldSite) {
    let mut told = BTreeSet::new();
    for (key, value) in item.meta.iter().filter(|(key, value)| !key.starts_with('_') && !value.is_empty()) {
        if told.insert(key) {
            site.note("", item.line, key, value, "a custom field; a page has no such key. Write what readers shall see into the text");
        }
    }
}
