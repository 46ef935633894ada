//! Amounts as an editor writes them: exact text until the shop's currencies are known.

use catalog::money::Decimal;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Spanned;

/// A price as written, with its place.
pub type PriceText = Spanned<Amounts>;

/// One amount in the shop's default currency, or one for each currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amounts {
    /// `24.90`
    One(Spanned<Decimal>),
    /// `{EUR: 24.90, USD: 27}`, in the order written; codes have three capital letters and each
    /// stands once.
    Each(Vec<(Spanned<String>, Spanned<Decimal>)>),
}
