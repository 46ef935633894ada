//! From the site graph to what templates are given: every page's route and view.

mod articles;
mod fields;
pub mod filters;
mod lists;
mod prices;
mod product;
mod reader;
pub mod search;
mod structured;
mod terms;

pub use product::{titles, values_that_mean};
pub use reader::{Cards, Fact, Reader, Standing};
pub use structured::{PICTURE_WIDTH, variant_url};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use catalog::area::Destination;
use catalog::currency::Currency;
use jiff::Timestamp;

use crate::locale;
use crate::pictures::Copy;
use crate::render::made::Made;
use crate::site::{BlockCall, Body, DeclaredTaxonomy, Id, Meta, Section, Site, SiteProduct, TAGS, Taxonomy, Term, Tongue, term_path};
use crate::view::{
    ArticleView, CardView, CurrencyView, FeedView, HomeView, IconsView, LanguageView, LinkView, ListView, PageLinkView, PageView,
    PaginationView, PictureView, PostCardView, ProductView, SearchView, SectionView, SiteView, TaxonomyView, ThemeView, TocView,
};

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `/`
    Home,
    /// A category, or the whole catalogue under the empty key; page from 1.
    Category(String, usize),
    /// A collection; page from 1.
    Collection(String, usize),
    /// A product by id.
    Product(String),
    /// The terms of a taxonomy, by name.
    Taxonomy(String),
    /// A term by taxonomy and slug; page from 1.
    Term(String, String, usize),
    /// A section by key; page from 1.
    Section(String, usize),
    /// A page or post by key.
    Article(String),
    /// `/cart/`
    Cart,
    /// `/checkout/`
    Checkout,
    /// `/search/`
    Search,
    /// `/404.html`
    NotFound,
    /// The frame of the function's pages; goes into the bundle, not to the site.
    Shell,
}

/// A page that a template makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The place of its language among the shop's.
    pub language: usize,
    /// From the site's root, without the base path.
    pub path: String,
    /// What it shows.
    pub kind: Kind,
}

impl Route {
    /// The file that a web server shows at the address.
    pub fn output(&self) -> String {
        let path = self.path.trim_start_matches('/');
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
    }
}

/// What one template is given besides `site`.
#[derive(Debug, Serialize)]
pub struct View {
    /// What every page has.
    pub page: PageView,
    /// What this sort of page has.
    #[serde(flatten)]
    pub main: Main,
}

/// The part of a view that its template is named after.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Main {
    /// `home.html`
    Home {
        /// The home page.
        home: HomeView,
    },
    /// `catalogue.html`, `category.html`, `collection.html`
    List {
        /// The products.
        list: ListView,
    },
    /// `taxonomy.html`
    Taxonomy {
        /// Its terms.
        taxonomy: TaxonomyView,
    },
    /// `term.html`
    Term {
        /// The products.
        list: ListView,
        /// The posts.
        section: SectionView,
    },
    /// `product.html`
    Product {
        /// The product.
        product: Box<ProductView>,
    },
    /// `section.html`
    Section {
        /// The section.
        section: SectionView,
    },
    /// `page.html`, `post.html`
    Article {
        /// The page.
        article: ArticleView,
    },
    /// `search.html`
    Search {
        /// The search.
        search: SearchView,
    },
    /// Templates that need nothing more.
    Bare {},
}

/// A view, the template it is for, and the copies of pictures that its texts show.
#[derive(Debug)]
pub struct Presented {
    /// The template's name.
    pub template: String,
    /// The view.
    pub view: View,
    /// Copies of pictures that texts and structured data name.
    pub copies: Vec<Copy>,
    /// The blocks that are marked in its texts, by their numbers.
    pub blocks: Vec<ShownBlock>,
}

/// A block in a text that is shown.
#[derive(Debug, Clone, Serialize)]
pub struct ShownBlock {
    /// What its component is asked for.
    pub call: BlockCall,
    /// The headings of the text.
    pub toc: Arc<Vec<TocView>>,
}

/// Every page of the shop in one of its languages, in a fixed order.
pub fn routes(site: &Site, language: usize) -> Vec<Route> {
    let mut routes = Vec::with_capacity(site.products.len() + site.articles.len() + 64);
    pages(site, |path, kind| routes.push(Route { language, path: format!("{}{path}", site.settings.prefix), kind }));
    routes
}

