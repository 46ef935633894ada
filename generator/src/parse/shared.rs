//! Maps that several kinds of files have.

use super::fields::{Read, Reader, keys};
use super::forms::{FileName, FocusPoint, Line};
use super::{Seo, TitlePicture};
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Spanned, codes};

keys! {
    "A picture of a page, category or collection."
    struct RawTitlePicture {
        #[required] file: FileName, "The picture's file, beside this one.";
        alt: Alt, "What the picture shows; '' for a decoration.";
        focus: FocusPoint, "The point that stays in sight where a part is shown: 30% 20% (from the left, from the top), or top left.";
    }
}

keys! {
    "Texts for search engines, where they differ from the page's own."
    struct RawSeo {
        title: Line, "Instead of the title.";
        description: Line, "Instead of the summary.";
    }
}

/// What a picture shows: a line, or the empty text for a decoration.
pub(super) struct Alt;

impl Read for Alt {
    type Out = Spanned<String>;

    fn read(node: &super::yaml::Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        if let super::yaml::Value::Scalar(text, _) = &node.value
            && text.trim().is_empty()
        {
            return Some(Spanned::new(String::new(), reader.place(node)));
        }
        Line::read(node, reader)
    }

    fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "number", "boolean"]})
    }
}

/// A picture, with a warning when nothing says what it shows.
pub(super) fn title_picture(raw: Option<Spanned<RawTitlePicture>>, reader: &mut Reader<'_>) -> Option<TitlePicture> {
    let raw = raw?.value;
    let alt_written = raw.written.iter().any(|(key, _)| *key == "alt");
    let file = raw.file?;
    if !alt_written {
        reader.diagnostics.push(alt_missing(&file));
    }
    Some(TitlePicture { file, alt: raw.alt, focus: raw.focus.map(|focus| focus.value).unwrap_or_default() })
}

/// Warns of a picture without a description.
pub(crate) fn alt_missing(picture: &Spanned<String>) -> Diagnostic {
    let message = format!("the picture `{}` has no description", picture.value);
    Diagnostic::warning(codes::ALT_MISSING, message, picture.span.clone())
        .label("readers who do not see it learn nothing")
        .help("add `alt: …`, or `alt: ''` for a decoration")
        .under(Rule::AltMissing)
}

/// The texts for search engines.
pub(super) fn seo(raw: Option<Spanned<RawSeo>>) -> Seo {
    raw.map(|raw| Seo { title: raw.value.title, description: raw.value.description }).unwrap_or_default()
}

/// The title, or a stand-in at the start of the file when it is wrong or missing, which has been told.
pub(super) fn title(raw: Option<Spanned<String>>, name: &str, reader: &Reader<'_>) -> Spanned<String> {
    raw.unwrap_or_else(|| Spanned::new(name.to_owned(), reader.span(0, 0)))
}
