//! Lists of products: home, categories, collections, tags.

use super::{Main, Presented, Reader, View, articles, cards, filters, on_first_page, page, page_path, paginate, preview, structured};
use crate::facets::ListName;
use crate::site::{Category, Collection, Id, Meta, Shared, TAGS, Tongue, term_path};
use crate::view::{CountedLinkView, HomeView, LinkView, ListView, PageView, PictureView, TileView};

pub(super) fn home(site: &Reader<'_>) -> Presented {
    let section = site.section("").expect("every shop has a home page");
    let families: Vec<TileView> =
        site.collections().filter(|collection| collection.accent.is_some()).map(|collection| collection_tile(site, collection)).collect();
    let top = site.category("").expect("every shop has a catalogue").children.iter().filter_map(|key| site.category(key));
    let home = HomeView {
        title: section.title.clone(),
        lang: section.tongue.words.clone(),
        line_lang: section.tongue.lines.clone(),
        body_lang: section.tongue.body.clone(),
        body: site.body(&section.body),
        picture: section.picture.clone(),
        newest: cards(site, site.newest()),
        collections: families,
        categories: top.map(|category| category_tile(site, category)).collect(),
        post: site.newest_post().map(|article| articles::post_card(site, article)),
        product_count: site.product_count(),
    };
    let description = &site.settings().description;
    let meta = Meta {
        title: section.meta.title.clone(),
        description: if description.is_empty() { section.meta.description.clone() } else { description.clone() },
    };
    let mut page = page(site, "home", "/", &section.title, &meta);
    page.picture = preview(section.picture.as_ref());
    page.social_card = section.social_card;
    page.structured_data = vec![structured::organization(site), structured::website(site)];
    Presented {
        template: section.template.clone().unwrap_or_else(|| "home.html".to_owned()),
        view: View { page, main: Main::Home { home } },
        copies: section.body.copies.clone(),
        blocks: Vec::new(),
    }
}

fn collection_tile(site: &Reader<'_>, collection: &Collection) -> TileView {
    TileView {
        title: collection.title.clone(),
        url: site.url(&collection.path),
        lang: collection.tongue.words.clone(),
        summary: collection.summary.clone(),
        count: collection.products.len(),
        picture: collection.picture.clone(),
        accent: collection.accent_class(),
    }
}

fn category_tile(site: &Reader<'_>, category: &Category) -> TileView {
    let first = || category.products.first().and_then(|first| site.product(first)?.own.pictures.first());
    TileView {
        title: category.title.clone(),
        url: site.url(&category.path),
        lang: category.tongue.words.clone(),
        summary: category.description.clone(),
        count: category.products.len(),
        picture: category.picture.as_ref().or_else(first).cloned(),
        accent: String::new(),
    }
}

pub(super) fn category(site: &Reader<'_>, category: &Category, number: usize) -> Presented {
    // A catalogue of a thousand categories would repeat them on each of its thousands of pages.
    let children = category.children.iter().filter(|_| number == 1).filter_map(|key| site.category(key));
    let children = children.map(|child| counted(site, &child.title, &child.path, &child.tongue, child.products.len())).collect();
    let is_root = category.key.is_empty();
    let kind = if is_root { "catalogue" } else { "category" };
    let (body, copies) = on_first_page(site, number, &category.body);
    let list = List {
        name: ListName::Category(category.key.clone()),
        title: &category.title,
        tongue: &category.tongue,
        description: &category.description,
        path: &category.path,
        products: &category.products,
        shared: &category.shared,
        picture: &category.picture,
    };
    let view = list.view(site, number, body, children);
    let mut page = list.page(site, kind, number, &category.meta);
    page.breadcrumbs = breadcrumbs(site, &category.key);
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &category.title, &category.path));
    Presented { template: format!("{kind}.html"), view: View { page, main: Main::List { list: view } }, copies, blocks: Vec::new() }
}

