//! Markdown to final HTML: what depends on the rest of the shop, its settings and the language of a text is put into its holes.

mod blocks;
mod tell;

use std::sync::Arc;

use imaging::{Crop, CropProblem, Focus, Ratio};

use super::addresses::{Addresses, Lead};
use super::{Absence, Context, Local, beside};
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes, nearest};
use crate::locale;
use crate::parse::Text;
use crate::parse::markdown::{Alert, ImageForm, ImageRef, LinkRef, Markdown, Part};
use crate::parse::settings::{ContentSettings, HtmlRule};
use crate::parse::theme_texts;
use crate::pictures::Wish;
use crate::site::{Body, Settings};
use crate::theme::{self, Layers};

/// Widths at which pictures in running text are offered.
const WIDTHS: [u32; 4] = [480, 800, 1200, 1600];
/// The column of running text.
const SIZES: &str = "(min-width: 48rem) 42rem, 100vw";

/// So many broken links of one text are told with a hint.
const MOST_HINTS: usize = 100;

/// Renders a text of `file`.
pub(super) fn body(context: &mut Context<'_>, addresses: &Addresses, settings: &Settings, file: &SourcePath, text: &Text) -> Body {
    let foreign = context.input.tongue(file).body;
    let markdown = &in_language(&text.markdown, if foreign.is_empty() { &settings.language } else { &foreign });
    let html_rule = if markdown.is_too_deep { HtmlRule::None } else { settings.content.html };
    tell::flaws(context, text);
    tell::raw(context, text, html_rule);
    let mut problems = Vec::new();
    let mut files = Vec::new();
    let mut told = Vec::new();
    let mut link = |(index, link): (usize, &LinkRef)| {
        let (span, before) = (text.locate(link.span), problems.len());
        let lead = addresses.follow(file, &link.target, context.input.sources, &mut files, before < MOST_HINTS);
        let address = follow(lead, link, &span, settings, &mut problems);
        told.extend((problems.len() > before).then_some(index));
        address
    };
    let links: Vec<String> = markdown.links.iter().enumerate().map(&mut link).collect();
    // What an original is shown for in another language has been told in its own, and cannot be mended here.
    if foreign.is_empty() {
        for problem in problems {
            context.tell(problem);
        }
    }
    let blocks = blocks::calls(context, addresses, settings, file, text, &mut files, foreign.is_empty());
    let outside = outside(settings, markdown);
    let mut copies = Vec::new();
    let images: Vec<String> = markdown.images.iter().map(|image| picture(context, settings, file, text, image, &mut copies)).collect();
    let attributes = |index: usize| outside.get(index).map_or("", String::as_str);
    let publish = |raw: &crate::parse::markdown::RawHtml| match html_rule {
        HtmlRule::None => raw.shown(),
        rule => raw.published(rule == HtmlRule::Trusted, |i| &links[i], attributes, |i| &images[i]),
    };
    let raw = markdown.raw.iter().map(publish).collect();
    let has_alert = markdown.html.iter().any(|part| matches!(part, Part::Label(_)));
    let labels = if has_alert { context.input.labels(&settings.themes, &settings.language).to_vec() } else { Vec::new() };
    Body { text: Arc::clone(markdown), links, told, outside, images, raw, labels, blocks, html_rule, copies, files }
}

/// The text with the quotation marks of its language.
fn in_language(markdown: &Arc<Markdown>, language: &str) -> Arc<Markdown> {
    let marks = if markdown.quotes.is_empty() { None } else { locale::quotes(language) };
    marks.map_or_else(|| Arc::clone(markdown), |marks| Arc::new(markdown.with_marks(marks)))
}

/// What links to other hosts say besides; nothing at all where the settings ask for nothing.
fn outside(settings: &Settings, markdown: &Markdown) -> Vec<String> {
    let attributes = link_attributes(&settings.content);
    if attributes.is_empty() {
        return Vec::new();
    }
    let own = host(&settings.base_url);
    let is_other = |link: &LinkRef| host(&link.target).is_some_and(|host| Some(host) != own);
    markdown.outside.iter().map(|link| if is_other(link) { attributes.clone() } else { String::new() }).collect()
}

fn link_attributes(content: &ContentSettings) -> String {
    let mut rel: Vec<&str> = content.rel.iter().map(|rel| rel.name()).collect();
    // Old browsers let the new window reach back.
    if content.new_window && !rel.iter().any(|name| matches!(*name, "noopener" | "noreferrer")) {
        rel.push("noopener");
    }
    let target = if content.new_window { " target=\"_blank\"" } else { "" };
    if rel.is_empty() { target.to_owned() } else { format!(" rel=\"{}\"{target}", rel.join(" ")) }
}

