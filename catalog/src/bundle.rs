//! The catalogue bundle: what the generator writes and the checkout reads. Bytes in, bytes out.
//!
//! A manifest names everything else by content hash. Variants and products lie in shards by a hash of their key, one
//! JSON record a line, so that a request reads the shards that its cart names and parses the lines it needs: the
//! same work with a hundred SKUs or a million.

use std::collections::BTreeMap;

use crate::id::{ProductId, Sku};
use crate::mail::MailKit;
use crate::product::{ChosenAmount, Component, DigitalFile, Limits, LineField, Pricing, Sending};
use crate::terms::Terms;

/// The name of the one mutable object.
pub const MANIFEST: &str = "manifest.json";

/// The version of the format; a reader refuses any other.
pub const FORMAT: u32 = 2;

/// About as many records lie in one shard; 256 of them are some 100 kB.
const RECORDS_PER_SHARD: usize = 256;

/// How a variant reaches its buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// By parcel.
    Physical,
    /// By download.
    Digital,
    /// Neither.
    Service,
    /// By a code that is worth money: untaxed, not discounted, and not to be paid with another.
    GiftCard,
}

/// An option whose value the shopper names in the line's fields.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OpenOption {
    /// The option's name, which is the field's name.
    pub name: String,
    /// What may be chosen.
    pub values: Vec<String>,
}

/// What a variant is called in a language other than the shop's first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VariantWords {
    /// The product's title.
    pub title: String,
    /// Option name and value, in the order of the record's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, String)>,
    /// Names and values of open options, in the order of the record's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_options: Vec<OpenOption>,
    /// Titles of the fields that the shopper fills in, and of their choices, in the order of the record's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<OpenOption>,
    /// The address of the product's page.
    pub url: String,
    /// What a digital product delivers, in the order of the record's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<DigitalFile>,
}

/// Everything the checkout knows of one variant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VariantRecord {
    /// The key.
    pub sku: Sku,
    /// Its product.
    pub product: ProductId,
    /// The product's title.
    pub title: String,
    /// How it is delivered.
    pub delivery: Delivery,
    /// Option name and value, in the product's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, String)>,
    /// Options of which this variant stands for every value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_options: Vec<OpenOption>,
    /// What it costs.
    pub pricing: Pricing,
    /// The amounts of a gift card whose buyer names one; its price then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_amount: Option<ChosenAmount>,
    /// What the shopper may, or has to, fill in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<LineField>,
    /// The groups it is in, of those that a discount is for: `tag:gift`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What is taken from stock instead of itself, where it is a bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// The tax class.
    pub tax_class: String,
    /// Grams.
    pub weight_g: u32,
    /// What sending it needs beyond its weight.
    #[serde(default)]
    pub sending: Sending,
    /// The first count; `None` where the variant is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<u32>,
    /// How many more than there are may be sold.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub backorder: u32,
    /// Up to so many left of the product count as few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_stock: Option<u32>,
    /// Sent from this day on (seconds since 1970, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_from: Option<i64>,
    /// Gone for good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discontinued: bool,
    /// How many one order may have.
    #[serde(default)]
    pub limits: Limits,
    /// The address of a small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The address of the product's page.
    pub url: String,
    /// What a digital product delivers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<DigitalFile>,
    /// By language, without the shop's first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, VariantWords>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl VariantRecord {
    /// The product's title in a language.
    pub fn title_in(&self, language: &str) -> &str {
        self.words.get(language).map_or(&self.title, |words| &words.title)
    }

    /// The address of the product's page in a language.
    pub fn url_in(&self, language: &str) -> &str {
        self.words.get(language).map_or(&self.url, |words| &words.url)
    }

    /// What it delivers, with titles in a language.
    pub fn files_in(&self, language: &str) -> &[DigitalFile] {
        self.words.get(language).map_or(&self.files, |words| &words.files)
    }

    /// Option names and values in a language.
    pub fn options_in(&self, language: &str) -> &[(String, String)] {
        self.words.get(language).map_or(&self.options, |words| &words.options)
    }

    /// The title of a field, and a value of it, in a language.
    pub fn field_in<'a>(&'a self, language: &str, field: usize, value: &'a str) -> (&'a str, &'a str) {
        let own = &self.fields[field];
        let Some(words) = self.words.get(language).and_then(|words| words.fields.get(field)) else { return (&own.title, value) };
        let place = match &own.kind {
            crate::product::FieldKind::Choice { values } => values.iter().position(|known| known == value),
            crate::product::FieldKind::Text { .. } | crate::product::FieldKind::Date => None,
        };
        (&words.name, place.and_then(|place| words.values.get(place)).map_or(value, String::as_str))
    }

    /// What an open option and one of its values are called in a language.
    pub fn open_option_in(&self, language: &str, option: usize, value: usize) -> (String, String) {
        let open = self.words.get(language).map_or(&self.open_options, |words| &words.open_options);
        (open[option].name.clone(), open[option].values[value].clone())
    }
}

