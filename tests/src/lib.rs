//! Helpers for the whole-site and checkout tests: shops made in temporary folders, servers that stop by themselves.
