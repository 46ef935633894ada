//! A change put into a file: what means the same stays as it was written, with its comments; what is new is written as the house writes,
//! beside its like.

use super::shape::{self, Shape, Sort};
use super::tree::{Collection, Document, Entry, Form, Scalar, Tree};
use super::words;

/// Makes `old` say what `new` says.
pub(super) fn merge(old: &mut Tree, new: Tree, shape: Shape<'_>) {
    if old.means(&new) {
        return;
    }
    match (old, new) {
        (Tree::Scalar(old), Tree::Scalar(new)) => *old = rewritten(old, &new, shape),
        (old, new) => match (old.collection_mut(), new) {
            (Some(own), Tree::Block(given) | Tree::Flow(given)) if own.is_list == given.is_list => {
                let before = own.entries.len();
                if own.is_list {
                    merge_list(own, given, shape);
                } else {
                    merge_map(own, given, shape);
                }
                own.is_one_line &= own.entries.len() == before;
            }
            (_, new) => *old = made(new, shape),
        },
    }
}

/// A text in the quotes that the old one has.
fn rewritten(old: &Scalar, new: &Scalar, shape: Shape<'_>) -> Scalar {
    let made = made_scalar(new, shape);
    match (&old.form, &made.form, &made.text) {
        (Form::Line(line), Form::Line(_), Some(text)) if line.starts_with('\'') && is_plain_in_quotes(text) => {
            Scalar { form: Form::Line(format!("'{text}'")), ..made }
        }
        (Form::Line(line), Form::Line(_), Some(text)) if line.starts_with('"') => Scalar { form: Form::Line(words::quoted(text)), ..made },
        _ => made,
    }
}

/// Whether a text stands the same in quotes of both kinds.
fn is_plain_in_quotes(text: &str) -> bool {
    !text.contains('\'') && words::quoted(text) == format!("\"{text}\"")
}

fn merge_map(old: &mut Collection, given: Collection, shape: Shape<'_>) {
    let names: Vec<String> = given.entries.iter().map(|entry| entry.name().to_owned()).collect();
    let keys = shape.keys();
    // What the other program has left out it knew of, unless it is nothing that the format has.
    old.entries.retain(|entry| names.iter().any(|name| name == entry.name()) || keys.is_some_and(|keys| !keys.contains_key(entry.name())));
    for entry in given.entries {
        let inner = shape.child(entry.name());
        let at = old.entries.iter().position(|known| known.name() == entry.name());
        match at {
            Some(at) if is_empty(entry.name(), &entry.value) && !old.entries[at].value.means(&entry.value) => {
                old.entries.remove(at);
            }
            Some(at) => {
                let known = &mut old.entries[at];
                if !known.value.means(&entry.value) {
                    known.written = None;
                    merge(&mut known.value, entry.value, inner);
                    known.settle_comments();
                }
            }
            None if is_empty(entry.name(), &entry.value) => {}
            None => {
                // The order of an editor's own keys is the file's: programs lose it.
                let at = keys.map_or(old.entries.len(), |keys| place_of(&old.entries, entry.name(), keys));
                let key = entry.key.map(|key| made_key(&key));
                old.entries.insert(at, Entry::new(key, made(entry.value, inner)));
            }
        }
    }
}

/// Behind the last of the keys that the schema has before it.
fn place_of(entries: &[Entry], name: &str, keys: &serde_json::Map<String, serde_json::Value>) -> usize {
    let rank = |name: &str| keys.keys().position(|key| key == name);
    let Some(own) = rank(name) else { return entries.len() };
    entries.iter().rposition(|entry| rank(entry.name()).is_some_and(|rank| rank < own)).map_or(0, |at| at + 1)
}

fn merge_list(old: &mut Collection, given: Collection, shape: Shape<'_>) {
    let item = shape.item();
    let is_block = old.entries.iter().any(|entry| matches!(entry.value, Tree::Block(_)));
    let mut left: Vec<Option<Entry>> = std::mem::take(&mut old.entries).into_iter().map(Some).collect();
    let given: Vec<Tree> = given.entries.into_iter().map(|entry| entry.value).filter(|value| !is_empty("", value)).collect();
    let same: Vec<Option<Entry>> = given
        .iter()
        .map(|value| left.iter_mut().find(|entry| entry.as_ref().is_some_and(|entry| entry.value.means(value)))?.take())
        .collect();
    let is_as_long = same.len() == left.len();
    for (place, (value, same)) in given.into_iter().zip(same).enumerate() {
        let known = same.or_else(|| {
            let at = likest(&left, &value).or_else(|| (is_as_long && left[place].is_some()).then_some(place))?;
            let mut entry = left[at].take()?;
            merge(&mut entry.value, value.clone(), item);
            entry.settle_comments();
            Some(entry)
        });
        old.entries.push(known.unwrap_or_else(|| Entry::new(None, like_its_siblings(made(value, item), is_block))));
    }
}

