//! What each template is given: plain, serialisable structs, built by `index` and read by `render`.
//!
//! A view carries data, never behaviour; what a theme author looks up beyond it goes through template functions. A
//! page is rendered again when its view changes, so nothing stands here that a template does not need.

use imaging::Focus;
use serde::Serialize;

use crate::render::made::Made;

/// An amount for people and machines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PriceView {
    /// Minor units.
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// As a reader of the page's language writes it: `€24.90`.
    pub text: String,
    /// As structured data writes it: `24.90`.
    pub decimal: String,
    /// For an attribute that scripts read: what it is in each currency, and when it changes by itself, as JSON. Empty where
    /// it is always the same.
    pub data: String,
}

/// A picture that a template may show through `image(file=…)`, or an address that was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PictureView {
    /// The source's path for `image()`; `None` for a picture that is only an address.
    pub file: Option<String>,
    /// The text for those who do not see it.
    pub alt: String,
    /// The point that stays in sight where a part of it is shown, for `image()`: `30% 20%`.
    #[serde(serialize_with = "as_text")]
    pub focus: Focus,
}

fn as_text<S: serde::Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct LinkView {
    /// The text.
    pub title: String,
    /// The address, base path included.
    pub url: String,
    /// The text's language, where it is not the page's; else empty.
    pub lang: String,
}

impl LinkView {
    /// A link with a text in the language of the page.
    pub fn new(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self { title: title.into(), url: url.into(), lang: String::new() }
    }
}

/// The same page in a language of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct LanguageView {
    /// The language's code.
    pub code: String,
    /// With its country, as link previews name it: `de_DE`.
    pub locale: String,
    /// What it calls itself.
    pub name: String,
    /// The page's address; the home page's where there is no such page.
    pub url: String,
    /// The absolute address that search engines are told of; `None` where the page is not written in the language.
    pub absolute: Option<String>,
    /// Whether this page is in it.
    pub current: bool,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MenuView {
    /// The text.
    pub title: String,
    /// The address; `None` for a heading of a column.
    pub url: Option<String>,
    /// The text's language, where it is not the page's; else empty.
    pub lang: String,
    /// Entries below it.
    pub children: Vec<MenuView>,
}

/// A link with the number of things behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CountedLinkView {
    /// The text.
    pub title: String,
    /// The address.
    pub url: String,
    /// The text's language, where it is not the page's; else empty.
    pub lang: String,
    /// How many products or posts.
    pub count: usize,
}

/// The search.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SearchView {
    /// The address of the list of its files, base path included.
    pub index: String,
    /// The topmost categories: ways to everything, for who finds nothing.
    pub categories: Vec<CountedLinkView>,
}

/// What a search shows of something; what it has none of is left out.
#[derive(Debug, Serialize)]
pub struct HitView {
    /// `product`, `category`, `collection`, `page` or `post`.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// Its address, base path included.
    pub url: String,
    /// The language of its name, where it is not the page's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// The line below the name, of pages and posts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// How many products are in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// The address of a small copy of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceTagView>,
}

/// A price as scripts show it.
#[derive(Debug, Serialize)]
pub struct PriceTagView {
    /// In the default currency.
    pub text: String,
    /// Whether variants cost more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from: bool,
    /// The price before a reduction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
    /// What it is in each currency, and when it changes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<serde_json::value::RawValue>>,
}

/// A country a shopper may name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CountryView {
    /// ISO 3166-1, two letters.
    pub code: &'static str,
    /// The name in the language of the page.
    pub name: String,
}

/// A currency that the shop sells in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CurrencyView {
    /// ISO 4217.
    pub code: &'static str,
    /// `EUR €`.
    pub title: String,
    /// Its decimals by ISO 4217, which browsers' own tables differ from.
    pub digits: u8,
}

