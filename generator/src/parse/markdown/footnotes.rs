//! Takes the definitions of footnotes out of the text and numbers them as they are referred to.

use super::Events;
use super::tree::Tree;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// A text and its footnotes.
pub(super) struct Footnotes<'a> {
    /// The text without the definitions.
    pub(super) body: Tree<'a>,
    /// The footnotes that are referred to, in the order of their first references.
    pub(super) notes: Vec<Note<'a>>,
    /// The label and the place of each definition that nothing refers to.
    pub(super) unused: Vec<(String, Range<usize>)>,
    numbers: BTreeMap<String, usize>,
}

/// One footnote.
pub(super) struct Note<'a> {
    /// What it says.
    pub(super) events: Tree<'a>,
    /// How often it is referred to, at least once.
    pub(super) references: u32,
}

impl Footnotes<'_> {
    /// The place of a footnote in `notes`.
    pub(super) fn index(&self, label: &str) -> Option<usize> {
        self.numbers.get(&key(label)).copied()
    }
}

struct Definition<'a> {
    label: String,
    range: Range<usize>,
    events: Events<'a>,
}

/// Parts the text from its footnotes.
pub(super) fn split(events: Events<'_>) -> Footnotes<'_> {
    if !events.iter().any(|(event, _)| matches!(event, Event::Start(Tag::FootnoteDefinition(_)))) {
        return number(events, Vec::new());
    }
    let mut body = Vec::with_capacity(events.len());
    let mut open: Vec<Definition<'_>> = Vec::new();
    let mut definitions = Vec::new();
    for (event, range) in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                open.push(Definition { label: label.to_string(), range, events: Vec::new() });
            }
            Event::End(TagEnd::FootnoteDefinition) => definitions.extend(open.pop()),
            event => open.last_mut().map_or(&mut body, |definition| &mut definition.events).push((event, range)),
        }
    }
    // By their place: the first of two with the same label counts.
    definitions.sort_by_key(|definition| definition.range.start);
    number(body, definitions)
}

/// Follows the references through the text, then through the footnotes themselves.
fn number<'a>(body: Events<'a>, definitions: Vec<Definition<'a>>) -> Footnotes<'a> {
    let mut waiting: BTreeMap<String, Definition<'a>> = BTreeMap::new();
    let mut unused = Vec::new();
    for definition in definitions {
        if let Some(first) = waiting.remove(&key(&definition.label)) {
            unused.push((definition.label, definition.range));
            waiting.insert(key(&first.label), first);
        } else {
            waiting.insert(key(&definition.label), definition);
        }
    }
    let mut numbers = BTreeMap::new();
    let mut notes: Vec<Note<'a>> = Vec::new();
    let mut next = labels(&body);
    let mut followed = 0;
    loop {
        for label in next {
            if let Some(&number) = numbers.get(&label) {
                let note: &mut Note<'a> = &mut notes[number];
                note.references += 1;
            } else if let Some(definition) = waiting.remove(&label) {
                numbers.insert(label, notes.len());
                notes.push(Note { events: Tree::new(definition.events), references: 1 });
            }
        }
        let Some(note) = notes.get(followed) else { break };
        next = labels(&note.events);
        followed += 1;
    }
    unused.extend(waiting.into_values().map(|definition| (definition.label, definition.range)));
    unused.sort_by_key(|(_, range)| range.start);
    Footnotes { body: Tree::new(body), notes, unused, numbers }
}

/// The labels that some events refer to, in order.
fn labels(events: &[(Event<'_>, Range<usize>)]) -> Vec<String> {
    let label = |event: &Event<'_>| match event {
        Event::FootnoteReference(label) => Some(key(label)),
        _ => None,
    };
    events.iter().filter_map(|(event, _)| label(event)).collect()
}

/// Labels are compared without case.
fn key(label: &str) -> String {
    label.to_lowercase()
}
