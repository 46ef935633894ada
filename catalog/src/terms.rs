//! The terms of trade: everything a quote needs beside the goods. Stored in the bundle, never on the site.

use crate::currency::{Currency, Gateway};
use crate::discount::Discount;
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
    /// Reductions, in the editor's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// Ways to pay.
    pub gateways: Vec<Gateway>,
    /// The address of the terms that a buyer must accept, where the shop has them.
    pub terms_url: Option<String>,
    /// The most of one line, where the variant has no limit of its own.
    pub max_quantity: u32,
    /// Up to so many left of a product count as few, where it has no number of its own.
    pub low_stock: u32,
    /// Open unpaid orders that one client may have.
    pub max_open_per_client: u32,
    /// How often and how long what was bought can be downloaded.
    #[serde(default)]
    pub downloads: DownloadRules,
    /// Where questions about an order go.
    pub contact_email: Option<String>,
    /// Who sells, where paid orders get invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Seller>,
}

/// How often and how long a paid order gives each of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DownloadRules {
    /// How often, at least once. Requests within a day are one.
    pub limit: u32,
    /// For so many days after the payment, at least one.
    pub days: u32,
}

impl Default for DownloadRules {
    fn default() -> Self {
        Self { limit: 5, days: 30 }
    }
}

/// Who sells, as it stands on invoices and credit notes, and how these are numbered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seller {
    /// With the legal form.
    pub name: String,
    /// Lines, as on a letter.
    pub address: Vec<String>,
    /// The tax number, or the one for value-added tax.
    pub tax_id: String,
    /// What stands before the number of an invoice.
    pub invoice_prefix: String,
    /// What stands before the number of a credit note. Never the same.
    pub credit_note_prefix: String,
}

/// What stands before the number of an invoice where nothing is said.
pub const DEFAULT_INVOICE_PREFIX: &str = "INV-";
/// What stands before the number of a credit note where nothing is said.
pub const DEFAULT_CREDIT_NOTE_PREFIX: &str = "CN-";

impl Terms {
    /// The default currency.
    pub fn default_currency(&self) -> Currency {
        *self.currencies.first().expect("terms have at least one currency")
    }

    /// The default language.
    pub fn default_language(&self) -> &str {
        self.languages.first().expect("terms have at least one language")
    }

    /// What shoppers have to say beside a country, because taxes differ inside it, or sending where something is sent.
    pub fn place_needed(&self, country: Option<&str>, is_sent: bool) -> PlaceNeeded {
        let rates = self.tax.classes.values().flatten().map(|(area, _)| area);
        let markets = self.tax.markets.iter().map(|(area, _)| area);
        let zones = self.shipping.zones.iter().filter(|_| is_sent).flat_map(|zone| &zone.areas);
        let inside = rates.chain(markets).chain(zones).filter(|area| area.country_code().is_some() && area.country_code() == country);
        inside.fold(PlaceNeeded::default(), |needed, area| PlaceNeeded {
            region: needed.region || area.has_region(),
            postcode: needed.postcode || area.has_postcode(),
        })
    }

    /// The groups that discounts are for, such as `tag:gift`: records say which of these they are in.
    pub fn discounted_groups(&self) -> std::collections::BTreeSet<&str> {
        self.discounts.iter().flat_map(|discount| discount.target.groups.iter().map(String::as_str)).collect()
    }
}

/// What has to be known of a place beside its country.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlaceNeeded {
    /// The region.
    pub region: bool,
    /// The postcode.
    pub postcode: bool,
}

/// The most lines in a cart (design, step 1).
pub const MAX_LINES: usize = 60;
/// The default of `checkout.max_quantity`.
pub const DEFAULT_MAX_QUANTITY: u32 = 20;
/// The default of `checkout.max_open_per_client`.
pub const DEFAULT_MAX_OPEN_PER_CLIENT: u32 = 5;
/// The default of `lists.low_stock`.
pub const DEFAULT_LOW_STOCK: u32 = 5;
