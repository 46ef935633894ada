//! Parts that the function's pages share: the table of lines, the totals, addresses, small form parts.

use catalog::money::Money;
use catalog::quote::{Quote, QuoteLine};

use super::countries;
use super::html::Html;
use crate::ports::Address;
use crate::shop::Shop;

/// The lines and the totals of a quote. `due_name` names what gift cards leave to be paid.
pub(super) fn quote(h: &mut Html, shop: &Shop, quote: &Quote, due_name: &str) {
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
    totals(h, quote, due_name);
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
                None => h.text(line.name()),
            });
            if !line.options.is_empty() {
                let options: Vec<_> = line.options.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                h.el("span", &[("class", "lines__options")], |h| h.text(&options.join(", ")));
            }
            if let Some(from) = line.ships_from {
                h.el("span", &[("class", "lines__options lines__ships")], |h| h.text(&format!("Ships from {}", day(from))));
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

/// The quote's numbers as rows that sum to what is to be paid. A discount may be one of the price of sending, so that price
/// stands before what is taken off.
fn totals(h: &mut Html, quote: &Quote, due_name: &str) {
    h.el("dl", &[("class", "totals")], |h| {
        total(h, "Subtotal", &money(quote, quote.subtotal));
        if quote.needs_shipping {
            let shipping = match quote.shipping.map(|price| price + quote.shipping_discount) {
                Some(0) => "Free".to_owned(),
                Some(price) => money(quote, price),
                None => "—".to_owned(),
            };
            total(h, "Shipping", &shipping);
        }
        for discount in quote.discounts.iter().filter(|discount| discount.amount > 0) {
            total(h, &discount.title, &money(quote, -discount.amount));
        }
        if !quote.tax_included {
            taxes(h, quote, "Tax");
        }
        if quote.gift_cards.is_empty() {
            due(h, "Total", quote);
        } else {
            total(h, "Total", &money(quote, quote.total));
            for card in &quote.gift_cards {
                total(h, &format!("Gift card …{}", card.ends_in), &money(quote, -card.amount));
            }
            due(h, due_name, quote);
        }
        if quote.tax_included {
            taxes(h, quote, "Tax included");
        }
    });
}

fn total(h: &mut Html, name: &str, amount: &str) {
    h.el("div", &[], |h| {
        h.el("dt", &[], |h| h.text(name));
        h.el("dd", &[("class", "num")], |h| h.text(amount));
    });
}

fn due(h: &mut Html, name: &str, quote: &Quote) {
    h.el("div", &[("class", "totals__due")], |h| {
        h.el("dt", &[], |h| h.text(name));
        h.el("dd", &[("class", "num")], |h| h.text(&money(quote, quote.due)));
    });
}

fn taxes(h: &mut Html, quote: &Quote, name: &str) {
    for row in &quote.taxes {
        total(h, &format!("{name}, {}", rate(row.rate_bp)), &money(quote, row.tax));
    }
}

/// Basis points as a percentage: `19%`, `25.5%`.
fn rate(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let decimals = format!("{rest:02}");
    match decimals.trim_end_matches('0') {
        "" => format!("{whole}%"),
        decimals => format!("{whole}.{decimals}%"),
    }
}

/// The day of an instant, UTC: `24 December 2026`.
pub(super) fn day(second: i64) -> String {
    jiff::Timestamp::from_second(second).map_or_else(|_| String::new(), |instant| instant.strftime("%-d %B %Y").to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_days_are_written_shortly() {
        assert_eq!([1900, 2550, 810, 5, 0].map(rate), ["19%", "25.5%", "8.1%", "0.05%", "0%"]);
        assert_eq!(day(1_780_000_000), "28 May 2026");
    }
}
