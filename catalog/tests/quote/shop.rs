//! Random shops and carts: goods, terms, a cart and circumstances, with everything that bears on a price.
//!
//! A case is read off a tape of numbers, so that it is cheap to make and shrinks by itself: a 0 on the tape is the plainest
//! choice, and a tape that has ended is all zeros. Numbers are round and instants few, so that limits are met exactly.

use std::collections::BTreeMap;

use catalog::area::Area;
use catalog::bundle::{Delivery, OpenOption, VariantRecord};
use catalog::cart::{Cart, CartLine};
use catalog::currency::Currency;
use catalog::discount::{Benefit, Combines, Discount, Reduction, Target};
use catalog::id::{ProductId, Sku};
use catalog::product::{Amounts, ChosenAmount, FieldKind, Limits, LineField, Pricing, QuantityPrice, Sale, Sending, Window};
use catalog::quote::{Balance, Circumstances, Goods, Quote};
use catalog::shipping::{Band, Limit, Method, Rate, ShippingRules, ShippingTax, Zone};
use catalog::tax::TaxRules;
use catalog::terms::{DownloadRules, Terms};
use proptest::prelude::*;

/// Everything that a quote rests on.
#[derive(Debug, Clone)]
pub struct Case {
    pub goods: Goods,
    pub terms: Terms,
    pub cart: Cart,
    pub circumstances: Circumstances,
}

impl Case {
    /// The quote under test; `None` where it refuses.
    pub fn quote(&self) -> Option<Quote> {
        self.quote_of(&self.cart)
    }

    /// The quote of another cart in the same shop.
    pub fn quote_of(&self, cart: &Cart) -> Option<Quote> {
        catalog::quote::quote(&self.goods, &self.terms, cart, &self.circumstances).ok()
    }
}

/// What kind of shops are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of every kind; a few carts are wrong in themselves.
    Any,
    /// Without carts that are wrong.
    Sound,
    /// With discounts that no editor would write: a hundred percent, far more than anything costs, all at once.
    Absurd,
}

/// Longer than what most cases read; what is read last is written first, so that nothing is always plain.
const TAPE: usize = 480;

/// Random cases of a kind.
pub fn cases(kind: Kind) -> impl Strategy<Value = Case> {
    tapes(TAPE).prop_map(move |tape| case(&mut Draw::from(&tape), kind))
}

/// The plainest case: one article, no discount, no way of sending it.
pub fn plain() -> Case {
    case(&mut Draw::from(&vec![]), Kind::Sound)
}

/// A discount for everything without conditions, which goes with all others.
pub fn plain_discount(benefit: Benefit) -> Discount {
    Discount { codes: vec![], benefit, ..discount(&mut Draw::from(&vec![]), 0, &[], Kind::Sound) }
}

/// A method at one price.
pub fn flat(minor: i64) -> Method {
    Method { rate: Rate::Flat(both(minor)), ..method(&mut Draw::from(&vec![]), METHODS[0]) }
}

/// Numbers for whatever a property decides beside its case.
pub fn tapes(length: usize) -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), length)
}

/// Reads choices off a tape.
pub struct Draw<'a> {
    tape: std::slice::Iter<'a, u16>,
}

impl<'a> From<&'a Vec<u16>> for Draw<'a> {
    fn from(tape: &'a Vec<u16>) -> Self {
        Self { tape: tape.iter() }
    }
}

impl Draw<'_> {
    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        let number = self.tape.next().copied().unwrap_or(0);
        u32::try_from((u64::from(number) * u64::from(end)) >> 16).expect("less than the end")
    }

    /// A number of a range.
    pub fn within(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    /// Whether something happens that happens so often in a hundred cases.
    pub fn happens(&mut self, percent: u32) -> bool {
        self.below(100) >= 100 - percent
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).expect("a short list")) as usize].clone()
    }

    fn maybe<T>(&mut self, percent: u32, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.happens(percent).then(|| value(self))
    }

    fn several<T>(&mut self, from: u32, to: u32, mut value: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.within(from, to)).map(|_| value(self)).collect()
    }

    fn some<T: Clone>(&mut self, of: &[T], percent: u32) -> Vec<T> {
        of.iter().filter(|_| self.happens(percent)).cloned().collect()
    }
}

