//! What a shopper asks for: the only input to a price that a client controls.

use std::collections::BTreeMap;

use crate::id::Sku;
use crate::terms::MAX_LINES;

/// A cart as a client sends it. Unknown keys are refused, so that a misspelt one is never silently ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    /// What is wanted.
    pub lines: Vec<CartLine>,
    /// A currency code of the shop; its default where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A language code of the shop; its default where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it goes: two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A state or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// A postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// The code of a shipping method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<String>,
    /// Discount codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<String>,
    /// Gift card codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gift_cards: Vec<String>,
}

/// One line as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartLine {
    /// The variant.
    pub sku: String,
    /// How many. Any number is read, so that 0, −1, 1.5 and 10⁹ are refused by name and not as broken JSON.
    pub quantity: serde_json::Number,
    /// What the shopper adds: the value chosen for an 'any' option, an engraving, a gift card's amount.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl CartLine {
    /// A line without fields.
    pub fn new(sku: &str, quantity: u32) -> Self {
        Self { sku: sku.to_owned(), quantity: quantity.into(), fields: BTreeMap::new() }
    }
}

/// A fault of a request, for the client: a stable code and a public text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Stable, in snake case.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// The line of the cart as it was sent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The SKU concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

impl Fault {
    /// A fault of the cart as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), line: None, sku: None }
    }

    fn at(mut self, line: usize, sku: &str) -> Self {
        self.line = Some(line);
        self.sku = Some(sku.chars().take(80).collect());
        self
    }
}

/// A line after merging: a well-formed SKU and a quantity of at least 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedLine {
    /// The variant.
    pub sku: Sku,
    /// How many, at least 1.
    pub quantity: u32,
    /// What the shopper added.
    pub fields: BTreeMap<String, String>,
}

/// The longest name or value of a line's field, in characters.
const MAX_FIELD_CHARS: usize = 200;
/// The most fields of one line.
const MAX_FIELDS: usize = 10;
/// No order has more of one thing, whatever the shop's own limit says.
const MAX_QUANTITY: u32 = 10_000;

impl Cart {
    /// Merges equal lines and sorts them by (SKU, fields); every fault is named.
    pub fn merge(&self) -> Result<Vec<MergedLine>, Vec<Fault>> {
        if self.lines.is_empty() {
            return Err(vec![Fault::new("empty_cart", "the cart is empty")]);
        }
        if self.lines.len() > MAX_LINES {
            return Err(vec![Fault::new("cart_too_large", format!("a cart has at most {MAX_LINES} lines"))]);
        }
        let mut faults = Vec::new();
        let mut merged: BTreeMap<(Sku, BTreeMap<String, String>), u32> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            match read_line(line) {
                Ok((sku, quantity)) => {
                    // A form posts its empty fields as well; they say nothing.
                    let filled = line.fields.iter().filter(|(_, value)| !value.trim().is_empty());
                    let fields = filled.map(|(name, value)| (name.clone(), value.trim().to_owned())).collect();
                    let entry = merged.entry((sku, fields)).or_default();
                    *entry = entry.saturating_add(quantity);
                }
                Err(fault) => faults.push(fault.at(index, &line.sku)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(merged.into_iter().map(|((sku, fields), quantity)| MergedLine { sku, quantity, fields }).collect())
    }
}

fn read_line(line: &CartLine) -> Result<(Sku, u32), Fault> {
    let sku = Sku::parse(&line.sku).map_err(|_| Fault::new("unknown_sku", "there is no such article"))?;
    let quantity = line.quantity.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=MAX_QUANTITY).contains(n));
    let quantity =
        quantity.ok_or_else(|| Fault::new("invalid_quantity", format!("`{}` is not a number that can be ordered", line.quantity)))?;
    let too_long = |text: &str| text.chars().count() > MAX_FIELD_CHARS || text.chars().any(char::is_control);
    if line.fields.len() > MAX_FIELDS || line.fields.iter().any(|(name, value)| too_long(name) || too_long(value)) {
        return Err(Fault::new("invalid_field", format!("a field has at most {MAX_FIELD_CHARS} characters")));
    }
    Ok((sku, quantity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cart(json: &str) -> Cart {
        serde_json::from_str(json).expect("a cart")
    }

    #[test]
    fn merges_and_sorts() {
        let merged = cart(r#"{"lines":[{"sku":"B","quantity":1},{"sku":"A","quantity":2},{"sku":"B","quantity":3}]}"#).merge();
        let lines: Vec<_> = merged.expect("a good cart").into_iter().map(|l| (l.sku.to_string(), l.quantity)).collect();
        assert_eq!(lines, [("A".to_owned(), 2), ("B".to_owned(), 4)]);
    }

    #[test]
    fn lines_with_other_fields_stay_apart() {
        let json = r#"{"lines":[{"sku":"A","quantity":1,"fields":{"Size":"L"}},{"sku":"A","quantity":1}]}"#;
        assert_eq!(cart(json).merge().expect("a good cart").len(), 2);
    }

    #[test]
    fn names_every_bad_quantity() {
        for bad in ["0", "-1", "1.5", "1000000000", "1e30"] {
            let json = format!(r#"{{"lines":[{{"sku":"A","quantity":{bad}}},{{"sku":"A","quantity":{bad}}}]}}"#);
            let faults = cart(&json).merge().expect_err(bad);
            assert_eq!(
                faults.iter().map(|f| (f.code, f.line)).collect::<Vec<_>>(),
                [("invalid_quantity", Some(0)), ("invalid_quantity", Some(1))]
            );
        }
        assert!(serde_json::from_str::<Cart>(r#"{"lines":[],"total":1}"#).is_err(), "unknown keys are refused");
        let many = Cart { lines: vec![CartLine::new("A", 1); MAX_LINES + 1], ..Cart::default() };
        assert_eq!(many.merge().expect_err("too large")[0].code, "cart_too_large");
    }
}
