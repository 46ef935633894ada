//! A theme's own texts in one language: `i18n/<language>.yaml`, one flat map of texts. A text that depends on a number is a map of
//! its forms, which are checked against those that the language has.

use catalog::texts::{CATEGORIES, Direction, Forms, Grammar, Text};

use super::fields::Reader;
use super::yaml::{self, Key, Node, Value};
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes, nearest};

/// A text, and where it stands.
#[derive(Debug)]
pub struct ThemeText {
    /// What templates and scripts call it.
    pub key: Spanned<String>,
    /// The text.
    pub text: Text,
    /// The names of the places in it that are filled.
    pub places: Vec<Spanned<String>>,
}

/// Reads the texts of a language; what is wrong in one leaves the others. An empty file has none.
pub fn read(file: &SourcePath, bytes: &[u8], language: &str) -> (Vec<ThemeText>, Vec<Diagnostic>) {
    let Ok(source) = std::str::from_utf8(bytes) else {
        let told = Diagnostic::error(codes::NOT_UTF8, "the theme's texts are not UTF-8", Span::new(file, 0, 0));
        return (Vec::new(), vec![told.help("save the file with the encoding UTF-8")]);
    };
    let mut reader = Reader::new(file, source);
    let root = yaml::read(file, source, (0, source.len()), &mut reader.diagnostics);
    // Which categories a language has does not depend on its direction.
    let mut texts = Texts { reader, language, grammar: Grammar::new(language, Direction::Ltr) };
    let found = match root {
        Some(Node { value: Value::Map(entries), .. }) => entries.iter().filter_map(|(key, node)| texts.read(key, node)).collect(),
        Some(other) => {
            texts.reader.wrong_kind(&other, "a map of texts", "write `key: text` on each line");
            Vec::new()
        }
        None => Vec::new(),
    };
    (found, texts.reader.diagnostics)
}

struct Texts<'a> {
    reader: Reader<'a>,
    language: &'a str,
    grammar: Grammar,
}

impl Texts<'_> {
    fn read(&mut self, key: &Key, node: &Node) -> Option<ThemeText> {
        let mut places = Vec::new();
        let text = match &node.value {
            Value::Scalar(text, _) => {
                self.places(text, node, &mut places);
                Text::Plain(text.clone())
            }
            Value::Map(forms) => self.forms(key, forms, &mut places)?,
            Value::Null | Value::List(_) => {
                let message = format!("`{}` is not a text", key.text);
                let help = "write a text, or its plural forms: `{one: …, other: …}`";
                let place = if matches!(node.value, Value::Null) { self.place_of(key) } else { self.reader.place(node) };
                self.reader.error(codes::WRONG_TYPE, message, place, help);
                return None;
            }
            Value::Refused => return None,
        };
        Some(ThemeText { key: Spanned::new(key.text.clone(), self.place_of(key)), text, places })
    }

    fn place_of(&self, key: &Key) -> Span {
        self.reader.span(key.start, key.end)
    }

    fn forms(&mut self, key: &Key, entries: &[(Key, Node)], places: &mut Vec<Spanned<String>>) -> Option<Text> {
        let mut forms = Forms::default();
        let mut found = Vec::new();
        for (category, node) in entries {
            let Value::Scalar(form, _) = &node.value else {
                let message = format!("the form `{}` of `{}` is not a text", category.text, key.text);
                self.reader.error(codes::WRONG_TYPE, message, self.place_of(category), "write a text");
                continue;
            };
            if forms.set(&category.text, form.clone()) {
                self.check_use(category);
            } else {
                self.tell_unknown(key, category);
            }
            self.places(form, node, places);
            found.push(category.text.as_str());
        }
        if !found.contains(&"other") {
            let message = format!("the text `{}` has no form `other`", key.text);
            let told = Diagnostic::error(codes::PLURAL_OTHER, message, self.place_of(key)).label("what is said of all other numbers?");
            self.reader.diagnostics.push(told.help("add `other: …`"));
            return None;
        }
        self.check_missing(key, &found);
        Some(Text::Plural(Box::new(forms)))
    }

    fn tell_unknown(&mut self, key: &Key, category: &Key) {
        let message = format!("`{}` is no plural form", category.text);
        let near = nearest(&category.text, CATEGORIES.into_iter()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("`{}` has forms here: {} are there", key.text, list(CATEGORIES.into_iter())));
        self.reader.error(codes::PLURAL_FORM, message, self.place_of(category), help);
    }

    /// Tells of a form that no number ever asks for.
    fn check_use(&mut self, category: &Key) {
        if self.grammar.categories().any(|(known, _)| known == category.text) {
            return;
        }
        let message = format!("`{}` has no plural form `{}`", self.language, category.text);
        let help = format!("remove it: numbers in this language ask for {}", list(self.grammar.categories().map(|(name, _)| name)));
        let told = Diagnostic::warning(codes::PLURAL_UNUSED, message, self.place_of(category)).label("never shown");
        self.reader.diagnostics.push(told.help(help));
    }

    /// Tells of forms that small numbers ask for, and that are not there.
    fn check_missing(&mut self, key: &Key, found: &[&str]) {
        let missing: Vec<_> =
            self.grammar.categories().filter(|(name, is_needed)| *is_needed && !found.contains(name)).map(|(name, _)| name).collect();
        if missing.is_empty() {
            return;
        }
        let message = format!("the text `{}` lacks plural forms of `{}`: {}", key.text, self.language, list(missing.iter().copied()));
        let told = Diagnostic::warning(codes::PLURAL_MISSING, message, self.place_of(key)).label("`other` is shown instead");
        self.reader.diagnostics.push(told.help("add them"));
    }

    /// Adds the places of a form, where they stand in the file.
    fn places(&self, form: &str, node: &Node, places: &mut Vec<Spanned<String>>) {
        let written = self.reader.source.get(node.start as usize..node.end as usize).unwrap_or_default();
        for name in names(form) {
            let place = format!("{{{name}}}");
            let whole = Span { file: self.reader.file.clone(), start: node.start, end: node.end };
            // Where it is written with escapes, the text as a whole is its place.
            let span = written.find(&place).map_or_else(|| self.reader.place(node), |at| whole.within(at, at + place.len()));
            places.push(Spanned::new(name.to_owned(), span));
        }
    }
}

