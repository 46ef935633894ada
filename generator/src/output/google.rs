//! The product feed for Google Merchant Center: RSS 2.0 with Google's own elements, one item for each variant.
//!
//! Only what files say stands in it: stock is counted in the store, and Google learns it from a feed of the merchant's.

use std::fmt::Write as _;
use std::sync::Arc;

use catalog::area::Destination;
use catalog::bundle::Delivery;
use catalog::currency::Currency;
use catalog::money::Money;
use catalog::product::{Kind, Measure, Unit, Variant, Window};
use catalog::shipping::Parcel;
use quick_xml::escape::escape;
use rayon::prelude::*;

use super::{File, bundle, html, picture, xml};
use crate::index::merchant::{self, MAX_TITLE, is_goods};
use crate::parse::product::{AgeGroup, Condition, Gender};
use crate::parse::settings::{GoogleFeed, OptionMeaning};
use crate::pictures::Copy;
use crate::present::{values_that_mean, variant_url};
use crate::site::found::Availability;
use crate::site::{Site, SiteProduct};

/// Google's limits in characters, and in pictures beside the first.
const MAX_DESCRIPTION: usize = 5000;
const MAX_PICTURES: usize = 10;
/// So many products are written at once on one thread.
const CHUNK: usize = 256;

/// Where the feed is, below a language's address.
const PATH: &str = "/feeds/google.xml";

/// The feeds of all languages; none where the settings want none, and for a shop that shall not be found.
pub(super) fn feeds(sites: &[Arc<Site>]) -> Vec<File> {
    let Some(feed) = feed(sites) else { return Vec::new() };
    let of = |site: &Arc<Site>| {
        let path = format!("{}{PATH}", site.settings.prefix).trim_start_matches('/').to_owned();
        (path, Writer { site, feed, currency: site.settings.currency }.write().into_bytes())
    };
    sites.iter().map(of).collect()
}

fn feed(sites: &[Arc<Site>]) -> Option<&GoogleFeed> {
    let site = sites.first().filter(|site| !site.settings.noindex)?;
    site.settings.found.google.as_ref()
}

/// The copies of pictures that the feeds name.
pub(super) fn copies(sites: &[Arc<Site>]) -> Vec<Copy> {
    let Some(site) = sites.first().filter(|_| feed(sites).is_some()) else { return Vec::new() };
    let files = goods(site).flat_map(|product| product.pictures.iter().filter_map(|shown| shown.file.as_deref()));
    files.filter_map(|file| Some(picture(site, file)?.1)).collect()
}

/// What is in a feed: goods that are written in its language, and not left out.
fn goods(site: &Site) -> impl Iterator<Item = &SiteProduct> {
    let products = site.products.values().map(|product| &**product);
    products.filter(|product| product.tongue.is_native && !product.google.leave_out && is_goods(&product.product))
}

/// A feed in one language, in the currency in which the pages say their prices.
struct Writer<'a> {
    site: &'a Site,
    feed: &'a GoogleFeed,
    currency: Currency,
}

