//! By what lists of products can be filtered, as the settings, a category or a collection say it.

use serde::{Deserialize, Serialize};

use super::fields::{Read, Reader, Set};
use super::forms::{Bool, Line};
use super::yaml::{Node, Value};
use crate::diagnostic::{Span, Spanned};

/// `true`, `false`, or the names of filters in the order shown.
pub(super) struct FiltersForm;

impl Read for FiltersForm {
    type Out = WrittenFilters;

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<WrittenFilters> {
        if matches!(node.value, Value::List(_)) {
            return Set::<Line>::read(node, reader).map(WrittenFilters::Named);
        }
        Bool::read(node, reader).map(WrittenFilters::Switch)
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let switch = Bool::schema(generator);
        let names = Set::<Line>::schema(generator);
        schemars::json_schema!({"anyOf": [switch, names]})
    }
}

/// Which filters a list shall have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WrittenFilters {
    /// All that say something of a list, or none.
    Switch(Spanned<bool>),
    /// These, in this order.
    Named(Vec<Spanned<String>>),
}

impl WrittenFilters {
    /// The names that are written.
    pub fn names(&self) -> &[Spanned<String>] {
        match self {
            Self::Switch(_) => &[],
            Self::Named(names) => names,
        }
    }

    /// Where filters are asked for; nowhere when they are switched off.
    pub fn place(&self) -> Option<&Span> {
        match self {
            Self::Switch(switch) => switch.value.then_some(&switch.span),
            Self::Named(names) => names.first().map(|name| &name.span),
        }
    }
}
