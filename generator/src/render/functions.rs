//! The functions and filters of templates.

use std::sync::Arc;

use imaging::{Crop, CropProblem, Focus, Ratio};
use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::texts::Texts;
use super::{Question, ask};
use crate::locale::{self, Numbers};
use crate::pictures::Wish;
use crate::site::Site;

/// Registers everything a theme may call.
pub(super) fn register(tera: &mut Tera, texts: &Arc<Texts>, site: &Site) {
    tera.register_function("card", |arguments: Kwargs, _: &State| ask(Question::Card(text(&arguments, "id")?)));
    tera.register_function("collection", |arguments: Kwargs, _: &State| ask(Question::Collection(text(&arguments, "name")?)));
    tera.register_function("asset", |arguments: Kwargs, _: &State| ask(Question::Asset(text(&arguments, "path")?)));
    tera.register_function("modules", |arguments: Kwargs, _: &State| ask(Question::Modules(text(&arguments, "path")?)));
    tera.register_function("image", |arguments: Kwargs, _: &State| {
        let widths = arguments.get::<Vec<u32>>("widths")?.unwrap_or_else(|| vec![800]);
        let is = |name| Ok::<_, tera::Error>(arguments.get::<bool>(name)?.unwrap_or(false));
        let (file, crop) = (text(&arguments, "file")?, crop(&arguments)?);
        ask(Question::Image(Box::new(Wish { file, widths, crop, drawn: is("drawn")?, blur: is("blur")? })))
    });
    tera.register_function("wrapped", |arguments: Kwargs, _: &State| {
        let number = |name: &str| arguments.get::<f32>(name)?.ok_or_else(|| tera::Error::message(format!("`wrapped` needs `{name}`")));
        let lines = arguments.get::<usize>("lines")?.unwrap_or(usize::MAX);
        let family = arguments.get::<String>("family")?.unwrap_or_default();
        Ok(super::wrapped(&text(&arguments, "text")?, number("width")?, number("size")?, lines, &family))
    });
    tera.register_function("drawing", |arguments: Kwargs, _: &State| super::drawing(&text(&arguments, "svg")?, &text(&arguments, "name")?));
    tera.register_function("product", |arguments: Kwargs, _: &State| ask(Question::Product(text(&arguments, "id")?)));
    tera.register_function("pages", |arguments: Kwargs, _: &State| {
        let limit = arguments.get::<usize>("limit")?.unwrap_or(usize::MAX);
        ask(Question::Pages(text(&arguments, "section")?.trim_matches('/').to_owned(), limit))
    });
    tera.register_function("data", |arguments: Kwargs, _: &State| ask(Question::Data(text(&arguments, "name")?)));
    tera.register_function("part", |arguments: Kwargs, _: &State| super::part(&text(&arguments, "name")?, &arguments));
    let settings = &site.settings;
    let (base_url, base_path, prefix) = (settings.base_url.clone(), settings.base_path.clone(), settings.prefix.clone());
    tera.register_function("url", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let path = text(&arguments, "path")?;
        if !path.starts_with('/') {
            return Err(tera::Error::message(format!("`url` takes a path from the site's root, such as `/cart/`, not `{path}`")));
        }
        let base = if arguments.get::<bool>("absolute")?.unwrap_or(false) { &base_url } else { &base_path };
        // Files are the same in every language.
        let prefix = if arguments.get::<bool>("file")?.unwrap_or(false) { "" } else { &prefix };
        Ok(format!("{base}{prefix}{path}"))
    });
    let known = Arc::clone(texts);
    tera.register_function("t", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        known.get(&text(&arguments, "key")?, &known.fillers(&arguments)).map_err(tera::Error::message)
    });
    let known = Arc::clone(texts);
    tera.register_function("texts", move |arguments: Kwargs, _: &State| -> TeraResult<Value> {
        Ok(Value::safe_string(&known.json(&text(&arguments, "prefix")?)))
    });
    // Attributes of what is shown in another language than the page: ` lang="en" dir="ltr"`, where it is written in another
    // direction; nothing of what is in the page's own.
    let directions: Vec<_> = settings.languages.iter().map(|language| (language.clone(), locale::direction(language))).collect();
    let own = locale::direction(&settings.language);
    tera.register_function("lang", move |arguments: Kwargs, _: &State| -> TeraResult<Value> {
        let wanted = text(&arguments, "of")?;
        let Some((language, direction)) = directions.iter().find(|(language, _)| *language == wanted) else {
            return Ok(Value::safe_string(""));
        };
        let dir = if *direction == own { String::new() } else { format!(" dir=\"{}\"", direction.name()) };
        Ok(Value::safe_string(&format!(" lang=\"{language}\"{dir}")))
    });
    let numbers = Numbers::new(&settings.language);
    tera.register_filter("number", move |value: Value, _: Kwargs, _: &State| -> TeraResult<String> {
        let number = value.as_i64().map(|number| numbers.whole(number));
        Ok(number.unwrap_or_else(|| numbers.written(&value.to_string())))
    });
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        let text = serde_json::to_string(&value).map_err(tera::Error::message)?;
        Ok(Value::safe_string(&text.replace('<', "\\u003c")))
    });
}

/// The part of a picture that is shown: of the proportions `ratio`, around `focus`. A focus alone cuts nothing off.
fn crop(arguments: &Kwargs) -> TeraResult<Option<Crop>> {
    // What a component hands on is an empty text where nobody has said anything.
    let written = |name| Ok::<_, tera::Error>(arguments.get::<&str>(name)?.filter(|text| !text.is_empty()));
    let told = |name: &str, text: &str, problem: CropProblem| {
        tera::Error::message(format!("`{name}` of `image` {}: `{text}`; {}", problem.says, problem.help))
    };
    let focus = written("focus")?.map(|text| Focus::parse(text).map_err(|problem| told("focus", text, problem))).transpose()?;
    let ratio = written("ratio")?.map(|text| Ratio::parse(text).map_err(|problem| told("ratio", text, problem))).transpose()?;
    Ok(ratio.map(|ratio| Crop { ratio, focus: focus.unwrap_or_default() }))
}

fn text(arguments: &Kwargs, name: &str) -> TeraResult<String> {
    arguments.must_get::<&str>(name).map(str::to_owned)
}
