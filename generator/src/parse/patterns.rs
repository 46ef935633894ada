//! Patterns of forms by which others than the reader know them too.

/// A currency's code.
pub(crate) const CURRENCY: &str = "^[A-Z]{3}$";
/// A language tag.
pub(crate) const LANGUAGE: &str = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$";
/// A day, or an instant.
pub(crate) const DATE: &str = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ][0-9:.]+(Z|[+-][0-9:]+))?$";