/// The same for every page: `site` in templates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SiteView {
    /// The shop's name.
    pub name: String,
    /// A line below it.
    pub tagline: String,
    /// What search engines show for the home page.
    pub description: String,
    /// Scheme, host and path, without a slash at the end.
    pub base_url: String,
    /// The path of the base address, without a slash at the end: empty for most shops.
    pub base_path: String,
    /// The code of the page's language.
    pub language: String,
    /// In which direction it is written, as HTML has it: `ltr`, `rtl`.
    pub direction: &'static str,
    /// The language with its country, as link previews name it: `de_DE`.
    pub locale: String,
    /// What addresses of pages in it begin with, after the base path: `/de`; empty for the default language.
    pub prefix: String,
    /// The default currency's code.
    pub currency: &'static str,
    /// The decimals of the default currency by ISO 4217, which browsers' own tables differ from.
    pub currency_digits: u8,
    /// All currencies, the default first.
    pub currencies: Vec<CurrencyView>,
    /// The header's entries.
    pub main_menu: Vec<MenuView>,
    /// The footer's columns.
    pub footer_menu: Vec<MenuView>,
    /// Questions go here.
    pub email: Option<String>,
    /// A postal address, one entry a line.
    pub address: Vec<String>,
    /// Elsewhere on the web.
    pub social: Vec<LinkView>,
    /// The feeds of sections.
    pub feeds: Vec<FeedView>,
    /// Where the checkout answers: `/api`.
    pub api: String,
    /// The terms a buyer accepts.
    pub terms_url: Option<String>,
    /// The most of one line.
    pub max_quantity: u32,
    /// Where parcels go.
    pub countries: Vec<CountryView>,
    /// The country chosen at first.
    pub default_country: Option<String>,
    /// The names of the gateways.
    pub gateways: Vec<&'static str>,
    /// Whether displayed prices contain tax.
    pub prices_include_tax: bool,
    /// Whether search engines are asked to stay away from all pages, as from a preview.
    pub noindex: bool,
    /// Every accent: class name and its two colours are in the generated sheet `/assets/accents.<hash>.css`.
    pub accents_css: Option<String>,
    /// Whether shoppers can search.
    pub search: bool,
    /// The shop's icon in its forms; `None` where neither shop nor theme has one.
    pub icons: Option<IconsView>,
}

/// The theme, the same for every page of a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThemeView {
    /// Its folder's name.
    pub name: String,
    /// What `shop.yaml` sets of it: one for each setting that the theme declares; none where it has no value.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// The feeds of a list of posts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FeedView {
    /// The list's name.
    pub title: String,
    /// The name's language, where it is not the page's; else empty.
    pub lang: String,
    /// The address of the Atom feed.
    pub url: String,
    /// The address of the JSON feed.
    pub json: String,
}

/// The addresses of the shop's icon in its forms.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct IconsView {
    /// The SVG.
    pub vector: String,
    /// 32 pixels, for browsers that draw no SVG.
    pub tab: String,
    /// 180 pixels on a ground, for phones.
    pub touch: String,
    /// What tells phones how the shop appears among their apps.
    pub manifest: String,
}

/// What every page has: `page` in templates.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PageView {
    /// `home`, `catalogue`, `category`, `collection`, `product`, `cart`, `checkout`, `page`, `section`, `post`, `tag`, `not-found`, `shell`.
    pub kind: &'static str,
    /// The address, base path included.
    pub url: String,
    /// The absolute address that search engines should keep; `None` where they should keep none.
    pub canonical: Option<String>,
    /// For `<title>`, without the shop's name.
    pub title: String,
    /// For `<meta name="description">`.
    pub description: String,
    /// The language's code.
    pub language: String,
    /// The page in every language of the shop; empty in a shop with one.
    pub languages: Vec<LanguageView>,
    /// The address again, where the header leads to it: the home page, the cart, an entry of a menu. Else empty.
    pub here: String,
    /// From the home page to the parent, this page left out.
    pub breadcrumbs: Vec<LinkView>,
    /// For link previews.
    pub picture: Option<PictureView>,
    /// Whether link previews show a card that the theme draws, instead of the picture.
    pub social_card: bool,
    /// Structured data, one JSON text each, safe inside `<script type="application/ld+json">`.
    pub structured_data: Vec<String>,
    /// The accent's class (`accent-waves`), or empty.
    pub accent: String,
    /// The page's own feeds, where they are none of `site.feeds`.
    pub feed: Option<FeedView>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CardView {
    /// The id.
    pub id: String,
    /// The language of title and lines, where it is not the page's; else empty.
    pub lang: String,
    /// The address.
    pub url: String,
    /// The name.
    pub title: String,
    /// One line, or empty.
    pub summary: String,
    /// `physical`, `digital`, `service`, `bundle`, `gift-card`, `group` or `external`.
    pub kind: &'static str,
    /// The lowest price; `None` for groups.
    pub price: Option<PriceView>,
    /// Whether variants cost more than `price`.
    pub from: bool,
    /// The price before a reduction, of the cheapest variant.
    pub compare_at: Option<PriceView>,
    /// Gone for good.
    pub discontinued: bool,
    /// The first picture.
    pub picture: Option<PictureView>,
    /// The second one, for hovering.
    pub second_picture: Option<PictureView>,
    /// The accent's class, or empty.
    pub accent: String,
    /// Days since 1970 of its date, for sorting in the browser; 0 where it has none.
    pub day: i64,
    /// The tags' titles.
    pub tags: Vec<String>,
}

