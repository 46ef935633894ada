//! Builds shops.
