//! Changes of items: planned against what is there, so that a transaction can be refused before anything is done.

use serde_json::{Value, json};

use super::expression::Expressions;
use super::rows::{Key, Rows};
use super::{Item, Refusal, members};

const PUT: [&str; 5] = ["TableName", "Item", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"];
const UPDATE: [&str; 7] = [
    "TableName",
    "Key",
    "UpdateExpression",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValues",
];

const DELETE: [&str; 5] = ["TableName", "Key", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"];

/// What a change comes to.
pub(super) enum Planned {
    /// The item is this.
    Item(Item),
    /// There is no item.
    Gone(Key),
}

impl Planned {
    /// Does it.
    pub(super) fn done(self, rows: &mut Rows) -> Result<(), Refusal> {
        match self {
            Self::Item(item) => rows.put(item),
            Self::Gone(key) => {
                rows.remove(&key);
                Ok(())
            }
        }
    }
}

/// One change by itself.
pub(super) fn one(rows: &mut Rows, target: &str, request: &Value) -> Result<Value, Refusal> {
    let planned = plan(rows, target.trim_end_matches("Item"), request)?;
    let answer = match (request["ReturnValues"].as_str(), &planned) {
        (Some("ALL_NEW"), Planned::Item(item)) => json!({ "Attributes": item }),
        (Some(other), _) => panic!("the table in this process does not know how to return {other}"),
        (None, _) => json!({}),
    };
    planned.done(rows)?;
    Ok(answer)
}

/// The item that a change names.
pub(super) fn key_of(rows: &Rows, kind: &str, action: &Value) -> Result<Key, Refusal> {
    rows.key(&action[if kind == "Put" { "Item" } else { "Key" }])
}

/// Why an action of a transaction was refused, in the service's words.
pub(super) fn reason(refusal: &Refusal) -> &'static str {
    if matches!(refusal, Refusal::Condition) { "ConditionalCheckFailed" } else { "ValidationError" }
}

/// What a change comes to, if its condition holds.
pub(super) fn plan(rows: &Rows, kind: &str, action: &Value) -> Result<Planned, Refusal> {
    let known: &[&str] = match kind {
        "Put" => &PUT,
        "Delete" => &DELETE,
        _ => &UPDATE,
    };
    members(action, known);
    let key = key_of(rows, kind, action)?;
    let found = rows.get(&key);
    let mut expressions = Expressions::of(action);
    let condition = expressions.test("ConditionExpression")?;
    let update = expressions.update()?;
    expressions.all_used()?;
    if condition.is_some_and(|condition| !condition.holds(found)) {
        return Err(Refusal::Condition);
    }
    match kind {
        "Put" => return Ok(Planned::Item(action["Item"].as_object().expect("an item is an object").clone())),
        "Delete" => return Ok(Planned::Gone(key)),
        _ => {}
    }
    let before = found.cloned().unwrap_or_else(|| action["Key"].as_object().expect("a key is an object").clone());
    let update = update.ok_or_else(|| Refusal::Invalid("what is to change is not said".into()))?;
    update.applied_to(&before, rows.key_names()).map(Planned::Item)
}
