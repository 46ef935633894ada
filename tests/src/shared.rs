//! Test data made by others, which lies beside the repository and not in it.

use std::path::PathBuf;

/// A file or folder of the shared data; where there is none, says so and answers `None`, so that a test can be left out.
pub fn test_data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: there is no {}; set SHOPFRONT_TEST_DATA", found.display());
    None
}
