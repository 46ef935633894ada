//! How long a quote of twenty lines takes in process, with the look-ups in a bundle of many SKUs:
//! `cargo run --release -p shopfront-benches --bin quote [SKUS]`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use catalog::bundle::{self, Contents, Delivery, Manifest, ProductRecord, VariantRecord};
use catalog::cart::{Cart, CartLine};
use catalog::currency::Currency;
use catalog::id::{ProductId, Sku};
use catalog::quote::{Goods, quote};
use catalog::shipping::{Method, Rate, ShippingRules, Zone};
use catalog::tax::TaxRules;
use catalog::terms::Terms;

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
        let cart = Cart { lines: names.iter().map(|sku| CartLine::new(sku, 2)).collect(), country: Some("DE".into()), ..Cart::default() };
        let began = Instant::now();
        let priced = quote(&goods, &contents.terms, &cart).expect("a quote");
        pricing.push(began.elapsed());
        assert!(priced.total > 0, "the goods cost something");
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

fn contents(skus: usize, eur: Currency) -> Contents {
    let variant = |i: usize| VariantRecord {
        sku: Sku::parse(&format!("SKU-{i}")).expect("a SKU"),
        product: ProductId::parse(&format!("product-{i}")).expect("an id"),
        title: format!("Product {i}"),
        delivery: Delivery::Physical,
        options: vec![("Size".into(), "250 ml".into()), ("Colour".into(), "Teal".into())],
        open_options: vec![],
        prices: [(eur, 1_000 + i64::try_from(i % 5_000).expect("a small number"))].into(),
        tax_class: "standard".into(),
        weight_g: 300,
        stock: Some(5),
        discontinued: false,
        max_quantity: None,
        image: Some(format!("/img/product-{i}.1a2b3c4d-160.webp")),
        url: format!("/products/product-{i}/"),
        files: vec![],
        words: BTreeMap::new(),
    };
    let method = Method {
        code: "standard".into(),
        title: "Standard".into(),
        titles: BTreeMap::new(),
        days: None,
        rate: Rate::Flat([(eur, 490)].into()),
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
            classes: [("standard".to_owned(), [("DE".to_owned(), 1900)].into())].into(),
        },
        shipping: ShippingRules {
            tax_class: "standard".into(),
            zones: vec![Zone { name: "World".into(), countries: vec!["*".into()], methods: vec![method] }],
        },
        gateways: vec![],
        terms_url: None,
        max_quantity: 20,
        max_open_per_client: 5,
        contact_email: None,
    };
    let products = vec![ProductRecord { product: ProductId::parse("product-0").expect("an id"), skus: vec![] }];
    Contents { terms, variants: (0..skus).map(variant).collect(), products, shells: BTreeMap::new(), headers: vec![] }
}
