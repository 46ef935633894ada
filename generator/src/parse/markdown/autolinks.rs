//! Addresses that stand bare in a text become links, as GitHub's Markdown has it: `https://…`, `www.…`, e-mail addresses.

use super::Events;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};
use std::ops::Range;

/// No domain is longer, in bytes.
const MAX_DOMAIN: usize = 253;
/// No name before an `@` is longer, in bytes.
const MAX_LOCAL: usize = 64;

const SCHEMES: [&str; 3] = ["http://", "https://", "ftp://"];

/// Puts links around bare addresses.
pub(super) fn link<'a>(source: &str, events: Events<'a>) -> Events<'a> {
    if !["://", "www.", "@"].iter().any(|hint| source.contains(hint)) {
        return events;
    }
    let mut out = Vec::with_capacity(events.len() + 8);
    let mut run = Vec::new();
    // Within a link or a picture, and in code and HTML, an address stays as it is.
    let mut closed = 0_usize;
    for (event, range) in events {
        let is_part = matches!(event, Event::Text(_))
            && closed == 0
            && run.last().is_none_or(|(_, before): &(Event<'_>, Range<usize>)| before.end == range.start);
        if !is_part {
            finish(source, &mut run, &mut out);
        }
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock) => closed += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock) => closed = closed.saturating_sub(1),
            _ => {}
        }
        if closed == 0 && matches!(event, Event::Text(_)) { run.push((event, range)) } else { out.push((event, range)) }
    }
    finish(source, &mut run, &mut out);
    out
}

/// What the editor wrote where an event's text says something more beautiful; an entity's meaning.
fn written<'t>(source: &'t str, event: &'t Event<'_>, range: &Range<usize>) -> &'t str {
    let Event::Text(text) = event else { return "" };
    let raw = source.get(range.clone()).unwrap_or(text);
    if raw.starts_with('&') { text } else { raw }
}

/// Takes a run of texts that adjoin in the source over, with links in it.
fn finish<'a>(source: &str, run: &mut Events<'a>, out: &mut Events<'a>) {
    let mut joined = String::new();
    let mut starts = Vec::with_capacity(run.len());
    let mut places = Vec::with_capacity(run.len());
    for (event, range) in run.iter() {
        starts.push(joined.len());
        joined.push_str(written(source, event, range));
        places.push(range.clone());
    }
    // The bytes of the source that the joined text's are of: an entity is longer than what it means.
    let place = |range: &Range<usize>| {
        let of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
        let (first, last) = (of(range.start), of(range.end - 1));
        let end = places[last].start + (range.end - starts[last]);
        let is_copy = starts.get(last + 1).copied().unwrap_or(joined.len()) - starts[last] == places[last].len();
        let begin = places[first].start + (range.start - starts[first]).min(places[first].len().saturating_sub(1));
        begin..if is_copy { end } else { places[last].end }
    };
    let found = if ["://", "www.", "@"].iter().any(|hint| joined.contains(hint)) { find(&joined) } else { Vec::new() };
    if found.is_empty() {
        out.append(run);
        return;
    }
    let mut found = found.into_iter().peekable();
    let mut done = 0;
    for (at, (event, range)) in run.drain(..).enumerate() {
        let (start, end) = (starts[at], starts.get(at + 1).copied().unwrap_or(joined.len()));
        // The parts of this text that are in no link; a link stands where it begins.
        loop {
            let next = found.peek().filter(|link| link.range.start < end);
            let until = next.map_or(end, |link| link.range.start);
            let from = done.max(start);
            if from < until {
                out.push(part(&event, &range, start, end, from..until));
            }
            let Some(link) = found.next_if(|link| link.range.start < end) else { break };
            done = link.range.end;
            push(out, &joined[link.range.clone()], link.kind, place(&link.range));
        }
    }
}

/// A part of a text; the whole of it where its source is not the same byte for byte.
fn part<'a>(event: &Event<'a>, range: &Range<usize>, start: usize, end: usize, wanted: Range<usize>) -> (Event<'a>, Range<usize>) {
    let Event::Text(text) = event else { return (event.clone(), range.clone()) };
    if wanted == (start..end) || text.len() != end - start {
        return (event.clone(), range.clone());
    }
    let cut = wanted.start - start..wanted.end - start;
    let text = CowStr::from(text[cut.clone()].to_owned());
    (Event::Text(text), range.start + cut.start..range.start + cut.end)
}

