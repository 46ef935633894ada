//! The `shopfront` binary.
fn main() {}
