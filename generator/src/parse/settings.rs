//! The shop's settings, `shop.yaml`.

use serde::{Deserialize, Serialize};

use super::PriceText;
use super::admin::{AdminSettings, RawAdmin};
use super::fields::{List, Pairs, Read, Reader, Set, keys};
use super::filters::{FiltersForm, WrittenFilters};
use super::forms::{
    Alias, Api, AreaCode, AttributeWord, BaseUrl, Bool, Country, CurrencyCode, Days, Email, Folders, GatewayWord, HtmlWord, Id, Language,
    LastChangedWord, Line, Lines, LinkUrl, OptionWord, Percent, RedirectUrl, RelWord, Slug, Stock, TermOrderWord, Url, Weight, Whole,
};
use super::found::{RawFeeds, RawIcon, RawReturns, RawSecurity};
use super::money::Price;
use super::theme::{ThemeChoice, ThemeForm};
use super::yaml::{Node, Value};
use crate::diagnostic::rules::Levels;
use crate::diagnostic::{SourcePath, Span, Spanned};
use catalog::area::Area;
use catalog::terms::DownloadRules;

mod check;
mod checks;

pub use super::found::{FoundSettings, GoogleFeed, IconSettings, OptionMeaning, ReturnFees, ReturnWay, Returns, Security};
pub(super) use check::settings;
use checks::Checks;

keys! {
    "The shop's settings, shop.yaml."
    struct RawSettings {
        #[required] name: Localized<Line>, "The shop's name.";
        tagline: Localized<Line>, "One line below the name.";
        description: Localized<Line>, "One or two sentences, for search engines.";
        base_url: BaseUrl, "The shop's address on the web.";
        languages: Set<Language>, "Language tags; the first is the default.";
        currencies: Set<CurrencyCode>, "Codes of ISO 4217; the first is the default.";
        theme: ThemeForm, "A folder of themes/, or its name and what is set of it: {name: default, settings: {columns: 3}}; default, when nothing is written.";
        menus: RawMenus, "Menus: what stands in the header and in the footer.";
        contact: RawContact, "How to reach the shop.";
        seller: RawSeller, "Who sells. With it, paid orders get invoices with sequential numbers.";
        social: List<RawSocial>, "Profiles elsewhere.";
        redirects: Pairs<Alias, RedirectUrl>, "Addresses of this shop that lead elsewhere: {/sale/: /collections/sea/}.";
        lists: RawLists, "Lists of products.";
        search: Bool, "false: the shop has no search.";
        avif: Bool, "true: pictures as AVIF too, which is smaller and slow to make. Needs a program with the feature avif.";
        last_changed: LastChangedWord, "git: pages that do not say when they were changed last show what git says.";
        attributes: Pairs<Slug, RawAttribute>, "What products can be described by: {height: {title: Height, type: number, unit: cm}}.";
        taxonomies: Pairs<Slug, RawTaxonomy>, "By what products and pages are listed, beside tags: {makers: {title: Makers}}.";
        options: Pairs<Line, OptionWord>, "What options mean to search engines and shopping services: {Colour: color, Size: size}.";
        content: RawContent, "How texts are published.";
        tax: RawTax, "Taxes.";
        shipping: RawShipping, "Shipping zones and methods.";
        returns: RawReturns, "What buyers may give back, as search engines show it: {days: 30, fees: free}.";
        checkout: RawCheckout, "The checkout.";
        icon: RawIcon, "The shop's icon, from which all its sizes are drawn: {file: static/icon.svg}.";
        feeds: RawFeeds, "Feeds beside those of sections and tags.";
        security: RawSecurity, "Whom to tell of a hole in the shop's security.";
        admin: RawAdmin, "The editor in the browser, published at /admin/: {backend: github, repo: owner/name}.";
        checks: Checks, "How strictly the shop is checked: {alt-missing: error, headings: off}.";
    }
}

keys! {
    "Menus, by where they stand."
    struct RawMenus {
        main: List<RawMenuItem>, "Entries of the header.";
        footer: List<RawMenuItem>, "Columns of the footer.";
    }
}

