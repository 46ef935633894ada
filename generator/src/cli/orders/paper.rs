//! Papers about an order as pages that a browser prints: each a file of its own, with its styles in it and nothing else to load.
//! Everything that is not ours is escaped.

use std::fmt::Write as _;

use catalog::currency::Currency;
use checkout_fn::merchant::{Buyer, Paper, PaperLine, Slip, SlipLine};
use checkout_fn::ports::Address;
use generator::locale::{self, Formats};
use jiff::Timestamp;
use pulldown_cmark_escape::escape_html;

use super::words::{self, Words};

const STYLES: &str = include_str!("paper.css");

/// Text as HTML.
fn e(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_html(&mut html, text).expect("a string takes everything");
    html
}

/// How one language writes what stands on a paper.
struct Style {
    words: &'static Words,
    formats: Formats,
    currency: Option<Currency>,
}

impl Style {
    fn new(language: &str, currency: Option<Currency>) -> Self {
        let words = words::of(language);
        // Words and numbers are of one language, also where the buyer's is another.
        let written = if language.starts_with(words.language) { language } else { words.language };
        Self { words, formats: Formats::new(written, currency.into_iter()), currency }
    }

    fn money(&self, minor: i64) -> String {
        self.currency.map_or_else(String::new, |currency| e(&self.formats.price(minor, currency)))
    }

    /// Taken off.
    fn less(&self, minor: i64) -> String {
        format!("−{}", self.money(minor))
    }

    fn day(&self, at: Timestamp) -> String {
        e(&self.formats.date(at.as_second()))
    }

    /// `19 %`, `8,1 %`
    fn rate(&self, basis_points: u32) -> String {
        let digits = format!("{}.{:02}", basis_points / 100, basis_points % 100);
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        if self.words.language == "de" { format!("{}\u{a0}%", digits.replace('.', ",")) } else { format!("{digits}%") }
    }

    fn country(&self, code: &str) -> String {
        let known = catalog::country::COUNTRIES.iter().copied().filter(|(known, _)| *known == code);
        let found = locale::countries(self.words.language, known).into_iter().next();
        found.map_or_else(|| code.to_owned(), |country| country.name)
    }

    fn address(&self, address: &Address) -> String {
        let joined = |parts: &[Option<&str>]| parts.iter().flatten().copied().collect::<Vec<_>>().join(" ");
        let town = joined(&[address.postcode.as_deref(), Some(&address.city), address.region.as_deref()]);
        let line2 = address.line2.clone().unwrap_or_default();
        lines(&[address.name.clone(), address.line1.clone(), line2, town, self.country(&address.country)])
    }
}

fn lines(lines: &[String]) -> String {
    lines.iter().filter(|line| !line.trim().is_empty()).map(|line| e(line)).collect::<Vec<_>>().join("<br>")
}

fn page(style: &Style, title: &str, is_test: bool, body: &str) -> String {
    let Words { language, test, .. } = style.words;
    let test = if is_test { format!("<p class=\"test\">{}</p>\n", e(test)) } else { String::new() };
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{}</title>\n<style>\n{STYLES}</style>\n</head>\n<body>\n{test}{body}</body>\n</html>\n",
        e(title)
    )
}

fn facts(facts: &[(&str, String)]) -> String {
    let shown = facts.iter().filter(|(_, value)| !value.is_empty());
    let rows: String = shown.map(|(name, value)| format!("<div><dt>{}</dt><dd>{value}</dd></div>", e(name))).collect();
    format!("<dl class=\"facts\">{rows}</dl>\n")
}

fn seller(style: &Style, seller: &catalog::terms::Seller) -> String {
    let rest = lines(&seller.address);
    format!(
        "<address class=\"seller\"><strong>{}</strong>{rest}<br>{} {}</address>",
        e(&seller.name),
        e(style.words.tax_id),
        e(&seller.tax_id)
    )
}

fn options(options: &[(String, String)]) -> String {
    let shown = options.iter().map(|(name, value)| format!("<small>{}: {}</small>", e(name), e(value)));
    shown.collect()
}

/// An invoice or a credit note.
pub(super) fn invoice(paper: &Paper) -> String {
    let style = Style::new(&paper.language, Currency::parse(&paper.currency));
    let words = style.words;
    let kind = if paper.credits.is_some() { words.credit_note } else { words.invoice };
    let mut body = format!("<header>{}{}</header>\n", buyer(&style, paper.buyer.as_ref()), seller(&style, &paper.seller));
    let _ = writeln!(body, "<h1>{} <span>{}</span></h1>", e(kind), e(&paper.number));
    let of_invoice = paper.credits.as_ref().map(|(number, at)| format!("{}, {}", e(number), style.day(*at)));
    let paid = paper.paid_at.filter(|_| paper.credits.is_none()).map(|at| style.day(at));
    body += &facts(&[
        (words.date, style.day(paper.at)),
        (words.for_invoice, of_invoice.unwrap_or_default()),
        (words.order, e(&paper.order)),
        (words.order_date, style.day(paper.ordered_at)),
        (words.paid_on, paid.unwrap_or_default()),
        (words.reason, e(paper.reason.as_deref().unwrap_or_default())),
    ]);
    body += &invoice_lines(&style, paper);
    body += &sums(&style, paper);
    body += &taxes(&style, paper);
    page(&style, &format!("{kind} {}", paper.number), paper.is_test, &body)
}

fn buyer(style: &Style, buyer: Option<&Buyer>) -> String {
    let text = match buyer {
        None => format!("<span class=\"remark\">{}</span>", e(style.words.erased)),
        Some(Buyer { address: Some(address), .. }) => style.address(address),
        Some(Buyer { address: None, email }) => e(email),
    };
    format!("<address>{text}</address>")
}

