//! JSON Schemas of the formats, from the same declarations that read them, so that an editor's program completes
//! and checks what the build accepts.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::overlay::{RawCategoryOverlay, RawCollectionOverlay, RawPageOverlay, RawProductOverlay};
use super::{Original, SourceKind};
use super::{
    category::RawCategory, collection::RawCollection, discounts::RawDiscounts, page::RawPage, page_schema::RawPageSchema,
    product::RawProduct, settings::RawSettings, theme::RawTheme,
};

/// All kinds and the names of their schemas' files.
pub const ALL: [(SourceKind, &str); 12] = [
    (SourceKind::Settings, "shop.schema.json"),
    (SourceKind::Discounts, "discounts.schema.json"),
    (SourceKind::Product, "product.schema.json"),
    (SourceKind::Collection, "collection.schema.json"),
    (SourceKind::Category, "category.schema.json"),
    (SourceKind::Page, "page.schema.json"),
    (SourceKind::PageSchema, "page-schema.schema.json"),
    (SourceKind::Theme, "theme.schema.json"),
    (SourceKind::Overlay(Original::Product), "product.overlay.schema.json"),
    (SourceKind::Overlay(Original::Collection), "collection.overlay.schema.json"),
    (SourceKind::Overlay(Original::Category), "category.overlay.schema.json"),
    (SourceKind::Overlay(Original::Page), "page.overlay.schema.json"),
];

/// The JSON Schema (draft 7, which editors know) of a YAML file, or of a Markdown file's front matter. Made once for each kind.
pub fn schema(kind: SourceKind) -> &'static Value {
    // The last is that of data.
    static MADE: [OnceLock<Value>; ALL.len() + 1] = [const { OnceLock::new() }; ALL.len() + 1];
    let at = ALL.iter().position(|(known, _)| *known == kind).unwrap_or(ALL.len());
    MADE[at].get_or_init(|| made(kind))
}

fn made(kind: SourceKind) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let root = match kind {
        SourceKind::Settings => generator.into_root_schema_for::<RawSettings>(),
        SourceKind::Discounts => generator.into_root_schema_for::<RawDiscounts>(),
        SourceKind::Product => generator.into_root_schema_for::<RawProduct>(),
        SourceKind::Category => generator.into_root_schema_for::<RawCategory>(),
        SourceKind::Collection => generator.into_root_schema_for::<RawCollection>(),
        SourceKind::Page => generator.into_root_schema_for::<RawPage>(),
        SourceKind::PageSchema => generator.into_root_schema_for::<RawPageSchema>(),
        // Whoever reads the data knows its form.
        SourceKind::Data => return Value::Bool(true),
        SourceKind::Theme => generator.into_root_schema_for::<RawTheme>(),
        SourceKind::Overlay(Original::Product) => generator.into_root_schema_for::<RawProductOverlay>(),
        SourceKind::Overlay(Original::Collection) => generator.into_root_schema_for::<RawCollectionOverlay>(),
        SourceKind::Overlay(Original::Category) => generator.into_root_schema_for::<RawCategoryOverlay>(),
        SourceKind::Overlay(Original::Page) => generator.into_root_schema_for::<RawPageOverlay>(),
    };
    root.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_reader_and_schema_are_the_same() {
        for (kind, keys) in [
            (SourceKind::Settings, RawSettings::KEYS),
            (SourceKind::Product, RawProduct::KEYS),
            (SourceKind::Category, RawCategory::KEYS),
            (SourceKind::Collection, RawCollection::KEYS),
            (SourceKind::Page, RawPage::KEYS),
            (SourceKind::PageSchema, RawPageSchema::KEYS),
            (SourceKind::Theme, RawTheme::KEYS),
            (SourceKind::Overlay(Original::Product), RawProductOverlay::KEYS),
            (SourceKind::Overlay(Original::Collection), RawCollectionOverlay::KEYS),
            (SourceKind::Overlay(Original::Category), RawCategoryOverlay::KEYS),
            (SourceKind::Overlay(Original::Page), RawPageOverlay::KEYS),
        ] {
            let schema = schema(kind);
            let named: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(named, keys, "{kind:?}");
            assert_eq!(schema["additionalProperties"], Value::Bool(false));
            jsonschema::draft7::new(schema).unwrap();
            assert!(std::ptr::eq(schema, super::schema(kind)), "it is made once");
        }
    }
}