/// What the checkout knows of one product: its variants, for `/api/stock?product=`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProductRecord {
    /// The key.
    pub product: ProductId,
    /// In the product's order.
    pub skus: Vec<Sku>,
}

/// What goes into a bundle.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The terms of trade.
    pub terms: Terms,
    /// Every variant that can be bought, and discontinued ones.
    pub variants: Vec<VariantRecord>,
    /// Every product with variants.
    pub products: Vec<ProductRecord>,
    /// Language → the page frame with one marker ([`SHELL_MARKER`]).
    pub shells: BTreeMap<String, String>,
    /// Response headers for every page, in order.
    pub headers: Vec<(String, String)>,
    /// What mail is made of.
    pub mail: MailKit,
}

/// Where the function puts its own HTML in a shell.
pub const SHELL_MARKER: &str = "<!--shopfront:content-->";
/// Where the function puts the title of its page in a shell.
pub const SHELL_TITLE: &str = "<!--shopfront:title-->";

/// The index of a bundle: content-hashed names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The terms.
    pub terms: String,
    /// The headers.
    pub headers: String,
    /// Language → shell.
    pub shells: BTreeMap<String, String>,
    /// Templates and texts of mail; empty in bundles of programs that sent none.
    #[serde(default)]
    pub mail: String,
    /// The shards by number.
    pub shards: Vec<String>,
}

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Not what this version writes.
    #[error("the bundle has format {found}, this program reads {FORMAT}; build the shop again")]
    Format {
        /// What it says.
        found: u32,
    },
    /// Broken JSON.
    #[error("the bundle is damaged: {0}; build the shop again")]
    Damaged(#[from] serde_json::Error),
}

/// A file of a bundle: its name, which carries its content's hash, and its bytes.
pub type File = (String, Vec<u8>);

/// One record of a shard, encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    key: String,
    json: String,
}

impl From<&VariantRecord> for Line {
    fn from(record: &VariantRecord) -> Self {
        Self { key: variant_key(record.sku.as_str()), json: json(record) }
    }
}

impl From<&ProductRecord> for Line {
    fn from(record: &ProductRecord) -> Self {
        Self { key: product_key(record.product.as_str()), json: json(record) }
    }
}

/// In which shard each record lies. Shards are encoded one by one, so that nobody has to hold all records.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    shards: usize,
}

impl Layout {
    /// For so many records of both kinds.
    pub fn for_records(count: usize) -> Self {
        Self { shards: count.div_ceil(RECORDS_PER_SHARD).max(1).next_power_of_two() }
    }

    /// How many shards there are.
    pub fn shards(self) -> usize {
        self.shards
    }

    /// Where a variant lies.
    pub fn of_sku(self, sku: &str) -> usize {
        shard_of(&variant_key(sku), self.shards)
    }

    /// Where a product lies.
    pub fn of_product(self, id: &str) -> usize {
        shard_of(&product_key(id), self.shards)
    }
}

/// A shard of these records, whatever their order.
pub fn encode_shard(mut lines: Vec<Line>) -> File {
    lines.sort_unstable();
    // Keys hold neither tabs nor line ends.
    let bytes = lines.iter().flat_map(|line| [line.key.as_str(), "\t", &line.json, "\n"]).collect::<String>().into_bytes();
    named("shard", "jsonl", bytes)
}

/// Everything beside the shards, which are named in their order; the last file is the manifest.
pub fn encode_rest(
    terms: &Terms,
    shells: &BTreeMap<String, String>,
    headers: &[(String, String)],
    mail: &MailKit,
    shards: Vec<String>,
) -> Vec<File> {
    let terms = named("terms", "json", json(terms).into_bytes());
    let headers = named("headers", "json", json(&headers).into_bytes());
    let mail = named("mail", "json", json(&mail).into_bytes());
    let shells: Vec<(String, File)> = shells
        .iter()
        .map(|(language, html)| (language.clone(), named(&format!("shell-{language}"), "html", html.clone().into_bytes())))
        .collect();
    let manifest = Manifest {
        format: FORMAT,
        terms: terms.0.clone(),
        headers: headers.0.clone(),
        shells: shells.iter().map(|(language, (name, _))| (language.clone(), name.clone())).collect(),
        mail: mail.0.clone(),
        shards,
    };
    let mut files = vec![terms, headers, mail];
    files.extend(shells.into_iter().map(|(_, file)| file));
    files.push((MANIFEST.to_owned(), json(&manifest).into_bytes()));
    files
}