keys! {
    "An entry of a menu: a title and one target."
    struct RawMenuItem {
        title: Localized<Line>, "The words; the target's title, when nothing is written.";
        page: Folders, "A page or section, by its path in content/.";
        category: Folders, "A category, by its path.";
        collection: Slug, "A collection, by its file's name.";
        product: Id, "A product, by its file's name.";
        url: LinkUrl, "An address elsewhere.";
        children: List<RawMenuItem>, "Entries below this one.";
    }
}

keys! {
    "How to reach the shop."
    struct RawContact {
        email: Email, "An e-mail address.";
        address: Localized<Lines>, "Lines, as on a letter.";
        phone: Line, "A telephone number.";
    }
}

keys! {
    "Who sells, as it stands on invoices."
    struct RawSeller {
        #[required] name: Line, "The name, with the legal form.";
        #[required] address: Lines, "Lines, as on a letter.";
        #[required] tax_id: Line, "The tax number, or the one for value-added tax.";
        invoice_prefix: Line, "What stands before the number of an invoice (INV-).";
        credit_note_prefix: Line, "What stands before the number of a credit note (CN-).";
    }
}

keys! {
    "A profile elsewhere."
    struct RawSocial {
        #[required] title: Localized<Line>, "Its name.";
        #[required] url: Url, "Its address.";
    }
}

keys! {
    "Lists of products."
    struct RawLists {
        per_page: Whole<1, 1000>, "How many products one page of a list shows (24).";
        filters: FiltersForm, "By what lists can be filtered: true, when nothing is written; false, or names in the order shown: [price, Colour].";
    }
}

keys! {
    "How texts are published."
    struct RawContent {
        html: HtmlWord, "Raw HTML in texts: clean, when nothing is written; trusted, or none.";
        external_links: RawExternalLinks, "Links to other sites.";
    }
}

keys! {
    "Links to other sites in texts."
    struct RawExternalLinks {
        rel: Set<RelWord>, "What they say of where they lead: [nofollow, noopener].";
        new_window: Bool, "true: they open a window of their own.";
    }
}

keys! {
    "An attribute of products."
    struct RawAttribute {
        #[required] title: Localized<Line>, "What shoppers read.";
        r#type: AttributeWord, "text, when nothing is written; number, or boolean.";
        unit: Line, "The unit of a number: cm.";
    }
}

keys! {
    "A way of listing products and pages together, by terms that they carry."
    struct RawTaxonomy {
        title: Localized<Line>, "What readers call it; its name, when nothing is written.";
        sort: TermOrderWord, "How its terms are listed: by title, or the most frequent first (count). title, when nothing is written.";
        paginate: Whole<1, 1000>, "How many pages one page of a list shows (10); products are shown as in other lists.";
        feed: Bool, "false: its terms have no feeds of their posts.";
    }
}

keys! {
    "Taxes."
    struct RawTax {
        prices_include_tax: Markets, "Whether prices hold the tax already (true), or by area: {US: false, '*': true}.";
        default_country: Country, "For a cart whose country isn't known yet.";
        classes: Pairs<Slug, Pairs<AreaCode, Percent>>, "Rates: {standard: {DE: 19%, ES 35*: 0%, US-CA: 7.25%, '*': 0%}}.";
    }
}

keys! {
    "Shipping."
    struct RawShipping {
        tax_class: Slug, "The tax class of shipping (standard).";
        tax_like_goods: Bool, "true: shipping is taxed as the goods are, in proportion to what they cost.";
        zones: List<RawZone>, "Countries with the same methods.";
    }
}

keys! {
    "Countries with the same shipping methods."
    struct RawZone {
        #[required] name: Line, "Its name.";
        #[required] countries: List<AreaCode>, "Countries (DE), regions (US-CA), postcodes (ES 35*), or '*' for all others.";
        #[required] methods: List<RawMethod>, "In the order shown.";
    }
}

keys! {
    "A way of shipping, with a price or with bands."
    struct RawMethod {
        #[required] code: Slug, "Its name in orders.";
        #[required] title: Localized<Line>, "Its name for shoppers.";
        note: Localized<Lines>, "Where and when to fetch the goods, or what else there is to know.";
        days: Days, "Working days: 3-5.";
        pickup: Bool, "true: the buyer fetches the goods.";
        price: Price, "What it always costs.";
        bands: List<RawBand>, "Or what it costs up to each weight, worth, or number of pieces.";
        free_over: Price, "Free from this subtotal on.";
    }
}