/// Tells every page's path in its language, and what stands there.
fn pages(site: &Site, mut page: impl FnMut(&str, Kind)) {
    for (path, kind) in [("/", Kind::Home), ("/cart/", Kind::Cart), ("/checkout/", Kind::Checkout), ("/404.html", Kind::NotFound)] {
        page(path, kind);
    }
    if site.settings.search {
        page("/search/", Kind::Search);
    }
    let per_page = site.settings.per_page;
    for (key, category) in site.categories.iter() {
        paged(&mut page, &category.path, category.products.len(), per_page, |page| Kind::Category(key.clone(), page));
    }
    for collection in site.collections.iter() {
        paged(&mut page, &collection.path, collection.products.len(), per_page, |page| Kind::Collection(collection.name.clone(), page));
    }
    for Taxonomy { declared, terms } in site.taxonomies.iter().filter(|taxonomy| !taxonomy.terms.is_empty()) {
        page(&declared.path(), Kind::Taxonomy(declared.name.clone()));
        for (slug, term) in terms {
            let path = term_path(&declared.name, slug);
            for number in 1..=term_pages(site, declared, term) {
                page(&page_path(&path, number), Kind::Term(declared.name.clone(), slug.clone(), number));
            }
        }
    }
    for (key, section) in site.sections.iter().filter(|(key, _)| !key.is_empty()) {
        paged(&mut page, &section.path, section.pages.len(), section.paginate, |page| Kind::Section(key.clone(), page));
    }
    site.products.values().for_each(|product| page(&product.path, Kind::Product(product.id().to_owned())));
    site.articles.values().for_each(|article| page(&article.path, Kind::Article(article.key.clone())));
}

fn paged(page: &mut impl FnMut(&str, Kind), path: &str, entries: usize, per_page: usize, kind: impl Fn(usize) -> Kind) {
    for number in 1..=last_page(entries, per_page) {
        page(&page_path(path, number), kind(number));
    }
}

/// How many pages a list has.
fn last_page(entries: usize, per_page: usize) -> usize {
    entries.div_ceil(per_page).max(1)
}

/// Where something stands in a site, without base path and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// From the root.
    pub path: String,
    /// Whether it is written in the site's language; else the original's page is the one to keep.
    pub is_native: bool,
}

/// Where something stands in a site, if it is there.
pub fn address(site: &Site, kind: &Kind) -> Option<Address> {
    let at = |path: &str, tongue: &Tongue| Some(Address { path: path.to_owned(), is_native: tongue.is_native });
    let list = |path: &str, tongue: &Tongue, entries: usize, per_page: usize, page: usize| {
        (page <= last_page(entries, per_page)).then(|| Address { path: page_path(path, page), is_native: tongue.is_native })
    };
    let per_page = site.settings.per_page;
    match kind {
        Kind::Home => at("/", &site.sections.get("")?.tongue),
        Kind::Category(key, page) => site.categories.get(key).and_then(|it| list(&it.path, &it.tongue, it.products.len(), per_page, *page)),
        Kind::Collection(name, page) => site.collection(name).and_then(|it| list(&it.path, &it.tongue, it.products.len(), per_page, *page)),
        Kind::Product(id) => site.products.get(id.as_str()).and_then(|it| at(&it.path, &it.tongue)),
        Kind::Taxonomy(name) => {
            site.taxonomy(name).filter(|it| !it.terms.is_empty()).and_then(|it| at(&it.declared.path(), &Tongue::native()))
        }
        Kind::Term(taxonomy, slug, page) => {
            let (declared, term) = (&site.taxonomy(taxonomy)?.declared, site.term(taxonomy, slug)?);
            let is_there = *page <= term_pages(site, declared, term);
            is_there.then(|| Address { path: page_path(&term_path(taxonomy, slug), *page), is_native: term.tongue.is_native })
        }
        Kind::Section(key, page) => site.sections.get(key).and_then(|it| list(&it.path, &it.tongue, it.pages.len(), it.paginate, *page)),
        Kind::Article(key) => site.articles.get(key).and_then(|it| at(&it.path, &it.tongue)),
        Kind::Cart => at("/cart/", &Tongue::native()),
        Kind::Checkout => at("/checkout/", &Tongue::native()),
        Kind::Search => at("/search/", &Tongue::native()),
        Kind::NotFound | Kind::Shell => None,
    }
}

