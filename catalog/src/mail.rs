//! What mail about an order is made of: the kinds, the theme's templates and texts for them, and what a template is given.
//!
//! The generator checks the templates with [`MailView::sample`], the worker renders them with real orders, so both see the
//! same fields.

use std::collections::{BTreeMap, BTreeSet};

use crate::texts::{Direction, Filler, Grammar, Text};

/// The kinds of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// To the buyer: it is paid.
    Confirmation,
    /// To the buyer: the payment failed, nothing was charged.
    PaymentFailed,
    /// To the buyer: something was sent or done.
    Sent,
    /// To the buyer: money goes back.
    Refunded,
    /// To the merchant: somebody has bought something.
    MerchantOrder,
    /// To the merchant: a person has to look at an order.
    MerchantAttention,
}

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Confirmation, Self::PaymentFailed, Self::Sent, Self::Refunded, Self::MerchantOrder, Self::MerchantAttention];

    /// The stem of its templates, and the middle of its subject's key: `mail.sent.subject`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::PaymentFailed => "payment-failed",
            Self::Sent => "sent",
            Self::Refunded => "refunded",
            Self::MerchantOrder => "merchant-order",
            Self::MerchantAttention => "merchant-attention",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it goes to the merchant, in the shop's first language.
    pub fn is_for_merchant(self) -> bool {
        matches!(self, Self::MerchantOrder | Self::MerchantAttention)
    }

    /// The text of a theme that is its subject; `{number}` and `{shop}` are filled in.
    pub fn subject_key(self) -> String {
        format!("mail.{}.subject", self.name())
    }
}

/// The theme's templates and texts for mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MailKit {
    /// `sent.html`, `sent.txt` and whatever these include → Tera source.
    pub templates: BTreeMap<String, String>,
    /// Language → key → text, of the keys that begin with `mail.`.
    pub texts: BTreeMap<String, BTreeMap<String, Text>>,
    /// The languages that are written from right to left.
    #[serde(default)]
    pub from_the_right: BTreeSet<String>,
}

impl MailKit {
    /// A text with its places filled; `None` where there is none.
    pub fn text(&self, grammar: &Grammar, language: &str, key: &str, fillers: &[(String, Filler)]) -> Option<String> {
        Some(self.texts.get(language)?.get(key)?.fill(grammar, fillers))
    }

    /// In which direction a language is written.
    pub fn direction(&self, language: &str) -> Direction {
        if self.from_the_right.contains(language) { Direction::Rtl } else { Direction::Ltr }
    }

    /// What filling texts of a language has to know of it.
    pub fn grammar(&self, language: &str) -> Grammar {
        Grammar::new(language, self.direction(language))
    }
}

/// What a template is given. Amounts are texts, as people read them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailView {
    /// The language of the mail.
    pub language: String,
    /// In which direction it is written, as HTML has it: `ltr`, `rtl`.
    pub direction: &'static str,
    /// Who writes.
    pub shop: MailShop,
    /// About what.
    pub order: MailOrder,
    /// What was sent, where that is the news.
    pub parcel: Option<MailParcel>,
    /// What goes back, likewise.
    pub refund: Option<MailRefund>,
    /// Why a person has to look at it, likewise.
    pub attention: Option<String>,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailShop {
    /// The shop's name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Where answers go.
    pub email: Option<String>,
}