const SKUS: [&str; 5] = ["BOWL", "DESK", "MUG", "PACK", "CARD"];
const GROUPS: [&str; 3] = ["tag:gift", "category:home", "collection:winter"];
const CLASSES: [&str; 3] = ["standard", "reduced", "zero"];
const METHODS: [&str; 4] = ["standard", "express", "letter", "counter"];
const AREAS: [&str; 14] =
    ["*", "DE", "US", "FR", "US-CA", "US-NY", "DE 1*", "DE 10*", "DE 10115", "US 9*", "US 902*", "US 90210", "US-CA 9*", "US-CA 902*"];
const CARDS: [&str; 3] = ["GIFT-AAAA", "GIFT-BBBB", "GIFT-CCCC"];
/// Windows begin and end at these, and every case is at one of them.
const INSTANTS: u32 = 6;

/// The shop's two currencies; one with cents, one without.
pub fn currencies() -> [Currency; 2] {
    ["EUR", "JPY"].map(|code| Currency::parse(code).expect("a currency"))
}

/// An amount in both currencies; what is more in one is more in the other.
pub fn both(minor: i64) -> Amounts {
    let [eur, jpy] = currencies();
    [(eur, minor), (jpy, minor + minor / 3)].into()
}

/// An amount such as prices are: round, odd, or of a few cents only.
fn minor(draw: &mut Draw<'_>) -> i64 {
    let minor = match draw.below(10) {
        0..=4 => 500 * draw.within(1, 6),
        5..=7 => draw.within(100, 9999),
        8 => draw.within(1, 9),
        _ => draw.within(10, 99),
    };
    i64::from(minor)
}

fn part_of(draw: &mut Draw<'_>, minor: i64) -> i64 {
    minor * i64::from(draw.within(50, 99)) / 100
}

fn window(draw: &mut Draw<'_>) -> Window {
    let mut instant = |percent| draw.maybe(percent, |draw| i64::from(draw.below(INSTANTS)));
    Window { from: instant(50), until: instant(50) }
}

fn area(draw: &mut Draw<'_>) -> Area {
    Area::parse(draw.pick(&AREAS)).expect("an area")
}

fn case(draw: &mut Draw<'_>, kind: Kind) -> Case {
    // The cart comes first, since it is what the features of the goods are reached by.
    let skus = &SKUS[..draw.within(1, 5) as usize];
    let now = i64::from(draw.below(INSTANTS));
    let records: Vec<VariantRecord> = skus.iter().map(|sku| record(draw, sku, kind)).collect();
    let goods: Goods = records.iter().map(|record| (record.sku.to_string(), record.clone())).collect();
    let discounts: Vec<Discount> = (0..draw.pick(&[0, 1, 2, 3, 4, 5, 6, 6, 5, 4])).map(|index| discount(draw, index, skus, kind)).collect();
    let cart = cart(draw, &records, &discounts, kind);
    let used_up = if kind == Kind::Absurd { vec![] } else { draw.some(&discounts, 4) };
    let circumstances = Circumstances { now, used_up: used_up.into_iter().map(|discount| discount.id).collect(), gift_cards: cards(draw) };
    Case { goods, terms: terms(draw, discounts), cart, circumstances }
}

fn record(draw: &mut Draw<'_>, sku: &str, kind: Kind) -> VariantRecord {
    let others = [Delivery::Physical, Delivery::Physical, Delivery::Physical, Delivery::Digital, Delivery::Service];
    let delivery = if sku == "CARD" { Delivery::GiftCard } else { draw.pick(&others) };
    let chosen_amount = draw.maybe(50, |_| ChosenAmount { min: both(15), max: both(20_000) });
    VariantRecord {
        sku: Sku::parse(sku).expect("a SKU"),
        product: ProductId::parse("thing").expect("an id"),
        title: sku.to_owned(),
        delivery,
        options: vec![],
        open_options: if draw.happens(8) { vec![OpenOption { name: "Size".into(), values: vec!["S".into(), "L".into()] }] } else { vec![] },
        pricing: pricing(draw, kind),
        chosen_amount: chosen_amount.filter(|_| delivery == Delivery::GiftCard),
        fields: fields(draw),
        groups: draw.some(&GROUPS.map(str::to_owned), 40),
        components: vec![],
        tax_class: draw.pick(&CLASSES).into(),
        weight_g: draw.pick(&[250, 500, 1000, 0, 333]),
        sending: Sending {
            surcharge: draw.maybe(15, minor).map(both).unwrap_or_default(),
            not_by: if draw.happens(15) { vec![draw.pick(&METHODS).into()] } else { vec![] },
        },
        stock: None,
        backorder: 0,
        low_stock: None,
        available_from: None,
        discontinued: draw.happens(3),
        limits: Limits {
            min: draw.maybe(8, |draw| draw.within(2, 4)),
            max: draw.maybe(8, |draw| draw.within(5, 12)),
            step: draw.maybe(8, |draw| draw.within(2, 4)),
        },
        image: None,
        url: "/products/thing/".into(),
        files: vec![],
        words: BTreeMap::new(),
    }
}

