//! Stripe Checkout on the wire: what is sent, what is answered, what is signed. Knows neither orders nor the store.
//! [`session`] composes requests, [`api`] sends them, [`answer`] is what is read of the answers, [`signature`] believes notices.

mod adapter;
pub(crate) mod amount;
pub(crate) mod answer;
pub(crate) mod api;
#[cfg(any(test, feature = "doubles"))]
pub mod double;
pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod key;
mod locale;
pub(crate) mod session;
pub(crate) mod signature;

pub use adapter::{Stripe, StripeSettings};