/// A category, collection or section in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TileView {
    /// The name.
    pub title: String,
    /// The address.
    pub url: String,
    /// The language of title and lines, where it is not the page's; else empty.
    pub lang: String,
    /// One line, or empty.
    pub summary: String,
    /// How many products are in it.
    pub count: usize,
    /// Its picture.
    pub picture: Option<PictureView>,
    /// The accent's class, or empty.
    pub accent: String,
}

/// Where a list stands among its pages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PaginationView {
    /// This page, from 1.
    pub current: usize,
    /// How many pages.
    pub last: usize,
    /// How many entries in all.
    pub total: usize,
    /// The address before this one.
    pub previous: Option<String>,
    /// The address after this one.
    pub next: Option<String>,
    /// The first and the last page, and those around this one; `None` for those left out between.
    pub pages: Vec<Option<PageLinkView>>,
}

/// A numbered page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PageLinkView {
    /// From 1.
    pub number: usize,
    /// The address.
    pub url: String,
}

/// `home.html`: `home`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct HomeView {
    /// The headline.
    pub title: String,
    /// The language of title and names, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines below the title, likewise.
    pub line_lang: String,
    /// The language of the text, likewise.
    pub body_lang: String,
    /// The text, HTML.
    pub body: String,
    /// The statement picture.
    pub picture: Option<PictureView>,
    /// The newest products.
    pub newest: Vec<Made<CardView>>,
    /// Collections that have an accent: the pattern families.
    pub collections: Vec<TileView>,
    /// The topmost categories.
    pub categories: Vec<TileView>,
    /// The newest post.
    pub post: Option<PostCardView>,
    /// How many products the shop has.
    pub product_count: usize,
}

/// `catalogue.html`, `category.html`, `collection.html` and the products of `term.html`: `list`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ListView {
    /// The name.
    pub title: String,
    /// The language of title and names, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines below the title, likewise.
    pub line_lang: String,
    /// The language of the text, likewise.
    pub body_lang: String,
    /// Two lines at the top.
    pub description: String,
    /// A longer text, HTML; only on the first page.
    pub body: String,
    /// Its picture.
    pub picture: Option<PictureView>,
    /// Categories below this one, on the first page only; for a collection, the other collections.
    pub children: Vec<CountedLinkView>,
    /// Tags that occur here.
    pub tags: Vec<CountedLinkView>,
    /// Collections that products here belong to.
    pub collections: Vec<CountedLinkView>,
    /// This page's products.
    pub products: Vec<Made<CardView>>,
    /// Where this page stands.
    pub pagination: PaginationView,
    /// By what the list can be filtered; `None` where no filter says anything of it.
    pub filters: Option<FiltersView>,
}

/// By what a list can be filtered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FiltersView {
    /// The address of the file that browsers filter with.
    pub index: String,
    /// The address of the list's first page: what is filtered is the whole list.
    pub url: String,
    /// In the order shown.
    pub groups: Vec<FilterView>,
}

/// Something to filter by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FilterView {
    /// As addresses call it: `colour`.
    pub key: String,
    /// What readers call it.
    pub title: String,
    /// The title's language, where it is not the page's; else empty.
    pub lang: String,
    /// `choice`, `flag` (yes, or no matter), `price` or `number` (both from, to).
    pub kind: &'static str,
    /// Of a number, or empty.
    pub unit: String,
    /// Of a flag, how many products it leaves.
    pub count: usize,
    /// The most frequent choices, in their order.
    pub choices: Vec<FilterChoiceView>,
    /// How many further choices there are.
    pub more: usize,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FilterChoiceView {
    /// As addresses call it: `blue`.
    pub key: String,
    /// What readers call it.
    pub title: String,
    /// The title's language, where it is not the page's; else empty.
    pub lang: String,
    /// The class of its colour, or empty.
    pub swatch: String,
    /// How many products of the list are so.
    pub count: usize,
}

