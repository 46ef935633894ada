//! The tax in, or on top of, lines and shipping. Rounded once for a line; tax is always our own (R19).

use std::collections::BTreeMap;

use super::{QuoteLine, Setting, ShippingTaxRow, TaxRow};
use crate::bundle::Delivery;
use crate::money::spread;
use crate::shipping::ShippingTax;
use crate::tax::Tax;

/// Taxes the lines, and answers with the taxes by rate, shipping's among them and by themselves. `None` on overflow.
pub(super) fn tax(setting: &Setting<'_>, lines: &mut [QuoteLine], shipping: i64) -> Option<(Vec<TaxRow>, Vec<ShippingTaxRow>)> {
    let is_included = setting.terms.tax.is_included(&setting.to);
    let mut by_rate: BTreeMap<u32, i64> = BTreeMap::new();
    for line in lines.iter_mut() {
        let Some(record) = setting.goods.get(&line.sku).filter(|_| line.product.is_some()) else { continue };
        // A gift card is money: what is bought with it is taxed.
        let rate_bp = if record.delivery == Delivery::GiftCard { 0 } else { setting.terms.tax.rate(&record.tax_class, &setting.to) };
        line.tax_rate_bp = rate_bp;
        line.tax = Tax { rate_bp, is_included }.on(line.total, setting.unit)?;
        *by_rate.entry(rate_bp).or_default() += line.tax;
    }
    let mut of_shipping = Vec::new();
    for (rate_bp, price) in shipping_by_rate(setting, lines, shipping) {
        let tax = Tax { rate_bp, is_included }.on(price, setting.unit)?;
        *by_rate.entry(rate_bp).or_default() += tax;
        of_shipping.push(ShippingTaxRow { rate_bp, price, tax });
    }
    of_shipping.retain(|row| row.price != 0);
    Some((by_rate.into_iter().map(|(rate_bp, tax)| TaxRow { rate_bp, tax }).collect(), of_shipping))
}

/// The price of sending, divided by the rates at which its parts are taxed.
fn shipping_by_rate(setting: &Setting<'_>, lines: &[QuoteLine], shipping: i64) -> Vec<(u32, i64)> {
    match &setting.terms.shipping.tax {
        ShippingTax::Class(class) => vec![(setting.terms.tax.rate(class, &setting.to), shipping)],
        ShippingTax::Goods => {
            let sent = lines.iter().filter(|line| line.delivery == Some(Delivery::Physical));
            let mut weights: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
            for line in sent {
                let (worth, pieces) = weights.entry(line.tax_rate_bp).or_default();
                *worth += line.total;
                *pieces += i64::from(line.quantity);
            }
            // Goods that are given away have no worth to go by; then their number counts.
            let is_worthless = weights.values().all(|(worth, _)| *worth == 0);
            let by: Vec<i64> = weights.values().map(|(worth, pieces)| if is_worthless { *pieces } else { *worth }).collect();
            weights.into_keys().zip(spread(shipping, &by)).collect()
        }
    }
}
