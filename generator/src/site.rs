//! The site graph: everything the shop is, checked and connected. Made by `index`, never changed after; builds share what is the same.

pub mod found;

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use catalog::currency::{Currency, Gateway};
use catalog::money::Decimal;
use catalog::product::{Product, UnitPrice, Variant};
use catalog::terms::Terms;
use serde::Serialize;

use found::Found;

use crate::Summary;
use crate::diagnostic::{SourcePath, Span, Spanned};
use crate::facets::{Facets, ListFacets, ListName};
use crate::index::Neighbours;
use crate::parse::SortBy;
use crate::parse::admin::AdminSettings;
use crate::parse::markdown::{self, Alert, Heading, Holes, Markdown};
use crate::parse::product::{Condition, GoogleWords, Rating};
use crate::parse::settings::{AttributeSort, ContentSettings, HtmlRule, TermOrder};
use crate::pictures::{Copy, Pictures};
use crate::source::Fingerprint;
use crate::view::{CountryView, LinkView, MenuView, PictureView};

/// The valid settings.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// The shop's name.
    pub name: String,
    /// A line below it, or empty.
    pub tagline: String,
    /// For search engines, or empty.
    pub description: String,
    /// Without a slash at the end.
    pub base_url: String,
    /// What the settings say of it, where a build is asked for another one: links to it lead into the shop too.
    pub written_url: String,
    /// The path of `base_url`, without a slash at the end.
    pub base_path: String,
    /// The language of this site.
    pub language: String,
    /// What the language calls itself.
    pub language_name: String,
    /// What addresses of pages in this language begin with, after the base path: `/de`; empty for the default language.
    pub prefix: String,
    /// All languages of the shop, the default first.
    pub languages: Vec<String>,
    /// The default currency.
    pub currency: Currency,
    /// All currencies with the step in which each can be charged.
    pub currencies: Vec<(Currency, i64)>,
    /// The theme's name, and those of the themes that it builds on, each before its own parent; never empty.
    pub themes: Vec<String>,
    /// Products on one page of a list.
    pub per_page: usize,
    /// By what lists can be filtered that say nothing themselves.
    pub filters: Filters,
    /// Whether the theme shows filters at all: it has the template for what is filtered.
    pub shows_filters: bool,
    /// Where the function answers, base path included.
    pub api: String,
    /// Ways to pay.
    pub gateways: Vec<Gateway>,
    /// The most of one line.
    pub max_quantity: u32,
    /// E-mail.
    pub email: Option<String>,
    /// One entry a line.
    pub address: Vec<String>,
    /// Elsewhere.
    pub social: Vec<LinkView>,
    /// Where parcels go.
    pub countries: Vec<CountryView>,
    /// Chosen at first.
    pub default_country: Option<String>,
    /// Whether search engines are asked to stay away.
    pub noindex: bool,
    /// Whether shoppers can search.
    pub search: bool,
    /// What products can be described by, in the order shown.
    pub attributes: Vec<DeclaredAttribute>,
    /// How texts are published.
    pub content: ContentSettings,
    /// How the shop is found.
    pub found: Found,
    /// The editor in the browser, where it is published. No page shows anything of it.
    #[serde(skip)]
    pub admin: Option<AdminSettings>,
    /// By what products and pages are listed: tags first, then in the order declared.
    pub taxonomies: Vec<DeclaredTaxonomy>,
}

/// By what a list of products can be filtered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Filters {
    /// By whatever says something of it.
    All,
    /// By nothing.
    Nothing,
    /// By these, in this order, as far as they say something.
    Named(Vec<String>),
}

/// The taxonomy that every shop has.
pub const TAGS: &str = "tags";

/// A way of listing products and pages together.
#[derive(Debug, Clone, Serialize)]
pub struct DeclaredTaxonomy {
    /// As pages and products name it, and as addresses do.
    pub name: String,
    /// What readers call it; empty for tags of which nothing is said: the theme has a word for them.
    pub title: String,
    /// How its terms are listed.
    pub order: TermOrder,
    /// Pages on one page of a list.
    pub paginate: usize,
    /// Whether its terms have feeds.
    pub has_feeds: bool,
}

