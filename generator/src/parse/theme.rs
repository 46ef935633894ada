//! A theme's description, `themes/<name>/theme.yaml`: what it builds on, and what a shop can set of it. What the shop sets is held against
//! it by the index, which alone knows which themes belong together.

use serde::{Deserialize, Serialize};

use super::fields::{Pairs, Read, Reader, keys};
use super::forms::{FieldName, Line, Slug};
use super::loose::{Anything, Loose};
use super::page_schema::{PageField, RawPageField, declared};
use super::yaml::{Node, Value};
use crate::diagnostic::{SourcePath, Spanned};

keys! {
    "A theme, themes/<name>/theme.yaml. Without this file a theme is whole by itself."
    struct RawTheme {
        title: Line, "What people call it; its folder's name, when nothing is written.";
        description: Line, "What it is like.";
        licence: Line, "How it may be used, as SPDX writes it: MIT.";
        version: Line, "Which one it is: 1.2.";
        extends: Slug, "The theme whose files stand where this one has none of the same path: default, or another folder of themes/.";
        settings: Pairs<FieldName, RawPageField>, "What a shop can set of it in shop.yaml: {accent: {title: Accent, type: colour}}.";
    }
}

keys! {
    "A theme, and what is set of it."
    struct RawThemeChoice {
        name: Slug, "A folder of themes/; default, when nothing is written.";
        settings: Pairs<FieldName, Anything>, "What the theme lets a shop set, by the names that its theme.yaml declares.";
    }
}

/// What a theme says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParsedTheme {
    /// The file.
    pub file: SourcePath,
    /// False when something wrong was left out.
    pub complete: bool,
    /// What people call it.
    pub title: Option<Spanned<String>>,
    /// What it is like.
    pub description: Option<Spanned<String>>,
    /// How it may be used.
    pub licence: Option<Spanned<String>>,
    /// Which one it is.
    pub version: Option<Spanned<String>>,
    /// The theme that it builds on.
    pub extends: Option<Spanned<String>>,
    /// What a shop can set of it, in the order declared.
    pub settings: Vec<PageField>,
}

/// The theme that `shop.yaml` chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeChoice {
    /// A folder of `themes/`.
    pub name: Spanned<String>,
    /// What is set of it, as written.
    pub settings: Vec<(Spanned<String>, Loose)>,
}

/// The theme of `themes/<name>/theme.yaml`.
pub(super) fn theme(raw: RawTheme, reader: &mut Reader<'_>) -> ParsedTheme {
    let settings = declared(raw.settings.unwrap_or_default(), reader);
    ParsedTheme {
        file: SourcePath::clone(reader.file),
        title: raw.title,
        description: raw.description,
        licence: raw.licence,
        version: raw.version,
        extends: raw.extends,
        settings,
        complete: reader.is_clean(),
    }
}

/// A theme's name, or a map of its name and settings.
pub(super) struct ThemeForm;

impl Read for ThemeForm {
    type Out = (Option<Spanned<String>>, Vec<(Spanned<String>, Loose)>);

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Out> {
        if matches!(node.value, Value::Map(_)) {
            let raw = RawThemeChoice::read(node, reader)?.value;
            return Some((raw.name, raw.settings.unwrap_or_default()));
        }
        Slug::read(node, reader).map(|name| (Some(name), Vec::new()))
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let name = Slug::schema(generator);
        let choice = RawThemeChoice::schema(generator);
        schemars::json_schema!({"anyOf": [name, choice]})
    }
}
