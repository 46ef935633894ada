//! A product's file.

use imaging::Focus;
use serde::{Deserialize, Serialize};

use super::fields::{List, Pairs, Prose, Set, keys};
use super::forms::{
    AgeWord, Alias, Bool, Colour, ConditionWord, Country, CustomsCode, Date, Dimensions, FieldWord, FileName, FileOrUrl, FocusPoint,
    Folders, GenderWord, Gtin, Id, KindWord, Line, MeasureText, Quantity, RatingValue, SkuText, Slug, Stock, Tag, Until, Url, Weight,
    Whole,
};
use super::money::Price;
use super::shared::{Alt, RawSeo};
use super::{Amounts, PriceText, Seo, Terms, Text};
use crate::diagnostic::{Rare, SourcePath, Span, Spanned};
use catalog::product::Measure;

mod check;

pub(super) use check::{product, scan_skus};

keys! {
    "A product, products/<category>/<id>.yaml."
    struct RawProduct {
        #[required] title: Line, "The product's name.";
        summary: Line, "One line, for cards and search engines.";
        description: Prose, "The text on its page, Markdown.";
        kind: KindWord, "physical, when nothing is written.";
        draft: Bool, "true: left out of the published shop.";
        date: Date, "When it was added, 2026-05-01; sorts the newest first.";
        expires: Until, "The last day on which it is shown, or the instant from which it is not.";
        also_in: Set<Folders>, "Further categories, by their path.";
        tags: Set<Tag>, "Words under which it is listed.";
        taxonomies: Pairs<Slug, Set<Tag>>, "Terms under which it is listed by what shop.yaml declares: {makers: [Mira Lund]}.";
        brand: Line, "The maker.";
        price: Price, "24.90 in the shop's first currency, or {EUR: 24.90, USD: 27}.";
        compare_at: Price, "The former, higher price.";
        sale: RawSale, "A lower price for a time.";
        quantity_prices: List<RawQuantityPrice>, "Prices for many: [{from: 10, price: 22.00}].";
        contents: MeasureText, "How much is in it, for the price by measure: 250 ml.";
        per: MeasureText, "What the price by measure is for: 100 ml.";
        amount: RawAmount, "The amounts of a gift card from which the buyer chooses.";
        sku: SkuText, "The name in orders, for a product without options and variants.";
        gtin: Gtin, "The number below its bar code (EAN, UPC, ISBN), for a product without options and variants.";
        mpn: Line, "The maker's own number of it.";
        condition: ConditionWord, "new, when nothing is written; refurbished, or used.";
        stock: Stock, "How many there are at first; nothing means not counted.";
        backorder: Stock, "How many more than there are may be sold.";
        low_stock: Stock, "Up to so many left are shown as few.";
        available_from: Date, "Sent from this day on; sold before as a pre-order.";
        weight: Weight, "380 g, 1.2 kg, 2 lb or 8 oz.";
        dimensions: Dimensions, "Length x width x height: 30 x 20 x 8 cm.";
        customs_code: CustomsCode, "The code of the Harmonized System: 6912.00.";
        origin: Country, "The country in which it was made.";
        min_quantity: Quantity, "How many have to be bought at least.";
        max_quantity: Quantity, "How many can be bought at once.";
        quantity_step: Quantity, "Sold in multiples of this number.";
        discontinued: Bool, "true: not made any more.";
        tax_class: Slug, "A class of shop.yaml; standard, when nothing is written.";
        shipping: RawSending, "What sending it needs.";
        images: List<RawPicture>, "Pictures, in the order shown.";
        options: Pairs<Line, Set<Line>>, "What can be chosen: {Size: [250 ml, 350 ml]}.";
        swatches: Pairs<Line, Pairs<Line, Colour>>, "Colours of values: {Colour: {Teal: '#2a7f86'}}.";
        variants: List<RawVariant>, "What can be bought; nothing means every combination of the options.";
        fields: Pairs<Slug, RawLineField>, "What the buyer adds: {engraving: {title: Engraving, max: 20, price: 5.00}}.";
        attributes: Pairs<Slug, Line>, "Values of the attributes that shop.yaml declares: {height: 9.5 cm}.";
        specifications: Pairs<Line, Line>, "Name and text, in the order shown.";
        related: Set<Id>, "The names of other products' files.";
        files: List<RawFile>, "What a digital product delivers.";
        members: Set<Id>, "The names of the files of a group's products.";
        components: List<RawComponent>, "What is in a bundle.";
        external: RawExternal, "Where an external product is sold.";
        rating: RawRating, "What buyers think of it, where somebody gathers that: {value: 4.6, count: 38}.";
        google: RawGoogle, "What only the feed for Google Merchant Center needs.";
        aliases: Set<Alias>, "Former addresses, which lead here.";
        search: Bool, "false: the search does not find it.";
        seo: RawSeo, "Texts for search engines.";
    }
}

