//! Where orders and stock are kept. One conformance suite runs against every store.

pub(crate) mod record;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "sqlite")]
pub(crate) mod thread;

#[cfg(all(test, feature = "sqlite"))]
mod conformance;