impl DeclaredTaxonomy {
    /// The address of the list of its terms, from the site's root.
    pub fn path(&self) -> String {
        format!("/{}/", self.name)
    }
}

/// A word under which something is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermName {
    /// The taxonomy, which is not tags.
    pub taxonomy: String,
    /// As addresses call it.
    pub slug: String,
    /// As it was written.
    pub title: String,
}

/// The address of a term, from the site's root.
pub fn term_path(taxonomy: &str, slug: &str) -> String {
    format!("/{taxonomy}/{slug}/")
}

/// An attribute by which products can be described.
#[derive(Debug, Clone, Serialize)]
pub struct DeclaredAttribute {
    /// As products name it.
    pub name: String,
    /// What shoppers read.
    pub title: String,
    /// What its values are.
    pub sort: AttributeSort,
    /// Of a number, or empty.
    pub unit: String,
}

/// In which language an entry of a site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tongue {
    /// Whether it is written in the language of the site, as originals are in theirs. What is not is canonical to the
    /// original.
    pub is_native: bool,
    /// The language of its title and names, where it is not the site's; else empty.
    pub words: String,
    /// The language of the lines below the title, likewise.
    pub lines: String,
    /// The language of its text, likewise.
    pub body: String,
}

impl Default for Tongue {
    fn default() -> Self {
        Self::native()
    }
}

impl Tongue {
    /// Of what is written in the language of the site.
    pub fn native() -> Self {
        Self { is_native: true, words: String::new(), lines: String::new(), body: String::new() }
    }

    /// Of what is shown in another language, the original's.
    pub fn foreign(language: &str) -> Self {
        Self { is_native: false, words: language.to_owned(), lines: language.to_owned(), body: language.to_owned() }
    }
}

/// Markdown with its links resolved. The HTML is put together when a page shows it.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// The text with holes; shared with the parsed file, but for quotation marks that are another language's.
    pub text: Arc<Markdown>,
    /// Where the text's links lead, base path included.
    pub links: Vec<String>,
    /// Those links, by their places, of which something is wrong and has been told.
    pub told: Vec<usize>,
    /// Further attributes of its links to elsewhere; none at all where the settings ask for none.
    pub outside: Vec<String>,
    /// The elements for the text's pictures, or their attributes.
    pub images: Vec<String>,
    /// What is published of raw HTML.
    pub raw: Vec<String>,
    /// What alerts are called, in the order of their kinds; empty where there is none.
    pub labels: Vec<String>,
    /// What the theme is given for its blocks, but for their bodies.
    pub blocks: Vec<BlockCall>,
    /// What becomes of raw HTML.
    pub html_rule: HtmlRule,
    /// The copies of pictures that the HTML shows.
    pub copies: Vec<Copy>,
    /// Files beside the page that its links lead to: source, path from the root without a slash.
    pub files: Vec<(SourcePath, String)>,
}

impl Holes for Body {
    fn link(&self, index: usize) -> &str {
        &self.links[index]
    }

    fn outside(&self, index: usize) -> &str {
        self.outside.get(index).map_or("", String::as_str)
    }

    fn image(&self, index: usize) -> &str {
        &self.images[index]
    }

    fn raw(&self, index: usize) -> &str {
        &self.raw[index]
    }

    fn label(&self, alert: Alert) -> &str {
        &self.labels[alert as usize]
    }

    fn block(&self, _: usize) -> &'static str {
        ""
    }

    fn block_end(&self, _: usize) -> &'static str {
        ""
    }
}

/// A block of a text, as a theme's component is asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlockCall {
    /// The name.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// What stands behind it: names of files beside the text are paths from the shop's folder.
    pub values: Vec<(Spanned<String>, Spanned<String>)>,
}

/// A text whose blocks are marked, to be put in when its page is rendered: signs that no text holds, because they are no characters.
struct Marked<'b> {
    body: &'b Body,
    marks: Vec<String>,
}