keys! {
    "A price up to a weight, a worth or a number of pieces; the last band may have none of them."
    struct RawBand {
        up_to: Weight, "The weight, itself included.";
        up_to_price: Price, "What the goods cost, itself included.";
        up_to_pieces: Whole<1, 10_000>, "How many are sent, itself included.";
        #[required] price: Price, "The price.";
    }
}

keys! {
    "The checkout."
    struct RawCheckout {
        api: Api, "The address of the function that takes orders (/api).";
        gateways: Set<GatewayWord>, "Payment gateways, in the order shown.";
        terms_page: Folders, "The page with the terms, by its path in content/.";
        max_quantity: Whole<1, 9999>, "How many of one thing can be bought at once (20).";
        low_stock: Stock, "Up to so many left of a product are shown as few (5).";
        max_open_per_client: Whole<1, 1000>, "How many unpaid orders one client may have (5).";
        downloads: RawDownloads, "How often and how long a paid order gives its files: {limit: 5, days: 30}.";
    }
}

keys! {
    "How often and how long a paid order gives its files."
    struct RawDownloads {
        limit: Whole<1, 1000>, "How often each file can be downloaded (5); requests within a day are one.";
        days: Whole<1, 3650>, "For how many days after the payment (30).";
    }
}

/// Whether prices hold the tax: everywhere alike, or by area.
pub(super) struct Markets;

impl Read for Markets {
    type Out = Vec<(Area, bool)>;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        if matches!(node.value, Value::Map(_)) {
            let pairs = Pairs::<AreaCode, Bool>::read(node, reader)?;
            return Some(pairs.into_iter().map(|(area, flag)| (area.value, flag.value)).collect());
        }
        Bool::read(node, reader).map(|flag| vec![(Area::EVERYWHERE, flag.value)])
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = Bool::schema(generator);
        let each = Pairs::<AreaCode, Bool>::schema(generator);
        schemars::json_schema!({"anyOf": [one, each]})
    }
}

/// A text, or one for each language of the shop.
pub(super) struct Localized<T>(std::marker::PhantomData<T>);

impl<T: Read<Out = Spanned<String>>> Read for Localized<T> {
    type Out = Words;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Words> {
        if matches!(node.value, Value::Map(_)) {
            let span = reader.place(node);
            return Pairs::<Language, T>::read(node, reader).map(|texts| Words::Each(texts, span));
        }
        T::read(node, reader).map(Words::All)
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = T::schema(generator);
        let each = Pairs::<Language, T>::schema(generator);
        schemars::json_schema!({"anyOf": [one, each]})
    }
}

/// A text of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Words {
    /// The same in every language.
    All(Spanned<String>),
    /// By language, in the order written, and the place of all. Has the default language.
    Each(Vec<(Spanned<String>, Spanned<String>)>, Span),
}

impl Words {
    /// Whether there is a text for a language, or one for all.
    pub fn speaks(&self, language: &str) -> bool {
        match self {
            Self::All(_) => true,
            Self::Each(texts, _) => texts.iter().any(|(known, _)| known.value == language),
        }
    }

    /// The text in a language, else in the default one.
    pub fn in_language(&self, language: &str, default: &str) -> &Spanned<String> {
        match self {
            Self::All(text) => text,
            Self::Each(texts, _) => {
                let find = |wanted: &str| texts.iter().find(|(language, _)| language.value == wanted);
                let found = find(language).or_else(|| find(default)).or(texts.first());
                &found.expect("a map of texts has one in the default language").1
            }
        }
    }
}

