//! What an editor is told of a text alone, at its place in the file.

use super::super::Context;
use super::super::alt::file_name;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Span, Spanned, codes};
use crate::parse::Text;
use crate::parse::markdown::{Flaw, FlawKind, Found, RawKind};
use crate::parse::settings::HtmlRule;

/// Mistakes in the Markdown.
pub(super) fn flaws(context: &mut Context<'_>, text: &Text) {
    for flaw in &text.markdown.flaws {
        let told = self::flaw(text, flaw);
        context.tell(told);
    }
}

fn flaw(text: &Text, flaw: &Flaw) -> Diagnostic {
    let place = text.locate(flaw.span);
    match &flaw.kind {
        FlawKind::UnusedFootnote(label) => {
            Diagnostic::warning(codes::UNUSED_FOOTNOTE, format!("nothing refers to the footnote `{label}`"), place)
                .label("not shown")
                .help(format!("write `[^{label}]` where it belongs, or remove it"))
                .under(Rule::UnusedFootnotes)
        }
        FlawKind::BlockEnd => Diagnostic::error(codes::BLOCK, "a block ends here that has not begun", place)
            .help("remove the line, or begin the block with `::: name`"),
        FlawKind::BlockPlace(name) => Diagnostic::warning(codes::BLOCK_PLACE, format!("the block `{name}` is shown as text"), place)
            .label("in a list or a quote, or with spaces in front")
            .help("begin its line with `:::`, outside of lists and quotes"),
        FlawKind::BlockDepth(most) => Diagnostic::error(codes::BLOCK, format!("a block stands within {most} others"), place)
            .help("close the blocks above with `:::` before others begin"),
        FlawKind::BlockOpen => Diagnostic::error(codes::BLOCK, "a block is not closed", place)
            .label("begins here")
            .help("write `:::` on a line of its own behind its body, after HTML with an empty line between; a block without a body may end in its own line: `::: toc :::`"),
        FlawKind::BlockValue => Diagnostic::error(codes::BLOCK, "a value of a block is written as `key=\"value\"`", place)
            .help("names are of small letters; put a value that holds spaces between quotes"),
        FlawKind::BlockQuote => {
            Diagnostic::error(codes::BLOCK, "a quote is opened and not closed", place).help("close it in the same line")
        }
        FlawKind::BlockValueTwice(name) => {
            Diagnostic::error(codes::BLOCK, format!("`{name}` stands twice"), place).help("keep one of them")
        }
        FlawKind::Address(scheme) => {
            Diagnostic::warning(codes::REFUSED_ADDRESS, format!("a link to an address with `{scheme}:` is not published"), place)
                .label("the text of the link stays, without the link")
                .help("link to a page, or to an address that begins with `https:`, `mailto:` or `tel:`")
        }
        FlawKind::SameId { id, first } => Diagnostic::error(codes::SAME_HEADING_ID, format!("two headings have the id `{id}`"), place)
            .label("again here")
            .related(text.locate(*first), "first here")
            .help("give one of them another, or none: then it is made of its text"),
        FlawKind::CodeLanguage { name, near } => {
            let help = match near {
                Some(near) => format!("did you mean `{near}`? For code in no language write `text`"),
                None => "for code in no language write `text`, or nothing".to_owned(),
            };
            Diagnostic::warning(codes::CODE_LANGUAGE, format!("code in the unknown language `{name}`"), place)
                .label("not coloured")
                .help(help)
        }
        FlawKind::FenceOption { written, near } => {
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the options are `lines`, `mark=\"3-5,8\"`, `start=10` and `title=\"…\"`".to_owned(),
            };
            Diagnostic::warning(codes::FENCE_OPTION, format!("`{written}` means nothing behind a fence"), place).help(help)
        }
        FlawKind::NoSuchLine { last, lines } => Diagnostic::warning(codes::FENCE_OPTION, format!("there is no line {last} to mark"), place)
            .label(format!("the last line is {lines}"))
            .help("lines are counted from 1, whatever number is shown beside the first"),
        FlawKind::Formula(message) => Diagnostic::error(codes::FORMULA, "a formula cannot be read", place)
            .label(message.trim_end_matches('.').to_owned())
            .help("correct it, or write `\\$` for a dollar sign"),
        FlawKind::FirstLevel => Diagnostic::warning(codes::HEADING_ORDER, "a second heading of the first level", place)
            .label("the title is the first one")
            .help("write `##`, and one `#` more for each heading below it")
            .under(Rule::Headings),
        FlawKind::SkippedLevel { above, level } => {
            let message = format!("a heading of level {level} follows one of level {above}");
            let label = if *above == 1 { "the title is of level 1" } else { "a level is left out" };
            let help = format!("write `{}`", "#".repeat(usize::from(*above) + 1));
            Diagnostic::warning(codes::HEADING_ORDER, message, place).label(label).help(help).under(Rule::Headings)
        }
        FlawKind::EmptyLink => Diagnostic::warning(codes::EMPTY_LINK, "a link without words", place)
            .label("nobody can read it")
            .help("write where it leads between the brackets")
            .under(Rule::EmptyLinks),
        FlawKind::NoAlt(target) => {
            let message = format!("the picture `{target}` has no description");
            Diagnostic::warning(codes::ALT_MISSING, message, place)
                .label("readers who do not see it learn nothing")
                .help("write what it shows between the brackets")
                .under(Rule::AltMissing)
        }
        FlawKind::FileName(alt) => file_name(&Spanned::new(alt.clone(), place)),
    }
}