/// The host of an address of the web, in lower case.
fn host(address: &str) -> Option<String> {
    let rest = match address.split_once("//")? {
        (scheme, rest) if scheme.is_empty() || ["http:", "https:"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) => rest,
        _ => return None,
    };
    Some(rest.split(['/', '?', '#']).next().unwrap_or(rest).to_ascii_lowercase())
}

impl Local<'_> {
    /// What alerts are called in the words of the theme, of the default theme where it has none.
    fn labels(&self, themes: &[String], language: &str) -> &[String] {
        self.labels.get_or_init(|| {
            let default = ["default".to_owned()];
            let both = [themes, &default[..]].map(|themes| Layers::new(self.shop.sources, themes));
            let texts = both.map(|layers| {
                let files = locale::fallbacks(language).flat_map(|from| {
                    let files = layers.each(&format!("i18n/{from}.yaml"));
                    // What is wrong in one is told when the theme is read.
                    files.into_iter().filter_map(move |file| Some((from, theme_texts::read(&file.path, &file.file.bytes().ok()?, from).0)))
                });
                let files: Vec<_> = files.collect();
                theme::texts::in_language(language, files.iter().map(|(from, texts)| (*from, texts.as_slice())))
            });
            let label = |alert: &Alert| {
                let key = format!("alert.{}", alert.name());
                texts.iter().find_map(|texts| texts.find(&key)).unwrap_or(alert.name()).to_owned()
            };
            Alert::ALL.iter().map(label).collect()
        })
    }
}

