//! Builds shops.

pub mod assets;
