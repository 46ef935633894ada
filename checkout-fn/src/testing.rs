//! A small shop for tests: a counted mug, an uncounted bowl, a download, a service with an open option.

use std::collections::BTreeMap;

use catalog::area::Area;
use catalog::bundle::{Contents, Delivery, OpenOption, ProductRecord, SHELL_MARKER, SHELL_TITLE, VariantRecord, encode};
use catalog::currency::{Currency, Gateway};
use catalog::discount::{Benefit, Combines, Discount, Reduction, Target};
use catalog::id::{ProductId, Sku};
use catalog::mail::{MailKind, MailKit};
use catalog::product::{Amounts, Component, DigitalFile, Limits, Pricing, Sending, Window};
use catalog::shipping::{Method, Rate, ShippingRules, ShippingTax, Zone};
use catalog::tax::TaxRules;
use catalog::terms::{DownloadRules, Terms};
use catalog::texts::Text;

pub(crate) fn eur(minor: i64) -> Amounts {
    [(Currency::parse("EUR").expect("a currency"), minor)].into()
}

pub(crate) fn variant(sku: &str, product: &str, price: i64) -> VariantRecord {
    VariantRecord {
        sku: Sku::parse(sku).expect("a sku"),
        product: ProductId::parse(product).expect("an id"),
        title: format!("Fine {product}"),
        delivery: Delivery::Physical,
        options: vec![],
        open_options: vec![],
        pricing: Pricing::at(eur(price)),
        chosen_amount: None,
        fields: vec![],
        groups: vec![],
        components: vec![],
        tax_class: "standard".into(),
        weight_g: 400,
        sending: Sending::default(),
        stock: None,
        backorder: 0,
        low_stock: None,
        available_from: None,
        discontinued: false,
        limits: Limits::default(),
        image: Some("/img/mug.webp".into()),
        url: format!("/products/{product}/"),
        files: vec![],
        words: BTreeMap::new(),
    }
}

/// Ten per cent off the order for a code of the same name as the discount, in capitals.
pub(crate) fn discount(id: &str) -> Discount {
    Discount {
        id: id.into(),
        title: "Ten off".into(),
        codes: vec![id.to_uppercase()],
        benefit: Benefit::Order(Reduction::Percent(1000)),
        target: Target::default(),
        window: Window::default(),
        min_spend: None,
        min_quantity: None,
        cap: None,
        uses: None,
        uses_per_customer: None,
        excludes_reduced: false,
        priority: 0,
        combines: Combines::All,
    }
}

/// A gift card over 50.00.
pub(crate) fn gift_card() -> VariantRecord {
    VariantRecord { delivery: Delivery::GiftCard, weight_g: 0, ..variant("CARD", "card", 5000) }
}

/// Two mugs and a bowl for 60.00.
pub(crate) fn set() -> VariantRecord {
    let part = |sku: &str, quantity| Component { sku: Sku::parse(sku).expect("a sku"), quantity };
    VariantRecord { components: vec![part("MUG", 2), part("BOWL", 1)], ..variant("SET", "set", 6000) }
}

/// 19 % in Germany, sent to Germany and France.
#[cfg(test)]
pub(crate) fn terms() -> Terms {
    contents().terms
}

pub(crate) fn contents() -> Contents {
    let method = |code: &str, price| Method {
        code: code.into(),
        title: code.into(),
        note: None,
        days: None,
        is_pickup: false,
        rate: Rate::Flat(eur(price)),
        free_over: None,
    };
    let zone = Zone {
        name: "EU".into(),
        areas: vec![Area::country("DE"), Area::country("FR")],
        methods: vec![method("standard", 490), method("express", 1200)],
    };
    let rates = vec![(Area::country("DE"), 1900), (Area::EVERYWHERE, 0)];
    Contents {
        terms: Terms {
            shop_name: "Tessel".into(),
            base_url: "http://shop.test".into(),
            languages: vec!["en".into(), "de".into()],
            currencies: vec![Currency::parse("EUR").expect("a currency")],
            tax: TaxRules {
                prices_include_tax: true,
                markets: vec![],
                default_country: Some("DE".into()),
                classes: [("standard".to_owned(), rates)].into(),
            },
            shipping: ShippingRules { tax: ShippingTax::default(), zones: vec![zone] },
            discounts: vec![],
            gateways: vec![Gateway::Sandbox],
            terms_url: None,
            max_quantity: 20,
            low_stock: 5,
            max_open_per_client: 5,
            downloads: DownloadRules::default(),
            contact_email: None,
            seller: None,
        },
        variants: vec![
            VariantRecord { stock: Some(5), ..variant("MUG", "mug", 2000) },
            VariantRecord { stock: Some(1), ..variant("LAST", "mug", 2500) },
            variant("BOWL", "bowl", 3000),
            VariantRecord { discontinued: true, ..variant("GONE", "bowl", 100) },
            VariantRecord {
                delivery: Delivery::Digital,
                files: vec![DigitalFile { file: "pack.zip".into(), title: Some("The pack".into()) }],
                ..variant("PACK", "pack", 900)
            },
            VariantRecord { delivery: Delivery::Service, ..variant("FREE", "free", 0) },
            VariantRecord {
                open_options: vec![OpenOption { name: "Frame".into(), values: vec!["Oak".into(), "None".into()] }],
                ..variant("PRINT", "print", 1500)
            },
        ],
        products: vec![
            ProductRecord {
                product: ProductId::parse("mug").expect("an id"),
                skus: vec![Sku::parse("MUG").expect("a sku"), Sku::parse("LAST").expect("a sku")],
            },
            ProductRecord { product: ProductId::parse("bowl").expect("an id"), skus: vec![Sku::parse("BOWL").expect("a sku")] },
        ],
        shells: ["en", "de"].map(|l| (l.to_owned(), format!("<html lang={l}><title>{SHELL_TITLE}</title>{SHELL_MARKER}</html>"))).into(),
        headers: vec![],
        mail: mail_kit(),
    }
}

/// Mail that says its kind, and little else.
fn mail_kit() -> MailKit {
    let mut kit = MailKit::default();
    for kind in MailKind::ALL {
        let source = "{{ t(key='mail.hello') }} {{ order.number }} {{ order.total }} {{ order.url }} \
            {% if parcel %}{{ parcel.tracking }}{% endif %}{% if refund %}{{ refund.amount }}{% endif %}{% if attention %}{{ attention }}{% endif %}";
        kit.templates.insert(format!("{}.txt", kind.name()), source.into());
        kit.templates.insert(format!("{}.html", kind.name()), format!("<p>{source}</p>"));
        for language in ["en", "de"] {
            let texts = kit.texts.entry(language.to_owned()).or_default();
            texts.insert("mail.hello".into(), Text::Plain(if language == "de" { "Hallo" } else { "Hello" }.into()));
            texts.insert(kind.subject_key(), Text::Plain(format!("{} {{number}}", kind.name())));
        }
    }
    kit
}

/// The shop's bundle, changed a little.
pub(crate) fn bundle(change: impl FnOnce(&mut Contents)) -> BTreeMap<String, Vec<u8>> {
    let mut contents = contents();
    change(&mut contents);
    encode(&contents)
}
