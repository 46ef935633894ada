//! Parts that the function's pages share: the table of lines, the totals, addresses, small form parts.

use catalog::money::Money;
use catalog::quote::{Quote, QuoteLine};

use super::countries;
use super::html::Html;
use crate::ports::Address;
use crate::shop::Shop;

/// The lines and the totals of a quote.
pub(super) fn quote(h: &mut Html, shop: &Shop, quote: &Quote) {
    h.el("table", &[("class", "lines")], |h| {
        h.el("thead", &[], |h| {
            h.el("tr", &[], |h| {
                // A cell of its own, because narrow pages leave the pictures out.
                h.el("td", &[("class", "lines__picture")], |_| {});
                h.el("th", &[("scope", "col")], |h| h.text("Article"));
                h.el("th", &[("scope", "col"), ("class", "num")], |h| h.text("Quantity"));
                h.el("th", &[("scope", "col"), ("class", "num")], |h| h.text("Price"));
            });
        });
        h.el("tbody", &[], |h| {
            for line in &quote.lines {
                row(h, shop, quote, line);
            }
        });
    });
    totals(h, quote);
}

fn row(h: &mut Html, shop: &Shop, quote: &Quote, line: &QuoteLine) {
    h.el("tr", &[], |h| {
        h.el("td", &[("class", "lines__picture")], |h| {
            if let Some(image) = &line.image {
                let src = address(shop, image);
                h.void("img", &[("src", &src), ("alt", ""), ("width", "64"), ("height", "64")]);
            }
        });
        h.el("td", &[], |h| {
            h.el("span", &[("class", "lines__title")], |h| match &line.url {
                Some(url) => h.el("a", &[("href", &address(shop, url))], |h| h.text(&line.title)),
                None => h.text(if line.title.is_empty() { &line.sku } else { &line.title }),
            });
            if !line.options.is_empty() {
                let options: Vec<_> = line.options.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                h.el("span", &[("class", "lines__options")], |h| h.text(&options.join(", ")));
            }
        });
        h.el("td", &[("class", "lines__quantity num")], |h| h.text(&line.quantity.to_string()));
        h.el("td", &[("class", "num")], |h| h.text(&money(quote, line.total)));
    });
}

/// Addresses in the bundle are full ones, or begin at the shop's root.
pub(super) fn address(shop: &Shop, url: &str) -> String {
    let base_path = shop.path("");
    let is_below = url.strip_prefix(base_path.as_str()).is_some_and(|rest| rest.starts_with('/'));
    if url.starts_with('/') && !is_below { shop.path(url) } else { shop.stay(url) }
}

fn totals(h: &mut Html, quote: &Quote) {
    let line = |h: &mut Html, name: &str, amount: &str, is_due: bool| {
        let class: &[(&str, &str)] = if is_due { &[("class", "totals__due")] } else { &[] };
        h.el("div", class, |h| {
            h.el("dt", &[], |h| h.text(name));
            h.el("dd", &[("class", "num")], |h| h.text(amount));
        });
    };
    h.el("dl", &[("class", "totals")], |h| {
        line(h, "Subtotal", &money(quote, quote.subtotal), false);
        if quote.discount_total != 0 {
            line(h, "Discounts", &money(quote, -quote.discount_total), false);
        }
        if quote.needs_shipping {
            let shipping = match quote.shipping {
                Some(0) => "Free".to_owned(),
                Some(price) => money(quote, price),
                None => "—".to_owned(),
            };
            line(h, "Shipping", &shipping, false);
        }
        if quote.tax_total != 0 {
            let name = if quote.tax_included { "Tax included" } else { "Tax" };
            line(h, name, &money(quote, quote.tax_total), false);
        }
        line(h, "Total", &money(quote, quote.due), true);
    });
}

/// An amount of the quote, for people.
pub(super) fn money(quote: &Quote, minor: i64) -> String {
    Money::new(minor, quote.currency).to_string()
}

/// A postal address, a line each.
pub(super) fn postal(h: &mut Html, address: &Address) {
    let town = [address.postcode.as_deref(), Some(address.city.as_str()), address.region.as_deref()];
    let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let country = countries::name(&address.country);
    let lines = [Some(address.name.as_str()), Some(address.line1.as_str()), address.line2.as_deref(), Some(&town), Some(country)];
    h.el("address", &[("class", "order__address")], |h| {
        for (i, line) in lines.into_iter().flatten().enumerate() {
            if i > 0 {
                h.void("br", &[]);
            }
            h.text(line);
        }
    });
}

/// An invisible field.
pub(crate) fn hidden(h: &mut Html, name: &str, value: &str) {
    h.void("input", &[("type", "hidden"), ("name", name), ("value", value)]);
}
