//! The service's language of conditions and updates, as much of it as the store speaks. Every placeholder has to be used, as the service
//! demands.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rows::number;
use super::{Item, Refusal};

/// The expressions of one request, and the placeholders in them.
pub(super) struct Expressions<'a> {
    request: &'a Value,
    used: BTreeSet<String>,
}

/// A condition.
#[derive(Debug)]
pub(super) enum Test {
    Exists(String),
    Missing(String),
    BeginsWith(String, Value),
    Compare(Operand, String, Operand),
    All(Vec<Test>),
    Any(Vec<Test>),
}

/// Something that has a value, or none where an attribute is missing.
#[derive(Debug)]
pub(super) enum Operand {
    Attribute(String),
    Value(Value),
    First(String, Box<Operand>),
    Sum(Box<Operand>, Box<Operand>),
}

/// A change of an item.
#[derive(Debug, Default)]
pub(super) struct Update {
    sets: Vec<(String, Operand)>,
    adds: Vec<(String, Value)>,
    removes: Vec<String>,
}

fn unknown(what: &str, text: &str) -> ! {
    panic!("the table in this process does not know {what} in `{text}`")
}

impl<'a> Expressions<'a> {
    pub(super) fn of(request: &'a Value) -> Self {
        Self { request, used: BTreeSet::new() }
    }

    /// The condition of that name, if there is one.
    pub(super) fn test(&mut self, name: &str) -> Result<Option<Test>, Refusal> {
        let Some(text) = self.request[name].as_str() else { return Ok(None) };
        let mut words = Words::of(text, self);
        let test = words.any()?;
        words.end();
        Ok(Some(test))
    }

    /// The update, if there is one.
    pub(super) fn update(&mut self) -> Result<Option<Update>, Refusal> {
        let Some(text) = self.request["UpdateExpression"].as_str() else { return Ok(None) };
        let mut words = Words::of(text, self);
        let update = words.update()?;
        words.end();
        Ok(Some(update))
    }

    /// The service refuses placeholders that nothing uses.
    pub(super) fn all_used(&self) -> Result<(), Refusal> {
        let said = |name: &str| self.request[name].as_object().into_iter().flat_map(|map| map.keys());
        let mut all = said("ExpressionAttributeNames").chain(said("ExpressionAttributeValues"));
        match all.find(|placeholder| !self.used.contains(*placeholder)) {
            Some(placeholder) => Err(Refusal::Invalid(format!("unused in expressions: {placeholder}"))),
            None => Ok(()),
        }
    }
}

/// An expression, word by word.
struct Words<'e, 'a> {
    text: &'e str,
    left: Vec<&'e str>,
    expressions: &'e mut Expressions<'a>,
}

impl<'e, 'a> Words<'e, 'a> {
    fn of(text: &'e str, expressions: &'e mut Expressions<'a>) -> Self {
        let mut left = split(text);
        left.reverse();
        Self { text, left, expressions }
    }

    fn next(&mut self) -> &'e str {
        self.left.pop().unwrap_or_else(|| unknown("an end", self.text))
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_it = self.left.last().is_some_and(|next| *next == word);
        if is_it {
            self.left.pop();
        }
        is_it
    }

    fn expect(&mut self, word: &str) {
        if !self.takes(word) {
            unknown(&format!("what is there instead of `{word}`"), self.text);
        }
    }

    fn end(&self) {
        if let Some(word) = self.left.last() {
            unknown(&format!("`{word}`"), self.text);
        }
    }

    fn any(&mut self) -> Result<Test, Refusal> {
        let mut tests = vec![self.all()?];
        while self.takes("OR") {
            tests.push(self.all()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::Any(tests) })
    }

    fn all(&mut self) -> Result<Test, Refusal> {
        let mut tests = vec![self.one()?];
        while self.takes("AND") {
            tests.push(self.one()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) })
    }

    fn one(&mut self) -> Result<Test, Refusal> {
        if self.takes("(") {
            let test = self.any()?;
            self.expect(")");
            return Ok(test);
        }
        for (function, of) in [("attribute_exists", Test::Exists as fn(String) -> Test), ("attribute_not_exists", Test::Missing)] {
            if self.takes(function) {
                self.expect("(");
                let name = self.name()?;
                self.expect(")");
                return Ok(of(name));
            }
        }
        if self.takes("begins_with") {
            self.expect("(");
            let name = self.name()?;
            self.expect(",");
            let value = self.value()?;
            self.expect(")");
            return Ok(Test::BeginsWith(name, value));
        }
        let one = self.operand()?;
        let operator = self.next();
        if !["=", "<>", "<", "<=", ">", ">="].contains(&operator) {
            unknown(&format!("`{operator}`"), self.text);
        }
        Ok(Test::Compare(one, operator.to_owned(), self.operand()?))
    }

    fn update(&mut self) -> Result<Update, Refusal> {
        let mut update = Update::default();
        while let Some(clause) = self.left.pop() {
            loop {
                match clause {
                    "SET" => {
                        let name = self.name()?;
                        self.expect("=");
                        update.sets.push((name, self.sum()?));
                    }
                    "REMOVE" => update.removes.push(self.name()?),
                    "ADD" => update.adds.push((self.name()?, self.value()?)),
                    other => unknown(&format!("`{other}`"), self.text),
                }
                if !self.takes(",") {
                    break;
                }
            }
        }
        Ok(update)
    }

    fn sum(&mut self) -> Result<Operand, Refusal> {
        let one = self.operand()?;
        if self.takes("+") { Ok(Operand::Sum(Box::new(one), Box::new(self.operand()?))) } else { Ok(one) }
    }

    fn operand(&mut self) -> Result<Operand, Refusal> {
        if self.takes("if_not_exists") {
            self.expect("(");
            let name = self.name()?;
            self.expect(",");
            let first = self.operand()?;
            self.expect(")");
            return Ok(Operand::First(name, Box::new(first)));
        }
        if self.left.last().is_some_and(|word| word.starts_with(':')) {
            self.value().map(Operand::Value)
        } else {
            self.name().map(Operand::Attribute)
        }
    }

    fn name(&mut self) -> Result<String, Refusal> {
        let word = self.next();
        if word.starts_with('#') {
            return Ok(self.placeholder("ExpressionAttributeNames", word)?.as_str().expect("names are text").to_owned());
        }
        if !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || self.left.last() == Some(&"(") {
            unknown(&format!("`{word}`"), self.text);
        }
        Ok(word.to_owned())
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        let word = self.next();
        self.placeholder("ExpressionAttributeValues", word)
    }

    fn placeholder(&mut self, of: &str, word: &str) -> Result<Value, Refusal> {
        self.expressions.used.insert(word.to_owned());
        let found = self.expressions.request[of].get(word).cloned();
        found.ok_or_else(|| Refusal::Invalid(format!("{of} does not define {word}")))
    }
}

