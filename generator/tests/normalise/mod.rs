//! Compares HTML as the `CommonMark` specification's `normalize.py` does: white space beside block
//! elements doesn't count, elsewhere its amount doesn't (but in `<pre>`), nor do the order of
//! attributes, the case of names, `<br/>` against `<br>`, and how a character is escaped.

use std::fmt::Write as _;

/// The elements that count as blocks, each between spaces.
const BLOCKS: &str = " article header aside hgroup blockquote hr iframe body li map button object canvas ol caption output col p colgroup pre dd progress div section dl table td dt tbody embed textarea fieldset tfoot figcaption th figure thead footer tr form ul h1 h2 h3 h4 h5 h6 video script style ";

fn is_block(name: &str) -> bool {
    BLOCKS.contains(&format!(" {name} "))
}

/// The normal form.
pub(crate) fn normalise(html: &str) -> String {
    let mut normal = Normal::default();
    for token in tokens(html) {
        normal.token(token);
    }
    normal.html
}

/// The text, also that in attributes.
pub(crate) fn text(html: &str) -> String {
    let piece = |token| match token {
        Token::Text(text) => unescape(text),
        Token::Start { attributes, .. } => attributes.into_iter().map(|(_, value)| unescape(&value.unwrap_or_default())).collect(),
        Token::End(_) => String::new(),
        Token::Other(raw) => raw.to_owned(),
    };
    tokens(html).into_iter().map(piece).collect()
}

enum Token<'h> {
    Text(&'h str),
    Start { name: String, attributes: Vec<(String, Option<String>)>, closed: bool },
    End(String),
    Other(&'h str),
}

#[derive(Default, PartialEq)]
enum Last {
    #[default]
    Start,
    End,
    Data,
}

#[derive(Default)]
struct Normal {
    html: String,
    last: Last,
    tag: String,
    in_pre: bool,
}

impl Normal {
    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) => self.text(text),
            Token::Other(raw) => {
                self.html.push_str(raw);
                self.last = Last::Data;
            }
            Token::Start { name, mut attributes, closed } => {
                self.in_pre |= name == "pre";
                self.before(&name);
                attributes.sort();
                let _ = write!(self.html, "<{name}");
                for (key, value) in attributes {
                    let value = value.unwrap_or_default();
                    let _ = write!(self.html, " {key}=\"{}\"", escape(&unescape(&value)));
                }
                self.html.push('>');
                self.tag = name;
                self.last = if closed { Last::End } else { Last::Start };
            }
            Token::End(name) => {
                if name == "pre" {
                    self.in_pre = false;
                } else {
                    self.before(&name);
                }
                let _ = write!(self.html, "</{name}>");
                self.tag = name;
                self.last = Last::End;
            }
        }
    }

    fn before(&mut self, name: &str) {
        if is_block(name) {
            self.html.truncate(self.html.trim_end().len());
        }
    }

    fn text(&mut self, text: &str) {
        let mut text = escape(&unescape(text));
        if self.last != Last::Data && self.tag == "br" {
            text = text.trim_start_matches('\n').to_owned();
        }
        if !self.in_pre {
            text = collapse(&text);
            if is_block(&self.tag) {
                match self.last {
                    Last::Start => text = text.trim_start().to_owned(),
                    Last::End => text = text.trim().to_owned(),
                    Last::Data => {}
                }
            }
        }
        self.html.push_str(&text);
        self.last = Last::Data;
    }
}

fn collapse(text: &str) -> String {
    let mut collapsed = String::new();
    for character in text.chars() {
        if !character.is_ascii_whitespace() {
            collapsed.push(character);
        } else if !collapsed.ends_with(' ') {
            collapsed.push(' ');
        }
    }
    collapsed
}

/// Only what a writer of HTML may or may not escape; other entities don't occur in either.
fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, character) in [("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replace(entity, character);
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (token, length) = next(rest);
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

fn next(html: &str) -> (Token<'_>, usize) {
    let until = |mark: &str| html.find(mark).map_or(html.len(), |at| at + mark.len());
    let other = |length: usize| (Token::Other(&html[..length]), length);
    if html.starts_with("<!--") {
        return other(until("-->"));
    } else if html.starts_with("<![CDATA[") {
        return other(until("]]>"));
    } else if html.starts_with("<!") || html.starts_with("<?") {
        return other(until(">"));
    } else if let Some(tag) = html.strip_prefix("</") {
        let length = until(">");
        return (Token::End(tag[..length - 3].trim().to_ascii_lowercase()), length);
    } else if html.starts_with('<') {
        return tag(html).unwrap_or_else(|| other(1));
    }
    let length = html.find('<').unwrap_or(html.len());
    (Token::Text(&html[..length]), length)
}

fn tag(html: &str) -> Option<(Token<'_>, usize)> {
    let inner = &html[1..];
    let name_end = inner.find(|sign: char| sign.is_whitespace() || sign == '/' || sign == '>')?;
    let name = inner[..name_end].to_ascii_lowercase();
    let mut attributes = Vec::new();
    let mut rest = &inner[name_end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((Token::Start { name, attributes, closed: true }, html.len() - after.len()));
        } else if let Some(after) = rest.strip_prefix('>') {
            let closed = ["br", "hr", "img", "input"].contains(&name.as_str());
            return Some((Token::Start { name, attributes, closed }, html.len() - after.len()));
        }
        let end = rest[1..].find(|sign: char| sign.is_whitespace() || "=/>".contains(sign))? + 1;
        let key = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            attributes.push((key, None));
            continue;
        };
        rest = after.trim_start();
        let quote = rest.chars().next().filter(|sign| "\"'".contains(*sign));
        let (value, length) = if let Some(quote) = quote {
            let end = rest[1..].find(quote)? + 1;
            (&rest[1..end], end + 1)
        } else {
            let end = rest.find(|sign: char| sign.is_whitespace() || sign == '>')?;
            (&rest[..end], end)
        };
        attributes.push((key, Some(value.to_owned())));
        rest = &rest[length..];
    }
}
