//! What goes back of an order by tax rate, for its credit notes, for tax reports, and for the tax that is recorded with a refund.
//! All that goes back of an order that is given back in full is the order, rate by rate (R17).

use catalog::by_rate::{self, Left, RateSum};
use catalog::refund;

use super::Order;

impl Order {
    /// Each refund by rate, in the order of the refunds. Units of lines have the tax that was recorded with them, and sending its part of
    /// the tax on sending. Amounts for nothing in particular, and what somebody gave back at the gateway, come from what is left at each rate;
    /// so does what of a line was given back before in such a way. What bought nothing was never taxed.
    pub(crate) fn refunds_by_rate(&self) -> Vec<Vec<RateSum>> {
        let (mut left, shipping) = (Left::of(&self.quote), by_rate::of_shipping(&self.quote));
        let mut sent_before = (0, 0);
        let mut all = Vec::new();
        for made in &self.refunds {
            if !made.is_of_order() {
                all.push(Vec::new());
                continue;
            }
            let mut named = Vec::new();
            if let Some(returned) = made.returned() {
                let rate = |line: usize| self.quote.lines.get(line).map_or(0, |line| line.tax_rate_bp);
                named.extend(returned.lines.iter().map(|line| RateSum::of(rate(line.line), line.amount, line.tax)));
                let sent = refund::of_sum(self.shipping_paid(), self.shipping_tax(), sent_before.0, returned.shipping);
                let sent = (returned.shipping, sent.map_or(0, |part| part.tax));
                named.extend(by_rate::part(&shipping, sent_before, sent.0, sent.1));
                sent_before = (sent_before.0 + sent.0, sent_before.1 + sent.1);
            }
            all.push(left.take(&named, made.total()));
        }
        all
    }
}

#[cfg(test)]
#[path = "rates_tests.rs"]
mod tests;
