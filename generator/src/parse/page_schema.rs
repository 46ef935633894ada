//! What the pages of a folder can say beyond the usual, `content/<folder>/_schema.yaml`: the declared keys, and whether a page's values
//! are what they declare. What a value refers to is looked up later. A theme declares what a shop can set of it in the same way.

use std::sync::Arc;

use imaging::Focus;
use serde::{Deserialize, Serialize};

use super::data::in_words;
use super::fields::{Pairs, Reader, Scalar, Set, keys};
use super::forms::{Bool, Colour, Date, Email, FieldName, FileName, FocusPoint, Folders, Id, Line, LinkUrl, Number, PageFieldWord};
use super::loose::{Anything, Loose, LooseValue};
use super::page::RawPage;
use super::settings::{Localized, Words};
use super::{Text, contrast, markdown};
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes, nearest};

keys! {
    "What the pages of a folder and of the folders below it can say beyond the usual, content/<folder>/_schema.yaml."
    struct RawPageSchema {
        #[required] fields: Pairs<FieldName, RawPageField>, "Keys of their front matter: {serves: {title: Serves, type: number, required: true}}.";
    }
}

keys! {
    "A key of front matter, or a setting of a theme."
    struct RawPageField {
        title: Localized<Line>, "What readers and editors call it; its name, when nothing is written.";
        help: Line, "What editors are told.";
        r#type: PageFieldWord, "What its value is; text, when nothing is written.";
        of: PageFieldWord, "Of a list: what its entries are; text, when nothing is written.";
        required: Bool, "true: every page has to say it.";
        choices: Set<Line>, "Of a choice: the words that can stand there.";
        min: Number, "The least number, the fewest characters of a text, the fewest entries of a list.";
        max: Number, "The largest number, the most characters of a text, the most entries of a list.";
        fields: Pairs<FieldName, RawPageField>, "Of a map, or of a list of maps: its keys.";
        default: Anything, "Its value where nothing is said.";
        contrast: Set<Colour>, "Of a colour: a list of the grounds on which it is read, so that one that is too faint on them is told.";
    }
}

/// What a value can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FieldType {
    /// One line, or several.
    #[default]
    Text,
    /// Markdown.
    Markdown,
    /// A number, with decimals or without, also below zero.
    Number,
    /// Yes or no.
    Boolean,
    /// A day or an instant.
    Date,
    /// One of a few words.
    Choice,
    /// Of the web, mail or telephone.
    Url,
    /// An e-mail address.
    Email,
    /// `#rrggbb`
    Colour,
    /// A picture beside the page.
    Picture,
    /// A page, by its path in `content/`.
    Page,
    /// A product, by its id.
    Product,
    /// Several values.
    List,
    /// Keys of its own.
    Map,
}

/// A declared key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageField {
    /// As pages say it.
    pub name: String,
    /// What readers call it.
    pub title: Option<Words>,
    /// What editors are told.
    pub help: Option<String>,
    /// What its value is.
    pub sort: FieldType,
    /// Of a list: what its entries are.
    pub entries: FieldType,
    /// Every page has to say it.
    pub is_required: bool,
    /// Of a choice; never empty there.
    pub choices: Vec<String>,
    /// The least number, length or count.
    pub min: Option<f64>,
    /// The most.
    pub max: Option<f64>,
    /// Keys of a map, or of a list's maps.
    pub fields: Vec<PageField>,
    /// The value where nothing is said; it is what the field declares.
    pub default: Option<Loose>,
    /// Of a colour: the grounds on which it is read.
    pub contrast: Vec<String>,
}

/// What a folder's pages can say beyond the usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedPageSchema {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// Below `content/`, without slashes at the ends; empty for all pages.
    pub folder: String,
    /// In the order declared.
    pub fields: Vec<PageField>,
}

