//! Helpers for the whole-site and checkout tests: shops made in temporary folders and changed step by step, the program
//! itself, and a small HTTP client. Servers bind a free port of this machine and stop with the value that holds them.

pub mod fixture;
pub mod http;
pub mod program;
pub mod shared;
pub mod shop;

pub use program::{Said, Server, run};
pub use shared::test_data;
pub use shop::Shop;
