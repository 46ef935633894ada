//! Where orders and stock are kept. One conformance suite runs against every store.

#[cfg(feature = "dynamodb")]
pub mod dynamodb;
pub(crate) mod record;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "sqlite")]
pub(crate) mod thread;

#[cfg(all(test, any(feature = "sqlite", feature = "dynamodb")))]
mod conformance;

/// Whether a store holds real orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real money.
    Live,
    /// None.
    Test,
}

impl Mode {
    /// As it stands in stores.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// The mode of a name in a store.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Live, Self::Test].into_iter().find(|mode| mode.name() == name)
    }
}