fn follow(lead: Lead, link: &LinkRef, span: &Span, settings: &Settings, problems: &mut Vec<Diagnostic>) -> String {
    let address = |path: &str| format!("{}{}{path}", settings.base_path, settings.prefix);
    let target = &link.target;
    match lead {
        Lead::To(path) => address(&path),
        Lead::Rooted(path) => format!("{}{path}", settings.base_path),
        Lead::Hidden(path, absence) => {
            let message = format!("the link `{target}` leads to a page that is not published");
            let (label, help) = match absence {
                Absence::Draft => ("a draft", "publish the page or remove the link"),
                Absence::Early => ("its date has not come", "remove the link, or write an earlier `date` into the page"),
                Absence::Over => ("its time is over", "remove the link, or write a later `expires` into the page"),
            };
            problems
                .push(Diagnostic::warning(codes::LINK_TO_DRAFT, message, span.clone()).label(label).help(help).under(Rule::LinksToDrafts));
            address(&path)
        }
        Lead::NoAnchor(path, near) => {
            let message = format!("the link `{target}` leads to a heading that is not there");
            let help = near.map_or_else(|| "remove the part after `#`".to_owned(), |near| format!("a similar heading is there: `#{near}`"));
            problems.push(
                Diagnostic::error(codes::BROKEN_ANCHOR, message, span.clone())
                    .label(format!("`{}{path}` has no such heading", settings.prefix))
                    .help(help)
                    .under(Rule::BrokenAnchors),
            );
            address(&path)
        }
        Lead::Nothing(near) => {
            let message = format!("the link `{target}` leads to nothing");
            let help = near.map_or_else(
                || "write the path of a source file, or an address of the shop".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let problem = Diagnostic::error(codes::BROKEN_LINK, message, span.clone());
            problems.push(problem.label("no page has this address").help(help).under(Rule::BrokenLinks));
            target.clone()
        }
    }
}

fn picture(
    context: &mut Context<'_>,
    settings: &Settings,
    file: &SourcePath,
    text: &Text,
    image: &ImageRef,
    copies: &mut Vec<crate::pictures::Copy>,
) -> String {
    let span = text.locate(image.span);
    let html = if image.target.contains("://") || image.target.starts_with("//") {
        let message = "a picture from another address is blocked by the shop's security policy";
        let is_raw = matches!(image.form, ImageForm::Attributes { .. });
        let label = if is_raw { "not shown" } else { "shown as a link" };
        let told = Diagnostic::warning(codes::REMOTE_PICTURE, message, span).label(label);
        context.tell(told.help("put the file beside this one").under(Rule::RemotePictures));
        let title = if image.alt.is_empty() { &image.target } else { &image.alt };
        let link = format!("<a href=\"{}\">{}</a>", escape(&image.target), escape(title));
        return match image.form {
            ImageForm::Attributes { .. } => String::new(),
            ImageForm::Inline => link,
            ImageForm::Figure => format!("<p>{link}</p>"),
        };
    } else if let Some(rooted) = image.target.strip_prefix('/') {
        let exists = context.input.sources.get(&format!("static/{rooted}")).is_some();
        if !exists {
            let message = format!("the picture `{}` does not exist", image.target);
            context.tell(
                Diagnostic::error(codes::IMAGE_MISSING, message, span)
                    .label("no such file")
                    .help(format!("put it into `static/`, as `static/{rooted}`"))
                    .under(Rule::MissingPictures),
            );
            return instead(image);
        }
        if matches!(image.form, ImageForm::Attributes { .. }) {
            return format!(" src=\"{}/{}\" loading=\"lazy\" decoding=\"async\"", settings.base_path, escape(rooted));
        }
        format!(
            "<img src=\"{}/{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\">",
            settings.base_path,
            escape(rooted),
            escape(&image.alt)
        )
    } else {
        let (name, part) = image.target.split_once('#').unwrap_or((&image.target, ""));
        let path = beside(file, &percent_encoding::percent_decode_str(name).decode_utf8_lossy());
        if !context.check_picture(&path, &Spanned::new(name.to_owned(), span.clone()), Some(Rule::MissingPictures)) {
            return instead(image);
        }
        let crop = crop(part).unwrap_or_else(|(says, help)| {
            context.tell_once(Diagnostic::error(codes::CROP, says, span).help(help));
            None
        });
        let wish = Wish { crop, ..Wish::whole(&path, &WIDTHS) };
        let Some((set, wanted)) = context.input.pictures.set(&wish, &settings.base_path) else { return String::new() };
        copies.extend(wanted);
        let srcset = if set.srcset.is_empty() { String::new() } else { format!(" srcset=\"{}\" sizes=\"{SIZES}\"", set.srcset) };
        if let ImageForm::Attributes { is_sized } = image.form {
            let size = if is_sized { String::new() } else { format!(" width=\"{}\" height=\"{}\"", set.width, set.height) };
            return format!(" src=\"{}\"{srcset}{size} loading=\"lazy\" decoding=\"async\"", set.src);
        }
        let html = format!(
            "<img src=\"{}\"{srcset} width=\"{}\" height=\"{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\">",
            set.src,
            set.width,
            set.height,
            escape(&image.alt)
        );
        if set.avif.is_empty() {
            html
        } else {
            format!("<picture><source type=\"image/avif\" srcset=\"{}\" sizes=\"{SIZES}\">{html}</picture>", set.avif)
        }
    };
    match (image.form == ImageForm::Figure, image.title.is_empty()) {
        (true, true) => format!("<figure>{html}</figure>"),
        (true, false) => format!("<figure>{html}<figcaption>{}</figcaption></figure>", escape(&image.title)),
        (false, _) => html,
    }
}

/// What follows the `#` behind a picture's name: `ratio=4:5&focus=30%,20%`. Else what is wrong, and what to do.
fn crop(part: &str) -> Result<Option<Crop>, (String, String)> {
    const HOW: &str = "write for example `picture.jpg#ratio=4:5&focus=top`";
    if part.is_empty() {
        return Ok(None);
    }
    let (mut ratio, mut focus) = (None, None);
    for setting in part.split('&') {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        let value = value.replace([',', '+'], " ").replace("%20", " ").replace("%25", "%");
        let told = |problem: CropProblem| (format!("`{key}` of the picture {}: `{value}`", problem.says), problem.help);
        match key {
            "ratio" => ratio = Some(Ratio::parse(&value).map_err(told)?),
            "focus" => focus = Some(Focus::parse(&value).map_err(told)?),
            _ => {
                let near = nearest(key, ["ratio", "focus"].into_iter());
                return Err((
                    format!("a picture has no `{key}`"),
                    near.map_or_else(|| HOW.to_owned(), |near| format!("did you mean `{near}`?")),
                ));
            }
        }
    }
    match ratio {
        Some(ratio) => Ok(Some(Crop { ratio, focus: focus.unwrap_or_default() })),
        None => Err(("the `focus` of a picture means nothing without its `ratio`".to_owned(), HOW.to_owned())),
    }
}

/// What stands in the place of a picture that is not there.
fn instead(image: &ImageRef) -> String {
    if matches!(image.form, ImageForm::Attributes { .. }) { String::new() } else { escape(&image.alt) }
}

/// Escapes text for HTML, attributes in double quotes included.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