/// The first of those that say the most of what a value says.
fn likest(left: &[Option<Entry>], value: &Tree) -> Option<usize> {
    let alike = left.iter().enumerate().filter_map(|(at, entry)| Some((at, likeness(&entry.as_ref()?.value, value))));
    let best = alike.filter(|(_, likeness)| *likeness > 0).max_by_key(|(at, likeness)| (*likeness, std::cmp::Reverse(*at)));
    best.map(|(at, _)| at)
}

/// How many keys say the same in two maps.
fn likeness(a: &Tree, b: &Tree) -> usize {
    let (Some(a), Some(b)) = (a.collection(), b.collection()) else { return 0 };
    a.entries.iter().filter(|entry| entry.key.is_some() && b.get(entry.name()).is_some_and(|other| other.value.means(&entry.value))).count()
}

fn like_its_siblings(value: Tree, is_block: bool) -> Tree {
    match value {
        Tree::Flow(collection) if is_block && !collection.is_list => Tree::Block(collection),
        value => value,
    }
}

/// Whether a value says nothing. An empty description of a picture says that it is a decoration.
fn is_empty(key: &str, value: &Tree) -> bool {
    match value {
        Tree::Scalar(scalar) => key != "alt" && scalar.text.as_deref().is_none_or(|text| text.trim().is_empty()),
        Tree::Block(collection) | Tree::Flow(collection) => collection.entries.iter().all(|entry| is_empty(entry.name(), &entry.value)),
    }
}

/// A new file.
pub(super) fn new_document(given: Tree, shape: Shape<'_>) -> Document {
    let mut root = made(given, shape);
    shape::sort_keys(&mut root, shape);
    if let Tree::Flow(map) = root {
        root = Tree::Block(map);
    }
    Document { head: Vec::new(), root, tail: Vec::new() }
}

/// A value as the house writes it.
fn made(value: Tree, shape: Shape<'_>) -> Tree {
    let given = match value {
        Tree::Scalar(scalar) => return Tree::Scalar(made_scalar(&scalar, shape)),
        Tree::Block(given) | Tree::Flow(given) => given,
    };
    let entries: Vec<Entry> = given
        .entries
        .into_iter()
        .filter(|entry| !is_empty(entry.name(), &entry.value))
        .map(|entry| {
            let inner = if given.is_list { shape.item() } else { shape.child(entry.name()) };
            Entry::new(entry.key.map(|key| made_key(&key)), made(entry.value, inner))
        })
        .collect();
    let mut collection = Collection::new(given.is_list, entries);
    collection.is_one_line = false;
    let opens = |entry: &Entry| match &entry.value {
        Tree::Scalar(scalar) => !matches!(scalar.form, Form::Line(_)),
        value => matches!(value, Tree::Block(_)) || (given.is_list && value.collection().is_some()),
    };
    if collection.entries.iter().any(opens) { Tree::Block(collection) } else { Tree::Flow(collection) }
}

fn made_key(key: &Scalar) -> Scalar {
    let text = key.text.as_deref().unwrap_or("");
    Scalar { text: Some(text.to_owned()), form: Form::Line(words::scalar(text)) }
}

fn made_scalar(scalar: &Scalar, shape: Shape<'_>) -> Scalar {
    let Some(text) = scalar.text.as_deref() else { return scalar.clone() };
    let is_bare = matches!(&scalar.form, Form::Line(line) if line == text);
    match shape.sort() {
        Sort::Bare if words::is_plain_value(text) => Scalar::bare(text),
        Sort::Unknown if is_bare && words::is_plain_value(text) => Scalar::bare(text),
        _ => Scalar::of(text),
    }
}

/// The text below the front matter, with the line that closes it: the old one where nothing but white space around it differs.
pub(super) fn body(old: &str, new: &str) -> String {
    let split = |body: &str| {
        let (line, rest) = body.split_once('\n').unwrap_or((body, ""));
        (line.trim_end().to_owned(), rest.replace('\r', ""))
    };
    let ((close, before), (_, given)) = (split(old), split(new));
    let bare = |text: &str| text.trim_end().trim_start_matches('\n').to_owned();
    let given = bare(&given);
    if given == bare(&before) {
        return old.to_owned();
    }
    let gap = if given.is_empty() || (!before.trim().is_empty() && !before.starts_with('\n')) { "" } else { "\n" };
    let end = if given.is_empty() { "" } else { "\n" };
    format!("{close}\n{gap}{given}{end}")
}