/// A value that is what its field declares; references are not looked up yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Words: of a text, a choice, an address, a colour.
    Text(String),
    /// Markdown.
    Markdown(Text),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Seconds since 1970 in UTC.
    Date(i64),
    /// A file beside the page, and what it shows.
    Picture(Spanned<String>, Option<String>, Focus),
    /// A page by its path.
    Page(Spanned<String>),
    /// A product by its id.
    Product(Spanned<String>),
    /// Several.
    List(Vec<Given>),
    /// Keys and values, in the order declared; what is not given is left out.
    Map(Vec<(String, Given)>),
}

/// The schema of `content/<folder>/_schema.yaml`.
pub(super) fn page_schema(raw: RawPageSchema, folder: &str, reader: &mut Reader<'_>) -> ParsedPageSchema {
    let fields = fields(raw.fields.unwrap_or_default(), true, reader);
    ParsedPageSchema { file: SourcePath::clone(reader.file), folder: folder.to_owned(), fields, complete: reader.is_clean() }
}

/// Keys declared for something else than pages.
pub(super) fn declared(raw: Vec<(Spanned<String>, Spanned<RawPageField>)>, reader: &mut Reader<'_>) -> Vec<PageField> {
    fields(raw, false, reader)
}

fn fields(raw: Vec<(Spanned<String>, Spanned<RawPageField>)>, is_outermost: bool, reader: &mut Reader<'_>) -> Vec<PageField> {
    let mut fields: Vec<PageField> = Vec::with_capacity(raw.len());
    for (name, raw) in raw {
        if is_outermost && RawPage::KEYS.contains(&name.value.as_str()) {
            let message = format!("`{}` is a key that every page has", name.value);
            reader.error(codes::RESERVED, message, name.span, "choose another name");
            continue;
        }
        fields.push(field(name, raw.value, reader));
    }
    fields
}

fn field(name: Spanned<String>, raw: RawPageField, reader: &mut Reader<'_>) -> PageField {
    let sort = raw.r#type.as_ref().map_or(FieldType::Text, |sort| sort.value);
    let written = raw.of.as_ref().map_or(if raw.fields.is_some() { FieldType::Map } else { FieldType::Text }, |of| of.value);
    // What pages say is read with the rest of the schema, also where it has mistakes.
    let entries = if written == FieldType::List { FieldType::Text } else { written };
    let is_list = sort == FieldType::List;
    let inner = if is_list { entries } else { sort };
    let before = reader.diagnostics.len();
    let mut wrong = |key: &'static str, help: &str| {
        if let Some((_, span)) = raw.written.iter().find(|(written, _)| *written == key) {
            let message = format!("`{key}` means nothing for `{}`", name.value);
            reader.error(codes::PAGE_SCHEMA, message, span.clone(), help);
        }
    };
    if !is_list {
        wrong("of", "remove it, or write `type: list`");
    }
    if inner != FieldType::Choice {
        wrong("choices", "remove them, or write `type: choice`");
    }
    if inner != FieldType::Map {
        wrong("fields", "remove them, or write `type: map`");
    }
    if !(is_list || matches!(sort, FieldType::Number | FieldType::Text | FieldType::Markdown)) {
        wrong("min", "remove it");
        wrong("max", "remove it");
    }
    if inner != FieldType::Colour {
        wrong("contrast", "remove it, or write `type: colour`");
    }
    if matches!(inner, FieldType::Picture | FieldType::Page | FieldType::Product | FieldType::Map) {
        wrong("default", "remove it: it would be of one shop, or belongs to the keys of the map");
    }
    if raw.default.is_some() {
        wrong("required", "remove it: where nothing is said, it is its `default`");
    }
    let choices: Vec<String> = raw.choices.unwrap_or_default().into_iter().map(|choice| choice.value).collect();
    let fields = fields(raw.fields.unwrap_or_default(), false, reader);
    if inner == FieldType::Choice && choices.is_empty() {
        reader.error(
            codes::PAGE_SCHEMA,
            format!("`{}` has nothing to choose from", name.value),
            name.span.clone(),
            "add `choices: [one, another]`",
        );
    }
    if inner == FieldType::Map && fields.is_empty() {
        reader.error(
            codes::PAGE_SCHEMA,
            format!("the map `{}` has no keys", name.value),
            name.span.clone(),
            "add `fields: {name: {type: text}}`",
        );
    }
    if is_list && written == FieldType::List {
        reader.error(
            codes::PAGE_SCHEMA,
            format!("`{}` is a list of lists", name.value),
            name.span.clone(),
            "use a list of maps: `of: map`",
        );
    }
    if let (Some(min), Some(max)) = (&raw.min, &raw.max)
        && min.value > max.value
    {
        reader.error(codes::PAGE_SCHEMA, "`min` is more than `max`", min.span.clone(), "correct one of them");
    }
    let field = PageField {
        title: raw.title,
        help: raw.help.map(|help| help.value),
        sort,
        entries,
        is_required: raw.required.is_some_and(|required| required.value),
        choices,
        min: raw.min.map(|min| min.value),
        max: raw.max.map(|max| max.value),
        fields,
        default: None,
        contrast: raw.contrast.unwrap_or_default().into_iter().map(|ground| ground.value).collect(),
        name: name.value,
    };
    let is_sound = !is_wrong(&reader.diagnostics, before);
    // One that is wrong is told, and left out.
    let default = raw.default.filter(|default| is_sound && field.read(default, &mut reader.diagnostics).is_some());
    PageField { default, ..field }
}

