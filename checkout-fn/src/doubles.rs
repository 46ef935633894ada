//! Stand-ins for the services around a checkout, for tests and measurements of whole programs on this machine. No released package
//! has them.

pub use crate::gateway::paypal::double as paypal;
pub use crate::gateway::stripe::double as stripe;
pub use crate::watched::Witness;

#[cfg(feature = "lambda")]
pub mod cloud;
#[cfg(feature = "lambda")]
pub mod platform;
pub mod shop;
#[cfg(feature = "dynamodb")]
pub mod table;
