//! How the shop is found: what its options mean elsewhere, what it takes back, which feeds there are, its icon.

use catalog::product::{Stock, Variant};
use imaging::Output;
use imaging::icons::IconForm;
use serde::Serialize;

use crate::diagnostic::SourcePath;
use crate::parse::settings::{GoogleFeed, OptionMeaning, ReturnWay};
use crate::pictures::Copy;
use crate::source::Fingerprint;

/// How the shop is found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Found {
    /// What options mean to those who compare products of many shops, by the original's name.
    pub options: Vec<(String, OptionMeaning)>,
    /// A telephone number.
    pub phone: Option<String>,
    /// What buyers may give back.
    pub returns: Option<ReturnPolicy>,
    /// The feed for Google Merchant Center, where there is one.
    pub google: Option<GoogleFeed>,
    /// Whether there is an `llms.txt`.
    pub llms: bool,
    /// The lines of `security.txt`: field and value. Empty where there is none.
    pub security: Vec<(String, String)>,
    /// The shop's icon, else the theme's.
    pub icon: Option<Icon>,
    /// The language and its country, as link previews name them: `de_DE`.
    pub locale: String,
}

impl Found {
    /// What an option means elsewhere.
    pub fn meaning(&self, option: &str) -> Option<OptionMeaning> {
        self.options.iter().find(|(name, _)| name == option).map(|(_, meaning)| *meaning)
    }
}

/// What buyers may give back.
#[derive(Debug, Clone, Serialize)]
pub struct ReturnPolicy {
    /// After the delivery; 0: nothing is taken back.
    pub days: u32,
    /// Who pays for sending it back.
    pub fees: Fees,
    /// How it comes back; never empty.
    pub by: Vec<ReturnWay>,
    /// The page that explains it, by its path in `content/`.
    pub page: Option<String>,
    /// Where it holds: ISO 3166-1, never empty.
    pub countries: Vec<String>,
}

/// Who pays for sending something back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Fees {
    /// The shop.
    Free,
    /// The buyer, by what the carrier asks.
    Buyer,
    /// The buyer, this much: minor units of the default currency.
    Amount(i64),
}

/// An SVG that is drawn in the sizes that browsers and phones ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Icon {
    /// The SVG.
    pub file: SourcePath,
    /// Of its bytes.
    pub fingerprint: Fingerprint,
    /// `#rrggbb`: what shows through where no transparency is possible.
    pub background: String,
    /// Whether it is the shop's own, and not its theme's.
    pub is_own: bool,
}

/// Raised when the drawing changes, so that old copies are not taken for new.
const DRAWN: &[u8] = b"icon 1";

impl Icon {
    /// The SVG itself.
    pub fn vector(&self) -> Copy {
        self.copy(0, IconForm::Svg)
    }

    /// For tabs of browsers that draw no SVG.
    pub fn tab(&self) -> Copy {
        self.copy(32, IconForm::Ico)
    }

    /// For the home screen of phones that show no transparency.
    pub fn touch(&self) -> Copy {
        self.copy(180, IconForm::Solid(rgb(&self.background)))
    }

    /// For lists of apps, and where the shop is named elsewhere: 192 or 512 pixels.
    pub fn app(&self, width: u32) -> Copy {
        self.copy(width, IconForm::Png)
    }

    /// All of them.
    pub fn copies(&self) -> Vec<Copy> {
        vec![self.vector(), self.tab(), self.touch(), self.app(192), self.app(512)]
    }

    fn copy(&self, width: u32, form: IconForm) -> Copy {
        let hash = Fingerprint::of(&[&self.fingerprint.0[..], DRAWN, self.background.as_bytes()].concat()).hex8();
        let size = if width == 0 { String::new() } else { format!("-{width}") };
        let path = format!("img/icon.{hash}{size}.{}", form.extension());
        Copy { file: SourcePath::clone(&self.file), drawing: None, width, output: Output::Icon(form), crop: None, path }
    }
}

/// The parts of `#rrggbb`; white where it is none.
fn rgb(colour: &str) -> [u8; 3] {
    let part = |at: usize| colour.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    match (part(1), part(3), part(5)) {
        (Some(red), Some(green), Some(blue)) => [red, green, blue],
        _ => [255; 3],
    }
}

/// Whether a variant can be had, as far as files know: what is left is counted by the store, and changes by the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can be ordered and sent.
    There,
    /// It can be ordered, and is sent from an instant on: seconds since 1970 in UTC.
    From(i64),
    /// There has never been one, and none is made to order.
    None,
    /// It is gone for good.
    Gone,
}

impl super::SiteProduct {
    /// Whether one of its variants can be had.
    pub fn availability(&self, variant: &Variant) -> Availability {
        match (variant.stock, variant.available_from.filter(|from| *from > self.as_of)) {
            (Stock::Discontinued, _) => Availability::Gone,
            (_, Some(later)) => Availability::From(later),
            (Stock::Counted(0), None) if variant.backorder == 0 => Availability::None,
            (Stock::Counted(_) | Stock::Uncounted, None) => Availability::There,
        }
    }
}
