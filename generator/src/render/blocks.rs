//! Blocks of texts: each is a component of the theme whose name begins with `block_`. The page is rendered with marks in their places;
//! then each mark becomes what the component makes of the block's values and body.
//!
//! A component's arguments are what an editor may write behind the block's name, but for `page`, `site`, `toc`, the headings of the text, and
//! `number`, which no other block of the page has.

use tera::{ComponentArg, ComponentArgType, ComponentInfo, Context, Tera, Value};

use crate::diagnostic::{Diagnostic, Spanned, codes, nearest};
use crate::present::{ShownBlock, View};
use crate::site::{BlockCall, MARK, MARK_END, MARK_OF_END};

/// What components of blocks are called, before the block's name.
const PREFIX: &str = "block_";
/// What a component is given besides the block's values, where it asks for it.
const GIVEN: [&str; 4] = ["page", "site", "toc", "number"];

/// The page with its blocks in their places.
///
/// # Errors
///
/// All blocks that the theme does not have so, or whose components met a mistake; each with what the component met.
pub(super) fn put_in(tera: &Tera, site: &Value, view: &View, blocks: &[ShownBlock], html: &str) -> Result<String, Vec<Wrong>> {
    let mut putter = Putter { tera, site, view, blocks, wrong: Vec::new() };
    let mut out = String::with_capacity(html.len());
    putter.part(html, &mut out);
    if putter.wrong.is_empty() { Ok(out) } else { Err(putter.wrong) }
}

/// What is wrong with a block.
pub(super) struct Wrong {
    /// At the block, or at one of its values.
    pub(super) told: Diagnostic,
    /// What its component met.
    pub(super) cause: Option<tera::Error>,
}

struct Putter<'a> {
    tera: &'a Tera,
    site: &'a Value,
    view: &'a View,
    blocks: &'a [ShownBlock],
    wrong: Vec<Wrong>,
}

impl Putter<'_> {
    /// Copies HTML and puts the outermost blocks in; each puts in those in its body.
    fn part(&mut self, mut html: &str, out: &mut String) {
        while let Some(at) = html.find(MARK) {
            out.push_str(&html[..at]);
            html = &html[at + MARK.len_utf8()..];
            let Some((number, rest)) = html.split_once(MARK_END) else { continue };
            let end = format!("{MARK_OF_END}{number}{MARK_END}");
            let block = number.parse::<usize>().ok().and_then(|number| Some((number, self.blocks.get(number)?)));
            // A theme that cuts a text may have cut a block in two.
            let (Some((place, block)), Some((body, after))) = (block, rest.split_once(&end)) else {
                html = rest;
                continue;
            };
            let mut inner = String::new();
            self.part(body, &mut inner);
            match self.block(place, block, inner.trim()) {
                Ok(made) => out.push_str(&made),
                Err(wrong) => self.wrong.push(*wrong),
            }
            html = after;
        }
        // The end of a block whose beginning was cut off.
        let left = html.split(MARK_OF_END).enumerate();
        out.extend(left.map(|(place, part)| if place == 0 { part } else { part.split_once(MARK_END).map_or(part, |(_, rest)| rest) }));
    }

    /// What a block becomes, by its place among those of the page.
    fn block(&self, place: usize, shown: &ShownBlock, body: &str) -> Result<String, Box<Wrong>> {
        let block = &shown.call;
        let name = component(&block.name);
        let Some(info) = self.tera.get_component_definition(&name) else {
            return told(unknown(block, self.tera.get_component_names()));
        };
        let mut context = Context::new();
        for (key, value) in &block.values {
            let Some(argument) = info.args().iter().find(|argument| argument.name() == key.value && is_value(argument)) else {
                return told(unknown_value(block, key, &info));
            };
            match converted(&value.value, argument.arg_type()) {
                Ok(value) => context.insert_value(key.value.clone(), value),
                Err(wanted) => {
                    let message = format!("`{}` of the block `{}` is {wanted}, not `{}`", key.value, block.name, value.value);
                    return told(Diagnostic::error(codes::BLOCK_VALUE, message, value.span.clone()).help(format!("write {wanted}")));
                }
            }
        }
        for argument in info.args() {
            let is_there = block.values.iter().any(|(key, _)| key.value == argument.name());
            match argument.name() {
                "page" => context.insert("page", &self.view.page),
                "site" => context.insert_value("site", self.site.clone()),
                "toc" => context.insert("toc", &*shown.toc),
                "number" => context.insert("number", &(place + 1)),
                name if !is_there && argument.is_required() => {
                    let message = format!("the block `{}` needs `{name}`", block.name);
                    let told = Diagnostic::error(codes::BLOCK_VALUE, message, block.span.clone());
                    return self::told(told.help(format!("write `{name}=\"…\"` behind its name")));
                }
                _ => {}
            }
        }
        self.tera.render_component(&name, &context, Some(body), true).map_err(|error| {
            let told = Diagnostic::error(codes::BLOCK_MADE, format!("the block `{}` cannot be made", block.name), block.span.clone());
            Box::new(Wrong { told, cause: Some(error) })
        })
    }
}

fn told<T>(told: Diagnostic) -> Result<T, Box<Wrong>> {
    Err(Box::new(Wrong { told, cause: None }))
}

/// The component of a block.
fn component(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('-', "_"))
}

/// Whether an editor can say it.
fn is_value(argument: &ComponentArg) -> bool {
    !GIVEN.contains(&argument.name()) && !argument.is_implicit()
}

/// A value in the form that a component declares; else the form's name.
fn converted(text: &str, wanted: Option<ComponentArgType>) -> Result<Value, &'static str> {
    match wanted {
        Some(ComponentArgType::Integer) => text.parse::<i64>().map(Value::from).map_err(|_| "a whole number"),
        Some(ComponentArgType::Float | ComponentArgType::Number) => text.parse::<f64>().map(Value::from).map_err(|_| "a number"),
        Some(ComponentArgType::Bool) => text.parse::<bool>().map(Value::from).map_err(|_| "`true` or `false`"),
        Some(ComponentArgType::Array) => {
            Ok(text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Value::from).collect::<Vec<_>>().into())
        }
        _ => Ok(Value::from(text)),
    }
}

fn unknown<'n>(block: &BlockCall, names: impl Iterator<Item = &'n str>) -> Diagnostic {
    let mut known: Vec<String> = names.filter_map(|name| Some(name.strip_prefix(PREFIX)?.replace('_', "-"))).collect();
    known.sort_unstable();
    let help = match nearest(&block.name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the theme has no blocks".to_owned(),
        None => format!("the theme has {}", known.join(", ")),
    };
    Diagnostic::error(codes::UNKNOWN_BLOCK, format!("unknown block `{}`", block.name), block.span.clone()).help(help)
}

fn unknown_value(block: &BlockCall, key: &Spanned<String>, info: &ComponentInfo) -> Diagnostic {
    let known: Vec<&str> = info.args().iter().filter(|argument| is_value(argument)).map(ComponentArg::name).collect();
    let help = match nearest(&key.value, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it takes no values".to_owned(),
        None => format!("it takes {}", known.join(", ")),
    };
    let message = format!("the block `{}` has no `{}`", block.name, key.value);
    Diagnostic::error(codes::BLOCK_VALUE, message, key.span.clone()).help(help)
}
