//! What is said about an editor's mistake: a stable code, a message, the place, related places and
//! what to do. Collected by every stage, never thrown; [`crate::report`] shows them.
//!
//! Spans are byte ranges of one file. They must survive until a value is validated, so the parsed
//! values carry them in [`Spanned`].

pub mod codes;
pub mod rules;

use arcstr::ArcStr;
use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use rules::Rule;

/// A file's path relative to the shop's root, with `/` separators.
pub type SourcePath = ArcStr;

/// The stable name of a kind of mistake, such as `E010`; all are listed in [`codes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        codes::entry(&name).map(|entry| entry.code).ok_or_else(|| serde::de::Error::custom("unknown diagnostic code"))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a build may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Nothing is written; the exit code is 1.
    Error,
    /// Shown, and the build goes on.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A byte range of a source file.
///
/// Serialised without its path, because thousands of spans of one file would each repeat it: whoever
/// deserialises does so within [`with_file`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: SourcePath,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span; offsets beyond 4 GiB are cut, as no source file is that large.
    pub fn new(file: &SourcePath, start: usize, end: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file: SourcePath::clone(file), start: cut(start), end: cut(end.max(start)) }
    }

    /// The same file from another start to another end, relative to this span's start.
    #[must_use]
    pub fn within(&self, start: usize, end: usize) -> Self {
        let base = self.start as usize;
        Self::new(&self.file, base + start, base + end)
    }
}

thread_local! {
    static FILE: RefCell<Option<SourcePath>> = const { RefCell::new(None) };
}

/// Deserialises values whose spans all lie in `file`: spans read by `read` get this path.
pub fn with_file<T>(file: &SourcePath, read: impl FnOnce() -> T) -> T {
    let before = FILE.with(|cell| cell.replace(Some(SourcePath::clone(file))));
    let value = read();
    FILE.with(|cell| cell.replace(before));
    value
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (start, end) = <(u32, u32)>::deserialize(deserializer)?;
        let file = FILE.with(|cell| cell.borrow().clone()).unwrap_or_default();
        Ok(Self { file, start, end })
    }
}

/// A value and the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// What most files leave out: where it is not there, it takes a pointer's room.
pub type Rare<T> = Option<Box<Spanned<T>>>;

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The value changed, the place kept.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// One mistake, told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub code: Code,
    /// Whether it stops the build.
    pub severity: Severity,
    /// The rule that it is a finding of, where how bad it is is the shop's choice.
    pub rule: Option<Rule>,
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    /// The place; `None` means the whole of [`Diagnostic::file`].
    pub span: Option<Span>,
    /// The file, also when there is a span.
    pub file: SourcePath,
    /// Said at the underlined place; may be empty.
    pub label: String,
    /// Further places and what is there.
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self::at(code, Severity::Error, message, span)
    }

    /// A warning at a place.
    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self::at(code, Severity::Warning, message, span)
    }

    /// At a place.
    pub fn at(code: Code, severity: Severity, message: impl Into<String>, span: Span) -> Self {
        let file = SourcePath::clone(&span.file);
        Self { span: Some(span), ..Self::in_file(code, severity, message, file) }
    }

    /// About a file as a whole.
    pub fn in_file(code: Code, severity: Severity, message: impl Into<String>, file: SourcePath) -> Self {
        Self {
            code,
            severity,
            rule: None,
            message: message.into(),
            span: None,
            file,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// As a finding of a rule.
    #[must_use]
    pub fn under(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// With words at the underlined place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a further place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push((span, text.into()));
        self
    }

    /// Whether this stops the build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The candidate that was probably meant by `name`, if one is near enough: at most a third of the
/// letters differ. Case does not count.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    candidates
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &other);
            let allowed = (length.max(other.chars().count()) / 3).max(1);
            (distance <= allowed && distance < length.max(1)).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_slips_and_leaves_strangers() {
        let keys = ["price", "title", "tags", "images", "description"];
        for (typed, meant) in [
            ("prize", Some("price")),
            ("Price", Some("price")),
            ("tilte", Some("title")),
            ("image", Some("images")),
            ("descripton", Some("description")),
            ("tag", Some("tags")),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, keys.into_iter()), meant, "{typed}");
        }
    }

    #[test]
    fn spans_get_the_file_in_which_they_are_read() {
        let file: SourcePath = SourcePath::from("products/mug.yaml");
        let value = Spanned::new("x".to_owned(), Span::new(&file, 3, 7));
        let bytes = bitcode::serialize(&value).unwrap();
        let back = with_file(&file, || bitcode::deserialize::<Spanned<String>>(&bytes)).unwrap();
        assert_eq!(back, value);
    }
}
