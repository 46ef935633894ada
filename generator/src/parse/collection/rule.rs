//! Rules that make lists: `tag = gift and price < 30`.
//!
//! `or` binds weaker than `and`, `not` stronger than both; brackets group. A value ends at the next of these words; quotes
//! keep them. `:` and `=` mean the same.

use catalog::money::Decimal;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Span, Spanned, codes, nearest};
use crate::parse::fields::{Problem, Read, Reader, Scalar, scalar_text};
use crate::parse::forms::{Date, Folders, KindWord};
use crate::parse::money::Amount;
use crate::parse::yaml::{self, Node};
use crate::parse::{Kind, Text};

/// Which products belong to a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rule {
    /// All of these hold.
    All(Vec<Rule>),
    /// One of these holds.
    Any(Vec<Rule>),
    /// This does not hold.
    Not(Box<Rule>),
    /// A condition.
    Is(Condition),
}

/// Something that is true of a product or is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// It has a tag.
    Tag(Spanned<String>),
    /// It is in a category or below it.
    Category(Spanned<String>),
    /// Its maker, as written.
    Brand(Spanned<String>),
    /// What is sold.
    Kind(Kind),
    /// Its lowest price in the shop's first currency; products without a price have none.
    Price(Compare, Spanned<Decimal>),
    /// When it was added, seconds since 1970 in UTC; products without a date have none.
    Date(Compare, i64),
    /// Its price is reduced.
    Reduced,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Compare {
    /// Whether `a` compares so with `b`.
    pub fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Equal => a == b,
            Self::AtLeast => a >= b,
            Self::More => a > b,
        }
    }
}

impl Rule {
    /// Whether it holds, where `is` says it of each condition.
    pub fn holds(&self, is: &impl Fn(&Condition) -> bool) -> bool {
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(is)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(is)),
            Self::Not(rule) => !rule.holds(is),
            Self::Is(condition) => is(condition),
        }
    }

    /// All its conditions.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(Self::conditions).collect(),
            Self::Not(rule) => rule.conditions(),
            Self::Is(condition) => vec![condition],
        }
    }
}

/// A rule as it is written.
pub(in crate::parse) struct RuleForm;

impl Read for RuleForm {
    type Out = Rule;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Rule> {
        scalar_text(node, reader, "a rule such as `tag = gift`")?;
        let yaml::Value::Scalar(text, _) = &node.value else { return None };
        // The same as a long text: pieces of it lie at places in the file.
        let place = Text { markdown: std::sync::Arc::default(), span: reader.place(node), map: yaml::map(reader.source, node) };
        let mut parser = Parser { tokens: tokens(text), at: 0, end: text.len(), place: &place };
        match parser.whole() {
            Ok(rule) => Some(rule),
            Err(problem) => {
                reader.diagnostics.push(*problem);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}

/// A piece of a rule and where it lies in its text.
#[derive(Clone, Debug, PartialEq)]
struct Token {
    text: String,
    start: usize,
    end: usize,
    quoted: bool,
}

/// Words, quoted texts, brackets and signs.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let mut end = start + c.len_utf8();
        let mut take_while = |rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>, wanted: &dyn Fn(char) -> bool| {
            while let Some((at, c)) = rest.next_if(|(_, c)| wanted(*c)) {
                end = at + c.len_utf8();
            }
            end
        };
        match c {
            c if c.is_whitespace() => {}
            '"' | '\'' => {
                let close = take_while(&mut rest, &|other| other != c);
                let end = rest.next().map_or(close, |(at, c)| at + c.len_utf8());
                tokens.push(Token { text: text[start + 1..close].to_owned(), start, end, quoted: true });
            }
            '(' | ')' => tokens.push(Token { text: c.to_string(), start, end, quoted: false }),
            '<' | '>' | '=' | '!' | ':' => {
                let end = take_while(&mut rest, &|other| other == '=');
                tokens.push(Token { text: text[start..end].to_owned(), start, end, quoted: false });
            }
            _ => {
                let end = take_while(&mut rest, &|other| !other.is_whitespace() && !"()<>=!:\"'".contains(other));
                tokens.push(Token { text: text[start..end].to_owned(), start, end, quoted: false });
            }
        }
    }
    tokens
}

const FIELDS: [&str; 7] = ["tag", "category", "brand", "kind", "price", "date", "reduced"];

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    /// Of the text.
    end: usize,
    place: &'a Text,
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

impl Parser<'_> {
    fn whole(&mut self) -> Parsed<Rule> {
        let rule = self.any()?;
        match self.next_is(|_| true) {
            None => Ok(rule),
            Some(token) => Err(self.problem(&token, "does not belong here", "join conditions by `and` or `or`")),
        }
    }

