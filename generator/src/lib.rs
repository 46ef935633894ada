//! Builds shops.

pub mod diagnostic;
pub mod parse;
pub mod report;