fn invoice_lines(style: &Style, paper: &Paper) -> String {
    if paper.lines.is_empty() {
        return String::new();
    }
    let words = style.words;
    let with_unit = paper.lines.iter().any(|line| line.unit_price.is_some());
    let unit = |text: &str| if with_unit { format!("<td class=\"num unit\">{text}</td>") } else { String::new() };
    let row = |line: &PaperLine| {
        format!(
            "<tr><td>{}{}</td><td class=\"num\">{}</td>{}<td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
            e(&line.title),
            options(&line.options),
            line.quantity,
            unit(&line.unit_price.map(|price| style.money(price)).unwrap_or_default()),
            style.rate(line.tax_rate_bp),
            style.money(line.amount)
        )
    };
    let unit_head = if with_unit { format!("<th class=\"num unit\">{}</th>", e(words.unit_price)) } else { String::new() };
    format!(
        "<table class=\"lines\"><thead><tr><th>{}</th><th class=\"num\">{}</th>{unit_head}<th class=\"num\">{}</th><th class=\"num\">{}</th>\
         </tr></thead>\n<tbody>\n{}</tbody></table>\n",
        e(words.item),
        e(words.quantity),
        e(words.tax_rate),
        e(words.amount),
        paper.lines.iter().map(row).collect::<String>()
    )
}

fn sums(style: &Style, paper: &Paper) -> String {
    let words = style.words;
    let is_credit = paper.credits.is_some();
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    if !paper.discounts.is_empty() || paper.shipping.is_some() || !paper.tax_included || paper.other != 0 {
        if !paper.lines.is_empty() {
            rows.push(("", e(words.subtotal), style.money(paper.subtotal)));
        }
        rows.extend(paper.discounts.iter().map(|(title, amount)| ("", e(title), style.less(*amount))));
        rows.extend(paper.shipping.map(|price| ("", e(words.shipping), style.money(price))));
        if paper.other != 0 {
            rows.push(("", e(words.other), style.money(paper.other)));
        }
        if !paper.tax_included {
            let taxes = paper.taxes.iter().filter(|sum| sum.tax != 0);
            rows.extend(taxes.map(|sum| ("", format!("{} {}", e(words.tax), style.rate(sum.rate_bp)), style.money(sum.tax))));
        }
    }
    rows.push((" class=\"total\"", e(if is_credit { words.total_back } else { words.total }), style.money(paper.total)));
    if paper.gift_cards != 0 {
        let title = if is_credit { words.onto_gift_card } else { words.by_gift_card };
        rows.push((" class=\"remark\"", e(title), style.money(paper.gift_cards)));
    }
    let rows: String =
        rows.into_iter().map(|(class, name, value)| format!("<div{class}><dt>{name}</dt><dd>{value}</dd></div>\n")).collect();
    format!("<dl class=\"sums\">\n{rows}</dl>\n")
}

fn taxes(style: &Style, paper: &Paper) -> String {
    let words = style.words;
    let heads = [words.tax_rate, words.net, words.tax, words.gross].map(|head| format!("<th class=\"num\">{}</th>", e(head))).concat();
    let row = |sum: &catalog::by_rate::RateSum| {
        let cells = [style.rate(sum.rate_bp), style.money(sum.net), style.money(sum.tax), style.money(sum.gross)];
        format!("<tr>{}</tr>\n", cells.map(|cell| format!("<td class=\"num\">{cell}</td>")).concat())
    };
    let included = if paper.tax_included { format!("<p class=\"remark\">{}</p>\n", e(words.included)) } else { String::new() };
    let rows: String = paper.taxes.iter().map(row).collect();
    format!("<table class=\"taxes\"><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n{included}")
}

/// A slip for the parcel, without prices.
pub(super) fn slip(slip: &Slip) -> String {
    let style = Style::new(&slip.language, None);
    let words = style.words;
    let to = slip.ship_to.as_ref().map_or_else(String::new, |address| format!("<address>{}</address>", style.address(address)));
    let from = slip.seller.as_ref().map_or_else(String::new, |seller| {
        format!("<address class=\"seller\"><strong>{}</strong>{}</address>", e(&seller.name), lines(&seller.address))
    });
    let mut body = format!("<header>{to}{from}</header>\n<h1>{} <span>{}</span></h1>\n", e(words.slip), e(&slip.order));
    body += &facts(&[
        (words.order_date, style.day(slip.ordered_at)),
        (words.method, e(slip.method.as_deref().unwrap_or_default())),
        (words.note, e(slip.note.as_deref().unwrap_or_default())),
    ]);
    let row = |line: &SlipLine| {
        let parts = line.parts.iter().map(|(sku, pieces)| format!("{pieces} × {}", e(sku))).collect::<Vec<_>>().join(", ");
        let parts = if parts.is_empty() { parts } else { format!("<small>{} {parts}</small>", e(words.contains)) };
        format!(
            "<tr><td>{}<small>{}</small>{}{parts}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
            e(&line.title),
            e(&line.sku),
            options(&line.options),
            line.ordered,
            line.to_send
        )
    };
    let rows: String = slip.lines.iter().map(row).collect();
    let _ = writeln!(
        body,
        "<table><thead><tr><th>{}</th><th class=\"num\">{}</th><th class=\"num\">{}</th></tr></thead>\n<tbody>\n{rows}</tbody></table>",
        e(words.item),
        e(words.ordered),
        e(words.to_send)
    );
    page(&style, &format!("{} {}", words.slip, slip.order), slip.is_test, &body)
}
