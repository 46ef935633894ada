//! One action of a transaction, written piece by piece.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};

use super::items::{Item, Key};
use crate::error::Fault;

/// A change of one item, and what has to hold of it before.
pub(super) struct Edit {
    key: Key,
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Edit {
    /// Of an item.
    pub(super) fn of(key: Key) -> Self {
        let (names, values) = (HashMap::new(), HashMap::new());
        Self { key, sets: Vec::new(), removes: Vec::new(), conditions: Vec::new(), names, values }
    }

    /// Every name is written with a `#`, so that none is taken for a word of the language.
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// The attribute becomes this.
    pub(super) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.sets.push(format!("{name} = {value}"));
        self
    }

    /// The attribute becomes this unless it is there already.
    pub(super) fn set_first(mut self, name: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.sets.push(format!("{name} = if_not_exists({name}, {value})"));
        self
    }

    /// The number changes by so much.
    pub(super) fn add(mut self, name: &str, by: i64) -> Self {
        let (name, by) = (self.name(name), self.value(super::items::n(by)));
        self.sets.push(format!("{name} = {name} + {by}"));
        self
    }

    /// The number changes by so much; it was `first` where there was none.
    pub(super) fn add_to(mut self, name: &str, first: i64, by: i64) -> Self {
        let (first, by) = (self.value(super::items::n(first)), self.value(super::items::n(by)));
        let name = self.name(name);
        self.sets.push(format!("{name} = if_not_exists({name}, {first}) + {by}"));
        self
    }

    /// The attribute goes.
    pub(super) fn remove(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.removes.push(name);
        self
    }

    /// `operator` holds between the attribute and the value; it does not where the attribute is missing.
    pub(super) fn only_if(mut self, name: &str, operator: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(name), self.value(value));
        self.conditions.push(format!("{name} {operator} {value}"));
        self
    }

    /// The attribute is not there.
    pub(super) fn only_without(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.conditions.push(format!("attribute_not_exists({name})"));
        self
    }

    /// The item is there.
    pub(super) fn only_existing(mut self) -> Self {
        self.conditions.push("attribute_exists(pk)".to_owned());
        self
    }

    /// All that was asked before holds, or the item is not there at all.
    pub(super) fn or_missing(mut self) -> Self {
        let asked = if self.conditions.is_empty() { return self } else { self.conditions.join(" AND ") };
        self.conditions = vec![format!("(attribute_not_exists(pk) OR ({asked}))")];
        self
    }

    /// As an action.
    pub(super) fn action(self, table: &str) -> Result<TransactWriteItem, Fault> {
        let part = |word: &str, parts: &[String]| if parts.is_empty() { String::new() } else { format!("{word} {} ", parts.join(", ")) };
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(self.key.attributes()))
            .update_expression(format!("{}{}", part("SET", &self.sets), part("REMOVE", &self.removes)).trim_end())
            .set_condition_expression((!self.conditions.is_empty()).then(|| self.conditions.join(" AND ")))
            .set_expression_attribute_names(Some(self.names))
            .set_expression_attribute_values((!self.values.is_empty()).then_some(self.values))
            .build()
            .map_err(|error| Fault::during("writing an update", error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// An item goes, if it is there.
pub(super) fn delete(table: &str, key: &Key) -> Result<TransactWriteItem, Fault> {
    let delete = Delete::builder().table_name(table).set_key(Some(key.attributes())).build();
    let delete = delete.map_err(|error| Fault::during("removing an item", error))?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

/// A new item, which must not be there yet.
pub(super) fn new(table: &str, item: Item) -> Result<TransactWriteItem, Fault> {
    put(table, item, Some("attribute_not_exists(pk)"))
}

/// An item, whatever stood there before.
pub(super) fn any(table: &str, item: Item) -> Result<TransactWriteItem, Fault> {
    put(table, item, None)
}

fn put(table: &str, item: Item, condition: Option<&str>) -> Result<TransactWriteItem, Fault> {
    let put = Put::builder().table_name(table).set_item(Some(item)).set_condition_expression(condition.map(str::to_owned));
    let put = put.build().map_err(|error| Fault::during("writing an item", error))?;
    Ok(TransactWriteItem::builder().put(put).build())
}