/// Writes a bundle: name → bytes, [`MANIFEST`] among them. The same contents give the same bytes.
pub fn encode(contents: &Contents) -> BTreeMap<String, Vec<u8>> {
    let layout = Layout::for_records(contents.variants.len() + contents.products.len());
    let mut shards: Vec<Vec<Line>> = vec![Vec::new(); layout.shards()];
    for variant in &contents.variants {
        shards[layout.of_sku(variant.sku.as_str())].push(variant.into());
    }
    for product in &contents.products {
        shards[layout.of_product(product.product.as_str())].push(product.into());
    }
    let shards: Vec<File> = shards.into_iter().map(encode_shard).collect();
    let names = shards.iter().map(|(name, _)| name.clone()).collect();
    encode_rest(&contents.terms, &contents.shells, &contents.headers, &contents.mail, names).into_iter().chain(shards).collect()
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records have text keys and no floats, so they are JSON")
}

fn named(stem: &str, extension: &str, bytes: Vec<u8>) -> File {
    (format!("{stem}.{}.{extension}", &blake3::hash(&bytes).to_hex()[..16]), bytes)
}

fn variant_key(sku: &str) -> String {
    format!("s:{sku}")
}

fn product_key(id: &str) -> String {
    format!("p:{id}")
}

fn shard_of(key: &str, count: usize) -> usize {
    let hash = blake3::hash(key.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d]) as usize % count
}

impl Manifest {
    /// Reads a manifest.
    pub fn decode(bytes: &[u8]) -> Result<Self, BundleError> {
        #[derive(serde::Deserialize)]
        struct Header {
            format: u32,
        }
        let header: Header = serde_json::from_slice(bytes)?;
        if header.format != FORMAT {
            return Err(BundleError::Format { found: header.format });
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The shard in which a SKU lies, if it exists.
    pub fn shard_of_sku(&self, sku: &str) -> Option<&str> {
        self.shard(&variant_key(sku))
    }

    /// The shard in which a product lies, if it exists.
    pub fn shard_of_product(&self, id: &str) -> Option<&str> {
        self.shard(&product_key(id))
    }

    fn shard(&self, key: &str) -> Option<&str> {
        (!self.shards.is_empty()).then(|| self.shards[shard_of(key, self.shards.len())].as_str())
    }
}

/// Finds a variant in the bytes of its shard.
pub fn find_variant(shard: &[u8], sku: &str) -> Result<Option<VariantRecord>, BundleError> {
    find(shard, &variant_key(sku))
}

/// Finds a product in the bytes of its shard.
pub fn find_product(shard: &[u8], id: &str) -> Result<Option<ProductRecord>, BundleError> {
    find(shard, &product_key(id))
}

fn find<T: serde::de::DeserializeOwned>(shard: &[u8], key: &str) -> Result<Option<T>, BundleError> {
    let line =
        shard.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(key.as_bytes()).and_then(|rest| rest.strip_prefix(b"\t")));
    Ok(line.map(serde_json::from_slice).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::tests::{terms, variant};

    fn contents(n: usize) -> Contents {
        let variants: Vec<_> = (0..n).map(|i| variant(&format!("SKU-{i}"), 100)).collect();
        let products = vec![ProductRecord { product: ProductId::parse("mug").expect("an id"), skus: vec![] }];
        Contents {
            terms: terms(true),
            variants,
            products,
            shells: [("en".into(), "<main>".into())].into(),
            headers: vec![],
            mail: MailKit::default(),
        }
    }

    #[test]
    fn finds_what_it_wrote_in_one_shard() {
        let contents = contents(3000);
        let files = encode(&contents);
        let manifest = Manifest::decode(&files[MANIFEST]).expect("a manifest");
        assert!(manifest.shards.len() >= 8);
        for variant in &contents.variants {
            let shard = &files[manifest.shard_of_sku(variant.sku.as_str()).expect("a shard")];
            assert_eq!(find_variant(shard, variant.sku.as_str()).expect("readable").as_ref(), Some(variant));
        }
        let shard = &files[manifest.shard_of_sku("SKU-").expect("a shard")];
        assert_eq!(find_variant(shard, "SKU-").expect("readable"), None, "a prefix is not a key");
        let shard = &files[manifest.shard_of_product("mug").expect("a shard")];
        assert_eq!(find_product(shard, "mug").expect("readable"), Some(contents.products[0].clone()));
    }

    #[test]
    fn the_same_contents_give_the_same_bytes_in_any_order() {
        let mut other = contents(50);
        other.variants.reverse();
        assert_eq!(encode(&contents(50)), encode(&other));
    }

    #[test]
    fn refuses_another_format_and_damage() {
        assert!(matches!(Manifest::decode(br#"{"format":9}"#), Err(BundleError::Format { found: 9 })));
        assert!(matches!(Manifest::decode(b"{"), Err(BundleError::Damaged(_))));
    }
}
