//! What the shop of a history sells, and what shoppers put into their carts: few goods, so that they get in each other's way.

use std::collections::BTreeMap;

use catalog::bundle::{Contents, VariantRecord};
use serde_json::{Value, json};

use super::dice::Dice;
use crate::testing::{bundle, discount, eur, gift_card, set, variant};
use catalog::product::Pricing;

/// How many of the bowls may be sold beyond what there is.
pub(super) const BACKORDER: i64 = 2;
/// How often the code `FEW` may be used by everybody together.
pub(super) const FEW: i64 = 2;

/// Two editions of the same bundle: in the second one mugs cost more.
pub(super) type Editions = [BTreeMap<String, Vec<u8>>; 2];

/// Both.
pub(super) fn editions() -> Editions {
    [2000, 2150].map(|price| bundle(|contents| stock_up(contents, price)))
}

fn stock_up(contents: &mut Contents, price: i64) {
    contents.terms.max_open_per_client = 3;
    contents.terms.contact_email = Some("shop@example.com".into());
    let few = catalog::discount::Discount { uses: u32::try_from(FEW).ok(), ..discount("few") };
    contents.terms.discounts = vec![few, catalog::discount::Discount { uses_per_customer: Some(1), ..discount("once") }];
    for record in &mut contents.variants {
        match record.sku.as_str() {
            "MUG" => record.pricing = Pricing::at(eur(price)),
            "BOWL" => (record.stock, record.backorder) = (Some(3), u32::try_from(BACKORDER).unwrap_or(0)),
            _ => {}
        }
    }
    contents.variants.push(VariantRecord { stock: Some(2), ..variant("RARE", "rare", 700) });
    contents.variants.extend([gift_card(), set()]);
}

/// How many of a SKU may be sold beyond what there is.
pub(super) fn backorder(sku: &str) -> i64 {
    if sku == "BOWL" { BACKORDER } else { 0 }
}

/// A cart as somebody fills it; gift cards whose codes are known may pay.
pub(super) fn cart(dice: &Dice, codes: &[String]) -> Value {
    let line = |sku: &str, quantity: u64| json!({ "sku": sku, "quantity": quantity });
    let lines = match dice.roll(13) {
        0 | 1 => json!([line("MUG", 1 + dice.roll(3))]),
        2 | 3 => json!([line("LAST", 1)]),
        4 => json!([line("BOWL", 1 + dice.roll(3))]),
        5 => json!([line("SET", 1)]),
        6 => json!([line("MUG", 1), line("SET", 1), line("RARE", 1)]),
        7 | 11 => json!([line("CARD", 1 + dice.roll(2))]),
        8 => json!([line("FREE", 1)]),
        9 => json!([line("PACK", 1), line("BOWL", 1)]),
        _ => json!([line("RARE", 1 + dice.roll(2)), line("CARD", 1)]),
    };
    let discounts = match dice.roll(6) {
        0 | 1 => json!(["FEW"]),
        2 => json!(["ONCE"]),
        3 if dice.once_in(2) => json!(["FEW", "ONCE"]),
        _ => json!([]),
    };
    let cards = if dice.once_in(3) { Vec::new() } else { dice.one_of(codes).map_or_else(Vec::new, |code| vec![code.clone()]) };
    json!({ "lines": lines, "discounts": discounts, "gift_cards": cards })
}

/// The whole request of a shopper who expects a total.
pub(super) fn request(cart: &Value, buyer: u64, total: i64, replaces: Option<&str>) -> Value {
    let mut request = cart.clone();
    request["email"] = format!("buyer-{buyer}@example.com").into();
    request["ship_to"] = json!({ "name": "Mira Sol", "line1": "Hauptstr. 1", "city": "Berlin", "postcode": "10115", "country": "DE" });
    request["expected_total"] = total.into();
    request["idempotency_key"] = crate::chance::name().to_string().into();
    if let Some(replaces) = replaces {
        request["replaces"] = replaces.into();
    }
    request
}
