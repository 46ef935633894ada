//! That the random shops are what they should be: every feature that bears on a price is met often enough, so that no property
//! holds for want of cases.

use std::collections::BTreeMap;

use catalog::bundle::Delivery;
use catalog::discount::{Benefit, Combines, Discount, Reduction};
use catalog::product::AMOUNT_FIELD;
use catalog::shipping::{Limit, Method, Rate, ShippingTax};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::more::{Threshold, compare, with_one_more};
use crate::reference::{self, Numbers, Trace};
use crate::shop::{Case, Kind, cases, tapes};

const CASES: usize = 2000;
/// One in a hundred.
const LEAST: usize = CASES / 100;

/// Counts what the same cases are, every time.
struct Census(BTreeMap<&'static str, usize>);

impl Census {
    fn note(&mut self, feature: &'static str, is_met: bool) {
        *self.0.entry(feature).or_default() += usize::from(is_met);
    }

    #[track_caller]
    fn check(&self, least: usize) {
        let rare: Vec<_> = self.0.iter().filter(|(_, count)| **count < least).collect();
        assert!(rare.is_empty(), "fewer than {least} of {CASES}: {rare:?}");
    }
}

fn each<S: Strategy>(strategy: &S, mut look: impl FnMut(S::Value)) {
    let mut runner = TestRunner::deterministic();
    for _ in 0..CASES {
        look(strategy.new_tree(&mut runner).expect("a case").current());
    }
}

#[test]
fn every_feature_is_met() {
    let mut census = Census(BTreeMap::new());
    each(&cases(Kind::Any), |case| match reference::quote(&case) {
        Err(reference::Refused) => census.note("refused", true),
        Ok((numbers, trace)) => {
            of_lines(&mut census, &case, &numbers, &trace);
            of_discounts(&mut census, &case, &numbers, &trace);
            of_sending(&mut census, &case, &numbers, &trace);
            of_taxes(&mut census, &case, &numbers);
            of_payment(&mut census, &numbers);
        }
    });
    census.check(LEAST);
}

fn of_lines(census: &mut Census, case: &Case, numbers: &Numbers, trace: &Trace) {
    let now = case.circumstances.now;
    let records = || numbers.lines.iter().filter_map(|line| Some((line, case.goods.get(&line.sku)?)));
    let sales = || records().filter_map(|(line, record)| Some((line, record, record.pricing.sale.as_ref()?)));
    let crossed_out = |of: &crate::reference::LineNumbers, price: i64| of.compare_at == Some(price);
    let is_on_sale =
        sales().any(|(line, record, _)| record.pricing.prices.get(&numbers.currency).is_some_and(|price| crossed_out(line, *price)));
    census.note("a sale", is_on_sale);
    census.note("a sale in its first second", sales().any(|(_, _, sale)| sale.window.from == Some(now)));
    census.note("a sale in the second after its last", sales().any(|(_, _, sale)| sale.window.until == Some(now)));
    census.note("a former price", records().any(|(line, record)| line.compare_at.is_some() && !record.pricing.compare_at.is_empty()));
    census.note("a price for many", trace.tiers.iter().any(|tiers| *tiers > 0));
    census.note("a second price for many", trace.tiers.iter().any(|tiers| *tiers > 1));
    let of_sku = |sku: &str| numbers.lines.iter().filter(|line| line.sku == sku).map(|line| line.quantity).sum::<u32>();
    let tiers = || records().flat_map(|(line, record)| record.pricing.quantity_prices.iter().map(move |tier| (line, tier)));
    census.note("a price for exactly so many", tiers().any(|(line, tier)| tier.from == of_sku(&line.sku)));
    census.note(
        "a price for many over several lines",
        tiers().any(|(line, tier)| tier.from <= of_sku(&line.sku) && tier.from > line.quantity),
    );
    census.note(
        "a field with a price",
        records().any(|(line, record)| record.fields.iter().any(|field| line.fields.contains_key(&field.name) && !field.prices.is_empty())),
    );
    census.note("an amount that is chosen", numbers.lines.iter().any(|line| line.fields.contains_key(AMOUNT_FIELD)));
    census.note("a gift card in the cart", records().any(|(_, record)| record.delivery == Delivery::GiftCard));
    census.note("a line that is gone", numbers.lines.iter().any(|line| line.unit_price == 0 && !line.is_available));
    census.note("a quantity that is not sold", records().any(|(line, record)| !line.is_available && !record.discontinued));
    census.note("yen", numbers.currency.code() == "JPY");
    census.note("equal lines in the cart", numbers.lines.len() < case.cart.lines.len());
    census.note("more than three lines", numbers.lines.len() > 3);
}

fn of_discounts(census: &mut Census, case: &Case, numbers: &Numbers, trace: &Trace) {
    let find = |id: &String| case.terms.discounts.iter().find(|discount| discount.id == *id).expect("a discount of the shop");
    let applied: Vec<&Discount> = numbers.discounts.iter().filter(|(_, _, amount)| *amount > 0).map(|(id, _, _)| find(id)).collect();
    let mut any = |feature, is_met: &dyn Fn(&Discount) -> bool| census.note(feature, applied.iter().any(|discount| is_met(discount)));
    any("a percentage of lines", &|discount| matches!(discount.benefit, Benefit::Lines(Reduction::Percent(_))));
    any("an amount off each", &|discount| matches!(discount.benefit, Benefit::Lines(Reduction::Amount(_))));
    any("one of several free", &|discount| matches!(discount.benefit, Benefit::BuyGet { get: 1, .. }));
    any("two of several free", &|discount| matches!(discount.benefit, Benefit::BuyGet { get: 2, .. }));
    any("a percentage of the order", &|discount| matches!(discount.benefit, Benefit::Order(Reduction::Percent(_))));
    any("an amount off the order", &|discount| matches!(discount.benefit, Benefit::Order(Reduction::Amount(_))));
    any("a percentage of sending", &|discount| matches!(discount.benefit, Benefit::Shipping(Reduction::Percent(_))));
    any("an amount off sending", &|discount| matches!(discount.benefit, Benefit::Shipping(Reduction::Amount(_))));
    any("a code", &|discount| !discount.codes.is_empty());
    any("one without a code", &|discount| discount.codes.is_empty());
    any("for some SKUs", &|discount| !discount.target.skus.is_empty());
    any("for some groups", &|discount| !discount.target.groups.is_empty());
    any("a least sum that is met", &|discount| discount.min_spend.is_some());
    any("a least number that is met", &|discount| discount.min_quantity.is_some());
    any("a discount in its window", &|discount| discount.window.until.is_some());
    any("not for reduced goods", &|discount| discount.excludes_reduced);
    any("a discount that goes alone", &|discount| discount.combines == Combines::None);
    any("goods beside shipping only", &|discount| discount.combines == Combines::Shipping);
    any("a cap that holds back lines", &|discount| matches!(discount.benefit, Benefit::Lines(_)) && trace.capped.contains(&discount.id));
    any("a cap that holds back units", &|discount| {
        matches!(discount.benefit, Benefit::BuyGet { .. }) && trace.capped.contains(&discount.id)
    });
    any("a cap that holds back the order", &|discount| {
        matches!(discount.benefit, Benefit::Order(_)) && trace.capped.contains(&discount.id)
    });
    let several = |is_meant: &dyn Fn(&Discount) -> bool| applied.iter().filter(|discount| is_meant(discount)).count() > 1;
    census.note("two for the order", several(&|discount| matches!(discount.benefit, Benefit::Order(_))));
    census.note("two for lines", several(&|discount| matches!(discount.benefit, Benefit::Lines(_))));
    census.note("two for units", several(&|discount| matches!(discount.benefit, Benefit::BuyGet { .. })));
    census.note("two for sending", several(&|discount| matches!(discount.benefit, Benefit::Shipping(_))));
    census.note("two priorities", applied.iter().any(|discount| discount.priority != applied[0].priority));
    census.note("more than three", applied.len() > 3);
    for reason in ["unknown", "early", "expired", "used_up", "no_goods", "reduced_goods", "min_spend", "min_quantity", "combination"] {
        census.note(reason, numbers.reasons.iter().any(|told| told == reason));
    }
}

fn of_sending(census: &mut Census, case: &Case, numbers: &Numbers, trace: &Trace) {
    let offered: Vec<&str> = trace.methods.iter().map(|(code, _)| code.as_str()).collect();
    let is_free = |code: &String| trace.methods.iter().any(|(known, (_, is_free))| known == code && *is_free);
    let band = |code: &String| trace.methods.iter().find(|(known, _)| known == code).map_or(0, |(_, (band, _))| *band);
    let chosen = numbers.method.as_ref();
    census.note("nothing to send", !numbers.needs_shipping);
    census.note("nowhere to send it", numbers.needs_shipping && case.cart.country.is_none());
    census.note(
        "cannot be sent",
        numbers.needs_shipping && numbers.shipping.is_none() && case.cart.country.as_ref().is_some_and(|code| !code.is_empty()),
    );
    census.note("a method by name", chosen.is_some() && chosen == case.cart.shipping.as_ref());
    census.note(
        "another than the named",
        chosen.is_some() && case.cart.shipping.as_ref().is_some_and(|code| !code.is_empty() && chosen != Some(code)),
    );
    census.note("free over", chosen.is_some_and(is_free));
    census.note("a later band", chosen.is_some_and(|code| band(code) > 0));
    census.note("fetched", chosen.is_some_and(|code| code == "counter"));
    census.note("several methods", offered.len() > 1);
    let sent = || numbers.lines.iter().filter_map(|line| case.goods.get(&line.sku)).filter(|record| record.delivery == Delivery::Physical);
    census.note("a surcharge", chosen.is_some() && sent().any(|record| !record.sending.surcharge.is_empty()));
    census.note("a method that does not take it", sent().any(|record| !record.sending.not_by.is_empty()));
    census.note("sending is discounted", numbers.shipping_discount > 0);
    let zones = &case.terms.shipping.zones;
    let bands = |method: &Method| if let Rate::Bands(bands) = &method.rate { bands.clone() } else { vec![] };
    let offering = || zones.iter().flat_map(|zone| &zone.methods).filter(|method| offered.contains(&method.code.as_str()));
    let limits: Vec<Limit> = offering().flat_map(bands).map(|band| band.up_to).collect();
    census.note("bands of weight", limits.iter().any(|limit| matches!(limit, Limit::Weight(_))));
    census.note("bands of worth", limits.iter().any(|limit| matches!(limit, Limit::Worth(_))));
    census.note("bands of pieces", limits.iter().any(|limit| matches!(limit, Limit::Pieces(_))));
}

fn of_taxes(census: &mut Census, case: &Case, numbers: &Numbers) {
    let rates: std::collections::BTreeSet<u32> = numbers.lines.iter().map(|line| line.tax_rate_bp).collect();
    let place = |is_met: bool| is_met && case.cart.country.as_deref() == Some("US");
    let areas = || case.terms.tax.classes.values().flatten().map(|(area, _)| area.to_string());
    census.note("tax on top", !numbers.tax_included && numbers.tax_total > 0);
    census.note("tax in prices", numbers.tax_included && numbers.tax_total > 0);
    census.note("another market", numbers.tax_included != case.terms.tax.prices_include_tax);
    census.note("several rates", rates.len() > 1);
    census.note("rates of regions", place(case.cart.region.is_some() && areas().any(|area| area.contains('-'))));
    census.note("rates of postcodes", place(case.cart.postcode.is_some() && areas().any(|area| area.contains("US 9"))));
    census
        .note("sending taxed as the goods", rates.len() > 1 && numbers.shipping > Some(0) && case.terms.shipping.tax == ShippingTax::Goods);
}

fn of_payment(census: &mut Census, numbers: &Numbers) {
    let pays = |(amount, _): &&(i64, i64)| *amount > 0;
    census.note("a gift card pays", numbers.gift_cards.iter().any(|card| pays(&card)));
    census.note("two gift cards pay", numbers.gift_cards.iter().filter(pays).count() > 1);
    census.note("a gift card pays all", !numbers.gift_cards.is_empty() && numbers.due == 0);
    census.note("something is left on a gift card", numbers.gift_cards.iter().any(|(_, left)| *left > 0));
    for reason in ["currency", "empty"] {
        census.note(reason, numbers.reasons.iter().any(|told| told == reason));
    }
}

#[test]
fn most_carts_can_be_compared_with_more() {
    let mut census = Census(BTreeMap::new());
    each(&(cases(Kind::Sound), tapes(1)), |(case, tape)| {
        let comparison = compare(&case, &with_one_more(&case, &tape));
        let threshold = comparison.threshold;
        census.note("compared", threshold.is_none());
        census.note("compared without slack", threshold.is_none() && comparison.roundings < 2);
        census.note("compared with slack", threshold.is_none() && comparison.roundings > 1);
        for (name, named) in [
            ("a price for many", Threshold::PriceForMany),
            ("a condition", Threshold::Condition),
            ("a band", Threshold::Band),
            ("free over", Threshold::FreeOver),
            ("a group", Threshold::Group),
        ] {
            census.note(name, threshold == Some(named));
        }
    });
    assert!(census.0["compared"] > CASES * 3 / 4 && census.0["compared without slack"] > CASES / 3, "{:?}", census.0);
    // Thresholds are not what is looked for; that each is met shows that it is looked at.
    census.check(LEAST / 4);
}
