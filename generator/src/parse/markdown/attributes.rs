//! What a heading says of itself at its end: `## Sizes {#sizes .wide}`, an id and classes. Anything else in braces is text.

use super::{Events, Flaw, FlawKind, span};
use pulldown_cmark::{CowStr, Event, Tag};
use std::collections::BTreeMap;
use std::ops::Range;

/// An id and classes of a heading's own.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
}

/// By where the heading begins in the source.
pub(super) type ByHeading = BTreeMap<usize, Attributes>;

/// Takes the attributes of headings out of their texts. Of two headings with the same id the second is told, and has none.
pub(super) fn take(source: &str, events: &mut Events<'_>, flaws: &mut Vec<Flaw>) -> ByHeading {
    let mut found = ByHeading::new();
    let mut first: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let mut at = 0;
    while at < events.len() {
        let Event::Start(Tag::Heading { .. }) = events[at].0 else {
            at += 1;
            continue;
        };
        let start = at;
        at += events[start..].iter().position(|(event, _)| matches!(event, Event::End(pulldown_cmark::TagEnd::Heading(_)))).unwrap_or(0);
        let heading = events[start].1.start;
        if let Some((mut attributes, block)) = last_block(source, &events[start + 1..at]) {
            cut(&mut events[start + 1..at], block.start);
            if let Some(id) = &attributes.id {
                let place = source[block.clone()].find(&format!("#{id}")).map_or(block.clone(), |offset| {
                    let from = block.start + offset;
                    from..from + id.len() + 1
                });
                if let Some(before) = first.get(id) {
                    flaws.push(Flaw { span: span(&place), kind: FlawKind::SameId { id: id.clone(), first: span(before) } });
                    attributes.id = None;
                } else {
                    first.insert(id.clone(), place);
                }
            }
            found.insert(heading, attributes);
        }
        at += 1;
    }
    found
}

/// The attributes at the end of some events, and where they stand.
fn last_block(source: &str, content: &[(Event<'_>, Range<usize>)]) -> Option<(Attributes, Range<usize>)> {
    let (Event::Text(_), range) = content.last()? else { return None };
    let end = source.get(..range.end)?.trim_end().len();
    // Where the texts at the end of the heading begin: braces in code or in a link are none of its own.
    let texts = content.iter().rev().take_while(|(event, _)| matches!(event, Event::Text(_)));
    let from = texts.last().map_or(range.start, |(_, range)| range.start);
    let text = source.get(from..end)?.strip_suffix('}')?;
    let open = text.rfind('{')?;
    let mut attributes = Attributes::default();
    for item in text[open + 1..].split_ascii_whitespace() {
        match item.split_at_checked(1)? {
            ("#", id) if is_name(id) && attributes.id.is_none() => attributes.id = Some(id.to_owned()),
            (".", class) if is_name(class) => attributes.classes.push(class.to_owned()),
            _ => return None,
        }
    }
    (attributes != Attributes::default()).then_some((attributes, from + open..end))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|sign| sign.is_alphanumeric() || "-_".contains(sign))
}

/// Shortens texts to what stands before a place.
fn cut(content: &mut [(Event<'_>, Range<usize>)], from: usize) {
    for (event, range) in content.iter_mut().rev() {
        let Event::Text(text) = event else { return };
        if range.end <= from {
            *text = CowStr::from(text.trim_end().to_owned());
            return;
        }
        let kept = from.saturating_sub(range.start).min(text.len());
        *text = CowStr::from(text.get(..kept).unwrap_or_default().trim_end().to_owned());
        range.end = range.end.min(from.max(range.start));
        if kept > 0 {
            return;
        }
    }
}