/// `product.html`: `product`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ProductView {
    /// The id.
    pub id: String,
    /// The language of title and names, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines below the title, likewise.
    pub line_lang: String,
    /// The language of the text, likewise.
    pub body_lang: String,
    /// The name.
    pub title: String,
    /// One line; empty where the description begins with it.
    pub summary: String,
    /// The description, HTML.
    pub description: String,
    /// The maker, or empty.
    pub brand: String,
    /// What buyers think of it. A page that is told to search engines with it has to show it.
    pub rating: Option<RatingView>,
    /// `physical`, `digital`, `service`, `bundle`, `gift-card`, `group` or `external`.
    pub kind: &'static str,
    /// Whether it can be put in a cart here.
    pub is_sold: bool,
    /// Whether no variant can be bought any more.
    pub discontinued: bool,
    /// The lowest price.
    pub price: Option<PriceView>,
    /// Whether variants cost more than `price`.
    pub from: bool,
    /// The price before a reduction, of the cheapest variant.
    pub compare_at: Option<PriceView>,
    /// All pictures.
    pub pictures: Vec<PictureView>,
    /// The options a shopper chooses; empty where there is one variant.
    pub options: Vec<OptionView>,
    /// The variants, in the editor's order.
    pub variants: Vec<VariantView>,
    /// Index of the variant that is chosen at first.
    pub default_variant: usize,
    /// The price by measure of that variant, or empty: `€7.96 / 100 g`.
    pub unit_price: String,
    /// Prices for many of that variant, in the default currency.
    pub quantity_prices: Vec<QuantityPriceView>,
    /// The last day of its sale, while it lasts.
    pub sale_until: Option<DateView>,
    /// When it is sent, where that lies in the future.
    pub ships_from: Option<DateView>,
    /// How many of it one order may have.
    pub limits: LimitsView,
    /// What the shopper adds.
    pub fields: Vec<FieldView>,
    /// The amounts of a gift card from which the buyer chooses.
    pub amount: Option<AmountView>,
    /// What is in a bundle.
    pub components: Vec<ComponentView>,
    /// Attributes and specifications: name and value.
    pub specifications: Vec<SpecificationView>,
    /// Its tags.
    pub tags: Vec<LinkView>,
    /// What it carries of other taxonomies.
    pub terms: Vec<TermsView>,
    /// The collections it is in.
    pub collections: Vec<LinkView>,
    /// Other products.
    pub related: Vec<Made<CardView>>,
    /// The members of a group.
    pub members: Vec<Made<CardView>>,
    /// The other shop's address and the link's text.
    pub external: Option<LinkView>,
    /// The most in one order.
    pub max_quantity: u32,
    /// What the variant chooser reads: a JSON text, safe inside `<script type="application/json">`:
    /// `{"options": ["Size"], "fields": ["engraving"], "default": 0, "variants": [{"sku", "choices": ["250 ml" | null], "picture", "max",
    /// "min", "step", "counted", "discontinued", "prices": {"EUR": [{"until", "minor", "text", "compare", "per"}]}, "many": {"EUR": [{"from",
    /// "minor", "text"}]}}]}`: prices as periods, the first of which holds now.
    pub data: String,
}

/// A price for many.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct QuantityPriceView {
    /// From so many on.
    pub from: u32,
    /// For one.
    pub price: PriceView,
}

/// How many one order may have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct LimitsView {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
    /// Multiples of.
    pub step: u32,
}

/// Something that the shopper adds to a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FieldView {
    /// What the cart calls it.
    pub name: String,
    /// As shown.
    pub title: String,
    /// `text`, `date` or `choice`.
    pub kind: &'static str,
    /// The most characters of a text; 0 for other kinds.
    pub max: u32,
    /// Whether it has to be filled in.
    pub required: bool,
    /// What it costs on each one, in the default currency.
    pub price: Option<PriceView>,
    /// What can be chosen.
    pub values: Vec<FieldValueView>,
}

/// Something that can be chosen in a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FieldValueView {
    /// What the cart calls it.
    pub value: String,
    /// As shown.
    pub title: String,
}

/// The amounts of a gift card from which the buyer chooses, in the default currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct AmountView {
    /// The least.
    pub min: PriceView,
    /// The most.
    pub max: PriceView,
    /// Some between them.
    pub suggestions: Vec<PriceView>,
    /// The same in every currency, for an attribute that scripts read:
    /// `{"EUR": {"min": {"value", "text"}, "max": …, "suggestions": […]}}`.
    pub data: String,
}

/// A part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ComponentView {
    /// How many of it.
    pub quantity: u32,
    /// The product's name, and the variant's values.
    pub title: String,
    /// The product's address.
    pub url: String,
    /// The product's first picture.
    pub picture: Option<PictureView>,
}

/// A choice the shopper makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct OptionView {
    /// `Size`: what the cart calls it.
    pub name: String,
    /// As shown.
    pub title: String,
    /// `size`: for ids and field names.
    pub key: String,
    /// In the editor's order.
    pub values: Vec<OptionValueView>,
}