fn pricing(draw: &mut Draw<'_>, kind: Kind) -> Pricing {
    let price = if kind == Kind::Any && draw.happens(1) { 200_000_000_000 } else { minor(draw) };
    let sale = draw.maybe(30, |draw| Sale { prices: both(part_of(draw, price)), window: window(draw) });
    let compare_at = draw.maybe(10, |_| both(price + 500)).unwrap_or_default();
    let tiers = if draw.happens(30) { draw.within(1, 3) } else { 0 };
    let mut from = 1;
    let mut for_many = price;
    let quantity_prices = (0..tiers).map(|_| {
        from += draw.within(1, 5);
        for_many = part_of(draw, for_many);
        QuantityPrice { from, prices: both(for_many) }
    });
    let quantity_prices = quantity_prices.collect();
    let mut prices = both(price);
    if draw.happens(4) {
        prices.remove(&currencies()[1]);
    }
    Pricing { prices, compare_at, sale: sale.map(Box::new), quantity_prices }
}

fn fields(draw: &mut Draw<'_>) -> Vec<LineField> {
    let kinds = [
        ("engraving", FieldKind::Text { max_chars: 5 }),
        ("day", FieldKind::Date),
        ("wood", FieldKind::Choice { values: vec!["oak".into(), "ash".into()] }),
    ];
    let chosen = draw.some(&kinds, 15).into_iter();
    let fields = chosen.map(|(name, kind)| LineField {
        name: name.into(),
        title: name.into(),
        kind,
        is_required: draw.happens(30),
        prices: draw.maybe(70, minor).map(both).unwrap_or_default(),
    });
    fields.collect()
}

fn terms(draw: &mut Draw<'_>, discounts: Vec<Discount>) -> Terms {
    let rate = |draw: &mut Draw<'_>| draw.pick(&[1900, 700, 2000, 725, 0, 10_000]);
    let rates = |draw: &mut Draw<'_>| {
        let everywhere = draw.maybe(60, |draw| (Area::EVERYWHERE, rate(draw)));
        draw.several(1, 5, |draw| (area(draw), rate(draw))).into_iter().chain(everywhere).collect::<Vec<_>>()
    };
    Terms {
        shop_name: "Tessel".into(),
        base_url: "https://tessel.example".into(),
        languages: vec!["en".into()],
        currencies: currencies().into(),
        tax: TaxRules {
            prices_include_tax: !draw.happens(45),
            markets: draw.several(0, 2, |draw| (area(draw), draw.happens(50))),
            default_country: draw.pick(&[None, Some("DE"), Some("US")]).map(str::to_owned),
            // The class 'zero' is one that the terms don't know.
            classes: CLASSES[..2].iter().map(|class| ((*class).to_owned(), rates(draw))).collect(),
        },
        shipping: ShippingRules {
            tax: draw.pick(&[ShippingTax::Class("standard".into()), ShippingTax::Class("reduced".into()), ShippingTax::Goods]),
            zones: zones(draw),
        },
        discounts,
        gateways: vec![],
        terms_url: None,
        max_quantity: 20,
        low_stock: 5,
        max_open_per_client: 5,
        downloads: DownloadRules::default(),
        contact_email: None,
        seller: None,
    }
}

