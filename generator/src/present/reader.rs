//! The site as one page sees it: whatever is looked at is remembered, so that the page is made anew when it changes.
//!
//! The settings are free to read: they are part of what all pages have in common.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use catalog::currency::Currency;
use catalog::money::Money;
use catalog::shipping::ShippingRules;
use catalog::texts::Filler;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Address, Kind, ShownBlock, day};
use crate::facets::{Facets, ListFacets, ListName};
use crate::locale::Formats;
use crate::parse::markdown;
use crate::pictures::{Copy, ImageSet, Wish};
use crate::render::made::Made;
use crate::render::texts::Texts;
use crate::site::{Article, Body, Category, Collection, DeclaredTaxonomy, Id, Section, Settings, Site, SiteProduct, Taxonomy, Term};
use crate::source::Fingerprint;
use crate::view::{CardView, DateView, LinkView, MenuView, PriceView};

/// Something that a page looked at in a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fact {
    /// A product by id.
    Product(String),
    /// The products related to one.
    Related(String),
    /// A category by key.
    Category(String),
    /// A category's name and address.
    CategoryLink(String),
    /// A collection's name and address.
    CollectionLink(String),
    /// A collection by name.
    Collection(String),
    /// Which collections there are.
    Collections,
    /// A page or post by key.
    Article(String),
    /// A section by key.
    Section(String),
    /// Which terms a taxonomy has, and how many carry each.
    Taxonomy(String),
    /// A term by taxonomy and slug.
    Term(String, String),
    /// Which products are the newest, and how many there are.
    Newest,
    /// Which post is the newest.
    NewestPost,
    /// A picture by path.
    Picture(String),
    /// Where something stands, and whether it is written in the site's language.
    Address(Kind),
    /// Where parcels go and what that costs.
    Shipping,
    /// By what a list can be filtered.
    Filters(ListName),
}

/// Where something stands in one language.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The shop in that language.
    pub site: &'a Site,
    /// `None` where it is not there.
    pub address: Option<Address>,
    /// Whether it is the language of the page.
    pub current: bool,
}

/// How many of the newest products can be seen without seeing all.
pub const NEWEST: usize = 6;

impl Fact {
    /// The state of the fact now; the same state means the same answers.
    pub fn state(&self, site: &Site) -> Fingerprint {
        match self {
            Self::Product(id) => known(site.products.get(id.as_str()), product),
            Self::Related(id) => known(site.products.get(id.as_str()), |product| ids(site.related(product).iter())),
            Self::Category(key) => known(site.categories.get(key), category),
            Self::CategoryLink(key) => known(site.categories.get(key), |it| texts([&*it.title, &*it.path, &*it.tongue.words].into_iter())),
            Self::CollectionLink(name) => known(site.collection(name), |it| texts([&*it.title, &*it.path, &*it.tongue.words].into_iter())),
            Self::Collection(name) => known(site.collection(name), collection),
            Self::Collections => texts(site.collections.iter().map(|collection| collection.name.as_str())),
            Self::Article(key) => known(site.articles.get(key), article),
            Self::Section(key) => known(site.sections.get(key), section),
            Self::Taxonomy(name) => known(site.taxonomy(name), taxonomy),
            Self::Term(taxonomy, slug) => known(site.term(taxonomy, slug), term),
            Self::Newest => {
                let count = Fingerprint::of(&site.products.len().to_le_bytes());
                Fingerprint::join(&[count, ids(site.newest.iter().take(NEWEST))])
            }
            Self::NewestPost => known(site.newest_post(), |post| Fingerprint::of(post.key.as_bytes())),
            Self::Address(kind) => {
                known(super::address(site, kind), |found| texts([&*found.path, if found.is_native { "native" } else { "" }].into_iter()))
            }
            Self::Filters(list) => known(site.list_facets(list), |(_, list)| list.fingerprint),
            Self::Shipping => Fingerprint::of_value(&site.terms.shipping),
            Self::Picture(file) => known(site.pictures.get(file), |entry| {
                Fingerprint::join(&[entry.fingerprint, Fingerprint::of(&[u8::from(entry.probe.is_ok())])])
            }),
        }
    }
}

/// What is there and what is not never have the same state.
fn known<T>(found: Option<T>, state: impl FnOnce(T) -> Fingerprint) -> Fingerprint {
    found.map_or(Fingerprint([0; 16]), state)
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    Fingerprint::finish(&hasher.finalize())
}

