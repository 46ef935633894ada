//! Builds shops.

pub mod assets;
pub mod diagnostic;
pub mod parse;