keys! {
    "What buyers think of a product."
    struct RawRating {
        #[required] value: RatingValue, "The average, from 1 to 5.";
        #[required] count: Whole<1, 10_000_000>, "How many have rated it.";
    }
}

keys! {
    "What only the feed for Google Merchant Center needs."
    struct RawGoogle {
        category: Line, "Google's category, by its number or its path.";
        age_group: AgeWord, "For whom clothes are, by age.";
        gender: GenderWord, "For whom clothes are.";
        color: Line, "The colour, where no option says it.";
        size: Line, "The size, where no option says it.";
        labels: List<Line>, "Up to five words of your own, by which advertisements choose products.";
        leave_out: Bool, "true: not in the feed.";
    }
}

keys! {
    "A picture of a product."
    struct RawPicture {
        file: FileName, "A file beside this one.";
        url: Url, "Or an address.";
        alt: Alt, "What the picture shows; '' for a decoration.";
        focus: FocusPoint, "The point that stays in sight where a part is shown: 30% 20% (from the left, from the top), or top left.";
    }
}

keys! {
    "One thing that can be bought."
    struct RawVariant {
        sku: SkuText, "The name in orders.";
        gtin: Gtin, "The number below its bar code (EAN, UPC, ISBN).";
        mpn: Line, "The maker's own number of it.";
        options: Pairs<Line, Line>, "A value of each option; any stands for all.";
        price: Price, "Instead of the product's price.";
        compare_at: Price, "The former, higher price.";
        sale: RawSale, "A lower price for a time.";
        quantity_prices: List<RawQuantityPrice>, "Prices for many: [{from: 10, price: 22.00}].";
        contents: MeasureText, "How much is in it, for the price by measure: 250 ml.";
        stock: Stock, "How many there are at first.";
        backorder: Stock, "How many more than there are may be sold.";
        available_from: Date, "Sent from this day on; sold before as a pre-order.";
        weight: Weight, "380 g, 1.2 kg, 2 lb or 8 oz.";
        image: FileOrUrl, "The picture shown when it is chosen: one of `images`, by file or address.";
        min_quantity: Quantity, "How many have to be bought at least.";
        max_quantity: Quantity, "How many can be bought at once.";
        quantity_step: Quantity, "Sold in multiples of this number.";
        discontinued: Bool, "true: not made any more.";
        default: Bool, "true: chosen at first.";
    }
}

keys! {
    "A lower price for a time."
    struct RawSale {
        #[required] price: Price, "The price while it lasts.";
        from: Date, "When it begins: a day, or an instant such as 2026-11-27T08:00:00Z.";
        until: Until, "When it ends: a day, itself included, or an instant.";
    }
}

keys! {
    "A price for many."
    struct RawQuantityPrice {
        #[required] from: Whole<2, 9999>, "From so many in one order.";
        #[required] price: Price, "What one costs then.";
    }
}

keys! {
    "The amounts of a gift card from which the buyer chooses."
    struct RawAmount {
        #[required] min: Price, "The least.";
        #[required] max: Price, "The most.";
    }
}

keys! {
    "What sending a product needs beyond its weight."
    struct RawSending {
        surcharge: Price, "Added to the price of sending, for each one.";
        not_by: Set<Slug>, "Codes of shipping methods that do not take it.";
    }
}

keys! {
    "Something that the buyer adds to a line."
    struct RawLineField {
        #[required] title: Line, "What the buyer reads.";
        r#type: FieldWord, "text, when nothing is written; date, or choice.";
        max: Whole<1, 200>, "The most characters of a text (200).";
        choices: Set<Line>, "What can be chosen.";
        required: Bool, "true: it has to be filled in.";
        price: Price, "What it costs on each one when it is filled in.";
    }
}