/// The settings as written, with defaults where nothing was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedSettings {
    /// `shop.yaml`.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// The shop's name.
    pub name: Words,
    /// One line below it.
    pub tagline: Option<Words>,
    /// For search engines.
    pub description: Option<Words>,
    /// `http://` or `https://`, no query, no fragment, no slash at the end; a path is kept.
    pub base_url: Option<Spanned<String>>,
    /// Language tags, the default first; never empty (`en`).
    pub languages: Vec<Spanned<String>>,
    /// Currency codes, the default first; never empty (`EUR`). Each is a known ISO 4217 code.
    pub currencies: Vec<Spanned<String>>,
    /// The theme (`default`), and what is set of it.
    pub theme: ThemeChoice,
    /// Menus by name, in the order written.
    pub menus: Menus,
    /// How to reach the shop.
    pub contact: Contact,
    /// Who sells, where there are invoices.
    pub seller: Option<Seller>,
    /// Profiles elsewhere.
    pub social: Vec<SocialLink>,
    /// Addresses of the shop, and where they lead: a path from the root, or an address of the web.
    pub redirects: Vec<(Spanned<String>, Spanned<String>)>,
    /// Products on one page of a list (24).
    pub per_page: u32,
    /// By what lists can be filtered, where something is said.
    pub filters: Option<WrittenFilters>,
    /// Whether shoppers can search.
    pub search: bool,
    /// Whether pictures are made as AVIF too.
    pub avif: bool,
    /// Where git is to say when pages were changed last: the place of the word.
    pub last_changed: Option<Span>,
    /// What products can be described by, in the order shown.
    pub attributes: Vec<Attribute>,
    /// By what products and pages are listed, in the order written; tags are among them only where something is said of them.
    pub taxonomies: Vec<Taxonomy>,
    /// How texts are published.
    pub content: ContentSettings,
    /// Taxes.
    pub tax: TaxSettings,
    /// Zones and methods.
    pub shipping: ShippingSettings,
    /// The checkout.
    pub checkout: CheckoutSettings,
    /// What becomes of what rules find.
    pub checks: Levels,
    /// How the shop is found.
    pub found: FoundSettings,
    /// The editor in the browser, where the build publishes it.
    pub admin: Option<AdminSettings>,
}

/// Menus.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Menus {
    /// Of the header.
    pub main: Vec<MenuItem>,
    /// Of the footer.
    pub footer: Vec<MenuItem>,
}

/// An entry of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// The whole entry.
    pub span: Span,
    /// `None`: the target's title. Always there without a target or with an address.
    pub title: Option<Words>,
    /// `None`: only a heading for its children.
    pub target: Option<Spanned<MenuTarget>>,
    /// Entries below.
    pub children: Vec<MenuItem>,
}

/// Where an entry of a menu leads; the span is that of the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MenuTarget {
    /// A page or section by its path in `content/`, without slashes at the ends.
    Page(String),
    /// A category by its path; empty for the whole catalogue.
    Category(String),
    /// A collection by its name.
    Collection(String),
    /// A product by its id.
    Product(String),
    /// An address.
    Url(String),
}

/// How to reach the shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Has one `@`.
    pub email: Option<Spanned<String>>,
    /// Lines, as on a letter.
    pub address: Option<Words>,
    /// As written.
    pub phone: Option<Spanned<String>>,
}

/// Who sells, as it stands on invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// With the legal form.
    pub name: Spanned<String>,
    /// Lines, as on a letter.
    pub address: Spanned<String>,
    /// As written.
    pub tax_id: Spanned<String>,
    /// What stands before the number of an invoice; `None`: the usual.
    pub invoice_prefix: Option<Spanned<String>>,
    /// What stands before the number of a credit note; `None`: the usual.
    pub credit_note_prefix: Option<Spanned<String>>,
}

/// A profile elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocialLink {
    /// Its name.
    pub title: Words,
    /// Its address.
    pub url: Spanned<String>,
}

/// Taxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSettings {
    /// Whether prices hold the tax already, by area; everywhere they do where nothing is said.
    pub prices_include_tax: Vec<(Area, bool)>,
    /// For a cart whose country isn't known yet.
    pub default_country: Option<Spanned<String>>,
    /// In the order written; without any, `standard` is free of tax everywhere.
    pub classes: Vec<TaxClass>,
}

/// A tax class and its rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxClass {
    /// `standard`
    pub name: Spanned<String>,
    /// Basis points: 19% is 1900. Each area stands once.
    pub rates: Vec<(Spanned<Area>, Spanned<u32>)>,
}

/// Zones and methods of shipping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingSettings {
    /// `None`: `standard`.
    pub tax_class: Option<Spanned<String>>,
    /// Taxed as the goods are.
    pub is_taxed_like_goods: bool,
    /// The most specific area counts.
    pub zones: Vec<Zone>,
}

/// Countries with the same methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its name, for the merchant.
    pub name: Spanned<String>,
    /// Each stands once in all zones.
    pub areas: Vec<Spanned<Area>>,
    /// In the order shown.
    pub methods: Vec<Method>,
}

