//! Lists of products: home, categories, collections, tags.

use std::collections::BTreeMap;

use super::{Main, Presented, View, articles, card, cards, on_first_page, page, page_path, paginate, preview, structured};
use crate::pictures::Copy;
use crate::site::{Category, Collection, Meta, Site};
use crate::view::{CountedLinkView, HomeView, LinkView, ListView, PageView, PictureView, TileView};

/// How many of the newest the home page shows.
const NEWEST: usize = 6;
/// How many tags a list offers.
const MOST_TAGS: usize = 16;

pub(super) fn home(site: &Site) -> Presented {
    let section = &site.sections[""];
    let post = newest_post(site);
    let families = site.collections.iter().filter(|collection| collection.accent.is_some());
    let top = site.categories[""].children.iter().map(|key| &site.categories[key]);
    let home = HomeView {
        title: section.title.clone(),
        body: section.body.html.clone(),
        picture: section.picture.clone(),
        newest: site.newest.iter().take(NEWEST).filter_map(|id| card(site, id)).collect(),
        collections: families.map(|collection| collection_tile(site, collection)).collect(),
        categories: top.map(|category| category_tile(site, category)).collect(),
        post: post.map(|article| articles::post_card(site, article)),
        product_count: site.products.len(),
    };
    let meta = Meta {
        title: section.meta.title.clone(),
        description: if site.settings.description.is_empty() {
            section.meta.description.clone()
        } else {
            site.settings.description.clone()
        },
    };
    let mut page = page(site, "home", "/", &section.title, &meta);
    page.picture = preview(section.picture.as_ref());
    page.structured_data = vec![structured::organization(site)];
    Presented {
        template: section.template.clone().unwrap_or_else(|| "home.html".to_owned()),
        view: View { page, main: Main::Home { home } },
        copies: section.body.copies.clone(),
    }
}

fn newest_post(site: &Site) -> Option<&crate::site::Article> {
    let posts = site.sections.values().filter(|section| section.by_date).filter_map(|section| site.articles.get(section.pages.first()?));
    posts.max_by_key(|article| article.date)
}

fn collection_tile(site: &Site, collection: &Collection) -> TileView {
    TileView {
        title: collection.title.clone(),
        url: site.url(&collection.path),
        summary: collection.summary.clone(),
        count: collection.products.len(),
        picture: collection.picture.clone(),
        accent: collection.accent_class(),
    }
}

fn category_tile(site: &Site, category: &Category) -> TileView {
    let first = || category.products.first().and_then(|id| site.products[id].pictures.first());
    TileView {
        title: category.title.clone(),
        url: site.url(&category.path),
        summary: category.description.clone(),
        count: category.products.len(),
        picture: category.picture.as_ref().or_else(first).cloned(),
        accent: String::new(),
    }
}

pub(super) fn category(site: &Site, category: &Category, number: usize) -> Presented {
    let children = category.children.iter().map(|key| &site.categories[key]);
    let children = children.map(|child| counted(site, &child.title, &child.path, child.products.len())).collect();
    let is_root = category.key.is_empty();
    let kind = if is_root { "catalogue" } else { "category" };
    let (body, copies) = on_first_page(number, &category.body);
    let list = List {
        title: &category.title,
        description: &category.description,
        path: &category.path,
        ids: &category.products,
        picture: &category.picture,
    };
    let view = list.view(site, number, body, children);
    let mut page = list.page(site, kind, number, &category.meta);
    page.breadcrumbs = breadcrumbs(site, &category.key);
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &category.title, &category.path));
    Presented { template: format!("{kind}.html"), view: View { page, main: Main::List { list: view } }, copies }
}

pub(super) fn collection(site: &Site, collection: &Collection, number: usize) -> Presented {
    let others = site.collections.iter().filter(|other| other.name != collection.name);
    let children = others.map(|other| counted(site, &other.title, &other.path, other.products.len())).collect();
    let (body, copies) = on_first_page(number, &collection.body);
    let list = List {
        title: &collection.title,
        description: &collection.summary,
        path: &collection.path,
        ids: &collection.products,
        picture: &collection.picture,
    };
    let view = list.view(site, number, body, children);
    let mut page = list.page(site, "collection", number, &collection.meta);
    page.accent = collection.accent_class();
    page.breadcrumbs = vec![catalogue_link(site)];
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &collection.title, &collection.path));
    Presented { template: "collection.html".to_owned(), view: View { page, main: Main::List { list: view } }, copies }
}