keys! {
    "A part of a bundle."
    struct RawComponent {
        #[required] sku: SkuText, "A variant of another product.";
        quantity: Quantity, "How many of it are in one bundle (1).";
    }
}

keys! {
    "A file to download."
    struct RawFile {
        #[required] file: FileName, "The path below downloads/.";
        title: Line, "Shown to the buyer.";
    }
}

keys! {
    "Where an external product is sold."
    struct RawExternal {
        #[required] url: Url, "The address.";
        label: Line, "The button's words.";
    }
}

/// What is sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Has to be sent.
    #[default]
    Physical,
    /// Files to download.
    Digital,
    /// Nothing to send, nothing to download.
    Service,
    /// Several things sold as one.
    Bundle,
    /// Worth money.
    GiftCard,
    /// A page that shows several products; not sold itself.
    Group,
    /// Sold by another shop.
    External,
}

/// A product as its file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedProduct {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out: what is missing has been told already.
    pub complete: bool,
    /// The file's stem.
    pub id: String,
    /// The last part of the address, where it is not the id: in another language alone.
    pub slug: Rare<String>,
    /// The category's path, such as `paper/posters`; empty for a product right in `products/`.
    pub category: String,
    /// Never empty in a complete product.
    pub title: Spanned<String>,
    /// The long text.
    pub description: Option<Text>,
    /// One line.
    pub summary: Option<Spanned<String>>,
    /// What is sold.
    pub kind: Kind,
    /// Left out of a build without `--drafts`.
    pub draft: bool,
    /// Seconds since 1970 in UTC.
    pub date: Option<Spanned<i64>>,
    /// Seconds since 1970 in UTC, from which it is not shown.
    pub expires: Rare<i64>,
    /// Further categories, by path without slashes at the ends.
    pub also_in: Vec<Spanned<String>>,
    /// Each stands once.
    pub tags: Vec<Spanned<String>>,
    /// Words by taxonomy.
    pub taxonomies: Terms,
    /// The maker.
    pub brand: Option<Spanned<String>>,
    /// Only without options and variants.
    pub sku: Rare<String>,
    /// What holds for every variant that says nothing else.
    pub sold: Sold,
    /// What prices by measure are for.
    pub per: Rare<Measure>,
    /// The least and the most of a gift card whose buyer names its amount.
    pub amount: Option<Box<(PriceText, PriceText)>>,
    /// Up to so many left are few.
    pub low_stock: Rare<u32>,
    /// In millimetres: length, width, height.
    pub dimensions: Rare<[u32; 3]>,
    /// Digits of the Harmonized System.
    pub customs_code: Rare<String>,
    /// Where it was made.
    pub origin: Rare<String>,
    /// `None`: `standard`.
    pub tax_class: Rare<String>,
    /// Added to the price of sending.
    pub surcharge: Rare<Amounts>,
    /// Codes of methods that do not take it.
    pub not_by: Vec<Spanned<String>>,
    /// What the buyer adds, by name.
    pub fields: Vec<LineFieldSpec>,
    /// Values as written, by the attribute's name.
    pub attributes: Vec<(Spanned<String>, Spanned<String>)>,
    /// In the order shown.
    pub images: Vec<Picture>,
    /// At most three.
    pub options: Vec<OptionSpec>,
    /// As written; empty means every combination of the options at the product's price.
    pub variants: Vec<ParsedVariant>,
    /// Name and text, in order.
    pub specifications: Vec<(Spanned<String>, Spanned<String>)>,
    /// Ids of products.
    pub related: Vec<Spanned<String>>,
    /// What a digital product delivers.
    pub files: Vec<ProductFile>,
    /// Ids of a group's products.
    pub members: Vec<Spanned<String>>,
    /// What is in a bundle: SKU and how many.
    pub components: Vec<(Spanned<String>, u32)>,
    /// Where an external product is sold.
    pub external: Option<Box<External>>,
    /// In which state it is.
    pub condition: Condition,
    /// What buyers think of it.
    pub rating: Option<Rating>,
    /// What only a feed needs.
    pub google: Option<Box<GoogleWords>>,
    /// Former addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Whether the search finds it.
    pub is_findable: bool,
    /// For search engines.
    pub seo: Seo,
}

