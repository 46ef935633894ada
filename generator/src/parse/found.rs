//! The settings of being found: what options mean to search engines, returns, feeds for shopping services, the icon, and whom to
//! tell of a hole in the shop's security.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Span, Spanned, codes};
use crate::parse::PriceText;
use crate::parse::fields::{List, Problem, Read, Reader, Scalar, Set, keys};
use crate::parse::forms::{Bool, Colour, Country, Date, Email, FileName, Folders, Line, LinkUrl, ReturnWayWord, Url, Whole};
use crate::parse::money::Price;
use crate::parse::yaml::{Node, Value};

keys! {
    "What buyers may give back, as search engines show it."
    struct RawReturns {
        #[required] days: Whole<0, 3650>, "For how many days after the delivery; 0 where nothing is taken back.";
        fees: FeesForm, "Who pays for sending it back: free, buyer (when nothing is written), or an amount: 4.90.";
        by: Set<ReturnWayWord>, "How it comes back: post (when nothing is written), shop.";
        page: Folders, "The page that explains it, by its path in content/.";
        countries: Set<Country>, "Where this holds; when nothing is written, where the shop sends to.";
    }
}

keys! {
    "Feeds beside those of sections and tags."
    struct RawFeeds {
        google: RawGoogleFeed, "The product feed for Google Merchant Center, /feeds/google.xml; {} where nothing is to be said.";
        llms: Bool, "false: no llms.txt, the shop's table of contents for language models.";
    }
}

keys! {
    "The product feed for Google Merchant Center."
    struct RawGoogleFeed {
        countries: Set<Country>, "Countries whose prices of sending stand in the feed; without, those of the account hold.";
        category: Line, "Google's category of products that name none, by its number or its path.";
        brand: Line, "The maker of products that name none.";
        own_goods: Bool, "true: goods without a GTIN are of the shop's own making, and have no number anywhere.";
    }
}

keys! {
    "Whom to tell of a hole in the shop's security, for /.well-known/security.txt."
    struct RawSecurity {
        #[required] contact: List<ContactForm>, "Addresses, the best first: security@shop.example, https://…, tel:+351…";
        #[required] expires: Date, "Until when this is right; at most a year ahead.";
        policy: Url, "The page that says what may be tried, and how it is told.";
        encryption: Url, "A key for letters that nobody else can read.";
        acknowledgments: Url, "The page that thanks those who told.";
        hiring: Url, "The page of open places.";
    }
}

keys! {
    "The shop's icon."
    struct RawIcon {
        #[required] file: FileName, "An SVG, by its path in the shop's folder: static/icon.svg.";
        background: Colour, "What shows through where it is drawn on a screen of apps (#ffffff).";
    }
}

/// Who pays for sending something back.
pub(super) struct FeesForm;

impl Read for FeesForm {
    type Out = ReturnFees;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<ReturnFees> {
        match &node.value {
            Value::Scalar(text, _) if text == "free" => Some(ReturnFees::Free),
            Value::Scalar(text, _) if text == "buyer" => Some(ReturnFees::Buyer),
            _ => Price::read(node, reader).map(ReturnFees::Amount),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let amount = Price::schema(generator);
        json_schema!({"anyOf": [{"enum": ["free", "buyer"]}, amount]})
    }
}

/// How somebody is reached, as an address with a scheme (RFC 9116, section 2.5.3).
pub(super) struct ContactForm;

impl Scalar for ContactForm {
    type Out = String;

    fn parse(text: &str) -> Result<String, Problem> {
        if Email::parse(text).is_ok() {
            return Ok(format!("mailto:{text}"));
        }
        match LinkUrl::parse(text) {
            Ok(address) if !address.starts_with("http://") => Ok(address),
            _ => {
                let help = "write an e-mail address, or one that begins with `https://`, `mailto:` or `tel:`";
                Err(Problem::new(codes::SECURITY_CONTACT, "is no way to reach somebody", help))
            }
        }
    }

    fn scalar_schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^((https://|mailto:|tel:)[^\\s]+|[^@\\s]+@[^@\\s]+)$"})
    }
}

/// How the shop is found, as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundSettings {
    /// What options mean, by their names.
    pub options: Vec<(Spanned<String>, OptionMeaning)>,
    /// What buyers may give back.
    pub returns: Option<Returns>,
    /// The feed for Google, where there is one.
    pub google: Option<GoogleFeed>,
    /// Whether there is an `llms.txt`.
    pub llms: bool,
    /// Whom to tell of holes.
    pub security: Option<Security>,
    /// The shop's own icon.
    pub icon: Option<IconSettings>,
}

/// What an option means to those who compare products of many shops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OptionMeaning {
    /// How large it is.
    Size,
    /// Its colour.
    Colour,
    /// What it is made of.
    Material,
    /// What is printed on it or woven into it.
    Pattern,
}

