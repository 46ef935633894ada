//! What is told of texts that are valid and yet not as they should be.

use super::Context;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Spanned, codes};
use crate::parse::Text;
use crate::parse::markdown::flaws::{FlawKind, is_file_name};

/// Tells the flaws of a text.
pub(super) fn tell(context: &mut Context<'_>, text: &Text) {
    for flaw in &text.markdown.flaws {
        let span = text.locate(flaw.span);
        let told = match &flaw.kind {
            FlawKind::FirstLevel => Diagnostic::warning(codes::HEADING_ORDER, "a second heading of the first level", span)
                .label("the title is the first one")
                .help("write `##`, and one `#` more for each heading below it")
                .under(Rule::Headings),
            FlawKind::SkippedLevel { above, level } => {
                let message = format!("a heading of level {level} follows one of level {above}");
                let label = if *above == 1 { "the title is of level 1" } else { "a level is left out" };
                let help = format!("write `{}`", "#".repeat(usize::from(*above) + 1));
                Diagnostic::warning(codes::HEADING_ORDER, message, span).label(label).help(help).under(Rule::Headings)
            }
            FlawKind::EmptyLink => Diagnostic::warning(codes::EMPTY_LINK, "a link without words", span)
                .label("nobody can read it")
                .help("write where it leads between the brackets")
                .under(Rule::EmptyLinks),
            FlawKind::NoAlt(target) => {
                let message = format!("the picture `{target}` has no description");
                Diagnostic::warning(codes::ALT_MISSING, message, span)
                    .label("readers who do not see it learn nothing")
                    .help("write what it shows between the brackets")
                    .under(Rule::AltMissing)
            }
            FlawKind::FileName(alt) => file_name(&Spanned::new(alt.clone(), span)),
        };
        context.tell(told);
    }
}

/// Tells of a picture's description that is the name of a file.
pub(super) fn tell_alt(context: &mut Context<'_>, file: &str, alt: &Spanned<String>) {
    if is_file_name(alt, file) {
        context.tell(file_name(alt));
    }
}

fn file_name(alt: &Spanned<String>) -> Diagnostic {
    let message = format!("the description `{}` is the name of a file", alt.value);
    let told = Diagnostic::warning(codes::ALT_FILE_NAME, message, alt.span.clone());
    told.label("readers who do not see the picture hear this").help("write what it shows").under(Rule::AltFileName)
}