/// Begins a mark: the number of the block follows, and [`MARK_END`].
pub const MARK: char = '\u{fdd0}';
/// Begins the mark of a block's end.
pub const MARK_OF_END: char = '\u{fdd1}';
/// Ends a mark.
pub const MARK_END: char = '\u{fdd2}';

const MARKS: [char; 3] = [MARK, MARK_OF_END, MARK_END];
/// With which they begin in UTF-8; few texts have it at all.
const FIRST_BYTE: u8 = 0xEF;

/// A text without such signs: where it has one, it is shown as what cannot be shown, in as many bytes.
pub fn without_marks(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&FIRST_BYTE) && text.contains(MARKS) {
        Cow::Owned(text.replace(MARKS, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl Holes for Marked<'_> {
    fn link(&self, index: usize) -> &str {
        self.body.link(index)
    }

    fn outside(&self, index: usize) -> &str {
        self.body.outside(index)
    }

    fn image(&self, index: usize) -> &str {
        self.body.image(index)
    }

    fn raw(&self, index: usize) -> &str {
        self.body.raw(index)
    }

    fn label(&self, alert: Alert) -> &str {
        self.body.label(alert)
    }

    fn block(&self, index: usize) -> &str {
        &self.marks[2 * index]
    }

    fn block_end(&self, index: usize) -> &str {
        &self.marks[2 * index + 1]
    }
}

impl Body {
    /// Of everything that the text's own file does not decide.
    pub fn outside_fingerprint(&self) -> Fingerprint {
        let own = [&self.links, &self.outside, &self.images, &self.raw, &self.labels];
        let parts = own.into_iter().flatten().map(|text| Fingerprint::of(text.as_bytes()));
        let mut parts: Vec<Fingerprint> = parts.chain(self.copies.iter().map(|copy| Fingerprint::of(copy.path.as_bytes()))).collect();
        if !self.raw.is_empty() {
            parts.push(Fingerprint::of(&[self.html_rule as u8]));
        }
        if !self.blocks.is_empty() {
            parts.push(Fingerprint::of_value(&self.blocks));
        }
        Fingerprint::join(&parts)
    }

    /// HTML without blocks, of which only their bodies stand there: for feeds and searches.
    pub fn html(&self) -> String {
        self.cleaned(markdown::to_html(&self.text, self))
    }

    /// HTML with a mark for each block; its number counts from `first`.
    pub fn marked_html(&self, first: usize) -> String {
        if self.blocks.is_empty() {
            return self.html();
        }
        let marks =
            (first..first + self.blocks.len()).flat_map(|number| [MARK, MARK_OF_END].map(|mark| format!("{mark}{number}{MARK_END}")));
        let marked = Marked { body: self, marks: marks.collect() };
        self.cleaned(markdown::to_html(&self.text, &marked))
    }

    /// What has raw HTML in it is cleaned as a whole, because a tag may end something that it has not begun.
    fn cleaned(&self, html: String) -> String {
        if self.raw.is_empty() || self.html_rule != HtmlRule::Clean { html } else { markdown::clean(&html) }
    }

    /// For tables of contents and anchors.
    pub fn headings(&self) -> &[Heading] {
        &self.text.headings
    }

    /// For reading time.
    pub fn words(&self) -> u32 {
        self.text.words
    }

    /// The first paragraph, plain.
    pub fn summary(&self) -> &str {
        &self.text.summary
    }
}

/// Title and description for search engines.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// Instead of the title.
    pub title: Option<String>,
    /// Never empty where there is any text.
    pub description: String,
}

/// A product's id, shared by the lists that name it.
pub type Id = Arc<str>;

/// Products found by a hash of their ids, and kept in the order of ids.
pub type Products = IndexMap<Id, Arc<SiteProduct>, FxBuildHasher>;

/// What a product's own file makes of it. Shared from build to build while neither the file nor anything that it refers
/// to changes.
#[derive(Debug, Clone)]
pub struct OwnProduct {
    /// Of everything below, as far as the settings do not decide it.
    pub fingerprint: Fingerprint,
    /// Its language.
    pub tongue: Tongue,
    /// The id.
    pub id: Id,
    /// What is sold.
    pub product: Product,
    /// The last instant at which its prices changed by themselves, seconds since 1970: they are now as they were then.
    pub as_of: i64,
    /// The source file.
    pub file: SourcePath,
    /// From the site's root, without the base path.
    pub path: String,
    /// One line, or empty.
    pub summary: String,
    /// The description.
    pub body: Body,
    /// The maker, or empty.
    pub brand: String,
    /// Category paths, its own first.
    pub categories: Vec<String>,
    /// (slug, title).
    pub tags: Vec<(String, String)>,
    /// Words of other taxonomies.
    pub terms: Vec<TermName>,
    /// In the editor's order.
    pub pictures: Vec<PictureView>,
    /// What options and their values are called, in their order; as in `product` where nothing else is said.
    pub option_titles: Vec<OptionTitles>,
    /// Colours by (option index, value index): `2a7f86`.
    pub swatches: BTreeMap<(usize, usize), String>,
    /// Values of the shop's attributes, in its order.
    pub attributes: Vec<Attribute>,
    /// What the fields of its lines are called.
    pub field_titles: Vec<FieldTitles>,
    /// Length, width and height in millimetres.
    pub dimensions: Option<[u32; 3]>,
    /// Digits of the Harmonized System, or empty.
    pub customs_code: String,
    /// The country in which it was made, two capital letters, or empty.
    pub origin: String,
    /// Name and value.
    pub specifications: Vec<(String, String)>,
    /// Numbers by which the world knows variants: SKU → numbers. Those that have none are left out.
    pub codes: BTreeMap<String, Codes>,
    /// In which state it is.
    pub condition: Condition,
    /// What buyers think of it.
    pub rating: Option<Rating>,
    /// Whether the search finds it.
    pub is_findable: bool,
    /// What only the feed for Google needs.
    pub google: GoogleWords,
    /// The products that the editor names as related, shown or not.
    pub related: Vec<String>,
    /// Seconds since 1970.
    pub date: Option<i64>,
    /// For search engines.
    pub meta: Meta,
}

/// What an option and its values are called in the language of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionTitles {
    /// Of the option.
    pub title: String,
    /// Of its values, in their order.
    pub values: Vec<String>,
}