/// How many pages a term has: its products and its pages go side by side.
fn term_pages(site: &Site, declared: &DeclaredTaxonomy, term: &Term) -> usize {
    last_page(term.products.len(), site.settings.per_page).max(last_page(term.pages.len(), declared.paginate))
}

/// The address of one page of a list.
fn page_path(path: &str, page: usize) -> String {
    if page == 1 { path.to_owned() } else { format!("{path}page/{page}/") }
}

/// Why a route's subject is there.
const OWN: &str = "routes are made from what the site has";

/// The view of a route.
pub fn present(site: &Reader<'_>, route: &Route) -> Presented {
    let mut presented = main(site, route);
    let page = &mut presented.view.page;
    let standings = site.addresses(&route.kind);
    // What is shown in another language is canonical to the original.
    let is_foreign = standings.iter().any(|it| it.current && it.address.as_ref().is_some_and(|address| !address.is_native));
    if let Some(Standing { site, address: Some(address), .. }) = standings.first().filter(|_| is_foreign) {
        page.canonical = page.canonical.is_some().then(|| site.absolute(&address.path));
    }
    let has_canonical = page.canonical.is_some();
    page.languages = standings.into_iter().map(|standing| language(standing, has_canonical)).collect();
    presented.blocks = site.take_blocks();
    presented
}

fn language(standing: Standing<'_>, has_canonical: bool) -> LanguageView {
    let Standing { site, address, current } = standing;
    let code = site.settings.language.clone();
    LanguageView {
        locale: site.settings.found.locale.clone(),
        name: site.settings.language_name.clone(),
        url: site.url(address.as_ref().map_or("/", |address| &address.path)),
        absolute: address.filter(|address| has_canonical && address.is_native).map(|address| site.absolute(&address.path)),
        code,
        current,
    }
}

fn main(site: &Reader<'_>, route: &Route) -> Presented {
    match &route.kind {
        Kind::Home => lists::home(site),
        Kind::Category(key, page) => lists::category(site, site.category(key).expect(OWN), *page),
        Kind::Collection(name, page) => lists::collection(site, site.collection(name).expect(OWN), *page),
        Kind::Taxonomy(name) => terms::taxonomy(site, site.taxonomy(name).expect(OWN)),
        Kind::Term(taxonomy, slug, page) => terms::term(site, taxonomy, slug, *page),
        Kind::Product(id) => product::product(site, site.product(id).expect(OWN)),
        Kind::Section(key, page) => articles::section(site, site.section(key).expect(OWN), *page),
        Kind::Article(key) => articles::article(site, site.article(key).expect(OWN)),
        Kind::Cart => bare(site, "cart", "/cart/", &site.word("cart.title", "Cart", &[])),
        Kind::Checkout => bare(site, "checkout", "/checkout/", &site.word("checkout.title", "Checkout", &[])),
        Kind::Search => search::search(site),
        Kind::NotFound => bare(site, "not-found", "/404.html", &site.word("lost.name", "Page not found", &[])),
        Kind::Shell => bare(site, "shell", "/", ""),
    }
}

fn bare(site: &Reader<'_>, kind: &'static str, path: &str, title: &str) -> Presented {
    let template = if kind == "not-found" { "404.html".to_owned() } else { format!("{kind}.html") };
    let mut page = PageView { canonical: None, ..page(site, kind, path, title, &Meta::default()) };
    if kind == "shell" {
        // The frame stands at other addresses.
        page.here = String::new();
    }
    Presented { template, view: View { page, main: Main::Bare {} }, copies: Vec::new(), blocks: Vec::new() }
}

/// What every page has; the caller adds breadcrumbs, picture, structured data and accent.
fn page(site: &Reader<'_>, kind: &'static str, path: &str, title: &str, meta: &Meta) -> PageView {
    PageView {
        kind,
        url: site.url(path),
        canonical: Some(site.absolute(path)),
        title: meta.title.clone().unwrap_or_else(|| title.to_owned()),
        description: meta.description.clone(),
        language: site.settings().language.clone(),
        languages: Vec::new(),
        here: if matches!(path, "/" | "/cart/" | "/search/") || site.is_in_menu(&site.url(path)) { site.url(path) } else { String::new() },
        breadcrumbs: Vec::new(),
        picture: None,
        social_card: false,
        structured_data: Vec::new(),
        accent: String::new(),
        feed: None,
    }
}