/// A way of shipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its name in orders; once in a zone.
    pub code: Spanned<String>,
    /// Shown to the shopper.
    pub title: Words,
    /// Where and when to fetch the goods.
    pub note: Option<Words>,
    /// The buyer fetches the goods.
    pub is_pickup: bool,
    /// Working days: from, to.
    pub days: Option<Spanned<(u32, u32)>>,
    /// What it costs.
    pub cost: Cost,
    /// Free from this subtotal on.
    pub free_over: Option<PriceText>,
}

/// What a way of shipping costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cost {
    /// Always the same.
    Flat(PriceText),
    /// By weight, worth or pieces, the lowest band first.
    Bands(Vec<Band>),
}

/// A price up to a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The limit, itself included.
    pub up_to: Limit,
    /// The price.
    pub price: PriceText,
}

/// The upper end of a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Grams.
    Weight(Spanned<u32>),
    /// What the goods cost.
    Worth(PriceText),
    /// How many are sent.
    Pieces(Spanned<u32>),
    /// None; the place of the band.
    Open(Span),
}

impl Limit {
    /// Where it stands.
    pub fn span(&self) -> &Span {
        match self {
            Self::Weight(grams) => &grams.span,
            Self::Worth(price) => &price.span,
            Self::Pieces(pieces) => &pieces.span,
            Self::Open(span) => span,
        }
    }
}

/// An attribute by which products can be described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// As products name it.
    pub name: Spanned<String>,
    /// What shoppers read.
    pub title: Words,
    /// What its values are.
    pub sort: AttributeSort,
    /// Of a number.
    pub unit: Option<Spanned<String>>,
}

/// A way of listing products and pages together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxonomy {
    /// As pages and products name it, and as addresses do.
    pub name: Spanned<String>,
    /// What readers call it.
    pub title: Option<Words>,
    /// How its terms are listed.
    pub order: TermOrder,
    /// Pages on one page of a list.
    pub paginate: Option<u32>,
    /// Whether its terms have feeds.
    pub has_feeds: bool,
}

/// How the terms of a taxonomy are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TermOrder {
    /// By title.
    #[default]
    Title,
    /// The most frequent first.
    Count,
}

/// What an attribute's values are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AttributeSort {
    /// Words.
    #[default]
    Text,
    /// A number, with or without its unit.
    Number,
    /// Yes or no.
    Boolean,
}

/// How texts are published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentSettings {
    /// What becomes of raw HTML.
    pub html: HtmlRule,
    /// What links to other sites say of where they lead, each once.
    pub rel: Vec<Rel>,
    /// Whether they open a window of their own.
    pub new_window: bool,
}

/// What becomes of raw HTML in texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HtmlRule {
    /// The elements and attributes of texts are published, anything else is left out.
    #[default]
    Clean,
    /// All is published that the site's policy does not forbid.
    Trusted,
    /// It is shown as text.
    None,
}

/// What a link says of where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rel {
    /// The shop does not vouch for it.
    Nofollow,
    /// It learns nothing of the window that it was opened from.
    Noopener,
    /// It does not learn where the reader came from.
    Noreferrer,
    /// It is paid for.
    Sponsored,
    /// Readers have written it.
    Ugc,
    /// It is another site.
    External,
}

impl Rel {
    /// As it is written in HTML.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nofollow => "nofollow",
            Self::Noopener => "noopener",
            Self::Noreferrer => "noreferrer",
            Self::Sponsored => "sponsored",
            Self::Ugc => "ugc",
            Self::External => "external",
        }
    }
}

/// The checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSettings {
    /// The address of the function: a path or an `https://` address (`/api`), no slash at the end.
    pub api: Spanned<String>,
    /// In the order shown.
    pub gateways: Vec<Spanned<Gateway>>,
    /// The page with the terms, by its path in `content/`.
    pub terms_page: Option<Spanned<String>>,
    /// At most so many of one variant in an order (20).
    pub max_quantity: u32,
    /// Up to so many left are few (5).
    pub low_stock: u32,
    /// Unpaid orders that one client may have (5).
    pub max_open_per_client: u32,
    /// How often and how long what was bought can be downloaded (5 times, 30 days).
    pub downloads: DownloadRules,
}

/// A payment gateway that can be configured; the sandbox is not one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Gateway {
    /// Stripe Checkout.
    Stripe,
    /// `PayPal` Orders.
    Paypal,
}
