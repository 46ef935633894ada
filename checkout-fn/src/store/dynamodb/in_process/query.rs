//! Questions about a part of the table or of an index.

use serde_json::{Value, json};

use super::expression::{Expressions, Test};
use super::rows::Rows;
use super::{Item, Refusal, members};

/// Answers a question.
pub(super) fn query(rows: &Rows, request: &Value) -> Result<Value, Refusal> {
    let known = [
        "TableName",
        "IndexName",
        "KeyConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ScanIndexForward",
        "Limit",
        "ExclusiveStartKey",
        "ConsistentRead",
    ];
    members(request, &known);
    let mut expressions = Expressions::of(request);
    let condition = expressions.test("KeyConditionExpression")?.ok_or_else(|| Refusal::Invalid("what is asked for is not said".into()))?;
    expressions.all_used()?;
    let index = request["IndexName"].as_str().map(|name| rows.index(name)).transpose()?;
    let names = index.map_or(rows.key_names(), |index| &index.key);
    let part = condition.equal_to(&names[0]).and_then(|value| value["S"].as_str());
    let part = part.ok_or_else(|| Refusal::Invalid(format!("the condition does not say which `{}`", names[0])))?;
    let mut found: Vec<Item> = match index {
        Some(index) => rows.listed(index, part),
        None => rows.part(part).into_iter().cloned().collect(),
    };
    found.retain(|item| holds(&condition, item));
    if request["ScanIndexForward"] == false {
        found.reverse();
    }
    if !request["ExclusiveStartKey"].is_null() {
        let after = rows.key(&request["ExclusiveStartKey"])?;
        let from = found.iter().position(|item| rows.key(&json!(item)).is_ok_and(|key| key == after)).map_or(0, |at| at + 1);
        found.drain(..from);
    }
    let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let Some(limit) = limit.filter(|limit| found.len() >= *limit) else {
        return Ok(json!({ "Count": found.len(), "Items": found }));
    };
    // Where as many were read as were wanted, nobody has looked whether there are more.
    found.truncate(limit);
    let mut names: Vec<&String> = rows.key_names().iter().chain(names).collect();
    names.dedup();
    let last: Option<Item> =
        found.last().map(|item| names.iter().filter_map(|name| Some(((*name).clone(), item.get(*name)?.clone()))).collect());
    Ok(json!({ "Count": found.len(), "Items": found, "LastEvaluatedKey": last }))
}

fn holds(condition: &Test, item: &Item) -> bool {
    condition.holds(Some(item))
}
