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
    /// Several variants sold as one, at a price of its own; each component is counted by itself.
    Bundle {
        /// What is in it.
        components: Vec<Component>,
    },
    /// A gift card, issued when it is paid.
    GiftCard {
        /// Where the buyer names the amount; the prices of the variants count elsewhere.
        chosen: Option<ChosenAmount>,
    },
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

impl Kind {
    /// The word for it in files, templates and lists.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Physical => "physical",
            Self::Digital { .. } => "digital",
            Self::Service => "service",
            Self::Bundle { .. } => "bundle",
            Self::GiftCard { .. } => "gift-card",
            Self::Group { .. } => "group",
            Self::External { .. } => "external",
        }
    }
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

/// Amounts by currency, in minor units.
pub type Amounts = BTreeMap<Currency, i64>;

/// A part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Component {
    /// The variant.
    pub sku: Sku,
    /// How many of it are in one bundle, at least 1.
    pub quantity: u32,
}

/// The amounts that the buyer of a gift card may choose from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChosenAmount {
    /// The least.
    pub min: Amounts,
    /// The most.
    pub max: Amounts,
}

/// The field of a line in which the buyer of a gift card names its amount, as decimal text: `37.50`.
pub const AMOUNT_FIELD: &str = "amount";

/// Something that the shopper adds to a line: an engraving, a date, a choice that is no option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct LineField {
    /// Its stable name in carts and orders.
    pub name: String,
    /// What the shopper reads.
    pub title: String,
    /// What may be filled in.
    pub kind: FieldKind,
    /// Whether a line without it is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_required: bool,
    /// What it costs on each unit when it is filled in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: Amounts,
}

/// What may be filled into a [`LineField`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text {
        /// The most characters (Unicode scalar values).
        max_chars: u32,
    },
    /// A day, `2026-05-01`.
    Date,
    /// One of these; values are stable, and may have titles in other languages.
    Choice {
        /// In the editor's order.
        values: Vec<String>,
    },
}

/// A span of time in seconds since 1970, UTC: from its beginning until just before its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// The first second; `None`: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The first second after it; `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl Window {
    /// Whether an instant lies in it.
    pub fn holds(self, now: i64) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// A price for a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sale {
    /// Each below the price.
    pub prices: Amounts,
    /// When it holds.
    #[serde(flatten)]
    pub window: Window,
}

/// A price for each of many.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct QuantityPrice {
    /// From so many in one order, at least 2.
    pub from: u32,
    /// For one.
    pub prices: Amounts,
}

/// What a variant costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Pricing {
    /// The price in each currency of the shop.
    pub prices: Amounts,
    /// The price before a reduction, where there is one; always above the price.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compare_at: Amounts,
    /// A price for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<Box<Sale>>,
    /// Prices for many, by rising `from`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantity_prices: Vec<QuantityPrice>,
}

/// What one unit costs, and how that came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPrice {
    /// Minor units.
    pub minor: i64,
    /// The higher price that is shown crossed out, in minor units.
    pub before: Option<i64>,
    /// Whether it is reduced: by a sale, or from a former price. 'Not with sale items' means these.
    pub is_reduced: bool,
}

impl Pricing {
    /// A price in one or more currencies, and nothing else.
    pub fn at(prices: Amounts) -> Self {
        Self { prices, ..Self::default() }
    }

    /// What one of `quantity` units costs at an instant (seconds since 1970, UTC): the lowest of the price, the sale price
    /// while it holds, and the price for so many. `None` where it is not sold in the currency.
    pub fn unit_price(&self, currency: Currency, quantity: u32, now: i64) -> Option<UnitPrice> {
        let regular = *self.prices.get(&currency)?;
        let sale = self.sale.as_ref().filter(|sale| sale.window.holds(now)).and_then(|sale| sale.prices.get(&currency));
        let many = self.quantity_prices.iter().filter(|tier| tier.from <= quantity).filter_map(|tier| tier.prices.get(&currency));
        let minor = many.chain(sale).copied().fold(regular, i64::min);
        let reduced_to = sale.map_or(regular, |sale| regular.min(*sale));
        let former = self.compare_at.get(&currency).copied();
        let before = former.into_iter().chain((reduced_to < regular).then_some(regular)).max();
        Some(UnitPrice { minor, before, is_reduced: before.is_some() })
    }

    /// The instants at which the price changes by itself, after `now`.
    pub fn changes_after(&self, now: i64) -> impl Iterator<Item = i64> {
        let window = self.sale.as_ref().map_or_else(Window::default, |sale| sale.window);
        window.from.into_iter().chain(window.until).filter(move |instant| *instant > now)
    }
}