/// In which state goods are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Condition {
    /// Never used.
    #[default]
    New,
    /// Made as good as new.
    Refurbished,
    /// Used before.
    Used,
}

/// What buyers think of a product on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Hundredths, from 100 to 500.
    pub hundredths: u32,
    /// How many have rated it.
    pub count: u32,
}

impl Rating {
    /// The average without needless decimals: `4.6`.
    pub fn text(self) -> String {
        let text = format!("{}.{:02}", self.hundredths / 100, self.hundredths % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// What only the feed for Google Merchant Center needs of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleWords {
    /// Google's category.
    pub category: Option<String>,
    /// By age.
    pub age_group: Option<AgeGroup>,
    /// By gender.
    pub gender: Option<Gender>,
    /// The colour, where no option says it.
    pub color: Option<String>,
    /// The size, where no option says it.
    pub size: Option<String>,
    /// At most five.
    pub labels: Vec<String>,
    /// Not in the feed.
    pub leave_out: bool,
}

/// For whom goods are, by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AgeGroup {
    /// Up to three months.
    Newborn,
    /// Three to twelve months.
    Infant,
    /// One to five years.
    Toddler,
    /// Five to thirteen years.
    Kids,
    /// Older.
    Adult,
}

impl AgeGroup {
    /// In Google's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Newborn => "newborn",
            Self::Infant => "infant",
            Self::Toddler => "toddler",
            Self::Kids => "kids",
            Self::Adult => "adult",
        }
    }
}

/// For whom goods are, by gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gender {
    /// For women and girls.
    Female,
    /// For men and boys.
    Male,
    /// For everybody.
    Unisex,
}

impl Gender {
    /// In Google's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Unisex => "unisex",
        }
    }
}

impl ParsedProduct {
    /// From when and until when it is shown, seconds since 1970.
    pub fn shown(&self) -> (Option<i64>, Option<i64>) {
        (self.date.as_ref().map(|date| date.value), self.expires.as_ref().map(|expires| expires.value))
    }

    /// What other files can see of it: names, addresses, anchors, where it is listed and what it refers to.
    pub(super) fn outline(&self) -> impl Serialize + use<'_> {
        let texts = |list: &'_ [Spanned<String>]| -> Vec<String> { list.iter().map(|text| text.value.clone()).collect() };
        let variants: Vec<_> = self.variants.iter().map(|variant| (&variant.sku, &variant.choices)).collect();
        let variants: Vec<(Option<&str>, Vec<&Choice>)> = variants
            .into_iter()
            .map(|(sku, choices)| (sku.as_ref().map(|sku| sku.value.as_str()), choices.iter().map(|choice| &choice.value).collect()))
            .collect();
        let options: Vec<(&str, Vec<String>)> =
            self.options.iter().map(|option| (option.name.value.as_str(), texts(&option.values))).collect();
        let anchors: Vec<&str> = self.description.iter().flat_map(|text| text.markdown.all_anchors()).collect();
        (
            (&self.id, &self.category, &self.title.value, self.kind, self.draft, self.shown()),
            (
                texts(&self.also_in),
                texts(&self.tags),
                super::term_texts(&self.taxonomies),
                texts(&self.aliases),
                texts(&self.related),
                texts(&self.members),
            ),
            (self.sku.as_ref().map(|sku| sku.value.as_str()), variants, options, anchors),
            self.components.iter().map(|(sku, quantity)| (sku.value.as_str(), *quantity)).collect::<Vec<_>>(),
        )
    }
}

/// A picture of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Where it comes from.
    pub source: PictureSource,
    /// What it shows; empty for a decoration, `None` when nothing was said.
    pub alt: Option<Spanned<String>>,
    /// The point that stays in sight where a part of it is shown.
    pub focus: Focus,
}

/// Where a picture comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureSource {
    /// Beside the product's file.
    File(Spanned<String>),
    /// An address, not yet fetched.
    Url(Spanned<String>),
}

/// An option, such as Size, and its values in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionSpec {
    /// `Size`
    pub name: Spanned<String>,
    /// `250 ml`, `350 ml`; each stands once.
    pub values: Vec<Spanned<String>>,
    /// Colours of values: (index of the value, `#2a7f86`).
    pub swatches: Vec<(usize, Spanned<String>)>,
    /// What it is called, where it is not its name: in another language alone.
    pub title: Option<Spanned<String>>,
    /// What values are called, likewise: (index of the value, title).
    pub value_titles: Vec<(usize, Spanned<String>)>,
}

