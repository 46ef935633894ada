//! One declaration of a map's keys: the raw struct, its reader and its schema.

use schemars::{Schema, json_schema};

/// Declares the keys of a map: a struct of what its file says, the reader and the schema. With `+ others` it takes further keys, which
/// somebody else has declared, and has to check.
macro_rules! keys {
    ($about:literal struct $name:ident $(+ $open:ident)? { $($(#[$required:ident])? $field:ident: $form:ty, $text:literal;)* }) => {
        #[doc = $about]
        #[derive(Default)]
        pub(super) struct $name {
            /// The keys that were written, right or wrong, and their places.
            #[allow(dead_code, reason = "not every map is asked for the places of its keys")]
            pub(super) written: Vec<(&'static str, $crate::diagnostic::Span)>,
            $(
                #[doc = concat!("The ", stringify!($open), ": keys that are declared elsewhere.")]
                pub(super) $open: Vec<($crate::diagnostic::Spanned<String>, $crate::parse::loose::Loose)>,
            )?
            $(
                #[doc = $text]
                pub(super) $field: Option<<$form as $crate::parse::fields::Read>::Out>,
            )*
        }

        impl $name {
            /// Every key, in the order of the declaration.
            pub(super) const KEYS: &'static [&'static str] = &[$($crate::parse::fields::key_name(stringify!($field))),*];
        }

        impl $crate::parse::fields::Read for $name {
            type Out = $crate::diagnostic::Spanned<Self>;

            const FIRST_KEY: Option<&'static str> = Self::KEYS.first().copied();

            fn read(
                node: &$crate::parse::yaml::Node,
                reader: &mut $crate::parse::fields::Reader<'_>,
            ) -> Option<Self::Out> {
                let is_open = false $(|| stringify!($open) == "others")?;
                let entries = $crate::parse::fields::Entries::open(node, reader, Self::KEYS, is_open)?;
                let raw = Self {
                    written: Self::KEYS.iter().filter_map(|key| Some((*key, entries.key(reader, key)?))).collect(),
                    $($open: entries.others(reader, Self::KEYS),)?
                    $(
                        $field: entries.read::<$form>(
                            reader,
                            $crate::parse::fields::key_name(stringify!($field)),
                            false $(|| stringify!($required) == "required")?,
                        ),
                    )*
                };
                Some($crate::diagnostic::Spanned::new(raw, entries.place().clone()))
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).trim_start_matches("Raw").into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut object = $crate::parse::fields::ObjectSchema::new($about);
                $(
                    let form = <$form as $crate::parse::fields::Read>::schema(generator);
                    object.add($crate::parse::fields::key_name(stringify!($field)), form, $text, false $(|| stringify!($required) == "required")?);
                )*
                object.finish()
            }
        }
    };
}
pub(in crate::parse) use keys;

/// A key as it is written in a file: `type`, whose field is `r#type`.
pub(in crate::parse) const fn key_name(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// Builds the schema of a map with known keys.
pub(in crate::parse) struct ObjectSchema {
    about: &'static str,
    properties: serde_json::Map<String, serde_json::Value>,
    required: Vec<&'static str>,
}

impl ObjectSchema {
    /// Without keys yet.
    pub(in crate::parse) fn new(about: &'static str) -> Self {
        Self { about, properties: serde_json::Map::new(), required: Vec::new() }
    }

    /// Adds a key.
    pub(in crate::parse) fn add(&mut self, name: &'static str, mut form: Schema, text: &str, required: bool) {
        form.insert("description".to_owned(), text.into());
        self.properties.insert(name.to_owned(), form.to_value());
        if required {
            self.required.push(name);
        }
    }

    /// The schema: other keys are not allowed.
    pub(in crate::parse) fn finish(self) -> Schema {
        let mut schema = json_schema!({
            "description": self.about,
            "type": "object",
            "properties": self.properties,
            "additionalProperties": false,
        });
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        schema
    }
}