/// A measure and its unit, for prices by measure: 250 ml, 1 kg, 3 pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Measure {
    /// In thousandths of the base unit of its kind: milligrams, microlitres, micrometres …
    pub amount: u64,
    /// What is measured.
    pub unit: Unit,
}

/// The units in which contents are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// g
    Gram,
    /// kg
    Kilogram,
    /// ml
    Millilitre,
    /// cl
    Centilitre,
    /// l
    Litre,
    /// cm
    Centimetre,
    /// m
    Metre,
    /// m²
    SquareMetre,
    /// Counted.
    Piece,
}

impl Unit {
    /// All of them, for messages.
    pub const ALL: [Self; 9] = [
        Self::Gram,
        Self::Kilogram,
        Self::Millilitre,
        Self::Centilitre,
        Self::Litre,
        Self::Centimetre,
        Self::Metre,
        Self::SquareMetre,
        Self::Piece,
    ];

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Millilitre => "ml",
            Self::Centilitre => "cl",
            Self::Litre => "l",
            Self::Centimetre => "cm",
            Self::Metre => "m",
            Self::SquareMetre => "m²",
            Self::Piece => "pcs",
        }
    }

    /// The unit of that symbol.
    pub fn parse(symbol: &str) -> Option<Self> {
        match symbol {
            "m2" => Some(Self::SquareMetre),
            "L" => Some(Self::Litre),
            "pc" | "piece" | "pieces" => Some(Self::Piece),
            _ => Self::ALL.into_iter().find(|unit| unit.symbol() == symbol),
        }
    }

    /// What kind of measure it is, and how many of that kind's base units it is.
    fn base(self) -> (u8, u64) {
        match self {
            Self::Gram => (0, 1),
            Self::Kilogram => (0, 1000),
            Self::Millilitre => (1, 1),
            Self::Centilitre => (1, 10),
            Self::Litre => (1, 1000),
            Self::Centimetre => (2, 1),
            Self::Metre => (2, 100),
            Self::SquareMetre => (3, 1),
            Self::Piece => (4, 1),
        }
    }
}

impl Measure {
    /// `thousandths` of a unit.
    pub fn new(thousandths: u64, unit: Unit) -> Self {
        Self { amount: thousandths.saturating_mul(unit.base().1), unit }
    }

    /// Whether two measures are of the same kind, such as ml and l.
    pub fn is_like(self, other: Self) -> bool {
        self.unit.base().0 == other.unit.base().0
    }

    /// Whether it is one of its unit: 1 l, one piece.
    pub fn is_one(self) -> bool {
        self.amount == 1000 * self.unit.base().1
    }

    /// What `per` costs where this much costs `price_minor`: the unit price that shops of the EU must show (directive
    /// 98/6/EC). Rounded half away from zero; `None` for measures of different kinds.
    pub fn price_per(self, per: Self, price_minor: i64) -> Option<i64> {
        let (whole, part) = (i64::try_from(self.amount).ok()?, i64::try_from(per.amount).ok()?);
        (self.is_like(per) && whole > 0).then(|| crate::money::scale_round(price_minor, part, whole)).flatten()
    }
}

impl std::fmt::Display for Measure {
    /// As it was written: `250 ml`, `0.75 l`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let thousandths = self.amount / self.unit.base().1;
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        if rest == 0 {
            return write!(f, "{whole}\u{a0}{}", self.unit.symbol());
        }
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{}\u{a0}{}", digits.trim_end_matches('0'), self.unit.symbol())
    }
}

/// How many of a variant one order may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// At least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// At most so many; the shop's limit where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Only multiples of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
}

impl Limits {
    /// The least that can be ordered.
    pub fn least(self) -> u32 {
        self.min.or(self.step).unwrap_or(1)
    }

    /// Whether so many can be ordered; the most is the shop's where there is no own.
    pub fn allow(self, quantity: u64, shop_max: u32) -> bool {
        let most = self.max.unwrap_or(shop_max);
        (u64::from(self.least())..=u64::from(most)).contains(&quantity) && quantity.is_multiple_of(u64::from(self.step.unwrap_or(1)))
    }
}

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
    /// What it costs.
    pub pricing: Pricing,
    /// How much is in it, for prices by measure.
    pub contents: Option<Measure>,
    /// How many there are.
    pub stock: Stock,
    /// How many more than there are may be sold.
    pub backorder: u32,
    /// Sent from this day on (seconds since 1970, UTC); bought before, it is a pre-order.
    pub available_from: Option<i64>,
    /// Grams, for shipping by weight.
    pub weight_g: u32,
    /// How many one order may have.
    pub limits: Limits,
    /// Index into the product's pictures.
    pub image: Option<usize>,
}

