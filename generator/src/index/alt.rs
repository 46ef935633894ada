//! Descriptions of pictures that describe nothing.

use super::Context;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Spanned, codes};
use crate::parse::markdown::is_file_name;

/// Tells of a picture's description that is the name of a file.
pub(super) fn tell_alt(context: &mut Context<'_>, file: &str, alt: &Spanned<String>) {
    if is_file_name(alt, file) {
        context.tell_once(file_name(alt));
    }
}

/// That a description is the name of a file.
pub(super) fn file_name(alt: &Spanned<String>) -> Diagnostic {
    let message = format!("the description `{}` is the name of a file", alt.value);
    let told = Diagnostic::warning(codes::ALT_FILE_NAME, message, alt.span.clone());
    told.label("readers who do not see the picture hear this").help("write what it shows").under(Rule::AltFileName)
}