/// Numbers by which the world knows a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// Below its bar code: digits, or empty.
    pub gtin: String,
    /// The maker's, or empty.
    pub mpn: String,
}

impl OwnProduct {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What one of a variant costs now, in `currency`.
    pub fn unit_price(&self, variant: &Variant, currency: Currency) -> Option<UnitPrice> {
        variant.pricing.unit_price(currency, 1, self.as_of)
    }

    /// The lowest price of its variants now, and whether they differ.
    pub fn lowest_price(&self, currency: Currency) -> Option<(i64, bool)> {
        self.product.lowest_price(currency, self.as_of)
    }

    /// The cheapest variant, in `currency`; of equals the first.
    pub fn cheapest(&self, currency: Currency) -> Option<&Variant> {
        let sold = self.product.variants.iter().filter_map(|variant| Some((self.unit_price(variant, currency)?.minor, variant)));
        sold.min_by_key(|(minor, _)| *minor).map(|(_, variant)| variant)
    }

    /// The price before a reduction of the cheapest variant, in `currency`.
    pub fn compare_at(&self, currency: Currency) -> Option<i64> {
        self.unit_price(self.cheapest(currency)?, currency)?.before
    }
}

/// A product's value of one of the shop's attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute's name.
    pub name: String,
    /// The value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// Words.
    Text(String),
    /// A number, and as it was written.
    Number(Decimal, String),
    /// Yes or no.
    Boolean(bool),
}

/// What a field and its choices are called in the language of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTitles {
    /// Of the field.
    pub title: String,
    /// Of its choices, in their order.
    pub choices: Vec<String>,
}