/// Whether something was found wrong since there were so many problems; a warning is nothing wrong.
fn is_wrong(problems: &[Diagnostic], before: usize) -> bool {
    problems[before..].iter().any(Diagnostic::is_error)
}

impl PageField {
    /// The value where it is what the field declares; else what is wrong is added to `problems`.
    pub fn read(&self, given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        let value = self.value(self.sort, given, problems)?;
        let (measure, what) = match (&value, &given.value) {
            (Given::Number(number), _) => (*number, ""),
            (Given::Text(_) | Given::Markdown(_), LooseValue::Text(text)) => (length(text.chars().count()), " characters"),
            (Given::List(entries), _) => (length(entries.len()), " entries"),
            _ => return Some(value),
        };
        let (says, limit) = match (self.min, self.max) {
            (Some(min), _) if measure < min => ("less than", min),
            (_, Some(max)) if measure > max => ("more than", max),
            _ => return Some(value),
        };
        let message = format!("`{}` is {says} {limit}{what}", self.name);
        problems.push(Diagnostic::error(codes::OUT_OF_RANGE, message, given.span.clone()).help(format!("write {}{what}", self.range())));
        None
    }

    fn range(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => String::new(),
        }
    }

    fn list(&self, given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        let LooseValue::List(items) = &given.value else {
            self.wrong_kind(given, "a list", "write each entry on its own line after `- `, or all of them between `[` and `]`", problems);
            return None;
        };
        let before = problems.len();
        let values: Vec<Given> = items.iter().filter_map(|item| self.value(self.entries, item, problems)).collect();
        (!is_wrong(problems, before)).then_some(Given::List(values))
    }

    fn wrong_kind(&self, given: &Loose, wanted: &str, help: &str, problems: &mut Vec<Diagnostic>) {
        let message = format!("`{}` is {}, but {wanted} is expected", self.name, given.kind());
        problems.push(Diagnostic::error(codes::WRONG_TYPE, message, given.span.clone()).help(help));
    }

    /// A value of one of the types, read as the field's.
    fn value(&self, sort: FieldType, given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        if let (FieldType::Picture, LooseValue::Map(entries)) = (sort, &given.value) {
            return Self::picture(entries, given, problems);
        }
        let mut text = || self.text_of(given, problems);
        let at = |value: String| Spanned::new(value, given.span.clone());
        let parsed = match sort {
            FieldType::List => return self.list(given, problems),
            FieldType::Map => return self.map(given, problems),
            FieldType::Text => Ok(Given::Text(text()?.to_owned())),
            FieldType::Markdown => {
                let markdown = markdown::parse(text()?, &markdown::Options::ours());
                Ok(Given::Markdown(Text { markdown: Arc::new(markdown), span: given.span.clone(), map: Vec::new() }))
            }
            FieldType::Number => Number::parse(text()?).map(Given::Number),
            FieldType::Boolean => {
                let text = text()?;
                let text = if given.span.file.ends_with(".csv") { in_words(text) } else { text.into() };
                Bool::parse(&text).map(Given::Boolean)
            }
            FieldType::Date => Date::parse(text()?).map(Given::Date),
            FieldType::Choice => {
                let text = text()?;
                return self.choice(text, given, problems);
            }
            FieldType::Url => LinkUrl::parse(text()?).map(Given::Text),
            FieldType::Email => Email::parse(text()?).map(Given::Text),
            FieldType::Colour => {
                let text = text()?;
                Colour::parse(text).map(|colour| {
                    self.tell_faint(&colour, &given.span, problems);
                    Given::Text(colour)
                })
            }
            FieldType::Picture => FileName::parse(text()?).map(|file| Given::Picture(at(file), None, Focus::default())),
            FieldType::Page => Folders::parse(text()?).map(|page| Given::Page(at(page))),
            FieldType::Product => Id::parse(text()?).map(|id| Given::Product(at(id))),
        };
        parsed
            .map_err(|problem| {
                let message = format!("`{}` {}", self.name, problem.says);
                problems.push(Diagnostic::error(problem.code, message, given.span.clone()).help(problem.help));
            })
            .ok()
    }

    /// A single value's text, which is never empty.
    fn text_of<'g>(&self, given: &'g Loose, problems: &mut Vec<Diagnostic>) -> Option<&'g str> {
        let LooseValue::Text(text) = &given.value else {
            self.wrong_kind(given, "a single value", "write one value after the colon", problems);
            return None;
        };
        if text.is_empty() {
            let message = format!("`{}` is an empty text", self.name);
            let told = Diagnostic::error(codes::EMPTY_TEXT, message, given.span.clone());
            problems.push(told.help("write something between the quotes or remove the key"));
            return None;
        }
        Some(text)
    }

    /// Tells of a colour that cannot be read well where it is.
    fn tell_faint(&self, colour: &str, place: &Span, problems: &mut Vec<Diagnostic>) {
        let faint =
            self.contrast.iter().map(|ground| (contrast::ratio(colour, ground), ground)).filter(|(ratio, _)| *ratio < contrast::LEAST);
        if let Some((ratio, ground)) = faint.min_by(|one, other| one.0.total_cmp(&other.0)) {
            let message = format!("`{}` is hard to read on `{ground}`", self.name);
            let told = Diagnostic::warning(codes::FAINT_COLOUR, message, place.clone());
            let help = format!("use one that can be read, such as `'{}'`", contrast::readable(colour, ground));
            problems.push(told.label(format!("its contrast is {ratio:.1}, and texts need {}", contrast::LEAST)).help(help));
        }
    }

    fn choice(&self, text: &str, given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        if self.choices.iter().any(|choice| choice == text) {
            return Some(Given::Text(text.to_owned()));
        }
        let all = self.choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
        let help = nearest(text, self.choices.iter().map(String::as_str))
            .map_or_else(|| format!("write one of {all}"), |near| format!("did you mean `{near}`?"));
        let message = format!("`{}` is none of {all}", self.name);
        problems.push(Diagnostic::error(codes::UNKNOWN_CHOICE, message, given.span.clone()).help(help));
        None
    }

    fn map(&self, given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        let LooseValue::Map(entries) = &given.value else {
            self.wrong_kind(given, "a map", "write `key: value` on lines of their own, further right than the key", problems);
            return None;
        };
        let before = problems.len();
        let values = read_all(&self.fields, entries, &given.span, problems);
        (!is_wrong(problems, before)).then_some(Given::Map(values))
    }

    fn picture(entries: &[(Spanned<String>, Loose)], given: &Loose, problems: &mut Vec<Diagnostic>) -> Option<Given> {
        let text = |name: &str, sort| PageField { name: name.to_owned(), sort, ..PageField::text() };
        let file = PageField { is_required: true, ..text("file", FieldType::Picture) };
        let declared = [file, text("alt", FieldType::Text), text("focus", FieldType::Text)];
        let before = problems.len();
        // An empty description is a decoration's, and not a missing one.
        let is_decoration = |(name, value): &&(Spanned<String>, Loose)| {
            name.value == "alt" && matches!(&value.value, LooseValue::Text(text) if text.is_empty())
        };
        let decoration = entries.iter().find(is_decoration).map(|_| String::new());
        let written: Vec<(Spanned<String>, Loose)> = entries.iter().filter(|entry| !is_decoration(entry)).cloned().collect();
        let (mut file, mut alt, mut focus) = (None, decoration, Focus::default());
        for (name, value) in read_all(&declared, &written, &given.span, problems) {
            match value {
                Given::Picture(found, ..) => file = Some(found),
                Given::Text(text) if name == "focus" => match FocusPoint::parse(&text) {
                    Ok(found) => focus = found,
                    Err(problem) => {
                        let place = written.iter().find(|(name, _)| name.value == "focus").map_or(&given.span, |(_, value)| &value.span);
                        let told = Diagnostic::error(problem.code, format!("`focus` {}", problem.says), place.clone());
                        problems.push(told.help(problem.help));
                    }
                },
                Given::Text(text) => alt = Some(text),
                _ => {}
            }
        }
        if is_wrong(problems, before) {
            return None;
        }
        Some(Given::Picture(file?, alt, focus))
    }

    fn text() -> Self {
        Self {
            name: String::new(),
            title: None,
            help: None,
            sort: FieldType::Text,
            entries: FieldType::Text,
            is_required: false,
            choices: Vec::new(),
            min: None,
            max: None,
            fields: Vec::new(),
            default: None,
            contrast: Vec::new(),
        }
    }
}

