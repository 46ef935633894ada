//! What it costs to send the goods, before discounts.

use catalog::bundle::{Delivery, VariantRecord};
use catalog::currency::Currency;
use catalog::shipping::{Limit, Method, Rate};

use super::exact::{Exact, sum, whole, zero};
use super::lines::Line;
use super::places::Place;
use crate::shop::Case;

/// A method that takes the goods.
pub struct Offer {
    pub code: String,
    pub price: Exact,
    /// Where its price comes from: the index of its band, and whether it is free of that.
    pub threshold: (usize, bool),
}

/// The lines that are sent.
pub fn sent<'a, 'b>(lines: &'b [Line<'a>]) -> Vec<(&'a VariantRecord, &'b Line<'a>)> {
    let goods = lines.iter().filter_map(|line| Some((line.record?, line)));
    goods.filter(|(record, _)| record.delivery == Delivery::Physical).collect()
}

/// What the goods are worth: all that is bought but gift cards, whether it is sent or not.
fn worth(lines: &[Line<'_>]) -> Exact {
    let is_money = |line: &&Line<'_>| line.record.is_some_and(|record| record.delivery == Delivery::GiftCard);
    sum(lines.iter().filter(|line| !is_money(line)).map(|line| &line.total))
}

/// The methods of the nearest zone that take the goods, in the shop's order.
pub fn offers(case: &Case, lines: &[Line<'_>], currency: Currency) -> Vec<Offer> {
    let mut areas = Vec::new();
    for zone in &case.terms.shipping.zones {
        areas.extend(zone.areas.iter().map(|area| (area.clone(), &zone.methods)));
    }
    let methods = Place::of(&case.cart).nearest(&areas);
    methods.into_iter().flatten().filter_map(|method| offer(method, lines, currency)).collect()
}

fn offer(method: &Method, lines: &[Line<'_>], currency: Currency) -> Option<Offer> {
    let sent = sent(lines);
    let is_refused = sent.iter().any(|(record, _)| record.sending.not_by.contains(&method.code));
    if is_refused && !method.is_pickup {
        return None;
    }
    let worth = worth(lines);
    let weight = sum(&sent.iter().map(|(record, line)| whole(record.weight_g) * whole(line.quantity)).collect::<Vec<_>>());
    let pieces = sum(&sent.iter().map(|(_, line)| whole(line.quantity)).collect::<Vec<_>>());
    let (band, price) = match &method.rate {
        Rate::Flat(price) => (0, price[&currency]),
        Rate::Bands(bands) => {
            let band = bands.iter().position(|band| match &band.up_to {
                Limit::Weight(grams) => weight <= whole(*grams),
                Limit::Worth(amounts) => worth <= whole(amounts[&currency]),
                Limit::Pieces(most) => pieces <= whole(*most),
                Limit::Open => true,
            })?;
            (band, bands[band].price[&currency])
        }
    };
    let is_free = method.free_over.as_ref().is_some_and(|least| worth >= whole(least[&currency]));
    let mut price = if is_free { zero() } else { whole(price) };
    if !method.is_pickup {
        for (record, line) in &sent {
            let surcharge = record.sending.surcharge.get(&currency).copied().unwrap_or(0);
            price += whole(surcharge) * whole(line.quantity);
        }
    }
    Some(Offer { code: method.code.clone(), price, threshold: (band, is_free) })
}
