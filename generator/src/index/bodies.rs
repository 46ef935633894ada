//! Markdown to final HTML: links resolved and checked, pictures at several widths.

use std::sync::Arc;

use super::addresses::{Addresses, Lead};
use super::{Context, beside, flaws};
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, SourcePath, Span, Spanned, codes};
use crate::parse::Text;
use crate::parse::markdown::{ImageRef, LinkRef, RawKind};
use crate::site::{Body, Settings};

/// Widths at which pictures in running text are offered.
const WIDTHS: [u32; 4] = [480, 800, 1200, 1600];
/// The column of running text.
const SIZES: &str = "(min-width: 48rem) 42rem, 100vw";

/// Renders a text of `file`.
pub(super) fn body(context: &mut Context<'_>, addresses: &Addresses, settings: &Settings, file: &SourcePath, text: &Text) -> Body {
    let markdown = &text.markdown;
    for raw in &markdown.raw {
        tell_raw(context, raw.kind, text.locate(raw.span));
    }
    for note in &markdown.unused_footnotes {
        let message = format!("nothing refers to the footnote `{}`", note.label);
        let told = Diagnostic::warning(codes::UNUSED_FOOTNOTE, message, text.locate(note.span));
        let help = format!("write `[^{}]` where it belongs, or remove it", note.label);
        context.tell(told.label("not shown").help(help).under(Rule::UnusedFootnotes));
    }
    flaws::tell(context, text);
    let mut problems = Vec::new();
    let mut files = Vec::new();
    let mut link = |link: &LinkRef| {
        let span = text.locate(link.span);
        let lead = addresses.follow(file, &link.target, context.input.sources, &mut files);
        follow(lead, link, &span, settings, &mut problems)
    };
    let links: Vec<String> = markdown.links.iter().map(&mut link).collect();
    // What an original is shown for in another language has been told in its own, and cannot be mended here.
    if context.input.tongue(file).body.is_empty() {
        for problem in problems {
            context.tell(problem);
        }
    }
    let mut copies = Vec::new();
    let images: Vec<String> = markdown.images.iter().map(|image| picture(context, settings, file, text, image, &mut copies)).collect();
    Body { text: Arc::clone(markdown), links, images, copies, files }
}

fn follow(lead: Lead, link: &LinkRef, span: &Span, settings: &Settings, problems: &mut Vec<Diagnostic>) -> String {
    let address = |path: &str| format!("{}{}{path}", settings.base_path, settings.prefix);
    let target = &link.target;
    match lead {
        Lead::To(path) => address(&path),
        Lead::Rooted(path) => format!("{}{path}", settings.base_path),
        Lead::Hidden(path) => {
            let message = format!("the link `{target}` leads to a page that is not published");
            problems.push(
                Diagnostic::warning(codes::LINK_TO_DRAFT, message, span.clone())
                    .label("a draft")
                    .help("publish the page or remove the link")
                    .under(Rule::LinksToDrafts),
            );
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

fn tell_raw(context: &mut Context<'_>, kind: RawKind, span: Span) {
    let (what, help) = match kind {
        RawKind::StyleAttribute => ("a `style` attribute", "it was left out; use a class of the theme"),
        RawKind::EventHandler => ("an event handler", "it was left out; scripts live in the theme"),
        RawKind::ScriptElement => ("a `<script>`", "it is shown as text; scripts live in the theme"),
        RawKind::StyleElement => ("a `<style>`", "it is shown as text; styles live in the theme"),
    };
    let message = format!("{what} is not allowed by the shop's security policy");
    context.tell(Diagnostic::warning(codes::RAW_HTML, message, span).help(help));
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
        let told = Diagnostic::warning(codes::REMOTE_PICTURE, message, span).label("shown as a link");
        context.tell(told.help("put the file beside this one").under(Rule::RemotePictures));
        let title = if image.alt.is_empty() { &image.target } else { &image.alt };
        return format!("<p><a href=\"{}\">{}</a></p>", escape(&image.target), escape(title));
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
            return escape(&image.alt);
        }
        format!(
            "<img src=\"{}/{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\">",
            settings.base_path,
            escape(rooted),
            escape(&image.alt)
        )
    } else {
        let path = beside(file, &percent_encoding::percent_decode_str(&image.target).decode_utf8_lossy());
        if !context.check_picture(&path, &Spanned::new(image.target.clone(), span), Some(Rule::MissingPictures)) {
            return escape(&image.alt);
        }
        let Some((set, wanted)) = context.input.pictures.set(&path, &WIDTHS, &settings.base_path) else { return String::new() };
        copies.extend(wanted);
        format!(
            "<img src=\"{}\" srcset=\"{}\" sizes=\"{SIZES}\" width=\"{}\" height=\"{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\">",
            set.src,
            set.srcset,
            set.width,
            set.height,
            escape(&image.alt)
        )
    };
    match (image.alone, image.title.is_empty()) {
        (true, true) => format!("<figure>{html}</figure>"),
        (true, false) => format!("<figure>{html}<figcaption>{}</figcaption></figure>", escape(&image.title)),
        (false, _) => html,
    }
}

/// Escapes text for HTML, attributes in double quotes included.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
