//! Stripe Checkout on the wire: what is sent, what is answered, what is signed. Knows neither orders nor the store.

pub(crate) mod signature;
