//! The page that searches, what of a site can be found, and what is shown of it then.
//!
//! `output/search` makes the files that the page's script reads; what is a draft, hidden or left out is in no site, or not
//! among the documents here.

use serde_json::value::RawValue;

use super::{Main, Presented, Reader, View, bare, lists, prices};
use crate::pictures::Copy;
use crate::site::{Article, AttributeValue, Body, Category, Collection, Section, Site, SiteProduct, Tongue};
use crate::source::Fingerprint;
use crate::view::{HitView, PriceTagView, SearchView};

/// Where the list of a search's files stands, from the root of a language.
pub const INDEX: &str = "/search/index.json";

/// How much a word says of what it is in. The numbers stand in the search's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Anywhere in the text.
    Text = 1,
    /// In the line below the name.
    Line = 2,
    /// A tag, a maker, a category, an option, a SKU.
    Mark = 3,
    /// In the name.
    Name = 4,
    /// In a name of two words.
    ShortName = 5,
    /// The name itself.
    WholeName = 6,
}

/// Something that can be found.
#[derive(Debug, Clone, Copy)]
pub enum Document<'a> {
    /// A category, or the whole catalogue.
    Category(&'a Category),
    /// A collection.
    Collection(&'a Collection),
    /// A product.
    Product(&'a SiteProduct),
    /// A section.
    Section(&'a Section),
    /// A page or post.
    Article(&'a Article),
}

/// Everything that can be found, in an order in which what is found together lies together: its parts are fetched one by one.
pub fn documents(site: &Site) -> Vec<Document<'_>> {
    let mut products: Vec<&SiteProduct> = site.products.values().map(|product| &**product).filter(|product| product.is_findable).collect();
    products.sort_by(|a, b| (a.categories.first(), a.id()).cmp(&(b.categories.first(), b.id())));
    let sections = site.sections.values().filter(|section| section.is_findable && !section.key.is_empty());
    let articles = site.articles.values().filter(|article| article.is_findable);
    let lists = site.categories.values().map(Document::Category).chain(site.collections.iter().map(Document::Collection));
    let pages = sections.map(Document::Section).chain(articles.map(Document::Article));
    lists.chain(products.into_iter().map(Document::Product)).chain(pages).collect()
}

impl<'a> Document<'a> {
    /// What it is, in one word for scripts.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Category(_) => "category",
            Self::Collection(_) => "collection",
            Self::Product(_) => "product",
            Self::Article(article) if article.date.is_some() => "post",
            Self::Section(_) | Self::Article(_) => "page",
        }
    }

    /// Where it stands, without base path and language.
    pub fn path(self) -> &'a str {
        match self {
            Self::Category(it) => &it.path,
            Self::Collection(it) => &it.path,
            Self::Product(it) => &it.own.path,
            Self::Section(it) => &it.path,
            Self::Article(it) => &it.path,
        }
    }

    /// Its name.
    pub fn title(self) -> &'a str {
        match self {
            Self::Category(it) => &it.title,
            Self::Collection(it) => &it.title,
            Self::Product(it) => &it.own.product.title,
            Self::Section(it) => &it.title,
            Self::Article(it) => &it.title,
        }
    }

    /// The line below its name, or nothing.
    pub fn line(self) -> &'a str {
        match self {
            Self::Category(it) => &it.description,
            Self::Collection(it) => &it.summary,
            Self::Product(it) => &it.own.summary,
            Self::Section(it) => &it.description,
            Self::Article(it) if it.summary.is_empty() => it.body.summary(),
            Self::Article(it) => &it.summary,
        }
    }

    /// Its text.
    pub fn body(self) -> &'a Body {
        match self {
            Self::Category(it) => &it.body,
            Self::Collection(it) => &it.body,
            Self::Product(it) => &it.own.body,
            Self::Section(it) => &it.body,
            Self::Article(it) => &it.body,
        }
    }

    fn tongue(self) -> &'a Tongue {
        match self {
            Self::Category(it) => &it.tongue,
            Self::Collection(it) => &it.tongue,
            Self::Product(it) => &it.own.tongue,
            Self::Section(it) => &it.tongue,
            Self::Article(it) => &it.tongue,
        }
    }

    /// The source of its picture.
    fn picture(self, site: &'a Site) -> Option<&'a str> {
        let first = |products: &[crate::site::Id]| products.first().and_then(|id| site.products.get(id)?.own.pictures.first());
        let picture = match self {
            Self::Category(it) => it.picture.as_ref().or_else(|| first(&it.products)),
            Self::Collection(it) => it.picture.as_ref().or_else(|| first(&it.products)),
            Self::Product(it) => it.own.pictures.first(),
            Self::Section(it) => it.picture.as_ref(),
            Self::Article(it) => it.picture.as_ref(),
        };
        picture?.file.as_deref()
    }

    /// Its picture as results show it: where it stands, and the copy.
    pub fn small_picture(self, site: &Site) -> Option<(String, Copy)> {
        site.pictures.small(self.picture(site)?, &site.settings.base_path)
    }

    /// Of whatever is found in it or shown of it, but its picture.
    pub fn fingerprint(self) -> Fingerprint {
        let text = |text: &str| Fingerprint::of(text.as_bytes());
        let own = match self {
            // Lists change with what is in them, of which only the number is shown.
            Self::Category(it) => Fingerprint::join(&[it.fingerprint, Fingerprint::of(&it.products.len().to_le_bytes())]),
            Self::Collection(it) => Fingerprint::join(&[it.fingerprint, Fingerprint::of(&it.products.len().to_le_bytes())]),
            Self::Product(it) => Fingerprint::join(&[it.own.fingerprint, text(&it.collections.join("\n"))]),
            Self::Section(it) => it.fingerprint,
            Self::Article(it) => it.fingerprint,
        };
        Fingerprint::join(&[own, text(&self.tongue().words)])
    }

    /// Tells every text by which it is found but [`Document::title`], [`Document::line`] and [`Document::body`].
    pub fn marks(self, site: &Site, mut tell: impl FnMut(&str)) {
        match self {
            Self::Product(it) => marks(it, site, &mut tell),
            Self::Article(it) => {
                tell(&it.author);
                it.tags.iter().for_each(|(_, title)| tell(title));
                it.terms.iter().for_each(|term| tell(&term.title));
            }
            Self::Category(_) | Self::Collection(_) | Self::Section(_) => {}
        }
    }
}