/// What is not published of raw HTML.
pub(super) fn raw(context: &mut Context<'_>, text: &Text, rule: HtmlRule) {
    let markdown = &text.markdown;
    for raw in &markdown.raw {
        // A comment is meant for nobody, and an end tag has been told with its beginning.
        let is_shown = rule == HtmlRule::None && !raw.text.starts_with("</") && !raw.text.starts_with("<!");
        if is_shown {
            let (why, help) = if markdown.is_too_deep {
                ("its elements are nested too deeply, or never closed", "close what was opened, or use Markdown")
            } else {
                ("the shop publishes none", "use Markdown, or write `content: {html: clean}` in `shop.yaml`")
            };
            let told = Diagnostic::warning(codes::HTML_AS_TEXT, "HTML is shown as text", text.locate(raw.span));
            context.tell(told.label(why).help(help));
        }
        if rule != HtmlRule::None {
            for found in &raw.found {
                if let Some(told) = self::found(found, rule, text.locate(found.span)) {
                    context.tell(told);
                }
            }
        }
    }
}

fn found(found: &Found, rule: HtmlRule, place: Span) -> Option<Diagnostic> {
    let policy = |what: &str, help: &str| {
        let message = format!("{what} is not allowed by the shop's security policy");
        Some(Diagnostic::warning(codes::RAW_HTML, message, place.clone()).help(help))
    };
    let removed = |what: String, help: &str| {
        let told = Diagnostic::warning(codes::REMOVED_HTML, format!("{what} is not published"), place.clone()).label("left out");
        (rule == HtmlRule::Clean).then(|| told.help(help))
    };
    match &found.kind {
        RawKind::StyleAttribute => policy("a `style` attribute", "it was left out; use a class of the theme"),
        RawKind::EventHandler => policy("an event handler", "it was left out; scripts live in the theme"),
        RawKind::ScriptElement => policy("a `<script>`", "it is shown as text; scripts live in the theme"),
        RawKind::StyleElement => policy("a `<style>`", "it is shown as text; styles live in the theme"),
        RawKind::Address(scheme) => Some(
            Diagnostic::warning(codes::REFUSED_ADDRESS, format!("an address with `{scheme}:` is not published"), place)
                .label("left out")
                .help("use a page, or an address that begins with `https:`, `mailto:` or `tel:`"),
        ),
        RawKind::OpenTag => Some(
            Diagnostic::warning(codes::HTML_AS_TEXT, "a tag without an end is shown as text", place)
                .label("no `>` follows")
                .help("end the tag with `>`, or write `&lt;` for a `<`"),
        ),
        RawKind::Element(name) => removed(
            format!("the element `<{name}>`"),
            "use Markdown or another element; `content: {html: trusted}` in `shop.yaml` publishes everything that the policy allows",
        ),
        RawKind::Attribute(name) if name == "srcset" || name == "sizes" => Some(
            Diagnostic::warning(codes::REMOVED_HTML, format!("the attribute `{name}` of a picture is not published"), place)
                .label("left out")
                .help("remove it: the shop makes copies of the picture at several widths"),
        ),
        RawKind::Attribute(name) => removed(format!("the attribute `{name}`"), "remove it, or use a class of the theme"),
    }
}