/// One value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct OptionValueView {
    /// What the cart calls it.
    pub value: String,
    /// As shown.
    pub title: String,
    /// For ids.
    pub key: String,
    /// The class of its swatch in the generated sheet (`swatch-2a7f86`), or empty.
    pub swatch: String,
}

/// One buyable combination.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct VariantView {
    /// The SKU.
    pub sku: String,
    /// For a plain list of variants: `250 ml / Oak`.
    pub title: String,
    /// One for each option: the value, or `None` for 'any'.
    pub choices: Vec<Option<String>>,
    /// The price.
    pub price: PriceView,
    /// Before a reduction.
    pub compare_at: Option<PriceView>,
    /// Whether the store counts it.
    pub counted: bool,
    /// Gone for good.
    pub discontinued: bool,
    /// Index into the pictures.
    pub picture: Option<usize>,
    /// The most in one order.
    pub max_quantity: u32,
}

/// What a product or page carries of one taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TermsView {
    /// The taxonomy, as addresses call it.
    pub name: String,
    /// As shown.
    pub title: String,
    /// The address of all its terms.
    pub url: String,
    /// The terms.
    pub terms: Vec<LinkView>,
}

/// `taxonomy.html`: `taxonomy`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TaxonomyView {
    /// As addresses call it.
    pub name: String,
    /// As shown.
    pub title: String,
    /// Its terms, and how many products and pages carry each.
    pub terms: Vec<CountedLinkView>,
}

/// What buyers think of a product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RatingView {
    /// From 1 to 5, with at most two decimals: `4.6`.
    pub value: String,
    /// How many have rated it.
    pub count: u32,
}

/// A row of the specifications.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SpecificationView {
    /// `Material`.
    pub name: String,
    /// `Stoneware`.
    pub value: String,
}

/// A date for people and machines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct DateView {
    /// `2026-05-01`.
    pub iso: String,
    /// `1 May 2026`.
    pub text: String,
}

/// A heading in a table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TocView {
    /// The heading's text.
    pub title: String,
    /// Its anchor.
    pub id: String,
    /// Headings below it.
    pub children: Vec<TocView>,
}

/// `page.html` and `post.html`: `article`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ArticleView {
    /// The headline.
    pub title: String,
    /// The language of title and names, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines below the title, likewise.
    pub line_lang: String,
    /// The language of the text, likewise.
    pub body_lang: String,
    /// A line below it.
    pub summary: String,
    /// HTML.
    pub body: String,
    /// When it was published.
    pub date: Option<DateView>,
    /// When it was last changed by hand.
    pub updated: Option<DateView>,
    /// Who wrote it, or empty.
    pub author: String,
    /// Minutes at 220 words a minute, at least 1.
    pub reading_minutes: u32,
    /// Its tags.
    pub tags: Vec<LinkView>,
    /// What it carries of other taxonomies.
    pub terms: Vec<TermsView>,
    /// Its picture.
    pub picture: Option<PictureView>,
    /// Where the page asks for one.
    pub toc: Vec<TocView>,
    /// What the schema of its section declares, by name; null where it is not said.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// The next older post; in a section that is not a journal, the page before.
    pub previous: Option<LinkView>,
    /// The next newer post, or the page after.
    pub next: Option<LinkView>,
}

/// A post or page in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PostCardView {
    /// The headline.
    pub title: String,
    /// The address.
    pub url: String,
    /// The language of title and lines, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines, likewise.
    pub line_lang: String,
    /// Two or three lines.
    pub summary: String,
    /// When it was published.
    pub date: Option<DateView>,
    /// Its picture.
    pub picture: Option<PictureView>,
    /// Minutes.
    pub reading_minutes: u32,
    /// What the schema of its section declares, by name; null where it is not said.
    pub fields: serde_json::Map<String, serde_json::Value>,
}

/// `section.html`, and the pages of `term.html`: `section`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SectionView {
    /// The name.
    pub title: String,
    /// The language of title and names, where it is not the page's; else empty.
    pub lang: String,
    /// The language of the lines below the title, likewise.
    pub line_lang: String,
    /// The language of the text, likewise.
    pub body_lang: String,
    /// Two lines.
    pub description: String,
    /// HTML; only on the first page.
    pub body: String,
    /// Sections below it.
    pub children: Vec<CountedLinkView>,
    /// This page's entries.
    pub pages: Vec<PostCardView>,
    /// Where this page stands.
    pub pagination: PaginationView,
    /// The section's feed.
    pub feed: Option<String>,
}
