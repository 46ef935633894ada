//! A shop of any size: counted goods of one price, sent for nothing.

use catalog::area::Area;
use catalog::bundle::{Contents, ProductRecord, VariantRecord};
use catalog::currency::Gateway;
use catalog::mail::MailKit;
use catalog::shipping::{Rate, ShippingRules, Zone};
use catalog::terms::Terms;

use crate::testing::{self, eur};

/// What each piece costs, in cents.
pub const PRICE: i64 = 2000;

/// The n-th SKU.
pub fn sku(n: usize) -> String {
    format!("SKU-{n:07}")
}

/// So many SKUs of which each has so many pieces, paid through Stripe.
pub fn contents(skus: usize, stock: u32) -> Contents {
    let small = testing::contents();
    let mut method = small.terms.shipping.zones[0].methods[0].clone();
    method.rate = Rate::Flat(eur(0));
    let zones = vec![Zone { name: "Germany".into(), areas: vec![Area::country("DE")], methods: vec![method] }];
    let terms = Terms {
        base_url: "https://shop.test".into(),
        shipping: ShippingRules { zones, ..small.terms.shipping },
        gateways: vec![Gateway::Stripe],
        ..small.terms
    };
    let variant = |n: usize| VariantRecord { stock: Some(stock), ..testing::variant(&sku(n), &format!("product-{n}"), PRICE) };
    let variants: Vec<VariantRecord> = (0..skus).map(variant).collect();
    let product = |variant: &VariantRecord| ProductRecord { product: variant.product.clone(), skus: vec![variant.sku.clone()] };
    let products = variants.iter().map(product).collect();
    Contents { terms, variants, products, mail: MailKit::default(), ..small }
}
