//! Texts of a theme: one, or a form for each plural category of its language; and how their places are filled.
//!
//! The generator fills them for pages, the worker for mail, the theme's scripts (`assets/js/words.js`) in the browser: all alike.

use icu_plurals::{PluralCategory, PluralRules};

/// In which direction a language is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    #[default]
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// As HTML has it: `ltr`, `rtl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// A text of a theme, with `{name}` for what is filled in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The same for every number.
    Plain(String),
    /// By the number that is filled in as `{count}`.
    Plural(Box<Forms>),
}

/// The forms of a text by CLDR's plural categories. A form that is not there is the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Forms {
    /// The language whose categories these are, where it is not that of the page: a text that has no translation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// In some languages for 0, in others for whatever ends in 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero: Option<String>,
    /// For 1; in some languages for 0 too, in others for 21, 31, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one: Option<String>,
    /// For 2, and what goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two: Option<String>,
    /// For few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub few: Option<String>,
    /// For many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub many: Option<String>,
    /// For all others.
    pub other: String,
}

/// What is filled in at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filler {
    /// A text.
    Text(String),
    /// A number, and how it is written.
    Number(i64, String),
}

/// What filling texts of a language has to know of it.
#[derive(Debug)]
pub struct Grammar {
    rules: PluralRules,
    /// In which direction it is written.
    pub direction: Direction,
}

impl Grammar {
    /// Of a language tag; that of a language without plurals where CLDR does not know it.
    pub fn new(language: &str, direction: Direction) -> Self {
        Self { rules: rules(language), direction }
    }

    /// The categories that the language has, and whether a number up to 200 needs each of them: of what is counted in a shop,
    /// nothing else is seen. (French has a form for a million.)
    pub fn categories(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        self.rules.categories().map(|category| (name(category), (0..=200_u32).any(|n| self.rules.category_for(n) == category)))
    }

    fn form<'a>(&self, forms: &'a Forms, count: Option<i64>) -> &'a str {
        let Some(count) = count else { return &forms.other };
        let count = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let category = match &forms.lang {
            Some(language) => rules(language).category_for(count),
            None => self.rules.category_for(count),
        };
        forms.get(name(category)).unwrap_or(&forms.other)
    }
}

fn rules(language: &str) -> PluralRules {
    let locale: icu_locale_core::Locale = language.parse().unwrap_or(icu_locale_core::Locale::UNKNOWN);
    PluralRules::try_new_cardinal(locale.into()).expect("CLDR has rules for what it does not know")
}

/// All plural categories, in CLDR's order.
pub const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

impl Forms {
    /// The form of a category by its name, where there is one.
    pub fn get(&self, category: &str) -> Option<&str> {
        let form = match category {
            "zero" => &self.zero,
            "one" => &self.one,
            "two" => &self.two,
            "few" => &self.few,
            "many" => &self.many,
            "other" => return Some(&self.other),
            _ => &None,
        };
        form.as_deref()
    }

    /// Sets the form of a category; `false` where there is no category of that name.
    pub fn set(&mut self, category: &str, form: String) -> bool {
        let place = match category {
            "zero" => &mut self.zero,
            "one" => &mut self.one,
            "two" => &mut self.two,
            "few" => &mut self.few,
            "many" => &mut self.many,
            "other" => {
                self.other = form;
                return true;
            }
            _ => return false,
        };
        *place = Some(form);
        true
    }
}

