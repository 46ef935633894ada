//! Rules: checks whose severity is the shop's choice, `checks` in `shop.yaml`. Each has a stable name and a level of its own
//! where the shop says nothing.
//!
//! Stages tell what they find; what becomes of it is decided once, by [`Levels::apply`].

use serde::{Deserialize, Serialize};

use super::{Diagnostic, Severity};

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Level {
    /// It stops the build.
    Error,
    /// It is shown.
    Warning,
    /// It is not told.
    Off,
}

impl Level {
    /// `error`, `warning` or `off`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Off => "off",
        }
    }
}

/// When a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By every `build`, `serve` and `check`: what one file says, and where its links lead.
    Always,
    /// By `check`: what needs the whole site, or is advice.
    Check,
    /// By `check --external`.
    External,
}

macro_rules! rules {
    ($($name:ident = $text:literal, $level:ident, $when:ident: $about:literal;)*) => {
        /// A check whose severity is the shop's choice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {
            $(#[doc = $about] $name,)*
        }

        impl Rule {
            /// All rules, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in `shop.yaml`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The level where `shop.yaml` says nothing.
            pub fn default_level(self) -> Level {
                match self { $(Self::$name => Level::$level),* }
            }

            /// When it is looked at.
            pub fn when(self) -> When {
                match self { $(Self::$name => When::$when),* }
            }

            /// What it finds.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about),* }
            }
        }
    };
}

rules! {
    BrokenLinks = "broken-links", Error, Always: "A link inside the shop that leads to nothing: in a text, and in `check` and the preview anywhere on a page.";
    BrokenAnchors = "broken-anchors", Error, Always: "A link to a heading, or another place on a page, that is not there.";
    MissingPictures = "missing-pictures", Error, Always: "A picture in a text that is not there.";
    LinksToDrafts = "links-to-drafts", Warning, Always: "A link to a page that is not published.";
    EmptyLinks = "empty-links", Warning, Always: "A link without words.";
    Headings = "headings", Warning, Always: "Headings that leave out a level, or a second heading of the first level.";
    AltMissing = "alt-missing", Warning, Always: "A picture without a description.";
    AltFileName = "alt-file-name", Warning, Always: "A picture whose description is the name of a file.";
    RemotePictures = "remote-pictures", Warning, Always: "A picture from another address, which is not shown.";
    UnusedFootnotes = "unused-footnotes", Warning, Always: "A footnote that nothing refers to.";
    UnusedSources = "unused-sources", Warning, Always: "A file that means nothing where it lies.";
    EmptyLists = "empty-lists", Warning, Always: "A collection without products.";
    DuplicateTitles = "duplicate-titles", Warning, Check: "Pages of one language with the same title.";
    DuplicateDescriptions = "duplicate-descriptions", Warning, Check: "Pages of one language with the same description.";
    LongTitles = "long-titles", Warning, Check: "A title of more than 70 characters, which search engines cut.";
    LongDescriptions = "long-descriptions", Warning, Check: "A description of more than 170 characters, which search engines cut.";
    SmallPictures = "small-pictures", Warning, Check: "A picture that is narrower than the place where it is shown.";
    UnusedFiles = "unused-files", Warning, Check: "A picture or a download that nothing shows or delivers.";
    Orphans = "orphans", Warning, Check: "A page to which no other page links.";
    ExternalLinks = "external-links", Warning, External: "A link to another site that does not work.";
    MovedLinks = "moved-links", Warning, External: "A link to another site whose page has moved for good.";
}

impl Rule {
    /// The rule of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

/// The levels of a shop: those that it names, and the rules' own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels(Vec<(Rule, Level)>);

impl Levels {
    /// As written.
    pub fn new(written: Vec<(Rule, Level)>) -> Self {
        Self(written)
    }

    /// The level of a rule.
    pub fn of(&self, rule: Rule) -> Level {
        self.0.iter().find(|(known, _)| *known == rule).map_or_else(|| rule.default_level(), |(_, level)| *level)
    }

    /// Gives each finding of a rule the rule's level, and leaves out those of rules that are off.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|told| {
            let Some(rule) = told.rule else { return true };
            match self.of(rule) {
                Level::Error => told.severity = Severity::Error,
                Level::Warning => told.severity = Severity::Warning,
                Level::Off => return false,
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{SourcePath, codes};

    #[test]
    fn names_are_words_and_stand_once() {
        let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')), "{names:?}");
        assert!(names.iter().all(|name| Rule::of(name).is_some_and(|rule| rule.name() == *name)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
    }

    #[test]
    fn the_shop_decides_what_becomes_of_a_finding() {
        let tell = |rule: Option<Rule>| {
            let told = Diagnostic::in_file(codes::ALT_MISSING, Severity::Warning, "x", SourcePath::from("a.md"));
            Diagnostic { rule, ..told }
        };
        let levels = Levels::new(vec![(Rule::AltMissing, Level::Error), (Rule::Headings, Level::Off)]);
        let mut told = vec![tell(Some(Rule::AltMissing)), tell(Some(Rule::Headings)), tell(Some(Rule::EmptyLinks)), tell(None)];
        levels.apply(&mut told);
        let left: Vec<_> = told.iter().map(|told| (told.rule, told.severity)).collect();
        assert_eq!(
            left,
            [(Some(Rule::AltMissing), Severity::Error), (Some(Rule::EmptyLinks), Severity::Warning), (None, Severity::Warning)]
        );
    }
}