impl Writer<'_> {
    fn write(&self) -> String {
        let site = self.site;
        let goods: Vec<&SiteProduct> = goods(site).collect();
        let items: Vec<String> = goods
            .par_chunks(CHUNK)
            .map(|products| {
                let mut text = String::new();
                for product in products {
                    for variant in &product.product.variants {
                        self.item(&mut text, product, variant);
                    }
                }
                text
            })
            .collect();
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n<channel>\n\
             <title>{}</title>\n<link>{}</link>\n<description>{}</description>\n",
            clean(&site.settings.name),
            clean(&site.absolute("/")),
            clean(&site.settings.description),
        );
        let mut text = String::with_capacity(head.len() + items.iter().map(String::len).sum::<usize>() + 64);
        text.push_str(&head);
        text.extend(items);
        text.push_str("</channel>\n</rss>\n");
        text
    }

    fn item(&self, text: &mut String, product: &SiteProduct, variant: &Variant) {
        let Some(regular) = variant.pricing.prices.get(&self.currency).copied() else { return };
        let site = self.site;
        text.push_str("<item>\n");
        let mut say = |name: &str, value: &str| {
            if !value.is_empty() {
                // Writing to a `String` cannot fail.
                let _ = writeln!(text, "<g:{name}>{}</g:{name}>", clean(value));
            }
        };
        say("id", variant.sku.as_str());
        say("title", &Self::title(product, variant));
        say("description", html::cut(&description(product), MAX_DESCRIPTION));
        say("link", &variant_url(site.absolute(&product.path), &product.product, variant));
        let mut pictures = pictures(site, product, variant).into_iter();
        say("image_link", &pictures.next().unwrap_or_default());
        pictures.take(MAX_PICTURES).for_each(|url| say("additional_image_link", &url));
        availability(&mut say, product, variant);
        self.prices(&mut say, product, variant, regular);
        self.numbers(&mut say, product, variant);
        say(
            "condition",
            match product.condition {
                Condition::New => "new",
                Condition::Refurbished => "refurbished",
                Condition::Used => "used",
            },
        );
        say("google_product_category", &self.category(product));
        say("product_type", &product_type(site, product));
        if product.product.variants.len() > 1 {
            say("item_group_id", product.id());
        }
        self.looks(&mut say, product, variant);
        size(&mut say, product, variant);
        if let Kind::Bundle { components } = &product.product.kind {
            // Several of the same are a pack, different things a bundle.
            match &components[..] {
                [one] if one.quantity > 1 => say("multipack", &one.quantity.to_string()),
                [_] => {}
                _ => say("is_bundle", "yes"),
            }
        }
        product.google.labels.iter().enumerate().for_each(|(place, label)| say(&format!("custom_label_{place}"), label));
        self.shipping(text, product, variant, regular);
        text.push_str("</item>\n");
    }

    /// The values of options stay, because they tell variants apart.
    fn title(product: &SiteProduct, variant: &Variant) -> String {
        let (title, values) = merchant::title(product, variant);
        let room = MAX_TITLE.saturating_sub(values.chars().count());
        let whole = format!("{}{values}", html::cut(&title, room));
        html::cut(&whole, MAX_TITLE).to_owned()
    }

    /// A sale is told with its time, so that the feed is right before it, in it and after it.
    fn prices(&self, say: &mut impl FnMut(&str, &str), product: &SiteProduct, variant: &Variant, regular: i64) {
        let reduced = self.reduced(product, variant);
        let former = variant.pricing.compare_at.get(&self.currency).copied();
        match (reduced, former) {
            (Some((price, window)), _) => {
                say("price", &self.amount(regular));
                say("sale_price", &self.amount(price));
                if window.from.is_some() || window.until.is_some() {
                    // Both ends have to be there: these are beyond any sale.
                    let from = window.from.map_or_else(|| "2000-01-01T00:00:00Z".to_owned(), instant);
                    let until = window.until.map_or_else(|| "2099-12-31T23:59:59Z".to_owned(), |until| instant(until - 1));
                    say("sale_price_effective_date", &format!("{from}/{until}"));
                }
            }
            (None, Some(former)) => {
                say("price", &self.amount(former));
                say("sale_price", &self.amount(regular));
            }
            (None, None) => say("price", &self.amount(regular)),
        }
        if let (Some(contents), Some(per)) = (variant.contents, product.product.per) {
            say("unit_pricing_measure", &measure(contents));
            say("unit_pricing_base_measure", &measure(per));
        }
    }

    /// The price of a sale that is not over, and when it holds.
    fn reduced(&self, product: &SiteProduct, variant: &Variant) -> Option<(i64, Window)> {
        let sale = variant.pricing.sale.as_ref().filter(|sale| sale.window.until.is_none_or(|until| until > product.as_of))?;
        Some((*sale.prices.get(&self.currency)?, sale.window))
    }

    fn amount(&self, minor: i64) -> String {
        format!("{} {}", Money::new(minor, self.currency).to_decimal_text(), self.currency.code())
    }

    fn numbers(&self, say: &mut impl FnMut(&str, &str), product: &SiteProduct, variant: &Variant) {
        let brand = if product.brand.is_empty() { self.feed.brand.as_deref().unwrap_or_default() } else { &product.brand };
        say("brand", brand);
        match product.codes.get(variant.sku.as_str()) {
            Some(codes) => {
                say("gtin", &codes.gtin);
                say("mpn", &codes.mpn);
            }
            None if self.feed.own_goods => say("identifier_exists", "no"),
            None => {}
        }
    }

    /// What the product says, else the nearest category that says something, else the feed.
    fn category(&self, product: &SiteProduct) -> String {
        if let Some(own) = &product.google.category {
            return own.clone();
        }
        let mut key = product.categories.first().map(String::as_str);
        while let Some(folder) = key {
            if let Some(category) = self.site.categories.get(folder).filter(|category| !category.google_category.is_empty()) {
                return category.google_category.clone();
            }
            key = (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(parent, _)| parent));
        }
        self.feed.category.clone().unwrap_or_default()
    }

    /// What the shop's options mean, and for whom clothes are.
    fn looks(&self, say: &mut impl FnMut(&str, &str), product: &SiteProduct, variant: &Variant) {
        for (name, meaning) in [
            ("color", OptionMeaning::Colour),
            ("size", OptionMeaning::Size),
            ("material", OptionMeaning::Material),
            ("pattern", OptionMeaning::Pattern),
        ] {
            // Of several of a kind, such as the colours of a cup and of its rim, Google wants one list.
            say(name, &values_that_mean(&self.site.settings.found, product, variant, meaning).join("/"));
        }
        say("age_group", product.google.age_group.map(AgeGroup::name).unwrap_or_default());
        say("gender", product.google.gender.map(Gender::name).unwrap_or_default());
    }

    /// What sending one costs to the countries that the feed is for: at most, of all prices that the feed announces.
    fn shipping(&self, text: &mut String, product: &SiteProduct, variant: &Variant, regular: i64) {
        if bundle::delivery(self.site, product) != Delivery::Physical {
            return;
        }
        let sending = &product.product.sending;
        let parcel = |worth: i64| Parcel {
            worth,
            weight_g: bundle::weight_g(self.site, product, variant).into(),
            pieces: 1,
            surcharge: sending.surcharge.get(&self.currency).copied().unwrap_or(0),
            not_by: sending.not_by.iter().map(String::as_str).collect(),
        };
        let worths = || std::iter::once(regular).chain(self.reduced(product, variant).map(|(price, _)| price));
        for country in self.feed.countries.iter().map(|country| country.value.as_str()) {
            let Some(zone) = self.site.terms.shipping.zone(&Destination::new(Some(country), None, None)) else { continue };
            for method in zone.methods.iter().filter(|method| !method.is_pickup) {
                let Some(price) = worths().filter_map(|worth| method.price(self.currency, &parcel(worth))).max() else { continue };
                let service = method.title.in_language(&self.site.settings.language);
                let _ = write!(
                    text,
                    "<g:shipping><g:country>{country}</g:country><g:service>{}</g:service><g:price>{}</g:price>",
                    clean(service),
                    self.amount(price)
                );
                if let Some(days) = &method.days {
                    let (from, to) = days.split_once('-').unwrap_or((days, days));
                    let _ = write!(text, "<g:min_transit_time>{from}</g:min_transit_time><g:max_transit_time>{to}</g:max_transit_time>");
                }
                text.push_str("</g:shipping>\n");
            }
        }
    }
}