/// A product with everything its page says.
#[derive(Debug, Clone)]
pub struct SiteProduct {
    /// What its file says.
    pub own: Arc<OwnProduct>,
    /// The class of its first collection with an accent, or empty.
    pub accent: String,
    /// Names of its collections, in their order.
    pub collections: Vec<String>,
}

impl std::ops::Deref for SiteProduct {
    type Target = OwnProduct;

    fn deref(&self) -> &OwnProduct {
        &self.own
    }
}

/// A category of the tree.
#[derive(Debug, Clone)]
pub struct Category {
    /// Of what its own file says, and of what that refers to.
    pub fingerprint: Fingerprint,
    /// Its language.
    pub tongue: Tongue,
    /// The folder's path; empty for the whole catalogue.
    pub key: String,
    /// From the site's root.
    pub path: String,
    /// The name.
    pub title: String,
    /// One line, or empty.
    pub description: String,
    /// The text.
    pub body: Body,
    /// The picture.
    pub picture: Option<PictureView>,
    /// The lowest comes first.
    pub order: i64,
    /// Google's category of the products in it that name none, or empty.
    pub google_category: String,
    /// By what it can be filtered, where its own file says it.
    pub filters: Option<Filters>,
    /// Keys of the categories right below, in order.
    pub children: Vec<String>,
    /// All products in it and below it, newest first.
    pub products: Vec<Id>,
    /// What its products have in common.
    pub shared: Shared,
    /// For search engines.
    pub meta: Meta,
}

/// What the products of a list have in common, for links that narrow it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Shared {
    /// The most frequent tags: slug, title, how many products.
    pub tags: Vec<(String, String, usize)>,
    /// Collections in their order: name, how many products.
    pub collections: Vec<(String, usize)>,
}

/// A list by hand.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Of what its own file says, and of what that refers to.
    pub fingerprint: Fingerprint,
    /// Its language.
    pub tongue: Tongue,
    /// The file's stem.
    pub name: String,
    /// From the site's root.
    pub path: String,
    /// The name.
    pub title: String,
    /// One line, or empty.
    pub summary: String,
    /// The text.
    pub body: Body,
    /// The picture.
    pub picture: Option<PictureView>,
    /// `#rrggbb` on light and on dark ground.
    pub accent: Option<(String, String)>,
    /// The lowest comes first.
    pub order: i64,
    /// By what it can be filtered, where its own file says it.
    pub filters: Option<Filters>,
    /// In the editor's order.
    pub products: Vec<Id>,
    /// What its products have in common.
    pub shared: Shared,
    /// For search engines.
    pub meta: Meta,
}

impl Collection {
    /// The class that colours its pages, or empty.
    pub fn accent_class(&self) -> String {
        self.accent.as_ref().map_or_else(String::new, |_| format!("accent-{}", self.name))
    }
}

/// A page or post.
#[derive(Debug, Clone)]
pub struct Article {
    /// Of what its own file says, and of what that refers to.
    pub fingerprint: Fingerprint,
    /// Its language.
    pub tongue: Tongue,
    /// Its place below `content/`.
    pub key: String,
    /// From the site's root.
    pub path: String,
    /// The section it is in; empty for the topmost.
    pub section: String,
    /// The headline.
    pub title: String,
    /// One or two sentences, or empty.
    pub summary: String,
    /// The text.
    pub body: Body,
    /// Seconds since 1970.
    pub date: Option<i64>,
    /// Seconds since 1970.
    pub updated: Option<i64>,
    /// Who wrote it, or empty.
    pub author: String,
    /// (slug, title).
    pub tags: Vec<(String, String)>,
    /// Words of other taxonomies.
    pub terms: Vec<TermName>,
    /// The picture.
    pub picture: Option<PictureView>,
    /// The lowest comes first.
    pub order: i64,
    /// Whether to show a table of contents.
    pub toc: bool,
    /// Whether the search finds it.
    pub is_findable: bool,
    /// Whether other sites show a card that the theme draws.
    pub social_card: bool,
    /// Instead of `page.html` or `post.html`.
    pub template: Option<String>,
    /// What the schema of its section declares, in the order declared.
    pub fields: Vec<(String, FieldValue)>,
    /// For search engines.
    pub meta: Meta,
}

