//! Products as they are sold: options, variants, kinds. A [`Product`] that exists is consistent.

use std::collections::BTreeMap;

use crate::currency::Currency;
use crate::id::{ProductId, Sku};

/// The most options (such as Size and Colour) that one product may have.
pub const MAX_OPTIONS: usize = 3;
/// The most variants that one product may have.
pub const MAX_VARIANTS: usize = 100;

/// How a product is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Sent to an address.
    Physical,
    /// Downloaded after payment; the files lie below `downloads/`.
    Digital {
        /// What the buyer receives.
        files: Vec<DigitalFile>,
    },
    /// Done, not sent: needs no shipping.
    Service,
    /// A list of other products; not itself for sale.
    Group {
        /// The members, in the order given.
        members: Vec<ProductId>,
    },
    /// Sold by another shop; never in a cart.
    External {
        /// The other shop's address.
        url: String,
        /// The text of the link.
        label: Option<String>,
    },
}

/// One file of a digital product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DigitalFile {
    /// The path below `downloads/`.
    pub file: String,
    /// What the buyer sees instead of the file's name.
    pub title: Option<String>,
}

/// An option a shopper chooses, such as Size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// The name, as shown.
    pub name: String,
    /// The values in the editor's order; never empty, no value twice.
    pub values: Vec<String>,
}

/// What a variant says about one option.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// One value.
    Is(String),
    /// Every value: the shopper names one when ordering, and the order carries it as a field of the line.
    Any,
}

/// What a variant costs in each currency of the shop, in minor units.
pub type Amounts = BTreeMap<Currency, i64>;

/// How much there is of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Not counted: there is always enough.
    Uncounted,
    /// Counted in the store, beginning with this many.
    Counted(u32),
    /// Gone for good; said in static HTML.
    Discontinued,
}

/// One buyable combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Unique in the shop.
    pub sku: Sku,
    /// One choice for each option of the product, in their order.
    pub choices: Vec<Choice>,
    /// The price in each currency of the shop.
    pub prices: Amounts,
    /// The price before a reduction, where there is one; always above the price.
    pub compare_at: Amounts,
    /// How many there are.
    pub stock: Stock,
    /// Grams, for shipping by weight.
    pub weight_g: u32,
    /// The most of it in one order; the shop's limit where there is none.
    pub max_quantity: Option<u32>,
    /// Index into the product's pictures.
    pub image: Option<usize>,
}

/// A valid product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id: the stem of its file, and its address.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// How it is delivered.
    pub kind: Kind,
    /// At most [`MAX_OPTIONS`].
    pub options: Vec<ProductOption>,
    /// At most [`MAX_VARIANTS`]; none for a group, and none or one (the shown price) for an external product.
    pub variants: Vec<Variant>,
    /// The tax class by name.
    pub tax_class: String,
}

impl Product {
    /// Whether it can be put in a cart.
    pub fn is_sold(&self) -> bool {
        matches!(self.kind, Kind::Physical | Kind::Digital { .. } | Kind::Service)
    }

    /// The lowest price among the variants in `currency`, and whether they differ.
    pub fn lowest_price(&self, currency: Currency) -> Option<(i64, bool)> {
        let mut prices = self.variants.iter().filter_map(|variant| variant.prices.get(&currency).copied());
        let first = prices.next()?;
        let (low, high) = prices.fold((first, first), |(low, high), p| (low.min(p), high.max(p)));
        Some((low, low != high))
    }
}

/// Every combination of the options' values, in the order of a counter whose last digit turns fastest.
pub fn combinations(options: &[ProductOption]) -> Vec<Vec<String>> {
    options.iter().fold(vec![Vec::new()], |rows, option| {
        rows.iter()
            .flat_map(|row| {
                option.values.iter().map(|value| {
                    let mut next = row.clone();
                    next.push(value.clone());
                    next
                })
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combines_like_a_counter() {
        let option =
            |name: &str, values: &[&str]| ProductOption { name: name.into(), values: values.iter().map(|v| (*v).into()).collect() };
        let rows = combinations(&[option("Size", &["S", "L"]), option("Frame", &["None", "Oak"])]);
        assert_eq!(rows, [["S", "None"], ["S", "Oak"], ["L", "None"], ["L", "Oak"]]);
        assert_eq!(combinations(&[]), [Vec::<String>::new()]);
    }
}