/// The order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailOrder {
    /// For people.
    pub number: String,
    /// Its page; the address is a secret of the buyer. Empty for the merchant.
    pub url: String,
    /// The day on which it was placed, `2026-05-01`.
    pub day: String,
    /// What was bought.
    pub lines: Vec<MailLine>,
    /// Sum of the lines before discounts.
    pub subtotal: String,
    /// Title and amount of each discount, without a sign.
    pub discounts: Vec<(String, String)>,
    /// What sending costs; `None` where nothing is sent.
    pub shipping: Option<String>,
    /// Rate and amount of each tax: `19 %`, `€3.19`.
    pub taxes: Vec<(String, String)>,
    /// Whether the taxes are in the prices.
    pub tax_included: bool,
    /// The sum.
    pub total: String,
    /// What gift cards have paid of it.
    pub gift_cards: Option<String>,
    /// What was, or is to be, paid beside gift cards.
    pub due: String,
    /// Where it goes, line by line; empty where nothing is sent.
    pub ship_to: Vec<String>,
    /// What the buyer wrote.
    pub note: Option<String>,
    /// Whether there is something to download on its page.
    pub has_downloads: bool,
    /// Whether there are codes of gift cards on its page.
    pub has_gift_cards: bool,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailLine {
    /// The product.
    pub title: String,
    /// Name and value of options and fields.
    pub options: Vec<(String, String)>,
    /// How many.
    pub quantity: u32,
    /// For all of them, after discounts.
    pub total: String,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailParcel {
    /// How many of what.
    pub lines: Vec<(u32, String)>,
    /// By whom.
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking: Option<String>,
}

/// What goes back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MailRefund {
    /// By the way it was paid; `None` where nothing does.
    pub amount: Option<String>,
    /// Onto gift cards that had paid; `None` where nothing does.
    pub gift_cards: Option<String>,
    /// How many of what.
    pub lines: Vec<(u32, String)>,
}

impl MailView {
    /// An order with as little as there can be, for checking templates.
    pub fn bare(kind: MailKind, language: &str, direction: Direction) -> Self {
        let sample = Self::sample(kind, language, direction);
        let order = MailOrder {
            lines: sample.order.lines.into_iter().map(|line| MailLine { options: Vec::new(), ..line }).collect(),
            discounts: Vec::new(),
            shipping: None,
            tax_included: false,
            gift_cards: None,
            ship_to: Vec::new(),
            note: None,
            has_downloads: false,
            has_gift_cards: false,
            ..sample.order
        };
        Self {
            shop: MailShop { email: None, ..sample.shop },
            order,
            parcel: sample.parcel.map(|parcel| MailParcel { carrier: None, tracking: None, ..parcel }),
            refund: sample.refund.map(|_| MailRefund { amount: None, gift_cards: None, lines: Vec::new() }),
            ..sample
        }
    }

    /// An order with something of everything, for checking templates.
    pub fn sample(kind: MailKind, language: &str, direction: Direction) -> Self {
        let text = |text: &str| text.to_owned();
        let pair = |a: &str, b: &str| (text(a), text(b));
        let line = MailLine { title: text("Mug & saucer"), options: vec![pair("Size", "250 ml")], quantity: 2, total: text("€49.80") };
        let order = MailOrder {
            number: text("7K3M-Q9TD"),
            url: text("https://shop.example/api/orders/0123456789"),
            day: text("2026-05-01"),
            lines: vec![line],
            subtotal: text("€49.80"),
            discounts: vec![pair("Welcome", "€4.98")],
            shipping: Some(text("€4.90")),
            taxes: vec![pair("19 %", "€7.94")],
            tax_included: true,
            total: text("€49.72"),
            gift_cards: Some(text("€10.00")),
            due: text("€39.72"),
            ship_to: vec![text("Mira Example"), text("1 Quay"), text("20457 Hamburg"), text("DE")],
            note: Some(text("Please ring twice")),
            has_downloads: true,
            has_gift_cards: true,
        };
        let lines = vec![(1, text("Mug & saucer"))];
        let (carrier, tracking) = (Some(text("DHL")), Some(text("00340434161094")));
        Self {
            language: text(language),
            direction: direction.name(),
            shop: MailShop { name: text("Shop & sons"), url: text("https://shop.example/"), email: Some(text("hello@shop.example")) },
            order,
            parcel: (kind == MailKind::Sent).then(|| MailParcel { lines: lines.clone(), carrier, tracking }),
            refund: (kind == MailKind::Refunded).then(|| MailRefund {
                amount: Some(text("€24.90")),
                gift_cards: Some(text("€5.00")),
                lines: lines.clone(),
            }),
            attention: (kind == MailKind::MerchantAttention).then(|| text("payment pay_1 is of 1 EUR")),
        }
    }
}
