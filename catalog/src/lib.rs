//! What a shop sells and what it costs.
//!
//! This crate is pure: no I/O, no clock, no async, no templates, no HTTP. The generator writes with it what the
//! checkout reads, and both price with the one [`quote::quote`].

pub mod area;
pub mod bundle;
pub mod by_rate;
pub mod cart;
pub mod country;
pub mod currency;
pub mod discount;
pub mod id;
pub mod mail;
pub mod money;
pub mod product;
pub mod quote;
pub mod refund;
pub mod shipping;
pub mod tax;
pub mod terms;
pub mod texts;
pub mod words;