fn availability(say: &mut impl FnMut(&str, &str), product: &SiteProduct, variant: &Variant) {
    match product.availability(variant) {
        Availability::Gone | Availability::None => say("availability", "out_of_stock"),
        Availability::From(later) => {
            say("availability", "preorder");
            say("availability_date", &instant(later));
        }
        Availability::There => say("availability", "in_stock"),
    }
}

/// What a carrier asks for.
fn size(say: &mut impl FnMut(&str, &str), product: &SiteProduct, variant: &Variant) {
    if variant.weight_g > 0 {
        say("shipping_weight", &format!("{} g", variant.weight_g));
    }
    if let Some(sides) = product.dimensions {
        for (name, millimetres) in ["shipping_length", "shipping_width", "shipping_height"].into_iter().zip(sides) {
            say(name, &format!("{}.{} cm", millimetres / 10, millimetres % 10));
        }
    }
}

/// The whole text without markup, else one line.
fn description(product: &SiteProduct) -> String {
    let text = html::plain(&product.body.html());
    if text.is_empty() { if product.summary.is_empty() { &product.meta.description } else { &product.summary }.clone() } else { text }
}

/// The variant's own picture first, each once.
fn pictures(site: &Site, product: &SiteProduct, variant: &Variant) -> Vec<String> {
    let own = variant.image.into_iter().chain(0..product.pictures.len());
    let mut urls: Vec<String> = Vec::new();
    for place in own {
        let file = product.pictures.get(place).and_then(|shown| shown.file.as_deref());
        if let Some((url, _)) = file.and_then(|file| picture(site, file)).filter(|(url, _)| !urls.contains(url)) {
            urls.push(url);
        }
    }
    urls
}

/// `Kitchen > Mugs`.
fn product_type(site: &Site, product: &SiteProduct) -> String {
    let key = product.categories.first().map_or("", String::as_str);
    let ends = key.match_indices('/').map(|(at, _)| at).chain((!key.is_empty()).then_some(key.len()));
    ends.filter_map(|end| Some(site.categories.get(&key[..end])?.title.as_str())).collect::<Vec<_>>().join(" > ")
}

/// `250 ml`, in Google's units.
fn measure(measure: Measure) -> String {
    let text = measure.to_string();
    let number = text.split('\u{a0}').next().unwrap_or_default();
    let unit = match measure.unit {
        Unit::SquareMetre => "sqm",
        Unit::Piece => "ct",
        unit => unit.symbol(),
    };
    format!("{number} {unit}")
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// Escaped, and without what XML cannot hold.
fn clean(text: &str) -> String {
    xml::valid(escape(text).into_owned())
}