/// The values of declared keys in the order declared; keys that are missing or not declared are told. `place` is where a missing
/// one is.
pub fn read_all(
    declared: &[PageField],
    given: &[(Spanned<String>, Loose)],
    place: &Span,
    problems: &mut Vec<Diagnostic>,
) -> Vec<(String, Given)> {
    for (name, _) in given {
        if declared.iter().any(|field| field.name == name.value) {
            continue;
        }
        let names = || declared.iter().map(|field| field.name.as_str());
        let help = nearest(name, names()).map_or_else(
            || format!("the keys here are {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        problems.push(Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key `{}`", name.value), name.span.clone()).help(help));
    }
    let mut values = Vec::with_capacity(declared.len());
    for field in declared {
        match given.iter().find(|(name, _)| name.value == field.name) {
            Some((_, value)) => values.extend(field.read(value, problems).map(|value| (field.name.clone(), value))),
            None if field.is_required => {
                let message = format!("the key `{}` is missing", field.name);
                problems.push(Diagnostic::error(codes::MISSING_KEY, message, place.clone()).help(format!("add `{}: …`", field.name)));
            }
            None => {
                // What it says of itself has been told with its declaration.
                let default = field.default.as_ref().and_then(|default| field.read(default, &mut Vec::new()));
                values.extend(default.map(|value| (field.name.clone(), value)));
            }
        }
    }
    values
}

/// Lengths and counts of files that are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn length(count: usize) -> f64 {
    count as f64
}