    fn any(&mut self) -> Parsed<Rule> {
        let mut rules = vec![self.all()?];
        while self.next_is(|word| word == "or").is_some() {
            rules.push(self.all()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::Any(rules) })
    }

    fn all(&mut self) -> Parsed<Rule> {
        let mut rules = vec![self.one()?];
        while self.next_is(|word| word == "and").is_some() {
            rules.push(self.one()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) })
    }

    fn one(&mut self) -> Parsed<Rule> {
        if self.next_is(|word| word == "not").is_some() {
            return Ok(Rule::Not(Box::new(self.one()?)));
        }
        if let Some(open) = self.next_is(|word| word == "(") {
            let rule = self.any()?;
            return match self.next_is(|word| word == ")") {
                Some(_) => Ok(rule),
                None => Err(self.problem(&open, "has no `)`", "close the bracket")),
            };
        }
        self.condition()
    }

    fn condition(&mut self) -> Parsed<Rule> {
        let Some(field) = self.next_is(|_| true) else {
            let end = Token { text: String::new(), start: self.end.saturating_sub(1), end: self.end, quoted: false };
            return Err(self.problem(&end, "ends too early", "a condition is for example `tag = gift` or `price < 30`"));
        };
        if field.text == "reduced" {
            return Ok(Rule::Is(Condition::Reduced));
        }
        if !FIELDS.contains(&field.text.as_str()) {
            let help = nearest(&field.text, FIELDS.into_iter()).map_or_else(
                || format!("a condition begins with one of {}", FIELDS.map(|name| format!("`{name}`")).join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(self.problem(&field, "is nothing that a rule can ask", help));
        }
        let signs = ["=", ":", "!=", "<", "<=", ">", ">="];
        let Some(sign) = self.next_is(|word| signs.contains(&word)) else {
            return Err(self.problem(&field, "is not compared with anything", format!("write for example `{}`", example(&field.text))));
        };
        let value = self.value(&sign)?;
        let is_ordered = matches!(field.text.as_str(), "price" | "date");
        let compare = match sign.text.as_str() {
            "<" if is_ordered => Compare::Less,
            "<=" if is_ordered => Compare::AtMost,
            ">" if is_ordered => Compare::More,
            ">=" if is_ordered => Compare::AtLeast,
            "=" | ":" | "!=" => Compare::Equal,
            _ => return Err(self.problem(&sign, "compares numbers and dates", format!("write `{}`", example(&field.text)))),
        };
        let condition = match field.text.as_str() {
            "tag" => Condition::Tag(value),
            "brand" => Condition::Brand(value),
            "category" => Condition::Category(form::<Folders>("category", value)?),
            "kind" => Condition::Kind(form::<KindWord>("kind", value)?.value),
            "price" => Condition::Price(compare, form::<Amount>("price", value)?),
            _ => Condition::Date(compare, form::<Date>("date", value)?.value),
        };
        let rule = Rule::Is(condition);
        Ok(if sign.text == "!=" { Rule::Not(Box::new(rule)) } else { rule })
    }

    /// Everything up to the next word that joins conditions.
    fn value(&mut self, sign: &Token) -> Parsed<Spanned<String>> {
        let mut parts: Vec<Token> = Vec::new();
        while let Some(token) = self.next_is(|word| !matches!(word, "and" | "or" | ")")) {
            parts.push(token);
        }
        match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => {
                let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
                Ok(Spanned::new(text, self.span(first.start, last.end)))
            }
            _ => Err(self.problem(sign, "has nothing behind it", "write a value, in quotes where it has `and` or `or` in it")),
        }
    }

    /// The next token, where its text is wanted. Quoted texts are never words of the rule.
    fn next_is(&mut self, wanted: impl Fn(&str) -> bool) -> Option<Token> {
        let token = self.tokens.get(self.at)?;
        let is_wanted = if token.quoted { wanted("\0") } else { wanted(&token.text) };
        if !is_wanted {
            return None;
        }
        self.at += 1;
        Some(token.clone())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let cut = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.place.locate((cut(start), cut(end)))
    }

    fn problem(&self, token: &Token, says: &str, help: impl Into<String>) -> Box<Diagnostic> {
        let what = if token.text.is_empty() { "the rule".to_owned() } else { format!("`{}`", token.text) };
        Box::new(Diagnostic::error(codes::RULE, format!("{what} {says}"), self.span(token.start, token.end)).help(help))
    }
}