/// What buyers may give back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Returns {
    /// The place of the whole.
    pub span: Span,
    /// After the delivery; 0: nothing is taken back.
    pub days: u32,
    /// Who pays for sending it back.
    pub fees: ReturnFees,
    /// How it comes back; never empty.
    pub by: Vec<ReturnWay>,
    /// A page by its path in `content/`.
    pub page: Option<Spanned<String>>,
    /// Where it holds; empty: where the shop sends to.
    pub countries: Vec<String>,
}

/// Who pays for sending something back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReturnFees {
    /// The shop.
    Free,
    /// The buyer, by what the carrier asks.
    Buyer,
    /// The buyer, this much.
    Amount(PriceText),
}

/// How something comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ReturnWay {
    /// By a carrier.
    Post,
    /// Carried to the shop.
    Shop,
}

/// The feed for Google Merchant Center.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoogleFeed {
    /// Whose prices of sending are told.
    pub countries: Vec<Spanned<String>>,
    /// Of products that name none.
    pub category: Option<String>,
    /// Of products that name none.
    pub brand: Option<String>,
    /// Goods without a number of the world's are of the shop's own making.
    pub own_goods: bool,
}

/// Whom to tell of holes in the shop's security.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Security {
    /// With their schemes; never empty.
    pub contacts: Vec<String>,
    /// Seconds since 1970.
    pub expires: Spanned<i64>,
    /// Names of fields and their addresses, in the order of RFC 9116.
    pub fields: Vec<(String, String)>,
}

/// The shop's own icon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IconSettings {
    /// An SVG by its path in the shop's folder.
    pub file: Spanned<String>,
    /// `#rrggbb`, where something shows through.
    pub background: Option<String>,
}

/// How the shop is found, from the keys of the settings.
pub(super) fn found(
    options: Option<Vec<(Spanned<String>, Spanned<OptionMeaning>)>>,
    returns: Option<Spanned<RawReturns>>,
    feeds: Option<Spanned<RawFeeds>>,
    security: Option<Spanned<RawSecurity>>,
    icon: Option<Spanned<RawIcon>>,
    reader: &mut Reader<'_>,
) -> FoundSettings {
    let feeds = feeds.map(|feeds| feeds.value).unwrap_or_default();
    FoundSettings {
        options: options.unwrap_or_default().into_iter().map(|(name, meaning)| (name, meaning.value)).collect(),
        returns: returns.and_then(self::returns),
        google: feeds.google.map(|feed| google(feed.value)),
        llms: feeds.llms.is_none_or(|flag| flag.value),
        security: security.and_then(|raw| self::security(raw, reader)),
        icon: icon
            .and_then(|raw| Some(IconSettings { file: raw.value.file?, background: raw.value.background.map(|colour| colour.value) })),
    }
}

fn plain<T>(list: Option<Vec<Spanned<T>>>) -> Vec<T> {
    list.unwrap_or_default().into_iter().map(|entry| entry.value).collect()
}

fn returns(raw: Spanned<RawReturns>) -> Option<Returns> {
    let (span, raw) = (raw.span, raw.value);
    let by = plain(raw.by);
    Some(Returns {
        span,
        days: raw.days?.value,
        fees: raw.fees.unwrap_or(ReturnFees::Buyer),
        by: if by.is_empty() { vec![ReturnWay::Post] } else { by },
        page: raw.page,
        countries: plain(raw.countries),
    })
}

fn google(raw: RawGoogleFeed) -> GoogleFeed {
    GoogleFeed {
        countries: raw.countries.unwrap_or_default(),
        category: raw.category.map(|text| text.value),
        brand: raw.brand.map(|text| text.value),
        own_goods: raw.own_goods.is_some_and(|flag| flag.value),
    }
}

fn security(raw: Spanned<RawSecurity>, reader: &mut Reader<'_>) -> Option<Security> {
    let (span, raw) = (raw.span, raw.value);
    let contacts = raw.contact?;
    if contacts.is_empty() {
        // Those that are wrong have been told.
        if !reader.is_clean() {
            return None;
        }
        let help = "write for example `contact: [security@shop.example]`";
        reader.error(codes::SECURITY_CONTACT, "nobody to tell", span, help);
        return None;
    }
    let fields = [("Encryption", raw.encryption), ("Acknowledgments", raw.acknowledgments), ("Policy", raw.policy), ("Hiring", raw.hiring)];
    Some(Security {
        contacts: contacts.into_iter().map(|contact| contact.value).collect(),
        expires: raw.expires?,
        fields: fields.into_iter().filter_map(|(name, address)| Some((name.to_owned(), address?.value))).collect(),
    })
}