fn zones(draw: &mut Draw<'_>) -> Vec<Zone> {
    let everywhere = if draw.happens(10) { vec![] } else { vec![Area::EVERYWHERE] };
    let areas = std::iter::once(everywhere).chain((0..draw.below(3)).map(|_| draw.several(1, 2, area))).collect::<Vec<_>>();
    let zones = areas.into_iter().map(|areas| Zone {
        name: "zone".into(),
        areas,
        methods: draw.some(&METHODS, 55).into_iter().map(|code| method(draw, code)).collect(),
    });
    zones.collect()
}

fn method(draw: &mut Draw<'_>, code: &str) -> Method {
    let free_over = draw.maybe(45, |draw| both(1000 * i64::from(draw.within(1, 12))));
    Method {
        code: code.into(),
        title: code.into(),
        note: None,
        days: None,
        is_pickup: code == "counter",
        rate: if draw.happens(50) { Rate::Bands(bands(draw)) } else { Rate::Flat(both(minor(draw))) },
        free_over,
    }
}

/// Bands that rise by weight, worth or pieces, some with and some without an end.
fn bands(draw: &mut Draw<'_>) -> Vec<Band> {
    let measure = draw.below(3);
    let mut reach = 0;
    let mut bands = draw.several(1, 3, |draw| {
        reach += draw.within(1, 4);
        let up_to = match measure {
            0 => Limit::Weight(500 * u64::from(reach)),
            1 => Limit::Worth(both(1000 * i64::from(reach))),
            _ => Limit::Pieces(u64::from(reach)),
        };
        Band { up_to, price: both(minor(draw)) }
    });
    if draw.happens(60) {
        bands.push(Band { up_to: Limit::Open, price: both(minor(draw)) });
    }
    bands
}

fn discount(draw: &mut Draw<'_>, index: u32, skus: &[&str], kind: Kind) -> Discount {
    let is_absurd = kind == Kind::Absurd;
    let mut codes = if draw.happens(45) { vec![format!("CODE{index}")] } else { vec![] };
    if !codes.is_empty() && draw.happens(10) {
        codes.push(format!("ALIAS{index}"));
    }
    Discount {
        id: format!("d{index}"),
        title: "Less".into(),
        codes,
        benefit: benefit(draw, is_absurd),
        target: target(draw, skus),
        window: if is_absurd || !draw.happens(20) { Window::default() } else { window(draw) },
        min_spend: draw.maybe(if is_absurd { 0 } else { 20 }, |draw| both(1000 * i64::from(draw.within(1, 8)))),
        min_quantity: draw.maybe(if is_absurd { 0 } else { 20 }, |draw| draw.within(2, 10)),
        cap: draw.maybe(if is_absurd { 5 } else { 25 }, minor).map(both),
        uses: None,
        uses_per_customer: None,
        excludes_reduced: draw.happens(15),
        priority: draw.pick(&[0, 1, -1]),
        combines: if is_absurd || !draw.happens(22) { Combines::All } else { draw.pick(&[Combines::Shipping, Combines::None]) },
    }
}

fn benefit(draw: &mut Draw<'_>, is_absurd: bool) -> Benefit {
    let percent_bp = match draw.below(4) {
        _ if is_absurd => 10_000,
        0 => 1000,
        1 => draw.pick(&[5000, 3333, 10_000]),
        2 => draw.within(1, 10_000),
        _ => 100 * draw.within(1, 100),
    };
    let reduction = match draw.happens(50) {
        true if is_absurd => Reduction::Amount(both(900_000_000_000_000)),
        true => Reduction::Amount(both(minor(draw))),
        false => Reduction::Percent(percent_bp),
    };
    match draw.below(4) {
        0 => Benefit::Order(reduction),
        1 => Benefit::Lines(reduction),
        2 => Benefit::BuyGet { buy: draw.within(1, 3), get: draw.pick(&[1, 1, 2, 3]), percent_bp },
        _ => Benefit::Shipping(reduction),
    }
}

fn target(draw: &mut Draw<'_>, skus: &[&str]) -> Target {
    if !draw.happens(45) {
        return Target::default();
    }
    let skus: Vec<String> = skus.iter().map(|sku| (*sku).to_owned()).collect();
    Target { skus: draw.some(&skus, 35), groups: draw.some(&GROUPS.map(str::to_owned), 35) }
}