fn ids<'a>(products: impl Iterator<Item = &'a Id>) -> Fingerprint {
    texts(products.map(|id| &**id))
}

fn product(product: &Arc<SiteProduct>) -> Fingerprint {
    let lists = texts(std::iter::once(product.accent.as_str()).chain(product.collections.iter().map(String::as_str)));
    Fingerprint::join(&[product.own.fingerprint, lists])
}

fn category(category: &Category) -> Fingerprint {
    let children = texts(category.children.iter().map(String::as_str));
    Fingerprint::join(&[category.fingerprint, children, ids(category.products.iter()), Fingerprint::of_value(&category.shared)])
}

fn collection(collection: &Collection) -> Fingerprint {
    Fingerprint::join(&[collection.fingerprint, ids(collection.products.iter()), Fingerprint::of_value(&collection.shared)])
}

fn article(article: &Article) -> Fingerprint {
    Fingerprint::join(&[article.fingerprint, Fingerprint::of(article.section.as_bytes())])
}

fn section(section: &Section) -> Fingerprint {
    let lists = texts(section.children.iter().chain(&section.pages).map(String::as_str));
    Fingerprint::join(&[section.fingerprint, lists, Fingerprint::of(&[u8::from(section.by_date), u8::from(section.feed)])])
}

fn taxonomy(taxonomy: &Taxonomy) -> Fingerprint {
    let terms: Vec<_> = taxonomy.terms.iter().map(|(slug, term)| (slug, &term.title, &term.tongue.words, term.count())).collect();
    Fingerprint::of_value(&terms)
}

fn term(term: &Term) -> Fingerprint {
    let pages = texts([term.title.as_str(), term.tongue.words.as_str()].into_iter().chain(term.pages.iter().map(String::as_str)));
    let has_posts = Fingerprint::of(&[u8::from(term.posts > 0)]);
    Fingerprint::join(&[pages, has_posts, ids(term.products.iter()), Fingerprint::of_value(&term.shared)])
}

/// The cards of a site that were made so far.
pub type Cards = RwLock<FxHashMap<Id, Made<CardView>>>;

const HELD: &str = "no thread panics while it holds the cards";

/// The shop in one of its languages, and what was looked at.
#[derive(Debug)]
pub struct Reader<'a> {
    sites: &'a [Arc<Site>],
    language: usize,
    site: &'a Site,
    texts: &'a [Arc<Texts>],
    formats: &'a Formats,
    cards: &'a Cards,
    /// With the state of those for which it was found on the way.
    facts: RefCell<BTreeMap<(usize, Fact), Option<Fingerprint>>>,
    /// The blocks of texts that were shown.
    blocks: RefCell<Vec<ShownBlock>>,
}

impl<'a> Reader<'a> {
    /// Nothing was looked at yet. There is a site, and the theme's texts, for each language.
    pub fn new(sites: &'a [Arc<Site>], language: usize, texts: &'a [Arc<Texts>], formats: &'a Formats, cards: &'a Cards) -> Self {
        Self { sites, language, site: &sites[language], texts, formats, cards, facts: RefCell::default(), blocks: RefCell::default() }
    }

    /// Everything that was looked at, with the language in which, and its state where that is known.
    pub fn facts(self) -> BTreeMap<(usize, Fact), Option<Fingerprint>> {
        self.facts.into_inner()
    }

    /// The HTML of a text in which blocks are marked.
    pub fn body(&self, body: &Body) -> String {
        let mut blocks = self.blocks.borrow_mut();
        let html = body.marked_html(blocks.len());
        if !body.blocks.is_empty() {
            let toc = Arc::new(super::articles::toc(&markdown::toc(body.headings())));
            blocks.extend(body.blocks.iter().map(|call| ShownBlock { call: call.clone(), toc: Arc::clone(&toc) }));
        }
        html
    }

    /// The blocks that are marked in what was shown.
    pub fn take_blocks(&self) -> Vec<ShownBlock> {
        self.blocks.take()
    }

    fn saw(&self, fact: Fact) {
        self.facts.borrow_mut().entry((self.language, fact)).or_default();
    }

