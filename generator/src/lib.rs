//! Builds shops.

pub mod import;
