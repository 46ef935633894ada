//! A stand-in for Stripe on this machine.

pub(crate) mod contract;