    /// An amount in minor units, for people and machines.
    pub fn price(&self, minor: i64, currency: Currency) -> PriceView {
        let decimal = Money::new(minor, currency).to_decimal_text();
        PriceView { minor, currency: currency.code(), text: self.price_text(minor, currency), decimal, data: String::new() }
    }

    /// An amount in minor units, for people.
    pub fn price_text(&self, minor: i64, currency: Currency) -> String {
        self.formats.price(minor, currency)
    }

    /// A day in UTC, seconds since 1970, for people and machines.
    pub fn date(&self, seconds: i64) -> DateView {
        DateView { iso: day(seconds), text: self.formats.date(seconds) }
    }

    /// Where a bundle's component is: the product that is shown, and the index of its variant.
    pub fn component(&self, sku: &str) -> Option<(&'a SiteProduct, usize)> {
        let (id, index) = self.site.components.get(sku)?;
        Some((self.product(id)?, *index))
    }

    /// A text of the theme in the language of the page, else the English one. They are the same for all pages.
    pub fn word(&self, key: &str, english: &str, fillers: &[(&str, &str)]) -> String {
        let fillers: Vec<_> = fillers.iter().map(|(name, text)| ((*name).to_owned(), Filler::Text((*text).to_owned()))).collect();
        self.texts[self.language].word(key, english, &fillers)
    }

    /// A number as it is written in files, with a point, for people.
    pub fn number_text(&self, written: &str) -> String {
        self.formats.numbers.written(written)
    }

    /// The title of one page of a list, from the second on: `Mugs – page 2`.
    pub fn page_title(&self, title: &str, number: usize) -> String {
        let texts = &self.texts[self.language];
        let number = texts.number(i64::try_from(number).unwrap_or(i64::MAX));
        format!("{title} – {}", texts.word("page.number", "page {number}", &[("number".to_owned(), number)]))
    }

