//! How long a quote of twenty lines takes in process, with the look-ups in a bundle of many SKUs. The terms have what a busy
//! shop has: a sale, prices for many, twenty discounts of every kind, three codes in the cart, areas for taxes and zones.
//! `cargo run --release -p shopfront-benches --bin quote [SKUS]`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use catalog::area::Area;
use catalog::bundle::{self, Contents, Delivery, Manifest, ProductRecord, VariantRecord};
use catalog::cart::{Cart, CartLine};
use catalog::currency::Currency;
use catalog::discount::{Benefit, Combines, Discount, Reduction, Target};
use catalog::id::{ProductId, Sku};
use catalog::product::{Limits, Pricing, QuantityPrice, Sale, Sending, Window};
use catalog::quote::{Circumstances, Goods, quote};
use catalog::shipping::{Band, Limit, Method, Rate, ShippingRules, ShippingTax, Zone};
use catalog::tax::TaxRules;
use catalog::terms::{DownloadRules, Terms};

const LINES: usize = 20;
const ROUNDS: usize = 2_000;

fn main() {
    let skus = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000_usize).max(LINES);
    let eur = Currency::parse("EUR").expect("a currency");
    let contents = contents(skus, eur);
    let files = bundle::encode(&contents);
    let manifest = Manifest::decode(&files[bundle::MANIFEST]).expect("a manifest");
    let mut reading = Vec::with_capacity(ROUNDS);
    let mut pricing = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let names: Vec<String> = (0..LINES).map(|i| format!("SKU-{}", (round * 7919 + i * 104_729) % skus)).collect();
        let began = Instant::now();
        let goods: Goods = names.iter().map(|sku| (sku.clone(), read(&files, &manifest, sku))).collect();
        reading.push(began.elapsed());
        let cart = Cart {
            lines: names.iter().map(|sku| CartLine::new(sku, 2)).collect(),
            country: Some("DE".into()),
            postcode: Some("10115".into()),
            discounts: ["CODE-16", "CODE-17", "CODE-18"].map(String::from).into(),
            ..Cart::default()
        };
        let circumstances = Circumstances { now: 1_000, ..Circumstances::default() };
        let began = Instant::now();
        let priced = quote(&goods, &contents.terms, &cart, &circumstances).expect("a quote");
        pricing.push(began.elapsed());
        assert!(priced.total > 0 && priced.discounts.len() > 3, "the goods cost something, and discounts apply");
    }
    println!("{skus} SKUs in {} shards, {LINES} lines, {ROUNDS} rounds", manifest.shards.len());
    print("finding the records", reading);
    print("quote", pricing);
}

fn read(files: &BTreeMap<String, Vec<u8>>, manifest: &Manifest, sku: &str) -> VariantRecord {
    let shard = &files[manifest.shard_of_sku(sku).expect("a shard")];
    bundle::find_variant(shard, sku).expect("a readable shard").expect("the SKU exists")
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!("{what:<20} median {:.4} ms, p99 {:.4} ms", at(50), at(99));
}

fn area(text: &str) -> Area {
    Area::parse(text).expect("an area")
}

fn rates(home: u32) -> Vec<(Area, u32)> {
    ["FR", "NL", "BE", "AT", "ES", "ES 35*", "IT", "DE", "*"].map(|text| (area(text), home)).into()
}

/// On sale for a while, and cheaper by the dozen.
fn pricing(eur: Currency, minor: i64) -> Pricing {
    let sale = Sale { prices: [(eur, minor - 100)].into(), window: Window { from: Some(0), until: Some(2_000) } };
    let many = [6, 12, 24].map(|from| QuantityPrice { from, prices: [(eur, minor - i64::from(from) * 10)].into() });
    Pricing { sale: Some(Box::new(sale)), quantity_prices: many.into(), ..Pricing::at([(eur, minor)].into()) }
}

/// Of every kind in turn; the last four need a code.
fn discount(eur: Currency, i: usize) -> Discount {
    let benefit = match i % 4 {
        0 => Benefit::Lines(Reduction::Percent(500)),
        1 => Benefit::BuyGet { buy: 4, get: 1, percent_bp: 5_000 },
        2 => Benefit::Order(Reduction::Amount([(eur, 300)].into())),
        _ => Benefit::Shipping(Reduction::Percent(2_000)),
    };
    Discount {
        id: format!("discount-{i}"),
        title: "A discount".into(),
        codes: if i < 16 { vec![] } else { vec![format!("CODE-{i}")] },
        benefit,
        target: Target { skus: vec![], groups: if i.is_multiple_of(2) { vec![format!("tag:{}", i % 5)] } else { vec![] } },
        window: Window::default(),
        min_spend: Some([(eur, 1_000)].into()),
        min_quantity: None,
        cap: Some([(eur, 5_000)].into()),
        uses: None,
        uses_per_customer: None,
        excludes_reduced: false,
        priority: 0,
        combines: Combines::All,
    }
}

fn contents(skus: usize, eur: Currency) -> Contents {
    let variant = |i: usize| VariantRecord {
        sku: Sku::parse(&format!("SKU-{i}")).expect("a SKU"),
        product: ProductId::parse(&format!("product-{i}")).expect("an id"),
        title: format!("Product {i}"),
        delivery: Delivery::Physical,
        options: vec![("Size".into(), "250 ml".into()), ("Colour".into(), "Teal".into())],
        open_options: vec![],
        pricing: pricing(eur, 1_000 + i64::try_from(i % 5_000).expect("a small number")),
        chosen_amount: None,
        fields: vec![],
        groups: vec![format!("tag:{}", i % 5)],
        components: vec![],
        tax_class: ["standard", "reduced"][i % 2].into(),
        weight_g: 300,
        sending: Sending::default(),
        stock: Some(5),
        backorder: 0,
        low_stock: None,
        available_from: None,
        discontinued: false,
        limits: Limits::default(),
        image: Some(format!("/img/product-{i}.1a2b3c4d-160.webp")),
        url: format!("/products/product-{i}/"),
        files: vec![],
        words: BTreeMap::new(),
    };
    let method = Method {
        code: "standard".into(),
        title: "Standard".into(),
        note: None,
        days: None,
        is_pickup: false,
        rate: Rate::Bands((1..=10).map(|kg| Band { up_to: Limit::Weight(kg * 2_000), price: [(eur, 490)].into() }).collect()),
        free_over: None,
    };
    let terms = Terms {
        shop_name: "Bench".into(),
        base_url: "https://shop.example".into(),
        languages: vec!["en".into()],
        currencies: vec![eur],
        tax: TaxRules {
            prices_include_tax: true,
            default_country: Some("DE".into()),
            markets: vec![(area("CH"), false)],
            classes: [("standard".to_owned(), rates(1900)), ("reduced".to_owned(), rates(700))].into(),
        },
        shipping: ShippingRules {
            tax: ShippingTax::Goods,
            zones: vec![Zone { name: "World".into(), areas: vec![Area::EVERYWHERE, area("DE 1*")], methods: vec![method] }],
        },
        discounts: (0..20).map(|i| discount(eur, i)).collect(),
        gateways: vec![],
        terms_url: None,
        max_quantity: 20,
        low_stock: 5,
        max_open_per_client: 5,
        downloads: DownloadRules::default(),
        contact_email: None,
        seller: None,
    };
    let products = vec![ProductRecord { product: ProductId::parse("product-0").expect("an id"), skus: vec![] }];
    Contents {
        terms,
        variants: (0..skus).map(variant).collect(),
        products,
        shells: BTreeMap::new(),
        headers: vec![],
        mail: catalog::mail::MailKit::default(),
    }
}