pub(super) fn tag(site: &Site, slug: &str, number: usize) -> Presented {
    let tag = &site.tags[slug];
    let path = format!("/tags/{slug}/");
    let list = List { title: &tag.title, description: "", path: &path, ids: &tag.products, picture: &None };
    let view = list.view(site, number, String::new(), Vec::new());
    let posts: &[String] = if number == 1 { &tag.pages } else { &[] };
    let section = articles::tagged(site, &tag.title, &path, posts);
    let mut page = list.page(site, "tag", number, &Meta::default());
    page.breadcrumbs = vec![catalogue_link(site)];
    Presented { template: "tag.html".to_owned(), view: View { page, main: Main::Tag { list: view, section } }, copies: Vec::<Copy>::new() }
}

/// What all lists of products have in common.
struct List<'a> {
    title: &'a str,
    description: &'a str,
    path: &'a str,
    ids: &'a [String],
    picture: &'a Option<PictureView>,
}

impl List<'_> {
    fn view(&self, site: &Site, number: usize, body: String, children: Vec<CountedLinkView>) -> ListView {
        let (shown, pagination) = paginate(site, self.path, self.ids, site.settings.per_page, number);
        ListView {
            title: self.title.to_owned(),
            description: self.description.to_owned(),
            body,
            picture: self.picture.clone(),
            children,
            tags: self.tags(site),
            collections: self.collections(site),
            products: cards(site, shown),
            pagination,
        }
    }

    fn page(&self, site: &Site, kind: &'static str, number: usize, meta: &Meta) -> PageView {
        let mut page = page(site, kind, &page_path(self.path, number), self.title, meta);
        if number > 1 {
            page.title = format!("{} – page {number}", page.title);
        }
        let first = self.ids.first().and_then(|id| site.products[id].pictures.first());
        page.picture = preview(self.picture.as_ref().or(first));
        page
    }

    /// The tags of the products here, the most frequent first.
    fn tags(&self, site: &Site) -> Vec<CountedLinkView> {
        let mut counts: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (slug, title) in self.ids.iter().flat_map(|id| &site.products[id].tags) {
            counts.entry(slug).or_insert((0, title)).0 += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
        let shown = counts.into_iter().take(MOST_TAGS);
        shown.map(|(slug, (count, title))| counted(site, title, &format!("/tags/{slug}/"), count)).collect()
    }

    fn collections(&self, site: &Site) -> Vec<CountedLinkView> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in self.ids.iter().flat_map(|id| &site.products[id].collections) {
            *counts.entry(name).or_default() += 1;
        }
        let here = site.collections.iter().filter_map(|collection| Some((collection, *counts.get(collection.name.as_str())?)));
        here.map(|(collection, count)| counted(site, &collection.title, &collection.path, count)).collect()
    }
}

fn counted(site: &Site, title: &str, path: &str, count: usize) -> CountedLinkView {
    CountedLinkView { title: title.to_owned(), url: site.url(path), count }
}

fn catalogue_link(site: &Site) -> LinkView {
    let root = &site.categories[""];
    LinkView { title: root.title.clone(), url: site.url(&root.path) }
}

/// From the whole catalogue to the parent of a category; nothing for the catalogue itself.
pub(super) fn breadcrumbs(site: &Site, key: &str) -> Vec<LinkView> {
    if key.is_empty() {
        return Vec::new();
    }
    let parents = key.match_indices('/').filter_map(|(at, _)| site.categories.get(&key[..at]));
    let links = parents.map(|parent| LinkView { title: parent.title.clone(), url: site.url(&parent.path) });
    std::iter::once(catalogue_link(site)).chain(links).collect()
}