    /// Where something stands in each language, the default first; nothing in a shop with one.
    pub fn addresses(&self, kind: &Kind) -> Vec<Standing<'a>> {
        if self.sites.len() == 1 {
            return Vec::new();
        }
        let standing = |(place, site): (usize, &'a Arc<Site>)| {
            self.facts.borrow_mut().entry((place, Fact::Address(kind.clone()))).or_default();
            Standing { site, address: super::address(site, kind), current: place == self.language }
        };
        self.sites.iter().enumerate().map(standing).collect()
    }

    /// Where something stands in the page's language.
    pub fn address(&self, kind: Kind) -> Option<Address> {
        let address = super::address(self.site, &kind);
        self.saw(Fact::Address(kind));
        address
    }

    /// Where parcels go and what that costs.
    pub fn shipping(&self) -> &'a ShippingRules {
        self.saw(Fact::Shipping);
        &self.site.terms.shipping
    }

    /// By what a list can be filtered, where the theme shows that.
    pub fn facets(&self, list: &ListName) -> Option<(&'a Facets, Arc<ListFacets>)> {
        if !self.site.settings.shows_filters {
            return None;
        }
        self.saw(Fact::Filters(list.clone()));
        self.site.list_facets(list)
    }

    /// The settings.
    pub fn settings(&self) -> &'a Settings {
        &self.site.settings
    }

    /// An address with the base path.
    pub fn url(&self, path: &str) -> String {
        self.site.url(path)
    }

    /// An absolute address.
    pub fn absolute(&self, path: &str) -> String {
        self.site.absolute(path)
    }

    /// The absolute address of a file that all languages have in common.
    pub fn absolute_file(&self, path: &str) -> String {
        self.site.absolute_file(path)
    }

    /// The absolute address of the shop's own icon. It is among the settings.
    pub fn icon_url(&self) -> Option<String> {
        self.site.icon_url()
    }

    /// Whether the main menu leads to an address. Menus are the same for all pages, like the settings.
    pub fn is_in_menu(&self, url: &str) -> bool {
        fn leads(entries: &[MenuView], url: &str) -> bool {
            entries.iter().any(|entry| entry.url.as_deref() == Some(url) || leads(&entry.children, url))
        }
        leads(&self.site.main_menu, url)
    }

    /// A product by id.
    pub fn product(&self, id: &str) -> Option<&'a SiteProduct> {
        self.saw(Fact::Product(id.to_owned()));
        self.site.products.get(id).map(|product| &**product)
    }

    /// The products related to one.
    pub fn related(&self, product: &SiteProduct) -> Vec<Id> {
        let related = self.site.related(product);
        self.facts.borrow_mut().insert((self.language, Fact::Related(product.id().to_owned())), Some(ids(related.iter())));
        related
    }

    /// A product in a list; made once, whichever pages show it.
    pub fn card(&self, id: &str) -> Option<Made<CardView>> {
        self.saw(Fact::Product(id.to_owned()));
        let (id, product) = self.site.products.get_key_value(id)?;
        if let Some(card) = self.cards.read().expect(HELD).get(id) {
            return Some(card.clone());
        }
        let card = Made::of(&super::card(self, product));
        self.cards.write().expect(HELD).insert(Id::clone(id), card.clone());
        Some(card)
    }

    /// A category by key.
    pub fn category(&self, key: &str) -> Option<&'a Category> {
        self.saw(Fact::Category(key.to_owned()));
        self.site.categories.get(key)
    }

    /// A link to a category.
    pub fn category_link(&self, key: &str) -> Option<LinkView> {
        self.saw(Fact::CategoryLink(key.to_owned()));
        let category = self.site.categories.get(key)?;
        Some(LinkView { lang: category.tongue.words.clone(), ..LinkView::new(&category.title, self.url(&category.path)) })
    }

    /// A link to a collection.
    pub fn collection_link(&self, name: &str) -> Option<LinkView> {
        self.saw(Fact::CollectionLink(name.to_owned()));
        let collection = self.site.collection(name)?;
        Some(LinkView { lang: collection.tongue.words.clone(), ..LinkView::new(&collection.title, self.url(&collection.path)) })
    }

    /// A collection by name.
    pub fn collection(&self, name: &str) -> Option<&'a Collection> {
        self.saw(Fact::Collection(name.to_owned()));
        self.site.collection(name)
    }

    /// All collections, in order.
    pub fn collections(&self) -> impl Iterator<Item = &'a Collection> {
        self.saw(Fact::Collections);
        self.site.collections.iter().inspect(|collection| self.saw(Fact::Collection(collection.name.clone())))
    }

    /// A page or post by key.
    pub fn article(&self, key: &str) -> Option<&'a Article> {
        self.saw(Fact::Article(key.to_owned()));
        self.site.articles.get(key)
    }

    /// A link to a page or section, where it is shown.
    pub fn page_link(&self, key: &str) -> Option<LinkView> {
        if self.article(key).is_none() {
            self.section(key);
        }
        self.site.page_link(key)
    }

    /// A section by key.
    pub fn section(&self, key: &str) -> Option<&'a Section> {
        self.saw(Fact::Section(key.to_owned()));
        self.site.sections.get(key)
    }

    /// A taxonomy by name.
    pub fn taxonomy(&self, name: &str) -> Option<&'a Taxonomy> {
        self.saw(Fact::Taxonomy(name.to_owned()));
        self.site.taxonomy(name)
    }

    /// A term by taxonomy and slug, and what is said of the taxonomy, which is a setting.
    pub fn term(&self, taxonomy: &str, slug: &str) -> Option<(&'a DeclaredTaxonomy, &'a Term)> {
        self.saw(Fact::Term(taxonomy.to_owned(), slug.to_owned()));
        Some((&self.site.taxonomy(taxonomy)?.declared, self.site.term(taxonomy, slug)?))
    }

    /// The newest products, at most [`NEWEST`].
    pub fn newest(&self) -> impl Iterator<Item = &'a Id> {
        self.saw(Fact::Newest);
        self.site.newest.iter().take(NEWEST)
    }

    /// How many products there are.
    pub fn product_count(&self) -> usize {
        self.saw(Fact::Newest);
        self.site.products.len()
    }

    /// The newest post.
    pub fn newest_post(&self) -> Option<&'a Article> {
        self.saw(Fact::NewestPost);
        let post = self.site.newest_post()?;
        self.article(&post.key)
    }

    /// A picture at the wanted widths, and the copies that this needs.
    pub fn picture(&self, file: &str, widths: &[u32], base_path: &str) -> Option<(ImageSet, Vec<Copy>)> {
        self.saw(Fact::Picture(file.to_owned()));
        self.site.pictures.set(&Wish::whole(file, widths), base_path)
    }
}
