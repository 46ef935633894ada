//! What sending the goods costs: the zone's methods, the one that was chosen, and what discounts take off it.

use super::reductions::Reductions;
use super::{Notice, QuoteLine, Setting, ShippingChoice};
use crate::bundle::{Delivery, VariantRecord};
use crate::cart::Cart;
use crate::shipping::Parcel;

/// How the goods are sent.
pub(super) struct Sending {
    pub(super) is_needed: bool,
    /// After discounts; `None` while it cannot be known.
    pub(super) price: Option<i64>,
    pub(super) discount: i64,
    pub(super) method: Option<String>,
    pub(super) choices: Vec<ShippingChoice>,
}

impl Sending {
    /// Whether it is settled what sending costs, if it costs anything.
    pub(super) fn is_known(&self) -> bool {
        self.price.is_some()
    }
}

/// Finds the methods for these goods and chooses the one that the cart names, else the shop's first.
pub(super) fn send(
    setting: &Setting<'_>,
    cart: &Cart,
    lines: &[QuoteLine],
    reductions: &mut Reductions<'_>,
    notices: &mut Vec<Notice>,
) -> Sending {
    let unknown = |is_needed: bool| Sending { is_needed, price: (!is_needed).then_some(0), discount: 0, method: None, choices: Vec::new() };
    let Some(parcel) = parcel(setting, lines) else { return unknown(false) };
    if setting.to.country.is_none() {
        return unknown(true);
    }
    let methods = setting.terms.shipping.zone(&setting.to).map_or(&[][..], |zone| &zone.methods);
    let offered: Vec<(ShippingChoice, i64)> = methods
        .iter()
        .filter_map(|method| {
            let full = method.price(setting.currency, &parcel)?;
            let choice = ShippingChoice {
                code: method.code.clone(),
                title: method.title.in_language(setting.language).to_owned(),
                price: full - reductions.off_shipping(setting, full),
                days: method.days.clone(),
                note: method.note.as_ref().map(|note| note.in_language(setting.language).to_owned()),
            };
            Some((choice, full))
        })
        .collect();
    let wanted = cart.shipping.as_deref().filter(|code| !code.is_empty());
    let named = wanted.and_then(|code| offered.iter().find(|(choice, _)| choice.code == code));
    if offered.is_empty() {
        notices.push(Notice::new("not_deliverable", None, "we cannot send these goods to this place"));
    } else if wanted.is_some() && named.is_none() {
        notices.push(Notice::new("shipping_unavailable", None, "this way of sending is not available; another was chosen"));
    }
    // The shop says by its order what it recommends; the cheapest may be a walk to the counter.
    let chosen = named.or_else(|| offered.first()).cloned();
    if let Some((_, full)) = &chosen {
        reductions.reduce_shipping(setting, *full);
    }
    Sending {
        is_needed: true,
        price: chosen.as_ref().map(|(choice, _)| choice.price),
        discount: chosen.as_ref().map_or(0, |(choice, full)| full - choice.price),
        method: chosen.map(|(choice, _)| choice.code),
        choices: offered.into_iter().map(|(choice, _)| choice).collect(),
    }
}

/// What of a cart has to be sent; `None` where nothing has to. What it is worth counts everything that is bought but gift
/// cards, which are money.
fn parcel<'a>(setting: &Setting<'a>, lines: &[QuoteLine]) -> Option<Parcel<'a>> {
    let goods = setting.goods;
    let sent: Vec<(&VariantRecord, u64)> = lines
        .iter()
        .filter(|line| line.delivery == Some(Delivery::Physical))
        .filter_map(|line| Some((goods.get(&line.sku)?, u64::from(line.quantity))))
        .collect();
    let surcharge = |record: &VariantRecord| record.sending.surcharge.get(&setting.currency).copied().unwrap_or(0);
    (!sent.is_empty()).then(|| Parcel {
        worth: lines.iter().filter(|line| line.delivery != Some(Delivery::GiftCard)).map(|line| line.total).sum(),
        weight_g: sent.iter().map(|(record, quantity)| u64::from(record.weight_g) * quantity).sum(),
        pieces: sent.iter().map(|(_, quantity)| quantity).sum(),
        surcharge: sent.iter().map(|(record, quantity)| surcharge(record).saturating_mul(quantity.cast_signed())).sum(),
        not_by: sent.iter().flat_map(|(record, _)| record.sending.not_by.iter().map(String::as_str)).collect(),
    })
}
