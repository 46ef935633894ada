//! Bytes to parsed values and diagnostics, one file at a time.
pub mod markdown;