/// The same for every page.
pub fn site_view(site: &Site, accents_css: Option<String>) -> SiteView {
    let settings = &site.settings;
    let feeds = site.sections.values().filter(|section| section.feed);
    let feed = |section: &Section| feed_view(&section.title, &section.tongue, &section.path, |path| site.url(path));
    let icons = settings.found.icon.as_ref().map(|icon| {
        let url = |copy: Copy| site.file_url(&format!("/{}", copy.path));
        IconsView { vector: url(icon.vector()), tab: url(icon.tab()), touch: url(icon.touch()), manifest: site.url(MANIFEST) }
    });
    SiteView {
        name: settings.name.clone(),
        tagline: settings.tagline.clone(),
        description: settings.description.clone(),
        base_url: settings.base_url.clone(),
        base_path: settings.base_path.clone(),
        language: settings.language.clone(),
        direction: locale::direction(&settings.language).name(),
        locale: settings.found.locale.clone(),
        prefix: settings.prefix.clone(),
        currency: settings.currency.code(),
        currency_digits: settings.currency.digits(),
        currencies: settings.currencies.iter().map(|(currency, _)| self::currency(*currency)).collect(),
        main_menu: site.main_menu.clone(),
        footer_menu: site.footer_menu.clone(),
        email: settings.email.clone(),
        address: settings.address.clone(),
        social: settings.social.clone(),
        feeds: feeds.map(feed).collect(),
        api: settings.api.clone(),
        terms_url: site.terms_url.clone(),
        max_quantity: settings.max_quantity,
        countries: settings.countries.clone(),
        default_country: settings.default_country.clone(),
        gateways: settings.gateways.iter().map(|gateway| gateway.name()).collect(),
        // As for a shopper who has not said where.
        prices_include_tax: site.terms.tax.is_included(&Destination::default()),
        noindex: settings.noindex,
        accents_css,
        search: settings.search,
        icons,
    }
}

/// What is set of the theme, the same for every page.
pub fn theme_view(site: &Site) -> ThemeView {
    ThemeView { name: site.settings.themes[0].clone(), settings: fields::view(site, &site.theme.values) }
}

/// The address of the file that tells phones how the shop appears among their apps, in each language.
pub const MANIFEST: &str = "/site.webmanifest";

/// The feeds of a list.
fn feed_view(title: &str, tongue: &Tongue, path: &str, url: impl Fn(&str) -> String) -> FeedView {
    FeedView { title: title.to_owned(), lang: tongue.words.clone(), url: url(&feed_path(path)), json: url(&json_feed_path(path)) }
}

fn currency(currency: Currency) -> CurrencyView {
    let (code, symbol) = (currency.code(), currency.symbol());
    let title = if code == symbol { code.to_owned() } else { format!("{code} {symbol}") };
    CurrencyView { code, title, digits: currency.digits() }
}

/// The address of a list's Atom feed.
pub fn feed_path(list: &str) -> String {
    format!("{list}feed.xml")
}

/// The address of a list's JSON feed.
pub fn json_feed_path(list: &str) -> String {
    format!("{list}feed.json")
}

/// A day in UTC, as machines read it: `2026-05-01`.
fn day(seconds: i64) -> String {
    let date = jiff::tz::Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or_default());
    date.strftime("%Y-%m-%d").to_string()
}

/// An instant, as machines read it: `2026-05-01T08:00:00Z`, and a day where it is its first second.
pub fn moment(seconds: i64) -> String {
    if seconds.rem_euclid(86_400) == 0 { day(seconds) } else { Timestamp::from_second(seconds).unwrap_or_default().to_string() }
}

/// The slice of a list that one page shows, and where it stands.
fn paginate<'a, T>(site: &Reader<'_>, path: &str, entries: &'a [T], per_page: usize, current: usize) -> (&'a [T], PaginationView) {
    let last = entries.len().div_ceil(per_page).max(1);
    let from = (current - 1) * per_page;
    let shown = &entries[from.min(entries.len())..(from + per_page).min(entries.len())];
    let url = |number| site.url(&page_path(path, number));
    let view = PaginationView {
        current,
        last,
        total: entries.len(),
        previous: (current > 1).then(|| url(current - 1)),
        next: (current < last).then(|| url(current + 1)),
        pages: window(current, last).into_iter().map(|number| number.map(|number| PageLinkView { number, url: url(number) })).collect(),
    };
    (shown, view)
}

