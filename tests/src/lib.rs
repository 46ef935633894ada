//! Helpers for the whole-site and checkout tests: shops made in temporary folders and changed step by step, the program
//! itself, and a small HTTP client. Servers bind a free port of this machine and stop with the value that holds them.

pub mod fixture;
pub mod http;
pub mod program;
pub mod shared;
#[cfg(feature = "sites")]
pub mod shop;

pub use program::{Said, Server, run};
pub use shared::test_data;
#[cfg(feature = "sites")]
pub use shop::Shop;

/// Says a figure that is wanted in the log of a run that passes; what tests print is shown of failed ones alone.
pub fn tell(text: &str) {
    use std::io::Write as _;
    // A log that cannot be written is no reason to fail.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
