//! Gives the program an id that changes with its sources, so that a cache written by another build is not trusted.

#![allow(clippy::disallowed_methods, reason = "a build script reads the sources that it fingerprints")]
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

fn main() {
    let mut hasher = DefaultHasher::new();
    for folder in ["src", "../catalog/src", "../imaging/src"] {
        println!("cargo::rerun-if-changed={folder}");
        hash(Path::new(folder), &mut hasher);
    }
    for folder in ["../themes/default", "../themes/plain", "skeleton"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    // What the program can do decides what is a mistake.
    for feature in ["CARGO_FEATURE_AVIF", "CARGO_FEATURE_PRODUCTION"] {
        std::env::var_os(feature).hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=../Cargo.lock");
    std::fs::read("../Cargo.lock").unwrap_or_default().hash(&mut hasher);
    println!("cargo::rustc-env=SHOPFRONT_BUILD_ID={}-{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
}

fn hash(folder: &Path, hasher: &mut DefaultHasher) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            hash(&path, hasher);
        } else {
            path.hash(hasher);
            std::fs::read(&path).unwrap_or_default().hash(hasher);
        }
    }
}