/// Words, placeholders and signs.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut left = text.trim_start();
    while !left.is_empty() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "_#:.[]".contains(c);
        let length = match left.find(|c: char| !is_word(c)) {
            Some(0) if left.starts_with("<=") || left.starts_with(">=") || left.starts_with("<>") => 2,
            Some(0) => left.chars().next().map_or(1, char::len_utf8),
            Some(length) => length,
            None => left.len(),
        };
        let (word, rest) = left.split_at(length);
        words.push(word);
        left = rest.trim_start();
    }
    words
}

impl Test {
    /// Whether it holds of an item, or of none.
    pub(super) fn holds(&self, item: Option<&Item>) -> bool {
        let attribute = |name: &String| item.and_then(|item| item.get(name));
        match self {
            Self::Exists(name) => attribute(name).is_some(),
            Self::Missing(name) => attribute(name).is_none(),
            Self::BeginsWith(name, start) => {
                let text = attribute(name).and_then(|value| value["S"].as_str());
                text.zip(start["S"].as_str()).is_some_and(|(text, start)| text.starts_with(start))
            }
            Self::Compare(one, operator, other) => {
                let values = one.value(item).zip(other.value(item));
                values.is_some_and(|(one, other)| compares(&one, operator, &other))
            }
            Self::All(tests) => tests.iter().all(|test| test.holds(item)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(item)),
        }
    }

    /// What it says that an attribute equals, of all that has to hold.
    pub(super) fn equal_to(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Compare(Operand::Attribute(of), operator, Operand::Value(value)) if of == name && operator == "=" => Some(value),
            Self::All(tests) => tests.iter().find_map(|test| test.equal_to(name)),
            _ => None,
        }
    }
}

/// Values of different kinds are different, and neither comes before the other.
fn compares(one: &Value, operator: &str, other: &Value) -> bool {
    let numbers = one["N"].as_str().zip(other["N"].as_str()).map(|(one, other)| number(one).cmp(&number(other)));
    let texts = one["S"].as_str().zip(other["S"].as_str()).map(|(one, other)| one.cmp(other));
    let order = numbers.or(texts);
    match operator {
        "=" => order.map_or(one == other, std::cmp::Ordering::is_eq),
        "<>" => order.map_or(one != other, std::cmp::Ordering::is_ne),
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        _ => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}

impl Operand {
    fn value(&self, item: Option<&Item>) -> Option<Value> {
        match self {
            Self::Attribute(name) => item?.get(name).cloned(),
            Self::Value(value) => Some(value.clone()),
            Self::First(name, first) => item.and_then(|item| item.get(name)).cloned().or_else(|| first.value(item)),
            Self::Sum(one, other) => {
                let of = |operand: &Self| operand.value(item)?["N"].as_str().map(number);
                Some(json!({ "N": (of(one)? + of(other)?).to_string() }))
            }
        }
    }
}

impl Update {
    /// The item as it becomes. All that is set is read of the item as it was.
    pub(super) fn applied_to(&self, before: &Item, key: &[String; 2]) -> Result<Item, Refusal> {
        let mut after = before.clone();
        let named = self.sets.iter().map(|(name, _)| name).chain(self.adds.iter().map(|(name, _)| name)).chain(&self.removes);
        if let Some(name) = named.clone().find(|name| key.contains(name)) {
            return Err(Refusal::Invalid(format!("Cannot update attribute {name}. This attribute is part of the key")));
        }
        if named.clone().collect::<BTreeSet<_>>().len() < named.count() {
            return Err(Refusal::Invalid("Two document paths overlap with each other".into()));
        }
        for (name, operand) in &self.sets {
            let missing = || Refusal::Invalid("The provided expression refers to an attribute that does not exist in the item".into());
            after.insert(name.clone(), operand.value(Some(before)).ok_or_else(missing)?);
        }
        for (name, value) in &self.adds {
            after.insert(name.clone(), joined(before.get(name), value));
        }
        self.removes.iter().for_each(|name| drop(after.remove(name)));
        Ok(after)
    }
}

/// A set of texts with more in it.
fn joined(before: Option<&Value>, more: &Value) -> Value {
    let texts = |value: &Value| match value["SS"].as_array() {
        Some(texts) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect::<BTreeSet<_>>(),
        None => panic!("the table in this process adds texts to sets, and not {more}"),
    };
    let mut all = texts(more);
    all.extend(before.map(texts).unwrap_or_default());
    json!({ "SS": all })
}
