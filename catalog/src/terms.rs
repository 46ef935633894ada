//! The terms of trade: everything a quote needs beside the goods. Stored in the bundle, never on the site.

use crate::currency::{Currency, Gateway};
use crate::shipping::ShippingRules;
use crate::tax::TaxRules;

/// What the shop's settings say about selling.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Terms {
    /// The shop's name, for pages and mails.
    pub shop_name: String,
    /// Where the site stands, without a slash at its end.
    pub base_url: String,
    /// Language codes; the first is the default. Never empty.
    pub languages: Vec<String>,
    /// The currencies sold in; the first is the default. Never empty.
    pub currencies: Vec<Currency>,
    /// Tax rules.
    pub tax: TaxRules,
    /// Shipping rules.
    pub shipping: ShippingRules,
    /// Ways to pay.
    pub gateways: Vec<Gateway>,
    /// The address of the terms that a buyer must accept, where the shop has them.
    pub terms_url: Option<String>,
    /// The most of one line, where the variant has no limit of its own.
    pub max_quantity: u32,
    /// Open unpaid orders that one client may have.
    pub max_open_per_client: u32,
    /// Where questions about an order go.
    pub contact_email: Option<String>,
}

impl Terms {
    /// The default currency.
    pub fn default_currency(&self) -> Currency {
        *self.currencies.first().expect("terms have at least one currency")
    }

    /// The default language.
    pub fn default_language(&self) -> &str {
        self.languages.first().expect("terms have at least one language")
    }
}

/// The most lines in a cart (design, step 1).
pub const MAX_LINES: usize = 60;
/// The default of `checkout.max_quantity`.
pub const DEFAULT_MAX_QUANTITY: u32 = 20;
/// The default of `checkout.max_open_per_client`.
pub const DEFAULT_MAX_OPEN_PER_CLIENT: u32 = 5;
