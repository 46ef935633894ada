//! Everything that a table in this process holds at one moment, for simulations to check.

use serde_json::Value;

use super::in_process::{InProcess, Item};
use crate::ports::StockCount;
use crate::simulation::books::{Books, Card, Known};

fn integer(item: &Item, name: &str) -> i64 {
    let number = item.get(name).and_then(|value| value["N"].as_str()).and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("`{name}` is no number in {item:?}"))
}

fn words<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value["S"].as_str()).unwrap_or_else(|| panic!("`{name}` is no text in {item:?}"))
}

impl InProcess {
    /// All orders, counts, uses and cards of a table.
    pub(crate) fn inspect(&self, table: &str, known: &mut Known) -> Books {
        let mut books = Books::default();
        self.each(table, |item| note(item, known, &mut books));
        books.orders.sort_by(|a, b| (a.order.created_at, &a.order.id).cmp(&(b.order.created_at, &b.order.id)));
        books
    }
}

fn note(item: &Item, known: &mut Known, books: &mut Books) {
    let of = |name: &str| integer(item, name);
    let (pk, sk) = (words(item, "pk"), words(item, "sk"));
    let Some((kind, name)) = pk.split_once('#') else { return };
    match (kind, sk) {
        ("ORDER", "META") => {
            let version = of("version");
            books.orders.push(known.order(name, version, words(item, "record")));
        }
        ("SKU", "S#0") => {
            let (available, reserved, sold, sent) = (of("available"), of("reserved"), of("sold"), of("sent"));
            let count = StockCount { available, reserved, sold, sent, stocked: of("stocked"), seed: of("seed") };
            books.counts.insert(name.to_owned(), count);
        }
        ("DISC", _) => {
            let (discount, customer) = name.split_once('#').unwrap_or((name, ""));
            books.uses.insert((discount.to_owned(), customer.to_owned()), of("used"));
        }
        ("GIFT", "CARD") => {
            let (issued, balance, reserved) = (of("issued"), of("balance"), of("reserved"));
            let is_void = item.get("void").is_some_and(|void| void["BOOL"] == Value::Bool(true));
            let card = Card { issued, balance, reserved, spent: of("spent"), voided: of("voided"), is_void };
            books.cards.insert(name.to_owned(), card);
        }
        ("ORDER", letter) if letter.starts_with("OUT#") => books.owed += 1,
        _ => {}
    }
}