/// The numbers that one page of a list links to: the first, the last, and those around it; `None` stands for those left
/// out between two of them, where that is more than one.
fn window(current: usize, last: usize) -> Vec<Option<usize>> {
    let near = current.saturating_sub(2).max(1)..=(current + 2).min(last);
    let mut numbers = Vec::new();
    let mut before = 0;
    for number in std::iter::once(1).chain(near).chain([last]).filter(|number| *number >= 1) {
        if number <= before {
            continue;
        }
        match number - before {
            1 => {}
            2 => numbers.push(Some(number - 1)),
            _ => numbers.push(None),
        }
        numbers.push(Some(number));
        before = number;
    }
    numbers
}

/// A text is shown on the first page of a list only.
fn on_first_page(site: &Reader<'_>, page: usize, body: &Body) -> (String, Vec<Copy>) {
    if page == 1 { (site.body(body), body.copies.clone()) } else { (String::new(), Vec::new()) }
}

/// A product in a list. It is made of the product and of what all pages have in common, so that it can be kept.
fn card(site: &Reader<'_>, product: &SiteProduct) -> CardView {
    let currency = site.settings().currency;
    let lowest = product.lowest_price(currency);
    CardView {
        id: product.id().to_owned(),
        lang: product.tongue.words.clone(),
        url: site.url(&product.path),
        title: product.product.title.clone(),
        summary: product.summary.clone(),
        kind: product.product.kind.name(),
        price: prices::lowest_view(site, product),
        from: lowest.is_some_and(|(_, differs)| differs),
        compare_at: product.compare_at(currency).map(|minor| site.price(minor, currency)),
        discontinued: product::is_discontinued(product),
        picture: product.pictures.first().cloned(),
        second_picture: product.pictures.get(1).cloned(),
        accent: product.accent.clone(),
        day: product.date.map_or(0, |seconds| seconds.div_euclid(86_400)),
        tags: product.tags.iter().map(|(_, title)| title.clone()).collect(),
    }
}

/// A product as its page shows it, without the text, which may show it in turn.
pub fn product_view(site: &Reader<'_>, id: &str) -> Option<ProductView> {
    let product = site.product(id)?;
    Some(ProductView { summary: product.summary.clone(), description: String::new(), ..product::view(site, product) })
}

/// The first pages of a section, in its order; what `pages(section, limit)` answers.
pub fn section_cards(site: &Reader<'_>, section: &str, limit: usize) -> Option<Vec<PostCardView>> {
    let section = site.section(section)?;
    Some(articles::post_cards(site, &section.pages[..section.pages.len().min(limit)]))
}

/// The products of a collection; what `collection(name)` answers.
pub fn collection_cards(site: &Reader<'_>, name: &str) -> Option<Vec<Made<CardView>>> {
    Some(cards(site, site.collection(name)?.products.iter()))
}

fn cards<'a>(site: &Reader<'_>, products: impl Iterator<Item = &'a Id>) -> Vec<Made<CardView>> {
    products.filter_map(|id| site.card(id)).collect()
}

fn tag_links(site: &Reader<'_>, tags: &[(String, String)]) -> Vec<LinkView> {
    tags.iter().map(|(slug, title)| LinkView::new(title, site.url(&term_path(TAGS, slug)))).collect()
}

/// The picture with a file, for link previews.
fn preview(picture: Option<&PictureView>) -> Option<PictureView> {
    picture.filter(|picture| picture.file.is_some()).cloned()
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn long_lists_link_to_the_pages_around() {
        let numbers = |current, last| {
            let shown = window(current, last).into_iter().map(|number| number.map_or("…".to_owned(), |number| number.to_string()));
            shown.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(numbers(1, 1), "1");
        assert_eq!(numbers(2, 4), "1 2 3 4");
        assert_eq!(numbers(1, 417), "1 2 3 … 417");
        assert_eq!(numbers(4, 417), "1 2 3 4 5 6 … 417");
        assert_eq!(numbers(5, 417), "1 2 3 4 5 6 7 … 417");
        assert_eq!(numbers(6, 417), "1 … 4 5 6 7 8 … 417");
        assert_eq!(numbers(414, 417), "1 … 412 413 414 415 416 417");
        assert_eq!(numbers(417, 417), "1 … 415 416 417");
    }
}