/// A value in the form that its field has.
fn form<T: Scalar>(field: &str, value: Spanned<String>) -> Parsed<Spanned<T::Out>> {
    match T::parse(&value.value) {
        Ok(parsed) => Ok(Spanned::new(parsed, value.span)),
        Err(Problem { code, says, help }) => Err(Box::new(Diagnostic::error(code, format!("`{field}` {says}"), value.span).help(help))),
    }
}

fn example(field: &str) -> &'static str {
    match field {
        "category" => "category = kitchen/mugs",
        "brand" => "brand = Quay Pottery",
        "kind" => "kind = digital",
        "price" => "price < 30",
        "date" => "date >= 2026-05-01",
        _ => "tag = gift",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourcePath;

    /// The rule of a collection as brackets and words, or what is said and at which words.
    fn check(rule: &str) -> String {
        fn show(rule: &Rule) -> String {
            let all = |rules: &[Rule], word: &str| format!("({})", rules.iter().map(show).collect::<Vec<_>>().join(word));
            match rule {
                Rule::All(rules) => all(rules, " & "),
                Rule::Any(rules) => all(rules, " | "),
                Rule::Not(rule) => format!("!{}", show(rule)),
                Rule::Is(Condition::Tag(text)) => format!("tag[{}]", text.value),
                Rule::Is(Condition::Brand(text)) => format!("brand[{}]", text.value),
                Rule::Is(Condition::Category(text)) => format!("category[{}]", text.value),
                Rule::Is(Condition::Price(compare, _)) => format!("price {compare:?}"),
                Rule::Is(other) => format!("{other:?}"),
            }
        }
        let source = format!("title: X\nrule: {rule}\n");
        let path = SourcePath::from("collections/x.yaml");
        let (parsed, told) = crate::parse::parse(crate::parse::SourceKind::Collection, &path, source.as_bytes());
        match (parsed, told.first()) {
            (_, Some(problem)) => {
                let words = problem.span.as_ref().map_or("", |span| &source[span.start as usize..span.end as usize]);
                format!("{} at {words:?}", problem.message)
            }
            (crate::parse::Parsed::Collection(collection), None) => show(&collection.rule.expect("a rule")),
            _ => "no collection".to_owned(),
        }
    }

    #[test]
    fn rules_read_as_they_are_spoken() {
        assert_eq!(check("tag = gift and price < 30"), "(tag[gift] & price Less)");
        assert_eq!(check("'tag: gift and price <= 30.50'"), "(tag[gift] & price AtMost)");
        assert_eq!(check("tag = a or tag = b and not reduced"), "(tag[a] | (tag[b] & !Reduced))");
        assert_eq!(check("(tag = a or tag = b) and brand = Quay Pottery"), "((tag[a] | tag[b]) & brand[Quay Pottery])");
        assert_eq!(check("tag = \"salt and pepper\" and tag != new in"), "(tag[salt and pepper] & !tag[new in])");
        assert_eq!(check("category = kitchen/mugs and kind = physical"), "(category[kitchen/mugs] & Kind(Physical))");
        assert_eq!(check("date >= 2026-05-01"), "Date(AtLeast, 1777593600)");
    }

    #[test]
    fn mistakes_point_at_the_word() {
        assert_eq!(check("tga = gift"), "`tga` is nothing that a rule can ask at \"tga\"");
        assert_eq!(check("tag gift"), "`tag` is not compared with anything at \"tag\"");
        assert_eq!(check("tag < gift"), "`<` compares numbers and dates at \"<\"");
        assert_eq!(check("tag = gift and"), "the rule ends too early at \"d\"");
        assert_eq!(check("(tag = gift"), "`(` has no `)` at \"(\"");
        assert_eq!(check("tag = gift)"), "`)` does not belong here at \")\"");
        assert_eq!(check("price < 3,50"), "`price` has a decimal comma at \"3,50\"");
        assert_eq!(
            check("kind = book"),
            "`kind` is none of `physical`, `digital`, `service`, `bundle`, `gift-card`, `group`, `external` at \"book\""
        );
        assert_eq!(check("price ="), "`=` has nothing behind it at \"=\"");
    }
}
