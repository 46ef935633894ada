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

/// One change by itself.
pub(super) fn one(rows: &mut Rows, target: &str, request: &Value) -> Result<Value, Refusal> {
    if target == "DeleteItem" {
        members(request, &["TableName", "Key"]);
        let key = rows.key(&request["Key"])?;
        rows.remove(&key);
        return Ok(json!({}));
    }
    let item = plan(rows, target.trim_end_matches("Item"), request)?;
    let answer = match request["ReturnValues"].as_str() {
        Some("ALL_NEW") => json!({ "Attributes": item }),
        Some(other) => panic!("the table in this process does not know how to return {other}"),
        None => json!({}),
    };
    rows.put(item)?;
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

/// The item as a change makes it, if its condition holds.
pub(super) fn plan(rows: &Rows, kind: &str, action: &Value) -> Result<Item, Refusal> {
    members(action, if kind == "Put" { &PUT } else { &UPDATE });
    let found = rows.get(&key_of(rows, kind, action)?);
    let mut expressions = Expressions::of(action);
    let condition = expressions.test("ConditionExpression")?;
    let update = expressions.update()?;
    expressions.all_used()?;
    if condition.is_some_and(|condition| !condition.holds(found)) {
        return Err(Refusal::Condition);
    }
    if kind == "Put" {
        return Ok(action["Item"].as_object().expect("an item is an object").clone());
    }
    let before = found.cloned().unwrap_or_else(|| action["Key"].as_object().expect("a key is an object").clone());
    let update = update.ok_or_else(|| Refusal::Invalid("what is to change is not said".into()))?;
    update.applied_to(&before, rows.key_names())
}