fn marks(product: &SiteProduct, site: &Site, tell: &mut impl FnMut(&str)) {
    tell(&product.brand);
    product.tags.iter().for_each(|(_, title)| tell(title));
    product.terms.iter().for_each(|term| tell(&term.title));
    let categories = product.categories.iter().filter_map(|key| site.categories.get(key));
    categories.filter(|category| !category.key.is_empty()).for_each(|category| tell(&category.title));
    product.collections.iter().filter_map(|name| site.collection(name)).for_each(|collection| tell(&collection.title));
    product.own.product.variants.iter().for_each(|variant| tell(variant.sku.as_str()));
    product.option_titles.iter().flat_map(|option| &option.values).for_each(|value| tell(value));
    product.specifications.iter().for_each(|(_, value)| tell(value));
    for attribute in &product.attributes {
        if let AttributeValue::Text(text) | AttributeValue::Number(_, text) = &attribute.value {
            tell(text);
        }
    }
}

/// What is shown of something that was found.
pub fn hit(site: &Reader<'_>, document: Document<'_>, picture: Option<&str>) -> HitView {
    let (count, line) = match document {
        Document::Category(it) => (Some(it.products.len()), ""),
        Document::Collection(it) => (Some(it.products.len()), ""),
        Document::Product(_) => (None, ""),
        Document::Section(_) | Document::Article(_) => (None, document.line()),
    };
    HitView {
        kind: document.kind(),
        title: document.title().to_owned(),
        url: site.url(document.path()),
        lang: document.tongue().words.clone(),
        line: line.to_owned(),
        count,
        picture: picture.map(str::to_owned),
        price: if let Document::Product(product) = document { price(site, product) } else { None },
    }
}

fn price(site: &Reader<'_>, product: &SiteProduct) -> Option<PriceTagView> {
    let currency = site.settings().currency;
    let (_, from) = product.lowest_price(currency)?;
    let price = prices::lowest_view(site, product)?;
    Some(PriceTagView {
        text: price.text,
        from,
        compare: product.compare_at(currency).map(|minor| site.price_text(minor, currency)),
        // Written by ourselves as JSON; what has none is always the same.
        data: RawValue::from_string(price.data).ok(),
    })
}

/// The page that searches.
pub(super) fn search(site: &Reader<'_>) -> Presented {
    let Presented { template, view: View { page, .. }, copies, .. } =
        bare(site, "search", "/search/", &site.word("search.title", "Search", &[]));
    let root = site.category("").expect("every shop has a catalogue");
    let categories = root.children.iter().filter_map(|key| site.category(key));
    let categories =
        categories.map(|category| lists::counted(site, &category.title, &category.path, &category.tongue, category.products.len()));
    let search = SearchView { index: site.url(INDEX), categories: categories.collect() };
    Presented { template, view: View { page, main: Main::Search { search } }, copies, blocks: Vec::new() }
}