impl OptionSpec {
    /// What the option is called.
    pub fn title(&self) -> &str {
        self.title.as_ref().unwrap_or(&self.name)
    }

    /// What its values are called.
    pub fn value_titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self.values.iter().map(|value| value.value.clone()).collect();
        self.value_titles.iter().for_each(|(index, title)| titles[*index].clone_from(&title.value));
        titles
    }
}

/// What a variant says about one option of its product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// `any`: all values.
    Any,
    /// The index of the value in [`OptionSpec::values`].
    Value(usize),
}

/// A variant as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedVariant {
    /// The whole entry.
    pub span: Span,
    /// Its name in orders.
    pub sku: Option<Spanned<String>>,
    /// One for each of the product's options, in their order.
    pub choices: Vec<Spanned<Choice>>,
    /// Instead of the product's, one by one.
    pub sold: Sold,
    /// A file of [`ParsedProduct::images`], or another beside the product's file.
    pub image: Rare<String>,
    /// Chosen at first.
    pub is_default: bool,
}

/// How something is sold: what a product says for its variants, and a variant for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sold {
    /// The price.
    pub price: Option<PriceText>,
    /// What it cost before.
    pub compare_at: Rare<Amounts>,
    /// A lower price for a time.
    pub sale: Option<Box<SaleSpec>>,
    /// Prices for many, as written.
    pub quantity_prices: Vec<(Spanned<u32>, PriceText)>,
    /// How much is in it.
    pub contents: Rare<Measure>,
    /// `None`: not counted.
    pub stock: Option<Spanned<u32>>,
    /// How many more than there are may be sold.
    pub backorder: Rare<u32>,
    /// Sent from this day on, seconds since 1970 in UTC.
    pub available_from: Rare<i64>,
    /// Grams.
    pub weight: Option<Spanned<u32>>,
    /// At least so many in one order.
    pub min_quantity: Rare<u32>,
    /// At most so many in one order.
    pub max_quantity: Rare<u32>,
    /// Only multiples of it.
    pub quantity_step: Rare<u32>,
    /// Not made any more.
    pub discontinued: Rare<bool>,
    /// The number below its bar code, digits alone.
    pub gtin: Rare<String>,
    /// The maker's own number.
    pub mpn: Rare<String>,
}

/// A lower price for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaleSpec {
    /// The price while it lasts.
    pub price: PriceText,
    /// Its first second since 1970, UTC.
    pub from: Option<Spanned<i64>>,
    /// The first second after it.
    pub until: Option<Spanned<i64>>,
}

/// Something that the buyer adds to a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineFieldSpec {
    /// In carts and orders.
    pub name: Spanned<String>,
    /// What the buyer reads.
    pub title: Spanned<String>,
    /// What may be filled in.
    pub kind: FieldSort,
    /// The most characters of a text.
    pub max: u32,
    /// What can be chosen; empty for other kinds.
    pub choices: Vec<Spanned<String>>,
    /// What choices are called, where that is something else: in another language alone.
    pub choice_titles: Vec<(usize, Spanned<String>)>,
    /// Whether it has to be filled in.
    pub is_required: bool,
    /// What it costs on each unit.
    pub price: Option<PriceText>,
}

impl LineFieldSpec {
    /// What its choices are called.
    pub fn choice_titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self.choices.iter().map(|choice| choice.value.clone()).collect();
        self.choice_titles.iter().for_each(|(index, title)| titles[*index].clone_from(&title.value));
        titles
    }
}

/// What may be filled into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FieldSort {
    /// A line of text.
    #[default]
    Text,
    /// A day.
    Date,
    /// One of a list.
    Choice,
}

/// A file that a digital product delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFile {
    /// The path under `downloads/`.
    pub file: Spanned<String>,
    /// Shown to the buyer.
    pub title: Option<Spanned<String>>,
}

/// Where an external product is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// An address with `https://`.
    pub url: Spanned<String>,
    /// The button's words.
    pub label: Option<Spanned<String>>,
}
