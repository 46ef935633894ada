//! PayPal on the wire: what is sent to Orders v2 and Payments v2, what comes back, and how its notices are believed.
//! Knows nothing of our orders' states; amounts come in minor units and leave as PayPal's decimals.

mod adapter;
pub(crate) mod answers;
pub(crate) mod api;
#[cfg(test)]
mod api_tests;
#[cfg(test)]
mod contract_tests;
#[cfg(any(test, feature = "doubles"))]
pub mod double;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod order;
#[cfg(test)]
mod order_tests;
pub(crate) mod refund;
pub(crate) mod signature;
#[cfg(test)]
mod signature_tests;
#[cfg(test)]
mod simulation_tests;
#[cfg(test)]
mod testing;
mod text;

pub use adapter::{PayPal, PayPalSettings};