/// The names of the places in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    inside.filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// `a`, `b`
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a file in a language: code, the words at the place, message.
    fn said(language: &str, source: &str) -> Vec<String> {
        let file = SourcePath::from("themes/mine/i18n/x.yaml");
        let (_, told) = read(&file, source.as_bytes(), language);
        let place = |told: &Diagnostic| told.span.as_ref().map_or("", |span| &source[span.start as usize..span.end as usize]).to_owned();
        told.iter().map(|told| format!("{} {}: {}", told.code, place(told), told.message)).collect()
    }

    #[test]
    fn forms_are_those_that_the_language_has() {
        assert_eq!(said("de", "a: A\nb: {one: '{count} B', other: '{count} B'}\n"), [""; 0]);
        assert_eq!(said("ja", "a: {other: '{count}'}"), [""; 0]);
        assert_eq!(said("fr", "a: {one: a, other: b}"), [""; 0]);
        assert_eq!(said("fr", "a: {one: a, many: c, other: b}"), [""; 0]);
        assert_eq!(said("de", "a.b: {one: 1}"), ["E250 a.b: the text `a.b` has no form `other`"]);
        assert_eq!(said("de", "a: {one: 1, otter: 2, other: 3}"), ["E251 otter: `otter` is no plural form"]);
        assert_eq!(said("de", "a: {zero: 0, one: 1, other: 2}"), ["W250 zero: `de` has no plural form `zero`"]);
        let missing = "W251 a: the text `a` lacks plural forms of `ar`: `zero`, `two`, `few`, `many`";
        assert_eq!(said("ar", "a: {one: 1, other: 2}"), [missing]);
        assert_eq!(said("de", "a: [1]\nb:\nc: {one: [], other: 1}\nd: D\n").len(), 4);
    }

    #[test]
    fn mistakes_of_yaml_have_their_places() {
        assert_eq!(said("en", "a: A\na: B\n")[0].split(' ').next(), Some("E011"));
        assert_eq!(said("en", "- a\n")[0].split(' ').next(), Some("E012"));
        assert_eq!(said("en", "a: 'A\n")[0].split(' ').next(), Some("E002"));
        let file = SourcePath::from("themes/mine/i18n/x.yaml");
        assert_eq!(read(&file, b"a: \xff", "en").1[0].code, codes::NOT_UTF8);
        assert_eq!(read(&file, b"", "en").0.len(), 0);
    }

    #[test]
    fn places_are_found_where_they_are_written() {
        let source = "a: '{count} of {of the} {total_1}'\nb: {one: '{x}', other: \"\\x7by}\"}\n";
        let (texts, told) = read(&SourcePath::from("x.yaml"), source.as_bytes(), "en");
        assert_eq!(told, []);
        let places = texts.iter().flat_map(|text| &text.places);
        let places: Vec<_> = places.map(|place| (&*place.value, &source[place.span.start as usize..place.span.end as usize])).collect();
        assert_eq!(places, [("count", "{count}"), ("total_1", "{total_1}"), ("x", "{x}"), ("y", "\"\\x7by}\"")]);
    }
}