/// What a page says under a key that the schema of its section declares.
#[derive(Debug, Clone)]
pub enum FieldValue {
    /// Nothing.
    Nothing,
    /// Words.
    Text(String),
    /// Markdown.
    Prose(Body),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Seconds since 1970.
    Date(i64),
    /// A picture.
    Picture(PictureView),
    /// A page or section, by key; it may not be published.
    Page(String),
    /// A product, by id; it may not be published.
    Product(String),
    /// Several.
    List(Vec<FieldValue>),
    /// Names and values, in the order declared.
    Map(Vec<(String, FieldValue)>),
}

impl Article {
    /// What it says under a key that a schema declares; `None` where it says nothing.
    pub fn value(&self, name: &str) -> Option<&FieldValue> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value).filter(|value| !matches!(value, FieldValue::Nothing))
    }
}

impl FieldValue {
    /// Which of two values of the same key comes first. Texts are compared without regard to small and large letters; values of unlike kinds,
    /// as schemas of several folders may make them, stand kind by kind.
    pub fn compare(&self, other: &Self) -> Ordering {
        let kind = |value: &Self| match value {
            Self::Number(_) => 0,
            Self::Date(_) => 1,
            Self::Boolean(_) => 2,
            Self::Text(_) => 3,
            _ => 4,
        };
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => (a.to_lowercase(), a).cmp(&(b.to_lowercase(), b)),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            _ => kind(self).cmp(&kind(other)),
        }
    }

    /// The texts in it.
    pub fn bodies(&self) -> Vec<&Body> {
        match self {
            Self::Prose(body) => vec![body],
            Self::List(entries) => entries.iter().flat_map(Self::bodies).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(_, entry)| entry.bodies()).collect(),
            Self::Nothing
            | Self::Text(_)
            | Self::Number(_)
            | Self::Boolean(_)
            | Self::Date(_)
            | Self::Picture(_)
            | Self::Page(_)
            | Self::Product(_) => Vec::new(),
        }
    }
}

/// What is set of the theme in `shop.yaml`.
#[derive(Debug, Clone, Default)]
pub struct ThemeSettings {
    /// One for each setting that the theme, or one that it builds on, declares.
    pub values: Vec<(String, FieldValue)>,
    /// The colours among them that are set.
    pub colours: Vec<(String, String)>,
}

impl ThemeSettings {
    /// The texts among them.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.values.iter().flat_map(|(_, value)| value.bodies())
    }
}

/// A section: a list of pages.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with a name")]
pub struct Section {
    /// Of what its own file says, and of what that refers to.
    pub fingerprint: Fingerprint,
    /// Its language.
    pub tongue: Tongue,
    /// The folder below `content/`; empty for the home page.
    pub key: String,
    /// From the site's root.
    pub path: String,
    /// The name.
    pub title: String,
    /// One line, or empty.
    pub description: String,
    /// The text.
    pub body: Body,
    /// The picture.
    pub picture: Option<PictureView>,
    /// The lowest comes first.
    pub order: i64,
    /// Whether it is a journal: sorted by date, its pages are posts.
    pub by_date: bool,
    /// How its pages are ordered.
    pub sort: SortBy,
    /// Whether the last of its order comes first.
    pub reverse: bool,
    /// Pages on one page of the list.
    pub paginate: usize,
    /// Whether it has a feed.
    pub feed: bool,
    /// Whether the search finds it.
    pub is_findable: bool,
    /// Whether other sites show a card that the theme draws.
    pub social_card: bool,
    /// Keys of its pages, in order.
    pub pages: Vec<String>,
    /// Keys of the sections right below, in order.
    pub children: Vec<String>,
    /// Instead of `section.html`.
    pub template: Option<String>,
    /// For search engines.
    pub meta: Meta,
}

/// A taxonomy's terms and what carries them.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    /// What is said of it.
    pub declared: DeclaredTaxonomy,
    /// By slug.
    pub terms: BTreeMap<String, Term>,
}