fn cart(draw: &mut Draw<'_>, records: &[VariantRecord], discounts: &[Discount], kind: Kind) -> Cart {
    let can_be_wrong = kind == Kind::Any;
    let wrong = |draw: &mut Draw<'_>| can_be_wrong && draw.happens(1);
    let codes: Vec<String> = discounts.iter().flat_map(|discount| discount.codes.iter().cloned()).collect();
    let spelled = draw.some(&codes, 80).into_iter().map(|code| draw.pick(&[code.clone(), format!(" {} ", code.to_lowercase())]));
    let mut spelled: Vec<String> = spelled.collect();
    if draw.happens(5) {
        spelled.push("NONSENSE".into());
    }
    if draw.happens(25) {
        spelled.reverse();
    }
    let lines = if wrong(draw) { vec![] } else { draw.several(1, 6, |draw| line(draw, records, can_be_wrong)) };
    let currency = draw.pick(&[None, None, Some("EUR"), Some("JPY"), Some("JPY")]);
    let country = draw.pick(&[Some("DE"), Some("DE"), Some("US"), Some("US"), Some("US"), Some("FR"), Some("JP"), None, Some("")]);
    Cart {
        lines,
        currency: if wrong(draw) { Some("USD".into()) } else { currency.map(str::to_owned) },
        language: None,
        country: if wrong(draw) { Some("Germany".into()) } else { country.map(str::to_owned) },
        region: draw.pick(&[None, Some("CA"), Some("us-ca"), Some(" NY "), Some("")]).map(str::to_owned),
        postcode: draw.pick(&[None, Some("90210"), Some("902-99"), Some("9 41 05"), Some("10115"), Some("10 999")]).map(str::to_owned),
        shipping: draw.maybe(40, |draw| draw.pick(&[METHODS[0], METHODS[1], METHODS[2], METHODS[3], "", "drone"]).to_owned()),
        discounts: spelled,
        gift_cards: if draw.happens(35) {
            draw.several(1, 3, |draw| draw.pick(&[CARDS[0], CARDS[1], CARDS[2], "GIFT-ZZZZ"]).to_owned())
        } else {
            vec![]
        },
    }
}

fn line(draw: &mut Draw<'_>, records: &[VariantRecord], can_be_wrong: bool) -> CartLine {
    if draw.happens(3) {
        return CartLine::new("GONE", draw.within(1, 3));
    }
    let record = draw.pick(records);
    let quantity = match draw.below(20) {
        0..=13 => draw.within(1, 4),
        14..=18 => draw.within(1, 12),
        _ => draw.within(13, 24),
    };
    let quantity = if can_be_wrong && draw.happens(1) { draw.pick(&[0, 10_001]) } else { quantity };
    let mut line = CartLine::new(record.sku.as_str(), quantity);
    for open in &record.open_options {
        line.fields.insert(open.name.clone(), draw.pick(&open.values));
    }
    for field in &record.fields {
        let values = match &field.kind {
            FieldKind::Text { .. } => ["Mira", " Mira", "Ünal", "Q"],
            FieldKind::Date => ["2026-05-01", "2028-02-29", "2026-12-31 ", "2026-05-02"],
            FieldKind::Choice { .. } => ["oak", "ash", "oak ", "ash"],
        };
        let value = if can_be_wrong && draw.happens(1) { draw.pick(&["Mirabelle", "2026-02-29", "  "]) } else { draw.pick(&values) };
        if field.is_required || draw.happens(60) {
            line.fields.insert(field.name.clone(), value.to_owned());
        }
    }
    if record.chosen_amount.is_some() {
        // The first three can be chosen in either currency; the others are too little, too much, or have what yen don't have.
        let amounts = ["25", "100.00", "037.00", "37.5", "0.10", "100000", "1e2"];
        let amounts = if can_be_wrong && draw.happens(6) { &amounts[..] } else { &amounts[..3] };
        line.fields.insert("amount".into(), draw.pick(amounts).to_owned());
    }
    if can_be_wrong && draw.happens(1) {
        line.fields.insert("price".into(), "0".into());
    }
    line
}

fn cards(draw: &mut Draw<'_>) -> BTreeMap<String, Balance> {
    let cards = CARDS.iter().map(|code| {
        let minor = minor(draw) * draw.pick(&[1, 1, 10, 0]);
        let currency = currencies()[usize::from(draw.happens(35))];
        ((*code).to_owned(), Balance { currency, minor })
    });
    cards.collect()
}
