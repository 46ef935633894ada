//! Events with the end of each element known, so that nobody looks for it twice.

use super::Events;
use pulldown_cmark::Event;
use std::ops::{Deref, Range};

/// Some events in which every start has its end.
#[derive(Default)]
pub(super) struct Tree<'a> {
    events: Events<'a>,
    /// For each start, the place of its end; for others their own.
    ends: Vec<usize>,
    /// How deeply elements are nested at most.
    pub(super) depth: usize,
}

impl<'a> Deref for Tree<'a> {
    type Target = [(Event<'a>, Range<usize>)];

    fn deref(&self) -> &Self::Target {
        &self.events
    }
}

impl<'a> Tree<'a> {
    pub(super) fn new(events: Events<'a>) -> Self {
        let mut ends: Vec<usize> = (0..events.len()).collect();
        let (mut open, mut depth) = (Vec::new(), 0);
        for (at, (event, _)) in events.iter().enumerate() {
            match event {
                Event::Start(_) => {
                    open.push(at);
                    depth = depth.max(open.len());
                }
                Event::End(_) => {
                    if let Some(start) = open.pop() {
                        ends[start] = at;
                    }
                }
                _ => {}
            }
        }
        Self { events, ends, depth }
    }

    /// The place of the end that belongs to the start at `at`.
    pub(super) fn end(&self, at: usize) -> usize {
        self.ends[at]
    }

    /// What lies between the start at `at` and its end.
    pub(super) fn content(&self, at: usize) -> &[(Event<'a>, Range<usize>)] {
        &self.events[at + 1..self.ends[at].max(at + 1)]
    }

    /// Where the content of the element at `at` ends in the source.
    pub(super) fn content_end(&self, at: usize) -> usize {
        self.content(at).last().map_or(self.events[at].1.start, |(_, range)| range.end)
    }
}
