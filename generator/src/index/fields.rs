//! What a buyer adds to a line, such as an engraving.

use catalog::product::{FieldKind, LineField};

use super::Context;
use super::settings::amounts;
use crate::parse::{FieldSort, ParsedProduct};
use crate::site::{FieldTitles, Settings};

/// The fields of a product's lines. Their titles are those of the shop's first language where the product is read in it.
pub(super) fn fields(context: &mut Context<'_>, settings: &Settings, parsed: &ParsedProduct) -> Vec<LineField> {
    let field = |field: &crate::parse::product::LineFieldSpec| LineField {
        name: field.name.value.clone(),
        title: field.title.value.clone(),
        kind: match field.kind {
            FieldSort::Text => FieldKind::Text { max_chars: field.max },
            FieldSort::Date => FieldKind::Date,
            FieldSort::Choice => FieldKind::Choice { values: field.choices.iter().map(|choice| choice.value.clone()).collect() },
        },
        is_required: field.is_required,
        prices: field.price.as_ref().map(|price| amounts(context, settings, price)).unwrap_or_default(),
    };
    parsed.fields.iter().map(field).collect()
}

/// What fields and their choices are called in the language of the site.
pub(super) fn titles(parsed: &ParsedProduct) -> Vec<FieldTitles> {
    parsed.fields.iter().map(|field| FieldTitles { title: field.title.value.clone(), choices: field.choice_titles() }).collect()
}
