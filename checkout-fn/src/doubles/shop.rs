//! A shop of any size: counted goods of one price, sent for nothing.

use catalog::area::Area;
use catalog::bundle::{Contents, Delivery, ProductRecord, SHELL_MARKER, SHELL_TITLE, VariantRecord};
use catalog::currency::{Currency, Gateway};
use catalog::id::{ProductId, Sku};
use catalog::mail::MailKit;
use catalog::product::{Amounts, Limits, Pricing, Sending};
use catalog::shipping::{Method, Rate, ShippingRules, ShippingTax, Zone};
use catalog::tax::TaxRules;
use catalog::terms::{DownloadRules, Terms};

/// What each piece costs, in cents.
pub const PRICE: i64 = 2000;

/// The n-th SKU.
pub fn sku(n: usize) -> String {
    format!("SKU-{n:07}")
}

/// So many SKUs of which each has so many pieces, paid through Stripe.
pub fn contents(skus: usize, stock: u32) -> Contents {
    let eur = Currency::parse("EUR").expect("a currency");
    let amounts = |minor| -> Amounts { [(eur, minor)].into() };
    let method = Method {
        code: "standard".into(),
        title: "Standard".into(),
        note: None,
        days: None,
        is_pickup: false,
        rate: Rate::Flat(amounts(0)),
        free_over: None,
    };
    let zone = Zone { name: "Germany".into(), areas: vec![Area::country("DE")], methods: vec![method] };
    let tax = TaxRules {
        prices_include_tax: true,
        markets: vec![],
        default_country: Some("DE".into()),
        classes: [("standard".to_owned(), vec![(Area::EVERYWHERE, 1900)])].into(),
    };
    let terms = Terms {
        shop_name: "Tessel".into(),
        base_url: "https://shop.test".into(),
        languages: vec!["en".into()],
        currencies: vec![eur],
        tax,
        shipping: ShippingRules { tax: ShippingTax::default(), zones: vec![zone] },
        discounts: vec![],
        gateways: vec![Gateway::Stripe],
        terms_url: None,
        max_quantity: 20,
        low_stock: 5,
        max_open_per_client: 5,
        contact_email: None,
        downloads: DownloadRules::default(),
        seller: None,
    };
    let variant = |n: usize| VariantRecord {
        sku: Sku::parse(&sku(n)).expect("a sku"),
        product: ProductId::parse(&format!("product-{n}")).expect("an id"),
        title: format!("Fine thing {n}"),
        delivery: Delivery::Physical,
        options: vec![],
        open_options: vec![],
        pricing: Pricing::at(amounts(PRICE)),
        chosen_amount: None,
        fields: vec![],
        groups: vec![],
        components: vec![],
        tax_class: "standard".into(),
        weight_g: 400,
        sending: Sending::default(),
        stock: Some(stock),
        backorder: 0,
        low_stock: None,
        available_from: None,
        discontinued: false,
        limits: Limits::default(),
        image: None,
        url: format!("/products/product-{n}/"),
        files: vec![],
        words: std::collections::BTreeMap::new(),
    };
    let variants: Vec<VariantRecord> = (0..skus).map(variant).collect();
    let product = |variant: &VariantRecord| ProductRecord { product: variant.product.clone(), skus: vec![variant.sku.clone()] };
    let products = variants.iter().map(product).collect();
    let shell = format!("<!doctype html><html lang=en><title>{SHELL_TITLE}</title>{SHELL_MARKER}</html>");
    Contents { terms, variants, products, shells: [("en".to_owned(), shell)].into(), headers: vec![], mail: MailKit::default() }
}