impl Taxonomy {
    /// The terms' slugs in the order in which they are listed.
    pub fn listed(&self) -> Vec<&str> {
        let mut slugs: Vec<(&str, &Term)> = self.terms.iter().map(|(slug, term)| (slug.as_str(), term)).collect();
        match self.declared.order {
            TermOrder::Title => slugs.sort_by(|a, b| (a.1.title.to_lowercase(), a.0).cmp(&(b.1.title.to_lowercase(), b.0))),
            TermOrder::Count => slugs.sort_by(|a, b| b.1.count().cmp(&a.1.count()).then_with(|| a.0.cmp(b.0))),
        }
        slugs.into_iter().map(|(slug, _)| slug).collect()
    }
}

/// A word and what carries it.
#[derive(Debug, Clone, Default)]
pub struct Term {
    /// As first written, in the order of the files.
    pub title: String,
    /// Native where anything that carries it is.
    pub tongue: Tongue,
    /// Newest first.
    pub products: Vec<Id>,
    /// What its products have in common.
    pub shared: Shared,
    /// Page keys, newest first.
    pub pages: Vec<String>,
    /// So many of the pages have a date; they are the first, and its feeds hold them.
    pub posts: usize,
}

impl Term {
    /// How many products and pages carry it.
    pub fn count(&self) -> usize {
        self.products.len() + self.pages.len()
    }
}

/// The whole shop in one language. Paths in it say nothing of the language; [`Site::url`] makes addresses of them.
#[derive(Debug, Clone)]
pub struct Site {
    /// The settings.
    pub settings: Settings,
    /// The terms of trade.
    pub terms: Terms,
    /// Of everything but what products' own pages alone show: while it is the same, so are all lists, all addresses and all
    /// pages of other kinds.
    pub frame: Fingerprint,
    /// By id, in the order of ids.
    pub products: Products,
    /// All products, newest first.
    pub newest: Arc<Vec<Id>>,
    /// By key.
    pub categories: Arc<BTreeMap<String, Category>>,
    /// In order.
    pub collections: Arc<Vec<Collection>>,
    /// By key.
    pub articles: Arc<BTreeMap<String, Article>>,
    /// By key; the home page's text has the empty key.
    pub sections: Arc<BTreeMap<String, Section>>,
    /// Tags first, then in the order declared.
    pub taxonomies: Arc<Vec<Taxonomy>>,
    /// The header's menu.
    pub main_menu: Vec<MenuView>,
    /// The footer's menu.
    pub footer_menu: Vec<MenuView>,
    /// What is set of the theme.
    pub theme: Arc<ThemeSettings>,
    /// The address of the terms a buyer accepts.
    pub terms_url: Option<String>,
    /// What the files of `data/` hold, by name.
    pub data: Arc<BTreeMap<String, Arc<serde_json::Value>>>,
    /// Address → where it leads, which is an address of the web, or has no base path, as the first has none.
    pub redirects: Arc<Vec<(String, String)>>,
    /// Files copied as they are: source, path from the root without a slash.
    pub copied: Arc<Vec<(SourcePath, String)>>,
    /// All pictures.
    pub pictures: Arc<Pictures>,
    /// Where the components of bundles are: SKU → product and index of the variant.
    pub components: Arc<BTreeMap<String, (Id, usize)>>,
    /// Made when somebody asks for related products.
    pub neighbours: Arc<OnceLock<Neighbours>>,
    /// Made when somebody asks by what lists can be filtered.
    pub facets: Arc<OnceLock<Facets>>,
}