pub(super) fn collection(site: &Reader<'_>, collection: &Collection, number: usize) -> Presented {
    let others = site.collections().filter(|other| other.name != collection.name);
    let children = others.map(|other| counted(site, &other.title, &other.path, &other.tongue, other.products.len())).collect();
    let (body, copies) = on_first_page(site, number, &collection.body);
    let list = List {
        name: ListName::Collection(collection.name.clone()),
        title: &collection.title,
        tongue: &collection.tongue,
        description: &collection.summary,
        path: &collection.path,
        products: &collection.products,
        shared: &collection.shared,
        picture: &collection.picture,
    };
    let view = list.view(site, number, body, children);
    let mut page = list.page(site, "collection", number, &collection.meta);
    page.accent = collection.accent_class();
    page.breadcrumbs = vec![catalogue_link(site)];
    page.structured_data.extend(structured::breadcrumbs(site, &page.breadcrumbs, &collection.title, &collection.path));
    Presented { template: "collection.html".to_owned(), view: View { page, main: Main::List { list: view } }, copies, blocks: Vec::new() }
}

/// What all lists of products have in common.
pub(super) struct List<'a> {
    pub(super) name: ListName,
    pub(super) title: &'a str,
    pub(super) tongue: &'a Tongue,
    pub(super) description: &'a str,
    pub(super) path: &'a str,
    pub(super) products: &'a [Id],
    pub(super) shared: &'a Shared,
    pub(super) picture: &'a Option<PictureView>,
}

impl List<'_> {
    pub(super) fn view(&self, site: &Reader<'_>, number: usize, body: String, children: Vec<CountedLinkView>) -> ListView {
        let (shown, pagination) = paginate(site, self.path, self.products, site.settings().per_page, number);
        ListView {
            title: self.title.to_owned(),
            lang: self.tongue.words.clone(),
            line_lang: self.tongue.lines.clone(),
            body_lang: self.tongue.body.clone(),
            description: self.description.to_owned(),
            body,
            picture: self.picture.clone(),
            children,
            tags: self.tags(site),
            collections: self.collections(site),
            products: cards(site, shown.iter()),
            pagination,
            filters: filters::filters(site, &self.name, self.path),
        }
    }

    pub(super) fn page(&self, site: &Reader<'_>, kind: &'static str, number: usize, meta: &Meta) -> PageView {
        let mut page = page(site, kind, &page_path(self.path, number), self.title, meta);
        if number > 1 {
            page.title = site.page_title(&page.title, number);
        }
        let first = self.products.first().and_then(|first| site.product(first)?.own.pictures.first());
        page.picture = preview(self.picture.as_ref().or(first));
        page
    }

    /// The tags of the products here, the most frequent first.
    fn tags(&self, site: &Reader<'_>) -> Vec<CountedLinkView> {
        let tags = self.shared.tags.iter();
        tags.map(|(slug, title, count)| counted(site, title, &term_path(TAGS, slug), &Tongue::native(), *count)).collect()
    }

    fn collections(&self, site: &Reader<'_>) -> Vec<CountedLinkView> {
        let here = self.shared.collections.iter().filter_map(|(name, count)| Some((site.collection_link(name)?, *count)));
        here.map(|(link, count)| CountedLinkView { title: link.title, url: link.url, lang: link.lang, count }).collect()
    }
}

pub(super) fn counted(site: &Reader<'_>, title: &str, path: &str, tongue: &Tongue, count: usize) -> CountedLinkView {
    CountedLinkView { title: title.to_owned(), url: site.url(path), lang: tongue.words.clone(), count }
}

pub(super) fn catalogue_link(site: &Reader<'_>) -> LinkView {
    site.category_link("").expect("every shop has a catalogue")
}

/// From the whole catalogue to the parent of a category; nothing for the catalogue itself.
pub(super) fn breadcrumbs(site: &Reader<'_>, key: &str) -> Vec<LinkView> {
    if key.is_empty() {
        return Vec::new();
    }
    let parents = key.match_indices('/').filter_map(|(at, _)| site.category_link(&key[..at]));
    std::iter::once(catalogue_link(site)).chain(parents).collect()
}