fn push(out: &mut Events<'_>, text: &str, kind: Kind, range: Range<usize>) {
    let (link_type, dest_url) = match kind {
        Kind::Web => (LinkType::Autolink, format!("http://{text}")),
        Kind::Full => (LinkType::Autolink, text.to_owned()),
        Kind::Mail => (LinkType::Email, text.to_owned()),
    };
    let tag = Tag::Link { link_type, dest_url: CowStr::from(dest_url), title: CowStr::Borrowed(""), id: CowStr::Borrowed("") };
    out.push((Event::Start(tag), range.clone()));
    out.push((Event::Text(CowStr::from(text.to_owned())), range.clone()));
    out.push((Event::End(TagEnd::Link), range));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `www.…`, which lacks its scheme.
    Web,
    /// With its scheme.
    Full,
    /// `name@host`.
    Mail,
}

#[derive(Debug)]
struct Found {
    range: Range<usize>,
    kind: Kind,
}

/// All addresses in a text, in order.
fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find([':', 'w', '@']) {
        let sign = at + offset;
        let free = found.last().map_or(0, |link| link.range.end);
        let link = match text.as_bytes()[sign] {
            b'@' => mail(text, sign, free),
            b'w' if text[sign..].starts_with("www.") => address(text, sign, sign, free, Kind::Web),
            b':' => SCHEMES.iter().find_map(|scheme| {
                let start = (sign + "://".len()).checked_sub(scheme.len())?;
                let is_it = text.get(start..start + scheme.len())?.eq_ignore_ascii_case(scheme);
                if is_it { address(text, start, start + scheme.len(), free, Kind::Full) } else { None }
            }),
            _ => None,
        };
        at = link.as_ref().map_or(sign + 1, |link| link.range.end.max(sign + 1));
        found.extend(link);
    }
    found
}

/// The address at `start`, whose domain begins at `domain`.
fn address(text: &str, start: usize, domain: usize, free: usize, kind: Kind) -> Option<Found> {
    let before = text[..start].chars().next_back();
    if start < free || before.is_some_and(|sign| !sign.is_whitespace() && !"*_~(".contains(sign)) {
        return None;
    }
    let host = &text[domain..domain + domain_len(&text[domain..])];
    let mut segments = host.trim_end_matches('.').rsplit('.');
    let (last, before_last) = (segments.next()?, segments.next()?);
    if last.contains('_') || before_last.contains('_') || last.is_empty() || before_last.is_empty() {
        return None;
    }
    let rest = &text[domain..];
    let length = rest.find(|sign: char| sign.is_whitespace() || sign == '<').unwrap_or(rest.len());
    let end = domain + trimmed(&rest[..length]);
    (end > domain).then_some(Found { range: start..end, kind })
}

fn domain_len(text: &str) -> usize {
    let is_domain = |sign: char| sign.is_alphanumeric() || "-_.".contains(sign);
    let ends = text.char_indices().take_while(|(at, sign)| *at < MAX_DOMAIN && is_domain(*sign));
    ends.last().map_or(0, |(at, sign)| at + sign.len_utf8())
}

/// The length of an address without what belongs to the sentence around it.
fn trimmed(address: &str) -> usize {
    let count = |bracket: u8| address.bytes().filter(|byte| *byte == bracket).count();
    let (opened, mut closed) = (count(b'('), count(b')'));
    let mut end = address.len();
    while let Some(last) = address[..end].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' => end -= 1,
            ')' if closed > opened => {
                closed -= 1;
                end -= 1;
            }
            ';' => {
                let name = address[..end - 1].trim_end_matches(|sign: char| sign.is_ascii_alphanumeric());
                if !name.ends_with('&') || name.len() == end - 1 {
                    break;
                }
                end = name.len() - 1;
            }
            _ => break,
        }
    }
    end
}

/// The e-mail address around an `@`.
fn mail(text: &str, sign: usize, free: usize) -> Option<Found> {
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    let local = text.as_bytes()[free.min(sign)..sign].iter().rev().take(MAX_LOCAL + 1).take_while(|byte| is_local(**byte)).count();
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let host = text.as_bytes()[sign + 1..].iter().take(MAX_DOMAIN).take_while(|byte| is_host(**byte)).count();
    let host = text[sign + 1..sign + 1 + host].trim_end_matches('.');
    let is_host = host.contains('.') && host.split('.').all(|segment| !segment.is_empty()) && !host.ends_with(['-', '_']);
    let fits = local > 0 && local <= MAX_LOCAL && is_host;
    fits.then(|| Found { range: sign - local..sign + 1 + host.len(), kind: Kind::Mail })
}