impl Site {
    /// The address of a page of this site, with the base path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.settings.base_path, self.settings.prefix)
    }

    /// The absolute address of a page of this site.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}{path}", self.settings.base_url, self.settings.prefix)
    }

    /// The address of a file that all languages have in common, with the base path.
    pub fn file_url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base_path)
    }

    /// The absolute address of a file that all languages have in common.
    pub fn absolute_file(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base_url)
    }

    /// A link to a page or section by key, where it is shown.
    pub fn page_link(&self, key: &str) -> Option<LinkView> {
        let link =
            |title: &str, path: &str, tongue: &Tongue| LinkView { lang: tongue.words.clone(), ..LinkView::new(title, self.url(path)) };
        let page = self.articles.get(key).map(|it| link(&it.title, &it.path, &it.tongue));
        page.or_else(|| self.sections.get(key).map(|it| link(&it.title, &it.path, &it.tongue)))
    }

    /// Scheme and host, without the path of the shop's address.
    pub fn origin(&self) -> &str {
        self.settings.base_url.strip_suffix(&self.settings.base_path).unwrap_or(&self.settings.base_url)
    }

    /// The absolute address of the shop's own icon, where it has one.
    pub fn icon_url(&self) -> Option<String> {
        let icon = self.settings.found.icon.as_ref().filter(|icon| icon.is_own)?;
        Some(self.absolute_file(&format!("/{}", icon.app(512).path)))
    }

    /// The products that are related to one: those that its file names, else the nearest.
    pub fn related(&self, product: &SiteProduct) -> Vec<Id> {
        let named: Vec<Id> =
            product.related.iter().filter_map(|id| Some(Arc::clone(self.products.get_key_value(id.as_str())?.0))).collect();
        if named.is_empty() { self.neighbours.get_or_init(|| Neighbours::of(self)).nearest(product, &product.collections) } else { named }
    }

    /// All texts: of products, lists, pages, sections, and of what pages say under declared keys.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        let products = self.products.values().map(|product| &product.body);
        let lists =
            self.categories.values().map(|category| &category.body).chain(self.collections.iter().map(|collection| &collection.body));
        let pages = self.articles.values().map(|article| &article.body).chain(self.sections.values().map(|section| &section.body));
        let fields = self.articles.values().flat_map(|article| &article.fields).flat_map(|(_, value)| value.bodies());
        products.chain(lists).chain(pages).chain(fields)
    }

    /// By what a list can be filtered, with what the whole shop can be filtered by; nothing where it is by nothing.
    pub fn list_facets(&self, list: &ListName) -> Option<(&Facets, Arc<ListFacets>)> {
        let wish = list.wish(self).filter(|wish| self.settings.shows_filters && **wish != Filters::Nothing)?;
        let facets = self.facets.get_or_init(|| Facets::of(self));
        Some((facets, facets.list(self, list, wish)?)).filter(|(_, list)| !list.groups.is_empty())
    }

    /// Its figures, with those of its pages and their pictures.
    pub fn summary(&self, pages: usize, pictures: usize) -> Summary {
        let products = self.products.values();
        Summary {
            pages,
            products: products.len(),
            variants: products.clone().map(|product| product.product.variants.len()).sum(),
            pictures,
            remote_pictures: products.flat_map(|product| &product.pictures).filter(|picture| picture.file.is_none()).count(),
        }
    }

    /// The newest post of all journals.
    pub fn newest_post(&self) -> Option<&Article> {
        let journals = self.sections.values().filter(|section| section.by_date);
        journals.filter_map(|journal| self.posts(journal).into_iter().next()).max_by_key(|article| article.date)
    }

    /// A journal's pages, the newest first.
    pub fn posts(&self, journal: &Section) -> Vec<&Article> {
        let mut posts: Vec<&Article> = journal.pages.iter().filter_map(|key| self.articles.get(key)).collect();
        posts.sort_by_key(|article| Reverse(article.date));
        posts
    }

    /// The tags, by slug.
    pub fn tags(&self) -> &BTreeMap<String, Term> {
        &self.taxonomies.first().expect("every shop has tags").terms
    }

    /// A taxonomy by name.
    pub fn taxonomy(&self, name: &str) -> Option<&Taxonomy> {
        self.taxonomies.iter().find(|taxonomy| taxonomy.declared.name == name)
    }

    /// A term by taxonomy and slug.
    pub fn term(&self, taxonomy: &str, slug: &str) -> Option<&Term> {
        self.taxonomy(taxonomy)?.terms.get(slug)
    }

    /// A collection by name.
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.name == name)
    }
}
