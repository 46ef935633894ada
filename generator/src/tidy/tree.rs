//! A YAML file with everything that a reader of values drops: comments, empty lines, quotes, brackets. Values know what they mean as well
//! as how they were written, so that what does not change can be written as it was.

/// A file of one map.
#[derive(Debug)]
pub(super) struct Document {
    /// Lines above the first key that belong to the whole file.
    pub(super) head: Vec<String>,
    /// The map.
    pub(super) root: Tree,
    /// Lines below the last value.
    pub(super) tail: Vec<String>,
}

impl Document {
    /// Whether two documents mean the same.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.root.means(&other.root)
    }

    /// Has every line laid out anew: of several empty ones, one stays, and none at the top.
    pub(super) fn lay_out_anew(&mut self) {
        let mut was_empty = true;
        self.head.retain(|line| {
            let is_first = !was_empty;
            was_empty = line.is_empty();
            !was_empty || is_first
        });
        self.root.lay_out_anew();
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// A single value.
    Scalar(Scalar),
    /// A map or list with an entry on each line.
    Block(Collection),
    /// A map or list in brackets; it has no comments.
    Flow(Collection),
}

/// A map or a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Collection {
    /// Whether it is a list.
    pub(super) is_list: bool,
    /// In order; entries of a map have keys.
    pub(super) entries: Vec<Entry>,
    /// Comments below the last entry.
    pub(super) tail: Vec<String>,
    /// Where its entries begin, in characters from the left.
    pub(super) column: usize,
    /// Whether it was written on one line.
    pub(super) is_one_line: bool,
}

/// An entry of a map or list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Comments above it; an empty one is an empty line.
    pub(super) before: Vec<String>,
    /// How many of them stand above the key in the file; the others stood behind it.
    pub(super) above: usize,
    /// Its key in a map.
    pub(super) key: Option<Scalar>,
    /// The comment behind the colon, with the value on the lines below.
    pub(super) head: Option<String>,
    /// Its value.
    pub(super) value: Tree,
    /// The comment behind it on its last line, with the spaces before it.
    pub(super) after: Option<String>,
    /// All its lines, comments above it included, while it is as it was: of the outermost map's entries.
    pub(super) written: Option<String>,
}

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalar {
    /// What it means; `None` for nothing.
    pub(super) text: Option<String>,
    /// How it is written.
    pub(super) form: Form,
}

/// How a single value is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// On one line, quotes included.
    Line(String),
    /// Over several lines that are joined when they are read.
    Lines(Vec<String>),
    /// As a block: `|` or `>-`, and its lines without indentation.
    Block(String, Vec<String>),
}

impl Tree {
    /// Has one space before every comment behind a value.
    fn lay_out_anew(&mut self) {
        for entry in self.collection_mut().into_iter().flat_map(|inner| &mut inner.entries) {
            entry.written = None;
            entry.after = entry.after.take().map(|comment| format!(" {}", comment.trim()));
            entry.value.lay_out_anew();
        }
    }

    /// The entries of a map or list.
    pub(super) fn collection(&self) -> Option<&Collection> {
        match self {
            Self::Scalar(_) => None,
            Self::Block(collection) | Self::Flow(collection) => Some(collection),
        }
    }

    /// The entries of a map or list.
    pub(super) fn collection_mut(&mut self) -> Option<&mut Collection> {
        match self {
            Self::Scalar(_) => None,
            Self::Block(collection) | Self::Flow(collection) => Some(collection),
        }
    }

    /// The text of a single value.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => scalar.text.as_deref(),
            _ => None,
        }
    }

    /// Whether two values mean the same. The order of keys means nothing.
    pub(super) fn means(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => a.text == b.text,
            _ => match (self.collection(), other.collection()) {
                (Some(a), Some(b)) if a.is_list == b.is_list && a.entries.len() == b.entries.len() => {
                    if a.is_list {
                        return a.entries.iter().zip(&b.entries).all(|(a, b)| a.value.means(&b.value));
                    }
                    a.entries.iter().all(|entry| b.get(entry.name()).is_some_and(|other| other.value.means(&entry.value)))
                }
                _ => false,
            },
        }
    }
}

impl Collection {
    /// A new one.
    pub(super) fn new(is_list: bool, entries: Vec<Entry>) -> Self {
        Self { is_list, entries, is_one_line: true, ..Self::default() }
    }

    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name() == key)
    }
}

impl Entry {
    /// One without comments.
    pub(super) fn new(key: Option<Scalar>, value: Tree) -> Self {
        Self { before: Vec::new(), above: 0, key, head: None, value, after: None, written: None }
    }

    /// Puts comments above it that have no place behind its value any more: behind a block they would be part of its text.
    pub(super) fn settle_comments(&mut self) {
        let is_block = matches!(self.value, Tree::Block(_));
        let is_text = matches!(&self.value, Tree::Scalar(scalar) if matches!(scalar.form, Form::Block(..)));
        let head = self.head.take_if(|_| !is_block);
        let after = self.after.take_if(|_| is_block || is_text);
        self.before.extend(head.into_iter().chain(after).map(|comment| comment.trim().to_owned()));
    }

    /// The key's text.
    pub(super) fn name(&self) -> &str {
        self.key.as_ref().and_then(|key| key.text.as_deref()).unwrap_or("")
    }
}