/// What sending a product needs beyond its weight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sending {
    /// Added to the price of sending, for each unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub surcharge: Amounts,
    /// Codes of methods by which it cannot be sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_by: Vec<String>,
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
    /// Index of the variant that is chosen at first.
    pub default_variant: usize,
    /// What prices by measure are for, such as 100 g.
    pub per: Option<Measure>,
    /// Up to so many left count as few; the shop's number where there is none.
    pub low_stock: Option<u32>,
    /// What the shopper adds to a line.
    pub fields: Vec<LineField>,
    /// What sending it needs.
    pub sending: Sending,
    /// The tax class by name.
    pub tax_class: String,
}

impl Product {
    /// Whether it can be put in a cart.
    pub fn is_sold(&self) -> bool {
        !matches!(self.kind, Kind::Group { .. } | Kind::External { .. })
    }

    /// The lowest price of one unit among the variants at an instant, and whether they differ.
    pub fn lowest_price(&self, currency: Currency, now: i64) -> Option<(i64, bool)> {
        let price = |variant: &Variant| variant.pricing.unit_price(currency, 1, now).map(|price| price.minor);
        let mut prices = self.variants.iter().filter_map(price);
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

    fn eur(minor: i64) -> Amounts {
        [(Currency::parse("EUR").expect("a currency"), minor)].into()
    }

    #[test]
    fn the_lowest_price_that_holds_is_the_price() {
        let sale = Sale { prices: eur(1900), window: Window { from: Some(100), until: Some(200) } };
        let many = |from, minor| QuantityPrice { from, prices: eur(minor) };
        let pricing =
            Pricing { sale: Some(Box::new(sale)), quantity_prices: vec![many(5, 2000), many(10, 1800)], ..Pricing::at(eur(2490)) };
        let currency = Currency::parse("EUR").expect("a currency");
        let told = |quantity, now| {
            let price = pricing.unit_price(currency, quantity, now).expect("sold in EUR");
            (price.minor, price.before)
        };
        assert_eq!(told(1, 99), (2490, None));
        assert_eq!(told(1, 100), (1900, Some(2490)), "a window holds its first second");
        assert_eq!(told(1, 199), (1900, Some(2490)));
        assert_eq!(told(1, 200), (2490, None), "and not its last");
        assert_eq!(told(4, 0), (2490, None));
        assert_eq!(told(5, 0), (2000, None), "a price for many is no reduction");
        assert_eq!(told(5, 150), (1900, Some(2490)));
        assert_eq!(told(10, 150), (1800, Some(2490)));
        assert_eq!(pricing.changes_after(99).collect::<Vec<_>>(), [100, 200]);
        assert_eq!(pricing.changes_after(100).collect::<Vec<_>>(), [200]);
        let former = Pricing { compare_at: eur(3000), ..pricing };
        assert_eq!(former.unit_price(currency, 1, 150).expect("sold").before, Some(3000));
    }

    #[test]
    fn limits_are_multiples_between_least_and_most() {
        let limits = |min, max, step| Limits { min, max, step };
        let allowed = |limits: Limits| (0..20).filter(|n| limits.allow(*n, 12)).collect::<Vec<_>>();
        assert_eq!(allowed(limits(Some(10), None, None)), [10, 11, 12]);
        assert_eq!(allowed(limits(None, None, Some(6))), [6, 12]);
        assert_eq!(allowed(limits(Some(4), Some(9), Some(2))), [4, 6, 8]);
        assert_eq!(limits(None, None, Some(6)).least(), 6);
    }

    #[test]
    fn prices_by_measure() {
        let per = |contents: Measure, per: Measure, price| contents.price_per(per, price);
        let of = Measure::new;
        assert_eq!(per(of(250_000, Unit::Gram), of(100_000, Unit::Gram), 599), Some(240));
        assert_eq!(per(of(750, Unit::Litre), of(1_000, Unit::Litre), 899), Some(1199));
        assert_eq!(per(of(330_000, Unit::Millilitre), of(1_000, Unit::Litre), 199), Some(603));
        assert_eq!(per(of(330_000, Unit::Millilitre), of(1_000, Unit::Kilogram), 199), None);
        assert_eq!(of(750, Unit::Litre).to_string(), "0.75\u{a0}l");
        assert_eq!(of(250_000, Unit::Gram).to_string(), "250\u{a0}g");
        assert!(Unit::ALL.into_iter().all(|unit| Unit::parse(unit.symbol()) == Some(unit)));
    }
}
