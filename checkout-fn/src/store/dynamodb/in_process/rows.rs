//! The items of one table, by key and by index.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Item, Refusal};

/// Where an item lies: part and place.
pub(super) type Key = (String, String);

/// A place within a part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Number(i128),
    Text(String),
}

/// A table's items.
pub(super) struct Rows {
    key: [String; 2],
    items: BTreeMap<Key, Item>,
    indexes: Vec<Index>,
}

/// An index: the names of its part and its place, and which items are where.
pub(super) struct Index {
    name: String,
    pub(super) key: [String; 2],
    parts: BTreeMap<String, BTreeSet<(Place, Key)>>,
}

/// A number as the table keeps it.
pub(super) fn number(text: &str) -> i128 {
    text.parse().unwrap_or_else(|_| panic!("the table in this process does not know the number `{text}`"))
}

fn key_names(schema: &Value) -> [String; 2] {
    let of = |kind: &str| {
        let found = schema.as_array().into_iter().flatten().find(|element| element["KeyType"] == kind);
        found.and_then(|element| element["AttributeName"].as_str()).expect("part and place have names").to_owned()
    };
    [of("HASH"), of("RANGE")]
}

impl Rows {
    /// An empty table as `CreateTable` describes it.
    pub(super) fn described(request: &Value) -> Self {
        let index = |described: &Value| {
            assert_eq!(described["Projection"]["ProjectionType"], "KEYS_ONLY", "the table in this process knows indexes of keys");
            let name = described["IndexName"].as_str().expect("an index has a name").to_owned();
            Index { name, key: key_names(&described["KeySchema"]), parts: BTreeMap::new() }
        };
        let indexes = request["GlobalSecondaryIndexes"].as_array().into_iter().flatten().map(index).collect();
        Self { key: key_names(&request["KeySchema"]), items: BTreeMap::new(), indexes }
    }

    #[cfg(feature = "simulation")]
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.indexes.iter_mut().for_each(|index| index.parts.clear());
    }

    #[cfg(feature = "simulation")]
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// The key of an item, or a key alone.
    pub(super) fn key(&self, item: &Value) -> Result<Key, Refusal> {
        let part = |name: &String| {
            let text = item[name]["S"].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| Refusal::Invalid(format!("the key `{name}` is missing or no text")))
        };
        Ok((part(&self.key[0])?, part(&self.key[1])?))
    }

    /// The names of the primary key.
    pub(super) fn key_names(&self) -> &[String; 2] {
        &self.key
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Item> {
        self.items.get(key)
    }

    /// Puts an item in the place of the one with its key.
    pub(super) fn put(&mut self, item: Item) -> Result<(), Refusal> {
        let item = Value::Object(item);
        let key = self.key(&item)?;
        let Value::Object(item) = item else { unreachable!("it was an object") };
        self.remove(&key);
        for index in &mut self.indexes {
            if let Some((part, place)) = index.place(&item)? {
                index.parts.entry(part).or_default().insert((place, key.clone()));
            }
        }
        self.items.insert(key, item);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &Key) {
        let Some(item) = self.items.remove(key) else { return };
        for index in &mut self.indexes {
            if let Ok(Some((part, place))) = index.place(&item)
                && let Some(rows) = index.parts.get_mut(&part)
            {
                rows.remove(&(place, key.clone()));
            }
        }
    }

    /// The items of a part of the table, in order.
    pub(super) fn part<'a>(&'a self, part: &str) -> Vec<&'a Item> {
        self.items.range((part.to_owned(), String::new())..).take_while(|((of, _), _)| of == part).map(|(_, item)| item).collect()
    }

    /// An index, by name.
    pub(super) fn index(&self, name: &str) -> Result<&Index, Refusal> {
        let found = self.indexes.iter().find(|index| index.name == name);
        found.ok_or_else(|| Refusal::Invalid(format!("The table does not have the specified index: {name}")))
    }

    /// The items of a part of an index, in order: their keys alone.
    pub(super) fn listed(&self, index: &Index, part: &str) -> Vec<Item> {
        let keys = index.parts.get(part).into_iter().flatten();
        let names = || self.key.iter().chain(&index.key);
        let only_keys = |item: &Item| names().filter_map(|name| Some((name.clone(), item.get(name)?.clone()))).collect::<Item>();
        keys.filter_map(|(_, key)| self.items.get(key)).map(only_keys).collect()
    }
}

impl Index {
    /// Where an item is in the index, if it has both attributes.
    fn place(&self, item: &Item) -> Result<Option<(String, Place)>, Refusal> {
        let (Some(part), Some(place)) = (item.get(&self.key[0]), item.get(&self.key[1])) else { return Ok(None) };
        let place = match (place["N"].as_str(), place["S"].as_str()) {
            (Some(text), _) => Place::Number(number(text)),
            (_, Some(text)) => Place::Text(text.to_owned()),
            _ => return Err(Refusal::Invalid(format!("`{}` is of no kind that an index takes", self.key[1]))),
        };
        let part = part["S"].as_str().ok_or_else(|| Refusal::Invalid(format!("`{}` is no text", self.key[0])))?;
        Ok(Some((part.to_owned(), place)))
    }
}
