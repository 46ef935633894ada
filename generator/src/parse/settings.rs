//! The shop's settings, `shop.yaml`.

use catalog::money::Decimal;
use serde::{Deserialize, Serialize};

use super::PriceText;
use crate::diagnostic::{SourcePath, Span, Spanned};

/// The settings as written, with defaults where nothing was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedSettings {
    /// `shop.yaml`.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// The shop's name.
    pub name: Spanned<String>,
    /// One line below it.
    pub tagline: Option<Spanned<String>>,
    /// For search engines.
    pub description: Option<Spanned<String>>,
    /// `http://` or `https://`, no query, no fragment, no slash at the end; a path is kept.
    pub base_url: Option<Spanned<String>>,
    /// Language tags, the default first; never empty (`en`).
    pub languages: Vec<Spanned<String>>,
    /// Currency codes, the default first; never empty (`EUR`). Each is a known ISO 4217 code.
    pub currencies: Vec<Spanned<String>>,
    /// The theme's name (`default`).
    pub theme: Spanned<String>,
    /// Menus by name, in the order written.
    pub menus: Vec<(Spanned<String>, Vec<MenuItem>)>,
    /// How to reach the shop.
    pub contact: Contact,
    /// Profiles elsewhere.
    pub social: Vec<SocialLink>,
    /// Products on one page of a list (24).
    pub per_page: u32,
    /// Taxes.
    pub tax: TaxSettings,
    /// Zones and methods.
    pub shipping: ShippingSettings,
    /// The checkout.
    pub checkout: CheckoutSettings,
}

/// An entry of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// The whole entry.
    pub span: Span,
    /// `None`: the target's title. Always there without a target or with an address.
    pub title: Option<Spanned<String>>,
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
    pub address: Option<Spanned<String>>,
    /// As written.
    pub phone: Option<Spanned<String>>,
}

/// A profile elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocialLink {
    /// Its name.
    pub title: Spanned<String>,
    /// Its address.
    pub url: Spanned<String>,
}

/// A country with two capital letters, or `*` for all that are not named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// Everywhere else.
    Rest,
    /// ISO 3166-1 alpha-2.
    Country(String),
}

/// Taxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSettings {
    /// Whether prices hold the tax already (true).
    pub prices_include_tax: bool,
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
    /// Basis points: 19% is 1900. Each place stands once.
    pub rates: Vec<(Spanned<Place>, Spanned<u32>)>,
}

/// Zones and methods of shipping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingSettings {
    /// `None`: `standard`.
    pub tax_class: Option<Spanned<String>>,
    /// The first that names a country counts.
    pub zones: Vec<Zone>,
}

/// Countries with the same methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its name, for the merchant.
    pub name: Spanned<String>,
    /// Each stands once in all zones.
    pub countries: Vec<Spanned<Place>>,
    /// In the order shown.
    pub methods: Vec<Method>,
}

/// A way of shipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its name in orders; once in a zone.
    pub code: Spanned<String>,
    /// Shown to the shopper.
    pub title: Spanned<String>,
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
    /// By weight, the lightest band first.
    Bands(Vec<Band>),
}

/// A price up to a weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Grams, this weight included.
    pub up_to: Spanned<u32>,
    /// The price.
    pub price: PriceText,
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
    /// Unpaid orders that one client may have (5).
    pub max_open_per_client: u32,
}

/// A payment gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Gateway {
    /// Stripe Checkout.
    Stripe,
    /// PayPal Orders.
    Paypal,
}