impl Text {
    /// The text in the form that `count` asks for, its places filled. Places without a filler stay as they are.
    pub fn fill(&self, grammar: &Grammar, fillers: &[(String, Filler)]) -> String {
        let form = match self {
            Self::Plain(text) => text,
            Self::Plural(forms) => grammar.form(forms, fillers.iter().find(|(name, _)| name == "count").and_then(|(_, by)| by.count())),
        };
        let mut filled = String::with_capacity(form.len() + 16);
        let mut rest = form;
        while let Some(at) = rest.find('{') {
            let (before, place) = rest.split_at(at);
            filled.push_str(before);
            let named = place.find('}').and_then(|end| Some((end, fillers.iter().find(|(name, _)| *name == place[1..end])?)));
            match named {
                Some((end, (_, filler))) => {
                    isolate(&mut filled, filler, grammar.direction);
                    rest = &place[end + 1..];
                }
                None => {
                    filled.push('{');
                    rest = &place[1..];
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    /// As the text of a language that lacks it.
    #[must_use]
    pub fn borrowed_from(&self, language: &str) -> Self {
        match self {
            Self::Plain(text) => Self::Plain(text.clone()),
            Self::Plural(forms) => Self::Plural(Box::new(Forms { lang: Some(language.to_owned()), ..Forms::clone(forms) })),
        }
    }

    /// Everything that it may say.
    pub fn forms(&self) -> Vec<&str> {
        match self {
            Self::Plain(text) => vec![text],
            Self::Plural(forms) => CATEGORIES.iter().filter_map(|category| forms.get(category)).collect(),
        }
    }
}

impl Filler {
    /// The number that decides between forms: of a text such as `3–5` the last.
    fn count(&self) -> Option<i64> {
        match self {
            Self::Number(count, _) => Some(*count),
            Self::Text(text) => text.rsplit(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok(),
        }
    }

    fn shown(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(_, text) => text,
        }
    }
}

/// Whether a letter is written from right to left: the blocks that Unicode keeps for such scripts (UAX #9, default values of
/// `Bidi_Class`).
fn is_from_the_right(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Adds a filler to a text that is written in a direction. What may run in the other direction is set apart by U+2068 and U+2069, so that
/// what stands beside it stays where it is: in a text from the right any text, in one from the left what holds such letters.
fn isolate(filled: &mut String, filler: &Filler, direction: Direction) {
    let text = filler.shown();
    let is_apart = match (filler, direction) {
        (Filler::Number(..), _) => false,
        (Filler::Text(_), Direction::Rtl) => true,
        (Filler::Text(_), Direction::Ltr) => text.chars().any(is_from_the_right),
    };
    let (before, after) = if is_apart { ("\u{2068}", "\u{2069}") } else { ("", "") };
    filled.extend([before, text, after]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(forms: &[(&str, &str)]) -> Text {
        let mut text = Forms::default();
        for (category, form) in forms {
            assert!(text.set(category, (*form).to_owned()));
        }
        Text::Plural(Box::new(text))
    }

    fn counted(text: &Text, grammar: &Grammar, count: i64) -> String {
        text.fill(grammar, &[("count".to_owned(), Filler::Number(count, count.to_string()))])
    }

    #[test]
    fn a_number_chooses_the_form_that_its_language_asks_for() {
        let things = forms(&[("one", "{count} thing"), ("other", "{count} things")]);
        let english = Grammar::new("en", Direction::Ltr);
        assert_eq!([0, 1, 2].map(|n| counted(&things, &english, n)), ["0 things", "1 thing", "2 things"]);
        let all = forms(&[("zero", "z"), ("one", "o"), ("two", "t"), ("few", "f"), ("many", "m"), ("other", "x")]);
        let arabic = Grammar::new("ar", Direction::Rtl);
        let said: String = [0, 1, 2, 3, 10, 11, 99, 100, 103].map(|n| counted(&all, &arabic, n)).concat();
        assert_eq!(said, "zotffmmxf");
        // What an unknown language counts, it counts in one way, and what lacks a form has the last.
        assert_eq!(counted(&things, &Grammar::new("xx", Direction::Ltr), 1), "1 things");
        assert_eq!(counted(&things, &arabic, 2), "2 things");
        // French says 'one' of nothing too; a text that it borrows does not.
        let french = Grammar::new("fr", Direction::Ltr);
        assert_eq!([counted(&things, &french, 0), counted(&things.borrowed_from("en"), &french, 0)], ["0 thing", "0 things"]);
    }

    #[test]
    fn a_text_counts_by_its_last_number() {
        let days = forms(&[("one", "{count} day"), ("other", "{count} days")]);
        let grammar = Grammar::new("en", Direction::Ltr);
        let said = |count: &str| days.fill(&grammar, &[("count".to_owned(), Filler::Text(count.to_owned()))]);
        assert_eq!([said("1"), said("1–3"), said("some")], ["1 day", "1–3 days", "some days"]);
        assert_eq!(days.fill(&grammar, &[]), "{count} days");
    }

    #[test]
    fn places_are_filled_once_and_the_other_direction_is_set_apart() {
        let fill = |text: &str, direction, with: &str| {
            let fillers = [("a".to_owned(), Filler::Text(with.to_owned())), ("b".to_owned(), Filler::Text("B".to_owned()))];
            Text::Plain(text.to_owned()).fill(&Grammar::new("en", direction), &fillers)
        };
        assert_eq!(fill("{a}, {c} {a", Direction::Ltr, "{b}"), "{b}, {c} {a");
        assert_eq!(fill("«{a}»", Direction::Ltr, "كوب 2"), "«\u{2068}كوب 2\u{2069}»");
        assert_eq!(fill("«{a}»", Direction::Rtl, "كوب 2"), "«\u{2068}كوب 2\u{2069}»");
        assert_eq!(fill("{a}!", Direction::Rtl, "Mug"), "\u{2068}Mug\u{2069}!");
        assert_eq!(fill("{a}!", Direction::Rtl, "24.90"), "\u{2068}24.90\u{2069}!");
    }

    #[test]
    fn forms_are_read_as_they_are_written() {
        let text = forms(&[("one", "a"), ("other", "b")]);
        let json = serde_json::to_string(&[text.borrowed_from("en"), Text::Plain("c".into())]).expect("JSON");
        assert_eq!(json, r#"[{"lang":"en","one":"a","other":"b"},"c"]"#);
        assert_eq!(serde_json::from_str::<[Text; 2]>(&json).expect("texts")[0], text.borrowed_from("en"));
        assert!(!Forms::default().set("several", String::new()));
    }

    #[test]
    fn a_language_needs_the_forms_of_small_numbers() {
        let said = |language: &str| {
            let grammar = Grammar::new(language, Direction::Ltr);
            let mut all: Vec<String> =
                grammar.categories().map(|(name, is_needed)| format!("{name}{}", if is_needed { "" } else { "?" })).collect();
            all.sort();
            all.join(" ")
        };
        assert_eq!(said("de"), "one other");
        assert_eq!(said("fr"), "many? one other");
        assert_eq!(said("ar"), "few many one other two zero");
        assert_eq!(said("ja"), "other");
    }
}
