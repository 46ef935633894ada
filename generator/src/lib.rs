//! Builds shops.
pub mod parse;
